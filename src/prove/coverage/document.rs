//! The figures of `sla coverage`.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Covered, Outcome, each};
use crate::base::{SourceMap, Span};
use crate::lang::words::AgreementKind;
use crate::prove::measured::describe_window;
use crate::prove::wording::promised;
use crate::types::Model;
use crate::types::model::Objective;

/// What becomes of requirements.
#[derive(Serialize, JsonSchema, Clone, PartialEq, Eq, Debug, Default)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Coverage of requirements")]
pub struct CoverageDocument {
    /// Version of this layout. It rises when something is taken away or changes its meaning; fields
    /// may be added without.
    pub version: u32,
    /// Each requirement with each agreement that says it satisfies it, in the order of files and
    /// lines of the agreements.
    pub requirements: Vec<RequirementCoverage>,
    /// Requirements that no agreement says it satisfies.
    pub unanswered: Vec<String>,
}

/// A requirement, and an agreement that answers it.
#[derive(Serialize, JsonSchema, Clone, PartialEq, Eq, Debug)]
#[serde(deny_unknown_fields)]
pub struct RequirementCoverage {
    /// The requirement.
    pub requirement: String,
    /// The agreement.
    pub agreement: String,
    /// Its objectives and what answers them.
    pub answers: Vec<AnswerEntry>,
}

/// What answers one required objective.
#[derive(Serialize, JsonSchema, Clone, PartialEq, Eq, Debug)]
#[serde(deny_unknown_fields)]
pub struct AnswerEntry {
    /// The required objective.
    pub objective: String,
    /// The service it is about.
    pub service: Option<String>,
    /// Where its target is written: `file:line:column`.
    pub at: String,
    /// What is required, as written.
    pub required: String,
    /// Whether it is met.
    pub status: Status,
    /// The objective that meets it, comes nearest, or cannot be compared.
    pub by: Option<SatisfyingPromise>,
    /// What is lacking, or why it is waived.
    pub why: Vec<String>,
}

/// What becomes of a requirement.
#[derive(Serialize, JsonSchema, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Who keeps the promise has kept the requirement.
    Met,
    /// Less is promised than required.
    Short,
    /// Both sides agreed to do without.
    Waived,
    /// There is a promise about the same, but it is unknown whether it is enough.
    Unclear,
    /// Nothing answers it.
    Open,
}

/// The promise that answers.
#[derive(Serialize, JsonSchema, Clone, PartialEq, Eq, Debug)]
#[serde(deny_unknown_fields)]
pub struct SatisfyingPromise {
    /// The objective.
    pub objective: String,
    /// Where its target is written: `file:line:column`.
    pub at: String,
    /// What it promises, as written.
    pub promised: String,
}

impl CoverageDocument {
    /// Takes in the requirements of another project.
    pub fn append(&mut self, other: CoverageDocument) {
        self.version = self.version.max(other.version);
        self.requirements.extend(other.requirements);
        self.unanswered.extend(other.unanswered);
    }
}

/// The coverage of a project.
pub fn document(model: &Model<'_, '_>, sources: &SourceMap) -> CoverageDocument {
    let mut found: Vec<(Span, RequirementCoverage)> = Vec::new();
    each(model, &mut |covered| {
        let answer = answer(model, sources, covered);
        let (requirement, agreement) =
            (covered.requirement.name.as_str(), covered.agreement.name.as_str());
        match found.last_mut() {
            Some((_, last)) if last.requirement == requirement && last.agreement == agreement => {
                last.answers.push(answer)
            }
            Some(_) | None => {
                let (requirement, agreement) = (requirement.to_owned(), agreement.to_owned());
                found.push((
                    covered.agreement.item.span,
                    RequirementCoverage { requirement, agreement, answers: vec![answer] },
                ));
            }
        }
    });
    found.sort_by_key(|(span, _)| (sources.name(span.file).to_owned(), span.start));
    let requirements: Vec<RequirementCoverage> =
        found.into_iter().map(|(_, requirement)| requirement).collect();
    let answered: std::collections::BTreeSet<&str> =
        requirements.iter().map(|it| it.requirement.as_str()).collect();
    let unanswered = model.agreements.iter().filter(|it| it.kind == AgreementKind::Requirement);
    let unanswered = unanswered
        .map(|it| it.name.to_string())
        .filter(|name| !answered.contains(name.as_str()))
        .collect();
    CoverageDocument { version: 1, requirements, unanswered }
}

/// What an objective says, with its window.
fn whole(objective: &Objective<'_>, sources: &SourceMap) -> String {
    format!("{} {}", promised(objective, sources), describe_window(&objective.window.value.kind))
}

fn answer(model: &Model<'_, '_>, sources: &SourceMap, covered: &Covered<'_, '_>) -> AnswerEntry {
    let by = |objective: &Objective<'_>| SatisfyingPromise {
        objective: objective.name.to_string(),
        at: sources.place(objective.target.at),
        promised: whole(objective, sources),
    };
    let (status, by, why) = match &covered.outcome {
        Outcome::Met(objective) => (Status::Met, Some(by(objective)), Vec::new()),
        Outcome::Short(objective, lacks) => (Status::Short, Some(by(objective)), lacks.clone()),
        Outcome::Waived(because) => {
            (Status::Waived, None, because.iter().map(|text| text.value.to_string()).collect())
        }
        Outcome::Unclear(objective) => {
            (Status::Unclear, Some(by(objective)), vec!["they cannot be compared".to_owned()])
        }
        Outcome::Open => (Status::Open, None, Vec::new()),
    };
    let required = covered.required;
    AnswerEntry {
        objective: required.name.to_string(),
        service: required.service.map(|service| model.project.name(service).to_string()),
        at: sources.place(required.target.at),
        required: whole(required, sources),
        status,
        by,
        why,
    }
}
