//! Names and types of all projects.
//!
//! Files that use each other, directly or not, are analysed together and once; separate projects
//! side by side. A part of the standard library does not join the projects that use it: each
//! analyses its own copy.

use std::collections::{BTreeMap, BTreeSet};

use super::load::{Loaded, LoadedFile};
use crate::base::{FileId, parallel};
use crate::diag::{Code, Finding, Level, Sink};
use crate::lower;
use crate::names::{Input, Project};
use crate::prove;
use crate::syntax::Lost;
use crate::syntax::ast::Date;
use crate::types::{self, Model};

/// Files that hang together, in the order of their ids.
type Group = Vec<FileId>;

/// A project whose names and types are known.
#[derive(Clone, Copy)]
pub struct Analysed<'x, 'a, 'p> {
    /// What it promises.
    pub model: &'x Model<'a, 'p>,
    /// Everything that was read, of this project and others.
    pub loaded: &'x Loaded,
    /// The files of this project.
    pub files: &'x [FileId],
    /// False if it has errors: then the model lacks what could not be understood.
    pub sound: bool,
}

/// Analyses every project, and hands each model to `then` with the files it was made from. `faulty`
/// are files that have errors already, `today` is the day that counts as today, if any does.
pub(super) fn analyse<R: Send>(
    loaded: &Loaded,
    faulty: &BTreeSet<FileId>,
    today: Option<Date>,
    then: &(impl Fn(&Analysed<'_, '_, '_>) -> R + Sync),
) -> (Vec<R>, Vec<Finding>) {
    let groups = groups(loaded);
    let one = |group: &Group| {
        let mut sink = Sink::new();
        let uses: Vec<Vec<FileId>> = group.iter().map(|id| uses_of(loaded, *id)).collect();
        let inputs = group.iter().zip(&uses).filter_map(|(id, uses)| {
            let file = loaded.file(*id)?;
            Some(Input { file: *id, tree: &file.ast, uses, of_std: file.std })
        });
        let project = Project::new(inputs.collect(), &loaded.sources, &mut sink);
        let model = types::check(&project, &loaded.sources, &mut sink);
        let faulty = group.iter().any(|file| faulty.contains(file));
        let sound =
            !faulty && sink.findings().iter().all(|finding| finding.code.level() != Level::Error);
        // What would be refused when a plan is built is refused here.
        let refuse =
            || if sound { lower::refusals(&model, &loaded.sources, group) } else { Vec::new() };
        let case = prove::Case { model: &model, sources: &loaded.sources, sound, today };
        let prove = || {
            let mut own = Sink::new();
            prove::check(&case, &mut own);
            own
        };
        let (refused, proved) =
            if case.is_large() { parallel::both(refuse, prove) } else { (refuse(), prove()) };
        refused.into_iter().for_each(|finding| sink.push(finding));
        sink.append(proved);
        let findings = without_echoes(sink.into_findings(), loaded, group, !sound);
        let sound = !faulty && findings.iter().all(|finding| finding.code.level() != Level::Error);
        (then(&Analysed { model: &model, loaded, files: group, sound }), findings)
    };
    let done: Vec<(R, Vec<Finding>)> = parallel::each(&groups, one);
    let mut results = Vec::new();
    let mut findings: Vec<Finding> = Vec::new();
    for (result, found) in done {
        results.push(result);
        findings.extend(found);
    }
    (results, once(findings, loaded))
}

/// One root fault, one finding: where a file that is used cannot be had, or a name stood in what
/// could not be read, names are unknown for that reason alone, and where there are errors, a
/// declaration may be unused only because what uses it could not be read.
fn without_echoes(
    mut findings: Vec<Finding>,
    loaded: &Loaded,
    group: &Group,
    unsound: bool,
) -> Vec<Finding> {
    let lost: Vec<&Lost> = group.iter().filter_map(|id| Some(&loaded.file(*id)?.lost)).collect();
    findings.retain(|finding| !lost.iter().any(|lost| echoes(finding, lost, loaded)));
    let incomplete = |finding: &Finding| {
        finding.span().and_then(|span| loaded.file(span.file)).is_some_and(|file| file.incomplete)
    };
    findings.retain(|finding| !(lacks_name(finding.code) && incomplete(finding)));
    if unsound {
        findings.retain(|finding| finding.code != Code::UnusedDeclaration);
    }
    findings
}

/// True if what a finding lacks may be what was lost.
fn echoes(finding: &Finding, lost: &Lost, loaded: &Loaded) -> bool {
    match finding.code {
        Code::MissingTerm => lost.holds("term"),
        Code::NoFee => lost.holds("fee"),
        code if lacks_name(code) => {
            let text = finding.span().map(|span| loaded.sources.text(span)).unwrap_or_default();
            let name = text
                .rsplit(|c: char| c != '_' && !c.is_alphanumeric())
                .find(|word| !word.is_empty());
            let unnamed =
                lost.nameless && matches!(code, Code::UnknownName | Code::NothingToChange);
            unnamed || name.is_some_and(|name| lost.holds(name))
        }
        _ => false,
    }
}

/// Codes that say that something is not declared.
fn lacks_name(code: Code) -> bool {
    matches!(
        code,
        Code::UnknownName
            | Code::UnknownFunction
            | Code::UnknownType
            | Code::UnknownUnit
            | Code::NothingToChange
            | Code::MissingTerm
            | Code::NoFee
    )
}

/// Findings about the library turn up in every project that uses it.
fn once(findings: Vec<Finding>, loaded: &Loaded) -> Vec<Finding> {
    let library = |finding: &Finding| {
        finding.span().and_then(|span| loaded.file(span.file)).is_some_and(|file| file.std)
    };
    let mut seen: Vec<Finding> = Vec::new();
    let mut kept = Vec::new();
    for finding in findings {
        if library(&finding) {
            if seen.contains(&finding) {
                continue;
            }
            seen.push(finding.clone());
        }
        kept.push(finding);
    }
    kept
}

fn uses_of(loaded: &Loaded, id: FileId) -> Vec<FileId> {
    loaded
        .file(id)
        .map(|file| file.uses.iter().map(|(used, _)| *used).collect())
        .unwrap_or_default()
}

/// Files joined by `use`, without the library; the library's files that a group reaches are added
/// to it.
fn groups(loaded: &Loaded) -> Vec<Group> {
    let own: Vec<&LoadedFile> = loaded.files.iter().filter(|file| !file.std).collect();
    let mut joined: BTreeMap<FileId, FileId> =
        own.iter().map(|file| (file.file, file.file)).collect();
    for file in &own {
        for (used, _) in &file.uses {
            if joined.contains_key(used) {
                let (one, other) = (root(&mut joined, file.file), root(&mut joined, *used));
                let (least, most) = (one.min(other), one.max(other));
                joined.insert(most, least);
            }
        }
    }
    let mut groups: BTreeMap<FileId, BTreeSet<FileId>> = BTreeMap::new();
    for file in &own {
        groups.entry(root(&mut joined, file.file)).or_default().insert(file.file);
    }
    // The library checked for itself, without a project that uses it.
    if own.is_empty() {
        return loaded
            .files
            .iter()
            .map(|file| with_library(loaded, BTreeSet::from([file.file])))
            .collect();
    }
    groups.into_values().map(|group| with_library(loaded, group)).collect()
}

/// The first file of a group; the way there is halved for whoever asks next, so that long chains of
/// files stay cheap.
fn root(joined: &mut BTreeMap<FileId, FileId>, mut at: FileId) -> FileId {
    while let Some(next) = joined.get(&at).copied()
        && next != at
    {
        let after = joined.get(&next).copied().unwrap_or(next);
        joined.insert(at, after);
        at = after;
    }
    at
}

fn with_library(loaded: &Loaded, group: BTreeSet<FileId>) -> Group {
    let mut all = group.clone();
    let mut open: Vec<FileId> = group.into_iter().collect();
    while let Some(id) = open.pop() {
        for used in uses_of(loaded, id) {
            if all.insert(used) {
                open.push(used);
            }
        }
    }
    all.into_iter().collect()
}
