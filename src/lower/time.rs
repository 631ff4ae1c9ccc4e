//! Moments, periods, windows, calendars and zones.

use super::Builder;
use super::names::said;
use super::setting::Setting;
use crate::base::Span;
use crate::diag::{Code, Finding};
use crate::lang::units::PeriodUnit;
use crate::names::{DeclId, What};
use crate::plan::time as plan;
use crate::syntax::ast::{self, WindowKind};
use crate::time::{
    Date, DateTime, EARLIEST, Hours, Instant, Interval, LATEST, OrdinaryDay, SECOND, Zone,
    format_instant,
};
use crate::types::calendar_of;

/// Seconds of a day by the clock.
const DAY_SECONDS: u32 = 86_400;

impl Builder<'_, '_, '_> {
    /// The name of a zone, which then belongs to the plan.
    pub(super) fn zone_name(&mut self, zone: Zone) -> String {
        self.zones.insert(zone.name(), zone);
        zone.name().to_string()
    }

    /// The first instant of a date in a zone.
    pub(super) fn midnight(&mut self, date: Date, zone: Zone) -> plan::Moment {
        self.moment(zone.midnight(date), zone)
    }

    /// An instant as the clocks of a zone show it.
    pub(super) fn moment(&mut self, instant: Instant, zone: Zone) -> plan::Moment {
        let clock = instant.saturating_add(i64::from(zone.offset_at(instant)) * SECOND);
        let local = format_instant(clock, Zone::UTC).trim_end_matches('Z').to_string();
        plan::Moment { instant: self::instant(instant), local, zone: self.zone_name(zone) }
    }

    /// A point in time as written.
    pub(super) fn moment_of(&mut self, written: DateTime, zone: Zone) -> plan::Moment {
        self.moment(zone.instant_of(written), zone)
    }

    /// The first moment of what was written after `from`.
    pub(super) fn start_of(
        &mut self,
        date: Option<Date>,
        set: &Setting<'_, '_>,
    ) -> Option<plan::Moment> {
        date.map(|date| self.midnight(date, set.zone))
    }

    /// The windows something is added up over.
    pub(super) fn window(
        &mut self,
        window: &ast::Window,
        set: &Setting<'_, '_>,
    ) -> Option<plan::Window> {
        let at = self.place(window.span);
        Some(match &window.kind {
            WindowKind::Calendar(unit, first) => match window_unit(*unit) {
                Some(unit) => {
                    let begins = matches!(unit, plan::WindowUnit::Quarter | plan::WindowUnit::Year);
                    let first_month = begins.then(|| plan::Month(first.unwrap_or(1)));
                    plan::Window::Calendar { unit, first_month, zone: self.zone_name(set.zone), at }
                }
                // Hours and minutes are of one length everywhere.
                None => plan::Window::Fixed {
                    length: plan_period(1, *unit),
                    anchor: self.anchor(set, window.span)?,
                    at,
                },
            },
            WindowKind::Contract(unit) => match window_unit(*unit) {
                Some(unit) => {
                    plan::Window::Contract { unit, anchor: self.anchor(set, window.span)?, at }
                }
                None => plan::Window::Fixed {
                    length: plan_period(1, *unit),
                    anchor: self.anchor(set, window.span)?,
                    at,
                },
            },
            WindowKind::Fixed(length) => plan::Window::Fixed {
                length: period(length),
                anchor: self.anchor(set, window.span)?,
                at,
            },
            WindowKind::Rolling(rolling) => {
                let length = period(rolling.length.as_ref()?);
                if let Some(claims) = &rolling.at {
                    let source = self.model.project.lookup(claims.span.file, &claims.text)?;
                    let (source, zone) = (self.need(source), self.zone_name(set.zone));
                    return Some(plan::Window::Claims { length, source, zone, at });
                }
                let every = rolling.every.as_ref().map_or(plan_period(1, PeriodUnit::Day), period);
                plan::Window::Rolling { length, every, anchor: self.anchor(set, window.span)?, at }
            }
            // Only caps have them, and they are no windows of a plan.
            WindowKind::Trailing(_) => return None,
            WindowKind::Term => plan::Window::Term { at },
        })
    }

    /// The start of the term that windows are counted from.
    fn anchor(&mut self, set: &Setting<'_, '_>, span: Span) -> Option<plan::Moment> {
        let moment = self.start_of(set.start, set);
        if moment.is_none() {
            let finding = Finding::new(
                Code::MissingTerm,
                span,
                "these windows are counted from the start of the term, and no term is stated",
            );
            self.report(finding.help("add `term from 2026-01-01`, or use calendar windows"));
        }
        moment
    }

    /// The id of a declared calendar; one without a zone of its own is open by the clocks of
    /// whoever uses it.
    pub(super) fn calendar(&mut self, id: DeclId, zone: Zone) -> Option<String> {
        let decl = self.model.project.get(id)?;
        let What::Calendar(declared) = decl.what else { return None };
        let own = declared.zone.as_ref().and_then(|zone| Zone::find(&zone.value));
        let name = self.label(id);
        let zone = own.unwrap_or(zone);
        let key = if own.is_some() { name.clone() } else { format!("{name}@{}", zone.name()) };
        if self.calendars.contains_key(&key) {
            return Some(key);
        }
        let rules =
            declared.rules.iter().filter_map(|rule| self.calendar_rule(rule)).flatten().collect();
        let working_day = match calendar_of(declared).ordinary_day() {
            OrdinaryDay::Same(length) => Some(length),
            OrdinaryDay::Differ(_) | OrdinaryDay::Never => None,
        };
        let calendar = plan::Calendar {
            id: key.clone(),
            name,
            title: said(declared.title.as_ref()),
            doc: said(decl.item.doc.as_deref()),
            maintenance: declared.maintenance,
            zone: self.zone_name(zone),
            rules,
            working_day,
            at: self.place(decl.item.span),
        };
        self.calendars.insert(key.clone(), calendar);
        Some(key)
    }

    /// A calendar that is not declared, for days that are counted without one.
    pub(super) fn plain_calendar(
        &mut self,
        name: &str,
        weekdays: &[plan::Weekday],
        zone: Zone,
        span: Span,
    ) -> String {
        let key = format!("{name}@{}", zone.name());
        if !self.calendars.contains_key(&key) {
            let at = self.place(span);
            let days = plan::DaySet::Weekdays { weekdays: weekdays.to_vec() };
            let open = vec![plan::ClockRange { from: 0, to: DAY_SECONDS }];
            let calendar = plan::Calendar {
                id: key.clone(),
                name: name.to_string(),
                title: None,
                doc: None,
                maintenance: false,
                zone: self.zone_name(zone),
                rules: vec![plan::CalendarRule { days, open, title: None, at: at.clone() }],
                working_day: Some(i64::from(DAY_SECONDS) * SECOND),
                at,
            };
            self.calendars.insert(key.clone(), calendar);
        }
        key
    }

    /// The calendar whose working days a period counts; `None` if it counts none. Where none is
    /// named, they are those of the hours of the agreement, if these are a calendar, else Monday to
    /// Friday.
    pub(super) fn day_calendar(
        &mut self,
        named: Option<DeclId>,
        unit: PeriodUnit,
        set: &Setting<'_, '_>,
        span: Span,
    ) -> Option<String> {
        if let Some(named) = named {
            return self.calendar(named, set.zone);
        }
        if unit != PeriodUnit::WorkingDay {
            return None;
        }
        match set.hours_calendar() {
            Some(hours) => self.calendar(hours, set.zone),
            None => Some(self.plain_calendar("monday to friday", &WORKDAYS, set.zone, span)),
        }
    }

    /// The line of a calendar: usually one rule, of a stretch of the week one for each day.
    fn calendar_rule(&self, rule: &ast::CalendarRule) -> Option<Vec<plan::CalendarRule>> {
        let title = said(rule.title.as_ref());
        let at = self.place(rule.span);
        let make =
            |days, open| plan::CalendarRule { days, open, title: title.clone(), at: at.clone() };
        let hours = || -> Vec<plan::ClockRange> {
            match (rule.open, rule.hours.as_slice()) {
                (false, _) => Vec::new(),
                (true, []) => vec![clock_range(Hours::ALL_DAY)],
                (true, hours) => {
                    let mut open: Vec<_> = hours
                        .iter()
                        .map(|range| {
                            clock_range(Hours { from: range.from.seconds, to: range.to.seconds })
                        })
                        .collect();
                    open.sort_unstable();
                    open
                }
            }
        };
        let days = match &rule.days {
            ast::Days::Weekdays(mask) => plan::DaySet::Weekdays { weekdays: weekdays(*mask) },
            ast::Days::Stretch { from, to } => {
                let days = crate::time::Days::Stretch {
                    from: (from.0, from.1.seconds),
                    to: (to.0, to.1.seconds),
                };
                let rule = if rule.open {
                    crate::time::Rule::open(days, Vec::new())
                } else {
                    crate::time::Rule::closed(days)
                };
                let pieces = rule.weekly()?;
                let one = |(weekday, hours): (u8, Vec<Hours>)| {
                    make(
                        plan::DaySet::Weekdays { weekdays: weekdays(1 << weekday) },
                        hours.into_iter().map(clock_range).collect(),
                    )
                };
                return Some(pieces.into_iter().map(one).collect());
            }
            ast::Days::Nth { ordinal, weekday, month, .. } => plan::DaySet::Nth {
                ordinal: *ordinal,
                weekday: plan_weekday(*weekday),
                month: month.map(plan::Month),
            },
            ast::Days::Yearly { from, to } => {
                plan::DaySet::Yearly { from: month_day(*from), to: month_day(*to) }
            }
            ast::Days::MonthDay { day } => plan::DaySet::MonthDay { day: *day },
            ast::Days::Dates(from, to, _) => {
                plan::DaySet::Dates { from: local_date(*from), to: local_date(*to) }
            }
            ast::Days::Missing => return None,
        };
        Some(vec![make(days, hours())])
    }

    /// Lets the plan reach over a term.
    pub(super) fn cover(&mut self, start: Instant, end: Instant) {
        let (from, to) = self.extent.unwrap_or((start, end));
        self.extent = Some((from.min(start), to.max(end)));
    }

    /// All zones with their changes, from the year before the first term to the year after the
    /// last.
    pub(super) fn zone_tables(&mut self) -> Vec<plan::Zone> {
        let (start, end) = self.extent.unwrap_or((0, LATEST));
        let first_of = |year: i32| Date::new(year, 1, 1).map(|date| Zone::UTC.midnight(date));
        let from = first_of(Zone::UTC.date(start).year - 1).unwrap_or(EARLIEST);
        let to = first_of(Zone::UTC.date(end).year + 2).unwrap_or(LATEST).min(LATEST);
        let table = |zone: &Zone| {
            let changes = zone.transitions(Interval { start: from.saturating_add(1), end: to });
            let transition = |change: crate::time::Transition| plan::Transition {
                instant: instant(change.at),
                before: change.before,
                after: change.after,
            };
            plan::Zone {
                name: zone.name().to_string(),
                from: instant(from),
                to: instant(to),
                offset: zone.offset_at(from),
                transitions: changes.into_iter().map(transition).collect(),
            }
        };
        self.zones.values().map(table).collect()
    }
}

