//! The workspace on files in memory: what is loaded, in which order, and what allowances and
//! settings do to findings.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]
#![allow(clippy::unwrap_used, reason = "what cannot be read is a failure of the test")]

use miette::Diagnostic as _;
use sla::internals::report::render;
use sla::internals::workspace::loaded;
use sla::{Checked, Code, Finding, FindingDiagnostic, Format, Level, Memory, Root, Workspace};

const FORMATS_OF_FINDINGS: [Format; 4] =
    [Format::HUMAN, Format::SHORT, Format::NARRATED, Format::JSON];

fn check(memory: &Memory, roots: &[&str]) -> Checked {
    roots.iter().fold(Workspace::new(memory), |workspace, root| workspace.path(*root)).check()
}

fn names(checked: &Checked) -> Vec<&str> {
    loaded(checked).files.iter().map(|file| checked.sources().name(file.file)).collect()
}

fn short(checked: &Checked) -> String {
    render(Format::SHORT, false, &checked.findings, checked.sources(), 0)
}

#[test]
fn findings_of_every_stage_are_bounded() {
    // 2,000 units that nobody uses, each a warning of the last stage, and one fault of syntax
    // behind them.
    let enums: String = (0..2_000).map(|number| format!("unit u{number}\n")).collect();
    let memory = Memory::new()
        .with("a.sla", format!("{enums}metric M = 2026-13\n"))
        .with("b.sla", "unit other\n");
    let checked = check(&memory, &["a.sla", "b.sla"]);
    let of_a = checked
        .findings
        .iter()
        .filter(|finding| checked.sources().name(finding.span().unwrap().file) == "a.sla");
    let of_a: Vec<&Finding> = of_a.collect();
    assert!(of_a.len() <= 101, "{}", of_a.len());
    assert!(
        of_a.iter().any(|finding| finding.level == Level::Error),
        "the error is among those that are shown"
    );
}

#[test]
fn unknown_names_without_number() {
    // 3,000 objectives, each about a source that does not exist: 100 errors are shown, 2,900 are
    // counted.
    let lines: String = (0..3_000)
        .map(|number| format!("  objective O{number}: uptime(nope) >= 99.9% per month\n"))
        .collect();
    let text = format!(
        "provider Acme\ncustomer Globex\nsla Api between Acme and Globex {{\n  term from 2026-01-01 for 12 months\n{lines}}}\n"
    );
    let checked = check(&Memory::new().with("a.sla", text.as_str()), &["a.sla"]);
    assert_eq!(checked.counts().errors, 100);
    let last = checked.findings.last().unwrap();
    assert_eq!(last.code, Code::TooManyFindings);
    assert_eq!(last.message, "this file has 3000 findings; 2900 of them are not shown");
}

#[test]
fn files_come_in_order_of_discovery_each_once() {
    let memory = Memory::new()
        .with("p/a.sla", "use \"lib/x.sla\"\nuse \"b.sla\"\n")
        .with("p/b.sla", "use \"./lib/../lib/x.sla\"\n")
        .with("p/lib/x.sla", "use \"../b2.sla\"\n")
        .with("p/b2.sla", "")
        .with("p/sla.toml", "");
    let checked = check(&memory, &["p/a.sla"]);
    assert_eq!(short(&checked), "");
    assert_eq!(names(&checked), ["p/a.sla", "p/lib/x.sla", "p/b.sla", "p/b2.sla"]);
    assert_eq!(checked.counts().files, 4);
}

#[test]
fn many_large_files_are_the_same_as_few_small_ones() {
    // Enough text for several threads.
    let filler = "// a line of remarks that nobody reads\n".repeat(500);
    let file = |at: usize| format!("{filler}use \"missing{at}.sla\"\n");
    let memory =
        (0..40).fold(Memory::new(), |memory, at| memory.with(format!("{at:02}.sla"), file(at)));
    let roots: Vec<String> = (0..40).map(|at| format!("{at:02}.sla")).collect();
    let checked =
        roots.iter().fold(Workspace::new(&memory), |workspace, root| workspace.path(root)).check();
    let expected: String = (0..40)
        .map(|at| format!("{at:02}.sla:501:5: error[unreadable-file]: `missing{at}.sla` cannot be read: there is no such file\n"))
        .collect();
    assert_eq!(short(&checked), expected);
}

#[test]
fn use_that_climbs_out_of_memory() {
    let memory = Memory::new().with("a.sla", "use \"../b.sla\"\n").with("b.sla", "");
    assert_eq!(
        short(&check(&memory, &["a.sla"])),
        "a.sla:1:5: error[outside-root]: `../b.sla` lies outside the project\n"
    );
}

