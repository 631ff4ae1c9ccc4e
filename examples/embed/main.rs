//! A program that judges an agreement itself: `cargo run --example embed`.
//!
//! It builds the plan of `examples/hosting`, evaluates the data beside it, and prints what is due.

use std::collections::BTreeMap;

use sla::data::Reading;
use sla::eval::files::{Point, RunOptions};
use sla::eval::verdicts::Shown;
use sla::time::Date;
use sla::workspace::{Disk, Workspace};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (checked, plan) = Workspace::new(&Disk).path("examples/hosting/agreement.sla").plan();
    let plan =
        plan.ok_or_else(|| format!("the contract has {} findings", checked.findings.len()))?;
    let file = |name: &str| Reading {
        words: vec![format!("examples/hosting/data/{name}.csv")],
        ..Reading::default()
    };
    let sources: BTreeMap<String, Reading> = ["requests", "outages", "tickets", "waits"]
        .into_iter()
        .map(|name| (name.to_owned(), file(name)))
        .collect();
    // The files hold all of February and March: without that word they would reach to their latest
    // rows only.
    let complete_to = Date::new(2026, 4, 1).map(Point::Date);
    let wishes = RunOptions {
        agreements: vec!["GlobexShop".to_owned()],
        complete_to,
        ..RunOptions::default()
    };
    let report = sla::evaluate(&plan, &sources, &wishes)?;
    for line in report.agreements.iter().flat_map(|agreement| &agreement.lines) {
        if let Shown::Quantity { decimal, currency, .. } = &line.amount {
            let currency = currency.as_deref().unwrap_or_default();
            println!(
                "{} {}: {decimal} {currency}, that is {} ({})",
                line.credit, line.window, line.arithmetic, line.at
            );
        }
    }
    Ok(())
}
