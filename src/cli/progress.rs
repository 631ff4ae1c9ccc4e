//! A line on the terminal while a command works for long.

use std::io::{IsTerminal as _, Write as _};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::output::Output;

/// Shows on standard error, if it is a terminal, for how long the command has been working; from
/// the first second on, until it is dropped.
pub struct Progress(Option<(Sender<()>, JoinHandle<()>)>);

impl Progress {
    /// Begins to watch the time.
    pub fn start(output: &Output) -> Progress {
        if output.is_quiet() || !std::io::stderr().is_terminal() {
            return Progress(None);
        }
        let (end, ended) = channel::<()>();
        let thread = std::thread::spawn(move || {
            let start = Instant::now();
            let mut is_shown = false;
            while ended.recv_timeout(Duration::from_secs(1)) == Err(RecvTimeoutError::Timeout) {
                // A terminal that is gone makes no difference to the work.
                let _ = write!(std::io::stderr(), "\revaluating: {} s", start.elapsed().as_secs());
                is_shown = true;
            }
            if is_shown {
                let _ = write!(std::io::stderr(), "\r\x1b[K");
            }
        });
        Progress(Some((end, thread)))
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((end, thread)) = self.0.take() {
            drop(end);
            // It only writes, and cannot fail.
            let _ = thread.join();
        }
    }
}
