//! Rows by the value of a field.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::bits::{Bits, WORD};
use super::column::{Cell, Column};
use crate::run::value::Value;

/// For each value of a field the rows that have it.
#[derive(Debug, Default)]
pub struct Index {
    groups: FxHashMap<Value, usize>,
    /// For each group where its rows end in the list below; they begin where those of the group before end.
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
        let mut counts = vec![0_usize; index.groups.len()];
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
        let mut groups = Vec::with_capacity(len);
        for row in 0..len {
            if !cells.is_here(row) {
                groups.push(u32::MAX);
                continue;
            }
            let group = match cells.code(row) {
                Some(code) => match last.filter(|(before, _)| *before == code) {
                    Some((_, group)) => group,
                    None => {
                        let group = *known.entry(code).or_insert_with(|| self.group(cells, row));
                        last = Some((code, group));
                        group
                    }
                },
                None => self.group(cells, row),
            };
            groups.push(group);
        }
        groups
    }

    /// The number of the value of a row.
    fn group(&mut self, cells: &Column, row: usize) -> u32 {
        let next = self.groups.len();
        let number = match cells.cell(row) {
            Cell::Here(value) => *self.groups.entry(value).or_insert(next),
            Cell::Absent | Cell::Unsaid => usize::MAX,
        };
        u32::try_from(number).unwrap_or(u32::MAX)
    }

    /// The values, in no order.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        self.groups.keys()
    }

    /// The rows that have a value, in order.
    pub fn get(&self, value: &Value) -> &[u32] {
        self.groups.get(value).map_or(&[], |group| self.list(*group))
    }

    /// The same as bits, if there are so many that bits are smaller.
    pub fn dense(&self, value: &Value) -> Option<&Arc<Bits>> {
        self.groups.get(value).and_then(|group| self.dense.get(*group)?.as_ref())
    }

    fn list(&self, group: usize) -> &[u32] {
        let first = group.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let after = self.ends.get(group).copied().unwrap_or(first);
        self.rows.get(first..after).unwrap_or_default()
    }
}
