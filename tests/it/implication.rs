//! What coverage calls met is met: whatever is measured, a kept promise keeps the requirement that
//! it answers.
//!
//! Random pairs of a promise and a requirement about one metric, over random windows and bounds;
//! where the checker says that the promise answers the requirement, random data are evaluated
//! against both.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;

use sla::internals::data::columns::{Batch, Cells, Column, Origin, Source};
use sla::internals::eval::{Given, evaluate};
use sla::internals::prove::coverage::{self, Status};
use sla::internals::time::{DAY, HOUR, Instant, SECOND};
use sla::internals::workspace::check_with;
use sla::verdicts::Verdict;
use sla::{Date, Memory, Workspace};

/// A fixed sequence of numbers (splitmix64).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % bound
    }

    fn of<'l, T: ?Sized>(&mut self, list: &[&'l T]) -> &'l T {
        list[usize::try_from(self.below(list.len() as u64)).unwrap()]
    }
}

const WINDOWS: &[&str] = &["day", "week", "month", "quarter", "year"];

/// A metric, how it is bounded, and bounds that data may keep or miss.
const METRICS: &[(&[&str], &str, &[&str])] = &[
    (&["uptime(outages)"], ">=", &["80%", "90%", "95%", "98%", "99%"]),
    (&["share(requests, ok)"], ">=", &["20%", "40%", "60%", "80%"]),
    (&["mean(requests, latency)"], "<=", &["2 s", "4 s", "5 s", "6 s", "8 s"]),
    (&["max(requests, latency)"], "<=", &["5 s", "8 s", "9 s", "10 s"]),
    (
        &["p50(requests, latency)", "p90(requests, latency)", "p95(requests, latency)"],
        "<=",
        &["3 s", "5 s", "7 s", "9 s", "10 s"],
    ),
    (&["downtime(outages)"], "<=", &["4 h", "12 h", "24 h", "48 h"]),
    (&["count(requests)"], "<=", &["1", "3", "10", "40"]),
];

fn promise(random: &mut Random, metrics: &[&str], compare: &str, bounds: &[&str]) -> String {
    format!("{} {compare} {} per {}", random.of(metrics), random.of(bounds), random.of(WINDOWS))
}

fn contract(wanted: &str, given: &str) -> String {
    format!(
        "provider Acme\ncustomer Globex\nservice Shop\nsource outages: spans\nsource requests: events {{ ok: boolean  latency: duration }}\n\
         requirement Needs of Globex {{\n  objective Wanted of Shop: {wanted}\n}}\n\
         sla Api between Acme and Globex {{\n  service Shop\n  term from 2026-01-01 for 12 months\n  zone \"Europe/Berlin\"\n  satisfies Needs\n  \
         objective Promised of Shop: {given}\n  objective Asked of Shop: {wanted}\n}}\n"
    )
}

/// True if the checker says that the promise alone answers the requirement.
fn answers(wanted: &str, given: &str) -> bool {
    let text =
        contract(wanted, given).replace(&format!("  objective Asked of Shop: {wanted}\n"), "");
    let memory = Memory::new().with("a.sla", text);
    let (_, documents) = check_with(Workspace::new(&memory).path("a.sla"), &|it| {
        coverage::document(it.model, &it.loaded.sources)
    });
    let answers: Vec<Status> = documents[0]
        .requirements
        .iter()
        .flat_map(|it| &it.answers)
        .map(|answer| answer.status)
        .collect();
    assert_eq!(answers.len(), 1, "{wanted}; {given}");
    answers[0] == Status::Met
}

fn batch(columns: Vec<Cells>, length: usize) -> Batch {
    let columns = columns.into_iter().map(|cells| Column { cells, states: None }).collect();
    Batch { length, columns, origin: Origin { name: "random".into(), rows: None, first: 1 } }
}

fn rows(random: &mut Random, start: Instant) -> (Batch, Batch) {
    let year = 365 * 24;
    let hours = |count: u64| HOUR * i64::try_from(count).unwrap();
    let outages: Vec<(Instant, Instant)> = (0..random.below(6))
        .map(|_| {
            let from = start + hours(random.below(year - 80));
            (from, from + hours(1 + random.below(40)))
        })
        .collect();
    let down = batch(
        vec![
            Cells::Instants(outages.iter().map(|it| it.0).collect()),
            Cells::Instants(outages.iter().map(|it| it.1).collect()),
        ],
        outages.len(),
    );
    let count = usize::try_from(random.below(40)).unwrap();
    let fast = 1 + random.below(10);
    let at = (0..count).map(|_| start + hours(random.below(year))).collect();
    let ok = (0..count).map(|_| random.below(5) != 0).collect();
    let latency =
        (0..count).map(|_| SECOND * i64::try_from(1 + random.below(fast)).unwrap()).collect();
    (down, batch(vec![Cells::Instants(at), Cells::Booleans(ok), Cells::Lengths(latency)], count))
}

#[test]
fn a_kept_promise_keeps_the_requirement_it_answers() {
    let mut random = Random(2026);
    let start = Date::new(2026, 1, 1).unwrap().days() * DAY;
    let end = start + 365 * DAY;
    let (mut answered, mut kept, mut told_apart) = (0, 0, 0);
    for _ in 0..600 {
        let (metrics, compare, bounds) =
            METRICS[usize::try_from(random.below(METRICS.len() as u64)).unwrap()];
        let (wanted, given) = (
            promise(&mut random, metrics, compare, bounds),
            promise(&mut random, metrics, compare, bounds),
        );
        let met = answers(&wanted, &given);
        answered += usize::from(met && wanted != given);
        let memory = Memory::new().with("a.sla", contract(&wanted, &given));
        let (checked, plan) = Workspace::new(&memory).path("a.sla").plan();
        let plan = plan.unwrap_or_else(|| panic!("{wanted}; {given}: {:?}", checked.findings));
        for _ in 0..4 {
            let (down, requests) = rows(&mut random, start);
            let mut given_rows: Vec<(String, Box<dyn Source>)> = Vec::new();
            for (name, batch) in [("outages", down), ("requests", requests)] {
                if plan.sources.iter().any(|source| source.name == name) {
                    given_rows.push((name.to_owned(), Box::new(vec![batch].into_iter())));
                }
            }
            let complete_to: BTreeMap<String, Instant> =
                given_rows.iter().map(|(name, _)| (name.clone(), end)).collect();
            let said =
                Given { rows: given_rows, complete_to, as_of: Some(end + DAY), ..Given::default() };
            let verdicts = evaluate(&plan, said)
                .unwrap_or_else(|fault| panic!("{wanted}; {given}: {fault:?}"));
            let breached = |name: &str| {
                let objective = verdicts.agreements[0]
                    .objectives
                    .iter()
                    .find(|it| it.id.ends_with(name))
                    .unwrap();
                objective
                    .groups
                    .iter()
                    .flat_map(|group| &group.windows)
                    .any(|window| window.verdict == Verdict::Breached)
            };
            let (promise_broken, requirement_broken) = (breached("/Promised"), breached("/Asked"));
            kept += usize::from(met && wanted != given && !promise_broken);
            told_apart += usize::from(!met && !promise_broken && requirement_broken);
            assert!(
                !(met && !promise_broken && requirement_broken),
                "`{given}` was kept, and `{wanted}` was not"
            );
        }
    }
    // The pairs speak: many are answered by another promise that was kept, and many that are not
    // answered are distinguished by data.
    assert!(
        answered > 40 && kept > 40 && told_apart > 40,
        "{answered} answered, {kept} kept, {told_apart} distinguished"
    );
}
