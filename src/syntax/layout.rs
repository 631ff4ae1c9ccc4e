//! Tokens of a text, and what a formatter must know of each: where blocks, entries, clauses and
//! cells of tables begin.
//!
//! In: the text of one file. Out: [`Layout`]. The tree drops how things were written (digits,
//! parentheses, commas, the order of clauses), so a formatter prints tokens and only asks the
//! grammar where each belongs.

use pest::Parser;
use rustc_hash::FxHashMap;

use super::CHUNK;
use super::parser::{Rule, SlaParser};
use super::scan::Scan;
use super::trivia::{CommentKind, is_space};

type Pair<'i> = pest::iterators::Pair<'i, Rule>;

/// All tokens and comments of a text, in order.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// The tokens.
    pub tokens: Vec<Token>,
}

/// A token or comment: bytes `start..end` of the text.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset behind the last byte.
    pub end: usize,
    /// What it is.
    pub kind: TokenKind,
    /// What begins with it.
    pub begins: Begins,
}

/// Kinds of tokens, as far as the space around them depends on it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TokenKind {
    /// A word, number, text or operator: one blank on each side.
    Plain,
    /// `%` and `‰`, and the unit of a rate behind its number: none before it.
    Suffix,
    /// A sign before its operand: none behind it.
    Prefix,
    /// `/` as an operator, which stays as it is written.
    Slash,
    /// `..` and `.`: none on either side.
    Dots,
    /// `,`, `:` and `?`: none before it.
    Comma,
    /// `(` or `[` behind the name it belongs to: none on either side.
    OpenCall,
    /// `(` around a part of an expression: none behind it.
    OpenParen,
    /// `)` and `]`: none before it.
    CloseParen,
    /// `{`
    OpenBrace,
    /// `}`
    CloseBrace,
    /// A comment.
    Comment(CommentKind),
}

/// What begins with a token.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Begins {
    /// Nothing that a formatter asks for.
    #[default]
    Nothing,
    /// A block of entries, with its brace.
    Block,
    /// A declaration, statement or line of a block.
    Entry(EntryKind),
    /// A part of a statement before which a long line may break.
    Clause,
    /// A cell of a table, in the column of this number.
    Column(u8),
}

/// Kinds of entries that a formatter treats in their own way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EntryKind {
    /// Any other.
    Plain,
    /// A row of a `support` table; columns are its clocks.
    SupportRow,
    /// A line of a ladder; its column is what is paid.
    LadderLine,
    /// A row of a `table`; its column is the value.
    TableRow,
    /// A row in a test; columns are its fields.
    TestRow,
    /// Several rows in a test; columns are their fields.
    GeneratedRows,
}

impl Layout {
    /// The tokens of a text that has no errors of syntax; of any other, some tokens are taken for
    /// what they are not.
    pub fn of(text: &str) -> Layout {
        let scan = Scan::new(text, CHUNK);
        if scan.too_deep.is_some() {
            return Layout::default();
        }
        let mut marks = Marks::default();
        let ends = scan.cuts.iter().copied().chain([text.len()]);
        for (from, to) in std::iter::once(0).chain(scan.cuts.iter().copied()).zip(ends) {
            if let Ok(pairs) = SlaParser::parse(Rule::file, text.get(from..to).unwrap_or("")) {
                marks.base = from;
                pairs.for_each(|pair| marks.visit(pair, None));
            }
        }
        marks.layout(text, &scan)
    }
}

/// What the grammar says of a text, by offset.
#[derive(Default)]
struct Marks {
    base: usize,
    /// Ends and kinds of the grammar's smallest parts.
    parts: Vec<(usize, usize, TokenKind)>,
    begins: FxHashMap<usize, Begins>,
    /// Brackets that belong to the name before them.
    calls: FxHashMap<usize, ()>,
}

impl Marks {
    fn begin(&mut self, at: usize, what: Begins) {
        self.begins.insert(self.base + at, what);
    }

    fn visit(&mut self, pair: Pair<'_>, parent: Option<Rule>) {
        let (rule, start, end) = (pair.as_rule(), pair.as_span().start(), pair.as_span().end());
        let holds_entries = match rule {
            Rule::file | Rule::block | Rule::table_rows | Rule::rows_block => true,
            // Fields of a type stay on its line.
            Rule::fields => parent == Some(Rule::source),
            _ => false,
        };
        if holds_entries && rule != Rule::file {
            self.begin(start, Begins::Block);
        }
        if matches!(rule, Rule::args | Rule::index | Rule::params | Rule::table_keys) {
            self.calls.insert(self.base + start, ());
        }
        if rule == Rule::string {
            return self.part(start, end, TokenKind::Plain);
        }
        let text = pair.as_str();
        let mut inner = pair.into_inner().peekable();
        if inner.peek().is_none() {
            let kind = match rule {
                // `to` between two days is a word.
                Rule::dots if text.starts_with("..") => TokenKind::Dots,
                _ => kind_of(rule),
            };
            return self.part(start, end, kind);
        }
        let mut after_equals = false;
        let mut fields = 0;
        for child in inner {
            let (kind, at) = (child.as_rule(), child.as_span().start());
            let is_brace =
                matches!(kind, Rule::open_brace | Rule::close_brace | Rule::brace_missing);
            if holds_entries && !is_brace && kind != Rule::EOI {
                self.begin(at, Begins::Entry(entry_kind(kind)));
            }
            match (rule, kind) {
                (
                    Rule::objective,
                    Rule::during
                    | Rule::by
                    | Rule::where_
                    | Rule::if_
                    | Rule::since
                    | Rule::missing_counts
                    | Rule::first_window
                    | Rule::kept_here,
                ) => self.begin(at, Begins::Clause),
                (Rule::metric, Rule::eq) => after_equals = true,
                (Rule::metric, Rule::expr) if after_equals => self.begin(at, Begins::Clause),
                (Rule::support_row, Rule::cell) => {
                    let column = match child.as_str().as_bytes() {
                        [b'u', ..] => 2,
                        [b'r', b'e', b's', b'p', ..] => 0,
                        _ => 1,
                    };
                    self.begin(at, Begins::Column(column));
                }
                (Rule::line, Rule::remedy) => self.begin(at, Begins::Column(0)),
                (Rule::table_row, Rule::amount) => self.begin(at, Begins::Column(0)),
                (Rule::test_row | Rule::generated, Rule::row_value) => {
                    self.begin(at, Begins::Column(fields));
                    fields = fields.saturating_add(1);
                }
                _ => {}
            }
            self.visit(child, Some(rule));
        }
    }

