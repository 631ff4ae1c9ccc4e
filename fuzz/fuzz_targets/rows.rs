//! Any bytes are read as the rows of a source, in whatever form they seem to be: there are rows or an error, never a panic.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use sla::plan::Plan;
use sla::run::columns::Source as _;
use sla::run::read::{Files, Reading};
use sla::workspace::{Memory, Workspace};

const CONTRACT: &str = "\
provider A
customer B
service S
severity P1
enum E: x | y
source r: events { service: Service  n: number  d: duration  e: E  t: text?  b: data?  m: money EUR?  p: Severity? }
sla X between A and B {
  term from 2026-01-01 for 12 months
  objective O of S: p95(r where e == x and p == P1, d) <= 1 s per month
}
";

static PLAN: LazyLock<Plan> = LazyLock::new(|| {
    let files = Memory::new().with("fuzz.sla", CONTRACT);
    let (_, plan) = Workspace::new(&files).path("fuzz.sla").plan();
    plan.expect("the contract is sound")
});

fuzz_target!(|bytes: &[u8]| {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("rows");
    std::fs::write(&path, bytes).expect("written");
    let reading = Reading { words: vec![path.display().to_string()], map: Vec::new(), skip_bad_rows: true };
    let Ok(mut files) = Files::new(&PLAN, &PLAN.sources[0], &reading) else { return };
    while let Ok(Some(batch)) = files.next() {
        assert!(batch.length > 0);
    }
});
