//! What to say of an entry that is no statement of its block.

use std::collections::VecDeque;

use super::entries::is_statement;
use super::expr::shorten;
use super::{Lower, Pair};
use crate::base::{Span, closest};
use crate::diag::{Code, Finding};
use crate::facts::words::{self, Place};
use crate::syntax::ast::{Block, Item, ItemKind, Party, Tier};
use crate::syntax::parser::Rule;

/// The entry before: what a fault behind it may be the tail of.
struct Before {
    word: String,
    span: Span,
    /// Where the findings about it begin.
    mark: usize,
    /// True if it was junk about which nothing better could be said.
    junk: bool,
}

impl<'a> Lower<'a> {
    /// Goes through the entries of a block; `take` gets those that may stand there and says whether it wanted them.
    pub(super) fn walk(
        &mut self,
        entries: Vec<Pair<'a>>,
        place: Place,
        open: Option<Span>,
        take: &mut dyn FnMut(&mut Self, Pair<'a>) -> bool,
    ) {
        let mut queue: VecDeque<Pair<'a>> = entries.into();
        let mut before: Option<Before> = None;
        while let Some(entry) = queue.pop_front() {
            let span = self.span(&entry);
            let (rule, word) = (entry.as_rule(), lead_word(&entry));
            if rule == Rule::EOI {
                continue;
            }
            let mark = self.found.len();
            if self.twice(&entry, &word, span, queue.front()) {
                continue;
            }
            if self.may_stand(&entry, &word, place) {
                let kept = entry.clone();
                if take(self, entry) {
                    self.root_cause_only(mark);
                } else {
                    self.fault(kept, place, before.as_ref());
                }
                for hoisted in std::mem::take(&mut self.overflow).into_iter().rev() {
                    queue.push_front(hoisted);
                }
                before = Some(Before { word, span, mark, junk: false });
                continue;
            }
            if self.hoists(&entry, &word, place, open) {
                self.overflow.push(entry);
                self.overflow.extend(queue.drain(..));
                return;
            }
            let junk = self.fault(entry, place, before.as_ref());
            before = Some(Before { word, span, mark, junk });
        }
    }

    /// `objective objective Speed: …`
    fn twice(&mut self, entry: &Pair<'a>, word: &str, span: Span, next: Option<&Pair<'a>>) -> bool {
        let Some(next) = next.filter(|next| next.as_rule() == entry.as_rule() && !word.is_empty()) else { return false };
        let next_span = self.span(next);
        if span.end - span.start != u32::try_from(word.len()).unwrap_or(0) || lead_word(next) != word || !self.same_line(span, next_span) {
            return false;
        }
        let gap = Span { end: next_span.start, ..span };
        let finding = Finding::new(Code::RepeatedPart, span, format!("`{word}` stands twice"));
        self.report(finding.fix(format!("leave one `{word}` out"), gap, ""));
        true
    }

    /// A bracket or string that is not closed explains holes behind it.
    fn root_cause_only(&mut self, mark: usize) {
        let fresh = self.found.get(mark..).unwrap_or_default();
        let unclosed: Vec<Span> = fresh.iter().filter(|finding| finding.code == Code::Unclosed).filter_map(Finding::span).collect();
        if unclosed.is_empty() {
            return;
        }
        let text = self.text;
        let explained = |hole: Span| {
            unclosed.iter().any(|open| {
                let between = text.get(open.start as usize..hole.start as usize);
                between.is_some_and(|between| !between.contains('\n'))
            })
        };
        let mut at = 0;
        self.found.retain(|finding| {
            at += 1;
            at <= mark || finding.code != Code::MissingPart || !finding.span().is_some_and(explained)
        });
    }

    fn may_stand(&self, entry: &Pair<'a>, word: &str, place: Place) -> bool {
        match entry.as_rule() {
            Rule::line => place == Place::Ladder,
            Rule::support_row => place == Place::Support,
            Rule::rows => place == Place::Test,
            Rule::field => place == Place::Source,
            Rule::table_row => place == Place::Table,
            Rule::test_row | Rule::generated => place == Place::Rows,
            Rule::generic => words::TEXT_WORDS.contains(&word) && words::TEXT_PLACES.contains(&place),
            rule if is_statement(rule) || matches!(rule, Rule::calendar_rule | Rule::given | Rule::expect) => {
                words::places(word).is_none_or(|places| places.contains(&place))
            }
            _ => false,
        }
    }

    /// A statement of the block outside shows that this block was never closed.
    fn hoists(&mut self, entry: &Pair<'a>, word: &str, place: Place, open: Option<Span>) -> bool {
        let Some(open) = open.filter(|_| self.braces.missing_close > 0) else { return false };
        let outer = matches!(place, Place::Scope | Place::Tier | Place::Support | Place::Ladder | Place::Calendar);
        if !outer || !is_statement(entry.as_rule()) || words::places(word).is_none() {
            return false;
        }
        let line = self.line_number(self.span(entry).start);
        self.report_unclosed(open, Some(line));
        self.debt += 1;
        true
    }

    pub(super) fn line_number(&self, at: u32) -> usize {
        self.text.get(..at as usize).map_or(0, |text| text.bytes().filter(|b| *b == b'\n').count()) + 1
    }

    /// `tier Silver` for the brace that opens its block.
    fn head_of(&self, open: Span) -> String {
        let before = self.text.get(..open.start as usize).unwrap_or("");
        let line = before.rsplit('\n').next().unwrap_or("").trim();
        if line.is_empty() { "{".to_owned() } else { shorten(line) }
    }

    fn report_unclosed(&mut self, open: Span, line: Option<usize>) {
        let open = Span { end: open.start + 1, ..open };
        if self.reported_open.contains(&open.start) {
            return;
        }
        self.reported_open.push(open.start);
        let finding = Finding::new(Code::Unclosed, open, format!("`{}` is not closed", self.head_of(open)));
        self.report(match line {
            Some(line) => finding.help(format!("its `}}` would stand before line {line}")),
            None => finding,
        });
    }

    /// The end of a block without its brace; `open` is the block.
    pub(super) fn brace_missing(&mut self, open: Span) {
        if self.debt > 0 {
            self.debt -= 1;
            return;
        }
        if self.braces.missing_close == 0 {
            // All braces pair: a declaration stands inside a block, and the grammar has cut the block there.
            self.early += 1;
            let next = Span { start: self.next_token(open.end), end: self.next_token(open.end), ..open };
            let word = self.word_at(next.start);
            let span = Span::new(self.file, next.start as usize, next.start as usize + word.len());
            let finding = Finding::new(Code::WrongPlace, span, format!("`{word}` cannot stand inside another declaration"));
            let head = self.head_of(Span { end: open.start + 1, ..open });
            self.report(finding.also(Span { end: open.start + 1, ..open }, format!("inside `{head}`")).help("move it to file level"));
            return;
        }
        match self.braces.unclosed {
            Some((at, close)) if !self.reported_open.contains(&at) => {
                let line = self.line_number(close);
                self.report_unclosed(Span::new(self.file, at as usize, at as usize + 1), Some(line));
            }
            Some(_) | None => self.report_unclosed(open, None),
        }
    }

    /// A block without its `{`: one `}` further down closes too much.
    pub(super) fn lost_open(&mut self) {
        if self.braces.missing_open > 0 {
            self.early += 1;
        }
    }

    fn next_token(&self, from: u32) -> u32 {
        self.trivia.next_token(self.text, from as usize)
    }

    fn word_at(&self, at: u32) -> String {
        let rest = self.text.get(at as usize..).unwrap_or("");
        rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    }

    /// Says what is wrong with an entry; true if it is junk that the one before may be merged with.
    fn fault(&mut self, pair: Pair<'a>, place: Place, before: Option<&Before>) -> bool {
        let span = self.span(&pair);
        match pair.as_rule() {
            Rule::EOI => {}
            Rule::stray => self.stray(span),
            Rule::sep => {
                let finding = Finding::new(Code::UnexpectedText, span, format!("no `{}` stands between statements", pair.as_str()));
                self.report(finding.fix(format!("leave `{}` out", pair.as_str()), span, ""));
            }
            Rule::junk => return self.junk(pair.as_str(), span, place, before),
            Rule::odd_block => self.odd_block(pair, span, place, before),
            Rule::generic => self.misspelt_text(pair, span, place),
            Rule::pair | Rule::field | Rule::table_row => self.stray_pair(pair.as_str(), span, place),
            Rule::rows => self.stray_rows(pair, span, place),
            Rule::line => self.wrong_shape(span, place, "such lines stand in the braces of a credit"),
            Rule::support_row => self.wrong_shape(span, place, "such rows stand in `support on … { }`"),
            Rule::test_row | Rule::generated => {
                self.wrong_shape(span, place, "rows stand in a test under their source: `outages { … }`");
            }
            _ => self.wrong_place(&pair, span, place),
        }
        false
    }

    fn stray(&mut self, span: Span) {
        if self.early > 0 {
            self.early -= 1;
            return;
        }
        if let Some(at) = self.braces.extra.take() {
            let place = Span::new(self.file, at as usize, at as usize + 1);
            let finding = Finding::new(Code::StrayBracket, place, "this `}` closes a block too early: there is one `}` too many");
            self.report(finding.also(span, "left over here").help("what follows it stands outside the block"));
            return;
        }
        self.report(Finding::new(Code::StrayBracket, span, "this `}` closes nothing"));
    }

    fn wrong_place(&mut self, pair: &Pair<'a>, span: Span, place: Place) {
        if place == Place::File && (self.early > 0 || self.braces.extra.is_some_and(|at| at < span.start)) {
            return;
        }
        let word = lead_word(pair);
        let lead = Span::new(self.file, span.start as usize, span.start as usize + word.len());
        let finding = Finding::new(Code::WrongPlace, lead, format!("`{word}` cannot stand {}", place.describe()));
        let holds = place.holds();
        self.report(if holds.is_empty() { self.where_it_stands(finding, &word) } else { finding.help(holds) });
    }

    fn where_it_stands(&self, finding: Finding, word: &str) -> Finding {
        let places: Vec<&str> = words::places(word).unwrap_or_default().iter().map(|place| place.describe()).collect();
        match places.split_last() {
            None => finding,
            Some((only, [])) => finding.help(format!("it stands {only}")),
            Some((last, rest)) => finding.help(format!("it stands {} or {last}", rest.join(", "))),
        }
    }

    fn wrong_shape(&mut self, span: Span, place: Place, help: &str) {
        if place == Place::File && (self.early > 0 || self.braces.extra.is_some_and(|at| at < span.start)) {
            return;
        }
        let text = shorten(self.text.get(span.start as usize..span.end as usize).unwrap_or(""));
        let message = format!("`{text}` cannot stand {}", place.describe());
        self.report(Finding::new(Code::WrongPlace, self.first_line(span), message).help(help));
    }

    /// `key: value` where no pairs stand.
    fn stray_pair(&mut self, text: &str, span: Span, place: Place) {
        let key: String = text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let lead = Span::new(self.file, span.start as usize, span.start as usize + key.len());
        if words::places(&key).is_some() {
            let finding = Finding::new(Code::MissingPart, lead.after(), format!("a name is missing between `{key}` and `:`"));
            self.report(finding.help(example(&key)));
            return;
        }
        let finding = Finding::new(Code::UnknownStatement, lead, format!("`{key}:` begins no statement {}", place.describe()));
        self.report(match (closest(&key, words::leads(place)), place.holds()) {
            (Some(near), _) => finding.help(format!("did you mean `{near}`?")),
            (None, "") => finding,
            (None, holds) => finding.help(holds),
        });
    }

    /// `word "…"` whose word leads no text.
    fn misspelt_text(&mut self, pair: Pair<'a>, span: Span, place: Place) {
        let word = lead_word(&pair);
        let lead = Span::new(self.file, span.start as usize, span.start as usize + word.len());
        if words::TEXT_WORDS.contains(&word.as_str()) {
            self.wrong_place(&pair, span, place);
            return;
        }
        let finding = Finding::new(Code::UnknownStatement, lead, format!("unknown statement `{word}`"));
        let Some(near) = closest(&word, words::leads(place)) else {
            let finding = finding.help("texts begin with `warranty`, `law`, `responsibility`, `contact`, `note` and their like");
            self.report(finding);
            return;
        };
        self.report(finding.help(format!("did you mean `{near}`?")).suggestion(format!("write `{near}`"), lead, near));
        if matches!(near, "provider" | "customer" | "team") {
            let mut names: Vec<_> = Vec::new();
            let mut title = None;
            for part in pair.into_inner() {
                match part.as_rule() {
                    Rule::name => names.push(self.name(&part)),
                    Rule::string => title = Some(self.string(part)),
                    _ => {}
                }
            }
            let party = Party { kind: super::declare::party_kind(near), name: names.into_iter().nth(1), title, items: Vec::new() };
            self.rescued.push(Item { doc: None, span, lead, kind: ItemKind::Party(Box::new(party)) });
        }
    }

    /// `name { … }` outside a test.
    fn stray_rows(&mut self, pair: Pair<'a>, span: Span, place: Place) {
        let word = lead_word(&pair);
        self.unknown_head(&word, span, place);
    }

    fn unknown_head(&mut self, word: &str, span: Span, place: Place) -> Option<&'static str> {
        let lead = Span::new(self.file, span.start as usize, span.start as usize + word.len());
        let finding = Finding::new(Code::UnknownStatement, lead, format!("unknown statement `{word}`"));
        let near = closest(word, words::leads(place));
        self.report(match near {
            Some(near) => finding.help(format!("did you mean `{near}`?")).suggestion(format!("write `{near}`"), lead, near),
            None => finding.help(format!("no statement {} begins with this word", place.describe())),
        });
        near
    }

