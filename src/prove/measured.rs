//! The measured time of promises, as far as it is known before there are data: hours, excluded
//! calendars, windows.
//!
//! In: the terms of an agreement. Out: sets of time over its term. Time that only data can tell
//! (outages, announced works) is not in them.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::lang::units::PeriodUnit;
use crate::names::{DeclId, What};
use crate::syntax::ast::{self, FirstWindow, Treat};
use crate::time::{
    DAY, Date, HOUR, Interval, LATEST, Period, SECOND, TimeSet, Window, WindowKind, Windows, Zone,
};
use crate::types::model::{Agreement, Exclude, Objective, Terms};
use crate::types::tree::{Kind, TimeOp, Typed};
use crate::types::ty::Ty;
use crate::types::{Model, calendar_of};

/// How much of an open term is looked at: any four years hold a leap year.
const OPEN_TERM_MONTHS: i64 = 48;
/// How much of a term is looked at.
const LONGEST_TERM_MONTHS: i64 = 120;
/// Windows of one promise that are looked at; ten years of days.
const MOST_WINDOWS: usize = 3_660;
/// Operators inside each other in a set of time.
const DEEPEST: u32 = 64;
/// How far before and behind a term the windows of others are looked at: more than a year.
const MARGIN: i64 = 400 * DAY;
/// Expanded calendars that are kept.
const KEPT: usize = 64;

/// The stretch of time that an agreement holds, and whose midnights count.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Ground {
    /// The zone of local times.
    pub zone: Zone,
    /// The term, or as much of it as is looked at.
    pub term: Interval,
    /// The part of the term in which these terms hold.
    pub held: Interval,
    /// The part of the term in which calendars are looked at.
    pub seen: Interval,
}

/// Numbers for grounds: there are few, and what is remembered of each promise is small with them.
#[derive(Default)]
pub struct Grounds(FxHashMap<Ground, u32>);

impl Grounds {
    /// The number of a ground.
    pub fn number(&mut self, ground: Ground) -> u32 {
        let next = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        *self.0.entry(ground).or_insert(next)
    }
}

impl Ground {
    /// Where a version of an agreement holds; `None` without a term. A term that renews is looked
    /// at once, for terms that begin to hold in a later run up to the end of that run.
    pub fn of(agreement: &Agreement<'_>, version: usize) -> Option<Ground> {
        let zone = zone_of(agreement).unwrap_or(Zone::UTC);
        let start = agreement.start.as_ref()?.value;
        let latest = start.add_months(LONGEST_TERM_MONTHS);
        let mut end = agreement.end.unwrap_or(start.add_months(OPEN_TERM_MONTHS)).min(latest);
        if let (Some(from), Some(run)) =
            (agreement.versions.get(version)?.from, agreement.term.and_then(|term| term.renews))
        {
            let run = Period::new(run.count, run.unit);
            while end <= from && end < latest {
                // A run without length leads nowhere.
                end = run.after(end, 1).filter(|next| *next > end)?.min(latest);
            }
        }
        let term = between(zone, start, end)?;
        Some(Ground { zone, term, held: held(agreement, version, zone, term)?, seen: term })
    }

    /// Where a version of an agreement holds that stands below a promise: one that renews, or never
    /// ends, goes on as long as the promise.
    pub fn below(agreement: &Agreement<'_>, version: usize, above: &Ground) -> Option<Ground> {
        let zone = zone_of(agreement).unwrap_or(Zone::UTC);
        let start = zone.midnight(agreement.start.as_ref()?.value);
        let end = match agreement.end {
            Some(end) if !renews(agreement) => zone.midnight(end),
            Some(end) => zone.midnight(end).max(above.term.end),
            None => above.term.end,
        };
        let term = Interval::new(start, end)?;
        let near = Interval {
            start: above.term.start.saturating_sub(MARGIN),
            end: above.term.end.saturating_add(MARGIN),
        };
        Some(Ground {
            zone,
            term,
            held: held(agreement, version, zone, term)?,
            seen: term.intersection(near)?,
        })
    }
}

