//! Where lines break and what is between tokens.

use crate::syntax::{Begins, EntryKind, Layout, Token, TokenKind};

use super::align::{Cell, Line, write};

/// Characters of a line that is not broken further.
const WIDTH: usize = 120;

/// Blanks of each level.
const STEP: usize = 2;

/// The text in the style of the language.
pub(super) fn print(text: &str, layout: &Layout) -> String {
    let mut printer = Printer { text, tokens: &layout.tokens, lines: Vec::new() };
    printer.entries(0, layout.tokens.len(), 0);
    let written = write(printer.lines);
    let written = if text.starts_with('\u{FEFF}') { format!("\u{FEFF}{written}") } else { written };
    let first_end = text.find('\n').and_then(|at| at.checked_sub(1));
    let is_crlf = first_end.is_some_and(|at| text.as_bytes().get(at) == Some(&b'\r'));
    if is_crlf { written.replace('\n', "\r\n") } else { written }
}

struct Printer<'t> {
    text: &'t str,
    tokens: &'t [Token],
    lines: Vec<Line>,
}

/// How an entry is laid out, found step by step until every line fits that can.
#[derive(Clone, Default)]
struct Breaks {
    /// Blocks of the entry, by their `{`, with one entry on each line.
    blocks: Vec<usize>,
    /// Clauses that begin a line although the writer did not put them on one.
    clauses: Vec<usize>,
}

/// What is open while an entry is printed.
#[derive(Default)]
struct Continued {
    /// Lines printed of the entry so far.
    line: usize,
    /// Numbers of the lines that opened the brackets that are open.
    open: Vec<usize>,
    /// True after a break outside brackets.
    outside: bool,
}

impl Continued {
    /// How far the next line is indented, which may begin with a bracket that closes.
    fn indent(&mut self, closes: bool) -> usize {
        self.line += 1;
        let mut lines = self.open.clone();
        if closes {
            lines.pop();
        }
        lines.dedup();
        self.outside |= self.open.is_empty();
        STEP * (usize::from(self.outside) + lines.len())
    }

    fn see(&mut self, kind: TokenKind) {
        match kind {
            TokenKind::OpenParen | TokenKind::OpenCall | TokenKind::OpenBrace => {
                self.open.push(self.line)
            }
            TokenKind::CloseParen | TokenKind::CloseBrace => {
                self.open.pop();
            }
            _ => {}
        }
    }
}

impl<'t> Printer<'t> {
    fn token(&self, at: usize) -> Option<Token> {
        self.tokens.get(at).copied()
    }

