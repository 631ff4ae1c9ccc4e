//! Values in the words and signs that findings, figures and tables use: as the contract writes
//! them, as people say them, or exactly.
//!
//! A witness is shown exactly, for what lies beside it is judged otherwise. What is computed is cut
//! off where nobody reads on, and says so; what is allowed is rounded down, so that no text
//! promises more than the contract does.

use crate::base::{Exact, SourceMap, Span};
use crate::names::Project;
use crate::syntax::ast::NumberForm;
pub use crate::time::display::{
    about, count, exact_length, exact_percent, length, percent, two_lengths,
};
use crate::types::constant;
use crate::types::model::Objective;
use crate::types::tree::{Kind, Typed};

/// A value the way `like` is written.
pub fn shown(value: &Exact, like: &Typed, project: &Project<'_>) -> String {
    match &like.kind {
        Kind::Number(_, NumberForm::Percent | NumberForm::Odds) => exact_percent(value),
        Kind::Number(_, NumberForm::Plain) => value.to_string(),
        Kind::Duration(..) => exact_length(value),
        Kind::Money(_, currency) => format!("{value} {}", currency.code),
        Kind::Units(_, unit) => format!("{value} {}", project.name(*unit)),
        Kind::Data(_, unit) => match value.divide(&Exact::integer(unit.bits)) {
            Some(amount) => format!("{amount} {}", unit.name),
            None => value.to_string(),
        },
        Kind::Rate(amount, per) => {
            let value = value * &Exact::integer(per.nanoseconds());
            format!("{}/{}", shown(&value, amount, project), per.symbol())
        }
        Kind::Negate(inner) => shown(value, inner, project),
        Kind::Arithmetic(_, both) => {
            let [left, _] = &**both;
            shown(value, left, project)
        }
        _ => value.to_string(),
    }
}

/// What an objective promises, as written: `>= 99.9%`, `respond 15 min for 95%`.
pub fn promised(objective: &Objective<'_>, sources: &SourceMap) -> String {
    if let Some(support) = &objective.support {
        let limit = written(support.limit.at, sources);
        return match constant::value(&objective.target.value).filter(|share| *share < Exact::ONE) {
            Some(share) => format!("{limit} for {}", exact_percent(&share)),
            None => limit,
        };
    }
    format!("{} {}", objective.compare.value.sign(), written(objective.target.at, sources))
}

/// A part of the contract as written, on one line.
pub fn written(span: Span, sources: &SourceMap) -> String {
    sources.text(span).split_whitespace().collect::<Vec<_>>().join(" ")
}