/// The part of a term in which a version holds.
fn held(agreement: &Agreement<'_>, version: usize, zone: Zone, term: Interval) -> Option<Interval> {
    let midnight = |date: Date| zone.midnight(date);
    let from = agreement.versions.get(version)?.from.map_or(term.start, midnight);
    let next =
        agreement.versions.get(version + 1).and_then(|next| next.from).map_or(term.end, midnight);
    Interval::new(from, next)?.intersection(term)
}

/// True if its term goes on by itself.
pub fn renews(agreement: &Agreement<'_>) -> bool {
    agreement.term.is_some_and(|term| term.renews.is_some())
}

/// The zone an agreement states.
pub fn zone_of(agreement: &Agreement<'_>) -> Option<Zone> {
    agreement.zone.as_ref().and_then(|zone| Zone::find(&zone.value))
}

/// By how much clocks are set back in the term, at most: no window is longer by more than this. An
/// hour where the zone or the start of the term is not known.
pub fn most_set_back(agreement: &Agreement<'_>) -> i64 {
    let zone = match &agreement.zone {
        None => Some(Zone::UTC),
        Some(named) => Zone::find(&named.value),
    };
    let (Some(zone), Some(start)) = (zone, &agreement.start) else { return HOUR };
    let start = zone.midnight(start.value);
    let end = agreement.end.filter(|_| !renews(agreement));
    let end = end.map_or(LATEST, |end| zone.midnight(end));
    let Some(term) = Interval::new(start, end) else { return HOUR };
    let changes = zone.transitions(term);
    let mut furthest_ahead = changes.first().map_or(0, |change| change.before);
    let mut most = 0;
    for change in changes {
        most = most.max(furthest_ahead.saturating_sub(change.after));
        furthest_ahead = furthest_ahead.max(change.after);
    }
    i64::from(most) * SECOND
}

fn between(zone: Zone, start: Date, end: Date) -> Option<Interval> {
    Interval::new(zone.midnight(start), zone.midnight(end))
}

/// What is measured for one promise.
#[derive(Clone, Debug)]
pub struct Measured {
    /// Its hours.
    pub hours: Rc<TimeSet>,
    /// Excluded calendars, absent or up.
    pub excluded: TimeSet,
    /// Hours less what is excluded as absent: what shares are shares of.
    pub whole: TimeSet,
    /// The part of it in which downtime counts.
    pub counted: TimeSet,
    /// True if data may exclude more.
    pub loose: bool,
}

/// Expands sets of time, and remembers calendars.
pub struct Almanac<'x, 'a, 'p> {
    model: &'x Model<'a, 'p>,
    calendars: FxHashMap<(DeclId, Zone, Interval), Rc<TimeSet>>,
}

impl<'x, 'a, 'p> Almanac<'x, 'a, 'p> {
    /// Nothing expanded yet.
    pub fn new(model: &'x Model<'a, 'p>) -> Self {
        Almanac { model, calendars: FxHashMap::default() }
    }

    /// What is measured for an objective over a term; `None` if only data can tell its hours.
    pub fn measured(
        &mut self,
        objective: &Objective<'_>,
        terms: &Terms<'_>,
        ground: &Ground,
    ) -> Option<Measured> {
        let hours = self.hours(objective, terms, ground)?;
        let (mut absent, mut up, mut loose) = (TimeSet::EMPTY, TimeSet::EMPTY, false);
        for exclude in terms.excludes.iter().filter(|exclude| applies(exclude, objective)) {
            match self.excluded(exclude, ground) {
                Some(time) => match exclude.treat {
                    Treat::Absent => absent = absent.union(&time),
                    Treat::Up => up = up.union(&time),
                },
                None => loose = true,
            }
        }
        let whole =
            if absent.is_empty() { TimeSet::clone(&hours) } else { hours.difference(&absent) };
        let counted = if up.is_empty() { whole.clone() } else { whole.difference(&up) };
        Some(Measured { hours, excluded: absent.union(&up), whole, counted, loose })
    }

    /// The hours that count: the objective's own, else the agreement's, else the service's, else
    /// all.
    fn hours(
        &mut self,
        objective: &Objective<'_>,
        terms: &Terms<'_>,
        ground: &Ground,
    ) -> Option<Rc<TimeSet>> {
        let model = self.model;
        let own = objective
            .narrowed()
            .during
            .as_ref()
            .or(terms.hours.as_deref())
            .map(|from| &*from.value);
        let service = || {
            objective
                .service
                .and_then(|service| model.services.get(&service))
                .and_then(|service| service.hours.as_ref())
        };
        match own.or_else(service) {
            Some(hours) => self.set(hours, ground.zone, ground.seen, 0),
            None => Some(Rc::new(TimeSet::from(ground.seen))),
        }
    }

