//! Rows by the value of a field.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::bits::{Bits, WORD};
use super::column::{Cell, Column};
use crate::eval::names::Symbol;
use crate::eval::value::Value;

/// The group of no value.
const NONE: u32 = u32::MAX;

/// For each value of a field the rows that have it.
#[derive(Debug, Default)]
pub struct Index {
    /// The values, in the order in which they were met; their places number the groups.
    values: Vec<Value>,
    /// Groups of names, by their numbers.
    by_name: Vec<u32>,
    /// Groups of other values.
    by_value: FxHashMap<Value, u32>,
    /// For each group where its rows end in the list below; they begin where those of the group
    /// before end.
    ends: Vec<usize>,
    /// Rows group by group, in order.
    rows: Vec<u32>,
    /// Rows of the groups that have so many of them that bits are smaller.
    dense: Vec<Option<Arc<Bits>>>,
}

impl Index {
    /// The index of a column of so many rows.
    pub fn new(cells: &Column, len: usize) -> Index {
        let mut index = Index::default();
        let of_rows = index.number(cells, len);
        let mut counts = vec![0_usize; index.values.len()];
        for group in &of_rows {
            if let Some(count) = counts.get_mut(*group as usize) {
                *count += 1;
            }
        }
        let mut next = 0;
        let mut places = Vec::with_capacity(counts.len());
        for count in &counts {
            places.push(next);
            next += count;
            index.ends.push(next);
        }
        index.rows = vec![0; next];
        for (row, group) in (0_u32..).zip(&of_rows) {
            if let Some(place) = places.get_mut(*group as usize) {
                if let Some(slot) = index.rows.get_mut(*place) {
                    *slot = row;
                }
                *place += 1;
            }
        }
        let dense = (0..counts.len()).map(|group| {
            let rows = index.list(group);
            (rows.len() >= len.div_ceil(WORD)).then(|| {
                let mut bits = Bits::all(len, false);
                rows.iter().for_each(|row| bits.set(*row as usize));
                Arc::new(bits)
            })
        });
        index.dense = dense.collect();
        index
    }

    /// Gives each value a number, in the order in which they are met; back come those of all rows.
    fn number(&mut self, cells: &Column, len: usize) -> Vec<u32> {
        let mut known: FxHashMap<u64, u32> = FxHashMap::default();
        let mut last: Option<(u64, u32)> = None;
        let mut group = |row: usize| {
            if !cells.is_here(row) {
                return NONE;
            }
            if let Some(name) = cells.name(row) {
                return self.of_name(name);
            }
            let Some(code) = cells.code(row) else { return self.of_value(cells.cell(row)) };
            if let Some((_, group)) = last.filter(|(before, _)| *before == code) {
                return group;
            }
            let group = *known.entry(code).or_insert_with(|| self.of_value(cells.cell(row)));
            last = Some((code, group));
            group
        };
        (0..len).map(&mut group).collect()
    }

    fn of_name(&mut self, name: Symbol) -> u32 {
        let place = name.number() as usize;
        if place >= self.by_name.len() {
            self.by_name.resize(place + 1, NONE);
        }
        let next = u32::try_from(self.values.len()).unwrap_or(NONE);
        match self.by_name.get_mut(place) {
            Some(group) if *group != NONE => *group,
            Some(group) => {
                *group = next;
                self.values.push(Value::Name(name));
                next
            }
            None => NONE,
        }
    }

    fn of_value(&mut self, cell: Cell) -> u32 {
        let Cell::Here(value) = cell else { return NONE };
        let next = u32::try_from(self.values.len()).unwrap_or(NONE);
        let values = &mut self.values;
        *self.by_value.entry(value).or_insert_with_key(|value| {
            values.push(value.clone());
            next
        })
    }

    fn group(&self, value: &Value) -> Option<usize> {
        let group = match value {
            Value::Name(name) => self.by_name.get(name.number() as usize),
            _ => self.by_value.get(value),
        };
        group.filter(|group| **group != NONE).map(|group| *group as usize)
    }

    /// The values, in the order in which they were met.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        self.values.iter()
    }

    /// The rows that have a value, in order.
    pub fn get(&self, value: &Value) -> &[u32] {
        self.group(value).map_or(&[], |group| self.list(group))
    }

    /// The same as bits, if there are so many that bits are smaller.
    pub fn dense(&self, value: &Value) -> Option<&Arc<Bits>> {
        self.group(value).and_then(|group| self.dense.get(group)?.as_ref())
    }

    fn list(&self, group: usize) -> &[u32] {
        let first =
            group.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let after = self.ends.get(group).copied().unwrap_or(first);
        self.rows.get(first..after).unwrap_or_default()
    }
}
