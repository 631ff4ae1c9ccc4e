//! Windows: the stretches of a term over which objectives are evaluated.

use crate::lang::units::PeriodUnit;

use super::{Date, HOUR, Instant, Interval, LATEST, Period, Zone};

/// Kinds of windows. Working days make no window: one that is given as a step counts as a calendar
/// day.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum WindowKind {
    /// Midnight to midnight.
    Day,
    /// Monday to Sunday.
    Week,
    /// The calendar month.
    Month,
    /// Three calendar months; a quarter begins with this month, 1 to 12.
    Quarter(u8),
    /// Twelve calendar months; a year begins with this month, 1 to 12.
    Year(u8),
    /// One after another from the start of the term: contract months and years, fixed 30 days.
    Anchored(Period),
    /// Overlapping ones of this length, the first at the start of the term, each so much later than
    /// the one before. Only full ones.
    Rolling {
        /// How long each is.
        length: Period,
        /// How far it is to the next.
        every: Period,
    },
    /// The whole term.
    Term,
}

/// One window.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Window {
    /// As the calendar has it.
    pub full: Interval,
    /// The part inside the term; never empty.
    pub within: Interval,
}

impl Window {
    /// True if the term does not cut it.
    pub fn is_full(&self) -> bool {
        self.full == self.within
    }
}

/// The windows of one term in one zone.
#[derive(Clone, Debug)]
pub struct Windows {
    kind: WindowKind,
    zone: Zone,
    term: Interval,
    /// Local date and time of day of the first boundary, at or before the start of the term.
    anchor: (Date, i64),
    /// From one boundary to the next.
    step: Period,
}

impl Windows {
    /// The windows of this kind over a term.
    pub fn new(kind: WindowKind, zone: Zone, term: Interval) -> Windows {
        let (date, nanos) = zone.local(term.start);
        let months = |count| Period::new(count, PeriodUnit::Month);
        let (anchor, step) = match kind {
            WindowKind::Day => ((date, 0), Period::new(1, PeriodUnit::Day)),
            WindowKind::Week => ((date.start_of_week(), 0), Period::new(1, PeriodUnit::Week)),
            WindowKind::Month => ((date.start_of_month(), 0), months(1)),
            WindowKind::Quarter(first) => ((date.start_of_quarter(first), 0), months(3)),
            WindowKind::Year(first) => ((date.start_of_year(first), 0), months(12)),
            WindowKind::Anchored(period) => ((date, nanos), steady(period)),
            WindowKind::Rolling { every, .. } => ((date, nanos), steady(every)),
            WindowKind::Term => ((date, nanos), months(12)),
        };
        Windows { kind, zone, term, anchor, step }
    }

    /// The same counted from an instant before the term, where they are counted from one: a promise
    /// that holds only from some day on has the windows of the whole term.
    #[must_use]
    pub fn counted_from(self, start: Instant) -> Windows {
        match self.kind {
            WindowKind::Anchored(_) | WindowKind::Rolling { .. } => {
                Windows { anchor: self.zone.local(start), ..self }
            }
            WindowKind::Day
            | WindowKind::Week
            | WindowKind::Month
            | WindowKind::Quarter(_)
            | WindowKind::Year(_)
            | WindowKind::Term => self,
        }
    }