    /// Excluded time; `None` if it comes from data, or if data decide how much of it counts.
    fn excluded(&mut self, exclude: &Exclude<'_>, ground: &Ground) -> Option<Rc<TimeSet>> {
        if exclude.limit.is_some()
            || exclude.syntax.limit.is_some()
            || exclude.time.ty != Ty::TimeSet
        {
            return None;
        }
        self.set(&exclude.time, ground.zone, ground.seen, 0)
    }

    /// A set of time over an interval; `None` if only data can tell.
    pub fn set(
        &mut self,
        typed: &Typed,
        zone: Zone,
        within: Interval,
        depth: u32,
    ) -> Option<Rc<TimeSet>> {
        if depth > DEEPEST {
            return None;
        }
        match &typed.kind {
            Kind::Always => Some(Rc::new(TimeSet::from(within))),
            Kind::Calendar(id) => self.calendar(*id, zone, within),
            Kind::Complement(inner) => {
                Some(Rc::new(self.set(inner, zone, within, depth + 1)?.complement(within)))
            }
            Kind::TimeOp(operator, both) => {
                let [left, right] = &**both;
                let (left, right) = (
                    self.set(left, zone, within, depth + 1)?,
                    self.set(right, zone, within, depth + 1)?,
                );
                Some(Rc::new(match operator {
                    TimeOp::Union => left.union(&right),
                    TimeOp::Intersection => left.intersection(&right),
                    TimeOp::Difference => left.difference(&right),
                }))
            }
            Kind::Metric(instance, args) if args.is_empty() => {
                self.set(&instance.body, zone, within, depth + 1)
            }
            // Whatever else makes a set of time is made of rows.
            _ => None,
        }
    }

    fn calendar(&mut self, id: DeclId, zone: Zone, within: Interval) -> Option<Rc<TimeSet>> {
        let What::Calendar(declared) = self.model.project.get(id)?.what else { return None };
        let zone = match &declared.zone {
            Some(named) => Zone::find(&named.value)?,
            None => zone,
        };
        let key = (id, zone, within);
        if let Some(known) = self.calendars.get(&key) {
            return Some(Rc::clone(known));
        }
        if self.calendars.len() >= KEPT {
            self.calendars.clear();
        }
        let set = Rc::new(calendar_of(declared).expand(zone.offsets(), within));
        self.calendars.insert(key, Rc::clone(&set));
        Some(set)
    }
}

/// Whether an exclusion concerns an objective.
pub fn applies(exclude: &Exclude<'_>, objective: &Objective<'_>) -> bool {
    exclude.only.is_empty() && objective.support.is_none() || exclude.only.contains(&objective.name)
}

/// How windows of this kind lie over a term; `None` where data say when they end.
pub fn windows(kind: &ast::WindowKind, zone: Zone, term: Interval) -> Option<Windows> {
    let period = |period: &ast::Period| Period::new(period.count, period.unit);
    let kind = match kind {
        ast::WindowKind::Calendar(unit, first) => match unit {
            PeriodUnit::Day | PeriodUnit::WorkingDay => WindowKind::Day,
            PeriodUnit::Week => WindowKind::Week,
            PeriodUnit::Month => WindowKind::Month,
            PeriodUnit::Quarter => WindowKind::Quarter(first.unwrap_or(1)),
            PeriodUnit::Year => WindowKind::Year(first.unwrap_or(1)),
            PeriodUnit::Minute | PeriodUnit::Hour => WindowKind::Anchored(Period::new(1, *unit)),
        },
        ast::WindowKind::Contract(unit) => WindowKind::Anchored(Period::new(1, *unit)),
        ast::WindowKind::Fixed(length) => WindowKind::Anchored(period(length)),
        ast::WindowKind::Rolling(rolling) if rolling.at.is_some() => return None,
        ast::WindowKind::Trailing(_) => return None,
        ast::WindowKind::Rolling(rolling) => WindowKind::Rolling {
            length: period(rolling.length.as_ref()?),
            every: rolling.every.as_ref().map_or(Period::new(1, PeriodUnit::Day), period),
        },
        ast::WindowKind::Term => WindowKind::Term,
    };
    Some(Windows::new(kind, zone, term))
}

