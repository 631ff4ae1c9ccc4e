//! One cheap walk over the raw text before pest sees it: comments, blank lines, how deep brackets go.

use super::DEPTH_LIMIT;
use super::trivia::{Comment, CommentKind, Trivia};

/// What the walk has seen.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// Comments and blank lines.
    pub trivia: Trivia,
    /// Where brackets first go deeper than they may.
    pub too_deep: Option<usize>,
}

fn clip(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

impl Scan {
    /// Walks over a text.
    pub fn new(text: &str) -> Scan {
        let mut scan = Scan::default();
        let bytes = text.as_bytes();
        let mut open: Vec<u8> = Vec::new();
        let (mut at, mut line_blank, mut line_start) = (0, true, 0);
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'\n' => {
                    if line_blank {
                        scan.trivia.blank_lines.push(clip(line_start));
                    }
                    (line_blank, line_start) = (true, at + 1);
                    at += 1;
                }
                b' ' | b'\t' | b'\r' => at += 1,
                b'"' => {
                    line_blank = false;
                    at = string_end(bytes, at);
                }
                b'/' | b'#' => {
                    line_blank = false;
                    at = scan.comment(text, at).unwrap_or(at + 1);
                }
                b'{' | b'(' | b'[' => {
                    line_blank = false;
                    open.push(byte);
                    if open.len() > DEPTH_LIMIT && scan.too_deep.is_none() {
                        scan.too_deep = Some(at);
                    }
                    at += 1;
                }
                b'}' | b')' | b']' => {
                    line_blank = false;
                    close(&mut open, byte);
                    at += 1;
                }
                _ => {
                    line_blank = false;
                    at += 1;
                }
            }
        }
        scan
    }

    fn comment(&mut self, text: &str, at: usize) -> Option<usize> {
        let rest = text.get(at..)?;
        let to_line_end = |rest: &str| rest.find(['\n', '\r']).unwrap_or(rest.len());
        let (kind, length) = if rest.starts_with("/*") {
            (CommentKind::Block, rest.find("*/").map_or(rest.len(), |end| end + 2))
        } else if rest.starts_with("///") && !rest.starts_with("////") {
            (CommentKind::Doc, to_line_end(rest))
        } else if rest.starts_with("//") {
            (CommentKind::Line, to_line_end(rest))
        } else if rest.starts_with('#') {
            (CommentKind::Hash, to_line_end(rest))
        } else {
            return None;
        };
        self.trivia.comments.push(Comment { kind, start: clip(at), end: clip(at + length) });
        Some(at + length)
    }
}

/// Offset behind a string that starts at `at`; it ends at the quote or at the line's end.
fn string_end(bytes: &[u8], at: usize) -> usize {
    let mut at = at + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\n' => return at,
            b'\\' if bytes.get(at + 1).is_some_and(|next| *next != b'\n') => at += 2,
            _ => at += 1,
        }
    }
    at
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
