//! Windows as far as types need them: on which days they begin.

use crate::lang::units::PeriodUnit;
use crate::syntax::ast::{Date, WindowKind};

/// True if a window of this kind begins on `date`; `start` is the first day of the term.
pub(super) fn begins(kind: &WindowKind, date: Date, start: Option<Date>) -> bool {
    if start == Some(date) {
        return true;
    }
    match kind {
        WindowKind::Calendar(unit, from) => match unit {
            PeriodUnit::Day => true,
            PeriodUnit::Week => date.start_of_week() == date,
            PeriodUnit::Month => date.day == 1,
            PeriodUnit::Quarter => date.start_of_quarter(from.unwrap_or(1)) == date,
            PeriodUnit::Year => date.start_of_year(from.unwrap_or(1)) == date,
            PeriodUnit::Minute | PeriodUnit::Hour => true,
            PeriodUnit::WorkingDay => false,
        },
        WindowKind::Contract(unit) => {
            let months = match unit {
                PeriodUnit::Month => 1,
                PeriodUnit::Quarter => 3,
                PeriodUnit::Year => 12,
                PeriodUnit::Minute
                | PeriodUnit::Hour
                | PeriodUnit::Day
                | PeriodUnit::WorkingDay
                | PeriodUnit::Week => return false,
            };
            let Some(start) = start else { return false };
            (1..=1200)
                .map(|n| start.add_months(n * months))
                .take_while(|day| *day <= date)
                .any(|day| day == date)
        }
        WindowKind::Fixed(_)
        | WindowKind::Rolling(_)
        | WindowKind::Trailing(_)
        | WindowKind::Term => false,
    }
}
