//! Evaluates the data of `examples/hosting`, and prints the report as tables, as Markdown for a
//! ticket, or as JSON: `cargo run --example render_report -- markdown`.

use std::error::Error;

use sla::{Disk, Format, Options, Rows, Workspace, evaluate};

fn main() -> Result<(), Box<dyn Error>> {
    let form = std::env::args().nth(1).unwrap_or_else(|| "text".to_owned());
    print!("{}", render(&form)?);
    Ok(())
}

/// The report in one of three forms.
pub fn render(form: &str) -> Result<String, Box<dyn Error>> {
    let (checked, plan) = Workspace::new(&Disk).path("examples/hosting/agreement.sla").plan();
    let plan = plan.ok_or_else(|| checked.counts().sentence())?;
    let sources = ["requests", "outages", "tickets", "waits"];
    let rows = sources.into_iter().fold(Rows::new(), |rows, source| {
        rows.files(source, [format!("examples/hosting/data/{source}.csv")])
    });
    // The files hold all of February and March. Without the second line, the rows of each source
    // would be complete only up to the latest of them.
    let options = Options {
        agreements: vec!["GlobexShop".to_owned()],
        complete_to: Some("2026-04-01".parse()?),
        ..Options::default()
    };
    let report = evaluate(&plan, &rows, &options)?;
    match form {
        "text" => Ok(report.render(Format::HUMAN)),
        "markdown" => Ok(report.render(Format::MARKDOWN)),
        "json" => Ok(report.render(Format::JSON)),
        other => Err(format!("`{other}` is not text, markdown or json").into()),
    }
}
