//! Terms of packages, tiers and agreements, and the small statements of services.

use super::{Lower, Pair};
use crate::base::Span;
use crate::diag::{Code, Finding};
use crate::lang::units::PeriodUnit;
use crate::lang::words::Place;
use crate::syntax::ast::{
    Allow, Anchor, Benefit, Claim, ClaimDeadline, Duty, Escalate, EscalateStep, EscalateTo,
    Exclude, Ignore, MinimumPayout, Needs, Process, Reasoned, ServiceItem, Statement, Term,
    TermLength, Terminate, TextTerm, Treat,
};
use crate::syntax::parser::Rule;

impl<'a> Lower<'a> {
    pub(super) fn statement(&mut self, pair: Pair<'a>) -> Option<Statement> {
        let span = self.span(&pair);
        Some(match pair.as_rule() {
            Rule::objective => self.objective(pair),
            Rule::credit => self.credit(pair),
            Rule::support => self.support(pair),
            Rule::fee => self.fee(pair),
            Rule::cap_credits => self.cap_credits(pair),
            Rule::stacking => self.stacking(pair),
            Rule::exclude => self.exclude(pair),
            Rule::ignore => self.ignore(pair),
            Rule::minimum => Statement::MinimumPayout(Box::new(MinimumPayout {
                more_than: pair
                    .clone()
                    .into_inner()
                    .any(|part| part.as_rule() == Rule::kw_more_than),
                carried_over: pair
                    .clone()
                    .into_inner()
                    .any(|part| part.as_rule() == Rule::kw_carried),
                amount: self.inner_expr(pair, "the amount is missing after `minimum payout`"),
            })),
            Rule::claim => self.claim(pair),
            Rule::terminate => self.terminate(pair),
            Rule::escalate => self.escalate(pair),
            Rule::satisfies => Statement::Satisfies(self.for_paths(pair).into()),
            Rule::waive => Statement::Waive(Box::new(
                self.reasoned(pair, "waive GlobexNeeds.Speed because \"…\""),
            )),
            Rule::relax => {
                Statement::Relax(Box::new(self.reasoned(pair, "relax Uptime because \"…\"")))
            }
            Rule::drop => {
                Statement::Drop(self.inner_path(pair, "a name is missing here").map(Box::new))
            }
            Rule::term => self.term(pair),
            Rule::zone => Statement::Zone(
                self.inner_text(pair, "the name of the zone is missing").map(Box::new),
            ),
            Rule::hours => {
                Statement::Hours(self.inner_expr(pair, "the hours are missing").map(Box::new))
            }
            Rule::scope => {
                let block = pair.into_inner().find(|part| part.as_rule() == Rule::block);
                self.need(
                    block.as_ref(),
                    span,
                    "`{` is missing: a scope holds its statements in braces",
                    "scope { service Shop }",
                );
                Statement::Scope(
                    block.map(|block| self.block(block, Place::Scope)).unwrap_or_default().into(),
                )
            }
            Rule::includes => {
                Statement::Includes(self.inner_text(pair, "the text is missing").map(Box::new))
            }
            Rule::excludes => {
                Statement::Excludes(self.inner_text(pair, "the text is missing").map(Box::new))
            }
            Rule::benefit => self.benefit(pair),
            Rule::report => self.duty(pair),
            Rule::first_window => Statement::FirstWindow(self.first_window(pair)),
            Rule::missing_counts => Statement::Missing(self.missing_counts(pair)),
            Rule::allow => self.allow(pair),
            Rule::generic => self.text_term(pair)?,
            _ => return None,
        })
    }

    fn exclude(&mut self, pair: Pair<'a>) -> Statement {
        let span = self.span(&pair);
        let mut out = Exclude {
            time: None,
            treat: None,
            limit: None,
            notice: None,
            calendar: None,
            only: Vec::new(),
        };
        for part in pair.into_inner() {
            let place = self.span(&part);
            match part.as_rule() {
                Rule::expr => out.time = Some(self.expr(part)),
                Rule::as_ => {
                    let treat = self.treat(part);
                    self.once(&mut out.treat, treat, place, "`as`");
                }
                Rule::limit => {
                    let limit = self.limit(part);
                    self.once(&mut out.limit, Some(Box::new(limit)), place, "`limit`");
                }
                Rule::notice => {
                    let notice =
                        self.inner_period(part, "the length of time is missing after `notice`");
                    self.once(&mut out.notice, notice, place, "`notice`");
                }
                Rule::in_calendar => {
                    let calendar = self.inner_path(part, "the calendar is missing after `in`");
                    self.once(&mut out.calendar, calendar, place, "`in`");
                }
                Rule::from_paths => out.only = self.for_paths(part),
                _ => {}
            }
        }
        let said = self
            .text
            .get(span.start as usize..span.end as usize)
            .is_some_and(|text| text.contains(" as "));
        if out.time.is_none() {
            self.missing(
                Span { end: span.start + 7, ..span }.after(),
                "the time is missing after `exclude`",
                "exclude Weekly as absent",
            );
        } else if out.treat.is_none() && !said {
            let finding = Finding::new(
                Code::UnsaidExclusion,
                span,
                "this does not say how the excluded time counts",
            );
            self.report(finding.help("`as absent` removes it from the measured time; `as up` keeps it there and counts it as good"));
        }
        Statement::Exclude(Box::new(out))
    }

