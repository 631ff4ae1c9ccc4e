//! Calendars against a walk over every minute of a year, and corner cases by hand.

use proptest::prelude::*;
use sla::Date;
use sla::internals::time::{
    Calendar, DAY, Days, HOUR, Hours, Interval, MINUTE, OrdinaryDay, Rule, TimeSet, Zone,
};

use super::{between, date, zone};

const WORKDAYS: Days = Days::Weekdays(0b001_1111);
const EVERY_DAY: Days = Days::Weekdays(0b111_1111);

fn at(hour: u32, minute: u32) -> u32 {
    hour * 3600 + minute * 60
}

fn hours(from: u32, to: u32) -> Hours {
    Hours { from, to }
}

fn calendar(rules: Vec<Rule>) -> Calendar {
    Calendar { rules }
}

fn business() -> Calendar {
    let halves = vec![hours(at(9, 0), at(12, 0)), hours(at(13, 0), at(17, 30))];
    calendar(vec![
        Rule::open(WORKDAYS, halves),
        Rule::closed(Days::Yearly { from: (12, 25), to: (12, 25) }),
    ])
}

fn stretch() -> Calendar {
    calendar(vec![Rule::open(Days::Stretch { from: (6, at(15, 0)), to: (4, at(17, 0)) }, vec![])])
}

fn weekly_work() -> Calendar {
    calendar(vec![Rule::open(Days::Weekdays(0b100_0000), vec![hours(at(2, 0), at(4, 0))])])
}

/// The calendars that `tests/oracles/zones.py` describes.
fn named(name: &str) -> Calendar {
    let month_day = |day| Rule::open(Days::MonthDay(day), vec![hours(at(18, 0), at(24, 0))]);
    match name {
        "business" => business(),
        "nights" => {
            let nights = Rule::open(EVERY_DAY, vec![hours(at(22, 0), at(6, 0))]);
            calendar(vec![nights, Rule::closed(Days::Weekdays(0b010_0000))])
        }
        "stretch" => stretch(),
        "weekly_work" => weekly_work(),
        "first_sunday" => calendar(vec![
            Rule::open(Days::Nth { ordinal: 1, weekday: 6, month: None }, vec![hours(0, at(6, 0))]),
            Rule::open(Days::Nth { ordinal: -1, weekday: 0, month: Some(5) }, vec![]),
        ]),
        "month_ends" => calendar(vec![month_day(1), month_day(-1)]),
        "turn_of_year" => calendar(vec![
            Rule::open(EVERY_DAY, vec![]),
            Rule::closed(Days::Yearly { from: (12, 24), to: (1, 2) }),
        ]),
        "always" => calendar(vec![Rule::open(EVERY_DAY, vec![])]),
        other => panic!("{other}"),
    }
}

#[test]
fn open_minutes_of_each_month_are_those_of_python() {
    for line in include_str!("../../oracles/calendars.txt").lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let (zone, calendar) = (zone(words[0]), named(words[1]));
        let year = calendar
            .expand(zone.offsets(), zone.offsets().days(date("2026-01-01"), date("2026-12-31")));
        for (month, expected) in (1..=12).zip(&words[2..]) {
            let first = Date::new(2026, month, 1).unwrap();
            let month = zone.offsets().days(first, first.add_months(1).add_days(-1));
            let minutes = year.measure_within(month) / MINUTE;
            assert_eq!(minutes.to_string(), *expected, "{} {} from {first}", words[0], words[1]);
            assert_eq!(calendar.expand(zone.offsets(), month), year.clip(month));
        }
    }
}

#[test]
fn the_maintenance_of_march_is_nine_hours() {
    // Sundays 1, 8, 15, 22 and 29 March, two hours each; on the 29th the clock jumps from 02:00 to
    // 03:00.
    let berlin = zone("Europe/Berlin");
    let open = weekly_work()
        .expand(berlin.offsets(), berlin.offsets().days(date("2026-03-01"), date("2026-03-31")));
    assert_eq!(open.measure(), 9 * HOUR);
    assert_eq!(open.pieces()[4], between("2026-03-29T01:00", "2026-03-29T02:00"));
}

