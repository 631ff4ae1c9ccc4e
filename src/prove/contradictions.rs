//! Promises that no measurement can keep together.
//!
//! In: the objectives of one version of an agreement, or of one tier. Out: an error where the
//! values that two targets let pass have none in common, whatever is measured; a warning where that
//! holds only while the conditions of both are true. Two promises are compared only if they look at
//! the same rows, hours, groups and windows, for what one leaves out may be what the other needs.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::alike::{Exceptions, Keys, MOST_NEIGHBOURS, grouped, key, window_key};
use super::conditions::{Conditions, Formula, passing};
use super::domain::{Domain, Setting, window_length};
use super::interval::{End, Interval};
use super::same::{same, same_option};
use super::strength::{rank, root_aggregate, same_groups, same_window};
use super::wording::{exact_length, exact_percent, promised, shown};
use super::{Case, Reporter};
use crate::base::Exact;
use crate::diag::{Code, Finding, Sink};
use crate::syntax::ast::{Compare, WindowKind};
use crate::types::constant;
use crate::types::model::{Objective, TermId};
use crate::types::tree::{Aggregate, Fold, Kind, Typed};

/// How many promises that one contradicts are named for it, of each of the two ends that a target
/// can lie beyond.
const MOST_CLASHES: usize = 16;

/// Checks the objectives that hold together.
pub fn check(case: &Case<'_, '_, '_>, sink: &mut Sink) {
    let mut out = Reporter::new(sink);
    let mut keys = Keys::default();
    // Agreements share what they inherit: the same promises are compared once.
    let mut compared: FxHashSet<Vec<TermId>> = FxHashSet::default();
    for terms in super::all_terms(case.model) {
        let exceptions = Exceptions::of(terms);
        let promises = terms.objectives.iter().filter(|it| it.support.is_none()).collect();
        let groups = grouped(
            promises,
            |it| key((keys.of(it).rows, window_key(&it.window.value.kind), exceptions.naming(it))),
            |one, other| together(one, other) && exceptions.naming(one) == exceptions.naming(other),
        );
        for group in groups.into_iter().filter(|group| group.len() > 1) {
            if compared.insert(group.iter().map(|it| it.id).collect()) {
                compare(case, &group, &mut keys, &mut out);
            }
        }
    }
}

