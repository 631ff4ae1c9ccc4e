//! Columns of a table: typed, compact, and exact.

use std::sync::Arc;

use super::bits::Bits;
use crate::base::Exact;
use crate::eval::names::Symbol;
use crate::eval::value::Value;
use crate::time::{Date, Instant};

/// A cell.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Cell {
    /// There is a value.
    Here(Value),
    /// There is none, and none is needed.
    Absent,
    /// Nothing was said.
    Unsaid,
}

/// The values of a column, one a row; what stands where a cell is not there has no meaning.
#[derive(Clone, Debug)]
pub enum Data {
    /// Points in time.
    Times(Arc<Vec<Instant>>),
    /// Quantities, divided by ten to the power of `places`.
    Numbers {
        /// Without their point.
        unscaled: Arc<Vec<i64>>,
        /// Digits behind the point.
        places: u8,
    },
    /// Quantities of which some do not fit the form above.
    Exacts(Vec<Exact>),
    /// Texts, values of enums, services and parties.
    Names(Arc<Vec<Symbol>>),
    /// Severities by rank.
    Severities(Arc<Vec<u32>>),
    /// Truth values.
    Booleans(Bits),
    /// Dates.
    Dates(Vec<Date>),
    /// Values that each bring something of their own: amounts of several currencies.
    Values(Vec<Value>),
}

/// A column.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its values.
    pub data: Data,
    /// The currency of its quantities.
    pub currency: Option<Symbol>,
    /// Rows that have a value; `None`: all.
    pub here: Option<Arc<Bits>>,
    /// Rows of which nothing was said; `None`: none.
    pub unsaid: Option<Bits>,
    len: usize,
}

impl Column {
    /// A column without rows.
    pub fn new(data: Data, currency: Option<Symbol>) -> Column {
        Column { data, currency, here: None, unsaid: None, len: 0 }
    }

    /// The first and the last time in it; `None` if it holds none.
    pub fn times(&self) -> Option<(Instant, Instant)> {
        let Data::Times(times) = &self.data else { return None };
        let here = times
            .iter()
            .enumerate()
            .filter(|(row, _)| self.is_here(*row))
            .map(|(_, time)| (*time, *time));
        here.reduce(|one, two| (one.0.min(two.0), one.1.max(two.1)))
    }

    /// True if a row has a value.
    pub fn is_here(&self, row: usize) -> bool {
        row < self.len && self.here.as_ref().is_none_or(|here| here.get(row))
    }

    /// A cell; beyond the last row nothing was said.
    pub fn cell(&self, row: usize) -> Cell {
        if self.is_here(row) {
            return self.value(row).map_or(Cell::Unsaid, Cell::Here);
        }
        let unsaid = row >= self.len || self.unsaid.as_ref().is_some_and(|unsaid| unsaid.get(row));
        if unsaid { Cell::Unsaid } else { Cell::Absent }
    }

    /// The first row of which nothing was said.
    pub fn first_unsaid(&self) -> Option<u32> {
        let unsaid = self.unsaid.as_ref()?;
        (0..self.len).find(|row| unsaid.get(*row)).and_then(|row| u32::try_from(row).ok())
    }

    fn value(&self, row: usize) -> Option<Value> {
        Some(match &self.data {
            Data::Times(times) => Value::Time(*times.get(row)?),
            Data::Numbers { unscaled, places } => {
                let unscaled = *unscaled.get(row)?;
                let amount = if *places == 0 {
                    Exact::integer(unscaled)
                } else {
                    Exact::decimal(unscaled, *places)
                };
                Value::Quantity(amount, self.currency)
            }
            Data::Exacts(amounts) => Value::Quantity(amounts.get(row)?.clone(), self.currency),
            Data::Names(names) => Value::Name(*names.get(row)?),
            Data::Severities(ranks) => Value::Severity(*ranks.get(row)?),
            Data::Booleans(bits) => Value::Boolean(bits.get(row)),
            Data::Dates(dates) => Value::Date(*dates.get(row)?),
            Data::Values(values) => values.get(row)?.clone(),
        })
    }

