//! Clocks of one row: elapsed time, the longest silence, ends of working days.

use super::rows::row_around;
use super::{Env, Evaluator, RowScope};
use crate::data::fault::{Fault, Outcome};
use crate::eval::program::{Expr, Rows, Times};
use crate::eval::value::Value;
use crate::eval::view::Mode;
use crate::plan::Place;
use crate::time::{Instant, Interval, Length};

/// What counts on a clock, and what does not.
#[derive(Clone, Copy)]
pub struct Clock<'c> {
    /// The time that counts.
    pub during: &'c Times,
    /// The time that does not.
    pub pausing: Option<&'c Times>,
}

impl Evaluator<'_> {
    /// A point in time; `None` is no data.
    pub fn time(&self, expression: &Expr, env: &Env<'_>, at: &Place) -> Outcome<Option<Instant>> {
        match self.eval(expression, env)? {
            None => Ok(None),
            Some(Value::Time(instant)) => Ok(Some(instant)),
            Some(_) => Err(Fault::at(at, "the plan takes something for a time that is none")),
        }
    }

    /// The time between two instants by a clock. Of what has not happened, up to the end of the
    /// row, and of an open one to the time of evaluation.
    pub fn elapsed(
        &self,
        from: &Expr,
        to: &Expr,
        clock: Clock<'_>,
        at: &Place,
        env: &Env<'_>,
    ) -> Outcome<Option<Value>> {
        let Some(from) = self.time(from, env, at)? else { return Ok(None) };
        let to = match self.time(to, env, at)? {
            Some(to) => to,
            None if self.mode == Mode::Never && self.row_is_open(env) => {
                return Ok(Some(Value::Forever));
            }
            None => self.last_of_row(env),
        };
        self.on_clock(from, to, clock, env).map(|length| Some(Value::length(length)))
    }

    /// True if what the row in hand lacks may still come: it is a span that is still open, or an
    /// event, which never ends.
    fn row_is_open(&self, env: &Env<'_>) -> bool {
        let row = row_around(env, 0, &Place(String::new())).ok();
        row.is_some_and(|row| {
            row.end.is_none()
                || row.from.is_some_and(|(source, number)| self.open_in_data(source, number))
        })
    }

    /// Up to when what has not happened may still happen: the end of the row in hand, of an open
    /// one and of an event the time of evaluation.
    fn last_of_row(&self, env: &Env<'_>) -> Instant {
        let row = row_around(env, 0, &Place(String::new())).ok();
        row.and_then(|row| row.end).unwrap_or(self.shared.as_of)
    }

    fn on_clock(
        &self,
        from: Instant,
        to: Instant,
        clock: Clock<'_>,
        env: &Env<'_>,
    ) -> Outcome<Length> {
        let Some(stretch) = Interval::new(from, to) else { return Ok(0) };
        if matches!(clock.during, Times::Always) && clock.pausing.is_none() {
            return Ok(stretch.length());
        }
        let during = self.times(clock.during, env)?;
        let inside = match number_of(clock.during) {
            Some(number) => self.ruler(Some(number), env, &during).measure(from, to),
            None => during.measure_within(stretch),
        };
        let Some(pausing) = clock.pausing else { return Ok(inside) };
        let pauses = self.times(pausing, env)?.clip(stretch);
        let paused: Length =
            pauses.pieces().iter().map(|pause| during.measure_within(*pause)).sum();
        Ok(inside - paused)
    }

    /// The longest time without any of a row's events.
    pub fn longest_gap(
        &self,
        (from, to): (&Expr, &Expr),
        events: &Rows,
        clock: Clock<'_>,
        at: &Place,
        env: &Env<'_>,
    ) -> Outcome<Option<Value>> {
        let Some(from) = self.time(from, env, at)? else { return Ok(None) };
        let end = self.time(to, env, at)?;
        let last = end.unwrap_or_else(|| self.last_of_row(env));
        let mut stops = Vec::new();
        self.each_row(events, env, None, &mut |row| {
            stops.extend(Some(row.anchor).filter(|at| (from..=last).contains(at)));
            Ok(())
        })?;
        stops.sort_unstable();
        stops.push(last);
        if end.is_none() && self.mode == Mode::Never && self.row_is_open(env) {
            return Ok(Some(Value::Forever));
        }
        let (mut longest, mut since) = (0, from);
        for stop in stops {
            longest = longest.max(self.on_clock(since, stop, clock, env)?);
            since = stop;
        }
        Ok(Some(Value::length(longest)))
    }

    /// The end of the n-th open day after the date of an instant.
    pub fn end_of_working_day(
        &self,
        after: &Expr,
        days: u32,
        calendar: usize,
        at: &Place,
        env: &Env<'_>,
    ) -> Outcome<Option<Value>> {
        let Some(after) = self.time(after, env, at)? else { return Ok(None) };
        let program = self.shared.program;
        let calendar = program
            .calendars
            .get(calendar)
            .ok_or_else(|| Fault::at(at, "the plan lacks a calendar"))?;
        let zone = program.zone_at(calendar.zone)?;
        // The day itself counts as none, if it is open.
        let (date, days) = if days == 0 {
            (zone.date(after).add_days(-1), 1)
        } else {
            (zone.date(after), i64::from(days))
        };
        let date = calendar.open_day(date, days).map_err(|fault| fault.within(at))?;
        let end = zone.midnight(date.add_days(1));
        zone.check(Interval { start: after.min(end), end: after.max(end) })
            .map_err(|fault| fault.within(at))?;
        Ok(Some(Value::Time(end)))
    }

    /// What is asked of a row.
    pub fn asked(
        &self,
        expression: &Expr,
        env: &Env<'_>,
        row: &super::Row,
    ) -> Outcome<Option<Value>> {
        let hand = RowScope { row, outer: env.row };
        self.eval(expression, &env.with(&hand))
    }
}

/// The number of a set of time that is remembered as a whole. Calendars have numbers of their own,
/// counted from the other end.
fn number_of(times: &Times) -> Option<u32> {
    match times {
        Times::Always => None,
        Times::Open(calendar) => u32::try_from(*calendar).ok().map(|calendar| u32::MAX - calendar),
        Times::Covered { id, .. }
        | Times::Overlap { id, .. }
        | Times::Holds { id, .. }
        | Times::TrueSlots { id, .. }
        | Times::Runs { id, .. }
        | Times::Union { id, .. }
        | Times::Intersection { id, .. }
        | Times::Complement { id, .. } => id.closed.then_some(id.number),
    }
}
