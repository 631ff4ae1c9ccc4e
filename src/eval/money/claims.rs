//! By when credits must be claimed, and rights to end the agreement.

use super::caps::last_instant;
use super::sequence::of_objective;
use super::{Book, Claimable, CreditScope, Deadline, Payments, group_values};
use crate::data::fault::{Fault, Outcome};
use crate::eval::groups::Group;
use crate::eval::interpreter::Row;
use crate::eval::objectives::{Measured, Verdict};
use crate::eval::program::{Expr, Termination};
use crate::eval::table::Cell;
use crate::eval::value::Value;
use crate::eval::zone::{Calendar, Zone, time_period};
use crate::plan::{self, Claim, ClaimAnchor, ClaimDeadline, PeriodUnit, Place};
use crate::time::{Date, Instant, Interval};

/// By when something must be claimed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClaimBy {
    /// Id of the step.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// By when.
    pub deadline: Deadline,
    /// What must be handed in.
    pub evidence: Option<String>,
    /// The clause.
    pub at: Place,
}

/// A right to end the agreement that arose.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Right {
    /// Version of the agreement, and number of the right in it.
    pub termination: (usize, usize),
    /// Its name.
    pub name: Option<String>,
    /// The window inside the term; it arose at its end.
    pub window: Interval,
    /// When it ends; `None`: never.
    pub until: Option<Instant>,
    /// The clause.
    pub at: Place,
}

