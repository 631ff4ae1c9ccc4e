//! Bounds: of one credit, of all credits; credits that do not add up; the least that is paid; what is earned back.

use super::credits::{Adjusts, Line};
use super::{Book, Page, Payments, group_values};
use crate::base::Exact;
use crate::plan::{CapPer, CreditKind, Place};
use crate::run::fault::Outcome;
use crate::run::program::{Credit, Expr};
use crate::run::value::Value;
use crate::run::windows::Windows;
use crate::time::{Instant, Interval};

impl<'e> Book<'_, 'e> {
    /// The lines of one credit, each followed by what its bounds take off.
    pub(super) fn capped(&self, id: (usize, usize), credit: &Credit<'e>, lines: Vec<Line>) -> Outcome<Vec<Line>> {
        let mut lines = lines;
        for (cap, (amount, windows)) in credit.plan.caps.iter().zip(&credit.caps) {
            match (&cap.per, windows) {
                (CapPer::Row {}, _) => {}
                (CapPer::Window {}, _) => {
                    let mut bounded = Vec::new();
                    // Of a credit that pays each group, each group's line has its own bound.
                    for own in units(lines) {
                        let Some((window, inside, group)) = own.first().map(|line| (line.window, line.inside, line.group.clone())) else {
                            continue;
                        };
                        let most = self.bound(id.0, Some(credit), amount, (window, inside), &group, None)?;
                        bounded.extend(self.bounded_sum(own, most.as_ref(), &cap.at, Adjusts::Credit)?);
                    }
                    lines = bounded;
                }
                (CapPer::Every { .. }, Some(windows)) => {
                    lines = self.bounded_by_windows(id.0, Some(credit), lines, amount, windows, &cap.at)?
                }
                (CapPer::Every { .. }, None) => {}
            }
        }
        Ok(lines)
    }

    /// Bounds the sum of the lines that end in each of some windows, the earlier ones first.
    fn bounded_by_windows(
        &self,
        version: usize,
        credit: Option<&Credit<'e>>,
        lines: Vec<Line>,
        amount: &Expr,
        windows: &Windows,
        at: &Place,
    ) -> Outcome<Vec<Line>> {
        let zones = &self.setting.shared.program.zones;
        let term = self.setting.term;
        let mut done = Vec::new();
        let mut rest = lines;
        while let Some(first) = rest.first() {
            let last = last_instant(first.inside);
            let found = windows.touching(zones, term, Interval { start: last, end: last.saturating_add(1) })?;
            let Some((_, window)) = found.first().copied() else {
                done.push(rest.remove(0));
                continue;
            };
            let (own, others): (Vec<Line>, Vec<Line>) = rest.into_iter().partition(|line| window.contains(last_instant(line.inside)));
            rest = others;
            let inside = window.intersection(term).unwrap_or(window);
            let group = own.first().map(|line| line.group.clone()).unwrap_or_default();
            let most = self.bound(version, credit, amount, (window, inside), &group, Some(windows))?;
            done.extend(self.bounded_sum(own, most.as_ref(), at, if credit.is_some() { Adjusts::Credit } else { Adjusts::All })?);
        }
        Ok(done)
    }

    /// A bound, rounded like what it bounds; `None` if nothing is known of it.
    fn bound(
        &self,
        version: usize,
        credit: Option<&Credit<'e>>,
        amount: &Expr,
        (window, inside): (Interval, Interval),
        group: &[Value],
        windows: Option<&Windows>,
    ) -> Outcome<Option<Value>> {
        let first = credit.and_then(|credit| credit.objectives.first());
        let objective = first.and_then(|first| self.version(version)?.objectives.iter().find(|it| it.number == *first));
        let groups = group_values(objective.and_then(|objective| objective.groups.as_ref()), group);
        let bench = self.bench();
        let page = Page {
            book: self,
            window,
            group: Some(group).filter(|group| !group.is_empty()),
            row: None,
            windows: windows.or(objective.map(|it| &it.windows)),
        };
        let most = bench.eval(amount, &page.env(&bench, inside, &groups))?;
        Ok(most.map(|most| self.rounded(&most)))
    }

    /// Lines whose sum is not above a bound: what is too much is taken off in lines of its own.
    fn bounded_sum(&self, lines: Vec<Line>, most: Option<&Value>, at: &Place, adjusts: Adjusts) -> Outcome<Vec<Line>> {
        let Some(most) = most else { return Ok(lines) };
        let bench = self.bench();
        let clash = |clash| bench.clash(clash, at);
        let mut sum = Value::number(Exact::ZERO);
        let mut out = Vec::new();
        // A line and what was taken off it before are one amount.
        for unit in units(lines) {
            let Some(first) = unit.first().filter(|line| !line.passed_over).cloned() else {
                out.extend(unit);
                continue;
            };
            let own = super::sum(&bench, unit.iter().map(|line| &line.amount), at)?;
            let next = sum.add(&own).map_err(clash)?;
            let over = if next.compare(most).map_err(clash)?.is_gt() { next.subtract(most).map_err(clash)? } else { None };
            sum = if over.is_some() { most.clone() } else { next };
            out.extend(unit);
            out.extend(over.map(|over| self.adjustment(&first, &over, at, "bound", adjusts)).transpose()?);
        }
        Ok(out)
    }

    /// A line that takes something off another.
    fn adjustment(&self, line: &Line, off: &Value, at: &Place, words: &str, adjusts: Adjusts) -> Outcome<Line> {
        let bench = self.bench();
        let minus = off.multiply(&Value::number(Exact::integer(-1))).map_err(|clash| bench.clash(clash, at))?;
        let amount = minus.unwrap_or_else(|| Value::number(Exact::ZERO));
        Ok(Line { amount, words: words.to_string(), at: at.clone(), adjusts: Some(adjusts), claims: Vec::new(), ..line.clone() })
    }

    /// Everything that looks at several credits.
    pub(super) fn bounded(&self, payments: &mut Payments) -> Outcome<()> {
        self.stacked(&mut payments.lines)?;
        self.all_capped(&mut payments.lines)?;
        self.least(&mut payments.lines)?;
        self.earned_back(&mut payments.lines)
    }

    /// Of the credits of a stacking group only the highest counts in each window.
    fn stacked(&self, lines: &mut [Line]) -> Outcome<()> {
        for (number, version) in self.setting.agreement.versions.iter().enumerate() {
            for stacking in &version.plan.terms.stacking {
                let ids = |credit: usize| version.credits.get(credit).is_some_and(|it| stacking.credits.contains(&it.plan.id));
                let members: Vec<usize> = (0..version.credits.len()).filter(|credit| ids(*credit)).collect();
                let own = |line: &Line| line.credit.0 == number && members.contains(&line.credit.1);
                let mut windows: Vec<Interval> = lines.iter().filter(|line| own(line)).map(|line| line.inside).collect();
                windows.sort_unstable();
                windows.dedup();
                for window in windows {
                    let mut best: Option<(usize, Value)> = None;
                    for credit in &members {
                        let amounts: Vec<Value> = lines
                            .iter()
                            .filter(|line| line.credit == (number, *credit) && line.inside == window)
                            .map(|line| line.amount.clone())
                            .collect();
                        if amounts.is_empty() {
                            continue;
                        }
                        let sum = super::sum(&self.bench(), &amounts, &stacking.at)?;
                        let better = match &best {
                            Some((_, known)) => sum.compare(known).map_err(|clash| self.bench().clash(clash, &stacking.at))?.is_gt(),
                            None => true,
                        };
                        if better {
                            best = Some((*credit, sum));
                        }
                    }
                    for line in lines.iter_mut().filter(|line| own(line) && line.inside == window) {
                        line.passed_over |= best.as_ref().is_some_and(|(credit, _)| *credit != line.credit.1);
                    }
                }
            }
        }
        Ok(())
    }

    /// Bounds over all credits.
    fn all_capped(&self, lines: &mut Vec<Line>) -> Outcome<()> {
        for (number, version) in self.setting.agreement.versions.iter().enumerate() {
            for (cap, amount, windows) in &version.credit_caps {
                for kind in [CreditKind::Credit, CreditKind::Bonus] {
                    let (mut own, others): (Vec<Line>, Vec<Line>) =
                        std::mem::take(lines).into_iter().partition(|line| line.credit.0 == number && line.kind == kind);
                    own.sort_by_key(|line| (line.inside.end, line.credit));
                    *lines = others;
                    lines.extend(self.bounded_by_windows(number, None, own, amount, windows, &cap.at)?);
                }
            }
        }
        lines.sort_by_key(|line| (line.inside.end, line.credit));
        Ok(())
    }

    /// The least that is paid out of a window; less is lost, or carried over to the next.
    fn least(&self, lines: &mut Vec<Line>) -> Outcome<()> {
        for (number, version) in self.setting.agreement.versions.iter().enumerate() {
            let Some(least) = &version.plan.terms.minimum_payout else { continue };
            let own = |line: &Line| line.credit.0 == number && line.kind == CreditKind::Credit && !line.passed_over;
            let currency = self.setting.shared.program.symbol(&least.amount.currency);
            let (bench, most) = (self.bench(), Value::Quantity(least.amount.amount.0.clone(), Some(currency)));
            let mut ends: Vec<Interval> = lines.iter().filter(|line| own(line)).map(|line| line.inside).collect();
            ends.sort_by_key(|inside| inside.end);
            ends.dedup_by_key(|inside| inside.end);
            let mut carried = Value::number(Exact::ZERO);
            for inside in ends {
                let of_window: Vec<Line> = lines.iter().filter(|line| own(line) && line.inside.end == inside.end).cloned().collect();
                let is_money = |line: &&Line| matches!(&line.amount, Value::Quantity(_, Some(of)) if *of == currency);
                let Some(first) = of_window.iter().find(is_money).cloned() else { continue };
                let amounts: Vec<Value> =
                    of_window.iter().filter(is_money).map(|line| line.amount.clone()).chain([carried.clone()]).collect();
                let sum = super::sum(&bench, &amounts, &least.at)?;
                let clash = |clash| bench.clash(clash, &least.at);
                let nothing = sum.amount().is_none_or(Exact::is_zero);
                let too_little = sum.compare(&most).map_err(clash)?.is_lt() && !nothing;
                if too_little {
                    for line in of_window.iter().filter(is_money) {
                        lines.push(self.adjustment(line, &line.amount, &least.at, "less than is paid out", Adjusts::All)?);
                    }
                    carried = if least.carried_over { sum } else { Value::number(Exact::ZERO) };
                } else {
                    if carried.amount().is_some_and(|amount| !amount.is_zero()) {
                        let line = Line {
                            adjusts: Some(Adjusts::All),
                            amount: carried,
                            words: "carried over".to_string(),
                            at: least.at.clone(),
                            ..first
                        };
                        lines.push(line);
                    }
                    carried = Value::number(Exact::ZERO);
                }
            }
        }
        lines.sort_by_key(|line| (line.inside.end, line.credit));
        Ok(())
    }

    /// What is earned back lowers the credits of the same calendar year, never below nothing.
    fn earned_back(&self, lines: &mut Vec<Line>) -> Outcome<()> {
        let zone = self.setting.shared.program.zone_at(self.setting.agreement.zone)?;
        let year = |line: &Line| zone.date(last_instant(line.inside)).year;
        let mut years: Vec<i32> = lines.iter().filter(|line| line.kind == CreditKind::EarnBack).map(year).collect();
        years.sort_unstable();
        years.dedup();
        let at = &self.setting.agreement.plan.at;
        for wanted in years {
            let credits = lines.iter().filter(|line| line.kind == CreditKind::Credit && !line.passed_over && year(line) == wanted);
            let amounts: Vec<Value> = credits.map(|line| line.amount.clone()).collect();
            let most = super::sum(&self.bench(), &amounts, at)?;
            let (back, mut others): (Vec<Line>, Vec<Line>) =
                std::mem::take(lines).into_iter().partition(|line| line.kind == CreditKind::EarnBack && year(line) == wanted);
            others.extend(self.bounded_sum(back, Some(&most), at, Adjusts::All)?);
            *lines = others;
        }
        lines.sort_by_key(|line| (line.inside.end, line.credit));
        Ok(())
    }
}

/// Lines of one credit, window and group together: what is taken off stands behind what it is taken from.
fn units(lines: Vec<Line>) -> Vec<Vec<Line>> {
    let mut units: Vec<Vec<Line>> = Vec::new();
    for line in lines {
        let same = |first: &Line| first.credit == line.credit && first.window == line.window && first.group == line.group;
        match units.last_mut().filter(|unit| unit.first().is_some_and(same)) {
            Some(unit) => unit.push(line),
            None => units.push(vec![line]),
        }
    }
    units
}

/// The last instant of a window: it decides into which year or month the window falls.
pub(super) fn last_instant(window: Interval) -> Instant {
    window.end.saturating_sub(1)
}
