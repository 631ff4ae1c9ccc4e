//! Parquet and Arrow files: read batch by batch, and of their columns only those that are needed.

use std::cell::Cell;
use std::io::{BufReader, Cursor, Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};

use arrow_array::RecordBatch;
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_schema::ArrowError;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::reader::ChunkReader;

use super::arrays::Batches;
use super::cells::short;
use super::collect::Collector;
use super::header::Wanted;
use super::open::{Form, Parts};
use super::{ROWS_OF_BATCH, Rows};
use crate::run::fault::{Fault, Outcome};

type Reader = Box<dyn Iterator<Item = Result<RecordBatch, ArrowError>>>;

/// The rows of one file of parts.
pub struct PartsRows {
    name: String,
    batches: Batches,
    reader: Reader,
}

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// True while a library reads bytes that may be broken: what it does then is no fault of this program.
pub fn is_guarded() -> bool {
    GUARDED.get()
}

/// Runs a library on bytes that nobody has looked at. These libraries may panic on what is broken; that is an error of the file.
fn guarded<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    let before = GUARDED.replace(true);
    let done = catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(before);
    done.unwrap_or_else(|_| Err("its parts do not fit together".to_owned()))
}

impl PartsRows {
    /// Reads what the file says of itself.
    pub fn new(name: &str, form: Form, parts: Parts, wanted: &Wanted) -> Outcome<PartsRows> {
        let opened = guarded(|| match (form, parts) {
            (Form::Parquet, Parts::File(file)) => parquet(file, wanted),
            (Form::Parquet, Parts::Bytes(bytes)) => parquet(bytes::Bytes::from(bytes), wanted),
            (Form::Arrow | Form::Csv | Form::JsonLines, Parts::File(file)) => arrow(BufReader::new(file), wanted),
            (Form::Arrow | Form::Csv | Form::JsonLines, Parts::Bytes(bytes)) => arrow(Cursor::new(bytes), wanted),
        });
        let (batches, reader) = opened.map_err(|message| Fault::new(format!("cannot read `{name}`: {message}")))?;
        Ok(PartsRows { name: name.to_owned(), batches, reader })
    }
}

impl Rows for PartsRows {
    fn fill(&mut self, into: &mut Collector) -> Outcome<bool> {
        let reader = &mut self.reader;
        let next = guarded(|| reader.next().transpose().map_err(|error| why(&error.to_string())));
        match next.map_err(|message| Fault::new(format!("cannot read `{}`: {message}", self.name)))? {
            Some(batch) => self.batches.take(&batch, into).map(|()| true),
            None => Ok(false),
        }
    }

    fn unread(&self) -> Vec<String> {
        self.batches.unread.clone()
    }
}

/// What a library says is wrong, on one line.
fn why(message: &str) -> String {
    let message = message.lines().next().unwrap_or_default();
    let (_, message) = message.split_once(": ").unwrap_or(("", message));
    format!("the file is broken or ends too soon ({})", short(message))
}

fn parquet<R: ChunkReader + 'static>(bytes: R, wanted: &Wanted) -> Result<(Batches, Reader), String> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(bytes).map_err(|error| why(&error.to_string()))?;
    let batches = Batches::new(builder.schema(), wanted)?;
    let mask = ProjectionMask::roots(builder.parquet_schema(), batches.read.iter().copied());
    let reader = builder.with_projection(mask).with_batch_size(ROWS_OF_BATCH).build().map_err(|error| why(&error.to_string()))?;
    Ok((batches, Box::new(reader)))
}

fn arrow<R: Read + Seek + 'static>(mut bytes: R, wanted: &Wanted) -> Result<(Batches, Reader), String> {
    let broken = |error: ArrowError| why(&error.to_string());
    let mut mark = [0; 4];
    bytes.read_exact(&mut mark).and_then(|()| bytes.rewind()).map_err(|error| why(&error.to_string()))?;
    // A file begins with its name, a stream with the mark of a message.
    if mark == *b"ARRO" {
        let schema = FileReader::try_new(&mut bytes, None).map_err(broken)?.schema();
        let batches = Batches::new(&schema, wanted)?;
        bytes.rewind().map_err(|error| why(&error.to_string()))?;
        let reader = FileReader::try_new(bytes, Some(batches.read.clone())).map_err(broken)?;
        return Ok((batches, Box::new(reader)));
    }
    let schema = StreamReader::try_new(&mut bytes, None).map_err(broken)?.schema();
    let batches = Batches::new(&schema, wanted)?;
    bytes.rewind().map_err(|error| why(&error.to_string()))?;
    let reader = StreamReader::try_new(bytes, Some(batches.read.clone())).map_err(broken)?;
    Ok((batches, Box::new(reader)))
}
