//! Units that a header or a cell can bring, and numbers as people and programs write them.

use ecow::EcoString;

use crate::base::Exact;
use crate::lang::currencies::CURRENCIES;
use crate::lang::units::{DATA_UNITS, TimeUnit};
use crate::plan::{BaseUnit, Type};
use crate::time::{MINUTE, SECOND, Zone};

/// The most digits, and the greatest power of ten, of a number.
const MOST_DIGITS: usize = 1_000;

/// What a number is counted in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unit {
    /// It is multiplied by this to get the base unit.
    Times(Exact),
    /// A time since 1970, in so many nanoseconds.
    Epoch(i64),
    /// Times without an offset are those of this zone.
    Zone(Zone),
    /// A currency.
    Currency(EcoString),
}

/// The words for lengths of time that headers use beside those of the language.
const LONG_WORDS: &[(&str, i64)] = &[
    ("nanoseconds", 1),
    ("microseconds", 1_000),
    ("milliseconds", 1_000_000),
    ("millis", 1_000_000),
    ("seconds", SECOND),
    ("second", SECOND),
    ("sec", SECOND),
    ("secs", SECOND),
    ("minutes", MINUTE),
    ("minute", MINUTE),
    ("mins", MINUTE),
];

fn clock(word: &str) -> Option<i64> {
    let long = LONG_WORDS.iter().find(|(known, _)| *known == word).map(|(_, length)| *length);
    TimeUnit::parse(word).map(TimeUnit::nanoseconds).or(long)
}

fn data(word: &str) -> Option<i64> {
    match word {
        "byte" | "bytes" => Some(8),
        "bits" => Some(1),
        _ => DATA_UNITS.iter().find(|unit| unit.name == word).map(|unit| unit.bits),
    }
}

fn currency(word: &str) -> Option<&'static str> {
    CURRENCIES.iter().map(|currency| currency.code).find(|code| code.eq_ignore_ascii_case(word))
}

/// The unit of a name for values of a type; `None` if it is no unit of theirs.
pub fn unit(of: &Type, word: &str) -> Option<Unit> {
    let times = |factor: i64| Some(Unit::Times(Exact::integer(factor)));
    match of {
        Type::Time {} => match word {
            "utc" | "UTC" => Some(Unit::Zone(Zone::UTC)),
            // The names of zones that people mean hold a slash; others are ends of ordinary words.
            _ if word.contains('/') => Zone::find(word).map(Unit::Zone),
            _ => clock(word).filter(|length| *length <= SECOND).map(Unit::Epoch),
        },
        Type::Duration {} => clock(word).and_then(times),
        Type::Number { .. } => matches!(word, "%" | "percent" | "pct")
            .then(|| Exact::ratio(1, 100).map(Unit::Times))
            .flatten(),
        Type::Money { currency: own } => {
            let found = currency(word).filter(|code| own.as_ref().is_none_or(|own| own == code))?;
            Some(Unit::Currency(found.into()))
        }
        Type::Data {} => data(word).and_then(times),
        Type::Count { unit } => (unit == word).then_some(Unit::Times(Exact::ONE)),
        Type::Compound { factors } => {
            let (above, below) = word.split_once('/').or_else(|| word.split_once("_per_"))?;
            let mut factor = Exact::ONE;
            let mut words = [(above, 1), (below, -1)].into_iter();
            let mut rest: Vec<_> = factors.iter().collect();
            for (word, power) in words.by_ref().filter(|(word, _)| !word.is_empty()) {
                let at = rest.iter().position(|factor| {
                    factor.power == power && base(&factor.base, word).is_some()
                })?;
                let length = base(&rest.remove(at).base, word)?;
                factor = if power > 0 { &factor * &length } else { factor.divide(&length)? };
            }
            rest.is_empty().then_some(Unit::Times(factor))
        }
        Type::Text {}
        | Type::Boolean {}
        | Type::Date {}
        | Type::Choice { .. }
        | Type::Severity {}
        | Type::Service {}
        | Type::Party {} => None,
    }
}

fn base(of: &BaseUnit, word: &str) -> Option<Exact> {
    match of {
        BaseUnit::Duration {} => clock(word).map(Exact::integer),
        BaseUnit::Data {} => data(word).map(Exact::integer),
        BaseUnit::Money { currency: own } => {
            (own.as_deref() == currency(word) && own.is_some()).then_some(Exact::ONE)
        }
        BaseUnit::Count { unit } => (unit == word).then_some(Exact::ONE),
    }
}

/// True if a bare number says enough for a value of this type.
pub fn needs_none(of: &Type) -> bool {
    matches!(of, Type::Number { .. } | Type::Money { currency: Some(_) } | Type::Count { .. })
}

/// An example of what a header may end with, for help.
pub fn example(of: &Type) -> &'static str {
    match of {
        Type::Time {} | Type::Duration {} => "_ms",
        Type::Data {} => "_bytes",
        Type::Money { .. } => "_eur",
        Type::Compound { .. } => "_Mbit_per_s",
        Type::Number { .. }
        | Type::Count { .. }
        | Type::Text {}
        | Type::Boolean {}
        | Type::Date {} => "",
        Type::Choice { .. } | Type::Severity {} | Type::Service {} | Type::Party {} => "",
    }
}

