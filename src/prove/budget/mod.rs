//! Budgets: what a promise allows to go wrong in a window, in plain terms, and whether its
//! measurement can see that much.
//!
//! In: the model. Out: the figures of `sla budget`. Time is computed exactly, over the shortest and
//! the longest window of the term, less the calendars that are excluded; what data exclude besides
//! is not known beforehand.

mod document;
mod kind;
mod words;

pub use document::{AgreementBudgets, BudgetDocument, ObjectiveBudget, document};