/// The windows of an objective in which these terms hold, in order of time, and no more of them
/// than anyone looks at.
pub fn windows_of(
    objective: &Objective<'_>,
    terms: &Terms<'_>,
    ground: &Ground,
) -> Option<Vec<Window>> {
    let term = match &objective.narrowed().from {
        Some(from) => {
            Interval::new(ground.term.start.max(ground.zone.midnight(from.value)), ground.term.end)?
        }
        None => ground.term,
    };
    let all =
        windows(&objective.window.value.kind, ground.zone, term)?.counted_from(ground.term.start);
    let first = objective
        .narrowed()
        .first
        .as_ref()
        .or(terms.first.as_deref())
        .map_or(FirstWindow::Clipped, |first| first.value);
    let begins = |window: &Window| match first {
        FirstWindow::Clipped => true,
        FirstWindow::Full => window.is_full() || window.within.start > term.start,
        FirstWindow::Skipped => window.within.start > term.start,
    };
    let held = |window: &Window| ground.held.contains(window.within.start);
    Some(all.touching(ground.held).filter(begins).filter(held).take(MOST_WINDOWS).collect())
}

/// What people call a window: `March 2026`, `2026-Q1`, `2026`, or its dates.
pub fn name_window(kind: &ast::WindowKind, window: &Window, zone: Zone) -> String {
    let first = zone.date(window.within.start);
    let last = zone.date(window.within.end.saturating_sub(1));
    let dates = if first == last { first.to_string() } else { format!("{first} to {last}") };
    if !window.is_full() {
        return dates;
    }
    match kind {
        ast::WindowKind::Calendar(PeriodUnit::Month, _) => {
            let name =
                MONTHS.get(usize::from(first.month).saturating_sub(1)).copied().unwrap_or_default();
            format!("{name} {}", first.year)
        }
        ast::WindowKind::Calendar(PeriodUnit::Quarter, None | Some(1)) => {
            format!("{}-Q{}", first.year, first.quarter(1))
        }
        ast::WindowKind::Calendar(PeriodUnit::Year, None | Some(1)) => first.year.to_string(),
        ast::WindowKind::Calendar(..)
        | ast::WindowKind::Contract(_)
        | ast::WindowKind::Fixed(_) => dates,
        ast::WindowKind::Rolling(_) | ast::WindowKind::Trailing(_) | ast::WindowKind::Term => dates,
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// What people call a kind of window: `per month`, `rolling 30 days`.
pub fn describe_window(kind: &ast::WindowKind) -> String {
    let period =
        |period: &ast::Period| format!("{} {}", period.count, period.unit.word(period.count));
    match kind {
        ast::WindowKind::Calendar(unit, Some(from)) if *from != 1 => {
            let month =
                MONTHS.get(usize::from(*from).saturating_sub(1)).copied().unwrap_or_default();
            format!("per {} from {month}", unit.word(1))
        }
        ast::WindowKind::Calendar(unit, _) => format!("per {}", unit.word(1)),
        ast::WindowKind::Contract(unit) => format!("per contract {}", unit.word(1)),
        ast::WindowKind::Fixed(length) => format!("per fixed {}", period(length)),
        ast::WindowKind::Rolling(rolling) => {
            format!("per rolling {}", rolling.length.as_ref().map_or_else(String::new, period))
        }
        ast::WindowKind::Trailing(length) => {
            format!("per rolling {}", length.as_ref().map_or_else(String::new, period))
        }
        ast::WindowKind::Term => "per term".to_owned(),
    }
}

/// True if an objective is evaluated in this agreement: not in those under it, and not in one
/// above.
pub fn promised_here(agreement: &Agreement<'_>, objective: &Objective<'_>) -> bool {
    match objective.narrowed().kept_here {
        None => agreement.children.is_empty(),
        // One that a package keeps is kept at the top.
        Some(place) => agreement.item.span.contains(place) || agreement.under.is_none(),
    }
}
