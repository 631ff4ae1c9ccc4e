//! Comparing what a test expects with what came out.

use std::collections::BTreeMap;

use super::Context;
use super::given::interval;
use super::subjects::{Done, Found};
use crate::base::{Exact, Span};
use crate::diag::{Code, Finding};
use crate::plan::{CreditKind, Period};
use crate::run::evaluate::AgreementResult;
use crate::run::facts::words;
use crate::run::fault::Outcome;
use crate::run::groups::Group;
use crate::run::money::{Adjusts, ClaimBy, CreditLine, Other, Right};
use crate::run::objectives::{Measured, Verdict};
use crate::run::value::Value;
use crate::run::verdicts::decimal;
use crate::syntax::ast::{self, Check};
use crate::time::{Date, Instant, Interval, Zone, format_instant};
use crate::types::constant;
use crate::types::model::Expectation;
use crate::types::tree::{Kind, Typed};

impl Context<'_, '_, '_> {
    /// The findings of one expectation.
    pub(super) fn checks(&self, done: &Done<'_, '_>, expect: &Expectation<'_>, found: &Found<'_>) -> Outcome<Vec<Finding>> {
        let mut values = expect.values.iter();
        let mut findings = Vec::new();
        for check in &expect.syntax.checks {
            let value = match check {
                Check::Value(Some(_), _) | Check::Downtime(Some(_), _) | Check::Credit { amount: Some(_), .. } => values.next(),
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
            Check::Extend(period, span) => period.as_ref().and_then(|period| self.extend(period, *span)),
            Check::Remedy(text, span) => text.as_ref().and_then(|text| self.remedy(&text.value, *span)),
            Check::Claim(name, when, span) => when.and_then(|when| self.claim(name.as_ref().map(|it| it.text.as_str()), when, *span)),
            Check::Terminate { wanted, name, by, span } => {
                self.terminate(*wanted, name.as_ref().map(|name| name.text.as_str()), *by, *span)
            }
        })
    }

    fn failed(&self, span: Span, expected: &str, actual: &str) -> Finding {
        let finding = Finding::new(Code::FailedTest, span, format!("expected {expected}, but it is {actual}"));
        let cells = &self.found.cells;
        match cells.first() {
            Some(cell) if cells.iter().all(|other| other.window == cell.window) => finding.note(self.about(cell)),
            Some(_) | None => finding,
        }
    }

    /// What a window looked like, for those who wonder.
    fn about(&self, cell: &Measured) -> String {
        let zone = self.context.zone();
        let say = |at| format_instant(at, zone);
        let names = &self.done.program.names;
        let value = cell.value.as_ref().map_or("no data".to_string(), |value| words(value, names));
        let hours = |length: i64| {
            let hours = Exact::integer(length).divide(&Exact::integer(crate::time::HOUR)).unwrap_or(Exact::ZERO);
            format!("{} h", decimal(&hours))
        };
        let down = cell.down.as_ref().map_or(String::new(), |down| {
            let hours = down.divide(&Exact::integer(crate::time::HOUR)).unwrap_or(Exact::ZERO);
            format!(", down {} h", decimal(&hours))
        });
        let rows = cell.rows.map_or(String::new(), |rows| format!(", {rows} rows, {} of them bad", cell.bad.len()));
        format!(
            "window {} to {}: value {value}, measured {}, excluded {}{down}{rows}",
            say(cell.window.start),
            say(cell.window.end),
            hours(cell.measured),
            hours(cell.excluded)
        )
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
            Some(Some(value)) => return Some(self.failed(span, verdict_word(expected), &self.words(Some(value)))),
            None => together(self.cells().iter().map(|cell| cell.verdict)),
        };
        let actual = actual.unwrap_or(Verdict::NotInForce);
        (actual != expected).then(|| self.failed(span, verdict_word(expected), verdict_word(actual)))
    }

    /// The windows in question: those of the objective, else all that end in the time that is spoken of.
    fn cells(&self) -> Vec<&Measured> {
        if self.found.objective.is_some() {
            return self.found.cells.clone();
        }
        let all = self.found.results.iter().flat_map(|result| &result.objectives).flatten().flat_map(|group| &group.windows);
        all.filter(|cell| self.ends_within(cell.inside)).collect()
    }

    fn words(&self, value: Option<&Value>) -> String {
        value.map_or("no data".to_string(), |value| words(value, &self.done.program.names))
    }

    fn value(&self, wanted: &Typed, span: Span) -> Option<Finding> {
        let expected = self.context.sources.text(wanted.span).to_string();
        let actual: Vec<Option<Value>> = match &self.found.metric {
            Some(value) => vec![value.clone()],
            None => self.found.cells.iter().map(|cell| cell.value.clone()).collect(),
        };
        if actual.is_empty() {
            return Some(self.failed(span, &format!("`{expected}`"), verdict_word(Verdict::NotInForce)));
        }
        let wrong = actual.iter().find(|value| !fits(value.as_ref(), wanted, &self.done.program.names))?;
        let exact = wrong.as_ref().and_then(Value::amount);
        let decimals = exact.map_or_else(|| self.words(wrong.as_ref()), |exact| in_unit(exact, wanted));
        Some(self.failed(span, &format!("`{expected}`"), &decimals))
    }

    fn downtime(&self, wanted: &Typed, span: Span) -> Option<Finding> {
        let expected = constant::value(wanted)?;
        let wrong = match self.found.cells.iter().find(|cell| cell.down.as_ref() != Some(&expected)) {
            Some(cell) => cell.down.as_ref(),
            None if self.found.cells.is_empty() => None,
            None => return None,
        };
        let actual = wrong.map_or("none that is measured".to_string(), |down| in_unit(down, wanted));
        Some(self.failed(span, &format!("a down time of `{}`", self.context.sources.text(wanted.span)), &actual))
    }

    /// True if a window ends in the time that is spoken of.
    fn ends_within(&self, inside: Interval) -> bool {
        let last = inside.end.saturating_sub(1);
        match self.found.within {
            None => true,
            Some(within) if within.start == within.end => inside.contains(within.start),
            Some(within) => within.contains(last) || self.found.cells.iter().any(|cell| cell.inside.end == inside.end),
        }
    }

    /// True if a credit belongs to what is spoken of.
    fn belongs(&self, result: &AgreementResult, credit: (usize, usize), (window, inside): (Interval, Interval), group: &Group) -> bool {
        let Some((agreement, number)) = self.found.objective else { return self.ends_within(inside) };
        let version = self.done.program.agreements.get(agreement).and_then(|it| it.versions.get(credit.0));
        let of = version.and_then(|version| version.credits.get(credit.1));
        let groups = self.found.groups.as_ref().is_none_or(|wanted| group.is_empty() || wanted.contains(&group.sorted()));
        let window = self.found.cells.iter().any(|cell| cell.window == window);
        result.agreement == agreement && groups && window && of.is_some_and(|credit| credit.objectives.contains(&number))
    }

    fn credit_name(&self, result: &AgreementResult, credit: (usize, usize)) -> Option<&str> {
        let version = self.done.program.agreements.get(result.agreement)?.versions.get(credit.0)?;
        version.credits.get(credit.1).map(|credit| credit.plan.name.as_str())
    }

    fn credit(&self, kind: ast::CreditKind, name: Option<&str>, wanted: Option<&Typed>, span: Span) -> Outcome<Option<Finding>> {
        let kind = match kind {
            ast::CreditKind::Credit => CreditKind::Credit,
            ast::CreditKind::Bonus => CreditKind::Bonus,
            ast::CreditKind::EarnBack => CreditKind::EarnBack,
        };
        let unit = wanted.and_then(|wanted| self.unit(wanted));
        // By currency or unit: what nobody expects must be nothing in each of them.
        let mut sums: BTreeMap<Option<String>, Exact> = BTreeMap::new();
        let mut parts = Vec::new();
        for result in &self.found.results {
            for line in &result.payments.lines {
                // What is earned back lowers the sum of credits.
                let earned =
                    kind == CreditKind::Credit && line.kind == CreditKind::EarnBack && name.is_none() && self.found.objective.is_none();
                let named = name.is_none_or(|name| self.credit_name(result, line.credit) == Some(name));
                // One credit is what it is by itself; what all of them are bounded by concerns their sum.
                let alone = name.is_some() || self.found.objective.is_some();
                let due = if alone { line.adjusts != Some(Adjusts::All) } else { !line.passed_over };
                let counts = due && (line.kind == kind || earned) && named;
                if !counts || !self.belongs(result, line.credit, (line.window, line.inside), &line.group) {
                    continue;
                }
                let amount = line.amount.amount().cloned().unwrap_or(Exact::ZERO);
                let own = line.amount.currency().map(|currency| self.done.program.names.text(currency).to_string());
                if unit.is_some() && own.is_some() && own != unit {
                    continue;
                }
                let sum = sums.entry(own).or_insert(Exact::ZERO);
                *sum = if earned { &*sum - &amount } else { &*sum + &amount };
                parts.push(self.line_words(result, line));
            }
        }
        let expected = wanted.map_or(Some(Exact::ZERO), constant::value);
        sums.retain(|_, sum| !sum.is_zero());
        let sum = sums.values().fold(Exact::ZERO, |sum, own| &sum + own);
        let nothing = wanted.is_none() && sums.is_empty();
        if nothing || wanted.is_some() && expected.as_ref() == Some(&sum) {
            return Ok(None);
        }
        let said = wanted.map_or("nothing due".to_string(), |wanted| format!("`{}` due", self.context.sources.text(wanted.span)));
        let mut finding = self.failed(span, &said, &decimal(&sum));
        for part in parts {
            finding = finding.note(part);
        }
        Ok(Some(finding))
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
        let name = self.credit_name(result, line.credit).unwrap_or_default();
        let amount = words(&line.amount, &self.done.program.names);
        let until = format_instant(line.inside.end, self.context.zone());
        let group: Vec<String> = line.group.values.iter().map(|value| words(value, &self.done.program.names)).collect();
        let group = if group.is_empty() { String::new() } else { format!("[{}]", group.join(", ")) };
        format!("{name}{group} for the window that ends {until}: {amount} ({}), {}", line.words, line.at.0)
    }

    fn extend(&self, wanted: &ast::Period, span: Span) -> Option<Finding> {
        let expected = Period { count: wanted.count, unit: unit_of(wanted.unit) };
        let expected_length = crate::run::zone::clock_length(expected).or(fixed_length(expected));
        let mut seen = Vec::new();
        for result in &self.found.results {
            for due in &result.payments.remedies {
                if !self.belongs(result, due.credit, (due.window, due.inside), &due.group) {
                    continue;
                }
                match &due.what {
                    Other::Extend(period) if *period == expected => return None,
                    Other::Extend(period) => seen.push(format!("{} {:?}", period.count, period.unit).to_lowercase()),
                    Other::ExtendBy(length) if expected_length.is_some_and(|wanted| *length == Exact::integer(wanted)) => return None,
                    Other::ExtendBy(length) => seen.push(format!("{length} ns")),
                    Other::Text(_) => {}
                }
            }
        }
        let actual = if seen.is_empty() { "not extended".to_string() } else { seen.join(", ") };
        Some(self.failed(span, "an extension of the term", &actual))
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
        let actual = if seen.is_empty() { "none".to_string() } else { seen.join("; ") };
        (!seen.iter().any(|text| text == wanted)).then(|| self.failed(span, "this remedy", &actual))
    }

    fn claim(&self, name: Option<&str>, when: ast::When, span: Span) -> Option<Finding> {
        let mut claims: Vec<&ClaimBy> = Vec::new();
        for result in &self.found.results {
            let lines = result.payments.lines.iter().map(|line| (line.credit, (line.window, line.inside), &line.group, &line.claims));
            let others = result.payments.remedies.iter().map(|due| (due.credit, (due.window, due.inside), &due.group, &due.claims));
            for (credit, inside, group, dates) in lines.chain(others) {
                if self.belongs(result, credit, inside, group) {
                    claims.extend(dates.iter().filter(|claim| name.is_none() || claim.name.as_deref() == name));
                }
            }
        }
        for result in &self.found.results {
            for claimable in &result.payments.claims {
                let own = match self.found.objective {
                    Some((agreement, number)) => {
                        let group = self.found.groups.as_ref().is_none_or(|wanted| wanted.contains(&claimable.group.sorted()));
                        let window = self.found.cells.iter().any(|cell| cell.inside == claimable.inside);
                        result.agreement == agreement && claimable.objective == number && group && window
                    }
                    None => self.ends_within(claimable.inside),
                };
                if own {
                    claims.extend(claimable.by.iter().filter(|claim| name.is_none() || claim.name.as_deref() == name));
                }
            }
        }
        let zone = self.context.zone();
        let fits = |claim: &ClaimBy| ends(claim.deadline.before, claim.deadline.date, when, zone);
        if claims.iter().any(|claim| fits(claim)) {
            return None;
        }
        let mut seen: Vec<String> = claims
            .iter()
            .map(|claim| format!("{} (before {})", claim.deadline.date, format_instant(claim.deadline.before, zone)))
            .collect();
        seen.dedup();
        let actual = if seen.is_empty() { "nothing to claim".to_string() } else { seen.join(", ") };
        Some(self.failed(span, "this date for a claim", &actual))
    }

    fn terminate(&self, wanted: bool, name: Option<&str>, by: Option<ast::When>, span: Span) -> Option<Finding> {
        let named = |right: &&Right| name.is_none() || right.name.as_deref() == name;
        let rights = self.found.results.iter().flat_map(|result| &result.payments.rights);
        let arose: Vec<&Right> = rights.filter(|right| self.ends_within(right.window)).filter(named).collect();
        let zone = self.context.zone();
        let last_day = |until: Instant| zone.date(until.saturating_sub(1));
        let fits = |right: &&Right| by.is_none_or(|when| right.until.is_some_and(|until| ends(until, last_day(until), when, zone)));
        if arose.iter().any(fits) == wanted {
            return None;
        }
        let called = name.map_or_else(|| "right to terminate".to_owned(), |name| format!("right to terminate `{name}`"));
        let expected = match (wanted, by) {
            (false, _) => format!("no {called}"),
            (true, None) => format!("a {called}"),
            (true, Some(_)) => format!("a {called} up to that day"),
        };
        let shown = arose.iter().map(|right| match right.until {
            Some(until) => format!("a {called} up to {}", last_day(until)),
            None => format!("a {called} without end"),
        });
        let actual = if arose.is_empty() { format!("no {called}") } else { shown.collect::<Vec<_>>().join(", ") };
        Some(self.failed(span, &expected, &actual))
    }
}