/// Reports the contradictions among promises about the same rows and time.
fn compare(
    case: &Case<'_, '_, '_>,
    group: &[&Arc<Objective<'_>>],
    keys: &mut Keys,
    out: &mut Reporter<'_>,
) {
    let setting = group.first().map(|first| Setting::new(Some(&first.window.value.kind)));
    let Some(setting) = setting else { return };
    let promises = group.iter().enumerate().filter_map(|(at, objective)| {
        let metric = objective.measure();
        if objective.compare.value == Compare::NotEqual {
            let value = constant::value(&objective.target.value)?;
            return Some(Stated::Excluding(Excluding { at, objective, metric, value }));
        }
        let wanted = Wanted::of(objective, &metric, &setting)?;
        Some(Stated::Promise(Promise { at, objective, metric, wanted }))
    });
    let classes = grouped(
        promises.collect(),
        |it| keys.of(it.objective()).measure,
        |one, other| same(one.metric(), other.metric()),
    );
    let classes: Vec<Class<'_, '_>> = classes.into_iter().map(Class::of).collect();
    let mut pairs = BTreeMap::new();
    for (at, one) in classes.iter().enumerate() {
        one.clashes(one, true, case, &mut pairs);
        one.exclusions(case, &mut pairs);
        for other in classes.iter().take(at).rev().take(MOST_NEIGHBOURS) {
            one.clashes(other, false, case, &mut pairs);
        }
    }
    for (one, other, clash) in pairs.into_values() {
        pair(case, one, other, &clash, out);
    }
}

/// An objective with its measure and the values that it lets pass.
struct Promise<'t, 'a> {
    /// Its place among those that are compared.
    at: usize,
    objective: &'t Objective<'a>,
    metric: Arc<Typed>,
    wanted: Wanted<'t>,
}

/// An objective with `!=`: it lets all values pass but one.
struct Excluding<'t, 'a> {
    /// Its place among those that are compared.
    at: usize,
    objective: &'t Objective<'a>,
    metric: Arc<Typed>,
    value: Exact,
}

/// What an objective asks for.
enum Stated<'t, 'a> {
    Promise(Promise<'t, 'a>),
    Excluding(Excluding<'t, 'a>),
}

impl<'t, 'a> Stated<'t, 'a> {
    fn objective(&self) -> &'t Objective<'a> {
        match self {
            Stated::Promise(promise) => promise.objective,
            Stated::Excluding(excluding) => excluding.objective,
        }
    }

    fn metric(&self) -> &Typed {
        match self {
            Stated::Promise(promise) => &promise.metric,
            Stated::Excluding(excluding) => &excluding.metric,
        }
    }
}

/// Promises with the same measure.
struct Class<'t, 'a> {
    promises: Vec<Promise<'t, 'a>>,
    excluding: Vec<Excluding<'t, 'a>>,
    /// Their numbers, those first that ask for most.
    from_highest_low: Vec<usize>,
    /// Their numbers, those first that allow least.
    from_lowest_high: Vec<usize>,
}

/// Pairs by their places, with the reason why both cannot be kept.
type Clashes<'t, 'a> = BTreeMap<(usize, usize), (&'t Objective<'a>, &'t Objective<'a>, String)>;

impl<'t, 'a> Class<'t, 'a> {
    fn of(stated: Vec<Stated<'t, 'a>>) -> Self {
        let (mut promises, mut excluding) = (Vec::new(), Vec::new());
        for it in stated {
            match it {
                Stated::Promise(promise) => promises.push(promise),
                Stated::Excluding(it) => excluding.push(it),
            }
        }
        let ordered = |before: &dyn Fn(&Interval, &Interval) -> Ordering| {
            let mut numbers: Vec<usize> = (0..promises.len()).collect();
            let interval = |at: &usize| promises.get(*at).map(|promise| &promise.wanted.interval);
            numbers.sort_by(|a, b| {
                interval(a).zip(interval(b)).map_or(Ordering::Equal, |(a, b)| before(a, b))
            });
            numbers
        };
        // A bound that is left out is the tighter one of two that are equal.
        let from_highest_low = ordered(&|a, b| match (&a.low, &b.low) {
            (Some(a), Some(b)) => b.value.cmp(&a.value).then(a.inclusive.cmp(&b.inclusive)),
            (a, b) => b.is_some().cmp(&a.is_some()),
        });
        let from_lowest_high = ordered(&|a, b| match (&a.high, &b.high) {
            (Some(a), Some(b)) => a.value.cmp(&b.value).then(a.inclusive.cmp(&b.inclusive)),
            (a, b) => b.is_some().cmp(&a.is_some()),
        });
        Class { promises, excluding, from_highest_low, from_lowest_high }
    }

    /// Adds the pairs of which one lets a single value pass, and the other all but that.
    fn exclusions(&self, case: &Case<'_, '_, '_>, pairs: &mut Clashes<'t, 'a>) {
        if self.excluding.is_empty() {
            return;
        }
        let mut by_value: BTreeMap<Exact, Vec<&Promise<'t, 'a>>> = BTreeMap::new();
        for promise in &self.promises {
            if let Some(value) = promise.wanted.only_value() {
                by_value.entry(value).or_default().push(promise);
            }
        }
        for excluding in &self.excluding {
            let promises = by_value.get(&excluding.value).into_iter().flatten();
            for promise in promises.take(MOST_CLASHES) {
                let said = shown(&excluding.value, promise.wanted.like, case.model.project);
                let (keeps, breaches) = (&promise.objective.name, &excluding.objective.name);
                let clash = format!("only {said} meets `{keeps}`, and it breaches `{breaches}`");
                let (one, other) = if promise.at < excluding.at {
                    (promise.objective, excluding.objective)
                } else {
                    (excluding.objective, promise.objective)
                };
                let places = (promise.at.min(excluding.at), promise.at.max(excluding.at));
                pairs.insert(places, (one, other, clash));
            }
        }
    }

    /// The promises in one of the two orders.
    fn ranked<'s>(&'s self, numbers: &'s [usize]) -> impl Iterator<Item = &'s Promise<'t, 'a>> {
        numbers.iter().filter_map(|at| self.promises.get(*at))
    }

    /// The two promises that any contradiction with this class includes, if there is one: what a
    /// promise contradicts, a tighter one of the same measure contradicts too.
    fn tightest(&self) -> impl Iterator<Item = &Promise<'t, 'a>> {
        self.ranked(&self.from_highest_low)
            .take(1)
            .chain(self.ranked(&self.from_lowest_high).take(1))
    }

    /// Adds the pairs of a promise of this class and one of the other that cannot both be kept.
    fn clashes(
        &self,
        other: &Self,
        own: bool,
        case: &Case<'_, '_, '_>,
        pairs: &mut Clashes<'t, 'a>,
    ) {
        let clash_of = |a: &Promise<'t, 'a>, b: &Promise<'t, 'a>| {
            let (one, other) = if a.at < b.at { (a, b) } else { (b, a) };
            clash(case, one, other, own)
        };
        let mut extremes = self.tightest().flat_map(|a| other.tightest().map(move |b| (a, b)));
        if !extremes.any(|(a, b)| a.at != b.at && clash_of(a, b).is_some()) {
            return;
        }
        for a in &self.promises {
            for numbers in [&other.from_highest_low, &other.from_lowest_high] {
                let others = other.ranked(numbers).filter(|b| b.at != a.at);
                let clashes = others.map_while(|b| Some((b, clash_of(a, b)?))).take(MOST_CLASHES);
                pairs.extend(clashes.map(|(b, clash)| {
                    let (one, other) = if a.at < b.at { (a, b) } else { (b, a) };
                    ((one.at, other.at), (one.objective, other.objective, clash))
                }));
            }
        }
    }
}

/// True if both look at the same rows and time.
fn together(one: &Objective<'_>, other: &Objective<'_>) -> bool {
    let (a, b) = (one.narrowed(), other.narrowed());
    one.service == other.service
        && one.sources == other.sources
        && same_window(&one.window.value.kind, &other.window.value.kind)
        && a.each_row == b.each_row
        && a.kept_here.is_some() == b.kept_here.is_some()
        && a.from.as_ref().map(|from| from.value) == b.from.as_ref().map(|from| from.value)
        && same_groups(&a.by, &b.by)
        && a.filtered == b.filtered
        && same_option(
            a.filter.as_ref().map(|it| &*it.value),
            b.filter.as_ref().map(|it| &*it.value),
        )
        && same_option(
            a.during.as_ref().map(|it| &*it.value),
            b.during.as_ref().map(|it| &*it.value),
        )
}

fn pair(
    case: &Case<'_, '_, '_>,
    one: &Objective<'_>,
    other: &Objective<'_>,
    clash: &str,
    out: &mut Reporter<'_>,
) {
    let condition = |objective: &'_ Objective<'_>| {
        objective.narrowed().condition.as_ref().map(|condition| Arc::clone(&condition.value))
    };
    let (here, there) = (condition(one), condition(other));
    let said = |objective: &Objective<'_>| {
        format!("`{}`: `{}`", objective.name, promised(objective, case.sources))
    };
    let finding = |code, message: String| {
        Finding::new(code, other.target.at, message)
            .here(said(other))
            .also(one.target.at, said(one))
            .note(clash.to_owned())
    };
    if here.is_none() && there.is_none() {
        let message = format!("`{}` and `{}` can never both be kept", one.name, other.name);
        let finding = finding(Code::ContradictoryPromises, message);
        out.report(finding.help(
            "correct one of the two targets, or say to which rows, hours or cases each applies",
        ));
        return;
    }
    let mut conditions = Conditions::new(case.model.project);
    let mut both = Formula::Constant(true);
    for condition in [&here, &there].into_iter().flatten() {
        both = both.and(conditions.read(&condition.expr));
    }
    // Without knowing the cases in which both hold, there may be none.
    if let Some(Some(values)) = conditions.example(&both).filter(|_| conditions.is_exact()) {
        let message =
            format!("`{}` and `{}` cannot both be kept where both apply", one.name, other.name);
        let finding = finding(Code::ContradictoryCases, message);
        let finding = finding.note(format!("both apply where {}", conditions.describe(&values)));
        out.report(
            finding
                .help("make the conditions exclude each other, or correct one of the two targets"),
        );
    }
}

