//! Agreements: which layers of statements override each other, who the parties are, and when each
//! holds.

use ecow::EcoString;
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::smallvec;

use super::checker::Checker;
use super::flatten::{Drops, Flat, Frame, Layer, Stated};
use super::model::{Agreement, From, Origin, TermId, Version, Was};
use super::packages::{Amended, Change, LONGEST_CHAIN, Package, chain_is_broken};
use crate::diag::{Code, Finding};
use crate::lang::words::{AgreementKind, PartyKind};
use crate::names::{DeclId, What, circles};
use crate::syntax::ast::{self, Amend, Item, NodeId, Path, Side, Statement, TermLength, When};
use crate::time::Period;

/// A package that an agreement takes.
struct Taken<'a> {
    /// From when on; `None` is the start of the term.
    since: Option<ast::Date>,
    reference: &'a ast::PackageRef,
    /// The package and its tier; `None` if there is none of that name.
    package: Option<(DeclId, Option<EcoString>)>,
}

impl Taken<'_> {
    fn origin(&self) -> Option<From<Origin>> {
        let (package, tier) = self.package.clone()?;
        let follows = self.reference.follows.is_some();
        Some(From {
            value: Origin { package, tier, follows },
            at: self.reference.path.as_ref()?.span(),
            was: Was::default(),
        })
    }
}

/// The package in force on a day, of those an agreement takes one after the other; `None` is the
/// start of the term.
fn in_force<'t, 'a>(taken: &'t [Taken<'a>], day: Option<ast::Date>) -> Option<&'t Taken<'a>> {
    taken.iter().rev().find(|taken| taken.since <= day)
}

/// The term of an agreement, as far as it is known.
#[derive(Default)]
struct Term<'a> {
    start: Option<From<ast::Date>>,
    /// The day after the last.
    end: Option<ast::Date>,
    /// The statement, and what it says.
    stated: Option<(NodeId, &'a ast::Term)>,
}

