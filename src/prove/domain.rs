//! Which values an expression can take, whatever is measured.
//!
//! In: a typed expression and how long its window can be. Out: bounds that no measurement can
//! leave, as far as they are known. A bound that is not known is left open, so that a check says
//! less and never too much.

use std::cell::Cell;

use crate::base::Exact;
use crate::lang::units::PeriodUnit;
use crate::syntax::ast::{self, WindowKind};
use crate::time::{self, HOUR};
use crate::types::tree::{
    Aggregate, Arithmetic, Builtin, EachBy, FeeRate, Fold, Kind, Simple, Typed,
};
use crate::types::ty::{Nature, Ty};

/// Values an expression can take.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Domain {
    /// The lower bound of the values.
    pub low: Option<Exact>,
    /// The upper bound of the values.
    pub high: Option<Exact>,
    /// All values are multiples of this.
    pub grid: Option<Exact>,
    /// True if it is sure that there are values above any bound.
    pub endless: bool,
}

impl Domain {
    /// One value.
    pub fn one(value: Exact) -> Domain {
        let grid =
            (!value.is_zero()).then(|| if value.is_negative() { -&value } else { value.clone() });
        Domain { low: Some(value.clone()), high: Some(value), grid, endless: false }
    }

    fn between(low: Exact, high: Exact) -> Domain {
        Domain { low: Some(low), high: Some(high), ..Domain::default() }
    }

    fn from(low: Exact) -> Domain {
        Domain { low: Some(low), ..Domain::default() }
    }

    fn counts(high: Option<Exact>) -> Domain {
        let endless = high.is_none();
        Domain { low: Some(Exact::ZERO), high, grid: Some(Exact::ONE), endless }
    }

    fn negated(&self) -> Domain {
        let minus = |value: &Option<Exact>| value.as_ref().map(|value| -value);
        Domain {
            low: minus(&self.high),
            high: minus(&self.low),
            grid: self.grid.clone(),
            endless: false,
        }
    }

    /// True if no value is above zero and some may lie below it.
    pub fn is_negative(&self) -> bool {
        let up_to_zero =
            self.high.as_ref().is_some_and(|high| high.is_negative() || high.is_zero());
        up_to_zero && self.low.as_ref().is_none_or(Exact::is_negative)
    }

    fn plus(&self, other: &Domain) -> Domain {
        let sum = |a: &Option<Exact>, b: &Option<Exact>| Some(a.as_ref()? + b.as_ref()?);
        let endless =
            (self.endless && other.low.is_some()) || (other.endless && self.low.is_some());
        Domain {
            low: sum(&self.low, &other.low),
            high: sum(&self.high, &other.high),
            grid: common_grid(self, other),
            endless,
        }
    }

    /// Products of both.
    pub fn times(&self, other: &Domain) -> Domain {
        let factor = |domain: &Domain| {
            domain.low.clone().filter(|_| domain.low.is_some() && domain.low == domain.high)
        };
        let grid = match (factor(self), factor(other), &self.grid, &other.grid) {
            (Some(by), _, _, Some(grid)) | (_, Some(by), Some(grid), _) => {
                Some(positive(&(&by * grid))).filter(|grid| !grid.is_zero())
            }
            (_, _, _, _) => None,
        };
        let above = |domain: &Domain| {
            domain.low.as_ref().is_some_and(|low| !low.is_negative() && !low.is_zero())
        };
        let endless = (self.endless && above(other)) || (other.endless && above(self));
        let not_negative =
            |domain: &Domain| domain.low.as_ref().is_some_and(|low| !low.is_negative());
        let (low, high) = match (&self.low, &self.high, &other.low, &other.high) {
            (Some(a), Some(b), Some(c), Some(d)) => {
                let products = [a * c, a * d, b * c, b * d];
                (products.iter().min().cloned(), products.iter().max().cloned())
            }
            (Some(a), b, Some(c), d) if not_negative(self) && not_negative(other) => {
                let high = b.as_ref().zip(d.as_ref()).map(|(b, d)| b * d);
                (Some(a * c), high)
            }
            (_, _, _, _) => (None, None),
        };
        Domain { low, high, grid, endless }
    }

