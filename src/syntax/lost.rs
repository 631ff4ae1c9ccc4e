//! Words of what could not be read, so that later rooms need not complain that they lack it.

use std::collections::BTreeSet;

use ecow::EcoString;

/// What was lost to faults of one text.
#[derive(Clone, Default, Debug)]
pub struct Lost {
    words: BTreeSet<EcoString>,
    /// True if something was declared without a name: any name may be its.
    pub nameless: bool,
}

/// Words remembered of one text; a text with more is no contract.
const MOST: usize = 10_000;

impl Lost {
    /// Remembers the words of a text that could not be read.
    pub(super) fn add(&mut self, text: &str) {
        let words =
            text.split(|c: char| c != '_' && !c.is_alphanumeric()).filter(|word| !word.is_empty());
        for word in words {
            if self.words.len() < MOST {
                self.words.insert(word.into());
            }
        }
    }

    /// What was lost here and there.
    pub fn append(&mut self, mut other: Lost) {
        self.words.append(&mut other.words);
        self.nameless |= other.nameless;
    }

    /// True if a word stood in what was lost.
    pub fn holds(&self, word: &str) -> bool {
        self.words.contains(word)
    }
}
