//! Slots: a day cut into equal lengths of elapsed time, from its midnight on.

use super::{Date, Instant, Interval, Length, Offsets};

/// Slots one after another. They restart at each local midnight; the last of a day may be short.
#[derive(Clone, Debug)]
pub struct Slots<'z> {
    zone: &'z Offsets,
    length: Length,
    /// The day of the next slot, and where that day ends.
    day: Date,
    end: Instant,
    /// Where the next slot starts.
    next: Instant,
}

impl<'z> Slots<'z> {
    /// The slots from the one an instant lies in.
    pub fn from(zone: &'z Offsets, length: Length, instant: Instant) -> Slots<'z> {
        let mut slots = Slots {
            zone,
            length: length.max(1),
            day: Date::LAST,
            end: Instant::MIN,
            next: Instant::MIN,
        };
        slots.seek(instant);
        slots
    }

    /// Where the next slot starts, if the day is not over by then.
    pub fn position(&self) -> Instant {
        self.next
    }

    /// Goes on to the first slot that ends after an instant; never back.
    pub fn seek(&mut self, instant: Instant) {
        if instant < self.next {
            return;
        }
        self.day = self.zone.date(instant);
        let whole = self.zone.days(self.day, self.day);
        self.end = whole.end;
        let passed = instant.saturating_sub(whole.start).max(0) / self.length * self.length;
        self.next = whole.start.saturating_add(passed);
    }
}

impl Iterator for Slots<'_> {
    type Item = Interval;

    fn next(&mut self) -> Option<Interval> {
        while self.next >= self.end {
            if self.day >= Date::LAST {
                return None;
            }
            self.day = self.day.add_days(1);
            let whole = self.zone.days(self.day, self.day);
            (self.next, self.end) = (whole.start.max(self.end), whole.end);
        }
        let slot =
            Interval { start: self.next, end: self.next.saturating_add(self.length).min(self.end) };
        self.next = slot.end;
        Some(slot)
    }
}
