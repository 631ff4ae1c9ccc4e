//! Rows of a source as the store has them: nothing is made of one before it is needed.

use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use super::rows::Kind;
use super::{Env, Evaluator, Row, Shared, SlotRows, SlotScope};
use crate::data::fault::{Fault, Outcome};
use crate::eval::accumulator::{AggregateKind, Ranked};
use crate::eval::program::{Expr, Fold, GroupCut, Ignore, Rows};
use crate::eval::streaming::{BoundExpr, Reason, RequestId, Requests, RowFilter};
use crate::eval::table::Table;
use crate::eval::value::Value;
use crate::eval::vectorized::{ColumnReader, Of, Selection};
use crate::plan::RowKind;
use crate::time::{Instant, Interval, TimeSet};

/// Rows of a source in the order of time.
#[derive(Clone, Debug)]
pub struct RowSet {
    /// The source.
    pub source: usize,
    which: Which,
    /// Only those whose starts lie in it.
    times: Arc<TimeSet>,
}

/// Some rows.
#[derive(Clone, Debug)]
enum Which {
    /// Of those that are loaded.
    Loaded(Selection),
    /// Of those that are streamed.
    Streamed(Arc<RowFilter>),
}

const ALL: Interval = Interval { start: Instant::MIN, end: Instant::MAX };

impl RowSet {
    /// Where they lie whose starts are in a frame.
    fn ranges(&self, table: &Table, frame: Interval) -> Vec<Range<usize>> {
        let pieces = self.times.touching(frame).filter_map(|piece| piece.intersection(frame));
        pieces.map(|piece| table.starting(piece)).filter(|range| !range.is_empty()).collect()
    }

    /// The rows themselves, and where those lie that are in a frame; a fault if they are not held.
    pub(super) fn held(
        &self,
        shared: &Shared<'_>,
        frame: Interval,
    ) -> Outcome<(&Selection, Vec<Range<usize>>)> {
        let table = shared.store.table(self.source)?;
        match &self.which {
            Which::Loaded(rows) => Ok((rows, self.ranges(table, frame))),
            Which::Streamed(_) => Err(Fault::not_loaded(self.source)),
        }
    }

    /// True if one can look at them one by one.
    pub(super) fn is_held(&self) -> bool {
        matches!(self.which, Which::Loaded(_))
    }

    /// Only those with a value in a field.
    pub(super) fn of_value(
        &self,
        shared: &Shared<'_>,
        column: usize,
        value: &Value,
    ) -> Outcome<RowSet> {
        Ok(self.with(match &self.which {
            Which::Loaded(rows) => {
                let index = shared
                    .store
                    .table(self.source)?
                    .by_value(column)
                    .ok_or_else(|| Fault::new("the plan lacks a field"))?;
                Which::Loaded(rows.of_value(index, value))
            }
            Which::Streamed(rows) => {
                Which::Streamed(Arc::new(rows.of_group(column, Some(value.clone()))))
            }
        }))
    }

    /// Those with each value of a field, separately; of loaded rows all, whatever the value.
    pub(super) fn of_each_value(&self, column: usize) -> RowSet {
        self.with(match &self.which {
            Which::Loaded(rows) => Which::Loaded(rows.clone()),
            Which::Streamed(rows) => Which::Streamed(Arc::new(rows.of_group(column, None))),
        })
    }

    /// Which combinations of values of some fields there are in a frame, of rows that have all of
    /// them; some may come several times.
    pub fn combinations(
        &self,
        shared: &Shared<'_>,
        columns: &[usize],
        frame: Interval,
    ) -> Outcome<Vec<Vec<Value>>> {
        let rows = match &self.which {
            Which::Loaded(rows) => rows,
            Which::Streamed(rows) => {
                let stream = self.stream(shared)?;
                let id = stream.request_counts(rows, columns, &self.times);
                let id = id.ok_or_else(|| Fault::not_loaded(self.source))?;
                let counts = stream.counts(id, (rows, columns), (frame, Reason::Groups))?;
                return Ok(counts.into_iter().map(|(values, _)| values).collect());
            }
        };
        let table = shared.store.table(self.source)?;
        let ranges = self.ranges(table, frame);
        if let [column] = columns
            && let Some(index) = table.by_value(*column)
        {
            let occurs = |value: &&Value| {
                let own = rows.of_value(index, value);
                ranges.iter().any(|range| own.any(range.clone()))
            };
            return Ok(index.values().filter(occurs).map(|value| vec![value.clone()]).collect());
        }
        Ok(table.combinations(columns, |look| {
            ranges.into_iter().for_each(|range| rows.each_row(range, &mut *look))
        }))
    }

