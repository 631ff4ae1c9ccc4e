//! The one who checks: what has been found out so far, and how findings about types are worded.

use std::sync::Arc;

use ecow::EcoString;
use rustc_hash::{FxHashMap, FxHashSet};

use super::memo::Memo;
use super::model::MetricType;
use super::tree::{Instance, Kind, Typed};
use super::ty::{Rows, Ty};
use crate::base::{SourceMap, Span};
use crate::diag::{Code, Finding, Sink};
use crate::names::{DeclId, Project, Reference};

/// The progress of the typing of a metric.
pub(super) enum MetricState {
    /// Being typed: meeting it again is a circle.
    Open,
    /// Typed.
    Done(Option<Arc<MetricType>>),
}

/// Types everything, and remembers what has been typed.
pub struct Checker<'a, 'p> {
    /// All declarations.
    pub project: &'p Project<'a>,
    /// All texts.
    pub sources: &'p SourceMap,
    /// Findings so far.
    pub sink: Sink,
    /// Uses of names so far.
    pub references: Vec<Reference>,
    pub(super) rows: FxHashMap<DeclId, Arc<Rows>>,
    pub(super) metrics: FxHashMap<DeclId, MetricState>,
    pub(super) instances: FxHashMap<(DeclId, Vec<Ty>), Arc<Instance>>,
    pub(super) open_metrics: Vec<DeclId>,
    pub(super) suppressed: Vec<Finding>,
    pub(super) memo: Memo<'a>,
    pub(super) said: FxHashSet<(Code, Option<Span>)>,
    pub(super) depth: u32,
    pub(super) quiet: u32,
    pub(super) mute: u32,
    /// True while terms are typed whose package, tier or parent is unknown: what they restate
    /// cannot be known either.
    pub(super) incomplete: bool,
}

impl<'a, 'p> Checker<'a, 'p> {
    /// Nothing typed yet.
    pub fn new(project: &'p Project<'a>, sources: &'p SourceMap) -> Self {
        Checker {
            project,
            sources,
            sink: Sink::new(),
            references: Vec::new(),
            rows: FxHashMap::default(),
            metrics: FxHashMap::default(),
            instances: FxHashMap::default(),
            open_metrics: Vec::new(),
            suppressed: Vec::new(),
            memo: Memo::default(),
            said: FxHashSet::default(),
            depth: 0,
            quiet: 0,
            mute: 0,
            incomplete: false,
        }
    }

    /// Takes a finding in, unless a copy of something already checked is being typed again.
    pub(super) fn report(&mut self, finding: Finding) {
        if self.mute > 0 {
            return;
        }
        if self.quiet == 0 {
            self.sink.push(finding);
        } else {
            self.suppressed.push(finding);
        }
    }

    /// Takes a finding in, unless the same code was reported at the same place: terms are looked at
    /// once for each agreement.
    pub(super) fn report_once(&mut self, finding: Finding) {
        if self.said.insert((finding.code, finding.span())) {
            self.report(finding);
        }
    }

    /// Records that the name at `from` stands for what is declared at `to`.
    pub(super) fn refer(&mut self, from: Span, to: Span) {
        if self.quiet == 0 {
            // What agreements inherit is looked at in each of them: the same references come again
            // and again.
            if self.references.len() == self.references.capacity() {
                self.references.sort_unstable();
                self.references.dedup();
                self.references.reserve_exact(self.references.len() / 4 + 64);
            }
            self.references.push(Reference { from, to });
        }
    }

    /// Records a use of a declaration.
    pub(super) fn refer_decl(&mut self, from: Span, id: DeclId) {
        if let Some(decl) = self.project.get(id) {
            let to = decl.name.span;
            self.refer(from, to);
        }
    }

    /// What people call a type.
    pub(super) fn say(&self, ty: &Ty) -> String {
        ty.describe(self.project)
    }

    /// A value of another type than is needed.
    pub(super) fn mismatch(&mut self, value: &Typed, wanted: &str) {
        if value.ty.is_unknown() {
            return;
        }
        let message = format!("{wanted} is needed here, but this is {}", self.say(&value.ty));
        self.report(
            Finding::new(Code::TypeMismatch, value.span, message).here(self.say(&value.ty)),
        );
    }

    /// True if the value is a condition; reports otherwise.
    pub(super) fn need_boolean(&mut self, value: &Typed) {
        match value.ty {
            Ty::Boolean | Ty::Unknown => {}
            Ty::Optional(_) => self.absent(value),
            _ => self.mismatch(value, "a condition"),
        }
    }

    /// A value that may be absent, used as if it were there.
    pub(super) fn absent(&mut self, value: &Typed) {
        let name = self.sources.text(value.span).to_string();
        let finding = Finding::new(Code::OptionalValue, value.span, format!("`{name}` may be absent here")).help(format!(
            "check `has {name} and …` first, keep only rows that have it with `where has {name}`, or write which value to use instead: `{name} default …`"
        ));
        self.report(finding);
    }

    /// The value with its optional type unwrapped; reports if it was optional.
    pub(super) fn need_present(&mut self, value: Typed) -> Typed {
        match &value.ty {
            Ty::Optional(inner) => {
                let ty = (**inner).clone();
                self.absent(&value);
                Typed { ty, ..value }
            }
            _ => value,
        }
    }

    /// Reports a name that nothing declares, with advice.
    pub(super) fn unknown(
        &mut self,
        code: Code,
        word: &str,
        span: Span,
        message: String,
        candidates: &[EcoString],
    ) {
        let mut finding = Finding::new(code, span, message);
        if let Some(near) = crate::base::closest(word, candidates.iter().map(EcoString::as_str)) {
            finding = finding.help(format!("did you mean `{near}`?")).suggestion(
                format!("write `{near}`"),
                span,
                near,
            );
        } else if !candidates.is_empty() && candidates.len() <= 12 {
            finding = finding.help(format!(
                "there is {}",
                crate::base::quoted_list(candidates.iter().map(EcoString::as_str))
            ));
        }
        self.report(finding);
    }
}

/// A hole at a place.
pub(super) fn missing(span: Span) -> Typed {
    Typed { kind: Kind::Missing, ty: Ty::Unknown, span }
}
