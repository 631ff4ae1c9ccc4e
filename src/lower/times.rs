//! Sets of time.

use super::fold::fold;
use super::values::length;
use super::walk::{Call, Env, Lower};
use crate::base::Exact;
use crate::plan::{Duration, Type, Value};
use crate::plan::{Expression, RowPart};
use crate::plan::{Rows, Times};
use crate::types::tree::{Kind, Overlap, TimeOp, Typed};
use crate::types::ty::{RowKind, Ty};

impl Lower<'_, '_, '_, '_, '_> {
    /// The set of time an expression stands for.
    pub(super) fn times(&mut self, typed: &Typed, env: Env<'_>) -> Option<Times> {
        self.deeper(1, typed.span, |walk| walk.times_node(typed, env))
    }

    /// A set of time, or the time that rows cover.
    pub(super) fn covered(&mut self, typed: &Typed, env: Env<'_>) -> Option<Times> {
        if !matches!(typed.ty.present(), Ty::Rows(_)) {
            return self.times(typed, env);
        }
        let at = self.place(typed.span);
        self.deeper(1, typed.span, |walk| {
            Some(Times::Covered { rows: Box::new(walk.rows(typed, env)?), at })
        })
    }

    fn times_node(&mut self, typed: &Typed, env: Env<'_>) -> Option<Times> {
        let at = self.place(typed.span);
        match &typed.kind {
            Kind::Missing => None,
            Kind::Always => Some(Times::Always { at }),
            Kind::Calendar(id) => {
                Some(Times::Open { calendar: self.b.calendar(*id, self.set.zone)?, at })
            }
            Kind::TimeOf(rows) => {
                Some(Times::Covered { rows: Box::new(self.rows(rows, env)?), at })
            }
            Kind::Runs { of, lasting, more_than } => {
                let time = Box::new(self.stretches(of, env)?);
                Some(Times::Runs {
                    time,
                    lasting: self.length(lasting, env)?,
                    longer: *more_than,
                    at,
                })
            }
            Kind::Overlap(overlap) => {
                let Overlap { of, by, least } = &**overlap;
                let field = Typed {
                    kind: Kind::Field(by.clone()),
                    ty: field_type(of, by),
                    span: typed.span,
                };
                let by = self.of_row(of, env, |walk, env| walk.boxed(&field, env))?;
                let least = self.count(least, env)?;
                Some(Times::Overlap { rows: Box::new(self.rows(of, env)?), by, least, at })
            }
            Kind::Holds(both) => {
                let [of, condition] = &**both;
                let condition = self.of_row(of, env, |walk, env| walk.boxed(condition, env))?;
                Some(Times::Holds { rows: Box::new(self.rows(of, env)?), condition, at })
            }
            Kind::TimeOp(operator, both) => self.time_operator(*operator, both, typed, env),
            Kind::Complement(inner) => {
                Some(Times::Complement { time: Box::new(self.times(inner, env)?), at })
            }
            Kind::Param(index) => {
                let call = env.call?;
                self.times(call.args.get(*index)?, call.env)
            }
            Kind::Metric(instance, args) => {
                let call = Call { args, env };
                self.times(&instance.body, Env { call: Some(&call), row: None, slot: None })
            }
            Kind::Slot => Some(Times::Covered { rows: Box::new(self.rows(typed, env)?), at }),
            _ => {
                self.cannot(typed.span, "this set of times depends on more than a plan can express")
            }
        }
    }

    /// What `runs` looks at: a set of time, or the time of a series where its value is true.
    fn stretches(&mut self, of: &Typed, env: Env<'_>) -> Option<Times> {
        let series = matches!(of.ty.present(), Ty::Rows(rows) if rows.kind == RowKind::Series);
        if !series {
            return self.covered(of, env);
        }
        let at = self.place(of.span);
        let rows = self.deeper(2, of.span, |walk| walk.rows(of, env))?;
        if matches!(rows, Rows::Each { .. }) {
            return Some(Times::TrueSlots { series: Box::new(rows), at });
        }
        // Ready samples are rows like any other.
        let condition = Box::new(Expression::Row {
            part: RowPart::Value,
            of: Type::Boolean {},
            row: 0,
            at: at.clone(),
        });
        Some(Times::Covered {
            rows: Box::new(Rows::Where { rows: Box::new(rows), condition, at: at.clone() }),
            at,
        })
    }

    fn time_operator(
        &mut self,
        operator: TimeOp,
        both: &[Typed; 2],
        typed: &Typed,
        env: Env<'_>,
    ) -> Option<Times> {
        let at = self.place(typed.span);
        match operator {
            TimeOp::Union => {
                Some(Times::Union { times: self.time_list(typed, TimeOp::Union, env)?, at })
            }
            TimeOp::Intersection => Some(Times::Intersection {
                times: self.time_list(typed, TimeOp::Intersection, env)?,
                at,
            }),
            TimeOp::Difference => {
                let [from, less] = both;
                let times = self.deeper(1, typed.span, |walk| {
                    let from = walk.times(from, env)?;
                    let less_at = walk.place(less.span);
                    let less = walk.deeper(1, less.span, |walk| walk.times(less, env))?;
                    Some(vec![from, Times::Complement { time: Box::new(less), at: less_at }])
                })?;
                Some(Times::Intersection { times, at })
            }
        }
    }

    /// The operands of unions of unions, or intersections of intersections.
    fn time_list(&mut self, typed: &Typed, same: TimeOp, env: Env<'_>) -> Option<Vec<Times>> {
        let mut open = vec![typed];
        let mut list = Vec::new();
        while let Some(next) = open.pop() {
            match &next.kind {
                Kind::TimeOp(operator, both) if *operator == same => {
                    let [left, right] = both.as_ref();
                    open.extend([right, left]);
                }
                _ => list.push(self.deeper(1, next.span, |walk| walk.times(next, env))?),
            }
        }
        Some(list)
    }

    /// A length that must be known beforehand.
    pub(super) fn length(&mut self, typed: &Typed, env: Env<'_>) -> Option<Duration> {
        let expression = self.expr(typed, env)?;
        if let Expression::Literal { value: Value::Duration { nanoseconds, unit }, .. } = expression
        {
            return Some(Duration { nanoseconds, unit });
        }
        match fold(&expression).as_ref().and_then(Exact::to_i64) {
            Some(nanoseconds) => Some(length(nanoseconds)),
            None => {
                self.cannot(typed.span, "this length must be known before anything is measured")
            }
        }
    }

    /// A whole number that must be known beforehand.
    pub(super) fn count(&mut self, typed: &Typed, env: Env<'_>) -> Option<u32> {
        let expression = self.expr(typed, env)?;
        let known = fold(&expression)
            .as_ref()
            .and_then(Exact::to_i64)
            .and_then(|count| u32::try_from(count).ok());
        match known.filter(|count| *count > 0) {
            Some(count) => Some(count),
            None => self.cannot(
                typed.span,
                "this must be a whole number from 1 on, known before anything is measured",
            ),
        }
    }
}

fn field_type(rows: &Typed, name: &str) -> Ty {
    super::walk::rows_of(rows).and_then(|rows| rows.field(name)).unwrap_or(Ty::Unknown)
}
