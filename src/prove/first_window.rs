//! Credits by the previous window's fee, which the first window does not have.
//!
//! In: the payments and caps of credits. Out: findings where the first window of the term is
//! judged, and there a breach pays nothing because the window before it has no fee.

use rustc_hash::FxHashSet;

use super::measured::{Ground, promised_here, windows_of};
use super::{Case, Reporter};
use crate::base::Span;
use crate::diag::{Code, Finding, Sink};
use crate::syntax::ast::CreditKind;
use crate::types::model::{Agreement, Credit, Remedy, TermId, Terms};
use crate::types::tree::{Arithmetic, Kind, Simple, Typed};
use crate::types::uses::visit;

/// Checks the credits of all agreements.
pub fn check(case: &Case<'_, '_, '_>, sink: &mut Sink) {
    let mut out = Reporter::new(sink);
    let mut seen: FxHashSet<TermId> = FxHashSet::default();
    for agreement in &case.model.agreements {
        // Later versions begin after the first window.
        let (Some(version), Some(ground)) = (agreement.versions.first(), Ground::of(agreement, 0))
        else {
            continue;
        };
        for credit in
            version.terms.credits.iter().filter(|credit| credit.syntax.kind == CreditKind::Credit)
        {
            if let Some(place) = unpaid(credit)
                && judged(agreement, &version.terms, credit, &ground)
                && seen.insert(credit.id)
            {
                let message =
                    format!("`{}` pays nothing in the first window of the term", credit.name);
                let finding = Finding::new(Code::UnpaidFirstWindow, place, message)
                    .note("no fee is charged before the term begins, so the previous fee is zero there")
                    .help("write `max(previous fee, fee)`, or leave the first window out: `first window skipped`");
                out.report(finding);
            }
        }
    }
}

/// True if the first window of the term is one of those that an objective of the credit is
/// evaluated in.
fn judged(
    agreement: &Agreement<'_>,
    terms: &Terms<'_>,
    credit: &Credit<'_>,
    ground: &Ground,
) -> bool {
    // What a condition lets through in the first window is not known, and a ladder over earlier
    // breaches may begin later.
    let mut counts = false;
    credit.on.iter().for_each(|on| {
        visit(on, &mut |kind| counts |= matches!(kind, Kind::Failures(..) | Kind::Shift(..)))
    });
    !counts
        && credit.condition.is_none()
        && terms
            .objectives
            .iter()
            .filter(|it| credit.objectives.contains(&it.name) && promised_here(agreement, it))
            .any(|objective| {
                let windows = windows_of(objective, terms, ground).unwrap_or_default();
                windows.first().is_some_and(|window| window.within.start <= ground.term.start)
            })
}

/// Where the fee of the previous window makes all payments of a credit, or a cap of it, zero.
fn unpaid(credit: &Credit<'_>) -> Option<Span> {
    let base = credit.base.as_deref().and_then(zero_at_first);
    let amount = |amount: &Typed, share: bool| zero_at_first(amount).or(base.filter(|_| share));
    if let Some(place) = credit.caps.iter().find_map(|cap| amount(&cap.amount, cap.share)) {
        return Some(place);
    }
    let mut remedies = credit.lines.iter().map(|line| &line.remedy).chain(&credit.pay).peekable();
    let first = remedies.peek().is_some();
    let mut place = None;
    for remedy in remedies {
        let Remedy::Pay(parts) = remedy else { return None };
        for part in parts {
            let zero = amount(&part.amount, part.share)?;
            place = place.or(Some(zero));
        }
    }
    place.filter(|_| first)
}

/// Where the previous fee stands, if the whole is zero when that fee is.
fn zero_at_first(typed: &Typed) -> Option<Span> {
    match &typed.kind {
        Kind::Shift(by, inner) if *by < 0 && is_fee(inner) => Some(typed.span),
        Kind::Negate(inner) => zero_at_first(inner),
        Kind::Arithmetic(Arithmetic::Multiply, both) | Kind::DaysOf(both) => {
            both.iter().find_map(zero_at_first)
        }
        Kind::Arithmetic(Arithmetic::Divide, both) | Kind::Rounded(both) => {
            let [value, _] = &**both;
            zero_at_first(value)
        }
        Kind::Arithmetic(Arithmetic::Add | Arithmetic::Subtract, both) => {
            let [left, right] = &**both;
            zero_at_first(left).and(zero_at_first(right))
        }
        Kind::Call(Simple::Max, values) => {
            values.iter().map(zero_at_first).reduce(|all, next| all.and(next)).flatten()
        }
        _ => None,
    }
}

fn is_fee(typed: &Typed) -> bool {
    match &typed.kind {
        Kind::Fee(_) => true,
        Kind::Shift(_, inner) => is_fee(inner),
        _ => false,
    }
}
