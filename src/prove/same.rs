//! Whether two expressions mean the same, wherever each is written.
//!
//! In: typed expressions. Out: yes, or not for certain: `a + b` and `b + a` count as different, which only makes a check say less.

use std::mem::discriminant;

use crate::types::tree::{EachBy, Kind, Typed};
use crate::types::uses::children;

/// Steps after which two expressions count as different: metrics built on metrics can be larger than anyone writes.
const MOST_STEPS: usize = 20_000;

/// Arguments of a metric, and where these stand themselves.
type Call<'t> = (&'t [Typed], usize);

/// True if both surely have the same value in every window. A metric is the same as what it is defined by, with its arguments put in.
pub fn same(one: &Typed, other: &Typed) -> bool {
    let mut calls: Vec<Call<'_>> = vec![(&[], 0)];
    let mut open = vec![(one, 0, other, 0)];
    let mut steps = 0;
    while let Some((one, here, other, there)) = open.pop() {
        steps += 1;
        if steps > MOST_STEPS {
            return false;
        }
        let ((one, here), (other, there)) = (argument(one, here, &calls), argument(other, there, &calls));
        if std::ptr::eq(one, other) && here == there {
            continue;
        }
        if !same_head(&one.kind, &other.kind) {
            let Some((one, here, other, there)) = expanded(one, here, other, there, &mut calls) else { return false };
            open.push((one, here, other, there));
            continue;
        }
        let (mut left, mut right) = (Vec::new(), Vec::new());
        children(&one.kind, &mut left);
        children(&other.kind, &mut right);
        if left.len() != right.len() {
            return false;
        }
        open.extend(left.into_iter().zip(right).map(|(one, other)| (one, here, other, there)));
    }
    true
}

/// What a parameter stands for.
fn argument<'t>(mut of: &'t Typed, mut call: usize, calls: &[Call<'t>]) -> (&'t Typed, usize) {
    while let Kind::Param(at) = of.kind
        && let Some((args, outer)) = calls.get(call).filter(|_| call != 0)
        && let Some(arg) = args.get(at)
    {
        (of, call) = (arg, *outer);
    }
    (of, call)
}

/// The two with a metric replaced by its definition; `None` if neither is one.
fn expanded<'t>(
    one: &'t Typed,
    here: usize,
    other: &'t Typed,
    there: usize,
    calls: &mut Vec<Call<'t>>,
) -> Option<(&'t Typed, usize, &'t Typed, usize)> {
    let mut called = |args: &'t [Typed], around: usize| {
        calls.push((args, around));
        calls.len() - 1
    };
    match (&one.kind, &other.kind) {
        (Kind::Metric(instance, args), _) => Some((&instance.body, called(args, here), other, there)),
        (_, Kind::Metric(instance, args)) => Some((one, here, &instance.body, called(args, there))),
        _ => None,
    }
}

/// The same where both are there, or neither.
pub fn same_option(one: Option<&Typed>, other: Option<&Typed>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => same(one, other),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    }
}

