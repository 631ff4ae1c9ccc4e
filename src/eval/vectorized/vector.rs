//! Values of all rows of a source, as whole numbers of one unit.

use std::sync::Arc;

use super::range::Range;
use super::{ColumnReader, Operand};
use crate::base::Exact;
use crate::base::parallel;
use crate::eval::kind::Kind;
use crate::eval::names::Symbol;
use crate::eval::program::{Expr, Part};
use crate::eval::table::{Bits, Column, Data, WORD};
use crate::eval::value::Value;
use crate::eval::view::Mode;
use crate::time::Instant;

/// Rows of one piece of work.
pub(super) const PIECE: usize = 1024 * WORD;

/// Numbers, one a row.
#[derive(Clone, Debug)]
pub enum Ints {
    /// As they are.
    Wide(Arc<Vec<i64>>),
    /// Ranks.
    Ranks(Arc<Vec<u32>>),
    /// Names.
    Names(Arc<Vec<Symbol>>),
}

/// Values, one a row.
#[derive(Clone, Debug)]
pub struct Vector {
    /// Numbers.
    pub ints: Ints,
    /// What they count.
    pub kind: Kind,
    /// Rows that have a value; `None`: all.
    pub here: Option<Arc<Bits>>,
    /// Rows whose length never ends: greater than any other. `None`: there is none.
    pub endless: Option<Arc<Bits>>,
}

impl Ints {
    /// The number of a row.
    pub fn at(&self, row: usize) -> Option<i64> {
        match self {
            Ints::Wide(ints) => ints.get(row).copied(),
            Ints::Ranks(ranks) => ranks.get(row).map(|rank| i64::from(*rank)),
            Ints::Names(names) => names.get(row).map(|name| i64::from(name.number())),
        }
    }
}

impl Vector {
    /// The numbers, if all of them can be computed with.
    pub(super) fn wide(&self) -> Option<&Arc<Vec<i64>>> {
        match &self.ints {
            Ints::Wide(ints) => Some(ints).filter(|_| self.endless.is_none()),
            Ints::Ranks(_) | Ints::Names(_) => None,
        }
    }

    /// Where both have a value.
    pub(super) fn here_with(&self, other: &Vector) -> Option<Arc<Bits>> {
        match (&self.here, &other.here) {
            (Some(one), Some(two)) => Some(Arc::new(one.and(two))),
            (one, two) => one.clone().or_else(|| two.clone()),
        }
    }

    /// Two vectors of one kind in one unit; `None` if they have none together, or if amounts of two
    /// currencies meet.
    pub(super) fn aligned(&self, other: &Vector) -> Option<(Vector, Vector)> {
        let (
            Kind::Quantity { unit: one, currency },
            Kind::Quantity { unit: two, currency: second },
        ) = (&self.kind, &other.kind)
        else {
            return (self.kind == other.kind).then(|| (self.clone(), other.clone()));
        };
        if matches!((currency, second), (Some(one), Some(two)) if one != two) {
            return None;
        }
        let unit = if one < two { one } else { two };
        Some((self.in_unit(unit)?, other.in_unit(unit)?))
    }

    /// The same quantities in a unit that goes into its own.
    fn in_unit(&self, wanted: &Exact) -> Option<Vector> {
        let Kind::Quantity { unit, currency } = &self.kind else { return None };
        if unit == wanted {
            return Some(self.clone());
        }
        let times = unit.divide(wanted)?.to_i64()?;
        let ints: Option<Vec<i64>> =
            self.wide()?.iter().map(|value| value.checked_mul(times)).collect();
        let kind = Kind::Quantity { unit: wanted.clone(), currency: *currency };
        Some(Vector {
            ints: Ints::Wide(Arc::new(ints?)),
            kind,
            here: self.here.clone(),
            endless: None,
        })
    }

