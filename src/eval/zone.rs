//! Local time and calendars, from the tables of the plan alone.

use crate::data::fault::{Fault, Outcome};
use crate::lang::units::PeriodUnit;
use crate::plan::{self, DaySet};
use crate::time::{
    self, Date, Hours, Instant, Interval, LATEST, Offsets, Rule, TimeSet, parse_instant,
};

/// Seconds of a day by the clock.
const DAY_SECONDS: u32 = 86_400;
/// How far ahead an open day is looked for.
const MOST_WORKING_DAYS: u32 = 100_000;

/// A zone: what the clocks show, over the stretch of time that the plan knows of.
#[derive(Clone, Debug)]
pub struct Zone {
    /// Its name.
    pub name: String,
    known: Interval,
    offsets: Offsets,
}

/// Reads an instant of the plan.
pub fn instant(written: &plan::Instant) -> Outcome<Instant> {
    let read = parse_instant(&written.0).filter(|read| read.offset == Some(0));
    let read = read.ok_or_else(|| {
        Fault::new(format!("the plan contains `{}`, which is not an instant", written.0))
    })?;
    Ok(time::Zone::UTC.instant_of(read))
}

/// Reads a date of the plan.
pub fn date(written: &plan::LocalDate) -> Outcome<Date> {
    let read = parse_instant(&format!("{}T00:00Z", written.0));
    read.map(|read| read.date).ok_or_else(|| {
        Fault::new(format!("the plan contains `{}`, which is not a date", written.0))
    })
}

impl Zone {
    /// A zone of the plan.
    pub fn new(table: &plan::Zone) -> Outcome<Zone> {
        let changes =
            table.transitions.iter().map(|change| Ok((instant(&change.instant)?, change.after)));
        let changes: Vec<(Instant, i32)> = changes.collect::<Outcome<_>>()?;
        let ordered = changes.is_sorted_by(|a, b| a.0 < b.0);
        let offsets = Offsets::new(table.offset, changes);
        if offsets.all().any(|offset| offset.unsigned_abs() > 26 * 3600) || !ordered {
            return Err(Fault::new(format!("the offsets of zone `{}` are not valid", table.name)));
        }
        let known = Interval { start: instant(&table.from)?, end: instant(&table.to)? };
        Ok(Zone { name: table.name.clone(), known, offsets })
    }

    /// Its offsets from UTC.
    pub fn offsets(&self) -> &Offsets {
        &self.offsets
    }

    /// The time that the plan knows its clocks for.
    pub fn known(&self) -> Interval {
        self.known
    }

    /// Refuses time that the plan says nothing about.
    pub fn check(&self, within: Interval) -> Outcome<()> {
        if self.known.start <= within.start && within.end <= self.known.end {
            return Ok(());
        }
        let say = |at| time::format_instant(at, time::Zone::UTC);
        let far = if within.start < self.known.start { within.start } else { within.end };
        let (name, from, to) = (&self.name, say(self.known.start), say(self.known.end));
        Err(Fault::new(format!(
            "the plan contains the clock changes of `{name}` from {from} to {to} only, but {} is needed",
            say(far)
        )))
    }

    /// The date, and nanoseconds since midnight on the clock, at an instant.
    pub fn local(&self, instant: Instant) -> (Date, i64) {
        self.offsets.local(instant)
    }

    /// The date at an instant.
    pub fn date(&self, instant: Instant) -> Date {
        self.offsets.date(instant)
    }

    /// See [`Offsets::instant`].
    pub fn instant(&self, date: Date, nanos: i64) -> Instant {
        self.offsets.instant(date, nanos)
    }

    /// The first instant of a date.
    pub fn midnight(&self, date: Date) -> Instant {
        self.offsets.midnight(date)
    }

    /// The local day of a date.
    pub fn day(&self, date: Date) -> Interval {
        self.offsets.days(date, date)
    }

    /// The instant so many times a period after a local date and time of day; working days are
    /// those of a calendar.
    pub fn after(
        &self,
        from: Instant,
        period: plan::Period,
        times: i64,
        calendar: Option<&Calendar>,
    ) -> Outcome<Instant> {
        let (date, nanos) = self.local(from);
        let moved = match time_period(period).clock_length() {
            Some(length) => Some(from.saturating_add(length.saturating_mul(times))),
            None if period.unit == plan::PeriodUnit::WorkingDay => {
                let calendar = calendar
                    .ok_or_else(|| Fault::new("the plan counts working days without a calendar"))?;
                let count = i64::from(period.count).saturating_mul(times);
                Some(self.instant(calendar.open_day(date, count)?, nanos))
            }
            None => time_period(period).after(date, times).map(|date| self.instant(date, nanos)),
        };
        let moved = moved.filter(|at| (time::EARLIEST..=LATEST).contains(at));
        moved.ok_or_else(|| Fault::new("a period goes beyond the years 1900 to 2099"))
    }
}