/// Why no measurement keeps both, in words. `alike`: they have the same measure.
fn clash(
    case: &Case<'_, '_, '_>,
    one: &Promise<'_, '_>,
    other: &Promise<'_, '_>,
    alike: bool,
) -> Option<String> {
    #[cfg(test)]
    super::comparisons::count();
    let (here, there) = (&one.metric, &other.metric);
    let (first, second) = (&one.wanted, &other.wanted);
    let (one, other) = (one.objective, other.objective);
    let window = &one.window.value.kind;
    if alike {
        return first.interval.and(&second.interval).is_empty(first.domain.grid.as_ref()).then(
            || {
                let value = first.example().or_else(|| second.example());
                let (keeps, breaches) =
                    if first.example().is_some() { (one, other) } else { (other, one) };
                value.map_or_else(
                    || "no value meets both targets".to_owned(),
                    |value| {
                        let said = shown(&value, first.like, case.model.project);
                        format!(
                            "for example, {said} meets `{}` and breaches `{}`",
                            keeps.name, breaches.name
                        )
                    },
                )
            },
        );
    }
    let (a, b) = (root_aggregate(here)?, root_aggregate(there)?);
    if !same(&a.rows, &b.rows) {
        return None;
    }
    shares(case, (a, first), (b, second))
        .or_else(|| uptime(window, (a, first), (b, second)))
        .or_else(|| uptime(window, (b, second), (a, first)))
        .or_else(|| ordered(case, (one, a, first), (other, b, second)))
        .or_else(|| ordered(case, (other, b, second), (one, a, first)))
}

