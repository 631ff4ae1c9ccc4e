//! Bounds: of one credit, of all credits; credits that do not add up; the least that is paid; what
//! is earned back.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::credits::{Adjusts, Line};
use super::sequence::{Sequence, of_objective};
use super::{Book, CreditScope, Payments, group_values, in_unit, of_one_unit};
use crate::base::Exact;
use crate::data::fault::Outcome;
use crate::eval::groups::Group;
use crate::eval::names::Symbol;
use crate::eval::program::{CapSpan, Credit, Expr, Version};
use crate::eval::value::{Clash, Value};
use crate::plan::{Amount, CapPer, CreditKind, Place, Remedy, Type};
use crate::time::{Instant, Interval};

/// A bound over several windows, of one version.
struct Over<'o> {
    amount: &'o Expr,
    /// What it is an amount of; `None`: of what its credit pays.
    of: Option<&'o Type>,
    span: &'o CapSpan,
    at: &'o Place,
}

impl<'e> Book<'_, 'e> {
    /// The lines of all credits, each followed by what its own bounds take off. Lines of one credit
    /// count together over all versions.
    pub(super) fn own_capped(&self, lines: Vec<Line>) -> Outcome<Vec<Line>> {
        let mut by_id: BTreeMap<&str, Vec<Line>> = BTreeMap::new();
        for line in lines {
            let id = self.credit_of(&line).map_or("", |credit| credit.plan.id.as_str());
            by_id.entry(id).or_default().push(line);
        }
        let mut all = Vec::new();
        for (id, mut lines) in by_id {
            lines.sort_by_key(|line| line.inside.end);
            let versions: Vec<Option<&Credit<'e>>> = self
                .setting
                .agreement
                .versions
                .iter()
                .map(|version| credit_called(version, id))
                .collect();
            let most =
                versions.iter().flatten().map(|credit| credit.caps.len()).max().unwrap_or_default();
            for index in 0..most {
                lines = self.window_capped(index, lines)?;
                let over = |credit: &Option<&'e Credit<'e>>| {
                    let (cap, (amount, span)) = credit.and_then(|credit| {
                        credit.plan.caps.get(index).zip(credit.caps.get(index))
                    })?;
                    let of = credit.and_then(paid_in);
                    span.as_ref().map(|span| Over { amount, of, span, at: &cap.at })
                };
                let bounds: Vec<Option<Over<'_>>> = versions.iter().map(over).collect();
                lines = self.bounded_by_windows(lines, &bounds, Adjusts::Credit)?;
            }
            all.extend(lines);
        }
        Ok(all)
    }

    fn credit_of(&self, line: &Line) -> Option<&'e Credit<'e>> {
        self.version(line.credit.0)?.credits.get(line.credit.1)
    }

    /// Bounds each line by itself, also each group's of a credit that pays each.
    fn window_capped(&self, index: usize, lines: Vec<Line>) -> Outcome<Vec<Line>> {
        let mut out = Vec::new();
        for unit in units(lines) {
            let Some(first) = unit.first().cloned() else { continue };
            let credit = self.credit_of(&first);
            let cap =
                credit.and_then(|credit| credit.plan.caps.get(index).zip(credit.caps.get(index)));
            let (Some(credit), Some((cap, (amount, _)))) =
                (credit, cap.filter(|(cap, _)| cap.per == (CapPer::Window {})))
            else {
                out.extend(unit);
                continue;
            };
            let most = self.bound_of_line(credit, amount, &first)?;
            let own = self.worth(&unit, &cap.at)?;
            out.extend(unit);
            out.extend(
                self.above(&own, most.as_ref(), &cap.at)?
                    .map(|over| self.adjustment(&first, &over, &cap.at, "bound", Adjusts::Credit))
                    .transpose()?,
            );
        }
        Ok(out)
    }

    /// Bounds the sums of the lines that end in the same window, the earlier ones first. A line is
    /// limited by the bound of its own version, and counts with those of other versions.
    fn bounded_by_windows(
        &self,
        lines: Vec<Line>,
        bounds: &[Option<Over<'_>>],
        adjusts: Adjusts,
    ) -> Outcome<Vec<Line>> {
        let Some(any) = bounds.iter().flatten().next() else { return Ok(lines) };
        let mut due = DueSoFar::default();
        let mut mosts: FxHashMap<(usize, Interval), Option<Value>> = FxHashMap::default();
        let mut out = Vec::new();
        for unit in units(lines) {
            let Some(first) = unit.first().filter(|line| !line.passed_over).cloned() else {
                out.extend(unit);
                continue;
            };
            let version = first.credit.0;
            let bound = bounds.get(version).and_then(Option::as_ref);
            let at = bound.unwrap_or(any).at;
            let mut kept = self.worth(&unit, at)?;
            out.extend(unit);
            if let Some(bound) = bound
                && let Some(window) = self.window_of(bound.span, first.inside)?
            {
                let most = match mosts.get(&(version, window)) {
                    Some(most) => most.clone(),
                    None => {
                        let most = self.bound_of_window(bound, window)?;
                        mosts.insert((version, window), most.clone());
                        most
                    }
                };
                // All credits together are bounded in one currency or unit; what is due in another
                // is not of that sum.
                let most =
                    most.filter(|most| adjusts == Adjusts::Credit || of_one_unit(most, &kept));
                if let Some(most) = &most {
                    let clash = |clash| self.evaluator().clash(clash, bound.at);
                    let next = self.joined(
                        &due.since(window.start, most.currency().or(kept.currency()))
                            .map_err(clash)?,
                        &kept,
                        bound.at,
                    )?;
                    if let Some(over) = self.above(&next, Some(most), bound.at)? {
                        // A later bound may be lower than what is due already.
                        let over = if self.above(&over, Some(&kept), bound.at)?.is_some() {
                            kept.clone()
                        } else {
                            over
                        };
                        out.push(self.adjustment(&first, &over, bound.at, "bound", adjusts)?);
                        kept = self
                            .above(&kept, Some(&over), bound.at)?
                            .unwrap_or_else(|| Value::number(Exact::ZERO));
                    }
                }
            }
            due.add(last_instant(first.inside), &kept)
                .map_err(|clash| self.evaluator().clash(clash, at))?;
        }
        Ok(out)
    }

    /// The window of a bound in which the window of a line ends.
    fn window_of(&self, span: &CapSpan, line: Interval) -> Outcome<Option<Interval>> {
        let (zones, term, last) =
            (&self.setting.shared.program.zones, self.setting.term, last_instant(line));
        match span {
            CapSpan::Every(windows) => {
                let found = windows.touching(
                    zones,
                    term,
                    Interval { start: last, end: last.saturating_add(1) },
                )?;
                Ok(found.first().map(|(_, window)| *window))
            }
            CapSpan::Trailing(trailing) => Ok(trailing.ending(zones, term, line.end, 0)),
        }
    }

    /// What a line and all that was taken off it before come to.
    fn worth(&self, unit: &[Line], at: &Place) -> Outcome<Value> {
        super::sum(&self.evaluator(), unit.iter().map(|line| &line.amount), at)
    }

    fn joined(&self, one: &Value, other: &Value, at: &Place) -> Outcome<Value> {
        one.add(other).map_err(|clash| self.evaluator().clash(clash, at))
    }

    /// By how much an amount is above a bound, if it is.
    fn above(&self, amount: &Value, most: Option<&Value>, at: &Place) -> Outcome<Option<Value>> {
        let Some(most) = most else { return Ok(None) };
        let clash = |clash| self.evaluator().clash(clash, at);
        if amount.compare(most).map_err(clash)?.is_gt() {
            amount.subtract(most).map_err(clash)
        } else {
            Ok(None)
        }
    }

    /// The bound of one line, rounded likewise; `None` if nothing is known of it.
    fn bound_of_line(
        &self,
        credit: &Credit<'e>,
        amount: &Expr,
        line: &Line,
    ) -> Outcome<Option<Value>> {
        let first = credit.objectives.first();
        let objective = first.and_then(|first| {
            self.version(line.credit.0)?.objectives.iter().find(|it| it.number == *first)
        });
        let groups =
            group_values(objective.and_then(|objective| objective.groups.as_ref()), &line.group);
        let evaluator = self.evaluator();
        let page = CreditScope {
            book: self,
            window: line.window,
            group: &line.group,
            row: None,
            among: of_objective(objective),
        };
        let most = evaluator.eval(amount, &page.env(&evaluator, line.inside, &groups))?;
        let most = most.map(|most| {
            paid_in(credit)
                .map_or(most.clone(), |of| in_unit(self.setting.shared.program, most, of))
        });
        Ok(most.map(|most| self.rounded(&most)))
    }

    /// The bound over a window, computed in that window and for no group.
    fn bound_of_window(&self, bound: &Over<'_>, window: Interval) -> Outcome<Option<Value>> {
        let evaluator = self.evaluator();
        let nobody = Group::default();
        let page = CreditScope {
            book: self,
            window,
            group: &nobody,
            row: None,
            among: Sequence::Bound(bound.span),
        };
        let most = evaluator.eval(bound.amount, &page.env(&evaluator, self.part(window), &[]))?;
        let most = most.map(|most| {
            bound.of.map_or(most.clone(), |of| in_unit(self.setting.shared.program, most, of))
        });
        Ok(most.map(|most| self.rounded(&most)))
    }

    /// Lines whose sum is not above a bound: what is too much is taken off in lines of its own.
    fn bounded_sum(
        &self,
        lines: Vec<Line>,
        most: Option<&Value>,
        at: &Place,
        adjusts: Adjusts,
    ) -> Outcome<Vec<Line>> {
        let Some(most) = most else { return Ok(lines) };
        let evaluator = self.evaluator();
        let clash = |clash| evaluator.clash(clash, at);
        let mut sum = Value::number(Exact::ZERO);
        let mut out = Vec::new();
        // A line and what was taken off it before are one amount.
        for unit in units(lines) {
            let Some(first) = unit.first().filter(|line| !line.passed_over).cloned() else {
                out.extend(unit);
                continue;
            };
            let own = super::sum(&evaluator, unit.iter().map(|line| &line.amount), at)?;
            let next = sum.add(&own).map_err(clash)?;
            let over = if next.compare(most).map_err(clash)?.is_gt() {
                next.subtract(most).map_err(clash)?
            } else {
                None
            };
            sum = if over.is_some() { most.clone() } else { next };
            out.extend(unit);
            out.extend(
                over.map(|over| self.adjustment(&first, &over, at, "bound", adjusts))
                    .transpose()?,
            );
        }
        Ok(out)
    }

    /// A line that takes something off another.
    fn adjustment(
        &self,
        line: &Line,
        off: &Value,
        at: &Place,
        words: &str,
        adjusts: Adjusts,
    ) -> Outcome<Line> {
        let evaluator = self.evaluator();
        let minus = off
            .multiply(&Value::number(Exact::integer(-1)))
            .map_err(|clash| evaluator.clash(clash, at))?;
        let amount = minus.unwrap_or_else(|| Value::number(Exact::ZERO));
        Ok(Line {
            amount,
            words: words.to_string(),
            at: at.clone(),
            adjusts: Some(adjusts),
            claims: Vec::new(),
            ..line.clone()
        })
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
                let ids = |credit: usize| {
                    version
                        .credits
                        .get(credit)
                        .is_some_and(|it| stacking.credits.contains(&it.plan.id))
                };
                let members: Vec<usize> =
                    (0..version.credits.len()).filter(|credit| ids(*credit)).collect();
                let own = |line: &Line| line.credit.0 == number && members.contains(&line.credit.1);
                let mut windows: Vec<Interval> =
                    lines.iter().filter(|line| own(line)).map(|line| line.inside).collect();
                windows.sort_unstable();
                windows.dedup();
                for window in windows {
                    let mut best: Option<(usize, Value)> = None;
                    for credit in &members {
                        let amounts: Vec<Value> = lines
                            .iter()
                            .filter(|line| {
                                line.credit == (number, *credit) && line.inside == window
                            })
                            .map(|line| line.amount.clone())
                            .collect();
                        if amounts.is_empty() {
                            continue;
                        }
                        let sum = super::sum(&self.evaluator(), &amounts, &stacking.at)?;
                        let better = match &best {
                            Some((_, known)) => sum
                                .compare(known)
                                .map_err(|clash| self.evaluator().clash(clash, &stacking.at))?
                                .is_gt(),
                            None => true,
                        };
                        if better {
                            best = Some((*credit, sum));
                        }
                    }
                    for line in lines.iter_mut().filter(|line| own(line) && line.inside == window) {
                        line.passed_over |=
                            best.as_ref().is_some_and(|(credit, _)| *credit != line.credit.1);
                    }
                }
            }
        }
        Ok(())
    }

    /// Bounds over all credits. Bonuses have none but their own.
    fn all_capped(&self, lines: &mut Vec<Line>) -> Outcome<()> {
        let versions = &self.setting.agreement.versions;
        let most =
            versions.iter().map(|version| version.credit_caps.len()).max().unwrap_or_default();
        let (mut own, others): (Vec<Line>, Vec<Line>) =
            std::mem::take(lines).into_iter().partition(|line| line.kind == CreditKind::Credit);
        own.sort_by_key(Line::order);
        for index in 0..most {
            let over = |version: &'e Version<'e>| {
                let (cap, amount, span) = version.credit_caps.get(index)?;
                Some(Over { amount, of: Some(&cap.of), span, at: &cap.at })
            };
            let bounds: Vec<Option<Over<'_>>> = versions.iter().map(over).collect();
            own = self.bounded_by_windows(own, &bounds, Adjusts::All)?;
        }
        lines.extend(others);
        lines.extend(own);
        lines.sort_by_key(Line::order);
        Ok(())
    }

    /// The least that is paid out of the windows that end together; less is lost, or carried over
    /// to the next.
    fn least(&self, lines: &mut Vec<Line>) -> Outcome<()> {
        let own = |line: &Line| line.kind == CreditKind::Credit && !line.passed_over;
        let mut ends: Vec<Instant> =
            lines.iter().filter(|line| own(line)).map(|line| line.inside.end).collect();
        ends.sort_unstable();
        ends.dedup();
        let mut carried = Value::number(Exact::ZERO);
        for end in ends {
            let of_window: Vec<Line> =
                lines.iter().filter(|line| own(line) && line.inside.end == end).cloned().collect();
            let version = of_window.first().and_then(|line| self.version(line.credit.0));
            let Some(least) =
                version.and_then(|version| version.plan.terms.minimum_payout.as_ref())
            else {
                continue;
            };
            let (amount, unit) = match &least.amount {
                Amount::Money { amount, currency: unit } | Amount::Count { amount, unit } => {
                    (amount, self.setting.shared.program.symbol(unit))
                }
            };
            let (evaluator, bound) =
                (self.evaluator(), Value::Quantity(amount.0.clone(), Some(unit)));
            let clash = |clash| evaluator.clash(clash, &least.at);
            let in_unit = |line: &&Line| line.amount.currency() == Some(unit);
            let Some(first) = of_window.iter().find(in_unit).cloned() else { continue };
            let amounts: Vec<Value> = of_window
                .iter()
                .filter(in_unit)
                .map(|line| line.amount.clone())
                .chain([carried.clone()])
                .collect();
            let sum = super::sum(&evaluator, &amounts, &least.at)?;
            let nothing = sum.amount().is_none_or(Exact::is_zero);
            let order = sum.compare(&bound).map_err(clash)?;
            if (order.is_lt() || (order.is_eq() && !least.inclusive)) && !nothing {
                for line in of_window.iter().filter(in_unit) {
                    lines.push(self.adjustment(
                        line,
                        &line.amount,
                        &least.at,
                        "less than is paid out",
                        Adjusts::All,
                    )?);
                }
                carried = if least.carried_over { sum } else { Value::number(Exact::ZERO) };
                continue;
            }
            if carried.amount().is_some_and(|amount| !amount.is_zero()) {
                let (at, words) = (least.at.clone(), "carried over".to_string());
                lines.push(Line {
                    adjusts: Some(Adjusts::All),
                    amount: carried,
                    words,
                    at,
                    ..first
                });
            }
            carried = Value::number(Exact::ZERO);
        }
        lines.sort_by_key(Line::order);
        Ok(())
    }

    /// What is earned back lowers the credits of the same calendar year, never below nothing.
    fn earned_back(&self, lines: &mut Vec<Line>) -> Outcome<()> {
        let zone = self.setting.shared.program.zone_at(self.setting.agreement.zone)?;
        let year = |line: &Line| zone.date(last_instant(line.inside)).year;
        let currency = |line: &Line| line.amount.currency();
        let mut kinds: Vec<(i32, Option<Symbol>)> = lines
            .iter()
            .filter(|line| line.kind == CreditKind::EarnBack)
            .map(|line| (year(line), currency(line)))
            .collect();
        kinds.sort_unstable();
        kinds.dedup();
        let at = &self.setting.agreement.plan.at;
        for wanted in kinds {
            let is_wanted = |line: &Line| (year(line), currency(line)) == wanted;
            let credits = lines.iter().filter(|line| {
                line.kind == CreditKind::Credit && !line.passed_over && is_wanted(line)
            });
            let amounts: Vec<Value> = credits.map(|line| line.amount.clone()).collect();
            let most = super::sum(&self.evaluator(), &amounts, at)?;
            let (back, mut others): (Vec<Line>, Vec<Line>) = std::mem::take(lines)
                .into_iter()
                .partition(|line| line.kind == CreditKind::EarnBack && is_wanted(line));
            others.extend(self.bounded_sum(back, Some(&most), at, Adjusts::All)?);
            *lines = others;
        }
        lines.sort_by_key(Line::order);
        Ok(())
    }
}

