//! Entries of a file or block: which statement each is, and what to say of those that are none.

use pest::iterators::Pairs;

use super::expr::{compare, shorten, sign};
use super::{Lower, Pair};
use crate::base::Span;
use crate::diag::{Code, Finding};
use crate::facts::words::Place;
use crate::syntax::ast::{Compare, Item, ItemKind, Name, Path};
use crate::syntax::parser::Rule;

impl Lower<'_> {
    /// The whole text.
    pub(in crate::syntax) fn file(&mut self, pairs: Pairs<'_, Rule>) -> Vec<Item> {
        let entries = pairs.filter(|pair| pair.as_rule() == Rule::file).flat_map(Pair::into_inner);
        self.items(entries, Place::File)
    }

    /// `{ … }` with statements in it.
    pub(super) fn block(&mut self, pair: Pair<'_>, place: Place) -> Vec<Item> {
        let span = self.span(&pair);
        let mut entries = Vec::new();
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::open_brace | Rule::close_brace => {}
                Rule::brace_missing => self.unclosed(span, "{"),
                _ => entries.push(part),
            }
        }
        self.items(entries.into_iter(), place)
    }

    fn items<'i>(&mut self, entries: impl Iterator<Item = Pair<'i>>, place: Place) -> Vec<Item> {
        let mut items = Vec::new();
        for entry in entries {
            if entry.as_rule() == Rule::EOI {
                continue;
            }
            match self.item(entry.clone(), place) {
                Some(item) => items.push(item),
                None => self.stray_entry(entry, ""),
            }
        }
        items
    }

    /// One statement; `None` if the entry is none.
    pub(super) fn item(&mut self, pair: Pair<'_>, place: Place) -> Option<Item> {
        let rule = pair.as_rule();
        if !is_statement(rule) {
            return None;
        }
        let span = self.span(&pair);
        let lead = pair.clone().into_inner().next().map_or(span, |first| self.span(&first));
        let doc = self.doc(span.start);
        let kind = self.item_kind(pair, place)?;
        Some(Item { doc, span, lead, kind })
    }

    fn item_kind(&mut self, pair: Pair<'_>, place: Place) -> Option<ItemKind> {
        Some(match pair.as_rule() {
            Rule::use_ => self.use_item(pair),
            Rule::party => self.party(pair),
            Rule::calendar => self.calendar(pair),
            Rule::severity => ItemKind::Severity(self.titled(pair)),
            Rule::unit_ => ItemKind::Unit(self.titled(pair)),
            Rule::enum_ => self.enum_decl(pair),
            Rule::fact => self.fact(pair),
            Rule::source => self.source(pair),
            Rule::metric => self.metric(pair),
            Rule::table => self.table(pair),
            Rule::service => self.service(pair),
            Rule::package => self.package(pair, place),
            Rule::tier => self.tier(pair),
            Rule::agreement => self.agreement(pair),
            Rule::amend => self.amend(pair),
            Rule::test => self.test(pair),
            Rule::objective => self.objective(pair),
            Rule::credit => self.credit(pair),
            Rule::support => self.support(pair),
            Rule::fee => self.fee(pair),
            Rule::cap_credits => self.cap_credits(pair),
            Rule::stacking => self.stacking(pair),
            _ => return self.term_kind(pair),
        })
    }

    /// A place where something is named.
    pub(super) fn slot(&mut self, pair: &Pair<'_>) -> Option<Name> {
        let name = self.name(pair);
        let good = name.text.chars().all(|c| c == '_' || c.is_alphanumeric());
        if crate::facts::words::is_reserved(&name.text) {
            let finding = Finding::new(Code::ReservedWord, name.span, format!("`{}` is a word of the language", name.text));
            self.report(finding.help("choose another name"));
        } else if !good {
            let wanted: String = name.text.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
            let wanted = wanted.trim_matches('_').to_owned();
            let finding = Finding::new(Code::BadName, name.span, format!("`{}` cannot be a name", name.text));
            let finding = finding.help("a name is letters, digits and `_`, and begins with a letter or `_`");
            self.report(finding.suggestion(format!("write `{wanted}`"), name.span, wanted));
        }
        Some(name)
    }

    pub(super) fn slot_path(&mut self, pair: Pair<'_>) -> Option<Path> {
        let span = self.span(&pair);
        let parts: Vec<Name> = pair.into_inner().filter_map(|part| self.slot(&part)).collect();
        (!parts.is_empty()).then_some(Path { parts, span })
    }

    /// Reports an operator that is understood but written otherwise.
    pub(super) fn odd_operator(&mut self, pair: &Pair<'_>, span: Span) {
        let text = pair.as_str();
        let wanted = match pair.as_rule() {
            Rule::cmp if text == "=" => "==",
            Rule::cmp => sign(compare(text)),
            Rule::op_and => "and",
            Rule::op_or => "or",
            Rule::op_not => "not",
            Rule::op_sub | Rule::op_neg => "-",
            Rule::op_mul => "*",
            Rule::op_range => "..",
            _ => return,
        };
        if text == wanted || (pair.as_rule() == Rule::cmp && compare(text) == Compare::In) {
            return;
        }
        let finding = Finding::new(Code::OddSpelling, span, format!("`{text}` is written `{wanted}`"));
        let text = if wanted == "not" { "not " } else { wanted };
        self.report(finding.fix(format!("write `{wanted}`"), span, text));
    }

    /// An entry that is no statement, or none that may stand here.
    pub(super) fn stray_entry(&mut self, pair: Pair<'_>, holds: &str) {
        let span = self.span(&pair);
        let finding = match pair.as_rule() {
            Rule::EOI => return,
            Rule::stray => Finding::new(Code::StrayBracket, span, "this `}` closes nothing"),
            Rule::sep => {
                let finding = Finding::new(Code::UnexpectedText, span, format!("no `{}` stands between statements", pair.as_str()));
                finding.fix("leave it out", span, "")
            }
            rule if is_statement(rule) => {
                let word = pair.into_inner().next().map_or(String::new(), |first| first.as_str().to_owned());
                let lead = Span { end: span.start + u32::try_from(word.len()).unwrap_or(0), ..span };
                Finding::new(Code::WrongPlace, lead, format!("`{word}` cannot stand here"))
            }
            _ => Finding::new(Code::UnexpectedText, self.first_line(span), format!("`{}` does not fit here", shorten(pair.as_str()))),
        };
        self.report(if holds.is_empty() { finding } else { finding.help(holds) });
    }

    /// The part of a span that lies on its first line.
    pub(super) fn first_line(&self, span: Span) -> Span {
        let text = self.text.get(span.start as usize..span.end as usize).unwrap_or("");
        let length = text.find(['\n', '\r']).unwrap_or(text.len());
        let length = text.get(..length).unwrap_or(text).trim_end().len();
        Span::new(self.file, span.start as usize, span.start as usize + length)
    }
}

/// True for rules that stand for a statement of files, packages, tiers, agreements, amendments or services.
pub(super) fn is_statement(rule: Rule) -> bool {
    !matches!(
        rule,
        Rule::stray
            | Rule::sep
            | Rule::pair
            | Rule::odd_block
            | Rule::junk
            | Rule::line
            | Rule::support_row
            | Rule::rows
            | Rule::test_row
            | Rule::calendar_rule
            | Rule::given
            | Rule::expect
            | Rule::generated
            | Rule::EOI
    )
}
