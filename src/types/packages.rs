//! Packages and their tiers, and what amends them: which layers of statements an agreement takes
//! from them.

use ecow::EcoString;
use rustc_hash::FxHashMap;
use smallvec::smallvec;

use super::checker::Checker;
use super::flatten::{Drops, Layer};
use super::model::{Terms, TierTerms};
use crate::base::Span;
use crate::diag::{Code, Finding};
use crate::names::{DeclId, What, circles};
use crate::syntax::ast::{self, Amend, Block, Declaration, Item, Path, Statement, Tier};

/// The tiers of a package and the amendments of it, looked at once.
pub(super) struct Package<'a> {
    pub id: DeclId,
    pub block: &'a Block,
    pub tiers: Vec<(&'a Item, &'a Tier)>,
    /// Positions of tiers by name.
    pub by_name: FxHashMap<&'a str, usize>,
}

impl<'a> Package<'a> {
    fn tier(&self, name: &str) -> Option<&'a Tier> {
        self.tiers.get(*self.by_name.get(name)?).map(|(_, tier)| *tier)
    }
}

/// Longest chain of tiers that extend each other, and of agreements under each other.
pub(super) const LONGEST_CHAIN: usize = 64;

/// Where an amendment takes hold.
pub(super) enum Amended {
    /// In an agreement or commitment.
    Agreement(DeclId),
    /// In a package, or one of its tiers.
    Package(DeclId, Option<EcoString>),
}

/// An amendment whose target and date are known.
pub(super) struct Change<'a> {
    pub target: Amended,
    pub from: ast::Date,
    pub amend: &'a Amend,
}

