//! Where the rows of an evaluation come from: loaded once they were read, or scanned for what was
//! requested.
//!
//! In: sources of rows, and what the caller says. Out: what one evaluation gave that had all its
//! answers. The requests are listed first, then each source is scanned, then the evaluation is
//! made. Another scan follows only for what rows must tell, and says why.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use super::context::Context;
use super::evaluate::{EvalOptions, Evaluation};
use super::program::Program;
use super::streaming::{Reason, ScanOutcome, Streams};
use super::table::Store;
use crate::data::columns::Source;
use crate::data::fault::{Fault, Needs, Outcome};
use crate::plan::RowKind;
use crate::time::{EARLIEST, Interval};

/// After so many scans of a source its rows are loaded.
const MOST_SCANS: usize = 16;

/// The rows of one source.
pub struct Input<S> {
    /// Its number.
    pub source: usize,
    /// They.
    pub rows: S,
}

/// What the caller says about loading rows.
#[derive(Clone, Copy, Default)]
pub struct LoadPolicy {
    /// All are, and asked one by one.
    pub row_by_row: bool,
    /// Those of large sources never are.
    pub never: bool,
    /// More rows of one source than this are a fault; `None`: the limit that the reference states.
    pub most: Option<usize>,
}

/// A scan of the rows of a source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scan {
    /// The number of the source.
    pub source: usize,
    /// What it was for.
    pub reasons: BTreeSet<Reason>,
}

/// What came out, and how.
pub struct Completed<R, S> {
    /// What the caller made of the evaluation.
    pub result: R,
    /// The rows, in the order in which they were given.
    pub inputs: Vec<S>,
    /// The scans, in order.
    pub scans: Vec<Scan>,
}

/// What comes next.
enum Step {
    /// The requests are listed that plan and windows make, as far as it is known what they depend
    /// on, and answered by a scan.
    Plan(BTreeSet<Reason>),
    /// The evaluation is made. What it asks beyond the plan depends on values, and is answered by a
    /// scan before it is made again.
    Evaluate,
}

/// How a step ended.
enum Ended<R> {
    Done(R),
    /// The other step follows.
    Then(Step),
    /// Sources are to be loaded.
    Load(Vec<usize>),
}

/// Evaluates on rows, and scans those of large sources.
pub struct Rounds<'e, 'p, S> {
    program: &'e Program<'p>,
    inputs: Vec<Input<S>>,
    store: Store,
    streams: Streams,
    policy: LoadPolicy,
    scans: Vec<Scan>,
}

impl<'e, 'p, S: Source> Rounds<'e, 'p, S> {
    /// Loads the rows of all sources but the large ones.
    pub fn new(
        program: &'e Program<'p>,
        inputs: Vec<Input<S>>,
        policy: LoadPolicy,
    ) -> Outcome<Self> {
        let mut rounds = Rounds {
            program,
            inputs,
            store: Store::new(program),
            streams: Streams::new(program.sources.len()),
            policy,
            scans: Vec::new(),
        };
        if let Some(most) = policy.most {
            rounds.store.tables.iter_mut().for_each(|table| table.most_held = most);
        }
        for number in 0..rounds.inputs.len() {
            let Some(input) = rounds.inputs.get(number) else { continue };
            // What spans cover is looked at as a whole.
            let are_events = program
                .sources
                .get(input.source)
                .is_some_and(|source| source.kind == RowKind::Events {});
            let table = rounds.store.tables.get_mut(input.source);
            match table
                .filter(|_| are_events && !policy.row_by_row && input.rows.rows_of_part().is_some())
            {
                Some(table) => {
                    table.streamed = Some(OnceLock::new());
                    rounds.streams.add(input.source);
                }
                None => rounds.fill(number)?,
            }
        }
        Ok(rounds)
    }

    fn fill(&mut self, number: usize) -> Outcome<()> {
        match self.inputs.get_mut(number) {
            Some(input) => self.store.fill(self.program, input.source, &mut input.rows),
            None => Ok(()),
        }
    }

    /// Loads the rows of a source that was streamed.
    fn load(&mut self, source: usize) -> Outcome<()> {
        let number = self.inputs.iter().position(|input| input.source == source);
        let Some((number, input)) = number
            .filter(|_| self.streams.of(source).is_some())
            .and_then(|number| Some((number, self.inputs.get_mut(number)?)))
        else {
            return Err(Fault::new("the plan needs rows of a source that was not given"));
        };
        if self.policy.never {
            let name = self.program.sources.get(source).map_or("", |source| source.name.as_str());
            return Err(Fault::new(format!(
                "something looks at the rows of `{name}` one by one, and they are not to be held"
            )));
        }
        input.rows.again()?;
        if let Some(table) = self.store.tables.get_mut(source) {
            table.streamed = None;
        }
        self.streams.remove(source);
        self.fill(number)
    }