/// All days of the week from Monday.
pub(super) const WEEKDAYS: [plan::Weekday; 7] = [
    plan::Weekday::Monday,
    plan::Weekday::Tuesday,
    plan::Weekday::Wednesday,
    plan::Weekday::Thursday,
    plan::Weekday::Friday,
    plan::Weekday::Saturday,
    plan::Weekday::Sunday,
];

/// Monday to Friday.
const WORKDAYS: [plan::Weekday; 5] = [
    plan::Weekday::Monday,
    plan::Weekday::Tuesday,
    plan::Weekday::Wednesday,
    plan::Weekday::Thursday,
    plan::Weekday::Friday,
];

fn plan_weekday(weekday: u8) -> plan::Weekday {
    WEEKDAYS.get(usize::from(weekday % 7)).copied().unwrap_or(plan::Weekday::Monday)
}

fn weekdays(mask: u8) -> Vec<plan::Weekday> {
    WEEKDAYS
        .iter()
        .enumerate()
        .filter(|(day, _)| mask >> day & 1 == 1)
        .map(|(_, weekday)| *weekday)
        .collect()
}

fn month_day((month, day): (u8, u8)) -> plan::MonthDay {
    plan::MonthDay { month: plan::Month(month), day }
}

fn clock_range(hours: Hours) -> plan::ClockRange {
    let to = if hours.to <= hours.from { hours.to.saturating_add(DAY_SECONDS) } else { hours.to };
    plan::ClockRange { from: hours.from, to }
}

