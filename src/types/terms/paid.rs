//! In what credits pay: amounts that bound each other, or of which the highest counts, are in one
//! currency or unit.

use std::sync::Arc;

use ecow::EcoString;

use crate::diag::{Code, Finding};
use crate::types::checker::Checker;
use crate::types::model::{Credit, Remedy, Stacking};
use crate::types::tree::Typed;
use crate::types::ty::CurrencyCode;

impl<'a> Checker<'a, '_> {
    /// A cap bounds what its own credit pays.
    pub(super) fn caps_in_one_unit(&mut self, credit: &Credit<'a>) {
        for cap in credit.caps.iter().filter(|cap| !cap.share) {
            let Some(bound) = self.unit_of(&cap.amount) else { continue };
            let other = amounts(credit)
                .find_map(|paid| Some((paid, self.unit_of(paid).filter(|unit| *unit != bound)?)));
            let Some((paid, unit)) = other else { continue };
            let finding = Finding::new(
                mismatch(&cap.amount, paid),
                cap.amount.span,
                format!("a cap in {bound} cannot bound a credit in {unit}"),
            );
            self.report_once(finding.also(paid.span, format!("paid in {unit}")));
        }
    }

    /// Of credits in two currencies none is the highest.
    pub(super) fn stacked_in_one_unit(&mut self, stacking: &Stacking, credits: &[Arc<Credit<'a>>]) {
        let members = credits.iter().filter(|credit| stacking.credits.contains(&credit.name));
        let paid: Vec<(&EcoString, &Typed, String)> = members
            .filter_map(|credit| {
                amounts(credit)
                    .find_map(|amount| Some((&credit.name, amount, self.unit_of(amount)?)))
            })
            .collect();
        let Some(((first, amount, unit), others)) = paid.split_first() else { return };
        let Some((second, other, other_unit)) = others.iter().find(|(.., other)| other != unit)
        else {
            return;
        };
        let finding = Finding::new(
            mismatch(amount, other),
            stacking.at,
            format!("`{first}` and `{second}` cannot be compared to find the highest"),
        )
        .also(amount.span, format!("`{first}` is paid in {unit}"))
        .also(other.span, format!("`{second}` is paid in {other_unit}"))
        .help("name only credits in one currency or unit; credits in others are added to them");
        self.report_once(finding);
    }

    /// The currency of an amount, or its own unit; `None` where each value brings its own, or it is
    /// neither.
    fn unit_of(&self, amount: &Typed) -> Option<String> {
        let dimension = amount.ty.dimension()?;
        let currency = dimension.currency.as_ref().map(CurrencyCode::as_str);
        match (currency, dimension.units.as_slice()) {
            (Some(code), []) if dimension.is_money() => Some(code.to_owned()),
            (None, [(unit, 1)]) if dimension.money == 0 && dimension.time == 0 => {
                Some(self.project.name(*unit).to_string())
            }
            _ => None,
        }
    }
}

/// What a credit pays: amounts as they stand, and of shares what they are shares of.
fn amounts<'c>(credit: &'c Credit<'_>) -> impl Iterator<Item = &'c Typed> {
    let remedies = credit.lines.iter().map(|line| &line.remedy).chain(&credit.pay);
    let terms = remedies.flat_map(|remedy| match remedy {
        Remedy::Pay(terms) => &**terms,
        Remedy::Extend(_) | Remedy::Text(_) => &[],
    });
    terms.filter_map(|term| if term.share { credit.base.as_deref() } else { Some(&term.amount) })
}

/// The code for two amounts that do not go together.
fn mismatch(one: &Typed, other: &Typed) -> Code {
    let money =
        |amount: &Typed| amount.ty.dimension().is_some_and(|dimension| dimension.is_money());
    if money(one) && money(other) { Code::CurrencyMismatch } else { Code::DimensionMismatch }
}
