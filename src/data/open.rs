//! Which files a source is read from, what is in them, and their bytes without compression.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::list::{ListItems, NoList};
use crate::base::is_utf16;
use crate::data::fault::{Fault, Outcome};

/// How standard input is called in messages.
const STANDARD_INPUT: &str = "<stdin>";
/// How much compressed text is read at once.
const BUFFER: usize = 64 << 10;

/// How text begins that is compressed by gzip.
const GZIP: &[u8] = &[0x1f, 0x8b];
/// How text begins that is compressed by zstd.
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
/// What some programs put before UTF-8 text.
const MARK: &[u8] = &[0xef, 0xbb, 0xbf];
/// How files begin that are often taken for files of rows, and what they are.
const STRANGERS: [(&[u8], &str); 11] = [
    (GZIP, "compressed twice"),
    (ZSTD, "compressed twice"),
    (b"PK\x03\x04", "a ZIP archive, as spreadsheets are"),
    (&[0xd0, 0xcf, 0x11, 0xe0], "a file of an office program"),
    (b"BZh", "compressed by bzip2"),
    (&[0xfd, b'7', b'z', b'X', b'Z', 0], "compressed by xz"),
    (&[0x04, 0x22, 0x4d, 0x18], "compressed by lz4"),
    (b"SQLite", "an SQLite database"),
    (b"Obj\x01", "an Avro file"),
    (b"FEA1", "a Feather file of the first version"),
    (b"%PDF", "a PDF document"),
];

/// One place that rows come from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Input {
    /// Standard input.
    Standard,
    /// A file.
    File(PathBuf),
}

/// What a file is like from outside, to see whether it changes while it is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct State {
    /// How long it is.
    pub bytes: u64,
    /// True if it can be read as often as one likes.
    pub is_lasting: bool,
    changed: Option<SystemTime>,
}

impl Input {
    /// What it is like now.
    pub fn state(&self) -> State {
        let about = match self {
            Input::Standard => None,
            Input::File(path) => path.metadata().ok(),
        };
        State {
            bytes: about.as_ref().map_or(0, std::fs::Metadata::len),
            is_lasting: about.as_ref().is_some_and(std::fs::Metadata::is_file),
            changed: about.and_then(|about| about.modified().ok()),
        }
    }

    /// How messages call it.
    pub fn name(&self) -> String {
        match self {
            Input::Standard => STANDARD_INPUT.to_owned(),
            Input::File(path) => path.display().to_string(),
        }
    }
}

/// How rows are written down.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// A header, then a line a row.
    Csv,
    /// An object a line.
    JsonLines,
    /// Apache Parquet.
    Parquet,
    /// Apache Arrow, as a file or as a stream.
    Arrow,
}

/// An input that was opened: its form is known, and text is free of compression.
pub enum Opened {
    /// Lines of text.
    Text(Form, Box<dyn Read + Send>),
    /// A file with parts that are looked up.
    Parts(Form, Parts),
}

/// A file of parts.
pub enum Parts {
    /// On the disk.
    File(File),
    /// What came through standard input or a pipe.
    Bytes(Vec<u8>),
}

/// The inputs that a word of the command line stands for: `-`, a file, or a pattern such as
/// `logs/2026-*.csv`.
pub fn inputs(word: &str) -> Outcome<Vec<Input>> {
    if word == "-" {
        return Ok(vec![Input::Standard]);
    }
    let path = Path::new(word);
    if path.exists() || !word.contains(['*', '?', '[']) {
        return Ok(vec![Input::File(path.to_path_buf())]);
    }
    let found = glob::glob(word).map_err(|error| {
        Fault::new(format!("`{word}` is no pattern of file names: {}", error.msg))
    })?;
    let mut inputs = Vec::new();
    for path in found {
        let path = path.map_err(|error| {
            Fault::new(format!("cannot look for `{word}`: {}", plain(error.error())))
        })?;
        if path.is_file() {
            inputs.push(Input::File(path));
        }
    }
    if inputs.is_empty() {
        return Err(Fault::new(format!("no file fits `{word}`")));
    }
    Ok(inputs)
}

/// Opens an input and finds out what is in it: by its first bytes, else by its name.
pub fn open(input: &Input) -> Outcome<Opened> {
    let cannot =
        |error: io::Error| Fault::new(format!("cannot read `{}`: {}", input.name(), why(&error)));
    let mut first = [0; 6];
    match input {
        Input::Standard => {
            let mut bytes = io::stdin();
            let length = read_some(&mut bytes, &mut first).map_err(cannot)?;
            let first = first.get(..length).unwrap_or_default();
            let mut all = io::Cursor::new(first.to_vec()).chain(bytes);
            let Some(form) = form_of_parts(first) else { return text(input, first, Box::new(all)) };
            let mut whole = Vec::new();
            all.read_to_end(&mut whole).map_err(cannot)?;
            Ok(Opened::Parts(form, Parts::Bytes(whole)))
        }
        Input::File(path) => {
            let mut file = File::open(path).map_err(cannot)?;
            let metadata = file.metadata().map_err(cannot)?;
            if metadata.is_dir() {
                return Err(Fault::new(format!("cannot read `{}`: it is a folder", input.name())));
            }
            let is_plain = metadata.is_file();
            let length = read_some(&mut file, &mut first).map_err(cannot)?;
            let first = first.get(..length).unwrap_or_default();
            let Some(form) = form_of_parts(first) else {
                return text(input, first, Box::new(io::Cursor::new(first.to_vec()).chain(file)));
            };
            if !is_plain {
                // A pipe has no parts that can be looked up.
                let mut whole = first.to_vec();
                file.read_to_end(&mut whole).map_err(cannot)?;
                return Ok(Opened::Parts(form, Parts::Bytes(whole)));
            }
            file.rewind().map_err(cannot)?;
            Ok(Opened::Parts(form, Parts::File(file)))
        }
    }
}

