//! Bonuses: better service never earns less, and a breach earns nothing.

use std::cmp::Ordering;

use super::amounts::Amount;
use super::regions::{self, Region, possible};
use super::{Ladder, ascending, plain_fold};
use crate::diag::{Code, Finding};
use crate::prove::Reporter;
use crate::prove::interval::Interval;
use crate::syntax::ast::CreditKind;
use crate::types::model::Objective;
use crate::types::tree::Fold;

pub(super) fn check(ladder: &Ladder<'_, '_, '_>, out: &mut Reporter<'_>) {
    let credit = ladder.credit;
    if credit.syntax.kind == CreditKind::Credit
        || credit.lines.is_empty()
        || ladder.only.is_some_and(Objective::runs_backward)
    {
        return;
    }
    let Some(regions) = regions::of(ladder) else { return };
    // A line that runs the wrong way explains all else that the lines seem to do wrong.
    if for_breaches(ladder, &regions, out) {
        return;
    }
    let Some(higher) = better_is_higher(ladder) else { return };
    let mut sorted = ascending(&regions);
    if !higher {
        sorted.reverse();
    }
    for pair in sorted.windows(2) {
        let [worse, better] = pair else { continue };
        let (Some(one), Some(other)) =
            (Amount::of(ladder, &worse.line.remedy), Amount::of(ladder, &better.line.remedy))
        else {
            continue;
        };
        if one.compare(&other) == Some(Ordering::Greater) && other.is_positive() {
            report_less(ladder, worse, Some(better), &better.values, higher, out);
        }
    }
    if let Some(best) = sorted.last().filter(|best| {
        best.line.until.is_none()
            && Amount::of(ladder, &best.line.remedy).is_none_or(|amount| amount.is_positive())
    }) {
        let rest = if higher {
            best.values.high.as_ref().map(|high| Interval::new(Some(high.opposite()), None))
        } else {
            best.values.low.as_ref().map(|low| Interval::new(None, Some(low.opposite())))
        };
        if let Some(rest) = rest {
            report_less(ladder, best, None, &rest, higher, out);
        }
    }
}

/// Which way what the lines look at gets better; `None` where more is neither good nor bad.
fn better_is_higher(ladder: &Ladder<'_, '_, '_>) -> Option<bool> {
    match ladder.credit.on.as_deref() {
        None => ladder.only?.higher_is_better,
        Some(on) if plain_fold(on, Fold::Downtime).is_some() => Some(false),
        Some(on) => plain_fold(on, Fold::Uptime).map(|_| true),
    }
}

fn report_less(
    ladder: &Ladder<'_, '_, '_>,
    worse: &Region<'_>,
    better: Option<&Region<'_>>,
    values: &Interval,
    higher: bool,
    out: &mut Reporter<'_>,
) {
    let grid = ladder.domain.grid.as_ref();
    let inside = |values: &Interval, upper: bool| {
        let values = values.and(&possible(ladder));
        if values.is_empty(grid) { None } else { values.witness_at(upper, grid, worse.like) }
    };
    let (Some(good), Some(bad)) = (inside(values, !higher), inside(&worse.values, higher)) else {
        return;
    };
    let (good, bad) = (ladder.show(&good, worse.like), ladder.show(&bad, worse.like));
    let finding = match better {
        Some(better) => Finding::new(
            Code::BetterEarnsLess,
            better.line.at,
            format!("{good} is better than {bad} and earns less"),
        )
        .also(worse.line.at, "this line earns more")
        .help("the amounts of two lines may have been swapped"),
        None => Finding::new(
            Code::BetterEarnsLess,
            worse.line.at,
            format!("{good} is better than {bad} and earns nothing"),
        )
        .here("the best line ends here")
        .help(format!(
            "leave the best line open: `at or {} …`",
            if higher { "above" } else { "below" }
        )),
    };
    out.report(finding);
}

/// Reports lines that take breaches, and returns whether there are any. A bonus is due whatever
/// became of the target: its lines decide alone.
fn for_breaches(
    ladder: &Ladder<'_, '_, '_>,
    regions: &[Region<'_>],
    out: &mut Reporter<'_>,
) -> bool {
    let (Some(only), Some(breach)) = (ladder.only, ladder.breach()) else { return false };
    if ladder.credit.syntax.regardless.is_some()
        || better_is_higher(ladder).is_none()
        || breach.good.is_none()
    {
        return false;
    }
    let mut found = false;
    let grid = ladder.domain.grid.as_ref();
    for region in regions {
        if Amount::of(ladder, &region.line.remedy).is_some_and(|amount| amount.is_nothing()) {
            continue;
        }
        let missed = breach.bad.iter().map(|bad| bad.and(&region.values).and(&possible(ladder)));
        let Some(value) = missed
            .filter(|missed| !missed.is_empty(grid))
            .find_map(|missed| missed.witness(grid, region.like))
        else {
            continue;
        };
        let message = format!(
            "at {} this line earns a bonus, but the target is missed",
            ladder.show(&value, region.like)
        );
        let finding = Finding::new(Code::BonusForBreach, region.line.at, message)
            .also(only.target.at, "the target")
            .note("only the lines decide about a bonus: it is due even if the target is missed")
            .help("begin the line at the target or at a better value, or write `regardless` if this is intended");
        out.report(finding);
        found = true;
    }
    found
}
