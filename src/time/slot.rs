//! Slots: a day cut into equal lengths of elapsed time, from its midnight on.

use super::{Instant, Interval, Length, Zone};

/// The slot an instant lies in. Slots restart at each local midnight; the last of a day may be
/// short.
pub fn slot_at(zone: Zone, length: Length, instant: Instant) -> Interval {
    let date = zone.date(instant);
    let (midnight, next) = (zone.midnight(date), zone.midnight(date.add_days(1)));
    let length = length.max(1);
    let start = midnight + instant.saturating_sub(midnight).max(0) / length * length;
    Interval { start, end: start.saturating_add(length).min(next) }
}

/// The slots that share time with `within`, whole and in order.
pub fn slots(zone: Zone, length: Length, within: Interval) -> impl Iterator<Item = Interval> {
    let length = length.max(1);
    let first = zone.date(within.start);
    let days = (0..).map(move |count| first.add_days(count)).map(move |date| zone.days(date, date));
    days.take_while(move |day| day.start < within.end)
        .flat_map(move |day| {
            let skipped = within.start.saturating_sub(day.start).max(0) / length;
            let starts = (skipped..)
                .map(move |index: i64| day.start.saturating_add(length.saturating_mul(index)));
            let slot = move |start: Instant| Interval {
                start,
                end: start.saturating_add(length).min(day.end),
            };
            starts.take_while(move |start| *start < day.end).map(slot)
        })
        .skip_while(move |slot| slot.end <= within.start)
        .take_while(move |slot| slot.start < within.end)
}
