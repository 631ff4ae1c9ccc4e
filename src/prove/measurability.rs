//! Whether the measurement can tell a met promise from a breached one, and whether anything is
//! measured at all.
//!
//! In: objectives with their metrics, windows, hours and exclusions. Out: findings with the
//! arithmetic. Budgets are those of the longest window: what is too coarse for that one is too
//! coarse for all.

use rustc_hash::FxHashSet;

use super::domain::window_length;
use super::measured::{Almanac, Ground, applies};
use super::wording::{exact_length, exact_percent};
use super::{Case, Reporter};
use crate::base::{Exact, Span};
use crate::diag::{Code, Finding, Sink};
use crate::syntax::ast::{Compare, WindowKind};
use crate::time::Interval;
use crate::types::constant;
use crate::types::model::{Exclude, Objective, TermId, Terms};
use crate::types::tree::{EachBy, Fold, Kind, Typed};
use crate::types::ty::Ty;

/// How many different promises are laid over calendars; beyond that nothing is said.
const MOST_EXPANDED: usize = 2_000;

/// Checks what is measured.
pub fn check(case: &Case<'_, '_, '_>, sink: &mut Sink) {
    if !case.sound {
        return;
    }
    let mut out = Reporter::new(sink);
    let mut seen: FxHashSet<TermId> = FxHashSet::default();
    let mut excused: FxHashSet<(TermId, TermId)> = FxHashSet::default();
    let mut said: FxHashSet<Span> = FxHashSet::default();
    for terms in super::all_terms(case.model) {
        for objective in &terms.objectives {
            if seen.insert(objective.id) {
                coarse(objective, &mut out);
            }
        }
        for exclude in terms.excludes.iter().filter(|exclude| exclude.limit.is_some()) {
            if said.contains(&exclude.item.span) {
                continue;
            }
            let concerned = terms.objectives.iter().filter(|objective| applies(exclude, objective));
            for objective in
                concerned.filter(|objective| excused.insert((exclude.id, objective.id)))
            {
                if excuses_more(exclude, objective, &mut out) {
                    said.insert(exclude.item.span);
                    break;
                }
            }
        }
    }
    never_measured(case, &mut out);
}

/// What a target leaves to be down.
struct Budget {
    /// In the longest window.
    time: Exact,
    /// As a share of the window, if it is one.
    share: Option<Exact>,
    /// True if a stretch may count for less than its length.
    weighted: bool,
}

/// The rows whose time an objective bounds, and how much of it the target leaves; nothing for a
/// target that leaves none.
fn budget<'t>(
    metric: &'t Typed,
    objective: &Objective<'_>,
) -> Option<(&'t Typed, Vec<&'t [Typed]>, Budget)> {
    let mut args: Vec<&[Typed]> = Vec::new();
    let mut at = metric;
    while let Kind::Metric(instance, given) = &at.kind {
        args.push(given);
        at = &instance.body;
    }
    let Kind::Aggregate(aggregate) = &at.kind else { return None };
    let target = constant::value(&objective.target.value)?;
    let whole = |share: &Exact| Some(share * &window_length(&objective.window.value.kind)?.1);
    let more = matches!(objective.compare.value, Compare::AtLeast | Compare::Greater);
    let less = matches!(objective.compare.value, Compare::AtMost | Compare::Less);
    let left = match aggregate.fold {
        Fold::Uptime | Fold::Share if more => {
            let share = &Exact::ONE - &target;
            Budget {
                time: whole(&share)?,
                share: Some(share),
                weighted: aggregate.weight.is_some(),
            }
        }
        Fold::Downtime if less => {
            Budget { time: target, share: None, weighted: aggregate.weight.is_some() }
        }
        _ => return None,
    };
    (!left.time.is_zero() && !left.time.is_negative()).then_some((&aggregate.rows, args, left))
}

