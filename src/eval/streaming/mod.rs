//! Sources that are too large to load: their rows are scanned, and nothing of them is kept but the
//! aggregates that were requested.
//!
//! In: aggregates that evaluators request while they evaluate as if the rows were there. Out:
//! answers, once a scan has computed them. An evaluation that still waits for answers is made again
//! after the next pass; the last one had them all, and so says what it would say of rows in the
//! store. What cannot be asked like this, because it looks at rows one by one, is a fault that says
//! so, and the rows are held after all.

mod scan;

use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use rustc_hash::FxHashMap;

use super::accumulator::{Accumulator, AggregateKind, Evaluated, Ranked};
use super::program::{Expr, Fold, GroupCut};
use super::table::{Index, Table};
use super::value::{Clash, Value};
use super::vectorized::{ColumnReader, Selection};
use super::view::{GroupValue, Mode};
use crate::data::fault::{Fault, Outcome};
use crate::time::{Instant, Interval, TimeSet};

pub use scan::ScanOutcome;

/// The most numbers or classes that are kept for all ranks of a scan together.
const MOST_NUMBERS: usize = 16 << 20;
/// At least so many are kept for each.
const LEAST_NUMBERS: usize = 1 << 10;
/// For as many values of a field as this there is room.
const VALUES_OF_FIELD: usize = 64;

/// What is asked of the rows of each source that is not held.
#[derive(Default)]
pub struct Streams(Vec<Option<Requests>>);

impl Streams {
    /// None yet, of so many sources.
    pub fn new(sources: usize) -> Streams {
        Streams((0..sources).map(|_| None).collect())
    }

    /// What is asked of the rows of a source; `None`: its rows are held.
    pub fn of(&self, source: usize) -> Option<&Requests> {
        self.0.get(source)?.as_ref()
    }

    /// The rows of a source are scanned from now on.
    pub fn add(&mut self, source: usize) {
        if let Some(place) = self.0.get_mut(source) {
            *place = Some(Requests::default());
        }
    }

    /// The rows of a source are held after all.
    pub fn remove(&mut self, source: usize) {
        if let Some(place) = self.0.get_mut(source) {
            *place = None;
        }
    }
}

/// What is asked of the rows of a source, and what is known.
#[derive(Default)]
pub struct Requests {
    known: Mutex<Known>,
    waiting: AtomicBool,
    /// At least how many rows are looked at together.
    rows_of_part: OnceLock<usize>,
}

#[derive(Default)]
struct Known {
    questions: Vec<Arc<AggregateRequest>>,
    numbers: FxHashMap<(String, AggregateKind, Arc<TimeSet>), usize>,
}

/// Something asked of rows, in as many frames as anybody asks it for.
struct AggregateRequest {
    what: AggregateKind,
    sieve: Arc<RowFilter>,
    /// A condition or value, if one is asked of each row.
    of: Option<BoundExpr>,
    /// Fields whose values distinguish the answers.
    each: Vec<usize>,
    /// Only rows whose instants lie in it.
    times: Arc<TimeSet>,
    frames: Mutex<Frames>,
}

#[derive(Default)]
struct Frames {
    numbers: FxHashMap<Interval, usize>,
    all: Vec<Interval>,
    /// So many of them are answered.
    answered: usize,
    /// For values of the fields above, an answer for each frame that has one.
    answers: FxHashMap<Vec<Value>, Vec<Accumulator>>,
}

/// An expression asked of each row.
#[derive(Clone, Debug)]
struct BoundExpr {
    expression: Expr,
    mode: Mode,
    groups: Arc<[(GroupCut, Value)]>,
    /// The same so that equal ones are equal.
    written: String,
    /// True if it looks at the values of groups.
    grouped: bool,
}

/// Rows of a source that nobody holds: all that fall through no filter.
#[derive(Clone, Default, Debug)]
pub struct RowFilter {
    filters: Vec<Filter>,
    count: OnceLock<Option<usize>>,
}

#[derive(Clone, Debug)]
enum Filter {
    /// The value a field must have.
    Value(usize, Value),
    /// The same of a group; without a value: of one that the data will tell.
    Group(usize, Option<Value>),
    /// A condition that must be true, or, if the second is set, not true.
    Condition(Box<BoundExpr>, bool),
}

/// What can be said now.
pub enum Answer<T> {
    /// This.
    Known(T),
    /// Nothing before the next pass.
    Later,
    /// Rows must be asked one by one.
    Never,
}

