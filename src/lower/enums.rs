//! Enums, declared and written in place.

use ecow::EcoString;

use super::Builder;
use super::names::said;
use crate::base::Span;
use crate::names::{DeclId, What};
use crate::plan::{Choice, EnumType};
use crate::syntax::ast::{Field, TypeKind, TypeRef};

impl Builder<'_, '_, '_> {
    /// Remembers where each list of values without a name is first written.
    pub(super) fn find_value_lists(&mut self) {
        for id in self.visible.all.clone() {
            let Some(decl) = self.model.project.get(id) else { continue };
            let mut types: Vec<&TypeRef> = Vec::new();
            match decl.what {
                What::Source(source) => field_types(&source.fields, &mut types),
                What::Metric(metric) => field_types(&metric.params, &mut types),
                What::Fact(fact) => types.extend(&fact.ty),
                What::Table(table) => types.extend(table.keys.iter().chain(&table.ty)),
                What::Party(_)
                | What::Calendar(_)
                | What::Severity(_)
                | What::Enum(_)
                | What::Unit(_)
                | What::Service(_)
                | What::Package(_)
                | What::Agreement(_) => {}
            }
            while let Some(ty) = types.pop() {
                match &ty.kind {
                    TypeKind::Values(names) => {
                        let values: Vec<EcoString> =
                            names.iter().map(|name| name.text.clone()).collect();
                        self.value_lists.entry(values).or_insert(ty.span);
                    }
                    TypeKind::Rows(rows) => field_types(&rows.1, &mut types),
                    TypeKind::Named(_) | TypeKind::Money(_) | TypeKind::Link(_) => {}
                }
            }
        }
    }

    /// The name of an enum without one: its values.
    pub(super) fn need_values(&mut self, values: &[EcoString]) -> String {
        self.used_lists.insert(values.to_vec());
        values.join(" | ")
    }

    /// The enums of the plan in the order of their places.
    pub(super) fn enums(&self, declared: &[DeclId]) -> Vec<EnumType> {
        let mut all: Vec<(Span, EnumType)> = Vec::new();
        for id in declared {
            let Some(decl) = self.model.project.get(*id) else { continue };
            let What::Enum(it) = decl.what else { continue };
            let values = it
                .values
                .iter()
                .map(|value| Choice { name: value.text.to_string(), at: self.place(value.span) })
                .collect();
            let doc = said(decl.item.doc.as_deref());
            all.push((
                decl.item.span,
                EnumType { name: self.label(*id), doc, values, at: self.place(decl.item.span) },
            ));
        }
        for list in &self.used_lists {
            let span = self.value_lists.get(list).copied().unwrap_or(Span::new(self.root, 0, 0));
            let at = self.place(span);
            let values =
                list.iter().map(|name| Choice { name: name.to_string(), at: at.clone() }).collect();
            all.push((span, EnumType { name: list.join(" | "), doc: None, values, at }));
        }
        all.sort_by(|one, two| {
            (self.order(one.0), &one.1.name).cmp(&(self.order(two.0), &two.1.name))
        });
        all.into_iter().map(|(_, it)| it).collect()
    }
}

fn field_types<'t>(fields: &'t [Field], types: &mut Vec<&'t TypeRef>) {
    types.extend(fields.iter().filter_map(|field| field.ty.as_ref()));
}
