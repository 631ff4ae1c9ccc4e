//! Calls of functions and metrics.

use std::sync::Arc;

use ecow::EcoString;

use super::paths::speaks_of_rows;
use crate::base::{Exact, Span};
use crate::diag::{Code, Finding};
use crate::lang::functions::{self, Function, FunctionFacts, percentile_name};
use crate::names::What;
use crate::syntax::ast::{Arg, Call, Expr, ExprKind, NumberForm};
use crate::types::checker::{Checker, missing};
use crate::types::constant;
use crate::types::scope::Scope;
use crate::types::tree::{Aggregate, Fold, Kind, Overlap, Simple, Typed};
use crate::types::ty::{FieldTy, RowKind, Rows, Ty};

/// The arguments of a call, sorted into places and labels.
struct Args<'e> {
    plain: Vec<&'e Expr>,
    labelled: Vec<&'e Arg>,
}

impl<'e> Args<'e> {
    fn label(&self, label: &str) -> Option<&'e Arg> {
        self.labelled
            .iter()
            .copied()
            .find(|arg| arg.label.as_ref().is_some_and(|name| name.text == label))
    }
}

impl Checker<'_, '_> {
    pub(super) fn call(&mut self, call: &Call, span: Span, scope: &Scope<'_>) -> Typed {
        let name = call.callee.text();
        let metric = self.project.lookup(scope.file, &name).filter(|id| {
            let what = self.project.get(*id).map(|decl| decl.what);
            matches!(what, Some(What::Metric(_)))
        });
        if let Some(id) = metric {
            return self.metric_call(id, call, span, scope);
        }
        match functions::find(&name) {
            Some(facts) => self.function(facts, call, span, scope),
            None => self.unknown_function(&name, call, span, scope),
        }
    }

    fn unknown_function(
        &mut self,
        name: &str,
        call: &Call,
        span: Span,
        scope: &Scope<'_>,
    ) -> Typed {
        let metrics = self.project.decls().filter(|(_, decl)| matches!(decl.what, What::Metric(_)));
        let mut names: Vec<EcoString> = metrics
            .filter(|(_, decl)| self.project.sees(scope.file, decl.name.span.file))
            .map(|(_, decl)| decl.name.text.clone())
            .collect();
        names.extend(functions::FUNCTIONS.iter().map(|facts| EcoString::from(facts.name)));
        let elsewhere = self.project.suggest(
            scope.file,
            name,
            |what| matches!(what, What::Metric(_)),
            self.sources,
        );
        if crate::base::closest(name, names.iter().map(EcoString::as_str)).is_none()
            && !elsewhere.help.is_empty()
        {
            let finding = Finding::new(
                Code::UnknownFunction,
                call.callee.span(),
                format!("there is no function or metric `{name}` here"),
            );
            self.report(elsewhere.attach(finding, call.callee.span()));
        } else {
            self.unknown(
                Code::UnknownFunction,
                name,
                call.callee.span(),
                format!("there is no function or metric `{name}`"),
                &names,
            );
        }
        self.only_uses(call, scope);
        missing(span)
    }

    /// Records what the arguments of a call refer to, and says nothing else about them.
    pub(crate) fn only_uses(&mut self, call: &Call, scope: &Scope<'_>) {
        self.mute += 1;
        call.args.iter().for_each(|arg| drop(self.infer(&arg.value, scope)));
        self.mute -= 1;
    }