    /// The name in a row, if there is one.
    pub fn name(&self, row: usize) -> Option<Symbol> {
        match &self.data {
            Data::Names(names) if self.is_here(row) => names.get(row).copied(),
            Data::Names(_)
            | Data::Times(_)
            | Data::Numbers { .. }
            | Data::Exacts(_)
            | Data::Severities(_)
            | Data::Booleans(_)
            | Data::Dates(_)
            | Data::Values(_) => None,
        }
    }

    /// A number that two rows of the column share if, and only if, their cells are the same; `None`
    /// if it has no such numbers.
    pub fn code(&self, row: usize) -> Option<u64> {
        Some(match &self.data {
            Data::Times(times) => times.get(row)?.cast_unsigned(),
            Data::Numbers { unscaled, .. } => unscaled.get(row)?.cast_unsigned(),
            Data::Names(names) => u64::from(names.get(row)?.number()),
            Data::Severities(ranks) => u64::from(*ranks.get(row)?),
            Data::Booleans(bits) => u64::from(bits.get(row)),
            Data::Dates(dates) => dates.get(row)?.days().cast_unsigned(),
            Data::Exacts(_) | Data::Values(_) => return None,
        })
    }

    /// Takes over which of so many further rows are here; `unsaid` says what those are that are
    /// not.
    pub(super) fn grow(&mut self, count: usize, state: Option<&dyn Fn(usize) -> (bool, bool)>) {
        let before = self.len;
        self.len += count;
        let Some(state) = state else {
            if let Some(here) = &mut self.here {
                Arc::make_mut(here).extend(count, true);
            }
            if let Some(unsaid) = &mut self.unsaid {
                unsaid.extend(count, false);
            }
            return;
        };
        let here =
            Arc::make_mut(self.here.get_or_insert_with(|| Arc::new(Bits::all(before, true))));
        for index in 0..count {
            let (is_here, is_unsaid) = state(index);
            here.push(is_here);
            if is_unsaid && self.unsaid.is_none() {
                self.unsaid = Some(Bits::all(before + index, false));
            }
            if let Some(unsaid) = &mut self.unsaid {
                unsaid.push(is_unsaid);
            }
        }
    }

    /// The same rows in another order.
    #[must_use]
    pub(super) fn permuted(&self, order: &[u32]) -> Column {
        let data = match &self.data {
            Data::Times(times) => Data::Times(Arc::new(permuted(times, order))),
            Data::Numbers { unscaled, places } => {
                Data::Numbers { unscaled: Arc::new(permuted(unscaled, order)), places: *places }
            }
            Data::Exacts(amounts) => Data::Exacts(permuted(amounts, order)),
            Data::Names(names) => Data::Names(Arc::new(permuted(names, order))),
            Data::Severities(ranks) => Data::Severities(Arc::new(permuted(ranks, order))),
            Data::Booleans(bits) => Data::Booleans(permuted_bits(bits, order)),
            Data::Dates(dates) => Data::Dates(permuted(dates, order)),
            Data::Values(values) => Data::Values(permuted(values, order)),
        };
        let here = self.here.as_ref().map(|bits| Arc::new(permuted_bits(bits, order)));
        let unsaid = self.unsaid.as_ref().map(|bits| permuted_bits(bits, order));
        Column { data, currency: self.currency, here, unsaid, len: self.len }
    }
}

/// Values in another order.
pub(super) fn permuted<T: Clone>(values: &[T], order: &[u32]) -> Vec<T> {
    order.iter().filter_map(|row| values.get(*row as usize).cloned()).collect()
}

fn permuted_bits(bits: &Bits, order: &[u32]) -> Bits {
    let mut out = Bits::default();
    order.iter().for_each(|row| out.push(bits.get(*row as usize)));
    out
}
