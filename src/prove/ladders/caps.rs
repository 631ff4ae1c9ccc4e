//! Caps that lie below the first line, and credits that grow without one.

use std::cmp::Ordering;

use super::Ladder;
use super::amounts::Amount;
use crate::base::Exact;
use crate::diag::{Code, Finding};
use crate::names::DeclId;
use crate::prove::Reporter;
use crate::prove::domain::{Domain, Setting, window_days};
use crate::prove::wording::about;
use crate::syntax::ast::{CreditKind, StepCount};
use crate::types::constant;
use crate::types::model::{Cap, PayTerm, Remedy, StepFrom};
use crate::types::tree::{Arithmetic, Kind, Typed};
use crate::types::uses::{sources_of, visit};

pub(super) fn check(ladder: &Ladder<'_, '_, '_>, out: &mut Reporter<'_>) {
    below_first(ladder, out);
    if ladder.credit.syntax.kind == CreditKind::Credit {
        without(ladder, out);
    }
}

/// What each line pays, from the top; without a ladder, what the credit pays.
fn remedies<'x>(ladder: &Ladder<'x, '_, '_>) -> impl Iterator<Item = &'x Remedy> {
    ladder.credit.lines.iter().map(|line| &line.remedy).chain(&ladder.credit.pay)
}

/// A cap that bounds one payment of this credit.
fn bounds_one(ladder: &Ladder<'_, '_, '_>, cap: &Cap<'_>) -> bool {
    let each_row = ladder.credit.syntax.each_row.is_some();
    match &cap.syntax.window {
        Some(window) => !each_row && ladder.window().is_some_and(|kind| *kind == window.kind),
        None => cap.syntax.each_row || !each_row,
    }
}

fn below_first(ladder: &Ladder<'_, '_, '_>, out: &mut Reporter<'_>) {
    let Some(first) = remedies(ladder).next() else { return };
    let least = match first {
        Remedy::Pay(terms) => match &**terms {
            [only] if only.step.as_ref().is_some_and(|step| step.1 != StepCount::Exact) => {
                Amount::of_term(ladder, only)
            }
            _ => Amount::of(ladder, first),
        },
        Remedy::Extend(_) | Remedy::Text(_) => None,
    };
    let Some(least) = least else { return };
    let place = ladder.credit.lines.first().map_or(ladder.credit.item.span, |line| line.at);
    let own = ladder.credit.caps.iter();
    for cap in
        own.chain(ladder.terms.caps.iter().map(|cap| &**cap)).filter(|cap| bounds_one(ladder, cap))
    {
        let Some(bound) = Amount::of_cap(ladder, &cap.amount, cap.share) else { continue };
        // A negative cap is a fault of its own.
        if bound.compare(&least) == Some(Ordering::Less) && !bound.is_negative() {
            let finding = Finding::new(
                Code::CapBelowLine,
                cap.syntax.span,
                "this cap is below what the first line pays",
            )
            .also(place, "never paid in full")
            .help("raise the cap, or lower the lines");
            out.report(finding);
        }
    }
}

/// Payments that grow with what is measured, and come to more than the fee of their window, need a
/// cap.
fn without(ladder: &Ladder<'_, '_, '_>, out: &mut Reporter<'_>) {
    let each_row = ladder.credit.syntax.each_row.is_some();
    let capped = ladder.credit.caps.iter().any(|cap| !each_row || !cap.syntax.each_row);
    if capped || !ladder.terms.caps.is_empty() {
        return;
    }
    for remedy in remedies(ladder) {
        let Remedy::Pay(terms) = remedy else { continue };
        let Some((term, note)) = terms.iter().find_map(|term| Some((term, growth(ladder, term)?)))
        else {
            continue;
        };
        let name =
            ladder.credit.syntax.name.as_ref().map_or(ladder.credit.item.lead, |name| name.span());
        let finding = Finding::new(Code::UncappedCredit, name, "nothing limits the amount of this credit")
            .also(term.amount.span, "this grows with the measured value")
            .note(note)
            .help("limit it in the credit, `cap 100% of fee`, or limit all credits together, `cap credits 100% of fee per month`");
        out.report(finding);
        return;
    }
}

/// Why a payment needs a cap, if it does.
fn growth(ladder: &Ladder<'_, '_, '_>, term: &PayTerm) -> Option<String> {
    let days = ladder.window().and_then(window_days);
    let most = growth_in(ladder, term, days.map(|(_, most)| most));
    most.or_else(|| growth_in(ladder, term, Some(days?.0)))
}

