//! Rows of a source: whose they are, and the conditions they meet.

use std::ops::Range;
use std::sync::Arc;

use super::Truth;
use crate::eval::table::{Bits, Index, WORD, words_of};
use crate::eval::value::Value;

/// Some rows of a source.
#[derive(Clone, Debug)]
pub struct Selection {
    base: Base,
    masks: Vec<Mask>,
}

/// Rows that belong to somebody.
#[derive(Clone, Debug)]
enum Base {
    /// All.
    All,
    /// Few: their numbers in order.
    Sparse(Arc<Vec<u32>>),
}

/// A condition that rows meet.
#[derive(Clone, Debug)]
struct Mask {
    bits: Arc<Bits>,
    inverted: bool,
}

impl Mask {
    fn word(&self, index: usize) -> u64 {
        let word = self.bits.word(index);
        if self.inverted { !word } else { word }
    }

    fn get(&self, row: usize) -> bool {
        self.bits.get(row) != self.inverted
    }
}

impl Selection {
    /// All rows.
    pub fn all() -> Selection {
        Selection { base: Base::All, masks: Vec::new() }
    }

    /// Those of them that have a value.
    #[must_use]
    pub fn of_value(&self, index: &Index, value: &Value) -> Selection {
        if let Some(bits) = index.dense(value) {
            return self.and(Arc::clone(bits), false);
        }
        let rows = index.get(value);
        let mut narrowed =
            Selection { base: Base::Sparse(Arc::new(rows.to_vec())), masks: self.masks.clone() };
        match &self.base {
            Base::All => {}
            Base::Sparse(own) => {
                let (few, many) = if own.len() < rows.len() {
                    (own.as_slice(), rows)
                } else {
                    (rows, own.as_slice())
                };
                let both =
                    few.iter().copied().filter(|row| many.binary_search(row).is_ok()).collect();
                narrowed.base = Base::Sparse(Arc::new(both));
            }
        }
        narrowed
    }

    /// The rows of these numbers, which are in order.
    pub fn sparse(rows: Vec<u32>) -> Selection {
        Selection { base: Base::Sparse(Arc::new(rows)), masks: Vec::new() }
    }

    /// Those that bits are set for, or, if `inverted`, those that they are not set for.
    #[must_use]
    pub fn and(&self, bits: Arc<Bits>, inverted: bool) -> Selection {
        let mut narrowed = self.clone();
        narrowed.masks.push(Mask { bits, inverted });
        narrowed
    }

    /// Those for which a condition is true.
    #[must_use]
    pub fn whose(&self, truth: &Truth) -> Selection {
        self.and(Arc::clone(&truth.yes), false)
    }

    /// Those for which it is not.
    #[must_use]
    pub fn but(&self, truth: &Truth) -> Selection {
        self.and(Arc::clone(&truth.yes), true)
    }

    /// Goes through the rows in a range, sixty-four at a time: the first of them, and the bits of
    /// those that are selected.
    pub fn words(&self, range: Range<usize>, mut f: impl FnMut(usize, u64)) {
        self.until(range, |first, word| {
            f(first, word);
            true
        });
    }

    /// The same until the function says no.
    fn until(&self, range: Range<usize>, mut f: impl FnMut(usize, u64) -> bool) {
        let masked = |index: usize, word: u64| {
            self.masks.iter().fold(word, |word, mask| word & mask.word(index))
        };
        match &self.base {
            Base::All => {
                for (index, word) in words_of(range) {
                    let word = masked(index, word);
                    if word != 0 && !f(index * WORD, word) {
                        return;
                    }
                }
            }
            Base::Sparse(rows) => {
                for row in inside(rows, &range) {
                    let row = *row as usize;
                    if self.masks.iter().all(|mask| mask.get(row))
                        && !f(row / WORD * WORD, 1 << (row % WORD))
                    {
                        return;
                    }
                }
            }
        }
    }

    /// How many there are in a range.
    pub fn count(&self, range: Range<usize>) -> usize {
        if let (Base::Sparse(rows), []) = (&self.base, self.masks.as_slice()) {
            return inside(rows, &range).len();
        }
        let mut count = 0;
        self.words(range, |_, word| count += word.count_ones() as usize);
        count
    }

    /// True if there is one in a range.
    pub fn any(&self, range: Range<usize>) -> bool {
        self.first(range).is_some()
    }

    /// The first in a range.
    pub fn first(&self, range: Range<usize>) -> Option<u32> {
        let mut found = None;
        self.until(range, |first, word| {
            found = u32::try_from(first + word.trailing_zeros() as usize).ok();
            false
        });
        found
    }

    /// The last in a range.
    pub fn last(&self, range: Range<usize>) -> Option<u32> {
        // Backwards in steps that double, so that a near one is found soon.
        let (mut end, mut step) = (range.end, WORD);
        while end > range.start {
            let begin = end.saturating_sub(step).max(range.start);
            let mut found = None;
            self.words(begin..end, |first, word| {
                found = Some(first + WORD - 1 - word.leading_zeros() as usize)
            });
            if let Some(row) = found {
                return u32::try_from(row).ok();
            }
            (end, step) = (begin, step.saturating_mul(2));
        }
        None
    }

    /// Goes through the rows in a range.
    pub fn each_row(&self, range: Range<usize>, mut f: impl FnMut(u32)) {
        let done: Result<(), std::convert::Infallible> = self.each(range, |row| {
            f(row);
            Ok(())
        });
        debug_assert!(done.is_ok(), "nothing fails");
    }

    /// Goes through the rows in a range until the function fails.
    pub fn each<E>(
        &self,
        range: Range<usize>,
        mut f: impl FnMut(u32) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut done = Ok(());
        self.until(range, |first, word| {
            let mut left = word;
            while left != 0 && done.is_ok() {
                if let Ok(row) = u32::try_from(first + left.trailing_zeros() as usize) {
                    done = f(row);
                }
                left &= left - 1;
            }
            done.is_ok()
        });
        done
    }
}

fn inside<'r>(rows: &'r [u32], range: &Range<usize>) -> &'r [u32] {
    let first = rows.partition_point(|row| (*row as usize) < range.start);
    let after = rows.partition_point(|row| (*row as usize) < range.end);
    rows.get(first..after).unwrap_or_default()
}
