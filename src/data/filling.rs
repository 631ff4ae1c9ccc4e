//! A column while it is filled, cell by cell.

use std::sync::Arc;

use ecow::EcoString;

use super::cells::{Cell, CellReader, Raw};
use super::dictionary::Dictionary;
use super::fast::{self, Fast, Times};
use crate::base::Exact;
use crate::data::columns::{Cells, Column, State};
use crate::plan::Type;
use crate::time::{Date, EARLIEST, Instant, LATEST};

/// A column that is being filled.
#[derive(Debug)]
pub struct Filling {
    cells: Cells,
    /// Nothing as long as all are here.
    states: Vec<State>,
    length: usize,
    names: Dictionary,
    fast: Fast,
    times: Times,
}

impl Filling {
    /// An empty column of a type; `fast` is the form that most of its cells will have.
    pub fn new(of: &Type, fast: Fast) -> Filling {
        let nobody: Arc<[EcoString]> = Arc::from([]);
        let cells = match of {
            Type::Time {} => Cells::Instants(Vec::new()),
            Type::Duration {} => Cells::Lengths(Vec::new()),
            Type::Boolean {} => Cells::Booleans(Vec::new()),
            Type::Date {} => Cells::Dates(Vec::new()),
            Type::Money { currency: None } => {
                Cells::Money { amounts: Vec::new(), currencies: Vec::new(), dictionary: nobody }
            }
            Type::Number { .. }
            | Type::Money { currency: Some(_) }
            | Type::Data {}
            | Type::Count { .. }
            | Type::Compound { .. } => Cells::Decimals { unscaled: Vec::new(), places: 0 },
            Type::Text {}
            | Type::Choice { .. }
            | Type::Severity {}
            | Type::Service {}
            | Type::Party {} => Cells::Names { codes: Vec::new(), dictionary: nobody },
        };
        Filling {
            cells,
            states: Vec::new(),
            length: 0,
            names: Dictionary::default(),
            fast,
            times: Times::default(),
        }
    }

    /// A cell that is a text, or what is wrong with it: then nothing has changed.
    pub fn text(&mut self, text: &[u8], reader: &CellReader) -> Result<(), String> {
        if self.quick(text).is_some() {
            self.came();
            return Ok(());
        }
        let text =
            std::str::from_utf8(text).map_err(|_| "the cell is not UTF-8 text".to_owned())?;
        let cell = reader.read(Raw::Text(text.into()))?;
        self.push(&cell);
        Ok(())
    }

    /// Takes in a cell that is written in the usual form, and was compared with the values
    /// there are.
    fn quick(&mut self, text: &[u8]) -> Option<()> {
        match (&mut self.cells, self.fast) {
            (Cells::Instants(cells), Fast::Time) => cells.push(self.times.instant(text)?),
            (Cells::Instants(cells), Fast::Epoch(unit)) => {
                cells.push(
                    fast::whole(text, unit)
                        .filter(|instant| (EARLIEST..=LATEST).contains(instant))?,
                );
            }
            (Cells::Lengths(cells), Fast::Length(unit)) => cells.push(fast::whole(text, unit)?),
            (Cells::Names { codes, .. }, Fast::Name) => codes.push(self.names.find(text)?),
            (Cells::Decimals { unscaled, places }, Fast::Number(factor)) => {
                let (number, behind) = fast::number(text)?;
                let number = number.checked_mul(factor)?;
                if behind == *places {
                    unscaled.push(number);
                } else {
                    push_decimal(unscaled, places, number, behind)?;
                }
            }
            _ => return None,
        }
        Some(())
    }

    /// One more cell is here.
    fn came(&mut self) {
        self.length += 1;
        if !self.states.is_empty() {
            self.states.push(State::Here);
        }
    }

