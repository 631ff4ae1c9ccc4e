//! What becomes of the rows of a source: how many no agreement looks at, and why.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::evaluate::{AgreementResult, Evaluation};
use super::names::Symbol;
use super::objectives::Verdict;
use super::program::{Program, SourceDef};
use super::streaming::{Answer, Requests, RowFilter};
use super::table::Table;
use super::value::Value;
use crate::data::fault::{Fault, Outcome};
use crate::plan::RowKind;
use crate::time::{Instant, Interval, TimeSet};

/// Rows of a source that do not matter, by the first reason that applies; and those that are there
/// twice.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Account {
    /// Of customers that no agreement is with.
    pub other_customers: u64,
    /// Of services that no objective is about.
    pub other_services: u64,
    /// Outside every window.
    pub outside: u64,
    /// The same as an earlier row in every column.
    pub duplicates: Option<u64>,
    /// Columns that rows may lack and no row has.
    pub empty: Vec<String>,
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
pub fn account(
    evaluation: &Evaluation<'_>,
    source: usize,
    results: &[AgreementResult],
) -> Outcome<Account> {
    let (program, store, as_of) =
        (evaluation.shared.program, evaluation.shared.store, evaluation.shared.as_of);
    let looks: Vec<Look> =
        results.iter().flat_map(|result| looks(program, source, result)).collect();
    let Some(definition) = program.sources.get(source) else { return Ok(Account::default()) };
    let columns = (definition.customer, definition.service);
    if let Some(passes) = evaluation.shared.streams.of(source) {
        let empty =
            store.tables.get(source).map(|table| empty(definition, table)).unwrap_or_default();
        return Ok(Account { empty, ..of_passing(passes, source, &looks, columns)? });
    }
    let table = store.table(source)?;
    let spans = definition.kind != RowKind::Events {};
    let mut counting =
        Counting { table, looks, columns, spans, as_of, account: Account::default() };
    counting.account.duplicates = duplicates(program, source, table);
    counting.account.empty = empty(definition, table);
    let all = || (0_u32..).take(table.len());
    match columns {
        (None, None) => counting.add((None, None), &all().collect::<Vec<_>>()),
        (Some(column), None) => counting.by_value(column, |name| (name, None)),
        (None, Some(column)) => counting.by_value(column, |name| (None, name)),
        (Some(customer), Some(service)) => {
            let name = |column: usize, row: u32| {
                table.column(column).and_then(|column| column.name(row as usize))
            };
            let mut owners: FxHashMap<Owner, Vec<u32>> = FxHashMap::default();
            all().for_each(|row| {
                owners.entry((name(customer, row), name(service, row))).or_default().push(row)
            });
            owners.iter().for_each(|(owner, rows)| counting.add(*owner, rows));
        }
    }
    Ok(counting.account)
}

/// How many rows each owner has.
type Owned = FxHashMap<Owner, u64>;

/// The same of events that are not held.
fn of_passing(
    passes: &Requests,
    source: usize,
    looks: &[Look],
    columns: (Option<usize>, Option<usize>),
) -> Outcome<Account> {
    let mut account = Account::default();
    let all = owned(passes, source, columns, Interval { start: Instant::MIN, end: Instant::MAX })?;
    // Most owners are looked at in the same windows.
    let mut known: FxHashMap<Interval, Owned> = FxHashMap::default();
    for window in
        TimeSet::new(looks.iter().flat_map(|look| look.windows.pieces().iter().copied())).pieces()
    {
        known.insert(*window, owned(passes, source, columns, *window)?.unwrap_or_default());
    }
    // All of it is asked before anything is known.
    for (owner, count) in all.into_iter().flatten() {
        match fate(looks, columns, owner) {
            Fate::OtherCustomer => account.other_customers += count,
            Fate::OtherService => account.other_services += count,
            Fate::Inside(windows) => {
                let mut outside = count;
                for window in windows.pieces() {
                    if !known.contains_key(window) {
                        known.insert(
                            *window,
                            owned(passes, source, columns, *window)?.unwrap_or_default(),
                        );
                    }
                    outside = outside.saturating_sub(
                        known.get(window).and_then(|owned| owned.get(&owner)).copied().unwrap_or(0),
                    );
                }
                account.outside += outside;
            }
        }
    }
    Ok(account)
}

