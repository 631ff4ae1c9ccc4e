//! Properties of parsing: any text gives a tree, places that lie in it, and a bounded number of
//! findings.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "what cannot be read is a failure of the test"
)]

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use sla::internals::diag::{FINDING_LIMIT, Sink};
use sla::internals::syntax::{Parsed, parse, parse_in_chunks};
use sla::{FileId, Finding, Span};

fn files(folder: &Path, out: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut entries: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, out);
        } else if path.extension().is_some_and(|extension| extension == "sla") {
            out.push(path);
        }
    }
}

/// All examples, library files and fixtures.
fn texts() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    for folder in ["examples", "std", "tests/fixtures", "tests/ui"] {
        files(&root.join(folder), &mut paths);
    }
    assert!(paths.len() >= 20, "no texts to work on");
    paths
        .iter()
        .map(|path| String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned())
        .collect()
}

fn check_span(text: &str, span: Span, what: &str) {
    let (start, end) = (span.start as usize, span.end as usize);
    assert!(start <= end && end <= text.len(), "{what}: {start}..{end} of {}", text.len());
    assert!(
        text.is_char_boundary(start) && text.is_char_boundary(end),
        "{what}: {start}..{end} cuts a character"
    );
}

fn checked(text: &str) -> (Parsed, Vec<Finding>) {
    let mut sink = Sink::new();
    let parsed = parse(FileId::new(0), text, &mut sink);
    let found = sink.into_findings();
    assert!(found.len() <= FINDING_LIMIT);
    for finding in &found {
        finding.labels.iter().for_each(|label| check_span(text, label.span, &finding.message));
        let edits = finding.fix.iter().flat_map(|fix| &fix.edits);
        edits.for_each(|edit| check_span(text, edit.span, &finding.message));
    }
    check_tree(text, &parsed);
    (parsed, found)
}

/// Every place the tree speaks of, read from its debug form: no node can be forgotten there.
fn check_tree(text: &str, parsed: &Parsed) {
    let shown = format!("{:?}", parsed.file);
    for part in shown.split("Span { file: FileId(0), start: ").skip(1) {
        let (start, rest) = part.split_once(", end: ").unwrap();
        let end = rest.split_once(' ').unwrap().0;
        check_span(
            text,
            Span::new(FileId::new(0), start.parse().unwrap(), end.parse().unwrap()),
            "tree",
        );
    }
}

#[test]
fn every_text_lies_where_the_tree_says() {
    texts().iter().for_each(|text| drop(checked(text)));
}

#[test]
fn prefixes_of_texts() {
    for text in texts() {
        let cuts: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let step = (cuts.len() / 4).max(1);
        for cut in cuts.iter().step_by(step) {
            drop(checked(&text[..*cut]));
        }
    }
}

/// Found by fuzzing: the place of the open bracket was taken from the end of the text.
#[test]
fn a_table_whose_keys_are_not_closed() {
    let (_, found) = checked("table A(R");
    assert!(
        found.iter().any(|finding| finding.span() == Some(Span::new(FileId::new(0), 7, 8))),
        "{found:?}"
    );
}

#[test]
fn chunks_change_nothing() {
    for text in texts() {
        let mut whole_sink = Sink::new();
        let whole = parse_in_chunks(FileId::new(0), &text, usize::MAX, &mut whole_sink);
        for size in [1, 200] {
            let mut sink = Sink::new();
            let cut = parse_in_chunks(FileId::new(0), &text, size, &mut sink);
            assert_eq!(format!("{:?}", whole.file), format!("{:?}", cut.file));
            assert_eq!(whole_sink.findings(), sink.findings());
        }
    }
}

