//! Removes the output file that is being written when a signal ends the program.
//!
//! Without this the signals end the process at once, and the unfinished file stays beside the one
//! that it was to replace.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

static UNFINISHED: Mutex<Option<PathBuf>> = Mutex::new(None);

/// The unfinished file, if there is one. While a thread keeps the guard, no signal ends the
/// program: keep it from before the file is created until its path is noted here, and from before
/// the path is taken out until the file has got its name or is gone.
pub fn unfinished() -> MutexGuard<'static, Option<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From now on SIGINT and SIGTERM first remove the unfinished file and then end the program as they
/// always do, so that a shell sees status 130 or 143. Later calls change nothing.
#[cfg(unix)]
pub fn watch() {
    use signal_hook::consts::{SIGINT, SIGTERM};
    static WATCH: std::sync::Once = std::sync::Once::new();
    WATCH.call_once(|| {
        // Where the system refuses, signals go on ending the program at once.
        let Ok(mut signals) = signal_hook::iterator::Signals::new([SIGINT, SIGTERM]) else {
            return;
        };
        std::thread::spawn(move || {
            let Some(signal) = signals.forever().next() else { return };
            let unfinished = unfinished();
            if let Some(path) = unfinished.as_ref() {
                // Nothing else can be done about a file that cannot be removed.
                let _ = std::fs::remove_file(path);
            }
            let _ = signal_hook::low_level::emulate_default_handler(signal);
            std::process::exit(128 + signal);
        });
    });
}

/// Other systems have no such signals.
#[cfg(not(unix))]
pub fn watch() {}
