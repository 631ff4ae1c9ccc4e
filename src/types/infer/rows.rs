//! Rows: types of sources, and what reshapes rows.

use std::sync::Arc;

use ecow::EcoString;

use crate::base::{FileId, Span, closest};
use crate::diag::{Code, Finding};
use crate::lang::currencies;
use crate::lang::words::HABITUAL_TYPES;
use crate::names::{DeclId, What};
use crate::syntax::ast::{
    Compare, Expr, ExprKind, Field, FieldBounds, Link, Name, TypeKind, TypeRef,
};
use crate::types::checker::{Checker, missing};
use crate::types::constant;
use crate::types::infer::literals::unit_nature;
use crate::types::scope::Scope;
use crate::types::tree::{Kind, TimeOp, Typed};
use crate::types::ty::{Dimension, FieldTy, Nature, RowKind, Rows, Ty, Within};

/// Type words with their types; declared enums and units come on top.
const TYPE_WORDS: &[&str] = &[
    "number",
    "duration",
    "text",
    "boolean",
    "time",
    "date",
    "data",
    "rate",
    "bandwidth",
    "money",
    "period",
    "Service",
    "Customer",
    "Severity",
    "events",
    "spans",
    "series",
    "time set",
];

impl Checker<'_, '_> {
    /// The type of a source's rows.
    pub(crate) fn source_rows(&mut self, id: DeclId) -> Arc<Rows> {
        if let Some(rows) = self.rows.get(&id) {
            return Arc::clone(rows);
        }
        let nothing = Arc::new(Rows {
            kind: RowKind::Spans,
            fields: Vec::new(),
            value: None,
            source: Some(id),
        });
        let Some(decl) = self.project.get(id).copied() else { return nothing };
        let What::Source(source) = decl.what else { return nothing };
        // A link to a source that links back would walk in a circle; the fields of the open one are
        // not needed for that.
        self.rows.insert(id, Arc::clone(&nothing));
        let kind = match source.rows.as_ref().map(|name| name.text.as_str()) {
            Some("events") => RowKind::Events,
            Some("series") => RowKind::Series,
            Some("spans") | None => RowKind::Spans,
            Some(other) => {
                let span = source.rows.as_ref().map_or(decl.name.span, |name| name.span);
                let names = ["events", "spans", "series"].map(EcoString::from);
                self.unknown(
                    Code::UnknownType,
                    other,
                    span,
                    format!("a source has events, spans or series, not `{other}`"),
                    &names,
                );
                RowKind::Spans
            }
        };
        let fields = self.fields(&source.fields, decl.name.span.file, kind);
        let value = fields.iter().find(|field| field.name == "value").map(|field| field.ty.clone());
        let value =
            if kind == RowKind::Series { Some(value.unwrap_or_else(Ty::number)) } else { None };
        let rows = Arc::new(Rows { kind, fields, value, source: Some(id) });
        self.rows.insert(id, Arc::clone(&rows));
        rows
    }

    /// Types of declared fields.
    pub(crate) fn fields(&mut self, fields: &[Field], file: FileId, kind: RowKind) -> Vec<FieldTy> {
        let mut typed: Vec<FieldTy> = Vec::new();
        let own: &[&str] = match kind {
            RowKind::Events => &["at"],
            RowKind::Spans => &["start", "end", "length"],
            RowKind::Series => &["start", "end", "length"],
        };
        for field in fields {
            let name = &field.name;
            if own.contains(&name.text.as_str()) {
                let message =
                    format!("every row of {} has `{}` already", kind.describe(), name.text);
                self.report(
                    Finding::new(Code::DuplicateName, name.span, message)
                        .help("leave the field out"),
                );
                continue;
            }
            if let Some(first) = typed.iter().find(|first| first.name == name.text) {
                let finding = Finding::new(
                    Code::DuplicateName,
                    name.span,
                    format!("the field `{}` is declared twice", name.text),
                );
                let finding = finding.also(first.span, "first declared here");
                self.report(finding);
                continue;
            }
            let mut ty = field.ty.as_ref().map_or(Ty::Unknown, |ty| self.type_of(ty, file));
            let within = field
                .bounds
                .as_ref()
                .and_then(|bounds| self.bounds(bounds, &mut ty, file))
                .map(Arc::new);
            let link = match &field.ty {
                Some(TypeRef { kind: TypeKind::Link(link), .. }) => {
                    link.source.as_ref().zip(link.key.as_ref()).and_then(|(source, key)| {
                        self.project.lookup(file, &source.text).map(|id| (id, key.text.clone()))
                    })
                }
                _ => None,
            };
            typed.push(FieldTy { name: name.text.clone(), ty, span: name.span, link, within });
        }
        typed
    }

