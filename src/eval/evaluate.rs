//! The evaluation of a plan: agreements one by one, each for each of its customers.

use std::collections::BTreeSet;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::context::Context;
use super::facts::{Facts, Told};
use super::interpreter::{DataScope, Evaluator, Shared};
use super::money::{Book, Payments};
use super::names::Symbol;
use super::objectives::{OfGroup, Planned};
use super::program::{Agreement, Expr, Program};
use super::setting::Setting;
use super::streaming::{Reason, RowFilter, Streams};
use super::table::Store;
use super::timeline::Timeline;
use super::value::Value;
use super::vectorized::Selection;
use super::view::Mode;
use crate::base::parallel;
use crate::data::fault::{Awaiting, Fault, Outcome};
use crate::lang::words::ENDED;
use crate::plan::{Customer, Evaluated};
use crate::time::{DAY, EARLIEST, Instant, Interval, LATEST, TimeSet};

/// How far beyond the data calendars are looked at: longer than a year.
const AHEAD: i64 = 400 * DAY;

/// What the caller says beside rows.
#[derive(Clone, Debug, Default)]
pub struct EvalOptions {
    /// The time of evaluation; `None`: the latest time up to which some source is complete.
    pub as_of: Option<Instant>,
    /// Data begin here: windows that end before are not looked at.
    pub data_from: Option<Instant>,
    /// Windows that begin after this are not looked at; `None`: after the time of evaluation.
    pub until: Option<Instant>,
    /// Facts.
    pub facts: Vec<Told>,
    /// Customers of agreements that are with any.
    pub customers: Vec<Symbol>,
    /// Asks every row for itself.
    pub row_by_row: bool,
}

/// What came out of one agreement, for one customer.
pub struct AgreementResult {
    /// Number of the agreement in the plan.
    pub agreement: usize,
    /// The customer; `None` for an agreement without a customer.
    pub customer: Option<Symbol>,
    /// What its objectives measured, by number and group.
    pub objectives: Vec<Vec<OfGroup>>,
    /// What becomes due.
    pub payments: Payments,
}

/// One evaluation.
pub struct Evaluation<'e> {
    /// What all objectives share: program, rows and caches.
    pub shared: Shared<'e>,
    said: &'e EvalOptions,
    /// Where terms and data begin: that of an agreement without a term.
    first: Instant,
}

impl<'e> Evaluation<'e> {
    /// An evaluation of rows.
    pub fn new(
        program: &'e Program<'e>,
        store: &'e Store,
        streams: &'e Streams,
        said: &'e EvalOptions,
    ) -> Outcome<Self> {
        let complete = store.tables.iter().filter_map(|table| table.complete_to).max();
        let bounds = store.bounds();
        let as_of = said.as_of.or(complete).or(bounds.map(|bounds| bounds.end));
        let as_of = as_of
            .ok_or_else(|| Fault::new("no evaluation time is known, because there is no data"))?;
        let starts = program.agreements.iter().filter_map(|it| it.term.map(|term| term.from));
        let first = starts
            .chain(said.data_from)
            .chain(bounds.map(|bounds| bounds.start))
            .min()
            .unwrap_or(as_of);
        let last =
            bounds.map_or(as_of, |bounds| bounds.end).max(as_of).max(said.until.unwrap_or(as_of));
        // A window that has begun may have all its hours still before it.
        let known = program.zones.iter().map(|zone| zone.known().end).min().unwrap_or(LATEST);
        let last = last.saturating_add(AHEAD).min(known).max(last);
        let first = first.clamp(EARLIEST, LATEST);
        let (mut start, mut end) = (first, last.clamp(EARLIEST, LATEST));
        if let Some(times) = store.field_times() {
            start = start.min(times.start);
            end = end.max(times.end.min(known));
        }
        let horizon = Interval { start, end };
        let mut shared = Shared::new(Context::new(program, store, as_of, horizon), streams);
        shared.row_by_row = said.row_by_row;
        Ok(Evaluation { shared, said, first })
    }

