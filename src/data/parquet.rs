//! Parquet: groups of rows, read side by side and handed on in order.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek as _, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::RecordBatch;
use arrow_schema::{DataType, Field, Schema};
use bytes::Bytes;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader,
    ParquetRecordBatchReaderBuilder,
};
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, Length};

use super::batches::Batches;
use super::cells::short;
use super::collect::{ParsedRows, Rules};
use super::guarded::{guarded, why};
use super::header::Wanted;
use super::parts::Parts;
use super::reader::{Names, OpenRows, RowReader};
use crate::base::parallel;
use crate::data::fault::{Fault, Outcome};

/// How much is read as one piece; what comes of it is the same.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// The most rows of a group that is read as a whole.
    pub whole: u64,
    /// The most rows of a batch.
    pub batch: usize,
}

/// The sizes that suit files as they are written.
pub const USUAL: Sizes = Sizes { whole: 1 << 20, batch: 32 << 10 };
/// How many batches of a large group are read at the same time.
const BATCHES_AT_ONCE: usize = 8;
/// More rows than any file has, whatever it says.
const MOST_ROWS: u64 = 1 << 60;
/// The most rows that are read at the same time, but for those of one group.
const MOST_AT_ONCE: u64 = 1 << 21;
/// How many rows are enough, if there is a group for each thread.
const ROWS_AT_ONCE: u64 = 1 << 18;

/// The rows of a Parquet file.
pub fn open(name: &str, parts: Parts, wanted: &Wanted, rules: &Rules) -> Outcome<OpenRows> {
    Ok(Box::new(ParquetRows::new(name, parts, wanted, rules, USUAL)?))
}

/// The rows of one Parquet file.
pub struct ParquetRows {
    name: String,
    file: Opened,
    /// The next group of rows, and the number of rows before it.
    next: (usize, u64),
    /// The current group, if it is so large that its batches come a few at a time.
    now: Option<Large>,
    ready: VecDeque<Result<ParsedRows, String>>,
}

/// A file, and what it says of itself.
struct Opened {
    store: Store,
    metadata: ArrowReaderMetadata,
    mask: ProjectionMask,
    batches: Batches,
    sizes: Sizes,
}

/// A large group of rows, whose columns are read side by side.
struct Large {
    columns: Vec<Mutex<ParquetRecordBatchReader>>,
    before: u64,
}

/// The bytes of a file.
#[derive(Clone)]
enum Store {
    /// On the disk: how long it is, and the file, whose place all who read share.
    File(u64, Arc<Mutex<File>>),
    /// In memory.
    Bytes(Bytes),
}

/// A place in a file to read on from.
struct Reading {
    store: Store,
    at: u64,
}

/// A group of rows that is read.
#[derive(Clone, Copy)]
struct Group {
    number: usize,
    rows: u64,
    /// Number of rows of the file before it.
    before: u64,
}

impl ParquetRows {
    /// Reads what the file says of itself.
    pub fn new(
        name: &str,
        parts: Parts,
        wanted: &Wanted,
        rules: &Rules,
        sizes: Sizes,
    ) -> Outcome<ParquetRows> {
        let opened = guarded(|| {
            let broken = |error: ParquetError| why(&error.to_string());
            let options = ArrowReaderOptions::new();
            let (store, metadata) = match parts {
                Parts::File(file) => {
                    let metadata = ArrowReaderMetadata::load(&file, options).map_err(broken)?;
                    (Store::File(file.len(), Arc::new(Mutex::new(file))), metadata)
                }
                Parts::Bytes(bytes) => {
                    let metadata = ArrowReaderMetadata::load(&bytes, options).map_err(broken)?;
                    (Store::Bytes(bytes), metadata)
                }
            };
            let batches = Batches::new(name, metadata.schema(), wanted, rules)?;
            compression_known(&metadata, &batches)?;
            let mask =
                ProjectionMask::roots(metadata.parquet_schema(), batches.read.iter().copied());
            Ok(Opened {
                store,
                metadata: with_codes(&metadata, &batches).unwrap_or(metadata),
                mask,
                batches,
                sizes,
            })
        });
        let file =
            opened.map_err(|message| Fault::new(format!("cannot read `{name}`: {message}")))?;
        Ok(ParquetRows {
            name: name.to_owned(),
            file,
            next: (0, 0),
            now: None,
            ready: VecDeque::new(),
        })
    }

