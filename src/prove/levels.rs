//! Levels: an agreement against the one above it, or against the tier it takes.
//!
//! In: the model. Out: findings where less is promised than above without a `relax` that says why,
//! and where a `relax` relaxes nothing. What cannot be compared is taken to be meant.

use std::rc::Rc;
use std::sync::Arc;

use ecow::EcoString;
use rustc_hash::{FxHashMap, FxHashSet};

use super::ladders::{Named, pays_less};
use super::measured::{Almanac, Ground, applies};
use super::same::{same, same_option};
use super::strength::{Aspect, differences};
use super::tiers::dearer;
use super::{Case, Reporter};
use crate::base::Span;
use crate::diag::{Code, Finding, Sink};
use crate::lang::words::AgreementKind;
use crate::names::{DeclId, Project};
use crate::syntax::ast::{CreditKind, Declaration, Item, Statement};
use crate::time::TimeSet;
use crate::types::Model;
use crate::types::model::{Agreement, Fee, Objective, Terms, Version};
use crate::types::tree::Typed;

/// Names under which more than one promise is relaxed.
const EXCLUSIONS: &str = "exclusions";
const HOURS: &str = "hours";
const FEE: &str = "fee";

/// Reports agreements that are weaker than their parents.
pub(super) fn check(case: &Case<'_, '_, '_>, sink: &mut Sink) {
    if !case.sound {
        return;
    }
    let above = Above::new(case.model);
    let mut out = Reporter::new(sink);
    let mut almanac = Almanac::new(case.model);
    for agreement in case.model.agreements.iter().filter(|it| it.kind != AgreementKind::Requirement)
    {
        let own = Own::new(agreement);
        let mut weakenings = Weakenings::default();
        for (at, version) in agreement.versions.iter().enumerate() {
            match above.of(agreement, version) {
                Some((name, base)) => {
                    let ground = Ground::of(agreement, at);
                    let mut level = Level {
                        case,
                        agreement,
                        own: &own,
                        name,
                        terms: &version.terms,
                        base,
                        ground,
                        weakenings: &mut weakenings,
                    };
                    level.check(&mut almanac, &mut out);
                }
                None => weakenings.unsure |= agreement.under.is_some() || version.package.is_some(),
            }
        }
        idle(agreement, &own, &weakenings, &mut out);
    }
}

/// What can be the parent of an agreement.
struct Above<'x, 'a, 'p> {
    project: &'p Project<'a>,
    agreements: FxHashMap<DeclId, &'x Agreement<'a>>,
    tiers: FxHashMap<(DeclId, Option<EcoString>), &'x Terms<'a>>,
    /// Packages that are amended: which version an agreement took is not seen here.
    amended: FxHashSet<DeclId>,
}

impl<'x, 'a, 'p> Above<'x, 'a, 'p> {
    fn new(model: &'x Model<'a, 'p>) -> Self {
        let agreements = model.agreements.iter().map(|it| (it.id, it)).collect();
        let key = |tier: &crate::types::model::TierTerms<'a>| {
            (tier.package, tier.tier.and_then(|tier| Some(tier.name.as_ref()?.text.clone())))
        };
        let tiers = model.tiers.iter().map(|tier| (key(tier), &tier.terms)).collect();
        let items = model.project.inputs().iter().flat_map(|input| &input.tree.items);
        let targets = items.filter_map(|item| match item.declaration() {
            Some(Declaration::Amend(amend)) => amend.target.as_ref()?.parts.first(),
            _ => None,
        });
        let amended =
            targets.filter_map(|name| model.project.lookup(name.span.file, &name.text)).collect();
        Above { project: model.project, agreements, tiers, amended }
    }

    /// The terms above a version of an agreement, and what they are called.
    fn of(
        &self,
        agreement: &Agreement<'a>,
        version: &Version<'a>,
    ) -> Option<(EcoString, &'x Terms<'a>)> {
        if let Some(parent) = agreement.under {
            let parent = self.agreements.get(&parent)?;
            let day = version.from.or(agreement.start.as_ref().map(|start| start.value));
            let held = parent
                .versions
                .iter()
                .rev()
                .find(|above| above.from.is_none() || above.from <= day)?;
            return Some((parent.name.clone(), &held.terms));
        }
        let origin = &version.package.as_ref()?.value;
        if self.amended.contains(&origin.package) {
            return None;
        }
        let name = origin.tier.clone().unwrap_or_else(|| self.project.name(origin.package));
        Some((name, self.tiers.get(&(origin.package, origin.tier.clone()))?))
    }
}

