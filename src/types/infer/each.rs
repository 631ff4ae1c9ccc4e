//! `each`: rows cut into slots, one value a slot.

use std::sync::Arc;

use ecow::EcoString;

use super::empty::of_nothing;
use crate::base::{Exact, Span};
use crate::diag::{Code, Finding};
use crate::lang::units::TimeUnit;
use crate::names::What;
use crate::syntax::ast::{self, EachKey, Path};
use crate::types::checker::{Checker, missing};
use crate::types::constant;
use crate::types::scope::Scope;
use crate::types::tree::{Each, EachBy, Kind, OfNothing, Typed};
use crate::types::ty::{FieldTy, RowKind, Rows, Ty};

impl Checker<'_, '_> {
    pub(super) fn each(&mut self, each: &ast::Each, span: Span, scope: &Scope<'_>) -> Typed {
        let rows = match (&each.of, &scope.slot) {
            (Some(of), _) => self.infer(of, scope),
            (None, Some(slot)) => Typed { kind: Kind::Slot, ty: Ty::Rows(Arc::clone(slot)), span },
            (None, None) => {
                let finding = Finding::new(
                    Code::MissingPart,
                    span,
                    "`each` does not say which rows it divides",
                );
                self.report(finding.help("write `each 5 min of ROWS { … }`"));
                return missing(span);
            }
        };
        let Some(kind) = self.rows_of(&rows) else { return missing(span) };
        let Some(key) = each.key.as_ref().and_then(|key| self.each_key(key, &kind, scope)) else {
            return missing(span);
        };
        if let (EachBy::Field(field), Some((ast::EmptySlot::Last, place))) = (&key, &each.empty) {
            let message = format!(
                "`default last` uses the state of the previous slot, but slots of the field `{field}` have no order"
            );
            let finding = Finding::new(Code::WrongPlace, *place, message);
            self.report(finding.help("write `skip`, or a value such as `default 100%`"));
        }
        let Some(body) = &each.body else { return missing(span) };
        let inside = scope.with_slot(Arc::clone(&kind));
        let body = self.infer(body, &inside);
        if matches!(body.ty, Ty::Rows(_) | Ty::TimeSet) {
            self.mismatch(&body, "one value for each slot");
            return missing(span);
        }
        if each.empty.is_none()
            && !matches!(key, EachBy::Field(_))
            && of_nothing(&body) == OfNothing::NoData
        {
            self.unsaid_empty(&body);
        }
        let ty = Ty::Rows(Arc::new(series(&kind, &key, &body)));
        Typed {
            kind: Kind::Each(Box::new(Each {
                key,
                rows,
                body,
                empty: each.empty.map(|(empty, _)| empty),
            })),
            ty,
            span,
        }
    }

    fn unsaid_empty(&mut self, body: &Typed) {
        let finding = Finding::new(Code::UnsaidEmptySlot, body.span, "nothing says which value a slot without rows has")
            .here("an empty slot has no data")
            .help("add `default 100%` (or another value), `default last` to keep the previous state, or `skip` to leave such slots out");
        self.report(finding);
    }

    fn each_key(&mut self, key: &EachKey, rows: &Rows, scope: &Scope<'_>) -> Option<EachBy> {
        match key {
            EachKey::Length(length) => {
                let length = self.infer(length, scope);
                self.need_type(&length, &Ty::duration());
                self.divides_day(&length);
                Some(EachBy::Length(Box::new(length)))
            }
            EachKey::Window(window) => Some(EachBy::Window(window.clone())),
            EachKey::Name(path) => self.each_name(path, rows, scope),
            EachKey::Pieces(set) => {
                let set = self.infer(set, scope);
                self.need_time_set(&set);
                Some(EachBy::Pieces(Box::new(set)))
            }
        }
    }

    fn divides_day(&mut self, length: &Typed) {
        let Some(value) = constant::value(length) else { return };
        let day = Exact::integer(TimeUnit::Day.nanoseconds());
        let whole = day
            .divide(&value)
            .is_some_and(|slots| slots.is_integer() && !slots.is_negative() && !slots.is_zero());
        if !whole {
            let text = self.sources.text(length.span).to_string();
            let finding = Finding::new(
                Code::SlotLength,
                length.span,
                format!("slots of `{text}` do not divide a day evenly"),
            )
            .help(
                "write a length that divides 24 h evenly, because slots start again at each local midnight",
            );
            self.report(finding);
        }
    }

    fn each_name(&mut self, path: &Path, rows: &Rows, scope: &Scope<'_>) -> Option<EachBy> {
        let name: EcoString = path.text();
        if let Some(field) = rows.fields.iter().find(|field| field.name == name) {
            self.refer(path.span(), field.span);
            return Some(EachBy::Field(name));
        }
        let declared = self
            .project
            .lookup(scope.file, &name)
            .and_then(|id| self.project.get(id))
            .map(|decl| decl.what);
        let param = scope.params.iter().any(|param| param.name == name);
        if param || matches!(declared, Some(What::Calendar(_) | What::Metric(_))) {
            let typed = self.path(path, scope, None);
            return match typed.ty {
                Ty::TimeSet => Some(EachBy::Pieces(Box::new(typed))),
                Ty::Unknown => None,
                _ => {
                    self.need_type(&typed, &Ty::duration());
                    Some(EachBy::Length(Box::new(typed)))
                }
            };
        }
        let names: Vec<EcoString> = rows.fields.iter().map(|field| field.name.clone()).collect();
        self.unknown(
            Code::UnknownField,
            &name,
            path.span(),
            format!("rows cannot be divided by `{name}`: it is neither a field of these rows nor a calendar"),
            &names,
        );
        None
    }
}

fn series(rows: &Rows, key: &EachBy, body: &Typed) -> Rows {
    let fields: Vec<FieldTy> = match key {
        EachBy::Field(name) => {
            rows.fields.iter().filter(|field| field.name == *name).cloned().collect()
        }
        EachBy::Length(_) | EachBy::Window(_) | EachBy::Pieces(_) => Vec::new(),
    };
    Rows { kind: RowKind::Series, fields, value: Some(body.ty.clone()), source: None }
}