impl BoundExpr {
    /// `None` if it cannot be vectorized.
    fn new(
        reader: &ColumnReader<'_>,
        expression: &Expr,
        groups: &[GroupValue<'_>],
        mode: Mode,
    ) -> Option<BoundExpr> {
        let (written, grouped) = match reader.without_groups().written(expression) {
            Some(written) => (written, false),
            None => (reader.written(expression)?, true),
        };
        let groups = if grouped {
            groups.iter().map(|group| (group.key.clone(), group.value.clone())).collect()
        } else {
            Arc::default()
        };
        Some(BoundExpr { expression: expression.clone(), mode, groups, written, grouped })
    }
}

impl RowFilter {
    /// Only rows with a value.
    #[must_use]
    pub fn of_value(&self, column: usize, value: Value) -> RowFilter {
        self.with(Filter::Value(column, value))
    }

    /// Only rows of a group; without a value: of one that the data will tell.
    #[must_use]
    pub fn of_group(&self, column: usize, value: Option<Value>) -> RowFilter {
        self.with(Filter::Group(column, value))
    }

    /// Only rows for which a condition is true, or is not, if it is `inverted`; `None` if it cannot
    /// be vectorized.
    pub fn whose(
        &self,
        reader: &ColumnReader<'_>,
        condition: &Expr,
        (groups, mode): (&[GroupValue<'_>], Mode),
        inverted: bool,
    ) -> Option<RowFilter> {
        BoundExpr::new(reader, condition, groups, mode)
            .map(|asked| self.with(Filter::Condition(Box::new(asked), inverted)))
    }

    fn with(&self, filter: Filter) -> RowFilter {
        let mut filters = self.filters.clone();
        filters.push(filter);
        RowFilter { filters, count: OnceLock::new() }
    }

    /// The fields of groups, and their values as far as they are known; `None` if rows of groups
    /// are asked for by their values.
    fn groups(&self, of: Option<&BoundExpr>) -> Option<(Vec<usize>, Option<Vec<Value>>)> {
        let grouped =
            |filter: &Filter| matches!(filter, Filter::Condition(asked, _) if asked.grouped);
        if self.filters.iter().any(grouped) || of.is_some_and(|of| of.grouped) {
            return None;
        }
        let mut groups: Vec<(usize, &Option<Value>)> = Vec::new();
        for filter in &self.filters {
            if let Filter::Group(column, value) = filter {
                groups.push((*column, value));
            }
        }
        groups.sort_by_key(|(column, _)| *column);
        let columns: Vec<usize> = groups.iter().map(|(column, _)| *column).collect();
        if columns.windows(2).any(|two| two.first() == two.last()) {
            return None;
        }
        Some((columns, groups.into_iter().map(|(_, value)| value.clone()).collect()))
    }

    /// The values of groups that are known, each with its place among the columns by which a
    /// question tells its answers apart.
    fn known_groups(&self, each: &[usize]) -> Option<Vec<(usize, &Value)>> {
        let known = self.filters.iter().filter_map(|filter| match filter {
            Filter::Group(column, Some(value)) => Some((column, value)),
            Filter::Group(_, None) | Filter::Value(..) | Filter::Condition(..) => None,
        });
        known
            .map(|(column, value)| Some((each.iter().position(|it| it == column)?, value)))
            .collect()
    }

    /// Which rows of a table these are; other fields distinguish those of groups if `each` says so.
    fn selection(
        &self,
        reader: &ColumnReader<'_>,
        table: &Table,
        each: &[usize],
    ) -> Option<Selection> {
        self.filters.iter().try_fold(Selection::all(), |rows, filter| match filter {
            Filter::Group(column, _) if each.contains(column) => Some(rows),
            Filter::Value(column, value) | Filter::Group(column, Some(value)) => {
                Some(rows.of_value(index(table, *column)?, value))
            }
            Filter::Group(_, None) => None,
            Filter::Condition(asked, inverted) => {
                let truth = reader.asked(&asked.groups(), asked.mode).truth(&asked.expression)?;
                Some(if *inverted { rows.but(&truth) } else { rows.whose(&truth) })
            }
        })
    }
}

impl BoundExpr {
    fn groups(&self) -> Vec<GroupValue<'_>> {
        self.groups.iter().map(|(key, value)| GroupValue { key, value: value.clone() }).collect()
    }
}

/// Rows by the values of a field; `None` if some row leaves it out, which is reported row by row.
fn index(table: &Table, column: usize) -> Option<&Index> {
    table.column(column).filter(|cells| cells.unsaid.is_none())?;
    table.by_value(column)
}

impl Requests {
    /// True if somebody waits for an answer.
    pub fn is_waiting(&self) -> bool {
        self.waiting.load(Ordering::Relaxed)
    }

