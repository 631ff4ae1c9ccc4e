//! `sla fmt`: the style, the laws that hold for every text, and the command.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use sla::internals::syntax::{Layout, TokenKind};
use sla::{FormatRefusal as Refusal, Memory, SourceMap, SourceText, Workspace, format};

use crate::temp_project::TempProject;

/// The formatted text; `None` where it has errors of syntax. The formatter itself checks its laws
/// and refuses a result that breaks one: here that is a failure.
fn formatted(name: &str, text: &str) -> Option<String> {
    let file = SourceMap::default().add(SourceText::new(name, text));
    match format(file, text) {
        Ok(text) => Some(text),
        Err(Refusal::Syntax(findings)) => {
            assert!(!findings.is_empty(), "{name} is refused without a reason");
            None
        }
        Err(Refusal::Changed(why)) => panic!("{name}: {why}\n{text}"),
    }
}

/// Every contract of the repository.
fn contracts() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> =
        ["benches", "examples", "src/cli", "std", "tests"].map(PathBuf::from).to_vec();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "sla")
                && let Ok(text) = std::fs::read_to_string(&path)
            {
                found.push((path, text));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn the_style_is_that_of_its_page() {
    // Each pair is worked out by hand from the rules of `docs/format.md`.
    for (written, expected) in [
        ("", ""),
        ("\n\n// Only a comment.   \n\n\n", "// Only a comment.\n"),
        ("provider   Acme\n\n\n\ncustomer Globex", "provider Acme\n\ncustomer Globex\n"),
        ("unit a unit b", "unit a\nunit b\n"),
        (
            "sla A between B and C { term from 2026-01-01 for 12months\n}",
            "sla A between B and C {\n  term from 2026-01-01 for 12 months\n}\n",
        ),
        (
            "source s:spans{a:time?\nb:number in 0 .. 10}",
            "source s: spans {\n  a: time?\n  b: number in 0..10\n}\n",
        ),
        ("source s: spans {a: time?   b: number}", "source s: spans { a: time?  b: number }\n"),
        ("provider Acme { }", "provider Acme {}\n"),
        ("metric M=a+b*- c", "metric M = a + b * -c\n"),
        ("metric M = (a - b) /c", "metric M = (a - b) / c\n"),
        ("metric M = a/b", "metric M = a/b\n"),
        ("metric M = p95 ( s , latency )>99.90 %", "metric M = p95(s, latency) > 99.90%\n"),
        ("metric M = a +\nb", "metric M = a +\n  b\n"),
        ("metric M = f(\na,\nb\n)", "metric M = f(\n  a,\n  b\n)\n"),
        (
            "calendar C { open mon .. fri 9:00 .. 17:00 }",
            "calendar C { open mon..fri 9:00..17:00 }\n",
        ),
        (
            "unit a // first\nunit bcd // second\n\nunit e // third\n",
            "unit a    // first\nunit bcd  // second\n\nunit e  // third\n",
        ),
        (
            "sla A between B and C { // the contract\n// of both\nfee 1 EUR per month\n// in the end\n}",
            "sla A between B and C {  // the contract\n  // of both\n  fee 1 EUR per month\n  // in the end\n}\n",
        ),
    ] {
        assert_eq!(formatted("style", written).as_deref(), Some(expected), "{written:?}");
    }
}

#[test]
fn tables_have_columns() {
    let written = "\
sla A between B and C {
  support on tickets per month {
    P1 respond 30 min during always   resolve 4 h during always
    P2 respond 2 h    resolve 1 working day // too fast?
    P10 resolve 2 days
  }
  credit Uptime { below 99.9% pay 10%
    below 99.5% pay 25%
    below 99% pay 50%

    below 95% pay 50% } of fee
}
";
    let expected = "\
sla A between B and C {
  support on tickets per month {
    P1 respond 30 min during always  resolve 4 h during always
    P2 respond 2 h                   resolve 1 working day  // too fast?
    P10                              resolve 2 days
  }
  credit Uptime {
    below 99.9% pay 10%
    below 99.5% pay 25%
    below 99%   pay 50%

    below 95% pay 50%
  } of fee
}
";
    assert_eq!(formatted("tables", written).as_deref(), Some(expected));
    // A column that would take more than twenty blanks is none.
    let written = "table T(A): number {\n  a: 1\n  abcdefghijklmnopqrstuvwxyz: 2\n}\n";
    assert_eq!(formatted("wide", written).as_deref(), Some(written));
    // Rows with other fields are no part of the same table.
    let written = "\
test \"t\" {
  s {
    2026-01-01 for 1 h  a: 1  b: 2
    2026-01-01 for 10 h  a: 100  b: 2
    2026-01-01 for 1 h  b: 2
  }
}
";
    let expected = "\
test \"t\" {
  s {
    2026-01-01 for 1 h   a: 1    b: 2
    2026-01-01 for 10 h  a: 100  b: 2
    2026-01-01 for 1 h  b: 2
  }
}
";
    assert_eq!(formatted("rows", written).as_deref(), Some(expected));
}