    fn over(&self, other: &Domain) -> Domain {
        match (&other.low, &other.high) {
            (Some(low), Some(high)) if !low.is_negative() && !low.is_zero() => {
                let inverse = |value: &Exact| Exact::ONE.divide(value);
                match (inverse(high), inverse(low)) {
                    (Some(a), Some(b)) => self.times(&Domain::between(a, b)),
                    (_, _) => Domain::default(),
                }
            }
            (_, _) => {
                let positive =
                    |domain: &Domain| domain.low.as_ref().is_some_and(|low| !low.is_negative());
                if positive(self) && positive(other) {
                    Domain::from(Exact::ZERO)
                } else {
                    Domain::default()
                }
            }
        }
    }

    fn hull(&self, other: &Domain) -> Domain {
        let least = self.low.as_ref().zip(other.low.as_ref()).map(|(a, b)| a.min(b).clone());
        let most = self.high.as_ref().zip(other.high.as_ref()).map(|(a, b)| a.max(b).clone());
        Domain {
            low: least,
            high: most,
            grid: common_grid(self, other),
            endless: self.endless || other.endless,
        }
    }

    fn least(&self, other: &Domain) -> Domain {
        let low = self.low.as_ref().zip(other.low.as_ref()).map(|(a, b)| a.min(b).clone());
        let high = match (&self.high, &other.high) {
            (Some(a), Some(b)) => Some(a.min(b).clone()),
            (one, two) => one.clone().or_else(|| two.clone()),
        };
        Domain { low, high, grid: common_grid(self, other), endless: self.endless && other.endless }
    }

    fn greatest(&self, other: &Domain) -> Domain {
        let mut turned = self.negated().least(&other.negated()).negated();
        turned.endless = self.endless || other.endless;
        turned
    }

    fn stepped(&self, step: Option<&Exact>, to: impl Fn(&Exact) -> Exact) -> Domain {
        let Some(step) = step else { return Domain { endless: self.endless, ..Domain::default() } };
        Domain {
            low: self.low.as_ref().map(&to),
            high: self.high.as_ref().map(&to),
            grid: Some(step.clone()),
            endless: self.endless,
        }
    }
}

fn positive(value: &Exact) -> Exact {
    if value.is_negative() { -value } else { value.clone() }
}

/// A grid both lie on; zero lies on every grid.
fn common_grid(one: &Domain, other: &Domain) -> Option<Exact> {
    let zero = |domain: &Domain| {
        domain.low.as_ref().is_some_and(Exact::is_zero) && domain.low == domain.high
    };
    match (&one.grid, &other.grid) {
        (None, grid) if zero(one) => grid.clone(),
        (grid, None) if zero(other) => grid.clone(),
        (Some(a), Some(b)) if a.divide(b).is_some_and(|times| times.is_integer()) => {
            Some(b.clone())
        }
        (Some(a), Some(b)) if b.divide(a).is_some_and(|times| times.is_integer()) => {
            Some(a.clone())
        }
        (_, _) => None,
    }
}

/// The shortest and the longest a whole window can be, in nanoseconds; a day may gain or lose an
/// hour. `None` for the term.
pub fn window_length(window: &WindowKind) -> Option<(Exact, Exact)> {
    let (least, _) = window_days(window)?;
    let shorter = &(&Exact::integer(least) * &Exact::integer(time::DAY)) - &Exact::integer(HOUR);
    let least = if shorter.is_negative() { Exact::ZERO } else { shorter };
    Some((least, longest_window(window, HOUR)?))
}

/// The longest a window can be where clocks are set back by `set_back` in all.
pub fn longest_window(window: &WindowKind, set_back: i64) -> Option<Exact> {
    let (_, most) = window_days(window)?;
    Some(&(&Exact::integer(most) * &Exact::integer(time::DAY)) + &Exact::integer(set_back))
}

/// The fewest and the most calendar days of a whole window.
pub fn window_days(window: &WindowKind) -> Option<(i64, i64)> {
    let days = |period: &ast::Period| time::Period::new(period.count, period.unit).day_bounds();
    match window {
        WindowKind::Calendar(PeriodUnit::Quarter, first) => Some(quarter_days(first.unwrap_or(1))),
        WindowKind::Calendar(unit, _) | WindowKind::Contract(unit) => {
            time::Period::new(1, *unit).day_bounds()
        }
        WindowKind::Fixed(period) => days(period),
        WindowKind::Rolling(rolling) => days(rolling.length.as_ref()?),
        // Those of the first payments are cut by the start of the term.
        WindowKind::Trailing(_) | WindowKind::Term => None,
    }
}

