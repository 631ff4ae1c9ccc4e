//! Declarations that agreements need: parties, services, units, enums, severities, facts, tables,
//! sources.

use std::collections::BTreeSet;

use super::Builder;
use super::names::said;
use super::setting::Setting;
use super::values::{duration_unit, number_form};
use crate::base::Exact;
use crate::lang::currencies;
use crate::lang::words;
use crate::names::{DeclId, What};
use crate::plan::{
    ColumnBound, EnumType, Fact, Field, Need, Owner, Party, PartyKind, Process, RowKind, Service,
    Severity, Source, Table, TableRow, Unit, Within,
};
use crate::plan::{DataUnit, Number, Value};
use crate::syntax::ast::{Block, Expr, ExprKind, ItemKind, Literal, ServiceItem, SourceDecl};
use crate::time::Zone;
use crate::types::model::Terms;
use crate::types::ty::{self, FieldTy, Ty};

/// Everything that the plan declares, but for calendars and metrics.
#[derive(Default)]
pub(super) struct Needed {
    pub parties: Vec<Party>,
    pub services: Vec<Service>,
    pub units: Vec<Unit>,
    pub enums: Vec<EnumType>,
    pub severities: Vec<Severity>,
    pub facts: Vec<Fact>,
    pub tables: Vec<Table>,
    pub sources: Vec<Source>,
}

