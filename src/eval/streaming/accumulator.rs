//! What is gathered of rows that are not kept: each part of them by itself, and then together, in
//! whatever order.

use std::ops::Range;

use rustc_hash::FxHashSet;

use super::quantile::{ExactQuantile, Found, coarsest};
use crate::base::Exact;
use crate::data::fault::{Fault, Outcome};
use crate::eval::names::Symbol;
use crate::eval::program::Fold;
use crate::eval::ranking::{Valued, take, worst_of};
use crate::eval::table::Table;
use crate::eval::value::Value;
use crate::eval::vectorized::{Kind, Of, Selection};
use crate::time::Instant;

/// What is asked of the rows of a frame.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum AggregateKind {
    /// How many there are.
    Count,
    /// Of how many a condition is true, and of how many it is known.
    Share,
    /// The sum of a value, and how many there are.
    Sum,
    /// The least value.
    Least,
    /// The greatest.
    Greatest,
    /// Different values.
    Distinct,
    /// Values by rank; only those from one to another, if two are given.
    Ranks(Option<(Value, Value)>),
    /// The first rows, so many of them.
    First(usize),
    /// Those of the greatest values, or of the least, so many of them.
    Worst(bool, usize),
}

impl AggregateKind {
    /// What a fold asks for.
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

/// What was gathered.
#[derive(Clone, Debug)]
pub enum Accumulator {
    /// So many.
    Count(usize),
    /// True of so many, known of so many.
    Share(usize, usize),
    /// The sum, its currency, and of how many.
    Sum(Exact, Option<Symbol>, usize),
    /// The best value so far.
    Best(Option<Value>),
    /// Different values, names by their numbers.
    Distinct(FxHashSet<Exact>),
    /// Numbers for ranks.
    Ranks(Box<ExactQuantile>),
    /// The first rows: their instants, and as which they came.
    First(Vec<(Instant, u32)>),
    /// The worst rows, the worst first; their numbers say as which they came.
    Worst(Vec<Valued>),
}

/// What a part of the rows says.
pub enum Part {
    /// As much as can be put together with what other parts say.
    Whole(Accumulator),
    /// Numbers for ranks, as they are.
    Numbers(Vec<i64>, Kind),
}

/// Some rows of a table.
pub struct Looked<'l> {
    /// The table.
    pub table: &'l Table,
    /// Which rows.
    pub rows: &'l Selection,
    /// What is asked of each.
    pub of: &'l Of,
    /// Where these lie.
    pub ranges: &'l [Range<usize>],
}

impl Accumulator {
    /// Nothing gathered yet; numbers for ranks may be so many.
    pub fn new(what: &AggregateKind, most: usize) -> Accumulator {
        match what {
            AggregateKind::Count => Accumulator::Count(0),
            AggregateKind::Share => Accumulator::Share(0, 0),
            AggregateKind::Sum => Accumulator::Sum(Exact::ZERO, None, 0),
            AggregateKind::Least | AggregateKind::Greatest => Accumulator::Best(None),
            AggregateKind::Distinct => Accumulator::Distinct(FxHashSet::default()),
            AggregateKind::Ranks(_) => Accumulator::Ranks(Box::new(ExactQuantile::new(most))),
            AggregateKind::First(_) => Accumulator::First(Vec::new()),
            AggregateKind::Worst(..) => Accumulator::Worst(Vec::new()),
        }
    }

