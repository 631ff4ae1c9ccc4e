//! One value of many rows.

use std::ops::Range;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::vector::Ints;
use super::{Selection, Truth, Vector};
use crate::base::Exact;
use crate::base::parallel;
use crate::eval::accumulator::{
    Accumulator, AggregateKind, Evaluated, ExactQuantile, ExactSum, coarsest, nearest_rank,
};
use crate::eval::kind::Kind;
use crate::eval::program::Fold;
use crate::eval::table::WORD;
use crate::eval::value::Value;

/// Rows that one piece of work goes through.
const PIECE: usize = 1 << 20;
/// Numbers are counted in so many classes at once.
const CLASSES: usize = 1 << 16;
/// One in so many numbers is looked at to guess where others lie.
const SAMPLED: usize = 64;
/// Of so many numbers it is faster to put them side by side.
const FEW: usize = 1 << 16;

/// What is asked of each row.
#[derive(Clone, Debug)]
pub enum Of {
    /// Nothing: rows are counted.
    Rows,
    /// Whether a condition holds.
    Truth(Truth),
    /// A value.
    Vector(Vector),
}

impl Selection {
    /// One value of the rows in some ranges: within, `None` is no data. `None` if rows must be
    /// asked one by one.
    #[expect(clippy::option_option, reason = "no data, and no answer, are different")]
    pub fn fold(&self, fold: &Fold, of: &Of, ranges: &[Range<usize>]) -> Option<Option<Value>> {
        if let (Fold::Percentile(fraction), Of::Vector(vector)) = (fold, of) {
            return self.percentile(fraction, vector, ranges);
        }
        match self.accumulate(&AggregateKind::of(fold), of, ranges)?.evaluate(fold) {
            Ok(Evaluated::Value(value)) => Some(value),
            Ok(Evaluated::Between { .. }) | Err(_) => None,
        }
    }

    /// What an aggregate gathers of the rows in some ranges; `None` if rows must be asked one by
    /// one.
    pub fn accumulate(
        &self,
        kind: &AggregateKind,
        of: &Of,
        ranges: &[Range<usize>],
    ) -> Option<Accumulator> {
        match (kind, of) {
            (AggregateKind::Count, _) => Some(Accumulator::Count(self.total(ranges))),
            (AggregateKind::Share, Of::Truth(truth)) => {
                let (holding, known) = self.share(truth, ranges);
                Some(Accumulator::Share { holding, known })
            }
            (_, Of::Vector(vector)) => {
                self.with_number(vector)?.accumulate_numbers(kind, vector, ranges)
            }
            (_, Of::Rows | Of::Truth(_)) => None,
        }
    }

    /// The rows that have a number; `None` if some value never ends.
    fn with_number(&self, vector: &Vector) -> Option<Selection> {
        match &vector.here {
            _ if vector.endless.is_some() => None,
            Some(here) => Some(self.and(Arc::clone(here), false)),
            None => Some(self.clone()),
        }
    }

    fn accumulate_numbers(
        &self,
        aggregate: &AggregateKind,
        vector: &Vector,
        ranges: &[Range<usize>],
    ) -> Option<Accumulator> {
        let (ints, kind) = (&vector.ints, &vector.kind);
        match aggregate {
            AggregateKind::Sum => {
                let Kind::Quantity { unit, currency } = kind else { return None };
                let (sum, count) = self.sum(ints, ranges);
                let sum = ExactSum::of_units(sum, unit, currency.filter(|_| count > 0)).ok()?;
                Some(Accumulator::Sum { sum: Box::new(sum), count })
            }
            AggregateKind::Least | AggregateKind::Greatest if *kind != Kind::Name => {
                let greatest = *aggregate == AggregateKind::Greatest;
                let best = match self.ends(ints, ranges) {
                    Some((least, most)) => Some(kind.value(if greatest { most } else { least })?),
                    None => None,
                };
                Some(Accumulator::Extreme { greatest, best })
            }
            AggregateKind::Distinct => {
                self.different(ints, kind, ranges).map(Accumulator::Distinct)
            }
            AggregateKind::Ranks(within) if *kind != Kind::Name => {
                let mut numbers = self.numbers_of(ints, ranges);
                if let Some((least, greatest)) = within {
                    let inside = vector.between(least, greatest)?;
                    numbers.retain(|number| inside.contains(*number));
                }
                let kind = coarsest(&mut numbers, kind);
                Some(Accumulator::Ranks(Box::new(ExactQuantile::of_part(numbers, kind))))
            }
            AggregateKind::Count
            | AggregateKind::Share
            | AggregateKind::Least
            | AggregateKind::Greatest
            | AggregateKind::Ranks(_)
            | AggregateKind::First(_)
            | AggregateKind::Worst(..) => None,
        }
    }

