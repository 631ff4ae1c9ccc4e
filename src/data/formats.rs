//! The formats of rows: by what each is recognised, and what reads it. Whoever opens data, or says
//! what can be read, looks here.

use super::collect::Rules;
use super::compressions::COMPRESSIONS;
use super::header::Wanted;
use super::parts::Parts;
use super::reader::{OpenRows, Text};
use super::rows::DataFormat;
use super::{arrow, csv, json};
use crate::data::fault::Outcome;

/// A format, read from its bytes in some way.
pub struct Form<From: 'static> {
    /// Which one.
    pub format: DataFormat,
    /// How the names of such files end.
    pub endings: &'static [&'static str],
    /// True for the first bytes of such a file.
    pub begins: fn(&[u8]) -> bool,
    /// Reads the rows of a file.
    pub read: fn(&str, From, &Wanted, &Rules) -> Outcome<OpenRows>,
}

/// What text is that is recognised neither by its first bytes nor by its name.
const CSV: Form<Text> =
    Form { format: DataFormat::Csv, endings: &[".csv"], begins: |_| false, read: csv::open };

/// Formats that are lines of text, which may be compressed as a whole.
pub const OF_TEXT: [Form<Text>; 2] = [
    CSV,
    Form {
        format: DataFormat::JsonLines,
        endings: &[".jsonl", ".ndjson", ".json"],
        begins: json::begins,
        read: json::open,
    },
];

/// Formats with parts that are looked up, which they compress themselves. They are recognised by
/// their first bytes alone.
pub const OF_PARTS: [Form<Parts>; 2] = [
    Form {
        format: DataFormat::Parquet,
        endings: &[],
        begins: |first| first.starts_with(b"PAR1"),
        read: parquet,
    },
    Form {
        format: DataFormat::Arrow,
        endings: &[],
        // As a file, and as a stream.
        begins: |first| first.starts_with(b"ARROW1") || first.starts_with(&[0xff; 4]),
        read: arrow::open,
    },
];

#[cfg(feature = "files")]
use super::parquet::open as parquet;

#[cfg(not(feature = "files"))]
fn parquet(name: &str, _: Parts, _: &Wanted, _: &Rules) -> Outcome<OpenRows> {
    Err(super::reading::unread(name, "a Parquet file"))
}

/// The format of text with these first bytes in a file of this name.
pub fn of_text(name: &str, first: &[u8]) -> &'static Form<Text> {
    let name = name.to_lowercase();
    let stripped = COMPRESSIONS.iter().find_map(|it| name.strip_suffix(it.ending));
    let name = stripped.unwrap_or(&name);
    let by_bytes = OF_TEXT.iter().find(|form| (form.begins)(first));
    let by_name =
        || OF_TEXT.iter().find(|form| form.endings.iter().any(|ending| name.ends_with(ending)));
    by_bytes.or_else(by_name).unwrap_or(&CSV)
}

/// The format with parts that begins with these bytes.
pub fn of_parts(first: &[u8]) -> Option<&'static Form<Parts>> {
    OF_PARTS.iter().find(|form| (form.begins)(first))
}

/// The format of text that this is; `None` for one with parts.
pub fn given(format: DataFormat) -> Option<&'static Form<Text>> {
    OF_TEXT.iter().find(|form| form.format == format)
}

/// What messages say can be read.
pub fn readable() -> String {
    let compressions: Vec<&str> = COMPRESSIONS.iter().map(|it| it.name).collect();
    let text: Vec<&str> = OF_TEXT.iter().map(|form| form.format.name()).collect();
    format!(
        "{}, plain or compressed with {}, {}",
        text.join(" and "),
        compressions.join(" or "),
        with_parts()
    )
}

/// The names of the formats with parts.
pub fn with_parts() -> String {
    OF_PARTS.map(|form| form.format.name()).join(" and ")
}
