//! From files to rows: CSV, JSON lines, Parquet and Arrow, plain or compressed.
//!
//! In: the source of a plan, and the files it is read from. Out: batches through the door of `columns`, and what there was to say about
//! the files. This is the only room that sees the crates of these formats. It evaluates nothing; it drops nothing without counting it,
//! and turns nothing into what it is not: a cell that does not fit is a fault with its file, row and column.

mod ahead;
mod arrays;
mod arrow;
mod batches;
mod blocks;
mod cells;
mod collect;
mod csv;
mod dictionary;
mod fast;
mod filling;
mod header;
mod json;
mod lengths;
mod marks;
mod open;
mod parquet;
#[cfg(test)]
mod tests;
mod text;
mod units;
mod vectors;

use std::collections::BTreeSet;
use std::path::PathBuf;

pub use arrow::is_guarded;
pub use cells::Cell;
pub use collect::BadRow;
pub use open::Input;

use self::cells::{CellReader, Raw, values};
use self::collect::{Gathered, Rules, Tally};
use self::header::Wanted;
use self::open::{Form, Opened, open};
use super::columns::{Batch, Source};
use super::fault::{Fault, Outcome};
use crate::plan::{self, Plan};
use crate::time::Instant;

/// About how many bytes of text become one batch.
const BYTES_OF_BLOCK: usize = 1 << 20;
/// Events of files of so many bytes together are streamed, unless the caller says another number.
const STREAM_FROM: u64 = 8 << 20;
/// Of streamed rows at least so many are looked at together.
const ROWS_OF_PART: usize = 1 << 15;
/// The most bytes that one row may have.
const LARGEST_ROW: usize = 16 << 20;
/// The most names of columns that are remembered because nothing reads them.
const MOST_NAMES: usize = 10_000;

/// Rows of one open file.
trait Rows {
    /// The next rows; `None` at the end of the file.
    fn next(&mut self) -> Outcome<Option<Gathered>>;

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
    /// Events are streamed if their files have at least this many bytes together; `None`: 8 MB.
    pub stream_from: Option<u64>,
}

/// The files of one source.
pub struct Files {
    inputs: Vec<Input>,
    /// Rows are streamed if the files have at least this many bytes together.
    stream_from: u64,
    /// How many of them were opened.
    opened: usize,
    wanted: Wanted,
    rules: Rules,
    now: Option<Box<dyn Rows + Send>>,
    tally: Tally,
    told: Told,
    /// What the first complete reading said.
    first: Option<Told>,
    /// What the files were like when they were opened first.
    states: Vec<open::State>,
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
    /// Columns of the source that are said not to be there.
    pub left_out_columns: Vec<String>,
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
        let rules = Rules::new(&wanted, reading.skip_bad_rows);
        let states = all.iter().map(Input::state).collect();
        let (tally, told) = (Tally::default(), Told::default());
        let stream_from = reading.stream_from.unwrap_or(STREAM_FROM);
        Ok(Files { inputs: all, stream_from, opened: 0, wanted, rules, now: None, tally, told, first: None, states })
    }

    /// What there is to say about them, once all is read.
    pub fn told(&self) -> Told {
        self.first.clone().unwrap_or_else(|| self.so_far())
    }

    fn so_far(&self) -> Told {
        let Tally { taken, left_out, bad, latest } = self.tally.clone();
        let columns = self.wanted.schema.columns.iter().enumerate().filter(|(at, _)| self.wanted.is_left_out(*at));
        let left_out_columns = columns.map(|(_, column)| column.name.clone()).collect();
        Told { rows: taken, left_out, bad, latest, left_out_columns, ..self.told.clone() }
    }

    fn open(&mut self, input: &Input) -> Outcome<Box<dyn Rows + Send>> {
        let name = input.name();
        self.told.files.push(name.clone());
        let (wanted, rules) = (&self.wanted, &self.rules);
        let rows: Box<dyn Rows + Send> = match open(input)? {
            Opened::Text(Form::JsonLines, bytes) => Box::new(json::rows(&name, bytes, wanted, rules, BYTES_OF_BLOCK)),
            Opened::Text(_, bytes) => Box::new(csv::rows(&name, bytes, wanted, rules, BYTES_OF_BLOCK)?),
            Opened::Parts(Form::Parquet, parts) => Box::new(parquet::ParquetRows::new(&name, parts, wanted, rules, parquet::USUAL)?),
            Opened::Parts(_, parts) => Box::new(arrow::ArrowRows::new(&name, parts, wanted, rules)?),
        };
        Ok(ahead::ahead(rows))
    }
}

/// A value of a type from a text that is written as in a cell of CSV, none from an empty one, or what is wrong with it.
pub fn cell_of<'t>(plan: &Plan, of: &plan::Type, text: &'t str) -> Result<Cell<'t>, String> {
    let reader = CellReader { of: of.clone(), optional: true, unit: None, values: values(plan, of) };
    reader.read(Raw::Text(text.into()))
}

impl Source for Files {
    fn next(&mut self) -> Outcome<Option<Batch>> {
        loop {
            let mut rows = match self.now.take() {
                Some(rows) => rows,
                None => match self.inputs.get(self.opened).cloned() {
                    Some(input) => {
                        self.opened += 1;
                        self.open(&input)?
                    }
                    None => {
                        self.first.get_or_insert(self.so_far());
                        return Ok(None);
                    }
                },
            };
            // A batch is of one file, so that each row knows where it comes from.
            let Some(Gathered { batch, tally, fault }) = rows.next()? else {
                self.told.unread.extend(rows.unread());
                continue;
            };
            if let Some(bad) = fault {
                return Err(Fault::new(bad.line()));
            }
            self.now = Some(rows);
            self.tally.add(tally);
            if let Some(batch) = batch {
                return Ok(Some(batch));
            }
        }
    }

    fn rows_of_part(&self) -> Option<usize> {
        let bytes: u64 = self.states.iter().map(|state| state.bytes).sum();
        (bytes >= self.stream_from && self.states.iter().all(|state| state.is_lasting)).then_some(ROWS_OF_PART)
    }

    fn again(&mut self) -> Outcome<()> {
        if let Some(changed) = self.inputs.iter().zip(&self.states).find(|(input, state)| input.state() != **state).map(|(input, _)| input)
        {
            return Err(Fault::new(format!("`{}` was changed while it was read", changed.name())));
        }
        (self.opened, self.now, self.tally, self.told) = (0, None, Tally::default(), Told::default());
        Ok(())
    }
}
