//! Plans edited into nonsense and strange rows give a clear error or some verdict: never a panic,
//! never without end.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::path::Path;

use ecow::EcoString;
use serde_json::Value;

use sla::internals::data::columns::{Batch, Cells, Column, Origin, Schema, State};
use sla::internals::eval::{Given, evaluate};
use sla::internals::time::{DAY, HOUR, Zone};
use sla::plan::{Plan, RowKind, Type};
use sla::{Date, Disk, Exact, Workspace};

/// The same numbers on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides.max(1) as u64).unwrap()
    }
}

fn plan_of(path: &str) -> Plan {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let (checked, plan) = Workspace::new(&Disk).path(root).plan();
    plan.unwrap_or_else(|| panic!("{path}: {:?}", checked.findings))
}

/// Rows of every source of a plan, some with strange values and holes.
fn rows(plan: &Plan, dice: &mut Dice) -> Vec<(String, Vec<Batch>)> {
    let start = Zone::UTC.midnight(Date::new(2026, 3, 1).unwrap());
    let mut all = Vec::new();
    for source in &plan.sources {
        let length = dice.roll(30);
        let starts: Vec<i64> = (0..length)
            .map(|_| start + i64::try_from(dice.roll(60 * 24)).unwrap() * HOUR)
            .collect();
        let mut columns = Vec::new();
        let schema = Schema::of(source);
        for (index, column) in schema.columns.iter().enumerate() {
            let times = matches!(
                (index, &source.rows),
                (0, _) | (1, RowKind::Spans {} | RowKind::Series { .. })
            );
            let cells = if times {
                Cells::Instants(
                    starts
                        .iter()
                        .map(|at| {
                            at + if index == 0 {
                                0
                            } else {
                                i64::try_from(dice.roll(100)).unwrap() * HOUR
                            }
                        })
                        .collect(),
                )
            } else {
                cells(plan, &column.of, length, &starts, dice)
            };
            let optional = column.optional || (index == 1 && times);
            let states = optional
                .then(|| (0..length).map(|_| [State::Here, State::Absent][dice.roll(2)]).collect());
            columns.push(Column { cells, states });
        }
        let origin = Origin { name: "data.csv".into(), rows: None, first: 2 };
        all.push((source.name.clone(), vec![Batch { length, columns, origin }]));
    }
    all
}

fn cells(plan: &Plan, of: &Type, length: usize, starts: &[i64], dice: &mut Dice) -> Cells {
    let names = |names: Vec<EcoString>, dice: &mut Dice| {
        let codes = (0..length).map(|_| u32::try_from(dice.roll(names.len())).unwrap()).collect();
        Cells::Names { codes, dictionary: names.into() }
    };
    match of {
        Type::Time {} => Cells::Instants(
            starts
                .iter()
                .map(|at| at + i64::try_from(dice.roll(50)).unwrap() * HOUR - 10 * HOUR)
                .collect(),
        ),
        Type::Date {} => Cells::Dates(
            (0..length)
                .map(|_| Date::from_days(20_500 + i64::try_from(dice.roll(60)).unwrap()))
                .collect(),
        ),
        Type::Duration {} => Cells::Lengths(
            (0..length).map(|_| i64::try_from(dice.roll(100)).unwrap() * DAY / 50).collect(),
        ),
        Type::Boolean {} => Cells::Booleans((0..length).map(|_| dice.roll(2) == 0).collect()),
        Type::Choice { of } => {
            let known =
                plan.enums.iter().filter(|known| known.name == *of).flat_map(|known| &known.values);
            names(known.map(|value| value.name.as_str().into()).collect(), dice)
        }
        Type::Severity {} => names(
            plan.severities.iter().map(|severity| severity.name.as_str().into()).collect(),
            dice,
        ),
        Type::Service {} => {
            names(plan.services.iter().map(|service| service.id.as_str().into()).collect(), dice)
        }
        Type::Party {} => {
            names(plan.parties.iter().map(|party| party.id.as_str().into()).collect(), dice)
        }
        Type::Text {} => names(vec!["a".into(), "b".into(), "".into()], dice),
        Type::Money { currency: None } => {
            let amounts = (0..length)
                .map(|_| Exact::integer(i64::try_from(dice.roll(1000)).unwrap()))
                .collect();
            let currencies = (0..length).map(|_| u32::try_from(dice.roll(2)).unwrap()).collect();
            Cells::Money {
                amounts,
                currencies,
                dictionary: vec!["EUR".into(), "USD".into()].into(),
            }
        }
        Type::Number { .. }
        | Type::Money { .. }
        | Type::Data {}
        | Type::Count { .. }
        | Type::Compound { .. } => Cells::Decimals {
            unscaled: (0..length)
                .map(|_| i64::try_from(dice.roll(100_000)).unwrap() - 50)
                .collect(),
            places: 2,
        },
    }
}

