//! Typed expressions: the tree of an expression with every name resolved and every type known.

use std::sync::Arc;

use ecow::EcoString;

use super::ty::Ty;
use crate::base::{Exact, Span};
use crate::lang::currencies::Currency;
use crate::lang::units::{DataUnit, TimeUnit};
use crate::names::DeclId;
use crate::syntax::ast::{Compare, Date, DateTime, NumberForm, Period, Window};

/// A typed expression.
#[derive(Clone, Debug)]
pub struct Typed {
    /// What it does.
    pub kind: Kind,
    /// What it gives.
    pub ty: Ty,
    /// Where it is written.
    pub span: Span,
}

/// What a typed expression does.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A hole that has been reported.
    Missing,
    /// A plain number.
    Number(Exact, NumberForm),
    /// Nanoseconds, and the unit as written.
    Duration(Exact, TimeUnit),
    /// An amount of money.
    Money(Exact, &'static Currency),
    /// A count of an own unit.
    Units(Exact, DeclId),
    /// Bits, and the unit as written.
    Data(Exact, &'static DataUnit),
    /// An amount per unit of time.
    Rate(Box<Typed>, TimeUnit),
    /// A calendar length.
    Period(Period),
    /// An instant; without an offset local to the agreement's zone.
    Time(DateTime),
    /// A date.
    Date(Date),
    /// Seconds since midnight.
    Clock(u32),
    /// A text.
    Text(EcoString),
    /// True or false.
    Boolean(bool),
    /// A value of an enum.
    EnumValue(EcoString),
    /// A declared customer, service or severity.
    Declared(DeclId),
    /// A parameter of the metric, by position.
    Param(usize),
    /// A field of the current row.
    Field(EcoString),
    /// A fact.
    Fact(DeclId),
    /// The value of the current group.
    Group(EcoString),
    /// Something known of the evaluation.
    Builtin(Builtin),
    /// The rows of a source.
    Source(DeclId),
    /// Rows of another source that belong to the current row.
    Link(EcoString),
    /// The rows of the current slot.
    Slot,
    /// All time.
    Always,
    /// A calendar.
    Calendar(DeclId),
    /// The time that rows cover.
    TimeOf(Box<Typed>),
    /// Stretches that last.
    Runs {
        /// A boolean series or time set.
        of: Box<Typed>,
        /// How long.
        lasting: Box<Typed>,
        /// Strictly longer.
        more_than: bool,
    },
    /// Time in which several are there.
    Overlap(Box<Overlap>),
    /// Events, and a condition that holds from each for which it is true to the next for which it
    /// is false.
    Holds(Box<[Typed; 2]>),
    /// Union, intersection, difference of time sets.
    TimeOp(TimeOp, Box<[Typed; 2]>),
    /// All time but this.
    Complement(Box<Typed>),
    /// Rows for which a condition holds.
    Where(Box<[Typed; 2]>),
    /// Rows inside a time set (`true`) or outside of it.
    Within(Box<[Typed; 2]>, bool),
    /// Rows that belong to the instant of a field.
    At(Box<Typed>, EcoString),
    /// Spans with another start and end.
    Respan(Box<[Typed; 3]>),
    /// One value a slot.
    Each(Box<Each>),
    /// One value of many rows.
    Aggregate(Box<Aggregate>),
    /// Time between two instants.
    Elapsed {
        /// Both instants.
        ends: Box<[Typed; 2]>,
        /// Only the time inside.
        during: Option<Box<Typed>>,
        /// Only the time outside.
        pausing: Option<Box<Typed>>,
    },
    /// The end of the n-th open day after the day of an instant.
    Deadline {
        /// The instant.
        from: Box<Typed>,
        /// How many open days later; 0 is the same day.
        days: u32,
        /// Whose days; all days if not said.
        during: Option<Box<Typed>>,
    },
    /// `+ - * /`
    Arithmetic(Arithmetic, Box<[Typed; 2]>),
    /// Minus.
    Negate(Box<Typed>),
    /// `== != < <= > >=`
    Compare(Compare, Box<[Typed; 2]>),
    /// Value, lower and upper end; both belong to the range.
    InRange(Box<[Typed; 3]>),
    /// A closed range.
    Range(Box<[Typed; 2]>),
    /// Both.
    And(Box<[Typed; 2]>),
    /// Either.
    Or(Box<[Typed; 2]>),
    /// Not.
    Not(Box<Typed>),
    /// Is the optional value there?
    Has(Box<Typed>),
    /// The value, or another where it is absent or no data.
    Default(Box<[Typed; 2]>),
    /// Condition, then, else.
    If(Box<[Typed; 3]>),
    /// Half up to a multiple of the step.
    Rounded(Box<[Typed; 2]>),
    /// `floor`, `ceil` to a multiple of a step; `min`, `max` of values; `days`.
    Call(Simple, Box<[Typed]>),
    /// The value of a table.
    Table(DeclId, Box<[Typed]>),
    /// A metric with arguments.
    Metric(Arc<Instance>, Box<[Typed]>),
    /// Money of the agreement's fees.
    Fee(Box<Fee>),
    /// So many days of a fee: its sum over the window, by days.
    DaysOf(Box<[Typed; 2]>),
    /// The same, windows earlier (negative) or later.
    Shift(i32, Box<Typed>),
    /// How many of the last windows were breached.
    Failures(Option<EcoString>, u32),
    /// Was the objective breached so often?
    Breached(Box<(EcoString, crate::syntax::ast::BreachCount)>),
}

/// Time covered by rows with at least `least` different values of a field.
#[derive(Clone, Debug)]
pub struct Overlap {
    /// The rows.
    pub of: Typed,
    /// The field whose values are counted.
    pub by: EcoString,
    /// The number of different values that is needed.
    pub least: Typed,
}

/// A name of the language for something known of the evaluation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Builtin {
    /// Length of the window.
    Window,
    /// Measured time in the window.
    Measured,
    /// Calendar days of the window.
    Days,
    /// The objective's value (credits).
    Value,
    /// The objective's target (credits).
    Target,
}

