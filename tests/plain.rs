//! Rows taken together say what they say one by one, and in whatever batches they come.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::path::Path;

use proptest::prelude::*;
use sla::base::Exact;
use sla::plan::Plan;
use sla::run::columns::{Batch, Cells, Column, Origin, State};
use sla::run::{Given, Verdicts, evaluate};
use sla::time::{DAY, HOUR, Instant, MINUTE};
use sla::workspace::{Disk, Workspace};

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

fn here<T>(cells: Vec<Option<T>>, make: impl Fn(Vec<T>) -> Cells, nothing: impl Fn() -> T) -> Column {
    let states = cells.iter().map(|cell| if cell.is_some() { State::Here } else { State::Absent }).collect();
    Column { cells: make(cells.into_iter().map(|cell| cell.unwrap_or_else(&nothing)).collect()), states: Some(states) }
}

fn names(cells: Vec<u32>, dictionary: &[&str]) -> Column {
    let dictionary: Vec<_> = dictionary.iter().map(|name| (*name).into()).collect();
    let codes = cells.into_iter().map(|cell| cell % dictionary.len() as u32).collect();
    Column { cells: Cells::Names { codes, dictionary: dictionary.into() }, states: None }
}

fn texts(cells: Vec<String>) -> Column {
    let dictionary: Vec<_> = cells.iter().map(|name| name.as_str().into()).collect();
    Column { cells: Cells::Names { codes: (0..).take(dictionary.len()).collect(), dictionary: dictionary.into() }, states: None }
}

fn rows(columns: Vec<Column>, seeds: &[(usize, [u32; 6])]) -> Batch {
    let rows = seeds.iter().map(|(number, _)| *number as u64 + 1).collect();
    Batch { length: seeds.len(), columns, origin: Origin { name: "rows".into(), rows: Some(rows), first: 1 } }
}

fn batch(source: &str, seeds: &[(usize, [u32; 6])]) -> Batch {
    let of = |f: &dyn Fn(usize, &[u32; 6]) -> i64| -> Vec<i64> { seeds.iter().map(|(number, seed)| f(*number, seed)).collect() };
    let starts = || of(&|_, seed| instant(seed[0]));
    let digits = |index: usize| -> Vec<u32> { seeds.iter().map(|(_, seed)| seed[index]).collect() };
    let start = || Column { cells: Cells::Instants(starts()), states: None };
    let length = |seed: &[u32; 6]| i64::from(seed[1] % 12) * 20 * MINUTE;
    let end = |open: u32| {
        let ends = seeds.iter().map(|(_, seed)| (seed[1] % open > 0).then(|| instant(seed[0]) + length(seed)));
        here(ends.collect(), Cells::Instants, || 0)
    };
    let later = |index: usize| {
        let at = |seed: &[u32; 6]| (!seed[index].is_multiple_of(7)).then(|| instant(seed[0]) + i64::from(seed[index] % 400) * 3 * MINUTE);
        here(seeds.iter().map(|(_, seed)| at(seed)).collect(), Cells::Instants, || 0)
    };
    let columns = match source {
        "requests" => vec![
            start(),
            Column {
                cells: Cells::Decimals { unscaled: of(&|_, seed| [200, 404, 500, 503, 201][seed[1] as usize % 5]), places: 0 },
                states: None,
            },
            Column { cells: Cells::Lengths(of(&|_, seed| i64::from(seed[2] % 600) * 1_000_000)), states: None },
            // Some sizes have no finite decimal, and so no place among whole numbers.
            here(
                seeds
                    .iter()
                    .map(|(_, seed)| {
                        (seed[3] % 3 > 0)
                            .then(|| Exact::ratio(i64::from(seed[3] % 9_000_000), i64::from(1 + seed[3] % 97 / 95 * 2)).unwrap())
                    })
                    .collect(),
                Cells::Exacts,
                || Exact::ZERO,
            ),
            here(seeds.iter().map(|(_, seed)| (seed[4] % 4 > 0).then_some(seed[4] % 2 == 0)).collect(), Cells::Booleans, || false),
            names(digits(5), &["eu", "us", "asia"]),
            names(seeds.iter().map(|(_, seed)| seed[5] / 3).collect(), &["home", "cart", "pay", "health"]),
            names(seeds.iter().map(|(_, seed)| seed[4] / 8).collect(), &["Globex", "Globex", "Globex", "Initech"]),
        ],
        "outages" => vec![start(), end(5), names(digits(2), &["eu", "us", "asia"]), names(digits(3), &["Globex", "Initech"])],
        "waits" => vec![start(), end(9), texts(seeds.iter().map(|(_, seed)| format!("T{}", seed[2] % 40)).collect())],
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
            Column { cells: Cells::Instants(of(&|_, seed| instant(seed[0]) + 15 * MINUTE)), states: None },
            here(
                seeds.iter().map(|(_, seed)| (seed[1] % 5 > 0).then_some(i64::from(seed[1] % 100))).collect(),
                |unscaled| Cells::Decimals { unscaled, places: 2 },
                || 0,
            ),
        ],
        other => panic!("no such source: {other}"),
    };
    rows(columns, seeds)
}

