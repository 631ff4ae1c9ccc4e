//! Windows: how the plan cuts the line of time.

use super::fault::{Fault, Outcome};
use super::zone::{Zone, clock_length, instant, time_period};
use crate::plan::{Period, PeriodUnit, Window, WindowUnit};
use crate::time::{Date, EARLIEST, Instant, Interval, LATEST};

/// The most windows that one question is answered for.
const MOST: i64 = 2_000_000;

/// A sequence of windows, each with a number.
#[derive(Clone, Debug)]
pub struct Windows {
    cut: Cut,
}

#[derive(Clone, Debug)]
enum Cut {
    /// One step after another from a local date and time of day; numbers may be negative if `from` allows it.
    Steps { zone: usize, date: Date, nanos: i64, step: Period, least: i64, length: Option<Period> },
    /// One window.
    Term,
    /// One for each row of a source.
    Claims { length: Period, zone: usize, source: usize },
}

impl Windows {
    /// The windows of the plan; `zone` and `source` find what names stand for.
    pub fn new(
        window: &Window,
        zones: &[Zone],
        zone: impl Fn(&str) -> Outcome<usize>,
        source: impl Fn(&str) -> Outcome<usize>,
    ) -> Outcome<Windows> {
        let anchored = |anchor: &crate::plan::Moment, step: Period, length: Option<Period>| {
            let zone = zone(&anchor.zone)?;
            let (date, nanos) = local(zones, zone, instant(&anchor.instant)?);
            if step.count == 0 || length.is_some_and(|length| length.count == 0) {
                return Err(Fault::new("the plan has windows without length"));
            }
            let working = |period: Period| period.unit == PeriodUnit::WorkingDay;
            if working(step) || length.is_some_and(working) {
                return Err(Fault::new("working days make no windows"));
            }
            Ok(Cut::Steps { zone, date, nanos, step, least: 0, length })
        };
        let cut = match window {
            Window::Calendar { unit, first_month, zone: name, .. } => {
                let first = first_month.map_or(1, |month| month.0);
                let date = match unit {
                    // 1970-01-05 was a Monday.
                    WindowUnit::Week => Date::from_days(4),
                    WindowUnit::Day => Date::from_days(0),
                    WindowUnit::Month => Date { year: 1970, month: 1, day: 1 },
                    WindowUnit::Quarter | WindowUnit::Year => {
                        Date::new(1970, first, 1).ok_or_else(|| Fault::new("the plan has a year that begins in no month"))?
                    }
                };
                Cut::Steps { zone: zone(name)?, date, nanos: 0, step: unit_period(*unit), least: i64::MIN, length: None }
            }
            Window::Contract { unit, anchor, .. } => anchored(anchor, unit_period(*unit), None)?,
            Window::Fixed { length, anchor, .. } => anchored(anchor, *length, None)?,
            Window::Rolling { length, every, anchor, .. } => anchored(anchor, *every, Some(*length))?,
            Window::Claims { length, source: name, zone: of, .. } => {
                Cut::Claims { length: *length, zone: zone(of)?, source: source(name)? }
            }
            Window::Term { .. } => Cut::Term,
        };
        Ok(Windows { cut })
    }

    /// True for windows that overlap, of which only whole ones count.
    pub fn is_rolling(&self) -> bool {
        matches!(self.cut, Cut::Steps { length: Some(_), .. })
    }

    /// The source whose rows make the windows, if one does, with the length of each and its zone.
    pub fn claims(&self) -> Option<(usize, Period, usize)> {
        match &self.cut {
            Cut::Claims { length, zone, source } => Some((*source, *length, *zone)),
            Cut::Steps { .. } | Cut::Term => None,
        }
    }

    /// The zone its boundaries are counted in, if it has one.
    pub fn zone(&self) -> Option<usize> {
        match &self.cut {
            Cut::Steps { zone, .. } | Cut::Claims { zone, .. } => Some(*zone),
            Cut::Term => None,
        }
    }

    /// All windows that share time with an interval, whole, with their numbers. `term` is what the term's own window is.
    pub fn touching(&self, zones: &[Zone], term: Interval, within: Interval) -> Outcome<Vec<(i64, Interval)>> {
        match &self.cut {
            Cut::Claims { .. } => Ok(Vec::new()),
            Cut::Term => Ok(if term.intersection(within).is_some() { vec![(0, term)] } else { Vec::new() }),
            Cut::Steps { .. } => {
                let Some(within) = within.intersection(Interval { start: EARLIEST, end: LATEST }) else { return Ok(Vec::new()) };
                let mut number = self.first_after(zones, within.start);
                let mut all = Vec::new();
                while let Some(window) = self.window(zones, number).filter(|window| window.start < within.end) {
                    all.push((number, window));
                    number += 1;
                    if all.len() as i64 > MOST {
                        return Err(Fault::new(format!("there are more than {MOST} windows")));
                    }
                }
                // A day that a zone leaves out has no time in it.
                all.retain(|(_, window)| window.start < window.end && within.start < window.end);
                Ok(all)
            }
        }
    }

