//! Windows: over which stretches of time an objective is evaluated.

/// What is known of one form of window.
pub struct WindowFacts {
    /// How it is written, with sample numbers; several are separated by ` | `.
    pub forms: &'static str,
    /// Where its windows begin and end, in one sentence.
    pub means: &'static str,
}

/// All forms of windows.
pub const WINDOWS: &[WindowFacts] = &[
    WindowFacts {
        forms: "day | week | month | quarter | year",
        means: "from local midnight to local midnight, in the agreement's zone; weeks begin on Monday",
    },
    WindowFacts {
        forms: "quarter from feb | year from apr",
        means: "quarters or years that begin with that month",
    },
    WindowFacts {
        forms: "contract month | contract quarter | contract year",
        means: "one after another from the first day of the term; each begins on the same day of the month",
    },
    WindowFacts {
        forms: "fixed 30 days",
        means: "one after another of that length, from the first day of the term",
    },
    WindowFacts {
        forms: "rolling 30 days every 1 day",
        means: "one window ends with each step and goes back by the length; they overlap, and are in force only if they lie wholly inside the term",
    },
    WindowFacts {
        forms: "rolling 365 days at CLAIMS",
        means: "one window for each row of a source; it ends at the instant of the row",
    },
    WindowFacts { forms: "term", means: "the whole term" },
];
