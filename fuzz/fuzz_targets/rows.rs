//! Any bytes are read as the rows of a source, in whatever form they seem to be: there are rows or
//! an error, never a panic.
#![no_main]

use std::panic;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use sla::plan::Plan;
use sla::internals::data::columns::Source as _;
use sla::internals::data::{Files, is_guarded};
use sla::{BadRowLimit, BadRows, SourceRows};
use sla::{Memory, Workspace};

const CONTRACT: &str = "\
provider A
customer B
service S
severity P1
unit case
enum E: x | y
source r: events {
  service: Service  customer: Customer  n: number  d: duration  e: E  t: text?  b: data?  m: money EUR?  p: Severity?  o: boolean?  c: case?
  w: time?  a: date?
}
source s: spans { id: text? }
sla X between A and B {
  term from 2026-01-01 for 12 months
  objective O of S: p95(r where e == x and has p and p == P1, d) <= 1 s per month
  objective U: uptime(s) >= 99% per month
}
";

static PLAN: LazyLock<Plan> = LazyLock::new(|| {
    let files = Memory::new().with("fuzz.sla", CONTRACT);
    let (_, plan) = Workspace::new(&files).path("fuzz.sla").plan();
    plan.expect("the contract is sound")
});

/// A panic ends the fuzzing, but for one of a library that reads what may be broken: that is
/// caught, and an error of the file.
fn end_at_our_own_panics() {
    let ends = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        if !is_guarded() {
            ends(panic);
        }
    }));
}

fuzz_target!(init: end_at_our_own_panics(), |bytes: &[u8]| {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("rows");
    std::fs::write(&path, bytes).expect("written");
    for source in &PLAN.sources {
        let rows = SourceRows::new().files([path.display().to_string()]).bad_rows(BadRows::Skip(BadRowLimit::None));
        let Ok(mut files) = Files::new(&PLAN, source, &rows) else { continue };
        while let Ok(Some(batch)) = files.next() {
            assert!(batch.length > 0);
        }
    }
});