impl<'a> Checker<'a, '_> {
    /// Packages by id, with their tiers; reports tiers declared twice and circles of `extends`.
    pub(super) fn packages(&mut self) -> FxHashMap<DeclId, Package<'a>> {
        let declared: Vec<(DeclId, &'a Block)> = self
            .project
            .decls()
            .filter_map(|(id, decl)| match decl.what {
                What::Package(block) => Some((id, block)),
                _ => None,
            })
            .collect();
        let mut packages = FxHashMap::default();
        for (id, block) in declared {
            let mut tiers: Vec<(&'a Item, &'a Tier)> = Vec::new();
            let mut by_name: FxHashMap<&'a str, usize> = FxHashMap::default();
            for item in &block.items {
                let Some(Declaration::Tier(tier)) = item.declaration() else { continue };
                let Some(name) = &tier.name else { continue };
                let same = by_name
                    .get(name.text.as_str())
                    .and_then(|at: &usize| tiers.get(*at))
                    .and_then(|(_, known)| known.name.as_ref());
                if let Some(first) = same {
                    let finding = Finding::new(
                        Code::DuplicateName,
                        name.span,
                        format!("the tier `{}` is declared twice", name.text),
                    );
                    self.report(finding.also(first.span, "first declared here"));
                    continue;
                }
                by_name.insert(name.text.as_str(), tiers.len());
                tiers.push((item, tier));
            }
            self.circular_tiers(&tiers, &by_name);
            let package = Package { id, block, tiers, by_name };
            self.long_chains(&package);
            packages.insert(id, package);
        }
        packages
    }

    /// Tiers that extend so many others that flattening them all would take long.
    fn long_chains(&mut self, package: &Package<'a>) {
        let longest = package.tiers.iter().find(|(_, tier)| {
            let name = tier.name.as_ref().map(|name| name.text.as_str());
            package.tiers.len() > LONGEST_CHAIN && chain_of(package, name).len() >= LONGEST_CHAIN
        });
        if let Some((_, Tier { name: Some(name), .. })) = longest {
            let message =
                format!("`{}` extends a chain of {LONGEST_CHAIN} tiers or more", name.text);
            self.report(Finding::new(Code::NestedTooDeep, name.span, message));
        }
    }

    fn circular_tiers(
        &mut self,
        tiers: &[(&'a Item, &'a Tier)],
        by_name: &FxHashMap<&'a str, usize>,
    ) {
        let mut edges = Vec::new();
        for (_, tier) in tiers {
            let mut base = None;
            if let Some(path) = &tier.extends {
                base = path.parts.last().and_then(|name| by_name.get(name.text.as_str()).copied());
                match base.and_then(|base| tiers.get(base)) {
                    Some((_, found)) => {
                        if let Some(name) = &found.name {
                            self.refer(path.span(), name.span);
                        }
                    }
                    None => {
                        let names: Vec<EcoString> = tiers
                            .iter()
                            .filter_map(|(_, tier)| tier.name.as_ref())
                            .map(|name| name.text.clone())
                            .collect();
                        let text = path.text();
                        self.unknown(
                            Code::UnknownName,
                            &text,
                            path.span(),
                            format!("this package has no tier `{text}`"),
                            &names,
                        );
                    }
                }
            }
            edges.push(base.into_iter().collect());
        }
        for circle in circles(&edges) {
            let names: Vec<&ast::Name> =
                circle.iter().filter_map(|at| tiers.get(*at)?.1.name.as_ref()).collect();
            let Some(first) = names.first() else { continue };
            let path: Vec<String> =
                names.iter().chain([first]).map(|name| format!("`{}`", name.text)).collect();
            let mut finding = Finding::new(
                Code::CircularExtends,
                first.span,
                format!("tiers extend each other in a circle: {}", path.join(" → ")),
            );
            for other in names.iter().skip(1) {
                finding = finding.also(other.span, "part of the circle");
            }
            self.report(finding);
        }
    }

    /// Layers of a package at a tier: the package, then the chain of tiers from its root;
    /// amendments up to a date on top of what they change.
    pub(super) fn package_layers(
        &self,
        package: &Package<'a>,
        tier: Option<&str>,
        changes: &[Change<'a>],
        until: Option<ast::Date>,
    ) -> Vec<Layer<'a>> {
        let amended = |layers: &mut Vec<Layer<'a>>, name: Option<&str>| {
            for change in changes {
                let hit = matches!(&change.target, Amended::Package(id, tier) if *id == package.id && tier.as_deref() == name);
                if hit && until.is_none_or(|until| change.from <= until) {
                    layers.push(Layer { items: &change.amend.items });
                }
            }
        };
        let mut layers = vec![Layer { items: &package.block.items }];
        amended(&mut layers, None);
        for (tier, items) in chain_of(package, tier) {
            layers.push(Layer { items });
            amended(&mut layers, Some(tier));
        }
        layers
    }

    /// Every tier of every package, typed by itself, so that faults in tiers nobody takes are found
    /// as well.
    pub(super) fn tier_terms(
        &mut self,
        packages: &FxHashMap<DeclId, Package<'a>>,
    ) -> Vec<TierTerms<'a>> {
        let mut ids: Vec<&DeclId> = packages.keys().collect();
        ids.sort_unstable();
        let mut all = Vec::new();
        for id in ids {
            let Some(package) = packages.get(id) else { continue };
            if package.tiers.is_empty() {
                let terms = self.terms_alone(&self.package_layers(package, None, &[], None));
                all.push(TierTerms { package: *id, tier: None, extends: None, terms });
            }
            for (_, tier) in &package.tiers {
                let Some(name) = &tier.name else { continue };
                self.incomplete = chain_is_broken(package, &name.text);
                let terms =
                    self.terms_alone(&self.package_layers(package, Some(&name.text), &[], None));
                self.incomplete = false;
                let extends = tier
                    .extends
                    .as_ref()
                    .and_then(|path| path.parts.last())
                    .map(|name| name.text.clone());
                all.push(TierTerms { package: *id, tier: Some(tier), extends, terms });
            }
        }
        all.shrink_to_fit();
        all
    }

    fn terms_alone(&mut self, layers: &[Layer<'a>]) -> Terms<'a> {
        let flat = self.flatten(layers);
        let mut drops = Drops::default();
        drops.take(&flat);
        let terms = self.terms(&flat);
        self.idle_drops(drops);
        terms
    }

    /// Amendments with what they change, in order of date.
    pub(super) fn changes(&mut self, packages: &FxHashMap<DeclId, Package<'a>>) -> Vec<Change<'a>> {
        let inputs: Vec<_> = self.project.inputs().to_vec();
        let mut changes = Vec::new();
        for item in inputs.iter().flat_map(|input| &input.tree.items) {
            let Some(Declaration::Amend(amend)) = item.declaration() else { continue };
            let Some(path) = &amend.target else { continue };
            let Some(target) = self.amended(path, packages) else { continue };
            let Some(from) = amend.from.as_ref().and_then(|when| self.first_day(when)) else {
                continue;
            };
            if let Amended::Package(..) = &target {
                self.amends_package(path, amend);
            }
            changes.push(Change { target, from, amend });
        }
        changes.sort_by_key(|change| change.from);
        changes
    }

    /// What only an agreement can state, and what says as of when an agreement takes its package,
    /// does not change with the package.
    fn amends_package(&mut self, target: &'a Path, amend: &'a Amend) {
        for item in &amend.items {
            let (word, help) = match item.statement() {
                Some(Statement::Term(_)) => (
                    "term",
                    "amend the term of the agreements themselves: `amend AGREEMENT from … { term … }`",
                ),
                Some(Statement::PackageRef(_)) => {
                    ("package", "write it in an agreement, or in an amendment of an agreement")
                }
                Some(Statement::Satisfies(_)) => {
                    ("satisfies", "write it in the agreement, or in an amendment of the agreement")
                }
                Some(Statement::Waive(_)) => {
                    ("waive", "write it in the agreement, or in an amendment of the agreement")
                }
                _ => continue,
            };
            let message = format!(
                "`{word}` is not allowed in an amendment of the package `{}`",
                target.text()
            );
            self.report_once(Finding::new(Code::WrongPlace, item.lead, message).help(help));
        }
    }

    fn amended(
        &mut self,
        path: &'a Path,
        packages: &FxHashMap<DeclId, Package<'a>>,
    ) -> Option<Amended> {
        let head = path.parts.first()?;
        let short = Path { parts: smallvec![head.clone()] };
        let id = self.declared_as(&short, "agreement or package", |what| {
            matches!(what, What::Agreement(_) | What::Package(_))
        })?;
        let Some(package) = packages.get(&id) else { return Some(Amended::Agreement(id)) };
        match path.parts.get(1) {
            None => Some(Amended::Package(id, None)),
            Some(tier) => self.tier_of(package, tier).map(|tier| Amended::Package(id, Some(tier))),
        }
    }

    fn tier_of(&mut self, package: &Package<'a>, wanted: &ast::Name) -> Option<EcoString> {
        let names: Vec<(EcoString, Span)> = package
            .tiers
            .iter()
            .filter_map(|(_, tier)| tier.name.as_ref())
            .map(|name| (name.text.clone(), name.span))
            .collect();
        match names.iter().find(|(name, _)| *name == wanted.text) {
            Some((name, place)) => {
                self.refer(wanted.span, *place);
                Some(name.clone())
            }
            None => {
                let called = self.project.name(package.id);
                let names: Vec<EcoString> = names.into_iter().map(|(name, _)| name).collect();
                self.unknown(
                    Code::UnknownName,
                    &wanted.text,
                    wanted.span,
                    format!("`{called}` has no tier `{}`", wanted.text),
                    &names,
                );
                None
            }
        }
    }

    /// The package and tier that a statement names.
    pub(super) fn package_of(
        &mut self,
        reference: &'a ast::PackageRef,
        packages: &FxHashMap<DeclId, Package<'a>>,
    ) -> Option<(DeclId, Option<EcoString>)> {
        let path = reference.path.as_ref()?;
        let head = path.parts.first()?;
        let short = Path { parts: smallvec![head.clone()] };
        let id = self.declared_as(&short, "package", |what| matches!(what, What::Package(_)))?;
        let package = packages.get(&id)?;
        let tier = match path.parts.get(1) {
            Some(tier) => Some(self.tier_of(package, tier)?),
            None if package.tiers.is_empty() => None,
            None => {
                let names: Vec<String> = package
                    .tiers
                    .iter()
                    .filter_map(|(_, tier)| tier.name.as_ref())
                    .map(|name| format!("{}.{}", head.text, name.text))
                    .collect();
                let finding = Finding::new(
                    Code::MissingPart,
                    path.span(),
                    format!("`{}` has tiers, but none is chosen", head.text),
                )
                .help(format!(
                    "write {}",
                    crate::base::quoted_list(names.iter().map(String::as_str))
                ));
                self.report_once(finding);
                return None;
            }
        };
        Some((id, tier))
    }
}

/// True if some tier of the chain extends one that does not exist.
pub(super) fn chain_is_broken(package: &Package<'_>, tier: &str) -> bool {
    let mut next = package.tier(tier);
    for _ in 0..LONGEST_CHAIN {
        let Some(path) = next.and_then(|tier| tier.extends.as_ref()) else { return false };
        match path.parts.last().and_then(|name| package.tier(&name.text)) {
            Some(base) => next = Some(base),
            None => return true,
        }
    }
    false
}

/// The chain of tiers from its root to `tier`, each with its statements.
fn chain_of<'p, 'a>(package: &'p Package<'a>, tier: Option<&str>) -> Vec<(&'a str, &'a [Item])> {
    let mut chain: Vec<(&'a str, &'a [Item])> = Vec::new();
    let mut next = tier.map(str::to_string);
    while let Some(name) = next {
        let Some(tier) = package.tier(&name) else { break };
        let Some(known) = &tier.name else { break };
        if chain.len() >= LONGEST_CHAIN || chain.iter().any(|(seen, _)| *seen == known.text) {
            break;
        }
        chain.push((known.text.as_str(), &tier.items));
        next = tier
            .extends
            .as_ref()
            .and_then(|path| path.parts.last())
            .map(|name| name.text.to_string());
    }
    chain.reverse();
    chain
}
