//! The finding about a promise above its backing, in words.

use super::downtime::{Stand, Tightest};
use super::tree::{Need, NeededService, Stands};
use super::{Backed, Case};
use crate::base::{Exact, Span};
use crate::diag::{Code, Finding};
use crate::prove::measured::{describe_window, name_window};
use crate::prove::redundancy::worst_down_time;
use crate::prove::strength::same_window;
use crate::prove::wording::{length, percent, two_lengths};
use crate::time::Interval;

/// Places shown below one promise.
const MOST_PLACES: usize = 6;

/// Reports a promise that is above its backing.
pub(super) fn above(case: &Case<'_, '_, '_>, backed: &Backed<'_, '_>) -> Option<Finding> {
    let tightest = backed.tightest.as_ref().filter(|tightest| tightest.is_short())?;
    let promise = &backed.promise;
    let objective = promise.objective;
    let (name, window) = (case.model.project.name(backed.service), tightest.window.within);
    let kind = &objective.window.value.kind;
    let called = name_window(kind, &tightest.window, promise.ground.zone);
    let (allowed, lost) = two_lengths(&tightest.allowed, &tightest.loss);
    let message = match by_shares(&backed.stand, &backed.stand.needs, window) {
        Some(formula) if formula.fits(tightest) => format!(
            "`{name}` is promised {}, but the services it needs guarantee only {}{}",
            percent(&promise.share),
            percent(&tightest.guaranteed()),
            formula.text()
        ),
        Some(_) | None => format!(
            "`{name}` may be down {allowed} in {called}, but the services it needs may be down {lost}"
        ),
    };
    let mut finding = Finding::new(Code::PromiseAboveBacking, objective.target.at, message)
        .here(format!("{} {}", percent(&promise.share), describe_window(kind)));
    let mut places = Vec::new();
    let mut notes = Vec::new();
    for part in parts(&backed.stand.needs) {
        below(case, backed, part, tightest, &mut places, &mut notes);
    }
    for (span, text) in places.into_iter().take(MOST_PLACES) {
        finding = finding.also(span, text);
    }
    if let Some(need) = backed.stand.needs.first() {
        finding = finding.also(need.at, format!("`{name}` needs these"));
    }
    let measured = length(&tightest.measured);
    finding = finding.note(format!(
        "in {called} ({measured} measured), {allowed} of downtime are allowed, and {lost} are possible in the worst case"
    ));
    for note in notes.into_iter().take(MOST_PLACES) {
        finding = finding.note(note);
    }
    if let Some(expected) = backed.stand.expected(&backed.stand.needs, window) {
        finding = finding.note(format!(
            "if outages are independent of each other, an uptime of {} is expected",
            percent(&expected)
        ));
    }
    Some(finding.help(format!(
        "promise at most {}, have the backing agreements promise more, or write why the worst case cannot occur: `allow {} because \"…\"`",
        percent(&tightest.guaranteed()),
        Code::PromiseAboveBacking.name()
    )))
}

/// The parts of a tree that agreements speak for.
fn parts(needs: &[Need]) -> Vec<&NeededService> {
    let mut found = Vec::new();
    for part in needs.iter().flat_map(|need| &need.parts) {
        match &part.stands {
            Stands::Needs(inner) => found.extend(parts(inner)),
            Stands::Agreements(_) | Stands::Own | Stands::Nobody | Stands::Unknown => {
                found.push(part)
            }
        }
    }
    found
}

