//! Values gathered for ranks: numbers are kept as they are while they are few, and counted in
//! classes when they are many.

use std::cmp::Ordering;

use crate::base::Exact;
use crate::eval::kind::Kind;
use crate::eval::value::{Clash, Value};

/// So many numbers are counted, however many may be kept.
const FEW: usize = 1 << 16;

/// Values of one kind, of which one will be requested by its rank.
#[derive(Clone, Debug)]
pub struct ExactQuantile {
    /// What the numbers count; `None` while there are none, and of values.
    kind: Option<Kind>,
    numbers: Numbers,
    /// How many numbers or classes may be kept.
    most: usize,
}

#[derive(Clone, Debug)]
enum Numbers {
    /// Values of rows, which need not be whole numbers of any unit.
    Values(Vec<Value>),
    Few(Vec<i64>),
    Many(Histogram),
}

/// How many numbers lie in each of the classes that stand side by side; each holds as many numbers
/// as two to the power of `shift`.
#[derive(Clone, Debug)]
struct Histogram {
    shift: u32,
    /// The number of the first class.
    first: i64,
    counts: Vec<u64>,
}

/// The value at a rank.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Found {
    /// The value itself.
    Value(Value),
    /// A value from the first to the second; the third part is the count of smaller numbers.
    Between(Value, Value, usize),
}

impl ExactQuantile {
    /// None yet; so many numbers or classes may be kept.
    pub fn new(most: usize) -> ExactQuantile {
        ExactQuantile { kind: None, numbers: Numbers::Few(Vec::new()), most: most.max(2) }
    }

    /// The numbers of one part of the rows, all of them.
    pub fn of_part(numbers: Vec<i64>, kind: Kind) -> ExactQuantile {
        ExactQuantile { kind: Some(kind), numbers: Numbers::Few(numbers), most: usize::MAX }
    }

    /// Takes in the value of a row.
    pub fn push(&mut self, value: Value) -> Result<(), Clash> {
        match &mut self.numbers {
            Numbers::Values(values) => values.push(value),
            Numbers::Few(few) if few.is_empty() => self.numbers = Numbers::Values(vec![value]),
            Numbers::Few(_) | Numbers::Many(_) => return Err(Clash::Kinds),
        }
        Ok(())
    }

    /// Takes in the values of other rows.
    pub fn merge(&mut self, other: ExactQuantile) -> Result<(), Clash> {
        match (other.numbers, other.kind) {
            (Numbers::Few(numbers), _) if numbers.is_empty() => Ok(()),
            (Numbers::Few(numbers), Some(kind)) => self.add(numbers, kind),
            (Numbers::Values(more), _) => more.into_iter().try_for_each(|value| self.push(value)),
            (Numbers::Many(more), Some(kind)) => self.merge_classes(more, kind),
            (Numbers::Few(_) | Numbers::Many(_), None) => Err(Clash::Kinds),
        }
    }

    fn add(&mut self, numbers: Vec<i64>, kind: Kind) -> Result<(), Clash> {
        let numbers = self.in_one_unit(numbers, kind).ok_or(Clash::Kinds)?;
        match &mut self.numbers {
            Numbers::Values(_) => return Err(Clash::Kinds),
            Numbers::Few(few) if few.len() + numbers.len() <= self.most.min(FEW) => {
                few.extend(numbers)
            }
            Numbers::Few(few) => {
                let mut classes = Histogram { shift: 0, first: 0, counts: Vec::new() };
                classes.add(few.iter().map(|number| (*number, 1)), self.most);
                classes.add(numbers.iter().map(|number| (*number, 1)), self.most);
                self.numbers = Numbers::Many(classes);
            }
            Numbers::Many(classes) => {
                classes.add(numbers.iter().map(|number| (*number, 1)), self.most)
            }
        }
        Ok(())
    }

    /// Takes in numbers that were counted in classes.
    fn merge_classes(&mut self, more: Histogram, kind: Kind) -> Result<(), Clash> {
        let own = std::mem::replace(&mut self.numbers, Numbers::Many(more));
        let Some(own_kind) = self.kind.replace(kind) else { return Ok(()) };
        match own {
            Numbers::Values(_) => Err(Clash::Kinds),
            Numbers::Few(few) => self.add(few, own_kind),
            Numbers::Many(classes) if self.kind.as_ref() == Some(&own_kind) => {
                if let Numbers::Many(all) = &mut self.numbers {
                    all.merge(&classes, self.most);
                }
                Ok(())
            }
            Numbers::Many(_) => Err(Clash::Kinds),
        }
    }