    /// How many there are in a frame.
    pub fn count(&self, shared: &Shared<'_>, frame: Interval) -> Outcome<usize> {
        match &self.which {
            Which::Streamed(filter) => {
                let (stream, id) = self.request_count(shared, filter)?;
                stream.count(id, filter, (frame, Reason::Values))
            }
            Which::Loaded(_) => {
                let (rows, ranges) = self.held(shared, frame)?;
                Ok(rows.total(&ranges))
            }
        }
    }

    /// The first whose starts lie in a set of time; `None` if they are loaded, and need not be
    /// fetched.
    pub(super) fn first(
        &self,
        shared: &Shared<'_>,
        time: &TimeSet,
        most: usize,
    ) -> Outcome<Option<Vec<Row>>> {
        let Which::Streamed(filter) = &self.which else { return Ok(None) };
        let (stream, id) = self.request_first(shared, filter, time, most)?;
        let first = stream.first(id, filter, ALL)?;
        Ok(Some(first.into_iter().map(|(at, came)| Row::event(at, (self.source, came))).collect()))
    }

    /// The worst of streamed rows by some value, so many of them.
    pub(super) fn worst(
        &self,
        shared: &Shared<'_>,
        of: BoundExpr,
        (greatest, most): (bool, usize),
        frame: Interval,
    ) -> Outcome<Vec<Ranked>> {
        let Which::Streamed(filter) = &self.which else {
            return Err(Fault::not_loaded(self.source));
        };
        let stream = self.stream(shared)?;
        let worst = AggregateKind::Worst(greatest, most);
        let id = stream.request(worst, Some(of), filter, &self.times);
        stream.worst(id.ok_or_else(|| Fault::not_loaded(self.source))?, filter, frame)
    }

    /// Asks for an aggregate in a frame, before anything is evaluated. Loaded rows need not be
    /// asked for.
    pub(super) fn plan(
        &self,
        shared: &Shared<'_>,
        aggregate: AggregateKind,
        of: Option<BoundExpr>,
        frame: Interval,
    ) -> Outcome<()> {
        let Which::Streamed(filter) = &self.which else { return Ok(()) };
        let stream = self.stream(shared)?;
        let id = stream.request(aggregate, of, filter, &self.times);
        stream.plan(id.ok_or_else(|| Fault::not_loaded(self.source))?, frame)
    }

    /// Asks how many there are in a frame.
    pub fn plan_count(&self, shared: &Shared<'_>, frame: Interval) -> Outcome<()> {
        let Which::Streamed(filter) = &self.which else { return Ok(()) };
        let (stream, id) = self.request_count(shared, filter)?;
        stream.plan(id, frame)
    }

    /// Asks for the first whose starts lie in a set of time.
    pub fn plan_first(&self, shared: &Shared<'_>, time: &TimeSet, most: usize) -> Outcome<()> {
        let Which::Streamed(filter) = &self.which else { return Ok(()) };
        let (stream, id) = self.request_first(shared, filter, time, most)?;
        stream.plan(id, ALL)
    }

    /// Asks which combinations of values of some fields there are in a frame.
    pub fn plan_combinations(
        &self,
        shared: &Shared<'_>,
        columns: &[usize],
        frame: Interval,
    ) -> Outcome<()> {
        let Which::Streamed(filter) = &self.which else { return Ok(()) };
        let stream = self.stream(shared)?;
        let id = stream.request_counts(filter, columns, &self.times);
        stream.plan(id.ok_or_else(|| Fault::not_loaded(self.source))?, frame)
    }