/// What one needed service brings along.
fn below(
    case: &Case<'_, '_, '_>,
    backed: &Backed<'_, '_>,
    part: &NeededService,
    tightest: &Tightest,
    places: &mut Vec<(Span, String)>,
    notes: &mut Vec<String>,
) {
    let window = tightest.window.within;
    let Some(taken) = backed.stand.taken(part.service, window) else { return };
    let candidate =
        backed.stand.candidates.get(&part.service).and_then(|all| all.get(taken.candidate));
    let Some((candidate, own)) =
        candidate.and_then(|candidate| Some((candidate, candidate.at(window)?)))
    else {
        return;
    };
    let (service, agreement) = (case.model.project.name(part.service), &candidate.agreement.name);
    let kind = &own.objective.window.value.kind;
    if places.iter().any(|(span, _)| *span == own.objective.target.at) {
        return;
    }
    places.push((
        own.objective.target.at,
        format!("`{agreement}` guarantees {} of `{service}`", percent(&own.share)),
    ));
    let promise = &backed.promise;
    if !same_window(kind, &promise.objective.window.value.kind) {
        let said = describe_window(kind);
        notes.push(format!(
            "`{service}` is promised {said}: {} of its downtime can fall into this window",
            length(&taken.loss)
        ));
    } else if own.measured.hours.clip(window) != promise.measured.hours.clip(window) {
        notes.push(format!(
            "`{service}` is promised for other hours: all {} of its downtime can fall into the hours of this promise",
            length(&taken.loss)
        ));
    }
}

/// A sum of shares that may be lost.
struct Formula {
    terms: Vec<(Exact, String)>,
}

impl Formula {
    fn sum(&self) -> Exact {
        self.terms.iter().fold(Exact::ZERO, |sum, (share, _)| &sum + share)
    }

    /// True if it comes to what is lost in the window: then shares say it all.
    fn fits(&self, tightest: &Tightest) -> bool {
        &self.sum() * &tightest.measured == tightest.loss
    }

    fn text(&self) -> String {
        let texts: Vec<&str> = self.terms.iter().map(|(_, text)| text.as_str()).collect();
        match texts.as_slice() {
            // One share alone says nothing that the sentence before it does not.
            [only] if !only.contains(' ') => String::new(),
            [only] => format!(": 1 − {only}"),
            several => format!(": 1 − ({})", several.join(" + ")),
        }
    }
}

/// The worst case computed in shares alone, as if all were measured over the same time.
fn by_shares(stand: &Stand<'_, '_>, needs: &[Need], window: Interval) -> Option<Formula> {
    let mut met = std::collections::BTreeSet::new();
    let mut terms = Vec::new();
    summands(stand, needs, window, &mut met, &mut terms)?;
    Some(Formula { terms })
}

fn summands(
    stand: &Stand<'_, '_>,
    needs: &[Need],
    window: Interval,
    met: &mut std::collections::BTreeSet<crate::names::DeclId>,
    terms: &mut Vec<(Exact, String)>,
) -> Option<()> {
    for need in needs {
        if !need.is_all() {
            let shares: Option<Vec<Exact>> =
                need.parts.iter().map(|part| lost_share(stand, part, window)).collect();
            let shares = shares?;
            let said: Vec<String> = shares.iter().map(percent).collect();
            let text = match need.least {
                1 => format!("min({})", said.join(", ")),
                least => format!("({least} of {}: {})", need.parts.len(), said.join(", ")),
            };
            terms.push((worst_down_time(&shares, need.least), text));
            continue;
        }
        for part in &need.parts {
            match &part.stands {
                Stands::Needs(inner) => summands(stand, inner, window, met, terms)?,
                Stands::Agreements(_) | Stands::Own | Stands::Nobody | Stands::Unknown => {
                    if met.insert(part.service) {
                        let share = lost_share(stand, part, window)?;
                        let text = percent(&share);
                        terms.push((share, text));
                    }
                }
            }
        }
    }
    Some(())
}

fn lost_share(stand: &Stand<'_, '_>, part: &NeededService, window: Interval) -> Option<Exact> {
    match &part.stands {
        Stands::Needs(inner) => Some(by_shares(stand, inner, window)?.sum()),
        Stands::Nobody => Some(Exact::ONE),
        Stands::Agreements(_) => Some(&Exact::ONE - &stand.expected_part(part, window)?),
        Stands::Own | Stands::Unknown => None,
    }
}
