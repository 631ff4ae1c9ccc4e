//! Bytes of files and streams, and what is said where they cannot be read.

use std::io::{self, Read};

use super::list::NoList;
use crate::data::fault::Fault;

/// How many bytes tell what an input is.
pub const FIRST: usize = 6;

/// Says that something cannot be read.
pub fn cannot(name: &str, error: &io::Error) -> Fault {
    Fault::new(format!("cannot read `{name}`: {}", why(error)))
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

/// Says that a build without files does not read something.
#[cfg(not(feature = "files"))]
pub fn unread(name: &str, what: &str) -> Fault {
    Fault::new(format!("`{name}` is {what}, which is read with the feature `files` only"))
}
