//! Credits, bonuses and earn-backs: what each of them is in each window.

use rustc_hash::FxHashMap;

use super::sequence::of_objective;
use super::{Book, CreditScope, Payments, group_values, in_unit};
use crate::base::Exact;
use crate::data::fault::{Fault, Outcome};
use crate::eval::groups::Group;
use crate::eval::interpreter::{DataScope, Env, Evaluator};
use crate::eval::objectives::{Measured, Verdict, holds};
use crate::eval::program::{Credit, Expr, Objective, Remedy, Step, Version};
use crate::eval::setting::ignores_of;
use crate::eval::timeline::Timeline;
use crate::eval::timeline_builder::TimelineBuilder;
use crate::eval::value::Value;
use crate::eval::view::Mode;
use crate::plan::{self, CreditKind, CreditPer, Due, GroupPay, Place, StepCount, Toward, Type};
use crate::time::{Instant, Interval};

/// A line of what is due.
#[derive(Clone, Debug)]
pub struct Line {
    /// The version of the agreement, and the number of the credit in it.
    pub credit: (usize, usize),
    /// Which way it goes.
    pub kind: CreditKind,
    /// The window, whole.
    pub window: Interval,
    /// Its part inside the term.
    pub inside: Interval,
    /// The group, of a credit that pays for each.
    pub group: Group,
    /// What is due: rounded, in a currency or a unit of one's own. Of a bound, what it takes off:
    /// negative.
    pub amount: Value,
    /// How it was computed, in words.
    pub words: String,
    /// The clause.
    pub at: Place,
    /// True if it does not count because another credit of the same window does.
    pub passed_over: bool,
    /// Of what a bound takes off, or what is carried over: whose bound it is.
    pub adjusts: Option<Adjusts>,
    /// By when it must be claimed.
    pub claims: Vec<super::ClaimBy>,
}

impl Line {
    /// Sort key: lines are in order of the ends of their windows, then of the credits in the
    /// text, whatever version they are of.
    pub fn order(&self) -> (Instant, usize, Instant) {
        (self.inside.end, self.credit.1, self.window.start)
    }
}

/// Which bound changed an amount.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Adjusts {
    /// The bound of the credit itself.
    Credit,
    /// The bound of all credits together.
    All,
}

/// Something other than money that is due.
#[derive(Clone, Debug)]
pub struct Remedied {
    /// The version of the agreement, and the number of the credit in it.
    pub credit: (usize, usize),
    /// The window, whole.
    pub window: Interval,
    /// Its part inside the term.
    pub inside: Interval,
    /// The group.
    pub group: Group,
    /// What is due.
    pub what: Other,
    /// The clause.
    pub at: Place,
    /// By when it must be claimed.
    pub claims: Vec<super::ClaimBy>,
}

/// What can be due apart from money.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Other {
    /// The term becomes longer.
    Extend(plan::Period),
    /// The term becomes longer by a measured length, in nanoseconds.
    ExtendBy(Exact),
    /// A remedy that the contract describes in words.
    Text(String),
}

/// What one credit gives in one window.
struct Given {
    amount: Option<Value>,
    words: Vec<String>,
    at: Option<Place>,
    remedies: Vec<(Other, Place)>,
}

