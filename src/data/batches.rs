//! Batches of Parquet and Arrow to rows of a source.

use arrow_array::RecordBatch;
use arrow_schema::{DataType, SchemaRef};

use super::arrays::{Getter, getter, is_read};
use super::cells::{Cell, Raw, short};
use super::collect::{Collector, ParsedRows, Problem, Reach, RowCounts, Rules};
use super::guarded::why;
use super::header::{Bound, Wanted, loose_names};
use super::reader::Names;
use super::rows::RowBatch;
use super::units::Unit;
use super::vectors;
use crate::base::Exact;
use crate::data::columns::{Batch, Cells, Column, Origin, State};
use crate::plan::Type;
use crate::time::{Instant, Zone};

/// The columns of a source in files of batches.
#[derive(Clone)]
pub struct Batches {
    file: String,
    rules: Rules,
    bound: Vec<Bound>,
    /// The columns of the source.
    columns: Vec<String>,
    /// Columns of the file that are read, in its order.
    pub read: Vec<usize>,
    /// Columns that nothing reads, and those whose names are only like those that are read.
    pub names: Names,
}

impl Batches {
    /// Finds the columns of a source in the schema of a file.
    pub fn new(
        file: &str,
        schema: &SchemaRef,
        wanted: &Wanted,
        rules: &Rules,
    ) -> Result<Batches, String> {
        Batches::with_sides(file, schema, &[], wanted, rules)
    }

    /// The same for batches that have columns of exact numbers beside them: their names.
    pub fn with_sides(
        file: &str,
        schema: &SchemaRef,
        sides: &[String],
        wanted: &Wanted,
        rules: &Rules,
    ) -> Result<Batches, String> {
        let names = schema.fields().iter().map(|field| field.name());
        let names: Vec<String> = names.chain(sides).cloned().collect();
        let (mut bound, unread) = wanted.bind(&names)?;
        let mut read: Vec<usize> = bound.iter().filter_map(|bound| bound.at).collect();
        read.sort_unstable();
        for (bound, column) in bound.iter_mut().zip(&wanted.schema.columns) {
            if let Some(field) = bound.at.and_then(|at| schema.fields().get(at)) {
                is_read(field.data_type())
                    .map_err(|message| format!("column `{}`: {message}", short(&bound.label)))?;
                if matches!(field.data_type(), DataType::Timestamp(_, None))
                    && bound.reader.unit != Some(Unit::Zone(Zone::UTC))
                {
                    let (source, label) = (&wanted.schema.source, &bound.label);
                    return Err(match &bound.reader.unit {
                        Some(Unit::Zone(zone)) => format!(
                            "the times of column `{label}` have no offset, and only UTC can be stated for them, not `{}`: write them with a zone",
                            zone.name()
                        ),
                        _ => format!(
                            "the times of column `{label}` do not say how far they are from UTC; if they are UTC, pass `--map {source}.{}={label}:utc`",
                            column.name
                        ),
                    });
                }
            }
            // Only the columns that are read come in batches.
            bound.at = bound.at.and_then(|at| read.iter().position(|known| *known == at));
        }
        let names = Names { unread, loose: loose_names(&bound) };
        let columns = wanted.schema.columns.iter().map(|column| column.name.clone()).collect();
        Ok(Batches { file: file.to_owned(), rules: rules.clone(), bound, columns, read, names })
    }

    /// Columns of the file that hold names.
    pub fn names(&self) -> impl Iterator<Item = usize> {
        let is_name = |of: &Type| {
            matches!(
                of,
                Type::Text {}
                    | Type::Choice { .. }
                    | Type::Severity {}
                    | Type::Service {}
                    | Type::Party {}
            )
        };
        self.bound
            .iter()
            .filter(move |bound| is_name(&bound.reader.of))
            .filter_map(|bound| self.read.get(bound.at?).copied())
    }

    /// The rows of a batch, after a number of earlier rows of the file.
    pub fn parsed_rows(&self, batch: &RecordBatch, before: u64) -> ParsedRows {
        self.by_column(batch, before).unwrap_or_else(|| self.by_row(batch, before))
    }

    /// All rows at once; `None`: some of them cannot be read.
    fn by_column(&self, batch: &RecordBatch, before: u64) -> Option<ParsedRows> {
        let length = batch.num_rows();
        let array =
            |bound: &Bound| bound.at.and_then(|at| batch.columns().get(at)).map(AsRef::as_ref);
        let columns = self
            .bound
            .iter()
            .map(|bound| vectors::column(bound, array(bound), length))
            .collect::<Option<Vec<_>>>()?;
        let starts = columns.first().and_then(times);
        let ends = columns.get(1).filter(|_| self.rules.has_end).and_then(times);
        let reach = reach(starts, ends);
        if let (Some((starts, _)), Some((ends, states))) = (starts, ends) {
            let mut both = starts.iter().zip(ends).enumerate();
            let is_here =
                |row: usize| states.is_none_or(|states| states.get(row) == Some(&State::Here));
            if both.any(|(row, (start, end))| end < start && is_here(row)) {
                return None;
            }
        }
        let origin =
            Origin { name: self.file.as_str().into(), rows: None, first: before.saturating_add(1) };
        let row_counts = RowCounts { taken: length as u64, reach, ..RowCounts::default() };
        Some(ParsedRows {
            batch: (length > 0).then_some(Batch { length, columns, origin }),
            row_counts,
            fault: None,
        })
    }

