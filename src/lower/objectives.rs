//! Objectives.

use super::Builder;
use super::causes::causes;
use super::fold::fold;
use super::names::said;
use super::operators::relation;
use super::setting::Setting;
use super::walk::{Env, Lower};
use crate::base::{Exact, Span};
use crate::diag::{Code, Finding};
use crate::names::DeclId;
use crate::plan::FirstWindow;
use crate::plan::Metric;
use crate::plan::{
    Better, Causes, HoursFrom, Items, Missing, Objective, ObjectivePart, PartOrigin, SmallSample,
    Test,
};
use crate::plan::{Expression, FactCondition, Relation, When};
use crate::plan::{Number, NumberForm, Type, Value};
use crate::plan::{Rows, Times};
use crate::syntax::ast::{self, Compare, Statement};
use crate::types::model::{self, Condition};
use crate::types::tree::{Kind, Typed};
use crate::types::uses::sources_of;

/// What an objective is built from, apart from its own statement.
pub(super) struct Applied<'x> {
    /// Exclusions: id, and the objectives it is only for.
    pub exclusions: &'x [(String, Vec<ecow::EcoString>)],
    /// Ignored rows.
    pub ignores: &'x [(String, Vec<ecow::EcoString>)],
    /// True if some credit pays for each of its rows.
    pub each_row: bool,
}

/// The measurement of an objective.
struct Measured {
    expression: Expression,
    of: Type,
    /// Sources it reads.
    sources: Vec<DeclId>,
    items: Option<Items>,
    causes: Vec<Causes>,
    test: Test,
}

