//! One cell: from the content of a file to a value of its column's type.

use std::borrow::Cow;

use ecow::EcoString;

use super::times;
use super::units::{self, Unit, amount_and_unit, number};
use crate::base::{Exact, closest};
use crate::data::display;
use crate::plan::{Plan, Type, Within};
use crate::time::{
    DAY, Date, DateTime, EARLIEST, Instant, LATEST, Length, Resolved, Zone, parse_instant,
};

/// A text longer than this is not shown whole.
const SHOWN: usize = 60;
const OUTSIDE: &str = "the time is outside the years 1900 to 2099";

/// The content of a cell, as the file format gives it.
#[derive(Clone, PartialEq, Debug)]
pub enum Raw<'r> {
    /// Nothing.
    Missing,
    /// A text: of CSV all that is there.
    Text(Cow<'r, str>),
    /// A number.
    Number(Exact),
    /// A truth value.
    Boolean(bool),
    /// A point in time.
    Instant(Instant),
    /// A date.
    Date(Date),
    /// A length of time.
    Length(Length),
}

/// A value of the type of its column.
#[derive(Clone, PartialEq, Debug)]
pub enum Cell<'r> {
    /// None, and none is needed.
    Absent,
    /// A point in time.
    Instant(Instant),
    /// A length of time.
    Length(Length),
    /// A number, or a quantity in its base unit.
    Exact(Exact),
    /// An amount that brings its currency.
    Money(Exact, EcoString),
    /// A name or text.
    Name(Cow<'r, str>),
    /// A truth value.
    Boolean(bool),
    /// A date.
    Date(Date),
}

/// How the cells of a column are read.
#[derive(Clone, Debug)]
pub struct CellReader {
    /// Type of its values.
    pub of: Type,
    /// True if a cell may be missing.
    pub optional: bool,
    /// What its header says of its unit.
    pub unit: Option<Unit>,
    /// The values there are; `None`: any.
    pub values: Option<Vec<String>>,
    /// What a quantity must keep.
    pub within: Option<Within>,
    /// True if its unit has no parts.
    pub whole: bool,
    /// True if its numbers have a decimal comma.
    pub comma: bool,
}

/// The values that a column of a type may have.
pub fn values(plan: &Plan, of: &Type) -> Option<Vec<String>> {
    match of {
        Type::Choice { of } => {
            let found = plan.enums.iter().find(|it| it.name == *of);
            found.map(|found| found.values.iter().map(|value| value.name.clone()).collect())
        }
        Type::Severity {} => {
            Some(plan.severities.iter().map(|severity| severity.name.clone()).collect())
        }
        Type::Number { .. }
        | Type::Duration {}
        | Type::Money { .. }
        | Type::Data {}
        | Type::Count { .. }
        | Type::Compound { .. } => None,
        Type::Text {}
        | Type::Boolean {}
        | Type::Time {}
        | Type::Date {}
        | Type::Service {}
        | Type::Party {} => None,
    }
}

