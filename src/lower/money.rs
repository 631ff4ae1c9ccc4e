//! Money in expressions: fees, their shares, and how often objectives were breached.

use super::Builder;
use super::names::said;
use super::setting::Setting;
use super::walk::{Env, Lower};
use crate::base::{Exact, Span};
use crate::diag::{Code, Finding};
use crate::lang::units::PeriodUnit;
use crate::names::DeclId;
use crate::plan::{self as plan, Accrual};
use crate::plan::{Expression, Per, Relation};
use crate::plan::{Month, Window, WindowUnit};
use crate::syntax::ast::{BreachCount, Rhythm};
use crate::time::DAY;
use crate::types::constant;
use crate::types::model::{self};
use crate::types::tree::{Fee, FeeRate, Kind, Typed};

impl Lower<'_, '_, '_, '_, '_> {
    pub(super) fn fee(&mut self, fee: &Fee, typed: &Typed) -> Option<Expression> {
        let at = self.place(typed.span);
        let fees = self.fee_ids(fee);
        if fees.is_empty() && !self.set.template {
            let what = fee.service.map_or_else(String::new, |service| {
                format!(" for `{}`", self.b.model.project.name(service))
            });
            let finding =
                Finding::new(Code::NoFee, typed.span, format!("no fee{what} is stated here"));
            self.b.report(
                finding.help("state it, such as `fee 900 EUR per month`, or name another base"),
            );
            return None;
        }
        Some(match fee.rate {
            FeeRate::Window => Expression::Fees { fees, at },
            FeeRate::Monthly => Expression::FeeRate { fees, per: Per::Month, at },
            FeeRate::Yearly => Expression::FeeRate { fees, per: Per::Year, at },
        })
    }

    /// Ids of the fees that are meant: the one of a name, those for a service, else all.
    fn fee_ids(&self, fee: &Fee) -> Vec<String> {
        let fees = &self.set.terms.fees;
        let meant = |known: &&std::sync::Arc<model::Fee<'_>>| match (&fee.name, fee.service) {
            (Some(name), None) => known.name.as_ref() == Some(name),
            (Some(name), Some(service)) => {
                known.name.as_ref() == Some(name) && known.service == Some(service)
            }
            (None, Some(service)) => known.service == Some(service),
            (None, None) => true,
        };
        fees.iter().filter(meant).map(|known| self.b.fee_id(known, self.set)).collect()
    }

    /// `3 days of fee`: so many days of all the window has.
    pub(super) fn days_of(
        &mut self,
        both: &[Typed; 2],
        typed: &Typed,
        env: Env<'_>,
    ) -> Option<Expression> {
        let [days, money] = both;
        let at = self.place(typed.span);
        // Days of another window's fee are days of that window.
        if let Kind::Shift(windows, inner) = &money.kind {
            let value =
                self.deeper(2, typed.span, |walk| walk.share_of_days(days, inner, typed, env))?;
            let nothing = self.b.value_of(Exact::ZERO, &typed.ty)?;
            let otherwise = Box::new(self.literal(nothing, typed.span));
            let value =
                Box::new(Expression::Default { value: Box::new(value), otherwise, at: at.clone() });
            return Some(Expression::Shift { windows: *windows, value, at });
        }
        self.share_of_days(days, money, typed, env)
    }

    fn share_of_days(
        &mut self,
        days: &Typed,
        money: &Typed,
        typed: &Typed,
        env: Env<'_>,
    ) -> Option<Expression> {
        let at = self.place(typed.span);
        let count = match &days.kind {
            Kind::Period(period) => {
                let length = if period.unit == PeriodUnit::Week { 7 } else { 1 };
                self.number(Exact::integer(i64::from(period.count) * length), days.span)
            }
            _ => match constant::value(days).and_then(|length| length.divide(&Exact::integer(DAY)))
            {
                Some(count) => self.number(count, days.span),
                None => {
                    let left = self.deeper(3, days.span, |walk| walk.boxed(days, env))?;
                    let day = super::values::duration_value(super::values::length(DAY));
                    let right = Box::new(self.literal(day, days.span));
                    Expression::Divide { left, right, at: at.clone() }
                }
            },
        };
        let right = Box::new(Expression::WindowDays { at: at.clone() });
        let share = Expression::Divide { left: Box::new(count), right, at: at.clone() };
        let money = self.deeper(1, money.span, |walk| walk.expr(money, env))?;
        Some(Expression::Multiply { factors: vec![share, money], at })
    }

    pub(super) fn shift(
        &mut self,
        windows: i32,
        inner: &Typed,
        span: Span,
        env: Env<'_>,
    ) -> Option<Expression> {
        Some(Expression::Shift { windows, value: self.boxed(inner, env)?, at: self.place(span) })
    }

    /// In how many of the last windows an objective was breached; without a name, that of the
    /// credit.
    pub(super) fn failures(
        &mut self,
        objective: Option<&str>,
        last: u32,
        span: Span,
    ) -> Option<Expression> {
        let at = self.place(span);
        let own: Option<&str> = match (self.due, &*self.set.terms.objectives) {
            (Some(due), _) => due.objectives.first().map(|name| name.as_str()),
            (None, [only]) => Some(only.name.as_str()),
            (None, _) => None,
        };
        let Some(name) = objective.or(own) else {
            let finding = Finding::new(
                Code::WrongArguments,
                span,
                "this does not say the failures of which objective are counted",
            );
            self.b.report(finding.help("name it: `failures(OBJECTIVE, last 6)`"));
            return None;
        };
        Some(Expression::Failures { objective: self.set.objective_id(name), last, at })
    }

    pub(super) fn breached(
        &mut self,
        objective: &str,
        count: BreachCount,
        span: Span,
    ) -> Option<Expression> {
        let (least, last) = match count {
            BreachCount::Once => (1, 1),
            BreachCount::InARow(count) => (count, count),
            BreachCount::OfLast(least, last) => (least, last),
        };
        let left = Box::new(self.failures(Some(objective), last, span)?);
        let right = Box::new(self.number(Exact::integer(i64::from(least)), span));
        Some(Expression::Compare { relation: Relation::AtLeast, left, right, at: self.place(span) })
    }
}

