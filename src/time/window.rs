//! Windows: the stretches of a term over which objectives are evaluated.

use crate::lang::units::PeriodUnit;

use super::{Date, EARLIEST, Instant, Interval, LATEST, Offsets, Period, Zone};

/// How many windows the search for one goes back at most.
const MOST_BACK: i64 = 2_000_000;

/// Windows one after another, or overlapping, each with a number. Boundaries are counted from a
/// local date and time of day: those of days and months keep the time of day, those of hours and
/// minutes are elapsed time.
#[derive(Clone, Debug)]
pub struct Sequence {
    /// Local date, and nanoseconds since midnight, of the start of window 0.
    anchor: (Date, i64),
    /// From one start to the next.
    step: Period,
    /// How long each is, where they overlap; else each ends where the next starts.
    length: Option<Period>,
    /// The least number.
    least: i64,
}

impl Sequence {
    /// Windows of the calendar: one that starts with a date, and those before and after it.
    pub fn of_calendar(date: Date, step: Period) -> Sequence {
        Sequence { anchor: (date, 0), step, length: None, least: i64::MIN }
    }

    /// Windows counted from a local date and time of day; there is none before. `step` and `length`
    /// are at least one of a unit other than working days.
    pub fn anchored(anchor: (Date, i64), step: Period, length: Option<Period>) -> Sequence {
        Sequence { anchor, step, length, least: 0 }
    }

    /// True for windows of a length of their own, which may overlap.
    pub fn is_rolling(&self) -> bool {
        self.length.is_some()
    }

    /// The window of a number, if there is one.
    pub fn window(&self, zone: &Offsets, number: i64) -> Option<Interval> {
        if number < self.least {
            return None;
        }
        Some(Interval { start: self.start(zone, number)?, end: self.end(zone, number)? })
    }

    /// Windows that share time with an interval, whole, with their numbers.
    pub fn touching<'s>(
        &'s self,
        zone: &'s Offsets,
        within: Interval,
    ) -> impl Iterator<Item = (i64, Interval)> + 's {
        let within = within
            .intersection(Interval { start: EARLIEST, end: LATEST })
            .unwrap_or(Interval { start: LATEST, end: LATEST });
        (self.first_after(zone, within.start)..)
            .map_while(move |number| Some((number, self.window(zone, number)?)))
            .take_while(move |(_, window)| window.start < within.end)
            // A day that a zone leaves out has no time in it.
            .filter(move |(_, window)| window.start < window.end && within.start < window.end)
    }

    /// The number of the first window that ends after an instant.
    pub fn first_after(&self, zone: &Offsets, instant: Instant) -> i64 {
        let (date, _) = self.anchor;
        let now = zone.date(instant);
        let guess = if let Some(months) = self.step.months() {
            ((i64::from(now.year) - i64::from(date.year)) * 12 + i64::from(now.month)
                - i64::from(date.month))
                / months.max(1)
        } else if let Some(days) = self.step.days() {
            date.days_until(now) / days.max(1)
        } else {
            let start = self.start(zone, 0).unwrap_or(EARLIEST);
            instant.saturating_sub(start) / self.step.clock_length().unwrap_or(1).max(1)
        };
        let ends_after =
            |number: i64| self.window(zone, number).is_none_or(|window| window.end > instant);
        // The first that ends later lies near the guess; of long windows that overlap, far before
        // it.
        let (mut low, mut reach) = (guess.saturating_sub(2), 1_i64);
        while low > self.least && ends_after(low) && reach < MOST_BACK {
            low = low.saturating_sub(reach);
            reach *= 2;
        }
        let mut high = guess.saturating_add(3);
        low = low.max(self.least).max(-MOST_BACK * 100);
        if ends_after(low) {
            return low;
        }
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if ends_after(middle) {
                high = middle;
            } else {
                low = middle;
            }
        }
        high
    }

    /// The last step of a window that overlaps those before it, the time it stands for as a slot:
    /// from where the window before it ends.
    pub fn last_step(&self, zone: &Offsets, number: i64, window: Interval) -> Interval {
        if !self.is_rolling() {
            return window;
        }
        let before = number.checked_sub(1).and_then(|number| self.end(zone, number));
        Interval { start: before.unwrap_or(window.start).max(window.start), end: window.end }
    }

    fn start(&self, zone: &Offsets, number: i64) -> Option<Instant> {
        let (date, nanos) = self.anchor;
        match self.step.clock_length() {
            Some(length) => zone.instant(date, nanos).checked_add(length.checked_mul(number)?),
            None => Some(zone.instant(self.step.after(date, number)?, nanos)),
        }
    }

    /// Where a window ends. Days and months are counted from the local date on which it begins,
    /// also where the clock jumps over its time of day; months of step and length are added to the
    /// first date at once.
    fn end(&self, zone: &Offsets, number: i64) -> Option<Instant> {
        let (date, nanos) = self.anchor;
        let Some(length) = self.length else { return self.start(zone, number.checked_add(1)?) };
        if let Some(length) = length.clock_length() {
            return self.start(zone, number)?.checked_add(length);
        }
        if self.step.clock_length().is_some() {
            let (date, nanos) = zone.local(self.start(zone, number)?);
            return Some(zone.instant(length.after(date, 1)?, nanos));
        }
        let last = match (self.step.months(), length.months()) {
            (Some(step), Some(months)) => {
                date.add_months(step.saturating_mul(number).saturating_add(months))
            }
            _ => length.after(self.step.after(date, number)?, 1)?,
        };
        Some(zone.instant(last, nanos))
    }
}

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
    /// `None` for the term itself.
    sequence: Option<Sequence>,
    zone: Zone,
    term: Interval,
}