    /// A block under a head that is none: its contents are kept.
    fn odd_block(&mut self, pair: Pair<'a>, span: Span, place: Place, before: Option<&Before>) {
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
            self.tail = std::mem::replace(&mut self.adopted, adopted);
            return;
        }
        let word: String = text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        if word.is_empty() {
            let finding = Finding::new(Code::UnexpectedText, head_span, format!("`{}` does not fit here", shorten(text)));
            self.report(finding);
            self.contents(block, place);
            return;
        }
        let near = self.unknown_head(&word, head_span, place);
        self.rescue_block(near.unwrap_or(""), text, block, span, place);
    }

    /// A `{` without a head: behind a statement that got none, or lost.
    fn bare_block(&mut self, block: Option<Pair<'a>>, span: Span, place: Place, tail: Option<&Before>) {
        let open = Span { end: span.start + 1, ..span };
        match tail {
            Some(before) if !before.word.is_empty() => {
                let message = format!("a `{}` takes no further block here", before.word);
                self.report(Finding::new(Code::UnexpectedText, open, message));
            }
            Some(_) | None => self.report(Finding::new(Code::UnexpectedText, open, "this `{` belongs to no statement")),
        }
        self.contents(block, place);
    }

    /// Lowers what stands in a block whose head is lost, so that its own faults are found.
    fn contents(&mut self, block: Option<Pair<'a>>, place: Place) {
        let Some(block) = block else { return };
        match place {
            Place::Calendar | Place::Source | Place::Table | Place::Support | Place::Ladder | Place::Test | Place::Rows => {}
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
    fn rescue_block(&mut self, near: &str, head: &str, block: Option<Pair<'a>>, span: Span, place: Place) {
        let name = head.split_whitespace().nth(1).map(|word| {
            let at = span.start as usize + (word.as_ptr() as usize).saturating_sub(head.as_ptr() as usize);
            crate::syntax::ast::Name { text: word.into(), span: Span::new(self.file, at, at + word.len()) }
        });
        let extends = head.split_once(" extends ").and_then(|(before, rest)| {
            let word = rest.split_whitespace().next()?;
            let at = span.start as usize + before.len() + " extends ".len() + (rest.len() - rest.trim_start().len());
            Some(self.path_of(word, Span::new(self.file, at, at + word.len())))
        });
        let inside = match near {
            "" => place,
            word => inner_place(word),
        };
        let adopted = std::mem::take(&mut self.adopted);
        self.contents(block, inside);
        let items = std::mem::replace(&mut self.adopted, adopted);
        let kind = match near {
            "tier" => ItemKind::Tier(Box::new(Tier { name, title: None, extends, items })),
            "service" => ItemKind::Service(Box::new(Block { name, title: None, items })),
            "package" => ItemKind::Package(Box::new(Block { name, title: None, items })),
            _ => return,
        };
        self.rescued.push(Item { doc: None, span, lead: span.before(), kind });
    }

    /// Words between a statement and its `{` that fit nothing.
    fn head_tail(&mut self, text: &str, span: Span, before: &Before) {
        let word = text.split_whitespace().next().unwrap_or("").to_owned();
        let first = Span::new(self.file, span.start as usize, span.start as usize + word.len());
        let parts = words::parts(&before.word);
        if let Some(near) = closest(&word, parts.iter().copied()) {
            let finding = Finding::new(Code::UnexpectedText, first, format!("`{word}` does not fit here"));
            self.report(finding.help(format!("did you mean `{near}`?")).suggestion(format!("write `{near}`"), first, near));
            return;
        }
        let is_word = word.chars().all(|c| c == '_' || c.is_alphanumeric());
        let start = self.text.get(before.span.start as usize..before.span.end as usize).unwrap_or("");
        let mut words_before = start.split_whitespace();
        if is_word
            && words_before.clone().count() == 2
            && let Some(name) = words_before.nth(1)
        {
            let at = before.span.end as usize - name.len();
            let whole = Span::new(self.file, at, first.end as usize);
            let wanted = format!("{name}{word}");
            let finding = Finding::new(Code::BadName, whole, "a name is one word");
            self.report(finding.suggestion(format!("write `{wanted}`"), whole, wanted));
            return;
        }
        let finding = Finding::new(Code::UnexpectedText, span, format!("`{}` does not fit here", shorten(text)));
        self.report(expected(finding, &before.word));
    }

    pub(super) fn same_line(&self, before: Span, after: Span) -> bool {
        self.text.get(before.end as usize..after.start as usize).is_some_and(|between| !between.contains('\n'))
    }

    /// Takes back what was said about holes: the junk behind them says it better.
    fn drop_holes(&mut self, mark: usize) -> Option<Finding> {
        let mut said = None;
        let mut at = 0;
        self.found.retain(|finding| {
            at += 1;
            let hole = at > mark && finding.code == Code::MissingPart;
            if hole && said.is_none() {
                said = Some(finding.clone());
            }
            !hole
        });
        said
    }

    /// Text that fits nothing; true if the next such line may be merged with it.
    fn junk(&mut self, text: &str, span: Span, place: Place, before: Option<&Before>) -> bool {
        if text.chars().any(crate::syntax::scan::is_hidden) {
            return true;
        }
        let span = self.first_line(span);
        if let Some(before) = before.filter(|before| self.same_line(before.span, span)) {
            if before.junk {
                return true;
            }
            if !before.word.is_empty() || before.mark <= self.found.len() {
                self.tail(text, span, before);
                return false;
            }
        }
        self.own_line(text, span, place, before)
    }

    /// Junk behind a statement on its line.
    fn tail(&mut self, text: &str, span: Span, before: &Before) {
        let hole = self.drop_holes(before.mark);
        let fault = self.tail_fault(text, span, before, hole);
        // What stands behind an unclosed bracket or string has been reported with it.
        let explained = self.found.get(before.mark..).unwrap_or_default().iter().any(|finding| finding.code == Code::Unclosed);
        if !explained {
            self.report(fault);
        }
    }

    fn tail_fault(&self, text: &str, span: Span, before: &Before, hole: Option<Finding>) -> Finding {
        let word: String = text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let first = Span::new(self.file, span.start as usize, span.start as usize + word.len());
        if let Some(finding) = self.comma_number(text, span, before) {
            return finding;
        }
        if let Some(finding) = self.bracket_tail(text, span, before) {
            return finding;
        }
        let parts = words::parts(&before.word);
        let windows = ["day", "week", "month", "quarter", "year", "rolling", "fixed", "contract"];
        if parts.contains(&"per") && windows.contains(&word.as_str()) {
            let finding = Finding::new(Code::MissingPart, first, format!("`per` is missing before `{word}`"));
            return finding.fix("write `per`", first.before(), "per ");
        }
        let digit = text.starts_with(|c: char| c.is_ascii_digit());
        if before.word == "objective" && digit && hole.is_some() {
            let finding = Finding::new(Code::MissingPart, span.before(), "a comparison is missing before the target");
            return finding.help("for example: `>= 99.5%`");
        }
        if digit && is_edge(&before.word) {
            let finding = Finding::new(Code::MissingPart, span.before(), format!("`pay` is missing before `{}`", shorten(text)));
            return finding.fix("write `pay`", span.before(), "pay ");
        }
        let near = if parts.contains(&word.as_str()) { None } else { closest(&word, parts.iter().copied()).filter(|_| word.len() > 1) };
        if let Some(near) = near {
            let finding = Finding::new(Code::UnexpectedText, first, format!("`{word}` does not fit here"));
            return finding.help(format!("did you mean `{near}`?")).suggestion(format!("write `{near}`"), first, near);
        }
        match hole {
            Some(mut hole) => {
                let at = hole.span().map_or(span.start, |place| place.end);
                let adjoins = self.text.get(at as usize..span.start as usize).is_some_and(|gap| gap.trim().is_empty());
                if let (true, Some(label)) = (adjoins, hole.labels.first_mut()) {
                    (label.span, label.text) = (span, format!("`{}` stands here instead", shorten(text)));
                }
                hole
            }
            None => expected(Finding::new(Code::UnexpectedText, span, format!("`{}` does not fit here", shorten(text))), &before.word),
        }
    }

    /// `99,5 %` and `2,400 EUR`
    fn comma_number(&self, text: &str, span: Span, before: &Before) -> Option<Finding> {
        let digits: String = text.strip_prefix(',')?.chars().take_while(char::is_ascii_digit).collect();
        let head = self.text.get(before.span.start as usize..span.start as usize)?;
        let whole: String = head.chars().rev().take_while(|c| c.is_ascii_digit() || *c == '_').collect();
        if digits.is_empty() || whole.is_empty() {
            return None;
        }
        let whole: String = whole.chars().rev().collect();
        let comma = Span { end: span.start + 1, ..span };
        let all = Span::new(self.file, span.start as usize - whole.len(), span.start as usize + 1 + digits.len());
        let rest = text.get(1 + digits.len()..).unwrap_or("").trim_start();
        if digits.len() == 3 && !rest.starts_with('%') {
            let wanted = format!("{whole}_{digits}");
            let finding = Finding::new(Code::OddSpelling, all, format!("thousands are written with `_`: `{wanted}`"));
            return Some(finding.suggestion(format!("write `{wanted}`"), comma, "_"));
        }
        let wanted = format!("{whole}.{digits}");
        let finding = Finding::new(Code::OddSpelling, all, format!("decimals are written with a point: `{wanted}`"));
        Some(finding.fix(format!("write `{wanted}`"), comma, "."))
    }

    /// A bracket that closes nothing, or one that was lost before it.
    fn bracket_tail(&self, text: &str, span: Span, before: &Before) -> Option<Finding> {
        let close = text.find([')', ']'])?;
        if text.get(..close)?.contains(['(', '[']) {
            return None;
        }
        let at = span.start as usize + close;
        let here = Span::new(self.file, at, at + 1);
        let bracket = text.get(close..=close)?;
        let finding = Finding::new(Code::StrayBracket, here, format!("this `{bracket}` closes nothing"));
        let head = self.text.get(before.span.start as usize..span.start as usize)?.trim_end();
        let name: String = head.chars().rev().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '.')).collect();
        let name: String = name.chars().rev().collect();
        if bracket == ")" && close > 0 && name.starts_with(|c: char| c.is_alphabetic()) {
            let end = Span::new(self.file, before.span.start as usize + head.len(), span.start as usize);
            return Some(finding.help(format!("is `(` missing after `{name}`?")).suggestion("write `(`", end, "("));
        }
        Some(finding)
    }

    /// Junk on a line of its own: a misspelt statement, a misspelt part of the statement above, or prose.
    fn own_line(&mut self, text: &str, span: Span, place: Place, before: Option<&Before>) -> bool {
        let word: String = text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let first = Span::new(self.file, span.start as usize, span.start as usize + word.len());
        if let Some(finding) = self.misspelt_cell(text, span, place) {
            self.report(finding);
            return false;
        }
        let deeper = before.is_some_and(|before| self.column(span.start) > self.column(before.span.start));
        let parts = before.map_or(&[] as &[&str], |before| words::parts(&before.word));
        let known: Vec<&str> = words::leads(place).collect();
        let elsewhere = words::STATEMENTS.iter().map(|(word, _)| *word);
        let statement = closest(&word, known.iter().copied().chain(elsewhere)).filter(|_| word.len() > 2);
        let part = closest(&word, parts.iter().copied()).filter(|_| deeper && word.len() > 1);
        if let Some(near) = part.or(statement) {
            let (code, what) = if part.is_some() { (Code::UnexpectedText, "part") } else { (Code::UnknownStatement, "statement") };
            let finding = Finding::new(code, first, format!("unknown {what} `{word}`"));
            self.report(if near == word {
                Finding::new(Code::UnexpectedText, span, format!("this `{word}` cannot be read")).help(example(&word))
            } else {
                finding.help(format!("did you mean `{near}`?")).suggestion(format!("write `{near}`"), first, near)
            });
            return false;
        }
        if before.is_some_and(|before| before.junk) {
            return true;
        }
        if let Some(bracket) = text.chars().next().filter(|c| matches!(c, ')' | ']')) {
            let here = Span { end: span.start + 1, ..span };
            self.report(Finding::new(Code::StrayBracket, here, format!("this `{bracket}` closes nothing")));
            return false;
        }
        let finding = Finding::new(Code::UnknownStatement, span, "this is not a statement");
        let holds = place.holds();
        self.report(if holds.is_empty() { finding } else { finding.help(holds) });
        true
    }

    /// `P1 respnd 1 h`
    fn misspelt_cell(&self, text: &str, span: Span, place: Place) -> Option<Finding> {
        if place != Place::Support {
            return None;
        }
        let word = text.split_whitespace().nth(1)?;
        let near = closest(word, ["respond", "resolve", "update"])?;
        let at = span.start as usize + text.find(word)?;
        let here = Span::new(self.file, at, at + word.len());
        let finding = Finding::new(Code::UnexpectedText, here, format!("`{word}` does not fit here"));
        Some(finding.help(format!("did you mean `{near}`?")).suggestion(format!("write `{near}`"), here, near))
    }

    fn column(&self, at: u32) -> usize {
        let before = self.text.get(..at as usize).unwrap_or("");
        before.rsplit('\n').next().unwrap_or("").chars().count()
    }

    /// Gives the statements of a block, whose head was cut off from its statement, to that statement.
    pub(super) fn give_tail(&mut self, item: Option<&mut Item>) {
        let mut tail = std::mem::take(&mut self.tail);
        match item.map(|item| &mut item.kind) {
            Some(ItemKind::Agreement(agreement)) => agreement.items.append(&mut tail),
            Some(ItemKind::Tier(tier)) => tier.items.append(&mut tail),
            Some(ItemKind::Service(block) | ItemKind::Package(block)) => block.items.append(&mut tail),
            Some(ItemKind::Amend(amend)) => amend.items.append(&mut tail),
            Some(_) | None => {}
        }
    }

    /// Items that misspelt statements were taken for.
    pub(super) fn take_rescued(&mut self) -> Vec<Item> {
        std::mem::take(&mut self.rescued)
    }
}

