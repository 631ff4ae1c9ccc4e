//! Comparing what a test expects with what came out.

use std::collections::BTreeMap;

use super::Context;
use super::given::interval;
use super::subjects::{Done, Found};
use crate::base::{Exact, Span};
use crate::data::fault::Outcome;
use crate::diag::{Code, Finding};
use crate::eval::display;
use crate::eval::evaluate::AgreementResult;
use crate::eval::facts::words;
use crate::eval::groups::Group;
use crate::eval::money::{Adjusts, ClaimBy, CreditLine, Other, Right};
use crate::eval::naming::window_name;
use crate::eval::objectives::{Measured, Verdict};
use crate::eval::value::Value;
use crate::plan::{CreditKind, NumberForm, Period, PeriodUnit, SupportLimit, Type};
use crate::syntax::ast::{self, Check};
use crate::time::display as wording;
use crate::time::{Date, Instant, Interval, Zone, format_instant};
use crate::types::constant;
use crate::types::model::Expectation;
use crate::types::tree::{Kind, Typed};

impl Context<'_, '_, '_> {
    /// The findings of one expectation.
    pub(super) fn checks(
        &self,
        done: &Done<'_, '_>,
        expect: &Expectation<'_>,
        found: &Found<'_>,
    ) -> Outcome<Vec<Finding>> {
        let mut values = expect.values.iter();
        let mut findings = Vec::new();
        for check in &expect.syntax.checks {
            let value = match check {
                Check::Value(Some(_), _)
                | Check::Downtime(Some(_), _)
                | Check::Credit { amount: Some(_), .. } => values.next(),
                Check::Value(None, _)
                | Check::Downtime(None, _)
                | Check::Credit { amount: None, .. }
                | Check::Verdict(..)
                | Check::Extend(..)
                | Check::Remedy(..)
                | Check::Claim(..)
                | Check::Terminate { .. } => None,
            };
            let looking = Looking { context: self, done, found };
            findings.extend(looking.check(check, value)?);
        }
        Ok(findings)
    }
}

/// One look at what was found.
struct Looking<'l, 'a, 'p> {
    context: &'l Context<'l, 'a, 'p>,
    done: &'l Done<'l, 'l>,
    found: &'l Found<'l>,
}

