//! Where the rows of an evaluation come from: held once they were read, or gone through as often as
//! there is something to ask.
//!
//! In: sources of rows, and what the caller says. Out: what one evaluation gave that had all its
//! answers.

use std::sync::OnceLock;

use super::context::Context;
use super::evaluate::{EvalOptions, Evaluation};
use super::program::Program;
use super::streaming::{ScanOutcome, Streams};
use super::table::Store;
use crate::data::columns::Source;
use crate::data::fault::{Fault, Outcome};
use crate::plan::RowKind;
use crate::time::{EARLIEST, Interval};

/// After so many scans rows are loaded.
const MOST_SCANS: usize = 16;

/// The rows of one source.
pub struct Input<S> {
    /// Its number.
    pub source: usize,
    /// They.
    pub rows: S,
}

/// What the caller says about holding rows.
#[derive(Clone, Copy, Default)]
pub struct LoadPolicy {
    /// All are, and asked one by one.
    pub row_by_row: bool,
    /// Those of large sources never are.
    pub never: bool,
    /// More rows of one source than this are a fault; `None`: the limit that the reference states.
    pub most: Option<usize>,
}

/// Evaluates on rows, and scans those of large sources.
pub struct Rounds<'e, 'p, S> {
    program: &'e Program<'p>,
    inputs: Vec<Input<S>>,
    store: Store,
    streams: Streams,
    policy: LoadPolicy,
}

impl<'e, 'p, S: Source> Rounds<'e, 'p, S> {
    /// Holds the rows of all sources but the large ones.
    pub fn new(
        program: &'e Program<'p>,
        inputs: Vec<Input<S>>,
        policy: LoadPolicy,
    ) -> Outcome<Self> {
        let mut evaluating = Rounds {
            program,
            inputs,
            store: Store::new(program),
            streams: Streams::new(program.sources.len()),
            policy,
        };
        if let Some(most) = policy.most {
            evaluating.store.tables.iter_mut().for_each(|table| table.most_held = most);
        }
        for number in 0..evaluating.inputs.len() {
            let Some(input) = evaluating.inputs.get(number) else { continue };
            // What spans cover is looked at as a whole.
            let are_events = program
                .sources
                .get(input.source)
                .is_some_and(|source| source.kind == RowKind::Events {});
            let table = evaluating.store.tables.get_mut(input.source);
            match table
                .filter(|_| are_events && !policy.row_by_row && input.rows.rows_of_part().is_some())
            {
                Some(table) => {
                    table.streamed = Some(OnceLock::new());
                    evaluating.streams.add(input.source);
                }
                None => evaluating.fill(number)?,
            }
        }
        Ok(evaluating)
    }

    fn fill(&mut self, number: usize) -> Outcome<()> {
        match self.inputs.get_mut(number) {
            Some(input) => self.store.fill(self.program, input.source, &mut input.rows),
            None => Ok(()),
        }
    }

    /// Holds the rows of a source from now on.
    fn hold(&mut self, number: usize) -> Outcome<()> {
        let Some(input) = self.inputs.get_mut(number) else { return Ok(()) };
        if self.policy.never {
            let name =
                self.program.sources.get(input.source).map_or("", |source| source.name.as_str());
            return Err(Fault::new(format!(
                "something looks at the rows of `{name}` one by one, and they are not to be held"
            )));
        }
        input.rows.again()?;
        if let Some(table) = self.store.tables.get_mut(input.source) {
            table.streamed = None;
        }
        self.streams.remove(input.source);
        self.fill(number)
    }

    /// What `finish` makes of an evaluation that had all its answers. `prepare` tells the store
    /// what is known of it, and says what the caller says; `None` while the time of evaluation is
    /// not known. Both are asked again after each pass.
    pub fn run<R>(
        mut self,
        mut prepare: impl FnMut(&mut Store, &[Input<S>]) -> Outcome<Option<EvalOptions>>,
        mut finish: impl FnMut(&Evaluation<'_>) -> Outcome<R>,
    ) -> Outcome<(R, Vec<S>)> {
        for round in 0.. {
            let said = prepare(&mut self.store, &self.inputs)?;
            let Some(said) = said else {
                let nothing = Interval { start: EARLIEST, end: EARLIEST };
                let context = Context::new(self.program, &self.store, EARLIEST, nothing);
                let went = scan_waiting(&context, &self.streams, &mut self.inputs)?;
                self.hold_all(&went)?;
                continue;
            };
            let evaluation = Evaluation::new(self.program, &self.store, &self.streams, &said)?;
            let done = finish(&evaluation);
            if let Err(Fault { rows_of: Some(source), .. }) = &done {
                let number = self.inputs.iter().position(|input| input.source == *source);
                match number.filter(|_| self.streams.of(*source).is_some()) {
                    Some(number) => self.hold(number)?,
                    None => break,
                }
                continue;
            }
            let waits = |input: &Input<S>| is_waiting(&self.store, &self.streams, input.source);
            if !self.inputs.iter().any(waits) {
                return Ok((done?, self.inputs.into_iter().map(|input| input.rows).collect()));
            }
            let mut went = scan_waiting(&evaluation.shared, &self.streams, &mut self.inputs)?;
            if round >= MOST_SCANS {
                went = (0..self.inputs.len()).collect();
            }
            self.hold_all(&went)?;
        }
        Err(Fault::new("the plan needs rows of a source that was not given"))
    }

    fn hold_all(&mut self, numbers: &[usize]) -> Outcome<()> {
        let passing = |number: &&usize| {
            self.inputs.get(**number).is_some_and(|input| self.streams.of(input.source).is_some())
        };
        let numbers: Vec<usize> = numbers.iter().filter(passing).copied().collect();
        numbers.into_iter().try_for_each(|number| self.hold(number))
    }
}

/// Goes through all rows that somebody waits for; back come the supplies whose rows must be held.
fn scan_waiting<S: Source>(
    context: &Context<'_>,
    streams: &Streams,
    inputs: &mut [Input<S>],
) -> Outcome<Vec<usize>> {
    let mut must_be_held = Vec::new();
    for (number, input) in inputs.iter_mut().enumerate() {
        let Some(requests) =
            streams.of(input.source).filter(|_| is_waiting(context.store, streams, input.source))
        else {
            continue;
        };
        input.rows.again()?;
        if requests.scan(context, input.source, &mut input.rows)? == ScanOutcome::NotVectorized {
            must_be_held.push(number);
        }
    }
    Ok(must_be_held)
}

/// True if somebody waits for an answer about the rows of a source, or nobody has looked at them
/// yet.
fn is_waiting(store: &Store, streams: &Streams, source: usize) -> bool {
    streams.of(source).is_some_and(|requests| requests.is_waiting() || store.is_unread(source))
}
