//! Objectives: from the chain of statements that state and restate one to its typed form.

use std::sync::Arc;

use ecow::EcoString;
use smallvec::SmallVec;

use super::Around;
use super::support::calendar_in;
use crate::base::Span;
use crate::diag::{Code, Finding};
use crate::lang::units::PeriodUnit;
use crate::names::{DeclId, What};
use crate::syntax::ast::{self, Compare, ExprKind, Item};
use crate::types::checker::{Checker, missing};
use crate::types::memo::KeyPart;
use crate::types::model::{From, Group, Measure, Narrowed, Objective, Was};
use crate::types::scope::{Local, Scope};
use crate::types::tree::{Fold, Kind, Typed};
use crate::types::ty::{Rows, Ty};
use crate::types::uses::sources_of;

type Links<'a> = [(&'a Item, &'a ast::Objective)];

/// True if a target is looked up in a table by the value of a group.
fn looks_up(target: &Typed, alias: &EcoString) -> bool {
    let mut found = false;
    crate::types::uses::visit(target, &mut |kind| {
        if let Kind::Table(_, keys) = kind {
            found |= keys.iter().any(|key| matches!(&key.kind, Kind::Group(name) if name == alias));
        }
    });
    found
}

/// Places of the statements of a chain that a later one changes.
fn stated_before(chain: &Links<'_>) -> Was {
    let older = chain.split_last().map(|(_, older)| older).unwrap_or_default();
    older.iter().map(|(item, _)| item.span).collect::<Vec<_>>().into()
}

