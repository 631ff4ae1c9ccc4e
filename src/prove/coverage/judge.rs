//! Whether who keeps a promise has kept a requirement as well, whatever is measured.
//!
//! Yes only where it follows: from a stricter bound, from shorter windows for values that lie
//! between those of their parts, from a higher percentile, from less downtime in every window.
//! Short only where it surely does not follow. Otherwise the two cannot be compared.

use std::cmp::Ordering;

use super::Answer;
use crate::base::Exact;
use crate::prove::backing::downtime::{Below, Promise, uptime_share};
use crate::prove::measured::{Almanac, applies, describe_window, name_window};
use crate::prove::same::{same, same_option};
use crate::prove::strength::{
    Aspect, differences, fits_into, rank, root_aggregate, same_groups, same_window, targets,
    windows,
};
use crate::prove::wording::{length, shown, two_lengths};
use crate::syntax::ast::{Compare, Missing};
use crate::time::{Ruler, TimeSet};
use crate::types::Model;
use crate::types::constant;
use crate::types::model::{Exclude, Limit, Objective, Terms};
use crate::types::tree::{Fold, Kind, Typed};
use crate::types::ty::Ty;

/// Whether a promise meets a requirement.
pub enum Judged {
    /// The requirement follows from the promise.
    Met,
    /// It does not follow, for these reasons.
    Short(Vec<String>),
    /// Unknown: the two cannot be compared.
    Unclear,
    /// The promise is about something else.
    Other,
}

/// A requirement and the terms around it.
#[derive(Clone, Copy)]
pub struct Wanted<'x, 'a> {
    /// The objective that is required.
    pub objective: &'x Objective<'a>,
    /// Among these terms.
    pub terms: &'x Terms<'a>,
}

/// The promises of an agreement that may answer.
pub struct Judge<'x, 'a, 'p> {
    /// Everything that is promised.
    pub model: &'x Model<'a, 'p>,
    /// Sets of time.
    pub almanac: Almanac<'x, 'a, 'p>,
}

