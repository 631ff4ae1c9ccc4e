//! What fees amount to.

use super::sequence::Sequence;
use super::{Book, CreditScope};
use crate::base::Exact;
use crate::data::fault::{Fault, Outcome};
use crate::eval::groups::Group;
use crate::eval::program::{Expr, Fee, Version};
use crate::eval::value::Value;
use crate::eval::zone::Zone;
use crate::plan::{Accrual, Per};
use crate::time::{Date, EARLIEST, Instant, Interval, LATEST};

impl<'e> Book<'_, 'e> {
    /// The sum of fees over a window.
    pub(super) fn fees(&self, fees: &[usize], window: Interval) -> Outcome<Option<Value>> {
        let mut parts = Vec::new();
        for (number, version) in self.setting.agreement.versions.iter().enumerate() {
            let holds = self.holds(number, version);
            for fee in version.fees.iter().filter(|fee| fees.contains(&fee.number)) {
                match self.fee(fee, window, holds).map_err(|fault| fault.within(&fee.plan.at))? {
                    Some(part) => parts.push(part),
                    None => return Ok(None),
                }
            }
        }
        let evaluator = self.evaluator();
        let at = self.setting.agreement.plan.at.clone();
        super::sum(&evaluator, &parts, &at).map(Some)
    }

    /// The stretch of time in which a version holds.
    fn holds(&self, number: usize, version: &Version<'_>) -> Interval {
        let start = version.from.filter(|_| number > 0).unwrap_or(EARLIEST);
        Interval { start, end: version.to.unwrap_or(LATEST) }
    }

    fn fee(&self, fee: &Fee<'e>, window: Interval, holds: Interval) -> Outcome<Option<Value>> {
        let nothing = || Ok(Some(Value::number(Exact::ZERO)));
        let term = self.setting.term;
        let begins = fee.from.map_or(term.start, |from| from.max(term.start));
        match &fee.plan.accrual {
            Accrual::Daily { .. } => {
                let due = Interval { start: begins, end: term.end };
                match window.intersection(due).and_then(|due| due.intersection(holds)) {
                    Some(stretch) => self.daily(fee, stretch),
                    None => nothing(),
                }
            }
            Accrual::Once {} if window.contains(begins) && holds.contains(begins) => {
                self.amount(fee, moment(begins))
            }
            Accrual::Measured {} if holds.contains(window.start) => {
                match window.intersection(Interval { start: begins, end: term.end }) {
                    Some(stretch) => self.amount(fee, stretch),
                    None => nothing(),
                }
            }
            Accrual::Once {} | Accrual::Measured {} => nothing(),
        }
    }

    /// The amount of a fee as it is stated at some time, or measured over it.
    fn amount(&self, fee: &Fee<'e>, window: Interval) -> Outcome<Option<Value>> {
        let evaluator = self.evaluator();
        let nobody = Group::default();
        let page =
            CreditScope { book: self, window, group: &nobody, row: None, among: Sequence::Nowhere };
        evaluator.eval(&fee.amount, &page.env(&evaluator, window, &[]))
    }

    /// The sum of the days of a stretch.
    fn daily(&self, fee: &Fee<'e>, stretch: Interval) -> Outcome<Option<Value>> {
        let program = self.setting.shared.program;
        let Some(periods) = &fee.period else {
            return Err(Fault::new("a fee of the plan has no period"));
        };
        let zone = program.zone_at(periods.zone().unwrap_or(self.setting.agreement.zone))?;
        zone.check(stretch)?;
        let evaluator = self.evaluator();
        let mut total = Value::number(Exact::ZERO);
        let add = |total: &Value, amount: &Value, days: &Exact, of: &Exact| {
            let share = days.divide(of).unwrap_or(Exact::ZERO);
            let part = amount
                .multiply(&Value::number(share))
                .map_err(|clash| evaluator.clash(clash, &fee.plan.at))?;
            let part = part.unwrap_or_else(|| Value::number(Exact::ZERO));
            total.add(&part).map_err(|clash| evaluator.clash(clash, &fee.plan.at))
        };
        for (_, period) in periods.touching(&program.zones, self.setting.term, stretch)? {
            let Some(inside) = period.intersection(stretch) else { continue };
            let of =
                Exact::integer(zone.date(period.start).days_until(zone.date(period.end)).max(1));
            if matches!(fee.amount, Expr::Literal(_)) {
                let Some(amount) = self.amount(fee, moment(inside.start))? else { return Ok(None) };
                total = add(&total, &amount, &days_in(zone, inside), &of)?;
                continue;
            }
            // What is stated may change from day to day.
            let mut date = zone.date(inside.start);
            while let Some(day) = zone.day(date).intersection(inside) {
                let Some(amount) = self.amount(fee, moment(day.start))? else { return Ok(None) };
                total = add(&total, &amount, &days_in(zone, day), &of)?;
                date = date.add_days(1);
            }
        }
        Ok(Some(total))
    }

    /// The stated amounts of fees, for a month or a year.
    pub(super) fn fee_rate(
        &self,
        fees: &[usize],
        yearly: bool,
        window: Interval,
    ) -> Outcome<Option<Value>> {
        let number = self.version_at(window.start);
        let Some(version) = self.version(number) else { return Ok(None) };
        let zone = self.setting.shared.program.zone_at(self.setting.agreement.zone)?;
        let evaluator = self.evaluator();
        let mut total = Value::number(Exact::ZERO);
        for fee in version.fees.iter().filter(|fee| fees.contains(&fee.number)) {
            // What is due once or as measured has no rate.
            let Accrual::Daily { per, .. } = &fee.plan.accrual else { continue };
            let Some(amount) = self.amount(fee, moment(window.start))? else { return Ok(None) };
            let times = rate(*per, yearly, zone.date(window.start));
            let part = amount
                .multiply(&Value::number(times))
                .map_err(|clash| evaluator.clash(clash, &fee.plan.at))?;
            total = total
                .add(&part.unwrap_or(amount))
                .map_err(|clash| evaluator.clash(clash, &fee.plan.at))?;
        }
        Ok(Some(total))
    }
}

/// A moment as a frame.
fn moment(at: Instant) -> Interval {
    Interval { start: at, end: at.saturating_add(1) }
}

/// How many local days an interval holds; a day partly inside counts by its part.
pub(super) fn days_in(zone: &Zone, within: Interval) -> Exact {
    let (first, last) = (zone.date(within.start), zone.date(within.end.saturating_sub(1)));
    let mut days = Exact::integer((first.days_until(last) - 1).max(0));
    let mut ends = vec![first];
    ends.extend((last != first).then_some(last));
    for date in ends {
        let day = zone.day(date);
        let inside = day.intersection(within).map_or(0, Interval::length);
        days = &days + &Exact::ratio(inside, day.length().max(1)).unwrap_or(Exact::ZERO);
    }
    days
}

/// How often the amount of one period is due in a month or year.
pub(super) fn rate(per: Per, yearly: bool, date: Date) -> Exact {
    let months = if yearly { 12 } else { 1 };
    let of = |period: i64| Exact::ratio(months, period).unwrap_or(Exact::ONE);
    match per {
        Per::Month => of(1),
        Per::Quarter => of(3),
        Per::Year => of(12),
        Per::Day => {
            let first = if yearly { date.start_of_year(1) } else { date.start_of_month() };
            Exact::integer(first.days_until(first.add_months(months)))
        }
    }
}
