//! Evaluates a plan on batches of columns, for tests that hold one way of evaluating against
//! another.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::evaluate::{EvalOptions, Evaluation};
use super::facts::Told;
use super::input::{Input, LoadPolicy, Rounds};
use super::program::Program;
use super::table::Store;
use super::verdicts::{AgreementVerdicts, written};
use crate::data::columns::Source;
use crate::data::fault::Outcome;
use crate::plan::{Instant as Written, Plan, Value};
use crate::time::{EARLIEST, Instant, Interval, LATEST};

/// Everything that came out.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verdicts {
    /// Digest of the plan.
    pub plan: String,
    /// The time of evaluation.
    pub as_of: Written,
    /// Agreements in the order of the plan, each for each of its customers.
    pub agreements: Vec<AgreementVerdicts>,
}

/// What the caller of an evaluation says beside the plan.
#[derive(Default)]
pub struct Given<'g> {
    /// Rows by the name of their source; of a source that is not named there are none.
    pub rows: Vec<(String, Box<dyn Source + 'g>)>,
    /// For each source the instant up to which its rows are all there.
    pub complete_to: BTreeMap<String, Instant>,
    /// The time of evaluation; `None`: the earliest of the instants above.
    pub as_of: Option<Instant>,
    /// Windows that begin later are not looked at; `None`: after the time of evaluation.
    pub until: Option<Instant>,
    /// Facts: name, value, and from when on.
    pub facts: Vec<(String, Value, Option<Instant>)>,
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
    let program = Program::new(plan)?;
    let mut supplies = Vec::new();
    for (name, rows) in given.rows {
        supplies.push(Input { source: program.source(&name)?, rows });
    }
    let evaluating = Rounds::new(
        &program,
        supplies,
        LoadPolicy { row_by_row: given.row_by_row, never: given.never_hold, most: None },
    )?;
    let mut complete_to = BTreeMap::new();
    for (name, instant) in &given.complete_to {
        complete_to.insert(program.source(name)?, *instant);
    }
    let facts = given.facts.iter().map(|(name, value, from)| {
        Ok(Told { fact: program.fact(name)?, value: program.value(value)?, from: *from })
    });
    let said = EvalOptions {
        as_of: given.as_of,
        data_from: None,
        until: given.until,
        facts: facts.collect::<Outcome<_>>()?,
        customers: given.customers.iter().map(|name| program.symbol(name)).collect(),
        row_by_row: given.row_by_row,
    };
    let prepare = |store: &mut Store, supplies: &[Input<_>]| {
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
        .run(prepare, |evaluation| Ok(evaluation.plan(&all)?.open), verdicts)
        .map(|evaluated| evaluated.result)
}

/// Everything about all agreements of the plan.
fn verdicts(evaluation: &Evaluation<'_>) -> Outcome<Verdicts> {
    let program = evaluation.shared.program;
    let all: Vec<usize> = (0..program.agreements.len()).collect();
    let results = evaluation.agreements(&all)?;
    let whole = Interval { start: EARLIEST, end: LATEST };
    Ok(Verdicts {
        plan: program.plan.digest.clone(),
        as_of: written(evaluation.shared.as_of),
        agreements: results.iter().filter_map(|result| evaluation.shown(result, whole)).collect(),
    })
}
