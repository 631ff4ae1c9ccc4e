//! What the lines pay, from good service to bad: never less for worse.

use std::cmp::Ordering;

use super::amounts::Amount;
use super::regions::{Region, possible};
use super::{Ladder, ascending};
use crate::base::Exact;
use crate::diag::{Code, Finding};
use crate::prove::Reporter;
use crate::prove::interval::{End, Interval};
use crate::types::model::Edge;

pub(super) fn check(ladder: &Ladder<'_, '_, '_>, regions: &[Region<'_>], out: &mut Reporter<'_>) {
    let Some(higher) = ladder
        .worse_is_higher()
        .or_else(|| ladder.credit.on.as_ref().and_then(|_| rising(ladder, regions)))
    else {
        return;
    };
    let mut sorted = ascending(regions);
    if !higher {
        sorted.reverse();
    }
    for pair in sorted.windows(2) {
        let [better, worse] = pair else { continue };
        // What is left to `otherwise` on the good side may be no breach at all.
        if matches!(better.line.edge, Edge::Otherwise) && !ladder.knows_when_due() {
            continue;
        }
        let (Some(one), Some(other)) =
            (Amount::of(ladder, &better.line.remedy), Amount::of(ladder, &worse.line.remedy))
        else {
            continue;
        };
        // A negative amount is a fault of its own.
        if one.compare(&other) == Some(Ordering::Greater)
            && !one.is_negative()
            && !other.is_negative()
        {
            report_less(ladder, better, worse, higher, out);
        }
    }
    if let Some(worst) = sorted.last() {
        beyond(ladder, worst, higher, out);
    }
}

/// Which way bands get worse, by what they pay: towards the side on which each pays more than the
/// one before it.
fn rising(ladder: &Ladder<'_, '_, '_>, regions: &[Region<'_>]) -> Option<bool> {
    let amounts = ascending(regions)
        .into_iter()
        .map(|region| Amount::of(ladder, &region.line.remedy))
        .collect::<Option<Vec<_>>>()?;
    let mut orders = amounts.windows(2).map(|pair| match pair {
        [one, other] => one.compare(other),
        _ => None,
    });
    let first = orders.next()??;
    let all = first != Ordering::Equal && orders.all(|order| order == Some(first));
    all.then_some(first == Ordering::Less)
}

/// A value of the region, near to where service is best.
fn inside(ladder: &Ladder<'_, '_, '_>, region: &Region<'_>, higher: bool) -> Option<Exact> {
    region.values.and(&possible(ladder)).witness_at(
        !higher,
        ladder.domain.grid.as_ref(),
        region.like,
    )
}

fn report_less(
    ladder: &Ladder<'_, '_, '_>,
    better: &Region<'_>,
    worse: &Region<'_>,
    higher: bool,
    out: &mut Reporter<'_>,
) {
    let (Some(good), Some(bad)) = (inside(ladder, better, higher), inside(ladder, worse, higher))
    else {
        return;
    };
    let (good, bad) = (ladder.show(&good, better.like), ladder.show(&bad, worse.like));
    let finding = Finding::new(
        Code::WorsePaysLess,
        worse.line.at,
        format!("{bad} is worse than {good} and pays less"),
    )
    .also(better.line.at, "this line pays more")
    .help("the amounts of two lines may have been swapped");
    out.report(finding);
}

/// Values worse than all that any line takes pay nothing.
fn beyond(ladder: &Ladder<'_, '_, '_>, worst: &Region<'_>, higher: bool, out: &mut Reporter<'_>) {
    let rest = if higher {
        Interval::new(worst.values.high.as_ref().map(End::opposite), None)
    } else {
        Interval::new(None, worst.values.low.as_ref().map(End::opposite))
    };
    // A line that says where it ends means that nothing is due beyond.
    if rest == Interval::default() || worst.line.until.is_some() {
        return;
    }
    let pays = Amount::of(ladder, &worst.line.remedy).is_none_or(|amount| !amount.is_nothing());
    let grid = ladder.domain.grid.as_ref();
    let rest = rest.and(&possible(ladder));
    if !pays || rest.is_empty(grid) {
        return;
    }
    let (Some(bad), Some(good)) =
        (rest.witness_at(!higher, grid, worst.like), inside(ladder, worst, higher))
    else {
        return;
    };
    let (good, bad) = (ladder.show(&good, worst.like), ladder.show(&bad, worst.like));
    let finding = Finding::new(
        Code::WorsePaysLess,
        worst.line.at,
        format!("{bad} is worse than {good} and pays nothing"),
    )
    .here("the last line ends here")
    .help("leave the worst line open: `below …`, `above …`");
    out.report(finding);
}
