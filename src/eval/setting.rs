//! What an agreement is evaluated with: its rows, facts and time.

use super::facts::Facts;
use super::interpreter::Shared;
use super::names::Symbol;
use super::program::{Agreement, Ignore, Objective, Version};
use crate::plan::Evaluated;
use crate::time::Interval;

/// What an agreement is evaluated with.
#[derive(Clone, Copy)]
pub struct Setting<'e> {
    /// What all of the evaluation shares.
    pub shared: &'e Shared<'e>,
    /// The agreement.
    pub agreement: &'e Agreement<'e>,
    /// Whose rows are looked at.
    pub customer: Option<Symbol>,
    /// What is known of facts.
    pub facts: &'e Facts,
    /// The whole term.
    pub term: Interval,
    /// The windows that are looked at share time with this.
    pub reach: Interval,
}

impl Setting<'_> {
    /// The part of a window that a version evaluates: all of it if it begins while the version
    /// holds, unless that or a later one splits it.
    pub fn of_version(&self, number: usize, window: Interval) -> Option<Interval> {
        let mut window = window;
        let version = self.agreement.versions.get(number)?;
        let from = version.from.filter(|_| number > 0);
        if let Some(from) = from.filter(|from| {
            version.plan.splits_windows && window.start < *from && *from < window.end
        }) {
            window.start = from;
        }
        let begins = window.start.max(self.term.start);
        if from.is_some_and(|from| begins < from) || version.to.is_some_and(|to| begins >= to) {
            return None;
        }
        let later = self
            .agreement
            .versions
            .iter()
            .skip(number + 1)
            .filter(|version| version.plan.splits_windows);
        let cut =
            later.filter_map(|version| version.from).find(|cut| begins < *cut && *cut < window.end);
        window.end = cut.unwrap_or(window.end);
        Some(window)
    }

    /// True if this agreement evaluates an objective itself, and not its children.
    pub(super) fn is_evaluated(&self, objective: &Objective<'_>) -> bool {
        match self.agreement.plan.evaluated {
            Evaluated::Here => true,
            Evaluated::Children => objective.plan.kept_here,
            Evaluated::Nowhere => false,
        }
    }
}

/// The rows that an objective does not see.
pub(super) fn ignores_of<'v>(
    objective: &Objective<'_>,
    version: &'v Version<'_>,
) -> Vec<&'v Ignore> {
    objective.ignores.iter().filter_map(|index| version.ignores.get(*index)).collect()
}
