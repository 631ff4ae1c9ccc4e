//! How much downtime a promise allows in a window, and how much the agreements below may use up
//! there.
//!
//! Of an agreement below, the downtime of a window is bounded by its target. If its windows are
//! shorter than that of the promise, those in it add up; if they are longer, all of one may fall
//! into a single window of the promise. Where there are several ways to count, the one that accuses
//! least is taken: time that the promise excludes is left out below as well, and of windows that
//! lie across the edge of another only the part inside counts.

use std::collections::{BTreeMap, BTreeSet};

use super::supporters::is_internal;
use super::tree::{Need, NeededService, Stands};
use crate::base::Exact;
use crate::names::DeclId;
use crate::prove::measured::{Almanac, Ground, Measured, windows, windows_of};
use crate::prove::redundancy::{expected, worst_down_time};
use crate::prove::strength::same_window;
use crate::syntax::ast::Compare;
use crate::time::{Interval, Ruler, Window, Windows};
use crate::types::constant;
use crate::types::model::{Agreement, Objective, Terms};
use crate::types::tree::{Fold, Kind, Typed};

/// The share of uptime an objective promises, if that is what it promises.
pub fn uptime_share(objective: &Objective<'_>) -> Option<Exact> {
    let at_least = matches!(objective.compare.value, Compare::AtLeast | Compare::Greater);
    if !at_least || objective.support.is_some() || !is_uptime(&objective.measure()) {
        return None;
    }
    constant::value(&objective.target.value)
        .filter(|share| !share.is_negative() && *share <= Exact::ONE)
}

/// True for plain uptime, whatever rows make it; weighted downtime of one thing says nothing about
/// that of another.
fn is_uptime(metric: &Typed) -> bool {
    match &metric.kind {
        Kind::Aggregate(aggregate) => {
            aggregate.fold == Fold::Uptime && aggregate.weight.is_none() && !aggregate.add
        }
        Kind::Metric(instance, _) => is_uptime(&instance.body),
        _ => false,
    }
}

/// A promise of uptime, with its measured time.
pub struct Promise<'x, 'a> {
    /// Who makes it.
    pub agreement: &'x Agreement<'a>,
    /// Among these terms.
    pub terms: &'x Terms<'a>,
    /// The objective.
    pub objective: &'x Objective<'a>,
    /// The share of uptime.
    pub share: Exact,
    /// When and where it holds.
    pub ground: Ground,
    /// What is measured.
    pub measured: Measured,
    /// Its windows.
    pub windows: Vec<Window>,
}

impl<'x, 'a> Promise<'x, 'a> {
    /// A promise to compute with; `None` if data decides what is measured.
    pub fn new(
        almanac: &mut Almanac<'_, '_, '_>,
        agreement: &'x Agreement<'a>,
        terms: &'x Terms<'a>,
        objective: &'x Objective<'a>,
        ground: Ground,
    ) -> Option<Self> {
        let share = uptime_share(objective)?;
        let measured = almanac.measured(objective, terms, &ground)?;
        let mut windows = windows_of(objective, terms, &ground)?;
        if windows.iter().any(Window::is_full) {
            windows.retain(Window::is_full);
        }
        Some(Promise { agreement, terms, objective, share, ground, measured, windows })
    }
}

/// A promise below, of a needed service.
pub struct Candidate<'x, 'a> {
    /// Who makes it.
    pub agreement: &'x Agreement<'a>,
    /// True if that is a team of the provider's own organisation.
    pub internal: bool,
    /// The objective, as the agreements' versions have it, in order of time.
    pub versions: Vec<Below<'x, 'a>>,
}

/// One version of a promise below.
pub struct Below<'x, 'a> {
    /// The objective.
    pub objective: &'x Objective<'a>,
    /// Among these terms.
    pub terms: &'x Terms<'a>,
    /// The share of uptime.
    pub share: Exact,
    /// When it holds.
    pub ground: Ground,
    /// What is measured.
    pub measured: Measured,
    /// Its windows, by the clocks of the promise above; `None` if they are the same.
    windows: Option<Windows>,
    /// Measures the time its target is a share of.
    whole: Ruler,
    /// Measures the time of it that counts above.
    inside: Ruler,
}

impl<'x, 'a> Candidate<'x, 'a> {
    /// What an agreement promises about the uptime of a service, one candidate for each objective.
    pub fn of(
        almanac: &mut Almanac<'_, 'a, '_>,
        model: &crate::types::Model<'a, '_>,
        agreement: &'x Agreement<'a>,
        service: DeclId,
        above: &Promise<'_, '_>,
    ) -> Vec<Self> {
        let mut found: BTreeMap<&str, Vec<Below<'x, 'a>>> = BTreeMap::new();
        for (at, version) in agreement.versions.iter().enumerate() {
            let Some(ground) = Ground::below(agreement, at, &above.ground) else { continue };
            for objective in version
                .terms
                .objectives
                .iter()
                .filter(|it| it.service == Some(service) && is_whole(it))
            {
                let Some(share) = uptime_share(objective) else { continue };
                let Some(below) =
                    Below::new(almanac, objective, &version.terms, share, ground, above)
                else {
                    continue;
                };
                found.entry(objective.name.as_str()).or_default().push(below);
            }
        }
        let internal = is_internal(model, agreement);
        found.into_values().map(|versions| Candidate { agreement, internal, versions }).collect()
    }