    /// Takes in what a part says; false if it does not go together with what is there.
    pub fn add(&mut self, what: &AggregateKind, part: Part) -> bool {
        match (self, part) {
            (Accumulator::Count(count), Part::Whole(Accumulator::Count(more))) => *count += more,
            (Accumulator::Share(holding, known), Part::Whole(Accumulator::Share(more, of))) => {
                (*holding, *known) = (*holding + more, *known + of)
            }
            (
                Accumulator::Sum(sum, currency, count),
                Part::Whole(Accumulator::Sum(more, other, others)),
            ) => {
                if matches!((&currency, other), (Some(one), Some(two)) if *one != two) {
                    return false;
                }
                (*sum, *currency, *count) = (&*sum + &more, currency.or(other), *count + others);
            }
            (Accumulator::Best(best), Part::Whole(Accumulator::Best(other))) => {
                match (&best, other) {
                    (_, None) => {}
                    (None, other) => *best = other,
                    (Some(known), Some(other)) => {
                        let Ok(order) = other.compare(known) else { return false };
                        if if *what == AggregateKind::Least { order.is_lt() } else { order.is_gt() }
                        {
                            *best = Some(other);
                        }
                    }
                }
            }
            (Accumulator::Distinct(all), Part::Whole(Accumulator::Distinct(more))) => {
                all.extend(more)
            }
            (Accumulator::Ranks(ranked), Part::Numbers(numbers, kind)) => {
                return ranked.add(numbers, kind);
            }
            (Accumulator::First(first), Part::Whole(Accumulator::First(others))) => {
                first.extend(others);
                first.sort_unstable();
                if let AggregateKind::First(most) = what {
                    first.truncate(*most);
                }
            }
            (Accumulator::Worst(worst), Part::Whole(Accumulator::Worst(others))) => {
                let AggregateKind::Worst(greatest, most) = what else { return false };
                others.into_iter().for_each(|row| take(worst, row, (*greatest, *most)));
            }
            _ => return false,
        }
        true
    }

    /// How many rows were counted.
    pub fn count(&self) -> usize {
        match self {
            Accumulator::Count(count) => *count,
            Accumulator::Share(..)
            | Accumulator::Sum(..)
            | Accumulator::Best(_)
            | Accumulator::Distinct(_)
            | Accumulator::Ranks(_)
            | Accumulator::First(_)
            | Accumulator::Worst(_) => 0,
        }
    }

    /// The first rows.
    pub fn first(&self) -> Vec<(Instant, u32)> {
        match self {
            Accumulator::First(first) => first.clone(),
            Accumulator::Count(_)
            | Accumulator::Share(..)
            | Accumulator::Sum(..)
            | Accumulator::Best(_)
            | Accumulator::Distinct(_)
            | Accumulator::Ranks(_)
            | Accumulator::Worst(_) => Vec::new(),
        }
    }

    /// The worst rows.
    pub fn worst(&self) -> Vec<Valued> {
        match self {
            Accumulator::Worst(worst) => worst.clone(),
            Accumulator::Count(_)
            | Accumulator::Share(..)
            | Accumulator::Sum(..)
            | Accumulator::Best(_)
            | Accumulator::Distinct(_)
            | Accumulator::Ranks(_)
            | Accumulator::First(_) => Vec::new(),
        }
    }

    /// What so many numbers stand before.
    pub fn at(&self, index: usize) -> Option<Found> {
        match self {
            Accumulator::Ranks(ranked) => ranked.at(index),
            Accumulator::Count(_)
            | Accumulator::Share(..)
            | Accumulator::Sum(..)
            | Accumulator::Best(_)
            | Accumulator::Distinct(_)
            | Accumulator::First(_)
            | Accumulator::Worst(_) => None,
        }
    }

    /// What a fold comes to, where it is no rank: within, `None` is no data.
    #[expect(clippy::option_option, reason = "no data, and no answer, are different")]
    pub fn value(&self, fold: &Fold) -> Outcome<Option<Option<Value>>> {
        let clash = |_| Fault::new("the plan puts values of different kinds together");
        Ok(match (self, fold) {
            (Accumulator::Count(count), _) => Some(Some(Value::count(*count))),
            (Accumulator::Share(holding, known), _) => {
                Some(Value::count(*holding).divide(&Value::count(*known)).map_err(clash)?)
            }
            (Accumulator::Sum(sum, currency, _), Fold::Sum) => {
                Some(Some(Value::Quantity(sum.clone(), *currency)))
            }
            (Accumulator::Sum(sum, currency, count), _) => Some(
                Value::Quantity(sum.clone(), *currency)
                    .divide(&Value::count(*count))
                    .map_err(clash)?,
            ),
            (Accumulator::Best(best), _) => Some(best.clone()),
            (Accumulator::Distinct(all), _) => Some(Some(Value::count(all.len()))),
            (Accumulator::Ranks(_) | Accumulator::First(_) | Accumulator::Worst(_), _) => None,
        })
    }