impl<'x, 'a> Judge<'x, 'a, '_> {
    /// Holds a promise against a requirement.
    pub fn judge(&mut self, promise: &Answer<'x, 'a>, wanted: Wanted<'x, 'a>) -> Judged {
        let (one, other) = (promise.objective, wanted.objective);
        if one.service != other.service || one.narrowed().kept_here.is_some() {
            return Judged::Other;
        }
        let lacks = match (&one.support, &other.support) {
            (Some(here), Some(there))
                if here.kind == there.kind && here.severity == there.severity =>
            {
                self.cells(one, other)
            }
            (None, None) if related(one, other) => self.values(promise, wanted),
            (None | Some(_), _) => return Judged::Other,
        };
        let Some(mut lacks) = lacks else { return Judged::Unclear };
        match self.left_out(promise, wanted) {
            Some(more) => lacks.extend(more),
            None => return Judged::Unclear,
        }
        if lacks.is_empty() { Judged::Met } else { Judged::Short(lacks) }
    }

    /// Two cells of support tables.
    fn cells(&self, one: &Objective<'_>, other: &Objective<'_>) -> Option<Vec<String>> {
        let found = differences(one, other)?;
        let lacks = found.iter().filter(|difference| !difference.stronger);
        Some(lacks.map(|difference| self.cell_lack(difference.aspect, one, other)).collect())
    }

    fn cell_lack(&self, aspect: Aspect, one: &Objective<'_>, other: &Objective<'_>) -> String {
        let limit = |objective: &Objective<'_>| match &objective.support.as_ref()?.limit.value {
            Limit::Within(limit) => constant::value(limit),
            Limit::EndOf(_) => None,
        };
        if let (Aspect::Limit, Some(here), Some(there)) = (aspect, limit(one), limit(other)) {
            return format!("within {}, but {} is required", length(&here), length(&there));
        }
        if let Aspect::Target = aspect
            && let Some(lack) = self.target_lack(one, other)
        {
            return lack;
        }
        format!("weaker in its {} than required", aspect.noun())
    }

    /// Two values.
    fn values(&mut self, promise: &Answer<'x, 'a>, wanted: Wanted<'x, 'a>) -> Option<Vec<String>> {
        let (one, other) = (promise.objective, wanted.objective);
        let mut lacks = Vec::new();
        let from =
            |objective: &Objective<'_>| objective.narrowed().from.as_ref().map(|from| from.value);
        if from(one) != from(other)
            || !same_option(
                part(one.narrowed().filter.as_ref()),
                part(other.narrowed().filter.as_ref()),
            )
            || !same_groups(&one.narrowed().by, &other.narrowed().by)
        {
            return None;
        }
        match (&one.narrowed().condition, &other.narrowed().condition) {
            (None, _) => {}
            (Some(here), Some(there))
                if same(&here.value.expr, &there.value.expr)
                    && here.value.when == there.value.when => {}
            (Some(_), _) => lacks.push("it applies only under a condition".to_owned()),
        }
        let breached = |objective: &Objective<'_>, terms: &Terms<'_>| {
            objective
                .narrowed()
                .missing
                .as_ref()
                .or(terms.missing.as_deref())
                .is_some_and(|missing| missing.value == Missing::Breached)
        };
        if breached(other, wanted.terms) && !breached(one, promise.terms) {
            lacks.push("a window without data must count as breached".to_owned());
        }
        let alike = same_option(
            hours_of(self.model, one, promise.terms),
            hours_of(self.model, other, wanted.terms),
        );
        if alike && same_window(&one.window.value.kind, &other.window.value.kind) {
            lacks.extend(self.bound(one, other)?);
        } else if uptime_share(one).is_some() && uptime_share(other).is_some() {
            lacks.extend(self.down_time(promise, wanted)?);
        } else if alike {
            lacks.extend(self.bound(one, other)?);
            if windows(one, other)? == Ordering::Less {
                let (here, there) = (
                    describe_window(&one.window.value.kind),
                    describe_window(&other.window.value.kind),
                );
                lacks.push(format!("promised {here}, but required {there}"));
            }
        } else {
            return None;
        }
        Some(lacks)
    }

    /// What a bound lacks, if it does.
    fn bound(&self, one: &Objective<'_>, other: &Objective<'_>) -> Option<Option<String>> {
        match targets(one, other)? {
            Ordering::Less => Some(
                self.target_lack(one, other)
                    .or_else(|| Some("its target is weaker than required".to_owned())),
            ),
            Ordering::Equal | Ordering::Greater => Some(None),
        }
    }

    /// The difference of two bounds.
    fn target_lack(&self, one: &Objective<'_>, other: &Objective<'_>) -> Option<String> {
        let (here, there) = (&one.target.value, &other.target.value);
        let (a, b) = (constant::value(here)?, constant::value(there)?);
        let less = if a < b { &b - &a } else { &a - &b };
        let said = |value: &Exact| shown(value, there, self.model.project);
        if less.is_zero() {
            return Some(format!(
                "the promise allows exactly {}, but the requirement does not",
                said(&a)
            ));
        }
        Some(format!(
            "{} is promised, but {} is required: a difference of {}",
            said(&a),
            said(&b),
            said(&less)
        ))
    }

    /// Uptime over other windows or hours: in no window may more be lost than is allowed.
    fn down_time(
        &mut self,
        promise: &Answer<'x, 'a>,
        wanted: Wanted<'x, 'a>,
    ) -> Option<Vec<String>> {
        let (here, there) =
            (&promise.objective.window.value.kind, &wanted.objective.window.value.kind);
        if !same_window(here, there) && !fits_into(here, there) && !fits_into(there, here) {
            return None;
        }
        let (agreement, ground) = promise.place?;
        let above =
            Promise::new(&mut self.almanac, agreement, wanted.terms, wanted.objective, ground)?;
        let share = uptime_share(promise.objective)?;
        let below =
            Below::new(&mut self.almanac, promise.objective, promise.terms, share, ground, &above)?;
        if !above.measured.hours.difference(&below.measured.hours).is_empty() {
            return Some(vec!["it is promised for fewer hours than required".to_owned()]);
        }
        let whole = Ruler::new(&above.measured.whole);
        let down = &Exact::ONE - &above.share;
        for window in &above.windows {
            let allowed =
                &down * &Exact::integer(whole.measure(window.within.start, window.within.end));
            let lost = below.loss(window.within)?;
            if lost > allowed {
                let (lost, allowed) = two_lengths(&lost, &allowed);
                let name = name_window(there, window, ground.zone);
                return Some(vec![format!(
                    "in {name}, {lost} of downtime are possible, but {allowed} are allowed"
                )]);
            }
        }
        Some(Vec::new())
    }

    /// Time and rows that the promise leaves out, and the requirement does not.
    fn left_out(
        &mut self,
        promise: &Answer<'x, 'a>,
        wanted: Wanted<'x, 'a>,
    ) -> Option<Vec<String>> {
        let mut lacks = Vec::new();
        for exclude in
            promise.terms.excludes.iter().filter(|exclude| applies(exclude, promise.objective))
        {
            let matched =
                wanted.terms.excludes.iter().filter(|it| applies(it, wanted.objective)).any(|it| {
                    same(&it.time, &exclude.time)
                        && it.treat == exclude.treat
                        && reaches_as_far(it, exclude)
                });
            if matched || self.never_counts(exclude.as_ref(), promise, wanted) {
                continue;
            }
            lacks.push(format!(
                "{} is excluded, but not in the requirement",
                named(self.model, &exclude.time)
            ));
        }
        for ignore in promise.terms.ignores.iter() {
            let applies = ignore.only.is_empty() || ignore.only.contains(&promise.objective.name);
            if !applies || !promise.objective.sources.contains(&ignore.source) {
                continue;
            }
            let for_it =
                |only: &[ecow::EcoString]| only.is_empty() || only.contains(&wanted.objective.name);
            let matched = wanted.terms.ignores.iter().any(|it| {
                for_it(&it.only) && it.source == ignore.source && same(&it.rows, &ignore.rows)
            });
            if !matched {
                let source = self.model.project.name(ignore.source);
                lacks.push(format!("rows of `{source}` are ignored, but not in the requirement"));
            }
        }
        Some(lacks)
    }

    /// True if excluded time lies outside the hours of the requirement anyway.
    fn never_counts(
        &mut self,
        exclude: &Exclude<'_>,
        promise: &Answer<'x, 'a>,
        wanted: Wanted<'x, 'a>,
    ) -> bool {
        let Some((_, ground)) = promise.place.filter(|_| exclude.time.ty == Ty::TimeSet) else {
            return false;
        };
        let time = self.almanac.set(&exclude.time, ground.zone, ground.seen, 0);
        let hours = match hours_of(self.model, wanted.objective, wanted.terms) {
            Some(hours) => self.almanac.set(hours, ground.zone, ground.seen, 0),
            None => Some(std::rc::Rc::new(TimeSet::from(ground.seen))),
        };
        time.zip(hours).is_some_and(|(time, hours)| time.intersection(&hours).is_empty())
    }
}

