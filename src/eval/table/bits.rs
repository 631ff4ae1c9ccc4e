//! Sets of row numbers, one bit a row.

use std::ops::Range;

/// One bit for each of some rows.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Bits {
    words: Vec<u64>,
    len: usize,
}

/// Rows of one word.
pub const WORD: usize = 64;

impl Bits {
    /// The same bit for every row.
    pub fn all(len: usize, bit: bool) -> Bits {
        let mut bits =
            Bits { words: vec![if bit { u64::MAX } else { 0 }; len.div_ceil(WORD)], len };
        bits.trim();
        bits
    }

    /// Words of bits, the first row in the lowest bit; what lies beyond the last row is cleared.
    pub fn of_words(words: Vec<u64>, len: usize) -> Bits {
        let mut bits = Bits { words, len };
        bits.words.resize(len.div_ceil(WORD), 0);
        bits.trim();
        bits
    }

    fn trim(&mut self) {
        let last = self.len % WORD;
        if last > 0
            && let Some(word) = self.words.last_mut()
        {
            *word &= (1 << last) - 1;
        }
    }

    /// One more row.
    pub fn push(&mut self, bit: bool) {
        if self.len.is_multiple_of(WORD) {
            self.words.push(0);
        }
        if let Some(word) = self.words.last_mut() {
            *word |= u64::from(bit) << (self.len % WORD);
        }
        self.len += 1;
    }

    /// The same bit for so many more rows.
    pub fn extend(&mut self, count: usize, bit: bool) {
        for _ in 0..count {
            self.push(bit);
        }
    }

    /// The bit of a row.
    pub fn get(&self, row: usize) -> bool {
        self.words.get(row / WORD).is_some_and(|word| word >> (row % WORD) & 1 == 1)
    }

    /// Sets the bit of a row.
    pub fn set(&mut self, row: usize) {
        if let Some(word) = self.words.get_mut(row / WORD) {
            *word |= 1 << (row % WORD);
        }
    }

    /// A word; beyond the last nothing is set.
    pub fn word(&self, index: usize) -> u64 {
        self.words.get(index).copied().unwrap_or(0)
    }

    /// True if one is set.
    pub fn any(&self) -> bool {
        self.words.iter().any(|word| *word != 0)
    }

    /// The bits that are set in both.
    #[must_use]
    pub fn and(&self, other: &Bits) -> Bits {
        self.with(other, |one, two| one & two)
    }

    /// The bits that are set in either.
    #[must_use]
    pub fn or(&self, other: &Bits) -> Bits {
        self.with(other, |one, two| one | two)
    }

    /// The bits that are not set.
    #[must_use]
    pub fn not(&self) -> Bits {
        Bits::of_words(self.words.iter().map(|word| !word).collect(), self.len)
    }

    fn with(&self, other: &Bits, join: impl Fn(u64, u64) -> u64) -> Bits {
        Bits::of_words(
            self.words.iter().zip(&other.words).map(|(one, two)| join(*one, *two)).collect(),
            self.len,
        )
    }
}

/// The words that hold some rows, each with the bits of those rows.
pub fn words_of(rows: Range<usize>) -> impl Iterator<Item = (usize, u64)> {
    let words = if rows.is_empty() { 0..0 } else { rows.start / WORD..rows.end.div_ceil(WORD) };
    words.map(move |word| {
        let (first, last) = (word * WORD, (word + 1) * WORD);
        let low = if rows.start > first { u64::MAX << (rows.start - first) } else { u64::MAX };
        let high = if rows.end < last { (1 << (rows.end - first)) - 1 } else { u64::MAX };
        (word, low & high)
    })
}
