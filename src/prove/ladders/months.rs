//! Ladders in time under targets in percent: a month of 31 days leaves more downtime than one of
//! 28.

use super::columns::{days_of, measures_all, printed, to_the_second};
use super::regions::{self, Region};
use super::{Ladder, ascending, plain_fold};
use crate::base::Exact;
use crate::diag::{Code, Finding};
use crate::prove::Reporter;
use crate::prove::domain::window_days;
use crate::prove::interval::{End, Interval};
use crate::prove::wording::{exact_length, exact_percent};
use crate::syntax::ast::{Compare, CreditKind};
use crate::time::DAY;
use crate::types::constant;
use crate::types::tree::Fold;

pub(super) fn check(ladder: &Ladder<'_, '_, '_>, out: &mut Reporter<'_>) {
    let credit = ladder.credit;
    let (Some(only), true) = (
        ladder.only,
        ladder.alone && credit.syntax.kind == CreditKind::Credit && !credit.lines.is_empty(),
    ) else {
        return;
    };
    let on_downtime =
        credit.on.as_deref().is_some_and(|on| plain_fold(on, Fold::Downtime).is_some());
    // Tells whether both are about the same rows.
    let Some(longest) = ladder
        .allowed_downtime()
        .filter(|_| on_downtime && measures_all(ladder.case, ladder.terms, only))
    else {
        return;
    };
    let (Some(target), Some((least, most))) =
        (constant::value(&only.target.value), window_days(&only.window.value.kind))
    else {
        return;
    };
    let Some(regions) = regions::of(ladder) else { return };
    let Some((first, begin)) =
        ascending(&regions).first().and_then(|first| Some((*first, first.values.low.clone()?)))
    else {
        return;
    };
    let allowed =
        |days: i64| &(&Exact::ONE - &target) * &(&Exact::integer(days) * &Exact::integer(DAY));
    let (short, long) = (allowed(least), allowed(most));
    let rounding = printed(&begin.value);
    let strict = only.compare.value == Compare::Greater;
    let mut notes: Vec<String> = Vec::new();
    let witness = |values: &Interval| {
        if values.is_empty(None) { None } else { values.witness(None, first.like) }
    };
    // A line from zero says no more than that any downtime will do.
    if credit.syntax.regardless.is_none()
        && !begin.value.is_zero()
        && &long - &begin.value > rounding
    {
        let met = Interval::new(Some(begin.clone()), Some(End::new(long.clone(), !strict)));
        let value = witness(&met).map(|value| exact_length(&value));
        notes.extend(value.map(|value| {
            format!(
                "{}, so {value} of downtime meets the target, and this line does not pay",
                leave(&target, most, &long)
            )
        }));
    }
    // What falls short of the first line in every window is said of the line itself, if only a
    // breach is paid for.
    let in_every_window =
        credit.syntax.regardless.is_none() && &begin.value - &longest > to_the_second(&begin.value);
    if &begin.value - &short > rounding && !in_every_window {
        let missed = Interval::new(Some(End::new(short.clone(), strict)), Some(begin.opposite()));
        let value = witness(&missed).map(|value| exact_length(&value));
        notes.extend(value.map(|value| {
            format!(
                "{}, so {value} of downtime is a breach, and no line pays",
                leave(&target, least, &short)
            )
        }));
    }
    report(ladder, first, notes, out);
}

fn leave(target: &Exact, days: i64, allowed: &Exact) -> String {
    format!("{} of {} allows {}", exact_percent(target), days_of(days), exact_length(allowed))
}

fn report(
    ladder: &Ladder<'_, '_, '_>,
    first: &Region<'_>,
    notes: Vec<String>,
    out: &mut Reporter<'_>,
) {
    let (Some(only), false) = (ladder.only, notes.is_empty()) else { return };
    let message = "this line in time and the target in percent disagree";
    let mut finding = Finding::new(Code::FixedTimeLadder, first.line.at, message)
        .also(only.target.at, "the target");
    for note in notes {
        finding = finding.note(note);
    }
    out.report(finding.help("write the ladder in percent, `{ below target … }`, or promise a downtime, `downtime(…) <= …`"));
}
