//! Calendars: holidays on days that are closed anyway, and hours that daylight saving skips or
//! repeats.
//!
//! In: calendars as declared. Out: findings with the date. Which years matter is taken from the
//! terms of the agreements; without any, nothing is said about daylight saving.

use rustc_hash::FxHashMap;

use super::{Case, Reporter};
use crate::base::Span;
use crate::diag::{Code, Finding, Sink};
use crate::names::What;
use crate::syntax::ast::{Calendar, CalendarRule, Date, Days, When};
use crate::time::{self, Interval, Resolved, SECOND, Transition, Zone};
use crate::types::calendar_of;
use crate::types::model::Test;

/// How far ahead changes of the clocks are looked for.
const MONTHS_AHEAD: i64 = 24;

/// Checks all calendars, and the local times of tests.
pub fn check(case: &Case<'_, '_, '_>, sink: &mut Sink) {
    let mut out = Reporter::new(sink);
    let first = case
        .model
        .agreements
        .iter()
        .filter_map(|agreement| Some(agreement.start.as_ref()?.value))
        .min();
    let mut changes: FxHashMap<&'static str, Vec<Transition>> = FxHashMap::default();
    for (_, decl) in case.model.project.decls() {
        let What::Calendar(calendar) = decl.what else { continue };
        idle_holidays(calendar, &mut out);
        let zone = calendar.zone.as_ref().and_then(|zone| Zone::find(&zone.value));
        if let (Some(zone), Some(first)) = (zone, first.filter(|_| case.sound)) {
            let until = zone.midnight(first.add_months(MONTHS_AHEAD));
            let known = changes.entry(zone.name()).or_insert_with(|| {
                Interval::new(zone.midnight(first), until)
                    .map(|within| zone.transitions(within))
                    .unwrap_or_default()
            });
            unclear_hours(calendar, zone, known, &mut out);
        }
    }
    for test in &case.model.tests {
        unclear_rows(case, test, &mut out);
    }
}

/// `closed` lines whose every day is closed without them: the date is wrong, or the day of the
/// week.
fn idle_holidays(calendar: &Calendar, out: &mut Reporter<'_>) {
    // What the lines so far say of each day of the week, and whether any opens single days: then
    // nothing is sure.
    let mut open = [false; 7];
    let mut single_days = false;
    for rule in &calendar.rules {
        match &rule.days {
            Days::Weekdays(mask) => {
                for (day, slot) in (0_u8..).zip(open.iter_mut()) {
                    if mask & (1 << day) != 0 {
                        *slot = rule.open;
                    }
                }
            }
            Days::Stretch { from, to } => {
                let length = (to.0 + 7 - from.0) % 7;
                for (day, slot) in (0_u8..).zip(open.iter_mut()) {
                    *slot |= (day + 7 - from.0) % 7 <= length;
                }
            }
            Days::Nth { .. }
            | Days::Yearly { .. }
            | Days::MonthDay { .. }
            | Days::Dates(..)
            | Days::Missing
                if rule.open =>
            {
                single_days = true
            }
            Days::Nth { weekday, span, .. }
                if !single_days && open.get(usize::from(*weekday)) == Some(&false) =>
            {
                report_idle(rule, *span, "it is closed on this day of the week anyway", out);
            }
            Days::Dates(from, to, span) if !single_days && all_closed(&open, *from, *to) => {
                let day = WEEKDAYS.get(usize::from(from.weekday())).copied().unwrap_or_default();
                let why = if from == to {
                    format!("{from} is a {day}")
                } else {
                    "it is closed on all of these days anyway".to_owned()
                };
                report_idle(rule, *span, &why, out);
            }
            Days::Nth { .. }
            | Days::Yearly { .. }
            | Days::MonthDay { .. }
            | Days::Dates(..)
            | Days::Missing => {}
        }
    }
}

const WEEKDAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