fn run(plan: &Plan, dice: &mut Dice) -> Result<(), String> {
    let as_of = Zone::UTC.midnight(Date::new(2026, 5, 1).unwrap());
    let rows = rows(plan, dice);
    let rows = rows
        .into_iter()
        .map(|(name, batches)| {
            (name, Box::new(batches.into_iter()) as Box<dyn sla::internals::data::columns::Source>)
        })
        .collect();
    let given = Given { rows, as_of: Some(as_of), ..Given::default() };
    let found = evaluate(plan, given).map_err(|fault| fault.message)?;
    // What comes out can be written down and read again.
    let text = serde_json::to_string(&found).unwrap();
    assert_eq!(serde_json::from_str::<sla::internals::eval::Verdicts>(&text).unwrap(), found);
    Ok(())
}

/// Every value of a document and every list, by path.
fn paths(value: &Value, at: &mut Vec<String>, into: &mut Vec<Vec<String>>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| {
            at.push(name.clone());
            paths(value, at, into);
            at.pop();
        }),
        Value::Array(items) => {
            if !items.is_empty() {
                into.push(at.clone());
            }
            items.iter().enumerate().for_each(|(index, value)| {
                at.push(index.to_string());
                paths(value, at, into);
                at.pop();
            });
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => into.push(at.clone()),
    }
}

fn pointer(path: &[String]) -> String {
    format!(
        "/{}",
        path.iter()
            .map(|part| part.replace('~', "~0").replace('/', "~1"))
            .collect::<Vec<_>>()
            .join("/")
    )
}

/// Changes the value at a path; a text may become the one that stands at another.
fn change(document: &mut Value, path: &[String], other: &[String], dice: &mut Dice) {
    let other = document.pointer(&pointer(other)).and_then(Value::as_str).unwrap_or("x").to_owned();
    let pointer = pointer(path);
    let Some(value) = document.pointer_mut(&pointer) else { return };
    *value = match &*value {
        Value::Bool(is) => Value::Bool(!is),
        Value::Number(number) => {
            let number = number.as_i64().unwrap_or(0);
            let choices = [
                0,
                1,
                -1,
                number.wrapping_mul(1000),
                number / 1000,
                i64::from(u32::MAX),
                i64::MAX,
                i64::MIN,
                86_401,
            ];
            Value::from(choices[dice.roll(choices.len())])
        }
        Value::String(text) => {
            let choices = [
                "",
                "UTC",
                "0",
                "1/3",
                "-1",
                "99999999999999999999999",
                "2026-03-15T00:00:00Z",
                "2099-12-31",
                &other,
                &other,
                &other,
                text,
            ];
            Value::from(choices[dice.roll(choices.len())])
        }
        Value::Array(items) => {
            let mut items = items.clone();
            let at = dice.roll(items.len());
            match dice.roll(5) {
                0 => items.clear(),
                1 => drop(items.remove(at)),
                2 => items.push(items[at].clone()),
                3 => items.reverse(),
                _ => items.truncate(at),
            }
            Value::Array(items)
        }
        other => other.clone(),
    };
}

