//! Sets of time: unions of half-open intervals, and the laws of sets over them.

use super::{Instant, Length};

/// The instants from `start` up to, and not including, `end`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Interval {
    /// The first instant in it.
    pub start: Instant,
    /// The first instant after it.
    pub end: Instant,
}

impl Interval {
    /// The interval from `start` to `end`; `None` if it would hold no time.
    pub fn new(start: Instant, end: Instant) -> Option<Interval> {
        (start < end).then_some(Interval { start, end })
    }

    /// How long it is; zero if it is backward.
    pub fn length(self) -> Length {
        self.end.saturating_sub(self.start).max(0)
    }

    /// True if the instant lies in it.
    pub fn contains(self, instant: Instant) -> bool {
        self.start <= instant && instant < self.end
    }

    /// The time in both.
    pub fn intersection(self, other: Interval) -> Option<Interval> {
        Interval::new(self.start.max(other.start), self.end.min(other.end))
    }
}

/// A set of instants, kept as sorted intervals that neither overlap nor touch: equal sets are equal
/// values.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct TimeSet(Vec<Interval>);

impl TimeSet {
    /// The empty set.
    pub const EMPTY: TimeSet = TimeSet(Vec::new());

    /// The set of all these intervals, in any order; overlaps count once, empty and backward ones
    /// not at all.
    pub fn new(intervals: impl IntoIterator<Item = Interval>) -> TimeSet {
        let mut all: Vec<Interval> =
            intervals.into_iter().filter(|piece| piece.start < piece.end).collect();
        all.sort_unstable();
        TimeSet::merged(all)
    }

    /// Joins intervals that are sorted by their start.
    fn merged(sorted: impl IntoIterator<Item = Interval>) -> TimeSet {
        let mut pieces: Vec<Interval> = Vec::new();
        for next in sorted {
            match pieces.last_mut() {
                Some(last) if next.start <= last.end => last.end = last.end.max(next.end),
                Some(_) | None => pieces.push(next),
            }
        }
        TimeSet(pieces)
    }

    /// Its maximal intervals in order.
    pub fn pieces(&self) -> &[Interval] {
        &self.0
    }

    /// True if it holds no time.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// From its first instant to its last end.
    pub fn bounds(&self) -> Option<Interval> {
        Some(Interval { start: self.0.first()?.start, end: self.0.last()?.end })
    }

    /// How much time it holds.
    pub fn measure(&self) -> Length {
        self.0.iter().map(|piece| piece.length()).sum()
    }

    /// How much of `within` it holds. For many such questions about one set, build a [`Ruler`].
    pub fn measure_within(&self, within: Interval) -> Length {
        self.touching(within)
            .filter_map(|piece| piece.intersection(within))
            .map(Interval::length)
            .sum()
    }

    /// True if the instant belongs to it.
    pub fn contains(&self, instant: Instant) -> bool {
        self.piece_at(instant).is_some()
    }

    /// The maximal interval that holds the instant.
    pub fn piece_at(&self, instant: Instant) -> Option<Interval> {
        let after = self.0.partition_point(|piece| piece.end <= instant);
        self.0.get(after).copied().filter(|piece| piece.contains(instant))
    }

    /// True if every instant of the interval belongs to it.
    pub fn covers(&self, interval: Interval) -> bool {
        interval.length() == 0
            || self.piece_at(interval.start).is_some_and(|piece| interval.end <= piece.end)
    }

