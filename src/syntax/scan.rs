//! One cheap walk over the raw text before pest sees it: comments, blank lines, braces, how deep
//! brackets go, where the text can be cut.

use super::DEPTH_LIMIT;
use super::trivia::{Comment, CommentKind, Trivia};
use crate::lang::words::{self, Place};

/// How the braces of a text pair up, by their number and by their columns.
#[derive(Clone, Debug, Default)]
pub(super) struct Braces {
    /// How many `{` have no `}`.
    pub missing_close: usize,
    /// The first `{` whose block seems to lack its `}`, and the `}` that shows it: it stands
    /// further left.
    pub unclosed: Option<(u32, u32)>,
    /// The first `}` that stands further right than the line of the `{` it closes, where there is a
    /// `}` too many.
    pub extra: Option<u32>,
    /// How many `}` have no `{`.
    pub missing_open: usize,
}

/// What the walk has seen.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// Comments and blank lines.
    pub trivia: Trivia,
    /// Where brackets first go deeper than they may.
    pub too_deep: Option<usize>,
    /// How the braces pair up.
    pub braces: Braces,
    /// Offsets at which the text can be cut into chunks that are parsed by themselves.
    pub cuts: Vec<usize>,
    /// `/*` that are never closed.
    pub open_comment: Option<usize>,
}

/// A `{` that waits for its `}`.
struct Open {
    at: usize,
    indent: usize,
}

struct Walk<'t> {
    text: &'t str,
    scan: Scan,
    brackets: Vec<u8>,
    layout: Vec<Open>,
    depth: usize,
    line_start: usize,
    line_blank: bool,
    chunk: usize,
    last_cut: usize,
    /// The last byte that was neither white space nor comment.
    last_solid: Option<usize>,
}

fn clip(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

impl Scan {
    /// Walks over a text; cuts lie at least `chunk` bytes apart.
    pub fn new(text: &str, chunk: usize) -> Scan {
        let walk = Walk {
            text,
            scan: Scan::default(),
            brackets: Vec::new(),
            layout: Vec::new(),
            depth: 0,
            line_start: 0,
            line_blank: true,
            chunk,
            last_cut: 0,
            last_solid: None,
        };
        walk.run()
    }
}

impl Walk<'_> {
    fn run(mut self) -> Scan {
        let bytes = self.text.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            at = match byte {
                b'\n' => self.line_end(at),
                b' ' | b'\t' | b'\r' => at + 1,
                b'/' | b'#' => self.comment(at).unwrap_or_else(|| self.solid(at, at + 1)),
                b'"' => {
                    let end = string_end(self.text, at);
                    self.solid(at, end)
                }
                0xC2 | 0xE2 => {
                    let end = curly_end(self.text, at);
                    self.solid(at, end)
                }
                _ => {
                    self.bracket(at, byte);
                    self.solid(at, at + 1)
                }
            };
        }
        self.finish()
    }

    fn line_end(&mut self, at: usize) -> usize {
        (self.line_blank, self.line_start) = (true, at + 1);
        if self.brackets.is_empty()
            && at + 1 - self.last_cut >= self.chunk
            && self.cuts_here(at + 1)
        {
            self.scan.cuts.push(at + 1);
            self.last_cut = at + 1;
        }
        at + 1
    }

    fn solid(&mut self, from: usize, to: usize) -> usize {
        self.line_blank = false;
        self.last_solid = Some(from.max(to.saturating_sub(1)));
        to
    }

    /// A line in the first column that begins with the word of a declaration, behind something
    /// complete.
    fn cuts_here(&self, at: usize) -> bool {
        let rest = self.text.get(at..).unwrap_or("");
        let word = rest.split(|c: char| !c.is_ascii_lowercase()).next().unwrap_or("");
        let follows = rest.get(word.len()..).unwrap_or("").trim_start_matches([' ', '\t']);
        let named = follows.len() < rest.len() - word.len()
            && follows.starts_with(|c: char| c.is_alphabetic() || c == '"' || c == '_');
        if !named || !words::places(word).is_some_and(|places| places.contains(&Place::File)) {
            return false;
        }
        let Some(last) = self.last_solid else { return true };
        let before = self.text.get(..=last).unwrap_or("");
        let tail: String =
            before.chars().rev().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let tail: String = tail.chars().rev().collect();
        if tail.is_empty() {
            before.ends_with(['}', '"', ')', '%'])
        } else {
            !words::is_reserved(&tail) && words::places(&tail).is_none()
        }
    }

    fn bracket(&mut self, at: usize, byte: u8) {
        match byte {
            b'{' | b'(' | b'[' => {
                self.brackets.push(byte);
                if self.brackets.len() > DEPTH_LIMIT && self.scan.too_deep.is_none() {
                    self.scan.too_deep = Some(at);
                }
                if byte == b'{' {
                    self.depth += 1;
                    let line = self.text.get(self.line_start..at).unwrap_or("");
                    self.layout.push(Open { at, indent: line.len() - line.trim_start().len() });
                }
            }
            b'}' | b')' | b']' => {
                close(&mut self.brackets, byte);
                if byte == b'}' {
                    self.close_brace(at);
                }
            }
            _ => {}
        }
    }

    fn close_brace(&mut self, at: usize) {
        match self.depth.checked_sub(1) {
            Some(depth) => self.depth = depth,
            None => self.scan.braces.missing_open += 1,
        }
        let column = at - self.line_start;
        let Some(open) = self.layout.last() else { return };
        if !self.line_blank || column == open.indent {
            self.layout.pop();
            return;
        }
        if column > open.indent {
            self.scan.braces.extra.get_or_insert(clip(at));
            return;
        }
        self.scan.braces.unclosed.get_or_insert((clip(open.at), clip(at)));
        while self.layout.last().is_some_and(|open| open.indent > column) {
            self.layout.pop();
        }
        if self.layout.last().is_some_and(|open| open.indent == column) {
            self.layout.pop();
        }
    }

    fn comment(&mut self, at: usize) -> Option<usize> {
        let rest = self.text.get(at..)?;
        let to_line_end = |rest: &str| rest.find(['\n', '\r']).unwrap_or(rest.len());
        let (kind, length) = if rest.starts_with("/*") {
            let end = rest.get(2..).and_then(|inner| inner.find("*/")).map(|end| end + 4);
            if end.is_none() {
                self.scan.open_comment = Some(at);
            }
            (CommentKind::Block, end.unwrap_or(rest.len()))
        } else if rest.starts_with("///") && !rest.starts_with("////") {
            (CommentKind::Doc, to_line_end(rest))
        } else if rest.starts_with("//") {
            (CommentKind::Line, to_line_end(rest))
        } else if rest.starts_with('#') {
            (CommentKind::Hash, to_line_end(rest))
        } else {
            return None;
        };
        self.line_blank = false;
        self.scan.trivia.comments.push(Comment { kind, start: clip(at), end: clip(at + length) });
        if let Some(last) = rest.get(..length).and_then(|comment| comment.rfind('\n')) {
            self.line_start = at + last + 1;
        }
        Some(at + length)
    }

    fn finish(mut self) -> Scan {
        let braces = &mut self.scan.braces;
        braces.missing_close = self.depth;
        // Columns speak only where the numbers say that something is wrong.
        if braces.missing_close == 0 {
            braces.unclosed = None;
        } else if braces.unclosed.is_none() {
            braces.unclosed = self.layout.last().map(|open| (clip(open.at), clip(self.text.len())));
        }
        if braces.missing_open == 0 {
            braces.extra = None;
        }
        if braces.missing_close + braces.missing_open > 0 {
            // Only the whole text shows what a lost brace does to the rest.
            self.scan.cuts.clear();
        }
        self.scan
    }
}

