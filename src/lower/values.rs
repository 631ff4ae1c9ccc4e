//! Constants and types.

use super::Builder;
use crate::base::{Exact, Span};
use crate::lang::units::TimeUnit;
use crate::names::What;
use crate::plan::{
    BaseUnit, DataUnit, Duration, DurationUnit, Factor, Number, NumberForm, Type, Value,
};
use crate::syntax::ast;
use crate::time::Zone;
use crate::types::constant;
use crate::types::tree::{Kind, Typed};
use crate::types::ty::{Dimension, Nature, Ty};

impl Builder<'_, '_, '_> {
    /// The plan's type of values.
    pub(super) fn ty(&mut self, ty: &Ty, span: Span) -> Option<Type> {
        Some(match ty.present() {
            Ty::Quantity(dimension, nature) => self.dimension(dimension, *nature),
            Ty::Boolean => Type::Boolean {},
            Ty::Text => Type::Text {},
            Ty::Time => Type::Time {},
            Ty::Date => Type::Date {},
            Ty::Enum(id) => Type::Choice { of: self.need(*id) },
            Ty::Values(values) => Type::Choice { of: self.need_values(values) },
            Ty::Customer => Type::Party {},
            Ty::Service => Type::Service {},
            Ty::Severity => {
                // Their order is that of all severities.
                self.used.extend(self.visible.severities.iter().copied());
                Type::Severity {}
            }
            other @ (Ty::Unknown
            | Ty::Period
            | Ty::Clock
            | Ty::Rows(_)
            | Ty::TimeSet
            | Ty::Range(_)
            | Ty::Optional(_)) => {
                let message = format!("{} cannot be measured", other.describe(self.model.project));
                self.cannot(span, message);
                return None;
            }
        })
    }

    fn dimension(&mut self, dimension: &Dimension, nature: Nature) -> Type {
        if dimension.is_number() {
            let form =
                if nature == Nature::Ratio { NumberForm::Percent } else { NumberForm::Plain };
            return Type::Number { form };
        }
        let currency = || dimension.currency.as_ref().map(|currency| currency.as_str().to_owned());
        if dimension.is_time() {
            return Type::Duration {};
        }
        if dimension.is_money() {
            return Type::Money { currency: currency() };
        }
        if *dimension == Dimension::data() {
            return Type::Data {};
        }
        if let ([(unit, 1)], 0, 0, 0) =
            (dimension.units.as_slice(), dimension.time, dimension.data, dimension.money)
        {
            return Type::Count { unit: self.need(*unit) };
        }
        let mut factors = vec![
            Factor { base: BaseUnit::Duration {}, power: dimension.time },
            Factor { base: BaseUnit::Data {}, power: dimension.data },
            Factor { base: BaseUnit::Money { currency: currency() }, power: dimension.money },
        ];
        let mut units: Vec<(String, i8)> = dimension
            .units
            .as_slice()
            .iter()
            .map(|(unit, power)| (self.need(*unit), *power))
            .collect();
        units.sort_unstable();
        factors.extend(
            units.into_iter().map(|(unit, power)| Factor { base: BaseUnit::Count { unit }, power }),
        );
        factors.retain(|factor| factor.power != 0);
        Type::Compound { factors }
    }

    /// A constant; reports what is none.
    pub(super) fn value(&mut self, typed: &Typed, zone: Zone) -> Option<Value> {
        if let Some(literal) = self.literal(typed, zone) {
            return Some(literal);
        }
        let known = constant::value(typed).and_then(|value| self.value_of(value, &typed.ty));
        if known.is_none() && !matches!(typed.kind, Kind::Missing) {
            self.cannot(typed.span, "this must be a constant that can be written down");
        }
        known
    }

    /// A constant that is written as one; `None` for anything else.
    pub(super) fn literal(&mut self, typed: &Typed, zone: Zone) -> Option<Value> {
        Some(match &typed.kind {
            Kind::Number(value, form) => {
                Value::Number { value: Number(value.clone()), form: number_form(*form) }
            }
            Kind::Duration(value, unit) => {
                Value::Duration { nanoseconds: value.to_i64()?, unit: duration_unit(*unit) }
            }
            Kind::Money(value, currency) => {
                Value::Money { amount: Number(value.clone()), currency: currency.code.to_string() }
            }
            Kind::Units(value, unit) => {
                Value::Count { amount: Number(value.clone()), unit: self.need(*unit) }
            }
            Kind::Data(bits, unit) => {
                Value::Data { bits: Number(bits.clone()), unit: DataUnit(unit.name.to_string()) }
            }
            Kind::Rate(amount, per) => {
                let amount = Box::new(self.literal(amount, zone)?);
                Value::Rate {
                    amount,
                    per: Duration { nanoseconds: per.nanoseconds(), unit: duration_unit(*per) },
                }
            }
            Kind::Time(written) => Value::Time { value: self.moment_of(*written, zone) },
            Kind::Date(date) => Value::Date { value: super::time::local_date(*date) },
            Kind::Text(text) => Value::Text { value: text.to_string() },
            Kind::Boolean(value) => Value::Boolean { value: *value },
            Kind::EnumValue(name) => match typed.ty.present() {
                Ty::Enum(id) => Value::Choice { of: self.need(*id), value: name.to_string() },
                Ty::Values(values) => {
                    Value::Choice { of: self.need_values(values), value: name.to_string() }
                }
                _ => return None,
            },
            Kind::Declared(id) => match self.model.project.get(*id)?.what {
                What::Severity(_) => Value::Severity { value: self.need(*id) },
                What::Service(_) => Value::Service { value: self.need(*id) },
                What::Party(_) => Value::Party { value: self.need(*id) },
                _ => return None,
            },
            Kind::Negate(inner) => negated(self.literal(inner, zone)?)?,
            _ => return None,
        })
    }

    /// A quantity in its base unit as a constant; `None` if its dimension has no constants.
    pub(super) fn value_of(&mut self, value: Exact, ty: &Ty) -> Option<Value> {
        let dimension = ty.dimension()?;
        match self.dimension(dimension, Nature::Plain) {
            Type::Number { .. } => {
                let percent = matches!(ty, Ty::Quantity(_, Nature::Ratio));
                let form = if percent { NumberForm::Percent } else { NumberForm::Plain };
                Some(Value::Number { value: Number(value), form })
            }
            Type::Duration {} => Some(duration_value(length(value.to_i64()?))),
            Type::Money { currency } => {
                Some(Value::Money { amount: Number(value), currency: currency? })
            }
            Type::Data {} => {
                Some(Value::Data { bits: Number(value), unit: DataUnit("bit".into()) })
            }
            Type::Count { unit } => Some(Value::Count { amount: Number(value), unit }),
            Type::Compound { .. }
            | Type::Text {}
            | Type::Boolean {}
            | Type::Time {}
            | Type::Date {}
            | Type::Choice { .. }
            | Type::Severity {}
            | Type::Service {}
            | Type::Party {} => None,
        }
    }
}