    /// What the bounds of a field come to. A number whose bounds are written as shares is a share.
    fn bounds(&mut self, bounds: &FieldBounds, ty: &mut Ty, file: FileId) -> Option<Within> {
        let present = ty.present().clone();
        let Ty::Quantity(dimension, nature) = &present else {
            if !present.is_unknown() {
                let message = format!("{} cannot have bounds", self.say(&present));
                self.report(
                    Finding::new(Code::TypeMismatch, bounds.span, message)
                        .help("only numbers and quantities have bounds; leave them out"),
                );
            }
            return None;
        };
        if dimension.money != 0 && dimension.currency.is_none() {
            let finding = Finding::new(
                Code::TypeMismatch,
                bounds.span,
                "an amount whose currency is in the data cannot have bounds",
            );
            self.report(finding.help("name the currency: `charge: money EUR >= 0 EUR`"));
            return None;
        }
        let value = self.infer_as(&bounds.value, &Scope::bare(file), Some(&present));
        let ends = match (bounds.compare, value) {
            (Compare::In, Typed { kind: Kind::Range(ends), .. }) => ends.map(Some),
            (Compare::In, other) => {
                self.mismatch(&other, "a range such as `0%..100%`");
                return None;
            }
            (Compare::Less | Compare::AtMost, high) => [None, Some(high)],
            (_, low) => [Some(low), None],
        };
        let mut known = [None, None];
        for (end, known) in ends.iter().zip(&mut known) {
            let Some(end) = end else { continue };
            self.need_type(end, &present);
            *known = constant::value(end);
            if known.is_none() && !end.ty.is_unknown() {
                let finding = Finding::new(
                    Code::NotConstant,
                    end.span,
                    "the bounds of a field are constants",
                );
                self.report(finding.help("write values, as in `level: number in 0%..100%`"));
            }
        }
        if *nature == Nature::Plain
            && ends.iter().flatten().any(|end| matches!(end.ty, Ty::Quantity(_, Nature::Ratio)))
        {
            let share = Ty::Quantity(dimension.clone(), Nature::Ratio);
            *ty = if ty.is_optional() { Ty::Optional(Box::new(share)) } else { share };
        }
        let is_included = !matches!(bounds.compare, Compare::Less | Compare::Greater);
        let [low, high] = known.map(|end| end.map(|end| (end, is_included)));
        (low.is_some() || high.is_some()).then_some(Within { low, high })
    }

