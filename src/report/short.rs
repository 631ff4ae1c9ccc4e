//! One line a finding: `file:line:column: error[code]: message`.

use std::fmt::Write as _;

use crate::base::SourceMap;
use crate::diag::Finding;

use super::clean::one_line;
use super::form::Form;
use super::table::{Row, Table};
use super::{explanation, level_word, run};

pub(super) const FORM: Form = Form {
    name: "short",
    about: "one line each",
    findings: Some(|it| render(it.findings, it.sources)),
    tests: Some(|results| results.as_findings(|it| render(it.findings, it.sources))),
    figures: Some(|figures, _| figures.text(tables)),
    report: Some(|report, _| tables(&run::tables(report))),
    explanation: Some(explanation::text),
};

/// All findings, one line each.
pub fn render(findings: &[Finding], sources: &SourceMap) -> String {
    let mut out = String::new();
    for finding in findings {
        line(&mut out, finding, sources);
    }
    out
}

/// One finding with its line end.
pub fn line(out: &mut String, finding: &Finding, sources: &SourceMap) {
    if let Some(span) = finding.span() {
        out.push_str(&one_line(&sources.place(span)));
        out.push_str(": ");
    }
    let (level, code, message) =
        (level_word(finding.level), finding.code.name(), one_line(&finding.message));
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{level}[{code}]: {message}");
}

/// The rows of all tables.
fn tables(tables: &[Table]) -> String {
    tables.iter().map(rows).collect()
}

/// One line for each row, with its table's title before it.
fn rows(table: &Table) -> String {
    let mut text = String::new();
    let mut group = String::new();
    for row in &table.rows {
        let words = match row {
            Row::Cells(cells) => {
                let cells: Vec<&str> =
                    cells.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).collect();
                cells.join(" | ")
            }
            Row::Line(words) => words.clone(),
            Row::Group(words) => {
                group = format!("{words}: ");
                continue;
            }
            Row::Rule => continue,
        };
        text += &format!("{}: {}{}\n", one_line(&table.title), one_line(&group), one_line(&words));
    }
    for remark in &table.remarks {
        text += &format!("{}: {}\n", one_line(&table.title), one_line(remark));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::table::tests::table;
    use super::*;

    #[test]
    fn each_row_is_a_line() {
        let lines = "Fruit: äpfel | 3\nFruit: pears | 12\nFruit: all | 15\nFruit: enough\n";
        assert_eq!(tables(&[table()]), lines);
    }
}
