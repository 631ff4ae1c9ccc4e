//! Metrics of the plan: those that compute the same are one.

use std::collections::{HashMap, HashSet};

use serde_json::json;

use crate::plan::Metric;
use crate::plan::digest_of;

/// The metrics so far.
#[derive(Default)]
pub(super) struct Metrics {
    by_meaning: HashMap<String, String>,
    ids: HashSet<String>,
    list: Vec<Metric>,
}

impl Metrics {
    /// The id of a metric: that of one that computes the same, else its own, else `otherwise`, with
    /// a number if both are taken.
    pub(super) fn admit(&mut self, metric: Metric, otherwise: &str) -> String {
        let meaning = digest_of(&json!([metric.expression, metric.of, metric.better]));
        if let Some(id) = self.by_meaning.get(&meaning) {
            return id.clone();
        }
        let numbered = (2..).map(|number| format!("{otherwise}@{number}"));
        let mut wanted = [metric.id.clone(), otherwise.to_string()].into_iter().chain(numbered);
        let id = wanted.find(|id| !self.ids.contains(id)).unwrap_or_default();
        self.ids.insert(id.clone());
        self.by_meaning.insert(meaning, id.clone());
        self.list.push(Metric { id: id.clone(), ..metric });
        id
    }

    /// All of them, in the order in which objectives first needed them.
    pub(super) fn into_list(self) -> Vec<Metric> {
        self.list
    }
}
