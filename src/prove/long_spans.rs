//! Slots of time that judge the whole length of spans which may go on beyond them.
//!
//! In: the metrics of objectives and the expressions of credits. Out: findings about `each` by a
//! length or a window, over spans, whose value is the greatest or summed `length` of the slot's
//! rows and is compared with a limit: a span belongs to the slot of its start, with all of its
//! length, so that an outage over midnight makes one bad day and not two.

use rustc_hash::FxHashSet;

use super::{Case, Reporter};
use crate::base::Span;
use crate::diag::{Code, Finding, Sink};
use crate::types::model::TermId;
use crate::types::tree::{Each, EachBy, Fold, InstanceId, Kind, Typed};
use crate::types::ty::{RowKind, Ty};
use crate::types::uses::{children, expressions_of};

/// Checks the expressions of all objectives and credits.
pub fn check(case: &Case<'_, '_, '_>, sink: &mut Sink) {
    let mut walk = Walk { out: Reporter::new(sink), entered: FxHashSet::default() };
    let mut seen: FxHashSet<TermId> = FxHashSet::default();
    for terms in super::all_terms(case.model) {
        for objective in
            terms.objectives.iter().filter(|it| it.support.is_none() && seen.insert(it.id))
        {
            walk.expression(&objective.measure());
        }
        for credit in terms.credits.iter().filter(|it| seen.insert(it.id)) {
            expressions_of(credit).into_iter().for_each(|typed| walk.expression(typed));
        }
    }
}

struct Walk<'s> {
    out: Reporter<'s>,
    /// Metrics that have been looked into.
    entered: FxHashSet<InstanceId>,
}

impl Walk<'_> {
    fn expression(&mut self, typed: &Typed) {
        let mut open = vec![typed];
        while let Some(next) = open.pop() {
            match &next.kind {
                Kind::Where(both) => {
                    let [rows, condition] = &**both;
                    if let Kind::Each(each) = &rows.kind
                        && compares(condition, is_value)
                    {
                        self.slots(each, length_of_spans(&each.body));
                    }
                }
                Kind::Each(each) => {
                    let mut compared = Vec::new();
                    comparisons(&each.body, &mut compared);
                    self.slots(each, compared.into_iter().find_map(length_of_spans));
                }
                Kind::Metric(instance, _) if self.entered.insert(instance.id) => {
                    open.push(&instance.body)
                }
                _ => {}
            }
            children(&next.kind, &mut open);
        }
    }

    fn slots(&mut self, each: &Each, place: Option<Span>) {
        let by_time = matches!(each.key, EachBy::Length(_) | EachBy::Window(_));
        let spans = matches!(&each.rows.ty, Ty::Rows(rows) if rows.kind == RowKind::Spans);
        let Some(place) = place.filter(|_| by_time && spans) else { return };
        let finding = Finding::new(Code::SpanOverSlot, place, "a span that ends after its slot counts here with its whole length")
            .note("a span belongs to the slot in which it begins: a span over midnight counts in full on its first day, and not on its second")
            .help("write `downtime()` for the part that lies in each slot");
        self.out.report(finding);
    }
}

fn is_value(typed: &Typed) -> bool {
    matches!(&typed.kind, Kind::Field(name) if name == "value")
}

/// True if a condition compares something of this kind.
fn compares(condition: &Typed, wanted: impl Fn(&Typed) -> bool) -> bool {
    let mut found = Vec::new();
    comparisons(condition, &mut found);
    found.into_iter().any(wanted)
}

/// Both sides of all comparisons of a condition.
fn comparisons<'t>(condition: &'t Typed, into: &mut Vec<&'t Typed>) {
    match &condition.kind {
        Kind::Compare(_, both) => into.extend(both.iter()),
        Kind::InRange(three) => into.extend(three.first()),
        Kind::And(both) | Kind::Or(both) => both.iter().for_each(|part| comparisons(part, into)),
        Kind::Default(both) => {
            let [value, _] = &**both;
            comparisons(value, into);
        }
        Kind::Not(inner) => comparisons(inner, into),
        _ => {}
    }
}

/// Where the lengths of a slot's rows are taken whole.
fn length_of_spans(typed: &Typed) -> Option<Span> {
    match &typed.kind {
        Kind::Default(both) | Kind::Rounded(both) => {
            let [value, _] = &**both;
            length_of_spans(value)
        }
        Kind::Aggregate(aggregate) if matches!(aggregate.fold, Fold::Max | Fold::Sum) => {
            let spans = matches!(&aggregate.rows.ty, Ty::Rows(rows) if rows.kind == RowKind::Spans);
            let length = aggregate
                .arg
                .as_ref()
                .is_some_and(|arg| matches!(&arg.kind, Kind::Field(name) if name == "length"));
            (spans && length).then_some(typed.span)
        }
        _ => None,
    }
}
