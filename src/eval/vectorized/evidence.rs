//! Rows that are shown: the first ones, and the worst by what is measured of each.

use std::ops::Range;

use super::{Selection, Vector};
use crate::eval::accumulator::Ranked;
use crate::eval::kind::Kind;
use crate::eval::table::Table;
use crate::time::Instant;

/// The first rows of a table in some ranges, so many of them: their instants, and as which they
/// came.
pub fn first_of(
    (table, rows, ranges): (&Table, &Selection, &[Range<usize>]),
    most: usize,
) -> Vec<(Instant, u32)> {
    let mut first = Vec::new();
    for range in ranges {
        let done: Result<(), ()> = rows.each(range.clone(), |row| {
            first.extend(table.start(row).map(|start| (start, table.arrival(row))));
            if first.len() < most { Ok(()) } else { Err(()) }
        });
        if done.is_err() {
            break;
        }
    }
    first
}

/// The worst of some rows of a table, which are known by what `name` calls them; `None` if some
/// value never ends.
pub fn worst_of(
    (table, rows, ranges): (&Table, &Selection, &[Range<usize>]),
    vector: &Vector,
    (greatest, most): (bool, usize),
    name: impl Fn(u32) -> u32,
) -> Option<Vec<Ranked>> {
    if vector.endless.is_some() {
        return None;
    }
    // Of both ways the least is the worst: what is not of a number runs against it.
    let mut worst: Vec<(bool, i64, Instant, u32)> = Vec::new();
    for range in ranges {
        rows.each_row(range.clone(), |row| {
            let number = vector.number(row as usize);
            let rank = number.map_or(0, |number| if greatest { !number } else { number });
            let missing = number.is_none();
            if worst.len() == most
                && worst.last().is_some_and(|last| (last.0, last.1) < (missing, rank))
            {
                return;
            }
            let Some(start) = table.start(row) else { return };
            let found = (missing, rank, start, name(row));
            let place = worst.partition_point(|known| *known <= found);
            if place < most {
                worst.insert(place, found);
                worst.truncate(most);
            }
        });
    }
    let value = |rank: i64| vector.kind.value(if greatest { !rank } else { rank });
    Some(
        worst
            .into_iter()
            .map(|(missing, rank, start, name)| {
                (if missing { None } else { value(rank) }, start, name)
            })
            .collect(),
    )
}

impl Vector {
    /// The number of a row; `None` if it has none, or if it is no quantity.
    fn number(&self, row: usize) -> Option<i64> {
        let has = matches!(self.kind, Kind::Quantity { .. })
            && self.here.as_ref().is_none_or(|here| here.get(row));
        if has { self.ints.at(row) } else { None }
    }
}
