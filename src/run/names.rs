//! Names as numbers: texts, values of enums, services and parties are compared by number, never by letters.

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
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(symbol) = known.numbers.get(text) {
            return *symbol;
        }
        // More names than a number can hold do not fit into memory.
        let symbol = Symbol(u32::try_from(known.texts.len()).unwrap_or(u32::MAX));
        let text = EcoString::from(text);
        known.texts.push(text.clone());
        known.numbers.insert(text, symbol);
        symbol
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
