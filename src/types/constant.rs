//! Values known before any data: literals and arithmetic on them.

use super::tree::{Arithmetic, Kind, Typed};
use crate::base::Exact;

/// The value of a quantity in its base unit (nanoseconds, bits, currency units, plain numbers), if
/// it is known beforehand.
pub fn value(typed: &Typed) -> Option<Exact> {
    match &typed.kind {
        Kind::Number(value, _)
        | Kind::Duration(value, _)
        | Kind::Money(value, _)
        | Kind::Units(value, _)
        | Kind::Data(value, _) => Some(value.clone()),
        Kind::Negate(inner) => Some(-&value(inner)?),
        Kind::Rate(amount, per) => value(amount)?.divide(&Exact::integer(per.nanoseconds())),
        Kind::Arithmetic(operator, both) => {
            let [left, right] = &**both;
            let (a, b) = (value(left)?, value(right)?);
            match operator {
                Arithmetic::Add => Some(&a + &b),
                Arithmetic::Subtract => Some(&a - &b),
                Arithmetic::Multiply => Some(&a * &b),
                Arithmetic::Divide => a.divide(&b),
            }
        }
        _ => None,
    }
}
