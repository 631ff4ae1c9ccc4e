//! Evaluates a contract on rows in memory: CSV text, JSON lines and Arrow record batches.
//! `cargo run --example evaluate_rows`.

use std::error::Error;
use std::fmt::Write as _;
use std::sync::Arc;

use arrow_array::{Int64Array, RecordBatch, StringArray, TimestampSecondArray};
use sla::verdicts::Shown;
use sla::{DataFormat, Memory, Options, Rows, Workspace, evaluate};

const CONTRACT: &str = "\
provider Acme
customer Globex
source outages: spans
source requests: events { status: number }
source tickets: events { id: text }

sla Api between Acme and Globex {
  term from 2026-01-01 for 12 months
  fee 1_000 EUR per month
  objective Uptime: uptime(outages) >= 99.9% per month
  objective Good: share(requests, status < 500) >= 99% per month
  objective Few: count(tickets) <= 10 per month
  credit Uptime { below target pay 10%  below 99% pay 25% } of fee
  claim within 30 days after window
}
";

/// Fifty minutes of March, which has 44,640: 99.888 % of uptime.
const OUTAGES: &str = "start,end\n2026-03-10T10:00:00Z,2026-03-10T10:50:00Z\n";

const TICKETS: &str = "{\"at\": \"2026-03-10T10:02:00Z\", \"id\": \"T1\"}\n";

/// Two requests, of which one failed: half of them are good. Their times have a zone.
fn requests() -> Result<RecordBatch, Box<dyn Error>> {
    // 2026-03-10T10:00:00Z is 20,522 days and ten hours after 1970.
    let ten_o_clock = 20_522 * 86_400 + 10 * 3600;
    let at = TimestampSecondArray::from(vec![ten_o_clock, ten_o_clock + 1]).with_timezone("UTC");
    let status = Int64Array::from(vec![200, 503]);
    let host = StringArray::from(vec!["a", "b"]);
    Ok(RecordBatch::try_from_iter([
        ("at", Arc::new(at) as _),
        ("status", Arc::new(status) as _),
        ("host", Arc::new(host) as _),
    ])?)
}

fn main() -> Result<(), Box<dyn Error>> {
    print!("{}", report()?);
    Ok(())
}

/// The verdicts of March, and what is due.
pub fn report() -> Result<String, Box<dyn Error>> {
    let (checked, plan) = Workspace::new(&Memory::new()).text("api.sla", CONTRACT).plan();
    let plan = plan.ok_or_else(|| checked.counts().sentence())?;
    let rows = Rows::new()
        .bytes("outages", DataFormat::Csv, OUTAGES)
        .bytes("tickets", DataFormat::JsonLines, TICKETS)
        .batches("requests", [requests()?]);
    let options = Options {
        complete_to: Some("2026-04-01".parse()?),
        from: Some("2026-03-01".parse()?),
        to: Some("2026-04-01".parse()?),
        ..Options::default()
    };
    let report = evaluate(&plan, &rows, &options)?;
    let mut text = String::new();
    for agreement in &report.agreements {
        for objective in &agreement.objectives {
            for window in objective.groups.iter().flat_map(|group| &group.windows) {
                writeln!(text, "{} {}: {:?}", objective.id, window.name, window.verdict)?;
            }
        }
        for line in &agreement.lines {
            if let Shown::Quantity { decimal, currency, .. } = &line.amount {
                let currency = currency.as_deref().unwrap_or_default();
                writeln!(text, "{} {}: {decimal} {currency}", line.credit, line.window)?;
            }
        }
    }
    Ok(text)
}
