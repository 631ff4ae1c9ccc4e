//! What holds of every block alike, whatever it is: which blocks stand in it, and that it says a
//! thing about itself once.

use super::ast::{Declaration, File, Item, ItemKind, Statement};
use crate::base::Span;
use crate::diag::{Code, Finding};

impl ItemKind {
    /// The blocks of statements inside a statement.
    pub fn blocks(&self) -> Vec<&[Item]> {
        match self {
            ItemKind::Declaration(declaration) => declaration.blocks(),
            ItemKind::Statement(Statement::Scope(items)) => vec![items],
            ItemKind::Statement(_) | ItemKind::ServiceItem(_) => Vec::new(),
        }
    }

    /// The word of a statement that says something of its block which can only be one thing.
    fn property(&self) -> Option<&'static str> {
        let ItemKind::Statement(statement) = self else { return None };
        match statement {
            Statement::Term(_) => Some("term"),
            Statement::PackageRef(_) => Some("package"),
            Statement::Zone(_) => Some("zone"),
            Statement::Hours(_) => Some("hours"),
            Statement::FirstWindow(_) => Some("first window"),
            Statement::Missing(_) => Some("missing counts as"),
            Statement::MinimumPayout(_) => Some("minimum payout"),
            _ => None,
        }
    }
}

impl Declaration {
    fn blocks(&self) -> Vec<&[Item]> {
        match self {
            Declaration::Party(party) => vec![&party.items],
            Declaration::Calendar(calendar) => vec![&calendar.allows],
            Declaration::Service(block) | Declaration::Package(block) => vec![&block.items],
            Declaration::Tier(tier) => vec![&tier.items],
            Declaration::Agreement(agreement) => vec![&agreement.items],
            Declaration::Amend(amend) => vec![&amend.items],
            Declaration::Test(test) => vec![&test.facts, &test.allows],
            Declaration::Use(_)
            | Declaration::Severity(_)
            | Declaration::Unit(_)
            | Declaration::Enum(_)
            | Declaration::Fact(_)
            | Declaration::Source(_)
            | Declaration::Metric(_)
            | Declaration::Table(_) => Vec::new(),
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
                        format!("`{word}` is stated twice in this block"),
                    );
                    found.push(
                        finding
                            .here("stated again")
                            .also(*first, "first stated here")
                            .help("keep one of the two"),
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
            .filter(|item| {
                matches!(
                    &item.kind,
                    ItemKind::Statement(Statement::Objective(_) | Statement::Support(_))
                )
            })
            .count();
        for item in items {
            let ItemKind::Statement(Statement::Objective(objective)) = &item.kind else { continue };
            let Some(place) = objective.on_new_line.0.filter(|_| promises > 1) else { continue };
            let message = "this clause begins a line, but applies only to the objective above it";
            let finding = Finding::new(Code::ClauseOnNewLine, place, message)
                .also(objective.name.as_ref().map_or(item.lead, |name| name.span), "this objective")
                .help("to apply it to all objectives, write it before the first one; to apply it to this objective alone, write it on the objective's last line");
            found.push(finding);
        }
    }
    found
}