    /// Everything about some agreements, one after the other.
    pub fn agreements(&self, numbers: &[usize]) -> Outcome<Vec<AgreementResult>> {
        let done = parallel::each(numbers, |number| self.agreement(*number));
        Awaiting::all(done).map(|results| results.into_iter().flatten().collect())
    }

    /// Asks for all that some agreements need of streamed rows.
    pub fn plan(&self, numbers: &[usize]) -> Outcome<Planned> {
        let mut all = Planned::default();
        for planned in parallel::each(numbers, |number| self.plan_agreement(*number)) {
            let Planned { open, looks } = planned?;
            all.open.extend(open);
            all.looks.extend(looks);
        }
        Ok(all)
    }

    fn plan_agreement(&self, number: usize) -> Outcome<Planned> {
        let mut all = Planned::default();
        let Some(agreement) = self.shared.program.agreements.get(number) else { return Ok(all) };
        let facts = Facts::new(self.shared.program, Some(agreement), &self.said.facts);
        let customers = match self.customers(agreement) {
            Ok(customers) => customers,
            Err(fault) if fault.is_awaited() => {
                all.open.insert(Reason::Groups);
                return Ok(all);
            }
            Err(fault) if fault.needs.is_some() => return Err(fault),
            // The evaluation reports it.
            Err(_) => return Ok(all),
        };
        for customer in customers {
            let Ok(setting) = self.setting(agreement, customer, &facts) else { continue };
            let Planned { open, looks } = setting.plan_objectives()?;
            all.open.extend(open);
            all.looks.extend(looks);
        }
        Ok(all)
    }

    /// What decides which requests there are, next to the plan: the time of evaluation, and where
    /// time begins and ends.
    pub fn time(&self) -> (Instant, Interval, Instant) {
        (self.shared.as_of, self.shared.horizon, self.first)
    }

    /// Everything about one agreement.
    pub fn agreement(&self, number: usize) -> Outcome<Vec<AgreementResult>> {
        let program = self.shared.program;
        let agreement = program
            .agreements
            .get(number)
            .ok_or_else(|| Fault::new("there is no such agreement"))?;
        let customers = self.customers(agreement)?.into_iter();
        Awaiting::all(customers.map(|customer| self.one(number, agreement, customer)))
    }

    /// The customers that an agreement is evaluated for; `None`: no particular customer.
    fn customers(&self, agreement: &Agreement<'_>) -> Outcome<Vec<Option<Symbol>>> {
        Ok(match &agreement.plan.customer {
            _ if agreement.plan.evaluated == Evaluated::Nowhere => Vec::new(),
            Customer::Party { .. } => vec![agreement.customer],
            Customer::Nobody {} => vec![None],
            Customer::Any {} => self.any_customers(agreement)?.into_iter().map(Some).collect(),
        })
    }

