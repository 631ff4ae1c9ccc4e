//! Which agreements can back a service.
//!
//! An `ola` backs the services it is about for every team and provider: teams belong to one
//! organisation. A `contract` backs them for the party that receives it, and for or through the
//! teams of that organisation. So does an `sla` that a team, the provider itself or any customer
//! receives, and the one-sided commitment of another provider. No party backs its own promise.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::lang::words::{AgreementKind, PartyKind};
use crate::names::{DeclId, What};
use crate::types::Model;
use crate::types::model::Agreement;

/// More agreements about one service than anyone can weigh against each other.
const MOST: usize = 64;

/// Agreements by the services they may back.
pub struct Supporters {
    by_service: FxHashMap<DeclId, Vec<usize>>,
    /// Which party promises something of which service itself.
    promised: FxHashSet<(DeclId, DeclId)>,
    /// True if there are agreements of the kinds that are made to back others.
    pub any: bool,
}

impl Supporters {
    /// Looks through all agreements.
    pub fn new(model: &Model<'_, '_>) -> Self {
        let mut by_service: FxHashMap<DeclId, Vec<usize>> = FxHashMap::default();
        let mut promised = FxHashSet::default();
        let mut any = false;
        for (at, agreement) in model.agreements.iter().enumerate() {
            if let Some(provider) = agreement.provider {
                promised
                    .extend(services_of(agreement).into_iter().map(|service| (service, provider)));
            }
            if !may_back(model, agreement) {
                continue;
            }
            any |= matches!(agreement.kind, AgreementKind::Ola | AgreementKind::Contract);
            for service in services_of(agreement) {
                by_service.entry(service).or_default().push(at);
            }
        }
        Supporters { by_service, promised, any }
    }

    /// True if whoever makes a promise answers for this service himself, in whatever agreement.
    pub fn own(&self, service: DeclId, promise: &Agreement<'_>) -> bool {
        promise.provider.is_some_and(|provider| self.promised.contains(&(service, provider)))
    }

    /// The agreements that back a service for what `promise` promises; `None` if they are too many.
    pub fn of(
        &self,
        model: &Model<'_, '_>,
        service: DeclId,
        promise: &Agreement<'_>,
    ) -> Option<Vec<usize>> {
        let Some(known) = self.by_service.get(&service) else { return Some(Vec::new()) };
        if known.len() > MOST {
            return None;
        }
        let backs = |at: &usize| {
            model.agreements.get(*at).is_some_and(|agreement| backs(model, agreement, promise))
        };
        Some(known.iter().copied().filter(backs).collect())
    }
}

/// The services an agreement is about, each once.
fn services_of(agreement: &Agreement<'_>) -> Vec<DeclId> {
    let mut found: Vec<DeclId> = Vec::new();
    for version in &agreement.versions {
        found.extend(version.terms.services.iter().map(|(service, _)| *service));
        found.extend(version.terms.objectives.iter().filter_map(|objective| objective.service));
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn may_back(model: &Model<'_, '_>, agreement: &Agreement<'_>) -> bool {
    match agreement.kind {
        AgreementKind::Ola | AgreementKind::Contract | AgreementKind::Commitment => true,
        AgreementKind::Sla => {
            agreement.any_customer
                || agreement
                    .customer
                    .is_some_and(|id| kind_of(model, id) != Some(PartyKind::Customer))
        }
        AgreementKind::Requirement => false,
    }
}

fn backs(model: &Model<'_, '_>, agreement: &Agreement<'_>, promise: &Agreement<'_>) -> bool {
    if agreement.id == promise.id
        || agreement.provider.is_none()
        || agreement.provider == promise.provider
    {
        return false;
    }
    let team =
        |party: Option<DeclId>| party.is_some_and(|id| kind_of(model, id) == Some(PartyKind::Team));
    let received = agreement.customer.is_some() && agreement.customer == promise.provider;
    match agreement.kind {
        AgreementKind::Ola | AgreementKind::Commitment => true,
        AgreementKind::Contract => received || team(agreement.customer) || team(promise.provider),
        AgreementKind::Sla => received || team(agreement.customer) || agreement.any_customer,
        AgreementKind::Requirement => false,
    }
}

/// What kind of party it is.
pub fn kind_of(model: &Model<'_, '_>, party: DeclId) -> Option<PartyKind> {
    match model.project.get(party)?.what {
        What::Party(party) => Some(party.kind),
        _ => None,
    }
}

/// True if an internal team makes the promise: where there is one, what suppliers guarantee for
/// the same service stands behind it.
pub fn is_internal(model: &Model<'_, '_>, agreement: &Agreement<'_>) -> bool {
    agreement.provider.is_some_and(|id| kind_of(model, id) == Some(PartyKind::Team))
}