    fn request_count<'s>(
        &self,
        shared: &'s Shared<'_>,
        filter: &Arc<RowFilter>,
    ) -> Outcome<(&'s Requests, RequestId)> {
        let stream = self.stream(shared)?;
        let id = stream.request_count(filter, &self.times);
        Ok((stream, id.ok_or_else(|| Fault::not_loaded(self.source))?))
    }

    fn request_first<'s>(
        &self,
        shared: &'s Shared<'_>,
        filter: &Arc<RowFilter>,
        time: &TimeSet,
        most: usize,
    ) -> Outcome<(&'s Requests, RequestId)> {
        let stream = self.stream(shared)?;
        let times = Arc::new(self.times.intersection(time));
        let id = stream.request(AggregateKind::First(most), None, filter, &times);
        Ok((stream, id.ok_or_else(|| Fault::not_loaded(self.source))?))
    }

    fn stream<'s>(&self, shared: &'s Shared<'_>) -> Outcome<&'s Requests> {
        shared.streams.of(self.source).ok_or_else(|| Fault::not_loaded(self.source))
    }

    fn with(&self, which: Which) -> RowSet {
        RowSet { which, ..self.clone() }
    }
}

impl SlotScope {
    /// True if no row in a frame belongs there.
    pub(super) fn is_empty(&self, shared: &Shared<'_>, frame: Interval) -> Outcome<bool> {
        Ok(match &self.rows {
            SlotRows::Made(list) => !list.inside(frame).iter().any(|row| row.belongs),
            SlotRows::RowSet(seen) if seen.is_held() => {
                let (rows, ranges) = seen.held(shared, frame)?;
                !ranges.into_iter().any(|range| rows.any(range))
            }
            SlotRows::RowSet(seen) => seen.count(shared, frame)? == 0,
        })
    }

    /// An instant before which no row stands that does not stand before another; near to the first
    /// of them, if that is found soon.
    pub(super) fn next(&self, shared: &Shared<'_>, from: i64) -> Outcome<Option<i64>> {
        match &self.rows {
            SlotRows::Made(list) => Ok(list
                .rows
                .get(list.rows.partition_point(|row| row.anchor < from))
                .map(|row| row.anchor)),
            SlotRows::RowSet(seen) if seen.is_held() => {
                let (rows, ranges) = seen.held(shared, Interval { start: from, end: i64::MAX })?;
                let row = ranges.into_iter().find_map(|range| rows.first(range));
                Ok(row.and_then(|row| shared.store.table(seen.source).ok()?.start(row)))
            }
            SlotRows::RowSet(_) => Ok(Some(from)),
        }
    }

    /// The anchor of the last row that belongs and stands before an instant.
    pub(super) fn last(&self, shared: &Shared<'_>, before: i64) -> Outcome<Option<i64>> {
        match &self.rows {
            SlotRows::Made(list) => {
                let passed = list.rows.partition_point(|row| row.anchor < before);
                Ok(list
                    .rows
                    .get(..passed)
                    .and_then(|rows| rows.iter().rev().find(|row| row.belongs))
                    .map(|row| row.anchor))
            }
            SlotRows::RowSet(seen) => {
                let (rows, ranges) =
                    seen.held(shared, Interval { start: i64::MIN, end: before })?;
                let row = ranges.into_iter().rev().find_map(|range| rows.last(range));
                Ok(row.and_then(|row| shared.store.table(seen.source).ok()?.start(row)))
            }
        }
    }
}

