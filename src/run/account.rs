//! What becomes of the rows of a source: how many no agreement looks at, and why.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::evaluate::AgreementResult;
use super::names::Symbol;
use super::objectives::Verdict;
use super::program::Program;
use super::store::{Column, Table};
use crate::plan::RowKind;
use crate::time::{Instant, TimeSet};

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
    Inside(Inside),
}

/// The windows of some rows, and the first that those that are still to come may lie in.
struct Inside {
    windows: TimeSet,
    next: usize,
}

/// Counts the rows of a source.
pub fn account(program: &Program<'_>, source: usize, table: &Table, results: &[AgreementResult], as_of: Instant) -> Account {
    let looks: Vec<Look> = results.iter().flat_map(|result| looks(program, source, result)).collect();
    let Some(definition) = program.sources.get(source) else { return Account::default() };
    let columns = (definition.customer, definition.service);
    let mut account = Account { duplicates: duplicates(program, source, table), ..Account::default() };
    let spans = definition.kind != RowKind::Events {};
    let mut fates: FxHashMap<(Option<Symbol>, Option<Symbol>), Fate> = FxHashMap::default();
    let cells = (columns.0.and_then(|column| table.column(column)), columns.1.and_then(|column| table.column(column)));
    if cells.0.is_none() && cells.1.is_none() {
        if let Fate::Inside(mut inside) = fate(&looks, columns, (None, None)) {
            account.outside = outside(&mut inside, table, spans, as_of, 0..table.len());
        }
        return account;
    }
    for row in 0..table.len() {
        let name = |column: Option<&Column>| column.and_then(|column| column.name(row));
        let owner = (name(cells.0), name(cells.1));
        match fates.entry(owner).or_insert_with(|| fate(&looks, columns, owner)) {
            Fate::OtherCustomer => account.other_customers += 1,
            Fate::OtherService => account.other_services += 1,
            Fate::Inside(inside) => account.outside += outside(inside, table, spans, as_of, row..row + 1),
        }
    }
    account
}

/// How many of some rows lie outside of the windows; they come in the order of time, so that no window is looked at twice.
fn outside(inside: &mut Inside, table: &Table, spans: bool, as_of: Instant, rows: Range<usize>) -> u64 {
    let mut count = 0;
    for (row, start) in rows.clone().zip(table.starts.get(rows).unwrap_or_default()) {
        let pieces = inside.windows.pieces();
        while pieces.get(inside.next).is_some_and(|piece| piece.end <= *start) {
            inside.next += 1;
        }
        let Some(piece) = pieces.get(inside.next) else {
            count += 1;
            continue;
        };
        // What starts before the next window may reach into it.
        let reaches = || {
            let end = u32::try_from(row).ok().and_then(|row| table.end(row)).unwrap_or(as_of);
            spans && piece.start < end
        };
        count += u64::from(*start < piece.start && !reaches());
    }
    count
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
    Fate::Inside(Inside { windows: TimeSet::new(own.flat_map(|look| look.windows.pieces().iter().copied())), next: 0 })
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
    let end = |row: u32| table.end(row);
    let same = |a: u32, b: u32| {
        end(a) == end(b)
            && table.value(a) == table.value(b)
            && (0..source.fields.len()).all(|column| table.field(column, a) == table.field(column, b))
    };
    let (mut count, mut first) = (0, 0_usize);
    while let Some(start) = table.starts.get(first) {
        let alike = table.starts.iter().skip(first).take_while(|other| *other == start).count();
        let mut different: FxHashMap<Option<Instant>, Vec<u32>> = FxHashMap::default();
        for row in (first..first + alike).filter(|_| alike > 1).filter_map(|row| u32::try_from(row).ok()) {
            let known = different.entry(end(row)).or_default();
            if known.iter().any(|other| same(*other, row)) {
                count += 1;
            } else {
                known.push(row);
            }
        }
        first += alike;
    }
    Some(count)
}
