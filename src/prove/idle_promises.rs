//! Promises that another promise of the same agreement implies.
//!
//! In: the objectives of an agreement or tier, in pairs. Out: findings about those that are kept whenever another is, by the rules of coverage,
//! as long as nothing of its own hangs on them: no credit, no right to end, no escalation, no condition that asks whether they are breached.

use std::sync::Arc;

use ecow::EcoString;
use rustc_hash::{FxHashMap, FxHashSet};

use super::coverage::Answer;
use super::coverage::judge::{Judge, Judged, Wanted};
use super::measured::{Almanac, Ground};
use super::say::promised;
use super::targets::is_open;
use super::{Case, Reporter};
use crate::base::Span;
use crate::diag::{Code, Finding, Sink};
use crate::names::What;
use crate::syntax::ast::{Item, ItemKind};
use crate::types::Model;
use crate::types::model::{Agreement, Objective, Terms};
use crate::types::tree::{Kind, Typed};
use crate::types::uses::{expressions_of, visit};

/// Checks the promises of all agreements and tiers.
pub fn check(case: &Case<'_, '_, '_>, sink: &mut Sink) {
    // What seems to hang on nothing may hang on a statement that could not be read.
    if !case.sound {
        return;
    }
    let mut out = Reporter::new(sink);
    let needed = needed(case.model);
    let mut judge = Judge { model: case.model, almanac: Almanac::new(case.model) };
    // Only promises of one declaration are held against each other: one that was inherited is of use to others who inherit it.
    for tier in &case.model.tiers {
        let package = match case.model.project.get(tier.package).map(|decl| decl.what) {
            Some(What::Package(package)) => package.items.as_slice(),
            _ => &[],
        };
        for items in [package, tier.tier.map_or(&[], |tier| tier.items.as_slice())] {
            let found = implied(&mut judge, None, &tier.terms, stated_in(&tier.terms, items));
            found.into_iter().for_each(|pair| report(case, pair, &needed, &mut out));
        }
    }
    for agreement in &case.model.agreements {
        // Implied in one version, a promise may stand on its own in another.
        let mut found: FxHashMap<&str, Option<Pair<'_, '_>>> = FxHashMap::default();
        for (at, version) in agreement.versions.iter().enumerate() {
            let Some(ground) = Ground::of(agreement, at) else { continue };
            let stated = version.terms.objectives.iter().map(|it| &**it).filter(|it| agreement.item.span.contains(it.target.at)).collect();
            let pairs = implied(&mut judge, Some((agreement, ground)), &version.terms, stated);
            for objective in &version.terms.objectives {
                let pair = pairs.iter().find(|pair| std::ptr::eq(pair.idle, Arc::as_ref(objective))).copied();
                let known = found.entry(objective.name.as_str()).or_insert(pair);
                *known = known.and(pair);
            }
        }
        found.into_values().flatten().for_each(|pair| report(case, pair, &needed, &mut out));
    }
}

/// A promise, and one that implies it.
#[derive(Clone, Copy)]
struct Pair<'x, 'a> {
    idle: &'x Objective<'a>,
    stronger: &'x Objective<'a>,
}

fn report(case: &Case<'_, '_, '_>, pair: Pair<'_, '_>, needed: &FxHashSet<Span>, out: &mut Reporter<'_>) {
    let Pair { idle, stronger } = pair;
    if needed.contains(&idle.item.span) {
        return;
    }
    let said = |objective: &Objective<'_>| format!("`{}`: `{}`", objective.name, promised(objective, case.sources));
    let message = format!("`{}` is kept whenever `{}` is", idle.name, stronger.name);
    let finding = Finding::new(Code::IdlePromise, idle.target.at, message)
        .here(said(idle))
        .also(stronger.target.at, said(stronger))
        .help(format!("take `{}` out, correct it, or give it a credit or another consequence of its own", idle.name));
    out.report(finding);
}

