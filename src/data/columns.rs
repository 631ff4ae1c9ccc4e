//! The door for data: typed columns in batches.
//!
//! A reader of files makes [`Batch`]es for a [`Schema`] and hands them in one by one; it never sees
//! the plan, and the evaluator never sees a file. Batches come in any order and of any size.

use std::sync::Arc;

use ecow::EcoString;

use super::fault::{Fault, Outcome};
use crate::base::Exact;
use crate::plan::{Field, RowKind, Source as PlanSource, Type, Within};
use crate::time::{Date, Instant, Length};

/// Which columns a source has: those of its kind (`at`; `start`, `end`; `value`), then its fields.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Schema {
    /// Name of the source.
    pub source: String,
    /// Its columns in order.
    pub columns: Vec<ColumnSchema>,
}

/// One column.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ColumnSchema {
    /// Its name.
    pub name: String,
    /// What its values are.
    pub of: Type,
    /// True if a row may lack it.
    pub optional: bool,
    /// What its values must keep.
    pub within: Option<Within>,
}

impl Schema {
    /// The columns of a source of a plan.
    pub fn of(source: &PlanSource) -> Schema {
        let column = |name: &str, of: Type, optional| ColumnSchema {
            name: name.to_string(),
            of,
            optional,
            within: None,
        };
        let mut columns = match &source.rows {
            RowKind::Events {} => vec![column("at", Type::Time {}, false)],
            RowKind::Spans {} => {
                vec![column("start", Type::Time {}, false), column("end", Type::Time {}, true)]
            }
            RowKind::Series { of, within } => {
                let value =
                    ColumnSchema { within: within.clone(), ..column("value", of.clone(), true) };
                vec![
                    column("start", Type::Time {}, false),
                    column("end", Type::Time {}, false),
                    value,
                ]
            }
        };
        let own = |field: &Field| ColumnSchema {
            within: field.within.clone(),
            ..column(&field.name, field.of.clone(), field.optional)
        };
        columns.extend(source.fields.iter().map(own));
        Schema { source: source.name.clone(), columns }
    }
}

/// The cells of a column, one a row; what stands where a cell is not there has no meaning.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Cells {
    /// Points in time.
    Instants(Vec<Instant>),
    /// Lengths of time in nanoseconds.
    Lengths(Vec<Length>),
    /// Numbers and quantities in their base units, divided by ten to the power of `places`.
    Decimals {
        /// The numbers without their point.
        unscaled: Vec<i64>,
        /// Number of digits after the point.
        places: u8,
    },
    /// Numbers and quantities in their base units that do not fit the form above.
    Exacts(Vec<Exact>),
    /// Amounts of money that bring their own currencies: amounts, and codes in the dictionary.
    Money {
        /// In the main units of the currencies.
        amounts: Vec<Exact>,
        /// Indexes in the dictionary.
        currencies: Vec<u32>,
        /// ISO 4217 codes.
        dictionary: Arc<[EcoString]>,
    },
    /// Texts, values of enums, severities, services and parties: codes in a dictionary.
    Names {
        /// Indexes in the dictionary.
        codes: Vec<u32>,
        /// The names.
        dictionary: Arc<[EcoString]>,
    },
    /// Truth values.
    Booleans(Vec<bool>),
    /// Dates.
    Dates(Vec<Date>),
}

/// Whether a cell is there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// The cell has a value.
    Here,
    /// The cell has no value, and the field is optional.
    Absent,
    /// Nothing was said about it; reading it is an error.
    Unsaid,
}

/// A column of a batch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Column {
    /// Its cells.
    pub cells: Cells,
    /// State of each cell; `None`: all have values.
    pub states: Option<Vec<State>>,
}

/// Some rows of a source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Batch {
    /// Number of rows.
    pub length: usize,
    /// One column for each of the schema, in its order.
    pub columns: Vec<Column>,
    /// Where the rows come from.
    pub origin: Origin,
}

/// Where the rows of a batch come from, for messages and reports.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Origin {
    /// A file, or whatever else the reader calls it.
    pub name: EcoString,
    /// The line or number of each row there; `None`: they are counted from `first` on.
    pub rows: Option<Vec<u64>>,
    /// The number of the first row.
    pub first: u64,
}

impl Origin {
    /// The line or number of a row of the batch.
    pub fn row(&self, index: usize) -> u64 {
        let counted = self.first.saturating_add(index as u64);
        self.rows.as_ref().and_then(|rows| rows.get(index).copied()).unwrap_or(counted)
    }
}

/// Who hands in the rows of one source.
pub trait Source {
    /// The next batch; `None` after the last.
    fn next(&mut self) -> Outcome<Option<Batch>>;

    /// At least how many rows are looked at together, if there are so many that they had better not
    /// all be kept in memory. Such a source can start again.
    fn rows_of_part(&self) -> Option<usize> {
        None
    }

    /// Starts again with the first row, to bring the same batches; a fault if it cannot.
    fn again(&mut self) -> Outcome<()> {
        Err(Fault::new("the rows of a source can be read once only"))
    }
}

impl<S: Source + ?Sized> Source for Box<S> {
    fn next(&mut self) -> Outcome<Option<Batch>> {
        (**self).next()
    }

    fn rows_of_part(&self) -> Option<usize> {
        (**self).rows_of_part()
    }

    fn again(&mut self) -> Outcome<()> {
        (**self).again()
    }
}

/// Batches that are in memory already.
impl Source for std::vec::IntoIter<Batch> {
    fn next(&mut self) -> Outcome<Option<Batch>> {
        Ok(Iterator::next(self))
    }
}
