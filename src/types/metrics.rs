//! Metrics: their parameters, and their definitions typed for the rows they are called with.

use std::sync::Arc;

use super::checker::{Checker, MetricState, missing};
use super::infer::empty::of_nothing;
use super::model::MetricType;
use super::scope::{Local, Scope};
use super::tree::{Instance, Kind, Typed};
use super::ty::{Nature, Ty};
use crate::base::Span;
use crate::diag::{Code, Finding};
use crate::names::{DeclId, What};
use crate::syntax::ast::{Call, MetricDecl};

impl Checker<'_, '_> {
    /// A metric as declared; `None` if it cannot be typed, which has been reported.
    pub(crate) fn metric_type(&mut self, id: DeclId) -> Option<Arc<MetricType>> {
        match self.metrics.get(&id) {
            Some(MetricState::Done(done)) => return done.clone(),
            Some(MetricState::Open) => {
                self.circular_metric(id);
                return None;
            }
            None => {}
        }
        let decl = self.project.get(id).copied()?;
        let What::Metric(metric) = decl.what else { return None };
        self.metrics.insert(id, MetricState::Open);
        self.open_metrics.push(id);
        // A metric is typed once, for itself: what is being typed again around it does not make its
        // findings copies.
        let quiet = std::mem::take(&mut self.quiet);
        let typed = self.declare_metric(id, metric, decl.name.span);
        self.quiet = quiet;
        self.open_metrics.pop();
        self.metrics.insert(id, MetricState::Done(typed.clone()));
        typed
    }

    fn declare_metric(
        &mut self,
        id: DeclId,
        metric: &MetricDecl,
        place: Span,
    ) -> Option<Arc<MetricType>> {
        let mut params: Vec<Local> = Vec::new();
        for param in &metric.params {
            if let Some(first) = params.iter().find(|first| first.name == param.name.text) {
                let finding = Finding::new(
                    Code::DuplicateName,
                    param.name.span,
                    format!("the parameter `{}` is declared twice", param.name.text),
                );
                let finding = finding.also(first.span, "first declared here");
                self.report(finding);
            }
            let ty = param.ty.as_ref().map_or(Ty::Unknown, |ty| self.type_of(ty, place.file));
            params.push(Local { name: param.name.text.clone(), ty, span: param.name.span });
        }
        let of =
            metric.of.as_ref().and_then(|of| match self.project.lookup(place.file, &of.text) {
                Some(source)
                    if matches!(
                        self.project.get(source).map(|decl| decl.what),
                        Some(What::Source(_))
                    ) =>
                {
                    self.refer_decl(of.span, source);
                    Some((source, self.source_rows(source)))
                }
                Some(_) => {
                    self.report(Finding::new(
                        Code::WrongKind,
                        of.span,
                        format!("`{}` is not a source", of.text),
                    ));
                    None
                }
                None => {
                    let finding = Finding::new(
                        Code::UnknownName,
                        of.span,
                        format!("no source is called `{}`", of.text),
                    );
                    let advice = self.project.suggest(
                        place.file,
                        &of.text,
                        |what| matches!(what, What::Source(_)),
                        self.sources,
                    );
                    self.report(advice.attach(finding, of.span));
                    None
                }
            });
        if metric.of.is_some() && of.is_none() {
            return None;
        }
        let body = metric.body.as_ref()?;
        let scope = Scope {
            params: &params,
            row: of.as_ref().map(|(_, rows)| Arc::clone(rows)),
            ..Scope::measuring(place.file)
        };
        let body = self.infer(body, &scope);
        if body.ty.is_unknown() {
            return None;
        }
        let instance = Arc::new(Instance {
            id: self.memo.new_instance(),
            metric: id,
            of_nothing: of_nothing(&body),
            body,
        });
        Some(Arc::new(MetricType {
            params,
            of,
            instance,
            higher_is_better: metric.higher_is_better.map(|(higher, _)| higher),
        }))
    }

