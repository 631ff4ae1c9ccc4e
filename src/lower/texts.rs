//! Terms that are kept as text and not computed.

use super::Builder;
use super::names::said;
use super::setting::Setting;
use super::time::period;
use crate::plan::{Benefit, Duty, Reference, Relaxation, Scope, TextTerm, Waiver};
use crate::syntax::ast::{Item, Statement, Text};

impl Builder<'_, '_, '_> {
    /// What terms are about.
    pub(super) fn scope(&mut self, set: &Setting<'_, '_>) -> Scope {
        let mut services: Vec<Reference> = Vec::new();
        for (id, span) in &set.terms.services {
            let name = self.need_service(*id, set.zone);
            if !services.iter().any(|known| known.id == name) {
                services.push(Reference { id: name, at: self.place(*span) });
            }
        }
        let mut scope = Scope { services, includes: Vec::new(), excludes: Vec::new() };
        for item in &set.terms.texts {
            match item.statement() {
                Some(Statement::Scope(inner)) => {
                    inner.iter().for_each(|item| self.scope_item(item, &mut scope))
                }
                _ => self.scope_item(item, &mut scope),
            }
        }
        scope
    }

    fn scope_item(&self, item: &Item, scope: &mut Scope) {
        match item.statement() {
            Some(Statement::Includes(Some(text))) => {
                scope.includes.push(self.text_of("includes", text))
            }
            Some(Statement::Excludes(Some(text))) => {
                scope.excludes.push(self.text_of("excludes", text))
            }
            _ => {}
        }
    }

    /// A text under a word.
    pub(super) fn text_of(&self, word: &str, text: &Text) -> TextTerm {
        TextTerm {
            word: word.to_string(),
            name: None,
            text: text.value.to_string(),
            at: self.place(text.span),
        }
    }

    /// The text terms among statements, those of a scope included.
    pub(super) fn text_terms<'t>(
        &self,
        items: impl IntoIterator<Item = &'t Item>,
    ) -> Vec<TextTerm> {
        let mut terms = Vec::new();
        for item in items {
            match item.statement() {
                Some(Statement::TextTerm(term)) => {
                    let Some(text) = &term.text else { continue };
                    terms.push(TextTerm {
                        word: term.word.text.to_string(),
                        name: term.name.as_ref().map(|name| name.text.to_string()),
                        text: text.value.to_string(),
                        at: self.place(item.span),
                    });
                }
                Some(Statement::Scope(inner)) => terms.extend(self.text_terms(inner)),
                _ => {}
            }
        }
        terms
    }

    pub(super) fn benefits(&mut self, set: &Setting<'_, '_>) -> Vec<Benefit> {
        let mut benefits = Vec::new();
        for item in &set.terms.texts {
            let Some(Statement::Benefit(benefit)) = item.statement() else { continue };
            let amount = benefit.amount.as_ref().and_then(|amount| self.constant_of(amount));
            let mut text = said(benefit.text.as_ref());
            // An amount that is no value, such as a calendar period, is kept as it is written.
            if let (Some(written), None) = (&benefit.amount, &amount) {
                let written = self.sources.text(written.span);
                text = Some(
                    text.map_or_else(|| written.to_string(), |text| format!("{written} {text}")),
                );
            }
            benefits.push(Benefit {
                name: benefit.name.as_ref().map(|name| name.text.to_string()),
                amount,
                text,
                at: self.place(item.span),
            });
        }
        benefits
    }

    pub(super) fn duties(&mut self, reports: bool, set: &Setting<'_, '_>) -> Vec<Duty> {
        let mut duties = Vec::new();
        for (duty, report, calendar, span) in &set.terms.duties {
            if *report != reports {
                continue;
            }
            let Some(every) = duty.every.as_ref().and_then(|every| self.window(every, set)) else {
                continue;
            };
            let days = duty
                .within
                .as_ref()
                .and_then(|within| self.day_calendar(*calendar, within.unit, set, within.span));
            duties.push(Duty {
                every,
                within: duty.within.as_ref().map(period),
                calendar: days,
                text: said(duty.text.as_ref()),
                at: self.place(*span),
            });
        }
        duties
    }

    pub(super) fn waivers(&mut self, set: &Setting<'_, '_>) -> Vec<Waiver> {
        let mut waivers = Vec::new();
        for item in &set.terms.waivers {
            let Some(Statement::Waive(it)) = item.statement() else { continue };
            let Some(path) = &it.target else { continue };
            let Some((head, rest)) = path.parts.split_first() else { continue };
            let Some(id) = self.model.project.lookup(path.span().file, &head.text) else {
                continue;
            };
            let requirement = self.label(id);
            let rest: Vec<&str> = rest.iter().map(|part| part.text.as_str()).collect();
            let objective = (!rest.is_empty()).then(|| format!("{requirement}/{}", rest.join(".")));
            waivers.push(Waiver {
                requirement,
                objective,
                because: said(it.because.as_ref()).unwrap_or_default(),
                at: self.place(item.span),
            });
        }
        waivers
    }

    pub(super) fn relaxations(&self, set: &Setting<'_, '_>) -> Vec<Relaxation> {
        let one = |item: &&Item| match item.statement() {
            Some(Statement::Relax(it)) => Some(Relaxation {
                subject: it.target.as_ref()?.text().to_string(),
                because: said(it.because.as_ref()).unwrap_or_default(),
                at: self.place(item.span),
            }),
            _ => None,
        };
        set.terms.relaxations.iter().filter_map(one).collect()
    }
}
