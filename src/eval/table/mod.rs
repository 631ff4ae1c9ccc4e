//! The data of an evaluation: all rows of all sources, by column, in the order of time.

mod bits;
mod column;
mod extent;
mod index;
mod take;

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashSet;

use super::names::Names;
use super::program::{Program, SourceDef};
use super::value::Value;
use crate::data::columns::{Batch, Cells, Origin, Source};
use crate::data::fault::{Fault, Outcome};
use crate::plan::{RowKind, Type};
use crate::time::{Instant, Interval};

pub use bits::{Bits, WORD, words_of};
pub use column::{Cell, Column, Data};
pub use extent::Extent;
pub use index::Index;
use take::{Known, Misfit, Taking};

/// The most rows one source may have.
pub const MOST_ROWS: usize = u32::MAX as usize;
/// The most rows of one source that are kept in memory, unless the caller says otherwise; spans
/// take about a hundred bytes each.
const MOST_HELD: usize = 100_000_000;
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

/// Rows of one source in the order of their starts; those that start together in the order in which
/// they came.
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
    /// What is known of rows that are not kept in memory, after a scan; `None`: they are here.
    pub streamed: Option<OnceLock<Extent>>,
    /// The most rows that it may hold.
    pub most_held: usize,
    /// As which the first of them came.
    before: usize,
    by_value: Vec<OnceLock<Index>>,
}

impl Store {
    /// A store without rows.
    pub fn new(program: &Program<'_>) -> Store {
        Store {
            tables: program
                .sources
                .iter()
                .map(|source| Table::new(source, &program.names))
                .collect(),
        }
    }

    /// Takes all rows of a source in.
    pub fn fill(
        &mut self,
        program: &Program<'_>,
        source: usize,
        from: &mut dyn Source,
    ) -> Outcome<()> {
        let table = self.tables.get_mut(source).ok_or_else(no_source)?;
        table.take_all(program, source, std::iter::from_fn(|| from.next().transpose()))
    }

    /// The rows of a source; a fault if they are not in memory.
    pub fn table(&self, source: usize) -> Outcome<&Table> {
        match self.tables.get(source) {
            Some(table) if table.streamed.is_some() => Err(Fault::not_loaded(source)),
            Some(table) => Ok(table),
            None => Err(Fault::new("the plan reads a source that it does not contain")),
        }
    }

    /// True if the rows of a source are not in memory and were not scanned yet.
    pub fn is_unread(&self, source: usize) -> bool {
        self.tables.get(source).is_some_and(Table::is_unread)
    }

    /// From the first to the last instant in the data.
    pub fn bounds(&self) -> Option<Interval> {
        span(self.tables.iter().filter_map(Table::own_times))
    }

    /// From the first to the last time that a field of a row holds: clocks may begin before the
    /// data and end after them.
    pub fn field_times(&self) -> Option<Interval> {
        span(self.tables.iter().filter_map(Table::field_times))
    }
}

/// From the earliest to the latest of some times.
fn span(times: impl Iterator<Item = (Instant, Instant)>) -> Option<Interval> {
    let (first, last) = times.reduce(|one, two| (one.0.min(two.0), one.1.max(two.1)))?;
    Some(Interval { start: first, end: last.saturating_add(1) })
}

fn no_source() -> Fault {
    Fault::new("there is no such source")
}

impl Table {
    fn new(source: &SourceDef, names: &Names) -> Table {
        Table {
            starts: Arc::default(),
            ends: Arc::default(),
            marks: OnceLock::new(),
            has_open: false,
            values: match &source.kind {
                RowKind::Series { of, .. } => Some(take::column(of, names)),
                RowKind::Events {} | RowKind::Spans {} => None,
            },
            fields: source.fields.iter().map(|field| take::column(&field.of, names)).collect(),
            origins: Vec::new(),
            arrivals: None,
            latest: None,
            complete_to: None,
            streamed: None,
            most_held: MOST_HELD,
            before: 0,
            by_value: source.fields.iter().map(|_| OnceLock::new()).collect(),
        }
    }

    /// A table of some of the rows of a source; so many came before.
    pub fn of(
        program: &Program<'_>,
        source: usize,
        batches: Vec<Batch>,
        before: usize,
    ) -> Outcome<Table> {
        let definition = program.sources.get(source).ok_or_else(no_source)?;
        let mut table = Table { before, ..Table::new(definition, &program.names) };
        table.take_all(program, source, batches.into_iter().map(Ok))?;
        Ok(table)
    }

