//! Credits, bonuses and earn-backs.

use rustc_hash::FxHashMap;

use super::Builder;
use super::fold::fold;
use super::ladder::{self, Edge, LadderLine, Stretch};
use super::names::said;
use super::setting::Setting;
use super::time::{period, plan_period};
use super::walk::{Due, Env, Lower};
use crate::base::{Exact, Span};
use crate::lang::units::{PeriodUnit, TimeUnit};
use crate::plan::Period;
use crate::plan::Type;
use crate::plan::{
    self as plan, Band, CapPer, CreditCapPer, CreditKind, CreditPer, GroupPay, PayTerm, Step,
    StepCount, Toward,
};
use crate::plan::{Expression, FactCondition, Relation, When};
use crate::plan::{Objective, Test};
use crate::syntax::ast;
use crate::types::model::{self, Credit, Remedy, StepFrom};
use crate::types::tree::{self, Kind, Typed};
use crate::types::ty::{Rows, Ty};

/// The objectives of the same terms by name, as stated and as built.
pub(super) struct ObjectivesByName<'k, 'a> {
    pub stated: FxHashMap<&'k str, &'k model::Objective<'a>>,
    pub built: FxHashMap<&'k str, &'k Objective>,
}

/// What all parts of one credit share.
struct Inside<'i, 'a> {
    credit: &'i Credit<'a>,
    set: &'i Setting<'i, 'a>,
    due: &'i Due<'i>,
    /// With `each row`: the type of the rows that are paid for.
    row: Option<Option<&'i Rows>>,
    /// The value of the target, if it is a constant, and its expression.
    target: Option<(Exact, Expression)>,
    /// On which side of a target bad values lie.
    bad: Toward,
}

