//! Conditions that are never true, or always.
//!
//! In: the conditions of objectives, credits, rows and rights to end. Out: findings where no value
//! of what a condition asks about makes it true, or none makes it false. What an agreement gives as
//! a fact is not looked at: whoever evaluates it may give another value.

use rustc_hash::FxHashSet;

use super::conditions::{Conditions, Due, Formula};
use super::{Case, Reporter};
use crate::diag::{Code, Finding, Sink};
use crate::syntax::ast::CreditKind;
use crate::types::model::{Credit, Objective, TermId, Terms};
use crate::types::tree::{InstanceId, Kind, Typed};
use crate::types::uses::{children, expressions_of};

/// Checks all conditions.
pub fn check(case: &Case<'_, '_, '_>, sink: &mut Sink) {
    let mut walk = Walk {
        case,
        out: Reporter::new(sink),
        entered: FxHashSet::default(),
        seen: FxHashSet::default(),
    };
    for terms in super::all_terms(case.model) {
        walk.terms(terms);
    }
}

/// What follows from a condition that is never true.
#[derive(Clone, Copy)]
enum Role<'s> {
    Objective(&'s str),
    Rows,
    Credit(&'s str),
    Right,
    Branch,
}

impl Role<'_> {
    fn never(self) -> String {
        match self {
            Role::Objective(name) => format!("`{name}` is never promised"),
            Role::Rows => "no row is ever selected".to_owned(),
            Role::Credit(name) => format!("`{name}` is never due"),
            Role::Right => "the right never arises".to_owned(),
            Role::Branch => "the value after `then` is never used".to_owned(),
        }
    }

    fn always(self) -> &'static str {
        match self {
            Role::Objective(_) => "leave the condition out: the objective always applies",
            Role::Rows => "leave the condition out: every row is selected",
            Role::Credit(_) => "leave the condition out: it has no effect",
            Role::Right => "name the condition under which the agreement may be ended",
            Role::Branch => "leave out the condition, `else` and the value after it",
        }
    }
}

struct Walk<'w, 's, 'x, 'a, 'p> {
    case: &'w Case<'x, 'a, 'p>,
    out: Reporter<'s>,
    /// Metrics that have been looked into.
    entered: FxHashSet<InstanceId>,
    /// Statements that agreements share.
    seen: FxHashSet<TermId>,
}