#[test]
fn hours_inside_the_jump_or_the_repeated_hour() {
    let berlin = zone("Europe/Berlin");
    let expand = |from, to, day: &str| {
        let rule = Rule::open(Days::Dates(date(day), date(day)), vec![hours(from, to)]);
        calendar(vec![rule]).expand(berlin.offsets(), berlin.offsets().days(date(day), date(day)))
    };
    // 02:00 to 03:00 on 29 March 2026 never happens; a part of it begins or ends at the jump, 01:00
    // UTC.
    assert_eq!(expand(at(2, 0), at(3, 0), "2026-03-29"), TimeSet::EMPTY);
    assert_eq!(expand(at(2, 15), at(2, 45), "2026-03-29"), TimeSet::EMPTY);
    assert_eq!(
        expand(at(1, 30), at(2, 30), "2026-03-29").pieces(),
        [between("2026-03-29T00:30", "2026-03-29T01:00")]
    );
    assert_eq!(
        expand(at(2, 30), at(3, 30), "2026-03-29").pieces(),
        [between("2026-03-29T01:00", "2026-03-29T01:30")]
    );
    // 02:00 to 03:00 on 25 October 2026 happens twice, from 00:00 and from 01:00 UTC: a repeated
    // time is the first.
    assert_eq!(
        expand(at(2, 0), at(3, 0), "2026-10-25").pieces(),
        [between("2026-10-25T00:00", "2026-10-25T02:00")]
    );
    assert_eq!(
        expand(at(1, 0), at(2, 30), "2026-10-25").pieces(),
        [between("2026-10-24T23:00", "2026-10-25T00:30")]
    );
    assert_eq!(
        expand(at(2, 30), at(4, 0), "2026-10-25").pieces(),
        [between("2026-10-25T00:30", "2026-10-25T03:00")]
    );
    // Ranges that touch on the clock touch in time.
    assert_eq!(
        expand(at(1, 0), at(2, 30), "2026-10-25")
            .union(&expand(at(2, 30), at(4, 0), "2026-10-25"))
            .pieces()
            .len(),
        1
    );
}

#[test]
fn a_night_belongs_to_the_day_it_begins_on() {
    let nights = vec![
        Rule::open(WORKDAYS, vec![hours(at(22, 0), at(2, 0))]),
        // 25 December 2026 is a Friday: the night of the 24th runs on, the one that would begin on
        // the 25th does not happen.
        Rule::closed(Days::Yearly { from: (12, 25), to: (12, 25) }),
    ];
    let open = calendar(nights)
        .expand(Zone::UTC.offsets(), between("2026-12-24T00:00", "2026-12-28T00:00"));
    // The night of the 23rd, a Wednesday, still runs at the beginning.
    assert_eq!(
        open.pieces(),
        [
            between("2026-12-24T00:00", "2026-12-24T02:00"),
            between("2026-12-24T22:00", "2026-12-25T02:00")
        ]
    );
}

#[test]
fn each_day_of_a_stretch_can_be_closed() {
    let mut stretch = stretch();
    stretch.rules.push(Rule::closed(Days::Dates(date("2026-03-04"), date("2026-03-04"))));
    let open = stretch.expand(Zone::UTC.offsets(), between("2026-03-01T00:00", "2026-03-08T00:00"));
    let expected = [
        between("2026-03-01T15:00", "2026-03-04T00:00"),
        between("2026-03-05T00:00", "2026-03-06T17:00"),
    ];
    assert_eq!(open.pieces(), expected);
}

#[test]
fn a_stretch_around_the_week_and_one_within_a_day() {
    let week = between("2026-03-02T00:00", "2026-03-09T00:00");
    let expand = |from, to| {
        calendar(vec![Rule::open(Days::Stretch { from, to }, vec![])])
            .expand(Zone::UTC.offsets(), week)
    };
    // From Friday 17:00 to the next Friday 12:00: all but five hours of each week.
    assert_eq!(expand((4, at(17, 0)), (4, at(12, 0))).measure(), 7 * DAY - 5 * HOUR);
    assert_eq!(
        expand((4, at(12, 0)), (4, at(17, 0))).pieces(),
        [between("2026-03-06T12:00", "2026-03-06T17:00")]
    );
    assert_eq!(expand((4, at(12, 0)), (4, at(12, 0))).measure(), 7 * DAY);
    // One that ends at midnight does not name the day that begins then.
    assert_eq!(expand((0, 0), (2, 0)).pieces(), [between("2026-03-02T00:00", "2026-03-04T00:00")]);
    assert!(
        !calendar(vec![Rule::open(Days::Stretch { from: (0, 0), to: (2, 0) }, vec![])])
            .is_open_on(date("2026-03-04"))
    );
    assert_eq!(
        expand((0, 0), (1, at(24, 0))).pieces(),
        [between("2026-03-02T00:00", "2026-03-04T00:00")]
    );
}