impl Builder<'_, '_, '_> {
    /// The objective in the plan; `None` if there is something no plan can say, which has been
    /// reported.
    pub(super) fn objective(
        &mut self,
        it: &model::Objective<'_>,
        set: &Setting<'_, '_>,
        applied: &Applied<'_>,
    ) -> Option<Objective> {
        let id = set.objective_id(&it.name);
        let measured = self.measured(it, set, applied.each_row)?;
        let groups = self.groups(it, &measured.sources, set);
        let better = better(it.higher_is_better);
        let named = self.metric_name(it);
        let metric = Metric {
            id: named.as_ref().and_then(|(_, call)| call.clone()).unwrap_or_else(|| id.clone()),
            name: named.as_ref().map(|(metric, _)| self.model.project.name(*metric).into()),
            doc: named
                .as_ref()
                .and_then(|(metric, _)| said(self.model.project.get(*metric)?.item.doc.as_deref())),
            expression: measured.expression,
            of: measured.of,
            better,
            at: self.place(it.metric.at),
        };
        let metric =
            if self.only_findings { String::new() } else { self.metrics.admit(metric, &id) };
        let (hours, hours_from) = self.hours(it, set)?;
        let for_it = |list: &[(String, Vec<ecow::EcoString>)]| -> Vec<String> {
            list.iter()
                .filter(|(_, only)| only.is_empty() || only.contains(&it.name))
                .map(|(id, _)| id.clone())
                .collect()
        };
        // Clocks of support and rows of items are not touched by excluded time, unless it names
        // them.
        let exclusions = match &it.support {
            None => for_it(applied.exclusions),
            Some(_) => applied
                .exclusions
                .iter()
                .filter(|(_, only)| only.contains(&it.name))
                .map(|(id, _)| id.clone())
                .collect(),
        };
        let condition = match &it.narrowed().condition {
            Some(condition) => Some(self.fact_condition(&condition.value, condition.at, set)?),
            None => None,
        };
        let support = match &it.support {
            Some(support) => Some(self.support(it, support, set)?),
            None => None,
        };
        let misses = it.support.as_ref().and_then(|support| support.misses.as_ref());
        let item_at = self.place(it.item.span);
        let written = self.written(it, set);
        Some(Objective {
            name: it.name.to_string(),
            doc: said(it.item.doc.as_deref()),
            service: it.service.map(|service| self.need_service(service, set.zone)),
            metric,
            better: direction(it.compare.value, better),
            test: measured.test,
            window: self.window(it.window.value, set)?,
            first_window: first_window(
                it.narrowed()
                    .first
                    .as_ref()
                    .or(set.terms.first.as_deref())
                    .map(|first| first.value),
            ),
            from: self.start_of(it.narrowed().from.as_ref().map(|from| from.value), set),
            hours,
            hours_from,
            exclusions,
            ignores: for_it(applied.ignores),
            groups,
            condition,
            missing: missing(
                it.narrowed()
                    .missing
                    .as_ref()
                    .or(set.terms.missing.as_deref())
                    .map(|missing| missing.value),
            ),
            items: measured.items,
            causes: measured.causes,
            small_sample: misses
                .map(|from| SmallSample { misses: from.value.0, below: from.value.1 }),
            support,
            kept_here: it.narrowed().kept_here.is_some(),
            was: self.places(&it.was),
            written,
            at: item_at,
            id,
        })
    }

    fn measured(
        &mut self,
        it: &model::Objective<'_>,
        set: &Setting<'_, '_>,
        each_row: bool,
    ) -> Option<Measured> {
        let filter = it
            .narrowed()
            .filter
            .as_ref()
            .and_then(|filter| Some((it.narrowed().filtered?, &*filter.value)));
        let mut walk = Lower::new(self, set).narrowed(filter);
        if let Some(source) = it.narrowed().each_row {
            return walk.every_row(it, source);
        }
        let measure = it.measure();
        let expression = walk.expr(&measure, Env::default())?;
        let sources = std::mem::take(&mut walk.met);
        let of = walk.b.ty(&measure.ty, it.metric.at)?;
        let test = Lower::new(self, set).test(it)?;
        let items = self.items(it, &expression, &test, each_row);
        let causes = causes(&expression);
        Some(Measured { expression, of, sources, items, causes, test })
    }

    /// The rows behind a value.
    fn items(
        &mut self,
        it: &model::Objective<'_>,
        expression: &Expression,
        test: &Test,
        each_row: bool,
    ) -> Option<Items> {
        let at = self.place(it.target.at);
        match expression {
            Expression::Round { value, .. } | Expression::Default { value, .. } => {
                self.items(it, value, test, each_row)
            }
            Expression::Share { rows, condition, .. } => {
                let value = it.support.as_ref().and_then(|_| clock_of(condition));
                let good = if is_bounded_above(test) {
                    fails(condition, at)
                } else {
                    Expression::clone(condition)
                };
                Some(Items { rows: Rows::clone(rows), value, good })
            }
            Expression::Minimum { rows, value, .. }
            | Expression::Maximum { rows, value, .. }
            | Expression::Percentile { rows, value, .. }
            | Expression::Mean { rows, value, .. } => {
                let good = holds(value, test, at);
                Some(Items { rows: Rows::clone(rows), value: Some(Expression::clone(value)), good })
            }
            Expression::Uptime { rows, .. }
            | Expression::Downtime { rows, .. }
            | Expression::Count { rows, .. }
                if each_row =>
            {
                let good =
                    Expression::Literal { value: Value::Boolean { value: false }, at: at.clone() };
                let spans = !matches!(expression, Expression::Count { .. });
                let part = crate::plan::RowPart::Length;
                let value =
                    spans.then_some(Expression::Row { part, of: Type::Duration {}, row: 0, at });
                Some(Items { rows: Rows::clone(rows), value, good })
            }
            _ => None,
        }
    }

    /// The hours that count: the objective's own, else the agreement's, else the service's, else
    /// all. Support clocks bring their own.
    fn hours(
        &mut self,
        it: &model::Objective<'_>,
        set: &Setting<'_, '_>,
    ) -> Option<(Times, HoursFrom)> {
        let always = Times::Always { at: self.place(it.item.span) };
        if it.support.is_some() {
            return Some((always, HoursFrom::Nowhere));
        }
        let service = it
            .service
            .and_then(|service| self.model.services.get(&service))
            .and_then(|service| service.hours.as_ref());
        let (hours, from) = match (&it.narrowed().during, &set.terms.hours, service) {
            (Some(during), ..) => (&*during.value, HoursFrom::Objective),
            (None, Some(hours), _) => (&*hours.value, HoursFrom::Agreement),
            (None, None, Some(hours)) => (hours, HoursFrom::Service),
            (None, None, None) => return Some((always, HoursFrom::Nowhere)),
        };
        Some((self.times(hours, set)?, from))
    }

    /// A set of time by itself.
    pub(super) fn times(&mut self, typed: &Typed, set: &Setting<'_, '_>) -> Option<Times> {
        Lower::new(self, set).times(typed, Env::default())
    }

    pub(super) fn fact_condition(
        &mut self,
        condition: &Condition,
        at: Span,
        set: &Setting<'_, '_>,
    ) -> Option<FactCondition> {
        let expression = Lower::new(self, set).expr(&condition.expr, Env::default())?;
        let measured = !sources_of(&condition.expr).is_empty();
        let when = if measured { When::Measured } else { when(condition.when) };
        Some(FactCondition { condition: expression, when, at: self.place(at) })
    }

    /// The metric an objective names directly, and the call as written if it can serve as an id.
    fn metric_name(&self, it: &model::Objective<'_>) -> Option<(DeclId, Option<String>)> {
        let measure = it.measure();
        let Kind::Metric(instance, args) = &measure.kind else { return None };
        let plain = it.narrowed().filter.is_none() && it.narrowed().each_row.is_none();
        let mut name = self.label(instance.metric);
        if !args.is_empty() {
            let texts: Vec<String> = args
                .iter()
                .map(|arg| {
                    self.sources.text(arg.span).split_whitespace().collect::<Vec<_>>().join(" ")
                })
                .collect();
            name = format!("{name}({})", texts.join(", "));
        }
        let short = name.chars().count() <= 80 && !name.contains("//");
        Some((instance.metric, (plain && short).then_some(name)))
    }

    /// Where the parts of an objective were written.
    fn written(&self, it: &model::Objective<'_>, set: &Setting<'_, '_>) -> Vec<PartOrigin> {
        use ObjectivePart as Part;
        let mut parts = Vec::new();
        let mut part = |part, at: Span, was: &[Span]| {
            parts.push(PartOrigin { part, at: self.place(at), was: self.places(was) })
        };
        if let Some(Statement::Objective(statement)) = it.item.statement()
            && let Some(service) = &statement.service
        {
            part(Part::Service, service.span(), &[]);
        }
        part(Part::Metric, it.metric.at, &it.metric.was);
        part(Part::Target, it.target.at, &it.target.was);
        part(Part::Window, it.window.at, &it.window.was);
        if let Some(first) = it.narrowed().first.as_ref().or(set.terms.first.as_deref()) {
            part(Part::FirstWindow, first.at, &first.was);
        }
        if let Some(from) = &it.narrowed().from {
            part(Part::From, from.at, &from.was);
        }
        if let (Some(hours), None) =
            (it.narrowed().during.as_ref().or(set.terms.hours.as_deref()), &it.support)
        {
            part(Part::Hours, hours.at, &hours.was);
        }
        if let Some(group) = it.narrowed().by.first() {
            part(Part::Groups, group.at, &[]);
        }
        if let Some(filter) = &it.narrowed().filter {
            part(Part::Filter, filter.at, &filter.was);
        }
        if let Some(condition) = &it.narrowed().condition {
            part(Part::Condition, condition.at, &condition.was);
        }
        if let Some(missing) = it.narrowed().missing.as_ref().or(set.terms.missing.as_deref()) {
            part(Part::Missing, missing.at, &missing.was);
        }
        if let Some(support) = &it.support {
            part(Part::Limit, support.limit.at, &support.limit.was);
            if let Some(pausing) = &support.pausing {
                part(Part::Pausing, pausing.at, &pausing.was);
            }
            part(Part::Share, it.target.at, &it.target.was);
            if let Some(misses) = &support.misses {
                part(Part::SmallSample, misses.at, &misses.was);
            }
        }
        parts
    }
}

