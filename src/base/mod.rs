//! Ground floor: spans, the source map, exact numbers, small text helpers.
//!
//! In: bytes of source files. Out: values every other module builds on. This module knows nothing
//! of the language.

mod exact;
#[cfg(feature = "files")]
pub mod parallel;
#[cfg(not(feature = "files"))]
#[path = "sequential.rs"]
pub mod parallel;
mod source;
mod text;
#[cfg(feature = "files")]
mod threads;

pub use exact::Exact;
pub use source::{FileId, LineColumn, SourceMap, SourceText};
pub use text::{closest, is_utf16, quoted_list};
#[cfg(feature = "files")]
pub use threads::threads_wanted;

/// A half-open range of bytes `[start, end)` in one source file; both ends lie on character
/// boundaries.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Span {
    /// The file the bytes belong to.
    pub file: FileId,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset one past the last byte.
    pub end: u32,
}

impl Span {
    /// A span of `file` from byte `start` to byte `end`.
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        let clip = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Span { file, start: clip(start), end: clip(end.max(start)) }
    }

    /// The smallest span that covers both; the file is that of `self`.
    pub fn to(self, other: Span) -> Span {
        if self.file != other.file {
            return self;
        }
        Span { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The empty span just behind this one.
    pub fn after(self) -> Span {
        Span { start: self.end, ..self }
    }

    /// The empty span just before this one.
    pub fn before(self) -> Span {
        Span { end: self.start, ..self }
    }

    /// True if `other` lies wholly inside.
    pub fn contains(self, other: Span) -> bool {
        self.file == other.file && self.start <= other.start && other.end <= self.end
    }
}