#[test]
fn later_rules_win_for_the_days_they_name() {
    let mut rules = business().rules;
    let christmas_eve = Days::Yearly { from: (12, 24), to: (12, 24) };
    rules.push(Rule::open(christmas_eve.clone(), vec![hours(at(9, 0), at(12, 0))]));
    let day = |rules: &[Rule], day: &str| {
        calendar(rules.to_vec())
            .expand(Zone::UTC.offsets(), Zone::UTC.offsets().days(date(day), date(day)))
            .measure() as f64
            / HOUR as f64
    };
    assert_eq!(
        [day(&rules, "2026-12-23"), day(&rules, "2026-12-24"), day(&rules, "2026-12-25")],
        [7.5, 3.0, 0.0]
    );
    rules.push(Rule::closed(Days::Dates(date("2026-12-21"), date("2026-12-24"))));
    assert_eq!(
        [day(&rules, "2026-12-23"), day(&rules, "2026-12-24"), day(&rules, "2027-12-24")],
        [0.0, 0.0, 3.0]
    );
    rules.push(Rule::open(WORKDAYS, vec![]));
    assert_eq!(
        [day(&rules, "2026-12-23"), day(&rules, "2026-12-25"), day(&rules, "2026-12-26")],
        [24.0, 24.0, 0.0]
    );
}

/// How many days from `first` to `last`, both included, are open.
fn open_days(calendar: &Calendar, first: Date, last: Date) -> usize {
    calendar.days(first, last).iter().filter(|(_, rule)| rule.is_some_and(|rule| rule.open)).count()
}

#[test]
fn leap_days_and_turns_of_the_year() {
    let days = |from, to, year: i32| {
        let calendar = calendar(vec![Rule::open(Days::Yearly { from, to }, vec![])]);
        open_days(&calendar, Date::new(year, 1, 1).unwrap(), Date::new(year, 12, 31).unwrap())
    };
    assert_eq!([days((2, 29), (2, 29), 2024), days((2, 29), (2, 29), 2026)], [1, 0]);
    assert_eq!([days((2, 28), (3, 1), 2024), days((2, 28), (3, 1), 2026)], [3, 2]);
    assert_eq!([days((2, 1), (2, 29), 2024), days((2, 1), (2, 29), 2026)], [29, 28]);
    // 24 to 31 December and 1 and 2 January.
    assert_eq!(days((12, 24), (1, 2), 2026), 10);
}

#[test]
fn overlapping_hours_are_found() {
    let overlap = |days: Days, ranges: &[(u32, u32)]| {
        Rule::open(days, ranges.iter().map(|(from, to)| hours(at(*from, 0), at(*to, 0))).collect())
            .overlapping_hours()
    };
    assert_eq!(overlap(EVERY_DAY, &[(9, 12), (12, 17)]), None);
    assert_eq!(overlap(EVERY_DAY, &[(13, 17), (9, 14)]), Some((0, 1)));
    assert_eq!(overlap(EVERY_DAY, &[(8, 20), (21, 22), (9, 10)]), Some((0, 2)));
    assert_eq!(overlap(EVERY_DAY, &[(9, 12), (9, 12)]), Some((0, 1)));
    // 22:00 to 06:00 meets 05:00 to 07:00 of the next day, if the rule names that day too.
    assert_eq!(overlap(EVERY_DAY, &[(22, 6), (5, 7)]), Some((0, 1)));
    assert_eq!(overlap(EVERY_DAY, &[(22, 6), (6, 7)]), None);
    assert_eq!(overlap(Days::Weekdays(0b001_0101), &[(22, 6), (5, 7)]), None);
    assert_eq!(overlap(Days::Weekdays(0b100_0001), &[(22, 6), (5, 7)]), Some((0, 1)));
    assert_eq!(
        overlap(Days::Nth { ordinal: 1, weekday: 6, month: None }, &[(22, 6), (5, 7)]),
        None
    );
    // On one day they overlap before midnight.
    assert_eq!(overlap(Days::MonthDay(1), &[(22, 6), (23, 24)]), Some((0, 1)));
    assert_eq!(overlap(EVERY_DAY, &[]), None);
}