/// An instant in UTC.
pub(super) fn instant(instant: Instant) -> plan::Instant {
    plan::Instant(format_instant(instant, Zone::UTC))
}

/// A date.
pub(super) fn local_date(date: Date) -> plan::LocalDate {
    plan::LocalDate(date.to_string())
}

/// A calendar length.
pub(super) fn period(period: &ast::Period) -> plan::Period {
    plan_period(period.count, period.unit)
}

pub(super) fn plan_period(count: u32, unit: PeriodUnit) -> plan::Period {
    let unit = match unit {
        PeriodUnit::Hour => plan::PeriodUnit::Hour,
        PeriodUnit::Minute => plan::PeriodUnit::Minute,
        PeriodUnit::Day => plan::PeriodUnit::Day,
        PeriodUnit::WorkingDay => plan::PeriodUnit::WorkingDay,
        PeriodUnit::Week => plan::PeriodUnit::Week,
        PeriodUnit::Month => plan::PeriodUnit::Month,
        PeriodUnit::Quarter => plan::PeriodUnit::Quarter,
        PeriodUnit::Year => plan::PeriodUnit::Year,
    };
    plan::Period { count, unit }
}

fn window_unit(unit: PeriodUnit) -> Option<plan::WindowUnit> {
    match unit {
        PeriodUnit::Day | PeriodUnit::WorkingDay => Some(plan::WindowUnit::Day),
        PeriodUnit::Week => Some(plan::WindowUnit::Week),
        PeriodUnit::Month => Some(plan::WindowUnit::Month),
        PeriodUnit::Quarter => Some(plan::WindowUnit::Quarter),
        PeriodUnit::Year => Some(plan::WindowUnit::Year),
        PeriodUnit::Hour | PeriodUnit::Minute => None,
    }
}
