//! How many findings of one file are shown.

use std::collections::BTreeMap;

use super::{Code, Finding, Level};
use crate::base::FileId;

/// How many findings of one file are shown at most.
pub const FINDING_LIMIT: usize = 100;

/// Keeps the first findings of one file: errors before warnings, then by place. They come back in
/// the order of their places, with the number of those that were dropped.
pub fn keep_first(mut findings: Vec<Finding>, limit: usize) -> (Vec<Finding>, usize) {
    let place = |finding: &Finding| finding.span().map(|span| (span.start, span.end));
    let dropped = findings.len().saturating_sub(limit);
    if dropped > 0 {
        findings.sort_by_key(|finding| (finding.level != Level::Error, place(finding)));
        findings.truncate(limit);
    }
    findings.sort_by_key(place);
    (findings, dropped)
}

/// Keeps at most [`FINDING_LIMIT`] findings of each file, and says how many there are of a file
/// that has more. `left_out` counts those that an earlier stage did not keep. The findings come
/// sorted, and stay so.
pub fn bound(findings: Vec<Finding>, left_out: &BTreeMap<FileId, usize>) -> Vec<Finding> {
    let mut by_file: BTreeMap<Option<FileId>, Vec<Finding>> = BTreeMap::new();
    for finding in findings {
        by_file.entry(finding.span().map(|span| span.file)).or_default().push(finding);
    }
    let mut shown = Vec::new();
    for (file, found) in by_file {
        let earlier = file.and_then(|file| left_out.get(&file)).copied().unwrap_or(0);
        if found.len() + earlier <= FINDING_LIMIT {
            shown.extend(found);
            continue;
        }
        let (kept, dropped) = keep_first(found, FINDING_LIMIT);
        let last = kept.last().and_then(Finding::span);
        let (count, rest) = (kept.len() + dropped + earlier, dropped + earlier);
        shown.extend(kept);
        shown.extend(last.map(|span| {
            let message = format!("this file has {count} findings; {rest} of them are not shown");
            Finding::new(Code::TooManyFindings, span.after(), message)
                .help("fix those that are shown, then check again")
        }));
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Span;

    fn finding(code: Code, at: usize) -> Finding {
        Finding::new(code, Span::new(FileId::new(0), at, at + 1), "x")
    }

    #[test]
    fn errors_are_kept_before_warnings() {
        let mut findings: Vec<Finding> =
            (0..150).map(|at| finding(Code::UnusedDeclaration, at)).collect();
        findings.push(finding(Code::UnknownName, 900));
        let shown = bound(findings, &BTreeMap::new());
        // 150 warnings and an error: the error and the first 99 warnings are shown, 51 are not.
        assert_eq!(shown.len(), 101);
        assert_eq!(shown[99].code, Code::UnknownName);
        assert_eq!(shown[100].message, "this file has 151 findings; 51 of them are not shown");
    }

    #[test]
    fn findings_that_were_not_kept_count() {
        let findings: Vec<Finding> = (0..100).map(|at| finding(Code::UnknownName, at)).collect();
        assert_eq!(bound(findings.clone(), &BTreeMap::new()).len(), 100);
        let shown = bound(findings, &BTreeMap::from([(FileId::new(0), 7)]));
        assert_eq!(shown[100].message, "this file has 107 findings; 7 of them are not shown");
    }
}
