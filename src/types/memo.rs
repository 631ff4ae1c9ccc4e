//! What has been typed already: an item that many agreements share is typed once.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::model::{
    Cap, Claim, Credit, Escalation, Exclude, Fee, Given, Ignore, Objective, TermId, Terminate, Was,
};
use super::tree::{InstanceId, Typed};
use crate::base::Span;
use crate::names::DeclId;
use crate::syntax::ast::NodeId;

/// What has been typed, by the statements it was made of.
#[derive(Default)]
pub(super) struct Memo<'a> {
    pub(super) exprs: FxHashMap<NodeId, Arc<Typed>>,
    pub(super) objectives: FxHashMap<Box<[KeyPart]>, Option<Arc<Objective<'a>>>>,
    pub(super) credits: FxHashMap<CreditKey, Option<Arc<Credit<'a>>>>,
    pub(super) fees: FxHashMap<NodeId, Arc<Fee<'a>>>,
    pub(super) caps: FxHashMap<NodeId, Option<Arc<Cap<'a>>>>,
    pub(super) excludes: FxHashMap<NodeId, Option<Arc<Exclude<'a>>>>,
    pub(super) ignores: FxHashMap<NodeId, Option<Arc<Ignore<'a>>>>,
    pub(super) claims: FxHashMap<NodeId, Arc<Claim<'a>>>,
    pub(super) terminations: FxHashMap<NodeId, Option<Arc<Terminate<'a>>>>,
    pub(super) escalations: FxHashMap<NodeId, Arc<Escalation<'a>>>,
    pub(super) facts: FxHashMap<NodeId, Option<Arc<Given<'a>>>>,
    pub(super) was: FxHashSet<Was>,
    last_term: u32,
    last_instance: u32,
}

/// What decides what a credit comes to: its statement, and the objectives it belongs to.
type CreditKey = (NodeId, Box<[TermId]>);

/// Something that decides what an objective comes to; the same list is the same objective.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum KeyPart {
    /// A statement or cell that states or restates it, or the head of its table.
    Stated(NodeId),
    /// The place of a cell that its table replaced.
    Replaced(Span),
    /// A service in scope.
    Service(DeclId),
}

impl Memo<'_> {
    /// The id of the next statement.
    pub(super) fn new_term(&mut self) -> TermId {
        self.last_term += 1;
        TermId(self.last_term)
    }

    /// The id of the next metric.
    pub(super) fn new_instance(&mut self) -> InstanceId {
        self.last_instance += 1;
        InstanceId(self.last_instance)
    }

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