impl<'e> Book<'_, 'e> {
    /// All credits of all windows, each within its own bounds.
    pub(super) fn credits(&self) -> Outcome<Payments> {
        let mut payments = Payments::default();
        for (version, terms) in self.setting.agreement.versions.iter().enumerate() {
            for (number, credit) in terms.credits.iter().enumerate() {
                self.credit((version, number), credit, &mut payments)
                    .map_err(|fault| fault.within(&credit.plan.at))?;
            }
        }
        payments.lines = self.own_capped(std::mem::take(&mut payments.lines))?;
        payments.lines.sort_by_key(Line::order);
        payments.remedies.sort_by_key(|line| (line.inside.end, line.credit.1, line.window.start));
        Ok(payments)
    }

    fn credit(
        &self,
        id: (usize, usize),
        credit: &Credit<'e>,
        payments: &mut Payments,
    ) -> Outcome<()> {
        let (mut lines, mut remedies): (Vec<Line>, Vec<Remedied>) = (Vec::new(), Vec::new());
        for group in self.groups_of(credit, id.0) {
            let Some((version, objective)) =
                self.version(id.0).and_then(|it| Some((it, objective_of(it, credit)?)))
            else {
                continue;
            };
            let mut measuring: Option<Timeline> = None;
            for window in self.windows_of(credit, id.0, &group) {
                let cells: Vec<&Measured> = credit
                    .objectives
                    .iter()
                    .flat_map(|it| self.cells(*it, window.0, &group))
                    .collect();
                if !is_due(credit, &cells) {
                    continue;
                }
                if measuring.is_none() {
                    measuring = Some(self.objective_line(version, objective, &group)?);
                }
                let Some(line) = &measuring else { continue };
                let given = self.given(version, credit, objective, line, window, &cells, &group)?;
                for (what, at) in given.remedies {
                    let group = group.clone();
                    remedies.push(Remedied {
                        credit: id,
                        window: window.0,
                        inside: window.1,
                        group,
                        what,
                        at,
                        claims: Vec::new(),
                    });
                }
                let (Some(amount), Some(at)) = (given.amount, given.at) else { continue };
                let amount = self.rounded(&amount);
                // Nothing is due, and nothing is printed.
                if amount.amount().is_some_and(Exact::is_zero) {
                    continue;
                }
                lines.push(Line {
                    credit: id,
                    kind: credit.plan.kind,
                    window: window.0,
                    inside: window.1,
                    group: group.clone(),
                    amount,
                    words: given.words.join(" + "),
                    at,
                    passed_over: false,
                    adjusts: None,
                    claims: Vec::new(),
                });
            }
        }
        if credit.plan.groups == Some(GroupPay::Worst) {
            lines = worst_of_each_window(lines);
            remedies = self.worst_remedies(remedies)?;
        }
        payments.lines.extend(lines);
        payments.remedies.extend(remedies);
        Ok(())
    }

    /// The groups a credit is computed for: those of its objectives in its version.
    fn groups_of(&self, credit: &Credit<'_>, version: usize) -> Vec<Group> {
        // A group is called as the first objective that has it calls it, also where that one has no
        // window here.
        let mut named: Vec<(Group, bool)> = Vec::new();
        let mut places: FxHashMap<Group, usize> = FxHashMap::default();
        for of in credit.objectives.iter().filter_map(|it| self.measured.get(*it)).flatten() {
            let measured = of.windows.iter().any(|cell| cell.version == version);
            let place = *places.entry(of.group.sorted()).or_insert(named.len());
            match named.get_mut(place) {
                Some((_, known)) => *known |= measured,
                None => named.push((of.group.clone(), measured)),
            }
        }
        let measured = named.into_iter().filter(|(_, measured)| *measured);
        let mut all: Vec<Group> = measured.map(|(group, _)| group).collect();
        // An objective without groups speaks for every group of the others.
        if all.iter().any(|group| !group.is_empty()) {
            all.retain(|group| !group.is_empty());
        }
        all
    }

    /// Of the groups of each window only the longest extension, the first of equal ones, and each
    /// text once.
    fn worst_remedies(&self, remedies: Vec<Remedied>) -> Outcome<Vec<Remedied>> {
        let mut kept: Vec<Remedied> = Vec::new();
        for due in remedies {
            let length = self.extension(&due)?;
            let rival = kept.iter_mut().find(|known| {
                let texts = matches!(known.what, Other::Text(_)) && known.what == due.what;
                known.window == due.window
                    && (texts || length.is_some() && !matches!(known.what, Other::Text(_)))
            });
            match rival {
                Some(known) if length > self.extension(known)? => *known = due,
                Some(_) => {}
                None => kept.push(due),
            }
        }
        Ok(kept)
    }

    /// By how much the term becomes longer, counted from the end of the window.
    fn extension(&self, due: &Remedied) -> Outcome<Option<Exact>> {
        let end = due.inside.end;
        Ok(match &due.what {
            Other::Extend(period) => {
                let zone = self.setting.shared.program.zone_at(self.setting.agreement.zone)?;
                Some(Exact::integer(zone.after(end, *period, 1, None)?.saturating_sub(end)))
            }
            Other::ExtendBy(length) => Some(length.clone()),
            Other::Text(_) => None,
        })
    }

    /// Windows of a credit that its version evaluates: whole, and inside the term.
    fn windows_of(
        &self,
        credit: &Credit<'_>,
        version: usize,
        hand: &Group,
    ) -> Vec<(Interval, Interval)> {
        let mut all: Vec<(Interval, Interval)> = Vec::new();
        for objective in &credit.objectives {
            for of_group in self.groups(*objective, hand) {
                let own = of_group.windows.iter().filter(|cell| cell.version == version);
                all.extend(own.map(|cell| (cell.window, self.part(cell.window))));
            }
        }
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The line that the objective of a credit measures on.
    fn objective_line(
        &self,
        version: &'e Version<'e>,
        objective: &'e Objective<'e>,
        hand: &Group,
    ) -> Outcome<Timeline> {
        let shared = self.setting.shared;
        let metric = shared
            .program
            .metrics
            .get(objective.metric)
            .ok_or_else(|| Fault::new("the plan lacks a metric"))?;
        let exclusions = version.exclusions.as_slice();
        let term = self.setting.term;
        let ignores = ignores_of(objective, version);
        let scope = DataScope {
            customer: self.setting.customer,
            service: objective.service,
            ignores: &ignores,
            reads: None,
            unknown: &[],
            term,
            zone: version.zone,
        };
        let start = objective.from.map_or(term.start, |from| from.max(term.start));
        let term = Interval { start, end: shared.as_of.clamp(start, term.end.max(start)) };
        let line = TimelineBuilder {
            shared,
            facts: self.setting.facts,
            objective,
            exclusions,
            metric,
            scope,
        };
        line.build(term, &group_values(objective.groups.as_ref(), hand))
    }

    #[expect(clippy::too_many_arguments, reason = "they are one window of one credit")]
    fn given(
        &self,
        version: &'e Version<'e>,
        credit: &Credit<'e>,
        objective: &'e Objective<'e>,
        line: &Timeline,
        (window, inside): (Interval, Interval),
        cells: &[&Measured],
        group: &Group,
    ) -> Outcome<Given> {
        let groups = group_values(objective.groups.as_ref(), group);
        let ignores = ignores_of(objective, version);
        let (customer, service) = (self.setting.customer, objective.service);
        let scope = DataScope {
            customer,
            service,
            ignores: &ignores,
            reads: Some(&objective.reads),
            unknown: &[],
            term: self.setting.term,
            zone: version.zone,
        };
        let measuring =
            Evaluator::new(self.setting.shared, self.setting.facts, scope, line, Mode::Now);
        let page = CreditScope {
            book: self,
            window,
            group,
            row: None,
            among: of_objective(Some(objective)),
        };
        // Of several objectives the first that is breached is meant.
        let by_missing =
            cells.iter().find(|cell| is_breached(cell)).is_some_and(|cell| cell.by_missing);
        let mut due = Given { amount: None, words: Vec::new(), at: None, remedies: Vec::new() };
        // What the objective reads is looked at from its start on; fees and other sources, all
        // through the window.
        let frame = inside
            .intersection(line.term)
            .unwrap_or(Interval { start: inside.start, end: inside.start });
        if credit.plan.per == CreditPer::Window {
            let look = Look { credit, evaluator: &measuring, by_missing, cap_rows: false };
            look.add(&page.env(&measuring, inside, &groups).in_frame(frame), &mut due)?;
            return Ok(due);
        }
        for number in &credit.objectives {
            let Some(of) = version.objectives.iter().find(|it| it.number == *number) else {
                continue;
            };
            let Some(cell) = self.cell(*number, window, group) else { continue };
            cell.bad.each(self.setting.shared, |row| {
                let env = page.env(&measuring, inside, &groups).in_frame(frame);
                let value = match of.items.as_ref().and_then(|items| items.value.as_ref()) {
                    Some(value) => measuring.asked(value, &env, row)?,
                    None => None,
                };
                let page = CreditScope {
                    book: self,
                    window,
                    group,
                    row: Some((*number, value)),
                    among: of_objective(Some(objective)),
                };
                let look =
                    Look { credit, evaluator: &measuring, by_missing: false, cap_rows: true };
                let hand = Evaluator::in_hand(row);
                let env = page.env(&measuring, inside, &groups).in_frame(frame);
                look.add(&Evaluator::of_row(&env, &hand), &mut due)
            })?;
        }
        Ok(due)
    }
}

