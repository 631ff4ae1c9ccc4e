//! Functions of the language: names, how they are called, what they give.

/// A function of the language.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Function {
    /// Number of rows.
    Count,
    /// Share of rows for which something holds.
    Share,
    /// Sum over rows.
    Sum,
    /// Mean over rows.
    Mean,
    /// Least of rows, or of values.
    Min,
    /// Greatest of rows, or of values.
    Max,
    /// Middle of rows.
    Median,
    /// Percentile of rows, also `p50` to `p99.9`.
    Percentile,
    /// Number of different values.
    Distinct,
    /// Share of measured time that is not down.
    Uptime,
    /// Measured time that is down.
    Downtime,
    /// Time covered by spans.
    Time,
    /// Stretches in which something holds without a break.
    Runs,
    /// Time in which rows of several values are there.
    Overlap,
    /// Time from an event for which something holds to the next for which it does not.
    Holds,
    /// Spans with another start or end.
    Span,
    /// Time from one instant to another.
    Elapsed,
    /// Number of calendar days between two dates.
    Days,
    /// Next whole number below.
    Floor,
    /// Next whole number above.
    Ceil,
    /// Number of breached windows.
    Failures,
}

/// What is known of a function.
pub struct FunctionFacts {
    /// Which function.
    pub function: Function,
    /// Its name.
    pub name: &'static str,
    /// How it is called; several forms are separated by ` | `.
    pub usage: &'static str,
    /// What it gives, in one sentence.
    #[cfg_attr(not(feature = "internals"), expect(dead_code, reason = "the reference shows it"))]
    pub gives: &'static str,
    /// Labels its arguments may carry.
    pub labels: &'static [&'static str],
    /// What it gives when there is nothing to measure.
    #[cfg_attr(not(feature = "internals"), expect(dead_code, reason = "the reference shows it"))]
    pub of_nothing: &'static str,
}

const fn row(
    function: Function,
    name: &'static str,
    usage: &'static str,
    gives: &'static str,
    labels: &'static [&'static str],
    of_nothing: &'static str,
) -> FunctionFacts {
    FunctionFacts { function, name, usage, gives, labels, of_nothing }
}

/// All functions. `S` stands for rows, `e` for a value of a row, `p` for a condition on a row;
/// inside `each` the rows may be left out.
pub const FUNCTIONS: &[FunctionFacts] = &[
    row(Function::Count, "count", "count(S) | count()", "the number of rows", &[], "0"),
    row(
        Function::Share,
        "share",
        "share(S, p) | share(p)",
        "the share of the rows for which `p` is true",
        &[],
        "no data",
    ),
    row(
        Function::Sum,
        "sum",
        "sum(S, e) | sum(e)",
        "the sum of `e` over the rows; for a series, of its values",
        &[],
        "0",
    ),
    row(
        Function::Mean,
        "mean",
        "mean(S, e) | mean(e)",
        "the unweighted mean of `e` over the rows; for a series, of its values",
        &[],
        "no data",
    ),
    row(
        Function::Min,
        "min",
        "min(S, e) | min(a, b, …)",
        "the least `e` over the rows, or the least of the values",
        &[],
        "no data",
    ),
    row(
        Function::Max,
        "max",
        "max(S, e) | max(a, b, …)",
        "the greatest `e` over the rows, or the greatest of the values",
        &[],
        "no data",
    ),
    row(
        Function::Median,
        "median",
        "median(S, e) | median(e)",
        "the 50th percentile (nearest rank)",
        &[],
        "no data",
    ),
    row(
        Function::Percentile,
        "percentile",
        "percentile(S, e, 95%) | p95(S, e) | p95(e)",
        "the smallest `e` that at least this share of the rows does not exceed (nearest rank, exact)",
        &[],
        "no data",
    ),
    row(
        Function::Distinct,
        "distinct",
        "distinct(S, e) | distinct(e)",
        "the number of different values of `e`",
        &[],
        "0",
    ),
    row(
        Function::Uptime,
        "uptime",
        "uptime(S) | uptime()",
        "1 minus the share of the measured time that the rows cover; with `weight`, each instant counts with its weight",
        &["weight", "overlaps"],
        "100%",
    ),
    row(
        Function::Downtime,
        "downtime",
        "downtime(S) | downtime()",
        "the measured time that the rows cover; with `weight`, each instant counts with its weight",
        &["weight", "overlaps"],
        "0 s",
    ),
    row(
        Function::Time,
        "time",
        "time(S)",
        "the time that the rows cover; where rows overlap, it counts once",
        &[],
        "an empty time set",
    ),
    row(
        Function::Runs,
        "runs",
        "runs(S, lasting 5 min) | runs(S, lasting more than 3 min)",
        "the unbroken stretches of a boolean series or time set that are at least so long, or longer",
        &["lasting"],
        "an empty time set",
    ),
    row(
        Function::Overlap,
        "overlap",
        "overlap(S, by f, at least 2)",
        "the time that rows with at least so many different values of `f` cover at once",
        &["by", "at least"],
        "an empty time set",
    ),
    row(
        Function::Holds,
        "holds",
        "holds(S, p)",
        "the time from each event for which `p` is true to the next event for which it is false",
        &[],
        "an empty time set",
    ),
    row(
        Function::Span,
        "span",
        "span(S, a, b)",
        "the rows with `a` as start and `b` as end",
        &[],
        "no rows",
    ),
    row(
        Function::Elapsed,
        "elapsed",
        "elapsed(a, b) [during C] [pausing P]",
        "the time from `a` to `b` inside C and outside P; see below if `b` is absent",
        &[],
        "—",
    ),
    row(
        Function::Days,
        "days",
        "days(a, b)",
        "the number of calendar days from `a` to `b` in the agreement's zone",
        &[],
        "—",
    ),
    row(
        Function::Floor,
        "floor",
        "floor(x) | floor(x, step)",
        "the greatest whole number, or multiple of `step`, not above `x`",
        &[],
        "—",
    ),
    row(
        Function::Ceil,
        "ceil",
        "ceil(x) | ceil(x, step)",
        "the least whole number, or multiple of `step`, not below `x`",
        &[],
        "—",
    ),
    row(
        Function::Failures,
        "failures",
        "failures(last 6) | failures(OBJECTIVE, last 6)",
        "the number of breached windows among the last ones, the current window included",
        &["last"],
        "0",
    ),
];

/// What is known of the function with this name; `p95` and its like are percentiles.
pub fn find(name: &str) -> Option<&'static FunctionFacts> {
    let wanted = if percentile_name(name).is_some() { "percentile" } else { name };
    FUNCTIONS.iter().find(|facts| facts.name == wanted)
}

/// The digits of `p95` or `p99.9`.
pub fn percentile_name(name: &str) -> Option<&str> {
    let digits = name.strip_prefix('p')?;
    let plain = digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && digits.bytes().next().is_some_and(|b| b.is_ascii_digit());
    plain.then_some(digits)
}
