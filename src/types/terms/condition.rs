//! Conditions: on facts, and in credits on other objectives.

use std::sync::Arc;

use super::Around;
use crate::diag::{Code, Finding};
use crate::syntax::ast::{FactCondition, Item};
use crate::types::checker::Checker;
use crate::types::model::{Condition, From};
use crate::types::scope::Scope;
use crate::types::ty::Ty;
use crate::types::uses::sources_of;

impl<'a> Checker<'a, '_> {
    /// `if FACT == v at start` of an objective, `if count(requests) >= 1000`: facts, and what is
    /// measured in the window.
    pub(in crate::types) fn objective_condition(
        &mut self,
        condition: From<&'a FactCondition>,
        item: &'a Item,
    ) -> From<Arc<Condition>> {
        let expr =
            self.once(&condition.value.expr, &Scope::bare(item.span.file), Some(&Ty::Boolean));
        self.need_boolean(&expr);
        if let Some((_, at)) = condition.value.when.filter(|_| !sources_of(&expr).is_empty()) {
            let finding = Finding::new(
                Code::UnexpectedText,
                at,
                "a measured value belongs to the whole window, not to one point in time",
            );
            self.report_once(
                finding
                    .also(expr.span, "this is measured")
                    .help("leave this out: the condition is evaluated for each window"),
            );
        }
        let value =
            Condition { expr: (*expr).clone(), when: condition.value.when.map(|(when, _)| when) };
        From { value: Arc::new(value), at: condition.at, was: condition.was }
    }

    /// `if COND` of a credit: facts, and whether objectives are breached.
    pub(super) fn credit_condition(
        &mut self,
        condition: &'a FactCondition,
        around: &Around<'_, 'a>,
    ) -> Condition {
        let scope = around.scope(condition.expr.span);
        let expr = self.once(&condition.expr, &scope, Some(&Ty::Boolean));
        self.need_boolean(&expr);
        Condition { expr: (*expr).clone(), when: condition.when.map(|(when, _)| when) }
    }
}
