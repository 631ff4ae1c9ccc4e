//! Fixtures that state which findings they expect: `//~ CODE` on the line, `//~^ CODE` on the line
//! below it. One test for each file, named after it.
//!
//! `tests/ui/SUBJECT/NAME.sla` is a fixture; files in deeper folders are what fixtures use.
//! Fixtures of `syntax` are only parsed, all others are checked. A fixture may begin with
//! directives:
//! `//@ test` also runs its `test` blocks, `//@ today DATE` sets the day that counts as today. An
//! `sla.toml` beside a fixture applies to it, and marks its own lines with `#~ CODE`.
//!
//! The rendered findings are snapshots beside each fixture.

#![allow(clippy::unwrap_used, reason = "a fixture that cannot be read is a failure of the test")]

use std::collections::BTreeMap;
use std::path::Path;

use sla::SourceText;
use sla::internals::diag::Sink;
use sla::internals::report::render;
use sla::internals::testing;
use sla::internals::workspace::{Analysed, check_with};
use sla::{Date, Disk, Finding, Format, SourceMap, Workspace};

/// The name of the file that may stand next to fixtures.
const SETTINGS_FILE: &str = "sla.toml";

include!("fixtures/ui.rs");

/// How often each code is expected or found, by the name of the file and the line.
type Marks = BTreeMap<(String, usize, String), usize>;

fn add_marks(marks: &mut Marks, name: &str, text: &str, sign: &str) {
    for (at, line) in text.lines().enumerate() {
        let Some((_, mark)) = line.split_once(sign) else { continue };
        let up = mark.chars().take_while(|c| *c == '^').count();
        for code in mark.trim_start_matches('^').split_whitespace() {
            *marks.entry((name.to_owned(), at + 1 - up, code.to_owned())).or_default() += 1;
        }
    }
}

/// The value of a directive at the beginning of a fixture.
fn directive<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let lines = text.lines().map_while(|line| line.strip_prefix("//@ "));
    lines.filter_map(|line| line.strip_prefix(name)).map(str::trim).next()
}

fn date(text: &str) -> Date {
    let (year, rest) = text.split_once('-').unwrap();
    let (month, day) = rest.split_once('-').unwrap();
    Date::new(year.parse().unwrap(), month.parse().unwrap(), day.parse().unwrap()).unwrap()
}

fn parsed(name: &str, text: &str) -> (Vec<Finding>, SourceMap) {
    let mut sources = SourceMap::default();
    let file = sources.add(SourceText::new(name, text));
    let mut sink = Sink::new();
    sla::internals::syntax::parse(file, text, &mut sink);
    (sink.into_findings(), sources)
}

fn checked(path: &Path, text: &str) -> (Vec<Finding>, SourceMap) {
    let tests = |project: &Analysed<'_, '_, '_>| match directive(text, "test") {
        Some(_) => testing::run(project.model, &project.loaded.sources, project.files, None),
        None => Vec::new(),
    };
    // A path relative to the package: snapshots must not depend on where the package lies.
    let workspace = Workspace::new(&Disk).path(path).today(directive(text, "today").map(date));
    let (checked, tested) = check_with(workspace, &tests);
    let failed = tested.into_iter().flatten().flat_map(|test| test.findings);
    let sources = checked.sources().clone();
    let findings = checked.findings.into_iter().chain(failed).collect();
    (findings, sources)
}

/// Checks the fixture `SUBJECT/NAME.sla`.
fn fixture(subject: &str, name: &str) {
    let folder = Path::new("tests/ui").join(subject);
    let path = folder.join(format!("{name}.sla"));
    // Not every fixture is text: what is not UTF-8 is a finding too.
    let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
    let file_name = format!("{name}.sla");
    let (findings, sources) =
        if subject == "syntax" { parsed(&file_name, &text) } else { checked(&path, &text) };

    let mut expected = Marks::new();
    add_marks(&mut expected, &file_name, &text, "//~");
    if let Ok(settings) = std::fs::read_to_string(folder.join(SETTINGS_FILE)) {
        add_marks(&mut expected, SETTINGS_FILE, &settings, "#~");
    }
    let mut found = Marks::new();
    for finding in &findings {
        let span = finding.span().unwrap();
        let of = Path::new(sources.name(span.file)).file_name().unwrap().to_str().unwrap();
        // What is found in a file that the fixture uses belongs to that file.
        if of == file_name || of == SETTINGS_FILE {
            let place = (of.to_owned(), sources.line_column(span).line);
            *found.entry((place.0, place.1, finding.code.name().to_owned())).or_default() += 1;
        }
    }
    let mut differences = String::new();
    let marks = expected.keys().chain(found.keys().filter(|mark| !expected.contains_key(*mark)));
    for mark in marks {
        let count = |marks: &Marks| marks.get(mark).copied().unwrap_or_default();
        if count(&expected) != count(&found) {
            let (file, line, code) = mark;
            differences += &format!(
                "{file}:{line}: `{code}` is expected {} times, found {} times\n",
                count(&expected),
                count(&found)
            );
        }
    }
    let shown = render(Format::HUMAN, false, &findings, &sources, 1);
    assert!(differences.is_empty(), "\n{differences}\n{shown}");

    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join(&folder));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, shown));
}

#[test]
fn marks_are_read() {
    let mut marks = Marks::new();
    add_marks(&mut marks, "a", "a //~ one two\nb\n//~^ three\n", "//~");
    let lines: Vec<(usize, &str)> =
        marks.keys().map(|(_, line, code)| (*line, code.as_str())).collect();
    assert_eq!(lines, [(1, "one"), (1, "two"), (2, "three")]);
}

/// Codes that no fixture can show, and why.
const WITHOUT_FIXTURE: &[(&str, &str)] = &[
    ("too-large", "a file of more than 64 MB"),
    ("too-many-findings", "hundreds of findings; `diag::bound` has unit tests"),
];

#[test]
fn every_code_has_a_fixture() {
    let mut shown = std::collections::BTreeSet::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui");
    for subject in std::fs::read_dir(root).unwrap() {
        for file in std::fs::read_dir(subject.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            if path.is_file() && path.extension().is_none_or(|extension| extension != "snap") {
                let text = String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
                let mut marks = Marks::new();
                add_marks(&mut marks, "", &text, "//~");
                add_marks(&mut marks, "", &text, "#~");
                shown.extend(marks.into_keys().map(|(_, _, code)| code));
            }
        }
    }
    let all = sla::Code::ALL.iter().map(|code| code.name());
    let missing: Vec<&str> = all.filter(|code| !shown.contains(*code)).collect();
    let argued: Vec<&str> = WITHOUT_FIXTURE.iter().map(|(code, _)| *code).collect();
    assert_eq!(missing, argued);
}
