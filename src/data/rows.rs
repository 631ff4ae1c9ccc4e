//! What the caller of an evaluation gives as rows: files, bytes in memory, and batches of Arrow.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::RecordBatch;
use bytes::Bytes;

use crate::base::Exact;

/// The rows of all sources of an evaluation, by the names of the sources.
///
/// ```
/// use sla::{DataFormat, Rows};
///
/// let waits = "ticket,start,end\nT1,2026-03-02T09:00:00Z,2026-03-02T10:30:00Z\n";
/// let rows = Rows::new().bytes("waits", DataFormat::Csv, waits);
/// # drop(rows);
/// ```
///
/// Each source is given once: [`evaluate`](crate::evaluate) refuses rows of a source that the plan
/// does not have, rows that are given twice, and a plan whose sources lack rows.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    pub(crate) sources: Vec<(String, SourceRows)>,
}

impl Rows {
    /// No rows.
    pub fn new() -> Rows {
        Rows::default()
    }

    /// Adds the rows of a source with all that there is to say about them.
    #[must_use]
    pub fn source(mut self, source: impl Into<String>, rows: SourceRows) -> Rows {
        self.sources.push((source.into(), rows));
        self
    }

    /// Adds a source whose rows stand in files. See [`SourceRows::files`].
    #[cfg(feature = "files")]
    #[must_use]
    pub fn files(
        self,
        source: impl Into<String>,
        paths: impl IntoIterator<Item = impl Into<String>>,
    ) -> Rows {
        self.source(source, SourceRows::new().files(paths))
    }

    /// Adds a source whose rows are bytes. See [`SourceRows::bytes`].
    #[must_use]
    pub fn bytes(
        self,
        source: impl Into<String>,
        format: DataFormat,
        bytes: impl Into<Vec<u8>>,
    ) -> Rows {
        self.source(source, SourceRows::new().bytes(format, bytes))
    }

    /// Adds a source whose rows are Arrow record batches. See [`SourceRows::batches`].
    #[must_use]
    pub fn batches(
        self,
        source: impl Into<String>,
        batches: impl IntoIterator<Item = impl Into<RowBatch>>,
    ) -> Rows {
        self.source(source, SourceRows::new().batches(batches))
    }
}

/// How rows are written down.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DataFormat {
    /// CSV in UTF-8: a header with the names of the columns, then a line for each row.
    Csv,
    /// A JSON object for each row, one on each line; or one JSON list of such objects.
    JsonLines,
    /// Apache Parquet. It is read with the feature `files` only.
    Parquet,
    /// Apache Arrow IPC, as a file or as a stream.
    Arrow,
}

impl DataFormat {
    pub(crate) fn name(self) -> &'static str {
        match self {
            DataFormat::Csv => "CSV",
            DataFormat::JsonLines => "JSON (lines or a list)",
            DataFormat::Parquet => "Parquet",
            DataFormat::Arrow => "Arrow",
        }
    }
}

/// The rows of one source, and how they are to be read.
///
/// A source may have several files, texts and lists of batches. Their rows are read one after
/// another; their order decides nothing.
#[derive(Clone, Debug, Default)]
pub struct SourceRows {
    pub(crate) places: Vec<Place>,
    pub(crate) map: Vec<(String, String)>,
    pub(crate) bad_rows: BadRows,
    pub(crate) stream_from: Option<u64>,
}

/// Where some rows of a source stand.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    /// Files, patterns of files, or `-`.
    #[cfg(feature = "files")]
    Files(String),
    /// Bytes of a text or file.
    Bytes(RowBytes),
    /// Batches.
    Batches(Arc<[RowBatch]>),
}

/// A text or file of rows in memory.
#[derive(Clone, Debug)]
pub(crate) struct RowBytes {
    /// What reports call it, if the caller has a name for it.
    pub name: Option<String>,
    pub format: DataFormat,
    pub bytes: Bytes,
}

impl SourceRows {
    /// No rows.
    pub fn new() -> SourceRows {
        SourceRows::default()
    }

    /// Adds files: paths, patterns such as `logs/2026-*.csv`, or `-` for standard input. The form
    /// of a file is found out by its first bytes, or else by its name.
    #[cfg(feature = "files")]
    #[must_use]
    pub fn files(mut self, paths: impl IntoIterator<Item = impl Into<String>>) -> SourceRows {
        self.places.extend(paths.into_iter().map(|path| Place::Files(path.into())));
        self
    }

