//! Instants as text: RFC 3339, read and written.

use super::{Date, DateTime, EARLIEST, HOUR, Instant, LATEST, MINUTE, SECOND, Zone};

/// Reads `2026-03-01T10:00:00.250+01:00`, `2026-03-01 10:00Z` or the same without an offset;
/// seconds and fraction may be left out. `None` if it is anything else, or finer than a nanosecond.
pub fn parse_instant(text: &str) -> Option<DateTime> {
    let mut bytes = text.bytes().peekable();
    let year = digits(&mut bytes, 4)?;
    mark(&mut bytes, b"-")?;
    let month = digits(&mut bytes, 2)?;
    mark(&mut bytes, b"-")?;
    let day = digits(&mut bytes, 2)?;
    let date =
        Date::new(i32::try_from(year).ok()?, u8::try_from(month).ok()?, u8::try_from(day).ok()?)?;
    mark(&mut bytes, b"Tt ")?;
    let nanos = clock(&mut bytes)?;
    let offset = offset(&mut bytes)?;
    bytes.next().is_none().then_some(DateTime { date, nanos, offset })
}

/// The instant in RFC 3339 with the zone's offset, `Z` for UTC itself, and as many digits of a
/// second as it needs.
pub fn format_instant(instant: Instant, zone: Zone) -> String {
    let instant = instant.clamp(EARLIEST, LATEST);
    let (date, nanos) = zone.local(instant);
    let (hours, minutes, seconds) = (nanos / HOUR, nanos / MINUTE % 60, nanos / SECOND % 60);
    let fraction = match nanos % SECOND {
        0 => String::new(),
        rest => format!(".{rest:09}").trim_end_matches('0').to_owned(),
    };
    let offset = zone.offset_at(instant);
    let suffix =
        match (zone == Zone::UTC, offset.abs() / 3600, offset.abs() / 60 % 60, offset.abs() % 60) {
            (true, ..) => "Z".to_owned(),
            // Offsets before standard time had seconds, which RFC 3339 cannot say: ISO 8601 can.
            (false, h, m, 0) => format!("{}{h:02}:{m:02}", sign(offset)),
            (false, h, m, s) => format!("{}{h:02}:{m:02}:{s:02}", sign(offset)),
        };
    format!("{date}T{hours:02}:{minutes:02}:{seconds:02}{fraction}{suffix}")
}

fn sign(offset: i32) -> char {
    if offset < 0 { '-' } else { '+' }
}

type Bytes<'a> = std::iter::Peekable<std::str::Bytes<'a>>;

/// Exactly so many digits.
fn digits(bytes: &mut Bytes, count: usize) -> Option<i64> {
    (0..count).try_fold(0, |value, _| {
        bytes.next_if(u8::is_ascii_digit).map(|digit| value * 10 + i64::from(digit - b'0'))
    })
}

fn mark(bytes: &mut Bytes, allowed: &[u8]) -> Option<u8> {
    bytes.next_if(|byte| allowed.contains(byte))
}

/// Hours and minutes, then perhaps seconds, then perhaps a fraction.
fn clock(bytes: &mut Bytes) -> Option<i64> {
    let hours = digits(bytes, 2).filter(|hours| *hours < 24)?;
    mark(bytes, b":")?;
    let minutes = digits(bytes, 2).filter(|minutes| *minutes < 60)?;
    let whole = hours * HOUR + minutes * MINUTE;
    if mark(bytes, b":").is_none() {
        return Some(whole);
    }
    let seconds = digits(bytes, 2).filter(|seconds| *seconds < 60)?;
    let fraction = if mark(bytes, b".").is_some() { fraction(bytes)? } else { 0 };
    Some(whole + seconds * SECOND + fraction)
}

/// One to nine digits after the point of a second.
fn fraction(bytes: &mut Bytes) -> Option<i64> {
    let mut unit = SECOND;
    let mut value = 0;
    while let Some(digit) = bytes.next_if(u8::is_ascii_digit) {
        unit /= 10;
        // Noughts beyond the ninth digit say nothing; another digit there would be lost.
        if unit == 0 && digit != b'0' {
            return None;
        }
        value += i64::from(digit - b'0') * unit;
    }
    (unit < SECOND).then_some(value)
}

/// Seconds east of UTC if an offset follows; `Some(None)` at the end of the text.
#[expect(clippy::option_option, reason = "unreadable and absent are different answers")]
fn offset(bytes: &mut Bytes) -> Option<Option<i32>> {
    if bytes.peek().is_none() {
        return Some(None);
    }
    let sign = match mark(bytes, b"Zz+-")? {
        b'+' => 1,
        b'-' => -1,
        _ => return Some(Some(0)),
    };
    let hours = digits(bytes, 2).filter(|hours| *hours < 24)?;
    mark(bytes, b":")?;
    let minutes = digits(bytes, 2).filter(|minutes| *minutes < 60)?;
    Some(Some(sign * i32::try_from(hours * 3600 + minutes * 60).ok()?))
}
