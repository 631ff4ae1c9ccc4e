//! Payments counted in full steps: the first step is not full yet, so it pays nothing.

use super::amounts::Amount;
use super::regions::{self, Region, possible};
use super::step_count::{beginning, length};
use super::{Ladder, ascending};
use crate::base::{Exact, Span};
use crate::diag::{Code, Finding};
use crate::prove::Reporter;
use crate::prove::interval::{End, Interval};
use crate::syntax::ast::{CreditKind, StepCount};
use crate::types::model::{PayTerm, Remedy, StepFrom};
use crate::types::tree::Typed;

pub(super) fn check(ladder: &Ladder<'_, '_, '_>, out: &mut Reporter<'_>) {
    let credit = ladder.credit;
    let due_at_breaches = credit.syntax.kind == CreditKind::Credit
        && credit.syntax.each_row.is_none()
        && credit.syntax.regardless.is_none();
    // A ladder on something else than the objective's value, and steps from zero, say themselves
    // what a part step is.
    let from_target = |term: &PayTerm| {
        ladder.own_value()
            && term.step.as_deref().is_some_and(|(_, _, from)| !matches!(from, StepFrom::Zero))
    };
    let (true, Some(higher), Some(breach)) =
        (due_at_breaches, ladder.worse_is_higher(), ladder.breach())
    else {
        return;
    };
    let begun = |remedy| first_step(ladder, remedy, higher);
    if let Some((term, before)) =
        credit.pay.as_ref().and_then(begun).filter(|(term, _)| ladder.alone && from_target(term))
    {
        let like = ladder.only.map_or(&term.amount, |only| &only.target.value);
        let mut unpaid = breach.bad.iter().map(|bad| bad.and(&before).and(&possible(ladder)));
        if let Some(value) = unpaid.find_map(|unpaid| witness(ladder, &unpaid, like)) {
            report_unpaid(ladder, term, &value, like, out);
        }
    }
    let Some(regions) = regions::of(ladder) else { return };
    let mut sorted = ascending(&regions);
    if !higher {
        sorted.reverse();
    }
    let mut better: Option<&Region<'_>> = None;
    for region in sorted {
        if let Some((term, before)) = begun(&region.line.remedy) {
            let zone = |bad: &Interval| bad.and(&before).and(&region.values).and(&possible(ladder));
            let value =
                breach.bad.iter().map(zone).find_map(|zone| witness(ladder, &zone, region.like));
            match (value, better) {
                (Some(value), Some(better)) => {
                    less_than(ladder, better, (region, term), &value, higher, out)
                }
                (Some(value), None) if ladder.alone && from_target(term) => {
                    report_unpaid(ladder, term, &value, region.like, out)
                }
                (_, _) => {}
            }
        }
        better = Some(region);
    }
}

fn witness(ladder: &Ladder<'_, '_, '_>, values: &Interval, like: &Typed) -> Option<Exact> {
    let grid = ladder.domain.grid.as_ref();
    if values.is_empty(grid) { None } else { values.witness(grid, like) }
}

/// The only summand of a payment, and the values short of its first full step; `None` if anything
/// else is due as well.
fn first_step<'x>(
    ladder: &Ladder<'x, '_, '_>,
    remedy: &'x Remedy,
    higher: bool,
) -> Option<(&'x PayTerm, Interval)> {
    let Remedy::Pay(terms) = remedy else { return None };
    let [term] = &**terms else { return None };
    let (unit, count, from) = term.step.as_deref()?;
    if *count != StepCount::Full {
        return None;
    }
    let (unit, begin) = (length(unit)?, beginning(ladder, from)?);
    let end = End::new(if higher { &begin + &unit } else { &begin - &unit }, false);
    Some((
        term,
        if higher { Interval::new(None, Some(end)) } else { Interval::new(Some(end), None) },
    ))
}

/// Where the better line surely pays something, its steps starting anew pay less.
fn less_than(
    ladder: &Ladder<'_, '_, '_>,
    better: &Region<'_>,
    (worse, term): (&Region<'_>, &PayTerm),
    value: &Exact,
    higher: bool,
    out: &mut Reporter<'_>,
) {
    let good = better.values.and(&possible(ladder)).witness_at(
        higher,
        ladder.domain.grid.as_ref(),
        better.like,
    );
    let pays = |value: &Exact| {
        Amount::at(ladder, &better.line.remedy, value).is_some_and(|amount| amount.is_positive())
    };
    let Some(good) = good.filter(pays) else { return };
    let (good, bad) = (ladder.show(&good, better.like), ladder.show(value, worse.like));
    let finding = Finding::new(Code::WorsePaysLess, worse.line.at, format!("{bad} is worse than {good} and pays nothing"))
        .also(step_of(term), "the first step is not full yet")
        .also(better.line.at, "this line pays something")
        .help("add the steps to the amount before them, as in `30% plus 5% per full 0.1% from 99%`, or count `started` steps");
    out.report(finding);
}

fn report_unpaid(
    ladder: &Ladder<'_, '_, '_>,
    term: &PayTerm,
    value: &Exact,
    like: &Typed,
    out: &mut Reporter<'_>,
) {
    let Some(only) = ladder.only else { return };
    let finding = Finding::new(Code::UnpaidBreach, step_of(term), format!("{} is a breach that pays nothing", ladder.show(value, like)))
        .here("the first step is not full yet")
        .also(only.target.at, "the target")
        .help("count `started` or `exact` steps, or pay something for any breach: `5% plus 5% per full …`");
    out.report(finding);
}

/// The amount of a step, and the step.
fn step_of(term: &PayTerm) -> Span {
    let unit = term.step.as_deref().map(|(unit, _, _)| unit.span);
    unit.map_or(term.amount.span, |unit| term.amount.span.to(unit))
}
