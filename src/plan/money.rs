//! Fees, credits, caps, claims and terminations.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::expression::{Expression, FactCondition, Per};
use super::place::Place;
use super::time::{Moment, Period, Window};
use super::value::{Amount, Type};

/// What the customer pays.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fee {
    /// `AGREEMENT/fee`, `AGREEMENT/fee/NAME`, or `AGREEMENT/fee@SERVICE` of one without a name;
    /// what expressions refer to.
    pub id: String,
    /// Its name, if it has one.
    pub name: Option<String>,
    /// Id of the service it is for; `null`: for all.
    pub service: Option<String>,
    /// How much: of each period, once, or as measured in the requested window.
    pub amount: Expression,
    /// How it is spread over time.
    pub accrual: Accrual,
    /// It begins here if that is later than the term's start; `null`: with the term.
    pub from: Option<Moment>,
    /// Its `///` text.
    pub doc: Option<String>,
    /// Where it was written.
    pub at: Place,
    /// The statements it replaced, the outermost first.
    pub was: Vec<Place>,
}

/// How a fee is spread over time.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "accrual", rename_all = "snake_case", deny_unknown_fields)]
pub enum Accrual {
    /// The amount is that of one period, and each calendar day of a period bears an equal part of
    /// it.
    Daily {
        /// The period as written.
        per: Per,
        /// Periods, one after another.
        period: Window,
    },
    /// The amount is due once, on the date it begins, and belongs to the window that holds this
    /// instant.
    Once {},
    /// The amount is computed from rows for the requested window.
    Measured {},
}

/// What becomes due when an objective is missed, or exceeded.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Credit {
    /// `AGREEMENT/credit/NAME`, `AGREEMENT/bonus/NAME`, `AGREEMENT/earn_back/NAME`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its `///` text.
    pub doc: Option<String>,
    /// Which way it goes.
    pub kind: CreditKind,
    /// Ids of the objectives of the same version it belongs to; they have the same windows.
    pub objectives: Vec<String>,
    /// When it is due.
    pub due: Due,
    /// Once a window, or once for each bad row.
    pub per: CreditPer,
    /// What the bands look at; `null` if there is but one band without bounds.
    pub measure: Option<Expression>,
    /// Type of `measure`; `null` if there is none.
    pub of: Option<Type>,
    /// What is due for which values, in the order of the text: the first band that holds a value
    /// counts. A value in none of them gets nothing.
    pub bands: Vec<Band>,
    /// Index in `bands` of what is due in a window that is breached because its data are missing;
    /// `null`: nothing.
    pub missing_band: Option<u32>,
    /// Bounds of the amount, in the order in which they apply.
    pub caps: Vec<Cap>,
    /// What else must hold for it to be due.
    pub condition: Option<FactCondition>,
    /// How groups pay; `null` if no objective has any.
    pub groups: Option<GroupPay>,
    /// Where it was written.
    pub at: Place,
    /// The statements it replaced, the outermost first.
    pub was: Vec<Place>,
}

/// Which way money goes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CreditKind {
    /// Owed by the provider.
    Credit,
    /// Owed by the customer.
    Bonus,
    /// Lowers the credits of the same calendar year, never below zero.
    EarnBack,
}

/// How often a credit is due.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CreditPer {
    /// Once in a window.
    Window,
    /// Once for each bad row of the objective's `items`.
    Row,
}

/// When a credit is due.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Due {
    /// In windows in which at least one of its objectives is breached.
    Breached,
    /// In every window that has a verdict; the bands decide alone.
    Regardless,
}

/// A stretch of values and what is due there.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// Which line of the text it comes from, from 0; a line that speaks of values outside a range
    /// makes two bands, and one for what the other lines leave has no ends.
    pub line: u32,
    /// Lower end; `null`: none.
    pub from: Option<Bound>,
    /// Upper end; `null`: none.
    pub to: Option<Bound>,
    /// What is due.
    pub remedy: Remedy,
    /// Where it was written.
    pub at: Place,
}

/// One end of a band.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bound {
    /// Where it lies.
    pub value: Expression,
    /// True if the value itself belongs to the band.
    pub inclusive: bool,
}

/// What is due.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "remedy", rename_all = "snake_case", deny_unknown_fields)]
pub enum Remedy {
    /// Money, or a count of an own unit: the sum of the terms, rounded once, half up: money to the
    /// minor unit, counts not at all.
    Pay {
        /// What is added up.
        terms: Vec<PayTerm>,
        /// Type of the sum.
        of: Type,
    },
    /// The term becomes longer by a stated period.
    Extend {
        /// By so much.
        period: Period,
    },
    /// The term becomes longer by a measured length of time.
    ExtendBy {
        /// By so much: a duration, computed in the window.
        length: Expression,
    },
    /// Something in words.
    Text {
        /// What.
        text: String,
    },
}

/// One summand of a payment.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PayTerm {
    /// The amount, or the amount for one step.
    pub amount: Expression,
    /// How many times it is due; `null`: once.
    pub step: Option<Step>,
    /// Where it was written.
    pub at: Place,
}

/// Counts steps between a value and an origin.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The value whose distance is counted.
    pub value: Expression,
    /// Where counting begins.
    pub from: Expression,
    /// On which side of `from` the steps lie; on the other side there are none.
    pub toward: Toward,
    /// The length of one step, above 0.
    pub unit: Expression,
    /// How a part of a step counts.
    pub count: StepCount,
}

/// Sides.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Toward {
    /// Values above the origin: `(value − from) / unit` steps.
    Greater,
    /// Values below the origin: `(from − value) / unit` steps.
    Less,
}

