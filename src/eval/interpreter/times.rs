//! Sets of time.

use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::{Env, Evaluator, Row, RowScope};
use crate::base::Exact;
use crate::data::fault::{Fault, Outcome};
use crate::eval::program::{Expr, NodeId, Rows, Times};
use crate::eval::value::Value;
use crate::plan::{Overlaps, Place};
use crate::time::{Instant, Interval, Length, Ruler, TimeSet};

/// How much is down when: pieces in order, each with its weight and the weighted length of all
/// before it.
#[derive(Debug)]
pub struct Profile {
    pieces: Vec<(Interval, Exact, Exact)>,
}

impl Profile {
    fn new(pieces: Vec<(Interval, Exact)>) -> Profile {
        let mut before = Exact::ZERO;
        let mark = |(piece, weight): (Interval, Exact)| {
            let mark = (piece, weight.clone(), before.clone());
            before = &before + &(&weight * &Exact::integer(piece.length()));
            mark
        };
        Profile { pieces: pieces.into_iter().map(mark).collect() }
    }

    fn before(&self, instant: Instant) -> Exact {
        let started = self.pieces.partition_point(|(piece, ..)| piece.start < instant);
        let Some((piece, weight, before)) =
            started.checked_sub(1).and_then(|last| self.pieces.get(last))
        else {
            return Exact::ZERO;
        };
        before + &(weight * &Exact::integer(instant.min(piece.end) - piece.start))
    }

    /// The weighted length inside an interval.
    pub fn within(&self, within: Interval) -> Exact {
        if within.start < within.end {
            &self.before(within.end) - &self.before(within.start)
        } else {
            Exact::ZERO
        }
    }
}

impl Evaluator<'_> {
    /// A set of time.
    pub fn times(&self, times: &Times, env: &Env<'_>) -> Outcome<Arc<TimeSet>> {
        match times {
            Times::Always => Ok(Arc::new(TimeSet::from(self.shared.horizon))),
            Times::Open(calendar) => self.shared.open(*calendar),
            Times::Covered { id, .. }
            | Times::Overlap { id, .. }
            | Times::Holds { id, .. }
            | Times::TrueSlots { id, .. }
            | Times::Runs { id, .. }
            | Times::Union { id, .. }
            | Times::Intersection { id, .. }
            | Times::Complement { id, .. } => self.remembered(*id, env, times),
        }
    }

    fn remembered(&self, id: NodeId, env: &Env<'_>, times: &Times) -> Outcome<Arc<TimeSet>> {
        let key = (id, env.key);
        if let Some(set) = self.memory.borrow().times.get(&key).filter(|_| id.closed) {
            return Ok(Arc::clone(set));
        }
        let set = Arc::new(self.set(times, env)?);
        if id.closed {
            self.memory.borrow_mut().times.insert(key, Arc::clone(&set));
        }
        Ok(set)
    }

    fn set(&self, times: &Times, env: &Env<'_>) -> Outcome<TimeSet> {
        Ok(match times {
            Times::Always => TimeSet::from(self.shared.horizon),
            Times::Open(calendar) => TimeSet::clone(&*self.shared.open(*calendar)?),
            Times::Covered { rows, .. } => self.covered(rows, env)?,
            Times::Overlap { rows, by, least, .. } => {
                let mut sets: FxHashMap<Value, Vec<Interval>> = FxHashMap::default();
                self.each_row(rows, env, None, &mut |row| {
                    let hand = RowScope { row, outer: env.row };
                    if let Some(value) = self.eval(by, &env.with(&hand))? {
                        sets.entry(value)
                            .or_default()
                            .extend(row.extent(self.shared.as_of).pieces());
                    }
                    Ok(())
                })?;
                let sets: Vec<TimeSet> = sets.into_values().map(TimeSet::new).collect();
                TimeSet::in_at_least(&sets, *least)
            }
            Times::Holds { rows, condition, .. } => {
                let mut said: Vec<(Instant, bool)> = Vec::new();
                self.each_row(rows, env, None, &mut |row| {
                    if let (true, Some(Value::Boolean(holds))) =
                        (row.belongs, self.asked(condition, env, row)?)
                    {
                        said.push((row.anchor, holds));
                    }
                    Ok(())
                })?;
                holding(said, self.shared.as_of)
            }
            Times::TrueSlots { series, .. } => self.true_slots(series, env)?,
            Times::Runs { time, lasting, longer, .. } => {
                self.runs(&*self.times(time, env)?, *lasting, *longer)
            }
            Times::Union { times, .. } => {
                let mut all = Vec::new();
                for time in times {
                    all.extend_from_slice(self.times(time, env)?.pieces());
                }
                TimeSet::new(all)
            }
            Times::Intersection { times, .. } => {
                let mut common = TimeSet::from(self.shared.horizon);
                for time in times {
                    common = common.intersection(&*self.times(time, env)?);
                }
                common
            }
            Times::Complement { time, .. } => {
                self.times(time, env)?.complement(self.shared.horizon)
            }
        })
    }

    /// What rows cover.
    pub fn covered(&self, rows: &Rows, env: &Env<'_>) -> Outcome<TimeSet> {
        let mut pieces = Vec::new();
        self.each_row(rows, env, None, &mut |row| {
            pieces.extend_from_slice(row.extent(self.shared.as_of).pieces());
            Ok(())
        })?;
        Ok(TimeSet::new(pieces))
    }

    /// Stretches that last: neighbours with nothing but excluded time between them are one.
    fn runs(&self, time: &TimeSet, lasting: Length, longer: bool) -> TimeSet {
        let counted = time.intersection(&self.line.hours).difference(&self.line.excluded);
        let mut kept = Vec::new();
        let mut open: Option<(Interval, Length)> = None;
        let mut close = |stretch: Option<(Interval, Length)>| {
            kept.extend(
                stretch
                    .filter(
                        |(_, length)| if longer { *length > lasting } else { *length >= lasting },
                    )
                    .map(|(all, _)| all),
            );
        };
        for piece in counted.pieces() {
            match &mut open {
                Some((stretch, length))
                    if self
                        .line
                        .excluded
                        .covers(Interval { start: stretch.end, end: piece.start }) =>
                {
                    stretch.end = piece.end;
                    *length += piece.length();
                }
                Some(_) | None => close(open.replace((*piece, piece.length()))),
            }
        }
        close(open);
        TimeSet::new(kept)
    }

    /// The weighted length of downtime in a frame.
    pub fn downtime(
        &self,
        (id, rows, weight): (NodeId, &Rows, Option<&Expr>),
        overlaps: Overlaps,
        env: &Env<'_>,
        at: &Place,
    ) -> Outcome<Exact> {
        let key = (id, env.key);
        let known = self.memory.borrow().profiles.get(&key).filter(|_| id.closed).cloned();
        let profile = match known {
            Some(profile) => profile,
            None => {
                let profile = Rc::new(self.profile(rows, weight, overlaps, env, at)?);
                if id.closed {
                    self.memory.borrow_mut().profiles.insert(key, Rc::clone(&profile));
                }
                profile
            }
        };
        Ok(profile.within(env.frame))
    }

    fn profile(
        &self,
        rows: &Rows,
        weight: Option<&Expr>,
        overlaps: Overlaps,
        env: &Env<'_>,
        at: &Place,
    ) -> Outcome<Profile> {
        if weight.is_none() && overlaps == Overlaps::Max {
            let down = self.covered(rows, env)?.intersection(&self.line.good);
            return Ok(Profile::new(
                down.pieces().iter().map(|piece| (*piece, Exact::ONE)).collect(),
            ));
        }
        // Where each row begins and ends to count, and how much it counts.
        let mut edges: Vec<(Instant, bool, Exact)> = Vec::new();
        self.each_row(rows, env, None, &mut |row| {
            let weight = match weight {
                None => Exact::ONE,
                Some(weight) => match self.weight(weight, env, row, at)? {
                    Some(weight) => weight,
                    None => return Ok(()),
                },
            };
            for piece in row.extent(self.shared.as_of).intersection(&self.line.good).pieces() {
                edges.push((piece.start, true, weight.clone()));
                edges.push((piece.end, false, weight.clone()));
            }
            Ok(())
        })?;
        edges.sort_by_key(|edge| edge.0);
        Ok(Profile::new(levels(edges, overlaps)))
    }

    fn weight(
        &self,
        weight: &Expr,
        env: &Env<'_>,
        row: &Row,
        at: &Place,
    ) -> Outcome<Option<Exact>> {
        let hand = RowScope { row, outer: env.row };
        match self.eval(weight, &env.with(&hand))? {
            None => Ok(None),
            Some(Value::Quantity(weight, _)) => Ok(Some(weight)),
            Some(_) => Err(Fault::at(at, "the plan weighs rows with something that is no number")),
        }
    }

    /// A ruler for a set of time that is remembered, by the number of its node.
    pub fn ruler(&self, number: Option<u32>, env: &Env<'_>, set: &TimeSet) -> Rc<Ruler> {
        let Some(number) = number else { return Rc::new(Ruler::new(set)) };
        let key = (number, env.key);
        if let Some(ruler) = self.memory.borrow().rulers.get(&key) {
            return Rc::clone(ruler);
        }
        let ruler = Rc::new(Ruler::new(set));
        self.memory.borrow_mut().rulers.insert(key, Rc::clone(&ruler));
        ruler
    }
}

