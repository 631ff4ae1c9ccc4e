//! Names, places and order: what declarations are called in the plan, and where things were
//! written.

use std::path::Path;

use super::Builder;
use crate::base::{FileId, Span};
use crate::lang::words::{self, PartyKind};
use crate::names::{Decl, DeclId, What};
use crate::plan::Place;
use crate::syntax::ast::Text;

/// Declarations that the root sees, in the order of files and lines.
#[derive(Default)]
pub(super) struct Visible {
    /// All of them.
    pub all: Vec<DeclId>,
    pub severities: Vec<DeclId>,
    pub services: Vec<DeclId>,
    pub customers: Vec<DeclId>,
    /// The facts that say when an agreement has ended.
    pub ended: Vec<DeclId>,
}

impl Builder<'_, '_, '_> {
    /// The name of a declaration in the plan, which it then belongs to.
    pub(super) fn need(&mut self, id: DeclId) -> String {
        self.used.insert(id);
        self.label(id)
    }

    /// The name of a declaration in the plan. One of the library that the user's own hides is
    /// called after its file: `std.itil.Asa`.
    pub(super) fn label(&self, id: DeclId) -> String {
        let name = self.model.project.name(id);
        if self.model.project.lookup(self.root, &name) == Some(id) {
            return name.into();
        }
        let Some(decl) = self.model.project.get(id) else { return name.into() };
        let file = self.sources.name(decl.name.span.file);
        format!("{}.{name}", file.strip_suffix(".sla").unwrap_or(file).replace(['/', '\\'], "."))
    }

    /// Where something was written.
    pub(super) fn place(&self, span: Span) -> Place {
        if self.only_findings {
            return Place(String::new());
        }
        let at = self.sources.line_column(span);
        Place(format!("{}:{}:{}", self.file_name(span.file), at.line, at.column))
    }

    /// Where several things were written.
    pub(super) fn places(&self, spans: &[Span]) -> Vec<Place> {
        spans.iter().map(|span| self.place(*span)).collect()
    }

    /// A file's name beside the root file, so that a plan does not depend on where the project
    /// lies.
    fn file_name(&self, file: FileId) -> String {
        let name = self.sources.name(file);
        let folder = Path::new(self.sources.name(self.root)).parent();
        let short = folder
            .and_then(|folder| Path::new(name).strip_prefix(folder).ok())
            .and_then(Path::to_str)
            .unwrap_or(name);
        short.replace('\\', "/")
    }

    /// The names of all files the plan is made from.
    pub(super) fn file_names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.seen.iter().map(|file| self.file_name(*file)).collect();
        names.sort_unstable();
        names
    }

    /// What a place is sorted by: the same on every machine.
    pub(super) fn order(&self, span: Span) -> (&str, u32) {
        (self.sources.name(span.file), span.start)
    }

    /// Declarations in the order of files and lines.
    pub(super) fn in_order(&self, ids: impl IntoIterator<Item = DeclId>) -> Vec<DeclId> {
        let mut ids: Vec<(Span, DeclId)> = ids
            .into_iter()
            .filter_map(|id| Some((self.model.project.get(id)?.name.span, id)))
            .collect();
        ids.sort_by(|one, two| self.order(one.0).cmp(&self.order(two.0)));
        ids.into_iter().map(|(_, id)| id).collect()
    }

    /// All declarations that the root file sees.
    pub(super) fn find_visible(&self) -> Visible {
        let seen =
            self.model.project.decls().filter(|(_, decl)| self.seen.contains(&decl.name.span.file));
        let all = self.in_order(seen.map(|(id, _)| id));
        let of = |wanted: &dyn Fn(&Decl<'_>) -> bool| {
            all.iter()
                .copied()
                .filter(|id| self.model.project.get(*id).is_some_and(wanted))
                .collect::<Vec<DeclId>>()
        };
        Visible {
            severities: of(&|decl| matches!(decl.what, What::Severity(_))),
            services: of(&|decl| matches!(decl.what, What::Service(_))),
            customers: of(
                &|decl| matches!(decl.what, What::Party(party) if party.kind == PartyKind::Customer),
            ),
            ended: of(&|decl| matches!(decl.what, What::Fact(_)) && decl.name.text == words::ENDED),
            all,
        }
    }
}

/// What a text says, for fields that may lack one.
pub(super) fn said(text: Option<&Text>) -> Option<String> {
    text.map(|text| text.value.to_string())
}