/// The newest statement of a chain that says something, with the places of the older ones that said
/// it too.
fn newest<'a, T>(
    chain: &Links<'a>,
    pick: impl Fn(&'a ast::Objective) -> Option<T>,
    place: impl Fn(&T) -> Span,
) -> Option<(From<T>, &'a Item)> {
    let mut found: Option<(From<T>, &'a Item)> = None;
    for (item, objective) in chain {
        let Some(value) = pick(objective) else { continue };
        let at = place(&value);
        let was = found.map_or_else(Was::default, |(old, _)| old.was.and(old.at));
        found = Some((From { value, at, was }, item));
    }
    found
}

impl<'a> Checker<'a, '_> {
    /// The typed objective of a chain; `None` if it cannot be used, which has been reported.
    pub(in crate::types) fn objective(
        &mut self,
        name: &EcoString,
        chain: &Links<'a>,
        around: &Around<'_, 'a>,
    ) -> Option<Arc<Objective<'a>>> {
        let mut key: SmallVec<[KeyPart; 4]> =
            chain.iter().map(|(item, _)| KeyPart::Stated(item.id())).collect();
        key.extend(around.services.iter().map(|(id, _)| KeyPart::Service(*id)));
        if let Some(known) = self.memo.objectives.get(key.as_slice()) {
            return known.clone();
        }
        let typed = self.type_objective(name, chain, around).map(Arc::new);
        self.memo.objectives.insert(key.into_boxed_slice(), typed.clone());
        typed
    }

    fn type_objective(
        &mut self,
        name: &EcoString,
        chain: &Links<'a>,
        around: &Around<'_, 'a>,
    ) -> Option<Objective<'a>> {
        let (first, _) = *chain.first()?;
        let Some((metric, metric_item)) = newest(chain, |it| it.metric.as_ref(), |expr| expr.span)
        else {
            self.nothing_restated(name, chain);
            return None;
        };
        let named_service = newest(chain, |it| it.service.as_ref(), |path| path.span());
        let service = match named_service {
            Some((path, _)) => Some(self.service(path.value)?),
            None => match around.services {
                [(only, _)] => Some(*only),
                _ => None,
            },
        };
        let (groups, open) = self.group_fields(chain, metric.value, metric_item);
        let locals: Vec<Local> = groups
            .iter()
            .map(|group| Local { name: group.alias.clone(), ty: group.ty.clone(), span: group.at })
            .collect();
        let scope = Scope { groups: &locals, ..around.scope(metric_item.span) };
        let (typed, each_row) = self.objective_metric(metric.value, &scope);
        if typed.ty.is_unknown() {
            self.only_uses_of(chain, &locals);
            return None;
        }
        self.one_value(&typed)?;
        let metric = From { value: typed, at: metric.at, was: metric.was };
        // What a full statement lacks has been reported where it was read.
        let (compare, target_item) = newest(chain, |it| it.compare, |(_, span)| *span)?;
        let (target, _) = newest(chain, |it| it.target.as_ref(), |expr| expr.span)?;
        let target_scope = Scope { groups: &locals, ..Scope::bare(target_item.span.file) };
        let during_name = newest(chain, |it| it.during.as_deref(), |expr| expr.span)
            .map(|(during, item)| self.once(during.value, &around.scope(item.span), None));
        let bound = self.target(
            compare.value.0,
            target.value,
            &metric.value,
            during_name.as_deref(),
            compare.at,
            &target_scope,
        );
        let target = From { value: bound, at: target.at, was: target.was };
        // A table that the target is looked up in says which groups there are.
        for (_, finding) in open.into_iter().filter(|(alias, _)| !looks_up(&target.value, alias)) {
            self.report_once(finding);
        }
        let (window, _) = newest(chain, |it| it.window.as_ref(), |window| window.span)?;
        let sources = measured_sources(&metric.value, each_row);
        let higher_is_better = self.direction(&metric.value);
        self.sensible(compare.value.0, compare.at, &metric.value, higher_is_better);
        let during =
            newest(chain, |it| it.during.as_deref(), |expr| expr.span).map(|(during, item)| {
                let typed = self.once(during.value, &around.scope(item.span), None);
                self.need_time_set(&typed);
                From { value: typed, at: during.at, was: during.was }
            });
        let filter = newest(chain, |it| it.filter.as_deref(), |expr| expr.span)
            .map(|(filter, item)| self.objective_filter(filter, item, &sources, each_row));
        let (filter, filtered) =
            filter.map_or((None, None), |(filter, source)| (Some(filter), source));
        let condition =
            newest(chain, |it| it.condition.as_deref(), |condition| condition.expr.span)
                .map(|(condition, item)| self.objective_condition(condition, item));
        let mut read = sources.clone();
        read.extend(condition.iter().flat_map(|condition| sources_of(&condition.value.expr)));
        self.need_service(name, first, service, &read, around);
        let from =
            newest(chain, |it| it.from.as_ref(), |when| when.span()).and_then(|(from, _)| {
                let date = self.first_day(from.value)?;
                Some(From { value: date, at: from.at, was: from.was })
            });
        let narrowed = Narrowed {
            each_row,
            during,
            by: groups,
            filter,
            filtered,
            condition,
            from,
            missing: newest(chain, |it| it.missing, |_| first.span)
                .map(|(value, item)| From { at: item.span, ..value }),
            first: newest(chain, |it| it.first, |_| first.span)
                .map(|(value, item)| From { at: item.span, ..value }),
            kept_here: chain.iter().rev().find_map(|(_, it)| it.kept_here),
        };
        Some(Objective {
            id: self.memo.new_term(),
            name: name.clone(),
            item: first,
            service,
            was: stated_before(chain),
            compare: From { value: compare.value.0, at: compare.at, was: compare.was },
            window: From { value: window.value, at: window.at, was: window.was },
            metric: From { value: Measure::Stated(metric.value), at: metric.at, was: metric.was },
            target,
            narrowed: narrowed.boxed(),
            higher_is_better,
            sources: sources.into(),
            support: None,
        })
    }

    /// What the other parts of an objective refer to still counts as used where its metric cannot
    /// be typed.
    fn only_uses_of(&mut self, chain: &Links<'a>, groups: &[Local]) {
        self.mute += 1;
        for (item, objective) in chain {
            let scope = Scope { groups, ..Scope::measuring(item.span.file) };
            let parts = [
                objective.target.as_ref(),
                objective.during.as_deref(),
                objective.filter.as_deref(),
            ];
            parts.into_iter().flatten().for_each(|part| drop(self.infer(part, &scope)));
            objective
                .condition
                .iter()
                .for_each(|condition| drop(self.infer(&condition.expr, &scope)));
        }
        self.mute -= 1;
    }

    /// Two full statements of one objective in the same file and block are a mistake; a tier above
    /// another is not.
    fn nothing_restated(&mut self, name: &EcoString, chain: &Links<'a>) {
        if self.incomplete {
            return;
        }
        let Some((item, objective)) = chain.first() else { return };
        let span = objective.name.as_ref().map_or(item.lead, |name| name.span);
        let finding = Finding::new(
            Code::NothingToChange,
            span,
            format!("no objective `{name}` is inherited here whose parts could be restated"),
        )
        .help(format!("state it in full: `objective {name}: METRIC >= TARGET per month`"));
        self.report_once(finding);
    }

    /// The metric of an objective; a metric of one row speaks of every row of its source.
    fn objective_metric(
        &mut self,
        expr: &'a ast::Expr,
        scope: &Scope<'_>,
    ) -> (Arc<Typed>, Option<DeclId>) {
        match self.row_metric(expr, scope) {
            Some((source, rows)) => (self.once(expr, &scope.with_row(rows), None), Some(source)),
            None => (self.once(expr, scope, None), None),
        }
    }

    /// The source, and its rows, that a metric of one row speaks of.
    fn row_metric(&mut self, expr: &ast::Expr, scope: &Scope<'_>) -> Option<(DeclId, Arc<Rows>)> {
        let ExprKind::Path(path) = &expr.kind else { return None };
        let [only] = path.parts.as_slice() else { return None };
        let id = self.project.lookup(scope.file, &only.text)?;
        matches!(self.project.get(id)?.what, What::Metric(_))
            .then(|| self.metric_type(id))??
            .of
            .clone()
    }

    /// An objective compares one value, not rows.
    fn one_value(&mut self, metric: &Typed) -> Option<()> {
        match metric.ty.present() {
            Ty::Rows(_) | Ty::TimeSet => {
                let finding = Finding::new(
                    Code::TypeMismatch,
                    metric.span,
                    format!("an objective measures one value, not {}", self.say(&metric.ty)),
                )
                .help("compute one value: `uptime(…)`, `mean(…)`, `count(…)`, `share(…, …)`");
                self.report_once(finding);
                None
            }
            _ => Some(()),
        }
    }

    fn target(
        &mut self,
        compare: Compare,
        expr: &'a ast::Expr,
        metric: &Typed,
        during: Option<&Typed>,
        place: Span,
        scope: &Scope<'_>,
    ) -> Arc<Typed> {
        let mut target = self.once(expr, scope, Some(metric.ty.present()));
        if let Kind::Period(period) = &target.kind
            && period.unit == PeriodUnit::WorkingDay
            && metric.ty.dimension().is_some_and(|dimension| dimension.is_time())
        {
            match self.working_days(period, during.and_then(calendar_in), target.span) {
                Some(length) => target = Arc::new(length),
                None => return Arc::new(missing(expr.span)),
            }
        }
        match (compare, &target.kind) {
            (Compare::In, Kind::Range(ends)) => {
                ends.iter().for_each(|end| self.comparable(Compare::AtLeast, metric, end, place))
            }
            (Compare::In, _) => self.mismatch(&target, "a range such as `30%..60%`"),
            (_, _) => self.comparable(compare, metric, &target, place),
        }
        if !sources_of(&target).is_empty() {
            let finding =
                Finding::new(Code::NotConstant, target.span, "a target cannot be a measured value");
            self.report_once(
                finding.help(
                    "write a value, a table or a fact; a measured value is written on the left",
                ),
            );
        }
        target
    }

    /// For rows that belong to services, the objective must name the service.
    fn need_service(
        &mut self,
        name: &EcoString,
        item: &'a Item,
        service: Option<DeclId>,
        sources: &[DeclId],
        around: &Around<'_, 'a>,
    ) {
        if service.is_some() {
            return;
        }
        for source in sources {
            let rows = self.source_rows(*source);
            let Some(owner) = rows.owner(&Ty::Service) else { continue };
            let source = self.project.name(*source);
            let several = around.services.len();
            let finding = Finding::new(
                Code::UnownedRows,
                item.span,
                format!("`{name}` does not say of which service"),
            )
            .also(owner.span, format!("each row of `{source}` belongs to a service"))
            .note(if several == 0 {
                "no service is in scope here".into()
            } else {
                format!("{several} services are in scope here")
            })
            .help(format!(
                "write `objective {name} of SERVICE: …`, or put one service into the scope"
            ));
            self.report_once(finding);
            return;
        }
    }

    /// The groups, and what is to be said of those that no type names, by alias.
    fn group_fields(
        &mut self,
        chain: &Links<'a>,
        metric: &'a ast::Expr,
        metric_item: &'a Item,
    ) -> (Vec<Group>, Vec<(EcoString, Finding)>) {
        let (mut groups, mut open) = (Vec::new(), Vec::new());
        let Some((_, objective)) = chain.iter().rev().find(|(_, it)| !it.by.is_empty()) else {
            return (groups, open);
        };
        for by in &objective.by {
            let field = by.field.text();
            let found = self.field_of_sources(metric, metric_item, &field);
            let Some((ty, place, source)) = found else {
                if self.metric_is_unknown(metric, metric_item) {
                    continue;
                }
                let finding = Finding::new(
                    Code::UnknownField,
                    by.field.span(),
                    format!("no source of this metric has a field `{field}`"),
                );
                self.report_once(finding);
                continue;
            };
            self.refer(by.field.span(), place);
            let alias = by.alias.as_ref().map_or_else(|| field.clone(), |alias| alias.text.clone());
            if matches!(ty.present(), Ty::Text | Ty::Quantity(..)) {
                let source = self.project.name(source);
                let finding = Finding::new(Code::GroupsFromData, by.field.span(), format!("the groups of `{field}` come from the data"))
                    .also(place, format!("`{source}` takes any value here"))
                    .help("a group without rows would have no window: declare an `enum` with its values and give the field that type");
                open.push((alias.clone(), finding));
            }
            let at = by.alias.as_ref().map_or(by.field.span(), |alias| alias.span);
            groups.push(Group { field, alias, ty: ty.present().clone(), at });
        }
        (groups, open)
    }

    fn metric_is_unknown(&mut self, metric: &'a ast::Expr, item: &'a Item) -> bool {
        self.typed_quietly(metric, item).ty.is_unknown()
    }

    /// A metric typed only to learn its sources: groups must be known before it is typed for good.
    fn typed_quietly(&mut self, metric: &'a ast::Expr, item: &'a Item) -> Typed {
        self.quiet += 1;
        let before = self.suppressed.len();
        let scope = Scope::measuring(item.span.file);
        let typed = match self.row_metric(metric, &scope) {
            Some((_, rows)) => self.infer(metric, &scope.with_row(rows)),
            None => self.infer(metric, &scope),
        };
        self.suppressed.truncate(before);
        self.quiet -= 1;
        typed
    }

    /// The type of a field in the first source of an expression that has it.
    fn field_of_sources(
        &mut self,
        metric: &'a ast::Expr,
        item: &'a Item,
        field: &str,
    ) -> Option<(Ty, Span, DeclId)> {
        let typed = self.typed_quietly(metric, item);
        let of =
            self.row_metric(metric, &Scope::measuring(item.span.file)).map(|(source, _)| source);
        for source in measured_sources(&typed, of) {
            let rows = self.source_rows(source);
            if let Some(found) = rows.fields.iter().find(|known| known.name == field) {
                return Some((found.ty.clone(), found.span, source));
            }
        }
        None
    }

    /// `where p`: rows of the first source that has all the fields; the others are not touched.
    fn objective_filter(
        &mut self,
        filter: From<&'a ast::Expr>,
        item: &'a Item,
        sources: &[DeclId],
        each_row: Option<DeclId>,
    ) -> (From<Arc<Typed>>, Option<DeclId>) {
        let mut chosen = each_row.or_else(|| sources.first().copied());
        for source in sources {
            self.quiet += 1;
            let before = self.suppressed.len();
            let rows = self.source_rows(*source);
            let typed = self.infer(filter.value, &Scope::measuring(item.span.file).with_row(rows));
            let good = self.suppressed.len() == before && !typed.ty.is_unknown();
            self.suppressed.truncate(before);
            self.quiet -= 1;
            if good {
                chosen = Some(*source);
                break;
            }
        }
        let scope = match chosen {
            Some(source) => {
                let rows = self.source_rows(source);
                Scope::measuring(item.span.file).with_row(rows)
            }
            None => Scope::measuring(item.span.file),
        };
        let typed = self.once(filter.value, &scope, Some(&Ty::Boolean));
        self.need_boolean(&typed);
        (From { value: typed, at: filter.at, was: filter.was }, chosen)
    }

    /// Whether higher or lower is better, if the metric decides it.
    pub(in crate::types) fn direction(&mut self, metric: &Typed) -> Option<bool> {
        match &metric.kind {
            Kind::Metric(instance, _) => {
                let declared =
                    self.metric_type(instance.metric).and_then(|metric| metric.higher_is_better);
                declared.or_else(|| self.direction(&instance.body))
            }
            Kind::Aggregate(aggregate) => match aggregate.fold {
                Fold::Uptime => Some(true),
                Fold::Downtime => Some(false),
                Fold::Mean | Fold::Percentile | Fold::Max => aggregate
                    .arg
                    .as_ref()
                    .filter(|arg| arg.ty.dimension().is_some_and(|dimension| dimension.is_time()))
                    .map(|_| false),
                Fold::Count | Fold::Share | Fold::Sum | Fold::Min | Fold::Distinct => None,
            },
            Kind::Rounded(both) | Kind::Default(both) => {
                let [value, _] = &**both;
                self.direction(value)
            }
            _ => None,
        }
    }

    /// Warns of comparisons that cannot have been meant.
    fn sensible(
        &mut self,
        compare: Compare,
        place: Span,
        metric: &Typed,
        higher_is_better: Option<bool>,
    ) {
        if let (Some(better), Some(wants)) = (higher_is_better, compare.wants_more())
            && better != wants
        {
            let (way, sign) = if better { ("higher", ">=") } else { ("lower", "<=") };
            let finding = Finding::new(
                Code::BackwardComparison,
                place,
                format!("{way} is better for this metric, but the target asks for the opposite"),
            )
            .also(metric.span, format!("{way} is better"))
            .suggestion(format!("write `{sign}`"), place, sign);
            self.report_once(finding);
        }
    }
}

/// The sources that a metric reads: first that of a metric of one row.
fn measured_sources(metric: &Typed, of: Option<DeclId>) -> Vec<DeclId> {
    let mut found: Vec<DeclId> = of.into_iter().collect();
    found.extend(sources_of(metric).into_iter().filter(|source| Some(*source) != of));
    found
}
