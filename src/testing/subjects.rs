//! What expectations speak of: cells of objectives, lines of credits, in the evaluated agreements.

use super::Context;
use super::given::{Ready, batch, fields_apart, interval};
use crate::data::fault::{Fault, Outcome};
use crate::diag::{Code, Finding};
use crate::eval::context;
use crate::eval::evaluate::{AgreementResult, EvalOptions, Evaluation};
use crate::eval::facts::{Facts, Told};
use crate::eval::groups::Group;
use crate::eval::interpreter::{DataScope, Evaluator, Shared};
use crate::eval::objectives::{Measured, OfGroup, Verdict};
use crate::eval::program::{Expr, GroupCut, Program};
use crate::eval::streaming::Streams;
use crate::eval::table::Store;
use crate::eval::timeline::Timeline;
use crate::eval::value::Value;
use crate::eval::view::{GroupValue, Mode};
use crate::syntax::ast::When;
use crate::time::Interval;
use crate::types::model::Subject;

/// What one expectation is compared with.
pub(super) struct Found<'f> {
    /// Windows of the objective it names.
    pub cells: Vec<&'f Measured>,
    /// The value of the metric it names.
    pub metric: Option<Option<Value>>,
    /// Agreements it speaks of.
    pub results: Vec<&'f AgreementResult>,
    /// The objective, by agreement and number; `None`: the agreements as a whole.
    pub objective: Option<(usize, usize)>,
    /// The groups with the values that are named, if any are.
    pub groups: Option<Vec<Group>>,
    /// The stretch of time it is about.
    pub within: Option<Interval>,
}

/// A test evaluated.
pub(super) struct Done<'d, 'e> {
    pub evaluation: &'d Evaluation<'e>,
    pub program: &'d Program<'e>,
    pub results: Vec<AgreementResult>,
}

