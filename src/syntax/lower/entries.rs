//! Entries of a file or block: which statement each is, and what to say of those that are none.

use pest::iterators::Pairs;
use smallvec::SmallVec;

use super::expr::compare;
use super::{Lower, Pair};
use crate::base::Span;
use crate::diag::{Code, Finding};
use crate::lang::words::Place;
use crate::syntax::ast::{Compare, Declaration, Item, ItemKind, Name, Path};
use crate::syntax::parser::Rule;

impl<'a> Lower<'a> {
    /// The whole text.
    pub(in crate::syntax) fn file(&mut self, pairs: Pairs<'a, Rule>) -> Vec<Item> {
        let entries =
            pairs.filter(|pair| pair.as_rule() == Rule::file).flat_map(Pair::into_inner).collect();
        self.items(entries, Place::File, None)
    }

    /// The entries of a block without its braces; a lost brace is reported.
    pub(super) fn entries(&mut self, block: Pair<'a>) -> (Vec<Pair<'a>>, Span, bool) {
        let span = self.span(&block);
        let (mut entries, mut lost) = (Vec::new(), false);
        for part in block.into_inner() {
            match part.as_rule() {
                Rule::open_brace | Rule::close_brace => {}
                Rule::brace_missing => lost = true,
                _ => entries.push(part),
            }
        }
        (entries, span, lost)
    }

    /// `{ … }` with statements in it.
    pub(super) fn block(&mut self, pair: Pair<'a>, place: Place) -> Vec<Item> {
        let (entries, span, lost) = self.entries(pair);
        let items = self.items(entries, place, Some(span));
        if lost {
            self.brace_missing(span);
        }
        items
    }

    /// `{ … }` with entries of its own kind in it; `take` says whether it wanted one.
    pub(super) fn special(
        &mut self,
        pair: Pair<'a>,
        place: Place,
        take: &mut dyn FnMut(&mut Self, Pair<'a>) -> bool,
    ) {
        let (entries, span, lost) = self.entries(pair);
        self.walk(entries, place, Some(span), take);
        if lost {
            self.brace_missing(span);
        }
    }

    fn items(&mut self, entries: Vec<Pair<'a>>, place: Place, open: Option<Span>) -> Vec<Item> {
        let mut items = Vec::new();
        let outer = (std::mem::take(&mut self.rescued), std::mem::take(&mut self.adopted));
        self.walk(entries, place, open, &mut |lower, entry| {
            lower.give_tail(&mut items);
            items.append(&mut lower.take_rescued());
            let item = lower.item(entry, place);
            let took = item.is_some();
            items.extend(item);
            took
        });
        self.give_tail(&mut items);
        items.append(&mut self.take_rescued());
        items.append(&mut self.adopted);
        (self.rescued, self.adopted) = outer;
        items.shrink_to_fit();
        items
    }

    /// One statement; `None` if the entry is none.
    pub(super) fn item(&mut self, pair: Pair<'a>, place: Place) -> Option<Item> {
        let rule = pair.as_rule();
        if !is_statement(rule) {
            return None;
        }
        let span = self.span(&pair);
        let lead = pair.clone().into_inner().next().map_or(span, |first| self.span(&first));
        let doc = self.doc(span.start);
        let kind = self.item_kind(pair, place)?;
        Some(Item { doc: doc.map(Box::new), span, lead, kind })
    }

    fn item_kind(&mut self, pair: Pair<'a>, place: Place) -> Option<ItemKind> {
        Some(match pair.as_rule() {
            Rule::use_ => self.use_item(pair).into(),
            Rule::party => self.party(pair).into(),
            Rule::calendar => self.calendar(pair).into(),
            Rule::severity => Declaration::Severity(Box::new(self.titled(pair))).into(),
            Rule::unit_ => Declaration::Unit(Box::new(self.unit_decl(pair))).into(),
            Rule::enum_ => self.enum_decl(pair).into(),
            Rule::fact => self.fact(pair),
            Rule::source => self.source(pair).into(),
            Rule::metric => self.metric(pair).into(),
            Rule::table => self.table(pair).into(),
            Rule::service => self.service(pair, place),
            Rule::package => self.package(pair, place),
            Rule::tier => self.tier(pair).into(),
            Rule::agreement => self.agreement(pair).into(),
            Rule::amend => self.amend(pair).into(),
            Rule::test => self.test(pair).into(),
            Rule::needs => self.needs(pair).into(),
            Rule::uses => self.uses(pair).into(),
            Rule::process => self.process(pair).into(),
            _ => self.statement(pair)?.into(),
        })
    }

    /// A place where something is named.
    pub(super) fn slot(&mut self, pair: &Pair<'a>) -> Option<Name> {
        let name = self.name(pair);
        if name.text.chars().any(crate::syntax::scan::is_hidden) {
            return Some(name);
        }
        let good = name.text.chars().all(|c| c == '_' || c.is_alphanumeric());
        if crate::lang::words::is_reserved(&name.text) {
            let finding = Finding::new(
                Code::ReservedWord,
                name.span,
                format!("`{}` is a word of the language", name.text),
            );
            self.report(finding.help("choose another name"));
        } else if !good {
            let wanted: String =
                name.text.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
            let wanted = wanted.trim_matches('_').to_owned();
            let finding =
                Finding::new(Code::BadName, name.span, format!("`{}` cannot be a name", name.text));
            let finding =
                finding.help("a name is letters, digits and `_`, and begins with a letter or `_`");
            self.report(finding.suggestion(
                format!("write `{wanted}`"),
                name.span,
                wanted.as_str(),
            ));
            // Who speaks of it has probably left the odd signs out.
            return Some(Name { text: wanted.into(), ..name });
        }
        Some(name)
    }

    pub(super) fn slot_path(&mut self, pair: Pair<'a>) -> Option<Path> {
        let parts: SmallVec<[Name; 1]> = pair
            .into_inner()
            .filter_map(|part| {
                if part.as_rule() == Rule::named {
                    Some(self.name(&part))
                } else {
                    self.slot(&part)
                }
            })
            .collect();
        (!parts.is_empty()).then_some(Path { parts })
    }

    /// Reports an operator that is understood but written otherwise.
    pub(super) fn odd_operator(&mut self, pair: &Pair<'a>, span: Span) {
        let text = pair.as_str();
        let wanted = match pair.as_rule() {
            Rule::cmp if text == "=" => "==",
            Rule::cmp => compare(text).sign(),
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
        let finding =
            Finding::new(Code::OddSpelling, span, format!("`{text}` is written `{wanted}`"));
        let text = if wanted == "not" { "not " } else { wanted };
        self.report(finding.fix(format!("write `{wanted}`"), span, text));
    }

    /// The part of a span that lies on its first line.
    pub(super) fn first_line(&self, span: Span) -> Span {
        let text = self.text.get(span.start as usize..span.end as usize).unwrap_or("");
        let length = text.find(['\n', '\r']).unwrap_or(text.len());
        let length = text.get(..length).unwrap_or(text).trim_end().len();
        Span::new(self.file, span.start as usize, span.start as usize + length)
    }
}

/// True for rules that stand for a statement of files, packages, tiers, agreements, amendments or
/// services.
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