    /// The nearest rank of a fraction. The numbers stay where they are: a column that is loaded
    /// can be searched as often as the search needs it.
    #[expect(clippy::option_option, reason = "no data, and no answer, are different")]
    fn percentile(
        &self,
        fraction: &Exact,
        vector: &Vector,
        ranges: &[Range<usize>],
    ) -> Option<Option<Value>> {
        let rows = self.with_number(vector).filter(|_| vector.kind != Kind::Name)?;
        let (ints, count) = (&vector.ints, rows.total(ranges));
        let Some(index) = nearest_rank(fraction, count) else { return Some(None) };
        let found = if count <= FEW {
            rows.sorted(ints, ranges, index)
        } else {
            rows.ranked(ints, &pieces(ranges), (index, count))
        };
        found.and_then(|value| vector.kind.value(value)).map(Some)
    }

    /// How many there are in some ranges.
    pub fn total(&self, ranges: &[Range<usize>]) -> usize {
        ranges.iter().map(|range| self.count(range.clone())).sum()
    }

    /// Of how many a condition is true, and of how many it is known.
    fn share(&self, truth: &Truth, ranges: &[Range<usize>]) -> (usize, usize) {
        let known = match &truth.known {
            Some(known) => self.and(Arc::clone(known), false).total(ranges),
            None => self.total(ranges),
        };
        (self.whose(truth).total(ranges), known)
    }

    /// The sum of numbers, and how many there are.
    fn sum(&self, ints: &Ints, ranges: &[Range<usize>]) -> (i128, usize) {
        let of_piece = |piece: &Range<usize>| {
            let (mut sum, mut count) = (0_i128, 0_usize);
            self.each_number(ints, piece.clone(), |value| {
                sum += i128::from(value);
                count += 1;
            });
            (sum, count)
        };
        let parts = parallel::each_piece(&pieces(ranges), of_piece);
        parts.into_iter().fold((0_i128, 0), |(sum, count), (part, more)| (sum + part, count + more))
    }

    /// The least and the greatest of numbers; `None` if there are none.
    fn ends(&self, ints: &Ints, ranges: &[Range<usize>]) -> Option<(i64, i64)> {
        let ends =
            parallel::each_piece(&pieces(ranges), |piece| self.extremes(ints, piece.clone()));
        ends.into_iter().flatten().reduce(|one, two| (one.0.min(two.0), one.1.max(two.1)))
    }

    /// The different values; `None` if the numbers stand for none.
    fn different(
        &self,
        ints: &Ints,
        kind: &Kind,
        ranges: &[Range<usize>],
    ) -> Option<FxHashSet<Value>> {
        if let Ints::Names(names) = ints {
            let mut seen = FxHashSet::default();
            ranges.iter().for_each(|range| {
                self.each_of(names, range.clone(), |name| {
                    seen.insert(*name);
                });
            });
            return Some(seen.into_iter().map(Value::Name).collect());
        }
        let mut seen = FxHashSet::default();
        ranges.iter().for_each(|range| {
            self.each_number(ints, range.clone(), |number| {
                seen.insert(number);
            });
        });
        seen.into_iter().map(|number| kind.value(number)).collect()
    }

    /// The numbers themselves.
    fn numbers_of(&self, ints: &Ints, ranges: &[Range<usize>]) -> Vec<i64> {
        let mut all = Vec::new();
        ranges
            .iter()
            .for_each(|range| self.each_number(ints, range.clone(), |value| all.push(value)));
        all
    }

    /// The number that so many others stand before, of few.
    pub(super) fn sorted(&self, ints: &Ints, ranges: &[Range<usize>], index: usize) -> Option<i64> {
        let mut all = self.numbers_of(ints, ranges);
        (index < all.len()).then(|| *all.select_nth_unstable(index).1)
    }

    /// The number that so many others stand before, of many.
    pub(super) fn ranked(
        &self,
        ints: &Ints,
        pieces: &[Range<usize>],
        (index, number): (usize, usize),
    ) -> Option<i64> {
        let (low, high) = self.guess(ints, pieces, (index, number)).unwrap_or((i64::MIN, i64::MAX));
        self.between(ints, pieces, index, (low, high)).or_else(|| self.counted(ints, pieces, index))
    }

    /// Two numbers between which one of a rank probably lies: a sample says so. It decides how long
    /// the search takes, not what it finds.
    fn guess(
        &self,
        ints: &Ints,
        pieces: &[Range<usize>],
        (index, number): (usize, usize),
    ) -> Option<(i64, i64)> {
        let mut sample = Vec::new();
        for piece in pieces {
            let some = piece
                .clone()
                .step_by(WORD * SAMPLED)
                .map(|first| first..piece.end.min(first + WORD));
            some.for_each(|rows| self.each_number(ints, rows, |value| sample.push(value)));
        }
        sample.sort_unstable();
        let place = u128::try_from(sample.len()).ok()? * u128::try_from(index).ok()?
            / u128::try_from(number).ok()?.max(1);
        let (place, reach) = (usize::try_from(place).ok()?, sample.len() / 64 + 1);
        let low = place
            .checked_sub(reach)
            .and_then(|place| sample.get(place))
            .copied()
            .unwrap_or(i64::MIN);
        Some((low, sample.get(place + reach).copied().unwrap_or(i64::MAX)))
    }

