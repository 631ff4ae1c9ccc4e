//! Time: civil dates, zones, periods, windows, calendars and sets of time.
//!
//! In: zone names, dates, clock times and calendar rules as plain values. Out: instants, lengths
//! and sets of both, all in whole nanoseconds. This is the only module that sees `chrono`
//! and `chrono-tz`, and none of their types leaves it. It knows nothing of the language's text and
//! reports nothing: what can go wrong is an `Option` or an enum, and the caller words it.
//!
//! One rule turns local time into an instant everywhere: a time of day that occurs twice is the
//! first of the two, and one that daylight saving skips is the moment of the jump. So ranges that
//! touch on the clock touch in time, and a range is never backward.

mod calendar;
mod date;
pub mod display;
mod period;
mod set;
mod slot;
mod stamp;
mod window;
mod zone;

pub use calendar::{Calendar, Days, Hours, OrdinaryDay, Rule};
pub use date::{Date, DateTime, days_in_month};
pub use period::Period;
pub use set::{Interval, Ruler, TimeSet};
pub use slot::Slots;
pub use stamp::{format_instant, parse_instant};
pub use window::{Sequence, Window, WindowKind, Windows};
pub use zone::{Offsets, Resolved, Transition, Zone, zone_data_version};

/// Nanoseconds since 1970-01-01T00:00Z, between [`EARLIEST`] and [`LATEST`].
pub type Instant = i64;

/// Nanoseconds between two instants. Any two instants of the range are less than `i64::MAX` apart,
/// so no difference overflows.
pub type Length = i64;

/// The first instant of the year 1900 in UTC.
pub const EARLIEST: Instant = -25_567 * DAY;

/// The first instant of the year 2100 in UTC. The tables of daylight saving end there, so nothing
/// is promised beyond.
pub const LATEST: Instant = 47_482 * DAY;

/// One second.
pub const SECOND: Length = 1_000_000_000;

/// One minute.
pub const MINUTE: Length = 60 * SECOND;

/// One hour.
pub const HOUR: Length = 60 * MINUTE;

/// Twenty-four hours.
pub const DAY: Length = 24 * HOUR;
