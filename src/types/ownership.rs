//! Whose rows they are: sources that several agreements would share, and enums that say a value
//! twice.

use std::collections::BTreeMap;

use super::checker::Checker;
use super::model::Agreement;
use super::ty::Ty;
use crate::diag::{Code, Finding};
use crate::lang::words::AgreementKind;
use crate::names::{DeclId, What};

impl<'a> Checker<'a, '_> {
    /// Warns of sources without an owner field whose rows would count for several customers.
    pub(super) fn shared_sources(&mut self, agreements: &[Agreement<'a>]) {
        let mut users: BTreeMap<DeclId, BTreeMap<Option<DeclId>, &Agreement<'a>>> = BTreeMap::new();
        for agreement in agreements {
            if !matches!(agreement.kind, AgreementKind::Sla) || !agreement.children.is_empty() {
                continue;
            }
            let objectives =
                agreement.versions.iter().flat_map(|version| &version.terms.objectives);
            for source in objectives.flat_map(|objective| &objective.sources) {
                users.entry(*source).or_default().entry(agreement.customer).or_insert(agreement);
            }
        }
        for (source, agreements) in users {
            let rows = self.source_rows(source);
            let owned = rows.owner(&Ty::Customer).is_some() || rows.owner(&Ty::Service).is_some();
            let customers: Vec<&Agreement<'a>> = agreements.into_values().take(2).collect();
            let ([one, two], false) = (customers.as_slice(), owned) else { continue };
            let Some(decl) = self.project.get(source).copied() else { continue };
            let name = &decl.name.text;
            let mut finding =
                Finding::new(Code::SharedSource, decl.name.span, format!("each row of `{name}` counts for several customers"))
                    .help("if each row belongs to one customer, add a field of type `Customer`; otherwise write `allow shared-source because \"…\"`");
            for agreement in [one, two] {
                let span =
                    agreement.syntax.name.as_ref().map_or(agreement.item.lead, |name| name.span);
                finding = finding.also(span, "measured by these rows");
            }
            self.report(finding);
        }
    }

    /// Enums that list a value twice.
    pub(super) fn duplicate_values(&mut self) {
        let enums: Vec<_> = self
            .project
            .decls()
            .filter_map(|(_, decl)| match decl.what {
                What::Enum(it) => Some(it),
                _ => None,
            })
            .collect();
        for it in enums {
            for (at, value) in it.values.iter().enumerate() {
                if let Some(first) =
                    it.values.iter().take(at).find(|first| first.text == value.text)
                {
                    let finding = Finding::new(
                        Code::DuplicateName,
                        value.span,
                        format!("the value `{}` is listed twice", value.text),
                    );
                    self.report(finding.also(first.span, "first listed here"));
                }
            }
        }
    }
}