    fn treat(&mut self, pair: Pair<'a>) -> Option<(Treat, Span)> {
        let span = self.span(&pair);
        let word = pair.into_inner().find(|part| part.as_rule() == Rule::word);
        match word.as_ref().map(|word| word.as_str()) {
            Some("absent") => return Some((Treat::Absent, span)),
            Some("up") => return Some((Treat::Up, span)),
            Some(_) | None => {}
        }
        let finding = Finding::new(
            Code::UnsaidExclusion,
            word.map_or(span, |word| self.span(&word)),
            "excluded time counts as `absent` or `up`",
        );
        self.report(finding.help("`as absent` removes it from the measured time; `as up` keeps it there and counts it as good"));
        None
    }

    fn limit(
        &mut self,
        pair: Pair<'a>,
    ) -> (Option<crate::syntax::ast::Expr>, Option<crate::syntax::ast::Window>, Span) {
        let span = self.span(&pair);
        let (mut amount, mut window) = (None, None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::amount => amount = Some(self.expr(part)),
                Rule::per => window = self.per_of_limit(part),
                _ => {}
            }
        }
        self.need(
            amount.as_ref(),
            span,
            "the amount is missing after `limit`",
            "limit 10 h per year",
        );
        (amount, window, span)
    }

    fn ignore(&mut self, pair: Pair<'a>) -> Statement {
        let span = self.span(&pair);
        let mut out = Ignore { rows: None, only: Vec::new() };
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::expr => out.rows = Some(self.expr(part)),
                Rule::from_paths => out.only = self.for_paths(part),
                _ => {}
            }
        }
        self.need(
            out.rows.as_ref(),
            span,
            "the rows are missing after `ignore`",
            "ignore outages where cause == customer",
        );
        Statement::Ignore(Box::new(out))
    }

    fn claim(&mut self, pair: Pair<'a>) -> Statement {
        let span = self.span(&pair);
        let mut out = Claim {
            name: None,
            for_: Vec::new(),
            deadline: None,
            anchor: None,
            calendar: None,
            evidence: None,
        };
        let (mut said, mut counted) = (false, Vec::new());
        for part in pair.into_inner() {
            let place = self.span(&part);
            match part.as_rule() {
                Rule::claim_name => out.name = Some(self.name(&part)),
                Rule::for_ => out.for_ = self.for_paths(part),
                Rule::within => {
                    said = true;
                    let period =
                        self.inner_period(part, "the length of time is missing after `within`");
                    self.once(
                        &mut out.deadline,
                        period.map(ClaimDeadline::Within),
                        place,
                        "the deadline",
                    );
                }
                Rule::end_of => {
                    said = true;
                    let deadline = self.end_of_unit(part);
                    self.once(&mut out.deadline, deadline, place, "the deadline");
                }
                Rule::after => {
                    counted.push(place);
                    let anchor = self.anchor(part);
                    self.once(&mut out.anchor, anchor, place, "`after`");
                }
                Rule::in_calendar => {
                    counted.push(place);
                    let calendar = self.inner_path(part, "the calendar is missing after `in`");
                    self.once(&mut out.calendar, calendar, place, "`in`");
                }
                Rule::string => out.evidence = Some(self.string(part)),
                _ => {}
            }
        }
        if !said {
            self.missing(
                span.after(),
                "the deadline is missing",
                "claim within 30 days after window",
            );
        }
        if let (Some(ClaimDeadline::EndOfTerm(_)), Some(place)) = (&out.deadline, counted.first()) {
            let message = "the end of the term is a fixed day and takes no starting point";
            self.report(
                Finding::new(Code::WrongPlace, *place, message)
                    .help("write `claim by end of term`"),
            );
        }
        Statement::Claim(Box::new(out))
    }

    /// `by end of 2nd month`
    fn end_of_unit(&mut self, pair: Pair<'a>) -> Option<ClaimDeadline> {
        let span = self.span(&pair);
        let (mut count, mut unit) = (None, None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::ordinal => {
                    count = part
                        .as_str()
                        .trim_end_matches(|c: char| c.is_ascii_alphabetic())
                        .parse::<u32>()
                        .ok()
                }
                Rule::word => unit = PeriodUnit::parse(part.as_str()),
                Rule::end_of_term => return Some(ClaimDeadline::EndOfTerm(span)),
                _ => {}
            }
        }
        match (count, unit) {
            (Some(count), Some(unit)) => Some(ClaimDeadline::EndOf(count, unit, span)),
            (None, _) | (_, None) => {
                self.missing(
                    span.after(),
                    "the unit is missing: the end of a month, a quarter, a year or of the `term`",
                    "claim by end of 2nd month after window",
                );
                None
            }
        }
    }

    fn anchor(&mut self, pair: Pair<'a>) -> Option<Anchor> {
        let span = self.span(&pair);
        let word = pair.into_inner().find(|part| part.as_rule() == Rule::name);
        let Some(word) = word else {
            self.missing(
                span.after(),
                "the starting point is missing after `after`",
                "claim within 30 days after window",
            );
            return None;
        };
        Some(match word.as_str() {
            "window" => Anchor::Window,
            "start" => Anchor::Start,
            "end" => Anchor::End,
            _ => Anchor::Field(self.name(&word)),
        })
    }

    fn terminate(&mut self, pair: Pair<'a>) -> Statement {
        let span = self.span(&pair);
        let mut out = Terminate { name: None, when: None, notice: None, within: None, title: None };
        for part in pair.into_inner() {
            let place = self.span(&part);
            match part.as_rule() {
                Rule::terminate_name => out.name = Some(self.name(&part)),
                Rule::expr => out.when = Some(self.expr(part)),
                Rule::notice => {
                    let notice =
                        self.inner_period(part, "the length of time is missing after `notice`");
                    self.once(&mut out.notice, notice, place, "`notice`");
                }
                Rule::within => {
                    let within =
                        self.inner_period(part, "the length of time is missing after `within`");
                    self.once(&mut out.within, within, place, "`within`");
                }
                Rule::string => out.title = Some(self.string(part)),
                _ => {}
            }
        }
        self.need(
            out.when.as_ref(),
            span,
            "the condition is missing",
            "terminate when Uptime breached 3 of last 6",
        );
        Statement::Terminate(Box::new(out))
    }

    fn escalate(&mut self, pair: Pair<'a>) -> Statement {
        let span = self.span(&pair);
        let mut out = Escalate { subject: None, steps: Vec::new() };
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::path => out.subject = Some(self.path(&part)),
                Rule::escalate_step => out.steps.push(self.escalate_step(part)),
                _ => {}
            }
        }
        if out.steps.is_empty() {
            self.missing(
                span.after(),
                "say after how long, and to whom",
                "escalate P1 after 1 h to \"duty manager\"",
            );
        }
        out.steps.shrink_to_fit();
        Statement::Escalate(Box::new(out))
    }

    fn escalate_step(&mut self, pair: Pair<'a>) -> EscalateStep {
        let span = self.span(&pair);
        let mut step = EscalateStep { after: None, to: None };
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::quantity => step.after = Some(self.quantity_expr(part)),
                Rule::string => step.to = Some(EscalateTo::Text(self.string(part))),
                Rule::name => step.to = Some(EscalateTo::Party(self.name(&part))),
                _ => {}
            }
        }
        if step.after.is_none() || step.to.is_none() {
            self.missing(
                span.after(),
                "say after how long, and to whom",
                "after 1 h to \"duty manager\"",
            );
        }
        step
    }

    fn reasoned(&mut self, pair: Pair<'a>, example: &str) -> Reasoned {
        let span = self.span(&pair);
        let mut out = Reasoned { target: None, because: None };
        let mut said = false;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::path => out.target = Some(self.path(&part)),
                Rule::because => {
                    said = true;
                    out.because = self.inner_text(part, "the reason is missing after `because`");
                }
                _ => {}
            }
        }
        if out.target.is_none() {
            self.missing(span.after(), "a name is missing here", example);
        } else if !said {
            self.missing(span.after(), "say why, with `because`", example);
        }
        out
    }

    fn allow(&mut self, pair: Pair<'a>) -> Statement {
        let span = self.span(&pair);
        let mut out = Allow { code: None, because: None };
        let mut said = false;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::code => out.code = Some(self.name(&part)),
                Rule::because => {
                    said = true;
                    out.because = self.inner_text(part, "the reason is missing after `because`");
                }
                _ => {}
            }
        }
        let example = "allow shared-source because \"…\"";
        if out.code.is_none() {
            self.missing(span.after(), "say which finding is allowed", example);
        } else if !said {
            self.missing(span.after(), "say why, with `because`", example);
        }
        Statement::Allow(Box::new(out))
    }

    fn term(&mut self, pair: Pair<'a>) -> Statement {
        let span = self.span(&pair);
        let mut out = Term { from: None, length: None, renews: None, notice: None };
        let mut dated = false;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::for_length => {
                    out.length = self
                        .inner_period(part, "the length of time is missing after `for`")
                        .map(TermLength::For);
                }
                Rule::to_date => {
                    out.length =
                        self.inner_when(part, "the last day is missing").map(TermLength::To);
                }
                Rule::renews => self.renews(part, &mut out),
                rule if super::types::is_when(rule) => {
                    dated = true;
                    out.from = self.when(&part);
                }
                _ => {}
            }
        }
        let example = "term from 2026-01-01 for 12 months";
        if !dated {
            self.missing(span.after(), "the first day is missing after `from`", example);
        }
        Statement::Term(Box::new(out))
    }

    fn renews(&mut self, pair: Pair<'a>, out: &mut Term) {
        let span = self.span(&pair);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::quantity => out.renews = self.period(part),
                Rule::notice => {
                    out.notice =
                        self.inner_period(part, "the length of time is missing after `notice`")
                }
                _ => {}
            }
        }
        self.need(
            out.renews.as_ref(),
            span,
            "the length of time is missing after `renews`",
            "renews 12 months unless notice 30 days",
        );
    }

    fn benefit(&mut self, pair: Pair<'a>) -> Statement {
        let span = self.span(&pair);
        let mut out = Benefit { name: None, amount: None, text: None };
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::name => out.name = Some(self.name(&part)),
                Rule::amount => out.amount = Some(self.expr(part)),
                Rule::string => out.text = Some(self.string(part)),
                _ => {}
            }
        }
        if out.name.is_none() && out.text.is_none() {
            self.missing(
                span.after(),
                "say what the benefit is",
                "benefit discount 5% on \"renewal\"",
            );
        }
        Statement::Benefit(Box::new(out))
    }

    fn duty(&mut self, pair: Pair<'a>) -> Statement {
        let span = self.span(&pair);
        let mut out = Duty { every: None, within: None, calendar: None, text: None };
        let (mut review, mut said) = (false, false);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::kw_report => review = part.as_str() == "review",
                Rule::window => {
                    said = true;
                    out.every = self.window(part);
                }
                Rule::within => {
                    out.within =
                        self.inner_period(part, "the length of time is missing after `within`")
                }
                Rule::in_calendar => {
                    out.calendar = self.inner_path(part, "the calendar is missing after `in`")
                }
                Rule::string => out.text = Some(self.string(part)),
                _ => {}
            }
        }
        self.need(
            said.then_some(&()),
            span,
            "say how often",
            if review { "review every quarter" } else { "report every month" },
        );
        if review { Statement::Review(Box::new(out)) } else { Statement::Report(Box::new(out)) }
    }

    pub(super) fn needs(&mut self, pair: Pair<'a>) -> ServiceItem {
        let span = self.span(&pair);
        let mut out = Needs { least: None, services: Vec::new() };
        let mut listed = false;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::kw_any => out.least = Some(1),
                Rule::number => out.least = self.count(&part),
                Rule::paths => {
                    listed = true;
                    out.services = self.paths(part);
                }
                _ => {}
            }
        }
        if !listed {
            self.missing(
                span.after(),
                "the services are missing after `needs`",
                "needs any CdnA, CdnB",
            );
        }
        ServiceItem::Needs(Box::new(out))
    }

    pub(super) fn uses(&mut self, pair: Pair<'a>) -> ServiceItem {
        let span = self.span(&pair);
        let texts: Vec<_> = pair
            .into_inner()
            .filter(|part| part.as_rule() == Rule::string)
            .map(|part| self.string(part))
            .collect();
        if texts.is_empty() {
            self.missing(span.after(), "what is used is missing", "uses \"PostgreSQL 17\"");
        }
        ServiceItem::Uses(texts.into())
    }

    pub(super) fn process(&mut self, pair: Pair<'a>) -> ServiceItem {
        let span = self.span(&pair);
        let mut out = Process { text: None, within: None };
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::string => out.text = Some(self.string(part)),
                Rule::within_expr => {
                    out.within =
                        self.inner_expr(part, "the length of time is missing after `within`")
                }
                _ => {}
            }
        }
        self.need(
            out.text.as_ref(),
            span,
            "say which process",
            "process \"Restore from backup\" within 4 h",
        );
        ServiceItem::Process(Box::new(out))
    }

    fn text_term(&mut self, pair: Pair<'a>) -> Option<Statement> {
        let (mut names, mut text) = (Vec::new(), None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::name => names.push(self.name(&part)),
                Rule::string => text = Some(self.string(part)),
                _ => {}
            }
        }
        let mut names = names.into_iter();
        Some(Statement::TextTerm(Box::new(TextTerm {
            word: names.next()?,
            name: names.next(),
            text,
        })))
    }
}
