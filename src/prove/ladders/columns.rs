//! A table printed twice, once in percent and once in minutes, whose two columns do not say the
//! same.
//!
//! Two credits of one objective, one by the uptime of some rows and one by the downtime of the same
//! rows, that pay the same line by line, are two columns of one table. A line `below 99.9%` and a
//! line `above 43 min 12 s` say the same in a window of 30 days. Nothing is said as long as there
//! is one length of window, among those that can occur, in which all lines agree, with printed
//! minutes rounded either way.

use std::cmp::Ordering;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::amounts::Amount;
use super::regions::{self, Region};
use super::{Ladder, plain_fold};
use crate::base::Exact;
use crate::diag::{Code, Finding};
use crate::prove::domain::{window_days, window_length};
use crate::prove::measured::applies;
use crate::prove::same::{same, same_option};
use crate::prove::wording::{exact_length, exact_percent};
use crate::prove::{Case, Reporter};
use crate::syntax::ast::{CreditKind, Treat};
use crate::time::{DAY, MINUTE, SECOND};
use crate::types::model::{Credit, Edge, Line, Measure, Objective, TermId, Terms};
use crate::types::tree::{Fold, Kind, Typed};

/// More credits of one objective are not compared with each other.
const MOST: usize = 16;

/// Longest ladders that are compared line by line.
const LONGEST: usize = 64;

/// What has been compared: two credits and their objective.
pub(super) type Compared = FxHashSet<[TermId; 2]>;

/// Looks for columns among the credits of one set of terms.
pub(super) fn check<'a>(
    case: &Case<'_, 'a, '_>,
    terms: &Terms<'a>,
    done: &mut Compared,
    out: &mut Reporter<'_>,
) {
    let mut by_objective: FxHashMap<&str, Vec<&Arc<Credit<'a>>>> = FxHashMap::default();
    for credit in terms
        .credits
        .iter()
        .filter(|credit| credit.syntax.kind == CreditKind::Credit && credit.lines.len() > 1)
    {
        if let [only] = &*credit.objectives {
            by_objective.entry(only).or_default().push(credit);
        }
    }
    by_objective.retain(|_, credits| (2..=MOST).contains(&credits.len()));
    if by_objective.is_empty() {
        return;
    }
    for objective in &terms.objectives {
        let Some(credits) = by_objective.get(objective.name.as_str()) else { continue };
        let folded = |fold: Fold| {
            credits.iter().copied().filter(move |credit| rows(credit, objective, fold))
        };
        for share in folded(Fold::Uptime) {
            for time in folded(Fold::Downtime).filter(|time| done.insert([share.id, time.id])) {
                compare(&Columns { case, terms, objective, share, time }, out);
            }
        }
    }
}

/// What a ladder looks at.
fn subject<'x>(credit: &'x Credit<'_>, objective: &'x Objective<'_>) -> Option<&'x Typed> {
    match (&credit.on, &objective.metric.value) {
        (Some(on), _) => Some(on),
        (None, Measure::Stated(metric)) => Some(metric),
        (None, Measure::Cell) => None,
    }
}

/// True if a ladder looks at this fold of some rows, and nothing else.
fn rows(credit: &Credit<'_>, objective: &Objective<'_>, fold: Fold) -> bool {
    subject(credit, objective).is_some_and(|subject| plain_fold(subject, fold).is_some())
}

/// Two credits of an objective.
struct Columns<'x, 'a, 'p> {
    case: &'x Case<'x, 'a, 'p>,
    terms: &'x Terms<'a>,
    objective: &'x Objective<'a>,
    /// The credit whose lines are shares of uptime.
    share: &'x Credit<'a>,
    /// The credit whose lines are lengths of downtime.
    time: &'x Credit<'a>,
}

impl<'x, 'a, 'p> Columns<'x, 'a, 'p> {
    fn ladder(&self, credit: &'x Credit<'a>) -> Ladder<'x, 'a, 'p> {
        Ladder::new(self.case, None, self.terms, credit, vec![self.objective], false)
    }

    /// True if only one of the two is ever paid.
    fn one_is_paid(&self) -> bool {
        let both = [&self.share.name, &self.time.name];
        self.terms
            .stacking
            .iter()
            .any(|stacking| both.iter().all(|name| stacking.credits.contains(name)))
    }

    fn alike(&self) -> bool {
        let rows =
            |credit: &'x Credit<'a>, fold: Fold| plain_fold(subject(credit, self.objective)?, fold);
        let same_rows = rows(self.share, Fold::Uptime)
            .zip(rows(self.time, Fold::Downtime))
            .is_some_and(|(one, other)| same(one, other));
        let condition =
            |credit: &'x Credit<'a>| credit.condition.as_ref().map(|condition| &condition.expr);
        same_rows
            && same_option(condition(self.share), condition(self.time))
            && self.share.lines.len().max(self.time.lines.len()) <= LONGEST
    }

    /// The shortest and the longest time that can be measured in a window: where hours or
    /// exclusions take some of it, that may be little.
    fn lengths(&self) -> Option<(Exact, Exact)> {
        let (shortest, longest) = window_length(&self.objective.window.value.kind)?;
        Some((if self.all_of_it() { shortest } else { Exact::ZERO }, longest))
    }

    fn all_of_it(&self) -> bool {
        measures_all(self.case, self.terms, self.objective)
    }
}

