//! What objectives ask of streamed rows, found before any of them is evaluated.
//!
//! It goes through the same groups and windows as the evaluation, and through whatever may be
//! computed of each. What only rows tell (groups, the measured time) is left open, and planned when
//! a scan has told it. Faults of plan and data are left to the evaluation, which reports them.

use std::collections::BTreeSet;

use super::{Measuring, holds};
use crate::base::parallel;
use crate::data::fault::{Needs, Outcome};
use crate::eval::interpreter::{DataScope, Env, Evaluator, MOST_SHOWN, perhaps};
use crate::eval::names::Symbol;
use crate::eval::program::{Cause, Items, Objective, Test, Version};
use crate::eval::setting::Setting;
use crate::eval::streaming::Reason;
use crate::eval::timeline::Timeline;
use crate::eval::value::Value;
use crate::eval::view::{GroupValue, Mode};
use crate::plan::{CausesBy, CreditPer, When};
use crate::time::{Interval, TimeSet};

/// How an objective looks at its sources.
#[derive(Clone, Debug)]
pub struct Look {
    /// Whose rows it sees; `None`: all.
    pub customer: Option<Symbol>,
    /// Rows of which service; `None`: of all.
    pub service: Option<Symbol>,
    /// In which windows.
    pub windows: TimeSet,
}

/// What was found while requests were listed.
#[derive(Default)]
pub struct Planned {
    /// What only rows tell of further requests.
    pub open: BTreeSet<Reason>,
    /// The sources of each objective, and how it looks at them, as far as its windows may be in
    /// force.
    pub looks: Vec<(Vec<usize>, Look)>,
}

impl<'e> Setting<'e> {
    /// Asks for all that the objectives of the agreement, and the credits for them, need of
    /// streamed rows.
    pub fn plan_objectives(&self) -> Outcome<Planned> {
        let mut planned = Planned::default();
        let mut tasks = Vec::new();
        for (number, version, objective) in self.evaluated() {
            match self.groups(objective, version) {
                Ok(groups) => tasks.extend(
                    groups.into_iter().map(|values| (number, version, objective, Some(values))),
                ),
                Err(fault) if fault.is_awaited() => {
                    planned.open.insert(Reason::Groups);
                    tasks.push((number, version, objective, None));
                }
                Err(fault) if fault.needs.is_some() => return Err(fault),
                // The evaluation reports it.
                Err(_) => {}
            }
        }
        let one = |(number, version, objective, values): &(
            usize,
            &'e Version<'e>,
            &'e Objective<'e>,
            Option<Vec<Value>>,
        )| {
            let measuring = Measuring::new(self, *number, version, objective)?;
            match values {
                Some(values) => measuring.plan(values),
                // Fields separate the rows of groups that are not known yet. What names
                // the value of a group is asked for when it is known.
                None => match measuring.of_unknown_groups().plan(&[]) {
                    Err(fault) if matches!(fault.needs, Some(Needs::Rows(_))) => Ok(Vec::new()),
                    planned => planned,
                },
            }
        };
        let done = parallel::each(&tasks, one);
        for ((_, _, objective, _), windows) in tasks.iter().zip(done) {
            match windows {
                Ok(windows) => {
                    let (customer, service) = (self.customer, objective.service);
                    let windows = TimeSet::new(windows);
                    planned
                        .looks
                        .push((objective.reads.clone(), Look { customer, service, windows }));
                }
                Err(fault) if fault.is_awaited() => {
                    planned.open.insert(Reason::Time);
                }
                Err(fault) if fault.needs.is_some() => return Err(fault),
                Err(_) => {}
            }
        }
        Ok(planned)
    }
}

