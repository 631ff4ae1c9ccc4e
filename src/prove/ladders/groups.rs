//! Credits that pay for each group, on a fee that is measured for all groups together.

use std::sync::Arc;

use super::Ladder;
use crate::base::Span;
use crate::diag::{Code, Finding};
use crate::prove::Reporter;
use crate::syntax::ast::GroupPay;
use crate::types::model::{Fee, Group, Remedy};
use crate::types::tree::{self, Kind, Typed};
use crate::types::ty::Rows;
use crate::types::uses::{children, sources_of};

pub(super) fn check(ladder: &Ladder<'_, '_, '_>, out: &mut Reporter<'_>) {
    let credit = ladder.credit;
    if !credit.syntax.groups.is_some_and(|(pay, _)| pay == GroupPay::Each)
        || credit.syntax.each_row.is_some()
    {
        return;
    }
    let mut amounts: Vec<&Typed> = Vec::new();
    for remedy in credit.lines.iter().map(|line| &line.remedy).chain(&credit.pay) {
        if let Remedy::Pay(terms) = remedy {
            amounts.extend(terms.iter().map(|term| &term.amount));
        }
    }
    amounts.extend(credit.base.as_deref());
    amounts.extend(
        credit.caps.iter().filter(|cap| cap.syntax.window.is_none()).map(|cap| &*cap.amount),
    );
    let groups: Vec<&Group> =
        ladder.objectives.iter().flat_map(|objective| &objective.narrowed().by).collect();
    for (at, asked) in amounts.into_iter().flat_map(fees_in) {
        for fee in ladder.terms.fees.iter().filter(|fee| {
            fee.name == asked.name && (asked.service.is_none() || fee.service == asked.service)
        }) {
            if let Some(group) = groups.iter().find(|group| could_be_split(ladder, fee, group)) {
                report(ladder, at, fee, group, out);
            }
        }
    }
}

/// The fees an amount speaks of, and where.
fn fees_in(amount: &Typed) -> Vec<(Span, &tree::Fee)> {
    let (mut open, mut found) = (vec![amount], Vec::new());
    while let Some(next) = open.pop() {
        if let Kind::Fee(fee) = &next.kind {
            found.push((next.span, &**fee));
        }
        children(&next.kind, &mut open);
    }
    found
}

/// True if the rows a fee is measured from say which group they belong to.
fn could_be_split(ladder: &Ladder<'_, '_, '_>, fee: &Fee<'_>, group: &Group) -> bool {
    let carries = |rows: &Arc<Rows>| {
        rows.fields
            .iter()
            .any(|field| field.name == group.field && field.ty.present() == group.ty.present())
    };
    sources_of(&fee.amount)
        .iter()
        .any(|source| ladder.case.model.sources.get(source).is_some_and(carries))
}

fn report(
    ladder: &Ladder<'_, '_, '_>,
    at: Span,
    fee: &Fee<'_>,
    group: &Group,
    out: &mut Reporter<'_>,
) {
    let text = |span: Span| ladder.case.sources.text(span);
    let message =
        format!("`{}` is the fee of all groups together, not of one `{}`", text(at), group.field);
    let finding = Finding::new(Code::FeeOfAllGroups, at, message)
        .also(fee.amount.span, "measured from rows of all groups")
        .also(group.at, "the groups")
        .help(format!("write `{}`: rows are split by group, a fee is not", text(fee.amount.span)));
    out.report(finding);
}
