//! How many steps a payment counts.

use super::Ladder;
use crate::base::Exact;
use crate::syntax::ast::StepCount;
use crate::types::constant;
use crate::types::model::StepFrom;
use crate::types::tree::Typed;

/// How many steps there are at one value of what the ladder looks at.
pub(super) fn counted(
    ladder: &Ladder<'_, '_, '_>,
    unit: &Typed,
    count: StepCount,
    from: &StepFrom,
    value: &Exact,
) -> Option<Exact> {
    let begin = beginning(ladder, from)?;
    let distance = if ladder.worse_is_higher()? { value - &begin } else { &begin - value };
    let steps = distance.divide(&length(unit)?)?;
    let steps = match count {
        StepCount::Started => steps.ceil(),
        StepCount::Full => steps.floor(),
        StepCount::Exact => steps,
    };
    Some(if steps.is_negative() { Exact::ZERO } else { steps })
}

/// The length of a step, if it is a constant above zero.
pub(super) fn length(unit: &Typed) -> Option<Exact> {
    constant::value(unit).filter(|unit| !unit.is_zero() && !unit.is_negative())
}

/// Where steps are counted from, if it is a constant.
pub(super) fn beginning(ladder: &Ladder<'_, '_, '_>, from: &StepFrom) -> Option<Exact> {
    match from {
        StepFrom::Zero => Some(Exact::ZERO),
        StepFrom::Target => constant::value(&ladder.only?.target.value),
        StepFrom::Value(value) => ladder.value(value),
    }
}
