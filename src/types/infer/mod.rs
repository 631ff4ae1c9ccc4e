//! Types of expressions.

mod calls;
mod each;
pub(crate) mod empty;
mod literals;
mod operators;
pub(crate) mod paths;
mod rows;

use crate::diag::{Code, Finding};
use crate::syntax::ast::{BreachCount, Breached, Expr, ExprKind};
use crate::types::checker::{Checker, missing};
use crate::types::scope::Scope;
use crate::types::tree::{Kind, Typed};
use crate::types::ty::Ty;

/// Deepest nesting of expressions through metrics; the parser bounds each expression alone.
const DEEPEST: u32 = 200;

impl Checker<'_, '_> {
    /// The typed form of an expression.
    pub(crate) fn infer(&mut self, expr: &Expr, scope: &Scope<'_>) -> Typed {
        self.infer_as(expr, scope, None)
    }

    /// The typed form of an expression; `expected` decides what bare enum values, customers and
    /// services stand for.
    pub(crate) fn infer_as(
        &mut self,
        expr: &Expr,
        scope: &Scope<'_>,
        expected: Option<&Ty>,
    ) -> Typed {
        if self.depth >= DEEPEST {
            self.report(Finding::new(
                Code::NestedTooDeep,
                expr.span,
                "metrics are built on each other too deeply",
            ));
            return missing(expr.span);
        }
        self.depth += 1;
        let typed = self.dispatch(expr, scope, expected);
        self.depth -= 1;
        typed
    }

    fn dispatch(&mut self, expr: &Expr, scope: &Scope<'_>, expected: Option<&Ty>) -> Typed {
        match &expr.kind {
            ExprKind::Literal(literal) => self.literal(literal, expr.span, scope),
            ExprKind::Path(path) => self.path(path, scope, expected),
            ExprKind::Index(index) => self.table(&index.0, &index.1, expr.span, scope),
            ExprKind::Call(call) => self.call(call, expr.span, scope),
            ExprKind::Each(each) => self.each(each, expr.span, scope),
            ExprKind::If(parts) => self.condition(parts, expr.span, scope, expected),
            ExprKind::Unary(operator, operand) => self.unary(*operator, operand, expr.span, scope),
            ExprKind::Binary(operator, operands, place) => {
                self.binary(*operator, operands, *place, expr.span, scope, expected)
            }
            ExprKind::Compare(compare, operands, place) => {
                self.compare(*compare, operands, *place, expr.span, scope)
            }
            ExprKind::Range(ends) => self.range(ends, expr.span, scope, expected),
            ExprKind::Breached(breached) => self.breached(breached, expr, scope),
            ExprKind::Missing => missing(expr.span),
        }
    }

    fn condition(
        &mut self,
        parts: &[Expr; 3],
        span: crate::base::Span,
        scope: &Scope<'_>,
        expected: Option<&Ty>,
    ) -> Typed {
        let [condition, then, otherwise] = parts;
        let condition = self.infer(condition, scope);
        self.need_boolean(&condition);
        let narrowed = self.narrow(scope, &condition);
        let then = self.infer_as(then, &narrowed, expected);
        let otherwise = self.infer_as(otherwise, scope, Some(&then.ty));
        let ty = self.common(&then, &otherwise, span);
        Typed { kind: Kind::If(Box::new([condition, then, otherwise])), ty, span }
    }

    fn breached(&mut self, breached: &Breached, expr: &Expr, scope: &Scope<'_>) -> Typed {
        let name = breached.objective.text();
        match scope.objectives {
            Some(objectives) => match objectives.get(&name) {
                Some(place) => self.refer(breached.objective.span(), *place),
                None if self.incomplete => return missing(expr.span),
                None => {
                    let names: Vec<_> = objectives.keys().cloned().collect();
                    self.unknown(
                        Code::UnknownName,
                        &name,
                        breached.objective.span(),
                        format!("there is no objective `{name}` here"),
                        &names,
                    );
                    return missing(expr.span);
                }
            },
            None => {
                let message = "`breached` needs an objective, but there is no agreement here";
                self.report(Finding::new(Code::WrongPlace, expr.span, message));
                return missing(expr.span);
            }
        }
        let pointless = match breached.count {
            BreachCount::OfLast(least, of) if least > of => {
                Some(format!("{least} of the last {of} windows can never be breached"))
            }
            BreachCount::OfLast(0, _) | BreachCount::InARow(0) => {
                Some("zero breaches is always true".to_owned())
            }
            BreachCount::OfLast(..) | BreachCount::InARow(_) | BreachCount::Once => None,
        };
        if let Some(message) = pointless {
            self.report(Finding::new(Code::PointlessTarget, expr.span, message));
        }
        Typed {
            kind: Kind::Breached(Box::new((name, breached.count))),
            ty: Ty::Boolean,
            span: expr.span,
        }
    }
}
