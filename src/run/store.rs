//! The data of an evaluation: all rows of all sources, by column.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use super::columns::{Batch, Cells, Column, Origin, Source, State};
use super::fault::{Fault, Outcome};
use super::names::{Names, Symbol};
use super::program::{Program, SourceDef};
use super::value::Value;
use crate::base::Exact;
use crate::plan::{RowKind, Type};
use crate::time::{EARLIEST, Instant, Interval, LATEST};

/// The most rows one source may have.
const MOST_ROWS: usize = u32::MAX as usize;

/// Rows of all sources of a program, in its order.
#[derive(Default)]
pub struct Store {
    /// One for each source.
    pub tables: Vec<Table>,
}

/// Rows of one source.
#[derive(Default)]
pub struct Table {
    /// The instant of an event, the start of any other.
    pub starts: Vec<Instant>,
    /// Ends; of events none.
    pub ends: Vec<Option<Instant>>,
    /// True if some row has no end.
    pub has_open: bool,
    /// Values of a series.
    values: Vec<Option<Value>>,
    fields: Vec<Vec<Cell>>,
    origins: Vec<(usize, Origin)>,
    /// The instant up to which all rows are there.
    pub complete_to: Option<Instant>,
    by_value: Vec<OnceLock<FxHashMap<Value, Vec<u32>>>>,
}

/// A cell.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Cell {
    /// There is a value.
    Here(Value),
    /// There is none, and none is needed.
    Absent,
    /// Nothing was said.
    Unsaid,
}

impl Store {
    /// A store without rows.
    pub fn new(program: &Program<'_>) -> Store {
        let table = |source: &SourceDef| Table {
            fields: source.fields.iter().map(|_| Vec::new()).collect(),
            by_value: source.fields.iter().map(|_| OnceLock::new()).collect(),
            ..Table::default()
        };
        Store { tables: program.sources.iter().map(table).collect() }
    }

    /// Takes all rows of a source in.
    pub fn fill(&mut self, program: &Program<'_>, source: usize, from: &mut dyn Source) -> Outcome<()> {
        while let Some(batch) = from.next()? {
            let severities = program.plan.severities.iter().map(|severity| severity.name.as_str()).collect::<Vec<_>>();
            let (Some(definition), Some(table)) = (program.sources.get(source), self.tables.get_mut(source)) else {
                return Err(Fault::new("there is no such source"));
            };
            table.take(&batch, definition, &severities, &program.names)?;
        }
        Ok(())
    }

    /// The rows of a source.
    pub fn table(&self, source: usize) -> Outcome<&Table> {
        self.tables.get(source).ok_or_else(|| Fault::new("the plan reads a source that it does not hold"))
    }

    /// From the first to the last instant in the data.
    pub fn bounds(&self) -> Option<Interval> {
        let starts = self.tables.iter().flat_map(|table| &table.starts).copied();
        let ends = self.tables.iter().flat_map(|table| &table.ends).flatten().copied();
        let (mut first, mut last) = (Instant::MAX, Instant::MIN);
        for instant in starts.chain(ends) {
            (first, last) = (first.min(instant), last.max(instant));
        }
        (first <= last).then_some(Interval { start: first, end: last.saturating_add(1) })
    }
}

impl Table {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// The value of a slot of a series.
    pub fn value(&self, row: u32) -> Option<&Value> {
        self.values.get(row as usize)?.as_ref()
    }

    /// The field of a row.
    pub fn field(&self, column: usize, row: u32) -> Option<&Cell> {
        self.fields.get(column)?.get(row as usize)
    }

    /// Rows by the value of a field, in order.
    pub fn by_value(&self, column: usize) -> Option<&FxHashMap<Value, Vec<u32>>> {
        let index = || {
            let mut index: FxHashMap<Value, Vec<u32>> = FxHashMap::default();
            for (row, cell) in (0..).zip(self.fields.get(column).into_iter().flatten()) {
                if let Cell::Here(value) = cell {
                    index.entry(value.clone()).or_default().push(row);
                }
            }
            index
        };
        Some(self.by_value.get(column)?.get_or_init(index))
    }

