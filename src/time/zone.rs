//! Time zones: names, offsets, and what a local time of day is as an instant.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::{PoisonError, RwLock};

use chrono::{NaiveDateTime, Offset, TimeZone};
use chrono_tz::Tz;

use super::{DAY, Date, DateTime, EARLIEST, Instant, Interval, LATEST, SECOND};

/// A zone of the IANA time-zone database.
#[derive(Clone, Copy, Debug)]
pub struct Zone {
    id: Tz,
    offsets: &'static Offsets,
}

impl PartialEq for Zone {
    fn eq(&self, other: &Zone) -> bool {
        self.id == other.id
    }
}

impl Eq for Zone {}

impl std::hash::Hash for Zone {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

/// Offsets from UTC over time. All arithmetic on local time is done with these, whether they come
/// from the database or from a plan, so that the checks and the evaluator cannot disagree.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Offsets {
    /// Seconds east of UTC before the first change.
    first: i32,
    /// First instants of offsets, and the offsets in seconds east of UTC, in order of time.
    changes: Vec<(Instant, i32)>,
}

static UTC_OFFSETS: Offsets = Offsets { first: 0, changes: Vec::new() };

/// Offsets of the zones that were used so far.
static KNOWN_ZONES: RwLock<BTreeMap<&'static str, &'static Offsets>> = RwLock::new(BTreeMap::new());

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
    pub const UTC: Zone = Zone { id: Tz::UTC, offsets: &UTC_OFFSETS };

    /// The zone of this name, `Europe/Berlin`; names are case-sensitive.
    pub fn find(name: &str) -> Option<Zone> {
        let id = Tz::from_str(name).ok()?;
        let known =
            KNOWN_ZONES.read().unwrap_or_else(PoisonError::into_inner).get(id.name()).copied();
        let offsets = known.unwrap_or_else(|| {
            let mut zones = KNOWN_ZONES.write().unwrap_or_else(PoisonError::into_inner);
            zones.entry(id.name()).or_insert_with(|| Box::leak(Box::new(Offsets::of_database(id))))
        });
        Some(Zone { id, offsets })
    }

    /// The names of all zones, sorted.
    pub fn names() -> impl Iterator<Item = &'static str> {
        chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name())
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        self.id.name()
    }

    /// Its offsets from UTC.
    pub fn offsets(self) -> &'static Offsets {
        self.offsets
    }

    /// Seconds east of UTC at an instant.
    pub fn offset_at(self, instant: Instant) -> i32 {
        self.offsets.at(instant)
    }

    /// The date on the calendar, and nanoseconds since midnight on the clock, at an instant.
    pub fn local(self, instant: Instant) -> (Date, i64) {
        self.offsets.local(instant)
    }

    /// The date on the calendar at an instant.
    pub fn date(self, instant: Instant) -> Date {
        self.offsets.date(instant)
    }

    /// See [`Offsets::resolve`].
    pub fn resolve(self, date: Date, nanos: i64) -> Resolved {
        self.offsets.resolve(date, nanos)
    }

    /// See [`Offsets::instant`].
    pub fn instant(self, date: Date, nanos: i64) -> Instant {
        self.offsets.instant(date, nanos)
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
        self.offsets.midnight(date)
    }

    /// The changes of its offset in `[from, to)`.
    pub fn transitions(self, within: Interval) -> Vec<Transition> {
        self.offsets.transitions(within)
    }
}

impl Offsets {
    /// An offset in seconds east of UTC, and its changes: first instants of new offsets, in order
    /// of time.
    pub fn new(first: i32, changes: Vec<(Instant, i32)>) -> Offsets {
        Offsets { first, changes }
    }

    /// Those of a zone of the database, between [`EARLIEST`] and [`LATEST`].
    fn of_database(zone: Tz) -> Offsets {
        let offset_at = |instant: Instant| {
            let clock = naive(instant.div_euclid(SECOND));
            zone.offset_from_utc_datetime(&clock).fix().local_minus_utc()
        };
        let first = offset_at(EARLIEST);
        let mut changes = Vec::new();
        let (mut start, mut before) = (EARLIEST, first);
        // No zone changes its offset and changes it back within a step, which a test shows for
        // every zone, so a look at the end of each step finds all changes.
        while start < LATEST {
            let next = start.saturating_add(DATABASE_STEP).min(LATEST);
            let after = offset_at(next);
            if after != before {
                let at = first_true(start, next, |instant| offset_at(instant) != before);
                // The step may hold a second change.
                let offset = offset_at(at);
                changes.push((at, offset));
                (start, before) = (at, offset);
            } else {
                start = next;
            }
        }
        Offsets { first, changes }
    }

