//! Which column of a file serves which column of a source.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cells::{CellReader, short, values};
use super::times;
use super::units::{self, Unit};
use crate::base::{closest, quoted_list};
use crate::data::columns::{ColumnSchema, Schema};
use crate::data::fault::{Fault, Outcome};
use crate::plan::{Plan, Source};

/// What a source needs, and how its columns are called in its files.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Its columns.
    pub schema: Schema,
    /// How the cells of each are read, but for what a header says.
    readers: Vec<CellReader>,
    /// For columns that are called otherwise: the name, and perhaps the unit; no name: there is
    /// none.
    called: BTreeMap<usize, Called>,
}

#[derive(Clone, Debug)]
struct Called {
    column: String,
    unit: Option<Unit>,
}

/// Column of a source, and its position in a file.
#[derive(Clone, Debug)]
pub struct Bound {
    /// Number of the column in the file; `None`: it is said that there is none.
    pub at: Option<usize>,
    /// What the file calls it.
    pub label: String,
    /// How its cells are read.
    pub reader: CellReader,
    /// What it was read as, if its name is only like that.
    pub like: Option<String>,
}

/// A column that was found although its name differs from what it is read as, in spaces around it
/// or in capitals.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LooseName {
    /// What the file calls it.
    pub column: String,
    /// The column of the source that it is read as.
    pub read_as: String,
}

/// The loose names among some columns.
pub fn loose_names(bound: &[Bound]) -> Vec<LooseName> {
    let loose = |bound: &Bound| {
        Some(LooseName { column: bound.label.clone(), read_as: bound.like.clone()? })
    };
    bound.iter().filter_map(loose).collect()
}

impl Wanted {
    /// What a source of a plan needs. `map` says which of its columns is called how.
    pub fn new(plan: &Plan, source: &Source, map: &[(String, String)]) -> Outcome<Wanted> {
        let schema = Schema::of(source);
        let reader = |column: &ColumnSchema| CellReader {
            of: column.of.clone(),
            optional: column.optional,
            unit: None,
            values: values(plan, &column.of),
            within: column.within.clone(),
            whole: plan.is_whole(&column.of),
            comma: false,
        };
        let readers = schema.columns.iter().map(reader).collect();
        let mut wanted = Wanted { schema, readers, called: BTreeMap::new() };
        for (field, column) in map {
            let at = wanted.schema.columns.iter().position(|known| known.name == *field);
            let at = at.ok_or_else(|| wanted.no_column(field))?;
            let mut column = column.as_str();
            if let Some(reader) = wanted.readers.get_mut(at)
                && let Some(rest) = column
                    .strip_suffix(":comma")
                    .filter(|rest| !rest.is_empty() && units::has_decimals(&reader.of))
            {
                reader.comma = true;
                column = rest;
            }
            let called = wanted.called_so(at, column)?;
            let same = wanted
                .called
                .iter()
                .find(|(_, other)| !called.column.is_empty() && other.column == called.column);
            if let Some(other) = same
                .filter(|(other, _)| **other != at)
                .and_then(|(other, _)| wanted.schema.columns.get(*other))
            {
                let (source, other, both) = (&source.name, &other.name, short(&called.column));
                return Err(Fault::new(format!(
                    "`{source}.{other}` and `{source}.{field}` are both mapped to the column `{both}`"
                )));
            }
            if wanted.called.insert(at, called).is_some() {
                return Err(Fault::new(format!("`{}.{field}` is mapped twice", source.name)));
            }
        }
        Ok(wanted)
    }

    fn no_column(&self, field: &str) -> Fault {
        let names = || self.schema.columns.iter().map(|column| column.name.as_str());
        let near = closest(field, names()).map_or_else(
            || format!("its columns are {}", quoted_list(names())),
            |near| format!("did you mean `{near}`?"),
        );
        Fault::new(format!("the source `{}` has no column `{field}`; {near}", self.schema.source))
    }

