//! Amounts that can be compared without knowing what anything costs: so much of the same thing.

use std::cmp::Ordering;

use super::{Ladder, step_count};
use crate::base::Exact;
use crate::names::DeclId;
use crate::prove::same::same;
use crate::time::{self, DAY};
use crate::types::constant;
use crate::types::model::{PayTerm, Remedy};
use crate::types::tree::{Arithmetic, FeeRate, Kind, Typed};

/// What an amount is so much of.
#[derive(Clone, Copy)]
enum Thing<'x> {
    Money(&'static str),
    Unit(DeclId),
    Share(&'x Typed),
    Days(&'x Typed),
    Months,
    Length,
}

impl Thing<'_> {
    fn is(self, other: Thing<'_>) -> bool {
        match (self, other) {
            (Thing::Money(a), Thing::Money(b)) => a == b,
            (Thing::Unit(a), Thing::Unit(b)) => a == b,
            (Thing::Share(a), Thing::Share(b)) | (Thing::Days(a), Thing::Days(b)) => same(a, b),
            (Thing::Months, Thing::Months) | (Thing::Length, Thing::Length) => true,
            (
                Thing::Money(_)
                | Thing::Unit(_)
                | Thing::Share(_)
                | Thing::Days(_)
                | Thing::Months
                | Thing::Length,
                _,
            ) => false,
        }
    }
}

/// A sum of constant amounts.
pub(super) struct Amount<'x>(Vec<(Thing<'x>, Exact)>);

impl<'x> Amount<'x> {
    /// What a line or credit gives; `None` if it depends on what is measured.
    pub(super) fn of(ladder: &Ladder<'x, '_, '_>, remedy: &'x Remedy) -> Option<Amount<'x>> {
        match remedy {
            Remedy::Text(_) => None,
            Remedy::Extend(length) => match &length.kind {
                Kind::Period(period) => {
                    let period = time::Period::new(period.count, period.unit);
                    let whole = |count: i64| Exact::integer(count);
                    let months = period.months().map(|months| (Thing::Months, whole(months)));
                    months
                        .or_else(|| Some((Thing::Length, &whole(period.days()?) * &whole(DAY))))
                        .map(|one| Amount(vec![one]))
                }
                _ => Some(Amount(vec![(Thing::Length, constant::value(length)?)])),
            },
            Remedy::Pay(terms) => {
                let mut sum: Vec<(Thing<'x>, Exact)> = Vec::new();
                for term in terms.iter().filter(|term| term.step.is_none()) {
                    let (thing, amount) = part(ladder, term)?;
                    add(&mut sum, thing, amount);
                }
                terms.iter().all(|term| term.step.is_none()).then_some(Amount(sum))
            }
        }
    }

    /// What a line gives at one value of what its ladder looks at, steps counted; `None` if it
    /// depends on anything else.
    pub(super) fn at(
        ladder: &Ladder<'x, '_, '_>,
        remedy: &'x Remedy,
        value: &Exact,
    ) -> Option<Amount<'x>> {
        let Remedy::Pay(terms) = remedy else { return Amount::of(ladder, remedy) };
        let mut sum = Vec::new();
        for term in terms {
            let (thing, amount) = part(ladder, term)?;
            let times = match term.step.as_deref() {
                Some((unit, count, from)) => {
                    step_count::counted(ladder, unit, *count, from, value)?
                }
                None => Exact::ONE,
            };
            add(&mut sum, thing, &amount * &times);
        }
        Some(Amount(sum))
    }

    /// A single summand, steps aside.
    pub(super) fn of_term(ladder: &Ladder<'x, '_, '_>, term: &'x PayTerm) -> Option<Amount<'x>> {
        part(ladder, term).map(|one| Amount(vec![one]))
    }

    /// A bound on payments.
    pub(super) fn of_cap(
        ladder: &Ladder<'x, '_, '_>,
        amount: &'x Typed,
        share: bool,
    ) -> Option<Amount<'x>> {
        if share {
            let base = ladder.credit.base.as_deref()?;
            return Some(Amount(vec![scaled(base, constant::value(amount)?)]));
        }
        Some(Amount(vec![whole(amount)?]))
    }

    /// True if a bound on a longer window can never bind, where so many shorter windows inside it
    /// are bounded each.
    pub(super) fn fills(short: &Typed, long: &Typed, count: i64) -> bool {
        match (whole(short), whole(long)) {
            (Some((Thing::Money(one), each)), Some((Thing::Money(other), all))) => {
                one == other && all >= &each * &Exact::integer(count)
            }
            // The fee of the longer window is the sum of the fees of the shorter ones.
            (Some((Thing::Share(one), each)), Some((Thing::Share(other), all))) => {
                is_accrued(one) && same(one, other) && all >= each
            }
            (_, _) => false,
        }
    }

    /// True if it comes to nothing.
    pub(super) fn is_nothing(&self) -> bool {
        self.0.iter().all(|(_, amount)| amount.is_zero())
    }

    /// True if something is due, and nothing of it is below zero.
    pub(super) fn is_positive(&self) -> bool {
        !self.is_nothing() && !self.is_negative()
    }

    /// True if some of it is below zero.
    pub(super) fn is_negative(&self) -> bool {
        self.0.iter().any(|(_, amount)| amount.is_negative())
    }

    /// How it compares with another; `None` if they are amounts of different things.
    pub(super) fn compare(&self, other: &Amount<'_>) -> Option<Ordering> {
        match (self.0.as_slice(), other.0.as_slice()) {
            ([(one, a)], [(two, b)]) if one.is(*two) || a.is_zero() || b.is_zero() => {
                Some(a.cmp(b))
            }
            (_, _) => None,
        }
    }
}

