//! The tests that the standard library and the examples hold are run by the evaluator.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::path::{Path, PathBuf};

use sla::internals::report::render;
use sla::internals::testing::{self, TestOutcome};
use sla::internals::workspace::{Analysed, check_with};
use sla::{Checked, Disk, Format, Level, Memory, Workspace, contracts_below};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn run(workspace: Workspace<'_>) -> (Checked, Vec<TestOutcome>) {
    let tests = |project: &Analysed<'_, '_, '_>| {
        testing::run(project.model, &project.loaded.sources, project.files, None)
    };
    let (checked, tests) = check_with(workspace, &tests);
    (checked, tests.into_iter().flatten().collect())
}

/// Contracts have no errors, hold tests, and all of them pass.
fn all_pass(files: &[PathBuf]) {
    let (checked, tests) =
        run(files.iter().fold(Workspace::new(&Disk), |workspace, file| workspace.path(file)));
    assert!(!tests.is_empty(), "no tests");
    let errors = checked.findings.iter().filter(|finding| finding.level == Level::Error).cloned();
    let failed = tests.into_iter().flat_map(|test| test.findings);
    let findings: Vec<_> = errors.chain(failed).collect();
    let text = render(Format::SHORT, false, &findings, checked.sources(), files.len());
    assert!(findings.is_empty(), "{text}");
}

mod library {
    use super::{all_pass, folder};

    /// A part of the standard library.
    fn library(name: &str) {
        let files = ["std", "std/tests"].map(|at| folder(at).join(format!("{name}.sla")));
        all_pass(&files);
    }

    include!("fixtures/library.rs");
}

mod examples {
    use super::{all_pass, contracts_below, folder};

    fn example(name: &str) {
        all_pass(&contracts_below(&folder("examples").join(name)).files);
    }

    include!("fixtures/examples.rs");
}

mod published {
    use super::{all_pass, folder};

    /// An agreement that was published, with the credits that its own text works out.
    fn published(name: &str) {
        all_pass(&[folder("examples/real").join(format!("{name}.sla"))]);
    }

    include!("fixtures/published.rs");
}

mod corners {
    use super::{all_pass, folder};

    /// A corner of the evaluator, with its arithmetic in comments.
    fn corner(name: &str) {
        all_pass(&[folder("tests/run").join(format!("{name}.sla"))]);
    }

    include!("fixtures/corners.rs");
}

/// What the tests of one contract say.
fn outcomes(text: &str) -> Vec<(String, Vec<String>)> {
    let memory = Memory::new().with("a.sla", text);
    let (checked, tests) = run(Workspace::new(&memory).path("a.sla"));
    assert!(
        checked.findings.is_empty(),
        "{}",
        render(Format::SHORT, false, &checked.findings, checked.sources(), 1)
    );
    tests
        .into_iter()
        .map(|test| {
            (test.title, test.findings.into_iter().map(|finding| finding.message).collect())
        })
        .collect()
}

const CONTRACT: &str = "
provider Acme
customer Globex
enum Region: eu | us
source outages: spans { region: Region }
sla Api between Acme and Globex {
  term from 2026-01-01 for 12 months
  fee 1_000 EUR per month
  objective Uptime: uptime(outages) >= 99.9% per month by region
  credit Uptime { below target pay 10%  below 99% extend 3 days } of fee pays worst
  claim Notice within 30 days after window
  terminate when Uptime breached 2 in a row
}
";

/// Each expectation that is wrong fails, and says what came out: no check passes unseen.
#[test]
fn every_kind_of_check_can_fail() {
    // An hour of April's 720 is 719/720 or 99.861%: breached, 10% of 1,000, claimed 30 days after
    // 30 April.
    let right = [
        "Uptime[eu] breached",
        "Uptime[us] met",
        "Uptime[eu] value 719 / 720",
        "Uptime[eu] value 99.861%..99.862%",
        "Uptime[eu] downtime 1 h",
        "credit 100 EUR",
        "credit Uptime 100 EUR",
        "no bonus",
        "claim by 2026-05-30",
        "claim Notice by 2026-05-30",
        "no terminate",
    ];
    let wrong = [
        "Uptime[eu] met",
        "Uptime[eu] pending",
        "Uptime[eu] no data",
        "Uptime[eu] not in force",
        "Uptime[us] breached",
        "Uptime[eu] value 99.9%",
        "Uptime[eu] value 99.8%..99.86%",
        "Uptime[eu] downtime 61 min",
        "Uptime[us] downtime 1 h",
        "credit 100.01 EUR",
        "no credit",
        "credit Uptime 99 EUR",
        "bonus 1 EUR",
        "earn back 1 EUR",
        "extend 3 days",
        "remedy \"a talk\"",
        "claim by 2026-05-29",
        "terminate",
        "Uptime[eu] in 2026-05 breached",
    ];
    let test = |title: &str, check: &str| {
        format!("test \"{title}: {check}\" {{\n  given Api in 2026-04\n  outages {{ 2026-04-03T10:00 for 1 h  region: eu }}\n  expect {check}\n}}\n")
            .replace("\"a talk\": ", "a talk")
    };
    let mut text = CONTRACT.to_string();
    right.iter().for_each(|check| {
        text.push_str(
            &test("right", &check.replace('"', "'"))
                .replace("remedy 'a talk'\n", "remedy \"a talk\"\n"),
        )
    });
    wrong.iter().for_each(|check| {
        text.push_str(
            &test("wrong", &check.replace('"', "'"))
                .replace("remedy 'a talk'\n", "remedy \"a talk\"\n"),
        )
    });
    let outcomes = outcomes(&text);
    assert_eq!(outcomes.len(), right.len() + wrong.len());
    for (title, messages) in outcomes {
        assert_eq!(messages.is_empty(), title.starts_with("right"), "{title}: {messages:?}");
    }
}

