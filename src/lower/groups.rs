//! Groups of objectives and slots: which values there are.

use std::collections::BTreeSet;

use super::Builder;
use super::setting::Setting;
use crate::diag::{Code, Finding};
use crate::names::{DeclId, What};
use crate::plan::GroupValues;
use crate::plan::Value;
use crate::plan::{GroupKey, Groups};
use crate::types::model::{Objective, Remedy, StepFrom};
use crate::types::tree::{Kind, Typed};
use crate::types::ty::Ty;
use crate::types::uses::{sources_of, visit};

/// The most groups one objective has.
const MOST_GROUPS: usize = 20_000;

impl Builder<'_, '_, '_> {
    /// All values a closed type has.
    pub(super) fn known_values(&mut self, ty: &Ty, set: &Setting<'_, '_>) -> Option<Vec<Value>> {
        match ty.present() {
            Ty::Enum(id) => {
                let What::Enum(it) = self.model.project.get(*id)?.what else { return None };
                let of = self.need(*id);
                Some(
                    it.values
                        .iter()
                        .map(|value| Value::Choice {
                            of: of.clone(),
                            value: value.text.to_string(),
                        })
                        .collect(),
                )
            }
            Ty::Values(values) => {
                let of = self.need_values(values);
                Some(
                    values
                        .iter()
                        .map(|value| Value::Choice { of: of.clone(), value: value.to_string() })
                        .collect(),
                )
            }
            Ty::Severity => {
                let all = self.visible.severities.clone();
                Some(all.into_iter().map(|id| Value::Severity { value: self.need(id) }).collect())
            }
            Ty::Service => {
                let scope: Vec<DeclId> = set.terms.services.iter().map(|(id, _)| *id).collect();
                let all = if scope.is_empty() {
                    self.visible.services.clone()
                } else {
                    self.in_order(scope)
                };
                let mut values: Vec<Value> = all
                    .into_iter()
                    .map(|id| Value::Service { value: self.need_service(id, set.zone) })
                    .collect();
                values.dedup();
                Some(values)
            }
            Ty::Customer => {
                let all = self.visible.customers.clone();
                Some(all.into_iter().map(|id| Value::Party { value: self.need(id) }).collect())
            }
            Ty::Boolean => Some([false, true].map(|value| Value::Boolean { value }).to_vec()),
            Ty::Unknown
            | Ty::Quantity(..)
            | Ty::Period
            | Ty::Text
            | Ty::Time
            | Ty::Date
            | Ty::Clock
            | Ty::Rows(_)
            | Ty::TimeSet
            | Ty::Range(_)
            | Ty::Optional(_) => None,
        }
    }

    /// Names of those sources that have a field.
    pub(super) fn sources_with(&mut self, sources: &[DeclId], field: &str) -> Vec<String> {
        let model = self.model;
        let has = |id: &DeclId| {
            model
                .sources
                .get(id)
                .is_some_and(|rows| rows.fields.iter().any(|known| known.name == field))
        };
        let mut names: Vec<String> =
            sources.iter().filter(|id| has(id)).map(|id| self.need(*id)).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The groups of an objective whose metric reads these sources; `None` if it has none.
    pub(super) fn groups(
        &mut self,
        objective: &Objective<'_>,
        sources: &[DeclId],
        set: &Setting<'_, '_>,
    ) -> Option<Groups> {
        if objective.narrowed().by.is_empty() {
            return None;
        }
        let sources = self.sources_around(objective, sources, set);
        let mut keys = Vec::new();
        for group in &objective.narrowed().by {
            keys.push(GroupKey {
                name: group.alias.to_string(),
                field: group.field.to_string(),
                of: self.ty(&group.ty, group.at)?,
                sources: self.sources_with(&sources, &group.field),
            });
        }
        let values = self.group_values(objective, set);
        Some(Groups {
            keys,
            values: values.map_or(GroupValues::Data {}, |values| GroupValues::Known { values }),
        })
    }

    /// The sources of a metric, and those that the hours, exclusions and credits of its objective
    /// read: a group cuts them all.
    fn sources_around(
        &self,
        objective: &Objective<'_>,
        sources: &[DeclId],
        set: &Setting<'_, '_>,
    ) -> Vec<DeclId> {
        let mut all = sources.to_vec();
        let mut read = |typed: &Typed| all.extend(sources_of(typed));
        objective.narrowed().during.iter().for_each(|during| read(&during.value));
        set.terms.hours.iter().for_each(|hours| read(&hours.value));
        for exclude in set
            .terms
            .excludes
            .iter()
            .filter(|it| it.only.is_empty() || it.only.contains(&objective.name))
        {
            read(&exclude.time);
        }
        for credit in
            set.terms.credits.iter().filter(|credit| credit.objectives.contains(&objective.name))
        {
            credit.on.iter().chain(&credit.base).for_each(|typed| read(typed));
            credit.caps.iter().for_each(|cap| read(&cap.amount));
            credit.condition.iter().for_each(|condition| read(&condition.expr));
            for remedy in credit.lines.iter().map(|line| &line.remedy).chain(&credit.pay) {
                match remedy {
                    Remedy::Pay(terms) => {
                        for term in terms {
                            read(&term.amount);
                            if let Some((_, _, StepFrom::Value(from))) = term.step.as_deref() {
                                read(from);
                            }
                        }
                    }
                    Remedy::Extend(length) => read(length),
                    Remedy::Text(_) => {}
                }
            }
        }
        all
    }

    fn group_values(
        &mut self,
        objective: &Objective<'_>,
        set: &Setting<'_, '_>,
    ) -> Option<Vec<Vec<Value>>> {
        let lookups = lookups(&objective.target.value);
        let aliases: Vec<&str> =
            objective.narrowed().by.iter().map(|group| group.alias.as_str()).collect();
        // A table that names every group says which combinations there are.
        for (table, keys) in &lookups {
            let columns: Option<Vec<usize>> = aliases
                .iter()
                .map(|alias| keys.iter().position(|key| key.as_deref() == Some(*alias)))
                .collect();
            if let Some(columns) = columns
                && let Some(rows) = self.table_keys(*table, set)
            {
                return Some(distinct(rows.iter().map(|row| {
                    columns.iter().filter_map(|column| row.get(*column).cloned()).collect()
                })));
            }
        }
        let mut combined: Vec<Vec<Value>> = vec![Vec::new()];
        for group in &objective.narrowed().by {
            let values = match self.known_values(&group.ty, set) {
                Some(values) => values,
                None => self.column_values(&lookups, &group.alias, set)?,
            };
            if combined.len().saturating_mul(values.len()) > MOST_GROUPS {
                let finding = Finding::new(
                    Code::NestedTooDeep,
                    group.at,
                    format!("this makes more than {MOST_GROUPS} groups"),
                );
                self.report(finding.help("group by fewer fields, or look the target up in a table that says which combinations there are"));
                return None;
            }
            let longer = |row: &Vec<Value>| -> Vec<Vec<Value>> {
                values
                    .iter()
                    .map(|value| row.iter().cloned().chain([value.clone()]).collect())
                    .collect()
            };
            combined = combined.iter().flat_map(longer).collect();
        }
        Some(combined)
    }

    /// The values that a table has in the column in which a group is looked up.
    fn column_values(
        &mut self,
        lookups: &[(DeclId, Vec<Option<String>>)],
        alias: &str,
        set: &Setting<'_, '_>,
    ) -> Option<Vec<Value>> {
        for (table, keys) in lookups {
            if let Some(column) = keys.iter().position(|key| key.as_deref() == Some(alias))
                && let Some(rows) = self.table_keys(*table, set)
            {
                let values =
                    rows.iter().filter_map(|row| row.get(column).cloned().map(|value| vec![value]));
                return Some(distinct(values).into_iter().flatten().collect());
            }
        }
        None
    }

    /// The keys of all rows of a table; of a symmetric one in both orders.
    fn table_keys(&mut self, id: DeclId, set: &Setting<'_, '_>) -> Option<Vec<Vec<Value>>> {
        let model = self.model;
        let table = model.tables.get(&id)?;
        let symmetric = matches!(model.project.get(id)?.what, What::Table(it) if it.symmetric);
        let mut rows = Vec::new();
        for (keys, ..) in &table.rows {
            let row: Vec<Value> =
                keys.iter().map(|key| self.value(key, set.zone)).collect::<Option<_>>()?;
            let turned = row.iter().rev().cloned().collect();
            rows.push(row);
            if symmetric {
                rows.push(turned);
            }
        }
        Some(rows)
    }
}

/// Tables that an expression looks up, with the group that each key is, if it is one.
fn lookups(target: &Typed) -> Vec<(DeclId, Vec<Option<String>>)> {
    let mut found = Vec::new();
    visit(target, &mut |kind| {
        if let Kind::Table(id, keys) = kind {
            let group = |key: &Typed| match &key.kind {
                Kind::Group(name) => Some(name.to_string()),
                _ => None,
            };
            found.push((*id, keys.iter().map(group).collect()));
        }
    });
    found
}

/// Each once, in the order they are met.
fn distinct(rows: impl Iterator<Item = Vec<Value>>) -> Vec<Vec<Value>> {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    rows.filter(|row| seen.insert(format!("{row:?}"))).collect()
}
