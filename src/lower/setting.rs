//! The context of terms: the agreement, its zone, its start.

use crate::names::DeclId;
use crate::time::{Date, Zone};
use crate::types::model::Terms;
use crate::types::tree::Kind;

/// Where terms are flattened into.
pub(super) struct Setting<'t, 'a> {
    /// Id of the agreement.
    pub id: &'t str,
    /// The zone of its local times.
    pub zone: Zone,
    /// First day of its term.
    pub start: Option<Date>,
    /// True if it is evaluated in the agreements under it, which state what it leaves open.
    pub template: bool,
    /// The terms of the version.
    pub terms: &'t Terms<'a>,
}

impl Setting<'_, '_> {
    /// The id of an objective of this agreement.
    pub(super) fn objective_id(&self, name: &str) -> String {
        format!("{}/{name}", self.id)
    }

    /// The hours of the agreement, if they are one calendar.
    pub(super) fn hours_calendar(&self) -> Option<DeclId> {
        match self.terms.hours.as_ref().map(|hours| &hours.value.kind) {
            Some(Kind::Calendar(id)) => Some(*id),
            _ => None,
        }
    }
}
