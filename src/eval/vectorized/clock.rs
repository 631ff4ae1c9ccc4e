//! Clocks of all rows of a source.

use std::sync::Arc;

use super::ColumnReader;
use super::vector::{Ints, PIECE, Vector, lengths};
use crate::base::parallel;
use crate::eval::kind::Kind;
use crate::eval::program::{Expr, Rows, Times};
use crate::eval::table::{Bits, Cell, Column, Data, Index, Table};
use crate::eval::view::Mode;
use crate::time::{Instant, Interval, Length, Ruler, TimeSet};

/// What counts on a clock.
struct Clock<'c> {
    /// The time that counts; `None`: all.
    during: Option<Ruler>,
    /// The time that does not.
    pauses: Option<Pauses<'c>>,
}

/// The rows of another source that stop the clocks of rows.
struct Pauses<'c> {
    /// By what a row names its own.
    keys: &'c Column,
    index: &'c Index,
    table: &'c Table,
    as_of: Instant,
}

impl Pauses<'_> {
    /// How much of a stretch of a row they take of the time that counts.
    fn within(&self, row: usize, stretch: Interval, during: &Ruler) -> Length {
        let Cell::Here(key) = self.keys.cell(row) else { return 0 };
        let pause = |number: &u32| {
            // What begins at the time of evaluation or later is not known yet.
            let start = self.table.start(*number).filter(|start| *start < self.as_of)?;
            Interval { start, end: self.table.end(*number).unwrap_or(self.as_of) }
                .intersection(stretch)
        };
        match self.index.get(&key) {
            [] => 0,
            [one] => pause(one).map_or(0, |pause| during.measure(pause.start, pause.end)),
            many => {
                let all = TimeSet::new(many.iter().filter_map(pause));
                all.pieces().iter().map(|pause| during.measure(pause.start, pause.end)).sum()
            }
        }
    }
}

impl Clock<'_> {
    fn measure(&self, row: usize, from: Instant, to: Instant) -> Length {
        let Some(stretch) = Interval::new(from, to) else { return 0 };
        let Some(during) = &self.during else { return stretch.length() };
        let paused = self.pauses.as_ref().map_or(0, |pauses| pauses.within(row, stretch, during));
        during.measure(from, to) - paused
    }
}

impl ColumnReader<'_> {
    fn clock(&self, during: &Times, pausing: Option<&Times>) -> Option<Clock<'_>> {
        let pauses = match pausing {
            None => None,
            Some(Times::Covered { rows, .. }) => Some(self.pauses(rows)?),
            Some(_) => return None,
        };
        let during = match during {
            Times::Always if pauses.is_none() => None,
            Times::Always => Some(Ruler::new(&TimeSet::from(self.context.horizon))),
            Times::Open(calendar) => Some(Ruler::new(&*self.context.open(*calendar).ok()?)),
            _ => return None,
        };
        Some(Clock { during, pauses })
    }

    fn pauses(&self, rows: &Rows) -> Option<Pauses<'_>> {
        let Rows::Linked { source, key, field, row: 0, .. } = rows else { return None };
        let keys = self
            .table
            .column(*field)
            .filter(|column| column.unsaid.is_none() && !matches!(column.data, Data::Times(_)))?;
        let table = self.context.store.table(*source).ok()?;
        // Events take no time. A row that leaves its key out is a fault, which is reported row by
        // row.
        if table.column(*key).is_some_and(|column| column.unsaid.is_some())
            || table.ends().is_empty() && table.len() > 0
        {
            return None;
        }
        Some(Pauses { keys, index: table.by_value(*key)?, table, as_of: self.context.as_of })
    }

    /// The time between two instants by a clock. Of what has not happened, up to the end of the
    /// row, and of an open one to now.
    pub(super) fn elapsed(
        &self,
        clock: &Expr,
        (from, to): (&Expr, &Expr),
        during: &Times,
        pausing: Option<&Times>,
    ) -> Option<Vector> {
        let (from, to) = (self.vector(from)?, self.vector(to)?);
        if from.kind != Kind::Time || to.kind != Kind::Time {
            return None;
        }
        // What an open row lacks ends now, whether it is seen as open or as ended; and what never
        // ends is treated separately below.
        let known = match self.mode {
            Mode::Now => None,
            Mode::Ended | Mode::Never => ColumnReader { mode: Mode::Now, ..*self }
                .vector(clock)
                .filter(|_| from.here.is_none()),
        };
        let ints = match known {
            Some(known) => known.ints,
            None => Ints::Wide(Arc::new(self.measured(&from, &to, during, pausing)?)),
        };
        let lacking = match self.mode {
            Mode::Never => to.here.as_ref().map(|here| self.unended(here)),
            Mode::Now | Mode::Ended => None,
        };
        Some(Vector {
            ints,
            endless: lacking.filter(Bits::any).map(Arc::new),
            ..lengths(Vec::new(), from.here.clone())
        })
    }

    fn measured(
        &self,
        from: &Vector,
        to: &Vector,
        during: &Times,
        pausing: Option<&Times>,
    ) -> Option<Vec<Length>> {
        let clock = self.clock(during, pausing)?;
        let (starts, stops) = (from.wide()?, to.wide()?);
        let stop = |row: usize, stop: Instant| match &to.here {
            Some(here) if !here.get(row) => self.end(row).unwrap_or(self.context.as_of),
            Some(_) | None => stop,
        };
        let firsts: Vec<usize> = (0..self.table.len()).step_by(PIECE).collect();
        let pieces = parallel::each_piece(&firsts, |first| {
            let both = starts.iter().zip(stops.iter()).enumerate().skip(*first).take(PIECE);
            both.map(|(row, (start, to))| clock.measure(row, *start, stop(row, *to)))
                .collect::<Vec<Length>>()
        });
        Some(pieces.concat())
    }

    fn end(&self, row: usize) -> Option<Instant> {
        self.table.end(u32::try_from(row).ok()?)
    }

    /// Rows that lack something and have no end, so that it may still come.
    fn unended(&self, here: &Bits) -> Bits {
        let lacking = here.not();
        match self.table.ended() {
            Some(ended) => lacking.and(&ended.not()),
            None if self.events => lacking,
            None => Bits::all(self.table.len(), false),
        }
    }
}