impl Looking<'_, '_, '_> {
    fn check(&self, check: &Check, value: Option<&Typed>) -> Outcome<Option<Finding>> {
        Ok(match check {
            Check::Verdict(verdict, span) => self.verdict(*verdict, *span),
            Check::Value(_, span) => value.and_then(|value| self.value(value, *span)),
            Check::Downtime(_, span) => value.and_then(|value| self.downtime(value, *span)),
            Check::Credit { kind, name, span, .. } => {
                let name = name.as_ref().map(|name| name.text().to_string());
                self.credit(*kind, name.as_deref(), value, *span)?
            }
            Check::Extend(period, span) => {
                period.as_ref().and_then(|period| self.extend(period, *span))
            }
            Check::Remedy(text, span) => {
                text.as_ref().and_then(|text| self.remedy(&text.value, *span))
            }
            Check::Claim(name, when, span) => when
                .and_then(|when| self.claim(name.as_ref().map(|it| it.text.as_str()), when, *span)),
            Check::Terminate { wanted, name, by, span } => {
                self.terminate(*wanted, name.as_ref().map(|name| name.text.as_str()), *by, *span)
            }
        })
    }

    /// A check that failed; if it is about one window, with what that window looked like.
    fn failed(&self, span: Span, message: String) -> Finding {
        let finding = Finding::new(Code::FailedTest, span, message);
        let cells = &self.found.cells;
        match cells.first() {
            Some(cell) if cells.iter().all(|other| other.window == cell.window) => {
                finding.note(self.about(cell))
            }
            Some(_) | None => finding,
        }
    }

    /// What a window looked like, for those who wonder.
    fn about(&self, cell: &Measured) -> String {
        let value = cell
            .value
            .as_ref()
            .map_or_else(|| "no data".to_string(), |value| self.shown(value, None));
        let length = |length: i64| wording::exact_length(&Exact::integer(length));
        let excluded = if cell.excluded == 0 {
            String::new()
        } else {
            format!(", {} excluded", length(cell.excluded))
        };
        let down = cell
            .down
            .as_ref()
            .map_or_else(String::new, |down| format!(", {} down", wording::exact_length(down)));
        let rows = cell.rows.map_or_else(String::new, |rows| {
            format!(", {rows} rows, {} of them bad", cell.bad.len())
        });
        let worst = self.worst(cell).unwrap_or_default();
        format!(
            "window {}: value {value}, {} measured{excluded}{down}{rows}{worst}",
            self.window(cell.window),
            length(cell.measured)
        )
    }

    /// Of a support cell, what its clock shows of the worst row, beside the limit.
    fn worst(&self, cell: &Measured) -> Option<String> {
        let (agreement, number) = self.found.objective?;
        let version = self.done.program.agreements.get(agreement)?.versions.get(cell.version)?;
        let support =
            version.objectives.iter().find(|it| it.number == number)?.plan.support.as_ref()?;
        let (SupportLimit::Within { length, .. }, Some(Value::Quantity(worst, _))) =
            (&support.limit, &cell.worst.value)
        else {
            return None;
        };
        let limit = Exact::integer(length.nanoseconds);
        Some(format!(
            "; the worst took {}, the limit is {}",
            wording::exact_length(worst),
            wording::exact_length(&limit)
        ))
    }

    /// A window by the calendar of the agreement under test.
    fn window(&self, window: Interval) -> String {
        let agreement = self.found.objective.map_or_else(
            || self.found.results.first().map(|result| result.agreement),
            |it| Some(it.0),
        );
        let agreement = agreement.and_then(|number| self.done.program.agreements.get(number));
        let zone = agreement.and_then(|agreement| self.done.program.zone_at(agreement.zone).ok());
        match zone {
            Some(zone) => window_name(zone, window),
            None => format!("{} to {}", self.instant(window.start), self.instant(window.end)),
        }
    }

    fn instant(&self, at: Instant) -> String {
        format_instant(at, self.context.zone())
    }

    /// A value as people write values of its type; a number that is cut off is followed by what it
    /// is exactly.
    fn shown(&self, value: &Value, wanted: Option<&Typed>) -> String {
        let names = &self.done.program.names;
        let Value::Quantity(amount, currency) = value else { return words(value, names) };
        let of = self.type_of_value();
        if let Some(currency) = currency.filter(|_| !matches!(of, Some(Type::Compound { .. }))) {
            return display::money(amount, &names.text(currency));
        }
        let shown = match (of, wanted.map(|wanted| &first_end(wanted).kind)) {
            (Some(of), _) => display::quantity(amount, &of),
            (None, Some(Kind::Duration(..))) => wording::exact_length(amount),
            (None, Some(Kind::Number(_, ast::NumberForm::Percent))) => wording::percent(amount),
            (None, _) => display::decimal(amount),
        };
        if shown.contains('…') { format!("{shown} (exactly {amount})") } else { shown }
    }

    /// The type of the values of the objective that is tested.
    fn type_of_value(&self) -> Option<Type> {
        let (agreement, number) = self.found.objective?;
        let versions = &self.done.program.agreements.get(agreement)?.versions;
        let objective = versions
            .iter()
            .flat_map(|version| &version.objectives)
            .find(|objective| objective.number == number)?;
        self.done.program.plan.metrics.get(objective.metric).map(|metric| metric.of.clone())
    }

    fn verdict(&self, wanted: ast::Verdict, span: Span) -> Option<Finding> {
        let expected = match wanted {
            ast::Verdict::Met => Verdict::Met,
            ast::Verdict::Breached => Verdict::Breached,
            ast::Verdict::Pending => Verdict::Pending,
            ast::Verdict::NoData => Verdict::NoData,
            ast::Verdict::NotInForce => Verdict::NotInForce,
        };
        let actual = match &self.found.metric {
            Some(None) => Some(Verdict::NoData),
            Some(Some(value)) => {
                let message = format!(
                    "expected {}, but the value is {}",
                    verdict_word(expected),
                    self.shown(value, None)
                );
                return Some(self.failed(span, message));
            }
            None => together(self.cells().iter().map(|cell| cell.verdict)),
        };
        let actual = actual.unwrap_or(Verdict::NotInForce);
        (actual != expected).then(|| {
            self.failed(
                span,
                format!("expected {}, but it is {}", verdict_word(expected), verdict_word(actual)),
            )
        })
    }

    /// The windows in question: those of the objective, else all that end in the time that is
    /// spoken of.
    fn cells(&self) -> Vec<&Measured> {
        if self.found.objective.is_some() {
            return self.found.cells.clone();
        }
        let all = self
            .found
            .results
            .iter()
            .flat_map(|result| &result.objectives)
            .flatten()
            .flat_map(|group| &group.windows);
        all.filter(|cell| self.ends_within(cell.inside)).collect()
    }

    fn value(&self, wanted: &Typed, span: Span) -> Option<Finding> {
        let expected = self.context.sources.text(wanted.span);
        let actual: Vec<Option<Value>> = match &self.found.metric {
            Some(value) => vec![value.clone()],
            None => self.found.cells.iter().map(|cell| cell.value.clone()).collect(),
        };
        if actual.is_empty() {
            return Some(self.failed(
                span,
                format!("expected `{expected}`, but the objective is not in force there"),
            ));
        }
        let wrong =
            actual.iter().find(|value| !fits(value.as_ref(), wanted, &self.done.program.names))?;
        let Some(wrong) = wrong else {
            return Some(self.failed(span, format!("expected `{expected}`, but there is no data")));
        };
        let finding = self.failed(
            span,
            format!("expected `{expected}`, but it is {}", self.shown(wrong, Some(wanted))),
        );
        let range = wrong.amount().and_then(|amount| self.range_around(amount, wanted));
        Some(match range {
            Some(range) if expected.contains('%') => {
                finding.help(format!("a value is compared exactly; to compare the written digits only, write `value {range}`"))
            }
            Some(range) => finding.help(format!("the value is a share in percent: write `value {range}`")),
            None => finding,
        })
    }

    /// The range of the digits that were written, where these are the first digits of a number that
    /// came out with more of them; or of the same digits with the sign that a share needs.
    fn range_around(&self, actual: &Exact, wanted: &Typed) -> Option<String> {
        let first = first_end(wanted);
        let Kind::Number(_, form) = &first.kind else { return None };
        let text = self.context.sources.text(first.span).trim();
        let digits = text.trim_end_matches('%').trim_end();
        let is_share = *form == ast::NumberForm::Percent
            || matches!(self.type_of_value(), Some(Type::Number { form: NumberForm::Percent }));
        let hundred = Exact::integer(100);
        let scaled = if is_share { actual * &hundred } else { actual.clone() };
        let places = digits.split_once('.').map_or(0, |(_, behind)| behind.len());
        let step = Exact::ratio(1, 10_i64.checked_pow(u32::try_from(places).ok()?)?)?;
        let written = Exact::parse(digits)?;
        let distance = &scaled - &written;
        if *form != ast::NumberForm::Percent && !is_share || distance > step || -&distance > step {
            return None;
        }
        let low = &scaled.divide(&step)?.floor() * &step;
        let sign = if is_share { "%" } else { "" };
        let end = |value: &Exact| Some(format!("{}{sign}", value.to_decimal()?));
        if low == scaled {
            end(&low)
        } else {
            Some(format!("{}..{}", end(&low)?, end(&(&low + &step))?))
        }
    }

    fn downtime(&self, wanted: &Typed, span: Span) -> Option<Finding> {
        let expected = constant::value(wanted)?;
        let wrong = match self.found.cells.iter().find(|cell| cell.down.as_ref() != Some(&expected))
        {
            Some(cell) => cell.down.as_ref(),
            None if self.found.cells.is_empty() => None,
            None => return None,
        };
        let actual = wrong.map_or_else(
            || "no downtime is measured".to_string(),
            |down| format!("it is {}", wording::exact_length(down)),
        );
        Some(self.failed(
            span,
            format!(
                "expected a downtime of `{}`, but {actual}",
                self.context.sources.text(wanted.span)
            ),
        ))
    }

    /// True if a window ends in the time that is spoken of.
    fn ends_within(&self, inside: Interval) -> bool {
        let last = inside.end.saturating_sub(1);
        match self.found.within {
            None => true,
            Some(within) if within.start == within.end => inside.contains(within.start),
            Some(within) => {
                within.contains(last)
                    || self.found.cells.iter().any(|cell| cell.inside.end == inside.end)
            }
        }
    }

    /// True if a credit belongs to what is spoken of.
    fn belongs(
        &self,
        result: &AgreementResult,
        credit: (usize, usize),
        (window, inside): (Interval, Interval),
        group: &Group,
    ) -> bool {
        let Some((agreement, number)) = self.found.objective else {
            return self.ends_within(inside);
        };
        let version =
            self.done.program.agreements.get(agreement).and_then(|it| it.versions.get(credit.0));
        let of = version.and_then(|version| version.credits.get(credit.1));
        let groups = self
            .found
            .groups
            .as_ref()
            .is_none_or(|wanted| group.is_empty() || wanted.contains(&group.sorted()));
        let window = self.found.cells.iter().any(|cell| cell.window == window);
        result.agreement == agreement
            && groups
            && window
            && of.is_some_and(|credit| credit.objectives.contains(&number))
    }

    fn credit_name(&self, result: &AgreementResult, credit: (usize, usize)) -> Option<&str> {
        let version = self.done.program.agreements.get(result.agreement)?.versions.get(credit.0)?;
        version.credits.get(credit.1).map(|credit| credit.plan.name.as_str())
    }

    fn credit(
        &self,
        kind: ast::CreditKind,
        name: Option<&str>,
        wanted: Option<&Typed>,
        span: Span,
    ) -> Outcome<Option<Finding>> {
        let (kind, article, noun) = match kind {
            ast::CreditKind::Credit => (CreditKind::Credit, "a", "credit"),
            ast::CreditKind::Bonus => (CreditKind::Bonus, "a", "bonus"),
            ast::CreditKind::EarnBack => (CreditKind::EarnBack, "an", "earn back"),
        };
        let unit = wanted.and_then(|wanted| self.unit(wanted));
        // By currency or unit: what nobody expects must be nothing in each of them.
        let mut sums: BTreeMap<Option<String>, Exact> = BTreeMap::new();
        let mut parts = Vec::new();
        for result in &self.found.results {
            for line in &result.payments.lines {
                // What is earned back lowers the sum of credits.
                let earned = kind == CreditKind::Credit
                    && line.kind == CreditKind::EarnBack
                    && name.is_none()
                    && self.found.objective.is_none();
                let named =
                    name.is_none_or(|name| self.credit_name(result, line.credit) == Some(name));
                // One credit is what it is by itself; what all of them are bounded by concerns
                // their sum.
                let alone = name.is_some() || self.found.objective.is_some();
                let due =
                    if alone { line.adjusts != Some(Adjusts::All) } else { !line.passed_over };
                let counts = due && (line.kind == kind || earned) && named;
                if !counts
                    || !self.belongs(result, line.credit, (line.window, line.inside), &line.group)
                {
                    continue;
                }
                let amount = line.amount.amount().cloned().unwrap_or(Exact::ZERO);
                let own = line
                    .amount
                    .currency()
                    .map(|currency| self.done.program.names.text(currency).to_string());
                let sum = sums.entry(own).or_insert(Exact::ZERO);
                *sum = if earned { &*sum - &amount } else { &*sum + &amount };
                parts.push(self.line_words(result, line));
            }
        }
        sums.retain(|_, sum| !sum.is_zero());
        // An amount in one currency says nothing about others.
        let counted = |own: &Option<String>| unit.is_none() || own.is_none() || *own == unit;
        let sum = sums
            .iter()
            .filter(|(own, _)| counted(own))
            .fold(Exact::ZERO, |sum, (_, own)| &sum + own);
        let nothing = wanted.is_none() && sums.is_empty();
        if nothing || wanted.and_then(constant::value).is_some_and(|expected| expected == sum) {
            return Ok(None);
        }
        let amount = |(own, sum): (&Option<String>, &Exact)| match own {
            Some(currency) => display::money(sum, currency),
            None => display::decimal(sum),
        };
        let list = |wanted: bool| {
            sums.iter()
                .filter(|(own, _)| counted(own) == wanted)
                .map(amount)
                .collect::<Vec<_>>()
                .join(" and ")
        };
        let (due, others) = (list(true), list(false));
        let actual = match (due.is_empty(), others.is_empty(), &unit) {
            (true, true, _) => "nothing is due".to_string(),
            (true, false, Some(unit)) => format!("nothing is due in {unit}; {others} is"),
            (true, false, None) => format!("{others} is due"),
            (false, _, _) => format!("{due} is due"),
        };
        let expected = match wanted {
            None => format!("no {noun}"),
            Some(wanted) => {
                format!("{article} {noun} of `{}`", self.context.sources.text(wanted.span))
            }
        };
        Ok(Some(
            parts.into_iter().fold(
                self.failed(span, format!("expected {expected}, but {actual}")),
                Finding::note,
            ),
        ))
    }

    /// The currency of an amount that is expected, or its unit.
    fn unit(&self, wanted: &Typed) -> Option<String> {
        match &wanted.kind {
            Kind::Money(_, currency) => Some(currency.code.to_string()),
            Kind::Units(_, unit) => Some(self.context.model.project.name(*unit).to_string()),
            _ => None,
        }
    }

    fn line_words(&self, result: &AgreementResult, line: &CreditLine) -> String {
        let amount = self.shown(&line.amount, None);
        format!(
            "{}: {amount} = {} ({})",
            self.credit_words(result, line.credit, line.window, &line.group),
            line.words,
            line.at.0
        )
    }

    /// What a credit and its window are called.
    fn credit_words(
        &self,
        result: &AgreementResult,
        credit: (usize, usize),
        window: Interval,
        group: &Group,
    ) -> String {
        let name = self.credit_name(result, credit).unwrap_or_default();
        let group: Vec<String> =
            group.values.iter().map(|value| words(value, &self.done.program.names)).collect();
        let group =
            if group.is_empty() { String::new() } else { format!("[{}]", group.join(", ")) };
        format!("{name}{group} in {}", self.window(window))
    }

    fn extend(&self, wanted: &ast::Period, span: Span) -> Option<Finding> {
        let expected = Period { count: wanted.count, unit: unit_of(wanted.unit) };
        let expected_length =
            crate::eval::zone::time_period(expected).clock_length().or(fixed_length(expected));
        let (mut seen, mut notes) = (Vec::new(), Vec::new());
        for result in &self.found.results {
            for due in &result.payments.remedies {
                if !self.belongs(result, due.credit, (due.window, due.inside), &due.group) {
                    continue;
                }
                let length = match &due.what {
                    Other::Extend(period) if *period == expected => return None,
                    Other::Extend(period) => display::period(*period),
                    Other::ExtendBy(length)
                        if expected_length
                            .is_some_and(|wanted| *length == Exact::integer(wanted)) =>
                    {
                        return None;
                    }
                    Other::ExtendBy(length) => wording::exact_length(length),
                    Other::Text(_) => continue,
                };
                notes.push(format!(
                    "{}: {length} ({})",
                    self.credit_words(result, due.credit, due.window, &due.group),
                    due.at.0
                ));
                seen.push(length);
            }
        }
        let actual = if seen.is_empty() {
            "the term is not extended".to_string()
        } else {
            format!("it is {}", seen.join(" and "))
        };
        let message =
            format!("expected an extension of {}, but {actual}", display::period(expected));
        Some(notes.into_iter().fold(self.failed(span, message), Finding::note))
    }

    fn remedy(&self, wanted: &str, span: Span) -> Option<Finding> {
        let mut seen = Vec::new();
        for result in &self.found.results {
            for due in &result.payments.remedies {
                if let Other::Text(text) = &due.what
                    && self.belongs(result, due.credit, (due.window, due.inside), &due.group)
                {
                    seen.push(text.clone());
                }
            }
        }
        let actual = match seen.as_slice() {
            [] => "there is none".to_string(),
            seen => format!(
                "it is {}",
                seen.iter().map(|text| format!("`{text}`")).collect::<Vec<_>>().join(" and ")
            ),
        };
        (!seen.iter().any(|text| text == wanted))
            .then(|| self.failed(span, format!("expected the remedy `{wanted}`, but {actual}")))
    }

    fn claim(&self, name: Option<&str>, when: ast::When, span: Span) -> Option<Finding> {
        let mut claims: Vec<&ClaimBy> = Vec::new();
        for result in &self.found.results {
            let lines =
                result.payments.lines.iter().map(|line| {
                    (line.credit, (line.window, line.inside), &line.group, &line.claims)
                });
            let others = result
                .payments
                .remedies
                .iter()
                .map(|due| (due.credit, (due.window, due.inside), &due.group, &due.claims));
            for (credit, inside, group, dates) in lines.chain(others) {
                if self.belongs(result, credit, inside, group) {
                    claims.extend(
                        dates
                            .iter()
                            .filter(|claim| name.is_none() || claim.name.as_deref() == name),
                    );
                }
            }
        }
        for result in &self.found.results {
            for claimable in &result.payments.claims {
                let own = match self.found.objective {
                    Some((agreement, number)) => {
                        let group = self
                            .found
                            .groups
                            .as_ref()
                            .is_none_or(|wanted| wanted.contains(&claimable.group.sorted()));
                        let window =
                            self.found.cells.iter().any(|cell| cell.inside == claimable.inside);
                        result.agreement == agreement
                            && claimable.objective == number
                            && group
                            && window
                    }
                    None => self.ends_within(claimable.inside),
                };
                if own {
                    claims.extend(
                        claimable
                            .by
                            .iter()
                            .filter(|claim| name.is_none() || claim.name.as_deref() == name),
                    );
                }
            }
        }
        let zone = self.context.zone();
        let fits = |claim: &ClaimBy| ends(claim.deadline.before, claim.deadline.date, when, zone);
        if claims.iter().any(|claim| fits(claim)) {
            return None;
        }
        let mut seen: Vec<String> =
            claims.iter().map(|claim| claim.deadline.date.to_string()).collect();
        seen.dedup();
        let actual = if seen.is_empty() {
            "no claim can be made".to_string()
        } else {
            format!("it is by {}", seen.join(" and by "))
        };
        let expected = self.context.sources.text(when.span());
        let mut notes: Vec<String> = claims
            .iter()
            .map(|claim| {
                let name =
                    claim.name.as_ref().map_or_else(String::new, |name| format!("`{name}` "));
                format!(
                    "claim {name}before {} ({})",
                    self.instant(claim.deadline.before),
                    claim.at.0
                )
            })
            .collect();
        notes.dedup();
        Some(notes.into_iter().fold(
            self.failed(span, format!("expected a claim by {expected}, but {actual}")),
            Finding::note,
        ))
    }

    fn terminate(
        &self,
        wanted: bool,
        name: Option<&str>,
        by: Option<ast::When>,
        span: Span,
    ) -> Option<Finding> {
        let named = |right: &&Right| name.is_none() || right.name.as_deref() == name;
        let rights = self.found.results.iter().flat_map(|result| &result.payments.rights);
        let arose: Vec<&Right> =
            rights.filter(|right| self.ends_within(right.window)).filter(named).collect();
        let zone = self.context.zone();
        let last_day = |until: Instant| zone.date(until.saturating_sub(1));
        let fits = |right: &&Right| {
            by.is_none_or(|when| {
                right.until.is_some_and(|until| ends(until, last_day(until), when, zone))
            })
        };
        if arose.iter().any(fits) == wanted {
            return None;
        }
        let called = name.map_or_else(
            || "right to terminate".to_owned(),
            |name| format!("right to terminate `{name}`"),
        );
        let notes = arose.iter().map(|right| {
            let until = right.until.map_or_else(
                || "without end".to_owned(),
                |until| format!("up to {}", last_day(until)),
            );
            format!(
                "it arose at the end of {}, {until} ({})",
                self.window(right.window),
                right.at.0
            )
        });
        let message = match by {
            _ if !wanted => format!("expected no {called}, but there is one"),
            Some(when) if !arose.is_empty() => {
                format!(
                    "expected a {called} up to {}, but it ends on another day",
                    self.context.sources.text(when.span())
                )
            }
            Some(_) | None => format!("expected a {called}, but there is none"),
        };
        if !arose.is_empty() {
            return Some(notes.fold(self.failed(span, message), Finding::note));
        }
        let cells = self.cells();
        let mut breached: Vec<String> = cells
            .iter()
            .filter(|cell| cell.verdict == Verdict::Breached)
            .map(|cell| self.window(cell.window))
            .collect();
        breached.sort();
        breached.dedup();
        let note = if breached.is_empty() {
            "no window is breached".to_string()
        } else {
            format!("breached windows: {}", breached.join(", "))
        };
        Some(Finding::new(Code::FailedTest, span, message).note(note))
    }
}