#[test]
fn long_lines_break_where_the_page_says() {
    let long = "x".repeat(60);
    // The clauses of an objective go to the next line, its window stays.
    let written = format!(
        "sla A between B and C {{\n  objective {long}: max(outages, length) <= 8 h per month if not InBreach missing counts as met first window clipped\n}}\n"
    );
    let expected = format!(
        "sla A between B and C {{\n  objective {long}: max(outages, length) <= 8 h per month\n    if not InBreach missing counts as met first window clipped\n}}\n"
    );
    assert_eq!(formatted("objective", &written), Some(expected));
    // A metric goes on after its `=`.
    let written = format!("metric {long} of {long} = share(requests, ok)\n");
    let expected = format!("metric {long} of {long} =\n  share(requests, ok)\n");
    assert_eq!(formatted("metric", &written), Some(expected));
    // The block of a statement is opened first.
    let written = format!(
        "sla A between B and C {{\n  credit {long} {{ below 99.9% pay 10%  below 99.5% pay 25%  below 9% pay 50% }} of fee\n}}\n"
    );
    let expected = format!(
        "sla A between B and C {{\n  credit {long} {{\n    below 99.9% pay 10%\n    below 99.5% pay 25%\n    below 9%    pay 50%\n  }} of fee\n}}\n"
    );
    assert_eq!(formatted("credit", &written), Some(expected));
    // A text never breaks.
    let written = format!("unit a \"{}\"\n", "long ".repeat(40));
    assert_eq!(formatted("text", &written), Some(written.clone()));
}

#[test]
fn line_ends_and_a_byte_order_mark_stay() {
    let expected = "\u{FEFF}unit a\r\n\r\n// two\r\nunit b\r\n";
    let written = "\u{FEFF}unit  a\r\n\r\n\r\n// two \r\nunit b";
    assert_eq!(formatted("crlf", written).as_deref(), Some(expected));
}

/// Every contract can be formatted, and no word, comment or meaning is lost: the formatter checks
/// that. Here another thing is: the plan means the same.
#[test]
fn contracts_of_the_repository_mean_the_same() {
    let (mut written, mut planned) = (0, 0);
    for (path, text) in contracts() {
        let name = path.display().to_string();
        let Some(after) = formatted(&name, &text) else { continue };
        written += 1;
        if !path.starts_with("examples/real") {
            continue;
        }
        let plan = |text: &str| {
            let memory = Memory::new().with("a.sla", text.to_owned());
            let (_, plan) = Workspace::new(&memory).path("a.sla").plan();
            plan.unwrap_or_else(|| panic!("{name} gives no plan")).digest
        };
        assert_eq!(plan(&text), plan(&after), "{name}");
        planned += 1;
    }
    assert!(written > 150 && planned > 50, "{written} contracts, {planned} plans");
}

/// A contract that somebody is typing is cut off anywhere.
#[test]
fn any_beginning_of_a_contract_is_formatted_or_refused() {
    for name in ["tests/fixtures/everything.sla", "examples/hosting/catalogue.sla"] {
        let text = std::fs::read_to_string(Path::new(name)).unwrap();
        let ends: Vec<usize> = Layout::of(&text).tokens.iter().map(|token| token.end).collect();
        for end in ends.iter().step_by(7) {
            formatted(name, &text[..*end]);
        }
    }
}

