//! Whether two trees are the same but for places.

use std::fmt::{self, Debug, Write};
use std::hash::Hasher;

use rustc_hash::FxHasher;

use crate::syntax::ast::File;

/// True if two trees say the same; where each part stands does not count.
pub(super) fn trees(one: &File, other: &File) -> bool {
    digest(one) == digest(other)
}

/// Two hashes of the debug form without spans, and its length.
fn digest(tree: &impl Debug) -> (u64, u64, usize) {
    let mut digest = Digest::default();
    // Writing to a hasher cannot fail.
    let _ = write!(digest, "{tree:?}");
    (digest.one.finish(), digest.other.finish(), digest.length)
}

/// How the debug form of a span begins; it ends with the next `}`.
const SPAN: &str = "Span {";

#[derive(Default)]
struct Digest {
    one: FxHasher,
    other: std::hash::DefaultHasher,
    length: usize,
    /// How much of [`SPAN`] was just written, or that a span is being written.
    seen: usize,
}

impl Write for Digest {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            if self.seen == SPAN.len() {
                if byte == b'}' {
                    self.seen = 0;
                }
                continue;
            }
            self.seen = match SPAN.as_bytes().get(self.seen) {
                Some(next) if *next == byte => self.seen + 1,
                _ => usize::from(byte == b'S'),
            };
            self.one.write_u8(byte);
            self.other.write_u8(byte);
            self.length += 1;
        }
        Ok(())
    }
}
