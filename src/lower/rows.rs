//! Rows: sources, and what reshapes them.

use super::walk::{Env, Lower, Slot};
use crate::base::Span;
use crate::diag::{Code, Finding};
use crate::names::DeclId;
use crate::plan::{Expression, RowPart};

use crate::plan::Type;
use crate::plan::{Cut, EmptySlot, GroupValues, Rows, Times};
use crate::syntax::ast;
use crate::types::tree::{Each, EachBy, Kind, Typed};
use crate::types::ty::{RowKind, Rows as RowsTy, Ty};

impl Lower<'_, '_, '_, '_, '_> {
    /// The rows an expression stands for; a set of time stands for its pieces.
    pub(super) fn rows(&mut self, typed: &Typed, env: Env<'_>) -> Option<Rows> {
        if typed.ty == Ty::TimeSet && !matches!(typed.kind, Kind::Slot) {
            let at = self.place(typed.span);
            return self.deeper(1, typed.span, |walk| {
                Some(Rows::Pieces { time: Box::new(walk.times(typed, env)?), at })
            });
        }
        self.deeper(1, typed.span, |walk| walk.rows_node(typed, env))
    }

    fn rows_node(&mut self, typed: &Typed, env: Env<'_>) -> Option<Rows> {
        let at = self.place(typed.span);
        match &typed.kind {
            Kind::Missing => None,
            Kind::Source(id) => self.source(*id, typed.span),
            Kind::Link(name) | Kind::Field(name) => self.linked(name, typed.span, env),
            Kind::Slot => {
                let slot = env.slot?;
                if slot.level == self.cuts {
                    self.meet(&slot.sources);
                    return Some(Rows::SlotRows { at });
                }
                // The rows of an outer slot, seen through the frame of an inner one, are the rows
                // that the outer one cuts.
                self.rows(slot.rows, slot.env)
            }
            Kind::Param(index) => {
                let call = env.call?;
                self.rows(call.args.get(*index)?, call.env)
            }
            Kind::Metric(instance, args) => {
                let call = super::walk::Call { args, env };
                self.rows(&instance.body, Env { call: Some(&call), row: None, slot: None })
            }
            Kind::Where(both) => {
                let [rows, condition] = both.as_ref();
                let condition = self.of_row(rows, env, |walk, env| walk.boxed(condition, env))?;
                Some(Rows::Where { rows: Box::new(self.rows(rows, env)?), condition, at })
            }
            Kind::Within(both, inside) => {
                let [rows, time] = both.as_ref();
                let rows = Box::new(self.rows(rows, env)?);
                let time = Box::new(self.inside(time, *inside, env)?);
                Some(Rows::RowsDuring { rows, time, at })
            }
            Kind::At(rows, name) => {
                let instant =
                    self.of_row(rows, env, |walk, env| walk.instant(name, typed.span, env))?;
                Some(Rows::RowsAt {
                    rows: Box::new(self.rows(rows, env)?),
                    instant: Box::new(instant),
                    at,
                })
            }
            Kind::Respan(three) => {
                let [rows, start, end] = three.as_ref();
                let (start, end) = self.of_row(rows, env, |walk, env| {
                    Some((walk.boxed(start, env)?, walk.boxed(end, env)?))
                })?;
                Some(Rows::RowsSpan { rows: Box::new(self.rows(rows, env)?), start, end, at })
            }
            Kind::Each(each) => self.each(each, typed.span, env),
            _ => self.cannot(typed.span, "these rows depend on more than a plan can express"),
        }
    }

    /// Remembers sources that are read.
    fn meet(&mut self, sources: &[DeclId]) {
        for source in sources {
            if !self.met.contains(source) {
                self.met.push(*source);
            }
        }
    }

    fn source(&mut self, id: DeclId, span: Span) -> Option<Rows> {
        let at = self.place(span);
        self.meet(&[id]);
        let source = Rows::Source { source: self.b.need(id), at };
        let Some((filtered, condition)) = self.filter.filter(|(filtered, _)| *filtered == id)
        else {
            return Some(source);
        };
        self.filter = None;
        let types = self.b.model.sources.get(&id).cloned();
        let condition_at = self.place(condition.span);
        let out = self.deeper(1, span, |walk| {
            let condition = walk.of_rows(types.as_deref(), Env::default(), |walk, env| {
                walk.boxed(condition, env)
            })?;
            Some(Rows::Where { rows: Box::new(source), condition, at: condition_at })
        });
        self.filter = Some((filtered, condition));
        out
    }

    /// Rows of another source that name the current row.
    fn linked(&mut self, name: &str, span: Span, env: Env<'_>) -> Option<Rows> {
        let row = env.row?;
        let rows = row.rows?;
        let Some((source, key)) = rows
            .fields
            .iter()
            .find(|field| field.name == name)
            .and_then(|field| field.link.clone())
        else {
            return self.cannot(span, format!("`{name}` is not a link to rows of another source"));
        };
        let Some(field) = own_key(rows, &key) else {
            let message = format!("nothing says which field `{key}` of the linked rows names");
            let finding = Finding::new(Code::UnknownField, span, message);
            self.b.report(finding.help(format!(
                "give the rows that are linked to a field `id`, or one called `{key}`"
            )));
            return None;
        };
        let row = self.binders.saturating_sub(row.level);
        Some(Rows::Linked {
            source: self.b.need(source),
            key: key.into(),
            field,
            row,
            at: self.place(span),
        })
    }

    /// The instant that a field of the current row holds.
    fn instant(&mut self, name: &str, span: Span, env: Env<'_>) -> Option<Expression> {
        let row = env.row?;
        let index = self.binders.saturating_sub(row.level);
        let at = self.place(span);
        Some(match self.row_part(row.rows, name) {
            Some(part) => Expression::Row { part, of: Type::Time {}, row: index, at },
            None => Expression::Field { name: name.to_string(), of: Type::Time {}, row: index, at },
        })
    }

    /// The time inside or outside a set.
    fn inside(&mut self, time: &Typed, inside: bool, env: Env<'_>) -> Option<Times> {
        if inside {
            return self.times(time, env);
        }
        let at = self.place(time.span);
        self.deeper(1, time.span, |walk| {
            Some(Times::Complement { time: Box::new(walk.times(time, env)?), at })
        })
    }

    fn each(&mut self, each: &Each, span: Span, env: Env<'_>) -> Option<Rows> {
        let before = std::mem::take(&mut self.met);
        let rows = self.rows(&each.rows, env);
        let sources = self.met.clone();
        self.cuts += 1;
        let slot = Slot { rows: &each.rows, env, level: self.cuts, sources };
        let inside = Env { slot: Some(&slot), row: None, ..env };
        let value = self.slot_value(each, inside);
        self.cuts -= 1;
        let inner = std::mem::replace(&mut self.met, before);
        let cut = self.cut(each, &inner, env);
        self.meet(&inner);
        let (value, empty) = value?;
        Some(Rows::Each {
            cut: cut?,
            rows: Box::new(rows?),
            value: Box::new(value),
            empty,
            at: self.place(span),
        })
    }

    /// The value of a slot, and what an empty one is worth.
    fn slot_value(&mut self, each: &Each, env: Env<'_>) -> Option<(Expression, EmptySlot)> {
        let events =
            super::walk::rows_of(&each.rows).is_some_and(|rows| rows.kind == RowKind::Events);
        match (each.empty, &each.body.kind) {
            (Some(ast::EmptySlot::Last), _) => {
                Some((self.expr(&each.body, env)?, EmptySlot::Last {}))
            }
            (Some(ast::EmptySlot::Skip), _) => {
                Some((self.expr(&each.body, env)?, EmptySlot::Skip {}))
            }
            // No span has to start in a slot for it to be down there, so only of events an empty
            // slot is one without rows.
            (None, Kind::Default(both)) if events => {
                let [value, otherwise] = both.as_ref();
                let value = self.expr(value, env)?;
                let otherwise =
                    self.deeper(1, otherwise.span, |walk| walk.boxed(otherwise, env))?;
                Some((value, EmptySlot::Value { value: otherwise }))
            }
            (None, _) => Some((self.expr(&each.body, env)?, EmptySlot::Computed {})),
        }
    }

    fn cut(&mut self, each: &Each, inner: &[DeclId], env: Env<'_>) -> Option<Cut> {
        match &each.key {
            EachBy::Length(length) => Some(Cut::Length {
                length: self.length(length, env)?,
                zone: self.b.zone_name(self.set.zone),
            }),
            EachBy::Window(window) => {
                Some(Cut::Window { window: self.b.window(window, self.set)? })
            }
            EachBy::Pieces(time) => {
                let time = self.deeper(1, time.span, |walk| walk.times(time, env))?;
                Some(Cut::Pieces { time: Box::new(time) })
            }
            EachBy::Field(field) => {
                let rows = super::walk::rows_of(&each.rows)?;
                let ty =
                    rows.fields.iter().find(|known| known.name == *field)?.ty.present().clone();
                let of = self.b.ty(&ty, each.rows.span)?;
                let values = match self.b.known_values(&ty, self.set) {
                    Some(values) => GroupValues::Known {
                        values: values.into_iter().map(|value| vec![value]).collect(),
                    },
                    None => GroupValues::Data {},
                };
                Some(Cut::Field {
                    field: field.to_string(),
                    of,
                    sources: self.b.sources_with(inner, field),
                    values,
                })
            }
        }
    }
}

/// The field of linked rows that holds what the key of the others names.
fn own_key(rows: &RowsTy, key: &str) -> Option<String> {
    let has = |name: &str| rows.fields.iter().any(|field| field.name == name);
    [key, "id"].into_iter().find(|name| has(name)).map(str::to_string)
}

/// The anchor of rows: the instant of an event, the start of any other.
pub(super) fn anchor_part(kind: RowKind) -> RowPart {
    match kind {
        RowKind::Events => RowPart::At,
        RowKind::Spans | RowKind::Series => RowPart::Start,
    }
}
