//! Points in time, zones, calendars and windows.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::place::Place;

/// A point in time in UTC, with as many decimals of a second as it needs: `2026-03-01T09:00:00Z`.
#[derive(
    Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct Instant(
    #[schemars(regex(
        pattern = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]*[1-9])?Z$"
    ))]
    pub String,
);

/// A date: `2026-03-01`.
#[derive(
    Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct LocalDate(#[schemars(regex(pattern = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))] pub String);

/// A point in time, both in UTC and as the people of a zone write it, so that no reader needs to
/// convert it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Moment {
    /// In UTC.
    pub instant: Instant,
    /// The same on the clocks of `zone`, without offset: `2026-03-01T10:00:00`.
    #[schemars(regex(
        pattern = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]*[1-9])?$"
    ))]
    pub local: String,
    /// Name of a zone in `zones`.
    pub zone: String,
}

/// A time zone and every change of its offset that can matter.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Zone {
    /// IANA name: `Europe/Berlin`, `UTC`.
    pub name: String,
    /// From here on the offsets below hold.
    pub from: Instant,
    /// Up to here, exclusive; what lies beyond is not known, and an evaluator refuses to go there.
    pub to: Instant,
    /// Offset from UTC in seconds at `from`, positive east of Greenwich.
    pub offset: i32,
    /// Changes of the offset within `[from, to)`, in order of time.
    pub transitions: Vec<Transition>,
}

/// One change of a zone's offset.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Transition {
    /// The first instant of the new offset.
    pub instant: Instant,
    /// Offset in seconds before.
    pub before: i32,
    /// Offset in seconds from then on.
    pub after: i32,
}

/// A calendar length: as long as the calendar makes it. Never compared with a duration.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// How many.
    pub count: u32,
    /// Of what.
    pub unit: PeriodUnit,
}

/// Units of periods.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum PeriodUnit {
    /// 60 seconds; only as length or step of a rolling window.
    Minute,
    /// 60 minutes; in windows, claims and notices.
    Hour,
    /// A calendar day of the zone: 23, 24 or 25 h.
    Day,
    /// A day on which the calendar named beside the period is open at some time.
    WorkingDay,
    /// Seven calendar days.
    Week,
    /// A calendar month; the day of month is kept, or is the last one of a shorter month.
    Month,
    /// Three calendar months.
    Quarter,
    /// Twelve calendar months.
    Year,
}

/// Over which stretches of time something is added up. Windows follow each other without gap (all
/// kinds but `rolling` and `claims`) and are half-open.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "window", rename_all = "snake_case", deny_unknown_fields)]
pub enum Window {
    /// Days, weeks, months, quarters or years of the calendar.
    Calendar {
        /// Which.
        unit: WindowUnit,
        /// For quarters and years the month (1 to 12) one of them begins in, 1 if nothing else was
        /// said; for the others `null`.
        first_month: Option<Month>,
        /// Name of a zone in `zones`: windows begin at its local midnights.
        zone: String,
        /// Where it was written.
        at: Place,
    },
    /// Months, quarters or years counted from a date, the k-th beginning k units after `anchor`,
    /// the day of month kept where it exists.
    Contract {
        /// Which.
        unit: WindowUnit,
        /// The start of window 0.
        anchor: Moment,
        /// Where it was written.
        at: Place,
    },
    /// Windows of one length, one after another from `anchor`.
    Fixed {
        /// How long each is.
        length: Period,
        /// The start of window 0.
        anchor: Moment,
        /// Where it was written.
        at: Place,
    },
    /// Overlapping windows: the k-th begins k steps after `anchor`. Only those that lie wholly
    /// inside the term are in force.
    Rolling {
        /// How long each is.
        length: Period,
        /// From one start to the next.
        every: Period,
        /// The start of window 0.
        anchor: Moment,
        /// Where it was written.
        at: Place,
    },
    /// One window for each row of a source: it ends at the row's instant and begins `length` before
    /// it.
    Claims {
        /// How long each is.
        length: Period,
        /// Name of a source in `sources`; its rows, scoped as always, are the claims.
        source: String,
        /// Name of the zone in which `length` is counted.
        zone: String,
        /// Where it was written.
        at: Place,
    },
    /// One window: the whole term.
    Term {
        /// Where it was written.
        at: Place,
    },
}