impl<'a> Checker<'a, '_> {
    /// All agreements, flattened and typed.
    pub(super) fn agreements(
        &mut self,
        packages: &FxHashMap<DeclId, Package<'a>>,
        changes: &[Change<'a>],
    ) -> Vec<Agreement<'a>> {
        let declared: Vec<(DeclId, &'a Item, &'a ast::Agreement)> = self
            .project
            .decls()
            .filter_map(|(id, decl)| match decl.what {
                What::Agreement(agreement) => Some((id, decl.item, agreement)),
                _ => None,
            })
            .collect();
        let parents = self.parents(&declared);
        for (id, _, agreement) in &declared {
            if let (Some(name), true) =
                (&agreement.name, line_of(*id, &parents).len() >= LONGEST_CHAIN)
            {
                let message =
                    format!("`{}` is under {LONGEST_CHAIN} agreements or more", name.text);
                self.report(Finding::new(Code::NestedTooDeep, name.span, message));
                break;
            }
        }
        let mut children: FxHashMap<DeclId, Vec<DeclId>> = FxHashMap::default();
        for (id, ..) in &declared {
            if let Some(parent) = parents.get(id) {
                children.entry(*parent).or_default().push(*id);
            }
        }
        let syntax: FxHashMap<DeclId, &'a ast::Agreement> =
            declared.iter().map(|(id, _, it)| (*id, *it)).collect();
        let mut all = Vec::with_capacity(declared.len());
        for (id, item, agreement) in declared {
            let ancestry: Vec<DeclId> =
                line_of(id, &parents).into_iter().filter(|id| syntax.contains_key(id)).collect();
            let line: Vec<&'a ast::Agreement> =
                ancestry.iter().filter_map(|id| syntax.get(id).copied()).collect();
            let under = parents.get(&id).copied();
            let children = children.remove(&id).unwrap_or_default();
            all.extend(self.agreement(
                id, item, agreement, &ancestry, &line, under, children, packages, changes,
            ));
        }
        all
    }

    /// The parent of each agreement; circles are reported and cut.
    fn parents(
        &mut self,
        declared: &[(DeclId, &'a Item, &'a ast::Agreement)],
    ) -> FxHashMap<DeclId, DeclId> {
        let mut parents = FxHashMap::default();
        for (id, _, agreement) in declared {
            if let Some(path) = &agreement.under
                && let Some(parent) =
                    self.declared_as(path, "agreement", |what| matches!(what, What::Agreement(_)))
            {
                parents.insert(*id, parent);
            }
        }
        let ids: Vec<DeclId> = declared.iter().map(|(id, ..)| *id).collect();
        let at: FxHashMap<DeclId, usize> =
            ids.iter().enumerate().map(|(at, id)| (*id, at)).collect();
        let parent_of = |id: &DeclId| parents.get(id).and_then(|parent| at.get(parent)).copied();
        let edges: Vec<Vec<usize>> =
            ids.iter().map(|id| parent_of(id).into_iter().collect()).collect();
        for circle in circles(&edges) {
            let members: Vec<DeclId> =
                circle.iter().filter_map(|at| ids.get(*at).copied()).collect();
            self.report_circle(
                Code::CircularUnder,
                &members,
                "agreements are under each other in a circle",
            );
            for member in &members {
                parents.remove(member);
            }
        }
        parents
    }

    #[expect(clippy::too_many_arguments, reason = "each is one thing known of the agreement")]
    fn agreement(
        &mut self,
        id: DeclId,
        item: &'a Item,
        syntax: &'a ast::Agreement,
        ancestry: &[DeclId],
        line: &[&'a ast::Agreement],
        under: Option<DeclId>,
        children: Vec<DeclId>,
        packages: &FxHashMap<DeclId, Package<'a>>,
        changes: &[Change<'a>],
    ) -> Option<Agreement<'a>> {
        let name = syntax.name.clone()?;
        let (provider, customer, any_customer) = self.parties(&name, syntax);
        let taken: Vec<Vec<Taken<'a>>> = ancestry
            .iter()
            .zip(line)
            .map(|(ancestor, agreement)| self.packages_of(*ancestor, agreement, packages, changes))
            .collect();
        let broken = |taken: &Taken<'a>| {
            let Some((package, tier)) = &taken.package else { return true };
            packages.get(package).is_none_or(|package| {
                tier.as_ref().is_some_and(|tier| chain_is_broken(package, tier))
            })
        };
        self.incomplete =
            taken.iter().flatten().any(broken) || (syntax.under.is_some() && line.len() < 2);
        // The term says as of when packages are taken, so it is read from packages as they are
        // declared: amendments of packages state none.
        let mut declared = Vec::new();
        for taken in taken.iter().rev().filter_map(|taken| in_force(taken, None)) {
            if let Some(package) =
                taken.package.as_ref().and_then(|(package, _)| packages.get(package))
            {
                let tier = taken.package.as_ref().and_then(|(_, tier)| tier.as_deref());
                declared.extend(self.package_layers(package, tier, &[], None));
            }
        }
        declared.extend(line.iter().rev().map(|agreement| Layer { items: &agreement.items }));
        let frame = Frame::of(&declared);
        let mut term = self.term(&name, syntax, frame.term.as_ref());
        let zone = frame.zone.as_ref().and_then(|(_, zone, was)| {
            let found = self.zone(zone)?;
            Some(From {
                value: EcoString::from(found.name()),
                at: zone.span,
                was: was.clone().into(),
            })
        });
        let day = term.start.as_ref().map(|from| from.value);
        let mut versions: Vec<Version<'a>> = Vec::new();
        let mut drops = Drops::default();
        let follows = |change: &Change<'a>, target: &DeclId| {
            day.is_none_or(|day| change.from > day)
                && taken.iter().filter_map(|taken| in_force(taken, Some(change.from))).any(
                    |taken| {
                        taken.reference.follows.is_some()
                            && taken.package.as_ref().is_some_and(|(package, _)| package == target)
                    },
                )
        };
        let amended = changes.iter().filter(|change| match &change.target {
            Amended::Agreement(target) => ancestry.contains(target),
            Amended::Package(target, _) => follows(change, target),
        });
        for change in std::iter::once(None).chain(amended.map(Some)) {
            let from = change.map(|change| change.from);
            if let Some(change) = change {
                self.inside_term(
                    change,
                    day,
                    term.end.filter(|_| term.stated.is_none_or(|(_, term)| term.renews.is_none())),
                );
            }
            let mut layers = Vec::new();
            // The agreement's own package lies above those its parents take.
            for taken in taken.iter().rev().filter_map(|taken| in_force(taken, from)) {
                let Some((package, tier)) = &taken.package else { continue };
                let Some(package) = packages.get(package) else { continue };
                let until = if taken.reference.follows.is_some() { from } else { taken.since };
                layers.extend(self.package_layers(
                    package,
                    tier.as_deref(),
                    changes,
                    until.or(day),
                ));
            }
            for (ancestor, agreement) in ancestry.iter().zip(line).rev() {
                layers.push(Layer { items: &agreement.items });
                for change in changes {
                    let here =
                        matches!(&change.target, Amended::Agreement(target) if target == ancestor);
                    if here && from.is_some_and(|from| change.from <= from) {
                        layers.push(Layer { items: &change.amend.items });
                    }
                }
            }
            let flat = self.flatten(&layers);
            drops.take(&flat);
            if let Some(change) = change {
                self.amended_term(&name, change, &flat, &mut term);
                self.same_zone(&name, change, &flat, zone.as_ref());
            }
            let terms = self.terms(&flat);
            if children.is_empty() {
                self.fee_is_stated(&terms);
            }
            if let (Some(change), Some(before)) = (change, versions.last()) {
                self.cut_windows(change.from, change.amend, day, before, &terms);
            }
            let amendment = change
                .map(|change| (change.amend, change.amend.boundary.map(|(boundary, _)| boundary)));
            let package =
                taken.iter().find_map(|taken| in_force(taken, from)).and_then(Taken::origin);
            versions.push(Version { from, amendment, package, terms });
        }
        versions.shrink_to_fit();
        self.idle_drops(drops);
        self.incomplete = false;
        let Term { start, end, stated } = term;
        let term = stated.map(|(_, term)| term);
        let name = name.text.clone();
        Some(Agreement {
            id,
            name,
            kind: syntax.kind,
            syntax,
            item,
            provider,
            customer,
            any_customer,
            under,
            children,
            start,
            end,
            term,
            zone,
            versions,
        })
    }

    /// Provider, customer, and whether any customer is meant; reports parties of the wrong kind.
    fn parties(
        &mut self,
        name: &ast::Name,
        agreement: &'a ast::Agreement,
    ) -> (Option<DeclId>, Option<DeclId>, bool) {
        use PartyKind::{Customer, Provider, Team};
        match agreement.kind {
            AgreementKind::Commitment => {
                let by = agreement.by.as_ref().and_then(|by| {
                    self.party(by, &[Provider, Team], "a commitment is made by a provider or team")
                });
                (by, None, true)
            }
            AgreementKind::Requirement => {
                let of = agreement.of.as_ref().and_then(|of| {
                    self.party(of, &[Customer, Team], "a requirement is made by a customer or team")
                });
                (None, of, false)
            }
            AgreementKind::Sla | AgreementKind::Ola | AgreementKind::Contract => {
                let (first, second): (&[PartyKind], &[PartyKind]) = match agreement.kind {
                    AgreementKind::Ola => (&[Team], &[Team]),
                    AgreementKind::Contract => (&[Provider], &[Provider, Team]),
                    _ => (&[Provider, Team], &[Customer, Team, Provider]),
                };
                let Some((one, two)) = &agreement.between else { return (None, None, false) };
                let word = agreement.kind.word();
                let provider = self.side(
                    one.as_ref(),
                    first,
                    &format!("the first party of `{word}` is the one that provides"),
                );
                let customer = self.side(
                    two.as_ref(),
                    second,
                    &format!("the second party of `{word}` is the one that receives"),
                );
                let any = matches!(two, Some(Side::Any(..)));
                if let Some(Side::Any(span)) = one {
                    let finding = Finding::new(
                        Code::WrongParty,
                        *span,
                        format!("`{}` does not say who provides", name.text),
                    );
                    self.report(finding.help("only the receiving side may be `any customer`"));
                }
                (provider, customer, any)
            }
        }
    }

    fn side(&mut self, side: Option<&'a Side>, kinds: &[PartyKind], why: &str) -> Option<DeclId> {
        match side? {
            Side::Named(name) => self.party(name, kinds, why),
            Side::Any(..) => None,
        }
    }

    fn party(&mut self, name: &ast::Name, kinds: &[PartyKind], why: &str) -> Option<DeclId> {
        let path = Path { parts: smallvec![name.clone()] };
        let id = self.declared_as(&path, "party", |what| matches!(what, What::Party(_)))?;
        let decl = *self.project.get(id)?;
        let What::Party(party) = decl.what else { return None };
        if !kinds.contains(&party.kind) {
            let words: Vec<&str> = kinds.iter().map(|kind| kind.word()).collect();
            let finding = Finding::new(
                Code::WrongParty,
                name.span,
                format!("`{}` is {}: {why}", name.text, decl.what.noun()),
            )
            .also(decl.name.span, "declared here")
            .help(format!("write the name of a {} here", crate::base::quoted_list(words)));
            self.report(finding);
        }
        Some(id)
    }

    /// The term as stated; reports one that is missing.
    fn term(
        &mut self,
        name: &ast::Name,
        agreement: &'a ast::Agreement,
        stated: Option<&Stated<'a, ast::Term>>,
    ) -> Term<'a> {
        let Some(stated) = stated else {
            let needs = matches!(
                agreement.kind,
                AgreementKind::Sla | AgreementKind::Ola | AgreementKind::Contract
            );
            if needs {
                let finding = Finding::new(
                    Code::MissingTerm,
                    name.span,
                    format!("`{}` does not say when it begins", name.text),
                )
                .help("add its term: `term from 2026-01-01 for 12 months`");
                self.report(finding);
            }
            return Term::default();
        };
        self.stated_term(stated)
    }

    fn stated_term(&mut self, (item, term, was): &Stated<'a, ast::Term>) -> Term<'a> {
        let Some(start) = term.from.as_ref().and_then(|when| self.first_day(when)) else {
            return Term { stated: Some((item.id(), term)), ..Term::default() };
        };
        let end = match &term.length {
            None => None,
            Some(TermLength::For(period)) => Period::new(period.count, period.unit).after(start, 1),
            Some(TermLength::To(when)) => self.last_day(when).map(|day| day.add_days(1)),
        };
        if let Some(end) = end
            && end <= start
        {
            let finding =
                Finding::new(Code::EndBeforeStart, item.span, "this term ends before it begins");
            self.report_once(finding.help("the last day after `to` belongs to the term"));
        }
        Term {
            start: Some(From { value: start, at: item.span, was: was.clone().into() }),
            end,
            stated: Some((item.id(), term)),
        }
    }

    /// An amendment may move the end of the term, but neither its start nor its end to a day before
    /// the amendment.
    fn amended_term(
        &mut self,
        name: &ast::Name,
        change: &Change<'a>,
        flat: &Flat<'a>,
        term: &mut Term<'a>,
    ) {
        let Some(stated) = &flat.term else { return };
        if term.stated.is_some_and(|(known, _)| known == stated.0.id()) {
            return;
        }
        let place = stated.0.span;
        let amended = self.stated_term(stated);
        if let (Some(before), Some(after)) = (&term.start, &amended.start)
            && before.value != after.value
        {
            let message = format!(
                "the term of `{}` begins on {}, and this one on {}",
                name.text, before.value, after.value
            );
            let finding = Finding::new(Code::AmendmentOutsideTerm, place, message)
                .also(before.at, "the term that is amended");
            self.report_once(finding.help(format!(
                "an amendment can move the end of a term, not its start: write `from {}`",
                before.value
            )));
            return;
        }
        if amended.end.is_some_and(|end| end <= change.from) {
            let message =
                format!("this term of `{}` has ended before the amendment takes effect", name.text);
            self.report_once(Finding::new(Code::AmendmentOutsideTerm, place, message));
        }
        *term = amended;
    }

    /// Windows are cut by the midnights of one zone, so an amendment that takes another package
    /// must not bring another zone.
    fn same_zone(
        &mut self,
        name: &ast::Name,
        change: &Change<'a>,
        flat: &Flat<'a>,
        zone: Option<&From<EcoString>>,
    ) {
        let found =
            flat.zone.as_ref().and_then(|(_, zone, _)| crate::time::Zone::find(&zone.value));
        let after = found.map_or("UTC", |zone| zone.name());
        let before = zone.map_or("UTC", |zone| zone.value.as_str());
        let reference = change.amend.items.iter().find_map(|item| match item.statement() {
            Some(Statement::PackageRef(_)) => Some(item.span),
            _ => None,
        });
        if let (true, Some(place)) = (before != after, reference) {
            let message = format!(
                "with this package the zone of `{}` changes from `{before}` to `{after}`",
                name.text
            );
            let finding = Finding::new(Code::WrongPlace, place, message);
            self.report_once(
                finding.help(format!("an agreement has one zone for its whole term: write `zone \"{before}\"` in the agreement")),
            );
        }
    }

    /// The packages that an agreement takes, its own first, then those of its amendments, in order
    /// of time.
    fn packages_of(
        &mut self,
        id: DeclId,
        agreement: &'a ast::Agreement,
        packages: &FxHashMap<DeclId, Package<'a>>,
        changes: &[Change<'a>],
    ) -> Vec<Taken<'a>> {
        let amended = changes
            .iter()
            .filter(|change| matches!(&change.target, Amended::Agreement(target) if *target == id));
        let blocks = std::iter::once((None, agreement.items.as_slice()))
            .chain(amended.map(|change| (Some(change.from), change.amend.items.as_slice())));
        let mut taken = Vec::new();
        for (since, items) in blocks {
            let reference = items.iter().rev().find_map(|item| match item.statement() {
                Some(Statement::PackageRef(reference)) => Some(reference),
                _ => None,
            });
            if let Some(reference) = reference {
                taken.push(Taken {
                    since,
                    reference,
                    package: self.package_of(reference, packages),
                });
            }
        }
        taken
    }

    /// The last day of what was written after `to`.
    fn last_day(&mut self, when: &When) -> Option<ast::Date> {
        let first = self.first_day(when)?;
        let next = match when {
            When::Date(..) | When::Time(..) => return Some(first),
            When::Month(..) => first.add_months(1),
            When::Quarter(..) => first.add_months(3),
            When::Year(..) => first.add_months(12),
        };
        Some(next.add_days(-1))
    }

    fn inside_term(
        &mut self,
        change: &Change<'a>,
        start: Option<ast::Date>,
        end: Option<ast::Date>,
    ) {
        let Some(when) = &change.amend.from else { return };
        let early = start.is_some_and(|start| change.from < start);
        let late = end.is_some_and(|end| change.from >= end);
        if early || late {
            let word = if early { "before the term begins" } else { "after the term has ended" };
            let target = change.amend.target.as_ref().map(Path::text).unwrap_or_default();
            self.report_once(Finding::new(
                Code::AmendmentOutsideTerm,
                when.span(),
                format!("this amendment of `{target}` takes effect {word}"),
            ));
        }
    }

    /// An amendment that falls into a window of something it changes must say what becomes of the
    /// window.
    fn cut_windows(
        &mut self,
        date: ast::Date,
        amend: &'a Amend,
        start: Option<ast::Date>,
        before: &Version<'a>,
        after: &super::model::Terms<'a>,
    ) {
        if amend.boundary.is_some() {
            return;
        }
        let same: FxHashSet<TermId> = before.terms.objectives.iter().map(|old| old.id).collect();
        let paid: FxHashSet<TermId> = before.terms.credits.iter().map(|old| old.id).collect();
        let repaid: FxHashSet<&EcoString> = after
            .credits
            .iter()
            .filter(|credit| !paid.contains(&credit.id))
            .flat_map(|credit| &credit.objectives)
            .collect();
        for objective in &after.objectives {
            let unchanged = same.contains(&objective.id) && !repaid.contains(&objective.name);
            if unchanged || super::windows::begins(&objective.window.value.kind, date, start) {
                continue;
            }
            let Some(when) = &amend.from else { return };
            let finding = Finding::new(
                Code::AmendmentCutsWindow,
                when.span(),
                format!("this amendment falls into a window of `{}`", objective.name),
            )
            .also(objective.window.at, "its windows do not begin on that day")
            .help("begin it with a window, or write `at next window` (each objective changes with its next window) or `split windows`");
            self.report_once(finding);
            return;
        }
    }

    /// Credits that speak of `fee` need one.
    fn fee_is_stated(&mut self, terms: &super::model::Terms<'a>) {
        if !terms.fees.is_empty() {
            return;
        }
        let mut wanted = Vec::new();
        for credit in &terms.credits {
            let caps = credit.caps.iter().map(|cap| &*cap.amount);
            let pays = credit.lines.iter().map(|line| &line.remedy).chain(&credit.pay).flat_map(
                |remedy| match remedy {
                    super::model::Remedy::Pay(terms) => {
                        terms.iter().map(|term| &term.amount).collect()
                    }
                    super::model::Remedy::Extend(_) | super::model::Remedy::Text(_) => Vec::new(),
                },
            );
            wanted.extend(credit.base.as_deref().into_iter().chain(caps).chain(pays));
        }
        wanted.extend(terms.caps.iter().map(|cap| &*cap.amount));
        for amount in wanted {
            let mut asks = false;
            super::uses::visit(amount, &mut |kind| {
                asks |= matches!(kind, super::tree::Kind::Fee(_))
            });
            if asks {
                let finding = Finding::new(
                    Code::NoFee,
                    amount.span,
                    "`fee` is used, but no fee is stated here",
                )
                .help("state one, such as `fee 900 EUR per month`, or name another base");
                self.report_once(finding);
            }
        }
    }
}

/// An agreement and its parents, itself first.
fn line_of(id: DeclId, parents: &FxHashMap<DeclId, DeclId>) -> Vec<DeclId> {
    let mut line = vec![id];
    let mut at = id;
    while let Some(parent) = parents.get(&at)
        && line.len() < LONGEST_CHAIN
    {
        line.push(*parent);
        at = *parent;
    }
    line
}
