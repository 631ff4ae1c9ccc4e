//! Tiers that extend another: what they promise more, and what they should not promise less.
//!
//! In: the tiers of every package, each flattened by itself. Out: findings about a tier and the one
//! it extends. What cannot be compared is taken to be a matter of taste.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::ladders::{Named, pays_less};
use super::strength::{Aspect, differences};
use super::{Case, Reporter};
use crate::base::Span;
use crate::diag::{Code, Finding, Sink};
use crate::names::DeclId;
use crate::syntax::ast::{Name, Rhythm, Statement};
use crate::types::constant;
use crate::types::model::{Fee, From, Objective, TermId, Terms, TierTerms};

/// Checks every tier against the one it extends.
pub fn check(case: &Case<'_, '_, '_>, sink: &mut Sink) {
    if !case.sound {
        return;
    }
    let mut out = Reporter::new(sink);
    let mut by_name: FxHashMap<(DeclId, &str), &TierTerms<'_>> = FxHashMap::default();
    for tier in &case.model.tiers {
        if let Some(name) = name_of(tier) {
            by_name.insert((tier.package, name.text.as_str()), tier);
        }
    }
    for tier in &case.model.tiers {
        let base = tier
            .extends
            .as_ref()
            .and_then(|base| by_name.get(&(tier.package, base.as_str())).copied());
        if let (Some(base), Some(name)) = (base, name_of(tier))
            && let Some(base_name) = name_of(base)
        {
            Pair { case, name, base_name, terms: &tier.terms, base: &base.terms }.check(&mut out);
        }
    }
}

fn name_of<'a>(tier: &TierTerms<'a>) -> Option<&'a Name> {
    tier.tier.and_then(|tier| tier.name.as_ref())
}

/// A tier and the one it extends.
struct Pair<'x, 'a, 'p> {
    case: &'x Case<'x, 'a, 'p>,
    name: &'a Name,
    base_name: &'a Name,
    terms: &'x Terms<'a>,
    base: &'x Terms<'a>,
}

