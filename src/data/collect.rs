//! Rows on their way into batches: counted, compared with each other, and put into columns.

use ecow::EcoString;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cells::{Cell, CellReader, Raw};
use super::fast::Fast;
use super::filling::Filling;
use super::header::{Bound, Wanted};
use crate::data::columns::{Batch, Column, Origin};
use crate::plan::Type;
use crate::time::Instant;

/// How many of the rows that were left out are listed one by one.
const MOST_LISTED: usize = 100;

/// A row that could not be read.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BadRow {
    /// Name of the file, as messages show it.
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

    /// The same of a row that goes over so many lines: more than one is worth a word, for a stray
    /// mark swallows what are rows to people.
    pub fn over(self, lines: u64) -> Problem {
        if lines < 2 {
            return self;
        }
        Problem {
            message: format!("{}, so {lines} lines are read as one row", self.message),
            ..self
        }
    }
}

impl BadRow {
    /// Where and what, on one line.
    pub fn line(&self) -> String {
        let column = self.column.as_ref().map_or_else(String::new, |column| {
            format!("column `{}`: ", super::cells::short(column))
        });
        format!("{}:{}: {column}{}", self.file, self.row, self.message)
    }
}

/// What there is to know about the rows of a source beside the rows themselves.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RowCounts {
    /// Rows that were taken in.
    pub taken: u64,
    /// Rows that were left out because they could not be read.
    pub left_out: u64,
    /// The first of the rows that were left out, up to `MOST_LISTED`.
    pub bad: Vec<BadRow>,
    /// From when to when the rows reach.
    pub reach: Reach,
}

/// From when to when the rows of a source reach.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Reach {
    /// The first start of any row.
    pub first: Option<Instant>,
    /// The latest instant of any row: its end, or else its start.
    pub latest: Option<Instant>,
    /// The same of all rows but the one that reaches furthest.
    pub before_latest: Option<Instant>,
}

impl Reach {
    /// Adds a row.
    pub fn row(&mut self, start: Option<Instant>, end: Option<Instant>) {
        self.add(Reach { first: start, latest: start.max(end), before_latest: None });
    }

    /// Adds what other rows reach.
    pub fn add(&mut self, other: Reach) {
        self.first = [self.first, other.first].into_iter().flatten().min();
        self.before_latest =
            self.before_latest.max(other.before_latest).max(self.latest.min(other.latest));
        self.latest = self.latest.max(other.latest);
    }
}

impl RowCounts {
    /// Adds the counts of the rows that follow.
    pub fn add(&mut self, next: RowCounts) {
        self.taken += next.taken;
        self.left_out += next.left_out;
        self.reach.add(next.reach);
        let room = MOST_LISTED.saturating_sub(self.bad.len());
        self.bad.extend(next.bad.into_iter().take(room));
    }

    fn refuse(&mut self, bad: BadRow) {
        self.left_out += 1;
        if self.bad.len() < MOST_LISTED {
            self.bad.push(bad);
        }
    }
}

/// Rows that were read: those of one batch.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ParsedRows {
    /// The rows that were taken in; `None`: none was.
    pub batch: Option<Batch>,
    /// What there is to know about them, and about those that were left out.
    pub row_counts: RowCounts,
    /// The row at which reading stops.
    pub fault: Option<BadRow>,
}

impl ParsedRows {
    /// Adds the number of earlier rows to the numbers of the rows.
    pub fn shift(&mut self, by: u64) {
        for bad in self.row_counts.bad.iter_mut().chain(&mut self.fault) {
            bad.row += by;
        }
        if let Some(batch) = &mut self.batch {
            batch.origin.first += by;
            for row in batch.origin.rows.iter_mut().flatten() {
                *row += by;
            }
        }
    }
}

/// How the rows of a source are taken in.
#[derive(Clone, Debug)]
pub struct Rules {
    /// True if a row that cannot be read is left out and counted.
    pub skips: bool,
    /// True if the second column is the end of what begins in the first.
    pub has_end: bool,
    types: Vec<Type>,
}

impl Rules {
    /// Rules for the rows of one source; `skips` if bad rows are left out.
    pub fn new(wanted: &Wanted, skips: bool) -> Rules {
        let columns = &wanted.schema.columns;
        let is = |at: usize, name: &str| columns.get(at).is_some_and(|column| column.name == name);
        Rules {
            skips,
            has_end: is(0, "start") && is(1, "end"),
            types: columns.iter().map(|column| column.of.clone()).collect(),
        }
    }

    /// True if a row with these times ends before it starts.
    pub fn is_backward(&self, start: Option<Instant>, end: Option<Instant>) -> bool {
        self.has_end && start.zip(end).is_some_and(|(start, end)| end < start)
    }
}