    /// The type a type reference names.
    pub(crate) fn type_of(&mut self, reference: &TypeRef, file: FileId) -> Ty {
        let ty = match &reference.kind {
            TypeKind::Named(name) => self.named_type(name, file),
            TypeKind::Money(currency) => match currencies::find(&currency.text) {
                Some(currency) => Ty::money(Some(currency)),
                None => {
                    self.unknown_unit(currency, &Scope::bare(file));
                    Ty::Unknown
                }
            },
            TypeKind::Values(values) => {
                Ty::Values(values.iter().map(|value| value.text.clone()).collect())
            }
            TypeKind::Link(link) => self.linked(link, file),
            TypeKind::Rows(rows) => {
                let (kind, fields) = &**rows;
                let kind = match kind.text.as_str() {
                    "events" => RowKind::Events,
                    "series" => RowKind::Series,
                    _ => RowKind::Spans,
                };
                let fields = self.fields(fields, file, kind);
                let value =
                    fields.iter().find(|field| field.name == "value").map(|field| field.ty.clone());
                Ty::Rows(Arc::new(Rows { kind, fields, value, source: None }))
            }
        };
        if reference.optional && !ty.is_unknown() { Ty::Optional(Box::new(ty)) } else { ty }
    }

    fn named_type(&mut self, name: &Name, file: FileId) -> Ty {
        let rows = |kind, value| {
            Ty::Rows(Arc::new(Rows { kind, fields: Vec::new(), value, source: None }))
        };
        match name.text.as_str() {
            "number" => Ty::number(),
            "duration" => Ty::duration(),
            "text" => Ty::Text,
            "boolean" => Ty::Boolean,
            "time" => Ty::Time,
            "date" => Ty::Date,
            "data" => Ty::Quantity(Dimension::data(), Nature::Plain),
            "rate" => Ty::Quantity(Dimension { time: -1, ..Dimension::default() }, Nature::Plain),
            "bandwidth" => Ty::Quantity(Dimension { time: -1, ..Dimension::data() }, Nature::Plain),
            "money" => Ty::money(None),
            "period" => Ty::Period,
            "Service" => Ty::Service,
            "Customer" => Ty::Customer,
            "Severity" => Ty::Severity,
            "events" => rows(RowKind::Events, None),
            "spans" => rows(RowKind::Spans, None),
            "series" => rows(RowKind::Series, Some(Ty::number())),
            "time set" => Ty::TimeSet,
            word => self.declared_type(word, name, file),
        }
    }

    fn declared_type(&mut self, word: &str, name: &Name, file: FileId) -> Ty {
        let id = self.project.lookup(file, word);
        match id.and_then(|id| self.project.get(id).map(|decl| (id, *decl))) {
            Some((id, decl)) if matches!(decl.what, What::Enum(_)) => {
                self.refer(name.span, decl.name.span);
                Ty::Enum(id)
            }
            Some((id, decl)) if matches!(decl.what, What::Unit(_)) => {
                self.refer(name.span, decl.name.span);
                Ty::Quantity(Dimension::unit(id), unit_nature(decl.what))
            }
            Some((_, decl)) => {
                let finding = Finding::new(
                    Code::WrongKind,
                    name.span,
                    format!("`{word}` is {}, not a type", decl.what.noun()),
                );
                self.report(
                    finding
                        .also(decl.name.span, "declared here")
                        .help("types are `number`, `duration`, `time`, an enum, a unit …"),
                );
                Ty::Unknown
            }
            None => {
                let message = format!("there is no type `{word}`");
                let finding = Finding::new(Code::UnknownType, name.span, message);
                let habitual = HABITUAL_TYPES
                    .iter()
                    .find(|(words, _)| words.iter().any(|known| known.eq_ignore_ascii_case(word)));
                let declared = self
                    .project
                    .decls()
                    .filter(|(_, decl)| matches!(decl.what, What::Enum(_) | What::Unit(_)))
                    .map(|(_, decl)| decl.name.text.as_str());
                let near = closest(word, declared.chain(TYPE_WORDS.iter().copied()));
                let write = |finding: Finding, own: &str| {
                    finding.suggestion(format!("write `{own}`"), name.span, own)
                };
                self.report(match (habitual, near) {
                    (Some((_, own)), _) => write(finding.help(format!("write `{own}`")), own),
                    (None, Some(near)) => {
                        write(finding.help(format!("did you mean `{near}`?")), near)
                    }
                    (None, None) => finding.help(
                        "types are `number`, `duration`, `text`, `boolean`, `time`, `date`, \
                         `data`, `rate`, `money EUR`, `Service`, `Customer`, `Severity`, and \
                         the enums and units you declare",
                    ),
                });
                Ty::Unknown
            }
        }
    }

