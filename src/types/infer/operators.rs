//! Types of operators.

use super::paths::same_dimension;
use crate::base::Span;
use crate::diag::{Code, Finding};
use crate::lang::units::PeriodUnit;
use crate::names::{DeclId, What};
use crate::syntax::ast::{Binary, Compare, Expr, ExprKind, Path, Unary};
use crate::types::checker::{Checker, missing};
use crate::types::constant;
use crate::types::scope::Scope;
use crate::types::tree::{Arithmetic, Fee, FeeRate, Kind, Simple, TimeOp, Typed};
use crate::types::ty::{Nature, Ty};

impl Checker<'_, '_> {
    pub(super) fn unary(
        &mut self,
        operator: Unary,
        operand: &Expr,
        span: Span,
        scope: &Scope<'_>,
    ) -> Typed {
        match operator {
            Unary::Not => {
                let inner = self.infer_as(operand, scope, Some(&Ty::Boolean));
                if inner.ty == Ty::TimeSet {
                    return Typed {
                        kind: Kind::Complement(Box::new(inner)),
                        ty: Ty::TimeSet,
                        span,
                    };
                }
                self.need_boolean(&inner);
                Typed { kind: Kind::Not(Box::new(inner)), ty: Ty::Boolean, span }
            }
            Unary::Negate => {
                let inner = self.infer(operand, scope);
                let inner = self.need_present(inner);
                if !matches!(inner.ty, Ty::Quantity(..) | Ty::Unknown) {
                    self.mismatch(&inner, "a number");
                    return missing(span);
                }
                let ty = inner.ty.clone();
                Typed { kind: Kind::Negate(Box::new(inner)), ty, span }
            }
            Unary::Has => self.has(operand, span, scope),
            Unary::Previous | Unary::Next => {
                let inner = self.infer(operand, scope);
                let by = if operator == Unary::Previous { -1 } else { 1 };
                let ty = inner.ty.clone();
                if !matches!(ty, Ty::Quantity(..) | Ty::Unknown) {
                    self.mismatch(&inner, "an amount");
                }
                Typed { kind: Kind::Shift(by, Box::new(inner)), ty, span }
            }
            Unary::Monthly | Unary::Yearly => {
                let inner = self.infer(operand, scope);
                let rate =
                    if operator == Unary::Monthly { FeeRate::Monthly } else { FeeRate::Yearly };
                match inner.kind {
                    Kind::Fee(fee) => Typed {
                        kind: Kind::Fee(Box::new(Fee { rate, ..*fee })),
                        ty: inner.ty,
                        span,
                    },
                    Kind::Missing => missing(span),
                    _ => {
                        self.mismatch(&inner, "a fee");
                        missing(span)
                    }
                }
            }
        }
    }

    fn has(&mut self, operand: &Expr, span: Span, scope: &Scope<'_>) -> Typed {
        let inner = self.infer(operand, scope);
        if !inner.ty.is_unknown() && !inner.ty.is_optional() {
            let name = self.sources.text(inner.span).to_string();
            self.report(
                Finding::new(Code::TypeMismatch, inner.span, format!("`{name}` is always present"))
                    .help("`has` is for fields declared with `?`"),
            );
        }
        Typed { kind: Kind::Has(Box::new(inner)), ty: Ty::Boolean, span }
    }

