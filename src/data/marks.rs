//! Offsets of the marks of CSV in a text: the ends of cells and lines, and quotation marks.

/// The high bit of each of eight bytes.
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Finds the marks of a text from left to right, eight bytes at a time.
pub struct Marks<'t> {
    text: &'t [u8],
    needles: [u64; 3],
    /// Offset of the bytes after the current ones.
    next: usize,
    /// Offset of the current bytes.
    base: usize,
    /// A bit for each mark among them that was not handed on.
    found: u64,
}

impl<'t> Marks<'t> {
    /// The places of a delimiter, of line ends and of quotation marks.
    pub fn new(text: &'t [u8], delimiter: u8) -> Marks<'t> {
        let needles = [delimiter, b'\n', b'"'].map(|byte| u64::from_ne_bytes([byte; 8]));
        Marks { text, needles, next: 0, base: 0, found: 0 }
    }

    /// Goes on from a place.
    pub fn seek(&mut self, at: usize) {
        (self.next, self.found) = (at, 0);
    }

    fn look(&mut self) -> Option<()> {
        while self.found == 0 {
            let rest = self.text.get(self.next..).filter(|rest| !rest.is_empty())?;
            let bytes = rest.first_chunk::<8>().copied().unwrap_or_else(|| {
                let mut bytes = [0; 8];
                bytes.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
                bytes
            });
            let word = u64::from_le_bytes(bytes);
            self.found = self.needles.iter().fold(0, |found, needle| found | equal(word ^ needle));
            self.base = self.next;
            self.next += 8;
        }
        Some(())
    }
}

impl Iterator for Marks<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        if self.found == 0 {
            self.look()?;
        }
        let at = self.base + (self.found.trailing_zeros() / 8) as usize;
        self.found &= self.found - 1;
        Some(at)
    }
}

/// The high bit of each byte that is zero. No byte carries into the next: the sum of two of at most
/// seven bits fits into eight.
fn equal(word: u64) -> u64 {
    !(((word & !HIGH) + !HIGH) | word | !HIGH)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_mark_is_found(text in proptest::collection::vec(prop_oneof![any::<u8>(), Just(b','), Just(b'"'), Just(b'\n'), Just(b'-')], 0..100)) {
            let wanted: Vec<usize> = text.iter().enumerate().filter(|(_, byte)| b",\"\n".contains(byte)).map(|(at, _)| at).collect();
            prop_assert_eq!(Marks::new(&text, b',').collect::<Vec<_>>(), wanted.clone());
            for from in 0..text.len() {
                let mut marks = Marks::new(&text, b',');
                marks.next();
                marks.seek(from);
                let wanted: Vec<usize> = wanted.iter().copied().filter(|at| *at >= from).collect();
                prop_assert_eq!(marks.collect::<Vec<_>>(), wanted);
            }
        }
    }
}