    fn word(&self, token: Token) -> &'t str {
        let word = self.text.get(token.start..token.end).unwrap_or("");
        if is_comment(token) { word.trim_end() } else { word }
    }

    /// Line ends between a token and the one before it.
    fn line_ends(&self, at: usize) -> usize {
        let from = at.checked_sub(1).and_then(|before| self.token(before)).map_or(0, |it| it.end);
        let to = self.token(at).map_or(self.text.len(), |token| token.start);
        self.text.get(from..to).unwrap_or("").matches('\n').count()
    }

    fn begins_line(&self, at: usize) -> bool {
        at == 0 || self.line_ends(at) > 0
    }

    /// True for a comment on a line of its own.
    fn is_own_line(&self, at: usize) -> bool {
        self.token(at).is_some_and(is_comment) && self.begins_line(at)
    }

    /// The `}` of a `{`, or the last token.
    fn closing(&self, open: usize) -> usize {
        let mut depth = 0_usize;
        for (at, token) in self.tokens.iter().enumerate().skip(open) {
            match token.kind {
                TokenKind::OpenBrace => depth += 1,
                TokenKind::CloseBrace => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return at;
            }
        }
        self.tokens.len().saturating_sub(1)
    }

    /// Prints what lies between two tokens, one entry on each line.
    fn entries(&mut self, from: usize, to: usize, indent: usize) {
        let mut at = from;
        while at < to {
            let first = at == from;
            let lines = self.lines.len();
            if self.is_own_line(at) {
                self.comment_line(at, indent);
                at += 1;
            } else {
                let end = self.entry_end(at, to);
                let blank = self.line_ends(at) > 1;
                self.entry(at, end, indent);
                if let Some(line) = self.lines.get_mut(lines) {
                    line.blank_above = blank;
                }
                at = end;
            }
            if first && let Some(line) = self.lines.get_mut(lines) {
                line.blank_above = false;
            }
        }
    }

    fn comment_line(&mut self, at: usize, indent: usize) {
        let Some(token) = self.token(at) else { return };
        let text = self.word(token).to_owned();
        self.lines.push(Line {
            indent,
            blank_above: self.line_ends(at) > 1,
            cells: vec![Cell { text, ..Cell::default() }],
            is_comment: true,
            ..Line::default()
        });
    }

    /// Where the entry that begins with a token ends: before the next one, and before the comments
    /// above that.
    fn entry_end(&self, from: usize, to: usize) -> usize {
        let mut depth = 0_usize;
        let mut end = to;
        for at in from..to {
            let Some(token) = self.token(at) else { break };
            match token.kind {
                TokenKind::OpenBrace => depth += 1,
                TokenKind::CloseBrace => depth = depth.saturating_sub(1),
                _ => {}
            }
            if at > from && depth == 0 && matches!(token.begins, Begins::Entry(_)) {
                end = at;
                break;
            }
        }
        while end > from + 1 && self.is_own_line(end - 1) {
            end -= 1;
        }
        end
    }

    /// Blocks of an entry by their braces, without those inside them.
    fn own_blocks(&self, from: usize, to: usize) -> Vec<(usize, usize)> {
        let mut blocks = Vec::new();
        let mut at = from;
        while at < to {
            if self.token(at).is_some_and(|token| token.begins == Begins::Block) {
                let close = self.closing(at);
                blocks.push((at, close));
                at = close;
            }
            at += 1;
        }
        blocks
    }

    fn entry(&mut self, from: usize, to: usize, indent: usize) {
        let blocks = self.own_blocks(from, to);
        let mut breaks = Breaks::default();
        let broken = |(open, close): &&(usize, usize)| {
            (*open + 1..=*close)
                .any(|at| self.begins_line(at) || self.token(at).is_some_and(is_comment))
        };
        breaks.blocks = blocks.iter().filter(broken).map(|(open, _)| *open).collect();
        let start = self.lines.len();
        // Each round breaks one more block or clause.
        loop {
            self.lines.truncate(start);
            let tokens = self.lay_out(from, to, indent, &breaks);
            let long = self.lines.get(start..).unwrap_or_default().iter().zip(&tokens);
            let long = long.filter(|(line, _)| line.width() > WIDTH && !line.is_comment);
            let mut rows = long.map(|(_, (first, last))| *first..*last);
            let next = rows.find_map(|row| {
                let block = blocks.iter().find(|(open, close)| {
                    row.contains(open) && *close > open + 1 && !breaks.blocks.contains(open)
                });
                block.map(|(open, _)| Ok(*open)).or_else(|| self.clause_in(row).map(Err))
            });
            match next {
                Some(Ok(block)) => breaks.blocks.push(block),
                Some(Err(clause)) => breaks.clauses.push(clause),
                None => break,
            }
        }
    }

    /// The clause of a line that is too long with which the next line begins: the first where none
    /// begins the line itself, else the last before which the line fits.
    fn clause_in(&self, row: std::ops::Range<usize>) -> Option<usize> {
        let is_clause =
            |at: &usize| self.token(*at).is_some_and(|token| token.begins == Begins::Clause);
        let mut inside = (row.start + 1..row.end).filter(is_clause);
        if !is_clause(&row.start) {
            return inside.next();
        }
        let fits = |at: &usize| {
            let width: usize = (row.start..*at)
                .map(|at| {
                    let before = if at == row.start { 0 } else { self.gap(at - 1, at) };
                    before + self.token(at).map_or(0, |token| self.word(token).chars().count())
                })
                .sum();
            width + 2 * STEP <= WIDTH
        };
        let all: Vec<usize> = inside.collect();
        all.iter().copied().rev().find(|at| fits(at)).or_else(|| all.first().copied())
    }

    /// Prints an entry, and returns the tokens of each of its lines; of lines inside broken blocks,
    /// nothing.
    fn lay_out(
        &mut self,
        from: usize,
        to: usize,
        indent: usize,
        breaks: &Breaks,
    ) -> Vec<(usize, usize)> {
        let start = self.lines.len();
        let mut rows = vec![(from, from)];
        let kind = match self.token(from).map(|token| token.begins) {
            Some(Begins::Entry(kind)) => kind,
            _ => EntryKind::Plain,
        };
        let mut line = Line { indent, cells: vec![Cell::default()], ..Line::default() };
        let mut continued = Continued::default();
        let mut is_table = kind != EntryKind::Plain;
        let mut at = from;
        // The comment before ends the line.
        let mut ended = false;
        while at < to {
            let Some(token) = self.token(at) else { break };
            let is_first = at == from;
            let own_line = self.is_own_line(at);
            if !is_first && (self.begins_line(at) || ended || breaks.clauses.contains(&at)) {
                is_table = false;
                let closes = matches!(token.kind, TokenKind::CloseParen | TokenKind::CloseBrace);
                let more = continued.indent(closes);
                let cells = vec![Cell::default()];
                let next = Line { indent: indent + more, cells, ..Line::default() };
                self.lines.push(std::mem::replace(&mut line, next));
                rows.push((at, at));
                ended = false;
            }
            if is_comment(token) {
                if own_line {
                    line.is_comment = true;
                    push(&mut line, 0, self.word(token));
                } else {
                    line.comment = Some(self.word(token).to_owned());
                }
                ended = true;
                at += 1;
                continue;
            }
            let starts_line = rows.last().is_some_and(|row| row.0 == at);
            let gap = if starts_line { 0 } else { self.gap(at - 1, at) };
            if token.begins == Begins::Block && breaks.blocks.contains(&at) {
                is_table = false;
                push(&mut line, gap, "{");
                let close = self.closing(at);
                at += 1;
                if at < close && self.token(at).is_some_and(is_comment) && !self.begins_line(at) {
                    line.comment = self.token(at).map(|token| self.word(token).to_owned());
                    at += 1;
                }
                if let Some(row) = rows.last_mut() {
                    row.1 = at;
                }
                let next = Line { indent, cells: vec![Cell::default()], ..Line::default() };
                self.lines.push(std::mem::replace(&mut line, next));
                self.entries(at, close, indent + STEP);
                rows.resize(self.lines.len() - start, (close, close));
                rows.push((close, close));
                push(&mut line, 0, "}");
                at = close + 1;
            } else if token.begins == Begins::Block {
                let close = self.closing(at);
                let flat = self.flat(at, close + 1);
                push(&mut line, gap, &flat);
                at = close + 1;
            } else {
                if let Begins::Column(column) = token.begins
                    && !starts_line
                {
                    line.cells.push(Cell { column: Some(column), gap, text: String::new() });
                    push(&mut line, 0, self.word(token));
                } else {
                    push(&mut line, gap, self.word(token));
                }
                continued.see(token.kind);
                at += 1;
            }
            if let Some(row) = rows.last_mut() {
                row.1 = at;
            }
        }
        if is_table && !line.is_comment {
            line.table = Some((kind, self.columns(from, to, kind)));
        }
        self.lines.push(line);
        rows
    }

    /// What the columns of a row hold, where rows with other columns are no part of the same table.
    fn columns(&self, from: usize, to: usize, kind: EntryKind) -> Vec<String> {
        if !matches!(kind, EntryKind::TestRow | EntryKind::GeneratedRows) {
            return Vec::new();
        }
        let tokens = self.tokens.get(from..to).unwrap_or_default().iter();
        let fields = tokens.filter(|token| matches!(token.begins, Begins::Column(_)));
        fields.map(|token| self.word(*token).to_owned()).collect()
    }

    /// Tokens on one line.
    fn flat(&self, from: usize, to: usize) -> String {
        let mut out = String::new();
        for at in from..to {
            let Some(token) = self.token(at) else { break };
            let gap = if at == from { 0 } else { self.gap(at - 1, at) };
            out.extend(std::iter::repeat_n(' ', gap));
            out.push_str(self.word(token));
        }
        out
    }

    /// Blanks between two tokens that follow each other on a line.
    fn gap(&self, one: usize, next: usize) -> usize {
        let (Some(before), Some(token)) = (self.token(one), self.token(next)) else { return 1 };
        if let Begins::Entry(_) = token.begins
            && before.kind != TokenKind::OpenBrace
        {
            return 2;
        }
        match (before.kind, token.kind) {
            (TokenKind::OpenBrace, TokenKind::CloseBrace) => 0,
            (TokenKind::OpenBrace, _) | (_, TokenKind::CloseBrace) => 1,
            (
                TokenKind::OpenCall | TokenKind::OpenParen | TokenKind::Dots | TokenKind::Prefix,
                _,
            ) => 0,
            (
                _,
                TokenKind::Comma
                | TokenKind::Suffix
                | TokenKind::CloseParen
                | TokenKind::OpenCall
                | TokenKind::Dots,
            ) => 0,
            (TokenKind::Slash, _) => usize::from(!self.is_glued(one)),
            (_, TokenKind::Slash) => usize::from(!self.is_glued(next)),
            _ => self.column_gap(next, token),
        }
    }

    /// Two blanks before a cell, one where it follows the name of its row.
    fn column_gap(&self, at: usize, token: Token) -> usize {
        let Begins::Column(_) = token.begins else { return 1 };
        let mut before = self
            .tokens
            .get(..at)
            .unwrap_or_default()
            .iter()
            .rev()
            .take_while(|token| !matches!(token.begins, Begins::Block));
        // The entry that the cell is in, and whether another cell stands before it.
        let mut cells = 0;
        let kind = before.find_map(|token| match token.begins {
            Begins::Entry(kind) => Some(kind),
            Begins::Column(_) => {
                cells += 1;
                None
            }
            _ => None,
        });
        match kind {
            Some(EntryKind::TestRow | EntryKind::GeneratedRows) => 2,
            Some(EntryKind::SupportRow) if cells > 0 => 2,
            _ => 1,
        }
    }

    /// True if an operator is written without blanks on both sides.
    fn is_glued(&self, at: usize) -> bool {
        let ends = at.checked_sub(1).and_then(|before| self.token(before)).map(|it| it.end);
        let starts = self.token(at + 1).map(|it| it.start);
        self.token(at).is_some_and(|it| ends == Some(it.start) && starts == Some(it.end))
    }
}

fn is_comment(token: Token) -> bool {
    matches!(token.kind, TokenKind::Comment(_))
}

fn push(line: &mut Line, gap: usize, text: &str) {
    if let Some(cell) = line.cells.last_mut() {
        cell.text.extend(std::iter::repeat_n(' ', gap));
        cell.text.push_str(text);
    }
}