impl<'e> Measuring<'_, 'e> {
    /// The same for all groups that the data will tell, together.
    fn of_unknown_groups(self) -> Self {
        let unknown =
            self.objective.groups.as_ref().map(|groups| groups.keys.as_slice()).unwrap_or_default();
        Measuring { unknown, ..self }
    }

    /// Asks for all that the windows of a group need of streamed rows, and the credits for them;
    /// back come the windows that may be in force.
    fn plan(&self, values: &[Value]) -> Outcome<Vec<Interval>> {
        let groups = self.group_values(values);
        let (term, ahead) = self.terms();
        let timeline = |term: Interval| match self.timeline().build(term, &groups) {
            Err(fault) if fault.is_awaited() => {
                self.timeline().plan(term, &groups)?;
                Err(fault)
            }
            built => built,
        };
        let line = timeline(term)?;
        let future = if ahead.end > term.end { Some(timeline(ahead)?) } else { None };
        let future = future.as_ref().unwrap_or(&line);
        let evaluators = self.evaluators(&line);
        let mut windows = Vec::new();
        for window in self.own_windows(&evaluators, &groups)? {
            if self.plan_window(window, &evaluators, future, &groups)? {
                windows.push(window);
            }
        }
        self.plan_credits(&windows, &line, &groups)?;
        Ok(windows)
    }

    /// Asks for what a window needs of streamed rows; false if it is not in force.
    fn plan_window(
        &self,
        window: Interval,
        evaluators: &[Evaluator<'_>; 3],
        future: &Timeline,
        groups: &[GroupValue<'_>],
    ) -> Outcome<bool> {
        let inside = self.inside(window);
        if !self.begins(window) || future.measured_length(inside) == 0 {
            return Ok(false);
        }
        let [now, ended, never] = evaluators;
        let env = now.env(inside, groups, None);
        let condition = self.objective.condition.as_ref();
        if let Some(condition) = condition.filter(|it| it.plan.when != When::Measured) {
            match holds(now, condition, &env) {
                Ok(true) => {}
                Ok(false) => return Ok(false),
                Err(_) => now.plan(&condition.expression, &env)?,
            }
        }
        self.plan_verdict(now, &env)?;
        if let (Some(Items { rows, value: Some(value), good }), Some(greatest)) =
            (&self.objective.items, self.greatest_is_worst())
        {
            now.plan_worst((rows, Some(good)), (value, greatest), &env)?;
        }
        self.plan_causes(now, &env)?;
        if !self.is_pending(inside) && self.may_be_open() {
            self.plan_verdict(ended, &ended.env(inside, groups, None))?;
            self.plan_verdict(never, &never.env(inside, groups, None))?;
        }
        Ok(true)
    }

    fn plan_verdict(&self, evaluator: &Evaluator<'_>, env: &Env<'_>) -> Outcome<()> {
        evaluator.plan(&self.metric.expression, env)?;
        self.plan_items(evaluator, env)?;
        match &self.objective.test {
            Test::Compare(_, target) => evaluator.plan(target, env)?,
            Test::Between(low, high) => {
                evaluator.plan(low, env)?;
                evaluator.plan(high, env)?;
            }
        }
        match &self.objective.condition {
            Some(condition) if condition.plan.when == When::Measured => {
                evaluator.plan(&condition.expression, env)
            }
            Some(_) | None => Ok(()),
        }
    }

    fn plan_items(&self, evaluator: &Evaluator<'_>, env: &Env<'_>) -> Outcome<()> {
        let Some(items) = &self.objective.items else { return Ok(()) };
        if let Some(seen) = evaluator.seen_rows(&items.rows, env)?
            && let Some(bad) = evaluator.but(&seen, &items.good, env)
        {
            let shared = self.setting.shared;
            seen.plan_count(shared, env.frame)?;
            bad.plan_count(shared, env.frame)?;
            return bad.plan_first(shared, &TimeSet::from(env.frame), MOST_SHOWN);
        }
        evaluator.plan_rows(&items.rows, env, Some(env.frame))
    }

    /// Asks for the rows that are shown if the window turns out to be breached, or to have
    /// downtime. Where they stand behind bad slots, it is known only then which slots these are.
    fn plan_causes(&self, evaluator: &Evaluator<'_>, env: &Env<'_>) -> Outcome<()> {
        for Cause { rows, by, adds } in &self.objective.causes {
            let planned = match by {
                CausesBy::Anchor => evaluator.plan_belonging(rows, env),
                CausesBy::Time if self.objective.items.is_none() => {
                    let time = TimeSet::from(env.frame).intersection(&evaluator.line.good);
                    evaluator.plan_taking(rows, env, &time)
                }
                CausesBy::Time => continue,
            };
            perhaps(planned)?;
            if let (Some(adds), Some(greatest)) = (adds, self.greatest_misses()) {
                perhaps(evaluator.plan_worst((rows, None), (adds, greatest), env))?;
            }
        }
        Ok(())
    }

    /// Asks for what the credits for an objective need in windows, whether or not they will be due.
    /// What is paid for single rows looks at rows that are known only then.
    fn plan_credits(
        &self,
        windows: &[Interval],
        line: &Timeline,
        groups: &[GroupValue<'_>],
    ) -> Outcome<()> {
        let own = self.version.credits.iter().filter(|credit| {
            credit.objectives.first() == Some(&self.objective.number)
                && credit.plan.per == CreditPer::Window
        });
        let scope = DataScope { reads: Some(&self.objective.reads), ..self.scope() };
        let evaluator =
            Evaluator::new(self.setting.shared, self.setting.facts, scope, line, Mode::Now);
        for credit in own {
            for window in windows.iter().filter(|window| !self.is_pending(self.inside(**window))) {
                let Some(inside) = window.intersection(self.setting.term) else { continue };
                let empty = Interval { start: inside.start, end: inside.start };
                let frame = inside.intersection(line.term).unwrap_or(empty);
                let env = evaluator.env(inside, groups, None).in_frame(frame);
                credit
                    .expressions()
                    .try_for_each(|expression| perhaps(evaluator.plan(expression, &env)))?;
            }
        }
        Ok(())
    }
}
