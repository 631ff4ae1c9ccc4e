//! One value of many rows.

use super::{Env, Evaluator, RowScope};
use crate::base::Exact;
use crate::data::fault::{Fault, Outcome};
use crate::eval::accumulator::{Accumulator, AggregateKind, Evaluated};
use crate::eval::program::{Expr, Fold, Rows};
use crate::eval::value::Value;
use crate::plan::Place;

impl Evaluator<'_> {
    /// One value of the rows that belong to the frame.
    pub fn fold(
        &self,
        (id, fold): (u32, &Fold),
        rows: &Rows,
        of: Option<&Expr>,
        at: &Place,
        env: &Env<'_>,
    ) -> Outcome<Option<Value>> {
        if let Some(seen) = self.seen_rows(rows, env)?
            && let Some(value) = self.fold_seen((id, fold), (rows, &seen), of, env)?
        {
            return Ok(value);
        }
        let mut accumulator = Accumulator::new(&AggregateKind::of(fold), usize::MAX);
        self.each_row(rows, env, Some(self.frame_of(rows, env)), &mut |row| {
            let value = match of {
                None => Some(Value::Boolean(true)),
                Some(of) => {
                    let hand = RowScope { row, outer: env.row };
                    self.eval(of, &env.with(&hand))?
                }
            };
            accumulator.update(value).map_err(|clash| self.clash(clash, at))
        })?;
        match accumulator.evaluate(fold).map_err(|clash| self.clash(clash, at))? {
            Evaluated::Value(value) => Ok(value),
            Evaluated::Between { .. } => {
                Err(Fault::at(at, "a percentile of rows one by one must be one of their values"))
            }
        }
    }

    /// A number that must be one.
    pub fn number(&self, value: Value, at: &Place) -> Outcome<Exact> {
        match value {
            Value::Quantity(amount, _) => Ok(amount),
            Value::Boolean(_)
            | Value::Time(_)
            | Value::Date(_)
            | Value::Name(_)
            | Value::Severity(_)
            | Value::Forever => {
                Err(Fault::at(at, "the plan takes something for a number that is none"))
            }
        }
    }
}