/// Blanks between two tokens that another writer might have typed.
fn blanks() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        4 => Just(" "),
        2 => Just("   "),
        2 => Just("\n"),
        1 => Just("\n\n\n"),
        1 => Just("\t"),
        1 => Just(" // said by the way\n"),
        1 => Just("\n// said on its own\n"),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// The tokens of a contract with other blanks between them are formatted or refused, and
    /// formatting keeps what they then mean.
    #[test]
    fn any_layout_is_formatted_or_refused(
        which in 0_usize..400,
        blanks in prop::collection::vec((0_usize..12, blanks()), 40),
    ) {
        let all = contracts();
        let (path, text) = all.get(which % all.len()).unwrap();
        let layout = Layout::of(text);
        let mut spread = String::new();
        let mut end = 0;
        let mut others = blanks.iter().cycle();
        let mut wait = 0;
        for token in &layout.tokens {
            let between = text.get(end..token.start).unwrap_or("");
            let after_comment = between.contains('\n') && spread.lines().last().is_some_and(|line| line.contains("//"));
            if wait == 0 && !between.is_empty() && !after_comment {
                let (next, other) = others.next().unwrap();
                wait = *next;
                spread.push_str(other);
            } else {
                wait = wait.saturating_sub(1);
                spread.push_str(between);
            }
            spread.push_str(&text[token.start..token.end]);
            end = token.end;
        }
        formatted(&path.display().to_string(), &spread);
    }

    /// Any text at all is formatted or refused.
    #[test]
    fn any_text_is_formatted_or_refused(text in "(?s).{0,200}") {
        formatted("any", &text);
    }

    /// So is any sequence of what the language is made of.
    #[test]
    fn any_words_are_formatted_or_refused(words in prop::collection::vec(
        prop::sample::select(vec![
            "sla", "A", "between", "and", "{", "}", "(", ")", "objective", ":", "uptime", ">=",
            "99.9%", "per", "month", "credit", "below", "pay", "10%", "of", "fee", "//x\n", "\n",
            "support", "P1", "respond", "1 h", "test", "\"t\"", "2026-01-01", "..", ",", "source",
            "s", "events", "each", "5 min", "missing counts as met", "first window full", "///d\n",
        ]),
        0..60,
    )) {
        formatted("words", &words.join(" "));
    }
}

#[test]
fn every_token_is_found() {
    // What is left when the tokens are taken out is blank.
    for (path, text) in contracts() {
        let layout = Layout::of(&text);
        let mut end = 0;
        for token in &layout.tokens {
            let between = &text[end..token.start];
            assert!(
                between
                    .trim_matches(['\u{FEFF}', '\u{A0}', '\u{202F}', '\u{2009}'])
                    .trim()
                    .is_empty(),
                "{}: {between:?}",
                path.display()
            );
            end = token.end;
        }
        if !layout.tokens.is_empty() {
            assert!(layout.tokens.iter().any(|token| token.kind == TokenKind::Plain));
        }
    }
}

const ROUGH: &str = "provider  Acme\ncustomer Globex\n";
const NEAT: &str = "provider Acme\ncustomer Globex\n";

#[test]
fn files_are_written_only_where_something_changes() {
    let project = TempProject::of("fmt").write("a.sla", ROUGH).write("b/c.sla", NEAT);
    let ran = project.run(&["--check", "."]);
    assert_eq!((ran.status, ran.out.as_str()), (1, "./a.sla\n"));
    assert_eq!(ran.err, "1 file would change, 1 unchanged\n");
    let ran = project.run(&["--diff", "a.sla"]);
    assert_eq!(ran.status, 1);
    assert!(ran.out.contains("-provider  Acme\n+provider Acme\n"), "{}", ran.out);
    assert_eq!(project.read("a.sla"), ROUGH);
    let ran = project.run(&["."]);
    assert_eq!((ran.status, ran.out.as_str()), (0, ""));
    assert_eq!(ran.err, "1 file formatted, 1 unchanged\n");
    assert_eq!(project.read("a.sla"), NEAT);
    let ran = project.run(&["--check", "a.sla"]);
    assert_eq!((ran.status, ran.out.as_str()), (0, ""));
}

#[test]
fn what_cannot_be_read_stays_as_it_is() {
    let broken = "provider  Acme\nobjective {{ \n";
    let project = TempProject::of("fmt").write("a.sla", broken).write("b.sla", ROUGH);
    let ran = project.run(&["a.sla", "b.sla"]);
    assert_eq!((ran.status, ran.out.as_str()), (1, ""));
    assert!(ran.err.contains("a.sla:2:"), "{}", ran.err);
    assert!(
        ran.err.ends_with("1 file formatted, 0 unchanged, 1 file left as it is\n"),
        "{}",
        ran.err
    );
    assert_eq!(project.read("a.sla"), broken);
    assert_eq!(project.read("b.sla"), NEAT);
    let ran = project.run(&["missing.sla"]);
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("cannot read `missing.sla`: there is no such file"), "{}", ran.err);
    // A name for what is not read would have no effect.
    let ran = project.run(&["--stdin-name", "x.sla", "b.sla"]);
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("`--stdin-name` names standard input"), "{}", ran.err);
    let ran = project.run_with_input(&["--diff", "--stdin-name", "x.sla", "-"], ROUGH.as_bytes());
    assert_eq!(ran.status, 1);
    assert!(ran.out.starts_with("--- x.sla\n+++ x.sla\n"), "{}", ran.out);
}