    /// What stands at the rank of a percentile; within, `None` is no data.
    #[expect(clippy::option_option, reason = "no data, and no answer, are different")]
    pub fn ranked(&self, fraction: &Exact) -> Option<Option<(usize, Found)>> {
        let Accumulator::Ranks(ranked) = self else { return None };
        let number = i64::try_from(ranked.len()).ok()?;
        let rank = (fraction * &Exact::integer(number)).ceil().to_i64().unwrap_or(0).max(1);
        if rank > number {
            return Some(None);
        }
        let index = usize::try_from(rank - 1).ok()?;
        ranked.at(index).map(|found| Some((index, found)))
    }
}

impl Looked<'_> {
    /// What these rows say; `None` if they must be asked one by one.
    pub fn say(&self, what: &AggregateKind) -> Option<Part> {
        let whole = |gathered| Some(Part::Whole(gathered));
        match (what, self.of) {
            (AggregateKind::Count, _) => whole(Accumulator::Count(self.rows.total(self.ranges))),
            (AggregateKind::First(most), _) => whole(self.first(*most)),
            (AggregateKind::Worst(greatest, most), Of::Vector(vector)) => {
                let arrival = |row| self.table.arrival(row);
                worst_of((self.table, self.rows, self.ranges), vector, (*greatest, *most), arrival)
                    .map(|worst| Part::Whole(Accumulator::Worst(worst)))
            }
            (AggregateKind::Share, Of::Truth(truth)) => {
                let (holding, known) = self.rows.share(truth, self.ranges);
                whole(Accumulator::Share(holding, known))
            }
            (_, Of::Vector(vector)) if vector.endless.is_none() => {
                let rows = vector
                    .here
                    .as_ref()
                    .map_or_else(|| self.rows.clone(), |here| self.rows.and(here.clone(), false));
                match what {
                    AggregateKind::Sum => {
                        let Kind::Quantity { unit, currency } = &vector.kind else { return None };
                        let (sum, count) = rows.sum(&vector.ints, self.ranges);
                        whole(Accumulator::Sum(
                            &Exact::wide(sum) * unit,
                            currency.filter(|_| count > 0),
                            count,
                        ))
                    }
                    AggregateKind::Least | AggregateKind::Greatest if vector.kind != Kind::Name => {
                        let ends = rows.ends(&vector.ints, self.ranges);
                        let Some((least, most)) = ends else {
                            return whole(Accumulator::Best(None));
                        };
                        vector
                            .kind
                            .value(if *what == AggregateKind::Least { least } else { most })
                            .map(|best| Part::Whole(Accumulator::Best(Some(best))))
                    }
                    AggregateKind::Distinct => {
                        let unit = match &vector.kind {
                            Kind::Quantity { unit, .. } => unit.clone(),
                            Kind::Time | Kind::Name | Kind::Severity => Exact::ONE,
                        };
                        let different = rows.different(&vector.ints, self.ranges);
                        whole(Accumulator::Distinct(
                            different
                                .into_iter()
                                .map(|number| &Exact::integer(number) * &unit)
                                .collect(),
                        ))
                    }
                    AggregateKind::Ranks(within) if vector.kind != Kind::Name => {
                        let mut numbers = rows.numbers_of(&vector.ints, self.ranges);
                        if let Some((least, most)) = within {
                            let inside = vector.between(least, most)?;
                            numbers.retain(|number| inside.contains(*number));
                        }
                        let kind = coarsest(&mut numbers, &vector.kind);
                        Some(Part::Numbers(numbers, kind))
                    }
                    AggregateKind::Least
                    | AggregateKind::Greatest
                    | AggregateKind::Ranks(_)
                    | AggregateKind::Count
                    | AggregateKind::Share
                    | AggregateKind::First(_)
                    | AggregateKind::Worst(..) => None,
                }
            }
            (_, Of::Rows | Of::Truth(_) | Of::Vector(_)) => None,
        }
    }

    fn first(&self, most: usize) -> Accumulator {
        let mut first = Vec::new();
        for range in self.ranges {
            let done: Result<(), ()> = self.rows.each(range.clone(), |row| {
                first.extend(self.table.start(row).map(|start| (start, self.table.arrival(row))));
                if first.len() < most { Ok(()) } else { Err(()) }
            });
            if done.is_err() {
                break;
            }
        }
        Accumulator::First(first)
    }
}