impl Builder<'_, '_, '_> {
    /// The credit in the plan.
    pub(super) fn credit(
        &mut self,
        it: &Credit<'_>,
        set: &Setting<'_, '_>,
        known: &ObjectivesByName<'_, '_>,
    ) -> Option<plan::Credit> {
        let first = *known.stated.get(it.objectives.first()?.as_str())?;
        let target = first.value_type();
        let value = if it.syntax.each_row.is_some() {
            first.row_type().unwrap_or_else(|| target.clone())
        } else {
            target.clone()
        };
        let due = Due { objectives: &it.objectives, value, target };
        let ids: Vec<String> = it.objectives.iter().map(|name| set.objective_id(name)).collect();
        let belongs: Vec<&Objective> = it
            .objectives
            .iter()
            .filter_map(|name| known.built.get(name.as_str()).copied())
            .collect();
        if let Some(place) = it.syntax.each_row {
            belongs.iter().for_each(|objective| self.need_items(objective, place));
        }
        let rows = match first.narrowed().each_row {
            Some(source) => self.model.sources.get(&source).cloned(),
            None => first.rows(),
        };
        let target = if it.objectives.len() == 1 { self.constant_target(first, set) } else { None };
        let inside = Inside {
            credit: it,
            set,
            due: &due,
            row: it.syntax.each_row.map(|_| rows.as_deref()),
            target,
            bad: match &it.on {
                Some(on) => self.bad_side_of(on),
                // Rows whose values are of another kind than that of their objective, such as the
                // outages of an uptime, are so long.
                None if due.value != due.target => Toward::Greater,
                None => bad_side(belongs.first().map(|objective| &objective.test)),
            },
        };
        let (bands, measure) = self.bands(&inside)?;
        let of = match (&measure, &it.on) {
            (None, _) => None,
            (Some(_), Some(on)) => Some(self.ty(&on.ty, on.span)?),
            (Some(_), None) => Some(self.ty(&due.value, it.item.span)?),
        };
        let missing =
            belongs.iter().any(|objective| objective.missing == crate::plan::Missing::Breached);
        let grouped = belongs.iter().any(|objective| objective.groups.is_some());
        let (kind, word) = kind(it.syntax.kind);
        let caps = it.caps.iter().map(|cap| self.cap(cap, &inside)).collect::<Option<_>>()?;
        let bonus = it.syntax.kind != ast::CreditKind::Credit;
        Some(plan::Credit {
            id: format!("{}/{word}/{}", set.id, it.name),
            name: it.name.to_string(),
            doc: said(it.item.doc.as_deref()),
            kind,
            objectives: ids,
            due: if bonus || it.syntax.regardless.is_some() {
                plan::Due::Regardless
            } else {
                plan::Due::Breached
            },
            per: if it.syntax.each_row.is_some() { CreditPer::Row } else { CreditPer::Window },
            measure,
            of,
            missing_band: (missing && !bonus && !bands.is_empty()).then_some(0),
            bands,
            caps,
            condition: self.credit_condition(&inside)?.0,
            groups: grouped.then_some(match it.syntax.groups {
                Some((ast::GroupPay::Worst, _)) => GroupPay::Worst,
                Some((ast::GroupPay::Each, _)) | None => GroupPay::Each,
            }),
            at: self.place(it.item.span),
            was: self.places(&it.was),
        })
    }

    /// On which side the bad values of something lie that no target is set for: below if more of it
    /// is better, else above.
    fn bad_side_of(&self, measure: &Typed) -> Toward {
        match &measure.kind {
            Kind::Metric(instance, _) => {
                let declared = self
                    .model
                    .metrics
                    .get(&instance.metric)
                    .and_then(|metric| metric.higher_is_better);
                match declared {
                    Some(true) => Toward::Less,
                    Some(false) => Toward::Greater,
                    None => self.bad_side_of(&instance.body),
                }
            }
            Kind::Aggregate(aggregate) if aggregate.fold == tree::Fold::Uptime => Toward::Less,
            Kind::Rounded(both) | Kind::Default(both) => {
                let [value, _] = both.as_ref();
                self.bad_side_of(value)
            }
            _ => Toward::Greater,
        }
    }

    /// The condition of a credit. A bonus without a ladder is due where its objectives are not
    /// breached.
    fn credit_condition(&mut self, inside: &Inside<'_, '_>) -> Option<(Option<FactCondition>,)> {
        let it = inside.credit;
        let own = match &it.condition {
            Some(condition) => {
                let at = condition.expr.span;
                let expression = inside.walk(self, |walk, env| walk.expr(&condition.expr, env))?;
                Some(FactCondition {
                    condition: expression,
                    when: super::objectives::when(condition.when),
                    at: self.place(at),
                })
            }
            None => None,
        };
        if it.syntax.kind == ast::CreditKind::Credit
            || !it.lines.is_empty()
            || it.syntax.regardless.is_some()
        {
            return Some((own,));
        }
        let span = it.item.span;
        let kept = inside.walk(self, |walk, _| {
            let mut terms = Vec::new();
            for name in &it.objectives {
                let left = Box::new(walk.failures(Some(name), 1, span)?);
                let right = Box::new(walk.number(Exact::ZERO, span));
                terms.push(Expression::Compare {
                    relation: Relation::Equal,
                    left,
                    right,
                    at: walk.place(span),
                });
            }
            Some(terms)
        })?;
        let when = own.as_ref().map_or(When::Constant, |own| own.when);
        let terms: Vec<Expression> = own.map(|own| own.condition).into_iter().chain(kept).collect();
        let at = self.place(span);
        let condition = all_of(terms, at.clone())?;
        Some((Some(FactCondition { condition, when, at }),))
    }

    /// Bands, and what they look at; a single payment has one band without bounds and looks at
    /// nothing.
    fn bands(&mut self, inside: &Inside<'_, '_>) -> Option<(Vec<Band>, Option<Expression>)> {
        let it = inside.credit;
        if it.lines.is_empty() {
            let remedy = self.remedy(it.pay.as_ref()?, inside, inside.bad)?;
            let band = Band { line: 0, from: None, to: None, remedy, at: self.place(it.item.span) };
            return Some((vec![band], None));
        }
        let measure = self.measure(inside)?;
        let rungs: Vec<LadderLine> =
            it.lines.iter().map(|line| self.rung(line, inside)).collect::<Option<_>>()?;
        let mut bands = Vec::new();
        for (index, (line, stretches)) in it.lines.iter().zip(ladder::bands(&rungs)).enumerate() {
            for (part, stretch) in stretches.into_iter().enumerate() {
                let toward = ladder::toward(rungs.get(index), part).unwrap_or(inside.bad);
                let remedy = self.remedy(&line.remedy, inside, toward)?;
                let (from, to) =
                    (stretch.from.map(|edge| edge.bound), stretch.to.map(|edge| edge.bound));
                bands.push(Band {
                    line: u32::try_from(index).unwrap_or(u32::MAX),
                    from,
                    to,
                    remedy,
                    at: self.place(line.at),
                });
            }
        }
        Some((bands, Some(measure)))
    }

    /// What the bands look at.
    fn measure(&mut self, inside: &Inside<'_, '_>) -> Option<Expression> {
        match &inside.credit.on {
            Some(on) => inside.walk(self, |walk, env| walk.expr(on, env)),
            None => inside.walk(self, |walk, _| walk.due_value(inside.credit.item.span)),
        }
    }

    fn rung(&mut self, line: &model::Line, inside: &Inside<'_, '_>) -> Option<LadderLine> {
        use model::Edge as Line;
        let until = match &line.until {
            Some(until) => Some(self.edge(until, true, inside)?),
            None => None,
        };
        Some(match &line.edge {
            Line::Below(bound) => LadderLine::Down(self.edge(bound, false, inside)?, until),
            Line::AtOrBelow(bound) => LadderLine::Down(self.edge(bound, true, inside)?, until),
            Line::Above(bound) => LadderLine::Up(self.edge(bound, false, inside)?, until),
            Line::AtOrAbove(bound) | Line::From(bound) => {
                LadderLine::Up(self.edge(bound, true, inside)?, until)
            }
            Line::Otherwise => LadderLine::Rest,
            Line::In(low, high) => {
                let (from, to) = (self.edge(low, true, inside)?, self.edge(high, true, inside)?);
                LadderLine::Bands(vec![Stretch { from: Some(from), to: Some(to) }])
            }
            Line::Outside(low, high) => {
                let (low, high) = (self.edge(low, false, inside)?, self.edge(high, false, inside)?);
                LadderLine::Bands(vec![
                    Stretch { from: None, to: Some(low) },
                    Stretch { from: Some(high), to: None },
                ])
            }
        })
    }

    /// A bound; a target that is a constant is written out.
    fn edge(&mut self, bound: &Typed, inclusive: bool, inside: &Inside<'_, '_>) -> Option<Edge> {
        if let (Kind::Builtin(tree::Builtin::Target), Some((value, expression))) =
            (&bound.kind, &inside.target)
        {
            return Some(ladder::edge(expression.clone(), Some(value.clone()), inclusive));
        }
        let expression = inside.walk(self, |walk, env| walk.target(bound, env))?;
        let known = fold(&expression);
        Some(ladder::edge(expression, known, inclusive))
    }

    /// What is due.
    fn remedy(
        &mut self,
        remedy: &Remedy,
        inside: &Inside<'_, '_>,
        toward: Toward,
    ) -> Option<plan::Remedy> {
        Some(match remedy {
            Remedy::Text(text) => plan::Remedy::Text { text: text.to_string() },
            Remedy::Extend(length) => match &length.kind {
                Kind::Period(length) => plan::Remedy::Extend { period: period(length) },
                Kind::Duration(length, unit) if days_of(length, *unit).is_some() => {
                    plan::Remedy::Extend { period: days_of(length, *unit)? }
                }
                _ => plan::Remedy::ExtendBy {
                    length: inside.walk(self, |walk, env| walk.expr(length, env))?,
                },
            },
            Remedy::Pay(terms) => {
                let of = self.paid_type(terms, inside)?;
                let terms = terms
                    .iter()
                    .map(|term| self.pay_term(term, inside, toward))
                    .collect::<Option<_>>()?;
                plan::Remedy::Pay { terms, of }
            }
        })
    }

    /// The type of a sum: of the first of its terms that says its currency.
    fn paid_type(&mut self, terms: &[model::PayTerm], inside: &Inside<'_, '_>) -> Option<Type> {
        let mut of = None;
        for term in terms {
            let typed = if term.share { inside.credit.base.as_deref()? } else { &term.amount };
            let ty = self.ty(&typed.ty, typed.span)?;
            let vague = matches!(of, None | Some(Type::Money { currency: None }));
            if vague {
                of = Some(ty);
            }
        }
        of
    }

    fn pay_term(
        &mut self,
        term: &model::PayTerm,
        inside: &Inside<'_, '_>,
        toward: Toward,
    ) -> Option<PayTerm> {
        let amount = self.amount(&term.amount, term.share, inside)?;
        let at = self.place(term.amount.span);
        let step = match term.step.as_deref() {
            None => None,
            Some((unit, count, from)) => {
                let (from, toward) = self.step_from(from, unit, inside, toward)?;
                let unit = inside.walk(self, |walk, env| walk.target(unit, env))?;
                Some(Step {
                    value: self.measure(inside)?,
                    from,
                    toward,
                    unit,
                    count: step_count(*count),
                })
            }
        };
        Some(PayTerm { amount, step, at })
    }

    /// An amount, or a share of the credit's base.
    fn amount(
        &mut self,
        amount: &Typed,
        share: bool,
        inside: &Inside<'_, '_>,
    ) -> Option<Expression> {
        if !share {
            return inside.walk(self, |walk, env| walk.expr(amount, env));
        }
        let base = inside.credit.base.as_deref()?;
        let factors = inside.walk(self, |walk, env| {
            walk.deeper(1, amount.span, |walk| walk.list([amount, base], env))
        })?;
        Some(Expression::Multiply { factors, at: self.place(amount.span) })
    }

    fn step_from(
        &mut self,
        from: &StepFrom,
        unit: &Typed,
        inside: &Inside<'_, '_>,
        toward: Toward,
    ) -> Option<(Expression, Toward)> {
        Some(match from {
            StepFrom::Zero => {
                let Some(nothing) = self.value_of(Exact::ZERO, &unit.ty) else {
                    self.cannot(unit.span, "steps of this kind cannot be counted from zero");
                    return None;
                };
                let at = self.place(unit.span);
                (Expression::Literal { value: nothing, at }, Toward::Greater)
            }
            StepFrom::Target => (inside.walk(self, |walk, _| walk.due_target(unit.span))?, toward),
            StepFrom::Value(value) => {
                (inside.walk(self, |walk, env| walk.target(value, env))?, toward)
            }
        })
    }

    fn cap(&mut self, cap: &model::Cap<'_>, inside: &Inside<'_, '_>) -> Option<plan::Cap> {
        let amount = self.amount(&cap.amount, cap.share, inside)?;
        let per = match (&cap.syntax.window, cap.syntax.each_row) {
            (_, true) => CapPer::Row {},
            (Some(window), false) => self.cap_per(window, inside.set)?.into(),
            (None, false) => CapPer::Window {},
        };
        Some(plan::Cap { amount, per, at: self.place(cap.syntax.span) })
    }

    /// Over what a bound of several payments adds them up.
    pub(super) fn cap_per(
        &mut self,
        window: &ast::Window,
        set: &Setting<'_, '_>,
    ) -> Option<CreditCapPer> {
        Some(match &window.kind {
            ast::WindowKind::Trailing(length) => CreditCapPer::Trailing {
                length: period(length.as_ref()?),
                zone: self.zone_name(set.zone),
            },
            _ => CreditCapPer::Every { window: self.window(window, set)? },
        })
    }
}

