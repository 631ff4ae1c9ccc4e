//! `sla test`: runs the tests that contracts hold.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::base::SourceMap;
use crate::diag::{Finding, Level};
use crate::report::{self, Format, TestCounts};
use crate::testing::{self, Listed, Tested};
use crate::workspace::{Analysed, Checked};

use super::Status;
use super::check::{roots, tell_troubles, workspace};
use super::output::Output;

/// What `sla test` is asked for.
pub struct Wish<'w> {
    /// Only tests whose title or file holds this text.
    pub filter: Option<&'w str>,
    /// List the tests and run none.
    pub list: bool,
}

/// What became of the tests of all files.
struct Results {
    ran: Vec<Tested>,
    /// Tests of contracts with errors.
    not_run: Vec<Listed>,
}

/// Runs or lists the tests of files and folders. A file with errors keeps its own tests and those
/// of its users from running, and no others.
pub fn run(paths: &[PathBuf], wish: &Wish<'_>, output: &Output) -> Status {
    let (roots, mut troubled) = roots(paths, output);
    let tests = |project: &Analysed<'_, '_, '_>| {
        let (model, sources) = (project.model, &project.loaded.sources);
        if project.sound && !wish.list {
            (testing::run(model, sources, project.files, wish.filter), Vec::new())
        } else {
            (Vec::new(), testing::list(model, sources, wish.filter))
        }
    };
    let (mut checked, done) = workspace(roots, output).check_with(&tests);
    troubled |= tell_troubles(&checked, output);
    let mut results = Results { ran: Vec::new(), not_run: Vec::new() };
    for (ran, not_run) in done {
        results.ran.extend(ran);
        results.not_run.extend(not_run);
    }
    results.ran.sort_by_key(|test| (test.span.file, test.span.start));
    results.not_run.sort_by_key(|test| (test.span.file, test.span.start));
    checked.findings.retain(|finding| finding.level == Level::Error);
    troubled |= !wish.list && !checked.findings.is_empty();
    let found_any = !results.ran.is_empty() || !results.not_run.is_empty();
    let status = if wish.list {
        list(&results.not_run, &checked, output)
    } else {
        show(&results, checked, output)
    };
    match (status, wish.filter) {
        (Status::Trouble, _) => Status::Trouble,
        _ if troubled => Status::Trouble,
        (_, Some(filter)) if !found_any => {
            output.trouble(&format!("no test has `{filter}` in its title or file"));
            Status::NothingFound
        }
        (status, _) => status,
    }
}

/// Prints where each test stands and what it shows.
fn list(tests: &[Listed], checked: &Checked, output: &Output) -> Status {
    let line = |test: &Listed| {
        format!(
            "{}: {}\n",
            report::one_line(&checked.sources().place(test.span)),
            report::one_line(&test.title)
        )
    };
    output.print(&tests.iter().map(line).collect::<String>())
}

fn show(results: &Results, checked: Checked, output: &Output) -> Status {
    let failed = results.ran.iter().filter(|test| !test.findings.is_empty()).count();
    let counts =
        TestCounts { passed: results.ran.len() - failed, failed, not_run: results.not_run.len() };
    let text = if output.junit {
        junit(results, &checked)
    } else {
        let mut findings = checked.findings.clone();
        findings.extend(
            results
                .ran
                .iter()
                .flat_map(|test| test.findings.iter().map(|finding| titled(finding, &test.title))),
        );
        let files = checked.counts().files;
        match output.format() {
            Format::Json => report::json_text(
                &report::document(&findings, checked.sources(), files).with_tests(counts),
            ),
            Format::Human | Format::Short | Format::Narrated => {
                output.render(&Checked { findings, ..checked })
            }
        }
    };
    let status = output.print(&text);
    output.remark(&summary(counts));
    match status {
        Status::Clean if failed > 0 => Status::Findings,
        other => other,
    }
}

/// A finding of a test that says which test it is of.
fn titled(finding: &Finding, title: &str) -> Finding {
    Finding { message: format!("test \"{title}\": {}", finding.message), ..finding.clone() }
}

/// One line for people.
fn summary(counts: TestCounts) -> String {
    let TestCounts { passed, failed, not_run } = counts;
    let tests = |count: usize| format!("{count} test{}", if count == 1 { "" } else { "s" });
    let ran = match (passed, failed) {
        (0, 0) => "no tests ran".to_string(),
        (passed, 0) => format!("{} passed", tests(passed)),
        (passed, failed) => format!("{failed} of {} failed", tests(passed + failed)),
    };
    let waiting = if not_run == 0 {
        String::new()
    } else {
        format!("; {} not run, because the contracts have errors", tests(not_run))
    };
    ran + &waiting
}

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
fn junit(results: &Results, checked: &Checked) -> String {
    let sources = checked.sources();
    let mut suites: BTreeMap<String, Suite> = BTreeMap::new();
    for trouble in &checked.loaded.troubles {
        let file = trouble.path.display().to_string();
        let message = format!("cannot read `{file}`: {}", trouble.fault.reason());
        suites.entry(file.clone()).or_default().case(
            &file,
            "sla check",
            Some(("error", &message, "")),
        );
    }
    for findings in by_file(&checked.findings) {
        let (Some(first), Some(span)) =
            (findings.first(), findings.first().and_then(|first| first.span()))
        else {
            continue;
        };
        let file = sources.name(span.file);
        let text = short(findings, sources);
        suites.entry(file.to_owned()).or_default().case(
            file,
            "sla check",
            Some(("error", &first.message, &text)),
        );
    }
    for test in &results.not_run {
        let file = sources.name(test.span.file);
        let element = Some(("error", "not run, because the contracts have errors", ""));
        suites.entry(file.to_owned()).or_default().case(file, &test.title, element);
    }
    for test in &results.ran {
        let file = sources.name(test.span.file);
        let text = short(&test.findings, sources);
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

fn short(findings: &[Finding], sources: &SourceMap) -> String {
    report::render(Format::Short, false, findings, sources, 1)
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
