//! A plan made ready to run: names resolved to numbers, once.
//!
//! In: a [`Plan`]. Out: a [`Program`] that borrows from it. Nothing here looks at rows. What a plan
//! names and does not hold is a fault.

mod compile;
mod expressions;
mod rows;
mod terms;
mod validate;

use std::sync::atomic::AtomicU32;

use rustc_hash::FxHashMap;

use super::names::{Names, Symbol};
use super::value::Value;
use super::zone::{Calendar, Zone, date, instant};
use crate::base::Exact;
use crate::data::fault::{Fault, Outcome};
use crate::plan::{self, Plan, RowKind, Type};

pub use expressions::{Expr, Fold, Part};
pub use rows::{Cut, Each, Empty, GroupCut, NodeId, Rows, Times};
pub use terms::{
    Agreement, CapSpan, Cause, Condition, Credit, Excluded, Exclusion, Fee, Groups, Ignore, Items,
    Objective, Remedy, Step, Termination, Test, Version,
};

/// A plan made ready.
pub struct Program<'p> {
    /// The plan.
    pub plan: &'p Plan,
    /// Names of the plan, and later of the data.
    pub names: Names,
    /// Zones in the order of the plan.
    pub zones: Vec<Zone>,
    /// Calendars.
    pub calendars: Vec<Calendar>,
    /// Sources.
    pub sources: Vec<SourceDef>,
    /// Tables.
    pub tables: Vec<FxHashMap<Vec<Value>, Value>>,
    /// Metrics.
    pub metrics: Vec<Metric>,
    /// Agreements.
    pub agreements: Vec<Agreement<'p>>,
    /// Defaults of facts.
    pub fact_defaults: Vec<Option<Value>>,
    /// How many nodes were numbered so far.
    nodes: AtomicU32,
}

/// A source.
#[derive(Debug)]
pub struct SourceDef {
    /// Its name.
    pub name: String,
    /// Which rows it has.
    pub kind: RowKind,
    /// Its fields.
    pub fields: Vec<FieldDef>,
    /// The field that names the customer.
    pub customer: Option<usize>,
    /// The field that names the service.
    pub service: Option<usize>,
}

/// A field of a source.
#[derive(Debug)]
pub struct FieldDef {
    /// Its name.
    pub name: String,
    /// Type of its values.
    pub of: Type,
    /// True if a row may lack it.
    pub optional: bool,
}

/// A metric.
pub struct Metric {
    /// How it is computed.
    pub expression: Expr,
    /// Sources it reads.
    pub reads: Vec<usize>,
    /// Downtime operators in it, in the order of the text.
    pub downtimes: Vec<Expr>,
    /// True if it gives some rows a start and an end, which may be missing.
    pub spans_made: bool,
    /// True if clocks run in it.
    pub clocks: bool,
}

