//! Lines of credits: edges, payments, steps. What the lines come to together is proved later.

use super::credit::CreditScope;
use crate::base::Span;
use crate::diag::{Code, Finding};
use crate::lang::units::PeriodUnit;
use crate::syntax::ast::{self, Compare};
use crate::types::checker::Checker;
use crate::types::constant;
use crate::types::model::{Edge, Line, Measure, PayTerm, Remedy, StepFrom};
use crate::types::tree::{Builtin, Fold, Kind, Typed};
use crate::types::ty::{Dimension, Ty};

impl<'a> Checker<'a, '_> {
    /// The typed lines of a ladder; lines that cannot be used are left out and have been reported.
    pub(super) fn ladder(
        &mut self,
        ladder: &'a ast::Ladder,
        inside: &CreditScope<'_, 'a>,
    ) -> Vec<Line> {
        let mut lines = Vec::with_capacity(ladder.lines.len());
        for line in &ladder.lines {
            let Some(edge) = self.edge(&line.edge, inside) else { continue };
            let until = line.until.as_ref().map(|until| self.bound(until, inside));
            if until.as_ref().is_some_and(Option::is_none) {
                continue;
            }
            let Some(remedy) = line.pay.as_ref().and_then(|pay| self.remedy(pay, inside)) else {
                continue;
            };
            lines.push(Line { edge, until: until.flatten(), remedy, at: line.span });
        }
        lines
    }

    fn edge(&mut self, edge: &'a ast::Edge, inside: &CreditScope<'_, 'a>) -> Option<Edge> {
        match edge {
            ast::Edge::Below(bound) => Some(Edge::Below(self.bound(bound.as_ref()?, inside)?)),
            ast::Edge::AtOrBelow(bound) => {
                Some(Edge::AtOrBelow(self.bound(bound.as_ref()?, inside)?))
            }
            ast::Edge::Above(bound) => Some(Edge::Above(self.bound(bound.as_ref()?, inside)?)),
            ast::Edge::AtOrAbove(bound) => {
                Some(Edge::AtOrAbove(self.bound(bound.as_ref()?, inside)?))
            }
            ast::Edge::From(bound) => Some(Edge::From(self.bound(bound.as_ref()?, inside)?)),
            ast::Edge::In(range) => self
                .band(range.as_ref()?, inside)
                .map(|(low, high)| Edge::In(Box::new(low), Box::new(high))),
            ast::Edge::Otherwise => Some(Edge::Otherwise),
            ast::Edge::Outside(range) => self
                .band(range.as_ref()?, inside)
                .map(|(low, high)| Edge::Outside(Box::new(low), Box::new(high))),
        }
    }

    fn bound(&mut self, expr: &'a ast::Expr, inside: &CreditScope<'_, 'a>) -> Option<Typed> {
        let typed = self.infer_as(expr, &inside.scope, Some(&inside.subject));
        let typed = self.on_clock(typed, inside)?;
        self.compare_with_subject(&typed, inside);
        (!typed.ty.is_unknown()).then_some(typed)
    }

    fn band(
        &mut self,
        expr: &'a ast::Expr,
        inside: &CreditScope<'_, 'a>,
    ) -> Option<(Typed, Typed)> {
        let typed = self.infer_as(expr, &inside.scope, Some(&inside.subject));
        let Kind::Range(ends) = typed.kind else {
            self.mismatch(&typed, "a range such as `95%..98.999%`");
            return None;
        };
        let [low, high] = *ends;
        let (low, high) = (self.on_clock(low, inside)?, self.on_clock(high, inside)?);
        self.compare_with_subject(&low, inside);
        self.compare_with_subject(&high, inside);
        Some((low, high))
    }

    /// Working days where a ladder looks at time on the clock of a calendar: so many of its
    /// ordinary open days.
    fn on_clock(&mut self, typed: Typed, inside: &CreditScope<'_, 'a>) -> Option<Typed> {
        match &typed.kind {
            Kind::Period(period)
                if period.unit == PeriodUnit::WorkingDay
                    && inside.subject.present().dimension().is_some_and(Dimension::is_time) =>
            {
                self.working_days(period, inside.clock, typed.span)
            }
            _ => Some(typed),
        }
    }

    fn compare_with_subject(&mut self, bound: &Typed, inside: &CreditScope<'_, 'a>) {
        let subject = Typed {
            kind: Kind::Builtin(Builtin::Value),
            ty: inside.subject.clone(),
            span: subject_place(inside, bound.span),
        };
        self.comparable(Compare::AtLeast, &subject, bound, bound.span);
    }

    /// What a line or credit gives.
    pub(super) fn remedy(
        &mut self,
        remedy: &'a ast::Remedy,
        inside: &CreditScope<'_, 'a>,
    ) -> Option<Remedy> {
        match remedy {
            ast::Remedy::Text(text) => Some(Remedy::Text(text.as_ref()?.value.clone())),
            ast::Remedy::Extend(length) => {
                let typed = self.infer(length.as_ref()?, &inside.scope);
                if typed.ty != Ty::Period {
                    self.need_type(&typed, &Ty::duration());
                }
                (!typed.ty.is_unknown()).then(|| Remedy::Extend(Box::new(typed)))
            }
            ast::Remedy::Pay(terms) => {
                let mut typed: Vec<PayTerm> = Vec::with_capacity(terms.len());
                typed.extend(terms.iter().filter_map(|term| self.pay_term(term, inside)));
                (!typed.is_empty() && typed.len() == terms.len())
                    .then_some(Remedy::Pay(typed.into()))
            }
        }
    }

    fn pay_term(
        &mut self,
        term: &'a ast::PayTerm,
        inside: &CreditScope<'_, 'a>,
    ) -> Option<PayTerm> {
        let amount = term.amount.as_ref()?;
        let typed = self.infer(amount, &inside.scope);
        let share = self.is_share(&typed, inside.base.is_some(), "pay")?;
        let step = match &term.step {
            None => None,
            Some(step) => Some(Box::new(self.step(step, inside)?)),
        };
        Some(PayTerm { amount: typed, share, step })
    }

    fn step(
        &mut self,
        step: &'a ast::Step,
        inside: &CreditScope<'_, 'a>,
    ) -> Option<(Typed, ast::StepCount, StepFrom)> {
        let unit = self.infer_as(step.unit.as_ref()?, &inside.scope, Some(&inside.subject));
        let unit = self.on_clock(unit, inside)?;
        if self.counts_time_of_a_number(&unit, inside) {
            return None;
        }
        self.compare_with_subject(&unit, inside);
        if let Some(size) = constant::value(&unit)
            && (size.is_zero() || size.is_negative())
        {
            self.report_once(Finding::new(
                Code::PointlessTarget,
                unit.span,
                "a step must be greater than zero",
            ));
            return None;
        }
        let from = match step.from.as_ref()? {
            ast::StepFrom::Zero => StepFrom::Zero,
            ast::StepFrom::Target => {
                if let Some(target) = inside
                    .scope
                    .target
                    .as_ref()
                    .filter(|target| !self.fits(target, &inside.subject))
                {
                    let (target, subject) = (self.say(target), self.say(&inside.subject));
                    let mut finding = Finding::new(
                        Code::DimensionMismatch,
                        unit.span,
                        format!(
                            "the steps count {subject}, but the target they begin at is {target}"
                        ),
                    );
                    if let [objective] = &*inside.objectives {
                        finding = finding.also(objective.target.at, "the target");
                    }
                    let allows_downtime = uptime_rows(inside).is_some()
                        && inside.subject.dimension().is_some_and(Dimension::is_time);
                    let help = if allows_downtime {
                        "write `from (100% - target) * measured`, the downtime that the target allows, or `from zero`"
                    } else {
                        "write where the steps begin: `from zero` or `from 4 h`"
                    };
                    self.report_once(finding.help(help));
                    return None;
                }
                StepFrom::Target
            }
            ast::StepFrom::Value(value) => StepFrom::Value(self.bound(value, inside)?),
        };
        Some((unit, step.count?, from))
    }

    /// Reports steps in time where the objective's own value is a number: the downtime is what was
    /// meant.
    fn counts_time_of_a_number(&mut self, unit: &Typed, inside: &CreditScope<'_, 'a>) -> bool {
        let is_time = unit.ty.dimension().is_some_and(Dimension::is_time);
        let is_number = inside.subject.dimension().is_some_and(Dimension::is_number);
        if !inside.own_value || !is_time || !is_number {
            return false;
        }
        let subject = self.say(&inside.subject);
        let mut finding = Finding::new(
            Code::DimensionMismatch,
            unit.span,
            format!("the steps count time, but the value that they divide is {subject}"),
        );
        if let [objective] = &*inside.objectives {
            finding = finding.also(objective.metric.at, subject);
        }
        let rows = uptime_rows(inside).map(|rows| self.sources.text(rows));
        let help = match rows {
            Some(rows) => format!(
                "write `on downtime({rows})` after the name of the credit, so that its lines and steps use time"
            ),
            None => {
                "write after the name of the credit which value its steps divide: `on downtime(…)`"
                    .to_owned()
            }
        };
        self.report_once(finding.help(help));
        true
    }
}

/// The rows whose uptime a credit's only objective promises, where its metric is written out.
fn uptime_rows(inside: &CreditScope<'_, '_>) -> Option<Span> {
    let [objective] = &*inside.objectives else { return None };
    let Measure::Stated(metric) = &objective.metric.value else { return None };
    match &metric.kind {
        Kind::Aggregate(aggregate)
            if aggregate.fold == Fold::Uptime && aggregate.weight.is_none() =>
        {
            Some(aggregate.rows.span)
        }
        _ => None,
    }
}

fn subject_place(inside: &CreditScope<'_, '_>, otherwise: Span) -> Span {
    inside
        .objectives
        .first()
        .filter(|_| inside.own_value)
        .map_or(otherwise, |objective| objective.metric.at)
}
