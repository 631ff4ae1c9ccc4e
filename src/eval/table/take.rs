//! From the columns of a batch to those of a table.

use std::sync::Arc;

use ecow::EcoString;

use super::bits::Bits;
use super::column::{Column, Data};
use crate::base::Exact;
use crate::data::columns::{Cells, State};
use crate::eval::names::{Names, Symbol};
use crate::eval::value::Value;
use crate::plan::{BaseUnit, Type};
use crate::time::{Date, EARLIEST, Instant, LATEST};

/// The most digits behind the point that a number without its point may have.
const MOST_PLACES: u8 = 18;

/// The row of a batch whose cell does not fit its column.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Misfit(pub usize);

/// What names of a batch are looked up in.
#[derive(Clone, Copy)]
pub struct Known<'k> {
    /// Names as numbers.
    pub names: &'k Names,
    /// Severities by rank.
    pub severities: &'k [&'k str],
    /// Units that have no parts.
    pub whole: &'k [&'k str],
}

impl Known<'_> {
    /// True if values of a type have no parts.
    pub fn is_whole(&self, of: &Type) -> bool {
        matches!(of, Type::Count { unit } if self.whole.contains(&unit.as_str()))
    }
}

/// The first cell of a column, from here on, that holds a part of something.
pub fn first_part(data: &Data, from: usize) -> Option<usize> {
    match data {
        Data::Numbers { unscaled, places } => {
            let one = 10_i64.checked_pow(u32::from(*places)).filter(|one| *one > 1)?;
            (from..unscaled.len())
                .find(|row| unscaled.get(*row).is_some_and(|value| value % one != 0))
        }
        Data::Exacts(values) => (from..values.len())
            .find(|row| values.get(*row).is_some_and(|value| !value.is_integer())),
        _ => None,
    }
}

/// An empty column for values of a type.
pub fn column(of: &Type, names: &Names) -> Column {
    let numbers = || Data::Numbers { unscaled: Arc::default(), places: 0 };
    let data = match of {
        Type::Time {} => Data::Times(Arc::default()),
        Type::Boolean {} => Data::Booleans(Bits::default()),
        Type::Date {} => Data::Dates(Vec::new()),
        Type::Severity {} => Data::Severities(Arc::default()),
        Type::Text {} | Type::Choice { .. } | Type::Service {} | Type::Party {} => {
            Data::Names(Arc::default())
        }
        Type::Money { currency: None } => Data::Values(Vec::new()),
        Type::Number { .. }
        | Type::Duration {}
        | Type::Data {}
        | Type::Count { .. }
        | Type::Compound { .. }
        | Type::Money { currency: Some(_) } => numbers(),
    };
    let currency = match of {
        Type::Money { currency } => currency.as_deref(),
        Type::Compound { factors } => factors.iter().find_map(|factor| match &factor.base {
            BaseUnit::Money { currency } => currency.as_deref(),
            BaseUnit::Duration {} | BaseUnit::Data {} | BaseUnit::Count { .. } => None,
        }),
        _ => None,
    };
    Column::new(data, currency.map(|currency| names.intern(currency)))
}

/// One column of a batch on its way in.
pub struct Taking<'t> {
    /// Of what type its table's column is.
    pub of: &'t Type,
    /// Which of its cells are there; `None`: all.
    pub states: Option<&'t [State]>,
    /// How many rows the batch has.
    pub length: usize,
    /// What its names are looked up in.
    pub known: Known<'t>,
}

