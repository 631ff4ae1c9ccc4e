//! Flattened statements, typed: each distinct statement is typed once and shared by all agreements
//! that inherit it.

mod condition;
mod credit;
mod ladder;
mod objective;
mod other;
mod paid;
mod support;

use std::collections::BTreeMap;
use std::sync::Arc;

use ecow::EcoString;
use rustc_hash::FxHashSet;

use super::checker::Checker;
use super::flatten::{Chain, Flat};
use super::model::{Fee, From, Objective, Terms};
use super::scope::{FeeNames, Scope};
use super::tree::Typed;
use super::ty::Ty;
use crate::base::Span;
use crate::names::DeclId;
use crate::syntax::ast::Expr;

/// What statements of one set of terms see of each other.
pub(super) struct Around<'s, 'a> {
    /// Services in scope.
    pub services: &'s [(DeclId, Span)],
    /// Names of objectives, with the place where each is stated.
    pub names: &'s BTreeMap<EcoString, Span>,
    /// Fees.
    pub fees: &'s FeeNames,
    /// Objectives, typed.
    pub objectives: &'s BTreeMap<EcoString, Arc<Objective<'a>>>,
}

impl<'s> Around<'s, '_> {
    /// The scope of an expression of these terms, written in a file.
    pub(super) fn scope(&self, span: Span) -> Scope<'s> {
        Scope { fees: Some(self.fees), objectives: Some(self.names), ..Scope::measuring(span.file) }
    }
}

impl<'a> Checker<'a, '_> {
    /// Types flattened statements.
    pub(super) fn terms(&mut self, flat: &Flat<'a>) -> Terms<'a> {
        let services = flat
            .services
            .iter()
            .filter_map(|path| Some((self.service(path)?, path.span())))
            .collect();
        let mut terms = Terms { services, ..Terms::default() };
        let names: BTreeMap<EcoString, Span> = flat
            .objectives
            .iter()
            .filter_map(|(name, chain)| Some((name.clone(), chain.place()?)))
            .collect();
        terms.fees = flat.fees.iter().map(|fee| self.fee(fee)).collect();
        let fees = FeeNames {
            fees: terms
                .fees
                .iter()
                .map(|fee| {
                    (
                        fee.syntax.name.as_ref().map(|name| name.text.clone()),
                        fee.amount.ty.clone(),
                        fee_place(fee),
                    )
                })
                .collect(),
        };
        let none = BTreeMap::new();
        let around =
            Around { services: &terms.services, names: &names, fees: &fees, objectives: &none };
        let mut objectives = Vec::new();
        for (name, chain) in &flat.objectives {
            let objective = match chain {
                Chain::Stated(chain) => self.objective(name, chain, &around),
                Chain::Cell(chain) => {
                    let heads = flat
                        .tables
                        .get(chain.table)
                        .map(|table| table.heads.as_slice())
                        .unwrap_or_default();
                    self.cell(name, chain, heads, &around)
                }
            };
            objectives.extend(objective);
        }
        let typed: BTreeMap<EcoString, Arc<Objective<'a>>> = objectives
            .iter()
            .map(|objective: &Arc<Objective<'a>>| (objective.name.clone(), Arc::clone(objective)))
            .collect();
        let around = Around { objectives: &typed, ..around };
        terms.credits =
            flat.credits.iter().filter_map(|credit| self.credit(credit, &around)).collect();
        terms.caps = flat.caps.iter().filter_map(|cap| self.credit_cap(cap, &around)).collect();
        terms.stacking =
            flat.stacking.iter().map(|stacking| self.stacking(stacking, flat)).collect();
        for stacking in &terms.stacking {
            self.stacked_in_one_unit(stacking, &terms.credits);
        }
        terms.excludes = flat
            .excludes
            .iter()
            .filter_map(|(item, exclude)| self.exclude(item, exclude, &around))
            .collect();
        terms.ignores = flat
            .ignores
            .iter()
            .filter_map(|(item, ignore)| self.ignore(item, ignore, &around))
            .collect();
        terms.claims = flat.claims.iter().map(|claim| self.claim(claim, &around)).collect();
        terms.terminations =
            flat.terminations.iter().filter_map(|right| self.termination(right, &around)).collect();
        terms.escalations =
            flat.escalations.iter().map(|(item, it)| self.escalation(item, it, &around)).collect();
        terms.facts = flat
            .facts
            .iter()
            .filter_map(|given| self.given_once(given.item, given.value))
            .collect();
        terms.minimum = flat
            .minimum
            .as_ref()
            .and_then(|(_, minimum, was)| self.minimum(minimum, was, &around))
            .map(Box::new);
        terms.hours = flat.hours.as_ref().map(|(_, expr, was)| Box::new(self.hours(expr, was)));
        terms.missing = flat.missing.as_ref().map(|(item, value, was)| {
            Box::new(From { value: **value, at: item.span, was: was.clone().into() })
        });
        terms.first = flat.first.as_ref().map(|(item, value, was)| {
            Box::new(From { value: **value, at: item.span, was: was.clone().into() })
        });
        terms.satisfies = flat
            .satisfies
            .iter()
            .filter_map(|path| Some((self.requirement(path)?, path.span())))
            .collect();
        terms.duties = flat.texts.iter().filter_map(|item| self.duty(item)).collect();
        self.reasons(flat, &around);
        terms.texts = flat.texts.as_slice().into();
        terms.waivers = flat.waivers.as_slice().into();
        terms.relaxations = flat.relaxations.as_slice().into();
        terms.objectives = objectives.into();
        let stated = flat
            .objectives
            .iter()
            .map(|(name, _)| name)
            .chain(flat.credits.iter().filter_map(|credit| credit.name.as_ref()));
        let typed: FxHashSet<&EcoString> = terms
            .objectives
            .iter()
            .map(|it| &it.name)
            .chain(terms.credits.iter().map(|it| &it.name))
            .collect();
        let untyped = stated.filter(|name| !typed.contains(name)).cloned().collect();
        terms.untyped = untyped;
        terms
    }

    /// Types an expression once; the scope it is first met in decides.
    pub(super) fn once(
        &mut self,
        expr: &'a Expr,
        scope: &Scope<'_>,
        expected: Option<&Ty>,
    ) -> Arc<Typed> {
        if let Some(known) = self.memo.exprs.get(&expr.id()) {
            return Arc::clone(known);
        }
        let typed = Arc::new(self.infer_as(expr, scope, expected));
        self.memo.exprs.insert(expr.id(), Arc::clone(&typed));
        typed
    }
}

fn fee_place(fee: &Fee<'_>) -> Span {
    fee.syntax.name.as_ref().map_or(fee.item.lead, |name| name.span)
}