    /// The number of a rank, if it lies between two and few do.
    pub(super) fn between(
        &self,
        ints: &Ints,
        pieces: &[Range<usize>],
        index: usize,
        (low, high): (i64, i64),
    ) -> Option<i64> {
        let most = self.total(pieces) / 8;
        let of_piece = |piece: &Range<usize>| {
            let (mut below, mut inside) = (0_usize, Vec::new());
            self.each_number(ints, piece.clone(), |value| {
                below += usize::from(value < low);
                if (low..=high).contains(&value) && inside.len() <= most {
                    inside.push(value);
                }
            });
            (below, inside)
        };
        let parts = parallel::each_piece(pieces, of_piece);
        let below: usize = parts.iter().map(|(below, _)| below).sum();
        if parts.iter().map(|(_, inside)| inside.len()).sum::<usize>() > most {
            return None;
        }
        let mut inside: Vec<i64> = parts.into_iter().flat_map(|(_, inside)| inside).collect();
        let place = index.checked_sub(below).filter(|place| *place < inside.len())?;
        Some(*inside.select_nth_unstable(place).1)
    }

    /// The number of a rank: all are counted in classes, and those of its class again.
    pub(super) fn counted(
        &self,
        ints: &Ints,
        pieces: &[Range<usize>],
        index: usize,
    ) -> Option<i64> {
        let (mut least, mut most) = self.ends(ints, pieces)?;
        let mut before = index;
        // Each round leaves one class of the numbers that are left; four are enough for all there
        // can be.
        while least < most {
            let width = most.abs_diff(least);
            let shift =
                (u64::BITS - width.leading_zeros()).saturating_sub(CLASSES.trailing_zeros());
            let class =
                |value: i64| usize::try_from(value.abs_diff(least) >> shift).unwrap_or(CLASSES);
            let counts = parallel::each_piece(pieces, |piece| {
                let mut counts = vec![0_u32; CLASSES];
                self.each_number(ints, piece.clone(), |value| {
                    if (least..=most).contains(&value)
                        && let Some(count) = counts.get_mut(class(value))
                    {
                        *count += 1;
                    }
                });
                counts
            });
            let sums = (0..CLASSES).map(|class| {
                counts
                    .iter()
                    .filter_map(|of| of.get(class))
                    .map(|count| *count as usize)
                    .sum::<usize>()
            });
            let mut found = None;
            for (class, count) in sums.enumerate() {
                if before < count {
                    found = Some(class as u64);
                    break;
                }
                before -= count;
            }
            let first = least.checked_add_unsigned(found? << shift)?;
            let last = first.saturating_add_unsigned((1_u64 << shift) - 1);
            (least, most) = (first, last.min(most));
        }
        Some(least)
    }

    /// The least and the greatest number.
    fn extremes(&self, ints: &Ints, range: Range<usize>) -> Option<(i64, i64)> {
        let (mut least, mut most) = (i64::MAX, i64::MIN);
        self.each_number(ints, range, |value| (least, most) = (least.min(value), most.max(value)));
        (least <= most).then_some((least, most))
    }

    fn each_number(&self, ints: &Ints, range: Range<usize>, mut f: impl FnMut(i64)) {
        match ints {
            Ints::Wide(ints) => self.each_of(ints, range, |value| f(*value)),
            Ints::Ranks(ranks) => self.each_of(ranks, range, |value| f(i64::from(*value))),
            Ints::Names(names) => self.each_of(names, range, |value| f(i64::from(value.number()))),
        }
    }

    fn each_of<T>(&self, values: &[T], range: Range<usize>, mut f: impl FnMut(&T)) {
        self.words(range, |first, word| {
            let Some(values) = values.get(first..) else { return };
            if word == u64::MAX {
                values.iter().take(u64::BITS as usize).for_each(&mut f);
                return;
            }
            let mut left = word;
            while left != 0 {
                if let Some(value) = values.get(left.trailing_zeros() as usize) {
                    f(value);
                }
                left &= left - 1;
            }
        });
    }
}

/// The same rows in pieces of work.
fn pieces(ranges: &[Range<usize>]) -> Vec<Range<usize>> {
    let cut = |range: &Range<usize>| {
        let (start, end) = (range.start, range.end);
        (start..end)
            .step_by(PIECE)
            .map(move |first| first..first.saturating_add(PIECE).min(end))
            .collect::<Vec<_>>()
    };
    ranges.iter().flat_map(cut).collect()
}
