//! `sla backing`, `sla coverage`, `sla budget`: what they print, with figures computed by hand, and
//! the schemas of their JSON.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

struct Ran {
    status: i32,
    out: String,
    err: String,
}

/// Runs the program in the folder of the package.
fn run(arguments: &[&str]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sla"));
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = command
        .args(arguments)
        .current_dir(root)
        .env_remove("SLA_FORMAT")
        .env_remove("NO_COLOR")
        .output()
        .expect("it runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Ran {
        status: output.status.code().expect("a status"),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}

/// Runs the program on one contract.
fn run_on(contract: &str, arguments: &[&str]) -> Ran {
    let desk = tempfile::tempdir().expect("a folder");
    let path = desk.path().join("a.sla");
    fs::write(&path, contract).expect("written");
    let mut all = arguments.to_vec();
    all.push(path.to_str().expect("text"));
    run(&all)
}

fn json_of(ran: &Ran) -> Value {
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    serde_json::from_str(&ran.out).expect("JSON")
}

/// The schema that the program prints is the one kept beside it, and what is printed about every
/// example fits it.
fn fits_its_schema(command: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("schema/{command}.schema.json"));
    let printed = run(&["schema", command]);
    if std::env::var_os("SLA_UPDATE").is_some() {
        fs::write(&path, &printed.out).expect("written");
    }
    let stored = fs::read_to_string(&path).unwrap_or_default();
    assert!(printed.out == stored, "{} is stale: run this test with SLA_UPDATE=1", path.display());
    let validator =
        jsonschema::validator_for(&serde_json::from_str(&stored).expect("JSON")).expect("a schema");
    for folder in
        fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")).expect("examples")
    {
        let folder = folder.expect("an entry").path();
        // The flawed one has errors, and so no figures; the one for programs holds no contract.
        if folder.is_dir() && !folder.ends_with("flawed") && !folder.ends_with("programs") {
            let document =
                json_of(&run(&[command, "--format", "json", folder.to_str().expect("text")]));
            let errors: Vec<String> =
                validator.iter_errors(&document).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{}: {errors:?}", folder.display());
        }
    }
    assert!(validator.validate(&json!({"version": 1})).is_err(), "the schema refuses what is none");
}

const FLAWED: &str = "sla Api between Nobody and Globex { }\n";

#[test]
fn with_errors_there_are_no_figures() {
    for command in ["backing", "budget", "coverage"] {
        let ran = run_on(FLAWED, &[command, "--format", "short"]);
        assert_eq!((ran.status, ran.out.as_str()), (1, ""), "{command}");
        assert!(ran.err.contains("error[unknown-name]"), "{}", ran.err);
        assert_eq!(run(&[command, "no-such-file.sla"]).status, 2);
    }
}

#[test]
fn figures_of_backing_fit_their_schema() {
    fits_its_schema("backing");
}

#[test]
fn backing_of_the_shop() {
    let document =
        json_of(&run(&["backing", "--format", "json", "--service", "Shop", "examples/hosting"]));
    let promise = &document["promises"][0];
    assert_eq!(
        (&promise["agreement"], &promise["objective"], &promise["target"]),
        (&json!("GlobexShop"), &json!("Uptime"), &json!("0.9999"))
    );
    assert_eq!(promise["verdict"], "backed");
    // 1 - 0.005% - min(0.005%, 0.1%)
    assert_eq!(promise["guaranteed"], "0.9999");
    // 0.99995 * (1 - 0.00005 * 0.001) = 0.99995 * 0.99999995 = 0.9999499500025, kept to twelve
    // places
    assert_eq!(promise["expected"], "0.999949950003");
    // February has 672 h less four Sundays of 2 h: 664 h, of which 0.01% are 239.04 s.
    let tightest = json!({"name": "February 2026", "measured": (664_i64 * 3_600_000_000_000).to_string(), "allowed": "239040000000", "lost": "239040000000"});
    assert_eq!(promise["tightest"], tightest);
    let needs = promise["needs"].as_array().expect("a list");
    assert_eq!((needs.len(), &needs[1]["least"]), (2, &json!(1)));
    assert_eq!(needs[1]["services"][1]["by"]["agreement"], "Delivery2");
    let none = json_of(&run(&[
        "backing",
        "--format",
        "json",
        "--service",
        "HelpDesk",
        "examples/hosting",
    ]));
    assert_eq!(none["promises"], json!([]));
}

