//! Values of plan expressions that are known before any data.

use crate::base::Exact;
use crate::plan::Expression;
use crate::plan::Value;

/// The value of an expression of constants in its base unit.
pub(super) fn fold(expression: &Expression) -> Option<Exact> {
    match expression {
        Expression::Literal { value, .. } => quantity(value),
        Expression::Add { terms, .. } => {
            terms.iter().try_fold(Exact::ZERO, |sum, term| Some(&sum + &fold(term)?))
        }
        Expression::Multiply { factors, .. } => {
            factors.iter().try_fold(Exact::ONE, |product, factor| Some(&product * &fold(factor)?))
        }
        Expression::Subtract { left, right, .. } => Some(&fold(left)? - &fold(right)?),
        Expression::Divide { left, right, .. } => fold(left)?.divide(&fold(right)?),
        _ => None,
    }
}

/// A quantity in its base unit.
pub(super) fn quantity(value: &Value) -> Option<Exact> {
    match value {
        Value::Number { value, .. } => Some(value.0.clone()),
        Value::Duration { nanoseconds, .. } => Some(Exact::integer(*nanoseconds)),
        Value::Money { amount, .. } | Value::Count { amount, .. } => Some(amount.0.clone()),
        Value::Data { bits, .. } => Some(bits.0.clone()),
        Value::Rate { amount, per } => quantity(amount)?.divide(&Exact::integer(per.nanoseconds)),
        Value::Text { .. }
        | Value::Boolean { .. }
        | Value::Time { .. }
        | Value::Date { .. }
        | Value::Choice { .. }
        | Value::Severity { .. }
        | Value::Service { .. }
        | Value::Party { .. } => None,
    }
}
