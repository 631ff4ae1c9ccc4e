//! Which rows are the worst by what is measured of each.

use std::cmp::Ordering;

use crate::eval::value::Value;
use crate::time::Instant;

/// A row that was measured: its value, its start and its number.
pub type Ranked = (Option<Value>, Instant, u32);

/// Takes a row into a list of the worst: those with the greatest values or with the least, and at
/// most so many. Rows without a value come last, equal ones in order of time.
pub fn rank(list: &mut Vec<Ranked>, row: Ranked, (greatest, most): (bool, usize)) {
    let order = |one: &Ranked, two: &Ranked| {
        let by_value = match (&one.0, &two.0) {
            (Some(one), Some(two)) => {
                let order = one.compare(two).unwrap_or(Ordering::Equal);
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