impl Builder<'_, '_, '_> {
    /// The id of a fee. Fees are distinguished by their names, or by the service they are for.
    fn fee_id(&self, fee: &model::Fee<'_>, set: &Setting<'_, '_>) -> String {
        match (&fee.name, fee.service) {
            (Some(name), _) => format!("{}/fee/{name}", set.id),
            (None, Some(service)) => format!("{}/fee@{}", set.id, self.label(service)),
            (None, None) => format!("{}/fee", set.id),
        }
    }

    /// A fee of an agreement.
    pub(super) fn agreement_fee(
        &mut self,
        fee: &model::Fee<'_>,
        set: &Setting<'_, '_>,
    ) -> Option<plan::Fee> {
        let amount = Lower::new(self, set).expr(&fee.amount, Env::default())?;
        let accrual = match fee.syntax.rhythm {
            None => Accrual::Measured {},
            Some(Rhythm::Once(_)) => Accrual::Once {},
            Some(Rhythm::Per(unit, span)) => {
                let (per, window) = rate(unit)?;
                let first_month =
                    matches!(window, WindowUnit::Quarter | WindowUnit::Year).then_some(Month(1));
                let zone = self.zone_name(set.zone);
                let period =
                    Window::Calendar { unit: window, first_month, zone, at: self.place(span) };
                Accrual::Daily { per, period }
            }
        };
        Some(plan::Fee {
            id: self.fee_id(fee, set),
            name: fee.name.as_ref().map(|name| name.to_string()),
            service: fee.service.map(|service| self.need_service(service, set.zone)),
            amount,
            accrual,
            from: self.fee_start(fee, set),
            doc: said(fee.item.doc.as_deref()),
            at: self.place(fee.item.span),
            was: self.places(&fee.was),
        })
    }

    fn fee_start(
        &mut self,
        fee: &model::Fee<'_>,
        set: &Setting<'_, '_>,
    ) -> Option<crate::plan::Moment> {
        fee.syntax.from.as_ref().map(|when| self.moment_when(when, set))
    }

    /// The service in the plan; its hours are read by the clocks of the first agreement that needs
    /// it.
    pub(super) fn need_service(&mut self, id: DeclId, zone: crate::time::Zone) -> String {
        self.service_zones.entry(id).or_insert(zone);
        self.need(id)
    }
}

/// How a rate accrues.
fn rate(unit: PeriodUnit) -> Option<(Per, WindowUnit)> {
    match unit {
        PeriodUnit::Day => Some((Per::Day, WindowUnit::Day)),
        PeriodUnit::Month => Some((Per::Month, WindowUnit::Month)),
        PeriodUnit::Quarter => Some((Per::Quarter, WindowUnit::Quarter)),
        PeriodUnit::Year => Some((Per::Year, WindowUnit::Year)),
        PeriodUnit::Hour | PeriodUnit::Minute | PeriodUnit::WorkingDay | PeriodUnit::Week => None,
    }
}
