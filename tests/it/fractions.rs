//! Sums and means of many fractions with different denominators: exact, and in a time that
//! thousands of rows allow.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::fmt::Write as _;

use crate::temp_project::TempProject;
use serde_json::Value;

const CONTRACT: &str = "\
provider Acme
customer Globex
source counters: events { good: number  total: number }

sla Api between Acme and Globex {
  term from 2026-01-01 for 12 months
  objective Slots: mean(each 1 min of counters { sum(good) / sum(total) skip }) >= 99% per month
  objective Rows: mean(counters, good / total) >= 99% per month
  objective Sum: sum(counters, good / total) >= 99% per month
}
";

/// One row a minute, the n-th worth 1 / (n (n + 1)) = 1/n - 1/(n + 1). The sum of the first N is
/// 1 - 1/(N + 1) = N / (N + 1), for all that is between cancels out, and their mean 1 / (N + 1). No
/// two denominators are alike. Added one after another, 8,000 of them took a minute and more.
#[test]
fn fractions_of_many_denominators_are_added_exactly() {
    const COUNT: usize = 8000;
    let mut rows = String::from("at,good,total\n");
    for n in 1..=COUNT {
        let minute = n - 1;
        let (day, hour, minute) = (minute / 1440 + 1, minute / 60 % 24, minute % 60);
        writeln!(rows, "2026-01-{day:02}T{hour:02}:{minute:02}:00Z,1,{}", n * (n + 1))
            .expect("a string takes all");
    }
    let project = TempProject::of("run").write("a.sla", CONTRACT).write("counters.csv", &rows);
    let ran = project.run(&[
        "a.sla",
        "--data",
        "counters=counters.csv",
        "--complete-to",
        "2026-02-01",
        "--format",
        "json",
    ]);
    let report: Value =
        serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("no report: {}", ran.err));
    let objectives = report["agreements"][0]["objectives"].as_array().expect("objectives");
    let values: Vec<&Value> =
        objectives.iter().map(|it| &it["groups"][0]["windows"][0]["value"]["exact"]).collect();
    assert_eq!(values, ["1/8001", "1/8001", "8000/8001"]);
}
