//! The interpreter: it computes expressions for one timeline, row by row where nothing faster does.
//!
//! In: expressions of a program, rows of a store, the line of an objective and group. Out: values,
//! rows, sets of time. It remembers what depends on nothing but the groups. It knows nothing of
//! verdicts and money; what it needs of them comes through [`Ledger`].

mod aggregates;
mod clocks;
mod evidence;
mod expressions;
mod planning;
mod row_set;
mod rows;
mod slots;
mod times;
mod worst;

use std::cell::RefCell;
use std::ops::Deref;
use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::context::Context;
use super::facts::Facts;
use super::names::Symbol;
use super::program::{GroupCut, Ignore, NodeId};
use super::streaming::{RequestId, Streams};
use super::timeline::Timeline;
use super::value::{Clash, Value};
use super::vectorized::{ExprCache, Of};
use super::view::{GroupValue, Mode};
use crate::data::fault::{Fault, Outcome};
use crate::plan::Place;
use crate::time::{Interval, Ruler, TimeSet};

pub use evidence::{EvidenceRows, MOST_SHOWN};
pub use planning::perhaps;
pub use row_set::RowSet;
pub use rows::{List, Row};
pub use worst::RankedBy;

/// What one evaluation shares.
pub struct Shared<'s> {
    /// Program, rows and time.
    context: Context<'s>,
    /// What is asked of rows that are streamed.
    pub streams: &'s Streams,
    /// What was computed for all rows of a source at once.
    pub cache: ExprCache,
    /// Asks every row for itself instead.
    pub row_by_row: bool,
}

impl<'s> Shared<'s> {
    /// What an evaluation shares that nothing was computed for yet.
    pub fn new(context: Context<'s>, streams: &'s Streams) -> Self {
        Shared { context, streams, cache: ExprCache::default(), row_by_row: false }
    }
}

impl<'s> Deref for Shared<'s> {
    type Target = Context<'s>;

    fn deref(&self) -> &Context<'s> {
        &self.context
    }
}

/// Whose rows are seen.
#[derive(Clone, Copy)]
pub struct DataScope<'b> {
    /// Only this customer's.
    pub customer: Option<Symbol>,
    /// Only this service's.
    pub service: Option<Symbol>,
    /// Without these.
    pub ignores: &'b [&'b Ignore],
    /// In a credit: what its objective reads. Events of other sources are only held by the term.
    pub reads: Option<&'b [usize]>,
    /// Groups whose values only the data will tell, while these are not known.
    pub unknown: &'b [GroupCut],
    /// The term.
    pub term: Interval,
    /// The zone of the agreement.
    pub zone: usize,
}

/// What money expressions ask for.
pub trait Ledger {
    /// What fees amount to in a window.
    fn fees(&self, fees: &[usize], window: Interval) -> Outcome<Option<Value>>;
    /// Their stated amount for a month or year.
    fn fee_rate(&self, fees: &[usize], yearly: bool, window: Interval) -> Outcome<Option<Value>>;
    /// The window so many windows further.
    fn shifted(&self, windows: i32) -> Option<Interval>;
    /// What an objective measured in the window in hand.
    fn value(&self, objective: usize) -> Option<Value>;
    /// What it was compared with.
    fn target(&self, objective: usize) -> Option<Value>;
    /// In how many of its last windows it was breached.
    fn failures(&self, objective: usize, last: u32) -> usize;
}

/// A row in hand, and those further out.
pub struct RowScope<'e> {
    row: &'e Row,
    outer: Option<&'e RowScope<'e>>,
}

/// The slot in hand.
pub struct SlotScope {
    rows: SlotRows,
    within: Interval,
}

/// The rows that slots cut.
#[derive(Clone)]
enum SlotRows {
    /// Each as it was made.
    Made(Rc<List>),
    /// As they are in the store.
    RowSet(Rc<RowSet>),
}

/// What an expression stands in.
#[derive(Clone, Copy)]
pub struct Env<'e> {
    /// The frame.
    pub frame: Interval,
    /// The window, inside the term.
    pub window: Interval,
    /// Values of groups, and the number that stands for them.
    pub groups: &'e [GroupValue<'e>],
    key: u32,
    row: Option<&'e RowScope<'e>>,
    slot: Option<&'e SlotScope>,
    /// True inside the condition of an ignore: no row is ignored for it, so that two may read each
    /// other's sources.
    unfiltered: bool,
    /// What there is of money.
    pub ledger: Option<&'e dyn Ledger>,
}

impl<'e> Env<'e> {
    /// The same in another window.
    #[must_use]
    pub fn in_window(&self, window: Interval) -> Env<'e> {
        Env { window, ..*self }
    }

    /// The same with another frame.
    #[must_use]
    pub fn in_frame(&self, frame: Interval) -> Env<'e> {
        Env { frame, ..*self }
    }

    /// The same with a row in hand.
    fn with<'n>(&self, row: &'n RowScope<'n>) -> Env<'n>
    where
        'e: 'n,
    {
        Env { row: Some(row), ..*self }
    }
}

