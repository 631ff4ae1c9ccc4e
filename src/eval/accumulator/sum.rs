//! Exact sums of many fractions.

use std::collections::BTreeMap;

use crate::base::Exact;
use crate::eval::names::Symbol;
use crate::eval::value::{Clash, Value};

/// A sum of values. Fractions of one denominator are added as whole numbers, and different
/// denominators meet only when the sum is read.
#[derive(Clone, Debug)]
pub struct ExactSum {
    /// The denominator of the first fraction: most often that of all.
    denominator: i64,
    numerator: i128,
    others: Option<Box<Others>>,
    currency: Option<Symbol>,
}

/// What does not have the common denominator.
#[derive(Clone, Debug, Default)]
struct Others {
    numerators: BTreeMap<i64, i128>,
    /// What no whole number holds: long fractions, and what never ends.
    rest: Pairwise,
}

/// A sum in which values meet in pairs, and sums of pairs in pairs again. A sum of many fractions
/// has a denominator as long as all of theirs together; added one after another, each of them would
/// meet such a long one.
#[derive(Clone, Debug, Default)]
struct Pairwise {
    /// Sums of values, each of twice as many or more than the next, with how often it has met
    /// another.
    sums: Vec<(u32, Value)>,
}

impl Pairwise {
    fn add(&mut self, value: Value) -> Result<(), Clash> {
        let (mut meetings, mut sum) = (0, value);
        while let Some((_, other)) = self.sums.pop_if(|(other, _)| *other == meetings) {
            sum = other.add(&sum)?;
            meetings += 1;
        }
        self.sums.push((meetings, sum));
        Ok(())
    }

    fn total(&self) -> Result<Option<Value>, Clash> {
        let mut sums = self.sums.iter().rev().map(|(_, sum)| sum);
        let Some(first) = sums.next() else { return Ok(None) };
        sums.try_fold(first.clone(), |sum, larger| larger.add(&sum)).map(Some)
    }
}

impl Default for ExactSum {
    fn default() -> Self {
        ExactSum { denominator: 1, numerator: 0, others: None, currency: None }
    }
}

impl ExactSum {
    /// So many of a unit.
    pub fn of_units(
        number: i128,
        unit: &Exact,
        currency: Option<Symbol>,
    ) -> Result<ExactSum, Clash> {
        let mut sum = ExactSum { currency, ..ExactSum::default() };
        let parts = unit.parts();
        match parts.and_then(|(n, d)| Some((number.checked_mul(i128::from(n))?, d))) {
            Some((numerator, denominator)) => sum.add_fraction(numerator, denominator)?,
            None => sum.others().rest.add(Value::number(&Exact::wide(number) * unit))?,
        }
        Ok(sum)
    }

    /// Adds a value.
    pub fn add(&mut self, value: Value) -> Result<(), Clash> {
        let Value::Quantity(amount, currency) = value else {
            return self.others().rest.add(value);
        };
        self.meet(currency)?;
        match amount.parts() {
            Some((numerator, denominator)) => self.add_fraction(i128::from(numerator), denominator),
            None => self.others().rest.add(Value::number(amount)),
        }
    }

    /// Adds another sum.
    pub fn merge(&mut self, other: ExactSum) -> Result<(), Clash> {
        self.meet(other.currency)?;
        self.add_fraction(other.numerator, other.denominator)?;
        let Some(others) = other.others else { return Ok(()) };
        for (denominator, numerator) in others.numerators {
            self.add_fraction(numerator, denominator)?;
        }
        others.rest.sums.into_iter().try_for_each(|(_, sum)| self.others().rest.add(sum))
    }

    /// The sum; of nothing it is the number zero.
    pub fn total(&self) -> Result<Value, Clash> {
        let fraction = |numerator: i128, denominator: i64| {
            Exact::wide(numerator).divide(&Exact::integer(denominator)).unwrap_or(Exact::ZERO)
        };
        let common = Value::Quantity(fraction(self.numerator, self.denominator), self.currency);
        let Some(others) = &self.others else { return Ok(common) };
        let mut fractions = Pairwise::default();
        for (denominator, numerator) in &others.numerators {
            fractions.add(Value::number(fraction(*numerator, *denominator)))?;
        }
        let mut rest = others.rest.total()?.into_iter().chain(fractions.total()?);
        rest.try_fold(common, |sum, part| sum.add(&part))
    }

    fn others(&mut self) -> &mut Others {
        self.others.get_or_insert_default()
    }

    fn meet(&mut self, currency: Option<Symbol>) -> Result<(), Clash> {
        match (self.currency, currency) {
            (Some(one), Some(two)) if one != two => Err(Clash::Currencies(one, two)),
            (one, two) => {
                self.currency = one.or(two);
                Ok(())
            }
        }
    }

    fn add_fraction(&mut self, numerator: i128, denominator: i64) -> Result<(), Clash> {
        if self.numerator == 0 && self.others.is_none() {
            (self.numerator, self.denominator) = (numerator, denominator);
            return Ok(());
        }
        let sum = if denominator == self.denominator {
            &mut self.numerator
        } else {
            self.others().numerators.entry(denominator).or_default()
        };
        match sum.checked_add(numerator) {
            Some(more) => {
                *sum = more;
                Ok(())
            }
            None => {
                let part = Exact::wide(numerator).divide(&Exact::integer(denominator));
                part.map_or(Ok(()), |part| self.others().rest.add(Value::number(part)))
            }
        }
    }
}
