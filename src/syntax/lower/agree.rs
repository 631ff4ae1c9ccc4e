//! Agreements and amendments.

use super::{Lower, Pair};
use crate::base::Span;
use crate::diag::{Code, Finding};
use crate::lang::words::{AgreementKind, Place};
use crate::syntax::ast::{Agreement, Amend, AmendBoundary, Declaration, Side};
use crate::syntax::parser::Rule;

impl<'a> Lower<'a> {
    pub(super) fn agreement(&mut self, pair: Pair<'a>) -> Declaration {
        let mut head = self.span(&pair).before();
        let mut out = Agreement {
            kind: AgreementKind::Sla,
            name: None,
            title: None,
            between: None,
            by: None,
            of: None,
            under: None,
            items: Vec::new(),
        };
        let mut has_block = false;
        for part in pair.into_inner() {
            let place = self.span(&part);
            match part.as_rule() {
                Rule::kw_agreement => out.kind = agreement_kind(part.as_str()),
                Rule::slot => out.name = self.slot(&part),
                Rule::string => out.title = Some(self.string(part)),
                Rule::between => {
                    let between = self.between(part);
                    self.once(&mut out.between, Some(between), place, "`between`");
                }
                Rule::by_party => {
                    out.by = self.party_name(part, "the provider is missing after `by`")
                }
                Rule::of_party => {
                    out.of = self.party_name(part, "the customer is missing after `of`")
                }
                Rule::under => {
                    out.under = self.inner_path(part, "the agreement is missing after `under`")
                }
                Rule::block => {
                    has_block = true;
                    let inside = if out.kind == AgreementKind::Requirement {
                        Place::Requirement
                    } else {
                        Place::Agreement
                    };
                    out.items = self.block(part, inside);
                }
                _ => {}
            }
            if !has_block {
                head = head.to(place);
            }
        }
        self.need_agreement_parts(&out, head, has_block);
        Declaration::Agreement(Box::new(out))
    }

    fn need_agreement_parts(&mut self, out: &Agreement, head: Span, has_block: bool) {
        let word = out.kind.word();
        let example = match out.kind {
            AgreementKind::Sla => "sla GlobexShop between Acme and Globex { … }",
            AgreementKind::Ola => "ola Network between NetTeam and ShopTeam { … }",
            AgreementKind::Contract => "contract Cdn between CdnCo and Acme { … }",
            AgreementKind::Commitment => "commitment Status by Acme { … }",
            AgreementKind::Requirement => "requirement GlobexNeeds of Globex { … }",
        };
        let missing = match out.kind {
            _ if out.name.is_none() => Some("its name is missing"),
            AgreementKind::Sla | AgreementKind::Ola | AgreementKind::Contract => {
                out.between.is_none().then_some("`between` and the two parties are missing")
            }
            AgreementKind::Commitment => {
                out.by.is_none().then_some("`by` and the provider are missing")
            }
            AgreementKind::Requirement => {
                out.of.is_none().then_some("`of` and the customer are missing")
            }
        };
        if let Some(what) = missing {
            self.missing(head.after(), format!("this `{word}` is not complete: {what}"), example);
        } else if !has_block {
            self.missing(
                head.after(),
                format!("`{{` is missing: a `{word}` holds its statements in braces"),
                example,
            );
        }
    }

    fn between(&mut self, pair: Pair<'a>) -> (Option<Side>, Option<Side>) {
        let span = self.span(&pair);
        let (mut first, mut second, mut joined) = (None, None, false);
        for part in pair.into_inner() {
            let place = self.span(&part);
            match part.as_rule() {
                Rule::side if joined => second = self.side(part, place),
                Rule::side => first = self.side(part, place),
                Rule::kw_and => joined = true,
                Rule::comma => {
                    joined = true;
                    let finding = Finding::new(
                        Code::OddSpelling,
                        place,
                        "expected `and` between the two parties",
                    );
                    self.report(finding.fix("write `and`", place, " and"));
                }
                _ => {}
            }
        }
        if first.is_none() || second.is_none() {
            self.missing(span.after(), "an agreement names two parties", "between Acme and Globex");
        }
        (first, second)
    }

    fn side(&mut self, pair: Pair<'a>, span: Span) -> Option<Side> {
        let mut any = false;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::kw_any => any = true,
                Rule::name => return Some(Side::Named(self.name(&part))),
                // Of an agreement between teams the receiving side is a team.
                Rule::word if any && matches!(part.as_str(), "customer" | "team") => {
                    return Some(Side::Any(span));
                }
                Rule::word => {
                    let (word, place) = (part.as_str(), self.span(&part));
                    let message = format!(
                        "`any {word}` is not a party; only a customer or a team can be any"
                    );
                    let finding = Finding::new(Code::UnexpectedText, place, message);
                    self.report(finding.suggestion("write `any customer`", place, "customer"));
                    return Some(Side::Any(span));
                }
                _ => {}
            }
        }
        self.missing(span, "the word after `any` is missing", "between Acme and any customer");
        Some(Side::Any(span))
    }

    fn party_name(&mut self, pair: Pair<'a>, message: &str) -> Option<crate::syntax::ast::Name> {
        let span = self.span(&pair);
        let name = pair
            .into_inner()
            .find(|part| part.as_rule() == Rule::name)
            .map(|part| self.name(&part));
        self.need(name.as_ref(), span, message, "");
        name
    }

    pub(super) fn amend(&mut self, pair: Pair<'a>) -> Declaration {
        let mut head = self.span(&pair).before();
        let mut out = Amend { target: None, from: None, boundary: None, items: Vec::new() };
        let mut has_block = false;
        for part in pair.into_inner() {
            let place = self.span(&part);
            match part.as_rule() {
                Rule::path => out.target = Some(self.path(&part)),
                Rule::at_next_window => out.boundary = Some((AmendBoundary::NextWindow, place)),
                Rule::split_windows => out.boundary = Some((AmendBoundary::Split, place)),
                Rule::block => {
                    has_block = true;
                    out.items = self.block(part, Place::Amend);
                }
                Rule::kw_amend | Rule::kw_from => {}
                _ => out.from = self.when(&part),
            }
            if !has_block {
                head = head.to(place);
            }
        }
        let example = "amend GlobexShop from 2026-07-01 { … }";
        if out.target.is_none() {
            self.missing(head.after(), "the name of what is amended is missing", example);
        } else if out.from.is_none() {
            self.missing(
                head.after(),
                "the date from which the amendment applies is missing",
                example,
            );
        } else if !has_block {
            self.missing(
                head.after(),
                "`{` is missing: an amendment holds its statements in braces",
                example,
            );
        }
        Declaration::Amend(Box::new(out))
    }
}

fn agreement_kind(word: &str) -> AgreementKind {
    match word {
        "ola" => AgreementKind::Ola,
        "contract" => AgreementKind::Contract,
        "commitment" => AgreementKind::Commitment,
        "requirement" => AgreementKind::Requirement,
        _ => AgreementKind::Sla,
    }
}
