//! The report as rows of one shape, for spreadsheets and databases: one for each window of an
//! objective, then one for each line of what is due.

use serde::Serialize;

use super::windows::target;
use crate::eval::document::Report;
use crate::eval::verdicts::{
    AgreementVerdicts, DueLine, GroupVerdicts, ObjectiveVerdicts, Shown, Verdict, WindowVerdict,
};
use crate::plan::{CreditKind, Type};

/// One row. What a row does not have is `None`.
#[derive(Serialize)]
pub struct Line<'r> {
    /// `window`, or `credit`, `earn-back` or `bonus`.
    row: &'static str,
    agreement: &'r str,
    customer: Option<&'r str>,
    objective: Option<&'r str>,
    credit: Option<&'r str>,
    group: Option<String>,
    window: &'r str,
    from: &'r str,
    to: Option<&'r str>,
    verdict: Option<&'static str>,
    /// In the base unit of its type, with at most ten decimals.
    value: Option<&'r str>,
    unit: Option<&'r str>,
    target: Option<String>,
    /// Due to the customer; of what is earned back, taken off again.
    amount: Option<&'r str>,
    currency: Option<&'r str>,
}

/// The names of the columns, in the order of [`Line::cells`].
pub const COLUMNS: [&str; 15] = [
    "row",
    "agreement",
    "customer",
    "objective",
    "credit",
    "group",
    "window",
    "from",
    "to",
    "verdict",
    "value",
    "unit",
    "target",
    "amount",
    "currency",
];

/// The rows of a report.
pub fn lines(report: &Report) -> impl Iterator<Item = Line<'_>> {
    report.agreements.iter().flat_map(|agreement| {
        let windows = agreement.objectives.iter().flat_map(move |objective| {
            let groups = objective.groups.iter();
            groups.flat_map(move |group| {
                group
                    .windows
                    .iter()
                    .map(move |window| of_window(agreement, objective, group, window))
            })
        });
        windows.chain(
            agreement
                .lines
                .iter()
                .filter(|due| due.counts)
                .map(move |due| of_credit(agreement, due)),
        )
    })
}

fn of_window<'r>(
    agreement: &'r AgreementVerdicts,
    objective: &'r ObjectiveVerdicts,
    group: &'r GroupVerdicts,
    window: &'r WindowVerdict,
) -> Line<'r> {
    let value = window.value.as_ref();
    let target = target(objective, window);
    Line {
        row: "window",
        agreement: &agreement.id,
        customer: agreement.customer.as_deref(),
        objective: Some(own_name(agreement, &objective.id)),
        credit: None,
        group: name_of(&group.group),
        window: &window.name,
        from: &window.from.0,
        to: window.to.as_ref().map(|to| to.0.as_str()),
        verdict: Some(verdict(window.verdict)),
        value: value.and_then(number),
        unit: value.and_then(|value| currency(value).or_else(|| unit(&objective.of))),
        target: (!target.is_empty()).then_some(target),
        amount: None,
        currency: None,
    }
}

fn of_credit<'r>(agreement: &'r AgreementVerdicts, due: &'r DueLine) -> Line<'r> {
    Line {
        row: match due.kind {
            CreditKind::Credit => "credit",
            CreditKind::EarnBack => "earn-back",
            CreditKind::Bonus => "bonus",
        },
        agreement: &agreement.id,
        customer: agreement.customer.as_deref(),
        objective: None,
        credit: Some(own_name(agreement, &due.credit)),
        group: name_of(&due.group),
        window: &due.window,
        from: &due.from.0,
        to: Some(&due.to.0),
        verdict: None,
        value: None,
        unit: None,
        target: None,
        amount: number(&due.amount),
        currency: currency(&due.amount),
    }
}

/// An id without the agreement before it.
fn own_name<'r>(agreement: &AgreementVerdicts, id: &'r str) -> &'r str {
    let own = id.strip_prefix(&agreement.id).and_then(|rest| rest.strip_prefix('/')).unwrap_or(id);
    own.strip_prefix("credit/").unwrap_or(own)
}

fn name_of(group: &[String]) -> Option<String> {
    (!group.is_empty()).then(|| group.join(", "))
}

/// The verdicts as they are written in the report for programs.
const fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Met => "met",
        Verdict::Breached => "breached",
        Verdict::Pending => "pending",
        Verdict::NoData => "no_data",
        Verdict::NotInForce => "not_in_force",
    }
}

fn number(value: &Shown) -> Option<&str> {
    match value {
        Shown::Quantity { decimal, .. } => Some(decimal),
        Shown::Text { text } => Some(text),
        Shown::Endless {} => None,
    }
}

fn currency(value: &Shown) -> Option<&str> {
    match value {
        Shown::Quantity { currency, .. } => currency.as_deref(),
        Shown::Text { .. } | Shown::Endless {} => None,
    }
}

/// The base unit of the values of a type, where it has a name of one word.
fn unit(of: &Type) -> Option<&str> {
    match of {
        Type::Duration {} => Some("ns"),
        Type::Data {} => Some("bit"),
        Type::Count { unit } => Some(unit),
        Type::Number { .. }
        | Type::Money { .. }
        | Type::Compound { .. }
        | Type::Text {}
        | Type::Boolean {}
        | Type::Time {} => None,
        Type::Date {}
        | Type::Choice { .. }
        | Type::Severity {}
        | Type::Service {}
        | Type::Party {} => None,
    }
}

impl Line<'_> {
    /// What it has, in the order of the columns.
    pub fn cells(&self) -> [&str; COLUMNS.len()] {
        [
            self.row,
            self.agreement,
            self.customer.unwrap_or_default(),
            self.objective.unwrap_or_default(),
            self.credit.unwrap_or_default(),
            self.group.as_deref().unwrap_or_default(),
            self.window,
            self.from,
            self.to.unwrap_or_default(),
            self.verdict.unwrap_or_default(),
            self.value.unwrap_or_default(),
            self.unit.unwrap_or_default(),
            self.target.as_deref().unwrap_or_default(),
            self.amount.unwrap_or_default(),
            self.currency.unwrap_or_default(),
        ]
    }
}