/// Whether a deadline is the day, the instant, or the end of the month, quarter or year that is written.
fn ends(before: Instant, day: Date, when: ast::When, zone: Zone) -> bool {
    match when {
        ast::When::Date(date, _) => day == date,
        ast::When::Time(..) => before == interval(when, zone).start,
        ast::When::Month(..) | ast::When::Quarter(..) | ast::When::Year(..) => before == interval(when, zone).end,
    }
}

/// One verdict of several: the gravest.
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
fn fits(actual: Option<&Value>, wanted: &Typed, names: &crate::run::names::Names) -> bool {
    let Some(actual) = actual else { return false };
    if let Kind::Range(ends) = &wanted.kind {
        let [low, high] = ends.as_ref();
        let bounds = constant::value(low).zip(constant::value(high));
        return actual.amount().zip(bounds).is_some_and(|(actual, (low, high))| low <= *actual && *actual <= high);
    }
    match (actual, &wanted.kind) {
        (Value::Boolean(actual), Kind::Boolean(wanted)) => actual == wanted,
        (Value::Date(actual), Kind::Date(wanted)) => actual == wanted,
        (Value::Name(actual), Kind::Text(wanted) | Kind::EnumValue(wanted)) => names.text(*actual) == *wanted,
        _ => actual.amount().zip(constant::value(wanted)).is_some_and(|(actual, wanted)| *actual == wanted),
    }
}

