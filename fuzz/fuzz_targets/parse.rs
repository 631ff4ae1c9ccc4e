//! Any text gives a tree, and every finding a place inside the text, on character boundaries.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sla::SourceText;
use sla::internals::diag::Sink;
use sla::SourceMap;

fuzz_target!(|text: &str| {
    let mut map = SourceMap::default();
    let file = map.add(SourceText::new("fuzz.sla", text));
    let mut sink = Sink::new();
    let parsed = sla::internals::syntax::parse(file, text, &mut sink);
    for item in &parsed.file.items {
        assert!(text.get(item.span.start as usize..item.span.end as usize).is_some());
    }
    for finding in sink.findings() {
        if let Some(span) = finding.span() {
            assert!(text.get(span.start as usize..span.end as usize).is_some());
        }
    }
});
