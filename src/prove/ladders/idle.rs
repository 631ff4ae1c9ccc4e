//! Parts of credits that change nothing: caps above all that they could bound, and bases of no
//! share.

use std::cmp::Ordering;

use rustc_hash::{FxHashMap, FxHashSet};

use super::Ladder;
use super::amounts::Amount;
use crate::base::Span;
use crate::diag::{Code, Finding};
use crate::lang::units::PeriodUnit;
use crate::prove::Reporter;
use crate::syntax::ast::{GroupPay, WindowKind};
use crate::types::model::{Cap, Remedy, Terms};

pub(super) fn check(ladder: &Ladder<'_, '_, '_>, out: &mut Reporter<'_>) {
    caps(ladder, out);
    base(ladder, out);
}

fn remedies<'x>(ladder: &Ladder<'x, '_, '_>) -> impl Iterator<Item = &'x Remedy> {
    ladder.credit.lines.iter().map(|line| &line.remedy).chain(&ladder.credit.pay)
}

/// Caps of one payment that is a constant on each line.
fn caps(ladder: &Ladder<'_, '_, '_>, out: &mut Reporter<'_>) {
    let credit = ladder.credit;
    // Several payments may add up under one cap.
    let several = credit.syntax.each_row.is_some()
        || ladder.objectives.len() != 1
        || credit.syntax.groups.is_some_and(|(pay, _)| pay == GroupPay::Each);
    if several {
        return;
    }
    let own_window = |cap: &&Cap<'_>| match &cap.syntax.window {
        Some(window) => ladder.window().is_some_and(|kind| *kind == window.kind),
        None => !cap.syntax.each_row,
    };
    for cap in credit.caps.iter().filter(own_window) {
        let Some(bound) = Amount::of_cap(ladder, &cap.amount, cap.share) else { continue };
        let below = |remedy| {
            Amount::of(ladder, remedy)
                .is_some_and(|amount| amount.compare(&bound) == Some(Ordering::Less))
        };
        if remedies(ladder).all(below) {
            let what = if credit.lines.is_empty() {
                "this cap is above what the credit pays"
            } else {
                "this cap is above what every line pays"
            };
            let finding = Finding::new(Code::IdleCap, cap.syntax.span, what)
                .here("never reached")
                .help("remove the cap, or lower it");
            out.report(finding);
        }
    }
}

/// A base that no line and no cap is a share of.
fn base(ladder: &Ladder<'_, '_, '_>, out: &mut Reporter<'_>) {
    let Some(base) = ladder.credit.base.as_deref() else { return };
    let shares = |remedy: &Remedy| match remedy {
        Remedy::Pay(terms) => terms.iter().any(|term| term.share),
        Remedy::Extend(_) | Remedy::Text(_) => false,
    };
    if remedies(ladder).any(shares) || ladder.credit.caps.iter().any(|cap| cap.share) {
        return;
    }
    let written = ladder.case.sources.text(base.span);
    let finding =
        Finding::new(Code::IdleBase, base.span, format!("nothing here is a share of `{written}`"))
            .help(format!("remove `of {written}`, or write the amounts as shares: `pay 10%`"));
    out.report(finding);
}

/// Caps over all credits of longer windows that caps of shorter windows leave nothing to do.
#[derive(Default)]
pub(super) struct Yearly {
    /// Those that seem idle, and the shorter cap that sees to it.
    idle: FxHashMap<Span, Span>,
    /// Those that bind under some terms.
    binding: FxHashSet<Span>,
}

impl Yearly {
    /// Looks at the caps of one set of terms: a cap may be idle here and bind under other terms.
    pub(super) fn look(&mut self, terms: &Terms<'_>) {
        let carried = terms.minimum.as_ref().is_some_and(|minimum| minimum.value.carried_over);
        let caps = || terms.caps.iter().filter(|cap| !cap.syntax.each_row);
        for long in caps() {
            let shorter = caps().find(|short| {
                let windows = short.syntax.window.as_ref().zip(long.syntax.window.as_ref());
                let count = windows.and_then(|(short, long)| inside(&short.kind, &long.kind));
                count.is_some_and(|count| Amount::fills(&short.amount, &long.amount, count))
            });
            match shorter.filter(|_| !carried) {
                Some(shorter) => {
                    self.idle.insert(long.syntax.span, shorter.syntax.span);
                }
                None => {
                    self.binding.insert(long.syntax.span);
                }
            }
        }
    }

    /// Reports caps that are idle wherever they stand.
    pub(super) fn report(self, out: &mut Reporter<'_>) {
        let mut idle: Vec<(Span, Span)> =
            self.idle.into_iter().filter(|(long, _)| !self.binding.contains(long)).collect();
        idle.sort_unstable_by_key(|(long, _)| (long.file, long.start));
        for (long, short) in idle {
            let finding = Finding::new(Code::IdleCap, long, "this cap is never reached")
                .also(short, "this cap allows no more in all of its shorter windows together")
                .help("remove the cap, or lower it");
            out.report(finding);
        }
    }
}

/// How many windows of the first kind make up one of the second; `None` if they do not.
fn inside(short: &WindowKind, long: &WindowKind) -> Option<i64> {
    let months = |unit: PeriodUnit| match unit {
        PeriodUnit::Month => Some(1),
        PeriodUnit::Quarter => Some(3),
        PeriodUnit::Year => Some(12),
        PeriodUnit::Minute
        | PeriodUnit::Hour
        | PeriodUnit::Day
        | PeriodUnit::WorkingDay
        | PeriodUnit::Week => None,
    };
    let (one, other) = match (short, long) {
        (WindowKind::Calendar(one, first), WindowKind::Calendar(other, begin)) => {
            let (one, offset) =
                (months(*one)?, i64::from(first.unwrap_or(1)) - i64::from(begin.unwrap_or(1)));
            (one, months(*other).filter(|_| offset % one == 0)?)
        }
        (WindowKind::Contract(one), WindowKind::Contract(other)) => {
            (months(*one)?, months(*other)?)
        }
        (_, _) => return None,
    };
    (one < other).then(|| other / one)
}
