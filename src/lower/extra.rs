//! Expressions that belong to no agreement: what tests give and expect.

use super::Builder;
use super::setting::Setting;
use super::walk::{Env, Lower};
use crate::base::{FileId, SourceMap};
use crate::diag::{self, Finding};
use crate::plan::Expression;
use crate::plan::Plan;
use crate::time::Zone;
use crate::types::Model;
use crate::types::model::Terms;
use crate::types::tree::Typed;

/// The plan of a file, as [`super::build`] makes it, with expressions beside it that refer to its
/// parts; each with the zone of its local times.
pub fn build_with(
    model: &Model<'_, '_>,
    sources: &SourceMap,
    files: &[FileId],
    root: FileId,
    extra: &[(&Typed, Zone)],
) -> Result<(Plan, Vec<Expression>), Vec<Finding>> {
    let mut builder = Builder::new(model, sources, files, root);
    let agreements = builder.agreements();
    let terms = Terms::default();
    let lowered: Vec<Option<Expression>> = extra
        .iter()
        .map(|(typed, zone)| {
            let set = Setting { id: "", zone: *zone, start: None, template: false, terms: &terms };
            Lower::new(&mut builder, &set).target(typed, Env::default())
        })
        .collect();
    let mut plan = builder.declarations(agreements);
    let mut findings = builder.findings;
    let lowered: Option<Vec<Expression>> = lowered.into_iter().collect();
    match lowered.filter(|_| findings.is_empty()) {
        Some(lowered) => {
            plan.seal();
            Ok((plan, lowered))
        }
        None => {
            diag::sort(&mut findings);
            Err(findings)
        }
    }
}
