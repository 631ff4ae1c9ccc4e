//! The places that rows come from, and what each is like.

use std::io::Cursor;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;

use super::formats;
use super::parts::Parts;
#[cfg(feature = "files")]
use super::paths;
use super::reading::FIRST;
use super::rows::{DataFormat, RowBatch};
use super::sniff::{Opened, State, text};
use crate::data::fault::{Fault, Outcome};

/// One place that rows come from.
#[derive(Clone, Debug)]
pub enum Input {
    /// Standard input.
    #[cfg(feature = "files")]
    Standard,
    /// A file.
    #[cfg(feature = "files")]
    File(PathBuf),
    /// The bytes of a text or file.
    Bytes {
        /// What messages and reports call it.
        name: String,
        /// What it is.
        format: DataFormat,
        /// All of it.
        bytes: Bytes,
    },
    /// Batches.
    Batches {
        /// What messages and reports call them.
        name: String,
        /// All of them.
        batches: Arc<[RowBatch]>,
    },
}

impl Input {
    /// What it is like now.
    pub fn state(&self) -> State {
        let bytes = match self {
            #[cfg(feature = "files")]
            Input::Standard => return State { bytes: 0, is_lasting: false, changed: None },
            #[cfg(feature = "files")]
            Input::File(path) => return paths::state(path),
            Input::Bytes { bytes, .. } => bytes.len(),
            Input::Batches { batches, .. } => {
                batches.iter().map(|batch| batch.record.get_array_memory_size()).sum()
            }
        };
        State { bytes: bytes as u64, is_lasting: true, changed: None }
    }

    /// How messages call it.
    pub fn name(&self) -> String {
        match self {
            #[cfg(feature = "files")]
            Input::Standard => paths::STANDARD_INPUT.to_owned(),
            #[cfg(feature = "files")]
            Input::File(path) => path.display().to_string(),
            Input::Bytes { name, .. } | Input::Batches { name, .. } => name.clone(),
        }
    }

    /// What two inputs share that are the same; `None`: there is no telling.
    pub fn identity(&self) -> Option<PathBuf> {
        match self {
            #[cfg(feature = "files")]
            Input::Standard => Some(PathBuf::from(paths::STANDARD_INPUT)),
            #[cfg(feature = "files")]
            Input::File(path) => Some(path.canonicalize().unwrap_or_else(|_| path.clone())),
            Input::Bytes { .. } | Input::Batches { .. } => None,
        }
    }
}

/// The inputs that an argument names: `-`, a file, or a pattern such as
/// `logs/2026-*.csv`.
#[cfg(feature = "files")]
pub fn inputs(word: &str) -> Outcome<Vec<Input>> {
    if word == "-" {
        return Ok(vec![Input::Standard]);
    }
    Ok(paths::matching(word)?.into_iter().map(Input::File).collect())
}

/// Opens an input and finds out what is in it: by its first bytes, else by its name, unless the
/// caller says it.
pub fn open(input: &Input) -> Outcome<Opened> {
    match input {
        #[cfg(feature = "files")]
        Input::Standard => paths::open_standard_input(),
        #[cfg(feature = "files")]
        Input::File(path) => paths::open_file(path),
        Input::Bytes { name, format, bytes } => {
            let first = bytes.get(..bytes.len().min(FIRST)).unwrap_or_default();
            match (formats::of_parts(first), formats::given(*format)) {
                (Some(found), _) if found.format == *format => {
                    Ok(Opened::Parts(found, Parts::Bytes(bytes.clone())))
                }
                (None, Some(form)) => {
                    text(name, Some(form), first, Box::new(Cursor::new(bytes.clone())))
                }
                (found, _) => {
                    let it = found.map_or("something else", |found| found.format.name());
                    let given = format.name();
                    Err(Fault::new(format!("`{name}` is given as {given}, and it is {it}")))
                }
            }
        }
        Input::Batches { batches, .. } => Ok(Opened::Batches(Arc::clone(batches))),
    }
}
