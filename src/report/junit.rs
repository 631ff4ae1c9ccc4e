//! What became of tests, in the form that build servers read.

use std::collections::BTreeMap;

use crate::diag::Finding;

use super::form::{Form, TestResults};
use super::short;

pub(super) const FORM: Form = Form {
    name: "junit",
    about: "for build servers",
    findings: None,
    tests: Some(render),
    figures: None,
    report: None,
    explanation: None,
};

/// The test cases of one file in the form that build servers read.
#[derive(Default)]
struct Suite {
    cases: String,
    tests: usize,
    failures: usize,
    errors: usize,
}

impl Suite {
    /// Adds a case that passed, or whose element says why not.
    fn case(&mut self, file: &str, name: &str, element: Option<(&str, &str, &str)>) {
        self.tests += 1;
        self.cases.push_str(&format!(
            "    <testcase classname=\"{}\" name=\"{}\"",
            escaped(file),
            escaped(name)
        ));
        let Some((kind, message, text)) = element else {
            self.cases.push_str("/>\n");
            return;
        };
        *(if kind == "failure" { &mut self.failures } else { &mut self.errors }) += 1;
        let (message, text) = (escaped(message), escaped(text));
        self.cases.push_str(&format!(
            ">\n      <{kind} message=\"{message}\">{text}</{kind}>\n    </testcase>\n"
        ));
    }
}

/// The form that build servers read: a suite for each file; what is wrong with a contract is an
/// error of the case `sla check`.
fn render(results: &TestResults<'_>) -> String {
    let sources = results.sources;
    let mut suites: BTreeMap<String, Suite> = BTreeMap::new();
    for (file, reason) in results.unread {
        let message = format!("cannot read `{file}`: {reason}");
        suites.entry(file.clone()).or_default().case(
            file,
            "sla check",
            Some(("error", &message, "")),
        );
    }
    for findings in by_file(results.errors) {
        let (Some(first), Some(span)) =
            (findings.first(), findings.first().and_then(|first| first.span()))
        else {
            continue;
        };
        let file = sources.name(span.file);
        let text = short::render(findings, sources);
        suites.entry(file.to_owned()).or_default().case(
            file,
            "sla check",
            Some(("error", &first.message, &text)),
        );
    }
    for test in results.not_run {
        let file = sources.name(test.span.file);
        let element = Some(("error", "not run, because the contracts have errors", ""));
        suites.entry(file.to_owned()).or_default().case(file, &test.title, element);
    }
    for test in results.ran {
        let file = sources.name(test.span.file);
        let text = short::render(&test.findings, sources);
        let element =
            test.findings.first().map(|first| ("failure", first.message.as_str(), text.as_str()));
        suites.entry(file.to_owned()).or_default().case(file, &test.title, element);
    }
    let sum = |of: &dyn Fn(&Suite) -> usize| suites.values().map(of).sum::<usize>();
    let (tests, failures, errors) =
        (sum(&|suite| suite.tests), sum(&|suite| suite.failures), sum(&|suite| suite.errors));
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out.push_str(&format!(
        "<testsuites tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\">\n"
    ));
    for (file, suite) in &suites {
        let Suite { cases, tests, failures, errors } = suite;
        let name = escaped(file);
        out.push_str(&format!(
            "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\">\n{cases}  </testsuite>\n"
        ));
    }
    out.push_str("</testsuites>\n");
    out
}

/// Findings, which are in order of files, file by file.
fn by_file(findings: &[Finding]) -> impl Iterator<Item = &[Finding]> {
    let file = |finding: &Finding| finding.span().map(|span| span.file);
    findings.chunk_by(move |one, other| file(one) == file(other))
}

/// Text fit for XML: its marks escaped, characters it cannot hold replaced.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(letter),
            letter if letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}') => {
                out.push('\u{fffd}')
            }
            letter => out.push(letter),
        }
    }
    out
}
