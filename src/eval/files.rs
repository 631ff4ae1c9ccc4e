//! The evaluation of a plan on rows that callers give: files, bytes or batches in, a report out.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use super::account::{self, Account, account};
use super::document::{Counts, FORMAT, FarRow, Report, SourceData};
use super::evaluate::{EvalOptions, Evaluation};
use super::facts::Told as ToldFact;
use super::input::{Completed, Input, LoadPolicy, Rounds, Scan};
use super::objectives::Verdict;
use super::options::{FactValue, Options, Point};
use super::program::Program;
use super::table::Store;
use super::value::Value;
use super::verdicts::{AgreementVerdicts, written};
use crate::base::{closest, quoted_list};
use crate::data::fault::{Fault, Outcome};
use crate::data::{Cell, Files, Reach, Rows, SourceRows, cell_of};
use crate::plan::{Agreement, Customer, Evaluated, Plan};
use crate::time::{DAY, EARLIEST, Instant, Interval, LATEST};

/// Evaluates the agreements of a plan on rows: what each objective measured in each window, whether
/// it was met, and what is due.
///
/// The same plan, rows and options give the same report on every machine, byte for byte. All
/// numbers in it are exact.
///
/// # Errors
///
/// Rows that cannot be read, with the file and row; rows that are missing, given twice, or of a
/// source that the plan does not have; a name in the options that the plan does not have; no time
/// of evaluation; and whatever makes the plan meaningless for these rows, such as a sum of amounts
/// in two currencies. There is no report then, not even in part.
pub fn evaluate(plan: &Plan, rows: &Rows, options: &Options) -> Result<Report, crate::Error> {
    evaluate_scanning(plan, rows, options).map(|(report, _)| report)
}

