//! Lines that are never due, lines that speak of kept targets, and breaches that fall short of the
//! first line.

use super::amounts::Amount;
use super::columns::{days_of, to_the_second};
use super::regions::{Region, possible};
use super::{Breach, Ladder, ascending};
use crate::base::{Exact, Span};
use crate::diag::{Code, Finding};
use crate::prove::Reporter;
use crate::prove::domain::window_days;
use crate::prove::interval::{End, Interval};
use crate::prove::wording::{exact_length, exact_percent};
use crate::syntax::ast::{CreditKind, Missing};
use crate::time::HOUR;
use crate::types::constant;
use crate::types::model::Edge;

pub(super) fn check(ladder: &Ladder<'_, '_, '_>, regions: &[Region<'_>], out: &mut Reporter<'_>) {
    let syntax = ladder.credit.syntax;
    let breach = ladder
        .breach()
        .filter(|_| syntax.kind == CreditKind::Credit && syntax.regardless.is_none());
    let mut of_line = regions.chunk_by(|one, other| one.index == other.index);
    let mut unreached = false;
    for parts in &mut of_line {
        let Some(first) = parts.first() else { continue };
        let grid = ladder.domain.grid.as_ref();
        let within = possible(ladder);
        if parts.iter().all(|part| part.values.and(&within).is_empty(grid)) {
            report_unreached(ladder, first, out);
            unreached = true;
        } else if let Some(Breach { bad, good: Some(good) }) = &breach {
            let met =
                parts.iter().find(|part| speaks_of(&part.values.and(&within).and(good), grid));
            let missed = parts.iter().any(|part| {
                bad.iter().any(|bad| !part.values.and(&within).and(bad).is_empty(grid))
            });
            // A window without data that counts as breached pays the first line, whatever it says.
            let by_default = first.index == 0 && pays_missing(ladder);
            // A line that pays nothing where nothing is due is no contradiction.
            let pays =
                Amount::of(ladder, &first.line.remedy).is_none_or(|amount| !amount.is_nothing());
            if let Some(part) = met.filter(|_| pays && (missed || !by_default)) {
                report_without_breach(ladder, part, good, missed, out);
                unreached |= !missed;
            }
        }
    }
    if let Some(breach) = breach.filter(|_| !unreached && ladder.alone) {
        dead_zones(ladder, regions, &breach, out);
    }
}

/// More than the bound that line and target share: on a line of numbers a single value says too
/// little.
fn speaks_of(values: &Interval, grid: Option<&Exact>) -> bool {
    !values.is_empty(grid) && (grid.is_some() || !values.is_point())
}

fn pays_missing(ladder: &Ladder<'_, '_, '_>) -> bool {
    let own = ladder.only.and_then(|only| only.narrowed().missing.as_ref());
    own.or(ladder.terms.missing.as_deref())
        .is_some_and(|missing| missing.value == Missing::Breached)
}

fn report_unreached(ladder: &Ladder<'_, '_, '_>, region: &Region<'_>, out: &mut Reporter<'_>) {
    let show = |value: &Option<Exact>| value.as_ref().map(|value| ladder.show(value, region.like));
    let mut finding =
        Finding::new(Code::UnreachedLine, region.line.at, "this line is never reached");
    let subject = match (&ladder.credit.on, ladder.only) {
        (Some(on), _) => Some(on.span),
        (None, only) => only.map(|only| only.metric.at),
    };
    if let Some(subject) = subject {
        finding = finding.also(subject, "the value that the ladder compares");
    }
    let told = match (show(&ladder.domain.low), show(&ladder.domain.high)) {
        (Some(low), Some(high)) => Some(format!("its values lie between {low} and {high}")),
        (Some(low), None) => Some(format!("its values are never below {low}")),
        (None, Some(high)) => Some(format!("its values are never above {high}")),
        (None, None) => None,
    };
    let whole = ladder
        .domain
        .grid
        .as_ref()
        .map(|grid| format!("they are multiples of {}", ladder.show(grid, region.like)));
    for note in told.into_iter().chain(whole) {
        finding = finding.note(note);
    }
    out.report(finding.help(match region.line.edge {
        Edge::Otherwise => {
            "remove the line: the other lines cover every value at which the credit is due"
        }
        _ => "correct the bound, or remove the line",
    }));
}

