//! What is known of rows that are not kept in memory.

use std::collections::BTreeSet;

use crate::data::columns::Origin;
use crate::time::Instant;

/// What is known of rows that are not kept in memory, after one scan.
#[derive(Default)]
pub struct Extent {
    /// How many there are.
    pub rows: usize,
    /// The first and the latest instant of any row's own time.
    pub own: Option<(Instant, Instant)>,
    /// The first and the last time in any field.
    pub fields: Option<(Instant, Instant)>,
    /// The fields that some row has.
    pub filled: BTreeSet<usize>,
    /// Where rows come from: the number of the first of a batch, and its origin.
    pub origins: Vec<(usize, Origin)>,
    /// The first and the latest instant of each part of a scan.
    pub parts: Vec<(Instant, Instant)>,
}
