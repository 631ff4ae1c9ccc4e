//! Units of time, calendar and data.

/// Clock units: a fixed number of nanoseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum TimeUnit {
    /// nanosecond
    Nanosecond,
    /// microsecond
    Microsecond,
    /// millisecond
    Millisecond,
    /// second
    Second,
    /// minute
    Minute,
    /// hour
    Hour,
    /// 24 hours
    Day,
    /// seven times 24 hours
    Week,
}

impl TimeUnit {
    /// All units, the smallest first.
    pub const ALL: [TimeUnit; 8] = [
        TimeUnit::Nanosecond,
        TimeUnit::Microsecond,
        TimeUnit::Millisecond,
        TimeUnit::Second,
        TimeUnit::Minute,
        TimeUnit::Hour,
        TimeUnit::Day,
        TimeUnit::Week,
    ];

    /// Spellings, the preferred one first.
    pub const fn spellings(self) -> &'static [&'static str] {
        match self {
            TimeUnit::Nanosecond => &["ns"],
            TimeUnit::Microsecond => &["us", "µs", "μs"],
            TimeUnit::Millisecond => &["ms"],
            TimeUnit::Second => &["s"],
            TimeUnit::Minute => &["min"],
            TimeUnit::Hour => &["h", "hour", "hours"],
            TimeUnit::Day => &["days", "day"],
            TimeUnit::Week => &["weeks", "week"],
        }
    }

    /// Length in nanoseconds.
    pub const fn nanoseconds(self) -> i64 {
        match self {
            TimeUnit::Nanosecond => 1,
            TimeUnit::Microsecond => 1_000,
            TimeUnit::Millisecond => 1_000_000,
            TimeUnit::Second => 1_000_000_000,
            TimeUnit::Minute => 60_000_000_000,
            TimeUnit::Hour => 3_600_000_000_000,
            TimeUnit::Day => 86_400_000_000_000,
            TimeUnit::Week => 604_800_000_000_000,
        }
    }

    /// How it is usually written.
    pub fn symbol(self) -> &'static str {
        self.spellings().first().copied().unwrap_or_default()
    }

    /// The unit with this spelling.
    pub fn parse(word: &str) -> Option<TimeUnit> {
        TimeUnit::ALL.into_iter().find(|unit| unit.spellings().contains(&word))
    }
}

/// Calendar units: as long as the calendar makes them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum PeriodUnit {
    /// A clock hour, only where a window may be that short.
    Hour,
    /// A minute, only as the step of a rolling window.
    Minute,
    /// A calendar day.
    Day,
    /// A day on which a named calendar is open.
    WorkingDay,
    /// Seven calendar days; as a window Monday to Sunday.
    Week,
    /// A calendar month.
    Month,
    /// Three calendar months.
    Quarter,
    /// Twelve calendar months.
    Year,
}

impl PeriodUnit {
    /// All units, the smallest first.
    pub const ALL: [PeriodUnit; 8] = [
        PeriodUnit::Minute,
        PeriodUnit::Hour,
        PeriodUnit::Day,
        PeriodUnit::WorkingDay,
        PeriodUnit::Week,
        PeriodUnit::Month,
        PeriodUnit::Quarter,
        PeriodUnit::Year,
    ];

    /// Singular and plural.
    pub const fn spellings(self) -> [&'static str; 2] {
        match self {
            PeriodUnit::Minute => ["min", "min"],
            PeriodUnit::Hour => ["h", "h"],
            PeriodUnit::Day => ["day", "days"],
            PeriodUnit::WorkingDay => ["working day", "working days"],
            PeriodUnit::Week => ["week", "weeks"],
            PeriodUnit::Month => ["month", "months"],
            PeriodUnit::Quarter => ["quarter", "quarters"],
            PeriodUnit::Year => ["year", "years"],
        }
    }

    /// What people call so many of it, in full.
    pub const fn word(self, count: u32) -> &'static str {
        let [one, many] = match self {
            PeriodUnit::Minute => ["minute", "minutes"],
            PeriodUnit::Hour => ["hour", "hours"],
            PeriodUnit::Day
            | PeriodUnit::WorkingDay
            | PeriodUnit::Week
            | PeriodUnit::Month
            | PeriodUnit::Quarter
            | PeriodUnit::Year => self.spellings(),
        };
        if count == 1 { one } else { many }
    }

    /// The unit with this spelling.
    pub fn parse(word: &str) -> Option<PeriodUnit> {
        match word {
            "hour" | "hours" => Some(PeriodUnit::Hour),
            _ => PeriodUnit::ALL.into_iter().find(|unit| unit.spellings().contains(&word)),
        }
    }
}

/// Units of data; the base is the bit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct DataUnit {
    /// As written: `GB`, `KiB`, `Mbit`.
    pub name: &'static str,
    /// Number of bits in one unit.
    pub bits: i64,
}

/// All units of data: bits and bytes, decimal and binary (IEC 80000-13).
pub const DATA_UNITS: &[DataUnit] = &[
    DataUnit { name: "bit", bits: 1 },
    DataUnit { name: "kbit", bits: 1_000 },
    DataUnit { name: "Mbit", bits: 1_000_000 },
    DataUnit { name: "Gbit", bits: 1_000_000_000 },
    DataUnit { name: "Tbit", bits: 1_000_000_000_000 },
    DataUnit { name: "B", bits: 8 },
    DataUnit { name: "kB", bits: 8_000 },
    DataUnit { name: "KB", bits: 8_000 },
    DataUnit { name: "MB", bits: 8_000_000 },
    DataUnit { name: "GB", bits: 8_000_000_000 },
    DataUnit { name: "TB", bits: 8_000_000_000_000 },
    DataUnit { name: "PB", bits: 8_000_000_000_000_000 },
    DataUnit { name: "KiB", bits: 8 << 10 },
    DataUnit { name: "MiB", bits: 8 << 20 },
    DataUnit { name: "GiB", bits: 8 << 30 },
    DataUnit { name: "TiB", bits: 8 << 40 },
    DataUnit { name: "PiB", bits: 8 << 50 },
];

/// The unit of data with this spelling.
pub fn data_unit(word: &str) -> Option<&'static DataUnit> {
    DATA_UNITS.iter().find(|unit| unit.name == word)
}
