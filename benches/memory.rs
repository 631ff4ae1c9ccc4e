//! How much memory a check takes at its peak, each case in a process of its own: `cargo bench --bench memory`. Linux only.

#[allow(clippy::indexing_slicing, reason = "shared with tests, where it is held to be right")]
mod generate;

use std::process::Command;

use sla::workspace::{Memory, Workspace};

/// What is checked: how many files, of what size. One file stands alone.
const CASES: &[(usize, usize)] = &[(1, 50_000), (1, 1_000_000), (1, 10_000_000), (23, 43_000), (230, 43_000)];

fn main() {
    let mut arguments = std::env::args().skip(1).filter_map(|argument| argument.parse().ok());
    match (arguments.next(), arguments.next()) {
        (Some(count), Some(size)) => measure(count, size),
        _ => CASES.iter().for_each(|(count, size)| run(*count, *size)),
    }
}

fn run(count: usize, size: usize) {
    let status = std::env::current_exe().and_then(|program| Command::new(program).args([count.to_string(), size.to_string()]).status());
    if !status.is_ok_and(|status| status.success()) {
        println!("{count} files of {size} bytes: failed");
    }
}

fn measure(count: usize, size: usize) {
    let all = match count {
        1 => vec![("main.sla".to_owned(), generate::single(size))],
        _ => generate::project(count, size),
    };
    let bytes: usize = all.iter().map(|(_, text)| text.len()).sum();
    let files = all.into_iter().fold(Memory::new(), |files, (name, text)| files.with(name, text));
    let before = kilobytes("VmHWM:");
    let started = std::time::Instant::now();
    let findings = Workspace::new(&files).path("main.sla").check().findings.len();
    let (seconds, after) = (started.elapsed().as_secs_f64(), kilobytes("VmHWM:"));
    println!(
        "{count} files, {bytes} bytes: {seconds:.2} s, {findings} findings, at most {after} kB, of which {before} kB before the check"
    );
}

/// A line of what Linux says about this process.
fn kilobytes(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
