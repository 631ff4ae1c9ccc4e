//! Coverage: which requirements the agreements that satisfy them really meet.
//!
//! In: the model. Out: findings about what is short or not covered, and the figures of `sla
//! coverage`.

mod document;
pub mod judge;

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::Case;
use super::measured::{Almanac, Ground};
use crate::base::Span;
use crate::diag::{Code, Finding, Sink};
use crate::lang::words::AgreementKind;
use crate::names::DeclId;
use crate::syntax::ast::{Item, Statement, Text};
use crate::types::Model;
use crate::types::model::{Agreement, Objective, Terms};

pub use document::{AnswerEntry, CoverageDocument, RequirementCoverage, Status, document};

use judge::{Judge, Judged, Wanted};

/// A promise that may answer a requirement, or imply another promise.
pub struct Answer<'x, 'a> {
    /// The agreement and the time for which it is promised; `None` for a tier, which has no term.
    pub place: Option<(&'x Agreement<'a>, Ground)>,
    /// Among these terms.
    pub terms: &'x Terms<'a>,
    /// The objective.
    pub objective: &'x Objective<'a>,
}

/// What becomes of one required objective.
enum Outcome<'x, 'a> {
    /// Met by this objective.
    Met(&'x Objective<'a>),
    /// This one comes nearest, and lacks something.
    Short(&'x Objective<'a>, Vec<String>),
    /// Waived, for this reason.
    Waived(Option<&'a Text>),
    /// A promise is there that cannot be compared.
    Unclear(&'x Objective<'a>),
    /// Nothing answers it.
    Open,
}

impl Outcome<'_, '_> {
    /// The worse, the greater.
    fn rank(&self) -> u8 {
        match self {
            Outcome::Met(_) => 0,
            Outcome::Waived(_) => 1,
            Outcome::Unclear(_) => 2,
            Outcome::Short(..) => 3,
            Outcome::Open => 4,
        }
    }
}

/// A required objective, and what an agreement makes of it.
struct Covered<'x, 'a> {
    agreement: &'x Agreement<'a>,
    requirement: &'x Agreement<'a>,
    required: &'x Objective<'a>,
    /// Where the agreement says that it satisfies the requirement.
    satisfies: Span,
    outcome: Outcome<'x, 'a>,
}

/// Reports what is short or not covered.
pub fn check(case: &Case<'_, '_, '_>, sink: &mut Sink) {
    if !case.sound {
        return;
    }
    let mut said = FxHashSet::default();
    each(case.model, &mut |covered| {
        let Covered { agreement, requirement, required, satisfies, outcome } = covered;
        let name = format!("{}.{}", requirement.name, required.name);
        let finding = match outcome {
            Outcome::Met(_) | Outcome::Waived(_) | Outcome::Unclear(_) => return,
            Outcome::Short(promise, lacks) => {
                let first = lacks.first().cloned().unwrap_or_default();
                let message =
                    format!("`{}` promises less than `{name}` requires: {first}", agreement.name);
                let finding = Finding::new(Code::RequirementShort, *satisfies, message)
                    .also(promise.target.at, format!("`{}` promises this", promise.name))
                    .also(required.target.at, "this is required");
                lacks
                    .iter()
                    .skip(1)
                    .fold(finding, |finding, lack| finding.note(format!("also, {lack}")))
            }
            Outcome::Open => {
                let message = format!("`{}` promises nothing for `{name}`", agreement.name);
                Finding::new(Code::RequirementOpen, *satisfies, message)
                    .also(required.item.lead, "required here")
            }
        };
        let finding =
            finding.help(format!("promise it, or write why not: `waive {name} because \"…\"`"));
        if said.insert((finding.code, finding.span(), name)) {
            sink.push(finding);
        }
    });
}

/// Shows every required objective with what the agreements that satisfy it make of it.
fn each<'x, 'a>(model: &'x Model<'a, '_>, see: &mut impl FnMut(&Covered<'x, 'a>)) {
    let requirements: FxHashMap<DeclId, &Agreement<'a>> = model
        .agreements
        .iter()
        .filter(|it| it.kind == AgreementKind::Requirement)
        .map(|it| (it.id, it))
        .collect();
    if requirements.is_empty() {
        return;
    }
    let mut judge = Judge { model, almanac: Almanac::new(model) };
    for agreement in model
        .agreements
        .iter()
        .filter(|it| it.kind != AgreementKind::Requirement && it.children.is_empty())
    {
        let Some(last) = agreement.versions.last() else { continue };
        for (id, satisfies) in &last.terms.satisfies {
            let Some(requirement) = requirements.get(id) else { continue };
            let Some(terms) = requirement.versions.last().map(|version| &version.terms) else {
                continue;
            };
            for required in &terms.objectives {
                let wanted = Wanted { objective: required, terms };
                let outcome = outcome(&mut judge, agreement, requirement, wanted);
                see(&Covered { agreement, requirement, required, satisfies: *satisfies, outcome });
            }
        }
    }
}

/// What becomes of a required objective: of all versions of the agreement, the worst.
fn outcome<'x, 'a>(
    judge: &mut Judge<'x, 'a, '_>,
    agreement: &'x Agreement<'a>,
    requirement: &Agreement<'a>,
    wanted: Wanted<'x, 'a>,
) -> Outcome<'x, 'a> {
    let mut worst: Option<Outcome<'x, 'a>> = None;
    for (at, version) in agreement.versions.iter().enumerate() {
        let Some(ground) = Ground::of(agreement, at) else { continue };
        let next = in_version(judge, (agreement, ground), &version.terms, requirement, wanted);
        if worst.as_ref().is_none_or(|worst| next.rank() > worst.rank()) {
            worst = Some(next);
        }
    }
    worst.unwrap_or(Outcome::Open)
}

fn in_version<'x, 'a>(
    judge: &mut Judge<'x, 'a, '_>,
    place: (&'x Agreement<'a>, Ground),
    terms: &'x Terms<'a>,
    requirement: &Agreement<'a>,
    wanted: Wanted<'x, 'a>,
) -> Outcome<'x, 'a> {
    let (mut short, mut unclear) = (None, None);
    for objective in &terms.objectives {
        let objective: &'x Objective<'a> = Arc::as_ref(objective);
        let answer = Answer { place: Some(place), terms, objective };
        match judge.judge(&answer, wanted) {
            Judged::Met => return Outcome::Met(objective),
            // Of several that are short, the one that lacks least.
            Judged::Short(lacks) => {
                if short
                    .as_ref()
                    .is_none_or(|(_, known): &(_, Vec<String>)| lacks.len() < known.len())
                {
                    short = Some((objective, lacks));
                }
            }
            Judged::Unclear => unclear = unclear.or(Some(objective)),
            Judged::Other => {}
        }
    }
    if let Some(because) = waived(terms, requirement, wanted) {
        return Outcome::Waived(because);
    }
    match (short, unclear) {
        (_, Some(objective)) => Outcome::Unclear(objective),
        (Some((objective, lacks)), None) => Outcome::Short(objective, lacks),
        (None, None) => Outcome::Open,
    }
}

/// The reason why a requirement, or this part of it, is waived.
fn waived<'a>(
    terms: &Terms<'a>,
    requirement: &Agreement<'a>,
    wanted: Wanted<'_, 'a>,
) -> Option<Option<&'a Text>> {
    let (whole, part) =
        (&requirement.name, format!("{}.{}", requirement.name, wanted.objective.name));
    let names = |item: &&'a Item| match item.statement() {
        Some(Statement::Waive(waiver)) => {
            let target = waiver.target.as_ref()?.text();
            (target == *whole || target == part.as_str()).then_some(waiver.because.as_ref())
        }
        _ => None,
    };
    terms.waivers.iter().find_map(names)
}
