//! Types and dimensions, and the flattening of packages, tiers, agreements and amendments.
//!
//! In: a project of declarations. Out: a model in which every expression is typed, every promise
//! is kept with the agreement that makes it, and every value knows where it was written. This
//! module reads no files and proves nothing beyond types.

mod agreements;
mod calendars;
mod checker;
pub mod constant;
mod declarations;
mod flatten;
mod infer;
mod memo;
mod metrics;
pub mod model;
mod ownership;
mod packages;
mod scope;
mod terms;
mod tests;
pub mod tree;
pub mod ty;
pub mod uses;
mod windows;

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use crate::base::SourceMap;
use crate::diag::Sink;
use crate::names::{Project, What};

pub use calendars::calendar_of;
pub use model::Model;

use checker::Checker;

/// Types everything and flattens every agreement.
pub fn check<'a, 'p>(
    project: &'p Project<'a>,
    sources: &'p SourceMap,
    sink: &mut Sink,
) -> Model<'a, 'p> {
    let mut checker = Checker::new(project, sources);
    let mut model = Model {
        project,
        sources: BTreeMap::new(),
        metrics: BTreeMap::new(),
        tables: BTreeMap::new(),
        facts: BTreeMap::new(),
        services: BTreeMap::new(),
        agreements: Vec::new(),
        tiers: Vec::new(),
        tests: Vec::new(),
        references: Vec::new(),
    };
    for (id, decl) in project.decls() {
        match decl.what {
            What::Source(_) => {
                model.sources.insert(id, checker.source_rows(id));
            }
            What::Metric(_) => {
                if let Some(metric) = checker.metric_type(id) {
                    model.metrics.insert(id, metric);
                }
            }
            What::Table(table) => {
                let table = checker.table_decl(id, table);
                model.tables.insert(id, table);
            }
            What::Fact(fact) => {
                let fact = checker.fact_decl(id, fact);
                model.facts.insert(id, fact);
            }
            What::Service(block) => {
                let service = checker.service_decl(block);
                model.services.insert(id, service);
            }
            What::Calendar(calendar) => checker.calendar(calendar),
            What::Party(_)
            | What::Severity(_)
            | What::Enum(_)
            | What::Unit(_)
            | What::Package(_)
            | What::Agreement(_) => {}
        }
    }
    checker.circular_needs(&model.services);
    checker.duplicate_values();
    let packages = checker.packages();
    let changes = checker.changes(&packages);
    model.tiers = checker.tier_terms(&packages);
    model.agreements = checker.agreements(&packages, &changes);
    checker.shared_sources(&model.agreements);
    // What was remembered served the agreements.
    checker.memo = memo::Memo::default();
    model.tests = checker.tests(&model.agreements);
    checker.references.sort_unstable();
    checker.references.dedup();
    checker.references.shrink_to_fit();
    project.report_unused(&checker.references, &mut checker.sink);
    project.report_lookalikes(&mut checker.sink);
    model.references = std::mem::take(&mut checker.references);
    // Statements that several agreements inherit are looked at in each of them.
    let mut said = FxHashSet::default();
    for finding in std::mem::take(&mut checker.sink).into_findings() {
        if said.insert((finding.code, finding.span(), finding.message.clone())) {
            sink.push(finding);
        }
    }
    model
}