#[test]
fn backing_for_people() {
    let ran = run(&["backing", "--service", "Tills", "examples/corporate"]);
    // 0.05% of November, 720 h less 6 h of maintenance, are 21.42 min; 0.1% of 25 shop days of 12 h
    // are 18 min; 21.42 / 18000 = 0.119%.
    let wanted =
        "  service           backed by               promises          may be down  expected
  ─────────────────────────────────────────────────────────────────────────────────
  Hosting           PlatformOla.PlatformUp  99.95% per month  21 min 25 s    99.95%
  ─────────────────────────────────────────────────────────────────────────────────
  in November 2026                          99.881%           21 min 25 s    99.95%
  not backed: 21 min 25 s of downtime are possible, but 18 min are allowed, 3 min 25 s less
";
    let (title, table) = ran.out.split_once('\n').expect("lines");
    assert!(title.starts_with("RetailTills promises TillsUp of Tills: 99.9% per month  (examples/corporate/agreements.sla:"), "{title}");
    assert_eq!((ran.status, ran.err.as_str(), table), (0, "", wanted));
    let ran = run(&["backing", "--format", "narrated", "--service", "Tills", "examples/corporate"]);
    assert!(
        ran.out.contains(
            "service: Hosting; backed by: PlatformOla.PlatformUp; promises: 99.95% per month"
        ),
        "{}",
        ran.out
    );
    assert!(!ran.out.contains('─'), "{}", ran.out);
}

#[test]
fn figures_of_budget_fit_their_schema() {
    fits_its_schema("budget");
}

