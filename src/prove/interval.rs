//! Intervals of exact values: what lies in them, what lies between them, and a value to name as a
//! witness.

use crate::base::Exact;
use crate::lang::units::TimeUnit;
use crate::syntax::ast::NumberForm;
use crate::types::tree::{Kind, Typed};

/// An end of an interval.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct End {
    /// The bound.
    pub value: Exact,
    /// True if the bound belongs to the interval.
    pub inclusive: bool,
}

impl End {
    /// A bound with or without itself.
    pub fn new(value: Exact, inclusive: bool) -> End {
        End { value, inclusive }
    }

    /// The same bound as the end of what lies on its other side.
    pub fn opposite(&self) -> End {
        End { value: self.value.clone(), inclusive: !self.inclusive }
    }
}

/// Values from `low` to `high`; an end that is not there is open.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Interval {
    /// The lower end.
    pub low: Option<End>,
    /// The upper end.
    pub high: Option<End>,
}

impl Interval {
    /// From one end to another.
    pub fn new(low: Option<End>, high: Option<End>) -> Interval {
        Interval { low, high }
    }

    /// The values in both.
    pub fn and(&self, other: &Interval) -> Interval {
        let low = inner(self.low.as_ref(), other.low.as_ref(), |a, b| a.value > b.value);
        let high = inner(self.high.as_ref(), other.high.as_ref(), |a, b| a.value < b.value);
        Interval { low, high }
    }

    /// True if no multiple of `grid`, or no value at all, lies in it.
    pub fn is_empty(&self, grid: Option<&Exact>) -> bool {
        let snapped = grid.map_or_else(|| self.clone(), |grid| self.on(grid));
        let (Some(low), Some(high)) = (&snapped.low, &snapped.high) else { return false };
        low.value > high.value || (low.value == high.value && !(low.inclusive && high.inclusive))
    }

    /// True if exactly one value lies in it.
    pub fn is_point(&self) -> bool {
        matches!((&self.low, &self.high), (Some(low), Some(high)) if low.value == high.value && low.inclusive && high.inclusive)
    }

    /// The same multiples of `grid`, with ends on them.
    pub fn on(&self, grid: &Exact) -> Interval {
        let low = self
            .low
            .as_ref()
            .and_then(|end| first_multiple(end, grid))
            .map(|value| End::new(value, true));
        let high = self
            .high
            .as_ref()
            .and_then(|end| last_multiple(end, grid))
            .map(|value| End::new(value, true));
        Interval { low, high }
    }

    /// A value inside, as round as can be in the form that `like` is written in; of equally round
    /// ones the nearest to the middle.
    pub fn witness(&self, grid: Option<&Exact>, like: &Typed) -> Option<Exact> {
        if let Some(grid) = grid {
            return self.on(grid).nearest_middle(grid);
        }
        steps(like).iter().find_map(|step| self.nearest_middle(step))
    }

    /// A value inside, as round as can be, near to one of its ends.
    pub fn witness_at(&self, upper: bool, grid: Option<&Exact>, like: &Typed) -> Option<Exact> {
        let near = |step: &Exact| {
            let first = self.low.as_ref().and_then(|end| first_multiple(end, step));
            let last = self.high.as_ref().and_then(|end| last_multiple(end, step));
            if first.as_ref().zip(last.as_ref()).is_some_and(|(first, last)| first > last) {
                return None;
            }
            if upper { last.or(first) } else { first.or(last) }
        };
        grid.map_or_else(|| steps(like).iter().find_map(near), near)
    }

    /// The multiple of `step` inside that is nearest to the middle; of an interval open to one
    /// side, the nearest to its end.
    fn nearest_middle(&self, step: &Exact) -> Option<Exact> {
        let first = self.low.as_ref().and_then(|end| first_multiple(end, step));
        let last = self.high.as_ref().and_then(|end| last_multiple(end, step));
        match (first, last) {
            (Some(first), Some(last)) if first <= last => {
                let half = Exact::ratio(1, 2)?;
                let middle = &(&first + &last) * &half;
                let below = &middle.divide(step)?.floor() * step;
                Some(below.max(first))
            }
            (Some(_), Some(_)) => None,
            (Some(only), None) | (None, Some(only)) => Some(only),
            (None, None) => Some(Exact::ZERO),
        }
    }
}

/// The end that lets less through.
fn inner(
    one: Option<&End>,
    other: Option<&End>,
    tighter: impl Fn(&End, &End) -> bool,
) -> Option<End> {
    match (one, other) {
        (Some(a), Some(b)) if a.value == b.value => {
            Some(End::new(a.value.clone(), a.inclusive && b.inclusive))
        }
        (Some(a), Some(b)) => Some(if tighter(a, b) { a.clone() } else { b.clone() }),
        (one, other) => one.or(other).cloned(),
    }
}

fn first_multiple(end: &End, step: &Exact) -> Option<Exact> {
    let steps = end.value.divide(step)?;
    let up = steps.ceil();
    let steps = if up == steps && !end.inclusive { &up + &Exact::ONE } else { up };
    Some(&steps * step)
}

fn last_multiple(end: &End, step: &Exact) -> Option<Exact> {
    let steps = end.value.divide(step)?;
    let down = steps.floor();
    let steps = if down == steps && !end.inclusive { &down - &Exact::ONE } else { down };
    Some(&steps * step)
}

/// Ever finer steps of round values, in the form that `like` is written in.
fn steps(like: &Typed) -> Vec<Exact> {
    const PLACES: u32 = 18;
    let mut steps = Vec::new();
    let mut unit = match &like.kind {
        Kind::Number(_, NumberForm::Percent | NumberForm::Odds) => {
            Exact::ratio(1, 100).unwrap_or(Exact::ONE)
        }
        Kind::Number(_, NumberForm::Plain) | Kind::Money(..) | Kind::Units(..) => Exact::ONE,
        Kind::Data(_, unit) => Exact::integer(unit.bits),
        Kind::Rate(_, per) => Exact::ratio(1, per.nanoseconds()).unwrap_or(Exact::ONE),
        Kind::Duration(..) => {
            let round = [TimeUnit::Hour, TimeUnit::Minute, TimeUnit::Second, TimeUnit::Millisecond];
            steps.extend(round.map(|unit| Exact::integer(unit.nanoseconds())));
            Exact::integer(TimeUnit::Microsecond.nanoseconds())
        }
        Kind::Negate(inner) => return self::steps(inner),
        _ => Exact::ONE,
    };
    let tenth = Exact::ratio(1, 10).unwrap_or(Exact::ONE);
    for _ in 0..PLACES {
        steps.push(unit.clone());
        unit = &unit * &tenth;
    }
    steps
}
