//! Objectives: a metric, a target, windows, and which time and rows count.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::expression::{Expression, FactCondition, Relation};
use super::place::Place;
use super::rows::{GroupValues, Rows, Times};
use super::time::{FirstWindow, Moment, Period, Window};
use super::value::{Duration, Number, Type};

/// A promise that is evaluated window by window. Cells of `support` are objectives too.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Objective {
    /// `AGREEMENT/NAME`, the same in every version: `GlobexShop/Uptime`, `GlobexShop/P1.respond`.
    pub id: String,
    /// Its name inside the agreement.
    pub name: String,
    /// Its `///` text.
    pub doc: Option<String>,
    /// Id of the service it is about, whose rows alone it sees; `null`: of none.
    pub service: Option<String>,
    /// Id of a metric in `metrics`.
    pub metric: String,
    /// When the value is good.
    pub test: Test,
    /// Which way is good: from the comparison, else from the metric.
    pub better: Better,
    /// Its windows.
    pub window: Window,
    /// What becomes of a window that begins before the objective does.
    pub first_window: FirstWindow,
    /// It begins here if that is later than the term's start; `null`: with the term.
    pub from: Option<Moment>,
    /// The hours that count: measured time is the window, less what lies outside the term or these
    /// hours, less what is excluded as absent.
    pub hours: Times,
    /// Where these hours come from.
    pub hours_from: HoursFrom,
    /// Ids of the exclusions of the same version that apply, in order.
    pub exclusions: Vec<String>,
    /// Ids of the ignores of the same version that apply, in order.
    pub ignores: Vec<String>,
    /// What it is evaluated by, once for each combination of values; `null`: once for all rows.
    pub groups: Option<Groups>,
    /// Facts that must hold for it to be in force.
    pub condition: Option<FactCondition>,
    /// What a window without data counts as.
    pub missing: Missing,
    /// The rows behind the value, where it is a matter of rows: what a credit for each row pays
    /// for, and what a report lists.
    pub items: Option<Items>,
    /// The rows of the data behind the value: those that a window's claims and its report speak of.
    pub causes: Vec<Causes>,
    /// With few rows some misses are forgiven.
    pub small_sample: Option<SmallSample>,
    /// The cell of `support` it was written as; everything it means for the evaluation is in the
    /// other fields.
    pub support: Option<Support>,
    /// True if it was written `kept here`: evaluated in this agreement although the agreement has
    /// others under it.
    pub kept_here: bool,
    /// Where each of its parts was written.
    pub written: Vec<PartOrigin>,
    /// Where it was written first.
    pub at: Place,
    /// Inherited statements of it, outermost first, that later ones have changed; empty if there
    /// are none.
    pub was: Vec<Place>,
}

/// When a value is good.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "test", rename_all = "snake_case", deny_unknown_fields)]
pub enum Test {
    /// If it compares so with the target.
    Compare {
        /// How: value on the left, target on the right.
        relation: Relation,
        /// What it is compared with.
        target: Expression,
    },
    /// If it lies between two bounds; both belong to it.
    Between {
        /// The least good value.
        low: Expression,
        /// The greatest good value.
        high: Expression,
    },
}

/// Which way is good.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
    /// Neither, as in a range.
    Neither,
}

/// Where an objective's hours come from.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HoursFrom {
    /// Its own `during`.
    Objective,
    /// The agreement's or tier's `hours`.
    Agreement,
    /// Its service's `hours`.
    Service,
    /// Nothing was said: always.
    Nowhere,
}

/// Groups an objective is evaluated by.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Groups {
    /// The fields, in order.
    pub keys: Vec<GroupKey>,
    /// Which combinations of values there are.
    pub values: GroupValues,
}

/// One field that makes groups.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupKey {
    /// What expressions call the group's value: its alias, or the field's own name.
    pub name: String,
    /// The field.
    pub field: String,
    /// Its type.
    pub of: Type,
    /// Names of the sources that are cut by it: those that have the field. Rows of other sources
    /// belong to every group.
    pub sources: Vec<String>,
}

/// What a window in which the metric has no data counts as.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// Neither: the verdict is `no data`.
    NoData,
    /// The customer bears it.
    Met,
    /// The provider bears it.
    Breached,
}

/// The rows behind an objective's value.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Items {
    /// Which rows.
    pub rows: Rows,
    /// What is measured of each; `null` if there is only `good`.
    pub value: Option<Expression>,
    /// True if the row did what it should; else it is bad.
    pub good: Expression,
}

/// Rows of the data behind an objective's value.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Causes {
    /// Which rows.
    pub rows: Rows,
    /// Which of them are those of one window.
    pub by: CausesBy,
}

