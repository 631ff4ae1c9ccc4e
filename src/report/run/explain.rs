//! How one window came to its verdict, step by step.

use std::collections::BTreeSet;

use serde_json::Value;

use super::windows::{details, target, word};
use crate::base::{Exact, closest, quoted_list};
use crate::eval::display;
use crate::eval::document::Report;
use crate::eval::verdicts::{
    AgreementVerdicts, GroupVerdicts, ObjectiveVerdicts, Shown, Verdict, WindowVerdict,
};
use crate::plan::{self, Missing, Plan};
use crate::report::clean::{clean, one_line};
use crate::time::display::exact_length;

/// The most names that are listed.
const MOST_NAMED: usize = 12;

/// The steps behind `AGREEMENT/OBJECTIVE/WINDOW`, for each of its groups and customers; an error
/// says what there is instead.
pub fn explain(report: &Report, plan: &Plan, path: &str) -> Result<String, String> {
    let wrong = || {
        format!(
            "`{path}` is not of the form AGREEMENT/OBJECTIVE/WINDOW, such as `Api/Uptime/2026-03`"
        )
    };
    let (id, name) = path.rsplit_once('/').ok_or_else(wrong)?;
    let (agreement, _) = id.split_once('/').ok_or_else(wrong)?;
    let mut text = String::new();
    let mut windows: Vec<&str> = Vec::new();
    let mut known: Vec<&str> = Vec::new();
    for own in report.agreements.iter().filter(|it| it.id == agreement) {
        known.extend(own.objectives.iter().map(|objective| objective.id.as_str()));
        for objective in own.objectives.iter().filter(|objective| objective.id == id) {
            for group in &objective.groups {
                windows.extend(group.windows.iter().map(|window| window.name.as_str()));
                for window in group.windows.iter().filter(|window| window.name == name) {
                    let told = Told { report, plan, agreement: own, objective, group, window };
                    text += &told.text();
                }
            }
        }
    }
    if !text.is_empty() {
        return Ok(clean(&text).into_owned());
    }
    if !report.agreements.iter().any(|it| it.id == agreement) {
        return Err(none(
            &format!("agreement `{agreement}`"),
            agreement,
            report.agreements.iter().map(|it| it.id.as_str()).collect(),
        ));
    }
    if !known.contains(&id) {
        return Err(none(&format!("objective `{id}`"), id, known));
    }
    Err(none(&format!("window `{name}` of `{id}`"), name, windows))
}

/// Says that something is not there, and what is: the nearest of many.
fn none(what: &str, name: &str, mut known: Vec<&str>) -> String {
    known.sort_unstable();
    known.dedup();
    let there = match (closest(name, known.iter().copied()), known.as_slice()) {
        (_, []) => "nothing was evaluated".to_owned(),
        (Some(near), [..]) => format!("did you mean `{near}`?"),
        (None, [first, .., last]) if known.len() > MOST_NAMED => {
            format!("there are {}, `{first}` to `{last}`", known.len())
        }
        (None, [..]) => format!("there is {}", quoted_list(known.iter().copied())),
    };
    format!("there is no {what}; {there}")
}

