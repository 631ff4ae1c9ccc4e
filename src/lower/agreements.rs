//! Agreements: parties, term, versions.

use super::Builder;
use super::names::said;
use super::setting::Setting;
use super::time::period;
use crate::base::Span;
use crate::diag::{Code, Finding};
use crate::lang::words;
use crate::names::{DeclId, What};
use crate::plan::Moment;
use crate::plan::{
    Agreement, AgreementKind, AgreementZone, Customer, Evaluated, PackageOrigin, Term, Version,
};
use crate::syntax::ast::{AmendBoundary, TermLength};
use crate::time::{Date, LATEST, Zone};
use crate::types::model;

impl Builder<'_, '_, '_> {
    /// All agreements that the root file sees.
    pub(super) fn agreements(&mut self) -> Vec<Agreement> {
        let model = self.model;
        let mut seen: Vec<&model::Agreement<'_>> =
            model.agreements.iter().filter(|it| self.seen.contains(&it.item.span.file)).collect();
        seen.sort_by(|one, two| self.order(one.item.span).cmp(&self.order(two.item.span)));
        seen.into_iter().map(|it| self.agreement(it)).collect()
    }

    /// All agreements, for the sake of what is found.
    pub(super) fn refuse_agreements(&mut self) {
        let model = self.model;
        for it in &model.agreements {
            self.agreement(it);
        }
    }

    fn agreement(&mut self, it: &model::Agreement<'_>) -> Agreement {
        let zone = it.zone.as_ref().and_then(|zone| Zone::find(&zone.value)).unwrap_or(Zone::UTC);
        let term = self.term(it, zone);
        self.extent_of(it, zone);
        Agreement {
            id: it.name.to_string(),
            kind: kind(it.kind),
            title: said(it.syntax.title.as_ref()),
            doc: said(it.item.doc.as_deref()),
            provider: it.provider.map(|id| self.need(id)),
            customer: self.customer(it),
            under: self.line_above(it),
            children: it.children.iter().map(|id| self.model.project.name(*id).into()).collect(),
            evaluated: evaluated(it),
            versions: self.versions(it, zone, term.as_ref().map(|term| &term.from)),
            term,
            at: self.place(it.item.span),
        }
    }

    fn customer(&mut self, it: &model::Agreement<'_>) -> Customer {
        match (it.customer, it.kind) {
            (Some(id), _) => Customer::Party { id: self.need(id) },
            (None, words::AgreementKind::Commitment) => Customer::Nobody {},
            (None, _) => Customer::Any {},
        }
    }

    /// The agreements above, the nearest first.
    fn line_above(&self, it: &model::Agreement<'_>) -> Vec<String> {
        let mut line: Vec<DeclId> = Vec::new();
        let mut next = it.under;
        while let Some(id) = next.filter(|id| !line.contains(id)) {
            line.push(id);
            let agreements = &self.model.agreements;
            next = agreements
                .binary_search_by_key(&id, |known| known.id)
                .ok()
                .and_then(|at| agreements.get(at)?.under);
        }
        line.iter().map(|id| self.model.project.name(*id).into()).collect()
    }

    fn term(&mut self, it: &model::Agreement<'_>, zone: Zone) -> Option<Term> {
        if it.kind == words::AgreementKind::Requirement {
            return None;
        }
        let start = it.start.as_ref()?;
        self.supported(start.value, start.at);
        let syntax = it.term?;
        // What goes on until it is ended needs the fact that says so.
        if syntax.renews.is_some() || it.end.is_none() {
            self.used.extend(self.visible.ended.iter().copied());
        }
        let length = match &syntax.length {
            Some(TermLength::For(length)) => Some(period(length)),
            Some(TermLength::To(_)) | None => None,
        };
        Some(Term {
            from: self.midnight(start.value, zone),
            to: it.end.map(|end| self.midnight(end, zone)),
            length,
            renews: syntax.renews.as_ref().map(period),
            notice: syntax.notice.as_ref().map(period),
            at: self.place(start.at),
            was: self.places(&start.was),
        })
    }

    /// Instants reach from 1900 to 2100; what begins outside cannot be evaluated.
    fn supported(&mut self, date: Date, span: Span) {
        if !date.is_supported() {
            let finding = Finding::new(
                Code::BadDate,
                span,
                format!("{date} is outside the years 1900 to 2099, for which time zones are known"),
            );
            self.report(finding);
        }
    }

    /// How far the zones of the plan must reach for an agreement.
    fn extent_of(&mut self, it: &model::Agreement<'_>, zone: Zone) {
        let Some(start) = &it.start else {
            if it.kind != words::AgreementKind::Requirement {
                self.cover(0, LATEST);
            }
            return;
        };
        let from = zone.midnight(start.value);
        let renews = it.term.is_some_and(|term| term.renews.is_some());
        let to = it.end.filter(|_| !renews).map_or(LATEST, |end| zone.midnight(end));
        self.cover(from, to);
    }

    fn package(&mut self, version: &model::Version<'_>) -> Option<PackageOrigin> {
        let origin = version.package.as_ref()?;
        let model::Origin { package: id, tier, follows } = &origin.value;
        let decl = self.model.project.get(*id)?;
        let What::Package(block) = decl.what else { return None };
        let mut tiers: Vec<String> = Vec::new();
        let mut next = tier.clone();
        while let Some(name) = next.filter(|name| !tiers.iter().any(|known| known == name.as_str()))
        {
            let found = self.model.tiers.iter().find(|known| {
                known.package == *id
                    && known
                        .tier
                        .and_then(|tier| tier.name.as_ref())
                        .is_some_and(|known| known.text == name)
            });
            next = found.and_then(|tier| tier.extends.clone());
            tiers.push(name.to_string());
        }
        Some(PackageOrigin {
            package: self.label(*id),
            title: said(block.title.as_ref()),
            doc: said(decl.item.doc.as_deref()),
            tiers,
            follows: *follows,
            at: self.place(origin.at),
        })
    }

    fn versions(
        &mut self,
        it: &model::Agreement<'_>,
        zone: Zone,
        start: Option<&Moment>,
    ) -> Vec<Version> {
        let requirement = it.kind == words::AgreementKind::Requirement;
        let mut amended = Vec::new();
        let mut versions: Vec<Version> = Vec::new();
        for (index, version) in it.versions.iter().enumerate() {
            if let Some((amend, _)) = version.amendment {
                amended.push(
                    self.place(amend.target.as_ref().map_or(it.item.span, |target| target.span())),
                );
            }
            // Of amendments from one day on, the last holds all of them.
            let from = version.from.or(it.start.as_ref().map(|start| start.value));
            let next = it.versions.get(index + 1);
            if next.is_some_and(|next| next.from <= from) {
                continue;
            }
            let terms = &version.terms;
            let start_day = it.start.as_ref().map(|start| start.value);
            let set = Setting {
                id: &it.name,
                zone,
                start: start_day,
                template: !it.children.is_empty(),
                terms,
            };
            let at = it.zone.as_ref().map(|zone| self.place(zone.at));
            let was = it.zone.as_ref().map(|zone| self.places(&zone.was)).unwrap_or_default();
            let agreement_zone = AgreementZone { name: self.zone_name(zone), at, was };
            let from = match (version.from, start) {
                _ if requirement => None,
                (Some(date), _) => Some(self.midnight(date, zone)),
                (None, start) => start.cloned(),
            };
            let splits = matches!(version.amendment, Some((_, Some(AmendBoundary::Split))));
            if let Some(before) = versions.last_mut() {
                before.to.clone_from(&from);
            }
            let terms = self.terms(&set, agreement_zone);
            let (amended, package) = (std::mem::take(&mut amended), self.package(version));
            versions.push(Version {
                from,
                to: None,
                splits_windows: splits,
                amended,
                package,
                terms,
            });
        }
        versions
    }
}

fn kind(kind: words::AgreementKind) -> AgreementKind {
    match kind {
        words::AgreementKind::Sla => AgreementKind::Sla,
        words::AgreementKind::Ola => AgreementKind::Ola,
        words::AgreementKind::Contract => AgreementKind::Contract,
        words::AgreementKind::Commitment => AgreementKind::Commitment,
        words::AgreementKind::Requirement => AgreementKind::Requirement,
    }
}

fn evaluated(it: &model::Agreement<'_>) -> Evaluated {
    if it.kind == words::AgreementKind::Requirement {
        Evaluated::Nowhere
    } else if it.children.is_empty() {
        Evaluated::Here
    } else {
        Evaluated::Children
    }
}
