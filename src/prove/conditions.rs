//! Whether a condition can be true, or false, for any values of what it asks about.
//!
//! In: typed conditions. Out: values for which they hold, or that there are none. Each condition
//! becomes a formula over subjects (a fact, a field, the number of failures), and every subject
//! gets one value for each answer that it can give: the values of its enum, the constants it is
//! compared with and a value between each two of them. All combinations are tried. Parts that are
//! not understood may be true or false, so "never" and "always" are certain, and an example is one
//! only where [`Conditions::is_exact`] says so.

use ecow::EcoString;

use super::domain::{Domain, Setting};
use super::interval::{End, Interval};
use super::same::same;
use super::wording::shown;
use crate::base::Exact;
use crate::names::{Project, What};
use crate::syntax::ast::{BreachCount, Compare};
use crate::types::constant;
use crate::types::tree::{Aggregate, Fold, Kind, Typed};
use crate::types::ty::{RowKind, Ty};

/// How many combinations of values are tried before nothing is said.
const MOST_COMBINATIONS: usize = 20_000;

/// A condition over numbered subjects.
#[derive(Clone, Debug)]
pub enum Formula {
    /// True or false, whatever the values.
    Constant(bool),
    /// The other way round.
    Not(Box<Formula>),
    /// Both.
    And(Box<[Formula; 2]>),
    /// Either.
    Or(Box<[Formula; 2]>),
    /// A question to one subject.
    Atom(usize, Test),
}

impl Formula {
    /// Both of two.
    pub fn and(self, other: Formula) -> Formula {
        Formula::And(Box::new([self, other]))
    }

    /// True where this is false.
    pub fn negated(self) -> Formula {
        Formula::Not(Box::new(self))
    }

    /// Its outcome for one value of each subject.
    pub fn holds(&self, values: &[Value]) -> bool {
        match self {
            Formula::Constant(truth) => *truth,
            Formula::Not(inner) => !inner.holds(values),
            Formula::And(both) => both.iter().all(|part| part.holds(values)),
            Formula::Or(both) => both.iter().any(|part| part.holds(values)),
            Formula::Atom(subject, test) => {
                values.get(*subject).is_some_and(|value| test.holds(value))
            }
        }
    }
}

/// A question to a subject.
#[derive(Clone, Debug)]
pub enum Test {
    /// Is it true?
    True,
    /// Is it this name?
    Named(EcoString),
    /// Is it one of these numbers?
    Within(Interval),
}

impl Test {
    fn holds(&self, value: &Value) -> bool {
        match (self, value) {
            (Test::True, Value::Truth(truth)) => *truth,
            (Test::Named(name), Value::Named(value)) => value.as_ref() == Some(name),
            (Test::Within(interval), Value::Number(value)) => {
                let point = Some(End::new(value.clone(), true));
                !interval.and(&Interval::new(point.clone(), point)).is_empty(None)
            }
            (Test::True | Test::Named(_) | Test::Within(_), _) => false,
        }
    }
}

/// A value that a subject can have.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    /// True or false.
    Truth(bool),
    /// A value of an enum, a text, a party; `None` is any that no condition names.
    Named(Option<EcoString>),
    /// A quantity.
    Number(Exact),
}

/// What a condition asks about, and the answers it can give.
struct Subject<'t> {
    typed: &'t Typed,
    values: Values<'t>,
}

enum Values<'t> {
    Truth,
    /// The names that are compared, and all possible names if they are known.
    Named(Vec<EcoString>, Option<Vec<EcoString>>),
    /// The values that are possible, and the constants it is compared with.
    Numbers(Domain, Vec<(Exact, &'t Typed)>),
}

/// The subjects of the conditions of one place.
pub struct Conditions<'t, 'm, 'a> {
    project: &'m Project<'a>,
    subjects: Vec<Subject<'t>>,
    /// The objective that a credit belongs to, and when the credit is due.
    own: Option<(EcoString, Due)>,
}

/// When a credit or bonus is due, apart from its condition.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Due {
    /// Where its objective is breached.
    Breached,
    /// Where its objective is not breached.
    Kept,
    /// In any window.
    Regardless,
}

