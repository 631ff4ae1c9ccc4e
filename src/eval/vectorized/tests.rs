//! Ranks among many numbers, against the same numbers put in order.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::sync::Arc;

use super::Selection;
use super::vector::Ints;

const MANY: usize = 150_000;

/// Numbers that are spread evenly, mostly equal, of two kinds, at both ends of all numbers, or in
/// order.
fn numbers() -> Vec<Vec<i64>> {
    let mixed = |row: usize| (row as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(23);
    let of = |f: &dyn Fn(usize) -> i64| (0..MANY).map(f).collect();
    vec![
        of(&|row| mixed(row) as i64),
        of(&|row| if mixed(row) % 50 == 0 { (mixed(row) >> 8) as i64 } else { 7 }),
        of(&|row| if mixed(row) % 2 == 0 { -1 } else { 1 }),
        of(&|row| if mixed(row) % 3 == 0 { i64::MIN } else { i64::MAX }),
        of(&|row| row as i64 * 1_000),
        of(&|_| 42),
    ]
}

#[test]
fn ranks_are_those_of_the_ordered_numbers() {
    let pieces = [0..MANY / 3, MANY / 3 + 5..MANY];
    for values in numbers() {
        let mut ordered: Vec<i64> =
            pieces.iter().flat_map(|piece| values[piece.clone()].to_vec()).collect();
        ordered.sort_unstable();
        let ints = Ints::Wide(Arc::new(values));
        let (all, number) = (Selection::all(), ordered.len());
        for index in [0, 1, number / 20, number / 2, number * 95 / 100, number - 2, number - 1] {
            let right = Some(ordered[index]);
            assert_eq!(all.ranked(&ints, &pieces, (index, number)), right);
            assert_eq!(all.counted(&ints, &pieces, index), right);
            assert_eq!(all.sorted(&ints, &pieces, index), right);
            let between = all.between(
                &ints,
                &pieces,
                index,
                (ordered[index].saturating_sub(3), ordered[index].saturating_add(3)),
            );
            assert!(between.is_none() || between == right, "{between:?} {right:?}");
        }
    }
}

/// A guess that is wrong finds nothing, rather than something wrong.
#[test]
fn a_wrong_guess_finds_nothing() {
    let ints = Ints::Wide(Arc::new((0..1_000).collect()));
    let pieces: Vec<_> = std::iter::once(0..1_000).collect();
    assert_eq!(Selection::all().between(&ints, &pieces, 500, (500, 510)), Some(500));
    assert_eq!(Selection::all().between(&ints, &pieces, 500, (501, 510)), None);
    assert_eq!(Selection::all().between(&ints, &pieces, 500, (490, 499)), None);
    assert_eq!(Selection::all().between(&ints, &pieces, 500, (i64::MIN, i64::MAX)), None);
}
