//! Ladders over several objectives: where two are breached, the lines look at the value of one of
//! them, so the worse one may not count.

use super::Ladder;
use super::regions::{self, Region};
use crate::base::Exact;
use crate::diag::{Code, Finding};
use crate::prove::Reporter;
use crate::prove::interval::{End, Interval};
use crate::syntax::ast::CreditKind;
use crate::types::constant;
use crate::types::model::Objective;

/// A breach of one objective, and how far down the ladder it comes.
struct Outcome {
    /// The number of the line that takes it, counted from 1; 0 if none does.
    line: usize,
    /// A value of the objective there.
    shown: String,
}

pub(super) fn check(ladder: &Ladder<'_, '_, '_>, out: &mut Reporter<'_>) {
    let credit = ladder.credit;
    let looks_at_value =
        credit.on.is_none() && credit.syntax.each_row.is_none() && !credit.lines.is_empty();
    if !looks_at_value
        || credit.syntax.kind != CreditKind::Credit
        || !have_different_targets(&ladder.objectives)
    {
        return;
    }
    let outcomes: Vec<(&Objective<'_>, Vec<Outcome>)> = ladder
        .objectives
        .iter()
        .map(|objective| (*objective, outcomes(ladder, objective)))
        .collect();
    for (place, (first, earlier)) in outcomes.iter().enumerate() {
        for (second, later) in outcomes.iter().skip(place + 1) {
            let (Some(counts), Some(ignored)) = (
                earlier.iter().min_by_key(|it| it.line),
                later.iter().max_by_key(|it| it.line).filter(|it| it.line > 0),
            ) else {
                continue;
            };
            if counts.line < ignored.line {
                report(ladder, (first, counts), (second, ignored), out);
                return;
            }
        }
    }
}

/// True if it is known of two of the targets that they differ.
fn have_different_targets(objectives: &[&Objective<'_>]) -> bool {
    let mut stated = objectives
        .iter()
        .filter_map(|it| Some((constant::value(&it.target.value)?, it.compare.value)));
    let Some(first) = stated.next() else { return false };
    stated.any(|other| other != first)
}

/// Which lines breaches of one objective come to, by the value of this objective; none where that
/// is not known.
fn outcomes(ladder: &Ladder<'_, '_, '_>, objective: &Objective<'_>) -> Vec<Outcome> {
    let alone = Ladder::new(
        ladder.case,
        ladder.agreement,
        ladder.terms,
        ladder.credit,
        vec![objective],
        false,
    );
    let (Some(regions), Some(breach)) = (regions::of(&alone), alone.breach()) else {
        return Vec::new();
    };
    let possible = regions::possible(&alone);
    let grid = alone.domain.grid.as_ref();
    let Some(like) = regions.first().map(|region| region.like) else { return Vec::new() };
    let mut found = Vec::new();
    for cell in cells(&regions, &breach.bad) {
        for bad in &breach.bad {
            let values = cell.and(bad).and(&possible);
            let Some(value) =
                (!values.is_empty(grid)).then(|| values.witness(grid, like)).flatten()
            else {
                continue;
            };
            let at = Interval::new(
                Some(End::new(value.clone(), true)),
                Some(End::new(value.clone(), true)),
            );
            let line = regions
                .iter()
                .find(|region| !region.values.and(&at).is_empty(None))
                .map_or(0, |region| region.index + 1);
            found.push(Outcome { line, shown: alone.show(&value, like) });
        }
    }
    found
}

/// All values in pieces, each wholly inside or outside every region and every interval.
fn cells(regions: &[Region<'_>], bad: &[Interval]) -> Vec<Interval> {
    let intervals = regions.iter().map(|region| &region.values).chain(bad);
    let mut ends: Vec<Exact> = intervals
        .flat_map(|it| it.low.iter().chain(&it.high))
        .map(|end| end.value.clone())
        .collect();
    ends.sort_unstable();
    ends.dedup();
    let open = |value: &Exact| Some(End::new(value.clone(), false));
    let point = |value: &Exact| Some(End::new(value.clone(), true));
    let mut cells = vec![Interval::new(None, ends.first().and_then(open))];
    for (place, end) in ends.iter().enumerate() {
        cells.push(Interval::new(point(end), point(end)));
        cells.push(Interval::new(open(end), ends.get(place + 1).and_then(open)));
    }
    cells
}

fn report(
    ladder: &Ladder<'_, '_, '_>,
    (first, counts): (&Objective<'_>, &Outcome),
    (second, ignored): (&Objective<'_>, &Outcome),
    out: &mut Reporter<'_>,
) {
    let Some(line) = ladder.credit.lines.get(ignored.line.saturating_sub(1)) else { return };
    let (one, two) = (&first.name, &second.name);
    let pays = match counts.line {
        0 => "no line pays".to_string(),
        number => format!("line {number} pays"),
    };
    let message = format!("this line ignores `{two}` if `{one}` is breached too");
    let order: Vec<String> = ladder.objectives.iter().map(|it| format!("`{}`", it.name)).collect();
    let finding = Finding::new(Code::FirstBreachCounts, line.at, message)
        .also(first.target.at, format!("the target of `{one}`"))
        .also(second.target.at, format!("the target of `{two}`"))
        .note(format!("the ladder uses the first breached objective in the order {}", order.join(", ")))
        .note(format!("with `{one}` at {} and `{two}` at {}, {pays}", counts.shown, ignored.shown))
        .help("write a separate credit for each objective, and `credits highest of …` if only the higher one should be paid")
        .help("or write after the objectives which value the lines compare, such as `on downtime(outages)`");
    out.report(finding);
}