    /// The same row by row.
    pub fn by_row(&self, batch: &RecordBatch, before: u64) -> ParsedRows {
        let cells = self.bound.iter().map(|bound| {
            let array = bound.at.and_then(|at| batch.columns().get(at));
            ColumnCells { bound, getter: array.map(|array| getter(array.as_ref())), unsaid: None }
        });
        self.rows_of(&cells.collect::<Vec<_>>(), batch.num_rows(), before)
    }

    /// The rows of a batch of all columns and of what stands beside them.
    pub fn parsed_beside(&self, batch: &RowBatch, before: u64) -> Result<ParsedRows, String> {
        if batch.exact.is_empty() && batch.unsaid.is_empty() {
            let read = batch.record.project(&self.read).map_err(|error| why(&error.to_string()))?;
            return Ok(self.parsed_rows(&read, before));
        }
        let arrays = batch.record.columns();
        let exact: Vec<&Vec<Option<Exact>>> = batch.exact.values().collect();
        let cells = self.bound.iter().zip(&self.columns).map(|(bound, name)| {
            let at = bound.at.and_then(|at| self.read.get(at).copied());
            let getter = at.and_then(|at| match arrays.get(at) {
                Some(array) => Some(getter(array.as_ref())),
                None => exact.get(at - arrays.len()).map(|cells| numbers(cells)),
            });
            ColumnCells { bound, getter, unsaid: batch.unsaid.get(name).map(Vec::as_slice) }
        });
        Ok(self.rows_of(&cells.collect::<Vec<_>>(), batch.record.num_rows(), before))
    }

    fn rows_of(&self, columns: &[ColumnCells<'_>], rows: usize, before: u64) -> ParsedRows {
        let mut into = Collector::new(&self.rules, &self.file, &[]);
        for (row, number) in (0..rows).zip(before.saturating_add(1)..) {
            let cells: Result<Vec<Cell<'_>>, Problem> =
                columns.iter().map(|column| column.cell(row)).collect();
            match cells {
                Ok(cells) => into.row(number, &cells),
                Err(problem) => into.refuse(number, problem),
            }
            if into.is_stopped() {
                break;
            }
        }
        into.parsed_rows()
    }
}

/// The cells of a column of the source.
struct ColumnCells<'a> {
    bound: &'a Bound,
    getter: Option<Getter<'a>>,
    /// Of which of them nothing is known.
    unsaid: Option<&'a [bool]>,
}

impl<'a> ColumnCells<'a> {
    fn cell(&self, row: usize) -> Result<Cell<'a>, Problem> {
        if self.unsaid.is_some_and(|unsaid| unsaid.get(row) == Some(&true)) {
            return Ok(Cell::Absent);
        }
        let raw = self.getter.as_ref().map_or(Ok(Raw::Missing), |getter| getter(row));
        raw.and_then(|raw| self.bound.reader.read(raw))
            .map_err(|message| Problem::of_cell(&self.bound.label, message))
    }
}

/// Exact numbers, one a row.
fn numbers(cells: &[Option<Exact>]) -> Getter<'_> {
    Box::new(|row| {
        Ok(cells
            .get(row)
            .and_then(Option::as_ref)
            .map_or(Raw::Missing, |number| Raw::Number(number.clone())))
    })
}

/// The times of a column, and whether they are there.
fn times(column: &Column) -> Option<(&[Instant], Option<&[State]>)> {
    match &column.cells {
        Cells::Instants(instants) => Some((instants, column.states.as_deref())),
        _ => None,
    }
}

/// From when to when rows with these starts and ends reach.
fn reach(
    starts: Option<(&[Instant], Option<&[State]>)>,
    ends: Option<(&[Instant], Option<&[State]>)>,
) -> Reach {
    let Some((starts, _)) = starts else { return Reach::default() };
    let mut reach = Reach::default();
    let Some((ends, states)) = ends else {
        // Rows mostly lie in order of time: then the first and the last two say it all.
        match starts {
            [first, .., before, last] if starts.is_sorted() => {
                return Reach {
                    first: Some(*first),
                    latest: Some(*last),
                    before_latest: Some(*before),
                };
            }
            _ => starts.iter().for_each(|start| reach.row(Some(*start), None)),
        }
        return reach;
    };
    for (row, (start, end)) in starts.iter().zip(ends).enumerate() {
        let is_here = states.is_none_or(|states| states.get(row) == Some(&State::Here));
        reach.row(Some(*start), Some(*end).filter(|_| is_here));
    }
    reach
}
