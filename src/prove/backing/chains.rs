//! Whether the backing of a promise covers the same times: hours, exclusions, terms, limits
//! of support; and whether there is any backing at all.

use std::collections::BTreeSet;

use rustc_hash::FxHashSet;

use super::downtime::{Below, Promise};
use super::supporters::{Supporters, is_internal};
use super::tree::{Grower, Need, NeededService, Stands, indispensable};
use super::{Backed, words_of_time};
use crate::base::Span;
use crate::diag::{Code, Finding};
use crate::lang::words::AgreementKind;
use crate::names::{DeclId, What};
use crate::prove::measured::{Almanac, Ground, Grounds, applies, promised_here, renews};
use crate::prove::same::same_option;
use crate::prove::wording::length;
use crate::syntax::ast::{CellKind, Date, ItemKind, ServiceItem};
use crate::time::{DAY, Instant, Interval, Ruler, TimeSet};
use crate::types::Model;
use crate::types::constant;
use crate::types::model::{Agreement, Limit, Objective, Support, TermId};
use crate::types::ty::Ty;

/// How long clocks of support are compared: a year with its holidays.
const COMPARED: i64 = 400 * DAY;
/// Moments at which a case may come in that are tried.
const TRIED: usize = 4_000;

/// Time that a promise measures and its backing does not.
pub(super) fn hours(model: &Model<'_, '_>, backed: &Backed<'_, '_>) -> Vec<Finding> {
    let promise = &backed.promise;
    let mut findings = Vec::new();
    for (part, _) in indispensable(&backed.stand.needs) {
        let Some(candidates) = backed.stand.candidates.get(&part.service) else { continue };
        let internal = candidates.iter().any(|candidate| candidate.internal);
        let layer: Vec<&Below<'_, '_>> = candidates
            .iter()
            .filter(|candidate| candidate.internal == internal)
            .flat_map(|candidate| &candidate.versions)
            .collect();
        let gaps: Vec<(&Below<'_, '_>, TimeSet)> =
            layer.iter().map(|below| (*below, gap(promise, below))).collect();
        // One agreement that covers it all is enough.
        if let Some((below, gap)) = gaps.first()
            && gaps.iter().all(|(_, gap)| !gap.is_empty())
            && let Some(first) = gap.pieces().first()
        {
            findings.extend(uncovered(model, backed, part, below, gap, *first));
        } else if let Some(below) = layer.first()
            && layer.iter().all(|below| below.measured.loose)
            && !promise.measured.loose
        {
            findings.extend(loosely_excluded(model, backed, part, below));
        }
    }
    findings
}

/// The time that counts above and not below, while both hold.
fn gap(promise: &Promise<'_, '_>, below: &Below<'_, '_>) -> TimeSet {
    let Some(both) = promise.ground.held.intersection(below.ground.held) else {
        return TimeSet::EMPTY;
    };
    promise.measured.counted.clip(both).difference(&below.measured.counted)
}

fn uncovered(
    model: &Model<'_, '_>,
    backed: &Backed<'_, '_>,
    part: &NeededService,
    below: &Below<'_, '_>,
    gap: &TimeSet,
    first: Interval,
) -> Option<Finding> {
    let promise = &backed.promise;
    let (above, needed) = (model.project.name(backed.service), model.project.name(part.service));
    let (upper, lower) = (&promise.agreement.name, agreement_of(backed, part, below)?);
    let outside = gap.difference(&below.measured.hours);
    let witness = outside.pieces().first().copied().unwrap_or(first);
    let when = words_of_time::moment(witness.start, promise.ground.zone);
    let note = format!(
        "for example {when}, for {}",
        length(&crate::base::Exact::integer(witness.length()))
    );
    let finding = if outside.is_empty() {
        let place = excluding(model, below, gap)?;
        let message = format!(
            "`{lower}` excludes time from `{needed}` that `{upper}` does not exclude from `{above}`"
        );
        Finding::new(Code::BackingExclusions, place, message).help(format!(
            "exclude it from `{above}` as well, or have `{lower}` promise `{needed}` at that time"
        ))
    } else {
        let message =
            format!("`{above}` is promised at times when `{lower}` does not promise `{needed}`");
        Finding::new(Code::BackingHours, hours_of(model, below.objective, below.terms), message)
            .here(format!("when `{needed}` is promised"))
            .help(format!("promise `{above}` for these hours only, or have `{lower}` promise `{needed}` for more hours"))
    };
    let own = hours_of(model, promise.objective, promise.terms);
    Some(finding.also(own, format!("when `{above}` is promised")).note(note))
}

