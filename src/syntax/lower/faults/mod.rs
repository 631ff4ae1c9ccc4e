//! What to say of an entry that is no statement of its block.

mod braces;
mod habits;
mod heads;
mod intended;
mod tails;

use std::collections::VecDeque;

use super::entries::is_statement;
use super::expr::shorten;
use super::{Lower, Pair};
use crate::base::{Span, closest};
use crate::diag::{Code, Finding};
use crate::lang::words::{self, Place};
use crate::syntax::ast::{Declaration, Item, Party};
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
    /// Goes through the entries of a block; `take` gets those that may stand there and says whether
    /// it wanted them.
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
        let Some(next) = next.filter(|next| next.as_rule() == entry.as_rule() && !word.is_empty())
        else {
            return false;
        };
        let next_span = self.span(next);
        if span.end - span.start != u32::try_from(word.len()).unwrap_or(0)
            || lead_word(next) != word
            || !self.same_line(span, next_span)
        {
            return false;
        }
        let gap = Span { end: next_span.start, ..span };
        let finding = Finding::new(Code::RepeatedPart, span, format!("`{word}` is written twice"));
        self.report(finding.fix(format!("leave one `{word}` out"), gap, ""));
        true
    }

    /// A bracket or string that is not closed, or a value that cannot be read, explains holes
    /// behind it.
    fn root_cause_only(&mut self, mark: usize) {
        let fresh = self.found.get(mark..).unwrap_or_default();
        let roots = [Code::Unclosed, Code::BadDate, Code::BadNumber, Code::BadQuantity];
        let roots: Vec<Span> = fresh
            .iter()
            .filter(|finding| roots.contains(&finding.code))
            .filter_map(Finding::span)
            .collect();
        if roots.is_empty() {
            return;
        }
        let text = self.text;
        let explained = |hole: Span| {
            roots.iter().any(|open| {
                let between = text.get(open.start as usize..hole.start as usize);
                between.is_some_and(|between| !between.contains('\n'))
            })
        };
        let mut fresh = self.found_since(mark);
        fresh.retain(|finding| {
            finding.code != Code::MissingPart || !finding.span().is_some_and(explained)
        });
        self.found.append(&mut fresh);
    }

    fn may_stand(&self, entry: &Pair<'a>, word: &str, place: Place) -> bool {
        match entry.as_rule() {
            Rule::line => place == Place::Ladder,
            Rule::support_row => place == Place::Support,
            Rule::rows => place == Place::Test,
            Rule::field => place == Place::Source,
            Rule::table_row => place == Place::Table,
            Rule::test_row | Rule::generated => place == Place::Rows,
            Rule::generic => {
                words::TEXT_WORDS.contains(&word) && words::TEXT_PLACES.contains(&place)
            }
            rule if is_statement(rule)
                || matches!(rule, Rule::calendar_rule | Rule::given | Rule::expect) =>
            {
                words::places(word).is_none_or(|places| places.contains(&place))
            }
            _ => false,
        }
    }

    /// Says what is wrong with an entry; true if it is junk that the one before may be merged with.
    fn fault(&mut self, pair: Pair<'a>, place: Place, before: Option<&Before>) -> bool {
        let span = self.span(&pair);
        if !matches!(pair.as_rule(), Rule::EOI | Rule::sep | Rule::stray) {
            self.lose(span);
        }
        match pair.as_rule() {
            Rule::EOI => {}
            Rule::stray => self.stray(span),
            Rule::sep => {
                let sign = pair.as_str().get(..1).unwrap_or(";");
                let finding = Finding::new(
                    Code::UnexpectedText,
                    span,
                    format!("unexpected `{sign}` between statements"),
                );
                self.report(finding.fix(format!("leave `{sign}` out"), span, ""));
            }
            Rule::junk => return self.junk(pair.as_str(), span, place, before),
            Rule::odd_block => self.odd_block(pair, span, place, before),
            Rule::generic => self.misspelt_text(pair, span, place),
            Rule::pair | Rule::field | Rule::table_row => {
                self.stray_pair(pair.as_str(), span, place)
            }
            Rule::rows => self.stray_rows(pair, span, place, before),
            Rule::line if lead_word(&pair) == "from" && place != Place::Ladder => {
                let lead =
                    Span::new(self.file, span.start as usize, span.start as usize + "from".len());
                let finding = Finding::new(
                    Code::MissingPart,
                    lead.before(),
                    "`term` is missing before `from`",
                );
                self.report(finding.help("for example: `term from 2026-01-01 for 12 months`"));
                return true;
            }
            Rule::line if place == Place::Source => {
                self.wrong_shape(
                    span,
                    place,
                    "bounds of a field are written `in A..B`, `>= A` or `<= B`",
                );
                return true;
            }
            Rule::line => {
                self.stray_line(pair.as_str(), span, place);
                return true;
            }
            Rule::support_row => {
                self.wrong_shape(span, place, "write such rows in `support on … { … }`")
            }
            Rule::test_row | Rule::generated => {
                self.wrong_shape(
                    span,
                    place,
                    "write rows in a test, under their source: `outages { … }`",
                );
            }
            _ => self.wrong_place(&pair, span, place),
        }
        false
    }

    fn wrong_place(&mut self, pair: &Pair<'a>, span: Span, place: Place) {
        if place == Place::File
            && (self.early > 0 || self.braces.extra.is_some_and(|at| at < span.start))
        {
            return;
        }
        let word = lead_word(pair);
        let lead = Span::new(self.file, span.start as usize, span.start as usize + word.len());
        let finding = Finding::new(
            Code::WrongPlace,
            lead,
            format!("`{word}` is not allowed {}", place.describe()),
        );
        if (word.as_str(), place) == ("zone", Place::Amend) {
            let help = "end this agreement, and begin another one in the other zone";
            self.report(
                finding.note("an agreement has one zone for its whole term, because its windows begin at midnight there").help(help),
            );
            return;
        }
        let holds = place.holds();
        self.report(if holds.is_empty() {
            self.where_it_stands(finding, &word)
        } else {
            finding.help(holds)
        });
    }

    fn where_it_stands(&self, finding: Finding, word: &str) -> Finding {
        let places: Vec<&str> =
            words::places(word).unwrap_or_default().iter().map(|place| place.describe()).collect();
        match places.split_last() {
            None => finding,
            Some((only, [])) => finding.help(format!("write it {only}")),
            Some((last, rest)) => finding.help(format!("write it {} or {last}", rest.join(", "))),
        }
    }

    fn wrong_shape(&mut self, span: Span, place: Place, help: &str) {
        if place == Place::File
            && (self.early > 0 || self.braces.extra.is_some_and(|at| at < span.start))
        {
            return;
        }
        let text = shorten(self.text.get(span.start as usize..span.end as usize).unwrap_or(""));
        let message = format!("`{text}` is not allowed {}", place.describe());
        self.report(Finding::new(Code::WrongPlace, self.first_line(span), message).help(help));
    }

    /// A line of a ladder where none is allowed. `in NAME` is not meant as one.
    fn stray_line(&mut self, text: &str, span: Span, place: Place) {
        let name = text
            .strip_prefix("in")
            .filter(|rest| rest.starts_with([' ', '\t']))
            .map(str::trim_start)
            .unwrap_or_default();
        if place == Place::Test && name.starts_with(|c: char| c.is_ascii_digit()) {
            self.wrong_shape(
                span,
                place,
                "write the time first: `expect in 2026-03 credit 240 EUR`",
            );
        } else if name.starts_with(char::is_alphabetic)
            && words::places("objective").is_some_and(|places| places.contains(&place))
        {
            let lead = Span::new(self.file, span.start as usize, span.start as usize + "in".len());
            let finding = Finding::new(
                Code::UnexpectedText,
                lead,
                "the time that counts is written with `during`",
            );
            self.report(finding.suggestion("write `during`", lead, "during"));
        } else {
            self.wrong_shape(span, place, "write such lines in the braces of a credit");
        }
    }

    /// `key: value` where no pairs are allowed.
    fn stray_pair(&mut self, text: &str, span: Span, place: Place) {
        let key: String = text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let lead = Span::new(self.file, span.start as usize, span.start as usize + key.len());
        if words::places(&key).is_some() {
            let finding = Finding::new(
                Code::MissingPart,
                lead.after(),
                format!("a name is missing between `{key}` and `:`"),
            );
            self.report(finding.help(example(&key)));
            self.lost.nameless = true;
            return;
        }
        let finding = Finding::new(
            Code::UnknownStatement,
            lead,
            format!("`{key}:` does not begin a statement {}", place.describe()),
        );
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
        let finding =
            Finding::new(Code::UnknownStatement, lead, format!("unknown statement `{word}`"));
        let Some(near) = in_our_words(&word).or_else(|| closest(&word, words::leads(place))) else {
            let finding = finding.help("texts begin with words such as `warranty`, `law`, `responsibility`, `contact` and `note`");
            self.report(finding);
            return;
        };
        self.report(finding.help(format!("did you mean `{near}`?")).suggestion(
            format!("write `{near}`"),
            lead,
            near,
        ));
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
            let party = Party {
                kind: super::declare::party_kind(near),
                name: names.into_iter().nth(1),
                title,
                items: Vec::new(),
            };
            self.rescued.push(Item {
                doc: None,
                span,
                lead,
                kind: Declaration::Party(Box::new(party)).into(),
            });
        }
    }

    /// `name { … }` outside a test.
    fn stray_rows(&mut self, pair: Pair<'a>, span: Span, place: Place, before: Option<&Before>) {
        let word = lead_word(&pair);
        // `calendar Office Hours {`
        if let Some(before) = before
            .filter(|before| self.same_line(before.span, span) && is_declaration(&before.word))
        {
            let end = Span::new(self.file, span.start as usize, span.start as usize + word.len());
            self.drop_holes(before.mark);
            self.lose(before.span);
            self.two_words(before, end, &word);
            return;
        }
        self.unknown_head(&word, span, place);
    }

    fn unknown_head(&mut self, word: &str, span: Span, place: Place) -> Option<&'static str> {
        let lead = Span::new(self.file, span.start as usize, span.start as usize + word.len());
        let finding =
            Finding::new(Code::UnknownStatement, lead, format!("unknown statement `{word}`"));
        let near = in_our_words(word).or_else(|| closest(word, words::leads(place)));
        self.lost.add(near.unwrap_or_default());
        self.report(match near {
            Some(near) => finding.help(format!("did you mean `{near}`?")).suggestion(
                format!("write `{near}`"),
                lead,
                near,
            ),
            None => {
                finding.help(format!("no statement {} begins with this word", place.describe()))
            }
        });
        near
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