/// How many rows of each owner there are in a frame; `None` while nobody knows.
fn owned(
    passes: &Requests,
    source: usize,
    columns: (Option<usize>, Option<usize>),
    frame: Interval,
) -> Outcome<Option<Owned>> {
    let times = Arc::new(TimeSet::from(Interval { start: Instant::MIN, end: Instant::MAX }));
    let counts = |columns: &[usize]| {
        let counts = match passes.counts(&RowFilter::default(), columns, &times, frame) {
            Answer::Known(counts) => Some(counts),
            Answer::Later => None,
            Answer::Never => return Err(Fault::of_rows(source)),
        };
        let name = |value: &Value| if let Value::Name(name) = value { Some(*name) } else { None };
        let names = |(values, count): (Vec<Value>, usize)| {
            (values.iter().map(name).collect::<Vec<_>>(), count as u64)
        };
        Ok(counts.map(|counts| counts.into_iter().map(names).collect::<Vec<_>>()))
    };
    // Rows that lack a field are those that are left.
    let left =
        |count: u64, others: &mut dyn Iterator<Item = u64>| others.fold(count, u64::saturating_sub);
    let whole = counts(&[])?.map(|counts| counts.iter().map(|(_, count)| count).sum::<u64>());
    let mut owned = Owned::default();
    let (by_customer, by_service) = match columns {
        (None, None) => {
            let Some(whole) = whole else { return Ok(None) };
            owned.insert((None, None), whole);
            return Ok(Some(owned));
        }
        (Some(column), None) => (counts(&[column])?, Some(Vec::new())),
        (None, Some(column)) => (Some(Vec::new()), counts(&[column])?),
        (Some(customer), Some(service)) => {
            let both = counts(&[customer, service])?;
            for (names, count) in both.into_iter().flatten() {
                let mut names = names.into_iter();
                owned.insert((names.next().flatten(), names.next().flatten()), count);
            }
            (counts(&[customer])?, counts(&[service])?)
        }
    };
    let (Some(whole), Some(by_customer), Some(by_service)) = (whole, by_customer, by_service)
    else {
        return Ok(None);
    };
    for (names, count) in by_customer {
        let customer = names.into_iter().next().flatten();
        let rest = left(
            count,
            &mut owned.iter().filter(|(owner, _)| owner.0 == customer).map(|(_, count)| *count),
        );
        owned.insert((customer, None), rest);
    }
    for (names, count) in by_service {
        let service = names.into_iter().next().flatten();
        let rest = left(
            count,
            &mut owned.iter().filter(|(owner, _)| owner.1 == service).map(|(_, count)| *count),
        );
        owned.insert((None, service), rest);
    }
    let rest = left(whole, &mut owned.values().copied());
    owned.insert((None, None), rest);
    Ok(Some(owned))
}

/// Whose a row is: the customer and the service that it names.
type Owner = (Option<Symbol>, Option<Symbol>);

/// What is counted so far.
struct Counting<'c> {
    table: &'c Table,
    looks: Vec<Look>,
    columns: (Option<usize>, Option<usize>),
    /// True if rows take time.
    spans: bool,
    as_of: Instant,
    account: Account,
}

impl Counting<'_> {
    /// Rows that one field tells apart.
    fn by_value(&mut self, column: usize, owner: impl Fn(Option<Symbol>) -> Owner) {
        let table = self.table;
        let (Some(cells), Some(index)) = (table.column(column), table.by_value(column)) else {
            return;
        };
        let nobody: Vec<u32> = match &cells.here {
            Some(here) => {
                (0_u32..).take(table.len()).filter(|row| !here.get(*row as usize)).collect()
            }
            None => Vec::new(),
        };
        self.add(owner(None), &nobody);
        for value in index.values() {
            let name = match value {
                Value::Name(name) => Some(*name),
                _ => None,
            };
            self.add(owner(name), index.get(value));
        }
    }

    /// Rows of one owner, in the order of time.
    fn add(&mut self, owner: Owner, rows: &[u32]) {
        match fate(&self.looks, self.columns, owner) {
            Fate::OtherCustomer => self.account.other_customers += rows.len() as u64,
            Fate::OtherService => self.account.other_services += rows.len() as u64,
            Fate::Inside(windows) => self.account.outside += self.outside(&windows, rows),
        }
    }

    /// How many rows lie outside of some windows.
    fn outside(&self, windows: &TimeSet, rows: &[u32]) -> u64 {
        let (mut rest, mut count) = (rows, 0);
        for window in windows.pieces() {
            let range = self.table.starting(*window);
            let (before, others) =
                rest.split_at(rest.partition_point(|row| (*row as usize) < range.start));
            let (_, after) =
                others.split_at(others.partition_point(|row| (*row as usize) < range.end));
            // What starts before a window may reach into it.
            let ends = |row: &u32| self.table.end(*row).unwrap_or(self.as_of);
            count += before.iter().filter(|row| !self.spans || ends(row) <= window.start).count();
            rest = after;
        }
        (count + rest.len()) as u64
    }
}