#[test]
fn deep_and_long_texts() {
    let nested = |open: &str, close: &str, n: usize| {
        format!("metric A = {}1{}", open.repeat(n), close.repeat(n))
    };
    let texts = [
        nested("(", ")", 63),
        nested("(", ")", 20_000),
        nested("f(", ")", 20_000),
        nested("{", "}", 20_000),
        nested("each 5 min of r { ", " }", 60),
        nested("not ", "", 20_000),
        nested("- ", "", 20_000),
        nested("if ", "", 20_000),
        nested("each ", "", 20_000),
        nested("each x of ", "", 20_000),
        nested("previous ", "", 20_000),
        nested("1 of ", "", 20_000),
        nested("1 + ", "", 20_000),
        nested("a or ", "", 20_000),
        nested("if a then ", "", 20_000),
        "{".repeat(20_000),
        "}".repeat(20_000),
        "(".repeat(20_000),
        "\"".repeat(20_000),
        "/*".repeat(20_000),
        "x /* */ ".repeat(5_000),
        "x fee 5 ".repeat(5_000),
        "x \"y\" ".repeat(5_000),
        "fact \n\n\n".repeat(5_000),
        "table a ".repeat(5_000),
        "test \"x\" ".repeat(5_000),
        "x 'y ".repeat(5_000),
        "/// x\n".repeat(20_000),
        "junk here\n".repeat(20_000),
        "objective\n".repeat(20_000),
        "{ } ".repeat(20_000),
        "a: b, ".repeat(20_000),
        "sla A between\n".repeat(5_000),
        "# x\n".repeat(20_000),
        "\u{AD}a".repeat(20_000),
        format!("metric A = {}", "x".repeat(50_000)),
        format!("metric A = {}", "1".repeat(50_000)),
        format!("enum E: {}", "a | ".repeat(20_000)),
        format!("enum E: {}", "a, ".repeat(20_000)),
        format!("package P {{ tier A {{ {}", "credit X { below 1 pay 2 } ".repeat(5_000)),
    ];
    for text in texts {
        let start = std::time::Instant::now();
        drop(checked(&text));
        let head: String = text.chars().take(30).collect();
        assert!(start.elapsed().as_secs() < 20, "{head:?} takes {:?}", start.elapsed());
    }
}

#[test]
fn the_depth_limit_is_exact() {
    let nested = |n: usize| format!("metric A = {}1{}", "(".repeat(n), ")".repeat(n));
    assert!(checked(&nested(64)).1.is_empty());
    let found = checked(&nested(65)).1;
    assert_eq!(
        found.iter().map(|finding| finding.code.name()).collect::<Vec<_>>(),
        ["nested-too-deep"]
    );
}

#[test]
fn many_faults_are_cut_short() {
    let text = "metric A = 2026-13\n".repeat(150);
    let mut sink = Sink::new();
    parse(FileId::new(0), &text, &mut sink);
    assert_eq!(sink.findings().len(), FINDING_LIMIT);
    assert_eq!(sink.left_out().values().sum::<usize>(), 150 - FINDING_LIMIT);
}

/// A word, sign or piece of text of the language.
fn token() -> impl Strategy<Value = String> {
    let words = [
        "objective",
        "tier",
        "credit",
        "below",
        "pay",
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        "\"x\"",
        "\"",
        "per",
        "month",
        "99.9%",
        "5 min",
        ":",
        "=",
        ">=",
        ",",
        ";",
        "..",
        "of",
        "each",
        "if",
        "then",
        "else",
        "not",
        "\n",
        "\n\n",
        "//x\n",
        "/// d\n",
        "/*",
        "*/",
        "#",
        "sla A between B and C",
        "package P",
        "test \"t\"",
        "table T(a): b",
        "source s: events",
        "2026-03-01",
        "2026-03-01T10:00",
        "09:00..17:00",
        "€5",
        "“q”",
        "🚀",
        "\u{AD}",
        "é",
        "a.b",
        "a.b.",
        "1_0.5",
        "99,5",
        "during not",
        "default last",
        "breached 2 in a row",
        "support on t",
        "P1 respond",
        "expect",
        "given",
        "open mon..fri",
        "calendar C",
        "scope",
        "service S",
        "metric M =",
        "fee",
        "cap credits",
        "\r\n",
        "\t",
        "\u{FEFF}",
        "\0",
    ];
    proptest::sample::select(words.to_vec()).prop_map(str::to_owned)
}

/// A text with some stretches cut out, doubled, or replaced by words of the language.
fn mutated() -> impl Strategy<Value = String> {
    let texts: Vec<String> = texts().into_iter().filter(|text| text.len() < 20_000).collect();
    let count = texts.len();
    let edits = proptest::collection::vec((any::<u32>(), 0_usize..40, 0_u8..3, token()), 1..8);
    (0..count, edits).prop_map(move |(which, edits)| {
        let mut chars: Vec<char> = texts[which].chars().collect();
        for (at, length, kind, token) in edits {
            let at = at as usize % (chars.len() + 1);
            let end = (at + length).min(chars.len());
            match kind {
                0 => drop(chars.drain(at..end)),
                1 => {
                    let copy: Vec<char> = chars[at..end].to_vec();
                    chars.splice(at..at, copy);
                }
                _ => drop(chars.splice(at..end, token.chars())),
            }
        }
        chars.into_iter().collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        drop(checked(&String::from_utf8_lossy(&bytes)));
    }

    #[test]
    fn any_words(tokens in proptest::collection::vec(token(), 0..60), space in "[ \n]") {
        drop(checked(&tokens.join(&space)));
    }

    #[test]
    fn mutations(text in mutated()) {
        drop(checked(&text));
    }
}
