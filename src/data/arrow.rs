//! Arrow files, batch by batch and of their columns only those that are needed; and what Parquet
//! files share with them.

#[cfg(feature = "files")]
use std::io::BufReader;
use std::io::{Cursor, Read, Seek};

use arrow_array::RecordBatch;
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_schema::ArrowError;

use super::batches::Batches;
use super::collect::{ParsedRows, Rules};
use super::guarded::{guarded, why};
use super::header::Wanted;
use super::lengths;
use super::parts::Parts;
use super::reader::{Names, OpenRows, RowReader};
use crate::data::fault::{Fault, Outcome};

type Records = Box<dyn Iterator<Item = Result<RecordBatch, ArrowError>> + Send>;

/// The rows of an Arrow file or stream.
pub fn open(name: &str, parts: Parts, wanted: &Wanted, rules: &Rules) -> Outcome<OpenRows> {
    Ok(Box::new(ArrowRows::new(name, parts, wanted, rules)?))
}

/// The rows of one Arrow file.
pub struct ArrowRows {
    name: String,
    batches: Batches,
    reader: Records,
    /// Rows that were handed on.
    before: u64,
}

impl ArrowRows {
    /// Reads what the file says of itself.
    pub fn new(name: &str, parts: Parts, wanted: &Wanted, rules: &Rules) -> Outcome<ArrowRows> {
        let opened = guarded(|| match parts {
            #[cfg(feature = "files")]
            Parts::File(file) => arrow(name, BufReader::new(file), wanted, rules),
            Parts::Bytes(bytes) => arrow(name, Cursor::new(bytes), wanted, rules),
        });
        let (batches, reader) =
            opened.map_err(|message| Fault::new(format!("cannot read `{name}`: {message}")))?;
        Ok(ArrowRows { name: name.to_owned(), batches, reader, before: 0 })
    }
}

impl RowReader for ArrowRows {
    fn next(&mut self) -> Outcome<Option<ParsedRows>> {
        let reader = &mut self.reader;
        let next = guarded(|| reader.next().transpose().map_err(|error| why(&error.to_string())));
        let Some(batch) =
            next.map_err(|message| Fault::new(format!("cannot read `{}`: {message}", self.name)))?
        else {
            return Ok(None);
        };
        let parsed_rows = self.batches.parsed_rows(&batch, self.before);
        self.before += batch.num_rows() as u64;
        Ok(Some(parsed_rows))
    }

    fn names(&self) -> Names {
        self.batches.names.clone()
    }
}

fn arrow<R: Read + Seek + Send + 'static>(
    name: &str,
    mut bytes: R,
    wanted: &Wanted,
    rules: &Rules,
) -> Result<(Batches, Records), String> {
    let broken = |error: ArrowError| why(&error.to_string());
    let mut mark = [0; 4];
    bytes
        .read_exact(&mut mark)
        .and_then(|()| bytes.rewind())
        .map_err(|error| why(&error.to_string()))?;
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
