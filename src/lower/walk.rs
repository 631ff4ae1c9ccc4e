//! The walk over typed trees: what is around an expression, and how far the walk may go.

use super::Builder;
use super::setting::Setting;
use crate::base::Span;
use crate::diag::{Code, Finding};
use crate::names::DeclId;
use crate::plan::Expression;
use crate::plan::Place;
use crate::plan::Value;
use crate::types::tree::Typed;
use crate::types::ty::{Rows, Ty};

/// The most parts one metric, target, amount or set of time may expand to.
const MOST_PARTS: u32 = 50_000;

/// The deepest nesting in a plan: readers of JSON commonly stop at 128 levels, and what stands
/// around takes some of them.
const DEEPEST: u32 = 100;

/// A call of a metric: its arguments, and what they see.
pub(super) struct Call<'e> {
    pub args: &'e [Typed],
    pub env: Env<'e>,
}

/// The source of the current row.
#[derive(Clone, Copy)]
pub(super) struct InHand<'e> {
    /// How many operators that go through rows stand around it, itself included.
    pub level: u32,
    /// Their type; `None` for pieces of time, which have no fields.
    pub rows: Option<&'e Rows>,
}

/// The rows that an `each` cuts.
pub(super) struct Slot<'e> {
    pub rows: &'e Typed,
    pub env: Env<'e>,
    /// How many `each` stand around, itself included.
    pub level: u32,
    /// The sources these rows are read from.
    pub sources: Vec<DeclId>,
}

/// What names inside an expression stand for.
#[derive(Clone, Copy, Default)]
pub(super) struct Env<'e> {
    pub call: Option<&'e Call<'e>>,
    pub row: Option<InHand<'e>>,
    pub slot: Option<&'e Slot<'e>>,
}

/// What `value` and `target` stand for.
pub(super) struct Due<'d> {
    /// Names of the objectives of a credit.
    pub objectives: &'d [ecow::EcoString],
    /// Type of `value`.
    pub value: Ty,
    /// Type of `target`.
    pub target: Ty,
}

/// One walk.
pub(super) struct Lower<'b, 's, 'm, 'a, 'p> {
    pub b: &'b mut Builder<'m, 'a, 'p>,
    pub set: &'s Setting<'s, 's>,
    /// In credits: the objectives they belong to.
    pub due: Option<&'s Due<'s>>,
    /// Only rows of this source for which this holds are seen.
    pub filter: Option<(DeclId, &'s Typed)>,
    /// Operators that go through rows around the point of the walk.
    pub binders: u32,
    /// `each` around the point of the walk.
    pub cuts: u32,
    /// Sources met so far.
    pub met: Vec<DeclId>,
    level: u32,
    parts: u32,
}

impl<'b, 's, 'm, 'a, 'p> Lower<'b, 's, 'm, 'a, 'p> {
    pub(super) fn new(b: &'b mut Builder<'m, 'a, 'p>, set: &'s Setting<'s, 's>) -> Self {
        Lower {
            b,
            set,
            due: None,
            filter: None,
            binders: 0,
            cuts: 0,
            met: Vec::new(),
            level: 0,
            parts: 0,
        }
    }

    /// The same, in a credit of these objectives.
    #[must_use]
    pub(super) fn due(self, due: &'s Due<'s>) -> Self {
        Lower { due: Some(due), ..self }
    }

    /// The same, narrowed to some rows of a source.
    #[must_use]
    pub(super) fn narrowed(self, filter: Option<(DeclId, &'s Typed)>) -> Self {
        Lower { filter, ..self }
    }

    pub(super) fn place(&self, span: Span) -> Place {
        self.b.place(span)
    }

    /// Goes so many levels of the document deeper, if that is allowed.
    pub(super) fn deeper<T>(
        &mut self,
        levels: u32,
        span: Span,
        walk: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<T> {
        self.parts += 1;
        if self.parts > MOST_PARTS {
            let message = format!("written out, this has more than {MOST_PARTS} parts");
            self.b.report(Finding::new(Code::NestedTooDeep, span, message).help(
                "each use of a metric copies it: use metrics that contain others fewer times",
            ));
            return None;
        }
        if self.level + levels > DEEPEST {
            self.b.report(Finding::new(
                Code::NestedTooDeep,
                span,
                "written out, this is nested too deeply for a plan",
            ));
            return None;
        }
        self.level += levels;
        let out = walk(self);
        self.level -= levels;
        out
    }

    /// Goes into an argument that is evaluated for each of some rows.
    pub(super) fn of_row<'e, T>(
        &mut self,
        rows: &'e Typed,
        env: Env<'e>,
        walk: impl FnOnce(&mut Self, Env<'e>) -> Option<T>,
    ) -> Option<T> {
        self.of_rows(rows_of(rows), env, walk)
    }

    /// The same for rows of which only the type is known.
    pub(super) fn of_rows<'e, T>(
        &mut self,
        rows: Option<&'e Rows>,
        env: Env<'e>,
        walk: impl FnOnce(&mut Self, Env<'e>) -> Option<T>,
    ) -> Option<T> {
        self.binders += 1;
        let row = Some(InHand { level: self.binders, rows });
        let out = walk(self, Env { row, ..env });
        self.binders -= 1;
        out
    }

    /// A constant as an expression.
    pub(super) fn literal(&self, value: Value, span: Span) -> Expression {
        Expression::Literal { value, at: self.place(span) }
    }

    /// Reports something that is sound as such, but that no plan can say.
    pub(super) fn cannot<T>(&mut self, span: Span, message: impl Into<String>) -> Option<T> {
        self.b.cannot(span, message);
        None
    }
}

/// The type of the rows an expression stands for.
pub(super) fn rows_of(typed: &Typed) -> Option<&Rows> {
    match typed.ty.present() {
        Ty::Rows(rows) => Some(rows),
        _ => None,
    }
}
