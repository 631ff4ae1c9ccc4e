//! What a name in an expression stands for.
//!
//! In order: parameters, group values, fields of the current row, words known of the evaluation,
//! values of the expected type, declarations, values of any enum in reach.

use std::sync::Arc;

use ecow::EcoString;

use crate::base::Span;
use crate::diag::{Code, Finding};
use crate::lang::words::PartyKind;
use crate::names::{DeclId, What};
use crate::syntax::ast::{Expr, ExprKind, Path};
use crate::types::checker::{Checker, missing};
use crate::types::scope::Scope;
use crate::types::tree::{Builtin, Fee, FeeRate, Kind, Typed};
use crate::types::ty::Ty;

impl Checker<'_, '_> {
    /// What a path stands for.
    pub(crate) fn path(&mut self, path: &Path, scope: &Scope<'_>, expected: Option<&Ty>) -> Typed {
        match path.parts.as_slice() {
            [only] => self.name(&only.text, path.span(), scope, expected),
            [head, value] => self.qualified(&head.text, &value.text, path, scope),
            _ => {
                let text = path.text();
                self.report(Finding::new(
                    Code::UnknownName,
                    path.span(),
                    format!("`{text}` is not a value"),
                ));
                missing(path.span())
            }
        }
    }

    fn name(
        &mut self,
        name: &EcoString,
        span: Span,
        scope: &Scope<'_>,
        expected: Option<&Ty>,
    ) -> Typed {
        if let Some(at) = scope.params.iter().position(|param| param.name == *name)
            && let Some(param) = scope.params.get(at)
        {
            self.refer(span, param.span);
            return Typed { kind: Kind::Param(at), ty: param.ty.clone(), span };
        }
        if let Some(group) = scope.groups.iter().find(|group| group.name == *name) {
            self.refer(span, group.span);
            return Typed { kind: Kind::Group(name.clone()), ty: group.ty.clone(), span };
        }
        // A field may be called like a value of an enum: of the two, the one that fits is meant.
        let wanted =
            expected.map(Ty::present).filter(|ty| matches!(ty, Ty::Enum(_) | Ty::Values(_)));
        let other = |field: Option<Ty>| field.is_none_or(|field| Some(field.present()) != wanted);
        if wanted.is_some()
            && other(scope.row.as_ref().and_then(|rows| rows.field(name)))
            && let Some(found) = self.expected_value(name, span, expected)
        {
            return found;
        }
        if let Some(found) = self.field_of_row(name, span, scope) {
            return found;
        }
        if let Some(found) = self.known(name, span, scope) {
            return found;
        }
        if let Some(found) = self.expected_value(name, span, expected) {
            return found;
        }
        if let Some(id) = self.project.lookup(scope.file, name) {
            return self.declaration(id, name, span, scope, expected);
        }
        if let Some(found) = self.enum_value(name, span, scope) {
            return found;
        }
        self.unknown_in_expression(name, span, scope, expected)
    }

    fn field_of_row(&mut self, name: &EcoString, span: Span, scope: &Scope<'_>) -> Option<Typed> {
        let rows = scope.row.as_ref()?;
        let ty = rows.field(name)?;
        if let Some(field) = rows.fields.iter().find(|field| field.name == *name) {
            let (place, link) = (field.span, field.link.clone());
            self.refer(span, place);
            if link.is_some() {
                return Some(Typed { kind: Kind::Link(name.clone()), ty, span });
            }
        }
        Some(Typed { kind: Kind::Field(name.clone()), ty, span })
    }

