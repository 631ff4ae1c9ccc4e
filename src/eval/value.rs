//! Values while they are computed: exact, in the base units of the plan.

use std::cmp::Ordering;

use super::names::Symbol;
use crate::base::Exact;
use crate::time::{Date, EARLIEST, Instant, LATEST, Length};

/// A value.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Value {
    /// A number, a length in nanoseconds, an amount of data, money or own units, or a product of
    /// these; with the currency, if money is in it.
    Quantity(Exact, Option<Symbol>),
    /// True or false.
    Boolean(bool),
    /// A point in time.
    Time(Instant),
    /// A date.
    Date(Date),
    /// A text, a value of an enum, a service or a party.
    Name(Symbol),
    /// A severity by its rank: the most severe is 0.
    Severity(u32),
    /// The length of what never ends: longer than any other.
    Forever,
}

/// Why two values cannot be put together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Clash {
    /// They are amounts of two currencies.
    Currencies(Symbol, Symbol),
    /// They are of different kinds: the plan makes no sense.
    Kinds,
    /// A time lies outside the years 1900 to 2099.
    Range,
}

impl Value {
    /// A plain number.
    pub fn number(value: Exact) -> Value {
        Value::Quantity(value, None)
    }

    /// A count.
    pub fn count(value: usize) -> Value {
        Value::number(Exact::integer(i64::try_from(value).unwrap_or(i64::MAX)))
    }

    /// A length of time.
    pub fn length(value: Length) -> Value {
        Value::number(Exact::integer(value))
    }

    /// The currency of money.
    pub fn currency(&self) -> Option<Symbol> {
        match self {
            Value::Quantity(_, currency) => *currency,
            Value::Boolean(_)
            | Value::Time(_)
            | Value::Date(_)
            | Value::Name(_)
            | Value::Severity(_)
            | Value::Forever => None,
        }
    }

    /// The amount of a quantity.
    pub fn amount(&self) -> Option<&Exact> {
        match self {
            Value::Quantity(amount, _) => Some(amount),
            Value::Boolean(_)
            | Value::Time(_)
            | Value::Date(_)
            | Value::Name(_)
            | Value::Severity(_)
            | Value::Forever => None,
        }
    }

    /// Which of two values of one kind is greater.
    pub fn compare(&self, other: &Value) -> Result<Ordering, Clash> {
        match (self, other) {
            (Value::Forever, Value::Forever) => Ok(Ordering::Equal),
            (Value::Forever, Value::Quantity(..)) => Ok(Ordering::Greater),
            (Value::Quantity(..), Value::Forever) => Ok(Ordering::Less),
            (Value::Quantity(a, one), Value::Quantity(b, two)) => {
                common(*one, *two)?;
                Ok(a.cmp(b))
            }
            (Value::Boolean(a), Value::Boolean(b)) => Ok(a.cmp(b)),
            (Value::Time(a), Value::Time(b)) => Ok(a.cmp(b)),
            (Value::Date(a), Value::Date(b)) => Ok(a.cmp(b)),
            (Value::Name(a), Value::Name(b)) => Ok(a.cmp(b)),
            (Value::Severity(a), Value::Severity(b)) => Ok(a.cmp(b)),
            _ => Err(Clash::Kinds),
        }
    }

    /// The sum; of a time and a length a time.
    pub fn add(&self, other: &Value) -> Result<Value, Clash> {
        match (self, other) {
            (Value::Quantity(a, one), Value::Quantity(b, two)) => {
                Ok(Value::Quantity(a + b, common(*one, *two)?))
            }
            (Value::Time(time), Value::Quantity(length, None)) => moved(*time, length),
            (Value::Quantity(length, None), Value::Time(time)) => moved(*time, length),
            (Value::Forever, Value::Quantity(..) | Value::Forever)
            | (Value::Quantity(..), Value::Forever) => Ok(Value::Forever),
            _ => Err(Clash::Kinds),
        }
    }

    /// The difference; of two times a length. `None` where something endless is taken away.
    pub fn subtract(&self, other: &Value) -> Result<Option<Value>, Clash> {
        Ok(Some(match (self, other) {
            (Value::Quantity(a, one), Value::Quantity(b, two)) => {
                Value::Quantity(a - b, common(*one, *two)?)
            }
            (Value::Time(a), Value::Time(b)) => Value::length(a.saturating_sub(*b)),
            (Value::Time(time), Value::Quantity(length, None)) => moved(*time, &-length)?,
            (Value::Forever, Value::Quantity(..)) => Value::Forever,
            (Value::Forever | Value::Quantity(..), Value::Forever) => return Ok(None),
            _ => return Err(Clash::Kinds),
        }))
    }

    /// The product; `None` where something endless is multiplied with zero or less.
    pub fn multiply(&self, other: &Value) -> Result<Option<Value>, Clash> {
        Ok(Some(match (self, other) {
            (Value::Quantity(a, one), Value::Quantity(b, two)) => {
                Value::Quantity(a * b, common(*one, *two)?)
            }
            (Value::Forever, Value::Quantity(by, _)) | (Value::Quantity(by, _), Value::Forever) => {
                return Ok((!by.is_zero() && !by.is_negative()).then_some(Value::Forever));
            }
            (Value::Forever, Value::Forever) => Value::Forever,
            _ => return Err(Clash::Kinds),
        }))
    }

    /// The quotient; `None` if the divisor is zero. Money divided by money has no currency.
    pub fn divide(&self, other: &Value) -> Result<Option<Value>, Clash> {
        Ok(match (self, other) {
            (Value::Quantity(a, one), Value::Quantity(b, two)) => {
                let currency = common(*one, *two)?;
                let left = if one.is_some() && two.is_some() { None } else { currency };
                a.divide(b).map(|value| Value::Quantity(value, left))
            }
            (Value::Forever, Value::Quantity(by, _)) => {
                (!by.is_zero() && !by.is_negative()).then_some(Value::Forever)
            }
            (Value::Quantity(..) | Value::Forever, Value::Forever) => None,
            _ => return Err(Clash::Kinds),
        })
    }
}

/// The currency of two amounts together; an amount without one is a number, or nothing.
fn common(one: Option<Symbol>, two: Option<Symbol>) -> Result<Option<Symbol>, Clash> {
    match (one, two) {
        (Some(one), Some(two)) if one != two => Err(Clash::Currencies(one, two)),
        (one, two) => Ok(one.or(two)),
    }
}

/// A time so much later; parts of a nanosecond are left off.
fn moved(time: Instant, length: &Exact) -> Result<Value, Clash> {
    let later = length.floor().to_i64().and_then(|length| time.checked_add(length));
    later.filter(|later| (EARLIEST..=LATEST).contains(later)).map(Value::Time).ok_or(Clash::Range)
}
