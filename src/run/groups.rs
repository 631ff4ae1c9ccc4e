//! The groups that an objective is evaluated for.

use rustc_hash::FxHashSet;

use super::bench::{Bench, Mode, Seen, Whose};
use super::fault::Outcome;
use super::line::Line;
use super::objectives::{Setting, ignores_of};
use super::program::{Groups, Objective, Rows, Version};
use super::store::{Cell, Column, Table};
use super::value::Value;

impl Setting<'_> {
    /// The combinations of values that an objective is evaluated for.
    pub(super) fn groups(&self, objective: &Objective<'_>, version: &Version<'_>) -> Outcome<Vec<Vec<Value>>> {
        let Some(groups) = &objective.groups else { return Ok(vec![Vec::new()]) };
        match &groups.known {
            Some(known) => Ok(known.clone()),
            None => self.groups_of_data(objective, version, groups),
        }
    }

    fn groups_of_data(&self, objective: &Objective<'_>, version: &Version<'_>, groups: &Groups) -> Outcome<Vec<Vec<Value>>> {
        let ignores = ignores_of(objective, version);
        let whose = Whose {
            customer: self.customer,
            service: objective.service,
            ignores: &ignores,
            reads: None,
            term: self.term,
            zone: self.agreement.zone,
        };
        let line = Line::plain(self.term, self.term.into());
        let bench = Bench::new(self.shared, self.facts, whose, &line, Mode::Now);
        let env = bench.env(self.term, &[], None);
        let mut sources: Vec<usize> = groups.keys.iter().flat_map(|key| key.sources.iter().map(|(source, _)| *source)).collect();
        sources.sort_unstable();
        sources.dedup();
        let mut found: Vec<Vec<Value>> = Vec::new();
        for source in sources {
            let columns: Option<Vec<usize>> =
                groups.keys.iter().map(|key| key.sources.iter().find(|(cut, _)| *cut == source).map(|(_, column)| *column)).collect();
            let (Some(columns), Some(seen)) = (columns, bench.seen_rows(&Rows::Source { source }, &env)?) else { continue };
            columns.iter().try_for_each(|column| bench.said(source, *column))?;
            found.extend(self.combinations(self.shared.store.table(source)?, &columns, &seen));
        }
        let names = &self.shared.program.names;
        let key = |row: &Vec<Value>| row.iter().map(|value| super::facts::words(value, names)).collect::<Vec<_>>();
        found.sort_by_cached_key(key);
        found.dedup();
        Ok(found)
    }

    /// The combinations of values of some fields in rows of the term that have all of them; some may come several times.
    fn combinations(&self, table: &Table, columns: &[usize], seen: &Seen) -> Vec<Vec<Value>> {
        let ranges = seen.ranges(table, Some(self.term));
        if let [column] = columns
            && let Some(index) = table.by_value(*column)
        {
            let occurs = |value: &&Value| {
                let own = seen.rows.of_value(index, value);
                ranges.iter().any(|range| own.any(range.clone()))
            };
            return index.values().filter(occurs).map(|value| vec![value.clone()]).collect();
        }
        let cells: Vec<&Column> = columns.iter().filter_map(|column| table.column(*column)).collect();
        let (mut met, mut found) = (FxHashSet::<Vec<u64>>::default(), Vec::new());
        let mut codes = Vec::new();
        let mut look = |row: u32| {
            codes.clear();
            codes.extend(cells.iter().filter(|cells| cells.is_here(row as usize)).map_while(|cells| cells.code(row as usize)));
            // Of cells without numbers, every row is one that may be new.
            if codes.len() == cells.len() && met.contains(codes.as_slice()) {
                return;
            }
            let values = columns.iter().map(|column| match table.field(*column, row) {
                Some(Cell::Here(value)) => Some(value),
                Some(Cell::Absent | Cell::Unsaid) | None => None,
            });
            found.extend(values.collect::<Option<Vec<Value>>>());
            if codes.len() == cells.len() {
                met.insert(codes.clone());
            }
        };
        for range in ranges {
            seen.rows.each_row(range, &mut look);
        }
        found
    }
}
