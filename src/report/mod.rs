//! Findings and figures to text: for people, for screen readers, for one-line lists, for programs.
//!
//! In: findings and the texts they are about. Out: strings. This module neither finds nor prints;
//! no type of the crates that draw for it appears in a signature that other modules use.

mod clean;
mod csv;
mod diff;
mod explanation;
mod figures;
mod form;
mod format;
mod human;
mod json;
mod json_lines;
mod junit;
mod look;
mod markdown;
mod narrated;
mod rendered;
mod run;
mod short;
mod table;
mod terminal;

use crate::base::SourceMap;
use crate::diag::{Finding, Level};

pub use clean::{clean, one_line};
pub use diff::{painted as painted_diff, unified as unified_diff};
pub use form::{Figures, Findings, TestResults};
pub use format::{Document, Format};
pub use json::{TestCounts, family as family_word, findings_schema, schema_of};
pub use look::Look;
pub use narrated::FindingDiagnostic;
pub use run::{explain as run_explained, summary as run_summary, warnings as run_warnings};

/// How many findings there are of each level, and in how many files was looked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct FindingCounts {
    /// Files read, without the standard library.
    pub files: usize,
    /// Findings that stop the build.
    pub errors: usize,
    /// Findings that do not.
    pub warnings: usize,
}

impl FindingCounts {
    /// Counts findings by level.
    pub fn of(findings: &[Finding], files: usize) -> FindingCounts {
        let level = |level: Level| findings.iter().filter(|finding| finding.level == level).count();
        FindingCounts { files, errors: level(Level::Error), warnings: level(Level::Warning) }
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
    format.findings(&Findings { findings, sources, files, colour })
}

/// The word for a level.
pub const fn level_word(level: Level) -> &'static str {
    match level {
        Level::Allow => "allowed",
        Level::Warning => "warning",
        Level::Error => "error",
    }
}
