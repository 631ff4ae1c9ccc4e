//! `sla test`: what failed tests say, tests that test nothing, the forms for programs.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use crate::temp_project::TempProject;

const HEAD: &str = "\
provider Acme
customer Globex
source outages: spans
source requests: events { ok: boolean }
sla Api between Acme and Globex {
  term from 2026-01-01 for 12 months
  fee 1_000 EUR per month
  objective Up: uptime(outages) >= 99.9% per month
  objective Down: downtime(outages) <= 1 h per month
  objective Count: count(requests) <= 10 per month
  credit Up { below target pay 10%  below 99% extend 3 days } of fee
  credit Down { above target pay 1_000 USD }
  claim within 30 days after window
  terminate when Up breached 2 in a row
}
";

/// What one test says that expects something of five hours of outage in March, or of a line of rows
/// of its own.
fn said(rows: &str, check: &str) -> String {
    let text = format!("{HEAD}test \"five hours\" {{ given Api in 2026-03  {rows}  {check} }}\n");
    let ran = TempProject::of("test").write("a.sla", text).run(&["a.sla", "--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&ran.out)
        .unwrap_or_else(|_| panic!("no document: {}{}", ran.out, ran.err));
    let messages: Vec<&str> = document["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .filter_map(|it| it["message"].as_str())
        .collect();
    messages.join("; ")
}

const FIVE: &str = "outages { 2026-03-05T10:00 for 5 h }";

#[test]
fn a_failed_check_says_what_was_expected_and_what_came_out() {
    // March has 744 h; 5 h of them are 5/744: 739/744 = 99.327956…%, between 99% and 99.9%: 10% of
    // 1,000 EUR; over 1 h: 1,000 USD.
    for (check, message) in [
        ("expect Up met", "expected met, but it is breached"),
        ("expect Up value 99.9%", "expected `99.9%`, but it is 99.327956…% (exactly 739/744)"),
        ("expect Up value 99.32%", "expected `99.32%`, but it is 99.327956…% (exactly 739/744)"),
        ("expect Up downtime 1 h 5 min", "expected a downtime of `1 h 5 min`, but it is 5 h"),
        ("expect Down value 65 min", "expected `65 min`, but it is 5 h"),
        ("expect credit 10 EUR", "expected a credit of `10 EUR`, but 100.00 EUR is due"),
        (
            "expect credit Down 10 EUR",
            "expected a credit of `10 EUR`, but nothing is due in EUR; 1,000.00 USD is",
        ),
        ("expect no credit", "expected no credit, but 100.00 EUR and 1,000.00 USD is due"),
        ("expect bonus 1 EUR", "expected a bonus of `1 EUR`, but nothing is due"),
        ("expect extend 7 days", "expected an extension of 7 days, but the term is not extended"),
        ("expect claim by 2026-05-01", "expected a claim by 2026-05-01, but it is by 2026-04-30"),
        (
            "expect Count claim by 2026-05-01",
            "expected a claim by 2026-05-01, but no claim can be made",
        ),
        ("expect terminate", "expected a right to terminate, but there is none"),
        ("expect remedy \"a talk\"", "expected the remedy `a talk`, but there is none"),
    ] {
        assert_eq!(said(FIVE, check), format!("test \"five hours\": {message}"), "{check}");
    }
    // 10 h are 10/744 and leave 98.65…%.
    let ten = "outages { 2026-03-05T10:00 for 10 h }";
    assert_eq!(
        said(ten, "expect extend 7 days"),
        "test \"five hours\": expected an extension of 7 days, but it is 3 days"
    );
}

/// From 10:00 to 12:30 are 2 h 30 min, from 10:00 to 11:01 are 61 min, and one minute is within the
/// hour.
#[test]
fn a_failed_check_of_a_support_cell_shows_the_latest_ticket_beside_the_limit() {
    let contract = "\
provider Acme
customer Globex
severity P1
source tickets: spans { severity: Severity  responded: time? }
sla TempProject between Acme and Globex {
  term from 2026-01-01 for 12 months
  support on tickets per month { P1 respond 1 h }
}
test \"late\" {
  given TempProject in 2026-03
  tickets {
    2026-03-11T10:00 to 2026-03-11T15:00  severity: P1  responded: 2026-03-11T11:01
    2026-03-10T10:00 to 2026-03-10T15:00  severity: P1  responded: 2026-03-10T12:30
    2026-03-12T10:00 to 2026-03-12T15:00  severity: P1  responded: 2026-03-12T10:01
  }
  expect P1.respond met
}
";
    let ran = TempProject::of("test").write("a.sla", contract).run(&["a.sla"]);
    assert!(
        ran.out.contains("3 rows, 2 of them bad; the worst took 2 h 30 min, the limit is 1 h"),
        "{}{}",
        ran.out,
        ran.err
    );
}

#[test]
fn a_value_of_a_row_beyond_the_bounds_of_its_field_fails_at_its_place() {
    let text = |level: &str| {
        format!(
            "provider Acme\ncustomer Globex\nsource levels: events {{ level: number in 0%..100% }}\nsla Api between Acme and Globex {{\n  \
             term from 2026-01-01 for 12 months\n  objective Level: mean(levels, level) >= 90% per month\n}}\n\
             test \"a\" {{\n  given Api in 2026-03\n  levels {{ 2026-03-05 level: {level} }}\n  expect Level value {level}\n}}\n"
        )
    };
    assert_eq!(
        TempProject::of("test").write("a.sla", text("100%")).run(&["a.sla"]).status,
        0,
        "the bound itself is allowed"
    );
    for (level, shown) in [("100.5%", "100.5%"), ("-10%", "-10%"), ("1000%", "1000%")] {
        let ran = TempProject::of("test").write("a.sla", text(level)).run(&["a.sla"]);
        assert_eq!(ran.status, 1);
        // The tenth line is `  levels { 2026-03-05 level: …`: 29 characters stand before the value.
        for wanted in [
            &format!("`level`: `{shown}` is out of bounds: the value must be in 0%..100%"),
            "a.sla:10:30",
        ] {
            assert!(ran.out.contains(wanted), "{wanted}\n{}", ran.out);
        }
    }
}

#[test]
fn a_value_of_a_few_digits_is_offered_as_a_range() {
    let text = |check: &str| {
        format!("{HEAD}test \"a\" {{ given Api in 2026-03  {FIVE}  expect Up value {check} }}\n")
    };
    let help = |check: &str| {
        let ran = TempProject::of("test").write("a.sla", text(check)).run(&["a.sla"]);
        ran.out
            .lines()
            .filter_map(|line| line.split_once("= help: "))
            .map(|(_, help)| help.to_owned())
            .collect::<Vec<_>>()
            .join("; ")
    };
    // 739/744 = 99.3279…%
    assert_eq!(
        help("99.32%"),
        "a value is compared exactly; to compare the written digits only, write `value 99.32%..99.33%`"
    );
    assert_eq!(
        help("99.328%"),
        "a value is compared exactly; to compare the written digits only, write `value 99.327%..99.328%`"
    );
    assert_eq!(
        help("99.32..99.33"),
        "the value is a share in percent: write `value 99.32%..99.33%`"
    );
    assert_eq!(help("98%"), "", "that is another value");
    for right in ["99.32%..99.33%", "739 / 744"] {
        assert_eq!(
            TempProject::of("test").write("a.sla", text(right)).run(&["a.sla"]).status,
            0,
            "{right}"
        );
    }
}

#[test]
fn tests_that_test_nothing_fail() {
    for (rows, check, message) in [
        (FIVE, "", "this test expects nothing, so it can never fail"),
        (
            "requests { 2026-03-01 every 1 s  ok: true }",
            "expect Up met",
            "`every` needs an end, so this line makes no row",
        ),
        (
            "requests { from 2026-03-05 to 2026-03-01 every 1 s  ok: true }",
            "expect Up met",
            "this range does not end after it starts",
        ),
        (
            "requests { from 2026-03-05 to 2026-03-05 every 1 s  ok: true }",
            "expect Up met",
            "this range does not end after it starts",
        ),
        (
            "outages { 2026-03-05T10:00 .. 2026-03-05T09:00 }",
            "expect Up met",
            "this range does not end after it starts",
        ),
        (
            "outages { 2026-04-05T10:00 for 5 h }",
            "expect Up met",
            "all rows of this test start after the time that `given` says the data covers",
        ),
    ] {
        assert_eq!(said(rows, check), format!("test \"five hours\": {message}"), "{rows} {check}");
    }
    // A row before the data begins may belong to a window that is tested, and one that ends behind
    // it counts in part.
    let later = "outages { 2026-03-05T10:00 for 1 min  2026-04-05T10:00 for 5 h }";
    for rows in [
        later,
        "outages { 2026-02-28T23:00 for 2 h }",
        "outages { 2026-03-31T23:00 for 2 h }",
        "requests { from 2026-03-05 to 2026-03-06 every 3 h  ok: true }",
    ] {
        assert_eq!(said(rows, "expect Count met"), "", "{rows}");
    }
}

#[test]
fn a_filter_that_fits_nothing_has_a_status_of_its_own() {
    let text = format!(
        "{HEAD}test \"five hours\" {{ given Api in 2026-03  {FIVE}  expect Up breached }}\n"
    );
    let project = TempProject::of("test").write("a.sla", text);
    let ran = project.run(&["--filter", "six"]);
    assert_eq!(
        (ran.status, ran.err.as_str()),
        (3, "no tests ran\nerror: no test has `six` in its title or file\n")
    );
    assert_eq!(project.run(&["--filter", "five"]).status, 0);
    let ran = project.run(&["--list"]);
    assert_eq!((ran.status, ran.out.as_str()), (0, "a.sla:16:1: five hours\n"));
    assert_eq!(project.run(&["--list", "--filter", "six"]).status, 3);
}

#[test]
fn a_broken_file_stops_its_own_tests_only() {
    let test =
        format!("test \"five <hours>\" {{ given Api in 2026-03  {FIVE}  expect Up breached }}\n");
    let failing = test.replace("Up breached", "Up met").replace("five <hours>", "wrong");
    let project = TempProject::of("test")
        .write("good.sla", format!("{HEAD}{test}{failing}"))
        .write("broken.sla", format!("{HEAD}{test}objective Nowhere\n"));
    let ran = project.run(&["--format", "junit", "good.sla", "broken.sla", "missing.sla"]);
    assert_eq!(ran.status, 2);
    assert!(
        ran.out.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests=\"5\" failures=\"1\" errors=\"3\">\n"),
        "{}",
        ran.out
    );
    assert!(ran.out.ends_with("</testsuites>\n"), "{}", ran.out);
    assert!(
        ran.out.contains("<testcase classname=\"good.sla\" name=\"five &lt;hours&gt;\"/>"),
        "{}",
        ran.out
    );
    assert!(
        ran.out.contains("<failure message=\"expected met, but it is breached\">"),
        "{}",
        ran.out
    );
    assert!(
        ran.out.contains("<error message=\"not run, because the contracts have errors\">"),
        "{}",
        ran.out
    );
    assert!(
        ran.out.contains("<error message=\"cannot read `missing.sla`: there is no such file\">"),
        "{}",
        ran.out
    );
    assert_eq!(ran.out.matches("<testcase ").count(), 5);
    assert_eq!(ran.out.matches("</testcase>").count() + ran.out.matches("\"/>").count(), 5);

    let ran = project.run(&["--format", "json", "good.sla", "broken.sla"]);
    let document: serde_json::Value = serde_json::from_str(&ran.out).expect("a document");
    assert_eq!(
        (ran.status, &document["tests"]),
        (2, &serde_json::json!({ "passed": 1, "failed": 1, "not_run": 1 }))
    );
    assert_eq!(
        document["summary"]["errors"], 2,
        "the fault of the contract, and the failed test: {document}"
    );

    let ran = project.run(&["--format", "short", "good.sla", "broken.sla"]);
    assert!(ran.out.contains("error[failed-test]: test \"wrong\": expected met"), "{}", ran.out);
    assert!(
        ran.err
            .ends_with("1 of 2 tests failed; 1 test not run, because the contracts have errors\n"),
        "{}",
        ran.err
    );
}
