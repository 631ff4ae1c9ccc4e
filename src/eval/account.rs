//! What becomes of the rows of a source: how many no agreement looks at, and why.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::evaluate::{AgreementResult, Evaluation};
use super::names::Symbol;
use super::objectives::{Look, Planned, Verdict};
use super::program::{Program, SourceDef};
use super::streaming::{Reason, Requests, RowFilter};
use super::table::Table;
use super::value::Value;
use crate::data::fault::{Awaiting, Fault, Outcome};
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
    if let Some(stream) = evaluation.shared.streams.of(source) {
        let empty =
            store.tables.get(source).map(|table| empty(definition, table)).unwrap_or_default();
        return Ok(Account { empty, ..of_streamed(stream, source, &looks, columns)? });
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

const ALWAYS: Interval = Interval { start: Instant::MIN, end: Instant::MAX };

/// Asks how many streamed rows of a source there are, of whom and in which windows, before it is
/// known which windows are in force.
pub fn plan(evaluation: &Evaluation<'_>, source: usize, planned: &Planned) -> Outcome<()> {
    let program = evaluation.shared.program;
    let (Some(stream), Some(definition)) =
        (evaluation.shared.streams.of(source), program.sources.get(source))
    else {
        return Ok(());
    };
    let columns = (definition.customer, definition.service);
    let looks: Vec<Look> = planned
        .looks
        .iter()
        .filter(|(sources, _)| sources.contains(&source))
        .map(|(_, look)| look.clone())
        .collect();
    let mut frames: BTreeSet<Interval> = BTreeSet::from([ALWAYS]);
    for owner in owners(&looks, columns) {
        if let Fate::Inside(windows) = fate(&looks, columns, owner) {
            frames.extend(windows.pieces());
        }
    }
    for columns in groupings(columns) {
        let id = stream.request_counts(&RowFilter::default(), &columns, &always());
        let id = id.ok_or_else(|| Fault::not_loaded(source))?;
        frames.iter().try_for_each(|frame| stream.plan(id, *frame))?;
    }
    Ok(())
}

/// Owners whose rows are looked at in different windows. Where all objectives look at the same
/// ones, nobody needs to be named.
fn owners(looks: &[Look], columns: (Option<usize>, Option<usize>)) -> Vec<Owner> {
    let alike = looks.windows(2).all(|two| match two {
        [one, two] => one.windows == two.windows,
        _ => true,
    });
    if alike {
        let first = looks.first();
        return first.map(|look| (look.customer, look.service)).into_iter().collect();
    }
    let names = |is_told: bool, of: &dyn Fn(&Look) -> Option<Symbol>| {
        let mut names: BTreeSet<Option<Symbol>> = BTreeSet::from([None]);
        if is_told {
            names.extend(looks.iter().map(of));
        }
        names
    };
    let customers = names(columns.0.is_some(), &|look| look.customer);
    let services = names(columns.1.is_some(), &|look| look.service);
    let of_customer = |customer| services.iter().map(move |service| (customer, *service));
    customers.into_iter().flat_map(of_customer).collect()
}

/// The same of events that are streamed.
fn of_streamed(
    stream: &Requests,
    source: usize,
    looks: &[Look],
    columns: (Option<usize>, Option<usize>),
) -> Outcome<Account> {
    let mut account = Account::default();
    // Most owners are looked at in the same windows.
    let mut known: FxHashMap<Interval, Owned> = FxHashMap::default();
    let mut awaiting = Awaiting::default();
    for (owner, count) in owned(stream, source, columns, ALWAYS)? {
        match fate(looks, columns, owner) {
            Fate::OtherCustomer => account.other_customers += count,
            Fate::OtherService => account.other_services += count,
            Fate::Inside(windows) => {
                let mut outside = count;
                for window in windows.pieces() {
                    if !known.contains_key(window) {
                        let owned = awaiting.note(owned(stream, source, columns, *window))?;
                        known.insert(*window, owned.unwrap_or_default());
                    }
                    outside = outside.saturating_sub(
                        known.get(window).and_then(|owned| owned.get(&owner)).copied().unwrap_or(0),
                    );
                }
                account.outside += outside;
            }
        }
    }
    awaiting.end().map(|()| account)
}

/// By which fields rows are counted to know whose they are: by none, by customer, by service, and
/// by both. Rows that lack a field are those that are left.
fn groupings(columns: (Option<usize>, Option<usize>)) -> Vec<Vec<usize>> {
    let own: Vec<usize> = [columns.0, columns.1].into_iter().flatten().collect();
    let single = own.iter().map(|column| vec![*column]);
    let mut all: Vec<Vec<usize>> = std::iter::once(Vec::new()).chain(single).collect();
    if own.len() > 1 {
        all.push(own);
    }
    all
}

fn always() -> Arc<TimeSet> {
    Arc::new(TimeSet::from(ALWAYS))
}

/// How many rows of each owner there are in a frame.
fn owned(
    stream: &Requests,
    source: usize,
    columns: (Option<usize>, Option<usize>),
    frame: Interval,
) -> Outcome<Owned> {
    let (all, times) = (RowFilter::default(), always());
    let counts = |columns: &[usize]| {
        let id = stream.request_counts(&all, columns, &times);
        let id = id.ok_or_else(|| Fault::not_loaded(source))?;
        let name = |value: &Value| if let Value::Name(name) = value { Some(*name) } else { None };
        let names = |(values, count): (Vec<Value>, usize)| {
            (values.iter().map(name).collect::<Vec<_>>(), count as u64)
        };
        let counts = stream.counts(id, (&all, columns), (frame, Reason::Outside))?;
        Ok::<_, Fault>(counts.into_iter().map(names).collect::<Vec<_>>())
    };
    let left =
        |count: u64, others: &mut dyn Iterator<Item = u64>| others.fold(count, u64::saturating_sub);
    let all = Awaiting::all(groupings(columns).iter().map(|columns| counts(columns)))?;
    let mut all = all.into_iter();
    let mut next = || all.next().unwrap_or_default();
    let whole = next().iter().map(|(_, count)| count).sum::<u64>();
    let by_customer = if columns.0.is_some() { next() } else { Vec::new() };
    let by_service = if columns.1.is_some() { next() } else { Vec::new() };
    let mut owned = Owned::default();
    for (names, count) in next() {
        let mut names = names.into_iter();
        owned.insert((names.next().flatten(), names.next().flatten()), count);
    }
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
    Ok(owned)
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
    /// Rows that one field distinguishes.
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
        // Many rows may start together, such as those of a day: each is compared with the few that
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
