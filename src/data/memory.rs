//! Rows that are Arrow record batches in memory.

use std::sync::Arc;

use arrow_schema::SchemaRef;

use super::batches::Batches;
use super::collect::{ParsedRows, Rules};
use super::columns::State;
use super::header::Wanted;
use super::reader::{Names, RowReader};
use super::rows::RowBatch;
use crate::data::fault::{Fault, Outcome};

/// The rows of some batches.
pub struct BatchRows {
    name: String,
    batches: Arc<[RowBatch]>,
    next: usize,
    wanted: Wanted,
    rules: Rules,
    /// How the batches of a schema are read: those of a source mostly have the same.
    bound: Option<(Vec<String>, SchemaRef, Batches)>,
    names: Names,
    /// Rows that were handed on.
    before: u64,
}

impl BatchRows {
    /// Looks at the columns of all batches.
    pub fn new(
        name: &str,
        batches: Arc<[RowBatch]>,
        wanted: &Wanted,
        rules: &Rules,
    ) -> Outcome<BatchRows> {
        for (number, batch) in batches.iter().enumerate() {
            let sides = batch.exact.iter().map(|(column, cells)| (column, cells.len()));
            let sides = sides.chain(batch.unsaid.iter().map(|(column, rows)| (column, rows.len())));
            for (column, length) in sides {
                let rows = batch.record.num_rows();
                if length != rows {
                    return Err(Fault::new(format!(
                        "cannot read `{name}`: batch {} has {rows} rows, and {length} values beside it for `{column}`",
                        number + 1
                    )));
                }
            }
            let is_column =
                |name: &String| wanted.schema.columns.iter().any(|column| column.name == *name);
            if let Some(column) = batch.unsaid.keys().find(|name| !is_column(name)) {
                return Err(Fault::new(format!(
                    "cannot read `{name}`: the source `{}` has no column `{column}`",
                    wanted.schema.source
                )));
            }
        }
        Ok(BatchRows {
            name: name.to_owned(),
            batches,
            next: 0,
            wanted: wanted.clone(),
            rules: rules.clone(),
            bound: None,
            names: Names::default(),
            before: 0,
        })
    }

    /// How a batch is read.
    fn bind(&mut self, batch: &RowBatch) -> Outcome<&Batches> {
        let sides: Vec<String> = batch.exact.keys().cloned().collect();
        let schema = batch.record.schema();
        let known =
            self.bound.take().filter(|(exact, known, _)| *exact == sides && *known == schema);
        let bound = match known {
            Some(bound) => bound,
            None => {
                let batches =
                    Batches::with_sides(&self.name, &schema, &sides, &self.wanted, &self.rules)
                        .map_err(|message| {
                            Fault::new(format!("cannot read `{}`: {message}", self.name))
                        })?;
                self.names.unread.extend(batches.names.unread.iter().cloned());
                self.names.loose.extend(batches.names.loose.iter().cloned());
                (sides, schema, batches)
            }
        };
        Ok(&self.bound.insert(bound).2)
    }
}

impl RowReader for BatchRows {
    fn next(&mut self) -> Outcome<Option<ParsedRows>> {
        let batches = Arc::clone(&self.batches);
        let Some(batch) = batches.get(self.next) else { return Ok(None) };
        self.next += 1;
        let before = self.before;
        self.before += batch.record.num_rows() as u64;
        let parsed = self.bind(batch)?.parsed_beside(batch, before);
        let mut parsed = parsed
            .map_err(|message| Fault::new(format!("cannot read `{}`: {message}", self.name)))?;
        mark_unsaid(&mut parsed, batch, &self.wanted, before);
        Ok(Some(parsed))
    }

    fn names(&self) -> Names {
        self.names.clone()
    }
}

/// Marks the cells that nothing is known of, in the rows that were taken in.
fn mark_unsaid(parsed: &mut ParsedRows, batch: &RowBatch, wanted: &Wanted, before: u64) {
    let Some(taken) = &mut parsed.batch else { return };
    for (name, rows) in &batch.unsaid {
        let at = wanted.schema.columns.iter().position(|column| column.name == *name);
        let Some(column) = at.and_then(|at| taken.columns.get_mut(at)) else { continue };
        let states = column.states.get_or_insert_with(|| vec![State::Here; taken.length]);
        for (index, state) in states.iter_mut().enumerate() {
            let number = taken.origin.row(index);
            let row = usize::try_from(number.saturating_sub(before + 1)).unwrap_or(usize::MAX);
            if rows.get(row) == Some(&true) {
                *state = State::Unsaid;
            }
        }
    }
}