    fn known(&mut self, name: &EcoString, span: Span, scope: &Scope<'_>) -> Option<Typed> {
        let known = |known, ty| Some(Typed { kind: Kind::Builtin(known), ty, span });
        match (name.as_str(), if name == "target" { &scope.target } else { &scope.value }) {
            ("always", _) => return Some(Typed { kind: Kind::Always, ty: Ty::TimeSet, span }),
            ("window", _) if scope.measured => return known(Builtin::Window, Ty::duration()),
            ("measured", _) if scope.measured => return known(Builtin::Measured, Ty::duration()),
            ("days", _) if scope.measured => return known(Builtin::Days, Ty::number()),
            ("value", Some(ty)) => return known(Builtin::Value, ty.clone()),
            ("target", Some(ty)) => return known(Builtin::Target, ty.clone()),
            _ => {}
        }
        let fees = scope.fees?;
        let wanted = if name == "fee" { None } else { Some(name.clone()) };
        let found = fees.fees.iter().find(|(known, ..)| *known == wanted);
        let ty = match (found, &wanted) {
            (Some((_, ty, place)), Some(_)) => {
                self.refer(span, *place);
                ty.clone()
            }
            (Some((_, ty, _)), None) => ty.clone(),
            (None, None) => whole_fee(scope)?,
            (None, Some(_)) => return None,
        };
        Some(Typed {
            kind: Kind::Fee(Box::new(Fee { name: wanted, service: None, rate: FeeRate::Window })),
            ty,
            span,
        })
    }

    /// A value of the type that is expected here.
    fn expected_value(
        &mut self,
        name: &EcoString,
        span: Span,
        expected: Option<&Ty>,
    ) -> Option<Typed> {
        match expected.map(Ty::present)? {
            Ty::Enum(id) => {
                let place = self.enum_value_place(*id, name)?;
                self.refer(span, place);
                self.refer_decl(span, *id);
                Some(Typed { kind: Kind::EnumValue(name.clone()), ty: Ty::Enum(*id), span })
            }
            Ty::Values(values) if values.contains(name) => Some(Typed {
                kind: Kind::EnumValue(name.clone()),
                ty: Ty::Values(Arc::clone(values)),
                span,
            }),
            Ty::Values(_)
            | Ty::Unknown
            | Ty::Quantity(..)
            | Ty::Period
            | Ty::Boolean
            | Ty::Text
            | Ty::Time
            | Ty::Date
            | Ty::Clock
            | Ty::Customer
            | Ty::Service
            | Ty::Severity
            | Ty::Rows(_)
            | Ty::TimeSet
            | Ty::Range(_)
            | Ty::Optional(_) => None,
        }
    }

    fn enum_value_place(&self, id: DeclId, name: &str) -> Option<Span> {
        match self.project.get(id)?.what {
            What::Enum(it) => {
                it.values.iter().find(|value| value.text == name).map(|value| value.span)
            }
            _ => None,
        }
    }

    fn declaration(
        &mut self,
        id: DeclId,
        name: &EcoString,
        span: Span,
        scope: &Scope<'_>,
        expected: Option<&Ty>,
    ) -> Typed {
        let Some(decl) = self.project.get(id).copied() else { return missing(span) };
        self.refer(span, decl.name.span);
        let (kind, ty) = match decl.what {
            What::Source(_) => {
                let rows = self.source_rows(id);
                (Kind::Source(id), Ty::Rows(rows))
            }
            What::Calendar(_) => (Kind::Calendar(id), Ty::TimeSet),
            What::Severity(_) => (Kind::Declared(id), Ty::Severity),
            What::Service(_) => (Kind::Declared(id), Ty::Service),
            What::Party(party) if party.kind == PartyKind::Customer => {
                (Kind::Declared(id), Ty::Customer)
            }
            What::Party(_) if matches!(expected.map(Ty::present), Some(Ty::Customer)) => {
                (Kind::Declared(id), Ty::Customer)
            }
            What::Fact(fact) => {
                let ty = fact
                    .ty
                    .as_ref()
                    .map_or(Ty::Unknown, |ty| self.type_of(ty, decl.name.span.file));
                (Kind::Fact(id), ty)
            }
            What::Metric(_) => return self.metric_without_arguments(id, span, scope),
            What::Party(_)
            | What::Enum(_)
            | What::Unit(_)
            | What::Table(_)
            | What::Package(_)
            | What::Agreement(_) => {
                let mut finding = Finding::new(
                    Code::WrongKind,
                    span,
                    format!("`{name}` is {}, which has no value here", decl.what.noun()),
                );
                finding = finding.also(decl.name.span, "declared here");
                if matches!(decl.what, What::Table(_)) {
                    finding = finding.help(format!("write which row: `{name}[…]`"));
                }
                self.report(finding);
                return missing(span);
            }
        };
        Typed { kind, ty, span }
    }

