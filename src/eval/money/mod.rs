//! Money: fees, credits, bounds, claims, rights to terminate.
//!
//! In: the terms of an agreement, and what its objectives measured. Out: [`Payments`]. It measures
//! nothing of its own but what terms of money ask for; that is computed by an evaluator of the
//! agreement, or of the objective a credit belongs to.

mod caps;
mod claims;
mod credits;
mod fees;
mod sequence;
#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::groups::{Corresponding, Group, GroupField};
use super::interpreter::{DataScope, Env, Evaluator, Ledger};
use super::objectives::{Measured, OfGroup, Target, Verdict};
use super::program::{Groups, Program, Version};
use super::setting::Setting;
use super::timeline::Timeline;
use super::value::Value;
use super::view::{GroupValue, Mode};
use crate::base::Exact;
use crate::data::fault::Outcome;
use crate::lang::currencies::CURRENCIES;
use crate::plan::{Place, Type, Unit};
use crate::time::{Date, Instant, Interval};

pub use claims::{ClaimBy, Right};
pub use credits::{Adjusts, Line as CreditLine, Other, Remedied};
use sequence::Sequence;

/// What becomes due in an agreement.
#[derive(Clone, Debug, Default)]
pub struct Payments {
    /// Lines, in order of window ends, then of credits.
    pub lines: Vec<CreditLine>,
    /// What is due apart from money.
    pub remedies: Vec<Remedied>,
    /// By when what is due for breached windows must be claimed, also where no credit says what
    /// that is: objective, group, window.
    pub claims: Vec<Claimable>,
    /// Rights that arose.
    pub rights: Vec<Right>,
}

/// A breached window that something can be claimed for.
#[derive(Clone, Debug)]
pub struct Claimable {
    /// Number of the objective.
    pub objective: usize,
    /// The group.
    pub group: Group,
    /// The window, inside the term.
    pub inside: Interval,
    /// By when.
    pub by: Vec<ClaimBy>,
}

/// By objective and fields of a current group: which groups of the objective correspond.
type CorrespondingGroups = FxHashMap<(usize, Arc<[GroupField]>), Rc<Corresponding>>;

/// The money of one agreement.
pub struct Book<'k, 'e> {
    /// The agreement and its surroundings.
    pub setting: &'k Setting<'e>,
    /// What its objectives measured.
    pub measured: &'k [Vec<OfGroup>],
    /// The agreement's own line: its term.
    line: &'k Timeline,
    /// For an objective and the fields of a current group: which of its groups correspond.
    corresponding: RefCell<CorrespondingGroups>,
    /// The outcome of objectives, window by window, once it was needed.
    histories: RefCell<Histories>,
}

/// For an objective and a current group: its windows inside the term by their ends, and whether
/// each was breached.
type Histories = FxHashMap<(usize, Group), Rc<Vec<(Interval, bool)>>>;

/// A day, and how it was reached, for claims.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Deadline {
    /// The first instant after it.
    pub before: Instant,
    /// Its last local day.
    pub date: Date,
}

/// What a money expression sees.
pub struct CreditScope<'g, 'k, 'e> {
    book: &'g Book<'k, 'e>,
    /// The current window, whole.
    window: Interval,
    /// The current group; one without fields if there is none.
    group: &'g Group,
    /// The value of the row that is paid for, of this objective.
    row: Option<(usize, Option<Value>)>,
    /// The windows that `previous` and `next` mean.
    among: Sequence<'g>,
}

impl<'k, 'e> Book<'k, 'e> {
    /// The money of an agreement whose objectives have been measured.
    pub fn new(setting: &'k Setting<'e>, measured: &'k [Vec<OfGroup>], line: &'k Timeline) -> Self {
        Book {
            setting,
            measured,
            line,
            corresponding: RefCell::default(),
            histories: RefCell::default(),
        }
    }

