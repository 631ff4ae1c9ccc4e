//! One line a finding: `file:line:column: error[code]: message`.

use std::fmt::Write as _;

use crate::base::SourceMap;
use crate::diag::Finding;

use super::clean::one_line;
use super::level_word;

/// All findings, one line each.
pub fn render(findings: &[Finding], sources: &SourceMap) -> String {
    let mut out = String::new();
    for finding in findings {
        line(&mut out, finding, sources);
    }
    out
}

/// One finding with its line end.
pub fn line(out: &mut String, finding: &Finding, sources: &SourceMap) {
    if let Some(span) = finding.span() {
        out.push_str(&one_line(&sources.place(span)));
        out.push_str(": ");
    }
    let (level, code, message) =
        (level_word(finding.level), finding.code.name(), one_line(&finding.message));
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{level}[{code}]: {message}");
}
