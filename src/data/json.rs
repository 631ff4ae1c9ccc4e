//! JSON lines: an object a line, each a row.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::{Cursor, Read};

use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::blocks::{Blocks, Records};
use super::cells::{Cell, CellReader, Raw, short};
use super::collect::{Collector, Problem, Rules};
use super::header::Wanted;
use super::list::ListItems;
use super::reader::{BYTES_OF_BLOCK, MOST_NAMES, OpenRows, Text};
use super::reading::{FIRST, cannot, read_some};
use super::text::{Block, Lines, TextRows};
use super::units::number;
use crate::data::fault::Outcome;

/// How the lines of one file are read.
pub struct JsonLines {
    name: String,
    wanted: Wanted,
    rules: Rules,
}

/// Keys and values of a row.
struct Keys<'t>(Vec<(Cow<'t, str>, &'t RawValue)>);

/// What is known of the keys of some lines.
struct Known<'w> {
    wanted: &'w Wanted,
    /// For each key that was met which column it serves, and how it is read.
    serves: BTreeMap<String, Option<(usize, CellReader)>>,
    /// Columns inside nested objects: the keys that lead to each.
    paths: Vec<(Vec<String>, (usize, CellReader))>,
    unread: BTreeSet<String>,
}

/// True for text that begins like an object or a list of objects, as no header of CSV does.
pub fn begins(first: &[u8]) -> bool {
    first.trim_ascii_start().starts_with(b"{") || is_list(first)
}

/// True if a text begins like a list of objects.
fn is_list(first: &[u8]) -> bool {
    let inside = first.trim_ascii_start().strip_prefix(b"[").map(<[u8]>::trim_ascii_start);
    inside.is_some_and(|inside| matches!(inside.first(), None | Some(b'{' | b']')))
}

/// The rows of a file of JSON lines, or of a list of objects.
pub fn open(name: &str, mut text: Text, wanted: &Wanted, rules: &Rules) -> Outcome<OpenRows> {
    let mut first = [0; FIRST];
    let length = read_some(&mut text, &mut first).map_err(|error| cannot(name, &error))?;
    let first = first.get(..length).unwrap_or_default();
    let whole = Cursor::new(first.to_vec()).chain(text);
    let lines: Text =
        if is_list(first) { Box::new(ListItems::new(whole)) } else { Box::new(whole) };
    Ok(Box::new(rows(name, lines, wanted, rules, BYTES_OF_BLOCK)))
}

/// The rows of JSON lines, in blocks of about some size.
pub fn rows(
    name: &str,
    bytes: Box<dyn Read + Send>,
    wanted: &Wanted,
    rules: &Rules,
    size: usize,
) -> TextRows<JsonLines> {
    let lines = JsonLines { name: name.to_owned(), wanted: wanted.clone(), rules: rules.clone() };
    TextRows::new(name, lines, Blocks::new(bytes, Records::Lines, size), 0)
}

impl Lines for JsonLines {
    fn rows(&self, block: &[u8]) -> Block {
        let mut collector = Collector::new(&self.rules, &self.name, &[]);
        let (serves, paths, unread) = (BTreeMap::new(), self.wanted.paths(), BTreeSet::new());
        let mut known = Known { wanted: &self.wanted, serves, paths, unread };
        let mut lines = 0;
        for line in block.split_inclusive(|byte| *byte == b'\n') {
            lines += 1;
            if collector.is_stopped() {
                break;
            }
            if !line.trim_ascii().is_empty() {
                let text = std::str::from_utf8(line)
                    .map_err(|_| Problem::of_row("the line is not UTF-8 text"));
                match text.and_then(|text| known.cells(text)) {
                    Ok(cells) => collector.row(lines, &cells),
                    Err(problem) => collector.refuse(lines, problem),
                }
            }
        }
        Block { parsed_rows: collector.parsed_rows(), lines, unread: known.unread }
    }
}

