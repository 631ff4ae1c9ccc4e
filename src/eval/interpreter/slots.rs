//! Series: slots, and what each of them is worth.

use std::rc::Rc;
use std::sync::Arc;

use super::{Env, Evaluator, List, Row, RowSet, SlotRows, SlotScope};
use crate::data::fault::{Awaiting, Fault, Outcome};
use crate::eval::program::{Cut, Each, Empty, GroupCut};
use crate::eval::table::Cell;
use crate::eval::value::Value;
use crate::eval::view::GroupValue;
use crate::time::{Instant, Interval, Slots, TimeSet};

/// The most slots that one question goes through.
const MOST_SLOTS: u64 = 50_000_000;

/// A series of at most so many slots is kept.
const MOST_KEPT: u64 = 20_000;

/// A slot: the time it stands for, and the time its rows lie in. They differ for windows that
/// overlap.
#[derive(Clone, Copy)]
pub(super) struct Slot {
    pub(super) shown: Interval,
    pub(super) frame: Interval,
}

/// Slots one after another.
enum Cursor<'c> {
    /// Of one length, from each midnight on.
    Length(Slots<'c>),
    /// Windows, by number.
    Window {
        windows: &'c crate::eval::windows::Windows,
        zones: &'c [crate::eval::zone::Zone],
        term: Interval,
        next: i64,
    },
    /// Pieces of a set.
    Pieces { set: Arc<TimeSet>, next: usize },
}

/// The value that the next slot takes over if its own is missing and it keeps the last state.
enum Last {
    /// Nobody has looked at the slots before.
    Unknown,
    /// The slots before were worth this in the end; `None` if none of them had a value.
    Known(Option<Value>),
}

impl Cursor<'_> {
    /// Goes to the first slot that ends after an instant.
    fn seek(&mut self, instant: Instant) {
        match self {
            Cursor::Length(slots) => slots.seek(instant),
            Cursor::Window { windows, zones, next, .. } => {
                *next = windows.first_after(zones, instant).max(*next)
            }
            Cursor::Pieces { set, next } => {
                *next = set.pieces().partition_point(|piece| piece.end <= instant).max(*next)
            }
        }
    }

    fn next(&mut self) -> Option<Slot> {
        match self {
            Cursor::Length(slots) => slots.next().map(|slot| Slot { shown: slot, frame: slot }),
            Cursor::Window { windows, zones, term, next } => {
                let frame = windows.numbered(zones, *term, *next)?;
                let shown = windows.last_step(zones, *next, frame);
                *next += 1;
                Some(Slot { shown, frame })
            }
            Cursor::Pieces { set, next } => {
                let piece = set.pieces().get(*next).copied()?;
                *next += 1;
                Some(Slot { shown: piece, frame: piece })
            }
        }
    }
}

