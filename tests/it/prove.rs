//! Properties of the checks: what they call complete is complete, what is stronger is never called
//! weaker, and order changes nothing.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;
use std::path::Path;

use proptest::prelude::*;
use serde_json::Value;
use sla::SourceText;
use sla::internals::diag::Sink;
use sla::internals::report::render;
use sla::internals::syntax::ast::Declaration;
use sla::{Format, Memory, SourceMap, Workspace, contracts_below};

const HEAD: &str =
    "provider Acme\ncustomer Globex\nservice Shop\nsource outages: spans\nsource bad: events\n";

fn agreement(body: &str) -> String {
    format!(
        "{HEAD}sla Api between Acme and Globex {{\n  service Shop\n  term from 2026-01-01 for 12 months\n  fee 1_000 EUR per month\n{body}}}\n"
    )
}

/// The codes that a text gives.
fn codes(text: &str) -> BTreeSet<&'static str> {
    let memory = Memory::new().with("a.sla", text);
    Workspace::new(&memory)
        .path("a.sla")
        .check()
        .findings
        .iter()
        .map(|finding| finding.code.name())
        .collect()
}

/// A share in thousandths of a percent, as it is written.
fn share(thousandths: u32) -> String {
    format!("{}.{:03}%", thousandths / 1_000, thousandths % 1_000)
}

/// A number of the plan in thousandths of a percent, doubled, so that what lies between two of them
/// is a whole number too.
fn doubled(number: &Value) -> i64 {
    let text = number["value"]["value"].as_str().unwrap();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    assert!(fraction.len() <= 5, "{text} has more places than were written");
    2 * format!("{whole}{fraction:0<5}").parse::<i64>().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// A ladder without findings has exactly one band for each breach, and none for what is met:
    /// tried at each bound and on both sides.
    #[test]
    fn a_complete_ladder_takes_every_breach_once(target in 50_000_u32..100_000, mut steps in prop::collection::btree_set(1_u32..100_000, 1..6)) {
        steps.retain(|bound| *bound < target);
        let lines: Vec<String> = steps.iter().rev().enumerate().map(|(at, bound)| format!("below {} pay {}%", share(*bound), at + 2)).collect();
        let body = format!(
            "  objective Up: uptime(outages) >= {} per month\n  objective Few: count(bad) <= 1 per month\n  credit Up {{ below target pay 1%  {} }} of fee\n",
            share(target), lines.join("  ")
        );
        let memory = Memory::new().with("a.sla", agreement(&body));
        let (checked, plan) = Workspace::new(&memory).path("a.sla").plan();
        prop_assert!(checked.findings.is_empty(), "{}", render(Format::SHORT, false, &checked.findings, checked.sources(), 1));
        let plan: Value = serde_json::from_str(&plan.unwrap().to_json()).unwrap();
        let bands = plan.pointer("/agreements/0/versions/0/terms/credits/0/bands").and_then(Value::as_array).unwrap();
        let holds = |band: &Value, value: i64| {
            let inside = |end: &Value, up: bool| end.is_null() || {
                let bound = doubled(&end["value"]);
                if bound == value { end["inclusive"].as_bool().unwrap() } else { (value < bound) == up }
            };
            inside(&band["from"], false) && inside(&band["to"], true)
        };
        let bounds = steps.iter().copied().chain([0, target, 100_000]);
        for value in bounds.flat_map(|bound| { let twice = 2 * i64::from(bound); [twice - 1, twice, twice + 1] }) {
            if (0..=200_000).contains(&value) {
                let count = bands.iter().filter(|band| holds(band, value)).count();
                prop_assert_eq!(count, usize::from(value < 2 * i64::from(target)), "{} half thousandths of a percent", value);
            }
        }
    }

    /// Gaps, overlaps and dead zones of bands of whole numbers are those that counting them one by
    /// one finds.
    #[test]
    fn bands_are_judged_as_by_counting(allowed in 0_i64..4, bands in prop::collection::vec((1_i64..20, 0_i64..6), 1..5)) {
        let lines: Vec<String> = bands.iter().map(|(low, more)| format!("in {low}..{} pay 1%", low + more)).collect();
        let body = format!("  objective Few: count(bad) <= {allowed} per month\n  credit Few {{ {} }} of fee\n", lines.join("  "));
        let found = codes(&agreement(&body));
        let taken = |count: i64| bands.iter().filter(|(low, more)| (*low..=low + more).contains(&count)).count();
        let overlap = (0..40).any(|count| taken(count) > 1);
        prop_assert_eq!(found.contains("ladder-overlap"), overlap, "{:?}", found);
        if overlap {
            return Ok(());
        }
        let breaches: Vec<i64> = (allowed + 1..40).filter(|count| taken(*count) == 1).collect();
        let met = (0..=allowed).any(|count| taken(count) == 1);
        prop_assert_eq!(found.contains("credit-without-breach"), met, "{:?}", found);
        if let (Some(first), Some(last)) = (breaches.first(), breaches.last()) {
            let all_met = bands.iter().any(|(low, more)| low + more <= allowed);
            let gap = (*first..*last).any(|count| taken(count) == 0) || (met && (allowed + 1..*first).any(|count| taken(count) == 0));
            prop_assert_eq!(found.contains("ladder-gap"), gap, "{:?}", found);
            if !all_met && !met {
                prop_assert_eq!(found.contains("unpaid-breach"), *first > allowed + 1, "{:?}", found);
            }
            prop_assert!(found.contains("worse-pays-less"), "the worst band ends at {}, and more are possible: {:?}", last, found);
        }
    }

    /// A tighter target is never called weaker, a looser one always.
    #[test]
    fn tightening_never_weakens(below in 1_u32..99_999, above in 1_u32..99_999, support in 1_u32..100, quicker in 1_u32..100) {
        let tiers = format!(
            "{HEAD}severity P1\nsource tickets: spans {{ severity: Severity  responded: time? }}\npackage Hosting {{\n  scope {{ service Shop }}\n  \
             tier Base {{\n    objective Up: uptime(outages) >= {} per month\n    support on tickets per month {{ P1 respond {support} min }}\n  }}\n  \
             tier More extends Base {{\n    objective Up >= {}\n    support {{ P1 respond {quicker} min }}\n  }}\n}}\n\
             sla Api between Acme and Globex {{ package Hosting.More  term from 2026-01-01 for 12 months }}\n",
            share(below), share(above)
        );
        let found = codes(&tiers);
        prop_assert_eq!(found.contains("weaker-tier"), above < below || quicker > support, "{:?}", found);
        prop_assert_eq!(found.contains("equal-tier"), above == below && quicker == support, "{:?}", found);
    }
}

