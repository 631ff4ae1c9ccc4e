//! Which values each line takes, which no line takes, and which several do.

use std::cmp::Ordering;

use super::order::{Way, way};
use super::{Ladder, ascending};
use crate::base::Exact;
use crate::diag::{Code, Finding};
use crate::prove::Reporter;
use crate::prove::interval::{End, Interval};
use crate::types::model::{Edge, Line, Objective};
use crate::types::tree::Typed;

/// Values that one line takes.
pub(super) struct Region<'x> {
    /// The line.
    pub line: &'x Line,
    /// Its position, from the top.
    pub index: usize,
    /// The values.
    pub values: Interval,
    /// A bound of the line, for the form in which values are shown.
    pub like: &'x Typed,
}

/// The values of each line, those of `outside` in two parts; `None` if a bound is not a constant,
/// or if lines of kinds that nothing orders stand together.
pub(super) fn of<'x>(ladder: &Ladder<'x, '_, '_>) -> Option<Vec<Region<'x>>> {
    let lines = &ladder.credit.lines;
    let outside = lines.iter().filter(|line| matches!(line.edge, Edge::Outside(..))).count();
    let rest = lines.iter().position(|line| matches!(line.edge, Edge::Otherwise));
    if outside > 0 && outside + usize::from(rest.is_some()) < lines.len() {
        return None;
    }
    let mut regions = Vec::with_capacity(lines.len());
    // What the next line of the same way begins with: there it takes over.
    let mut next: Option<(End, End)> = None;
    for (index, line) in lines.iter().enumerate().rev() {
        let mut add = |values: Interval, like: &'x Typed| {
            regions.push(Region { line, index, values, like: ladder.spelt(like) })
        };
        let (way, inclusive) = (
            way(&line.edge),
            matches!(line.edge, Edge::AtOrBelow(_) | Edge::AtOrAbove(_) | Edge::From(_)),
        );
        match &line.edge {
            Edge::Below(bound)
            | Edge::AtOrBelow(bound)
            | Edge::Above(bound)
            | Edge::AtOrAbove(bound)
            | Edge::From(bound) => {
                let end = End::new(ladder.value(bound)?, inclusive);
                let other = match &line.until {
                    Some(until) => Some(End::new(ladder.value(until)?, true)),
                    None => next.as_ref().map(|(end, _)| end.opposite()),
                };
                let (low, high) = if way == Way::Down {
                    (other, Some(end.clone()))
                } else {
                    (Some(end.clone()), other)
                };
                add(Interval::new(low, high), bound);
                next = Some((end.clone(), end));
            }
            Edge::In(low, high) => {
                let (from, to) =
                    (End::new(ladder.value(low)?, true), End::new(ladder.value(high)?, true));
                add(Interval::new(Some(from), Some(to)), low);
            }
            Edge::Outside(low, high) => {
                let (below, above) =
                    (End::new(ladder.value(low)?, false), End::new(ladder.value(high)?, false));
                let (further_below, further_above) =
                    next.as_ref().map_or((None, None), |(below, above)| {
                        (Some(below.opposite()), Some(above.opposite()))
                    });
                add(Interval::new(further_below, Some(below.clone())), low);
                add(Interval::new(Some(above.clone()), further_above), high);
                next = Some((below, above));
            }
            Edge::Otherwise => {}
        }
    }
    regions.reverse();
    if let Some(index) = rest {
        let left = left_over(ladder, &regions);
        let line = lines.get(index)?;
        let like = regions.first()?.like;
        regions.extend(left.into_iter().map(|values| Region { line, index, values, like }));
    }
    Some(regions)
}

/// The values at which the credit is due and that no region holds; if there are none, an interval
/// without values.
fn left_over(ladder: &Ladder<'_, '_, '_>, regions: &[Region<'_>]) -> Vec<Interval> {
    let mut left = Vec::new();
    let mut from = Some(None);
    for region in ascending(regions) {
        let Some(begin) = from else { break };
        if let Some(low) = &region.values.low {
            left.push(Interval::new(begin, Some(low.opposite())));
        }
        from = region.values.high.as_ref().map(|high| Some(high.opposite()));
    }
    left.extend(from.map(|begin| Interval::new(begin, None)));
    let breach = ladder.breach().filter(|breach| !ladder.due_when_met() && breach.good.is_some());
    if let Some(breach) = breach {
        left = left.iter().flat_map(|left| breach.bad.iter().map(|bad| left.and(bad))).collect();
    }
    left.retain(|left| !left.is_empty(None));
    if left.is_empty() {
        let none = End::new(Exact::ZERO, false);
        left.push(Interval::new(Some(none.clone()), Some(none)));
    }
    left
}

/// True if the line between two regions says itself that nothing is due from its end on.
fn ends_on_purpose(below: &Region<'_>, above: &Region<'_>) -> bool {
    (above.line.until.is_some() && way(&above.line.edge) == Way::Down)
        || (below.line.until.is_some() && way(&below.line.edge) == Way::Up)
}

