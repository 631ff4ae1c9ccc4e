//! Rows: where they come from, and how they are reshaped.

use std::rc::Rc;
use std::sync::Arc;

use super::{Env, Evaluator, RowScope, SlotRows};
use crate::data::fault::{Fault, Outcome};
use crate::eval::program::{Expr, Rows};
use crate::eval::table::Cell;
use crate::eval::value::Value;
use crate::eval::view::Mode;
use crate::plan::{Place, RowKind};
use crate::time::{Instant, Interval, Length, TimeSet};

/// What kind of row one is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// It has an instant.
    Event,
    /// It has a start and perhaps an end.
    Span,
    /// A slot of a series, or a row of one.
    Slot,
    /// A piece of a set of time.
    Piece,
}

/// A row.
#[derive(Clone, Debug)]
pub struct Row {
    /// What kind it is.
    pub kind: Kind,
    /// What decides where it belongs: its instant or start, or where `at` has put it.
    pub anchor: Instant,
    /// True for an event, also for one that `at` has made of a span: it takes no time.
    pub instant: bool,
    /// Its own start; of an event its instant.
    pub start: Instant,
    /// Its own end; `None` while it is open, and of an event.
    pub end: Option<Instant>,
    /// Source and number of the row whose fields it has.
    pub from: Option<(usize, u32)>,
    /// False once it was cut off its anchor: it belongs nowhere.
    pub belongs: bool,
    /// Its extent, where that is no longer from start to end.
    pub(super) cut: Option<Arc<TimeSet>>,
    /// The value of a slot.
    pub value: Option<Value>,
}

/// Rows in the order of their anchors.
#[derive(Default, Debug)]
pub struct List {
    /// The rows.
    pub rows: Vec<Row>,
}

impl List {
    fn new(mut rows: Vec<Row>) -> List {
        rows.sort_by_key(|row| row.anchor);
        List { rows }
    }

    /// Those whose anchor lies in an interval.
    pub fn inside(&self, frame: Interval) -> &[Row] {
        let first = self.rows.partition_point(|row| row.anchor < frame.start);
        let after = self.rows.partition_point(|row| row.anchor < frame.end);
        self.rows.get(first..after.max(first)).unwrap_or_default()
    }
}

impl Row {
    /// A slot.
    pub fn slot(within: Interval, value: Option<Value>) -> Row {
        Row {
            kind: Kind::Slot,
            anchor: within.start,
            instant: false,
            start: within.start,
            end: Some(within.end),
            from: None,
            belongs: true,
            cut: None,
            value,
        }
    }

    /// A piece of time.
    pub fn piece(within: Interval) -> Row {
        Row {
            kind: Kind::Piece,
            anchor: within.start,
            instant: false,
            start: within.start,
            end: Some(within.end),
            from: None,
            belongs: true,
            cut: None,
            value: None,
        }
    }

    /// True for a span without an end.
    pub fn is_open(&self) -> bool {
        self.kind == Kind::Span && self.end.is_none()
    }

    /// The time it takes; an open span takes all up to the time of evaluation.
    pub fn extent(&self, as_of: Instant) -> TimeSet {
        match &self.cut {
            Some(cut) => TimeSet::clone(cut),
            None if self.instant => TimeSet::EMPTY,
            None => TimeSet::new(Interval::new(self.start, self.end.unwrap_or(as_of))),
        }
    }
}

