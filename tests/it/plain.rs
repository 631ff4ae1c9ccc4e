//! Rows taken together say what they say one by one, and in whatever batches they come.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;
use std::path::Path;

use proptest::prelude::*;
use sla::internals::data::columns::{Batch, Cells, Column, Origin, Source, State};
use sla::internals::data::fault::Outcome;
use sla::internals::eval::{Given, Verdicts, evaluate};
use sla::internals::time::{DAY, HOUR, Instant, MINUTE};
use sla::plan::Plan;
use sla::{Disk, Exact, Workspace};

/// 2026-03-01T00:00Z. On 29 March Berlin leaves out the hour from 01:00Z.
const MARCH: Instant = 1_772_323_200_000_000_000;

fn plan() -> Plan {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/plain.sla");
    let (checked, plan) = Workspace::new(&Disk).path(path.to_str().unwrap()).plan();
    plan.unwrap_or_else(|| panic!("{:?}", checked.findings))
}

/// What rows of all sources are made of: numbers that say nothing by themselves.
type Seeds = Vec<[u32; 6]>;

/// Starts are often equal, often on the bounds of windows and slots, and in no order.
fn instant(seed: u32) -> Instant {
    let [kind, at] = [seed % 5, seed / 5];
    let whole = match kind {
        0 => i64::from(at % 92) * DAY - HOUR,
        1 => i64::from(at % (92 * 24)) * HOUR,
        2 => i64::from(at % (92 * 96)) * 15 * MINUTE,
        // Around the hour that is left out.
        3 => 28 * DAY + i64::from(at % 48) * 15 * MINUTE,
        _ => i64::from(at) % (92 * DAY / 1_000_000) * 1_000_000,
    };
    MARCH + whole
}

fn here<T>(
    cells: Vec<Option<T>>,
    make: impl Fn(Vec<T>) -> Cells,
    nothing: impl Fn() -> T,
) -> Column {
    let states =
        cells.iter().map(|cell| if cell.is_some() { State::Here } else { State::Absent }).collect();
    Column {
        cells: make(cells.into_iter().map(|cell| cell.unwrap_or_else(&nothing)).collect()),
        states: Some(states),
    }
}

fn names(cells: Vec<u32>, dictionary: &[&str]) -> Column {
    let dictionary: Vec<_> = dictionary.iter().map(|name| (*name).into()).collect();
    let codes = cells.into_iter().map(|cell| cell % dictionary.len() as u32).collect();
    Column { cells: Cells::Names { codes, dictionary: dictionary.into() }, states: None }
}

fn texts(cells: Vec<String>) -> Column {
    let dictionary: Vec<_> = cells.iter().map(|name| name.as_str().into()).collect();
    Column {
        cells: Cells::Names {
            codes: (0..).take(dictionary.len()).collect(),
            dictionary: dictionary.into(),
        },
        states: None,
    }
}

fn rows(columns: Vec<Column>, seeds: &[(usize, [u32; 6])]) -> Batch {
    let rows = seeds.iter().map(|(number, _)| *number as u64 + 1).collect();
    Batch {
        length: seeds.len(),
        columns,
        origin: Origin { name: "rows".into(), rows: Some(rows), first: 1 },
    }
}

