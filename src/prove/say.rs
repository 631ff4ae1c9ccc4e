//! Figures in the words and signs that findings and tables use.
//!
//! What is allowed is rounded down, so that no text promises more than the contract does.

use crate::base::Exact;
use crate::time::{HOUR, MINUTE, SECOND};

/// Places behind the point of a percentage.
const PLACES: i64 = 1_000_000;

/// A share as people write it: `99.95%`; `99.885416…%` where more digits follow than anyone reads.
pub fn percent(share: &Exact) -> String {
    let hundredfold = share * &Exact::integer(100);
    let scaled = &hundredfold * &Exact::integer(PLACES);
    let cut = if scaled.is_negative() { scaled.ceil() } else { scaled.floor() };
    let shown = Exact::ratio(1, PLACES).map_or_else(|| cut.clone(), |step| &cut * &step);
    format!("{}{}%", shown.to_decimal().unwrap_or_default(), if cut == scaled { "" } else { "…" })
}

/// A length of time in nanoseconds as people say it: `2 h 12 min 28 s`, `43.2 s`, `250 ms`. What does not fit is cut off.
pub fn length(nanoseconds: &Exact) -> String {
    let Some(whole) = nanoseconds.floor().to_i64() else { return "centuries".to_owned() };
    let (sign, whole) = if whole < 0 { ("-", whole.saturating_neg()) } else { ("", whole) };
    if whole < SECOND {
        let (unit, word) = [(1_000_000, "ms"), (1_000, "us")].into_iter().find(|(unit, _)| whole >= *unit).unwrap_or((1, "ns"));
        return if whole == 0 { "0 s".to_owned() } else { format!("{sign}{} {word}", decimal(whole, unit, 2)) };
    }
    if whole < MINUTE {
        return format!("{sign}{} s", decimal(whole, SECOND, 2));
    }
    let (hours, minutes, seconds) = (whole / HOUR, whole % HOUR / MINUTE, whole % MINUTE / SECOND);
    let parts = [(hours, "h"), (minutes, "min"), (seconds, "s")];
    let said: Vec<String> = parts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
    format!("{sign}{}", said.join(" "))
}

/// The same to the millisecond, for two lengths that look alike otherwise.
pub fn exact_length(nanoseconds: &Exact) -> String {
    let Some(whole) = nanoseconds.floor().to_i64() else { return length(nanoseconds) };
    if whole < MINUTE || whole % SECOND == 0 {
        return length(nanoseconds);
    }
    let rest = whole % MINUTE;
    let before = length(&Exact::integer(whole - rest));
    format!("{before} {} s", decimal(rest, SECOND, 3))
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
    }

    #[test]
    fn lengths() {
        // 0.05% of 734 h: 0.0005 * 734 * 3600 s = 1321.2 s
        let budget = &exact("0.0005") * &Exact::integer(734 * HOUR);
        assert_eq!(length(&budget), "22 min 1 s");
        assert_eq!(exact_length(&budget), "22 min 1.2 s");
        assert_eq!(length(&Exact::integer(26 * SECOND + 784_000_000)), "26.78 s");
        assert_eq!(length(&Exact::integer(2 * HOUR + 12 * MINUTE + 28 * SECOND)), "2 h 12 min 28 s");
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
        assert_eq!([count(0), count(999), count(1_000), count(-12_345_678)], ["0", "999", "1,000", "-12,345,678"]);
    }
}
