//! Exact numbers against fractions of big integers that are never brought to lowest terms.
#![allow(clippy::unwrap_used)]

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use num_bigint::BigInt;
use num_traits::{One, Signed, Zero};
use proptest::prelude::*;
use sla::Exact;

/// Numerator and denominator (above zero), as they come.
#[derive(Clone, Debug)]
struct Naive(BigInt, BigInt);

impl Naive {
    fn new(numerator: BigInt, denominator: BigInt) -> Naive {
        if denominator.is_negative() {
            Naive(-numerator, -denominator)
        } else {
            Naive(numerator, denominator)
        }
    }

    fn equals(&self, exact: &Exact) -> bool {
        let other = naive_of(exact);
        &self.0 * &other.1 == &other.0 * &self.1
    }
}

/// Reads what `Display` writes, digit by digit.
fn naive_of(exact: &Exact) -> Naive {
    let text = exact.to_string();
    if let Some((numerator, denominator)) = text.split_once('/') {
        return Naive(numerator.parse().unwrap(), denominator.parse().unwrap());
    }
    let places = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    Naive(
        text.replace('.', "").parse().unwrap(),
        BigInt::from(10).pow(u32::try_from(places).unwrap()),
    )
}

fn hash(exact: &Exact) -> u64 {
    let mut hasher = DefaultHasher::new();
    exact.hash(&mut hasher);
    hasher.finish()
}

/// Integers around the limits of machine words as well as small ones.
fn word() -> impl Strategy<Value = i64> {
    prop_oneof![
        -20_i64..20,
        any::<i64>(),
        prop::sample::select(vec![
            i64::MIN,
            i64::MIN + 1,
            i64::MAX,
            i64::MAX - 1,
            1 << 32,
            -(1 << 62),
            1_000_000_007
        ]),
    ]
}

/// Fractions of one word over another, and quotients of products of them, which do not fit in
/// words.
fn numbers() -> impl Strategy<Value = (Exact, Naive)> {
    let small = (word(), word().prop_filter("a denominator is not zero", |n| *n != 0)).prop_map(
        |(n, d)| (Exact::ratio(n, d).unwrap(), Naive::new(BigInt::from(n), BigInt::from(d))),
    );
    small.prop_recursive(3, 8, 2, |inner| {
        (inner.clone(), inner, 0..3).prop_map(|((a, x), (b, y), operation)| match operation {
            0 => (&a + &b, Naive(&x.0 * &y.1 + &y.0 * &x.1, &x.1 * &y.1)),
            1 => (&a * &b, Naive(&x.0 * &y.0, &x.1 * &y.1)),
            _ => (&a - &b, Naive(&x.0 * &y.1 - &y.0 * &x.1, &x.1 * &y.1)),
        })
    })
}

proptest! {
    #[test]
    fn arithmetic_is_that_of_fractions((a, x) in numbers(), (b, y) in numbers()) {
        prop_assert!(x.equals(&a) && y.equals(&b));
        prop_assert!(Naive(&x.0 * &y.1 + &y.0 * &x.1, &x.1 * &y.1).equals(&(&a + &b)));
        prop_assert!(Naive(&x.0 * &y.1 - &y.0 * &x.1, &x.1 * &y.1).equals(&(&a - &b)));
        prop_assert!(Naive(&x.0 * &y.0, &x.1 * &y.1).equals(&(&a * &b)));
        prop_assert!(Naive(-x.0.clone(), x.1.clone()).equals(&-&a));
        match a.divide(&b) {
            None => prop_assert!(y.0.is_zero()),
            Some(quotient) => prop_assert!(Naive::new(&x.0 * &y.1, &x.1 * &y.0).equals(&quotient)),
        }
    }

    #[test]
    fn order_and_equality_are_those_of_fractions((a, x) in numbers(), (b, y) in numbers()) {
        let (left, right) = (&x.0 * &y.1, &y.0 * &x.1);
        prop_assert_eq!(a.cmp(&b), left.cmp(&right));
        prop_assert_eq!(a == b, left == right);
        prop_assert_eq!(a.is_negative(), x.0.is_negative());
        prop_assert_eq!(a.is_zero(), x.0.is_zero());
        prop_assert_eq!(a.is_integer(), (&x.0 % &x.1).is_zero());
        // However a value was reached, it is stored and hashed the same way.
        let again = &(&a + &b) - &b;
        prop_assert_eq!(&again, &a);
        prop_assert_eq!(hash(&again), hash(&a));
    }

    #[test]
    fn a_whole_number_fits_or_not(n in any::<i128>()) {
        let exact = Exact::parse(&n.to_string()).unwrap();
        prop_assert_eq!(exact.to_i64(), i64::try_from(n).ok());
        prop_assert_eq!(exact.to_string(), n.to_string());
    }

    #[test]
    fn rounding_lands_on_the_nearest_step((a, x) in numbers(), (step, _) in numbers()) {
        let (floor, ceil) = (a.floor(), a.ceil());
        prop_assert!(floor.is_integer() && ceil.is_integer() && floor <= a && a <= ceil);
        prop_assert_eq!(&ceil - &floor, if (&x.0 % &x.1).is_zero() { Exact::ZERO } else { Exact::ONE });
        match a.rounded_to(&step) {
            None => prop_assert!(step <= Exact::ZERO),
            Some(rounded) => {
                prop_assert!(rounded.divide(&step).unwrap().is_integer());
                // Above what it lies at most half a step, below it less than half.
                let twice = &Exact::integer(2) * &(&rounded - &a);
                prop_assert!(-&step < twice && twice <= step);
            }
        }
    }

    #[test]
    fn what_is_printed_is_read_back((a, _) in numbers()) {
        let text = a.to_string();
        let read = match text.split_once('/') {
            Some((numerator, denominator)) => Exact::parse(numerator).unwrap().divide(&Exact::parse(denominator).unwrap()).unwrap(),
            None => Exact::parse(&text).unwrap(),
        };
        prop_assert_eq!(read, a);
    }

    #[test]
    fn decimals_are_read_as_written(whole in "[0-9]{1,30}", fraction in "[0-9]{1,30}", minus in any::<bool>()) {
        let sign = if minus { "-" } else { "" };
        let exact = Exact::parse(&format!("{sign}{whole}.{fraction}")).unwrap();
        let scale = BigInt::from(10).pow(u32::try_from(fraction.len()).unwrap());
        let expected = Naive(format!("{sign}{whole}{fraction}").parse().unwrap(), scale);
        prop_assert!(expected.equals(&exact));
        let (first, rest) = whole.split_at(1);
        let (spaced, plain) = (format!("{sign}{first}_{rest}0.{fraction}"), format!("{sign}{whole}0.{fraction}"));
        prop_assert_eq!(Exact::parse(&spaced), Exact::parse(&plain));
    }

    #[test]
    fn any_text_is_a_number_or_not(text in "\\PC{0,12}", near in "-{0,2}[0-9_.]{0,12}") {
        for text in [text, near] {
            let plain = text.strip_prefix('-').unwrap_or(&text);
            let good = |part: &str| {
                part.starts_with(|c: char| c.is_ascii_digit())
                    && part.ends_with(|c: char| c.is_ascii_digit())
                    && part.chars().all(|c| c.is_ascii_digit() || c == '_')
            };
            let parts: Vec<&str> = plain.split('.').collect();
            prop_assert_eq!(Exact::parse(&text).is_some(), parts.len() <= 2 && parts.iter().all(|part| good(part)), "{}", text);
        }
    }
}

