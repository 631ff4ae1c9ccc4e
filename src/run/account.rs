//! What becomes of the rows of a source: how many no agreement looks at, and why.

use rustc_hash::FxHashMap;

use super::evaluate::AgreementResult;
use super::names::Symbol;
use super::objectives::Verdict;
use super::program::Program;
use super::store::{Cell, Table};
use super::value::Value;
use crate::plan::RowKind;
use crate::time::{Instant, Interval, TimeSet};

/// Rows of a source that do not matter, by the first reason that applies; and those that are there twice.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Account {
    /// Of customers that no agreement is with.
    pub other_customers: u64,
    /// Of services that no objective is about.
    pub other_services: u64,
    /// Outside every window.
    pub outside: u64,
    /// The same as an earlier row in every column.
    pub duplicates: Option<u64>,
}

/// One objective's look at a source.
struct Look {
    /// Whose rows it sees; `None`: all.
    customer: Option<Symbol>,
    /// Rows of which service; `None`: of all.
    service: Option<Symbol>,
    windows: TimeSet,
}

/// Why a row of some customer and service matters or not.
enum Fate {
    OtherCustomer,
    OtherService,
    Inside(TimeSet),
}

/// Counts the rows of a source.
pub fn account(program: &Program<'_>, source: usize, table: &Table, results: &[AgreementResult], as_of: Instant) -> Account {
    let looks: Vec<Look> = results.iter().flat_map(|result| looks(program, source, result)).collect();
    let columns = program.sources.get(source).map_or((None, None), |source| (source.customer, source.service));
    let mut fates: FxHashMap<(Option<Symbol>, Option<Symbol>), Fate> = FxHashMap::default();
    let mut account = Account { duplicates: duplicates(program, source, table), ..Account::default() };
    for (row, (start, end)) in (0_u32..).zip(table.starts.iter().zip(&table.ends)) {
        let name = |column: Option<usize>| match column.and_then(|column| table.field(column, row)) {
            Some(Cell::Here(Value::Name(name))) => Some(*name),
            Some(_) | None => None,
        };
        let owner = (name(columns.0), name(columns.1));
        let fate = fates.entry(owner).or_insert_with(|| fate(&looks, columns, owner));
        let span = program.sources.get(source).is_some_and(|source| source.kind != RowKind::Events {});
        let extent = Interval { start: *start, end: if span { end.unwrap_or(as_of).max(*start) } else { *start } };
        match fate {
            Fate::OtherCustomer => account.other_customers += 1,
            Fate::OtherService => account.other_services += 1,
            Fate::Inside(windows) if windows.contains(extent.start) || windows.touching(extent).next().is_some() => {}
            Fate::Inside(_) => account.outside += 1,
        }
    }
    account
}

fn fate(looks: &[Look], columns: (Option<usize>, Option<usize>), owner: (Option<Symbol>, Option<Symbol>)) -> Fate {
    let of_customer: Vec<&Look> =
        looks.iter().filter(|look| columns.0.is_none() || look.customer.is_none() || look.customer == owner.0).collect();
    if of_customer.is_empty() && columns.0.is_some() {
        return Fate::OtherCustomer;
    }
    let mut own =
        of_customer.into_iter().filter(|look| columns.1.is_none() || look.service.is_none() || look.service == owner.1).peekable();
    if own.peek().is_none() && columns.1.is_some() {
        return Fate::OtherService;
    }
    Fate::Inside(TimeSet::new(own.flat_map(|look| look.windows.pieces().iter().copied())))
}

/// How the objectives of an agreement look at a source.
fn looks(program: &Program<'_>, source: usize, result: &AgreementResult) -> Vec<Look> {
    let versions = program.agreements.get(result.agreement).map(|agreement| agreement.versions.as_slice()).unwrap_or_default();
    let mut looks = Vec::new();
    for (number, version) in versions.iter().enumerate() {
        for objective in version.objectives.iter().filter(|objective| objective.reads.contains(&source)) {
            let groups = result.objectives.get(objective.number).into_iter().flatten();
            let cells = groups.flat_map(|group| &group.windows);
            let judged = cells.filter(|cell| cell.version == number && cell.verdict != Verdict::NotInForce);
            let windows = TimeSet::new(judged.map(|cell| cell.window));
            looks.push(Look { customer: result.customer, service: objective.service, windows });
        }
    }
    looks
}

/// How many spans or slots are the same as an earlier one; two events alike are ordinary.
fn duplicates(program: &Program<'_>, source: usize, table: &Table) -> Option<u64> {
    let source = program.sources.get(source).filter(|source| source.kind != RowKind::Events {})?;
    let mut order: Vec<u32> = (0_u32..).take(table.len()).collect();
    let time = |row: u32| (table.starts.get(row as usize), table.ends.get(row as usize));
    order.sort_by_key(|row| (time(*row), *row));
    let same = |a: u32, b: u32| {
        time(a) == time(b)
            && table.value(a) == table.value(b)
            && (0..source.fields.len()).all(|column| table.field(column, a) == table.field(column, b))
    };
    let mut count = 0;
    let mut rest = order.as_slice();
    while let Some(first) = rest.first() {
        let alike = rest.iter().take_while(|row| time(**row) == time(*first)).count().max(1);
        let (together, others) = rest.split_at(alike);
        let mut different: Vec<u32> = Vec::new();
        for row in together {
            if different.iter().any(|known| same(*known, *row)) {
                count += 1;
            } else {
                different.push(*row);
            }
        }
        rest = others;
    }
    Some(count)
}