    fn function(
        &mut self,
        facts: &'static FunctionFacts,
        call: &Call,
        span: Span,
        scope: &Scope<'_>,
    ) -> Typed {
        let Some(args) = self.sort_args(facts, call) else { return missing(span) };
        match facts.function {
            Function::Count => self.fold(Fold::Count, facts, &args, span, scope),
            Function::Share => self.fold(Fold::Share, facts, &args, span, scope),
            Function::Sum => self.fold(Fold::Sum, facts, &args, span, scope),
            Function::Mean => self.fold(Fold::Mean, facts, &args, span, scope),
            Function::Distinct => self.fold(Fold::Distinct, facts, &args, span, scope),
            Function::Median => self.percentile(facts, &args, Exact::ratio(1, 2), span, scope),
            Function::Percentile => {
                let share = percentile_name(&call.callee.text())
                    .and_then(Exact::parse)
                    .and_then(|n| n.divide(&Exact::integer(100)));
                self.percentile(facts, &args, share, span, scope)
            }
            Function::Min => {
                self.least_or_greatest(facts, &args, Fold::Min, Simple::Min, span, scope)
            }
            Function::Max => {
                self.least_or_greatest(facts, &args, Fold::Max, Simple::Max, span, scope)
            }
            Function::Uptime => self.fold(Fold::Uptime, facts, &args, span, scope),
            Function::Downtime => self.fold(Fold::Downtime, facts, &args, span, scope),
            Function::Time => self.time_of(facts, &args, span, scope),
            Function::Runs => self.runs(facts, &args, span, scope),
            Function::Overlap => self.overlap(facts, &args, span, scope),
            Function::Holds => self.holds(facts, &args, span, scope),
            Function::Span => self.respan(facts, &args, span, scope),
            Function::Elapsed => self.elapsed(facts, &args, span, scope),
            Function::Days => self.values(facts, &args, Simple::Days, 2..=2, span, scope),
            Function::Floor => self.values(facts, &args, Simple::Floor, 1..=2, span, scope),
            Function::Ceil => self.values(facts, &args, Simple::Ceil, 1..=2, span, scope),
            Function::Failures => self.failures(facts, &args, span, scope),
        }
    }

