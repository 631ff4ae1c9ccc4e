//! Requests: which aggregate of which rows. They describe, and hold neither rows nor answers.
//!
//! A request names rows by a predicate (values of owners and groups, conditions over single rows),
//! says which fields separate its answers, which time counts, and what is gathered of each
//! row. The frames that it is asked in come on top. Nothing here depends on how it is answered.

use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};

use crate::eval::accumulator::AggregateKind;
use crate::eval::program::{Expr, GroupCut};
use crate::eval::table::{Index, Table};
use crate::eval::value::Value;
use crate::eval::vectorized::{ColumnReader, Of, Selection};
use crate::eval::view::{GroupValue, Mode};
use crate::time::TimeSet;

/// The place of a request among those of its source.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct RequestId(pub(super) usize);

/// An aggregate of rows, for as many frames as anybody asks it for.
#[derive(Debug)]
pub struct AggregateRequest {
    /// What is gathered.
    pub aggregate: AggregateKind,
    /// Of which rows.
    pub rows: Arc<RowFilter>,
    /// The condition or value that is asked of each row; `None`: rows as such.
    pub of: Option<BoundExpr>,
    /// Fields whose values separate the answers.
    pub by: Vec<usize>,
    /// Only rows whose instants lie in it.
    pub times: Arc<TimeSet>,
}

/// What makes two requests the same.
pub(super) type RequestKey = (String, AggregateKind, Arc<TimeSet>);

/// An expression over single rows, with the values of the groups that it names.
#[derive(Clone, Debug)]
pub struct BoundExpr {
    expression: Expr,
    mode: Mode,
    groups: Arc<[(GroupCut, Value)]>,
    /// The same so that equal ones are equal.
    written: String,
    /// True if it names values of groups.
    grouped: bool,
}

/// A predicate over the rows of a source: those that pass every filter.
#[derive(Clone, Default, Debug)]
pub struct RowFilter {
    filters: Vec<Filter>,
    /// The request that counts these rows, once somebody made it; `None` in it: there is none.
    pub(super) count: OnceLock<Option<RequestId>>,
}

#[derive(Clone, Debug)]
enum Filter {
    /// The value of a field of an owner.
    Owner(usize, Value),
    /// The value of a field of a group; `None`: each value that the data hold.
    Group(usize, Option<Value>),
    /// A condition that must be true, or, if the second is set, not true.
    Condition(Box<BoundExpr>, bool),
}

impl AggregateRequest {
    /// The fields of groups separate their rows, unless something asks for a group
    /// by its value. `None` if rows of a group are asked for whose value must be known.
    pub(super) fn new(
        aggregate: AggregateKind,
        rows: &Arc<RowFilter>,
        of: Option<BoundExpr>,
        times: &Arc<TimeSet>,
    ) -> Option<(AggregateRequest, RequestKey)> {
        let groups = rows.groups(of.as_ref());
        let mut key = String::new();
        for filter in &rows.filters {
            let written = match filter {
                Filter::Owner(column, value) => write!(key, "={column}{value:?};"),
                Filter::Group(column, _) if groups.is_some() => write!(key, "*{column};"),
                Filter::Group(column, Some(value)) => write!(key, "={column}{value:?};"),
                Filter::Group(_, None) => return None,
                Filter::Condition(of, inverted) => write!(key, "{inverted}{};", of.written),
            };
            written.ok()?;
        }
        if let Some(of) = &of {
            key.push('|');
            key.push_str(&of.written);
        }
        let key = (key, aggregate.clone(), Arc::clone(times));
        let by = groups.map_or_else(Vec::new, |(columns, _)| columns);
        let (rows, times) = (Arc::clone(rows), Arc::clone(times));
        Some((AggregateRequest { aggregate, rows, of, by, times }, key))
    }

    /// The same rows, of which only the values from one to another are ranked.
    pub(super) fn within(
        &self,
        least: Value,
        greatest: Value,
    ) -> Option<(AggregateRequest, RequestKey)> {
        let inside = AggregateKind::Ranks(Some((least, greatest)));
        AggregateRequest::new(inside, &self.rows, self.of.clone(), &self.times)
    }

    /// What is asked of each row of a table; `None` if it must be asked of rows one by one.
    pub(super) fn of_rows(&self, reader: &ColumnReader<'_>) -> Option<Of> {
        let Some(of) = &self.of else { return Some(Of::Rows) };
        let groups = of.groups();
        let reader = reader.asked(&groups, of.mode);
        match self.aggregate {
            AggregateKind::Share => reader.truth(&of.expression).map(Of::Truth),
            AggregateKind::Count
            | AggregateKind::Sum
            | AggregateKind::Least
            | AggregateKind::Greatest
            | AggregateKind::Distinct
            | AggregateKind::Ranks(_)
            | AggregateKind::First(_)
            | AggregateKind::Worst(..) => reader.vector(&of.expression).map(Of::Vector),
        }
    }
}