impl Taking<'_> {
    /// Puts cells behind those of a column.
    pub fn put(&self, cells: Cells, column: &mut Column) -> Result<(), Misfit> {
        self.values(cells, column)?;
        let state = |index: usize| {
            let state = self.state(index);
            (state == State::Here, state == State::Unsaid)
        };
        column.grow(self.length, self.states.map(|_| &state as &dyn Fn(usize) -> (bool, bool)));
        Ok(())
    }

    fn state(&self, index: usize) -> State {
        self.states
            .map_or(State::Here, |states| states.get(index).copied().unwrap_or(State::Absent))
    }

    /// True if every cell is there.
    fn is_whole<T>(&self, from: &[T]) -> bool {
        self.states.is_none() && from.len() == self.length
    }

    /// Each value through a function that may refuse it; what is not there is worth `nothing`.
    fn each<T: Clone, U: Clone>(
        &self,
        from: &[T],
        nothing: U,
        into: &mut Vec<U>,
        make: impl Fn(&T) -> Option<U>,
    ) -> Result<(), Misfit> {
        into.reserve(self.length);
        for index in 0..self.length {
            let value = match self.state(index) {
                State::Here => from.get(index).and_then(&make).ok_or(Misfit(index))?,
                State::Absent | State::Unsaid => nothing.clone(),
            };
            into.push(value);
        }
        Ok(())
    }

    fn values(&self, cells: Cells, column: &mut Column) -> Result<(), Misfit> {
        let currency = column.currency;
        match (&mut column.data, cells) {
            (Data::Times(into), Cells::Instants(from)) => {
                let is_known = |at: &Instant| (EARLIEST..=LATEST).contains(at);
                if self.is_whole(&from)
                    && from.is_sorted()
                    && from.iter().take(1).chain(from.last()).all(is_known)
                {
                    moved(from, Arc::make_mut(into));
                    return Ok(());
                }
                self.each(&from, EARLIEST, Arc::make_mut(into), |at| Some(*at).filter(is_known))
            }
            (Data::Booleans(into), Cells::Booleans(from)) => {
                let mut values = Vec::new();
                self.each(&from, false, &mut values, |value| Some(*value))?;
                values.into_iter().for_each(|value| into.push(value));
                Ok(())
            }
            (Data::Dates(into), Cells::Dates(from)) => {
                self.each(&from, Date::FIRST, into, |date| Some(*date))
            }
            (Data::Severities(into), Cells::Names { codes, dictionary }) => {
                let rank = |name: &EcoString| {
                    let rank = self.known.severities.iter().position(|known| known == name)?;
                    u32::try_from(rank).ok()
                };
                let ranks: Vec<Option<u32>> = dictionary.iter().map(rank).collect();
                self.each(&codes, 0, Arc::make_mut(into), |code| {
                    ranks.get(*code as usize).copied().flatten()
                })
            }
            (Data::Names(into), Cells::Names { codes, dictionary }) => {
                let symbols = self.known.names.intern_all(&dictionary);
                self.each(&codes, Symbol::default(), Arc::make_mut(into), |code| {
                    symbols.get(*code as usize).copied()
                })
            }
            (Data::Values(into), Cells::Money { amounts, currencies, dictionary }) => {
                let symbols = self.known.names.intern_all(&dictionary);
                let both: Vec<(Exact, u32)> =
                    amounts.iter().cloned().zip(currencies.iter().copied()).collect();
                self.each(&both, Value::Forever, into, |(amount, code)| {
                    Some(Value::Quantity(amount.clone(), Some(*symbols.get(*code as usize)?)))
                })
            }
            (
                Data::Numbers { .. } | Data::Exacts(_),
                Cells::Money { amounts, currencies, dictionary },
            ) => {
                let own = |code: &u32| {
                    dictionary.get(*code as usize).map(|name| self.known.names.intern(name))
                };
                let fits = matches!(self.of, Type::Money { .. });
                let stranger = |index: &usize| {
                    let known = currencies.get(*index).and_then(own);
                    self.state(*index) == State::Here
                        && !(fits && known.is_some() && known == currency)
                };
                match (0..self.length).find(stranger) {
                    Some(index) => Err(Misfit(index)),
                    None => self.exacts(&amounts, &mut column.data),
                }
            }
            (Data::Numbers { .. } | Data::Exacts(_), Cells::Exacts(from)) => {
                self.exacts(&from, &mut column.data)
            }
            (Data::Numbers { .. } | Data::Exacts(_), Cells::Lengths(from))
                if *self.of == (Type::Duration {}) =>
            {
                self.decimals(from, 0, &mut column.data)
            }
            (Data::Numbers { .. } | Data::Exacts(_), Cells::Decimals { unscaled, places })
                if places <= MOST_PLACES =>
            {
                self.decimals(unscaled, places, &mut column.data)
            }
            (data, _) => self.nothing(data),
        }
    }

    /// Cells of another kind: there must be none.
    fn nothing(&self, data: &mut Data) -> Result<(), Misfit> {
        if let Some(index) = (0..self.length).find(|index| self.state(*index) == State::Here) {
            return Err(Misfit(index));
        }
        let count = self.length;
        match data {
            Data::Times(into) => Arc::make_mut(into).extend(std::iter::repeat_n(EARLIEST, count)),
            Data::Numbers { unscaled, .. } => {
                Arc::make_mut(unscaled).extend(std::iter::repeat_n(0, count))
            }
            Data::Exacts(into) => into.extend(std::iter::repeat_n(Exact::ZERO, count)),
            Data::Names(into) => {
                Arc::make_mut(into).extend(std::iter::repeat_n(Symbol::default(), count))
            }
            Data::Severities(into) => Arc::make_mut(into).extend(std::iter::repeat_n(0, count)),
            Data::Booleans(into) => into.extend(count, false),
            Data::Dates(into) => into.extend(std::iter::repeat_n(Date::FIRST, count)),
            Data::Values(into) => into.extend(std::iter::repeat_n(Value::Forever, count)),
        }
        Ok(())
    }

    /// Numbers without their point.
    fn decimals(&self, from: Vec<i64>, places: u8, data: &mut Data) -> Result<(), Misfit> {
        if let Data::Numbers { unscaled, places: own } = data
            && let Some(factor) = meet(unscaled, own, places)
        {
            let unscaled = Arc::make_mut(unscaled);
            let known = unscaled.len();
            if factor == 1 && self.is_whole(&from) {
                moved(from, unscaled);
                return Ok(());
            }
            if self.each(&from, 0, unscaled, |value| value.checked_mul(factor)).is_ok() {
                return Ok(());
            }
            unscaled.truncate(known);
        }
        let into = exact_form(data);
        self.each(&from, Exact::ZERO, into, |value| Some(Exact::decimal(*value, places)))
    }

    fn exacts(&self, from: &[Exact], data: &mut Data) -> Result<(), Misfit> {
        let here = || {
            from.iter()
                .enumerate()
                .filter(|(index, _)| self.state(*index) == State::Here)
                .map(|(_, value)| value)
        };
        let places = here().try_fold(0, |most: u8, value| match value.scaled(most) {
            Some(_) => Some(most),
            None => value.places().map(|places| places.max(most)),
        });
        if let (Some(places), Data::Numbers { unscaled, places: own }) = (places, &mut *data)
            && meet(unscaled, own, places).is_some()
        {
            let unscaled = Arc::make_mut(unscaled);
            let known = unscaled.len();
            if self.each(from, 0, unscaled, |value| value.scaled(*own)).is_ok() {
                return Ok(());
            }
            unscaled.truncate(known);
        }
        let into = exact_form(data);
        self.each(from, Exact::ZERO, into, |value| Some(value.clone()))
    }
}

