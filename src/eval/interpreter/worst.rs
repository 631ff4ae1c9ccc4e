//! Which rows decide a value: the worst by what is measured of each, else those that take most
//! time, else the first.

use super::{Env, Evaluator, EvidenceRows, MOST_SHOWN, Row, RowScope, RowSet};
use crate::data::fault::{Fault, Outcome};
use crate::eval::accumulator::{AggregateKind, Ranked, rank};
use crate::eval::program::{Expr, Rows};
use crate::eval::value::Value;
use crate::eval::vectorized::worst_of;

/// By what the rows that are listed of a window are ranked.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    Debug,
    Default,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
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

impl Evaluator<'_> {
    /// The worst of the rows that were picked out of some, all of them or those that are not good,
    /// by a value of each: the greatest or the least; with the value of the first. `None` if the
    /// value ranks none of them.
    pub fn worst(
        &self,
        picked: &EvidenceRows,
        (rows, good): (&Rows, Option<&Expr>),
        (value, greatest): (&Expr, bool),
        env: &Env<'_>,
    ) -> Outcome<Option<(Vec<Row>, Value)>> {
        let how = (greatest, MOST_SHOWN);
        let shared = self.shared;
        let found = match picked {
            EvidenceRows::Preview(..) => {
                let Some(seen) = self.of_those(rows, good, env)? else { return Ok(None) };
                let of = self.bound(seen.source, value, env);
                let of = of.ok_or_else(|| Fault::not_loaded(seen.source))?;
                let found = seen.worst(shared, of, how, env.frame)?;
                let Some(value) = first_value(&found) else { return Ok(None) };
                let rows = found
                    .into_iter()
                    .map(|(_, at, came)| Row::event(at, (seen.source, came)))
                    .collect();
                return Ok(Some((rows, value)));
            }
            EvidenceRows::RowSet { source, rows, ranges, .. } => {
                let vector = self.reader(*source, env).and_then(|reader| reader.vector(value));
                let table = shared.store.table(*source)?;
                match vector
                    .and_then(|vector| worst_of((table, rows, ranges), &vector, how, |row| row))
                {
                    Some(found) => found,
                    None => self.worst_one_by_one(picked, value, how, env)?,
                }
            }
            EvidenceRows::Made(_) => self.worst_one_by_one(picked, value, how, env)?,
        };
        let Some(value) = first_value(&found) else { return Ok(None) };
        let row = |(_, _, number): &Ranked| match picked {
            EvidenceRows::RowSet { source, .. } => Row::stored(shared, *source, *number),
            EvidenceRows::Made(rows) => rows
                .get(*number as usize)
                .cloned()
                .ok_or_else(|| Fault::new("a row that was picked is gone")),
            EvidenceRows::Preview(source, _) => Err(Fault::not_loaded(*source)),
        };
        Ok(Some((found.iter().map(row).collect::<Outcome<Vec<Row>>>()?, value)))
    }

    /// Asks for the worst of some streamed rows, before it is known whether any is bad.
    pub fn plan_worst(
        &self,
        (rows, good): (&Rows, Option<&Expr>),
        (value, greatest): (&Expr, bool),
        env: &Env<'_>,
    ) -> Outcome<()> {
        let Some(seen) = self.of_those(rows, good, env)? else { return Ok(()) };
        // What ranks no row is shown in order of time.
        let Some(of) = self.bound(seen.source, value, env) else { return Ok(()) };
        let worst = AggregateKind::Worst(greatest, MOST_SHOWN);
        seen.plan(self.shared, worst, Some(of), env.frame)
    }

    /// Rows as the store has them, all of them or those that are not good.
    fn of_those(&self, rows: &Rows, good: Option<&Expr>, env: &Env<'_>) -> Outcome<Option<RowSet>> {
        let seen = self.seen_rows(rows, env)?;
        Ok(seen.and_then(|seen| match good {
            Some(good) => self.but(&seen, good, env),
            None => Some(seen),
        }))
    }

    fn worst_one_by_one(
        &self,
        bad: &EvidenceRows,
        value: &Expr,
        how: (bool, usize),
        env: &Env<'_>,
    ) -> Outcome<Vec<Ranked>> {
        let (mut worst, mut next) = (Vec::new(), 0_u32);
        bad.each(self.shared, |row| {
            let hand = RowScope { row, outer: env.row };
            let found = self
                .eval(value, &env.with(&hand))?
                .filter(|it| matches!(it, Value::Quantity(..) | Value::Forever));
            let number = match bad {
                EvidenceRows::RowSet { .. } => row.from.map_or(next, |(_, number)| number),
                EvidenceRows::Made(_) | EvidenceRows::Preview(..) => next,
            };
            rank(&mut worst, (found, row.start, number), how);
            next = next.saturating_add(1);
            Ok::<(), Fault>(())
        })?;
        Ok(worst)
    }
}

/// The value of the worst row; none has one if that has none.
fn first_value(found: &[Ranked]) -> Option<Value> {
    found.first().and_then(|row| row.0.clone())
}