/// Exclusions below that only data can tell, where nothing of the kind is excluded above.
fn loosely_excluded(
    model: &Model<'_, '_>,
    backed: &Backed<'_, '_>,
    part: &NeededService,
    below: &Below<'_, '_>,
) -> Option<Finding> {
    let (above, needed) = (model.project.name(backed.service), model.project.name(part.service));
    let (upper, lower) = (&backed.promise.agreement.name, agreement_of(backed, part, below)?);
    let place = below
        .terms
        .excludes
        .iter()
        .find(|exclude| applies(exclude, below.objective) && exclude.time.ty != Ty::TimeSet)?
        .item
        .span;
    let message = format!(
        "`{lower}` excludes time from `{needed}`, but `{upper}` excludes nothing similar from `{above}`"
    );
    let finding = Finding::new(Code::BackingExclusions, place, message);
    Some(
        finding
            .also(backed.promise.objective.target.at, format!("`{above}` is promised here"))
            .help(format!("exclude such time from `{above}` as well")),
    )
}

/// The name of the agreement that makes a promise below.
fn agreement_of(
    backed: &Backed<'_, '_>,
    part: &NeededService,
    below: &Below<'_, '_>,
) -> Option<ecow::EcoString> {
    let candidates = backed.stand.candidates.get(&part.service)?;
    let owns = |versions: &[Below<'_, '_>]| {
        versions.iter().any(|version| version.objective.id == below.objective.id)
    };
    candidates
        .iter()
        .find(|candidate| owns(&candidate.versions))
        .map(|candidate| candidate.agreement.name.clone())
}

/// Where the hours of an objective are written: its own, the agreement's, the service's, else its
/// target.
fn hours_of(
    model: &Model<'_, '_>,
    objective: &Objective<'_>,
    terms: &crate::types::model::Terms<'_>,
) -> Span {
    let service = || {
        objective
            .service
            .and_then(|service| model.services.get(&service)?.hours.as_ref())
            .map(|hours| hours.span)
    };
    let own = objective.narrowed().during.as_ref().or(terms.hours.as_deref()).map(|from| from.at);
    own.or_else(service).unwrap_or(objective.target.at)
}

/// The exclusion that makes a gap.
fn excluding(model: &Model<'_, '_>, below: &Below<'_, '_>, gap: &TimeSet) -> Option<Span> {
    let mut almanac = Almanac::new(model);
    let makes_it = |exclude: &&std::sync::Arc<crate::types::model::Exclude<'_>>| {
        let time = almanac.set(&exclude.time, below.ground.zone, below.ground.seen, 0);
        applies(exclude, below.objective)
            && time.is_some_and(|time| !time.intersection(gap).is_empty())
    };
    below.terms.excludes.iter().find(makes_it).map(|exclude| exclude.item.span)
}

/// Which agreements back the services of each agreement: whether any does, for how long, and
/// how fast it answers.
pub(super) fn services(
    model: &Model<'_, '_>,
    supporters: &Supporters,
    findings: &mut Vec<Finding>,
) {
    let mut almanac = Almanac::new(model);
    let mut met = FxHashSet::default();
    let mut compared = Compared::default();
    for agreement in
        model.agreements.iter().filter(|agreement| agreement.kind != AgreementKind::Requirement)
    {
        let span = (agreement.start.as_ref().map(|start| start.value), agreement.end);
        for service in promised_services(agreement) {
            if !met.insert((service, agreement.provider, span)) {
                continue;
            }
            let needs = Grower::new(model, supporters, agreement).needs(service, 0);
            // If there is no internal agreement and none with a supplier, that none backs a
            // service says nothing. What a supplier's own service stands on is the supplier's
            // business.
            if supporters.any && agreement.kind != AgreementKind::Contract {
                nobody(model, agreement, service, &needs, findings);
            }
            for (part, _) in indispensable(&needs) {
                if let Stands::Agreements(below) = &part.stands {
                    let below: Vec<&Agreement<'_>> =
                        below.iter().filter_map(|at| model.agreements.get(*at)).collect();
                    findings.extend(term(model, agreement, part.service, &below));
                }
            }
        }
        support(model, supporters, &mut almanac, agreement, &mut compared, findings);
    }
}

