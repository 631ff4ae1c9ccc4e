//! Agreements: which layers of statements stand over each other, who the parties are, and when each holds.

use std::sync::Arc;

use ecow::EcoString;
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::smallvec;

use super::checker::Checker;
use super::flatten::{Flat, Layer};
use super::model::{Agreement, From, Version, Was};
use super::packages::{Amended, Change, LONGEST_CHAIN, Package, chain_is_broken};
use crate::diag::{Code, Finding};
use crate::facts::words::{AgreementKind, PartyKind};
use crate::names::{DeclId, What, circles};
use crate::syntax::ast::{self, Amend, Item, ItemKind, Path, Side, TermLength, When};
use crate::time::Period;

impl<'a> Checker<'a, '_> {
    /// All agreements, flattened and typed.
    pub(super) fn agreements(&mut self, packages: &FxHashMap<DeclId, Package<'a>>, changes: &[Change<'a>]) -> Vec<Agreement<'a>> {
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
            if let (Some(name), true) = (&agreement.name, line_of(*id, &parents).len() >= LONGEST_CHAIN) {
                let message = format!("`{}` stands under {LONGEST_CHAIN} agreements or more", name.text);
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
        let syntax: FxHashMap<DeclId, &'a ast::Agreement> = declared.iter().map(|(id, _, it)| (*id, *it)).collect();
        let mut all = Vec::with_capacity(declared.len());
        for (id, item, agreement) in declared {
            let ancestry: Vec<DeclId> = line_of(id, &parents).into_iter().filter(|id| syntax.contains_key(id)).collect();
            let line: Vec<&'a ast::Agreement> = ancestry.iter().filter_map(|id| syntax.get(id).copied()).collect();
            let under = parents.get(&id).copied();
            let children = children.remove(&id).unwrap_or_default();
            all.extend(self.agreement(id, item, agreement, &ancestry, &line, under, children, packages, changes));
        }
        all
    }

    /// The agreement each stands under; circles are reported and cut.
    fn parents(&mut self, declared: &[(DeclId, &'a Item, &'a ast::Agreement)]) -> FxHashMap<DeclId, DeclId> {
        let mut parents = FxHashMap::default();
        for (id, _, agreement) in declared {
            if let Some(path) = &agreement.under
                && let Some(parent) = self.declared_as(path, "agreement", |what| matches!(what, What::Agreement(_)))
            {
                parents.insert(*id, parent);
            }
        }
        let ids: Vec<DeclId> = declared.iter().map(|(id, ..)| *id).collect();
        let at: FxHashMap<DeclId, usize> = ids.iter().enumerate().map(|(at, id)| (*id, at)).collect();
        let parent_of = |id: &DeclId| parents.get(id).and_then(|parent| at.get(parent)).copied();
        let edges: Vec<Vec<usize>> = ids.iter().map(|id| parent_of(id).into_iter().collect()).collect();
        for circle in circles(&edges) {
            let members: Vec<DeclId> = circle.iter().filter_map(|at| ids.get(*at).copied()).collect();
            self.report_circle(Code::CircularUnder, &members, "agreements stand under each other in a circle");
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
        // The agreement's own package first, then its parents'.
        let mut taken = Vec::new();
        for agreement in line {
            if let Some((package, tier, reference)) = self.package_of(agreement, packages) {
                taken.push((package, tier, reference));
            }
        }
        let wanted =
            line.iter().filter(|agreement| agreement.items.iter().any(|item| matches!(item.kind, ItemKind::PackageRef(_)))).count();
        let broken = |(package, tier, _): &(DeclId, Option<EcoString>, &'a ast::PackageRef)| {
            packages.get(package).is_none_or(|package| tier.as_ref().is_some_and(|tier| chain_is_broken(package, tier)))
        };
        self.incomplete = wanted != taken.len() || taken.iter().any(broken) || (syntax.under.is_some() && line.len() < 2);
        let own: Vec<Layer<'a>> = line.iter().rev().map(|agreement| Layer { items: &agreement.items }).collect();
        let base = self.flatten(&own);
        let (start, end, term) = self.term(&name, syntax, &base);
        let zone = base.zone.as_ref().and_then(|(_, zone, was)| {
            let found = self.zone(zone)?;
            Some(From { value: EcoString::from(found.name()), at: zone.span, was: was.clone().into() })
        });
        let day = start.as_ref().map(|from| from.value);
        let mut dates: Vec<(Option<ast::Date>, Option<&'a Amend>)> = vec![(None, None)];
        for change in changes {
            let mine = match &change.target {
                Amended::Agreement(target) => ancestry.contains(target),
                Amended::Package(target, _) => {
                    taken.iter().any(|(package, _, reference)| package == target && reference.follows.is_some())
                        && day.is_none_or(|day| change.from > day)
                }
            };
            if mine {
                self.inside_term(change, day, end.filter(|_| term.is_none_or(|term| term.renews.is_none())));
                dates.push((Some(change.from), Some(change.amend)));
            }
        }
        let mut versions: Vec<Version<'a>> = Vec::new();
        for (from, amend) in dates {
            let mut layers = Vec::new();
            // The agreement's own package lies above those its parents take.
            for (package, tier, reference) in taken.iter().rev() {
                let Some(package) = packages.get(package) else { continue };
                let until = if reference.follows.is_some() { from.or(day) } else { day };
                layers.extend(self.package_layers(package, tier.as_deref(), changes, until));
            }
            for (ancestor, layer) in ancestry.iter().rev().zip(&own) {
                layers.push(*layer);
                for change in changes {
                    let here = matches!(&change.target, Amended::Agreement(target) if target == ancestor);
                    if here && from.is_some_and(|from| change.from <= from) {
                        layers.push(Layer { items: &change.amend.items });
                    }
                }
            }
            let flat = self.flatten(&layers);
            let terms = self.terms(&flat);
            if children.is_empty() {
                self.fee_is_stated(&terms);
            }
            if let (Some(date), Some(amend), Some(before)) = (from, amend, versions.last()) {
                self.cut_windows(date, amend, day, before, &terms);
            }
            let amendment = amend.map(|amend| (amend, amend.boundary.map(|(boundary, _)| boundary)));
            versions.push(Version { from, amendment, terms });
        }
        versions.shrink_to_fit();
        self.incomplete = false;
        let package = taken.first().and_then(|(package, tier, reference)| {
            let path = reference.path.as_ref()?;
            Some(From { value: (*package, tier.clone()), at: path.span(), was: Was::default() })
        });
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
            package,
            start,
            end,
            term,
            zone,
            versions,
        })
    }

    /// Provider, customer, and whether any customer is meant; reports parties of the wrong kind.
    fn parties(&mut self, name: &ast::Name, agreement: &'a ast::Agreement) -> (Option<DeclId>, Option<DeclId>, bool) {
        use PartyKind::{Customer, Provider, Team};
        match agreement.kind {
            AgreementKind::Commitment => {
                let by = agreement.by.as_ref().and_then(|by| self.party(by, &[Provider, Team], "who commits itself is a provider or team"));
                (by, None, true)
            }
            AgreementKind::Requirement => {
                let of = agreement.of.as_ref().and_then(|of| self.party(of, &[Customer, Team], "who requires is a customer or team"));
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
                let provider = self.side(one.as_ref(), first, &format!("the first party of `{word}` provides"));
                let customer = self.side(two.as_ref(), second, &format!("the second party of `{word}` receives"));
                let any = matches!(two, Some(Side::Any(..)));
                if let Some(Side::Any(_, span)) = one {
                    let finding = Finding::new(Code::WrongParty, *span, format!("`{}` does not say who provides", name.text));
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
            let finding = Finding::new(Code::WrongParty, name.span, format!("`{}` is {}: {why}", name.text, decl.what.noun()))
                .also(decl.name.span, "declared here")
                .help(format!("a {} stands here", crate::base::quoted_list(words)));
            self.report(finding);
        }
        Some(id)
    }

    /// First day, day after the last, and the statement.
    fn term(
        &mut self,
        name: &ast::Name,
        agreement: &'a ast::Agreement,
        flat: &Flat<'a>,
    ) -> (Option<From<ast::Date>>, Option<ast::Date>, Option<&'a ast::Term>) {
        let Some((item, term, was)) = &flat.term else {
            let needs = matches!(agreement.kind, AgreementKind::Sla | AgreementKind::Ola | AgreementKind::Contract);
            if needs {
                let finding = Finding::new(Code::MissingTerm, name.span, format!("`{}` does not say from when it holds", name.text))
                    .help("add its term: `term from 2026-01-01 for 12 months`");
                self.report(finding);
            }
            return (None, None, None);
        };
        let Some(start) = term.from.as_ref().and_then(|when| self.first_day(when)) else { return (None, None, Some(term)) };
        let end = match &term.length {
            None => None,
            Some(TermLength::For(period)) => Period::new(period.count, period.unit).after(start, 1),
            Some(TermLength::To(when)) => self.last_day(when).map(|day| day.add_days(1)),
        };
        if let Some(end) = end
            && end <= start
        {
            let finding = Finding::new(Code::EndBeforeStart, item.span, "this term ends before it begins");
            self.report_once(finding.help("the last day after `to` belongs to the term"));
        }
        (Some(From { value: start, at: item.span, was: was.clone().into() }), end, Some(term))
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

    fn inside_term(&mut self, change: &Change<'a>, start: Option<ast::Date>, end: Option<ast::Date>) {
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

    /// An amendment that falls into a window of something it changes must say what becomes of the window.
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
        let same: FxHashSet<usize> = before.terms.objectives.iter().map(|old| Arc::as_ptr(old) as usize).collect();
        let paid: FxHashSet<usize> = before.terms.credits.iter().map(|old| Arc::as_ptr(old) as usize).collect();
        let repaid: FxHashSet<&EcoString> = after
            .credits
            .iter()
            .filter(|credit| !paid.contains(&(Arc::as_ptr(credit) as usize)))
            .flat_map(|credit| &credit.objectives)
            .collect();
        for objective in &after.objectives {
            let unchanged = same.contains(&(Arc::as_ptr(objective) as usize)) && !repaid.contains(&objective.name);
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
            .help("let it begin with a window, or say `at next window` (each objective changes with its next window) or `split windows`");
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
            let pays = credit.lines.iter().map(|line| &line.remedy).chain(&credit.pay).flat_map(|remedy| match remedy {
                super::model::Remedy::Pay(terms) => terms.iter().map(|term| &term.amount).collect(),
                super::model::Remedy::Extend(_) | super::model::Remedy::Text(_) => Vec::new(),
            });
            wanted.extend(credit.base.as_deref().into_iter().chain(caps).chain(pays));
        }
        wanted.extend(terms.caps.iter().map(|cap| &*cap.amount));
        for amount in wanted {
            let mut asks = false;
            super::uses::visit(amount, &mut |kind| asks |= matches!(kind, super::tree::Kind::Fee(_)));
            if asks {
                let finding = Finding::new(Code::NoFee, amount.span, "`fee` is asked for, but no fee is stated here")
                    .help("state one, such as `fee 900 EUR per month`, or name another base");
                self.report_once(finding);
            }
        }
    }
}

/// An agreement and those it stands under, itself first.
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
