//! Calendars: rules that say which days are open and when, expanded into a time set.

use std::collections::HashSet;

use super::{DAY, Date, Instant, Interval, Length, Offsets, SECOND, TimeSet, days_in_month};

/// Seconds of a day by the clock.
const DAY_SECONDS: u32 = 86_400;

/// How far ahead an open day is looked for: a calendar that does not open within four years and a
/// day never counts.
const HORIZON_DAYS: i64 = 4 * 366;

/// Rules in order; for a day that several rules name, the last one alone decides.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Calendar {
    /// The rules as written.
    pub rules: Vec<Rule>,
}

/// One rule: its days are open at these hours, or closed.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Rule {
    /// False for a rule that closes days.
    pub open: bool,
    /// Which days it names.
    pub days: Days,
    /// Hours of each of these days; empty is the whole day. A stretch brings its own.
    pub hours: Vec<Hours>,
}

/// Clock times of one day, in seconds after midnight. An end at or before the start runs into the
/// next day, and still belongs to the day it starts on: closing that next day does not end it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Hours {
    /// The first second.
    pub from: u32,
    /// The first second after it, up to 86400.
    pub to: u32,
}

impl Hours {
    /// The whole day.
    pub const ALL_DAY: Hours = Hours { from: 0, to: DAY_SECONDS };

    /// The end in seconds after the midnight before the start: more than a day if it runs into the
    /// next.
    fn end(self) -> u32 {
        if self.to <= self.from { self.to.saturating_add(DAY_SECONDS) } else { self.to }
    }
}

/// Which days a rule names.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Days {
    /// Days of the week: bit 0 is Monday.
    Weekdays(u8),
    /// One stretch of each week, from a weekday (0 is Monday) and second to another. It names every
    /// day it touches, and each day's part of it belongs to that day.
    Stretch {
        /// Where it begins.
        from: (u8, u32),
        /// Where it ends.
        to: (u8, u32),
    },
    /// A weekday of a month: its ordinal (1 to 5, or -1 for the last), the weekday, and the month
    /// if not each.
    Nth {
        /// 1 to 5, or negative from the end.
        ordinal: i8,
        /// 0 is Monday.
        weekday: u8,
        /// 1 to 12; `None` is every month.
        month: Option<u8>,
    },
    /// Every year from one month and day to another, both included; it may run over the new year.
    /// 29 February is there in leap years.
    Yearly {
        /// First month and day.
        from: (u8, u8),
        /// Last month and day.
        to: (u8, u8),
    },
    /// A day of each month: 1 to 31, or negative from the end.
    MonthDay(i8),
    /// From one date to another, both included.
    Dates(Date, Date),
}

/// How long the ordinary open day of a calendar is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum OrdinaryDay {
    /// Every open day of the week is this long.
    Same(Length),
    /// They differ: the weekdays (0 is Monday) that are open, with their lengths.
    Differ(Vec<(u8, Length)>),
    /// The calendar names no ordinary open day.
    Never,
}

impl Rule {
    /// A rule that opens days for the given hours; none are the whole day.
    pub fn open(days: Days, hours: Vec<Hours>) -> Rule {
        Rule { open: true, days, hours }
    }

    /// A rule that closes days.
    pub fn closed(days: Days) -> Rule {
        Rule { open: false, days, hours: Vec::new() }
    }

    /// What is open on a day of this weekday, if the rule names it.
    fn pieces(&self, weekday: u8) -> Vec<Hours> {
        if !self.open {
            return Vec::new();
        }
        match self.days {
            Days::Stretch { from, to } => stretch_pieces(from, to, weekday),
            Days::Weekdays(_)
            | Days::Nth { .. }
            | Days::Yearly { .. }
            | Days::MonthDay(_)
            | Days::Dates(..)
                if self.hours.is_empty() =>
            {
                vec![Hours::ALL_DAY]
            }
            Days::Weekdays(_)
            | Days::Nth { .. }
            | Days::Yearly { .. }
            | Days::MonthDay(_)
            | Days::Dates(..) => self.hours.clone(),
        }
    }

    /// What is open on each weekday (0 is Monday) that it names, if it is a rule about weeks.
    pub fn weekly(&self) -> Option<Vec<(u8, Vec<Hours>)>> {
        let mask = self.weekdays()?;
        Some(
            (0..7)
                .filter(|day| has_weekday(mask, *day))
                .map(|day| (day, self.pieces(day)))
                .collect(),
        )
    }