impl Pair<'_, '_, '_> {
    fn check(&self, out: &mut Reporter<'_>) {
        self.objectives(out);
        self.credits(out);
        self.exclusions(out);
        if self.equal_but_fees() {
            self.fees(out);
        }
    }

    fn relaxed(&self, name: &str) -> bool {
        let target = |item: &&crate::syntax::ast::Item| match item.statement() {
            Some(Statement::Relax(relax)) => {
                relax.target.as_ref().is_some_and(|path| path.text() == name)
            }
            _ => false,
        };
        self.terms.relaxations.iter().any(target)
    }

    fn objectives(&self, out: &mut Reporter<'_>) {
        let own: FxHashMap<&str, &Arc<Objective<'_>>> =
            self.terms.objectives.iter().map(|it| (it.name.as_str(), it)).collect();
        for base in &self.base.objectives {
            match own.get(base.name.as_str()) {
                Some(same) if same.id == base.id => {}
                _ if self.relaxed(&base.name) => {}
                Some(objective) => self.weaker(objective, base, out),
                None if self.terms.states(&base.name) => {}
                None => {
                    let finding = Finding::new(
                        Code::WeakerTier,
                        self.name.span,
                        format!("`{}` lacks `{}`, which `{}` promises", self.name.text, base.name, self.base_name.text),
                    )
                    .also(base.item.lead, "promised here")
                    .help(format!("a tier that extends another one should be better; if this is intended, write `relax {} because \"…\"`", base.name));
                    out.report(finding);
                }
            }
        }
    }

    fn weaker(&self, objective: &Objective<'_>, base: &Objective<'_>, out: &mut Reporter<'_>) {
        let Some(found) = differences(objective, base) else { return };
        // What is weaker in one thing and stronger in another is another promise, unless their
        // bounds distinguish the two.
        for difference in found.iter().filter(|difference| !difference.stronger) {
            if found.iter().any(|other| {
                other.stronger
                    && other.aspect != Aspect::Missing
                    && other.aspect != Aspect::Condition
            }) {
                continue;
            }
            let (tier, base_tier) = (&self.name.text, &self.base_name.text);
            let message = format!(
                "`{}` is weaker in `{tier}` than in `{base_tier}`, which it extends",
                objective.name
            );
            let finding = Finding::new(Code::WeakerTier, difference.one, message)
                .here(format!("the weaker {}", difference.aspect.noun()))
                .also(difference.other, format!("in `{base_tier}`"))
                .help(format!(
                    "correct it, or, if it is intended, write `relax {} because \"…\"`",
                    objective.name
                ));
            out.report(finding);
        }
    }

    fn credits(&self, out: &mut Reporter<'_>) {
        let (own, above) = (Named::new(self.terms), Named::new(self.base));
        for base in &self.base.credits {
            if self.relaxed(&base.name) {
                continue;
            }
            match own.credit_like(base) {
                Some(credit) if credit.item.id() == base.item.id() => {}
                Some(credit) => {
                    if let Some(less) = pays_less(self.case, (&own, credit), (&above, base)) {
                        let message = format!(
                            "at {} `{}` pays less in `{}` than in `{}`",
                            less.value, base.name, self.name.text, self.base_name.text
                        );
                        let finding = Finding::new(Code::WeakerTier, less.here, message)
                            .here("pays less")
                            .also(less.there, format!("in `{}`", self.base_name.text))
                            .help(format!(
                                "correct it, or, if it is intended, write `relax {} because \"…\"`",
                                base.name
                            ));
                        out.report(finding);
                    }
                }
                None if self.terms.states(&base.name) => {}
                None => {
                    let message = format!(
                        "`{}` lacks the credit `{}`, which `{}` gives",
                        self.name.text, base.name, self.base_name.text
                    );
                    let finding = Finding::new(Code::WeakerTier, self.name.span, message)
                        .also(base.item.lead, "given here")
                        .help(format!(
                            "if it is intended, write `relax {} because \"…\"`",
                            base.name
                        ));
                    out.report(finding);
                }
            }
        }
    }

    /// What a tier excuses on top of the one it extends.
    fn exclusions(&self, out: &mut Reporter<'_>) {
        let added = |count: usize, base: usize| count.saturating_sub(base);
        let excludes = self
            .terms
            .excludes
            .iter()
            .rev()
            .take(added(self.terms.excludes.len(), self.base.excludes.len()));
        let ignores = self
            .terms
            .ignores
            .iter()
            .rev()
            .take(added(self.terms.ignores.len(), self.base.ignores.len()));
        let places: Vec<Span> =
            excludes.map(|it| it.item.span).chain(ignores.map(|it| it.item.span)).collect();
        for place in places {
            let message = format!(
                "`{}` excuses more than `{}`, which it extends",
                self.name.text, self.base_name.text
            );
            let finding = Finding::new(Code::WeakerTier, place, message)
                .also(self.base_name.span, "without this")
                .help("add it to the extended tier as well, or remove it");
            out.report(finding);
        }
    }

    /// True if the two are equal apart from their fees.
    fn equal_but_fees(&self) -> bool {
        // Spelt out, so that rustc asks whether something new tells tiers apart.
        let Terms {
            objectives,
            credits,
            fees: _,
            caps,
            stacking,
            minimum,
            excludes,
            ignores,
            claims,
            terminations,
            escalations,
            hours,
            missing,
            first,
            services,
            texts,
            duties,
            facts,
            // These stand in agreements alone, or say how tiers are compared.
            satisfies: _,
            waivers: _,
            relaxations: _,
            untyped: _,
        } = self.terms;
        let other = self.base;
        let equal_objectives = objectives.len() == other.objectives.len()
            && objectives.iter().zip(&other.objectives).all(|(a, b)| {
                a.id == b.id
                    || (a.name == b.name && differences(a, b).is_some_and(|found| found.is_empty()))
            });
        let same_credits = credits.len() == other.credits.len()
            && credits.iter().zip(&other.credits).all(|(a, b)| a.item.id() == b.item.id());
        equal_objectives
            && same_credits
            && shared(caps, &other.caps, |it| it.id)
            && shared(excludes, &other.excludes, |it| it.id)
            && shared(ignores, &other.ignores, |it| it.id)
            && shared(claims, &other.claims, |it| it.id)
            && shared(terminations, &other.terminations, |it| it.id)
            && shared(escalations, &other.escalations, |it| it.id)
            && shared(facts, &other.facts, |it| it.id)
            && *services == other.services
            && texts.len() == other.texts.len()
            && stacking.len() == other.stacking.len()
            && duties.len() == other.duties.len()
            && place(hours) == place(&other.hours)
            && place(missing) == place(&other.missing)
            && place(first) == place(&other.first)
            && place(minimum) == place(&other.minimum)
    }

    fn fees(&self, out: &mut Reporter<'_>) {
        let (tier, base) = (&self.name.text, &self.base_name.text);
        let (own, their): (&[Arc<Fee<'_>>], &[Arc<Fee<'_>>]) = (&self.terms.fees, &self.base.fees);
        if shared(own, their, |fee| fee.id) {
            let finding = Finding::new(
                Code::EqualTier,
                self.name.span,
                format!("`{tier}` is the same as `{base}`, which it extends"),
            )
            .also(self.base_name.span, "the same")
            .help("add what it promises beyond the other tier, or remove it");
            out.report(finding);
            return;
        }
        if let ([fee], [less]) = (own, their)
            && dearer(fee, less)
        {
            let finding = Finding::new(
                Code::DearerTier,
                fee.item.span,
                format!("`{tier}` costs more than `{base}`, but promises the same"),
            )
            .also(less.item.span, format!("the fee of `{base}`"))
            .help("add what it promises beyond the other tier");
            out.report(finding);
        }
    }
}

/// True if one fee is higher than another of the same rhythm and currency.
pub(super) fn dearer(one: &Fee<'_>, other: &Fee<'_>) -> bool {
    let alike = match (&one.syntax.rhythm, &other.syntax.rhythm) {
        (Some(Rhythm::Per(a, _)), Some(Rhythm::Per(b, _))) => a == b,
        (Some(Rhythm::Once(_)), Some(Rhythm::Once(_))) | (None, None) => true,
        (_, _) => false,
    };
    alike
        && one.amount.ty == other.amount.ty
        && matches!((constant::value(&one.amount), constant::value(&other.amount)), (Some(a), Some(b)) if a > b)
}

/// True if both have the same statements.
fn shared<T>(one: &[Arc<T>], other: &[Arc<T>], id: impl Fn(&T) -> TermId) -> bool {
    one.iter().map(|it| id(it)).eq(other.iter().map(|it| id(it)))
}

/// Where something is written.
fn place<T>(of: &Option<Box<From<T>>>) -> Option<Span> {
    of.as_ref().map(|it| it.at)
}