/// The values that a target lets pass.
struct Wanted<'t> {
    interval: Interval,
    domain: Domain,
    like: &'t Typed,
}

impl<'t> Wanted<'t> {
    /// `None` if they are not known, or if no value of the metric is among them, which is another
    /// fault. The comparison is not `!=`.
    fn of(objective: &'t Objective<'_>, metric: &Typed, setting: &Setting<'_>) -> Option<Self> {
        let bound = &*objective.target.value;
        let (interval, like) = match (&bound.kind, objective.compare.value) {
            (Kind::Range(ends), _) => {
                let [low, high] = &**ends;
                (
                    Interval::new(
                        Some(End::new(constant::value(low)?, true)),
                        Some(End::new(constant::value(high)?, true)),
                    ),
                    low,
                )
            }
            (_, compare) => (passing(compare, constant::value(bound)?), bound),
        };
        let domain = setting.domain(metric);
        let end = |value: &Option<Exact>| value.clone().map(|value| End::new(value, true));
        let interval = interval.and(&Interval::new(end(&domain.low), end(&domain.high)));
        (!interval.is_empty(domain.grid.as_ref())).then_some(Wanted { interval, domain, like })
    }

    /// The value that it lets pass, if there is no other.
    fn only_value(&self) -> Option<Exact> {
        let grid = self.domain.grid.as_ref();
        let values = grid.map_or_else(|| self.interval.clone(), |grid| self.interval.on(grid));
        values.low.filter(|low| values.high.as_ref() == Some(low)).map(|low| low.value)
    }

    fn example(&self) -> Option<Exact> {
        let own = |end: &Option<End>| {
            end.as_ref().filter(|end| end.inclusive).map(|end| end.value.clone())
        };
        let bound = own(&self.interval.low)
            .filter(|low| self.domain.low.as_ref() != Some(low))
            .or_else(|| own(&self.interval.high));
        bound.or_else(|| self.interval.witness(self.domain.grid.as_ref(), self.like))
    }
}