    /// The weekdays it names, if it is a rule about weeks.
    fn weekdays(&self) -> Option<u8> {
        match self.days {
            Days::Weekdays(mask) => Some(mask),
            Days::Stretch { from, to } => Some(stretch_days(from, to)),
            Days::Nth { .. } | Days::Yearly { .. } | Days::MonthDay(_) | Days::Dates(..) => None,
        }
    }

    /// Two of its hours (by position) that share time: on one day, or where one runs into a next
    /// day that the rule names as well.
    pub fn overlapping_hours(&self) -> Option<(usize, usize)> {
        let mut today: Vec<(u32, u32, usize)> = self
            .hours
            .iter()
            .enumerate()
            .map(|(index, hours)| (hours.from, hours.end(), index))
            .collect();
        if self.names_neighbours() {
            let tomorrow: Vec<_> = today
                .iter()
                .map(|(from, end, index)| {
                    (from.saturating_add(DAY_SECONDS), end.saturating_add(DAY_SECONDS), *index)
                })
                .collect();
            today.extend(tomorrow);
        }
        today.sort_unstable();
        let mut latest: Option<(u32, usize)> = None;
        for (from, end, index) in today {
            if let Some((_, other)) = latest.filter(|(until, _)| from < *until) {
                return Some((other.min(index), other.max(index)));
            }
            latest = Some((end, index));
        }
        None
    }

    /// True if it surely names two days in a row.
    fn names_neighbours(&self) -> bool {
        match self.days {
            Days::Weekdays(mask) => {
                (0..7).any(|day| has_weekday(mask, day) && has_weekday(mask, (day + 1) % 7))
            }
            Days::Yearly { from, to } => from != to,
            Days::Dates(from, to) => from < to,
            Days::Stretch { .. } | Days::Nth { .. } | Days::MonthDay(_) => false,
        }
    }
}

impl Calendar {
    /// The open time in `within`, by the clock of a zone.
    pub fn expand(&self, zone: &Offsets, within: Interval) -> TimeSet {
        // Hours that begin on the day before may run into the first day.
        let first = zone.date(within.start).add_days(-1);
        let days = self.days(first, zone.date(within.end));
        let pieces = days.iter().flat_map(|(date, rule)| {
            let instants = move |hours: Hours| Interval {
                start: clock(zone, date, hours.from),
                end: clock(zone, date, hours.end()),
            };
            rule.map(|rule| rule.pieces(date.weekday()))
                .unwrap_or_default()
                .into_iter()
                .map(instants)
        });
        TimeSet::new(pieces.filter_map(|piece| piece.intersection(within)))
    }

    /// Which rule decides each day from `first` to `last`, both included.
    pub fn days(&self, first: Date, last: Date) -> DayTable<'_> {
        let mut undecided = Undecided::new(first, last);
        let mut weekly = HashSet::new();
        for (index, rule) in self.rules.iter().enumerate().rev() {
            // What a rule about weeks or months names is known from its pattern alone: a later rule
            // with the same pattern has already decided every day of it. This keeps the cost down
            // for thousands of rules.
            let repeats = !matches!(rule.days, Days::Dates(..));
            if repeats
                && !weekly
                    .insert(rule.weekdays().map_or(Pattern::Other(&rule.days), Pattern::Weekdays))
            {
                continue;
            }
            rule.days.each(&mut undecided, index);
        }
        DayTable { calendar: self, first, rules: undecided.decided }
    }

    /// The position of the rule that decides a day; `None` if none names it.
    pub fn deciding_rule(&self, date: Date) -> Option<usize> {
        self.days(date, date).rules.first().copied().flatten()
    }

    /// True if something is open on the day.
    pub fn is_open_on(&self, date: Date) -> bool {
        self.days(date, date).iter().any(|(_, rule)| rule.is_some_and(|rule| rule.open))
    }

    /// The n-th open day after a date; `None` if the calendar does not open that often within four
    /// years for each.
    pub fn working_days_after(&self, date: Date, count: u32) -> Option<Date> {
        let mut left = count;
        let mut date = date;
        let mut chunk = 64;
        let mut closed_for = 0;
        while left > 0 {
            let table = self.days(date.add_days(1), date.add_days(chunk));
            for (day, rule) in table.iter() {
                closed_for += 1;
                if rule.is_some_and(|rule| rule.open) {
                    closed_for = 0;
                    left -= 1;
                }
                if left == 0 {
                    return Some(day);
                }
            }
            date = date.add_days(chunk);
            if closed_for > HORIZON_DAYS || date >= Date::LAST {
                return None;
            }
            chunk = (chunk * 2).min(HORIZON_DAYS);
        }
        Some(date)
    }

    /// How long its ordinary open day is: by its rules about the days of the week, or, if it has
    /// none, by all its rules that open.
    pub fn ordinary_day(&self) -> OrdinaryDay {
        let weekly = |weekday: u8| {
            self.rules
                .iter()
                .rev()
                .find(|rule| rule.weekdays().is_some_and(|mask| has_weekday(mask, weekday)))
        };
        let ordinary = (0..7).filter_map(|day| Some((day, day_length(&weekly(day)?.pieces(day)))));
        let mut lengths: Vec<(u8, Length)> = ordinary.filter(|(_, length)| *length > 0).collect();
        if lengths.is_empty() {
            let dated = self.rules.iter().filter(|rule| rule.open && rule.weekdays().is_none());
            lengths = dated.map(|rule| (0, day_length(&rule.pieces(0)))).collect();
        }
        match lengths.first() {
            None => OrdinaryDay::Never,
            Some((_, first)) if lengths.iter().all(|(_, length)| length == first) => {
                OrdinaryDay::Same(*first)
            }
            Some(_) => OrdinaryDay::Differ(lengths),
        }
    }
}