/// The services an agreement promises something of.
fn promised_services(agreement: &Agreement<'_>) -> BTreeSet<DeclId> {
    let mut services = BTreeSet::new();
    for version in &agreement.versions {
        for objective in
            version.terms.objectives.iter().filter(|objective| promised_here(agreement, objective))
        {
            match objective.service {
                Some(service) => drop(services.insert(service)),
                None if objective.support.is_some() => {
                    services.extend(version.terms.services.iter().map(|(service, _)| *service))
                }
                None => {}
            }
        }
    }
    services
}

/// Needed services that no agreement backs.
fn nobody(
    model: &Model<'_, '_>,
    agreement: &Agreement<'_>,
    service: DeclId,
    needs: &[Need],
    findings: &mut Vec<Finding>,
) {
    for need in needs {
        for part in &need.parts {
            match &part.stands {
                Stands::Needs(inner) => nobody(model, agreement, part.service, inner, findings),
                Stands::Nobody => {
                    let (above, needed) =
                        (model.project.name(service), model.project.name(part.service));
                    let place = named_in(model, service, part.service, need.at);
                    let mut finding = Finding::new(
                        Code::UnbackedService,
                        place,
                        format!("no agreement backs `{needed}`, which `{above}` needs"),
                    );
                    if let Some(decl) = model.project.get(part.service) {
                        finding = finding.also(decl.name.span, "declared here");
                    }
                    let name = agreement
                        .syntax
                        .name
                        .as_ref()
                        .map_or(agreement.item.lead, |name| name.span);
                    findings.push(finding.also(name, format!("`{}` promises `{above}`", agreement.name)).help(format!(
                        "write an agreement that backs it: `ola … between TEAM and TEAM` or `contract … between SUPPLIER and …`, with an objective of `{needed}`"
                    )));
                }
                Stands::Agreements(_) | Stands::Own | Stands::Unknown => {}
            }
        }
    }
}

/// Where a service is named in a `needs` of another.
fn named_in(model: &Model<'_, '_>, owner: DeclId, service: DeclId, needs: Span) -> Span {
    let name = model.project.name(service);
    let Some(What::Service(block)) = model.project.get(owner).map(|decl| decl.what) else {
        return needs;
    };
    let statement = block.items.iter().find(|item| item.span == needs).map(|item| &item.kind);
    let Some(ItemKind::ServiceItem(ServiceItem::Needs(statement))) = statement else {
        return needs;
    };
    statement.services.iter().find(|path| path.text() == name).map_or(needs, |path| path.span())
}

