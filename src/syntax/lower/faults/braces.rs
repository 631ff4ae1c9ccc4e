//! Braces that are lost, and braces too many.

use super::super::entries::is_statement;
use super::super::expr::shorten;
use super::super::{Lower, Pair};
use crate::base::Span;
use crate::diag::{Code, Finding};
use crate::lang::words::{self, Place};

impl<'a> Lower<'a> {
    /// A statement of the block outside shows that this block was never closed.
    pub(super) fn hoists(
        &mut self,
        entry: &Pair<'a>,
        word: &str,
        place: Place,
        open: Option<Span>,
    ) -> bool {
        let Some(open) = open.filter(|_| self.braces.missing_close > 0) else { return false };
        let outer = matches!(
            place,
            Place::Scope | Place::Tier | Place::Support | Place::Ladder | Place::Calendar
        );
        if !outer || !is_statement(entry.as_rule()) || words::places(word).is_none() {
            return false;
        }
        let line = self.line_number(self.span(entry).start);
        self.report_unclosed(open, Some(line));
        self.debt += 1;
        true
    }

    pub(in crate::syntax::lower) fn line_number(&self, at: u32) -> usize {
        self.text.get(..at as usize).map_or(0, |text| text.bytes().filter(|b| *b == b'\n').count())
            + 1
    }

    /// `tier Silver` for the brace that opens its block.
    pub(super) fn head_of(&self, open: Span) -> String {
        let before = self.text.get(..open.start as usize).unwrap_or("");
        let line = before.rsplit('\n').next().unwrap_or("").trim();
        if line.is_empty() { "{".to_owned() } else { shorten(line) }
    }

    pub(super) fn report_unclosed(&mut self, open: Span, line: Option<usize>) {
        let open = Span { end: open.start + 1, ..open };
        if self.reported_open.contains(&open.start) {
            return;
        }
        self.reported_open.push(open.start);
        let finding =
            Finding::new(Code::Unclosed, open, format!("`{}` is not closed", self.head_of(open)));
        self.report(match line {
            Some(line) => finding.help(format!("write its `}}` before line {line}")),
            None => finding,
        });
    }

    /// The end of a block without its brace; `open` is the block.
    pub(in crate::syntax::lower) fn brace_missing(&mut self, open: Span) {
        if self.debt > 0 {
            self.debt -= 1;
            return;
        }
        if self.braces.missing_close == 0 {
            // All braces pair: a declaration stands inside a block, and the grammar has cut the
            // block there.
            self.early += 1;
            let next =
                Span { start: self.next_token(open.end), end: self.next_token(open.end), ..open };
            let word = self.word_at(next.start);
            let span = Span::new(self.file, next.start as usize, next.start as usize + word.len());
            let finding = Finding::new(
                Code::WrongPlace,
                span,
                format!("`{word}` is not allowed inside another declaration"),
            );
            let head = self.head_of(Span { end: open.start + 1, ..open });
            self.report(
                finding
                    .also(Span { end: open.start + 1, ..open }, format!("inside `{head}`"))
                    .help("move it to file level"),
            );
            return;
        }
        match self.braces.unclosed {
            Some((at, close)) if !self.reported_open.contains(&at) => {
                let line = self.line_number(close);
                self.report_unclosed(
                    Span::new(self.file, at as usize, at as usize + 1),
                    Some(line),
                );
            }
            Some(_) | None => self.report_unclosed(open, None),
        }
    }

    /// A block without its `{`: one `}` further down closes too much.
    pub(in crate::syntax::lower) fn lost_open(&mut self) {
        if self.braces.missing_open > 0 {
            self.early += 1;
        }
    }

    pub(super) fn next_token(&self, from: u32) -> u32 {
        self.trivia.next_token(self.text, from as usize)
    }

    pub(super) fn word_at(&self, at: u32) -> String {
        let rest = self.text.get(at as usize..).unwrap_or("");
        rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    }

    pub(super) fn stray(&mut self, span: Span) {
        if self.early > 0 {
            self.early -= 1;
            return;
        }
        if let Some(at) = self.braces.extra.take() {
            let place = Span::new(self.file, at as usize, at as usize + 1);
            let finding = Finding::new(
                Code::StrayBracket,
                place,
                "this `}` closes a block too early: there is one `}` too many",
            );
            self.report(
                finding
                    .also(span, "this one closes nothing")
                    .help("the text after it is outside the block"),
            );
            return;
        }
        self.report(Finding::new(Code::StrayBracket, span, "this `}` closes nothing"));
    }
}