#[test]
fn the_ordinary_day() {
    assert_eq!(business().ordinary_day(), OrdinaryDay::Same(7 * HOUR + 30 * MINUTE));
    // A short Christmas Eve does not change what is ordinary; a short Friday does.
    let mut rules = business().rules;
    rules.push(Rule::open(
        Days::Yearly { from: (12, 24), to: (12, 24) },
        vec![hours(at(9, 0), at(12, 0))],
    ));
    assert_eq!(calendar(rules.clone()).ordinary_day(), OrdinaryDay::Same(7 * HOUR + 30 * MINUTE));
    rules.push(Rule::open(Days::Weekdays(0b001_0000), vec![hours(at(9, 0), at(15, 0))]));
    let week = [(0, 450), (1, 450), (2, 450), (3, 450), (4, 360)];
    assert_eq!(
        calendar(rules.clone()).ordinary_day(),
        OrdinaryDay::Differ(week.map(|(day, minutes)| (day, minutes * MINUTE)).to_vec())
    );
    rules.push(Rule::closed(Days::Weekdays(0b001_0000)));
    assert_eq!(calendar(rules).ordinary_day(), OrdinaryDay::Same(7 * HOUR + 30 * MINUTE));
    assert_eq!(
        calendar(vec![Rule::open(EVERY_DAY, vec![])]).ordinary_day(),
        OrdinaryDay::Same(DAY)
    );
    assert_eq!(named("nights").ordinary_day(), OrdinaryDay::Same(8 * HOUR));
    assert!(matches!(stretch().ordinary_day(), OrdinaryDay::Differ(days) if days.len() == 6));
    assert_eq!(calendar(vec![]).ordinary_day(), OrdinaryDay::Never);
    assert_eq!(calendar(vec![Rule::closed(EVERY_DAY)]).ordinary_day(), OrdinaryDay::Never);
    assert_eq!(named("month_ends").ordinary_day(), OrdinaryDay::Same(6 * HOUR));
}

#[test]
fn working_days_are_counted_from_the_day_after() {
    // 25 December 2026 is a Friday and closed, the 26th and 27th a weekend.
    let business = business();
    let after =
        |day: &str, count| business.working_days_after(date(day), count).map(|day| day.to_string());
    assert_eq!(after("2026-12-23", 1).as_deref(), Some("2026-12-24"));
    assert_eq!(after("2026-12-24", 1).as_deref(), Some("2026-12-28"));
    assert_eq!(after("2026-12-26", 5).as_deref(), Some("2027-01-01"));
    assert_eq!(after("2026-12-26", 0).as_deref(), Some("2026-12-26"));
    // 2027 has 261 days from Monday to Friday, and its 25 December is a Saturday.
    assert_eq!(open_days(&business, date("2027-01-01"), date("2027-12-31")), 261);
    assert_eq!(after("2026-12-31", 261).as_deref(), Some("2027-12-31"));
    assert_eq!(calendar(vec![]).working_days_after(date("2026-01-01"), 1), None);
    let leap = calendar(vec![Rule::open(Days::Yearly { from: (2, 29), to: (2, 29) }, vec![])]);
    assert_eq!(
        leap.working_days_after(date("2024-02-29"), 2).map(|day| day.to_string()).as_deref(),
        Some("2032-02-29")
    );
    assert_eq!(business.working_days_after(date("2026-01-01"), u32::MAX), None);
}

