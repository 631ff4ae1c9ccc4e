//! Dates of an agreement against its own term: notice, claims, and whether it is over.
//!
//! In: agreements with their terms. Out: findings. What is today is only what the user says is
//! today; the clock of the machine is not used.

use rustc_hash::FxHashSet;

use super::measured::renews;
use super::{Case, Reporter};
use crate::base::Span;
use crate::diag::{Code, Finding, Sink};
use crate::syntax::ast::{Anchor, ClaimDeadline, Date, Period};
use crate::time;
use crate::types::model::{Agreement, Claim, TermId};

/// Checks the dates of all agreements.
pub fn check(case: &Case<'_, '_, '_>, sink: &mut Sink) {
    let mut out = Reporter::new(sink);
    let mut seen: FxHashSet<(TermId, Span)> = FxHashSet::default();
    for agreement in &case.model.agreements {
        if agreement.end.is_none() {
            claims_by_no_end(agreement, &mut out);
        }
        let (Some(start), Some(end)) = (&agreement.start, agreement.end) else { continue };
        if end <= start.value {
            continue;
        }
        over(case, agreement, end, start.at, &mut out);
        let days = start.value.days_until(end);
        notice(agreement, days, start.at, &mut out);
        if renews(agreement) {
            continue;
        }
        for claim in agreement.versions.iter().flat_map(|version| &version.terms.claims) {
            if seen.insert((claim.id, start.at)) {
                late_claim(claim, days, start.at, &mut out);
            }
        }
    }
}

/// Claims by the end of a term that has none.
fn claims_by_no_end(agreement: &Agreement<'_>, out: &mut Reporter<'_>) {
    for claim in agreement.versions.iter().flat_map(|version| &version.terms.claims) {
        let Some(ClaimDeadline::EndOfTerm(span)) = &claim.syntax.deadline else { continue };
        let finding = Finding::new(
            Code::MissingTerm,
            *span,
            format!("the term of `{}` has no end", agreement.name),
        );
        out.report(
            finding.help("give the term an end, as in `term from 2026-01-01 for 12 months`, or write `claim within 30 days after window`"),
        );
    }
}

/// The fewest days a period can have.
fn least_days(period: &Period) -> Option<i64> {
    time::Period::new(period.count, period.unit).day_bounds().map(|(least, _)| least)
}

fn over(
    case: &Case<'_, '_, '_>,
    agreement: &Agreement<'_>,
    end: Date,
    term: Span,
    out: &mut Reporter<'_>,
) {
    let Some(today) = case.today.filter(|today| *today >= end && !renews(agreement)) else {
        return;
    };
    let name = agreement.syntax.name.as_ref().map_or(agreement.item.lead, |name| name.span);
    let finding = Finding::new(
        Code::TermOver,
        name,
        format!("`{}` is over: its last day was {}", agreement.name, end.add_days(-1)),
    )
    .also(term, "its term")
    .note(format!("today is {today}"))
    .help("renew it, or move it to where past agreements are kept");
    out.report(finding);
}

/// Notice that would have to be given before the term begins.
fn notice(agreement: &Agreement<'_>, days: i64, term: Span, out: &mut Reporter<'_>) {
    let Some(notice) = agreement.term.and_then(|term| term.notice.as_ref()) else { return };
    if least_days(notice).is_some_and(|least| least > days) {
        let finding = Finding::new(
            Code::NoticeOverTerm,
            notice.span,
            "this notice is longer than the term it ends",
        )
        .also(term, format!("{days} days"))
        .help("it would have to be given before the term begins: correct one of the two");
        out.report(finding);
    }
}

/// A claim for which even the first window leaves time until after the term.
fn late_claim(claim: &Claim<'_>, days: i64, term: Span, out: &mut Reporter<'_>) {
    let Some(ClaimDeadline::Within(period)) = &claim.syntax.deadline else { return };
    let after_window =
        matches!(claim.syntax.anchor, None | Some(Anchor::Window | Anchor::Start | Anchor::End));
    if after_window && least_days(period).is_some_and(|least| least >= days) {
        let finding = Finding::new(
            Code::ClaimAfterTerm,
            period.span,
            "every claim can still be made after the term has ended",
        )
        .also(term, format!("{days} days"))
        .help("correct the time for claims, or write that the term renews");
        out.report(finding);
    }
}
