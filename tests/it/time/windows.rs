//! Windows of a term.

use proptest::prelude::*;
use sla::internals::lang::units::PeriodUnit;
use sla::internals::time::{
    DAY, EARLIEST, HOUR, Interval, LATEST, MINUTE, Period, Window, WindowKind, Windows, Zone,
};

use super::{between, date, seconds, utc, zone};

trait Every {
    fn iter(&self) -> impl Iterator<Item = Window>;
}

impl Every for Windows {
    /// All of them in order of time.
    fn iter(&self) -> impl Iterator<Item = Window> {
        self.touching(Interval { start: EARLIEST, end: LATEST })
    }
}

fn period(count: u32, unit: PeriodUnit) -> Period {
    Period::new(count, unit)
}

fn rolling(length: Period, every: Period) -> WindowKind {
    WindowKind::Rolling { length, every }
}

fn hours(windows: &Windows) -> Vec<i64> {
    windows.iter().map(|window| window.within.length() / HOUR).collect()
}

#[test]
fn boundaries_are_those_of_python() {
    for line in include_str!("../../oracles/windows.txt").lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let (zone, start) = (zone(words[0]), date(words[1]));
        let expected: Vec<i64> = words[3..].iter().map(|word| seconds(word)).collect();
        let kind = match words[2] {
            "months" => WindowKind::Anchored(period(1, PeriodUnit::Month)),
            "years" => WindowKind::Anchored(period(1, PeriodUnit::Year)),
            "thirty" => WindowKind::Anchored(period(30, PeriodUnit::Day)),
            "weeks" => WindowKind::Week,
            other => panic!("{other}"),
        };
        let term = Interval { start: zone.midnight(start), end: *expected.last().unwrap() };
        let windows: Vec<Window> = Windows::new(kind, zone, term).iter().collect();
        let starts: Vec<i64> = windows.iter().map(|window| window.full.start).collect();
        assert_eq!(
            starts,
            expected[..expected.len() - 1],
            "{} {} {}",
            words[0],
            words[1],
            words[2]
        );
        assert_eq!(windows.last().unwrap().full.end, *expected.last().unwrap());
    }
}

#[test]
fn a_year_of_months_in_berlin() {
    let berlin = zone("Europe/Berlin");
    let year = berlin.offsets().days(date("2026-01-01"), date("2026-12-31"));
    let days = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut expected: Vec<i64> = days.iter().map(|days| days * 24).collect();
    // The hour skipped on 29 March and repeated on 25 October.
    expected[2] -= 1;
    expected[9] += 1;
    assert_eq!(hours(&Windows::new(WindowKind::Month, berlin, year)), expected);
    assert_eq!(
        hours(&Windows::new(WindowKind::Quarter(1), berlin, year)),
        [90 * 24 - 1, 91 * 24, 92 * 24, 92 * 24 + 1]
    );
    assert_eq!(hours(&Windows::new(WindowKind::Year(1), berlin, year)), [365 * 24]);
    assert_eq!(hours(&Windows::new(WindowKind::Term, berlin, year)), [365 * 24]);
    assert_eq!(Windows::new(WindowKind::Day, berlin, year).iter().count(), 365);
}

#[test]
fn the_term_clips_the_first_and_last_window() {
    // From 15 January, a Thursday, to the end of 14 April, a Tuesday.
    let term = Zone::UTC.offsets().days(date("2026-01-15"), date("2026-04-14"));
    let months: Vec<Window> = Windows::new(WindowKind::Month, Zone::UTC, term).iter().collect();
    assert_eq!(
        months.iter().map(|window| window.within.length() / DAY).collect::<Vec<_>>(),
        [17, 28, 31, 14]
    );
    assert_eq!(months.iter().map(Window::is_full).collect::<Vec<_>>(), [false, true, true, false]);
    // Quarters from February: the one that began on 1 November, and the one from 1 February to 30
    // April.
    let quarters: Vec<Window> =
        Windows::new(WindowKind::Quarter(2), Zone::UTC, term).iter().collect();
    assert_eq!(quarters[0].full, between("2025-11-01T00:00", "2026-02-01T00:00"));
    assert_eq!(quarters[1].full, between("2026-02-01T00:00", "2026-05-01T00:00"));
    assert_eq!(quarters.len(), 2);
    // Weeks: 4 days, twelve full weeks, Monday and Tuesday: 4 + 84 + 2 = 90 days.
    let weeks: Vec<i64> = Windows::new(WindowKind::Week, Zone::UTC, term)
        .iter()
        .map(|window| window.within.length() / DAY)
        .collect();
    assert_eq!(weeks, [vec![4], vec![7; 12], vec![2]].concat());
    // Years from April: the last belongs to a new one.
    let years: Vec<i64> = Windows::new(WindowKind::Year(4), Zone::UTC, term)
        .iter()
        .map(|window| window.within.length() / DAY)
        .collect();
    assert_eq!(years, [17 + 28 + 31, 14]);
}

#[test]
fn contract_windows_keep_the_time_of_day() {
    let berlin = zone("Europe/Berlin");
    // 10:00 in Berlin is 09:00 UTC in winter and 08:00 in summer.
    let term = between("2026-02-28T09:00", "2026-05-28T08:00");
    let windows: Vec<Window> =
        Windows::new(WindowKind::Anchored(period(1, PeriodUnit::Month)), berlin, term)
            .iter()
            .collect();
    let starts: Vec<i64> = windows.iter().map(|window| window.within.start).collect();
    assert_eq!(starts, [utc("2026-02-28T09:00"), utc("2026-03-28T09:00"), utc("2026-04-28T08:00")]);
}