#[test]
fn many_rules_cost_little() {
    // A hundred thousand rules over all two hundred years: hours of work if each rule looked at
    // each day.
    let kinds: Vec<Days> = (0..100_000_u32)
        .map(|index| match index % 5 {
            0 => Days::Weekdays(u8::try_from(index % 127).unwrap()),
            1 => Days::Yearly { from: (u8::try_from(index % 12 + 1).unwrap(), 1), to: (12, 31) },
            2 => Days::Nth { ordinal: 1, weekday: u8::try_from(index % 7).unwrap(), month: None },
            3 => Days::MonthDay(i8::try_from(index % 31).unwrap()),
            _ => Days::Dates(date("1950-01-01"), date("2090-01-01").add_days(i64::from(index))),
        })
        .collect();
    let rules =
        kinds.into_iter().map(|days| Rule::open(days, vec![hours(at(9, 0), at(17, 0))])).collect();
    let started = std::time::Instant::now();
    let open = calendar(rules)
        .expand(Zone::UTC.offsets(), between("1901-01-01T00:00", "2099-01-01T00:00"));
    assert!(open.measure() > 0);
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

fn any_days() -> impl Strategy<Value = Days> {
    let month_day = || (1_u8..=12, 1_u8..=28);
    prop_oneof![
        (0_u8..128).prop_map(Days::Weekdays),
        ((0_u8..7, 0_u32..24), (0_u8..7, 0_u32..=24))
            .prop_map(|(a, b)| Days::Stretch { from: (a.0, a.1 * 3600), to: (b.0, b.1 * 3600) }),
        (prop::sample::select(vec![-1_i8, 1, 2, 3, 4, 5]), 0_u8..7, prop::option::of(1_u8..=12))
            .prop_map(|(ordinal, weekday, month)| Days::Nth { ordinal, weekday, month }),
        (month_day(), month_day()).prop_map(|(from, to)| Days::Yearly { from, to }),
        (-31_i8..=31).prop_map(Days::MonthDay),
        (0_i64..800, -5_i64..60).prop_map(|(start, length)| {
            let first = Date::from_days(20_000 + start);
            Days::Dates(first, first.add_days(length))
        }),
    ]
}

fn any_rule() -> impl Strategy<Value = Rule> {
    let hours = prop::collection::vec(
        (0_u32..24, 1_u32..=24).prop_map(|(from, to)| Hours { from: from * 3600, to: to * 3600 }),
        0..3,
    );
    (any::<bool>(), any_days(), hours).prop_map(|(open, days, hours)| {
        if open { Rule::open(days, hours) } else { Rule::closed(days) }
    })
}

/// Whether a rule names a day, said as plainly as can be.
fn names(days: &Days, day: Date) -> bool {
    let mask_has = |mask: u8, weekday: u8| mask >> weekday & 1 == 1;
    match *days {
        Days::Weekdays(mask) => mask_has(mask, day.weekday()),
        Days::Stretch { from, to } => {
            // Walk from its first hour to its last and see whether an hour of this weekday is met.
            let (start, end) =
                (u32::from(from.0) * 24 + from.1 / 3600, u32::from(to.0) * 24 + to.1 / 3600);
            let end = if end <= start { end + 168 } else { end };
            (start..end).any(|hour| hour / 24 % 7 == u32::from(day.weekday()))
        }
        Days::Nth { ordinal, weekday, month } => {
            month.is_none_or(|month| month == day.month)
                && Date::nth_weekday(day.year, day.month, weekday, ordinal) == Some(day)
        }
        Days::Yearly { from, to } if from <= to => (from..=to).contains(&(day.month, day.day)),
        Days::Yearly { from, to } => (day.month, day.day) >= from || (day.month, day.day) <= to,
        Days::MonthDay(number) => Date::month_day(day.year, day.month, number) == Some(day),
        Days::Dates(first, last) => first <= day && day <= last,
    }
}

proptest! {
    #[test]
    fn the_last_rule_that_names_a_day_decides_it(rules in prop::collection::vec(any_rule(), 0..8), start in 0_i64..400) {
        let calendar = calendar(rules);
        let first = Date::from_days(20_000 + start);
        for (day, rule) in calendar.days(first, first.add_days(400)).iter() {
            prop_assert_eq!(rule, calendar.rules.iter().rev().find(|rule| names(&rule.days, day)), "{}", day);
        }
    }

    #[test]
    fn expanding_a_part_is_a_part_of_the_expansion(rules in prop::collection::vec(any_rule(), 0..6), start in 0_i64..400, hour in 0_i64..40) {
        let (calendar, berlin) = (calendar(rules), zone("Europe/Berlin"));
        let whole = berlin.offsets().days(Date::from_days(20_000 + start), Date::from_days(20_060 + start));
        let part = Interval { start: whole.start + 10 * DAY + hour * HOUR, end: whole.start + 30 * DAY + 7 * hour * HOUR };
        prop_assert_eq!(calendar.expand(berlin.offsets(), part), calendar.expand(berlin.offsets(), whole).clip(part));
    }
}
