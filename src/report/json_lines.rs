//! The rows of the report as objects of JSON, one a line.

use super::form::Form;
use super::run::flat;

pub(super) const FORM: Form = Form {
    name: "jsonl",
    about: "the same rows as objects, one a line",
    findings: None,
    tests: None,
    figures: None,
    report: Some(|report, _| {
        let line = |line| serde_json::to_string(&line).unwrap_or_default() + "\n";
        flat::lines(report).map(line).collect()
    }),
    explanation: None,
};
