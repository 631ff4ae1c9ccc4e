//! Checks, tests and evaluates contracts inside of WebAssembly.
//!
//! JavaScript asks for memory with [`allocate`], writes a request there as JSON, and calls
//! [`answer`]. What comes back is the address and the length of the answer, as JSON.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sla::{DataFormat, Format, Memory, Options, Rows, SourceRows, Workspace, evaluate};

/// What JavaScript asks for.
#[derive(Deserialize)]
struct Request {
    /// The texts of contracts, by path.
    files: BTreeMap<String, String>,
    /// The path of the contract that is evaluated.
    root: String,
    /// The agreement that is evaluated.
    agreement: String,
    /// For each source the name and the text of a file of rows in CSV.
    rows: BTreeMap<String, (String, String)>,
    /// The time until which all rows are complete.
    complete_to: String,
}

/// What it gets.
#[derive(Serialize, Default)]
struct Answer {
    /// The findings, as `sla check --format short` prints them.
    findings: String,
    /// How many tests there are, and how many failed.
    tests: (usize, usize),
    /// The plan, as `sla build` writes it.
    plan: Option<String>,
    /// The report, as `sla run --format json` prints it.
    report: Option<String>,
    /// Why there is none.
    error: Option<String>,
}

fn answered(request: &Request) -> Answer {
    let files = request.files.iter();
    let files = files.fold(Memory::new(), |files, (path, text)| files.with(path, text.as_str()));
    let (checked, tests) = Workspace::new(&files).path(&request.root).test();
    let failed = tests.iter().filter(|test| !test.findings.is_empty()).count();
    let mut answer = Answer {
        findings: checked.render(Format::SHORT),
        tests: (tests.len(), failed),
        ..Answer::default()
    };
    let (_, plan) = Workspace::new(&files).path(&request.root).plan();
    let Some(plan) = plan else { return answer };
    let rows = request.rows.iter().fold(Rows::new(), |rows, (source, (name, text))| {
        let file = SourceRows::new().named_bytes(name, DataFormat::Csv, text.as_bytes());
        rows.source(source, file)
    });
    let report = request.complete_to.parse().and_then(|time| {
        let agreements = vec![request.agreement.clone()];
        let options = Options { agreements, complete_to: Some(time), ..Options::default() };
        evaluate(&plan, &rows, &options)
    });
    match report {
        Ok(report) => answer.report = Some(report.render(Format::JSON)),
        Err(error) => answer.error = Some(error.to_string()),
    }
    answer.plan = Some(plan.to_json());
    answer
}

/// Memory for a request of so many bytes.
#[unsafe(no_mangle)]
pub extern "C" fn allocate(length: usize) -> *mut u8 {
    let bytes = vec![0_u8; length].into_boxed_slice();
    Box::into_raw(bytes).cast()
}

/// Answers the request in the memory that `allocate` gave, and frees it. The lower half of the
/// result is the address of the answer, the upper half its length.
///
/// # Safety
///
/// The address comes from `allocate` with this length, and is used once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn answer(request: *mut u8, length: usize) -> u64 {
    let bytes = std::ptr::slice_from_raw_parts_mut(request, length);
    // SAFETY: the caller keeps what is said above, so this is the box that `allocate` took apart.
    let bytes = unsafe { Box::from_raw(bytes) };
    let answer = match serde_json::from_slice(&bytes) {
        Ok(request) => answered(&request),
        Err(error) => Answer { error: Some(error.to_string()), ..Answer::default() },
    };
    let text = serde_json::to_string(&answer).unwrap_or_default().into_bytes().into_boxed_slice();
    let length = text.len() as u64;
    let address = Box::into_raw(text).cast::<u8>() as usize as u64;
    length << 32 | address
}
