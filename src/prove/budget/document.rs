//! The figures of `sla budget`.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use super::kind::{Grain, Promise, grain, kind, slot_length};
use super::words;
use crate::base::{Exact, SourceMap, Span};
use crate::lang::words::AgreementKind;
use crate::prove::figure::Figure;
use crate::prove::measured::{
    Almanac, Ground, Measured, describe_window, name_window, promised_here, renews, windows_of,
};
use crate::prove::wording::{length, promised, written};
use crate::syntax::ast::{CellKind, Compare};
use crate::time::{Interval, Ruler, Slots, TimeSet, Window};
use crate::types::Model;
use crate::types::model::{Agreement, Objective, Support, Terms};
use crate::types::tree::Typed;

/// Slots of one window that are counted.
const MOST_SLOTS: i64 = 1_000_000;

/// What objectives allow to go wrong.
#[derive(Serialize, JsonSchema, Clone, PartialEq, Eq, Debug, Default)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Budgets of objectives")]
pub struct BudgetDocument {
    /// Version of this layout. It rises when something is taken away or changes its meaning; fields
    /// may be added without.
    pub version: u32,
    /// Agreements in the order of files and lines, each once for every version of its terms.
    pub agreements: Vec<AgreementBudgets>,
}

/// The budgets of an agreement, as of a date.
#[derive(Serialize, JsonSchema, Clone, PartialEq, Eq, Debug)]
#[serde(deny_unknown_fields)]
pub struct AgreementBudgets {
    /// Its name.
    pub agreement: String,
    /// The first day of these terms.
    pub from: String,
    /// The last day that was looked at: of these terms, of the term, or, where it is open, of its
    /// first four years.
    pub to: String,
    /// True if the term goes on after that.
    pub goes_on: bool,
    /// Whose midnights count.
    pub zone: String,
    /// Its objectives.
    pub objectives: Vec<ObjectiveBudget>,
}

/// What one objective allows.
#[derive(Serialize, JsonSchema, Clone, PartialEq, Eq, Debug)]
#[serde(deny_unknown_fields)]
pub struct ObjectiveBudget {
    /// Its name.
    pub objective: String,
    /// The service it is about.
    pub service: Option<String>,
    /// Where its target is written: `file:line:column`.
    pub at: String,
    /// What is promised: comparison and target as written.
    pub promised: String,
    /// Its window, such as `per month`.
    pub window: String,
    /// What that allows, in words that hold for every window.
    pub words: Vec<String>,
    /// The shortest and the longest window, where the promise is about time.
    pub windows: Vec<WindowBudget>,
    /// Nanoseconds of the longest slot the measurement cuts time into.
    pub slot: Option<i64>,
    /// Nanoseconds of the shortest run that counts.
    pub shortest_run: Option<i64>,
}

/// What is allowed in one window.
#[derive(Serialize, JsonSchema, Clone, PartialEq, Eq, Debug)]
#[serde(deny_unknown_fields)]
pub struct WindowBudget {
    /// Which of the windows it is.
    pub extreme: Extreme,
    /// What people call it: `February 2026`.
    pub name: String,
    /// How much is measured in it, in nanoseconds.
    pub measured: Figure,
    /// How much of that may be down, in nanoseconds.
    pub down: Option<Figure>,
    /// How many of its slots may fail.
    pub slots: Option<SlotBudget>,
    /// What that means, in words.
    pub words: Vec<String>,
}

/// Which window it is.
#[derive(Serialize, JsonSchema, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "snake_case")]
pub enum Extreme {
    /// The one with the least measured time, the first of equals.
    Shortest,
    /// The one with the most.
    Longest,
    /// All have the same.
    All,
}

/// Slots of a window.
#[derive(Serialize, JsonSchema, Clone, PartialEq, Eq, Debug)]
#[serde(deny_unknown_fields)]
pub struct SlotBudget {
    /// Number of slots.
    pub count: i64,
    /// How many of them may fail, an exact number.
    pub allowed: Figure,
}

impl BudgetDocument {
    /// Takes in the budgets of another project.
    pub fn append(&mut self, other: BudgetDocument) {
        self.version = self.version.max(other.version);
        self.agreements.extend(other.agreements);
    }
}