/// A value in the unit of what was expected, with so many digits that a difference shows.
fn in_unit(actual: &Exact, wanted: &Typed) -> String {
    let first = match &wanted.kind {
        Kind::Range(ends) => {
            let [low, _] = ends.as_ref();
            low
        }
        _ => wanted,
    };
    match &first.kind {
        Kind::Duration(_, unit) => {
            let in_units = actual.divide(&Exact::integer(unit.nanoseconds())).unwrap_or(Exact::ZERO);
            format!("{} {}", decimal(&in_units), unit.symbol())
        }
        Kind::Number(_, ast::NumberForm::Percent) => format!("{}% ({actual})", decimal(&(actual * &Exact::integer(100)))),
        Kind::Number(..) | Kind::Arithmetic(..) => format!("{} ({actual})", decimal(actual)),
        _ => decimal(actual),
    }
}

fn unit_of(unit: crate::facts::units::PeriodUnit) -> crate::plan::PeriodUnit {
    use crate::facts::units::PeriodUnit as Unit;
    match unit {
        Unit::Minute => crate::plan::PeriodUnit::Minute,
        Unit::Hour => crate::plan::PeriodUnit::Hour,
        Unit::Day => crate::plan::PeriodUnit::Day,
        Unit::WorkingDay => crate::plan::PeriodUnit::WorkingDay,
        Unit::Week => crate::plan::PeriodUnit::Week,
        Unit::Month => crate::plan::PeriodUnit::Month,
        Unit::Quarter => crate::plan::PeriodUnit::Quarter,
        Unit::Year => crate::plan::PeriodUnit::Year,
    }
}

fn fixed_length(period: Period) -> Option<i64> {
    match period.unit {
        crate::plan::PeriodUnit::Day => Some(i64::from(period.count).saturating_mul(crate::time::DAY)),
        crate::plan::PeriodUnit::Week => Some(i64::from(period.count).saturating_mul(7 * crate::time::DAY)),
        crate::plan::PeriodUnit::Minute
        | crate::plan::PeriodUnit::Hour
        | crate::plan::PeriodUnit::WorkingDay
        | crate::plan::PeriodUnit::Month
        | crate::plan::PeriodUnit::Quarter
        | crate::plan::PeriodUnit::Year => None,
    }
}