#[test]
fn a_decimal_is_printed_only_where_it_is_exact() {
    let print = |n, d| Exact::ratio(n, d).unwrap().to_string();
    assert_eq!(
        ["0.5", "0.05", "-1.25", "1/3", "-2/7", "12", "0", "0.9995"],
        [
            print(1, 2),
            print(1, 20),
            print(-5, 4),
            print(2, 6),
            print(2, -7),
            print(12, 1),
            print(0, -5),
            print(9995, 10_000)
        ]
        .each_ref()
        .map(String::as_str)
    );
}

#[test]
fn the_bounds_that_floats_get_wrong() {
    let number = |text| Exact::parse(text).unwrap();
    // 99.5 - 98.6 is 0.9, and 36 hours of a 30-day month leave exactly 95%.
    assert_eq!(&number("99.5") - &number("98.6"), number("0.9"));
    assert_eq!(&Exact::ONE - &Exact::ratio(36, 720).unwrap(), number("0.95"));
    assert_eq!(number("2.5").rounded_to(&Exact::ONE), Some(number("3")));
    assert_eq!(number("-2.5").rounded_to(&Exact::ONE), Some(number("-2")));
    assert_eq!(number("0.125").rounded_to(&number("0.01")), Some(number("0.13")));
    assert_eq!(number("1").rounded_to(&Exact::ZERO), None);
}

#[test]
fn the_limits_of_machine_words_are_no_limits() {
    let (least, most) = (Exact::integer(i64::MIN), Exact::integer(i64::MAX));
    assert_eq!((-&least).to_string(), "9223372036854775808");
    assert_eq!((&most + &Exact::ONE).to_string(), "9223372036854775808");
    assert_eq!(-&-&least, least);
    assert_eq!(Exact::ratio(i64::MIN, i64::MIN), Some(Exact::ONE));
    assert_eq!(Exact::ratio(i64::MIN, -1).unwrap().to_string(), "9223372036854775808");
    assert_eq!(Exact::ratio(1, 0), None);
    assert_eq!(least.floor(), least);
}

#[test]
fn a_month_of_slot_ratios_is_summed_quickly() {
    // 8,928 five-minute slots, each a ratio of its own: the S3 form. Denominators up to 997 share
    // their multiple, of some 1,400 bits.
    let started = std::time::Instant::now();
    let mut sum = Exact::ZERO;
    for slot in 0..8_928_i64 {
        sum = &sum + &Exact::ratio(slot % 97 + 1, slot % 997 + 1).unwrap();
    }
    assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
    let mut total = Naive(BigInt::zero(), BigInt::one());
    for denominator in 1..=997_i64 {
        let numerator: i64 =
            (0..8_928).filter(|slot| slot % 997 + 1 == denominator).map(|slot| slot % 97 + 1).sum();
        total = Naive(&total.0 * denominator + numerator * &total.1, &total.1 * denominator);
    }
    assert!(total.equals(&sum));
}
