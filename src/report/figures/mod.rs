//! Figures of the checks as tables.
//!
//! In: documents of the room of checks. Out: text. Nothing is reckoned here.

mod backing;

pub use backing::backing;
