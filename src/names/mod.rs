//! What names stand for: declarations of all files, which file sees which, and who refers to what.
//!
//! In: the trees of all files and which file uses which. Out: a [`Project`] that answers "what is
//! `Acme` here?". This module reads declarations only; names inside expressions are looked up
//! by the module `types`.

mod circles;
mod lookalikes;
mod reach;

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicUsize, Ordering};

use ecow::EcoString;
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

use crate::base::{FileId, SourceMap, Span, closest};
use crate::diag::{Code, Finding, Sink};
use crate::lang::words::ENDED;
use crate::syntax::ast::{
    Agreement, Block, Calendar, Declaration, EnumDecl, FactDecl, File, Item, MetricDecl, Name,
    Party, SourceDecl, TableDecl, Titled, UnitDecl,
};

pub use circles::circles;
use reach::Reach;

/// One file as it comes into this module.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// Which file.
    pub file: FileId,
    /// Its tree.
    pub tree: &'a File,
    /// The files it uses directly.
    pub uses: &'a [FileId],
    /// True for a part of the standard library.
    pub of_std: bool,
}

/// Names one declaration of a [`Project`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct DeclId(NonZeroU32);

impl DeclId {
    /// The id of the declaration at this position.
    fn new(position: usize) -> Self {
        DeclId(
            u32::try_from(position)
                .map_or(NonZeroU32::MAX, |position| NonZeroU32::MIN.saturating_add(position)),
        )
    }

    /// Its position among all declarations.
    pub fn position(self) -> usize {
        self.0.get() as usize - 1
    }
}

/// A declaration at file level.
#[derive(Clone, Copy)]
pub struct Decl<'a> {
    /// Its name and where it is declared.
    pub name: &'a Name,
    /// The whole declaration.
    pub item: &'a Item,
    /// What it declares.
    pub what: What<'a>,
    /// Position of its file among the inputs.
    pub file: usize,
    /// True if it is declared in the standard library.
    pub of_std: bool,
}

