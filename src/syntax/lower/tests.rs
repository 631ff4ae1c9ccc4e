//! `test` blocks of the language.

use super::money::credit_kind;
use super::types::is_when;
use super::{Lower, Pair};
use crate::base::Span;
use crate::lang::words::Place;
use crate::syntax::ast::{
    Check, CreditKind, Declaration, Expect, Test, TestGiven, TestRow, TestRows, Verdict, When,
};
use crate::syntax::parser::Rule;

impl<'a> Lower<'a> {
    pub(super) fn test(&mut self, pair: Pair<'a>) -> Declaration {
        let span = self.span(&pair);
        let mut out = Test {
            title: None,
            given: Vec::new(),
            facts: Vec::new(),
            rows: Vec::new(),
            expects: Vec::new(),
            allows: Vec::new(),
        };
        let (mut lead, mut has_block) = (span, false);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::kw_test => lead = self.span(&part),
                Rule::string => out.title = Some(self.string(part)),
                Rule::block => {
                    has_block = true;
                    self.test_block(part, &mut out);
                }
                _ => {}
            }
        }
        let example = "test \"a month without outages\" { … }";
        self.need(out.title.as_ref(), lead, "a test needs a title", example);
        if !has_block && out.title.is_some() {
            self.missing(
                span.after(),
                "`{` is missing: a test holds its statements in braces",
                example,
            );
        }
        out.given.shrink_to_fit();
        out.rows.shrink_to_fit();
        out.expects.shrink_to_fit();
        Declaration::Test(Box::new(out))
    }

    fn test_block(&mut self, pair: Pair<'a>, out: &mut Test) {
        self.special(pair, Place::Test, &mut |lower, part| {
            match part.as_rule() {
                Rule::given => out.given.push(lower.given(part)),
                Rule::fact => out.facts.extend(lower.item(part, Place::Test)),
                Rule::rows => out.rows.extend(lower.test_rows(part)),
                Rule::expect => out.expects.push(lower.expect(part)),
                Rule::allow => out.allows.extend(lower.item(part, Place::Test)),
                _ => return false,
            }
            true
        });
    }

    fn given(&mut self, pair: Pair<'a>) -> TestGiven {
        let span = self.span(&pair);
        let mut out = TestGiven { agreement: None, customer: None, from: None, to: None };
        let mut whens: Vec<Option<When>> = Vec::new();
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::path => out.agreement = Some(self.path(&part)),
                Rule::name => out.customer = Some(self.name(&part)),
                Rule::dots => self.odd_dots(&part),
                rule if is_when(rule) => whens.push(self.when(&part)),
                _ => {}
            }
        }
        if whens.is_empty() {
            self.missing(
                span.after(),
                "say which time the data covers, with `in`",
                "given GlobexShop in 2026-03",
            );
        }
        let mut whens = whens.into_iter();
        (out.from, out.to) = (whens.next().flatten(), whens.next().flatten());
        out
    }

    fn test_rows(&mut self, pair: Pair<'a>) -> Option<TestRows> {
        let (mut source, mut rows) = (None, Vec::new());
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::name => source = Some(self.name(&part)),
                Rule::rows_block => self.special(part, Place::Rows, &mut |lower, part| {
                    rows.extend(lower.test_row(part));
                    true
                }),
                _ => {}
            }
        }
        rows.shrink_to_fit();
        source.map(|source| TestRows { source, rows })
    }

    fn test_row(&mut self, pair: Pair<'a>) -> Option<TestRow> {
        let span = self.span(&pair);
        let (mut whens, mut length, mut every, mut values) = (Vec::new(), None, None, Vec::new());
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::row_for => length = self.row_length(part),
                Rule::row_every => every = self.row_length(part),
                Rule::row_value => {
                    let (mut name, mut value) = (None, None);
                    for part in part.into_inner() {
                        match part.as_rule() {
                            Rule::field_name => name = Some(self.name(&part)),
                            _ => value = Some(self.expr(part)),
                        }
                    }
                    values.extend(name.map(|name| (name, value)));
                }
                Rule::dots if matches!(part.as_str(), "to" | "until") => {}
                Rule::dots => self.odd_dots(&part),
                rule if is_when(rule) => whens.push(self.when(&part)),
                _ => {}
            }
        }
        values.shrink_to_fit();
        let mut whens = whens.into_iter();
        let (from, to) = (whens.next(), whens.next().flatten());
        match from {
            Some(from) => Some(TestRow { from: from?, to, length, every, values, span }),
            None => {
                self.missing(
                    span.after(),
                    "a row begins with its time",
                    "2026-03-03T10:00 for 50 min  cause: provider",
                );
                None
            }
        }
    }

    fn row_length(&mut self, pair: Pair<'a>) -> Option<crate::syntax::ast::Expr> {
        let span = self.span(&pair);
        match pair.into_inner().find(|part| part.as_rule() == Rule::quantity) {
            Some(quantity) => Some(self.quantity_expr(quantity)),
            None => {
                self.missing(span.after(), "a length is missing here", "for 50 min");
                None
            }
        }
    }

    fn expect(&mut self, pair: Pair<'a>) -> Expect {
        let span = self.span(&pair);
        let mut out = Expect { subject: None, window: None, checks: Vec::new(), span };
        let (mut comma, mut said): (Option<Span>, bool) = (None, false);
        for part in pair.into_inner() {
            let place = self.span(&part);
            match part.as_rule() {
                Rule::r#ref => out.subject = Some(self.subject(part)),
                Rule::check => {
                    (comma, said) = (None, true);
                    out.checks.extend(self.check(part));
                }
                Rule::comma => comma = Some(place),
                rule if is_when(rule) => out.window = self.when(&part),
                _ => {}
            }
        }
        out.checks.shrink_to_fit();
        if let Some(comma) = comma {
            self.missing(
                comma.after(),
                "a check is missing after `,`",
                "expect Uptime breached, value 99.8%",
            );
        } else if !said {
            self.missing(
                span.after(),
                "say what is expected",
                "expect Uptime breached, value 99.8%",
            );
        }
        out
    }

    fn check(&mut self, pair: Pair<'a>) -> Option<Check> {
        let span = self.span(&pair);
        let part = pair.into_inner().next()?;
        Some(match part.as_rule() {
            Rule::verdict => Check::Verdict(verdict(part.as_str()), span),
            Rule::value_check => Check::Value(self.inner_expr(part, "the value is missing"), span),
            Rule::downtime_check => {
                Check::Downtime(self.inner_expr(part, "how long is missing after `downtime`"), span)
            }
            Rule::extend_check => Check::Extend(
                self.inner_period(part, "the length of time is missing after `extend`"),
                span,
            ),
            Rule::remedy_text => {
                Check::Remedy(self.inner_text(part, "the text is missing after `remedy`"), span)
            }
            Rule::terminate_check => self.terminate_check(part, span),
            Rule::claim_check => {
                let (mut name, mut by) = (None, None);
                for part in part.into_inner() {
                    match part.as_rule() {
                        Rule::name => name = Some(self.name(&part)),
                        rule if is_when(rule) => by = self.when(&part),
                        _ => {}
                    }
                }
                self.need(by.as_ref(), span, "the date is missing", "claim by 2026-04-30");
                Check::Claim(name, by, span)
            }
            Rule::no_check => return self.no_check(part, span),
            _ => self.credit_check(part, span),
        })
    }

    fn no_check(&mut self, pair: Pair<'a>, span: Span) -> Option<Check> {
        let word = pair.into_inner().nth(1);
        match word.as_ref().map(|word| word.as_rule()) {
            Some(Rule::kw_credit_kind) => {
                let kind = word.map_or(CreditKind::Credit, |word| credit_kind(word.as_str()));
                Some(Check::Credit { kind, name: None, amount: None, span })
            }
            Some(Rule::kw_terminate) => {
                Some(Check::Terminate { wanted: false, name: None, by: None, span })
            }
            Some(Rule::terminate_of) => {
                let name =
                    word.and_then(|word| word.into_inner().next()).map(|name| self.name(&name));
                Some(Check::Terminate { wanted: false, name, by: None, span })
            }
            Some(_) | None => {
                self.missing(
                    span.after(),
                    "say what is not expected: `no credit`, `no terminate` or `no data`",
                    "",
                );
                None
            }
        }
    }

    /// `terminate`, `terminate Chronic by 2026-05-30`
    fn terminate_check(&mut self, pair: Pair<'a>, span: Span) -> Check {
        let (mut name, mut by, mut dated) = (None, None, false);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::terminate_of => name = part.into_inner().next().map(|name| self.name(&name)),
                Rule::kw_by => dated = true,
                rule if is_when(rule) => by = self.when(&part),
                _ => {}
            }
        }
        if dated {
            self.need(by.as_ref(), span, "the date is missing", "terminate by 2026-05-30");
        }
        Check::Terminate { wanted: true, name, by, span }
    }

    fn credit_check(&mut self, pair: Pair<'a>, span: Span) -> Check {
        let (mut kind, mut name, mut amount) = (CreditKind::Credit, None, None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::kw_credit_kind => kind = credit_kind(part.as_str()),
                Rule::check_name => name = part.into_inner().next().map(|path| self.path(&path)),
                Rule::amount => amount = Some(self.expr(part)),
                _ => {}
            }
        }
        self.need(amount.as_ref(), span, "the amount is missing", "expect credit 240.00 EUR");
        Check::Credit { kind, name, amount, span }
    }
}

fn verdict(text: &str) -> Verdict {
    match text {
        "met" => Verdict::Met,
        "breached" => Verdict::Breached,
        "pending" => Verdict::Pending,
        _ if text.starts_with("not") => Verdict::NotInForce,
        _ => Verdict::NoData,
    }
}
