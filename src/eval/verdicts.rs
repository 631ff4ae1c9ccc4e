//! What an evaluation gives back: verdicts and money, in types of their own that need neither plan
//! nor data to be read.

use rustc_hash::FxHashMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::evaluate::{AgreementResult, Evaluation};
use super::facts::words;
use super::groups::Group;
use super::interpreter::Row;
use super::money::{Adjusts, ClaimBy, Claimable, CreditLine, Other, Remedied};
use super::naming::window_name;
use super::objectives::{Measured, OfGroup, Target};
use super::program::{Agreement, Program, Test};
use super::value::Value;
use super::zone::Zone as ZoneTable;
use crate::base::Exact;
use crate::plan::{
    Better, CreditKind, Instant as Written, LocalDate, Number, NumberForm, Period, Place, Relation,
    Type,
};
use crate::time::{Instant, Interval, LATEST, Zone, format_instant};

pub use super::interpreter::RankedBy;
pub use super::objectives::Verdict;

/// What came out of one agreement.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgreementVerdicts {
    /// Its id.
    pub id: String,
    /// For people.
    pub title: Option<String>,
    /// The zone of its dates.
    pub zone: String,
    /// Where it was written.
    pub at: Place,
    /// The customer; `null` if there is no particular one.
    pub customer: Option<String>,
    /// Its objectives in the order of the plan.
    pub objectives: Vec<ObjectiveVerdicts>,
    /// What is due, line by line.
    pub lines: Vec<DueLine>,
    /// Sums of the lines that count, by currency or unit; credits less what is earned back.
    pub totals: Vec<Total>,
    /// What is due apart from money.
    pub remedies: Vec<DueRemedy>,
    /// Rights to end the agreement that arose.
    pub rights: Vec<RightArisen>,
}

/// What came out of one objective.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectiveVerdicts {
    /// Its id.
    pub id: String,
    /// Where it was written.
    pub at: Place,
    /// What kind of value it measures, and so in which base unit.
    pub of: Type,
    /// How a good value compares with the target; `null` if it must lie in a range.
    pub relation: Option<Relation>,
    /// Its groups; one without values if it has none.
    pub groups: Vec<GroupVerdicts>,
}

/// What came out of one group.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupVerdicts {
    /// The values that make it.
    pub group: Vec<String>,
    /// Its windows in order of time.
    pub windows: Vec<WindowVerdict>,
}

/// What came out of one window.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WindowVerdict {
    /// Its name by the calendar of the agreement's zone: `2026-03`, `2026-Q1`, `2026-03-09`, else
    /// its first and last instant.
    pub name: String,
    /// Its first instant.
    pub from: Written,
    /// The first instant after it; `null`: a whole term that has no end yet.
    pub to: Option<Written>,
    /// How it ended.
    pub verdict: Verdict,
    /// What was measured; `null` is no data.
    pub value: Option<Shown>,
    /// What it was compared with: one value, or the ends of a range.
    pub target: Vec<Shown>,
    /// Measured time in nanoseconds.
    pub measured: Number,
    /// Excluded time in nanoseconds.
    pub excluded: Number,
    /// Downtime in nanoseconds, of metrics of time.
    pub down: Option<Number>,
    /// The part of the budget that is used: 1 at the target; of a share in a pending window, the
    /// part that will be used at this pace. `null` where there is no budget.
    pub used: Option<Number>,
    /// What is left of the budget of all of the window, in the base unit of the value; of a share
    /// of time, the downtime in nanoseconds. Negative if it is overdrawn, `null` where it is not
    /// known.
    pub left: Option<Number>,
    /// Number of rows from which the value is computed, if it is computed from rows.
    pub rows: Option<u64>,
    /// How many of them are bad.
    pub bad: u64,
    /// By what the rows below are ranked.
    pub worst_by: RankedBy,
    /// The rows of the data that decide the value, at most five, the worst first.
    pub worst: Vec<WorstRow>,
    /// By when what is due must be claimed, if it is breached.
    pub claims: Vec<ClaimStep>,
}