impl Evaluator<'_> {
    /// Goes through the rows that belong to a frame, or through all of them.
    pub fn each_row(
        &self,
        rows: &Rows,
        env: &Env<'_>,
        frame: Option<Interval>,
        then: &mut dyn FnMut(&Row) -> Outcome<()>,
    ) -> Outcome<()> {
        if let Some(seen) = self.seen_rows(rows, env)? {
            return self.each_seen(&seen, frame, then);
        }
        match rows {
            Rows::Where { rows, condition } => self.each_row(rows, env, frame, &mut |row| {
                if self.holds(condition, env, row)? {
                    then(row)?;
                }
                Ok(())
            }),
            Rows::During { rows, time } => {
                let time = self.times(time, env)?;
                self.each_row(rows, env, frame, &mut |row| {
                    let belongs = row.belongs && time.contains(row.anchor);
                    if frame.is_some() && !belongs {
                        return Ok(());
                    }
                    let extent = row.extent(self.shared.as_of).intersection(&time);
                    then(&Row { belongs, cut: Some(Arc::new(extent)), ..row.clone() })
                })
            }
            Rows::Each(each) => match frame {
                Some(frame) => self.slots(each, env, frame, then),
                None => {
                    self.slots(each, env, env.slot.map_or(self.line.term, |slot| slot.within), then)
                }
            },
            Rows::Linked { .. } => self.list(rows, env)?.rows.iter().try_for_each(then),
            Rows::Source { .. }
            | Rows::Slot
            | Rows::At { .. }
            | Rows::Span { .. }
            | Rows::Pieces { .. } => {
                let list = self.list(rows, env)?;
                match frame.filter(|_| !is_linked(rows)) {
                    Some(frame) => {
                        list.inside(frame).iter().filter(|row| row.belongs).try_for_each(then)
                    }
                    None => list.rows.iter().try_for_each(then),
                }
            }
        }
    }

    /// True if a condition holds of a row; unknown is not true.
    pub fn holds(&self, condition: &Expr, env: &Env<'_>, row: &Row) -> Outcome<bool> {
        let hand = RowScope { row, outer: env.row };
        Ok(self.eval(condition, &env.with(&hand))? == Some(Value::Boolean(true)))
    }

    /// All rows, whatever frame they belong to, in the order of their anchors.
    pub fn list(&self, rows: &Rows, env: &Env<'_>) -> Outcome<Rc<List>> {
        match rows {
            Rows::Slot => match env.slot.map(|slot| &slot.rows) {
                Some(SlotRows::Made(list)) => Ok(Rc::clone(list)),
                Some(SlotRows::RowSet(_)) => self.all(rows, env),
                None => {
                    Err(Fault::new("the plan refers to the rows of a slot where there is none"))
                }
            },
            Rows::Linked { source, key, field, row, at } => {
                self.linked(*source, *key, (*field, *row), at, env).map(Rc::new)
            }
            Rows::At { id, .. } | Rows::Span { id, .. } | Rows::Pieces { id, .. } => {
                let key = (*id, env.key);
                if let Some(list) = self.memory.borrow().lists.get(&key).filter(|_| id.closed) {
                    return Ok(Rc::clone(list));
                }
                let list = Rc::new(self.reshaped(rows, env)?);
                if id.closed {
                    self.memory.borrow_mut().lists.insert(key, Rc::clone(&list));
                }
                Ok(list)
            }
            Rows::Source { .. } | Rows::Where { .. } | Rows::During { .. } | Rows::Each(_) => {
                self.all(rows, env)
            }
        }
    }

    fn all(&self, rows: &Rows, env: &Env<'_>) -> Outcome<Rc<List>> {
        let mut all = Vec::new();
        self.each_row(rows, env, None, &mut |row| {
            all.push(row.clone());
            Ok(())
        })?;
        Ok(Rc::new(List::new(all)))
    }

    fn reshaped(&self, rows: &Rows, env: &Env<'_>) -> Outcome<List> {
        let mut all = Vec::new();
        match rows {
            Rows::At { rows, instant, at, .. } => self.each_row(rows, env, None, &mut |row| {
                if let Some(instant) = self.instant_of(instant, env, row, at)? {
                    let changed = Row {
                        anchor: instant,
                        instant: true,
                        belongs: true,
                        cut: None,
                        ..row.clone()
                    };
                    all.push(changed);
                }
                Ok(())
            })?,
            Rows::Span { rows, start, end, at, .. } => {
                self.each_row(rows, env, None, &mut |row| {
                    if let Some(start) = self.instant_of(start, env, row, at)? {
                        let end = self.instant_of(end, env, row, at)?;
                        let changed = Row {
                            kind: Kind::Span,
                            anchor: start,
                            instant: false,
                            start,
                            end,
                            belongs: true,
                            cut: None,
                            ..row.clone()
                        };
                        all.push(changed);
                    }
                    Ok(())
                })?
            }
            Rows::Pieces { time, .. } => {
                all.extend(
                    self.times(time, env)?
                        .clip(self.line.term)
                        .pieces()
                        .iter()
                        .map(|piece| Row::piece(*piece)),
                );
            }
            Rows::Source { .. }
            | Rows::Slot
            | Rows::Linked { .. }
            | Rows::Where { .. }
            | Rows::During { .. }
            | Rows::Each(_) => {}
        }
        Ok(List::new(all))
    }

    fn instant_of(
        &self,
        expression: &Expr,
        env: &Env<'_>,
        row: &Row,
        at: &Place,
    ) -> Outcome<Option<Instant>> {
        let hand = RowScope { row, outer: env.row };
        match self.eval(expression, &env.with(&hand))? {
            Some(Value::Time(instant)) => Ok(Some(instant)),
            None => Ok(None),
            Some(_) => Err(Fault::at(at, "the plan takes something for a time that is none")),
        }
    }

    /// True if a credit reads a source that its objective does not.
    pub(super) fn only_of_credit(&self, source: usize) -> bool {
        self.scope.reads.is_some_and(|reads| !reads.contains(&source))
    }

    /// The frame that rows belong to: of sources that the objective of a credit does not read, all
    /// of the window.
    pub fn frame_of(&self, rows: &Rows, env: &Env<'_>) -> Interval {
        match source_of(rows) {
            Some(source) if env.slot.is_none() && self.only_of_credit(source) => env.window,
            Some(_) | None => env.frame,
        }
    }

    /// The rows of another source that name the row in hand.
    fn linked(
        &self,
        source: usize,
        key: usize,
        (field, row): (usize, u32),
        at: &Place,
        env: &Env<'_>,
    ) -> Outcome<List> {
        let Some(value) = self.field(field, row, at, env)? else { return Ok(List::default()) };
        self.said(source, key)?;
        let table = self.shared.store.table(source)?;
        let numbers = table.by_value(key).map_or(&[][..], |index| index.get(&value));
        let mut rows = Vec::new();
        for number in numbers {
            let row = Row::stored(self.shared, source, *number)?;
            if row.start < self.shared.as_of && !self.is_ignored(source, *number, env)? {
                rows.push(row);
            }
        }
        Ok(List::new(rows))
    }

    /// The field of a row around; `None` where it is missing.
    pub fn field(
        &self,
        column: usize,
        row: u32,
        at: &Place,
        env: &Env<'_>,
    ) -> Outcome<Option<Value>> {
        let row = row_around(env, row, at)?;
        let Some((source, number)) = row.from else {
            return Err(Fault::at(at, "the plan asks for a field of a row without fields"));
        };
        let table = self.shared.store.table(source)?;
        match table.field(column, number) {
            Some(Cell::Here(value)) => Ok(Some(value)),
            Some(Cell::Absent) => {
                // Of an open span, what has not happened yet may happen now.
                let time =
                    matches!(self.field_type(source, column), Some(crate::plan::Type::Time {}));
                let happens = time && self.mode == Mode::Ended && self.open_in_data(source, number);
                Ok(happens.then_some(Value::Time(self.shared.as_of)))
            }
            Some(Cell::Unsaid) | None => Err(Fault::at(
                at,
                format!("{}, but it is needed here", self.unsaid(source, column, number)?),
            )),
        }
    }

    /// That a row leaves a field out that is not optional, which only a test can.
    fn unsaid(&self, source: usize, column: usize, number: u32) -> Outcome<String> {
        let name =
            self.shared.program.sources.get(source).and_then(|source| source.fields.get(column));
        let name = name.map_or("", |field| field.name.as_str());
        let (file, line) =
            self.shared.store.table(source)?.origin(number).unwrap_or(("the data", 0));
        Ok(format!("{file}:{line}: nothing says what `{name}` of this row is"))
    }

    /// A field distinguishes the rows: a fault if any leaves it out, for nobody would miss it.
    pub fn said(&self, source: usize, column: usize) -> Outcome<()> {
        // Those that are not held are looked at as they pass.
        if self.shared.streams.of(source).is_some() {
            return Ok(());
        }
        let cells = self.shared.store.table(source)?.column(column);
        match cells.and_then(|cells| cells.first_unsaid()) {
            Some(row) => Err(Fault::new(format!(
                "{}, but it is needed to tell the rows apart",
                self.unsaid(source, column, row)?
            ))),
            None => Ok(()),
        }
    }

    fn field_type(&self, source: usize, column: usize) -> Option<&crate::plan::Type> {
        Some(&self.shared.program.sources.get(source)?.fields.get(column)?.of)
    }

    /// True if a row is an open span in the data, however it was reshaped.
    pub fn open_in_data(&self, source: usize, number: u32) -> bool {
        let spans = self
            .shared
            .program
            .sources
            .get(source)
            .is_some_and(|source| source.kind == RowKind::Spans {});
        let table = self.shared.store.table(source).ok();
        spans
            && table
                .is_some_and(|table| (number as usize) < table.len() && table.end(number).is_none())
    }

    /// How long a row is; of a piece only its measured time.
    pub fn length(&self, row: &Row) -> Value {
        let end = match (row.end, self.mode) {
            (Some(end), _) => end,
            (None, Mode::Never) if row.is_open() => return Value::Forever,
            (None, Mode::Now | Mode::Ended | Mode::Never) => self.shared.as_of,
        };
        let length: Length = match row.kind {
            Kind::Piece => self.line.good_length(Interval { start: row.start, end }),
            Kind::Event => 0,
            Kind::Span | Kind::Slot => end.saturating_sub(row.start).max(0),
        };
        Value::length(length)
    }
}

