//! Moments as people say them.

use crate::time::{HOUR, Instant, MINUTE, Zone};

const WEEKDAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// `Saturday 2026-01-03 00:00`, by the clocks of a zone.
pub(super) fn moment(instant: Instant, zone: Zone) -> String {
    let (date, nanos) = zone.local(instant);
    let weekday = WEEKDAYS.get(usize::from(date.weekday())).copied().unwrap_or_default();
    format!("{weekday} {date} {:02}:{:02}", nanos / HOUR, nanos / MINUTE % 60)
}
