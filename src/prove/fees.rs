//! Fees that come to less than zero, and bounds over all credits that do.
//!
//! In: the fees, caps and minimum payouts of tiers and agreements. Out: findings. A rebate beside
//! larger fees is no fault, so fees are summed before anything is said.

use rustc_hash::FxHashSet;

use super::domain::{Domain, Setting};
use super::{Case, Reporter};
use crate::base::Exact;
use crate::diag::{Code, Finding, Sink};
use crate::lang::units::PeriodUnit;
use crate::syntax::ast::Rhythm;
use crate::types::model::{Fee, TermId, Terms};

/// Checks the fees, caps and minimum payouts of all tiers and agreements.
pub fn check(case: &Case<'_, '_, '_>, sink: &mut Sink) {
    if !case.sound {
        return;
    }
    let mut out = Reporter::new(sink);
    let mut seen: FxHashSet<Vec<TermId>> = FxHashSet::default();
    for terms in super::all_terms(case.model) {
        if seen.insert(terms.fees.iter().map(|fee| fee.id).collect()) {
            sum(terms, &mut out);
        }
        for cap in terms.caps.iter().filter(|cap| {
            Setting::new(cap.syntax.window.as_ref().map(|it| &it.kind))
                .domain(&cap.amount)
                .is_negative()
        }) {
            let finding =
                Finding::new(Code::NegativeAmount, cap.syntax.span, "this cap is negative");
            out.report(finding.help("write the amount without the minus"));
        }
        if let Some(minimum) = terms
            .minimum
            .as_ref()
            .filter(|minimum| Setting::new(None).domain(&minimum.value.amount).is_negative())
        {
            let finding = Finding::new(
                Code::NegativeAmount,
                minimum.value.amount.span,
                "this minimum payout is negative",
            );
            out.report(finding.help("write the amount without the minus"));
        }
    }
}

/// Fees that are due from the start and equally often.
struct Together<'x, 'a> {
    like: &'x Fee<'a>,
    total: Exact,
}

/// Reports fees of which each sum is zero or less, and one is less.
fn sum(terms: &Terms<'_>, out: &mut Reporter<'_>) {
    let setting = Setting::new(None);
    let mut sums: Vec<Together<'_, '_>> = Vec::new();
    let mut negative: Option<&Fee<'_>> = None;
    for fee in &terms.fees {
        let domain = setting.domain(&fee.amount);
        if domain.is_negative() {
            negative = negative.or(Some(fee));
        }
        let Domain { high: Some(high), .. } = domain else { return };
        match sums.iter_mut().find(|sum| together(sum.like, fee)) {
            Some(sum) => sum.total = &sum.total + &high,
            None => sums.push(Together { like: fee, total: high }),
        }
    }
    let Some(fee) = negative else { return };
    if sums.iter().all(|sum| sum.total.is_zero() || sum.total.is_negative())
        && sums.iter().any(|sum| sum.total.is_negative())
    {
        let alone = terms.fees.len() == 1;
        let message =
            if alone { "this fee is negative" } else { "the fees together are less than zero" };
        let finding = Finding::new(Code::NegativeAmount, fee.amount.span, message);
        out.report(finding.help("write the amount without the minus; a rebate is a fee with a name of its own next to a larger fee"));
    }
}

fn together(one: &Fee<'_>, other: &Fee<'_>) -> bool {
    let rhythm = |fee: &Fee<'_>| match fee.syntax.rhythm {
        Some(Rhythm::Per(unit, _)) => Some(Some(unit)),
        Some(Rhythm::Once(_)) => Some(None::<PeriodUnit>),
        None => None,
    };
    let from_start = one.syntax.from.is_none() && other.syntax.from.is_none();
    from_start && rhythm(one) == rhythm(other) && one.amount.ty == other.amount.ty
}
