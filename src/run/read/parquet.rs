//! Parquet: groups of rows, read side by side and handed on in order.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

use arrow_schema::{DataType, Field, Schema};
use bytes::{Buf as _, Bytes};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::errors::ParquetError;
use parquet::file::metadata::ParquetMetaData;
use parquet::file::reader::{ChunkReader, Length};

use super::arrow::{guarded, why};
use super::batches::Batches;
use super::collect::{Gathered, Rules};
use super::header::Wanted;
use super::open::Parts;
use super::{ROWS_OF_BATCH, Rows};
use crate::run::fault::{Fault, Outcome};
use crate::run::threads;

/// How many rows are read at the same time, but for those of one group.
const ROWS_AT_ONCE: u64 = 1 << 20;

/// The rows of one Parquet file.
pub struct ParquetRows {
    name: String,
    file: Opened,
    /// The next group of rows, and how many rows stand before it.
    next: (usize, u64),
    /// The group in hand, if it is so large that its batches come one by one.
    now: Option<Large>,
    ready: VecDeque<Result<Gathered, String>>,
}

/// A file, and what it says of itself.
struct Opened {
    store: Store,
    metadata: ArrowReaderMetadata,
    mask: ProjectionMask,
    batches: Batches,
}

/// A group of rows that is read batch by batch.
struct Large {
    reader: ParquetRecordBatchReader,
    before: u64,
}

/// The bytes of a file.
enum Store {
    File(Mutex<File>),
    Bytes(Bytes),
}

/// A group of rows that is read.
#[derive(Clone, Copy)]
struct Group {
    number: usize,
    rows: u64,
    /// Rows of the file that stand before it.
    before: u64,
}

impl ParquetRows {
    /// Reads what the file says of itself.
    pub fn new(name: &str, parts: Parts, wanted: &Wanted, rules: &Rules) -> Outcome<ParquetRows> {
        let opened = guarded(|| {
            let broken = |error: ParquetError| why(&error.to_string());
            let options = ArrowReaderOptions::new();
            let (store, metadata) = match parts {
                Parts::File(file) => {
                    let metadata = ArrowReaderMetadata::load(&file, options).map_err(broken)?;
                    (Store::File(Mutex::new(file)), metadata)
                }
                Parts::Bytes(bytes) => {
                    let bytes = Bytes::from(bytes);
                    let metadata = ArrowReaderMetadata::load(&bytes, options).map_err(broken)?;
                    (Store::Bytes(bytes), metadata)
                }
            };
            let batches = Batches::new(name, metadata.schema(), wanted, rules)?;
            let mask = ProjectionMask::roots(metadata.parquet_schema(), batches.read.iter().copied());
            Ok(Opened { store, metadata: with_codes(&metadata, &batches).unwrap_or(metadata), mask, batches })
        });
        let file = opened.map_err(|message| Fault::new(format!("cannot read `{name}`: {message}")))?;
        Ok(ParquetRows { name: name.to_owned(), file, next: (0, 0), now: None, ready: VecDeque::new() })
    }

    /// Reads the next groups; false if there are none.
    fn round(&mut self) -> bool {
        let groups = self.groups();
        match groups.as_slice() {
            [] => return false,
            [group] if group.rows > ROWS_AT_ONCE => match guarded(|| self.file.reader(*group)) {
                Ok(reader) => self.now = Some(Large { reader, before: group.before }),
                Err(message) => self.ready.push_back(Err(message)),
            },
            groups => {
                let file = &self.file;
                let read = threads::each(groups, |group| file.all(*group));
                self.ready.extend(read.into_iter().flatten());
            }
        }
        true
    }

    /// The groups that are next: one that is large, or some that are not.
    fn groups(&mut self) -> Vec<Group> {
        let (mut groups, mut rows) = (Vec::new(), 0);
        while let Some(group) = self.file.metadata.metadata().row_groups().get(self.next.0) {
            let count = u64::try_from(group.num_rows()).unwrap_or(0);
            rows += count;
            if rows > ROWS_AT_ONCE && !groups.is_empty() {
                break;
            }
            groups.push(Group { number: self.next.0, rows: count, before: self.next.1 });
            self.next = (self.next.0 + 1, self.next.1 + count);
        }
        groups
    }
}

impl Opened {
    /// All rows of a group; behind an error there are no more.
    fn all(&self, group: Group) -> Vec<Result<Gathered, String>> {
        let mut before = group.before;
        let mut reader = match guarded(|| self.reader(group)) {
            Ok(reader) => reader,
            Err(message) => return vec![Err(message)],
        };
        let mut read = Vec::new();
        while let Some(batch) = next_of(&mut reader, &self.batches, &mut before) {
            let is_broken = batch.is_err();
            read.push(batch);
            if is_broken {
                break;
            }
        }
        read
    }

    fn reader(&self, group: Group) -> Result<ParquetRecordBatchReader, String> {
        let bytes = self.store.columns(self.metadata.metadata(), group.number, &self.mask).map_err(|error| super::open::why(&error))?;
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(bytes, self.metadata.clone());
        let builder = builder.with_row_groups(vec![group.number]).with_projection(self.mask.clone()).with_batch_size(ROWS_OF_BATCH);
        builder.build().map_err(|error| why(&error.to_string()))
    }
}

