//! Which rows decide a value: the worst by what is measured of each, else those that take most time, else the first.

use std::ops::Range;

use super::{Bench, Env, InHand, MOST_SHOWN, Picked, Row, Seen};
use crate::run::fault::{Fault, Outcome};
use crate::run::plain::{Kind, Selection, Vector};
use crate::run::program::{Expr, Rows};
use crate::run::store::Table;
use crate::run::value::Value;
use crate::time::Instant;

/// By what the rows that are listed of a window are ranked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RankedBy {
    /// By what the objective measures of each, or of a sum by what each adds, the worst first.
    Value,
    /// By the measured time that each takes, the longest first.
    Time,
    /// By their starts: none is worse than another.
    #[default]
    Start,
}

/// A row that was measured: its value, its start and its number.
pub type Valued = (Option<Value>, Instant, u32);

/// Takes a row into a list of the worst. Rows without a value come last, equal ones in order of time.
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

/// The worst of some rows of a table, which are known by what `name` calls them; `None` if some value never ends.
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
            if worst.len() == most && worst.last().is_some_and(|last| (last.0, last.1) < (missing, rank)) {
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
    Some(worst.into_iter().map(|(missing, rank, start, name)| (if missing { None } else { value(rank) }, start, name)).collect())
}

impl Vector {
    /// The number of a row; `None` if it has none, or if it is no quantity.
    fn number(&self, row: usize) -> Option<i64> {
        let has = matches!(self.kind, Kind::Quantity { .. }) && self.here.as_ref().is_none_or(|here| here.get(row));
        if has { self.ints.at(row) } else { None }
    }
}

impl Bench<'_> {
    /// The worst of the rows that were picked out of some, all of them or those that are not good, by a value of each: the greatest or
    /// the least. `None` if the value ranks none of them.
    pub fn worst(
        &self,
        picked: &Picked,
        (rows, good): (&Rows, Option<&Expr>),
        (value, greatest): (&Expr, bool),
        env: &Env<'_>,
    ) -> Outcome<Option<Vec<Row>>> {
        let how = (greatest, MOST_SHOWN);
        let shared = self.shared;
        let found = match picked {
            Picked::Told(..) => {
                let seen = self.seen_rows(rows, env)?.and_then(|seen| match good {
                    Some(good) => self.but(&seen, good, env),
                    None => Some(seen),
                });
                let Some(seen) = seen else { return Ok(None) };
                let found = self.worst_passing(&seen, value, how, env)?;
                return Ok(ranked(&found).then(|| found.into_iter().map(|(_, at, came)| Row::event(at, (seen.source, came))).collect()));
            }
            Picked::Seen { source, rows, ranges, .. } => {
                let vector = self.reader(*source, env).and_then(|reader| reader.vector(value));
                let table = shared.store.table(*source)?;
                match vector.and_then(|vector| worst_of((table, rows, ranges), &vector, how, |row| row)) {
                    Some(found) => found,
                    None => self.worst_one_by_one(picked, value, how, env)?,
                }
            }
            Picked::Made(_) => self.worst_one_by_one(picked, value, how, env)?,
        };
        if !ranked(&found) {
            return Ok(None);
        }
        let row = |(_, _, number): &Valued| match picked {
            Picked::Seen { source, .. } => Row::stored(shared, *source, *number),
            Picked::Made(rows) => rows.get(*number as usize).cloned().ok_or_else(|| Fault::new("a row that was picked is gone")),
            Picked::Told(source, _) => Err(Fault::of_rows(*source)),
        };
        found.iter().map(row).collect::<Outcome<Vec<Row>>>().map(Some)
    }

    fn worst_one_by_one(&self, bad: &Picked, value: &Expr, how: (bool, usize), env: &Env<'_>) -> Outcome<Vec<Valued>> {
        let (mut worst, mut next) = (Vec::new(), 0_u32);
        bad.each(self.shared, |row| {
            let hand = InHand { row, outer: env.row };
            let found = self.eval(value, &env.with(&hand))?.filter(|it| matches!(it, Value::Quantity(..) | Value::Forever));
            let number = match bad {
                Picked::Seen { .. } => row.from.map_or(next, |(_, number)| number),
                Picked::Made(_) | Picked::Told(..) => next,
            };
            take(&mut worst, (found, row.start, number), how);
            next = next.saturating_add(1);
            Ok::<(), Fault>(())
        })?;
        Ok(worst)
    }

    /// The same of rows that are not held; none while nobody knows.
    fn worst_passing(&self, seen: &Seen, value: &Expr, how: (bool, usize), env: &Env<'_>) -> Outcome<Vec<Valued>> {
        let Some(reader) = self.reader(seen.source, env) else { return Err(Fault::of_rows(seen.source)) };
        seen.worst(self.shared, (&reader, value, env.groups, self.mode), how, env.frame)
    }
}

/// True if some row has a value: the first of them does then.
fn ranked(found: &[Valued]) -> bool {
    found.first().is_some_and(|row| row.0.is_some())
}
