//! How long reading and checking take: `cargo bench --bench check`. The numbers of a machine are in
//! `docs/performance.md`.

#[allow(clippy::indexing_slicing, reason = "shared with tests, where it is held to be right")]
mod generate;
#[path = "generate/wide.rs"]
mod wide;

use std::hint::black_box;
use std::time::Instant;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use sla::SourceText;
use sla::internals::diag::Sink;
use sla::internals::prove::Case;
use sla::internals::workspace::{Analysed, check_with};
use sla::{Memory, SourceMap, Workspace};

/// One file of a realistic size, one of the largest anybody should write, and a project of
/// hundreds.
const SMALL: usize = 50_000;
const LARGE: usize = 10_000_000;
const FILES: usize = 230;
/// Objectives of two projects of which one is twice as large.
const OBJECTIVES: [usize; 2] = [50_000, 100_000];

fn parse(text: &str) -> usize {
    let mut map = SourceMap::default();
    let file = map.add(SourceText::new("bench.sla", text));
    let mut sink = Sink::new();
    sla::internals::syntax::parse(file, text, &mut sink).file.items.len()
}

fn check(files: &Memory, root: &str) -> usize {
    Workspace::new(files).path(root).check().findings.len()
}

fn reading(criterion: &mut Criterion) {
    for (name, size) in [("50 KB", SMALL), ("10 MB", LARGE)] {
        let text = generate::single(size);
        let mut group = criterion.benchmark_group(format!("one file of {name}"));
        group.throughput(Throughput::Bytes(text.len() as u64)).sample_size(10);
        group.bench_function("grammar alone", |bench| {
            bench.iter(|| sla::internals::syntax::grammar_accepts(&text))
        });
        group.bench_function("text to tree", |bench| bench.iter(|| parse(&text)));
        let files = Memory::new().with("bench.sla", text.as_str());
        group.bench_function("whole check", |bench| bench.iter(|| check(&files, "bench.sla")));
    }
}

fn project(criterion: &mut Criterion) {
    let all = generate::project(FILES, LARGE / FILES);
    let bytes: usize = all.iter().map(|(_, text)| text.len()).sum();
    let files =
        all.iter().fold(Memory::new(), |files, (name, text)| files.with(name, text.as_str()));
    let mut group =
        criterion.benchmark_group(format!("{FILES} files, {} MB together", bytes / 1_000_000));
    group.throughput(Throughput::Bytes(bytes as u64)).sample_size(10);
    group.bench_function("texts to trees", |bench| {
        bench.iter(|| all.iter().map(|(_, text)| parse(text)).sum::<usize>())
    });
    group.bench_function("whole check", |bench| bench.iter(|| check(&files, "main.sla")));
}

/// The checks alone, run again on a model that stands, beside the reading of the same text.
fn checks(criterion: &mut Criterion) {
    let text = generate::single(LARGE);
    let mut group = criterion.benchmark_group("checks of one file of 10 MB");
    group.throughput(Throughput::Bytes(text.len() as u64)).sample_size(10);
    group.bench_function("text to tree", |bench| bench.iter(|| parse(&text)));
    checks_alone(&mut group, "checks alone", text);
}

/// How the checks grow with the number of objectives: twice as many take twice as long, and a
/// little more.
fn growth(criterion: &mut Criterion) {
    for count in OBJECTIVES {
        let text = wide::objectives(count);
        let mut group = criterion.benchmark_group(format!("{count} objectives"));
        group.throughput(Throughput::Elements(count as u64)).sample_size(10);
        group.bench_function("text to tree", |bench| bench.iter(|| parse(&text)));
        let files = Memory::new().with("bench.sla", text.as_str());
        group.bench_function("whole check", |bench| bench.iter(|| check(&files, "bench.sla")));
        checks_alone(&mut group, "checks alone", text);
    }
}

/// The closure gets the model while it stands: only what happens in there is timed.
fn checks_alone(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, text: String) {
    let files = Memory::new().with("bench.sla", text);
    group.bench_function(name, |bench| {
        bench.iter_custom(|rounds| {
            let timed = |project: &Analysed<'_, '_, '_>| {
                let case = Case {
                    model: project.model,
                    sources: &project.loaded.sources,
                    sound: true,
                    today: None,
                };
                let begin = Instant::now();
                for _ in 0..rounds {
                    let mut sink = Sink::new();
                    sla::internals::prove::check(&case, &mut sink);
                    black_box(sink);
                }
                begin.elapsed()
            };
            check_with(Workspace::new(&files).path("bench.sla"), &timed).1.into_iter().sum()
        });
    });
}

criterion_group!(benches, reading, project, checks, growth);
criterion_main!(benches);
