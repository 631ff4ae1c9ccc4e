//! Groups of promises that can be compared with each other, so that the checks of pairs need not
//! look at every pair.
//!
//! In: the objectives of one version of an agreement, or of one tier. Out: groups found by keys and
//! then confirmed. What is alike always has the same key; what has the same key need not be alike.

use std::hash::{Hash, Hasher};
use std::mem::discriminant;

use ecow::EcoString;
use rustc_hash::{FxHashMap, FxHasher};

use super::same::{fingerprint, fingerprint_of_rows};
use crate::syntax::ast::WindowKind;
use crate::types::model::{Objective, TermId, Terms};

/// Groups with which something of the same key is compared before it becomes a group of its own.
const MOST_OF_ONE_KEY: usize = 16;

/// How many groups before its own, in the order of the text, something is compared with: thousands
/// of measures of the same rows would otherwise be millions of pairs.
pub const MOST_NEIGHBOURS: usize = 64;

/// Groups of what is alike, each in the order given, in the order of their first members.
pub fn grouped<T>(
    items: Vec<T>,
    mut key: impl FnMut(&T) -> u64,
    alike: impl Fn(&T, &T) -> bool,
) -> Vec<Vec<T>> {
    let mut groups: Vec<Vec<T>> = Vec::new();
    let mut known: FxHashMap<u64, Vec<usize>> = FxHashMap::default();
    for item in items {
        let of_key = known.entry(key(&item)).or_default();
        let own = of_key.iter().copied().take(MOST_OF_ONE_KEY).find(|at| {
            let first = groups.get(*at).and_then(|group| group.first());
            first.is_some_and(|first| alike(first, &item))
        });
        match own.and_then(|at| groups.get_mut(at)) {
            Some(group) => group.push(item),
            None => {
                of_key.push(groups.len());
                groups.push(vec![item]);
            }
        }
    }
    groups
}

/// The key of what can be hashed.
pub fn key(of: impl Hash) -> u64 {
    let mut hasher = FxHasher::default();
    of.hash(&mut hasher);
    hasher.finish()
}

/// A number that is the same for windows that cut time in the same way.
pub fn window_key(kind: &WindowKind) -> u64 {
    match kind {
        WindowKind::Calendar(unit, _) | WindowKind::Contract(unit) => {
            key((discriminant(kind), unit))
        }
        WindowKind::Fixed(_)
        | WindowKind::Rolling(_)
        | WindowKind::Trailing(_)
        | WindowKind::Term => key(discriminant(kind)),
    }
}

/// Keys of what objectives measure, each computed once: agreements share objectives.
#[derive(Default)]
pub struct Keys {
    known: FxHashMap<TermId, Measured>,
}

/// The keys of one objective.
#[derive(Clone, Copy)]
pub struct Measured {
    /// The same for objectives with the same measure.
    pub measure: u64,
    /// The same for objectives that measure, filter and group the same rows.
    pub rows: u64,
}

impl Keys {
    /// Those of an objective.
    pub fn of(&mut self, objective: &Objective<'_>) -> Measured {
        *self.known.entry(objective.id).or_insert_with(|| Measured::of(objective))
    }
}

impl Measured {
    fn of(objective: &Objective<'_>) -> Measured {
        let narrowed = objective.narrowed();
        let filter = narrowed.filter.as_ref().map(|filter| fingerprint(&filter.value));
        let groups: Vec<&EcoString> = narrowed.by.iter().map(|group| &group.field).collect();
        let (measure, rows) = match &objective.support {
            Some(support) => (fingerprint(&support.rows), fingerprint(&support.rows)),
            None => {
                let metric = objective.measure();
                (fingerprint(&metric), fingerprint_of_rows(&metric))
            }
        };
        let place = (
            objective.service,
            objective.sources.as_slice(),
            narrowed.each_row,
            narrowed.kept_here.is_some(),
        );
        Measured { measure, rows: key((rows, filter, groups, place)) }
    }
}

/// Which exclusions and ignored rows of some terms name which objectives.
pub struct Exceptions<'t>(FxHashMap<&'t EcoString, Vec<usize>>);

impl<'t> Exceptions<'t> {
    /// The exceptions of some terms.
    pub fn of(terms: &'t Terms<'_>) -> Self {
        let mut named: FxHashMap<&EcoString, Vec<usize>> = FxHashMap::default();
        let excluded =
            terms.excludes.iter().map(|it| &it.only).chain(terms.ignores.iter().map(|it| &it.only));
        for (at, only) in excluded.enumerate() {
            for name in only {
                let places = named.entry(name).or_default();
                if places.last() != Some(&at) {
                    places.push(at);
                }
            }
        }
        Exceptions(named)
    }