impl<'x, 'a> Walk<'_, '_, 'x, 'a, '_> {
    fn terms(&mut self, terms: &'x Terms<'a>) {
        for objective in &terms.objectives {
            if self.seen.insert(objective.id) {
                self.objective(objective);
            }
        }
        for credit in &terms.credits {
            if self.seen.insert(credit.id) {
                self.credit(credit, terms);
            }
        }
        for ignore in &terms.ignores {
            if self.seen.insert(ignore.id) {
                self.expression(&ignore.rows);
            }
        }
        for exclude in &terms.excludes {
            if self.seen.insert(exclude.id) {
                self.expression(&exclude.time);
            }
        }
        for terminate in &terms.terminations {
            if self.seen.insert(terminate.id) {
                self.condition(&terminate.when, Role::Right, None);
                self.expression(&terminate.when);
            }
        }
    }

    fn objective(&mut self, objective: &Objective<'_>) {
        let narrowed = objective.narrowed();
        if let Some(condition) = &narrowed.condition {
            self.condition(&condition.value.expr, Role::Objective(&objective.name), None);
        }
        if let Some(filter) = &narrowed.filter {
            self.condition(&filter.value, Role::Rows, None);
            self.expression(&filter.value);
        }
        if objective.support.is_none() {
            self.expression(&objective.measure());
        }
    }

    fn credit(&mut self, credit: &Credit<'_>, terms: &Terms<'_>) {
        let own = match &*credit.objectives {
            [only] => {
                terms.objectives.iter().find(|it| it.name == *only && it.narrowed().by.is_empty())
            }
            _ => None,
        };
        let due = match credit.syntax.kind {
            _ if credit.syntax.regardless.is_some() => Due::Regardless,
            CreditKind::Credit => Due::Breached,
            // Lines decide alone, whatever became of the objective.
            CreditKind::Bonus | CreditKind::EarnBack if credit.lines.is_empty() => Due::Kept,
            CreditKind::Bonus | CreditKind::EarnBack => Due::Regardless,
        };
        if let Some(condition) = &credit.condition {
            self.condition(
                &condition.expr,
                Role::Credit(&credit.name),
                own.map(|own| (&**own, due)),
            );
        }
        expressions_of(credit).into_iter().for_each(|typed| self.expression(typed));
    }

    /// Looks at the conditions inside an expression, and inside the metrics it calls.
    fn expression(&mut self, typed: &Typed) {
        self.inside(typed, &mut Vec::new());
    }

    /// `guards`: conditions that decide whether this is looked at, each with the outcome that leads
    /// here.
    fn inside<'t>(&mut self, typed: &'t Typed, guards: &mut Vec<(&'t Typed, bool)>) {
        match &typed.kind {
            Kind::If(three) => {
                let [condition, yes, no] = &**three;
                self.guarded(condition, guards, Role::Branch);
                self.inside(condition, guards);
                guards.push((condition, true));
                self.inside(yes, guards);
                if let Some(last) = guards.last_mut() {
                    last.1 = false;
                }
                self.inside(no, guards);
                guards.pop();
            }
            Kind::Where(both) => {
                let [rows, condition] = &**both;
                let mut narrowed = Vec::new();
                let mut beneath = rows;
                while let Kind::Where(both) = &beneath.kind {
                    let [rows, condition] = &**both;
                    narrowed.push((condition, true));
                    beneath = rows;
                }
                self.guarded(condition, &narrowed, Role::Rows);
                self.inside(rows, &mut Vec::new());
                self.inside(condition, &mut Vec::new());
            }
            Kind::Metric(instance, args) => {
                args.iter().for_each(|arg| self.inside(arg, &mut Vec::new()));
                if self.entered.insert(instance.id) {
                    self.inside(&instance.body, &mut Vec::new());
                }
            }
            kind => {
                let mut parts = Vec::new();
                children(kind, &mut parts);
                // Only what has the same current row and window is decided by the same conditions.
                let same_scope = matches!(
                    kind,
                    Kind::Arithmetic(..)
                        | Kind::Negate(_)
                        | Kind::Default(_)
                        | Kind::Rounded(_)
                        | Kind::Call(..)
                        | Kind::And(_)
                        | Kind::Or(_)
                        | Kind::Not(_)
                );
                for part in parts {
                    if same_scope {
                        self.inside(part, guards)
                    } else {
                        self.inside(part, &mut Vec::new())
                    }
                }
            }
        }
    }

    /// A condition of its own.
    fn condition(&mut self, condition: &Typed, role: Role<'_>, own: Option<(&Objective<'_>, Due)>) {
        let read = |due: Option<Due>| {
            let mut conditions = Conditions::new(self.case.model.project);
            if let (Some((objective, _)), Some(due)) = (own, due) {
                conditions = conditions.of_credit(objective.name.clone(), due);
            }
            let formula = conditions.read(condition);
            (conditions, formula)
        };
        let due = own.map(|(_, due)| due);
        let (conditions, formula) = read(due);
        if let Some(None) = conditions.example(&formula) {
            self.out.report(never(condition, role));
            return;
        }
        // A bonus may say in words that its objective must be kept.
        let due = due.map(|due| if due == Due::Kept { Due::Regardless } else { due });
        let (conditions, formula) = read(due);
        if conditions.is_total()
            && let Some(None) = conditions.example(&formula.negated())
        {
            self.out.report(always(condition, role));
        }
    }

    /// A condition that is evaluated only if others had a certain outcome.
    fn guarded(&mut self, condition: &Typed, guards: &[(&Typed, bool)], role: Role<'_>) {
        let mut conditions = Conditions::new(self.case.model.project);
        let formula = conditions.read(condition);
        if let Some(None) = conditions.example(&formula) {
            self.out.report(never(condition, role));
            return;
        }
        let mut reached = Formula::Constant(true);
        for (guard, outcome) in guards {
            let guard = conditions.read(guard);
            reached = reached.and(if *outcome { guard } else { guard.negated() });
        }
        // A guard that nothing passes has been reported itself.
        if let Some(Some(_)) = conditions.example(&reached)
            && let Some(None) = conditions.example(&reached.clone().and(formula.clone()))
        {
            let finding = never(condition, role);
            let finding = guards.iter().fold(finding, |finding, (guard, outcome)| {
                finding.also(
                    guard.span,
                    if *outcome { "where this is true" } else { "where this is false" },
                )
            });
            self.out.report(finding);
        } else if guards.is_empty()
            && conditions.is_total()
            && let Some(None) = conditions.example(&formula.negated())
        {
            self.out.report(always(condition, role));
        }
    }
}

fn never(condition: &Typed, role: Role<'_>) -> Finding {
    Finding::new(Code::ConstantCondition, condition.span, "this condition is never true")
        .note(role.never())
        .help("correct the condition, or remove what depends on it")
}

fn always(condition: &Typed, role: Role<'_>) -> Finding {
    Finding::new(Code::ConstantCondition, condition.span, "this condition is always true")
        .help(role.always())
}
