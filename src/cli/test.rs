//! `sla test`: runs the tests that contracts hold.

use std::path::PathBuf;

use crate::base::SourceMap;
use crate::diag::{Finding, Level};
use crate::report::{self, Format};
use crate::run::testing::{self, Tested};
use crate::workspace::{Analysed, Checked};

use super::Status;
use super::check::{roots_at, tell_troubles, workspace};
use super::output::{Output, Stream};

/// Runs the tests of files and folders.
pub fn run(paths: &[PathBuf], filter: Option<&str>, output: &Output) -> Status {
    let mut roots = Vec::new();
    for path in paths {
        match roots_at(path) {
            Ok(found) => roots.extend(found),
            Err(message) => {
                output.trouble(&message);
                return Status::Trouble;
            }
        }
    }
    let tests = |project: &Analysed<'_, '_, '_>| {
        if project.sound { testing::run(project.model, &project.loaded.sources, project.files, filter) } else { Vec::new() }
    };
    let (mut checked, done) = workspace(roots, output).check_with(&tests);
    if tell_troubles(&checked, output) {
        return Status::Trouble;
    }
    checked.findings.retain(|finding| finding.level == Level::Error);
    if !checked.findings.is_empty() {
        // What cannot be understood cannot be tested.
        output.findings(&checked, Stream::Error);
        return Status::Trouble;
    }
    let mut tests: Vec<Tested> = done.into_iter().flatten().collect();
    tests.sort_by_key(|test| (test.span.file, test.span.start));
    show(&tests, checked, output)
}

fn show(tests: &[Tested], checked: Checked, output: &Output) -> Status {
    let failed = tests.iter().filter(|test| !test.findings.is_empty()).count();
    let text = if output.junit {
        junit(tests, checked.sources())
    } else {
        let findings: Vec<Finding> = tests.iter().flat_map(|test| test.findings.iter().cloned()).collect();
        output.render(&Checked { findings, ..checked })
    };
    let status = output.print(&text);
    output.remark(&summary(tests.len(), failed));
    match status {
        Status::Clean if failed > 0 => Status::Findings,
        other => other,
    }
}

/// One line for people.
fn summary(tests: usize, failed: usize) -> String {
    let plural = if tests == 1 { "" } else { "s" };
    match failed {
        0 if tests == 0 => "no tests".to_string(),
        0 => format!("{tests} test{plural} passed"),
        _ => format!("{failed} of {tests} test{plural} failed"),
    }
}

/// The form that build servers read.
fn junit(tests: &[Tested], sources: &SourceMap) -> String {
    let failed = tests.iter().filter(|test| !test.findings.is_empty()).count();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out.push_str(&format!("<testsuites tests=\"{}\" failures=\"{failed}\">\n", tests.len()));
    let mut rest = tests;
    while let Some(first) = rest.first() {
        let count = rest.iter().take_while(|test| test.span.file == first.span.file).count();
        let (own, others) = rest.split_at(count);
        let bad = own.iter().filter(|test| !test.findings.is_empty()).count();
        let file = escaped(sources.name(first.span.file));
        out.push_str(&format!("  <testsuite name=\"{file}\" tests=\"{count}\" failures=\"{bad}\">\n"));
        for test in own {
            out.push_str(&format!("    <testcase classname=\"{file}\" name=\"{}\"", escaped(&test.title)));
            if test.findings.is_empty() {
                out.push_str("/>\n");
                continue;
            }
            let message = test.findings.first().map_or("", |finding| finding.message.as_str());
            let text = report::render(Format::Short, false, &test.findings, sources, 1);
            out.push_str(&format!(">\n      <failure message=\"{}\">{}</failure>\n    </testcase>\n", escaped(message), escaped(&text)));
        }
        out.push_str("  </testsuite>\n");
        rest = others;
    }
    out.push_str("</testsuites>\n");
    out
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
            letter if letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            letter => out.push(letter),
        }
    }
    out
}
