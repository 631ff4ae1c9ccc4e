//! The contracts that benchmarks are made of are good contracts.

#[path = "../../benches/generate/mod.rs"]
#[allow(clippy::indexing_slicing, reason = "a generator for benchmarks and tests")]
mod generate;

use sla::SourceText;
use sla::internals::diag::Sink;
use sla::{Memory, SourceMap, Workspace};

#[test]
fn generated_contracts_parse_without_a_finding() {
    let mut files = generate::project(3, 20_000);
    files.push(("single.sla".to_owned(), generate::single(60_000)));
    for (name, text) in files {
        let mut map = SourceMap::default();
        let file = map.add(SourceText::new(name.as_str(), text.as_str()));
        let mut sink = Sink::new();
        let parsed = sla::internals::syntax::parse(file, &text, &mut sink);
        assert!(parsed.file.items.len() >= 3);
        let said: Vec<String> = sink
            .findings()
            .iter()
            .map(|finding| {
                let span = finding.span().unwrap();
                format!(
                    "{} {}: {} `{}`",
                    map.place(span),
                    finding.code.name(),
                    finding.message,
                    map.text(span)
                )
            })
            .collect();
        assert!(said.is_empty(), "{}", said.join("\n"));
    }
}

#[test]
fn generated_contracts_have_the_size_asked_for_and_are_the_same_each_time() {
    let files = generate::project(2, 30_000);
    assert_eq!(files, generate::project(2, 30_000));
    assert_eq!(
        files.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
        ["main.sla", "common.sla", "part0.sla", "part1.sla"]
    );
    for (name, text) in &files[2..] {
        assert!((30_000..60_000).contains(&text.len()), "{name}: {}", text.len());
    }
    assert!((1_000_000..1_030_000).contains(&generate::single(1_000_000).len()));
}

#[test]
fn generated_contracts_have_no_findings() {
    let files = generate::project(3, 60_000)
        .into_iter()
        .fold(Memory::new(), |files, (name, text)| files.with(name, text));
    let checked = Workspace::new(&files).path("main.sla").check();
    let said: Vec<String> = checked
        .findings
        .iter()
        .map(|finding| {
            let place =
                finding.span().map(|span| checked.sources().place(span)).unwrap_or_default();
            format!("{place} {}: {}", finding.code.name(), finding.message)
        })
        .collect();
    assert!(said.is_empty(), "{}", said.join("\n"));
}