    /// A value of any enum in reach; several enums may have it, then the place must say which.
    fn enum_value(&mut self, name: &EcoString, span: Span, scope: &Scope<'_>) -> Option<Typed> {
        let all = self.project.enum_values(name);
        let seen = all.iter().filter(|(_, place)| self.project.sees(scope.file, place.file));
        let found: Vec<(DeclId, EcoString, Span)> =
            seen.map(|(id, place)| (*id, self.project.name(*id), *place)).collect();
        match found.as_slice() {
            [] => None,
            [(id, _, place)] => {
                self.refer(span, *place);
                self.refer_decl(span, *id);
                Some(Typed { kind: Kind::EnumValue(name.clone()), ty: Ty::Enum(*id), span })
            }
            several => {
                let names: Vec<String> =
                    several.iter().map(|(_, of, _)| format!("{of}.{name}")).collect();
                let finding = Finding::new(
                    Code::UnknownName,
                    span,
                    format!("`{name}` is a value of several enums"),
                )
                .help(format!(
                    "write one of {}",
                    crate::base::quoted_list(names.iter().map(String::as_str))
                ));
                self.report(finding);
                Some(missing(span))
            }
        }
    }

    /// `Region.eu`: a value with its enum.
    fn qualified(
        &mut self,
        head: &EcoString,
        value: &EcoString,
        path: &Path,
        scope: &Scope<'_>,
    ) -> Typed {
        if let Some(id) = self.project.lookup(scope.file, head)
            && let Some(decl) = self.project.get(id).copied()
            && let What::Enum(it) = decl.what
        {
            self.refer_decl(path.span(), id);
            if let Some(place) = self.enum_value_place(id, value) {
                self.refer(path.span(), place);
                return Typed {
                    kind: Kind::EnumValue(value.clone()),
                    ty: Ty::Enum(id),
                    span: path.span(),
                };
            }
            let names: Vec<EcoString> = it.values.iter().map(|name| name.text.clone()).collect();
            self.unknown(
                Code::UnknownName,
                value,
                path.span(),
                format!("`{head}` has no value `{value}`"),
                &names,
            );
            return missing(path.span());
        }
        let text = path.text();
        if let Some(objectives) = scope.objectives
            && objectives.contains_key(&text)
        {
            let finding = Finding::new(
                Code::TypeMismatch,
                path.span(),
                format!("`{text}` is an objective, which is not a value"),
            );
            self.report(finding.help(format!("write `{text} breached`")));
            return missing(path.span());
        }
        self.report(Finding::new(
            Code::UnknownName,
            path.span(),
            format!("`{text}` is not a value"),
        ));
        missing(path.span())
    }

