//! From files to rows: CSV, JSON lines, Parquet and Arrow, plain or compressed.
//!
//! In: the source of a plan, and the files it is read from. Out: batches through the door of
//! `columns`, and what there was to say about the files. This is the only module that uses the
//! crates of these formats. It evaluates nothing; it drops nothing without counting it, and turns
//! nothing into what it is not: a cell that does not fit is a fault with its file, row and column.

#[cfg(feature = "files")]
mod ahead;
mod arrays;
mod arrow;
mod batches;
mod blocks;
mod cells;
mod collect;
pub mod columns;
mod compressions;
mod csv;
mod dictionary;
pub mod display;
mod fast;
pub mod fault;
mod filling;
mod formats;
mod guarded;
mod header;
mod json;
mod lengths;
mod list;
mod marks;
mod memory;
mod open;
#[cfg(feature = "files")]
mod parquet;
mod parts;
#[cfg(feature = "files")]
mod paths;
mod reader;
mod reading;
mod rows;
mod sniff;
#[cfg(test)]
mod tests;
mod text;
mod times;
mod units;
mod vectors;

use std::collections::BTreeSet;
use std::sync::Arc;

pub use cells::Cell;
pub use collect::{BadRow, Reach};
pub use guarded::is_guarded;
pub use header::LooseName;
pub use open::Input;
#[cfg(feature = "files")]
pub use open::inputs;
pub use rows::{BadRowLimit, BadRows, DataFormat, RowBatch, Rows, SourceRows};

use self::cells::{CellReader, Raw, values};
use self::collect::{ParsedRows, RowCounts, Rules};
use self::columns::{Batch, Source};
use self::fault::{Fault, Outcome};
use self::header::Wanted;
use self::open::open;
use self::reader::OpenRows;
use self::rows::Place;
use self::sniff::{Opened, State};
use crate::base::Exact;
use crate::plan::{self, Plan};

/// Events of files of so many bytes together are streamed, unless the caller says another number.
const STREAM_FROM: u64 = 8 << 20;
/// Of streamed rows at least so many are looked at together.
const ROWS_OF_PART: usize = 1 << 15;

/// The files of one source.
pub struct Files {
    inputs: Vec<Input>,
    /// Rows are streamed if the files have at least this many bytes together.
    stream_from: u64,
    /// How many of them were opened.
    opened: usize,
    wanted: Wanted,
    rules: Rules,
    now: Option<OpenRows>,
    row_counts: RowCounts,
    /// What was known before the file that is open now.
    before: Before,
    limit: BadRowLimit,
    told: Told,
    /// What the first complete reading said.
    first: Option<Told>,
    /// What the files were like when they were opened first.
    states: Vec<State>,
}

/// How many rows were read and left out before a file was opened, and how many of the latter are
/// listed.
#[derive(Clone, Copy, Default)]
struct Before {
    taken: u64,
    left_out: u64,
    listed: usize,
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
    /// The first of the rows that were left out.
    pub bad: Vec<BadRow>,
    /// Columns that nothing reads.
    pub unread: BTreeSet<String>,
    /// Columns that are read although their names are only like those that are looked for.
    pub loose: BTreeSet<LooseName>,
    /// Columns of the source that `--map SOURCE.COLUMN=` declares as missing.
    pub left_out_columns: Vec<String>,
    /// From when to when the rows reach.
    pub reach: Reach,
}

impl Files {
    /// The files of a source of a plan; none is opened yet.
    pub fn new(plan: &Plan, source: &plan::Source, rows: &SourceRows) -> Outcome<Files> {
        let wanted = Wanted::new(plan, source, &rows.map)?;
        let all = all_inputs(&source.name, &rows.places)?;
        let limit = match &rows.bad_rows {
            BadRows::Refuse => None,
            BadRows::Skip(limit) => Some(limit.clone()),
        };
        let rules = Rules::new(&wanted, limit.is_some());
        let states = all.iter().map(Input::state).collect();
        let (row_counts, told) = (RowCounts::default(), Told::default());
        let stream_from = rows.stream_from.unwrap_or(STREAM_FROM);
        let (before, limit) = (Before::default(), limit.unwrap_or(BadRowLimit::None));
        Ok(Files {
            inputs: all,
            stream_from,
            opened: 0,
            wanted,
            rules,
            now: None,
            row_counts,
            before,
            limit,
            told,
            first: None,
            states,
        })
    }

    /// What there is to say about them, once all is read.
    pub fn told(&self) -> Told {
        self.first.clone().unwrap_or_else(|| self.so_far())
    }

    fn so_far(&self) -> Told {
        let RowCounts { taken, left_out, bad, reach } = self.row_counts.clone();
        let columns = self
            .wanted
            .schema
            .columns
            .iter()
            .enumerate()
            .filter(|(at, _)| self.wanted.is_left_out(*at));
        let left_out_columns = columns.map(|(_, column)| column.name.clone()).collect();
        Told { rows: taken, left_out, bad, reach, left_out_columns, ..self.told.clone() }
    }

