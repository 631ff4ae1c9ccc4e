//! The evaluator: a plan and rows in, verdicts and money out.
//!
//! In: a [`crate::plan::Plan`], rows through the door of `columns`, facts, the time of evaluation. Out: `Verdicts`. It works from the plan
//! alone: it resolves no name of the language, knows no default, and reads no file. All numbers are exact; rounding happens where the plan says.
//!
//! How it works: a plan is made ready once (`program`), rows are collected by column (`store`); then each objective gets, for each of its
//! groups, a line of measured time (`line`) and a bench (`bench`) on which its expressions are computed window by window (`objectives`).
//! Money (`money`) comes after all objectives of an agreement. Objectives share nothing that changes, so they run side by side.

mod bench;
pub mod columns;
mod evaluate;
mod facts;
mod fault;
mod line;
mod money;
mod names;
mod objectives;
mod program;
mod store;
pub mod testing;
mod value;
mod windows;
mod zone;

pub use fault::{Fault, Outcome};