    /// The pieces that share time with `within`, whole.
    pub fn touching(&self, within: Interval) -> impl Iterator<Item = Interval> + '_ {
        let first = self.0.partition_point(|piece| piece.end <= within.start);
        self.0.iter().skip(first).copied().take_while(move |piece| piece.start < within.end)
    }

    /// The part of it inside `within`.
    pub fn clip(&self, within: Interval) -> TimeSet {
        TimeSet(self.touching(within).filter_map(|piece| piece.intersection(within)).collect())
    }

    /// The time in either.
    pub fn union(&self, other: &TimeSet) -> TimeSet {
        let (mut left, mut right) =
            (self.0.iter().copied().peekable(), other.0.iter().copied().peekable());
        TimeSet::merged(std::iter::from_fn(|| match (left.peek(), right.peek()) {
            (Some(a), Some(b)) if b.start < a.start => right.next(),
            (Some(_), _) => left.next(),
            (None, _) => right.next(),
        }))
    }

    /// The time in both.
    pub fn intersection(&self, other: &TimeSet) -> TimeSet {
        let (mut left, mut right) =
            (self.0.iter().copied().peekable(), other.0.iter().copied().peekable());
        let mut pieces = Vec::new();
        while let (Some(a), Some(b)) = (left.peek().copied(), right.peek().copied()) {
            pieces.extend(a.intersection(b));
            // The one that ends first has met everything it can meet.
            if a.end <= b.end {
                left.next();
            } else {
                right.next();
            }
        }
        TimeSet(pieces)
    }

    /// The time in this one that is not in the other.
    pub fn difference(&self, other: &TimeSet) -> TimeSet {
        let mut holes = other.0.iter().copied().peekable();
        let mut pieces = Vec::new();
        for piece in &self.0 {
            let mut start = piece.start;
            while let Some(hole) = holes.peek().copied().filter(|hole| hole.start < piece.end) {
                pieces.extend(Interval::new(start, hole.start));
                start = start.max(hole.end);
                if hole.end > piece.end {
                    break;
                }
                holes.next();
            }
            pieces.extend(Interval::new(start, piece.end));
        }
        TimeSet(pieces)
    }

    /// The time of `within` that is not in it.
    pub fn complement(&self, within: Interval) -> TimeSet {
        TimeSet::from(within).difference(self)
    }

    /// The time that at least `least` of the sets hold; all of time is never an answer, so `least`
    /// is at least one.
    pub fn in_at_least<'a>(sets: impl IntoIterator<Item = &'a TimeSet>, least: usize) -> TimeSet {
        let mut edges: Vec<(Instant, bool)> = Vec::new();
        for set in sets {
            edges.extend(set.0.iter().flat_map(|piece| [(piece.start, true), (piece.end, false)]));
        }
        edges.sort_unstable();
        let least = least.max(1);
        let (mut depth, mut since, mut pieces) = (0_usize, None, Vec::new());
        for (instant, opens) in edges {
            depth = if opens { depth + 1 } else { depth.saturating_sub(1) };
            if depth >= least {
                since = since.or(Some(instant));
            } else if let Some(start) = since.take() {
                pieces.extend(Interval::new(start, instant));
            }
        }
        // An end and a start at the same instant leave two pieces that touch: ends sort first.
        TimeSet::merged(pieces)
    }
}

impl From<Interval> for TimeSet {
    fn from(interval: Interval) -> TimeSet {
        TimeSet::new([interval])
    }
}

impl FromIterator<Interval> for TimeSet {
    fn from_iter<I: IntoIterator<Item = Interval>>(intervals: I) -> TimeSet {
        TimeSet::new(intervals)
    }
}

/// Measures intervals against one set in logarithmic time: `|[a, b) ∩ C|` for every row of a
/// source.
#[derive(Clone, Debug)]
pub struct Ruler {
    /// Each piece with the measure of all pieces before it.
    marks: Vec<(Interval, Length)>,
}

impl Ruler {
    /// A ruler for this set.
    pub fn new(set: &TimeSet) -> Ruler {
        let mut before = 0;
        let mark = |piece: &Interval| {
            let mark = (*piece, before);
            before += piece.length();
            mark
        };
        Ruler { marks: set.0.iter().map(mark).collect() }
    }

    /// How much of the set lies before the instant.
    pub fn before(&self, instant: Instant) -> Length {
        let started = self.marks.partition_point(|(piece, _)| piece.start < instant);
        let last = started.checked_sub(1).and_then(|index| self.marks.get(index));
        last.map_or(0, |(piece, before)| before + instant.min(piece.end) - piece.start)
    }

    /// How much of the set lies in `[start, end)`.
    pub fn measure(&self, start: Instant, end: Instant) -> Length {
        if start < end { self.before(end) - self.before(start) } else { 0 }
    }

    /// The instant at which so much of the set has passed since `start`: when a clock that runs
    /// only in the set reaches a limit. `None` if the set does not hold that much. Zero has passed
    /// at once.
    pub fn after(&self, start: Instant, length: Length) -> Option<Instant> {
        if length <= 0 {
            return Some(start);
        }
        let goal = self.before(start).checked_add(length)?;
        let begun = self.marks.partition_point(|(_, before)| *before < goal);
        let (piece, before) = self.marks.get(begun.checked_sub(1)?)?;
        let instant = piece.start + (goal - before);
        (instant <= piece.end).then_some(instant)
    }
}
