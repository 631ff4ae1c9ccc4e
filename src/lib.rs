//! `sla`: the compiler for service level agreements.

pub mod base;
pub mod diag;
pub mod facts;
pub mod plan;
pub mod syntax;
pub mod time;