/// A value.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Shown {
    /// A quantity in the base unit of its type.
    Quantity {
        /// Exactly.
        exact: Number,
        /// With at most ten decimal places.
        decimal: String,
        /// The currency, if it is money; of what is due in a unit of one's own, that unit.
        currency: Option<String>,
    },
    /// Anything else, in words.
    Text {
        /// The words.
        text: String,
    },
    /// The length of what has not ended.
    Endless {},
}

/// A row of the data.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WorstRow {
    /// Its instant or start.
    pub from: Written,
    /// Its end; `null` of an event, or while it is open.
    pub to: Option<Written>,
    /// The file it comes from, if it comes from one.
    pub file: Option<String>,
    /// Its line or number there.
    pub row: Option<u64>,
}

/// A line of what is due.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DueLine {
    /// Id of the credit.
    pub credit: String,
    /// Which way it goes.
    pub kind: CreditKind,
    /// The window by name.
    pub window: String,
    /// First instant of the window, as in its verdict.
    pub from: Written,
    /// The first instant after the window.
    pub to: Written,
    /// The group, of a credit that pays for each.
    pub group: Vec<String>,
    /// The amount; of a bound, what it takes off: negative.
    pub amount: Shown,
    /// How it was computed.
    pub arithmetic: String,
    /// True if it counts in the total: it is not left out in favour of another credit.
    pub counts: bool,
    /// True if it is what a bound takes off, or what is carried over.
    pub adjusts: bool,
    /// The clause.
    pub at: Place,
    /// By when it must be claimed.
    pub claims: Vec<ClaimStep>,
}

/// A sum.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Total {
    /// Which way it goes.
    pub kind: CreditKind,
    /// The sum.
    pub amount: Shown,
}

/// Something other than money that is due.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DueRemedy {
    /// Id of the credit.
    pub credit: String,
    /// The window by name.
    pub window: String,
    /// The window, its first instant.
    pub from: Written,
    /// The first instant after the window.
    pub to: Written,
    /// The group, if there is one.
    pub group: Vec<String>,
    /// What is due.
    pub what: RemedyKind,
    /// The clause.
    pub at: Place,
    /// By when it must be claimed.
    pub claims: Vec<ClaimStep>,
}

/// What can be due apart from money.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "remedy", rename_all = "snake_case", deny_unknown_fields)]
pub enum RemedyKind {
    /// The term becomes longer by a period.
    Extend {
        /// The added length.
        period: Period,
    },
    /// The term becomes longer by a length.
    ExtendBy {
        /// The added length in nanoseconds.
        length: Number,
    },
    /// A remedy that the contract describes in words.
    Text {
        /// The words of the contract.
        text: String,
    },
}

/// A step of a claim.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimStep {
    /// Its id.
    pub id: String,
    /// The last local day on which it can be taken.
    pub by: LocalDate,
    /// The first instant at which it is too late.
    pub before: Written,
    /// What must be handed in.
    pub evidence: Option<String>,
    /// The clause.
    pub at: Place,
}

/// A right to end the agreement that arose.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RightArisen {
    /// Its id.
    pub id: String,
    /// The window at whose end it arose, by name.
    pub window: String,
    /// When it arose.
    pub on: Written,
    /// The last local day on which it can be declared; `null`: it does not end.
    pub by: Option<LocalDate>,
    /// The first instant at which it is too late.
    pub until: Option<Written>,
    /// The clause.
    pub at: Place,
}

/// An instant as it is written.
pub fn written(instant: Instant) -> Written {
    Written(format_instant(instant, Zone::UTC))
}

