//! What a form of output is, and the documents that forms show.
//!
//! Each form stands in a file of its own, as a constant `FORM`. The list of all is in `format`.

use crate::base::SourceMap;
use crate::diag::{Code, Finding};
use crate::eval::document::Report;
use crate::testing::{Listed, TestOutcome};

use super::TestCounts;
use super::look::Look;
use super::table::Table;

/// A form of output: its word on the command line, and how it shows each document. A document that
/// it cannot show is `None`.
pub struct Form {
    /// The word for it.
    pub name: &'static str,
    /// What it is for, as the help says behind the word.
    pub about: &'static str,
    /// Shows findings of `sla check`.
    pub findings: Option<fn(&Findings<'_>) -> String>,
    /// Shows what became of the tests of `sla test`.
    pub tests: Option<fn(&TestResults<'_>) -> String>,
    /// Shows figures of the checks.
    pub figures: Option<fn(&dyn Figures, Look) -> String>,
    /// Shows the report of `sla run`.
    pub report: Option<fn(&Report, Look) -> String>,
    /// Shows the long text of a code.
    pub explanation: Option<fn(Code, Look) -> String>,
}

/// Findings, and the texts they speak of.
#[derive(Clone, Copy)]
pub struct Findings<'f> {
    /// In the order in which they are shown.
    pub findings: &'f [Finding],
    /// The texts.
    pub sources: &'f SourceMap,
    /// How many files were read, without the standard library.
    pub files: usize,
    /// True if people want colours.
    pub colour: bool,
}

/// What became of the tests of a project.
pub struct TestResults<'t> {
    /// Tests that were run, in the order of their places.
    pub ran: &'t [TestOutcome],
    /// Tests of contracts with errors.
    pub not_run: &'t [Listed],
    /// What is wrong with the contracts.
    pub errors: &'t [Finding],
    /// Files that cannot be read, each with the reason.
    pub unread: &'t [(String, String)],
    /// The texts.
    pub sources: &'t SourceMap,
    /// How many files were read, without the standard library.
    pub files: usize,
    /// True if people want colours.
    pub colour: bool,
}

impl TestResults<'_> {
    /// How many tests ended how.
    pub fn counts(&self) -> TestCounts {
        let failed = self.ran.iter().filter(|test| !test.findings.is_empty()).count();
        TestCounts { passed: self.ran.len() - failed, failed, not_run: self.not_run.len() }
    }

    /// Shows them as findings: those of the contracts, then those of the tests, which say of which
    /// test they are.
    pub fn as_findings(&self, show: impl FnOnce(&Findings<'_>) -> String) -> String {
        let of_tests = self.ran.iter().flat_map(|test| {
            test.findings.iter().map(|finding| Finding {
                message: format!("test \"{}\": {}", test.title, finding.message),
                ..finding.clone()
            })
        });
        let findings: Vec<Finding> = self.errors.iter().cloned().chain(of_tests).collect();
        show(&Findings {
            findings: &findings,
            sources: self.sources,
            files: self.files,
            colour: self.colour,
        })
    }
}

/// Figures of the checks: tables for people, a document for programs.
pub trait Figures {
    /// The tables.
    fn tables(&self) -> Vec<Table>;
    /// What is said where there are none.
    fn nothing(&self) -> &'static str;
    /// The document.
    fn json(&self) -> String;
}

impl dyn Figures + '_ {
    /// Its tables as text, or the sentence that there are none.
    pub fn text(&self, show: impl FnOnce(&[Table]) -> String) -> String {
        let tables = self.tables();
        if tables.is_empty() { format!("{}\n", self.nothing()) } else { show(&tables) }
    }
}
