//! Figures of the checks as tables.
//!
//! In: documents of the room of checks. Out: text. Nothing is reckoned here.

mod backing;
mod budget;

pub use backing::backing;
pub use budget::budget;