fn negated(value: Value) -> Option<Value> {
    let minus = |number: Number| Number(-&number.0);
    Some(match value {
        Value::Number { value, form } => Value::Number { value: minus(value), form },
        Value::Duration { nanoseconds, unit } => {
            Value::Duration { nanoseconds: nanoseconds.checked_neg()?, unit }
        }
        Value::Money { amount, currency } => Value::Money { amount: minus(amount), currency },
        Value::Data { bits, unit } => Value::Data { bits: minus(bits), unit },
        Value::Count { amount, unit } => Value::Count { amount: minus(amount), unit },
        Value::Rate { amount, per } => Value::Rate { amount: Box::new(negated(*amount)?), per },
        Value::Text { .. }
        | Value::Boolean { .. }
        | Value::Time { .. }
        | Value::Date { .. }
        | Value::Choice { .. }
        | Value::Severity { .. }
        | Value::Service { .. }
        | Value::Party { .. } => return None,
    })
}

/// A length with the largest unit that it is a whole number of.
pub(super) fn length(nanoseconds: i64) -> Duration {
    let fits = |unit: &TimeUnit| *unit != TimeUnit::Week && nanoseconds % unit.nanoseconds() == 0;
    let unit = TimeUnit::ALL.into_iter().rev().find(fits).unwrap_or(TimeUnit::Nanosecond);
    Duration {
        nanoseconds,
        unit: duration_unit(if nanoseconds == 0 { TimeUnit::Second } else { unit }),
    }
}

/// A length as a value.
pub(super) fn duration_value(length: Duration) -> Value {
    Value::Duration { nanoseconds: length.nanoseconds, unit: length.unit }
}

pub(super) fn number_form(form: ast::NumberForm) -> NumberForm {
    match form {
        ast::NumberForm::Plain => NumberForm::Plain,
        ast::NumberForm::Percent => NumberForm::Percent,
        ast::NumberForm::Odds => NumberForm::Odds,
    }
}

pub(super) fn duration_unit(unit: TimeUnit) -> DurationUnit {
    match unit {
        TimeUnit::Nanosecond => DurationUnit::Nanosecond,
        TimeUnit::Microsecond => DurationUnit::Microsecond,
        TimeUnit::Millisecond => DurationUnit::Millisecond,
        TimeUnit::Second => DurationUnit::Second,
        TimeUnit::Minute => DurationUnit::Minute,
        TimeUnit::Hour => DurationUnit::Hour,
        TimeUnit::Day => DurationUnit::Day,
        TimeUnit::Week => DurationUnit::Week,
    }
}
