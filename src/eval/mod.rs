//! The evaluator: a plan and rows in, verdicts and money out.
//!
//! In: a [`crate::plan::Plan`], rows as batches of `data::columns`, facts, the time of evaluation.
//! Out: `Verdicts`. It works from the plan alone: it resolves no name of the language, knows no
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
pub(crate) mod groups;
mod input;
pub(crate) mod interpreter;
mod kind;
pub(crate) mod money;
pub(crate) mod names;
pub(crate) mod naming;
pub(crate) mod objectives;
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

use std::collections::BTreeMap;

use crate::plan::Plan;
use crate::time::Instant;

pub use crate::data::fault::{Fault, Outcome};
pub use verdicts::Verdicts;

/// What the caller of an evaluation says beside the plan.
#[derive(Default)]
pub struct Given<'g> {
    /// Rows by the name of their source; of a source that is not named there are none.
    pub rows: Vec<(String, Box<dyn crate::data::columns::Source + 'g>)>,
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
    /// Asks every row for itself, as the plan words it, and never many of them together: slower,
    /// and the same verdicts.
    pub row_by_row: bool,
    /// Where the rows of a large source would have to be held because something looks at them one
    /// by one, there is a fault instead.
    pub never_hold: bool,
}

/// Evaluates a plan on rows.
pub fn evaluate(plan: &Plan, given: Given<'_>) -> Outcome<Verdicts> {
    let program = program::Program::new(plan)?;
    let mut supplies = Vec::new();
    for (name, rows) in given.rows {
        supplies.push(input::Input { source: program.source(&name)?, rows });
    }
    let evaluating = input::Rounds::new(
        &program,
        supplies,
        input::LoadPolicy { row_by_row: given.row_by_row, never: given.never_hold, most: None },
    )?;
    let mut complete_to = BTreeMap::new();
    for (name, instant) in &given.complete_to {
        complete_to.insert(program.source(name)?, *instant);
    }
    let facts = given.facts.iter().map(|(name, value, from)| {
        Ok(facts::Told { fact: program.fact(name)?, value: program.value(value)?, from: *from })
    });
    let said = evaluate::EvalOptions {
        as_of: given.as_of,
        data_from: None,
        until: given.until,
        facts: facts.collect::<Outcome<_>>()?,
        customers: given.customers.iter().map(|name| program.symbol(name)).collect(),
        row_by_row: given.row_by_row,
    };
    let prepare = |store: &mut table::Store, supplies: &[input::Input<_>]| {
        for (source, instant) in &complete_to {
            if let Some(table) = store.tables.get_mut(*source) {
                table.complete_to = Some(*instant);
            }
        }
        // The time of evaluation may be the end of rows that nobody has looked at.
        let is_known = said.as_of.is_some() || !complete_to.is_empty();
        Ok((is_known || !supplies.iter().any(|supply| store.is_unread(supply.source)))
            .then(|| said.clone()))
    };
    let all: Vec<usize> = (0..program.agreements.len()).collect();
    evaluating
        .run(
            prepare,
            |evaluation| Ok(evaluation.plan(&all)?.open),
            |evaluation: &evaluate::Evaluation<'_>| evaluation.verdicts(),
        )
        .map(|evaluated| evaluated.result)
}
