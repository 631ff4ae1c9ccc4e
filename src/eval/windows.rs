//! Windows: how the plan cuts the line of time.

use super::zone::{Zone, instant, time_period};
use crate::data::fault::{Fault, Outcome};
use crate::plan::{Period, PeriodUnit, Window, WindowUnit};
use crate::time::{self, Date, Instant, Interval, Sequence};

/// The most windows that one question is answered for.
const MOST: usize = 2_000_000;

/// A sequence of windows, each with a number.
#[derive(Clone, Debug)]
pub struct Windows {
    cut: Cut,
}

#[derive(Clone, Debug)]
enum Cut {
    /// One step after another, in the zone of this number.
    Steps { zone: usize, sequence: Sequence },
    /// One window.
    Term,
    /// One for each row of a source.
    Claims { length: Period, zone: usize, source: usize },
}

impl Windows {
    /// The windows of the plan; `zone` and `source` find what names stand for.
    pub fn new(
        window: &Window,
        zones: &[Zone],
        zone: impl Fn(&str) -> Outcome<usize>,
        source: impl Fn(&str) -> Outcome<usize>,
    ) -> Outcome<Windows> {
        let anchored = |anchor: &crate::plan::Moment, step: Period, length: Option<Period>| {
            let zone = zone(&anchor.zone)?;
            let at = instant(&anchor.instant)?;
            let anchor = zones.get(zone).map_or((Date::from_days(0), 0), |zone| zone.local(at));
            if step.count == 0 || length.is_some_and(|length| length.count == 0) {
                return Err(Fault::new("the plan has windows without length"));
            }
            let working = |period: Period| period.unit == PeriodUnit::WorkingDay;
            if working(step) || length.is_some_and(working) {
                return Err(Fault::new("working days cannot be windows"));
            }
            let (step, length) = (time_period(step), length.map(time_period));
            Ok(Cut::Steps { zone, sequence: Sequence::anchored(anchor, step, length) })
        };
        let cut = match window {
            Window::Calendar { unit, first_month, zone: name, .. } => {
                let first = first_month.map_or(1, |month| month.0);
                let date = match unit {
                    // 1970-01-05 was a Monday.
                    WindowUnit::Week => Date::from_days(4),
                    WindowUnit::Day => Date::from_days(0),
                    WindowUnit::Month => Date { year: 1970, month: 1, day: 1 },
                    WindowUnit::Quarter | WindowUnit::Year => Date::new(1970, first, 1)
                        .ok_or_else(|| Fault::new("the plan has a year that begins in no month"))?,
                };
                let sequence = Sequence::of_calendar(date, time_period(unit_period(*unit)));
                Cut::Steps { zone: zone(name)?, sequence }
            }
            Window::Contract { unit, anchor, .. } => anchored(anchor, unit_period(*unit), None)?,
            Window::Fixed { length, anchor, .. } => anchored(anchor, *length, None)?,
            Window::Rolling { length, every, anchor, .. } => {
                anchored(anchor, *every, Some(*length))?
            }
            Window::Claims { length, source: name, zone: of, .. } => {
                Cut::Claims { length: *length, zone: zone(of)?, source: source(name)? }
            }
            Window::Term { .. } => Cut::Term,
        };
        Ok(Windows { cut })
    }

    /// True for windows that overlap, of which only whole ones count.
    pub fn is_rolling(&self) -> bool {
        matches!(&self.cut, Cut::Steps { sequence, .. } if sequence.is_rolling())
    }

    /// The source whose rows make the windows, if one does, with the length of each and its zone.
    pub fn claims(&self) -> Option<(usize, Period, usize)> {
        match &self.cut {
            Cut::Claims { length, zone, source } => Some((*source, *length, *zone)),
            Cut::Steps { .. } | Cut::Term => None,
        }
    }

    /// The zone its boundaries are counted in, if it has one.
    pub fn zone(&self) -> Option<usize> {
        match &self.cut {
            Cut::Steps { zone, .. } | Cut::Claims { zone, .. } => Some(*zone),
            Cut::Term => None,
        }
    }