/// The promises among these that another of them implies.
fn implied<'x, 'a>(
    judge: &mut Judge<'x, 'a, '_>,
    place: Option<(&'x Agreement<'a>, Ground)>,
    terms: &'x Terms<'a>,
    promises: Vec<&'x Objective<'a>>,
) -> Vec<Pair<'x, 'a>> {
    let mut alike: FxHashMap<_, Vec<&'x Objective<'a>>> = FxHashMap::default();
    // A target that cannot be met or missed, or asks for the opposite of what is better, is a fault of its own.
    for objective in promises.into_iter().filter(|it| it.support.is_some() || (is_open(it) && !it.runs_backward())) {
        let severity = objective.support.as_ref().map(|support| support.severity);
        alike.entry((objective.service, objective.sources.as_slice(), severity)).or_default().push(objective);
    }
    let mut found = Vec::new();
    for objectives in alike.values() {
        let mut idle: FxHashSet<*const Objective<'_>> = FxHashSet::default();
        for wanted in objectives.iter().rev().copied() {
            let stronger = objectives.iter().copied().find(|promise| {
                let other = !std::ptr::eq(*promise, wanted) && !idle.contains(&std::ptr::from_ref(*promise));
                other && follows(judge, place, terms, promise, wanted)
            });
            if let Some(stronger) = stronger {
                idle.insert(wanted);
                found.push(Pair { idle: wanted, stronger });
            }
        }
    }
    found
}

/// True if who keeps `promise` keeps `wanted` as well.
fn follows<'x, 'a>(
    judge: &mut Judge<'x, 'a, '_>,
    place: Option<(&'x Agreement<'a>, Ground)>,
    terms: &'x Terms<'a>,
    promise: &'x Objective<'a>,
    wanted: &'x Objective<'a>,
) -> bool {
    let (one, other) = (promise.narrowed(), wanted.narrowed());
    // What holds at the top, or skips its first window, holds for other windows.
    if one.kept_here.is_some() != other.kept_here.is_some()
        || one.first.as_ref().map(|first| first.value) != other.first.as_ref().map(|first| first.value)
    {
        return false;
    }
    matches!(judge.judge(&Answer { place, terms, objective: promise }, Wanted { objective: wanted, terms }), Judged::Met)
}

/// True if one of these statements contains a place.
fn contain(items: &[Item], place: Span) -> bool {
    items.iter().any(|item| !matches!(item.kind, ItemKind::Tier(_)) && item.span.contains(place))
}

/// Statements of a package or tier, and the promises that are stated there.
fn stated_in<'x, 'a>(terms: &'x Terms<'a>, items: &[Item]) -> Vec<&'x Objective<'a>> {
    terms.objectives.iter().map(|it| &**it).filter(|it| contain(items, it.target.at)).collect()
}

/// The statements of objectives on which something hangs, anywhere in the project.
fn needed(model: &Model<'_, '_>) -> FxHashSet<Span> {
    let mut needed = FxHashSet::default();
    for terms in super::all_terms(model) {
        let mut names: FxHashSet<EcoString> = FxHashSet::default();
        let mut asked = |typed: &Typed| {
            visit(typed, &mut |kind| match kind {
                Kind::Breached(breached) => drop(names.insert(breached.0.clone())),
                Kind::Failures(Some(name), _) => drop(names.insert(name.clone())),
                _ => {}
            });
        };
        terms.credits.iter().flat_map(|credit| expressions_of(credit)).for_each(&mut asked);
        terms.terminations.iter().for_each(|terminate| asked(&terminate.when));
        names.extend(terms.credits.iter().flat_map(|credit| credit.objectives.iter().cloned()));
        names.extend(terms.claims.iter().flat_map(|claim| claim.only.iter().cloned()));
        names.extend(terms.escalations.iter().filter_map(|escalation| Some(escalation.syntax.subject.as_ref()?.text())));
        for objective in &terms.objectives {
            // An escalation may name the severity of a cell.
            let severity = objective.name.split('.').next().unwrap_or_default();
            if names.contains(&objective.name) || names.contains(severity) {
                needed.insert(objective.item.span);
            }
        }
    }
    needed
}
