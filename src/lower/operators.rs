//! Operators: arithmetic, comparisons, logic.

use super::values::length;
use super::walk::{Env, Lower};
use crate::base::{Exact, Span};
use crate::diag::{Code, Finding};
use crate::lang::units::PeriodUnit;
use crate::plan::{Expression, Relation, RoundTo};
use crate::plan::{Number, NumberForm, Value};
use crate::syntax::ast::Compare;
use crate::types::tree::{Arithmetic, Kind, Simple, Typed};
use crate::types::ty::Ty;

impl Lower<'_, '_, '_, '_, '_> {
    pub(super) fn arithmetic(
        &mut self,
        operator: Arithmetic,
        both: &[Typed; 2],
        typed: &Typed,
        env: Env<'_>,
    ) -> Option<Expression> {
        let at = self.place(typed.span);
        if let Some(period) = both.iter().find(|side| side.ty == Ty::Period) {
            return self.calendar_sum(period.span);
        }
        match operator {
            Arithmetic::Add => {
                let mut terms =
                    chain(typed, |kind| matches!(kind, Kind::Arithmetic(Arithmetic::Add, _)));
                // A time stands before what is added to it.
                terms.sort_by_key(|term| !matches!(term.ty.present(), Ty::Time));
                Some(Expression::Add { terms: self.list(terms, env)?, at })
            }
            Arithmetic::Multiply => {
                let factors =
                    chain(typed, |kind| matches!(kind, Kind::Arithmetic(Arithmetic::Multiply, _)));
                Some(Expression::Multiply { factors: self.list(factors, env)?, at })
            }
            Arithmetic::Subtract => {
                let [left, right] = both;
                Some(Expression::Subtract {
                    left: self.boxed(left, env)?,
                    right: self.boxed(right, env)?,
                    at,
                })
            }
            Arithmetic::Divide => {
                let [left, right] = both;
                Some(Expression::Divide {
                    left: self.boxed(left, env)?,
                    right: self.boxed(right, env)?,
                    at,
                })
            }
        }
    }

    fn calendar_sum(&mut self, span: Span) -> Option<Expression> {
        let finding = Finding::new(
            Code::PeriodAsDuration,
            span,
            "calendar periods cannot be added to measured instants",
        );
        self.b.report(finding.help("write a fixed length: days of 24 h, hours, minutes"));
        None
    }

    pub(super) fn negate(
        &mut self,
        inner: &Typed,
        typed: &Typed,
        env: Env<'_>,
    ) -> Option<Expression> {
        if let Some(value) = self.b.literal(typed, self.set.zone) {
            return Some(self.literal(value, typed.span));
        }
        let minus = self.number(Exact::integer(-1), typed.span);
        let inner = self.deeper(1, typed.span, |walk| walk.expr(inner, env))?;
        Some(Expression::Multiply { factors: vec![minus, inner], at: self.place(typed.span) })
    }

    /// A plain number.
    pub(super) fn number(&self, value: Exact, span: Span) -> Expression {
        self.literal(Value::Number { value: Number(value), form: NumberForm::Plain }, span)
    }

    pub(super) fn rounded(
        &mut self,
        both: &[Typed; 2],
        span: Span,
        env: Env<'_>,
    ) -> Option<Expression> {
        let [value, to] = both;
        let (value, to) = (self.boxed(value, env)?, self.boxed(to, env)?);
        Some(Expression::Round { value, to, how: RoundTo::HalfUp, at: self.place(span) })
    }

    pub(super) fn simple(
        &mut self,
        function: Simple,
        args: &[Typed],
        span: Span,
        env: Env<'_>,
    ) -> Option<Expression> {
        let at = self.place(span);
        match (function, args) {
            (Simple::Floor | Simple::Ceil, [value, rest @ ..]) => {
                let value = self.boxed(value, env)?;
                let to = match rest.first() {
                    Some(step) => self.boxed(step, env)?,
                    None => Box::new(self.number(Exact::ONE, span)),
                };
                let how = if function == Simple::Floor { RoundTo::Down } else { RoundTo::Up };
                Some(Expression::Round { value, to, how, at })
            }
            (Simple::Min, values) => {
                Some(Expression::Least { values: self.list(values, env)?, at })
            }
            (Simple::Max, values) => {
                Some(Expression::Greatest { values: self.list(values, env)?, at })
            }
            (Simple::Days, [from, to]) => {
                let (from, to) = (self.boxed(from, env)?, self.boxed(to, env)?);
                Some(Expression::DaysBetween {
                    from,
                    to,
                    zone: self.b.zone_name(self.set.zone),
                    at,
                })
            }
            (Simple::Floor | Simple::Ceil | Simple::Days, _) => None,
        }
    }

    pub(super) fn compare(
        &mut self,
        compare: Compare,
        both: &[Typed; 2],
        span: Span,
        env: Env<'_>,
    ) -> Option<Expression> {
        let [left, right] = both;
        let at = self.place(span);
        let relation = relation(compare)?;
        // Only support cells compare what may be absent: what has not happened yet is not in time.
        if super::expressions::may_be_absent(&left.ty) {
            let list = |walk: &mut Self| {
                let present = Expression::Present { value: walk.boxed(left, env)?, at: at.clone() };
                let (left, right) = (walk.boxed(left, env)?, walk.boxed(right, env)?);
                Some(vec![present, Expression::Compare { relation, left, right, at: at.clone() }])
            };
            let terms = self.deeper(2, span, list)?;
            return Some(Expression::And { terms, at });
        }
        let (left, right) = (self.boxed(left, env)?, self.boxed(right, env)?);
        Some(Expression::Compare { relation, left, right, at })
    }

    pub(super) fn between(
        &mut self,
        three: &[Typed; 3],
        span: Span,
        env: Env<'_>,
    ) -> Option<Expression> {
        let [value, low, high] = three;
        let (value, low, high) =
            (self.boxed(value, env)?, self.boxed(low, env)?, self.boxed(high, env)?);
        Some(Expression::Between { value, low, high, at: self.place(span) })
    }

    pub(super) fn junction(&mut self, typed: &Typed, env: Env<'_>) -> Option<Expression> {
        let at = self.place(typed.span);
        if matches!(typed.kind, Kind::And(_)) {
            let terms = chain(typed, |kind| matches!(kind, Kind::And(_)));
            return Some(Expression::And { terms: self.list(terms, env)?, at });
        }
        let terms = chain(typed, |kind| matches!(kind, Kind::Or(_)));
        Some(Expression::Or { terms: self.list(terms, env)?, at })
    }

    /// A target: a value, or so many working days of the calendar it is measured in.
    pub(super) fn target(&mut self, typed: &Typed, env: Env<'_>) -> Option<Expression> {
        match &typed.kind {
            Kind::Period(period) if matches!(period.unit, PeriodUnit::Day | PeriodUnit::Week) => {
                let days =
                    if period.unit == PeriodUnit::Week { 7 } else { 1 } * i64::from(period.count);
                Some(self.literal(
                    super::values::duration_value(length(days.saturating_mul(crate::time::DAY))),
                    typed.span,
                ))
            }
            _ => self.expr(typed, env),
        }
    }
}

/// The operands of operators of one kind, from left to right: long sums are long, not deep.
fn chain(typed: &Typed, same: impl Fn(&Kind) -> bool) -> Vec<&Typed> {
    let mut open = vec![typed];
    let mut operands = Vec::new();
    while let Some(next) = open.pop() {
        match &next.kind {
            Kind::Arithmetic(_, both) | Kind::And(both) | Kind::Or(both) if same(&next.kind) => {
                let [left, right] = both.as_ref();
                open.extend([right, left]);
            }
            _ => operands.push(next),
        }
    }
    operands
}

/// The relation of a comparison; a range has none.
pub(super) fn relation(compare: Compare) -> Option<Relation> {
    match compare {
        Compare::Equal => Some(Relation::Equal),
        Compare::NotEqual => Some(Relation::NotEqual),
        Compare::Less => Some(Relation::Less),
        Compare::AtMost => Some(Relation::AtMost),
        Compare::Greater => Some(Relation::Greater),
        Compare::AtLeast => Some(Relation::AtLeast),
        Compare::In => None,
    }
}
