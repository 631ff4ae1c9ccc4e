//! What bytes are: their format by their first bytes or their name, and text without compression.

use std::io::{self, Read as _};
use std::sync::Arc;
use std::time::SystemTime;

use super::compressions;
use super::formats::{self, Form};
use super::parts::Parts;
use super::reader::Text;
use super::reading::{FIRST, cannot, read_some};
use super::rows::RowBatch;
use crate::base::is_utf16;
use crate::data::fault::{Fault, Outcome};

/// What some programs put before UTF-8 text.
const MARK: &[u8] = &[0xef, 0xbb, 0xbf];
/// How files begin that are often taken for files of rows, and what they are.
const STRANGERS: [(&[u8], &str); 9] = [
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

/// An input that was opened: its format is known, and text is free of compression.
pub enum Opened {
    /// Text.
    Text(&'static Form<Text>, Text),
    /// A file with parts that are looked up.
    Parts(&'static Form<Parts>, Parts),
    /// Batches.
    Batches(Arc<[RowBatch]>),
}

/// Text behind whatever compression its first bytes tell of; what format it is in, unless the
/// caller says it, by its first bytes, else by its name.
pub fn text(
    name: &str,
    given: Option<&'static Form<Text>>,
    first: &[u8],
    bytes: Text,
) -> Outcome<Opened> {
    let mut plain = match compressions::of(first) {
        Some(compression) => (compression.undo)(name, bytes)?,
        None => bytes,
    };
    let mut first = [0; FIRST];
    let length = read_some(&mut plain, &mut first).map_err(|error| cannot(name, &error))?;
    let first = first.get(..length).unwrap_or_default();
    if formats::of_parts(first).is_some() {
        return Err(Fault::new(format!(
            "`{name}` is compressed as a whole: {} files compress their own parts",
            formats::with_parts()
        )));
    }
    if is_utf16(first) {
        return Err(Fault::new(format!("`{name}` is UTF-16 text; save it as UTF-8")));
    }
    let twice = compressions::of(first).map(|_| "compressed twice");
    let stranger = || STRANGERS.iter().find(|(mark, _)| first.starts_with(mark));
    if let Some(stranger) = twice.or_else(|| stranger().map(|(_, it)| *it)) {
        let readable = formats::readable();
        return Err(Fault::new(format!("`{name}` is {stranger}; the formats are {readable}")));
    }
    let first = first.strip_prefix(MARK).unwrap_or(first);
    let form = given.unwrap_or_else(|| formats::of_text(name, first));
    Ok(Opened::Text(form, Box::new(io::Cursor::new(first.to_vec()).chain(plain))))
}