/// Whether a deadline is the day, the instant, or the end of the month, quarter or year that is
/// written.
fn ends(before: Instant, day: Date, when: ast::When, zone: Zone) -> bool {
    match when {
        ast::When::Date(date, _) => day == date,
        ast::When::Time(..) => before == interval(when, zone).start,
        ast::When::Month(..) | ast::When::Quarter(..) | ast::When::Year(..) => {
            before == interval(when, zone).end
        }
    }
}

/// The value that was written, or the first end of a range.
fn first_end(wanted: &Typed) -> &Typed {
    match &wanted.kind {
        Kind::Range(ends) => {
            let [low, _] = ends.as_ref();
            low
        }
        _ => wanted,
    }
}

/// One verdict of several: the most severe.
fn together(verdicts: impl Iterator<Item = Verdict>) -> Option<Verdict> {
    let rank = |verdict: &Verdict| match verdict {
        Verdict::Breached => 4,
        Verdict::Pending => 3,
        Verdict::NoData => 2,
        Verdict::Met => 1,
        Verdict::NotInForce => 0,
    };
    verdicts.max_by_key(rank)
}

fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Met => "met",
        Verdict::Breached => "breached",
        Verdict::Pending => "pending",
        Verdict::NoData => "no data",
        Verdict::NotInForce => "not in force",
    }
}

