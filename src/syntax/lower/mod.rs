//! From pest's pairs to the tree. The grammar takes nearly everything; what is wrong is said here.

mod agree;
mod calendars;
mod declare;
mod entries;
mod expr;
mod faults;
mod literal;
mod money;
mod objective;
mod terms;
mod tests;
mod types;

use ecow::EcoString;
use smallvec::SmallVec;

use super::ast::{Name, Path, Text};
use super::lost::Lost;
use super::parser::Rule;
use super::trivia::Trivia;
use crate::base::{FileId, Span};
use crate::diag::{Code, FINDING_LIMIT, Finding, Level, keep_first};
use crate::syntax::ast::Item;
use crate::syntax::scan::Braces;

/// How many findings of one stretch are kept while it is lowered. Some are taken back when what
/// follows explains them, so more are kept than are shown.
const KEPT: usize = 10 * FINDING_LIMIT;

pub(super) type Pair<'i> = pest::iterators::Pair<'i, Rule>;

/// Lowers one stretch of a file.
pub(super) struct Lower<'a> {
    file: FileId,
    /// The whole file.
    text: &'a str,
    /// Where the parsed stretch begins in it.
    base: usize,
    trivia: &'a Trivia,
    found: Vec<Finding>,
    /// Errors among the findings that were kept.
    errors: usize,
    /// How many findings were made and not kept.
    left_out: usize,
    docs_used: Vec<std::ops::Range<usize>>,
    depth: usize,
    braces: Braces,
    /// Blocks that end without a brace because one inside them was reported as unclosed.
    debt: usize,
    /// Closing braces left over because a declaration cut its block short.
    early: usize,
    /// Opening braces reported as unclosed.
    reported_open: Vec<u32>,
    /// Entries of an unclosed block that belong to the block outside.
    overflow: Vec<Pair<'a>>,
    /// What misspelt statements were taken for.
    rescued: Vec<Item>,
    /// Statements of blocks whose head is lost.
    adopted: Vec<Item>,
    /// What belongs to the item before.
    tail: Tail,
    /// The place of a statement of which too little could be read to say more about it.
    spoiled: Option<Span>,
    lost: Lost,
}

/// What stood behind the head of a statement that was cut short.
#[derive(Default)]
struct Tail {
    /// Its statements.
    items: Vec<Item>,
    /// The tier after `extends`.
    extends: Option<Path>,
}

/// What lowering one stretch gave besides its items.
pub(super) struct Lowered {
    pub found: Vec<Finding>,
    /// How many more findings there are.
    pub left_out: usize,
    /// Doc comments that belong to something, as indices into the comments.
    pub docs: Vec<std::ops::Range<usize>>,
    /// What could not be read.
    pub lost: Lost,
}

impl<'a> Lower<'a> {
    pub(super) fn new(
        file: FileId,
        text: &'a str,
        base: usize,
        trivia: &'a Trivia,
        braces: Braces,
    ) -> Self {
        Lower {
            file,
            text,
            base,
            trivia,
            found: Vec::new(),
            errors: 0,
            left_out: 0,
            docs_used: Vec::new(),
            depth: 0,
            braces,
            debt: 0,
            early: 0,
            reported_open: Vec::new(),
            overflow: Vec::new(),
            rescued: Vec::new(),
            adopted: Vec::new(),
            tail: Tail::default(),
            spoiled: None,
            lost: Lost::default(),
        }
    }

    /// What was found.
    pub(super) fn finish(self) -> Lowered {
        // What can be shown of the whole file is more than enough of one stretch of it.
        let (found, dropped) = keep_first(self.found, FINDING_LIMIT);
        Lowered { found, left_out: self.left_out + dropped, docs: self.docs_used, lost: self.lost }
    }

    /// Takes a finding in. Beyond [`KEPT`] warnings, and as many errors, they are only counted.
    fn report(&mut self, finding: Finding) {
        let is_error = finding.code.level() == Level::Error;
        if self.found.len() < KEPT || (is_error && self.errors < KEPT) {
            self.errors += usize::from(is_error);
            self.found.push(finding);
        } else {
            self.left_out += 1;
        }
    }

    /// The findings from `mark` on, taken out.
    fn found_since(&mut self, mark: usize) -> Vec<Finding> {
        self.found.split_off(mark.min(self.found.len()))
    }

    /// pest could not read the stretch at all.
    pub(super) fn give_up(&mut self, span: Span) {
        self.report(Finding::new(
            Code::NestedTooDeep,
            span,
            "the text is nested too deeply to be read",
        ));
    }

