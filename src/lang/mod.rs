//! What the language knows, as tables: each fact is stated once, and documents, completion and
//! schemas derive from it.
//!
//! In: nothing. Out: tables. This module decides nothing and reads nothing.

pub mod codes;
pub mod currencies;
pub mod functions;
pub mod library;
pub mod lookalikes;
pub mod units;
/// Only the reference is made from this table: the grammar itself states the forms.
#[cfg(feature = "internals")]
pub mod windows;
pub mod words;
