//! Agreements of a program.

use std::cell::RefCell;
use std::sync::Arc;

use super::compile::{Compile, Known};
use super::expressions::Expr;
use super::rows::{GroupCut, Rows, Times, folded_rows, summed};
use super::{Program, missing};
use crate::data::fault::{Fault, Outcome};
use crate::eval::groups::GroupField;
use crate::eval::names::Symbol;
use crate::eval::value::Value;
use crate::eval::windows::Windows;
use crate::eval::zone::{Zone, instant};
use crate::plan::{self, CreditPer, Customer, GroupValues, Place};
use crate::time::{Instant, Interval};

/// An agreement.
pub struct Agreement<'p> {
    /// As the plan has it.
    pub plan: &'p plan::Agreement,
    /// The customer it is with, if it is one.
    pub customer: Option<Symbol>,
    /// Its term.
    pub term: Option<TermDef>,
    /// The zone of its dates.
    pub zone: usize,
    /// Ids of its objectives, over all versions.
    pub objectives: Vec<String>,
    /// The terms, one version for each time from which they apply.
    pub versions: Vec<Version<'p>>,
}

/// The most runs of a term that renews; a run of a day reaches 270 years.
const MOST_RUNS: i64 = 100_000;

/// From when to when an agreement holds.
#[derive(Clone, Copy, Debug)]
pub struct TermDef {
    /// Its first instant.
    pub from: Instant,
    /// The end of its first run.
    pub to: Option<Instant>,
    /// How long each further run is.
    pub renews: Option<plan::Period>,
}

impl TermDef {
    /// The end of the run of the term that an instant lies in, or ends; `None` for a term without
    /// end.
    pub fn run_end(&self, zone: &Zone, at: Instant) -> Outcome<Option<Instant>> {
        let Some(first) = self.to else { return Ok(None) };
        let (mut end, mut runs) = (first, 0);
        while let Some(renews) = self.renews.filter(|_| end < at && runs < MOST_RUNS) {
            runs += 1;
            end = zone.after(first, renews, runs, None)?;
        }
        Ok(Some(end))
    }
}

/// What holds from some instant on.
pub struct Version<'p> {
    /// As the plan has it.
    pub plan: &'p plan::Version,
    /// Its first instant; `None`: the start of the term.
    pub from: Option<Instant>,
    /// The start of the next.
    pub to: Option<Instant>,
    /// The zone in which it counts days.
    pub zone: usize,
    /// Objectives.
    pub objectives: Vec<Objective<'p>>,
    /// Exclusions.
    pub exclusions: Vec<Exclusion<'p>>,
    /// Rows that do not count.
    pub ignores: Vec<Ignore>,
    /// Fees.
    pub fees: Vec<Fee<'p>>,
    /// Credits.
    pub credits: Vec<Credit<'p>>,
    /// Bounds over all credits: the amount, and the windows.
    pub credit_caps: Vec<(&'p plan::CreditCap, Expr, CapSpan)>,
    /// Rights to end the agreement.
    pub terminations: Vec<Termination<'p>>,
    /// Facts that are provided: which, the value, from when, where.
    pub given: Vec<(usize, Value, Option<Instant>)>,
    /// Sources that its terms speak of: its objectives and its money.
    pub reads: Vec<usize>,
}

/// An objective.
pub struct Objective<'p> {
    /// As the plan has it.
    pub plan: &'p plan::Objective,
    /// Its number in the agreement.
    pub number: usize,
    /// The service whose rows it sees.
    pub service: Option<Symbol>,
    /// Its metric, by number.
    pub metric: usize,
    /// When its value is good.
    pub test: Test,
    /// Its windows.
    pub windows: Windows,
    /// When it begins.
    pub from: Option<Instant>,
    /// The hours that count.
    pub hours: Times,
    /// Numbers of its exclusions.
    pub exclusions: Vec<usize>,
    /// Numbers of its ignores.
    pub ignores: Vec<usize>,
    /// Its groups.
    pub groups: Option<Groups>,
    /// Facts that must hold.
    pub condition: Option<Condition<'p>>,
    /// The rows behind its value.
    pub items: Option<Items>,
    /// The rows of the data behind its value.
    pub causes: Vec<Cause>,
    /// Sources that it reads: in its metric, hours, target, items and exclusions, and where rows of
    /// these are ignored.
    pub reads: Vec<usize>,
}

/// When a value is good.
pub enum Test {
    /// If it compares so.
    Compare(plan::Relation, Expr),
    /// If it lies between two.
    Between(Expr, Expr),
}

