//! What an expression gives when there is nothing to measure: decides whether a slot must say what
//! emptiness means.

use crate::base::Exact;
use crate::syntax::ast::Compare;
use crate::types::tree::{Fold, Kind, OfNothing, Typed};

/// Evaluates over no rows, as far as that can be known.
pub(crate) fn of_nothing(typed: &Typed) -> OfNothing {
    match &typed.kind {
        Kind::Number(value, _) => OfNothing::Number(value.clone()),
        Kind::Boolean(value) => OfNothing::Truth(*value),
        Kind::Aggregate(aggregate) => match aggregate.fold {
            Fold::Count | Fold::Sum | Fold::Distinct | Fold::Downtime => {
                OfNothing::Number(Exact::ZERO)
            }
            Fold::Uptime => OfNothing::Number(Exact::ONE),
            Fold::Share | Fold::Mean | Fold::Min | Fold::Max | Fold::Percentile => {
                OfNothing::NoData
            }
        },
        Kind::Default(both) => match pair(both) {
            (OfNothing::NoData, other) => other,
            (known, _) => known,
        },
        Kind::And(both) => junction(both, false),
        Kind::Or(both) => junction(both, true),
        Kind::Not(inner) => match of_nothing(inner) {
            OfNothing::Truth(value) => OfNothing::Truth(!value),
            other => other,
        },
        Kind::Compare(compare, both) => match pair(both) {
            (OfNothing::NoData, _) | (_, OfNothing::NoData) => OfNothing::NoData,
            (OfNothing::Number(a), OfNothing::Number(b)) => {
                OfNothing::Truth(holds(*compare, &a, &b))
            }
            _ => OfNothing::Value,
        },
        Kind::Arithmetic(_, both) => any_missing(both.iter()),
        Kind::InRange(three) => any_missing(three.iter()),
        Kind::If(three) => {
            let [condition, then, otherwise] = &**three;
            match of_nothing(condition) {
                OfNothing::NoData => OfNothing::NoData,
                OfNothing::Truth(true) => of_nothing(then),
                OfNothing::Truth(false) => of_nothing(otherwise),
                OfNothing::Number(_) | OfNothing::Value => {
                    any_missing([then, otherwise].into_iter())
                }
            }
        }
        Kind::Negate(inner) | Kind::Has(inner) => any_missing(std::iter::once(&**inner)),
        Kind::Rounded(both) => any_missing(both.iter().take(1)),
        Kind::Call(_, args) => any_missing(args.iter()),
        Kind::Metric(instance, _) => instance.of_nothing.clone(),
        _ => OfNothing::Value,
    }
}

/// `and` (`strong` false) and `or` (`strong` true) of three values: one side alone may decide.
fn junction(both: &[Typed; 2], strong: bool) -> OfNothing {
    let (left, right) = pair(both);
    let sides = [left, right];
    if sides.contains(&OfNothing::Truth(strong)) {
        OfNothing::Truth(strong)
    } else if sides.contains(&OfNothing::NoData) {
        OfNothing::NoData
    } else if sides.iter().all(|side| *side == OfNothing::Truth(!strong)) {
        OfNothing::Truth(!strong)
    } else {
        OfNothing::Value
    }
}

fn any_missing<'t>(mut parts: impl Iterator<Item = &'t Typed>) -> OfNothing {
    if parts.any(|part| of_nothing(part) == OfNothing::NoData) {
        OfNothing::NoData
    } else {
        OfNothing::Value
    }
}

fn holds(compare: Compare, a: &Exact, b: &Exact) -> bool {
    match compare {
        Compare::Equal | Compare::In => a == b,
        Compare::NotEqual => a != b,
        Compare::Less => a < b,
        Compare::AtMost => a <= b,
        Compare::Greater => a > b,
        Compare::AtLeast => a >= b,
    }
}

fn pair(both: &[Typed; 2]) -> (OfNothing, OfNothing) {
    let [left, right] = both;
    (of_nothing(left), of_nothing(right))
}