    /// `spans of waits by ticket`
    fn linked(&mut self, link: &Link, file: FileId) -> Ty {
        let (Some(source), Some(key)) = (&link.source, &link.key) else { return Ty::Unknown };
        let Some(id) = self.project.lookup(file, &source.text) else {
            let finding = Finding::new(
                Code::UnknownName,
                source.span,
                format!("no source is called `{}`", source.text),
            );
            let advice = self.project.suggest(
                file,
                &source.text,
                |what| matches!(what, What::Source(_)),
                self.sources,
            );
            self.report(advice.attach(finding, source.span));
            return Ty::Unknown;
        };
        self.refer_decl(source.span, id);
        let rows = self.source_rows(id);
        let kind = rows.kind.word();
        if link.rows.text != kind {
            let (word, name) = (&link.rows.text, &source.text);
            let message = format!("`{name}` has {}, not `{word}`", rows.kind.describe());
            let finding = Finding::new(Code::WrongKind, link.rows.span, message);
            let write = format!("write `{kind} of {name}`");
            self.report(finding.suggestion(write, link.rows.span, kind));
        }
        match rows.fields.iter().find(|field| field.name == key.text) {
            Some(field) => self.refer(key.span, field.span),
            None if rows.fields.is_empty() => {}
            None => self.unknown(
                Code::UnknownField,
                &key.text,
                key.span,
                format!("rows of `{}` have no field `{}`", source.text, key.text),
                &rows.names(),
            ),
        }
        Ty::Rows(rows)
    }

    /// Checks that rows have everything that is required; an error says in words what is wrong.
    pub(crate) fn rows_fit(&self, have: &Rows, wanted: &Rows) -> Result<(), String> {
        let kind = match (have.kind, wanted.kind) {
            (RowKind::Series, RowKind::Spans) => true,
            (one, two) => one == two,
        };
        if !kind {
            return Err(format!(
                "{} are needed, but these are {}",
                wanted.kind.describe(),
                have.kind.describe()
            ));
        }
        for field in &wanted.fields {
            let Some(found) = have.field(&field.name) else {
                return Err(format!("the rows have no field `{}`", field.name));
            };
            if !self.field_fits(&found, &field.ty) {
                return Err(format!(
                    "`{}` is {}, but {} is needed",
                    field.name,
                    self.say(&found),
                    self.say(&field.ty)
                ));
            }
        }
        Ok(())
    }

    /// A field of a parameter takes more than a value does: a `number` also a count of an own unit,
    /// `money` any currency.
    fn field_fits(&self, have: &Ty, wanted: &Ty) -> bool {
        match (have, wanted) {
            (Ty::Optional(have), Ty::Optional(wanted)) => self.field_fits(have, wanted),
            (have, Ty::Optional(wanted)) => self.field_fits(have, wanted),
            (Ty::Quantity(have, _), Ty::Quantity(wanted, _)) if wanted.is_number() => {
                have.time == 0 && have.data == 0 && have.money == 0
            }
            (Ty::Rows(have), Ty::Rows(wanted)) => self.rows_fit(have, wanted).is_ok(),
            (have, wanted) => self.fits(have, wanted),
        }
    }

    /// The rows an expression stands for; a time set counts as spans without fields.
    pub(crate) fn rows_of(&mut self, typed: &Typed) -> Option<Arc<Rows>> {
        match typed.ty.present() {
            Ty::Rows(rows) => Some(Arc::clone(rows)),
            Ty::TimeSet => Some(Arc::new(Rows {
                kind: RowKind::Spans,
                fields: Vec::new(),
                value: None,
                source: None,
            })),
            Ty::Unknown => None,
            _ => {
                self.mismatch(typed, "rows of a source");
                None
            }
        }
    }