impl<'t, 'm, 'a> Conditions<'t, 'm, 'a> {
    /// No conditions yet.
    pub fn new(project: &'m Project<'a>) -> Self {
        Conditions { project, subjects: Vec::new(), own: None }
    }

    /// The same for conditions of a credit that belongs to this objective.
    #[must_use]
    pub fn of_credit(self, objective: EcoString, due: Due) -> Self {
        Conditions { own: Some((objective, due)), ..self }
    }

    /// Reads a condition; its subjects are shared with what was read before.
    pub fn read(&mut self, typed: &'t Typed) -> Formula {
        match &typed.kind {
            Kind::Boolean(truth) => Formula::Constant(*truth),
            Kind::Not(inner) => self.read(inner).negated(),
            Kind::And(both) => {
                let [left, right] = &**both;
                self.read(left).and(self.read(right))
            }
            Kind::Or(both) => {
                let [left, right] = &**both;
                Formula::Or(Box::new([self.read(left), self.read(right)]))
            }
            Kind::Compare(compare, both) => {
                let [left, right] = &**both;
                self.comparison(*compare, left, right).unwrap_or_else(|| self.truth(typed))
            }
            Kind::InRange(three) => {
                let [value, low, high] = &**three;
                self.range(value, low, high).unwrap_or_else(|| self.truth(typed))
            }
            _ => self.truth(typed),
        }
    }

    /// Something that is true or false.
    fn truth(&mut self, typed: &'t Typed) -> Formula {
        let at = self.subject(typed, || Values::Truth);
        Formula::Atom(at, Test::True)
    }

    fn comparison(
        &mut self,
        compare: Compare,
        left: &'t Typed,
        right: &'t Typed,
    ) -> Option<Formula> {
        let equality = match compare {
            Compare::Equal => Some(false),
            Compare::NotEqual => Some(true),
            Compare::Less | Compare::AtMost | Compare::Greater | Compare::AtLeast | Compare::In => {
                None
            }
        };
        let turned =
            |formula: Formula, negated: bool| if negated { formula.negated() } else { formula };
        match (constant::value(left), constant::value(right), equality) {
            (Some(a), Some(b), _) => {
                let passes = Test::Within(passing(compare, b)).holds(&Value::Number(a));
                return Some(Formula::Constant(passes != (compare == Compare::NotEqual)));
            }
            (None, Some(bound), _) => return self.number(compare, left, bound, right),
            (Some(bound), None, _) => return self.number(mirrored(compare), right, bound, left),
            (None, None, None) => return None,
            (None, None, Some(_)) => {}
        }
        let negated = equality?;
        for (subject, value) in [(left, right), (right, left)] {
            if let Kind::Boolean(truth) = value.kind {
                return Some(turned(self.read(subject), negated == truth));
            }
            if let Some(name) = self.constant_name(value) {
                if let Some(other) = self.constant_name(subject) {
                    return Some(Formula::Constant((name == other) != negated));
                }
                let all = self.all_names(&subject.ty);
                let at = self.subject(subject, || Values::Named(Vec::new(), all));
                let Some(Subject { values: Values::Named(known, _), .. }) =
                    self.subjects.get_mut(at)
                else {
                    return None;
                };
                if !known.contains(&name) {
                    known.push(name.clone());
                }
                return Some(turned(Formula::Atom(at, Test::Named(name)), negated));
            }
        }
        None
    }

    fn number(
        &mut self,
        compare: Compare,
        subject: &'t Typed,
        bound: Exact,
        like: &'t Typed,
    ) -> Option<Formula> {
        let at = self.numbers(subject)?;
        let Some(Subject { values: Values::Numbers(_, cuts), .. }) = self.subjects.get_mut(at)
        else {
            return None;
        };
        cuts.push((bound.clone(), like));
        let asked = Formula::Atom(at, Test::Within(passing(compare, bound)));
        Some(if compare == Compare::NotEqual { asked.negated() } else { asked })
    }

