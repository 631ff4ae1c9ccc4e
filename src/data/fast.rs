//! The forms in which nearly all cells of text are written, read without a detour.
//!
//! What is read here means what `cells` says it means; all else is `None`, and read there. Tests
//! hold the two against each other.

use super::cells::CellReader;
use super::units::Unit;
use crate::plan::Type;
use crate::time::{DAY, Date, HOUR, Instant, Length, MINUTE, SECOND};

/// The most digits of a number that is read here: they fit whatever they are.
const MOST_DIGITS: usize = 18;
/// Powers of ten that fit.
const TENS: [i64; MOST_DIGITS + 1] = tens();

const fn tens() -> [i64; MOST_DIGITS + 1] {
    let mut tens = [1; MOST_DIGITS + 1];
    let mut at = 1;
    while at <= MOST_DIGITS {
        // A constant: what does not fit does not compile.
        #[allow(clippy::indexing_slicing, reason = "as above")]
        {
            tens[at] = tens[at - 1] * 10;
        }
        at += 1;
    }
    tens
}

/// Ten to the power of some places.
pub fn ten(places: u8) -> Option<i64> {
    TENS.get(usize::from(places)).copied()
}

/// Which form the cells of a column mostly have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fast {
    /// Times with an offset, or of UTC where they may do without.
    Time,
    /// Numbers of so many nanoseconds since 1970.
    Epoch(i64),
    /// Numbers of so many nanoseconds.
    Length(i64),
    /// Numbers, to be multiplied by this.
    Number(i64),
    /// Names.
    Name,
    /// There is no short way.
    None,
}

impl Fast {
    /// The form for a column.
    pub fn of(reader: &CellReader) -> Fast {
        // Values that have bounds or no parts are looked at one by one; a decimal comma is rare.
        if reader.within.is_some() || reader.whole || reader.comma {
            return Fast::None;
        }
        let factor = match &reader.unit {
            Some(Unit::Times(factor)) => factor.to_i64(),
            Some(Unit::Epoch(_) | Unit::Zone(_) | Unit::Currency(_)) | None => None,
        };
        match &reader.of {
            Type::Time {} => match reader.unit {
                Some(Unit::Epoch(unit)) => Fast::Epoch(unit),
                Some(Unit::Times(_) | Unit::Zone(_) | Unit::Currency(_)) | None => Fast::Time,
            },
            Type::Duration {} => factor.map_or(Fast::None, Fast::Length),
            Type::Number { .. } | Type::Count { .. } if reader.unit.is_none() => Fast::Number(1),
            Type::Number { .. } | Type::Count { .. } | Type::Data {} | Type::Compound { .. } => {
                factor.map_or(Fast::None, Fast::Number)
            }
            Type::Money { currency: Some(_) } => Fast::Number(1),
            Type::Money { currency: None } | Type::Boolean {} | Type::Date {} => Fast::None,
            Type::Text {}
            | Type::Choice { .. }
            | Type::Severity {}
            | Type::Service {}
            | Type::Party {} => Fast::Name,
        }
    }
}

/// A number as its digits and how many of them follow the point: `-12.50` is -1250 and 2.
pub fn number(text: &[u8]) -> Option<(i64, u8)> {
    let (negative, body) = match text {
        [b'-', body @ ..] => (true, body),
        body => (false, body),
    };
    if body.len() > MOST_DIGITS + 1 {
        return None;
    }
    let (mut value, mut point) = (0_i64, None);
    for (at, byte) in body.iter().enumerate() {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            // At most nineteen digits, the last of which is looked at below, wrap nothing that is
            // kept.
            value = value.wrapping_mul(10).wrapping_add(i64::from(digit));
        } else if *byte == b'.' && point.is_none() && at > 0 {
            point = Some(at);
        } else {
            return None;
        }
    }
    let places = match point {
        Some(at) => body.len() - at - 1,
        None => 0,
    };
    let digits = body.len() - usize::from(point.is_some());
    if digits == 0 || digits > MOST_DIGITS || (point.is_some() && places == 0) {
        return None;
    }
    Some((if negative { -value } else { value }, u8::try_from(places).ok()?))
}

/// A number times a factor, if that is whole.
pub fn whole(text: &[u8], factor: i64) -> Option<Length> {
    let (unscaled, places) = number(text)?;
    let scale = ten(places)?;
    if factor % scale == 0 {
        return unscaled.checked_mul(factor / scale);
    }
    let product = unscaled.checked_mul(factor)?;
    (product % scale == 0).then(|| product / scale)
}

/// Reads times, and remembers the date of the last: neighbours mostly share it.
#[derive(Debug, Default)]
pub struct Times {
    date: [u8; 10],
    /// Its midnight in UTC; `None`: no date was read, or none that is supported.
    midnight: Option<Instant>,
}

impl Times {
    /// `2026-03-01T09:00:00.250Z`, or with `+01:00` at its end.
    pub fn instant(&mut self, text: &[u8]) -> Option<Instant> {
        let (date, rest) = text.split_first_chunk::<10>()?;
        if *date != self.date {
            self.midnight = midnight(date);
            self.date = *date;
        }
        let midnight = self.midnight?;
        let ([b'T' | b' ', h1, h2, b':', m1, m2, b':', s1, s2], rest) =
            rest.split_first_chunk::<9>()?
        else {
            return None;
        };
        let (hours, minutes, seconds) = (two(*h1, *h2)?, two(*m1, *m2)?, two(*s1, *s2)?);
        if hours > 23 || minutes > 59 || seconds > 59 {
            return None;
        }
        let (fraction, rest) = match rest {
            [b'.', rest @ ..] => fraction(rest)?,
            rest => (0, rest),
        };
        let local = midnight + hours * HOUR + minutes * MINUTE + seconds * SECOND + fraction;
        match rest {
            [b'Z'] => Some(local),
            [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
                let (hours, minutes) = (two(*h1, *h2)?, two(*m1, *m2)?);
                let offset = hours * HOUR + minutes * MINUTE;
                (hours < 24 && minutes < 60).then_some(if *sign == b'+' {
                    local - offset
                } else {
                    local + offset
                })
            }
            _ => None,
        }
    }
}

