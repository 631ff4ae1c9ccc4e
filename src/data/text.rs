//! Files of text: blocks of rows, read side by side and handed on in order.

use std::collections::{BTreeSet, VecDeque};

use super::blocks::Blocks;
use super::collect::ParsedRows;
use super::header::LooseName;
use super::reader::{MOST_NAMES, Names, RowReader};
use crate::base::parallel;
use crate::data::fault::{Fault, Outcome};

/// Turns a block of text into rows.
pub trait Lines: Send + Sync {
    /// The rows of a block, their lines counted from 1.
    fn rows(&self, block: &[u8]) -> Block;

    /// Columns whose names differ in spaces around them and in capitals from what they are read as.
    fn loose(&self) -> Vec<LooseName> {
        Vec::new()
    }
}

/// What became of a block.
pub struct Block {
    /// Its rows.
    pub parsed_rows: ParsedRows,
    /// How many lines end in it.
    pub lines: u64,
    /// Columns that nothing reads.
    pub unread: BTreeSet<String>,
}

/// The rows of one file of text.
pub struct TextRows<L> {
    name: String,
    lines: L,
    blocks: Blocks,
    /// Blocks whose text is there.
    read: Vec<Vec<u8>>,
    /// How reading ended after these blocks.
    ended: Option<Result<(), String>>,
    /// Blocks whose rows are there.
    ready: VecDeque<Block>,
    /// Number of lines before the blocks in `ready`.
    before: u64,
    unread: BTreeSet<String>,
}

impl<L: Lines> TextRows<L> {
    /// The rows of the blocks of a file, after a number of earlier lines.
    pub fn new(name: &str, lines: L, blocks: Blocks, before: u64) -> TextRows<L> {
        let (read, ready, unread) = (Vec::new(), VecDeque::new(), BTreeSet::new());
        TextRows { name: name.to_owned(), lines, blocks, read, ended: None, ready, before, unread }
    }

    /// Reads the next texts, while those that are there become rows.
    fn round(&mut self) {
        let texts = std::mem::take(&mut self.read);
        let (lines, blocks, ended) = (&self.lines, &mut self.blocks, &mut self.ended);
        let count = parallel::count() * 2;
        let more = || {
            let (texts, end) =
                if ended.is_none() { blocks.next(count) } else { (Vec::new(), Ok(())) };
            if texts.len() < count {
                ended.get_or_insert(end);
            }
            texts
        };
        let (ready, read) =
            parallel::both(|| parallel::each(&texts, |text| lines.rows(text)), more);
        self.ready.extend(ready);
        self.read = read;
    }
}

impl<L: Lines> RowReader for TextRows<L> {
    fn next(&mut self) -> Outcome<Option<ParsedRows>> {
        loop {
            if let Some(mut block) = self.ready.pop_front() {
                block.parsed_rows.shift(self.before);
                self.before += block.lines;
                let room = MOST_NAMES.saturating_sub(self.unread.len());
                self.unread.extend(block.unread.into_iter().take(room));
                return Ok(Some(block.parsed_rows));
            }
            match &self.ended {
                Some(end) if self.read.is_empty() => {
                    let at = |message: &String| {
                        Fault::new(format!("{}:{}: {message}", self.name, self.before + 1))
                    };
                    return end.as_ref().map(|()| None).map_err(at);
                }
                Some(_) | None => self.round(),
            }
        }
    }

    fn names(&self) -> Names {
        Names { unread: self.unread.iter().cloned().collect(), loose: self.lines.loose() }
    }
}