/// The sources that an expression of the plan names, at any depth.
fn named_sources(written: &Value, names: &mut BTreeSet<String>) {
    match written {
        Value::Object(fields) => {
            names.extend(fields.get("source").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|value| named_sources(value, names));
        }
        Value::Array(items) => items.iter().for_each(|item| named_sources(item, names)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// One window.
struct Told<'t> {
    report: &'t Report,
    plan: &'t Plan,
    agreement: &'t AgreementVerdicts,
    objective: &'t ObjectiveVerdicts,
    group: &'t GroupVerdicts,
    window: &'t WindowVerdict,
}

impl Told<'_> {
    fn text(&self) -> String {
        let customer = self
            .agreement
            .customer
            .as_ref()
            .map_or_else(String::new, |customer| format!(" with {customer}"));
        let group = if self.group.group.is_empty() {
            String::new()
        } else {
            format!(" of {}", one_line(&self.group.group.join(", ")))
        };
        let verdict = word(self.window.verdict);
        let mut text =
            format!("{}{group} in {}{customer}: {verdict}\n", self.objective.id, self.window.name);
        for (number, step) in self.steps().iter().enumerate() {
            text += &format!("  {}. {step}\n", number + 1);
        }
        text
    }

    fn steps(&self) -> Vec<String> {
        let until = self
            .window
            .to
            .as_ref()
            .map_or_else(|| ", and has no end yet".to_owned(), |to| format!(" to {}", to.0));
        let mut steps = vec![format!("the window runs from {}{until}", self.window.from.0)];
        // Of several versions of the terms it is enough to name what the objective was written
        // with.
        let versions = self
            .plan
            .agreements
            .iter()
            .filter(|it| it.id == self.agreement.id)
            .flat_map(|it| &it.versions);
        let stated = versions.clone().find_map(|version| {
            Some((version, version.terms.objectives.iter().find(|it| it.id == self.objective.id)?))
        });
        if let Some((version, objective)) = stated {
            steps.push(self.rows(&version.terms, objective));
            steps.push(self.measured(&version.terms, objective));
            steps.extend(
                self.plan
                    .metrics
                    .iter()
                    .find(|it| it.id == objective.metric)
                    .map(|metric| self.value(metric)),
            );
            steps.push(self.judged(objective));
        }
        if self.window.verdict == Verdict::Breached {
            steps.extend(details(self.objective, self.window, &self.agreement.zone));
        }
        for version in versions {
            let credits = version
                .terms
                .credits
                .iter()
                .filter(|credit| credit.objectives.contains(&self.objective.id));
            let ids: Vec<&String> = credits.map(|credit| &credit.id).collect();
            let own = self
                .agreement
                .lines
                .iter()
                .filter(|line| ids.contains(&&line.credit) && line.window == self.window.name);
            for line in own {
                let step = format!(
                    "due: {} = {} ({})",
                    display::amount(&line.amount),
                    line.arithmetic,
                    line.at
                );
                if !steps.contains(&step) {
                    steps.push(step);
                }
            }
        }
        steps
    }

    /// Which rows are looked at.
    fn rows(&self, terms: &plan::Terms, objective: &plan::Objective) -> String {
        let service = objective
            .service
            .as_ref()
            .map_or_else(String::new, |service| format!(" of service {service}"));
        let rows = self.window.rows.map_or_else(String::new, |rows| {
            format!(": {} rows, {} bad", display::count(rows), display::count(self.window.bad))
        });
        let ignored = terms
            .ignores
            .iter()
            .filter(|ignore| objective.ignores.contains(&ignore.id))
            .map(|ignore| ignore.at.to_string());
        let ignored: Vec<String> = ignored.collect();
        let without = if ignored.is_empty() {
            String::new()
        } else {
            format!(", without those ignored in {}", ignored.join(", "))
        };
        format!("it looks at rows of {}{service}{without}{rows}", self.sources(objective))
    }

    /// The sources that the metric reads, with their files.
    fn sources(&self, objective: &plan::Objective) -> String {
        let metric = self.plan.metrics.iter().find(|it| it.id == objective.metric);
        let written = metric
            .and_then(|metric| serde_json::to_value(&metric.expression).ok())
            .unwrap_or_default();
        let mut names = BTreeSet::new();
        named_sources(&written, &mut names);
        let said = self.report.data.iter().filter(|data| names.contains(&data.source));
        let said: Vec<String> = said
            .map(|data| {
                format!(
                    "{} ({} in {})",
                    data.source,
                    display::count(data.rows),
                    data.files.join(", ")
                )
            })
            .collect();
        said.join(", ")
    }

    /// Which time is measured.
    fn measured(&self, terms: &plan::Terms, objective: &plan::Objective) -> String {
        let measured = exact_length(&self.window.measured.0);
        let taken = terms
            .exclusions
            .iter()
            .filter(|exclusion| objective.exclusions.contains(&exclusion.id));
        let places: Vec<String> = taken.map(|exclusion| exclusion.at.to_string()).collect();
        if places.is_empty() {
            return format!("{measured} of it are measured, nothing is excluded");
        }
        let excluded = exact_length(&self.window.excluded.0);
        format!("{measured} of it are measured, {excluded} are excluded by {}", places.join(", "))
    }

    /// What came out of the metric.
    fn value(&self, metric: &plan::Metric) -> String {
        let name = metric.name.as_deref().unwrap_or("the metric");
        let Some(value) = &self.window.value else {
            return format!("{name} ({}) has no value: there is no data", metric.at);
        };
        let shown = display::value(value, &self.objective.of);
        let exact = match value {
            Shown::Quantity { exact, .. } => exact.0.to_string(),
            Shown::Text { .. } | Shown::Endless {} => String::new(),
        };
        let how = self.arithmetic(value).map_or_else(String::new, |how| format!("{how} = "));
        let exactly = if exact.is_empty() || exact == shown {
            String::new()
        } else {
            format!(", exactly {exact}")
        };
        format!("{name} ({}) is {how}{shown}{exactly}", metric.at)
    }

    /// The share of the time that was up, where the value is just that.
    fn arithmetic(&self, value: &Shown) -> Option<String> {
        let (Shown::Quantity { exact, .. }, Some(down)) = (value, &self.window.down) else {
            return None;
        };
        let measured = &self.window.measured.0;
        let up = &Exact::ONE - &down.0.divide(measured)?;
        (up == exact.0)
            .then(|| format!("1 - {} / {}", exact_length(&down.0), exact_length(measured)))
    }

    /// Why the verdict is what it is.
    fn judged(&self, objective: &plan::Objective) -> String {
        let target = target(self.objective, self.window);
        let verdict = word(self.window.verdict);
        match self.window.verdict {
            Verdict::Met | Verdict::Breached if self.window.value.is_none() => {
                let rule = match objective.missing {
                    Missing::NoData => "is no data",
                    Missing::Met => "is met",
                    Missing::Breached => "is breached",
                };
                format!("a window without data {rule} ({}): {verdict}", self.objective.at)
            }
            Verdict::Met | Verdict::Breached | Verdict::NoData => {
                format!("it should be {target} ({}): {verdict}", self.objective.at)
            }
            Verdict::Pending => {
                let asked = self.report.data.iter().filter_map(|data| {
                    Some(format!("{} to {}", data.source, data.complete_to.as_ref()?.0))
                });
                let asked: Vec<String> = asked.collect();
                format!(
                    "it should be {target}, but data are complete only so far ({}), or something is still open: {verdict}",
                    asked.join(", ")
                )
            }
            Verdict::NotInForce => {
                format!("the objective ({}) does not apply in this window", self.objective.at)
            }
        }
    }
}
