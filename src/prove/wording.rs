//! How values are shown in findings: in the form and unit the contract itself uses nearby.

use crate::base::{Exact, SourceMap, Span};
use crate::facts::units::TimeUnit;
use crate::names::Project;
use crate::syntax::ast::{Compare, NumberForm};
use crate::types::constant;
use crate::types::model::Objective;
use crate::types::tree::{Kind, Typed};

/// A value the way `like` is written.
pub fn shown(value: &Exact, like: &Typed, project: &Project<'_>) -> String {
    match &like.kind {
        Kind::Number(_, NumberForm::Percent | NumberForm::Odds) => percent(value),
        Kind::Number(_, NumberForm::Plain) => value.to_string(),
        Kind::Duration(..) => duration(value),
        Kind::Money(_, currency) => format!("{value} {}", currency.code),
        Kind::Units(_, unit) => format!("{value} {}", project.name(*unit)),
        Kind::Data(_, unit) => match value.divide(&Exact::integer(unit.bits)) {
            Some(amount) => format!("{amount} {}", unit.name),
            None => value.to_string(),
        },
        Kind::Rate(amount, per) => {
            let value = value * &Exact::integer(per.nanoseconds());
            format!("{}/{}", shown(&value, amount, project), unit_name(*per))
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
            Some(share) => format!("{limit} for {}", percent(&share)),
            None => limit,
        };
    }
    let sign = match objective.compare.value {
        Compare::Equal => "==",
        Compare::NotEqual => "!=",
        Compare::Less => "<",
        Compare::AtMost => "<=",
        Compare::Greater => ">",
        Compare::AtLeast => ">=",
        Compare::In => "in",
    };
    format!("{sign} {}", written(objective.target.at, sources))
}

/// A part of the contract as written, on one line.
pub fn written(span: Span, sources: &SourceMap) -> String {
    sources.text(span).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A share in percent.
pub fn percent(value: &Exact) -> String {
    format!("{}%", value * &Exact::integer(100))
}

/// A number cut off after so many places.
pub fn about(value: &Exact, places: u32) -> String {
    let scale = Exact::integer(10_i64.saturating_pow(places));
    let cut = (value * &scale).floor().divide(&scale).unwrap_or_else(|| value.clone());
    if cut == *value { cut.to_string() } else { format!("about {cut}") }
}

/// A length of time, from its largest unit down; parts of a second are given to three places.
pub fn duration(value: &Exact) -> String {
    if value.is_negative() {
        return format!("-{}", duration(&-value));
    }
    let second = Exact::integer(TimeUnit::Second.nanoseconds());
    if *value < second && !value.is_zero() {
        let units = [TimeUnit::Millisecond, TimeUnit::Microsecond];
        let fitting = units.into_iter().find(|unit| *value >= Exact::integer(unit.nanoseconds())).unwrap_or(TimeUnit::Nanosecond);
        let amount = value.divide(&Exact::integer(fitting.nanoseconds())).unwrap_or(Exact::ZERO);
        return format!("{} {}", about(&amount, 3), unit_name(fitting));
    }
    let mut rest = value.clone();
    let mut parts: Vec<String> = Vec::new();
    for unit in [TimeUnit::Day, TimeUnit::Hour, TimeUnit::Minute] {
        let length = Exact::integer(unit.nanoseconds());
        let whole = rest.divide(&length).unwrap_or(Exact::ZERO).floor();
        // Clock people say 36 h, not 1 day 12 h, as long as the hours are few.
        let few = unit == TimeUnit::Day && (whole < Exact::integer(4) || !(&rest - &(&whole * &length)).is_zero());
        if whole.is_zero() || few {
            continue;
        }
        rest = &rest - &(&whole * &length);
        parts.push(format!("{whole} {}", unit_name(unit)));
    }
    if !rest.is_zero() || parts.is_empty() {
        let seconds = rest.divide(&second).unwrap_or(Exact::ZERO);
        parts.push(format!("{} s", about(&seconds, 3)));
    }
    parts.join(" ")
}

fn unit_name(unit: TimeUnit) -> &'static str {
    unit.spellings().first().copied().unwrap_or_default()
}
