//! Slots of time that judge the whole length of spans which may go on beyond them.
//!
//! In: the metrics of objectives and the expressions of credits. Out: findings about `each` by a
//! length or a window, over spans, in three cases:
//!
//! - the value of a slot is the greatest or summed `length` of its rows, and it is compared with a
//!   limit;
//! - the value of a slot depends on a comparison of the `length` of single rows;
//! - a statistic is taken of slots whose value is the summed `length` of their rows.
//!
//! A span belongs to the slot of its start, with all of its length, so that an outage over midnight
//! makes one bad day and not two.

use rustc_hash::FxHashSet;

use super::{Case, Reporter};
use crate::base::Span;
use crate::diag::{Code, Finding, Sink};
use crate::types::model::TermId;
use crate::types::tree::{Aggregate, Each, EachBy, Fold, Kind, Typed};
use crate::types::ty::{RowKind, Ty};
use crate::types::uses::{Walk, children, expressions_of};

/// Checks the expressions of all objectives and credits.
pub fn check(case: &Case<'_, '_, '_>, sink: &mut Sink) {
    let mut out = Reporter::new(sink);
    let mut walk = Walk::default();
    let mut seen: FxHashSet<TermId> = FxHashSet::default();
    for terms in super::all_terms(case.model) {
        for objective in
            terms.objectives.iter().filter(|it| it.support.is_none() && seen.insert(it.id))
        {
            walk.each(&objective.measure(), |typed| look(typed, &mut out));
        }
        for credit in terms.credits.iter().filter(|it| seen.insert(it.id)) {
            for typed in expressions_of(credit) {
                walk.each(typed, |typed| look(typed, &mut out));
            }
        }
    }
}

fn look(typed: &Typed, out: &mut Reporter<'_>) {
    match &typed.kind {
        Kind::Where(both) => {
            let [rows, condition] = &**both;
            if let Kind::Each(each) = &rows.kind
                && compares(condition, is_value)
            {
                slots(each, length_of_spans(&each.body), out);
            }
        }
        Kind::Aggregate(aggregate) => {
            if let Kind::Each(each) = &beneath(&aggregate.rows).kind {
                slots(each, summary_of_lengths(aggregate, &each.body), out);
            }
        }
        Kind::Each(each) => {
            let mut compared = Vec::new();
            comparisons(&each.body, &mut compared);
            let whole = compared.into_iter().find_map(length_of_spans);
            slots(each, whole.or_else(|| compared_length(&each.body)), out);
        }
        _ => {}
    }
}

fn slots(each: &Each, place: Option<Span>, out: &mut Reporter<'_>) {
    let by_time = matches!(each.key, EachBy::Length(_) | EachBy::Window(_));
    let Some(place) = place.filter(|_| by_time && are_spans(&each.rows)) else { return };
    let finding = Finding::new(Code::SpanOverSlot, place, "a span that ends after its slot counts here with its whole length")
        .note("a span belongs to the slot in which it begins: a span over midnight counts in full on its first day, and not on its second")
        .help("write `downtime()` for the part that lies in each slot");
    out.report(finding);
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

/// Where a statistic of slots depends on the whole lengths of their rows. The sum of sums is that of
/// all rows, however they are cut; and a statistic of the longest rows may be meant as it is.
fn summary_of_lengths(aggregate: &Aggregate, body: &Typed) -> Option<Span> {
    match (aggregate.fold, &aggregate.arg) {
        (Fold::Share | Fold::Count, Some(condition)) => {
            compares(condition, is_value).then(|| length_of_spans(body)).flatten()
        }
        (Fold::Mean | Fold::Min | Fold::Max | Fold::Percentile, arg)
            if arg.as_ref().is_none_or(is_value) =>
        {
            length_of_spans(body).filter(|_| folds_by(body, Fold::Sum))
        }
        (_, _) => None,
    }
}

fn folds_by(typed: &Typed, fold: Fold) -> bool {
    match &typed.kind {
        Kind::Default(both) | Kind::Rounded(both) => {
            let [value, _] = &**both;
            folds_by(value, fold)
        }
        Kind::Aggregate(aggregate) => aggregate.fold == fold,
        _ => false,
    }
}

/// Where the value of a slot depends on how the length of a single span compares. Slots inside
/// are looked at on their own.
fn compared_length(body: &Typed) -> Option<Span> {
    let mut open = vec![body];
    while let Some(next) = open.pop() {
        match &next.kind {
            Kind::Aggregate(aggregate) if are_spans(&aggregate.rows) => {
                let mut conditions: Vec<&Typed> = aggregate.arg.iter().collect();
                let mut rows = &aggregate.rows;
                while let Kind::Where(both) = &rows.kind {
                    let [narrowed, condition] = &**both;
                    conditions.push(condition);
                    rows = narrowed;
                }
                if let Some(condition) = conditions.into_iter().find(|it| compares(it, is_length)) {
                    return Some(condition.span);
                }
            }
            Kind::Each(_) | Kind::Metric(..) => continue,
            _ => {}
        }
        children(&next.kind, &mut open);
    }
    None
}

fn is_length(typed: &Typed) -> bool {
    matches!(&typed.kind, Kind::Field(name) if name == "length")
}

fn are_spans(rows: &Typed) -> bool {
    matches!(&rows.ty, Ty::Rows(rows) if rows.kind == RowKind::Spans)
}

/// Rows without the conditions that narrow them.
fn beneath(rows: &Typed) -> &Typed {
    let mut at = rows;
    while let Kind::Where(both) = &at.kind {
        let [rows, _] = &**both;
        at = rows;
    }
    at
}

/// Where the lengths of a slot's rows are taken whole.
fn length_of_spans(typed: &Typed) -> Option<Span> {
    match &typed.kind {
        Kind::Default(both) | Kind::Rounded(both) => {
            let [value, _] = &**both;
            length_of_spans(value)
        }
        Kind::Aggregate(aggregate) if matches!(aggregate.fold, Fold::Max | Fold::Sum) => {
            let length = aggregate.arg.as_ref().is_some_and(is_length);
            (are_spans(&aggregate.rows) && length).then_some(typed.span)
        }
        _ => None,
    }
}
