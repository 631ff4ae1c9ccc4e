//! Where the rows of an evaluation come from: held once they were read, or gone through as often as there is something to ask.
//!
//! In: sources of rows, and what the caller says. Out: what one evaluation gave that had all its answers.

use std::sync::OnceLock;

use super::columns::Source;
use super::context::Context;
use super::evaluate::{Evaluation, Said};
use super::fault::{Fault, Outcome};
use super::passes::{Streams, Went};
use super::program::Program;
use super::store::Store;
use crate::plan::RowKind;
use crate::time::{EARLIEST, Interval};

/// After so many passes rows are held.
const MOST_PASSES: usize = 16;

/// The rows of one source.
pub struct Supply<S> {
    /// Its number.
    pub source: usize,
    /// They.
    pub rows: S,
}

/// What the caller says about holding rows.
#[derive(Clone, Copy, Default)]
pub struct Holding {
    /// All are, and asked one by one.
    pub row_by_row: bool,
    /// Those of large sources never are.
    pub never: bool,
    /// More rows of one source than this are a fault; `None`: the limit that the reference states.
    pub most: Option<usize>,
}

/// Evaluates on rows, those of large sources in passes.
pub struct Evaluating<'e, 'p, S> {
    program: &'e Program<'p>,
    supplies: Vec<Supply<S>>,
    store: Store,
    streams: Streams,
    holding: Holding,
}

impl<'e, 'p, S: Source> Evaluating<'e, 'p, S> {
    /// Holds the rows of all sources but the large ones.
    pub fn new(program: &'e Program<'p>, supplies: Vec<Supply<S>>, holding: Holding) -> Outcome<Self> {
        let mut evaluating =
            Evaluating { program, supplies, store: Store::new(program), streams: Streams::new(program.sources.len()), holding };
        if let Some(most) = holding.most {
            evaluating.store.tables.iter_mut().for_each(|table| table.most_held = most);
        }
        for number in 0..evaluating.supplies.len() {
            let Some(supply) = evaluating.supplies.get(number) else { continue };
            // What spans cover is looked at as a whole.
            let are_events = program.sources.get(supply.source).is_some_and(|source| source.kind == RowKind::Events {});
            let table = evaluating.store.tables.get_mut(supply.source);
            match table.filter(|_| are_events && !holding.row_by_row && supply.rows.rows_of_part().is_some()) {
                Some(table) => {
                    table.streamed = Some(OnceLock::new());
                    evaluating.streams.add(supply.source);
                }
                None => evaluating.fill(number)?,
            }
        }
        Ok(evaluating)
    }

    fn fill(&mut self, number: usize) -> Outcome<()> {
        match self.supplies.get_mut(number) {
            Some(supply) => self.store.fill(self.program, supply.source, &mut supply.rows),
            None => Ok(()),
        }
    }

    /// Holds the rows of a source from now on.
    fn hold(&mut self, number: usize) -> Outcome<()> {
        let Some(supply) = self.supplies.get_mut(number) else { return Ok(()) };
        if self.holding.never {
            let name = self.program.sources.get(supply.source).map_or("", |source| source.name.as_str());
            return Err(Fault::new(format!("something looks at the rows of `{name}` one by one, and they are not to be held")));
        }
        supply.rows.again()?;
        if let Some(table) = self.store.tables.get_mut(supply.source) {
            table.streamed = None;
        }
        self.streams.remove(supply.source);
        self.fill(number)
    }

    /// What `finish` makes of an evaluation that had all its answers. `prepare` tells the store what is known of it, and says what the
    /// caller says; `None` while the time of evaluation is not known. Both are asked again after each pass.
    pub fn run<R>(
        mut self,
        mut prepare: impl FnMut(&mut Store, &[Supply<S>]) -> Outcome<Option<Said>>,
        mut finish: impl FnMut(&Evaluation<'_>) -> Outcome<R>,
    ) -> Outcome<(R, Vec<S>)> {
        for round in 0.. {
            let said = prepare(&mut self.store, &self.supplies)?;
            let Some(said) = said else {
                let nothing = Interval { start: EARLIEST, end: EARLIEST };
                let context = Context::new(self.program, &self.store, EARLIEST, nothing);
                let went = pass_over(&context, &self.streams, &mut self.supplies)?;
                self.hold_all(&went)?;
                continue;
            };
            let evaluation = Evaluation::new(self.program, &self.store, &self.streams, &said)?;
            let done = finish(&evaluation);
            if let Err(Fault { rows_of: Some(source), .. }) = &done {
                let number = self.supplies.iter().position(|supply| supply.source == *source);
                match number.filter(|_| self.streams.of(*source).is_some()) {
                    Some(number) => self.hold(number)?,
                    None => break,
                }
                continue;
            }
            let waits = |supply: &Supply<S>| is_waiting(&self.store, &self.streams, supply.source);
            if !self.supplies.iter().any(waits) {
                return Ok((done?, self.supplies.into_iter().map(|supply| supply.rows).collect()));
            }
            let mut went = pass_over(&evaluation.shared, &self.streams, &mut self.supplies)?;
            if round >= MOST_PASSES {
                went = (0..self.supplies.len()).collect();
            }
            self.hold_all(&went)?;
        }
        Err(Fault::new("the plan needs rows of a source that was not given"))
    }

    fn hold_all(&mut self, numbers: &[usize]) -> Outcome<()> {
        let passing = |number: &&usize| self.supplies.get(**number).is_some_and(|supply| self.streams.of(supply.source).is_some());
        let numbers: Vec<usize> = numbers.iter().filter(passing).copied().collect();
        numbers.into_iter().try_for_each(|number| self.hold(number))
    }
}

/// Goes through all rows that somebody waits for; back come the supplies whose rows must be held.
fn pass_over<S: Source>(context: &Context<'_>, streams: &Streams, supplies: &mut [Supply<S>]) -> Outcome<Vec<usize>> {
    let mut must_be_held = Vec::new();
    for (number, supply) in supplies.iter_mut().enumerate() {
        let Some(passes) = streams.of(supply.source).filter(|_| is_waiting(context.store, streams, supply.source)) else { continue };
        supply.rows.again()?;
        if passes.go(context, supply.source, &mut supply.rows)? == Went::NotPlain {
            must_be_held.push(number);
        }
    }
    Ok(must_be_held)
}

/// True if somebody waits for an answer about the rows of a source, or nobody has looked at them yet.
fn is_waiting(store: &Store, streams: &Streams, source: usize) -> bool {
    streams.of(source).is_some_and(|passes| passes.is_waiting() || store.is_unread(source))
}
