//! Which rows are the worst by what is measured of each.

use std::ops::Range;

use super::table::Table;
use super::value::Value;
use super::vectorized::{Kind, Selection, Vector};
use crate::time::Instant;

/// A row that was measured: its value, its start and its number.
pub type Valued = (Option<Value>, Instant, u32);

/// Takes a row into a list of the worst. Rows without a value come last, equal ones in order of
/// time.
pub fn take(list: &mut Vec<Valued>, row: Valued, (greatest, most): (bool, usize)) {
    let order = |one: &Valued, two: &Valued| {
        let by_value = match (&one.0, &two.0) {
            (Some(one), Some(two)) => {
                let order = one.compare(two).unwrap_or(std::cmp::Ordering::Equal);
                if greatest { order.reverse() } else { order }
            }
            (one, two) => two.is_some().cmp(&one.is_some()),
        };
        by_value.then_with(|| (one.1, one.2).cmp(&(two.1, two.2)))
    };
    let place = list.partition_point(|known| order(known, &row).is_le());
    if place < most {
        list.insert(place, row);
        list.truncate(most);
    }
}

/// The worst of some rows of a table, which are known by what `name` calls them; `None` if some
/// value never ends.
pub fn worst_of(
    (table, rows, ranges): (&Table, &Selection, &[Range<usize>]),
    vector: &Vector,
    (greatest, most): (bool, usize),
    name: impl Fn(u32) -> u32,
) -> Option<Vec<Valued>> {
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