impl Inside<'_, '_> {
    /// A walk in which `value` and `target` are those of the credit, and the row is the one that is
    /// paid for.
    fn walk<T>(
        &self,
        builder: &mut Builder<'_, '_, '_>,
        walk: impl FnOnce(&mut Lower<'_, '_, '_, '_, '_>, Env<'_>) -> Option<T>,
    ) -> Option<T> {
        let mut lower = Lower::new(builder, self.set).due(self.due);
        match self.row {
            Some(rows) => lower.of_rows(rows, Env::default(), walk),
            None => walk(&mut lower, Env::default()),
        }
    }
}

impl Lower<'_, '_, '_, '_, '_> {
    /// What the objective of a credit measured; of several, the first one that is breached.
    pub(super) fn due_value(&mut self, span: Span) -> Option<Expression> {
        let of = self.due_type(|due| &due.value, span)?;
        self.due_part(span, &|objective, at| Expression::Value { objective, of: of.clone(), at })
    }

    /// What it was compared with.
    pub(super) fn due_target(&mut self, span: Span) -> Option<Expression> {
        let of = self.due_type(|due| &due.target, span)?;
        self.due_part(span, &|objective, at| Expression::Target { objective, of: of.clone(), at })
    }

    fn due_type(
        &mut self,
        pick: impl for<'d> Fn(&'d super::walk::Due<'_>) -> &'d Ty,
        span: Span,
    ) -> Option<Type> {
        let ty: Ty = pick(self.due?).clone();
        self.b.ty(&ty, span)
    }

    fn due_part(
        &mut self,
        span: Span,
        make: &dyn Fn(String, crate::plan::Place) -> Expression,
    ) -> Option<Expression> {
        let due = self.due?;
        let at = self.place(span);
        let (first, rest) = due.objectives.split_first()?;
        let first_value = make(self.set.objective_id(first), at.clone());
        if rest.is_empty() {
            return Some(first_value);
        }
        let mut chosen = first_value;
        for name in due.objectives.iter().rev() {
            let failed = Box::new(self.failures(Some(name), 1, span)?);
            let once = Box::new(self.number(Exact::ONE, span));
            let condition = Box::new(Expression::Compare {
                relation: Relation::AtLeast,
                left: failed,
                right: once,
                at: at.clone(),
            });
            let then = Box::new(make(self.set.objective_id(name), at.clone()));
            chosen = self.deeper(1, span, |_| {
                Some(Expression::If {
                    condition,
                    then,
                    otherwise: Box::new(chosen),
                    at: at.clone(),
                })
            })?;
        }
        Some(chosen)
    }
}

