//! The plan of a workspace.

use super::{Analysed, Checked, Workspace};
use crate::diag::{Finding, Level};
use crate::plan::Plan;

impl Workspace<'_> {
    /// Checks everything, and builds the plan of the first root file; there is none where there are
    /// errors.
    pub fn plan(self) -> (Checked, Option<Plan>) {
        let (checked, built) = self.check_with(&of_first_root);
        match built.into_iter().flatten().next() {
            Some(Ok(plan)) if !has_errors(&checked.findings) => (checked, Some(plan)),
            Some(_) | None => (checked, None),
        }
    }
}

/// The plan of the first root, if it is in this project, which has no errors.
fn of_first_root(project: &Analysed<'_, '_, '_>) -> Option<Result<Plan, Vec<Finding>>> {
    let root = project
        .loaded
        .roots
        .first()
        .filter(|root| project.sound && project.files.contains(root))?;
    Some(crate::lower::build(project.model, &project.loaded.sources, project.files, *root))
}

fn has_errors(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.level == Level::Error)
}