    /// What `finish` makes of an evaluation that had all its answers. `prepare` tells the store
    /// what is known of it, and says what the caller says; `None` while the time of evaluation is
    /// not known. `plan` lists the requests of an evaluation, and says what it could not list yet.
    /// All are called again after a scan that they waited for.
    pub fn run<R>(
        mut self,
        mut prepare: impl FnMut(&mut Store, &[Input<S>]) -> Outcome<Option<EvalOptions>>,
        plan: impl Fn(&Evaluation<'_>) -> Outcome<BTreeSet<Reason>>,
        mut finish: impl FnMut(&Evaluation<'_>) -> Outcome<R>,
    ) -> Outcome<Completed<R, S>> {
        let mut step = Step::Plan(BTreeSet::from([Reason::Plan]));
        let mut planned_for = None;
        loop {
            let Some(options) = prepare(&mut self.store, &self.inputs)? else {
                let nothing = Interval { start: EARLIEST, end: EARLIEST };
                let context = Context::new(self.program, &self.store, EARLIEST, nothing);
                let mut scanning = Scanning {
                    streams: &self.streams,
                    inputs: &mut self.inputs,
                    scans: &mut self.scans,
                };
                let loads = scanning.all(&context, &BTreeSet::from([Reason::AsOf]))?;
                loads.into_iter().try_for_each(|source| self.load(source))?;
                continue;
            };
            let evaluation = Evaluation::new(self.program, &self.store, &self.streams, &options)?;
            let mut scanning = Scanning {
                streams: &self.streams,
                inputs: &mut self.inputs,
                scans: &mut self.scans,
            };
            let time = evaluation.time();
            let ended = match &step {
                Step::Plan(reasons) if self.streams.any() => {
                    planned_for = Some(time);
                    scanning.planned(&evaluation, plan(&evaluation), reasons)?
                }
                // The first scan found rows outside of the time that was planned for.
                Step::Evaluate if planned_for.is_some_and(|known| known != time) => {
                    Ended::Then(Step::Plan(BTreeSet::from([Reason::Extent])))
                }
                Step::Plan(_) | Step::Evaluate => {
                    scanning.evaluated(&evaluation, finish(&evaluation))?
                }
            };
            match ended {
                Ended::Done(result) => {
                    let inputs = self.inputs.into_iter().map(|input| input.rows).collect();
                    return Ok(Completed { result, inputs, scans: self.scans });
                }
                Ended::Then(next) => step = next,
                Ended::Load(sources) => {
                    sources.into_iter().try_for_each(|source| self.load(source))?;
                }
            }
        }
    }
}

/// Sources that can be scanned.
struct Scanning<'i, S> {
    streams: &'i Streams,
    inputs: &'i mut Vec<Input<S>>,
    scans: &'i mut Vec<Scan>,
}

impl<S: Source> Scanning<'_, S> {
    /// Answers what was planned. What could not be planned is planned again, unless the scan found
    /// nothing to answer.
    fn planned<R>(
        &mut self,
        evaluation: &Evaluation<'_>,
        planned: Outcome<BTreeSet<Reason>>,
        reasons: &BTreeSet<Reason>,
    ) -> Outcome<Ended<R>> {
        let open = match planned {
            Err(Fault { needs: Some(Needs::Rows(source)), .. }) => {
                return Ok(Ended::Load(vec![source]));
            }
            planned => planned?,
        };
        self.missed();
        let before = self.scans.len();
        let loads = self.all(&evaluation.shared, reasons)?;
        Ok(if !loads.is_empty() {
            Ended::Load(loads)
        } else if open.is_empty() || self.scans.len() == before {
            Ended::Then(Step::Evaluate)
        } else {
            Ended::Then(Step::Plan(open))
        })
    }

    /// Answers what an evaluation asked for beyond the plan.
    fn evaluated<R>(
        &mut self,
        evaluation: &Evaluation<'_>,
        result: Outcome<R>,
    ) -> Outcome<Ended<R>> {
        let fault = match result {
            Ok(result) => return Ok(Ended::Done(result)),
            Err(fault) => fault,
        };
        match fault.needs {
            None => Err(fault),
            Some(Needs::Rows(source)) => Ok(Ended::Load(vec![source])),
            Some(Needs::Answers) => {
                let (reasons, before) = (self.missed(), self.scans.len());
                let loads = self.all(&evaluation.shared, &reasons)?;
                if !loads.is_empty() {
                    Ok(Ended::Load(loads))
                } else if self.scans.len() > before {
                    Ok(Ended::Then(Step::Evaluate))
                } else {
                    // No scan can answer it: the evaluation would be made for ever.
                    Err(fault)
                }
            }
        }
    }

    /// Why evaluators found no answer since this was asked last.
    fn missed(&self) -> BTreeSet<Reason> {
        let streams = self.inputs.iter().filter_map(|input| self.streams.of(input.source));
        streams.flat_map(|stream| stream.take_missed()).collect()
    }

    /// Scans all sources that something is asked of, or that nobody has looked at yet; back come
    /// those that must be loaded.
    fn all(&mut self, context: &Context<'_>, reasons: &BTreeSet<Reason>) -> Outcome<Vec<usize>> {
        let mut loads = Vec::new();
        for input in self.inputs.iter_mut() {
            let source = input.source;
            let Some(requests) = self.streams.of(source) else { continue };
            if !requests.is_waiting() && !context.store.is_unread(source) {
                continue;
            }
            let scans = self.scans.iter().filter(|scan| scan.source == source).count();
            if scans >= MOST_SCANS {
                loads.push(source);
                continue;
            }
            input.rows.again()?;
            self.scans.push(Scan { source, reasons: reasons.clone() });
            if requests.scan(context, source, &mut input.rows)? == ScanOutcome::NotVectorized {
                loads.push(source);
            }
        }
        Ok(loads)
    }
}
