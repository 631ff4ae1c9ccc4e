//! What is gathered of rows that are not kept: each part of them by itself, and then together, in whatever order.

use std::ops::Range;

use rustc_hash::FxHashSet;

use super::ranked::{Found, Ranked, coarsest};
use crate::base::Exact;
use crate::run::fault::{Fault, Outcome};
use crate::run::names::Symbol;
use crate::run::plain::{Kind, Of, Selection};
use crate::run::program::Fold;
use crate::run::ranking::{Valued, take, worst_of};
use crate::run::store::Table;
use crate::run::value::Value;
use crate::time::Instant;

/// What is asked of the rows of a frame.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum What {
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

impl What {
    /// What a fold asks for.
    pub fn of(fold: &Fold) -> What {
        match fold {
            Fold::Count => What::Count,
            Fold::Share => What::Share,
            Fold::Sum | Fold::Mean => What::Sum,
            Fold::Least => What::Least,
            Fold::Greatest => What::Greatest,
            Fold::Distinct => What::Distinct,
            Fold::Percentile(_) => What::Ranks(None),
        }
    }
}

/// What was gathered.
#[derive(Clone, Debug)]
pub enum Gathered {
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
    Ranks(Box<Ranked>),
    /// The first rows: their instants, and as which they came.
    First(Vec<(Instant, u32)>),
    /// The worst rows, the worst first; their numbers say as which they came.
    Worst(Vec<Valued>),
}

/// What a part of the rows says.
pub enum Part {
    /// As much as can be put together with what other parts say.
    Whole(Gathered),
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

impl Gathered {
    /// Nothing gathered yet; numbers for ranks may be so many.
    pub fn new(what: &What, most: usize) -> Gathered {
        match what {
            What::Count => Gathered::Count(0),
            What::Share => Gathered::Share(0, 0),
            What::Sum => Gathered::Sum(Exact::ZERO, None, 0),
            What::Least | What::Greatest => Gathered::Best(None),
            What::Distinct => Gathered::Distinct(FxHashSet::default()),
            What::Ranks(_) => Gathered::Ranks(Box::new(Ranked::new(most))),
            What::First(_) => Gathered::First(Vec::new()),
            What::Worst(..) => Gathered::Worst(Vec::new()),
        }
    }

    /// Takes in what a part says; false if it does not go together with what is there.
    pub fn add(&mut self, what: &What, part: Part) -> bool {
        match (self, part) {
            (Gathered::Count(count), Part::Whole(Gathered::Count(more))) => *count += more,
            (Gathered::Share(holding, known), Part::Whole(Gathered::Share(more, of))) => {
                (*holding, *known) = (*holding + more, *known + of)
            }
            (Gathered::Sum(sum, currency, count), Part::Whole(Gathered::Sum(more, other, others))) => {
                if matches!((&currency, other), (Some(one), Some(two)) if *one != two) {
                    return false;
                }
                (*sum, *currency, *count) = (&*sum + &more, currency.or(other), *count + others);
            }
            (Gathered::Best(best), Part::Whole(Gathered::Best(other))) => match (&best, other) {
                (_, None) => {}
                (None, other) => *best = other,
                (Some(known), Some(other)) => {
                    let Ok(order) = other.compare(known) else { return false };
                    if if *what == What::Least { order.is_lt() } else { order.is_gt() } {
                        *best = Some(other);
                    }
                }
            },
            (Gathered::Distinct(all), Part::Whole(Gathered::Distinct(more))) => all.extend(more),
            (Gathered::Ranks(ranked), Part::Numbers(numbers, kind)) => return ranked.add(numbers, kind),
            (Gathered::First(first), Part::Whole(Gathered::First(others))) => {
                first.extend(others);
                first.sort_unstable();
                if let What::First(most) = what {
                    first.truncate(*most);
                }
            }
            (Gathered::Worst(worst), Part::Whole(Gathered::Worst(others))) => {
                let What::Worst(greatest, most) = what else { return false };
                others.into_iter().for_each(|row| take(worst, row, (*greatest, *most)));
            }
            _ => return false,
        }
        true
    }

    /// How many rows were counted.
    pub fn count(&self) -> usize {
        match self {
            Gathered::Count(count) => *count,
            Gathered::Share(..)
            | Gathered::Sum(..)
            | Gathered::Best(_)
            | Gathered::Distinct(_)
            | Gathered::Ranks(_)
            | Gathered::First(_)
            | Gathered::Worst(_) => 0,
        }
    }

    /// The first rows.
    pub fn first(&self) -> Vec<(Instant, u32)> {
        match self {
            Gathered::First(first) => first.clone(),
            Gathered::Count(_)
            | Gathered::Share(..)
            | Gathered::Sum(..)
            | Gathered::Best(_)
            | Gathered::Distinct(_)
            | Gathered::Ranks(_)
            | Gathered::Worst(_) => Vec::new(),
        }
    }

