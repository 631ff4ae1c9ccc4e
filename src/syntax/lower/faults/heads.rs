//! Blocks under a head that is none: what the head was meant to be, and to whom the contents
//! belong.

use super::super::expr::shorten;
use super::super::{Lower, Pair, Tail};
use super::{Before, expected};
use crate::base::{Span, closest};
use crate::diag::{Code, Finding};
use crate::lang::words::{self, Place};
use crate::syntax::ast::{Block, Declaration, Item, ItemKind, Path, Tier};
use crate::syntax::parser::Rule;

impl<'a> Lower<'a> {
    /// A block under a head that is none: its contents are kept.
    pub(super) fn odd_block(
        &mut self,
        pair: Pair<'a>,
        span: Span,
        place: Place,
        before: Option<&Before>,
    ) {
        let (mut head, mut block) = (None, None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::odd_head => head = Some(part),
                Rule::block => block = Some(part),
                _ => {}
            }
        }
        let tail = before.filter(|before| self.same_line(before.span, span));
        let Some(head) = head else {
            self.bare_block(block, span, place, tail);
            return;
        };
        let text = head.as_str().trim();
        let head_span = self.span(&head);
        if let Some(before) = tail {
            self.drop_holes(before.mark);
            self.head_tail(text, head_span, before);
            let adopted = std::mem::take(&mut self.adopted);
            self.contents(block, inner_place(&before.word));
            let items = std::mem::replace(&mut self.adopted, adopted);
            self.tail = Tail { items, extends: self.extends_in(text, head_span) };
            return;
        }
        let word: String = text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        if word.is_empty() {
            let finding = Finding::new(
                Code::UnexpectedText,
                head_span,
                format!("`{}` does not fit here", shorten(text)),
            );
            self.report(finding);
            self.contents(block, place);
            return;
        }
        let near = self.unknown_head(&word, head_span, place);
        self.rescue_block(near.unwrap_or(""), text, block, span, place);
    }

    /// A `{` without a head: behind a statement that got none, or lost.
    pub(super) fn bare_block(
        &mut self,
        block: Option<Pair<'a>>,
        span: Span,
        place: Place,
        tail: Option<&Before>,
    ) {
        let open = Span { end: span.start + 1, ..span };
        match tail {
            Some(before) if !before.word.is_empty() => {
                let message = format!("a `{}` has no further block here", before.word);
                self.report(Finding::new(Code::UnexpectedText, open, message));
            }
            Some(_) | None => self.report(Finding::new(
                Code::UnexpectedText,
                open,
                "this `{` belongs to no statement",
            )),
        }
        self.contents(block, place);
    }

    /// Lowers the contents of a block whose head is lost, so that its own faults are found.
    pub(super) fn contents(&mut self, block: Option<Pair<'a>>, place: Place) {
        let Some(block) = block else { return };
        match place {
            Place::Calendar
            | Place::Source
            | Place::Table
            | Place::Support
            | Place::Ladder
            | Place::Test
            | Place::Rows => {}
            Place::File
            | Place::Party
            | Place::Service
            | Place::Package
            | Place::Scope
            | Place::Tier
            | Place::Agreement
            | Place::Requirement
            | Place::Amend => {
                let items = self.block(block, place);
                self.adopted.extend(items);
            }
        }
    }

    /// A misspelt `tier`, `service` or `package` is taken for what it was meant to be.
    pub(super) fn rescue_block(
        &mut self,
        near: &str,
        head: &str,
        block: Option<Pair<'a>>,
        span: Span,
        place: Place,
    ) {
        let name = second_word(head).map(|(offset, word)| {
            let at = span.start as usize + offset;
            crate::syntax::ast::Name {
                text: word.into(),
                span: Span::new(self.file, at, at + word.len()),
            }
        });
        let extends = self.extends_in(head, span);
        let inside = match near {
            "" => place,
            word => inner_place(word),
        };
        let adopted = std::mem::take(&mut self.adopted);
        self.contents(block, inside);
        let items = std::mem::replace(&mut self.adopted, adopted);
        let kind = match near {
            "tier" => Declaration::Tier(Box::new(Tier { name, title: None, extends, items })),
            "service" => Declaration::Service(Box::new(Block { name, title: None, items })),
            "package" => Declaration::Package(Box::new(Block { name, title: None, items })),
            _ => return,
        };
        self.rescued.push(Item { doc: None, span, lead: span.before(), kind: kind.into() });
    }

    /// The tier after `extends` in a head that begins at `span`.
    fn extends_in(&self, head: &str, span: Span) -> Option<Path> {
        let (before, rest) = head.split_once("extends ")?;
        let word = rest.split_whitespace().next()?;
        let at = span.start as usize
            + before.len()
            + "extends ".len()
            + (rest.len() - rest.trim_start().len());
        Some(self.path_of(word, Span::new(self.file, at, at + word.len())))
    }

    /// Words between a statement and its `{` that fit nothing.
    pub(super) fn head_tail(&mut self, text: &str, span: Span, before: &Before) {
        let word = text.split_whitespace().next().unwrap_or("").to_owned();
        let first = Span::new(self.file, span.start as usize, span.start as usize + word.len());
        let parts = words::parts(&before.word);
        if let Some(near) = closest(&word, parts.iter().copied()) {
            let finding =
                Finding::new(Code::UnexpectedText, first, format!("`{word}` does not fit here"));
            self.report(finding.help(format!("did you mean `{near}`?")).suggestion(
                format!("write `{near}`"),
                first,
                near,
            ));
            return;
        }
        let is_word = word.chars().all(|c| c == '_' || c.is_alphanumeric());
        let start =
            self.text.get(before.span.start as usize..before.span.end as usize).unwrap_or("");
        let mut words_before = start.split_whitespace();
        if is_word && words_before.clone().count() == 2 && words_before.nth(1).is_some() {
            self.two_words(before, first, &word);
            return;
        }
        let finding = Finding::new(
            Code::UnexpectedText,
            span,
            format!("`{}` does not fit here", shorten(text)),
        );
        self.report(expected(finding, &before.word));
    }

    /// A name of two words: the last of the statement before, and one behind it at `second`.
    pub(super) fn two_words(&mut self, before: &Before, second: Span, word: &str) {
        let start =
            self.text.get(before.span.start as usize..before.span.end as usize).unwrap_or("");
        let name = start.split_whitespace().last().unwrap_or("").to_owned();
        let whole =
            Span::new(self.file, before.span.end as usize - name.len(), second.end as usize);
        let wanted = format!("{name}{word}");
        let finding = Finding::new(Code::BadName, whole, "a name is one word");
        self.report(finding.suggestion(format!("write `{wanted}`"), whole, wanted));
    }

    /// Gives what was cut off from a statement to it, and takes a statement back that is spoiled.
    pub(in crate::syntax::lower) fn give_tail(&mut self, items: &mut Vec<Item>) {
        let mut tail = std::mem::take(&mut self.tail);
        if let Some(ItemKind::Declaration(last)) = items.last_mut().map(|item| &mut item.kind) {
            match last {
                Declaration::Agreement(agreement) => agreement.items.append(&mut tail.items),
                Declaration::Tier(tier) => {
                    tier.items.append(&mut tail.items);
                    tier.extends = tier.extends.take().or(tail.extends);
                }
                Declaration::Service(block) | Declaration::Package(block) => {
                    block.items.append(&mut tail.items)
                }
                Declaration::Amend(amend) => amend.items.append(&mut tail.items),
                _ => {}
            }
        }
        let spoiled = self.spoiled.take();
        items.pop_if(|item| Some(item.span) == spoiled);
    }

    /// Items that misspelt statements were taken for.
    pub(in crate::syntax::lower) fn take_rescued(&mut self) -> Vec<Item> {
        std::mem::take(&mut self.rescued)
    }
}

/// The second word of a text, and where it begins.
fn second_word(text: &str) -> Option<(usize, &str)> {
    let mut words = text.split_whitespace();
    let first = words.next()?;
    let behind = text.find(first)? + first.len();
    let word = words.next()?;
    Some((behind + text.get(behind..)?.find(word)?, word))
}

/// What the block of a statement is.
pub(super) fn inner_place(word: &str) -> Place {
    match word {
        "tier" => Place::Tier,
        "service" => Place::Service,
        "package" => Place::Package,
        "scope" => Place::Scope,
        "provider" | "customer" | "team" => Place::Party,
        "calendar" | "maintenance" => Place::Calendar,
        "source" => Place::Source,
        "table" => Place::Table,
        "support" => Place::Support,
        "credit" | "bonus" | "earn back" => Place::Ladder,
        "test" => Place::Test,
        "amend" => Place::Amend,
        "requirement" => Place::Requirement,
        _ => Place::Agreement,
    }
}
