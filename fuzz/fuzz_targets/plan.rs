//! Any bytes are read as a plan, and what is one is run on a few rows of each source: there are
//! verdicts or an error, never a panic.
#![no_main]

use ecow::EcoString;
use libfuzzer_sys::fuzz_target;
use sla::internals::data::columns::{self, Batch, Cells, Column, Origin, Schema};
use sla::internals::eval::{Given, evaluate};
use sla::internals::time::{DAY, HOUR, MINUTE};
use sla::{Date, Exact};
use sla::plan::{Plan, Source, Type};

/// Rows of each source.
const ROWS: usize = 4;
/// 1 March 2026, and some weeks later.
const START: i64 = 20_513 * DAY;
const AS_OF: i64 = 20_600 * DAY;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let plan = Plan::read(text).or_else(|_| {
        // A digest that fits is beyond the fuzzer: it is written anew.
        let mut plan: Plan = serde_json::from_str(text)?;
        plan.seal();
        Ok::<Plan, serde_json::Error>(plan)
    });
    let Ok(plan) = plan else { return };
    let rows = plan.sources.iter().map(|source| {
        let rows: Box<dyn columns::Source> = Box::new(vec![batch(&plan, source)].into_iter());
        (source.name.clone(), rows)
    });
    let _ = evaluate(&plan, Given { rows: rows.collect(), as_of: Some(AS_OF), ..Given::default() });
});

/// Some rows: each ten days later than the one before it, and a minute longer.
fn batch(plan: &Plan, source: &Source) -> Batch {
    let schema = Schema::of(source);
    let columns = schema.columns.iter().enumerate().map(|(number, column)| {
        let later = if number == 1 { HOUR } else { 0 };
        Column { cells: cells(plan, &column.of, later), states: None }
    });
    Batch { length: ROWS, columns: columns.collect(), origin: Origin { name: "rows".into(), rows: None, first: 1 } }
}

fn cells(plan: &Plan, of: &Type, later: i64) -> Cells {
    let each = || 0..ROWS as i64;
    let names = |known: Vec<EcoString>| Cells::Names {
        codes: each().map(|row| row as u32 % known.len().max(1) as u32).collect(),
        dictionary: if known.is_empty() { vec!["x".into()].into() } else { known.into() },
    };
    match of {
        Type::Time {} => Cells::Instants(each().map(|row| START + later + row * (10 * DAY + MINUTE)).collect()),
        Type::Date {} => Cells::Dates(each().map(|row| Date::from_days(20_513 + row)).collect()),
        Type::Duration {} => Cells::Lengths(each().map(|row| row * MINUTE).collect()),
        Type::Boolean {} => Cells::Booleans(each().map(|row| row % 2 == 0).collect()),
        Type::Choice { of } => {
            let known = plan.enums.iter().filter(|known| known.name == *of).flat_map(|known| &known.values);
            names(known.map(|value| value.name.as_str().into()).collect())
        }
        Type::Severity {} => names(plan.severities.iter().map(|it| it.name.as_str().into()).collect()),
        Type::Service {} => names(plan.services.iter().map(|it| it.id.as_str().into()).collect()),
        Type::Party {} => names(plan.parties.iter().map(|it| it.id.as_str().into()).collect()),
        Type::Text {} => names(vec!["a".into(), "b".into()]),
        Type::Money { currency: None } => Cells::Money {
            amounts: each().map(Exact::integer).collect(),
            currencies: each().map(|row| row as u32 % 2).collect(),
            dictionary: vec!["EUR".into(), "USD".into()].into(),
        },
        Type::Number { .. } | Type::Money { .. } | Type::Data {} | Type::Count { .. } | Type::Compound { .. } => {
            Cells::Decimals { unscaled: each().map(|row| row * 150).collect(), places: 2 }
        }
    }
}
