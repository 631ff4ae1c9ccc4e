//! The data of an evaluation: all rows of all sources, by column, in the order of time.

mod bits;
mod column;
mod index;
mod take;

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::columns::{Batch, Cells, Origin, Source};
use super::fault::{Fault, Outcome};
use super::names::Names;
use super::program::{Program, SourceDef};
use super::value::Value;
use crate::plan::{RowKind, Type};
use crate::time::{Instant, Interval};

pub use bits::{Bits, WORD, words_of};
pub use column::{Cell, Column, Data};
pub use index::Index;
use take::{Known, Misfit, Taking};

/// The most rows one source may have.
const MOST_ROWS: usize = u32::MAX as usize;
/// Starts from one mark to the next.
const MARK: usize = 256;
/// The end of a row that is open.
const OPEN: Instant = Instant::MAX;

/// Rows of all sources of a program, in its order.
#[derive(Default)]
pub struct Store {
    /// One for each source.
    pub tables: Vec<Table>,
}

/// Rows of one source in the order of their starts; those that start together in the order in which they came.
pub struct Table {
    /// The instant of an event, the start of any other.
    pub starts: Arc<Vec<Instant>>,
    /// Ends, and for open ones what no instant is; of events none.
    ends: Arc<Vec<Instant>>,
    /// Every so many starts.
    marks: OnceLock<Vec<Instant>>,
    /// True if some row of this kind may end and has not.
    pub has_open: bool,
    /// Values of a series.
    values: Option<Column>,
    fields: Vec<Column>,
    origins: Vec<(usize, Origin)>,
    /// As which a row came; `None`: they came in order.
    arrivals: Option<Vec<u32>>,
    /// The latest instant of any row's own time.
    latest: Option<Instant>,
    /// The instant up to which all rows are there.
    pub complete_to: Option<Instant>,
    by_value: Vec<OnceLock<Index>>,
}

impl Store {
    /// A store without rows.
    pub fn new(program: &Program<'_>) -> Store {
        Store { tables: program.sources.iter().map(|source| Table::new(source, &program.names)).collect() }
    }

    /// Takes all rows of a source in.
    pub fn fill(&mut self, program: &Program<'_>, source: usize, from: &mut dyn Source) -> Outcome<()> {
        let severities = program.plan.severities.iter().map(|severity| severity.name.as_str()).collect::<Vec<_>>();
        let known = Known { names: &program.names, severities: &severities };
        let (Some(definition), Some(table)) = (program.sources.get(source), self.tables.get_mut(source)) else {
            return Err(Fault::new("there is no such source"));
        };
        while let Some(batch) = from.next()? {
            table.take(batch, definition, known)?;
        }
        table.put_in_order();
        Ok(())
    }

    /// The rows of a source.
    pub fn table(&self, source: usize) -> Outcome<&Table> {
        self.tables.get(source).ok_or_else(|| Fault::new("the plan reads a source that it does not hold"))
    }

    /// From the first to the last instant in the data.
    pub fn bounds(&self) -> Option<Interval> {
        let first = self.tables.iter().filter_map(|table| table.starts.first()).min()?;
        let last = self.tables.iter().filter_map(|table| table.latest).max()?;
        Some(Interval { start: *first, end: last.saturating_add(1) })
    }

    /// From the first to the last time that a field of a row holds: clocks may begin before the data and end after them.
    pub fn field_times(&self) -> Option<Interval> {
        let times = self.tables.iter().flat_map(|table| &table.fields).filter_map(Column::times);
        let (first, last) = times.reduce(|one, two| (one.0.min(two.0), one.1.max(two.1)))?;
        Some(Interval { start: first, end: last.saturating_add(1) })
    }
}