fn expected(finding: Finding, word: &str) -> Finding {
    let parts = words::parts(word);
    if parts.is_empty() {
        return finding;
    }
    let finding = finding.help(format!(
        "parts of `{word}` begin with {}",
        crate::base::quoted_list(parts.iter().copied())
    ));
    match example_of(word) {
        Some(text) => finding.help(format!("for example: `{text}`")),
        None => finding,
    }
}

/// An example of a statement, for those whose name people forget.
fn example(word: &str) -> String {
    example_of(word).map_or_else(
        || format!("`{word}` cannot be followed by this"),
        |text| format!("for example: `{text}`"),
    )
}

fn example_of(word: &str) -> Option<&'static str> {
    Some(match word {
        "objective" => "objective Uptime: uptime(outages) >= 99.9% per month",
        "credit" => "credit Uptime { below target pay 10% } of fee",
        "source" => "source outages: spans",
        "metric" => "metric Availability = uptime(outages)",
        "fact" => "fact Plan: free | pro",
        "enum" => "enum Region: eu | us",
        "tier" => "tier Gold extends Silver { … }",
        "support" => "support on tickets { P1 respond 1 h }",
        "report" => "report every month within 5 working days",
        "review" => "review every quarter",
        "claim" => "claim within 30 days after window",
        "terminate" => "terminate when Uptime breached 3 of last 6",
        "exclude" => "exclude Maintenance as absent",
        "ignore" => "ignore outages where cause == customer",
        "fee" => "fee 900 EUR per month",
        "term" => "term from 2026-01-01 for 12 months",
        "provider" => "provider Acme \"Acme Ltd\"",
        "customer" => "customer Globex \"Globex GmbH\"",
        "severity" => "severity P1 \"Critical\"",
        "sla" => "sla Hosting between Acme and Globex { … }",
        "open" => "open mon..fri 09:00..17:30",
        "closed" => "closed 2026-12-25 \"Christmas Day\"",
        _ => return None,
    })
}

/// What people call a statement in other places.
fn in_our_words(word: &str) -> Option<&'static str> {
    Some(match word.to_ascii_lowercase().as_str() {
        "penalty" | "penalties" | "rebate" | "refund" => "credit",
        "termination" => "terminate",
        "start" | "starts" | "begin" | "begins" | "duration" | "validity" => "term",
        "slo" | "kpi" | "target" | "availability" => "objective",
        "holiday" | "holidays" => "closed",
        "timezone" | "tz" => "zone",
        "price" | "cost" | "charge" => "fee",
        "exclusion" | "exclusions" | "downtime" => "exclude",
        "client" => "customer",
        "supplier" | "vendor" => "provider",
        "reporting" => "report",
        "plan" => "tier",
        _ => return None,
    })
}

/// True for words that declare something by a name.
fn is_declaration(word: &str) -> bool {
    ["provider", "customer", "team", "calendar", "maintenance", "service", "source", "severity"]
        .contains(&word)
}