/// The same, with the scans of the rows that are streamed.
fn evaluate_scanning(plan: &Plan, rows: &Rows, options: &Options) -> Outcome<(Report, Vec<Scan>)> {
    let mut readings: BTreeMap<&str, &SourceRows> = BTreeMap::new();
    for (source, rows) in &rows.sources {
        if readings.insert(source, rows).is_some() {
            return Err(Fault::new(format!("the rows of `{source}` are given twice")));
        }
    }
    let readings = &readings;
    let program = Program::new(plan)?;
    let run = Run { program: &program, chosen: chosen(plan, options)?, options };
    run.sources_known(readings)?;
    let mut supplies = Vec::new();
    for (number, source) in plan.sources.iter().enumerate() {
        if let Some(reading) = readings.get(source.name.as_str()) {
            supplies.push(Input { source: number, rows: Files::new(plan, source, reading)? });
        }
    }
    let stated: Vec<Option<Instant>> =
        plan.sources.iter().map(|source| run.stated(&source.name)).collect::<Outcome<_>>()?;
    let complete_to = |supply: &Input<Files>| {
        stated.get(supply.source).copied().flatten().or(supply.rows.told().reach.latest)
    };
    let (from, to) = (run.point(options.from)?, run.point(options.to)?);
    let within = Interval { start: from.unwrap_or(EARLIEST), end: to.unwrap_or(LATEST) };
    if within.start >= within.end {
        return Err(Fault::new("the report would end before it begins"));
    }
    let prepare = |store: &mut Store, supplies: &[Input<Files>]| {
        for supply in supplies {
            if let Some(table) = store.tables.get_mut(supply.source) {
                // A source without rows and without `--complete-to` is not known to be complete at
                // any time.
                table.complete_to = Some(complete_to(supply).unwrap_or(EARLIEST));
            }
        }
        if options.as_of.is_none()
            && supplies
                .iter()
                .any(|supply| store.is_unread(supply.source) && complete_to(supply).is_none())
        {
            return Ok(None);
        }
        run.said(supplies.iter().filter_map(complete_to).max()).map(Some)
    };
    let finish = |evaluation: &Evaluation<'_>| {
        let results = evaluation.agreements(&run.chosen)?;
        let accounts: Vec<Account> = (0..plan.sources.len())
            .map(|source| account(evaluation, source, &results))
            .collect::<Outcome<_>>()?;
        let agreements: Vec<AgreementVerdicts> =
            results.iter().filter_map(|result| evaluation.shown(result, within)).collect();
        Ok((evaluation.shared.as_of, accounts, agreements))
    };
    let holding = LoadPolicy { most: options.most_held, ..LoadPolicy::default() };
    let sources: Vec<usize> = supplies.iter().map(|supply| supply.source).collect();
    let plan_requests = |evaluation: &Evaluation<'_>| {
        let planned = evaluation.plan(&run.chosen)?;
        (0..plan.sources.len())
            .try_for_each(|source| account::plan(evaluation, source, &planned))?;
        Ok(planned.open)
    };
    let Completed { result: (as_of, accounts, agreements), inputs: files, scans } =
        Rounds::new(&program, supplies, holding)?.run(prepare, plan_requests, finish)?;
    let mut data = Vec::new();
    for (number, files) in sources.into_iter().zip(files) {
        let (Some(source), Some(account)) = (plan.sources.get(number), accounts.get(number)) else {
            continue;
        };
        let (about, stated) = (files.told(), stated.get(number).copied().flatten());
        data.push(SourceData {
            source: source.name.clone(),
            files: about.files,
            rows: about.rows,
            other_customers: account.other_customers,
            other_services: account.other_services,
            outside: account.outside,
            duplicates: account.duplicates,
            left_out: about.left_out,
            bad_rows: about.bad,
            unread: about.unread.into_iter().collect(),
            loose_names: about.loose.into_iter().collect(),
            empty: account
                .empty
                .iter()
                .filter(|column| !about.left_out_columns.contains(column))
                .cloned()
                .collect(),
            complete_to: stated.or(about.reach.latest).map(written),
            stated: stated.is_some(),
            far_row: if stated.is_some() { None } else { far_row(about.reach) },
        });
    }
    let (from, to) = (from.map(written), to.map(written));
    let counts = counts(&agreements);
    let report = Report {
        report: FORMAT,
        plan: plan.digest.clone(),
        as_of: written(as_of),
        from,
        to,
        counts,
        data,
        agreements,
    };
    Ok((report, scans))
}

/// The latest row, if it is further from all others than these are from each other, and further
/// than a month.
fn far_row(reach: Reach) -> Option<FarRow> {
    let (first, at, others) = (reach.first?, reach.latest?, reach.before_latest?);
    let is_far = at.saturating_sub(others) > others.saturating_sub(first).max(31 * DAY);
    is_far.then(|| FarRow { at: written(at), others: written(others) })
}

/// How many windows ended how.
fn counts(agreements: &[AgreementVerdicts]) -> Counts {
    let mut counts = Counts::default();
    let groups = agreements.iter().flat_map(|it| &it.objectives).flat_map(|it| &it.groups);
    for window in groups.flat_map(|it| &it.windows) {
        let count = match window.verdict {
            Verdict::Met => &mut counts.met,
            Verdict::Breached => &mut counts.breached,
            Verdict::Pending => &mut counts.pending,
            Verdict::NoData => &mut counts.no_data,
            Verdict::NotInForce => &mut counts.not_in_force,
        };
        *count += 1;
    }
    counts
}

/// Numbers of the agreements that are requested.
fn chosen(plan: &Plan, options: &Options) -> Outcome<Vec<usize>> {
    let all =
        || plan.agreements.iter().enumerate().filter(|(_, it)| it.evaluated != Evaluated::Nowhere);
    let ids = || all().map(|(_, it)| it.id.as_str());
    for name in &options.agreements {
        if !ids().any(|id| id == name) {
            return Err(unknown("agreement", name, ids()));
        }
    }
    let is_named =
        |it: &Agreement| options.agreements.is_empty() || options.agreements.contains(&it.id);
    let named: Vec<(usize, &Agreement)> = all().filter(|(_, it)| is_named(it)).collect();
    for name in &options.customers {
        if !named.iter().any(|(_, it)| may_be_of(it, name)) {
            return Err(no_customer(name, &named));
        }
    }
    let is_of_customer = |it: &Agreement| {
        options.customers.is_empty() || options.customers.iter().any(|name| may_be_of(it, name))
    };
    Ok(named.into_iter().filter(|(_, it)| is_of_customer(it)).map(|(number, _)| number).collect())
}