fn add<'x>(sum: &mut Vec<(Thing<'x>, Exact)>, thing: Thing<'x>, amount: Exact) {
    match sum.iter_mut().find(|(known, _)| known.is(thing)) {
        Some((_, total)) => *total = &*total + &amount,
        None => sum.push((thing, amount)),
    }
}

fn part<'x>(ladder: &Ladder<'x, '_, '_>, term: &'x PayTerm) -> Option<(Thing<'x>, Exact)> {
    if term.share {
        return Some(scaled(ladder.credit.base.as_deref()?, constant::value(&term.amount)?));
    }
    whole(&term.amount)
}

/// So much of a base: a base that is itself a share of something counts as such.
fn scaled(base: &Typed, by: Exact) -> (Thing<'_>, Exact) {
    match whole(base) {
        Some((thing, amount)) => (thing, &amount * &by),
        None => (Thing::Share(base), by),
    }
}

fn whole(typed: &Typed) -> Option<(Thing<'_>, Exact)> {
    match &typed.kind {
        Kind::Money(amount, currency) => Some((Thing::Money(currency.code), amount.clone())),
        Kind::Units(amount, unit) => Some((Thing::Unit(*unit), amount.clone())),
        Kind::Arithmetic(Arithmetic::Multiply, both) => {
            let [left, right] = &**both;
            match (
                constant::value(left).filter(|_| is_number(left)),
                constant::value(right).filter(|_| is_number(right)),
            ) {
                (Some(by), _) => whole(right).map(|(thing, amount)| (thing, &amount * &by)),
                (None, Some(by)) => whole(left).map(|(thing, amount)| (thing, &amount * &by)),
                (None, None) => None,
            }
        }
        Kind::Arithmetic(Arithmetic::Divide, both) => {
            let [left, right] = &**both;
            let by = constant::value(right).filter(|_| is_number(right))?;
            whole(left).and_then(|(thing, amount)| Some((thing, amount.divide(&by)?)))
        }
        Kind::DaysOf(both) => {
            let [days, fee] = &**both;
            let count = match &days.kind {
                Kind::Period(period) => {
                    Exact::integer(time::Period::new(period.count, period.unit).days()?)
                }
                _ => constant::value(days)?.divide(&Exact::integer(DAY))?,
            };
            Some((Thing::Days(fee), count))
        }
        Kind::Fee(_) | Kind::Shift(..) | Kind::Aggregate(_) => {
            Some((Thing::Share(typed), Exact::ONE))
        }
        _ => None,
    }
}

fn is_accrued(typed: &Typed) -> bool {
    matches!(&typed.kind, Kind::Fee(fee) if fee.rate == FeeRate::Window)
}

fn is_number(typed: &Typed) -> bool {
    typed.ty.dimension().is_some_and(crate::types::ty::Dimension::is_number)
}