#[test]
fn a_text_at_hand_uses_files_beside_it() {
    let memory = Memory::new().with("p/b.sla", "");
    let root = |name: &str, text: &str| Root::Text {
        name: name.into(),
        folder: "p".into(),
        bytes: text.into(),
    };
    let checked =
        Workspace::new(&memory).root(root("<stdin>", "use \"b.sla\"\nuse \"c.sla\"\n")).check();
    assert_eq!(
        short(&checked),
        "<stdin>:2:5: error[unreadable-file]: `c.sla` cannot be read: there is no such file\n"
    );
    assert_eq!(names(&checked).len(), 2);
}

#[test]
fn what_lacks_a_file_is_incomplete_and_so_is_who_uses_it() {
    let memory = Memory::new()
        .with("a.sla", "use \"b.sla\"\nuse \"d.sla\"\n")
        .with("b.sla", "use \"c.sla\"\n")
        .with("c.sla", "use std.nothing\n")
        .with("d.sla", "");
    let checked = check(&memory, &["a.sla"]);
    let incomplete: Vec<bool> = loaded(&checked).files.iter().map(|file| file.incomplete).collect();
    assert_eq!(names(&checked), ["a.sla", "b.sla", "d.sla", "c.sla"]);
    assert_eq!(incomplete, [true, true, false, true]);
}

#[test]
fn an_allowance_in_a_block_reaches_no_further() {
    let sla = |name: &str, inside: &str| {
        format!(
            "sla {name} between Acme and Globex {{\n  {inside}\n  term from 2026-01-01 for 12 months\n  objective U: uptime(outages) >= 99.9% per month\n}}\n"
        )
    };
    let allow = "allow stale-allowance because \"kept for the next version\"  allow shadowed-name because \"soon\"";
    let head = "provider Acme\ncustomer Globex\nsource outages: spans\nallow shared-source because \"one platform\"\n";
    let memory = Memory::new().with("inside.sla", format!("{head}{}", sla("A", allow))).with(
        "elsewhere.sla",
        format!("{head}{}{}", sla("A", "allow shadowed-name because \"soon\""), sla("B", allow)),
    );
    let stale = |file: &str| {
        let checked = check(&memory, &[file]);
        let of_stale =
            checked.findings.iter().filter(|finding| finding.code == Code::StaleAllowance);
        of_stale
            .filter_map(|finding| Some(checked.sources().text(finding.span()?).to_owned()))
            .filter(|text| text.contains("soon"))
            .count()
    };
    assert_eq!(stale("inside.sla"), 0);
    assert_eq!(stale("elsewhere.sla"), 1, "the one in `A` is not covered by what `B` allows");
}

#[test]
fn findings_come_sorted_and_once() {
    let memory = Memory::new()
        .with("b.sla", "use \"x.sla\"\nuse \"y.sla\"\n")
        .with("a.sla", "use \"b.sla\"\nuse \"x.sla\"\n");
    let checked = check(&memory, &["b.sla", "a.sla"]);
    let places: Vec<String> = short(&checked)
        .lines()
        .map(|line| line.split(": ").next().expect("a place").to_owned())
        .collect();
    assert_eq!(
        places,
        ["b.sla:1:5", "b.sla:2:5", "a.sla:2:5"],
        "files in the order they were given"
    );
}

#[test]
fn labels_in_two_files() {
    let memory = Memory::new().with("a.sla", "use \"b.sla\"\n").with("b.sla", "\tuse \"a.sla\"\n");
    let checked = check(&memory, &["a.sla"]);
    let expected = "\
error[circular-use]: files use each other in a circle: `a.sla` uses `b.sla` uses `a.sla`
  ┌─ a.sla:1:5
  │
1 │ use \"b.sla\"
  │     ^^^^^^^ here `a.sla` uses `b.sla`
  │
  ┌─ b.sla:1:6
  │
1 │     use \"a.sla\"
  │         ------- here `b.sla` uses `a.sla`
  │
  = help: move what both files need into a third file that uses neither of them

";
    assert_eq!(render(Format::HUMAN, false, &checked.findings, checked.sources(), 2), expected);
    let narrated = render(Format::NARRATED, false, &checked.findings, checked.sources(), 2);
    assert!(
        narrated.contains("label at line 1, columns 5 to 11: here `a.sla` uses `b.sla`"),
        "{narrated}"
    );
    assert!(narrated.contains("this concerns b.sla too"), "{narrated}");
    assert!(narrated.contains("Begin snippet for b.sla"), "{narrated}");
}