/// Two bad months in a row end the agreement; a month that is very bad makes it longer.
#[test]
fn what_is_wrong_with_one_window_is_seen_with_the_next() {
    let text = format!(
        "{CONTRACT}
test \"two in a row\" {{
  given Api in 2026-04..2026-05
  outages {{ 2026-04-03T10:00 for 1 h  region: eu   2026-05-03T10:00 for 10 h  region: eu }}
  expect Uptime[eu] in 2026-05 breached, extend 3 days
  expect credit 100 EUR
  expect terminate
}}
"
    );
    assert_eq!(outcomes(&text), [("two in a row".to_string(), Vec::new())]);
}

/// A fact without a value and a field without a value: the evaluation reports them and stops.
#[test]
fn what_is_not_said_stops_the_evaluation() {
    let text = "
provider Acme
customer Globex
source requests: events { status: number }
fact Strict: boolean
sla Api between Acme and Globex {
  term from 2026-01-01 for 12 months
  objective Success: share(requests, status < 500) >= 99% per month
  objective More: share(requests, status < 400) >= 99% per month if Strict
}
test \"no status\" {
  given Api in 2026-04
  fact Strict = false
  requests { 2026-04-03T10:00 }
  expect Success met
}
test \"nobody says how strict\" {
  given Api in 2026-04
  requests { 2026-04-03T10:00  status: 200 }
  expect Success met
}
";
    let found = outcomes(text);
    assert_eq!(found.len(), 2);
    assert!(
        found.iter().all(|(_, messages)| messages == &["this test cannot be evaluated"]),
        "{found:?}"
    );
}

const TOLD_APART: &str = "
allow groups-from-data because \"nobody has listed the sites\"
provider Acme
customer Globex
service Shop
enum Region: eu | us
source outages: spans { customer: Customer  region: Region }
source calls: spans { service: Service  site: text }
source waits: spans { ticket: text }
source tickets: spans { id: text  waiting: spans of waits by ticket }
sla Api between Acme and Globex {
  term from 2026-01-01 for 12 months
  service Shop
  objective Uptime: uptime(outages) >= 99.9% per month by region
  objective Calls of Shop: uptime(calls) >= 99.9% per month
  objective Sites of Shop: uptime(calls) >= 99.9% per month by site
  objective Worst of Shop: max(each site of calls { downtime() }, value) <= 1 h per month
  objective Clock: max(tickets, elapsed(start, end) pausing waiting) <= 100 h per month
}
";

/// A row that leaves out the field that separates rows would belong to no group, and a test of it
/// would pass for the wrong reason: it is reported instead.
#[test]
fn a_row_says_whose_it_is() {
    let outcome = |objective: &str, rows: &str| {
        let text = format!(
            "{TOLD_APART}test \"rows\" {{\n  given Api in 2026-04\n  {rows}\n  expect {objective} met\n}}\n"
        );
        outcomes(&text).remove(0).1.join("; ")
    };
    let row = "2026-04-03T10:00 for 10 min";
    // Whole, each of these is met: 10 min of April's 720 h are less than 0.1%.
    assert_eq!(
        outcome("Uptime", &format!("outages {{ {row}  customer: Globex  region: eu }}")),
        ""
    );
    assert_eq!(outcome("Sites", &format!("calls {{ {row}  service: Shop  site: \"a\" }}")), "");
    for (objective, rows) in [
        ("Uptime", format!("outages {{ {row}  region: eu }}")),
        ("Uptime", format!("outages {{ {row}  customer: Globex }}")),
        ("Calls", format!("calls {{ {row}  site: \"a\" }}")),
        ("Sites", format!("calls {{ {row}  service: Shop }}")),
        ("Worst", format!("calls {{ {row}  service: Shop }}")),
        ("Clock", format!("waits {{ {row} }}\n  tickets {{ {row}  id: \"a\" }}")),
    ] {
        assert_eq!(
            outcome(objective, &rows),
            "this test cannot be evaluated",
            "{objective}: {rows}"
        );
    }
}

#[test]
fn the_rows_that_all_lines_of_a_test_make_are_bounded() {
    // The first line makes 4 rows, one each 15 min of an hour, and the second 3, one each 20 min: 7
    // together.
    let text = "\
provider Acme
customer Globex
source requests: events
sla Api between Acme and Globex {
  term from 2026-01-01 for 12 months
  objective Few: count(requests) <= 10 per month
}
test \"few\" {
  given Api in 2026-04
  requests {
    from 2026-04-02T10:00 to 2026-04-02T11:00 every 15 min
    from 2026-04-03T10:00 to 2026-04-03T11:00 every 20 min
  }
  expect Few met, value 7
}
";
    let within = |most: i64| {
        let memory = Memory::new().with("a.sla", text);
        let tests = |project: &Analysed<'_, '_, '_>| {
            testing::run_within(project.model, &project.loaded.sources, project.files, None, most)
        };
        let (checked, tests) = check_with(Workspace::new(&memory).path("a.sla"), &tests);
        let found: Vec<_> = tests.into_iter().flatten().flat_map(|test| test.findings).collect();
        render(Format::SHORT, false, &found, checked.sources(), 1)
    };
    assert_eq!(within(7), "");
    // The second line, the twelfth of the file, goes beyond six.
    assert_eq!(
        within(6),
        "a.sla:12:5: error[failed-test]: up to this line the test makes more than 6 rows\n"
    );
}
