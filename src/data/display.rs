//! How quantities look in reports, messages and tests.

use crate::base::Exact;
use crate::lang::currencies::CURRENCIES;
use crate::plan::{BaseUnit, ColumnBound, Factor, NumberForm, Period, PeriodUnit, Type, Within};
use crate::time::{SECOND, display};

/// Places behind the point after which digits are cut off and shown as cut off.
const PLACES: i64 = 1_000_000;

/// A period in words: `3 days`, `1 working day`.
pub fn period(period: Period) -> String {
    let unit = match period.unit {
        PeriodUnit::Minute => "minute",
        PeriodUnit::Hour => "hour",
        PeriodUnit::Day => "day",
        PeriodUnit::WorkingDay => "working day",
        PeriodUnit::Week => "week",
        PeriodUnit::Month => "month",
        PeriodUnit::Quarter => "quarter",
        PeriodUnit::Year => "year",
    };
    format!("{} {unit}{}", period.count, if period.count == 1 { "" } else { "s" })
}

/// A quantity without a currency of its own.
pub fn quantity(exact: &Exact, of: &Type) -> String {
    match of {
        Type::Number { form: NumberForm::Percent } => display::percent(exact),
        Type::Duration {} => display::exact_length(exact),
        Type::Data {} => amount_of_data(exact),
        Type::Count { unit } => format!("{} {unit}", decimal(exact)),
        Type::Compound { factors } => compound(exact, factors),
        Type::Number { form: NumberForm::Plain | NumberForm::Odds }
        | Type::Money { .. }
        | Type::Text {}
        | Type::Boolean {} => decimal(exact),
        Type::Time {}
        | Type::Date {}
        | Type::Choice { .. }
        | Type::Severity {}
        | Type::Service {}
        | Type::Party {} => decimal(exact),
    }
}

/// Says that a value lies outside the bounds of its column; `written` is how the data have it.
pub fn outside(written: Option<&str>, exact: &Exact, of: &Type, within: &Within) -> String {
    let one = |value: &Exact| match of {
        Type::Money { currency: Some(code) } => money(value, code),
        _ => quantity(value, of),
    };
    let shown = one(exact);
    let value = match written {
        Some(text) if text != shown => format!("`{text}` ({shown})"),
        Some(_) | None => format!("`{shown}`"),
    };
    let end = |bound: &Option<ColumnBound>, with: &str, without: &str| {
        bound.as_ref().map(|bound| {
            format!("{} {}", if bound.included { with } else { without }, one(&bound.value.0))
        })
    };
    let allowed = match (&within.low, &within.high) {
        (Some(low), Some(high)) if low.included && high.included => {
            format!("in {}..{}", one(&low.value.0), one(&high.value.0))
        }
        (low, high) => {
            let ends = [end(low, "at least", "above"), end(high, "at most", "below")];
            ends.into_iter().flatten().collect::<Vec<_>>().join(" and ")
        }
    };
    format!("{value} is out of bounds: the value must be {allowed}")
}

/// Data in the largest unit of bytes of which there is a whole one.
pub(crate) fn amount_of_data(bits: &Exact) -> String {
    let units =
        [("TB", 8_000_000_000_000), ("GB", 8_000_000_000), ("MB", 8_000_000), ("kB", 8_000)];
    in_units(bits, &units, ("B", 8))
}

/// A value in the first of some units of which there is a whole one, or else in the last.
pub(crate) fn in_units(value: &Exact, units: &[(&str, i64)], last: (&str, i64)) -> String {
    let is_whole =
        |length: i64| *value >= Exact::integer(length) || *value <= Exact::integer(-length);
    let (unit, length) =
        units.iter().find(|(_, length)| is_whole(*length)).copied().unwrap_or(last);
    let shown = value.divide(&Exact::integer(length)).unwrap_or_else(|| value.clone());
    format!("{} {unit}", decimal(&shown))
}

/// A product of units: what is multiplied, then what is divided by; with time in seconds, and data
/// that come alone in bits and thousands of them.
pub(crate) fn compound(exact: &Exact, factors: &[Factor]) -> String {
    let second = Exact::integer(SECOND);
    let mut value = exact.clone();
    let mut unit = String::new();
    let (above, below): (Vec<&Factor>, Vec<&Factor>) =
        factors.iter().partition(|factor| factor.power > 0);
    let is_data = matches!(above.as_slice(), [Factor { base: BaseUnit::Data {}, power: 1 }]);
    for factor in above.into_iter().chain(below) {
        let name = match &factor.base {
            BaseUnit::Duration {} => "s",
            BaseUnit::Data {} if is_data && factor.power > 0 => continue,
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
                value = if factor.power < 0 {
                    &value * &second
                } else {
                    value.divide(&second).unwrap_or(value)
                };
            }
        }
    }
    if is_data {
        let units = [
            ("Tbit", 1_000_000_000_000),
            ("Gbit", 1_000_000_000),
            ("Mbit", 1_000_000),
            ("kbit", 1_000),
        ];
        return in_units(&value, &units, ("bit", 1)) + &unit;
    }
    let space = if unit.starts_with('/') { "" } else { " " };
    format!("{}{space}{unit}", decimal(&value))
}

/// An amount with the digits of its currency, if it is one, and more where it has more.
pub fn money(exact: &Exact, code: &str) -> String {
    // A unit of one's own has no minor unit.
    let places = CURRENCIES
        .iter()
        .find(|known| known.code == code)
        .map_or(0, |known| usize::from(known.minor_units));
    let text = decimal(exact);
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let grouped = digits.parse::<i64>().map_or_else(|_| digits.to_owned(), display::count);
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

    #[test]
    fn periods() {
        let of = |count, unit| period(Period { count, unit });
        assert_eq!(of(1, PeriodUnit::WorkingDay), "1 working day");
        assert_eq!(
            (of(0, PeriodUnit::Day), of(3, PeriodUnit::Month)),
            ("0 days".into(), "3 months".into())
        );
    }

    #[test]
    fn data_and_what_they_are_divided_by() {
        let of = |bits: i64| quantity(&Exact::integer(bits), &Type::Data {});
        assert_eq!(
            (of(0), of(8), of(12), of(80_000_000)),
            ("0 B".into(), "1 B".into(), "1.5 B".into(), "10 MB".into())
        );
        assert_eq!(
            (of(7_999), of(-16_000), of(83_886_080)),
            ("999.875 B".into(), "-2 kB".into(), "10.48576 MB".into())
        );
        let per_time = |base: BaseUnit| {
            [Factor { base: BaseUnit::Duration {}, power: -1 }, Factor { base, power: 1 }]
        };
        // 8 Mbit/s are 8,000,000 bits in 1,000,000,000 ns.
        assert_eq!(
            compound(&Exact::ratio(8, 1_000).unwrap(), &per_time(BaseUnit::Data {})),
            "8 Mbit/s"
        );
        assert_eq!(
            compound(&Exact::ratio(1, 1_000_000_000).unwrap(), &per_time(BaseUnit::Data {})),
            "1 bit/s"
        );
        let cases = per_time(BaseUnit::Count { unit: "case".into() });
        assert_eq!(compound(&Exact::ratio(3, 1_000_000_000).unwrap(), &cases), "3 case/s");
        let squared = [
            Factor { base: BaseUnit::Data {}, power: -1 },
            Factor { base: BaseUnit::Duration {}, power: 2 },
        ];
        assert_eq!(compound(&Exact::integer(1_000_000_000_000_000_000), &squared), "1 s·s/bit");
    }
}
