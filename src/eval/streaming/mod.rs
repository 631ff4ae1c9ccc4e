//! Sources that are too large to load: their rows are scanned, and nothing of them is kept but the
//! aggregates that were requested.
//!
//! In: requests, which the planner makes before anything is evaluated, and evaluators where only
//! the data tell what else to ask. Out: answers, once a scan has computed them. What is not
//! answered yet has no value at all: it is a fault that says so, and whoever plans the rounds
//! (`input`) scans and evaluates again. What cannot be requested, because it looks at rows one by
//! one, is a fault too, and the rows are loaded.

mod request;
mod scan;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use rustc_hash::FxHashMap;

use super::accumulator::{Accumulator, AggregateKind, Evaluated, Ranked};
use super::program::Fold;
use super::value::{Clash, Value};
use crate::data::fault::{Fault, Outcome};
use crate::time::{Instant, Interval, TimeSet};

pub use request::{BoundExpr, RequestId, RowFilter};
pub use scan::ScanOutcome;

use request::{AggregateRequest, RequestKey};

/// The most numbers or classes that are kept for all ranks of a scan together.
const MOST_NUMBERS: usize = 16 << 20;
/// At least so many are kept for each.
const LEAST_NUMBERS: usize = 1 << 10;
/// For as many values of a field as this there is room.
const VALUES_OF_FIELD: usize = 64;

/// Why a scan is needed. One scan answers all that plan and windows alone ask; each of the others
/// stands for something that only rows tell.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Reason {
    /// What plan and windows ask.
    Plan,
    /// The time of evaluation is that of the last row.
    AsOf,
    /// Rows lie outside of the time that was taken for all there is.
    Extent,
    /// Rows decide which time is measured.
    Time,
    /// Rows decide which customers or groups there are.
    Groups,
    /// A value decides which other one is asked for.
    Values,
    /// The class of numbers is known that holds a rank, and not yet which of them has it.
    Ranks,
    /// Windows that turned out bad show the rows behind them.
    Evidence,
    /// Money that turned out due depends on rows.
    Payments,
    /// Windows that turned out not to be in force hold no rows that count.
    Outside,
}

/// What is asked of the rows of each source that is streamed.
#[derive(Default)]
pub struct Streams(Vec<Option<Requests>>);

impl Streams {
    /// None yet, of so many sources.
    pub fn new(sources: usize) -> Streams {
        Streams((0..sources).map(|_| None).collect())
    }

    /// What is asked of the rows of a source; `None`: its rows are loaded.
    pub fn of(&self, source: usize) -> Option<&Requests> {
        self.0.get(source)?.as_ref()
    }

    /// True if the rows of some source are streamed.
    pub fn any(&self) -> bool {
        self.0.iter().any(Option::is_some)
    }

    /// The rows of a source are scanned from now on.
    pub fn add(&mut self, source: usize) {
        if let Some(place) = self.0.get_mut(source) {
            *place = Some(Requests::new(source));
        }
    }

    /// The rows of a source are loaded after all.
    pub fn remove(&mut self, source: usize) {
        if let Some(place) = self.0.get_mut(source) {
            *place = None;
        }
    }
}

/// What is asked of the rows of a source, and what is known.
pub struct Requests {
    source: usize,
    known: Mutex<Known>,
    /// True if some frame has no answer.
    waiting: AtomicBool,
    /// Why evaluators found no answer since the last scan.
    missed: Mutex<BTreeSet<Reason>>,
    /// At least how many rows are looked at together.
    rows_of_part: OnceLock<usize>,
}

#[derive(Default)]
struct Known {
    asked: Vec<Arc<Asked>>,
    numbers: FxHashMap<RequestKey, RequestId>,
}

/// A request, the frames that it is asked in, and the answers.
struct Asked {
    request: AggregateRequest,
    frames: Mutex<Frames>,
}

#[derive(Default)]
struct Frames {
    numbers: FxHashMap<Interval, usize>,
    all: Vec<Interval>,
    /// So many of them are answered.
    answered: usize,
    /// For values of the fields that tell answers apart, an answer for each frame that has one.
    answers: FxHashMap<Vec<Value>, Vec<Accumulator>>,
}