/// The midnight of a supported date: times of it, with any offset, lie within what is supported.
fn midnight(text: &[u8; 10]) -> Option<Instant> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text else { return None };
    let year = two(*y1, *y2)? * 100 + two(*y3, *y4)?;
    let (month, day) = (two(*m1, *m2)?, two(*d1, *d2)?);
    let date =
        Date::new(i32::try_from(year).ok()?, u8::try_from(month).ok()?, u8::try_from(day).ok()?)?;
    date.is_supported().then(|| date.days() * DAY)
}

/// Two digits.
fn two(tens: u8, ones: u8) -> Option<i64> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| i64::from(tens * 10 + ones))
}

/// The nanoseconds of one to nine digits, and the text after them.
fn fraction(text: &[u8]) -> Option<(i64, &[u8])> {
    let count = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if !(1..=9).contains(&count) {
        return None;
    }
    let (digits, rest) = text.split_at_checked(count)?;
    let value = digits.iter().fold(0, |value, digit| value * 10 + i64::from(digit - b'0'));
    Some((value * TENS.get(9 - count)?, rest))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used, reason = "a test fails by panicking")]

    use proptest::prelude::*;

    use super::super::cells::{Cell, Raw};
    use super::*;
    use crate::base::Exact;

    fn reader(of: Type, unit: Option<Unit>) -> CellReader {
        CellReader {
            of,
            optional: true,
            unit,
            values: None,
            within: None,
            whole: false,
            comma: false,
        }
    }

    /// What the long way says of a text.
    fn long(reader: &CellReader, text: &str) -> Option<Cell<'static>> {
        match reader.read(Raw::Text(text.into())) {
            Ok(Cell::Instant(instant)) => Some(Cell::Instant(instant)),
            Ok(Cell::Length(length)) => Some(Cell::Length(length)),
            Ok(Cell::Exact(value)) => Some(Cell::Exact(value)),
            Ok(_) | Err(_) => None,
        }
    }

    proptest! {
        #[test]
        fn a_number_is_what_the_long_way_says(text in "[-+]?[0-9]{0,20}[.]?[0-9]{0,6}[e_ %]?") {
            let numbers = reader(Type::Number { form: crate::plan::NumberForm::Plain }, None);
            if let Some((unscaled, places)) = number(text.as_bytes()) {
                let value = Exact::ratio(unscaled, ten(places).expect("few places"));
                prop_assert_eq!(long(&numbers, &text), value.map(Cell::Exact));
            }
            for (factor, unit) in [(1_000_000, "ms"), (1_000, "us"), (1, "ns"), (86_400_000_000_000, "days")] {
                let lengths = reader(Type::Duration {}, Some(Unit::Times(Exact::integer(factor))));
                if let Some(length) = whole(text.as_bytes(), factor) {
                    prop_assert_eq!(long(&lengths, &text), Some(Cell::Length(length)), "{} {}", text, unit);
                }
            }
        }

        #[test]
        fn a_time_is_what_the_long_way_says(
            year in prop_oneof![1890..2110_i32, Just(2000), Just(1900)], month in 0..14_u8, day in 0..33_u8, mark in "[Tt _]",
            clock in "[0-2][0-9]:[0-6][0-9](:[0-6][0-9]([.][0-9]{0,11})?)?", offset in "(Z|z|[-+][0-2][0-9]:[0-6][0-9])?"
        ) {
            let text = format!("{year:04}-{month:02}-{day:02}{mark}{clock}{offset}");
            let times = reader(Type::Time {}, None);
            let mut fast = Times::default();
            let first = fast.instant(text.as_bytes());
            prop_assert_eq!(first, fast.instant(text.as_bytes()), "a date that is remembered");
            if let Some(instant) = first {
                prop_assert_eq!(long(&times, &text), Some(Cell::Instant(instant)), "{}", text);
            }
        }
    }

    #[test]
    fn the_usual_forms_are_read_here() {
        // 2024-02-29 is day 19782: 54 years of 365 days are 19710, 13 leap days before 2024, and 59
        // days of January and February less one.
        let midnight = (19_710 + 13 + 59) * DAY;
        let mut times = Times::default();
        assert_eq!(times.instant(b"2024-02-29T00:00:00Z"), Some(midnight));
        assert_eq!(times.instant(b"2024-02-29T01:00:00.25+01:00"), Some(midnight + 250_000_000));
        assert_eq!(times.instant(b"2023-02-29T00:00:00Z"), None);
        assert_eq!(
            (number(b"-12.50"), number(b"0"), number(b"999999999999999999")),
            (Some((-1250, 2)), Some((0, 0)), Some((TENS[18] - 1, 0)))
        );
        for wrong in
            [&b""[..], b"-", b".", b"1.", b".5", b"+1", b"1e3", b"1 ", b"1000000000000000000"]
        {
            assert_eq!(number(wrong), None, "{wrong:?}");
        }
        assert_eq!(
            (whole(b"68.603", 1_000_000), whole(b"0.0000001", 1_000_000)),
            (Some(68_603_000), None)
        );
    }
}
