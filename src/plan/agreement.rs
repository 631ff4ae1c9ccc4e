//! Agreements: who, for how long, and what holds from when.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::money::{Claim, Credit, CreditCap, Fee, MinimumPayout, Stacking, Termination};
use super::objective::{Exclusion, Ignore, Objective};
use super::place::Place;
use super::rows::Times;
use super::texts::{
    Benefit, Duty, Escalation, Given, Reference, Relaxation, Scope, TextTerm, Waiver,
};
use super::time::{Moment, Period};

/// An agreement, commitment or requirement with all its terms.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    /// Its name.
    pub id: String,
    /// Which kind.
    pub kind: AgreementKind,
    /// For people.
    pub title: Option<String>,
    /// Its `///` text.
    pub doc: Option<String>,
    /// Id of the party that provides; `null` in a requirement.
    pub provider: Option<String>,
    /// Who receives.
    pub customer: Customer,
    /// Ids of the agreements that it is under, the nearest first.
    pub under: Vec<String>,
    /// Ids of the agreements directly under it.
    pub children: Vec<String>,
    /// Where its objectives are evaluated and paid.
    pub evaluated: Evaluated,
    /// From when to when; `null` in a requirement, and in a commitment that states none and so
    /// always holds.
    pub term: Option<Term>,
    /// What holds from when: one or more, in order of time, without gap.
    pub versions: Vec<Version>,
    /// Where it was written.
    pub at: Place,
}

/// Kinds of agreements.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AgreementKind {
    /// Service level agreement.
    Sla,
    /// Operational level agreement.
    Ola,
    /// Underpinning contract with a supplier.
    Contract,
    /// One-sided commitment.
    Commitment,
    /// What a customer requires; it is never evaluated.
    Requirement,
}

/// Who receives.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "customer", rename_all = "snake_case", deny_unknown_fields)]
pub enum Customer {
    /// A party.
    Party {
        /// Its id.
        id: String,
    },
    /// Any customer: the agreement is evaluated once for each customer that the data or the
    /// evaluator's caller name.
    Any {},
    /// Whoever relies on it: a commitment names nobody, and no rows are narrowed to a customer.
    Nobody {},
}

/// Where the objectives of an agreement are evaluated.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Evaluated {
    /// Here.
    Here,
    /// In the agreements under it, except objectives that are `kept_here`.
    Children,
    /// Nowhere: it is a requirement.
    Nowhere,
}

/// From when to when an agreement holds.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// Its first instant.
    pub from: Moment,
    /// The first instant after its first run; `null`: without end.
    pub to: Option<Moment>,
    /// How long it was said to last; `null` if an end was written, or none.
    pub length: Option<Period>,
    /// It goes on for so long again and again until the fact `ended` is given; `null`: it ends.
    pub renews: Option<Period>,
    /// How long before the end of a run it must be said that it ends there.
    pub notice: Option<Period>,
    /// Where it was written.
    pub at: Place,
    /// The statements it replaced, the outermost first.
    pub was: Vec<Place>,
}

/// The package and tier that the terms of a version are taken from.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PackageOrigin {
    /// Name of the package.
    pub package: String,
    /// Its title.
    pub title: Option<String>,
    /// Its `///` text.
    pub doc: Option<String>,
    /// The tiers, the chosen one first, then the ones it extends.
    pub tiers: Vec<String>,
    /// True if later changes of the package apply too; they are versions here.
    pub follows: bool,
    /// Where it was written.
    pub at: Place,
}

/// The terms that hold from one date on.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Version {
    /// Its first instant; of the first version the start of the term, `null` where there is no
    /// term.
    pub from: Option<Moment>,
    /// The start of the next version; `null` in the last one.
    pub to: Option<Moment>,
    /// True if windows that begin before `from` end there and others begin there; false if a window
    /// that began before is still evaluated by the version it began in.
    pub splits_windows: bool,
    /// The amendments that made it, where they were written; empty in the first version.
    pub amended: Vec<Place>,
    /// The package its terms are taken from, for people: `terms` says all that holds.
    pub package: Option<PackageOrigin>,
    /// All terms that hold.
    pub terms: Terms,
}

/// The zone of an agreement.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgreementZone {
    /// Name of a zone in `zones`.
    pub name: String,
    /// Where it was written; `null`: nowhere, and so it is UTC.
    pub at: Option<Place>,
    /// The statements it replaced, the outermost first.
    pub was: Vec<Place>,
}

/// Everything that holds in one version: inherited, overridden and amended, as a whole.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// The zone of its dates and local times, already applied in everything below.
    pub zone: AgreementZone,
    /// Hours of the agreement, already applied in the objectives; `null`: nothing was said.
    pub hours: Option<Times>,
    /// What it is about.
    pub scope: Scope,
    /// What is promised.
    pub objectives: Vec<Objective>,
    /// Time that does not count.
    pub exclusions: Vec<Exclusion>,
    /// Rows that do not count.
    pub ignores: Vec<Ignore>,
    /// What the customer pays.
    pub fees: Vec<Fee>,
    /// What is due for missed or exceeded objectives.
    pub credits: Vec<Credit>,
    /// Credits that do not add up.
    pub stacking: Vec<Stacking>,
    /// Bounds of the sum of credits.
    pub credit_caps: Vec<CreditCap>,
    /// The least that is paid out; `null`: however little.
    pub minimum_payout: Option<MinimumPayout>,
    /// How credits are claimed: each of them is a step.
    pub claims: Vec<Claim>,
    /// Rights to terminate.
    pub terminations: Vec<Termination>,
    /// Who is informed when something takes long.
    pub escalations: Vec<Escalation>,
    /// Duties to report.
    pub reports: Vec<Duty>,
    /// Duties to review.
    pub reviews: Vec<Duty>,
    /// Additional benefits.
    pub benefits: Vec<Benefit>,
    /// Facts that the agreement states, in order of time.
    pub given: Vec<Given>,
    /// Warranties, responsibilities, governing law and the like.
    pub texts: Vec<TextTerm>,
    /// Requirements it says to meet.
    pub satisfies: Vec<Reference>,
    /// Requirements it deliberately does not meet.
    pub waivers: Vec<Waiver>,
    /// Promises that are deliberately weaker than those of the parent.
    pub relaxations: Vec<Relaxation>,
}
