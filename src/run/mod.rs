//! The evaluator: a plan and rows in, verdicts and money out.
//!
//! In: a [`crate::plan::Plan`], rows through the door of `columns`, facts, the time of evaluation. Out: `Verdicts`. It works from the plan
//! alone: it resolves no name of the language, knows no default, and reads no file. All numbers are exact; rounding happens where the plan says.
//!
//! How it works: a plan is made ready once (`program`), rows are collected by column (`store`); then each objective gets, for each of its
//! groups, a line of measured time (`line`) and a bench (`bench`) on which its expressions are computed window by window (`objectives`).
//! Money (`money`) comes after all objectives of an agreement. Objectives share nothing that changes, so they run side by side.

mod account;
mod bench;
pub mod columns;
pub mod document;
mod evaluate;
mod facts;
mod fault;
mod groups;
pub mod judge;
mod line;
mod money;
mod names;
mod naming;
mod objectives;
mod plain;
mod program;
pub mod read;
mod store;
pub mod testing;
mod threads;
mod value;
pub mod verdicts;
mod windows;
mod zone;

use std::collections::BTreeMap;

use crate::plan::Plan;
use crate::time::Instant;

pub use fault::{Fault, Outcome};
pub use verdicts::Verdicts;

/// What the caller of an evaluation says beside the plan.
#[derive(Default)]
pub struct Given<'g> {
    /// Rows by the name of their source; of a source that is not named there are none.
    pub rows: Vec<(String, Box<dyn columns::Source + 'g>)>,
    /// For each source the instant up to which its rows are all there.
    pub complete_to: BTreeMap<String, Instant>,
    /// The time of evaluation; `None`: the earliest of the instants above.
    pub as_of: Option<Instant>,
    /// Windows that begin later are not looked at; `None`: after the time of evaluation.
    pub until: Option<Instant>,
    /// Facts: name, value, and from when on.
    pub facts: Vec<(String, crate::plan::Value, Option<Instant>)>,
    /// Customers of agreements that are with any; empty: those in the data.
    pub customers: Vec<String>,
    /// Asks every row for itself, as the plan words it, and never many of them together: slower, and the same verdicts.
    pub row_by_row: bool,
}

/// Evaluates a plan on rows.
pub fn evaluate(plan: &Plan, given: Given<'_>) -> Outcome<Verdicts> {
    let program = program::Program::new(plan)?;
    let mut store = store::Store::new(&program);
    for (name, mut rows) in given.rows {
        store.fill(&program, program.source(&name)?, rows.as_mut())?;
    }
    for (name, instant) in &given.complete_to {
        let source = program.source(name)?;
        if let Some(table) = store.tables.get_mut(source) {
            table.complete_to = Some(*instant);
        }
    }
    let facts = given
        .facts
        .iter()
        .map(|(name, value, from)| Ok(facts::Told { fact: program.fact(name)?, value: program.value(value)?, from: *from }));
    let said = evaluate::Said {
        as_of: given.as_of,
        data_from: None,
        until: given.until,
        facts: facts.collect::<Outcome<_>>()?,
        customers: given.customers.iter().map(|name| program.symbol(name)).collect(),
        row_by_row: given.row_by_row,
    };
    evaluate::Evaluation::new(&program, &store, &said)?.verdicts()
}