/// What an agreement says for itself.
struct Own<'x, 'a> {
    agreement: &'x Agreement<'a>,
    /// Its statements, also those of its amendments.
    items: Vec<&'a Item>,
}

impl<'x, 'a> Own<'x, 'a> {
    fn new(agreement: &'x Agreement<'a>) -> Self {
        let mut items: Vec<&'a Item> = agreement.syntax.items.iter().collect();
        for (amend, _) in agreement.versions.iter().filter_map(|version| version.amendment.as_ref())
        {
            if amend.target.as_ref().is_some_and(|target| target.text() == agreement.name) {
                items.extend(&amend.items);
            }
        }
        Own { agreement, items }
    }

    fn says(&self, place: Span) -> bool {
        self.agreement.item.span.contains(place)
            || self.items.iter().any(|item| item.span.contains(place))
    }

    fn relaxes(&self, name: &str) -> bool {
        self.items.iter().any(|item| relaxed(item).is_some_and(|(target, _)| target == name))
    }

    /// Where it drops something.
    fn drops(&self, name: &str) -> Option<Span> {
        self.items.iter().find_map(|item| match item.statement() {
            Some(Statement::Drop(Some(path))) if path.text() == name => Some(path.span()),
            _ => None,
        })
    }
}

/// What a statement relaxes, and where it says so.
fn relaxed(item: &Item) -> Option<(EcoString, Span)> {
    match item.statement() {
        Some(Statement::Relax(relax)) => {
            relax.target.as_ref().map(|path| (path.text(), path.span()))
        }
        _ => None,
    }
}

/// What was found out about an agreement, over all its versions.
#[derive(Default)]
struct Weakenings {
    /// Names under which something is weaker than above, or may be.
    weaker: FxHashSet<EcoString>,
    /// True if the parent is not known.
    unsure: bool,
}

/// A version of an agreement and the terms above it.
struct Level<'l, 'x, 'a, 'p> {
    case: &'l Case<'x, 'a, 'p>,
    agreement: &'x Agreement<'a>,
    own: &'l Own<'x, 'a>,
    name: EcoString,
    terms: &'x Terms<'a>,
    base: &'x Terms<'a>,
    ground: Option<Ground>,
    weakenings: &'l mut Weakenings,
}

impl<'x, 'a> Level<'_, 'x, 'a, '_> {
    fn check(&mut self, almanac: &mut Almanac<'x, 'a, '_>, out: &mut Reporter<'_>) {
        let stated: FxHashMap<&str, &'x Arc<Objective<'a>>> =
            self.terms.objectives.iter().map(|it| (it.name.as_str(), it)).collect();
        for base in &self.base.objectives {
            match stated.get(base.name.as_str()) {
                Some(same) if same.id == base.id => {}
                Some(objective) => self.objective(objective, base, almanac, out),
                None => self.dropped(&base.name, base.item.lead, "promised", out),
            }
        }
        self.credits(&stated, out);
        self.excused(&stated, out);
        self.hours(almanac, out);
        self.fees(out);
    }

    /// Takes note that something is weaker, and says so unless it is relaxed.
    fn weaker(
        &mut self,
        names: &[&str],
        finding: impl FnOnce() -> Finding,
        out: &mut Reporter<'_>,
    ) {
        self.weakenings.weaker.extend(names.iter().map(|name| EcoString::from(*name)));
        if !names.iter().any(|name| self.own.relaxes(name)) {
            let name = names.first().copied().unwrap_or_default();
            out.report(finding().help(format!(
                "correct it, or write why it may be weaker: `relax {name} because \"…\"`"
            )));
        }
    }

