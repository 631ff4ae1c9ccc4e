//! The table of what is due under an agreement: credits line by line, other remedies, rights to
//! leave.

use super::name_of;
use crate::eval::display;
use crate::eval::verdicts::{AgreementVerdicts, ClaimStep, DueLine, RemedyKind};
use crate::plan::CreditKind;
use crate::report::table::{Column, Row, Table};
use crate::time::display::length;

/// What is due; `None` if nothing is.
pub fn table(agreement: &AgreementVerdicts) -> Option<Table> {
    let mut rows = Vec::new();
    agreement.lines.iter().for_each(|due| line(agreement, due, &mut rows));
    if !agreement.totals.is_empty() {
        rows.push(Row::Rule);
    }
    for total in &agreement.totals {
        rows.push(Row::Cells(vec![
            format!("all {}", kind(total.kind)),
            String::new(),
            display::amount(&total.amount),
        ]));
    }
    for remedy in &agreement.remedies {
        rows.push(Row::Cells(vec![own_name(agreement, &remedy.credit), remedy.window.clone()]));
        rows.push(Row::Line(format!(
            "{} ({}){}",
            what(&remedy.what),
            remedy.at,
            claims(&remedy.claims)
        )));
    }
    let rights = agreement.rights.iter().map(|right| {
        let by =
            right.by.as_ref().map_or_else(String::new, |by| format!("; declare it by {}", by.0));
        format!(
            "the right{} to end the agreement arose at the end of {}{by} ({})",
            right_name(&right.id),
            right.window,
            right.at
        )
    });
    let remarks: Vec<String> = rights.collect();
    if rows.is_empty() && remarks.is_empty() {
        return None;
    }
    let columns = vec![
        Column::words("credit"),
        Column::words("window"),
        Column::figures("amount"),
        Column::words(""),
    ];
    Some(Table { title: format!("Due under {}", name_of(agreement)), columns, rows, remarks })
}

/// The name of a right in back-ticks, after a space. A right without a name has its number as the
/// last part of its id: the clause distinguishes it.
fn right_name(id: &str) -> String {
    let last = id.rsplit('/').next().unwrap_or(id);
    if last.starts_with(|first: char| first.is_ascii_digit()) {
        String::new()
    } else {
        format!(" `{last}`")
    }
}

fn own_name(agreement: &AgreementVerdicts, credit: &str) -> String {
    let own = credit
        .strip_prefix(&agreement.id)
        .and_then(|rest| rest.strip_prefix('/'))
        .unwrap_or(credit);
    own.strip_prefix("credit/").unwrap_or(own).to_owned()
}

const fn kind(kind: CreditKind) -> &'static str {
    match kind {
        CreditKind::Credit => "credits",
        CreditKind::EarnBack => "earned back",
        CreditKind::Bonus => "bonuses",
    }
}

fn line(agreement: &AgreementVerdicts, due: &DueLine, rows: &mut Vec<Row>) {
    let mut name = own_name(agreement, &due.credit);
    if !due.group.is_empty() {
        name = format!("{name} of {}", due.group.join(", "));
    }
    let remark = match (due.counts, due.adjusts, due.kind) {
        (false, _, _) => "not counted: another credit counts instead",
        (true, true, _) => "taken off by a bound, or carried over",
        (true, false, CreditKind::EarnBack) => "earned back",
        (true, false, CreditKind::Bonus) => "bonus",
        (true, false, CreditKind::Credit) => "",
    };
    rows.push(Row::Cells(vec![
        name,
        due.window.clone(),
        display::amount(&due.amount),
        remark.to_owned(),
    ]));
    let how =
        if due.arithmetic.is_empty() { String::new() } else { format!("{} ", due.arithmetic) };
    rows.push(Row::Line(format!("{how}({}){}", due.at, claims(&due.claims))));
}

fn claims(steps: &[ClaimStep]) -> String {
    steps.iter().map(|step| format!("; claim by {}", step.by.0)).collect()
}

fn what(remedy: &RemedyKind) -> String {
    match remedy {
        RemedyKind::Extend { period } => {
            format!("the term becomes {} longer", display::period(*period))
        }
        RemedyKind::ExtendBy { length: by } => format!("the term becomes {} longer", length(&by.0)),
        RemedyKind::Text { text } => text.clone(),
    }
}