/// The time in which something holds by what was said last, up to an end. Where several rows speak
/// at one instant, all must say so.
fn holding(mut said: Vec<(Instant, bool)>, end: Instant) -> TimeSet {
    said.sort_unstable();
    let mut pieces = Vec::new();
    let mut since: Option<Instant> = None;
    for at_once in said.chunk_by(|one, other| one.0 == other.0) {
        // `false` stands before `true`.
        let Some((instant, holds)) = at_once.first() else { continue };
        match (since, holds) {
            (None, true) => since = Some(*instant),
            (Some(start), false) => {
                pieces.push(Interval { start, end: *instant });
                since = None;
            }
            (None, false) | (Some(_), true) => {}
        }
    }
    pieces.extend(since.and_then(|since| Interval::new(since, end)));
    TimeSet::new(pieces)
}

/// The greatest or summed weight between one edge and the next.
fn levels(edges: Vec<(Instant, bool, Exact)>, overlaps: Overlaps) -> Vec<(Interval, Exact)> {
    let mut there: std::collections::BTreeMap<Exact, usize> = std::collections::BTreeMap::new();
    let mut sum = Exact::ZERO;
    let mut pieces = Vec::new();
    let mut since: Option<Instant> = None;
    for (instant, begins, weight) in edges {
        if let Some(piece) = since.and_then(|since| Interval::new(since, instant)) {
            let level = match overlaps {
                Overlaps::Add => sum.clone(),
                Overlaps::Max => {
                    there.last_key_value().map_or(Exact::ZERO, |(weight, _)| weight.clone())
                }
            };
            pieces.push((piece, level));
        }
        since = Some(instant);
        if begins {
            sum = &sum + &weight;
            *there.entry(weight).or_default() += 1;
        } else {
            sum = &sum - &weight;
            if let Some(count) = there.get_mut(&weight) {
                *count -= 1;
                if *count == 0 {
                    there.remove(&weight);
                }
            }
        }
    }
    pieces
}
