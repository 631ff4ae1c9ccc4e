//! Calendars: from their lines to rules of time, and what is wrong with them.

use super::checker::Checker;
use crate::diag::{Code, Finding};
use crate::syntax::ast::{self, Text};
use crate::time::{self, Zone};

/// The rules of a calendar; lines that could not be read are left out.
pub fn calendar_of(calendar: &ast::Calendar) -> time::Calendar {
    time::Calendar { rules: calendar.rules.iter().filter_map(rule_of).collect() }
}

fn rule_of(rule: &ast::CalendarRule) -> Option<time::Rule> {
    let days = match &rule.days {
        ast::Days::Weekdays(days) => time::Days::Weekdays(*days),
        ast::Days::Stretch { from, to } => {
            time::Days::Stretch { from: (from.0, from.1.seconds), to: (to.0, to.1.seconds) }
        }
        ast::Days::Nth { ordinal, weekday, month, .. } => {
            time::Days::Nth { ordinal: *ordinal, weekday: *weekday, month: *month }
        }
        ast::Days::Yearly { from, to } => time::Days::Yearly { from: *from, to: *to },
        ast::Days::MonthDay { day } => time::Days::MonthDay(*day),
        ast::Days::Dates(from, to, _) => time::Days::Dates(*from, *to),
        ast::Days::Missing => return None,
    };
    if !rule.open {
        return Some(time::Rule::closed(days));
    }
    let hours = rule
        .hours
        .iter()
        .map(|range| time::Hours { from: range.from.seconds, to: range.to.seconds })
        .collect();
    Some(time::Rule::open(days, hours))
}

impl Checker<'_, '_> {
    /// Reports hours that overlap, and a zone that does not exist.
    pub(super) fn calendar(&mut self, calendar: &ast::Calendar) {
        if let Some(zone) = &calendar.zone {
            self.zone(zone);
        }
        for rule in &calendar.rules {
            let Some(typed) = rule_of(rule) else { continue };
            let Some((one, two)) = typed.overlapping_hours() else { continue };
            if let (Some(one), Some(two)) = (rule.hours.get(one), rule.hours.get(two)) {
                let finding = Finding::new(
                    Code::OverlappingHours,
                    two.span,
                    "these hours overlap others of the same day",
                )
                .also(one.span, "the other hours");
                self.report_once(finding);
            }
        }
    }

    /// The name of a zone, if there is one of that name; reports otherwise.
    pub(super) fn zone(&mut self, zone: &Text) -> Option<Zone> {
        let found = Zone::find(&zone.value);
        if found.is_none() {
            let mut finding = Finding::new(
                Code::UnknownZone,
                zone.span,
                format!("there is no time zone `{}`", zone.value),
            );
            let near = crate::base::closest(&zone.value, Zone::names());
            finding = match near {
                Some(near) => finding.help(format!("did you mean `{near}`?")).suggestion(
                    format!("write `\"{near}\"`"),
                    zone.span,
                    format!("\"{near}\""),
                ),
                None => finding.help("zones have IANA names, such as `Europe/Berlin` or `UTC`"),
            };
            self.report_once(finding);
        }
        found
    }
}
