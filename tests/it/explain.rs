//! Every code has a long text whose bad example fires that code and no other, and whose good
//! example is clean.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::path::Path;

use sla::internals::report::render;
use sla::internals::testing;
use sla::internals::workspace::{Analysed, check_with};
use sla::{Checked, Code, Format, Memory, SourceMap, Workspace};

/// Codes whose examples cannot be shown as text.
const NOT_RUNNABLE: [&str; 4] = ["not-utf8", "term-over", "too-large", "too-many-findings"];

/// The body of the first fenced block whose opening fence says one of `infos`, with that word.
fn fenced<'a>(text: &'a str, infos: &[&'static str]) -> Option<(&'static str, &'a str)> {
    infos.iter().find_map(|info| {
        let (_, rest) = text.split_once(&format!("```{info}\n"))?;
        rest.split_once("\n```").map(|(body, _)| (*info, body))
    })
}

/// Checks one example; `--- NAME` lines begin further files, of which the first is the root.
fn check(info: &str, body: &str) -> Checked {
    let mut files: Vec<(String, String)> = Vec::new();
    if info.ends_with("files") {
        for line in body.lines() {
            match line.strip_prefix("--- ") {
                Some(name) => files.push((name.to_owned(), String::new())),
                None => {
                    let (_, text) = files
                        .last_mut()
                        .expect("an example of several files begins with `--- NAME`");
                    text.push_str(line);
                    text.push('\n');
                }
            }
        }
    } else {
        files.push(("example.sla".to_owned(), format!("{body}\n")));
    }
    let root = files
        .iter()
        .map(|(name, _)| name.clone())
        .find(|name| name.ends_with(".sla"))
        .expect("a contract");
    let memory =
        files.into_iter().fold(Memory::new(), |memory, (name, text)| memory.with(name, text));
    // What is found only when tests are run.
    let test = |project: &Analysed<'_, '_, '_>| {
        let tested = if info.ends_with("test") {
            testing::run(project.model, &project.loaded.sources, project.files, None)
        } else {
            Vec::new()
        };
        tested.into_iter().flat_map(|test| test.findings).collect::<Vec<_>>()
    };
    let (mut checked, found) = check_with(Workspace::new(&memory).path(root), &test);
    checked.findings.extend(found.into_iter().flatten());
    checked
}

fn shown(checked: &Checked) -> String {
    let sources: &SourceMap = checked.sources();
    render(Format::HUMAN, false, &checked.findings, sources, 1)
}

/// What is wrong with the text of one code.
fn faults(code: Code) -> Vec<String> {
    let (name, text) = (code.name(), code.explanation());
    let mut faults = Vec::new();
    if !text.starts_with(&format!("# {name}\n\n")) {
        faults.push(format!("{name}: the text begins with its name"));
    }
    for section in ["## What it means", "## Why it matters", "## Example", "## How to fix it"] {
        if text.matches(&format!("\n{section}\n")).count() != 1 {
            faults.push(format!("{name}: `{section}` stands there once"));
        }
    }
    if NOT_RUNNABLE.contains(&name) {
        if fenced(text, &["text"]).is_none() {
            faults.push(format!("{name}: the example says why it cannot be shown"));
        }
        return faults;
    }
    match fenced(text, &["sla bad", "sla bad files", "sla bad test"]) {
        None => faults.push(format!("{name}: no bad example")),
        Some((info, body)) => {
            let checked = check(info, body);
            if checked.findings.is_empty()
                || checked.findings.iter().any(|finding| finding.code != code)
            {
                faults.push(format!(
                    "{name}: the bad example fires exactly this code, but:\n{}",
                    shown(&checked)
                ));
            }
        }
    }
    match fenced(text, &["sla good", "sla good files", "sla good test"]) {
        None => faults.push(format!("{name}: no good example")),
        Some((info, body)) => {
            let checked = check(info, body);
            if !checked.findings.is_empty() || !checked.unreadable().is_empty() {
                faults
                    .push(format!("{name}: the good example is clean, but:\n{}", shown(&checked)));
            }
        }
    }
    faults
}

mod codes {
    use super::{Code, faults};

    /// The explanation of a code is complete, and its examples do what it says.
    fn explanation(name: &str) {
        let code = Code::ALL.iter().find(|code| code.name() == name).expect("a code");
        let faults = faults(*code);
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }

    include!("fixtures/codes.rs");
}

#[test]
fn every_text_belongs_to_a_code() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lang/codes");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .expect("the folder of texts")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a plain name"))
        .collect();
    names.sort();
    let mut expected: Vec<String> =
        Code::ALL.iter().map(|code| format!("{}.md", code.name())).collect();
    expected.sort();
    assert_eq!(names, expected);
}
