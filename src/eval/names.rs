//! Names as numbers: texts, values of enums, services and parties are compared by number, never by
//! letters.

use std::sync::{PoisonError, RwLock};

use ecow::EcoString;
use rustc_hash::FxHashMap;

/// A name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Symbol(u32);

impl Symbol {
    /// Its number.
    pub fn number(self) -> u32 {
        self.0
    }
}

/// All names met so far.
#[derive(Default, Debug)]
pub struct Names(RwLock<Known>);

#[derive(Default, Debug)]
struct Known {
    numbers: FxHashMap<EcoString, Symbol>,
    texts: Vec<EcoString>,
}

impl Names {
    /// The number of a name, a new one if it was never met.
    pub fn intern(&self, text: &str) -> Symbol {
        if let Some(symbol) = self.find(text) {
            return symbol;
        }
        self.0.write().unwrap_or_else(PoisonError::into_inner).number(&text.into())
    }

    /// The numbers of many names.
    pub fn intern_all(&self, texts: &[EcoString]) -> Vec<Symbol> {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        texts.iter().map(|text| known.number(text)).collect()
    }

    fn find(&self, text: &str) -> Option<Symbol> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).numbers.get(text).copied()
    }

    /// The name.
    pub fn text(&self, symbol: Symbol) -> EcoString {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.texts.get(symbol.0 as usize).cloned().unwrap_or_default()
    }
}

impl Known {
    fn number(&mut self, text: &EcoString) -> Symbol {
        if let Some(symbol) = self.numbers.get(text) {
            return *symbol;
        }
        // More names than a number can hold do not fit into memory.
        let symbol = Symbol(u32::try_from(self.texts.len()).unwrap_or(u32::MAX));
        self.texts.push(text.clone());
        self.numbers.insert(text.clone(), symbol);
        symbol
    }
}
