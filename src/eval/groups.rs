//! The groups that an objective is evaluated for, and which of them correspond to those of another.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::interpreter::{DataScope, Evaluator};
use super::program::{Groups, Objective, Rows, Version};
use super::setting::{Setting, ignores_of};
use super::timeline::Timeline;
use super::value::Value;
use super::view::Mode;
use crate::data::fault::{Awaiting, Outcome};
use crate::plan::Type;

/// A field that makes groups. Two objectives share it if name and type are the same; what each
/// calls its value does not matter.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct GroupField {
    /// The name of the field in its sources.
    pub name: String,
    /// The type of its values.
    pub of: Type,
}

/// A group: a value for each of some fields. One without fields is all there is of an objective
/// without groups.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Group {
    fields: Arc<[GroupField]>,
    /// The values, in the order of the fields.
    pub values: Vec<Value>,
}

impl Group {
    /// The group of some values, in the order in which an objective names its fields.
    pub fn new(groups: Option<&Groups>, values: Vec<Value>) -> Group {
        Group {
            fields: groups.map(|groups| Arc::clone(&groups.fields)).unwrap_or_default(),
            values,
        }
    }

    /// True for the group of an objective without groups.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The value of a field, if the group has that field.
    pub fn value(&self, field: &GroupField) -> Option<&Value> {
        self.fields.iter().zip(&self.values).find(|(own, _)| *own == field).map(|(_, value)| value)
    }

    /// The same with its fields in alphabetical order: equal for all groups that have the same
    /// values in the same fields.
    #[must_use]
    pub fn sorted(&self) -> Group {
        let mut pairs: Vec<(&GroupField, &Value)> = self.fields.iter().zip(&self.values).collect();
        pairs.sort_by(|(one, _), (two, _)| one.name.cmp(&two.name));
        let (fields, values): (Vec<GroupField>, Vec<Value>) =
            pairs.into_iter().map(|(field, value)| (field.clone(), value.clone())).unzip();
        Group { fields: fields.into(), values }
    }
}

/// The groups of an objective, found by the values of a current group in the fields that both have.
pub struct Corresponding {
    /// One table for each choice of fields that some groups share with the current one: the places
    /// of these fields in the current one, and the numbers of the groups by their values.
    tables: Vec<ByShared>,
}

/// The places of some fields in a current group, and the numbers of groups by their values in these
/// fields.
type ByShared = (Vec<usize>, FxHashMap<Vec<Value>, Vec<usize>>);

impl Corresponding {
    /// Sorts groups for all current groups that have the same fields as this one.
    pub fn new<'g>(groups: impl Iterator<Item = &'g Group>, hand: &Group) -> Corresponding {
        let mut tables: Vec<ByShared> = Vec::new();
        for (number, group) in groups.enumerate() {
            let shared = hand
                .fields
                .iter()
                .enumerate()
                .filter_map(|(place, field)| Some((place, group.value(field)?.clone())));
            let (places, values): (Vec<usize>, Vec<Value>) = shared.unzip();
            match tables.iter_mut().find(|(known, _)| *known == places) {
                Some((_, table)) => table.entry(values).or_default().push(number),
                None => tables.push((places, FxHashMap::from_iter([(values, vec![number])]))),
            }
        }
        Corresponding { tables }
    }

    /// The numbers of the groups with the same values in all shared fields, in ascending order.
    pub fn find(&self, hand: &Group) -> Vec<usize> {
        let of_table = |(places, table): &ByShared| {
            let values: Vec<Value> =
                places.iter().filter_map(|place| hand.values.get(*place).cloned()).collect();
            table.get(&values).cloned().unwrap_or_default()
        };
        let mut found: Vec<usize> = self.tables.iter().flat_map(of_table).collect();
        found.sort_unstable();
        found
    }

    /// The fields that a current group must have for this.
    pub fn fields(hand: &Group) -> Arc<[GroupField]> {
        Arc::clone(&hand.fields)
    }
}

impl Setting<'_> {
    /// The combinations of values that an objective is evaluated for.
    pub(super) fn groups(
        &self,
        objective: &Objective<'_>,
        version: &Version<'_>,
    ) -> Outcome<Vec<Vec<Value>>> {
        let Some(groups) = &objective.groups else { return Ok(vec![Vec::new()]) };
        match &groups.known {
            Some(known) => Ok(known.clone()),
            None => self.groups_of_data(objective, version, groups),
        }
    }

    fn groups_of_data(
        &self,
        objective: &Objective<'_>,
        version: &Version<'_>,
        groups: &Groups,
    ) -> Outcome<Vec<Vec<Value>>> {
        let ignores = ignores_of(objective, version);
        let scope = DataScope {
            customer: self.customer,
            service: objective.service,
            ignores: &ignores,
            reads: None,
            unknown: &[],
            term: self.term,
            zone: version.zone,
        };
        let line = Timeline::plain(self.term, self.term.into());
        let evaluator = Evaluator::new(self.shared, self.facts, scope, &line, Mode::Now);
        let env = evaluator.env(self.term, &[], None);
        let mut sources: Vec<usize> = groups
            .keys
            .iter()
            .flat_map(|key| key.sources.iter().map(|(source, _)| *source))
            .collect();
        sources.sort_unstable();
        sources.dedup();
        let (mut found, mut awaiting) = (Vec::new(), Awaiting::default());
        for source in sources {
            let columns: Option<Vec<usize>> = groups
                .keys
                .iter()
                .map(|key| {
                    key.sources.iter().find(|(cut, _)| *cut == source).map(|(_, column)| *column)
                })
                .collect();
            let (Some(columns), Some(seen)) =
                (columns, evaluator.seen_rows(&Rows::Source { source }, &env)?)
            else {
                continue;
            };
            columns.iter().try_for_each(|column| evaluator.said(source, *column))?;
            let combinations = seen.combinations(self.shared, &columns, self.term);
            found.extend(awaiting.note(combinations)?.into_iter().flatten());
        }
        awaiting.end()?;
        let names = &self.shared.program.names;
        let key = |row: &Vec<Value>| {
            row.iter().map(|value| super::facts::words(value, names)).collect::<Vec<_>>()
        };
        found.sort_by_cached_key(key);
        found.dedup();
        Ok(found)
    }
}