/// Puts values behind others; the first are not copied.
fn moved(from: Vec<i64>, into: &mut Vec<i64>) {
    if into.is_empty() { *into = from } else { into.extend(from) }
}

/// Gives numbers at least so many places; back comes by what others of so many places must be
/// multiplied. `None` if they do not fit then.
fn meet(unscaled: &mut Arc<Vec<i64>>, own: &mut u8, places: u8) -> Option<i64> {
    let ten = |count: u8| 10_i64.checked_pow(u32::from(count));
    if places <= *own {
        return ten(*own - places);
    }
    let factor = ten(places - *own)?;
    if unscaled.iter().any(|value| value.checked_mul(factor).is_none()) {
        return None;
    }
    Arc::make_mut(unscaled).iter_mut().for_each(|value| *value *= factor);
    *own = places;
    Some(1)
}

/// The numbers of a column one by one, from here on.
fn exact_form(data: &mut Data) -> &mut Vec<Exact> {
    if let Data::Numbers { unscaled, places } = data {
        *data =
            Data::Exacts(unscaled.iter().map(|value| Exact::decimal(*value, *places)).collect());
    }
    match data {
        Data::Exacts(exacts) => exacts,
        // Only columns of numbers come here.
        other => {
            *other = Data::Exacts(Vec::new());
            exact_form(other)
        }
    }
}
