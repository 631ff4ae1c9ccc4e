//! The `test` blocks of a workspace.

use super::{Analysed, Checked, Workspace};
use crate::testing::{self, TestOutcome};

impl Workspace<'_> {
    /// Checks everything, and runs the `test` blocks of all projects without errors, in the order
    /// in which they stand. Those of a project with errors are not run.
    ///
    /// The findings of failed tests stand in their outcomes, not among those of the contracts.
    pub fn test(self) -> (Checked, Vec<TestOutcome>) {
        let run = |project: &Analysed<'_, '_, '_>| {
            if project.sound {
                testing::run(project.model, &project.loaded.sources, project.files, None)
            } else {
                Vec::new()
            }
        };
        let (checked, done) = self.check_with(&run);
        let mut tested: Vec<TestOutcome> = done.into_iter().flatten().collect();
        tested.sort_by_key(|test| (test.span.file, test.span.start));
        (checked, tested)
    }
}
