//! Instants as text.

use proptest::prelude::*;
use sla::internals::time::{
    DateTime, EARLIEST, HOUR, LATEST, MINUTE, SECOND, Zone, format_instant, parse_instant,
};

use super::{date, utc, zone};

fn stamp(nanos: i64, offset: Option<i32>) -> Option<DateTime> {
    Some(DateTime { date: date("2026-03-01"), nanos, offset })
}

#[test]
fn readable_forms() {
    assert_eq!(parse_instant("2026-03-01T10:00Z"), stamp(10 * HOUR, Some(0)));
    assert_eq!(parse_instant("2026-03-01 10:00:30"), stamp(10 * HOUR + 30 * SECOND, None));
    assert_eq!(
        parse_instant("2026-03-01t10:00:00.25+05:30"),
        stamp(10 * HOUR + SECOND / 4, Some(19_800))
    );
    assert_eq!(
        parse_instant("2026-03-01T10:00:00.000000001-08:00"),
        stamp(10 * HOUR + 1, Some(-28_800))
    );
    assert_eq!(
        parse_instant("2026-03-01T10:00:00.1000000000Z"),
        stamp(10 * HOUR + SECOND / 10, Some(0))
    );
    assert_eq!(parse_instant("2026-03-01T23:59"), stamp(24 * HOUR - MINUTE, None));
}

#[test]
fn unreadable_forms() {
    for text in [
        "",
        "2026-03-01",
        "2026-03-01T",
        "2026-3-1T10:00",
        "2026-02-29T10:00Z",
        "2026-03-01T24:00Z",
        "2026-03-01T10:60Z",
        "2026-03-01T10:00:60Z",
        "2026-03-01T10:00:00.Z",
        "2026-03-01T10:00:00.0000000001Z",
        "2026-03-01T10:00+5:30",
        "2026-03-01T10:00+0530",
        "2026-03-01T10:00ZZ",
        "2026-03-01T10:00 Z",
        " 2026-03-01T10:00Z",
        "2026-03-01T10:00Ü",
    ] {
        assert_eq!(parse_instant(text), None, "{text}");
    }
}

#[test]
fn written_forms() {
    assert_eq!(
        format_instant(utc("2026-03-29T00:59:59"), zone("Europe/Berlin")),
        "2026-03-29T01:59:59+01:00"
    );
    assert_eq!(
        format_instant(utc("2026-03-29T01:00"), zone("Europe/Berlin")),
        "2026-03-29T03:00:00+02:00"
    );
    assert_eq!(
        format_instant(utc("2026-03-29T01:00") + SECOND / 8, Zone::UTC),
        "2026-03-29T01:00:00.125Z"
    );
    assert_eq!(
        format_instant(utc("2026-01-01T00:00"), zone("America/St_Johns")),
        "2025-12-31T20:30:00-03:30"
    );
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(instant in utc("1980-01-01T00:00")..LATEST, index in 0_usize..400) {
        let zone = Zone::names().nth(index).and_then(Zone::find).unwrap();
        let text = format_instant(instant, zone);
        let read = parse_instant(&text).unwrap();
        prop_assert!(read.offset.is_some());
        prop_assert_eq!(Zone::UTC.instant_of(read), instant, "{}", text);
    }

    #[test]
    fn any_text_is_read_without_panic(text in ".{0,40}", near in "2026-03-01T10:0[0-9:.Z+-]{0,12}") {
        let _ = parse_instant(&text);
        let _ = parse_instant(&near);
    }

    #[test]
    fn any_instant_is_written_without_panic(instant in prop_oneof![any::<i64>(), EARLIEST..LATEST], index in 0_usize..400) {
        let zone = Zone::names().nth(index).and_then(Zone::find).unwrap();
        prop_assert!(format_instant(instant, zone).contains('T'));
    }
}