impl<'e> Book<'_, 'e> {
    /// Gives every line its dates.
    pub(super) fn dated(&self, payments: &mut Payments) -> Outcome<()> {
        for line in &mut payments.lines {
            line.claims = self.of_credit(line.credit, line.window, line.inside, &line.group)?;
        }
        for line in &mut payments.remedies {
            line.claims = self.of_credit(line.credit, line.window, line.inside, &line.group)?;
        }
        for (objective, groups) in self.measured.iter().enumerate() {
            for group in groups {
                for cell in group.windows.iter().filter(|cell| cell.verdict == Verdict::Breached) {
                    let by = self.claims(cell.version, &[objective], &[cell], cell.inside)?;
                    payments.claims.push(Claimable {
                        objective,
                        group: group.group.clone(),
                        inside: cell.inside,
                        by,
                    });
                }
            }
        }
        Ok(())
    }

    fn of_credit(
        &self,
        credit: (usize, usize),
        window: Interval,
        inside: Interval,
        group: &Group,
    ) -> Outcome<Vec<ClaimBy>> {
        let of = self.version(credit.0).and_then(|version| version.credits.get(credit.1));
        let Some(of) = of else { return Ok(Vec::new()) };
        let cells: Vec<&Measured> =
            of.objectives.iter().flat_map(|it| self.cells(*it, window, group)).collect();
        self.claims(credit.0, &of.objectives, &cells, inside)
    }

    /// The dates of all steps that are about some objectives.
    fn claims(
        &self,
        version: usize,
        objectives: &[usize],
        cells: &[&Measured],
        inside: Interval,
    ) -> Outcome<Vec<ClaimBy>> {
        let ids: Vec<&String> =
            objectives.iter().filter_map(|it| self.setting.agreement.objectives.get(*it)).collect();
        let mut all = Vec::new();
        for claim in self
            .version(version)
            .map(|version| version.plan.terms.claims.as_slice())
            .unwrap_or_default()
        {
            if !claim.objectives.iter().any(|id| ids.contains(&id)) {
                continue;
            }
            for anchor in self.anchors(claim, inside, cells)? {
                let deadline =
                    self.deadline(claim, anchor).map_err(|fault| fault.within(&claim.at))?;
                let (id, name, evidence) =
                    (claim.id.clone(), claim.name.clone(), claim.evidence.clone());
                let by = ClaimBy { id, name, deadline, evidence, at: claim.at.clone() };
                if !all.contains(&by) {
                    all.push(by);
                }
            }
        }
        Ok(all)
    }

    /// What the time for a claim counts from.
    fn anchors(
        &self,
        claim: &Claim,
        inside: Interval,
        cells: &[&Measured],
    ) -> Outcome<Vec<Anchor>> {
        let shared = self.setting.shared;
        if claim.anchor == (ClaimAnchor::Window {}) {
            return Ok(vec![Anchor { instant: inside.end, day: last_instant(inside) }]);
        }
        let mut anchors = Vec::new();
        for picked in cells.iter().flat_map(|cell| &cell.causes) {
            picked.each(shared, |row| {
                anchors.extend(match &claim.anchor {
                    ClaimAnchor::Window {} => None,
                    ClaimAnchor::Start {} => Some(row.start),
                    ClaimAnchor::End {} => row.end,
                    ClaimAnchor::Field { name } => self.time_of(row, name)?,
                });
                Ok::<(), Fault>(())
            })?;
        }
        Ok(anchors.into_iter().map(Anchor::at).collect())
    }

    /// The time that a field of a row says.
    fn time_of(&self, row: &Row, name: &str) -> Outcome<Option<Instant>> {
        let shared = self.setting.shared;
        let Some((source, number)) = row.from else { return Ok(None) };
        let fields = shared
            .program
            .sources
            .get(source)
            .map(|source| source.fields.as_slice())
            .unwrap_or_default();
        let column = fields.iter().position(|field| field.name == *name);
        match column.and_then(|column| shared.store.tables.get(source)?.field(column, number)) {
            Some(Cell::Here(Value::Time(at))) => Ok(Some(at)),
            Some(_) | None => Ok(None),
        }
    }

    fn deadline(&self, claim: &Claim, anchor: Anchor) -> Outcome<Deadline> {
        let program = self.setting.shared.program;
        let zone = program.zone_at(program.zone(&claim.zone)?)?;
        let calendar = claim.calendar.as_deref().map(|id| program.calendar(id)).transpose()?;
        let calendar = calendar.and_then(|calendar| program.calendars.get(calendar));
        match &claim.deadline {
            ClaimDeadline::Within { period } => within(zone, calendar, *period, anchor),
            ClaimDeadline::EndOf { period } => {
                let date = unit_start(zone.date(anchor.day), period.unit);
                let next =
                    plan::Period { count: period.count.saturating_add(1), unit: period.unit };
                let end = time_period(next).after(date, 1).unwrap_or(date);
                Ok(Deadline { before: zone.midnight(end), date: end.add_days(-1) })
            }
            ClaimDeadline::EndOfTerm {} => {
                let term = self.setting.agreement.term.as_ref();
                let run =
                    term.map(|term| term.run_end(zone, anchor.instant)).transpose()?.flatten();
                let before =
                    run.ok_or_else(|| Fault::new("claims run to the end of a term that has none"))?;
                Ok(Deadline { before, date: zone.date(before.saturating_sub(1)) })
            }
        }
    }

    /// Rights to end the agreement that arose.
    pub(super) fn rights(&self) -> Outcome<Vec<Right>> {
        let mut rights = Vec::new();
        for (number, version) in self.setting.agreement.versions.iter().enumerate() {
            for (index, termination) in version.terminations.iter().enumerate() {
                let found = self
                    .right((number, index), termination)
                    .map_err(|fault| fault.within(&termination.plan.at))?;
                rights.extend(found);
            }
        }
        rights.sort_by_key(|right| (right.window.end, right.termination));
        Ok(rights)
    }

    fn right(&self, id: (usize, usize), termination: &Termination<'e>) -> Outcome<Vec<Right>> {
        let cells = termination.objectives.iter().filter_map(|it| self.measured.get(*it)).flatten();
        let decided = |cell: &&Measured| {
            cell.version == id.0
                && matches!(cell.verdict, Verdict::Met | Verdict::Breached | Verdict::NoData)
        };
        let mut windows: Vec<(Interval, Interval, &Group)> = Vec::new();
        for group in cells {
            let own = group
                .windows
                .iter()
                .filter(decided)
                .map(|cell| (cell.window, self.part(cell.window), &group.group));
            windows.extend(own);
        }
        // Without a current group, all of them are read together; a value is that of a group.
        let by_group = speaks_of_values(&termination.condition);
        let evaluator = self.evaluator();
        let zone = self.setting.shared.program.zone_at(self.setting.agreement.zone)?;
        let mut rights: Vec<Right> = Vec::new();
        let nobody = Group::default();
        for (window, inside, group) in windows {
            if rights.iter().any(|right| right.window == inside) {
                continue;
            }
            let version = self.version(id.0);
            let first = termination.objectives.first();
            let objective =
                first.and_then(|first| version?.objectives.iter().find(|it| it.number == *first));
            let group = if by_group { group } else { &nobody };
            let groups = group_values(objective.and_then(|it| it.groups.as_ref()), group);
            let page = CreditScope {
                book: self,
                window,
                group,
                row: None,
                among: of_objective(objective),
            };
            if evaluator.eval(&termination.condition, &page.env(&evaluator, inside, &groups))?
                == Some(Value::Boolean(true))
            {
                let until = termination
                    .plan
                    .within
                    .map(|within| zone.after(inside.end, within, 1, None))
                    .transpose()?;
                let (name, at) = (termination.plan.name.clone(), termination.plan.at.clone());
                rights.push(Right { termination: id, name, window: inside, until, at });
            }
        }
        Ok(rights)
    }
}