/// On which side of a target the bad values lie.
fn bad_side(test: Option<&Test>) -> Toward {
    match test {
        Some(Test::Compare { relation: Relation::AtLeast | Relation::Greater, .. }) => Toward::Less,
        Some(Test::Compare { .. } | Test::Between { .. }) | None => Toward::Greater,
    }
}

/// Days and weeks as written are those of the calendar, where a term becomes longer.
fn days_of(length: &Exact, unit: TimeUnit) -> Option<Period> {
    let unit_of_period = match unit {
        TimeUnit::Day => PeriodUnit::Day,
        TimeUnit::Week => PeriodUnit::Week,
        TimeUnit::Nanosecond
        | TimeUnit::Microsecond
        | TimeUnit::Millisecond
        | TimeUnit::Second
        | TimeUnit::Minute
        | TimeUnit::Hour => {
            return None;
        }
    };
    let count = length.divide(&Exact::integer(unit.nanoseconds()))?.to_i64()?;
    Some(plan_period(u32::try_from(count).ok()?, unit_of_period))
}

fn kind(kind: ast::CreditKind) -> (CreditKind, &'static str) {
    match kind {
        ast::CreditKind::Credit => (CreditKind::Credit, "credit"),
        ast::CreditKind::Bonus => (CreditKind::Bonus, "bonus"),
        ast::CreditKind::EarnBack => (CreditKind::EarnBack, "earn_back"),
    }
}

fn step_count(count: ast::StepCount) -> StepCount {
    match count {
        ast::StepCount::Started => StepCount::Started,
        ast::StepCount::Full => StepCount::Full,
        ast::StepCount::Exact => StepCount::Exact,
    }
}

/// One condition of several; `None` of none.
fn all_of(mut terms: Vec<Expression>, at: crate::plan::Place) -> Option<Expression> {
    if terms.len() > 1 {
        return Some(Expression::And { terms, at });
    }
    terms.pop()
}
