//! Declarations other than agreements: sources, metrics, tables, facts, services, calendars.

use super::checker::Checker;
use super::model::{Fact, Service, Table};
use super::scope::Scope;
use super::tree::Typed;
use super::ty::Ty;
use crate::diag::{Code, Finding};
use crate::names::{DeclId, circles};
use crate::syntax::ast::{self, Block, ItemKind, ServiceItem, Statement, TableDecl, When};

impl<'a> Checker<'a, '_> {
    pub(super) fn table_decl(&mut self, id: DeclId, table: &'a TableDecl) -> Table {
        let file =
            self.project.get(id).map_or(crate::base::FileId::new(0), |decl| decl.name.span.file);
        let keys: Vec<Ty> = table.keys.iter().map(|key| self.type_of(key, file)).collect();
        let ty = table.ty.as_ref().map_or(Ty::Unknown, |ty| self.type_of(ty, file));
        if table.symmetric && keys.windows(2).any(|pair| matches!(pair, [one, two] if one != two)) {
            let span =
                table.name.as_ref().map_or(crate::base::Span::new(file, 0, 0), |name| name.span);
            self.report(Finding::new(
                Code::TypeMismatch,
                span,
                "a symmetric table has keys of one type",
            ));
        }
        let scope = Scope::bare(file);
        let mut rows: Vec<(Vec<Typed>, Typed, crate::base::Span)> = Vec::new();
        let mut seen: Vec<(Vec<String>, crate::base::Span)> = Vec::new();
        for row in &table.rows {
            if row.keys.len() != keys.len() {
                let message = format!(
                    "this row has {} keys, but the table has {}",
                    row.keys.len(),
                    keys.len()
                );
                self.report(Finding::new(Code::WrongArguments, row.span, message));
                continue;
            }
            let typed: Vec<Typed> = row
                .keys
                .iter()
                .zip(&keys)
                .map(|(key, ty)| {
                    let typed = self.infer_as(key, &scope, Some(ty));
                    self.need_type(&typed, ty);
                    typed
                })
                .collect();
            let mut words: Vec<String> =
                row.keys.iter().map(|key| self.sources.text(key.span).to_string()).collect();
            if table.symmetric {
                words.sort();
            }
            if let Some((_, first)) = seen.iter().find(|(known, _)| *known == words) {
                let first = *first;
                self.report(
                    Finding::new(Code::DuplicateName, row.span, "this row is given twice")
                        .also(first, "first given here"),
                );
                continue;
            }
            seen.push((words, row.span));
            let Some(value) = &row.value else { continue };
            let value = self.infer_as(value, &scope, Some(&ty));
            self.need_type(&value, &ty);
            rows.push((typed, value, row.span));
        }
        Table { keys, ty, rows }
    }

    pub(super) fn fact_decl(&mut self, id: DeclId, fact: &'a ast::FactDecl) -> Fact {
        let file =
            self.project.get(id).map_or(crate::base::FileId::new(0), |decl| decl.name.span.file);
        let ty = fact.ty.as_ref().map_or(Ty::Unknown, |ty| self.type_of(ty, file));
        let default = fact.default.as_ref().map(|value| {
            let typed = self.infer_as(value, &Scope::bare(file), Some(&ty));
            self.need_type(&typed, &ty);
            typed
        });
        Fact { ty, default }
    }

    pub(super) fn service_decl(&mut self, block: &'a Block) -> Service<'a> {
        let mut service = Service { hours: None, needs: Vec::new(), processes: Vec::new() };
        for item in &block.items {
            match &item.kind {
                ItemKind::Statement(Statement::Hours(Some(hours))) => {
                    let typed = self.infer(hours, &Scope::measuring(item.span.file));
                    self.need_time_set(&typed);
                    service.hours = Some(typed);
                }
                ItemKind::ServiceItem(ServiceItem::Needs(needs)) => {
                    let services: Vec<DeclId> =
                        needs.services.iter().filter_map(|path| self.service(path)).collect();
                    if let Some(least) = needs.least
                        && least as usize > needs.services.len()
                    {
                        let message = format!(
                            "{least} of {} services are needed, which is impossible",
                            needs.services.len()
                        );
                        self.report(Finding::new(Code::PointlessTarget, item.span, message));
                    }
                    service.needs.push((needs.least, services, item.span));
                }
                ItemKind::ServiceItem(ServiceItem::Process(process)) => {
                    let within = process.within.as_ref().map(|within| {
                        let typed = self.infer(within, &Scope::bare(item.span.file));
                        if typed.ty != Ty::Period {
                            self.need_type(&typed, &Ty::duration());
                        }
                        typed
                    });
                    service.processes.push((process, within));
                }
                _ => {}
            }
        }
        service
    }

    /// Circles among services that need each other.
    pub(super) fn circular_needs(
        &mut self,
        services: &std::collections::BTreeMap<DeclId, Service<'a>>,
    ) {
        let ids: Vec<DeclId> = services.keys().copied().collect();
        let at = |id: &DeclId| ids.binary_search(id).ok();
        let edges: Vec<Vec<usize>> = services
            .values()
            .map(|service| {
                service
                    .needs
                    .iter()
                    .flat_map(|(_, needed, _)| needed.iter().filter_map(at))
                    .collect()
            })
            .collect();
        for circle in circles(&edges) {
            let members: Vec<DeclId> =
                circle.iter().filter_map(|at| ids.get(*at).copied()).collect();
            self.report_circle(
                Code::CircularNeeds,
                &members,
                "services need each other in a circle",
            );
        }
    }

    /// Reports a circle of declarations along its whole path.
    pub(super) fn report_circle(&mut self, code: Code, members: &[DeclId], what: &str) {
        let Some(first) = members.first() else { return };
        let names: Vec<String> = members
            .iter()
            .chain([first])
            .map(|id| format!("`{}`", self.project.name(*id)))
            .collect();
        let Some(decl) = self.project.get(*first) else { return };
        let mut finding =
            Finding::new(code, decl.name.span, format!("{what}: {}", names.join(" → ")));
        for other in members.iter().skip(1).filter_map(|id| self.project.get(*id)) {
            finding = finding.also(other.name.span, "part of the circle");
        }
        self.report_once(finding);
    }

    /// The first day of what was written after `from`.
    pub(super) fn first_day(&mut self, when: &When) -> Option<ast::Date> {
        match when {
            When::Date(date, _) => Some(*date),
            When::Month(year, month, _) => ast::Date::new(*year, *month, 1),
            When::Quarter(year, quarter, _) => {
                ast::Date::new(*year, quarter.saturating_mul(3).saturating_sub(2), 1)
            }
            When::Year(year, _) => ast::Date::new(*year, 1, 1),
            When::Time(time, span) => {
                let finding = Finding::new(
                    Code::BadDate,
                    *span,
                    "terms change at the start of a day, not within it",
                )
                .help("leave the time of day out");
                self.report_once(finding);
                Some(time.date)
            }
        }
    }
}
