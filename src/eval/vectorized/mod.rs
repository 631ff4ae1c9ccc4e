//! Vectorized expressions: those that read nothing but their own row are computed for all rows of a
//! source at once.
//!
//! In: expressions of a program, the columns of a store. Out: conditions as bits ([`Truth`]),
//! values as whole numbers with one unit ([`Vector`]), rows as selections ([`Selection`]) and what
//! a fold makes of them. Everything says exactly what `evaluator` would say row by row; whatever it
//! cannot say so is `None`, and then `interpreter` does it. It reports no faults: an expression
//! that may have one is not vectorized.

mod clock;
mod evidence;
mod fold;
mod range;
mod selection;
#[cfg(test)]
mod tests;
mod truth;
mod vector;

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rustc_hash::FxHashMap;

use super::context::Context;
use super::names::Symbol;
use super::program::{Expr, Ignore, Part, Rows, Times};
use super::table::Table;
use super::value::Value;
use super::view::{GroupValue, Mode};
use crate::plan::RowKind;

pub use evidence::{first_of, worst_of};
pub use fold::Of;
pub use selection::Selection;
pub use truth::Truth;
pub use vector::Vector;

/// A source, and an expression without the places it was written at.
type Key = (usize, String);
/// What was computed under a key, or that it cannot be.
type Memory<T> = Mutex<FxHashMap<Key, Arc<OnceLock<Option<T>>>>>;

/// What was computed for all rows of a source, for all who ask the same.
#[derive(Default)]
pub struct ExprCache {
    truths: Memory<Truth>,
    vectors: Memory<Vector>,
}

fn remembered<T: Clone>(
    memory: &Memory<T>,
    key: Key,
    make: impl FnOnce() -> Option<T>,
) -> Option<T> {
    let place = {
        let mut memory = memory.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(memory.entry(key).or_default())
    };
    place.get_or_init(make).clone()
}

/// A side of a comparison.
enum Operand {
    Constant(Value),
    Vector(Vector),
}

/// Reads expressions about the rows of one source.
#[derive(Clone, Copy)]
pub struct ColumnReader<'r> {
    context: &'r Context<'r>,
    table: &'r Table,
    cache: &'r ExprCache,
    source: usize,
    events: bool,
    spans: bool,
    groups: &'r [GroupValue<'r>],
    mode: Mode,
    /// Rows that are ignored: clocks that these stop are not vectorized.
    ignores: &'r [&'r Ignore],
}