impl BoundExpr {
    /// `None` if it reads more than its own row.
    pub fn new(
        reader: &ColumnReader<'_>,
        expression: &Expr,
        groups: &[GroupValue<'_>],
        mode: Mode,
    ) -> Option<BoundExpr> {
        let (written, grouped) = match reader.without_groups().written(expression) {
            Some(written) => (written, false),
            None => (reader.written(expression)?, true),
        };
        let groups = if grouped {
            groups.iter().map(|group| (group.key.clone(), group.value.clone())).collect()
        } else {
            Arc::default()
        };
        Some(BoundExpr { expression: expression.clone(), mode, groups, written, grouped })
    }

    fn groups(&self) -> Vec<GroupValue<'_>> {
        self.groups.iter().map(|(key, value)| GroupValue { key, value: value.clone() }).collect()
    }
}

impl RowFilter {
    /// Only rows of an owner.
    #[must_use]
    pub fn of_owner(&self, column: usize, value: Value) -> RowFilter {
        self.with(Filter::Owner(column, value))
    }

    /// Only rows of a group; without a value, those of each group separately.
    #[must_use]
    pub fn of_group(&self, column: usize, value: Option<Value>) -> RowFilter {
        self.with(Filter::Group(column, value))
    }

    /// Only rows for which a condition is true, or is not, if it is `inverted`.
    #[must_use]
    pub fn whose(&self, condition: BoundExpr, inverted: bool) -> RowFilter {
        self.with(Filter::Condition(Box::new(condition), inverted))
    }

    fn with(&self, filter: Filter) -> RowFilter {
        let mut filters = self.filters.clone();
        filters.push(filter);
        RowFilter { filters, count: OnceLock::new() }
    }

    /// The fields of groups, and their values as far as they are known; `None` if rows of groups
    /// are asked for by their values.
    pub(super) fn groups(
        &self,
        of: Option<&BoundExpr>,
    ) -> Option<(Vec<usize>, Option<Vec<Value>>)> {
        let grouped = |filter: &Filter| matches!(filter, Filter::Condition(of, _) if of.grouped);
        if self.filters.iter().any(grouped) || of.is_some_and(|of| of.grouped) {
            return None;
        }
        let mut groups: Vec<(usize, &Option<Value>)> = Vec::new();
        for filter in &self.filters {
            if let Filter::Group(column, value) = filter {
                groups.push((*column, value));
            }
        }
        groups.sort_by_key(|(column, _)| *column);
        let columns: Vec<usize> = groups.iter().map(|(column, _)| *column).collect();
        if columns.windows(2).any(|two| two.first() == two.last()) {
            return None;
        }
        Some((columns, groups.into_iter().map(|(_, value)| value.clone()).collect()))
    }

    /// The values of groups that are known, each with its place among the columns by which a
    /// request tells its answers apart.
    pub(super) fn known_groups(&self, by: &[usize]) -> Option<Vec<(usize, &Value)>> {
        let known = self.filters.iter().filter_map(|filter| match filter {
            Filter::Group(column, Some(value)) => Some((column, value)),
            Filter::Group(_, None) | Filter::Owner(..) | Filter::Condition(..) => None,
        });
        known.map(|(column, value)| Some((by.iter().position(|it| it == column)?, value))).collect()
    }

    /// Which rows of a table these are, whatever the values of some fields.
    pub(super) fn selection(
        &self,
        reader: &ColumnReader<'_>,
        table: &Table,
        by: &[usize],
    ) -> Option<Selection> {
        self.filters.iter().try_fold(Selection::all(), |rows, filter| match filter {
            Filter::Group(column, _) if by.contains(column) => Some(rows),
            Filter::Owner(column, value) | Filter::Group(column, Some(value)) => {
                Some(rows.of_value(index(table, *column)?, value))
            }
            Filter::Group(_, None) => None,
            Filter::Condition(of, inverted) => {
                let truth = reader.asked(&of.groups(), of.mode).truth(&of.expression)?;
                Some(if *inverted { rows.but(&truth) } else { rows.whose(&truth) })
            }
        })
    }
}

/// Rows by the values of a field; `None` if some row leaves it out, which is reported row by row.
pub(super) fn index(table: &Table, column: usize) -> Option<&Index> {
    table.column(column).filter(|cells| cells.unsaid.is_none())?;
    table.by_value(column)
}