/// The word or words an entry begins with, as the tables have them.
pub(super) fn lead_word(entry: &Pair<'_>) -> String {
    let rule = entry.as_rule();
    if matches!(rule, Rule::junk | Rule::sep | Rule::stray | Rule::EOI | Rule::odd_block) {
        return String::new();
    }
    let Some(first) = entry.clone().into_inner().next() else { return String::new() };
    first.as_str().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_edge(word: &str) -> bool {
    matches!(word, "below" | "above" | "over" | "at or below" | "at or above" | "from" | "in" | "outside")
}

/// What the block of a statement is.
fn inner_place(word: &str) -> Place {
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

fn expected(finding: Finding, word: &str) -> Finding {
    let parts = words::parts(word);
    if parts.is_empty() {
        return finding;
    }
    finding.help(format!("parts of `{word}` begin with {}", crate::base::quoted_list(parts.iter().copied())))
}

/// An example of a statement, for those whose name people forget.
fn example(word: &str) -> String {
    let text = match word {
        "objective" => "objective Uptime: uptime(outages) >= 99.9% per month",
        "credit" => "credit Uptime { below target pay 10% } of fee",
        "source" => "source outages: spans",
        "metric" => "metric Availability = uptime(outages)",
        "fact" => "fact Plan: free | pro",
        "enum" => "enum Region: eu | us",
        "tier" => "tier Gold extends Silver { … }",
        "support" => "support on tickets { P1 respond 1 h }",
        _ => return format!("`{word}` cannot be followed by this"),
    };
    format!("for example: `{text}`")
}
