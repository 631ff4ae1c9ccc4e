//! Tables of figures for people: columns under headings, or, for screen readers, sentences.
//!
//! In: cells as text. Out: text. Cells are never cut: what does not fit makes its column wider.

use super::Format;
use super::clean::one_line;

/// A column.
#[derive(Clone, Copy)]
pub struct Column {
    /// What stands above it.
    pub heading: &'static str,
    /// True for figures, which stand at the right of their column.
    pub right: bool,
}

impl Column {
    /// A column of words.
    pub const fn words(heading: &'static str) -> Self {
        Column { heading, right: false }
    }

    /// A column of figures.
    pub const fn figures(heading: &'static str) -> Self {
        Column { heading, right: true }
    }
}

/// One line of a table.
pub enum Row {
    /// Cells, in the order of the columns; those that are left out are empty.
    Cells(Vec<String>),
    /// A line across, above a sum.
    Rule,
    /// A line of its own, above the rows that it speaks of.
    Group(String),
    /// A line of its own among the rows of a group.
    Line(String),
}

/// A table with a line above and lines below it.
pub struct Table {
    /// What it is about.
    pub title: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: Vec<Row>,
    /// What it comes to, a line each.
    pub remarks: Vec<String>,
}

/// Tables in one of the forms, with an empty line between two.
pub fn render(tables: &[Table], format: Format) -> String {
    let one = |table: &Table| match format {
        Format::Narrated => narrated(table),
        Format::Human | Format::Json => drawn(table, "─"),
        Format::Short => short(table),
    };
    let texts: Vec<String> = tables.iter().map(one).collect();
    let between = if format == Format::Short { "" } else { "\n" };
    texts.join(between)
}

fn drawn(table: &Table, line: &str) -> String {
    let count = |cells: &Vec<String>, at: usize| cells.get(at).map_or(0, |cell| cell.chars().count());
    let width = |at: usize, column: &Column| {
        let cells = table.rows.iter().map(|row| match row {
            Row::Cells(cells) => count(cells, at),
            Row::Rule | Row::Group(_) | Row::Line(_) => 0,
        });
        cells.max().unwrap_or(0).max(column.heading.chars().count())
    };
    let widths: Vec<usize> = table.columns.iter().enumerate().map(|(at, column)| width(at, column)).collect();
    let whole = widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1);
    let row = |cells: &[String]| {
        let padded = table.columns.iter().zip(&widths).enumerate().map(|(at, (column, width))| {
            let cell = cells.get(at).map_or("", String::as_str);
            if column.right { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
        });
        let line = padded.collect::<Vec<_>>().join("  ");
        format!("  {}\n", one_line(line.trim_end()))
    };
    let mut text = format!("{}\n", one_line(&table.title));
    if !table.rows.is_empty() {
        let headings: Vec<String> = table.columns.iter().map(|column| column.heading.to_owned()).collect();
        let across = format!("  {}\n", line.repeat(whole));
        if headings.iter().any(|heading| !heading.is_empty()) {
            text += &row(&headings);
            text += &across;
        }
        for entry in &table.rows {
            match entry {
                Row::Cells(cells) => text += &row(cells),
                Row::Rule => text += &across,
                Row::Group(words) => text += &format!("  {}\n", one_line(words)),
                Row::Line(words) => text += &format!("    {}\n", one_line(words)),
            }
        }
    }
    for remark in &table.remarks {
        text += &format!("  {}\n", one_line(remark));
    }
    text
}

/// One line for each row, with its table's title before it.
fn short(table: &Table) -> String {
    let mut text = String::new();
    let mut group = String::new();
    for row in &table.rows {
        let words = match row {
            Row::Cells(cells) => {
                let cells: Vec<&str> = cells.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).collect();
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

fn narrated(table: &Table) -> String {
    let mut text = format!("{}.\n", one_line(&table.title));
    for row in &table.rows {
        let cells = match row {
            Row::Cells(cells) => cells,
            Row::Group(words) | Row::Line(words) => {
                let words = one_line(words);
                text += &if words.ends_with(':') { format!("{words}\n") } else { format!("{words}.\n") };
                continue;
            }
            Row::Rule => continue,
        };
        let said = table.columns.iter().zip(cells).filter(|(_, cell)| !cell.trim().is_empty());
        let said: Vec<String> = said
            .map(
                |(column, cell)| {
                    if column.heading.is_empty() { cell.trim().to_owned() } else { format!("{}: {}", column.heading, cell.trim()) }
                },
            )
            .collect();
        text += &format!("{}.\n", one_line(&said.join("; ")));
    }
    for remark in &table.remarks {
        text += &format!("{}.\n", one_line(remark));
    }
    text
}

/// Tables as Markdown: a heading each; lines of their own become notes of the row above them.
pub fn markdown(tables: &[Table]) -> String {
    let texts: Vec<String> = tables.iter().map(marked).collect();
    texts.join("\n")
}

fn marked(table: &Table) -> String {
    let width = table.columns.len() + 1;
    let row = |cells: &[String]| {
        let cells = (0..width).map(|at| cells.get(at).map_or_else(String::new, |cell| escaped(cell)));
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
        let headings: Vec<String> = table.columns.iter().map(|column| column.heading.to_owned()).chain(["notes".to_owned()]).collect();
        text += &row(&headings);
        let marks = table.columns.iter().map(|column| if column.right { "---:" } else { "---" }).chain(["---"]);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        Table {
            title: "Fruit".to_owned(),
            columns: vec![Column::words("kind"), Column::figures("count")],
            rows: vec![
                Row::Cells(vec!["äpfel".to_owned(), "3".to_owned()]),
                Row::Cells(vec!["pears".to_owned(), "12".to_owned()]),
                Row::Rule,
                Row::Cells(vec!["all".to_owned(), "15".to_owned()]),
            ],
            remarks: vec!["enough".to_owned()],
        }
    }

    #[test]
    fn columns_stand_below_their_headings() {
        let shown = render(&[table()], Format::Human);
        let wanted = "Fruit\n  kind   count\n  ────────────\n  äpfel      3\n  pears     12\n  ────────────\n  all       15\n  enough\n";
        assert_eq!(shown, wanted);
    }

    #[test]
    fn sentences_and_lines() {
        let sentences = "Fruit.\nkind: äpfel; count: 3.\nkind: pears; count: 12.\nkind: all; count: 15.\nenough.\n";
        assert_eq!(render(&[table()], Format::Narrated), sentences);
        let lines = "Fruit: äpfel | 3\nFruit: pears | 12\nFruit: all | 15\nFruit: enough\n";
        assert_eq!(render(&[table()], Format::Short), lines);
    }
}