/// Offset behind a string that starts at `at`: the quote, the line's end, or the `{` that ends a
/// line without a quote.
fn string_end(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let start = at;
    let mut at = at + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\n' | b'\r' => break,
            b'\\' if bytes.get(at + 1).is_some_and(|next| !matches!(*next, b'\n' | b'\r')) => {
                at += 2
            }
            _ => at += 1,
        }
    }
    let line = text.get(start..at.min(text.len())).unwrap_or("").trim_end();
    if line.ends_with('{') { start + line.len() - 1 } else { at.min(text.len()) }
}

/// Offset behind typographic quotes that start at `at`, or behind the one character there.
fn curly_end(text: &str, at: usize) -> usize {
    let Some(rest) = text.get(at..) else { return at + 1 };
    let width = rest.chars().next().map_or(1, char::len_utf8);
    if !rest.starts_with(['“', '„', '«']) {
        return at + width;
    }
    let inner = rest.get(width..).unwrap_or("");
    match inner.find(['“', '”', '»', '"', '\n', '\r']) {
        Some(end) if !inner.get(end..).is_some_and(|tail| tail.starts_with(['\n', '\r'])) => {
            at + width
                + end
                + inner.get(end..).and_then(|tail| tail.chars().next()).map_or(1, char::len_utf8)
        }
        Some(end) => at + width + end,
        None => text.len(),
    }
}

/// A brace closes everything that was opened inside it; other closers close only their own kind.
fn close(open: &mut Vec<u8>, byte: u8) {
    let opener = match byte {
        b'}' => b'{',
        b')' => b'(',
        _ => b'[',
    };
    if byte == b'}' {
        if let Some(at) = open.iter().rposition(|b| *b == opener) {
            open.truncate(at);
        }
    } else if open.last() == Some(&opener) {
        open.pop();
    }
}

/// True for characters that cannot be seen, or that turn the direction of the text.
pub(super) fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{00}'..='\u{08}' | '\u{0B}' | '\u{0C}' | '\u{0E}'..='\u{1F}' | '\u{7F}'..='\u{9F}' | '\u{AD}' | '\u{61C}' | '\u{180E}'
        | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}'
        | '\u{E0001}' | '\u{E0020}'..='\u{E007F}')
}

/// Runs of hidden characters: where they start and end, and the first of each.
///
/// Joiners between letters and pictures are part of how those are written.
pub(super) fn hidden_runs(text: &str) -> Vec<(usize, usize, char)> {
    let mut runs: Vec<(usize, usize, char)> = Vec::new();
    if text.bytes().all(|byte| matches!(byte, b'\t' | b'\n' | b'\r' | 0x20..=0x7E)) {
        return runs;
    }
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        let joins =
            matches!(c, '\u{200C}' | '\u{200D}' | '\u{E0020}'..='\u{E007F}') && !before.is_ascii();
        if is_hidden(c) && !joins && !(at == 0 && c == '\u{FEFF}') {
            match runs.last_mut() {
                Some((_, end, _)) if *end == at => *end = at + c.len_utf8(),
                Some(_) | None => runs.push((at, at + c.len_utf8(), c)),
            }
        }
        before = c;
    }
    runs
}