/// Which rows of the data are behind the value of one window.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CausesBy {
    /// Those that belong to it.
    Anchor,
    /// Those that take measured time in it that is not excluded, and events that lie in such time.
    Time,
}

/// A rule for small numbers: where fewer than `below` items belong to the window and at most
/// `misses` of them are bad, the objective is met.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SmallSample {
    /// So many misses are forgiven.
    pub misses: u32,
    /// With fewer rows than this.
    pub below: u32,
}

/// How an objective was written in `support`.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Support {
    /// Name of a severity in `severities`.
    pub severity: String,
    /// Which clock.
    pub clock: Clock,
    /// Name of the source of the items.
    pub source: String,
    /// By when.
    pub limit: SupportLimit,
    /// When the clock runs.
    pub during: Times,
    /// When it is paused; `null`: never.
    pub pausing: Option<Times>,
    /// The share of items that must make it; `"1"`: all.
    pub share: Number,
}

/// Clocks of support.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    /// From the start to the first response.
    Respond,
    /// From the start to the resolution.
    Resolve,
    /// The longest silence between updates.
    Update,
}

/// The limit of a support cell.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "limit", rename_all = "snake_case", deny_unknown_fields)]
pub enum SupportLimit {
    /// Within a length of time on the clock.
    Within {
        /// How long.
        length: Duration,
        /// As working days, where it was written so.
        working_days: Option<Number>,
    },
    /// By the end of the n-th working day after the one it came in on.
    EndOfDay {
        /// n.
        days: u32,
        /// Id of a calendar in `calendars`.
        calendar: String,
    },
}

/// Parts of an objective that can be changed one by one.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ObjectivePart {
    /// `service`
    Service,
    /// `metric`
    Metric,
    /// `test`: comparison and target
    Target,
    /// `window`
    Window,
    /// `first_window`
    FirstWindow,
    /// `from`
    From,
    /// `hours`
    Hours,
    /// `groups`
    Groups,
    /// The rows it is narrowed to, in the metric
    Filter,
    /// `condition`
    Condition,
    /// `missing`
    Missing,
    /// The clock and limit of a support cell
    Limit,
    /// When the clock of a support cell is paused
    Pausing,
    /// The share of items that must make it
    Share,
    /// `small_sample`
    SmallSample,
}

/// Where one part of an objective was written.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PartOrigin {
    /// Which part.
    pub part: ObjectivePart,
    /// The clause that won.
    pub at: Place,
    /// The clauses it replaced, the outermost first.
    pub was: Vec<Place>,
}

/// Time that does not count against the provider.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exclusion {
    /// What objectives refer to: `AGREEMENT/exclude/N`.
    pub id: String,
    /// Which time.
    pub time: ExcludedTime,
    /// What it does to the measurement.
    pub treat: Treat,
    /// How much of it at most; `null`: all.
    pub limit: Option<ExclusionLimit>,
    /// Where it was written.
    pub at: Place,
}

/// Which time is excluded.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "excluded", rename_all = "snake_case", deny_unknown_fields)]
pub enum ExcludedTime {
    /// A set of time.
    Time {
        /// Which.
        time: Times,
    },
    /// The time of rows, such as works actually done.
    Spans {
        /// Which rows.
        rows: Rows,
        /// How long before its start a row must have been announced to count; `null`: not at all.
        notice: Option<Notice>,
    },
}

/// How long before its start something must have been announced.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// How long, counted back from the row's start.
    pub period: Period,
    /// The field that says when it was announced; a row without it was not.
    pub field: String,
    /// Name of the zone in which the period is counted.
    pub zone: String,
    /// Id of the calendar whose working days count; `null` if none are counted.
    pub calendar: Option<String>,
}

/// What excluded time becomes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Treat {
    /// It leaves the measured time.
    Absent,
    /// It stays in the measured time and counts as good.
    Up,
}

/// How much time may be excluded.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExclusionLimit {
    /// How much.
    pub of: LimitOf,
    /// In each of these windows; in order of time, what lies beyond the limit is not excluded.
    pub window: Window,
    /// Where it was written.
    pub at: Place,
}

/// What a limit counts.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "limit", rename_all = "snake_case", deny_unknown_fields)]
pub enum LimitOf {
    /// With `up` the downtime excused, with `absent` the measured time removed.
    Time {
        /// At most so much.
        most: Duration,
    },
    /// The spans that are excluded, each in the window of its start.
    Spans {
        /// At most so many.
        most: u32,
    },
}

/// Rows that do not count.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ignore {
    /// What objectives refer to: `AGREEMENT/ignore/N`.
    pub id: String,
    /// Name of a source in `sources`.
    pub source: String,
    /// Rows for which this is true are dropped wherever the source is read; `null`: all.
    pub condition: Option<Expression>,
    /// Where it was written.
    pub at: Place,
}
