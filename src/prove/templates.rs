//! Agreements with any customer that are evaluated only in the agreements under them.
//!
//! In: agreements and the agreements under them. Out: findings. An agreement under the template
//! that is with any customer itself serves all.

use rustc_hash::FxHashMap;

use super::{Case, Reporter};
use crate::diag::{Code, Finding, Sink};
use crate::names::DeclId;
use crate::types::model::Agreement;

/// Checks the agreements with any customer.
pub(super) fn check(case: &Case<'_, '_, '_>, sink: &mut Sink) {
    let templates =
        || case.model.agreements.iter().filter(|it| it.any_customer && !it.children.is_empty());
    if !case.sound || templates().next().is_none() {
        return;
    }
    let mut out = Reporter::new(sink);
    let by_id: FxHashMap<DeclId, &Agreement<'_>> =
        case.model.agreements.iter().map(|it| (it.id, it)).collect();
    for template in templates() {
        let children: Vec<&Agreement<'_>> =
            template.children.iter().filter_map(|id| by_id.get(id).copied()).collect();
        let left_to_children = |it: &Agreement<'_>| {
            let mut objectives = it.versions.iter().flat_map(|version| &version.terms.objectives);
            objectives.any(|objective| objective.narrowed().kept_here.is_none())
        };
        if children.iter().any(|child| child.any_customer) || !left_to_children(template) {
            continue;
        }
        let Some(child) = children.first() else { continue };
        let (name, own) = (&template.name, &child.name);
        let span =
            |it: &Agreement<'_>| it.syntax.name.as_ref().map_or(it.item.lead, |name| name.span);
        let message = format!(
            "`{name}` is with any customer, but is evaluated only in the agreements under it"
        );
        let finding = Finding::new(Code::UnservedCustomers, span(template), message)
            .also(span(child), "evaluated instead")
            .note("a customer without an agreement under it has no verdicts and no credits")
            .help(format!(
                "put the common terms into a package, and write `package NAME` in `{name}` and in `{own}`, without `under {name}`"
            ))
            .help("or write `kept here` after the objectives that apply to all customers together");
        out.report(finding);
    }
}