/// True if a customer may have an agreement: it names this one, or is for any customer.
fn may_be_of(agreement: &Agreement, customer: &str) -> bool {
    match &agreement.customer {
        Customer::Party { id } => id == customer,
        Customer::Any {} => true,
        Customer::Nobody {} => false,
    }
}

/// Says that a customer has none of the agreements, and who has.
fn no_customer(name: &str, agreements: &[(usize, &Agreement)]) -> Fault {
    let customers: BTreeSet<&str> = agreements
        .iter()
        .filter_map(|(_, it)| match &it.customer {
            Customer::Party { id } => Some(id.as_str()),
            Customer::Any {} | Customer::Nobody {} => None,
        })
        .collect();
    let help = match closest(name, customers.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if customers.is_empty() => "none of them has a customer".to_owned(),
        None => format!(
            "the agreements are with {}",
            customers.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ")
        ),
    };
    Fault::new(format!("`--customer {name}`: no agreement is with `{name}`; {help}"))
}

fn unknown<'a>(kind: &str, name: &str, known: impl Iterator<Item = &'a str> + Clone) -> Fault {
    let near = closest(name, known.clone()).map_or_else(
        || match known.clone().next() {
            Some(_) => format!("there is {}", quoted_list(known.clone())),
            None => "it has none".to_owned(),
        },
        |near| format!("did you mean `{near}`?"),
    );
    Fault::new(format!("the plan has no {kind} `{name}`; {near}"))
}

/// One run.
struct Run<'r, 'p> {
    program: &'r Program<'p>,
    /// Agreements that are evaluated.
    chosen: Vec<usize>,
    options: &'r Options,
}

impl Run<'_, '_> {
    /// Every source that is named exists, and every one that is needed is given.
    fn sources_known(&self, readings: &BTreeMap<&str, &SourceRows>) -> Outcome<()> {
        let names = || self.program.sources.iter().map(|source| source.name.as_str());
        let stated = self.options.complete_to_of.keys().map(String::as_str);
        for name in readings.keys().copied().chain(stated) {
            if !names().any(|known| known == name) {
                return Err(unknown("source", name, names()));
            }
        }
        let missing: Vec<&str> = self
            .needed()
            .into_iter()
            .filter(|name| readings.get(*name).is_none_or(|it| it.places.is_empty()))
            .collect();
        let Some(first) = missing.first() else { return Ok(()) };
        let (are, them) = if missing.len() == 1 { ("is", "it") } else { ("are", "each") };
        let also = if self.options.agreements.is_empty() && self.chosen.len() > 1 {
            ", or choose with `--agreement`"
        } else {
            ""
        };
        let list = missing.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        Err(Fault::new(format!(
            "no data {are} given for {list}; give {them} a file: `--data {first}=FILE`{also}"
        )))
    }

    /// Sources that the agreements read: all that some objective of theirs reads, and those that no
    /// objective reads, which money does.
    fn needed(&self) -> BTreeSet<&str> {
        let (mut own, mut others) = (BTreeSet::new(), BTreeSet::new());
        for (number, agreement) in self.program.agreements.iter().enumerate() {
            let reads = agreement
                .versions
                .iter()
                .flat_map(|version| &version.objectives)
                .flat_map(|objective| objective.reads.iter().copied());
            if self.chosen.contains(&number) { own.extend(reads) } else { others.extend(reads) }
        }
        let needed = self
            .program
            .sources
            .iter()
            .enumerate()
            .filter(|(number, _)| own.contains(number) || !others.contains(number));
        needed.map(|(_, source)| source.name.as_str()).collect()
    }

