//! A scan of the rows of a source: part by part, some parts in parallel.

use std::ops::Range;
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};

use super::request::index;
use super::{Asked, Frames, LEAST_NUMBERS, MOST_NUMBERS, Requests, VALUES_OF_FIELD};
use crate::base::parallel;
use crate::data::columns::{Batch, Source};
use crate::data::fault::{Fault, Outcome};
use crate::eval::accumulator::{Accumulator, AggregateKind};
use crate::eval::context::Context;
use crate::eval::table::{Extent, MOST_ROWS, Table, compact};
use crate::eval::value::Value;
use crate::eval::vectorized::{ColumnReader, ExprCache, Of, Selection, first_of, worst_of};
use crate::eval::view::Mode;
use crate::time::{Instant, Interval};

/// So many rows are looked at together, if that is enough for a part for each thread.
const ROWS_AT_ONCE: usize = 1 << 19;
/// The most parts that are.
const PARTS_AT_ONCE: usize = 16;
/// With more requests than this, parts are larger: one costs something however few rows
/// there are.
const REQUESTS_OF_PART: usize = 1 << 7;
/// The most rows that a part is given.
const MOST_OF_PART: usize = 1 << 18;

/// How a scan ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ScanOutcome {
    /// What was asked is answered.
    Through,
    /// Something that was asked can only be asked of rows one by one.
    NotVectorized,
}

/// One request of a scan.
struct Task {
    asked: Arc<Asked>,
    /// Frames without an answer and their numbers, by their starts.
    frames: Vec<(Interval, usize)>,
    /// The longest of them.
    longest: u64,
    /// How many numbers may be kept for each rank.
    most: usize,
}

/// Rows that are looked at together.
struct Rows {
    /// How many came before.
    before: usize,
    batches: Vec<Batch>,
}

/// What a part says of its rows as such.
struct PartResult {
    own: (Instant, Instant),
    fields: Option<(Instant, Instant)>,
    filled: Vec<usize>,
    went: ScanOutcome,
}

impl Requests {
    /// Goes through all rows once, and answers what was asked so far.
    pub fn scan(
        &self,
        context: &Context<'_>,
        source: usize,
        from: &mut dyn Source,
    ) -> Outcome<ScanOutcome> {
        let known = context.store.tables.get(source).and_then(|table| table.streamed.as_ref());
        let tasks = self.tasks();
        let mut extent = Extent::default();
        // In every pass alike, so that parts are the same.
        let least = *self.rows_of_part.get_or_init(|| {
            let wanted = from.rows_of_part().unwrap_or(MOST_OF_PART);
            wanted
                .saturating_mul(tasks.len() / REQUESTS_OF_PART)
                .clamp(wanted, wanted.max(MOST_OF_PART))
        });
        let at_once = (ROWS_AT_ONCE / least.max(1)).clamp(parallel::count(), PARTS_AT_ONCE);
        let mut is_end = false;
        parallel::keep_memory();
        while !is_end
            && known.and_then(OnceLock::get).is_none_or(|known| {
                known.parts.iter().skip(extent.parts.len()).any(|part| matters(&tasks, *part))
            })
        {
            let mut parts = Vec::new();
            while !is_end && parts.len() < at_once {
                let (before, mut batches) = (extent.rows, Vec::new());
                while !is_end && extent.rows - before < least {
                    match from.next()? {
                        Some(batch) => {
                            extent.origins.push((extent.rows, compact(batch.origin.clone())));
                            extent.rows += batch.length;
                            batches.push(batch);
                        }
                        None => is_end = true,
                    }
                }
                if extent.rows > MOST_ROWS {
                    let name = context
                        .program
                        .sources
                        .get(source)
                        .map_or("", |source| source.name.as_str());
                    return Err(Fault::new(format!("`{name}` has more than {MOST_ROWS} rows")));
                }
                if extent.rows > before {
                    parts.push(Rows { before, batches });
                }
            }
            for seen in parallel::each_owned(parts, |rows| look(context, source, rows, &tasks)) {
                let seen = seen?;
                if seen.went == ScanOutcome::NotVectorized {
                    return Ok(ScanOutcome::NotVectorized);
                }
                extent.parts.push(seen.own);
                extent.own = wider(extent.own, Some(seen.own));
                extent.fields = wider(extent.fields, seen.fields);
                extent.filled.extend(seen.filled);
            }
        }
        for task in &tasks {
            let mut frames = task.asked.frames();
            frames.answered = frames.all.len();
        }
        self.waiting.store(false, Ordering::Relaxed);
        // What the first pass learned stays.
        if let Some(known) = known {
            known.get_or_init(|| extent);
        }
        Ok(ScanOutcome::Through)
    }