    /// Reports unless this is a set of times.
    pub(crate) fn need_time_set(&mut self, typed: &Typed) {
        match &typed.ty {
            Ty::TimeSet | Ty::Unknown => {}
            Ty::Rows(rows) if rows.kind == RowKind::Series && rows.value == Some(Ty::Boolean) => {
                let finding = Finding::new(
                    Code::TypeMismatch,
                    typed.span,
                    "a series of conditions is not a set of times",
                )
                .help("`runs(…, lasting 1 min)` turns it into one");
                self.report(finding);
            }
            Ty::Rows(rows) if rows.kind == RowKind::Spans => {
                let name = self.sources.text(typed.span).to_string();
                let finding = Finding::new(
                    Code::TypeMismatch,
                    typed.span,
                    "these are rows, but a set of times is needed",
                )
                .help(format!("the time they cover is `time({name})`"))
                .fix(
                    format!("write `time({name})`"),
                    typed.span,
                    format!("time({name})"),
                );
                self.report(finding);
            }
            _ => self.mismatch(typed, "a set of times, such as a calendar"),
        }
    }

    /// `S where p`
    pub(super) fn filter(
        &mut self,
        left: &Expr,
        right: &Expr,
        span: Span,
        scope: &Scope<'_>,
    ) -> Typed {
        let rows = self.infer(left, scope);
        let Some(kind) = self.rows_of(&rows) else {
            return missing(span);
        };
        let inside = scope.with_row(Arc::clone(&kind));
        let condition = self.infer_as(right, &inside, Some(&Ty::Boolean));
        self.need_boolean(&condition);
        let narrowed = self.narrow(&inside, &condition);
        let ty = Ty::Rows(narrowed.row.unwrap_or(kind));
        Typed { kind: Kind::Where(Box::new([rows, condition])), ty, span }
    }

