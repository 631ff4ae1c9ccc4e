//! Rows that were picked out of others: the bad ones of a window, and those behind them.

use std::cmp::Reverse;
use std::ops::Range;

use super::{Bench, Env, Row, Seen, Shared};
use crate::plan::RowKind;
use crate::run::fault::{Fault, Outcome};
use crate::run::plain::Selection;
use crate::run::program::Rows;
use crate::time::{Interval, Length, TimeSet};

/// How many of them are ever shown.
pub const MOST_SHOWN: usize = 5;

/// Rows in order; those that are as the store has them are made when they are looked at.
#[derive(Clone, Debug)]
pub enum Picked {
    /// Each as it was made.
    Made(Vec<Row>),
    /// The first of rows that are not held, and how many there are.
    Told(usize, Vec<Row>),
    /// As they are in the store.
    Seen {
        /// Of which source.
        source: usize,
        /// Of which some.
        rows: Selection,
        /// Where these lie.
        ranges: Vec<Range<usize>>,
        /// How many there are.
        count: usize,
    },
}

impl Default for Picked {
    fn default() -> Self {
        Picked::Made(Vec::new())
    }
}

impl Picked {
    /// Those of a source that belong to a frame.
    pub fn seen(seen: &Seen, shared: &Shared<'_>, frame: Interval) -> Outcome<Picked> {
        if let Some(first) = seen.first(shared, &TimeSet::from(frame), MOST_SHOWN)? {
            return Ok(Picked::Told(seen.count(shared, frame)?, first));
        }
        let (rows, ranges) = seen.held(shared, frame)?;
        Ok(Picked::Seen { source: seen.source, count: rows.total(&ranges), rows: rows.clone(), ranges })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Picked::Made(rows) => rows.len(),
            Picked::Seen { count, .. } | Picked::Told(count, _) => *count,
        }
    }

    /// True if there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// True if some of them are rows of the data.
    pub fn are_data(&self) -> bool {
        match self {
            Picked::Made(rows) => rows.iter().any(|row| row.from.is_some()),
            Picked::Seen { count, .. } | Picked::Told(count, _) => *count > 0,
        }
    }

    /// Goes through them until the function fails.
    pub fn each<E: From<Fault>>(&self, shared: &Shared<'_>, mut f: impl FnMut(&Row) -> Result<(), E>) -> Result<(), E> {
        match self {
            Picked::Made(rows) => rows.iter().try_for_each(f),
            Picked::Seen { source, rows, ranges, .. } => {
                ranges.iter().try_for_each(|range| rows.each(range.clone(), |number| f(&Row::stored(shared, *source, number)?)))
            }
            Picked::Told(0, _) => Ok(()),
            Picked::Told(_, first) => match first.iter().find_map(|row| row.from) {
                Some((source, _)) => Err(Fault::of_rows(source).into()),
                // Nobody knows yet which they are.
                None => Ok(()),
            },
        }
    }

    /// Those that take most of some time, the longest first and of equal ones the earliest, so many of them; with how much each takes.
    pub fn longest(&self, shared: &Shared<'_>, time: &TimeSet, most: usize) -> Vec<(Length, Row)> {
        if let Picked::Told(_, first) = self {
            return first.iter().take(most).map(|row| (0, row.clone())).collect();
        }
        let mut found: Vec<(Reverse<Length>, Row)> = Vec::new();
        let done = self.each(shared, |row| {
            let length = Reverse(row.extent(shared.as_of).intersection(time).measure());
            let place = found.partition_point(|(known, other)| (*known, other.anchor) <= (length, row.anchor));
            if place < most {
                found.insert(place, (length, row.clone()));
                found.truncate(most);
            }
            // Events take no time, and come in order.
            if self.are_instants(shared) && found.len() == most { Err(Stop::Enough) } else { Ok(()) }
        });
        match done {
            // Rows that were picked are in the store: nothing fails here.
            Ok(()) | Err(Stop::Enough | Stop::Fault) => found.into_iter().map(|(length, row)| (length.0, row)).collect(),
        }
    }

    fn are_instants(&self, shared: &Shared<'_>) -> bool {
        match self {
            Picked::Made(_) | Picked::Told(..) => false,
            Picked::Seen { source, .. } => is_of_events(*source, shared),
        }
    }
}

impl Bench<'_> {
    /// The rows that belong to the frame.
    pub fn belonging(&self, rows: &Rows, env: &Env<'_>) -> Outcome<Picked> {
        if let Some(seen) = self.seen_rows(rows, env)? {
            // How many there are is not asked of rows that stand behind others.
            return match seen.first(self.shared, &TimeSet::from(env.frame), MOST_SHOWN)? {
                Some(first) => Ok(Picked::Told(first.len(), first)),
                None => Picked::seen(&seen, self.shared, env.frame),
            };
        }
        let mut all = Vec::new();
        self.each_row(rows, env, Some(env.frame), &mut |row| {
            all.push(row.clone());
            Ok(())
        })?;
        Ok(Picked::Made(all))
    }

    /// The rows that take some of a set of time, and the events that lie in it.
    pub fn taking(&self, rows: &Rows, env: &Env<'_>, time: &TimeSet) -> Outcome<Picked> {
        if let Some(seen) = self.seen_rows(rows, env)?.filter(|seen| is_of_events(seen.source, self.shared)) {
            if let Some(first) = seen.first(self.shared, time, MOST_SHOWN)? {
                return Ok(Picked::Told(first.len(), first));
            }
            let mut all = Vec::new();
            for piece in time.pieces() {
                all.extend(seen.held(self.shared, *piece)?.1);
            }
            let (rows, _) = seen.held(self.shared, env.frame)?;
            return Ok(Picked::Seen { source: seen.source, count: rows.total(&all), rows: rows.clone(), ranges: all });
        }
        let mut all = Vec::new();
        self.each_row(rows, env, None, &mut |row| {
            let takes = !row.extent(self.shared.as_of).intersection(time).is_empty();
            all.extend((takes || row.instant && time.contains(row.anchor)).then(|| row.clone()));
            Ok(())
        })?;
        Ok(Picked::Made(all))
    }
}

fn is_of_events(source: usize, shared: &Shared<'_>) -> bool {
    matches!(shared.program.sources.get(source).map(|source| &source.kind), Some(RowKind::Events {}))
}

/// Why a walk over rows ends early.
enum Stop {
    Enough,
    Fault,
}

impl From<Fault> for Stop {
    fn from(_: Fault) -> Self {
        Stop::Fault
    }
}
