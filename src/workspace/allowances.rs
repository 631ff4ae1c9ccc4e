//! Finds the `allow` statements of a file, wherever they stand.

use crate::base::{FileId, Span};
use crate::diag::Allowance;
use crate::syntax::ast::{File, Item, ItemKind};

/// All allowances of a file of `length` bytes, each with the block it covers.
pub(super) fn collect(file: FileId, length: usize, ast: &File) -> Vec<Allowance> {
    let mut found = Vec::new();
    let mut todo: Vec<(&[Item], Span)> = vec![(&ast.items, Span::new(file, 0, length))];
    while let Some((items, scope)) = todo.pop() {
        for item in items {
            if let ItemKind::Allow(allow) = &item.kind {
                let code = allow.code.as_ref().map(|code| (code.text.to_string(), code.span));
                found.push(Allowance { code, span: item.span, scope });
            }
            todo.extend(blocks(&item.kind).into_iter().map(|items| (items, item.span)));
        }
    }
    found.sort_by_key(|allowance| allowance.span);
    found
}

/// The blocks of statements inside a statement.
fn blocks(kind: &ItemKind) -> Vec<&[Item]> {
    match kind {
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
