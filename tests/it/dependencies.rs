//! Every direct dependency has its reason in `docs/dependencies.md`, and every reason there its
//! dependency.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

/// The crates a manifest names in one table, for all platforms or for some.
fn direct(manifest: &str, table: &str) -> BTreeSet<String> {
    let manifest: toml::Table = manifest.parse().unwrap();
    let platforms = manifest
        .get("target")
        .and_then(toml::Value::as_table)
        .into_iter()
        .flat_map(toml::Table::values);
    let tables = platforms.filter_map(toml::Value::as_table).chain([&manifest]);
    let tables = tables.filter_map(|it| it.get(table).and_then(toml::Value::as_table));
    tables.flat_map(toml::Table::keys).cloned().collect()
}

/// The crates a section of the document gives a reason for: the first cell of each row of its
/// table.
fn explained(document: &str, heading: &str) -> BTreeSet<String> {
    let section = document.split("\n## ").find(|section| section.starts_with(heading)).unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    rows.filter(|(_, reason)| reason.len() > 10).map(|(name, _)| name.to_owned()).collect()
}

#[test]
fn dependencies_have_their_reasons() {
    let document = include_str!("../../docs/dependencies.md");
    let own = include_str!("../../Cargo.toml");
    assert_eq!(direct(own, "dependencies"), explained(document, "In the program"));
    let mut tests = direct(own, "dev-dependencies");
    // The crate itself, for its feature `internals`.
    tests.remove("sla");
    assert_eq!(tests, explained(document, "For tests"));
    assert_eq!(direct(own, "build-dependencies"), BTreeSet::new());
    let mut fuzz = direct(include_str!("../../fuzz/Cargo.toml"), "dependencies");
    fuzz.remove("sla");
    assert_eq!(fuzz, explained(document, "For fuzzing"));
}
