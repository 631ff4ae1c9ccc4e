//! Time against an independent oracle (Python's zoneinfo, see `tests/oracles/zones.py`),
//! hand arithmetic and laws of sets.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod calendars;
mod dates;
mod sets;
mod slots;
mod stamps;
mod windows;
mod zones;

use sla::Date;
use sla::internals::time::{Instant, Interval, SECOND, Zone};

/// A date from its ISO form.
fn date(text: &str) -> Date {
    let mut parts = text.split('-');
    let mut next = || parts.next().unwrap();
    Date::new(next().parse().unwrap(), next().parse().unwrap(), next().parse().unwrap()).unwrap()
}

/// A zone by its name.
fn zone(name: &str) -> Zone {
    Zone::find(name).unwrap()
}

/// An instant from `2026-03-29T01:00` in UTC.
fn utc(text: &str) -> Instant {
    let (day, clock) = text.split_once('T').unwrap();
    let mut parts = clock.split(':').map(|part| part.parse::<i64>().unwrap());
    let seconds =
        parts.next().unwrap() * 3600 + parts.next().unwrap() * 60 + parts.next().unwrap_or(0);
    Zone::UTC.instant(date(day), seconds * SECOND)
}

/// An interval from two such instants.
fn between(start: &str, end: &str) -> Interval {
    Interval::new(utc(start), utc(end)).unwrap()
}

/// Whole seconds as the oracle writes them.
fn seconds(text: &str) -> Instant {
    text.parse::<i64>().unwrap() * SECOND
}