    /// Sums or differences with other quantities.
    fn plus(&self, other: &Vector, join: impl Fn(i64, i64) -> Option<i64>) -> Option<Vector> {
        let (left, right) = self.aligned(other)?;
        let (Kind::Quantity { unit, currency }, Kind::Quantity { currency: second, .. }) =
            (&left.kind, &right.kind)
        else {
            return None;
        };
        let kind = Kind::Quantity { unit: unit.clone(), currency: currency.or(*second) };
        let ints: Option<Vec<i64>> = left
            .wide()?
            .iter()
            .zip(right.wide()?.iter())
            .map(|(one, two)| join(*one, *two))
            .collect();
        Some(Vector {
            ints: Ints::Wide(Arc::new(ints?)),
            kind,
            here: left.here_with(&right),
            endless: None,
        })
    }

    /// Times or divided by a number above zero.
    fn scaled(&self, by: &Value, divided: bool) -> Option<Vector> {
        let (Kind::Quantity { unit, currency }, Value::Quantity(amount, other)) = (&self.kind, by)
        else {
            return None;
        };
        if self.endless.is_some()
            || amount.is_zero()
            || amount.is_negative()
            || (currency.is_some() && other.is_some())
        {
            return None;
        }
        let unit = if divided { unit.divide(amount)? } else { unit * amount };
        let kind = Kind::Quantity { unit, currency: currency.or(*other) };
        Some(Vector { kind, ..self.clone() })
    }
}

impl Ints {
    fn len(&self) -> usize {
        match self {
            Ints::Wide(ints) => ints.len(),
            Ints::Ranks(ranks) => ranks.len(),
            Ints::Names(names) => names.len(),
        }
    }

    /// The rows whose numbers lie in a range.
    pub(super) fn within(&self, range: Range) -> Bits {
        if range.from > range.to {
            return Bits::all(self.len(), false);
        }
        // One comparison for both ends.
        let width = range.to.abs_diff(range.from);
        let fits = move |value: i64| value.wrapping_sub(range.from).cast_unsigned() <= width;
        match self {
            Ints::Wide(ints) => bits(ints, |value| fits(*value)),
            Ints::Ranks(ranks) => bits(ranks, |value| fits(i64::from(*value))),
            Ints::Names(names) => bits(names, |value| fits(i64::from(value.number()))),
        }
    }

    /// The rows whose numbers compare with those of another; `None` if they are of different kinds.
    pub(super) fn paired(&self, other: &Ints, holds: impl Fn(i64, i64) -> bool) -> Option<Bits> {
        let words = |pairs: &mut dyn Iterator<Item = bool>| {
            let mut bits = Bits::default();
            pairs.for_each(|bit| bits.push(bit));
            bits
        };
        Some(match (self, other) {
            (Ints::Wide(one), Ints::Wide(two)) => {
                words(&mut one.iter().zip(two.iter()).map(|(one, two)| holds(*one, *two)))
            }
            (Ints::Ranks(one), Ints::Ranks(two)) => words(
                &mut one
                    .iter()
                    .zip(two.iter())
                    .map(|(one, two)| holds(i64::from(*one), i64::from(*two))),
            ),
            (Ints::Names(one), Ints::Names(two)) => words(
                &mut one
                    .iter()
                    .zip(two.iter())
                    .map(|(one, two)| holds(i64::from(one.number()), i64::from(two.number()))),
            ),
            (Ints::Wide(_) | Ints::Ranks(_) | Ints::Names(_), _) => return None,
        })
    }
}

/// One bit for each value, piece by piece on all cores.
fn bits<T: Sync>(values: &[T], holds: impl Fn(&T) -> bool + Sync + Send) -> Bits {
    let pieces: Vec<&[T]> = values.chunks(PIECE).collect();
    // Eight at a time: the compiler makes straight code of it.
    let byte = |values: &[T]| {
        values
            .iter()
            .zip(0_u32..)
            .fold(0_u8, |byte, (value, place)| byte | u8::from(holds(value)) << place)
    };
    let word = |values: &[T]| {
        let (bytes, rest) = values.as_chunks::<8>();
        let whole = bytes
            .iter()
            .zip(0_u32..)
            .fold(0_u64, |word, (eight, place)| word | u64::from(byte(eight)) << (8 * place));
        if rest.is_empty() { whole } else { whole | u64::from(byte(rest)) << (8 * bytes.len()) }
    };
    let words =
        parallel::each_piece(&pieces, |piece| piece.chunks(WORD).map(word).collect::<Vec<u64>>());
    Bits::of_words(words.concat(), values.len())
}

