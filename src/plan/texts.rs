//! Terms that are not computed: texts, duties, reasons.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::place::Place;
use super::time::{Moment, Period, Window};
use super::value::{Duration, Value};

/// A term in words: warranty, indemnity, responsibility, governing law and the like.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TextTerm {
    /// The word it was written with, such as `warranty`.
    pub word: String,
    /// The name between word and text, such as whose responsibility it is.
    pub name: Option<String>,
    /// What it says.
    pub text: String,
    /// Where it was written.
    pub at: Place,
}

/// What an agreement is about.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// Services.
    pub services: Vec<Reference>,
    /// What else belongs to it.
    pub includes: Vec<TextTerm>,
    /// What does not.
    pub excludes: Vec<TextTerm>,
}

/// Something declared elsewhere in the plan.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// Its id.
    pub id: String,
    /// Where it was named.
    pub at: Place,
}

/// An additional benefit.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Benefit {
    /// Its name, such as `discount`.
    pub name: Option<String>,
    /// How much.
    pub amount: Option<Value>,
    /// On what, or what it is.
    pub text: Option<String>,
    /// Where it was written.
    pub at: Place,
}

/// A duty that comes again and again: to report, to review.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Duty {
    /// Once for each of these windows, after its end.
    pub every: Window,
    /// By when after the window's end; `null`: nothing was said.
    pub within: Option<Period>,
    /// Id of the calendar whose working days count; `null` if none are counted.
    pub calendar: Option<String>,
    /// What about.
    pub text: Option<String>,
    /// Where it was written.
    pub at: Place,
}

/// Who is informed when something takes long.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Escalation {
    /// As written: a severity or an objective; `null`: anything.
    pub subject: Option<String>,
    /// Ids of the objectives of the same version it is about.
    pub objectives: Vec<String>,
    /// In order of time.
    pub steps: Vec<EscalationStep>,
    /// Where it was written.
    pub at: Place,
}

/// One step of an escalation.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EscalationStep {
    /// How long after the start, counted on the clock of the objective.
    pub after: Duration,
    /// Id of a party; `null` if `text` says who.
    pub party: Option<String>,
    /// Who, in words; `null` if `party` says who.
    pub text: Option<String>,
    /// Where it was written.
    pub at: Place,
}

/// A fact as given in the agreement.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// Name of a fact in `facts`.
    pub fact: String,
    /// Its value.
    pub value: Value,
    /// From when on; `null`: always, until another `given` of the same fact begins.
    pub from: Option<Moment>,
    /// Where it was written.
    pub at: Place,
}

/// A promise that is deliberately weaker than that of the parent.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Relaxation {
    /// What is relaxed, as written.
    pub subject: String,
    /// Why.
    pub because: String,
    /// Where it was written.
    pub at: Place,
}

/// A requirement, or one objective of it, that is deliberately not met.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// Id of an agreement of kind `requirement`.
    pub requirement: String,
    /// Id of an objective of it; `null`: all.
    pub objective: Option<String>,
    /// Why.
    pub because: String,
    /// Where it was written.
    pub at: Place,
}