fn report_without_breach(
    ladder: &Ladder<'_, '_, '_>,
    part: &Region<'_>,
    good: &Interval,
    missed: bool,
    out: &mut Reporter<'_>,
) {
    let Some(only) = ladder.only else { return };
    let grid = ladder.domain.grid.as_ref();
    let both = part.values.and(&possible(ladder)).and(good);
    let Some(value) = both.witness(grid, part.like) else { return };
    let message = format!(
        "at {} this line promises a credit, but the target is met",
        ladder.show(&value, part.like)
    );
    let blamed = ladder.blamed(part.line.at);
    let mut finding = Finding::new(Code::CreditWithoutBreach, blamed, message);
    if blamed == part.line.at {
        finding = finding.also(only.target.at, "the target");
    } else {
        finding = finding.here("met from here on").also(part.line.at, "the line");
    }
    finding = before(finding, &only.target.was);
    finding = finding.note(if missed {
        "a credit is due only when the target is missed"
    } else {
        "this line never pays, because a credit needs a breach"
    });
    let word = if ladder.worse_is_higher() == Some(true) { "above" } else { "below" };
    out.report(finding.help(format!("begin the line at the target: `{word} target`; or write `regardless` if it is due without a breach")));
}

/// Names the places of targets that were replaced: an inherited ladder was written for one of them.
fn before(finding: Finding, was: &[Span]) -> Finding {
    was.last()
        .into_iter()
        .fold(finding, |finding, at| finding.also(*at, "the target that was replaced"))
}

/// Breaches that no line takes, between the target and the line that begins nearest to it.
fn dead_zones(
    ladder: &Ladder<'_, '_, '_>,
    regions: &[Region<'_>],
    breach: &Breach,
    out: &mut Reporter<'_>,
) {
    let sorted = ascending(regions);
    for bad in &breach.bad {
        let on_side = |region: &&&Region<'_>| !region.values.and(bad).is_empty(None);
        let (nearest, hole) = match (&bad.low, &bad.high) {
            (_, Some(target)) => {
                let Some(nearest) = sorted.iter().rfind(on_side) else { continue };
                (
                    nearest,
                    Interval::new(
                        nearest.values.high.as_ref().map(End::opposite),
                        Some(target.clone()),
                    ),
                )
            }
            (Some(target), None) => {
                let Some(nearest) = sorted.iter().find(on_side) else { continue };
                (
                    nearest,
                    Interval::new(
                        Some(target.clone()),
                        nearest.values.low.as_ref().map(End::opposite),
                    ),
                )
            }
            (None, None) => continue,
        };
        // A side that is open there has no hole.
        let (Some(low), Some(high)) = (&hole.low, &hole.high) else { continue };
        if !ladder.own_value() && &high.value - &low.value <= to_the_second(&high.value) {
            continue;
        }
        let grid = ladder.domain.grid.as_ref();
        let hole = hole.and(&possible(ladder));
        if !hole.is_empty(grid)
            && let Some(value) = hole.witness(grid, nearest.like)
        {
            report_dead_zone(ladder, nearest, &value, out);
        }
    }
}

fn report_dead_zone(
    ladder: &Ladder<'_, '_, '_>,
    nearest: &Region<'_>,
    value: &Exact,
    out: &mut Reporter<'_>,
) {
    let Some(only) = ladder.only else { return };
    let blamed = ladder.blamed(nearest.line.at);
    let message = format!("{} is a breach that pays nothing", ladder.show(value, nearest.like));
    let mut finding = Finding::new(Code::UnpaidBreach, blamed, message);
    if blamed == nearest.line.at {
        finding =
            finding.here("the first line begins only here").also(only.target.at, "the target");
    } else {
        finding = finding
            .here("a breach from here on")
            .also(nearest.line.at, "the first line begins only here");
    }
    finding = before(finding, &only.target.was);
    if ladder.own_value() {
        finding = match &nearest.line.edge {
            Edge::Below(bound) | Edge::Above(bound) if blamed == nearest.line.at => finding
                .help("let the first line begin `below target`")
                .suggestion("write `target`", bound.span, "target"),
            Edge::Below(_) => {
                finding.help("let the first line begin at the target: `below target`")
            }
            Edge::Above(_) => {
                finding.help("let the first line begin at the target: `above target`")
            }
            Edge::AtOrBelow(_)
            | Edge::AtOrAbove(_)
            | Edge::From(_)
            | Edge::In(..)
            | Edge::Outside(..)
            | Edge::Otherwise => {
                finding.help("let the first line begin where the target is missed")
            }
        };
    } else if let (Some(most), Some(target), Some((_, days))) = (
        ladder.allowed_downtime(),
        constant::value(&only.target.value),
        window_days(&only.window.value.kind),
    ) {
        let set_back = ladder.most_set_back();
        let longer = match set_back {
            0 => String::new(),
            HOUR => ", or of one hour more if clocks change,".to_owned(),
            _ => format!(
                ", or of {} more if clocks change,",
                exact_length(&Exact::integer(set_back))
            ),
        };
        let note = format!(
            "{} of {}{longer} allows {} of downtime: more is a breach in any window",
            exact_percent(&target),
            days_of(days),
            exact_length(&most)
        );
        finding = finding.note(note).help("compare the value of the objective: leave `on` out, and write `below target` in the first line");
    }
    out.report(finding);
}
