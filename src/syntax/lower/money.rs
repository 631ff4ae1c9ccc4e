//! Credits, fees, caps.

use super::{Lower, Pair};
use crate::base::Span;
use crate::diag::{Code, Finding};
use crate::lang::units::PeriodUnit;
use crate::lang::words::Place;
use crate::syntax::ast::{
    Binary, Cap, Credit, CreditKind, Edge, Expr, ExprKind, Fee, GroupPay, Ladder, Line, PayTerm,
    Remedy, Rhythm, Stacking, Statement, Step, StepCount, StepFrom, WindowKind,
};
use crate::syntax::parser::Rule;

impl<'a> Lower<'a> {
    pub(super) fn credit(&mut self, pair: Pair<'a>) -> Statement {
        let span = self.span(&pair);
        let mut out = Credit {
            kind: CreditKind::Credit,
            name: None,
            for_: Vec::new(),
            on: None,
            each_row: None,
            regardless: None,
            ladder: None,
            pay: None,
            base: None,
            caps: Vec::new(),
            condition: None,
            groups: None,
        };
        let mut lead = span;
        let mut has_pay = false;
        for part in pair.into_inner() {
            let place = self.span(&part);
            match part.as_rule() {
                Rule::kw_credit => {
                    lead = place;
                    out.kind = credit_kind(part.as_str());
                }
                Rule::slot_path => out.name = self.slot_path(part),
                Rule::ladder => {
                    has_pay = true;
                    out.ladder = Some(self.ladder(part));
                }
                Rule::remedy => {
                    has_pay = true;
                    out.pay = self.remedy(part);
                }
                _ => self.credit_part(part, &mut out, place),
            }
        }
        self.need(
            out.name.as_ref(),
            lead,
            "a credit needs a name",
            "credit Uptime { below 99.9% pay 10% } of fee",
        );
        if out.name.is_some() && !has_pay {
            self.missing(span.after(), "the payment is missing", "{ below target pay 10% } of fee");
        }
        out.caps.shrink_to_fit();
        Statement::Credit(Box::new(out))
    }

    fn credit_part(&mut self, part: Pair<'a>, out: &mut Credit, place: Span) {
        match part.as_rule() {
            Rule::for_ => {
                let paths = self.for_paths(part);
                if out.for_.is_empty() {
                    out.for_ = paths;
                } else {
                    self.report(Finding::new(Code::RepeatedPart, place, "`for` is given twice"));
                }
            }
            Rule::on => {
                let on =
                    self.inner_expr(part, "the value that the lines compare is missing after `on`");
                self.once(&mut out.on, on.map(Box::new), place, "`on`");
            }
            Rule::each_row => self.once(&mut out.each_row, Some(place), place, "`each row`"),
            Rule::regardless => self.once(&mut out.regardless, Some(place), place, "`regardless`"),
            Rule::of_base => {
                let base = self
                    .inner_expr(part, "the amount that the shares are of is missing after `of`");
                self.once(&mut out.base, base, place, "the base");
            }
            Rule::cap => out.caps.push(self.cap(part)),
            Rule::if_ => {
                let condition = self.fact_condition(part);
                self.once(&mut out.condition, condition.map(Box::new), place, "`if`");
            }
            Rule::pays => {
                let groups = self.pays(part);
                self.once(&mut out.groups, groups, place, "`pays`");
            }
            _ => {}
        }
    }

    pub(super) fn for_paths(&mut self, pair: Pair<'a>) -> Vec<crate::syntax::ast::Path> {
        let span = self.span(&pair);
        match pair.into_inner().find(|part| part.as_rule() == Rule::paths) {
            Some(paths) => self.paths(paths),
            None => {
                self.missing(span.after(), "a name is missing here", "");
                Vec::new()
            }
        }
    }

    fn pays(&mut self, pair: Pair<'a>) -> Option<(GroupPay, Span)> {
        let span = self.span(&pair);
        let word = pair.into_inner().find(|part| part.as_rule() == Rule::word);
        match word.as_ref().map(|word| word.as_str()) {
            Some("worst") => return Some((GroupPay::Worst, span)),
            Some("each") => return Some((GroupPay::Each, span)),
            Some(_) | None => {}
        }
        self.missing(
            word.map_or(span.after(), |word| self.span(&word)),
            "`pays` takes `worst` or `each`",
            "pays worst",
        );
        None
    }