impl Known<'_> {
    fn serves(&mut self, key: &str) -> Option<&(usize, CellReader)> {
        if !self.serves.contains_key(key) {
            let served = self
                .wanted
                .serves(key)
                .and_then(|(at, unit)| Some((at, self.wanted.reader(at, unit)?)));
            if self.serves.len() >= MOST_NAMES {
                self.serves.retain(|_, served| served.is_some());
            }
            let leads_on =
                self.paths.iter().any(|(path, _)| path.first().is_some_and(|first| first == key));
            if served.is_none() && !leads_on && self.unread.len() < MOST_NAMES {
                self.unread.insert(key.to_owned());
            }
            self.serves.insert(key.to_owned(), served);
        }
        self.serves.get(key)?.as_ref()
    }

    /// Cells of a line.
    fn cells(&mut self, text: &str) -> Result<Vec<Cell<'static>>, Problem> {
        let Keys(keys) = parse(text)?;
        let columns = &self.wanted.schema.columns;
        let mut cells: Vec<Option<Cell<'static>>> = columns.iter().map(|_| None).collect();
        let mut take = |key: &str, value: &RawValue, (at, reader): &(usize, CellReader)| {
            let read = raw(value)
                .and_then(|raw| reader.read(raw))
                .map_err(|message| Problem::of_cell(key, message))?;
            match cells.get_mut(*at).and_then(|slot| slot.replace(owned(read))) {
                Some(_) => Err(Problem::of_cell(key, "two keys of the row are the same")),
                None => Ok(()),
            }
        };
        for (key, value) in &keys {
            if let Some(served) = self.serves(key) {
                take(key, value, served)?;
                continue;
            }
            for (path, served) in
                self.paths.iter().filter(|(path, _)| path.first().is_some_and(|first| first == key))
            {
                if let Some(value) = inside(value, path.get(1..).unwrap_or_default())? {
                    take(&path.join("."), value, served)?;
                }
            }
        }
        let filled =
            cells.into_iter().zip(columns).enumerate().map(|(at, (cell, column))| match cell {
                Some(cell) => Ok(cell),
                None if column.optional => Ok(Cell::Absent),
                None => Err(Problem::of_row(self.missing(at, &keys))),
            });
        filled.collect()
    }

    /// Says that a column is not there; it may be one of the row's keys that nothing reads.
    fn missing(&self, at: usize, keys: &[(Cow<'_, str>, &RawValue)]) -> String {
        let is_unread = |key: &str| self.serves.get(key).is_none_or(Option::is_none);
        let unread: BTreeSet<String> =
            keys.iter().map(|(key, _)| key.to_string()).filter(|key| is_unread(key)).collect();
        self.wanted.missing(at, &unread.into_iter().collect::<Vec<_>>())
    }
}

/// The value that keys lead to inside a value; `None` if it is not there.
fn inside<'t>(value: &'t RawValue, path: &[String]) -> Result<Option<&'t RawValue>, Problem> {
    let Some((first, rest)) = path.split_first() else { return Ok(Some(value)) };
    if !value.get().starts_with('{') {
        return Ok(None);
    }
    let Keys(keys) = parse(value.get())?;
    match keys.into_iter().find(|(key, _)| key == first) {
        Some((_, value)) => inside(value, rest),
        None => Ok(None),
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
        return Err(Problem::of_row("this is a list, but an object is needed"));
    }
    let mut reader = serde_json::Deserializer::from_str(line);
    let keys = reader.deserialize_map(KeysVisitor).and_then(|keys| reader.end().map(|()| keys));
    keys.map_err(|error| {
        let why = if error.is_eof() {
            "the line ends inside the object; write each object on one line".to_owned()
        } else {
            plain(&error.to_string())
        };
        Problem::of_row(format!("the line is not a JSON object: {why}"))
    })
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

/// A value; a number keeps its digits as written.
fn raw(value: &RawValue) -> Result<Raw<'_>, String> {
    let text = value.get();
    match text.bytes().next() {
        Some(b'n') => Ok(Raw::Missing),
        Some(b't') => Ok(Raw::Boolean(true)),
        Some(b'f') => Ok(Raw::Boolean(false)),
        Some(b'"') => {
            let text: String =
                serde_json::from_str(text).map_err(|error| plain(&error.to_string()))?;
            Ok(Raw::Text(Cow::Owned(text)))
        }
        Some(b'-' | b'0'..=b'9') => {
            number(text).map(Raw::Number).ok_or_else(|| format!("`{}` is too large", short(text)))
        }
        Some(b'{') => Err("it is an object, but a single value is needed".to_owned()),
        Some(_) | None => Err("it is a list, but a single value is needed".to_owned()),
    }
}