fn part(from: Option<&crate::types::model::From<std::sync::Arc<Typed>>>) -> Option<&Typed> {
    from.map(|from| &*from.value)
}

/// True if an exclusion excuses all that another does: it has no limit, or the same.
fn reaches_as_far(one: &Exclude<'_>, other: &Exclude<'_>) -> bool {
    let window = |exclude: &Exclude<'_>| {
        exclude
            .syntax
            .limit
            .as_ref()
            .and_then(|limit| limit.1.as_ref().map(|window| window.kind.clone()))
    };
    let Some(limit) = &one.limit else { return one.syntax.limit.is_none() };
    let same_windows = match (window(one), window(other)) {
        (Some(here), Some(there)) => same_window(&here, &there),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    };
    same_windows && other.limit.as_ref().is_some_and(|other| same(limit, other))
}

/// What people call a set of time.
fn named(model: &Model<'_, '_>, time: &Typed) -> String {
    match &time.kind {
        Kind::Calendar(id) | Kind::Source(id) => format!("`{}`", model.project.name(*id)),
        _ => "time".to_owned(),
    }
}

/// The hours of an objective: its own, else those of the terms, else the service's.
fn hours_of<'t>(
    model: &'t Model<'_, '_>,
    objective: &'t Objective<'_>,
    terms: &'t Terms<'_>,
) -> Option<&'t Typed> {
    let own =
        objective.narrowed().during.as_ref().or(terms.hours.as_deref()).map(|from| &*from.value);
    let service = || {
        objective
            .service
            .and_then(|service| model.services.get(&service))
            .and_then(|service| service.hours.as_ref())
    };
    own.or_else(service).filter(|hours| !matches!(hours.kind, Kind::Always))
}

/// True if two metrics are the same, or a bound on the first bounds the second.
fn related(one: &Objective<'_>, other: &Objective<'_>) -> bool {
    if one.narrowed().each_row != other.narrowed().each_row
        || upward(one.compare.value) != upward(other.compare.value)
    {
        return false;
    }
    let (here, there) = (one.measure(), other.measure());
    same(&here, &there) || bounds(one.compare.value, &here, &there).unwrap_or(false)
}

/// Whether a comparison bounds from below; `None` if it does neither.
fn upward(compare: Compare) -> Option<bool> {
    match compare {
        Compare::AtLeast | Compare::Greater => Some(true),
        Compare::AtMost | Compare::Less => Some(false),
        Compare::Equal | Compare::NotEqual | Compare::In => None,
    }
}

/// True if one statistic of some rows bounds another of the same: the 99th percentile the 95th, the
/// greatest value every percentile and the mean, each from above; from below the other way round.
fn bounds(compare: Compare, one: &Typed, other: &Typed) -> Option<bool> {
    let (here, there) = (root_aggregate(one)?, root_aggregate(other)?);
    if !same(&here.rows, &there.rows) || !same_option(here.arg.as_ref(), there.arg.as_ref()) {
        return Some(false);
    }
    let most = !upward(compare)?;
    let extreme = if most { Fold::Max } else { Fold::Min };
    if there.fold == Fold::Mean {
        return Some(here.fold == extreme);
    }
    let (here, there) = (rank(here)?, rank(there)?);
    Some(if most { here >= there } else { here <= there })
}
