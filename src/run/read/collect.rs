//! Rows on their way into batches: counted, held against each other, and put in columns.

use std::sync::Arc;

use ecow::EcoString;
use rustc_hash::FxHashMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cells::Cell;
use crate::base::Exact;
use crate::plan::Type;
use crate::run::columns::{Batch, Cells, Column, Origin, Schema, State};
use crate::run::fault::{Fault, Outcome};
use crate::time::{Date, Instant};

/// How many of the rows that were left out are listed one by one.
const MOST_LISTED: usize = 100;

/// A row that could not be read.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BadRow {
    /// The file.
    pub file: String,
    /// Its line there, or its number where rows have no lines; both count from 1.
    pub row: u64,
    /// The column as the file calls it; `null` if it is a matter of the whole row.
    pub column: Option<String>,
    /// What is wrong.
    pub message: String,
}

/// What is wrong with a row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// The column as the file calls it.
    pub column: Option<String>,
    /// What is wrong.
    pub message: String,
}

impl Problem {
    /// A problem of a whole row.
    pub fn of_row(message: impl Into<String>) -> Problem {
        Problem { column: None, message: message.into() }
    }

    /// A problem of a cell.
    pub fn of_cell(column: &str, message: impl Into<String>) -> Problem {
        Problem { column: Some(column.to_owned()), message: message.into() }
    }
}

impl BadRow {
    /// Where and what, on one line.
    pub fn line(&self) -> String {
        let column = self.column.as_ref().map_or_else(String::new, |column| format!("column `{}`: ", super::cells::short(column)));
        format!("{}:{}: {column}{}", self.file, self.row, self.message)
    }
}

/// Takes rows of one source in.
#[derive(Debug)]
pub struct Collector {
    /// True if a row that cannot be read is left out and counted.
    skips: bool,
    /// True if the second column is the end of what begins in the first.
    has_end: bool,
    types: Vec<Type>,
    file: EcoString,
    rows: Vec<u64>,
    columns: Vec<Filling>,
    /// Rows that were taken in.
    pub taken: u64,
    /// Rows that were left out.
    pub left_out: u64,
    /// The first of them.
    pub bad: Vec<BadRow>,
    /// The latest instant of any row's own time.
    pub latest: Option<Instant>,
}

impl Collector {
    /// One for the rows of a source.
    pub fn new(schema: &Schema, skips: bool) -> Collector {
        let types: Vec<Type> = schema.columns.iter().map(|column| column.of.clone()).collect();
        let has_end =
            schema.columns.get(1).is_some_and(|column| column.name == "end") && schema.columns.first().is_some_and(|it| it.name == "start");
        let columns = types.iter().map(Filling::new).collect();
        let (rows, bad) = (Vec::new(), Vec::new());
        Collector { skips, has_end, types, file: EcoString::new(), rows, columns, taken: 0, left_out: 0, bad, latest: None }
    }

    /// Rows from here on are of this file.
    pub fn begin(&mut self, file: &str) {
        self.file = file.into();
    }

    /// How many rows wait for their batch.
    pub fn waiting(&self) -> usize {
        self.rows.len()
    }

