//! Which of two promises is the stronger one, aspect by aspect.
//!
//! In: two objectives. Out: how one differs from the other, or that they cannot be compared. Who
//! keeps a stronger promise keeps the weaker one too, whatever is measured: where that is not sure,
//! they cannot be compared.

use std::cmp::Ordering;

use super::domain::Setting;
use super::interval::{End, Interval};
use super::same::{same, same_option};
use crate::base::{Exact, Span};
use crate::lang::units::PeriodUnit;
use crate::syntax::ast::{Compare, Missing, Rolling, WindowKind};
use crate::types::constant;
use crate::types::model::{Group, Limit, Objective, Support};
use crate::types::tree::{Aggregate, EachBy, Fold, Kind, Typed};
use crate::types::uses::visit;

/// What of a promise can be stronger or weaker.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Aspect {
    /// The bound of the value, or the share of cases that must make it.
    Target,
    /// The limit of a clock.
    Limit,
    /// The window.
    Window,
    /// When the clock runs.
    Hours,
    /// When the clock is paused.
    Pausing,
    /// How many misses are forgiven.
    Misses,
    /// What a window without data is.
    Missing,
    /// The facts under which it holds.
    Condition,
}

impl Aspect {
    /// Its name in messages.
    pub fn noun(self) -> &'static str {
        match self {
            Aspect::Target => "target",
            Aspect::Limit => "limit",
            Aspect::Window => "window",
            Aspect::Hours => "hours of the clock",
            Aspect::Pausing => "pauses of the clock",
            Aspect::Misses => "forgiven misses",
            Aspect::Missing => "rule for missing data",
            Aspect::Condition => "condition",
        }
    }
}

/// An aspect in which two promises differ.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Difference {
    /// The aspect that differs.
    pub aspect: Aspect,
    /// True if the first of the two is the stronger in it.
    pub stronger: bool,
    /// Where the first says it.
    pub one: Span,
    /// Where the other says it.
    pub other: Span,
}

/// How `one` differs from `other`: nothing if both promise the same, `None` if they cannot be
/// compared.
pub fn differences(one: &Objective<'_>, other: &Objective<'_>) -> Option<Vec<Difference>> {
    let alike = one.service == other.service
        && one.narrowed().each_row == other.narrowed().each_row
        && one.narrowed().from.as_ref().map(|from| from.value)
            == other.narrowed().from.as_ref().map(|from| from.value)
        && same_groups(&one.narrowed().by, &other.narrowed().by)
        && same_option(
            value(one.narrowed().filter.as_ref()),
            value(other.narrowed().filter.as_ref()),
        )
        && same_option(
            value(one.narrowed().during.as_ref()),
            value(other.narrowed().during.as_ref()),
        );
    if !alike {
        return None;
    }
    let mut found = Vec::new();
    let mut add = |aspect, stronger: Ordering, here: Span, there: Span| {
        if stronger != Ordering::Equal {
            found.push(Difference {
                aspect,
                stronger: stronger == Ordering::Greater,
                one: here,
                other: there,
            });
        }
    };
    match (&one.support, &other.support) {
        (None, None) if same(&one.measure(), &other.measure()) => {}
        (Some(here), Some(there))
            if here.kind == there.kind
                && here.severity == there.severity
                && same(&here.rows, &there.rows) =>
        {
            let clocks = clocks(here, there)?;
            clocks.into_iter().for_each(|(aspect, stronger, a, b)| add(aspect, stronger, a, b));
        }
        (None | Some(_), _) => return None,
    }
    add(Aspect::Target, targets(one, other)?, one.target.at, other.target.at);
    add(Aspect::Window, windows(one, other)?, one.window.at, other.window.at);
    let rank = |objective: &Objective<'_>| match objective
        .narrowed()
        .missing
        .as_ref()
        .map(|missing| missing.value)
    {
        Some(Missing::Met) => 0,
        None => 1,
        Some(Missing::Breached) => 2,
    };
    let place = |objective: &Objective<'_>| {
        objective.narrowed().missing.as_ref().map_or(objective.item.span, |missing| missing.at)
    };
    add(Aspect::Missing, rank(one).cmp(&rank(other)), place(one), place(other));
    let conditions = match (&one.narrowed().condition, &other.narrowed().condition) {
        (None, None) => Ordering::Equal,
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (Some(here), Some(there))
            if here.value.when == there.value.when && same(&here.value.expr, &there.value.expr) =>
        {
            Ordering::Equal
        }
        (Some(_), Some(_)) => return None,
    };
    let place = |objective: &Objective<'_>| {
        objective
            .narrowed()
            .condition
            .as_ref()
            .map_or(objective.item.span, |condition| condition.at)
    };
    add(Aspect::Condition, conditions, place(one), place(other));
    Some(found)
}

