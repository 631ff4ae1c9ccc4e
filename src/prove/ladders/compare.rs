//! Two ladders of one name, in a tier and in the tier it extends: where the one pays less than the
//! other.

use std::cmp::Ordering;

use rustc_hash::FxHashMap;

use super::amounts::Amount;
use super::regions::{self, Region, possible};
use super::{Case, Ladder};
use crate::base::{Exact, Span};
use crate::prove::interval::Interval;
use crate::prove::same::same_option;
use crate::syntax::ast::CreditKind;
use crate::types::model::{Credit, Objective, Terms};

/// Longest ladders that are compared line by line.
const LONGEST: usize = 64;

/// A value at which one ladder pays less than the other.
pub struct Less {
    /// The value, as it is shown.
    pub value: String,
    /// The line that pays less; the whole credit if none applies.
    pub here: Span,
    /// The line that pays more.
    pub there: Span,
}

/// Terms whose objectives and credits are looked up by name; of several that are called the same,
/// the first is found.
pub struct Named<'x, 'a> {
    terms: &'x Terms<'a>,
    objectives: FxHashMap<&'x str, &'x Objective<'a>>,
    credits: FxHashMap<(&'x str, CreditKind), &'x Credit<'a>>,
}

impl<'x, 'a> Named<'x, 'a> {
    /// The names of these terms.
    pub fn new(terms: &'x Terms<'a>) -> Self {
        let objectives = terms
            .objectives
            .iter()
            .rev()
            .map(|objective| (objective.name.as_str(), &**objective))
            .collect();
        let credits = terms
            .credits
            .iter()
            .rev()
            .map(|credit| ((credit.name.as_str(), credit.syntax.kind), &**credit))
            .collect();
        Named { terms, objectives, credits }
    }

    /// The credit that is called and pays like another.
    pub fn credit_like(&self, other: &Credit<'_>) -> Option<&'x Credit<'a>> {
        self.credits.get(&(other.name.as_str(), other.syntax.kind)).copied()
    }
}

/// A value for which `one` pays less than `other`, if there is one for certain: both look at the
/// same value, and miss their targets there.
pub fn pays_less<'x, 'a>(
    case: &'x Case<'x, 'a, '_>,
    one: (&Named<'x, 'a>, &'x Credit<'a>),
    other: (&Named<'x, 'a>, &'x Credit<'a>),
) -> Option<Less> {
    let (here, there) = (ladder(case, one), ladder(case, other));
    let alike = here.own_value()
        && there.own_value()
        && one.1.syntax.kind == other.1.syntax.kind
        && same_option(one.1.base.as_deref(), other.1.base.as_deref())
        && one.1.condition.is_none() == other.1.condition.is_none()
        && one.1.lines.len().max(other.1.lines.len()) <= LONGEST;
    if !alike {
        return None;
    }
    let (mine, theirs) = (regions::of(&here)?, regions::of(&there)?);
    let (missed, also) = (here.breach()?, there.breach()?);
    for line in &theirs {
        let pays = Amount::of(&there, &line.line.remedy)?;
        for bad in
            missed.bad.iter().flat_map(|bad| also.bad.iter().map(move |other| bad.and(other)))
        {
            let within = line.values.and(&bad).and(&possible(&there));
            if let Some(less) = less_in(&here, &mine, &within, &pays, line) {
                return Some(less);
            }
        }
    }
    None
}

fn ladder<'x, 'a, 'p>(
    case: &'x Case<'x, 'a, 'p>,
    of: (&Named<'x, 'a>, &'x Credit<'a>),
) -> Ladder<'x, 'a, 'p> {
    let (named, credit) = of;
    let objectives = credit
        .objectives
        .iter()
        .filter_map(|name| named.objectives.get(name.as_str()).copied())
        .collect();
    Ladder::new(case, None, named.terms, credit, objectives, false)
}

/// A value of `within`, for which the other pays `pays`, and at which a line of `here` pays less.
fn less_in(
    here: &Ladder<'_, '_, '_>,
    mine: &[Region<'_>],
    within: &Interval,
    pays: &Amount<'_>,
    there: &Region<'_>,
) -> Option<Less> {
    let grid = here.domain.grid.as_ref();
    let told = |value: Exact, at: Span| Less {
        value: here.show(&value, there.like),
        here: at,
        there: there.line.at,
    };
    for line in mine {
        let both = within.and(&line.values);
        if both.is_empty(grid) {
            continue;
        }
        let own = Amount::of(here, &line.line.remedy)?;
        if own.compare(pays) == Some(Ordering::Less) {
            let nearest =
                both.witness_at(here.worse_is_higher() != Some(true), grid, there.like)?;
            return Some(told(nearest, line.line.at));
        }
    }
    None
}
