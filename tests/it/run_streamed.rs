//! Streamed events: `--stream-from 0` streams every file, and the report is that of rows loaded
//! into memory.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use crate::temp_project::TempProject;
use serde_json::Value;

/// Region eu has two rows, both of host e1, one of them bad; region us has three good rows of three
/// hosts.
const ROWS: &str = "\
at,status,region,host
2026-03-02T10:00:00Z,200,eu,e1
2026-03-02T10:00:01Z,500,eu,e1
2026-03-02T11:00:00Z,200,us,u1
2026-03-02T11:00:01Z,200,us,u2
2026-03-02T11:00:02Z,200,us,u3
";

/// The report on those rows of a contract with one objective and what follows it.
fn report(objective: &str, more: &[&str]) -> Value {
    let contract = format!(
        "provider Acme\ncustomer Globex\nenum Region: eu | us\n\
         source requests: events {{ status: number  region: Region  host: text }}\n\
         sla Api between Acme and Globex {{\n  term from 2026-03-01 for 1 month\n  fee 1_000 EUR per month\n{objective}\n}}\n"
    );
    let project = TempProject::of("run").write("a.sla", contract).write("r.csv", ROWS);
    let arguments =
        ["a.sla", "--data", "requests=r.csv", "--complete-to", "2026-04-01", "--format", "json"];
    let ran = project.run(&[&arguments[..], more].concat());
    serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("no report: {}", ran.err))
}

/// Held and streamed, which must be alike.
fn both(objective: &str) -> Value {
    let streamed = report(objective, &["--stream-from", "0"]);
    assert_eq!(streamed, report(objective, &[]));
    streamed
}

/// The exact value of each group of the first objective.
fn values(report: &Value) -> Vec<&str> {
    let groups = report["agreements"][0]["objectives"][0]["groups"].as_array().expect("groups");
    groups
        .iter()
        .map(|group| group["windows"][0]["value"]["exact"].as_str().expect("a value"))
        .collect()
}

/// The hosts of a group are those that occur in its own rows: of eu only e1, whose share is 1/2.
/// Were the three hosts of us among them, each without rows in eu and so 100%, the mean would be
/// (1/2 + 3) / 4 = 7/8.
#[test]
fn slots_of_a_field_are_those_of_the_group() {
    let report = both(
        "  objective Hosts: mean(each host of requests { share(status < 500) default 100% }) >= 99% per month by region\n\
         \x20 credit Hosts { below target pay 10%  below 60% pay 50% } of fee pays each",
    );
    assert_eq!(values(&report), ["0.5", "1"]);
    assert_eq!(report["agreements"][0]["totals"][0]["amount"]["exact"], "500");
}

/// The same of slots inside the slots of another field: the mean of eu is 1/2 and that of us 1, the
/// least of them 1/2.
#[test]
fn slots_of_a_field_are_those_of_the_slot_around() {
    let inner = "mean(each host of requests { share(status < 500) default 100% })";
    let report = both(&format!(
        "  objective Hosts: min(each region of requests {{ {inner} skip }}) >= 99% per month"
    ));
    assert_eq!(values(&report), ["0.5"]);
}