    /// The number of a question about what a fold asks of rows; `None` if it cannot be asked.
    pub fn fold(
        &self,
        fold: &Fold,
        of: Option<(&ColumnReader<'_>, &Expr, &[GroupValue<'_>], Mode)>,
        sieve: &Arc<RowFilter>,
        times: &Arc<TimeSet>,
    ) -> Option<usize> {
        let of = match of {
            Some((reader, expression, groups, mode)) => {
                Some(BoundExpr::new(reader, expression, groups, mode)?)
            }
            None => None,
        };
        // How many rows have a value is not counted like this.
        if of.is_some() == (*fold == Fold::Count) {
            return None;
        }
        self.number(AggregateKind::of(fold), of, sieve, times)
    }

    fn number(
        &self,
        what: AggregateKind,
        of: Option<BoundExpr>,
        sieve: &Arc<RowFilter>,
        times: &Arc<TimeSet>,
    ) -> Option<usize> {
        let groups = sieve.groups(of.as_ref());
        let mut key = String::new();
        for filter in &sieve.filters {
            let written = match filter {
                Filter::Value(column, value) => write!(key, "={column}{value:?};"),
                Filter::Group(column, _) if groups.is_some() => write!(key, "*{column};"),
                Filter::Group(column, Some(value)) => write!(key, "={column}{value:?};"),
                Filter::Group(_, None) => return None,
                Filter::Condition(asked, inverted) => write!(key, "{inverted}{};", asked.written),
            };
            written.ok()?;
        }
        if let Some(of) = &of {
            key.push('|');
            key.push_str(&of.written);
        }
        let each = groups.map_or_else(Vec::new, |(columns, _)| columns);
        let mut known = self.lock();
        let next = known.questions.len();
        let number = *known.numbers.entry((key, what.clone(), Arc::clone(times))).or_insert(next);
        if number == next {
            let question = AggregateRequest {
                what,
                sieve: Arc::clone(sieve),
                of,
                each,
                times: Arc::clone(times),
                frames: Mutex::default(),
            };
            known.questions.push(Arc::new(question));
        }
        Some(number)
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn question(&self, number: usize) -> Option<Arc<AggregateRequest>> {
        self.lock().questions.get(number).map(Arc::clone)
    }

    /// The number of a frame, if it is answered; one that is not waits for the next pass.
    fn answered(&self, frames: &mut Frames, frame: Interval) -> Option<usize> {
        let next = frames.all.len();
        let number = *frames.numbers.entry(frame).or_insert(next);
        if number == next {
            frames.all.push(frame);
        }
        if number >= frames.answered {
            self.waiting.store(true, Ordering::Relaxed);
            return None;
        }
        Some(number)
    }

    /// What a question comes to in a frame, looked at for what a sieve lets through.
    fn ask<T>(
        &self,
        question: &AggregateRequest,
        sieve: &RowFilter,
        frame: Interval,
        look: impl FnOnce(&mut Accumulator) -> T,
    ) -> Answer<T> {
        let values = match sieve.groups(question.of.as_ref()) {
            Some((_, values)) => values,
            None => Some(Vec::new()),
        };
        let mut frames = question.frames();
        let Some(number) = self.answered(&mut frames, frame) else { return Answer::Later };
        // Which groups there are is known by now to whoever asks.
        let Some(values) = values else { return Answer::Later };
        match frames.answers.get_mut(&values).and_then(|answers| answers.get_mut(number)) {
            Some(answer) => Answer::Known(look(answer)),
            None => Answer::Known(look(&mut Accumulator::new(&question.what, LEAST_NUMBERS))),
        }
    }

    /// What a fold of rows comes to; within, `None` is no data.
    pub fn value(
        &self,
        number: usize,
        sieve: &RowFilter,
        frame: Interval,
        fold: &Fold,
    ) -> Outcome<Answer<Option<Value>>> {
        let Some(question) = self.question(number) else { return Ok(Answer::Never) };
        self.evaluated(&question, sieve, frame, &|answer| answer.evaluate(fold))
    }

    /// What an answer comes to: of a rank of which only the bounds are known between which it
    /// lies, the numbers between them are asked for.
    fn evaluated(
        &self,
        question: &AggregateRequest,
        sieve: &RowFilter,
        frame: Interval,
        evaluate: &dyn Fn(&mut Accumulator) -> Result<Evaluated, Clash>,
    ) -> Outcome<Answer<Option<Value>>> {
        let evaluated = match self.ask(question, sieve, frame, evaluate) {
            Answer::Known(evaluated) => evaluated,
            Answer::Later => return Ok(Answer::Later),
            Answer::Never => return Ok(Answer::Never),
        };
        let clash = |_| Fault::new("the plan puts values of different kinds together");
        let (least, greatest, index) = match evaluated.map_err(clash)? {
            Evaluated::Value(value) => return Ok(Answer::Known(value)),
            Evaluated::Between { least, greatest, index } => (least, greatest, index),
        };
        let inside = AggregateKind::Ranks(Some((least, greatest)));
        let number = self.number(inside, question.of.clone(), &question.sieve, &question.times);
        match number.and_then(|number| self.question(number)) {
            // Every class is narrower than the one around it, so this ends.
            Some(closer) => self.evaluated(&closer, sieve, frame, &|answer| answer.at(index)),
            None => Ok(Answer::Never),
        }
    }

    /// How many rows there are in a frame.
    pub fn count(
        &self,
        sieve: &Arc<RowFilter>,
        times: &Arc<TimeSet>,
        frame: Interval,
    ) -> Answer<usize> {
        let number =
            *sieve.count.get_or_init(|| self.number(AggregateKind::Count, None, sieve, times));
        let Some(question) = number.and_then(|number| self.question(number)) else {
            return Answer::Never;
        };
        self.ask(&question, sieve, frame, |answer| count_of(answer))
    }

    /// The first rows, so many of them: their instants, and as which they came.
    pub fn first(
        &self,
        sieve: &Arc<RowFilter>,
        times: &Arc<TimeSet>,
        most: usize,
    ) -> Answer<Vec<(Instant, u32)>> {
        let number = self.number(AggregateKind::First(most), None, sieve, times);
        let Some(question) = number.and_then(|number| self.question(number)) else {
            return Answer::Never;
        };
        let all = Interval { start: Instant::MIN, end: Instant::MAX };
        self.ask(&question, sieve, all, |answer| match answer {
            Accumulator::First { rows, .. } => rows.clone(),
            _ => Vec::new(),
        })
    }

    /// The worst rows of a frame by some value: the greatest or the least, so many of them.
    pub fn worst(
        &self,
        (reader, of, groups, mode): (&ColumnReader<'_>, &Expr, &[GroupValue<'_>], Mode),
        (sieve, times): (&Arc<RowFilter>, &Arc<TimeSet>),
        (greatest, most): (bool, usize),
        frame: Interval,
    ) -> Answer<Vec<Ranked>> {
        let Some(asked) = BoundExpr::new(reader, of, groups, mode) else { return Answer::Never };
        let number = self.number(AggregateKind::Worst(greatest, most), Some(asked), sieve, times);
        let Some(question) = number.and_then(|number| self.question(number)) else {
            return Answer::Never;
        };
        self.ask(&question, sieve, frame, |answer| match answer {
            Accumulator::Worst { rows, .. } => rows.clone(),
            _ => Vec::new(),
        })
    }

