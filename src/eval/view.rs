//! How rows are looked at: in which group, and with what end for spans that are still open.

use super::program::GroupCut;
use super::value::Value;

/// How spans that are still open are seen.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Mode {
    /// As they are.
    Now,
    /// As if they ended at the time of evaluation.
    Ended,
    /// As if they never ended.
    Never,
}

/// The value of a current group.
#[derive(Clone, Debug)]
pub struct GroupValue<'b> {
    /// The field.
    pub key: &'b GroupCut,
    /// Its value.
    pub value: Value,
}
