//! Civil dates.

use proptest::prelude::*;
use sla::Date;
use sla::internals::lang::units::PeriodUnit;
use sla::internals::time::{EARLIEST, LATEST, Period, Zone};

use super::date;

#[test]
fn days_weekdays_and_weeks_are_those_of_python() {
    for line in include_str!("../../oracles/dates.txt").lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let day = date(words[0]);
        assert_eq!(day.days(), words[1].parse::<i64>().unwrap(), "{line}");
        assert_eq!(Date::from_days(day.days()), day, "{line}");
        assert_eq!(day.weekday(), words[2].parse::<u8>().unwrap(), "{line}");
        assert_eq!(day.to_string(), words[0]);
    }
}

#[test]
fn impossible_dates_are_refused() {
    for (year, month, day) in [
        (2026, 2, 29),
        (2100, 2, 29),
        (2026, 4, 31),
        (2026, 13, 1),
        (2026, 0, 1),
        (2026, 1, 0),
        (0, 1, 1),
        (10_000, 1, 1),
    ] {
        assert_eq!(Date::new(year, month, day), None);
    }
    assert!(Date::new(2024, 2, 29).is_some());
    assert!(Date::new(2000, 2, 29).is_some());
}

#[test]
fn months_keep_the_original_day() {
    let start = date("2026-01-31");
    let months = (1..=4).map(|count| start.add_months(count).to_string()).collect::<Vec<_>>();
    assert_eq!(months, ["2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]);
    assert_eq!(date("2024-02-29").add_months(12).to_string(), "2025-02-28");
    assert_eq!(date("2024-02-29").add_months(48).to_string(), "2028-02-29");
    assert_eq!(date("2026-03-31").add_months(-1).to_string(), "2026-02-28");
}

#[test]
fn dates_stop_at_the_ends_of_the_range() {
    assert_eq!(Date::LAST.add_days(1), Date::LAST);
    assert_eq!(Date::FIRST.add_days(-1), Date::FIRST);
    assert_eq!(Date::LAST.add_months(i64::MAX), Date::LAST);
    assert_eq!(Date::FIRST.add_months(i64::MIN), Date::FIRST);
    assert_eq!(Date::FIRST.add_days(i64::MIN), Date::FIRST);
    assert_eq!(Zone::UTC.midnight(Date::LAST), LATEST);
    assert_eq!(Zone::UTC.midnight(Date::FIRST), EARLIEST);
    assert!(date("1900-01-02").is_supported() && date("2099-12-30").is_supported());
    assert!(!date("1899-12-31").is_supported() && !date("2100-01-01").is_supported());
    assert!(LATEST.checked_sub(EARLIEST).is_some());
}

#[test]
fn quarters_and_years_begin_where_they_are_told() {
    assert_eq!(date("2026-01-15").start_of_quarter(1), date("2026-01-01"));
    assert_eq!(date("2026-01-15").start_of_quarter(2), date("2025-11-01"));
    assert_eq!(date("2026-04-30").start_of_quarter(2), date("2026-02-01"));
    assert_eq!(date("2026-03-31").start_of_year(4), date("2025-04-01"));
    assert_eq!(date("2026-04-01").start_of_year(4), date("2026-04-01"));
    assert_eq!(
        (
            date("2026-01-15").quarter(1),
            date("2026-01-15").quarter(2),
            date("2026-04-01").quarter(4)
        ),
        (1, 4, 1)
    );
}

#[test]
fn weekdays_of_a_month_count_from_both_ends() {
    // March 2026 begins on a Sunday and has five of them: 1, 8, 15, 22, 29. Its Fridays are 6, 13,
    // 20, 27.
    let day = |weekday, ordinal| Date::nth_weekday(2026, 3, weekday, ordinal).map(|date| date.day);
    assert_eq!(
        (1..=5).map(|n| day(6, n)).collect::<Vec<_>>(),
        [Some(1), Some(8), Some(15), Some(22), Some(29)]
    );
    assert_eq!(
        (1..=5).map(|n| day(4, n)).collect::<Vec<_>>(),
        [Some(6), Some(13), Some(20), Some(27), None]
    );
    assert_eq!(
        [day(6, -1), day(4, -1), day(4, -4), day(4, -5), day(6, -5)],
        [Some(29), Some(27), Some(6), None, Some(1)]
    );
    assert_eq!([day(6, 0), day(6, 6), day(6, -6)], [None; 3]);
}

#[test]
fn days_of_a_month_count_from_both_ends() {
    let day = |month, day| Date::month_day(2026, month, day).map(|date| date.day);
    assert_eq!(
        [day(2, 1), day(2, 28), day(2, 29), day(2, -1), day(2, -28), day(2, -29)],
        [Some(1), Some(28), None, Some(28), Some(1), None]
    );
    assert_eq!([day(2, 0), day(2, i8::MIN)], [None; 2]);
}

#[test]
fn periods_know_how_many_days_they_can_be() {
    let bounds = |count, unit| Period::new(count, unit).day_bounds();
    assert_eq!(bounds(1, PeriodUnit::Month), Some((28, 31)));
    // July and August; February with a 31-day neighbour.
    assert_eq!(bounds(2, PeriodUnit::Month), Some((59, 62)));
    // February to April, and July to September or the like with two long months at least.
    assert_eq!(bounds(1, PeriodUnit::Quarter), Some((89, 92)));
    assert_eq!(bounds(1, PeriodUnit::Year), Some((365, 366)));
    // 1900 was no leap year: 1900 to 1903 has no 29 February, other four years have one.
    assert_eq!(bounds(4, PeriodUnit::Year), Some((1460, 1461)));
    assert_eq!(bounds(2, PeriodUnit::Week), Some((14, 14)));
    assert_eq!(bounds(36, PeriodUnit::Hour), Some((1, 2)));
    assert_eq!(bounds(1, PeriodUnit::WorkingDay), None);
}

proptest! {
    #[test]
    fn dates_and_days_are_one_to_one(days in -719_162_i64..=2_932_896) {
        let day = Date::from_days(days);
        prop_assert_eq!(day.days(), days);
        prop_assert_eq!(Date::new(day.year, day.month, day.day), Some(day));
    }

    #[test]
    fn adding_months_lands_in_the_right_month(days in -25_000_i64..47_000, months in -300_i64..300) {
        let (from, to) = (Date::from_days(days), Date::from_days(days).add_months(months));
        let count = |date: Date| i64::from(date.year) * 12 + i64::from(date.month);
        prop_assert_eq!(count(to) - count(from), months);
        prop_assert!(to.day == from.day || (to.day < from.day && to.add_days(1).day == 1));
    }
}
