//! Ranks among numbers that are counted in classes, against the same numbers put in order; and what
//! each fold is worth, however rows are split into parts.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use super::quantile::{ExactQuantile, Found, coarsest};
use super::*;
use crate::base::Exact;
use crate::eval::kind::Kind;
use crate::eval::value::Value;

fn quantity(unit: Exact) -> Kind {
    Kind::Quantity { unit, currency: None }
}

fn ranked(parts: &[Vec<i64>], kinds: &[Kind], most: usize) -> Option<ExactQuantile> {
    let mut all = ExactQuantile::new(most);
    let mut merge = |part: &Vec<i64>, kind| {
        let mut numbers = part.clone();
        let kind = coarsest(&mut numbers, kind);
        all.merge(ExactQuantile::of_part(numbers, kind))
    };
    parts.iter().zip(kinds).all(|(part, kind)| merge(part, kind).is_ok()).then_some(all)
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
        let Some(mut all) = ranked(&parts, &kinds, most) else { panic!("they go together") };
        for (index, number) in expected.into_iter().enumerate() {
            let value = Value::number(Exact::decimal(number, 4));
            match all.at(index).unwrap() {
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
        assert_eq!(all.at(6).unwrap(), None);
    }
    assert!(ranked(&[vec![1], vec![2]], &[unit(1, 0), Kind::Time], 10).is_none());
}

/// Two halves that were counted in classes of different width hold the rank between the same bounds
/// or closer ones.
#[test]
fn classes_meet() {
    let spread: Vec<i64> = (0..4_000).map(|row| row * 1_000_003).collect();
    let dense: Vec<i64> = (0..4_000).map(|row| row - 2_000).collect();
    let mut ordered = [spread.clone(), dense.clone()].concat();
    ordered.sort_unstable();
    let kind = [quantity(Exact::ONE)];
    for [one, two] in [[&spread, &dense], [&dense, &spread]] {
        let mut all = ranked(std::slice::from_ref(one), &kind, 64).unwrap();
        all.merge(ranked(std::slice::from_ref(two), &kind, 64).unwrap()).unwrap();
        assert_eq!(all.len(), 8_000);
        for index in [0, 1_999, 4_000, 7_999] {
            let Some(Found::Between(least, greatest, before)) = all.at(index).unwrap() else {
                panic!("64 classes do not hold 8000 numbers one by one");
            };
            let bound = |value: Value| value.amount().unwrap().to_i64().unwrap();
            let (least, greatest) = (bound(least), bound(greatest));
            assert!((least..=greatest).contains(&ordered[index]));
            assert_eq!(before, ordered.iter().filter(|number| **number < least).count());
        }
    }
}

fn gathered(fold: &Fold, parts: &[&[Option<Value>]]) -> Evaluated {
    let kind = AggregateKind::of(fold);
    let mut all = Accumulator::new(&kind, 100);
    for part in parts {
        let mut own = Accumulator::new(&kind, 100);
        part.iter().for_each(|value| own.update(value.clone()).unwrap());
        all.merge(own).unwrap();
    }
    all.evaluate(fold).unwrap()
}

/// 1/3, 1/2, no value, 2 and 1/2 once more: four values; their sum is 2/6 + 3/6 + 12/6 + 3/6 =
/// 20/6 = 10/3, and the mean a quarter of it, 5/6. Of four values in order, 1/3, 1/2, 1/2, 2, the
/// median is the second, and the 75th percentile the third.
#[test]
fn parts_in_any_order_give_one_value() {
    let ratio = |n, d| Some(Value::number(Exact::ratio(n, d).unwrap()));
    let rows = [ratio(1, 3), ratio(1, 2), None, ratio(2, 1), ratio(1, 2)];
    let percentile = |percent| Fold::Percentile(Exact::ratio(percent, 100).unwrap());
    let cases = [
        (Fold::Count, ratio(4, 1)),
        (Fold::Sum, ratio(10, 3)),
        (Fold::Mean, ratio(5, 6)),
        (Fold::Least, ratio(1, 3)),
        (Fold::Greatest, ratio(2, 1)),
        (Fold::Distinct, ratio(3, 1)),
        (percentile(50), ratio(1, 2)),
        (percentile(75), ratio(1, 2)),
        (percentile(76), ratio(2, 1)),
        (percentile(0), ratio(1, 3)),
    ];
    for (fold, value) in cases {
        for cut in 0..=rows.len() {
            let (one, two) = rows.split_at(cut);
            assert_eq!(gathered(&fold, &[one, two]), Evaluated::Value(value.clone()), "{fold:?}");
            assert_eq!(
                gathered(&fold, &[two, &[], one]),
                Evaluated::Value(value.clone()),
                "{fold:?}"
            );
        }
    }
}

/// A count, a number of different values and a sum of nothing are zero; nothing else has a value.
#[test]
fn nothing_is_worth_what_the_fold_says() {
    let zero = Evaluated::Value(Some(Value::number(Exact::ZERO)));
    let fraction = Exact::ratio(95, 100).unwrap();
    for fold in [Fold::Count, Fold::Distinct, Fold::Sum] {
        assert_eq!(gathered(&fold, &[]), zero, "{fold:?}");
        assert_eq!(gathered(&fold, &[&[None], &[]]), zero, "{fold:?}");
    }
    for fold in [Fold::Share, Fold::Mean, Fold::Least, Fold::Greatest, Fold::Percentile(fraction)] {
        assert_eq!(gathered(&fold, &[]), Evaluated::Value(None), "{fold:?}");
    }
}

/// Three conditions are known, two of them true.
#[test]
fn a_share_leaves_out_what_is_unknown() {
    let rows = [Some(true), None, Some(false), Some(true)].map(|it| it.map(Value::Boolean));
    let share = Evaluated::Value(Some(Value::number(Exact::ratio(2, 3).unwrap())));
    assert_eq!(gathered(&Fold::Share, &[&rows[..2], &rows[2..]]), share);
}

/// Whole numbers of a unit, as columns give them, and fractions, as rows do, are one sum: 7 of
/// 1/1000 and 1/3 are 21/3000 + 1000/3000; and what is too great for the numerators stays exact.
#[test]
fn sums_of_columns_and_of_rows_meet() {
    let third = Exact::ratio(1, 3).unwrap();
    let mut sum = ExactSum::of_units(7, &Exact::decimal(1, 3), None).unwrap();
    sum.add(Value::number(third)).unwrap();
    assert_eq!(sum.total().unwrap(), Value::number(Exact::ratio(1_021, 3_000).unwrap()));
    let mut large = ExactSum::of_units(i128::MAX, &Exact::ONE, None).unwrap();
    large.merge(ExactSum::of_units(i128::MAX, &Exact::ONE, None).unwrap()).unwrap();
    let half = Exact::wide(i128::MAX);
    assert_eq!(large.total().unwrap(), Value::number(&half + &half));
}