    fn dropped(&mut self, name: &EcoString, base: Span, word: &str, out: &mut Reporter<'_>) {
        let Some(place) = self.own.drops(name) else { return };
        let message =
            format!("`{}` drops `{name}`, which `{}` promises", self.agreement.name, self.name);
        self.weaker(
            &[name],
            || Finding::new(Code::WeakerLevel, place, message).also(base, format!("{word} here")),
            out,
        );
    }

    fn objective(
        &mut self,
        objective: &'x Objective<'a>,
        base: &'x Objective<'a>,
        almanac: &mut Almanac<'x, 'a, '_>,
        out: &mut Reporter<'_>,
    ) {
        let said = |part: &str, agreement: &str, above: &str| {
            format!("`{}` is weaker in `{agreement}` than in `{above}`: its {part}", objective.name)
        };
        let Some(found) = differences(objective, base) else {
            self.weakenings.weaker.insert(objective.name.clone());
            if turned_round(objective, base) && self.own.says(objective.compare.at) {
                let message = format!(
                    "`{}` requires in `{}` the opposite of what `{}` promises",
                    objective.name, self.agreement.name, self.name
                );
                let above = format!("in `{}`", self.name);
                let finding = || {
                    Finding::new(Code::WeakerLevel, objective.compare.at, message)
                        .also(base.compare.at, above)
                };
                return self.weaker(&[&objective.name], finding, out);
            }
            return self.own_hours(objective, base, almanac, out);
        };
        // What is weaker in one thing and stronger in another is another promise.
        let stronger = found.iter().any(|it| {
            it.stronger && it.aspect != Aspect::Missing && it.aspect != Aspect::Condition
        });
        if stronger {
            if found.iter().any(|it| !it.stronger) {
                self.weakenings.weaker.insert(objective.name.clone());
            }
            return;
        }
        for difference in
            found.iter().filter(|difference| !difference.stronger && self.own.says(difference.one))
        {
            let message = said(difference.aspect.noun(), &self.agreement.name, &self.name);
            let above = format!("in `{}`", self.name);
            let finding = || {
                Finding::new(Code::WeakerLevel, difference.one, message)
                    .also(difference.other, above)
            };
            self.weaker(&[&objective.name], finding, out);
        }
    }

    /// An objective with hours of its own, that leave out time which counts above.
    fn own_hours(
        &mut self,
        objective: &'x Objective<'a>,
        base: &'x Objective<'a>,
        almanac: &mut Almanac<'x, 'a, '_>,
        out: &mut Reporter<'_>,
    ) {
        let Some(during) =
            objective.narrowed().during.as_ref().filter(|during| self.own.says(during.at))
        else {
            return;
        };
        if objective.support.is_some()
            || self.missing_hours(&during.value, base, almanac).is_none_or(|gap| gap.is_empty())
        {
            return;
        }
        let message = format!(
            "`{}` applies to fewer hours in `{}` than in `{}`",
            objective.name, self.agreement.name, self.name
        );
        let above = base.narrowed().during.as_ref().map_or(base.target.at, |during| during.at);
        self.weaker(
            &[&objective.name, HOURS],
            || Finding::new(Code::WeakerLevel, during.at, message).also(above, "above"),
            out,
        );
    }

    /// The time for which an objective holds above, and these hours do not.
    fn missing_hours(
        &self,
        hours: &Typed,
        base: &Objective<'_>,
        almanac: &mut Almanac<'x, 'a, '_>,
    ) -> Option<TimeSet> {
        let ground = self.ground?;
        let here = almanac.set(hours, ground.zone, ground.seen, 0)?;
        let service = || {
            base.service
                .and_then(|service| self.case.model.services.get(&service))
                .and_then(|service| service.hours.as_ref())
        };
        let above = base
            .narrowed()
            .during
            .as_ref()
            .or(self.base.hours.as_deref())
            .map(|from| &*from.value)
            .or_else(service);
        let there = match above {
            Some(above) => almanac.set(above, ground.zone, ground.seen, 0)?,
            None => Rc::new(TimeSet::from(ground.seen)),
        };
        Some(there.difference(&here))
    }

