//! All terms of one version.

use ecow::EcoString;
use rustc_hash::{FxHashMap, FxHashSet};

use super::Builder;
use super::credits::ObjectivesByName;
use super::names::said;
use super::objectives::Applied;
use super::rows::anchor_part;
use super::setting::Setting;
use super::time::{period, plan_period};
use super::walk::{Env, Lower, rows_of};
use crate::base::{Exact, Span};
use crate::lang::units::PeriodUnit;
use crate::names::DeclId;
use crate::plan::Window;
use crate::plan::{AgreementZone, Terms};
use crate::plan::{Amount, Type, Value};
use crate::plan::{
    Claim, ClaimAnchor, ClaimDeadline, CreditCap, CreditCapPer, MinimumPayout, Stacking,
    StackingRule, Termination,
};
use crate::plan::{Escalation, EscalationStep, Given, Reference};
use crate::plan::{
    ExcludedTime, Exclusion, ExclusionLimit, Ignore, LimitOf, Notice, Objective, Treat,
};
use crate::plan::{Expression, Relation};
use crate::plan::{Rows, Times};
use crate::syntax::ast::{self, EscalateTo, When};
use crate::types::model;
use crate::types::tree::{Kind, Typed};

impl Builder<'_, '_, '_> {
    /// The terms of one version of an agreement.
    pub(super) fn terms(&mut self, set: &Setting<'_, '_>, zone: AgreementZone) -> Terms {
        let it = set.terms;
        let hours = it.hours.as_ref().and_then(|hours| self.times(&hours.value, set));
        let mut exclusions = Vec::new();
        let mut excluded = Vec::new();
        for (index, exclude) in it.excludes.iter().enumerate() {
            let id = format!("{}/exclude/{}", set.id, index + 1);
            excluded.push((id.clone(), exclude.only.clone()));
            exclusions.extend(self.exclusion(id, exclude, set));
        }
        let mut ignores = Vec::new();
        let mut ignored = Vec::new();
        for (index, ignore) in it.ignores.iter().enumerate() {
            let id = format!("{}/ignore/{}", set.id, index + 1);
            ignored.push((id.clone(), ignore.only.clone()));
            ignores.extend(self.ignore(id, ignore, set));
        }
        let by_row = it.credits.iter().filter(|credit| credit.syntax.each_row.is_some());
        let paid_by_row: FxHashSet<&EcoString> =
            by_row.flat_map(|credit| &credit.objectives).collect();
        let mut objectives: Vec<Objective> = Vec::new();
        for objective in &it.objectives {
            let applied = Applied {
                exclusions: &excluded,
                ignores: &ignored,
                each_row: paid_by_row.contains(&objective.name),
            };
            objectives.extend(self.objective(objective, set, &applied));
        }
        let fees = it.fees.iter().filter_map(|fee| self.agreement_fee(fee, set)).collect();
        let built: FxHashMap<&str, &Objective> =
            objectives.iter().map(|objective| (objective.name.as_str(), objective)).collect();
        let stated: FxHashMap<&str, &model::Objective<'_>> =
            it.objectives.iter().map(|it| (it.name.as_str(), &**it)).collect();
        let known = ObjectivesByName { stated, built };
        let credits =
            it.credits.iter().filter_map(|credit| self.credit(credit, set, &known)).collect();
        Terms {
            zone,
            hours,
            scope: self.scope(set),
            exclusions,
            ignores,
            fees,
            credits,
            stacking: self.stacking(set),
            credit_caps: it
                .caps
                .iter()
                .enumerate()
                .filter_map(|(index, cap)| self.credit_cap(index, cap, set))
                .collect(),
            minimum_payout: it.minimum.as_ref().and_then(|minimum| self.minimum(minimum, set)),
            claims: self.claims(set),
            terminations: it
                .terminations
                .iter()
                .enumerate()
                .filter_map(|(index, it)| self.termination(index, it, set))
                .collect(),
            escalations: it.escalations.iter().filter_map(|it| self.escalation(it, set)).collect(),
            reports: self.duties(true, set),
            reviews: self.duties(false, set),
            benefits: self.benefits(set),
            given: it.facts.iter().filter_map(|given| self.given(given, set)).collect(),
            texts: self.text_terms(it.texts.iter().copied()),
            satisfies: it
                .satisfies
                .iter()
                .map(|(id, span)| Reference { id: self.label(*id), at: self.place(*span) })
                .collect(),
            waivers: self.waivers(set),
            relaxations: self.relaxations(set),
            objectives,
        }
    }

    fn exclusion(
        &mut self,
        id: String,
        it: &model::Exclude<'_>,
        set: &Setting<'_, '_>,
    ) -> Option<Exclusion> {
        let counted = it.limit.as_ref().is_some_and(|limit| {
            limit.ty.dimension().is_some_and(|dimension| dimension.is_number())
        });
        let spans = rows_of(&it.time).is_some() || it.syntax.notice.is_some() || counted;
        // The time of spans is the spans: a notice or a number of them needs the rows.
        let typed = match &it.time.kind {
            Kind::TimeOf(rows) if spans => rows,
            _ => &it.time,
        };
        let mut walk = Lower::new(self, set);
        let time = if spans {
            let rows: Rows = walk.rows(typed, Env::default())?;
            ExcludedTime::Spans {
                rows,
                notice: self.notice(it.syntax.notice.as_ref(), it.calendar, set),
            }
        } else {
            ExcludedTime::Time { time: walk.times(typed, Env::default())? }
        };
        let limit = match (&it.limit, it.syntax.limit.as_deref()) {
            (Some(most), Some((_, window, span))) => {
                Some(self.limit(most, window.as_ref(), *span, set)?)
            }
            _ => None,
        };
        let treat = match it.treat {
            ast::Treat::Absent => Treat::Absent,
            ast::Treat::Up => Treat::Up,
        };
        Some(Exclusion { id, time, treat, limit, at: self.place(it.item.span) })
    }

    fn notice(
        &mut self,
        notice: Option<&ast::Period>,
        calendar: Option<DeclId>,
        set: &Setting<'_, '_>,
    ) -> Option<Notice> {
        let notice = notice?;
        let calendar = self.day_calendar(
            calendar.filter(|_| notice.unit == PeriodUnit::WorkingDay),
            notice.unit,
            set,
            notice.span,
        );
        Some(Notice {
            period: period(notice),
            field: "announced".into(),
            zone: self.zone_name(set.zone),
            calendar,
        })
    }

    fn limit(
        &mut self,
        most: &Typed,
        window: Option<&ast::Window>,
        span: Span,
        set: &Setting<'_, '_>,
    ) -> Option<ExclusionLimit> {
        let window = match window {
            Some(window) => self.window(window, set)?,
            None => Window::Term { at: self.place(span) },
        };
        let mut walk = Lower::new(self, set);
        let of = if most.ty.dimension().is_some_and(|dimension| dimension.is_time()) {
            LimitOf::Time { most: walk.length(most, Env::default())? }
        } else {
            LimitOf::Spans { most: walk.count(most, Env::default())? }
        };
        Some(ExclusionLimit { of, window, at: self.place(span) })
    }

    fn ignore(
        &mut self,
        id: String,
        it: &model::Ignore<'_>,
        set: &Setting<'_, '_>,
    ) -> Option<Ignore> {
        let conditions = self.ignored(&it.rows, set)?;
        let at = self.place(it.item.span);
        let condition = match conditions.len() {
            0 | 1 => conditions.into_iter().next(),
            _ => Some(Expression::And { terms: conditions, at: at.clone() }),
        };
        Some(Ignore { id, source: self.need(it.source), condition, at })
    }

    /// What holds for the rows that are left out.
    fn ignored(&mut self, rows: &Typed, set: &Setting<'_, '_>) -> Option<Vec<Expression>> {
        let mut conditions = Vec::new();
        let mut next = rows;
        loop {
            match &next.kind {
                Kind::Source(_) => break,
                Kind::Where(both) => {
                    let [inner, condition] = both.as_ref();
                    conditions.push(Lower::new(self, set).of_row(
                        inner,
                        Env::default(),
                        |walk, env| walk.expr(condition, env),
                    )?);
                    next = inner;
                }
                Kind::Within(both, inside) => {
                    let [inner, time] = both.as_ref();
                    conditions.push(self.starts_inside(inner, time, *inside, set)?);
                    next = inner;
                }
                Kind::Missing => return None,
                _ => {
                    self.cannot(
                        next.span,
                        "rows to leave out are those of one source, with `where` or `during`",
                    );
                    return None;
                }
            }
        }
        conditions.reverse();
        Some(conditions)
    }

    /// True of rows whose anchor lies in a set of time: the shortest time from it on is inside.
    fn starts_inside(
        &mut self,
        rows: &Typed,
        time: &Typed,
        inside: bool,
        set: &Setting<'_, '_>,
    ) -> Option<Expression> {
        let at = self.place(time.span);
        let part = anchor_part(rows_of(rows)?.kind);
        let anchor = || Expression::Row { part, of: Type::Time {}, row: 0, at: at.clone() };
        let time = Lower::new(self, set).times(time, Env::default())?;
        let during =
            if inside { time } else { Times::Complement { time: Box::new(time), at: at.clone() } };
        let length = |nanoseconds: i64| {
            let value = super::values::duration_value(super::values::length(nanoseconds));
            Expression::Literal { value, at: at.clone() }
        };
        let to = Box::new(Expression::Add { terms: vec![anchor(), length(1)], at: at.clone() });
        let elapsed = Expression::Elapsed {
            from: Box::new(anchor()),
            to,
            during: Box::new(during),
            pausing: None,
            at: at.clone(),
        };
        Some(Expression::Compare {
            relation: Relation::Greater,
            left: Box::new(elapsed),
            right: Box::new(length(0)),
            at,
        })
    }

    fn stacking(&mut self, set: &Setting<'_, '_>) -> Vec<Stacking> {
        let one = |(index, it): (usize, &model::Stacking)| Stacking {
            id: format!("{}/stacking/{}", set.id, index + 1),
            rule: if it.elect { StackingRule::Elect } else { StackingRule::Highest },
            credits: it.credits.iter().map(|name| self.credit_id(name, set)).collect(),
            at: self.place(it.at),
            was: self.places(&it.was),
        };
        set.terms.stacking.iter().enumerate().map(one).collect()
    }

    fn credit_id(&self, name: &str, set: &Setting<'_, '_>) -> String {
        let kind = set
            .terms
            .credits
            .iter()
            .find(|credit| credit.name == name)
            .map(|credit| credit.syntax.kind);
        let word = match kind {
            None | Some(ast::CreditKind::Credit) => "credit",
            Some(ast::CreditKind::Bonus) => "bonus",
            Some(ast::CreditKind::EarnBack) => "earn_back",
        };
        format!("{}/{word}/{name}", set.id)
    }

    fn credit_cap(
        &mut self,
        index: usize,
        cap: &model::Cap<'_>,
        set: &Setting<'_, '_>,
    ) -> Option<CreditCap> {
        let amount = Lower::new(self, set).expr(&cap.amount, Env::default())?;
        let per = match &cap.syntax.window {
            Some(window) => self.cap_per(window, set)?,
            None => {
                CreditCapPer::Every { window: Window::Term { at: self.place(cap.syntax.span) } }
            }
        };
        Some(CreditCap {
            id: format!("{}/cap/{}", set.id, index + 1),
            amount,
            of: self.ty(&cap.amount.ty, cap.amount.span)?,
            per,
            at: self.place(cap.syntax.span),
            was: self.places(&cap.was),
        })
    }

    fn minimum(
        &mut self,
        minimum: &model::From<model::Minimum>,
        set: &Setting<'_, '_>,
    ) -> Option<MinimumPayout> {
        let amount = match self.value(&minimum.value.amount, set.zone)? {
            Value::Money { amount, currency } => Amount::Money { amount, currency },
            Value::Count { amount, unit } => Amount::Count { amount, unit },
            _ => {
                self.cannot(minimum.at, "a minimum payout must be an amount of money or of a unit");
                return None;
            }
        };
        Some(MinimumPayout {
            amount,
            inclusive: !minimum.value.more_than,
            carried_over: minimum.value.carried_over,
            at: self.place(minimum.at),
            was: self.places(&minimum.was),
        })
    }

    fn claims(&mut self, set: &Setting<'_, '_>) -> Vec<Claim> {
        let mut claims = Vec::new();
        for (index, claim) in set.terms.claims.iter().enumerate() {
            let syntax = claim.syntax;
            let (deadline, unit, span) = match &syntax.deadline {
                None => continue,
                Some(ast::ClaimDeadline::Within(length)) => {
                    (ClaimDeadline::Within { period: period(length) }, length.unit, length.span)
                }
                Some(ast::ClaimDeadline::EndOf(count, unit, span)) => {
                    (ClaimDeadline::EndOf { period: plan_period(*count, *unit) }, *unit, *span)
                }
                Some(ast::ClaimDeadline::EndOfTerm(span)) => {
                    (ClaimDeadline::EndOfTerm {}, PeriodUnit::Day, *span)
                }
            };
            let anchor = match &syntax.anchor {
                None | Some(ast::Anchor::Window) => ClaimAnchor::Window {},
                Some(ast::Anchor::Start) => ClaimAnchor::Start {},
                Some(ast::Anchor::End) => ClaimAnchor::End {},
                Some(ast::Anchor::Field(field)) => {
                    ClaimAnchor::Field { name: field.text.to_string() }
                }
            };
            let name = syntax.name.as_ref().map(|name| name.text.to_string());
            let last = name.clone().unwrap_or_else(|| (index + 1).to_string());
            claims.push(Claim {
                id: format!("{}/claim/{last}", set.id),
                name,
                objectives: self.objective_ids(&claim.only, set),
                deadline,
                anchor,
                calendar: self.day_calendar(claim.calendar, unit, set, span),
                zone: self.zone_name(set.zone),
                evidence: said(syntax.evidence.as_ref()),
                at: self.place(claim.item.span),
                was: self.places(&claim.was),
            });
        }
        claims
    }

    /// Ids of these objectives; of all where none is named.
    fn objective_ids(&self, only: &[EcoString], set: &Setting<'_, '_>) -> Vec<String> {
        if only.is_empty() {
            return set
                .terms
                .objectives
                .iter()
                .map(|objective| set.objective_id(&objective.name))
                .collect();
        }
        only.iter().map(|name| set.objective_id(name)).collect()
    }

    fn termination(
        &mut self,
        index: usize,
        it: &model::Terminate<'_>,
        set: &Setting<'_, '_>,
    ) -> Option<Termination> {
        let condition = Lower::new(self, set).expr(&it.when, Env::default())?;
        let mut named: Vec<EcoString> = Vec::new();
        crate::types::uses::visit(&it.when, &mut |kind| {
            let name = match kind {
                Kind::Breached(breached) => Some(&breached.0),
                Kind::Failures(name, _) => name.as_ref(),
                _ => None,
            };
            if let Some(name) = name.filter(|name| !named.contains(name)) {
                named.push(name.clone());
            }
        });
        let name = it.syntax.name.as_ref().map(|name| name.text.to_string());
        let last = name.clone().unwrap_or_else(|| (index + 1).to_string());
        Some(Termination {
            id: format!("{}/terminate/{last}", set.id),
            name,
            title: said(it.syntax.title.as_ref()),
            condition,
            objectives: self.objective_ids(&named, set),
            notice: it.syntax.notice.as_ref().map(period),
            within: it.syntax.within.as_ref().map(period),
            at: self.place(it.item.span),
            was: self.places(&it.was),
        })
    }

    fn escalation(
        &mut self,
        it: &model::Escalation<'_>,
        set: &Setting<'_, '_>,
    ) -> Option<Escalation> {
        let subject = it.syntax.subject.as_ref().map(ast::Path::text);
        let about = |name: &EcoString| match &subject {
            None => true,
            Some(subject) => {
                name == subject
                    || name.strip_prefix(subject.as_str()).is_some_and(|rest| rest.starts_with('.'))
            }
        };
        let names: Vec<EcoString> = set
            .terms
            .objectives
            .iter()
            .map(|objective| objective.name.clone())
            .filter(|name| about(name))
            .collect();
        let mut steps = Vec::new();
        for ((after, party), syntax) in it.steps.iter().zip(&it.syntax.steps) {
            let after = after.as_ref()?;
            let span = after.span;
            let text = match &syntax.to {
                Some(EscalateTo::Text(text)) => Some(text.value.to_string()),
                Some(EscalateTo::Party(_)) | None => None,
            };
            let after = self.clock_length(after, set)?;
            steps.push(EscalationStep {
                after,
                party: party.map(|party| self.need(party)),
                text,
                at: self.place(span),
            });
        }
        let objectives = names.iter().map(|name| set.objective_id(name)).collect();
        Some(Escalation {
            subject: subject.map(|subject| subject.to_string()),
            objectives,
            steps,
            at: self.place(it.item.span),
        })
    }

    /// A length on a clock; working days are those of the hours of the agreement, each as long as
    /// its ordinary open day.
    pub(super) fn clock_length(
        &mut self,
        typed: &Typed,
        set: &Setting<'_, '_>,
    ) -> Option<crate::plan::Duration> {
        let Kind::Period(length) = &typed.kind else {
            return Lower::new(self, set).length(typed, Env::default());
        };
        let day = match length.unit {
            PeriodUnit::Day => Some(crate::time::DAY),
            PeriodUnit::Week => Some(7 * crate::time::DAY),
            PeriodUnit::WorkingDay => {
                let id = self.day_calendar(None, length.unit, set, typed.span)?;
                self.calendars.get(&id).and_then(|calendar| calendar.working_day)
            }
            PeriodUnit::Hour => Some(crate::time::HOUR),
            PeriodUnit::Minute => Some(crate::time::MINUTE),
            PeriodUnit::Month | PeriodUnit::Quarter | PeriodUnit::Year => None,
        };
        let known = day.and_then(|day| {
            (&Exact::integer(day) * &Exact::integer(i64::from(length.count))).to_i64()
        });
        if known.is_none() {
            self.cannot(typed.span, "this has no fixed length: write days or hours");
        }
        known.map(super::values::length)
    }

    fn given(&mut self, given: &model::Given<'_>, set: &Setting<'_, '_>) -> Option<Given> {
        let value = self.value(&given.value, set.zone)?;
        let from = given.syntax.from.as_ref().map(|when| self.moment_when(when, set));
        Some(Given { fact: self.need(given.fact), value, from, at: self.place(given.value.span) })
    }

    /// The first moment of what was written.
    pub(super) fn moment_when(
        &mut self,
        when: &When,
        set: &Setting<'_, '_>,
    ) -> crate::plan::Moment {
        let date = |year: i32, month: u8| crate::time::Date::new(year, month, 1);
        let date = match when {
            When::Time(time, _) => return self.moment_of(*time, set.zone),
            When::Date(date, _) => Some(*date),
            When::Month(year, month, _) => date(*year, *month),
            When::Quarter(year, quarter, _) => {
                date(*year, quarter.saturating_mul(3).saturating_sub(2))
            }
            When::Year(year, _) => date(*year, 1),
        };
        self.midnight(date.unwrap_or(crate::time::Date::FIRST), set.zone)
    }
}
