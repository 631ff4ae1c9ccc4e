//! The program against the witness: a second evaluator, in Python, written from `docs/plan.md`
//! alone. Both judge the same generated contracts and rows, and must agree on every verdict, value,
//! credit, claim and right, whether the program holds the rows in memory or streams them. What the
//! `test` blocks of the examples, the library and `tests/run/` expect must hold by the witness as
//! it does by the program.
//!
//! Python 3.10 or later must be there; without it this fails. `tests/witness/README.md` says how to
//! compare thousands.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use sla::contracts_below;

/// How many contracts are compared, two at a time.
const CONTRACTS: u32 = 200;

/// Every form that is generated at all occurs in so many contracts.
const GENERATED: &str = "1000";

/// Blocks that need more slots than this are not given to the witness, which computes them one by
/// one: minutes over months.
const SLOTS: &str = "5000";

/// How many of those there may be, and how many blocks must be compared at least.
const TOO_LONG: u32 = 110;
const ASKED: u32 = 260;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A script in the folder of the witness.
fn script(name: &str) -> Command {
    let mut command = Command::new("python3");
    command
        .arg(root().join("tests/witness").join(name))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn started(command: &mut Command) -> Child {
    command
        .spawn()
        .expect("`python3` runs the witness and could not be started; install Python 3.10 or later")
}

/// A script of the witness that runs the program, begun.
fn begin(name: &str, more: &[&str], files: &[PathBuf]) -> Child {
    started(script(name).args(["--program", env!("CARGO_BIN_EXE_sla")]).args(more).args(files))
}

/// The comparison of some contracts, begun.
fn compare(first: u32, count: u32, more: &[&str]) -> Child {
    let (first, count) = (first.to_string(), count.to_string());
    begin(
        "compare.py",
        &[["--seed", &first, "--count", &count, "--jobs", "2"].as_slice(), more].concat(),
        &[],
    )
}

fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

#[test]
fn the_program_and_the_witness_agree() {
    let output = compare(1, CONTRACTS, &[]).wait_with_output().unwrap();
    let text = said(&output);
    assert!(
        output.status.success() && text.contains(&format!("{CONTRACTS} contracts, 0 differ")),
        "{text}"
    );
}

/// A form that no contract contains any more would no longer be compared.
#[test]
fn every_form_is_generated() {
    let output = started(script("generate.py").args(["--forms", "--count", GENERATED]))
        .wait_with_output()
        .unwrap();
    assert!(output.status.success(), "{}", said(&output));
}

/// One verdict of each report is turned round: were that not seen, nothing would be.
#[test]
fn a_difference_is_seen() {
    let output = compare(3, 4, &["--spoil"]).wait_with_output().unwrap();
    let text = said(&output);
    assert!(
        !output.status.success()
            && text.contains("seed 3:")
            && text.contains("4 contracts, 4 differ"),
        "{text}"
    );
}

/// The numbers of the last line.
fn numbers(text: &str) -> Vec<u32> {
    let last = text.lines().last().unwrap_or_default();
    last.split(|sign: char| !sign.is_ascii_digit()).filter_map(|word| word.parse().ok()).collect()
}

/// Every block either holds, or is counted as too long; there is none that the witness cannot be
/// asked.
#[test]
fn what_the_tests_of_the_examples_expect_holds_by_the_witness() {
    let files: Vec<PathBuf> = ["examples", "std", "tests/run"]
        .iter()
        .flat_map(|folder| contracts_below(&root().join(folder)).files)
        .collect();
    let half =
        |odd: usize| -> Vec<PathBuf> { files.iter().skip(odd).step_by(2).cloned().collect() };
    let halves = [0, 1].map(|odd| begin("examples.py", &["--slots", SLOTS], &half(odd)));
    let (mut held, mut long) = (0, 0);
    for asking in halves {
        let output = asking.wait_with_output().unwrap();
        let text = said(&output);
        let [holding, 0, 0, too_long] = numbers(&text)[..] else { panic!("{text}") };
        assert!(output.status.success(), "{text}");
        held += holding;
        long += too_long;
    }
    assert!(held >= ASKED && long <= TOO_LONG, "{held} blocks hold, {long} need too many slots");
}

/// Every check of the corners is turned round: all must be seen not to hold.
#[test]
fn an_expectation_that_does_not_hold_is_seen() {
    let output =
        begin("examples.py", &["--spoil"], &contracts_below(&root().join("tests/run")).files)
            .wait_with_output()
            .unwrap();
    let text = said(&output);
    assert!(
        output.status.success()
            && text.contains(" checks turned round\n")
            && !text.contains("\n0 checks"),
        "{text}"
    );
}