impl Windows {
    /// The windows of this kind over a term.
    pub fn new(kind: WindowKind, zone: Zone, term: Interval) -> Windows {
        let anchor = zone.local(term.start);
        let calendar = |date: Date, count: u32, unit: PeriodUnit| {
            Some(Sequence::of_calendar(date, Period::new(count, unit)))
        };
        let date = anchor.0;
        let sequence = match kind {
            WindowKind::Day => calendar(date, 1, PeriodUnit::Day),
            WindowKind::Week => calendar(date.start_of_week(), 1, PeriodUnit::Week),
            WindowKind::Month => calendar(date.start_of_month(), 1, PeriodUnit::Month),
            WindowKind::Quarter(first) => {
                calendar(date.start_of_quarter(first), 3, PeriodUnit::Month)
            }
            WindowKind::Year(first) => calendar(date.start_of_year(first), 12, PeriodUnit::Month),
            WindowKind::Anchored(period) => Some(Sequence::anchored(anchor, steady(period), None)),
            WindowKind::Rolling { length, every } => {
                let length = Some(steady(length));
                Some(Sequence::anchored(anchor, steady(every), length))
            }
            WindowKind::Term => None,
        };
        Windows { sequence, zone, term }
    }

    /// The same counted from an instant before the term, where they are counted from one: a promise
    /// that holds only from some day on has the windows of the whole term.
    #[must_use]
    pub fn counted_from(self, start: Instant) -> Windows {
        let anchor = self.zone.local(start);
        let sequence = self.sequence.map(|sequence| match sequence.least {
            0 => Sequence { anchor, ..sequence },
            _ => sequence,
        });
        Windows { sequence, ..self }
    }

    /// Those that share time with an interval.
    pub fn touching(&self, interval: Interval) -> impl Iterator<Item = Window> + '_ {
        let whole = self.sequence.is_none().then_some(self.term);
        let whole = whole.filter(|term| term.intersection(interval).is_some());
        let term = self.term;
        let sequence = self.sequence.iter();
        let full = sequence.flat_map(move |sequence| {
            let windows = sequence.touching(self.zone.offsets(), interval);
            let windows = windows.map(|(_, window)| window);
            // Of windows that overlap only full ones count.
            windows.filter(move |window| {
                !sequence.is_rolling() || term.start <= window.start && window.end <= term.end
            })
        });
        full.chain(whole).filter_map(move |full| {
            let within = full.intersection(term)?;
            within.intersection(interval).map(|_| Window { full, within })
        })
    }
}

/// A period that moves on: at least one, and of a unit the calendar alone can count.
fn steady(period: Period) -> Period {
    let unit = if period.unit == PeriodUnit::WorkingDay { PeriodUnit::Day } else { period.unit };
    Period { count: period.count.max(1), unit }
}