    /// Seconds east of UTC at an instant.
    pub fn at(&self, instant: Instant) -> i32 {
        let passed = self.changes.partition_point(|change| change.0 <= instant);
        let last = passed.checked_sub(1).and_then(|last| self.changes.get(last));
        last.map_or(self.first, |change| change.1)
    }

    /// All offsets, the first included.
    pub fn all(&self) -> impl Iterator<Item = i32> + '_ {
        std::iter::once(self.first).chain(self.changes.iter().map(|change| change.1))
    }

    /// The date on the calendar, and nanoseconds since midnight on the clock, at an instant.
    pub fn local(&self, instant: Instant) -> (Date, i64) {
        let instant = instant.clamp(EARLIEST, LATEST);
        let local = instant + i64::from(self.at(instant)) * SECOND;
        (Date::from_days(local.div_euclid(DAY)), local.rem_euclid(DAY))
    }

    /// The date on the calendar at an instant.
    pub fn date(&self, instant: Instant) -> Date {
        self.local(instant).0
    }

    /// What the time of day `nanos` after midnight (24 hours and more run into later days) on a
    /// date is as an instant.
    pub fn resolve(&self, date: Date, nanos: i64) -> Resolved {
        let Some(local) = local_nanos(date, nanos) else {
            return Resolved::Unique(if date < Date::from_days(0) { EARLIEST } else { LATEST });
        };
        let at = |offset: i32| local - i64::from(offset) * SECOND;
        let clamped = |instant: Instant| instant.clamp(EARLIEST, LATEST);
        // Offset by offset: the first one under which the clock reaches this time before it changes
        // again. Offsets that end two days before cannot.
        let first = self.changes.partition_point(|change| change.0 < local - 2 * DAY);
        let before = first.checked_sub(1).and_then(|last| self.changes.get(last)).copied();
        let (mut since, mut offset) = before.unwrap_or((Instant::MIN, self.first));
        let mut later = self.changes.iter().skip(first).copied();
        loop {
            let next = later.next();
            let meant = at(offset);
            let (until, next_offset) = next.unwrap_or((Instant::MAX, offset));
            if meant < since {
                return Resolved::Skipped(clamped(since));
            }
            if meant < until {
                let again = next.map(|_| at(next_offset)).filter(|again| *again >= until);
                return match again {
                    Some(again) => Resolved::Repeated(clamped(meant), clamped(again)),
                    None => Resolved::Unique(clamped(meant)),
                };
            }
            (since, offset) = (until, next_offset);
        }
    }

    /// The instant meant by a local time: of two the first, of none the jump over it.
    pub fn instant(&self, date: Date, nanos: i64) -> Instant {
        self.resolve(date, nanos).instant()
    }

    /// The first instant of a date.
    pub fn midnight(&self, date: Date) -> Instant {
        self.instant(date, 0)
    }

    /// The time from the first midnight to the midnight after `last`.
    pub fn days(&self, first: Date, last: Date) -> Interval {
        Interval { start: self.midnight(first), end: self.midnight(last.add_days(1)) }
    }

    /// The changes in `[from, to)`.
    pub fn transitions(&self, within: Interval) -> Vec<Transition> {
        let before = self.all();
        let changes = before.zip(&self.changes).map(|(before, (at, after))| Transition {
            at: *at,
            before,
            after: *after,
        });
        changes.filter(|change| within.contains(change.at)).collect()
    }
}

/// How far apart the looks at a zone of the database are.
const DATABASE_STEP: i64 = 4 * DAY;

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::parallel;

    /// The looks at a zone are [`DATABASE_STEP`] apart, and nothing changes and changes back
    /// between two of them: a look at each day finds the same.
    #[test]
    fn no_change_of_any_zone_is_missed() {
        let missed = |id: &Tz| {
            let offsets = Offsets::of_database(*id);
            let days = (EARLIEST / DAY..LATEST / DAY).map(|day| day * DAY);
            let differs = |instant: &Instant| {
                let clock = naive(instant.div_euclid(SECOND));
                offsets.at(*instant) != id.offset_from_utc_datetime(&clock).fix().local_minus_utc()
            };
            days.filter(differs).count()
        };
        let found = parallel::each(&chrono_tz::TZ_VARIANTS, missed);
        assert_eq!(found.iter().sum::<usize>(), 0);
    }
}
