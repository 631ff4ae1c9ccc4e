//! Places identify statements, cells and expressions, so each has one of its own. A
//! hole takes no room; what stands for it may be shared.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;
use std::path::Path;

use sla::SourceText;
use sla::internals::diag::Sink;
use sla::internals::syntax::parse;
use sla::{SourceMap, contracts_below};

/// The places of all nodes of a kind in a tree, out of its debug form: that has every node there
/// is, whichever part of whichever statement it belongs to.
fn places(tree: &str, kind: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Vec<(bool, bool, Option<String>)> = Vec::new();
    let mut at = 0;
    while let Some(next) = tree[at..].find(['{', '}', '"']) {
        let (before, rest) = (&tree[..at + next], &tree[at + next + 1..]);
        at += next + 1;
        match tree.as_bytes()[at - 1] {
            b'"' => {
                let mut escaped = false;
                let end = rest.find(|c| {
                    let ends = c == '"' && !escaped;
                    escaped = c == '\\' && !escaped;
                    ends
                });
                at += end.unwrap() + 1;
            }
            b'{' => {
                if before.ends_with("span: Span ")
                    && let Some((_, _, place)) = open.last_mut()
                {
                    *place = rest.split_once('}').map(|(place, _)| place.trim().to_owned());
                }
                let is_kind = before.trim_end().ends_with(kind)
                    && !before
                        .trim_end()
                        .trim_end_matches(kind)
                        .ends_with(|c: char| c.is_alphanumeric());
                open.push((is_kind, rest.starts_with(" kind: Missing"), None));
            }
            _ => {
                let (is_kind, is_hole, place) = open.pop().unwrap();
                found.extend(place.filter(|_| is_kind && !is_hole));
            }
        }
    }
    found
}

fn tree(text: &str) -> String {
    let mut map = SourceMap::default();
    let file = map.add(SourceText::new("text.sla", text));
    format!("{:?}", parse(file, text, &mut Sink::new()).file)
}

/// Places that several nodes of a list have.
fn shared(places: &[String]) -> Vec<&String> {
    let mut count: BTreeMap<&String, usize> = BTreeMap::new();
    for place in places {
        *count.entry(place).or_default() += 1;
    }
    count.into_iter().filter(|(_, count)| *count > 1).map(|(place, _)| place).collect()
}

#[test]
fn the_places_of_nodes_are_read_off_a_tree() {
    // `a` stands at 11, `b` at 16, `c` at 20, `(b + c)` at 15 to 22, and the product at 11 to 22.
    let text = "metric M = a * (b + c)";
    assert_eq!(places(&tree(text), "Item"), ["file: FileId(0), start: 0, end: 22"]);
    let found = places(&tree(text), "Expr");
    for (start, end) in [(11, 12), (16, 17), (20, 21), (15, 22), (11, 22)] {
        let place = format!("file: FileId(0), start: {start}, end: {end}");
        assert!(found.contains(&place), "{place}: {found:?}");
    }
    assert_eq!(found.len(), 5);
}

#[test]
fn each_node_has_a_place_of_its_own() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut files, mut nodes) = (0, 0);
    for folder in ["std", "examples", "tests/ui", "tests/fixtures", "tests/run"] {
        for path in contracts_below(&root.join(folder)).files {
            // Fixtures of bytes that are no text are read elsewhere.
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            files += 1;
            let tree = tree(&text);
            for kind in ["Item", "Cell", "Expr"] {
                let places = places(&tree, kind);
                nodes += places.len();
                let shared = shared(&places);
                assert!(shared.is_empty(), "{}: {kind} {shared:?}", path.display());
            }
        }
    }
    assert!(files > 100 && nodes > 10_000, "only {nodes} nodes of {files} files");
}

#[test]
fn a_call_that_is_not_closed_ends_before_what_it_is_compared_with() {
    let text = "metric M = share(a, b >= 3";
    assert_eq!(shared(&places(&tree(text), "Expr")), Vec::<&String>::new());
}