    /// The scope in which a condition is known to hold: what it says is there, is there.
    pub(crate) fn narrow<'s>(&self, scope: &Scope<'s>, condition: &Typed) -> Scope<'s> {
        let mut there = Vec::new();
        present_fields(condition, &mut there);
        let Some(rows) = scope.row.as_ref().filter(|_| !there.is_empty()) else {
            return scope.clone();
        };
        let mut rows = Rows::clone(rows);
        for name in there {
            match rows.fields.iter_mut().find(|field| field.name == name) {
                Some(field) => field.ty = field.ty.present().clone(),
                None => {
                    if let Some(ty) = rows.field(&name) {
                        rows.fields.push(FieldTy {
                            name,
                            ty: ty.present().clone(),
                            span: condition.span,
                            link: None,
                            within: None,
                        });
                    }
                }
            }
        }
        scope.with_row(Arc::new(rows))
    }

    /// `S during T`, `T during U`, `elapsed(…) during T`
    pub(super) fn during(
        &mut self,
        left: &Expr,
        right: &Expr,
        inside: bool,
        span: Span,
        scope: &Scope<'_>,
    ) -> Typed {
        let left = self.infer(left, scope);
        let set = self.infer(right, scope);
        self.need_time_set(&set);
        if let Kind::Elapsed { ends, during: None, pausing } = left.kind {
            let set = if inside {
                set
            } else {
                Typed { span: set.span, ty: Ty::TimeSet, kind: Kind::Complement(Box::new(set)) }
            };
            return Typed {
                kind: Kind::Elapsed { ends, during: Some(Box::new(set)), pausing },
                ty: left.ty,
                span,
            };
        }
        match &left.ty {
            Ty::TimeSet => {
                let operator = if inside { TimeOp::Intersection } else { TimeOp::Difference };
                Typed { kind: Kind::TimeOp(operator, Box::new([left, set])), ty: Ty::TimeSet, span }
            }
            Ty::Rows(_) => {
                let ty = left.ty.clone();
                Typed { kind: Kind::Within(Box::new([left, set]), inside), ty, span }
            }
            Ty::Unknown => missing(span),
            _ => {
                self.mismatch(&left, "rows, a set of times or `elapsed(…)` before `during`");
                missing(span)
            }
        }
    }

    /// `T except U`
    pub(super) fn except(
        &mut self,
        left: &Expr,
        right: &Expr,
        span: Span,
        scope: &Scope<'_>,
    ) -> Typed {
        let left = self.infer(left, scope);
        let right = self.infer(right, scope);
        self.need_time_set(&left);
        self.need_time_set(&right);
        Typed {
            kind: Kind::TimeOp(TimeOp::Difference, Box::new([left, right])),
            ty: Ty::TimeSet,
            span,
        }
    }

    /// `elapsed(a, b) pausing P`: P is rows linked to this one, or a set of times.
    pub(super) fn pausing(
        &mut self,
        left: &Expr,
        right: &Expr,
        span: Span,
        scope: &Scope<'_>,
    ) -> Typed {
        let left = self.infer(left, scope);
        let pauses = self.infer(right, scope);
        if !matches!(&pauses.ty, Ty::TimeSet | Ty::Unknown)
            && !matches!(&pauses.ty, Ty::Rows(rows) if rows.kind == RowKind::Spans)
        {
            self.mismatch(&pauses, "spans or a set of times");
        }
        match left.kind {
            Kind::Elapsed { ends, during, pausing: None } => Typed {
                kind: Kind::Elapsed { ends, during, pausing: Some(Box::new(pauses)) },
                ty: left.ty,
                span,
            },
            Kind::Missing => missing(span),
            _ => {
                self.mismatch(&left, "`elapsed(…)` before `pausing`");
                missing(span)
            }
        }
    }

    /// `S at FIELD`
    pub(super) fn at_field(
        &mut self,
        left: &Expr,
        right: &Expr,
        span: Span,
        scope: &Scope<'_>,
    ) -> Typed {
        let rows = self.infer(left, scope);
        let Some(kind) = self.rows_of(&rows) else { return missing(span) };
        let ExprKind::Path(path) = &right.kind else {
            self.report(Finding::new(
                Code::TypeMismatch,
                right.span,
                "`at` takes the field with the instant of each row",
            ));
            return missing(span);
        };
        let name = path.text();
        let Some(instant) = self.instant_field(&kind, &name, path.span()) else {
            return missing(span);
        };
        let ty = rows.ty.clone();
        Typed { kind: Kind::At(Box::new(rows), instant), ty, span }
    }

    /// The name of a field, if it is one and holds an instant; reports otherwise.
    pub(crate) fn instant_field(
        &mut self,
        rows: &Rows,
        name: &EcoString,
        span: Span,
    ) -> Option<EcoString> {
        let Some(ty) = rows.field(name) else {
            self.unknown(
                Code::UnknownField,
                name,
                span,
                format!("the rows have no field `{name}`"),
                &rows.names(),
            );
            return None;
        };
        if let Some(field) = rows.fields.iter().find(|field| field.name == *name) {
            self.refer(span, field.span);
        }
        if !matches!(ty.present(), Ty::Time | Ty::Unknown) {
            let message = format!("`{name}` is {}, but an instant is needed", self.say(&ty));
            self.report(Finding::new(Code::TypeMismatch, span, message));
            return None;
        }
        Some(name.clone())
    }
}

/// Fields that are there wherever the condition holds.
fn present_fields(condition: &Typed, there: &mut Vec<EcoString>) {
    match &condition.kind {
        Kind::Has(inner) => {
            if let Kind::Field(name) = &inner.kind {
                there.push(name.clone());
            }
        }
        Kind::And(both) => both.iter().for_each(|side| present_fields(side, there)),
        _ => {}
    }
}
