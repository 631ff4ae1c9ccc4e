//! Civil dates of the Gregorian calendar.

use std::fmt;

use super::{DAY, EARLIEST, LATEST};

/// A calendar date of the years 1 to 9999. Its parts are in range: [`Date::new`] is the door.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Date {
    /// Year, 1 to 9999.
    pub year: i32,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day, 1 to 31.
    pub day: u8,
}

/// A point in time as written: without an offset it is local to the agreement's zone.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct DateTime {
    /// Its date.
    pub date: Date,
    /// Nanoseconds since local midnight, below 24 hours.
    pub nanos: i64,
    /// Offset from UTC in seconds, if one was written (`Z` is 0).
    pub offset: Option<i32>,
}

/// Days from 1970-01-01 to the first and the last date.
const FIRST_DAY: i64 = -719_162;
const LAST_DAY: i64 = 2_932_896;

impl Date {
    /// The first date there is.
    pub const FIRST: Date = Date { year: 1, month: 1, day: 1 };
    /// The last date there is.
    pub const LAST: Date = Date { year: 9999, month: 12, day: 31 };

    /// The date with these parts, if there is one.
    pub fn new(year: i32, month: u8, day: u8) -> Option<Date> {
        let known = (1..=9999).contains(&year) && (1..=12).contains(&month);
        (known && (1..=days_in_month(year, month)).contains(&day)).then_some(Date {
            year,
            month,
            day,
        })
    }

    /// Reads `2026-12-31`.
    pub fn parse(text: &str) -> Option<Date> {
        let mut parts = text.split('-');
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        let is_whole = parts.next().is_none()
            && [year.len(), month.len(), day.len()] == [4, 2, 2]
            && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        if !is_whole {
            return None;
        }
        Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
    }

    /// Days since 1970-01-01, which is 0.
    pub fn days(self) -> i64 {
        // Years begin in March here, so that the leap day is the last of its year; 400 years are
        // 146097 days.
        let year = i64::from(self.year) - i64::from(self.month <= 2);
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let month = (i64::from(self.month) + 9) % 12;
        let day_of_year = (153 * month + 2) / 5 + i64::from(self.day) - 1;
        era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year
            - 719_468
    }

    /// The date so many days after 1970-01-01; beyond either end of the range it is that end.
    pub fn from_days(days: i64) -> Date {
        let shifted = days.clamp(FIRST_DAY, LAST_DAY) + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = (month_from_march + 2) % 12 + 1;
        let year = era * 400 + year_of_era + i64::from(month <= 2);
        // All three are in range by construction; the conversions cannot fail.
        Date {
            year: i32::try_from(year).unwrap_or(1),
            month: u8::try_from(month).unwrap_or(1),
            day: u8::try_from(day).unwrap_or(1),
        }
    }

    /// The date so many days later (or earlier).
    pub fn add_days(self, days: i64) -> Date {
        Date::from_days(self.days().saturating_add(days))
    }

    /// The same day so many months later, or the last day of that month if it is shorter. Add to
    /// the original date each time: 31 January, 28 February, 31 March.
    pub fn add_months(self, months: i64) -> Date {
        let count = (i64::from(self.year) * 12 + i64::from(self.month) - 1).saturating_add(months);
        let year = count.div_euclid(12);
        if year < 1 {
            return Date::FIRST;
        }
        let (Ok(year), Ok(month)) = (i32::try_from(year), u8::try_from(count.rem_euclid(12) + 1))
        else {
            return Date::LAST;
        };
        if year > 9999 {
            return Date::LAST;
        }
        Date { year, month, day: self.day.min(days_in_month(year, month)) }
    }

    /// Days from this date to another; negative if that is earlier.
    pub fn days_until(self, other: Date) -> i64 {
        other.days() - self.days()
    }

    /// Day of the week: Monday is 0, Sunday is 6.
    pub fn weekday(self) -> u8 {
        // 1970-01-01 was a Thursday.
        u8::try_from((self.days() + 3).rem_euclid(7)).unwrap_or(0)
    }

    /// True if every instant on this day, in any zone, is within the years 1900 to 2099.
    pub fn is_supported(self) -> bool {
        (EARLIEST / DAY < self.days()) && (self.days() + 1 < LATEST / DAY)
    }

    /// The first day of the month.
    pub fn start_of_month(self) -> Date {
        Date { day: 1, ..self }
    }

    /// The Monday on or before it.
    pub fn start_of_week(self) -> Date {
        self.add_days(-i64::from(self.weekday()))
    }

    /// The first day of its quarter, where quarters are counted from `first_month` (1 to 12).
    pub fn start_of_quarter(self, first_month: u8) -> Date {
        self.start_of_months(first_month, 3)
    }

    /// The first day of its year, where years begin with `first_month` (1 to 12).
    pub fn start_of_year(self, first_month: u8) -> Date {
        self.start_of_months(first_month, 12)
    }

    /// The first day of its group of `size` months, where a group begins with `first_month`.
    fn start_of_months(self, first_month: u8, size: i64) -> Date {
        let since = (i64::from(self.month) - i64::from(first_month)).rem_euclid(size);
        self.start_of_month().add_months(-since)
    }

    /// Which quarter of the year that begins with `first_month`, 1 to 4.
    pub fn quarter(self, first_month: u8) -> u8 {
        u8::try_from((i64::from(self.month) - i64::from(first_month)).rem_euclid(12) / 3 + 1)
            .unwrap_or(1)
    }

    /// The day of a weekday (0 is Monday) in a month: `ordinal` 1 to 5 counts from its start, -1 to
    /// -5 from its end.
    pub fn nth_weekday(year: i32, month: u8, weekday: u8, ordinal: i8) -> Option<Date> {
        let first = Date::new(year, month, 1)?;
        let length = i64::from(days_in_month(year, month));
        let offset = (i64::from(weekday) - i64::from(first.weekday())).rem_euclid(7);
        let found = match ordinal {
            1..=5 => offset + 7 * (i64::from(ordinal) - 1),
            -5..=-1 => offset + 7 * ((length - 1 - offset) / 7 + 1 + i64::from(ordinal)),
            _ => return None,
        };
        (0..length).contains(&found).then(|| first.add_days(found))
    }

    /// The n-th day of a month: 1 to 31 from its start, -1 to -31 from its end.
    pub fn month_day(year: i32, month: u8, day: i8) -> Option<Date> {
        if day > 0 {
            return Date::new(year, month, u8::try_from(day).ok()?);
        }
        let length = i16::from(days_in_month(year, month));
        Date::new(year, month, u8::try_from(length + 1 + i16::from(day)).ok()?)
    }
}

/// True for a year with a 29 February.
pub fn is_leap_year(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// How many days a month (1 to 12) has.
pub fn days_in_month(year: i32, month: u8) -> u8 {
    match month {
        2 => 28 + u8::from(is_leap_year(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// `2026-03-01`
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}
