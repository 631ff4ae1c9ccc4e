//! Expressions of a program.

use super::rows::{NodeId, Rows, Times};
use crate::base::Exact;
use crate::eval::names::Symbol;
use crate::eval::value::Value;
use crate::plan::{Overlaps, Place, Relation, RoundTo};

/// An expression; each means what the operator of the same name means in the plan.
#[derive(Clone, Debug)]
pub enum Expr {
    /// A constant.
    Literal(Value),
    /// The field of a row of a source.
    Field {
        column: usize,
        row: u32,
        at: Place,
    },
    /// A part that rows have by their kind.
    Part {
        part: Part,
        row: u32,
        at: Place,
    },
    Present(Box<Expr>),
    Default(Box<Expr>, Box<Expr>),
    Elapsed {
        from: Box<Expr>,
        to: Box<Expr>,
        during: Times,
        pausing: Option<Times>,
        at: Place,
    },
    LongestGap {
        from: Box<Expr>,
        to: Box<Expr>,
        events: Rows,
        during: Times,
        pausing: Option<Times>,
        at: Place,
    },
    EndOfWorkingDay {
        after: Box<Expr>,
        days: u32,
        calendar: usize,
        at: Place,
    },
    /// One value of many rows; `id` is unique in the program.
    Fold {
        id: u32,
        fold: Fold,
        rows: Rows,
        of: Option<Box<Expr>>,
        at: Place,
    },
    /// Downtime; `share`: as a share of the measured time, taken from one.
    Downtime {
        id: NodeId,
        rows: Rows,
        weight: Option<Box<Expr>>,
        overlaps: Overlaps,
        share: bool,
        at: Place,
    },
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Not(Box<Expr>),
    Compare {
        relation: Relation,
        left: Box<Expr>,
        right: Box<Expr>,
        at: Place,
    },
    Between {
        value: Box<Expr>,
        low: Box<Expr>,
        high: Box<Expr>,
        at: Place,
    },
    If {
        condition: Box<Expr>,
        then: Box<Expr>,
        otherwise: Box<Expr>,
    },
    Add {
        terms: Vec<Expr>,
        at: Place,
    },
    Subtract {
        left: Box<Expr>,
        right: Box<Expr>,
        at: Place,
    },
    Multiply {
        factors: Vec<Expr>,
        at: Place,
    },
    Divide {
        left: Box<Expr>,
        right: Box<Expr>,
        at: Place,
    },
    Round {
        value: Box<Expr>,
        to: Box<Expr>,
        how: RoundTo,
        at: Place,
    },
    Extreme {
        values: Vec<Expr>,
        greatest: bool,
        at: Place,
    },
    DaysBetween {
        from: Box<Expr>,
        to: Box<Expr>,
        zone: usize,
        at: Place,
    },
    Group {
        name: Symbol,
        at: Place,
    },
    Fact {
        fact: usize,
        at: Place,
    },
    Lookup {
        table: usize,
        keys: Vec<Expr>,
    },
    WindowLength,
    /// The days of the window, local in a zone; `None`: in that of whoever asks, for metrics serve
    /// many agreements.
    WindowDays {
        zone: Option<usize>,
    },
    MeasuredLength,
    /// Fees of the agreement, by number.
    Fees {
        fees: Vec<usize>,
        at: Place,
    },
    FeeRate {
        fees: Vec<usize>,
        yearly: bool,
        at: Place,
    },
    Shift {
        windows: i32,
        value: Box<Expr>,
        at: Place,
    },
    /// What an objective of the agreement measured.
    Value {
        objective: usize,
        at: Place,
    },
    Target {
        objective: usize,
        at: Place,
    },
    Failures {
        objective: usize,
        last: u32,
        at: Place,
    },
}

/// Parts of rows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// The instant of an event.
    At,
    /// The first instant.
    Start,
    /// The first instant after it.
    End,
    /// How long it is.
    Length,
    /// The value of a slot.
    Value,
}

/// Ways to make one value of many.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fold {
    /// How many.
    Count,
    /// How many different ones.
    Distinct,
    /// The part for which a condition holds.
    Share,
    /// The sum.
    Sum,
    /// The mean.
    Mean,
    /// The least.
    Least,
    /// The greatest.
    Greatest,
    /// The nearest rank of a fraction.
    Percentile(Exact),
}