/// What decides each day of a range of dates.
#[derive(Clone, Debug)]
pub struct DayTable<'a> {
    calendar: &'a Calendar,
    first: Date,
    rules: Vec<Option<usize>>,
}

impl<'a> DayTable<'a> {
    /// Each day with the rule that decides it; a day no rule names is closed.
    pub fn iter(&self) -> impl Iterator<Item = (Date, Option<&'a Rule>)> + '_ {
        let rule = |index: &Option<usize>| index.and_then(|index| self.calendar.rules.get(index));
        (0..)
            .zip(&self.rules)
            .map(move |(offset, index)| (self.first.add_days(offset), rule(index)))
    }
}

/// What makes two rules name the same days.
#[derive(PartialEq, Eq, Hash)]
enum Pattern<'a> {
    Weekdays(u8),
    Other(&'a Days),
}

/// Days of a range that no rule has decided yet; deciding all of them takes nearly linear time,
/// whatever the rules.
struct Undecided {
    first: Date,
    decided: Vec<Option<usize>>,
    /// For each day, some day at or after it up to which all are decided; a day that points to
    /// itself is undecided.
    next: Vec<usize>,
}

impl Undecided {
    fn new(first: Date, last: Date) -> Undecided {
        let count = usize::try_from(first.days_until(last) + 1).unwrap_or(0);
        Undecided { first, decided: vec![None; count], next: (0..=count).collect() }
    }

    fn last(&self) -> Date {
        self.first.add_days(i64::try_from(self.decided.len()).unwrap_or(0) - 1)
    }

    /// The first undecided day at or after this one; the number of days if there is none.
    fn find(&mut self, from: usize) -> usize {
        let mut day = from;
        while let Some(next) = self.next.get(day).copied().filter(|next| *next != day) {
            // Halve the way for the next who asks.
            let further = self.next.get(next).copied().unwrap_or(next);
            if let Some(slot) = self.next.get_mut(day) {
                *slot = further;
            }
            day = next;
        }
        day
    }

