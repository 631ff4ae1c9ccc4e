//! The figures of `sla backing`.

use schemars::JsonSchema;
use serde::Serialize;

use super::downtime::Promise;
use super::supporters::Supporters;
use super::tree::{Need, NeededService, Stands};
use super::{Backed, each};
use crate::base::{Exact, SourceMap, Span};
use crate::prove::figure::Figure;
use crate::prove::measured::{describe_window, name_window};
use crate::time::Interval;
use crate::types::Model;

/// How promises of uptime are backed, and how much the agreements that back them guarantee.
#[derive(Serialize, JsonSchema, Clone, PartialEq, Eq, Debug, Default)]
#[serde(deny_unknown_fields)]
#[schemars(title = "How promises are backed")]
pub struct BackingDocument {
    /// Version of this layout. It rises when something is taken away or changes its meaning; fields
    /// may be added without.
    pub version: u32,
    /// Promises of uptime about services that need others, in the order of files and lines.
    pub promises: Vec<BackedPromise>,
}

/// One promise.
#[derive(Serialize, JsonSchema, Clone, PartialEq, Eq, Debug)]
#[serde(deny_unknown_fields)]
pub struct BackedPromise {
    /// The agreement that makes it.
    pub agreement: String,
    /// The objective.
    pub objective: String,
    /// The service it is about.
    pub service: String,
    /// Where its target is written: `file:line:column`.
    pub at: String,
    /// The promised share of uptime, an exact number.
    pub target: Figure,
    /// Its window, such as `per month`.
    pub window: String,
    /// Whether the backing agreements guarantee as much.
    pub verdict: Verdict,
    /// The window with the least to spare.
    pub tightest: Option<TightestWindow>,
    /// The share that is guaranteed in that window if down times never overlap; an exact number.
    pub guaranteed: Option<Figure>,
    /// The share to be expected if outages are independent of each other.
    pub expected: Option<Figure>,
    /// True if redundant services depend on the same service: then there is no figure for all of
    /// them.
    pub shared: bool,
    /// What the service needs.
    pub needs: Vec<NeedEntry>,
}

/// Whether a promise is backed.
#[derive(Serialize, JsonSchema, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The backing agreements guarantee as much, or more.
    Backed,
    /// The backing agreements guarantee less.
    Above,
    /// Unknown: something is not backed, or not in a way that can be compared.
    Unknown,
}

/// A window in figures. Lengths are exact numbers of nanoseconds.
#[derive(Serialize, JsonSchema, Clone, PartialEq, Eq, Debug)]
#[serde(deny_unknown_fields)]
pub struct TightestWindow {
    /// Name for people: `February 2026`.
    pub name: String,
    /// The measured time.
    pub measured: Figure,
    /// The downtime that the promise allows.
    pub allowed: Figure,
    /// The downtime that the backing agreements allow in the worst case.
    pub lost: Figure,
}

/// A `needs` of a service.
#[derive(Serialize, JsonSchema, Clone, PartialEq, Eq, Debug)]
#[serde(deny_unknown_fields)]
pub struct NeedEntry {
    /// How many of the services must be up.
    pub least: usize,
    /// The services.
    pub services: Vec<ServiceEntry>,
}

/// A needed service.
#[derive(Serialize, JsonSchema, Clone, PartialEq, Eq, Debug)]
#[serde(deny_unknown_fields)]
pub struct ServiceEntry {
    /// Its name.
    pub service: String,
    /// How the service is backed.
    pub backed: Backing,
    /// The promise that was used in the computation.
    pub by: Option<PromiseBelow>,
    /// The most it may be down in the tightest window, an exact number of nanoseconds.
    pub lost: Option<Figure>,
    /// The expected uptime.
    pub expected: Option<Figure>,
    /// What it needs itself, if no agreement backs it.
    pub needs: Vec<NeedEntry>,
}

/// How a needed service is backed.
#[derive(Serialize, JsonSchema, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "snake_case")]
pub enum Backing {
    /// An agreement promises its uptime.
    Agreement,
    /// Agreements are about it, but promise nothing that can be compared.
    Incomparable,
    /// The services that it needs itself.
    Needs,
    /// Only the party that makes the promise, in another agreement.
    Own,
    /// No agreement is about it.
    Nobody,
    /// There are too many combinations to compare.
    TooMuch,
}

/// A promise below.
#[derive(Serialize, JsonSchema, Clone, PartialEq, Eq, Debug)]
#[serde(deny_unknown_fields)]
pub struct PromiseBelow {
    /// The agreement.
    pub agreement: String,
    /// The objective.
    pub objective: String,
    /// Where its target is written: `file:line:column`.
    pub at: String,
    /// The promised share, an exact number.
    pub target: Figure,
    /// Its window.
    pub window: String,
}

impl BackingDocument {
    /// Takes in the promises of another project.
    pub fn append(&mut self, other: BackingDocument) {
        self.version = self.version.max(other.version);
        self.promises.extend(other.promises);
    }
}

