//! Expressions: how a value is computed from rows, time, facts and money.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::place::Place;
use super::rows::{Rows, Times};
use super::value::{Number, Type, Value};

/// An expression. Its type follows from its leaves: literals, `field`, `row`, `group`, `fact`,
/// `lookup`, `value` and `target` say theirs. Any expression can yield "no data" instead of a
/// value; for a truth value that is "unknown".
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub enum Expression {
    /// A constant.
    Literal {
        /// Which.
        value: Value,
        /// Where it was written.
        at: Place,
    },

    // Of one row.
    /// A declared field of a row.
    Field {
        /// Its name.
        name: String,
        /// Its type.
        of: Type,
        /// Which row: 0 is that of the innermost operator that goes through rows, 1 the next
        /// further out.
        row: u32,
        /// Where it was written.
        at: Place,
    },
    /// What every row has by its kind.
    Row {
        /// Which part.
        part: RowPart,
        /// Its type.
        of: Type,
        /// Which row: 0 is that of the innermost operator that goes through rows, 1 the next
        /// further out.
        row: u32,
        /// Where it was written.
        at: Place,
    },
    /// True if a value is there.
    Present {
        /// The value.
        value: Box<Expression>,
        /// Where it was written.
        at: Place,
    },
    /// A value, or another where it is no data.
    Default {
        /// The value.
        value: Box<Expression>,
        /// What stands for it.
        otherwise: Box<Expression>,
        /// Where it was written.
        at: Place,
    },
    /// The time between two instants, counted only while a set of time lasts: `|[from, to) ∩ during
    /// − pausing|`.
    Elapsed {
        /// From here.
        from: Box<Expression>,
        /// To here; where it is absent, to the time of evaluation.
        to: Box<Expression>,
        /// The time that counts.
        during: Box<Times>,
        /// The time that does not; `null`: none.
        pausing: Option<Box<Times>>,
        /// Where it was written.
        at: Place,
    },
    /// The longest time without any of a row's events, counted as `elapsed` counts: from `from` to
    /// the first, from each to the next, and from the last to `to`.
    LongestGap {
        /// From here.
        from: Box<Expression>,
        /// To here; where it is absent, to the time of evaluation.
        to: Box<Expression>,
        /// Events.
        events: Box<Rows>,
        /// The time that counts.
        during: Box<Times>,
        /// The time that does not; `null`: none.
        pausing: Option<Box<Times>>,
        /// Where it was written.
        at: Place,
    },
    /// The end of the n-th open day of a calendar after the date of an instant.
    EndOfWorkingDay {
        /// The instant.
        after: Box<Expression>,
        /// n, from 0: 0 is the day of the instant itself if it is open, else the first open one
        /// after it.
        days: u32,
        /// Id of a calendar in `calendars`.
        calendar: String,
        /// Where it was written.
        at: Place,
    },

    // Of many rows.
    /// How many rows belong; 0 if none does.
    Count {
        /// The rows.
        rows: Box<Rows>,
        /// Where it was written.
        at: Place,
    },
    /// How many different values there are among the rows; 0 if there are no rows.
    Distinct {
        /// The rows.
        rows: Box<Rows>,
        /// Asked of each row; where it is absent, the row does not count.
        value: Box<Expression>,
        /// Where it was written.
        at: Place,
    },
    /// How many of the rows fulfil a condition, divided by how many do or do not; no data if there
    /// are none of either.
    Share {
        /// The rows.
        rows: Box<Rows>,
        /// Asked of each row.
        condition: Box<Expression>,
        /// Where it was written.
        at: Place,
    },
    /// The sum over the rows; 0 if there are none.
    Sum {
        /// The rows.
        rows: Box<Rows>,
        /// Asked of each row.
        value: Box<Expression>,
        /// Its type, which an empty sum has too.
        of: Type,
        /// Where it was written.
        at: Place,
    },
    /// The sum over the rows divided by their number; no data if there are none.
    Mean {
        /// The rows.
        rows: Box<Rows>,
        /// Asked of each row.
        value: Box<Expression>,
        /// Where it was written.
        at: Place,
    },
    /// The least over the rows; no data if there are none.
    Minimum {
        /// The rows.
        rows: Box<Rows>,
        /// Asked of each row.
        value: Box<Expression>,
        /// Where it was written.
        at: Place,
    },
    /// The greatest over the rows; no data if there are none.
    Maximum {
        /// The rows.
        rows: Box<Rows>,
        /// Asked of each row.
        value: Box<Expression>,
        /// Where it was written.
        at: Place,
    },
    /// The least of the values that at least this fraction of the rows do not exceed (nearest
    /// rank); no data if there are none.
    Percentile {
        /// The rows.
        rows: Box<Rows>,
        /// Asked of each row.
        value: Box<Expression>,
        /// Above 0 and at most 1; the median is `"0.5"`.
        fraction: Number,
        /// Where it was written.
        at: Place,
    },
    /// The measured time that rows cover, less what is excluded as up.
    Downtime {
        /// Spans, pieces or slots.
        rows: Box<Rows>,
        /// How much each row counts; `null`: wholly.
        weight: Option<Box<Expression>>,
        /// What counts where rows overlap.
        overlaps: Overlaps,
        /// Where it was written.
        at: Place,
    },
    /// 1 less the downtime divided by the measured time.
    Uptime {
        /// Spans, pieces or slots.
        rows: Box<Rows>,
        /// How much each row counts; `null`: wholly.
        weight: Option<Box<Expression>>,
        /// What counts where rows overlap.
        overlaps: Overlaps,
        /// Where it was written.
        at: Place,
    },

    // Logic with three values.
    /// True if all are true, false if any is false, else unknown.
    And {
        /// Two or more.
        terms: Vec<Expression>,
        /// Where it was written.
        at: Place,
    },
    /// True if any is true, false if all are false, else unknown.
    Or {
        /// Two or more.
        terms: Vec<Expression>,
        /// Where it was written.
        at: Place,
    },
    /// True if false, false if true, else unknown.
    Not {
        /// A truth value.
        value: Box<Expression>,
        /// Where it was written.
        at: Place,
    },
    /// Compares two values of one type.
    Compare {
        /// How.
        relation: Relation,
        /// The left one.
        left: Box<Expression>,
        /// The right one.
        right: Box<Expression>,
        /// Where it was written.
        at: Place,
    },
    /// True if a value lies in a range; both ends belong to it.
    Between {
        /// The value.
        value: Box<Expression>,
        /// The least that belongs.
        low: Box<Expression>,
        /// The greatest that belongs.
        high: Box<Expression>,
        /// Where it was written.
        at: Place,
    },
    /// One value or another; no data if the condition is unknown.
    If {
        /// A truth value.
        condition: Box<Expression>,
        /// The value where it is true.
        then: Box<Expression>,
        /// The value where it is false.
        otherwise: Box<Expression>,
        /// Where it was written.
        at: Place,
    },

    // Arithmetic.
    /// The sum of values of one dimension, or of a time and durations.
    Add {
        /// Two or more; a time stands first.
        terms: Vec<Expression>,
        /// Where it was written.
        at: Place,
    },
    /// The difference of values of one dimension; of two times a duration, of a time and a duration
    /// a time.
    Subtract {
        /// From this.
        left: Box<Expression>,
        /// This is taken away.
        right: Box<Expression>,
        /// Where it was written.
        at: Place,
    },
    /// The product; dimensions multiply.
    Multiply {
        /// Two or more.
        factors: Vec<Expression>,
        /// Where it was written.
        at: Place,
    },
    /// The quotient, exact; dimensions divide; no data if the divisor is 0.
    Divide {
        /// The dividend.
        left: Box<Expression>,
        /// The divisor.
        right: Box<Expression>,
        /// Where it was written.
        at: Place,
    },
    /// A value rounded to whole multiples of another of the same dimension.
    Round {
        /// The value.
        value: Box<Expression>,
        /// The multiples, above 0.
        to: Box<Expression>,
        /// Which way.
        how: RoundTo,
        /// Where it was written.
        at: Place,
    },
    /// The least of some values; no data if any is.
    Least {
        /// Two or more.
        values: Vec<Expression>,
        /// Where it was written.
        at: Place,
    },
    /// The greatest of some values; no data if any is.
    Greatest {
        /// Two or more.
        values: Vec<Expression>,
        /// Where it was written.
        at: Place,
    },
    /// How many days the date of one instant lies after that of another: a whole number, negative
    /// if before.
    DaysBetween {
        /// The earlier one.
        from: Box<Expression>,
        /// The later one.
        to: Box<Expression>,
        /// Name of the zone of the dates.
        zone: String,
        /// Where it was written.
        at: Place,
    },

    // Of the surroundings.
    /// The value of a group: of the objective's `groups`, or of the field that an `each` around
    /// cuts by. Names are unique among those around.
    Group {
        /// Its name.
        name: String,
        /// Its type.
        of: Type,
        /// Where it was written.
        at: Place,
    },
    /// What is known of a fact.
    Fact {
        /// Name of a fact in `facts`.
        name: String,
        /// Its type.
        of: Type,
        /// Where it was written.
        at: Place,
    },
    /// The row of a table with these keys; no data if there is none.
    Lookup {
        /// Name of a table in `tables`.
        table: String,
        /// One value a key column.
        keys: Vec<Expression>,
        /// The type of its values.
        of: Type,
        /// Where it was written.
        at: Place,
    },
    /// The length of the window: a duration, as long as it really is, clipped to the term.
    WindowLength {
        /// Where it was written.
        at: Place,
    },
    /// How many calendar days of the window lie in the term: a number; a day partly inside counts
    /// by its part.
    WindowDays {
        /// Where it was written.
        at: Place,
    },
    /// The length of the measured time of the window: a duration.
    MeasuredLength {
        /// Where it was written.
        at: Place,
    },

    // Of money; in fees, credits, caps and terminations only.
    /// The sum of fees over the window.
    Fees {
        /// Ids of fees of the same version.
        fees: Vec<String>,
        /// Where it was written.
        at: Place,
    },
    /// The stated rate of fees, converted to a period: a yearly fee is twelve monthly ones.
    FeeRate {
        /// Ids of fees of the same version.
        fees: Vec<String>,
        /// To which period: `month` or `year`.
        per: Per,
        /// Where it was written.
        at: Place,
    },
    /// The same expression for another window: -1 is the one before, 1 the next. Only fees stand in
    /// it.
    Shift {
        /// By how many windows.
        windows: i32,
        /// The expression.
        value: Box<Expression>,
        /// Where it was written.
        at: Place,
    },
    /// The value an objective has in the window; in a credit for each row, the row's value.
    Value {
        /// Id of an objective of the same version.
        objective: String,
        /// Its type.
        of: Type,
        /// Where it was written.
        at: Place,
    },
    /// The target an objective has in the window.
    Target {
        /// Id of an objective of the same version.
        objective: String,
        /// Its type.
        of: Type,
        /// Where it was written.
        at: Place,
    },
    /// In how many of the last windows, this one included, an objective was breached: a number.
    Failures {
        /// Id of an objective of the same version.
        objective: String,
        /// How many windows are looked at, from 1.
        last: u32,
        /// Where it was written.
        at: Place,
    },
}