    /// The sequence and the offsets of its zone.
    fn steps<'w>(&'w self, zones: &'w [Zone]) -> Option<(&'w Sequence, &'w time::Offsets)> {
        match &self.cut {
            Cut::Steps { zone, sequence } => Some((sequence, zones.get(*zone)?.offsets())),
            Cut::Claims { .. } | Cut::Term => None,
        }
    }

    /// All windows that share time with an interval, whole, with their numbers. `term` is what the
    /// term's own window is.
    pub fn touching(
        &self,
        zones: &[Zone],
        term: Interval,
        within: Interval,
    ) -> Outcome<Vec<(i64, Interval)>> {
        if let Some((sequence, offsets)) = self.steps(zones) {
            let all: Vec<_> = sequence.touching(offsets, within).take(MOST + 1).collect();
            return match all.len() > MOST {
                true => Err(Fault::new(format!("there are more than {MOST} windows"))),
                false => Ok(all),
            };
        }
        let whole = matches!(self.cut, Cut::Term) && term.intersection(within).is_some();
        Ok(if whole { vec![(0, term)] } else { Vec::new() })
    }

    /// The window of a number, if there is one.
    pub fn numbered(&self, zones: &[Zone], term: Interval, number: i64) -> Option<Interval> {
        match self.steps(zones) {
            Some((sequence, offsets)) => sequence.window(offsets, number),
            None => (matches!(self.cut, Cut::Term) && number == 0).then_some(term),
        }
    }

    /// The number of the first window that ends after an instant.
    pub fn first_after(&self, zones: &[Zone], instant: Instant) -> i64 {
        self.steps(zones).map_or(0, |(sequence, offsets)| sequence.first_after(offsets, instant))
    }

    /// The last step of a window that overlaps those before it, the time it stands for as a slot:
    /// from where the window before it ends.
    pub fn last_step(&self, zones: &[Zone], number: i64, window: Interval) -> Interval {
        self.steps(zones)
            .map_or(window, |(sequence, offsets)| sequence.last_step(offsets, number, window))
    }
}

