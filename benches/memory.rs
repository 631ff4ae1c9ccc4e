//! How much memory a check takes at its peak, each case in a process of its own that reads files:
//! `cargo bench --bench memory`. Linux only.

#[allow(clippy::indexing_slicing, reason = "shared with tests, where it is held to be right")]
mod generate;

use std::path::Path;
use std::process::Command;

use sla::{Disk, Workspace};

/// What is checked: how many files, of what size. One file stands alone.
const CASES: &[(usize, usize)] =
    &[(1, 50_000), (1, 1_000_000), (1, 10_000_000), (23, 43_000), (230, 43_000)];

fn main() {
    match std::env::args().nth(1).filter(|path| Path::new(path).is_file()) {
        Some(path) => measure(Path::new(&path)),
        None => CASES.iter().for_each(|(count, size)| run(*count, *size)),
    }
}

/// Writes the files, and has another process check them.
fn run(count: usize, size: usize) {
    let all = match count {
        1 => vec![("main.sla".to_owned(), generate::single(size))],
        _ => generate::project(count, size),
    };
    let bytes: usize = all.iter().map(|(_, text)| text.len()).sum();
    print!("{count} files, {bytes} bytes: ");
    let _ = std::io::Write::flush(&mut std::io::stdout());
    let checked = tempfile::tempdir().and_then(|folder| {
        for (name, text) in &all {
            std::fs::write(folder.path().join(name), text)?;
        }
        Command::new(std::env::current_exe()?).arg(folder.path().join("main.sla")).status()
    });
    if !checked.is_ok_and(|status| status.success()) {
        println!("failed");
    }
}

fn measure(path: &Path) {
    let before = kilobytes("VmHWM:");
    let started = std::time::Instant::now();
    let findings = Workspace::new(&Disk).path(path).check().findings.len();
    let (seconds, after) = (started.elapsed().as_secs_f64(), kilobytes("VmHWM:"));
    println!(
        "{seconds:.2} s, {findings} findings, at most {after} KiB, of which {before} KiB before anything was read"
    );
}

/// A line of what Linux says about this process.
fn kilobytes(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
