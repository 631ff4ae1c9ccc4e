//! Rows that were picked out of others: the bad ones of a window, and those behind them.

use std::cmp::Reverse;
use std::ops::Range;

use super::{Bench, Env, Row, Seen, Shared};
use crate::plan::RowKind;
use crate::run::fault::{Fault, Outcome};
use crate::run::program::Rows;
use crate::run::store::Table;
use crate::time::{Interval, Length, TimeSet};

/// Rows in order; those that are as the store has them are made when they are looked at.
#[derive(Clone, Debug)]
pub enum Picked {
    /// Each as it was made.
    Made(Vec<Row>),
    /// As they are in the store.
    Seen {
        /// Of which some.
        seen: Seen,
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
    pub fn seen(seen: Seen, table: &Table, frame: Interval) -> Picked {
        let ranges = seen.ranges(table, Some(frame));
        Picked::in_ranges(seen, ranges)
    }

    /// Those of a source in some ranges.
    pub fn in_ranges(seen: Seen, ranges: Vec<Range<usize>>) -> Picked {
        let count = seen.rows.total(&ranges);
        Picked::Seen { seen, ranges, count }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Picked::Made(rows) => rows.len(),
            Picked::Seen { count, .. } => *count,
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
            Picked::Seen { count, .. } => *count > 0,
        }
    }

    /// Goes through them until the function fails.
    pub fn each<E: From<Fault>>(&self, shared: &Shared<'_>, mut f: impl FnMut(&Row) -> Result<(), E>) -> Result<(), E> {
        match self {
            Picked::Made(rows) => rows.iter().try_for_each(f),
            Picked::Seen { seen, ranges, .. } => {
                ranges.iter().try_for_each(|range| seen.rows.each(range.clone(), |number| f(&Row::stored(shared, seen.source, number)?)))
            }
        }
    }

    /// Those that take most time, the longest first and of equal ones the earliest; so many of them.
    pub fn longest(&self, shared: &Shared<'_>, most: usize) -> Vec<Row> {
        let mut found: Vec<(Reverse<Length>, Row)> = Vec::new();
        let done = self.each(shared, |row| {
            let length = Reverse(row.extent(shared.as_of).measure());
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
            Ok(()) | Err(Stop::Enough | Stop::Fault) => found.into_iter().map(|(_, row)| row).collect(),
        }
    }

    fn are_instants(&self, shared: &Shared<'_>) -> bool {
        match self {
            Picked::Made(_) => false,
            Picked::Seen { seen, .. } => {
                matches!(shared.program.sources.get(seen.source).map(|source| &source.kind), Some(RowKind::Events {}))
            }
        }
    }
}

impl Bench<'_> {
    /// The rows that belong to the frame.
    pub fn belonging(&self, rows: &Rows, env: &Env<'_>) -> Outcome<Picked> {
        if let Some(seen) = self.seen_rows(rows, env)? {
            let table = self.shared.store.table(seen.source)?;
            return Ok(Picked::seen(seen, table, env.frame));
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
        if let Some(seen) = self.seen_rows(rows, env)? {
            let table = self.shared.store.table(seen.source)?;
            let picked = Picked::in_ranges(seen.clone(), Vec::new());
            if picked.are_instants(self.shared) {
                let ranges = time.pieces().iter().flat_map(|piece| seen.ranges(table, Some(*piece))).collect();
                return Ok(Picked::in_ranges(seen, ranges));
            }
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
