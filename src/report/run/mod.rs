//! The report of a run for people: what each objective measured, what is due, what was read.
//!
//! In: the document that programs get too. Out: tables. Nothing is computed here but how values
//! look.

mod due;
mod explain;
pub mod flat;
mod windows;

pub use explain::explain;

use super::table::{Column, Row, Table};
use crate::eval::display;
use crate::eval::document::{Report, SourceData};
use crate::eval::verdicts::AgreementVerdicts;

/// The most columns that are named because nothing reads them.
const MOST_UNREAD: usize = 20;

/// The tables of a report.
pub fn tables(report: &Report) -> Vec<Table> {
    let mut tables = Vec::new();
    for agreement in &report.agreements {
        tables.push(windows::table(agreement));
        tables.extend(due::table(agreement));
    }
    tables.push(data(report));
    tables
}

/// What an agreement is called, with its customer where it is with any.
fn name_of(agreement: &AgreementVerdicts) -> String {
    let customer = agreement
        .customer
        .as_ref()
        .map_or_else(String::new, |customer| format!(" with {customer}"));
    format!("{}{customer}", agreement.id)
}

fn data(report: &Report) -> Table {
    let columns = vec![
        Column::words("source"),
        Column::figures("rows"),
        Column::figures("not counted"),
        Column::words("complete to"),
        Column::words("files"),
    ];
    let mut rows = Vec::new();
    for source in &report.data {
        let unused =
            source.other_customers + source.other_services + source.outside + source.left_out;
        let stated = if source.stated { "" } else { " (latest row)" };
        let complete = source
            .complete_to
            .as_ref()
            .map_or_else(|| "unknown".to_owned(), |to| format!("{}{stated}", to.0));
        let files = match source.files.as_slice() {
            [] => String::new(),
            [one] => one.clone(),
            [first, .., last] => format!("{} files, {first} to {last}", source.files.len()),
        };
        rows.push(Row::Cells(vec![
            source.source.clone(),
            display::count(source.rows),
            display::count(unused),
            complete,
            files,
        ]));
        rows.extend(remarks(source).into_iter().map(Row::Line));
    }
    Table {
        title: format!("Data, evaluated as of {}", report.as_of.0),
        columns,
        rows,
        remarks: vec![summary(report)],
    }
}

/// What there is to say about the rows of a source.
fn remarks(source: &SourceData) -> Vec<String> {
    let mut said = Vec::new();
    let mut say = |count: u64, one: &str, many: &str| {
        if count > 0 {
            said.push(format!("{} {}", display::count(count), if count == 1 { one } else { many }));
        }
    };
    say(
        source.other_customers,
        "row belongs to a customer that no agreement here is with",
        "rows belong to customers that no agreement here is with",
    );
    say(
        source.other_services,
        "row belongs to a service that no objective is about",
        "rows belong to services that no objective is about",
    );
    say(
        source.outside,
        "row is outside every window that was evaluated",
        "rows are outside every window that was evaluated",
    );
    let twice = source.duplicates.unwrap_or(0);
    say(
        twice,
        "row is the same as an earlier one, and counts",
        "rows are the same as earlier ones, and count",
    );
    say(
        source.left_out,
        "row could not be read and was left out:",
        "rows could not be read and were left out:",
    );
    said.extend(source.bad_rows.iter().map(|bad| format!("  {}", bad.line())));
    let listed = source.bad_rows.len() as u64;
    if source.left_out > listed {
        said.push(format!("  and {} more", display::count(source.left_out - listed)));
    }
    if !source.unread.is_empty() {
        let (shown, more) = source.unread.split_at(source.unread.len().min(MOST_UNREAD));
        let more = if more.is_empty() {
            String::new()
        } else {
            format!(" and {} more", display::count(more.len() as u64))
        };
        said.push(format!("not read: {}{more}", shown.join(", ")));
    }
    for name in &source.loose_names {
        said.push(format!("the column `{}` is read as `{}`", name.column, name.read_as));
    }
    for column in &source.empty {
        let name = format!("{}.{column}", source.source);
        said.push(format!(
            "no row has `{column}`; if it has another name, pass `--map {name}=NAME`, or `--map {name}=` if there is none"
        ));
    }
    if source.complete_to.is_some() && !source.stated {
        let name = &source.source;
        said.push(format!("complete to its latest row, because neither `--complete-to` nor `--complete-to {name}=TIME` is given"));
    }
    said.extend(far_row(source).map(|message| format!("warning: {message}")));
    if source.complete_to.is_none() {
        let name = &source.source;
        said.push(format!("it has no rows; if there was nothing to record, pass the time until which it is complete: `--complete-to {name}=2026-04-01T00:00Z`"));
    }
    said
}

/// Warns of a latest row that decides alone, far beyond the others, up to when a source is
/// complete.
fn far_row(source: &SourceData) -> Option<String> {
    let far = source.far_row.as_ref()?;
    let name = &source.source;
    Some(format!(
        "the latest row of `{name}` ends at {}, but all other rows end by {}; if its date is wrong, the verdicts in between are wrong too: correct it, or pass `--complete-to {name}=TIME`",
        far.at.0, far.others.0
    ))
}

/// What to warn of before anyone relies on the report, a line each.
pub fn warnings(report: &Report) -> Vec<String> {
    report.data.iter().filter_map(far_row).collect()
}

/// How many windows ended how, in one line.
pub fn summary(report: &Report) -> String {
    let counts = report.counts;
    let all = [
        (counts.met, "met"),
        (counts.breached, "breached"),
        (counts.pending, "pending"),
        (counts.no_data, "without data"),
        (counts.not_in_force, "not in force"),
    ];
    let said: Vec<String> = all
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{} {word}", display::count(*count)))
        .collect();
    if said.is_empty() {
        "no window was evaluated".to_owned()
    } else {
        format!("windows: {}", said.join(", "))
    }
}
