//! Any bytes are read as a plan, and what is one is run without rows: there is a report or an error, never a panic.
#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use sla::plan::Plan;
use sla::run::judge::{Point, Wishes};
use sla::time::DAY;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let plan = Plan::read(text).or_else(|_| {
        // A digest that fits is beyond the fuzzer: it is written anew.
        let mut plan: Plan = serde_json::from_str(text)?;
        plan.seal();
        Ok::<Plan, serde_json::Error>(plan)
    });
    let Ok(plan) = plan else { return };
    let wishes = Wishes { as_of: Some(Point::Instant(20_600 * DAY)), ..Wishes::default() };
    let _ = sla::evaluate(&plan, &BTreeMap::new(), &wishes);
});