impl CellReader {
    /// The value of a cell, or what is wrong with it.
    pub fn read<'r>(&self, raw: Raw<'r>) -> Result<Cell<'r>, String> {
        let raw = match raw {
            Raw::Text(text) if text.is_empty() => return self.empty(),
            Raw::Text(text) if self.is_nothing(&text) => return self.missing(),
            Raw::Missing => return self.missing(),
            Raw::Text(text) if self.comma => {
                Raw::Text(Cow::Owned(units::with_point(&text).ok_or_else(|| {
                    format!(
                        "`{}` has no decimal comma; a number is written `1.234,5` or `1234,5`",
                        short(&text)
                    )
                })?))
            }
            other => other,
        };
        let Some(within) = &self.within else { return self.value(raw) };
        let written = match &raw {
            Raw::Text(text) => Some(short(text)),
            Raw::Number(number) => Some(number.to_string()),
            Raw::Missing | Raw::Boolean(_) | Raw::Instant(_) | Raw::Date(_) | Raw::Length(_) => {
                None
            }
        };
        let cell = self.value(raw)?;
        let exact = match &cell {
            Cell::Exact(value) => value.clone(),
            Cell::Length(length) => Exact::integer(*length),
            Cell::Absent
            | Cell::Instant(_)
            | Cell::Money(..)
            | Cell::Name(_)
            | Cell::Boolean(_)
            | Cell::Date(_) => return Ok(cell),
        };
        if within.holds(&exact) {
            return Ok(cell);
        }
        Err(display::outside(written.as_deref(), &exact, &self.of, within))
    }

    /// The value of a cell that is there, whatever its bounds are.
    fn value<'r>(&self, raw: Raw<'r>) -> Result<Cell<'r>, String> {
        match &self.of {
            Type::Time {} => self.time(&raw),
            Type::Duration {} => self.length(&raw),
            Type::Number { .. } | Type::Data {} | Type::Count { .. } | Type::Compound { .. } => {
                self.quantity(&raw).map(Cell::Exact)
            }
            Type::Money { currency } => self.money(&raw, currency.as_deref()),
            Type::Boolean {} => boolean(&raw),
            Type::Date {} => date(&raw),
            Type::Text {} | Type::Service {} | Type::Party {} => name(raw).map(Cell::Name),
            Type::Choice { .. } | Type::Severity {} => self.one_of(raw),
        }
    }

    fn missing<'r>(&self) -> Result<Cell<'r>, String> {
        if self.optional {
            Ok(Cell::Absent)
        } else {
            Err("the cell is empty, but every row needs a value here".to_owned())
        }
    }

    /// An empty text is a text where nothing may be missing.
    fn empty<'r>(&self) -> Result<Cell<'r>, String> {
        match self.of {
            Type::Text {} if !self.optional => Ok(Cell::Name(Cow::Borrowed(""))),
            _ => self.missing(),
        }
    }

    /// True if a text is how databases write that there is nothing, or of a time that may be
    /// missing that it never comes.
    fn is_nothing(&self, text: &str) -> bool {
        let is_word = matches!(self.of, Type::Text {} | Type::Service {} | Type::Party {});
        match text {
            "\\N" => true,
            "NULL" | "null" => {
                !is_word
                    && self
                        .values
                        .as_ref()
                        .is_none_or(|values| !values.iter().any(|value| value == text))
            }
            _ => {
                self.optional
                    && self.of == (Type::Time {})
                    && (text == "infinity" || text.starts_with("9999-12-31"))
            }
        }
    }

    fn time<'r>(&self, raw: &Raw<'_>) -> Result<Cell<'r>, String> {
        let instant = match (raw, &self.unit) {
            (Raw::Instant(instant), _) => *instant,
            (Raw::Number(count), Some(Unit::Epoch(unit))) => epoch(count, *unit)?,
            (Raw::Text(text), Some(Unit::Epoch(unit))) => epoch(
                &number(text).ok_or_else(|| format!("`{}` is not a number", short(text)))?,
                *unit,
            )?,
            (Raw::Text(text), unit) => {
                if let Some(count) = number(text) {
                    return Err(bare_count(&count));
                }
                let wrong = || {
                    format!(
                        "`{}` is not a time; a time is written `2026-03-01T09:00:00Z`",
                        short(text)
                    )
                };
                let read = times::parse(text).ok_or_else(wrong)?;
                if !(EARLIEST / DAY..LATEST / DAY).contains(&read.date.days()) {
                    return Err(OUTSIDE.to_owned());
                }
                match unit {
                    Some(Unit::Zone(zone)) if read.offset.is_none() => local(*zone, read, text)?,
                    _ if read.offset.is_none() => {
                        return Err(format!(
                            "`{0}` does not say how far it is from UTC; write `{0}Z`, or name its zone in `--map`, as in `start:Europe/Berlin`",
                            short(text)
                        ));
                    }
                    _ => Zone::UTC.instant_of(read),
                }
            }
            (Raw::Number(count), _) => return Err(bare_count(count)),
            (Raw::Missing | Raw::Boolean(_) | Raw::Date(_) | Raw::Length(_), _) => {
                return Err(wrong_kind(raw, "a time"));
            }
        };
        if !(EARLIEST..=LATEST).contains(&instant) {
            return Err(OUTSIDE.to_owned());
        }
        Ok(Cell::Instant(instant))
    }

    fn length<'r>(&self, raw: &Raw<'_>) -> Result<Cell<'r>, String> {
        if let Raw::Length(length) = raw {
            return Ok(Cell::Length(*length));
        }
        let length = self.quantity(raw)?;
        if !length.is_integer() {
            return Err("the length is finer than a nanosecond".to_owned());
        }
        length
            .to_i64()
            .map(Cell::Length)
            .ok_or_else(|| "the length is longer than three centuries".to_owned())
    }

    /// A number in the base unit of the column's type.
    fn quantity(&self, raw: &Raw<'_>) -> Result<Exact, String> {
        let (amount, own) = match raw {
            Raw::Number(amount) => (amount.clone(), None),
            Raw::Text(text) => match number(text) {
                Some(amount) => (amount, None),
                None => self.with_unit(text)?,
            },
            Raw::Missing | Raw::Boolean(_) | Raw::Instant(_) | Raw::Date(_) | Raw::Length(_) => {
                return Err(wrong_kind(raw, "a number"));
            }
        };
        match (own.as_ref().or(self.unit.as_ref()), units::needs_none(&self.of)) {
            _ if self.whole && !amount.is_integer() => Err(format!(
                "`{amount}` is not a whole number, but this is counted in whole numbers"
            )),
            (Some(Unit::Times(factor)), _) => Ok(&amount * factor),
            (Some(Unit::Epoch(_) | Unit::Zone(_) | Unit::Currency(_)), _) | (None, true) => {
                Ok(amount)
            }
            (None, false) => Err(format!(
                "the number has no unit; a header may end with it, as in `{}`",
                units::example(&self.of)
            )),
        }
    }

    fn with_unit(&self, text: &str) -> Result<(Exact, Option<Unit>), String> {
        let read = amount_and_unit(text);
        if let (Type::Money { currency: Some(own) }, Some((_, word))) = (&self.of, &read)
            && units::unit(&Type::Money { currency: None }, word)
                .is_some_and(|other| other != Unit::Currency(own.as_str().into()))
        {
            return Err(format!("`{}` is not in {own}", short(text)));
        }
        let read = read.and_then(|(amount, word)| Some((amount, units::unit(&self.of, word)?)));
        let (amount, unit) =
            read.ok_or_else(|| format!("`{}` is not {}", short(text), noun(&self.of)))?;
        if self.unit.as_ref().is_some_and(|header| *header != unit) {
            return Err(format!("`{}` has another unit than its header", short(text)));
        }
        Ok((amount, Some(unit)))
    }

    fn money<'r>(&self, raw: &Raw<'_>, own: Option<&str>) -> Result<Cell<'r>, String> {
        let stated = match &self.unit {
            Some(Unit::Currency(code)) => Some(code.clone()),
            Some(Unit::Times(_) | Unit::Epoch(_) | Unit::Zone(_)) | None => {
                own.map(EcoString::from)
            }
        };
        let (amount, brought) = match raw {
            Raw::Number(amount) => (amount.clone(), None),
            Raw::Text(text) => match number(text) {
                Some(amount) => (amount, None),
                None => match self.with_unit(text)? {
                    (amount, Some(Unit::Currency(code))) => (amount, Some(code)),
                    (_, _) => return Err(format!("`{}` is not an amount of money", short(text))),
                },
            },
            Raw::Missing | Raw::Boolean(_) | Raw::Instant(_) | Raw::Date(_) | Raw::Length(_) => {
                return Err(wrong_kind(raw, "an amount"));
            }
        };
        let currency = brought.or(stated).ok_or(
            "the amount has no currency; write `12.50 EUR`, or end the header with `_eur`",
        )?;
        Ok(if own.is_some() { Cell::Exact(amount) } else { Cell::Money(amount, currency) })
    }

    fn one_of<'r>(&self, raw: Raw<'r>) -> Result<Cell<'r>, String> {
        let name = name(raw)?;
        let values = self.values.as_deref().unwrap_or_default();
        if values.iter().any(|known| *known == name) {
            return Ok(Cell::Name(name));
        }
        let near = closest(&name, values.iter().map(String::as_str)).map_or_else(
            || {
                format!(
                    "it must be {}",
                    crate::base::quoted_list(values.iter().map(String::as_str))
                )
            },
            |near| format!("did you mean `{near}`?"),
        );
        Err(format!("`{}` is not one of its values; {near}", short(&name)))
    }
}

