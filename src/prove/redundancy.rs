//! What a service that needs others can promise: pure exact arithmetic.
//!
//! In: downtimes or shares of the parts. Out: those of the whole, if the whole needs all of the
//! parts, or so many of them.

use crate::base::Exact;

/// The longest time in which fewer than `needed` of the parts are up, if each is down no longer
/// than its entry says and the down times fall as badly as they can.
///
/// With `bad = n - needed + 1`, the whole is down while at least `bad` parts are. Down times can be
/// laid over each other so that this lasts as long as T if, and only if, the sum over the parts of
/// min(d, T) is at least `bad` times T: a part helps for T at most. The longest such T is the
/// least, over j from 0 below `bad`, of the sum of all but the j longest down times divided by `bad
/// - j`: the j longest are down throughout. For all of the parts (`bad` 1) it is the sum, for any
/// of them (`bad` n) the least.
pub fn worst_down_time(down: &[Exact], needed: usize) -> Exact {
    let Some(bad) = (down.len() + 1).checked_sub(needed).filter(|bad| *bad > 0 && needed > 0)
    else {
        return Exact::ZERO;
    };
    let mut sorted = down.to_vec();
    sorted.sort();
    let mut sum = sorted.iter().fold(Exact::ZERO, |sum, part| &sum + part);
    let mut least: Option<Exact> = None;
    for (at, longest) in sorted.iter().rev().take(bad).enumerate() {
        let left = i64::try_from(bad - at).unwrap_or(i64::MAX);
        let candidate = sum.divide(&Exact::integer(left)).unwrap_or_else(|| sum.clone());
        least = Some(least.map_or(candidate.clone(), |known| known.min(candidate)));
        sum = &sum - longest;
    }
    least.unwrap_or(Exact::ZERO)
}

/// How likely at least `needed` of the parts are up at an instant, if each is up with its
/// probability, independently of the others. `None` for more parts than anyone writes down.
pub fn expected(up: &[Exact], needed: usize) -> Option<Exact> {
    const MOST: usize = 32;
    if up.len() > MOST {
        return None;
    }
    // Entry k: how likely exactly k of the parts so far are up.
    let mut likely = vec![Exact::ONE];
    for part in up {
        let down = &Exact::ONE - part;
        let mut next = vec![Exact::ZERO; likely.len() + 1];
        for (count, chance) in likely.iter().enumerate() {
            if let Some(slot) = next.get_mut(count) {
                *slot = &*slot + &(chance * &down);
            }
            if let Some(slot) = next.get_mut(count + 1) {
                *slot = &*slot + &(chance * part);
            }
        }
        likely = next;
    }
    Some(likely.iter().skip(needed).fold(Exact::ZERO, |sum, chance| &sum + chance))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(numbers: &[i64]) -> Vec<Exact> {
        numbers.iter().map(|number| Exact::integer(*number)).collect()
    }

    /// Hours of a window of `hours`, each part down in a set of them: the most hours with fewer
    /// than `needed` up, by trying all sets.
    fn by_trying(down: &[u32], needed: u32, hours: u32) -> u32 {
        fn try_all(chosen: &mut Vec<u32>, rest: &[u32], needed: u32, hours: u32) -> u32 {
            let Some((first, rest)) = rest.split_first() else {
                let up = |hour: u32| chosen.iter().filter(|set| **set >> hour & 1 == 0).count();
                return (0..hours).filter(|hour| up(*hour) < needed as usize).count() as u32;
            };
            let mut most = 0;
            for set in (0..1_u32 << hours).filter(|set| set.count_ones() == *first) {
                chosen.push(set);
                most = most.max(try_all(chosen, rest, needed, hours));
                chosen.pop();
            }
            most
        }
        try_all(&mut Vec::new(), down, needed, hours)
    }

    #[test]
    fn the_worst_case_is_the_worst_there_is() {
        // Whole hours cannot be split, so the formula may exceed what was tried by a part of an
        // hour, and never falls short of it.
        for (down, hours) in
            [([1, 1, 1], 6), ([1, 2, 3], 6), ([2, 2, 1], 5), ([3, 1, 1], 6), ([4, 4, 0], 8)]
        {
            for needed in 1..=3 {
                let found = worst_down_time(&whole(&down.map(i64::from)), needed);
                let tried = i64::from(by_trying(&down, needed as u32, hours));
                assert_eq!(found.floor(), Exact::integer(tried), "{down:?}, {needed} needed");
            }
        }
    }

    #[test]
    fn all_any_and_some() {
        let down = whole(&[20, 30, 70]);
        assert_eq!(worst_down_time(&down, 3), Exact::integer(120), "all are needed: the sum");
        assert_eq!(worst_down_time(&down, 1), Exact::integer(20), "one is enough: the least");
        // Two of three: 120 / 2 = 60, but the longest helps no longer than the others together, 50.
        assert_eq!(worst_down_time(&down, 2), Exact::integer(50));
        assert_eq!(
            worst_down_time(&whole(&[30, 30, 30]), 2),
            Exact::integer(45),
            "each hour takes two of them: 90 / 2"
        );
        assert_eq!(worst_down_time(&[], 0), Exact::ZERO);
    }

    #[test]
    fn expected_shares() {
        let up: Vec<Exact> =
            ["0.9", "0.8", "0.5"].iter().map(|text| Exact::parse(text).unwrap()).collect();
        let is = |needed, text: &str| {
            assert_eq!(expected(&up, needed), Exact::parse(text), "{needed} needed")
        };
        is(3, "0.36"); // 0.9 * 0.8 * 0.5
        is(1, "0.99"); // 1 - 0.1 * 0.2 * 0.5
        is(2, "0.85"); // 0.36 + 0.9 * 0.8 * 0.5 + 0.9 * 0.2 * 0.5 + 0.1 * 0.8 * 0.5 = 0.36 + 0.36 + 0.09 + 0.04
        is(0, "1");
    }
}
