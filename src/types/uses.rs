//! What a typed expression reads.

use rustc_hash::FxHashSet;

use super::model::{Credit, Remedy, StepFrom};
use super::tree::{EachBy, Fold, InstanceId, Kind, Typed};
use crate::names::DeclId;

/// The sources an expression reads, directly or through metrics, each once, in the order they are
/// met.
pub fn sources_of(typed: &Typed) -> Vec<DeclId> {
    let mut found = Vec::new();
    visit(typed, &mut |kind| {
        if let Kind::Source(id) = kind
            && !found.contains(id)
        {
            found.push(*id);
        }
    });
    found
}

/// A walk through expressions and the metrics that they call. Each metric is entered once in all
/// expressions: metrics may call each other so often that entering each call would take exponential
/// time.
#[derive(Default)]
pub struct Walk {
    entered: FxHashSet<InstanceId>,
}

impl Walk {
    /// Shows every node of an expression, and of the metrics it calls, to `see`, in the order of
    /// writing.
    pub fn each(&mut self, typed: &Typed, mut see: impl FnMut(&Typed)) {
        let mut open = vec![typed];
        while let Some(next) = open.pop() {
            see(next);
            let from = open.len();
            children(&next.kind, &mut open);
            if let Kind::Metric(instance, _) = &next.kind
                && self.entered.insert(instance.id)
            {
                open.push(&instance.body);
            }
            // The last pushed is seen first: reversing keeps the order of writing.
            if let Some(added) = open.get_mut(from..) {
                added.reverse();
            }
        }
    }
}

/// Shows every node of an expression, and of the metrics it calls, to `see`.
pub fn visit(typed: &Typed, see: &mut impl FnMut(&Kind)) {
    Walk::default().each(typed, |node| see(&node.kind));
}

/// All expressions of a credit: what its lines look at and pay, its base, its caps, its condition.
/// The bounds of its lines are left out.
pub fn expressions_of<'t>(credit: &'t Credit<'_>) -> Vec<&'t Typed> {
    let mut found: Vec<&'t Typed> =
        credit.on.iter().chain(&credit.base).map(|typed| &**typed).collect();
    for remedy in credit.lines.iter().map(|line| &line.remedy).chain(&credit.pay) {
        match remedy {
            Remedy::Pay(parts) => {
                for part in parts {
                    found.push(&part.amount);
                    if let Some((unit, _, from)) = part.step.as_deref() {
                        found.push(unit);
                        found.extend(if let StepFrom::Value(from) = from {
                            Some(from)
                        } else {
                            None
                        });
                    }
                }
            }
            Remedy::Extend(length) => found.push(length),
            Remedy::Text(_) => {}
        }
    }
    found.extend(credit.caps.iter().map(|cap| &*cap.amount));
    found.extend(credit.condition.iter().map(|condition| &condition.expr));
    found
}

/// The direct parts of a node; of a metric its arguments.
pub fn children<'t>(kind: &'t Kind, into: &mut Vec<&'t Typed>) {
    match kind {
        Kind::Missing
        | Kind::Number(..)
        | Kind::Duration(..)
        | Kind::Money(..)
        | Kind::Units(..)
        | Kind::Data(..)
        | Kind::Period(_)
        | Kind::Time(_)
        | Kind::Date(_)
        | Kind::Clock(_)
        | Kind::Text(_)
        | Kind::Boolean(_)
        | Kind::EnumValue(_)
        | Kind::Declared(_)
        | Kind::Param(_)
        | Kind::Field(_)
        | Kind::Fact(_)
        | Kind::Group(_)
        | Kind::Builtin(_)
        | Kind::Source(_)
        | Kind::Link(_)
        | Kind::Slot
        | Kind::Always
        | Kind::Calendar(_)
        | Kind::Fee(_)
        | Kind::Failures(..)
        | Kind::Breached(..) => {}
        Kind::Rate(inner, _)
        | Kind::TimeOf(inner)
        | Kind::Complement(inner)
        | Kind::At(inner, _)
        | Kind::Negate(inner)
        | Kind::Not(inner)
        | Kind::Has(inner)
        | Kind::Shift(_, inner) => into.push(inner),
        Kind::Runs { of, lasting, .. } => into.extend([&**of, &**lasting]),
        Kind::Overlap(overlap) => into.extend([&overlap.of, &overlap.least]),
        Kind::TimeOp(_, both)
        | Kind::Holds(both)
        | Kind::Where(both)
        | Kind::Within(both, _)
        | Kind::Arithmetic(_, both)
        | Kind::Compare(_, both)
        | Kind::Range(both)
        | Kind::And(both)
        | Kind::Or(both)
        | Kind::Default(both)
        | Kind::Rounded(both)
        | Kind::DaysOf(both) => into.extend(both.iter()),
        Kind::Respan(three) | Kind::InRange(three) | Kind::If(three) => into.extend(three.iter()),
        Kind::Each(each) => {
            if let EachBy::Length(key) | EachBy::Pieces(key) = &each.key {
                into.push(key);
            }
            into.extend([&each.rows, &each.body]);
        }
        Kind::Aggregate(aggregate) => {
            into.push(&aggregate.rows);
            into.extend(aggregate.arg.as_ref());
            into.extend(aggregate.weight.as_deref());
            into.extend(aggregate.share.as_deref());
        }
        Kind::Elapsed { ends, during, pausing } => {
            into.extend(ends.iter());
            into.extend(during.as_deref());
            into.extend(pausing.as_deref());
        }
        Kind::Deadline { from, during, .. } => {
            into.push(from);
            into.extend(during.as_deref());
        }
        Kind::Call(_, args) | Kind::Table(_, args) => into.extend(args.iter()),
        Kind::Metric(_, args) => into.extend(args.iter()),
    }
}

/// The calendar of the clock that a value is read from.
pub fn clock_of(typed: &Typed) -> Option<DeclId> {
    match &typed.kind {
        Kind::Elapsed { during, .. } => match during.as_ref()?.kind {
            Kind::Calendar(calendar) => Some(calendar),
            _ => None,
        },
        Kind::Default(both) | Kind::Rounded(both) => {
            let [value, _] = &**both;
            clock_of(value)
        }
        Kind::Metric(instance, _) => clock_of(&instance.body),
        Kind::Aggregate(aggregate) => match aggregate.fold {
            Fold::Mean | Fold::Min | Fold::Max | Fold::Percentile => {
                clock_of(aggregate.arg.as_ref()?)
            }
            Fold::Count
            | Fold::Share
            | Fold::Sum
            | Fold::Distinct
            | Fold::Uptime
            | Fold::Downtime => None,
        },
        _ => None,
    }
}