    /// Hours of the whole agreement.
    fn hours(&mut self, almanac: &mut Almanac<'x, 'a, '_>, out: &mut Reporter<'_>) {
        let Some(hours) = self.terms.hours.as_deref().filter(|hours| self.own.says(hours.at))
        else {
            return;
        };
        if same_option(Some(&hours.value), self.base.hours.as_deref().map(|above| &*above.value)) {
            return;
        }
        let plain = |objective: &&Arc<Objective<'a>>| {
            objective.narrowed().during.is_none() && objective.support.is_none()
        };
        let shorter = |base: &&Arc<Objective<'a>>| {
            self.missing_hours(&hours.value, base, almanac).is_none_or(|gap| !gap.is_empty())
        };
        let Some(base) = self.base.objectives.iter().filter(plain).find(shorter) else { return };
        self.weakenings.weaker.insert(HOURS.into());
        if self.missing_hours(&hours.value, base, almanac).is_none() {
            return;
        }
        let message =
            format!("`{}` applies to fewer hours than `{}`", self.agreement.name, self.name);
        let finding = || {
            Finding::new(Code::WeakerLevel, hours.at, message)
                .also(base.target.at, format!("`{}` is promised here", base.name))
        };
        self.weaker(&[HOURS], finding, out);
    }

    fn credits(
        &mut self,
        stated: &FxHashMap<&str, &'x Arc<Objective<'a>>>,
        out: &mut Reporter<'_>,
    ) {
        let (own, above) = (Named::new(self.terms), Named::new(self.base));
        for base in
            self.base.credits.iter().filter(|credit| credit.syntax.kind == CreditKind::Credit)
        {
            match own.credit_like(base) {
                Some(credit) if credit.item.id() == base.item.id() => {}
                Some(credit) => match pays_less(self.case, (&own, credit), (&above, base)) {
                    Some(less) if self.own.says(less.here) => {
                        let message = format!(
                            "at {} `{}` pays less in `{}` than in `{}`",
                            less.value, base.name, self.agreement.name, self.name
                        );
                        let above = format!("in `{}`", self.name);
                        self.weaker(
                            &[&base.name],
                            || {
                                Finding::new(Code::WeakerLevel, less.here, message)
                                    .also(less.there, above)
                            },
                            out,
                        );
                    }
                    // Two credits that were not compared in all they say.
                    Some(_) | None => drop(self.weakenings.weaker.insert(base.name.clone())),
                },
                // A credit goes with its objectives.
                None if base.objectives.iter().all(|name| !stated.contains_key(name.as_str())) => {}
                None => self.dropped(&base.name, base.item.lead, "given", out),
            }
        }
    }

    /// A fee above that of the package, without anything more for it.
    fn fees(&mut self, out: &mut Reporter<'_>) {
        if self.agreement.under.is_some() || !self.same_or_less() {
            return;
        }
        for fee in &self.terms.fees {
            let same =
                |above: &&Arc<Fee<'_>>| above.name == fee.name && above.service == fee.service;
            let Some(above) = self.base.fees.iter().find(same) else { continue };
            if fee.id != above.id && self.own.says(fee.item.span) && dearer(fee, above) {
                let name = fee.name.clone().unwrap_or_else(|| FEE.into());
                let message = format!(
                    "`{}` costs more than `{}`, but does not promise more",
                    self.agreement.name, self.name
                );
                let there = format!("in `{}`", self.name);
                self.weaker(
                    &[&name, FEE],
                    || {
                        Finding::new(Code::WeakerLevel, fee.item.span, message)
                            .also(above.item.span, there)
                    },
                    out,
                );
            }
        }
    }

    /// True if nothing here is, or may be, better for the customer than above.
    fn same_or_less(&self) -> bool {
        let above = |name: &EcoString| self.base.objectives.iter().find(|it| it.name == *name);
        let objectives = self.terms.objectives.iter().all(|objective| {
            above(&objective.name).is_some_and(|base| {
                objective.id == base.id
                    || turned_round(objective, base)
                    || differences(objective, base)
                        .is_some_and(|found| found.iter().all(|it| !it.stronger))
            })
        });
        let credits =
            self.terms.credits.iter().all(|credit| {
                self.base.credits.iter().any(|base| credit.item.id() == base.item.id())
            });
        let services = self
            .terms
            .services
            .iter()
            .all(|(service, _)| self.base.services.iter().any(|(known, _)| known == service));
        objectives && credits && services && self.terms.texts.len() == self.base.texts.len()
    }

    /// Time that is excluded and rows that are ignored on top of what is above.
    fn excused(
        &mut self,
        stated: &FxHashMap<&str, &'x Arc<Objective<'a>>>,
        out: &mut Reporter<'_>,
    ) {
        let (terms, base) = (self.terms, self.base);
        let inherited: Vec<&'x Objective<'a>> = base
            .objectives
            .iter()
            .map(|it| &**it)
            .filter(|it| stated.contains_key(it.name.as_str()))
            .collect();
        for exclude in
            terms.excludes.iter().filter(|it| !base.excludes.iter().any(|above| it.id == above.id))
        {
            let hit = inherited.iter().find(|objective| applies(exclude, objective));
            self.excuse(exclude.item.span, hit.copied(), "excludes time from", out);
        }
        for ignore in
            terms.ignores.iter().filter(|it| !base.ignores.iter().any(|above| it.id == above.id))
        {
            let named = |objective: &&&Objective<'_>| {
                ignore.only.is_empty() || ignore.only.contains(&objective.name)
            };
            let hit = inherited
                .iter()
                .filter(named)
                .find(|objective| objective.sources.contains(&ignore.source));
            self.excuse(ignore.item.span, hit.copied(), "ignores rows of", out);
        }
    }

    fn excuse(
        &mut self,
        place: Span,
        hit: Option<&'x Objective<'a>>,
        does: &str,
        out: &mut Reporter<'_>,
    ) {
        if !self.own.says(place) {
            return;
        }
        self.weakenings.weaker.insert(EXCLUSIONS.into());
        let Some(objective) = hit else { return };
        let message = format!(
            "`{}` {does} `{}`, but `{}` does not",
            self.agreement.name, objective.name, self.name
        );
        let finding = || {
            Finding::new(Code::WeakerLevel, place, message)
                .also(objective.target.at, "promised here without it")
        };
        self.weaker(&[EXCLUSIONS, &objective.name], finding, out);
    }
}