impl Table {
    fn new(source: &SourceDef, names: &Names) -> Table {
        Table {
            starts: Arc::default(),
            ends: Arc::default(),
            marks: OnceLock::new(),
            has_open: false,
            values: match &source.kind {
                RowKind::Series { of } => Some(take::column(of, names)),
                RowKind::Events {} | RowKind::Spans {} => None,
            },
            fields: source.fields.iter().map(|field| take::column(&field.of, names)).collect(),
            origins: Vec::new(),
            arrivals: None,
            latest: None,
            complete_to: None,
            by_value: source.fields.iter().map(|_| OnceLock::new()).collect(),
        }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// The instant or start of a row.
    pub fn start(&self, row: u32) -> Option<Instant> {
        self.starts.get(row as usize).copied()
    }

    /// The end of a row; `None` of an event and while it is open.
    pub fn end(&self, row: u32) -> Option<Instant> {
        self.ends.get(row as usize).copied().filter(|end| *end != OPEN)
    }

    /// The ends of all rows; where a row is open, nothing that has a meaning. Of events none.
    pub fn ends(&self) -> &Arc<Vec<Instant>> {
        &self.ends
    }

    /// The rows that have ended; `None`: all.
    pub fn ended(&self) -> Option<Arc<Bits>> {
        self.has_open.then(|| {
            let mut bits = Bits::default();
            self.ends.iter().for_each(|end| bits.push(*end != OPEN));
            Arc::new(bits)
        })
    }

    /// The rows whose starts lie in an interval.
    pub fn starting(&self, within: Interval) -> Range<usize> {
        let (first, after) = (self.before(within.start), self.before(within.end));
        first..after.max(first)
    }

    /// How many rows start before an instant. Every so many starts stand side by side in a list that is soon searched.
    fn before(&self, instant: Instant) -> usize {
        let marks = self.marks.get_or_init(|| self.starts.iter().step_by(MARK).copied().collect());
        let Some(last) = marks.partition_point(|start| *start < instant).checked_sub(1) else { return 0 };
        let first = last * MARK;
        let near = self.starts.get(first..self.len().min(first + MARK)).unwrap_or_default();
        first + near.partition_point(|start| *start < instant)
    }

    /// The value of a slot of a series.
    pub fn value(&self, row: u32) -> Option<Value> {
        match self.values.as_ref()?.cell(row as usize) {
            Cell::Here(value) => Some(value),
            Cell::Absent | Cell::Unsaid => None,
        }
    }

    /// The values of a series.
    pub fn values(&self) -> Option<&Column> {
        self.values.as_ref()
    }

    /// The field of a row; `None` if there is no such field.
    pub fn field(&self, column: usize, row: u32) -> Option<Cell> {
        self.fields.get(column).map(|column| column.cell(row as usize))
    }

    /// The cells of a field.
    pub fn column(&self, column: usize) -> Option<&Column> {
        self.fields.get(column)
    }

    /// Rows by the value of a field.
    pub fn by_value(&self, column: usize) -> Option<&Index> {
        let cells = self.fields.get(column)?;
        Some(self.by_value.get(column)?.get_or_init(|| Index::new(cells, self.len())))
    }

    /// Where a row comes from.
    pub fn origin(&self, row: u32) -> Option<(&str, u64)> {
        let came = match &self.arrivals {
            Some(arrivals) => *arrivals.get(row as usize)?,
            None => row,
        };
        let after = self.origins.partition_point(|(first, _)| *first <= came as usize);
        let (first, origin) = self.origins.get(after.checked_sub(1)?)?;
        Some((origin.name.as_str(), origin.row(came as usize - first)))
    }

    fn take(&mut self, batch: Batch, source: &SourceDef, known: Known<'_>) -> Outcome<()> {
        let own = match &source.kind {
            RowKind::Events {} => 1,
            RowKind::Spans {} => 2,
            RowKind::Series { .. } => 3,
        };
        let length = batch.length;
        if batch.columns.len() != own + source.fields.len() || batch.columns.iter().any(|column| column.cells.len() != length) {
            return Err(Fault::new(format!("the rows of `{}` do not have the columns they must have", source.name)));
        }
        if self.len().saturating_add(length) > MOST_ROWS {
            return Err(Fault::new(format!("`{}` has more than {MOST_ROWS} rows", source.name)));
        }
        let misfit = |Misfit(index)| fault(source, &batch, index, "a cell does not fit its column");
        let mut columns = batch.columns.iter();
        let mut next = |of: &Type, into: &mut Column| match columns.next() {
            Some(from) => Taking { of, from, length, known }.put(into).map_err(misfit),
            None => Ok(()),
        };
        let (mut starts, mut ends) = (take::column(&Type::Time {}, known.names), take::column(&Type::Time {}, known.names));
        next(&Type::Time {}, &mut starts)?;
        match &source.kind {
            RowKind::Events {} => {}
            RowKind::Spans {} | RowKind::Series { .. } => next(&Type::Time {}, &mut ends)?,
        }
        if let (RowKind::Series { of }, Some(values)) = (&source.kind, &mut self.values) {
            next(of, values)?;
        }
        let before = self.len();
        for (definition, field) in source.fields.iter().zip(&mut self.fields) {
            next(&definition.of, field)?;
            let missing = |index: &usize| field.cell(before + index) == Cell::Absent;
            if !definition.optional
                && field.here.is_some()
                && let Some(index) = (0..length).find(missing)
            {
                return Err(fault(source, &batch, index, &format!("`{}` is missing", definition.name)));
            }
        }
        let events = matches!(source.kind, RowKind::Events {});
        self.take_times(&starts, (!events).then_some(&ends), length).map_err(|(index, what)| fault(source, &batch, index, what))?;
        if let Some(arrivals) = &mut self.arrivals {
            arrivals.extend((before..before + length).filter_map(|row| u32::try_from(row).ok()));
        }
        self.origins.push((before, compact(batch.origin)));
        Ok(())
    }

    /// The own times of the rows of a batch.
    fn take_times(&mut self, starts: &Column, ends: Option<&Column>, length: usize) -> Result<(), (usize, &'static str)> {
        if let Some(index) = (0..length).find(|index| !starts.is_here(*index)) {
            return Err((index, "a row has no time"));
        }
        let Data::Times(from) = &starts.data else { return Ok(()) };
        self.latest = self.latest.max(from.iter().max().copied());
        if let Some(ends) = ends {
            let Data::Times(to) = &ends.data else { return Ok(()) };
            let own = Arc::make_mut(&mut self.ends);
            for (index, (start, end)) in from.iter().zip(to.iter()).enumerate() {
                let end = if ends.is_here(index) { *end } else { OPEN };
                if end < *start {
                    return Err((index, "a row ends before it starts"));
                }
                self.has_open |= end == OPEN;
                self.latest = self.latest.max(Some(end).filter(|end| *end != OPEN));
                own.push(end);
            }
        }
        Arc::make_mut(&mut self.starts).extend_from_slice(from);
        Ok(())
    }

    /// Rows in the order of time; most sources bring them so.
    fn put_in_order(&mut self) {
        self.by_value.iter_mut().for_each(|index| *index = OnceLock::new());
        self.marks = OnceLock::new();
        if self.starts.is_sorted() {
            return;
        }
        let mut order: Vec<u32> = (0_u32..).take(self.len()).collect();
        order.sort_by_key(|row| self.starts.get(*row as usize));
        self.arrivals = Some(match &self.arrivals {
            Some(arrivals) => column::permuted(arrivals, &order),
            None => order.clone(),
        });
        self.starts = Arc::new(column::permuted(&self.starts, &order));
        self.ends = Arc::new(column::permuted(&self.ends, &order));
        self.values = self.values.as_ref().map(|values| values.permuted(&order));
        self.fields = self.fields.iter().map(|field| field.permuted(&order)).collect();
    }
}

/// Rows that follow one another need no numbers of their own.
fn compact(mut origin: Origin) -> Origin {
    if let Some(rows) = &origin.rows
        && let Some(first) = rows.first().copied()
        && rows.iter().zip(first..).all(|(row, counted)| *row == counted)
    {
        (origin.first, origin.rows) = (first, None);
    }
    origin
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