/// The first objective of a credit, on whose line it is computed.
fn objective_of<'e>(version: &'e Version<'e>, credit: &Credit<'_>) -> Option<&'e Objective<'e>> {
    let first = credit.objectives.first()?;
    version.objectives.iter().find(|objective| objective.number == *first)
}

/// True if a credit is due in a window, as far as its objectives decide.
fn is_due(credit: &Credit<'_>, cells: &[&Measured]) -> bool {
    match credit.plan.due {
        Due::Breached => cells.iter().any(|cell| is_breached(cell)),
        Due::Regardless => {
            cells.iter().any(|cell| is_breached(cell) || cell.verdict == Verdict::Met)
        }
    }
}

fn is_breached(cell: &Measured) -> bool {
    cell.verdict == Verdict::Breached
}

/// Of the groups of each window only the one that gets most, the first of equal ones.
pub(super) fn worst_of_each_window(lines: Vec<Line>) -> Vec<Line> {
    let mut kept: Vec<Line> = Vec::new();
    let mut places: FxHashMap<Interval, usize> = FxHashMap::default();
    for line in lines {
        let place = *places.entry(line.window).or_insert(kept.len());
        match kept.get_mut(place) {
            Some(known)
                if line.amount.compare(&known.amount).is_ok_and(std::cmp::Ordering::is_gt) =>
            {
                *known = line
            }
            Some(_) => {}
            None => kept.push(line),
        }
    }
    kept
}