/// The fewest and the most days of quarters of which one begins with this month; four years have
/// every case, 2000 among them.
fn quarter_days(first: u8) -> (i64, i64) {
    let begin = time::Date { year: 2000, month: 1, day: 1 }.add_months(i64::from(first) - 1);
    let days = (0..16)
        .map(|quarter| begin.add_months(3 * quarter).days_until(begin.add_months(3 * quarter + 3)));
    days.fold((i64::MAX, 0), |(least, most), days| (least.min(days), most.max(days)))
}

/// How many months a window has, if it is counted in months.
pub fn window_months(window: &WindowKind) -> Option<i64> {
    match window {
        WindowKind::Calendar(unit, _) | WindowKind::Contract(unit) => {
            time::Period::new(1, *unit).months()
        }
        WindowKind::Fixed(period) => time::Period::new(period.count, period.unit).months(),
        WindowKind::Rolling(_) | WindowKind::Trailing(_) | WindowKind::Term => None,
    }
}

/// How much of an expression is walked through: metrics may call each other so often that all of it
/// would take forever.
const BUDGET: u32 = 4_000;

/// How deep it is walked into.
const DEPTH: u32 = 600;

/// What is known of the windows an expression is looked at in.
pub struct Setting<'x> {
    window: Option<&'x WindowKind>,
    /// Looks at windows of so many days alone, each of 24 h.
    days: Option<i64>,
    /// What `value` and `target` can be.
    value: Domain,
    target: Domain,
    left: Cell<u32>,
}

impl<'x> Setting<'x> {
    /// For expressions of this window.
    pub fn new(window: Option<&'x WindowKind>) -> Self {
        Setting {
            window,
            days: None,
            value: Domain::default(),
            target: Domain::default(),
            left: Cell::new(BUDGET),
        }
    }

    /// For windows of so many days alone, each of 24 h: what is worked out of it happens in some
    /// window for certain.
    pub fn of_days(window: Option<&'x WindowKind>, days: Option<i64>) -> Self {
        Setting { days, ..Setting::new(window) }
    }

    /// The same for amounts of a credit, which may speak of `value` and `target`.
    #[must_use]
    pub fn in_credit(self, value: Domain, target: Option<Exact>) -> Self {
        Setting { value, target: target.map(Domain::one).unwrap_or_default(), ..self }
    }

    /// The values an expression can take. A fee stands for what is charged for one window: 1.
    pub fn domain(&self, typed: &Typed) -> Domain {
        self.left.set(BUDGET);
        self.of(typed, &[], 0)
    }

    fn longest(&self) -> Option<Exact> {
        match self.days {
            Some(days) => Some(&Exact::integer(days) * &Exact::integer(time::DAY)),
            None => self.window.and_then(window_length).map(|(_, most)| most),
        }
    }

    fn day_count(&self) -> Option<(i64, i64)> {
        self.days.map(|days| (days, days)).or_else(|| self.window.and_then(window_days))
    }