/// A unit of windows as a period.
pub fn unit_period(unit: WindowUnit) -> Period {
    let unit = match unit {
        WindowUnit::Day => PeriodUnit::Day,
        WindowUnit::Week => PeriodUnit::Week,
        WindowUnit::Month => PeriodUnit::Month,
        WindowUnit::Quarter => PeriodUnit::Quarter,
        WindowUnit::Year => PeriodUnit::Year,
    };
    Period { count: 1, unit }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::zone::time_period;
    use crate::lang::units::PeriodUnit as Unit;
    use crate::plan::{self, Moment, Month, Place, Transition};
    use crate::time::{self, DAY, HOUR, LATEST, MINUTE, WindowKind, format_instant};

    /// Numbers that are the same in every run.
    struct Dice(u64);

    impl Dice {
        fn below(&mut self, most: u64) -> i64 {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            i64::try_from((self.0 >> 33) % most).unwrap()
        }

        fn of<T: Copy>(&mut self, all: &[T]) -> T {
            let index = usize::try_from(self.below(all.len() as u64)).unwrap();
            all.get(index).copied().unwrap()
        }

        fn period(&mut self) -> Period {
            let (unit, most) = self.of(&[
                (PeriodUnit::Hour, 60),
                (PeriodUnit::Day, 40),
                (PeriodUnit::Day, 3),
                (PeriodUnit::Week, 5),
                (PeriodUnit::Month, 14),
                (PeriodUnit::Quarter, 5),
                (PeriodUnit::Year, 2),
            ]);
            Period { count: u32::try_from(self.below(most)).unwrap() + 1, unit }
        }
    }

    /// Zones that skip or repeat hours, half hours, midnights and one that left out a day.
    const ZONES: [&str; 12] = [
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "America/Santiago",
        "America/Havana",
        "America/Sao_Paulo",
        "Africa/Cairo",
        "Asia/Beirut",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "Pacific/Chatham",
    ];

    fn written(at: Instant) -> plan::Instant {
        plan::Instant(format_instant(at, time::Zone::UTC))
    }

    /// A zone as a plan has it.
    fn table(zone: time::Zone, known: Interval) -> Zone {
        let changes = zone.transitions(Interval { start: known.start + 1, end: known.end });
        let transitions = changes
            .iter()
            .map(|it| Transition { instant: written(it.at), before: it.before, after: it.after })
            .collect();
        let offset = zone.offset_at(known.start);
        let (name, from, to) = (zone.name().to_owned(), written(known.start), written(known.end));
        Zone::new(&plan::Zone { name, from, to, offset, transitions }).unwrap()
    }

    /// One kind of windows as the checks have it, and as a plan has it.
    fn kind(dice: &mut Dice, zone: &str, anchor: Instant) -> (WindowKind, Window) {
        let at = Place(String::new());
        let anchor =
            Moment { instant: written(anchor), local: String::new(), zone: zone.to_owned() };
        let first = u8::try_from(dice.below(12)).unwrap() + 1;
        let calendar = |unit, first_month: Option<u8>| Window::Calendar {
            unit,
            first_month: first_month.map(Month),
            zone: zone.to_owned(),
            at: at.clone(),
        };
        match dice.below(10) {
            0 => (WindowKind::Day, calendar(WindowUnit::Day, None)),
            1 => (WindowKind::Week, calendar(WindowUnit::Week, None)),
            2 => (WindowKind::Month, calendar(WindowUnit::Month, None)),
            3 => (WindowKind::Quarter(first), calendar(WindowUnit::Quarter, Some(first))),
            4 => (WindowKind::Year(first), calendar(WindowUnit::Year, Some(first))),
            5 => {
                let (unit, of) = dice.of(&[
                    (WindowUnit::Month, Unit::Month),
                    (WindowUnit::Quarter, Unit::Quarter),
                    (WindowUnit::Year, Unit::Year),
                ]);
                (
                    WindowKind::Anchored(time::Period::new(1, of)),
                    Window::Contract { unit, anchor, at },
                )
            }
            6 => {
                let length = dice.period();
                (WindowKind::Anchored(time_period(length)), Window::Fixed { length, anchor, at })
            }
            7 => (WindowKind::Term, Window::Term { at }),
            _ => {
                let (length, every) = (dice.period(), dice.period());
                let kind =
                    WindowKind::Rolling { length: time_period(length), every: time_period(every) };
                (kind, Window::Rolling { length, every, anchor, at })
            }
        }
    }

    /// The checks and the evaluator count windows each by itself, and must find the same: over
    /// terms that begin near a change of the clock, and with promises that hold from some instant
    /// after the start of the term.
    #[test]
    fn the_checks_and_the_evaluator_have_the_same_windows() {
        let known = Interval {
            start: time::Zone::UTC.midnight(Date { year: 2008, month: 1, day: 1 }),
            end: LATEST - DAY,
        };
        let zones: Vec<(time::Zone, Zone, Vec<Instant>)> = ZONES
            .iter()
            .map(|name| {
                let zone = time::Zone::find(name).unwrap();
                let changes = zone.transitions(Interval {
                    start: known.start + 400 * DAY,
                    end: known.start + 8_000 * DAY,
                });
                (zone, table(zone, known), changes.iter().map(|change| change.at).collect())
            })
            .collect();
        let mut dice = Dice(1);
        let mut compared = 0;
        for round in 0..2_400 {
            let (zone, table, changes) = zones.get(round % zones.len()).unwrap();
            let near = if changes.is_empty() || dice.below(2) == 0 {
                known.start + 400 * DAY + dice.below(7_000) * DAY
            } else {
                dice.of(changes) - DAY
            };
            let anchor = near + dice.below(3 * 96) * 15 * MINUTE;
            let start =
                if dice.below(3) == 0 { anchor + dice.below(200 * 24) * HOUR } else { anchor };
            let term = Interval {
                start,
                end: start + dice.below(700) * DAY + dice.below(96) * 15 * MINUTE + MINUTE,
            };
            let (kind, window) = kind(&mut dice, zone.name(), anchor);
            let part =
                Interval::new(term.start + dice.below(100) * DAY, term.end - dice.below(20) * DAY);
            let part = part.and_then(|part| part.intersection(term));
            let one = time::Windows::new(kind, *zone, term).counted_from(anchor);
            let tables = [table.clone()];
            let two = Windows::new(&window, &tables, |_| Ok(0), |_| Err(Fault::new("no source")))
                .unwrap();
            let whole = |window: &Interval| {
                !two.is_rolling() || term.start <= window.start && window.end <= term.end
            };
            for within in [Some(term), part].into_iter().flatten() {
                let checks: Vec<Interval> =
                    one.touching(within).map(|window| window.full).collect();
                let evaluated = two
                    .touching(&tables, term, within)
                    .unwrap()
                    .into_iter()
                    .map(|(_, window)| window);
                let evaluated: Vec<Interval> = evaluated.filter(whole).collect();
                assert_eq!(
                    checks,
                    evaluated,
                    "{kind:?} in {} from {anchor} over {term:?}, seen {within:?}",
                    zone.name()
                );
                compared += checks.len();
            }
        }
        assert!(compared > 20_000, "{compared} windows are too few to tell anything");
    }
}
