//! What a test gives: the plan, the extent of the data, facts, rows.

use std::collections::BTreeMap;

use ecow::EcoString;
use rustc_hash::FxHashMap;

use super::Context;
use crate::base::Exact;
use crate::data::columns::{Batch, Cells, Column, Origin, Schema, State};
use crate::data::fault::{Fault, Outcome};
use crate::diag::{Code, Finding};
use crate::eval::display;
use crate::eval::value::Value;
use crate::names::DeclId;
use crate::plan::{self, Expression, Plan, RowKind, Type};
use crate::syntax::ast::When;
use crate::time::{Date, Instant, Interval, Length, Zone};
use crate::types::constant;
use crate::types::model::{Subject, TestRow};
use crate::types::tree::Typed;

/// A test made ready: a plan, and the expressions of the test that refer to it.
pub(super) struct Ready {
    pub plan: Plan,
    /// Extent of the data.
    pub extent: Interval,
    pub facts: Vec<(String, Expression, Option<Instant>)>,
    /// Rows by source.
    pub sources: Vec<Given>,
    /// For each expectation about a metric its expression.
    pub metrics: Vec<Option<Expression>>,
    /// For each expectation the keys of its group.
    pub keys: Vec<Vec<Expression>>,
}

/// Rows of one source.
#[derive(Default)]
pub(super) struct Given {
    pub source: String,
    pub rows: Vec<GivenRow>,
    /// For each line of rows the values of its fields.
    pub lines: Vec<Vec<GivenValue>>,
}

/// What a line of rows says of one field.
pub(super) struct GivenValue {
    pub field: EcoString,
    pub value: Expression,
    pub at: plan::Place,
}

/// One row: where it stands, when, and which of the lines of the source says its values.
#[derive(Clone, Copy)]
pub(super) struct GivenRow {
    pub line: u64,
    pub start: Instant,
    pub end: Option<Instant>,
    pub values: usize,
    /// True for one of many that a line makes.
    generated: bool,
}

/// The interval that a date, month, quarter or year is.
pub(super) fn interval(when: When, zone: Zone) -> Interval {
    let months = |year: i32, month: u8, count: i64| {
        let first = Date::new(year, month, 1).unwrap_or(Date::FIRST);
        Interval { start: zone.midnight(first), end: zone.midnight(first.add_months(count)) }
    };
    match when {
        When::Date(date, _) => {
            Interval { start: zone.midnight(date), end: zone.midnight(date.add_days(1)) }
        }
        When::Time(time, _) => {
            let at = zone.instant_of(time);
            Interval { start: at, end: at }
        }
        When::Month(year, month, _) => months(year, month, 1),
        When::Quarter(year, quarter, _) => {
            months(year, quarter.saturating_sub(1).saturating_mul(3) + 1, 3)
        }
        When::Year(year, _) => months(year, 1, 12),
    }
}