impl<'p> Program<'p> {
    /// Makes a plan ready.
    pub fn new(plan: &'p Plan) -> Outcome<Program<'p>> {
        validate::validate(plan)?;
        let zones = plan.zones.iter().map(Zone::new).collect::<Outcome<Vec<_>>>()?;
        let mut program = Program {
            plan,
            names: Names::default(),
            zones,
            calendars: Vec::new(),
            sources: Vec::new(),
            tables: Vec::new(),
            metrics: Vec::new(),
            agreements: Vec::new(),
            fact_defaults: Vec::new(),
            nodes: AtomicU32::new(0),
        };
        for calendar in &plan.calendars {
            let zone = program.zone(&calendar.zone)?;
            program.calendars.push(Calendar::new(calendar, zone)?);
        }
        program.sources = plan.sources.iter().map(source).collect::<Outcome<_>>()?;
        for table in &plan.tables {
            let rows = table.rows.iter().map(|row| {
                let keys =
                    row.keys.iter().map(|key| program.value(key)).collect::<Outcome<Vec<_>>>()?;
                Ok((keys, program.value(&row.value)?))
            });
            let rows = rows.collect::<Outcome<FxHashMap<_, _>>>()?;
            program.tables.push(rows);
        }
        let defaults = plan
            .facts
            .iter()
            .map(|fact| fact.default.as_ref().map(|value| program.value(value)).transpose());
        program.fact_defaults = defaults.collect::<Outcome<_>>()?;
        let metrics =
            plan.metrics.iter().map(|metric| program.metric(metric)).collect::<Outcome<_>>()?;
        program.metrics = metrics;
        let agreements = plan
            .agreements
            .iter()
            .map(|agreement| program.agreement(agreement))
            .collect::<Outcome<_>>()?;
        program.agreements = agreements;
        Ok(program)
    }

    /// The number of a zone.
    pub fn zone(&self, name: &str) -> Outcome<usize> {
        self.zones.iter().position(|zone| zone.name == name).ok_or_else(|| missing("zone", name))
    }

    /// The zone of a number.
    pub fn zone_at(&self, index: usize) -> Outcome<&Zone> {
        self.zones.get(index).ok_or_else(|| Fault::new("the plan lacks a zone"))
    }

    /// The number of a source.
    pub fn source(&self, name: &str) -> Outcome<usize> {
        self.sources
            .iter()
            .position(|source| source.name == name)
            .ok_or_else(|| missing("source", name))
    }

    /// The number of a calendar.
    pub fn calendar(&self, id: &str) -> Outcome<usize> {
        self.plan
            .calendars
            .iter()
            .position(|calendar| calendar.id == id)
            .ok_or_else(|| missing("calendar", id))
    }

    /// The number of a fact.
    pub fn fact(&self, name: &str) -> Outcome<usize> {
        self.plan
            .facts
            .iter()
            .position(|fact| fact.name == name)
            .ok_or_else(|| missing("fact", name))
    }

    /// The number of a name.
    pub fn symbol(&self, name: &str) -> Symbol {
        self.names.intern(name)
    }

    /// The windows that the plan describes.
    pub fn windows(&self, window: &plan::Window) -> Outcome<super::windows::Windows> {
        super::windows::Windows::new(
            window,
            &self.zones,
            |name| self.zone(name),
            |name| self.source(name),
        )
    }

    /// A constant.
    pub fn value(&self, value: &plan::Value) -> Outcome<Value> {
        Ok(match value {
            plan::Value::Number { value, .. } => Value::number(value.0.clone()),
            plan::Value::Duration { nanoseconds, .. } => Value::length(*nanoseconds),
            plan::Value::Money { amount, currency } => {
                Value::Quantity(amount.0.clone(), Some(self.symbol(currency)))
            }
            plan::Value::Data { bits, .. } => Value::number(bits.0.clone()),
            plan::Value::Count { amount, .. } => Value::number(amount.0.clone()),
            plan::Value::Rate { amount, per } => {
                let divided =
                    self.value(amount)?.divide(&Value::number(Exact::integer(per.nanoseconds)));
                divided
                    .ok()
                    .flatten()
                    .ok_or_else(|| Fault::new("the plan has a rate over no time"))?
            }
            plan::Value::Text { value } | plan::Value::Choice { value, .. } => {
                Value::Name(self.symbol(value))
            }
            plan::Value::Service { value } | plan::Value::Party { value } => {
                Value::Name(self.symbol(value))
            }
            plan::Value::Boolean { value } => Value::Boolean(*value),
            plan::Value::Time { value } => Value::Time(instant(&value.instant)?),
            plan::Value::Date { value } => Value::Date(date(value)?),
            plan::Value::Severity { value } => {
                let rank = self.plan.severities.iter().position(|severity| severity.name == *value);
                Value::Severity(
                    rank.and_then(|rank| u32::try_from(rank).ok())
                        .ok_or_else(|| missing("severity", value))?,
                )
            }
        })
    }
}

/// A fault of the plan itself.
pub fn missing(kind: &str, name: &str) -> Fault {
    Fault::new(format!("the plan refers to the {kind} `{name}` and does not contain it"))
}

fn source(written: &plan::Source) -> Outcome<SourceDef> {
    let field = |name: &Option<String>| match name {
        None => Ok(None),
        Some(name) => {
            let at = written.fields.iter().position(|field| field.name == *name);
            at.map(Some).ok_or_else(|| missing("field", name).within(&written.at))
        }
    };
    Ok(SourceDef {
        name: written.name.clone(),
        kind: written.rows.clone(),
        customer: field(&written.owner.customer)?,
        service: field(&written.owner.service)?,
        fields: written
            .fields
            .iter()
            .map(|field| FieldDef {
                name: field.name.clone(),
                of: field.of.clone(),
                optional: field.optional,
            })
            .collect(),
    })
}
