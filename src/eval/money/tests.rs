//! Parts of the money, each with its arithmetic. What they come to together is in `tests/run/`.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::caps::{DueSoFar, last_instant, units};
use super::claims::{Anchor, unit_start, within};
use super::credits::{Line, worst_of_each_window};
use super::fees::{days_in, rate};
use super::smallest_part;
use crate::base::Exact;
use crate::eval::groups::Group;
use crate::eval::names::{Names, Symbol};
use crate::eval::value::{Clash, Value};
use crate::eval::zone::Zone;
use crate::plan::{self, CreditKind, Per, Period, PeriodUnit, Place, Unit};
use crate::time::{self, DAY, Date, HOUR, Instant, Interval};

fn date(year: i32, month: u8, day: u8) -> Date {
    Date::new(year, month, day).unwrap()
}

/// Midnight in UTC.
fn midnight(year: i32, month: u8, day: u8) -> Instant {
    time::Zone::UTC.midnight(date(year, month, day))
}

fn money(cents: i64, currency: Symbol) -> Value {
    Value::Quantity(Exact::ratio(cents, 100).unwrap(), Some(currency))
}

/// A zone two hours east of UTC in winter, with one hour more from 2026-03-29T00:00Z to
/// 2026-10-25T00:00Z: its 29 March has 23 hours, its 25 October has 25.
fn summer_time() -> Zone {
    let change = |instant: &str, before: i32, after: i32| plan::Transition {
        instant: plan::Instant(instant.to_owned()),
        before,
        after,
    };
    Zone::new(&plan::Zone {
        name: "Test/Summer".to_owned(),
        offset: 7200,
        from: plan::Instant("2025-01-01T00:00:00Z".to_owned()),
        to: plan::Instant("2028-01-01T00:00:00Z".to_owned()),
        transitions: vec![
            change("2026-03-29T00:00:00Z", 7200, 10_800),
            change("2026-10-25T00:00:00Z", 10_800, 7200),
        ],
    })
    .unwrap()
}

#[test]
fn amounts_are_rounded_half_up_to_what_can_be_paid() {
    let points = Unit {
        name: "point".to_owned(),
        title: None,
        whole: true,
        doc: None,
        at: Place("a.sla:1:1".to_owned()),
    };
    let shares = Unit { name: "share".to_owned(), whole: false, ..points.clone() };
    let own = [points, shares];
    let round = |numerator: i64, denominator: i64, unit: &str| {
        let amount = Exact::ratio(numerator, denominator).unwrap();
        smallest_part(unit, &own).map(|part| amount.rounded_to(&part).unwrap())
    };
    let ratio = |numerator, denominator| Exact::ratio(numerator, denominator);
    // 10.005 EUR: half a cent goes up. 10.00499… does not.
    assert_eq!(round(10_005, 1000, "EUR"), ratio(1001, 100));
    assert_eq!(round(10_004_999, 1_000_000, "EUR"), ratio(1000, 100));
    // Below zero up is towards zero: -0.005 is 0, -0.006 is -0.01.
    assert_eq!(round(-5, 1000, "EUR"), ratio(0, 1));
    assert_eq!(round(-6, 1000, "EUR"), ratio(-1, 100));
    // The yen has no parts, the Kuwaiti dinar a thousand, a point none.
    assert_eq!(round(5, 2, "JPY"), ratio(3, 1));
    assert_eq!(round(10_005, 10_000, "KWD"), ratio(1001, 1000));
    assert_eq!(round(5, 2, "point"), ratio(3, 1));
    // A unit with parts of any size is not rounded.
    assert_eq!(round(1, 3, "share"), None);
}

#[test]
fn days_on_the_clock_count_by_their_own_length() {
    let zone = summer_time();
    let days = |start: Instant, end: Instant| days_in(&zone, Interval { start, end });
    // Local midnights: 22:00Z of the day before in winter, 21:00Z in summer.
    let before_change = midnight(2026, 3, 28) + 22 * HOUR;
    let after_change = midnight(2026, 3, 29) + 21 * HOUR;
    assert_eq!(days(before_change, after_change), Exact::ONE);
    // Of the 23 hours of that day the first six.
    assert_eq!(days(before_change, before_change + 6 * HOUR), Exact::ratio(6, 23).unwrap());
    // The whole of March: 31 days, although it has 743 hours.
    let march = days(midnight(2026, 2, 28) + 22 * HOUR, midnight(2026, 3, 31) + 21 * HOUR);
    assert_eq!(march, Exact::integer(31));
    // From noon of 1 March to noon of 3 March: half, one, half.
    let noon = midnight(2026, 3, 1) + 10 * HOUR;
    assert_eq!(days(noon, noon + 2 * DAY), Exact::integer(2));
    assert_eq!(days(noon, noon), Exact::ZERO);
}

#[test]
fn a_fee_of_any_period_has_a_rate_for_a_month_and_a_year() {
    let february = date(2028, 2, 10);
    let exact = |numerator, denominator| Exact::ratio(numerator, denominator).unwrap();
    for (per, month, year) in [
        (Per::Month, exact(1, 1), exact(12, 1)),
        (Per::Quarter, exact(1, 3), exact(4, 1)),
        (Per::Year, exact(1, 12), exact(1, 1)),
        // February 2028 has 29 days, and 2028 has 366.
        (Per::Day, exact(29, 1), exact(366, 1)),
    ] {
        assert_eq!(rate(per, false, february), month);
        assert_eq!(rate(per, true, february), year);
    }
}

