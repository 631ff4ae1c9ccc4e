//! Laws of sets of time, against a set of single instants.

use std::collections::BTreeSet;

use proptest::prelude::*;
use sla::internals::time::{Interval, Ruler, TimeSet};

const LINE: std::ops::Range<i64> = -10..50;

fn line() -> Interval {
    Interval { start: LINE.start, end: LINE.end }
}

/// A set, from intervals in any order, some of them empty or backward, and its instants one by one.
fn sets() -> impl Strategy<Value = (TimeSet, BTreeSet<i64>)> {
    prop::collection::vec((LINE, -2_i64..9), 0..9).prop_map(|pairs| {
        let intervals: Vec<Interval> = pairs
            .iter()
            .map(|(start, length)| Interval { start: *start, end: (start + length).min(LINE.end) })
            .collect();
        let instants = intervals.iter().flat_map(|piece| piece.start..piece.end).collect();
        (TimeSet::new(intervals), instants)
    })
}

fn instants(set: &TimeSet) -> BTreeSet<i64> {
    set.pieces().iter().flat_map(|piece| piece.start..piece.end).collect()
}

/// Sorted, disjoint, not even touching.
fn is_normal(set: &TimeSet) -> bool {
    set.pieces().iter().all(|piece| piece.start < piece.end)
        && set.pieces().windows(2).all(|pair| pair[0].end < pair[1].start)
}

proptest! {
    #[test]
    fn operations_do_what_they_do_to_instants((a, x) in sets(), (b, y) in sets(), (c, z) in sets()) {
        for (set, expected) in [
            (a.clone(), x.clone()),
            (a.union(&b), &x | &y),
            (a.intersection(&b), &x & &y),
            (a.difference(&b), &x - &y),
            (a.complement(line()), LINE.filter(|instant| !x.contains(instant)).collect()),
            (TimeSet::in_at_least([&a, &b, &c], 2), &(&(&x & &y) | &(&x & &z)) | &(&y & &z)),
            (TimeSet::in_at_least([&a, &b, &c], 1), &(&x | &y) | &z),
            (TimeSet::in_at_least([&a, &b, &c], 3), &(&x & &y) & &z),
        ] {
            prop_assert!(is_normal(&set), "{:?}", set);
            prop_assert_eq!(instants(&set), expected);
        }
    }

    #[test]
    fn laws_of_sets((a, _) in sets(), (b, _) in sets(), (c, _) in sets()) {
        prop_assert_eq!(a.union(&b), b.union(&a));
        prop_assert_eq!(a.intersection(&b), b.intersection(&a));
        prop_assert_eq!(a.union(&b).union(&c), a.union(&b.union(&c)));
        prop_assert_eq!(a.intersection(&b).intersection(&c), a.intersection(&b.intersection(&c)));
        prop_assert_eq!(a.intersection(&b.union(&c)), a.intersection(&b).union(&a.intersection(&c)));
        prop_assert_eq!(a.union(&b.intersection(&c)), a.union(&b).intersection(&a.union(&c)));
        prop_assert_eq!(a.union(&b).complement(line()), a.complement(line()).intersection(&b.complement(line())));
        prop_assert_eq!(a.complement(line()).complement(line()), a.clone());
        prop_assert_eq!(a.difference(&b), a.intersection(&b.complement(line())));
        prop_assert_eq!(a.union(&a), a.clone());
        prop_assert_eq!(a.intersection(&a), a.clone());
        prop_assert_eq!(a.difference(&a), TimeSet::EMPTY);
        prop_assert_eq!(a.union(&TimeSet::EMPTY), a.clone());
        prop_assert_eq!(a.intersection(&TimeSet::from(line())), a.clone());
        prop_assert_eq!(a.union(&b).measure() + a.intersection(&b).measure(), a.measure() + b.measure());
    }

    #[test]
    fn questions_are_answered_as_by_instants((a, x) in sets(), start in LINE, length in 0_i64..30) {
        let within = Interval { start, end: start + length };
        let inside: BTreeSet<i64> = x.iter().copied().filter(|instant| within.contains(*instant)).collect();
        prop_assert_eq!(a.measure(), i64::try_from(x.len()).unwrap());
        prop_assert_eq!(a.measure_within(within), i64::try_from(inside.len()).unwrap());
        prop_assert_eq!(Ruler::new(&a).measure(within.start, within.end), a.measure_within(within));
        prop_assert_eq!(a.contains(start), x.contains(&start));
        prop_assert_eq!(a.covers(within), inside.len() as i64 == length);
        prop_assert_eq!(instants(&a.clip(within)), inside);
        prop_assert_eq!(a.bounds().map(|bounds| (bounds.start, bounds.end - 1)), x.first().copied().zip(x.last().copied()));
    }

    #[test]
    fn a_clock_that_runs_only_in_the_set_reaches_its_limit((a, x) in sets(), start in LINE, length in 0_i64..30) {
        // The limit is reached at the end of the length-th instant counted from the start.
        let expected = if length == 0 {
            Some(start)
        } else {
            x.iter().filter(|instant| **instant >= start).nth(usize::try_from(length).unwrap() - 1).map(|instant| instant + 1)
        };
        prop_assert_eq!(Ruler::new(&a).after(start, length), expected);
    }
}

#[test]
fn extremes_do_not_overflow() {
    let all = TimeSet::from(Interval { start: i64::MIN, end: i64::MAX });
    assert_eq!(all.measure(), i64::MAX);
    assert!(all.contains(0) && !all.contains(i64::MAX));
    assert_eq!(all.difference(&all), TimeSet::EMPTY);
}
