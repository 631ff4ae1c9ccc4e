//! The faults people make, each with the finding it deserves: one fault, one finding, and after the
//! edit that the finding proposes, none.
//!
//! `rows.rs` is the table, a row for each fault that the grammar's design lists. Each is an edit of
//! one sound contract, `tests/fixtures/shop.sla`, that goes through the whole check, so what a
//! fault makes uncertain further on must be passed in silence. What is expected comes from the
//! design's list of ideal messages.

#![allow(clippy::unwrap_used, reason = "a contract that cannot be read is a failure of the test")]

mod rows;

use std::collections::BTreeSet;

use rows::{Fault, ROWS};
use sla::{Checked, Finding, Memory, Workspace};

const SOUND: &str = include_str!("../../fixtures/shop.sla");

fn check(text: &str) -> Checked {
    let memory = Memory::new().with("shop.sla", text);
    Workspace::new(&memory).path("shop.sla").check()
}

fn faulty(fault: &Fault) -> String {
    assert_eq!(
        SOUND.matches(fault.sound).count(),
        1,
        "`{}` does not stand once in the sound contract",
        fault.sound
    );
    SOUND.replace(fault.sound, fault.faulty)
}

/// `LINE:COLUMN` of a finding, columns counted in characters.
fn place(checked: &Checked, finding: &Finding) -> String {
    let at = checked.sources().line_column(finding.span().unwrap());
    format!("{}:{}", at.line, at.column)
}

/// All that the finding advises.
fn advice(finding: &Finding) -> String {
    let fix = finding.fix.iter().map(|fix| fix.title.clone());
    finding.help.iter().cloned().chain(fix).collect::<Vec<_>>().join("; ")
}

fn shown(checked: &Checked) -> String {
    let line = |finding: &Finding| {
        let (at, code, advice) = (place(checked, finding), finding.code.name(), advice(finding));
        format!("    {at} {code}: {} [{advice}]\n", finding.message)
    };
    checked.findings.iter().map(line).collect()
}

/// The text after all edits that the findings propose.
fn fixed(text: &str, findings: &[Finding]) -> String {
    let mut edits: Vec<_> = findings
        .iter()
        .filter_map(|finding| finding.fix.as_ref())
        .flat_map(|fix| &fix.edits)
        .collect();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.span.start));
    edits.into_iter().fold(text.to_owned(), |mut text, edit| {
        text.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
        text
    })
}

fn complaint(fault: &Fault) -> Option<String> {
    let text = faulty(fault);
    let checked = check(&text);
    let same = checked.findings.len() == fault.finds.len()
        && checked.findings.iter().zip(fault.finds).all(|(finding, wanted)| {
            place(&checked, finding) == wanted.at
                && finding.code.name() == wanted.code
                && finding.message.contains(wanted.says)
                && advice(finding).contains(wanted.advises)
        });
    if !same {
        let wanted = fault
            .finds
            .iter()
            .map(|it| format!("    {} {}: …{}… […{}…]\n", it.at, it.code, it.says, it.advises));
        return Some(format!(
            "{}: `{}`\n  wanted:\n{}  found:\n{}",
            fault.row,
            fault.faulty,
            wanted.collect::<String>(),
            shown(&checked)
        ));
    }
    if fault.fixes {
        let again = check(&fixed(&text, &checked.findings));
        if !again.findings.is_empty() {
            return Some(format!(
                "{}: `{}`\n  after its edit:\n{}",
                fault.row,
                fault.faulty,
                shown(&again)
            ));
        }
    }
    None
}

#[test]
fn every_fault_gets_the_finding_it_deserves() {
    let complaints: Vec<String> = ROWS.iter().filter_map(complaint).collect();
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

#[test]
fn every_row_of_the_list_is_here() {
    let rows: BTreeSet<u8> = ROWS.iter().map(|fault| fault.row).collect();
    assert_eq!(rows, (1..=46).collect());
}

#[test]
fn the_sound_contract_is_sound() {
    assert_eq!(shown(&check(SOUND)), "");
}