    /// The customers of an agreement with any: those who were told, else those whom rows of its
    /// term name, of the sources it speaks of.
    fn any_customers(&self, agreement: &Agreement<'_>) -> Outcome<Vec<Symbol>> {
        if !self.said.customers.is_empty() {
            return Ok(self.said.customers.clone());
        }
        let facts = Facts::new(self.shared.program, Some(agreement), &self.said.facts);
        let term = self.term(agreement, &facts)?;
        let known = Interval { start: term.start, end: term.end.min(self.shared.as_of) };
        let (mut found, mut awaiting) = (FxHashSet::default(), Awaiting::default());
        let reads: BTreeSet<usize> =
            agreement.versions.iter().flat_map(|version| version.reads.iter().copied()).collect();
        for source in reads {
            let column = self.shared.program.sources.get(source).and_then(|source| source.customer);
            let Some(column) = column else { continue };
            let name =
                |value: &Value| if let Value::Name(name) = value { Some(*name) } else { None };
            if let Some(stream) = self.shared.streams.of(source) {
                let (all, times) = (RowFilter::default(), Arc::new(TimeSet::from(known)));
                let id = stream.request_counts(&all, &[column], &times);
                let id = id.ok_or_else(|| Fault::not_loaded(source))?;
                let counts = stream.counts(id, (&all, &[column]), (known, Reason::Groups));
                let counts = awaiting.note(counts)?.unwrap_or_default();
                let names = counts.iter().filter_map(|(values, _)| values.first().and_then(name));
                found.extend(names);
                continue;
            }
            let table = self.shared.store.table(source)?;
            let Some(index) = table.by_value(column) else { continue };
            let rows = table.starting(known);
            let occurs = |value: &&Value| Selection::all().of_value(index, value).any(rows.clone());
            found.extend(index.values().filter(occurs).filter_map(name));
        }
        awaiting.end()?;
        let mut found: Vec<Symbol> = found.into_iter().collect();
        found.sort_by_cached_key(|name| self.shared.program.names.text(*name));
        Ok(found)
    }

    /// The term of an agreement, as far as facts say it goes.
    fn term(&self, agreement: &Agreement<'_>, facts: &Facts) -> Outcome<Interval> {
        let Some(term) = agreement.term else {
            return Ok(Interval { start: self.first, end: LATEST });
        };
        let zone = self.shared.program.zone_at(agreement.zone)?;
        let ended = match facts.last(ENDED) {
            Some(Value::Time(at)) => Some(*at),
            Some(Value::Date(date)) => Some(zone.midnight(*date)),
            Some(_) | None => None,
        };
        let end = match (term.to, term.renews, ended) {
            (Some(to), None, _) => to,
            (None, _, None) | (Some(_), Some(_), None) => LATEST,
            (None, _, Some(ended)) => ended,
            (Some(_), Some(_), Some(ended)) => term.run_end(zone, ended)?.unwrap_or(LATEST),
        };
        Ok(Interval { start: term.from, end: end.max(term.from) })
    }

    fn setting<'s>(
        &'s self,
        agreement: &'s Agreement<'s>,
        customer: Option<Symbol>,
        facts: &'s Facts,
    ) -> Outcome<Setting<'s>> {
        let term = self.term(agreement, facts)?;
        let until = self.said.until.unwrap_or(self.shared.as_of).max(self.shared.as_of);
        let from = self.said.data_from.unwrap_or(EARLIEST);
        let reach = Interval { start: from, end: until.max(from) };
        Ok(Setting { shared: &self.shared, agreement, customer, facts, term, reach })
    }

    fn one(
        &self,
        number: usize,
        agreement: &Agreement<'_>,
        customer: Option<Symbol>,
    ) -> Outcome<AgreementResult> {
        let facts = Facts::new(self.shared.program, Some(agreement), &self.said.facts);
        let setting = self.setting(agreement, customer, &facts)?;
        let objectives = setting.objectives()?;
        let line = Timeline::plain(setting.term, setting.term.into());
        let book = Book::new(&setting, &objectives, &line);
        let payments = book.payments()?;
        Ok(AgreementResult { agreement: number, customer, objectives, payments })
    }

    /// The value of an expression by itself over some time, as if it were measured without hours
    /// and exclusions. Its zone is the first of the plan.
    pub fn value(&self, expression: &Expr, over: Interval) -> Outcome<Option<Value>> {
        let facts = Facts::new(self.shared.program, None, &self.said.facts);
        let line = Timeline::plain(over, over.into());
        let evaluator = Evaluator::new(
            &self.shared,
            &facts,
            DataScope {
                customer: None,
                service: None,
                ignores: &[],
                reads: None,
                unknown: &[],
                term: over,
                zone: 0,
            },
            &line,
            Mode::Now,
        );
        let env = evaluator.env(over, &[], None);
        evaluator.eval(expression, &env)
    }
}