fn batch(source: &str, seeds: &[(usize, [u32; 6])]) -> Batch {
    let of = |f: &dyn Fn(usize, &[u32; 6]) -> i64| -> Vec<i64> {
        seeds.iter().map(|(number, seed)| f(*number, seed)).collect()
    };
    let starts = || of(&|_, seed| instant(seed[0]));
    let digits = |index: usize| -> Vec<u32> { seeds.iter().map(|(_, seed)| seed[index]).collect() };
    let start = || Column { cells: Cells::Instants(starts()), states: None };
    let length = |seed: &[u32; 6]| i64::from(seed[1] % 12) * 20 * MINUTE;
    let end = |open: u32| {
        let ends = seeds
            .iter()
            .map(|(_, seed)| (seed[1] % open > 0).then(|| instant(seed[0]) + length(seed)));
        here(ends.collect(), Cells::Instants, || 0)
    };
    let later = |index: usize| {
        let at = |seed: &[u32; 6]| {
            (!seed[index].is_multiple_of(7))
                .then(|| instant(seed[0]) + i64::from(seed[index] % 400) * 3 * MINUTE)
        };
        here(seeds.iter().map(|(_, seed)| at(seed)).collect(), Cells::Instants, || 0)
    };
    let columns = match source {
        "requests" => vec![
            start(),
            Column {
                cells: Cells::Decimals {
                    unscaled: of(&|_, seed| [200, 404, 500, 503, 201][seed[1] as usize % 5]),
                    places: 0,
                },
                states: None,
            },
            Column {
                cells: Cells::Lengths(of(&|_, seed| i64::from(seed[2] % 600) * 1_000_000)),
                states: None,
            },
            // Some sizes have no finite decimal, and so no place among whole numbers.
            here(
                seeds
                    .iter()
                    .map(|(_, seed)| {
                        (seed[3] % 3 > 0).then(|| {
                            Exact::ratio(
                                i64::from(seed[3] % 9_000_000),
                                i64::from(1 + seed[3] % 97 / 95 * 2),
                            )
                            .unwrap()
                        })
                    })
                    .collect(),
                Cells::Exacts,
                || Exact::ZERO,
            ),
            here(
                seeds
                    .iter()
                    .map(|(_, seed)| (seed[4] % 4 > 0).then_some(seed[4] % 2 == 0))
                    .collect(),
                Cells::Booleans,
                || false,
            ),
            names(digits(5), &["eu", "us", "asia"]),
            names(
                seeds.iter().map(|(_, seed)| seed[5] / 3).collect(),
                &["home", "cart", "pay", "health"],
            ),
            names(
                seeds.iter().map(|(_, seed)| seed[4] / 8).collect(),
                &["Globex", "Globex", "Globex", "Initech"],
            ),
        ],
        "outages" => vec![
            start(),
            end(5),
            names(digits(2), &["eu", "us", "asia"]),
            names(digits(3), &["Globex", "Initech"]),
        ],
        "waits" => vec![
            start(),
            end(9),
            texts(seeds.iter().map(|(_, seed)| format!("T{}", seed[2] % 40)).collect()),
        ],
        "tickets" => vec![
            start(),
            end(4),
            texts(seeds.iter().map(|(number, _)| format!("T{}", number % 40)).collect()),
            names(digits(2), &["P1", "P2"]),
            later(3),
            later(4),
        ],
        "probes" => vec![
            start(),
            Column {
                cells: Cells::Instants(of(&|_, seed| instant(seed[0]) + 15 * MINUTE)),
                states: None,
            },
            here(
                seeds
                    .iter()
                    .map(|(_, seed)| (seed[1] % 5 > 0).then_some(i64::from(seed[1] % 100)))
                    .collect(),
                |unscaled| Cells::Decimals { unscaled, places: 2 },
                || 0,
            ),
        ],
        other => panic!("no such source: {other}"),
    };
    rows(columns, seeds)
}

/// How rows are looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Way {
    /// Each for itself.
    OneByOne,
    /// All together.
    Together,
    /// Part by part, and no row is kept.
    InPasses,
}

/// Batches that are brought as often as they are wanted.
struct Passing(Vec<Batch>, usize);

impl Source for Passing {
    fn next(&mut self) -> Outcome<Option<Batch>> {
        self.1 += 1;
        Ok(self.0.get(self.1 - 1).cloned())
    }

    fn rows_of_part(&self) -> Option<usize> {
        Some(1)
    }

    fn again(&mut self) -> Outcome<()> {
        self.1 = 0;
        Ok(())
    }
}

/// The verdicts over these rows, in batches of so many, the last first if `turned`.
fn verdicts(
    plan: &Plan,
    sources: &[(&str, &Seeds)],
    size: usize,
    turned: bool,
    way: Way,
) -> Verdicts {
    outcome(
        plan,
        sources,
        (size, turned),
        Given { row_by_row: way == Way::OneByOne, ..Given::default() },
        way,
    )
    .unwrap_or_else(|fault| panic!("{fault}"))
}

fn outcome<'g>(
    plan: &Plan,
    sources: &[(&str, &Seeds)],
    (size, turned): (usize, bool),
    mut given: Given<'g>,
    way: Way,
) -> Outcome<Verdicts> {
    for (source, seeds) in sources {
        let numbered: Vec<(usize, [u32; 6])> = seeds.iter().copied().enumerate().collect();
        let mut batches: Vec<Batch> =
            numbered.chunks(size.max(1)).map(|seeds| batch(source, seeds)).collect();
        if turned {
            batches.reverse();
        }
        let rows: Box<dyn Source> = if way == Way::InPasses {
            Box::new(Passing(batches, 0))
        } else {
            Box::new(batches.into_iter())
        };
        given.rows.push(((*source).to_owned(), rows));
    }
    // In the middle of May: some windows are pending.
    let complete = MARCH + 75 * DAY;
    given.complete_to = sources
        .iter()
        .map(|(source, _)| ((*source).to_owned(), complete))
        .collect::<BTreeMap<_, _>>();
    evaluate(plan, given)
}

/// Rows that come in another order stand in another order among those at the same instant.
fn without_worst(mut verdicts: Verdicts) -> Verdicts {
    let objectives = verdicts.agreements.iter_mut().flat_map(|agreement| &mut agreement.objectives);
    for window in
        objectives.flat_map(|objective| &mut objective.groups).flat_map(|group| &mut group.windows)
    {
        window.worst.clear();
    }
    verdicts
}

