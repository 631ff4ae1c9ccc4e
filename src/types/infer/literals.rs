//! Types of literals.

use crate::base::Span;
use crate::diag::{Code, Finding};
use crate::lang::currencies;
use crate::lang::units::TimeUnit;
use crate::names::What;
use crate::syntax::ast::{Literal, Name, NumberForm};
use crate::types::checker::{Checker, missing};
use crate::types::scope::Scope;
use crate::types::tree::{Kind, Typed};
use crate::types::ty::{Dimension, Nature, Ty};

impl Checker<'_, '_> {
    /// The type of a literal.
    pub(crate) fn literal(&mut self, literal: &Literal, span: Span, scope: &Scope<'_>) -> Typed {
        let (kind, ty) = match literal {
            Literal::Number(value, form) => {
                let ty = if *form == NumberForm::Plain { Ty::number() } else { Ty::ratio() };
                (Kind::Number(value.clone(), *form), ty)
            }
            Literal::Duration(nanoseconds, unit) => {
                (Kind::Duration(nanoseconds.clone(), *unit), Ty::duration())
            }
            Literal::Period(period) => (Kind::Period(*period), Ty::Period),
            Literal::Quantity(amount, unit) => {
                let typed = self.quantity(amount, unit, span, scope);
                self.need_whole(&typed);
                return typed;
            }
            Literal::Data(bits, unit) => {
                (Kind::Data(bits.clone(), unit), Ty::Quantity(Dimension::data(), Nature::Plain))
            }
            Literal::Rate(amount, per) => return self.rate(amount, *per, span, scope),
            Literal::Time(time) => (Kind::Time(*time), Ty::Time),
            Literal::Date(date) => (Kind::Date(*date), Ty::Date),
            Literal::Month(..) => {
                let finding = Finding::new(
                    Code::TypeMismatch,
                    span,
                    "this is a month, but a value is needed",
                );
                self.report(finding.help(
                    "for a date, write the day too; for a subtraction, write spaces around `-`",
                ));
                return missing(span);
            }
            Literal::Clock(clock) => (Kind::Clock(clock.seconds), Ty::Clock),
            Literal::Text(text) => (Kind::Text(text.clone()), Ty::Text),
            Literal::Boolean(value) => (Kind::Boolean(*value), Ty::Boolean),
        };
        Typed { kind, ty, span }
    }

    fn quantity(
        &mut self,
        amount: &crate::base::Exact,
        unit: &Name,
        span: Span,
        scope: &Scope<'_>,
    ) -> Typed {
        if let Some(id) = self.project.lookup(scope.file, &unit.text)
            && let Some(What::Unit(declared)) = self.project.get(id).map(|decl| decl.what)
        {
            self.refer_decl(unit.span, id);
            return Typed {
                kind: Kind::Units(amount.clone(), id),
                ty: Ty::Quantity(Dimension::unit(id), unit_nature(What::Unit(declared))),
                span,
            };
        }
        if let Some(currency) = currencies::find(&unit.text) {
            return Typed {
                kind: Kind::Money(amount.clone(), currency),
                ty: Ty::money(Some(currency)),
                span,
            };
        }
        self.unknown_unit(unit, scope);
        missing(span)
    }

    /// Reports a part of something that has none.
    fn need_whole(&mut self, typed: &Typed) {
        let Kind::Units(amount, id) = &typed.kind else { return };
        let Some(What::Unit(unit)) = self.project.get(*id).map(|decl| decl.what) else { return };
        if !unit.whole || amount.is_integer() {
            return;
        }
        let name = self.project.name(*id);
        let mut finding = Finding::new(
            Code::TypeMismatch,
            typed.span,
            format!("`{name}` is counted in whole numbers"),
        );
        if let Some(name) = &unit.name {
            finding = finding.also(name.span, "declared `whole` here");
        }
        self.report(finding.help(format!(
            "write a whole number; or leave `whole` out of `unit {name} whole` if it has parts"
        )));
    }

    fn rate(&mut self, amount: &Literal, per: TimeUnit, span: Span, scope: &Scope<'_>) -> Typed {
        let amount = match amount {
            // `2.5 point/h` is no count of points.
            Literal::Quantity(amount, unit) => self.quantity(amount, unit, span, scope),
            other => self.literal(other, span, scope),
        };
        let Some(dimension) = amount.ty.dimension() else { return missing(span) };
        let dimension = dimension.combine(&Dimension::time(), -1).unwrap_or_default();
        Typed {
            kind: Kind::Rate(Box::new(amount), per),
            ty: Ty::Quantity(dimension, Nature::Plain),
            span,
        }
    }

    /// A unit that is neither a currency nor declared.
    pub(crate) fn unknown_unit(&mut self, unit: &Name, scope: &Scope<'_>) {
        let known = known_units();
        let word = unit.text.as_str();
        let folded = known.iter().copied().find(|name| name.eq_ignore_ascii_case(word));
        let common = [
            ("msec", "ms"),
            ("sec", "s"),
            ("secs", "s"),
            ("seconds", "s"),
            ("second", "s"),
            ("mins", "min"),
            ("minutes", "min"),
            ("minute", "min"),
            ("hr", "h"),
            ("hrs", "h"),
            ("m", "min"),
        ];
        let usual = common
            .iter()
            .find(|(wrong, _)| wrong.eq_ignore_ascii_case(word))
            .map(|(_, right)| *right);
        let mut finding =
            Finding::new(Code::UnknownUnit, unit.span, format!("unknown unit `{word}`"));
        if let Some(near) = usual.or(folded) {
            finding = finding.help(format!("did you mean `{near}`?")).suggestion(
                format!("write `{near}`"),
                unit.span,
                near,
            );
        } else {
            let suggestion = self.project.suggest(
                scope.file,
                word,
                |what| matches!(what, What::Unit(_)),
                self.sources,
            );
            let nothing = suggestion.help.is_empty();
            finding = suggestion.attach(finding, unit.span);
            if nothing {
                finding = match crate::base::closest(word, known.iter().copied()) {
                    Some(near) => finding.help(format!("did you mean `{near}`?")).suggestion(format!("write `{near}`"), unit.span, near),
                    None => finding
                        .help(format!("currencies are ISO 4217 codes such as `EUR`; a unit of your own is declared with `unit {word}`")),
                };
            }
        }
        self.report(finding);
    }
}

/// What quantities in a unit of the user's own stand for.
pub(crate) fn unit_nature(what: What<'_>) -> Nature {
    match what {
        What::Unit(unit) if unit.whole => Nature::Count,
        _ => Nature::Plain,
    }
}

fn known_units() -> Vec<&'static str> {
    let times = TimeUnit::ALL.into_iter().flat_map(|unit| unit.spellings().iter().copied());
    let data = crate::lang::units::DATA_UNITS.iter().map(|unit| unit.name);
    let money = currencies::CURRENCIES.iter().map(|currency| currency.code);
    times.chain(data).chain(money).collect()
}