impl Lower<'_, '_, '_, '_, '_> {
    /// When a value is good.
    fn test(&mut self, it: &model::Objective<'_>) -> Option<Test> {
        let target = &it.target.value;
        match relation(it.compare.value) {
            Some(relation) => {
                Some(Test::Compare { relation, target: self.target(target, Env::default())? })
            }
            None => match &target.kind {
                Kind::Range(ends) => {
                    let [low, high] = ends.as_ref();
                    Some(Test::Between {
                        low: self.target(low, Env::default())?,
                        high: self.target(high, Env::default())?,
                    })
                }
                Kind::Missing => None,
                _ => self.cannot(target.span, "this target must be a range"),
            },
        }
    }

    /// A metric of one row: every row of its source must make the target, and so the worst of them
    /// stands for all.
    fn every_row(mut self, it: &model::Objective<'_>, source: DeclId) -> Option<Measured> {
        let (metric, measure) = (&it.metric, it.measure());
        let at = self.place(metric.at);
        let source_rows = Typed {
            kind: Kind::Source(source),
            ty: crate::types::ty::Ty::Unknown,
            span: metric.at,
        };
        let rows = self.rows(&source_rows, Env::default())?;
        let types = self.b.model.sources.get(&source).cloned();
        let value =
            self.of_rows(types.as_deref(), Env::default(), |walk, env| walk.expr(&measure, env))?;
        let sources = std::mem::take(&mut self.met);
        let of = self.b.ty(&measure.ty, metric.at)?;
        let test = Lower::new(self.b, self.set).test(it)?;
        let good = holds(&value, &test, self.place(it.target.at));
        let items = Items { rows: rows.clone(), value: Some(value.clone()), good: good.clone() };
        let (rows, value) = (Box::new(rows), Box::new(value));
        let (expression, of, test) = match it.compare.value {
            Compare::AtMost | Compare::Less => (Expression::Maximum { rows, value, at }, of, test),
            Compare::AtLeast | Compare::Greater => {
                (Expression::Minimum { rows, value, at }, of, test)
            }
            Compare::Equal | Compare::NotEqual | Compare::In => {
                let all = Value::Number { value: Number(Exact::ONE), form: NumberForm::Percent };
                let target = Expression::Literal { value: all, at: self.place(it.target.at) };
                let test = Test::Compare { relation: Relation::AtLeast, target };
                let of = Type::Number { form: NumberForm::Percent };
                (Expression::Share { rows, condition: Box::new(good), at }, of, test)
            }
        };
        let causes = causes(&expression);
        Some(Measured { expression, of, sources, items: Some(items), causes, test })
    }
}

