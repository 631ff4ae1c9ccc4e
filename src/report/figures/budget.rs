//! The table of `sla budget`.

use crate::prove::budget::{AgreementBudgets, BudgetDocument, ObjectiveBudget};
use crate::report::form::Figures;
use crate::report::json::json_text;
use crate::report::table::{Column, Row, Table};
use crate::time::display::length;

const COLUMNS: [Column; 3] = [Column::words(""), Column::figures(""), Column::words("")];

impl Figures for BudgetDocument {
    fn tables(&self) -> Vec<Table> {
        self.agreements.iter().map(table).collect()
    }

    fn nothing(&self) -> &'static str {
        "no agreement promises anything"
    }

    fn json(&self) -> String {
        json_text(self)
    }
}

fn table(agreement: &AgreementBudgets) -> Table {
    let more = if agreement.goes_on { " and on" } else { "" };
    let title = format!(
        "{} from {} to {}{more}, {}",
        agreement.agreement, agreement.from, agreement.to, agreement.zone
    );
    let mut rows = Vec::new();
    agreement.objectives.iter().for_each(|budget| objective(budget, &mut rows));
    Table { title, columns: COLUMNS.to_vec(), rows, remarks: Vec::new() }
}

fn objective(budget: &ObjectiveBudget, rows: &mut Vec<Row>) {
    let service =
        budget.service.as_ref().map_or_else(String::new, |service| format!(" of {service}"));
    rows.push(Row::Group(format!(
        "{}{service}: {} {}",
        budget.objective, budget.promised, budget.window
    )));
    if !budget.words.is_empty() {
        rows.push(Row::Line(budget.words.join("; ")));
    }
    for window in &budget.windows {
        let words = window.words.join("; ");
        rows.push(Row::Cells(vec![
            format!("  {}", window.name),
            format!("{} measured", length(&window.measured.0)),
            words,
        ]));
    }
    if budget.words.is_empty() && budget.windows.is_empty() {
        rows.push(Row::Line("the measured time depends on the data".to_owned()));
    }
}
