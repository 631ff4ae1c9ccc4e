//! The contract full of faults: each fault its writers made is found where it was made, and nothing
//! else is.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use sla::{Disk, Workspace};

/// What is wrong, by its line, and why.
const FAULTS: &[(&str, &str)] = &[
    // A Saturday.
    ("idle-holiday", "closed 2026-08-29 \"Summer outing\""),
    // On the last Sunday of October London's clocks go back from 02:00 to 01:00.
    ("unclear-time", "open sun 01:30..04:00"),
    // Copied from an older contract and used nowhere any more.
    ("unused-declaration", "calendar Weekend \"Weekends\" {"),
    ("unused-declaration", "calendar OldOffice \"Office hours until 2024\" {"),
    ("unused-declaration", "severity P3"),
    // Slow answers would be good ones.
    (
        "backward-comparison",
        "objective Speed of Checkout: p95(requests, latency) >= 300 ms per month",
    ),
    // Three decimals: 99.8995% is below 99.9% and in no line, 98.9995% stands between two.
    ("unpaid-breach", "in 99%..99.899% pay 10%"),
    ("ladder-gap", "in 95%..98.999% pay 25%"),
    // The target is 98%, the first line begins below 97%.
    ("unpaid-breach", "below 97% pay 5%"),
    // 10% below 90% after 15% below 95%.
    ("worse-pays-less", "below 90% pay 10%"),
    // P1, P2 and P4 have a row.
    ("severity-without-row", "support on tickets per month during Office pausing waiting {"),
    // Answered within two hours, solved within one; and P4 is answered within one.
    ("respond-after-resolve", "P2 respond 2 h    resolve 1 h"),
    ("severe-but-slower", "P2 respond 2 h    resolve 1 h"),
    // The ladder still begins at 99.899%; and what stands below gives 1 − (0.05% + 0.1%) = 99.85%.
    ("unpaid-breach", "objective Uptime >= 99.95%"),
    ("promise-above-backing", "objective Uptime >= 99.95%"),
    // The ladder begins below 97%; Standard promises 98%.
    ("unpaid-breach", "objective Filled >= 97.5%"),
    ("weaker-tier", "objective Filled >= 97.5%"),
    // 0.001% of 31 days are 26.784 s (26.82 s of a month with an hour more), and only runs of ten
    // minutes count.
    ("run-over-budget", "objective Serious of Checkout: SeriousUp >= 99.999% per month"),
    ("promise-above-backing", "objective Serious of Checkout: SeriousUp >= 99.999% per month"),
    // 0.01% of 31 days are 4 min 28 s, and a slot is five minutes.
    ("slot-over-budget", "objective Minutes of Checkout: Slots >= 99.99% per month"),
    ("promise-above-backing", "objective Minutes of Checkout: Slots >= 99.99% per month"),
    // A month of 31 days that is down from end to end is down for 103.3%.
    ("mixed-month", "metric MonthUp better higher = 1 - downtime(outages) / 30 days"),
    // The cap is half of what the first line pays.
    ("cap-below-line", "} of fee cap 5% of fee"),
    // Nothing in it but the fee.
    ("dearer-tier", "fee 9_000 GBP per month"),
    // July 2025 and twelve months: until the end of June 2026.
    ("backing-term", "term from 2025-07-01 for 12 months"),
    (
        "ratio-over-one",
        "objective Calls of Desk: share(tickets, has responded) >= 100.5% per month during Office",
    ),
    // 99.97% asked for and 99.95% promised; 15 min and 30 min; nothing said about Search.
    ("requirement-short", "satisfies MeridianNeeds"),
    ("requirement-short", "satisfies MeridianNeeds"),
    ("requirement-open", "satisfies MeridianNeeds"),
    // The amendment tightens the target once more and leaves the ladder.
    ("unpaid-breach", "objective Uptime >= 99.98%"),
];

#[test]
fn each_fault_is_found_and_nothing_else_is() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/flawed/contract.sla");
    let text = std::fs::read_to_string(&path).expect("the contract");
    let lines: Vec<&str> = text.lines().collect();
    let checked = Workspace::new(&Disk).path(&path).check();
    let mut found: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for finding in &checked.findings {
        let line = checked.sources().line_column(finding.span().expect("a place")).line;
        *found.entry((finding.code.name(), lines[line - 1].trim())).or_default() += 1;
    }
    let mut expected: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for fault in FAULTS {
        *expected.entry(*fault).or_default() += 1;
    }
    assert_eq!(found, expected);
    let codes: BTreeSet<&str> = FAULTS.iter().map(|(code, _)| *code).collect();
    assert!(codes.len() >= 15, "only {} kinds of faults", codes.len());
}