/// Groups.
pub struct Groups {
    /// What each field cuts.
    pub keys: Vec<GroupCut>,
    /// The fields themselves, which the groups of other objectives may share.
    pub fields: Arc<[GroupField]>,
    /// Combinations; `None`: those in the data.
    pub known: Option<Vec<Vec<Value>>>,
}

/// A condition on facts.
pub struct Condition<'p> {
    /// As the plan has it.
    pub plan: &'p plan::FactCondition,
    /// The condition, compiled.
    pub expression: Expr,
}

/// Rows behind a value.
pub struct Items {
    /// The rows.
    pub rows: Rows,
    /// The measured value of each row.
    pub value: Option<Expr>,
    /// True for a row that meets the target.
    pub good: Expr,
}

/// Rows of the data behind a value.
pub struct Cause {
    /// The rows.
    pub rows: Rows,
    /// Which of them are those of one window.
    pub by: plan::CausesBy,
    /// What each of them adds to the value, if that is a sum over them.
    pub adds: Option<Expr>,
}

/// Time that does not count.
pub struct Exclusion<'p> {
    /// As the plan has it.
    pub plan: &'p plan::Exclusion,
    /// The excluded time.
    pub time: Excluded,
    /// The windows of its limit.
    pub windows: Option<Windows>,
    /// Sources it reads.
    pub reads: Vec<usize>,
}

/// Which time is excluded.
pub enum Excluded {
    /// A set.
    Time(Times),
    /// The time of rows, with the column that says when each was announced, and the zone and
    /// calendar in which notice is counted.
    Spans {
        /// The rows whose time is excluded.
        rows: Rows,
        /// Their notice.
        notice: Option<(plan::Period, usize, usize, Option<usize>)>,
    },
}

/// Rows that do not count.
pub struct Ignore {
    /// Number of the source of the rows.
    pub source: usize,
    /// Which rows; `None`: all.
    pub condition: Option<Expr>,
    /// Sources that the condition reads.
    reads: Vec<usize>,
}

/// A fee.
pub struct Fee<'p> {
    /// As the plan has it.
    pub plan: &'p plan::Fee,
    /// Its number in the agreement.
    pub number: usize,
    /// The amount, compiled.
    pub amount: Expr,
    /// The periods it is stated for, if it accrues by the day.
    pub period: Option<Windows>,
    /// When it begins.
    pub from: Option<Instant>,
}

/// The time over which a bound adds up what is due.
pub enum CapSpan {
    /// Each of these windows.
    Every(Windows),
    /// A length of time before the end of each payment's own window.
    Trailing(Trailing),
}

/// Windows that end wherever one asks for.
#[derive(Clone, Copy)]
pub struct Trailing {
    length: plan::Period,
    zone: usize,
}

impl Trailing {
    /// The window that ends so many lengths after an instant, as far as it lies in the term; `None`
    /// if it lies outside.
    pub fn ending(self, zones: &[Zone], term: Interval, end: Instant, by: i32) -> Option<Interval> {
        let zone = zones.get(self.zone)?;
        let at = |times: i64| {
            if times == 0 { Some(end) } else { zone.after(end, self.length, times, None).ok() }
        };
        let by = i64::from(by);
        // Before the first year that has a date there is no term either.
        let start = at(by - 1).unwrap_or(term.start);
        Interval { start, end: at(by)? }.intersection(term)
    }
}

/// A credit.
pub struct Credit<'p> {
    /// As the plan has it.
    pub plan: &'p plan::Credit,
    /// Its objectives, by number in the agreement.
    pub objectives: Vec<usize>,
    /// What the bands look at.
    pub measure: Option<Expr>,
    /// For each band: its ends and what is due.
    pub bands: Vec<(Option<Expr>, Option<Expr>, Remedy)>,
    /// Bounds: amount, and what those of several windows add up over.
    pub caps: Vec<(Expr, Option<CapSpan>)>,
    /// What else must hold.
    pub condition: Option<Condition<'p>>,
    /// Sources that it speaks of.
    reads: Vec<usize>,
}

impl Credit<'_> {
    /// What is evaluated for a window: the condition, what the bands look at, their ends, and what
    /// each of them gives.
    pub fn expressions(&self) -> impl Iterator<Item = &Expr> {
        let condition = self.condition.iter().map(|condition| &condition.expression);
        let bands = self
            .bands
            .iter()
            .flat_map(|(from, to, remedy)| from.iter().chain(to).chain(remedy.expressions()));
        condition.chain(&self.measure).chain(bands)
    }
}

