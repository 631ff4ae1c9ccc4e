//! Expressions: names, constants and calls of metrics. Operators, aggregates and money have files
//! of their own.

use super::walk::{Call, Env, Lower};
use crate::names::DeclId;
use crate::plan::{Expression, RowPart};
use crate::types::tree::{Builtin, Kind, Typed};
use crate::types::ty::{RowKind, Rows, Ty};

impl Lower<'_, '_, '_, '_, '_> {
    /// The expression of a value; `None` if there is none, which has been reported.
    pub(super) fn expr(&mut self, typed: &Typed, env: Env<'_>) -> Option<Expression> {
        self.deeper(1, typed.span, |walk| walk.node(typed, env))
    }

    /// The same as part of a larger one.
    pub(super) fn boxed(&mut self, typed: &Typed, env: Env<'_>) -> Option<Box<Expression>> {
        self.expr(typed, env).map(Box::new)
    }

    /// Expressions that stand in a list.
    pub(super) fn list<'t>(
        &mut self,
        list: impl IntoIterator<Item = &'t Typed>,
        env: Env<'_>,
    ) -> Option<Vec<Expression>> {
        list.into_iter()
            .map(|typed| self.deeper(1, typed.span, |walk| walk.expr(typed, env)))
            .collect()
    }

    fn node(&mut self, typed: &Typed, env: Env<'_>) -> Option<Expression> {
        match &typed.kind {
            Kind::Missing => None,
            Kind::Number(..)
            | Kind::Duration(..)
            | Kind::Money(..)
            | Kind::Units(..)
            | Kind::Data(..)
            | Kind::Rate(..)
            | Kind::Time(_)
            | Kind::Date(_)
            | Kind::Text(_)
            | Kind::Boolean(_)
            | Kind::EnumValue(_)
            | Kind::Declared(_) => self.constant(typed),
            Kind::Param(at) => {
                let call = env.call?;
                self.expr(call.args.get(*at)?, call.env)
            }
            Kind::Field(name) | Kind::Link(name) => self.field(name, typed, env),
            Kind::Fact(id) => {
                let of = self.b.ty(&typed.ty, typed.span)?;
                Some(Expression::Fact { name: self.b.need(*id), of, at: self.place(typed.span) })
            }
            Kind::Group(name) => {
                let of = self.b.ty(&typed.ty, typed.span)?;
                Some(Expression::Group { name: name.to_string(), of, at: self.place(typed.span) })
            }
            Kind::Builtin(known) => self.known(*known, typed),
            Kind::Table(table, keys) => self.lookup(*table, keys, typed, env),
            Kind::Metric(instance, args) => {
                let call = Call { args, env };
                let of_row = self
                    .b
                    .model
                    .metrics
                    .get(&instance.metric)
                    .is_some_and(|metric| metric.of.is_some());
                let row = if of_row { env.row } else { None };
                self.expr(&instance.body, Env { call: Some(&call), row, slot: None })
            }
            Kind::Aggregate(aggregate) => self.aggregate(aggregate, typed, env),
            Kind::Elapsed { ends, during, pausing } => {
                self.elapsed(ends, during.as_deref(), pausing.as_deref(), typed.span, env)
            }
            Kind::Deadline { from, days, during } => {
                self.deadline(from, *days, during.as_deref(), typed.span, env)
            }
            Kind::Arithmetic(operator, both) => self.arithmetic(*operator, both, typed, env),
            Kind::Negate(inner) => self.negate(inner, typed, env),
            Kind::Rounded(both) => self.rounded(both, typed.span, env),
            Kind::Call(function, args) => self.simple(*function, args, typed.span, env),
            Kind::Compare(relation, both) => self.compare(*relation, both, typed.span, env),
            Kind::InRange(three) => self.between(three, typed.span, env),
            Kind::And(_) | Kind::Or(_) => self.junction(typed, env),
            Kind::Not(inner) => {
                Some(Expression::Not { value: self.boxed(inner, env)?, at: self.place(typed.span) })
            }
            Kind::Has(inner) => Some(Expression::Present {
                value: self.boxed(inner, env)?,
                at: self.place(typed.span),
            }),
            Kind::Default(both) => {
                let [value, otherwise] = both.as_ref();
                let (value, otherwise) = (self.boxed(value, env)?, self.boxed(otherwise, env)?);
                Some(Expression::Default { value, otherwise, at: self.place(typed.span) })
            }
            Kind::If(three) => {
                let [condition, then, otherwise] = three.as_ref();
                let (condition, then) = (self.boxed(condition, env)?, self.boxed(then, env)?);
                let otherwise = self.boxed(otherwise, env)?;
                Some(Expression::If { condition, then, otherwise, at: self.place(typed.span) })
            }
            Kind::Fee(fee) => self.fee(fee, typed),
            Kind::DaysOf(both) => self.days_of(both, typed, env),
            Kind::Shift(windows, inner) => self.shift(*windows, inner, typed.span, env),
            Kind::Failures(objective, last) => {
                self.failures(objective.as_deref(), *last, typed.span)
            }
            Kind::Breached(breached) => self.breached(&breached.0, breached.1, typed.span),
            Kind::Period(_) => {
                self.cannot(typed.span, "a calendar period cannot be used in a measurement")
            }
            Kind::Clock(_) => {
                self.cannot(typed.span, "a time of day cannot be used in a measurement")
            }
            Kind::Range(_)
            | Kind::Source(_)
            | Kind::Slot
            | Kind::Always
            | Kind::Calendar(_)
            | Kind::TimeOf(_)
            | Kind::Runs { .. }
            | Kind::Overlap { .. }
            | Kind::Holds(_)
            | Kind::TimeOp(..)
            | Kind::Complement(_)
            | Kind::Where(_)
            | Kind::Within(..)
            | Kind::At(..)
            | Kind::Respan(_)
            | Kind::Each(_) => {
                let message = format!(
                    "one value is needed here, but this is {}",
                    typed.ty.describe(self.b.model.project)
                );
                self.cannot(typed.span, message)
            }
        }
    }

    fn constant(&mut self, typed: &Typed) -> Option<Expression> {
        let value = self.b.literal(typed, self.set.zone);
        match value {
            Some(value) => Some(self.literal(value, typed.span)),
            None => self.cannot(typed.span, "this constant is too long or too fine for a plan"),
        }
    }

    /// A part of the current row.
    fn field(&mut self, name: &str, typed: &Typed, env: Env<'_>) -> Option<Expression> {
        let at = self.place(typed.span);
        let Some(row) = env.row else {
            return self
                .cannot(typed.span, format!("there is no row here whose `{name}` could be meant"));
        };
        let of = self.b.ty(&typed.ty, typed.span)?;
        let index = self.binders.saturating_sub(row.level);
        match self.row_part(row.rows, name) {
            Some(part) => Some(Expression::Row { part, of, row: index, at }),
            None => Some(Expression::Field { name: name.to_string(), of, row: index, at }),
        }
    }

    /// What every row of a kind has, as opposed to declared fields.
    pub(super) fn row_part(&self, rows: Option<&Rows>, name: &str) -> Option<RowPart> {
        let kind = rows.map_or(RowKind::Spans, |rows| rows.kind);
        match (kind, name) {
            (RowKind::Events, "at") => Some(RowPart::At),
            (RowKind::Spans | RowKind::Series, "start") => Some(RowPart::Start),
            (RowKind::Spans | RowKind::Series, "end") => Some(RowPart::End),
            (RowKind::Spans | RowKind::Series, "length") => Some(RowPart::Length),
            (RowKind::Series, "value") => Some(RowPart::Value),
            // Events that were given a start and an end keep their instant.
            (RowKind::Spans, "at") => {
                let source = rows
                    .and_then(|rows| rows.source)
                    .and_then(|source| self.b.model.sources.get(&source));
                source.filter(|source| source.kind == RowKind::Events).map(|_| RowPart::At)
            }
            (RowKind::Events | RowKind::Spans | RowKind::Series, _) => None,
        }
    }

    fn known(&mut self, known: Builtin, typed: &Typed) -> Option<Expression> {
        let at = self.place(typed.span);
        match known {
            Builtin::Window => Some(Expression::WindowLength { at }),
            Builtin::Measured => Some(Expression::MeasuredLength { at }),
            Builtin::Days => Some(Expression::WindowDays { at }),
            Builtin::Value => self.due_value(typed.span),
            Builtin::Target => self.due_target(typed.span),
        }
    }

    fn lookup(
        &mut self,
        table: DeclId,
        keys: &[Typed],
        typed: &Typed,
        env: Env<'_>,
    ) -> Option<Expression> {
        let of = self.b.ty(&typed.ty, typed.span)?;
        let keys = self.list(keys, env)?;
        Some(Expression::Lookup { table: self.b.need(table), keys, of, at: self.place(typed.span) })
    }
}

/// True for values that may be absent.
pub(super) fn may_be_absent(ty: &Ty) -> bool {
    ty.is_optional()
}