    fn range(&mut self, subject: &'t Typed, low: &'t Typed, high: &'t Typed) -> Option<Formula> {
        let (from, to) = (constant::value(low)?, constant::value(high)?);
        let at = self.numbers(subject)?;
        let Some(Subject { values: Values::Numbers(_, cuts), .. }) = self.subjects.get_mut(at)
        else {
            return None;
        };
        cuts.extend([(from.clone(), low), (to.clone(), high)]);
        Some(Formula::Atom(
            at,
            Test::Within(Interval::new(Some(End::new(from, true)), Some(End::new(to, true)))),
        ))
    }

    fn numbers(&mut self, subject: &'t Typed) -> Option<usize> {
        if !matches!(subject.ty, Ty::Quantity(..)) {
            return None;
        }
        let domain = Setting::new(None).domain(subject);
        // Whether there was a failure at all is decided elsewhere too: by whether the objective is
        // breached.
        let cuts = if matches!(subject.kind, Kind::Failures(..)) {
            vec![(Exact::ZERO, subject)]
        } else {
            Vec::new()
        };
        Some(self.subject(subject, || Values::Numbers(domain, cuts)))
    }

    /// The subject that means the same, or a new one.
    fn subject(&mut self, typed: &'t Typed, values: impl FnOnce() -> Values<'t>) -> usize {
        let values = values();
        let kind = std::mem::discriminant(&values);
        let known = self.subjects.iter().position(|known| {
            std::mem::discriminant(&known.values) == kind && same(known.typed, typed)
        });
        known.unwrap_or_else(|| {
            self.subjects.push(Subject { typed, values });
            self.subjects.len() - 1
        })
    }

    fn constant_name(&self, typed: &Typed) -> Option<EcoString> {
        match &typed.kind {
            Kind::EnumValue(name) | Kind::Text(name) => Some(name.clone()),
            Kind::Declared(id) => Some(self.project.name(*id)),
            _ => None,
        }
    }

    /// All values of a type; `None` if they are not listed.
    fn all_names(&self, ty: &Ty) -> Option<Vec<EcoString>> {
        match ty {
            Ty::Values(values) => Some(values.to_vec()),
            Ty::Enum(id) => match self.project.get(*id)?.what {
                What::Enum(declared) => {
                    Some(declared.values.iter().map(|value| value.text.clone()).collect())
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// The formula where some of its subjects are false.
    pub fn without(&self, formula: &Formula, dropped: &impl Fn(&Typed) -> bool) -> Formula {
        let part = |inner: &Formula| self.without(inner, dropped);
        match formula {
            Formula::Atom(at, Test::True)
                if self.subjects.get(*at).is_some_and(|subject| dropped(subject.typed)) =>
            {
                Formula::Constant(false)
            }
            Formula::Constant(_) | Formula::Atom(..) => formula.clone(),
            Formula::Not(inner) => part(inner).negated(),
            Formula::And(both) => {
                let [left, right] = &**both;
                part(left).and(part(right))
            }
            Formula::Or(both) => {
                let [left, right] = &**both;
                Formula::Or(Box::new([part(left), part(right)]))
            }
        }
    }

    /// True if every subject is a fact that is compared with constants: then an example can happen.
    pub fn is_exact(&self) -> bool {
        self.subjects.iter().all(|subject| matches!(subject.typed.kind, Kind::Fact(_)))
    }

    /// True if every subject has a value whenever the condition is evaluated: a measurement may
    /// have none, and then neither a condition nor its opposite holds.
    pub fn is_total(&self) -> bool {
        let there = |typed: &Typed| {
            let known = match &typed.kind {
                Kind::Fact(_)
                | Kind::Field(_)
                | Kind::Group(_)
                | Kind::Breached(_)
                | Kind::Failures(..) => true,
                Kind::Aggregate(aggregate) => has_value_without_rows(aggregate),
                _ => false,
            };
            known && !typed.ty.is_optional()
        };
        self.subjects.iter().all(|subject| there(subject.typed))
    }

    /// Values for which a formula holds. Outside: nothing can be said; inside: there are none.
    #[expect(
        clippy::option_option,
        reason = "not knowing is not the same as knowing that there is none"
    )]
    pub fn example(&self, formula: &Formula) -> Option<Option<Vec<Value>>> {
        self.example_where(formula, |_, _| true)
    }

    /// The same among the values that `allowed` lets each subject have.
    #[expect(
        clippy::option_option,
        reason = "not knowing is not the same as knowing that there is none"
    )]
    pub fn example_where(
        &self,
        formula: &Formula,
        allowed: impl Fn(&Typed, &Value) -> bool,
    ) -> Option<Option<Vec<Value>>> {
        let mut choices: Vec<Vec<Value>> =
            self.subjects.iter().map(Subject::choices).collect::<Option<_>>()?;
        for (subject, values) in self.subjects.iter().zip(&mut choices) {
            values.retain(|value| allowed(subject.typed, value));
        }
        let combinations =
            choices.iter().try_fold(1_usize, |product, values| product.checked_mul(values.len()));
        if combinations.is_none_or(|count| count > MOST_COMBINATIONS) {
            return None;
        }
        let mut at = vec![0_usize; choices.len()];
        loop {
            let values: Vec<Value> = choices
                .iter()
                .zip(&at)
                .filter_map(|(values, at)| values.get(*at).cloned())
                .collect();
            if values.len() < choices.len() {
                // A subject without any value: nothing can be true of it.
                return Some(None);
            }
            if self.agree(&values) && formula.holds(&values) {
                return Some(Some(values));
            }
            // The next combination, as a counter counts.
            let step = at.iter_mut().zip(&choices).find_map(|(at, values)| {
                *at += 1;
                if *at < values.len() {
                    return Some(());
                }
                *at = 0;
                None
            });
            if step.is_none() {
                return Some(None);
            }
        }
    }