/// The figures of a project. `service` narrows them to promises about one service.
pub fn document(
    model: &Model<'_, '_>,
    sources: &SourceMap,
    service: Option<&str>,
) -> BackingDocument {
    let supporters = Supporters::new(model);
    let mut promises: Vec<(Span, BackedPromise)> = Vec::new();
    each(model, &supporters, &mut |backed| {
        if service.is_none_or(|wanted| model.project.name(backed.service) == wanted) {
            let write = Write { model, sources, backed };
            promises.push((backed.promise.agreement.item.span, write.promise()));
        }
    });
    let place = |span: Span| (sources.name(span.file).to_owned(), span.start);
    promises.sort_by_key(|(span, _)| place(*span));
    BackingDocument {
        version: 1,
        promises: promises.into_iter().map(|(_, promise)| promise).collect(),
    }
}

struct Write<'w, 'x, 'a, 'p> {
    model: &'w Model<'a, 'p>,
    sources: &'w SourceMap,
    backed: &'w Backed<'x, 'a>,
}

impl Write<'_, '_, '_, '_> {
    fn promise(&self) -> BackedPromise {
        let Promise { agreement, objective, share, ground, .. } = &self.backed.promise;
        let kind = &objective.window.value.kind;
        let tightest = self.backed.tightest.as_ref();
        let window = tightest.map(|tightest| tightest.window.within);
        let verdict = match tightest {
            None => Verdict::Unknown,
            Some(tightest) if tightest.is_short() => Verdict::Above,
            Some(_) => Verdict::Backed,
        };
        let stand = &self.backed.stand;
        BackedPromise {
            agreement: agreement.name.to_string(),
            objective: objective.name.to_string(),
            service: self.model.project.name(self.backed.service).to_string(),
            at: self.sources.place(objective.target.at),
            target: Figure(share.clone()),
            window: describe_window(kind),
            verdict,
            tightest: tightest.map(|tightest| TightestWindow {
                name: name_window(kind, &tightest.window, ground.zone),
                measured: Figure(tightest.measured.clone()),
                allowed: Figure(tightest.allowed.clone()),
                lost: Figure(tightest.loss.clone()),
            }),
            guaranteed: tightest.map(|tightest| Figure(tightest.guaranteed())),
            expected: window.and_then(|window| stand.expected(&stand.needs, window)).map(Figure),
            shared: self.backed.entangled,
            needs: self.needs(&stand.needs, window),
        }
    }

    fn needs(&self, needs: &[Need], window: Option<Interval>) -> Vec<NeedEntry> {
        let one = |need: &Need| NeedEntry {
            least: need.least,
            services: need.parts.iter().map(|part| self.part(part, window)).collect(),
        };
        needs.iter().map(one).collect()
    }

    fn part(&self, part: &NeededService, window: Option<Interval>) -> ServiceEntry {
        let stand = &self.backed.stand;
        // Without a window of the whole, the first shows what the parts promise.
        let shown = window.or(self.backed.promise.windows.first().map(|window| window.within));
        let by = shown.and_then(|window| self.below(part, window));
        let backed = match &part.stands {
            Stands::Agreements(_) if by.is_some() => Backing::Agreement,
            Stands::Agreements(_) => Backing::Incomparable,
            Stands::Needs(_) => Backing::Needs,
            Stands::Own => Backing::Own,
            Stands::Nobody => Backing::Nobody,
            Stands::Unknown => Backing::TooMuch,
        };
        let counted = |window: Interval| {
            Exact::integer(self.backed.promise.measured.counted.measure_within(window))
        };
        let known = !matches!(part.stands, Stands::Nobody | Stands::Own);
        ServiceEntry {
            service: self.model.project.name(part.service).to_string(),
            backed,
            by,
            lost: window
                .filter(|_| known)
                .and_then(|window| stand.part(part, window, &counted(window)))
                .map(Figure),
            expected: shown
                .filter(|_| known)
                .and_then(|window| stand.expected_part(part, window))
                .map(Figure),
            needs: match &part.stands {
                Stands::Needs(inner) => self.needs(inner, window),
                Stands::Agreements(_) | Stands::Own | Stands::Nobody | Stands::Unknown => {
                    Vec::new()
                }
            },
        }
    }

    fn below(&self, part: &NeededService, window: Interval) -> Option<PromiseBelow> {
        let taken = self.backed.stand.taken(part.service, window)?;
        let candidate = self.backed.stand.candidates.get(&part.service)?.get(taken.candidate)?;
        let below = candidate.at(window)?;
        Some(PromiseBelow {
            agreement: candidate.agreement.name.to_string(),
            objective: below.objective.name.to_string(),
            at: self.sources.place(below.objective.target.at),
            target: Figure(below.share.clone()),
            window: describe_window(&below.objective.window.value.kind),
        })
    }
}