    /// The groups of an objective that correspond to the current one: those with equal values in
    /// all fields that both have.
    fn groups(&self, objective: usize, hand: &Group) -> Vec<&'k OfGroup> {
        let Some(all) = self.measured.get(objective) else { return Vec::new() };
        let mut known = self.corresponding.borrow_mut();
        let found = known.entry((objective, Corresponding::fields(hand)));
        let found =
            Rc::clone(found.or_insert_with(|| {
                Rc::new(Corresponding::new(all.iter().map(|of| &of.group), hand))
            }));
        found.find(hand).into_iter().filter_map(|number| all.get(number)).collect()
    }

    /// The outcome of an objective: breached if any group that corresponds to the current one was.
    fn history(&self, objective: usize, hand: &Group) -> Rc<Vec<(Interval, bool)>> {
        let key = (objective, hand.clone());
        if let Some(history) = self.histories.borrow().get(&key) {
            return Rc::clone(history);
        }
        let cells = self.groups(objective, hand).into_iter().flat_map(|of| &of.windows);
        let mut history: Vec<(Interval, bool)> =
            cells.map(|cell| (cell.inside, cell.verdict == Verdict::Breached)).collect();
        history.sort_by_key(|(window, breached)| (window.end, window.start, !breached));
        // Of the groups of one window any that is breached decides: it stands first.
        history.dedup_by_key(|(window, _)| *window);
        let history = Rc::new(history);
        self.histories.borrow_mut().insert(key, Rc::clone(&history));
        history
    }

    /// Everything that becomes due.
    pub fn payments(&self) -> Outcome<Payments> {
        let mut payments = self.credits()?;
        self.bounded(&mut payments)?;
        self.dated(&mut payments)?;
        payments.rights = self.rights()?;
        Ok(payments)
    }

    /// An evaluator on the agreement's own timeline.
    fn evaluator(&self) -> Evaluator<'_> {
        let scope = DataScope {
            customer: self.setting.customer,
            service: None,
            ignores: &[],
            reads: None,
            unknown: &[],
            term: self.setting.term,
            zone: self.setting.agreement.zone,
        };
        Evaluator::new(self.setting.shared, self.setting.facts, scope, self.line, Mode::Now)
    }

    /// The part of a window inside the term.
    fn part(&self, window: Interval) -> Interval {
        window
            .intersection(self.setting.term)
            .unwrap_or(Interval { start: window.start, end: window.start })
    }

    fn version(&self, number: usize) -> Option<&'e Version<'e>> {
        self.setting.agreement.versions.get(number)
    }

    /// The number of the version in force at an instant.
    fn version_at(&self, instant: Instant) -> usize {
        let versions = &self.setting.agreement.versions;
        versions
            .iter()
            .rposition(|version| version.from.is_none_or(|from| from <= instant))
            .unwrap_or(0)
    }

    /// What an objective measured in a window, in each group that corresponds to the current one.
    fn cells(&self, objective: usize, window: Interval, hand: &Group) -> Vec<&'k Measured> {
        let of_group = |of: &'k OfGroup| {
            let place = of.windows.binary_search_by_key(&(window.start, window.end), |cell| {
                (cell.window.start, cell.window.end)
            });
            of.windows.get(place.ok()?)
        };
        self.groups(objective, hand).into_iter().filter_map(of_group).collect()
    }

    /// The same, where exactly one corresponds.
    fn cell(&self, objective: usize, window: Interval, hand: &Group) -> Option<&'k Measured> {
        match self.cells(objective, window, hand).as_slice() {
            [cell] => Some(*cell),
            _ => None,
        }
    }

    /// An amount rounded half up to the minor unit of its currency, or to whole numbers of a unit
    /// without parts; other counts stay.
    fn rounded(&self, value: &Value) -> Value {
        let Value::Quantity(amount, Some(unit)) = value else { return value.clone() };
        let program = self.setting.shared.program;
        let rounded = smallest_part(&program.names.text(*unit), &program.plan.units)
            .and_then(|part| amount.rounded_to(&part));
        rounded.map_or_else(|| value.clone(), |amount| Value::Quantity(amount, Some(*unit)))
    }
}