/// What a declaration declares.
#[derive(Clone, Copy)]
pub enum What<'a> {
    /// A provider, customer or team.
    Party(&'a Party),
    /// A calendar or maintenance window.
    Calendar(&'a Calendar),
    /// A severity.
    Severity(&'a Titled),
    /// An enum.
    Enum(&'a EnumDecl),
    /// A unit.
    Unit(&'a UnitDecl),
    /// A fact.
    Fact(&'a FactDecl),
    /// A source.
    Source(&'a SourceDecl),
    /// A metric.
    Metric(&'a MetricDecl),
    /// A table.
    Table(&'a TableDecl),
    /// A service.
    Service(&'a Block),
    /// A package.
    Package(&'a Block),
    /// An agreement of any kind.
    Agreement(&'a Agreement),
}

impl What<'_> {
    /// The word for this kind of thing, with its article.
    pub fn noun(&self) -> &'static str {
        match self {
            What::Party(party) => match party.kind {
                crate::lang::words::PartyKind::Provider => "a provider",
                crate::lang::words::PartyKind::Customer => "a customer",
                crate::lang::words::PartyKind::Team => "a team",
            },
            What::Calendar(calendar) if calendar.maintenance => "a maintenance window",
            What::Calendar(_) => "a calendar",
            What::Severity(_) => "a severity",
            What::Enum(_) => "an enum",
            What::Unit(_) => "a unit",
            What::Fact(_) => "a fact",
            What::Source(_) => "a source",
            What::Metric(_) => "a metric",
            What::Table(_) => "a table",
            What::Service(_) => "a service",
            What::Package(_) => "a package",
            What::Agreement(_) => "an agreement",
        }
    }
}

/// A use of a name: from where it is written to where the thing is declared.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Reference {
    /// Where the name is used.
    pub from: Span,
    /// The name in the declaration.
    pub to: Span,
}

/// All declarations of all files.
pub struct Project<'a> {
    inputs: Vec<Input<'a>>,
    decls: Vec<Decl<'a>>,
    by_name: FxHashMap<&'a str, SmallVec<[DeclId; 2]>>,
    by_file: FxHashMap<FileId, usize>,
    enum_values: FxHashMap<&'a str, Vec<(DeclId, Span)>>,
    reach: Reach,
    /// How many names have been looked for among all others.
    looked_for: AtomicUsize,
}

/// For how many unknown names of a project a like one is looked for. Each look goes over all
/// declarations, and not even so many are shown.
const LOOKS: usize = 1_000;

impl<'a> Project<'a> {
    /// Collects the declarations of all files and reports names declared twice.
    pub fn new(inputs: Vec<Input<'a>>, sources: &SourceMap, sink: &mut Sink) -> Self {
        let by_file: FxHashMap<FileId, usize> =
            inputs.iter().enumerate().map(|(at, input)| (input.file, at)).collect();
        let edges: Vec<Vec<usize>> = inputs
            .iter()
            .map(|input| input.uses.iter().filter_map(|file| by_file.get(file).copied()).collect())
            .collect();
        let mut project = Project {
            reach: Reach::new(&edges),
            looked_for: AtomicUsize::new(0),
            inputs,
            decls: Vec::new(),
            by_name: FxHashMap::default(),
            by_file,
            enum_values: FxHashMap::default(),
        };
        for at in 0..project.inputs.len() {
            project.collect(at);
        }
        project.report_duplicates(sources, sink);
        project
    }

    fn collect(&mut self, at: usize) {
        let Some(input) = self.inputs.get(at).copied() else { return };
        for item in &input.tree.items {
            let Some((name, what)) = declared(item) else { continue };
            let id = DeclId::new(self.decls.len());
            self.decls.push(Decl { name, item, what, file: at, of_std: input.of_std });
            self.by_name.entry(name.text.as_str()).or_default().push(id);
            if let What::Enum(it) = what {
                for value in &it.values {
                    self.enum_values.entry(value.text.as_str()).or_default().push((id, value.span));
                }
            }
        }
    }

    /// Names are one space over a file and all it uses, so a name may be declared once among the
    /// files that any one file sees.
    fn report_duplicates(&self, sources: &SourceMap, sink: &mut Sink) {
        for (at, decl) in self.decls.iter().enumerate() {
            let Some(same) =
                self.by_name.get(decl.name.text.as_str()).filter(|same| same.len() > 1)
            else {
                continue;
            };
            let earlier = same
                .iter()
                .filter(|id| id.position() < at)
                .filter_map(|id| self.decls.get(id.position()));
            let Some(first) =
                earlier.into_iter().find(|first| self.reach.together(first.file, decl.file))
            else {
                continue;
            };
            if first.of_std != decl.of_std {
                let (own, theirs) = if decl.of_std { (first, decl) } else { (decl, first) };
                let message = format!(
                    "`{}` hides {} of the standard library",
                    own.name.text,
                    theirs.what.noun()
                );
                sink.push(
                    Finding::new(Code::ShadowedName, own.name.span, message)
                        .also(theirs.name.span, "the library's own"),
                );
                continue;
            }
            let message = format!("`{}` is declared twice", decl.name.text);
            let mut finding = Finding::new(Code::DuplicateName, decl.name.span, message)
                .here("declared again")
                .also(first.name.span, "first declared here");
            if first.file != decl.file {
                finding = finding.note(format!(
                    "a file and all files that it uses share their names; the other declaration is in {}",
                    sources.name(first.name.span.file)
                ));
            }
            sink.push(finding);
        }
    }

    /// Enums with a value of this name, and where each lists it.
    pub fn enum_values(&self, name: &str) -> &[(DeclId, Span)] {
        self.enum_values.get(name).map_or(&[], Vec::as_slice)
    }

    /// All declarations with their ids, in the order of files and lines.
    pub fn decls(&self) -> impl Iterator<Item = (DeclId, &Decl<'a>)> {
        self.decls.iter().enumerate().map(|(at, decl)| (DeclId::new(at), decl))
    }

    /// A declaration by id.
    pub fn get(&self, id: DeclId) -> Option<&Decl<'a>> {
        self.decls.get(id.position())
    }

    /// The name a declaration is known by; empty for an id of another project.
    pub fn name(&self, id: DeclId) -> EcoString {
        self.get(id).map(|decl| decl.name.text.clone()).unwrap_or_default()
    }

    /// The files in their order.
    pub fn inputs(&self) -> &[Input<'a>] {
        &self.inputs
    }

    /// What `name` stands for in a file: its own and the used declarations first, then the
    /// library's.
    pub fn lookup(&self, file: FileId, name: &str) -> Option<DeclId> {
        let at = *self.by_file.get(&file)?;
        let seen = |id: &&DeclId| self.get(**id).is_some_and(|decl| self.reach.sees(at, decl.file));
        let candidates = self.by_name.get(name)?;
        let own = candidates
            .iter()
            .filter(seen)
            .find(|id| self.get(**id).is_some_and(|decl| !decl.of_std));
        own.or_else(|| candidates.iter().find(seen)).copied()
    }

    /// True if one file sees the declarations of another: the other is itself or is used, directly
    /// or not.
    pub fn sees(&self, file: FileId, other: FileId) -> bool {
        match (self.by_file.get(&file), self.by_file.get(&other)) {
            (Some(from), Some(to)) => self.reach.sees(*from, *to),
            _ => false,
        }
    }

    /// Words of help for a name that stands for nothing: a like one that is seen, or the file to
    /// use.
    pub fn suggest(
        &self,
        file: FileId,
        name: &str,
        wanted: impl Fn(&What<'a>) -> bool,
        sources: &SourceMap,
    ) -> Suggestion {
        let at = self.by_file.get(&file).copied().unwrap_or(usize::MAX);
        let looks = if self.looked_for.fetch_add(1, Ordering::Relaxed) < LOOKS {
            self.decls.len()
        } else {
            0
        };
        let seen = self
            .decls
            .iter()
            .take(looks)
            .filter(|decl| wanted(&decl.what) && self.reach.sees(at, decl.file));
        if let Some(near) = closest(name, seen.map(|decl| decl.name.text.as_str())) {
            return Suggestion {
                replace: Some(near.into()),
                help: format!("did you mean `{near}`?"),
            };
        }
        let elsewhere = self
            .by_name
            .get(name)
            .into_iter()
            .flatten()
            .filter_map(|id| self.get(*id))
            .find(|decl| wanted(&decl.what));
        if let Some(decl) = elsewhere {
            let place = sources.name(decl.name.span.file);
            return Suggestion {
                replace: None,
                help: format!("`{name}` is declared in {place}; bring it in with `use`"),
            };
        }
        Suggestion { replace: None, help: String::new() }
    }

    /// Reports declarations nothing refers to. Files without an agreement only declare for others,
    /// and are left out.
    pub fn report_unused(&self, references: &[Reference], sink: &mut Sink) {
        let mut used: Vec<Span> = references.iter().map(|reference| reference.to).collect();
        used.sort_unstable();
        used.dedup();
        let ends: FxHashSet<usize> = self
            .decls
            .iter()
            .filter(|decl| matches!(decl.what, What::Agreement(_)))
            .map(|decl| decl.file)
            .collect();
        for decl in &self.decls {
            // The fact that ends a term is read by every term that goes on.
            let ends_terms = matches!(decl.what, What::Fact(_)) && decl.name.text == ENDED;
            // A severity with a meaning defines a word of the contract, whether or not a time is
            // promised for it.
            let defines = matches!(decl.what, What::Severity(severity) if severity.title.is_some());
            let kept =
                ends_terms || defines || matches!(decl.what, What::Agreement(_) | What::Package(_));
            if kept
                || decl.of_std
                || !ends.contains(&decl.file)
                || used.binary_search(&decl.name.span).is_ok()
            {
                continue;
            }
            let noun = decl.what.noun().split_once(' ').map_or("", |(_, noun)| noun);
            sink.push(Finding::new(
                Code::UnusedDeclaration,
                decl.name.span,
                format!("{noun} `{}` is never used", decl.name.text),
            ));
        }
    }
}

/// Help for an unknown name.
pub struct Suggestion {
    /// The name that was probably meant.
    pub replace: Option<EcoString>,
    /// The advice in words; empty if there is none.
    pub help: String,
}

impl Suggestion {
    /// The same, or this help where there is none.
    #[must_use]
    pub fn or_help(self, help: String) -> Suggestion {
        if self.help.is_empty() { Suggestion { help, ..self } } else { self }
    }

    /// Adds the advice, and the edit if there is one, to a finding about the name at `span`.
    #[must_use]
    pub fn attach(self, finding: Finding, span: Span) -> Finding {
        let finding = if self.help.is_empty() { finding } else { finding.help(self.help) };
        match self.replace {
            Some(name) => finding.suggestion(format!("write `{name}`"), span, name.as_str()),
            None => finding,
        }
    }
}

fn declared(item: &Item) -> Option<(&Name, What<'_>)> {
    match item.declaration()? {
        Declaration::Party(it) => Some((it.name.as_ref()?, What::Party(it))),
        Declaration::Calendar(it) => Some((it.name.as_ref()?, What::Calendar(it))),
        Declaration::Severity(it) => Some((it.name.as_ref()?, What::Severity(it))),
        Declaration::Unit(it) => Some((it.name.as_ref()?, What::Unit(it))),
        Declaration::Enum(it) => Some((it.name.as_ref()?, What::Enum(it))),
        Declaration::Fact(it) => Some((it.name.as_ref()?, What::Fact(it))),
        Declaration::Source(it) => Some((it.name.as_ref()?, What::Source(it))),
        Declaration::Metric(it) => Some((it.name.as_ref()?, What::Metric(it))),
        Declaration::Table(it) => Some((it.name.as_ref()?, What::Table(it))),
        Declaration::Service(it) => Some((it.name.as_ref()?, What::Service(it))),
        Declaration::Package(it) => Some((it.name.as_ref()?, What::Package(it))),
        Declaration::Agreement(it) => Some((it.name.as_ref()?, What::Agreement(it))),
        Declaration::Use(_)
        | Declaration::Tier(_)
        | Declaration::Amend(_)
        | Declaration::Test(_) => None,
    }
}