fn value(from: Option<&crate::types::model::From<std::sync::Arc<Typed>>>) -> Option<&Typed> {
    from.map(|from| &*from.value)
}

/// True if both are cut into the same groups.
pub fn same_groups(one: &[Group], other: &[Group]) -> bool {
    one.len() == other.len()
        && one.iter().zip(other).all(|(a, b)| a.field == b.field && a.ty == b.ty)
}

type Compared = (Aspect, Ordering, Span, Span);

/// Two clocks: a shorter limit, longer hours, fewer pauses and fewer forgiven misses are the
/// stronger promise.
pub fn clocks(one: &Support, other: &Support) -> Option<Vec<Compared>> {
    let limit = match (&one.limit.value, &other.limit.value) {
        (Limit::Within(a), Limit::Within(b)) if same(a, b) => Ordering::Equal,
        (Limit::Within(a), Limit::Within(b)) => constant::value(b)?.cmp(&constant::value(a)?),
        (Limit::EndOf(a), Limit::EndOf(b)) => b.cmp(a),
        (Limit::Within(_) | Limit::EndOf(_), _) => return None,
    };
    let (here, there) = (value(one.during.as_ref()), value(other.during.as_ref()));
    let always =
        |hours: Option<&Typed>| hours.is_none_or(|hours| matches!(hours.kind, Kind::Always));
    let hours = if same_option(here, there) || (always(here) && always(there)) {
        Ordering::Equal
    } else if matches!(one.limit.value, Limit::EndOf(_)) {
        return None;
    } else if always(here) {
        Ordering::Greater
    } else if always(there) {
        Ordering::Less
    } else {
        return None;
    };
    let pausing = match (value(one.pausing.as_ref()), value(other.pausing.as_ref())) {
        (None, None) => Ordering::Equal,
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (Some(a), Some(b)) if same(a, b) => Ordering::Equal,
        (Some(_), Some(_)) => return None,
    };
    let misses = match (&one.misses, &other.misses) {
        (None, None) => Ordering::Equal,
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (Some(a), Some(b)) => match (b.value.0.cmp(&a.value.0), b.value.1.cmp(&a.value.1)) {
            (count, below) if count == below || below == Ordering::Equal => count,
            (Ordering::Equal, below) => below,
            (Ordering::Less | Ordering::Greater, _) => return None,
        },
    };
    // A shorter limit on a clock that is paused more often is neither stronger nor weaker.
    let time = [limit, hours, pausing];
    if time.contains(&Ordering::Less) && time.contains(&Ordering::Greater) {
        return None;
    }
    let place = |from: &Option<crate::types::model::From<std::sync::Arc<Typed>>>, at: Span| {
        from.as_ref().map_or(at, |from| from.at)
    };
    let forgiven =
        |support: &Support| support.misses.as_ref().map_or(support.limit.at, |misses| misses.at);
    Some(vec![
        (Aspect::Limit, limit, one.limit.at, other.limit.at),
        (
            Aspect::Hours,
            hours,
            place(&one.during, one.limit.at),
            place(&other.during, other.limit.at),
        ),
        (
            Aspect::Pausing,
            pausing,
            place(&one.pausing, one.limit.at),
            place(&other.pausing, other.limit.at),
        ),
        (Aspect::Misses, misses, forgiven(one), forgiven(other)),
    ])
}

/// Greater if the values `one` lets pass all pass `other` as well, and not the other way round.
pub fn targets(one: &Objective<'_>, other: &Objective<'_>) -> Option<Ordering> {
    let (here, there) = (&one.target.value, &other.target.value);
    if one.compare.value == other.compare.value && same(here, there) {
        return Some(Ordering::Equal);
    }
    if let (Kind::Range(a), Kind::Range(b)) = (&here.kind, &there.kind) {
        let ([low, high], [least, most]) = (&**a, &**b);
        let low = constant::value(low)?.cmp(&constant::value(least)?);
        let high = constant::value(most)?.cmp(&constant::value(high)?);
        return match (low, high) {
            (low, high) if low == high || high == Ordering::Equal => Some(low),
            (Ordering::Equal, high) => Some(high),
            (Ordering::Less | Ordering::Greater, _) => None,
        };
    }
    let (a, b): (Exact, Exact) = (constant::value(here)?, constant::value(there)?);
    let (more, strict) = side(one.compare.value)?;
    let (other_more, other_strict) = side(other.compare.value)?;
    if more != other_more {
        return None;
    }
    // A count below 3 is one of at most 2: what counts is the last value that passes.
    let grid = common_grid(one, other);
    let last = |value: Exact, strict: bool| last_passing(value, more, strict, grid.as_ref());
    let ((a, strict), (b, other_strict)) = (last(a, strict), last(b, other_strict));
    let bound = if more { a.cmp(&b) } else { b.cmp(&a) };
    Some(bound.then(strict.cmp(&other_strict)))
}

