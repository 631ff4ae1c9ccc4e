//! What agreements refer to: parties, services, units, facts, tables, sources and metrics.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::expression::Expression;
use super::objective::Better;
use super::place::Place;
use super::rows::Times;
use super::texts::TextTerm;
use super::value::{Duration, Number, Type, Value};
use crate::base::Exact;

/// One who provides or receives services.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// What the rest of the plan, and a `Customer` column of the data, call it.
    pub id: String,
    /// Which kind of party.
    pub kind: PartyKind,
    /// For people.
    pub title: Option<String>,
    /// Its `///` text.
    pub doc: Option<String>,
    /// Address, contact and the like.
    pub texts: Vec<TextTerm>,
    /// Where it was written.
    pub at: Place,
}

/// Kinds of parties.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PartyKind {
    /// Provides services; a supplier is one.
    Provider,
    /// Receives services.
    Customer,
    /// A unit of one organisation: provides and receives.
    Team,
}

/// What is provided.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// What the rest of the plan, and a `Service` column of the data, call it.
    pub id: String,
    /// For people.
    pub title: Option<String>,
    /// Its `///` text.
    pub doc: Option<String>,
    /// When it is meant to run; `null` if nothing was said. Objectives carry their own hours, these
    /// included.
    pub hours: Option<Times>,
    /// Services it depends on; all of these needs must be fulfilled.
    pub needs: Vec<Need>,
    /// Technologies.
    pub uses: Vec<TextTerm>,
    /// Processes and how long they take.
    pub processes: Vec<Process>,
    /// Its text terms.
    pub texts: Vec<TextTerm>,
    /// Where it was written.
    pub at: Place,
}

/// Services of which so many must be up.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Need {
    /// How many at least: the number of `services` where all are needed, 1 where any is enough.
    pub least: u32,
    /// Ids of services.
    pub services: Vec<String>,
    /// Where it was written.
    pub at: Place,
}

/// A process of a service.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Process {
    /// What is done.
    pub text: String,
    /// Within how long.
    pub within: Option<Duration>,
    /// Where it was written.
    pub at: Place,
}

/// A unit of the user's own, a dimension of its own.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// Its name.
    pub name: String,
    /// For people.
    pub title: Option<String>,
    /// True if it has no parts: rows hold whole numbers of it, and what is due in it is rounded to
    /// whole numbers.
    pub whole: bool,
    /// Its `///` text.
    pub doc: Option<String>,
    /// Where it was written.
    pub at: Place,
}

/// A closed list of values. One that was written in place is called by its values, `free | pro`.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnumType {
    /// Its name.
    pub name: String,
    /// Its `///` text.
    pub doc: Option<String>,
    /// Its values in order.
    pub values: Vec<Choice>,
    /// Where it was written.
    pub at: Place,
}

/// A value of an enum.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Its name, as the data contains it.
    pub name: String,
    /// Where it was written.
    pub at: Place,
}

/// A severity. The list `severities` runs from the most severe to the least severe.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Severity {
    /// Its name, as the data contains it.
    pub name: String,
    /// For people.
    pub title: Option<String>,
    /// Its `///` text.
    pub doc: Option<String>,
    /// Where it was written.
    pub at: Place,
}

/// Something that is not measured and must be provided: in the agreement (`given`), at evaluation,
/// or else its default.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// Its name.
    pub name: String,
    /// What kind of value it is.
    pub of: Type,
    /// Its value if none is provided; `null`: one must be provided.
    pub default: Option<Value>,
    /// Its `///` text.
    pub doc: Option<String>,
    /// Where it was written.
    pub at: Place,
}

/// Constants by key.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its `///` text.
    pub doc: Option<String>,
    /// Types of the keys.
    pub keys: Vec<Type>,
    /// Type of the values.
    pub of: Type,
    /// Its rows; no two have the same keys. A symmetric table has each pair in both orders.
    pub rows: Vec<TableRow>,
    /// Where it was written.
    pub at: Place,
}

/// One row of a table.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TableRow {
    /// One value a key.
    pub keys: Vec<Value>,
    /// The value.
    pub value: Value,
    /// Where it was written.
    pub at: Place,
}

/// Rows that are measured and handed in at evaluation.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// What the plan and the data call it.
    pub name: String,
    /// Which rows it has, and so which columns next to its fields.
    pub rows: RowKind,
    /// Its `///` text.
    pub doc: Option<String>,
    /// Its columns.
    pub fields: Vec<Field>,
    /// Fields that say whose a row is.
    pub owner: Owner,
    /// Who measures, and how: one text each, in the order they are written.
    pub measured_by: Vec<String>,
    /// Where it was written.
    pub at: Place,
}

/// Kinds of rows.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum RowKind {
    /// Each has a column `at`.
    Events {},
    /// Each has the columns `start` and `end`; without an end it is still open.
    Spans {},
    /// Each has the columns `start`, `end` and `value`.
    Series {
        /// Type of `value`.
        of: Type,
        /// What `value` must keep.
        within: Option<Within>,
    },
}

/// A column of a source.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Type of its values.
    pub of: Type,
    /// True if a row may lack it.
    pub optional: bool,
    /// What its values must keep; a row whose value lies outside is no row.
    pub within: Option<Within>,
    /// Its `///` text.
    pub doc: Option<String>,
    /// Where it was written.
    pub at: Place,
}

/// Bounds of the values of a column.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Within {
    /// The lower bound; `null`: there is none.
    pub low: Option<ColumnBound>,
    /// The upper bound; `null`: there is none.
    pub high: Option<ColumnBound>,
}

impl Within {
    /// True if a value, in the unit that its type is computed in, keeps both bounds.
    pub fn holds(&self, value: &Exact) -> bool {
        let above =
            |low: &ColumnBound| *value > low.value.0 || (low.included && *value == low.value.0);
        let below =
            |high: &ColumnBound| *value < high.value.0 || (high.included && *value == high.value.0);
        self.low.as_ref().is_none_or(above) && self.high.as_ref().is_none_or(below)
    }
}

/// One bound of the values of a column.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ColumnBound {
    /// In the unit that the column's type is computed in.
    pub value: Number,
    /// True if the bound itself is allowed.
    pub included: bool,
}

/// Whose rows they are. A source with neither field belongs to all who use it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Owner {
    /// The field that names the customer: an agreement sees only its own customer's rows.
    pub customer: Option<String>,
    /// The field that names the service: an objective of a service sees only that service's rows.
    pub service: Option<String>,
}

/// A metric without parameters: those of the text are expanded, and two that compute the same are
/// one.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Metric {
    /// What objectives refer to.
    pub id: String,
    /// As declared; `null` if it was written inside an objective.
    pub name: Option<String>,
    /// Its `///` text.
    pub doc: Option<String>,
    /// How it is computed.
    pub expression: Expression,
    /// Type of its value.
    pub of: Type,
    /// Which way is good.
    pub better: Better,
    /// Where it was written.
    pub at: Place,
}
