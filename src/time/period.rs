//! Periods: lengths that the calendar decides.

use std::sync::LazyLock;

use crate::lang::units::PeriodUnit;

use super::{DAY, Date, HOUR, Length, MINUTE};

/// A number of calendar units: `3 months`, `30 days`, `1 h`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Period {
    /// Number of units.
    pub count: u32,
    /// The unit.
    pub unit: PeriodUnit,
}

/// How a unit moves a date.
enum Step {
    /// By clock time.
    Clock(i64),
    /// By whole days.
    Days(i64),
    /// By whole months, keeping the day of the month.
    Months(i64),
    /// As a calendar of open days says.
    WorkingDays,
}

impl Period {
    /// So many of these units.
    pub fn new(count: u32, unit: PeriodUnit) -> Period {
        Period { count, unit }
    }

    fn step(self) -> Step {
        let count = i64::from(self.count);
        match self.unit {
            PeriodUnit::Minute => Step::Clock(count.saturating_mul(MINUTE)),
            PeriodUnit::Hour => Step::Clock(count.saturating_mul(HOUR)),
            PeriodUnit::Day => Step::Days(count),
            PeriodUnit::Week => Step::Days(count * 7),
            PeriodUnit::Month => Step::Months(count),
            PeriodUnit::Quarter => Step::Months(count * 3),
            PeriodUnit::Year => Step::Months(count * 12),
            PeriodUnit::WorkingDay => Step::WorkingDays,
        }
    }

    /// How many months it is, if it is counted in months, quarters or years.
    pub fn months(self) -> Option<i64> {
        match self.step() {
            Step::Months(months) => Some(months),
            Step::Clock(_) | Step::Days(_) | Step::WorkingDays => None,
        }
    }

    /// How many days it is, if it is counted in days or weeks.
    pub fn days(self) -> Option<i64> {
        match self.step() {
            Step::Days(days) => Some(days),
            Step::Clock(_) | Step::Months(_) | Step::WorkingDays => None,
        }
    }

    /// The fewest and the most calendar days it can be; `None` for working days. Clock units count
    /// as the days they fill.
    pub fn day_bounds(self) -> Option<(i64, i64)> {
        match self.step() {
            Step::Days(days) => Some((days, days)),
            Step::Clock(length) => Some((length / DAY, (length + DAY - 1) / DAY)),
            Step::Months(months) => Some(month_bounds(months)),
            Step::WorkingDays => None,
        }
    }

    /// True if it can last longer than another, a day taken as 24 h; never of working days.
    pub fn may_outlast(self, other: Period) -> bool {
        if let (Some(one), Some(two)) = (self.months(), other.months()) {
            return one > two;
        }
        matches!((self.bounds(), other.bounds()), (Some((_, most)), Some((least, _))) if most > least)
    }

    /// The shortest and the longest time it can last, a day taken as 24 h; `None` for working days.
    fn bounds(self) -> Option<(i64, i64)> {
        let days = |days: i64| days.saturating_mul(DAY);
        match self.step() {
            Step::Clock(length) => Some((length, length)),
            Step::Days(count) => Some((days(count), days(count))),
            Step::Months(months) => {
                let (least, most) = month_bounds(months);
                Some((days(least), days(most)))
            }
            Step::WorkingDays => None,
        }
    }

    /// The date this period after another; `None` for clock units and working days. Earlier with a
    /// negative `times`.
    pub fn after(self, date: Date, times: i64) -> Option<Date> {
        match self.step() {
            Step::Days(days) => Some(date.add_days(days.saturating_mul(times))),
            Step::Months(months) => Some(date.add_months(months.saturating_mul(times))),
            Step::Clock(_) | Step::WorkingDays => None,
        }
    }

    /// How long it is, if the clock alone decides: hours and minutes.
    pub fn clock_length(self) -> Option<Length> {
        match self.step() {
            Step::Clock(length) => Some(length),
            Step::Days(_) | Step::Months(_) | Step::WorkingDays => None,
        }
    }
}

/// The fewest and the most days that so many consecutive months can have. Within the range of
/// instants leap years come every four years but for 1900, so the months of the years 1900 to 1907
/// begin every sequence there is.
fn month_bounds(months: i64) -> (i64, i64) {
    // Months, quarters and years are needed again and again.
    static UP_TO_A_YEAR: LazyLock<Vec<(i64, i64)>> =
        LazyLock::new(|| (0..=12).map(count_months).collect());
    let known = usize::try_from(months).ok().and_then(|months| UP_TO_A_YEAR.get(months).copied());
    known.unwrap_or_else(|| count_months(months))
}

fn count_months(months: i64) -> (i64, i64) {
    let first = Date { year: 1900, month: 1, day: 1 };
    let lengths = (0..8 * 12).map(|start| {
        let from = first.add_months(start);
        from.days_until(from.add_months(months))
    });
    lengths.fold((i64::MAX, 0), |(least, most), days| (least.min(days), most.max(days)))
}