    fn tasks(&self) -> Vec<Task> {
        let all: Vec<Arc<Asked>> = self.lock().asked.iter().map(Arc::clone).collect();
        let open = all.into_iter().map(|asked| {
            let frames = asked.frames();
            let mut open: Vec<(Interval, usize)> =
                frames.all.iter().copied().zip(0..).skip(frames.answered).collect();
            drop(frames);
            open.sort_unstable();
            (asked, open)
        });
        let open: Vec<_> = open.filter(|(_, frames)| !frames.is_empty()).collect();
        let ranks = open
            .iter()
            .filter(|(asked, _)| matches!(asked.request.aggregate, AggregateKind::Ranks(_)));
        let ranks: usize = ranks
            .map(|(asked, frames)| {
                frames.len() * if asked.request.by.is_empty() { 1 } else { VALUES_OF_FIELD }
            })
            .sum();
        let most = (MOST_NUMBERS / ranks.max(1)).max(LEAST_NUMBERS);
        let task = |(asked, frames): (Arc<Asked>, Vec<(Interval, usize)>)| {
            let longest =
                frames.iter().map(|(frame, _)| frame.start.abs_diff(frame.end)).max().unwrap_or(0);
            Task { asked, frames, longest, most }
        };
        open.into_iter().map(task).collect()
    }
}

fn wider(
    one: Option<(Instant, Instant)>,
    two: Option<(Instant, Instant)>,
) -> Option<(Instant, Instant)> {
    match (one, two) {
        (Some(one), Some(two)) => Some((one.0.min(two.0), one.1.max(two.1))),
        (one, two) => one.or(two),
    }
}

/// True if rows between two instants may change an answer.
fn matters(tasks: &[Task], part: (Instant, Instant)) -> bool {
    tasks.iter().any(|task| !task.touching(part).is_empty() && !task.is_full(part.0))
}

/// Answers requests for some rows.
fn look(context: &Context<'_>, source: usize, rows: Rows, tasks: &[Task]) -> Outcome<PartResult> {
    let table = Table::of(context.program, source, rows.batches, rows.before)?;
    let own = table.own_times().unwrap_or((Instant::MAX, Instant::MIN));
    let fields = context.program.sources.get(source).map_or(0, |source| source.fields.len());
    let filled = (0..fields).filter(|column| table.is_filled(*column)).collect();
    let mut seen =
        PartResult { own, fields: table.field_times(), filled, went: ScanOutcome::Through };
    let cache = ExprCache::default();
    let Some(reader) = ColumnReader::new(context, (&table, &cache), source, &[], Mode::Now) else {
        return Ok(seen);
    };
    if !tasks.iter().all(|task| task.look(&reader, &table, own).is_some()) {
        seen.went = ScanOutcome::NotVectorized;
    }
    Ok(seen)
}

impl Task {
    /// The frames that hold some of the time from one instant to another, that one included.
    fn touching(&self, (first, last): (Instant, Instant)) -> &[(Interval, usize)] {
        // None that begins so early reaches so far.
        let from = self.frames.partition_point(|(frame, _)| {
            frame.start.saturating_add_unsigned(self.longest) <= first
        });
        let to = self.frames.partition_point(|(frame, _)| frame.start <= last);
        self.frames.get(from..to).unwrap_or_default()
    }