impl Builder<'_, '_, '_> {
    /// The value of a constant target.
    pub(super) fn constant_target(
        &mut self,
        it: &model::Objective<'_>,
        set: &Setting<'_, '_>,
    ) -> Option<(Exact, Expression)> {
        if it.compare.value == Compare::In {
            return None;
        }
        let expression = Lower::new(self, set).target(&it.target.value, Env::default())?;
        Some((fold(&expression)?, expression))
    }

    /// A credit on each row needs rows.
    pub(super) fn need_items(&mut self, objective: &Objective, span: Span) {
        if objective.items.is_none() {
            let message = format!(
                "`{}` is not measured row by row, so nothing says which rows missed it",
                objective.name
            );
            self.report(Finding::new(Code::TypeMismatch, span, message).help(
                "pay once per window, or measure a share, a percentile or a metric of one row",
            ));
        }
    }
}

/// Whether one row makes the target.
fn holds(value: &Expression, test: &Test, at: crate::plan::Place) -> Expression {
    let value = Box::new(value.clone());
    match test.clone() {
        Test::Compare { relation, target } => {
            Expression::Compare { relation, left: value, right: Box::new(target), at }
        }
        Test::Between { low, high } => {
            Expression::Between { value, low: Box::new(low), high: Box::new(high), at }
        }
    }
}

/// True if only too great a share misses a target.
fn is_bounded_above(test: &Test) -> bool {
    let is_zero = |target: &Expression| fold(target).is_some_and(|target| target.is_zero());
    match test {
        Test::Compare { relation, target } => match relation {
            Relation::Less | Relation::AtMost => true,
            Relation::Equal => is_zero(target),
            Relation::Greater | Relation::AtLeast | Relation::NotEqual => false,
        },
        Test::Between { low, .. } => is_zero(low),
    }
}

/// Whether a condition is not true of a row: one of which it is unknown has no part in a share, and
/// so does not raise it.
fn fails(condition: &Expression, at: crate::plan::Place) -> Expression {
    let otherwise =
        Box::new(Expression::Literal { value: Value::Boolean { value: false }, at: at.clone() });
    let known =
        Expression::Default { value: Box::new(condition.clone()), otherwise, at: at.clone() };
    Expression::Not { value: Box::new(known), at }
}

/// What the clock of a support cell shows.
fn clock_of(condition: &Expression) -> Option<Expression> {
    match condition {
        Expression::Compare { left, .. } => Some(Expression::clone(left)),
        _ => None,
    }
}

fn better(higher: Option<bool>) -> Better {
    match higher {
        Some(true) => Better::Higher,
        Some(false) => Better::Lower,
        None => Better::Neither,
    }
}

/// Which way is good: by the comparison, else by the metric.
fn direction(compare: Compare, metric: Better) -> Better {
    match compare {
        Compare::AtLeast | Compare::Greater => Better::Higher,
        Compare::AtMost | Compare::Less => Better::Lower,
        Compare::In => Better::Neither,
        Compare::Equal | Compare::NotEqual => metric,
    }
}

fn first_window(first: Option<ast::FirstWindow>) -> FirstWindow {
    match first {
        None | Some(ast::FirstWindow::Clipped) => FirstWindow::Clipped,
        Some(ast::FirstWindow::Full) => FirstWindow::Full,
        Some(ast::FirstWindow::Skipped) => FirstWindow::Skipped,
    }
}

fn missing(missing: Option<ast::Missing>) -> Missing {
    match missing {
        None => Missing::NoData,
        Some(ast::Missing::Met) => Missing::Met,
        Some(ast::Missing::Breached) => Missing::Breached,
    }
}

pub(super) fn when(when: Option<ast::FactWhen>) -> When {
    match when {
        None => When::Constant,
        Some(ast::FactWhen::AtStart) => When::AtStart,
        Some(ast::FactWhen::Throughout) => When::Throughout,
        Some(ast::FactWhen::Ever) => When::Ever,
    }
}