impl Evaluation<'_> {
    /// What came out of an agreement in the windows that share time with an interval.
    pub fn shown(&self, result: &AgreementResult, within: Interval) -> Option<AgreementVerdicts> {
        let program = self.shared.program;
        let agreement = program.agreements.get(result.agreement)?;
        let zone = program.zones.get(agreement.zone)?;
        let mut claims: FxHashMap<_, Vec<&Claimable>> = FxHashMap::default();
        for claimable in &result.payments.claims {
            claims
                .entry((claimable.objective, &claimable.group, claimable.inside))
                .or_default()
                .push(claimable);
        }
        Some(
            Showing { evaluation: self, program, agreement, zone, result, claims, within }
                .agreement(),
        )
    }
}

/// One agreement on its way out.
struct Showing<'s, 'e> {
    evaluation: &'s Evaluation<'e>,
    program: &'s Program<'e>,
    agreement: &'s Agreement<'e>,
    zone: &'s ZoneTable,
    result: &'s AgreementResult,
    /// By when each window of each group of an objective can be claimed for.
    claims: FxHashMap<(usize, &'s Group, Interval), Vec<&'s Claimable>>,
    within: Interval,
}

impl Showing<'_, '_> {
    fn agreement(&self) -> AgreementVerdicts {
        let objectives = self.agreement.objectives.iter().zip(&self.result.objectives).enumerate();
        AgreementVerdicts {
            id: self.agreement.plan.id.clone(),
            title: self.agreement.plan.title.clone(),
            zone: self.zone.name.clone(),
            at: self.agreement.plan.at.clone(),
            customer: self.result.customer.map(|customer| self.program.names.text(customer).into()),
            objectives: objectives
                .map(|(number, (id, groups))| self.objective(number, id, groups))
                .collect(),
            lines: self.lines().map(|line| self.line(line)).collect(),
            totals: self.totals(),
            remedies: self
                .result
                .payments
                .remedies
                .iter()
                .filter(|due| self.shows(due.window))
                .map(|due| self.remedy(due))
                .collect(),
            rights: self.rights(),
        }
    }

    /// True if a window is requested.
    fn shows(&self, window: Interval) -> bool {
        window.start < self.within.end && self.within.start < window.end
    }

    fn lines(&self) -> impl Iterator<Item = &CreditLine> {
        self.result.payments.lines.iter().filter(|line| self.shows(line.window))
    }

    fn group(&self, values: &[Value]) -> Vec<String> {
        let severities = &self.program.plan.severities;
        let word = |value: &Value| match value {
            Value::Severity(rank) => severities
                .get(*rank as usize)
                .map_or_else(String::new, |severity| severity.name.clone()),
            other => words(other, &self.program.names),
        };
        values.iter().map(word).collect()
    }

    fn objective(&self, number: usize, id: &str, groups: &[OfGroup]) -> ObjectiveVerdicts {
        let stated = self
            .agreement
            .versions
            .iter()
            .flat_map(|version| &version.objectives)
            .find(|it| it.number == number);
        let at = stated
            .map_or_else(|| self.agreement.plan.at.clone(), |objective| objective.plan.at.clone());
        let better = stated.map_or(Better::Neither, |objective| objective.plan.better);
        let metric = stated.and_then(|objective| self.program.plan.metrics.get(objective.metric));
        let of =
            metric.map_or(Type::Number { form: NumberForm::Plain }, |metric| metric.of.clone());
        let relation = stated.and_then(|objective| match objective.test {
            Test::Compare(relation, _) => Some(relation),
            Test::Between(..) => None,
        });
        let groups = groups.iter().map(|group| GroupVerdicts {
            group: self.group(&group.group.values),
            windows: group
                .windows
                .iter()
                .filter(|cell| self.shows(cell.window))
                .map(|cell| self.window(number, &group.group, cell, better, &of))
                .collect(),
        });
        let groups = groups.collect();
        ObjectiveVerdicts { id: id.to_string(), at, of, relation, groups }
    }

