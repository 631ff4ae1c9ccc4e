//! What an evaluation computes with: the program, the rows, and the time.

use std::sync::{Arc, OnceLock};

use super::program::Program;
use super::table::Store;
use crate::data::fault::{Fault, Outcome};
use crate::time::{Instant, Interval, TimeSet};

/// Program, rows and time of one evaluation.
pub struct Context<'s> {
    /// The plan, made ready.
    pub program: &'s Program<'s>,
    /// The rows.
    pub store: &'s Store,
    /// The time of evaluation.
    pub as_of: Instant,
    /// All time that matters: of the terms, the data and the report.
    pub horizon: Interval,
    /// Open hours of calendars, once they were needed.
    calendars: Vec<OnceLock<Outcome<Arc<TimeSet>>>>,
}

impl<'s> Context<'s> {
    /// An evaluation at a time, over some stretch of time.
    pub fn new(
        program: &'s Program<'s>,
        store: &'s Store,
        as_of: Instant,
        horizon: Interval,
    ) -> Self {
        let calendars = program.calendars.iter().map(|_| OnceLock::new()).collect();
        Context { program, store, as_of, horizon, calendars }
    }

    /// The open time of a calendar.
    pub fn open(&self, calendar: usize) -> Outcome<Arc<TimeSet>> {
        let expand = || {
            let calendar = self
                .program
                .calendars
                .get(calendar)
                .ok_or_else(|| Fault::new("the plan lacks a calendar"))?;
            Ok(Arc::new(calendar.expand(self.program.zone_at(calendar.zone)?, self.horizon)?))
        };
        let slot =
            self.calendars.get(calendar).ok_or_else(|| Fault::new("the plan lacks a calendar"))?;
        slot.get_or_init(expand).clone()
    }
}
