//! Accumulators: one value of many rows.
//!
//! In: the values of rows one by one (`update`), or what a kernel gathered of many (`merge`). Out:
//! the value of a fold (`evaluate`). Rows that are loaded, rows of slots and parts of a source that
//! is streamed all end here, so this module alone states what a fold is worth without rows, how
//! parts are put together, which rank a percentile means, and that sums are exact. However rows are
//! split into parts, and in whatever order these are merged, the result is the same.

mod quantile;
mod sum;
#[cfg(test)]
mod tests;
mod worst;

use rustc_hash::FxHashSet;

use super::program::Fold;
use super::value::{Clash, Value};
use crate::base::Exact;
use crate::time::Instant;

pub use quantile::{ExactQuantile, coarsest};
pub use sum::ExactSum;
pub use worst::{Ranked, rank};

use quantile::Found;

/// What is gathered of rows.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum AggregateKind {
    /// How many rows there are.
    Count,
    /// Of how many rows a condition is true, and of how many it is known.
    Share,
    /// The sum of a value, and how many rows have one.
    Sum,
    /// The least value.
    Least,
    /// The greatest value.
    Greatest,
    /// Different values.
    Distinct,
    /// Values by rank; only those from one to another, if two are given.
    Ranks(Option<(Value, Value)>),
    /// So many of the first rows.
    First(usize),
    /// So many rows with the greatest values, if the first is true, or with the least.
    Worst(bool, usize),
}

impl AggregateKind {
    /// What a fold is computed from.
    pub fn of(fold: &Fold) -> AggregateKind {
        match fold {
            Fold::Count => AggregateKind::Count,
            Fold::Share => AggregateKind::Share,
            Fold::Sum | Fold::Mean => AggregateKind::Sum,
            Fold::Least => AggregateKind::Least,
            Fold::Greatest => AggregateKind::Greatest,
            Fold::Distinct => AggregateKind::Distinct,
            Fold::Percentile(_) => AggregateKind::Ranks(None),
        }
    }
}

/// What was gathered of some rows, independent of their order.
#[derive(Clone, Debug)]
pub enum Accumulator {
    Count(usize),
    Share {
        holding: usize,
        known: usize,
    },
    Sum {
        /// Apart, so that the accumulators of many slots stay small.
        sum: Box<ExactSum>,
        count: usize,
    },
    Extreme {
        greatest: bool,
        best: Option<Value>,
    },
    Distinct(FxHashSet<Value>),
    Ranks(Box<ExactQuantile>),
    /// Instants of rows in order of time, and as which each came.
    First {
        most: usize,
        rows: Vec<(Instant, u32)>,
    },
    /// The worst row first.
    Worst {
        greatest: bool,
        most: usize,
        rows: Vec<Ranked>,
    },
}

/// What a fold comes to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Evaluated {
    /// The value; `None` is no data.
    Value(Option<Value>),
    /// A value between two bounds, before which so many others between them stand: numbers were
    /// counted in classes, and the class is known.
    Between { least: Value, greatest: Value, index: usize },
}

impl Accumulator {
    /// An accumulator without rows. Of numbers for ranks it keeps at most so many, and counts more
    /// of them in classes.
    pub fn new(kind: &AggregateKind, most_numbers: usize) -> Accumulator {
        match kind {
            AggregateKind::Count => Accumulator::Count(0),
            AggregateKind::Share => Accumulator::Share { holding: 0, known: 0 },
            AggregateKind::Sum => Accumulator::Sum { sum: Box::default(), count: 0 },
            AggregateKind::Least => Accumulator::Extreme { greatest: false, best: None },
            AggregateKind::Greatest => Accumulator::Extreme { greatest: true, best: None },
            AggregateKind::Distinct => Accumulator::Distinct(FxHashSet::default()),
            AggregateKind::Ranks(_) => {
                Accumulator::Ranks(Box::new(ExactQuantile::new(most_numbers)))
            }
            AggregateKind::First(most) => Accumulator::First { most: *most, rows: Vec::new() },
            AggregateKind::Worst(greatest, most) => {
                Accumulator::Worst { greatest: *greatest, most: *most, rows: Vec::new() }
            }
        }
    }

    /// Takes in the value of one row; a row without a value is left out.
    pub fn update(&mut self, value: Option<Value>) -> Result<(), Clash> {
        let Some(value) = value else { return Ok(()) };
        match self {
            Accumulator::Count(count) => *count += 1,
            Accumulator::Share { holding, known } => {
                *holding += usize::from(value == Value::Boolean(true));
                *known += 1;
            }
            Accumulator::Sum { sum, count } => {
                sum.add(value)?;
                *count += 1;
            }
            Accumulator::Extreme { greatest, best } => better(best, value, *greatest)?,
            Accumulator::Distinct(all) => {
                all.insert(value);
            }
            Accumulator::Ranks(ranks) => ranks.push(value)?,
            // Rows that are shown are no value of a row.
            Accumulator::First { .. } | Accumulator::Worst { .. } => return Err(Clash::Kinds),
        }
        Ok(())
    }

