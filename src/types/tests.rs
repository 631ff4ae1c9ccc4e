//! `test` blocks: what they give and expect, typed. They are run by the evaluator.

use std::sync::Arc;

use ecow::EcoString;
use rustc_hash::FxHashMap;
use smallvec::smallvec;

use super::checker::Checker;
use super::model::{Agreement, Claim, Expectation, Subject, Terminate, Test, TestRow};
use super::scope::{Local, Scope};
use super::tree::Typed;
use super::ty::Ty;
use crate::diag::{Code, Finding};
use crate::names::{DeclId, What};
use crate::syntax::ast::{
    self, Check, CreditKind, Declaration, Expr, ExprKind, Item, Path, Statement,
};

impl<'a> Checker<'a, '_> {
    /// All tests, typed.
    pub(super) fn tests(&mut self, agreements: &[Agreement<'a>]) -> Vec<Test<'a>> {
        let inputs: Vec<_> = self.project.inputs().to_vec();
        let by_id: FxHashMap<DeclId, &Agreement<'a>> =
            agreements.iter().map(|agreement| (agreement.id, agreement)).collect();
        let mut all = Vec::new();
        for item in inputs.iter().flat_map(|input| &input.tree.items) {
            if let Some(Declaration::Test(test)) = item.declaration() {
                all.push(self.test(item, test, &by_id));
            }
        }
        all
    }

    fn test(
        &mut self,
        item: &'a Item,
        test: &'a ast::Test,
        agreements: &FxHashMap<DeclId, &Agreement<'a>>,
    ) -> Test<'a> {
        let mut given = Vec::new();
        for it in &test.given {
            let agreement = it.agreement.as_ref().and_then(|path| {
                self.declared_as(path, "agreement", |what| matches!(what, What::Agreement(_)))
            });
            let customer = it.customer.as_ref().and_then(|name| {
                let path = Path { parts: smallvec![name.clone()] };
                self.declared_as(&path, "party", |what| matches!(what, What::Party(_)))
            });
            given.push((agreement, customer));
        }
        if test.given.is_empty() {
            let finding =
                Finding::new(Code::MissingPart, item.lead, "this test does not say what is given");
            self.report(finding.help(
                "name the agreement and the time of the data: `given GlobexShop in 2026-03`",
            ));
        }
        let facts = test.facts.iter().filter_map(|item| match item.statement() {
            Some(Statement::Given(it)) => self.given(item.span, it),
            _ => None,
        });
        let facts = facts.collect();
        let rows = test.rows.iter().filter_map(|rows| self.test_rows(rows)).collect();
        let under_test: Vec<&Agreement<'a>> =
            given.iter().filter_map(|(id, _)| agreements.get(&(*id)?).copied()).collect();
        let unknown = test
            .given
            .iter()
            .zip(&given)
            .any(|(it, (id, _))| it.agreement.is_some() && id.is_none());
        let expects = test
            .expects
            .iter()
            .map(|expect| self.expectation(expect, &under_test, unknown))
            .collect();
        Test { syntax: test, item, given, facts, rows, expects }
    }

    fn test_rows(&mut self, rows: &'a ast::TestRows) -> Option<(DeclId, Vec<TestRow<'a>>)> {
        let path = Path { parts: smallvec![rows.source.clone()] };
        let source = self.declared_as(&path, "source", |what| matches!(what, What::Source(_)))?;
        let kind = self.source_rows(source);
        let scope = Scope::bare(rows.source.span.file);
        let mut typed = Vec::new();
        for row in &rows.rows {
            let duration = |checker: &mut Self, expr: &'a Expr| {
                let value = checker.infer(expr, &scope);
                checker.need_type(&value, &Ty::duration());
                value
            };
            let length = row.length.as_ref().map(|expr| duration(self, expr));
            let every = row.every.as_ref().map(|expr| duration(self, expr));
            let mut values: Vec<(EcoString, Typed)> = Vec::new();
            for (name, value) in &row.values {
                let Some(ty) = kind.field(&name.text) else {
                    let message =
                        format!("rows of `{}` have no field `{}`", rows.source.text, name.text);
                    self.unknown(Code::UnknownField, &name.text, name.span, message, &kind.names());
                    continue;
                };
                if let Some(field) = kind.fields.iter().find(|field| field.name == name.text) {
                    self.refer(name.span, field.span);
                }
                let Some(value) = value else { continue };
                let instants = ["start", "end", "at"].map(|name| Local {
                    name: name.into(),
                    ty: Ty::Time,
                    span: row.span,
                });
                let inside = Scope { groups: &instants, ..scope.clone() };
                let value = self.infer_as(value, &inside, Some(&ty));
                self.need_type(&value, &ty);
                values.push((name.text.clone(), value));
            }
            typed.push(TestRow { syntax: row, length, every, values });
        }
        Some((source, typed))
    }

    fn expectation(
        &mut self,
        expect: &'a ast::Expect,
        agreements: &[&Agreement<'a>],
        unknown: bool,
    ) -> Expectation<'a> {
        let (subject, ty) = match &expect.subject {
            None => (Subject::Whole, None),
            Some(subject) => self.subject(subject, agreements, unknown),
        };
        let mut values = Vec::new();
        for check in &expect.checks {
            self.check(check, expect, ty.as_ref(), agreements, &mut values);
        }
        Expectation { syntax: expect, subject, values }
    }

    /// The subject of an expectation, and the type of its value.
    fn subject(
        &mut self,
        subject: &'a Expr,
        agreements: &[&Agreement<'a>],
        unknown: bool,
    ) -> (Subject, Option<Ty>) {
        let scope = Scope::measuring(subject.span.file);
        let (path, keys): (&Path, &'a [Expr]) = match &subject.kind {
            ExprKind::Path(path) => (path, &[]),
            ExprKind::Index(index) => (&index.0, &index.1),
            _ => return self.metric_subject(subject, &scope),
        };
        let name = path.text();
        let found = agreements
            .iter()
            .flat_map(|agreement| &agreement.versions)
            .flat_map(|version| &version.terms.objectives);
        let found = found.into_iter().find(|objective| objective.name == name).cloned();
        let Some(objective) = found else {
            let metric = self.project.lookup(subject.span.file, &name).is_some_and(|id| {
                matches!(self.project.get(id).map(|decl| decl.what), Some(What::Metric(_)))
            });
            if metric {
                return self.metric_subject(subject, &scope);
            }
            if !unknown && !stated(agreements, &name) {
                let objectives = agreements
                    .iter()
                    .flat_map(|agreement| &agreement.versions)
                    .flat_map(|version| &version.terms.objectives);
                let names: Vec<EcoString> =
                    objectives.map(|objective| objective.name.clone()).collect();
                self.unknown(
                    Code::UnknownName,
                    &name,
                    path.span(),
                    format!("no objective under test is called `{name}`"),
                    &names,
                );
            }
            return (Subject::Unknown, None);
        };
        let place = objective.item.lead;
        self.refer(path.span(), place);
        let mut typed = Vec::new();
        for (at, key) in keys.iter().enumerate() {
            let wanted = objective.narrowed().by.get(at).map(|group| group.ty.clone());
            let value = self.infer_as(key, &scope, wanted.as_ref());
            match wanted {
                Some(wanted) => self.need_type(&value, &wanted),
                None => self.report(Finding::new(
                    Code::WrongArguments,
                    key.span,
                    format!("`{name}` is not grouped by so many values"),
                )),
            }
            typed.push(value);
        }
        let ty = objective.value_type();
        (Subject::Objective(name, typed), Some(ty))
    }

    fn metric_subject(&mut self, subject: &'a Expr, scope: &Scope<'_>) -> (Subject, Option<Ty>) {
        let typed = self.infer(subject, scope);
        if typed.ty.is_unknown() {
            return (Subject::Unknown, None);
        }
        let ty = typed.ty.clone();
        (Subject::Metric(typed), Some(ty))
    }

    fn check(
        &mut self,
        check: &'a Check,
        expect: &'a ast::Expect,
        ty: Option<&Ty>,
        agreements: &[&Agreement<'a>],
        values: &mut Vec<Typed>,
    ) {
        let scope = Scope::measuring(expect.span.file);
        match check {
            Check::Value(Some(value), span) => {
                let value = self.infer_as(value, &scope, ty);
                if let Some(ty) = ty {
                    self.same_value(&value, ty);
                } else if expect.subject.is_none() {
                    self.report(Finding::new(
                        Code::MissingPart,
                        *span,
                        "nothing says whose value this is",
                    ));
                }
                values.push(value);
            }
            Check::Downtime(Some(value), _) => {
                let value = self.infer(value, &scope);
                self.need_type(&value, &Ty::duration());
                values.push(value);
            }
            Check::Credit { kind, name, amount, .. } => {
                if let Some(amount) = amount {
                    let value = self.infer(amount, &scope);
                    if value
                        .ty
                        .dimension()
                        .is_none_or(|dimension| dimension.is_number() || dimension.is_time())
                        && !value.ty.is_unknown()
                    {
                        self.mismatch(&value, "an amount of money");
                    }
                    values.push(value);
                }
                if let Some(name) = name {
                    self.credit_under_test(*kind, name, agreements);
                }
            }
            Check::Value(None, _)
            | Check::Downtime(None, _)
            | Check::Verdict(..)
            | Check::Extend(..)
            | Check::Remedy(..)
            | Check::Claim(None, ..)
            | Check::Terminate { name: None, .. } => {}
            Check::Claim(Some(name), ..) => self.claim_under_test(name, agreements),
            Check::Terminate { name: Some(name), .. } => self.right_under_test(name, agreements),
        }
    }

    /// A value or range of values that an expected value is compared with.
    fn same_value(&mut self, value: &Typed, ty: &Ty) {
        match &value.ty {
            Ty::Range(inner) if self.fits(inner, ty.present()) => {}
            other if self.fits(other, ty.present()) => {}
            _ => {
                let wanted = self.say(ty.present());
                self.mismatch(value, &wanted);
            }
        }
    }

    fn right_under_test(&mut self, name: &'a ast::Name, agreements: &[&Agreement<'a>]) {
        let rights = || {
            agreements
                .iter()
                .flat_map(|agreement| &agreement.versions)
                .flat_map(|version| &version.terms.terminations)
        };
        let named = |right: &&Arc<Terminate<'a>>| {
            right.syntax.name.as_ref().is_some_and(|known| known.text == name.text)
        };
        if let Some(right) = rights().find(named) {
            let place = right.item.lead;
            self.refer(name.span, place);
            return;
        }
        if !agreements.is_empty() && !stated(agreements, &name.text) {
            let names: Vec<EcoString> = rights()
                .filter_map(|right| Some(right.syntax.name.as_ref()?.text.clone()))
                .collect();
            let message = format!("no right to terminate under test is called `{}`", name.text);
            self.unknown(Code::UnknownName, &name.text, name.span, message, &names);
        }
    }

    fn claim_under_test(&mut self, name: &'a ast::Name, agreements: &[&Agreement<'a>]) {
        let claims = || {
            agreements
                .iter()
                .flat_map(|agreement| &agreement.versions)
                .flat_map(|version| &version.terms.claims)
        };
        let named = |claim: &&Arc<Claim<'a>>| {
            claim.syntax.name.as_ref().is_some_and(|known| known.text == name.text)
        };
        if let Some(claim) = claims().find(named) {
            let place = claim.item.lead;
            self.refer(name.span, place);
            return;
        }
        if !agreements.is_empty() {
            let names: Vec<EcoString> = claims()
                .filter_map(|claim| Some(claim.syntax.name.as_ref()?.text.clone()))
                .collect();
            let message = format!("no claim under test is called `{}`", name.text);
            self.unknown(Code::UnknownName, &name.text, name.span, message, &names);
        }
    }

    fn credit_under_test(
        &mut self,
        kind: CreditKind,
        name: &'a Path,
        agreements: &[&Agreement<'a>],
    ) {
        let text = name.text();
        let credits = || {
            agreements
                .iter()
                .flat_map(|agreement| &agreement.versions)
                .flat_map(|version| &version.terms.credits)
        };
        let of_kind = || credits().filter(|credit| credit.syntax.kind == kind);
        let word = kind.word();
        if let Some(credit) = of_kind().find(|credit| credit.name == text) {
            let place = credit.item.lead;
            self.refer(name.span(), place);
        } else if let Some(other) = credits().find(|credit| credit.name == text) {
            let stated = other.syntax.kind.word();
            let finding = Finding::new(
                Code::WrongKind,
                name.span(),
                format!("`{text}` is stated with `{stated}`, not with `{word}`"),
            )
            .also(other.item.lead, "stated here")
            .help(format!("write `{stated} {text}`"));
            self.report(finding);
        } else if !agreements.is_empty() && !stated(agreements, &text) {
            let names: Vec<EcoString> = of_kind().map(|credit| credit.name.clone()).collect();
            self.unknown(
                Code::UnknownName,
                &text,
                name.span(),
                format!("no {word} under test is called `{text}`"),
                &names,
            );
        }
    }
}

/// What is stated but could not be typed has been reported already.
fn stated(agreements: &[&Agreement<'_>], name: &str) -> bool {
    agreements
        .iter()
        .flat_map(|agreement| &agreement.versions)
        .any(|version| version.terms.states(name))
}
