//! Text cut into blocks of whole records, so that blocks can be read side by side.
//!
//! A record ends at the end of a line, unless a quotation mark is open there: then it goes on. What
//! cannot be cut, because it is broken or too large, comes after everything before it.

use std::io::Read;

use memchr::{memchr, memchr_iter, memchr2_iter, memrchr, memrchr2_iter};

use super::reader::LARGEST_ROW;
use super::reading::why;

/// How a record ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Records {
    /// At the end of each line.
    Lines,
    /// At the end of a line, if no quotation mark is open.
    Quoted,
}

impl Records {
    /// Where the record that begins at a place ends, its line end included; `None` if it does not
    /// end in this text.
    pub fn end(self, text: &[u8], from: usize) -> Option<usize> {
        let rest = text.get(from..)?;
        let mut open = false;
        match self {
            Records::Lines => memchr(b'\n', rest),
            Records::Quoted => memchr2_iter(b'"', b'\n', rest).find(|at| {
                let is_mark = rest.get(*at) == Some(&b'"');
                open ^= is_mark;
                !is_mark && !open
            }),
        }
        .map(|at| from + at + 1)
    }

    /// Where the last of the records ends that end in this text, which begins with one.
    fn last_end(self, text: &[u8]) -> Option<usize> {
        let mut open = self == Records::Quoted && memchr_iter(b'"', text).count() % 2 == 1;
        if self == Records::Lines || (!open && memchr(b'"', text).is_none()) {
            return memrchr(b'\n', text).map(|at| at + 1);
        }
        let last = memrchr2_iter(b'"', b'\n', text).find(|at| {
            let is_mark = text.get(*at) == Some(&b'"');
            open ^= is_mark;
            !is_mark && !open
        });
        last.map(|at| at + 1)
    }

    /// True if a text of the greatest size does not even hold its first record.
    fn is_too_large(self, text: &[u8]) -> bool {
        text.len() >= LARGEST_ROW
            && self.end(text, 0).is_none_or(|end| match self {
                Records::Lines => false,
                Records::Quoted => end >= LARGEST_ROW,
            })
    }

    fn too_large(self, text: &[u8]) -> String {
        let perhaps = match self {
            Records::Quoted if memchr(b'"', text).is_some() => {
                "; perhaps a quotation mark is not closed"
            }
            Records::Quoted | Records::Lines => "",
        };
        format!("a row is larger than {} MB{perhaps}", LARGEST_ROW >> 20)
    }
}

/// What is left of the bytes of a text.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Rest {
    /// More bytes may follow.
    Open,
    /// All bytes were read.
    Done,
    /// What comes next cannot be read.
    Broken(String),
}

/// A text that is cut.
pub struct Blocks {
    bytes: Box<dyn Read + Send>,
    rest: Rest,
    records: Records,
    /// About how large a block is.
    size: usize,
    /// What was read and not handed on: it begins with a record.
    waiting: Vec<u8>,
}

impl Blocks {
    /// The blocks of some bytes.
    pub fn new(bytes: Box<dyn Read + Send>, records: Records, size: usize) -> Blocks {
        Blocks { bytes, rest: Rest::Open, records, size: size.max(1), waiting: Vec::new() }
    }

    /// Up to so many blocks, and fewer only at the end; an error is about the record behind the
    /// last one.
    pub fn next(&mut self, count: usize) -> (Vec<Vec<u8>>, Result<(), String>) {
        let mut blocks = Vec::new();
        while blocks.len() < count {
            match self.cut(Records::last_end) {
                Ok(Some(block)) => blocks.push(block),
                Ok(None) => break,
                Err(message) => return (blocks, Err(message)),
            }
        }
        (blocks, Ok(()))
    }

    /// Passes over empty lines; how many there were.
    pub fn pass_empty_lines(&mut self) -> u64 {
        let mut lines = 0;
        loop {
            let mut text = std::mem::take(&mut self.waiting);
            if text.is_empty() {
                self.fill(&mut text, self.size);
            }
            let empty = text.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            self.waiting = text.split_off(empty);
            lines += memchr_iter(b'\n', &text).count() as u64;
            if !self.waiting.is_empty() || self.rest != Rest::Open {
                return lines;
            }
        }
    }

    /// The next record by itself.
    pub fn record(&mut self) -> Result<Option<Vec<u8>>, String> {
        self.cut(|records, text| records.end(text, 0))
    }

    /// The text up to where `end` finds one, of which more is read until it does; what is behind
    /// waits.
    fn cut(
        &mut self,
        end: impl Fn(Records, &[u8]) -> Option<usize>,
    ) -> Result<Option<Vec<u8>>, String> {
        let mut text = std::mem::take(&mut self.waiting);
        let mut goal = self.size;
        loop {
            goal = goal.min(LARGEST_ROW);
            self.fill(&mut text, goal);
            if self.records.is_too_large(&text) {
                return Err(self.records.too_large(&text));
            }
            if let Some(end) = end(self.records, &text) {
                self.waiting = text.split_off(end);
                return Ok(Some(text));
            }
            match &self.rest {
                Rest::Open => goal = goal.saturating_mul(2),
                Rest::Done => return Ok((!text.is_empty()).then_some(text)),
                Rest::Broken(message) => return Err(message.clone()),
            }
        }
    }

    /// Reads until a text is so long, or there is no more.
    fn fill(&mut self, text: &mut Vec<u8>, goal: usize) {
        let missing = goal.saturating_sub(text.len());
        if self.rest != Rest::Open || missing == 0 {
            return;
        }
        text.reserve_exact(missing);
        self.rest = match (&mut self.bytes).take(missing as u64).read_to_end(text) {
            Ok(count) if count < missing => Rest::Done,
            Ok(_) => Rest::Open,
            Err(error) => Rest::Broken(why(&error)),
        };
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn blocks(text: &[u8], records: Records, size: usize) -> Vec<Vec<u8>> {
        let (blocks, end) =
            Blocks::new(Box::new(std::io::Cursor::new(text.to_vec())), records, size)
                .next(usize::MAX);
        end.expect("nothing is broken");
        blocks
    }

    #[test]
    fn a_block_holds_whole_records() {
        let text = b"a,\"b\nc\",d\n\n\"\"\"\n\"\ne,f";
        // The records by hand: a mark opens, a mark closes; a doubled one does both.
        let wanted: Vec<&[u8]> = vec![b"a,\"b\nc\",d\n", b"\n", b"\"\"\"\n\"\n", b"e,f"];
        let mut records =
            Blocks::new(Box::new(std::io::Cursor::new(text.to_vec())), Records::Quoted, 1);
        for record in wanted {
            assert_eq!(records.record().expect("nothing is broken").as_deref(), Some(record));
        }
        assert_eq!(records.record(), Ok(None));
        for size in 1..=text.len() + 1 {
            let cut = blocks(text, Records::Quoted, size);
            assert_eq!(cut.concat(), text, "nothing is lost at {size}");
            let mut ends = Vec::new();
            for block in &cut {
                ends.push(ends.last().copied().unwrap_or(0) + block.len());
            }
            for end in ends {
                assert!([10, 11, 17, 20].contains(&end), "{end} is no end of a record, at {size}");
            }
        }
        assert_eq!(blocks(b"x\"\ny\n", Records::Lines, 1), [b"x\"\n".to_vec(), b"y\n".to_vec()]);
        assert_eq!(
            blocks(b"x\"\ny\n", Records::Quoted, 1),
            [b"x\"\ny\n".to_vec()],
            "what is never closed is one record"
        );
    }
}