/// Two nodes without their parts.
fn same_head(one: &Kind, other: &Kind) -> bool {
    if discriminant(one) != discriminant(other) {
        return false;
    }
    match (one, other) {
        (Kind::Missing, _) => false,
        (Kind::Number(a, _), Kind::Number(b, _)) => a == b,
        (Kind::Duration(a, _), Kind::Duration(b, _)) => a == b,
        (Kind::Data(a, _), Kind::Data(b, _)) => a == b,
        (Kind::Money(a, c), Kind::Money(b, d)) => a == b && c.code == d.code,
        (Kind::Units(a, c), Kind::Units(b, d)) => a == b && c == d,
        (Kind::Rate(_, a), Kind::Rate(_, b)) => a == b,
        (Kind::Period(a), Kind::Period(b)) => (a.count, a.unit) == (b.count, b.unit),
        (Kind::Time(a), Kind::Time(b)) => a == b,
        (Kind::Date(a), Kind::Date(b)) => a == b,
        (Kind::Clock(a), Kind::Clock(b)) => a == b,
        (Kind::Text(a), Kind::Text(b)) | (Kind::EnumValue(a), Kind::EnumValue(b)) => a == b,
        (Kind::Field(a), Kind::Field(b)) | (Kind::Link(a), Kind::Link(b)) | (Kind::Group(a), Kind::Group(b)) => a == b,
        (Kind::Boolean(a), Kind::Boolean(b)) | (Kind::Within(_, a), Kind::Within(_, b)) => a == b,
        (Kind::Declared(a), Kind::Declared(b))
        | (Kind::Fact(a), Kind::Fact(b))
        | (Kind::Source(a), Kind::Source(b))
        | (Kind::Calendar(a), Kind::Calendar(b))
        | (Kind::Table(a, _), Kind::Table(b, _)) => a == b,
        (Kind::Param(a), Kind::Param(b)) => a == b,
        (Kind::Known(a), Kind::Known(b)) => a == b,
        (Kind::Runs { more_than: a, .. }, Kind::Runs { more_than: b, .. }) => a == b,
        (Kind::Overlap(a), Kind::Overlap(b)) => a.by == b.by,
        (Kind::At(_, a), Kind::At(_, b)) => a == b,
        (Kind::TimeOp(a, _), Kind::TimeOp(b, _)) => a == b,
        (Kind::Each(a), Kind::Each(b)) => same_key(&a.key, &b.key) && a.empty == b.empty,
        (Kind::Aggregate(a), Kind::Aggregate(b)) => {
            let parts = |it: &crate::types::tree::Aggregate| (it.arg.is_some(), it.share.is_some(), it.weight.is_some(), it.add);
            a.fold == b.fold && parts(a) == parts(b)
        }
        (Kind::Elapsed { during: a, pausing: c, .. }, Kind::Elapsed { during: b, pausing: d, .. }) => {
            a.is_some() == b.is_some() && c.is_some() == d.is_some()
        }
        (Kind::Deadline { days: a, during: c, .. }, Kind::Deadline { days: b, during: d, .. }) => a == b && c.is_some() == d.is_some(),
        (Kind::Arithmetic(a, _), Kind::Arithmetic(b, _)) => a == b,
        (Kind::Compare(a, _), Kind::Compare(b, _)) => a == b,
        (Kind::Call(a, _), Kind::Call(b, _)) => a == b,
        (Kind::Metric(a, _), Kind::Metric(b, _)) => a.metric == b.metric,
        (Kind::Fee(a), Kind::Fee(b)) => a == b,
        (Kind::Shift(a, _), Kind::Shift(b, _)) => a == b,
        (Kind::Failures(a, c), Kind::Failures(b, d)) => a == b && c == d,
        (Kind::Breached(a), Kind::Breached(b)) => a == b,
        (
            Kind::Always
            | Kind::Slot
            | Kind::TimeOf(_)
            | Kind::Complement(_)
            | Kind::Where(_)
            | Kind::Holds(_)
            | Kind::Respan(_)
            | Kind::Negate(_)
            | Kind::InRange(_)
            | Kind::Range(_)
            | Kind::And(_)
            | Kind::Or(_)
            | Kind::Not(_)
            | Kind::Has(_)
            | Kind::Default(_)
            | Kind::If(_)
            | Kind::Rounded(_)
            | Kind::DaysOf(_),
            _,
        ) => true,
        // Two kinds that differ were told apart by their discriminants.
        _ => false,
    }
}

fn same_key(one: &EachBy, other: &EachBy) -> bool {
    match (one, other) {
        (EachBy::Window(a), EachBy::Window(b)) => a.kind == b.kind,
        (EachBy::Field(a), EachBy::Field(b)) => a == b,
        // Lengths and pieces are parts, compared as such.
        (EachBy::Length(_), EachBy::Length(_)) | (EachBy::Pieces(_), EachBy::Pieces(_)) => true,
        (EachBy::Window(_) | EachBy::Field(_) | EachBy::Length(_) | EachBy::Pieces(_), _) => false,
    }
}
