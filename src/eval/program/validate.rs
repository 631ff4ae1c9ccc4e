//! Whether a plan agrees with itself: each name stands for one thing, each thing that is named is
//! there, and versions follow one another.
//!
//! In: a plan that was read. Out: nothing, or the fault. What is looked up to be evaluated is found
//! missing where it is looked up; here stands what would go unnoticed, and give a figure all the
//! same: the second of two sources, a claim for an objective that there is not.

use std::collections::BTreeSet;

use super::missing;
use crate::data::fault::{Fault, Outcome};
use crate::plan::{Agreement, Customer, Plan, Terms, Version};

/// Looks at a whole plan.
pub fn validate(plan: &Plan) -> Outcome<()> {
    once("zone", plan.zones.iter().map(|it| &it.name))?;
    once("party", plan.parties.iter().map(|it| &it.id))?;
    once("service", plan.services.iter().map(|it| &it.id))?;
    once("unit", plan.units.iter().map(|it| &it.name))?;
    once("enum", plan.enums.iter().map(|it| &it.name))?;
    for choice in &plan.enums {
        once("value", choice.values.iter().map(|it| &it.name))
            .map_err(|fault| fault.within(&choice.at))?;
    }
    once("severity", plan.severities.iter().map(|it| &it.name))?;
    once("fact", plan.facts.iter().map(|it| &it.name))?;
    once("table", plan.tables.iter().map(|it| &it.name))?;
    once("calendar", plan.calendars.iter().map(|it| &it.id))?;
    once("source", plan.sources.iter().map(|it| &it.name))?;
    for source in &plan.sources {
        once("field", source.fields.iter().map(|it| &it.name))
            .map_err(|fault| fault.within(&source.at))?;
    }
    once("metric", plan.metrics.iter().map(|it| &it.id))?;
    once("agreement", plan.agreements.iter().map(|it| &it.id))?;
    let held = Held {
        parties: plan.parties.iter().map(|it| &it.id).collect(),
        services: plan.services.iter().map(|it| &it.id).collect(),
        agreements: plan.agreements.iter().map(|it| &it.id).collect(),
    };
    plan.agreements
        .iter()
        .try_for_each(|it| agreement(it, &held).map_err(|fault| fault.within(&it.at)))
}

/// The ids that agreements refer to.
struct Held<'p> {
    parties: BTreeSet<&'p String>,
    services: BTreeSet<&'p String>,
    agreements: BTreeSet<&'p String>,
}

fn agreement(agreement: &Agreement, held: &Held<'_>) -> Outcome<()> {
    let customer = match &agreement.customer {
        Customer::Party { id } => Some(id),
        Customer::Any {} | Customer::Nobody {} => None,
    };
    there("party", agreement.provider.iter().chain(customer), &held.parties)?;
    there("agreement", agreement.under.iter().chain(&agreement.children), &held.agreements)?;
    in_order(agreement)?;
    let objectives =
        agreement.versions.iter().flat_map(|it| &it.terms.objectives).map(|it| &it.id).collect();
    for Version { terms, .. } in &agreement.versions {
        ids_once(terms)?;
        let of_objectives = terms.objectives.iter().filter_map(|it| it.service.as_ref());
        let of_fees = terms.fees.iter().filter_map(|it| it.service.as_ref());
        let services =
            terms.scope.services.iter().map(|it| &it.id).chain(of_objectives).chain(of_fees);
        there("service", services, &held.services)?;
        there("objective", terms.claims.iter().flat_map(|it| &it.objectives), &objectives)?;
        there("objective", terms.escalations.iter().flat_map(|it| &it.objectives), &objectives)?;
        there(
            "credit",
            terms.stacking.iter().flat_map(|it| &it.credits),
            &terms.credits.iter().map(|it| &it.id).collect(),
        )?;
    }
    Ok(())
}

/// The first version begins with the term, each other one where the one before it ends.
fn in_order(agreement: &Agreement) -> Outcome<()> {
    let mut start = agreement.term.as_ref().map(|term| &term.from.instant);
    for (number, version) in agreement.versions.iter().enumerate() {
        let from = version.from.as_ref().map(|from| &from.instant);
        let to = version.to.as_ref().map(|to| &to.instant);
        let is_last = number + 1 == agreement.versions.len();
        let is_empty = from.zip(to).is_some_and(|(from, to)| from >= to);
        if from != start || is_last != to.is_none() || is_empty {
            return Err(Fault::new(format!(
                "the versions of `{}` do not follow one another",
                agreement.id
            )));
        }
        start = to;
    }
    Ok(())
}

fn ids_once(terms: &Terms) -> Outcome<()> {
    once("objective", terms.objectives.iter().map(|it| &it.id))?;
    once("exclusion", terms.exclusions.iter().map(|it| &it.id))?;
    once("ignore", terms.ignores.iter().map(|it| &it.id))?;
    once("fee", terms.fees.iter().map(|it| &it.id))?;
    once("credit", terms.credits.iter().map(|it| &it.id))?;
    once("stacking", terms.stacking.iter().map(|it| &it.id))?;
    once("cap", terms.credit_caps.iter().map(|it| &it.id))?;
    once("claim", terms.claims.iter().map(|it| &it.id))?;
    once("termination", terms.terminations.iter().map(|it| &it.id))
}

/// No name stands for two things.
fn once<'p>(kind: &str, names: impl Iterator<Item = &'p String>) -> Outcome<()> {
    let mut names: Vec<&String> = names.collect();
    names.sort_unstable();
    match names.windows(2).find(|pair| matches!(pair, [one, other] if one == other)) {
        Some([name, ..]) => Err(Fault::new(format!("the plan contains the {kind} `{name}` twice"))),
        Some(_) | None => Ok(()),
    }
}

/// All names that are used exist in the plan.
fn there<'p>(
    kind: &str,
    mut used: impl Iterator<Item = &'p String>,
    held: &BTreeSet<&String>,
) -> Outcome<()> {
    used.find(|name| !held.contains(name)).map_or(Ok(()), |name| Err(missing(kind, name)))
}
