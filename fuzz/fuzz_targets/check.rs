//! Any bytes are checked to the end: reading, names, types and proofs never panic, and what they
//! find can be shown.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sla::{Memory, Workspace};

fuzz_target!(|bytes: &[u8]| {
    let files = Memory::new().with("fuzz.sla", bytes);
    let checked = Workspace::new(&files).path("fuzz.sla").check();
    for finding in &checked.findings {
        if let Some(span) = finding.span() {
            let _ = checked.sources().place(span);
        }
    }
});