/// The budgets of a project.
pub fn document(model: &Model<'_, '_>, sources: &SourceMap) -> BudgetDocument {
    let mut reckoner = Reckoner { model, sources, almanac: Almanac::new(model) };
    let mut agreements: Vec<&Agreement<'_>> =
        model.agreements.iter().filter(|it| it.kind != AgreementKind::Requirement).collect();
    let place = |span: Span| (sources.name(span.file).to_owned(), span.start);
    agreements.sort_by_key(|agreement| place(agreement.item.span));
    let of = |agreement: &Agreement<'_>| {
        (0..agreement.versions.len())
            .filter_map(|at| reckoner.version(agreement, at))
            .collect::<Vec<_>>()
    };
    BudgetDocument { version: 1, agreements: agreements.into_iter().flat_map(of).collect() }
}

struct Reckoner<'x, 'a, 'p> {
    model: &'x Model<'a, 'p>,
    sources: &'x SourceMap,
    almanac: Almanac<'x, 'a, 'p>,
}

impl Reckoner<'_, '_, '_> {
    fn version(&mut self, agreement: &Agreement<'_>, at: usize) -> Option<AgreementBudgets> {
        let ground = Ground::of(agreement, at)?;
        let terms = &agreement.versions.get(at)?.terms;
        let promised: Vec<&Arc<Objective<'_>>> =
            terms.objectives.iter().filter(|it| promised_here(agreement, it)).collect();
        if promised.is_empty() {
            return None;
        }
        let last = at + 1 == agreement.versions.len();
        Some(AgreementBudgets {
            agreement: agreement.name.to_string(),
            from: ground.zone.date(ground.held.start).to_string(),
            to: ground.zone.date(ground.held.end.saturating_sub(1)).to_string(),
            goes_on: last && (agreement.end.is_none() || renews(agreement)),
            zone: ground.zone.name().to_owned(),
            objectives: promised
                .into_iter()
                .map(|objective| self.objective(objective, terms, &ground))
                .collect(),
        })
    }

    fn objective(
        &mut self,
        objective: &Objective<'_>,
        terms: &Terms<'_>,
        ground: &Ground,
    ) -> ObjectiveBudget {
        let metric = objective.measure();
        let promise = kind(objective, &metric);
        let Grain { slot, run } = grain(&metric);
        ObjectiveBudget {
            objective: objective.name.to_string(),
            service: objective.service.map(|service| self.model.project.name(service).to_string()),
            at: self.sources.place(objective.target.at),
            promised: promised(objective, self.sources),
            window: describe_window(&objective.window.value.kind),
            words: self.words(objective, &metric, &promise),
            windows: self.windows(objective, terms, ground, &promise, &Grain { slot, run }),
            slot,
            shortest_run: run,
        }
    }

    /// What people call the rows of an objective.
    fn rows(&self, objective: &Objective<'_>, metric: &Typed) -> String {
        if let Some(slot) = slot_length(metric) {
            return format!("slots of {}", length(&slot));
        }
        let source = objective
            .narrowed()
            .filtered
            .or(objective.narrowed().each_row)
            .or(objective.sources.first().copied());
        let name = source.map_or_else(
            || "rows".to_owned(),
            |source| self.model.project.name(source).to_string(),
        );
        match &objective.support {
            Some(support) => format!("{} {name}", self.model.project.name(support.severity)),
            None => name,
        }
    }

    fn words(&self, objective: &Objective<'_>, metric: &Typed, promise: &Promise) -> Vec<String> {
        let rows = self.rows(objective, metric);
        let bound = written(objective.target.at, self.sources);
        let beyond = match objective.compare.value {
            Compare::AtLeast => format!("be below {bound}"),
            Compare::Greater => format!("be at or below {bound}"),
            Compare::Less => format!("be at or above {bound}"),
            Compare::AtMost | Compare::Equal | Compare::NotEqual => format!("be above {bound}"),
            Compare::In => format!("be outside {bound}"),
        };
        let miss = if matches!(objective.compare.value, Compare::AtMost | Compare::Less) {
            "count against it"
        } else {
            "miss it"
        };
        match promise {
            Promise::Uptime { .. } | Promise::Slots { .. } => Vec::new(),
            Promise::Downtime(most) => vec![words::down(most, false)],
            Promise::Share(bad) => match &objective.support {
                Some(support) => late(bad, &rows, support),
                None => words::of_many(bad, &rows, miss),
            },
            Promise::Percentile(bad) => words::of_many(bad, &rows, &beyond),
            Promise::Every => vec![format!("none of the {rows} may {beyond}")],
            Promise::Count(most) if objective.compare.value == Compare::Less => {
                vec![format!("fewer than {most} {rows}")]
            }
            Promise::Count(most) => vec![format!("no more than {most} {rows}")],
            Promise::Mean => {
                vec![format!("some of them may {beyond}, as long as the mean does not")]
            }
            Promise::Other => vec!["depends on what is measured".to_owned()],
        }
    }

    fn windows(
        &mut self,
        objective: &Objective<'_>,
        terms: &Terms<'_>,
        ground: &Ground,
        promise: &Promise,
        grain: &Grain,
    ) -> Vec<WindowBudget> {
        if !matches!(promise, Promise::Uptime { .. } | Promise::Slots { .. }) {
            return Vec::new();
        }
        let known = self
            .almanac
            .measured(objective, terms, ground)
            .zip(windows_of(objective, terms, ground));
        let Some((measured, windows)) = known else { return Vec::new() };
        let ruler = Ruler::new(&measured.whole);
        let size = |window: &Window| ruler.measure(window.within.start, window.within.end);
        let mut sized: Vec<(i64, &Window)> =
            windows.iter().map(|window| (size(window), window)).collect();
        sized.retain(|(length, _)| *length > 0);
        let (Some(least), Some(most)) =
            (sized.iter().map(|it| it.0).min(), sized.iter().map(|it| it.0).max())
        else {
            return Vec::new();
        };
        let extremes: &[(i64, Extreme)] = if least == most {
            &[(least, Extreme::All)]
        } else {
            &[(least, Extreme::Shortest), (most, Extreme::Longest)]
        };
        let first = |length: i64| sized.iter().find(|it| it.0 == length).map(|it| it.1);
        let chosen = extremes
            .iter()
            .filter_map(|(length, extreme)| Some((*length, *extreme, first(*length)?)));
        let kind = &objective.window.value.kind;
        let one = |(length, extreme, window): (i64, Extreme, &Window)| {
            let mut budget = WindowBudget {
                extreme,
                name: name_window(kind, window, ground.zone),
                measured: Figure(Exact::integer(length)),
                down: None,
                slots: None,
                words: Vec::new(),
            };
            allow(&mut budget, promise, grain, &measured, window.within, ground);
            budget
        };
        chosen.map(one).collect()
    }
}

