//! Findings and figures to text: for people, for screen readers, for one-line lists, for programs.
//!
//! In: findings and the texts they speak of. Out: strings. This room neither finds nor prints; no
//! type of the crates that draw for it stands in a signature that other rooms use.

mod clean;
mod diff;
mod explanation;
mod figures;
mod human;
mod json;
mod look;
mod narrated;
mod run;
mod short;
mod table;

use crate::base::SourceMap;
use crate::diag::{Finding, Level};

pub use clean::{clean, one_line};
pub use diff::{painted as painted_diff, unified as unified_diff};
pub use explanation::explanation;
pub use figures::{backing, budget, coverage};
pub use json::{
    FindingsDocument, TestCounts, document, family as family_word, findings_schema, json_text,
    schema_of,
};
pub use look::Look;
pub use narrated::Report;
pub use run::{
    Flat, explain as run_explained, flat as run_flat, report as run_report,
    report_markdown as run_markdown, summary as run_summary, warnings as run_warnings,
};

/// The forms findings are shown in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Format {
    /// With the lines of the text and marks below them.
    #[default]
    Human,
    /// One line each.
    Short,
    /// In plain sentences, without drawings, for screen readers.
    Narrated,
    /// For programs; the layout is in `schema/findings.schema.json`.
    Json,
}

impl Format {
    /// All forms.
    pub const ALL: [Format; 4] = [Format::Human, Format::Short, Format::Narrated, Format::Json];

    /// The word for it on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Format::Human => "human",
            Format::Short => "short",
            Format::Narrated => "narrated",
            Format::Json => "json",
        }
    }

    /// The form with this name.
    pub fn parse(name: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|format| format.name() == name)
    }
}

/// How many findings there are of each level, and in how many files was looked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// Files read, without the standard library.
    pub files: usize,
    /// Findings that stop the build.
    pub errors: usize,
    /// Findings that do not.
    pub warnings: usize,
}

impl Counts {
    /// Counts findings by level.
    pub fn of(findings: &[Finding], files: usize) -> Counts {
        let level = |level: Level| findings.iter().filter(|finding| finding.level == level).count();
        Counts { files, errors: level(Level::Error), warnings: level(Level::Warning) }
    }

    /// One line for people: `3 files checked: no findings`.
    pub fn sentence(&self) -> String {
        let plural = |count: usize, word: &str| {
            format!("{count} {word}{}", if count == 1 { "" } else { "s" })
        };
        let found = match (self.errors, self.warnings) {
            (0, 0) => "no findings".to_owned(),
            (0, warnings) => plural(warnings, "warning"),
            (errors, 0) => plural(errors, "error"),
            (errors, warnings) => {
                format!("{}, {}", plural(errors, "error"), plural(warnings, "warning"))
            }
        };
        format!("{} checked: {found}", plural(self.files, "file"))
    }
}

/// Renders findings in one of the forms, in the order given. `colour` only matters to people.
pub fn render(
    format: Format,
    colour: bool,
    findings: &[Finding],
    sources: &SourceMap,
    files: usize,
) -> String {
    match format {
        Format::Human => human::render(findings, sources, colour),
        Format::Short => short::render(findings, sources),
        Format::Narrated => narrated::render(findings, sources),
        Format::Json => json::render(findings, sources, files),
    }
}

/// The word for a level.
pub const fn level_word(level: Level) -> &'static str {
    match level {
        Level::Allow => "allowed",
        Level::Warning => "warning",
        Level::Error => "error",
    }
}
