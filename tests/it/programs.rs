//! The programs in `examples/programs/` do what they say. They are compiled into this test.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

#[allow(dead_code, reason = "what the program itself starts with is not called here")]
#[path = "../../examples/programs/check_folder.rs"]
mod check_folder;
#[allow(dead_code, reason = "what the program itself starts with is not called here")]
#[path = "../../examples/programs/evaluate_rows.rs"]
mod evaluate_rows;
#[allow(dead_code, reason = "what the program itself starts with is not called here")]
#[path = "../../examples/programs/render_report.rs"]
mod render_report;

#[test]
fn a_folder_is_checked() {
    assert_eq!(
        check_folder::check(Path::new("examples/hosting")),
        "6 files checked: no findings\n"
    );
    let flawed = check_folder::check(Path::new("examples/flawed"));
    assert!(flawed.contains(": error["), "{flawed}");
}

#[test]
fn rows_in_memory_are_evaluated() {
    // 50 of 44,640 minutes down are 99.888 %: below the target, and 10 % of 1,000 EUR. One of two
    // requests is good. One ticket of at most ten.
    let expected = "\
Api/Uptime 2026-03: Breached
Api/Good 2026-03: Breached
Api/Few 2026-03: Met
Api/credit/Uptime 2026-03: 100 EUR
";
    assert_eq!(evaluate_rows::report().unwrap(), expected);
}

#[test]
fn a_report_is_rendered() {
    let json = render_report::render("json").unwrap();
    let report: sla::Report = serde_json::from_str(&json).unwrap();
    assert_eq!(report.render(sla::Format::JSON), json, "what is written can be read back");
    // Each window of each objective is in every form.
    let (text, markdown) =
        (render_report::render("text").unwrap(), render_report::render("markdown").unwrap());
    for agreement in &report.agreements {
        for objective in &agreement.objectives {
            let name = objective.id.rsplit('/').next().unwrap();
            assert!(text.contains(name) && markdown.contains(name), "{name}");
        }
    }
    assert!(render_report::render("yaml").is_err());
}
