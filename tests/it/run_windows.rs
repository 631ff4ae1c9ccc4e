//! `sla run`: which windows a report speaks of, and whose they are. Figures are computed by hand
//! beside each.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use crate::temp_project::TempProject;
use serde_json::Value;

/// The agreements of a report.
fn agreements(contract: &str, files: &[(&str, &str)], more: &[&str]) -> Vec<Value> {
    let project = files
        .iter()
        .fold(TempProject::of("run").write("a.sla", contract), |project, (source, rows)| {
            project.write(&format!("{source}.csv"), rows)
        });
    let data: Vec<String> = files
        .iter()
        .flat_map(|(source, _)| ["--data".to_owned(), format!("{source}={source}.csv")])
        .collect();
    let mut arguments = vec!["a.sla"];
    arguments.extend(data.iter().map(String::as_str));
    arguments.extend(more);
    arguments.extend(["--format", "json"]);
    let ran = project.run(&arguments);
    let report: Value =
        serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("no report: {}", ran.err));
    report["agreements"].as_array().expect("agreements").clone()
}

/// From when to when.
fn ends(part: &Value) -> (Option<String>, Option<String>) {
    let text = |name: &str| part[name].as_str().map(str::to_owned);
    (text("from"), text("to"))
}

const LATE: &str = "\
provider Acme
customer Globex
source outages: spans

sla Api between Acme and Globex {
  term from 2026-01-15 to 2026-03-10
  fee 310 EUR per month
  objective Uptime: uptime(outages) >= 99% per month from 2026-01-20
  credit Uptime pay 10% of fee
  credit Words for Uptime remedy \"a talk\"
}
";

/// A window is known by its whole interval, also where the term, or the start of the promise, cuts
/// it: so a line of money is found under its window. From 20 January on there are 12 days, 288 h;
/// of March the term holds ten, 240 h: 5 h are more than 1% of either.
#[test]
fn a_line_names_the_window_as_the_verdict_does() {
    let rows = "start,end\n2026-01-25T00:00:00Z,2026-01-25T05:00:00Z\n2026-03-05T00:00:00Z,2026-03-05T05:00:00Z\n";
    let found = agreements(LATE, &[("outages", rows)], &["--complete-to", "2026-03-11"]);
    let windows = found[0]["objectives"][0]["groups"][0]["windows"].as_array().expect("windows");
    let breached: Vec<_> =
        windows.iter().filter(|it| it["verdict"] == "breached").map(ends).collect();
    let month =
        |from: &str, to: &str| (Some(format!("{from}T00:00:00Z")), Some(format!("{to}T00:00:00Z")));
    assert_eq!(breached, [month("2026-01-01", "2026-02-01"), month("2026-03-01", "2026-04-01")]);
    for part in ["lines", "remedies"] {
        assert_eq!(
            found[0][part].as_array().expect(part).iter().map(ends).collect::<Vec<_>>(),
            breached,
            "{part}"
        );
    }
    // 310 EUR a month are 10 a day: 17 days of January in the term, ten of March; a tenth of each.
    let amounts: Vec<&str> = found[0]["lines"]
        .as_array()
        .expect("lines")
        .iter()
        .filter_map(|line| line["amount"]["exact"].as_str())
        .collect();
    assert_eq!(amounts, ["17", "10"]);
}

/// March ends in Berlin on 1 April at 00:00, on 31 March at 22:00 in UTC. 30 days later is 1 May at
/// 00:00, so 30 April is the last day.
#[test]
fn a_right_to_end_the_agreement_is_dated_like_a_claim() {
    let contract = "\
provider Acme
customer Globex
source outages: spans
sla Api between Acme and Globex {
  zone \"Europe/Berlin\"
  term from 2026-01-01 for 12 months
  objective Uptime: uptime(outages) >= 99% per month
  terminate when Uptime breached within 30 days
}
";
    let rows = "start,end\n2026-03-10T10:00:00Z,2026-03-12T10:00:00Z\n";
    let right =
        agreements(contract, &[("outages", rows)], &["--complete-to", "2026-05-01"])[0]["rights"]
            [0]
        .clone();
    assert_eq!(
        (right["window"].as_str(), right["by"].as_str()),
        (Some("2026-03"), Some("2026-04-30"))
    );
    assert_eq!(
        (right["on"].as_str(), right["until"].as_str()),
        (Some("2026-03-31T22:00:00Z"), Some("2026-04-30T22:00:00Z"))
    );
    let project = TempProject::of("run").write("a.sla", contract).write("outages.csv", rows);
    let text =
        project.run(&["a.sla", "--data", "outages=outages.csv", "--complete-to", "2026-05-01"]).out;
    let said = "the right to end the agreement arose at the end of 2026-03; declare it by 2026-04-30 (a.sla:8:3)";
    assert!(text.contains(said), "{text}");
}

