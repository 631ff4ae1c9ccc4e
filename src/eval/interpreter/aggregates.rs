//! One value of many rows.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::{Env, Evaluator, RowScope};
use crate::base::Exact;
use crate::data::fault::{Fault, Outcome};
use crate::eval::program::{Expr, Fold, Rows};
use crate::eval::value::{Clash, Value};
use crate::plan::Place;

/// What has been gathered of some rows: bounded in size but for percentiles and different values,
/// and independent of the order of the rows.
#[derive(Clone, Debug)]
pub struct Accumulator {
    fold: Fold,
    count: u64,
    holding: u64,
    sum: Sum,
    best: Option<Value>,
    seen: FxHashSet<Value>,
    values: Vec<Value>,
}

/// A sum of fractions: those with one denominator are added as whole numbers, and different
/// denominators meet only once.
#[derive(Clone, Debug, Default)]
struct Sum {
    numerators: BTreeMap<i64, i128>,
    rest: Pairwise,
    currency: Option<Value>,
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

    fn total(self) -> Result<Option<Value>, Clash> {
        let mut sums = self.sums.into_iter().rev().map(|(_, sum)| sum);
        let Some(first) = sums.next() else { return Ok(None) };
        sums.try_fold(first, |sum, larger| larger.add(&sum)).map(Some)
    }
}

impl Sum {
    fn add(&mut self, value: Value) -> Result<(), Clash> {
        if let Value::Quantity(amount, currency) = &value
            && let Some((numerator, denominator)) = amount.parts()
        {
            let sum = self.numerators.entry(denominator).or_default();
            if let Some(more) = sum.checked_add(i128::from(numerator)) {
                *sum = more;
                if currency.is_some() {
                    let nothing = Value::Quantity(Exact::ZERO, *currency);
                    let common = match &self.currency {
                        Some(known) => known.add(&nothing)?,
                        None => nothing,
                    };
                    self.currency = Some(common);
                }
                return Ok(());
            }
        }
        self.rest.add(value)
    }

    fn total(self) -> Result<Value, Clash> {
        let mut all = Pairwise::default();
        for (denominator, sum) in self.numerators {
            if let Some(part) = Exact::wide(sum).divide(&Exact::integer(denominator)) {
                all.add(Value::number(part))?;
            }
        }
        let parts = self.currency.into_iter().chain(self.rest.total()?).chain(all.total()?);
        parts.into_iter().try_fold(Value::number(Exact::ZERO), |sum, part| sum.add(&part))
    }
}

impl Accumulator {
    /// Nothing gathered yet.
    pub fn new(fold: Fold) -> Accumulator {
        let (seen, values) = (FxHashSet::default(), Vec::new());
        Accumulator { fold, count: 0, holding: 0, sum: Sum::default(), best: None, seen, values }
    }

    /// Takes in what was asked of a row; rows of which nothing is known are left out.
    pub fn add(&mut self, value: Option<Value>) -> Result<(), Clash> {
        let Some(value) = value else { return Ok(()) };
        self.count += 1;
        match &self.fold {
            Fold::Count => {}
            Fold::Distinct => {
                self.seen.insert(value);
            }
            Fold::Share => self.holding += u64::from(value == Value::Boolean(true)),
            Fold::Sum | Fold::Mean => self.sum.add(value)?,
            Fold::Least | Fold::Greatest => {
                let better = match &self.best {
                    None => true,
                    Some(best) => {
                        let order = value.compare(best)?;
                        if self.fold == Fold::Least { order.is_lt() } else { order.is_gt() }
                    }
                };
                if better {
                    self.best = Some(value);
                }
            }
            Fold::Percentile(_) => self.values.push(value),
        }
        Ok(())
    }

    /// What came out; `None` is no data.
    pub fn total(mut self) -> Result<Option<Value>, Clash> {
        let count =
            |count: u64| Value::number(Exact::integer(i64::try_from(count).unwrap_or(i64::MAX)));
        match &self.fold {
            Fold::Count => Ok(Some(count(self.count))),
            Fold::Distinct => Ok(Some(Value::count(self.seen.len()))),
            Fold::Share => count(self.holding).divide(&count(self.count)),
            Fold::Sum => self.sum.total().map(Some),
            Fold::Mean => self.sum.total()?.divide(&count(self.count)),
            Fold::Least | Fold::Greatest => Ok(self.best),
            Fold::Percentile(fraction) => {
                let number = i64::try_from(self.values.len()).unwrap_or(i64::MAX);
                let rank = (fraction * &Exact::integer(number)).ceil().to_i64().unwrap_or(0).max(1);
                let index = usize::try_from(rank - 1).unwrap_or(usize::MAX);
                if index >= self.values.len() {
                    return Ok(None);
                }
                let mut clash = None;
                let compare = |one: &Value, two: &Value| {
                    one.compare(two).unwrap_or_else(|found| {
                        clash = Some(found);
                        std::cmp::Ordering::Equal
                    })
                };
                let (_, value, _) = self.values.select_nth_unstable_by(index, compare);
                let value = value.clone();
                clash.map_or(Ok(Some(value)), Err)
            }
        }
    }
}

impl Evaluator<'_> {
    /// One value of the rows that belong to the frame.
    pub fn fold(
        &self,
        (id, fold): (u32, &Fold),
        rows: &Rows,
        of: Option<&Expr>,
        at: &Place,
        env: &Env<'_>,
    ) -> Outcome<Option<Value>> {
        if let Some(seen) = self.seen_rows(rows, env)?
            && let Some(value) = self.fold_seen((id, fold), (rows, &seen), of, env)?
        {
            return Ok(value);
        }
        let mut accumulator = Accumulator::new(fold.clone());
        self.each_row(rows, env, Some(self.frame_of(rows, env)), &mut |row| {
            let value = match of {
                None => Some(Value::Boolean(true)),
                Some(of) => {
                    let hand = RowScope { row, outer: env.row };
                    self.eval(of, &env.with(&hand))?
                }
            };
            accumulator.add(value).map_err(|clash| self.clash(clash, at))
        })?;
        accumulator.total().map_err(|clash| self.clash(clash, at))
    }

    /// A number that must be one.
    pub fn number(&self, value: Value, at: &Place) -> Outcome<Exact> {
        match value {
            Value::Quantity(amount, _) => Ok(amount),
            Value::Boolean(_)
            | Value::Time(_)
            | Value::Date(_)
            | Value::Name(_)
            | Value::Severity(_)
            | Value::Forever => {
                Err(Fault::at(at, "the plan takes something for a number that is none"))
            }
        }
    }
}
