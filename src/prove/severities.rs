//! Support tables: answers before solutions, the more severe case first, and no severity left out.
//!
//! In: the cells of support tables, as objectives. Out: findings about cells that contradict each
//! other. Severities are declared from the most severe to the least severe; those of different
//! files have no order among themselves.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::same::same_option;
use super::strength::{Aspect, clocks, targets};
use super::{Case, Reporter};
use crate::base::Exact;
use crate::diag::{Code, Finding, Sink};
use crate::names::{DeclId, What};
use crate::syntax::ast::CellKind;
use crate::types::constant;
use crate::types::model::{Limit, Objective, Support, TermId, Terms};
use crate::types::tree::{Kind, Typed};

/// Checks all support tables.
pub fn check(case: &Case<'_, '_, '_>, sink: &mut Sink) {
    let mut out = Reporter::new(sink);
    let mut seen: FxHashSet<Vec<TermId>> = FxHashSet::default();
    let families = Families::new(case);
    for terms in super::all_terms(case.model) {
        let cells: Vec<&Arc<Objective<'_>>> =
            terms.objectives.iter().filter(|objective| objective.support.is_some()).collect();
        if cells.is_empty() || !seen.insert(cells.iter().map(|cell| cell.id).collect()) {
            continue;
        }
        let mut by_table: BTreeMap<&str, ByKind<'_, '_>> = BTreeMap::new();
        for cell in &cells {
            if let Some(support) = &cell.support {
                let kinds = by_table.entry(table_of(&cell.name)).or_default();
                kinds.entry(support.kind).or_default().insert(support.severity, &**cell);
            }
        }
        for by_kind in by_table.values() {
            order_of_clocks(by_kind, &mut out);
            for cells in by_kind.values() {
                more_severe_first(case, cells, &mut out);
            }
        }
        if case.sound {
            families.without_row(case, terms, &mut out);
        }
    }
}

/// Cells of a table by clock and severity.
type ByKind<'x, 'a> = BTreeMap<CellKind, BTreeMap<DeclId, &'x Objective<'a>>>;

/// The name of a cell's table: `Urgent` of `Urgent.P1.respond`, nothing of `P1.respond`.
fn table_of(cell: &str) -> &str {
    cell.rsplitn(3, '.').nth(2).unwrap_or_default()
}

/// A case is answered before it is solved: where the solution is promised sooner, one of the two
/// limits is wrong.
fn order_of_clocks(by_kind: &ByKind<'_, '_>, out: &mut Reporter<'_>) {
    let (Some(respond), Some(resolve)) =
        (by_kind.get(&CellKind::Respond), by_kind.get(&CellKind::Resolve))
    else {
        return;
    };
    for (severity, answer) in respond {
        let Some(solution) = resolve.get(severity) else { continue };
        let (Some(first), Some(second)) = (&answer.support, &solution.support) else { continue };
        if !same_cases(answer, solution)
            || !runs_no_slower(second, first)
            || !matches!(targets(answer, solution), Some(order) if order != Ordering::Greater)
        {
            continue;
        }
        if later(&first.limit.value, &second.limit.value) {
            let finding = Finding::new(
                Code::RespondAfterResolve,
                first.limit.at,
                "a case must be resolved before it must be answered",
            )
            .here("the response")
            .also(second.limit.at, "the resolution is due sooner")
            .help("the two limits may have been swapped");
            out.report(finding);
        }
    }
}

/// Cells about the same cases under the same facts.
fn same_cases(one: &Objective<'_>, other: &Objective<'_>) -> bool {
    let filter = |objective: &Objective<'_>| {
        objective.narrowed().filter.as_ref().map(|filter| Arc::clone(&filter.value))
    };
    same_option(filter(one).as_deref(), filter(other).as_deref())
        && one.narrowed().condition.is_none()
        && other.narrowed().condition.is_none()
}

/// True if the first clock never shows less than the second: it runs whenever that one does.
fn runs_no_slower(one: &Support, other: &Support) -> bool {
    let hours = |support: &Support| support.during.as_ref().map(|during| Arc::clone(&during.value));
    let pausing =
        |support: &Support| support.pausing.as_ref().map(|pausing| Arc::clone(&pausing.value));
    let always =
        |hours: Option<&Typed>| hours.is_none_or(|hours| matches!(hours.kind, Kind::Always));
    let (mine, theirs) = (hours(one), hours(other));
    let runs = always(mine.as_deref()) || same_option(mine.as_deref(), theirs.as_deref());
    runs && (one.pausing.is_none()
        || same_option(pausing(one).as_deref(), pausing(other).as_deref()))
}

fn later(one: &Limit, other: &Limit) -> bool {
    let length = |limit: &Limit| -> Option<Exact> {
        match limit {
            Limit::Within(length) => constant::value(length),
            Limit::EndOf(_) => None,
        }
    };
    match (one, other) {
        (Limit::EndOf(a), Limit::EndOf(b)) => a > b,
        (Limit::Within(_), Limit::Within(_)) => {
            length(one) > length(other) && length(other).is_some()
        }
        (Limit::Within(_) | Limit::EndOf(_), _) => false,
    }
}

