//! The one entry for command line, editor and tests: files in, findings out.
//!
//! In: root files and a [`Provider`] of bytes. Out: [`Checked`]: texts, trees, findings in order. This room knows files and projects; what the
//! language means is decided below it, and nothing is printed here. Only `disk.rs` touches the disk.

mod allowances;
mod circles;
mod disk;
mod load;
mod provider;
mod settings;

use std::collections::{HashMap, HashSet};

use crate::base::{FileId, SourceMap};
use crate::diag::{self, Code, Finding, Levels, Sink};
use crate::report::Counts;

pub use disk::{Disk, contracts_below, here};
pub use load::{Loaded, LoadedFile, Root, Trouble};
pub use provider::{LARGEST, Memory, Provider, ReadFault};
pub use settings::{FILE_NAME as SETTINGS_FILE, Settings};

/// What to check, and how.
pub struct Workspace<'a> {
    files: &'a dyn Provider,
    roots: Vec<Root>,
    levels: Levels,
}

/// What came out.
#[derive(Debug)]
pub struct Checked {
    /// Texts, trees and who uses whom.
    pub loaded: Loaded,
    /// All findings, in the order they are shown in, with their final levels.
    pub findings: Vec<Finding>,
    /// The agreements of each project that was analysed, by its root file.
    pub models: Vec<(FileId, Model)>,
}

/// What is known about one project once it is analysed; the rooms of names and types fill it.
#[derive(Debug, Default)]
pub struct Model {}

impl Checked {
    /// The texts that findings speak of.
    pub fn sources(&self) -> &SourceMap {
        &self.loaded.sources
    }

    /// How many files and findings there are.
    pub fn counts(&self) -> Counts {
        Counts::of(&self.findings, self.loaded.files.iter().filter(|file| !file.std).count())
    }
}

impl<'a> Workspace<'a> {
    /// A workspace without files.
    pub fn new(files: &'a dyn Provider) -> Self {
        Workspace { files, roots: Vec::new(), levels: Levels::default() }
    }

    /// Adds a root file.
    #[must_use]
    pub fn root(mut self, root: Root) -> Self {
        self.roots.push(root);
        self
    }

    /// Adds a root file by its path.
    #[must_use]
    pub fn path(self, path: impl Into<std::path::PathBuf>) -> Self {
        self.root(Root::Path(path.into()))
    }

    /// Levels that overrule those of `sla.toml`.
    #[must_use]
    pub fn levels(mut self, levels: Levels) -> Self {
        self.levels = levels;
        self
    }

    /// Reads, parses and checks everything.
    pub fn check(self) -> Checked {
        let mut sink = Sink::new();
        let Workspace { files, roots, levels } = self;
        let loaded = load::load(roots, files, &mut sink);
        circles::report(&loaded, &mut sink);
        let (models, found) = analyse_all(&loaded);
        let mut findings = sink.into_findings();
        findings.extend(found);
        let allowances: Vec<_> = loaded.files.iter().flat_map(|file| allowances_of(file, &loaded.sources)).collect();
        let findings = diag::apply_allowances(&allowances, findings);
        let mut findings: Vec<Finding> =
            findings.into_iter().filter_map(|finding| levels_for(&levels, &loaded, &finding).apply(finding)).collect();
        diag::sort(&mut findings);
        Checked { loaded, findings, models }
    }
}

/// The levels that hold where a finding stands; `stronger` are those of the command line.
fn levels_for(stronger: &Levels, loaded: &Loaded, finding: &Finding) -> Levels {
    let settings = finding.span().and_then(|span| loaded.settings(span.file));
    settings.map_or_else(|| stronger.clone(), |settings| settings.levels.overruled_by(stronger))
}

fn allowances_of(file: &LoadedFile, sources: &SourceMap) -> Vec<diag::Allowance> {
    let length = sources.get(file.file).map_or(0, |source| source.text().len());
    allowances::collect(file.file, length, &file.ast)
}

/// Analyses each project: a root with all it uses. A root that another root uses is part of that one's project and has none of its own.
fn analyse_all(loaded: &Loaded) -> (Vec<(FileId, Model)>, Vec<Finding>) {
    let mut models = Vec::new();
    let mut found: Vec<Finding> = Vec::new();
    let mut projects_of: HashMap<FileId, usize> = HashMap::new();
    for root in heads(loaded) {
        let files = loaded.project(root);
        files.iter().for_each(|file| *projects_of.entry(file.file).or_default() += 1);
        let mut sink = Sink::new();
        models.push((root, analyse(&files, &loaded.sources, &mut sink)));
        found.extend(sink.into_findings());
    }
    (models, keep_unused_everywhere(found, &projects_of))
}

/// Roots that no other root reaches; of roots that reach each other, the first.
fn heads(loaded: &Loaded) -> Vec<FileId> {
    if loaded.roots.len() < 2 {
        return loaded.roots.clone();
    }
    let used: HashSet<FileId> =
        loaded.files.iter().flat_map(|file| file.uses.iter().filter(|(used, _)| *used != file.file).map(|(used, _)| *used)).collect();
    let mut heads: Vec<FileId> = loaded.roots.iter().copied().filter(|root| !used.contains(root)).collect();
    let mut covered: HashSet<FileId> = heads.iter().flat_map(|head| loaded.project(*head)).map(|file| file.file).collect();
    // What is left lies on circles, or hangs on one.
    for root in &loaded.roots {
        if !covered.contains(root) {
            heads.push(*root);
            covered.extend(loaded.project(*root).iter().map(|file| file.file));
        }
    }
    heads.sort();
    heads
}

/// A declaration is unused only if no project that has its file uses it.
fn keep_unused_everywhere(found: Vec<Finding>, projects_of: &HashMap<FileId, usize>) -> Vec<Finding> {
    let unused = |finding: &&Finding| finding.code == Code::UnusedDeclaration;
    let mut times = HashMap::new();
    for span in found.iter().filter(unused).filter_map(Finding::span) {
        *times.entry(span).or_insert(0_usize) += 1;
    }
    let everywhere = |finding: &Finding| {
        finding.span().is_none_or(|span| times.get(&span).copied().unwrap_or(0) >= projects_of.get(&span.file).copied().unwrap_or(1))
    };
    found.into_iter().filter(|finding| finding.code != Code::UnusedDeclaration || everywhere(finding)).collect()
}

/// HOOK: names, types and proofs of one project. Until those rooms stand, a project that can be read has nothing wrong with it.
fn analyse(_files: &[&LoadedFile], _sources: &SourceMap, _sink: &mut Sink) -> Model {
    Model {}
}
