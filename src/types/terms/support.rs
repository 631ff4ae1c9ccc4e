//! Cells of support tables: each becomes an objective, the share of items that made it.

use std::sync::Arc;

use ecow::EcoString;
use smallvec::SmallVec;

use super::Around;
use crate::base::{Exact, Span};
use crate::diag::{Code, Finding};
use crate::lang::units::{PeriodUnit, TimeUnit};
use crate::names::{DeclId, What};
use crate::syntax::ast::{self, CellClauses, CellKind, CellLimit, Compare, Item, NumberForm};
use crate::time::OrdinaryDay;
use crate::types::calendars::calendar_of;
use crate::types::checker::Checker;
use crate::types::flatten::{CellChain, CellSource};
use crate::types::memo::KeyPart;
use crate::types::model::{From, Limit, Measure, Narrowed, Objective, Support, Was};
use crate::types::tree::{Aggregate, Fold, Kind, Typed};
use crate::types::ty::{RowKind, Rows, Ty};
use crate::types::uses::sources_of;

type Supports<'a> = [(&'a Item, &'a ast::Support)];

/// The newest clause: of the cell's own statements first, then of the heads.
fn clause<'a, T>(
    chain: &[CellSource<'a>],
    heads: &Supports<'a>,
    pick: impl Fn(&'a CellClauses) -> Option<T>,
    place: impl Fn(&T) -> Span,
) -> Option<From<T>> {
    let cells = chain.iter().filter_map(|source| pick(&source.cell.clauses));
    let heads = heads.iter().filter_map(|(_, support)| pick(&support.clauses));
    // Heads come first in force order, so that whatever a cell says is newer.
    let mut found: Option<From<T>> = None;
    for value in heads.chain(cells) {
        let at = place(&value);
        let was = found.map_or_else(Was::default, |old| old.was.and(old.at));
        found = Some(From { value, at, was });
    }
    found
}

impl<'a> Checker<'a, '_> {
    /// The typed objective of a support cell.
    pub(in crate::types) fn cell(
        &mut self,
        name: &EcoString,
        cell: &CellChain<'a>,
        heads: &Supports<'a>,
        around: &Around<'_, 'a>,
    ) -> Option<Arc<Objective<'a>>> {
        let mut key: SmallVec<[KeyPart; 4]> =
            cell.sources.iter().map(|source| KeyPart::Stated(source.cell.id())).collect();
        key.extend(heads.iter().map(|(item, _)| KeyPart::Stated(item.id())));
        key.extend(cell.was.iter().map(|place| KeyPart::Replaced(*place)));
        key.extend(around.services.iter().map(|(id, _)| KeyPart::Service(*id)));
        if let Some(known) = self.memo.objectives.get(key.as_slice()) {
            return known.clone();
        }
        let typed = self.type_cell(name, cell, heads, around).map(Arc::new);
        self.memo.objectives.insert(key.into_boxed_slice(), typed.clone());
        typed
    }

    fn type_cell(
        &mut self,
        name: &EcoString,
        cell: &CellChain<'a>,
        heads: &Supports<'a>,
        around: &Around<'_, 'a>,
    ) -> Option<Objective<'a>> {
        let chain = cell.sources.as_slice();
        let first = chain.first()?;
        let newest = chain.last()?;
        let severity = self.severity(&first.row.severity)?;
        for source in chain.iter().skip(1) {
            self.severity(&source.row.severity);
        }
        // Without a table that says so, there are findings, or the terms are incomplete.
        let (head, on) =
            heads.iter().rev().find_map(|(item, support)| Some((*item, support.on.as_ref()?)))?;
        let rows = self.once(on, &around.scope(head.span), None);
        let kind = self.rows_of(&rows)?;
        self.support_fields(&kind, newest.cell.kind, on.span)?;
        let Some(window) = clause(chain, heads, |it| it.window.as_deref(), |window| window.span)
        else {
            let finding = Finding::new(
                Code::MissingPart,
                head.lead,
                "the support table does not say over which window",
            );
            self.report_once(
                finding.help("add it to the head: `support on TICKETS per month { … }`"),
            );
            return None;
        };
        let scope = around.scope(newest.item.span);
        let during =
            clause(chain, heads, |it| it.during.as_deref(), |expr| expr.span).map(|during| {
                let typed = self.once(during.value, &around.scope(during.at), None);
                self.need_time_set(&typed);
                From { value: typed, at: during.at, was: self.memo.shared(during.was) }
            });
        let pausing =
            clause(chain, heads, |it| it.pausing.as_deref(), |expr| expr.span).map(|pausing| {
                let scope = around.scope(pausing.at).with_row(Arc::clone(&kind));
                let typed = self.once(pausing.value, &scope, None);
                if !matches!(&typed.ty, Ty::TimeSet | Ty::Unknown)
                    && !matches!(&typed.ty, Ty::Rows(rows) if rows.kind == RowKind::Spans)
                {
                    self.mismatch(&typed, "spans or a set of times");
                }
                From { value: typed, at: pausing.at, was: self.memo.shared(pausing.was) }
            });
        let limits: Vec<(&'a CellLimit, Span)> = chain
            .iter()
            .filter_map(|source| Some((source.cell.limit.as_ref()?, source.cell.span)))
            .collect();
        let (limit, limit_at) = *limits.last()?;
        let limit = self.cell_limit(limit, during.as_ref().map(|from| &*from.value), &scope)?;
        let was =
            limits.iter().rev().skip(1).rev().map(|(_, at)| *at).collect::<Vec<Span>>().into();
        let limit = From { value: limit, at: limit_at, was };
        let filter =
            clause(chain, heads, |it| it.filter.as_deref(), |expr| expr.span).map(|filter| {
                let scope = around.scope(filter.at).with_row(Arc::clone(&kind));
                let typed = self.once(filter.value, &scope, Some(&Ty::Boolean));
                self.need_boolean(&typed);
                From { value: typed, at: filter.at, was: self.memo.shared(filter.was) }
            });
        let condition =
            clause(chain, heads, |it| it.condition.as_deref(), |condition| condition.expr.span)
                .map(|condition| self.objective_condition(condition, newest.item));
        let share = clause(chain, heads, |it| it.share.as_deref(), |expr| expr.span);
        let target = match share {
            Some(share) => {
                let typed = self.once(share.value, &scope, None);
                self.need_type(&typed, &Ty::number());
                From { value: typed, at: share.at, was: self.memo.shared(share.was) }
            }
            None => {
                let all = Typed {
                    kind: Kind::Number(Exact::ONE, NumberForm::Percent),
                    ty: Ty::ratio(),
                    span: limit_at,
                };
                From { value: Arc::new(all), at: limit_at, was: Was::default() }
            }
        };
        let misses = clause(chain, heads, |it| it.misses, |(_, _, span)| *span);
        let misses = misses
            .map(|it| Box::new(From { value: (it.value.0, it.value.1), at: it.at, was: it.was }));
        let service = match around.services {
            [(only, _)] => Some(*only),
            _ => None,
        };
        let support = Box::new(Support {
            kind: newest.cell.kind,
            rows,
            row: Arc::clone(&kind),
            severity,
            limit,
            during,
            pausing,
            misses,
        });
        Some(Objective {
            id: self.memo.new_term(),
            name: name.clone(),
            item: first.item,
            service,
            sources: sources_of(&support.share_in_time(limit_at)).into(),
            metric: From { value: Measure::Cell, at: limit_at, was: Was::default() },
            was: stated_before(cell),
            compare: From { value: Compare::AtLeast, at: limit_at, was: Was::default() },
            target,
            window: From { value: window.value, at: window.at, was: self.memo.shared(window.was) },
            narrowed: Narrowed {
                filtered: filter.as_ref().and(kind.source),
                filter,
                condition,
                ..Narrowed::default()
            }
            .boxed(),
            higher_is_better: Some(true),
            support: Some(support),
        })
    }

    fn severity(&mut self, name: &ast::Name) -> Option<DeclId> {
        match self.project.lookup(name.span.file, &name.text) {
            Some(id)
                if matches!(
                    self.project.get(id).map(|decl| decl.what),
                    Some(What::Severity(_))
                ) =>
            {
                self.refer_decl(name.span, id);
                Some(id)
            }
            Some(_) => {
                self.report_once(Finding::new(
                    Code::WrongKind,
                    name.span,
                    format!("`{}` is not a severity", name.text),
                ));
                None
            }
            None => {
                let finding = Finding::new(
                    Code::UnknownName,
                    name.span,
                    format!("no severity is called `{}`", name.text),
                );
                let advice = self.project.suggest(
                    name.span.file,
                    &name.text,
                    |what| matches!(what, What::Severity(_)),
                    self.sources,
                );
                let declare = format!("declare it: `severity {} \"…\"`", name.text);
                self.report_once(advice.or_help(declare).attach(finding, name.span));
                None
            }
        }
    }

    /// The source of a support table has the fields its cells look at.
    fn support_fields(&mut self, rows: &Rows, kind: CellKind, place: Span) -> Option<()> {
        let wanted: [(&str, &str); 2] = [
            ("severity", "severity: Severity"),
            match kind {
                CellKind::Respond => ("responded", "responded: time?"),
                CellKind::Resolve => ("resolved", "resolved: time?"),
                CellKind::Update => ("updates", "updates: spans of UPDATES by ticket"),
            },
        ];
        for (name, declare) in wanted {
            let Some(ty) = rows.field(name) else {
                let finding = Finding::new(
                    Code::UnknownField,
                    place,
                    format!("the rows of this support table have no field `{name}`"),
                );
                self.report_once(finding.help(format!("declare it in the source: `{declare}`")));
                return None;
            };
            let fits = match (name, ty.present()) {
                ("severity", Ty::Severity)
                | ("responded" | "resolved", Ty::Time)
                | ("updates", Ty::Rows(_))
                | (_, Ty::Unknown) => true,
                (_, _) => false,
            };
            if !fits {
                let message =
                    format!("`{name}` is {}, which a support table cannot use", self.say(&ty));
                self.report_once(
                    Finding::new(Code::TypeMismatch, place, message)
                        .help(format!("declare it in the source: `{declare}`")),
                );
                return None;
            }
        }
        Some(())
    }

    fn cell_limit(
        &mut self,
        limit: &'a CellLimit,
        during: Option<&Typed>,
        scope: &crate::types::scope::Scope<'_>,
    ) -> Option<Limit> {
        match limit {
            CellLimit::EndOf(days) => Some(Limit::EndOf(*days)),
            CellLimit::Within(expr) => {
                let typed = self.once(expr, scope, Some(&Ty::duration()));
                match &typed.kind {
                    Kind::Period(period) if period.unit == PeriodUnit::WorkingDay => {
                        let length =
                            self.working_days(period, during.and_then(calendar_in), typed.span)?;
                        Some(Limit::Within(Arc::new(length)))
                    }
                    Kind::Period(period) => {
                        let finding = Finding::new(
                            Code::PeriodAsDuration,
                            typed.span,
                            "a calendar period cannot be the limit of a clock",
                        )
                        .help(format!(
                            "write days or hours instead of {}",
                            period.unit.spellings()[1]
                        ));
                        self.report_once(finding);
                        None
                    }
                    _ => {
                        self.need_type(&typed, &Ty::duration());
                        (!typed.ty.is_unknown()).then(|| Limit::Within(typed))
                    }
                }
            }
        }
    }

    /// `3 working days` under `during C`: three times the length of C's ordinary open day.
    pub(super) fn working_days(
        &mut self,
        period: &ast::Period,
        calendar: Option<DeclId>,
        place: Span,
    ) -> Option<Typed> {
        let Some(id) = calendar else {
            let finding = Finding::new(
                Code::UnknownWorkingDay,
                place,
                "nothing says how long a working day is here",
            )
            .help(
                "measure the clock `during` a calendar: its ordinary open day is the working day",
            );
            self.report_once(finding);
            return None;
        };
        let name = self.project.name(id);
        let calendar = match self.project.get(id).map(|decl| decl.what) {
            Some(What::Calendar(calendar)) => calendar_of(calendar),
            _ => return None,
        };
        match calendar.ordinary_day() {
            OrdinaryDay::Same(length) => {
                let total = &Exact::integer(length) * &Exact::integer(i64::from(period.count));
                Some(Typed {
                    kind: Kind::Duration(total, TimeUnit::Hour),
                    ty: Ty::duration(),
                    span: place,
                })
            }
            OrdinaryDay::Differ(_) | OrdinaryDay::Never => {
                let finding = Finding::new(
                    Code::UnknownWorkingDay,
                    place,
                    format!("the open days of `{name}` differ in length"),
                )
                .help("write the limit in hours, or by a deadline: `by end of 1 working day`");
                self.report_once(finding);
                None
            }
        }
    }
}

