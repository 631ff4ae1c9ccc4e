//! Rows are read ahead, on a thread of their own, while those before them are taken in.

use std::sync::mpsc::{Receiver, RecvError, SendError, SyncSender, sync_channel};

use super::collect::ParsedRows;
use super::reader::{Names, RowReader};
use crate::base::parallel;
use crate::data::fault::{Fault, Outcome};

/// How many batches may wait.
const WAITING: usize = 8;

/// Rows of a file that is read ahead.
pub struct Ahead {
    from: Receiver<Step>,
    names: Names,
}

enum Step {
    /// Rows.
    Rows(ParsedRows),
    /// How it ended, and what there is to say about names.
    End(Outcome<()>, Names),
}

/// The rows read ahead, if a thread can be had for that.
pub fn ahead(rows: Box<dyn RowReader + Send>) -> Box<dyn RowReader + Send> {
    let (give, given) = sync_channel(1);
    let (to, from) = sync_channel(WAITING);
    let runs = parallel::beside(move || {
        if let Ok(rows) = given.recv() {
            read(rows, &to);
        }
    });
    if !runs {
        return rows;
    }
    match give.send(rows) {
        Ok(()) => Box::new(Ahead { from, names: Names::default() }),
        Err(SendError(rows)) => rows,
    }
}

/// Hands all rows on; whoever no longer takes them ends it.
fn read(mut rows: Box<dyn RowReader + Send>, to: &SyncSender<Step>) {
    loop {
        let step = match rows.next() {
            Ok(Some(parsed_rows)) => Step::Rows(parsed_rows),
            Ok(None) => Step::End(Ok(()), rows.names()),
            Err(fault) => Step::End(Err(fault), rows.names()),
        };
        let is_end = matches!(step, Step::End(..));
        if to.send(step).is_err() || is_end {
            return;
        }
    }
}

impl RowReader for Ahead {
    fn next(&mut self) -> Outcome<Option<ParsedRows>> {
        match self.from.recv() {
            Ok(Step::Rows(parsed_rows)) => Ok(Some(parsed_rows)),
            Ok(Step::End(end, names)) => {
                self.names = names;
                end.map(|()| None)
            }
            Err(RecvError) => Err(Fault::new("a file could not be read to its end")),
        }
    }

    fn names(&self) -> Names {
        self.names.clone()
    }
}