    fn window(
        &self,
        number: usize,
        group: &Group,
        cell: &Measured,
        better: Better,
        of: &Type,
    ) -> WindowVerdict {
        let own = self.claims.get(&(number, group, cell.inside)).into_iter().flatten();
        let target = match &cell.target {
            None => Vec::new(),
            Some(Target::One(value)) => vec![self.shown(value)],
            Some(Target::Range(low, high)) => vec![self.shown(low), self.shown(high)],
        };
        WindowVerdict {
            name: window_name(self.zone, cell.window),
            from: written(cell.window.start),
            to: (cell.window.end < LATEST).then(|| written(cell.window.end)),
            verdict: cell.verdict,
            value: cell.value.as_ref().map(|value| self.shown(value)),
            target,
            measured: Number(Exact::integer(cell.measured)),
            excluded: Number(Exact::integer(cell.excluded)),
            down: cell.down.clone().map(Number),
            used: used(cell, better, of).map(Number),
            left: left(cell, better).map(Number),
            rows: cell.rows.map(|rows| rows as u64),
            bad: cell.bad.len() as u64,
            worst_by: cell.worst.by,
            worst: self.worst(&cell.worst.rows),
            claims: own.flat_map(|claimable| claimable.by.iter().map(step)).collect(),
        }
    }

    fn worst(&self, rows: &[Row]) -> Vec<WorstRow> {
        let shared = &self.evaluation.shared;
        let one = |row: &Row| {
            let origin = row
                .from
                .and_then(|(source, number)| shared.store.tables.get(source)?.origin(number));
            WorstRow {
                from: written(row.start),
                to: row.end.map(written),
                file: origin.map(|(file, _)| file.to_string()),
                row: origin.map(|(_, row)| row),
            }
        };
        rows.iter().map(one).collect()
    }

    fn credit_id(&self, credit: (usize, usize)) -> String {
        let credit =
            self.agreement.versions.get(credit.0).and_then(|version| version.credits.get(credit.1));
        credit.map_or_else(String::new, |credit| credit.plan.id.clone())
    }

    fn line(&self, line: &CreditLine) -> DueLine {
        DueLine {
            credit: self.credit_id(line.credit),
            kind: line.kind,
            window: window_name(self.zone, line.window),
            from: written(line.window.start),
            to: written(line.window.end),
            group: self.group(&line.group.values),
            amount: self.shown(&line.amount),
            arithmetic: line.words.clone(),
            counts: !line.passed_over,
            adjusts: matches!(line.adjusts, Some(Adjusts::Credit | Adjusts::All)),
            at: line.at.clone(),
            claims: line.claims.iter().map(step).collect(),
        }
    }

    /// Sums of printed lines, by kind and currency or unit.
    fn totals(&self) -> Vec<Total> {
        let mut sums: Vec<(CreditKind, Value)> = Vec::new();
        for line in self.lines().filter(|line| !line.passed_over) {
            let (kind, amount) = match line.kind {
                CreditKind::EarnBack => (
                    CreditKind::Credit,
                    line.amount.multiply(&Value::number(Exact::integer(-1))).ok().flatten(),
                ),
                CreditKind::Credit | CreditKind::Bonus => (line.kind, Some(line.amount.clone())),
            };
            let Some(amount) = amount else { continue };
            let mut added = false;
            for (known, sum) in &mut sums {
                // Amounts of two currencies cannot be added, and so have sums of their own.
                if *known == kind
                    && let Ok(total) = sum.add(&amount)
                {
                    (*sum, added) = (total, true);
                    break;
                }
            }
            if !added {
                sums.push((kind, amount));
            }
        }
        sums.iter()
            .map(|(kind, amount)| Total { kind: *kind, amount: self.shown(amount) })
            .collect()
    }