    /// The new numbers in the unit of those that are there, which takes the finer of the two.
    fn in_one_unit(&mut self, mut numbers: Vec<i64>, kind: Kind) -> Option<Vec<i64>> {
        let Some(own) = &self.kind else {
            self.kind = Some(kind);
            return Some(numbers);
        };
        let (Kind::Quantity { unit: one, currency }, Kind::Quantity { unit: two, currency: other }) =
            (own, &kind)
        else {
            return (*own == kind).then_some(numbers);
        };
        if currency != other {
            return None;
        }
        if one <= two {
            let by = two.divide(one)?.to_i64()?;
            if by != 1 {
                scale(&mut numbers, by)?;
            }
            return Some(numbers);
        }
        let by = one.divide(two)?.to_i64()?;
        match &mut self.numbers {
            Numbers::Values(_) => return None,
            Numbers::Few(few) => scale(few, by)?,
            // A class begins with a number of its own unit, whatever finer ones it holds.
            Numbers::Many(classes) if classes.shift > 0 => {
                numbers.iter_mut().for_each(|number| *number = number.div_euclid(by));
                return Some(numbers);
            }
            Numbers::Many(classes) => *classes = classes.scaled(by, self.most)?,
        }
        self.kind = Some(kind);
        Some(numbers)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        match &self.numbers {
            Numbers::Values(values) => values.len(),
            Numbers::Few(few) => few.len(),
            Numbers::Many(classes) => {
                usize::try_from(classes.counts.iter().sum::<u64>()).unwrap_or(usize::MAX)
            }
        }
    }

    /// The value at a rank, counted from 0; `None` if there are fewer values.
    pub fn at(&mut self, index: usize) -> Result<Option<Found>, Clash> {
        if index >= self.len() {
            return Ok(None);
        }
        match (&mut self.numbers, &self.kind) {
            (Numbers::Values(values), _) => {
                let mut clash = None;
                let compare = |one: &Value, two: &Value| {
                    one.compare(two).unwrap_or_else(|found| {
                        clash = Some(found);
                        Ordering::Equal
                    })
                };
                let (_, value, _) = values.select_nth_unstable_by(index, compare);
                let value = value.clone();
                clash.map_or(Ok(Some(Found::Value(value))), Err)
            }
            (Numbers::Few(few), Some(kind)) => {
                Ok(kind.value(*few.select_nth_unstable(index).1).map(Found::Value))
            }
            (Numbers::Many(classes), Some(kind)) => Ok(classes.at(index, kind)),
            (Numbers::Few(_) | Numbers::Many(_), None) => Err(Clash::Kinds),
        }
    }
}

impl Histogram {
    /// The number at a rank, counted from 0, or the class that contains it.
    fn at(&self, index: usize, kind: &Kind) -> Option<Found> {
        let mut before = 0_u64;
        let wanted = index as u64;
        for (class, count) in self.each() {
            if wanted < before + count {
                let least = class.checked_mul(1_i64.checked_shl(self.shift)?)?;
                if self.shift == 0 {
                    return kind.value(least).map(Found::Value);
                }
                // The first number of the next class bounds all of this one, in whatever unit.
                let most = least.saturating_add_unsigned(1_u64 << self.shift);
                return Some(Found::Between(
                    kind.value(least)?,
                    kind.value(most)?,
                    usize::try_from(before).ok()?,
                ));
            }
            before += count;
        }
        None
    }
}

/// Quantities that are all multiples of some power of ten are counted by it: whole milliseconds
/// need no nanoseconds.
pub fn coarsest(numbers: &mut [i64], kind: &Kind) -> Kind {
    let Kind::Quantity { unit, currency } = kind else { return kind.clone() };
    // Dividing by what is known beforehand is much faster.
    let ways: [(i64, Divide); 4] = [
        (1_000_000_000, divided::<1_000_000_000>),
        (1_000_000, divided::<1_000_000>),
        (100_000, divided::<100_000>),
        (1_000, divided::<1_000>),
    ];
    match ways.into_iter().find(|(_, divided)| divided(numbers)) {
        Some((by, _)) => Kind::Quantity { unit: unit * &Exact::integer(by), currency: *currency },
        None => kind.clone(),
    }
}

