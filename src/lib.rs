//! The compiler and evaluator for service level agreements.
//!
//! Agreements are written in the language of `.sla` files. This library checks them, turns them
//! into plans, and evaluates plans on measurements. The program `sla` is its command line.
//!
//! | step | from | to |
//! | --- | --- | --- |
//! | check | [`Workspace`]: contracts on the [`Disk`] or in [`Memory`] | [`Checked`]: [findings](Finding) |
//! | plan | [`Workspace::plan`] | [`Plan`]: every promise, explicit, as a JSON document |
//! | evaluate | [`evaluate`]: a plan, [`Rows`] and [`Options`] | [`Report`]: verdicts and money, exact |
//!
//! # Check a text
//!
//! ```
//! use sla::{Format, Level, Memory, Workspace};
//!
//! let contract = "\
//! provider Acme
//! customer Globex
//! source outages: spans
//!
//! sla Api between Acme and Globex {
//!   term from 2026-01-01 for 12 months
//!   objective Uptime: uptime(outage) >= 99.9% per month
//! }
//! ";
//! let checked = Workspace::new(&Memory::new()).text("api.sla", contract).check();
//! let finding = &checked.findings[0];
//! assert_eq!((finding.code.name(), finding.level), ("unknown-name", Level::Error));
//! // Where it stands, and what would fix it.
//! let span = finding.span().expect("a place");
//! assert_eq!(checked.sources().place(span), "api.sla:7:28");
//! assert_eq!(checked.sources().text(span), "outage");
//! let fix = finding.fix.as_ref().expect("a fix");
//! assert_eq!(fix.edits[0].text, "outages");
//! // As text, in the form of `sla check --format short`.
//! assert!(checked.render(Format::SHORT).starts_with("api.sla:7:28: error[unknown-name]: "));
//! ```
//!
//! [`Checked::diagnostics`] gives the findings to programs that show errors with the crate
//! `miette`.
//!
//! # Evaluate rows
//!
//! Rows come from files, from bytes in memory and from Arrow record batches. A month of 31 days has
//! 44,640 minutes. Fifty minutes of downtime leave 99.888 % of uptime, so the credit is due.
//!
//! ```
//! use sla::verdicts::{Shown, Verdict};
//! use sla::{DataFormat, Memory, Options, Rows, Workspace, evaluate};
//!
//! let contract = "\
//! provider Acme
//! customer Globex
//! source outages: spans
//!
//! sla Api between Acme and Globex {
//!   term from 2026-01-01 for 12 months
//!   fee 1_000 EUR per month
//!   objective Uptime: uptime(outages) >= 99.9% per month
//!   credit Uptime { below target pay 10%  below 99% pay 25% } of fee
//!   claim within 30 days after window
//! }
//! ";
//! let (checked, plan) = Workspace::new(&Memory::new()).text("api.sla", contract).plan();
//! let plan = plan.ok_or_else(|| checked.counts().sentence())?;
//!
//! let outages = "start,end\n2026-03-10T10:00:00Z,2026-03-10T10:50:00Z\n";
//! let rows = Rows::new().bytes("outages", DataFormat::Csv, outages);
//! let options = Options { complete_to: Some("2026-04-01".parse()?), ..Options::default() };
//! let report = evaluate(&plan, &rows, &options)?;
//!
//! let agreement = &report.agreements[0];
//! let march = agreement.objectives[0].groups[0].windows.iter().find(|it| it.name == "2026-03");
//! assert_eq!(march.map(|window| window.verdict), Some(Verdict::Breached));
//! let Shown::Quantity { decimal, currency, .. } = &agreement.lines[0].amount else { panic!() };
//! assert_eq!((decimal.as_str(), currency.as_deref()), ("100", Some("EUR")));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Read a report
//!
//! A [`Report`] is plain data: agreements, their objectives, the groups of these, and their windows,
//! each with its [verdict](verdicts::Verdict). [`verdicts`] has the types. It can be rendered as
//! text, Markdown, CSV and JSON, and read back from JSON with `serde_json`.
//!
//! # Numbers and times
//!
//! All values are exact. A number in a report is a fraction of whole numbers
//! ([`plan::Number`]), in the base unit of its type: nanoseconds for lengths of time, bits for
//! data, the main unit of a currency for money, and one for plain numbers and shares. Instants are
//! nanoseconds in UTC and are written as RFC 3339.
//!
//! # Features
//!
//! | feature | what it adds |
//! | --- | --- |
//! | `cli` (default) | the program `sla`; brings `files` |
//! | `files` (default) | contracts and rows on the disk, Parquet, zstd, and threads |
//!
//! Without features the crate needs no C compiler. It builds for `wasm32-unknown-unknown`, and
//! checks, plans, tests and evaluates there on one thread, from memory alone.

// Figures, fixes and explanations are for the command line. A build with it sees what is dead.
#![cfg_attr(not(feature = "cli"), allow(dead_code, unused_imports))]

mod base;
#[cfg(feature = "cli")]
mod cli;
mod data;
mod diag;
mod eval;
mod format;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod internals;
mod lang;
mod lower;
mod names;
pub mod plan;
mod prove;
mod report;
mod syntax;
mod testing;
mod time;
mod types;
mod workspace;

pub use base::{Exact, FileId, LineColumn, SourceMap, SourceText, Span};
#[cfg(feature = "cli")]
pub use cli::main as command_line;
pub use data::fault::Fault as Error;
pub use data::{BadRowLimit, BadRows, DataFormat, RowBatch, Rows, SourceRows};
pub use diag::{Code, Edit, Finding, Fix, Label, Level, Levels};
pub use eval::document::Report;
pub use eval::files::evaluate;
pub use eval::options::{FactValue, Options, Point};
pub use format::{Refusal as FormatRefusal, format};
pub use plan::Plan;
pub use report::{FindingCounts, FindingDiagnostic, Format};
pub use testing::TestOutcome;
pub use time::Date;
pub use workspace::{Checked, Memory, Provider, ReadFault, Root, UnreadableFile, Workspace};
#[cfg(feature = "files")]
pub use workspace::{Disk, Search, contracts_below};

/// The parts of a [`Report`].
pub mod verdicts {
    pub use crate::data::{BadRow, LooseName};
    pub use crate::eval::document::{Counts, FarRow, SourceData};
    pub use crate::eval::verdicts::{
        AgreementVerdicts, ClaimStep, DueLine, DueRemedy, GroupVerdicts, ObjectiveVerdicts,
        RankedBy, RemedyKind, RightArisen, Shown, Total, Verdict, WindowVerdict, WorstRow,
    };
}
