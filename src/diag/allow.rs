//! Allowances: `allow CODE because "…"` suppresses warnings, with a reason in the file.
//!
//! In: what the files allow and where, and every finding. Out: the findings that are left, and what
//! is wrong with the allowances.

use crate::base::{Span, closest};

use super::{Code, Finding, Level, Sink};

/// One `allow` statement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Allowance {
    /// The code as written, and where; `None` if it was unreadable (reported).
    pub code: Option<(String, Span)>,
    /// The whole statement.
    pub span: Span,
    /// The block that contains it, or the whole file.
    pub scope: Span,
}

/// An allowance whose code exists and may be allowed.
struct Sound {
    code: Code,
    span: Span,
    scope: Span,
    used: bool,
}

/// Drops every finding that is allowed, and adds what is wrong with the allowances themselves.
///
/// While there are errors, no allowance is called stale: the warning it is there for may just not
/// have been reached.
pub fn apply(allowances: &[Allowance], findings: Vec<Finding>) -> Vec<Finding> {
    if allowances.is_empty() {
        return findings;
    }
    let mut faults = Sink::new();
    let mut sound: Vec<Sound> =
        allowances.iter().filter_map(|allowance| examine(allowance, &mut faults)).collect();
    sound.sort_by_key(|allowance| (allowance.code, allowance.scope));
    let mut left: Vec<Finding> =
        findings.into_iter().filter(|finding| !allowed(&mut sound, finding)).collect();
    left.extend(faults.into_findings());
    if left.iter().all(|finding| finding.code.level() != Level::Error) {
        left.extend(stale(&mut sound));
    }
    left
}

/// Reports an allowance that cannot be honoured.
fn examine(allowance: &Allowance, faults: &mut Sink) -> Option<Sound> {
    let (name, place) = allowance.code.as_ref()?;
    let Some(code) = Code::parse(name) else {
        faults.push(unknown(name, *place));
        return None;
    };
    if code.level() == Level::Error {
        let finding = Finding::new(
            Code::CannotAllow,
            *place,
            format!("`{name}` is an error and cannot be allowed"),
        )
        .here("only warnings can be allowed")
        .help("fix what the error is about, and delete this line");
        faults.push(finding);
        return None;
    }
    Some(Sound { code, span: allowance.span, scope: allowance.scope, used: false })
}

/// The finding about a code that does not exist, with the nearest one that does.
pub fn unknown(name: &str, place: Span) -> Finding {
    let finding = Finding::new(Code::UnknownCode, place, format!("there is no code `{name}`"));
    match closest(name, Code::ALL.iter().map(|code| code.name())) {
        Some(near) => finding.here(format!("did you mean `{near}`?")).suggestion(
            format!("write `{near}`"),
            place,
            near,
        ),
        None => finding.help("`sla explain` lists all codes"),
    }
}

/// True if some allowance covers the finding; every one that does has been of use.
fn allowed(sound: &mut [Sound], finding: &Finding) -> bool {
    let Some(place) = finding.span() else { return false };
    let start = sound.partition_point(|allowance| allowance.code < finding.code);
    let same = sound.iter_mut().skip(start).take_while(|allowance| allowance.code == finding.code);
    let mut found = false;
    for allowance in same.filter(|allowance| allowance.scope.contains(place)) {
        allowance.used = true;
        found = true;
    }
    found
}

/// Warnings about allowances that allowed nothing; such a warning may itself be allowed.
fn stale(sound: &mut [Sound]) -> Vec<Finding> {
    let report = |allowance: &Sound| {
        let name = allowance.code.name();
        Finding::new(
            Code::StaleAllowance,
            allowance.span,
            format!("nothing here needs `{name}` to be allowed"),
        )
        .fix(
            "delete the line, so that the warning is shown when it applies again",
            allowance.span,
            "",
        )
    };
    let of_stale = |allowance: &&Sound| allowance.code == Code::StaleAllowance;
    let first: Vec<Finding> =
        sound.iter().filter(|a| !a.used && !of_stale(a)).map(report).collect();
    let mut left: Vec<Finding> =
        first.into_iter().filter(|finding| !allowed(sound, finding)).collect();
    left.extend(sound.iter().filter(|a| !a.used && of_stale(a)).map(report));
    left
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::FileId;

    fn span(start: usize, end: usize) -> Span {
        Span::new(FileId::new(0), start, end)
    }

    fn allowance(code: &str, at: usize, scope: Span) -> Allowance {
        Allowance { code: Some((code.to_owned(), span(at, at + 1))), span: span(at, at + 2), scope }
    }

    fn codes(findings: &[Finding]) -> Vec<&'static str> {
        findings.iter().map(|finding| finding.code.name()).collect()
    }

    #[test]
    fn allows_inside_its_block_only() {
        let inside = Finding::new(Code::UnusedDeclaration, span(15, 16), "x");
        let outside = Finding::new(Code::UnusedDeclaration, span(25, 26), "y");
        let other = Finding::new(Code::ShadowedName, span(15, 16), "z");
        let left = apply(
            &[allowance("unused-declaration", 11, span(10, 20))],
            vec![inside, outside.clone(), other.clone()],
        );
        assert_eq!(left, [outside, other]);
    }

    #[test]
    fn errors_and_unknown_codes() {
        let error = Finding::new(Code::UnknownName, span(15, 16), "x");
        let left = apply(
            &[allowance("unknown-name", 1, span(0, 99)), allowance("unknwon-name", 4, span(0, 99))],
            vec![error],
        );
        assert_eq!(codes(&left), ["unknown-name", "cannot-allow", "unknown-code"]);
        assert_eq!(left[2].labels[0].text, "did you mean `unknown-name`?");
    }

    #[test]
    fn stale_only_without_errors() {
        let stale = [allowance("shadowed-name", 1, span(0, 99))];
        assert_eq!(codes(&apply(&stale, vec![])), ["stale-allowance"]);
        let error = Finding::new(Code::UnknownName, span(15, 16), "x");
        assert_eq!(codes(&apply(&stale, vec![error])), ["unknown-name"]);
    }

    #[test]
    fn a_stale_allowance_can_be_allowed_and_that_one_can_be_stale() {
        let both = [
            allowance("shadowed-name", 1, span(0, 99)),
            allowance("stale-allowance", 5, span(0, 99)),
        ];
        assert!(apply(&both, vec![]).is_empty());
        assert_eq!(codes(&apply(&both[1..], vec![])), ["stale-allowance"]);
    }
}