    fn circular_metric(&mut self, id: DeclId) {
        let circle: Vec<DeclId> =
            self.open_metrics.iter().copied().skip_while(|open| *open != id).collect();
        let names: Vec<String> =
            circle.iter().chain([&id]).map(|id| format!("`{}`", self.project.name(*id))).collect();
        let Some(decl) = self.project.get(id).copied() else { return };
        let mut finding = Finding::new(
            Code::CircularMetric,
            decl.name.span,
            format!("a metric is defined by itself: {}", names.join(" → ")),
        );
        for other in circle.iter().skip(1).filter_map(|id| self.project.get(*id)) {
            finding = finding.also(other.name.span, "part of the circle");
        }
        let quiet = std::mem::take(&mut self.quiet);
        if !self
            .sink
            .findings()
            .iter()
            .any(|known| known.code == Code::CircularMetric && known.span() == finding.span())
        {
            self.report(finding);
        }
        self.quiet = quiet;
    }

    /// True if a metric gives rows or a set of times.
    pub(crate) fn metric_gives_rows(&mut self, id: DeclId) -> bool {
        self.metric_type(id)
            .is_some_and(|metric| matches!(metric.instance.body.ty, Ty::Rows(_) | Ty::TimeSet))
    }

    /// A metric used by its name alone.
    pub(crate) fn metric_without_arguments(
        &mut self,
        id: DeclId,
        span: Span,
        scope: &Scope<'_>,
    ) -> Typed {
        let Some(metric) = self.metric_type(id) else { return missing(span) };
        if !metric.params.is_empty() {
            let names: Vec<&str> = metric.params.iter().map(|param| param.name.as_str()).collect();
            let name = self.project.name(id);
            let finding =
                Finding::new(Code::WrongArguments, span, format!("`{name}` needs its arguments"))
                    .help(format!("write `{name}({})`", names.join(", ")));
            self.report(finding);
            return missing(span);
        }
        if !self.row_in_hand(id, &metric, span, scope) {
            return missing(span);
        }
        let ty = metric.instance.body.ty.clone();
        Typed { kind: Kind::Metric(Arc::clone(&metric.instance), Box::default()), ty, span }
    }

    /// A metric of one row is used only where there is a current row of its source.
    fn row_in_hand(
        &mut self,
        id: DeclId,
        metric: &MetricType,
        span: Span,
        scope: &Scope<'_>,
    ) -> bool {
        let Some((source, _)) = metric.of else { return true };
        let (name, rows) = (self.project.name(id), self.project.name(source));
        match &scope.row {
            Some(row) if row.source == Some(source) => true,
            Some(_) => {
                let finding = Finding::new(
                    Code::WrongArguments,
                    span,
                    format!(
                        "`{name}` is about a row of `{rows}`, but the row here is of another source"
                    ),
                );
                self.report(finding);
                false
            }
            None => {
                let finding = Finding::new(Code::WrongArguments, span, format!("`{name}` is about one row of `{rows}`")).help(format!(
                    "use it for each row: `mean({rows}, {name})`, `p95({rows}, {name})`, `share({rows}, {name} <= …)`"
                ));
                self.report(finding);
                false
            }
        }
    }

    /// A metric with arguments.
    pub(crate) fn metric_call(
        &mut self,
        id: DeclId,
        call: &Call,
        span: Span,
        scope: &Scope<'_>,
    ) -> Typed {
        self.refer_decl(call.callee.span(), id);
        let Some(metric) = self.metric_type(id) else {
            // The arguments still count as uses of their names.
            self.only_uses(call, scope);
            return missing(span);
        };
        if !self.row_in_hand(id, &metric, span, scope) {
            return missing(span);
        }
        let Some(args) = self.metric_args(id, &metric, call, span, scope) else {
            return missing(span);
        };
        let Some(instance) = self.instance(id, &metric, &args, span) else { return missing(span) };
        let ty = instance.body.ty.clone();
        Typed { kind: Kind::Metric(instance, args.into()), ty, span }
    }

