//! JSON lines: an object a line, each a row.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::{BufRead, Read as _};

use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::cells::{Cell, CellReader, Raw, short};
use super::collect::{Collector, Problem};
use super::header::Wanted;
use super::open::why;
use super::units::number;
use super::{LARGEST_ROW, ROWS_OF_BATCH, Rows};
use crate::run::fault::{Fault, Outcome};

/// The most names of keys that are remembered.
const MOST_KEYS: usize = 10_000;

/// The rows of one file of JSON lines.
pub struct JsonLines {
    name: String,
    bytes: Box<dyn BufRead>,
    wanted: Wanted,
    /// For each key that was met which column it serves, and how it is read.
    known: BTreeMap<String, Option<(usize, CellReader)>>,
    unread: BTreeSet<String>,
    line: u64,
    buffer: Vec<u8>,
}

/// Keys and values of a row.
struct Keys<'t>(Vec<(Cow<'t, str>, &'t RawValue)>);

impl JsonLines {
    /// Rows of some bytes.
    pub fn new(name: &str, bytes: Box<dyn BufRead>, wanted: &Wanted) -> JsonLines {
        let (known, unread) = (BTreeMap::new(), BTreeSet::new());
        JsonLines { name: name.to_owned(), bytes, wanted: wanted.clone(), known, unread, line: 0, buffer: Vec::new() }
    }

    /// The next line; false at the end.
    fn next_line(&mut self) -> Outcome<bool> {
        self.buffer.clear();
        self.line += 1;
        let fault = |message: String| Fault::new(format!("{}:{}: {message}", self.name, self.line));
        let read = (&mut self.bytes).take(LARGEST_ROW).read_until(b'\n', &mut self.buffer);
        let count = read.map_err(|error| fault(why(&error)))?;
        if count as u64 == LARGEST_ROW && !self.buffer.ends_with(b"\n") {
            return Err(fault(format!("a row is larger than {} MB", LARGEST_ROW >> 20)));
        }
        Ok(count > 0)
    }

    fn serves(&mut self, key: &str) -> Option<&(usize, CellReader)> {
        if !self.known.contains_key(key) {
            let served = self.wanted.serves(key).and_then(|(at, unit)| Some((at, self.wanted.reader(at, unit)?)));
            if self.known.len() >= MOST_KEYS {
                self.known.retain(|_, served| served.is_some());
            }
            if served.is_none() && self.unread.len() < MOST_KEYS {
                self.unread.insert(key.to_owned());
            }
            self.known.insert(key.to_owned(), served);
        }
        self.known.get(key)?.as_ref()
    }

    /// Cells of a line.
    fn cells(&mut self, text: &str) -> Result<Vec<Cell<'static>>, Problem> {
        let Keys(keys) = parse(text)?;
        let mut cells: Vec<Option<Cell<'static>>> = self.wanted.schema.columns.iter().map(|_| None).collect();
        for (key, value) in keys {
            let Some((at, reader)) = self.serves(&key) else { continue };
            let at = *at;
            let read = raw(value).and_then(|raw| reader.read(raw)).map_err(|message| Problem::of_cell(&key, message))?;
            let Some(slot) = cells.get_mut(at) else { continue };
            if slot.replace(owned(read)).is_some() {
                return Err(Problem::of_cell(&key, "two keys of the row say the same"));
            }
        }
        let filled = cells.into_iter().zip(&self.wanted.schema.columns).enumerate().map(|(at, (cell, column))| match cell {
            Some(cell) => Ok(cell),
            None if column.optional => Ok(Cell::Absent),
            None => Err(Problem::of_row(self.wanted.missing(at, &self.unread.iter().cloned().collect::<Vec<_>>()))),
        });
        filled.collect()
    }
}

impl Rows for JsonLines {
    fn fill(&mut self, into: &mut Collector) -> Outcome<bool> {
        while into.waiting() < ROWS_OF_BATCH {
            if !self.next_line()? {
                return Ok(false);
            }
            let buffer = std::mem::take(&mut self.buffer);
            let line = buffer.strip_prefix(&[0xef, 0xbb, 0xbf]).filter(|_| self.line == 1).unwrap_or(&buffer);
            if !line.trim_ascii().is_empty() {
                let text = std::str::from_utf8(line).map_err(|_| Problem::of_row("the line is not UTF-8 text"));
                match text.and_then(|text| self.cells(text)) {
                    Ok(cells) => into.row(self.line, Ok(&cells))?,
                    Err(problem) => into.row(self.line, Err(problem))?,
                }
            }
            self.buffer = buffer;
        }
        Ok(true)
    }

    fn unread(&self) -> Vec<String> {
        self.unread.iter().cloned().collect()
    }
}

fn owned(cell: Cell<'_>) -> Cell<'static> {
    match cell {
        Cell::Absent => Cell::Absent,
        Cell::Instant(value) => Cell::Instant(value),
        Cell::Length(value) => Cell::Length(value),
        Cell::Exact(value) => Cell::Exact(value),
        Cell::Money(amount, currency) => Cell::Money(amount, currency),
        Cell::Name(name) => Cell::Name(Cow::Owned(name.into_owned())),
        Cell::Boolean(value) => Cell::Boolean(value),
        Cell::Date(value) => Cell::Date(value),
    }
}

fn parse(text: &str) -> Result<Keys<'_>, Problem> {
    let line = text.trim();
    if line.starts_with('[') {
        return Err(Problem::of_row("a list is not read; write one object a line"));
    }
    let mut reader = serde_json::Deserializer::from_str(line);
    let keys = reader.deserialize_map(KeysVisitor).and_then(|keys| reader.end().map(|()| keys));
    keys.map_err(|error| Problem::of_row(format!("the line is no JSON object: {}", plain(&error.to_string()))))
}

/// The words of an error without its own place: all lines are one.
fn plain(message: &str) -> String {
    short(message.split(" at line ").next().unwrap_or(message))
}

struct KeysVisitor;

impl<'de> Visitor<'de> for KeysVisitor {
    type Value = Keys<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Keys<'de>, A::Error> {
        let mut keys = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            keys.push((Cow::Owned(key), map.next_value::<&'de RawValue>()?));
        }
        Ok(Keys(keys))
    }
}

/// A value, its digits as they stand there.
fn raw(value: &RawValue) -> Result<Raw<'_>, String> {
    let text = value.get();
    match text.bytes().next() {
        Some(b'n') => Ok(Raw::Missing),
        Some(b't') => Ok(Raw::Boolean(true)),
        Some(b'f') => Ok(Raw::Boolean(false)),
        Some(b'"') => {
            let text: String = serde_json::from_str(text).map_err(|error| plain(&error.to_string()))?;
            Ok(Raw::Text(Cow::Owned(text)))
        }
        Some(b'-' | b'0'..=b'9') => number(text).map(Raw::Number).ok_or_else(|| format!("`{}` is beyond all measure", short(text))),
        Some(b'{') => Err("it is an object where a single value is needed".to_owned()),
        Some(_) | None => Err("it is a list where a single value is needed".to_owned()),
    }
}
