//! Payments and caps of credits that are negative whatever is measured.

use super::Ladder;
use super::regions::possible;
use crate::base::Span;
use crate::diag::{Code, Finding};
use crate::prove::Reporter;
use crate::prove::domain::{Domain, Setting};
use crate::prove::interval::{End, Interval};
use crate::syntax::ast::CreditKind;
use crate::types::constant;
use crate::types::model::{PayTerm, Remedy};
use crate::types::tree::Typed;

pub(super) fn check(ladder: &Ladder<'_, '_, '_>, out: &mut Reporter<'_>) {
    let credit = ladder.credit;
    let setting = setting(ladder);
    let worth = |amount: &Typed, share: bool| {
        let amount = setting.domain(amount);
        match credit.base.as_deref().filter(|_| share) {
            Some(base) => amount.times(&setting.domain(base)),
            None => amount,
        }
    };
    let what = match credit.syntax.kind {
        CreditKind::Credit => "credit",
        CreditKind::Bonus => "bonus",
        CreditKind::EarnBack => "earn-back",
    };
    for remedy in credit.lines.iter().map(|line| &line.remedy).chain(&credit.pay) {
        let Remedy::Pay(terms) = remedy else { continue };
        let worths: Vec<(&PayTerm, Domain)> =
            terms.iter().map(|term| (term, worth(&term.amount, term.share))).collect();
        // What one summand takes away another may add.
        let up_to_zero = |domain: &Domain| {
            domain.high.as_ref().is_some_and(|high| high.is_negative() || high.is_zero())
        };
        if worths.iter().all(|(_, worth)| up_to_zero(worth))
            && let Some((term, _)) = worths.iter().find(|(_, worth)| worth.is_negative())
        {
            out.report(negative(term.amount.span, &format!("this {what} pays a negative amount")));
        }
    }
    for cap in credit.caps.iter().filter(|cap| worth(&cap.amount, cap.share).is_negative()) {
        out.report(negative(cap.syntax.span, "this cap is negative"));
    }
}

/// Which values the credit is due at.
fn setting<'x>(ladder: &Ladder<'x, '_, '_>) -> Setting<'x> {
    let plain = Setting::new(ladder.window());
    let Some(only) = ladder.only else { return plain };
    let target = constant::value(&only.target.value);
    let mut value = plain.domain(&only.measure());
    let at_breaches = ladder.credit.syntax.kind == CreditKind::Credit
        && ladder.credit.syntax.regardless.is_none();
    if at_breaches && ladder.own_value() {
        let bad = ladder.breach().map(|breach| breach.bad);
        if let Some([bad]) = bad.as_deref() {
            let Interval { low, high } = possible(ladder).and(bad);
            let end = |end: Option<End>| end.map(|end| end.value);
            value = Domain { low: end(low), high: end(high), ..value };
        }
    }
    plain.in_credit(value, target)
}

/// An amount with the wrong sign.
fn negative(at: Span, message: &str) -> Finding {
    Finding::new(Code::NegativeAmount, at, message)
        .help("write the amount without the minus: `credit` and `bonus` state who pays")
}
