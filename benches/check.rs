//! How long reading and checking take: `cargo bench --bench check`. The numbers of a machine are in `docs/benchmarks.md`.

#[allow(clippy::indexing_slicing, reason = "shared with tests, where it is held to be right")]
mod generate;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sla::base::{Source, SourceMap};
use sla::diag::Sink;
use sla::workspace::{Memory, Workspace};

/// One file of a realistic size, one of the largest anybody should write, and a project of hundreds.
const SMALL: usize = 50_000;
const LARGE: usize = 10_000_000;
const FILES: usize = 230;

fn parse(text: &str) -> usize {
    let mut map = SourceMap::default();
    let file = map.add(Source::new("bench.sla", text));
    let mut sink = Sink::new();
    sla::syntax::parse(file, text, &mut sink).file.items.len()
}

fn check(files: &Memory, root: &str) -> usize {
    Workspace::new(files).path(root).check().findings.len()
}

fn reading(criterion: &mut Criterion) {
    for (name, size) in [("50 KB", SMALL), ("10 MB", LARGE)] {
        let text = generate::single(size);
        let mut group = criterion.benchmark_group(format!("one file of {name}"));
        group.throughput(Throughput::Bytes(text.len() as u64)).sample_size(10);
        group.bench_function("grammar alone", |bench| bench.iter(|| sla::syntax::grammar_accepts(&text)));
        group.bench_function("text to tree", |bench| bench.iter(|| parse(&text)));
        let files = Memory::new().with("bench.sla", text.as_str());
        group.bench_function("whole check", |bench| bench.iter(|| check(&files, "bench.sla")));
    }
}

fn project(criterion: &mut Criterion) {
    let all = generate::project(FILES, LARGE / FILES);
    let bytes: usize = all.iter().map(|(_, text)| text.len()).sum();
    let files = all.iter().fold(Memory::new(), |files, (name, text)| files.with(name, text.as_str()));
    let mut group = criterion.benchmark_group(format!("{FILES} files, {} MB together", bytes / 1_000_000));
    group.throughput(Throughput::Bytes(bytes as u64)).sample_size(10);
    group.bench_function("texts to trees", |bench| bench.iter(|| all.iter().map(|(_, text)| parse(text)).sum::<usize>()));
    group.bench_function("whole check", |bench| bench.iter(|| check(&files, "main.sla")));
}

criterion_group!(benches, reading, project);
criterion_main!(benches);