impl Context<'_, '_, '_> {
    pub(super) fn compare(&self, ready: &Ready) -> Outcome<Vec<Finding>> {
        let program = Program::new(&ready.plan)?;
        let store = self.store(ready, &program)?;
        let mut said = EvalOptions {
            as_of: Some(ready.extent.end),
            data_from: Some(ready.extent.start),
            ..EvalOptions::default()
        };
        for (name, expression, from) in &ready.facts {
            let value = constant(&program, expression)?;
            // A fact that nothing in the plan asks for changes nothing.
            if let (Ok(fact), Some(value)) = (program.fact(name), value) {
                said.facts.push(Told { fact, value, from: *from });
            }
        }
        let customers = self.test.given.iter().filter_map(|(_, customer)| *customer);
        said.customers =
            customers.map(|customer| program.symbol(&self.model.project.name(customer))).collect();
        let streams = Streams::default();
        let evaluation = Evaluation::new(&program, &store, &streams, &said)?;
        let mut results = Vec::new();
        for id in self.test.given.iter().filter_map(|(agreement, _)| *agreement) {
            let name = self.model.project.name(id);
            let number =
                program.agreements.iter().position(|agreement| agreement.plan.id == name.as_str());
            let number =
                number.ok_or_else(|| Fault::new(format!("the plan does not contain `{name}`")))?;
            if !results.iter().any(|result: &AgreementResult| result.agreement == number) {
                results.extend(evaluation.agreement(number)?);
            }
        }
        let done = Done { evaluation: &evaluation, program: &program, results };
        let mut findings = Vec::new();
        for (index, expect) in self.test.expects.iter().enumerate() {
            let found = self.found(&done, ready, index, &expect.subject, expect.syntax.window)?;
            match found {
                Ok(found) => findings.extend(self.checks(&done, expect, &found)?),
                Err(message) => {
                    findings.push(Finding::new(Code::FailedTest, expect.syntax.span, message));
                }
            }
        }
        Ok(findings)
    }

    /// The rows of the test, in the plan's sources.
    fn store(&self, ready: &Ready, program: &Program<'_>) -> Outcome<Store> {
        let mut store = Store::new(program);
        for given in &ready.sources {
            let Some(source) = ready.plan.sources.iter().find(|source| source.name == given.source)
            else {
                continue;
            };
            let lines = given.lines.iter().map(|line| {
                let ready = line
                    .iter()
                    .map(|said| Ok((said.field.as_str(), program.expression(&said.value)?)));
                ready.collect::<Outcome<Vec<_>>>()
            });
            let lines = lines.collect::<Outcome<Vec<_>>>()?;
            let keys = ["start", "end", "at"].map(|name| GroupCut {
                name: program.symbol(name),
                sources: Vec::new(),
                known: None,
            });
            let evaluator = Alone::new(program, ready.extent);
            let value = |name: &str, row: &super::given::GivenRow| {
                let line = lines.get(row.values).map(Vec::as_slice).unwrap_or_default();
                let Some((_, expression)) = line.iter().find(|(known, _)| *known == name) else {
                    return Ok(None);
                };
                let instants = [Some(row.start), row.end, Some(row.start)];
                let known = keys
                    .iter()
                    .zip(instants)
                    .filter_map(|(key, at)| Some(GroupValue { key, value: Value::Time(at?) }));
                let groups: Vec<GroupValue<'_>> = known.collect();
                evaluator.eval(expression, &groups).map(Some)
            };
            let severities = &ready.plan.severities;
            let text = |value: &Value| match value {
                Value::Severity(rank) => severities
                    .get(*rank as usize)
                    .map_or_else(Default::default, |it| it.name.as_str().into()),
                Value::Name(name) => program.names.text(*name),
                Value::Quantity(..)
                | Value::Boolean(_)
                | Value::Time(_)
                | Value::Date(_)
                | Value::Forever => Default::default(),
            };
            let file = self.sources.name(self.test.item.lead.file);
            let rows = batch(file, given, source, &fields_apart(&ready.plan, source), value, text)?;
            store.fill(program, program.source(&given.source)?, &mut vec![rows].into_iter())?;
        }
        for table in &mut store.tables {
            table.complete_to = Some(ready.extent.end);
        }
        Ok(store)
    }

    /// What an expectation speaks of; a message if there is no such thing.
    fn found<'f>(
        &self,
        done: &'f Done<'_, '_>,
        ready: &Ready,
        index: usize,
        subject: &Subject,
        when: Option<When>,
    ) -> Outcome<Result<Found<'f>, String>> {
        let zone = self.zone();
        let within = when.map(|when| interval(when, zone));
        let results: Vec<&AgreementResult> = done.results.iter().collect();
        let mut found = Found {
            cells: Vec::new(),
            metric: None,
            results,
            objective: None,
            groups: None,
            within,
        };
        match subject {
            Subject::Unknown => {
                return Ok(
                    Err("this refers to something that could not be understood".to_string()),
                );
            }
            Subject::Whole => {}
            Subject::Metric(_) => {
                let expression = ready.metrics.get(index).and_then(Option::as_ref);
                let expression =
                    expression.ok_or_else(|| Fault::new("a metric of the test is lost"))?;
                let ready_made = done.program.expression(expression)?;
                found.metric =
                    Some(done.evaluation.value(&ready_made, within.unwrap_or(ready.extent))?);
            }
            Subject::Objective(name, _) => {
                let mut keys = Vec::new();
                for key in ready.keys.get(index).into_iter().flatten() {
                    keys.extend(constant(done.program, key)?);
                }
                let Some((result, number)) = find_objective(done, name) else {
                    return Ok(Err(format!(
                        "`{name}` is not evaluated in the agreements of this test"
                    )));
                };
                found.results = vec![result];
                found.objective = Some((result.agreement, number));
                let groups = result.objectives.get(number).into_iter().flatten();
                let groups: Vec<&OfGroup> =
                    groups.filter(|of| keys.is_empty() || of.group.values == keys).collect();
                found.groups =
                    (!keys.is_empty()).then(|| groups.iter().map(|of| of.group.sorted()).collect());
                let cells: Vec<&Measured> = groups.into_iter().flat_map(|of| &of.windows).collect();
                // Where the objective has no window at all it is not in force.
                let Some(cells) = choose(&cells, within, when, ready.extent) else {
                    return Ok(Err(format!(
                        "`{name}` has several windows there; choose one with `in`"
                    )));
                };
                found.cells = cells;
            }
        }
        Ok(Ok(found))
    }
}