    /// A mandatory part that is not there; `at` is where it should stand.
    fn missing(&mut self, at: Span, message: impl Into<String>, example: &str) {
        let finding = Finding::new(Code::MissingPart, at, message);
        self.report(if example.is_empty() {
            finding
        } else {
            finding.help(format!("for example: `{example}`"))
        });
    }

    /// Remembers the first line of what could not be read.
    fn lose(&mut self, span: Span) {
        let line = self.first_line(span);
        self.lost.add(self.text.get(line.start as usize..line.end as usize).unwrap_or(""));
    }

    /// Reports a hole behind `item` unless the part is there.
    fn need<T>(&mut self, part: Option<&T>, item: Span, message: &str, example: &str) {
        if part.is_none() {
            self.missing(item.after(), message, example);
        }
    }

    /// Where a pair really stands: pest's own end lies behind trailing trivia, ours does not.
    fn span(&self, pair: &Pair<'a>) -> Span {
        let place = pair.as_span();
        let start = self.base + place.start();
        let end = self.trivia.real_end(self.text, self.base + place.end());
        if end < start {
            return Span::new(self.file, end, end);
        }
        Span::new(self.file, start, end)
    }

    fn name(&self, pair: &Pair<'a>) -> Name {
        Name { text: EcoString::from(pair.as_str()), span: self.span(pair) }
    }

    fn path(&self, pair: &Pair<'a>) -> Path {
        self.path_of(pair.as_str(), self.span(pair))
    }

    fn path_of(&self, text: &str, span: Span) -> Path {
        let mut at = span.start as usize;
        let mut parts = SmallVec::new();
        for part in text.split('.') {
            parts.push(Name {
                text: EcoString::from(part),
                span: Span::new(self.file, at, at + part.len()),
            });
            at += part.len() + 1;
        }
        Path { parts }
    }

    /// `A, B, C`
    fn paths(&mut self, pair: Pair<'a>) -> Vec<Path> {
        let mut paths = Vec::new();
        let mut comma: Option<Span> = None;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::comma => {
                    if let Some(before) = comma {
                        self.missing(before.after(), "a name is missing after `,`", "");
                    }
                    comma = Some(self.span(&part));
                }
                _ => {
                    comma = None;
                    paths.push(self.path(&part));
                }
            }
        }
        if let Some(before) = comma {
            self.missing(before.after(), "a name is missing after `,`", "");
        }
        paths.shrink_to_fit();
        paths
    }

    /// The first path below a pair such as `under PATH`.
    fn inner_path(&mut self, pair: Pair<'a>, message: &str) -> Option<Path> {
        let span = self.span(&pair);
        let path = pair
            .into_inner()
            .find(|part| part.as_rule() == Rule::path)
            .map(|part| self.path(&part));
        self.need(path.as_ref(), span, message, "");
        path
    }

    /// The first string below a pair such as `because "…"`.
    fn inner_text(&mut self, pair: Pair<'a>, message: &str) -> Option<Text> {
        let span = self.span(&pair);
        let text = pair
            .into_inner()
            .find(|part| part.as_rule() == Rule::string)
            .map(|part| self.string(part));
        self.need(text.as_ref(), span, message, "");
        text
    }

    /// A part that may be written once.
    fn once<T>(&mut self, slot: &mut Option<T>, value: Option<T>, span: Span, what: &str) {
        if slot.is_some() {
            self.report(Finding::new(Code::RepeatedPart, span, format!("{what} is given twice")));
        } else {
            *slot = value;
        }
    }

    /// The text of `///` lines above `start`.
    fn doc(&mut self, start: u32) -> Option<Text> {
        let range = self.trivia.doc_before(self.text, start as usize)?;
        let comments = self.trivia.comments.get(range.clone())?;
        let line = |from: u32, to: u32| {
            let text =
                self.text.get(from as usize..to as usize).unwrap_or("").trim_start_matches('/');
            text.strip_prefix(' ').unwrap_or(text).trim_end().to_owned()
        };
        let value: Vec<String> =
            comments.iter().map(|comment| line(comment.start, comment.end)).collect();
        let (first, last) = (comments.first()?, comments.last()?);
        let span = Span::new(self.file, first.start as usize, last.end as usize);
        self.docs_used.push(range);
        Some(Text { value: value.join("\n").into(), span })
    }
}