/// Takes rows of one file in.
#[derive(Debug)]
pub struct Collector<'r> {
    rules: &'r Rules,
    file: EcoString,
    columns: Vec<Filling>,
    numbers: Numbers,
    row_counts: RowCounts,
    fault: Option<BadRow>,
}

impl<'r> Collector<'r> {
    /// One for rows of a file; cells of its columns mostly have these forms.
    pub fn new(rules: &'r Rules, file: &str, fast: &[Fast]) -> Collector<'r> {
        let forms = fast.iter().copied().chain(std::iter::repeat(Fast::None));
        let columns =
            rules.types.iter().zip(forms).map(|(of, fast)| Filling::new(of, fast)).collect();
        let (numbers, row_counts) = (Numbers::default(), RowCounts::default());
        Collector { rules, file: file.into(), columns, numbers, row_counts, fault: None }
    }

    /// True once there is a row that cannot be read, and must be.
    pub fn is_stopped(&self) -> bool {
        self.fault.is_some()
    }

    /// A row that was read.
    pub fn row(&mut self, number: u64, cells: &[Cell<'_>]) {
        for (cell, column) in cells.iter().zip(&mut self.columns) {
            column.push(cell);
        }
        let taken = self.check();
        self.settle(number, taken);
    }

    /// A row of texts.
    pub fn texts<'t>(
        &mut self,
        number: u64,
        bound: &[Bound],
        text: impl Fn(usize) -> Option<&'t [u8]>,
    ) {
        let cell = |column: &mut Filling, reader: &CellReader, at: Option<usize>| match at
            .and_then(&text)
        {
            Some(text) => column.text(text, reader),
            None => reader.read(Raw::Missing).map(|cell| column.push(&cell)),
        };
        let read = bound.iter().zip(&mut self.columns).try_for_each(|(bound, column)| {
            cell(column, &bound.reader, bound.at)
                .map_err(|message| Problem::of_cell(&bound.label, message))
        });
        let taken = read.and_then(|()| self.check());
        self.settle(number, taken);
    }

    /// A row that cannot be read.
    pub fn refuse(&mut self, number: u64, problem: Problem) {
        self.settle(number, Err(problem));
    }

    /// Looks at the row that was put behind the others.
    fn check(&mut self) -> Result<(), Problem> {
        let row = self.numbers.count;
        let instant = |column: Option<&Filling>| column.and_then(|column| column.instant(row));
        let start = instant(self.columns.first());
        let end = if self.rules.has_end { instant(self.columns.get(1)) } else { None };
        if self.rules.is_backward(start, end) {
            return Err(Problem::of_cell("end", "the row ends before it starts"));
        }
        self.row_counts.reach.row(start, end);
        Ok(())
    }

    /// Keeps the row that was put behind the others, or takes it back.
    fn settle(&mut self, number: u64, taken: Result<(), Problem>) {
        match taken {
            Ok(()) => {
                self.numbers.push(number);
                self.row_counts.taken += 1;
            }
            Err(problem) => {
                for column in &mut self.columns {
                    column.truncate(self.numbers.count);
                }
                let bad = BadRow {
                    file: self.file.to_string(),
                    row: number,
                    column: problem.column,
                    message: problem.message,
                };
                if self.rules.skips { self.row_counts.refuse(bad) } else { self.fault = Some(bad) }
            }
        }
    }

    /// The collected rows as a batch, with their counts.
    pub fn parsed_rows(self) -> ParsedRows {
        let columns = self.columns.into_iter().map(Filling::column).collect();
        let batch = self.numbers.batch(self.file, columns);
        ParsedRows { batch, row_counts: self.row_counts, fault: self.fault }
    }
}

/// The lines or numbers of rows: mostly they are counted evenly.
#[derive(Debug, Default)]
struct Numbers {
    first: u64,
    count: usize,
    /// All of them, once they are not.
    all: Option<Vec<u64>>,
}

impl Numbers {
    fn push(&mut self, number: u64) {
        if self.count == 0 {
            self.first = number;
        }
        let next = self.first + self.count as u64;
        match &mut self.all {
            Some(all) => all.push(number),
            None if number == next => {}
            None => self.all = Some((self.first..next).chain([number]).collect()),
        }
        self.count += 1;
    }

    fn batch(self, file: EcoString, columns: Vec<Column>) -> Option<Batch> {
        let origin = Origin { name: file, rows: self.all, first: self.first };
        (self.count > 0).then_some(Batch { length: self.count, columns, origin })
    }
}
