//! Rows are read ahead, on a thread of their own, while those before them are taken in.

use std::sync::mpsc::{Receiver, RecvError, SendError, SyncSender, sync_channel};

use super::Rows;
use super::collect::Gathered;
use crate::run::fault::{Fault, Outcome};
use crate::run::threads;

/// How many batches may wait.
const WAITING: usize = 8;

/// Rows of a file that is read ahead.
pub struct Ahead {
    from: Receiver<Step>,
    unread: Vec<String>,
}

enum Step {
    /// Rows.
    Rows(Gathered),
    /// How it ended, and what nothing read.
    End(Outcome<()>, Vec<String>),
}

/// The rows read ahead, if a thread can be had for that.
pub fn ahead(rows: Box<dyn Rows + Send>) -> Box<dyn Rows + Send> {
    let (give, given) = sync_channel(1);
    let (to, from) = sync_channel(WAITING);
    let runs = threads::beside(move || {
        if let Ok(rows) = given.recv() {
            read(rows, &to);
        }
    });
    if !runs {
        return rows;
    }
    match give.send(rows) {
        Ok(()) => Box::new(Ahead { from, unread: Vec::new() }),
        Err(SendError(rows)) => rows,
    }
}

/// Hands all rows on; whoever no longer takes them ends it.
fn read(mut rows: Box<dyn Rows + Send>, to: &SyncSender<Step>) {
    loop {
        let step = match rows.next() {
            Ok(Some(gathered)) => Step::Rows(gathered),
            Ok(None) => Step::End(Ok(()), rows.unread()),
            Err(fault) => Step::End(Err(fault), rows.unread()),
        };
        let is_end = matches!(step, Step::End(..));
        if to.send(step).is_err() || is_end {
            return;
        }
    }
}

impl Rows for Ahead {
    fn next(&mut self) -> Outcome<Option<Gathered>> {
        match self.from.recv() {
            Ok(Step::Rows(gathered)) => Ok(Some(gathered)),
            Ok(Step::End(end, unread)) => {
                self.unread = unread;
                end.map(|()| None)
            }
            Err(RecvError) => Err(Fault::new("the reading of a file broke off")),
        }
    }

    fn unread(&self) -> Vec<String> {
        self.unread.clone()
    }
}
