//! From the checked model to a plan.
//!
//! In: the model of a project and the file that a plan is requested for. Out: the [`Plan`] of all
//! agreements that this file and the files it uses declare, with everything they need and nothing
//! else; or findings about what no plan can say. It reads no data and evaluates nothing.
//!
//! The order of everything depends on names of files and places in them, never on the order files
//! were read in. Trees that users nest or multiply are walked with a budget, so that no input takes
//! exponential time or an unbounded stack.

mod aggregates;
mod agreements;
mod causes;
mod credits;
mod enums;
mod expressions;
mod extra;
mod fold;
mod groups;
mod ladder;
mod metrics;
mod money;
mod names;
mod objectives;
mod operators;
mod rows;
mod setting;
mod sources;
mod support;
mod terms;
mod texts;
mod time;
mod times;
mod values;
mod walk;

use std::collections::{BTreeMap, BTreeSet};

use ecow::EcoString;
use rustc_hash::FxHashSet;

use crate::base::{FileId, SourceMap, Span};
use crate::diag::{self, Code, Finding};
use crate::names::{DeclId, What};
use crate::plan::Calendar;
use crate::plan::{FORMAT, Generator, Plan};
use crate::time::{Instant, Zone, zone_data_version};
use crate::types::Model;

pub use extra::build_with;
use metrics::Metrics;
use names::Visible;

/// The plan of the agreements that `root` and the files it uses declare; `files` are those of the
/// model.
///
/// The model must be free of errors: what could not be typed is left out of it, and would be left
/// out of the plan.
pub fn build(
    model: &Model<'_, '_>,
    sources: &SourceMap,
    files: &[FileId],
    root: FileId,
) -> Result<Plan, Vec<Finding>> {
    let mut builder = Builder::new(model, sources, files, root);
    let agreements = builder.agreements();
    let mut plan = builder.declarations(agreements);
    let mut findings = builder.findings;
    if findings.is_empty() {
        plan.seal();
        return Ok(plan);
    }
    diag::sort(&mut findings);
    Err(findings)
}

/// What no plan can say of the agreements in these files. The model must be free of errors.
///
/// Each agreement is built and let go before the next.
pub fn refusals(model: &Model<'_, '_>, sources: &SourceMap, files: &[FileId]) -> Vec<Finding> {
    let Some(root) = files.first() else { return Vec::new() };
    let mut builder = Builder::of_all(model, sources, files, *root);
    builder.only_findings = true;
    builder.refuse_agreements();
    builder.needed();
    builder.refuse_constants();
    let mut findings = builder.findings;
    diag::sort(&mut findings);
    findings
}

/// What has been built so far, and what it needs.
struct Builder<'m, 'a, 'p> {
    model: &'m Model<'a, 'p>,
    sources: &'m SourceMap,
    root: FileId,
    /// Files that the root sees.
    seen: FxHashSet<FileId>,
    /// Declarations that the root sees.
    visible: Visible,
    /// Declarations that something in the plan names.
    used: BTreeSet<DeclId>,
    /// In which zone the hours of a service were first needed.
    service_zones: BTreeMap<DeclId, Zone>,
    calendars: BTreeMap<String, Calendar>,
    zones: BTreeMap<&'static str, Zone>,
    /// From the earliest start to the latest end of a term.
    extent: Option<(Instant, Instant)>,
    metrics: Metrics,
    /// Where enums without a name are first written.
    value_lists: BTreeMap<Vec<EcoString>, Span>,
    used_lists: BTreeSet<Vec<EcoString>>,
    /// True where only the findings are wanted: places and ids that serve the reader of a plan are
    /// left out then.
    only_findings: bool,
    findings: Vec<Finding>,
    said: FxHashSet<(Code, Span)>,
}

impl<'m, 'a, 'p> Builder<'m, 'a, 'p> {
    fn new(
        model: &'m Model<'a, 'p>,
        sources: &'m SourceMap,
        files: &[FileId],
        root: FileId,
    ) -> Self {
        let seen: Vec<FileId> =
            files.iter().copied().filter(|file| model.project.sees(root, *file)).collect();
        Builder::of_all(model, sources, &seen, root)
    }

    /// Of everything these files declare; names are those that `root` has for them.
    fn of_all(
        model: &'m Model<'a, 'p>,
        sources: &'m SourceMap,
        seen: &[FileId],
        root: FileId,
    ) -> Self {
        let mut builder = Builder {
            model,
            sources,
            root,
            seen: seen.iter().copied().collect(),
            visible: Visible::default(),
            used: BTreeSet::new(),
            service_zones: BTreeMap::new(),
            calendars: BTreeMap::new(),
            zones: BTreeMap::new(),
            extent: None,
            metrics: Metrics::default(),
            value_lists: BTreeMap::new(),
            used_lists: BTreeSet::new(),
            only_findings: false,
            findings: Vec::new(),
            said: FxHashSet::default(),
        };
        builder.visible = builder.find_visible();
        builder.find_value_lists();
        builder
    }

    /// Takes in a finding, once a place.
    fn report(&mut self, finding: Finding) {
        if let Some(span) = finding.span()
            && self.said.insert((finding.code, span))
        {
            self.findings.push(finding);
        }
    }

    /// Reports something that is sound as such, but that no plan can say.
    fn cannot(&mut self, span: Span, message: impl Into<String>) {
        self.report(Finding::new(Code::TypeMismatch, span, message));
    }

    fn declarations(&mut self, agreements: Vec<crate::plan::Agreement>) -> Plan {
        // A severity with a meaning is a definition of the contract, also where no time is promised
        // for it.
        let described = self.visible.severities.iter().copied().filter(
            |id| matches!(self.model.project.get(*id).map(|decl| decl.what), Some(What::Severity(severity)) if severity.title.is_some()),
        );
        self.used.extend(described);
        let needed = self.needed();
        Plan {
            plan: FORMAT,
            digest: String::new(),
            generator: Generator {
                program: format!("sla {}", env!("CARGO_PKG_VERSION")),
                zone_data: zone_data_version().to_string(),
            },
            files: self.file_names(),
            zones: self.zone_tables(),
            parties: needed.parties,
            services: needed.services,
            units: needed.units,
            enums: needed.enums,
            severities: needed.severities,
            facts: needed.facts,
            tables: needed.tables,
            calendars: std::mem::take(&mut self.calendars).into_values().collect(),
            sources: needed.sources,
            metrics: std::mem::take(&mut self.metrics).into_list(),
            agreements,
        }
    }
}
