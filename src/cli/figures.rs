//! `sla backing`, `sla coverage`, `sla budget`: figures of the checks, as tables or JSON.

use std::path::PathBuf;

use crate::prove::backing::{self, BackingDocument};
use crate::prove::budget::{self, BudgetDocument};
use crate::prove::coverage::{self, CoverageDocument};
use crate::report::Figures;
use crate::workspace::Analysed;

use super::Status;
use super::check::{roots, tell_troubles, workspace};
use super::output::{Output, Stream};

/// Prints how promises of uptime are backed.
pub fn backing(paths: &[PathBuf], service: Option<&str>, output: &Output) -> Status {
    let make = |project: &Analysed<'_, '_, '_>| {
        backing::document(project.model, &project.loaded.sources, service)
    };
    let join = |mut all: BackingDocument, next| {
        all.append(next);
        all
    };
    run(paths, output, &make, join)
}

/// Prints which requirements are met.
pub fn coverage(paths: &[PathBuf], output: &Output) -> Status {
    let make =
        |project: &Analysed<'_, '_, '_>| coverage::document(project.model, &project.loaded.sources);
    let join = |mut all: CoverageDocument, next| {
        all.append(next);
        all
    };
    run(paths, output, &make, join)
}

/// Prints what objectives allow to go wrong.
pub fn budget(paths: &[PathBuf], output: &Output) -> Status {
    let make =
        |project: &Analysed<'_, '_, '_>| budget::document(project.model, &project.loaded.sources);
    let join = |mut all: BudgetDocument, next| {
        all.append(next);
        all
    };
    run(paths, output, &make, join)
}

/// Checks the contracts, and prints their figures if there are no errors; with errors, these go to
/// standard error instead.
fn run<D: Figures + Default + Send>(
    paths: &[PathBuf],
    output: &Output,
    make: &(impl Fn(&Analysed<'_, '_, '_>) -> D + Sync),
    join: impl Fn(D, D) -> D,
) -> Status {
    let (roots, troubled) = roots(paths, output);
    if roots.is_empty() {
        return Status::Trouble;
    }
    let (checked, documents) =
        workspace(roots, output).check_with(&|project| project.sound.then(|| make(project)));
    if tell_troubles(&checked, output) || troubled {
        return Status::Trouble;
    }
    if checked.counts().errors > 0 {
        return output.findings(&checked, Stream::Error);
    }
    let document = documents.into_iter().flatten().fold(D::default(), join);
    output.print(&output.format().figures(&document, output.look(None)))
}
