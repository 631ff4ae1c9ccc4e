//! Promises that another promise of the same agreement implies.
//!
//! In: the objectives of an agreement or tier. Out: findings about those that are kept whenever
//! another is, by the rules of coverage, as long as nothing of its own hangs on them: no credit, no
//! right to end, no escalation, no condition that asks whether they are breached.

use ecow::EcoString;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cmp::Ordering;
use std::mem::discriminant;

use super::alike::{Exceptions, Keys, MOST_NEIGHBOURS, grouped, key, window_key};
use super::coverage::Answer;
use super::coverage::judge::{Judge, Judged, Wanted};
use super::measured::{Almanac, Ground};
use super::strength::{Aspect, differences, same_window, targets};
use super::targets::is_open;
use super::wording::promised;
use super::{Case, Reporter};
use crate::base::Span;
use crate::diag::{Code, Finding, Sink};
use crate::names::What;
use crate::syntax::ast::{Declaration, Item};
use crate::types::Model;
use crate::types::model::{Agreement, Objective, TermId, Terms};
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
    let mut keys = Keys::default();
    let mut judge = Judge { model: case.model, almanac: Almanac::new(case.model) };
    // Only promises of one declaration are compared with each other: one that was inherited is of
    // use to others who inherit it.
    for tier in &case.model.tiers {
        let package = match case.model.project.get(tier.package).map(|decl| decl.what) {
            Some(What::Package(package)) => package.items.as_slice(),
            _ => &[],
        };
        for items in [package, tier.tier.map_or(&[], |tier| tier.items.as_slice())] {
            let found =
                implied(&mut judge, &mut keys, None, &tier.terms, stated_in(&tier.terms, items));
            found.into_iter().for_each(|pair| report(case, pair, &needed, &mut out));
        }
    }
    for agreement in &case.model.agreements {
        // Implied in one version, a promise may stand on its own in another.
        let mut found: FxHashMap<&str, Option<Pair<'_, '_>>> = FxHashMap::default();
        for (at, version) in agreement.versions.iter().enumerate() {
            let Some(ground) = Ground::of(agreement, at) else { continue };
            let stated = version
                .terms
                .objectives
                .iter()
                .map(|it| &**it)
                .filter(|it| agreement.item.span.contains(it.target.at))
                .collect();
            let pairs =
                implied(&mut judge, &mut keys, Some((agreement, ground)), &version.terms, stated);
            let pairs: FxHashMap<TermId, _> =
                pairs.into_iter().map(|pair| (pair.idle.id, pair)).collect();
            for objective in &version.terms.objectives {
                let pair = pairs.get(&objective.id).copied();
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

fn report(
    case: &Case<'_, '_, '_>,
    pair: Pair<'_, '_>,
    needed: &FxHashSet<Span>,
    out: &mut Reporter<'_>,
) {
    let Pair { idle, stronger } = pair;
    if needed.contains(&idle.item.span) {
        return;
    }
    let said = |objective: &Objective<'_>| {
        format!("`{}`: `{}`", objective.name, promised(objective, case.sources))
    };
    let message = format!("`{}` is met whenever `{}` is met", idle.name, stronger.name);
    let finding = Finding::new(Code::IdlePromise, idle.target.at, message)
        .here(said(idle))
        .also(stronger.target.at, said(stronger))
        .help(format!(
            "remove `{}`, correct it, or give it a credit or another consequence of its own",
            idle.name
        ));
    out.report(finding);
}

/// The promises among these that another of them implies.
fn implied<'x, 'a>(
    judge: &mut Judge<'x, 'a, '_>,
    keys: &mut Keys,
    place: Option<(&'x Agreement<'a>, Ground)>,
    terms: &'x Terms<'a>,
    promises: Vec<&'x Objective<'a>>,
) -> Vec<Pair<'x, 'a>> {
    // A target that cannot be met or missed, or asks for the opposite of what is better, is a fault
    // of its own.
    let promises = promises
        .into_iter()
        .filter(|it| it.support.is_some() || (is_open(it) && !it.runs_backward()));
    let exceptions = Exceptions::of(terms);
    let groups = grouped(
        promises.enumerate().collect(),
        |(_, it)| {
            let cell =
                it.support.as_ref().map(|support| (discriminant(&support.kind), support.severity));
            key((
                keys.of(it).rows,
                cell,
                it.narrowed().first.as_ref().map(|first| discriminant(&first.value)),
            ))
        },
        |(_, one), (_, other)| one.service == other.service && one.sources == other.sources,
    );
    let mut found = Vec::new();
    for group in groups.into_iter().filter(|group| group.len() > 1) {
        let members = group.clone();
        let classes: Vec<Class<'x, 'a>> = grouped(
            group,
            |(_, it)| {
                key((
                    keys.of(it).measure,
                    window_key(&it.window.value.kind),
                    it.compare.value,
                    exceptions.naming(it),
                ))
            },
            |(_, one), (_, other)| {
                differ_in_target(one, other) && exceptions.naming(one) == exceptions.naming(other)
            },
        )
        .into_iter()
        .map(Class::of)
        .collect();
        let numbers = classes
            .iter()
            .enumerate()
            .flat_map(|(number, class)| class.promises.iter().map(move |(at, _)| (*at, number)));
        let class_of: FxHashMap<usize, usize> = numbers.collect();
        let mut idle: FxHashSet<usize> = FxHashSet::default();
        for (at, wanted) in members.into_iter().rev() {
            let own = class_of.get(&at).copied().unwrap_or_default();
            let near = classes
                .iter()
                .skip(own.saturating_sub(MOST_NEIGHBOURS))
                .take(2 * MOST_NEIGHBOURS + 1);
            let stronger = near.filter_map(|class| {
                class.first_of(at, &idle, |promise| follows(judge, place, terms, promise, wanted))
            });
            if let Some((_, stronger)) = stronger.min_by_key(|(at, _)| *at) {
                idle.insert(at);
                found.push(Pair { idle: wanted, stronger });
            }
        }
    }
    found
}

/// A promise with its place in the text, among those that are compared.
type Placed<'x, 'a> = (usize, &'x Objective<'a>);

/// Promises that differ in nothing but their target: of any two, the one with the tighter target
/// implies the other.
struct Class<'x, 'a> {
    promises: Vec<Placed<'x, 'a>>,
    /// Those that are tighter than all before them: the first that implies something is among
    /// these.
    records: Vec<Placed<'x, 'a>>,
}

impl<'x, 'a> Class<'x, 'a> {
    fn of(promises: Vec<Placed<'x, 'a>>) -> Self {
        let mut records: Vec<Placed<'x, 'a>> = Vec::new();
        for promise in &promises {
            if records
                .last()
                .is_none_or(|(_, last)| targets(promise.1, last) == Some(Ordering::Greater))
            {
                records.push(*promise);
            }
        }
        Class { promises, records }
    }

    /// The first promise that implies the one at a place and is not idle itself. Promises are
    /// looked at from the last to the first: of those behind the place, all but the tightest of a
    /// class are idle by then.
    fn first_of(
        &self,
        at: usize,
        idle: &FxHashSet<usize>,
        mut implies: impl FnMut(&'x Objective<'a>) -> bool,
    ) -> Option<Placed<'x, 'a>> {
        let first = self.records.partition_point(|(_, promise)| !implies(promise));
        let found = self.records.get(first)?;
        if found.0 < at {
            return Some(*found);
        }
        self.records
            .last()
            .filter(|(last, promise)| *last != at && !idle.contains(last) && implies(promise))
            .copied()
    }
}

/// True if two promises can differ in their targets, and in nothing else.
fn differ_in_target(one: &Objective<'_>, other: &Objective<'_>) -> bool {
    one.compare.value == other.compare.value
        && same_window(&one.window.value.kind, &other.window.value.kind)
        && one.narrowed().first.as_ref().map(|first| first.value)
            == other.narrowed().first.as_ref().map(|first| first.value)
        && differences(one, other)
            .is_some_and(|found| found.iter().all(|difference| difference.aspect == Aspect::Target))
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
        || one.first.as_ref().map(|first| first.value)
            != other.first.as_ref().map(|first| first.value)
    {
        return false;
    }
    matches!(
        judge.judge(
            &Answer { place, terms, objective: promise },
            Wanted { objective: wanted, terms }
        ),
        Judged::Met
    )
}

/// True if one of these statements contains a place.
fn contain(items: &[Item], place: Span) -> bool {
    items.iter().any(|item| {
        !matches!(item.declaration(), Some(Declaration::Tier(_))) && item.span.contains(place)
    })
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
        names.extend(
            terms
                .escalations
                .iter()
                .filter_map(|escalation| Some(escalation.syntax.subject.as_ref()?.text())),
        );
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
