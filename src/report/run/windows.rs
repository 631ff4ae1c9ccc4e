//! The table of one agreement: a line for each window of each objective, and what explains the
//! bad ones.

use super::name_of;
use crate::base::Exact;
use crate::eval::display;
use crate::eval::verdicts::{
    AgreementVerdicts, GroupVerdicts, ObjectiveVerdicts, RankedBy, Verdict, WindowVerdict, WorstRow,
};
use crate::plan::Relation;
use crate::report::table::{Column, Row, Table};
use crate::time::display::exact_length;
use crate::time::{Zone, format_instant, parse_instant};

const COLUMNS: [Column; 6] = [
    Column::words("objective"),
    Column::words("window"),
    Column::figures("value"),
    Column::words("target"),
    Column::verdicts("verdict"),
    Column::figures("budget used"),
];

/// What the objectives of an agreement measured.
pub fn table(agreement: &AgreementVerdicts) -> Table {
    let title = agreement.title.as_ref().map_or_else(String::new, |title| format!(", {title}"));
    let title =
        format!("{}{title}; times of {} ({})", name_of(agreement), agreement.zone, agreement.at);
    let mut rows = Vec::new();
    for objective in &agreement.objectives {
        for group in &objective.groups {
            group
                .windows
                .iter()
                .for_each(|window| of_window(agreement, objective, group, window, &mut rows));
        }
    }
    let remarks =
        if rows.is_empty() { vec!["no window was evaluated".to_owned()] } else { Vec::new() };
    Table { title, columns: COLUMNS.to_vec(), rows, remarks }
}

fn of_window(
    agreement: &AgreementVerdicts,
    objective: &ObjectiveVerdicts,
    group: &GroupVerdicts,
    window: &WindowVerdict,
    rows: &mut Vec<Row>,
) {
    let name = objective
        .id
        .strip_prefix(&agreement.id)
        .and_then(|rest| rest.strip_prefix('/'))
        .unwrap_or(&objective.id);
    let name = if group.group.is_empty() {
        name.to_owned()
    } else {
        format!("{name} of {}", group.group.join(", "))
    };
    let value = window
        .value
        .as_ref()
        .map_or_else(String::new, |value| display::value(value, &objective.of));
    let used = window.used.as_ref().map_or_else(String::new, |used| share(&used.0));
    rows.push(Row::Cells(vec![
        name,
        window.name.clone(),
        value,
        target(objective, window),
        word(window.verdict).to_owned(),
        used,
    ]));
    match window.verdict {
        Verdict::Breached => {
            rows.extend(details(objective, window, &agreement.zone).into_iter().map(Row::Line))
        }
        Verdict::Pending => rows.extend(left(objective, window).map(Row::Line)),
        Verdict::Met | Verdict::NoData | Verdict::NotInForce => {}
    }
}

/// What is left of the budget of a window that has not ended, and what will be used of it at this
/// pace.
fn left(objective: &ObjectiveVerdicts, window: &WindowVerdict) -> Option<String> {
    let left = &window.left.as_ref()?.0;
    // Of a share of time that must be up, the budget is time.
    let of_time = matches!(objective.relation, Some(Relation::AtLeast | Relation::Greater))
        && window.down.is_some();
    let said = if of_time { exact_length(left) } else { display::quantity(left, &objective.of) };
    let said = if left.is_negative() {
        format!("the budget is overdrawn by {}", said.trim_start_matches('-'))
    } else {
        format!("{said} left")
    };
    let pace = window
        .used
        .as_ref()
        .filter(|_| of_time)
        .map(|used| format!("; at this pace {} of the budget will be used", share(&used.0)));
    Some(said + &pace.unwrap_or_default())
}

/// The word for a verdict.
pub const fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Met => "met",
        Verdict::Breached => "BREACHED",
        Verdict::Pending => "pending",
        Verdict::NoData => "no data",
        Verdict::NotInForce => "not in force",
    }
}