/// The smallest amount that can be paid: the minor unit of a currency, one of a unit without parts;
/// `None` for a unit that has parts of any size.
fn smallest_part(unit: &str, own: &[Unit]) -> Option<Exact> {
    match CURRENCIES.iter().find(|currency| currency.code == unit) {
        Some(currency) => Exact::ratio(1, 10_i64.checked_pow(u32::from(currency.minor_units))?),
        None => own.iter().any(|it| it.whole && it.name == unit).then_some(Exact::ONE),
    }
}

/// The fields of an objective's groups with the values of the current group.
fn group_values<'g>(groups: Option<&'g Groups>, hand: &Group) -> Vec<GroupValue<'g>> {
    let keys = groups.into_iter().flat_map(|groups| groups.keys.iter().zip(groups.fields.iter()));
    keys.filter_map(|(key, field)| Some(GroupValue { key, value: hand.value(field)?.clone() }))
        .collect()
}

/// An amount with the unit of one's own that it is in, which sets it apart from others as a
/// currency does.
fn in_unit(program: &Program<'_>, value: Value, of: &Type) -> Value {
    match (value, of) {
        (Value::Quantity(amount, None), Type::Count { unit }) => {
            Value::Quantity(amount, Some(program.symbol(unit)))
        }
        (value, _) => value,
    }
}

/// True if two amounts are of one currency or unit; nothing is of any.
fn of_one_unit(one: &Value, other: &Value) -> bool {
    one.currency().zip(other.currency()).is_none_or(|(one, other)| one == other)
}

/// A sum of amounts; two currencies cannot be added.
fn sum<'v>(
    evaluator: &Evaluator<'_>,
    values: impl IntoIterator<Item = &'v Value>,
    at: &Place,
) -> Outcome<Value> {
    let nothing = Value::number(Exact::ZERO);
    values
        .into_iter()
        .try_fold(nothing, |sum, value| sum.add(value).map_err(|clash| evaluator.clash(clash, at)))
}

impl Ledger for CreditScope<'_, '_, '_> {
    fn fees(&self, fees: &[usize], window: Interval) -> Outcome<Option<Value>> {
        self.book.fees(fees, window)
    }

    fn fee_rate(&self, fees: &[usize], yearly: bool, window: Interval) -> Outcome<Option<Value>> {
        self.book.fee_rate(fees, yearly, window)
    }

    fn shifted(&self, by: i32) -> Option<Interval> {
        self.book.shifted(self.among, self.window, by)
    }

    fn value(&self, objective: usize) -> Option<Value> {
        if let Some((of, value)) = &self.row
            && *of == objective
        {
            return value.clone();
        }
        self.book.cell(objective, self.window, self.group)?.value.clone()
    }

    fn target(&self, objective: usize) -> Option<Value> {
        match self.book.cell(objective, self.window, self.group)?.target.clone()? {
            Target::One(value) => Some(value),
            Target::Range(..) => None,
        }
    }

    fn failures(&self, objective: usize, last: u32) -> usize {
        let history = self.book.history(objective, self.group);
        let end = self.window.end.min(self.book.setting.term.end);
        let passed = history.partition_point(|(window, _)| window.end <= end);
        let first = passed.saturating_sub(last as usize);
        history
            .get(first..passed)
            .unwrap_or_default()
            .iter()
            .filter(|(_, breached)| *breached)
            .count()
    }
}

impl CreditScope<'_, '_, '_> {
    /// The surroundings of money expressions in the current window.
    fn env<'n>(
        &'n self,
        evaluator: &Evaluator<'_>,
        inside: Interval,
        groups: &'n [GroupValue<'n>],
    ) -> Env<'n> {
        evaluator.env(inside, groups, Some(self))
    }
}
