//! A text read in chunks of any size gives the same findings as one read whole, and the same tree
//! where nothing is wrong with it. (Of a statement whose head cannot be read, a cut may save what
//! stands behind it.)

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use sla::SourceText;
use sla::internals::diag::Sink;
use sla::internals::syntax::parse_in_chunks;
use sla::{SourceMap, contracts_below};

/// The tree and the findings, as text.
fn read(text: &str, chunk: usize) -> (String, String) {
    let mut map = SourceMap::default();
    let file = map.add(SourceText::new("text.sla", text));
    let mut sink = Sink::new();
    let parsed = parse_in_chunks(file, text, chunk, &mut sink);
    (format!("{:?}", parsed.file), format!("{:?}", sink.findings()))
}

fn compare(name: &str, text: &str) {
    let (tree, findings) = read(text, usize::MAX);
    for chunk in [1, 1500] {
        let (other_tree, other_findings) = read(text, chunk);
        assert!(
            findings != "[]" || tree == other_tree,
            "{name}: another tree in chunks of {chunk}"
        );
        assert!(
            findings == other_findings,
            "{name}: other findings in chunks of {chunk}:\n{findings}\n{other_findings}"
        );
    }
}

#[test]
fn chunks_of_any_size_give_the_same() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = 0;
    for folder in ["std", "examples", "tests/ui", "tests/fixtures"] {
        for path in contracts_below(&root.join(folder)).files {
            // Fixtures of bytes that are no text are read elsewhere.
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            compare(&path.display().to_string(), &text);
            files += 1;
        }
    }
    assert!(files > 100, "only {files} files");
}
