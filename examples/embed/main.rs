//! A program that judges an agreement itself: `cargo run --example embed`.
//!
//! It builds the plan of `examples/hosting`, evaluates the data beside it, and prints what is due.

use std::collections::BTreeMap;

use sla::run::judge::Wishes;
use sla::run::read::Reading;
use sla::workspace::{Disk, Workspace};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (checked, plan) = Workspace::new(&Disk).path("examples/hosting/agreement.sla").plan();
    let plan = plan.ok_or_else(|| format!("the contract has {} findings", checked.findings.len()))?;
    let file = |name: &str| Reading { words: vec![format!("examples/hosting/data/{name}.csv")], ..Reading::default() };
    let sources: BTreeMap<String, Reading> =
        ["requests", "outages", "tickets", "waits"].into_iter().map(|name| (name.to_owned(), file(name))).collect();
    let wishes = Wishes { agreements: vec!["GlobexShop".to_owned()], ..Wishes::default() };
    let report = sla::evaluate(&plan, &sources, &wishes)?;
    for line in report.agreements.iter().flat_map(|agreement| &agreement.lines) {
        println!("{} {}: {:?}, from {} ({})", line.credit, line.window, line.amount, line.arithmetic, line.at);
    }
    Ok(())
}
