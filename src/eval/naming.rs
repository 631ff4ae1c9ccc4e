//! How windows are called.

use super::zone::Zone;
use crate::time::{self, Instant, Interval, LATEST, format_instant};

/// A window by the calendar of a zone: a year, quarter, month or day, else its first and last
/// instant on the clock. A whole term without an end is called after its start.
pub fn window_name(zone: &Zone, window: Interval) -> String {
    let (first, morning) = zone.local(window.start);
    if window.end >= LATEST {
        return if morning == 0 {
            format!("from {first}")
        } else {
            format!("from {}", clock_time(zone, window.start))
        };
    }
    let (after, evening) = zone.local(window.end);
    if morning != 0 || evening != 0 {
        return format!("{} to {}", clock_time(zone, window.start), clock_time(zone, window.end));
    }
    let is = |count: i64| first.add_months(count) == after;
    match first.day {
        1 if first.month == 1 && is(12) => format!("{:04}", first.year),
        1 if first.month % 3 == 1 && is(3) => format!("{:04}-Q{}", first.year, first.quarter(1)),
        1 if is(1) => format!("{:04}-{:02}", first.year, first.month),
        _ if first.add_days(1) == after => first.to_string(),
        _ => format!("{first} to {}", after.add_days(-1)),
    }
}

/// What the clocks of a zone show, without the seconds if there are none.
fn clock_time(zone: &Zone, instant: Instant) -> String {
    let (date, nanos) = zone.local(instant);
    let text = format_instant(nanos, time::Zone::UTC);
    let clock = text.get(11..).unwrap_or_default().trim_end_matches('Z');
    format!("{date} {}", clock.strip_suffix(":00").unwrap_or(clock))
}
