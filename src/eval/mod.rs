//! The evaluator: a plan and rows in, verdicts and money out.
//!
//! In: a [`crate::plan::Plan`], rows as batches of `data::columns`, facts, the time of evaluation.
//! Out: verdicts and money. It works from the plan alone: it resolves no name of the language, knows no
//! default, and reads no file. All numbers are exact; rounding happens where the plan says.
//!
//! How it works: a plan is made ready once (`program`), rows are collected by column (`table`);
//! then each objective gets, for each of its groups, a timeline (`timeline`) and an evaluator
//! (`interpreter`) that computes its expressions window by window (`objectives`). Money (`money`)
//! comes after all objectives of an agreement. Objectives share nothing that changes, so they run
//! side by side.

mod account;
mod accumulator;
pub(crate) mod context;
pub mod display;
pub mod document;
pub(crate) mod evaluate;
pub(crate) mod facts;
pub mod files;
#[cfg(feature = "internals")]
pub mod from_batches;
pub(crate) mod groups;
mod input;
pub(crate) mod interpreter;
mod kind;
pub(crate) mod money;
pub(crate) mod names;
pub(crate) mod naming;
pub(crate) mod objectives;
pub mod options;
pub(crate) mod program;
mod setting;
pub(crate) mod streaming;
pub(crate) mod table;
pub(crate) mod timeline;
mod timeline_builder;
pub(crate) mod value;
mod vectorized;
pub mod verdicts;
pub(crate) mod view;
mod windows;
pub(crate) mod zone;