fn seeds(most: usize) -> impl Strategy<Value = Seeds> {
    prop::collection::vec(any::<[u32; 6]>(), 0..most)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn together_and_one_by_one_say_the_same(
        requests in seeds(900), outages in seeds(60), waits in seeds(60), tickets in seeds(90), probes in seeds(200), size in 1_usize..200,
    ) {
        let plan = plan();
        let sources = [("requests", &requests), ("outages", &outages), ("waits", &waits), ("tickets", &tickets), ("probes", &probes)];
        let one_by_one = verdicts(&plan, &sources, usize::MAX, false, Way::OneByOne);
        prop_assert_eq!(&verdicts(&plan, &sources, usize::MAX, false, Way::Together), &one_by_one);
        prop_assert_eq!(&verdicts(&plan, &sources, size, false, Way::Together), &one_by_one);
        prop_assert_eq!(&verdicts(&plan, &sources, size, false, Way::InPasses), &one_by_one);
        let turned = verdicts(&plan, &sources, size, true, Way::Together);
        prop_assert_eq!(&turned, &verdicts(&plan, &sources, size, true, Way::OneByOne));
        prop_assert_eq!(&turned, &verdicts(&plan, &sources, size, true, Way::InPasses));
        prop_assert_eq!(without_worst(turned), without_worst(one_by_one));
    }

    #[test]
    fn passes_and_one_by_one_say_the_same(
        requests in seeds(500), outages in seeds(40), tickets in seeds(40), size in 1_usize..100, turned in any::<bool>(), first in 0_usize..4,
    ) {
        let plan = plan();
        let sources = [("requests", &requests), ("outages", &outages), ("waits", &tickets), ("tickets", &tickets), ("probes", &outages)];
        for number in (first..plan.agreements[0].versions[0].terms.objectives.len()).step_by(4) {
            let one = with_only(&plan, number);
            if let Some(found) = in_passes(&one, &sources, (size, turned)) {
                prop_assert_eq!(found, verdicts(&one, &sources, size, turned, Way::OneByOne));
            }
        }
    }
}

/// What one objective says, and nothing else.
fn with_only(plan: &Plan, objective: usize) -> Plan {
    let mut plan = plan.clone();
    for version in plan.agreements.iter_mut().flat_map(|agreement| &mut agreement.versions) {
        version.terms.objectives = vec![version.terms.objectives[objective].clone()];
        version.terms.credits.clear();
        version.terms.claims.clear();
    }
    plan
}

fn many_and_few() -> (Seeds, Seeds) {
    let seed = |number: u32| {
        std::array::from_fn(|digit| {
            (number + 1)
                .wrapping_mul(2_654_435_761)
                .rotate_left(5 * digit as u32)
                .wrapping_mul(40_503)
        })
    };
    ((0..800).map(seed).collect(), (800..860).map(seed).collect())
}

/// What one objective of the plan says of rows that are not kept; `None` if it must look at them
/// one by one.
fn in_passes(one: &Plan, sources: &[(&str, &Seeds)], batches: (usize, bool)) -> Option<Verdicts> {
    match outcome(
        one,
        sources,
        batches,
        Given { never_hold: true, ..Given::default() },
        Way::InPasses,
    ) {
        Ok(found) => Some(found),
        Err(fault) => {
            assert!(fault.message.contains("one by one"), "{fault}");
            None
        }
    }
}

/// Nearly every aggregate of events can be computed without loading any of them.
#[test]
fn events_are_held_only_where_they_are_looked_at_one_by_one() {
    let (plan, (many, few)) = (plan(), many_and_few());
    let sources = [
        ("requests", &many),
        ("outages", &few),
        ("waits", &few),
        ("tickets", &few),
        ("probes", &few),
    ];
    let mut held = Vec::new();
    for number in 0..plan.agreements[0].versions[0].terms.objectives.len() {
        let one = with_only(&plan, number);
        let name = one.agreements[0].versions[0].terms.objectives[0].id.clone();
        let expected = verdicts(&one, &sources, 800, false, Way::OneByOne);
        match in_passes(&one, &sources, (31, false)) {
            Some(found) => assert_eq!(found, expected, "{name}"),
            None => held.push(name),
        }
    }
    // Sizes in this test are fractions that no decimal is; a slot that takes the last value looks
    // for the last row.
    let right = ["Api/Small", "Api/Sum", "Api/Last"];
    assert_eq!(held, right);
}

/// The rows of the property are of use: windows end in every way, and values are there.
#[test]
fn the_rows_decide_something() {
    let (many, few) = many_and_few();
    let sources = [
        ("requests", &many),
        ("outages", &few),
        ("waits", &few),
        ("tickets", &few),
        ("probes", &few),
    ];
    let found = verdicts(&plan(), &sources, 77, false, Way::Together);
    assert_eq!(found, verdicts(&plan(), &sources, 800, false, Way::OneByOne));
    assert_eq!(found, verdicts(&plan(), &sources, 77, false, Way::InPasses));
    let objectives = || found.agreements.iter().flat_map(|agreement| &agreement.objectives);
    let windows =
        || objectives().flat_map(|objective| &objective.groups).flat_map(|group| &group.windows);
    let count = |verdict: &str| {
        windows().filter(|window| format!("{:?}", window.verdict) == verdict).count()
    };
    for verdict in ["Met", "Breached", "Pending", "NoData"] {
        assert!(count(verdict) > 5, "{verdict}: {} of {}", count(verdict), windows().count());
    }
    for objective in objectives() {
        let known = objective
            .groups
            .iter()
            .flat_map(|group| &group.windows)
            .any(|window| window.value.is_some());
        assert!(known, "{} is never known", objective.id);
    }
}