    /// Lets a rule decide the undecided days of a range for which `names` holds.
    fn decide(&mut self, from: Date, to: Date, rule: usize, names: impl Fn(Date) -> bool) {
        let (from, to) = (from.max(self.first), to.min(self.last()));
        let position =
            |date: Date, first: Date| usize::try_from(first.days_until(date)).unwrap_or(0);
        if to < from {
            return;
        }
        let end = position(to, self.first) + 1;
        let mut day = self.find(position(from, self.first));
        while day < end {
            let date = self.first.add_days(i64::try_from(day).unwrap_or(0));
            if names(date)
                && let (Some(decided), Some(next)) =
                    (self.decided.get_mut(day), self.next.get_mut(day))
            {
                (*decided, *next) = (Some(rule), day + 1);
            }
            day = self.find(day + 1);
        }
    }
}

impl Days {
    /// Lets a rule decide the undecided days it names.
    fn each(&self, undecided: &mut Undecided, rule: usize) {
        let (first, last) = (undecided.first, undecided.last());
        let mut one = |date: Option<Date>| {
            if let Some(date) = date {
                undecided.decide(date, date, rule, |_| true);
            }
        };
        match *self {
            Days::Weekdays(mask) => {
                undecided.decide(first, last, rule, |date| has_weekday(mask, date.weekday()))
            }
            Days::Stretch { from, to } => {
                let mask = stretch_days(from, to);
                undecided.decide(first, last, rule, |date| has_weekday(mask, date.weekday()));
            }
            Days::Dates(from, to) => undecided.decide(from, to, rule, |_| true),
            Days::Nth { ordinal, weekday, month } => {
                for start in months(first, last)
                    .filter(|start| month.is_none_or(|month| month == start.month))
                {
                    one(Date::nth_weekday(start.year, start.month, weekday, ordinal));
                }
            }
            Days::MonthDay(day) => months(first, last)
                .for_each(|start| one(Date::month_day(start.year, start.month, day))),
            Days::Yearly { from, to } => {
                for year in first.year - 1..=last.year {
                    let end_year = year + i32::from(to < from);
                    let start = Date::new(year, from.0, from.1)
                        .unwrap_or_else(|| after_month(year, from.0));
                    undecided.decide(start, last_of(end_year, to), rule, |_| true);
                }
            }
        }
    }
}

/// The day of a yearly range that ends on 29 February in a year that has none is the 28th.
fn last_of(year: i32, (month, day): (u8, u8)) -> Date {
    let month = month.clamp(1, 12);
    Date { year: year.clamp(1, 9999), month, day: day.clamp(1, days_in_month(year, month)) }
}

/// The first day after a month: where a yearly range that would start on a 29 February begins in
/// other years.
fn after_month(year: i32, month: u8) -> Date {
    Date { year: year.clamp(1, 9999), month: month.clamp(1, 12), day: 1 }.add_months(1)
}

/// The first days of the months from one date to another.
fn months(first: Date, last: Date) -> impl Iterator<Item = Date> {
    let start = first.start_of_month();
    (0..)
        .map(move |count| start.add_months(count))
        .take_while(move |month| *month <= last && *month < Date::LAST)
}

fn has_weekday(mask: u8, weekday: u8) -> bool {
    mask & (1 << weekday) != 0
}

/// The days a stretch touches. One that ends at midnight does not touch the day that begins there.
fn stretch_days(from: (u8, u32), to: (u8, u32)) -> u8 {
    (0..7)
        .filter(|day| !stretch_pieces(from, to, *day).is_empty())
        .fold(0, |mask, day| mask | 1 << day)
}

/// What a stretch has of one weekday.
fn stretch_pieces(from: (u8, u32), to: (u8, u32), weekday: u8) -> Vec<Hours> {
    let part = |from: u32, to: u32| (from < to).then_some(Hours { from, to });
    let (starts, ends) = (weekday == from.0 % 7, weekday == to.0 % 7);
    // Days since the stretch began, of this weekday and of its end.
    let since = |day: u8| (day + 7 - from.0 % 7) % 7;
    let pieces = match (starts, ends) {
        (true, true) if from.1 < to.1 => vec![part(from.1, to.1)],
        // It ends on the weekday it starts on, nearly a week later.
        (true, true) => vec![part(0, to.1), part(from.1, DAY_SECONDS)],
        (true, false) => vec![part(from.1, DAY_SECONDS)],
        (false, true) => vec![part(0, to.1)],
        (false, false) => {
            let around = from.0 % 7 == to.0 % 7 && to.1 <= from.1;
            let inside = around || since(weekday) < since(to.0 % 7);
            vec![part(0, DAY_SECONDS).filter(|_| inside)]
        }
    };
    pieces.into_iter().flatten().collect()
}

/// How much of a day is open by the clock.
fn day_length(pieces: &[Hours]) -> Length {
    let interval = |hours: &Hours| Interval {
        start: i64::from(hours.from) * SECOND,
        end: i64::from(hours.end()) * SECOND,
    };
    pieces.iter().map(interval).collect::<TimeSet>().measure()
}

/// The instant so many seconds after a date's midnight by the clock; more than a day is a time of a
/// later date.
fn clock(zone: &Offsets, date: Date, seconds: u32) -> Instant {
    zone.instant(date, i64::from(seconds) * SECOND)
}

const _: () = assert!(DAY_SECONDS as i64 * SECOND == DAY);