    /// `timestamp`, `timestamp_ms`, `timestamp:ms`, or nothing.
    fn called_so(&self, at: usize, text: &str) -> Outcome<Called> {
        let Some(column) = self.schema.columns.get(at) else { return Err(self.no_column("")) };
        if text.is_empty() && !column.optional {
            let name = format!("{}.{}", self.schema.source, column.name);
            return Err(Fault::new(format!(
                "`{name}` may not be missing, so it must be mapped to a column"
            )));
        }
        let behind = |mark: char| {
            let mut splits = text
                .match_indices(mark)
                .filter_map(|(place, _)| Some((text.get(..place)?, text.get(place + 1..)?)));
            splits.find_map(|(name, word)| Some((name.to_owned(), units::unit(&column.of, word)?)))
        };
        if let Some((name, unit)) = behind(':') {
            if name.is_empty() {
                let name = format!("{}.{}", self.schema.source, column.name);
                return Err(Fault::new(format!(
                    "`--map {name}={text}` names no column before the unit"
                )));
            }
            return Ok(Called { column: name, unit: Some(unit) });
        }
        Ok(Called { column: text.to_owned(), unit: behind('_').map(|(_, unit)| unit) })
    }

    /// The column of the source that a column of a file serves, with what its name says of the
    /// unit.
    pub fn serves(&self, name: &str) -> Option<(usize, Option<Unit>)> {
        if let Some((at, called)) =
            self.called.iter().find(|(_, called)| called.column == name && !name.is_empty())
        {
            return Some((*at, called.unit.clone()));
        }
        let free = || {
            self.schema.columns.iter().enumerate().filter(|(at, _)| !self.called.contains_key(at))
        };
        if let Some((at, _)) = free().find(|(_, column)| column.name == name) {
            return Some((at, None));
        }
        free().find_map(|(at, column)| {
            let word = name.strip_prefix(&column.name)?.strip_prefix('_')?;
            Some((at, Some(units::unit(&column.of, word)?)))
        })
    }

    /// Columns that are mapped to something inside of objects, `fields.created`: the keys that lead
    /// there.
    pub fn paths(&self) -> Vec<(Vec<String>, (usize, CellReader))> {
        let nested = self.called.iter().filter(|(_, called)| called.column.contains('.'));
        let path = |called: &Called| called.column.split('.').map(str::to_owned).collect();
        nested
            .filter_map(|(at, called)| {
                Some((path(called), (*at, self.reader(*at, called.unit.clone())?)))
            })
            .collect()
    }

    /// The column that a name stands for which differs from what is looked for in spaces around it
    /// and in capitals only.
    fn serves_loosely(&self, name: &str) -> Option<(usize, Option<Unit>)> {
        let plain = name.trim().to_lowercase();
        let mapped = self
            .called
            .iter()
            .find(|(_, called)| !plain.is_empty() && called.column.trim().to_lowercase() == plain);
        match mapped {
            Some((at, called)) => Some((*at, called.unit.clone())),
            None if plain != name => self.serves(&plain),
            None => None,
        }
    }

    /// How cells of a column are read, with the unit that its header brings.
    pub fn reader(&self, at: usize, unit: Option<Unit>) -> Option<CellReader> {
        self.readers.get(at).map(|reader| CellReader { unit, ..reader.clone() })
    }

    /// True if it was said that a file has no such column.
    pub fn is_left_out(&self, at: usize) -> bool {
        self.called.get(&at).is_some_and(|called| called.column.is_empty())
    }

