//! Rows and sets of time.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::expression::Expression;
use super::place::Place;
use super::time::Window;
use super::value::{Duration, Type, Value};

/// Rows: what is measured. Events have `at`; spans, pieces of time and slots have `start`, `end`
/// and `length`; slots have `value`.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub enum Rows {
    /// The rows of a source: its owner's, without the ignored ones, cut to the window, slot and
    /// group around.
    Source {
        /// Name of a source in `sources`.
        source: String,
        /// Where it was written.
        at: Place,
    },
    /// The rows of the innermost `each` around, cut to its slot.
    SlotRows {
        /// Where it was written.
        at: Place,
    },
    /// The rows of another source whose field names a row around: `spans of waits by ticket`.
    Linked {
        /// Name of the other source.
        source: String,
        /// The field of the other source that holds the key.
        key: String,
        /// The field of the row around that holds the same key.
        field: String,
        /// Which row around: 0 is that of the innermost operator that goes through rows, 1 the next
        /// further out.
        row: u32,
        /// Where it was written.
        at: Place,
    },
    /// Those rows for which a condition is true (not false, not unknown).
    Where {
        /// The rows.
        rows: Box<Rows>,
        /// Asked of each row.
        condition: Box<Expression>,
        /// Where it was written.
        at: Place,
    },
    /// Rows cut to a set of time, in the way a window cuts them: a row belongs if its start or
    /// instant does; its time is what lies inside.
    RowsDuring {
        /// The rows.
        rows: Box<Rows>,
        /// The time.
        time: Box<Times>,
        /// Where it was written.
        at: Place,
    },
    /// The same rows as events at the instant that a field holds; a row whose field is absent is
    /// left out.
    RowsAt {
        /// The rows.
        rows: Box<Rows>,
        /// Asked of each row: a time.
        instant: Box<Expression>,
        /// Where it was written.
        at: Place,
    },
    /// The same rows as spans with another start and end.
    RowsSpan {
        /// The rows.
        rows: Box<Rows>,
        /// Asked of each row: its start; a row where it is absent is left out.
        start: Box<Expression>,
        /// Asked of each row: its end; where it is absent, the row is open.
        end: Box<Expression>,
        /// Where it was written.
        at: Place,
    },
    /// One row for each maximal interval of a set of time.
    Pieces {
        /// The time.
        time: Box<Times>,
        /// Where it was written.
        at: Place,
    },
    /// A series: one row a slot.
    Each {
        /// What makes the slots.
        cut: Cut,
        /// The rows that are cut.
        rows: Box<Rows>,
        /// The value of a slot, in which every source is cut to it.
        value: Box<Expression>,
        /// What a slot without rows, or without a value, is.
        empty: EmptySlot,
        /// Where it was written.
        at: Place,
    },
}

/// What cuts rows into slots.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "cut", rename_all = "snake_case", deny_unknown_fields)]
pub enum Cut {
    /// Slots of one length that divides 24 h, starting again at each local midnight; the last of a
    /// day may be short.
    Length {
        /// How long each is.
        length: Duration,
        /// Name of the zone of the midnights.
        zone: String,
    },
    /// One slot a window.
    Window {
        /// Which windows.
        window: Window,
    },
    /// One slot for each value of a field, over the whole stretch of time around.
    Field {
        /// The field.
        field: String,
        /// Its type.
        of: Type,
        /// Names of the sources that are cut by it: those that have the field.
        sources: Vec<String>,
        /// Which values there are.
        values: GroupValues,
    },
    /// One slot for each maximal interval of a set of time.
    Pieces {
        /// The time.
        time: Box<Times>,
    },
}

/// What a slot is worth to which no row belongs, or whose value is no data.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "empty", rename_all = "snake_case", deny_unknown_fields)]
pub enum EmptySlot {
    /// Nothing is special about it: its value is computed like any other, and a slot whose value is
    /// no data is a row with no data.
    Computed {},
    /// This value.
    Value {
        /// The value.
        value: Box<Expression>,
    },
    /// The value of the slot before it on the line of the term; before the first slot with rows, no
    /// data.
    Last {},
    /// There is no row for it.
    Skip {},
}

/// A set of time: a union of half-open intervals.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub enum Times {
    /// All time.
    Always {
        /// Where it was written.
        at: Place,
    },
    /// The open hours of a calendar.
    Open {
        /// Id of a calendar in `calendars`.
        calendar: String,
        /// Where it was written.
        at: Place,
    },
    /// The time that rows cover, overlaps once; an open row covers up to the time of evaluation.
    Covered {
        /// Spans, pieces or slots.
        rows: Box<Rows>,
        /// Where it was written.
        at: Place,
    },
    /// The time in which rows with at least so many different values are there.
    Overlap {
        /// Spans.
        rows: Box<Rows>,
        /// Asked of each row.
        by: Box<Expression>,
        /// At least 1.
        least: u32,
        /// Where it was written.
        at: Place,
    },
    /// From each event for which a condition is true to the next event for which it is false, or to
    /// the time of evaluation. At an instant of several events the condition must be true for all
    /// of them; events for which it is unknown say nothing.
    Holds {
        /// Events.
        rows: Box<Rows>,
        /// Asked of each row.
        condition: Box<Expression>,
        /// Where it was written.
        at: Place,
    },
    /// The slots of a series whose value is true. It stands only under `runs`.
    TrueSlots {
        /// A series of truth values.
        series: Box<Rows>,
        /// Where it was written.
        at: Place,
    },
    /// Those stretches of a set of time that last long enough, found on the line of the term:
    /// excluded time inside one does not end it and adds nothing to its length; closed hours,
    /// missing data and the ends of the term end it.
    Runs {
        /// The time.
        time: Box<Times>,
        /// How long a stretch must be.
        lasting: Duration,
        /// True if it must be longer than that; false if exactly that long is enough.
        longer: bool,
        /// Where it was written.
        at: Place,
    },
    /// The time in any of them.
    Union {
        /// Two or more.
        times: Vec<Times>,
        /// Where it was written.
        at: Place,
    },
    /// The time in all of them.
    Intersection {
        /// Two or more.
        times: Vec<Times>,
        /// Where it was written.
        at: Place,
    },
    /// The time not in it.
    Complement {
        /// The time.
        time: Box<Times>,
        /// Where it was written.
        at: Place,
    },
}

/// Which groups there are.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "groups", rename_all = "snake_case", deny_unknown_fields)]
pub enum GroupValues {
    /// These and no others: one that has no rows still has its windows.
    Known {
        /// Each combination: one value a key.
        values: Vec<Vec<Value>>,
    },
    /// Those that occur in the data of the report's whole time, in order of their names: one too
    /// dead to log is not seen.
    Data {},
}