/// A period of a plan as one of [`time`].
pub fn time_period(period: plan::Period) -> time::Period {
    let unit = match period.unit {
        plan::PeriodUnit::Minute => PeriodUnit::Minute,
        plan::PeriodUnit::Hour => PeriodUnit::Hour,
        plan::PeriodUnit::Day => PeriodUnit::Day,
        plan::PeriodUnit::WorkingDay => PeriodUnit::WorkingDay,
        plan::PeriodUnit::Week => PeriodUnit::Week,
        plan::PeriodUnit::Month => PeriodUnit::Month,
        plan::PeriodUnit::Quarter => PeriodUnit::Quarter,
        plan::PeriodUnit::Year => PeriodUnit::Year,
    };
    time::Period::new(period.count, unit)
}

/// A calendar of the plan.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// Index of its zone.
    pub zone: usize,
    rules: time::Calendar,
}

impl Calendar {
    /// A calendar of the plan, in the zone of this index.
    pub fn new(written: &plan::Calendar, zone: usize) -> Outcome<Calendar> {
        let rules = written.rules.iter().map(|rule| {
            let hours = rule.open.iter().map(|range| hours(*range)).collect::<Option<Vec<_>>>();
            let hours = hours.ok_or_else(|| {
                Fault::at(&rule.at, format!("the hours of calendar `{}` are not valid", written.id))
            })?;
            let days = days(&rule.days).map_err(|fault| fault.within(&rule.at))?;
            Ok(if hours.is_empty() { Rule::closed(days) } else { Rule::open(days, hours) })
        });
        Ok(Calendar { zone, rules: time::Calendar { rules: rules.collect::<Outcome<_>>()? } })
    }

    /// Its open time inside an interval.
    pub fn expand(&self, zone: &Zone, within: Interval) -> Outcome<TimeSet> {
        zone.check(within)?;
        Ok(self.rules.expand(zone.offsets(), within))
    }

    /// The n-th open day after a date; before it, if n is negative.
    pub fn open_day(&self, date: Date, count: i64) -> Outcome<Date> {
        let never =
            || Fault::new("a calendar is not open often enough to count so many working days");
        let steps = u32::try_from(count.unsigned_abs())
            .ok()
            .filter(|steps| *steps <= MOST_WORKING_DAYS)
            .ok_or_else(never)?;
        if count >= 0 {
            return self.rules.working_days_after(date, steps).ok_or_else(never);
        }
        let (mut date, mut left, mut closed) = (date, steps, 0);
        while left > 0 {
            date = date.add_days(-1);
            closed += 1;
            if self.rules.is_open_on(date) {
                (left, closed) = (left - 1, 0);
            }
            if closed > 4 * 366 {
                return Err(never());
            }
        }
        Ok(date)
    }
}

/// Hours of the plan, whose end beyond a day lies on the next date.
fn hours(range: plan::ClockRange) -> Option<Hours> {
    let sensible =
        range.from < range.to && range.from < DAY_SECONDS && range.to - range.from <= DAY_SECONDS;
    let to = if range.to > DAY_SECONDS { range.to - DAY_SECONDS } else { range.to };
    sensible.then_some(Hours { from: range.from, to })
}

fn days(written: &DaySet) -> Outcome<time::Days> {
    let weekday = |day: &plan::Weekday| *day as u8;
    let month_day = |day: &plan::MonthDay| (day.month.0, day.day);
    Ok(match written {
        DaySet::Weekdays { weekdays } => {
            time::Days::Weekdays(weekdays.iter().fold(0, |mask, day| mask | 1 << weekday(day)))
        }
        DaySet::Nth { ordinal, weekday: day, month } => time::Days::Nth {
            ordinal: *ordinal,
            weekday: weekday(day),
            month: month.map(|month| month.0),
        },
        DaySet::Yearly { from, to } => {
            let sensible = |day: &plan::MonthDay| {
                (1..=12).contains(&day.month.0) && (1..=31).contains(&day.day)
            };
            if !sensible(from) || !sensible(to) {
                return Err(Fault::new("a calendar of the plan names a day that no year has"));
            }
            time::Days::Yearly { from: month_day(from), to: month_day(to) }
        }
        DaySet::MonthDay { day } => time::Days::MonthDay(*day),
        DaySet::Dates { from, to } => time::Days::Dates(date(from)?, date(to)?),
    })
}