/// Groups of values, each known by a number.
#[derive(Default)]
struct Keys {
    numbers: FxHashMap<Vec<(Symbol, Value)>, u32>,
}

/// A series, the groups and the frame it was gone through with.
type SeriesKey = (NodeId, u32, Interval);

/// What was computed before.
#[derive(Default)]
struct Memory {
    /// By the source, the groups, and whether none of its rows are ignored.
    sources: FxHashMap<(usize, u32, bool), Rc<RowSet>>,
    /// Whether a row of a source is ignored, with some groups in hand.
    ignored: FxHashMap<(usize, u32, u32), bool>,
    lists: FxHashMap<(NodeId, u32), Rc<List>>,
    folds: FxHashMap<(u32, u32), Option<Rc<Of>>>,
    /// Requests for folds of rows that are streamed.
    requests: FxHashMap<(u32, u32), Option<RequestId>>,
    /// What was planned: sets of time, and series in a frame.
    planned: FxHashSet<(NodeId, u32, Option<Interval>)>,
    times: FxHashMap<(NodeId, u32), Arc<TimeSet>>,
    profiles: FxHashMap<(NodeId, u32), Rc<times::Profile>>,
    rulers: FxHashMap<(u32, u32), Rc<Ruler>>,
    empty_slots: FxHashMap<(NodeId, u32), Option<Value>>,
    /// The rows of the last series in a frame.
    series: Option<(SeriesKey, Rc<Vec<Row>>)>,
}

/// Computes expressions for one timeline.
pub struct Evaluator<'b> {
    /// What is shared.
    pub shared: &'b Shared<'b>,
    /// Facts of the agreement.
    pub facts: &'b Facts,
    /// Whose rows.
    pub scope: DataScope<'b>,
    /// Its measured time.
    pub line: &'b Timeline,
    /// How open spans are seen.
    pub mode: Mode,
    keys: RefCell<Keys>,
    memory: RefCell<Memory>,
}

impl<'b> Evaluator<'b> {
    /// An evaluator for a timeline.
    pub fn new(
        shared: &'b Shared<'b>,
        facts: &'b Facts,
        scope: DataScope<'b>,
        line: &'b Timeline,
        mode: Mode,
    ) -> Self {
        Evaluator {
            shared,
            facts,
            scope,
            line,
            mode,
            keys: RefCell::default(),
            memory: RefCell::default(),
        }
    }

    /// The surroundings of an expression in a window, with some groups in hand.
    pub fn env<'e>(
        &self,
        window: Interval,
        groups: &'e [GroupValue<'e>],
        ledger: Option<&'e dyn Ledger>,
    ) -> Env<'e> {
        Env {
            frame: window,
            window,
            groups,
            key: self.key(groups),
            row: None,
            slot: None,
            unfiltered: false,
            ledger,
        }
    }

    /// The surroundings of an expression that stands by itself: nothing of it is remembered.
    pub fn bare_env<'e>(&self, window: Interval, groups: &'e [GroupValue<'e>]) -> Env<'e> {
        Env {
            frame: window,
            window,
            groups,
            key: 0,
            row: None,
            slot: None,
            unfiltered: false,
            ledger: None,
        }
    }

    /// The surroundings behind a row.
    pub fn in_hand<'e>(row: &'e Row) -> RowScope<'e> {
        RowScope { row, outer: None }
    }

    /// The same surroundings with a row in hand.
    pub fn of_row<'n, 'e: 'n>(env: &Env<'e>, row: &'n RowScope<'n>) -> Env<'n> {
        env.with(row)
    }

    fn key(&self, groups: &[GroupValue<'_>]) -> u32 {
        if groups.is_empty() {
            return 0;
        }
        let values = groups.iter().map(|group| (group.key.name, group.value.clone())).collect();
        let mut keys = self.keys.borrow_mut();
        let next = u32::try_from(keys.numbers.len() + 1).unwrap_or(u32::MAX);
        *keys.numbers.entry(values).or_insert(next)
    }

    /// Two values that do not go together stop the evaluation.
    pub fn clash(&self, clash: Clash, at: &Place) -> Fault {
        match clash {
            Clash::Currencies(one, two) => {
                let names = &self.shared.program.names;
                Fault::at(
                    at,
                    format!(
                        "amounts in {} and {} meet, and no rate of exchange is known",
                        names.text(one),
                        names.text(two)
                    ),
                )
            }
            Clash::Kinds => Fault::at(at, "the plan puts values of different kinds together"),
            Clash::Range => Fault::at(at, "a time leads out of the years 1900 to 2099"),
        }
    }
}