    /// Up to when a source is complete, if the caller says so.
    fn stated(&self, source: &str) -> Outcome<Option<Instant>> {
        self.point(
            self.options.complete_to_of.get(source).or(self.options.complete_to.as_ref()).copied(),
        )
    }

    fn point(&self, point: Option<Point>) -> Outcome<Option<Instant>> {
        point.map(|point| self.instant(point)).transpose()
    }

    /// The instant of a point; a date needs one zone that all agreements share.
    fn instant(&self, point: Point) -> Outcome<Instant> {
        let date = match point {
            Point::Instant(instant) => return Ok(instant),
            Point::Date(date) => date,
        };
        let mut zones: Vec<usize> = self
            .chosen
            .iter()
            .filter_map(|it| self.program.agreements.get(*it))
            .map(|it| it.zone)
            .collect();
        zones.dedup();
        let [zone] = zones.as_slice() else {
            return Err(Fault::new(format!(
                "the agreements have different zones, so `{date}` needs a time: `{date}T00:00Z`"
            )));
        };
        Ok(self.program.zone_at(*zone)?.midnight(date))
    }

    fn said(&self, latest: Option<Instant>) -> Outcome<EvalOptions> {
        let as_of = self.point(self.options.as_of)?.or(latest);
        let help = "there are no rows, and the time until which the data is complete is unknown; pass `--complete-to`";
        let as_of = as_of.ok_or_else(|| Fault::new(help))?;
        let mut facts = Vec::new();
        for FactValue { name, from, value } in &self.options.facts {
            facts.push(ToldFact {
                fact: self.fact(name)?,
                value: self.value(name, value)?,
                from: self.point(*from)?,
            });
        }
        let customers =
            self.options.customers.iter().map(|name| self.program.symbol(name)).collect();
        Ok(EvalOptions {
            as_of: Some(as_of),
            data_from: None,
            until: None,
            facts,
            customers,
            row_by_row: false,
        })
    }

    fn fact(&self, name: &str) -> Outcome<usize> {
        let names = self.program.plan.facts.iter().map(|fact| fact.name.as_str());
        self.program.fact(name).map_err(|_| unknown("fact", name, names))
    }

    /// The value of a fact, written as in a cell of CSV.
    fn value(&self, name: &str, text: &str) -> Outcome<Value> {
        let plan = self.program.plan;
        let fact =
            plan.facts.get(self.fact(name)?).ok_or_else(|| Fault::new("the plan lacks a fact"))?;
        let cell = cell_of(plan, &fact.of, text)
            .map_err(|message| Fault::new(format!("`--fact {name}={text}`: {message}")))?;
        let currency = match &fact.of {
            crate::plan::Type::Money { currency } => {
                currency.as_deref().map(|code| self.program.symbol(code))
            }
            _ => None,
        };
        Ok(match cell {
            Cell::Instant(instant) => Value::Time(instant),
            Cell::Length(length) => Value::length(length),
            Cell::Exact(amount) => Value::Quantity(amount, currency),
            Cell::Money(amount, code) => Value::Quantity(amount, Some(self.program.symbol(&code))),
            Cell::Boolean(value) => Value::Boolean(value),
            Cell::Date(date) => Value::Date(date),
            Cell::Name(name) => {
                match plan.severities.iter().position(|severity| severity.name == name) {
                    Some(rank) if fact.of == (crate::plan::Type::Severity {}) => {
                        Value::Severity(u32::try_from(rank).unwrap_or(u32::MAX))
                    }
                    Some(_) | None => Value::Name(self.program.symbol(&name)),
                }
            }
            Cell::Absent => return Err(Fault::new(format!("`--fact {name}=` has no value"))),
        })
    }
}
