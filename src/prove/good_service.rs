//! Targets that count better service as a breach.
//!
//! In: objectives whose metric has a better side, with `==`, `!=` or a range as their target. Out:
//! findings where a value that is better than all that are allowed is a breach, and surely
//! possible.

use rustc_hash::FxHashSet;

use super::domain::{Domain, Setting};
use super::wording::shown;
use super::{Case, Reporter};
use crate::base::Exact;
use crate::diag::{Code, Finding, Sink};
use crate::syntax::ast::Compare;
use crate::types::constant;
use crate::types::model::{Objective, TermId};
use crate::types::tree::{Kind, Typed};

/// Checks the targets of all objectives.
pub fn check(case: &Case<'_, '_, '_>, sink: &mut Sink) {
    let mut out = Reporter::new(sink);
    let mut seen: FxHashSet<TermId> = FxHashSet::default();
    for terms in super::all_terms(case.model) {
        for objective in terms.objectives.iter().filter(|objective| objective.support.is_none()) {
            if seen.insert(objective.id) {
                target(case, objective, &mut out);
            }
        }
    }
}

fn target(case: &Case<'_, '_, '_>, objective: &Objective<'_>, out: &mut Reporter<'_>) {
    let Some(higher) = objective.higher_is_better else { return };
    let bound = &*objective.target.value;
    let (ends, like): ([Option<Exact>; 2], &Typed) = match (objective.compare.value, &bound.kind) {
        (Compare::In, Kind::Range(ends)) => {
            let [low, high] = &**ends;
            ([constant::value(low), constant::value(high)], low)
        }
        (Compare::Equal | Compare::NotEqual, _) => {
            ([constant::value(bound), constant::value(bound)], bound)
        }
        (_, _) => return,
    };
    let [Some(low), Some(high)] = ends else { return };
    let domain = Setting::new(Some(&objective.window.value.kind)).domain(&objective.measure());
    let best = if higher { &high } else { &low };
    let show = |value: &Exact| shown(value, like, case.model.project);
    let sign = if higher { ">=" } else { "<=" };
    let (message, limit) = if objective.compare.value == Compare::NotEqual {
        // The worst value of all may well be the one that must not be.
        if !has_beyond(&domain, &low, !higher, like) {
            return;
        }
        (format!("{} is a breach here, but worse values are not", show(&low)), &low)
    } else {
        if !has_beyond(&domain, best, higher, like) {
            return;
        }
        let edge = if higher { &domain.high } else { &domain.low };
        let better = match edge {
            Some(edge) => show(edge),
            None if higher => format!("more than {}", show(best)),
            None => format!("less than {}", show(best)),
        };
        (
            format!("better service is a breach here: {better} misses this target"),
            if higher { &low } else { &high },
        )
    };
    let way = if higher { "higher is better" } else { "lower is better" };
    let finding = Finding::new(Code::BetterIsBreach, objective.target.at, message)
        .also(objective.metric.at, format!("{way} for this metric"))
        .help(format!("write `{sign} {}`", show(limit)));
    out.report(finding);
}

/// True if there surely are values beyond this one, up or down. A plain number may be a mark or a
/// score, whose scale is not stated.
fn has_beyond(domain: &Domain, value: &Exact, up: bool, like: &Typed) -> bool {
    let time = matches!(&like.kind, Kind::Duration(..));
    match (up, &domain.low, &domain.high) {
        (true, _, Some(high)) => high > value,
        (true, _, None) => domain.endless || time,
        (false, Some(low), _) => low < value,
        (false, None, _) => time && !value.is_negative() && !value.is_zero(),
    }
}
