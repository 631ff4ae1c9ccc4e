//! Shares, counts and lengths of time as people write them.
//!
//! A witness is shown exactly, because the value next to it has another verdict. Other values are
//! cut off where nobody reads on, and say so.

use super::{HOUR, MINUTE, SECOND};
use crate::base::Exact;
use crate::lang::units::TimeUnit;

/// Places behind the point of a percentage that is cut off.
const PLACES: i64 = 1_000_000;

/// A share as people write it: `99.95%`; `99.885416…%` where more digits follow than anyone reads.
pub fn percent(share: &Exact) -> String {
    let hundredfold = share * &Exact::integer(100);
    let scaled = &hundredfold * &Exact::integer(PLACES);
    let cut = if scaled.is_negative() { scaled.ceil() } else { scaled.floor() };
    let shown = Exact::ratio(1, PLACES).map_or_else(|| cut.clone(), |step| &cut * &step);
    format!("{}{}%", shown.to_decimal().unwrap_or_default(), if cut == scaled { "" } else { "…" })
}

/// A share in percent, to its last digit.
pub fn exact_percent(share: &Exact) -> String {
    format!("{}%", share * &Exact::integer(100))
}

/// A length of time in nanoseconds as people say it: `2 h 12 min 28 s`, `43.2 s`, `250 ms`. What
/// does not fit is cut off.
pub fn length(nanoseconds: &Exact) -> String {
    let Some(whole) = nanoseconds.floor().to_i64() else { return "centuries".to_owned() };
    let (sign, whole) = if whole < 0 { ("-", whole.saturating_neg()) } else { ("", whole) };
    if whole < SECOND {
        let (unit, word) = [(1_000_000, "ms"), (1_000, "us")]
            .into_iter()
            .find(|(unit, _)| whole >= *unit)
            .unwrap_or((1, "ns"));
        return if whole == 0 {
            "0 s".to_owned()
        } else {
            format!("{sign}{} {word}", decimal(whole, unit, 2))
        };
    }
    if whole < MINUTE {
        return format!("{sign}{} s", decimal(whole, SECOND, 2));
    }
    let (hours, minutes, seconds) = (whole / HOUR, whole % HOUR / MINUTE, whole % MINUTE / SECOND);
    let parts = [(hours, "h"), (minutes, "min"), (seconds, "s")];
    let said: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    format!("{sign}{}", said.join(" "))
}

/// The same as exactly as anyone reads, to tell a witness from its neighbours: parts of a second to
/// three places, whole days as such.
pub fn exact_length(value: &Exact) -> String {
    if value.is_negative() {
        return format!("-{}", exact_length(&-value));
    }
    let second = Exact::integer(TimeUnit::Second.nanoseconds());
    if *value < second && !value.is_zero() {
        let units = [TimeUnit::Millisecond, TimeUnit::Microsecond];
        let fitting = units
            .into_iter()
            .find(|unit| *value >= Exact::integer(unit.nanoseconds()))
            .unwrap_or(TimeUnit::Nanosecond);
        let amount = value.divide(&Exact::integer(fitting.nanoseconds())).unwrap_or(Exact::ZERO);
        return format!("{} {}", about(&amount, 3), fitting.symbol());
    }
    let mut rest = value.clone();
    let mut parts: Vec<String> = Vec::new();
    for unit in [TimeUnit::Day, TimeUnit::Hour, TimeUnit::Minute] {
        let length = Exact::integer(unit.nanoseconds());
        let whole = rest.divide(&length).unwrap_or(Exact::ZERO).floor();
        // Clock people say 36 h, not 1 day 12 h, as long as the hours are few.
        let few = unit == TimeUnit::Day
            && (whole < Exact::integer(4) || !(&rest - &(&whole * &length)).is_zero());
        if whole.is_zero() || few {
            continue;
        }
        rest = &rest - &(&whole * &length);
        parts.push(format!("{whole} {}", unit.symbol()));
    }
    if !rest.is_zero() || parts.is_empty() {
        let seconds = rest.divide(&second).unwrap_or(Exact::ZERO);
        parts.push(format!("{} s", about(&seconds, 3)));
    }
    parts.join(" ")
}

/// Two lengths so that what differs looks different.
pub fn two_lengths(one: &Exact, other: &Exact) -> (String, String) {
    let (short, long) = (length(one), length(other));
    if short != long || one == other {
        return (short, long);
    }
    (exact_length(one), exact_length(other))
}

/// A whole number with its thousands set apart: `12,000`.
pub fn count(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if number < 0 { format!("-{text}") } else { text }
}

/// A number cut to so many places, without noughts at its end.
fn decimal(number: i64, unit: i64, places: u32) -> String {
    let scale = 10_i64.pow(places);
    let (whole, rest) = (number / unit, number % unit * scale / unit);
    let width = places as usize;
    let text = format!("{whole}.{rest:0width$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A number cut off after so many places.
pub fn about(value: &Exact, places: u32) -> String {
    let scale = Exact::integer(10_i64.saturating_pow(places));
    let cut = (value * &scale).floor().divide(&scale).unwrap_or_else(|| value.clone());
    if cut == *value { cut.to_string() } else { format!("about {cut}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Exact {
        Exact::parse(text).unwrap()
    }

    #[test]
    fn shares() {
        assert_eq!(percent(&exact("0.9995")), "99.95%");
        assert_eq!(percent(&exact("1")), "100%");
        assert_eq!(percent(&Exact::ratio(713, 714).unwrap()), "99.859943…%"); // 713 / 714 = 0.99859943977…
        assert_eq!(percent(&exact("-0.001")), "-0.1%");
        // A witness keeps all its digits.
        assert_eq!(percent(&exact("0.999999995")), "99.999999…%");
        assert_eq!(exact_percent(&exact("0.999999995")), "99.9999995%");
    }

    #[test]
    fn lengths() {
        // 0.05% of 734 h: 0.0005 * 734 * 3600 s = 1321.2 s
        let budget = &exact("0.0005") * &Exact::integer(734 * HOUR);
        assert_eq!(length(&budget), "22 min 1 s");
        assert_eq!(exact_length(&budget), "22 min 1.2 s");
        assert_eq!(length(&Exact::integer(26 * SECOND + 784_000_000)), "26.78 s");
        assert_eq!(
            length(&Exact::integer(2 * HOUR + 12 * MINUTE + 28 * SECOND)),
            "2 h 12 min 28 s"
        );
        assert_eq!(length(&Exact::integer(95 * HOUR)), "95 h");
        assert_eq!(length(&Exact::integer(96 * HOUR)), "96 h");
        assert_eq!(length(&Exact::integer(250_000_000)), "250 ms");
        assert_eq!(length(&Exact::ZERO), "0 s");
    }

    #[test]
    fn two_that_look_alike() {
        let (one, other) = two_lengths(&exact("61100000000"), &exact("61200000000"));
        assert_eq!((one.as_str(), other.as_str()), ("1 min 1.1 s", "1 min 1.2 s"));
    }

    #[test]
    fn counts() {
        assert_eq!(
            [count(0), count(999), count(1_000), count(-12_345_678)],
            ["0", "999", "1,000", "-12,345,678"]
        );
    }
}