/// True if all time of a window is measured: neither hours nor exclusions take some of it.
pub(super) fn measures_all(
    case: &Case<'_, '_, '_>,
    terms: &Terms<'_>,
    objective: &Objective<'_>,
) -> bool {
    let own =
        objective.narrowed().during.as_ref().or(terms.hours.as_deref()).map(|from| &*from.value);
    let service = || case.model.services.get(&objective.service?)?.hours.as_ref();
    let mut excludes = terms.excludes.iter().filter(|exclude| applies(exclude, objective));
    own.or_else(service).is_none_or(|hours| matches!(hours.kind, Kind::Always))
        && excludes.all(|exclude| exclude.treat == Treat::Up)
}

/// A bound in percent and the bound of the same line in time.
#[derive(Clone)]
struct Pair<'x> {
    /// What may be down, as a share.
    down: Exact,
    /// The downtime.
    time: Exact,
    /// The line in percent.
    share_line: &'x Line,
    /// The line in time.
    time_line: &'x Line,
}

impl Pair<'_> {
    /// Lengths of a window in which the two say the same, printed times being rounded either way;
    /// `None` if there are none.
    fn windows(&self) -> Option<(Exact, Exact)> {
        let unit = printed(&self.time);
        let (least, most) = (&self.time - &unit, &self.time + &unit);
        let least = if least.is_negative() { Exact::ZERO } else { least };
        if self.down.is_zero() {
            // Nothing of any window is nothing.
            return least.is_zero().then(|| (Exact::ZERO, Exact::integer(i64::MAX)));
        }
        Some((least.divide(&self.down)?, most.divide(&self.down)?))
    }

    fn shown(&self) -> (String, String) {
        (exact_percent(&(&Exact::ONE - &self.down)), exact_length(&self.time))
    }
}

/// The unit to which a time has been rounded, as far as its digits tell: a minute, a second, or
/// tenths and hundredths of them.
pub(super) fn printed(time: &Exact) -> Exact {
    let units =
        [MINUTE, MINUTE / 10, SECOND, MINUTE / 100, SECOND / 10, SECOND / 100].map(Exact::integer);
    let whole = |unit: &Exact| time.divide(unit).is_some_and(|count| count.floor() == count);
    units.into_iter().find(whole).unwrap_or(Exact::ZERO)
}

/// The same for times that are as fine as seconds at least.
pub(super) fn to_the_second(time: &Exact) -> Exact {
    printed(time).min(Exact::integer(SECOND))
}

