//! Rows that were picked out of others: the bad ones of a window, and those behind them.

use std::cmp::Reverse;
use std::ops::Range;

use super::{Env, Evaluator, Row, RowSet, Shared};
use crate::data::fault::{Fault, Outcome};
use crate::eval::program::Rows;
use crate::eval::vectorized::Selection;
use crate::plan::RowKind;
use crate::time::{Interval, Length, TimeSet};

/// How many of them are ever shown.
pub const MOST_SHOWN: usize = 5;

/// Rows in order; those that are as the store has them are made when they are looked at.
#[derive(Clone, Debug)]
pub enum EvidenceRows {
    /// Each as it was made.
    Made(Vec<Row>),
    /// The first of rows that are streamed, and how many there are.
    Preview(usize, Vec<Row>),
    /// As they are in the store.
    RowSet {
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

impl Default for EvidenceRows {
    fn default() -> Self {
        EvidenceRows::Made(Vec::new())
    }
}

impl EvidenceRows {
    /// Those of a source that belong to a frame.
    pub fn seen(seen: &RowSet, shared: &Shared<'_>, frame: Interval) -> Outcome<EvidenceRows> {
        if let Some(first) = seen.first(shared, &TimeSet::from(frame), MOST_SHOWN)? {
            return Ok(EvidenceRows::Preview(seen.count(shared, frame)?, first));
        }
        let (rows, ranges) = seen.held(shared, frame)?;
        Ok(EvidenceRows::RowSet {
            source: seen.source,
            count: rows.total(&ranges),
            rows: rows.clone(),
            ranges,
        })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            EvidenceRows::Made(rows) => rows.len(),
            EvidenceRows::RowSet { count, .. } | EvidenceRows::Preview(count, _) => *count,
        }
    }

    /// True if there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// True if some of them are rows of the data.
    pub fn are_data(&self) -> bool {
        match self {
            EvidenceRows::Made(rows) => rows.iter().any(|row| row.from.is_some()),
            EvidenceRows::RowSet { count, .. } | EvidenceRows::Preview(count, _) => *count > 0,
        }
    }

    /// Goes through them until the function fails.
    pub fn each<E: From<Fault>>(
        &self,
        shared: &Shared<'_>,
        mut f: impl FnMut(&Row) -> Result<(), E>,
    ) -> Result<(), E> {
        match self {
            EvidenceRows::Made(rows) => rows.iter().try_for_each(f),
            EvidenceRows::RowSet { source, rows, ranges, .. } => {
                ranges.iter().try_for_each(|range| {
                    rows.each(range.clone(), |number| f(&Row::stored(shared, *source, number)?))
                })
            }
            EvidenceRows::Preview(0, _) => Ok(()),
            EvidenceRows::Preview(_, first) => match first.iter().find_map(|row| row.from) {
                Some((source, _)) => Err(Fault::not_loaded(source).into()),
                None => Ok(()),
            },
        }
    }

    /// Those that take most of some time, the longest first and of equal ones the earliest, so many
    /// of them; with how much each takes.
    pub fn longest(&self, shared: &Shared<'_>, time: &TimeSet, most: usize) -> Vec<(Length, Row)> {
        if let EvidenceRows::Preview(_, first) = self {
            return first.iter().take(most).map(|row| (0, row.clone())).collect();
        }
        let mut found: Vec<(Reverse<Length>, Row)> = Vec::new();
        let done = self.each(shared, |row| {
            let length = Reverse(row.extent(shared.as_of).intersection(time).measure());
            let place = found
                .partition_point(|(known, other)| (*known, other.anchor) <= (length, row.anchor));
            if place < most {
                found.insert(place, (length, row.clone()));
                found.truncate(most);
            }
            // Events take no time, and come in order.
            if self.are_instants(shared) && found.len() == most {
                Err(Stop::Enough)
            } else {
                Ok(())
            }
        });
        match done {
            // Rows that were picked are in the store: nothing fails here.
            Ok(()) | Err(Stop::Enough | Stop::Fault) => {
                found.into_iter().map(|(length, row)| (length.0, row)).collect()
            }
        }
    }

    fn are_instants(&self, shared: &Shared<'_>) -> bool {
        match self {
            EvidenceRows::Made(_) | EvidenceRows::Preview(..) => false,
            EvidenceRows::RowSet { source, .. } => is_of_events(*source, shared),
        }
    }
}

impl Evaluator<'_> {
    /// The rows that belong to the frame.
    pub fn belonging(&self, rows: &Rows, env: &Env<'_>) -> Outcome<EvidenceRows> {
        if let Some(seen) = self.seen_rows(rows, env)? {
            // How many there are is not asked of rows that stand behind others.
            return match seen.first(self.shared, &TimeSet::from(env.frame), MOST_SHOWN)? {
                Some(first) => Ok(EvidenceRows::Preview(first.len(), first)),
                None => EvidenceRows::seen(&seen, self.shared, env.frame),
            };
        }
        let mut all = Vec::new();
        self.each_row(rows, env, Some(env.frame), &mut |row| {
            all.push(row.clone());
            Ok(())
        })?;
        Ok(EvidenceRows::Made(all))
    }

    /// Asks for the first of the rows that belong to the frame.
    pub fn plan_belonging(&self, rows: &Rows, env: &Env<'_>) -> Outcome<()> {
        match self.seen_rows(rows, env)? {
            Some(seen) => seen.plan_first(self.shared, &TimeSet::from(env.frame), MOST_SHOWN),
            None => self.plan_rows(rows, env, Some(env.frame)),
        }
    }

    /// Asks for the first of the events that lie in a set of time.
    pub fn plan_taking(&self, rows: &Rows, env: &Env<'_>, time: &TimeSet) -> Outcome<()> {
        match self.seen_rows(rows, env)? {
            Some(seen) if is_of_events(seen.source, self.shared) => {
                seen.plan_first(self.shared, time, MOST_SHOWN)
            }
            Some(_) => Ok(()),
            None => self.plan_rows(rows, env, None),
        }
    }

    /// The rows that take some of a set of time, and the events that lie in it.
    pub fn taking(&self, rows: &Rows, env: &Env<'_>, time: &TimeSet) -> Outcome<EvidenceRows> {
        if let Some(seen) =
            self.seen_rows(rows, env)?.filter(|seen| is_of_events(seen.source, self.shared))
        {
            if let Some(first) = seen.first(self.shared, time, MOST_SHOWN)? {
                return Ok(EvidenceRows::Preview(first.len(), first));
            }
            let mut all = Vec::new();
            for piece in time.pieces() {
                all.extend(seen.held(self.shared, *piece)?.1);
            }
            let (rows, _) = seen.held(self.shared, env.frame)?;
            return Ok(EvidenceRows::RowSet {
                source: seen.source,
                count: rows.total(&all),
                rows: rows.clone(),
                ranges: all,
            });
        }
        let mut all = Vec::new();
        self.each_row(rows, env, None, &mut |row| {
            let takes = !row.extent(self.shared.as_of).intersection(time).is_empty();
            all.extend((takes || row.instant && time.contains(row.anchor)).then(|| row.clone()));
            Ok(())
        })?;
        Ok(EvidenceRows::Made(all))
    }
}

fn is_of_events(source: usize, shared: &Shared<'_>) -> bool {
    matches!(
        shared.program.sources.get(source).map(|source| &source.kind),
        Some(RowKind::Events {})
    )
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