/// The objective of a name in the agreements under test.
fn find_objective<'f>(done: &'f Done<'_, '_>, name: &str) -> Option<(&'f AgreementResult, usize)> {
    done.results.iter().find_map(|result| {
        let agreement = done.program.agreements.get(result.agreement)?;
        let known = |id: &String| {
            let mut all = agreement.versions.iter().flat_map(|version| &version.objectives);
            all.any(|objective| objective.plan.id == *id && objective.plan.name == name)
        };
        let number = agreement.objectives.iter().position(known)?;
        result.objectives.get(number).filter(|groups| !groups.is_empty())?;
        Some((result, number))
    })
}

/// The windows that are meant: those of the time that was said, else the only one in the extent;
/// each of several groups has its own. Empty if the objective has none there; `None` if it has
/// several.
fn choose<'f>(
    cells: &[&'f Measured],
    within: Option<Interval>,
    when: Option<When>,
    extent: Interval,
) -> Option<Vec<&'f Measured>> {
    let meant = |test: &dyn Fn(&Measured) -> bool| -> Vec<&'f Measured> {
        cells.iter().copied().filter(|cell| test(cell)).collect()
    };
    let first = |choices: Vec<Vec<&'f Measured>>| {
        let found = choices.into_iter().find(|kept| !kept.is_empty()).unwrap_or_default();
        let one_window =
            found.iter().all(|cell| found.first().is_some_and(|first| first.window == cell.window));
        one_window.then_some(found)
    };
    let Some((within, when)) = within.zip(when) else {
        let decided =
            |cell: &Measured| !matches!(cell.verdict, Verdict::NotInForce | Verdict::Pending);
        let ends =
            |cell: &Measured| extent.start < cell.window.end && cell.window.end <= extent.end;
        let narrower = [
            meant(&|_| true),
            meant(&|cell| ends(cell)),
            meant(&|cell| ends(cell) && decided(cell)),
        ];
        return narrower.into_iter().find_map(|kept| {
            first(vec![kept]).filter(|kept| !kept.is_empty() || cells.is_empty())
        });
    };
    let exactly = meant(&|cell| cell.window == within);
    let holding = meant(&|cell| cell.window.contains(within.start));
    let inside = meant(&|cell| within.start <= cell.window.start && cell.window.end <= within.end);
    let ending = meant(&|cell| within.start < cell.window.end && cell.window.end <= within.end);
    match when {
        When::Date(..) | When::Time(..) => first(vec![exactly, holding, ending]),
        When::Month(..) | When::Quarter(..) | When::Year(..) => {
            first(vec![exactly, inside, holding, ending])
        }
    }
}

/// A place for expressions that stand by themselves.
struct Alone<'a> {
    shared: Shared<'a>,
    facts: Facts,
    line: Timeline,
    extent: Interval,
}

impl<'a> Alone<'a> {
    fn new(program: &'a Program<'a>, extent: Interval) -> Self {
        static NO_ROWS: std::sync::LazyLock<Store> = std::sync::LazyLock::new(Store::default);
        static NO_STREAMS: std::sync::LazyLock<Streams> =
            std::sync::LazyLock::new(Streams::default);
        let shared =
            Shared::new(context::Context::new(program, &NO_ROWS, extent.end, extent), &NO_STREAMS);
        let facts = Facts::new(program, None, &[]);
        Alone { shared, facts, line: Timeline::plain(extent, extent.into()), extent }
    }

    fn eval(&self, expression: &Expr, groups: &[GroupValue<'_>]) -> Outcome<Option<Value>> {
        if let Expr::Literal(value) = expression {
            return Ok(Some(value.clone()));
        }
        let evaluator = Evaluator::new(
            &self.shared,
            &self.facts,
            DataScope {
                customer: None,
                service: None,
                ignores: &[],
                reads: None,
                unknown: &[],
                term: self.extent,
                zone: 0,
            },
            &self.line,
            Mode::Now,
        );
        evaluator.eval(expression, &evaluator.bare_env(self.extent, groups))
    }
}

/// The value of an expression that needs no rows.
fn constant(program: &Program<'_>, expression: &crate::plan::Expression) -> Outcome<Option<Value>> {
    let ready = program.expression(expression)?;
    Alone::new(program, Interval { start: 0, end: 1 }).eval(&ready, &[])
}
