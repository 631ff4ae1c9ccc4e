//! Targets that no measurement can miss, and targets that none can meet.
//!
//! In: objectives with the values their metrics can take. Out: findings. Where the values are not
//! known, nothing is said.

use rustc_hash::FxHashSet;

use super::domain::{Domain, Setting};
use super::wording::shown;
use super::{Case, Reporter};
use crate::base::Exact;
use crate::diag::{Code, Finding, Sink};
use crate::syntax::ast::{Compare, Missing, NumberForm};
use crate::types::constant;
use crate::types::model::{Objective, TermId, Terms};
use crate::types::tree::{Kind, Typed};
use crate::types::ty::{Nature, Ty};

/// Checks the targets of all objectives.
pub fn check(case: &Case<'_, '_, '_>, sink: &mut Sink) {
    let mut out = Reporter::new(sink);
    let mut seen: FxHashSet<TermId> = FxHashSet::default();
    for terms in super::all_terms(case.model) {
        for objective in terms.objectives.iter().filter(|objective| objective.support.is_none()) {
            if seen.insert(objective.id) {
                target(case, objective, terms, &mut out);
            }
        }
    }
}

fn target(
    case: &Case<'_, '_, '_>,
    objective: &Objective<'_>,
    terms: &Terms<'_>,
    out: &mut Reporter<'_>,
) {
    let bound = &objective.target.value;
    let domain = domain_of(objective);
    let ratio = matches!(objective.value_type(), Ty::Quantity(_, Nature::Ratio));
    if let Some(value) = constant::value(bound).filter(|value| ratio && *value > Exact::ONE) {
        above_one(&value, bound, &domain, out);
        return;
    }
    // A comparison that runs against its metric has been reported as such.
    if objective.runs_backward() {
        return;
    }
    let Some(never) = never(&domain, objective.compare.value, bound) else { return };
    // Where a window without data counts as breached, even such a target may be missed.
    let missing = objective
        .narrowed()
        .missing
        .as_ref()
        .or(terms.missing.as_deref())
        .map(|missing| missing.value);
    if never == "missed" && missing == Some(Missing::Breached) {
        return;
    }
    let mut finding = Finding::new(
        Code::PointlessTarget,
        objective.target.at,
        format!("this target can never be {never}"),
    );
    finding = finding.also(objective.metric.at, "this metric");
    let like = match &bound.kind {
        Kind::Range(ends) => {
            let [low, _] = &**ends;
            low
        }
        _ => bound,
    };
    let show = |value: &Exact| shown(value, like, case.model.project);
    let note = match (&domain.low, &domain.high) {
        (Some(low), Some(high)) => {
            format!("its values lie between {} and {}", show(low), show(high))
        }
        (Some(low), None) => format!("its values are never below {}", show(low)),
        (None, Some(high)) => format!("its values are never above {}", show(high)),
        (None, None) => return,
    };
    out.report(finding.note(note));
}

fn domain_of(objective: &Objective<'_>) -> Domain {
    Setting::new(Some(&objective.window.value.kind)).domain(&objective.measure())
}

/// True if measurements decide whether a target is met: it can be met and it can be missed, as far
/// as is known.
pub fn is_open(objective: &Objective<'_>) -> bool {
    never(&domain_of(objective), objective.compare.value, &objective.target.value).is_none()
}

/// A target above 100%. A share is never more; what was spent may well be more of what was planned,
/// unless `95` was meant as `95%`.
fn above_one(value: &Exact, bound: &Typed, domain: &Domain, out: &mut Reporter<'_>) {
    let percent = "write a percentage with its sign: `99.9%`";
    let is_share = domain.high.as_ref().is_some_and(|high| *high <= Exact::ONE);
    if is_share {
        let finding = Finding::new(Code::RatioOverOne, bound.span, "a share is never above 100%")
            .note(format!("the target is {value}"));
        out.report(finding.help(percent));
    } else if matches!(bound.kind, Kind::Number(_, NumberForm::Plain))
        && *value >= Exact::integer(50)
    {
        let message = format!("this requires a ratio of {value} to 1");
        out.report(Finding::new(Code::RatioOverOne, bound.span, message).help(percent));
    }
}

/// What can never happen to a target, given the values there are.
fn never(domain: &Domain, compare: Compare, bound: &Typed) -> Option<&'static str> {
    let (low, high) = (domain.low.as_ref(), domain.high.as_ref());
    if let (Compare::In, Kind::Range(ends)) = (compare, &bound.kind) {
        let [from, to] = &**ends;
        let (from, to) = (constant::value(from)?, constant::value(to)?);
        let outside = high.is_some_and(|high| *high < from) || low.is_some_and(|low| *low > to);
        let inside = low.is_some_and(|low| *low >= from) && high.is_some_and(|high| *high <= to);
        return if outside { Some("met") } else { inside.then_some("missed") };
    }
    let value = constant::value(bound)?;
    let below =
        |strictly: bool| high.is_some_and(|high| *high < value || (!strictly && *high == value));
    let above =
        |strictly: bool| low.is_some_and(|low| *low > value || (!strictly && *low == value));
    let (met, missed) = match compare {
        Compare::AtLeast => (below(true), above(false)),
        Compare::Greater => (below(false), above(true)),
        Compare::AtMost => (above(true), below(false)),
        Compare::Less => (above(false), below(true)),
        Compare::Equal => (below(true) || above(true), false),
        Compare::NotEqual => (false, below(true) || above(true)),
        Compare::In => return None,
    };
    if met { Some("met") } else { missed.then_some("missed") }
}