    fn of(&self, typed: &Typed, params: &[Domain], depth: u32) -> Domain {
        let Some(left) = self.left.get().checked_sub(1) else { return Domain::default() };
        self.left.set(left);
        if depth > DEPTH {
            return Domain::default();
        }
        let of = |inner: &Typed| self.of(inner, params, depth + 1);
        match &typed.kind {
            Kind::Number(value, _)
            | Kind::Duration(value, _)
            | Kind::Money(value, _)
            | Kind::Units(value, _)
            | Kind::Data(value, _) => Domain::one(value.clone()),
            Kind::Period(period) => {
                let days = time::Period::new(period.count, period.unit).days();
                days.map_or_else(Domain::default, |days| {
                    Domain::one(&Exact::integer(days) * &Exact::integer(time::DAY))
                })
            }
            Kind::Negate(inner) => of(inner).negated(),
            Kind::Rate(amount, per) => {
                of(amount).over(&Domain::one(Exact::integer(per.nanoseconds())))
            }
            Kind::Param(at) => params.get(*at).cloned().unwrap_or_default(),
            Kind::Field(name) if name == "length" && typed.ty == Ty::duration() => {
                Domain::from(Exact::ZERO)
            }
            // A field of a unit that has no parts.
            Kind::Field(_) if matches!(typed.ty.present(), Ty::Quantity(of, Nature::Count) if !of.is_number()) => {
                Domain { grid: Some(Exact::ONE), ..Domain::default() }
            }
            Kind::Builtin(known) => self.known(*known),
            Kind::Arithmetic(operator, both) => {
                let [left, right] = &**both;
                let (left, right) = (of(left), of(right));
                match operator {
                    Arithmetic::Add => left.plus(&right),
                    Arithmetic::Subtract => left.plus(&right.negated()),
                    Arithmetic::Multiply => left.times(&right),
                    Arithmetic::Divide => left.over(&right),
                }
            }
            Kind::Default(both) => {
                let [value, instead] = &**both;
                of(value).hull(&of(instead))
            }
            Kind::If(three) => {
                let [_, yes, no] = &**three;
                of(yes).hull(&of(no))
            }
            Kind::Rounded(both) => {
                let [value, step] = &**both;
                let step = crate::types::constant::value(step)
                    .filter(|step| !step.is_zero() && !step.is_negative());
                of(value).stepped(step.as_ref(), |value| {
                    step.as_ref()
                        .and_then(|step| value.rounded_to(step))
                        .unwrap_or_else(|| value.clone())
                })
            }
            Kind::Call(function, args) => self.call(*function, args, params, depth),
            Kind::Elapsed { .. } => Domain::from(Exact::ZERO),
            Kind::Failures(_, last) => Domain::counts(Some(Exact::integer(i64::from(*last)))),
            Kind::Aggregate(aggregate) => self.aggregate(aggregate, params, depth),
            Kind::Metric(instance, args) => {
                let args: Vec<Domain> = args.iter().map(of).collect();
                self.of(&instance.body, &args, depth + 1)
            }
            Kind::Fee(fee) => self.fee(fee.rate),
            Kind::DaysOf(both) => {
                let [days, fee] = &**both;
                let length = self.day_count();
                let length = length.map(|(least, most)| {
                    Domain::between(Exact::integer(least), Exact::integer(most))
                });
                let day = Domain::one(Exact::integer(time::DAY));
                length.map_or_else(Domain::default, |length| {
                    of(days).over(&day).times(&of(fee)).over(&length)
                })
            }
            Kind::Shift(_, inner) => of(inner),
            _ => Domain::default(),
        }
    }

    fn known(&self, known: Builtin) -> Domain {
        let bounded = |bounds: Option<(Exact, Exact)>| {
            bounds
                .map_or_else(|| Domain::from(Exact::ZERO), |(low, high)| Domain::between(low, high))
        };
        match known {
            // A window may be clipped by the term, and measured time by anything.
            Builtin::Window | Builtin::Measured => {
                bounded(self.longest().map(|most| (Exact::ZERO, most)))
            }
            Builtin::Days => {
                let days = self.day_count();
                bounded(days.map(|(_, most)| (Exact::ONE, Exact::integer(most))))
            }
            Builtin::Value => self.value.clone(),
            Builtin::Target => self.target.clone(),
        }
    }

    /// What a fee is worth, if that for one window is 1.
    fn fee(&self, rate: FeeRate) -> Domain {
        let months = self.window.and_then(window_months);
        let worth = match rate {
            FeeRate::Window => Some(Exact::ONE),
            FeeRate::Monthly => months.and_then(|months| Exact::ratio(1, months)),
            FeeRate::Yearly => months.and_then(|months| Exact::ratio(12, months)),
        };
        worth.map_or_else(Domain::default, Domain::one)
    }

    fn call(&self, function: Simple, args: &[Typed], params: &[Domain], depth: u32) -> Domain {
        let mut values = args.iter().map(|arg| self.of(arg, params, depth + 1));
        let Some(first) = values.next() else { return Domain::default() };
        match function {
            Simple::Floor | Simple::Ceil => {
                let step = match args.get(1) {
                    None => Some(Exact::ONE),
                    Some(step) => crate::types::constant::value(step)
                        .filter(|step| !step.is_zero() && !step.is_negative()),
                };
                first.stepped(step.as_ref(), |value| {
                    let steps = step.as_ref().and_then(|step| value.divide(step));
                    let whole = steps.map(|steps| {
                        if function == Simple::Floor { steps.floor() } else { steps.ceil() }
                    });
                    whole
                        .zip(step.as_ref())
                        .map_or_else(|| value.clone(), |(whole, step)| &whole * step)
                })
            }
            Simple::Min => values.fold(first, |least, next| least.least(&next)),
            Simple::Max => values.fold(first, |most, next| most.greatest(&next)),
            Simple::Days => Domain { grid: Some(Exact::ONE), ..Domain::default() },
        }
    }