    fn cap(&mut self, pair: Pair<'a>) -> Cap {
        let span = self.span(&pair);
        let mut cap = Cap { amount: None, each_row: false, window: None, span };
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::amount => cap.amount = Some(self.expr(part)),
                Rule::each_row => cap.each_row = true,
                Rule::per => cap.window = self.per_of_cap(part),
                _ => {}
            }
        }
        self.need(
            cap.amount.as_ref(),
            Span { end: span.start + 3, ..span },
            "the amount is missing after `cap`",
            "cap 50% of fee",
        );
        cap
    }

    pub(super) fn cap_credits(&mut self, pair: Pair<'a>) -> Statement {
        let span = self.span(&pair);
        let mut cap = Cap { amount: None, each_row: false, window: None, span };
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::amount => cap.amount = Some(self.expr(part)),
                Rule::per => cap.window = self.per_of_cap(part),
                _ => {}
            }
        }
        self.need(
            cap.amount.as_ref(),
            span,
            "the amount is missing after `cap credits`",
            "cap credits 100% of fee per month",
        );
        Statement::CapCredits(Box::new(cap))
    }

    pub(super) fn stacking(&mut self, pair: Pair<'a>) -> Statement {
        let span = self.span(&pair);
        let mut out = Stacking { elect: false, credits: Vec::new() };
        let mut listed = false;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::word => match part.as_str() {
                    "highest" => {}
                    "elect" => out.elect = true,
                    _ => {
                        let place = self.span(&part);
                        self.missing(
                            place,
                            "`credits` takes `highest of` or `elect of`",
                            "credits highest of Uptime, Outage",
                        );
                    }
                },
                Rule::paths => {
                    listed = true;
                    out.credits = self.paths(part);
                }
                _ => {}
            }
        }
        if !listed {
            self.missing(
                span.after(),
                "the credits are missing",
                "credits highest of Uptime, Outage",
            );
        }
        Statement::Stacking(Box::new(out))
    }

    fn ladder(&mut self, pair: Pair<'a>) -> Ladder {
        let mut lines = Vec::new();
        if let Some(block) = pair.into_inner().next() {
            self.special(block, Place::Ladder, &mut |lower, part| {
                lines.extend(lower.line(part));
                true
            });
        }
        self.otherwise_last(&lines);
        lines.shrink_to_fit();
        Ladder { lines }
    }

    /// `otherwise` speaks of what the other lines leave, so it ends the ladder and needs a line
    /// above it.
    fn otherwise_last(&mut self, lines: &[Line]) {
        let is_rest = |line: &&Line| matches!(line.edge, Edge::Otherwise);
        let Some((last, above)) = lines.split_last() else { return };
        for line in above.iter().filter(is_rest) {
            let finding =
                Finding::new(Code::LadderOrder, line.span, "`otherwise` is not the last line");
            self.report(
                finding
                    .also(last.span, "this line is below it")
                    .help("move it to the end: it applies to all values that no other line covers"),
            );
        }
        if is_rest(&last) && above.is_empty() {
            self.missing(
                last.span,
                "there is no line above `otherwise`",
                "below 99% pay 25% otherwise pay 10%",
            );
        }
    }

    fn line(&mut self, pair: Pair<'a>) -> Option<Line> {
        let span = self.span(&pair);
        let (mut word, mut bound, mut pay, mut has_pay) = (None, None, None, false);
        let mut until = None;
        for part in pair.into_inner() {
            let place = self.span(&part);
            match part.as_rule() {
                Rule::edge => {
                    word = Some((
                        part.as_str().split_whitespace().collect::<Vec<_>>().join(" "),
                        place,
                    ))
                }
                Rule::amount => bound = Some(self.expr(part)),
                Rule::until => until = Some((part, place)),
                Rule::comma => {
                    let finding =
                        Finding::new(Code::OddSpelling, place, "unexpected `,` before `pay`");
                    self.report(finding.fix("leave the `,` out", place, ""));
                }
                Rule::remedy => {
                    has_pay = true;
                    pay = self.remedy(part);
                }
                _ => {}
            }
        }
        let (word, place) = word?;
        if word == "otherwise" {
            if let Some(bound) = &bound {
                let finding = Finding::new(
                    Code::UnexpectedText,
                    bound.span,
                    "`otherwise` takes no bound: it applies to all values that no other line covers",
                );
                self.report(finding.help("for example: `otherwise pay 10%`"));
            } else if !has_pay {
                self.missing(
                    span.after(),
                    "the payment of this line is missing",
                    "otherwise pay 10%",
                );
            }
        } else {
            self.need(
                bound.as_ref(),
                place,
                &format!("the bound is missing after `{word}`"),
                "below 99.9% pay 10%",
            );
            if bound.is_some() && !has_pay {
                self.missing(
                    span.after(),
                    "the payment of this line is missing",
                    "below 99.9% pay 10%",
                );
            }
        }
        let until = until.and_then(|(part, place)| self.until(part, place, &word));
        let edge = match word.as_str() {
            "below" => Edge::Below(bound),
            "at or below" => Edge::AtOrBelow(bound),
            "at or above" | "at or over" => Edge::AtOrAbove(bound),
            "from" => Edge::From(bound),
            "in" => Edge::In(bound),
            "outside" => Edge::Outside(bound),
            "otherwise" => Edge::Otherwise,
            _ => Edge::Above(bound),
        };
        Some(Line { edge, until, pay, span })
    }

    /// `down to 92%` behind `below 99.7%`, `up to 4 h` behind `above 1 h`.
    fn until(&mut self, pair: Pair<'a>, place: Span, edge: &str) -> Option<Expr> {
        let (mut way, mut bound) = (place, None);
        let mut down = false;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::until_way => {
                    way = self.span(&part);
                    down = part.as_str().starts_with("down");
                }
                Rule::amount => bound = Some(self.expr(part)),
                _ => {}
            }
        }
        let fitting = match edge {
            "below" | "at or below" => "down to",
            "above" | "over" | "at or above" | "at or over" | "from" => "up to",
            _ => {
                let written = if down { "down to" } else { "up to" };
                let finding = Finding::new(
                    Code::UnexpectedText,
                    place,
                    format!("`{written}` does not fit after `{edge}`"),
                );
                self.report(finding.help("write `below A down to B` or `above A up to B`"));
                return None;
            }
        };
        if down != (fitting == "down to") {
            let finding = Finding::new(
                Code::OddSpelling,
                way,
                format!("a band that begins with `{edge}` ends with `{fitting}`"),
            );
            self.report(finding.fix(format!("write `{fitting}`"), way, fitting));
        }
        self.need(
            bound.as_ref(),
            way,
            &format!("the end of the band is missing after `{fitting}`"),
            "below 99.7% down to 92% pay 5%",
        );
        bound
    }

    fn remedy(&mut self, pair: Pair<'a>) -> Option<Remedy> {
        let part = pair.into_inner().next()?;
        match part.as_rule() {
            Rule::pay => Some(Remedy::Pay(self.pay(part))),
            Rule::extend => Some(Remedy::Extend(
                self.inner_expr(part, "the length of time is missing after `extend`").map(Box::new),
            )),
            Rule::remedy_text => {
                Some(Remedy::Text(self.inner_text(part, "the text is missing after `remedy`")))
            }
            _ => None,
        }
    }

    fn pay(&mut self, pair: Pair<'a>) -> Vec<PayTerm> {
        let mut terms = Vec::new();
        let mut before = self.span(&pair);
        for part in pair.into_inner() {
            let place = self.span(&part);
            if part.as_rule() == Rule::pay_term {
                let mut term = PayTerm { amount: None, step: None };
                for part in part.into_inner() {
                    match part.as_rule() {
                        Rule::amount => term.amount = Some(self.expr(part)),
                        Rule::step => term.step = Some(Box::new(self.step(part))),
                        _ => {}
                    }
                }
                self.need(term.amount.as_ref(), before, "the amount is missing", "pay 10%");
                if let (Some(amount), Some(step)) = (&term.amount, &term.step) {
                    self.sum_before_step(amount, step);
                }
                terms.push(term);
            }
            before = place;
        }
        terms.shrink_to_fit();
        terms
    }

    /// `30% + 5% per full 0.1%` may mean 35% a step, or 30% and 5% a step.
    fn sum_before_step(&mut self, amount: &Expr, step: &Step) {
        let ExprKind::Binary(Binary::Add, sides, sign) = &amount.kind else { return };
        let [first, last] = &**sides;
        // A sum in parentheses begins before its first operand.
        if first.span.start != amount.span.start {
            return;
        }
        let text = |span: Span| self.text.get(span.start as usize..span.end as usize).unwrap_or("");
        let (one, two) = (text(first.span), text(last.span));
        let message =
            format!("this step may multiply `{two}` alone, or the sum of `{one}` and `{two}`");
        let help = format!(
            "write `plus` if only `{two}` grows with each step: `{one} plus {two} per …`, or parentheses if the sum does: `({one} + {two}) per …`"
        );
        let finding = Finding::new(Code::UnsaidStep, amount.span, message)
            .also(step.span, "the step")
            .help(help);
        self.report(finding.suggestion("write `plus`", *sign, "plus"));
    }

    fn step(&mut self, pair: Pair<'a>) -> Step {
        let span = self.span(&pair);
        let mut step = Step { count: None, unit: None, from: None, span };
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::step_count => {
                    step.count = match part.as_str() {
                        "started" => Some(StepCount::Started),
                        "full" => Some(StepCount::Full),
                        _ => Some(StepCount::Exact),
                    }
                }
                Rule::quantity => step.unit = Some(self.quantity_expr(part)),
                Rule::kw_zero => step.from = Some(StepFrom::Zero),
                Rule::kw_target => step.from = Some(StepFrom::Target),
                Rule::amount => step.from = Some(StepFrom::Value(self.expr(part))),
                _ => {}
            }
        }
        self.need(
            step.unit.as_ref(),
            span,
            "the unit of the step is missing",
            "per started 1 h from zero",
        );
        if step.unit.is_none() {
            return step;
        }
        if step.count.is_none() {
            let finding = Finding::new(
                Code::UnsaidStep,
                span,
                "this step does not say how incomplete steps count",
            );
            self.report(finding.help("write `per started`, `per full` or `per exact`"));
        } else if step.from.is_none() {
            let finding = Finding::new(
                Code::UnsaidStep,
                span,
                "this step does not say where counting begins",
            );
            self.report(finding.help("add `from zero`, `from target` or a value"));
        }
        step
    }

    pub(super) fn fee(&mut self, pair: Pair<'a>) -> Statement {
        let span = self.span(&pair);
        let mut out = Fee { name: None, amount: None, rhythm: None, service: None, from: None };
        let mut lead = span;
        for part in pair.into_inner() {
            let place = self.span(&part);
            match part.as_rule() {
                Rule::kw_fee => lead = place,
                Rule::fee_name => out.name = Some(self.name(&part)),
                Rule::colon => {
                    let finding =
                        Finding::new(Code::OddSpelling, place, "unexpected `:` after `fee`");
                    self.report(finding.fix("leave the `:` out", place, ""));
                }
                Rule::amount => {
                    let amount = self.expr(part);
                    out.amount = Some(self.divided_fee(amount, &mut out.rhythm));
                }
                Rule::per => {
                    let rhythm = self.fee_rhythm(part);
                    self.once(&mut out.rhythm, rhythm, place, "how often the fee is due");
                }
                Rule::once => self.once(
                    &mut out.rhythm,
                    Some(Rhythm::Once(place)),
                    place,
                    "how often the fee is due",
                ),
                Rule::for_ => {
                    let service = self.for_paths(part).into_iter().next();
                    self.once(&mut out.service, service.map(Box::new), place, "the service");
                }
                Rule::since => {
                    let from = self.inner_when(part, "the date is missing after `from`");
                    self.once(&mut out.from, from.map(Box::new), place, "`from`");
                }
                _ => {}
            }
        }
        self.need(
            out.amount.as_ref(),
            lead,
            "the amount of the fee is missing",
            "fee 900 EUR per month",
        );
        Statement::Fee(Box::new(out))
    }

    /// `fee 900 EUR / month`
    fn divided_fee(&mut self, amount: Expr, rhythm: &mut Option<Rhythm>) -> Expr {
        let Expr { kind, span } = amount;
        let ExprKind::Binary(Binary::Divide, sides, sign) = kind else {
            return Expr { kind, span };
        };
        let [left, right] = *sides;
        let unit = match &right.kind {
            ExprKind::Path(path) => PeriodUnit::parse(&path.text()),
            _ => None,
        };
        let Some(
            unit @ (PeriodUnit::Day | PeriodUnit::Month | PeriodUnit::Quarter | PeriodUnit::Year),
        ) = unit
        else {
            return Expr {
                kind: ExprKind::Binary(Binary::Divide, Box::new([left, right]), sign),
                span,
            };
        };
        let finding = Finding::new(Code::OddSpelling, sign, "expected `per`, not `/`");
        self.report(finding.fix("write `per`", sign, "per"));
        *rhythm = Some(Rhythm::Per(unit, sign.to(right.span)));
        left
    }

    fn fee_rhythm(&mut self, pair: Pair<'a>) -> Option<Rhythm> {
        let span = self.span(&pair);
        let window = self.per(pair)?;
        if let WindowKind::Calendar(unit, None) = window.kind
            && matches!(
                unit,
                PeriodUnit::Day | PeriodUnit::Month | PeriodUnit::Quarter | PeriodUnit::Year
            )
        {
            return Some(Rhythm::Per(unit, span));
        }
        let finding = Finding::new(
            Code::UnexpectedText,
            window.span,
            "a fee is due per `day`, `month`, `quarter` or `year`, or `once`",
        );
        self.report(finding);
        None
    }
}

pub(super) fn credit_kind(word: &str) -> CreditKind {
    match word {
        "credit" => CreditKind::Credit,
        "bonus" => CreditKind::Bonus,
        _ => CreditKind::EarnBack,
    }
}
