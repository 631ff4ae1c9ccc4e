//! What has been typed already: an item that many agreements share is typed once.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::model::{
    Cap, Claim, Credit, Escalation, Exclude, Fee, Given, Ignore, Objective, Terminate, Was,
};
use super::tree::Typed;

/// What has been typed, by the address of the statements it was made of.
#[derive(Default)]
pub(super) struct Memo<'a> {
    pub(super) exprs: FxHashMap<usize, Arc<Typed>>,
    pub(super) objectives: FxHashMap<Box<[usize]>, Option<Arc<Objective<'a>>>>,
    pub(super) credits: FxHashMap<Vec<usize>, Option<Arc<Credit<'a>>>>,
    pub(super) fees: FxHashMap<usize, Arc<Fee<'a>>>,
    pub(super) caps: FxHashMap<usize, Option<Arc<Cap<'a>>>>,
    pub(super) excludes: FxHashMap<usize, Option<Arc<Exclude<'a>>>>,
    pub(super) ignores: FxHashMap<usize, Option<Arc<Ignore<'a>>>>,
    pub(super) claims: FxHashMap<usize, Arc<Claim<'a>>>,
    pub(super) terminations: FxHashMap<usize, Option<Arc<Terminate<'a>>>>,
    pub(super) escalations: FxHashMap<usize, Arc<Escalation<'a>>>,
    pub(super) facts: FxHashMap<usize, Option<Arc<Given<'a>>>>,
    pub(super) was: FxHashSet<Was>,
}

impl Memo<'_> {
    /// The same places, kept once: the cells of a table inherit what its head replaced.
    pub(super) fn shared(&mut self, was: Was) -> Was {
        if was.is_empty() {
            return was;
        }
        if let Some(known) = self.was.get(&was) {
            return known.clone();
        }
        self.was.insert(was.clone());
        was
    }
}
