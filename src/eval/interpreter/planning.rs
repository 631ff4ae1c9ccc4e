//! What an expression asks of rows that are streamed, found before anything is evaluated.
//!
//! The walk goes through every branch and every slot, whatever their values will be, and yields no
//! value itself, so that nothing unknown can be taken for data. It shares with the evaluation what
//! decides a request: which rows are seen, which slots there are, in which frame. The meaning of an
//! expression stays with the evaluation alone: what the walk misses is asked for by the evaluation
//! later, and what it asks in vain changes no result.

use std::rc::Rc;

use super::{Env, Evaluator, RowSet, SlotRows, SlotScope};
use crate::data::fault::{Fault, Needs, Outcome};
use crate::eval::program::{Cut, Each, Empty, Expr, GroupCut, NodeId, Rows, Times};
use crate::eval::view::GroupValue;
use crate::time::Interval;

impl Evaluator<'_> {
    /// Asks for all that an expression needs of streamed rows. A fault that names a source means
    /// that its rows must be loaded.
    pub fn plan(&self, expression: &Expr, env: &Env<'_>) -> Outcome<()> {
        match expression {
            Expr::Fold { id, fold, rows, of, .. } => match self.seen_rows(rows, env)? {
                Some(seen) => self.plan_fold_seen((*id, fold), (rows, &seen), of.as_deref(), env),
                None => self.plan_rows(rows, env, Some(self.frame_of(rows, env))),
            },
            Expr::Downtime { rows, .. } => self.plan_rows(rows, env, None),
            Expr::Elapsed { from, to, during, pausing, .. } => {
                self.plan_all([&**from, to], env)?;
                self.plan_times(during, env)?;
                pausing.as_ref().map_or(Ok(()), |pausing| self.plan_times(pausing, env))
            }
            Expr::LongestGap { from, to, .. } => self.plan_all([&**from, to], env),
            // The first part is evaluated in any case, the others perhaps.
            Expr::If { condition, then, otherwise } => {
                self.plan(condition, env)?;
                self.plan_perhaps([&**then, otherwise], env)
            }
            Expr::Default(value, otherwise) => {
                self.plan(value, env)?;
                self.plan_perhaps([&**otherwise], env)
            }
            Expr::And(terms) | Expr::Or(terms) => {
                self.plan_all(terms.first(), env)?;
                self.plan_perhaps(terms.iter().skip(1), env)
            }
            Expr::Present(value)
            | Expr::Not(value)
            | Expr::EndOfWorkingDay { after: value, .. } => self.plan(value, env),
            Expr::Compare { left, right, .. }
            | Expr::Subtract { left, right, .. }
            | Expr::Divide { left, right, .. } => self.plan_all([&**left, right], env),
            Expr::Between { value, low, high, .. } => self.plan_all([&**value, low, high], env),
            Expr::Round { value, to, .. } => self.plan_all([&**value, to], env),
            Expr::DaysBetween { from, to, .. } => self.plan_all([&**from, to], env),
            Expr::Add { terms: parts, .. }
            | Expr::Multiply { factors: parts, .. }
            | Expr::Extreme { values: parts, .. }
            | Expr::Lookup { keys: parts, .. } => self.plan_all(parts, env),
            // What money looks at in another window is asked for when it is due.
            Expr::Shift { .. }
            | Expr::Literal(_)
            | Expr::Field { .. }
            | Expr::Part { .. }
            | Expr::Group { .. }
            | Expr::Fact { .. }
            | Expr::WindowLength
            | Expr::WindowDays { .. }
            | Expr::MeasuredLength
            | Expr::Fees { .. }
            | Expr::FeeRate { .. }
            | Expr::Value { .. }
            | Expr::Target { .. }
            | Expr::Failures { .. } => Ok(()),
        }
    }

    fn plan_all<'x>(
        &self,
        parts: impl IntoIterator<Item = &'x Expr>,
        env: &Env<'_>,
    ) -> Outcome<()> {
        parts.into_iter().try_for_each(|part| self.plan(part, env))
    }

    /// Asks for what expressions need that may never be evaluated: no rows are loaded for them.
    fn plan_perhaps<'x>(
        &self,
        parts: impl IntoIterator<Item = &'x Expr>,
        env: &Env<'_>,
    ) -> Outcome<()> {
        parts.into_iter().try_for_each(|part| perhaps(self.plan(part, env)))
    }

    /// Asks for what rows need that are looked at one by one.
    pub fn plan_rows(&self, rows: &Rows, env: &Env<'_>, frame: Option<Interval>) -> Outcome<()> {
        if let Some(seen) = self.seen_rows(rows, env)? {
            return if seen.is_held() { Ok(()) } else { Err(Fault::not_loaded(seen.source)) };
        }
        match rows {
            Rows::Where { rows, condition } => {
                self.plan_rows(rows, env, frame)?;
                self.plan_perhaps([&**condition], env)
            }
            Rows::During { rows, time } => {
                self.plan_times(time, env)?;
                self.plan_rows(rows, env, frame)
            }
            Rows::At { rows, .. } | Rows::Span { rows, .. } => self.plan_rows(rows, env, None),
            Rows::Pieces { time, .. } => self.plan_times(time, env),
            Rows::Each(each) => {
                let all = || env.slot.map_or(self.line.term, |slot| slot.within);
                self.plan_series(each, env, frame.unwrap_or_else(all))
            }
            Rows::Source { .. } | Rows::Slot | Rows::Linked { .. } => Ok(()),
        }
    }

    /// Asks for what a set of time needs.
    pub fn plan_times(&self, times: &Times, env: &Env<'_>) -> Outcome<()> {
        match times {
            Times::Always | Times::Open(_) => Ok(()),
            Times::Covered { id, rows }
            | Times::Overlap { id, rows, .. }
            | Times::Holds { id, rows, .. } => {
                if self.is_planned(*id, env, None) {
                    return Ok(());
                }
                self.plan_rows(rows, env, None)
            }
            Times::TrueSlots { series, .. } => self.plan_series(series, env, self.slot_line(env)),
            Times::Runs { time, .. } | Times::Complement { time, .. } => self.plan_times(time, env),
            Times::Union { times, .. } | Times::Intersection { times, .. } => {
                times.iter().try_for_each(|time| self.plan_times(time, env))
            }
        }
    }

    /// Asks for what the slots of a series need that start in a frame: whether there is a row, and
    /// the value if there is one.
    fn plan_series(&self, each: &Each, env: &Env<'_>, frame: Interval) -> Outcome<()> {
        let line = self.slot_line(env);
        let Some(frame) = frame.intersection(line) else { return Ok(()) };
        if self.is_planned(each.id, env, Some(frame)) {
            return Ok(());
        }
        if let Cut::Field(cut) = &each.cut {
            return self.plan_field_slots(each, cut, env, frame);
        }
        let Some(seen) = self.seen_rows(&each.rows, env)? else {
            return self.plan_rows(&each.rows, env, None);
        };
        // Slots of loaded rows are cheaper to evaluate than to plan.
        if seen.is_held() {
            return Ok(());
        }
        // A slot that keeps the state of the one before looks for the last row.
        if matches!(each.empty, Empty::Last) && frame.start != line.start {
            return Err(Fault::not_loaded(seen.source));
        }
        if let Cut::Pieces(times) = &each.cut {
            self.plan_times(times, env)?;
        }
        let hand = SlotScope { rows: SlotRows::RowSet(Rc::new(seen.clone())), within: line };
        self.each_slot(each, env, (line, frame), &mut |slot| {
            self.plan_slot(each, env, (&hand, &seen), slot.frame)
        })?;
        Ok(())
    }

    fn plan_slot(
        &self,
        each: &Each,
        env: &Env<'_>,
        (hand, seen): (&SlotScope, &RowSet),
        frame: Interval,
    ) -> Outcome<()> {
        seen.plan_count(self.shared, frame)?;
        // As in the evaluation, a field cuts no time.
        let line = if matches!(each.cut, Cut::Field(_)) { hand.within } else { frame };
        let inside = SlotScope { rows: hand.rows.clone(), within: line };
        let within = Env { frame, slot: Some(&inside), row: env.row, ..*env };
        self.plan(&each.value, &within)?;
        match &each.empty {
            Empty::Value(value) => self.plan_perhaps([&**value], &within),
            Empty::Computed | Empty::Last | Empty::Skip => Ok(()),
        }
    }

    /// The values of a field need not be known to ask for all of them at once.
    fn plan_field_slots(
        &self,
        each: &Each,
        cut: &GroupCut,
        env: &Env<'_>,
        frame: Interval,
    ) -> Outcome<()> {
        let Some(seen) = self.seen_rows(&each.rows, env)?.filter(|seen| !seen.is_held()) else {
            return self.plan_rows(&each.rows, env, None);
        };
        let column = cut.sources.iter().find(|(source, _)| *source == seen.source);
        let within = self.slot_line(env);
        let slot = |own: RowSet, env: &Env<'_>| {
            let hand = SlotScope { rows: SlotRows::RowSet(Rc::new(own.clone())), within };
            self.plan_slot(each, env, (&hand, &own), frame)
        };
        match (&cut.known, column) {
            (Some(values), _) => values.iter().try_for_each(|value| {
                let own = match column {
                    Some((_, column)) => seen.of_value(self.shared, *column, value)?,
                    None => seen.clone(),
                };
                let mut groups = env.groups.to_vec();
                groups.push(GroupValue { key: cut, value: value.clone() });
                slot(own, &Env { groups: &groups, key: self.key(&groups), ..*env })
            }),
            (None, Some((_, column))) => {
                seen.plan_combinations(self.shared, &[*column], frame)?;
                // What asks for a value by name must wait until the values are known.
                perhaps(slot(seen.of_each_value(*column), env))
            }
            (None, None) => Ok(()),
        }
    }

    /// True if something that depends on the groups alone was planned before; from now on it is.
    fn is_planned(&self, id: NodeId, env: &Env<'_>, frame: Option<Interval>) -> bool {
        let lasts = id.closed && env.slot.is_none() && (env.groups.is_empty() || env.key != 0);
        lasts && !self.memory.borrow_mut().planned.insert((id, env.key, frame))
    }
}

/// The plan of something that may never be evaluated: rows are not loaded for it.
pub fn perhaps(planned: Outcome<()>) -> Outcome<()> {
    match planned {
        Err(fault) if matches!(fault.needs, Some(Needs::Rows(_))) => Ok(()),
        planned => planned,
    }
}