    fn sort_args<'e>(&mut self, facts: &FunctionFacts, call: &'e Call) -> Option<Args<'e>> {
        let mut args = Args { plain: Vec::new(), labelled: Vec::new() };
        for arg in &call.args {
            let Some(label) = &arg.label else {
                args.plain.push(&arg.value);
                continue;
            };
            if !facts.labels.contains(&label.text.as_str()) {
                let finding = Finding::new(
                    Code::WrongArguments,
                    label.span,
                    format!("`{}` takes no `{}`", facts.name, label.text),
                );
                self.report(finding.help(format!("write {}", usage(facts))));
                return None;
            }
            if args.label(&label.text).is_some() {
                self.report(Finding::new(
                    Code::RepeatedPart,
                    label.span,
                    format!("`{}` is given twice", label.text),
                ));
                return None;
            }
            args.labelled.push(arg);
        }
        Some(args)
    }

    fn wrong_arguments(
        &mut self,
        facts: &FunctionFacts,
        span: Span,
        message: impl Into<String>,
    ) -> Typed {
        self.report(
            Finding::new(Code::WrongArguments, span, message)
                .help(format!("write {}", usage(facts))),
        );
        missing(span)
    }

    /// The rows an aggregate is about: the first argument, or the current slot.
    fn aggregate_rows<'e>(
        &mut self,
        facts: &FunctionFacts,
        args: &Args<'e>,
        span: Span,
        scope: &Scope<'_>,
    ) -> Option<(Typed, Arc<Rows>, Vec<&'e Expr>)> {
        let mut rest = args.plain.clone();
        if let Some(first) = rest.first().copied()
            && speaks_of_rows(self, first, scope)
        {
            let rows = self.infer(first, scope);
            let kind = self.rows_of(&rows)?;
            rest.remove(0);
            return Some((rows, kind, rest));
        }
        if let Some(slot) = &scope.slot {
            return Some((
                Typed { kind: Kind::Slot, ty: Ty::Rows(Arc::clone(slot)), span },
                Arc::clone(slot),
                rest,
            ));
        }
        if let Some(first) = rest.first() {
            let typed = self.infer(first, scope);
            if typed.ty.is_unknown() {
                return None;
            }
            // The argument was typed as rows after all: a parameter of unknown shape, a
            // conditional.
            if let Ty::Rows(kind) = typed.ty.clone() {
                rest.remove(0);
                return Some((typed, kind, rest));
            }
        }
        self.wrong_arguments(
            facts,
            span,
            format!("`{}` does not say which rows it uses", facts.name),
        );
        None
    }

    fn fold(
        &mut self,
        fold: Fold,
        facts: &FunctionFacts,
        args: &Args<'_>,
        span: Span,
        scope: &Scope<'_>,
    ) -> Typed {
        let Some((rows, kind, rest)) = self.aggregate_rows(facts, args, span, scope) else {
            return missing(span);
        };
        let inside = scope.with_row(Arc::clone(&kind));
        let wanted = matches!(
            fold,
            Fold::Share | Fold::Sum | Fold::Mean | Fold::Distinct | Fold::Min | Fold::Max
        );
        let arg = match (rest.as_slice(), wanted) {
            ([], false) => None,
            ([], true) if fold != Fold::Distinct && kind.kind == RowKind::Series => {
                Some(value_of(&kind, span))
            }
            ([only], true) => Some(self.infer_as(
                only,
                &inside,
                if fold == Fold::Share { Some(&Ty::Boolean) } else { None },
            )),
            _ => {
                return self.wrong_arguments(
                    facts,
                    span,
                    format!("`{}` is called with arguments it does not take", facts.name),
                );
            }
        };
        if matches!(fold, Fold::Uptime | Fold::Downtime) && !self.is_down_time(facts, &kind, span) {
            return missing(span);
        }
        let (arg, ty) = self.fold_type(fold, arg);
        let (weight, add) = self.weights(args, &inside);
        Typed {
            kind: Kind::Aggregate(Box::new(Aggregate {
                fold,
                rows,
                arg,
                share: None,
                weight,
                add,
            })),
            ty,
            span,
        }
    }

    fn is_down_time(&mut self, facts: &FunctionFacts, kind: &Rows, span: Span) -> bool {
        match kind.kind {
            RowKind::Spans => true,
            RowKind::Events => {
                self.wrong_arguments(
                    facts,
                    span,
                    format!("`{}` needs spans, but these are events", facts.name),
                );
                false
            }
            RowKind::Series => {
                let finding = Finding::new(
                    Code::TypeMismatch,
                    span,
                    "a series of slots is not downtime",
                )
                .help("`runs(…, lasting 1 min)` turns a series of conditions into a set of times");
                self.report(finding);
                false
            }
        }
    }

    fn fold_type(&mut self, fold: Fold, arg: Option<Typed>) -> (Option<Typed>, Ty) {
        let Some(arg) = arg else {
            let ty = match fold {
                Fold::Uptime => Ty::ratio(),
                Fold::Downtime => Ty::duration(),
                Fold::Count
                | Fold::Share
                | Fold::Sum
                | Fold::Mean
                | Fold::Min
                | Fold::Max
                | Fold::Percentile
                | Fold::Distinct => Ty::count(),
            };
            return (None, ty);
        };
        if fold == Fold::Distinct {
            return (Some(arg), Ty::count());
        }
        let arg = self.need_present(arg);
        if fold == Fold::Share {
            self.need_boolean(&arg);
            return (Some(arg), Ty::ratio());
        }
        let summed = matches!(fold, Fold::Sum | Fold::Mean);
        let fits = match &arg.ty {
            Ty::Quantity(..) | Ty::Unknown => true,
            Ty::Time | Ty::Date => !summed,
            _ => false,
        };
        if !fits {
            self.mismatch(&arg, "a number or quantity");
            return (Some(arg), Ty::Unknown);
        }
        let ty = arg.ty.clone();
        (Some(arg), ty)
    }

    fn weights(&mut self, args: &Args<'_>, inside: &Scope<'_>) -> (Option<Box<Typed>>, bool) {
        let weight = args.label("weight").map(|arg| {
            let weight = self.infer(&arg.value, inside);
            let weight = self.need_present(weight);
            self.need_type(&weight, &Ty::number());
            Box::new(weight)
        });
        let mut add = false;
        if let Some(arg) = args.label("overlaps") {
            match &arg.value.kind {
                ExprKind::Path(path) if path.text() == "max" => {}
                ExprKind::Path(path) if path.text() == "add" => add = true,
                _ => self.report(Finding::new(
                    Code::WrongArguments,
                    arg.value.span,
                    "overlapping rows count `max` or `add`",
                )),
            }
        } else if let Some(weight) = args.label("weight") {
            let finding = Finding::new(
                Code::MissingPart,
                weight.value.span,
                "nothing says how the weights of overlapping rows combine",
            )
            .help("add `overlaps max` (the heaviest counts) or `overlaps add` (weights add up)");
            self.report(finding);
        }
        (weight, add)
    }

    fn percentile(
        &mut self,
        facts: &FunctionFacts,
        args: &Args<'_>,
        share: Option<Exact>,
        span: Span,
        scope: &Scope<'_>,
    ) -> Typed {
        let Some((rows, kind, mut rest)) = self.aggregate_rows(facts, args, span, scope) else {
            return missing(span);
        };
        let share = match share {
            Some(share) => {
                Typed { kind: Kind::Number(share, NumberForm::Percent), ty: Ty::ratio(), span }
            }
            None => {
                let Some(last) = rest.pop() else {
                    return self.wrong_arguments(
                        facts,
                        span,
                        "`percentile` does not say which percentile",
                    );
                };
                let typed = self.infer(last, scope);
                self.need_type(&typed, &Ty::number());
                if constant::value(&typed).is_none()
                    && !matches!(typed.kind, Kind::Param(_) | Kind::Missing)
                {
                    self.report(Finding::new(
                        Code::NotConstant,
                        last.span,
                        "the share of a percentile must be a number, such as `95%`",
                    ));
                }
                typed
            }
        };
        if constant::value(&share)
            .is_some_and(|share| share.is_negative() || share.is_zero() || share > Exact::ONE)
        {
            return self.wrong_arguments(facts, span, "a percentile is above 0% and at most 100%");
        }
        let inside = scope.with_row(Arc::clone(&kind));
        let arg = match rest.as_slice() {
            [] if kind.kind == RowKind::Series => value_of(&kind, span),
            [only] => self.infer(only, &inside),
            _ => {
                return self.wrong_arguments(
                    facts,
                    span,
                    format!("`{}` is called with arguments it does not take", facts.name),
                );
            }
        };
        let (arg, ty) = self.fold_type(Fold::Percentile, Some(arg));
        let aggregate = Aggregate {
            fold: Fold::Percentile,
            rows,
            arg,
            share: Some(Box::new(share)),
            weight: None,
            add: false,
        };
        Typed { kind: Kind::Aggregate(Box::new(aggregate)), ty, span }
    }

    fn least_or_greatest(
        &mut self,
        facts: &FunctionFacts,
        args: &Args<'_>,
        fold: Fold,
        simple: Simple,
        span: Span,
        scope: &Scope<'_>,
    ) -> Typed {
        let first_is_rows =
            args.plain.first().is_some_and(|first| speaks_of_rows(self, first, scope));
        if first_is_rows || (args.plain.len() == 1 && scope.slot.is_some()) {
            return self.fold(fold, facts, args, span, scope);
        }
        self.values(facts, args, simple, 2..=16, span, scope)
    }

    fn values(
        &mut self,
        facts: &FunctionFacts,
        args: &Args<'_>,
        simple: Simple,
        count: std::ops::RangeInclusive<usize>,
        span: Span,
        scope: &Scope<'_>,
    ) -> Typed {
        if !count.contains(&args.plain.len()) {
            return self.wrong_arguments(
                facts,
                span,
                format!("`{}` is called with {} arguments", facts.name, args.plain.len()),
            );
        }
        let mut typed = Vec::new();
        for arg in &args.plain {
            let value = self.infer(arg, scope);
            typed.push(self.need_present(value));
        }
        self.simple(simple, typed, span)
    }

    fn time_of(
        &mut self,
        facts: &FunctionFacts,
        args: &Args<'_>,
        span: Span,
        scope: &Scope<'_>,
    ) -> Typed {
        let [only] = args.plain.as_slice() else {
            return self.wrong_arguments(facts, span, "`time` takes rows");
        };
        let rows = self.infer(only, scope);
        if rows.ty == Ty::TimeSet {
            return Typed { span, ..rows };
        }
        let Some(kind) = self.rows_of(&rows) else { return missing(span) };
        if !self.is_down_time(facts, &kind, span) {
            return missing(span);
        }
        Typed { kind: Kind::TimeOf(Box::new(rows)), ty: Ty::TimeSet, span }
    }

    fn runs(
        &mut self,
        facts: &FunctionFacts,
        args: &Args<'_>,
        span: Span,
        scope: &Scope<'_>,
    ) -> Typed {
        let ([only], Some(lasting)) = (args.plain.as_slice(), args.label("lasting")) else {
            return self.wrong_arguments(
                facts,
                span,
                "`runs` takes a series of conditions and how long a run lasts at least",
            );
        };
        let of = self.infer(only, scope);
        match &of.ty {
            Ty::TimeSet | Ty::Unknown => {}
            Ty::Rows(rows)
                if rows.kind == RowKind::Series
                    && matches!(rows.value, Some(Ty::Boolean | Ty::Unknown)) => {}
            _ => self.mismatch(
                &of,
                "a series of conditions (`each 1 min of … { … > 5% }`) or a set of times",
            ),
        }
        let length = self.infer(&lasting.value, scope);
        self.need_type(&length, &Ty::duration());
        let kind = Kind::Runs {
            of: Box::new(of),
            lasting: Box::new(length),
            more_than: lasting.more_than.is_some(),
        };
        Typed { kind, ty: Ty::TimeSet, span }
    }

    fn overlap(
        &mut self,
        facts: &FunctionFacts,
        args: &Args<'_>,
        span: Span,
        scope: &Scope<'_>,
    ) -> Typed {
        let ([only], Some(by), Some(least)) =
            (args.plain.as_slice(), args.label("by"), args.label("at least"))
        else {
            return self.wrong_arguments(
                facts,
                span,
                "`overlap` takes rows, the field to tell them apart by, and how many there must be",
            );
        };
        let of = self.infer(only, scope);
        let Some(rows) = self.rows_of(&of) else { return missing(span) };
        if !self.is_down_time(facts, &rows, span) {
            return missing(span);
        }
        let ExprKind::Path(field) = &by.value.kind else {
            return self.wrong_arguments(facts, by.value.span, "`by` takes a field");
        };
        let name = field.text();
        match rows.fields.iter().find(|known| known.name == name) {
            Some(known) => self.refer(field.span(), known.span),
            None => {
                self.unknown(
                    Code::UnknownField,
                    &name,
                    field.span(),
                    format!("the rows have no field `{name}`"),
                    &rows.names(),
                );
                return missing(span);
            }
        }
        let least = self.infer(&least.value, scope);
        self.need_type(&least, &Ty::number());
        Typed {
            kind: Kind::Overlap(Box::new(Overlap { of, by: name, least })),
            ty: Ty::TimeSet,
            span,
        }
    }

    fn holds(
        &mut self,
        facts: &FunctionFacts,
        args: &Args<'_>,
        span: Span,
        scope: &Scope<'_>,
    ) -> Typed {
        let [rows, condition] = args.plain.as_slice() else {
            return self.wrong_arguments(
                facts,
                span,
                "`holds` takes events and a condition on one of them",
            );
        };
        let rows = self.infer(rows, scope);
        let Some(kind) = self.rows_of(&rows) else { return missing(span) };
        if kind.kind != RowKind::Events && !is_at_instants(&rows) {
            let message =
                format!("`{}` needs events, but these are {}", facts.name, kind.kind.describe());
            return self.wrong_arguments(facts, span, message);
        }
        let condition = self.infer(condition, &scope.with_row(kind));
        self.need_boolean(&condition);
        Typed { kind: Kind::Holds(Box::new([rows, condition])), ty: Ty::TimeSet, span }
    }

    fn respan(
        &mut self,
        facts: &FunctionFacts,
        args: &Args<'_>,
        span: Span,
        scope: &Scope<'_>,
    ) -> Typed {
        let [rows, from, to] = args.plain.as_slice() else {
            return self.wrong_arguments(
                facts,
                span,
                "`span` takes rows, their start and their end",
            );
        };
        let rows = self.infer(rows, scope);
        let Some(kind) = self.rows_of(&rows) else { return missing(span) };
        let inside = scope.with_row(Arc::clone(&kind));
        let from = self.infer(from, &inside);
        let from = self.need_present(from);
        let to = self.infer(to, &inside);
        for end in [&from, &to] {
            if !matches!(end.ty.present(), Ty::Time | Ty::Unknown) {
                self.mismatch(end, "an instant");
            }
        }
        let mut reshaped = Rows { kind: RowKind::Spans, ..Rows::clone(&kind) };
        // The old bounds stay within reach under their names only if they were declared fields.
        reshaped.fields.retain(|field| !matches!(field.name.as_str(), "start" | "end"));
        if kind.kind == RowKind::Events && !reshaped.fields.iter().any(|field| field.name == "at") {
            reshaped.fields.push(FieldTy {
                name: "at".into(),
                ty: Ty::Time,
                span,
                link: None,
                within: None,
            });
        }
        let ty = Ty::Rows(Arc::new(reshaped));
        Typed { kind: Kind::Respan(Box::new([rows, from, to])), ty, span }
    }

    fn elapsed(
        &mut self,
        facts: &FunctionFacts,
        args: &Args<'_>,
        span: Span,
        scope: &Scope<'_>,
    ) -> Typed {
        let [from, to] = args.plain.as_slice() else {
            return self.wrong_arguments(facts, span, "`elapsed` takes two instants");
        };
        let from = self.infer(from, scope);
        let from = self.need_present(from);
        let to = self.infer(to, scope);
        for end in [&from, &to] {
            if !matches!(end.ty.present(), Ty::Time | Ty::Unknown) {
                self.mismatch(end, "an instant");
            }
        }
        Typed {
            kind: Kind::Elapsed { ends: Box::new([from, to]), during: None, pausing: None },
            ty: Ty::duration(),
            span,
        }
    }

    fn failures(
        &mut self,
        facts: &FunctionFacts,
        args: &Args<'_>,
        span: Span,
        scope: &Scope<'_>,
    ) -> Typed {
        let Some(last) = args.label("last") else {
            return self.wrong_arguments(
                facts,
                span,
                "`failures` does not say among how many windows",
            );
        };
        let number = self.infer(&last.value, scope);
        let Some(count) = constant::value(&number)
            .and_then(|n| n.to_i64())
            .and_then(|n| u32::try_from(n).ok())
            .filter(|n| (1..=1000).contains(n))
        else {
            return self.wrong_arguments(
                facts,
                last.value.span,
                "the number of windows is a whole number from 1 to 1000",
            );
        };
        let objective = match args.plain.as_slice() {
            [] => None,
            [only] => match self.objective_name(only, scope) {
                Some(name) => Some(name),
                None => return missing(span),
            },
            _ => {
                return self.wrong_arguments(facts, span, "`failures` takes one objective at most");
            }
        };
        Typed { kind: Kind::Failures(objective, count), ty: Ty::count(), span }
    }

    fn objective_name(&mut self, expr: &Expr, scope: &Scope<'_>) -> Option<EcoString> {
        let (ExprKind::Path(path), Some(objectives)) = (&expr.kind, scope.objectives) else {
            self.report(Finding::new(
                Code::WrongArguments,
                expr.span,
                "an objective is needed here",
            ));
            return None;
        };
        let name = path.text();
        match objectives.get(&name) {
            Some(place) => {
                self.refer(path.span(), *place);
                Some(name)
            }
            None => {
                let names: Vec<_> = objectives.keys().cloned().collect();
                self.unknown(
                    Code::UnknownName,
                    &name,
                    path.span(),
                    format!("there is no objective `{name}` here"),
                    &names,
                );
                None
            }
        }
    }
}

fn usage(facts: &FunctionFacts) -> String {
    crate::base::quoted_list(facts.usage.split(" | "))
}

fn value_of(rows: &Rows, span: Span) -> Typed {
    Typed { kind: Kind::Field("value".into()), ty: rows.value.clone().unwrap_or(Ty::Unknown), span }
}

/// True for rows that are taken as events at the instant of a field.
fn is_at_instants(rows: &Typed) -> bool {
    let mut at = rows;
    loop {
        match &at.kind {
            Kind::Where(both) | Kind::Within(both, _) => {
                let [rows, _] = &**both;
                at = rows;
            }
            Kind::At(..) => return true,
            _ => return false,
        }
    }
}
