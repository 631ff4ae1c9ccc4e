//! The report of a run: verdicts and money, with what was read. Its schema is made from these
//! types.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::verdicts::AgreementVerdicts;
use crate::data::{BadRow, LooseName};
use crate::plan::Instant as Written;

/// The version of the form that this program writes.
pub const FORMAT: u32 = 1;

/// What a run found.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// Version of this form: 1.
    pub report: u32,
    /// Digest of the plan.
    pub plan: String,
    /// The time of evaluation.
    pub as_of: Written,
    /// Only windows that share time with what begins here are shown; `null`: from the first on.
    pub from: Option<Written>,
    /// The first instant after what is shown; `null`: up to the last.
    pub to: Option<Written>,
    /// How many windows ended how.
    pub counts: Counts,
    /// What was read, source by source in the order of the plan.
    pub data: Vec<SourceData>,
    /// Agreements in the order of the plan, each for each of its customers.
    pub agreements: Vec<AgreementVerdicts>,
}

/// How many windows ended how, over all groups, objectives and agreements.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// The value is good.
    pub met: u64,
    /// The value is not good.
    pub breached: u64,
    /// The data do not decide yet.
    pub pending: u64,
    /// There is nothing to measure.
    pub no_data: u64,
    /// The objective does not hold there.
    pub not_in_force: u64,
}

/// What was read of a source, and what became of its rows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceData {
    /// Its name.
    pub source: String,
    /// Its files as they were named.
    pub files: Vec<String>,
    /// Rows that were read. None of them is dropped in silence: the four counts below say which do
    /// not matter.
    pub rows: u64,
    /// Of these: rows of customers that no agreement of this run is with.
    pub other_customers: u64,
    /// Rows of services that no objective of their customer's agreement is about.
    pub other_services: u64,
    /// Rows outside every window that was judged.
    pub outside: u64,
    /// Spans that are the same as an earlier one in every column. They count like any other row;
    /// `null` of events, where two alike are ordinary.
    pub duplicates: Option<u64>,
    /// Rows that could not be read and were left out, as `--max-bad-rows` allows.
    pub left_out: u64,
    /// The first hundred of them.
    pub bad_rows: Vec<BadRow>,
    /// Columns of the files that nothing reads.
    pub unread: Vec<String>,
    /// Columns that were found although their names differ in spaces around them or in capitals
    /// from what they are read as.
    pub loose_names: Vec<LooseName>,
    /// Optional columns that no row has and that were not declared as missing: perhaps
    /// the files call them otherwise.
    pub empty: Vec<String>,
    /// The instant up to which its rows are all there; `null`: it has no rows, and no time was
    /// given.
    pub complete_to: Option<Written>,
    /// True if somebody said so; otherwise it is the latest instant in its rows.
    pub stated: bool,
    /// The latest row, if it alone decides `complete_to` and lies far beyond all other rows: its
    /// date may be wrong. `null`: there is none.
    pub far_row: Option<FarRow>,
}

/// A row that lies alone, far beyond the other rows of its source.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FarRow {
    /// Its latest instant.
    pub at: Written,
    /// The latest instant of all other rows.
    pub others: Written,
}