/// Reads `12`, `-0.5`, `1.5e-3` exactly; `None` if it is no number, or one beyond all measure.
pub fn number(text: &str) -> Option<Exact> {
    let (mantissa, power) = match text.split_once(['e', 'E']) {
        // A sign before it is understood.
        Some((mantissa, power)) => (mantissa, power.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let mantissa =
        mantissa.strip_prefix('+').filter(|rest| !rest.starts_with('-')).unwrap_or(mantissa);
    if mantissa.len() > MOST_DIGITS
        || power.unsigned_abs() as usize > MOST_DIGITS
        || mantissa.contains('_')
    {
        return None;
    }
    let value = Exact::parse(mantissa)?;
    if power == 0 {
        return Some(value);
    }
    let scale = Exact::parse(&format!("1{}", "0".repeat(power.unsigned_abs() as usize)))?;
    if power > 0 { Some(&value * &scale) } else { value.divide(&scale) }
}

/// True for values that are numbers with or without a unit, which may be written with a decimal
/// comma.
pub fn has_decimals(of: &Type) -> bool {
    match of {
        Type::Number { .. }
        | Type::Duration {}
        | Type::Money { .. }
        | Type::Data {}
        | Type::Count { .. }
        | Type::Compound { .. } => true,
        Type::Text {} | Type::Boolean {} | Type::Time {} | Type::Date {} => false,
        Type::Choice { .. } | Type::Severity {} | Type::Service {} | Type::Party {} => false,
    }
}

/// `1.234,5 EUR` with a decimal point: `1234.5 EUR`. Points may only part groups of three digits,
/// so that `1.5`, which someone forgot to write as `1,5`, is not read as fifteen.
pub fn with_point(text: &str) -> Option<String> {
    let text = text.trim();
    let end = text
        .find(|letter: char| !(letter.is_ascii_digit() || ".,+-".contains(letter)))
        .unwrap_or(text.len());
    let (number, rest) = text.split_at_checked(end)?;
    let (whole, decimals) =
        number.split_once(',').map_or((number, None), |(whole, decimals)| (whole, Some(decimals)));
    let mut groups = whole.split('.');
    let first = groups.next()?.trim_start_matches(['+', '-']);
    let mut groups = groups.peekable();
    let is_grouped = groups.peek().is_none()
        || (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
    let is_sound = is_grouped && decimals.is_none_or(|decimals| !decimals.contains(['.', ',']));
    let decimals = decimals.map_or_else(String::new, |decimals| format!(".{decimals}"));
    is_sound.then(|| format!("{}{decimals}{rest}", whole.replace('.', "")))
}

/// The number at the start of a text, and what follows it.
pub fn amount_and_unit(text: &str) -> Option<(Exact, &str)> {
    let text = text.trim();
    let end = text
        .char_indices()
        .find(|(_, letter)| !(letter.is_ascii_digit() || ".+-".contains(*letter)))
        .map_or(text.len(), |it| it.0);
    let (amount, unit) = text.split_at_checked(end)?;
    Some((number(amount)?, unit.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact() {
        let exact = |text: &str| number(text).map(|value| value.to_string());
        assert_eq!(exact("0.1").as_deref(), Some("0.1"));
        assert_eq!(exact("1.25e-2").as_deref(), Some("0.0125"));
        assert_eq!(exact("+3E2").as_deref(), Some("300"));
        assert_eq!(
            exact("123456789012345678901234567890.5").as_deref(),
            Some("123456789012345678901234567890.5")
        );
        for wrong in [
            "",
            "1,5",
            "1_000",
            "e5",
            "0x10",
            "NaN",
            "inf",
            "1e9999999999",
            "1e2000",
            "--1",
            "+-1",
            "++1",
            "1e+-2",
            " 1",
            "1 2",
        ] {
            assert_eq!(exact(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn decimal_commas() {
        let shown = |text: &str| with_point(text);
        for (text, wanted) in [
            ("1,5", "1.5"),
            ("-0,25", "-0.25"),
            ("1.234,5", "1234.5"),
            ("12.345.678", "12345678"),
            ("1234,5", "1234.5"),
            ("12,50 EUR", "12.50 EUR"),
            ("1,5e3", "1.5e3"),
            ("7", "7"),
        ] {
            assert_eq!(shown(text).as_deref(), Some(wanted), "{text}");
        }
        for wrong in ["1.5", "1,234,5", "1,234.5", "1234.567", ".123", "1..234", "1.23.456"] {
            assert_eq!(shown(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn units_of_headers() {
        let rate = Type::Compound {
            factors: vec![
                crate::plan::Factor { base: BaseUnit::Data {}, power: 1 },
                crate::plan::Factor { base: BaseUnit::Duration {}, power: -1 },
            ],
        };
        // 8 Mbit/s are 8,000,000 bits in 1,000,000,000 ns: one Mbit/s is 1/1000.
        assert_eq!(unit(&rate, "Mbit_per_s"), Exact::ratio(1, 1000).map(Unit::Times));
        assert_eq!(unit(&rate, "Mbit"), None);
        assert_eq!(unit(&Type::Time {}, "ms"), Some(Unit::Epoch(1_000_000)));
        assert_eq!(unit(&Type::Time {}, "h"), None, "nobody counts hours since 1970");
        assert_eq!(unit(&Type::Duration {}, "seconds"), Some(Unit::Times(Exact::integer(SECOND))));
        assert_eq!(unit(&Type::Money { currency: Some("EUR".into()) }, "usd"), None);
        assert_eq!(
            unit(&Type::Money { currency: None }, "usd"),
            Some(Unit::Currency("USD".into()))
        );
    }
}
