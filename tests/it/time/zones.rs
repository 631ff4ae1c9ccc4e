//! Zones against Python's zoneinfo.

use sla::internals::time::{DateTime, HOUR, Interval, Resolved, SECOND, Zone, zone_data_version};

use super::{between, date, seconds, utc, zone};

const ORACLE: &str = include_str!("../../oracles/zones.txt");

fn oracle() -> impl Iterator<Item = Vec<&'static str>> {
    ORACLE.lines().map(|line| line.split(' ').collect())
}

#[test]
fn the_oracle_has_the_version_of_our_tables() {
    assert_eq!(oracle().next().unwrap(), ["version", zone_data_version()]);
}

#[test]
fn transitions_are_those_of_python() {
    let all = between("2009-01-01T00:00", "2038-01-01T00:00");
    let mut expected = Vec::new();
    let mut current: Option<Zone> = None;
    let mut compared = 0;
    let mut check = |zone: Option<Zone>, expected: &mut Vec<(i64, i32, i32)>| {
        if let Some(zone) = zone {
            let found: Vec<_> = zone
                .transitions(all)
                .into_iter()
                .map(|change| (change.at, change.before, change.after))
                .collect();
            assert_eq!(&found, expected, "{}", zone.name());
            compared += found.len();
        }
        expected.clear();
    };
    for words in oracle() {
        match words.as_slice() {
            ["zone", name, offset] => {
                check(current, &mut expected);
                current = Some(zone(name));
                assert_eq!(zone(name).offset_at(all.start), offset.parse::<i32>().unwrap());
            }
            ["change", at, before, after] => {
                expected.push((seconds(at), before.parse().unwrap(), after.parse().unwrap()))
            }
            _ => {}
        }
    }
    check(current, &mut expected);
    assert!(compared > 1000, "{compared}");
}

#[test]
fn local_times_resolve_as_in_python() {
    let mut current = Zone::UTC;
    let mut counts = [0; 3];
    for words in oracle() {
        match words.as_slice() {
            ["zone", name, _] => current = zone(name),
            ["local", local, kind, instants @ ..] => {
                let (day, clock) = local.split_once('T').unwrap();
                let parts: Vec<i64> = clock.split(':').map(|part| part.parse().unwrap()).collect();
                let nanos = (parts[0] * 3600 + parts[1] * 60 + parts[2]) * SECOND;
                let expected = match (*kind, instants) {
                    ("unique", [one]) => Resolved::Unique(seconds(one)),
                    ("skipped", [jump]) => Resolved::Skipped(seconds(jump)),
                    ("repeated", [first, second]) => {
                        Resolved::Repeated(seconds(first), seconds(second))
                    }
                    other => panic!("{other:?}"),
                };
                let found = current.resolve(date(day), nanos);
                assert_eq!(found, expected, "{} {local}", current.name());
                match found {
                    Resolved::Unique(instant) => {
                        counts[0] += 1;
                        assert_eq!(current.local(instant), (date(day), nanos));
                    }
                    Resolved::Skipped(_) => counts[1] += 1,
                    Resolved::Repeated(..) => counts[2] += 1,
                }
            }
            _ => {}
        }
    }
    assert!(counts.iter().all(|count| *count > 200), "{counts:?}");
}

#[test]
fn months_are_as_long_as_they_really_are() {
    let berlin = zone("Europe/Berlin");
    let hours = |from: &str, to: &str| berlin.offsets().days(date(from), date(to)).length() / HOUR;
    // 31 days less the hour from 02:00 to 03:00 on 29 March; 31 days and the hour repeated on 25
    // October; 28 days.
    assert_eq!(hours("2026-03-01", "2026-03-31"), 31 * 24 - 1);
    assert_eq!(hours("2026-10-01", "2026-10-31"), 31 * 24 + 1);
    assert_eq!(hours("2026-02-01", "2026-02-28"), 28 * 24);
    // Samoa had no 30 December 2011.
    assert_eq!(
        zone("Pacific/Apia").offsets().days(date("2011-12-30"), date("2011-12-30")).length(),
        0
    );
}

#[test]
fn names_are_known_and_case_counts() {
    assert!(Zone::names().count() > 400);
    assert!(Zone::names().all(|name| Zone::find(name).is_some_and(|zone| zone.name() == name)));
    assert_eq!(Zone::find("europe/berlin"), None);
    assert_eq!(Zone::find("CEST"), None);
    assert_eq!(Zone::find(""), None);
}

#[test]
fn a_written_offset_decides() {
    let written = |offset| DateTime { date: date("2026-03-01"), nanos: 10 * HOUR, offset };
    let berlin = zone("Europe/Berlin");
    assert_eq!(berlin.instant_of(written(None)), utc("2026-03-01T09:00"));
    assert_eq!(berlin.instant_of(written(Some(0))), utc("2026-03-01T10:00"));
    assert_eq!(berlin.instant_of(written(Some(-5 * 3600 - 1800))), utc("2026-03-01T15:30"));
}

#[test]
fn an_interval_without_changes_has_none() {
    let berlin = zone("Europe/Berlin");
    let change = utc("2026-03-29T01:00");
    let found = |start, end| berlin.transitions(Interval { start, end }).len();
    assert_eq!(found(change, change + 1), 1);
    assert_eq!(found(change - 1, change), 0);
    assert_eq!(found(change + 1, change + HOUR), 0);
    assert_eq!(found(change, change), 0);
    assert_eq!(found(change + 1, change - 1), 0);
}