    /// A row as it was read, or what is wrong with it.
    pub fn row(&mut self, number: u64, read: Result<&[Cell<'_>], Problem>) -> Outcome<()> {
        match read.and_then(|cells| self.check(cells).map(|()| cells)) {
            Ok(cells) => {
                for (cell, column) in cells.iter().zip(&mut self.columns) {
                    column.push(cell);
                }
                self.rows.push(number);
                self.taken += 1;
                Ok(())
            }
            Err(problem) => self.refuse(number, problem),
        }
    }

    /// A row that cannot be read.
    fn refuse(&mut self, row: u64, problem: Problem) -> Outcome<()> {
        let bad = BadRow { file: self.file.to_string(), row, column: problem.column, message: problem.message };
        if !self.skips {
            return Err(Fault::new(bad.line()));
        }
        self.left_out += 1;
        if self.bad.len() < MOST_LISTED {
            self.bad.push(bad);
        }
        Ok(())
    }

    fn check(&mut self, cells: &[Cell<'_>]) -> Result<(), Problem> {
        let instant = |at: usize| match cells.get(at) {
            Some(Cell::Instant(instant)) => Some(*instant),
            Some(_) | None => None,
        };
        let (start, end) = (instant(0), if self.has_end { instant(1) } else { None });
        if let (Some(start), Some(end)) = (start, end)
            && end < start
        {
            return Err(Problem::of_cell("end", "the row ends before it starts"));
        }
        self.latest = self.latest.max(start).max(end);
        Ok(())
    }

    /// The rows that wait, as a batch.
    pub fn batch(&mut self) -> Option<Batch> {
        if self.rows.is_empty() {
            return None;
        }
        let fresh = self.types.iter().map(Filling::new).collect();
        let columns = std::mem::replace(&mut self.columns, fresh).into_iter().map(Filling::column).collect();
        let rows = std::mem::take(&mut self.rows);
        let origin = Origin { name: self.file.clone(), first: rows.first().copied().unwrap_or(1), rows: Some(rows) };
        Some(Batch { length: origin.rows.as_ref().map_or(0, Vec::len), columns, origin })
    }
}

/// A column that is being filled.
#[derive(Debug)]
struct Filling {
    cells: Cells,
    states: Vec<State>,
    names: Dictionary,
}

#[derive(Default, Debug)]
struct Dictionary {
    codes: FxHashMap<EcoString, u32>,
    names: Vec<EcoString>,
}

impl Dictionary {
    fn code(&mut self, name: &str) -> u32 {
        if let Some(code) = self.codes.get(name) {
            return *code;
        }
        // A batch has fewer rows than a number can count.
        let code = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        let name = EcoString::from(name);
        self.names.push(name.clone());
        self.codes.insert(name, code);
        code
    }
}

impl Filling {
    fn new(of: &Type) -> Filling {
        let nobody: Arc<[EcoString]> = Arc::from([]);
        let cells = match of {
            Type::Time {} => Cells::Instants(Vec::new()),
            Type::Duration {} => Cells::Lengths(Vec::new()),
            Type::Boolean {} => Cells::Booleans(Vec::new()),
            Type::Date {} => Cells::Dates(Vec::new()),
            Type::Money { currency: None } => Cells::Money { amounts: Vec::new(), currencies: Vec::new(), dictionary: nobody },
            Type::Number { .. } | Type::Money { currency: Some(_) } | Type::Data {} | Type::Count { .. } | Type::Compound { .. } => {
                Cells::Exacts(Vec::new())
            }
            Type::Text {} | Type::Choice { .. } | Type::Severity {} | Type::Service {} | Type::Party {} => {
                Cells::Names { codes: Vec::new(), dictionary: nobody }
            }
        };
        Filling { cells, states: Vec::new(), names: Dictionary::default() }
    }

    /// A cell; one that is absent, or not of the column's kind, leaves a place without meaning.
    fn push(&mut self, cell: &Cell<'_>) {
        let names = &mut self.names;
        let here = match (&mut self.cells, cell) {
            (Cells::Instants(cells), Cell::Instant(value)) | (Cells::Lengths(cells), Cell::Length(value)) => {
                cells.push(*value);
                true
            }
            (Cells::Exacts(cells), Cell::Exact(value)) => {
                cells.push(value.clone());
                true
            }
            (Cells::Money { amounts, currencies, .. }, Cell::Money(amount, currency)) => {
                amounts.push(amount.clone());
                currencies.push(names.code(currency));
                true
            }
            (Cells::Names { codes, .. }, Cell::Name(name)) => {
                codes.push(names.code(name));
                true
            }
            (Cells::Booleans(cells), Cell::Boolean(value)) => {
                cells.push(*value);
                true
            }
            (Cells::Dates(cells), Cell::Date(value)) => {
                cells.push(*value);
                true
            }
            (cells, _) => {
                push_nothing(cells);
                false
            }
        };
        self.states.push(if here { State::Here } else { State::Absent });
    }

    fn column(mut self) -> Column {
        match &mut self.cells {
            Cells::Money { dictionary, .. } | Cells::Names { dictionary, .. } => *dictionary = self.names.names.into(),
            Cells::Instants(_) | Cells::Lengths(_) | Cells::Decimals { .. } | Cells::Exacts(_) | Cells::Booleans(_) | Cells::Dates(_) => {}
        }
        let all = self.states.iter().all(|state| *state == State::Here);
        Column { cells: self.cells, states: (!all).then_some(self.states) }
    }
}

fn push_nothing(cells: &mut Cells) {
    match cells {
        Cells::Instants(cells) | Cells::Lengths(cells) | Cells::Decimals { unscaled: cells, .. } => cells.push(0),
        Cells::Exacts(cells) => cells.push(Exact::ZERO),
        Cells::Money { amounts, currencies, .. } => {
            amounts.push(Exact::ZERO);
            currencies.push(0);
        }
        Cells::Names { codes, .. } => codes.push(0),
        Cells::Booleans(cells) => cells.push(false),
        Cells::Dates(cells) => cells.push(Date::FIRST),
    }
}
