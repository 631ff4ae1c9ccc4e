//! Counts of slots that hold a condition each: without `where value` all of them are counted,
//! whether it holds or not.
//!
//! In: the expressions of objectives, credits and fees. Out: findings. The number of all slots is a
//! sensible divisor, so a count below a fraction line is left alone.

use rustc_hash::FxHashSet;

use super::{Case, Reporter};
use crate::diag::{Code, Finding, Sink};
use crate::types::model::{Credit, Measure, Objective, Remedy, TermId, Terms};
use crate::types::tree::{Aggregate, Arithmetic, Fold, InstanceId, Kind, Typed};
use crate::types::ty::Ty;
use crate::types::uses::children;

/// Checks the counts of all tiers and agreements.
pub fn check(case: &Case<'_, '_, '_>, sink: &mut Sink) {
    let mut out = Reporter::new(sink);
    let mut objectives: FxHashSet<TermId> = FxHashSet::default();
    let mut credits: FxHashSet<TermId> = FxHashSet::default();
    let mut walked: FxHashSet<(InstanceId, bool)> = FxHashSet::default();
    for terms in super::all_terms(case.model) {
        let new_objectives: Vec<&Objective<'_>> =
            terms.objectives.iter().filter(|it| objectives.insert(it.id)).map(|it| &**it).collect();
        let new_credits: Vec<&Credit<'_>> =
            terms.credits.iter().filter(|it| credits.insert(it.id)).map(|it| &**it).collect();
        for typed in expressions(terms, &new_objectives, &new_credits) {
            walk(typed, &mut walked, &mut out);
        }
    }
}

/// What is measured by objectives, paid by credits, and charged.
fn expressions<'x>(
    terms: &'x Terms<'_>,
    objectives: &[&'x Objective<'_>],
    credits: &[&'x Credit<'_>],
) -> Vec<&'x Typed> {
    let mut all: Vec<&Typed> = terms.fees.iter().map(|fee| &fee.amount).collect();
    for objective in objectives {
        if let Measure::Stated(metric) = &objective.metric.value {
            all.push(metric);
        }
    }
    for credit in credits {
        all.extend(credit.on.as_deref().into_iter().chain(credit.base.as_deref()));
        all.extend(credit.condition.as_ref().map(|condition| &condition.expr));
        all.extend(credit.caps.iter().map(|cap| &*cap.amount));
        for remedy in credit.lines.iter().map(|line| &line.remedy).chain(&credit.pay) {
            match remedy {
                Remedy::Pay(terms) => all.extend(terms.iter().map(|term| &term.amount)),
                Remedy::Extend(length) => all.push(length),
                Remedy::Text(_) => {}
            }
        }
    }
    all
}

fn walk(typed: &Typed, walked: &mut FxHashSet<(InstanceId, bool)>, out: &mut Reporter<'_>) {
    let mut open = vec![(typed, false)];
    while let Some((next, divides)) = open.pop() {
        match &next.kind {
            Kind::Arithmetic(Arithmetic::Divide, both) => {
                let [above, below] = &**both;
                open.extend([(above, divides), (below, true)]);
                continue;
            }
            Kind::Aggregate(aggregate) if !divides => look(next, aggregate, out),
            Kind::Metric(instance, _) if walked.insert((instance.id, divides)) => {
                open.push((&instance.body, divides))
            }
            _ => {}
        }
        let mut parts = Vec::new();
        children(&next.kind, &mut parts);
        open.extend(parts.into_iter().map(|part| (part, divides)));
    }
}

fn look(count: &Typed, aggregate: &Aggregate, out: &mut Reporter<'_>) {
    let mut rows = &aggregate.rows;
    let each = loop {
        rows = match &rows.kind {
            Kind::Within(both, _) => {
                let [inner, _] = &**both;
                inner
            }
            Kind::Metric(instance, _) => &instance.body,
            Kind::Each(each) => break each,
            _ => return,
        };
    };
    if aggregate.fold == Fold::Count && *each.body.ty.present() == Ty::Boolean {
        let finding = Finding::new(
            Code::UnfilteredCount,
            count.span,
            "this counts every slot, whether its condition is true or false",
        )
        .also(each.body.span, "the condition")
        .help("count only the slots for which it is true: `count(each … { … } where value)`");
        out.report(finding);
    }
}