/// A part of a metric, or what was given for it where the metric is called.
fn given<'t>(typed: &'t Typed, args: &[&'t [Typed]]) -> Option<&'t Typed> {
    let mut at = typed;
    for level in args.iter().rev() {
        let Kind::Param(position) = &at.kind else { return Some(at) };
        at = level.get(*position)?;
    }
    Some(at)
}

/// A slot, or the shortest run that counts, longer than all the downtime a target leaves.
fn coarse(objective: &Objective<'_>, out: &mut Reporter<'_>) {
    let metric = objective.measure();
    let Some((rows, args, budget)) = budget(&metric, objective) else { return };
    let Some(rows) = given(rows, &args).filter(|_| !budget.weighted) else { return };
    let (series, lasting) = match &rows.kind {
        Kind::Runs { of, lasting, .. } => (&**of, given(lasting, &args)),
        _ => (rows, None),
    };
    let slot = match &series.kind {
        Kind::Each(each) => match &each.key {
            EachBy::Length(length) => given(length, &args),
            EachBy::Window(_) | EachBy::Field(_) | EachBy::Pieces(_) => None,
        },
        _ => None,
    };
    let longer = |part: Option<&Typed>| {
        let part = part?;
        let length = constant::value(part).filter(|length| *length > budget.time)?;
        Some((part.span, length))
    };
    let told = |code: Code, what: &str, (place, length): (Span, Exact)| {
        let left = match &budget.share {
            Some(share) => format!(
                "{} of the longest window are {}",
                exact_percent(share),
                exact_length(&budget.time)
            ),
            None => format!("the target allows {}", exact_length(&budget.time)),
        };
        Finding::new(
            code,
            objective.target.at,
            format!(
                "{what} of {} is longer than the downtime that this target allows",
                exact_length(&length)
            ),
        )
        .also(place, "nothing shorter is measured")
        .note(left)
        .help(
            "a single one breaches the target: measure in shorter steps, or promise a target that can be measured",
        )
    };
    // A run of one slot is nothing but the slot.
    let one_slot = lasting
        .zip(slot)
        .is_some_and(|(lasting, slot)| constant::value(lasting) <= constant::value(slot));
    if let Some(run) = longer(lasting).filter(|_| !one_slot) {
        out.report(told(Code::RunOverBudget, "a run", run));
    } else if let Some(slot) = longer(slot) {
        out.report(told(Code::SlotOverBudget, "a slot", slot));
    }
}

/// An exclusion that may excuse more than the target itself leaves to be down; true if it does.
fn excuses_more(exclude: &Exclude<'_>, objective: &Objective<'_>, out: &mut Reporter<'_>) -> bool {
    let metric = objective.measure();
    let Some((_, _, Budget { share: Some(share), .. })) = budget(&metric, objective) else {
        return false;
    };
    let Some(limit) = exclude.limit.as_ref().filter(|limit| limit.ty == Ty::duration()) else {
        return false;
    };
    let (Some(most), Some((_, Some(window), _))) =
        (constant::value(limit), exclude.syntax.limit.as_deref())
    else {
        return false;
    };
    let Some((_, longest)) = window_length(&window.kind) else { return false };
    let left = &share * &longest;
    if most <= left {
        return false;
    }
    let finding = Finding::new(
        Code::LimitOverBudget,
        limit.span,
        "this can excuse more time than the target allows as downtime",
    )
    .also(objective.target.at, format!("allows {}", exact_percent(&share)))
    .note(format!(
        "{} of the same time are {}; another {} can be excused",
        exact_percent(&share),
        exact_length(&left),
        exact_length(&most)
    ))
    .help("lower the limit, or promise a lower target: for the customer, both add up");
    out.report(finding);
    true
}

/// Hours and exclusions that leave nothing of the term.
fn never_measured(case: &Case<'_, '_, '_>, out: &mut Reporter<'_>) {
    let mut almanac = Almanac::new(case.model);
    let mut seen: FxHashSet<(TermId, Vec<TermId>, Interval)> = FxHashSet::default();
    for agreement in &case.model.agreements {
        for (index, version) in agreement.versions.iter().enumerate() {
            let terms = &version.terms;
            let Some(ground) = Ground::of(agreement, index) else { continue };
            for objective in terms
                .objectives
                .iter()
                .filter(|objective| objective.support.is_none() && may_be_empty(objective, terms))
            {
                let excludes = terms.excludes.iter().map(|exclude| exclude.id).collect();
                if seen.len() >= MOST_EXPANDED
                    || !seen.insert((objective.id, excludes, ground.term))
                {
                    continue;
                }
                let Some(measured) = almanac.measured(objective, terms, &ground) else { continue };
                if measured.hours.is_empty() {
                    report_empty(case, objective, terms, "never open in the term", out);
                } else if measured.whole.is_empty() {
                    report_empty(case, objective, terms, "all of it is excluded", out);
                }
            }
        }
    }
}

/// Hours made of several sets, or of a calendar, may come to nothing.
fn may_be_empty(objective: &Objective<'_>, terms: &Terms<'_>) -> bool {
    objective.narrowed().during.is_some() || terms.hours.is_some() || !terms.excludes.is_empty()
}

fn report_empty(
    case: &Case<'_, '_, '_>,
    objective: &Objective<'_>,
    terms: &Terms<'_>,
    why: &str,
    out: &mut Reporter<'_>,
) {
    let hours = objective.narrowed().during.as_ref().or(terms.hours.as_deref());
    let place = hours.map_or(objective.item.lead, |hours| hours.at);
    let mut finding =
        Finding::new(Code::NeverMeasured, place, format!("`{}` is never measured", objective.name))
            .here(why);
    for exclude in terms
        .excludes
        .iter()
        .filter(|exclude| why.starts_with("all") && applies(exclude, objective))
    {
        finding = finding.also(exclude.item.span, "excluded here");
    }
    if let Some(Kind::Calendar(id)) = hours.map(|hours| &hours.value.kind)
        && let Some(decl) = case.model.project.get(*id)
    {
        finding = finding.also(decl.name.span, "the calendar");
    }
    out.report(finding.help("a window without measured time is not in force: nothing is promised"));
}

/// True if a window of this kind always has the same length.
pub(super) fn is_fixed(kind: &WindowKind) -> bool {
    super::domain::window_days(kind).is_none_or(|(least, most)| least == most)
}
