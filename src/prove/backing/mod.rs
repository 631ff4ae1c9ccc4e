//! How promises are backed: whether the agreements about the services a service needs guarantee as
//! much as is promised of it.
//!
//! In: the model. Out: findings, and the figures that `sla backing` shows. What is compared is
//! uptime, the limits of support clocks, hours, exclusions and terms; metrics of another kind, and
//! times that only data can tell, are passed in silence.

mod chains;
mod document;
pub(super) mod downtime;
mod supporters;
mod tree;
mod words;
mod words_of_time;

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::Case;
use super::measured::{Almanac, Ground, Grounds, promised_here};
use crate::diag::Sink;
use crate::lang::words::AgreementKind;
use crate::names::DeclId;
use crate::types::Model;
use crate::types::model::{Agreement, Objective, TermId, Version};

pub use document::{
    BackedPromise, Backing, BackingDocument, NeedEntry, ServiceEntry, Verdict, document,
};

use downtime::{Candidate, Promise, Stand, Tightest};
use supporters::Supporters;
use tree::{Grower, Need, Stands, is_entangled};

/// Compares every promise with its backing.
pub fn check(case: &Case<'_, '_, '_>, sink: &mut Sink) {
    if !case.sound {
        return;
    }
    let supporters = Supporters::new(case.model);
    let mut said = FxHashSet::default();
    let (mut met, mut grounds) = (FxHashSet::default(), Grounds::default());
    let mut findings = Vec::new();
    each(case.model, &supporters, &mut |backed| {
        if met.insert(key(backed, &mut grounds)) {
            findings.extend(words::above(case, backed));
            findings.extend(chains::hours(case.model, backed));
        }
    });
    chains::services(case.model, &supporters, &mut findings);
    for finding in findings {
        if said.insert((finding.code, finding.span())) {
            sink.push(finding);
        }
    }
}

/// A promise of uptime with what backs it.
struct Backed<'x, 'a> {
    promise: Promise<'x, 'a>,
    service: DeclId,
    stand: Stand<'x, 'a>,
    /// True if redundant services depend on the same service.
    entangled: bool,
    /// The window with the least to spare; `None` where no figure can be had.
    tightest: Option<Tightest>,
}

/// Two promises with equal keys have the same backing, so only one of them is checked.
type Key = (TermId, Option<DeclId>, u32, Box<[TermId]>);

fn key(backed: &Backed<'_, '_>, grounds: &mut Grounds) -> Key {
    let promise = &backed.promise;
    let excludes = promise.terms.excludes.iter().map(|exclude| exclude.id).collect();
    (promise.objective.id, promise.agreement.provider, grounds.number(promise.ground), excludes)
}

/// Shows every promise of uptime about a service that needs others.
fn each<'x, 'a>(
    model: &'x Model<'a, '_>,
    supporters: &Supporters,
    see: &mut impl FnMut(&Backed<'x, 'a>),
) {
    let mut almanac = Almanac::new(model);
    for agreement in
        model.agreements.iter().filter(|agreement| agreement.kind != AgreementKind::Requirement)
    {
        let mut seen: FxHashSet<TermId> = FxHashSet::default();
        for (at, version) in agreement.versions.iter().enumerate() {
            let Some(ground) = Ground::of(agreement, at) else { continue };
            for objective in version
                .terms
                .objectives
                .iter()
                .filter(|objective| promised_here(agreement, objective))
            {
                // What an amendment does not change has the same backing as before.
                if !seen.insert(objective.id) {
                    continue;
                }
                if let Some(backed) =
                    back(model, supporters, &mut almanac, agreement, version, objective, ground)
                {
                    see(&backed);
                }
            }
        }
    }
}

fn back<'x, 'a>(
    model: &'x Model<'a, '_>,
    supporters: &Supporters,
    almanac: &mut Almanac<'x, 'a, '_>,
    agreement: &'x Agreement<'a>,
    version: &'x Version<'a>,
    objective: &'x Objective<'a>,
    ground: Ground,
) -> Option<Backed<'x, 'a>> {
    let service = objective.service?;
    downtime::uptime_share(objective)?;
    let needs = Grower::new(model, supporters, agreement).needs(service, 0);
    if needs.is_empty() {
        return None;
    }
    let promise = Promise::new(almanac, agreement, &version.terms, objective, ground)?;
    let mut candidates = BTreeMap::new();
    gather(model, almanac, &promise, &needs, &mut candidates);
    let entangled = is_entangled(&needs);
    let stand = Stand { needs, candidates };
    let tightest = if entangled { None } else { stand.tightest(&promise) };
    Some(Backed { promise, service, stand, entangled, tightest })
}

/// What agreements promise about the services at the ends of a tree.
fn gather<'x, 'a>(
    model: &'x Model<'a, '_>,
    almanac: &mut Almanac<'x, 'a, '_>,
    promise: &Promise<'_, '_>,
    needs: &[Need],
    into: &mut BTreeMap<DeclId, Vec<Candidate<'x, 'a>>>,
) {
    for part in needs.iter().flat_map(|need| &need.parts) {
        match &part.stands {
            Stands::Needs(inner) => gather(model, almanac, promise, inner, into),
            Stands::Agreements(agreements) if !into.contains_key(&part.service) => {
                let of = |at: &usize| model.agreements.get(*at);
                let found = agreements
                    .iter()
                    .filter_map(of)
                    .flat_map(|it| Candidate::of(almanac, model, it, part.service, promise));
                let found: Vec<_> = found.collect();
                into.insert(part.service, found);
            }
            Stands::Agreements(_) | Stands::Own | Stands::Nobody | Stands::Unknown => {}
        }
    }
}
