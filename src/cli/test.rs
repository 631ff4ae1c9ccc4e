//! `sla test`: runs the tests that contracts hold.

use std::path::PathBuf;

use crate::diag::Level;
use crate::report::{self, TestCounts, TestResults};
use crate::testing::{self, Listed, TestOutcome};
use crate::workspace::{Analysed, Checked, UnreadableFile};

use super::Status;
use super::check::{roots, tell_troubles, workspace};
use super::output::Output;

/// Arguments of `sla test`, parsed.
pub struct Wish<'w> {
    /// Only tests whose title or file holds this text.
    pub filter: Option<&'w str>,
    /// List the tests and run none.
    pub list: bool,
}

/// What became of the tests of all files.
struct Results {
    ran: Vec<TestOutcome>,
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
        show(&results, &checked, output)
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

/// Prints the place and the title of each test.
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

fn show(results: &Results, checked: &Checked, output: &Output) -> Status {
    let unreadable = |trouble: &UnreadableFile| {
        (trouble.path.display().to_string(), trouble.fault.reason().to_string())
    };
    let unread: Vec<(String, String)> = checked.loaded.unreadable.iter().map(unreadable).collect();
    let results = TestResults {
        ran: &results.ran,
        not_run: &results.not_run,
        errors: &checked.findings,
        unread: &unread,
        sources: checked.sources(),
        files: checked.counts().files,
        colour: output.look(None).colour,
    };
    let counts = results.counts();
    let status = output.print(&output.format().tests(&results));
    output.remark(&summary(counts));
    match status {
        Status::Clean if counts.failed > 0 => Status::Findings,
        other => other,
    }
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