    fn take_all(
        &mut self,
        program: &Program<'_>,
        source: usize,
        batches: impl Iterator<Item = Outcome<Batch>>,
    ) -> Outcome<()> {
        let severities = program
            .plan
            .severities
            .iter()
            .map(|severity| severity.name.as_str())
            .collect::<Vec<_>>();
        let whole: Vec<&str> = program
            .plan
            .units
            .iter()
            .filter(|unit| unit.whole)
            .map(|unit| unit.name.as_str())
            .collect();
        let known = Known { names: &program.names, severities: &severities, whole: &whole };
        let definition = program.sources.get(source).ok_or_else(no_source)?;
        for batch in batches {
            self.take(batch?, definition, known)?;
        }
        self.put_in_order();
        Ok(())
    }

    /// True if the rows are not in memory and were not scanned yet.
    pub fn is_unread(&self) -> bool {
        self.streamed.as_ref().is_some_and(|extent| extent.get().is_none())
    }

    /// The first and the latest instant of any row's own time.
    pub fn own_times(&self) -> Option<(Instant, Instant)> {
        match &self.streamed {
            Some(extent) => extent.get()?.own,
            None => Some((*self.starts.first()?, self.latest?)),
        }
    }

    /// The first and the last time in any field.
    pub fn field_times(&self) -> Option<(Instant, Instant)> {
        match &self.streamed {
            Some(extent) => extent.get()?.fields,
            None => self
                .fields
                .iter()
                .filter_map(Column::times)
                .reduce(|one, two| (one.0.min(two.0), one.1.max(two.1))),
        }
    }

