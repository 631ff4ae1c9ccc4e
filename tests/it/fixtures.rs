//! One named test for each file that a test runs over, so that one that fails neither hides the
//! others nor has to be searched for: `cargo test --test it ui::ladders`.
//!
//! The lists of files are `tests/it/fixtures/*.rs`, each included by the module that says what is
//! done with a file. `SLA_UPDATE=1 cargo test --test it fixtures::` writes them again.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use sla::Code;
use sla::internals::lang::library::LIBRARY;

/// The name of a test for a file or code called `name`.
fn test_name(name: &str) -> String {
    let words = name.replace(['-', '.'], "_");
    if words.starts_with(|c: char| c.is_ascii_digit()) { format!("n{words}") } else { words }
}

/// Names of what a folder holds, without `ending` if that is not empty, in order.
fn names(folder: &str, ending: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let named = entries.filter_map(|entry| {
        let name = entry.file_name().into_string().unwrap();
        if ending.is_empty() {
            return entry.path().is_dir().then_some(name);
        }
        name.strip_suffix(ending).map(str::to_owned)
    });
    let mut named: Vec<String> = named.collect();
    named.sort();
    named
}

/// Tests that call `function` with a name, in the module that includes them.
fn tests(function: &str, names: impl IntoIterator<Item = String>) -> String {
    names.into_iter().fold(String::new(), |mut out, name| {
        writeln!(out, "#[test]\nfn {}() {{\n    {function}({name:?});\n}}\n", test_name(&name))
            .unwrap();
        out
    })
}

/// What the lists must hold.
fn lists() -> BTreeMap<&'static str, String> {
    let ui = names("tests/ui", "").into_iter().fold(String::new(), |mut out, subject| {
        writeln!(out, "mod {} {{", test_name(&subject)).unwrap();
        for name in names(&format!("tests/ui/{subject}"), ".sla") {
            let test = test_name(&name);
            writeln!(
                out,
                "    #[test]\n    fn {test}() {{\n        super::fixture({subject:?}, {name:?});\n    }}\n"
            )
            .unwrap();
        }
        writeln!(out, "}}\n").unwrap();
        out
    });
    let codes = Code::ALL.iter().map(|code| code.name().to_owned());
    let examples = names("examples", "").into_iter().filter(|name| {
        let folder = format!("examples/{name}");
        name != "real" && name != "flawed" && !names(&folder, ".sla").is_empty()
    });
    BTreeMap::from([
        ("ui", ui),
        ("codes", tests("explanation", codes)),
        ("corners", tests("corner", names("tests/run", ".sla"))),
        ("examples", tests("example", examples)),
        ("published", tests("published", names("examples/real", ".sla"))),
        ("library", tests("library", LIBRARY.iter().map(|part| part.name.to_owned()))),
    ])
}

#[test]
fn the_lists_are_those_of_the_files() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures");
    let update = std::env::var_os("SLA_UPDATE").is_some();
    for (list, tests) in lists() {
        let path = folder.join(format!("{list}.rs"));
        let text = format!(
            "// Written by `SLA_UPDATE=1 cargo test --test it fixtures::`.\n\n{}\n",
            tests.trim_end()
        );
        if update {
            std::fs::write(&path, text).unwrap();
        } else {
            let stored = std::fs::read_to_string(&path).unwrap_or_default();
            assert!(stored == text, "{} is stale: SLA_UPDATE=1 writes it anew", path.display());
        }
    }
}
