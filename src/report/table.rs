//! Tables of figures, and how people see them: columns under headings.
//!
//! In: cells as text. Out: text. Cells are never cut: what does not fit makes its column wider, or,
//! where lines have a width, goes on in the next line.

use super::clean::one_line;
use super::look::{Look, Tone, wrap};

/// A column.
#[derive(Clone, Copy)]
pub struct Column {
    /// Its heading.
    pub heading: &'static str,
    /// True for figures, which are aligned to the right and never wrapped.
    pub right: bool,
    /// True for verdicts, which have colours.
    pub verdict: bool,
}

impl Column {
    /// A column of words.
    pub const fn words(heading: &'static str) -> Self {
        Column { heading, right: false, verdict: false }
    }

    /// A column of verdicts.
    pub const fn verdicts(heading: &'static str) -> Self {
        Column { heading, right: false, verdict: true }
    }

    /// A column of figures.
    pub const fn figures(heading: &'static str) -> Self {
        Column { heading, right: true, verdict: false }
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

/// Tables as people read them, with an empty line between two.
pub fn drawn(tables: &[Table], look: Look) -> String {
    let texts: Vec<String> = tables.iter().map(|table| draw(table, look)).collect();
    texts.join("\n")
}

/// Spaces before each line of a table, and between two columns.
const GAP: usize = 2;

fn draw(table: &Table, look: Look) -> String {
    let widths = widths(table, look);
    let whole = widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
    let mut text = String::new();
    let mut lines = |found: Vec<String>, tone: Option<Tone>| {
        for line in found {
            text += &tone.map_or_else(|| line.clone(), |tone| look.paint(tone, &line));
            text.push('\n');
        }
    };
    lines(look.paragraph(0, GAP, &table.title), Some(Tone::Title));
    if !table.rows.is_empty() {
        let across = || vec![format!("{}{}", " ".repeat(GAP), "─".repeat(whole))];
        if table.columns.iter().any(|column| !column.heading.is_empty()) {
            let headings: Vec<String> =
                table.columns.iter().map(|column| column.heading.to_owned()).collect();
            lines(
                row(&table.columns, &widths, &headings, Look { colour: false, ..look }),
                Some(Tone::Faint),
            );
            lines(across(), Some(Tone::Faint));
        }
        for entry in &table.rows {
            match entry {
                Row::Cells(cells) => lines(row(&table.columns, &widths, cells, look), None),
                Row::Rule => lines(across(), Some(Tone::Faint)),
                Row::Group(words) => lines(look.paragraph(GAP, GAP, words), None),
                Row::Line(words) => {
                    let tone = words.trim_start().starts_with("warning:").then_some(Tone::Open);
                    lines(look.paragraph(2 * GAP, GAP, words), tone);
                }
            }
        }
    }
    table.remarks.iter().for_each(|remark| lines(look.paragraph(GAP, GAP, remark), None));
    text
}

/// How wide each column is. Where all of them are wider than a line, the widest columns of words
/// give way, down to their longest word.
fn widths(table: &Table, look: Look) -> Vec<usize> {
    let cells = |at: usize| {
        table.rows.iter().filter_map(move |row| match row {
            Row::Cells(cells) => cells.get(at).map(String::as_str),
            Row::Rule | Row::Group(_) | Row::Line(_) => None,
        })
    };
    let size = |text: &str| text.chars().count();
    let longest = |text: &str| {
        let indent = size(text) - size(text.trim_start_matches(' '));
        indent + text.split(' ').map(size).max().unwrap_or(0)
    };
    let most = |of: &dyn Fn(&str) -> usize| -> Vec<usize> {
        let columns = table.columns.iter().enumerate();
        columns
            .map(|(at, column)| cells(at).map(of).max().unwrap_or(0).max(size(column.heading)))
            .collect()
    };
    let (mut widths, least) = (most(&size), most(&longest));
    let Some(room) = look.width else { return widths };
    let gaps = GAP * widths.len();
    while widths.iter().sum::<usize>() + gaps > room {
        let columns = table.columns.iter().zip(widths.iter_mut().zip(&least));
        let can_give =
            columns.filter(|(column, (width, least))| !column.right && **width > **least);
        let Some((_, (width, _))) = can_give.max_by_key(|(_, (width, _))| **width) else { break };
        *width -= 1;
    }
    widths
}

/// The lines of one row.
fn row(columns: &[Column], widths: &[usize], cells: &[String], look: Look) -> Vec<String> {
    let cells: Vec<Vec<String>> = columns
        .iter()
        .zip(widths)
        .enumerate()
        .map(|(at, (column, width))| {
            let cell = one_line(cells.get(at).map_or("", String::as_str));
            if column.right || look.width.is_none() { vec![cell] } else { wrap(&cell, *width) }
        })
        .collect();
    let height = cells.iter().map(Vec::len).max().unwrap_or(0);
    let line = |number: usize| {
        let padded = columns.iter().zip(widths).zip(&cells).map(|((column, width), lines)| {
            let piece = lines.get(number).map_or("", String::as_str);
            let space = " ".repeat(width.saturating_sub(piece.chars().count()));
            let tone = tone(piece).filter(|_| column.verdict);
            let piece = tone.map_or_else(|| piece.to_owned(), |tone| look.paint(tone, piece));
            if column.right { space + &piece } else { piece + &space }
        });
        let line = padded.collect::<Vec<_>>().join(&" ".repeat(GAP));
        format!("{}{}", " ".repeat(GAP), line.trim_end())
    };
    (0..height).map(line).collect()
}

/// The tone of a verdict.
fn tone(word: &str) -> Option<Tone> {
    match word {
        "met" => Some(Tone::Good),
        "BREACHED" | "short" => Some(Tone::Bad),
        "pending" | "no data" | "open" | "unclear" => Some(Tone::Open),
        _ => None,
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// A table for tests of forms.
    pub fn table() -> Table {
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
        let shown = drawn(&[table()], Look::default());
        let wanted = "Fruit\n  kind   count\n  ────────────\n  äpfel      3\n  pears     12\n  ────────────\n  all       15\n  enough\n";
        assert_eq!(shown, wanted);
    }

    #[test]
    fn columns_of_words_give_way_in_a_narrow_terminal() {
        let table = Table {
            title: "Data".to_owned(),
            columns: vec![
                Column::words("source"),
                Column::figures("rows"),
                Column::verdicts("verdict"),
                Column::words("files"),
            ],
            rows: vec![
                Row::Cells(vec![
                    "outages".to_owned(),
                    "1".to_owned(),
                    "met".to_owned(),
                    "one two.csv three".to_owned(),
                ]),
                Row::Line("a remark that is too long for one line of it".to_owned()),
            ],
            remarks: Vec::new(),
        };
        // The columns are 7, 4, 7 and 17 wide: with two spaces before each 43. In 34 the last has
        // 8, and its longest word fits that.
        let narrow = Look { colour: false, width: Some(34) };
        let wanted = "Data\n\x20 source   rows  verdict  files
  ────────────────────────────────
  outages     1  met      one
                          two.csv
                          three
    a remark that is too long for
      one line of it\n";
        assert_eq!(drawn(std::slice::from_ref(&table), narrow), wanted);
        let coloured = drawn(&[table], Look { colour: true, width: None });
        assert!(coloured.starts_with("\x1b[1mData\x1b[0m\n\x1b[2m  source "), "{coloured}");
        assert!(
            coloured.contains("  outages     1  \x1b[32mmet\x1b[0m      one two.csv three\n"),
            "{coloured}"
        );
    }
}