/// An instant that time counts from, and an instant of the day it counts as.
#[derive(Clone, Copy)]
pub(super) struct Anchor {
    instant: Instant,
    day: Instant,
}

impl Anchor {
    pub(super) fn at(instant: Instant) -> Anchor {
        Anchor { instant, day: instant }
    }
}

/// So much after an anchor, and then to the end of that day; of hours and minutes, that instant.
pub(super) fn within(
    zone: &Zone,
    calendar: Option<&Calendar>,
    period: plan::Period,
    anchor: Anchor,
) -> Outcome<Deadline> {
    if let Some(length) = time_period(period).clock_length() {
        let before = anchor.instant.saturating_add(length);
        return Ok(Deadline { before, date: zone.date(before.saturating_sub(1)) });
    }
    let date = zone.date(anchor.day);
    let date = match (period.unit, calendar) {
        (PeriodUnit::WorkingDay, Some(calendar)) => {
            calendar.open_day(date, i64::from(period.count))?
        }
        _ => time_period(period).after(date, 1).unwrap_or(date),
    };
    Ok(Deadline { before: zone.midnight(date.add_days(1)), date })
}

pub(super) fn unit_start(date: Date, unit: PeriodUnit) -> Date {
    match unit {
        PeriodUnit::Minute | PeriodUnit::Hour | PeriodUnit::Day | PeriodUnit::WorkingDay => date,
        PeriodUnit::Week => date.start_of_week(),
        PeriodUnit::Month => date.start_of_month(),
        PeriodUnit::Quarter => date.start_of_quarter(1),
        PeriodUnit::Year => date.start_of_year(1),
    }
}

/// True if a condition looks at what objectives measured, and not only at how often they failed.
fn speaks_of_values(condition: &Expr) -> bool {
    match condition {
        Expr::Value { .. } | Expr::Target { .. } => true,
        Expr::And(list)
        | Expr::Or(list)
        | Expr::Add { terms: list, .. }
        | Expr::Multiply { factors: list, .. }
        | Expr::Extreme { values: list, .. } => list.iter().any(speaks_of_values),
        Expr::Not(inner) | Expr::Present(inner) => speaks_of_values(inner),
        Expr::Default(one, two)
        | Expr::Compare { left: one, right: two, .. }
        | Expr::Subtract { left: one, right: two, .. }
        | Expr::Divide { left: one, right: two, .. }
        | Expr::Round { value: one, to: two, .. } => speaks_of_values(one) || speaks_of_values(two),
        Expr::Between { value, low, high, .. } => {
            [value, low, high].into_iter().any(|it| speaks_of_values(it))
        }
        Expr::If { condition, then, otherwise } => {
            [condition, then, otherwise].into_iter().any(|it| speaks_of_values(it))
        }
        _ => false,
    }
}
