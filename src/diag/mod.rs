//! Findings: what the compiler has to say, before anyone renders it.
//!
//! In: places and messages from every higher module. Out: [`Finding`]s collected in a [`Sink`].
//! This module prints nothing.

mod allow;
mod bound;
mod levels;

use std::collections::BTreeMap;

use crate::base::{FileId, Span};
pub use allow::{Allowance, apply as apply_allowances, unknown as unknown_code};
pub use bound::{FINDING_LIMIT, bound, keep_first};
pub use levels::Levels;

pub use crate::lang::codes::{Code, Level};

/// A place in a text and what is to be said about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// Lower case, no full stop; may be empty for the primary label.
    pub text: String,
    /// True for the place the finding is about; others only explain.
    pub primary: bool,
}

/// One replacement in a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edit {
    /// What is replaced; an empty span inserts.
    pub span: Span,
    /// The new text.
    pub text: String,
}

/// A change of the text that fixes a finding.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fix {
    /// What the change does, as an order: "write `per`".
    pub title: String,
    /// Replacements that do not overlap.
    pub edits: Vec<Edit>,
    /// True if the change cannot alter what the writer meant, so that a program may apply it
    /// unasked.
    pub safe: bool,
}

/// One thing the compiler has found, with every place it concerns.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// Which kind of finding this is; its long text is in the table of codes.
    pub code: Code,
    /// Its level, after `sla.toml` and the command line are applied.
    pub level: Level,
    /// One sentence: lower case, no full stop, back-ticks round the user's words.
    pub message: String,
    /// Places; the first primary one decides order and the line shown in short form.
    pub labels: Vec<Label>,
    /// Facts that explain: arithmetic, witness values.
    pub notes: Vec<String>,
    /// What to do about it.
    pub help: Vec<String>,
    /// An edit that fixes it, where one is known.
    pub fix: Option<Fix>,
}

impl Finding {
    /// A finding of the code's own level at `span`.
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        let label = Label { span, text: String::new(), primary: true };
        Finding {
            code,
            level: code.level(),
            message: message.into(),
            labels: vec![label],
            notes: Vec::new(),
            help: Vec::new(),
            fix: None,
        }
    }

    /// Says something at the primary place itself.
    #[must_use]
    pub fn here(mut self, text: impl Into<String>) -> Self {
        if let Some(label) = self.labels.first_mut() {
            label.text = text.into();
        }
        self
    }

    /// Adds a secondary place.
    #[must_use]
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into(), primary: false });
        self
    }

    /// Adds a fact that explains the finding.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// Adds advice.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help.push(text.into());
        self
    }

    /// Adds an edit that cannot change what was meant.
    #[must_use]
    pub fn fix(self, title: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        self.with_fix(title, span, text, true)
    }

    /// Adds an edit that is probably right, but should be looked at first.
    #[must_use]
    pub fn suggestion(self, title: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        self.with_fix(title, span, text, false)
    }

    fn with_fix(
        mut self,
        title: impl Into<String>,
        span: Span,
        text: impl Into<String>,
        safe: bool,
    ) -> Self {
        self.fix =
            Some(Fix { title: title.into(), edits: vec![Edit { span, text: text.into() }], safe });
        self
    }

    /// The place the finding is about.
    pub fn span(&self) -> Option<Span> {
        self.labels.first().map(|label| label.span)
    }
}

/// Collects findings while the work goes on.
#[derive(Default, Debug)]
pub struct Sink {
    findings: Vec<Finding>,
    left_out: BTreeMap<FileId, usize>,
}

impl Sink {
    /// An empty sink.
    pub fn new() -> Self {
        Sink::default()
    }

    /// Takes a finding in.
    pub fn push(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Counts findings of a file that were made and not kept.
    pub fn leave_out(&mut self, file: FileId, count: usize) {
        if count > 0 {
            *self.left_out.entry(file).or_default() += count;
        }
    }

    /// How many findings of each file were made and not kept.
    pub fn left_out(&self) -> &BTreeMap<FileId, usize> {
        &self.left_out
    }

    /// Takes all findings of another sink in, behind its own.
    pub fn append(&mut self, other: Sink) {
        self.findings.extend(other.findings);
        other.left_out.into_iter().for_each(|(file, count)| self.leave_out(file, count));
    }

    /// All findings in the order they came.
    pub fn into_findings(self) -> Vec<Finding> {
        self.findings
    }

    /// A view of the findings so far.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }
}

/// Puts findings in the order they are shown in: by file, place and code, the same on every machine
/// and in every run.
///
/// Findings that are equal in every part are kept once.
pub fn sort(findings: &mut Vec<Finding>) {
    let place = |finding: &Finding| finding.span().map(|span| (span.file, span.start, span.end));
    findings.sort_by(|a, b| (place(a), a.code, &a.message).cmp(&(place(b), b.code, &b.message)));
    findings.dedup();
}