/// A stretch of an agreement's term for which nothing below holds.
fn term(
    model: &Model<'_, '_>,
    above: &Agreement<'_>,
    service: DeclId,
    below: &[&Agreement<'_>],
) -> Option<Finding> {
    let (start, end) = (above.start.as_ref()?, above.end?);
    let first = |it: &Agreement<'_>| it.start.as_ref().map_or(Date::FIRST, |start| start.value);
    let after =
        |it: &Agreement<'_>| if renews(it) { Date::LAST } else { it.end.unwrap_or(Date::LAST) };
    let mut stretches: Vec<(Date, Date)> = below.iter().map(|it| (first(it), after(it))).collect();
    stretches.sort_unstable();
    let mut covered = start.value;
    for (from, to) in stretches {
        if from <= covered {
            covered = covered.max(to);
        }
    }
    if covered >= end {
        return None;
    }
    let needed = model.project.name(service);
    let ended = below.iter().filter(|it| after(it) <= covered).max_by_key(|it| after(it));
    let later = below.iter().filter(|it| first(it) > covered).min_by_key(|it| first(it));
    let last = end.add_days(-1);
    let (it, message, note, help) = match (ended, later) {
        (Some(it), _) => (
            it,
            format!(
                "`{}` ends on {}, before `{}`, which it backs",
                it.name,
                after(it).add_days(-1),
                above.name
            ),
            format!("from {covered} on, no agreement backs `{needed}`"),
            "extend its term, or let it renew: `renews 12 months`",
        ),
        (None, Some(it)) => (
            it,
            format!(
                "`{}` begins on {}, after `{}`, which it backs",
                it.name,
                first(it),
                above.name
            ),
            format!("before {}, no agreement backs `{needed}`", first(it)),
            "begin its term as early, or add the agreement that came before it",
        ),
        (None, None) => return None,
    };
    let place = it.start.as_ref()?.at;
    let only = if below.len() == 1 { "the only promise" } else { "a promise" };
    Some(
        Finding::new(Code::BackingTerm, place, message)
            .here(format!("{only} of `{needed}`"))
            .also(start.at, format!("`{}` holds from {} to {last}", above.name, start.value))
            .note(note)
            .help(help),
    )
}

/// Cells that were compared with their backing: which, whose, on what ground.
#[derive(Default)]
struct Compared {
    met: FxHashSet<(TermId, Option<DeclId>, u32)>,
    grounds: Grounds,
}

/// Cells of support that are slower below than above.
fn support<'x>(
    model: &'x Model<'_, '_>,
    supporters: &Supporters,
    almanac: &mut Almanac<'x, '_, '_>,
    agreement: &Agreement<'_>,
    compared: &mut Compared,
    findings: &mut Vec<Finding>,
) {
    for (at, version) in agreement.versions.iter().enumerate() {
        let Some(ground) = Ground::of(agreement, at) else { continue };
        for objective in
            version.terms.objectives.iter().filter(|objective| promised_here(agreement, objective))
        {
            let Some(cell) = &objective.support else { continue };
            let ground_number = compared.grounds.number(ground);
            if !compared.met.insert((objective.id, agreement.provider, ground_number)) {
                continue;
            }
            let services: Vec<DeclId> = match objective.service {
                Some(service) => vec![service],
                None => version.terms.services.iter().map(|(service, _)| *service).collect(),
            };
            for service in services {
                let needs = Grower::new(model, supporters, agreement).needs(service, 0);
                for (part, _) in indispensable(&needs) {
                    findings.extend(slower(
                        model,
                        almanac,
                        agreement,
                        &ground,
                        (objective, cell),
                        part,
                    ));
                }
            }
        }
    }
}

/// The promises of an agreement about a cell and a service.
fn cells<'x, 'a>(
    agreement: &'x Agreement<'a>,
    wanted: &Support,
    service: DeclId,
    above: &Ground,
) -> Option<(&'x Support, Ground)> {
    agreement.versions.iter().enumerate().find_map(|(at, version)| {
        let ground = Ground::below(agreement, at, above)?;
        ground.held.intersection(above.held)?;
        let about = |objective: &&std::sync::Arc<Objective<'a>>| {
            objective.service.is_none_or(|it| it == service)
        };
        let mut cells = version
            .terms
            .objectives
            .iter()
            .filter(about)
            .filter_map(|objective| objective.support.as_deref());
        Some((
            cells.find(|cell| cell.kind == wanted.kind && cell.severity == wanted.severity)?,
            ground,
        ))
    })
}