    /// True unless two subjects contradict each other: an objective that is breached has failed at
    /// least once, and one that is breached twice in a row is breached now.
    fn agree(&self, values: &[Value]) -> bool {
        let known = || self.subjects.iter().zip(values);
        let own = |name: &EcoString, due: Due| {
            self.own.as_ref().is_some_and(|own| own.0 == *name && own.1 == due)
        };
        let breached = |name: &EcoString, truth: bool| {
            own(name, if truth { Due::Breached } else { Due::Kept })
                || known().any(|(subject, value)| match &subject.typed.kind {
                    Kind::Breached(breached) => {
                        breached.0 == *name
                            && breached.1 == BreachCount::Once
                            && *value == Value::Truth(truth)
                    }
                    _ => false,
                })
        };
        known().all(|(subject, value)| match (&subject.typed.kind, value) {
            (Kind::Failures(name, last), Value::Number(count)) => {
                let Some(name) = name.as_ref().or(self.own.as_ref().map(|(own, _)| own)) else {
                    return true;
                };
                (!breached(name, true) || !count.is_zero())
                    && (*last != 1 || count.is_zero() || !breached(name, false))
            }
            (Kind::Breached(pattern), Value::Truth(truth)) => match pattern.1 {
                BreachCount::Once => {
                    !own(&pattern.0, if *truth { Due::Kept } else { Due::Breached })
                }
                count => !*truth || !needs_breach(count) || !breached(&pattern.0, false),
            },
            (_, _) => true,
        })
    }

    /// The subjects whose values a formula is about, with one value of each, in words: `Plan` is
    /// `pro` and `Seats` is 30.
    pub fn describe(&self, values: &[Value]) -> String {
        let said = self.subjects.iter().zip(values).filter_map(|(subject, value)| {
            let name = match &subject.typed.kind {
                Kind::Fact(id) => self.project.name(*id),
                Kind::Field(name) | Kind::Group(name) => name.clone(),
                _ => return None,
            };
            Some(match (value, &subject.values) {
                (Value::Truth(truth), _) => format!("`{name}` is {truth}"),
                (Value::Named(Some(value)), _) => format!("`{name}` is `{value}`"),
                (Value::Named(None), _) => return None,
                (Value::Number(number), Values::Numbers(_, cuts)) => {
                    let said = cuts.first().map_or_else(
                        || number.to_string(),
                        |(_, like)| shown(number, like, self.project),
                    );
                    format!("`{name}` is {said}")
                }
                (Value::Number(number), _) => format!("`{name}` is {number}"),
            })
        });
        said.collect::<Vec<_>>().join(" and ")
    }
}