    pub(super) fn binary(
        &mut self,
        operator: Binary,
        operands: &[Expr; 2],
        place: Span,
        span: Span,
        scope: &Scope<'_>,
        expected: Option<&Ty>,
    ) -> Typed {
        let [left, right] = operands;
        match operator {
            Binary::Add => self.arithmetic(Arithmetic::Add, left, right, place, span, scope),
            Binary::Subtract => {
                self.arithmetic(Arithmetic::Subtract, left, right, place, span, scope)
            }
            Binary::Multiply => {
                self.arithmetic(Arithmetic::Multiply, left, right, place, span, scope)
            }
            Binary::Divide => self.arithmetic(Arithmetic::Divide, left, right, place, span, scope),
            Binary::Of => self.of(left, right, place, span, scope),
            Binary::And | Binary::Or => {
                self.junction(operator == Binary::And, left, right, span, scope)
            }
            Binary::Default => self.default(left, right, span, scope, expected),
            Binary::Rounded => self.rounded(left, right, span, scope),
            Binary::Where => self.filter(left, right, span, scope),
            Binary::During => self.during(left, right, true, span, scope),
            Binary::DuringNot => self.during(left, right, false, span, scope),
            Binary::Except => self.except(left, right, span, scope),
            Binary::Pausing => self.pausing(left, right, span, scope),
            Binary::At => self.at_field(left, right, span, scope),
        }
    }

    fn arithmetic(
        &mut self,
        operator: Arithmetic,
        left: &Expr,
        right: &Expr,
        place: Span,
        span: Span,
        scope: &Scope<'_>,
    ) -> Typed {
        let left = self.infer(left, scope);
        let left = self.need_present(left);
        let right = self.infer(right, scope);
        let right = self.need_present(right);
        let ty = self.arithmetic_type(operator, &left, &right, place);
        if operator == Arithmetic::Divide
            && constant::value(&right).is_some_and(|value| value.is_zero())
        {
            let finding = Finding::new(
                Code::DivisionByZero,
                right.span,
                "this divides by zero, which never gives a value",
            );
            self.report(finding.help("divide by a number other than zero"));
        }
        Typed { kind: Kind::Arithmetic(operator, Box::new([left, right])), ty, span }
    }

    /// The step of `rounded to`, `floor` and `ceil`, which must be above zero.
    fn step_above_zero(&mut self, step: &Typed) {
        if constant::value(step).is_some_and(|value| value.is_zero() || value.is_negative()) {
            let finding = Finding::new(
                Code::DivisionByZero,
                step.span,
                "the step of rounding must be above zero",
            );
            self.report(
                finding
                    .help("write the smallest difference that counts, such as `0.01%` or `1 min`"),
            );
        }
    }

    fn arithmetic_type(
        &mut self,
        operator: Arithmetic,
        left: &Typed,
        right: &Typed,
        place: Span,
    ) -> Ty {
        let sum = matches!(operator, Arithmetic::Add | Arithmetic::Subtract);
        match (&left.ty, &right.ty) {
            (Ty::Unknown, _) | (_, Ty::Unknown) => Ty::Unknown,
            (Ty::Quantity(one, nature), Ty::Quantity(two, other)) if sum => {
                if same_dimension(one, two) {
                    let nature = if nature == other { *nature } else { Nature::Plain };
                    return Ty::Quantity(
                        if one.currency.is_some() { one.clone() } else { two.clone() },
                        nature,
                    );
                }
                self.dimensions(
                    left,
                    right,
                    place,
                    if operator == Arithmetic::Add { "added" } else { "subtracted" },
                );
                Ty::Unknown
            }
            (Ty::Quantity(one, _), Ty::Quantity(two, _)) => {
                let sign = if operator == Arithmetic::Divide { -1 } else { 1 };
                match one.combine(two, sign) {
                    Some(dimension) => {
                        // Divided by a constant it is so many of something, not a share.
                        let divided =
                            operator == Arithmetic::Divide && constant::value(right).is_none();
                        let ratio = divided && dimension.is_number() && same_dimension(one, two);
                        Ty::Quantity(dimension, if ratio { Nature::Ratio } else { Nature::Plain })
                    }
                    None => {
                        self.dimensions(left, right, place, "combined");
                        Ty::Unknown
                    }
                }
            }
            (Ty::Time, Ty::Time) if operator == Arithmetic::Subtract => Ty::duration(),
            (Ty::Time, Ty::Quantity(by, _)) if sum && by.is_time() => Ty::Time,
            (Ty::Quantity(by, _), Ty::Time) if operator == Arithmetic::Add && by.is_time() => {
                Ty::Time
            }
            (Ty::Date | Ty::Time, Ty::Period) if sum => left.ty.clone(),
            (Ty::Period, Ty::Quantity(by, _)) if by.is_time() => {
                self.period_meets_duration(left, right)
            }
            (Ty::Quantity(by, _), Ty::Period) if by.is_time() => {
                self.period_meets_duration(right, left)
            }
            _ => {
                let wrong = if matches!(left.ty, Ty::Quantity(..)) { right } else { left };
                self.mismatch(wrong, "a number or quantity");
                Ty::Unknown
            }
        }
    }