/// Parts that rows have by their kind.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RowPart {
    /// The instant of an event.
    At,
    /// The first instant of a span, piece or slot.
    Start,
    /// The first instant after it; absent in an open span.
    End,
    /// From start to end; of an open span to the time of evaluation; of a piece only its measured
    /// time.
    Length,
    /// The value of a slot.
    Value,
}

/// What counts where rows overlap in time.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Overlaps {
    /// The greatest weight of the rows there; without weights, each instant once.
    Max,
    /// The sum of the weights of the rows there.
    Add,
}

/// Comparisons.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
pub enum Relation {
    /// Equal.
    #[serde(rename = "==")]
    Equal,
    /// Not equal.
    #[serde(rename = "!=")]
    NotEqual,
    /// Less than.
    #[serde(rename = "<")]
    Less,
    /// At most.
    #[serde(rename = "<=")]
    AtMost,
    /// Greater than.
    #[serde(rename = ">")]
    Greater,
    /// At least.
    #[serde(rename = ">=")]
    AtLeast,
}

impl Relation {
    /// True if two values stand so, the first of which compares with the second as `order` says.
    pub fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Relation::Equal => order.is_eq(),
            Relation::NotEqual => order.is_ne(),
            Relation::Less => order.is_lt(),
            Relation::AtMost => order.is_le(),
            Relation::Greater => order.is_gt(),
            Relation::AtLeast => order.is_ge(),
        }
    }
}

/// Ways of rounding to multiples.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoundTo {
    /// To the nearest; from halfway, to the greater one.
    HalfUp,
    /// To the greatest multiple that is not greater.
    Down,
    /// To the least multiple that is not less.
    Up,
}

/// Rates of fees.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Per {
    /// A day; a year has as many as it has.
    Day,
    /// A month.
    Month,
    /// Three months.
    Quarter,
    /// Twelve months.
    Year,
}

/// A condition on facts.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FactCondition {
    /// The condition.
    pub condition: Expression,
    /// When in the window it must hold.
    pub when: When,
    /// Where it was written.
    pub at: Place,
}

/// When in a window a condition on facts must hold.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// All through; that it changes within the window is an error of the provided facts, and stops
    /// the evaluation.
    Constant,
    /// At the window's first instant.
    AtStart,
    /// At every instant.
    Throughout,
    /// At some instant.
    Ever,
    /// Of what is measured in the window, as the metric is: it is known when the window is decided.
    /// Facts in it are as in `constant`.
    Measured,
}