    fn part(&mut self, start: usize, end: usize, kind: TokenKind) {
        if start < end {
            self.parts.push((self.base + start, self.base + end, kind));
        }
    }

    /// Cuts the text into tokens: the grammar's parts at their blanks, and what is between them.
    fn layout(mut self, text: &str, scan: &Scan) -> Layout {
        self.parts.sort_unstable_by_key(|part| (part.0, part.1));
        let mut tokens = Vec::new();
        let mut parts = self.parts.iter().peekable();
        let mut comments = scan.trivia.comments.iter().peekable();
        let mut at = 0;
        while at < text.len() {
            let rest = text.get(at..).unwrap_or("");
            let blank = rest.len() - rest.trim_start_matches(is_space).len();
            if blank > 0 {
                at += blank;
                continue;
            }
            while comments.next_if(|comment| (comment.start as usize) < at).is_some() {}
            if let Some(comment) = comments.next_if(|comment| comment.start as usize == at) {
                let end = comment.end as usize;
                let kind = TokenKind::Comment(comment.kind);
                tokens.push(Token { start: at, end, kind, begins: Begins::Nothing });
                at = end;
                continue;
            }
            while parts.next_if(|part| part.1 <= at).is_some() {}
            let part = parts.peek().filter(|part| part.0 <= at).copied().copied();
            let (end, kind) = match part {
                // A part may hold blanks and comments: `earn back`.
                Some((_, end, kind)) => {
                    let inside = text.get(at..end).unwrap_or("");
                    let is_text =
                        inside.starts_with(['"', '“', '„', '«', '\'', '‘', '”', '’', '»']);
                    let stop = if is_text { None } else { inside.find(is_space) };
                    let comment = comments.peek().map(|comment| comment.start as usize);
                    let end = stop.map_or(end, |length| at + length);
                    (comment.filter(|comment| !is_text && *comment < end).unwrap_or(end), kind)
                }
                None => {
                    let next = parts.peek().map_or(text.len(), |part| part.0);
                    let end = at + between(text.get(at..next).unwrap_or(rest));
                    (end, punctuation(text.get(at..end).unwrap_or("")))
                }
            };
            let end = end.max(at + rest.chars().next().map_or(1, char::len_utf8));
            let kind = match kind {
                TokenKind::OpenParen if self.calls.contains_key(&at) => TokenKind::OpenCall,
                kind => kind,
            };
            let begins = self.begins.get(&at).copied().unwrap_or_default();
            tokens.push(Token { start: at, end, kind, begins });
            at = end;
        }
        Layout { tokens }
    }
}

/// How much of a text that the grammar has no name for is one token: a word, or a character.
fn between(text: &str) -> usize {
    let word =
        text.len() - text.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_').len();
    if word > 0 { word } else { text.chars().next().map_or(1, char::len_utf8) }
}

fn punctuation(text: &str) -> TokenKind {
    match text {
        "," | ":" | "?" => TokenKind::Comma,
        "." => TokenKind::Dots,
        "(" | "[" => TokenKind::OpenParen,
        ")" | "]" => TokenKind::CloseParen,
        "{" => TokenKind::OpenBrace,
        "}" => TokenKind::CloseBrace,
        _ => TokenKind::Plain,
    }
}

fn kind_of(rule: Rule) -> TokenKind {
    match rule {
        Rule::percent | Rule::permille | Rule::rate_unit => TokenKind::Suffix,
        Rule::op_neg => TokenKind::Prefix,
        Rule::op_div => TokenKind::Slash,
        Rule::op_range => TokenKind::Dots,
        Rule::comma | Rule::colon | Rule::optional => TokenKind::Comma,
        Rule::close_paren => TokenKind::CloseParen,
        Rule::open_brace => TokenKind::OpenBrace,
        Rule::close_brace => TokenKind::CloseBrace,
        _ => TokenKind::Plain,
    }
}

fn entry_kind(rule: Rule) -> EntryKind {
    match rule {
        Rule::support_row => EntryKind::SupportRow,
        Rule::line => EntryKind::LadderLine,
        Rule::table_row => EntryKind::TableRow,
        Rule::test_row => EntryKind::TestRow,
        Rule::generated => EntryKind::GeneratedRows,
        _ => EntryKind::Plain,
    }
}