/// Fills in what a promise allows in a window.
fn allow(
    budget: &mut WindowBudget,
    promise: &Promise,
    grain: &Grain,
    measured: &Measured,
    window: Interval,
    ground: &Ground,
) {
    match promise {
        Promise::Uptime { lost, weighted } => {
            let allowed = lost * &budget.measured.0;
            budget.words.push(words::down(&allowed, *weighted));
            budget.words.extend(words::seen(&allowed, grain.slot, grain.run));
            budget.down = Some(Figure(allowed));
        }
        Promise::Slots { lost, length, whole } => {
            let Some(count) = count_slots(&measured.whole, *length, window, ground) else {
                budget.words.push("more slots than are counted here".to_owned());
                return;
            };
            let allowed = lost * &Exact::integer(count);
            budget.words.push(words::slots(&allowed, count, *length, *whole));
            budget.slots = Some(SlotBudget { count, allowed: Figure(allowed) });
        }
        Promise::Downtime(_)
        | Promise::Share(_)
        | Promise::Percentile(_)
        | Promise::Every
        | Promise::Count(_)
        | Promise::Mean
        | Promise::Other => {}
    }
    if measured.loose {
        budget.words.push("apart from time that the data excludes".to_owned());
    }
}

/// The slots that begin in a window and have measured time; `None` for more than anyone counts.
fn count_slots(whole: &TimeSet, length: i64, window: Interval, ground: &Ground) -> Option<i64> {
    if length <= 0 || window.length() / length > MOST_SLOTS {
        return None;
    }
    let ruler = Ruler::new(whole);
    let begins =
        |slot: &Interval| window.contains(slot.start) && ruler.measure(slot.start, slot.end) > 0;
    let slots = Slots::from(ground.zone.offsets(), length, window.start);
    let touching = slots.take_while(|slot| slot.start < window.end);
    i64::try_from(touching.filter(begins).count()).ok()
}

/// Cases that may miss the limit of a support cell.
fn late(bad: &Exact, rows: &str, support: &Support) -> Vec<String> {
    let what = match support.kind {
        CellKind::Respond => "be answered late",
        CellKind::Resolve => "be resolved late",
        CellKind::Update => "be left without news for longer",
    };
    let mut said = words::of_many(bad, rows, what);
    if let Some(misses) = &support.misses {
        let (count, below) = misses.value;
        said.push(format!("with fewer than {below} in a window {count} may"));
    }
    said
}
