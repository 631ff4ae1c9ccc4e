//! Times as systems write them: RFC 3339, and the forms of databases and ticket systems.

use crate::time::{Date, DateTime, HOUR, MINUTE, SECOND, parse_instant};

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Reads a time; one without an offset has none in the result. Beside RFC 3339 these forms are
/// read: `2026-03-03 10:00:00+00` and `+0000`, `2026-03-03 10:00:00 UTC`, and `03/Mar/26 10:00 AM`.
pub fn parse(text: &str) -> Option<DateTime> {
    parse_instant(text)
        .or_else(|| utc(text))
        .or_else(|| short_offset(text))
        .or_else(|| day_first(text))
}

fn utc(text: &str) -> Option<DateTime> {
    let clock = text.strip_suffix("UTC")?.trim_end();
    parse_instant(clock)
        .filter(|read| read.offset.is_none())
        .map(|read| DateTime { offset: Some(0), ..read })
}

/// An offset without its colon, or without minutes.
fn short_offset(text: &str) -> Option<DateTime> {
    let at = text.rfind(['+', '-'])?;
    let (clock, offset) = text.split_at_checked(at)?;
    let (sign, digits) = offset.split_at_checked(1)?;
    let full = match (digits.get(..2)?, digits.get(2..)?) {
        (hours, "") => format!("{clock}{sign}{hours}:00"),
        (hours, minutes) if minutes.len() == 2 => format!("{clock}{sign}{hours}:{minutes}"),
        _ => return None,
    };
    parse_instant(&full)
}

/// `03/Mar/26 10:00 AM`, of the years 2000 to 2099, or with a year of four digits.
fn day_first(text: &str) -> Option<DateTime> {
    let (date, clock) = text.split_once(' ')?;
    let mut parts = date.split('/');
    let (day, month, year) = (parts.next()?, parts.next()?.to_ascii_lowercase(), parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let month = MONTHS.iter().position(|known| *known == month)? + 1;
    let year = match year.len() {
        2 => 2000 + number(year)?,
        4 => number(year)?,
        _ => return None,
    };
    let date = Date::new(
        i32::try_from(year).ok()?,
        u8::try_from(month).ok()?,
        u8::try_from(number(day)?).ok()?,
    )?;
    let (clock, half) = match clock.rsplit_once(' ') {
        Some((clock, half)) => (clock, Some(half.to_ascii_uppercase())),
        None => (clock, None),
    };
    let mut parts = clock.split(':');
    let (hours, minutes) = (number(parts.next()?)?, number(parts.next()?)?);
    let seconds = parts.next().map_or(Some(0), number)?;
    let hours = match half.as_deref() {
        None => hours,
        Some("AM") if (1..=12).contains(&hours) => hours % 12,
        Some("PM") if (1..=12).contains(&hours) => hours % 12 + 12,
        Some(_) => return None,
    };
    let is_clock = hours < 24 && minutes < 60 && seconds < 60 && parts.next().is_none();
    is_clock.then(|| DateTime {
        date,
        nanos: hours * HOUR + minutes * MINUTE + seconds * SECOND,
        offset: None,
    })
}

/// A number of at most four digits.
fn number(text: &str) -> Option<i64> {
    (1..=4)
        .contains(&text.len())
        .then_some(text)
        .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_systems() {
        let ten = parse_instant("2026-03-03T10:00:00Z");
        assert!(ten.is_some());
        for text in [
            "2026-03-03 10:00:00+00",
            "2026-03-03T10:00:00.000+0000",
            "2026-03-03 10:00:00 UTC",
            "2026-03-03 10:00UTC",
        ] {
            assert_eq!(parse(text), ten, "{text}");
        }
        assert_eq!(parse("2026-03-03 10:00:00-0530"), parse_instant("2026-03-03T10:00:00-05:30"));
        let local = parse_instant("2026-03-03T10:00:00");
        for text in ["03/Mar/26 10:00 AM", "3/mar/2026 10:00", "03/Mar/26 10:00:00 am"] {
            assert_eq!(parse(text), local, "{text}");
        }
        // Twelve is the first hour of each half of the day.
        assert_eq!(parse("03/Mar/26 12:30 AM"), parse_instant("2026-03-03T00:30:00"));
        assert_eq!(parse("03/Mar/26 12:30 PM"), parse_instant("2026-03-03T12:30:00"));
        for text in [
            "",
            "2026-03-03",
            "03/03/26 10:00",
            "31/Feb/26 10:00",
            "03/Mar/26 13:00 PM",
            "03/Mar/26 0:10 AM",
            "03/Mar/26 24:00",
            "x UTC",
            "2026-03-03 10:00:00+1",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
