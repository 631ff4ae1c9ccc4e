//! Clean files parse without a finding.

#![allow(clippy::unwrap_used, reason = "what cannot be read is a failure of the test")]

use sla::SourceMap;
use sla::SourceText;
use sla::internals::diag::Sink;

#[test]
fn clean_fixtures_have_no_findings() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut faults = String::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|kind| kind != "sla") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let mut map = SourceMap::default();
        let file =
            map.add(SourceText::new(path.file_name().unwrap().to_string_lossy(), text.as_str()));
        let mut sink = Sink::new();
        let parsed = sla::internals::syntax::parse(file, &text, &mut sink);
        assert!(!parsed.file.items.is_empty());
        for finding in sink.findings() {
            let span = finding.span().unwrap();
            faults += &format!(
                "{} {}: {} `{}`\n",
                map.place(span),
                finding.code.name(),
                finding.message,
                map.text(span)
            );
        }
    }
    assert!(faults.is_empty(), "\n{faults}");
}