const HEAD: &str = "\
provider Acme
customer Globex
severity P1
maintenance Weekly { zone \"Europe/Berlin\"  open sun 02:00..04:00 }
calendar Office { open mon..fri 09:00..17:00 }
source outages: spans
source requests: events { status: number  latency: duration }
source tickets: spans { severity: Severity  responded: time? }
";

/// The budgets of one agreement with these statements.
fn budgets(term: &str, statements: &str) -> Vec<Value> {
    let body = format!(
        "sla Api between Acme and Globex {{\n  term {term}\n  zone \"Europe/Berlin\"\n{statements}\n}}\n"
    );
    let document = json_of(&run_on(&format!("{HEAD}{body}"), &["budget", "--format", "json"]));
    document["agreements"][0]["objectives"].as_array().expect("a list").clone()
}

/// Nanoseconds of hours.
fn hours(count: i64) -> String {
    (count * 3_600_000_000_000).to_string()
}

#[test]
fn a_march_in_berlin_less_maintenance() {
    let found = budgets(
        "from 2026-03-01 to 2026-03-31",
        "objective Uptime: uptime(outages) >= 99.95% per month\nexclude Weekly as absent",
    );
    // 743 h, for the clocks go forward on the 29th, less five Sundays of 2 h, one of them an hour
    // short: 743 - 9 = 734 h. 0.05% of it: 734 * 3600 * 0.0005 = 1321.2 s = 22 min 1.2 s
    let window = json!({
        "extreme": "all", "name": "March 2026", "measured": hours(734), "down": "1321200000000", "slots": null, "words": ["22 min 1 s down"]
    });
    assert_eq!(found[0]["windows"], json!([window]));
    assert_eq!(
        (&found[0]["promised"], &found[0]["window"]),
        (&json!(">= 99.95%"), &json!("per month"))
    );
}

/// Contract months begin on the 1st, whenever the promise does: from 15 March on the first has 17
/// days, 408 h, of which 1% are 4 h 4 min 48 s. Of windows of 30 days every 10 days from 1 January,
/// day 70 (12 March) begins one too early, and day 80, 22 March, the first.
#[test]
fn windows_of_a_promise_that_begins_later_are_counted_from_the_start_of_the_term() {
    let contract = "\
provider Acme
customer Globex
source outages: spans
sla Desk between Acme and Globex {
  term from 2026-01-01 for 12 months
  objective Up: uptime(outages) >= 99% per contract month from 2026-03-15
  objective Roll: uptime(outages) >= 99% per rolling 30 days every 10 days from 2026-03-15
}
";
    let text = run_on(contract, &["budget"]).out;
    assert!(
        text.contains("2026-03-15 to 2026-03-31  408 h measured  4 h 4 min 48 s down"),
        "{text}"
    );
    assert!(text.contains("2026-03-22 to 2026-04-20  720 h measured  7 h 12 min down"), "{text}");
}

#[test]
fn shortest_and_longest_windows() {
    let found = budgets(
        "from 2026-01-01 for 12 months",
        "objective Uptime: uptime(outages) >= 99.9% per month",
    );
    let windows = &found[0]["windows"];
    // February has 672 h, October with its 25th hour 745.
    assert_eq!(
        (&windows[0]["name"], &windows[0]["measured"], &windows[0]["down"]),
        (&json!("February 2026"), &json!(hours(672)), &json!("2419200000000"))
    );
    assert_eq!(
        (&windows[1]["name"], &windows[1]["measured"], &windows[1]["down"]),
        (&json!("October 2026"), &json!(hours(745)), &json!("2682000000000"))
    );
    // A term that begins and ends within a month, on the 15th: 14 days of June are the shortest
    // window.
    let found = budgets(
        "from 2026-04-15 for 2 months",
        "objective Uptime: uptime(outages) >= 99% per month",
    );
    let windows = &found[0]["windows"];
    assert_eq!(
        (&windows[0]["name"], &windows[0]["measured"]),
        (&json!("2026-06-01 to 2026-06-14"), &json!(hours(14 * 24)))
    );
    assert_eq!(
        (&windows[1]["name"], &windows[1]["measured"]),
        (&json!("May 2026"), &json!(hours(31 * 24)))
    );
    let found = budgets(
        "from 2026-04-15 for 2 months",
        "objective Uptime: uptime(outages) >= 99% per month first window full",
    );
    assert_eq!(
        found[0]["windows"][0]["name"], "2026-06-01 to 2026-06-14",
        "the last one is cut as well"
    );
}

#[test]
fn opening_hours() {
    let found = budgets(
        "from 2026-02-01 to 2026-02-28",
        "objective Uptime: uptime(outages) >= 99% per month during Office",
    );
    // Twenty working days of 8 h
    assert_eq!(
        (&found[0]["windows"][0]["measured"], &found[0]["windows"][0]["words"][0]),
        (&json!(hours(160)), &json!("1 h 36 min down"))
    );
}

#[test]
fn what_a_measurement_cannot_see() {
    let down = |limit: &str, target: &str| {
        let metric = format!(
            "uptime(runs(each 1 min of requests {{ share(status >= 500) > 5% default false }}, lasting {limit}))"
        );
        budgets(
            "from 2026-01-01 to 2026-01-31",
            &format!("objective Up: {metric} >= {target} per month"),
        )[0]["windows"][0]["words"]
            .clone()
    };
    // 0.001% of 744 h are 26.784 s
    assert_eq!(
        down("1 min", "99.999%"),
        json!(["26.78 s down", "the shortest run that counts, 1 min, is longer than that"])
    );
    assert_eq!(
        down("5 min", "99.99%"),
        json!(["4 min 27 s down", "the shortest run that counts, 5 min, is longer than that"])
    );
    assert_eq!(
        down("5 min", "99.9%"),
        json!(["44 min 38 s down", "runs shorter than 5 min do not count"])
    );
    let slots = "objective S: mean(each 5 min of requests { share(status < 500) default 100% }) >= 99.9% per month";
    let found = budgets("from 2026-01-01 to 2026-01-31", slots);
    // 744 h of 12 slots: 8928, and a thousandth of them 8.928
    assert_eq!(found[0]["windows"][0]["slots"], json!({"count": 8928, "allowed": "8.928"}));
    assert_eq!(
        (&found[0]["slot"], &found[0]["shortest_run"]),
        (&json!(300_000_000_000_i64), &Value::Null)
    );
}

#[test]
fn slots_that_are_good_or_bad() {
    let slots = "objective S: share(each 1 min of outages { downtime() == 0 s }, value) >= 99.99% per month";
    let found = budgets("from 2026-06-01 to 2026-06-30", slots);
    // 0.01% of 30 * 1440 minutes are 4.32 of them.
    assert_eq!(found[0]["windows"][0]["words"], json!(["4 slots of 1 min may be bad, of 43,200"]));
}

#[test]
fn terms_that_hold_from_a_later_run_of_the_term_on() {
    let stricter = "objective Up: uptime(outages) >= 99.9% per month
         }
         amend Api from 2027-04-01 {
           objective Up >= 99.99%";
    let body = format!(
        "sla Api between Acme and Globex {{ term from 2026-01-01 for 12 months renews 12 months\n{stricter} }}"
    );
    let document = json_of(&run_on(&format!("{HEAD}{body}"), &["budget", "--format", "json"]));
    let agreements = document["agreements"].as_array().unwrap();
    let held: Vec<[&str; 2]> = agreements
        .iter()
        .map(|it| [it["from"].as_str().unwrap(), it["to"].as_str().unwrap()])
        .collect();
    // The first run, and the run that the amendment falls into.
    assert_eq!(held, [["2026-01-01", "2026-12-31"], ["2027-04-01", "2027-12-31"]]);
    assert_eq!(agreements[1]["objectives"][0]["promised"], ">= 99.99%");
}

#[test]
fn promises_about_many() {
    let found = budgets(
        "from 2026-01-01 for 12 months",
        "objective Fast: p95(requests, latency) <= 400 ms per month
         objective Good: share(requests, status < 500) >= 99.9% per month
         objective Bad: share(requests, status >= 500) <= 0.5% per month
         objective Worst: max(outages, length) <= 8 h per month
         objective Few: count(outages) <= 3 per month
         objective Total: downtime(outages) <= 90 min per month
         support on tickets per month for 90% of tickets misses 1 below 20 { P1 respond 1 h }",
    );
    let words: Vec<&Value> = found.iter().map(|budget| &budget["words"]).collect();
    let wanted = [
        json!(["of 1,000 requests 50 may be above 400 ms", "of fewer than 20 none"]),
        json!(["of 1,000 requests 1 may miss it", "of fewer than 1,000 none"]),
        json!(["of 1,000 requests 5 may count against it", "of fewer than 200 none"]),
        json!(["none of the outages may be above 8 h"]),
        json!(["no more than 3 outages"]),
        json!(["1 h 30 min down"]),
        json!([
            "of 1,000 P1 tickets 100 may be answered late",
            "of fewer than 10 none",
            "with fewer than 20 in a window 1 may"
        ]),
    ];
    assert_eq!(words, wanted.iter().collect::<Vec<_>>());
}

#[test]
fn rounding_gives_half_a_step() {
    let rounded = "objective Uptime: uptime(outages) rounded to 0.1% >= 99.9% per month";
    // 99.85% is rounded to 99.9%: 0.15% of 744 h are 66.96 min.
    let found = budgets("from 2026-01-01 to 2026-01-31", rounded);
    assert_eq!(found[0]["windows"][0]["down"], "4017600000000");
}

#[test]
fn figures_of_coverage_fit_their_schema() {
    fits_its_schema("coverage");
}

#[test]
fn coverage_of_the_shop() {
    let document = json_of(&run(&["coverage", "--format", "json", "examples/hosting"]));
    let needs = &document["requirements"][0];
    assert_eq!(
        (&needs["requirement"], &needs["agreement"]),
        (&json!("GlobexNeeds"), &json!("GlobexShop"))
    );
    let answers = needs["answers"].as_array().expect("a list");
    let status: Vec<(&str, &str)> = answers
        .iter()
        .map(|it| {
            (it["objective"].as_str().expect("a name"), it["status"].as_str().expect("a word"))
        })
        .collect();
    assert_eq!(
        status,
        [("Available", "met"), ("Fast", "met"), ("FastNights", "waived"), ("P1.respond", "met")]
    );
    assert_eq!(answers[0]["by"]["promised"], ">= 99.99% per month");
    assert_eq!(
        answers[2]["why"],
        json!(["99% within 300 ms was too dear; 95% within 250 ms was agreed instead"])
    );
    assert_eq!(document["unanswered"], json!([]));
}

#[test]
fn coverage_for_people() {
    let contract = "\
provider Acme
customer Globex
source outages: spans
requirement RunOptions of Globex {
  objective Uptime: uptime(outages) >= 99.9% per month
  objective Repair: max(outages, length) <= 4 h per month
}
requirement More of Globex { objective Uptime: uptime(outages) >= 99.99% per month }
sla Api between Acme and Globex {
  term from 2026-01-01 for 12 months
  objective Uptime: uptime(outages) >= 99.5% per month
  satisfies RunOptions
}
";
    let wanted = "\
RunOptions in Api
  required                      answer  promised
  ────────────────────────────────────────────────────────────────
  Uptime    >= 99.9% per month  short   Uptime: >= 99.5% per month
    99.5% is promised, but 99.9% is required: a difference of 0.4%
  Repair    <= 4 h per month    open
  1 short, 1 open

no agreement says that it satisfies More
";
    let ran = run_on(contract, &["coverage"]);
    assert_eq!((ran.status, ran.err.as_str(), ran.out.as_str()), (0, "", wanted));
}