/// Operations on time sets.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TimeOp {
    /// In either.
    Union,
    /// In both.
    Intersection,
    /// In the first and not in the second.
    Difference,
}

/// Operations on quantities.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Arithmetic {
    /// Sum.
    Add,
    /// Difference.
    Subtract,
    /// Product.
    Multiply,
    /// Quotient; no data where the divisor is zero.
    Divide,
}

/// Functions of values.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Simple {
    /// Multiple of a step at or below.
    Floor,
    /// Multiple of a step at or above.
    Ceil,
    /// Least.
    Min,
    /// Greatest.
    Max,
    /// Calendar days between.
    Days,
}

/// Money of the agreement's fees.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fee {
    /// A named fee; `None` is the unnamed one.
    pub name: Option<EcoString>,
    /// Only what is charged for this service.
    pub service: Option<DeclId>,
    /// The sum over the window, or the stated rate.
    pub rate: FeeRate,
}

/// How a fee is taken.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FeeRate {
    /// Accrued over the window.
    Window,
    /// The stated rate of a month.
    Monthly,
    /// The stated rate of a year.
    Yearly,
}

/// `each`.
#[derive(Clone, Debug)]
pub struct Each {
    /// What rows are cut by.
    pub key: EachBy,
    /// The rows.
    pub rows: Typed,
    /// The value of a slot.
    pub body: Typed,
    /// What an empty slot is, where the body does not say.
    pub empty: Option<crate::syntax::ast::EmptySlot>,
}

/// What `each` cuts by.
#[derive(Clone, Debug)]
pub enum EachBy {
    /// Slots of a length.
    Length(Box<Typed>),
    /// Windows.
    Window(Window),
    /// Values of a field.
    Field(EcoString),
    /// Pieces of a time set.
    Pieces(Box<Typed>),
}

/// Functions from many rows to one value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Fold {
    /// Number of rows.
    Count,
    /// Share for which the argument holds.
    Share,
    /// Sum.
    Sum,
    /// Mean.
    Mean,
    /// Least.
    Min,
    /// Greatest.
    Max,
    /// Percentile.
    Percentile,
    /// Number of different values.
    Distinct,
    /// Uptime.
    Uptime,
    /// Downtime.
    Downtime,
}

/// An aggregate.
#[derive(Clone, Debug)]
pub struct Aggregate {
    /// The function.
    pub fold: Fold,
    /// The rows that it aggregates.
    pub rows: Typed,
    /// The value of each row.
    pub arg: Option<Typed>,
    /// The share of a percentile: `0.95` for `p95`.
    pub share: Option<Box<Typed>>,
    /// How much each row weighs.
    pub weight: Option<Box<Typed>>,
    /// True if weights of overlapping rows add up; else the greatest counts.
    pub add: bool,
}

/// Identifies a metric as typed for arguments of certain types; ids grow in the order of typing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct InstanceId(pub(super) u32);

/// A metric, typed for arguments of certain types.
#[derive(Clone, Debug)]
pub struct Instance {
    /// What tells it from all others.
    pub id: InstanceId,
    /// The metric.
    pub metric: DeclId,
    /// Its definition, with [`Kind::Param`] where parameters stand.
    pub body: Typed,
    /// What it gives when there is nothing to measure.
    pub of_nothing: OfNothing,
}

/// The outcome of an expression over no rows.
#[derive(Clone, PartialEq, Debug)]
pub enum OfNothing {
    /// No data.
    NoData,
    /// A known number.
    Number(Exact),
    /// A known truth.
    Truth(bool),
    /// A value that is not known.
    Value,
}
