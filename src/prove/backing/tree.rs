//! The backing of a service: the services it needs, down to those that agreements are about.

use std::collections::BTreeSet;

use super::supporters::Supporters;
use crate::base::Span;
use crate::names::DeclId;
use crate::types::Model;
use crate::types::model::Agreement;

/// Services that need services, one below the other.
const DEEPEST: u32 = 32;
/// Services below one promise.
const MOST: usize = 400;

/// A `needs` of a service.
pub struct Need {
    /// How many of the parts must be up.
    pub least: usize,
    /// The parts.
    pub parts: Vec<NeededService>,
    /// Where it is written.
    pub at: Span,
}

impl Need {
    /// True if all parts are needed.
    pub fn is_all(&self) -> bool {
        self.least >= self.parts.len()
    }
}

/// A needed service.
pub struct NeededService {
    /// The needed service.
    pub service: DeclId,
    /// How it is backed.
    pub stands: Stands,
}

/// How a needed service is backed.
pub enum Stands {
    /// Agreements, by their position in the model.
    Agreements(Vec<usize>),
    /// No agreement, but the services that it needs itself.
    Needs(Vec<Need>),
    /// Only agreements of the party that makes the promise, which cannot back it.
    Own,
    /// No agreement is about it.
    Nobody,
    /// There are too many combinations to compare.
    Unknown,
}

/// Builds the trees of one promise.
pub struct Grower<'x, 'a, 'p> {
    /// All agreements.
    pub model: &'x Model<'a, 'p>,
    /// Which agreements can back which services.
    pub supporters: &'x Supporters,
    /// The agreement that promises.
    pub promise: &'x Agreement<'a>,
    left: usize,
}

impl<'x, 'a, 'p> Grower<'x, 'a, 'p> {
    /// A grower for the promises of one agreement.
    pub fn new(
        model: &'x Model<'a, 'p>,
        supporters: &'x Supporters,
        promise: &'x Agreement<'a>,
    ) -> Self {
        Grower { model, supporters, promise, left: MOST }
    }

    /// What a service needs.
    pub fn needs(&mut self, service: DeclId, depth: u32) -> Vec<Need> {
        let Some(declared) = self.model.services.get(&service) else { return Vec::new() };
        let mut needs = Vec::new();
        for (least, services, at) in &declared.needs {
            let parts: Vec<NeededService> =
                services.iter().map(|service| self.part(*service, depth)).collect();
            if !parts.is_empty() {
                let least = least.map_or(parts.len(), |least| least as usize);
                needs.push(Need { least, parts, at: *at });
            }
        }
        needs
    }

    fn part(&mut self, service: DeclId, depth: u32) -> NeededService {
        if depth >= DEEPEST || self.left == 0 {
            return NeededService { service, stands: Stands::Unknown };
        }
        self.left -= 1;
        let stands = match self.supporters.of(self.model, service, self.promise) {
            None => Stands::Unknown,
            Some(agreements) if !agreements.is_empty() => Stands::Agreements(agreements),
            Some(_) => {
                let needs = self.needs(service, depth + 1);
                match needs.is_empty() {
                    false => Stands::Needs(needs),
                    true if self.supporters.own(service, self.promise) => Stands::Own,
                    true => Stands::Nobody,
                }
            }
        };
        NeededService { service, stands }
    }
}

/// The services at the lower ends of a tree.
pub fn ends(needs: &[Need], into: &mut Vec<DeclId>) {
    for part in needs.iter().flat_map(|need| &need.parts) {
        match &part.stands {
            Stands::Needs(inner) => ends(inner, into),
            Stands::Agreements(_) | Stands::Own | Stands::Nobody | Stands::Unknown => {
                into.push(part.service)
            }
        }
    }
}

/// True if some service stands behind both sides of a redundancy, or beside one: then their down
/// times are not each other's own, and no figure of the whole can be had by simple arithmetic.
pub fn is_entangled(needs: &[Need]) -> bool {
    let mut seen = BTreeSet::new();
    let mut plain = BTreeSet::new();
    !collect(needs, &mut seen, &mut plain)
}

/// Takes in the ends of a tree; false if a redundancy shares one with anything else.
fn collect(needs: &[Need], grouped: &mut BTreeSet<DeclId>, plain: &mut BTreeSet<DeclId>) -> bool {
    for need in needs {
        for part in &need.parts {
            if need.is_all() {
                let fine = match &part.stands {
                    Stands::Needs(inner) => collect(inner, grouped, plain),
                    Stands::Agreements(_) | Stands::Own | Stands::Nobody | Stands::Unknown => {
                        plain.insert(part.service);
                        !grouped.contains(&part.service)
                    }
                };
                if !fine {
                    return false;
                }
                continue;
            }
            let mut own = Vec::new();
            match &part.stands {
                Stands::Needs(inner) if is_entangled(inner) => return false,
                Stands::Needs(inner) => ends(inner, &mut own),
                Stands::Agreements(_) | Stands::Own | Stands::Nobody | Stands::Unknown => {
                    own.push(part.service)
                }
            }
            own.sort_unstable();
            own.dedup();
            if own.iter().any(|service| plain.contains(service) || !grouped.insert(*service)) {
                return false;
            }
        }
    }
    true
}

/// Parts without which the promise fails whatever else is up, each service once, with the place of
/// its `needs`.
pub fn indispensable(needs: &[Need]) -> Vec<(&NeededService, Span)> {
    fn walk<'t>(needs: &'t [Need], found: &mut Vec<(&'t NeededService, Span)>) {
        for need in needs.iter().filter(|need| need.is_all()) {
            for part in &need.parts {
                match &part.stands {
                    Stands::Needs(inner) => walk(inner, found),
                    Stands::Agreements(_) | Stands::Own | Stands::Nobody | Stands::Unknown => {
                        if found.iter().all(|(known, _)| known.service != part.service) {
                            found.push((part, need.at));
                        }
                    }
                }
            }
        }
    }
    let mut found = Vec::new();
    walk(needs, &mut found);
    found
}