    /// True if some row has a field.
    pub fn is_filled(&self, column: usize) -> bool {
        match &self.streamed {
            Some(extent) => extent.get().is_some_and(|extent| extent.filled.contains(&column)),
            None => self.fields.get(column).is_some_and(|cells| match &cells.here {
                Some(here) => here.any(),
                None => self.len() > 0,
            }),
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

    /// How many rows start before an instant. Every so many starts stand side by side in a list
    /// that is soon searched.
    fn before(&self, instant: Instant) -> usize {
        let marks = self.marks.get_or_init(|| self.starts.iter().step_by(MARK).copied().collect());
        let Some(last) = marks.partition_point(|start| *start < instant).checked_sub(1) else {
            return 0;
        };
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

    /// As which a row came.
    pub fn arrival(&self, row: u32) -> u32 {
        let came = self
            .arrivals
            .as_ref()
            .and_then(|arrivals| arrivals.get(row as usize))
            .copied()
            .unwrap_or(row);
        u32::try_from(self.before).map_or(u32::MAX, |before| came.saturating_add(before))
    }

    /// Where a row comes from; a row that is not in memory is known by its position in the scan.
    pub fn origin(&self, row: u32) -> Option<(&str, u64)> {
        let (came, origins) = match &self.streamed {
            Some(extent) => (row, &extent.get()?.origins),
            None => (self.arrival(row), &self.origins),
        };
        let after = origins.partition_point(|(first, _)| *first <= came as usize);
        let (first, origin) = origins.get(after.checked_sub(1)?)?;
        Some((origin.name.as_str(), origin.row(came as usize - first)))
    }

    /// The combinations of values of some fields in rows that have all of them; some may come
    /// several times. `rows` goes through the rows.
    pub fn combinations(
        &self,
        columns: &[usize],
        rows: impl FnOnce(&mut dyn FnMut(u32)),
    ) -> Vec<Vec<Value>> {
        let cells: Vec<&Column> =
            columns.iter().filter_map(|column| self.column(*column)).collect();
        let (mut met, mut found) = (FxHashSet::<Vec<u64>>::default(), Vec::new());
        let mut codes = Vec::new();
        rows(&mut |row: u32| {
            codes.clear();
            codes.extend(
                cells
                    .iter()
                    .filter(|cells| cells.is_here(row as usize))
                    .map_while(|cells| cells.code(row as usize)),
            );
            // Of cells without numbers, every row is one that may be new.
            if codes.len() == cells.len() && met.contains(codes.as_slice()) {
                return;
            }
            let values = columns.iter().map(|column| match self.field(*column, row) {
                Some(Cell::Here(value)) => Some(value),
                Some(Cell::Absent | Cell::Unsaid) | None => None,
            });
            found.extend(values.collect::<Option<Vec<Value>>>());
            if codes.len() == cells.len() {
                met.insert(codes.clone());
            }
        });
        found
    }

    fn take(&mut self, batch: Batch, source: &SourceDef, known: Known<'_>) -> Outcome<()> {
        let own = match &source.kind {
            RowKind::Events {} => 1,
            RowKind::Spans {} => 2,
            RowKind::Series { .. } => 3,
        };
        let length = batch.length;
        if batch.columns.len() != own + source.fields.len()
            || batch.columns.iter().any(|column| column.cells.len() != length)
        {
            return Err(Fault::new(format!(
                "the rows of `{}` do not have the columns they must have",
                source.name
            )));
        }
        if self.len().saturating_add(length) > self.most_held {
            let (name, most) = (&source.name, self.most_held);
            return Err(Fault::new(format!(
                "`{name}` has more than {most} rows, which is the most that one source can have in memory"
            )));
        }
        let Batch { columns, origin, .. } = batch;
        let misfit =
            |Misfit(index)| fault(source, &origin, index, "a cell does not fit its column");
        let mut columns = columns.into_iter();
        let held = self.len();
        let mut next = |of: &Type, into: &mut Column| {
            let Some(from) = columns.next() else { return Ok(()) };
            Taking { of, states: from.states.as_deref(), length, known }
                .put(from.cells, into)
                .map_err(misfit)?;
            match known.is_whole(of).then(|| take::first_part(&into.data, held)).flatten() {
                Some(row) => {
                    let what =
                        "a value is not a whole number, but its unit is counted in whole numbers";
                    Err(fault(source, &origin, row.saturating_sub(held), what))
                }
                None => Ok(()),
            }
        };
        let (mut starts, mut ends) =
            (take::column(&Type::Time {}, known.names), take::column(&Type::Time {}, known.names));
        next(&Type::Time {}, &mut starts)?;
        match &source.kind {
            RowKind::Events {} => {}
            RowKind::Spans {} | RowKind::Series { .. } => next(&Type::Time {}, &mut ends)?,
        }
        if let (RowKind::Series { of, .. }, Some(values)) = (&source.kind, &mut self.values) {
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
                return Err(fault(
                    source,
                    &origin,
                    index,
                    &format!("`{}` is missing", definition.name),
                ));
            }
        }
        let events = matches!(source.kind, RowKind::Events {});
        self.take_times(starts, (!events).then_some(ends), length)
            .map_err(|(index, what)| fault(source, &origin, index, what))?;
        if let Some(arrivals) = &mut self.arrivals {
            arrivals.extend((before..before + length).filter_map(|row| u32::try_from(row).ok()));
        }
        self.origins.push((before, compact(origin)));
        Ok(())
    }

    /// The own times of the rows of a batch.
    fn take_times(
        &mut self,
        starts: Column,
        ends: Option<Column>,
        length: usize,
    ) -> Result<(), (usize, &'static str)> {
        if let Some(index) = (0..length).find(|index| !starts.is_here(*index)) {
            return Err((index, "a row has no time"));
        }
        let Data::Times(from) = starts.data else { return Ok(()) };
        let latest = if from.is_sorted() { from.last() } else { from.iter().max() };
        self.latest = self.latest.max(latest.copied());
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
        if self.starts.is_empty() {
            self.starts = from;
        } else {
            Arc::make_mut(&mut self.starts).extend_from_slice(&from);
        }
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
pub fn compact(mut origin: Origin) -> Origin {
    if let Some(rows) = &origin.rows
        && let Some(first) = rows.first().copied()
        && rows.iter().zip(first..).all(|(row, counted)| *row == counted)
    {
        (origin.first, origin.rows) = (first, None);
    }
    origin
}

fn fault(source: &SourceDef, origin: &Origin, index: usize, message: &str) -> Fault {
    Fault::new(format!(
        "{}:{}: {message} (source `{}`)",
        origin.name,
        origin.row(index),
        source.name
    ))
}

impl Cells {
    fn len(&self) -> usize {
        match self {
            Cells::Instants(cells)
            | Cells::Lengths(cells)
            | Cells::Decimals { unscaled: cells, .. } => cells.len(),
            Cells::Exacts(cells) => cells.len(),
            Cells::Money { amounts, currencies, .. } => amounts.len().min(currencies.len()),
            Cells::Names { codes, .. } => codes.len(),
            Cells::Booleans(cells) => cells.len(),
            Cells::Dates(cells) => cells.len(),
        }
    }
}
