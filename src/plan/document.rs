//! The whole document.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::agreement::Agreement;
use super::declarations::{EnumType, Fact, Metric, Party, Service, Severity, Source, Table, Unit};
use super::time::{Calendar, Zone};

/// The version of the form that this program writes and reads.
pub const FORMAT: u32 = 1;

/// An evaluation plan: what one or more agreements promise, with everything that is needed to
/// evaluate and to print them.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Version of this form: 1.
    #[schemars(range(min = 1, max = 1))]
    pub plan: u32,
    /// SHA-256, in lower-case hexadecimal, of what the plan means: of its canonical JSON without
    /// `digest`, `generator`, `files` and all places.
    #[schemars(regex(pattern = r"^[0-9a-f]{64}$"))]
    pub digest: String,
    /// What made it.
    pub generator: Generator,
    /// The files it was made from, in order of their names.
    pub files: Vec<String>,
    /// Time zones that windows, calendars and moments refer to.
    pub zones: Vec<Zone>,
    /// Parties.
    pub parties: Vec<Party>,
    /// Services.
    pub services: Vec<Service>,
    /// The user's own units.
    pub units: Vec<Unit>,
    /// Enums.
    pub enums: Vec<EnumType>,
    /// Severities, the most severe first.
    pub severities: Vec<Severity>,
    /// Facts.
    pub facts: Vec<Fact>,
    /// Tables.
    pub tables: Vec<Table>,
    /// Calendars.
    pub calendars: Vec<Calendar>,
    /// Sources of rows.
    pub sources: Vec<Source>,
    /// Metrics.
    pub metrics: Vec<Metric>,
    /// Agreements.
    pub agreements: Vec<Agreement>,
}

/// What made a plan.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Generator {
    /// Name and version of the program: `sla 0.1.0`.
    pub program: String,
    /// Version of the time-zone data it used: `2026a`. What matters of them is in `zones`.
    pub zone_data: String,
}
