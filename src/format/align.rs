//! Columns of tables, and of comments behind lines.

use crate::syntax::EntryKind;

/// No column is filled up with more blanks than this.
const MOST_BLANKS: usize = 20;

/// One line of the result.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    /// Blanks at its start.
    pub indent: usize,
    /// True for a blank line above it.
    pub blank_above: bool,
    /// Its text, cut where columns begin.
    pub cells: Vec<Cell>,
    /// The comment behind it.
    pub comment: Option<String>,
    /// True if it is a comment alone.
    pub is_comment: bool,
    /// The table it is a row of: kind of row, and what its columns hold.
    pub table: Option<(EntryKind, Vec<String>)>,
}

/// A part of a line.
#[derive(Clone, Debug, Default)]
pub(super) struct Cell {
    /// Its column, if it is in one.
    pub column: Option<u8>,
    /// Blanks before it, when it is not aligned.
    pub gap: usize,
    /// Its text.
    pub text: String,
}

impl Line {
    /// Characters, comment aside.
    pub(super) fn width(&self) -> usize {
        let cell = |cell: &Cell| cell.gap + cell.text.chars().count();
        self.indent + self.cells.iter().map(cell).sum::<usize>()
    }
}

/// Aligns what stands in columns, and writes the lines.
pub(super) fn write(mut lines: Vec<Line>) -> String {
    columns(&mut lines);
    comments(&mut lines);
    let mut out = String::new();
    for line in &lines {
        if line.blank_above && !out.is_empty() {
            out.push('\n');
        }
        out.extend(std::iter::repeat_n(' ', line.indent));
        for cell in &line.cells {
            out.extend(std::iter::repeat_n(' ', cell.gap));
            out.push_str(&cell.text);
        }
        if let Some(comment) = &line.comment {
            out.push_str(comment);
        }
        out.push('\n');
    }
    out
}

/// Rows of one table that stand together: the same kind of row, columns and depth, with no blank
/// line and no comment between them.
fn columns(lines: &mut [Line]) {
    let together = |one: &Line, next: &Line| {
        one.table.is_some()
            && one.table == next.table
            && one.indent == next.indent
            && !next.blank_above
    };
    for rows in lines.chunk_by_mut(together) {
        if rows.len() < 2 || rows.iter().any(|row| row.table.is_none()) {
            continue;
        }
        let most = rows.iter().flat_map(|row| &row.cells).filter_map(|cell| cell.column).max();
        for column in 0..=most.unwrap_or_default() {
            align(rows, column);
        }
    }
}

fn align(rows: &mut [Line], column: u8) {
    // Where the cell of this column begins in each row, if nothing is added.
    let start = |row: &Line| {
        let at = row.cells.iter().position(|cell| cell.column == Some(column))?;
        let before = row.cells.get(..at)?;
        let width: usize = before.iter().map(|cell| cell.gap + cell.text.chars().count()).sum();
        Some((at, width))
    };
    let starts: Vec<Option<(usize, usize)>> = rows.iter().map(start).collect();
    let gap_of = |row: &Line, at: usize| row.cells.get(at).map_or(0, |cell| cell.gap);
    let ends = rows.iter().zip(&starts).filter_map(|(row, start)| {
        let (at, width) = (*start)?;
        Some(width + gap_of(row, at))
    });
    let Some(target) = ends.max() else { return };
    // A row without the column before has a gap there, however wide it is.
    let follows = |row: &Line, at: usize| {
        let before = at.checked_sub(1).and_then(|before| row.cells.get(before));
        before.and_then(|cell| cell.column) == column.checked_sub(1)
    };
    let too_wide = rows.iter().zip(&starts).any(|(row, start)| {
        start.is_some_and(|(at, width)| follows(row, at) && target - width > MOST_BLANKS)
    });
    if too_wide {
        return;
    }
    for (row, start) in rows.iter_mut().zip(&starts) {
        if let Some((at, width)) = start
            && let Some(cell) = row.cells.get_mut(*at)
        {
            cell.gap = target - width;
        }
    }
}

/// Comments behind lines that follow each other begin in one column.
fn comments(lines: &mut [Line]) {
    let together = |one: &Line, next: &Line| {
        one.comment.is_some() && next.comment.is_some() && !next.blank_above
    };
    for group in lines.chunk_by_mut(together) {
        let longest = group.iter().map(Line::width).max().unwrap_or_default();
        let shortest = group.iter().map(Line::width).min().unwrap_or_default();
        let aligned = longest - shortest + 2 <= MOST_BLANKS;
        for line in group {
            let blanks = if aligned { longest - line.width() + 2 } else { 2 };
            if let Some(comment) = &mut line.comment {
                comment.insert_str(0, &" ".repeat(blanks));
            }
        }
    }
}
