//! The groups that an objective is evaluated for.

use super::bench::{Bench, Mode, Whose};
use super::fault::Outcome;
use super::line::Line;
use super::objectives::{Setting, ignores_of};
use super::program::{Groups, Objective, Rows, Version};
use super::value::Value;

impl Setting<'_> {
    /// The combinations of values that an objective is evaluated for; one that is `None` stands for those that only the data will tell.
    pub(super) fn groups(&self, objective: &Objective<'_>, version: &Version<'_>) -> Outcome<Vec<Option<Vec<Value>>>> {
        let Some(groups) = &objective.groups else { return Ok(vec![Some(Vec::new())]) };
        if let Some(known) = &groups.known {
            return Ok(known.iter().cloned().map(Some).collect());
        }
        let found = self.groups_of_data(objective, version, groups)?;
        let mut sources = groups.keys.iter().flat_map(|key| &key.sources);
        let is_unknown = sources.any(|(source, _)| self.shared.store.is_unread(*source));
        Ok(found.into_iter().map(Some).chain(is_unknown.then_some(None)).collect())
    }

    fn groups_of_data(&self, objective: &Objective<'_>, version: &Version<'_>, groups: &Groups) -> Outcome<Vec<Vec<Value>>> {
        let ignores = ignores_of(objective, version);
        let whose = Whose {
            customer: self.customer,
            service: objective.service,
            ignores: &ignores,
            reads: None,
            unknown: &[],
            term: self.term,
            zone: version.zone,
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
            found.extend(seen.combinations(self.shared, &columns, self.term)?);
        }
        let names = &self.shared.program.names;
        let key = |row: &Vec<Value>| row.iter().map(|value| super::facts::words(value, names)).collect::<Vec<_>>();
        found.sort_by_cached_key(key);
        found.dedup();
        Ok(found)
    }
}
