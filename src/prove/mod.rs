//! What can be proved of an agreement before anyone signs it: the checks, one file a family, called
//! from the one list below.
//!
//! In: the [`Model`], typed and flattened. Out: findings, and the figures behind them where a
//! command shows them. This module reads no files and knows no data. Where a check cannot be sure,
//! it says nothing: a wrong accusation is worse than a missed one.

mod alike;
pub mod backing;
pub mod budget;
mod calendars;
#[cfg(test)]
mod comparisons;
mod conditions;
mod contradictions;
mod counts;
pub mod coverage;
mod dead_conditions;
mod domain;
mod fees;
pub mod figure;
mod first_window;
mod good_service;
mod idle_promises;
mod interval;
mod ladders;
mod levels;
mod long_spans;
mod measurability;
pub mod measured;
mod months;
mod open_days;
pub mod redundancy;
mod reporter;
pub mod same;
mod severities;
pub mod strength;
mod targets;
mod templates;
mod terminations;
mod terms;
mod tiers;
pub mod wording;

use crate::base::{SourceMap, parallel};
use crate::diag::Sink;
use crate::syntax::ast::Date;
use crate::types::Model;
use crate::types::model::{Agreement, Terms};

use reporter::Reporter;

/// What the checks look at.
#[derive(Clone, Copy)]
pub struct Case<'x, 'a, 'p> {
    /// Everything that is promised.
    pub model: &'x Model<'a, 'p>,
    /// The texts.
    pub sources: &'x SourceMap,
    /// False where there are errors: then what seems to be lacking may only have been unreadable,
    /// and no check may speak of absence.
    pub sound: bool,
    /// The day that counts as today, if the user gave one.
    pub today: Option<Date>,
}

/// Runs every check.
pub fn check(case: &Case<'_, '_, '_>, sink: &mut Sink) {
    let checks: &[fn(&Case<'_, '_, '_>, &mut Sink)] = &[
        backing::check,
        coverage::check,
        targets::check,
        ladders::check,
        fees::check,
        counts::check,
        levels::check,
        tiers::check,
        severities::check,
        measurability::check,
        months::check,
        terms::check,
        calendars::check,
        contradictions::check,
        dead_conditions::check,
        good_service::check,
        idle_promises::check,
        first_window::check,
        long_spans::check,
        open_days::check,
        terminations::check,
        templates::check,
    ];
    if !case.is_large() {
        checks.iter().for_each(|check| check(case, sink));
        return;
    }
    let found = parallel::each(checks, |check| {
        let mut own = Sink::new();
        check(case, &mut own);
        own
    });
    found.into_iter().for_each(|own| sink.append(own));
}

impl Case<'_, '_, '_> {
    /// True if there is so much to look at that checks should run side by side: threads cost more
    /// than looking at a small project.
    pub fn is_large(&self) -> bool {
        self.model.agreements.len() + self.model.tiers.len() >= 200
    }
}

/// Terms of all tiers, then of all agreements as of each of their dates.
fn all_terms<'x, 'a>(model: &'x Model<'a, '_>) -> impl Iterator<Item = &'x Terms<'a>> {
    terms_in_agreements(model).map(|(_, terms)| terms)
}

/// The same, each with its agreement; tiers have none.
fn terms_in_agreements<'x, 'a>(
    model: &'x Model<'a, '_>,
) -> impl Iterator<Item = (Option<&'x Agreement<'a>>, &'x Terms<'a>)> {
    let tiers = model.tiers.iter().map(|tier| (None, &tier.terms));
    tiers.chain(model.agreements.iter().flat_map(|agreement| {
        agreement.versions.iter().map(move |version| (Some(agreement), &version.terms))
    }))
}