    /// How many rows there are in a frame for each combination of values of some fields.
    pub fn counts(
        &self,
        sieve: &RowFilter,
        columns: &[usize],
        times: &Arc<TimeSet>,
        frame: Interval,
    ) -> Answer<Vec<(Vec<Value>, usize)>> {
        let sieve = Arc::new(
            columns.iter().fold(sieve.clone(), |sieve, column| sieve.of_group(*column, None)),
        );
        let number = self.number(AggregateKind::Count, None, &sieve, times);
        let Some(question) = number.and_then(|number| self.question(number)) else {
            return Answer::Never;
        };
        let mut frames = question.frames();
        let Some(number) = self.answered(&mut frames, frame) else { return Answer::Later };
        // The values come in the order of the columns' numbers.
        let place = |column: &usize| question.each.iter().position(|each| each == column);
        let Some(places) = columns.iter().map(place).collect::<Option<Vec<usize>>>() else {
            return Answer::Never;
        };
        // A question tells all groups apart: of groups whose values are known only these count.
        let Some(known) = sieve.known_groups(&question.each) else { return Answer::Never };
        let counted = frames.answers.iter().filter_map(|(values, answers)| {
            if known.iter().any(|(place, value)| values.get(*place) != Some(*value)) {
                return None;
            }
            let values: Option<Vec<Value>> =
                places.iter().map(|place| values.get(*place).cloned()).collect();
            Some((values?, count_of(answers.get(number)?))).filter(|(_, count)| *count > 0)
        });
        Answer::Known(counted.collect())
    }
}

fn count_of(answer: &Accumulator) -> usize {
    match answer {
        Accumulator::Count(count) => *count,
        _ => 0,
    }
}

impl AggregateRequest {
    fn frames(&self) -> MutexGuard<'_, Frames> {
        self.frames.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