    /// Two quantities whose dimensions do not go together.
    pub(super) fn dimensions(&mut self, left: &Typed, right: &Typed, place: Span, what: &str) {
        let (one, two) = (self.say(&left.ty), self.say(&right.ty));
        let currencies = matches!((left.ty.dimension(), right.ty.dimension()), (Some(a), Some(b)) if a.is_money() && b.is_money());
        let code = if currencies { Code::CurrencyMismatch } else { Code::DimensionMismatch };
        let mut finding = Finding::new(code, place, format!("{one} and {two} cannot be {what}"))
            .also(left.span, one)
            .also(right.span, two);
        if currencies {
            finding = finding
                .help("currencies never mix: state one rate, or one objective for each currency");
        }
        self.report(finding);
    }

    fn period_meets_duration(&mut self, period: &Typed, duration: &Typed) -> Ty {
        let finding = Finding::new(Code::PeriodAsDuration, period.span, "a calendar period and a length of time cannot be combined")
            .here("its length depends on the calendar")
            .also(duration.span, "a fixed length of time")
            .help("months, quarters, years and working days differ in length: write the length in days or hours");
        self.report(finding);
        Ty::Unknown
    }

    fn of(
        &mut self,
        left: &Expr,
        right: &Expr,
        place: Span,
        span: Span,
        scope: &Scope<'_>,
    ) -> Typed {
        let left = self.infer(left, scope);
        let right = match &right.kind {
            // Behind `fee of` stands a service, also where a fee has the same name.
            ExprKind::Path(path) if last_fee(&left).is_some() => self.service_or_value(path, scope),
            _ => self.infer(right, scope),
        };
        match (&right.kind, &right.ty) {
            (Kind::Declared(service), Ty::Service) => {
                self.fee_of_service(left, *service, right.span, span)
            }
            _ => self.share_of(left, right, place, span),
        }
    }

    /// `fee of SERVICE`, also behind a factor: `2 * fee of SERVICE`.
    fn fee_of_service(
        &mut self,
        mut left: Typed,
        service: DeclId,
        place: Span,
        span: Span,
    ) -> Typed {
        match last_fee_mut(&mut left) {
            Some(fee) => {
                fee.service = Some(service);
                Typed { span, ..left }
            }
            None => {
                let service = Typed { kind: Kind::Declared(service), ty: Ty::Service, span: place };
                self.mismatch(&service, "an amount of money after `of`");
                missing(span)
            }
        }
    }

    fn service_or_value(&mut self, path: &Path, scope: &Scope<'_>) -> Typed {
        let service = self.project.lookup(scope.file, &path.text());
        match service.filter(|id| {
            matches!(self.project.get(*id).map(|decl| decl.what), Some(What::Service(_)))
        }) {
            Some(id) => {
                self.refer_decl(path.span(), id);
                Typed { kind: Kind::Declared(id), ty: Ty::Service, span: path.span() }
            }
            None => self.path(path, scope, None),
        }
    }

