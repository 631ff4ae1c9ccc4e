//! Rows of a source as the store has them: nothing is made of one before it is needed.

use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use super::rows::Kind;
use super::{Bench, Env, Hand, Row, Shared, SlotInHand};
use crate::plan::RowKind;
use crate::run::fault::{Fault, Outcome};
use crate::run::plain::{Of, Reader, Selection};
use crate::run::program::{Expr, Fold, Rows};
use crate::run::store::{Index, Table};
use crate::run::value::Value;
use crate::time::{Instant, Interval, TimeSet};

/// Rows of a source in the order of time.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The source.
    pub source: usize,
    /// Which.
    pub rows: Selection,
    /// Only those whose starts lie in it.
    times: Arc<TimeSet>,
}

impl Seen {
    /// Where they lie whose starts are in a frame.
    pub fn ranges(&self, table: &Table, frame: Option<Interval>) -> Vec<Range<usize>> {
        let all = Interval { start: Instant::MIN, end: Instant::MAX };
        let pieces = self.times.touching(frame.unwrap_or(all)).filter_map(|piece| piece.intersection(frame.unwrap_or(all)));
        pieces.map(|piece| table.starting(piece)).filter(|range| !range.is_empty()).collect()
    }

    /// Only those with a value, if a field of theirs decides.
    pub(super) fn of_value(&self, index: Option<&Index>, value: &Value) -> Seen {
        self.with(index.map_or_else(|| self.rows.clone(), |index| self.rows.of_value(index, value)))
    }

    fn with(&self, rows: Selection) -> Seen {
        Seen { rows, ..self.clone() }
    }
}

impl SlotInHand {
    /// True if no row in a frame belongs there.
    pub(super) fn is_empty(&self, shared: &Shared<'_>, frame: Interval) -> Outcome<bool> {
        Ok(match &self.rows {
            Hand::Made(list) => !list.inside(frame).iter().any(|row| row.belongs),
            Hand::Seen(seen) => {
                let table = shared.store.table(seen.source)?;
                !seen.ranges(table, Some(frame)).into_iter().any(|range| seen.rows.any(range))
            }
        })
    }

    /// The anchor of the first row that does not stand before an instant.
    pub(super) fn next(&self, shared: &Shared<'_>, from: i64) -> Outcome<Option<i64>> {
        match &self.rows {
            Hand::Made(list) => Ok(list.rows.get(list.rows.partition_point(|row| row.anchor < from)).map(|row| row.anchor)),
            Hand::Seen(seen) => {
                let table = shared.store.table(seen.source)?;
                let frame = Interval { start: from, end: i64::MAX };
                let row = seen.ranges(table, Some(frame)).into_iter().find_map(|range| seen.rows.first(range));
                Ok(row.and_then(|row| table.start(row)))
            }
        }
    }

    /// The anchor of the last row that belongs and stands before an instant.
    pub(super) fn last(&self, shared: &Shared<'_>, before: i64) -> Outcome<Option<i64>> {
        match &self.rows {
            Hand::Made(list) => {
                let passed = list.rows.partition_point(|row| row.anchor < before);
                Ok(list.rows.get(..passed).and_then(|rows| rows.iter().rev().find(|row| row.belongs)).map(|row| row.anchor))
            }
            Hand::Seen(seen) => {
                let table = shared.store.table(seen.source)?;
                let frame = Interval { start: i64::MIN, end: before };
                let row = seen.ranges(table, Some(frame)).into_iter().rev().find_map(|range| seen.rows.last(range));
                Ok(row.and_then(|row| table.start(row)))
            }
        }
    }
}