    fn metric_args(
        &mut self,
        id: DeclId,
        metric: &MetricType,
        call: &Call,
        span: Span,
        scope: &Scope<'_>,
    ) -> Option<Vec<Typed>> {
        let name = self.project.name(id);
        if let Some(label) = call.args.iter().find_map(|arg| arg.label.as_ref()) {
            self.report(Finding::new(
                Code::WrongArguments,
                label.span,
                format!("`{name}` takes no `{}`", label.text),
            ));
            return None;
        }
        if call.args.len() != metric.params.len() {
            let names: Vec<&str> = metric.params.iter().map(|param| param.name.as_str()).collect();
            let message = format!(
                "`{name}` takes {} arguments, not {}",
                metric.params.len(),
                call.args.len()
            );
            let mut finding = Finding::new(Code::WrongArguments, span, message)
                .help(format!("write `{name}({})`", names.join(", ")));
            if let Some(decl) = self.project.get(id) {
                finding = finding.also(decl.name.span, "declared here");
            }
            self.report(finding);
            return None;
        }
        let mut args = Vec::new();
        let mut good = true;
        for (arg, param) in call.args.iter().zip(&metric.params) {
            let typed = self.infer_as(&arg.value, scope, Some(&param.ty));
            good &= !typed.ty.is_unknown() && self.argument_fits(&typed, param);
            args.push(typed);
        }
        good.then_some(args)
    }

    fn argument_fits(&mut self, arg: &Typed, param: &Local) -> bool {
        let wrong = match (&arg.ty, &param.ty) {
            (Ty::Rows(have), Ty::Rows(wanted)) => self.rows_fit(have, wanted).err(),
            // A plain number as parameter takes a count of an own unit as well.
            (Ty::Quantity(have, _), Ty::Quantity(wanted, Nature::Plain))
                if wanted.is_number() && !have.units.is_empty() =>
            {
                None
            }
            (have, wanted) if self.fits(have, wanted) => None,
            (have, wanted) => {
                Some(format!("{} is needed, but this is {}", self.say(wanted), self.say(have)))
            }
        };
        let Some(wrong) = wrong else { return true };
        let finding = Finding::new(
            Code::WrongArguments,
            arg.span,
            format!("this cannot be `{}`: {wrong}", param.name),
        )
        .also(param.span, "the parameter");
        self.report(finding);
        false
    }

    /// The metric typed for arguments of these types.
    fn instance(
        &mut self,
        id: DeclId,
        metric: &MetricType,
        args: &[Typed],
        span: Span,
    ) -> Option<Arc<Instance>> {
        let types: Vec<Ty> = args.iter().map(|arg| arg.ty.clone()).collect();
        if types.iter().zip(&metric.params).all(|(ty, param)| *ty == param.ty) {
            return Some(Arc::clone(&metric.instance));
        }
        let key = (id, types);
        if let Some(known) = self.instances.get(&key) {
            return Some(Arc::clone(known));
        }
        let decl = self.project.get(id).copied()?;
        let What::Metric(declared) = decl.what else { return None };
        let locals = metric
            .params
            .iter()
            .zip(&key.1)
            .map(|(param, ty)| Local { ty: ty.clone(), ..param.clone() });
        let params: Vec<Local> = locals.collect();
        let scope = Scope {
            params: &params,
            row: metric.of.as_ref().map(|(_, rows)| Arc::clone(rows)),
            ..Scope::measuring(decl.name.span.file)
        };
        self.quiet += 1;
        let before = self.suppressed.len();
        let body = self.infer(declared.body.as_ref()?, &scope);
        self.quiet -= 1;
        let wrong = self.suppressed.get(before).map(|finding| finding.message.clone());
        self.suppressed.truncate(before);
        if let Some(wrong) = wrong {
            let name = self.project.name(id);
            let finding = Finding::new(
                Code::WrongArguments,
                span,
                format!("`{name}` cannot be computed from these rows: {wrong}"),
            )
            .also(decl.name.span, "the metric");
            self.report(finding);
            return None;
        }
        let instance = Arc::new(Instance {
            id: self.memo.new_instance(),
            metric: id,
            of_nothing: of_nothing(&body),
            body,
        });
        self.instances.insert(key, Arc::clone(&instance));
        Some(instance)
    }
}
