//! Types and dimensions, and the flattening of packages, tiers, agreements and amendments.
//!
//! In: a project of declarations. Out: a model in which every expression is typed, every promise stands at the agreement
//! that makes it, and every value knows where it was written. This room reads no files and proves nothing beyond types.

mod checker;
pub mod constant;
mod infer;
mod metrics;
mod scope;
pub mod tree;
pub mod ty;

pub use checker::Checker;