#[test]
fn narrated_labels_far_apart_stand_at_their_own_lines() {
    let memory = Memory::new().with("a.sla", "provider Acme\n\n\n\n\n\nprovider Acme\n\n\n");
    let checked = check(&memory, &["a.sla"]);
    let narrated = render(Format::NARRATED, false, &checked.findings, checked.sources(), 1);
    let labels: Vec<&str> = narrated
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("label at ")?.split(": ").next())
        .collect();
    assert_eq!(labels, ["line 1, columns 10 to 13", "line 7, columns 10 to 13"], "{narrated}");
}

#[test]
fn findings_are_diagnostics_of_miette() {
    let memory = Memory::new().with("a.sla", "use \"b.sla\"\n").with("b.sla", "use \"a.sla\"\n");
    let checked = check(&memory, &["a.sla"]);
    let report = FindingDiagnostic::new(&checked.findings[0], checked.sources());
    assert_eq!(report.code().expect("a code").to_string(), "circular-use");
    assert_eq!(report.severity(), Some(miette::Severity::Error));
    let labels: Vec<_> = report.labels().expect("labels").collect();
    assert_eq!(
        (labels.len(), labels[0].offset(), labels[0].len(), labels[0].primary()),
        (1, 4, 7, true)
    );
    assert_eq!(report.related().expect("the other file").count(), 1);
    let read = report
        .source_code()
        .expect("its text")
        .read_span(labels[0].inner(), 0, 0)
        .expect("the span");
    assert_eq!((read.name(), read.line(), read.data()), (Some("a.sla"), 0, &b"use \"b.sla\""[..]));
}

#[test]
fn places_beyond_the_text_are_no_fault_of_the_renderers() {
    let memory = Memory::new().with("a.sla", "ä\n");
    let checked = check(&memory, &["a.sla"]);
    let file = loaded(&checked).roots[0];
    let spans = [(0, 1), (1, 1), (1, 900), (900, 901), (2, 3), (3, 3)];
    let findings: Vec<Finding> = spans
        .into_iter()
        .map(|(start, end)| {
            Finding::new(Code::UnknownName, sla::Span::new(file, start, end), "x")
                .here("here")
                .also(sla::Span::new(sla::FileId::new(77), 0, 1), "in a file that nobody knows")
        })
        .collect();
    for format in FORMATS_OF_FINDINGS {
        let text = render(format, true, &findings, checked.sources(), 1);
        assert!(text.matches("unknown-name").count() >= findings.len(), "{format:?}: {text}");
    }
}

#[test]
fn levels_of_two_projects_do_not_mix() {
    let stale = "allow shadowed-name because \"old\"\n";
    let memory = Memory::new()
        .with("strict/a.sla", stale)
        .with("strict/sla.toml", "[levels]\nstale-allowance = \"error\"\n")
        .with("lax/b.sla", stale)
        .with("lax/sla.toml", "[levels]\nstale-allowance = \"allow\"\n")
        .with("plain/c.sla", stale);
    let checked = check(&memory, &["lax/b.sla", "plain/c.sla", "strict/a.sla"]);
    let levels: Vec<Level> = checked.findings.iter().map(|finding| finding.level).collect();
    assert_eq!(levels, [Level::Warning, Level::Error], "{}", short(&checked));
}

/// A small generator of numbers, the same in every run.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *state >> 33
}

#[test]
fn broken_examples_are_found_and_shown_in_every_form() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/real");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .expect("examples")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    let mut state = 7;
    for path in
        paths.iter().filter(|path| path.extension().is_some_and(|extension| extension == "sla"))
    {
        let mut bytes = std::fs::read(path).expect("a file");
        let place = usize::try_from(next(&mut state)).expect("small") % bytes.len();
        let byte = u8::try_from(next(&mut state) % 256).expect("small");
        let prefix = bytes[..place].to_vec();
        bytes[place] = byte;
        for text in [prefix, bytes] {
            let memory = Memory::new().with("a.sla", text);
            let checked = check(&memory, &["a.sla"]);
            for format in FORMATS_OF_FINDINGS {
                let shown = render(format, true, &checked.findings, checked.sources(), 1);
                assert!(
                    shown.is_empty() == (checked.findings.is_empty() && format != Format::JSON),
                    "{}",
                    path.display()
                );
            }
        }
    }
}