/// The calendar that something is measured in, if it is one calendar alone.
pub(super) fn calendar_in(during: &Typed) -> Option<DeclId> {
    match during.kind {
        Kind::Calendar(calendar) => Some(calendar),
        _ => None,
    }
}

impl Support {
    /// The share of the severity's items that made their limit; `span` is the place of the limit.
    pub(in crate::types) fn share_in_time(&self, span: Span) -> Typed {
        let field = |name: &str, ty: Ty| Typed { kind: Kind::Field(name.into()), ty, span };
        let boolean = |kind| Typed { kind, ty: Ty::Boolean, span };
        let boxed = |from: &Option<From<Arc<Typed>>>| {
            from.as_ref().map(|from| Box::new(Typed::clone(&from.value)))
        };
        let wanted = Typed { kind: Kind::Declared(self.severity), ty: Ty::Severity, span };
        let same = boolean(Kind::Compare(
            Compare::Equal,
            Box::new([field("severity", Ty::Severity), wanted]),
        ));
        let rows = Kind::Where(Box::new([Typed::clone(&self.rows), same]));
        let rows = Typed { kind: rows, ty: Ty::Rows(Arc::clone(&self.row)), span };
        let start = match self.row.kind {
            RowKind::Events => "at",
            RowKind::Spans | RowKind::Series => "start",
        };
        let end = match self.kind {
            CellKind::Respond => "responded",
            CellKind::Resolve => "resolved",
            CellKind::Update => "updates",
        };
        let start = field(start, Ty::Time);
        let end = field(end, self.row.field(end).unwrap_or(Ty::Time));
        let in_time = match &self.limit.value {
            Limit::Within(limit) => {
                let elapsed = Kind::Elapsed {
                    ends: Box::new([start, end]),
                    during: boxed(&self.during),
                    pausing: boxed(&self.pausing),
                };
                let elapsed = Typed { kind: elapsed, ty: Ty::duration(), span };
                boolean(Kind::Compare(Compare::AtMost, Box::new([elapsed, Typed::clone(limit)])))
            }
            Limit::EndOf(days) => {
                let deadline = Kind::Deadline {
                    from: Box::new(start),
                    days: *days,
                    during: boxed(&self.during),
                };
                let deadline = Typed { kind: deadline, ty: Ty::Time, span };
                boolean(Kind::Compare(Compare::AtMost, Box::new([end, deadline])))
            }
        };
        let share = Aggregate {
            fold: Fold::Share,
            rows,
            arg: Some(in_time),
            share: None,
            weight: None,
            add: false,
        };
        Typed { kind: Kind::Aggregate(Box::new(share)), ty: Ty::ratio(), span }
    }
}

/// Places of the cells that a later one changes or replaces.
fn stated_before(cell: &CellChain<'_>) -> Was {
    let older = cell.sources.split_last().map(|(_, older)| older).unwrap_or_default();
    cell.was
        .iter()
        .copied()
        .chain(older.iter().map(|source| source.cell.span))
        .collect::<Vec<Span>>()
        .into()
}