#[test]
fn what_is_due_in_a_window_is_summed_by_currency() {
    let names = Names::default();
    let (euro, dollar) = (names.intern("EUR"), names.intern("USD"));
    let mut due = DueSoFar::default();
    for (last, amount) in [
        (10, money(100, euro)),
        (20, money(7, dollar)),
        (20, money(250, euro)),
        (30, money(-50, euro)),
    ] {
        due.add(last, &amount).unwrap();
    }
    // 1.00 + 2.50 - 0.50, then without the first line, then the last line alone.
    assert_eq!(due.since(0, Some(euro)), Ok(money(300, euro)));
    assert_eq!(due.since(11, Some(euro)), Ok(money(200, euro)));
    assert_eq!(due.since(21, Some(euro)), Ok(money(-50, euro)));
    // A line that ends with the first instant of the window is in it.
    assert_eq!(due.since(30, Some(euro)), Ok(money(-50, euro)));
    assert_eq!(due.since(0, Some(dollar)), Ok(money(7, dollar)));
    assert_eq!(due.since(0, None), Ok(Value::number(Exact::ZERO)));
}

/// A line of a window of one day, the first of them on `day` January 2026.
fn line(credit: usize, day: u8, amount: Value) -> Line {
    let start = midnight(2026, 1, day);
    let window = Interval { start, end: start + DAY };
    Line {
        credit: (0, credit),
        kind: CreditKind::Credit,
        window,
        inside: window,
        group: Group::default(),
        amount,
        words: String::new(),
        at: Place("a.sla:1:1".to_owned()),
        passed_over: false,
        adjusts: None,
        claims: Vec::new(),
    }
}

#[test]
fn the_worst_group_of_each_window_is_paid_once() {
    let names = Names::default();
    let (euro, dollar) = (names.intern("EUR"), names.intern("USD"));
    let lines = vec![
        line(0, 1, money(100, euro)),
        line(0, 1, money(300, euro)),
        line(0, 2, money(200, euro)),
        line(0, 1, money(300, euro)),
        // Which of two currencies is more is not known: the first stays.
        line(0, 2, money(900, dollar)),
    ];
    let kept: Vec<Value> =
        worst_of_each_window(lines).into_iter().map(|line| line.amount).collect();
    assert_eq!(kept, [money(300, euro), money(200, euro)]);
    assert!(matches!(money(1, euro).add(&money(1, dollar)), Err(Clash::Currencies(..))));
}

#[test]
fn lines_of_one_credit_and_window_are_one_amount() {
    let names = Names::default();
    let euro = names.intern("EUR");
    let lines = vec![
        line(0, 1, money(100, euro)),
        line(0, 1, money(-40, euro)),
        line(0, 2, money(100, euro)),
        line(1, 2, money(100, euro)),
    ];
    let sizes: Vec<usize> = units(lines).iter().map(Vec::len).collect();
    assert_eq!(sizes, [2, 1, 1]);
}

#[test]
fn a_window_belongs_to_the_month_of_its_last_instant() {
    let january = Interval { start: midnight(2026, 1, 1), end: midnight(2026, 2, 1) };
    assert_eq!(time::Zone::UTC.date(last_instant(january)), date(2026, 1, 31));
}

#[test]
fn days_to_claim_end_with_a_local_day_and_hours_with_an_instant() {
    let zone = summer_time();
    let deadline = |count: u32, unit: PeriodUnit, at: Instant| {
        within(&zone, None, Period { count, unit }, Anchor::at(at)).unwrap()
    };
    // 31 January 12:00 on the clock is 10:00Z.
    let noon = midnight(2026, 1, 31) + 10 * HOUR;
    // Thirty days later is 2 March; that day ends at 22:00Z.
    let days = deadline(30, PeriodUnit::Day, noon);
    assert_eq!((days.date, days.before), (date(2026, 3, 2), midnight(2026, 3, 2) + 22 * HOUR));
    // A month later is the last day of February, which has no 31st.
    assert_eq!(deadline(1, PeriodUnit::Month, noon).date, date(2026, 2, 28));
    // 48 hours end with the instant itself, on 2 February at noon.
    let hours = deadline(48, PeriodUnit::Hour, noon);
    assert_eq!((hours.date, hours.before), (date(2026, 2, 2), noon + 48 * HOUR));
    // Two days over the change of the clocks: the day ends at 21:00Z.
    let before_change = midnight(2026, 3, 28) + 10 * HOUR;
    assert_eq!(
        deadline(2, PeriodUnit::Day, before_change).before,
        midnight(2026, 3, 30) + 21 * HOUR
    );
}

#[test]
fn calendar_units_begin_where_the_calendar_says() {
    // 20 August 2026 is a Thursday.
    let day = date(2026, 8, 20);
    for (unit, first) in [
        (PeriodUnit::Day, day),
        (PeriodUnit::Week, date(2026, 8, 17)),
        (PeriodUnit::Month, date(2026, 8, 1)),
        (PeriodUnit::Quarter, date(2026, 7, 1)),
        (PeriodUnit::Year, date(2026, 1, 1)),
    ] {
        assert_eq!(unit_start(day, unit), first);
    }
}
