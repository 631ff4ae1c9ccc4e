//! The one entry for command line, editor and tests: files in, findings out.
//!
//! In: root files and a [`Provider`] of bytes. Out: [`Checked`]: texts, trees, findings in order.
//! This module knows files and projects; what the language means is decided below it, and nothing
//! is printed here. Only `disk.rs` touches the disk.

mod allowances;
mod analyse;
mod circles;
#[cfg(feature = "files")]
mod disk;
mod fix;
mod load;
mod planned;
mod provider;
mod settings;
mod tested;

use std::collections::BTreeMap;

use crate::base::{FileId, SourceMap};
use crate::diag::{self, Code, Finding, Level, Levels, Sink};
use crate::report::{self, FindingCounts, FindingDiagnostic, Format};
use crate::syntax::ast::Date;

pub use analyse::Analysed;
#[cfg(feature = "cli")]
pub(crate) use disk::here;
#[cfg(feature = "files")]
pub use disk::{Disk, Search, contracts_below};
pub(crate) use fix::{Change, Fixed, apply_fixes};
pub use load::Loaded;
pub(crate) use load::LoadedFile;
pub use load::{Root, UnreadableFile};
pub(crate) use provider::LARGEST;
pub use provider::{Memory, Provider, ReadFault};

/// What to check, and how.
pub struct Workspace<'a> {
    files: &'a dyn Provider,
    roots: Vec<Root>,
    levels: Levels,
    today: Option<Date>,
}

/// The result of a check.
#[derive(Debug)]
pub struct Checked {
    /// Texts, trees and who uses whom.
    pub(crate) loaded: Loaded,
    /// The findings, in the order they are shown in, with their final levels; of a file with too
    /// many, the first.
    pub findings: Vec<Finding>,
}

/// What came out, with every finding that was kept.
struct All {
    loaded: Loaded,
    findings: Vec<Finding>,
    left_out: BTreeMap<FileId, usize>,
    levels: Levels,
}

impl All {
    /// As it is shown.
    fn shown(self) -> Checked {
        let All { loaded, findings, left_out, levels } = self;
        let bounded = diag::bound(findings, &left_out).into_iter();
        let findings = bounded.filter_map(|finding| match finding.code {
            Code::TooManyFindings => levels_for(&levels, &loaded, &finding).apply(finding),
            _ => Some(finding),
        });
        let findings = findings.collect();
        Checked { loaded, findings }
    }
}

impl Checked {
    /// The texts that findings speak of.
    pub fn sources(&self) -> &SourceMap {
        &self.loaded.sources
    }

    /// Root files that cannot be read at all. They have no findings.
    pub fn unreadable(&self) -> &[UnreadableFile] {
        &self.loaded.unreadable
    }

    /// All findings as text, in one of the forms of `sla check --format`, without colour.
    pub fn render(&self, format: Format) -> String {
        report::render(format, false, &self.findings, self.sources(), self.counts().files)
    }

    /// The findings as diagnostics of the crate `miette`, each with the texts it refers to.
    pub fn diagnostics(&self) -> impl Iterator<Item = FindingDiagnostic> + '_ {
        self.findings.iter().map(|finding| FindingDiagnostic::new(finding, self.sources()))
    }

    /// How many files and findings there are.
    pub fn counts(&self) -> FindingCounts {
        FindingCounts::of(&self.findings, self.loaded.files.iter().filter(|file| !file.std).count())
    }
}

impl<'a> Workspace<'a> {
    /// A workspace without files.
    pub fn new(files: &'a dyn Provider) -> Self {
        Workspace { files, roots: Vec::new(), levels: Levels::default(), today: None }
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

    /// Adds a root file that is not read but given, under the name that findings show.
    #[must_use]
    pub fn text(self, name: impl Into<String>, content: impl Into<Vec<u8>>) -> Self {
        let folder = std::path::PathBuf::new();
        self.root(Root::Text { name: name.into(), folder, bytes: content.into() })
    }

    /// Levels that overrule those of `sla.toml`.
    #[must_use]
    pub fn levels(mut self, levels: Levels) -> Self {
        self.levels = levels;
        self
    }

    /// The day that counts as today: without it nothing is said about what is over.
    #[must_use]
    pub fn today(mut self, today: Option<Date>) -> Self {
        self.today = today;
        self
    }

    /// Reads, parses and checks everything.
    pub fn check(self) -> Checked {
        self.check_with(&|_| ()).0
    }

    /// Reads, parses and checks everything, and hands each project to `then`.
    pub(crate) fn check_with<R: Send>(
        self,
        then: &(impl Fn(&Analysed<'_, '_, '_>) -> R + Sync),
    ) -> (Checked, Vec<R>) {
        let (all, results) = self.check_all(then);
        (all.shown(), results)
    }

    fn check_all<R: Send>(
        self,
        then: &(impl Fn(&Analysed<'_, '_, '_>) -> R + Sync),
    ) -> (All, Vec<R>) {
        let mut sink = Sink::new();
        let Workspace { files, roots, levels, today } = self;
        let loaded = load::load(roots, files, &mut sink);
        circles::report(&loaded, &mut sink);
        let faulty = sink
            .findings()
            .iter()
            .filter(|finding| finding.code.level() == Level::Error)
            .filter_map(|finding| Some(finding.span()?.file));
        let (results, found) = analyse::analyse(&loaded, &faulty.collect(), today, then);
        let left_out = sink.left_out().clone();
        let mut findings = sink.into_findings();
        findings.extend(found);
        let allowances: Vec<_> =
            loaded.files.iter().flat_map(|file| allowances_of(file, &loaded.sources)).collect();
        let findings = diag::apply_allowances(&allowances, findings);
        let mut findings: Vec<Finding> = findings
            .into_iter()
            .filter_map(|finding| levels_for(&levels, &loaded, &finding).apply(finding))
            .collect();
        diag::sort(&mut findings);
        (All { loaded, findings, left_out, levels }, results)
    }
}

/// The levels at the place of a finding; `stronger` are those of the command line.
fn levels_for(stronger: &Levels, loaded: &Loaded, finding: &Finding) -> Levels {
    let settings = finding.span().and_then(|span| loaded.settings(span.file));
    settings.map_or_else(|| stronger.clone(), |settings| settings.levels.overruled_by(stronger))
}

fn allowances_of(file: &LoadedFile, sources: &SourceMap) -> Vec<diag::Allowance> {
    let length = sources.get(file.file).map_or(0, |source| source.text().len());
    allowances::collect(file.file, length, &file.ast)
}