    /// Reads the next groups; false if there are none.
    fn round(&mut self) -> bool {
        let groups = self.groups();
        match groups.as_slice() {
            [] => return false,
            [group] if group.rows > self.file.sizes.whole => match self.file.large(*group) {
                Ok(large) => self.now = Some(large),
                Err(message) => self.ready.push_back(Err(message)),
            },
            groups => {
                let file = &self.file;
                let read = parallel::each(groups, |group| file.all(*group));
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
            rows = count.saturating_add(rows);
            let is_enough =
                rows > ROWS_AT_ONCE && (groups.len() >= parallel::count() || rows > MOST_AT_ONCE);
            if !groups.is_empty() && (is_enough || count > self.file.sizes.whole) {
                break;
            }
            groups.push(Group { number: self.next.0, rows: count, before: self.next.1 });
            self.next = (self.next.0 + 1, self.next.1.saturating_add(count).min(MOST_ROWS));
        }
        groups
    }
}

impl Opened {
    /// All rows of a group; behind an error there are no more.
    fn all(&self, group: Group) -> Vec<Result<ParsedRows, String>> {
        let mut before = group.before;
        let mut reader = match self.reader(group, &self.mask) {
            Ok(reader) => reader,
            Err(message) => return vec![Err(message)],
        };
        let mut read = Vec::new();
        while let Some(batch) = next_of(&mut reader) {
            let is_broken = batch.is_err();
            read.push(batch.map(|batch| self.parsed_rows(&batch, &mut before)));
            if is_broken {
                break;
            }
        }
        read
    }

    fn parsed_rows(&self, batch: &RecordBatch, before: &mut u64) -> ParsedRows {
        let parsed_rows = self.batches.parsed_rows(batch, *before);
        *before = before.saturating_add(batch.num_rows() as u64);
        parsed_rows
    }

    fn large(&self, group: Group) -> Result<Large, String> {
        let column = |root: &usize| {
            self.reader(group, &ProjectionMask::roots(self.metadata.parquet_schema(), [*root]))
                .map(Mutex::new)
        };
        Ok(Large {
            columns: self.batches.read.iter().map(column).collect::<Result<_, _>>()?,
            before: group.before,
        })
    }

    fn reader(
        &self,
        group: Group,
        mask: &ProjectionMask,
    ) -> Result<ParquetRecordBatchReader, String> {
        guarded(|| {
            let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(
                self.store.clone(),
                self.metadata.clone(),
            );
            let builder = builder
                .with_row_groups(vec![group.number])
                .with_projection(mask.clone())
                .with_batch_size(self.sizes.batch);
            builder.build().map_err(|error| why(&error.to_string()))
        })
    }
}

impl Large {
    /// The next rows; none at the end of the group.
    fn next(&mut self, file: &Opened) -> Vec<Result<ParsedRows, String>> {
        let mut columns = parallel::each(&self.columns, |column| {
            let mut reader = column.lock().unwrap_or_else(PoisonError::into_inner);
            std::iter::from_fn(|| next_of(&mut reader))
                .take(BATCHES_AT_ONCE)
                .collect::<VecDeque<_>>()
        });
        let mut batches = Vec::new();
        while columns.iter().any(|column| !column.is_empty()) {
            let parts = columns.iter_mut().map(|column| {
                column
                    .pop_front()
                    .unwrap_or_else(|| Err("its columns are not of one length".to_owned()))
            });
            let batch = parts.collect::<Result<Vec<_>, _>>().and_then(|parts| beside(&parts));
            let is_broken = batch.is_err();
            let before = self.before;
            self.before =
                before.saturating_add(batch.as_ref().map_or(0, |batch| batch.num_rows() as u64));
            batches.push(batch.map(|batch| (batch, before)));
            if is_broken {
                self.columns.clear();
                break;
            }
        }
        parallel::each(&batches, |batch| {
            batch
                .as_ref()
                .map(|(batch, before)| file.batches.parsed_rows(batch, *before))
                .map_err(Clone::clone)
        })
    }
}

/// Columns of the same rows as one batch.
fn beside(parts: &[RecordBatch]) -> Result<RecordBatch, String> {
    let fields: Vec<_> =
        parts.iter().flat_map(|part| part.schema_ref().fields().iter().cloned()).collect();
    let columns = parts.iter().flat_map(|part| part.columns().iter().cloned()).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
        .map_err(|error| why(&error.to_string()))
}

impl RowReader for ParquetRows {
    fn next(&mut self) -> Outcome<Option<ParsedRows>> {
        loop {
            if let Some(read) = self.ready.pop_front() {
                return read.map(Some).map_err(|message| {
                    Fault::new(format!("cannot read `{}`: {message}", self.name))
                });
            }
            if let Some(large) = &mut self.now {
                self.ready.extend(large.next(&self.file));
                if self.ready.is_empty() {
                    self.now = None;
                }
            } else if !self.round() {
                return Ok(None);
            }
        }
    }