impl<'r> ColumnReader<'r> {
    /// A reader of some rows, with what is remembered of them and some groups in hand, that sees
    /// open rows in a way.
    pub fn new(
        context: &'r Context<'r>,
        (table, cache): (&'r Table, &'r ExprCache),
        source: usize,
        groups: &'r [GroupValue<'r>],
        mode: Mode,
    ) -> Option<ColumnReader<'r>> {
        let kind = &context.program.sources.get(source)?.kind;
        let (events, spans) =
            (matches!(kind, RowKind::Events {}), matches!(kind, RowKind::Spans {}));
        Some(ColumnReader {
            context,
            table,
            cache,
            source,
            events,
            spans,
            groups,
            mode,
            ignores: &[],
        })
    }

    /// The same rows with other groups in hand, open ones seen in another way.
    pub fn asked<'a>(&self, groups: &'a [GroupValue<'a>], mode: Mode) -> ColumnReader<'a>
    where
        'r: 'a,
    {
        ColumnReader { groups, mode, ..*self }
    }

    /// The same rows, and of linked rows those that are not ignored.
    #[must_use]
    pub fn ignoring(self, ignores: &'r [&'r Ignore]) -> ColumnReader<'r> {
        ColumnReader { ignores, ..self }
    }

    /// The same without groups.
    #[must_use]
    pub fn without_groups(&self) -> ColumnReader<'r> {
        ColumnReader { groups: &[], ..*self }
    }

    /// For which rows a condition holds.
    pub fn truth(&self, condition: &Expr) -> Option<Truth> {
        match condition {
            Expr::Literal(Value::Boolean(value)) => Some(Truth::constant(self.table.len(), *value)),
            _ => {
                let key = self.key(condition)?;
                remembered(&self.cache.truths, key, || self.condition(condition))
            }
        }
    }

    /// What a quantity, time, name or severity is in each row.
    pub fn vector(&self, value: &Expr) -> Option<Vector> {
        match self.operand(value)? {
            Operand::Vector(vector) => Some(vector),
            Operand::Constant(_) => None,
        }
    }

    fn operand(&self, value: &Expr) -> Option<Operand> {
        match value {
            Expr::Literal(value) => Some(Operand::Constant(value.clone())),
            Expr::Group { name, .. } => {
                self.group(*name).map(|value| Operand::Constant(value.clone()))
            }
            // Columns as they are cost nothing.
            Expr::Field { column, row: 0, .. } => self.field(*column).map(Operand::Vector),
            Expr::Part { part, row: 0, .. } if *part != Part::Length => {
                self.part(*part).map(Operand::Vector)
            }
            _ => {
                let key = self.key(value)?;
                remembered(&self.cache.vectors, key, || self.computed(value)).map(Operand::Vector)
            }
        }
    }

    fn group(&self, name: Symbol) -> Option<&Value> {
        self.groups.iter().find(|group| group.key.name == name).map(|group| &group.value)
    }

    /// An expression without the places it was written at, in which equal ones are equal; `None` if
    /// it cannot be vectorized.
    pub fn written(&self, expression: &Expr) -> Option<String> {
        self.key(expression).map(|(_, written)| written)
    }

    fn key(&self, expression: &Expr) -> Option<Key> {
        let mut key = String::new();
        self.write(expression, &mut key).then_some((self.source, key))
    }

    fn write_all<'e>(
        &self,
        tag: char,
        parts: impl IntoIterator<Item = &'e Expr>,
        key: &mut String,
    ) -> bool {
        key.push(tag);
        key.push('(');
        let all = parts.into_iter().all(|part| self.write(part, key));
        key.push(')');
        all
    }

    /// How open rows are seen, where that makes a difference.
    fn seen_as(&self, matters: bool) -> &'static str {
        match self.mode {
            Mode::Now => "",
            Mode::Ended if matters && self.table.has_open => "E",
            Mode::Never if matters && self.table.has_open => "N",
            Mode::Ended | Mode::Never => "",
        }
    }

    fn write_clock(&self, during: &Times, pausing: Option<&Times>, key: &mut String) -> bool {
        let counted = match during {
            Times::Always => write!(key, "always").is_ok(),
            Times::Open(calendar) => write!(key, "open{calendar}").is_ok(),
            _ => false,
        };
        let paused = match pausing {
            None => true,
            Some(Times::Covered { rows, .. }) => match &**rows {
                Rows::Linked { source, key: column, field, row: 0, .. } => {
                    let whole = !self.ignores.iter().any(|ignore| ignore.source == *source);
                    whole && write!(key, "~{source},{column},{field}").is_ok()
                }
                _ => false,
            },
            Some(_) => false,
        };
        // What was found in an earlier pass over the rows may have been found for other times.
        let (horizon, as_of) = (self.context.horizon, self.context.as_of);
        let timed = write!(key, "@{},{},{as_of}", horizon.start, horizon.end).is_ok();
        // Events never end, so what they lack may still come.
        let never = if self.events && self.mode == Mode::Never { "N" } else { self.seen_as(true) };
        counted && paused && timed && write!(key, "{never}").is_ok()
    }

    /// Writes an expression so that equal ones are equal; false if it cannot be vectorized.
    fn write(&self, expression: &Expr, key: &mut String) -> bool {
        match expression {
            Expr::Literal(value) => write!(key, "L{value:?};").is_ok(),
            Expr::Group { name, .. } => {
                self.group(*name).is_some_and(|value| write!(key, "L{value:?};").is_ok())
            }
            Expr::Field { column, row: 0, .. } => {
                write!(key, "F{column}{};", self.seen_as(self.spans)).is_ok()
            }
            Expr::Part { part, row: 0, .. } => {
                let of_end = matches!(part, Part::End | Part::Length);
                write!(key, "P{part:?}{};", self.seen_as(self.spans && of_end)).is_ok()
            }
            Expr::Present(value) => self.write_all('p', [&**value], key),
            Expr::Default(value, otherwise) => self.write_all('d', [&**value, otherwise], key),
            Expr::Elapsed { from, to, during, pausing, .. } => {
                self.write_clock(during, pausing.as_ref(), key)
                    && self.write_all('e', [&**from, to], key)
            }
            Expr::And(terms) => self.write_all('&', terms, key),
            Expr::Or(terms) => self.write_all('|', terms, key),
            Expr::Not(value) => self.write_all('!', [&**value], key),
            Expr::Compare { relation, left, right, .. } => {
                write!(key, "c{relation:?}").is_ok() && self.write_all('c', [&**left, right], key)
            }
            Expr::Between { value, low, high, .. } => {
                self.write_all('b', [&**value, low, high], key)
            }
            Expr::Add { terms, .. } => self.write_all('+', terms, key),
            Expr::Subtract { left, right, .. } => self.write_all('-', [&**left, right], key),
            Expr::Multiply { factors, .. } => self.write_all('*', factors, key),
            Expr::Divide { left, right, .. } => self.write_all('/', [&**left, right], key),
            Expr::Field { .. }
            | Expr::Part { .. }
            | Expr::LongestGap { .. }
            | Expr::EndOfWorkingDay { .. }
            | Expr::Fold { .. }
            | Expr::Downtime { .. }
            | Expr::If { .. }
            | Expr::Round { .. }
            | Expr::Extreme { .. }
            | Expr::DaysBetween { .. }
            | Expr::Fact { .. }
            | Expr::Lookup { .. }
            | Expr::WindowLength
            | Expr::WindowDays { .. }
            | Expr::MeasuredLength
            | Expr::Fees { .. }
            | Expr::FeeRate { .. }
            | Expr::Shift { .. }
            | Expr::Value { .. }
            | Expr::Target { .. }
            | Expr::Failures { .. } => false,
        }
    }
}