    /// Where a row comes from.
    pub fn origin(&self, row: u32) -> Option<(&str, u64)> {
        let after = self.origins.partition_point(|(first, _)| *first <= row as usize);
        let (first, origin) = self.origins.get(after.checked_sub(1)?)?;
        Some((origin.name.as_str(), origin.row(row as usize - first)))
    }

    fn take(&mut self, batch: &Batch, source: &SourceDef, severities: &[&str], names: &Names) -> Outcome<()> {
        let own = match &source.kind {
            RowKind::Events {} => 1,
            RowKind::Spans {} => 2,
            RowKind::Series { .. } => 3,
        };
        if batch.columns.len() != own + source.fields.len() || batch.columns.iter().any(|column| column.cells.len() != batch.length) {
            return Err(Fault::new(format!("the rows of `{}` do not have the columns they must have", source.name)));
        }
        if self.len().saturating_add(batch.length) > MOST_ROWS {
            return Err(Fault::new(format!("`{}` has more than {MOST_ROWS} rows", source.name)));
        }
        self.origins.push((self.len(), batch.origin.clone()));
        let mut columns = batch.columns.iter();
        let mut reader = |of: &Type| Reader { source, batch, severities, of: of.clone(), column: columns.next() };
        let starts = reader(&Type::Time {}).instants(names)?;
        for (index, start) in starts.into_iter().enumerate() {
            self.starts.push(start.ok_or_else(|| fault(source, batch, index, "a row has no time"))?);
        }
        match &source.kind {
            RowKind::Events {} => self.ends.extend(std::iter::repeat_n(None, batch.length)),
            RowKind::Spans {} | RowKind::Series { .. } => self.ends.extend(reader(&Type::Time {}).instants(names)?),
        }
        if let RowKind::Series { of } = &source.kind {
            let value = |cell| if let Cell::Here(value) = cell { Some(value) } else { None };
            let mut column = reader(of);
            for index in 0..batch.length {
                self.values.push(value(column.cell(index, names)?));
            }
        }
        for (definition, field) in source.fields.iter().zip(&mut self.fields) {
            let mut column = reader(&definition.of);
            for index in 0..batch.length {
                let cell = column.cell(index, names)?;
                if cell == Cell::Absent && !definition.optional {
                    return Err(fault(source, batch, index, &format!("`{}` is missing", definition.name)));
                }
                field.push(cell);
            }
        }
        let first = self.len() - batch.length;
        for (index, (start, end)) in self.starts.iter().zip(&self.ends).skip(first).enumerate() {
            self.has_open |= end.is_none();
            if end.is_some_and(|end| end < *start) {
                return Err(fault(source, batch, index, "a row ends before it starts"));
            }
        }
        Ok(())
    }
}

fn fault(source: &SourceDef, batch: &Batch, index: usize, message: &str) -> Fault {
    Fault::new(format!("{}:{}: {message} (source `{}`)", batch.origin.name, batch.origin.row(index), source.name))
}

impl Cells {
    fn len(&self) -> usize {
        match self {
            Cells::Instants(cells) | Cells::Lengths(cells) | Cells::Decimals { unscaled: cells, .. } => cells.len(),
            Cells::Exacts(cells) => cells.len(),
            Cells::Money { amounts, currencies, .. } => amounts.len().min(currencies.len()),
            Cells::Names { codes, .. } => codes.len(),
            Cells::Booleans(cells) => cells.len(),
            Cells::Dates(cells) => cells.len(),
        }
    }
}

/// One column of a batch, on its way in.
struct Reader<'r> {
    source: &'r SourceDef,
    batch: &'r Batch,
    severities: &'r [&'r str],
    of: Type,
    column: Option<&'r Column>,
}