fn compare(columns: &Columns<'_, '_, '_>, out: &mut Reporter<'_>) {
    if !columns.alike() {
        return;
    }
    let (share, time) = (columns.ladder(columns.share), columns.ladder(columns.time));
    let (Some(shares), Some(times), Some((shortest, longest))) =
        (regions::of(&share), regions::of(&time), columns.lengths())
    else {
        return;
    };
    let Some(lines) = lines(columns, (&share, &shares), (&time, &times)) else { return };
    // Where all that was compared so far agrees, and what set either end.
    let mut common: Option<[(Exact, Pair<'_>); 2]> = None;
    for pair in pairs(&lines) {
        let fitting = pair.windows().filter(|(least, most)| *least <= longest && *most >= shortest);
        let Some((least, most)) = fitting else {
            report_never(columns, &pair, out);
            return;
        };
        common = Some(match common {
            None => [(least, pair.clone()), (most, pair)],
            Some([low, high]) => {
                if least > high.0 {
                    report_apart(&high.1, &pair, out);
                    return;
                }
                if most < low.0 {
                    report_apart(&low.1, &pair, out);
                    return;
                }
                [
                    if least > low.0 { (least, pair.clone()) } else { low },
                    if most < high.0 { (most, pair) } else { high },
                ]
            }
        });
    }
}

/// Lines that pay the same, one of each ladder; `None` if the two do not look like columns of one
/// table.
fn lines<'r, 'x>(
    columns: &Columns<'_, '_, '_>,
    share: (&Ladder<'x, '_, '_>, &'r [Region<'x>]),
    time: (&Ladder<'x, '_, '_>, &'r [Region<'x>]),
) -> Option<Vec<(&'r Region<'x>, &'r Region<'x>)>> {
    let pays = |(ladder, regions): (&Ladder<'x, '_, '_>, &'r [Region<'x>])| {
        let paid =
            regions.iter().map(|region| Some((region, Amount::of(ladder, &region.line.remedy)?)));
        paid.collect::<Option<Vec<_>>>()
    };
    let (shares, times) = (pays(share)?, pays(time)?);
    let equal = |one: &Amount<'_>, other: &Amount<'_>| one.compare(other) == Some(Ordering::Equal);
    if !columns.one_is_paid() {
        let lined_up = shares.len() == times.len()
            && shares.iter().zip(&times).all(|((_, one), (_, other))| equal(one, other));
        return lined_up.then(|| {
            shares.iter().zip(&times).map(|((one, _), (other, _))| (*one, *other)).collect()
        });
    }
    // Only one of the two is paid: they are meant for each other, and lines that one of them lacks
    // are passed over.
    let mut same = Vec::new();
    for (region, amount) in &shares {
        let mut like = times.iter().filter(|(_, other)| equal(amount, other));
        let again = shares.iter().filter(|(_, other)| equal(amount, other)).count() > 1;
        if let (Some((other, _)), None, false) = (like.next(), like.next(), again) {
            same.push((*region, *other));
        }
    }
    Some(same)
}

/// The bounds at which lines that pay the same begin. Closed bands in percent begin at a bound that
/// has been rounded: they tell nothing.
fn pairs<'x>(lines: &[(&Region<'x>, &Region<'x>)]) -> Vec<Pair<'x>> {
    let open = lines.iter().filter(|(share, time)| {
        matches!(share.line.edge, Edge::Below(_) | Edge::AtOrBelow(_))
            && !matches!(time.line.edge, Edge::Otherwise)
    });
    let pair = |(one, other): &(&Region<'x>, &Region<'x>)| {
        let (share, time) = (one.values.high.as_ref()?, other.values.low.as_ref()?);
        Some(Pair {
            down: &Exact::ONE - &share.value,
            time: time.value.clone(),
            share_line: one.line,
            time_line: other.line,
        })
    };
    open.filter_map(pair).collect()
}

fn report_never(columns: &Columns<'_, '_, '_>, pair: &Pair<'_>, out: &mut Reporter<'_>) {
    let (share, time) = pair.shown();
    let mut finding = Finding::new(
        Code::ColumnsDisagree,
        pair.time_line.at,
        format!("{time} of downtime does not leave {share} in any window"),
    )
    .here("this line and its other column disagree")
    .also(pair.share_line.at, "the other column");
    let days = window_days(&columns.objective.window.value.kind);
    if let Some((least, most)) = days {
        let (down, day) = (exact_percent(&pair.down), Exact::integer(DAY));
        let part = |days: i64| &pair.down * &(&Exact::integer(days) * &day);
        finding = finding.note(match (least == most, columns.all_of_it()) {
            (true, true) => {
                format!("{down} of {} are {}", days_of(most), exact_length(&part(most)))
            }
            (false, true) => {
                format!(
                    "{down} of {} are {}, of {} {}",
                    days_of(least),
                    exact_length(&part(least)),
                    days_of(most),
                    exact_length(&part(most))
                )
            }
            (true | false, false) => format!(
                "{down} of {} are {} if all of it is measured",
                days_of(most),
                exact_length(&part(most))
            ),
        });
    }
    out.report(finding.help(HELP));
}

fn report_apart(one: &Pair<'_>, other: &Pair<'_>, out: &mut Reporter<'_>) {
    let length = |pair: &Pair<'_>| pair.time.divide(&pair.down).map(|window| exact_length(&window));
    let (Some(first), Some(second)) = (length(one), length(other)) else { return };
    let message = format!(
        "these columns agree at {} in windows of one length, and at {} in windows of another length",
        one.shown().0,
        other.shown().0
    );
    let mut finding = Finding::new(Code::ColumnsDisagree, other.time_line.at, message)
        .also(other.share_line.at, "its other column")
        .also(one.time_line.at, "computed from other rows or windows")
        .also(one.share_line.at, "its other column");
    for (pair, window) in [(one, first), (other, second)] {
        finding = finding.note(format!(
            "{} are {} of {window}",
            pair.shown().1,
            exact_percent(&pair.down)
        ));
    }
    out.report(finding.help(HELP));
}

/// What fixes two columns that disagree.
const HELP: &str = "keep one column, because the other follows from it in every window; or compute both over windows of the same length";

pub(super) fn days_of(days: i64) -> String {
    if days == 1 { "1 day".to_owned() } else { format!("{days} days") }
}
