//! Files whose parts are looked up: they are not read from begin to end.

#[cfg(feature = "files")]
use std::fs::File;

use bytes::Bytes;

/// A file of parts that are looked up.
pub enum Parts {
    /// On the disk.
    #[cfg(feature = "files")]
    File(File),
    /// In memory, or read from standard input or a pipe.
    Bytes(Bytes),
}
