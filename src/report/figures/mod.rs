//! Figures of the checks as tables.
//!
//! In: documents of the module `prove`. Out: text. Nothing is computed here.

mod backing;
mod budget;
mod coverage;