impl Frames {
    /// The number of a frame; a new one waits for the next scan.
    fn number(&mut self, frame: Interval) -> usize {
        let next = self.all.len();
        let number = *self.numbers.entry(frame).or_insert(next);
        if number == next {
            self.all.push(frame);
        }
        number
    }
}

impl Asked {
    fn frames(&self) -> MutexGuard<'_, Frames> {
        self.frames.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Requests {
    fn new(source: usize) -> Requests {
        Requests {
            source,
            known: Mutex::default(),
            waiting: AtomicBool::default(),
            missed: Mutex::default(),
            rows_of_part: OnceLock::new(),
        }
    }

    /// True if some frame of a request has no answer.
    pub fn is_waiting(&self) -> bool {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Why evaluators found no answer since this was asked last.
    pub fn take_missed(&self) -> BTreeSet<Reason> {
        std::mem::take(&mut *self.missed.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A request for an aggregate of some rows; `None` if these must be looked at one by one.
    pub fn request(
        &self,
        aggregate: AggregateKind,
        of: Option<BoundExpr>,
        rows: &Arc<RowFilter>,
        times: &Arc<TimeSet>,
    ) -> Option<RequestId> {
        AggregateRequest::new(aggregate, rows, of, times).map(|request| self.add(request))
    }

    /// A request for how many rows there are.
    pub fn request_count(&self, rows: &Arc<RowFilter>, times: &Arc<TimeSet>) -> Option<RequestId> {
        *rows.count.get_or_init(|| self.request(AggregateKind::Count, None, rows, times))
    }

    /// A request for how many rows there are of each combination of values of some fields.
    pub fn request_counts(
        &self,
        rows: &RowFilter,
        columns: &[usize],
        times: &Arc<TimeSet>,
    ) -> Option<RequestId> {
        let each = columns.iter().fold(rows.clone(), |rows, column| rows.of_group(*column, None));
        self.request(AggregateKind::Count, None, &Arc::new(each), times)
    }

    fn add(&self, (request, key): (AggregateRequest, RequestKey)) -> RequestId {
        let mut known = self.lock();
        let next = RequestId(known.asked.len());
        let id = *known.numbers.entry(key).or_insert(next);
        if id == next {
            known.asked.push(Arc::new(Asked { request, frames: Mutex::default() }));
        }
        id
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn asked(&self, id: RequestId) -> Outcome<Arc<Asked>> {
        let asked = self.lock().asked.get(id.0).map(Arc::clone);
        asked.ok_or_else(|| Fault::new("a request is unknown to its source"))
    }

    /// Asks a request in a frame: the next scan answers it, unless one has.
    pub fn plan(&self, id: RequestId, frame: Interval) -> Outcome<()> {
        let asked = self.asked(id)?;
        let mut frames = asked.frames();
        if frames.number(frame) >= frames.answered {
            self.waiting.store(true, Ordering::Relaxed);
        }
        Ok(())
    }

    /// The number of a frame; a fault if it is not answered, which makes it wait for the next scan.
    fn answered(&self, frames: &mut Frames, frame: Interval, why: Reason) -> Outcome<usize> {
        let number = frames.number(frame);
        if number < frames.answered {
            return Ok(number);
        }
        self.waiting.store(true, Ordering::Relaxed);
        self.missed.lock().unwrap_or_else(PoisonError::into_inner).insert(why);
        Err(Fault::awaited())
    }

    /// What a request comes to in a frame, of the rows that pass a filter.
    fn answer<T>(
        &self,
        asked: &Asked,
        rows: &RowFilter,
        (frame, why): (Interval, Reason),
        look: impl FnOnce(&mut Accumulator) -> T,
    ) -> Outcome<T> {
        let values = match rows.groups(asked.request.of.as_ref()) {
            Some((_, values)) => values.ok_or_else(|| Fault::new("a group has no value"))?,
            None => Vec::new(),
        };
        let mut frames = asked.frames();
        let number = self.answered(&mut frames, frame, why)?;
        let answer = frames.answers.get_mut(&values).and_then(|answers| answers.get_mut(number));
        Ok(match answer {
            Some(answer) => look(answer),
            None => look(&mut Accumulator::new(&asked.request.aggregate, LEAST_NUMBERS)),
        })
    }

    /// What a fold of rows comes to; `None` is no data.
    pub fn value(
        &self,
        id: RequestId,
        rows: &RowFilter,
        (frame, why): (Interval, Reason),
        fold: &Fold,
    ) -> Outcome<Option<Value>> {
        let asked = self.asked(id)?;
        self.evaluated(&asked, rows, (frame, why), &|answer| answer.evaluate(fold))
    }

    /// What an answer comes to: of a rank of which only the bounds are known between which it
    /// lies, the numbers between them are asked for.
    fn evaluated(
        &self,
        asked: &Asked,
        rows: &RowFilter,
        (frame, why): (Interval, Reason),
        evaluate: &dyn Fn(&mut Accumulator) -> Result<Evaluated, Clash>,
    ) -> Outcome<Option<Value>> {
        let clash = |_| Fault::new("the plan puts values of different kinds together");
        match self.answer(asked, rows, (frame, why), evaluate)?.map_err(clash)? {
            Evaluated::Value(value) => Ok(value),
            Evaluated::Between { least, greatest, index } => {
                let closer = asked.request.within(least, greatest);
                let closer = closer.ok_or_else(|| Fault::not_loaded(self.source))?;
                let closer = self.asked(self.add(closer))?;
                // Every class is narrower than the one around it, so this ends.
                self.evaluated(&closer, rows, (frame, Reason::Ranks), &|answer| answer.at(index))
            }
        }
    }

    /// How many rows there are in a frame.
    pub fn count(
        &self,
        id: RequestId,
        rows: &RowFilter,
        (frame, why): (Interval, Reason),
    ) -> Outcome<usize> {
        self.answer(&*self.asked(id)?, rows, (frame, why), |answer| count_of(answer))
    }

    /// The first rows of a frame: their instants, and as which they came.
    pub fn first(
        &self,
        id: RequestId,
        rows: &RowFilter,
        frame: Interval,
    ) -> Outcome<Vec<(Instant, u32)>> {
        self.answer(&*self.asked(id)?, rows, (frame, Reason::Evidence), |answer| match answer {
            Accumulator::First { rows, .. } => rows.clone(),
            _ => Vec::new(),
        })
    }

    /// The worst rows of a frame.
    pub fn worst(&self, id: RequestId, rows: &RowFilter, frame: Interval) -> Outcome<Vec<Ranked>> {
        self.answer(&*self.asked(id)?, rows, (frame, Reason::Evidence), |answer| match answer {
            Accumulator::Worst { rows, .. } => rows.clone(),
            _ => Vec::new(),
        })
    }

    /// How many rows of a filter there are in a frame for each combination of values of some
    /// fields, by a request for these counts.
    pub fn counts(
        &self,
        id: RequestId,
        (rows, columns): (&RowFilter, &[usize]),
        (frame, why): (Interval, Reason),
    ) -> Outcome<Vec<(Vec<Value>, usize)>> {
        let asked = self.asked(id)?;
        let mut frames = asked.frames();
        let number = self.answered(&mut frames, frame, why)?;
        // The values come in the order of the columns' numbers.
        let by = &asked.request.by;
        let place = |column: &usize| by.iter().position(|each| each == column);
        let places: Option<Vec<usize>> = columns.iter().map(place).collect();
        // A request tells all groups apart: of groups whose values are known only these count.
        let (Some(places), Some(known)) = (places, rows.known_groups(by)) else {
            return Err(Fault::not_loaded(self.source));
        };
        let counted = frames.answers.iter().filter_map(|(values, answers)| {
            if known.iter().any(|(place, value)| values.get(*place) != Some(*value)) {
                return None;
            }
            let values: Option<Vec<Value>> =
                places.iter().map(|place| values.get(*place).cloned()).collect();
            Some((values?, count_of(answers.get(number)?))).filter(|(_, count)| *count > 0)
        });
        Ok(counted.collect())
    }
}

fn count_of(answer: &Accumulator) -> usize {
    match answer {
        Accumulator::Count(count) => *count,
        _ => 0,
    }
}
