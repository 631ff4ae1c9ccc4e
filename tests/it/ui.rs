//! Fixtures that say themselves which findings they expect: `//~ CODE` on the line, `//~^ CODE` on the line below it.
//!
//! Files under `tests/ui/syntax` are parsed and no more; all others go through the whole check. The
//! rendered findings are kept beside each fixture.

#![allow(clippy::unwrap_used, reason = "a fixture that cannot be read is a failure of the test")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sla::base::{Source, SourceMap};
use sla::diag::{Finding, Sink};
use sla::report::{Format, render};
use sla::workspace::{Disk, Workspace};

/// How often each code is expected or found on each line.
type Marks = BTreeMap<(usize, String), usize>;

fn fixtures(folder: &Path, out: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            fixtures(&path, out);
        } else if path.extension().is_some_and(|extension| extension == "sla") {
            out.push(path);
        }
    }
}

fn expected(text: &str) -> Marks {
    let mut marks = Marks::new();
    for (at, line) in text.lines().enumerate() {
        let Some((_, mark)) = line.split_once("//~") else { continue };
        let up = mark.chars().take_while(|c| *c == '^').count();
        for code in mark.trim_start_matches('^').split_whitespace() {
            *marks.entry((at + 1 - up, code.to_owned())).or_default() += 1;
        }
    }
    marks
}

fn findings(path: &Path, text: &str) -> (Vec<Finding>, SourceMap) {
    if path.parent().is_some_and(|folder| folder.ends_with("tests/ui/syntax")) {
        let mut sources = SourceMap::default();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let file = sources.add(Source::new(name, text));
        let mut sink = Sink::new();
        sla::syntax::parse(file, text, &mut sink);
        return (sink.into_findings(), sources);
    }
    // The place where the tests stand is the package's folder: names in what is rendered must not
    // say where that is.
    let relative = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap();
    let checked = Workspace::new(&Disk).path(relative).check();
    (checked.findings, checked.loaded.sources)
}

#[test]
fn fixtures_find_what_they_say() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui");
    let mut paths = Vec::new();
    fixtures(&root, &mut paths);
    assert!(paths.len() >= 20, "fixtures were not found");
    let mut faults = String::new();
    for path in &paths {
        let text = std::fs::read_to_string(path).unwrap();
        let (found, sources) = findings(path, &text);
        let mut there = Marks::new();
        let own = |finding: &&Finding| {
            sources
                .name(finding.span().unwrap().file)
                .ends_with(path.file_name().unwrap().to_str().unwrap())
        };
        for finding in found.iter().filter(own) {
            let line = sources.line_column(finding.span().unwrap()).line;
            *there.entry((line, finding.code.name().to_owned())).or_default() += 1;
        }
        let wanted = expected(&text);
        let name = path.strip_prefix(&root).unwrap().display();
        for (mark, count) in &wanted {
            if there.get(mark) != Some(count) {
                faults += &format!(
                    "{name}:{}: `{}` is expected {count} times, found {}\n",
                    mark.0,
                    mark.1,
                    there.get(mark).unwrap_or(&0)
                );
            }
        }
        for (mark, count) in there.iter().filter(|(mark, _)| !wanted.contains_key(mark)) {
            faults += &format!(
                "{name}:{}: `{}` is found {count} times, and not expected\n",
                mark.0, mark.1
            );
        }
        let shown = render(Format::Human, false, &found, &sources, 1);
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(path.parent().unwrap());
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        settings.bind(|| insta::assert_snapshot!(stem, shown));
    }
    assert!(faults.is_empty(), "\n{faults}");
}

#[test]
fn marks_are_read() {
    let marks = expected("a //~ one two\nb\n//~^ three\n");
    let lines: Vec<(usize, &str)> =
        marks.keys().map(|(line, code)| (*line, code.as_str())).collect();
    assert_eq!(lines, [(1, "one"), (1, "two"), (2, "three")]);
}
