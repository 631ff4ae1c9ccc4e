//! Rows on the disk and from standard input.

use std::fs::{File, Metadata};
use std::io::{self, Read, Seek as _};
use std::path::{Path, PathBuf};

use super::formats::of_parts;
use super::parts::Parts;
use super::reading::{FIRST, cannot, plain, read_some};
use super::sniff::{Opened, State, text};
use crate::data::fault::{Fault, Outcome};

/// How standard input is called in messages.
pub const STANDARD_INPUT: &str = "<stdin>";

/// The files that a path or a pattern such as `logs/2026-*.csv` stands for.
pub fn matching(word: &str) -> Outcome<Vec<PathBuf>> {
    let path = Path::new(word);
    if path.exists() || !word.contains(['*', '?', '[']) {
        return Ok(vec![path.to_path_buf()]);
    }
    let found = glob::glob(word).map_err(|error| {
        Fault::new(format!("`{word}` is not a pattern of file names: {}", error.msg))
    })?;
    let mut files = Vec::new();
    for path in found {
        let path = path.map_err(|error| {
            Fault::new(format!("cannot look for `{word}`: {}", plain(error.error())))
        })?;
        if path.is_file() {
            files.push(path);
        }
    }
    if files.is_empty() {
        return Err(Fault::new(format!("no file matches `{word}`")));
    }
    Ok(files)
}

/// What a file is like now.
pub fn state(path: &Path) -> State {
    let about = path.metadata().ok();
    State {
        bytes: about.as_ref().map_or(0, Metadata::len),
        is_lasting: about.as_ref().is_some_and(Metadata::is_file),
        changed: about.and_then(|about| about.modified().ok()),
    }
}

/// Opens standard input.
pub fn open_standard_input() -> Outcome<Opened> {
    let name = STANDARD_INPUT;
    let mut bytes = io::stdin();
    let mut first = [0; FIRST];
    let length = read_some(&mut bytes, &mut first).map_err(|error| cannot(name, &error))?;
    let first = first.get(..length).unwrap_or_default();
    let mut all = io::Cursor::new(first.to_vec()).chain(bytes);
    let Some(form) = of_parts(first) else { return text(name, None, first, Box::new(all)) };
    let mut whole = Vec::new();
    all.read_to_end(&mut whole).map_err(|error| cannot(name, &error))?;
    Ok(Opened::Parts(form, Parts::Bytes(whole.into())))
}

/// Opens a file.
pub fn open_file(path: &Path) -> Outcome<Opened> {
    let name = path.display().to_string();
    let fault = |error: io::Error| cannot(&name, &error);
    let mut file = File::open(path).map_err(fault)?;
    let metadata = file.metadata().map_err(fault)?;
    if metadata.is_dir() {
        return Err(Fault::new(format!("cannot read `{name}`: it is a folder")));
    }
    let is_plain = metadata.is_file();
    let mut first = [0; FIRST];
    let length = read_some(&mut file, &mut first).map_err(fault)?;
    let first = first.get(..length).unwrap_or_default();
    let Some(form) = of_parts(first) else {
        return text(&name, None, first, Box::new(io::Cursor::new(first.to_vec()).chain(file)));
    };
    if !is_plain {
        // A pipe has no parts that can be looked up.
        let mut whole = first.to_vec();
        file.read_to_end(&mut whole).map_err(fault)?;
        return Ok(Opened::Parts(form, Parts::Bytes(whole.into())));
    }
    file.rewind().map_err(fault)?;
    Ok(Opened::Parts(form, Parts::File(file)))
}
