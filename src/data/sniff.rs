//! What bytes are: their form by their first bytes or their name, and text without compression.

#[cfg(feature = "files")]
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;

use super::list::{ListItems, NoList};
use super::rows::{DataFormat, RowBatch};
use crate::base::is_utf16;
use crate::data::fault::{Fault, Outcome};

/// How many bytes tell what an input is.
pub const FIRST: usize = 6;
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

/// What a file is like from outside, to see whether it changes while it is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct State {
    /// How long it is.
    pub bytes: u64,
    /// True if it can be read as often as one likes.
    pub is_lasting: bool,
    /// When it was changed last.
    pub changed: Option<SystemTime>,
}

/// An input that was opened: its form is known, and text is free of compression.
pub enum Opened {
    /// CSV.
    Csv(Box<dyn Read + Send>),
    /// JSON lines.
    JsonLines(Box<dyn Read + Send>),
    /// A Parquet file.
    #[cfg(feature = "files")]
    Parquet(Parts),
    /// An Arrow file or stream.
    Arrow(Parts),
    /// Batches.
    Batches(Arc<[RowBatch]>),
}

/// A file of parts that are looked up.
pub enum Parts {
    /// On the disk.
    #[cfg(feature = "files")]
    File(File),
    /// In memory, or read from standard input or a pipe.
    Bytes(Bytes),
}

/// A file of parts of a form.
pub fn parts(name: &str, form: DataFormat, parts: Parts) -> Outcome<Opened> {
    match form {
        DataFormat::Arrow => Ok(Opened::Arrow(parts)),
        #[cfg(feature = "files")]
        DataFormat::Parquet => Ok(Opened::Parquet(parts)),
        #[cfg(not(feature = "files"))]
        DataFormat::Parquet => Err(unread(name, "a Parquet file")),
        DataFormat::Csv | DataFormat::JsonLines => {
            Err(Fault::new(format!("`{name}` has no parts that can be looked up")))
        }
    }
}

/// Says that a build without files does not read something.
#[cfg(not(feature = "files"))]
fn unread(name: &str, what: &str) -> Fault {
    Fault::new(format!("`{name}` is {what}, which is read with the feature `files` only"))
}

/// The text behind compression by zstd.
#[cfg(feature = "files")]
fn without_zstd(name: &str, bytes: Box<dyn Read + Send>) -> Outcome<Box<dyn Read + Send>> {
    let plain = zstd::Decoder::with_buffer(BufReader::with_capacity(BUFFER, bytes));
    Ok(Box::new(plain.map_err(|error| cannot(name, &error))?))
}

#[cfg(not(feature = "files"))]
fn without_zstd(name: &str, _: Box<dyn Read + Send>) -> Outcome<Box<dyn Read + Send>> {
    Err(unread(name, "compressed by zstd"))
}

/// Says that something cannot be read.
pub fn cannot(name: &str, error: &io::Error) -> Fault {
    Fault::new(format!("cannot read `{name}`: {}", why(error)))
}

/// Text behind whatever compression its first bytes tell of; what form it is in, unless the caller
/// says it, by its first bytes, else by its name.
pub fn text(
    name: &str,
    given: Option<DataFormat>,
    first: &[u8],
    bytes: Box<dyn Read + Send>,
) -> Outcome<Opened> {
    // zstd may begin with something to be skipped, which says how it was cut into parts.
    let is_zstd = first.starts_with(ZSTD) || matches!(first, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..]);
    let mut plain: Box<dyn Read + Send> = if first.starts_with(GZIP) {
        Box::new(flate2::bufread::MultiGzDecoder::new(BufReader::with_capacity(BUFFER, bytes)))
    } else if is_zstd {
        without_zstd(name, bytes)?
    } else {
        bytes
    };
    let mut first = [0; FIRST];
    let length = read_some(&mut plain, &mut first).map_err(|error| cannot(name, &error))?;
    let first = first.get(..length).unwrap_or_default();
    if form_of_parts(first).is_some() {
        return Err(Fault::new(format!(
            "`{name}` is compressed as a whole: Parquet and Arrow files compress their own parts"
        )));
    }
    if is_utf16(first) {
        return Err(Fault::new(format!("`{name}` is UTF-16 text; save it as UTF-8")));
    }
    if let Some((_, stranger)) = STRANGERS.iter().find(|(mark, _)| first.starts_with(mark)) {
        let read = "the formats are CSV and JSON (lines or a list), plain or compressed with gzip or zstd, Parquet and Arrow";
        return Err(Fault::new(format!("`{name}` is {stranger}; {read}")));
    }
    let first = first.strip_prefix(MARK).unwrap_or(first);
    let is_json = match given {
        Some(format) => format == DataFormat::JsonLines,
        None => is_json(name, first),
    };
    let plain = io::Cursor::new(first.to_vec()).chain(plain);
    Ok(match is_json {
        true if is_list(first) => Opened::JsonLines(Box::new(ListItems::new(plain))),
        true => Opened::JsonLines(Box::new(plain)),
        false => Opened::Csv(Box::new(plain)),
    })
}

/// The form of a file of parts, if its first bytes say that it is one.
pub fn form_of_parts(first: &[u8]) -> Option<DataFormat> {
    match first {
        [b'P', b'A', b'R', b'1', ..] => Some(DataFormat::Parquet),
        [b'A', b'R', b'R', b'O', b'W', b'1', ..] | [0xff, 0xff, 0xff, 0xff, ..] => {
            Some(DataFormat::Arrow)
        }
        _ => None,
    }
}

/// True if a text is JSON lines, false if it is CSV.
fn is_json(name: &str, first: &[u8]) -> bool {
    // No header begins so.
    if first.trim_ascii_start().starts_with(b"{") || is_list(first) {
        return true;
    }
    let name = name.to_lowercase();
    let name = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(&name);
    [".jsonl", ".ndjson", ".json"].iter().any(|end| name.ends_with(end))
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
        io::ErrorKind::PermissionDenied => "you do not have permission to read it".to_owned(),
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