/// The instant of a local time in a zone, which must happen there exactly once.
fn local(zone: Zone, read: DateTime, text: &str) -> Result<Instant, String> {
    match zone.resolve(read.date, read.nanos) {
        Resolved::Unique(instant) => Ok(instant),
        Resolved::Skipped(_) => Err(format!(
            "`{}` does not exist in {}, because the clocks are put forward",
            short(text),
            zone.name()
        )),
        Resolved::Repeated(..) => Err(format!(
            "`{}` occurs twice in {}, because the clocks are put back; write its offset",
            short(text),
            zone.name()
        )),
    }
}

/// Says that a number is no time by itself, and which unit its size suggests.
fn bare_count(count: &Exact) -> String {
    // 2001 to 2286 have so many digits.
    let digits = count.floor().to_string().len();
    let guess = [
        (10, "s", "seconds"),
        (13, "ms", "milliseconds"),
        (16, "us", "microseconds"),
        (19, "ns", "nanoseconds"),
    ];
    match guess.iter().find(|(length, ..)| *length == digits) {
        Some((_, unit, word)) => format!(
            "`{count}` is a number; if it counts {word} since 1970, write `:{unit}` after the column in `--map`, as in `--map SOURCE.COLUMN=NAME:{unit}`"
        ),
        None => format!(
            "`{}` is a number; to read it as a time, write what it counts since 1970 in `--map` or in the header, such as `_ms`",
            short(&count.to_string())
        ),
    }
}

