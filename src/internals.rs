//! What the tests, benchmarks and fuzz targets of this crate need of its inside. Nothing here is
//! part of the interface: it changes without notice.

pub mod data {
    pub use crate::data::{Files, columns, fault, is_guarded};
}

pub mod diag {
    pub use crate::diag::{FINDING_LIMIT, Sink};
}

pub mod eval {
    pub use crate::eval::from_batches::{Given, Verdicts, evaluate};
}

pub mod lang {
    pub use crate::lang::{currencies, functions, library, units, windows, words};
}

pub mod prove {
    pub use crate::prove::{Case, check, coverage};
}

pub mod report {
    pub use crate::report::{render, schema_of};
}

pub mod syntax {
    pub use crate::syntax::{
        Layout, Parsed, TokenKind, ast, grammar_accepts, parse, parse_in_chunks,
    };
}

pub mod testing {
    pub use crate::testing::{TestOutcome, run, run_within};
}

pub mod time {
    pub use crate::time::{
        Calendar, DAY, DateTime, Days, EARLIEST, HOUR, Hours, Instant, Interval, LATEST, MINUTE,
        OrdinaryDay, Period, Resolved, Rule, Ruler, SECOND, Slots, TimeSet, Window, WindowKind,
        Windows, Zone, format_instant, parse_instant, zone_data_version,
    };
}

pub mod workspace {
    pub use crate::workspace::{Analysed, Loaded};
    use crate::workspace::{Checked, Workspace};

    /// Checks everything, and hands each project to `then`.
    pub fn check_with<R: Send>(
        workspace: Workspace<'_>,
        then: &(impl Fn(&Analysed<'_, '_, '_>) -> R + Sync),
    ) -> (Checked, Vec<R>) {
        workspace.check_with(then)
    }

    pub fn loaded(checked: &Checked) -> &Loaded {
        &checked.loaded
    }
}
