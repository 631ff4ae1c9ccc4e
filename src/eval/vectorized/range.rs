//! Ranges of the numbers that a column holds.

/// Numbers from one to another, both included.
#[derive(Clone, Copy, Debug)]
pub struct Range {
    pub(super) from: i64,
    pub(super) to: i64,
}

impl Range {
    /// True if a number is one of them.
    pub fn contains(self, number: i64) -> bool {
        self.from <= number && number <= self.to
    }
}

/// The range that holds no number.
pub(super) const NOTHING: Range = Range { from: i64::MAX, to: i64::MIN };
