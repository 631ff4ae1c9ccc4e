//! `sla`: the compiler for service level agreements.

pub mod base;
pub mod cli;
pub mod data;
pub mod diag;
pub mod eval;
pub mod lang;
pub mod lower;
pub mod names;
pub mod plan;
pub mod prove;
pub mod report;
pub mod syntax;
pub mod testing;
pub mod time;
pub mod types;
pub mod workspace;

pub use eval::files::run_files as evaluate;
