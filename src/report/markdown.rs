//! Markdown, for a ticket: tables, and the long texts of codes as they are written.

use super::clean::one_line;
use super::form::Form;
use super::run;
use super::table::{Row, Table};

pub(super) const FORM: Form = Form {
    name: "markdown",
    about: "for a ticket",
    findings: None,
    tests: None,
    figures: None,
    report: Some(|report, _| tables(&run::tables(report))),
    explanation: Some(|code, _| code.explanation().to_owned()),
};

/// Tables as Markdown: a heading each; lines of their own become notes of the row above them.
fn tables(tables: &[Table]) -> String {
    let texts: Vec<String> = tables.iter().map(marked).collect();
    texts.join("\n")
}

fn marked(table: &Table) -> String {
    let width = table.columns.len() + 1;
    let row = |cells: &[String]| {
        let cells =
            (0..width).map(|at| cells.get(at).map_or_else(String::new, |cell| escaped(cell)));
        format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
    };
    let mut rows: Vec<Vec<String>> = Vec::new();
    for entry in &table.rows {
        match entry {
            Row::Cells(cells) => {
                let mut cells = cells.clone();
                cells.resize(width, String::new());
                rows.push(cells);
            }
            Row::Group(words) => rows.push(vec![words.clone()]),
            Row::Line(words) => match rows.last_mut().and_then(|cells| cells.last_mut()) {
                Some(note) if note.is_empty() => note.clone_from(words),
                Some(note) => *note = format!("{note}; {}", words.trim_start()),
                None => rows.push(vec![words.clone()]),
            },
            Row::Rule => {}
        }
    }
    let mut text = format!("### {}\n\n", escaped(&table.title));
    if !rows.is_empty() {
        let headings: Vec<String> = table
            .columns
            .iter()
            .map(|column| column.heading.to_owned())
            .chain(["notes".to_owned()])
            .collect();
        text += &row(&headings);
        let marks = table
            .columns
            .iter()
            .map(|column| if column.right { "---:" } else { "---" })
            .chain(["---"]);
        text += &format!("| {} |\n", marks.collect::<Vec<_>>().join(" | "));
        rows.iter().for_each(|cells| text += &row(cells));
    }
    for remark in &table.remarks {
        text += &format!("\n{}\n", escaped(remark));
    }
    text
}

/// Text in which no mark of Markdown has a meaning.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for letter in one_line(text).chars() {
        match letter {
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            '|' | '*' | '_' | '[' | ']' | '#' | '\\' | '~' => out.extend(['\\', letter]),
            _ => out.push(letter),
        }
    }
    out
}