fn fate(
    looks: &[Look],
    columns: (Option<usize>, Option<usize>),
    owner: (Option<Symbol>, Option<Symbol>),
) -> Fate {
    let of_customer: Vec<&Look> = looks
        .iter()
        .filter(|look| columns.0.is_none() || look.customer.is_none() || look.customer == owner.0)
        .collect();
    if of_customer.is_empty() && columns.0.is_some() {
        return Fate::OtherCustomer;
    }
    let mut own = of_customer
        .into_iter()
        .filter(|look| columns.1.is_none() || look.service.is_none() || look.service == owner.1)
        .peekable();
    if own.peek().is_none() && columns.1.is_some() {
        return Fate::OtherService;
    }
    Fate::Inside(TimeSet::new(own.flat_map(|look| look.windows.pieces().iter().copied())))
}

/// How the objectives of an agreement look at a source.
fn looks(program: &Program<'_>, source: usize, result: &AgreementResult) -> Vec<Look> {
    let versions = program
        .agreements
        .get(result.agreement)
        .map(|agreement| agreement.versions.as_slice())
        .unwrap_or_default();
    let mut looks = Vec::new();
    for (number, version) in versions.iter().enumerate() {
        for objective in
            version.objectives.iter().filter(|objective| objective.reads.contains(&source))
        {
            let groups = result.objectives.get(objective.number).into_iter().flatten();
            let cells = groups.flat_map(|group| &group.windows);
            let judged =
                cells.filter(|cell| cell.version == number && cell.verdict != Verdict::NotInForce);
            let windows = TimeSet::new(judged.map(|cell| cell.window));
            looks.push(Look { customer: result.customer, service: objective.service, windows });
        }
    }
    looks
}

/// Columns that rows may lack and no row has.
fn empty(definition: &SourceDef, table: &Table) -> Vec<String> {
    if table.own_times().is_none() {
        return Vec::new();
    }
    let is_open = definition.kind == (RowKind::Spans {})
        && (0_u32..).take(table.len()).all(|row| table.end(row).is_none());
    let fields = definition.fields.iter().enumerate().filter(|(_, field)| field.optional);
    let fields =
        fields.filter(|(column, _)| !table.is_filled(*column)).map(|(_, field)| field.name.clone());
    is_open.then(|| "end".to_owned()).into_iter().chain(fields).collect()
}

/// How many spans or slots are the same as an earlier one; two events alike are ordinary.
fn duplicates(program: &Program<'_>, source: usize, table: &Table) -> Option<u64> {
    let source = program.sources.get(source).filter(|source| source.kind != RowKind::Events {})?;
    let end = |row: u32| table.end(row);
    let same = |a: u32, b: u32| {
        end(a) == end(b)
            && table.value(a) == table.value(b)
            && (0..source.fields.len())
                .all(|column| table.field(column, a) == table.field(column, b))
    };
    let mark = |row: u32| {
        let mut hasher = DefaultHasher::new();
        (end(row), table.value(row)).hash(&mut hasher);
        (0..source.fields.len()).for_each(|column| table.field(column, row).hash(&mut hasher));
        hasher.finish()
    };
    let (mut count, mut first) = (0, 0_usize);
    while let Some(start) = table.starts.get(first) {
        let alike = table.starts.iter().skip(first).take_while(|other| *other == start).count();
        // Many rows may start together, such as those of a day: each is held against the few that
        // it may be the same as.
        let mut different: FxHashMap<u64, Vec<u32>> = FxHashMap::default();
        for row in
            (first..first + alike).filter(|_| alike > 1).filter_map(|row| u32::try_from(row).ok())
        {
            let known = different.entry(mark(row)).or_default();
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