#[test]
fn rolling_windows_are_only_full_ones() {
    let term = Zone::UTC.offsets().days(date("2026-01-01"), date("2026-02-28"));
    // 59 days hold 30 windows of 30 days, the first ending after day 30, the last after day 59.
    let windows: Vec<Window> = Windows::new(
        rolling(period(30, PeriodUnit::Day), period(1, PeriodUnit::Day)),
        Zone::UTC,
        term,
    )
    .iter()
    .collect();
    assert_eq!(windows.len(), 30);
    assert!(windows.iter().all(Window::is_full));
    assert_eq!(windows[29].full.end, term.end);
    // Months of a rolling quarter keep the original day: 31 January to 30 April, 28 February to 31
    // May.
    let term = Zone::UTC.offsets().days(date("2026-01-31"), date("2026-12-31"));
    let kind = rolling(period(3, PeriodUnit::Month), period(1, PeriodUnit::Month));
    let windows: Vec<Window> = Windows::new(kind, Zone::UTC, term).iter().collect();
    assert_eq!(windows[0].full, between("2026-01-31T00:00", "2026-04-30T00:00"));
    assert_eq!(windows[1].full, between("2026-02-28T00:00", "2026-05-31T00:00"));
    // An hour that moves by a minute: 24 hours hold 23 * 60 + 1 of them.
    let day = between("2026-01-01T00:00", "2026-01-02T00:00");
    let kind = rolling(period(1, PeriodUnit::Hour), period(1, PeriodUnit::Minute));
    assert_eq!(Windows::new(kind, Zone::UTC, day).iter().count(), 23 * 60 + 1);
    // A term shorter than the window has none.
    let kind = rolling(period(2, PeriodUnit::Day), period(1, PeriodUnit::Day));
    assert_eq!(Windows::new(kind, Zone::UTC, day).iter().count(), 0);
}

#[test]
fn thirty_days_on_the_calendar_are_not_always_720_hours() {
    let berlin = zone("Europe/Berlin");
    let term = berlin.offsets().days(date("2026-03-01"), date("2026-04-30"));
    let lengths =
        hours(&Windows::new(WindowKind::Anchored(period(30, PeriodUnit::Day)), berlin, term));
    assert_eq!(lengths, [719, 720, 24]);
}

#[test]
fn periods_of_nought_still_end() {
    let day = between("2026-01-01T00:00", "2026-01-02T00:00");
    for unit in PeriodUnit::ALL {
        let kind = WindowKind::Anchored(period(0, unit));
        assert!((1..=1440).contains(&Windows::new(kind, Zone::UTC, day).iter().count()));
        let kind = rolling(period(0, unit), period(0, unit));
        assert!(Windows::new(kind, Zone::UTC, day).iter().count() <= 1440);
    }
}

fn kinds() -> impl Strategy<Value = WindowKind> {
    let unit = prop::sample::select(PeriodUnit::ALL.to_vec());
    let period = (1_u32..40, unit).prop_map(|(count, unit)| {
        Period::new(if unit == PeriodUnit::Minute { count * 60 } else { count }, unit)
    });
    prop_oneof![
        Just(WindowKind::Day),
        Just(WindowKind::Week),
        Just(WindowKind::Month),
        (1_u8..=12).prop_map(WindowKind::Quarter),
        (1_u8..=12).prop_map(WindowKind::Year),
        period.clone().prop_map(WindowKind::Anchored),
        (period.clone(), period).prop_map(|(length, every)| WindowKind::Rolling { length, every }),
        Just(WindowKind::Term),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn windows_tile_the_term(kind in kinds(), start in 0_i64..700, hour in 0_i64..24, days in 1_i64..500, name in 0_usize..6) {
        let zone = zone(["UTC", "Europe/Berlin", "America/Havana", "Africa/Cairo", "Australia/Lord_Howe", "Asia/Kolkata"][name]);
        let start = utc("2025-01-01T00:00") + start * DAY + hour * HOUR;
        let term = Interval { start, end: start + days * DAY + 17 * MINUTE };
        let windows = Windows::new(kind, zone, term);
        let all: Vec<Window> = windows.iter().collect();
        if matches!(kind, WindowKind::Rolling { .. }) {
            prop_assert!(all.iter().all(|window| window.is_full() && window.full.end <= term.end));
            prop_assert!(all.windows(2).all(|pair| pair[0].full.start < pair[1].full.start));
        } else {
            prop_assert_eq!(all.first().map(|window| window.within.start), Some(term.start));
            prop_assert_eq!(all.last().map(|window| window.within.end), Some(term.end));
            prop_assert!(all.windows(2).all(|pair| pair[0].within.end == pair[1].within.start));
            for probe in [term.start, term.end - 1, i64::midpoint(term.start, term.end)] {
                let alone = Interval { start: probe, end: probe + 1 };
                prop_assert!(windows.touching(alone).next().is_some_and(|window| window.within.contains(probe)));
            }
        }
        // Asking for a part gives the same windows as looking through all.
        let part = Interval { start: start + days * DAY / 3, end: start + days * DAY / 2 };
        let meets = |window: &&Window| window.within.start < part.end && window.within.end > part.start;
        prop_assert_eq!(windows.touching(part).collect::<Vec<_>>(), all.iter().filter(meets).copied().collect::<Vec<_>>());
    }
}