    /// Adds a text or file that is in memory. CSV and JSON lines may be compressed by gzip, and,
    /// with the feature `files`, by zstd.
    ///
    /// Reports call it by the name of the source in angle brackets.
    #[must_use]
    pub fn bytes(mut self, format: DataFormat, bytes: impl Into<Vec<u8>>) -> SourceRows {
        let bytes = Bytes::from(bytes.into());
        self.places.push(Place::Bytes(RowBytes { name: None, format, bytes }));
        self
    }

    /// The same as [`bytes`](SourceRows::bytes) with the name that reports and errors call it by,
    /// such as the name of the file it was read from.
    #[must_use]
    pub fn named_bytes(
        mut self,
        name: impl Into<String>,
        format: DataFormat,
        bytes: impl Into<Vec<u8>>,
    ) -> SourceRows {
        let bytes = Bytes::from(bytes.into());
        self.places.push(Place::Bytes(RowBytes { name: Some(name.into()), format, bytes }));
        self
    }

    /// Adds Arrow record batches, whose columns are read like those of an Arrow file: they have the
    /// names of the fields of the source, times have a zone, and a column of numbers says its unit
    /// in its name or in [`column`](SourceRows::column). Nulls are values that a row lacks. What
    /// Arrow has no type for stands beside the batch: see [`RowBatch`].
    #[must_use]
    pub fn batches(mut self, batches: impl IntoIterator<Item = impl Into<RowBatch>>) -> SourceRows {
        self.places.push(Place::Batches(batches.into_iter().map(Into::into).collect()));
        self
    }

    /// Says that a field of the source, or `at`, `start`, `end` or `value`, is called otherwise in
    /// the rows, as `sla run --map` does: `timestamp`, with a unit `duration:ms`, or nothing if
    /// there is no such column.
    #[must_use]
    pub fn column(mut self, field: impl Into<String>, called: impl Into<String>) -> SourceRows {
        self.map.push((field.into(), called.into()));
        self
    }

    /// Says what happens to rows that cannot be read. Without it the first one is an error.
    #[must_use]
    pub fn bad_rows(mut self, bad_rows: BadRows) -> SourceRows {
        self.bad_rows = bad_rows;
        self
    }

    /// Events are not kept in memory once they are read if there are at least this many bytes of
    /// them; without it, 8 MB. The report is the same.
    #[must_use]
    pub fn stream_from(mut self, bytes: u64) -> SourceRows {
        self.stream_from = Some(bytes);
        self
    }
}

/// What happens to rows that cannot be read.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum BadRows {
    /// The first one is an error.
    #[default]
    Refuse,
    /// They are left out and counted; more than the limit are an error.
    Skip(BadRowLimit),
}

/// How many rows of a source may be left out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum BadRowLimit {
    /// Any number.
    None,
    /// So many rows.
    Rows(u64),
    /// This share of all rows of the source: one hundredth is 1 %.
    Share(Exact),
}

impl BadRowLimit {
    /// True if so many of all rows are too many.
    pub(crate) fn is_exceeded(&self, left_out: u64, all: u64) -> bool {
        match self {
            BadRowLimit::None => false,
            BadRowLimit::Rows(most) => left_out > *most,
            BadRowLimit::Share(share) => (share * &count(all)) < count(left_out),
        }
    }
}

fn count(rows: u64) -> Exact {
    Exact::integer(i64::try_from(rows).unwrap_or(i64::MAX))
}

/// An Arrow record batch, and columns for what Arrow cannot say.
///
/// A batch without such columns is made by `RowBatch::from(batch)`.
#[derive(Clone, Debug)]
pub struct RowBatch {
    pub(crate) record: RecordBatch,
    pub(crate) exact: BTreeMap<String, Vec<Option<Exact>>>,
    pub(crate) unsaid: BTreeMap<String, Vec<bool>>,
}

impl From<RecordBatch> for RowBatch {
    fn from(record: RecordBatch) -> RowBatch {
        RowBatch { record, exact: BTreeMap::new(), unsaid: BTreeMap::new() }
    }
}

impl RowBatch {
    /// Adds a column of exact numbers, such as a third, one for each row; `None` is a value that the
    /// row lacks. It is read like a column of decimals with this name, so the same units hold.
    #[must_use]
    pub fn exact(mut self, column: impl Into<String>, numbers: Vec<Option<Exact>>) -> RowBatch {
        self.exact.insert(column.into(), numbers);
        self
    }

    /// Says of which rows nothing is known in a column that rows must have. Such a row is read, and
    /// it is an error only if the evaluation needs the value; a null there is always an error.
    #[must_use]
    pub fn unsaid(mut self, column: impl Into<String>, rows: Vec<bool>) -> RowBatch {
        self.unsaid.insert(column.into(), rows);
        self
    }
}
