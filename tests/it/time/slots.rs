//! Slots of a day.

use sla::internals::time::{HOUR, Interval, MINUTE, SECOND, Slots, Zone};

use super::{between, date, zone};

/// The slots that share time with an interval.
fn slots(zone: Zone, length: i64, within: Interval) -> impl Iterator<Item = Interval> {
    Slots::from(zone.offsets(), length, within.start)
        .take_while(move |slot| slot.start < within.end)
}

#[test]
fn a_day_has_as_many_slots_as_fit() {
    let berlin = zone("Europe/Berlin");
    let count = |day: &str, length| {
        slots(berlin, length, berlin.offsets().days(date(day), date(day))).count()
    };
    assert_eq!(
        [
            count("2026-03-28", 5 * MINUTE),
            count("2026-03-29", 5 * MINUTE),
            count("2026-10-25", 5 * MINUTE)
        ],
        [288, 276, 300]
    );
    // Twenty-three hours are two slots of eight and a short one of seven.
    let day = berlin.offsets().days(date("2026-03-29"), date("2026-03-29"));
    let lengths: Vec<i64> = slots(berlin, 8 * HOUR, day).map(|slot| slot.length() / HOUR).collect();
    assert_eq!(lengths, [8, 8, 7]);
    // A length that does not divide the day restarts at midnight: 7 + 7 + 7 + 3.
    let day = berlin.offsets().days(date("2026-03-28"), date("2026-03-28"));
    let lengths: Vec<i64> = slots(berlin, 7 * HOUR, day).map(|slot| slot.length() / HOUR).collect();
    assert_eq!(lengths, [7, 7, 7, 3]);
}

#[test]
fn slots_cover_time_without_holes() {
    let berlin = zone("Europe/Berlin");
    let within = between("2026-03-28T10:03", "2026-03-30T10:01");
    let all: Vec<_> = slots(berlin, 7 * MINUTE, within).collect();
    assert!(all.windows(2).all(|pair| pair[0].end == pair[1].start));
    assert!(all[0].contains(within.start) && all[all.len() - 1].contains(within.end - 1));
    // Asked for its first or its last instant alone, each slot comes whole.
    for slot in &all {
        for start in [slot.start, slot.end - 1] {
            let instant = Interval { start, end: start + 1 };
            assert_eq!(slots(berlin, 7 * MINUTE, instant).collect::<Vec<_>>(), [*slot]);
        }
    }
}

#[test]
fn odd_lengths_do_no_harm() {
    let berlin = zone("Europe/Berlin");
    assert_eq!(slots(berlin, i64::MAX, between("2026-03-28T10:00", "2026-03-28T11:00")).count(), 1);
    assert_eq!(
        slots(berlin, -SECOND, between("2026-03-28T10:00", "2026-03-28T11:00")).take(3).count(),
        3
    );
}