/// How a part of a step counts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepCount {
    /// As a whole one.
    Started,
    /// Not at all.
    Full,
    /// In proportion.
    Exact,
}

/// What a cap bounds.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "per", rename_all = "snake_case", deny_unknown_fields)]
pub enum CapPer {
    /// What is due in one window of the objectives.
    Window {},
    /// What is due for one bad row.
    Row {},
    /// What is due in the windows of the objectives that end in one of these windows.
    Every {
        /// Which.
        window: Window,
    },
    /// What is due in the windows of the objectives that end in the same length of time before the
    /// end of each of them.
    Trailing {
        /// How far back from that end the sum reaches; not in working days.
        length: Period,
        /// Name of the zone in which days and months are counted.
        zone: String,
    },
}

/// Over what a bound of all credits adds up; a credit falls where its own window ends.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "per", rename_all = "snake_case", deny_unknown_fields)]
pub enum CreditCapPer {
    /// Each of these windows.
    Every {
        /// Which.
        window: Window,
    },
    /// The same length of time before the end of the window of each credit.
    Trailing {
        /// How far back from that end the sum reaches; not in working days.
        length: Period,
        /// Name of the zone in which days and months are counted.
        zone: String,
    },
}

impl From<CreditCapPer> for CapPer {
    fn from(per: CreditCapPer) -> CapPer {
        match per {
            CreditCapPer::Every { window } => CapPer::Every { window },
            CreditCapPer::Trailing { length, zone } => CapPer::Trailing { length, zone },
        }
    }
}

/// A bound of one credit.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cap {
    /// At most so much.
    pub amount: Expression,
    /// For what.
    pub per: CapPer,
    /// Where it was written.
    pub at: Place,
}

/// How the credit of a grouped objective pays.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GroupPay {
    /// Once, for the group that gets most.
    Worst,
    /// For each group for itself.
    Each,
}

/// Credits that do not add up.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stacking {
    /// `AGREEMENT/stacking/N`.
    pub id: String,
    /// Which of them counts.
    pub rule: StackingRule,
    /// Ids of credits of the same version; a credit stands in one group at most.
    pub credits: Vec<String>,
    /// Where it was written.
    pub at: Place,
    /// The statements it replaced, the outermost first.
    pub was: Vec<Place>,
}

/// Which of several credits counts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StackingRule {
    /// The highest.
    Highest,
    /// The customer chooses: they are shown as alternatives, and totals hold the highest.
    Elect,
}

/// A bound of the sum of all credits.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreditCap {
    /// `AGREEMENT/cap/N`.
    pub id: String,
    /// At most so much.
    pub amount: Expression,
    /// What it is an amount of: only lines of this currency or unit are bounded.
    pub of: Type,
    /// Over what.
    pub per: CreditCapPer,
    /// Where it was written.
    pub at: Place,
    /// The statements it replaced, the outermost first.
    pub was: Vec<Place>,
}

/// The least that is paid out.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MinimumPayout {
    /// If the credits in its currency or unit that end together sum to less than this, they are not
    /// paid.
    pub amount: Amount,
    /// True if exactly `amount` is paid.
    pub inclusive: bool,
    /// True if what is not paid is added to the credits of the next window; false if it is lost.
    pub carried_over: bool,
    /// Where it was written.
    pub at: Place,
    /// The statements it replaced, the outermost first.
    pub was: Vec<Place>,
}

/// What must be done to get credits, and by when.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// `AGREEMENT/claim/NAME`, or `AGREEMENT/claim/N`.
    pub id: String,
    /// The name of this step.
    pub name: Option<String>,
    /// Ids of the objectives of the same version it is about.
    pub objectives: Vec<String>,
    /// By when.
    pub deadline: ClaimDeadline,
    /// What the deadline counts from.
    pub anchor: ClaimAnchor,
    /// Id of the calendar whose working days count; `null` if none are counted.
    pub calendar: Option<String>,
    /// Name of the zone in which the deadline is counted.
    pub zone: String,
    /// What must be handed in.
    pub evidence: Option<String>,
    /// Where it was written.
    pub at: Place,
    /// The statements it replaced, the outermost first.
    pub was: Vec<Place>,
}

/// By when a claim must be made; always to the end of the last day.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "deadline", rename_all = "snake_case", deny_unknown_fields)]
pub enum ClaimDeadline {
    /// So long after the anchor.
    Within {
        /// How long.
        period: Period,
    },
    /// The end of the n-th calendar unit after the one the anchor falls into.
    EndOf {
        /// n and the unit.
        period: Period,
    },
    /// The end of the term; where it renews, of the run in which the window of the claim ends.
    EndOfTerm {},
}

/// What a claim's time counts from.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "anchor", rename_all = "snake_case", deny_unknown_fields)]
pub enum ClaimAnchor {
    /// The end of the window.
    Window {},
    /// The start of each bad row.
    Start {},
    /// The end of each bad row.
    End {},
    /// A field of each bad row.
    Field {
        /// Its name.
        name: String,
    },
}

/// A right to terminate.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Termination {
    /// `AGREEMENT/terminate/NAME`, or `AGREEMENT/terminate/N`.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// Its description.
    pub title: Option<String>,
    /// The right arises at the end of a window of `objectives` in which this is true.
    pub condition: Expression,
    /// Ids of the objectives of the same version that `condition` speaks of.
    pub objectives: Vec<String>,
    /// How long before it takes effect it must be declared.
    pub notice: Option<Period>,
    /// How long the right lasts; `null`: without end.
    pub within: Option<Period>,
    /// Where it was written.
    pub at: Place,
    /// The statements it replaced, the outermost first.
    pub was: Vec<Place>,
}