/// The target with the sign before it.
pub fn target(objective: &ObjectiveVerdicts, window: &WindowVerdict) -> String {
    let relation = objective.relation.map_or("", |relation| match relation {
        Relation::Equal => "= ",
        Relation::NotEqual => "≠ ",
        Relation::Less => "< ",
        Relation::AtMost => "≤ ",
        Relation::Greater => "> ",
        Relation::AtLeast => "≥ ",
    });
    let said: Vec<String> =
        window.target.iter().map(|target| display::value(target, &objective.of)).collect();
    if said.is_empty() { String::new() } else { format!("{relation}{}", said.join(" to ")) }
}

/// A share of a budget, to whole percents: more digits say nothing.
fn share(used: &Exact) -> String {
    let hundredfold = used * &Exact::integer(100);
    let whole = hundredfold.floor();
    let about = if hundredfold.is_integer() { "" } else { "…" };
    format!("{whole}{about}%")
}

/// Details of a breach: times, rows, by when to claim.
pub fn details(objective: &ObjectiveVerdicts, window: &WindowVerdict, zone: &str) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(down) = &window.down {
        let excluded = if !window.excluded.0.is_zero() {
            format!(", {} excluded", exact_length(&window.excluded.0))
        } else {
            String::new()
        };
        let measured = exact_length(&window.measured.0);
        lines.push(format!(
            "{} down of {measured} measured{excluded}{}",
            exact_length(&down.0),
            allowed(window, &down.0)
        ));
    }
    if let Some(rows) = window.rows {
        lines.push(format!(
            "{} of {} rows are bad",
            display::count(window.bad),
            display::count(rows)
        ));
    }
    if !window.worst.is_empty() {
        let zone = Zone::find(zone).unwrap_or(Zone::UTC);
        let worst: Vec<String> = window.worst.iter().map(|row| worst(row, zone)).collect();
        let ranked = match window.worst_by {
            RankedBy::Value => "worst by value",
            RankedBy::Time => "cost most time",
            RankedBy::Start => "the first by start",
        };
        lines.push(format!("{ranked}: {}", worst.join("; ")));
    }
    for claim in &window.claims {
        let evidence = claim
            .evidence
            .as_ref()
            .map_or_else(String::new, |evidence| format!(" with {evidence}"));
        lines.push(format!("claim by {}{evidence} ({})", claim.by.0, claim.at));
    }
    lines.push(format!("promised in {}", objective.at));
    lines
}

/// What of the downtime was allowed: as much as makes the budget used up.
fn allowed(window: &WindowVerdict, down: &Exact) -> String {
    let allowed = window.used.as_ref().and_then(|used| down.divide(&used.0));
    allowed.map_or_else(String::new, |allowed| {
        let over = if *down > allowed {
            format!(", {} over", exact_length(&(down - &allowed)))
        } else {
            String::new()
        };
        format!("; {} allowed{over}", exact_length(&allowed))
    })
}

fn worst(row: &WorstRow, zone: Zone) -> String {
    let local = |text: &str| {
        let instant = parse_instant(text).map(|read| Zone::UTC.instant_of(read));
        let text = instant.map_or_else(|| text.to_owned(), |instant| format_instant(instant, zone));
        let clock = text.get(..19).unwrap_or(&text).replace('T', " ");
        clock.strip_suffix(":00").unwrap_or(&clock).to_owned()
    };
    let from = local(&row.from.0);
    let to = row.to.as_ref().map(|to| local(&to.0));
    let span = match to {
        Some(to) if to.get(..10) == from.get(..10) => {
            format!("{from} to {}", to.get(11..).unwrap_or_default())
        }
        Some(to) => format!("{from} to {to}"),
        None => from,
    };
    let place = match (&row.file, row.row) {
        (Some(file), Some(number)) => format!(" ({file}:{number})"),
        (_, _) => String::new(),
    };
    format!("{span}{place}")
}
