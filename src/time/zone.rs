//! Time zones: names, offsets, and what a local time of day is as an instant.

use std::str::FromStr;

use chrono::{LocalResult, NaiveDateTime, Offset, TimeZone};
use chrono_tz::Tz;

use super::{DAY, Date, DateTime, EARLIEST, HOUR, Instant, Interval, LATEST, SECOND};

/// A zone of the IANA time-zone database.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Zone(Tz);

/// What a local time is as an instant.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Resolved {
    /// It happens once.
    Unique(Instant),
    /// Daylight saving jumps over it, at this instant.
    Skipped(Instant),
    /// The clock is put back, so it happens twice.
    Repeated(Instant, Instant),
}

impl Resolved {
    /// The instant meant: of two the first, of none the jump.
    pub fn instant(self) -> Instant {
        match self {
            Resolved::Unique(instant)
            | Resolved::Skipped(instant)
            | Resolved::Repeated(instant, _) => instant,
        }
    }
}

/// A change of a zone's offset.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Transition {
    /// The first instant of the new offset.
    pub at: Instant,
    /// Seconds east of UTC before it.
    pub before: i32,
    /// Seconds east of UTC from then on.
    pub after: i32,
}

/// The version of the time-zone tables this program was built with, such as `2025b`.
pub fn zone_data_version() -> &'static str {
    chrono_tz::IANA_TZDB_VERSION
}

impl Zone {
    /// Coordinated universal time, the zone of agreements that name none.
    pub const UTC: Zone = Zone(Tz::UTC);

    /// The zone of this name, `Europe/Berlin`; names are case-sensitive.
    pub fn find(name: &str) -> Option<Zone> {
        Tz::from_str(name).ok().map(Zone)
    }

    /// The names of all zones, sorted.
    pub fn names() -> impl Iterator<Item = &'static str> {
        chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name())
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// Seconds east of UTC at an instant.
    pub fn offset_at(self, instant: Instant) -> i32 {
        let clock = naive(instant.clamp(EARLIEST, LATEST).div_euclid(SECOND));
        self.0.offset_from_utc_datetime(&clock).fix().local_minus_utc()
    }

    /// The date on the calendar, and nanoseconds since midnight on the clock, at an instant.
    pub fn local(self, instant: Instant) -> (Date, i64) {
        let local = instant.clamp(EARLIEST, LATEST) + i64::from(self.offset_at(instant)) * SECOND;
        (Date::from_days(local.div_euclid(DAY)), local.rem_euclid(DAY))
    }

    /// The date on the calendar at an instant.
    pub fn date(self, instant: Instant) -> Date {
        self.local(instant).0
    }

    /// What the time of day `nanos` after midnight (24 hours and more run into later days) on a
    /// date is as an instant.
    pub fn resolve(self, date: Date, nanos: i64) -> Resolved {
        let Some(local) = local_nanos(date, nanos) else {
            return Resolved::Unique(if date < Date::from_days(0) { EARLIEST } else { LATEST });
        };
        let at = |offset: i32| (local - i64::from(offset) * SECOND).clamp(EARLIEST, LATEST);
        match self.0.offset_from_local_datetime(&naive(local.div_euclid(SECOND))) {
            LocalResult::Single(offset) => Resolved::Unique(at(offset.fix().local_minus_utc())),
            LocalResult::Ambiguous(a, b) => {
                let (a, b) = (at(a.fix().local_minus_utc()), at(b.fix().local_minus_utc()));
                Resolved::Repeated(a.min(b), a.max(b))
            }
            LocalResult::None => Resolved::Skipped(self.jump_over(local)),
        }
    }

    /// The instant meant by a local time: of two the first, of none the jump over it.
    pub fn instant(self, date: Date, nanos: i64) -> Instant {
        self.resolve(date, nanos).instant()
    }

    /// The instant meant by a point in time as written, which its own offset decides if it has one.
    pub fn instant_of(self, written: DateTime) -> Instant {
        match written.offset {
            Some(offset) => {
                Zone::UTC.instant(written.date, written.nanos - i64::from(offset) * SECOND)
            }
            None => self.instant(written.date, written.nanos),
        }
    }

    /// The first instant of a date.
    pub fn midnight(self, date: Date) -> Instant {
        self.instant(date, 0)
    }

    /// The time from the first midnight to the midnight after `last`.
    pub fn days(self, first: Date, last: Date) -> Interval {
        Interval { start: self.midnight(first), end: self.midnight(last.add_days(1)) }
    }

    /// The changes of its offset in `[from, to)`.
    pub fn transitions(self, within: Interval) -> Vec<Transition> {
        let mut found = Vec::new();
        let end = within.end.min(LATEST);
        let mut start = (within.start.max(EARLIEST) - 1).max(EARLIEST);
        let mut before = self.offset_at(start);
        // No zone changes its offset twice in a day and back again, so a look at each day finds all
        // changes.
        while start < end - 1 {
            let next = start.saturating_add(DAY).min(end - 1);
            let after = self.offset_at(next);
            if after != before {
                let at = first_true(start, next, |instant| self.offset_at(instant) != before);
                found.push(Transition { at, before, after });
            }
            (start, before) = (next, after);
        }
        found
    }

    /// The jump over a local time (in nanoseconds as if it were UTC) that never shows on the clock.
    fn jump_over(self, local: i64) -> Instant {
        let after =
            |instant: Instant| instant + i64::from(self.offset_at(instant)) * SECOND > local;
        let (low, high) = ((local - 26 * HOUR).max(EARLIEST), (local + 26 * HOUR).min(LATEST));
        first_true(low, high, after)
    }
}

/// The first instant in `(low, high]` at which `test` holds, if it is false at `low`, true at
/// `high`, and turns once.
fn first_true(mut low: Instant, mut high: Instant, test: impl Fn(Instant) -> bool) -> Instant {
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if test(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    high
}

/// Local time counted like UTC; `None` far outside the range of instants.
fn local_nanos(date: Date, nanos: i64) -> Option<i64> {
    let local = date.days().checked_mul(DAY)?.checked_add(nanos)?;
    (EARLIEST - 2 * DAY..=LATEST + 2 * DAY).contains(&local).then_some(local)
}

fn naive(seconds: i64) -> NaiveDateTime {
    chrono::DateTime::from_timestamp(seconds, 0).unwrap_or_default().naive_utc()
}