/// One look at a ladder: for a window, or for a row.
struct Look<'o, 'e> {
    credit: &'o Credit<'e>,
    /// The line of the objective.
    evaluator: &'o Evaluator<'o>,
    by_missing: bool,
    cap_rows: bool,
}

impl Look<'_, '_> {
    fn add(&self, env: &Env<'_>, due: &mut Given) -> Outcome<()> {
        if let Some(condition) = &self.credit.condition
            && !holds(self.evaluator, condition, env)?
        {
            return Ok(());
        }
        let Some(index) = self.band(env)? else { return Ok(()) };
        let (Some(band), Some((.., remedy))) =
            (self.credit.plan.bands.get(index), self.credit.bands.get(index))
        else {
            return Ok(());
        };
        match (&band.remedy, remedy) {
            (plan::Remedy::Pay { terms, of }, Remedy::Pay(ready)) => {
                let mut amount: Option<Value> = None;
                for (term, (each, step)) in terms.iter().zip(ready) {
                    let Some(part) =
                        self.pay((each, of), step.as_ref(), env, &term.at, &mut due.words)?
                    else {
                        continue;
                    };
                    amount = Some(match amount {
                        Some(sum) => {
                            sum.add(&part).map_err(|clash| self.evaluator.clash(clash, &term.at))?
                        }
                        None => part,
                    });
                }
                let Some(mut amount) = amount else { return Ok(()) };
                if self.cap_rows {
                    amount = self.row_capped(amount, env)?;
                }
                due.amount = Some(match due.amount.take() {
                    Some(sum) => {
                        sum.add(&amount).map_err(|clash| self.evaluator.clash(clash, &band.at))?
                    }
                    None => amount,
                });
                due.at.get_or_insert_with(|| band.at.clone());
            }
            (plan::Remedy::Extend { period }, _) if period.count == 0 => {}
            (plan::Remedy::Extend { period }, _) => {
                due.remedies.push((Other::Extend(*period), band.at.clone()))
            }
            (plan::Remedy::ExtendBy { .. }, Remedy::ExtendBy(length)) => {
                if let Some(Value::Quantity(length, _)) = self.evaluator.eval(length, env)?
                    && !length.is_zero()
                    && !length.is_negative()
                {
                    due.remedies.push((Other::ExtendBy(length), band.at.clone()));
                }
            }
            (plan::Remedy::Text { text }, _) => {
                due.remedies.push((Other::Text(text.clone()), band.at.clone()))
            }
            (plan::Remedy::Pay { .. } | plan::Remedy::ExtendBy { .. }, _) => {}
        }
        Ok(())
    }