    fn remedy(&self, due: &Remedied) -> DueRemedy {
        let what = match &due.what {
            Other::Extend(period) => RemedyKind::Extend { period: *period },
            Other::ExtendBy(length) => RemedyKind::ExtendBy { length: Number(length.clone()) },
            Other::Text(text) => RemedyKind::Text { text: text.clone() },
        };
        DueRemedy {
            credit: self.credit_id(due.credit),
            window: window_name(self.zone, due.window),
            from: written(due.window.start),
            to: written(due.window.end),
            group: self.group(&due.group.values),
            what,
            at: due.at.clone(),
            claims: due.claims.iter().map(step).collect(),
        }
    }

    fn rights(&self) -> Vec<RightArisen> {
        let one = |right: &super::money::Right| {
            let version = self.agreement.versions.get(right.termination.0);
            let id = version
                .and_then(|version| version.terminations.get(right.termination.1))
                .map(|it| it.plan.id.clone());
            RightArisen {
                id: id.unwrap_or_default(),
                window: window_name(self.zone, right.window),
                on: written(right.window.end),
                by: right
                    .until
                    .map(|until| LocalDate(self.zone.date(until.saturating_sub(1)).to_string())),
                until: right.until.map(written),
                at: right.at.clone(),
            }
        };
        self.result
            .payments
            .rights
            .iter()
            .filter(|right| self.shows(right.window))
            .map(one)
            .collect()
    }

    fn shown(&self, value: &Value) -> Shown {
        match value {
            Value::Quantity(exact, currency) => Shown::Quantity {
                exact: Number(exact.clone()),
                decimal: decimal(exact),
                currency: currency.map(|currency| self.program.names.text(currency).into()),
            },
            Value::Forever => Shown::Endless {},
            Value::Boolean(_)
            | Value::Time(_)
            | Value::Date(_)
            | Value::Name(_)
            | Value::Severity(_) => {
                Shown::Text { text: self.group(std::slice::from_ref(value)).concat() }
            }
        }
    }
}

/// A decimal with at most ten places.
pub fn decimal(value: &Exact) -> String {
    let step = Exact::ratio(1, 10_000_000_000).unwrap_or(Exact::ONE);
    value.rounded_to(&step).unwrap_or_else(|| value.clone()).to_string()
}

/// The part of the budget that is used: of a share what is missing of what may be missing, of
/// anything else the value over its target.
fn used(cell: &Measured, better: Better, of: &Type) -> Option<Exact> {
    let is_share = matches!(of, Type::Number { form: NumberForm::Percent });
    let Some(Target::One(Value::Quantity(target, _))) = &cell.target else { return None };
    let Some(Value::Quantity(value, _)) = &cell.value else { return None };
    match better {
        Better::Higher if is_share && *target < Exact::ONE && *value <= Exact::ONE => {
            (&Exact::ONE - value).divide(&(&Exact::ONE - target))
        }
        Better::Lower => value.divide(target),
        Better::Higher | Better::Neither => None,
    }
}

/// What of the budget is left to the end of the window: of a share of time, what may be down of all
/// that is measured less what was down; of a value that must stay below its target, what is missing
/// to that.
fn left(cell: &Measured, better: Better) -> Option<Exact> {
    let Some(Target::One(Value::Quantity(target, _))) = &cell.target else { return None };
    let Some(Value::Quantity(value, _)) = &cell.value else { return None };
    match better {
        Better::Higher => {
            let (down, whole) = (cell.down.as_ref()?, cell.whole?);
            // Only where the value is the share that is up does downtime use the budget up one to
            // one.
            let up = &Exact::ONE - &down.divide(&Exact::integer(cell.measured))?;
            let allowed = &(&Exact::ONE - target) * &Exact::integer(whole);
            (up == *value && *target < Exact::ONE).then(|| &allowed - down)
        }
        Better::Lower => Some(target - value),
        Better::Neither => None,
    }
}

fn step(claim: &ClaimBy) -> ClaimStep {
    ClaimStep {
        id: claim.id.clone(),
        by: LocalDate(claim.deadline.date.to_string()),
        before: written(claim.deadline.before),
        evidence: claim.evidence.clone(),
        at: claim.at.clone(),
    }
}
