//! What readers of every format share: what they give, and how much they take at once.

use std::io::Read;

use super::collect::ParsedRows;
use super::header::LooseName;
use crate::data::fault::Outcome;

/// About how many bytes of text become one batch.
pub const BYTES_OF_BLOCK: usize = 1 << 20;
/// The most bytes that one row may have.
pub const LARGEST_ROW: usize = 16 << 20;
/// The most names of columns that are remembered because nothing reads them.
pub const MOST_NAMES: usize = 10_000;

/// Rows of one open file.
pub trait RowReader {
    /// The next rows; `None` at the end of the file.
    fn next(&mut self) -> Outcome<Option<ParsedRows>>;

    /// Names of columns that are worth a word, as far as they are known.
    fn names(&self) -> Names;
}

/// Rows of one open file, of whatever format.
pub type OpenRows = Box<dyn RowReader + Send>;
/// The bytes of a text.
pub type Text = Box<dyn Read + Send>;

/// Names of columns of a file that are worth a word.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Those that nothing reads.
    pub unread: Vec<String>,
    /// Those that are read although they are only like what is looked for.
    pub loose: Vec<LooseName>,
}