/// Order by lower end.
pub(super) fn by_low(one: &Interval, other: &Interval) -> Ordering {
    match (&one.low, &other.low) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Less,
        (Some(_), None) => Ordering::Greater,
        (Some(a), Some(b)) => a.value.cmp(&b.value).then(b.inclusive.cmp(&a.inclusive)),
    }
}

/// Reports values for which two lines apply; true if there are any.
pub(super) fn overlaps(
    ladder: &Ladder<'_, '_, '_>,
    regions: &[Region<'_>],
    out: &mut Reporter<'_>,
) -> bool {
    let grid = ladder.domain.grid.as_ref();
    let mut found = false;
    let mut furthest: Option<&Region<'_>> = None;
    for region in
        ascending(regions).into_iter().filter(|region| !matches!(region.line.edge, Edge::Otherwise))
    {
        if let Some(other) = furthest
            && other.index != region.index
        {
            let both = other.values.and(&region.values);
            if !both.is_empty(grid)
                && let Some(value) = both.witness(grid, region.like)
            {
                report_overlap(ladder, other, region, &value, out);
                found = true;
            }
        }
        if furthest.is_none_or(|other| reaches_further(&region.values, &other.values)) {
            furthest = Some(region);
        }
    }
    found
}

fn report_overlap(
    ladder: &Ladder<'_, '_, '_>,
    one: &Region<'_>,
    other: &Region<'_>,
    value: &Exact,
    out: &mut Reporter<'_>,
) {
    let (upper, lower) = if one.index < other.index { (one, other) } else { (other, one) };
    let shown = ladder.show(value, lower.like);
    let note = if upper.line.until.is_some() {
        "the end after `down to` or `up to` belongs to the band"
    } else {
        "both ends of `in A..B` belong to the band"
    };
    let finding = Finding::new(Code::LadderOverlap, lower.line.at, format!("at {shown} two lines apply"))
        .here("this line")
        .also(upper.line.at, "and this one")
        .note(note)
        .help("separate the bands, or write the lines with `below` or `above`: each then takes over from the one above");
    out.report(finding);
}

fn reaches_further(one: &Interval, other: &Interval) -> bool {
    match (&one.high, &other.high) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(a), Some(b)) => {
            a.value > b.value || (a.value == b.value && a.inclusive && !b.inclusive)
        }
    }
}

/// Reports possible values between two lines that neither takes.
pub(super) fn gaps(ladder: &Ladder<'_, '_, '_>, regions: &[Region<'_>], out: &mut Reporter<'_>) {
    let grid = ladder.domain.grid.as_ref();
    // Under a target that is upside down, "met" means nothing.
    let breach = ladder.breach().filter(|_| !ladder.only.is_some_and(Objective::runs_backward));
    let sorted = ascending(regions);
    for pair in sorted.windows(2) {
        let [below, above] = pair else { continue };
        if below.index == above.index || ends_on_purpose(below, above) {
            continue;
        }
        let hole = between(&below.values, &above.values).and(&possible(ladder));
        // Where the target is met nothing is due, so nothing is lacking there.
        let holes = match &breach {
            Some(breach) if !ladder.due_when_met() => {
                breach.bad.iter().map(|bad| hole.and(bad)).collect()
            }
            Some(_) | None => vec![hole],
        };
        let Some((hole, value)) =
            holes.into_iter().filter(|hole| !hole.is_empty(grid)).find_map(|hole| {
                let value = hole.witness(grid, below.like)?;
                Some((hole, value))
            })
        else {
            continue;
        };
        let (upper, lower) =
            if below.index < above.index { (below, above) } else { (above, below) };
        let edge = |end: Option<&End>| {
            end.map_or_else(String::new, |end| ladder.show(&end.value, below.like))
        };
        let help = match grid {
            Some(_) => "let each line begin where the one before it ends",
            None => {
                "measured values have more decimals than printed ones: with `below` or `above`, each line takes over from the one above"
            }
        };
        let finding = Finding::new(
            Code::LadderGap,
            lower.line.at,
            format!("at {} no line applies", ladder.show(&value, below.like)),
        )
        .also(upper.line.at, "the line above")
        .note(format!(
            "nothing is due between {} and {}",
            edge(hole.low.as_ref()),
            edge(hole.high.as_ref())
        ))
        .help(help);
        out.report(finding);
    }
}

fn between(below: &Interval, above: &Interval) -> Interval {
    Interval::new(below.high.as_ref().map(End::opposite), above.low.as_ref().map(End::opposite))
}

/// The values the subject can take.
pub(super) fn possible(ladder: &Ladder<'_, '_, '_>) -> Interval {
    let end = |value: &Option<Exact>| value.clone().map(|value| End::new(value, true));
    Interval::new(end(&ladder.domain.low), end(&ladder.domain.high))
}