/// The same for windows of so many days: what is paid for days and what is paid in them are of one
/// window.
fn growth_in(ladder: &Ladder<'_, '_, '_>, term: &PayTerm, days: Option<i64>) -> Option<String> {
    let target = ladder.only.and_then(|only| constant::value(&only.target.value));
    let plain = Setting::of_days(ladder.window(), days);
    let value = ladder.only.map(|only| plain.domain(&only.measure())).unwrap_or_default();
    let subject = ladder.credit.on.as_deref().map_or_else(|| value.clone(), |on| plain.domain(on));
    let setting = plain.in_credit(value, target.clone());
    if is_share_of_bill(ladder, &term.amount) {
        return None;
    }
    let base = ladder.credit.base.as_deref().filter(|_| term.share);
    let amount = setting.domain(&term.amount);
    let worth = match base {
        Some(base) if speaks_of_fee(base) => amount.times(&setting.domain(base)),
        Some(_) | None => amount,
    };
    if ladder.credit.syntax.each_row.is_some() {
        let own_share = base.is_some_and(is_of_row) || (!term.share && is_of_row(&term.amount));
        return (!own_share && term.step.is_none())
            .then(|| "it is due once more for each bad row".to_owned());
    }
    let steps = match term.step.as_deref() {
        Some((unit, count, from)) => steps(ladder, &subject, unit, *count, from, target.as_ref())?,
        None if constant_amount(&term.amount) => return None,
        None => Domain::one(Exact::ONE),
    };
    let total = worth.times(&steps);
    if total.endless
        || (steps.endless
            && worth.low.as_ref().is_some_and(|low| !low.is_negative() && !low.is_zero()))
    {
        return Some("it has no upper limit".to_owned());
    }
    let in_fees = term.share || speaks_of_fee(&term.amount);
    let most = total.high.filter(|most| in_fees && *most > Exact::ONE)?;
    let times = about(&most, 2);
    let of = if base.is_some_and(|base| !speaks_of_fee(base)) {
        "its base"
    } else {
        "the fee of its window"
    };
    Some(match steps.high.filter(|_| term.step.is_some()) {
        Some(steps) => {
            format!("with up to {} steps, it can be {times} times {of}", about(&steps, 0))
        }
        None => format!("it can be {times} times {of}"),
    })
}

/// How many steps there can be.
fn steps(
    ladder: &Ladder<'_, '_, '_>,
    subject: &Domain,
    unit: &Typed,
    count: StepCount,
    from: &StepFrom,
    target: Option<&Exact>,
) -> Option<Domain> {
    let unit = constant::value(unit).filter(|unit| !unit.is_zero() && !unit.is_negative())?;
    let begin = match from {
        StepFrom::Zero => Exact::ZERO,
        StepFrom::Target => target?.clone(),
        StepFrom::Value(value) => ladder.value(value)?,
    };
    if subject.endless && ladder.worse_is_higher() != Some(false) {
        return Some(Domain { low: Some(Exact::ZERO), endless: true, ..Domain::default() });
    }
    let far = |end: &Option<Exact>, up: bool| {
        end.as_ref().map(|end| if up { end - &begin } else { &begin - end })
    };
    let distance = match ladder.worse_is_higher() {
        Some(up) => far(if up { &subject.high } else { &subject.low }, up)?,
        None => far(&subject.high, true)?.max(far(&subject.low, false)?),
    };
    let steps = distance.divide(&unit)?;
    let steps = match count {
        StepCount::Started => steps.ceil(),
        StepCount::Full => steps.floor(),
        StepCount::Exact => steps,
    };
    Some(Domain { low: Some(Exact::ZERO), high: Some(steps), ..Domain::default() })
}

fn speaks_of_fee(typed: &Typed) -> bool {
    let mut found = false;
    visit(typed, &mut |kind| found |= matches!(kind, Kind::Fee(_)));
    found
}

/// True if an amount is some of what its row itself is worth, and so is bounded by that row: a
/// price or a count of a unit that the row carries, and no fee or price beside it.
fn is_of_row(typed: &Typed) -> bool {
    let (mut field, mut other) = (false, false);
    visit(typed, &mut |kind| {
        field |= matches!(kind, Kind::Field(_));
        other |= matches!(kind, Kind::Fee(_) | Kind::Money(..) | Kind::Units(..));
    });
    field && !other
}

/// True if an amount is a part of what a measured fee is measured from: no more than the bill,
/// however large that is.
fn is_share_of_bill(ladder: &Ladder<'_, '_, '_>, amount: &Typed) -> bool {
    let Kind::Arithmetic(Arithmetic::Multiply, both) = &amount.kind else { return false };
    let [share, whole] = &**both;
    let part = constant::value(share).is_some_and(|share| share <= Exact::ONE);
    let billed: Vec<DeclId> =
        ladder.terms.fees.iter().flat_map(|fee| sources_of(&fee.amount)).collect();
    let read = sources_of(whole);
    part && constant::value(whole).is_none()
        && !read.is_empty()
        && read.iter().all(|source| billed.contains(source))
}

/// True if nothing measured goes into an amount but fees.
fn constant_amount(typed: &Typed) -> bool {
    let mut measured = false;
    visit(typed, &mut |kind| {
        measured |= matches!(
            kind,
            Kind::Aggregate(_) | Kind::Builtin(_) | Kind::Field(_) | Kind::Failures(..)
        )
    });
    !measured
}