/// Shares of the same rows of which no row is in both, or every row is in one.
fn shares(
    case: &Case<'_, '_, '_>,
    one: (&Aggregate, &Wanted<'_>),
    other: (&Aggregate, &Wanted<'_>),
) -> Option<String> {
    let ((a, first), (b, second)) = (one, other);
    if a.fold != Fold::Share || b.fold != Fold::Share || a.weight.is_some() || b.weight.is_some() {
        return None;
    }
    let mut conditions = Conditions::new(case.model.project);
    let (p, q) = (conditions.read(a.arg.as_ref()?), conditions.read(b.arg.as_ref()?));
    if !conditions.is_total() {
        return None;
    }
    let ends = |low: bool| {
        let end = |wanted: &Wanted<'_>| {
            if low { wanted.interval.low.clone() } else { wanted.interval.high.clone() }
        };
        end(first).zip(end(second))
    };
    if let Some((low, least)) = ends(true)
        && let Some(None) = conditions.example(&p.clone().and(q.clone()))
    {
        let sum = &low.value + &least.value;
        if sum > Exact::ONE || (sum == Exact::ONE && !(low.inclusive && least.inclusive)) {
            return Some(format!(
                "no row counts for both, so the two shares are at most 100% together, but {} + {} = {} are required",
                exact_percent(&low.value),
                exact_percent(&least.value),
                exact_percent(&sum)
            ));
        }
    }
    if let Some((high, most)) = ends(false)
        && let Some(None) = conditions.example(&p.negated().and(q.negated()))
    {
        let sum = &high.value + &most.value;
        if sum < Exact::ONE || (sum == Exact::ONE && !(high.inclusive && most.inclusive)) {
            return Some(format!(
                "every row counts for one of the two, so the shares are at least 100% together, but only {} + {} = {} are allowed",
                exact_percent(&high.value),
                exact_percent(&most.value),
                exact_percent(&sum)
            ));
        }
    }
    None
}

/// Uptime against downtime of the same rows.
fn uptime(
    window: &WindowKind,
    one: (&Aggregate, &Wanted<'_>),
    other: (&Aggregate, &Wanted<'_>),
) -> Option<String> {
    let ((up, first), (down, second)) = (one, other);
    let plain = |aggregate: &Aggregate| aggregate.weight.is_none() && !aggregate.add;
    if up.fold != Fold::Uptime || down.fold != Fold::Downtime || !plain(up) || !plain(down) {
        return None;
    }
    let (least, wanted) = (first.interval.low.as_ref()?, second.interval.low.as_ref()?);
    let longest = window_length(window)?.1;
    let most = &(&Exact::ONE - &least.value) * &longest;
    let open = wanted.value == most && !(wanted.inclusive && least.inclusive);
    (wanted.value > most || open).then(|| {
        format!(
            "an uptime of {} leaves at most {} of downtime in the longest window, but at least {} is required",
            exact_percent(&least.value),
            exact_length(&most),
            exact_length(&wanted.value)
        )
    })
}

/// A statistic that is never below another of the same rows, bounded to less.
fn ordered(
    case: &Case<'_, '_, '_>,
    greater: (&Objective<'_>, &Aggregate, &Wanted<'_>),
    lesser: (&Objective<'_>, &Aggregate, &Wanted<'_>),
) -> Option<String> {
    let ((one, a, first), (other, b, second)) = (greater, lesser);
    if !same_option(a.arg.as_ref(), b.arg.as_ref())
        || !same_option(a.weight.as_deref(), b.weight.as_deref())
        || !never_below(a, b)?
    {
        return None;
    }
    let (most, least) = (first.interval.high.as_ref()?, second.interval.low.as_ref()?);
    let apart = least.value > most.value
        || (least.value == most.value && !(least.inclusive && most.inclusive));
    apart.then(|| {
        let said = |value: &Exact, wanted: &Wanted<'_>| shown(value, wanted.like, case.model.project);
        format!(
            "the value of `{}` is never below that of `{}`, but it may be at most {}, and the other must be at least {}",
            one.name,
            other.name,
            said(&most.value, first),
            said(&least.value, second)
        )
    })
}

/// Whether one statistic of some rows is never below another of the same; `None` if they have no
/// such order.
fn never_below(one: &Aggregate, other: &Aggregate) -> Option<bool> {
    match (one.fold, other.fold) {
        (Fold::Max, Fold::Mean) | (Fold::Mean, Fold::Min) => Some(true),
        (Fold::Mean, _) | (_, Fold::Mean) => None,
        (_, _) => Some(rank(one)? >= rank(other)?),
    }
}
