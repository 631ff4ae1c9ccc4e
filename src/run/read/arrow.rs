//! Arrow files, batch by batch and of their columns only those that are needed; and what Parquet files share with them.

use std::cell::Cell;
use std::io::{BufReader, Cursor, Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};

use arrow_array::RecordBatch;
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_schema::ArrowError;

use super::batches::Batches;
use super::cells::short;
use super::collect::{Gathered, Rules};
use super::header::Wanted;
use super::lengths;
use super::open::Parts;
use super::{Names, Rows};
use crate::run::fault::{Fault, Outcome};

type Reader = Box<dyn Iterator<Item = Result<RecordBatch, ArrowError>> + Send>;

/// The rows of one Arrow file.
pub struct ArrowRows {
    name: String,
    batches: Batches,
    reader: Reader,
    /// Rows that were handed on.
    before: u64,
}

/// What there is to say of a file that is no such file, or only a piece of one.
pub const BROKEN: &str = "the file is broken or ends too soon";

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// True while a library reads bytes that may be broken: what it does then is no fault of this program.
pub fn is_guarded() -> bool {
    GUARDED.get()
}

/// Runs a library on bytes that nobody has looked at. These libraries may panic on what is broken; that is an error of the file.
pub fn guarded<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    let before = GUARDED.replace(true);
    let done = catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(before);
    done.unwrap_or_else(|_| Err(BROKEN.to_owned()))
}

impl ArrowRows {
    /// Reads what the file says of itself.
    pub fn new(name: &str, parts: Parts, wanted: &Wanted, rules: &Rules) -> Outcome<ArrowRows> {
        let opened = guarded(|| match parts {
            Parts::File(file) => arrow(name, BufReader::new(file), wanted, rules),
            Parts::Bytes(bytes) => arrow(name, Cursor::new(bytes), wanted, rules),
        });
        let (batches, reader) = opened.map_err(|message| Fault::new(format!("cannot read `{name}`: {message}")))?;
        Ok(ArrowRows { name: name.to_owned(), batches, reader, before: 0 })
    }
}

impl Rows for ArrowRows {
    fn next(&mut self) -> Outcome<Option<Gathered>> {
        let reader = &mut self.reader;
        let next = guarded(|| reader.next().transpose().map_err(|error| why(&error.to_string())));
        let Some(batch) = next.map_err(|message| Fault::new(format!("cannot read `{}`: {message}", self.name)))? else { return Ok(None) };
        let gathered = self.batches.gathered(&batch, self.before);
        self.before += batch.num_rows() as u64;
        Ok(Some(gathered))
    }

    fn names(&self) -> Names {
        self.batches.names.clone()
    }
}

/// What a library says is wrong, on one line.
pub fn why(message: &str) -> String {
    let message = message.lines().next().unwrap_or_default();
    let (_, message) = message.split_once(": ").unwrap_or(("", message));
    format!("{BROKEN} ({})", short(message))
}

fn arrow<R: Read + Seek + Send + 'static>(name: &str, mut bytes: R, wanted: &Wanted, rules: &Rules) -> Result<(Batches, Reader), String> {
    let broken = |error: ArrowError| why(&error.to_string());
    let mut mark = [0; 4];
    bytes.read_exact(&mut mark).and_then(|()| bytes.rewind()).map_err(|error| why(&error.to_string()))?;
    // A file begins with its name, a stream with the mark of a message.
    if mark == *b"ARRO" {
        lengths::of_file(&mut bytes)?;
        bytes.rewind().map_err(|error| why(&error.to_string()))?;
        let schema = FileReader::try_new(&mut bytes, None).map_err(broken)?.schema();
        let batches = Batches::new(name, &schema, wanted, rules)?;
        bytes.rewind().map_err(|error| why(&error.to_string()))?;
        let reader = FileReader::try_new(bytes, Some(batches.read.clone())).map_err(broken)?;
        return Ok((batches, Box::new(reader)));
    }
    lengths::of_stream(&mut bytes)?;
    bytes.rewind().map_err(|error| why(&error.to_string()))?;
    let schema = StreamReader::try_new(&mut bytes, None).map_err(broken)?.schema();
    let batches = Batches::new(name, &schema, wanted, rules)?;
    bytes.rewind().map_err(|error| why(&error.to_string()))?;
    let reader = StreamReader::try_new(bytes, Some(batches.read.clone())).map_err(broken)?;
    Ok((batches, Box::new(reader)))
}