    /// The band that holds what is looked at.
    fn band(&self, env: &Env<'_>) -> Outcome<Option<usize>> {
        if self.by_missing {
            return Ok(self.credit.plan.missing_band.map(|band| band as usize));
        }
        let Some(measure) = &self.credit.measure else { return Ok(Some(0)) };
        let Some(value) = self.evaluator.eval(measure, env)? else { return Ok(None) };
        for (index, (band, (from, to, _))) in
            self.credit.plan.bands.iter().zip(&self.credit.bands).enumerate()
        {
            let inclusive =
                |bound: &Option<plan::Bound>| bound.as_ref().is_some_and(|bound| bound.inclusive);
            let ends = [(from, inclusive(&band.from), true), (to, inclusive(&band.to), false)];
            let mut inside = true;
            for (bound, inclusive, lower) in ends {
                let Some(bound) = bound else { continue };
                let Some(bound) = self.evaluator.eval(bound, env)? else {
                    inside = false;
                    continue;
                };
                let order =
                    value.compare(&bound).map_err(|clash| self.evaluator.clash(clash, &band.at))?;
                inside &= (inclusive && order.is_eq())
                    || if lower { order.is_gt() } else { order.is_lt() };
            }
            if inside {
                return Ok(Some(index));
            }
        }
        Ok(None)
    }

    /// One term of a payment, with the arithmetic in words.
    fn pay(
        &self,
        (amount, of): (&Expr, &Type),
        step: Option<&Step>,
        env: &Env<'_>,
        at: &Place,
        words: &mut Vec<String>,
    ) -> Outcome<Option<Value>> {
        let Some(each) = self.evaluator.eval(amount, env)? else { return Ok(None) };
        let each = in_unit(self.evaluator.shared.program, each, of);
        let names = &self.evaluator.shared.program.names;
        let mut said = match amount {
            Expr::Multiply { factors, .. } => {
                let factors = factors.iter().map(|factor| self.evaluator.eval(factor, env));
                let factors = factors.collect::<Outcome<Vec<_>>>()?;
                let factors: Vec<String> = factors
                    .iter()
                    .flatten()
                    .map(|value| crate::eval::facts::words(value, names))
                    .collect();
                factors.join(" × ")
            }
            _ => crate::eval::facts::words(&each, names),
        };
        let Some(step) = step else {
            words.push(said);
            return Ok(Some(each));
        };
        let Some(steps) = self.steps(step, env, at)? else { return Ok(None) };
        said.push_str(&format!(" × {steps} steps"));
        words.push(said);
        each.multiply(&Value::number(steps)).map_err(|clash| self.evaluator.clash(clash, at))
    }

    fn steps(&self, step: &Step, env: &Env<'_>, at: &Place) -> Outcome<Option<Exact>> {
        let value = self.evaluator.eval(&step.value, env)?;
        let (from, unit) =
            (self.evaluator.eval(&step.from, env)?, self.evaluator.eval(&step.unit, env)?);
        let (Some(value), Some(from), Some(unit)) = (value, from, unit) else { return Ok(None) };
        let clash = |clash| self.evaluator.clash(clash, at);
        let (toward, count) = step.how;
        let distance = match toward {
            Toward::Greater => value.subtract(&from),
            Toward::Less => from.subtract(&value),
        };
        let Some(distance) = distance.map_err(clash)? else { return Ok(None) };
        let Some(Value::Quantity(steps, _)) = distance.divide(&unit).map_err(clash)? else {
            return Ok(None);
        };
        if steps.is_negative() {
            return Ok(Some(Exact::ZERO));
        }
        Ok(Some(match count {
            StepCount::Started => steps.ceil(),
            StepCount::Full => steps.floor(),
            StepCount::Exact => steps,
        }))
    }

    /// The amount for one row, not above its bounds.
    fn row_capped(&self, amount: Value, env: &Env<'_>) -> Outcome<Value> {
        let mut amount = amount;
        for (cap, (most, _)) in self.credit.plan.caps.iter().zip(&self.credit.caps) {
            if cap.per != (plan::CapPer::Row {}) {
                continue;
            }
            if let Some(most) = self.evaluator.eval(most, env)?
                && amount
                    .compare(&most)
                    .map_err(|clash| self.evaluator.clash(clash, &cap.at))?
                    .is_gt()
            {
                amount = most;
            }
        }
        Ok(amount)
    }
}
