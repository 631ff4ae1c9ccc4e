//! Ladders of credits: their order, the values that no line or several lines take, lines that are
//! never due, and what they pay.
//!
//! In: the credits of every tier and agreement, flattened, so that a target changed above an
//! inherited ladder is seen. Out: findings with the value that shows the fault. A ladder whose
//! bounds are not constants is left alone, and so is one shared by several agreements once it has
//! been looked at.

mod amounts;
mod bonuses;
mod caps;
mod columns;
mod compare;
mod groups;
mod idle;
mod months;
mod order;
mod pay;
mod reach;
mod regions;
mod several;
mod signs;
mod step_count;
mod steps;

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::domain::{Domain, Setting, longest_window};
use super::interval::{End, Interval};
use super::measured::most_set_back;
use super::wording;
use super::{Case, Reporter};
use crate::base::{Exact, Span};
use crate::diag::Sink;
use crate::syntax::ast::{Compare, CreditKind, WindowKind};
use crate::time::HOUR;
use crate::types::constant;
use crate::types::model::{Agreement, Credit, Measure, Objective, TermId, Terms};
use crate::types::tree::{Arithmetic, Builtin, Fold, Kind, Typed};

pub use compare::{Named, pays_less};
use regions::Region;

/// Checks the ladders of all tiers and agreements.
pub fn check(case: &Case<'_, '_, '_>, sink: &mut Sink) {
    let mut out = Reporter::new(sink);
    let mut seen: FxHashSet<TermId> = FxHashSet::default();
    let mut capped: FxHashSet<(TermId, Option<TermId>)> = FxHashSet::default();
    let mut compared = columns::Compared::default();
    let mut yearly = idle::Yearly::default();
    for (agreement, terms) in super::terms_in_agreements(case.model) {
        columns::check(case, terms, &mut compared, &mut out);
        yearly.look(terms);
        let mut objectives: Option<FxHashMap<&str, &Arc<Objective<'_>>>> = None;
        let mut paying: Option<FxHashMap<&str, u32>> = None;
        for credit in &terms.credits {
            let new = seen.insert(credit.id);
            let cap = terms.caps.first().map(|cap| cap.id);
            let new_cap = capped.insert((credit.id, cap));
            if !new && !new_cap {
                continue;
            }
            let by_name = objectives.get_or_insert_with(|| {
                terms.objectives.iter().map(|it| (it.name.as_str(), it)).collect()
            });
            let of: Vec<&Objective<'_>> = credit
                .objectives
                .iter()
                .filter_map(|name| by_name.get(name.as_str()).map(|it| &***it))
                .collect();
            let paying = paying.get_or_insert_with(|| payers(terms));
            let alone = credit.objectives.iter().all(|name| paying.get(name.as_str()) == Some(&1));
            let ladder = Ladder::new(case, agreement, terms, credit, of, alone);
            if new {
                ladder.check(&mut out);
                if case.sound {
                    steps::check(&ladder, &mut out);
                    signs::check(&ladder, &mut out);
                    bonuses::check(&ladder, &mut out);
                    idle::check(&ladder, &mut out);
                    groups::check(&ladder, &mut out);
                    months::check(&ladder, &mut out);
                    several::check(&ladder, &mut out);
                }
            }
            if case.sound {
                caps::check(&ladder, &mut out);
            }
        }
    }
    if case.sound {
        yearly.report(&mut out);
    }
}

/// How many credits each objective has.
fn payers<'t>(terms: &'t Terms<'_>) -> FxHashMap<&'t str, u32> {
    let mut count = FxHashMap::default();
    for credit in terms.credits.iter().filter(|credit| credit.syntax.kind == CreditKind::Credit) {
        for name in &credit.objectives {
            *count.entry(name.as_str()).or_insert(0) += 1;
        }
    }
    count
}

/// A credit with all that is known around it.
struct Ladder<'x, 'a, 'p> {
    case: &'x Case<'x, 'a, 'p>,
    /// The agreement of the terms; tiers have none.
    agreement: Option<&'x Agreement<'a>>,
    terms: &'x Terms<'a>,
    credit: &'x Credit<'a>,
    /// The objectives it belongs to.
    objectives: Vec<&'x Objective<'a>>,
    /// True if no other credit pays for them.
    alone: bool,
    /// The objective whose value or downtime it looks at, if there is only one.
    only: Option<&'x Objective<'a>>,
    /// The values its subject can take.
    domain: Domain,
}

