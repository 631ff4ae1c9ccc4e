//! What whole numbers count: columns hold values as numbers of one unit.

use super::names::Symbol;
use super::value::Value;
use crate::base::Exact;

/// What the numbers of a column count.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A quantity: so many of a unit, which is above zero.
    Quantity {
        /// The unit.
        unit: Exact,
        /// The currency, if money is in it.
        currency: Option<Symbol>,
    },
    /// Nanoseconds since the beginning of time.
    Time,
    /// A name by its number.
    Name,
    /// A severity by rank.
    Severity,
}

impl Kind {
    /// The value that a number stands for; names by their numbers are not made back.
    pub fn value(&self, number: i64) -> Option<Value> {
        match self {
            Kind::Quantity { unit, currency } => {
                Some(Value::Quantity(&Exact::integer(number) * unit, *currency))
            }
            Kind::Time => Some(Value::Time(number)),
            Kind::Severity => u32::try_from(number).ok().map(Value::Severity),
            Kind::Name => None,
        }
    }
}
