//! `sla`: the compiler for service level agreements.

pub mod base;
pub mod cli;
pub mod diag;
pub mod facts;
pub mod names;
pub mod plan;
pub mod prove;
pub mod report;
pub mod run;
pub mod syntax;
pub mod time;
pub mod types;
pub mod workspace;

pub use run::judge::judge as evaluate;