/// True for numbers and sums of rows, which are zero where there are no rows. A share or a mean of
/// no rows is no data, and so may be a sum over slots.
fn has_value_without_rows(aggregate: &Aggregate) -> bool {
    let of_rows = match aggregate.rows.ty.present() {
        Ty::Rows(rows) => matches!(rows.kind, RowKind::Events | RowKind::Spans),
        _ => false,
    };
    of_rows
        && match aggregate.fold {
            Fold::Count | Fold::Distinct | Fold::Sum | Fold::Downtime => true,
            Fold::Share | Fold::Mean | Fold::Min | Fold::Max | Fold::Percentile | Fold::Uptime => {
                false
            }
        }
}

/// True if a pattern of breaches includes the current window.
pub fn needs_breach(count: BreachCount) -> bool {
    match count {
        BreachCount::Once | BreachCount::InARow(_) => true,
        BreachCount::OfLast(breached, last) => breached >= last,
    }
}

impl Subject<'_> {
    /// One value for each answer it can give; `None` if one of them cannot be named.
    fn choices(&self) -> Option<Vec<Value>> {
        match &self.values {
            Values::Truth => Some(vec![Value::Truth(true), Value::Truth(false)]),
            Values::Named(_, Some(all)) => {
                Some(all.iter().map(|name| Value::Named(Some(name.clone()))).collect())
            }
            Values::Named(known, None) => Some(
                known
                    .iter()
                    .map(|name| Value::Named(Some(name.clone())))
                    .chain([Value::Named(None)])
                    .collect(),
            ),
            Values::Numbers(domain, cuts) => {
                let mut bounds: Vec<&(Exact, &Typed)> = cuts.iter().collect();
                bounds.sort_by(|a, b| a.0.cmp(&b.0));
                bounds.dedup_by(|a, b| a.0 == b.0);
                let end = |value: &Exact, inclusive| Some(End::new(value.clone(), inclusive));
                let possible = Interval::new(
                    domain.low.as_ref().and_then(|low| end(low, true)),
                    domain.high.as_ref().and_then(|high| end(high, true)),
                );
                let like = bounds.first()?.1;
                let mut parts = Vec::new();
                let mut from = None;
                for (bound, _) in &bounds {
                    parts.extend([
                        Interval::new(from, end(bound, false)),
                        Interval::new(end(bound, true), end(bound, true)),
                    ]);
                    from = end(bound, false);
                }
                parts.push(Interval::new(from, None));
                let grid = domain.grid.as_ref();
                let inside = parts
                    .into_iter()
                    .map(|part| part.and(&possible))
                    .filter(|part| !part.is_empty(grid));
                inside.map(|part| part.witness(grid, like).map(Value::Number)).collect()
            }
        }
    }
}

/// The values for which `value COMPARE bound` holds; for "not equal", the bound alone.
pub fn passing(compare: Compare, bound: Exact) -> Interval {
    let end = |inclusive| Some(End::new(bound.clone(), inclusive));
    match compare {
        Compare::Equal | Compare::NotEqual | Compare::In => Interval::new(end(true), end(true)),
        Compare::Less => Interval::new(None, end(false)),
        Compare::AtMost => Interval::new(None, end(true)),
        Compare::Greater => Interval::new(end(false), None),
        Compare::AtLeast => Interval::new(end(true), None),
    }
}

/// The comparison with its sides swapped.
fn mirrored(compare: Compare) -> Compare {
    match compare {
        Compare::Less => Compare::Greater,
        Compare::AtMost => Compare::AtLeast,
        Compare::Greater => Compare::Less,
        Compare::AtLeast => Compare::AtMost,
        Compare::Equal | Compare::NotEqual | Compare::In => compare,
    }
}
