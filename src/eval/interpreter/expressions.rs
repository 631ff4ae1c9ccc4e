//! Values of expressions.

use std::cmp::Ordering;

use super::clocks::Clock;
use super::rows::{Kind, row_around};
use super::{Env, Evaluator};
use crate::base::Exact;
use crate::data::fault::{Fault, Outcome};
use crate::eval::program::{Expr, Part};
use crate::eval::value::{Clash, Value};
use crate::eval::view::Mode;
use crate::plan::{Place, Relation, RoundTo};

impl Evaluator<'_> {
    /// The value of an expression; `None` is no data, of a condition unknown.
    pub fn eval(&self, expression: &Expr, env: &Env<'_>) -> Outcome<Option<Value>> {
        match expression {
            Expr::Literal(value) => Ok(Some(value.clone())),
            Expr::Field { column, row, at } => self.field(*column, *row, at, env),
            Expr::Part { part, row, at } => self.part(*part, *row, at, env),
            Expr::Present(value) => Ok(Some(Value::Boolean(self.eval(value, env)?.is_some()))),
            Expr::Default(value, otherwise) => match self.eval(value, env)? {
                Some(value) => Ok(Some(value)),
                None => self.eval(otherwise, env),
            },
            Expr::Elapsed { from, to, during, pausing, at } => {
                self.elapsed(from, to, Clock { during, pausing: pausing.as_ref() }, at, env)
            }
            Expr::LongestGap { from, to, events, during, pausing, at } => self.longest_gap(
                (from, to),
                events,
                Clock { during, pausing: pausing.as_ref() },
                at,
                env,
            ),
            Expr::EndOfWorkingDay { after, days, calendar, at } => {
                self.end_of_working_day(after, *days, *calendar, at, env)
            }
            Expr::Fold { id, fold, rows, of, at } => {
                self.fold((*id, fold), rows, of.as_deref(), at, env)
            }
            Expr::Downtime { id, rows, weight, overlaps, share, at } => {
                let down = || self.downtime((*id, rows, weight.as_deref()), *overlaps, env, at);
                if !share {
                    return Ok(Some(Value::number(down()?)));
                }
                let measured = self.line.measured_length(env.frame);
                if measured == 0 {
                    return Ok(None);
                }
                let share = down()?.divide(&Exact::integer(measured)).unwrap_or(Exact::ZERO);
                Ok(Some(Value::number(&Exact::ONE - &share)))
            }
            Expr::And(terms) => self.junction(terms, false, env),
            Expr::Or(terms) => self.junction(terms, true, env),
            Expr::Not(value) => Ok(match self.eval(value, env)? {
                Some(Value::Boolean(value)) => Some(Value::Boolean(!value)),
                Some(_) | None => None,
            }),
            Expr::Compare { relation, left, right, at } => {
                let (Some(left), Some(right)) = (self.eval(left, env)?, self.eval(right, env)?)
                else {
                    return Ok(None);
                };
                self.related(*relation, &left, &right, at).map(|holds| Some(Value::Boolean(holds)))
            }
            Expr::Between { value, low, high, at } => {
                let (value, low, high) =
                    (self.eval(value, env)?, self.eval(low, env)?, self.eval(high, env)?);
                let (Some(value), Some(low), Some(high)) = (value, low, high) else {
                    return Ok(None);
                };
                let inside = self.related(Relation::AtMost, &low, &value, at)?
                    && self.related(Relation::AtMost, &value, &high, at)?;
                Ok(Some(Value::Boolean(inside)))
            }
            Expr::If { condition, then, otherwise } => match self.eval(condition, env)? {
                Some(Value::Boolean(true)) => self.eval(then, env),
                Some(Value::Boolean(false)) => self.eval(otherwise, env),
                Some(_) | None => Ok(None),
            },
            Expr::Add { terms, at } => {
                self.chain(terms, env, at, |sum, term| sum.add(&term).map(Some))
            }
            Expr::Multiply { factors, at } => {
                self.chain(factors, env, at, |product, factor| product.multiply(&factor))
            }
            Expr::Subtract { left, right, at } => {
                self.both(left, right, env, at, |left, right| left.subtract(right))
            }
            Expr::Divide { left, right, at } => {
                self.both(left, right, env, at, |left, right| left.divide(right))
            }
            Expr::Round { value, to, how, at } => self.rounded(value, to, *how, env, at),
            Expr::Extreme { values, greatest, at } => {
                let wanted = if *greatest { Ordering::Greater } else { Ordering::Less };
                self.chain(values, env, at, |best, value| {
                    Ok(Some(if value.compare(&best)? == wanted { value } else { best }))
                })
            }
            Expr::DaysBetween { from, to, zone, at } => self.days_between(from, to, *zone, env, at),
            Expr::Group { name, at } => {
                let known = env.groups.iter().find(|group| group.key.name == *name);
                known.map(|group| Some(group.value.clone())).ok_or_else(|| {
                    let name = self.shared.program.names.text(*name);
                    Fault::at(
                        at,
                        format!("the plan asks for the group `{name}` where none is in hand"),
                    )
                })
            }
            Expr::Fact { fact, at } => self.facts.throughout(*fact, env.window, at).map(Some),
            Expr::Lookup { table, keys } => {
                let mut wanted = Vec::with_capacity(keys.len());
                for key in keys {
                    let Some(key) = self.eval(key, env)? else { return Ok(None) };
                    wanted.push(key);
                }
                Ok(self
                    .shared
                    .program
                    .tables
                    .get(*table)
                    .and_then(|table| table.get(&wanted))
                    .cloned())
            }
            Expr::WindowLength => Ok(Some(Value::length(env.window.length()))),
            Expr::WindowDays { zone } => self.window_days(zone.unwrap_or(self.scope.zone), env),
            Expr::MeasuredLength => Ok(Some(Value::length(self.line.measured_length(env.window)))),
            Expr::Fees { .. }
            | Expr::FeeRate { .. }
            | Expr::Shift { .. }
            | Expr::Value { .. }
            | Expr::Target { .. }
            | Expr::Failures { .. } => self.of_money(expression, env),
        }
    }

    fn of_money(&self, expression: &Expr, env: &Env<'_>) -> Outcome<Option<Value>> {
        let ledger = |at: &Place| {
            env.ledger.ok_or_else(|| Fault::at(at, "the plan speaks of money where it measures"))
        };
        match expression {
            Expr::Fees { fees, at } => ledger(at)?.fees(fees, env.window),
            Expr::FeeRate { fees, yearly, at } => ledger(at)?.fee_rate(fees, *yearly, env.window),
            Expr::Shift { windows, value, at } => match ledger(at)?.shifted(*windows) {
                Some(window) => self.eval(value, &Env { window, frame: window, ..*env }),
                // A window outside the term has no fees.
                None => Ok(Some(Value::number(Exact::ZERO))),
            },
            Expr::Value { objective, at } => Ok(ledger(at)?.value(*objective)),
            Expr::Target { objective, at } => Ok(ledger(at)?.target(*objective)),
            Expr::Failures { objective, last, at } => {
                Ok(Some(Value::count(ledger(at)?.failures(*objective, *last))))
            }
            _ => Ok(None),
        }
    }

    fn part(&self, part: Part, row: u32, at: &Place, env: &Env<'_>) -> Outcome<Option<Value>> {
        let row = row_around(env, row, at)?;
        Ok(match part {
            Part::At => match (row.kind, row.from) {
                // Events that were given a start and an end keep their instant.
                (Kind::Span, Some((source, number))) => {
                    let table = self.shared.store.table(source)?;
                    table.start(number).map(Value::Time)
                }
                (Kind::Event | Kind::Span | Kind::Slot | Kind::Piece, _) => {
                    Some(Value::Time(row.anchor))
                }
            },
            Part::Start => Some(Value::Time(row.start)),
            Part::End => match row.end {
                Some(end) => Some(Value::Time(end)),
                None if self.mode == Mode::Ended && row.is_open() => {
                    Some(Value::Time(self.shared.as_of))
                }
                None => None,
            },
            Part::Length => Some(self.length(row)),
            Part::Value => row.value.clone(),
        })
    }

    fn junction(&self, terms: &[Expr], decides: bool, env: &Env<'_>) -> Outcome<Option<Value>> {
        let mut unknown = false;
        for term in terms {
            match self.eval(term, env)? {
                Some(Value::Boolean(value)) if value == decides => {
                    return Ok(Some(Value::Boolean(decides)));
                }
                Some(Value::Boolean(_)) => {}
                Some(_) | None => unknown = true,
            }
        }
        Ok((!unknown).then_some(Value::Boolean(!decides)))
    }

    /// Compares two values.
    pub fn related(
        &self,
        relation: Relation,
        left: &Value,
        right: &Value,
        at: &Place,
    ) -> Outcome<bool> {
        let order = left.compare(right).map_err(|clash| self.clash(clash, at))?;
        Ok(relation.holds(order))
    }

    fn chain(
        &self,
        parts: &[Expr],
        env: &Env<'_>,
        at: &Place,
        with: impl Fn(Value, Value) -> Result<Option<Value>, Clash>,
    ) -> Outcome<Option<Value>> {
        let mut all: Option<Value> = None;
        for part in parts {
            let Some(part) = self.eval(part, env)? else { return Ok(None) };
            all = match all {
                None => Some(part),
                Some(all) => match with(all, part).map_err(|clash| self.clash(clash, at))? {
                    Some(value) => Some(value),
                    None => return Ok(None),
                },
            };
        }
        Ok(all)
    }

    fn both(
        &self,
        left: &Expr,
        right: &Expr,
        env: &Env<'_>,
        at: &Place,
        with: impl Fn(&Value, &Value) -> Result<Option<Value>, Clash>,
    ) -> Outcome<Option<Value>> {
        let (Some(left), Some(right)) = (self.eval(left, env)?, self.eval(right, env)?) else {
            return Ok(None);
        };
        with(&left, &right).map_err(|clash| self.clash(clash, at))
    }

    fn rounded(
        &self,
        value: &Expr,
        to: &Expr,
        how: RoundTo,
        env: &Env<'_>,
        at: &Place,
    ) -> Outcome<Option<Value>> {
        let (Some(value), Some(to)) = (self.eval(value, env)?, self.eval(to, env)?) else {
            return Ok(None);
        };
        let Value::Quantity(amount, currency) = value else {
            return if value == Value::Forever {
                Ok(Some(value))
            } else {
                Err(self.clash(Clash::Kinds, at))
            };
        };
        let step = self.number(to, at)?;
        if step.is_zero() || step.is_negative() {
            return Err(Fault::at(at, "the step of rounding must be above zero"));
        }
        let steps = amount.divide(&step).unwrap_or(Exact::ZERO);
        let rounded = match how {
            RoundTo::HalfUp => amount.rounded_to(&step).unwrap_or(amount),
            RoundTo::Down => &steps.floor() * &step,
            RoundTo::Up => &steps.ceil() * &step,
        };
        Ok(Some(Value::Quantity(rounded, currency)))
    }

    fn days_between(
        &self,
        from: &Expr,
        to: &Expr,
        zone: usize,
        env: &Env<'_>,
        at: &Place,
    ) -> Outcome<Option<Value>> {
        let zone = self.shared.program.zone_at(zone)?;
        let date = |expression: &Expr| match self.eval(expression, env)? {
            None => Ok(None),
            Some(Value::Date(date)) => Ok(Some(date)),
            Some(Value::Time(instant)) => Ok(Some(zone.date(instant))),
            Some(_) => Err(self.clash(Clash::Kinds, at)),
        };
        let (Some(from), Some(to)) = (date(from)?, date(to)?) else { return Ok(None) };
        Ok(Some(Value::number(Exact::integer(from.days_until(to)))))
    }

    /// The local days of the window; a day partly inside counts by its part.
    fn window_days(&self, zone: usize, env: &Env<'_>) -> Outcome<Option<Value>> {
        let zone = self.shared.program.zone_at(zone)?;
        let (first, last) =
            (zone.date(env.window.start), zone.date(env.window.end.saturating_sub(1)));
        let mut days = Exact::integer((first.days_until(last) - 1).max(0));
        let mut ends = vec![first];
        ends.extend((last != first).then_some(last));
        for date in ends {
            let day = zone.day(date);
            let inside = day.intersection(env.window).map_or(0, crate::time::Interval::length);
            days = &days + &Exact::ratio(inside, day.length().max(1)).unwrap_or(Exact::ZERO);
        }
        Ok(Some(Value::number(days)))
    }
}
