//! `test` blocks: what they give becomes rows, the plan of their file is evaluated, and what they expect is compared with what came out.
//!
//! In: the model of a project. Out: for each test whether it passed, or findings that say at their place in the file what was expected and
//! what came out. This is the only part of the evaluator that knows the language's own model.

mod expect;
mod given;
mod subjects;

use super::fault::Fault;
use super::threads;
use crate::base::{FileId, SourceMap, Span};
use crate::diag::{Code, Finding};
use crate::names::DeclId;
use crate::time::Zone;
use crate::types::Model;
use crate::types::model::Test;

/// How a test ended.
#[derive(Clone, Debug)]
pub struct Tested {
    /// What it shows, or where it stands if it does not say.
    pub title: String,
    /// Where it stands.
    pub span: Span,
    /// What went otherwise than expected; empty if it passed.
    pub findings: Vec<Finding>,
}

/// Runs the tests of a project whose titles or files hold a text.
pub fn run(model: &Model<'_, '_>, sources: &SourceMap, files: &[FileId], filter: Option<&str>) -> Vec<Tested> {
    let title = |test: &Test<'_>| match &test.syntax.title {
        Some(title) => title.value.to_string(),
        None => format!("{}:{}", sources.name(test.item.lead.file), sources.line_column(test.item.lead).line),
    };
    let wanted =
        |test: &&Test<'_>| filter.is_none_or(|text| title(test).contains(text) || sources.name(test.item.lead.file).contains(text));
    let tests: Vec<&Test<'_>> = model.tests.iter().filter(wanted).collect();
    let one = |test: &&Test<'_>| {
        let context = Context { model, sources, files, test };
        let findings = context.run();
        Tested { title: title(test), span: test.item.lead, findings }
    };
    threads::each(&tests, one)
}

/// One test and what it stands in.
struct Context<'c, 'a, 'p> {
    model: &'c Model<'a, 'p>,
    sources: &'c SourceMap,
    files: &'c [FileId],
    test: &'c Test<'a>,
}

impl Context<'_, '_, '_> {
    /// The zone of the times of the test: that of the first agreement it names.
    fn zone(&self) -> Zone {
        let first = self.test.given.iter().find_map(|(agreement, _)| *agreement);
        first.map_or(Zone::UTC, |id| self.zone_of(id))
    }

    fn zone_of(&self, id: DeclId) -> Zone {
        let agreement = self.model.agreements.iter().find(|agreement| agreement.id == id);
        agreement.and_then(|it| it.zone.as_ref()).and_then(|zone| Zone::find(&zone.value)).unwrap_or(Zone::UTC)
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
        let finding = Finding::new(Code::FailedTest, self.test.item.lead, "this test cannot be evaluated").here(fault.message.clone());
        match &fault.at {
            Some(at) if !at.0.is_empty() => finding.note(format!("while computing what stands at {}", at.0)),
            Some(_) | None => finding,
        }
    }
}