/// What was due in earlier lines, so that any window that ends with the last of them is summed in
/// one step.
#[derive(Default)]
pub(super) struct DueSoFar {
    /// By currency or unit: the last instant of a line, and all that is due up to it, in order of
    /// time.
    sums: FxHashMap<Option<Symbol>, Vec<(Instant, Value)>>,
}

impl DueSoFar {
    /// Adds a line; lines come in order of time.
    pub(super) fn add(&mut self, last: Instant, amount: &Value) -> Result<(), Clash> {
        let sums = self.sums.entry(amount.currency()).or_default();
        let sum = sums.last().map_or_else(|| Ok(amount.clone()), |(_, sum)| sum.add(amount))?;
        sums.push((last, sum));
        Ok(())
    }

    /// What is due in the lines that end after an instant, in this currency or unit.
    pub(super) fn since(&self, start: Instant, unit: Option<Symbol>) -> Result<Value, Clash> {
        let nothing = || Value::number(Exact::ZERO);
        let sums = self.sums.get(&unit).map_or(&[][..], Vec::as_slice);
        let Some((_, all)) = sums.last() else { return Ok(nothing()) };
        let before = sums
            .partition_point(|(last, _)| *last < start)
            .checked_sub(1)
            .and_then(|index| sums.get(index));
        before.map_or_else(
            || Ok(all.clone()),
            |(_, before)| all.subtract(before).map(|left| left.unwrap_or_else(nothing)),
        )
    }
}

/// The credit of a version that has some id.
fn credit_called<'v, 'e>(version: &'v Version<'e>, id: &str) -> Option<&'v Credit<'e>> {
    version.credits.iter().find(|credit| credit.plan.id == id)
}

/// Lines of one credit, window and group together: what is taken off stands behind what it is taken
/// from.
pub(super) fn units(lines: Vec<Line>) -> Vec<Vec<Line>> {
    let mut units: Vec<Vec<Line>> = Vec::new();
    for line in lines {
        let same = |first: &Line| {
            first.credit == line.credit && first.window == line.window && first.group == line.group
        };
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

/// The currency or unit in which a credit pays.
fn paid_in<'e>(credit: &'e Credit<'_>) -> Option<&'e Type> {
    credit.plan.bands.iter().find_map(|band| match &band.remedy {
        Remedy::Pay { of, .. } => Some(of),
        Remedy::Extend { .. } | Remedy::ExtendBy { .. } | Remedy::Text { .. } => None,
    })
}