/// Text behind whatever compression its first bytes tell of.
fn text(input: &Input, first: &[u8], bytes: Box<dyn Read + Send>) -> Outcome<Opened> {
    let cannot =
        |error: io::Error| Fault::new(format!("cannot read `{}`: {}", input.name(), why(&error)));
    // zstd may begin with something to be skipped, which says how it was cut into parts.
    let is_zstd = first.starts_with(ZSTD) || matches!(first, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..]);
    let mut plain: Box<dyn Read + Send> = if first.starts_with(GZIP) {
        Box::new(flate2::bufread::MultiGzDecoder::new(BufReader::with_capacity(BUFFER, bytes)))
    } else if is_zstd {
        Box::new(
            zstd::Decoder::with_buffer(BufReader::with_capacity(BUFFER, bytes)).map_err(cannot)?,
        )
    } else {
        bytes
    };
    let mut first = [0; 6];
    let length = read_some(&mut plain, &mut first).map_err(cannot)?;
    let first = first.get(..length).unwrap_or_default();
    if form_of_parts(first).is_some() {
        return Err(Fault::new(format!(
            "`{}` is compressed as a whole: Parquet and Arrow files compress their own parts",
            input.name()
        )));
    }
    if is_utf16(first) {
        return Err(Fault::new(format!("`{}` is UTF-16 text; save it as UTF-8", input.name())));
    }
    if let Some((_, stranger)) = STRANGERS.iter().find(|(mark, _)| first.starts_with(mark)) {
        let read = "what is read is CSV and JSON lines, plain or compressed by gzip or zstd, Parquet and Arrow";
        return Err(Fault::new(format!("`{}` is {stranger}; {read}", input.name())));
    }
    let first = first.strip_prefix(MARK).unwrap_or(first);
    let form = form_of_text(&input.name(), first);
    let plain = io::Cursor::new(first.to_vec()).chain(plain);
    Ok(match form {
        Form::JsonLines if is_list(first) => Opened::Text(form, Box::new(ListItems::new(plain))),
        _ => Opened::Text(form, Box::new(plain)),
    })
}

fn form_of_parts(first: &[u8]) -> Option<Form> {
    match first {
        [b'P', b'A', b'R', b'1', ..] => Some(Form::Parquet),
        [b'A', b'R', b'R', b'O', b'W', b'1', ..] | [0xff, 0xff, 0xff, 0xff, ..] => {
            Some(Form::Arrow)
        }
        _ => None,
    }
}

fn form_of_text(name: &str, first: &[u8]) -> Form {
    // No header begins so.
    if first.trim_ascii_start().starts_with(b"{") || is_list(first) {
        return Form::JsonLines;
    }
    let name = name.to_lowercase();
    let name = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(&name);
    if [".jsonl", ".ndjson", ".json"].iter().any(|end| name.ends_with(end)) {
        Form::JsonLines
    } else {
        Form::Csv
    }
}

/// True if a text begins like a list of JSON objects.
fn is_list(first: &[u8]) -> bool {
    let inside = first.trim_ascii_start().strip_prefix(b"[").map(<[u8]>::trim_ascii_start);
    inside.is_some_and(|inside| matches!(inside.first(), None | Some(b'{' | b']')))
}

/// Reads until a small buffer is full, or there is no more.
pub fn read_some(from: &mut impl Read, into: &mut [u8]) -> io::Result<usize> {
    let mut have = 0;
    while let Some(rest) = into.get_mut(have..).filter(|rest| !rest.is_empty()) {
        match from.read(rest) {
            Ok(0) => break,
            Ok(count) => have += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(have)
}

/// An error of reading, in words.
pub fn why(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "it may not be read".to_owned(),
        io::ErrorKind::UnexpectedEof => "it ends in the middle of its compressed data".to_owned(),
        io::ErrorKind::NotADirectory => "a part of its path is not a folder".to_owned(),
        _ if error.get_ref().is_some_and(|inner| inner.is::<NoList>()) => plain(error),
        // Only those who undo a compression speak for themselves.
        _ if error.get_ref().is_some() => {
            format!("its compressed data are broken ({})", plain(error))
        }
        _ => plain(error),
    }
}

/// What the system says, without its capital and its number.
pub fn plain(error: &io::Error) -> String {
    let words = error.to_string().to_lowercase();
    words.split_once(" (os error").map_or(words.as_str(), |(words, _)| words).to_owned()
}