    fn aggregate(&self, aggregate: &Aggregate, params: &[Domain], depth: u32) -> Domain {
        let plain = aggregate.weight.is_none();
        let of_slots = |arg: &Typed| matches!(&arg.kind, Kind::Field(name) if name == "value");
        let arg = || match &aggregate.arg {
            Some(arg) if of_slots(arg) => self.slots(&aggregate.rows, params, depth),
            Some(field @ Typed { kind: Kind::Field(name), .. })
                if bounds_of(&aggregate.rows, name).is_some() =>
            {
                let bounds = bounds_of(&aggregate.rows, name).unwrap_or_default();
                Domain { grid: self.of(field, params, depth + 1).grid, ..bounds }
            }
            Some(arg) => self.of(arg, params, depth + 1),
            None => self.slots(&aggregate.rows, params, depth),
        };
        match aggregate.fold {
            Fold::Share => Domain::between(Exact::ZERO, Exact::ONE),
            // A weight is the share of all that was hit.
            Fold::Uptime if !aggregate.add => Domain::between(Exact::ZERO, Exact::ONE),
            Fold::Uptime => Domain { high: Some(Exact::ONE), ..Domain::default() },
            Fold::Downtime if plain && !aggregate.add => {
                Domain { low: Some(Exact::ZERO), high: self.longest(), grid: None, endless: false }
            }
            Fold::Downtime => {
                Domain { low: Some(Exact::ZERO), endless: plain, ..Domain::default() }
            }
            Fold::Count => match rows_beneath(&aggregate.rows) {
                Kind::Source(_) => Domain::counts(None),
                Kind::Each(each) => self.slot_count(&each.key),
                _ => Domain { low: Some(Exact::ZERO), grid: Some(Exact::ONE), ..Domain::default() },
            },
            Fold::Distinct => {
                Domain { low: Some(Exact::ZERO), grid: Some(Exact::ONE), ..Domain::default() }
            }
            Fold::Sum => {
                let each = arg();
                let low = each.low.filter(|low| !low.is_negative()).map(|_| Exact::ZERO);
                // Nothing bounds what a row may hold.
                let held = aggregate.arg.as_ref().is_some_and(|arg| {
                    matches!(&arg.kind, Kind::Field(_)) && arg.ty != Ty::duration()
                });
                let endless = held
                    && each.high.is_none()
                    && matches!(rows_beneath(&aggregate.rows), Kind::Source(_));
                Domain { low, high: None, grid: each.grid, endless }
            }
            Fold::Mean => Domain { grid: None, ..arg() },
            Fold::Min | Fold::Max | Fold::Percentile => arg(),
        }
    }

    /// The values of a series.
    fn slots(&self, rows: &Typed, params: &[Domain], depth: u32) -> Domain {
        match rows_beneath(rows) {
            Kind::Each(each) => self.of(&each.body, params, depth + 1),
            _ => bounds_of(rows, "value").unwrap_or_default(),
        }
    }

    /// How many slots a window can have.
    fn slot_count(&self, key: &EachBy) -> Domain {
        let most = match key {
            EachBy::Length(length) => crate::types::constant::value(length)
                .and_then(|length| Some(self.longest()?.divide(&length)?.ceil())),
            EachBy::Window(window)
                if matches!(window.kind, WindowKind::Calendar(PeriodUnit::Day, _)) =>
            {
                self.day_count().map(|(_, most)| Exact::integer(most))
            }
            EachBy::Window(_) | EachBy::Field(_) | EachBy::Pieces(_) => None,
        };
        Domain { low: Some(Exact::ZERO), high: most, grid: Some(Exact::ONE), endless: false }
    }
}

/// The values that a field of rows may have, if it is declared with bounds. A bound that is itself
/// not allowed is a bound all the same.
fn bounds_of(rows: &Typed, name: &str) -> Option<Domain> {
    let Ty::Rows(rows) = rows.ty.present() else { return None };
    let within = rows.fields.iter().find(|field| field.name == name)?.within.as_ref()?;
    let end = |bound: &Option<(Exact, bool)>| bound.as_ref().map(|(value, _)| value.clone());
    Some(Domain { low: end(&within.low), high: end(&within.high), ..Domain::default() })
}

/// Rows without what narrows them.
fn rows_beneath(rows: &Typed) -> &Kind {
    let mut at = rows;
    loop {
        match &at.kind {
            Kind::Where(both) | Kind::Within(both, _) => {
                let [rows, _] = &**both;
                at = rows;
            }
            Kind::At(rows, _) => at = rows,
            other => return other,
        }
    }
}