    /// True if rows from an instant on change nothing any more.
    fn is_full(&self, from: Instant) -> bool {
        let AggregateKind::First(most) = self.asked.request.aggregate else { return false };
        let frames = self.asked.frames();
        let is_full = |answer: &Accumulator| matches!(answer, Accumulator::First { rows, .. } if rows.len() >= most && rows.iter().all(|row| row.0 < from));
        self.asked.request.by.is_empty() && frames.answers.values().flatten().any(is_full)
    }

    /// Takes in what some rows say; `None` if they must be asked one by one.
    fn look(
        &self,
        reader: &ColumnReader<'_>,
        table: &Table,
        own: (Instant, Instant),
    ) -> Option<()> {
        let request = &self.asked.request;
        let frames = self.touching(own);
        if frames.is_empty() || self.is_full(own.0) {
            return Some(());
        }
        let rows = request.rows.selection(reader, table, &request.by)?;
        let of = request.of_rows(reader)?;
        for (values, rows) in told_apart(&request.by, table, &rows)? {
            for (frame, number) in frames {
                let pieces =
                    request.times.touching(*frame).filter_map(|piece| piece.intersection(*frame));
                let ranges: Vec<Range<usize>> = pieces
                    .map(|piece| table.starting(piece))
                    .filter(|range| !range.is_empty())
                    .collect();
                if ranges.is_empty() {
                    continue;
                }
                let part = accumulate(&request.aggregate, (table, &rows, &ranges), &of)?;
                let mut frames = self.asked.frames();
                let answer = frames.answer(&values, *number, &request.aggregate, self.most)?;
                // Parts that do not go together are reported row by row.
                answer.merge(part).ok()?;
            }
        }
        Some(())
    }
}

/// What an aggregate gathers of some rows of a part; `None` if they must be asked one by one.
fn accumulate(
    kind: &AggregateKind,
    (table, rows, ranges): (&Table, &Selection, &[Range<usize>]),
    of: &Of,
) -> Option<Accumulator> {
    match (kind, of) {
        (AggregateKind::First(most), _) => {
            let first = first_of((table, rows, ranges), *most);
            Some(Accumulator::First { most: *most, rows: first })
        }
        (AggregateKind::Worst(greatest, most), Of::Vector(vector)) => {
            let arrival = |row| table.arrival(row);
            let worst = worst_of((table, rows, ranges), vector, (*greatest, *most), arrival)?;
            Some(Accumulator::Worst { greatest: *greatest, most: *most, rows: worst })
        }
        _ => rows.accumulate(kind, of, ranges),
    }
}

impl Frames {
    /// The answer of a frame for some values, to be added to.
    fn answer(
        &mut self,
        values: &[Value],
        number: usize,
        what: &AggregateKind,
        most: usize,
    ) -> Option<&mut Accumulator> {
        let answers = self.answers.entry(values.to_vec()).or_default();
        if answers.len() <= number {
            answers.resize_with(number + 1, || Accumulator::new(what, most));
        }
        answers.get_mut(number)
    }
}

/// Rows by the values of some fields.
fn told_apart(
    by: &[usize],
    table: &Table,
    rows: &Selection,
) -> Option<Vec<(Vec<Value>, Selection)>> {
    let indexes = by.iter().map(|column| index(table, *column)).collect::<Option<Vec<_>>>()?;
    let of = |values: Vec<Value>| {
        let own = indexes
            .iter()
            .zip(&values)
            .fold(rows.clone(), |rows, (index, value)| rows.of_value(index, value));
        (values, own)
    };
    Some(match indexes.as_slice() {
        [] => vec![(Vec::new(), rows.clone())],
        [index] => index.values().map(|value| of(vec![value.clone()])).collect(),
        _ => table
            .combinations(by, |look| rows.each_row(0..table.len(), look))
            .into_iter()
            .map(of)
            .collect(),
    })
}