impl Context<'_, '_, '_> {
    pub(super) fn prepare(&self) -> Result<Ready, Vec<Finding>> {
        let zone = self.zone();
        let test = self.test;
        // All expressions of the test go into the plan together, in this order.
        let mut extra: Vec<(&Typed, Zone)> = Vec::new();
        extra.extend(test.facts.iter().map(|fact| (&fact.value, zone)));
        for (_, rows) in &test.rows {
            extra.extend(rows.iter().flat_map(|row| &row.values).map(|(_, value)| (value, zone)));
        }
        for expect in &test.expects {
            match &expect.subject {
                Subject::Metric(metric) => extra.push((metric, zone)),
                Subject::Objective(_, keys) => extra.extend(keys.iter().map(|key| (key, zone))),
                Subject::Whole | Subject::Unknown => {}
            }
        }
        if test.expects.is_empty() {
            let finding = Finding::new(
                Code::FailedTest,
                test.item.lead,
                "this test expects nothing, so it can never fail",
            );
            return Err(vec![finding.help("add what should come out: `expect Uptime met`")]);
        }
        let root = test.item.lead.file;
        let (plan, expressions) =
            crate::lower::build_with(self.model, self.sources, self.files, root, &extra)?;
        let mut expressions = expressions.into_iter();
        let mut facts = Vec::new();
        for (fact, expression) in test.facts.iter().zip(expressions.by_ref()) {
            let from = fact.from.map(|from| zone.midnight(from));
            facts.push((self.model.project.name(fact.fact).to_string(), expression, from));
        }
        let extent = self.extent(zone);
        let mut by_source: BTreeMap<DeclId, Given> = BTreeMap::new();
        let (mut trouble, mut made) = (Vec::new(), 0_i64);
        for (source, rows) in &test.rows {
            let into = by_source.entry(*source).or_default();
            for row in rows {
                let said = row.values.iter().zip(expressions.by_ref());
                let values = said.map(|((field, typed), value)| {
                    let at = plan::Place(self.sources.place(typed.span));
                    GivenValue { field: field.clone(), value, at }
                });
                let values = values.collect();
                let before = into.rows.len();
                match self.generate(row, values, zone, (into, &mut made)) {
                    Err(finding) => trouble.push(*finding),
                    Ok(()) => {
                        trouble.extend(in_vain(row, into.rows.get(before..).unwrap_or_default()))
                    }
                }
            }
        }
        let mut starts =
            by_source.values().flat_map(|given| &given.rows).map(|row| row.start).peekable();
        if trouble.is_empty() && starts.peek().is_some() && starts.all(|start| start >= extent.end)
        {
            let message =
                "all rows of this test start after the time that `given` says the data covers";
            let finding = Finding::new(Code::FailedTest, test.item.lead, message);
            trouble.push(
                finding.help("extend the time after `in` of `given`, or move the rows into it"),
            );
        }
        if !trouble.is_empty() {
            return Err(trouble);
        }
        let (mut metrics, mut keys) = (Vec::new(), Vec::new());
        for expect in &test.expects {
            let (metric, key) = match &expect.subject {
                Subject::Metric(_) => (expressions.next(), Vec::new()),
                Subject::Objective(_, keys) => {
                    (None, expressions.by_ref().take(keys.len()).collect())
                }
                Subject::Whole | Subject::Unknown => (None, Vec::new()),
            };
            metrics.push(metric);
            keys.push(key);
        }
        let sources = by_source
            .into_iter()
            .map(|(id, given)| Given { source: self.name_in(&plan, id), ..given })
            .collect();
        Ok(Ready { extent, plan, facts, sources, metrics, keys })
    }

    /// What the plan calls a source: one of the library may be called after its file.
    fn name_in(&self, plan: &Plan, id: DeclId) -> String {
        let name = self.model.project.name(id).to_string();
        let known = |wanted: &str| plan.sources.iter().any(|source| source.name == wanted);
        if known(&name) {
            return name;
        }
        let long = plan
            .sources
            .iter()
            .map(|source| source.name.clone())
            .find(|known| known.ends_with(&format!(".{name}")));
        long.unwrap_or(name)
    }

    /// From the first to the last instant of the data.
    fn extent(&self, zone: Zone) -> Interval {
        let mut all: Option<Interval> = None;
        for given in &self.test.syntax.given {
            for when in [given.from, given.to].into_iter().flatten() {
                let one = interval(when, zone);
                all = Some(all.map_or(one, |all| Interval {
                    start: all.start.min(one.start),
                    end: all.end.max(one.end),
                }));
            }
        }
        all.unwrap_or(Interval { start: 0, end: 0 })
    }

    /// The rows of a line; `made` counts those that all lines of the test generate.
    fn generate(
        &self,
        row: &TestRow<'_>,
        values: Vec<GivenValue>,
        zone: Zone,
        (into, made): (&mut Given, &mut i64),
    ) -> Result<(), Box<Finding>> {
        let number = into.lines.len();
        into.lines.push(values);
        let line = self.sources.line_column(row.syntax.span).line as u64;
        let start = interval(row.syntax.from, zone).start;
        let to = row.syntax.to.map(|to| interval(to, zone).start);
        let length = row.length.as_ref().and_then(constant::value).map(|length| ceiling(&length));
        let Some(every) = row.every.as_ref().and_then(constant::value).map(|every| ceiling(&every))
        else {
            let end = to.or(length.map(|length| start.saturating_add(length)));
            into.rows.push(GivenRow { line, start, end, values: number, generated: false });
            return Ok(());
        };
        let Some(until) = to else {
            let message = "`every` needs an end, so this line makes no row";
            let finding = Finding::new(Code::FailedTest, row.syntax.span, message);
            return Err(Box::new(
                finding.help("write `from 2026-03-02 to 2026-03-03 every 1 min`"),
            ));
        };
        let count = if every > 0 { until.saturating_sub(start).max(0) / every } else { i64::MAX };
        *made = made.saturating_add(count);
        if *made > self.most_rows {
            let message =
                format!("up to this line the test makes more than {} rows", self.most_rows);
            return Err(Box::new(Finding::new(Code::FailedTest, row.syntax.span, message)));
        }
        let mut at = start;
        while at < until {
            let end = length.map(|length| at.saturating_add(length));
            into.rows.push(GivenRow { line, start: at, end, values: number, generated: true });
            at = at.saturating_add(every);
        }
        Ok(())
    }
}

