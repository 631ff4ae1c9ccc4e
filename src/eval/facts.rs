//! What is known of facts, and from when.

use super::names::Names;
use super::program::{Agreement, Program};
use super::value::Value;
use crate::data::fault::{Fault, Outcome};
use crate::plan::Place;
use crate::time::{EARLIEST, Instant, Interval, LATEST};

/// A fact that the caller provides.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Told {
    /// Number of the fact in the plan.
    pub fact: usize,
    /// Its value.
    pub value: Value,
    /// From when; `None`: always.
    pub from: Option<Instant>,
}

/// What each fact is worth over time, in one agreement.
pub struct Facts {
    names: Vec<String>,
    /// For each fact: from when on it has which value, in order of time.
    lines: Vec<Vec<(Instant, Value)>>,
}

impl Facts {
    /// What the plan, an agreement and the caller say: the caller before the agreement, the
    /// agreement before the default.
    pub fn new(program: &Program<'_>, agreement: Option<&Agreement<'_>>, told: &[Told]) -> Facts {
        let facts = &program.plan.facts;
        let mut lines: Vec<Vec<(Instant, Value)>> = program
            .fact_defaults
            .iter()
            .map(|default| default.iter().map(|value| (EARLIEST, value.clone())).collect())
            .collect();
        for version in agreement.into_iter().flat_map(|agreement| &agreement.versions) {
            // What an amendment does not repeat goes on.
            let begins = version.from.unwrap_or(EARLIEST);
            let mut given: Vec<_> = version
                .given
                .iter()
                .map(|(fact, value, from)| (from.unwrap_or(begins).max(begins), fact, value))
                .collect();
            given.sort_by_key(|(from, ..)| *from);
            for (from, fact, value) in given {
                if let Some(line) = lines.get_mut(*fact) {
                    tell(line, from, value);
                }
            }
        }
        for told in told {
            if let Some(line) = lines.get_mut(told.fact) {
                tell(line, told.from.unwrap_or(EARLIEST), &told.value);
            }
        }
        Facts { names: facts.iter().map(|fact| fact.name.clone()).collect(), lines }
    }

    /// The value of a fact at an instant; `None` if it was not given.
    pub fn at(&self, fact: usize, instant: Instant) -> Option<&Value> {
        let line = self.lines.get(fact)?;
        let begun = line.partition_point(|(from, _)| *from <= instant);
        line.get(begun.checked_sub(1)?).map(|(_, value)| value)
    }

    /// The value of a fact that must not change within an interval.
    pub fn throughout(&self, fact: usize, within: Interval, place: &Place) -> Outcome<Value> {
        let name = || self.names.get(fact).cloned().unwrap_or_default();
        let value = self.at(fact, within.start).ok_or_else(|| {
            Fault::at(place, format!("the fact `{}` has no value; provide it with `given`, a default, or at evaluation", name()))
        })?;
        let changed = self.changes(within).find(|instant| self.at(fact, *instant) != Some(value));
        match changed {
            None => Ok(value.clone()),
            Some(_) => Err(Fault::at(
                place,
                format!(
                    "the fact `{}` changes within a window, but nothing says which value counts",
                    name()
                ),
            )),
        }
    }

    /// The instants inside an interval, but for its start, at which some fact may change.
    pub fn changes(&self, within: Interval) -> impl Iterator<Item = Instant> + '_ {
        let all = self.lines.iter().flatten().map(|(from, _)| *from);
        all.filter(move |from| within.start < *from && *from < within.end)
    }

    /// The value of the fact of a name at the end of all time: what is known of it at last.
    pub fn last(&self, name: &str) -> Option<&Value> {
        let fact = self.names.iter().position(|known| known == name)?;
        self.at(fact, LATEST)
    }
}

/// From an instant on a fact has another value, whatever was said before about later times.
fn tell(line: &mut Vec<(Instant, Value)>, from: Instant, value: &Value) {
    line.retain(|(other, _)| *other < from);
    line.push((from, value.clone()));
}

/// A value in words, for messages.
pub fn words(value: &Value, names: &Names) -> String {
    match value {
        Value::Quantity(amount, None) => amount.to_string(),
        Value::Quantity(amount, Some(currency)) => format!("{amount} {}", names.text(*currency)),
        Value::Boolean(value) => value.to_string(),
        Value::Time(at) => crate::time::format_instant(*at, crate::time::Zone::UTC),
        Value::Date(date) => date.to_string(),
        Value::Name(name) => names.text(*name).to_string(),
        Value::Severity(rank) => format!("severity {}", rank + 1),
        Value::Forever => "without end".to_string(),
    }
}
