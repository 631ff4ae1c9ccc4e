//! The standard library and the examples: free of findings, and each metric of the library
//! documented and tested.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};

use sla::SourceText;
use sla::internals::diag::Sink;
use sla::internals::lang::library::LIBRARY;
use sla::internals::report::render;
use sla::internals::syntax::ast::{Declaration, Item};
use sla::{Disk, Format, SourceMap, Workspace, contracts_below};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn without_findings(name: &str) {
    let files = contracts_below(&folder(name)).files;
    assert!(files.len() > 5, "{name} holds only {} files", files.len());
    let workspace =
        files.iter().fold(Workspace::new(&Disk), |workspace, file| workspace.path(file));
    let checked = workspace.check();
    let text = render(Format::SHORT, false, &checked.findings, checked.sources(), files.len());
    assert!(checked.findings.is_empty(), "{text}");
}

#[test]
fn the_library_has_no_findings() {
    without_findings("std");
}

#[test]
fn the_examples_have_no_findings() {
    without_findings("examples");
}

#[test]
fn what_is_compared_with_others_has_no_findings() {
    without_findings("benches/compare/contracts");
}

/// The metrics of a part of the library.
fn metrics(text: &str) -> Vec<Item> {
    let mut map = SourceMap::default();
    let file = map.add(SourceText::new("part.sla", text));
    let items = sla::internals::syntax::parse(file, text, &mut Sink::new()).file.items;
    items
        .into_iter()
        .filter(|item| matches!(item.declaration(), Some(Declaration::Metric(_))))
        .collect()
}

#[test]
fn each_metric_says_its_unit_and_its_source_and_is_tested() {
    for part in LIBRARY {
        let tests = std::fs::read_to_string(folder("std/tests").join(format!("{}.sla", part.name)))
            .unwrap();
        let metrics = metrics(part.text);
        assert!(!metrics.is_empty(), "std.{} holds no metric", part.name);
        for item in &metrics {
            let Some(Declaration::Metric(metric)) = item.declaration() else { continue };
            let name = &metric.name.as_ref().unwrap().text;
            let doc = item.doc.as_ref().map_or("", |doc| doc.value.as_str());
            for word in ["Unit: ", "Source: "] {
                assert!(
                    doc.lines().any(|line| line.trim_start().starts_with(word)),
                    "std.{}: {name} does not say `{word}`",
                    part.name
                );
            }
            assert!(
                tests.contains(&format!("expect {name}(")),
                "std.{}: {name} is not tested",
                part.name
            );
        }
    }
}

#[test]
fn names_of_the_library_are_unique_over_its_parts() {
    let mut seen = std::collections::BTreeMap::new();
    for part in LIBRARY {
        for item in metrics(part.text) {
            let Some(Declaration::Metric(metric)) = item.declaration() else { continue };
            let name = metric.name.as_ref().unwrap().text.clone();
            if let Some(other) = seen.insert(name.clone(), part.name) {
                panic!("{name} is in std.{other} and in std.{}", part.name);
            }
        }
    }
}