/// The grid that the values of both lie on, if it is the same.
fn common_grid(one: &Objective<'_>, other: &Objective<'_>) -> Option<Exact> {
    let grid = |objective: &Objective<'_>| {
        Setting::new(Some(&objective.window.value.kind)).domain(&objective.measure()).grid
    };
    grid(one).filter(|known| grid(other).as_ref() == Some(known))
}

/// The bound of what passes, moved onto the grid of the values, and whether it is left out.
fn last_passing(value: Exact, more: bool, strict: bool, grid: Option<&Exact>) -> (Exact, bool) {
    let Some(grid) = grid else { return (value, strict) };
    let end = Some(End::new(value.clone(), !strict));
    let passing = if more { Interval::new(end, None) } else { Interval::new(None, end) }.on(grid);
    passing.low.or(passing.high).map_or((value, strict), |end| (end.value, false))
}

/// Whether a comparison wants more, and whether it leaves the bound itself out.
fn side(compare: Compare) -> Option<(bool, bool)> {
    match compare {
        Compare::AtLeast => Some((true, false)),
        Compare::Greater => Some((true, true)),
        Compare::AtMost => Some((false, false)),
        Compare::Less => Some((false, true)),
        Compare::Equal | Compare::NotEqual | Compare::In => None,
    }
}

/// Greater if keeping `one` in its windows keeps `other` in those of its own. A promise about each
/// month holds for the quarter too, where the value of the quarter lies between those of its
/// months; a bound on a count or sum of a quarter bounds that of each month.
pub fn windows(one: &Objective<'_>, other: &Objective<'_>) -> Option<Ordering> {
    let (here, there) = (&one.window.value.kind, &other.window.value.kind);
    if same_window(here, there) {
        return Some(Ordering::Equal);
    }
    let metric = one.measure();
    let whole = fits_into(here, there) || fits_into(there, here);
    if whole && is_of_each_row(&metric, one.compare.value) {
        return Some(Ordering::Equal);
    }
    if fits_into(there, here) && adds_up(&metric, one.compare.value) {
        return Some(Ordering::Greater);
    }
    if !lies_between(&metric) {
        return None;
    }
    if fits_into(here, there) {
        return Some(Ordering::Greater);
    }
    fits_into(there, here).then_some(Ordering::Less)
}

/// True if both cut time in the same way.
pub fn same_window(one: &WindowKind, other: &WindowKind) -> bool {
    let period = |period: &crate::syntax::ast::Period| (period.count, period.unit);
    match (one, other) {
        (WindowKind::Calendar(a, from), WindowKind::Calendar(b, other)) => {
            a == b && from.unwrap_or(1) == other.unwrap_or(1)
        }
        (WindowKind::Contract(a), WindowKind::Contract(b)) => a == b,
        (WindowKind::Fixed(a), WindowKind::Fixed(b)) => period(a) == period(b),
        (WindowKind::Rolling(here), WindowKind::Rolling(there)) => {
            let (Rolling { length: a, every: c, at: e }, Rolling { length: b, every: d, at: f }) =
                (&**here, &**there);
            let name = |name: &Option<crate::syntax::ast::Name>| {
                name.as_ref().map(|name| name.text.clone())
            };
            a.as_ref().map(period) == b.as_ref().map(period)
                && c.as_ref().map(period) == d.as_ref().map(period)
                && name(e) == name(f)
        }
        (WindowKind::Trailing(a), WindowKind::Trailing(b)) => {
            a.as_ref().map(period) == b.as_ref().map(period)
        }
        (WindowKind::Term, WindowKind::Term) => true,
        (
            WindowKind::Calendar(..)
            | WindowKind::Contract(_)
            | WindowKind::Fixed(_)
            | WindowKind::Rolling(_)
            | WindowKind::Trailing(_)
            | WindowKind::Term,
            _,
        ) => false,
    }
}