/// Units of calendar and contract windows.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WindowUnit {
    /// From one local midnight to the next.
    Day,
    /// Monday to Sunday.
    Week,
    /// A month.
    Month,
    /// Three months.
    Quarter,
    /// Twelve months.
    Year,
}

/// What becomes of a window that begins before the objective does.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FirstWindow {
    /// Only its part inside the term is measured.
    Clipped,
    /// It is not in force: the first one that counts lies wholly inside the term.
    Full,
    /// The first window, clipped or not, is not in force.
    Skipped,
}

/// Opening hours, or hours of planned work.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// What expressions refer to; a calendar without a zone of its own appears once for each zone
    /// it is used in.
    pub id: String,
    /// As declared.
    pub name: String,
    /// For people.
    pub title: Option<String>,
    /// Its `///` text.
    pub doc: Option<String>,
    /// True if declared as `maintenance`; a calendar all the same.
    pub maintenance: bool,
    /// Name of a zone in `zones`.
    pub zone: String,
    /// Which days are open when. Of the rules that name a date the last decides; a date that none
    /// names is closed.
    pub rules: Vec<CalendarRule>,
    /// Length of an ordinary open day in nanoseconds: what one `working day` of this calendar is as
    /// a duration; `null` if its open days differ.
    pub working_day: Option<i64>,
    /// Where it was written.
    pub at: Place,
}

/// Opening hours of some days.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CalendarRule {
    /// The dates it names.
    pub days: DaySet,
    /// When they are open, in order and without overlap; empty: closed.
    pub open: Vec<ClockRange>,
    /// Such as the name of a holiday.
    pub title: Option<String>,
    /// Where it was written.
    pub at: Place,
}

/// Dates.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "days", rename_all = "snake_case", deny_unknown_fields)]
pub enum DaySet {
    /// Certain weekdays of every week.
    Weekdays {
        /// In order from Monday.
        weekdays: Vec<Weekday>,
    },
    /// A weekday of a month by its number.
    Nth {
        /// 1 to 5 from the month's start, -1 for the last one; a fifth that does not exist names no
        /// date.
        ordinal: i8,
        /// Which weekday.
        weekday: Weekday,
        /// Of which month; `null`: of every month.
        month: Option<Month>,
    },
    /// The same days of every year, both ends included; it runs over New Year if `to` lies before
    /// `from`.
    Yearly {
        /// First day.
        from: MonthDay,
        /// Last day.
        to: MonthDay,
    },
    /// A day of every month by its number.
    MonthDay {
        /// 1 to 31, or -1 (the last) to -31; a day a month lacks names no date in it.
        day: i8,
    },
    /// Certain dates, both ends included.
    Dates {
        /// First date.
        from: LocalDate,
        /// Last date.
        to: LocalDate,
    },
}

/// A month of the year, 1 to 12.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct Month(#[schemars(range(min = 1, max = 12))] pub u8);

/// A day of a year.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct MonthDay {
    /// 1 to 12.
    pub month: Month,
    /// 1 to 31.
    #[schemars(range(min = 1, max = 31))]
    pub day: u8,
}

/// Days of the week.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema,
)]
pub enum Weekday {
    /// Monday.
    #[serde(rename = "mon")]
    Monday,
    /// Tuesday.
    #[serde(rename = "tue")]
    Tuesday,
    /// Wednesday.
    #[serde(rename = "wed")]
    Wednesday,
    /// Thursday.
    #[serde(rename = "thu")]
    Thursday,
    /// Friday.
    #[serde(rename = "fri")]
    Friday,
    /// Saturday.
    #[serde(rename = "sat")]
    Saturday,
    /// Sunday.
    #[serde(rename = "sun")]
    Sunday,
}

/// A half-open range of clock times of one date.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct ClockRange {
    /// Seconds on the clock since the date's local midnight, 0 to 86400.
    pub from: u32,
    /// The same, greater than `from`; beyond 86400 it lies on the next date (`22:00..02:00` is
    /// 79200 to 93600).
    pub to: u32,
}