fn survives(path: &str, times: usize) {
    let plan = plan_of(path);
    let mut dice = Dice(0x5eed_0000_1234_5678);
    run(&plan, &mut dice).unwrap_or_else(|message| println!("{path}: {message}"));
    let document = serde_json::to_value(&plan).unwrap();
    let mut all = Vec::new();
    paths(&document, &mut Vec::new(), &mut all);
    // Places say nothing, and another tag is no plan.
    let idle = [
        "at",
        "was",
        "doc",
        "title",
        "written",
        "digest",
        "files",
        "generator",
        "parties",
        "texts",
        "local",
    ];
    let tags = [
        "op", "type", "window", "cut", "empty", "test", "groups", "excluded", "limit", "accrual",
        "remedy", "per", "deadline", "anchor", "days",
    ];
    let tags = tags.iter().chain(&[
        "kind", "customer", "base", "unit", "part", "form", "relation", "how", "treat", "better",
        "clock",
    ]);
    let tags: Vec<&str> = tags.copied().collect();
    all.retain(|path| {
        !path.iter().any(|part| idle.contains(&part.as_str()))
            && !path.last().is_some_and(|last| tags.contains(&last.as_str()))
    });
    let mut evaluated = 0;
    for _ in 0..times {
        let mut changed = document.clone();
        for _ in 0..=dice.roll(3) {
            let (path, other) = (&all[dice.roll(all.len())], &all[dice.roll(all.len())]);
            change(&mut changed, path, other, &mut dice);
        }
        // Most nonsense is no plan at all; the rest must be survived.
        let Ok(nonsense) = serde_json::from_value::<Plan>(changed) else { continue };
        evaluated += 1;
        let before = std::time::Instant::now();
        let _ = run(&nonsense, &mut dice);
        assert!(before.elapsed().as_secs() < 120, "one evaluation takes {:?}", before.elapsed());
    }
    assert!(evaluated * 5 > times, "only {evaluated} of {times} were plans");
}

#[test]
fn plans_of_the_examples() {
    for path in [
        "examples/hosting/agreement.sla",
        "examples/desk/desk.sla",
        "examples/isp/agreements.sla",
        "examples/supply/supply.sla",
    ] {
        survives(path, 40);
    }
}

#[test]
fn plans_of_the_corners() {
    for path in ["tests/run/time.sla", "tests/run/money.sla", "tests/run/verdicts.sla"] {
        survives(path, 80);
    }
}

/// What would go unnoticed and give a figure all the same is found before anything is evaluated.
#[test]
fn plans_that_contradict_themselves() {
    let plan = plan_of("examples/hosting/agreement.sla");
    let says = |wanted: &str, change: &dyn Fn(&mut Plan)| {
        let mut changed = plan.clone();
        change(&mut changed);
        assert_ne!(changed, plan, "{wanted}");
        assert_eq!(run(&changed, &mut Dice(1)), Err(wanted.to_owned()));
    };
    says("the plan contains the source `requests` twice", &|plan| {
        let again = plan.sources.iter().find(|it| it.name == "requests").unwrap().clone();
        plan.sources.push(again);
    });
    says("the plan contains the agreement `GlobexShop` twice", &|plan| {
        let again = plan.agreements.iter().find(|it| it.id == "GlobexShop").unwrap().clone();
        plan.agreements.push(again);
    });
    says("the plan contains the credit `GlobexShop/credit Uptime` twice", &|plan| {
        let terms = &mut of(plan, "GlobexShop").versions[0].terms;
        terms.credits.push(terms.credits[0].clone());
        terms.credits.last_mut().unwrap().id = "GlobexShop/credit Uptime".into();
        terms.credits[0].id = "GlobexShop/credit Uptime".into();
    });
    says("the plan refers to the party `Nobody` and does not contain it", &|plan| {
        of(plan, "GlobexShop").provider = Some("Nobody".into())
    });
    says("the plan refers to the service `Nothing` and does not contain it", &|plan| {
        of(plan, "GlobexShop").versions[0].terms.objectives[0].service = Some("Nothing".into());
    });
    says("the plan refers to the objective `Never` and does not contain it", &|plan| {
        of(plan, "GlobexShop").versions[0].terms.claims[0].objectives.push("Never".into());
    });
    says("the versions of `GlobexShop` do not follow one another", &|plan| {
        let agreement = of(plan, "GlobexShop");
        agreement.versions[0].from.as_mut().unwrap().instant.0 = "2030-01-01T00:00:00Z".into();
    });
    says("the versions of `GlobexShop` do not follow one another", &|plan| {
        let agreement = of(plan, "GlobexShop");
        agreement.versions.push(agreement.versions[0].clone());
    });
}

fn of<'p>(plan: &'p mut Plan, id: &str) -> &'p mut sla::plan::Agreement {
    plan.agreements.iter_mut().find(|it| it.id == id).unwrap()
}
