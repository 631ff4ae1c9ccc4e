//! Limits in plain days on a clock that runs in office hours.
//!
//! In: limits of support tables, targets, bounds and steps that a clock `during` a calendar is held
//! against. Out: findings where the limit is written in days or weeks, and the calendar's ordinary
//! open day is shorter than 24 hours: such a day is rarely meant.

use rustc_hash::FxHashSet;

use super::wording::{exact_length, written};
use super::{Case, Reporter};
use crate::base::Exact;
use crate::diag::{Code, Finding, Sink};
use crate::lang::units::TimeUnit;
use crate::names::{DeclId, What};
use crate::time::{DAY, OrdinaryDay};
use crate::types::calendar_of;
use crate::types::model::{Limit, Objective, Remedy, TermId, Terms};
use crate::types::tree::{Kind, Typed};
use crate::types::uses::{Walk, clock_of};

/// Checks all limits.
pub fn check(case: &Case<'_, '_, '_>, sink: &mut Sink) {
    let mut limits = Limits { case, out: Reporter::new(sink), walk: Walk::default() };
    let mut seen: FxHashSet<TermId> = FxHashSet::default();
    for terms in super::all_terms(case.model) {
        for objective in &terms.objectives {
            if seen.insert(objective.id) {
                limits.objective(objective);
            }
        }
        limits.credits(terms, &mut seen);
    }
}

/// Limits that clocks are held against.
struct Limits<'s, 'x, 'a, 'p> {
    case: &'x Case<'x, 'a, 'p>,
    out: Reporter<'s>,
    walk: Walk,
}

impl Limits<'_, '_, '_, '_> {
    fn objective(&mut self, objective: &Objective<'_>) {
        if let Some(support) = &objective.support {
            if let (Limit::Within(limit), Some(during)) = (&support.limit.value, &support.during)
                && let Kind::Calendar(calendar) = during.value.kind
            {
                self.limit(limit, calendar);
            }
            return;
        }
        let metric = objective.measure();
        if let Some(calendar) = clock_of(&metric) {
            self.limit(&objective.target.value, calendar);
        }
        self.comparisons(&metric);
        if let Some(filter) = &objective.narrowed().filter {
            self.comparisons(&filter.value);
        }
    }

    fn credits(&mut self, terms: &Terms<'_>, seen: &mut FxHashSet<TermId>) {
        for credit in terms.credits.iter().filter(|credit| seen.insert(credit.id)) {
            let objective =
                || terms.objectives.iter().find(|it| credit.objectives.contains(&it.name));
            let calendar = match &credit.on {
                Some(on) => clock_of(on),
                None => objective().and_then(|objective| match &objective.support {
                    // The lines of a cell look at the share, except row by row.
                    Some(support) if credit.syntax.each_row.is_some() => {
                        match support.during.as_ref()?.value.kind {
                            Kind::Calendar(calendar) => Some(calendar),
                            _ => None,
                        }
                    }
                    Some(_) => None,
                    None => clock_of(&objective.measure()),
                }),
            };
            let Some(calendar) = calendar else { continue };
            for line in &credit.lines {
                if let Some(until) = &line.until {
                    self.limit(until, calendar);
                }
                line.edge.bounds().for_each(|bound| self.limit(bound, calendar));
            }
            for remedy in credit.lines.iter().map(|line| &line.remedy).chain(&credit.pay) {
                if let Remedy::Pay(parts) = remedy {
                    parts
                        .iter()
                        .filter_map(|part| part.step.as_deref())
                        .for_each(|(unit, ..)| self.limit(unit, calendar));
                }
            }
        }
    }

    /// Comparisons inside an expression, and inside the metrics it calls.
    fn comparisons(&mut self, typed: &Typed) {
        let Limits { case, out, walk } = self;
        walk.each(typed, |next| {
            let Kind::Compare(_, both) = &next.kind else { return };
            let [left, right] = &**both;
            for (value, limit) in [(left, right), (right, left)] {
                if let Some(calendar) = clock_of(value) {
                    report(case, limit, calendar, out);
                }
            }
        });
    }

    /// A length that a clock of this calendar is compared with.
    fn limit(&mut self, limit: &Typed, calendar: DeclId) {
        report(self.case, limit, calendar, &mut self.out);
    }
}

/// Reports a limit in days that are longer than the open days of the calendar.
fn report(case: &Case<'_, '_, '_>, limit: &Typed, calendar: DeclId, out: &mut Reporter<'_>) {
    let (Kind::Duration(length, TimeUnit::Day | TimeUnit::Week), project) =
        (&limit.kind, case.model.project)
    else {
        return;
    };
    let Some(What::Calendar(declared)) = project.get(calendar).map(|decl| decl.what) else {
        return;
    };
    let OrdinaryDay::Same(open) = calendar_of(declared).ordinary_day() else { return };
    if open >= DAY {
        return;
    }
    let name = project.name(calendar);
    let open = Exact::integer(open);
    let days = length.divide(&open).unwrap_or(Exact::ZERO).floor();
    let rest = length - &(&days * &open);
    let hours = length.divide(&Exact::integer(TimeUnit::Hour.nanoseconds())).unwrap_or(Exact::ZERO);
    let wholly =
        if rest.is_zero() { String::new() } else { format!(" and {}", exact_length(&rest)) };
    let said = written(limit.span, case.sources);
    let message = format!(
        "`{said}` means {hours} h of open time here, which is {days} open days{wholly} of `{name}`"
    );
    let count = length.divide(&Exact::integer(DAY)).filter(Exact::is_integer);
    let working = count.map(|count| {
        if count == Exact::ONE {
            "`1 working day` or ".to_owned()
        } else {
            format!("`{count} working days` or ")
        }
    });
    let finding = Finding::new(Code::PlainDay, limit.span, message)
        .note(format!("a day is 24 h, and an ordinary day of `{name}` has {}", exact_length(&open)))
        .help(format!("write {}`{hours} h`", working.unwrap_or_default()));
    out.report(finding);
}