/// What is wrong with a line of rows that makes none, or one that ends before it starts.
fn in_vain(row: &TestRow<'_>, rows: &[GivenRow]) -> Option<Finding> {
    let is_backward =
        rows.is_empty() || rows.iter().any(|row| row.end.is_some_and(|end| end < row.start));
    let message = "this range does not end after it starts";
    is_backward.then(|| {
        Finding::new(Code::FailedTest, row.syntax.span, message).help("swap its two times")
    })
}

impl Given {
    /// A fault in what a row says of a field.
    fn fault(&self, row: &GivenRow, field: &str, message: String) -> Fault {
        let line = self.lines.get(row.values).map(Vec::as_slice).unwrap_or_default();
        match line.iter().find(|said| said.field == field) {
            Some(said) => Fault::at(&said.at, message),
            None => Fault::new(message),
        }
    }

    /// An event takes the place of one at the same instant that an earlier line has generated, if
    /// both agree in all fields that tell rows apart: otherwise they are rows of two kinds.
    fn rows_that_count(
        &self,
        kind: &RowKind,
        apart: &[&str],
        value: &impl Fn(&str, &GivenRow) -> Outcome<Option<Option<Value>>>,
    ) -> Outcome<Vec<GivenRow>> {
        if !matches!(kind, RowKind::Events {}) {
            return Ok(self.rows.clone());
        }
        let mut lines: FxHashMap<Instant, (usize, usize)> = FxHashMap::default();
        for row in &self.rows {
            let (first, last) = lines.entry(row.start).or_insert((row.values, row.values));
            (*first, *last) = (row.values.min(*first), row.values.max(*last));
        }
        let is_shared =
            |row: &GivenRow| lines.get(&row.start).is_some_and(|(first, last)| first < last);
        let key = |row: &GivenRow| {
            Ok((row.start, apart.iter().map(|name| value(name, row)).collect::<Outcome<Vec<_>>>()?))
        };
        let mut last: FxHashMap<RowKey, usize> = FxHashMap::default();
        for row in self.rows.iter().filter(|row| is_shared(row)) {
            last.entry(key(row)?)
                .and_modify(|line| *line = row.values.max(*line))
                .or_insert(row.values);
        }
        let mut counted = Vec::with_capacity(self.rows.len());
        for row in &self.rows {
            let is_replaced = row.generated
                && is_shared(row)
                && last.get(&key(row)?).is_some_and(|line| row.values < *line);
            if !is_replaced {
                counted.push(*row);
            }
        }
        Ok(counted)
    }
}

/// An instant, and what a row has in each field that distinguishes rows.
type RowKey = (Instant, Vec<Option<Option<Value>>>);

/// Fields of a source that tell rows apart: names and texts, and whatever an objective makes groups
/// by.
pub(super) fn fields_apart<'p>(plan: &'p Plan, source: &'p plan::Source) -> Vec<&'p str> {
    let versions = plan.agreements.iter().flat_map(|agreement| &agreement.versions);
    let keys = versions
        .flat_map(|version| &version.terms.objectives)
        .filter_map(|it| it.groups.as_ref())
        .flat_map(|groups| &groups.keys);
    let grouped: Vec<&str> = keys
        .filter(|key| key.sources.contains(&source.name))
        .map(|key| key.field.as_str())
        .collect();
    let is_name = |of: &Type| {
        matches!(
            of,
            Type::Text {}
                | Type::Choice { .. }
                | Type::Severity {}
                | Type::Service {}
                | Type::Party {}
        )
    };
    let apart = source
        .fields
        .iter()
        .filter(|field| is_name(&field.of) || grouped.contains(&field.name.as_str()));
    apart.map(|field| field.name.as_str()).collect()
}

fn ceiling(length: &Exact) -> Length {
    length.ceil().to_i64().unwrap_or(Length::MAX)
}

