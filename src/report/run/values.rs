//! How values look in a report.

use crate::base::Exact;
use crate::facts::currencies::CURRENCIES;
use crate::plan::{BaseUnit, Factor, NumberForm, Type};
use crate::prove::say;
use crate::run::verdicts::Shown;
use crate::time::SECOND;

/// Places behind the point after which digits are cut off and shown as cut off.
const PLACES: i64 = 1_000_000;

/// A count with its thousands set apart.
pub fn count(number: u64) -> String {
    say::count(i64::try_from(number).unwrap_or(i64::MAX))
}

/// A value of a type.
pub fn value(shown: &Shown, of: &Type) -> String {
    match shown {
        Shown::Quantity { exact, currency: Some(code), .. } if !matches!(of, Type::Compound { .. }) => money(&exact.0, code),
        Shown::Quantity { exact, .. } => quantity(&exact.0, of),
        Shown::Text { text } => text.clone(),
        Shown::Endless {} => "without end".to_owned(),
    }
}

/// An amount of money or of something else that is due.
pub fn amount(shown: &Shown) -> String {
    match shown {
        Shown::Quantity { exact, currency: Some(code), .. } => money(&exact.0, code),
        Shown::Quantity { exact, currency: None, .. } => decimal(&exact.0),
        Shown::Text { text } => text.clone(),
        Shown::Endless {} => "without end".to_owned(),
    }
}

/// A quantity without a currency of its own.
pub fn quantity(exact: &Exact, of: &Type) -> String {
    match of {
        Type::Number { form: NumberForm::Percent } => say::percent(exact),
        Type::Duration {} => say::exact_length(exact),
        Type::Data {} => format!("{} bit", decimal(exact)),
        Type::Count { unit } => format!("{} {unit}", decimal(exact)),
        Type::Compound { factors } => compound(exact, factors),
        Type::Number { form: NumberForm::Plain | NumberForm::Odds } | Type::Money { .. } | Type::Text {} | Type::Boolean {} => {
            decimal(exact)
        }
        Type::Time {} | Type::Date {} | Type::Choice { .. } | Type::Severity {} | Type::Service {} | Type::Party {} => decimal(exact),
    }
}

/// A product of units, with time in seconds.
fn compound(exact: &Exact, factors: &[Factor]) -> String {
    let second = Exact::integer(SECOND);
    let mut value = exact.clone();
    let mut unit = String::new();
    for factor in factors {
        let name = match &factor.base {
            BaseUnit::Duration {} => "s",
            BaseUnit::Data {} => "bit",
            BaseUnit::Money { currency } => currency.as_deref().unwrap_or("money"),
            BaseUnit::Count { unit } => unit,
        };
        for _ in 0..factor.power.unsigned_abs() {
            let nanoseconds = factor.base == BaseUnit::Duration {};
            unit.push_str(if factor.power < 0 {
                "/"
            } else if unit.is_empty() {
                ""
            } else {
                "·"
            });
            unit.push_str(name);
            if nanoseconds {
                value = if factor.power < 0 { &value * &second } else { value.divide(&second).unwrap_or(value) };
            }
        }
    }
    let space = if unit.starts_with('/') { "" } else { " " };
    format!("{}{space}{unit}", decimal(&value))
}

/// With the digits of its currency, and more where it has more.
fn money(exact: &Exact, code: &str) -> String {
    let places = CURRENCIES.iter().find(|known| known.code == code).map_or(2, |known| usize::from(known.minor_units));
    let text = decimal(exact);
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let grouped = digits.parse::<i64>().map_or_else(|_| digits.to_owned(), say::count);
    let point = if places > 0 || !fraction.is_empty() { "." } else { "" };
    format!("{sign}{grouped}{point}{fraction:0<places$} {code}")
}

/// A decimal; `…` says that more digits follow.
pub fn decimal(exact: &Exact) -> String {
    let scaled = exact * &Exact::integer(PLACES);
    let cut = if scaled.is_negative() { scaled.ceil() } else { scaled.floor() };
    let shown = Exact::ratio(1, PLACES).map_or_else(|| cut.clone(), |step| &cut * &step);
    format!("{}{}", shown.to_decimal().unwrap_or_default(), if cut == scaled { "" } else { "…" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts() {
        let exact = |text: &str| Exact::parse(text).unwrap();
        assert_eq!(money(&exact("240"), "EUR"), "240.00 EUR");
        assert_eq!(money(&exact("-1234567.5"), "EUR"), "-1,234,567.50 EUR");
        assert_eq!(money(&exact("1500"), "JPY"), "1,500 JPY");
        assert_eq!(money(&exact("0.125"), "USD"), "0.125 USD");
        assert_eq!(decimal(&Exact::ratio(2, 3).unwrap()), "0.666666…");
        // 100 per second are 100 / 1,000,000,000 per nanosecond.
        let rate = [Factor { base: BaseUnit::Duration {}, power: -1 }];
        assert_eq!(compound(&Exact::ratio(1, 10_000_000).unwrap(), &rate), "100/s");
    }
}