impl ColumnReader<'_> {
    /// The cells of a field.
    pub(super) fn field(&self, column: usize) -> Option<Vector> {
        let mut vector =
            self.of_column(self.table.column(column).filter(|column| column.unsaid.is_none())?)?;
        // Of an open span, what has not happened yet may happen now.
        if vector.kind == Kind::Time
            && let Some(here) = vector.here.clone()
            && let Some(ended) = self.ended_now()
        {
            let open = here.not().and(&ended.not());
            vector.ints = Ints::Wide(Arc::new(self.now_where(&open, vector.wide()?)));
            vector.here = Some(Arc::new(here.or(&open)));
        }
        Some(vector)
    }

    /// Spans that have ended, where those that have not are seen as if they ended now.
    fn ended_now(&self) -> Option<Arc<Bits>> {
        if self.spans && self.mode == Mode::Ended { self.table.ended() } else { None }
    }

    /// Times, and the time of evaluation in some rows.
    fn now_where(&self, rows: &Bits, times: &[Instant]) -> Vec<Instant> {
        times
            .iter()
            .enumerate()
            .map(|(row, at)| if rows.get(row) { self.context.as_of } else { *at })
            .collect()
    }

    fn of_column(&self, column: &Column) -> Option<Vector> {
        let (ints, kind) = match &column.data {
            Data::Times(times) => (Ints::Wide(Arc::clone(times)), Kind::Time),
            Data::Numbers { unscaled, places } => (
                Ints::Wide(Arc::clone(unscaled)),
                Kind::Quantity { unit: Exact::decimal(1, *places), currency: column.currency },
            ),
            Data::Names(names) => (Ints::Names(Arc::clone(names)), Kind::Name),
            Data::Severities(ranks) => (Ints::Ranks(Arc::clone(ranks)), Kind::Severity),
            Data::Booleans(_) | Data::Exacts(_) | Data::Dates(_) | Data::Values(_) => return None,
        };
        Some(Vector { ints, kind, here: column.here.clone(), endless: None })
    }

    /// A part that rows have by their kind.
    pub(super) fn part(&self, part: Part) -> Option<Vector> {
        let times = |times: &Arc<Vec<Instant>>| Vector {
            ints: Ints::Wide(Arc::clone(times)),
            kind: Kind::Time,
            here: None,
            endless: None,
        };
        match part {
            Part::At | Part::Start => Some(times(&self.table.starts)),
            Part::Value => self.of_column(self.table.values()?),
            Part::End | Part::Length if self.events => None,
            Part::End => match self.ended_now() {
                Some(ended) => {
                    Some(times(&Arc::new(self.now_where(&ended.not(), self.table.ends()))))
                }
                None => Some(Vector { here: self.table.ended(), ..times(self.table.ends()) }),
            },
            Part::Length => {
                let ended = self.table.ended();
                let ends = match &ended {
                    Some(ended) => Arc::new(self.now_where(&ended.not(), self.table.ends())),
                    None => Arc::clone(self.table.ends()),
                };
                let rows = self.table.starts.iter().zip(ends.iter());
                let never = self.spans && self.mode == Mode::Never;
                let endless = ended.filter(|_| never).map(|ended| Arc::new(ended.not()));
                Some(Vector {
                    endless,
                    ..lengths(
                        rows.map(|(start, end)| end.saturating_sub(*start).max(0)).collect(),
                        None,
                    )
                })
            }
        }
    }

    /// A value, without looking whether it is known already.
    pub(super) fn computed(&self, value: &Expr) -> Option<Vector> {
        match value {
            Expr::Part { part, row: 0, .. } => self.part(*part),
            Expr::Default(value, otherwise) => self.filled(value, otherwise),
            Expr::Elapsed { from, to, during, pausing, .. } => {
                self.elapsed(value, (from, to), during, pausing.as_ref())
            }
            Expr::Add { terms, .. } => {
                let mut sum: Option<Operand> = None;
                for term in terms {
                    let term = self.operand(term)?;
                    sum = Some(match sum {
                        None => term,
                        Some(sum) => {
                            Operand::Vector(self.together(&sum, &term, i64::checked_add)?)
                        }
                    });
                }
                as_vector(sum?)
            }
            Expr::Subtract { left, right, .. } => match (self.operand(left)?, self.operand(right)?)
            {
                (Operand::Vector(left), Operand::Vector(right))
                    if left.kind == Kind::Time && right.kind == Kind::Time =>
                {
                    let both = left.wide()?.iter().zip(right.wide()?.iter());
                    Some(lengths(
                        both.map(|(one, two)| one.saturating_sub(*two)).collect(),
                        left.here_with(&right),
                    ))
                }
                (left, right) => self.together(&left, &right, i64::checked_sub),
            },
            Expr::Multiply { factors, .. } => {
                let mut product: Option<Operand> = None;
                for factor in factors {
                    let factor = self.operand(factor)?;
                    product = Some(match (product, factor) {
                        (None, factor) => factor,
                        (Some(Operand::Vector(vector)), Operand::Constant(by))
                        | (Some(Operand::Constant(by)), Operand::Vector(vector)) => {
                            Operand::Vector(vector.scaled(&by, false)?)
                        }
                        (Some(Operand::Constant(one)), Operand::Constant(two)) => {
                            Operand::Constant(one.multiply(&two).ok()??)
                        }
                        (Some(Operand::Vector(_)), Operand::Vector(_)) => return None,
                    });
                }
                as_vector(product?)
            }
            Expr::Divide { left, right, .. } => match (self.operand(left)?, self.operand(right)?) {
                (Operand::Vector(vector), Operand::Constant(by)) => vector.scaled(&by, true),
                _ => None,
            },
            _ => None,
        }
    }

    /// A sum or difference of quantities.
    fn together(
        &self,
        left: &Operand,
        right: &Operand,
        join: impl Fn(i64, i64) -> Option<i64>,
    ) -> Option<Vector> {
        match (left, right) {
            (Operand::Vector(left), Operand::Vector(right)) => left.plus(right, join),
            (Operand::Vector(vector), Operand::Constant(value)) => {
                vector.plus(&self.repeated(value)?, join)
            }
            (Operand::Constant(value), Operand::Vector(vector)) => {
                self.repeated(value)?.plus(vector, join)
            }
            (Operand::Constant(_), Operand::Constant(_)) => None,
        }
    }

    /// The same quantity in every row.
    fn repeated(&self, value: &Value) -> Option<Vector> {
        let Value::Quantity(amount, currency) = value else { return None };
        let places = amount.places()?;
        let ints = Ints::Wide(Arc::new(vec![amount.scaled(places)?; self.table.len()]));
        Some(Vector {
            ints,
            kind: Kind::Quantity { unit: Exact::decimal(1, places), currency: *currency },
            here: None,
            endless: None,
        })
    }

    /// Values, and a constant where there are none.
    fn filled(&self, value: &Expr, otherwise: &Expr) -> Option<Vector> {
        let (vector, Operand::Constant(otherwise)) =
            (self.vector(value)?, self.operand(otherwise)?)
        else {
            return None;
        };
        let Some(here) = &vector.here else { return Some(vector) };
        let number = match (&vector.kind, &otherwise) {
            (Kind::Quantity { unit, currency }, Value::Quantity(amount, other))
                if currency == other =>
            {
                amount.divide(unit)?.to_i64()?
            }
            (Kind::Time, Value::Time(at)) => *at,
            _ => return None,
        };
        let fill = |(row, value): (usize, &i64)| if here.get(row) { *value } else { number };
        let ints = vector.wide()?.iter().enumerate().map(fill).collect();
        Some(Vector {
            ints: Ints::Wide(Arc::new(ints)),
            kind: vector.kind.clone(),
            here: None,
            endless: None,
        })
    }
}

fn as_vector(operand: Operand) -> Option<Vector> {
    match operand {
        Operand::Vector(vector) => Some(vector),
        Operand::Constant(_) => None,
    }
}

/// Lengths of time.
pub(super) fn lengths(ints: Vec<i64>, here: Option<Arc<Bits>>) -> Vector {
    Vector {
        ints: Ints::Wide(Arc::new(ints)),
        kind: Kind::Quantity { unit: Exact::ONE, currency: None },
        here,
        endless: None,
    }
}