/// The rows of a source as one batch; what a line leaves out is unsaid, unless it may be missing.
pub(super) fn batch(
    file: &str,
    given: &Given,
    source: &plan::Source,
    apart: &[&str],
    value: impl Fn(&str, &GivenRow) -> Outcome<Option<Option<Value>>>,
    text: impl Fn(&Value) -> EcoString,
) -> Outcome<Batch> {
    let schema = Schema::of(source);
    let rows = given.rows_that_count(&source.rows, apart, &value)?;
    let origin = Origin {
        name: file.into(),
        rows: Some(rows.iter().map(|row| row.line).collect()),
        first: 0,
    };
    let mut columns = Vec::new();
    let own = match source.rows {
        RowKind::Events {} => 1,
        RowKind::Spans {} | RowKind::Series { .. } => 2,
    };
    for (index, column) in schema.columns.iter().enumerate() {
        if index < own {
            let instants =
                rows.iter().map(|row| if index == 0 { Some(row.start) } else { row.end });
            columns.push(optional(instants, Cells::Instants, 0));
            continue;
        }
        let mut cells: Vec<Result<Value, State>> = Vec::new();
        for row in &rows {
            let cell = match value(&column.name, row)? {
                Some(value) => {
                    if let (Some(within), Some(Value::Quantity(exact, _))) =
                        (&column.within, &value)
                        && !within.holds(exact)
                    {
                        let message = format!(
                            "`{}`: {}",
                            column.name,
                            display::outside(None, exact, &column.of, within)
                        );
                        return Err(given.fault(row, &column.name, message));
                    }
                    value.ok_or(State::Absent)
                }
                None if column.optional => Err(State::Absent),
                None => Err(State::Unsaid),
            };
            cells.push(cell);
        }
        columns.push(filled(&column.of, cells, &text)?);
    }
    Ok(Batch { length: rows.len(), columns, origin })
}

fn optional<T: Copy>(
    cells: impl Iterator<Item = Option<T>>,
    make: impl Fn(Vec<T>) -> Cells,
    nothing: T,
) -> Column {
    let (mut values, mut states) = (Vec::new(), Vec::new());
    for cell in cells {
        values.push(cell.unwrap_or(nothing));
        states.push(if cell.is_some() { State::Here } else { State::Absent });
    }
    Column { cells: make(values), states: Some(states) }
}

fn filled(
    of: &Type,
    cells: Vec<Result<Value, State>>,
    text: &impl Fn(&Value) -> EcoString,
) -> Outcome<Column> {
    let states = Some(
        cells.iter().map(|cell| cell.as_ref().err().copied().unwrap_or(State::Here)).collect(),
    );
    let strange = || Fault::new("a row holds a value that does not fit its field");
    let mut names: Vec<EcoString> = Vec::new();
    let mut code = |name: EcoString| {
        let known = names.iter().position(|known| *known == name);
        let index = known.unwrap_or_else(|| {
            names.push(name);
            names.len() - 1
        });
        u32::try_from(index).unwrap_or(u32::MAX)
    };
    let cells = match of {
        Type::Time {} => {
            let read = |cell: Result<Value, State>| match cell {
                Ok(Value::Time(at)) => Ok(at),
                Ok(_) => Err(strange()),
                Err(_) => Ok(0),
            };
            Cells::Instants(cells.into_iter().map(read).collect::<Outcome<_>>()?)
        }
        Type::Boolean {} => Cells::Booleans(
            cells.into_iter().map(|cell| cell == Ok(Value::Boolean(true))).collect(),
        ),
        Type::Date {} => {
            let read = |cell: Result<Value, State>| match cell {
                Ok(Value::Date(date)) => Ok(date),
                Ok(_) => Err(strange()),
                Err(_) => Ok(Date::FIRST),
            };
            Cells::Dates(cells.into_iter().map(read).collect::<Outcome<_>>()?)
        }
        Type::Text {}
        | Type::Choice { .. }
        | Type::Severity {}
        | Type::Service {}
        | Type::Party {} => {
            let codes =
                cells.into_iter().map(|cell| cell.map_or(0, |value| code(text(&value)))).collect();
            if names.is_empty() {
                names.push(EcoString::default());
            }
            Cells::Names { codes, dictionary: names.into() }
        }
        Type::Money { currency: None } => {
            let (mut amounts, mut currencies) = (Vec::new(), Vec::new());
            for cell in cells {
                let (amount, name) = match cell {
                    Ok(Value::Quantity(amount, Some(currency))) => {
                        (amount, text(&Value::Name(currency)))
                    }
                    Ok(_) => return Err(strange()),
                    Err(_) => (Exact::ZERO, EcoString::default()),
                };
                amounts.push(amount);
                currencies.push(code(name));
            }
            Cells::Money { amounts, currencies, dictionary: names.into() }
        }
        Type::Number { .. }
        | Type::Duration {}
        | Type::Money { .. }
        | Type::Data {}
        | Type::Count { .. }
        | Type::Compound { .. } => {
            let read = |cell: Result<Value, State>| match cell {
                Ok(Value::Quantity(amount, _)) => Ok(amount),
                Ok(_) => Err(strange()),
                Err(_) => Ok(Exact::ZERO),
            };
            Cells::Exacts(cells.into_iter().map(read).collect::<Outcome<_>>()?)
        }
    };
    Ok(Column { cells, states })
}