    fn unknown_in_expression(
        &mut self,
        name: &EcoString,
        span: Span,
        scope: &Scope<'_>,
        expected: Option<&Ty>,
    ) -> Typed {
        if let Some((_, of)) = scope.beyond.iter().find(|(known, _)| known == name) {
            let finding = Finding::new(
                Code::NarrowCap,
                span,
                format!("`{name}` belongs to {of}, but this cap bounds several together"),
            );
            let help = "write an amount that applies to all of them, `cap 10% of fee per year`, or bound each one: `cap X`, `cap X each row`";
            self.report_once(finding.help(help));
            return missing(span);
        }
        if let Some(Ty::Enum(id)) = expected.map(Ty::present)
            && let Some(What::Enum(it)) = self.project.get(*id).map(|decl| decl.what)
        {
            let names: Vec<EcoString> = it.values.iter().map(|value| value.text.clone()).collect();
            let message = format!("`{}` has no value `{name}`", self.project.name(*id));
            self.unknown(Code::UnknownName, name, span, message, &names);
            return missing(span);
        }
        if let Some(Ty::Values(values)) = expected.map(Ty::present) {
            let names: Vec<EcoString> = values.iter().cloned().collect();
            self.unknown(
                Code::UnknownName,
                name,
                span,
                format!("there is no value `{name}` here"),
                &names,
            );
            return missing(span);
        }
        let mut near: Vec<EcoString> =
            scope.params.iter().chain(scope.groups).map(|local| local.name.clone()).collect();
        if let Some(rows) = &scope.row {
            near.extend(rows.names());
        }
        if crate::base::closest(name, near.iter().map(EcoString::as_str)).is_some() {
            let code = if scope.row.is_some() { Code::UnknownField } else { Code::UnknownName };
            self.unknown(code, name, span, format!("nothing here is called `{name}`"), &near);
            return missing(span);
        }
        if crate::lang::functions::find(name).is_some() {
            let finding = Finding::new(
                Code::WrongArguments,
                span,
                format!("`{name}` is a function and is called with parentheses"),
            );
            self.report(finding.help(format!("write `{name}(…)`")));
            return missing(span);
        }
        let finding =
            Finding::new(Code::UnknownName, span, format!("nothing is called `{name}` here"));
        let suggestion = self.project.suggest(scope.file, name, has_value, self.sources);
        let mut finding = suggestion.attach(finding, span);
        if let Some(rows) = &scope.row
            && finding.help.is_empty()
        {
            let names = rows.names();
            finding = finding.help(format!(
                "the rows have {}",
                crate::base::quoted_list(names.iter().map(EcoString::as_str))
            ));
        }
        self.report(finding);
        missing(span)
    }

    /// `Latency[fra, ams]`
    pub(crate) fn table(
        &mut self,
        path: &Path,
        keys: &[Expr],
        span: Span,
        scope: &Scope<'_>,
    ) -> Typed {
        let name = path.text();
        let Some(id) = self.project.lookup(scope.file, &name) else {
            let finding = Finding::new(
                Code::UnknownName,
                path.span(),
                format!("no table is called `{name}`"),
            );
            let finding = self
                .project
                .suggest(scope.file, &name, |what| matches!(what, What::Table(_)), self.sources)
                .attach(finding, path.span());
            self.report(finding);
            return missing(span);
        };
        let Some(decl) = self.project.get(id).copied() else { return missing(span) };
        let What::Table(table) = decl.what else {
            let finding = Finding::new(
                Code::WrongKind,
                path.span(),
                format!("`{name}` is {}, not a table", decl.what.noun()),
            );
            self.report(finding.also(decl.name.span, "declared here"));
            return missing(span);
        };
        self.refer(path.span(), decl.name.span);
        if keys.len() != table.keys.len() {
            let message = format!("`{name}` has {} keys, not {}", table.keys.len(), keys.len());
            self.report(
                Finding::new(Code::WrongArguments, span, message)
                    .also(decl.name.span, "declared here"),
            );
            return missing(span);
        }
        let mut typed = Vec::new();
        for (key, wanted) in keys.iter().zip(&table.keys) {
            let wanted = self.type_of(wanted, decl.name.span.file);
            let key = self.infer_as(key, scope, Some(&wanted));
            let key = self.need_present(key);
            self.need_type(&key, &wanted);
            typed.push(key);
        }
        let ty = table.ty.as_ref().map_or(Ty::Unknown, |ty| self.type_of(ty, decl.name.span.file));
        Typed { kind: Kind::Table(id, typed.into()), ty, span }
    }

    /// Reports unless the value has this type.
    pub(crate) fn need_type(&mut self, value: &Typed, wanted: &Ty) {
        if !self.fits(&value.ty, wanted) {
            let wanted = self.say(wanted);
            self.mismatch(value, &wanted);
        }
    }

    /// True if a value of one type can stand where another is needed.
    pub(crate) fn fits(&self, have: &Ty, wanted: &Ty) -> bool {
        match (have, wanted) {
            (Ty::Unknown, _) | (_, Ty::Unknown) => true,
            (Ty::Quantity(one, _), Ty::Quantity(two, _)) => same_dimension(one, two),
            (Ty::Optional(one), Ty::Optional(two)) => self.fits(one, two),
            (one, Ty::Optional(two)) => self.fits(one, two),
            (Ty::Range(one), Ty::Range(two)) => self.fits(one, two),
            (Ty::Rows(have), Ty::Rows(wanted)) => self.rows_fit(have, wanted).is_ok(),
            (Ty::TimeSet, Ty::Rows(wanted)) => {
                wanted.kind == crate::types::ty::RowKind::Spans && wanted.fields.is_empty()
            }
            (one, two) => one == two,
        }
    }
}