    fn share_of(&mut self, left: Typed, right: Typed, place: Span, span: Span) -> Typed {
        let days = match (&left.ty, &right.ty) {
            (Ty::Quantity(length, _), amount) => length.is_time() && amount.is_amount(),
            (Ty::Period, amount) => amount.is_amount(),
            _ => false,
        };
        if days {
            if let Kind::Period(period) = &left.kind
                && !matches!(period.unit, PeriodUnit::Day | PeriodUnit::Week)
            {
                let finding = Finding::new(
                    Code::PeriodAsDuration,
                    left.span,
                    "a fee is converted by days, but this period has no fixed number of days",
                )
                .help("write `monthly fee`, `yearly fee`, or a number of days");
                self.report(finding);
            }
            let ty = right.ty.clone();
            return Typed { kind: Kind::DaysOf(Box::new([left, right])), ty, span };
        }
        let left = self.need_present(left);
        let right = self.need_present(right);
        let ty = self.arithmetic_type(Arithmetic::Multiply, &left, &right, place);
        Typed { kind: Kind::Arithmetic(Arithmetic::Multiply, Box::new([left, right])), ty, span }
    }

    fn junction(
        &mut self,
        and: bool,
        left: &Expr,
        right: &Expr,
        span: Span,
        scope: &Scope<'_>,
    ) -> Typed {
        let left = self.infer_as(left, scope, Some(&Ty::Boolean));
        if left.ty == Ty::TimeSet {
            let right = self.infer(right, scope);
            self.need_time_set(&right);
            let operator = if and { TimeOp::Intersection } else { TimeOp::Union };
            return Typed {
                kind: Kind::TimeOp(operator, Box::new([left, right])),
                ty: Ty::TimeSet,
                span,
            };
        }
        self.need_boolean(&left);
        let narrowed = if and { self.narrow(scope, &left) } else { scope.clone() };
        let right = self.infer_as(right, &narrowed, Some(&Ty::Boolean));
        self.need_boolean(&right);
        let both = Box::new([left, right]);
        Typed { kind: if and { Kind::And(both) } else { Kind::Or(both) }, ty: Ty::Boolean, span }
    }

    fn default(
        &mut self,
        left: &Expr,
        right: &Expr,
        span: Span,
        scope: &Scope<'_>,
        expected: Option<&Ty>,
    ) -> Typed {
        let left = self.infer_as(left, scope, expected);
        let wanted = left.ty.present().clone();
        let right = self.infer_as(right, scope, Some(&wanted));
        if !self.fits(&right.ty, &wanted) && !right.ty.is_unknown() {
            let finding =
                Finding::new(Code::TypeMismatch, right.span, format!("this default is {}, but it replaces {}", self.say(&right.ty), self.say(&wanted)))
                    .also(left.span, self.say(&wanted))
                    .help("`default` applies to everything to its left up to `and`, `or` or `not`: write parentheses around the value that it is for");
            self.report(finding);
        }
        let ty = if right.ty.is_optional() { left.ty.clone() } else { wanted };
        Typed { kind: Kind::Default(Box::new([left, right])), ty, span }
    }

    fn rounded(&mut self, left: &Expr, right: &Expr, span: Span, scope: &Scope<'_>) -> Typed {
        let left = self.infer(left, scope);
        let left = self.need_present(left);
        let right = self.infer(right, scope);
        if let (Ty::Quantity(one, _), Ty::Quantity(two, _)) = (&left.ty, &right.ty) {
            if !same_dimension(one, two) {
                self.dimensions(&left, &right, span, "rounded to each other");
            }
        } else {
            self.need_type(&right, &left.ty.clone());
        }
        self.step_above_zero(&right);
        let ty = left.ty.clone();
        Typed { kind: Kind::Rounded(Box::new([left, right])), ty, span }
    }

    /// `a <= b`, `a in b..c`
    pub(super) fn compare(
        &mut self,
        compare: Compare,
        operands: &[Expr; 2],
        place: Span,
        span: Span,
        scope: &Scope<'_>,
    ) -> Typed {
        let [left, right] = operands;
        let (left, right) = self.both_sides(left, right, scope);
        let left = self.need_present(left);
        if compare == Compare::In {
            return self.inside(left, right, span);
        }
        let right = self.need_present(right);
        self.comparable(compare, &left, &right, place);
        Typed { kind: Kind::Compare(compare, Box::new([left, right])), ty: Ty::Boolean, span }
    }