    /// All of them in order of time.
    pub fn iter(&self) -> impl Iterator<Item = Window> + '_ {
        self.touching(self.term)
    }

    /// Those that share time with an interval.
    pub fn touching(&self, interval: Interval) -> impl Iterator<Item = Window> + '_ {
        let first = match self.kind {
            WindowKind::Rolling { length, .. } => {
                self.first_rolling(interval.start, steady(length))
            }
            WindowKind::Term => 0,
            WindowKind::Day
            | WindowKind::Week
            | WindowKind::Month
            | WindowKind::Quarter(_)
            | WindowKind::Year(_)
            | WindowKind::Anchored(_) => self.index_of(interval.start),
        };
        self.numbered_from(first.max(0))
            .skip_while(move |window| window.within.end <= interval.start)
            .take_while(move |window| window.within.start < interval.end)
    }

    /// The window an instant of the term belongs to; of rolling ones, the first.
    pub fn at(&self, instant: Instant) -> Option<Window> {
        self.touching(Interval::new(instant, instant.saturating_add(1))?).next()
    }

    fn numbered_from(&self, first: i64) -> impl Iterator<Item = Window> + '_ {
        (first..)
            .map(|index| self.full(index))
            .take_while(|full| {
                full.start < self.term.end && !(self.is_rolling() && full.end > self.term.end)
            })
            .filter(|full| !(self.is_rolling() && full.start < self.term.start))
            // A date that a zone has left out altogether has no time in it.
            .filter_map(|full| Some(Window { full, within: full.intersection(self.term)? }))
    }

    fn is_rolling(&self) -> bool {
        matches!(self.kind, WindowKind::Rolling { .. })
    }

    /// The window of this number, as the calendar has it.
    fn full(&self, index: i64) -> Interval {
        match self.kind {
            WindowKind::Term if index == 0 => self.term,
            WindowKind::Term => Interval { start: self.term.end, end: self.term.end },
            WindowKind::Rolling { length, .. } => Interval {
                start: self.boundary(index),
                end: self.rolling_end(index, steady(length)),
            },
            WindowKind::Day
            | WindowKind::Week
            | WindowKind::Month
            | WindowKind::Quarter(_)
            | WindowKind::Year(_)
            | WindowKind::Anchored(_) => Interval {
                start: self.boundary(index),
                end: self.boundary(index.saturating_add(1)),
            },
        }
    }

    fn boundary(&self, index: i64) -> Instant {
        let (date, nanos) = self.anchor;
        self.step.instant_after(self.zone, date, nanos, index).unwrap_or(LATEST)
    }

    /// The end of a rolling window. Where both its step and its length are months, both are added
    /// to the original day at once.
    fn rolling_end(&self, index: i64, length: Period) -> Instant {
        let (date, nanos) = self.anchor;
        if let (Some(step), Some(months)) = (self.step.months(), length.months()) {
            let date = date.add_months(step.saturating_mul(index).saturating_add(months));
            return self.zone.instant(date, nanos);
        }
        let start = self.boundary(index);
        let (date, nanos) = match self.step.after(date, index) {
            Some(date) => (date, nanos),
            None => self.zone.local(start),
        };
        match length.unit {
            PeriodUnit::Hour | PeriodUnit::Minute => {
                let minutes = if length.unit == PeriodUnit::Hour { HOUR } else { super::MINUTE };
                start.saturating_add(minutes.saturating_mul(i64::from(length.count)))
            }
            PeriodUnit::Day
            | PeriodUnit::WorkingDay
            | PeriodUnit::Week
            | PeriodUnit::Month
            | PeriodUnit::Quarter
            | PeriodUnit::Year => length.instant_after(self.zone, date, nanos, 1).unwrap_or(LATEST),
        }
    }

    /// The number of the last boundary at or before an instant, or 0 before the first.
    fn index_of(&self, instant: Instant) -> i64 {
        let (date, _) = self.anchor;
        let now = self.zone.date(instant);
        let guess = if let Some(months) = self.step.months() {
            ((i64::from(now.year) - i64::from(date.year)) * 12 + i64::from(now.month)
                - i64::from(date.month))
                / months.max(1)
        } else if let Some(days) = self.step.days() {
            date.days_until(now) / days.max(1)
        } else {
            let length = self.boundary(1).saturating_sub(self.boundary(0)).max(1);
            instant.saturating_sub(self.boundary(0)) / length
        };
        // The guess is at most one off: by the day of the month or the time of day.
        [guess + 1, guess, guess - 1]
            .into_iter()
            .find(|index| self.boundary(*index) <= instant)
            .unwrap_or(guess - 1)
            .max(0)
    }

    /// The number of a rolling window at or before the first that ends after an instant.
    fn first_rolling(&self, instant: Instant, length: Period) -> i64 {
        let (mut low, mut high) = (0, self.index_of(instant).max(0));
        while low < high {
            let middle = low + (high - low) / 2;
            if self.rolling_end(middle, length) > instant {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        low
    }
}

/// A period that moves on: at least one, and of a unit the calendar alone can count.
fn steady(period: Period) -> Period {
    let unit = if period.unit == PeriodUnit::WorkingDay { PeriodUnit::Day } else { period.unit };
    Period { count: period.count.max(1), unit }
}