impl Reader<'_> {
    fn instants(mut self, names: &Names) -> Outcome<Vec<Option<Instant>>> {
        let read = |reader: &mut Self, index| match reader.cell(index, names)? {
            Cell::Here(Value::Time(instant)) => Ok(Some(instant)),
            Cell::Here(_) | Cell::Absent | Cell::Unsaid => Ok(None),
        };
        (0..self.batch.length).map(|index| read(&mut self, index)).collect()
    }

    fn cell(&mut self, index: usize, names: &Names) -> Outcome<Cell> {
        let Some(column) = self.column else { return Ok(Cell::Unsaid) };
        match column.states.as_ref().map(|states| states.get(index).copied().unwrap_or(State::Absent)) {
            Some(State::Absent) => return Ok(Cell::Absent),
            Some(State::Unsaid) => return Ok(Cell::Unsaid),
            Some(State::Here) | None => {}
        }
        let value = self.value(&column.cells, index, names);
        value.map(Cell::Here).ok_or_else(|| fault(self.source, self.batch, index, "a cell does not fit its column"))
    }

    fn value(&self, cells: &Cells, index: usize, names: &Names) -> Option<Value> {
        match (&self.of, cells) {
            (Type::Time {}, Cells::Instants(cells)) => {
                cells.get(index).copied().filter(|at| (EARLIEST..=LATEST).contains(at)).map(Value::Time)
            }
            (Type::Duration {}, Cells::Lengths(cells)) => cells.get(index).copied().map(Value::length),
            (Type::Boolean {}, Cells::Booleans(cells)) => cells.get(index).copied().map(Value::Boolean),
            (Type::Date {}, Cells::Dates(cells)) => cells.get(index).copied().map(Value::Date),
            (Type::Severity {}, Cells::Names { codes, dictionary }) => {
                let name = dictionary.get(*codes.get(index)? as usize)?;
                let rank = self.severities.iter().position(|known| known == name)?;
                u32::try_from(rank).ok().map(Value::Severity)
            }
            (Type::Text {} | Type::Choice { .. } | Type::Service {} | Type::Party {}, Cells::Names { codes, dictionary }) => {
                Some(Value::Name(names.intern(dictionary.get(*codes.get(index)? as usize)?)))
            }
            (Type::Money { currency }, Cells::Money { amounts, currencies, dictionary }) => {
                let own = dictionary.get(*currencies.get(index)? as usize)?;
                let fits = currency.as_ref().is_none_or(|currency| currency.as_str() == own.as_str());
                let amount = amounts.get(index).filter(|_| fits)?;
                Some(Value::Quantity(amount.clone(), Some(names.intern(own))))
            }
            (Type::Money { currency: Some(currency) }, _) => Some(Value::Quantity(number(cells, index)?, Some(names.intern(currency)))),
            (Type::Compound { factors }, _) => {
                let currency = factors.iter().find_map(|factor| match &factor.base {
                    crate::plan::BaseUnit::Money { currency } => currency.as_deref(),
                    crate::plan::BaseUnit::Duration {} | crate::plan::BaseUnit::Data {} | crate::plan::BaseUnit::Count { .. } => None,
                });
                let currency: Option<Symbol> = currency.map(|currency| names.intern(currency));
                Some(Value::Quantity(number(cells, index)?, currency))
            }
            (Type::Number { .. } | Type::Duration {} | Type::Data {} | Type::Count { .. }, _) => number(cells, index).map(Value::number),
            _ => None,
        }
    }
}

fn number(cells: &Cells, index: usize) -> Option<Exact> {
    match cells {
        Cells::Exacts(cells) => cells.get(index).cloned(),
        Cells::Decimals { unscaled, places } => {
            let scale = 10_i64.checked_pow(u32::from(*places))?;
            Exact::ratio(*unscaled.get(index)?, scale)
        }
        Cells::Instants(_) | Cells::Lengths(_) | Cells::Money { .. } | Cells::Names { .. } | Cells::Booleans(_) | Cells::Dates(_) => None,
    }
}