    /// The most that can be down in a window; `None` if it does not hold throughout.
    fn loss(&self, window: Interval) -> Option<Exact> {
        let mut covered = 0;
        let mut most = Exact::ZERO;
        for below in &self.versions {
            if let Some(held) = below.ground.held.intersection(window) {
                covered += held.length();
                most = most.max(below.loss(window)?);
            }
        }
        (covered >= window.length()).then_some(most)
    }

    /// The version that holds at the start of a window.
    pub fn at(&self, window: Interval) -> Option<&Below<'x, 'a>> {
        self.versions.iter().find(|below| below.ground.held.contains(window.start))
    }
}

/// A promise about all of a service, not about a part of it or under a condition.
fn is_whole(objective: &Objective<'_>) -> bool {
    objective.narrowed().by.is_empty()
        && objective.narrowed().filter.is_none()
        && objective.narrowed().condition.is_none()
        && objective.narrowed().from.is_none()
}

impl<'x, 'a> Below<'x, 'a> {
    /// A promise that backs another, or is put in its place; `None` if the two cannot be
    /// compared.
    pub fn new(
        almanac: &mut Almanac<'_, 'a, '_>,
        objective: &'x Objective<'a>,
        terms: &'x Terms<'a>,
        share: Exact,
        ground: Ground,
        above: &Promise<'_, '_>,
    ) -> Option<Self> {
        let measured = almanac.measured(objective, terms, &ground)?;
        let (kind, wanted) = (&objective.window.value.kind, &above.objective.window.value.kind);
        let same = same_window(kind, wanted);
        let rolling = matches!(kind, crate::syntax::ast::WindowKind::Rolling(_));
        let laid = if same {
            None
        } else {
            Some(windows(kind, above.ground.zone, ground.term).filter(|_| !rolling)?)
        };
        let whole = measured.hours.difference(&above.measured.excluded);
        let inside = measured.hours.intersection(&above.measured.counted);
        Some(Below {
            objective,
            terms,
            share,
            ground,
            windows: laid,
            whole: Ruler::new(&whole),
            inside: Ruler::new(&inside),
            measured,
        })
    }

    /// The most that can be down in a window of the promise above.
    pub fn loss(&self, window: Interval) -> Option<Exact> {
        let down = &Exact::ONE - &self.share;
        let share_of = |length: i64| &down * &Exact::integer(length);
        let inside = Exact::integer(self.inside.measure(window.start, window.end));
        let Some(windows) = &self.windows else {
            return Some(share_of(self.whole.measure(window.start, window.end)).min(inside));
        };
        let (mut parts, mut longest) = (Exact::ZERO, Exact::ZERO);
        for own in windows.touching(window) {
            let common = own.within.intersection(window)?;
            let own_whole = own.within;
            if own_whole.length() > window.length() {
                longest = longest.max(share_of(self.whole.measure(own_whole.start, own_whole.end)));
            } else {
                parts = &parts + &share_of(self.whole.measure(common.start, common.end));
            }
        }
        Some(parts.max(longest).min(inside))
    }
}

/// What was taken for a needed service, and how much it may lose.
pub struct Taken {
    /// Position among the candidates of the service.
    pub candidate: usize,
    /// The most it can be down in the window.
    pub loss: Exact,
}

/// Everything that is known about the backing of a promise.
pub struct Stand<'x, 'a> {
    /// What the service needs.
    pub needs: Vec<Need>,
    /// Promises about the needed services.
    pub candidates: BTreeMap<DeclId, Vec<Candidate<'x, 'a>>>,
}

impl Stand<'_, '_> {
    /// What may be lost in a window; `time` is how much of it counts. `None` if that is not known.
    fn loss(&self, needs: &[Need], window: Interval, time: &Exact) -> Option<Exact> {
        let mut met = BTreeSet::new();
        let mut sum = Exact::ZERO;
        self.add(needs, window, time, &mut met, &mut sum)?;
        Some(sum.min(time.clone()))
    }

    fn add(
        &self,
        needs: &[Need],
        window: Interval,
        time: &Exact,
        met: &mut BTreeSet<DeclId>,
        sum: &mut Exact,
    ) -> Option<()> {
        for need in needs {
            if !need.is_all() {
                let losses: Option<Vec<Exact>> =
                    need.parts.iter().map(|part| self.part(part, window, time)).collect();
                *sum = &*sum + &worst_down_time(&losses?, need.least);
                continue;
            }
            for part in &need.parts {
                match &part.stands {
                    Stands::Needs(inner) => self.add(inner, window, time, met, sum)?,
                    Stands::Nobody => return None,
                    Stands::Agreements(_) | Stands::Own | Stands::Unknown => {
                        if met.insert(part.service) {
                            *sum = &*sum + &self.part(part, window, time)?;
                        }
                    }
                }
            }
        }
        Some(())
    }