/// Declarations in another order; severities keep theirs, which is their gravity.
fn reordered(text: &str, seed: u64) -> String {
    let mut map = SourceMap::default();
    let file = map.add(SourceText::new("a.sla", text));
    let items = sla::internals::syntax::parse(file, text, &mut Sink::new()).file.items;
    let mut pieces = Vec::new();
    let mut at = 0;
    for item in &items {
        let end = item.span.end as usize;
        pieces.push((matches!(item.declaration(), Some(Declaration::Severity(_))), &text[at..end]));
        at = end;
    }
    let mut free: Vec<usize> = (0..pieces.len()).filter(|at| !pieces[*at].0).collect();
    let mut state = seed;
    for at in (1..free.len()).rev() {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        free.swap(at, usize::try_from(state >> 33).unwrap() % (at + 1));
    }
    let mut next = free.into_iter();
    let order: Vec<usize> =
        (0..pieces.len()).map(|at| if pieces[at].0 { at } else { next.next().unwrap() }).collect();
    order.into_iter().map(|at| format!("{}\n", pieces[at].1)).collect::<String>() + &text[at..]
}

#[test]
fn order_of_declarations_changes_nothing() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/real");
    let files = contracts_below(&folder).files;
    assert!(files.len() > 50);
    for (seed, path) in (1_u64..).zip(&files) {
        let text = std::fs::read_to_string(path).unwrap();
        let other = reordered(&text, seed);
        let memory = Memory::new().with("a.sla", other.as_str());
        let checked = Workspace::new(&memory).path("a.sla").check();
        let told = render(Format::SHORT, false, &checked.findings, checked.sources(), 1);
        assert!(checked.findings.is_empty(), "{}:\n{told}", path.display());
    }
}

/// Who is who, and the words of the contract, in a file of their own.
fn split(text: &str) -> (String, String) {
    let mut map = SourceMap::default();
    let file = map.add(SourceText::new("a.sla", text));
    let items = sla::internals::syntax::parse(file, text, &mut Sink::new()).file.items;
    let (mut base, mut rest) = (String::new(), String::from("use \"base.sla\"\n"));
    let mut at = 0;
    for item in &items {
        let end = item.span.end as usize;
        let leaf = matches!(
            item.declaration(),
            Some(
                Declaration::Party(_)
                    | Declaration::Severity(_)
                    | Declaration::Enum(_)
                    | Declaration::Unit(_)
            )
        );
        let into = if leaf { &mut base } else { &mut rest };
        into.push_str(&text[at..end]);
        into.push('\n');
        at = end;
    }
    (base, rest + &text[at..])
}

#[test]
fn splitting_into_files_changes_nothing() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/real");
    let mut moved = 0;
    for path in contracts_below(&folder).files {
        let text = std::fs::read_to_string(&path).unwrap();
        let (base, rest) = split(&text);
        moved += base.lines().filter(|line| line.starts_with("provider ")).count();
        let memory = Memory::new().with("base.sla", base.as_str()).with("a.sla", rest.as_str());
        let checked = Workspace::new(&memory).path("a.sla").check();
        let told = render(Format::SHORT, false, &checked.findings, checked.sources(), 2);
        assert!(checked.findings.is_empty(), "{}:\n{told}", path.display());
    }
    assert!(moved > 50);
}