impl Evaluator<'_> {
    /// Rows as the store has them, if they are rows of a source for which vectorized conditions are
    /// true.
    pub fn seen_rows(&self, rows: &Rows, env: &Env<'_>) -> Outcome<Option<RowSet>> {
        Ok(match rows {
            Rows::Source { source } => Some(RowSet::clone(&*self.source(*source, env)?)),
            Rows::Slot => match env.slot.map(|slot| &slot.rows) {
                Some(SlotRows::RowSet(seen)) => Some(RowSet::clone(seen)),
                Some(SlotRows::Made(_)) | None => None,
            },
            Rows::Where { rows, condition } => self
                .seen_rows(rows, env)?
                .and_then(|seen| self.narrowed(&seen, condition, false, env)),
            Rows::Linked { .. }
            | Rows::During { .. }
            | Rows::At { .. }
            | Rows::Span { .. }
            | Rows::Pieces { .. }
            | Rows::Each(_) => None,
        })
    }

    /// Those of some rows for which a condition is not true; `None` if they must be asked one by
    /// one.
    pub fn but(&self, seen: &RowSet, condition: &Expr, env: &Env<'_>) -> Option<RowSet> {
        self.narrowed(seen, condition, true, env)
    }

    /// Those for which a condition is true, or is not, if it is `inverted`.
    fn narrowed(
        &self,
        seen: &RowSet,
        condition: &Expr,
        inverted: bool,
        env: &Env<'_>,
    ) -> Option<RowSet> {
        let reader = self.reader(seen.source, env)?;
        Some(seen.with(match &seen.which {
            Which::Loaded(rows) => {
                let truth = reader.truth(condition)?;
                Which::Loaded(if inverted { rows.but(&truth) } else { rows.whose(&truth) })
            }
            Which::Streamed(filter) => {
                let condition = BoundExpr::new(&reader, condition, env.groups, self.mode)?;
                Which::Streamed(Arc::new(filter.whose(condition, inverted)))
            }
        }))
    }

    pub(super) fn reader<'r>(&'r self, source: usize, env: &Env<'r>) -> Option<ColumnReader<'r>> {
        let table = self.shared.store.tables.get(source).filter(|_| !self.shared.row_by_row)?;
        let reader = ColumnReader::new(
            self.shared,
            (table, &self.shared.cache),
            source,
            env.groups,
            self.mode,
        )?;
        Some(reader.ignoring(self.ignores(env)))
    }

    /// One value of rows as the store has them; `None` if they must be asked one by one.
    #[expect(clippy::option_option, reason = "no data, and no answer, are different")]
    pub(super) fn fold_seen(
        &self,
        (id, fold): (u32, &Fold),
        (rows, seen): (&Rows, &RowSet),
        of: Option<&Expr>,
        env: &Env<'_>,
    ) -> Outcome<Option<Option<Value>>> {
        let key = (id, env.key);
        let frame = self.frame_of(rows, env);
        if let Which::Streamed(filter) = &seen.which {
            let Some(request) = self.request((id, fold), (seen, filter), of, env)? else {
                return Ok(None);
            };
            // A credit reads what its window turned out to owe.
            let why = if self.scope.reads.is_some() { Reason::Payments } else { Reason::Values };
            let stream = seen.stream(self.shared)?;
            return stream.value(request, filter, (frame, why), fold).map(Some);
        }
        // Without a number for the groups in hand nothing is remembered.
        let lasts = env.groups.is_empty() || env.key != 0;
        let known = self.memory.borrow().folds.get(&key).filter(|_| lasts).cloned();
        let of = match known {
            Some(of) => of,
            None => {
                let of = self.of_rows(fold, seen.source, of, env).map(Rc::new);
                if lasts {
                    self.memory.borrow_mut().folds.insert(key, of.clone());
                }
                of
            }
        };
        let (rows, ranges) = seen.held(self.shared, frame)?;
        Ok(of.and_then(|of| rows.fold(fold, &of, &ranges)))
    }

    /// Asks for a fold of streamed rows in the frame, before anything is evaluated; nothing of
    /// loaded rows.
    pub(super) fn plan_fold_seen(
        &self,
        (id, fold): (u32, &Fold),
        (rows, seen): (&Rows, &RowSet),
        of: Option<&Expr>,
        env: &Env<'_>,
    ) -> Outcome<()> {
        let Which::Streamed(filter) = &seen.which else { return Ok(()) };
        match self.request((id, fold), (seen, filter), of, env)? {
            Some(request) => seen.stream(self.shared)?.plan(request, self.frame_of(rows, env)),
            None => Err(Fault::not_loaded(seen.source)),
        }
    }

    /// The request for a fold of streamed rows; `None` if they must be asked one by one.
    fn request(
        &self,
        (id, fold): (u32, &Fold),
        (seen, filter): (&RowSet, &Arc<RowFilter>),
        of: Option<&Expr>,
        env: &Env<'_>,
    ) -> Outcome<Option<RequestId>> {
        let key = (id, env.key);
        let lasts = env.groups.is_empty() || env.key != 0;
        let known = self.memory.borrow().requests.get(&key).filter(|_| lasts).copied();
        if let Some(request) = known {
            return Ok(request);
        }
        let stream = seen.stream(self.shared)?;
        let of = match of {
            Some(of) => match self.bound(seen.source, of, env) {
                Some(of) => Some(of),
                None => return Ok(None),
            },
            None => None,
        };
        // How many rows have a value is not counted like this.
        let counts_values = of.is_some() == (*fold == Fold::Count);
        let request = if counts_values {
            None
        } else {
            stream.request(AggregateKind::of(fold), of, filter, &seen.times)
        };
        if lasts {
            self.memory.borrow_mut().requests.insert(key, request);
        }
        Ok(request)
    }

    /// An expression over single rows of a source, for a request; `None` if it reads more than its
    /// own row.
    pub(super) fn bound(&self, source: usize, of: &Expr, env: &Env<'_>) -> Option<BoundExpr> {
        BoundExpr::new(&self.reader(source, env)?, of, env.groups, self.mode)
    }

    /// What a fold asks of each row of a source.
    fn of_rows(&self, fold: &Fold, source: usize, of: Option<&Expr>, env: &Env<'_>) -> Option<Of> {
        let Some(of) = of else { return Some(Of::Rows).filter(|_| !self.shared.row_by_row) };
        let reader = self.reader(source, env)?;
        match fold {
            Fold::Count | Fold::Share => reader.truth(of).map(Of::Truth),
            Fold::Distinct
            | Fold::Sum
            | Fold::Mean
            | Fold::Least
            | Fold::Greatest
            | Fold::Percentile(_) => reader.vector(of).map(Of::Vector),
        }
    }

    /// Goes through rows as the store has them.
    pub(super) fn each_seen(
        &self,
        seen: &RowSet,
        frame: Option<Interval>,
        then: &mut dyn FnMut(&Row) -> Outcome<()>,
    ) -> Outcome<()> {
        let (rows, ranges) = seen.held(self.shared, frame.unwrap_or(ALL))?;
        ranges.into_iter().try_for_each(|range| {
            rows.each(range, |number| then(&Row::stored(self.shared, seen.source, number)?))
        })
    }

    /// The rows of a source that are left after the filters.
    pub(super) fn source(&self, source: usize, env: &Env<'_>) -> Outcome<Rc<RowSet>> {
        let key = (source, env.key, env.unfiltered);
        if let Some(seen) = self.memory.borrow().sources.get(&key) {
            return Ok(Rc::clone(seen));
        }
        let program = self.shared.program;
        let definition =
            program.sources.get(source).ok_or_else(|| Fault::new("the plan lacks a source"))?;
        // What begins at the time of evaluation or later is not known yet.
        let known = Interval { start: Instant::MIN, end: self.shared.as_of };
        let times = match definition.kind {
            RowKind::Events {} if self.only_of_credit(source) => {
                TimeSet::from(self.scope.term).clip(known)
            }
            RowKind::Events {} => self.line.good.clip(known),
            RowKind::Spans {} | RowKind::Series { .. } => TimeSet::from(known),
        };
        let which = self.of_owner(source, env)?;
        let seen =
            Rc::new(self.but_ignored(RowSet { source, which, times: Arc::new(times) }, env)?);
        self.memory.borrow_mut().sources.insert(key, Rc::clone(&seen));
        Ok(seen)
    }

    /// The rows of the customer, service and groups in hand.
    fn of_owner(&self, source: usize, env: &Env<'_>) -> Outcome<Which> {
        let definition = self
            .shared
            .program
            .sources
            .get(source)
            .ok_or_else(|| Fault::new("the plan lacks a source"))?;
        // Each filter: a column, and the value it must have.
        let mut filters: Vec<(usize, Value)> = Vec::new();
        filters.extend(definition.customer.zip(self.scope.customer.map(Value::Name)));
        filters.extend(definition.service.zip(self.scope.service.map(Value::Name)));
        let column = |key: &GroupCut| {
            key.sources.iter().find(|(cut, _)| *cut == source).map(|(_, column)| *column)
        };
        let groups =
            env.groups.iter().filter_map(|group| Some((column(group.key)?, group.value.clone())));
        if self.shared.streams.of(source).is_some() {
            let owners = filters
                .into_iter()
                .fold(RowFilter::default(), |rows, (column, value)| rows.of_owner(column, value));
            let rows =
                groups.fold(owners, |rows, (column, value)| rows.of_group(column, Some(value)));
            let unknown = self.scope.unknown.iter().filter_map(column);
            let rows = unknown.fold(rows, |rows, column| rows.of_group(column, None));
            return Ok(Which::Streamed(Arc::new(rows)));
        }
        filters.extend(groups);
        let table = self.shared.store.table(source)?;
        let rows = filters.iter().try_fold(Selection::all(), |rows, (column, value)| {
            self.said(source, *column)?;
            let index =
                table.by_value(*column).ok_or_else(|| Fault::new("the plan lacks a field"))?;
            Ok::<Selection, Fault>(rows.of_value(index, value))
        })?;
        Ok(Which::Loaded(rows))
    }

    /// The ignores that hold.
    fn ignores(&self, env: &Env<'_>) -> &[&Ignore] {
        if env.unfiltered { &[] } else { self.scope.ignores }
    }

    /// True if a row as the store has it is ignored.
    pub(super) fn is_ignored(&self, source: usize, number: u32, env: &Env<'_>) -> Outcome<bool> {
        let mut ignores =
            self.ignores(env).iter().filter(|ignore| ignore.source == source).peekable();
        if ignores.peek().is_none() {
            return Ok(false);
        }
        let key = (source, number, env.key);
        let lasts = env.groups.is_empty() || env.key != 0;
        if let Some(known) = self.memory.borrow().ignored.get(&key).filter(|_| lasts) {
            return Ok(*known);
        }
        let outside = Env { row: None, unfiltered: true, ..*env };
        let row = Row::stored(self.shared, source, number)?;
        let mut ignored = false;
        for ignore in ignores {
            ignored = ignored
                || ignore
                    .condition
                    .as_ref()
                    .map_or(Ok(true), |condition| self.holds(condition, &outside, &row))?;
        }
        if lasts {
            self.memory.borrow_mut().ignored.insert(key, ignored);
        }
        Ok(ignored)
    }

    fn but_ignored(&self, seen: RowSet, env: &Env<'_>) -> Outcome<RowSet> {
        let mut seen = seen;
        let outside = Env { row: None, unfiltered: true, ..*env };
        let source = seen.source;
        for ignore in self.ignores(env).iter().filter(|ignore| ignore.source == source) {
            let Some(condition) = &ignore.condition else {
                let never = Expr::Literal(Value::Boolean(false));
                return Ok(match self.narrowed(&seen, &never, false, &outside) {
                    Some(none) => none,
                    None => seen.with(Which::Loaded(Selection::sparse(Vec::new()))),
                });
            };
            seen = match self.but(&seen, condition, &outside) {
                Some(left) => left,
                None => {
                    let (rows, _) = seen.held(self.shared, ALL)?;
                    let len = self.shared.store.table(source)?.len();
                    let mut left = Vec::new();
                    rows.each(0..len, |number| {
                        let row = Row::stored(self.shared, source, number)?;
                        if !self.holds(condition, &outside, &row)? {
                            left.push(number);
                        }
                        Ok::<(), Fault>(())
                    })?;
                    seen.with(Which::Loaded(Selection::sparse(left)))
                }
            };
        }
        Ok(seen)
    }
}

impl Row {
    /// An event that is streamed, of a source, by as which it came.
    pub(super) fn event(at: Instant, from: (usize, u32)) -> Row {
        Row {
            kind: Kind::Event,
            anchor: at,
            instant: true,
            start: at,
            end: None,
            from: Some(from),
            belongs: true,
            cut: None,
            value: None,
        }
    }

    /// A row as the store has it.
    pub fn stored(shared: &Shared<'_>, source: usize, number: u32) -> Outcome<Row> {
        let table = shared.store.table(source)?;
        let kind = match shared.program.sources.get(source).map(|source| &source.kind) {
            Some(RowKind::Events {}) | None => Kind::Event,
            Some(RowKind::Spans {}) => Kind::Span,
            Some(RowKind::Series { .. }) => Kind::Slot,
        };
        let start = table.start(number).unwrap_or_default();
        let value = if kind == Kind::Slot { table.value(number) } else { None };
        Ok(Row {
            kind,
            anchor: start,
            instant: kind == Kind::Event,
            start,
            end: table.end(number),
            from: Some((source, number)),
            belongs: true,
            cut: None,
            value,
        })
    }
}