    /// Takes in what was gathered of other rows.
    pub fn merge(&mut self, other: Accumulator) -> Result<(), Clash> {
        match (self, other) {
            (Accumulator::Count(count), Accumulator::Count(more)) => *count += more,
            (
                Accumulator::Share { holding, known },
                Accumulator::Share { holding: more, known: others },
            ) => (*holding, *known) = (*holding + more, *known + others),
            (Accumulator::Sum { sum, count }, Accumulator::Sum { sum: more, count: others }) => {
                sum.merge(*more)?;
                *count += others;
            }
            (Accumulator::Extreme { greatest, best }, Accumulator::Extreme { best: other, .. }) => {
                if let Some(other) = other {
                    better(best, other, *greatest)?;
                }
            }
            (Accumulator::Distinct(all), Accumulator::Distinct(more)) => all.extend(more),
            (Accumulator::Ranks(ranks), Accumulator::Ranks(more)) => ranks.merge(*more)?,
            (Accumulator::First { most, rows }, Accumulator::First { rows: others, .. }) => {
                rows.extend(others);
                rows.sort_unstable();
                rows.truncate(*most);
            }
            (
                Accumulator::Worst { greatest, most, rows },
                Accumulator::Worst { rows: others, .. },
            ) => others.into_iter().for_each(|row| rank(rows, row, (*greatest, *most))),
            (
                Accumulator::Count(_)
                | Accumulator::Share { .. }
                | Accumulator::Sum { .. }
                | Accumulator::Extreme { .. }
                | Accumulator::Distinct(_)
                | Accumulator::Ranks(_)
                | Accumulator::First { .. }
                | Accumulator::Worst { .. },
                _,
            ) => return Err(Clash::Kinds),
        }
        Ok(())
    }

    /// What a fold comes to.
    pub fn evaluate(&mut self, fold: &Fold) -> Result<Evaluated, Clash> {
        Ok(Evaluated::Value(match (self, fold) {
            (Accumulator::Count(count), _) => Some(Value::count(*count)),
            (Accumulator::Share { holding, known }, _) => {
                Value::count(*holding).divide(&Value::count(*known))?
            }
            (Accumulator::Sum { sum, count }, Fold::Mean) => {
                sum.total()?.divide(&Value::count(*count))?
            }
            (Accumulator::Sum { sum, .. }, _) => Some(sum.total()?),
            (Accumulator::Extreme { best, .. }, _) => best.clone(),
            (Accumulator::Distinct(all), _) => Some(Value::count(all.len())),
            (Accumulator::Ranks(ranks), Fold::Percentile(fraction)) => {
                match nearest_rank(fraction, ranks.len()) {
                    Some(index) => return ranked(ranks, index),
                    None => None,
                }
            }
            (Accumulator::Ranks(_) | Accumulator::First { .. } | Accumulator::Worst { .. }, _) => {
                return Err(Clash::Kinds);
            }
        }))
    }

    /// The value at a rank: that many others are smaller or equal and come before it.
    pub fn at(&mut self, index: usize) -> Result<Evaluated, Clash> {
        match self {
            Accumulator::Ranks(ranks) => ranked(ranks, index),
            Accumulator::Count(_)
            | Accumulator::Share { .. }
            | Accumulator::Sum { .. }
            | Accumulator::Extreme { .. }
            | Accumulator::Distinct(_)
            | Accumulator::First { .. }
            | Accumulator::Worst { .. } => Err(Clash::Kinds),
        }
    }
}

/// The place in order, counted from zero, of the nearest rank of a fraction of so many values:
/// the first value that at least this part of them does not exceed. `None` if there are none.
pub fn nearest_rank(fraction: &Exact, count: usize) -> Option<usize> {
    let count = i64::try_from(count).ok()?;
    let rank = (fraction * &Exact::integer(count)).ceil().to_i64().unwrap_or(0).max(1);
    if rank > count { None } else { usize::try_from(rank - 1).ok() }
}

fn ranked(ranks: &mut ExactQuantile, index: usize) -> Result<Evaluated, Clash> {
    Ok(match ranks.at(index)? {
        None => Evaluated::Value(None),
        Some(Found::Value(value)) => Evaluated::Value(Some(value)),
        Some(Found::Between(least, greatest, before)) => {
            Evaluated::Between { least, greatest, index: index.saturating_sub(before) }
        }
    })
}

/// Keeps the greater or lesser of two values; of equal ones the first.
fn better(best: &mut Option<Value>, value: Value, greatest: bool) -> Result<(), Clash> {
    let replaces = match best {
        None => true,
        Some(best) => {
            let order = value.compare(best)?;
            if greatest { order.is_gt() } else { order.is_lt() }
        }
    };
    if replaces {
        *best = Some(value);
    }
    Ok(())
}