    /// Those that name an objective, by number: the same list for two objectives means that the
    /// same ones name both.
    pub fn naming(&self, objective: &Objective<'_>) -> &[usize] {
        self.0.get(&objective.name).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::diag::Sink;
    use crate::prove::{Case, comparisons, contradictions, idle_promises};
    use crate::workspace::{Memory, Workspace};

    /// The comparisons that the checks of pairs make for `number` objectives, and their findings.
    fn work(number: usize, objective: &dyn Fn(usize) -> String) -> (usize, usize) {
        let objectives: String =
            (0..number).map(|at| format!("  objective O{at}: {}\n", objective(at))).collect();
        let head = "provider A\ncustomer B\nsource outages: spans { region: text }\nsource waits: events { took: duration }\n";
        let text = format!(
            "{head}sla X between A and B {{\n  term from 2026-01-01 for 12 months\n{objectives}}}\n"
        );
        let memory = Memory::new().with("a.sla", text.as_str());
        let (_, found) = Workspace::new(&memory).path("a.sla").check_with(&|analysed| {
            let case = Case {
                model: analysed.model,
                sources: &analysed.loaded.sources,
                sound: true,
                today: None,
            };
            let mut sink = Sink::new();
            comparisons::start();
            contradictions::check(&case, &mut sink);
            idle_promises::check(&case, &mut sink);
            (comparisons::made(), sink.into_findings().len())
        });
        found[0]
    }

    #[test]
    fn the_work_grows_with_the_number_of_promises() {
        let unrelated =
            |at: usize| format!("uptime(outages where region == \"r{at}\") >= 99.9% per month");
        let equal = |_: usize| "uptime(outages) >= 99.9% per month".to_owned();
        let tighter = |at: usize| format!("uptime(outages) >= 99.{}% per month", 100_000 + at);
        let looser = |at: usize| format!("uptime(outages) >= 99.{}% per month", 200_000 - at);
        // Of 400 promises that are about other rows none implies another. Of 400 about the same,
        // the tightest implies the other 399.
        let kinds: [(&dyn Fn(usize) -> String, usize); 4] =
            [(&unrelated, 0), (&equal, 399), (&tighter, 399), (&looser, 399)];
        for (at, (objective, findings)) in kinds.into_iter().enumerate() {
            let ((once, found), (twice, _)) = (work(400, objective), work(800, objective));
            assert_eq!(found, findings, "kind {at}");
            // Each is compared with its group, its class and the first that is as tight, which a
            // search finds among 800 in ten steps. All pairs would be 319,600, 400 for each.
            assert!(twice <= 800 * 40, "kind {at}: {twice}");
            assert!(twice <= 3 * once + 100, "kind {at}: {once} for 400, {twice} for 800");
        }
    }

    #[test]
    fn one_that_contradicts_many_is_found_among_them() {
        // The last of 400 wants less than all others: it is in 16 of the 399 pairs that contradict
        // each other, and each of the others is in one of them, so all 399 are found. None of the
        // others is implied but by the tightest of them: 398.
        let one = |at: usize| {
            if at == 399 {
                "downtime(outages) >= 700 h per month".to_owned()
            } else {
                format!("downtime(outages) <= {} h per month", at + 1)
            }
        };
        let (comparisons, found) = work(400, &one);
        assert_eq!(found, 399 + 398);
        // All pairs would be 79,800.
        assert!(comparisons <= 400 * 60, "{comparisons}");
    }

    #[test]
    fn things_of_other_keys_are_not_compared() {
        let compared = Cell::new(0);
        let alike = |one: &u64, other: &u64| {
            compared.set(compared.get() + 1);
            one % 10 == other % 10
        };
        // Each its own key: no comparison, 50 groups.
        assert_eq!(grouped((0..50).collect(), |it| *it, alike).len(), 50);
        assert_eq!(compared.get(), 0);
        // One key for 0 to 49, ten groups of five: the first ten are compared with 0 + 1 + … + 9 =
        // 45 groups, and the other forty find theirs after 1 to 10 of them, 4 * 55 = 220.
        let groups = grouped((0..50).collect(), |_| 0, alike);
        assert_eq!(groups.first(), Some(&vec![0, 10, 20, 30, 40]));
        assert_eq!((groups.len(), compared.get()), (10, 265));
    }
}