    /// The window of a number, if there is one.
    pub fn numbered(&self, zones: &[Zone], term: Interval, number: i64) -> Option<Interval> {
        match &self.cut {
            Cut::Claims { .. } => None,
            Cut::Term => (number == 0).then_some(term),
            Cut::Steps { .. } => self.window(zones, number),
        }
    }

    /// The number of the first window that ends after an instant.
    pub fn first_after(&self, zones: &[Zone], instant: Instant) -> i64 {
        let Cut::Steps { zone, date, step, least, .. } = &self.cut else { return 0 };
        let now = local(zones, *zone, instant).0;
        let period = time_period(*step);
        let guess = if let Some(months) = period.months() {
            ((i64::from(now.year) - i64::from(date.year)) * 12 + i64::from(now.month) - i64::from(date.month)) / months.max(1)
        } else if let Some(days) = period.days() {
            date.days_until(now) / days.max(1)
        } else {
            let start = self.boundary(zones, 0).unwrap_or(EARLIEST);
            instant.saturating_sub(start) / clock_length(*step).unwrap_or(1).max(1)
        };
        let ends_after = |number: i64| self.window(zones, number).is_none_or(|window| window.end > instant);
        // The first that ends later lies near the guess; of long windows that overlap, far before it.
        let (mut low, mut reach) = (guess.saturating_sub(2), 1_i64);
        while low > *least && ends_after(low) && reach < MOST {
            low = low.saturating_sub(reach);
            reach *= 2;
        }
        let mut high = guess.saturating_add(3);
        low = low.max(*least).max(-MOST * 100);
        if ends_after(low) {
            return low;
        }
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if ends_after(middle) {
                high = middle;
            } else {
                low = middle;
            }
        }
        high
    }

    fn window(&self, zones: &[Zone], number: i64) -> Option<Interval> {
        let Cut::Steps { least, .. } = &self.cut else { return None };
        if number < *least {
            return None;
        }
        Some(Interval { start: self.boundary(zones, number)?, end: self.end(zones, number)? })
    }

    /// Where a window ends. Days and months are counted from the local date on which it begins, also where the clock jumps over its
    /// time of day; months of step and length are added to the first date at once.
    fn end(&self, zones: &[Zone], number: i64) -> Option<Instant> {
        let Cut::Steps { zone, date, nanos, step, length, .. } = &self.cut else { return None };
        let Some(length) = length else { return self.boundary(zones, number.checked_add(1)?) };
        if let Some(length) = clock_length(*length) {
            return self.boundary(zones, number)?.checked_add(length);
        }
        let zone = zones.get(*zone)?;
        if clock_length(*step).is_some() {
            return zone.after(self.boundary(zones, number)?, *length, 1, None).ok();
        }
        let (step, length) = (time_period(*step), time_period(*length));
        let last = match (step.months(), length.months()) {
            (Some(step), Some(months)) => date.add_months(step.saturating_mul(number).saturating_add(months)),
            _ => length.after(step.after(*date, number)?, 1)?,
        };
        Some(zone.instant(last, *nanos))
    }

    fn boundary(&self, zones: &[Zone], number: i64) -> Option<Instant> {
        let Cut::Steps { zone, date, nanos, step, .. } = &self.cut else { return None };
        let zone = zones.get(*zone)?;
        match clock_length(*step) {
            Some(length) => zone.instant(*date, *nanos).checked_add(length.checked_mul(number)?),
            None => Some(zone.instant(time_period(*step).after(*date, number)?, *nanos)),
        }
    }

    /// The last step of a window that overlaps those before it, the time it stands for as a slot: from where the window before it ends.
    pub fn last_step(&self, zones: &[Zone], number: i64, window: Interval) -> Interval {
        if !self.is_rolling() {
            return window;
        }
        let before = number.checked_sub(1).and_then(|number| self.end(zones, number));
        Interval { start: before.unwrap_or(window.start).max(window.start), end: window.end }
    }
}

fn local(zones: &[Zone], zone: usize, instant: Instant) -> (Date, i64) {
    zones.get(zone).map_or((Date::from_days(0), 0), |zone| zone.local(instant))
}

/// A unit of windows as a period.
pub fn unit_period(unit: WindowUnit) -> Period {
    let unit = match unit {
        WindowUnit::Day => PeriodUnit::Day,
        WindowUnit::Week => PeriodUnit::Week,
        WindowUnit::Month => PeriodUnit::Month,
        WindowUnit::Quarter => PeriodUnit::Quarter,
        WindowUnit::Year => PeriodUnit::Year,
    };
    Period { count: 1, unit }
}