/// March has 744 h: 48 h of downtime leave 93.5%, below 99% and not below 50%. So the named right
/// of line 8 arises, and the one without a name of line 10, which its line distinguishes. In April
/// there is no downtime.
#[test]
fn the_text_names_each_right_that_arose() {
    let contract = "\
provider Acme
customer Globex
source outages: spans
sla Api between Acme and Globex {
  term from 2026-01-01 for 12 months
  objective Uptime: uptime(outages) >= 99% per month
  objective Half: uptime(outages) >= 50% per month
  terminate Chronic when Uptime breached within 30 days
  terminate when Half breached
  terminate when Uptime breached
}
";
    let rows = "start,end\n2026-03-10T10:00:00Z,2026-03-12T10:00:00Z\n";
    let project = TempProject::of("run").write("a.sla", contract).write("outages.csv", rows);
    let text =
        project.run(&["a.sla", "--data", "outages=outages.csv", "--complete-to", "2026-05-01"]).out;
    let said: Vec<&str> = text
        .lines()
        .filter(|line| line.contains("to end the agreement arose"))
        .map(str::trim)
        .collect();
    // The month ends on 1 April at 00:00; 30 days later is 1 May at 00:00, so 30 April is the last
    // day.
    let expected = [
        "the right `Chronic` to end the agreement arose at the end of 2026-03; declare it by 2026-04-30 (a.sla:8:3)",
        "the right to end the agreement arose at the end of 2026-03 (a.sla:10:3)",
    ];
    assert_eq!(said, expected, "{text}");
}

/// The term of what renews until somebody ends it has no end, and so has its window: none is made
/// up of where the zones are known to.
#[test]
fn a_term_that_renews_has_a_window_without_an_end() {
    let contract = "\
provider Acme
customer Globex
source outages: spans
sla Api between Acme and Globex {
  term from 2026-01-01 for 3 months renews 3 months
  objective Uptime: uptime(outages) >= 99% per term
}
";
    let found =
        agreements(contract, &[("outages", "start,end\n")], &["--complete-to", "2027-05-01"]);
    let windows = found[0]["objectives"][0]["groups"][0]["windows"].as_array().expect("windows");
    assert_eq!(windows.len(), 1);
    assert_eq!(
        (windows[0]["verdict"].as_str(), ends(&windows[0])),
        (Some("pending"), (Some("2026-01-01T00:00:00Z".to_owned()), None))
    );
}

const ANY: &str = "\
provider Acme
customer Globex
customer Initech
customer Hooli
customer Umbrella
source requests: events { customer: Customer  ok: boolean }
source outages: spans { customer: Customer }
source visits: events { customer: Customer }

sla Api between Acme and any customer {
  term from 2026-01-01 for 12 months
  objective Ratio: share(requests, ok) >= 99% per month missing counts as met
  credit Ratio on downtime(outages) regardless { over 1 h pay 10 EUR }
}
sla Other between Acme and Umbrella {
  term from 2026-01-01 for 12 months
  objective Visits: count(visits) <= 9 per month
}
";

/// Customers are those whom the data name, in rows of the term, of sources that the agreement
/// reads: Initech's only outage is read by the credit, and costs 10 EUR; Hooli's request lies
/// before the term; visits are read by another agreement.
#[test]
fn customers_are_those_whom_the_rows_that_are_read_name() {
    let files = [
        (
            "requests",
            "at,customer,ok\n2026-03-01T00:00:00Z,Globex,true\n2025-12-31T23:59:59Z,Hooli,false\n",
        ),
        ("outages", "start,end,customer\n2026-03-10T00:00:00Z,2026-03-10T02:00:00Z,Initech\n"),
        ("visits", "at,customer\n2026-03-01T00:00:00Z,Umbrella\n"),
    ];
    let found = agreements(ANY, &files, &["--complete-to", "2026-04-01"]);
    let named: Vec<(&str, &str)> = found
        .iter()
        .map(|it| {
            (it["id"].as_str().unwrap_or_default(), it["customer"].as_str().unwrap_or_default())
        })
        .collect();
    assert_eq!(named, [("Api", "Globex"), ("Api", "Initech"), ("Other", "Umbrella")]);
    let due: Vec<Option<&str>> =
        found.iter().map(|it| it["totals"][0]["amount"]["exact"].as_str()).collect();
    assert_eq!(due, [None, Some("10"), None]);
}

/// A row that begins at the time of evaluation names no customer.
#[test]
fn what_lies_ahead_names_no_customer() {
    let files = [
        (
            "requests",
            "at,customer,ok\n2026-03-01T00:00:00Z,Globex,true\n2026-04-01T00:00:00Z,Hooli,false\n",
        ),
        ("outages", "start,end,customer\n"),
        ("visits", "at,customer\n"),
    ];
    let found = agreements(
        ANY,
        &files,
        &["--agreement", "Api", "--complete-to", "2026-05-01", "--as-of", "2026-04-01"],
    );
    assert_eq!(
        found.iter().map(|it| it["customer"].as_str().unwrap_or_default()).collect::<Vec<_>>(),
        ["Globex"]
    );
}

/// A group is called as the credit's first objective calls it, also in a window in which that one
/// does not hold yet: 8 h of February's 672 are more than 1%.
#[test]
fn a_credit_of_several_objectives_names_its_groups_in_one_order() {
    let contract = "\
provider Acme
customer Globex
source outages: spans { region: text  site: text }

sla Api between Acme and Globex {
  term from 2026-01-01 for 12 months
  objective Later: uptime(outages) >= 99% per month by region, site from 2026-03-01
  objective Now: uptime(outages) >= 99% per month by site, region
  credit Both for Later, Now pay 100 EUR pays each
}
";
    let rows = "start,end,region,site\n2026-02-03T00:00:00Z,2026-02-03T08:00:00Z,east,hall\n2026-03-03T00:00:00Z,2026-03-03T08:00:00Z,east,hall\n";
    for as_of in ["2026-03-01", "2026-04-01"] {
        let found = agreements(contract, &[("outages", rows)], &["--complete-to", as_of]);
        let lines = found[0]["lines"].as_array().expect("lines");
        assert!(!lines.is_empty());
        for line in lines {
            assert_eq!(line["group"], serde_json::json!(["east", "hall"]));
        }
    }
}