    /// Both operands of a comparison: each side may tell what the other's bare words stand for.
    fn both_sides(&mut self, left: &Expr, right: &Expr, scope: &Scope<'_>) -> (Typed, Typed) {
        let first_right = matches!(left.kind, ExprKind::Path(_))
            && !matches!(right.kind, ExprKind::Path(_) | ExprKind::Range(_));
        if first_right {
            let typed = self.infer(right, scope);
            return (self.infer_as(left, scope, Some(&typed.ty)), typed);
        }
        let typed = self.infer(left, scope);
        let wanted = typed.ty.clone();
        let right = self.infer_as(right, scope, Some(&wanted));
        (typed, right)
    }

    fn inside(&mut self, left: Typed, right: Typed, span: Span) -> Typed {
        let Kind::Range(ends) = right.kind else {
            if right.ty == Ty::TimeSet && left.ty == Ty::Time {
                let finding = Finding::new(
                    Code::TypeMismatch,
                    right.span,
                    "this is a set of times, but a range is needed",
                );
                self.report(finding.help("to select rows inside a set of times, write `during`"));
            } else {
                self.mismatch(&right, "a range such as `30%..60%`");
            }
            return missing(span);
        };
        let [low, high] = *ends;
        for end in [&low, &high] {
            self.comparable(Compare::AtLeast, &left, end, span);
        }
        Typed { kind: Kind::InRange(Box::new([left, low, high])), ty: Ty::Boolean, span }
    }

    /// Reports unless two values can be compared so.
    pub(crate) fn comparable(
        &mut self,
        compare: Compare,
        left: &Typed,
        right: &Typed,
        place: Span,
    ) {
        match (&left.ty, &right.ty) {
            (Ty::Unknown, _) | (_, Ty::Unknown) => return,
            (Ty::Quantity(one, first), Ty::Quantity(two, second)) => {
                if !same_dimension(one, two) {
                    self.dimensions(left, right, place, "compared");
                } else if one.is_number()
                    && matches!(
                        (first, second),
                        (Nature::Count, Nature::Ratio) | (Nature::Ratio, Nature::Count)
                    )
                {
                    self.count_and_share(left, right, place);
                }
                return;
            }
            (Ty::Period, Ty::Quantity(length, _)) if length.is_time() => {
                self.period_meets_duration(left, right);
                return;
            }
            (Ty::Quantity(length, _), Ty::Period) if length.is_time() => {
                self.period_meets_duration(right, left);
                return;
            }
            _ => {}
        }
        if !self.fits(&left.ty, &right.ty) && !self.fits(&right.ty, &left.ty) {
            let (one, two) = (self.say(&left.ty), self.say(&right.ty));
            let finding = Finding::new(
                Code::TypeMismatch,
                place,
                format!("{one} and {two} cannot be compared"),
            );
            self.report(finding.also(left.span, one).also(right.span, two));
            return;
        }
        let equality = matches!(compare, Compare::Equal | Compare::NotEqual);
        if !equality && !left.ty.is_ordered() {
            let finding = Finding::new(
                Code::TypeMismatch,
                place,
                format!("{} has no order", self.say(&left.ty)),
            );
            self.report(finding.help("compare with `==` or `!=`"));
        }
    }

    fn count_and_share(&mut self, left: &Typed, right: &Typed, place: Span) {
        let finding =
            Finding::new(Code::PercentOfCount, place, "a count is compared with a percentage")
                .also(left.span, self.say(&left.ty))
                .also(right.span, self.say(&right.ty))
                .help("compare the count with a number, or take a share: `share(rows, condition)`");
        self.report(finding);
    }