    /// What one part may lose.
    pub fn part(&self, part: &NeededService, window: Interval, time: &Exact) -> Option<Exact> {
        match &part.stands {
            Stands::Needs(inner) => self.loss(inner, window, time),
            // Of several services, one without backing counts as down.
            Stands::Nobody => Some(time.clone()),
            Stands::Agreements(_) => Some(self.taken(part.service, window)?.loss),
            Stands::Own | Stands::Unknown => None,
        }
    }

    /// The promise that bounds the downtime of a service best: of internal teams, if there is
    /// one, else of suppliers.
    pub fn taken(&self, service: DeclId, window: Interval) -> Option<Taken> {
        let candidates = self.candidates.get(&service)?;
        let best = |internal: bool| {
            let able = candidates
                .iter()
                .enumerate()
                .filter(|(_, candidate)| candidate.internal == internal);
            let losses = able.filter_map(|(at, candidate)| {
                Some(Taken { candidate: at, loss: candidate.loss(window)? })
            });
            losses.min_by(|one, other| one.loss.cmp(&other.loss))
        };
        best(true).or_else(|| best(false))
    }

    /// The share of uptime to be expected if outages are independent.
    pub fn expected(&self, needs: &[Need], window: Interval) -> Option<Exact> {
        let mut met = BTreeSet::new();
        let mut product = Exact::ONE;
        self.multiply(needs, window, &mut met, &mut product)?;
        Some(product)
    }

    fn multiply(
        &self,
        needs: &[Need],
        window: Interval,
        met: &mut BTreeSet<DeclId>,
        product: &mut Exact,
    ) -> Option<()> {
        for need in needs {
            if !need.is_all() {
                let shares: Option<Vec<Exact>> =
                    need.parts.iter().map(|part| self.expected_part(part, window)).collect();
                *product = short(&(&*product * &expected(&shares?, need.least)?));
                continue;
            }
            for part in &need.parts {
                match &part.stands {
                    Stands::Needs(inner) => self.multiply(inner, window, met, product)?,
                    Stands::Nobody => return None,
                    Stands::Agreements(_) | Stands::Own | Stands::Unknown => {
                        if met.insert(part.service) {
                            *product = short(&(&*product * &self.expected_part(part, window)?));
                        }
                    }
                }
            }
        }
        Some(())
    }

    /// The expected share of one part.
    pub fn expected_part(&self, part: &NeededService, window: Interval) -> Option<Exact> {
        match &part.stands {
            Stands::Needs(inner) => self.expected(inner, window),
            Stands::Nobody => Some(Exact::ZERO),
            Stands::Agreements(_) => {
                let taken = self.taken(part.service, window)?;
                self.candidates
                    .get(&part.service)?
                    .get(taken.candidate)?
                    .at(window)
                    .map(|below| below.share.clone())
            }
            Stands::Own | Stands::Unknown => None,
        }
    }

    /// The window of a promise with the least to spare; of equals the shortest, of these the first.
    pub fn tightest(&self, promise: &Promise<'_, '_>) -> Option<Tightest> {
        let whole = Ruler::new(&promise.measured.whole);
        let counted = Ruler::new(&promise.measured.counted);
        let down = &Exact::ONE - &promise.share;
        let mut found: Option<(Exact, Tightest)> = None;
        for window in &promise.windows {
            let at = window.within;
            let measured = Exact::integer(whole.measure(at.start, at.end));
            if measured.is_zero() {
                continue;
            }
            let Some(loss) =
                self.loss(&self.needs, at, &Exact::integer(counted.measure(at.start, at.end)))
            else {
                continue;
            };
            let allowed = &down * &measured;
            let Some(spare) = (&allowed - &loss).divide(&measured) else { continue };
            let rank =
                |spare: &Exact, tightest: &Tightest| (spare.clone(), tightest.measured.clone());
            let next = Tightest { window: *window, measured, allowed, loss };
            if found
                .as_ref()
                .is_none_or(|(known, tightest)| rank(&spare, &next) < rank(known, tightest))
            {
                found = Some((spare, next));
            }
        }
        found.map(|(_, tightest)| tightest)
    }
}

/// The window of a promise with the least to spare.
pub struct Tightest {
    /// The window itself.
    pub window: Window,
    /// How much is measured in it, in nanoseconds like all of these.
    pub measured: Exact,
    /// How much of that may be down.
    pub allowed: Exact,
    /// How much the agreements below may lose in it.
    pub loss: Exact,
}

impl Tightest {
    /// True if the promise is above its backing.
    pub fn is_short(&self) -> bool {
        self.loss > self.allowed
    }

    /// The share of uptime that is guaranteed from below in this window.
    pub fn guaranteed(&self) -> Exact {
        self.loss.divide(&self.measured).map_or(Exact::ONE, |lost| &Exact::ONE - &lost)
    }
}

/// An expectation decides nothing: twelve places are enough, and keep its digits from growing with
/// each service.
fn short(share: &Exact) -> Exact {
    Exact::ratio(1, 1_000_000_000_000)
        .and_then(|step| share.rounded_to(&step))
        .unwrap_or_else(|| share.clone())
}
