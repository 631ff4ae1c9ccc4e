//! Rows and sets of time of a program.

use super::expressions::Expr;
use crate::eval::names::Symbol;
use crate::eval::value::Value;
use crate::eval::windows::Windows;
use crate::plan::{self, Place};
use crate::time::Length;

/// What is remembered is remembered by this. `closed` says that the node depends on nothing around
/// it but the groups.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct NodeId {
    /// Unique in the program.
    pub number: u32,
    /// True if it looks at no row, slot, window or fact around it.
    pub closed: bool,
}

/// Rows.
#[derive(Clone, Debug)]
pub enum Rows {
    /// Rows of a source.
    Source { source: usize },
    /// The rows of the innermost `each` around.
    Slot,
    /// Rows of another source with the key of a row around.
    Linked { source: usize, key: usize, field: usize, row: u32, at: Place },
    /// Those for which a condition is true.
    Where { rows: Box<Rows>, condition: Box<Expr> },
    /// Cut to a set of time.
    During { rows: Box<Rows>, time: Times },
    /// As events at another instant.
    At { id: NodeId, rows: Box<Rows>, instant: Box<Expr>, at: Place },
    /// As spans with another start and end.
    Span { id: NodeId, rows: Box<Rows>, start: Box<Expr>, end: Box<Expr>, at: Place },
    /// The pieces of a set of time.
    Pieces { id: NodeId, time: Times },
    /// A series.
    Each(Box<Each>),
}

/// A series: one row a slot.
#[derive(Clone, Debug)]
pub struct Each {
    /// Key of this series in caches.
    pub id: NodeId,
    /// How the rows are divided into slots.
    pub cut: Cut,
    /// The rows that are cut.
    pub rows: Rows,
    /// The value of a slot.
    pub value: Expr,
    /// The value of a slot without rows or without data.
    pub empty: Empty,
    /// True if all slots without rows have the same value.
    pub uniform: bool,
    /// Where it was written.
    pub at: Place,
}

/// How rows are divided into slots.
#[derive(Clone, Debug)]
pub enum Cut {
    /// One length after another from each midnight.
    Length { length: Length, zone: usize },
    /// Windows.
    Window(Windows),
    /// Values of a field.
    Field(GroupCut),
    /// Pieces of time.
    Pieces(Times),
}

/// A group made of a field.
#[derive(Clone, Debug)]
pub struct GroupCut {
    /// Name of the group in expressions.
    pub name: Symbol,
    /// Sources that are cut, with the column of the field.
    pub sources: Vec<(usize, usize)>,
    /// The possible values; `None`: those of the data.
    pub known: Option<Vec<Value>>,
}

/// The value of a slot that has no rows, or whose value is "no data".
#[derive(Clone, Debug)]
pub enum Empty {
    /// The computed value counts.
    Computed,
    /// A value that replaces the missing one.
    Value(Box<Expr>),
    /// The value of the previous slot.
    Last,
    /// The slot is left out of the series.
    Skip,
}

/// A set of time.
#[derive(Clone, Debug)]
pub enum Times {
    /// All time.
    Always,
    /// The hours of a calendar.
    Open(usize),
    /// The time that rows cover.
    Covered { id: NodeId, rows: Box<Rows> },
    /// Where rows of several values are.
    Overlap { id: NodeId, rows: Box<Rows>, by: Box<Expr>, least: usize },
    /// From events that say so to the next that deny it.
    Holds { id: NodeId, rows: Box<Rows>, condition: Box<Expr> },
    /// The slots whose value is true.
    TrueSlots { id: NodeId, series: Box<Each> },
    /// Long stretches.
    Runs { id: NodeId, time: Box<Times>, lasting: Length, longer: bool },
    /// In any of them.
    Union { id: NodeId, times: Vec<Times> },
    /// In all of them.
    Intersection { id: NodeId, times: Vec<Times> },
    /// Not in it.
    Complement { id: NodeId, time: Box<Times> },
}

/// The rows whose fold an expression is, as they are written and as they were made; `None` if it is
/// no fold.
pub fn folded_rows<'e>(
    written: &'e plan::Expression,
    made: &'e Expr,
) -> Option<(&'e plan::Rows, &'e Rows)> {
    match (written, made) {
        (plan::Expression::Round { value, .. }, Expr::Round { value: made, .. })
        | (plan::Expression::Default { value, .. }, Expr::Default(made, _)) => {
            folded_rows(value, made)
        }
        (
            plan::Expression::Share { rows, .. }
            | plan::Expression::Mean { rows, .. }
            | plan::Expression::Minimum { rows, .. }
            | plan::Expression::Maximum { rows, .. }
            | plan::Expression::Percentile { rows, .. },
            Expr::Fold { rows: made, .. },
        ) => Some((rows, made)),
        _ => None,
    }
}

/// The rows that a value is the sum over, and what each of them adds.
pub fn summed(expression: &plan::Expression) -> Option<(&plan::Rows, &plan::Expression)> {
    match expression {
        plan::Expression::Round { value, .. } | plan::Expression::Default { value, .. } => {
            summed(value)
        }
        plan::Expression::Sum { rows, value, .. } => Some((rows, value)),
        _ => None,
    }
}
