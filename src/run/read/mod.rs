//! From files to rows: CSV, JSON lines, Parquet and Arrow, plain or compressed.
//!
//! In: the source of a plan, and the files it is read from. Out: batches through the door of `columns`, and what there was to say about
//! the files. This is the only room that sees the crates of these formats. It evaluates nothing; it drops nothing without counting it,
//! and turns nothing into what it is not: a cell that does not fit is a fault with its file, row and column.

mod arrays;
mod cells;
mod collect;
mod csv;
mod header;
mod json;
mod open;
mod parts;
mod units;

use std::collections::BTreeSet;
use std::path::PathBuf;

pub use cells::Cell;
pub use collect::BadRow;
pub use open::Input;
pub use parts::is_guarded;

use self::cells::{CellReader, Raw, values};
use self::collect::Collector;
use self::header::Wanted;
use self::open::{Form, Opened, open};
use super::columns::{Batch, Source};
use super::fault::{Fault, Outcome};
use crate::plan::{self, Plan};
use crate::time::Instant;

/// How many rows a batch has.
const ROWS_OF_BATCH: usize = 8_192;
/// The most bytes that one row may have.
const LARGEST_ROW: u64 = 16 << 20;

/// Rows of one open file.
trait Rows {
    /// Takes rows in, up to a batch; false at the end of the file.
    fn fill(&mut self, into: &mut Collector) -> Outcome<bool>;

    /// Columns of the file that nothing reads, as far as they are known.
    fn unread(&self) -> Vec<String>;
}

/// How the files of a source are to be read.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Reading {
    /// Files, patterns of files, or `-`.
    pub words: Vec<String>,
    /// Columns that the files call otherwise: the column of the source, and the name in the files.
    pub map: Vec<(String, String)>,
    /// True if rows that cannot be read are left out and counted.
    pub skip_bad_rows: bool,
}

/// The files of one source.
pub struct Files {
    inputs: std::vec::IntoIter<Input>,
    wanted: Wanted,
    now: Option<Box<dyn Rows>>,
    collector: Collector,
    told: Told,
}

/// What there is to say about the files of a source.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Told {
    /// The files, as they were named.
    pub files: Vec<String>,
    /// Rows that were read.
    pub rows: u64,
    /// Rows that were left out because they could not be read.
    pub left_out: u64,
    /// The first of them.
    pub bad: Vec<BadRow>,
    /// Columns that nothing reads.
    pub unread: BTreeSet<String>,
    /// The latest instant of any row.
    pub latest: Option<Instant>,
}

impl Files {
    /// The files of a source of a plan; none is opened yet.
    pub fn new(plan: &Plan, source: &plan::Source, reading: &Reading) -> Outcome<Files> {
        let wanted = Wanted::new(plan, source, &reading.map)?;
        let mut all = Vec::new();
        let mut seen: BTreeSet<Option<PathBuf>> = BTreeSet::new();
        for word in &reading.words {
            for input in open::inputs(word)? {
                let path = match &input {
                    Input::Standard => None,
                    Input::File(path) => Some(path.canonicalize().unwrap_or_else(|_| path.clone())),
                };
                if !seen.insert(path) {
                    return Err(Fault::new(format!("`{}` is given twice for `{}`: its rows would count twice", input.name(), source.name)));
                }
                all.push(input);
            }
        }
        let collector = Collector::new(&wanted.schema, reading.skip_bad_rows);
        Ok(Files { inputs: all.into_iter(), wanted, now: None, collector, told: Told::default() })
    }

    /// What there is to say about them, once all is read.
    pub fn told(&self) -> Told {
        let collector = &self.collector;
        let (bad, latest) = (collector.bad.clone(), collector.latest);
        Told { rows: collector.taken, left_out: collector.left_out, bad, latest, ..self.told.clone() }
    }

    fn open(&mut self, input: &Input) -> Outcome<Box<dyn Rows>> {
        let name = input.name();
        self.collector.begin(&name);
        self.told.files.push(name.clone());
        match open(input)? {
            Opened::Text(Form::JsonLines, bytes) => Ok(Box::new(json::JsonLines::new(&name, bytes, &self.wanted))),
            Opened::Text(_, bytes) => Ok(Box::new(csv::Csv::new(&name, bytes, &self.wanted)?)),
            Opened::Parts(form, parts) => Ok(Box::new(parts::PartsRows::new(&name, form, parts, &self.wanted)?)),
        }
    }
}

/// A value of a type from a text that is written as in a cell of CSV, or what is wrong with it.
pub fn cell_of<'t>(plan: &Plan, of: &plan::Type, text: &'t str) -> Result<Cell<'t>, String> {
    let reader = CellReader { of: of.clone(), optional: false, unit: None, values: values(plan, of) };
    reader.read(Raw::Text(text.into()))
}

impl Source for Files {
    fn next(&mut self) -> Outcome<Option<Batch>> {
        loop {
            let mut rows = match self.now.take() {
                Some(rows) => rows,
                None => match self.inputs.next() {
                    Some(input) => self.open(&input)?,
                    None => return Ok(None),
                },
            };
            if rows.fill(&mut self.collector)? {
                self.now = Some(rows);
            } else {
                self.told.unread.extend(rows.unread());
            }
            // A batch is of one file, so that each row knows where it comes from.
            if let Some(batch) = self.collector.batch() {
                return Ok(Some(batch));
            }
        }
    }
}
