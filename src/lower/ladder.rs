//! Ladders: from lines that take over from each other to disjoint bands with explicit ends.
//!
//! A line that runs down covers what lies below its bound, one that runs up what lies above, `in` a
//! closed band, `outside` both sides of one. Each line takes over from the ones above it, so what
//! is left of a line is what no later line covers. A line that says where it ends leaves what lies
//! beyond to no line above it. What no line covers is left to `otherwise`, whose band is open and
//! stands last.

use crate::base::Exact;
use crate::plan::Expression;
use crate::plan::{Bound, Toward};

/// A bound: an expression, and its value if that is known.
#[derive(Clone)]
pub(super) struct Edge {
    pub bound: Bound,
    pub value: Option<Exact>,
}

/// A stretch of values; an end that is not there is open.
#[derive(Clone, Default)]
pub(super) struct Stretch {
    pub from: Option<Edge>,
    pub to: Option<Edge>,
}

/// One line of a ladder.
pub(super) enum LadderLine {
    /// What lies below a bound, down to an end of its own.
    Down(Edge, Option<Edge>),
    /// What lies above a bound, up to an end of its own.
    Up(Edge, Option<Edge>),
    /// One or more bands.
    Bands(Vec<Stretch>),
    /// What no other line takes.
    Rest,
}

/// A bound at a value.
pub(super) fn edge(value: Expression, known: Option<Exact>, inclusive: bool) -> Edge {
    Edge { bound: Bound { value, inclusive }, value: known }
}

/// For each line, what is left of it.
pub(super) fn bands(lines: &[LadderLine]) -> Vec<Vec<Stretch>> {
    let directional = lines
        .iter()
        .all(|line| matches!(line, LadderLine::Down(..) | LadderLine::Up(..) | LadderLine::Rest));
    let known = lines.iter().flat_map(ends).all(|edge| edge.value.is_some());
    let bands = neighbours(lines);
    if directional || !known { bands } else { remainders(lines, bands) }
}

fn ends(line: &LadderLine) -> Vec<&Edge> {
    match line {
        LadderLine::Down(edge, until) | LadderLine::Up(edge, until) => {
            std::iter::once(edge).chain(until).collect()
        }
        LadderLine::Rest => Vec::new(),
        LadderLine::Bands(bands) => {
            bands.iter().flat_map(|band| band.from.iter().chain(&band.to)).collect()
        }
    }
}

/// Lines that run one way, each up to where the next one takes over.
fn neighbours(lines: &[LadderLine]) -> Vec<Vec<Stretch>> {
    let mut next: Option<&Edge> = None;
    let mut bands = Vec::new();
    for line in lines.iter().rev() {
        bands.push(match line {
            LadderLine::Down(edge, until) => vec![Stretch {
                from: until.clone().or_else(|| next.map(opposite)),
                to: Some(edge.clone()),
            }],
            LadderLine::Up(edge, until) => vec![Stretch {
                from: Some(edge.clone()),
                to: until.clone().or_else(|| next.map(opposite)),
            }],
            LadderLine::Bands(bands) => bands.clone(),
            LadderLine::Rest => vec![Stretch::default()],
        });
        if let LadderLine::Down(edge, _) | LadderLine::Up(edge, _) = line {
            next = Some(edge);
        }
    }
    bands.reverse();
    bands
}

/// The other side of a bound: it has the value itself if this side has not.
fn opposite(edge: &Edge) -> Edge {
    Edge {
        bound: Bound { value: edge.bound.value.clone(), inclusive: !edge.bound.inclusive },
        value: edge.value.clone(),
    }
}

/// Lines of any kind with known bounds: of the band of each, what later lines leave.
fn remainders(lines: &[LadderLine], bands: Vec<Vec<Stretch>>) -> Vec<Vec<Stretch>> {
    // What later lines cover: disjoint, in ascending order.
    let mut covered: Vec<Stretch> = Vec::new();
    let mut left = Vec::new();
    for (line, own) in lines.iter().zip(bands).rev() {
        if matches!(line, LadderLine::Rest) {
            left.push(own);
            continue;
        }
        let mut rest = Vec::new();
        for stretch in own {
            rest.extend(less(stretch, &covered));
        }
        for stretch in &rest {
            let at = covered.partition_point(|known| is_before(known, stretch));
            covered.insert(at, stretch.clone());
        }
        left.push(rest);
    }
    left.reverse();
    left
}

/// What is left of a stretch outside others, which are disjoint and ascend.
fn less(stretch: Stretch, covered: &[Stretch]) -> Vec<Stretch> {
    let mut left = Vec::new();
    let mut rest = Some(stretch);
    let first =
        rest.as_ref().map_or(0, |rest| covered.partition_point(|known| ends_before(known, rest)));
    for known in covered.get(first..).unwrap_or_default() {
        let Some(open) = rest.take() else { break };
        if ends_before(&open, known) {
            rest = Some(open);
            break;
        }
        let before = Stretch { from: open.from.clone(), to: known.from.as_ref().map(opposite) };
        if known.from.is_some() && !is_empty(&before) {
            left.push(before);
        }
        let after = Stretch { from: known.to.as_ref().map(opposite), to: open.to };
        rest = (known.to.is_some() && !is_empty(&after)).then_some(after);
    }
    left.extend(rest.filter(|rest| !is_empty(rest)));
    left
}

fn is_empty(stretch: &Stretch) -> bool {
    let (Some(from), Some(to)) = (&stretch.from, &stretch.to) else { return false };
    match from.value.cmp(&to.value) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => !(from.bound.inclusive && to.bound.inclusive),
        std::cmp::Ordering::Greater => true,
    }
}

/// True if one ends before another begins.
fn ends_before(one: &Stretch, other: &Stretch) -> bool {
    let (Some(to), Some(from)) = (&one.to, &other.from) else { return false };
    match to.value.cmp(&from.value) {
        std::cmp::Ordering::Less => true,
        std::cmp::Ordering::Equal => !(to.bound.inclusive && from.bound.inclusive),
        std::cmp::Ordering::Greater => false,
    }
}

/// The order of disjoint stretches.
fn is_before(one: &Stretch, other: &Stretch) -> bool {
    ends_before(one, other)
}

/// Which way steps are counted on a line.
pub(super) fn toward(line: Option<&LadderLine>, part: usize) -> Option<Toward> {
    match line? {
        LadderLine::Down(..) => Some(Toward::Less),
        LadderLine::Up(..) => Some(Toward::Greater),
        // The lower part of what lies outside a range is the first.
        LadderLine::Bands(bands) if bands.len() > 1 => {
            Some(if part == 0 { Toward::Less } else { Toward::Greater })
        }
        LadderLine::Bands(_) | LadderLine::Rest => None,
    }
}
