//! Fees, exclusions, claims, rights, facts and the rest.

use std::sync::Arc;

use ecow::EcoString;
use smallvec::smallvec;

use super::Around;
use crate::base::Span;
use crate::diag::{Code, Finding};
use crate::lang::words::AgreementKind;
use crate::names::{DeclId, What};
use crate::syntax::ast::{self, EscalateTo, Expr, Item, Path, Statement};
use crate::types::checker::Checker;
use crate::types::flatten::{Flat, Named};
use crate::types::model::{
    Claim, Escalation, Exclude, Fee, From, Given, Ignore, Minimum, Terminate, Was,
};
use crate::types::scope::{FeeNames, Scope};
use crate::types::tree::{Kind, Typed};
use crate::types::ty::{RowKind, Ty};

impl<'a> Checker<'a, '_> {
    /// The service a path names; reports otherwise.
    pub(in crate::types) fn service(&mut self, path: &Path) -> Option<DeclId> {
        self.declared_as(path, "service", |what| matches!(what, What::Service(_)))
    }

    /// The requirement a path names, with or without one of its objectives.
    pub(super) fn requirement(&mut self, path: &Path) -> Option<DeclId> {
        let is_requirement = |what: &What<'_>| matches!(what, What::Agreement(it) if it.kind == AgreementKind::Requirement);
        let head = path.parts.first()?;
        let short = Path { parts: smallvec![head.clone()] };
        self.declared_as(&short, "requirement", is_requirement)
    }

    /// The declaration a path names, if it is of the wanted kind; reports otherwise.
    pub(in crate::types) fn declared_as(
        &mut self,
        path: &Path,
        noun: &str,
        wanted: impl Fn(&What<'a>) -> bool,
    ) -> Option<DeclId> {
        let name = path.text();
        match self.project.lookup(path.span().file, &name) {
            Some(id) => {
                let decl = *self.project.get(id)?;
                self.refer(path.span(), decl.name.span);
                if wanted(&decl.what) {
                    return Some(id);
                }
                let finding = Finding::new(
                    Code::WrongKind,
                    path.span(),
                    format!("`{name}` is {}, but a {noun} is needed here", decl.what.noun()),
                );
                self.report_once(finding.also(decl.name.span, "declared here"));
                None
            }
            None => {
                let finding = Finding::new(
                    Code::UnknownName,
                    path.span(),
                    format!("no {noun} is called `{name}`"),
                );
                let advice = self.project.suggest(path.span().file, &name, &wanted, self.sources);
                let advice = if noun == "party" {
                    advice.or_help(format!(
                        "declare it: `provider {name} \"…\"` or `customer {name} \"…\"`"
                    ))
                } else {
                    advice
                };
                self.report_once(advice.attach(finding, path.span()));
                None
            }
        }
    }

    pub(super) fn fee(&mut self, named: &Named<'a, ast::Fee>) -> Arc<Fee<'a>> {
        if let Some(known) = self.memo.fees.get(&named.item.id()) {
            return Arc::clone(known);
        }
        let fee = named.value;
        let nothing = FeeNames::default();
        let scope = Scope { fees: Some(&nothing), ..Scope::measuring(named.item.span.file) };
        let amount = match &fee.amount {
            Some(amount) => self.infer(amount, &scope),
            None => crate::types::checker::missing(named.item.span),
        };
        if !amount.ty.is_amount() && !amount.ty.is_unknown() {
            self.mismatch(&amount, "an amount of money or of a unit");
        }
        let measured = !crate::types::uses::sources_of(&amount).is_empty();
        if fee.rhythm.is_none() && !measured && !amount.ty.is_unknown() {
            let finding = Finding::new(
                Code::MissingPart,
                named.item.span,
                "this fee does not say how often it is due",
            )
            .help("add `per month`, `per year` or `once`");
            self.report_once(finding);
        }
        let service = fee.service.as_ref().and_then(|path| self.service(path));
        let typed = Arc::new(Fee {
            id: self.memo.new_term(),
            name: fee.name.as_ref().map(|name| name.text.clone()),
            syntax: fee,
            item: named.item,
            was: named.was.clone(),
            amount,
            service,
        });
        self.memo.fees.insert(named.item.id(), Arc::clone(&typed));
        typed
    }

    pub(super) fn exclude(
        &mut self,
        item: &'a Item,
        exclude: &'a ast::Exclude,
        around: &Around<'_, 'a>,
    ) -> Option<Arc<Exclude<'a>>> {
        if let Some(known) = self.memo.excludes.get(&item.id()) {
            return known.clone();
        }
        let typed = self.type_exclude(item, exclude, around).map(Arc::new);
        self.memo.excludes.insert(item.id(), typed.clone());
        typed
    }

    fn type_exclude(
        &mut self,
        item: &'a Item,
        exclude: &'a ast::Exclude,
        around: &Around<'_, 'a>,
    ) -> Option<Exclude<'a>> {
        let time = self.infer(exclude.time.as_ref()?, &Scope::measuring(item.span.file));
        match &time.ty {
            Ty::Unknown => {}
            Ty::TimeSet => {
                if exclude.notice.is_some() {
                    let message = "`notice` needs the time of each announcement, which a calendar or a set of times does not have";
                    let help =
                        "exclude spans that have a field `announced: time`, or leave `notice` out";
                    self.report_once(
                        Finding::new(Code::UnknownField, time.span, message).help(help),
                    );
                }
            }
            Ty::Rows(rows) if rows.kind == RowKind::Spans => {
                if let (Some(_), true) = (&exclude.notice, rows.field("announced").is_none()) {
                    let finding = Finding::new(
                        Code::UnknownField,
                        time.span,
                        "`notice` needs the time of each announcement",
                    )
                    .help("declare the field in the source: `announced: time`");
                    self.report_once(finding);
                }
            }
            Ty::Rows(_) => {
                let finding = Finding::new(
                    Code::TypeMismatch,
                    time.span,
                    format!(
                        "time is excluded by a calendar or by spans, not by {}",
                        self.say(&time.ty)
                    ),
                );
                self.report_once(finding.help("to leave out rows, write `ignore ROWS where …`"));
                return None;
            }
            _ => {
                self.mismatch(&time, "a calendar or spans");
                return None;
            }
        }
        self.limit_windows(exclude.limit.as_ref().and_then(|limit| limit.1.as_ref()));
        let limit = exclude.limit.as_ref().and_then(|limit| {
            let typed = self.infer(limit.0.as_ref()?, &Scope::bare(item.span.file));
            if !matches!(&typed.ty, Ty::Quantity(dimension, _) if dimension.is_time() || dimension.is_number()) && !typed.ty.is_unknown() {
                self.mismatch(&typed, "a length of time or a number of times");
            }
            Some(typed)
        });
        let calendar = exclude.calendar.as_ref().and_then(|path| self.calendar_named(path));
        let only = self.only(&exclude.only, around);
        let (treat, _) = exclude.treat?;
        if time.ty.is_unknown() {
            return None;
        }
        let id = self.memo.new_term();
        Some(Exclude { id, syntax: exclude, item, time, treat, limit, calendar, only })
    }

    /// The objectives after `from`: each must exist.
    fn only(&mut self, paths: &'a [Path], around: &Around<'_, 'a>) -> Vec<EcoString> {
        for path in paths {
            self.known_objective(&path.text(), path.span(), around);
        }
        paths.iter().map(Path::text).collect()
    }

    pub(super) fn ignore(
        &mut self,
        item: &'a Item,
        ignore: &'a ast::Ignore,
        around: &Around<'_, 'a>,
    ) -> Option<Arc<Ignore<'a>>> {
        if let Some(known) = self.memo.ignores.get(&item.id()) {
            return known.clone();
        }
        let typed = self.type_ignore(item, ignore, around).map(Arc::new);
        self.memo.ignores.insert(item.id(), typed.clone());
        typed
    }

    fn type_ignore(
        &mut self,
        item: &'a Item,
        ignore: &'a ast::Ignore,
        around: &Around<'_, 'a>,
    ) -> Option<Ignore<'a>> {
        let rows = self.infer(ignore.rows.as_ref()?, &Scope::measuring(item.span.file));
        let kind = self.rows_of(&rows)?;
        let only = self.only(&ignore.only, around);
        let Some(source) = kind.source.filter(|_| !matches!(rows.kind, Kind::Each(_))) else {
            let finding =
                Finding::new(Code::TypeMismatch, rows.span, "`ignore` leaves out rows of a source")
                    .help("to leave out time, write `exclude TIME as absent` or `as up`");
            self.report_once(finding);
            return None;
        };
        let id = self.memo.new_term();
        Some(Ignore { id, item, source, rows, only })
    }

    pub(super) fn claim(
        &mut self,
        named: &Named<'a, ast::Claim>,
        around: &Around<'_, 'a>,
    ) -> Arc<Claim<'a>> {
        let claim = named.value;
        let was: Was = named.was.clone().into();
        if let Some(known) = self.memo.claims.get(&named.item.id()).filter(|known| known.was == was)
        {
            return Arc::clone(known);
        }
        let calendar = claim.calendar.as_ref().and_then(|path| self.calendar_named(path));
        let only = self.only(&claim.for_, around);
        if let Some(ast::Anchor::Field(field)) = &claim.anchor {
            self.anchor_field(field, &only, around);
        }
        let id = self.memo.new_term();
        let typed = Arc::new(Claim { id, syntax: claim, item: named.item, only, calendar, was });
        self.memo.claims.insert(named.item.id(), Arc::clone(&typed));
        typed
    }

    fn calendar_named(&mut self, path: &Path) -> Option<DeclId> {
        self.declared_as(path, "calendar", |what| matches!(what, What::Calendar(_)))
    }

    /// A claim counted from a field: some source of the objectives it is for must have it.
    fn anchor_field(&mut self, field: &'a ast::Name, only: &[EcoString], around: &Around<'_, 'a>) {
        let mut names: Vec<EcoString> = Vec::new();
        for objective in around
            .objectives
            .values()
            .filter(|objective| only.is_empty() || only.contains(&objective.name))
        {
            for source in &objective.sources {
                let rows = self.source_rows(*source);
                if let Some(found) = rows.fields.iter().find(|known| known.name == field.text) {
                    self.refer(field.span, found.span);
                    return;
                }
                names.extend(
                    rows.fields
                        .iter()
                        .filter(|field| *field.ty.present() == Ty::Time)
                        .map(|field| field.name.clone()),
                );
            }
        }
        let finding = Finding::new(
            Code::UnknownField,
            field.span,
            format!("no source of these objectives has a field `{}`", field.text),
        );
        let finding = match crate::base::closest(
            &field.text,
            names.iter().map(EcoString::as_str).chain(["window", "start", "end"]),
        ) {
            Some(near) => finding.help(format!("did you mean `{near}`?")),
            None => finding.help(
                "claims count from `window`, `start`, `end` or a field that holds an instant",
            ),
        };
        self.report_once(finding);
    }

    pub(super) fn termination(
        &mut self,
        right: &Named<'a, ast::Terminate>,
        around: &Around<'_, 'a>,
    ) -> Option<Arc<Terminate<'a>>> {
        let (item, it) = (right.item, right.value);
        let was: Was = right.was.clone().into();
        if let Some(known) = self.memo.terminations.get(&item.id())
            && known.as_ref().is_none_or(|known| known.was == was)
        {
            return known.clone();
        }
        let typed = it.when.as_ref().and_then(|when| {
            let when = self.infer_as(when, &around.scope(item.span), Some(&Ty::Boolean));
            self.need_boolean(&when);
            let id = self.memo.new_term();
            (!when.ty.is_unknown()).then(|| Arc::new(Terminate { id, syntax: it, item, when, was }))
        });
        self.memo.terminations.insert(item.id(), typed.clone());
        typed
    }

    pub(super) fn escalation(
        &mut self,
        item: &'a Item,
        it: &'a ast::Escalate,
        around: &Around<'_, 'a>,
    ) -> Arc<Escalation<'a>> {
        if let Some(known) = self.memo.escalations.get(&item.id()) {
            return Arc::clone(known);
        }
        if let Some(subject) = &it.subject {
            let name = subject.text();
            let severity = self.project.lookup(subject.span().file, &name).filter(|id| {
                let what = self.project.get(*id).map(|decl| decl.what);
                matches!(what, Some(What::Severity(_)))
            });
            match severity {
                Some(id) => self.refer_decl(subject.span(), id),
                None => self.known_objective(&name, subject.span(), around),
            }
        }
        let mut steps = Vec::new();
        for step in &it.steps {
            let after = step.after.as_ref().map(|after| {
                let typed = self.infer(after, &Scope::bare(item.span.file));
                if !matches!(typed.ty, Ty::Period) {
                    self.need_type(&typed, &Ty::duration());
                }
                typed
            });
            let party = match &step.to {
                Some(EscalateTo::Party(name)) => {
                    let path = Path { parts: smallvec![name.clone()] };
                    self.declared_as(&path, "party", |what| matches!(what, What::Party(_)))
                }
                Some(EscalateTo::Text(_)) | None => None,
            };
            steps.push((after, party));
        }
        let id = self.memo.new_term();
        let typed = Arc::new(Escalation { id, syntax: it, item, steps });
        self.memo.escalations.insert(item.id(), Arc::clone(&typed));
        typed
    }

    pub(in crate::types) fn given_once(
        &mut self,
        item: &'a Item,
        given: &'a ast::Given,
    ) -> Option<Arc<Given<'a>>> {
        if let Some(known) = self.memo.facts.get(&item.id()) {
            return known.clone();
        }
        let typed = self.given(item.span, given).map(Arc::new);
        self.memo.facts.insert(item.id(), typed.clone());
        typed
    }

    /// `fact Plan = pro from 2026-03-01`
    pub(in crate::types) fn given(
        &mut self,
        place: Span,
        given: &'a ast::Given,
    ) -> Option<Given<'a>> {
        let name = given.fact.as_ref()?;
        let path = Path { parts: smallvec![name.clone()] };
        let fact = self.declared_as(&path, "fact", |what| matches!(what, What::Fact(_)))?;
        let decl = *self.project.get(fact)?;
        let What::Fact(declared) = decl.what else { return None };
        let ty =
            declared.ty.as_ref().map_or(Ty::Unknown, |ty| self.type_of(ty, decl.name.span.file));
        let value = self.infer_as(given.value.as_ref()?, &Scope::bare(place.file), Some(&ty));
        self.need_type(&value, &ty);
        let from = given.from.as_ref().and_then(|when| self.first_day(when));
        let id = self.memo.new_term();
        (!value.ty.is_unknown()).then_some(Given { id, syntax: given, fact, value, from })
    }

    pub(super) fn minimum(
        &mut self,
        minimum: &'a ast::MinimumPayout,
        was: &[Span],
        around: &Around<'_, 'a>,
    ) -> Option<From<Minimum>> {
        let expr = minimum.amount.as_ref()?;
        let typed = self.once(expr, &around.scope(expr.span), None);
        if !typed.ty.is_amount() && !typed.ty.is_unknown() {
            self.mismatch(&typed, "an amount of money or of a unit");
        }
        let value = Minimum {
            amount: typed,
            more_than: minimum.more_than,
            carried_over: minimum.carried_over,
        };
        Some(From { value, at: expr.span, was: was.to_vec().into() })
    }

    pub(super) fn hours(&mut self, expr: &'a Expr, was: &[Span]) -> From<Arc<Typed>> {
        let typed = self.once(expr, &Scope::measuring(expr.span.file), None);
        self.need_time_set(&typed);
        From { value: typed, at: expr.span, was: was.to_vec().into() }
    }

    /// The calendar whose working days a report or review counts.
    pub(super) fn duty(
        &mut self,
        item: &'a Item,
    ) -> Option<(&'a ast::Duty, bool, Option<DeclId>, Span)> {
        let (duty, report) = match item.statement() {
            Some(Statement::Report(duty)) => (duty, true),
            Some(Statement::Review(duty)) => (duty, false),
            _ => return None,
        };
        let calendar = duty.calendar.as_ref().and_then(|path| self.calendar_named(path));
        Some((duty, report, calendar, item.span))
    }

    /// What `relax` and `waive` name must exist.
    pub(super) fn reasons(&mut self, flat: &Flat<'a>, around: &Around<'_, 'a>) {
        for item in &flat.waivers {
            if let Some(Statement::Waive(it)) = item.statement()
                && let Some(path) = &it.target
            {
                self.requirement(path);
            }
        }
        for item in &flat.relaxations {
            if let Some(Statement::Relax(it)) = item.statement()
                && let Some(path) = &it.target
            {
                self.relaxed(path, flat, around);
            }
        }
    }

    fn relaxed(&mut self, path: &'a Path, flat: &Flat<'a>, around: &Around<'_, 'a>) {
        let name = path.text();
        let general = ["exclusions", "hours", "claim", "cap", "fee", "term", "support"];
        let known = general.contains(&name.as_str())
            || flat.dropped.contains(&name)
            || flat.credits.get(&name).is_some()
            || flat.fees.get(&name).is_some()
            || self.project.lookup(path.span().file, &name).is_some();
        if !known {
            self.known_objective(&name, path.span(), around);
        } else if let Some(place) = around.names.get(&name) {
            self.refer(path.span(), *place);
        }
    }
}
