//! Takes the findings of a check in, each once: what several agreements share is looked at with
//! each of them.

use rustc_hash::FxHashSet;

use crate::base::Span;
use crate::diag::{Code, Finding, Sink};

/// Where a check leaves its findings.
pub struct Reporter<'s> {
    sink: &'s mut Sink,
    said: FxHashSet<(Code, Vec<Span>, String)>,
}

impl<'s> Reporter<'s> {
    /// A reporter that leaves findings in `sink`.
    pub fn new(sink: &'s mut Sink) -> Self {
        Reporter { sink, said: FxHashSet::default() }
    }

    /// Takes a finding in, unless the same was said of the same places.
    pub fn report(&mut self, finding: Finding) {
        let places = finding.labels.iter().map(|label| label.span).collect();
        if self.said.insert((finding.code, places, finding.message.clone())) {
            self.sink.push(finding);
        }
    }
}
