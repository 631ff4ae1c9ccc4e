//! Cells of support tables, as they were written.

use super::Builder;
use super::fold::fold;
use super::setting::Setting;
use super::walk::{Env, Lower};
use crate::base::Exact;
use crate::lang::units::PeriodUnit;
use crate::plan::Number;
use crate::plan::Times;
use crate::plan::{Clock, Support, SupportLimit};
use crate::syntax::ast::CellKind;
use crate::types::model::{self, Limit};
use crate::types::tree::{Kind, Typed};

impl Builder<'_, '_, '_> {
    /// How a cell was written; all that it means is in its objective.
    pub(super) fn support(
        &mut self,
        it: &model::Objective<'_>,
        cell: &model::Support,
        set: &Setting<'_, '_>,
    ) -> Option<Support> {
        let severity = self.need(cell.severity);
        let source = it.sources.first().copied();
        let during = match &cell.during {
            Some(during) => self.times(&during.value, set)?,
            None => Times::Always { at: self.place(cell.limit.at) },
        };
        let pausing = match &cell.pausing {
            Some(pausing) => Some(Lower::new(self, set).of_rows(
                Some(&*cell.row),
                Env::default(),
                |walk, env| walk.covered(&pausing.value, env),
            )?),
            None => None,
        };
        let limit = match &cell.limit.value {
            Limit::Within(length) => {
                let working_days = self.working_days(cell, length);
                SupportLimit::Within {
                    length: Lower::new(self, set).length(length, Env::default())?,
                    working_days,
                }
            }
            Limit::EndOf(days) => {
                let calendar = self.open_days(&during, set.zone, cell.limit.at)?;
                SupportLimit::EndOfDay { days: *days, calendar }
            }
        };
        let share = Lower::new(self, set).expr(&it.target.value, Env::default())?;
        let clock = match cell.kind {
            CellKind::Respond => Clock::Respond,
            CellKind::Resolve => Clock::Resolve,
            CellKind::Update => Clock::Update,
        };
        let source = source.map(|source| self.need(source)).unwrap_or_default();
        Some(Support {
            severity,
            clock,
            source,
            limit,
            during,
            pausing,
            share: Number(fold(&share).unwrap_or(Exact::ONE)),
        })
    }

    /// A limit that was written in working days, in working days.
    fn working_days(&self, cell: &model::Support, length: &Typed) -> Option<Number> {
        let text = self.sources.text(length.span);
        let (count, unit) = text
            .split_at_checked(text.find(|c: char| !c.is_ascii_digit() && c != '_' && c != '.')?)?;
        let unit: Vec<&str> = unit.split_whitespace().collect();
        let in_days = PeriodUnit::parse(&unit.join(" ")) == Some(PeriodUnit::WorkingDay);
        let calendar = matches!(
            cell.during.as_ref().map(|during| &during.value.kind),
            Some(Kind::Calendar(_))
        );
        (in_days && calendar).then(|| Exact::parse(count)).flatten().map(Number)
    }
}