fn all_closed(open: &[bool; 7], from: Date, to: Date) -> bool {
    let days = from.days_until(to).clamp(0, 6);
    (0..=days).all(|day| open.get(usize::from(from.add_days(day).weekday())) == Some(&false))
}

fn report_idle(rule: &CalendarRule, place: Span, why: &str, out: &mut Reporter<'_>) {
    let finding =
        Finding::new(Code::IdleHoliday, place, "this day is closed without being a holiday")
            .note(why.to_owned())
            .help("correct the date, or remove the line");
    let finding = match &rule.title {
        Some(title) => finding.also(title.span, "the holiday"),
        None => finding,
    };
    out.report(finding);
}

/// Hours that begin or end inside the hour that is skipped or repeated when clocks change; each is
/// named with the first such day.
fn unclear_hours(calendar: &Calendar, zone: Zone, changes: &[Transition], out: &mut Reporter<'_>) {
    let rules = calendar_of(calendar);
    for (at, written) in calendar.rules.iter().enumerate() {
        for range in &written.hours {
            let ends_same_day = range.to.seconds > range.from.seconds;
            let clocks = [Some(range.from), Some(range.to).filter(|_| ends_same_day)];
            for clock in clocks.into_iter().flatten() {
                let nanos = i64::from(clock.seconds) * SECOND;
                let days = changes
                    .iter()
                    .map(|change| zone.date(change.at))
                    .filter(|date| rules.deciding_rule(*date) == Some(at));
                if let Some(message) =
                    days.filter_map(|date| unclear(zone, date, nanos, true)).next()
                {
                    out.report(
                        Finding::new(Code::UnclearTime, clock.span, message)
                            .also(range.span, "these hours")
                            .help(ADVICE),
                    );
                }
            }
        }
    }
}

const ADVICE: &str = "if a time occurs twice, the first one counts; if it is skipped, the moment of the change counts: choose other hours";

/// What is wrong with a local time that is skipped or comes twice. Hours that change with the
/// clocks, `at_edge`, are clear enough.
fn unclear(zone: Zone, date: Date, nanos: i64, at_edge: bool) -> Option<String> {
    let inside = zone.resolve(date, if at_edge { nanos - SECOND } else { nanos });
    let (hour, minute) = (nanos / time::HOUR, nanos % time::HOUR / time::MINUTE);
    match (zone.resolve(date, nanos), inside) {
        (Resolved::Skipped(_), Resolved::Skipped(_)) => Some(format!(
            "{hour:02}:{minute:02} does not exist on {date} in {}: the clocks skip it",
            zone.name()
        )),
        (Resolved::Repeated(..), Resolved::Repeated(..)) => Some(format!(
            "{hour:02}:{minute:02} occurs twice on {date} in {}: the clocks are put back",
            zone.name()
        )),
        (Resolved::Unique(_) | Resolved::Skipped(_) | Resolved::Repeated(..), _) => None,
    }
}

/// Rows of tests at local times that are skipped or come twice.
fn unclear_rows(case: &Case<'_, '_, '_>, test: &Test<'_>, out: &mut Reporter<'_>) {
    let given = test.given.iter().find_map(|(agreement, _)| *agreement);
    let agreement =
        given.and_then(|id| case.model.agreements.iter().find(|agreement| agreement.id == id));
    let Some(zone) = agreement.and_then(super::measured::zone_of) else { return };
    for row in test.rows.iter().flat_map(|(_, rows)| rows) {
        for when in [Some(row.syntax.from), row.syntax.to].into_iter().flatten() {
            let When::Time(at, span) = when else { continue };
            if at.offset.is_some() {
                continue;
            }
            if let Some(message) = unclear(zone, at.date, at.nanos, false) {
                let help = "write the offset, such as `2026-10-25T02:30+01:00`; without it, the first of two equal times counts, and the moment of the change for a skipped time";
                out.report(Finding::new(Code::UnclearTime, span, message).help(help));
            }
        }
    }
}