/// The row so far out.
pub fn row_around<'e>(env: &Env<'e>, row: u32, at: &Place) -> Outcome<&'e Row> {
    let mut hand = env.row;
    for _ in 0..row {
        hand = hand.and_then(|hand| hand.outer);
    }
    hand.map(|hand| hand.row)
        .ok_or_else(|| Fault::at(at, "the plan refers to a row where there is none"))
}

/// The source whose rows these are, however narrowed or reshaped.
fn source_of(rows: &Rows) -> Option<usize> {
    match rows {
        Rows::Source { source } => Some(*source),
        Rows::Where { rows, .. }
        | Rows::During { rows, .. }
        | Rows::At { rows, .. }
        | Rows::Span { rows, .. } => source_of(rows),
        Rows::Linked { .. } | Rows::Slot | Rows::Pieces { .. } | Rows::Each(_) => None,
    }
}

/// True for rows that no frame cuts.
fn is_linked(rows: &Rows) -> bool {
    match rows {
        Rows::Linked { .. } => true,
        Rows::Where { rows, .. }
        | Rows::During { rows, .. }
        | Rows::At { rows, .. }
        | Rows::Span { rows, .. } => is_linked(rows),
        Rows::Source { .. } | Rows::Slot | Rows::Pieces { .. } | Rows::Each(_) => false,
    }
}