impl Rows for ParquetRows {
    fn next(&mut self) -> Outcome<Option<Gathered>> {
        loop {
            if let Some(large) = &mut self.now {
                match next_of(&mut large.reader, &self.file.batches, &mut large.before) {
                    Some(read) => self.ready.push_back(read),
                    None => self.now = None,
                }
            }
            if let Some(read) = self.ready.pop_front() {
                return read.map(Some).map_err(|message| Fault::new(format!("cannot read `{}`: {message}", self.name)));
            }
            if self.now.is_none() && !self.round() {
                return Ok(None);
            }
        }
    }

    fn unread(&self) -> Vec<String> {
        self.file.batches.unread.clone()
    }
}

/// The next rows of a group.
fn next_of(reader: &mut ParquetRecordBatchReader, batches: &Batches, before: &mut u64) -> Option<Result<Gathered, String>> {
    let batch = match guarded(|| reader.next().transpose().map_err(|error| why(&error.to_string()))) {
        Ok(batch) => batch?,
        Err(message) => return Some(Err(message)),
    };
    let gathered = batches.gathered(&batch, *before);
    *before += batch.num_rows() as u64;
    Some(Ok(gathered))
}

/// The same with names as codes of a dictionary, where the file has them so; `None`: nowhere.
fn with_codes(metadata: &ArrowReaderMetadata, batches: &Batches) -> Option<ArrowReaderMetadata> {
    let schema = metadata.schema();
    let mut fields: Vec<Arc<Field>> = schema.fields().iter().cloned().collect();
    let mut changed = false;
    for at in batches.names() {
        let field = fields.get_mut(at)?;
        let is_coded = |leaf: usize| {
            let mut groups = metadata.metadata().row_groups().iter();
            groups.all(|group| group.columns().get(leaf).is_some_and(|column| column.dictionary_page_offset().is_some()))
        };
        let leaf = (0..metadata.parquet_schema().num_columns()).find(|leaf| metadata.parquet_schema().get_column_root_idx(*leaf) == at)?;
        if matches!(field.data_type(), DataType::Utf8 | DataType::LargeUtf8) && is_coded(leaf) {
            let of = DataType::Dictionary(Box::new(DataType::Int32), Box::new(field.data_type().clone()));
            *field = Arc::new(field.as_ref().clone().with_data_type(of));
            changed = true;
        }
    }
    let options = ArrowReaderOptions::new().with_schema(Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone())));
    changed.then(|| ArrowReaderMetadata::try_new(Arc::clone(metadata.metadata()), options).ok()).flatten()
}

impl Store {
    /// The columns of a group that are read.
    fn columns(&self, metadata: &ParquetMetaData, group: usize, mask: &ProjectionMask) -> io::Result<Columns> {
        let columns = metadata.row_groups().get(group).map(|group| group.columns()).unwrap_or_default();
        let mut parts = Vec::new();
        for column in columns.iter().enumerate().filter(|(leaf, _)| mask.leaf_included(*leaf)).map(|(_, column)| column) {
            let (start, length) = column.byte_range();
            parts.push((start, self.range(start, length)?));
        }
        Ok(Columns(parts))
    }

    /// Some bytes of the file, or fewer where it ends.
    fn range(&self, start: u64, length: u64) -> io::Result<Bytes> {
        match self {
            Store::File(file) => {
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                file.seek(SeekFrom::Start(start))?;
                let mut bytes = Vec::new();
                (&mut *file).take(length).read_to_end(&mut bytes)?;
                Ok(bytes.into())
            }
            Store::Bytes(bytes) => {
                let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
                Ok(bytes.slice(place(start)..place(start.saturating_add(length))))
            }
        }
    }
}

/// The bytes of some columns of a file, each with where it begins there.
struct Columns(Vec<(u64, Bytes)>);

impl Columns {
    /// The bytes from a place on.
    fn from(&self, start: u64) -> Result<Bytes, ParquetError> {
        let inside = |(begin, bytes): &(u64, Bytes)| {
            let offset = usize::try_from(start.checked_sub(*begin)?).ok()?;
            (offset <= bytes.len()).then(|| bytes.slice(offset..))
        };
        // Where one ends another may begin.
        let found = self.0.iter().filter_map(inside).max_by_key(Bytes::len);
        found.ok_or_else(|| ParquetError::EOF(format!("there is nothing at {start}")))
    }
}

impl Length for Columns {
    fn len(&self) -> u64 {
        self.0.iter().map(|(begin, bytes)| begin.saturating_add(bytes.len() as u64)).max().unwrap_or(0)
    }
}

impl ChunkReader for Columns {
    type T = bytes::buf::Reader<Bytes>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        Ok(self.from(start)?.reader())
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        let bytes = self.from(start)?;
        if length > bytes.len() {
            return Err(ParquetError::EOF(format!("there are {} of {length} bytes at {start}", bytes.len())));
        }
        Ok(bytes.slice(..length))
    }
}