    fn names(&self) -> Names {
        self.file.batches.names.clone()
    }
}

/// The next batch of a group.
fn next_of(reader: &mut ParquetRecordBatchReader) -> Option<Result<RecordBatch, String>> {
    guarded(|| reader.next().transpose().map_err(|error| why(&error.to_string()))).transpose()
}

/// Says which column is compressed in a way that is not read.
fn compression_known(metadata: &ArrowReaderMetadata, batches: &Batches) -> Result<(), String> {
    let schema = metadata.parquet_schema();
    for group in metadata.metadata().row_groups() {
        for (leaf, column) in group.columns().iter().enumerate() {
            let way = match column.compression() {
                Compression::BROTLI(_) => "brotli",
                Compression::LZO => "lzo",
                _ => continue,
            };
            if leaf < schema.num_columns()
                && batches.read.contains(&schema.get_column_root_idx(leaf))
            {
                let name = short(column.column_descr().name());
                return Err(format!(
                    "column `{name}` is compressed with {way}, which is not supported; gzip, lz4, snappy and zstd are"
                ));
            }
        }
    }
    Ok(())
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
            groups.all(|group| {
                group
                    .columns()
                    .get(leaf)
                    .is_some_and(|column| column.dictionary_page_offset().is_some())
            })
        };
        let leaf = (0..metadata.parquet_schema().num_columns())
            .find(|leaf| metadata.parquet_schema().get_column_root_idx(*leaf) == at)?;
        if matches!(field.data_type(), DataType::Utf8 | DataType::LargeUtf8) && is_coded(leaf) {
            let of = DataType::Dictionary(
                Box::new(DataType::Int32),
                Box::new(field.data_type().clone()),
            );
            *field = Arc::new(field.as_ref().clone().with_data_type(of));
            changed = true;
        }
    }
    let options = ArrowReaderOptions::new()
        .with_schema(Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone())));
    changed
        .then(|| ArrowReaderMetadata::try_new(Arc::clone(metadata.metadata()), options).ok())
        .flatten()
}

impl Store {
    /// Reads some bytes from a place on; fewer where the file ends.
    fn read(&self, at: u64, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Store::File(_, file) => {
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                file.seek(SeekFrom::Start(at))?;
                file.read(into)
            }
            Store::Bytes(bytes) => {
                let at = usize::try_from(at).unwrap_or(usize::MAX);
                bytes.get(at..).unwrap_or_default().read(into)
            }
        }
    }
}

impl Read for Reading {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.store.read(self.at, into)?;
        self.at = self.at.saturating_add(count as u64);
        Ok(count)
    }
}

impl Length for Store {
    fn len(&self) -> u64 {
        match self {
            Store::File(length, _) => *length,
            Store::Bytes(bytes) => bytes.len() as u64,
        }
    }
}

impl ChunkReader for Store {
    type T = BufReader<Reading>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        Ok(BufReader::new(Reading { store: self.clone(), at: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        match self {
            Store::File(..) => {
                let mut bytes = Vec::new();
                Reading { store: self.clone(), at: start }
                    .take(length as u64)
                    .read_to_end(&mut bytes)?;
                let short = || {
                    ParquetError::EOF(format!(
                        "there are {} of {length} bytes at {start}",
                        bytes.len()
                    ))
                };
                if bytes.len() < length { Err(short()) } else { Ok(bytes.into()) }
            }
            Store::Bytes(bytes) => bytes.get_bytes(start, length),
        }
    }
}
