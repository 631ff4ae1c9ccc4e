//! Lines of one ladder run one way, and each takes over from the one above.

use std::cmp::Ordering;

use super::Ladder;
use crate::base::Exact;
use crate::diag::{Code, Finding};
use crate::prove::Reporter;
use crate::types::model::{Edge, Line};
use crate::types::tree::Typed;

/// Which way a line runs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Down,
    Up,
    Bands,
}

pub(super) fn way(edge: &Edge) -> Way {
    match edge {
        Edge::Below(_) | Edge::AtOrBelow(_) => Way::Down,
        Edge::Above(_) | Edge::AtOrAbove(_) | Edge::From(_) => Way::Up,
        Edge::In(..) | Edge::Outside(..) | Edge::Otherwise => Way::Bands,
    }
}

/// The only bound of a line that has one.
pub(super) fn bound(edge: &Edge) -> Option<&Typed> {
    match edge {
        Edge::Below(bound)
        | Edge::AtOrBelow(bound)
        | Edge::Above(bound)
        | Edge::AtOrAbove(bound)
        | Edge::From(bound) => Some(bound),
        Edge::In(..) | Edge::Outside(..) | Edge::Otherwise => None,
    }
}

/// True if values get worse upwards, as far as the lines tell.
pub(super) fn direction(lines: &[Line]) -> Option<bool> {
    lines.iter().find_map(|line| match way(&line.edge) {
        Way::Up => Some(true),
        Way::Down => Some(false),
        Way::Bands => None,
    })
}

/// Reports lines of different directions or out of order; true if there are none.
pub(super) fn check(ladder: &Ladder<'_, '_, '_>, out: &mut Reporter<'_>) -> bool {
    let mut above: Option<(&Line, Option<Exact>)> = None;
    let mut outside: Option<(&Line, Exact, Exact)> = None;
    for line in &ladder.credit.lines {
        if ends_too_soon(ladder, line) {
            let finding =
                Finding::new(Code::LadderOrder, line.at, "this line ends before it begins");
            out.report(finding.help(
                "write the better value first: `below 99.7% down to 92%`, `above 1 h up to 4 h`",
            ));
            return false;
        }
        if let Edge::Outside(low, high) = &line.edge
            && let (Some(low), Some(high)) = (ladder.value(low), ladder.value(high))
        {
            if let Some((wider, least, most)) = &outside
                && (low > *least || high < *most || (low == *least && high == *most))
            {
                out.report(out_of_order(
                    line,
                    wider,
                    low == *least && high == *most,
                    "from the narrowest range to the widest",
                ));
                return false;
            }
            outside = Some((line, low, high));
        }
        let Some(typed) = bound(&line.edge) else { continue };
        let value = ladder.value(typed);
        let own = way(&line.edge);
        if let Some((last, before)) = &above {
            if way(&last.edge) != own {
                let finding = Finding::new(Code::MixedLadder, line.at, "this line runs in the opposite direction to the lines above it")
                    .also(last.at, "these run in the other direction")
                    .help("write all lines with `below`, or all with `above`, `over` or `from`; for two-sided targets, write `outside A..B`");
                out.report(finding);
                return false;
            }
            let order =
                value.as_ref().zip(before.as_ref()).map(|(value, before)| value.cmp(before));
            let (fits, order_of) = match own {
                Way::Down => (Ordering::Less, "from the highest bound to the lowest"),
                Way::Up | Way::Bands => (Ordering::Greater, "from the lowest bound to the highest"),
            };
            if let Some(order) = order.filter(|order| *order != fits)
                && !hands_over(last, line, order)
            {
                out.report(out_of_order(line, last, order == Ordering::Equal, order_of));
                return false;
            }
        }
        above = Some((line, value));
    }
    true
}

/// True if no value lies between the bound of a line and the end that it says.
fn ends_too_soon(ladder: &Ladder<'_, '_, '_>, line: &Line) -> bool {
    let value = |typed: Option<&Typed>| typed.and_then(|typed| ladder.value(typed));
    let Some((begin, end)) = value(bound(&line.edge)).zip(value(line.until.as_ref())) else {
        return false;
    };
    let empty = if way(&line.edge) == Way::Down { Ordering::Greater } else { Ordering::Less };
    match end.cmp(&begin) {
        Ordering::Equal => matches!(line.edge, Edge::Below(_) | Edge::Above(_)),
        order => order == empty,
    }
}

/// `at or below 99%` and then `below 99%`: the bound itself belongs to the first alone.
fn hands_over(above: &Line, line: &Line, order: Ordering) -> bool {
    order == Ordering::Equal
        && matches!(
            (&above.edge, &line.edge),
            (Edge::AtOrBelow(_), Edge::Below(_))
                | (Edge::AtOrAbove(_) | Edge::From(_), Edge::Above(_))
        )
}

fn out_of_order(line: &Line, above: &Line, same: bool, order: &str) -> Finding {
    let message = if same {
        "this line begins where the one above does"
    } else {
        "this line never takes over from the one above"
    };
    Finding::new(Code::LadderOrder, line.at, message)
        .also(above.at, "the line above")
        .help(format!("write lines {order}: each line takes over from the one above it"))
}