/// True if one asks for much of a measure of which the other asks for little. An agreement that
/// corrects a comparison is not meant.
fn turned_round(objective: &Objective<'_>, base: &Objective<'_>) -> bool {
    let wants = |objective: &Objective<'_>| objective.compare.value.wants_more();
    let opposite = wants(objective).zip(wants(base)).is_some_and(|(here, above)| here != above);
    opposite
        && !base.runs_backward()
        && objective.support.is_none()
        && same(&objective.measure(), &base.measure())
}

/// Reports what an agreement relaxes although nothing of it is weaker.
fn idle(
    agreement: &Agreement<'_>,
    own: &Own<'_, '_>,
    weakenings: &Weakenings,
    out: &mut Reporter<'_>,
) {
    if weakenings.unsure {
        return;
    }
    // What an amendment relaxes may be meant against the version before it.
    for (name, place) in agreement.syntax.items.iter().filter_map(relaxed) {
        if weakenings.weaker.contains(&name) || restates(own, &name) {
            continue;
        }
        let finding = Finding::new(
            Code::IdleRelax,
            place,
            format!("nothing about `{name}` is weaker here than in the parent or tier"),
        )
        .help("remove the line, so that a reason is required when it becomes weaker");
        out.report(finding);
    }
}

/// True if an agreement says something of its own that is not compared with what is above.
fn restates(own: &Own<'_, '_>, name: &str) -> bool {
    own.items.iter().any(|item| match item.statement() {
        Some(Statement::Claim(claim)) => {
            name == "claim" || claim.name.as_ref().is_some_and(|known| known.text == name)
        }
        Some(Statement::CapCredits(_)) => name == "cap",
        Some(Statement::Fee(fee)) => {
            name == "fee" || fee.name.as_ref().is_some_and(|known| known.text == name)
        }
        Some(Statement::Term(_)) => name == "term",
        Some(Statement::Support(_)) => name == "support",
        Some(Statement::Drop(Some(path))) => path.text() == name,
        _ => false,
    })
}
