//! One value of many rows, and clocks of one row.

use super::fold::fold;
use super::time::WEEKDAYS;
use super::walk::{Env, Lower};
use crate::base::{Exact, Span};
use crate::diag::{Code, Finding};
use crate::plan::Times;
use crate::plan::{Expression, Overlaps, RowPart};
use crate::plan::{Number, Type};
use crate::types::tree::{Aggregate, Fold, Typed};
use crate::types::ty::{RowKind, Ty};

impl Lower<'_, '_, '_, '_, '_> {
    pub(super) fn aggregate(
        &mut self,
        aggregate: &Aggregate,
        typed: &Typed,
        env: Env<'_>,
    ) -> Option<Expression> {
        let at = self.place(typed.span);
        let rows = Box::new(self.rows(&aggregate.rows, env)?);
        let arg = match &aggregate.arg {
            Some(arg) => Some(self.of_row(&aggregate.rows, env, |walk, env| walk.boxed(arg, env))?),
            None => None,
        };
        let weight = match &aggregate.weight {
            Some(weight) => {
                Some(self.of_row(&aggregate.rows, env, |walk, env| walk.boxed(weight, env))?)
            }
            None => None,
        };
        let overlaps = if aggregate.add { Overlaps::Add } else { Overlaps::Max };
        Some(match aggregate.fold {
            Fold::Count => Expression::Count { rows, at },
            Fold::Distinct => Expression::Distinct { rows, value: arg?, at },
            Fold::Share => Expression::Share { rows, condition: arg?, at },
            Fold::Sum => {
                Expression::Sum { rows, value: arg?, of: self.b.ty(&typed.ty, typed.span)?, at }
            }
            Fold::Mean => Expression::Mean { rows, value: arg?, at },
            Fold::Min => Expression::Minimum { rows, value: arg?, at },
            Fold::Max => Expression::Maximum { rows, value: arg?, at },
            Fold::Percentile => Expression::Percentile {
                rows,
                value: arg?,
                fraction: self.fraction(aggregate.share.as_ref()?, env)?,
                at,
            },
            Fold::Uptime => Expression::Uptime { rows, weight, overlaps, at },
            Fold::Downtime => Expression::Downtime { rows, weight, overlaps, at },
        })
    }

    /// The share of a percentile, which must be known beforehand.
    fn fraction(&mut self, share: &Typed, env: Env<'_>) -> Option<Number> {
        let expression = self.expr(share, env)?;
        let known = fold(&expression)
            .filter(|share| !share.is_negative() && !share.is_zero() && *share <= Exact::ONE);
        match known {
            Some(share) => Some(Number(share)),
            None => self.cannot(share.span, "a percentile must be above 0%, at most 100%, and known before anything is measured"),
        }
    }

    /// The time between two instants; towards the updates of a row, the longest silence.
    pub(super) fn elapsed(
        &mut self,
        ends: &[Typed; 2],
        during: Option<&Typed>,
        pausing: Option<&Typed>,
        span: Span,
        env: Env<'_>,
    ) -> Option<Expression> {
        let [from, to] = ends;
        let at = self.place(span);
        let from = self.boxed(from, env)?;
        let during = match during {
            Some(during) => Box::new(self.times(during, env)?),
            None => Box::new(Times::Always { at: at.clone() }),
        };
        let pausing = match pausing {
            Some(pausing) => Some(Box::new(self.covered(pausing, env)?)),
            None => None,
        };
        if matches!(to.ty.present(), Ty::Rows(_)) {
            let events = Box::new(self.rows(to, env)?);
            let to = Box::new(self.closing(span, env)?);
            return Some(Expression::LongestGap { from, to, events, during, pausing, at });
        }
        let to = self.boxed(to, env)?;
        Some(Expression::Elapsed { from, to, during, pausing, at })
    }

    /// When updates of the current row are no longer due: when it is resolved, or else when
    /// it ends.
    fn closing(&mut self, span: Span, env: Env<'_>) -> Option<Expression> {
        let row = env.row?;
        let index = self.binders.saturating_sub(row.level);
        let at = self.place(span);
        let resolved = row.rows.and_then(|rows| {
            rows.fields
                .iter()
                .find(|field| field.name == "resolved" && *field.ty.present() == Ty::Time)
        });
        if resolved.is_some() {
            return Some(Expression::Field {
                name: "resolved".into(),
                of: Type::Time {},
                row: index,
                at,
            });
        }
        if row.rows.is_some_and(|rows| rows.kind == RowKind::Spans) {
            return Some(Expression::Row { part: RowPart::End, of: Type::Time {}, row: index, at });
        }
        let finding =
            Finding::new(Code::UnknownField, span, "nothing says when updates are no longer due");
        self.b.report(finding.help("give the source a field `resolved: time?`"));
        None
    }

    /// The end of the n-th open day after an instant.
    pub(super) fn deadline(
        &mut self,
        from: &Typed,
        days: u32,
        during: Option<&Typed>,
        span: Span,
        env: Env<'_>,
    ) -> Option<Expression> {
        let after = self.boxed(from, env)?;
        let during = match during {
            Some(during) => self.times(during, env)?,
            None => Times::Always { at: self.place(span) },
        };
        let calendar = self.b.open_days(&during, self.set.zone, span)?;
        Some(Expression::EndOfWorkingDay { after, days, calendar, at: self.place(span) })
    }
}

impl super::Builder<'_, '_, '_> {
    /// The calendar whose days are meant by a set of time.
    pub(super) fn open_days(
        &mut self,
        during: &Times,
        zone: crate::time::Zone,
        span: Span,
    ) -> Option<String> {
        match during {
            Times::Open { calendar, .. } => Some(calendar.clone()),
            Times::Always { .. } => Some(self.plain_calendar("every day", &WEEKDAYS, zone, span)),
            Times::Covered { .. }
            | Times::Overlap { .. }
            | Times::Holds { .. }
            | Times::TrueSlots { .. }
            | Times::Runs { .. }
            | Times::Union { .. }
            | Times::Intersection { .. }
            | Times::Complement { .. } => {
                let finding = Finding::new(
                    Code::UnknownWorkingDay,
                    span,
                    "nothing says which days are working days here",
                );
                self.report(finding.help("measure the clock `during` one calendar: the days it opens on are the working days"));
                None
            }
        }
    }
}
