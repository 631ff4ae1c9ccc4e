//! The compressions of text: by what each is recognised, and what undoes it.

use std::io::BufReader;

use super::reader::Text;
use crate::data::fault::Outcome;

/// How much compressed text is read at once.
const BUFFER: usize = 64 << 10;

/// A compression of text as a whole.
pub struct Compression {
    /// How messages call it.
    pub name: &'static str,
    /// How the names of such files end.
    pub ending: &'static str,
    /// True for the first bytes of such a file.
    pub begins: fn(&[u8]) -> bool,
    /// Gives the text without it.
    pub undo: fn(&str, Text) -> Outcome<Text>,
}

/// All of them.
pub const COMPRESSIONS: [Compression; 2] = [
    Compression {
        name: "gzip",
        ending: ".gz",
        begins: |first| first.starts_with(&[0x1f, 0x8b]),
        undo: |_, text| {
            let text = BufReader::with_capacity(BUFFER, text);
            Ok(Box::new(flate2::bufread::MultiGzDecoder::new(text)))
        },
    },
    Compression {
        name: "zstd",
        ending: ".zst",
        // It may begin with something to be skipped, which says how it was cut into parts.
        begins: |first| {
            first.starts_with(&[0x28, 0xb5, 0x2f, 0xfd])
                || matches!(first, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..])
        },
        undo: zstd,
    },
];

#[cfg(feature = "files")]
fn zstd(name: &str, text: Text) -> Outcome<Text> {
    let text = zstd::Decoder::with_buffer(BufReader::with_capacity(BUFFER, text));
    Ok(Box::new(text.map_err(|error| super::reading::cannot(name, &error))?))
}

#[cfg(not(feature = "files"))]
fn zstd(name: &str, _: Text) -> Outcome<Text> {
    Err(super::reading::unread(name, "compressed by zstd"))
}

/// The compression that bytes begin with.
pub fn of(first: &[u8]) -> Option<&'static Compression> {
    COMPRESSIONS.iter().find(|compression| (compression.begins)(first))
}