impl<'x, 'a, 'p> Ladder<'x, 'a, 'p> {
    fn new(
        case: &'x Case<'x, 'a, 'p>,
        agreement: Option<&'x Agreement<'a>>,
        terms: &'x Terms<'a>,
        credit: &'x Credit<'a>,
        objectives: Vec<&'x Objective<'a>>,
        alone: bool,
    ) -> Self {
        // Rows may have values of another kind than their objective: a share of tickets, and the
        // time of each.
        let by_row = |only: &Objective<'a>| {
            credit.syntax.each_row.is_some() && only.row_type().as_ref() != Some(&only.value_type())
        };
        let only = match objectives.as_slice() {
            [only] if !by_row(only) => Some(*only),
            _ => None,
        };
        let setting = Setting::new(only.map(|only| &only.window.value.kind));
        let domain = match (&credit.on, only) {
            (Some(on), _) => setting.domain(on),
            (None, Some(only)) => setting.domain(&only.measure()),
            (None, None) => Domain::default(),
        };
        Ladder { case, agreement, terms, credit, objectives, alone, only, domain }
    }

    fn check(&self, out: &mut Reporter<'_>) {
        if self.credit.lines.is_empty() || !order::check(self, out) {
            return;
        }
        let Some(regions) = regions::of(self) else { return };
        if regions::overlaps(self, &regions, out) {
            return;
        }
        // Where something could not be read, the line that seems to be lacking may be it.
        if !self.case.sound {
            return;
        }
        regions::gaps(self, &regions, out);
        // Where the target is upside down, so is all else that the lines seem to do wrong.
        if self.only.is_some_and(Objective::runs_backward) {
            return;
        }
        reach::check(self, &regions, out);
        if self.credit.syntax.kind == CreditKind::Credit {
            pay::check(self, &regions, out);
        }
    }

    /// The window of its objectives, if they share one.
    fn window(&self) -> Option<&'x WindowKind> {
        let first = self.objectives.first()?;
        let kind = &first.window.value.kind;
        self.objectives.iter().all(|other| other.window.value.kind == *kind).then_some(kind)
    }

    /// The value of a bound, if it is known: `target` is that of the objective.
    fn value(&self, bound: &Typed) -> Option<Exact> {
        match &bound.kind {
            Kind::Builtin(Builtin::Target) => constant::value(&self.only?.target.value),
            Kind::Arithmetic(operator, both) => {
                let [left, right] = &**both;
                let (a, b) = (self.value(left)?, self.value(right)?);
                match operator {
                    Arithmetic::Add => Some(&a + &b),
                    Arithmetic::Subtract => Some(&a - &b),
                    Arithmetic::Multiply => Some(&a * &b),
                    Arithmetic::Divide => a.divide(&b),
                }
            }
            _ => constant::value(bound),
        }
    }

    /// The bound as it is to be shown: `target` stands for what the objective says.
    fn spelt(&self, bound: &'x Typed) -> &'x Typed {
        match (&bound.kind, self.only) {
            (Kind::Builtin(Builtin::Target), Some(only)) => &only.target.value,
            (_, _) => bound,
        }
    }

    fn show(&self, value: &Exact, like: &Typed) -> String {
        wording::shown(value, like, self.case.model.project)
    }

    /// True if the ladder looks at the value of its only objective.
    fn own_value(&self) -> bool {
        self.credit.on.is_none() && self.only.is_some()
    }

    /// The values of the subject that are a breach for certain, and those that certainly are none;
    /// `None` where that is not known.
    ///
    /// Downtime of the same rows says as much as their uptime: with a target T, more than (1 - T)
    /// of the longest window is a breach in every window.
    fn breach(&self) -> Option<Breach> {
        let only = self.only?;
        let target = &only.target.value;
        if self.credit.on.is_none() {
            let (low, high) = match (&target.kind, only.compare.value) {
                (Kind::Range(ends), Compare::In) => {
                    let [low, high] = &**ends;
                    let (low, high) = (constant::value(low)?, constant::value(high)?);
                    let good = Interval::new(Some(End::new(low, true)), Some(End::new(high, true)));
                    let bad = vec![
                        Interval::new(None, good.low.as_ref().map(End::opposite)),
                        Interval::new(good.high.as_ref().map(End::opposite), None),
                    ];
                    return Some(Breach { bad, good: Some(good) });
                }
                (_, Compare::AtLeast) => (Some(End::new(constant::value(target)?, true)), None),
                (_, Compare::Greater) => (Some(End::new(constant::value(target)?, false)), None),
                (_, Compare::AtMost) => (None, Some(End::new(constant::value(target)?, true))),
                (_, Compare::Less) => (None, Some(End::new(constant::value(target)?, false))),
                (_, Compare::Equal) => {
                    let only = End::new(constant::value(target)?, true);
                    let good = Interval::new(Some(only.clone()), Some(only.clone()));
                    let bad = vec![
                        Interval::new(None, Some(only.opposite())),
                        Interval::new(Some(only.opposite()), None),
                    ];
                    return Some(Breach { bad, good: Some(good) });
                }
                (_, Compare::NotEqual | Compare::In) => return None,
            };
            let bad =
                Interval::new(high.as_ref().map(End::opposite), low.as_ref().map(End::opposite));
            return Some(Breach { bad: vec![bad], good: Some(Interval::new(low, high)) });
        }
        let most = self.allowed_downtime()?;
        let strict = only.compare.value == Compare::Greater;
        Some(Breach { bad: vec![Interval::new(Some(End::new(most, strict)), None)], good: None })
    }

    /// True if it is known at which values the credit is due at all: at every one, or at those that
    /// are a breach.
    fn knows_when_due(&self) -> bool {
        self.due_when_met() || self.breach().is_some_and(|breach| breach.good.is_some())
    }

    /// True if it may be due in a window that meets the target.
    fn due_when_met(&self) -> bool {
        self.credit.syntax.regardless.is_some() || self.credit.syntax.kind != CreditKind::Credit
    }

    /// For a ladder on the downtime of the rows whose uptime is promised: the most that no window
    /// breaches by.
    fn allowed_downtime(&self) -> Option<Exact> {
        let only = self.only?;
        let downtime = plain_fold(self.credit.on.as_deref()?, Fold::Downtime)?;
        let Measure::Stated(metric) = &only.metric.value else { return None };
        let uptime = plain_fold(metric, Fold::Uptime)?;
        if !matches!(only.compare.value, Compare::AtLeast | Compare::Greater)
            || !super::same::same(downtime, uptime)
        {
            return None;
        }
        let target = constant::value(&only.target.value)?;
        let longest = longest_window(&only.window.value.kind, self.most_set_back())?;
        Some(&(&Exact::ONE - &target) * &longest)
    }

    /// By how much changes of the clocks can lengthen a window.
    fn most_set_back(&self) -> i64 {
        self.agreement.map_or(HOUR, most_set_back)
    }

    /// Which way service gets worse: towards higher values, or towards lower ones; `None` where
    /// that is not known.
    fn worse_is_higher(&self) -> Option<bool> {
        if let (None, Some(only)) = (&self.credit.on, self.only) {
            return only.compare.value.wants_more().map(|more| !more);
        }
        let on = self.credit.on.as_deref()?;
        if plain_fold(on, Fold::Downtime).is_some() {
            return Some(true);
        }
        order::direction(&self.credit.lines)
    }

    /// The place a fault between target and ladder is about: the target if it was changed above an
    /// inherited ladder, else the ladder.
    fn blamed(&self, line: Span) -> Span {
        match self.only {
            Some(only) if !only.target.was.is_empty() && self.credit.was.is_empty() => {
                only.target.at
            }
            Some(_) | None => line,
        }
    }
}

/// Where an objective is breached, in terms of what its ladder looks at.
struct Breach {
    /// Values that are a breach for certain.
    bad: Vec<Interval>,
    /// Values at which the target is met, if they are known.
    good: Option<Interval>,
}

/// The rows of a plain `uptime` or `downtime`, alone or as a metric without parameters.
fn plain_fold(typed: &Typed, fold: Fold) -> Option<&Typed> {
    match &typed.kind {
        Kind::Aggregate(aggregate)
            if aggregate.fold == fold && aggregate.weight.is_none() && !aggregate.add =>
        {
            Some(&aggregate.rows)
        }
        Kind::Metric(instance, args) if args.is_empty() => plain_fold(&instance.body, fold),
        _ => None,
    }
}

/// Regions in the order of their values.
fn ascending<'r>(regions: &'r [Region<'_>]) -> Vec<&'r Region<'r>> {
    let mut sorted: Vec<&Region<'_>> = regions.iter().collect();
    sorted.sort_by(|a, b| regions::by_low(&a.values, &b.values));
    sorted
}