    pub(super) fn range(
        &mut self,
        ends: &[Expr; 2],
        span: Span,
        scope: &Scope<'_>,
        expected: Option<&Ty>,
    ) -> Typed {
        let [low, high] = ends;
        let low = self.infer_as(low, scope, expected);
        let wanted = low.ty.clone();
        let high = self.infer_as(high, scope, Some(&wanted));
        self.comparable(Compare::AtMost, &low, &high, span);
        if let (Some(from), Some(to)) =
            (super::super::constant::value(&low), super::super::constant::value(&high))
            && from > to
        {
            let finding = Finding::new(
                Code::EndBeforeStart,
                span,
                "this range is backwards, so it contains no value",
            );
            self.report(finding.help("write the lower end first"));
        }
        let ty = Ty::Range(Box::new(low.ty.clone()));
        Typed { kind: Kind::Range(Box::new([low, high])), ty, span }
    }

    /// The type two branches share.
    pub(super) fn common(&mut self, one: &Typed, two: &Typed, span: Span) -> Ty {
        if one.ty.is_unknown() {
            return two.ty.clone();
        }
        if self.fits(&two.ty, &one.ty) {
            return one.ty.clone();
        }
        if self.fits(&one.ty, &two.ty) {
            return two.ty.clone();
        }
        match (one.ty.dimension(), two.ty.dimension()) {
            (Some(_), Some(_)) => self.dimensions(one, two, span, "given by one expression"),
            _ => {
                let (first, second) = (self.say(&one.ty), self.say(&two.ty));
                let finding = Finding::new(
                    Code::TypeMismatch,
                    two.span,
                    format!("this is {second}, but the other case is {first}"),
                );
                self.report(finding.also(one.span, first));
            }
        }
        Ty::Unknown
    }

    /// `min(a, b)`, `max`, `floor`, `ceil`, `days` of values.
    pub(super) fn simple(&mut self, function: Simple, args: Vec<Typed>, span: Span) -> Typed {
        let ty = match (function, args.as_slice()) {
            (Simple::Days, [_, _]) => {
                for arg in &args {
                    if !matches!(arg.ty, Ty::Date | Ty::Time | Ty::Unknown) {
                        self.mismatch(arg, "a date or an instant");
                    }
                }
                Ty::number()
            }
            (_, [first, rest @ ..]) => {
                for other in rest {
                    self.comparable(Compare::AtLeast, first, other, span);
                }
                if !matches!(first.ty, Ty::Quantity(..) | Ty::Time | Ty::Date | Ty::Unknown) {
                    self.mismatch(first, "a number or quantity");
                }
                first.ty.clone()
            }
            (_, []) => Ty::Unknown,
        };
        if matches!(function, Simple::Floor | Simple::Ceil)
            && let [_, step] = args.as_slice()
        {
            self.step_above_zero(step);
        }
        if matches!(function, Simple::Floor | Simple::Ceil)
            && let [only] = args.as_slice()
            && only.ty.dimension().is_some_and(|dimension| !dimension.is_number())
        {
            let finding =
                Finding::new(Code::WrongArguments, span, "rounding a quantity needs a step");
            self.report(finding.help("add the step: `floor(x, 1 h)`"));
        }
        Typed { kind: Kind::Call(function, args.into()), ty, span }
    }
}

/// The fee that stands last in a product.
fn last_fee(typed: &Typed) -> Option<&Fee> {
    match &typed.kind {
        Kind::Fee(fee) => Some(fee),
        Kind::Arithmetic(Arithmetic::Multiply | Arithmetic::Divide, both) | Kind::DaysOf(both) => {
            let [_, last] = &**both;
            last_fee(last)
        }
        Kind::Shift(_, inner) => last_fee(inner),
        _ => None,
    }
}

fn last_fee_mut(typed: &mut Typed) -> Option<&mut Fee> {
    match &mut typed.kind {
        Kind::Fee(fee) => Some(fee),
        Kind::Arithmetic(Arithmetic::Multiply | Arithmetic::Divide, both) | Kind::DaysOf(both) => {
            let [_, last] = &mut **both;
            last_fee_mut(last)
        }
        Kind::Shift(_, inner) => last_fee_mut(inner),
        _ => None,
    }
}