/// The verdicts over these rows, in batches of so many, the last first if `turned`.
fn verdicts(plan: &Plan, sources: &[(&str, &Seeds)], size: usize, turned: bool, row_by_row: bool) -> Verdicts {
    let mut given = Given { row_by_row, ..Given::default() };
    for (source, seeds) in sources {
        let numbered: Vec<(usize, [u32; 6])> = seeds.iter().copied().enumerate().collect();
        let mut batches: Vec<Batch> = numbered.chunks(size.max(1)).map(|seeds| batch(source, seeds)).collect();
        if turned {
            batches.reverse();
        }
        given.rows.push(((*source).to_owned(), Box::new(batches.into_iter())));
    }
    // In the middle of May: some windows are pending.
    let complete = MARCH + 75 * DAY;
    given.complete_to = sources.iter().map(|(source, _)| ((*source).to_owned(), complete)).collect::<BTreeMap<_, _>>();
    evaluate(plan, given).unwrap_or_else(|fault| panic!("{fault}"))
}

/// Rows that come in another order stand in another order among those at the same instant.
fn without_worst(mut verdicts: Verdicts) -> Verdicts {
    let objectives = verdicts.agreements.iter_mut().flat_map(|agreement| &mut agreement.objectives);
    for window in objectives.flat_map(|objective| &mut objective.groups).flat_map(|group| &mut group.windows) {
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
        let one_by_one = verdicts(&plan, &sources, usize::MAX, false, true);
        prop_assert_eq!(&verdicts(&plan, &sources, usize::MAX, false, false), &one_by_one);
        prop_assert_eq!(&verdicts(&plan, &sources, size, false, false), &one_by_one);
        let turned = verdicts(&plan, &sources, size, true, false);
        prop_assert_eq!(&turned, &verdicts(&plan, &sources, size, true, true));
        prop_assert_eq!(without_worst(turned), without_worst(one_by_one));
    }
}

/// The rows of the property are of use: windows end in every way, and values are there.
#[test]
fn the_rows_decide_something() {
    let seed = |number: u32| {
        std::array::from_fn(|digit| (number + 1).wrapping_mul(2_654_435_761).rotate_left(5 * digit as u32).wrapping_mul(40_503))
    };
    let many: Seeds = (0..800).map(seed).collect();
    let few: Seeds = (800..860).map(seed).collect();
    let sources = [("requests", &many), ("outages", &few), ("waits", &few), ("tickets", &few), ("probes", &few)];
    let found = verdicts(&plan(), &sources, 77, false, false);
    assert_eq!(found, verdicts(&plan(), &sources, 800, false, true));
    let objectives = || found.agreements.iter().flat_map(|agreement| &agreement.objectives);
    let windows = || objectives().flat_map(|objective| &objective.groups).flat_map(|group| &group.windows);
    let count = |verdict: &str| windows().filter(|window| format!("{:?}", window.verdict) == verdict).count();
    for verdict in ["Met", "Breached", "Pending", "NoData"] {
        assert!(count(verdict) > 5, "{verdict}: {} of {}", count(verdict), windows().count());
    }
    for objective in objectives() {
        let known = objective.groups.iter().flat_map(|group| &group.windows).any(|window| window.value.is_some());
        assert!(known, "{} is never known", objective.id);
    }
}