/// True if a value is the one that is expected, or lies in the range that is.
fn fits(actual: Option<&Value>, wanted: &Typed, names: &crate::eval::names::Names) -> bool {
    let Some(actual) = actual else { return false };
    if let Kind::Range(ends) = &wanted.kind {
        let [low, high] = ends.as_ref();
        let bounds = constant::value(low).zip(constant::value(high));
        return actual
            .amount()
            .zip(bounds)
            .is_some_and(|(actual, (low, high))| low <= *actual && *actual <= high);
    }
    match (actual, &wanted.kind) {
        (Value::Boolean(actual), Kind::Boolean(wanted)) => actual == wanted,
        (Value::Date(actual), Kind::Date(wanted)) => actual == wanted,
        (Value::Name(actual), Kind::Text(wanted) | Kind::EnumValue(wanted)) => {
            names.text(*actual) == *wanted
        }
        _ => actual
            .amount()
            .zip(constant::value(wanted))
            .is_some_and(|(actual, wanted)| *actual == wanted),
    }
}

fn unit_of(unit: crate::lang::units::PeriodUnit) -> PeriodUnit {
    use crate::lang::units::PeriodUnit as Unit;
    match unit {
        Unit::Minute => PeriodUnit::Minute,
        Unit::Hour => PeriodUnit::Hour,
        Unit::Day => PeriodUnit::Day,
        Unit::WorkingDay => PeriodUnit::WorkingDay,
        Unit::Week => PeriodUnit::Week,
        Unit::Month => PeriodUnit::Month,
        Unit::Quarter => PeriodUnit::Quarter,
        Unit::Year => PeriodUnit::Year,
    }
}

fn fixed_length(period: Period) -> Option<i64> {
    match period.unit {
        PeriodUnit::Day => Some(i64::from(period.count).saturating_mul(crate::time::DAY)),
        PeriodUnit::Week => Some(i64::from(period.count).saturating_mul(7 * crate::time::DAY)),
        PeriodUnit::Minute
        | PeriodUnit::Hour
        | PeriodUnit::WorkingDay
        | PeriodUnit::Month
        | PeriodUnit::Quarter
        | PeriodUnit::Year => None,
    }
}