    /// The worst rows.
    pub fn worst(&self) -> Vec<Valued> {
        match self {
            Gathered::Worst(worst) => worst.clone(),
            Gathered::Count(_)
            | Gathered::Share(..)
            | Gathered::Sum(..)
            | Gathered::Best(_)
            | Gathered::Distinct(_)
            | Gathered::Ranks(_)
            | Gathered::First(_) => Vec::new(),
        }
    }

    /// What so many numbers stand before.
    pub fn at(&self, index: usize) -> Option<Found> {
        match self {
            Gathered::Ranks(ranked) => ranked.at(index),
            Gathered::Count(_)
            | Gathered::Share(..)
            | Gathered::Sum(..)
            | Gathered::Best(_)
            | Gathered::Distinct(_)
            | Gathered::First(_)
            | Gathered::Worst(_) => None,
        }
    }

    /// What a fold comes to, where it is no rank: within, `None` is no data.
    #[expect(clippy::option_option, reason = "no data, and no answer, are different")]
    pub fn value(&self, fold: &Fold) -> Outcome<Option<Option<Value>>> {
        let clash = |_| Fault::new("the plan puts values of different kinds together");
        Ok(match (self, fold) {
            (Gathered::Count(count), _) => Some(Some(Value::count(*count))),
            (Gathered::Share(holding, known), _) => Some(Value::count(*holding).divide(&Value::count(*known)).map_err(clash)?),
            (Gathered::Sum(sum, currency, _), Fold::Sum) => Some(Some(Value::Quantity(sum.clone(), *currency))),
            (Gathered::Sum(sum, currency, count), _) => {
                Some(Value::Quantity(sum.clone(), *currency).divide(&Value::count(*count)).map_err(clash)?)
            }
            (Gathered::Best(best), _) => Some(best.clone()),
            (Gathered::Distinct(all), _) => Some(Some(Value::count(all.len()))),
            (Gathered::Ranks(_) | Gathered::First(_) | Gathered::Worst(_), _) => None,
        })
    }

    /// What stands at the rank of a percentile; within, `None` is no data.
    #[expect(clippy::option_option, reason = "no data, and no answer, are different")]
    pub fn ranked(&self, fraction: &Exact) -> Option<Option<(usize, Found)>> {
        let Gathered::Ranks(ranked) = self else { return None };
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
    pub fn say(&self, what: &What) -> Option<Part> {
        let whole = |gathered| Some(Part::Whole(gathered));
        match (what, self.of) {
            (What::Count, _) => whole(Gathered::Count(self.rows.total(self.ranges))),
            (What::First(most), _) => whole(self.first(*most)),
            (What::Worst(greatest, most), Of::Vector(vector)) => {
                let arrival = |row| self.table.arrival(row);
                worst_of((self.table, self.rows, self.ranges), vector, (*greatest, *most), arrival)
                    .map(|worst| Part::Whole(Gathered::Worst(worst)))
            }
            (What::Share, Of::Truth(truth)) => {
                let (holding, known) = self.rows.share(truth, self.ranges);
                whole(Gathered::Share(holding, known))
            }
            (_, Of::Vector(vector)) if vector.endless.is_none() => {
                let rows = vector.here.as_ref().map_or_else(|| self.rows.clone(), |here| self.rows.and(here.clone(), false));
                match what {
                    What::Sum => {
                        let Kind::Quantity { unit, currency } = &vector.kind else { return None };
                        let (sum, count) = rows.sum(&vector.ints, self.ranges);
                        whole(Gathered::Sum(&Exact::wide(sum) * unit, currency.filter(|_| count > 0), count))
                    }
                    What::Least | What::Greatest if vector.kind != Kind::Name => {
                        let ends = rows.ends(&vector.ints, self.ranges);
                        let Some((least, most)) = ends else { return whole(Gathered::Best(None)) };
                        vector
                            .kind
                            .value(if *what == What::Least { least } else { most })
                            .map(|best| Part::Whole(Gathered::Best(Some(best))))
                    }
                    What::Distinct => {
                        let unit = match &vector.kind {
                            Kind::Quantity { unit, .. } => unit.clone(),
                            Kind::Time | Kind::Name | Kind::Severity => Exact::ONE,
                        };
                        let different = rows.different(&vector.ints, self.ranges);
                        whole(Gathered::Distinct(different.into_iter().map(|number| &Exact::integer(number) * &unit).collect()))
                    }
                    What::Ranks(within) if vector.kind != Kind::Name => {
                        let mut numbers = rows.numbers_of(&vector.ints, self.ranges);
                        if let Some((least, most)) = within {
                            let inside = vector.between(least, most)?;
                            numbers.retain(|number| inside.contains(*number));
                        }
                        let kind = coarsest(&mut numbers, &vector.kind);
                        Some(Part::Numbers(numbers, kind))
                    }
                    What::Least | What::Greatest | What::Ranks(_) | What::Count | What::Share | What::First(_) | What::Worst(..) => None,
                }
            }
            (_, Of::Rows | Of::Truth(_) | Of::Vector(_)) => None,
        }
    }

    fn first(&self, most: usize) -> Gathered {
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
        Gathered::First(first)
    }
}