fn slower<'x>(
    model: &'x Model<'_, '_>,
    almanac: &mut Almanac<'x, '_, '_>,
    agreement: &Agreement<'_>,
    ground: &Ground,
    (objective, cell): (&Objective<'_>, &Support),
    part: &NeededService,
) -> Option<Finding> {
    let Stands::Agreements(below) = &part.stands else { return None };
    let below = below.iter().filter_map(|at| model.agreements.get(*at));
    let all: Vec<_> = below
        .filter_map(|it| {
            cells(it, cell, part.service, ground).map(|(found, ground)| (it, found, ground))
        })
        .collect();
    let internal = all.iter().any(|(it, ..)| is_internal(model, it));
    let mut slow: Option<(&Agreement<'_>, &Support, Late)> = None;
    for (it, found, own) in all.iter().filter(|(it, ..)| is_internal(model, it) == internal) {
        // One that is fast enough, or cannot be compared, is enough to say nothing.
        let late = late(almanac, (cell, ground), (found, own))?;
        slow.get_or_insert((it, found, late));
    }
    let (it, found, late) = slow?;
    let severity = model.project.name(cell.severity);
    let verb = match cell.kind {
        CellKind::Respond => "answers",
        CellKind::Resolve => "resolves",
        CellKind::Update => "reports on",
    };
    let (mine, theirs) = (limit(&cell.limit.value)?, limit(&found.limit.value)?);
    let needed = model.project.name(part.service);
    let message = format!(
        "`{}` {verb} `{severity}` within {theirs}, but `{}`, which it backs, within {mine}",
        it.name, agreement.name
    );
    let mut finding = Finding::new(Code::BackingSlower, found.limit.at, message)
        .here(format!("promised for `{needed}`"))
        .also(cell.limit.at, format!("`{}` promises this", objective.name));
    // With clocks that run alike the limits say it all.
    if let (Late::Case(from, to, clock), false) = (late, same_hours(cell, found)) {
        let (from, to) =
            (words_of_time::moment(from, ground.zone), words_of_time::moment(to, ground.zone));
        finding = finding.note(format!(
            "for a case of {from}, the backing agreement has time until {to}: {} on the clock of the promise",
            length(&crate::base::Exact::integer(clock))
        ));
    }
    Some(
        finding.help(
            "shorten the limit of the backing agreement, or lengthen the limit that is promised",
        ),
    )
}

fn limit(limit: &Limit) -> Option<String> {
    match limit {
        Limit::Within(limit) => constant::value(limit).map(|value| length(&value)),
        Limit::EndOf(1) => Some("the next working day".to_owned()),
        Limit::EndOf(days) => Some(format!("{days} working days")),
    }
}

/// True if the clocks of two cells run at the same times.
fn same_hours(one: &Support, other: &Support) -> bool {
    same_option(
        one.during.as_ref().map(|during| &*during.value),
        other.during.as_ref().map(|during| &*during.value),
    )
}

/// How a cell is slower than another.
enum Late {
    /// In a count of open days.
    Days,
    /// A case of this moment, the moment by which it is due below, and what the clock above shows
    /// then.
    Case(Instant, Instant, i64),
}

/// A case for which the lower promise is kept and the upper one is not; `None` if there may be
/// none.
fn late(
    almanac: &mut Almanac<'_, '_, '_>,
    (above, ground): (&Support, &Ground),
    (below, own): (&Support, &Ground),
) -> Option<Late> {
    let (wanted, given) = match (&above.limit.value, &below.limit.value) {
        (Limit::Within(wanted), Limit::Within(given)) => {
            (constant::value(wanted)?.to_i64()?, constant::value(given)?.to_i64()?)
        }
        (Limit::EndOf(wanted), Limit::EndOf(given)) => {
            return (same_hours(above, below) && given > wanted).then_some(Late::Days);
        }
        (Limit::Within(_) | Limit::EndOf(_), _) => return None,
    };
    let both = ground.held.intersection(own.held)?;
    let both = Interval::new(both.start, both.end.min(both.start.saturating_add(COMPARED)))?;
    let mut hours = |support: &Support, ground: &Ground| match &support.during {
        Some(during) => almanac.set(&during.value, ground.zone, both, 0),
        None => Some(std::rc::Rc::new(TimeSet::from(both))),
    };
    let (upper, lower) = (hours(above, ground)?, hours(below, own)?);
    let (clock, due) = (Ruler::new(&upper), Ruler::new(&lower));
    let edges = lower
        .pieces()
        .iter()
        .chain(upper.pieces())
        .take(TRIED)
        .flat_map(|piece| [piece.start, piece.end]);
    let mut starts: Vec<Instant> = edges.collect();
    starts.sort_unstable();
    let cases = starts.into_iter().filter_map(|start| {
        let end = due.after(start, given)?;
        Some((clock.measure(start, end), start, end))
    });
    let (shown, start, end) = cases.filter(|(shown, ..)| *shown > wanted).fold(
        None,
        |worst: Option<(i64, Instant, Instant)>, case| {
            Some(worst.filter(|worst| worst.0 >= case.0).unwrap_or(case))
        },
    )?;
    Some(Late::Case(start, end, shown))
}
