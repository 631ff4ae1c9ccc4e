//! What holds of every block alike, whatever it is: which blocks stand in it, and that it says a
//! thing about itself once.

use super::ast::{File, Item, ItemKind};
use crate::base::Span;
use crate::diag::{Code, Finding};

impl ItemKind {
    /// The blocks of statements inside a statement.
    pub fn blocks(&self) -> Vec<&[Item]> {
        match self {
            ItemKind::Party(party) => vec![&party.items],
            ItemKind::Calendar(calendar) => vec![&calendar.allows],
            ItemKind::Service(block) | ItemKind::Package(block) => vec![&block.items],
            ItemKind::Tier(tier) => vec![&tier.items],
            ItemKind::Agreement(agreement) => vec![&agreement.items],
            ItemKind::Amend(amend) => vec![&amend.items],
            ItemKind::Test(test) => vec![&test.facts, &test.allows],
            ItemKind::Scope(items) => vec![items],
            ItemKind::Use(_)
            | ItemKind::Severity(_)
            | ItemKind::Unit(_)
            | ItemKind::Enum(_)
            | ItemKind::Fact(_)
            | ItemKind::Source(_)
            | ItemKind::Metric(_)
            | ItemKind::Table(_)
            | ItemKind::Objective(_)
            | ItemKind::Credit(_)
            | ItemKind::Support(_)
            | ItemKind::Exclude(_)
            | ItemKind::Ignore(_)
            | ItemKind::Fee(_)
            | ItemKind::CapCredits(_)
            | ItemKind::Stacking(_)
            | ItemKind::MinimumPayout(_)
            | ItemKind::Claim(_)
            | ItemKind::Terminate(_)
            | ItemKind::Escalate(_)
            | ItemKind::Satisfies(_)
            | ItemKind::Waive(_)
            | ItemKind::Relax(_)
            | ItemKind::Drop(_)
            | ItemKind::Term(_)
            | ItemKind::Zone(_)
            | ItemKind::Hours(_)
            | ItemKind::PackageRef(_)
            | ItemKind::Services(_)
            | ItemKind::Includes(_)
            | ItemKind::Excludes(_)
            | ItemKind::Benefit(_)
            | ItemKind::Report(_)
            | ItemKind::Review(_)
            | ItemKind::FirstWindow(_)
            | ItemKind::Missing(_)
            | ItemKind::Given(_)
            | ItemKind::TextTerm(_)
            | ItemKind::Allow(_)
            | ItemKind::Needs(_)
            | ItemKind::Uses(_)
            | ItemKind::Process(_) => Vec::new(),
        }
    }

    /// The word of a statement that says something of its block which can only be one thing.
    fn property(&self) -> Option<&'static str> {
        match self {
            ItemKind::Term(_) => Some("term"),
            ItemKind::PackageRef(_) => Some("package"),
            ItemKind::Zone(_) => Some("zone"),
            ItemKind::Hours(_) => Some("hours"),
            ItemKind::FirstWindow(_) => Some("first window"),
            ItemKind::Missing(_) => Some("missing counts as"),
            ItemKind::MinimumPayout(_) => Some("minimum payout"),
            ItemKind::Party(_)
            | ItemKind::Calendar(_)
            | ItemKind::Service(_)
            | ItemKind::Package(_)
            | ItemKind::Tier(_)
            | ItemKind::Agreement(_)
            | ItemKind::Amend(_)
            | ItemKind::Test(_)
            | ItemKind::Scope(_)
            | ItemKind::Use(_)
            | ItemKind::Severity(_)
            | ItemKind::Unit(_)
            | ItemKind::Enum(_)
            | ItemKind::Fact(_)
            | ItemKind::Source(_)
            | ItemKind::Metric(_)
            | ItemKind::Table(_)
            | ItemKind::Objective(_)
            | ItemKind::Credit(_)
            | ItemKind::Support(_)
            | ItemKind::Exclude(_)
            | ItemKind::Ignore(_)
            | ItemKind::Fee(_)
            | ItemKind::CapCredits(_)
            | ItemKind::Stacking(_)
            | ItemKind::Claim(_)
            | ItemKind::Terminate(_)
            | ItemKind::Escalate(_)
            | ItemKind::Satisfies(_)
            | ItemKind::Waive(_)
            | ItemKind::Relax(_)
            | ItemKind::Drop(_)
            | ItemKind::Services(_)
            | ItemKind::Includes(_)
            | ItemKind::Excludes(_)
            | ItemKind::Benefit(_)
            | ItemKind::Report(_)
            | ItemKind::Review(_)
            | ItemKind::Given(_)
            | ItemKind::TextTerm(_)
            | ItemKind::Allow(_)
            | ItemKind::Needs(_)
            | ItemKind::Uses(_)
            | ItemKind::Process(_) => None,
        }
    }
}

/// Warns about blocks that say the same property twice.
pub(super) fn repeated(file: &File) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut todo: Vec<&[Item]> = file.items.iter().flat_map(|item| item.kind.blocks()).collect();
    while let Some(items) = todo.pop() {
        let mut said: Vec<(&'static str, Span)> = Vec::new();
        for item in items {
            todo.extend(item.kind.blocks());
            let Some(word) = item.kind.property() else { continue };
            match said.iter().find(|(earlier, _)| *earlier == word) {
                None => said.push((word, item.span)),
                Some((_, first)) => {
                    let finding = Finding::new(
                        Code::RepeatedProperty,
                        item.span,
                        format!("`{word}` is said twice in this block"),
                    );
                    found.push(
                        finding
                            .here("said again")
                            .also(*first, "said here first")
                            .help("keep the line that holds"),
                    );
                }
            }
        }
    }
    found
}

/// Warns about clauses of an objective that look like statements of a block which promises more
/// than this objective.
pub(super) fn swallowed(file: &File) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut todo: Vec<&[Item]> = file.items.iter().flat_map(|item| item.kind.blocks()).collect();
    while let Some(items) = todo.pop() {
        todo.extend(items.iter().flat_map(|item| item.kind.blocks()));
        let promises = items
            .iter()
            .filter(|item| matches!(item.kind, ItemKind::Objective(_) | ItemKind::Support(_)))
            .count();
        for item in items {
            let ItemKind::Objective(objective) = &item.kind else { continue };
            let Some(place) = objective.on_new_line.filter(|_| promises > 1) else { continue };
            let message = "this clause begins a line, and holds for the objective above it alone";
            let finding = Finding::new(Code::ClauseOnNewLine, place, message)
                .also(objective.name.as_ref().map_or(item.lead, |name| name.span), "this objective")
                .help("if it is meant for all objectives, write it before the first of them; if for this one, write it on the objective's last line");
            found.push(finding);
        }
    }
    found
}