impl Evaluator<'_> {
    /// The line on which slots lie: the term up to the time of evaluation, inside the slot around.
    /// A line that looks ahead, for hours and exclusions that are known in advance, has no slots
    /// there: what the next rows will say is not known.
    pub(super) fn slot_line(&self, env: &Env<'_>) -> Interval {
        let term = self.line.term;
        let line =
            Interval { start: term.start, end: self.shared.as_of.clamp(term.start, term.end) };
        match env.slot {
            Some(outer) => line
                .intersection(outer.within)
                .unwrap_or(Interval { start: line.start, end: line.start }),
            None => line,
        }
    }

    /// Goes through the rows of a series whose slots start in a frame.
    pub fn slots(
        &self,
        each: &Each,
        env: &Env<'_>,
        frame: Interval,
        then: &mut dyn FnMut(&Row) -> Outcome<()>,
    ) -> Outcome<()> {
        if let Cut::Field(cut) = &each.cut {
            return self.field_slots(each, cut, env, frame, then);
        }
        let line = self.slot_line(env);
        let Some(frame) = frame.intersection(line) else { return Ok(()) };
        if let Cut::Length { length, .. } = &each.cut {
            self.not_too_many(
                u64::try_from(frame.length() / (*length).max(1)).unwrap_or(u64::MAX),
                each,
            )?;
        }
        // A value and the rows behind it often are of one series: the last one is kept, if it is
        // not long.
        let key = (each.id, env.key, frame);
        let lasts = each.id.closed && env.slot.is_none() && (env.groups.is_empty() || env.key != 0);
        let known = self
            .memory
            .borrow()
            .series
            .as_ref()
            .filter(|(known, _)| lasts && *known == key)
            .map(|(_, rows)| Rc::clone(rows));
        if let Some(rows) = known {
            return rows.iter().try_for_each(then);
        }
        let mut kept = Vec::new();
        let hand = SlotScope { rows: self.cut_rows(each, env)?, within: line };
        let mut last = if frame.start == line.start { Last::Known(None) } else { Last::Unknown };
        let mut awaiting = Awaiting::default();
        let count = self.each_slot(each, env, (line, frame), &mut |slot| {
            let value = self.slot_value(each, env, &hand, slot.frame, &mut last);
            if let Some(value) = awaiting.note(value)?.flatten() {
                let row = Row::slot(slot.shown, value);
                awaiting.note(then(&row))?;
                if lasts && (kept.len() as u64) < MOST_KEPT {
                    kept.push(row);
                }
            }
            Ok(())
        })?;
        awaiting.end()?;
        if lasts && count <= MOST_KEPT {
            self.memory.borrow_mut().series = Some((key, Rc::new(kept)));
        }
        Ok(())
    }

    /// Goes through the slots of a line that start in a frame, and says how many there could be.
    pub(super) fn each_slot(
        &self,
        each: &Each,
        env: &Env<'_>,
        (line, frame): (Interval, Interval),
        then: &mut dyn FnMut(Slot) -> Outcome<()>,
    ) -> Outcome<u64> {
        let mut cursor = self.cursor(each, env, frame.start)?;
        let mut count = 0;
        while let Some(slot) = cursor.next().filter(|slot| slot.shown.start < frame.end) {
            count += 1;
            self.not_too_many(count, each)?;
            let slot = self.present(each, slot, line);
            if let Some(slot) = slot.filter(|slot| frame.contains(slot.shown.start)) {
                then(slot)?;
            }
        }
        Ok(count)
    }

    /// The part of a slot on a line, if the slot is there: a whole one of windows that overlap, and
    /// with time that is measured.
    fn present(&self, each: &Each, slot: Slot, line: Interval) -> Option<Slot> {
        let (shown, frame) = (slot.shown.intersection(line)?, slot.frame.intersection(line)?);
        (is_whole(each, slot, line) && self.line.measured_length(shown) > 0)
            .then_some(Slot { shown, frame })
    }

    fn not_too_many(&self, count: u64, each: &Each) -> Outcome<()> {
        if count <= MOST_SLOTS {
            return Ok(());
        }
        Err(Fault::at(
            &each.at,
            format!("this makes more than {MOST_SLOTS} slots; take longer ones"),
        ))
    }

    fn cursor<'c>(&'c self, each: &'c Each, env: &Env<'_>, from: Instant) -> Outcome<Cursor<'c>> {
        let program = self.shared.program;
        let mut cursor = match &each.cut {
            Cut::Length { length, zone } => {
                let zone = program.zone_at(*zone)?;
                zone.check(Interval { start: from, end: self.line.term.end })?;
                Cursor::Length(Slots::from(zone.offsets(), *length, from))
            }
            Cut::Window(windows) => Cursor::Window {
                windows,
                zones: &program.zones,
                term: self.line.term,
                next: i64::MIN,
            },
            Cut::Pieces(times) => Cursor::Pieces { set: self.times(times, env)?, next: 0 },
            Cut::Field(_) => Cursor::Pieces { set: Arc::default(), next: 0 },
        };
        cursor.seek(from);
        Ok(cursor)
    }

    /// The rows that slots cut: all of them, also those that began before the slots do, since time
    /// looks at extents.
    pub(super) fn cut_rows(&self, each: &Each, env: &Env<'_>) -> Outcome<SlotRows> {
        if let Some(seen) = self.seen_rows(&each.rows, env)? {
            return Ok(SlotRows::RowSet(Rc::new(seen)));
        }
        self.made_rows(each, env).map(SlotRows::Made)
    }

    fn made_rows(&self, each: &Each, env: &Env<'_>) -> Outcome<Rc<List>> {
        let key = (each.id, env.key);
        if let Some(list) = self.memory.borrow().lists.get(&key).filter(|_| each.id.closed) {
            return Ok(Rc::clone(list));
        }
        let list = self.list(&each.rows, env)?;
        if each.id.closed {
            self.memory.borrow_mut().lists.insert(key, Rc::clone(&list));
        }
        Ok(list)
    }

    /// What a slot is worth, by its frame: `None` if there is no row for it, `Some(None)` if there
    /// is one without a value.
    #[expect(
        clippy::option_option,
        reason = "no row, and a row without value, are different answers"
    )]
    fn slot_value(
        &self,
        each: &Each,
        env: &Env<'_>,
        hand: &SlotScope,
        frame: Interval,
        last: &mut Last,
    ) -> Outcome<Option<Option<Value>>> {
        let empty = hand.is_empty(self.shared, frame)?;
        let key = (each.id, env.key);
        if empty
            && each.uniform
            && let Some(value) = self.memory.borrow().empty_slots.get(&key)
        {
            return Ok(Some(value.clone()));
        }
        // A field cuts no time: slots inside it lie where they would lie without it, also beyond
        // the frame.
        let line = if matches!(each.cut, Cut::Field(_)) { hand.within } else { frame };
        let inside = SlotScope { rows: hand.rows.clone(), within: line };
        let within = Env { frame, slot: Some(&inside), row: env.row, ..*env };
        let computed = match (&each.empty, empty) {
            (Empty::Value(_) | Empty::Last | Empty::Skip, true) => None,
            (Empty::Computed, _) | (Empty::Value(_) | Empty::Last | Empty::Skip, false) => {
                self.eval(&each.value, &within)?
            }
        };
        if computed.is_some() {
            if empty && each.uniform {
                self.memory.borrow_mut().empty_slots.insert(key, computed.clone());
            }
            *last = Last::Known(computed.clone());
            return Ok(Some(computed));
        }
        match &each.empty {
            Empty::Computed => {
                if empty && each.uniform {
                    self.memory.borrow_mut().empty_slots.insert(key, None);
                }
                Ok(Some(None))
            }
            Empty::Value(value) => {
                let value = self.eval(value, &within)?;
                if empty && each.uniform {
                    self.memory.borrow_mut().empty_slots.insert(key, value.clone());
                }
                Ok(Some(value))
            }
            Empty::Skip => Ok(None),
            Empty::Last => {
                if matches!(last, Last::Unknown) {
                    *last = Last::Known(self.value_before(each, env, hand, frame)?);
                }
                Ok(match last {
                    Last::Known(value) => Some(value.clone()),
                    Last::Unknown => Some(None),
                })
            }
        }
    }

    /// The value of the latest slot before that of a frame that has one of its own. Slots without
    /// rows have none, so only those that hold a row are looked at, from the last row on: each slot
    /// once, and of slots that overlap the later one first.
    fn value_before(
        &self,
        each: &Each,
        env: &Env<'_>,
        hand: &SlotScope,
        frame: Interval,
    ) -> Outcome<Option<Value>> {
        let (mut before, mut seen_from) = (frame.end, frame.start);
        while let Some(anchor) =
            hand.last(self.shared, before)?.filter(|anchor| hand.within.contains(*anchor))
        {
            let mut cursor = self.cursor(each, env, anchor)?;
            let holding = std::iter::from_fn(|| cursor.next())
                .take_while(|slot| slot.frame.start <= anchor && slot.frame.start < seen_from);
            let holding: Vec<Slot> = holding.collect();
            for slot in holding.iter().rev() {
                let Some(slot) = self.present(each, *slot, hand.within) else { continue };
                let inside = SlotScope { rows: hand.rows.clone(), within: slot.frame };
                let within = Env { frame: slot.frame, slot: Some(&inside), row: env.row, ..*env };
                if let Some(value) = self.eval(&each.value, &within)? {
                    return Ok(Some(value));
                }
            }
            seen_from = holding.first().map_or(seen_from, |slot| slot.frame.start);
            before = anchor;
        }
        Ok(None)
    }

    /// One slot for each value of a field.
    fn field_slots(
        &self,
        each: &Each,
        cut: &GroupCut,
        env: &Env<'_>,
        frame: Interval,
        then: &mut dyn FnMut(&Row) -> Outcome<()>,
    ) -> Outcome<()> {
        if self.line.measured_length(frame) == 0 {
            return Ok(());
        }
        let line = self.slot_line(env);
        for (source, column) in &cut.sources {
            self.said(*source, *column)?;
        }
        if let Some(seen) = self.seen_rows(&each.rows, env)? {
            return self.seen_field_slots(each, cut, &seen, env, frame, then);
        }
        let values = match &cut.known {
            Some(values) => values.clone(),
            None => {
                let rows = self.made_rows(each, env)?;
                let own = rows.inside(frame).iter().filter(|row| row.belongs);
                self.in_order(own.filter_map(|row| self.value_of(cut, row)).collect())
            }
        };
        for value in values {
            let mut groups = env.groups.to_vec();
            groups.push(GroupValue { key: cut, value: value.clone() });
            let key = self.key(&groups);
            let within = Env { groups: &groups, key, ..*env };
            let hand = SlotScope {
                rows: SlotRows::Made(self.rows_with(each, cut, &value, env, key)?),
                within: line,
            };
            if let Some(value) =
                self.slot_value(each, &within, &hand, frame, &mut Last::Known(None))?
            {
                then(&Row::slot(frame, value))?;
            }
        }
        Ok(())
    }

    /// The same of rows as the store has them: those of a value are found by their group.
    fn seen_field_slots(
        &self,
        each: &Each,
        cut: &GroupCut,
        seen: &RowSet,
        env: &Env<'_>,
        frame: Interval,
        then: &mut dyn FnMut(&Row) -> Outcome<()>,
    ) -> Outcome<()> {
        let line = self.slot_line(env);
        let column = cut
            .sources
            .iter()
            .find(|(source, _)| *source == seen.source)
            .map(|(_, column)| *column);
        let values = match (&cut.known, column) {
            (Some(values), _) => values.clone(),
            (None, None) => Vec::new(),
            (None, Some(column)) => self.in_order(
                seen.combinations(self.shared, &[column], frame)?.into_iter().flatten().collect(),
            ),
        };
        let mut awaiting = Awaiting::default();
        for value in values {
            let own = match column {
                Some(column) => seen.of_value(self.shared, column, &value)?,
                None => seen.clone(),
            };
            let hand = SlotScope { rows: SlotRows::RowSet(Rc::new(own)), within: line };
            let mut groups = env.groups.to_vec();
            groups.push(GroupValue { key: cut, value });
            let within = Env { groups: &groups, key: self.key(&groups), ..*env };
            let value = self.slot_value(each, &within, &hand, frame, &mut Last::Known(None));
            if let Some(value) = awaiting.note(value)?.flatten() {
                awaiting.note(then(&Row::slot(frame, value)))?;
            }
        }
        awaiting.end()
    }

    /// The value that a row has in the field of a cut.
    fn value_of(&self, cut: &GroupCut, row: &Row) -> Option<Value> {
        let (source, number) = row.from?;
        let (_, column) = cut.sources.iter().find(|(cut, _)| *cut == source)?;
        match self.shared.store.table(source).ok()?.field(*column, number) {
            Some(Cell::Here(value)) => Some(value),
            Some(Cell::Absent | Cell::Unsaid) | None => None,
        }
    }

    /// The rows that a field cut leaves for a value; `key` stands for the groups with that value
    /// among them.
    fn rows_with(
        &self,
        each: &Each,
        cut: &GroupCut,
        value: &Value,
        env: &Env<'_>,
        key: u32,
    ) -> Outcome<Rc<List>> {
        let key = (each.id, key);
        if let Some(list) = self.memory.borrow().lists.get(&key).filter(|_| each.id.closed) {
            return Ok(Rc::clone(list));
        }
        let is_cut = |row: &&Row| {
            row.from.is_some_and(|(source, _)| cut.sources.iter().any(|(cut, _)| *cut == source))
        };
        let all = self.made_rows(each, env)?;
        let own = all
            .rows
            .iter()
            .filter(|row| !is_cut(row) || self.value_of(cut, row).as_ref() == Some(value));
        let list = Rc::new(List { rows: own.cloned().collect() });
        if each.id.closed {
            self.memory.borrow_mut().lists.insert(key, Rc::clone(&list));
        }
        Ok(list)
    }

    /// Different values in ascending order: names by their letters.
    pub fn in_order(&self, mut values: Vec<Value>) -> Vec<Value> {
        let names = &self.shared.program.names;
        values.sort_by(|one, two| match (one, two) {
            (Value::Name(one), Value::Name(two)) => names.text(*one).cmp(&names.text(*two)),
            _ => one.compare(two).unwrap_or(std::cmp::Ordering::Equal),
        });
        values.dedup();
        values
    }

    /// The time of the slots whose value is true. Slots without rows that are all alike are not
    /// gone through one by one.
    pub fn true_slots(&self, each: &Each, env: &Env<'_>) -> Outcome<TimeSet> {
        let mut pieces = Vec::new();
        let truth = Some(Value::Boolean(true));
        if !each.uniform || matches!(each.cut, Cut::Field(_) | Cut::Pieces(_)) {
            self.slots(each, env, self.slot_line(env), &mut |row| {
                pieces.extend(
                    (row.value == truth)
                        .then(|| row.end.map(|end| Interval { start: row.start, end }))
                        .flatten(),
                );
                Ok(())
            })?;
            return Ok(TimeSet::new(pieces));
        }
        let line = self.slot_line(env);
        if line.length() == 0 {
            return Ok(TimeSet::EMPTY);
        }
        let hand = SlotScope { rows: self.cut_rows(each, env)?, within: line };
        let mut cursor = self.cursor(each, env, line.start)?;
        let mut last = Last::Known(None);
        let mut awaiting = Awaiting::default();
        let mut count = 0;
        while let Some(slot) = cursor.next().filter(|slot| slot.shown.start < line.end) {
            count += 1;
            self.not_too_many(count, each)?;
            let Some(Slot { shown, frame }) = self.present(each, slot, line) else { continue };
            let empty = awaiting.note(hand.is_empty(self.shared, frame))?;
            let value = awaiting.note(self.slot_value(each, env, &hand, frame, &mut last))?;
            let (Some(empty), Some(value)) = (empty, value) else { continue };
            let counts = value == Some(truth.clone());
            if !empty {
                pieces.extend(counts.then_some(shown));
                continue;
            }
            // All slots up to the next row are worth the same as this one.
            let next = hand.next(self.shared, frame.end)?;
            let until = next.unwrap_or(line.end).min(line.end);
            cursor.seek(until);
            let ends = cursor_start(&cursor, until, line);
            pieces.extend(Interval::new(shown.start, ends.max(shown.end)).filter(|_| counts));
        }
        awaiting.end()?;
        Ok(TimeSet::new(pieces))
    }
}

/// True unless a window that overlaps others reaches over an end of the line: such a one makes no
/// slot.
fn is_whole(each: &Each, slot: Slot, line: Interval) -> bool {
    !matches!(&each.cut, Cut::Window(windows) if windows.is_rolling())
        || line.start <= slot.frame.start && slot.frame.end <= line.end
}

/// Where the slot begins that a cursor stands before, without moving it.
fn cursor_start(cursor: &Cursor<'_>, until: Instant, line: Interval) -> Instant {
    let start = match cursor {
        Cursor::Length(slots) => slots.position(),
        Cursor::Window { windows, zones, term, next } => {
            match windows.numbered(zones, *term, *next) {
                Some(frame) => windows.last_step(zones, *next, frame).start,
                None => until,
            }
        }
        Cursor::Pieces { .. } => until,
    };
    start.clamp(line.start, line.end)
}