/// A more severe case must not wait longer than a less severe one.
fn more_severe_first(
    case: &Case<'_, '_, '_>,
    cells: &BTreeMap<DeclId, &Objective<'_>>,
    out: &mut Reporter<'_>,
) {
    let file = |id: &DeclId| case.model.project.get(*id).map(|decl| decl.file);
    let mut last: Option<(&DeclId, &&Objective<'_>)> = None;
    for (severity, lighter) in cells {
        let above = last.replace((severity, lighter));
        let Some((severe, cell)) = above.filter(|(severe, _)| file(severe) == file(severity))
        else {
            continue;
        };
        let (Some(one), Some(other)) = (&cell.support, &lighter.support) else { continue };
        if !same_cases(cell, lighter) {
            continue;
        }
        let Some(compared) = clocks(one, other) else { continue };
        let slower = compared
            .iter()
            .find(|(aspect, order, _, _)| *aspect != Aspect::Misses && *order == Ordering::Less);
        if let Some((aspect, _, here, there)) = slower {
            let (severe, light) =
                (case.model.project.name(*severe), case.model.project.name(*severity));
            let message = format!("`{severe}` is more severe than `{light}` and waits longer");
            let mut finding = Finding::new(Code::SevereButSlower, one.limit.at, message)
                .here(format!("`{severe}`"));
            if *here != one.limit.at {
                finding = finding.also(*here, format!("the {} of `{severe}`", aspect.noun()));
            }
            finding = finding
                .also(*there, format!("the {} of `{light}`", aspect.noun()))
                .note("severities are declared from the most severe to the least severe")
                .help("the two limits may have been swapped, or the severities are declared in the wrong order");
            out.report(finding);
        }
    }
}

/// Severities that belong together: those of one file that stand in one table somewhere.
struct Families {
    /// For each severity, some severity of its family, the same for all of it.
    of: FxHashMap<DeclId, DeclId>,
    members: BTreeMap<DeclId, Vec<DeclId>>,
}

impl Families {
    fn new(case: &Case<'_, '_, '_>) -> Families {
        let mut files: BTreeMap<usize, Vec<DeclId>> = BTreeMap::new();
        for (id, decl) in case.model.project.decls() {
            if matches!(decl.what, What::Severity(_)) {
                files.entry(decl.file).or_default().push(id);
            }
        }
        let mut families = Families { of: FxHashMap::default(), members: BTreeMap::new() };
        for members in files.into_values() {
            let Some(first) = members.first().copied() else { continue };
            families.of.extend(members.iter().map(|id| (*id, first)));
            families.members.insert(first, members);
        }
        // A file may declare several scales, one a table: those are not one family.
        let mut tables: FxHashMap<DeclId, Vec<Vec<DeclId>>> = FxHashMap::default();
        for terms in super::all_terms(case.model) {
            let rows = severities(terms);
            if let Some(family) = rows.first().and_then(|id| families.of.get(id)) {
                tables.entry(*family).or_default().push(rows);
            }
        }
        for (family, tables) in tables {
            if !hang_together(&tables) {
                families.members.remove(&family);
            }
        }
        families
    }

    /// A table that says something of a more and of a less severe case says something of the one
    /// between them. It may leave the most severe to a better tier, and the lightest to good will.
    fn without_row(&self, case: &Case<'_, '_, '_>, terms: &Terms<'_>, out: &mut Reporter<'_>) {
        let rows = severities(terms);
        let (Some(first), Some(lightest)) = (rows.first(), rows.last()) else { return };
        let Some(members) = self.of.get(first).and_then(|family| self.members.get(family)) else {
            return;
        };
        let Some(cell) = terms.objectives.iter().find(|objective| objective.support.is_some())
        else {
            return;
        };
        for missing in members
            .iter()
            .filter(|id| first < *id && *id < lightest && rows.binary_search(id).is_err())
        {
            let [name, severe, light] =
                [missing, first, lightest].map(|id| case.model.project.name(*id));
            let mut finding = Finding::new(
                Code::SeverityWithoutRow,
                cell.item.lead,
                format!("`{name}` has no row here, but `{severe}` and `{light}` have one"),
            );
            if let Some(decl) = case.model.project.get(*missing) {
                finding = finding.also(decl.name.span, "the severity");
            }
            out.report(finding.help(format!("write what is promised for it: `{name} respond …`")));
        }
    }
}

/// The severities with a cell, the most severe first.
fn severities(terms: &Terms<'_>) -> Vec<DeclId> {
    let mut rows: Vec<DeclId> = terms
        .objectives
        .iter()
        .filter_map(|objective| Some(objective.support.as_ref()?.severity))
        .collect();
    rows.sort_unstable();
    rows.dedup();
    rows
}

/// True if no two tables of a file speak of quite different severities.
fn hang_together(tables: &[Vec<DeclId>]) -> bool {
    let Some(largest) = tables.iter().max_by_key(|rows| rows.len()) else { return true };
    tables.iter().all(|rows| rows.iter().any(|id| largest.binary_search(id).is_ok()))
}