    /// A file with rows, none of which can be read, is in a form that is not understood: leaving
    /// all of it out would look like silence.
    fn some_row_is_good(&self) -> Outcome<()> {
        let left_out = self.row_counts.left_out - self.before.left_out;
        if left_out == 0 || self.row_counts.taken > self.before.taken {
            return Ok(());
        }
        let name = self.told.files.last().map_or("", String::as_str);
        let rows = if left_out == 1 {
            "its only row".to_owned()
        } else {
            format!("any of its {left_out} rows")
        };
        let first = self
            .row_counts
            .bad
            .get(self.before.listed)
            .map_or_else(String::new, |bad| format!("; {}", bad.line()));
        Err(Fault::new(format!("`{name}` cannot be used, because `sla` cannot read {rows}{first}")))
    }

    /// A fault if more rows were left out than may be.
    fn within_limit(&self) -> Outcome<()> {
        let RowCounts { taken, left_out, bad, .. } = &self.row_counts;
        if !self.limit.is_exceeded(*left_out, taken + left_out) {
            return Ok(());
        }
        let most = match &self.limit {
            BadRowLimit::None => String::new(),
            BadRowLimit::Rows(most) => most.to_string(),
            BadRowLimit::Share(share) => {
                format!("{}%", (share * &Exact::integer(100)).to_decimal().unwrap_or_default())
            }
        };
        let first =
            bad.first().map_or_else(String::new, |bad| format!("; the first is {}", bad.line()));
        Err(Fault::new(format!(
            "{left_out} of {} rows of `{}` cannot be read, but `--max-bad-rows` allows only {most}{first}",
            taken + left_out,
            self.wanted.schema.source
        )))
    }

    fn open(&mut self, input: &Input) -> Outcome<OpenRows> {
        let name = input.name();
        self.told.files.push(name.clone());
        self.before = Before {
            taken: self.row_counts.taken,
            left_out: self.row_counts.left_out,
            listed: self.row_counts.bad.len(),
        };
        let (wanted, rules) = (&self.wanted, &self.rules);
        let rows: OpenRows = match open(input)? {
            Opened::Text(form, text) => (form.read)(&name, text, wanted, rules)?,
            Opened::Parts(form, parts) => (form.read)(&name, parts, wanted, rules)?,
            Opened::Batches(batches) => {
                Box::new(memory::BatchRows::new(&name, batches, wanted, rules)?)
            }
        };
        #[cfg(feature = "files")]
        let rows = ahead::ahead(rows);
        Ok(rows)
    }
}

/// The inputs that the rows of a source stand in, each once.
fn all_inputs(source: &str, places: &[Place]) -> Outcome<Vec<Input>> {
    let mut all = Vec::new();
    let mut unnamed = 0;
    let mut name = || {
        unnamed += 1;
        if unnamed == 1 { format!("<{source}>") } else { format!("<{source} {unnamed}>") }
    };
    for place in places {
        match place {
            #[cfg(feature = "files")]
            Place::Files(word) => all.extend(inputs(word)?),
            Place::Bytes(rows) => all.push(Input::Bytes {
                name: rows.name.clone().unwrap_or_else(&mut name),
                format: rows.format,
                bytes: rows.bytes.clone(),
            }),
            Place::Batches(batches) => {
                all.push(Input::Batches { name: name(), batches: Arc::clone(batches) });
            }
        }
    }
    let mut seen = BTreeSet::new();
    match all.iter().find(|input| input.identity().is_some_and(|it| !seen.insert(it))) {
        Some(twice) => Err(Fault::new(format!(
            "`{}` is given twice for `{source}`: its rows would count twice",
            twice.name()
        ))),
        None => Ok(all),
    }
}

/// A value of a type from a text that is written as in a cell of CSV, none from an empty one, or
/// what is wrong with it.
pub fn cell_of<'t>(plan: &Plan, of: &plan::Type, text: &'t str) -> Result<Cell<'t>, String> {
    let reader = CellReader {
        of: of.clone(),
        optional: true,
        unit: None,
        values: values(plan, of),
        within: None,
        whole: plan.is_whole(of),
        comma: false,
    };
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
                        self.within_limit()?;
                        self.first.get_or_insert(self.so_far());
                        return Ok(None);
                    }
                },
            };
            // A batch is of one file, so that each row knows where it comes from.
            let Some(ParsedRows { batch, row_counts, fault }) = rows.next()? else {
                let names = rows.names();
                self.told.unread.extend(names.unread);
                self.told.loose.extend(names.loose);
                self.some_row_is_good()?;
                continue;
            };
            if let Some(bad) = fault {
                return Err(Fault::new(bad.line()));
            }
            self.now = Some(rows);
            self.row_counts.add(row_counts);
            if let Some(batch) = batch {
                return Ok(Some(batch));
            }
        }
    }

    fn rows_of_part(&self) -> Option<usize> {
        let bytes: u64 = self.states.iter().map(|state| state.bytes).sum();
        (bytes >= self.stream_from && self.states.iter().all(|state| state.is_lasting))
            .then_some(ROWS_OF_PART)
    }

    fn again(&mut self) -> Outcome<()> {
        if let Some(changed) = self
            .inputs
            .iter()
            .zip(&self.states)
            .find(|(input, state)| input.state() != **state)
            .map(|(input, _)| input)
        {
            return Err(Fault::new(format!("`{}` was changed while it was read", changed.name())));
        }
        (self.opened, self.now, self.row_counts, self.told) =
            (0, None, RowCounts::default(), Told::default());
        Ok(())
    }
}
