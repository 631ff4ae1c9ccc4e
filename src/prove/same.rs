//! Whether two expressions mean the same, wherever each is written.
//!
//! In: typed expressions. Out: yes, or not for certain: `a + b` and `b + a` count as different,
//! which only makes a check say less.

use std::hash::{Hash, Hasher};
use std::mem::discriminant;

use rustc_hash::FxHasher;

use crate::types::tree::{EachBy, Kind, Typed};
use crate::types::uses::children;

/// Steps after which two expressions count as different: metrics built on metrics can be larger
/// than anyone writes.
const MOST_STEPS: usize = 20_000;

/// Parts of an expression that its fingerprint is made of, from the root.
const MOST_HASHED: usize = 256;

/// Arguments of a metric, and where these stand themselves.
type Call<'t> = (&'t [Typed], usize);

/// True if both surely have the same value in every window. A metric is the same as what it is
/// defined by, with its arguments put in.
pub fn same(one: &Typed, other: &Typed) -> bool {
    #[cfg(test)]
    super::comparisons::count();
    let mut calls: Vec<Call<'_>> = vec![(&[], 0)];
    let mut open = vec![(one, 0, other, 0)];
    let mut steps = 0;
    while let Some((one, here, other, there)) = open.pop() {
        steps += 1;
        if steps > MOST_STEPS {
            return false;
        }
        let ((one, here), (other, there)) =
            (argument(one, here, &calls), argument(other, there, &calls));
        // Not an identity but a short cut: walking through both would find them the same.
        if std::ptr::eq(one, other) && here == there {
            continue;
        }
        if !same_head(&one.kind, &other.kind) {
            let Some((one, here, other, there)) = expanded(one, here, other, there, &mut calls)
            else {
                return false;
            };
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
        (Kind::Metric(instance, args), _) => {
            Some((&instance.body, called(args, here), other, there))
        }
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
        (Kind::Field(a), Kind::Field(b))
        | (Kind::Link(a), Kind::Link(b))
        | (Kind::Group(a), Kind::Group(b)) => a == b,
        (Kind::Boolean(a), Kind::Boolean(b)) | (Kind::Within(_, a), Kind::Within(_, b)) => a == b,
        (Kind::Declared(a), Kind::Declared(b))
        | (Kind::Fact(a), Kind::Fact(b))
        | (Kind::Source(a), Kind::Source(b))
        | (Kind::Calendar(a), Kind::Calendar(b))
        | (Kind::Table(a, _), Kind::Table(b, _)) => a == b,
        (Kind::Param(a), Kind::Param(b)) => a == b,
        (Kind::Builtin(a), Kind::Builtin(b)) => a == b,
        (Kind::Runs { more_than: a, .. }, Kind::Runs { more_than: b, .. }) => a == b,
        (Kind::Overlap(a), Kind::Overlap(b)) => a.by == b.by,
        (Kind::At(_, a), Kind::At(_, b)) => a == b,
        (Kind::TimeOp(a, _), Kind::TimeOp(b, _)) => a == b,
        (Kind::Each(a), Kind::Each(b)) => same_key(&a.key, &b.key) && a.empty == b.empty,
        (Kind::Aggregate(a), Kind::Aggregate(b)) => {
            let parts = |it: &crate::types::tree::Aggregate| {
                (it.arg.is_some(), it.share.is_some(), it.weight.is_some(), it.add)
            };
            a.fold == b.fold && parts(a) == parts(b)
        }
        (
            Kind::Elapsed { during: a, pausing: c, .. },
            Kind::Elapsed { during: b, pausing: d, .. },
        ) => a.is_some() == b.is_some() && c.is_some() == d.is_some(),
        (Kind::Deadline { days: a, during: c, .. }, Kind::Deadline { days: b, during: d, .. }) => {
            a == b && c.is_some() == d.is_some()
        }
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
        // Kinds with different discriminants were already handled.
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

/// A number that is the same for expressions that are the [`same`]; other expressions mostly have
/// another.
pub fn fingerprint(of: &Typed) -> u64 {
    hashed(of, 0, Vec::from([(&[][..], 0)]))
}

/// The fingerprint of the rows that an aggregate is taken over; of anything else its own.
pub fn fingerprint_of_rows(of: &Typed) -> u64 {
    let mut calls: Vec<Call<'_>> = vec![(&[], 0)];
    let (root, here) = defined(of, 0, &mut calls);
    match &root.kind {
        Kind::Aggregate(aggregate) => hashed(&aggregate.rows, here, calls),
        _ => hashed(root, here, calls),
    }
}

/// What a parameter or a metric comes down to.
fn defined<'t>(of: &'t Typed, call: usize, calls: &mut Vec<Call<'t>>) -> (&'t Typed, usize) {
    let (mut of, mut call) = argument(of, call, calls);
    while let Kind::Metric(instance, args) = &of.kind
        && calls.len() < MOST_STEPS
    {
        calls.push((args, call));
        (of, call) = argument(&instance.body, calls.len() - 1, calls);
    }
    (of, call)
}

/// Hashes the first parts with every metric replaced by its definition: [`same`] expressions have
/// the same parts in the same order then.
fn hashed<'t>(of: &'t Typed, call: usize, mut calls: Vec<Call<'t>>) -> u64 {
    let mut hasher = FxHasher::default();
    let mut open = vec![(of, call)];
    for _ in 0..MOST_HASHED {
        let Some((next, call)) = open.pop() else { break };
        let (next, call) = defined(next, call, &mut calls);
        hash_head(&next.kind, &mut hasher);
        let mut parts = Vec::new();
        children(&next.kind, &mut parts);
        open.extend(parts.into_iter().map(|part| (part, call)));
    }
    hasher.finish()
}

/// Of a node without its parts, what [`same_head`] compares, as far as many expressions differ in
/// it.
fn hash_head(kind: &Kind, into: &mut FxHasher) {
    discriminant(kind).hash(into);
    match kind {
        Kind::Number(value, _)
        | Kind::Duration(value, _)
        | Kind::Data(value, _)
        | Kind::Money(value, _)
        | Kind::Units(value, _) => {
            value.hash(into);
        }
        Kind::Text(name)
        | Kind::EnumValue(name)
        | Kind::Field(name)
        | Kind::Link(name)
        | Kind::Group(name) => name.hash(into),
        Kind::Declared(id)
        | Kind::Fact(id)
        | Kind::Source(id)
        | Kind::Calendar(id)
        | Kind::Table(id, _) => id.hash(into),
        Kind::Boolean(truth) => truth.hash(into),
        Kind::Compare(compare, _) => compare.hash(into),
        Kind::Aggregate(aggregate) => aggregate.fold.hash(into),
        _ => {}
    }
}