/// `fee` where all fees have names is their sum; a package may leave the fee to the agreement, so
/// that there is none here.
fn whole_fee(scope: &Scope<'_>) -> Option<Ty> {
    let fees = scope.fees?;
    Some(fees.fees.first().map_or_else(|| Ty::money(None), |(_, first, _)| first.clone()))
}

/// Equal dimensions; money of no stated currency goes with any.
pub(crate) fn same_dimension(
    one: &crate::types::ty::Dimension,
    two: &crate::types::ty::Dimension,
) -> bool {
    let currencies = match (one.currency, two.currency) {
        (Some(one), Some(two)) => one == two,
        _ => true,
    };
    currencies
        && one.time == two.time
        && one.data == two.data
        && one.money == two.money
        && one.units == two.units
}

fn has_value(what: &What<'_>) -> bool {
    match what {
        What::Source(_)
        | What::Calendar(_)
        | What::Severity(_)
        | What::Service(_)
        | What::Party(_)
        | What::Fact(_)
        | What::Metric(_) => true,
        What::Enum(_) | What::Unit(_) | What::Table(_) | What::Package(_) | What::Agreement(_) => {
            false
        }
    }
}

/// True if an expression stands for rows without looking at its type: decides which form of a
/// function is meant.
pub(crate) fn speaks_of_rows(
    checker: &mut Checker<'_, '_>,
    expr: &Expr,
    scope: &Scope<'_>,
) -> bool {
    match &expr.kind {
        ExprKind::Path(path) => match path.parts.as_slice() {
            [only] => path_speaks_of_rows(checker, &only.text, scope),
            _ => false,
        },
        ExprKind::Each(_) => true,
        ExprKind::Binary(operator, operands, _) => {
            use crate::syntax::ast::Binary;
            match operator {
                Binary::Where | Binary::At => true,
                Binary::During | Binary::DuringNot | Binary::Except | Binary::Or | Binary::And => {
                    let [left, _] = operands.as_ref();
                    speaks_of_rows(checker, left, scope)
                }
                Binary::Of
                | Binary::Multiply
                | Binary::Divide
                | Binary::Add
                | Binary::Subtract
                | Binary::Pausing
                | Binary::Rounded
                | Binary::Default => false,
            }
        }
        ExprKind::Call(call) => {
            let name = call.callee.text();
            matches!(name.as_str(), "time" | "runs" | "overlap" | "holds" | "span")
                || checker
                    .project
                    .lookup(scope.file, &name)
                    .is_some_and(|id| checker.metric_gives_rows(id))
        }
        ExprKind::Literal(_)
        | ExprKind::Index(..)
        | ExprKind::If(_)
        | ExprKind::Unary(..)
        | ExprKind::Compare(..)
        | ExprKind::Range(_)
        | ExprKind::Breached(_)
        | ExprKind::Missing => false,
    }
}

fn path_speaks_of_rows(checker: &mut Checker<'_, '_>, name: &str, scope: &Scope<'_>) -> bool {
    let rows = |ty: &Ty| matches!(ty.present(), Ty::Rows(_) | Ty::TimeSet);
    if let Some(param) = scope.params.iter().find(|param| param.name == name) {
        return rows(&param.ty);
    }
    if let Some(field) = scope.row.as_ref().and_then(|row| row.field(name)) {
        return rows(&field);
    }
    if name == "always" {
        return true;
    }
    let Some(id) = checker.project.lookup(scope.file, name) else { return false };
    match checker.project.get(id).map(|decl| decl.what) {
        Some(What::Source(_) | What::Calendar(_)) => true,
        Some(What::Metric(_)) => checker.metric_gives_rows(id),
        _ => false,
    }
}