fn epoch(count: &Exact, unit: i64) -> Result<Instant, String> {
    let nanoseconds = count * &Exact::integer(unit);
    if !nanoseconds.is_integer() {
        return Err("the time is finer than a nanosecond".to_owned());
    }
    nanoseconds.to_i64().ok_or_else(|| OUTSIDE.to_owned())
}

fn boolean<'r>(raw: &Raw<'_>) -> Result<Cell<'r>, String> {
    match raw {
        Raw::Boolean(value) => Ok(Cell::Boolean(*value)),
        Raw::Text(text) => match text.as_ref() {
            "true" | "True" | "TRUE" => Ok(Cell::Boolean(true)),
            "false" | "False" | "FALSE" => Ok(Cell::Boolean(false)),
            other => Err(format!("`{}` is neither `true` nor `false`", short(other))),
        },
        Raw::Missing | Raw::Number(_) | Raw::Instant(_) | Raw::Date(_) | Raw::Length(_) => {
            Err(wrong_kind(raw, "`true` or `false`"))
        }
    }
}

fn date<'r>(raw: &Raw<'_>) -> Result<Cell<'r>, String> {
    let date = match raw {
        Raw::Date(date) => *date,
        Raw::Text(text) => {
            let read =
                if text.len() == 10 { parse_instant(&format!("{text}T00:00Z")) } else { None };
            read.ok_or_else(|| {
                format!("`{}` is not a date; a date is written `2026-12-31`", short(text))
            })?
            .date
        }
        Raw::Missing | Raw::Number(_) | Raw::Boolean(_) | Raw::Instant(_) | Raw::Length(_) => {
            return Err(wrong_kind(raw, "a date"));
        }
    };
    if !date.is_supported() {
        return Err("the date is not between 1900-01-02 and 2099-12-30".to_owned());
    }
    Ok(Cell::Date(date))
}

/// A text; a whole number is the text of its digits, as it would be in CSV.
fn name(raw: Raw<'_>) -> Result<Cow<'_, str>, String> {
    match raw {
        Raw::Text(text) => Ok(text),
        Raw::Number(number) if number.is_integer() => Ok(Cow::Owned(number.to_string())),
        Raw::Missing
        | Raw::Number(_)
        | Raw::Boolean(_)
        | Raw::Instant(_)
        | Raw::Date(_)
        | Raw::Length(_) => Err(wrong_kind(&raw, "a text")),
    }
}

fn wrong_kind(raw: &Raw<'_>, wanted: &str) -> String {
    let is = match raw {
        Raw::Missing => "nothing",
        Raw::Text(_) => "a text",
        Raw::Number(_) => "a number",
        Raw::Boolean(_) => "a truth value",
        Raw::Instant(_) => "a time",
        Raw::Date(_) => "a date",
        Raw::Length(_) => "a length of time",
    };
    format!("it is {is}, but {wanted} is needed")
}

fn noun(of: &Type) -> &'static str {
    match of {
        Type::Duration {} => "a length of time; one is written `250 ms`",
        Type::Money { .. } => "an amount of money; one is written `12.50 EUR`",
        Type::Data {} => "an amount of data; one is written `12 MB`",
        Type::Number { .. } => "a number",
        Type::Count { .. } => "a count",
        Type::Compound { .. } => "a rate",
        Type::Text {} | Type::Boolean {} | Type::Time {} | Type::Date {} => "a value",
        Type::Choice { .. } | Type::Severity {} | Type::Service {} | Type::Party {} => "a value",
    }
}

/// A text cut to what fits into a message, on one line.
pub fn short(text: &str) -> String {
    let line: String = text
        .chars()
        .take(SHOWN)
        .map(|letter| if letter.is_control() { '\u{fffd}' } else { letter })
        .collect();
    if text.chars().nth(SHOWN).is_some() { format!("{line}…") } else { line }
}
