//! The report as CSV, for spreadsheets and databases.

use super::form::Form;
use super::run::flat;

pub(super) const FORM: Form = Form {
    name: "csv",
    about: "a row for each window and credit",
    findings: None,
    tests: None,
    figures: None,
    report: Some(|report, _| {
        let header = std::iter::once(record(&flat::COLUMNS));
        header.chain(flat::lines(report).map(|line| record(&line.cells()))).collect()
    }),
    explanation: None,
};

/// A record of CSV by RFC 4180: cells with a mark that has a meaning stand in quotes.
fn record(cells: &[&str]) -> String {
    let cell = |cell: &&str| {
        if cell.contains(['"', ',', '\n', '\r']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            (*cell).to_owned()
        }
    };
    cells.iter().map(cell).collect::<Vec<_>>().join(",") + "\n"
}