impl Builder<'_, '_, '_> {
    /// All declarations that something in the plan names, and those that they name themselves, in
    /// order.
    pub(super) fn needed(&mut self) -> Needed {
        self.need_all();
        let used: Vec<DeclId> = self.used.iter().copied().collect();
        let mut needed = Needed::default();
        let mut enums = Vec::new();
        for id in self.in_order(used) {
            let Some(decl) = self.model.project.get(id).copied() else { continue };
            let (name, doc, at) =
                (self.label(id), said(decl.item.doc.as_deref()), self.place(decl.item.span));
            match decl.what {
                What::Party(party) => {
                    let title = said(party.title.as_ref());
                    let texts = self.text_terms(&party.items);
                    needed.parties.push(Party {
                        id: name,
                        kind: party_kind(party.kind),
                        title,
                        doc,
                        texts,
                        at,
                    });
                }
                What::Severity(it) => needed.severities.push(Severity {
                    name,
                    title: said(it.title.as_ref()),
                    doc,
                    at,
                }),
                What::Unit(it) => needed.units.push(Unit {
                    name,
                    title: said(it.title.as_ref()),
                    whole: it.whole,
                    doc,
                    at,
                }),
                What::Enum(_) => enums.push(id),
                What::Fact(_) => needed.facts.extend(self.fact(id)),
                What::Table(_) => needed.tables.extend(self.table(id)),
                What::Source(source) => needed.sources.extend(self.source(id, source)),
                What::Service(block) => needed.services.extend(self.service(id, block)),
                What::Calendar(_) | What::Metric(_) | What::Package(_) | What::Agreement(_) => {}
            }
        }
        needed.enums = self.enums(&enums);
        needed
    }

    /// Goes from each needed declaration to those it names, until there are no more.
    fn need_all(&mut self) {
        let mut done: BTreeSet<DeclId> = BTreeSet::new();
        loop {
            let open: Vec<DeclId> = self.used.difference(&done).copied().collect();
            if open.is_empty() {
                return;
            }
            for id in open {
                done.insert(id);
                let Some(decl) = self.model.project.get(id).copied() else { continue };
                match decl.what {
                    What::Service(block) => drop(self.service(id, block)),
                    What::Source(source) => drop(self.source(id, source)),
                    What::Fact(_) => drop(self.fact(id)),
                    What::Table(_) => drop(self.table(id)),
                    What::Party(_)
                    | What::Calendar(_)
                    | What::Severity(_)
                    | What::Enum(_)
                    | What::Unit(_)
                    | What::Metric(_)
                    | What::Package(_)
                    | What::Agreement(_) => {}
                }
            }
        }
    }

    /// Reports values of facts and tables that are no constants, also where nothing uses them.
    pub(super) fn refuse_constants(&mut self) {
        let model = self.model;
        for id in model.facts.keys().copied().filter(|id| self.is_seen(*id)).collect::<Vec<_>>() {
            drop(self.fact(id));
        }
        for id in model.tables.keys().copied().filter(|id| self.is_seen(*id)).collect::<Vec<_>>() {
            drop(self.table(id));
        }
    }

    fn is_seen(&self, id: DeclId) -> bool {
        let declared = self.model.project.get(id);
        declared.is_some_and(|decl| self.seen.contains(&decl.name.span.file))
    }

    fn fact(&mut self, id: DeclId) -> Option<Fact> {
        let model = self.model;
        let fact = model.facts.get(&id)?;
        let decl = model.project.get(id)?;
        let of = self.ty(&fact.ty, decl.name.span)?;
        let default = match &fact.default {
            Some(default) => Some(self.value(default, Zone::UTC)?),
            None => None,
        };
        Some(Fact {
            name: self.label(id),
            of,
            default,
            doc: said(decl.item.doc.as_deref()),
            at: self.place(decl.item.span),
        })
    }

    fn table(&mut self, id: DeclId) -> Option<Table> {
        let model = self.model;
        let table = model.tables.get(&id)?;
        let decl = model.project.get(id)?;
        let What::Table(declared) = decl.what else { return None };
        let keys = table
            .keys
            .iter()
            .map(|key| self.ty(key, decl.name.span))
            .collect::<Option<Vec<_>>>()?;
        let of = self.ty(&table.ty, decl.name.span)?;
        let mut rows = Vec::new();
        for (keys, value, span) in &table.rows {
            let keys: Vec<Value> =
                keys.iter().map(|key| self.value(key, Zone::UTC)).collect::<Option<_>>()?;
            let value = self.value(value, Zone::UTC)?;
            let at = self.place(*span);
            let turned: Vec<Value> = keys.iter().rev().cloned().collect();
            let both = declared.symmetric && turned != keys;
            rows.push(TableRow { keys, value: value.clone(), at: at.clone() });
            if both {
                rows.push(TableRow { keys: turned, value, at });
            }
        }
        Some(Table {
            name: self.label(id),
            doc: said(decl.item.doc.as_deref()),
            keys,
            of,
            rows,
            at: self.place(decl.item.span),
        })
    }

    fn source(&mut self, id: DeclId, declared: &SourceDecl) -> Option<Source> {
        let model = self.model;
        let rows = model.sources.get(&id)?;
        let decl = model.project.get(id)?;
        let kind = match rows.kind {
            ty::RowKind::Events => RowKind::Events {},
            ty::RowKind::Spans => RowKind::Spans {},
            ty::RowKind::Series => {
                let value = rows.fields.iter().find(|field| field.name == "value");
                RowKind::Series {
                    of: self.ty(rows.value.as_ref()?, decl.name.span)?,
                    within: value.and_then(within),
                }
            }
        };
        let mut fields = Vec::new();
        for field in &rows.fields {
            if let Some((linked, _)) = &field.link {
                self.need(*linked);
                continue;
            }
            if rows.kind == ty::RowKind::Series && field.name == "value" {
                continue;
            }
            let written = declared.fields.iter().find(|known| known.name.text == field.name);
            fields.push(Field {
                name: field.name.to_string(),
                of: self.ty(&field.ty, field.span)?,
                optional: field.ty.is_optional(),
                within: within(field),
                doc: said(written.and_then(|field| field.doc.as_deref())),
                at: self.place(field.span),
            });
        }
        let owner = |ty: &Ty| rows.owner(ty).map(|field| field.name.to_string());
        Some(Source {
            name: self.label(id),
            rows: kind,
            doc: said(decl.item.doc.as_deref()),
            fields,
            owner: Owner { customer: owner(&Ty::Customer), service: owner(&Ty::Service) },
            measured_by: declared.measured_by.iter().filter_map(|text| said(Some(text))).collect(),
            at: self.place(decl.item.span),
        })
    }

    fn service(&mut self, id: DeclId, block: &Block) -> Option<Service> {
        let model = self.model;
        let it = model.services.get(&id)?;
        let decl = model.project.get(id)?;
        let zone = self.service_zones.get(&id).copied().unwrap_or(Zone::UTC);
        let terms = Terms::default();
        let set = Setting { id: "", zone, start: None, template: false, terms: &terms };
        let hours = it.hours.as_ref().and_then(|hours| self.times(hours, &set));
        let mut needs = Vec::new();
        for (least, services, span) in &it.needs {
            let least = least.unwrap_or(u32::try_from(services.len()).unwrap_or(u32::MAX));
            let services =
                services.iter().map(|service| self.need_service(*service, zone)).collect();
            needs.push(Need { least, services, at: self.place(*span) });
        }
        let mut processes = Vec::new();
        for (process, within) in &it.processes {
            let Some(text) = &process.text else { continue };
            let within = within.as_ref().and_then(|within| self.clock_length(within, &set));
            processes.push(Process {
                text: text.value.to_string(),
                within,
                at: self.place(text.span),
            });
        }
        let uses = block.items.iter().filter_map(|item| match &item.kind {
            ItemKind::ServiceItem(ServiceItem::Uses(texts)) => Some(texts),
            _ => None,
        });
        Some(Service {
            id: self.label(id),
            title: said(block.title.as_ref()),
            doc: said(decl.item.doc.as_deref()),
            hours,
            needs,
            uses: uses.flatten().map(|text| self.text_of("uses", text)).collect(),
            processes,
            texts: self.text_terms(&block.items),
            at: self.place(decl.item.span),
        })
    }

    /// The value of a literal as written.
    pub(super) fn constant_of(&mut self, expr: &Expr) -> Option<Value> {
        let ExprKind::Literal(literal) = &expr.kind else { return None };
        Some(match literal {
            Literal::Number(value, form) => {
                Value::Number { value: Number(value.clone()), form: number_form(*form) }
            }
            Literal::Duration(value, unit) => {
                Value::Duration { nanoseconds: value.to_i64()?, unit: duration_unit(*unit) }
            }
            Literal::Data(bits, unit) => {
                Value::Data { bits: Number(bits.clone()), unit: DataUnit(unit.name.to_string()) }
            }
            Literal::Quantity(amount, unit) => {
                let amount = Number(amount.clone());
                let declared = self.model.project.lookup(unit.span.file, &unit.text);
                let is_unit = |id: &DeclId| {
                    matches!(self.model.project.get(*id).map(|decl| decl.what), Some(What::Unit(_)))
                };
                match declared.filter(is_unit) {
                    Some(id) => Value::Count { amount, unit: self.need(id) },
                    None => Value::Money {
                        amount,
                        currency: currencies::find(&unit.text)?.code.to_string(),
                    },
                }
            }
            Literal::Text(text) => Value::Text { value: text.to_string() },
            Literal::Boolean(value) => Value::Boolean { value: *value },
            Literal::Period(_)
            | Literal::Rate(..)
            | Literal::Time(_)
            | Literal::Date(_)
            | Literal::Month(..)
            | Literal::Clock(_) => {
                return None;
            }
        })
    }
}

/// What the values of a field must keep.
fn within(field: &FieldTy) -> Option<Within> {
    let bound = |bound: &Option<(Exact, bool)>| {
        bound.as_ref().map(|(value, included)| ColumnBound {
            value: Number(value.clone()),
            included: *included,
        })
    };
    field
        .within
        .as_ref()
        .map(|within| Within { low: bound(&within.low), high: bound(&within.high) })
}

fn party_kind(kind: words::PartyKind) -> PartyKind {
    match kind {
        words::PartyKind::Provider => PartyKind::Provider,
        words::PartyKind::Customer => PartyKind::Customer,
        words::PartyKind::Team => PartyKind::Team,
    }
}
