//! A month taken as 30 days in one half of a formula, and as long as it is in the other.
//!
//! In: the metrics of objectives. Out: findings about quotients of which one half has a constant as
//! long as a window can be, and the other the length of the window itself. Then a perfect month is
//! not 100%.

use rustc_hash::{FxHashMap, FxHashSet};

use super::domain::window_days;
use super::measurability::is_fixed;
use super::wording::{exact_length, percent};
use super::{Case, Reporter};
use crate::base::{Exact, Span};
use crate::diag::{Code, Finding, Sink};
use crate::time::DAY;
use crate::types::constant;
use crate::types::model::TermId;
use crate::types::tree::{Arithmetic, Builtin, Fold, Kind, Typed};
use crate::types::uses::Walk;

/// Checks the metrics of all objectives.
pub fn check(case: &Case<'_, '_, '_>, sink: &mut Sink) {
    let mut out = Reporter::new(sink);
    let mut seen: FxHashSet<TermId> = FxHashSet::default();
    // The same metric over windows of the same kind says the same.
    let mut walks: FxHashMap<(i64, i64), Walk> = FxHashMap::default();
    for terms in super::all_terms(case.model) {
        for objective in &terms.objectives {
            let kind = &objective.window.value.kind;
            if objective.support.is_some() || is_fixed(kind) || !seen.insert(objective.id) {
                continue;
            }
            let Some(days) = window_days(kind) else { continue };
            let metric = objective.measure();
            walks.entry(days).or_default().each(&metric, |next| {
                if let Kind::Arithmetic(Arithmetic::Divide, both) = &next.kind {
                    let [above, below] = &**both;
                    quotient(next.span, [above, below], days, &mut out);
                }
            });
        }
    }
}

/// What one half of a quotient is the sum of.
#[derive(Default)]
struct Half {
    /// The sum of its constants, and where the first stands.
    fixed: Option<(Exact, Span)>,
    /// Where it speaks of the window, or of time in it that may be all of it.
    real: Option<Span>,
}

impl Half {
    fn of(typed: &Typed) -> Half {
        let mut half = Half::default();
        let mut open = vec![(typed, false)];
        while let Some((next, minus)) = open.pop() {
            match &next.kind {
                Kind::Arithmetic(Arithmetic::Add, both) => {
                    open.extend(both.iter().map(|part| (part, minus)))
                }
                Kind::Arithmetic(Arithmetic::Subtract, both) => {
                    let [left, right] = &**both;
                    open.extend([(left, minus), (right, !minus)]);
                }
                Kind::Builtin(Builtin::Window | Builtin::Measured) => half.real = Some(next.span),
                // Downtime may last as long as the window; what is taken off says nothing of its
                // length.
                Kind::Aggregate(aggregate) if aggregate.fold == Fold::Downtime && !minus => {
                    half.real = half.real.or(Some(next.span))
                }
                Kind::Metric(instance, args) if args.is_empty() && is_sum(&instance.body) => {
                    open.push((&instance.body, minus))
                }
                _ => {
                    let Some(value) = constant::value(next) else { continue };
                    let value = if minus { -&value } else { value };
                    half.fixed = Some(match half.fixed.take() {
                        Some((sum, at)) => (&sum + &value, at),
                        None => (value, next.span),
                    });
                }
            }
        }
        half
    }
}

/// Only plain sums are looked into: whatever else a metric is, is a measurement.
fn is_sum(typed: &Typed) -> bool {
    match &typed.kind {
        Kind::Arithmetic(Arithmetic::Add | Arithmetic::Subtract, _) | Kind::Builtin(_) => true,
        _ => constant::value(typed).is_some(),
    }
}

fn quotient(place: Span, halves: [&Typed; 2], days: (i64, i64), out: &mut Reporter<'_>) {
    let [above, below] = halves.map(Half::of);
    let (fixed, at, real, upper) = match (&above, &below) {
        (Half { fixed: Some((fixed, at)), real: None }, Half { fixed: None, real: Some(real) }) => {
            (fixed, at, real, true)
        }
        (Half { fixed: None, real: Some(real) }, Half { fixed: Some((fixed, at)), real: None }) => {
            (fixed, at, real, false)
        }
        (_, _) => return,
    };
    let length = |days: i64| &Exact::integer(days) * &Exact::integer(DAY);
    let (shortest, longest) = (length(days.0), length(days.1));
    if *fixed < shortest || *fixed > longest {
        return;
    }
    let mut finding = Finding::new(
        Code::MixedMonth,
        place,
        "one part of this quotient uses the same length for every window, the other part uses its real length",
    )
    .also(*at, format!("always {}", exact_length(fixed)))
    .also(*real, "its real length");
    for window in [&shortest, &longest].into_iter().filter(|window| *window != fixed) {
        let share = if upper { fixed.divide(window) } else { window.divide(fixed) };
        if let Some(share) = share {
            let (one, other) = if upper { (fixed, window) } else { (window, fixed) };
            finding = finding.note(format!(
                "{} of {} are {}",
                exact_length(one),
                exact_length(other),
                percent(&share)
            ));
        }
    }
    out.report(finding.help(
        "write `window` in both parts, or measure over windows of one length: `per fixed 30 days`",
    ));
}