    /// Finds all columns in a header. Comes back with the names of those that nothing reads.
    pub fn bind(&self, names: &[String]) -> Result<(Vec<Bound>, Vec<String>), String> {
        let mut found: Vec<Option<Bound>> = self.schema.columns.iter().map(|_| None).collect();
        let mut unread = Vec::new();
        for (place, name) in names.iter().enumerate() {
            // A column of the very name goes before one that is only like it.
            let loosely = || {
                let served = self.serves_loosely(name)?;
                let is_free = !names
                    .iter()
                    .any(|other| self.serves(other).is_some_and(|(at, _)| at == served.0));
                is_free.then_some(served)
            };
            let exactly = self.serves(name);
            let is_like = exactly.is_none();
            let Some((at, unit)) = exactly.or_else(loosely) else {
                unread.push(name.clone());
                continue;
            };
            let (Some(slot), Some(reader)) = (found.get_mut(at), self.reader(at, unit)) else {
                continue;
            };
            if let Some(other) = slot {
                if other.label == *name {
                    return Err(format!("the column `{}` occurs twice", short(name)));
                }
                let field = self.schema.columns.get(at).map_or("", |column| column.name.as_str());
                let source = &self.schema.source;
                return Err(format!(
                    "two columns, `{}` and `{name}`, could be `{field}`; choose one, such as `--map {source}.{field}={name}`",
                    other.label
                ));
            }
            let like =
                self.schema.columns.get(at).filter(|_| is_like).map(|column| column.name.clone());
            *slot = Some(Bound { at: Some(place), label: name.clone(), reader, like });
        }
        let mut bound = Vec::new();
        for (at, slot) in found.into_iter().enumerate() {
            match (slot, self.readers.get(at)) {
                (Some(found), _) => bound.push(found),
                (None, Some(reader)) if self.is_left_out(at) => {
                    bound.push(Bound {
                        at: None,
                        label: String::new(),
                        reader: reader.clone(),
                        like: None,
                    });
                }
                (None, _) => {
                    return Err(self.no_header(names).unwrap_or_else(|| self.missing(at, names)));
                }
            }
        }
        Ok((bound, unread))
    }

    /// Reports a missing header if the first line contains values.
    fn no_header(&self, names: &[String]) -> Option<String> {
        let is_value =
            |name: &String| times::parse(name).is_some() || units::number(name).is_some();
        let columns: Vec<&str> =
            self.schema.columns.iter().map(|column| column.name.as_str()).collect();
        names.iter().any(is_value).then(|| {
            let header = columns.join(",");
            format!("the first line contains values, but must contain the names of the columns; add a header before it, such as `{header}`")
        })
    }

    /// Says that a column is not there, and what to do.
    pub fn missing(&self, at: usize, names: &[String]) -> String {
        let Some(column) = self.schema.columns.get(at) else { return String::new() };
        let (source, field) = (&self.schema.source, &column.name);
        if let Some(called) = self.called.get(&at) {
            let near = closest(&called.column, names.iter().map(String::as_str))
                .map(|near| format!("; did you mean `{}`?", short(near)));
            let unit = called
                .column
                .rsplit_once(':')
                .filter(|(name, _)| names.iter().any(|known| known == name));
            let unit =
                unit.map(|(_, word)| format!("; `{}` is not a unit of this field", short(word)));
            let help = unit.or(near).unwrap_or_default();
            return format!(
                "there is no column `{}`, which `{source}.{field}` is mapped to{help}",
                called.column
            );
        }
        let with_word = names
            .iter()
            .find_map(|name| Some((name, name.strip_prefix(field.as_str())?.strip_prefix('_')?)));
        let unfit = with_word.filter(|_| !units::example(&column.of).is_empty());
        let unfit = unfit.map_or_else(String::new, |(name, word)| {
            format!(", and in `{}`, `{}` is not a unit of this field", short(name), short(word))
        });
        let near = closest(field, names.iter().map(String::as_str)).filter(|_| unfit.is_empty());
        let name = near.map_or_else(|| "NAME".to_owned(), short);
        let none = if column.optional {
            format!(", or `--map {source}.{field}=` if there is none")
        } else {
            String::new()
        };
        format!(
            "there is no column `{field}`{unfit}; if it has another name, pass `--map {source}.{field}={name}`{none}"
        )
    }
}
