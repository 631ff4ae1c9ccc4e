//! Rights to end an agreement that come back in a window that was met.
//!
//! In: the conditions of `terminate when`. Out: findings about `breached N of last M` with N below
//! M where nothing else asks for a breach in the current window: once N of M windows were breached,
//! the right arises again after each window until the first of them is M windows ago.

use rustc_hash::FxHashSet;

use super::conditions::{Conditions, Value, needs_breach};
use super::{Case, Reporter};
use crate::diag::{Code, Finding, Sink};
use crate::syntax::ast::BreachCount;
use crate::types::model::TermId;
use crate::types::tree::{Kind, Typed};
use crate::types::uses::children;

/// Checks all rights to end an agreement.
pub fn check(case: &Case<'_, '_, '_>, sink: &mut Sink) {
    let mut out = Reporter::new(sink);
    let mut seen: FxHashSet<TermId> = FxHashSet::default();
    for terms in super::all_terms(case.model) {
        for terminate in terms.terminations.iter().filter(|it| seen.insert(it.id)) {
            right(case, &terminate.when, &mut out);
        }
    }
}

fn right(case: &Case<'_, '_, '_>, when: &Typed, out: &mut Reporter<'_>) {
    let mut open = vec![when];
    while let Some(next) = open.pop() {
        children(&next.kind, &mut open);
        let Kind::Breached(pattern) = &next.kind else { continue };
        let (name, BreachCount::OfLast(count, last)) = (&pattern.0, pattern.1) else { continue };
        // A pattern that always or never holds has been reported.
        if count == 0 || count >= last {
            continue;
        }
        let mut conditions = Conditions::new(case.model.project);
        let formula = conditions.read(when);
        // The current window was met by all, and without this pattern the right would not arise.
        let this = |typed: &Typed| matches!(&typed.kind, Kind::Breached(other) if other.0 == *name && other.1 == pattern.1);
        let alone = formula.clone().and(conditions.without(&formula, &this).negated());
        let arises = conditions.example_where(&alone, |typed, value| match (&typed.kind, value) {
            (Kind::Breached(other), Value::Truth(truth)) => !*truth || !needs_breach(other.1),
            (Kind::Failures(_, 1), Value::Number(failures)) => failures.is_zero(),
            _ => true,
        });
        if let Some(Some(_)) = arises {
            let message =
                format!("this right arises again after windows in which `{name}` was met");
            let finding = Finding::new(Code::RightAfterMet, next.span, message)
                .note(format!("the condition is true as long as {count} of the last {last} windows were breached, even if the last one was met"))
                .help(format!("require a breach in the window itself: `{name} breached and {name} breached {count} of last {last}`"));
            out.report(finding);
        }
    }
}
