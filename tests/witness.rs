//! The program against the witness: a second evaluator, in Python, written from `docs/plan.md` alone. Both judge the same generated contracts
//! and rows, and must agree on every verdict, value, credit, claim and right.
//!
//! Python 3.10 or later must be there; without it this fails. `tests/witness/README.md` says how to compare thousands.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

/// How many contracts are compared, half of them beside the other half.
const CONTRACTS: u32 = 200;

/// The comparison of some contracts, begun.
fn compare(first: u32, count: u32, more: &[&str]) -> Child {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/witness/compare.py");
    let mut command = Command::new("python3");
    command.arg(script).args(["--program", env!("CARGO_BIN_EXE_sla"), "--seed", &first.to_string(), "--count", &count.to_string()]);
    let started = command.args(more).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    started.expect("`python3` runs the witness and could not be started; install Python 3.10 or later")
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn the_program_and_the_witness_agree() {
    let half = CONTRACTS / 2;
    let halves = [compare(1, half, &[]), compare(1 + half, half, &[])];
    for comparing in halves {
        let output = comparing.wait_with_output().unwrap();
        let text = said(&output);
        assert!(output.status.success() && text.contains(&format!("{half} contracts, 0 differ")), "{text}");
    }
}

/// One verdict of each report is turned round: were that not seen, nothing would be.
#[test]
fn a_difference_is_seen() {
    let output = compare(1, 4, &["--spoil"]).wait_with_output().unwrap();
    let text = said(&output);
    assert!(!output.status.success() && text.contains("seed 1:") && text.contains("4 contracts, 4 differ"), "{text}");
}