impl Remedy {
    fn expressions(&self) -> Vec<&Expr> {
        match self {
            Remedy::Pay(terms) => terms
                .iter()
                .flat_map(|(each, step)| {
                    let step = step.iter().flat_map(|it| [&it.value, &it.from, &it.unit]);
                    std::iter::once(each).chain(step)
                })
                .collect(),
            Remedy::ExtendBy(length) => vec![length],
            Remedy::Stated => Vec::new(),
        }
    }
}

/// What is due.
pub enum Remedy {
    /// A sum.
    Pay(Vec<(Expr, Option<Step>)>),
    /// The term becomes longer by a measured length.
    ExtendBy(Expr),
    /// Something that needs no computing.
    Stated,
}

/// Steps of a payment.
pub struct Step {
    /// The value.
    pub value: Expr,
    /// Where counting begins.
    pub from: Expr,
    /// The length of a step.
    pub unit: Expr,
    /// Which way, and how parts count.
    pub how: (plan::Toward, plan::StepCount),
}

/// A right to end the agreement.
pub struct Termination<'p> {
    /// As the plan has it.
    pub plan: &'p plan::Termination,
    /// When it arises.
    pub condition: Expr,
    /// Objectives it speaks of, by number.
    pub objectives: Vec<usize>,
}

impl<'p> Program<'p> {
    pub(super) fn agreement(&self, agreement: &'p plan::Agreement) -> Outcome<Agreement<'p>> {
        self.ready(agreement).map_err(|fault| fault.within(&agreement.at))
    }

    fn ready(&self, agreement: &'p plan::Agreement) -> Outcome<Agreement<'p>> {
        let mut objectives: Vec<String> = Vec::new();
        let mut fees: Vec<String> = Vec::new();
        for version in &agreement.versions {
            for objective in &version.terms.objectives {
                if !objectives.contains(&objective.id) {
                    objectives.push(objective.id.clone());
                }
            }
            for fee in &version.terms.fees {
                if !fees.contains(&fee.id) {
                    fees.push(fee.id.clone());
                }
            }
        }
        let first = agreement
            .versions
            .first()
            .ok_or_else(|| Fault::new(format!("`{}` has no terms", agreement.id)))?;
        let zone = self.zone(&first.terms.zone.name)?;
        let term = agreement.term.as_ref().map(|term| {
            let to = term.to.as_ref().map(|to| instant(&to.instant)).transpose()?;
            Ok(TermDef { from: instant(&term.from.instant)?, to, renews: term.renews })
        });
        let known = Known { objectives: &objectives, fees: &fees };
        let versions = agreement
            .versions
            .iter()
            .map(|version| self.version(version, known))
            .collect::<Outcome<_>>()?;
        let customer = match &agreement.customer {
            Customer::Party { id } => Some(self.symbol(id)),
            Customer::Any {} | Customer::Nobody {} => None,
        };
        Ok(Agreement {
            plan: agreement,
            customer,
            term: term.transpose()?,
            zone,
            versions,
            objectives,
        })
    }

    fn version(&self, version: &'p plan::Version, known: Known<'_>) -> Outcome<Version<'p>> {
        let terms = &version.terms;
        let zone = self.zone(&terms.zone.name)?;
        let walk = || Compile::new(self, known, Some(zone));
        let moment = |moment: &Option<plan::Moment>| {
            moment.as_ref().map(|moment| instant(&moment.instant)).transpose()
        };
        let mut exclusions = Vec::new();
        for exclusion in &terms.exclusions {
            exclusions.push(
                self.exclusion(exclusion, walk()).map_err(|fault| fault.within(&exclusion.at))?,
            );
        }
        let mut ignores = Vec::new();
        for ignore in &terms.ignores {
            let source = self.source(&ignore.source).map_err(|fault| fault.within(&ignore.at))?;
            let rows = plan::Rows::Source { source: ignore.source.clone(), at: ignore.at.clone() };
            let mut walk = walk();
            let condition = ignore
                .condition
                .as_ref()
                .map(|condition| walk.asked(&rows, condition))
                .transpose()?;
            ignores.push(Ignore { source, condition, reads: walk.reads });
        }
        let mut objectives = Vec::new();
        for objective in &terms.objectives {
            objectives.push(
                self.objective(objective, version, &exclusions, &ignores, known)
                    .map_err(|fault| fault.within(&objective.at))?,
            );
        }
        let mut credits = Vec::new();
        for credit in &terms.credits {
            credits.push(
                self.credit(credit, version, known).map_err(|fault| fault.within(&credit.at))?,
            );
        }
        let spoken_of = RefCell::new(Vec::new());
        let money = |expression: &plan::Expression| {
            let mut walk = walk();
            let compiled = walk.expr(expression)?;
            spoken_of.borrow_mut().extend(walk.reads);
            Ok(compiled)
        };
        let fees = terms.fees.iter().map(|fee| {
            let period = match &fee.accrual {
                plan::Accrual::Daily { period, .. } => Some(self.windows(period)?),
                plan::Accrual::Once {} | plan::Accrual::Measured {} => None,
            };
            let number = known.fees.iter().position(|id| *id == fee.id).unwrap_or_default();
            Ok(Fee {
                plan: fee,
                number,
                amount: money(&fee.amount)?,
                period,
                from: moment(&fee.from)?,
            })
        });
        let fees = fees.collect::<Outcome<_>>()?;
        let caps = terms
            .credit_caps
            .iter()
            .map(|cap| Ok((cap, money(&cap.amount)?, self.credit_cap_span(&cap.per)?)));
        let credit_caps = caps.collect::<Outcome<_>>()?;
        let terminations = terms.terminations.iter().map(|it| {
            let objectives = numbers(&it.objectives, known, &it.at)?;
            Ok(Termination { plan: it, condition: money(&it.condition)?, objectives })
        });
        let terminations = terminations.collect::<Outcome<_>>()?;
        let given = terms.given.iter().map(|given| {
            let fact = self.fact(&given.fact).map_err(|fault| fault.within(&given.at))?;
            Ok((fact, self.value(&given.value)?, moment(&given.from)?))
        });
        let given = given.collect::<Outcome<_>>()?;
        let (from, to) = (moment(&version.from)?, moment(&version.to)?);
        let mut reads = spoken_of.into_inner();
        reads.extend(
            objectives.iter().flat_map(|objective: &Objective<'_>| objective.reads.iter().copied()),
        );
        reads.extend(credits.iter().flat_map(|credit: &Credit<'_>| credit.reads.iter().copied()));
        reads.sort_unstable();
        reads.dedup();
        Ok(Version {
            plan: version,
            from,
            to,
            zone,
            objectives,
            exclusions,
            ignores,
            fees,
            credits,
            credit_caps,
            terminations,
            given,
            reads,
        })
    }

    fn exclusion(
        &self,
        exclusion: &'p plan::Exclusion,
        mut walk: Compile<'_, 'p>,
    ) -> Outcome<Exclusion<'p>> {
        let time = match &exclusion.time {
            plan::ExcludedTime::Time { time } => Excluded::Time(walk.times(time)?),
            plan::ExcludedTime::Spans { rows, notice } => {
                let notice = notice.as_ref().map(|notice| {
                    let plain = plan::Expression::Field {
                        name: notice.field.clone(),
                        of: plan::Type::Time {},
                        row: 0,
                        at: exclusion.at.clone(),
                    };
                    let Expr::Field { column, .. } = walk.asked(rows, &plain)? else {
                        return Err(missing("field", &notice.field));
                    };
                    let calendar = notice
                        .calendar
                        .as_deref()
                        .map(|calendar| self.calendar(calendar))
                        .transpose()?;
                    Ok((notice.period, column, self.zone(&notice.zone)?, calendar))
                });
                let notice = notice.transpose()?;
                Excluded::Spans { rows: walk.rows(rows)?, notice }
            }
        };
        let windows =
            exclusion.limit.as_ref().map(|limit| self.windows(&limit.window)).transpose()?;
        Ok(Exclusion { plan: exclusion, time, windows, reads: walk.reads })
    }

    fn objective(
        &self,
        objective: &'p plan::Objective,
        version: &'p plan::Version,
        exclusions: &[Exclusion<'p>],
        ignores: &[Ignore],
        known: Known<'_>,
    ) -> Outcome<Objective<'p>> {
        let metric = self.plan.metrics.iter().position(|metric| metric.id == objective.metric);
        let metric = metric.ok_or_else(|| missing("metric", &objective.metric))?;
        let zone = self.zone(&version.terms.zone.name)?;
        let mut walk = Compile::new(self, known, Some(zone));
        let test = match &objective.test {
            plan::Test::Compare { relation, target } => {
                Test::Compare(*relation, walk.expr(target)?)
            }
            plan::Test::Between { low, high } => Test::Between(walk.expr(low)?, walk.expr(high)?),
        };
        let hours = walk.times(&objective.hours)?;
        let items = objective.items.as_ref().map(|items| {
            let value =
                items.value.as_ref().map(|value| walk.asked(&items.rows, value)).transpose()?;
            let rows = walk.rows(&items.rows)?;
            // Rows that the metric folds are the same nodes there and here, and so computed once.
            let measured = self.plan.metrics.get(metric).zip(self.metrics.get(metric));
            let folded = measured
                .and_then(|(written, made)| folded_rows(&written.expression, &made.expression));
            let rows = folded
                .filter(|(written, _)| **written == items.rows)
                .map_or(rows, |(_, made)| made.clone());
            Ok(Items { rows, value, good: walk.asked(&items.rows, &items.good)? })
        });
        let items = items.transpose()?;
        let summed = self.plan.metrics.get(metric).and_then(|metric| summed(&metric.expression));
        let causes = objective.causes.iter().map(|causes| {
            let adds = summed
                .filter(|(rows, _)| **rows == causes.rows)
                .map(|(rows, value)| walk.asked(rows, value))
                .transpose()?;
            Ok(Cause { rows: walk.rows(&causes.rows)?, by: causes.by, adds })
        });
        let causes = causes.collect::<Outcome<_>>()?;
        let condition = objective
            .condition
            .as_ref()
            .map(|it| Ok(Condition { plan: it, expression: walk.expr(&it.condition)? }));
        let condition = condition.transpose()?;
        let places = |ids: &[String], all: &mut dyn Iterator<Item = &String>, kind| {
            let all: Vec<&String> = all.collect();
            let find = |id: &String| {
                all.iter().position(|known| *known == id).ok_or_else(|| missing(kind, id))
            };
            ids.iter().map(find).collect::<Outcome<Vec<usize>>>()
        };
        let of_exclusions = places(
            &objective.exclusions,
            &mut version.terms.exclusions.iter().map(|it| &it.id),
            "exclusion",
        )?;
        let of_ignores = places(
            &objective.ignores,
            &mut version.terms.ignores.iter().map(|it| &it.id),
            "ignore",
        )?;
        let mut reads = walk.reads;
        reads.extend(
            self.metrics.get(metric).iter().flat_map(|metric| metric.reads.iter().copied()),
        );
        reads.extend(
            of_exclusions
                .iter()
                .filter_map(|index| exclusions.get(*index))
                .flat_map(|it| it.reads.iter().copied()),
        );
        let of_rows = of_ignores
            .iter()
            .filter_map(|index| ignores.get(*index))
            .filter(|it| reads.contains(&it.source));
        let of_rows: Vec<usize> = of_rows.flat_map(|it| it.reads.iter().copied()).collect();
        reads.extend(of_rows);
        let windows = self.windows(&objective.window)?;
        reads.extend(windows.claims().map(|(source, ..)| source));
        reads.sort_unstable();
        reads.dedup();
        Ok(Objective {
            plan: objective,
            number: known.objectives.iter().position(|id| *id == objective.id).unwrap_or_default(),
            service: objective.service.as_deref().map(|service| self.symbol(service)),
            metric,
            test,
            windows,
            from: objective.from.as_ref().map(|from| instant(&from.instant)).transpose()?,
            hours,
            exclusions: of_exclusions,
            ignores: of_ignores,
            groups: objective.groups.as_ref().map(|groups| self.group_keys(groups)).transpose()?,
            condition,
            items,
            causes,
            reads,
        })
    }

    fn group_keys(&self, groups: &plan::Groups) -> Outcome<Groups> {
        let keys = groups.keys.iter().map(|key| {
            let sources = key.sources.iter().map(|name| {
                let source = self.source(name)?;
                let fields = self
                    .sources
                    .get(source)
                    .map(|source| source.fields.as_slice())
                    .unwrap_or_default();
                let column = fields
                    .iter()
                    .position(|field| field.name == key.field)
                    .ok_or_else(|| missing("field", &key.field))?;
                Ok((source, column))
            });
            Ok(GroupCut {
                name: self.symbol(&key.name),
                sources: sources.collect::<Outcome<_>>()?,
                known: None,
            })
        });
        let keys: Vec<GroupCut> = keys.collect::<Outcome<_>>()?;
        let known = match &groups.values {
            GroupValues::Data {} => None,
            GroupValues::Known { values } => {
                let rows = values.iter().map(|row| {
                    row.iter().map(|value| self.value(value)).collect::<Outcome<Vec<_>>>()
                });
                let rows = rows.collect::<Outcome<Vec<_>>>()?;
                if rows.iter().any(|row| row.len() != keys.len()) {
                    return Err(Fault::new(
                        "the plan has a group without a value for each of its fields",
                    ));
                }
                Some(rows)
            }
        };
        let fields = groups
            .keys
            .iter()
            .map(|key| GroupField { name: key.field.clone(), of: key.of.clone() })
            .collect();
        Ok(Groups { keys, fields, known })
    }

    fn credit_cap_span(&self, per: &plan::CreditCapPer) -> Outcome<CapSpan> {
        match per {
            plan::CreditCapPer::Every { window } => Ok(CapSpan::Every(self.windows(window)?)),
            plan::CreditCapPer::Trailing { length, zone } => self.trailing(*length, zone),
        }
    }

    fn trailing(&self, length: plan::Period, zone: &str) -> Outcome<CapSpan> {
        if length.count == 0 || length.unit == plan::PeriodUnit::WorkingDay {
            return Err(Fault::new(
                "the plan has a cap that adds up over no time, or over working days",
            ));
        }
        Ok(CapSpan::Trailing(Trailing { length, zone: self.zone(zone)? }))
    }

    fn credit(
        &self,
        credit: &'p plan::Credit,
        version: &'p plan::Version,
        known: Known<'_>,
    ) -> Outcome<Credit<'p>> {
        let zone = self.zone(&version.terms.zone.name)?;
        let items = credit
            .objectives
            .first()
            .and_then(|id| version.terms.objectives.iter().find(|it| it.id == *id));
        let rows = items.and_then(|objective| objective.items.as_ref()).map(|items| &items.rows);
        let rows = rows.filter(|_| credit.per == CreditPer::Row);
        // In a credit for each row, that row is around everything.
        let reads = RefCell::new(Vec::new());
        let expr = |expression: &plan::Expression| {
            let mut walk = Compile::new(self, known, Some(zone));
            let compiled = match rows {
                Some(rows) => walk.asked(rows, expression),
                None => walk.expr(expression),
            };
            reads.borrow_mut().extend(walk.reads);
            compiled
        };
        let mut bands = Vec::new();
        for band in &credit.bands {
            let from = band.from.as_ref().map(|bound| expr(&bound.value)).transpose()?;
            let to = band.to.as_ref().map(|bound| expr(&bound.value)).transpose()?;
            let remedy = match &band.remedy {
                plan::Remedy::Pay { terms, .. } => {
                    let terms = terms.iter().map(|term| {
                        let step = term.step.as_ref().map(|step| {
                            let (value, from, unit) =
                                (expr(&step.value)?, expr(&step.from)?, expr(&step.unit)?);
                            Ok(Step { value, from, unit, how: (step.toward, step.count) })
                        });
                        Ok((expr(&term.amount)?, step.transpose()?))
                    });
                    Remedy::Pay(terms.collect::<Outcome<_>>()?)
                }
                plan::Remedy::ExtendBy { length } => Remedy::ExtendBy(expr(length)?),
                plan::Remedy::Extend { .. } | plan::Remedy::Text { .. } => Remedy::Stated,
            };
            bands.push((from, to, remedy));
        }
        let caps = credit.caps.iter().map(|cap| {
            let windows = match &cap.per {
                plan::CapPer::Every { window } => Some(CapSpan::Every(self.windows(window)?)),
                plan::CapPer::Trailing { length, zone } => Some(self.trailing(*length, zone)?),
                plan::CapPer::Window {} | plan::CapPer::Row {} => None,
            };
            Ok((expr(&cap.amount)?, windows))
        });
        let caps = caps.collect::<Outcome<_>>()?;
        let condition = credit
            .condition
            .as_ref()
            .map(|it| Ok(Condition { plan: it, expression: expr(&it.condition)? }));
        let (condition, measure) =
            (condition.transpose()?, credit.measure.as_ref().map(expr).transpose()?);
        let objectives = numbers(&credit.objectives, known, &credit.at)?;
        Ok(Credit {
            plan: credit,
            objectives,
            measure,
            bands,
            caps,
            condition,
            reads: reads.into_inner(),
        })
    }
}

fn numbers(ids: &[String], known: Known<'_>, at: &Place) -> Outcome<Vec<usize>> {
    let find = |id: &String| {
        known
            .objectives
            .iter()
            .position(|it| it == id)
            .ok_or_else(|| missing("objective", id).within(at))
    };
    ids.iter().map(find).collect()
}