    /// A cell; one that is absent, or not of the column's kind, leaves a place without meaning.
    pub fn push(&mut self, cell: &Cell<'_>) {
        if let (Cells::Decimals { unscaled, places }, Cell::Exact(value)) = (&mut self.cells, cell)
            && decimal(value)
                .and_then(|(number, behind)| push_decimal(unscaled, places, number, behind))
                .is_none()
        {
            let known = unscaled
                .iter()
                .filter_map(|number| Exact::ratio(*number, fast::ten(*places)?))
                .collect();
            self.cells = Cells::Exacts(known);
            return self.push(cell);
        }
        let names = &mut self.names;
        match (&mut self.cells, cell) {
            (Cells::Instants(cells), Cell::Instant(value))
            | (Cells::Lengths(cells), Cell::Length(value)) => cells.push(*value),
            // Done above.
            (Cells::Decimals { .. }, Cell::Exact(_)) => {}
            (Cells::Exacts(cells), Cell::Exact(value)) => cells.push(value.clone()),
            (Cells::Money { amounts, currencies, .. }, Cell::Money(amount, currency)) => {
                amounts.push(amount.clone());
                currencies.push(names.code(currency));
            }
            (Cells::Names { codes, .. }, Cell::Name(name)) => codes.push(names.code(name)),
            (Cells::Booleans(cells), Cell::Boolean(value)) => cells.push(*value),
            (Cells::Dates(cells), Cell::Date(value)) => cells.push(*value),
            (cells, _) => {
                push_nothing(cells);
                if self.states.is_empty() {
                    self.states = vec![State::Here; self.length];
                }
                self.states.push(State::Absent);
                self.length += 1;
                return;
            }
        }
        self.came();
    }

    /// The instant in a row, if the column holds them.
    pub fn instant(&self, row: usize) -> Option<Instant> {
        match &self.cells {
            Cells::Instants(cells)
                if self.states.get(row).is_none_or(|state| *state == State::Here) =>
            {
                cells.get(row).copied()
            }
            _ => None,
        }
    }

    /// Takes back what is behind so many rows.
    pub fn truncate(&mut self, length: usize) {
        self.length = self.length.min(length);
        self.states.truncate(length);
        match &mut self.cells {
            Cells::Instants(cells)
            | Cells::Lengths(cells)
            | Cells::Decimals { unscaled: cells, .. } => cells.truncate(length),
            Cells::Exacts(cells) => cells.truncate(length),
            Cells::Money { amounts, currencies, .. } => {
                amounts.truncate(length);
                currencies.truncate(length);
            }
            Cells::Names { codes, .. } => codes.truncate(length),
            Cells::Booleans(cells) => cells.truncate(length),
            Cells::Dates(cells) => cells.truncate(length),
        }
    }

    /// The column.
    pub fn column(mut self) -> Column {
        match &mut self.cells {
            Cells::Money { dictionary, .. } | Cells::Names { dictionary, .. } => {
                *dictionary = self.names.into_names().into()
            }
            Cells::Instants(_)
            | Cells::Lengths(_)
            | Cells::Decimals { .. }
            | Cells::Exacts(_)
            | Cells::Booleans(_)
            | Cells::Dates(_) => {}
        }
        let all = self.states.iter().all(|state| *state == State::Here);
        Column { cells: self.cells, states: (!all).then_some(self.states) }
    }
}

/// A number without its point, if it has few places.
fn decimal(value: &Exact) -> Option<(i64, u8)> {
    match value.to_i64() {
        Some(whole) => Some((whole, 0)),
        None => fast::number(value.to_decimal()?.as_bytes()),
    }
}

/// Puts a number to others that may have more places, or fewer; `None` if they cannot stand
/// together, and nothing has changed.
fn push_decimal(unscaled: &mut Vec<i64>, places: &mut u8, number: i64, behind: u8) -> Option<()> {
    if behind <= *places {
        unscaled.push(number.checked_mul(fast::ten(*places - behind)?)?);
        return Some(());
    }
    let scale = fast::ten(behind - *places)?;
    if !unscaled.iter().all(|known| known.checked_mul(scale).is_some()) {
        return None;
    }
    for known in unscaled.iter_mut() {
        *known *= scale;
    }
    unscaled.push(number);
    *places = behind;
    Some(())
}

fn push_nothing(cells: &mut Cells) {
    match cells {
        Cells::Instants(cells)
        | Cells::Lengths(cells)
        | Cells::Decimals { unscaled: cells, .. } => cells.push(0),
        Cells::Exacts(cells) => cells.push(Exact::ZERO),
        Cells::Money { amounts, currencies, .. } => {
            amounts.push(Exact::ZERO);
            currencies.push(0);
        }
        Cells::Names { codes, .. } => codes.push(0),
        Cells::Booleans(cells) => cells.push(false),
        Cells::Dates(cells) => cells.push(Date::FIRST),
    }
}
