//! `test` blocks: what they give becomes rows, the plan of their file is evaluated, and what they
//! expect is compared with what came out.
//!
//! In: the model of a project. Out: for each test whether it passed, or findings that say at their
//! place in the file what was expected and what came out. This is the only part of the evaluator
//! that knows the language's own model.

mod expect;
mod given;
mod subjects;

use crate::base::parallel;
use crate::base::{FileId, SourceMap, Span};
use crate::data::fault::Fault;
use crate::diag::{Code, Finding};
use crate::names::DeclId;
use crate::time::Zone;
use crate::types::Model;
use crate::types::model::Test;

/// The most rows that the `every` lines of one test may make.
pub const MOST_ROWS: i64 = 5_000_000;

/// The outcome of a test.
#[derive(Clone, Debug)]
pub struct TestOutcome {
    /// What it shows, or where it stands if it does not say.
    pub title: String,
    /// Its place in the text.
    pub span: Span,
    /// What went otherwise than expected; empty if it passed.
    pub findings: Vec<Finding>,
}

/// A test that is there, whether or not it is run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listed {
    /// What it shows.
    pub title: String,
    /// Its place in the text.
    pub span: Span,
}

/// The tests of a project whose titles or files hold a text.
pub fn list(model: &Model<'_, '_>, sources: &SourceMap, filter: Option<&str>) -> Vec<Listed> {
    let wanted = wanted(model, sources, filter);
    wanted.into_iter().map(|(title, test)| Listed { title, span: test.item.lead }).collect()
}

/// Runs the tests of a project whose titles or files hold a text.
pub fn run(
    model: &Model<'_, '_>,
    sources: &SourceMap,
    files: &[FileId],
    filter: Option<&str>,
) -> Vec<TestOutcome> {
    run_within(model, sources, files, filter, MOST_ROWS)
}

/// The same with another limit than [`MOST_ROWS`].
pub fn run_within(
    model: &Model<'_, '_>,
    sources: &SourceMap,
    files: &[FileId],
    filter: Option<&str>,
    most_rows: i64,
) -> Vec<TestOutcome> {
    let one = |(title, test): &(String, &Test<'_>)| {
        let context = Context { model, sources, files, test, most_rows };
        TestOutcome { title: title.clone(), span: test.item.lead, findings: context.run() }
    };
    parallel::each(&wanted(model, sources, filter), one)
}

/// Tests whose titles or files hold a text, with their titles.
fn wanted<'m, 'a>(
    model: &'m Model<'a, '_>,
    sources: &SourceMap,
    filter: Option<&str>,
) -> Vec<(String, &'m Test<'a>)> {
    let title = |test: &Test<'_>| match &test.syntax.title {
        Some(title) => title.value.to_string(),
        None => sources.place(test.item.lead),
    };
    let all = model.tests.iter().map(|test| (title(test), test));
    let is_wanted = |title: &str, test: &Test<'_>| {
        filter.is_none_or(|text| {
            title.contains(text) || sources.name(test.item.lead.file).contains(text)
        })
    };
    all.filter(|(title, test)| is_wanted(title, test)).collect()
}

/// One test and its context.
struct Context<'c, 'a, 'p> {
    model: &'c Model<'a, 'p>,
    sources: &'c SourceMap,
    files: &'c [FileId],
    test: &'c Test<'a>,
    most_rows: i64,
}

impl Context<'_, '_, '_> {
    /// The zone of the times of the test: that of the first agreement it names.
    fn zone(&self) -> Zone {
        let first = self.test.given.iter().find_map(|(agreement, _)| *agreement);
        first.map_or(Zone::UTC, |id| self.zone_of(id))
    }

    fn zone_of(&self, id: DeclId) -> Zone {
        let agreement = self.model.agreements.iter().find(|agreement| agreement.id == id);
        agreement
            .and_then(|it| it.zone.as_ref())
            .and_then(|zone| Zone::find(&zone.value))
            .unwrap_or(Zone::UTC)
    }

    fn run(&self) -> Vec<Finding> {
        match self.prepare() {
            Err(findings) => findings,
            Ok(ready) => match self.compare(&ready) {
                Ok(findings) => findings,
                Err(fault) => vec![self.stopped(&fault)],
            },
        }
    }

    /// A test whose evaluation stopped.
    fn stopped(&self, fault: &Fault) -> Finding {
        let finding =
            Finding::new(Code::FailedTest, self.test.item.lead, "this test cannot be evaluated")
                .here(fault.message.clone());
        match &fault.at {
            Some(at) if !at.0.is_empty() => {
                finding.note(format!("while computing the expression at {}", at.0))
            }
            Some(_) | None => finding,
        }
    }
}
