//! The measured time of an objective: its term, its hours, and what is excluded.

use std::sync::Arc;

use crate::time::{Interval, Length, Ruler, TimeSet};

/// The measured time of an objective, or of its windows.
#[derive(Clone, Debug)]
pub struct Timeline {
    /// The term from the objective's start on, up to the time of evaluation.
    pub term: Interval,
    /// The term inside the objective's hours.
    pub hours: Arc<TimeSet>,
    /// What is taken out, as absent or as up.
    pub excluded: TimeSet,
    /// Measured time that is not excluded as up: where downtime counts.
    pub good: TimeSet,
    measured_ruler: Ruler,
    good_ruler: Ruler,
}

impl Timeline {
    /// The timeline of a term in which nothing is excluded.
    pub fn plain(term: Interval, hours: TimeSet) -> Timeline {
        Timeline::new(term, hours.clip(term), &TimeSet::EMPTY, &TimeSet::EMPTY)
    }

    pub(super) fn new(term: Interval, hours: TimeSet, absent: &TimeSet, up: &TimeSet) -> Timeline {
        let measured = hours.difference(absent);
        let good = measured.difference(up);
        let (measured_ruler, good_ruler) = (Ruler::new(&measured), Ruler::new(&good));
        Timeline {
            term,
            hours: Arc::new(hours),
            excluded: absent.union(up),
            good,
            measured_ruler,
            good_ruler,
        }
    }

    /// How much of an interval is measured.
    pub fn measured_length(&self, within: Interval) -> Length {
        self.measured_ruler.measure(within.start, within.end)
    }

    /// How much of an interval is measured and not excluded.
    pub fn good_length(&self, within: Interval) -> Length {
        self.good_ruler.measure(within.start, within.end)
    }

    /// How much of an interval is excluded.
    pub fn excluded_length(&self, within: Interval) -> Length {
        self.excluded.measure_within(within)
    }
}
