//! What kind of promise an objective makes, as far as that decides what it allows.

use crate::base::Exact;
use crate::syntax::ast::{Compare, EmptySlot};
use crate::types::constant;
use crate::types::model::Objective;
use crate::types::tree::{Each, EachBy, Fold, Kind, Typed};
use crate::types::ty::{Nature, Ty};
use crate::types::uses::visit;

/// What an objective promises.
pub enum Promise {
    /// A share of the measured time is up; the part that may be lost.
    Uptime {
        /// How much of the time may be lost.
        lost: Exact,
        /// True if downtime is weighed by how many it hits.
        weighted: bool,
    },
    /// So much downtime at most, in nanoseconds.
    Downtime(Exact),
    /// A share of many rows is good; the part that need not be.
    Share(Exact),
    /// A part of the slots; how much of it may be lost, and how long a slot is.
    Slots {
        /// How much of the slots may be lost.
        lost: Exact,
        /// Nanoseconds of a slot.
        length: i64,
        /// True if a slot is either good or bad; else it is worth something between zero and one.
        whole: bool,
    },
    /// A percentile is on the right side of a bound; the part of the rows that need not be.
    Percentile(Exact),
    /// No row at all may be on the wrong side of the bound.
    Every,
    /// So many rows at most.
    Count(Exact),
    /// The mean is on the right side.
    Mean,
    /// Anything else.
    Other,
}

/// What an objective promises; `metric` is what it measures.
pub fn kind(objective: &Objective<'_>, metric: &Typed) -> Promise {
    of(objective, metric).unwrap_or(Promise::Other)
}

fn of(objective: &Objective<'_>, metric: &Typed) -> Option<Promise> {
    let compare = objective.compare.value;
    let least = matches!(compare, Compare::AtLeast | Compare::Greater);
    let most = matches!(compare, Compare::AtMost | Compare::Less);
    if objective.narrowed().each_row.is_some() {
        return (least || most).then_some(Promise::Every);
    }
    let (metric, rounding) = unrounded(metric);
    let Kind::Aggregate(aggregate) = &metric.kind else { return None };
    let bound = constant::value(&objective.target.value);
    // What rounds up to the bound makes it: half a step less is enough.
    let half = rounding.and_then(|step| step.divide(&Exact::integer(2))).unwrap_or(Exact::ZERO);
    let lost = |bound: &Exact| &(&Exact::ONE - bound) + &half;
    Some(match aggregate.fold {
        Fold::Uptime if least => {
            Promise::Uptime { lost: lost(&bound?), weighted: aggregate.weight.is_some() }
        }
        Fold::Downtime if most && aggregate.weight.is_none() => Promise::Downtime(bound?),
        Fold::Share if least => many(&aggregate.rows, lost(&bound?)),
        Fold::Share if most => many(&aggregate.rows, bound?),
        Fold::Percentile if most => {
            Promise::Percentile(&Exact::ONE - &constant::value(aggregate.share.as_ref()?)?)
        }
        Fold::Percentile if least => {
            Promise::Percentile(constant::value(aggregate.share.as_ref()?)?)
        }
        Fold::Max if most => Promise::Every,
        Fold::Min if least => Promise::Every,
        Fold::Count if most => Promise::Count(bound?),
        Fold::Mean if least && aggregate.arg.as_ref().is_none_or(is_value) => {
            match slots_of_shares(&aggregate.rows) {
                Some(length) => Promise::Slots { lost: lost(&bound?), length, whole: false },
                None => Promise::Mean,
            }
        }
        Fold::Mean => Promise::Mean,
        Fold::Uptime
        | Fold::Downtime
        | Fold::Share
        | Fold::Percentile
        | Fold::Max
        | Fold::Min
        | Fold::Count
        | Fold::Sum
        | Fold::Distinct => Promise::Other,
    })
}

/// The expression behind metrics and rounding, and the step of the rounding.
fn unrounded(metric: &Typed) -> (&Typed, Option<Exact>) {
    match &metric.kind {
        Kind::Metric(instance, _) => unrounded(&instance.body),
        Kind::Rounded(both) => {
            let [value, step] = &**both;
            (unrounded(value).0, constant::value(step))
        }
        _ => (metric, None),
    }
}

/// A part of many rows, or of slots, of which every window has a known number.
fn many(rows: &Typed, lost: Exact) -> Promise {
    match slots(rows) {
        Some((length, _)) => Promise::Slots { lost, length, whole: true },
        None => Promise::Share(lost),
    }
}

/// The value of a slot itself.
fn is_value(arg: &Typed) -> bool {
    matches!(&arg.kind, Kind::Field(name) if name == "value")
}

/// How long the slots of a series of shares are.
fn slots_of_shares(rows: &Typed) -> Option<i64> {
    let (length, body) = slots(rows)?;
    matches!(body.ty.present(), Ty::Quantity(dimension, Nature::Ratio) if dimension.is_number())
        .then_some(length)
}

/// How long the slots of a series are, and what each is worth, if none is left out for want of
/// rows.
fn slots(rows: &Typed) -> Option<(i64, &Typed)> {
    let Kind::Each(each) = &rows.kind else { return None };
    let Each { key: EachBy::Length(length), body, empty, .. } = &**each else { return None };
    let all = !matches!(empty, Some(EmptySlot::Skip));
    Some((constant::value(length)?.to_i64()?, body)).filter(|_| all)
}

/// How long the slots are that rows stand for, if they are slots.
pub fn slot_length(metric: &Typed) -> Option<Exact> {
    let (metric, _) = unrounded(metric);
    let Kind::Aggregate(aggregate) = &metric.kind else { return None };
    let mut rows = &aggregate.rows;
    loop {
        match &rows.kind {
            Kind::Where(both) | Kind::Within(both, _) => {
                let [inner, _] = &**both;
                rows = inner;
            }
            Kind::Each(each) => match &each.key {
                EachBy::Length(length) => return constant::value(length),
                EachBy::Window(_) | EachBy::Field(_) | EachBy::Pieces(_) => return None,
            },
            _ => return None,
        }
    }
}

/// How fine a measurement is.
#[derive(Default)]
pub struct Grain {
    /// The longest slot it cuts time into.
    pub slot: Option<i64>,
    /// The shortest run that counts.
    pub run: Option<i64>,
}

/// How fine a metric measures time.
pub fn grain(metric: &Typed) -> Grain {
    let mut grain = Grain::default();
    visit(metric, &mut |kind| match kind {
        Kind::Each(each) => {
            if let EachBy::Length(length) = &each.key {
                grain.slot =
                    grain.slot.max(constant::value(length).and_then(|length| length.to_i64()));
            }
        }
        Kind::Runs { lasting, .. } => {
            grain.run = grain.run.max(constant::value(lasting).and_then(|length| length.to_i64()))
        }
        _ => {}
    });
    grain
}
