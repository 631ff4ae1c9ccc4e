//! What is in reach of an expression: parameters, the current row, the slot, groups, and the terms
//! around it.

use std::collections::BTreeMap;
use std::sync::Arc;

use ecow::EcoString;

use super::ty::{Rows, Ty};
use crate::base::{FileId, Span};

/// A parameter or group alias.
#[derive(Clone, Debug)]
pub struct Local {
    /// Its name.
    pub name: EcoString,
    /// Its type.
    pub ty: Ty,
    /// Where it is declared.
    pub span: Span,
}

/// Fees that expressions may speak of.
#[derive(Clone, Debug, Default)]
pub struct FeeNames {
    /// Fees: name (`None` is the unnamed one), type of the amount, place.
    pub fees: Vec<(Option<EcoString>, Ty, Span)>,
}

/// What is in reach of an expression.
#[derive(Clone)]
pub struct Scope<'s> {
    /// The file that contains it.
    pub file: FileId,
    /// Parameters of the metric.
    pub params: &'s [Local],
    /// Values of groups (`by region as r`).
    pub groups: &'s [Local],
    /// The source of the current row.
    pub row: Option<Arc<Rows>>,
    /// The rows of the current slot.
    pub slot: Option<Arc<Rows>>,
    /// Type of `value`, in credits.
    pub value: Option<Ty>,
    /// Type of `target`, in credits.
    pub target: Option<Ty>,
    /// Fees, in the terms of an agreement.
    pub fees: Option<&'s FeeNames>,
    /// Objectives by name, in the terms of an agreement.
    pub objectives: Option<&'s BTreeMap<EcoString, Span>>,
    /// True where the measured window is known: metrics, objectives, credits.
    pub measured: bool,
    /// Names of the credit around that a bound over several of something cannot speak of, and what
    /// each of them is of.
    pub beyond: &'s [(EcoString, &'static str)],
}

impl<'s> Scope<'s> {
    /// Nothing but declarations is in reach.
    pub fn bare(file: FileId) -> Self {
        Scope {
            file,
            params: &[],
            groups: &[],
            row: None,
            slot: None,
            value: None,
            target: None,
            fees: None,
            objectives: None,
            measured: false,
            beyond: &[],
        }
    }

    /// Declarations and the measured window are in reach.
    pub fn measuring(file: FileId) -> Self {
        Scope { measured: true, ..Scope::bare(file) }
    }

    /// The same, with a current row of `rows`.
    #[must_use]
    pub fn with_row(&self, rows: Arc<Rows>) -> Self {
        Scope { row: Some(rows), ..self.clone() }
    }

    /// The same, inside a slot of `rows`.
    #[must_use]
    pub fn with_slot(&self, rows: Arc<Rows>) -> Self {
        Scope { slot: Some(rows), row: None, ..self.clone() }
    }
}
