//! What a caller asks of an evaluation.

use std::collections::BTreeMap;
use std::str::FromStr;

use crate::data::fault::Fault;
use crate::time::{DAY, Date, EARLIEST, Instant, LATEST, Zone, parse_instant};

/// A point in time: an instant, or a date, which is the first instant of that day in the time zone
/// of the agreements.
///
/// ```
/// use sla::{Date, Point};
///
/// let date: Point = "2026-04-01".parse()?;
/// assert_eq!(Some(date), Date::new(2026, 4, 1).map(Point::Date));
/// // Nanoseconds since 1970: 20,544 days of 86,400 seconds, and two hours.
/// let instant: Point = "2026-04-01T02:00:00Z".parse()?;
/// assert_eq!(instant, Point::Instant((20_544 * 86_400 + 2 * 3600) * 1_000_000_000));
/// # Ok::<(), sla::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Point {
    /// Nanoseconds since 1970-01-01T00:00:00Z, between the years 1900 and 2100.
    Instant(Instant),
    /// A date. It can be used if all agreements that are evaluated have the same time zone.
    Date(Date),
}

impl FromStr for Point {
    type Err = crate::Error;

    /// Reads `2026-12-31`, or an instant with its offset from UTC: `2026-12-31T17:00:00Z`.
    fn from_str(text: &str) -> Result<Point, crate::Error> {
        let outside = || Fault::new("it is outside the years 1900 to 2099");
        let known = EARLIEST / DAY..LATEST / DAY;
        if let Some(date) = Date::parse(text) {
            let is_known = known.contains(&date.days());
            return if is_known { Ok(Point::Date(date)) } else { Err(outside()) };
        }
        let read = parse_instant(text).filter(|read| read.offset.is_some()).ok_or_else(|| {
            Fault::new("a time is written `2026-12-31` or `2026-12-31T17:00:00Z`")
        })?;
        let instant = known.contains(&read.date.days()).then(|| Zone::UTC.instant_of(read));
        instant
            .filter(|instant| (EARLIEST..=LATEST).contains(instant))
            .map(Point::Instant)
            .ok_or_else(outside)
    }
}

/// What is evaluated, for which time, and what holds besides the rows.
///
/// By default all agreements are evaluated, in all their windows, up to the latest instant in the
/// rows.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Options {
    /// Ids of the agreements to evaluate; empty: all.
    pub agreements: Vec<String>,
    /// Only agreements with these customers; agreements for any customer are evaluated for these.
    /// Empty: all, and the customers in the data.
    pub customers: Vec<String>,
    /// Values of facts.
    pub facts: Vec<FactValue>,
    /// The time of evaluation: windows that have not ended then are pending. `None`: the latest
    /// time until which the rows of some source are complete.
    pub as_of: Option<Point>,
    /// The time until which the rows of all sources are complete. `None`: for each source the
    /// latest instant in its rows.
    pub complete_to: Option<Point>,
    /// The same for single sources, by their names; it goes before `complete_to`.
    pub complete_to_of: BTreeMap<String, Point>,
    /// Windows that end before this are left out of the report. They still count where money needs
    /// them.
    pub from: Option<Point>,
    /// Windows that begin at this or later are left out of the report.
    pub to: Option<Point>,
    /// The most rows of one source that are held in memory; more are an error. `None`: the limit
    /// that the language reference states.
    pub most_held: Option<usize>,
}

/// The value of a fact, from some time on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FactValue {
    /// The name of the fact.
    pub name: String,
    /// From when on it has this value; `None`: from the beginning.
    pub from: Option<Point>,
    /// The value, written as in a cell of CSV: `12`, `250 ms`, `true`, `2026-03-01`.
    pub value: String,
}
