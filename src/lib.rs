//! `sla`: the compiler for service level agreements.

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

pub use base::{Exact, FileId, LineColumn, Source as SourceText, SourceMap, Span};
#[cfg(feature = "cli")]
pub use cli::main as command_line;
pub use data::fault::Fault as Error;
pub use data::{BadRows, DataFormat, Limit as BadRowLimit, RowBatch, Rows, SourceRows};
pub use diag::{Code, Edit, Finding, Fix, Label, Level, Levels};
pub use eval::document::Report;
pub use eval::files::evaluate;
pub use eval::options::{FactValue, Options, Point};
pub use format::{Refusal as FormatRefusal, format};
pub use plan::Plan;
pub use report::{Counts as FindingCounts, FindingDiagnostic, Format};
pub use testing::Tested as TestOutcome;
pub use time::Date;
pub use workspace::{
    Checked, Disk, Memory, Provider, ReadFault, Root, Search, UnreadableFile, Workspace,
    contracts_below,
};

/// The parts of a [`Report`].
pub mod verdicts {
    pub use crate::eval::document::{Counts, FarRow, SourceData};
    pub use crate::eval::verdicts::{
        AgreementVerdicts, ClaimStep, DueLine, DueRemedy, GroupVerdicts, ObjectiveVerdicts,
        RankedBy, RemedyKind, RightArisen, Shown, Total, Verdict, WindowVerdict, WorstRow,
    };
}