/// True if every window of the second kind is made of whole windows of the first.
pub fn fits_into(small: &WindowKind, large: &WindowKind) -> bool {
    let rank = |unit: PeriodUnit| match unit {
        PeriodUnit::Minute | PeriodUnit::Hour | PeriodUnit::WorkingDay => None,
        PeriodUnit::Day => Some(0),
        PeriodUnit::Week => Some(1),
        PeriodUnit::Month => Some(2),
        PeriodUnit::Quarter => Some(3),
        PeriodUnit::Year => Some(4),
    };
    match (small, large) {
        (WindowKind::Calendar(a, from), WindowKind::Calendar(b, other)) => {
            let aligned = match (a, b) {
                (PeriodUnit::Week, _) => false,
                (PeriodUnit::Quarter, PeriodUnit::Year) => {
                    from.unwrap_or(1) % 3 == other.unwrap_or(1) % 3
                }
                (
                    PeriodUnit::Minute
                    | PeriodUnit::Hour
                    | PeriodUnit::Day
                    | PeriodUnit::WorkingDay
                    | PeriodUnit::Month
                    | PeriodUnit::Quarter
                    | PeriodUnit::Year,
                    _,
                ) => true,
            };
            aligned && matches!((rank(*a), rank(*b)), (Some(a), Some(b)) if a < b)
        }
        (WindowKind::Contract(a), WindowKind::Contract(b)) => {
            matches!((rank(*a), rank(*b)), (Some(a), Some(b)) if a < b)
        }
        (
            WindowKind::Calendar(..)
            | WindowKind::Contract(_)
            | WindowKind::Fixed(_)
            | WindowKind::Rolling(_)
            | WindowKind::Trailing(_)
            | WindowKind::Term,
            _,
        ) => false,
    }
}

/// Which share of the values lies below a statistic of them: of a percentile its own, of the least
/// none, of the greatest all. `None` if that is not known.
pub fn rank(statistic: &Aggregate) -> Option<Exact> {
    match statistic.fold {
        Fold::Min => Some(Exact::ZERO),
        Fold::Max => Some(Exact::ONE),
        Fold::Percentile => constant::value(statistic.share.as_ref()?),
        Fold::Mean
        | Fold::Count
        | Fold::Share
        | Fold::Sum
        | Fold::Distinct
        | Fold::Uptime
        | Fold::Downtime => None,
    }
}

/// True for a bound on the worst row: it holds for all rows, whatever windows they are put into.
fn is_of_each_row(metric: &Typed, compare: Compare) -> bool {
    match &metric.kind {
        Kind::Aggregate(aggregate) => match aggregate.fold {
            Fold::Max => matches!(compare, Compare::AtMost | Compare::Less),
            Fold::Min => matches!(compare, Compare::AtLeast | Compare::Greater),
            Fold::Uptime
            | Fold::Share
            | Fold::Mean
            | Fold::Percentile
            | Fold::Count
            | Fold::Sum
            | Fold::Distinct
            | Fold::Downtime => false,
        },
        Kind::Metric(instance, _) => is_of_each_row(&instance.body, compare),
        _ => false,
    }
}

/// True for an upper bound on what only grows with the window.
fn adds_up(metric: &Typed, compare: Compare) -> bool {
    let most = matches!(compare, Compare::AtMost | Compare::Less);
    match &metric.kind {
        Kind::Aggregate(aggregate) => {
            most && matches!(aggregate.fold, Fold::Count | Fold::Downtime | Fold::Distinct)
        }
        Kind::Metric(instance, _) => adds_up(&instance.body, compare),
        _ => false,
    }
}

/// True if the value over several windows together lies between the least and the greatest of
/// theirs.
fn lies_between(metric: &Typed) -> bool {
    let mut speaks_of_window = false;
    visit(metric, &mut |kind| {
        speaks_of_window |= matches!(kind, Kind::Builtin(_) | Kind::Shift(..))
    });
    !speaks_of_window && folds_between(metric)
}

/// True for rows made of groups: a group of a longer window is not one of the shorter.
fn is_grouped(rows: &Typed) -> bool {
    let mut grouped = false;
    visit(rows, &mut |kind| {
        if let Kind::Each(each) = kind {
            grouped |= !matches!(each.key, EachBy::Length(_));
        }
    });
    grouped
}

fn folds_between(metric: &Typed) -> bool {
    match &metric.kind {
        Kind::Aggregate(aggregate) => match aggregate.fold {
            Fold::Uptime | Fold::Share | Fold::Mean | Fold::Min | Fold::Max | Fold::Percentile => {
                !is_grouped(&aggregate.rows)
            }
            Fold::Count | Fold::Sum | Fold::Distinct | Fold::Downtime => false,
        },
        Kind::Metric(instance, _) => folds_between(&instance.body),
        _ => false,
    }
}

/// The aggregate at the root of a metric, if its arguments play no part in it.
pub fn root_aggregate(metric: &Typed) -> Option<&Aggregate> {
    match &metric.kind {
        Kind::Aggregate(aggregate) => Some(aggregate),
        Kind::Metric(instance, args) if args.is_empty() => root_aggregate(&instance.body),
        _ => None,
    }
}
