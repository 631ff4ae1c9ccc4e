//! The list of all forms of output. Whoever shows a document, or says which forms there are, reads
//! it.

use std::fmt;

use crate::diag::Code;
use crate::eval::document::Report;

use super::form::{Figures, Findings, Form, TestResults};
use super::look::Look;
use super::{csv, human, json, json_lines, junit, markdown, narrated, short};

/// All forms of output, in the order in which the help lists them.
const FORMS: [&Form; 8] = [
    &human::FORM,
    &short::FORM,
    &narrated::FORM,
    &json::FORM,
    &junit::FORM,
    &markdown::FORM,
    &csv::FORM,
    &json_lines::FORM,
];

/// A form of output.
#[derive(Clone, Copy)]
pub struct Format(&'static Form);

/// A kind of document that forms show.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Document {
    /// What is wrong in contracts.
    Findings,
    /// What became of tests.
    Tests,
    /// Figures of the checks.
    Figures,
    /// Verdicts and money.
    Report,
    /// The long text of a code.
    Explanation,
}

impl Document {
    /// All kinds.
    pub const ALL: [Document; 5] = [
        Document::Findings,
        Document::Tests,
        Document::Figures,
        Document::Report,
        Document::Explanation,
    ];
}

impl Format {
    /// With the lines of the text and marks below them.
    pub const HUMAN: Format = Format(&human::FORM);
    /// One line each.
    pub const SHORT: Format = Format(&short::FORM);
    /// In plain sentences, without drawings, for screen readers.
    pub const NARRATED: Format = Format(&narrated::FORM);
    /// For programs: a document with a schema.
    pub const JSON: Format = Format(&json::FORM);
    /// A report for a ticket.
    pub const MARKDOWN: Format = Format(&markdown::FORM);
    /// A report as rows, for spreadsheets: one for each window of each objective, and for each line
    /// of what is due.
    pub const CSV: Format = Format(&csv::FORM);
    /// The same rows as JSON objects, one on each line.
    pub const JSON_LINES: Format = Format(&json_lines::FORM);

    /// All forms.
    pub fn all() -> impl Iterator<Item = Format> {
        FORMS.into_iter().map(Format)
    }

    /// The form with this name.
    pub fn parse(name: &str) -> Option<Format> {
        Format::all().find(|format| format.name() == name)
    }

    /// The word for it on the command line.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// What it is for.
    pub fn about(self) -> &'static str {
        self.0.about
    }

    /// True if it can show such a document.
    pub(crate) fn shows(self, document: Document) -> bool {
        match document {
            Document::Findings => self.0.findings.is_some(),
            Document::Tests => self.0.tests.is_some(),
            Document::Figures => self.0.figures.is_some(),
            Document::Report => self.0.report.is_some(),
            Document::Explanation => self.0.explanation.is_some(),
        }
    }

    /// This form, or that for people if this one cannot show such a document.
    pub(crate) fn or_human(self, document: Document) -> Format {
        if self.shows(document) { self } else { Format::HUMAN }
    }

    fn show<T>(self, of: impl Fn(&Form) -> Option<T>, with: impl FnOnce(T) -> String) -> String {
        of(self.0).or_else(|| of(&human::FORM)).map_or_else(String::new, with)
    }

    /// Shows findings.
    pub(crate) fn findings(self, findings: &Findings<'_>) -> String {
        self.show(|form| form.findings, |show| show(findings))
    }

    /// Shows what became of tests.
    pub(crate) fn tests(self, results: &TestResults<'_>) -> String {
        self.show(|form| form.tests, |show| show(results))
    }

    /// Shows figures.
    pub(crate) fn figures(self, figures: &dyn Figures, look: Look) -> String {
        self.show(|form| form.figures, |show| show(figures, look))
    }

    /// Shows verdicts and money.
    pub(crate) fn report(self, report: &Report, look: Look) -> String {
        self.show(|form| form.report, |show| show(report, look))
    }

    /// Shows the long text of a code.
    pub(crate) fn explanation(self, code: Code, look: Look) -> String {
        self.show(|form| form.explanation, |show| show(code, look))
    }
}

impl Default for Format {
    fn default() -> Self {
        Format::HUMAN
    }
}

impl PartialEq for Format {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Format {}

impl fmt::Debug for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