impl Bench<'_> {
    /// Rows as the store has them, if they are rows of a source of which plain conditions are true.
    pub fn seen_rows(&self, rows: &Rows, env: &Env<'_>) -> Outcome<Option<Seen>> {
        Ok(match rows {
            Rows::Source { source } => Some(Seen::clone(&*self.source(*source, env)?)),
            Rows::Slot => match env.slot.map(|slot| &slot.rows) {
                Some(Hand::Seen(seen)) => Some(Seen::clone(seen)),
                Some(Hand::Made(_)) | None => None,
            },
            Rows::Where { rows, condition } => self.seen_rows(rows, env)?.and_then(|seen| {
                let truth = self.reader(seen.source, env)?.truth(condition)?;
                Some(seen.with(seen.rows.whose(&truth)))
            }),
            Rows::Linked { .. } | Rows::During { .. } | Rows::At { .. } | Rows::Span { .. } | Rows::Pieces { .. } | Rows::Each(_) => None,
        })
    }

    /// Those of some rows for which a condition is not true; `None` if they must be asked one by one.
    pub fn but(&self, seen: &Seen, condition: &Expr, env: &Env<'_>) -> Option<Seen> {
        let truth = self.reader(seen.source, env)?.truth(condition)?;
        Some(seen.with(seen.rows.but(&truth)))
    }

    fn reader<'r>(&'r self, source: usize, env: &Env<'r>) -> Option<Reader<'r>> {
        Reader::new(self.shared, source, env.groups, self.mode).filter(|_| !self.shared.row_by_row)
    }

    /// One value of rows as the store has them; `None` if they must be asked one by one.
    #[expect(clippy::option_option, reason = "no data, and no answer, are different")]
    pub(super) fn fold_seen(
        &self,
        (id, fold): (u32, &Fold),
        (rows, seen): (&Rows, &Seen),
        of: Option<&Expr>,
        env: &Env<'_>,
    ) -> Outcome<Option<Option<Value>>> {
        let table = self.shared.store.table(seen.source)?;
        let key = (id, env.key);
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
        Ok(of.and_then(|of| seen.rows.fold(fold, &of, &seen.ranges(table, Some(self.frame_of(rows, env))))))
    }

    /// What a fold asks of each row of a source.
    fn of_rows(&self, fold: &Fold, source: usize, of: Option<&Expr>, env: &Env<'_>) -> Option<Of> {
        let Some(of) = of else { return Some(Of::Rows).filter(|_| !self.shared.row_by_row) };
        let reader = self.reader(source, env)?;
        match fold {
            Fold::Count | Fold::Share => reader.truth(of).map(Of::Truth),
            Fold::Distinct | Fold::Sum | Fold::Mean | Fold::Least | Fold::Greatest | Fold::Percentile(_) => {
                reader.vector(of).map(Of::Vector)
            }
        }
    }

    /// Goes through rows as the store has them.
    pub(super) fn each_seen(&self, seen: &Seen, frame: Option<Interval>, then: &mut dyn FnMut(&Row) -> Outcome<()>) -> Outcome<()> {
        let table = self.shared.store.table(seen.source)?;
        for range in seen.ranges(table, frame) {
            seen.rows.each(range, |number| then(&Row::stored(self.shared, seen.source, number)?))?;
        }
        Ok(())
    }

    /// The rows of a source that are left after the filters.
    pub(super) fn source(&self, source: usize, env: &Env<'_>) -> Outcome<Rc<Seen>> {
        let key = (source, env.key);
        if let Some(seen) = self.memory.borrow().sources.get(&key) {
            return Ok(Rc::clone(seen));
        }
        let program = self.shared.program;
        let definition = program.sources.get(source).ok_or_else(|| Fault::new("the plan lacks a source"))?;
        // What begins at the time of evaluation or later is not known yet.
        let known = Interval { start: Instant::MIN, end: self.shared.as_of };
        let times = match definition.kind {
            RowKind::Events {} if self.only_of_credit(source) => TimeSet::from(self.whose.term).clip(known),
            RowKind::Events {} => self.line.good.clip(known),
            RowKind::Spans {} | RowKind::Series { .. } => TimeSet::from(known),
        };
        let rows = self.of_owner(source, env)?;
        let seen = Rc::new(self.but_ignored(Seen { source, rows, times: Arc::new(times) }, env)?);
        self.memory.borrow_mut().sources.insert(key, Rc::clone(&seen));
        Ok(seen)
    }

    /// The rows of the customer, service and groups in hand.
    fn of_owner(&self, source: usize, env: &Env<'_>) -> Outcome<Selection> {
        let table = self.shared.store.table(source)?;
        let definition = self.shared.program.sources.get(source).ok_or_else(|| Fault::new("the plan lacks a source"))?;
        // Each filter: a column, and the value it must have.
        let mut filters: Vec<(usize, Value)> = Vec::new();
        filters.extend(definition.customer.zip(self.whose.customer.map(Value::Name)));
        filters.extend(definition.service.zip(self.whose.service.map(Value::Name)));
        for group in env.groups {
            let column = group.key.sources.iter().find(|(cut, _)| *cut == source).map(|(_, column)| *column);
            filters.extend(column.map(|column| (column, group.value.clone())));
        }
        filters.iter().try_fold(Selection::all(), |rows, (column, value)| {
            self.said(source, *column)?;
            let index = table.by_value(*column).ok_or_else(|| Fault::new("the plan lacks a field"))?;
            Ok(rows.of_value(index, value))
        })
    }

    fn but_ignored(&self, seen: Seen, env: &Env<'_>) -> Outcome<Seen> {
        let mut seen = seen;
        let outside = Env { row: None, ..*env };
        let source = seen.source;
        for ignore in self.whose.ignores.iter().filter(|ignore| ignore.source == source) {
            let Some(condition) = &ignore.condition else { return Ok(seen.with(Selection::sparse(Vec::new()))) };
            seen = match self.but(&seen, condition, &outside) {
                Some(left) => left,
                None => {
                    let len = self.shared.store.table(seen.source)?.len();
                    let mut left = Vec::new();
                    seen.rows.each(0..len, |number| {
                        let row = Row::stored(self.shared, seen.source, number)?;
                        if !self.holds(condition, &outside, &row)? {
                            left.push(number);
                        }
                        Ok::<(), Fault>(())
                    })?;
                    seen.with(Selection::sparse(left))
                }
            };
        }
        Ok(seen)
    }
}

impl Row {
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
