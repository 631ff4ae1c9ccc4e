//! Ranks among numbers that are counted in classes, against the same numbers put in order.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use super::quantile::{ExactQuantile, Found, coarsest};
use crate::base::Exact;
use crate::eval::value::Value;
use crate::eval::vectorized::Kind;

fn quantity(unit: Exact) -> Kind {
    Kind::Quantity { unit, currency: None }
}

fn ranked(parts: &[Vec<i64>], kinds: &[Kind], most: usize) -> Option<ExactQuantile> {
    let mut all = ExactQuantile::new(most);
    let mut add = |part: &Vec<i64>, kind| {
        let mut numbers = part.clone();
        let kind = coarsest(&mut numbers, kind);
        all.add(numbers, kind)
    };
    parts.iter().zip(kinds).all(|(part, kind)| add(part, kind)).then_some(all)
}

/// The number of a rank, found as a pass after the other would: what lies between the bounds is put
/// into new classes.
fn found(numbers: &[i64], index: usize, most: usize) -> Value {
    let (mut inside, mut index) = (numbers.to_vec(), index);
    for _ in 0..64 {
        let parts: Vec<Vec<i64>> = inside.chunks(777).map(<[i64]>::to_vec).collect();
        match ranked(&parts, &vec![quantity(Exact::ONE); parts.len()], most)
            .unwrap()
            .at(index)
            .unwrap()
        {
            Found::Value(value) => return value,
            Found::Between(least, greatest, before) => {
                let bound = |value: Value| value.amount().unwrap().to_i64().unwrap();
                let (least, greatest) = (bound(least), bound(greatest));
                assert_eq!(before, inside.iter().filter(|number| **number < least).count());
                inside.retain(|number| (least..=greatest).contains(number));
                index -= before;
            }
        }
    }
    unreachable!("the bounds come no closer");
}

#[test]
fn ranks_are_those_of_the_ordered_numbers() {
    let mixed = |row: i64| (row as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(23);
    let of = |f: &dyn Fn(i64) -> i64| (0..5_000).map(f).collect::<Vec<i64>>();
    let cases = [
        of(&|row| (mixed(row) >> 2) as i64 - (1 << 60)),
        of(&|row| if mixed(row) % 50 == 0 { (mixed(row) >> 8) as i64 } else { 7 }),
        of(&|row| if mixed(row) % 2 == 0 { -1 } else { 1 }),
        of(&|row| if mixed(row) % 3 == 0 { i64::MIN + 1 } else { i64::MAX }),
        of(&|row| row * 1_000_000),
        of(&|row| -row),
        of(&|_| 42),
    ];
    for numbers in cases {
        let mut ordered = numbers.clone();
        ordered.sort_unstable();
        for index in [0, 1, 249, 2_500, 4_750, 4_998, 4_999] {
            for most in [4, 16, 1_000, 5_000, 1 << 20] {
                assert_eq!(
                    found(&numbers, index, most),
                    Value::number(Exact::integer(ordered[index])),
                    "{index} {most}"
                );
            }
        }
    }
}

/// Milliseconds, then tenths of them, then seconds: what is kept is in the finest unit, and nothing
/// is lost.
#[test]
fn units_meet() {
    let unit = |unscaled, places| quantity(Exact::decimal(unscaled, places));
    let parts = [vec![5, 12, 7], vec![51, 33], vec![2]];
    let kinds = [unit(1, 3), unit(1, 4), unit(1, 0)];
    for most in [100_000, 4] {
        // In tenths of milliseconds: 33, 50, 51, 70, 120, 20000.
        let expected = [33, 50, 51, 70, 120, 20_000];
        let Some(all) = ranked(&parts, &kinds, most) else { panic!("they go together") };
        for (index, number) in expected.into_iter().enumerate() {
            let value = Value::number(Exact::decimal(number, 4));
            match all.at(index) {
                Some(Found::Value(found)) => assert_eq!(found, value),
                Some(Found::Between(least, greatest, _)) => {
                    assert!(
                        least.compare(&value).unwrap().is_le()
                            && value.compare(&greatest).unwrap().is_le()
                    );
                }
                None => panic!("there are {} numbers", expected.len()),
            }
        }
        assert_eq!(all.at(6), None);
    }
    assert!(ranked(&[vec![1], vec![2]], &[unit(1, 0), Kind::Time], 10).is_none());
}