/// Divides numbers if they are all multiples.
type Divide = fn(&mut [i64]) -> bool;

fn divided<const BY: i64>(numbers: &mut [i64]) -> bool {
    if numbers.iter().any(|number| number % BY != 0) {
        return false;
    }
    numbers.iter_mut().for_each(|number| *number /= BY);
    true
}

fn scale(numbers: &mut [i64], by: i64) -> Option<()> {
    if numbers.iter().any(|number| number.checked_mul(by).is_none()) {
        return None;
    }
    numbers.iter_mut().for_each(|number| *number *= by);
    Some(())
}

impl Histogram {
    /// The classes by their numbers.
    fn each(&self) -> impl Iterator<Item = (i64, &u64)> {
        self.counts
            .iter()
            .zip(0_i64..)
            .map(|(count, place)| (self.first.saturating_add(place), count))
    }

    fn add(&mut self, numbers: impl Iterator<Item = (i64, u64)> + Clone, most: usize) {
        let ends = numbers
            .clone()
            .map(|(number, _)| (number, number))
            .reduce(|one, two| (one.0.min(two.0), one.1.max(two.1)));
        let Some(ends) = ends else { return };
        self.reach(ends, most);
        let (shift, first) = (self.shift, self.first);
        for (number, count) in numbers {
            let class = usize::try_from((number >> shift).wrapping_sub(first)).ok();
            if let Some(known) = class.and_then(|class| self.counts.get_mut(class)) {
                *known += count;
            }
        }
    }

    /// Adds the classes of another one, as coarse as the coarser of both.
    fn merge(&mut self, other: &Histogram, most: usize) {
        if self.shift < other.shift {
            self.become_coarser(other.shift);
        }
        self.add(other.firsts().into_iter(), most);
    }

    /// The first number of each class that holds any, and how many it holds.
    fn firsts(&self) -> Vec<(i64, u64)> {
        let filled = self.each().filter(|(_, count)| **count > 0);
        filled.map(|(class, count)| (class << self.shift, *count)).collect()
    }

    fn become_coarser(&mut self, shift: u32) {
        let own = self.firsts();
        *self = Histogram { shift, first: 0, counts: Vec::new() };
        self.add(own.into_iter(), usize::MAX);
    }

    /// Extends the range to all numbers from one to another: more classes, or, if these are too
    /// many, coarser ones.
    fn reach(&mut self, (least, greatest): (i64, i64), most: usize) {
        let own = |shift: u32| {
            let by = shift.saturating_sub(self.shift);
            let last = self
                .first
                .saturating_add(i64::try_from(self.counts.len()).unwrap_or(i64::MAX))
                .saturating_sub(1);
            (!self.counts.is_empty()).then(|| (self.first >> by, last >> by))
        };
        let ends = |shift: u32| {
            let new = (least >> shift, greatest >> shift);
            own(shift).map_or(new, |own| (own.0.min(new.0), own.1.max(new.1)))
        };
        let fits = |shift: &u32| ends(*shift).1.abs_diff(ends(*shift).0) < most as u64;
        // With the last of them all numbers are in two classes.
        let shift = (self.shift..i64::BITS).find(fits).unwrap_or(i64::BITS - 1);
        let (first, last) = ends(shift);
        let width = usize::try_from(last.abs_diff(first)).unwrap_or(usize::MAX).saturating_add(1);
        if shift == self.shift && first == self.first && width == self.counts.len() {
            return;
        }
        let mut counts = vec![0; width];
        let by = shift.saturating_sub(self.shift);
        for (class, count) in self.each() {
            if let Some(known) = usize::try_from((class >> by).wrapping_sub(first))
                .ok()
                .and_then(|class| counts.get_mut(class))
            {
                *known += count;
            }
        }
        *self = Histogram { shift, first, counts };
    }

    /// The same numbers, of which each class holds one, in a unit that goes so often into theirs;
    /// `None` if they are too great for it.
    fn scaled(&self, by: i64, most: usize) -> Option<Histogram> {
        let all = self.each().filter(|(_, count)| **count > 0);
        let scaled: Vec<(i64, u64)> = all
            .map(|(number, count)| Some((number.checked_mul(by)?, *count)))
            .collect::<Option<_>>()?;
        let mut classes = Histogram { shift: 0, first: 0, counts: Vec::new() };
        classes.add(scaled.into_iter(), most);
        Some(classes)
    }
}
