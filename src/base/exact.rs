//! Exact rational numbers: every number that decides a verdict or money is one of these.

use std::cmp::Ordering;
use std::fmt;
use std::num::NonZeroI64;
use std::ops::{Add, Mul, Neg, Sub};

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};

/// An exact fraction in lowest terms. Small ones live in machine integers, big ones on the heap;
/// nothing ever wraps.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Exact(Repr);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Repr {
    /// Numerator and denominator (above zero), coprime. Every value that fits is stored so:
    /// equality is structural. That a denominator is never zero distinguishes the two forms:
    /// sixteen bytes hold either.
    Small(i64, NonZeroI64),
    /// The same for values that do not fit.
    Big(Box<(BigInt, BigInt)>),
}

/// The denominator of whole numbers.
const UNIT: NonZeroI64 = match NonZeroI64::new(1) {
    Some(one) => one,
    None => NonZeroI64::MAX,
};

impl Exact {
    /// Zero.
    pub const ZERO: Exact = Exact::integer(0);
    /// One.
    pub const ONE: Exact = Exact::integer(1);

    /// A whole number.
    pub const fn integer(value: i64) -> Self {
        Exact(Repr::Small(value, UNIT))
    }

    /// A fraction in lowest terms; `None` if the denominator is zero.
    pub fn ratio(numerator: i64, denominator: i64) -> Option<Self> {
        (denominator != 0).then(|| Exact::from_wide(i128::from(numerator), i128::from(denominator)))
    }

    /// A number without its decimal point, and the number of digits after the point.
    pub fn decimal(unscaled: i64, places: u8) -> Self {
        match 10_u64.checked_pow(u32::from(places)).and_then(|scale| i64::try_from(scale).ok()) {
            Some(1) => Exact::integer(unscaled),
            Some(scale) => {
                let divisor = unscaled.unsigned_abs().gcd(&scale.unsigned_abs());
                match i64::try_from(divisor).ok().and_then(|divisor| {
                    Some((unscaled / divisor, NonZeroI64::new(scale / divisor)?))
                }) {
                    Some((n, d)) => Exact(Repr::Small(n, d)),
                    None => Exact::from_wide(i128::from(unscaled), i128::from(scale)),
                }
            }
            None => {
                Exact::from_big(BigInt::from(unscaled), BigInt::from(10).pow(u32::from(places)))
            }
        }
    }

    /// A whole number of any size.
    pub fn wide(value: i128) -> Self {
        i64::try_from(value)
            .map_or_else(|_| Exact::from_big(BigInt::from(value), BigInt::one()), Exact::integer)
    }

    /// The whole number that it is times ten to the power of `places`, if it is one and fits.
    pub fn scaled(&self, places: u8) -> Option<i64> {
        let (n, d) = self.small()?;
        if d == 1 && places == 0 {
            return Some(n);
        }
        let raised = i128::from(n).checked_mul(10_i128.checked_pow(u32::from(places))?)?;
        if raised % i128::from(d) == 0 { i64::try_from(raised / i128::from(d)).ok() } else { None }
    }

    /// How many digits behind the point it needs, if at most eighteen do and it fits without its
    /// point.
    pub fn places(&self) -> Option<u8> {
        (0..=18).find(|places| self.scaled(*places).is_some())
    }

    /// Numerator and denominator in lowest terms, if both fit; the denominator is above zero.
    pub fn parts(&self) -> Option<(i64, i64)> {
        self.small()
    }

    fn from_wide(numerator: i128, denominator: i128) -> Self {
        let divisor = numerator.gcd(&denominator) * denominator.signum();
        let (n, d) = (numerator / divisor, denominator / divisor);
        match (i64::try_from(n).ok(), i64::try_from(d).ok().and_then(NonZeroI64::new)) {
            (Some(n), Some(d)) => Exact(Repr::Small(n, d)),
            _ => Exact(Repr::Big(Box::new((BigInt::from(n), BigInt::from(d))))),
        }
    }

    fn from_big(numerator: BigInt, denominator: BigInt) -> Self {
        let mut divisor = common_divisor(&numerator, &denominator);
        if denominator.is_negative() {
            divisor = -divisor;
        }
        Exact::coprime(numerator / &divisor, denominator / &divisor)
    }

    /// A fraction that is in lowest terms already, with a denominator above zero.
    fn coprime(n: BigInt, d: BigInt) -> Self {
        match (n.to_i64(), d.to_i64().and_then(NonZeroI64::new)) {
            (Some(n), Some(d)) => Exact(Repr::Small(n, d)),
            _ => Exact(Repr::Big(Box::new((n, d)))),
        }
    }

    /// Numerator and denominator of a small one.
    fn small(&self) -> Option<(i64, i64)> {
        match &self.0 {
            Repr::Small(n, d) => Some((*n, d.get())),
            Repr::Big(_) => None,
        }
    }

    fn big(&self) -> (BigInt, BigInt) {
        match &self.0 {
            Repr::Small(n, d) => (BigInt::from(*n), BigInt::from(d.get())),
            Repr::Big(both) => (both.0.clone(), both.1.clone()),
        }
    }

    /// Reads `1_000`, `2.5`, `-3`: digits with `_` between them and at most one point. `None` if it
    /// is anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, body) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (whole, fraction) =
            body.split_once('.').map_or((body, None), |(whole, fraction)| (whole, Some(fraction)));
        let is_digits = |part: &str| {
            let ends = [part.bytes().next(), part.bytes().next_back()];
            ends.iter().all(|byte| byte.is_some_and(|byte| byte.is_ascii_digit()))
        };
        if !is_digits(whole) || fraction.is_some_and(|part| !is_digits(part)) {
            return None;
        }
        let digits: String =
            whole.chars().chain(fraction.unwrap_or("").chars()).filter(|c| *c != '_').collect();
        let places = fraction.map_or(0, |part| part.bytes().filter(u8::is_ascii_digit).count());
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let value: BigInt = digits.parse().ok()?;
        let scale = BigInt::from(10).pow(u32::try_from(places).ok()?);
        let value = Exact::from_big(value, scale);
        Some(if negative { -&value } else { value })
    }

    /// The quotient; `None` if `other` is zero.
    pub fn divide(&self, other: &Exact) -> Option<Exact> {
        if other.is_zero() {
            return None;
        }
        if let (Some((a, b)), Some((c, d))) = (self.small(), other.small()) {
            return Some(Exact::from_wide(
                i128::from(a) * i128::from(d),
                i128::from(b) * i128::from(c),
            ));
        }
        let ((a, b), (c, d)) = (self.big(), other.big());
        Some(if c.is_negative() { product((a, b), (-d, -c)) } else { product((a, b), (d, c)) })
    }

    /// The greatest whole number not above it.
    pub fn floor(&self) -> Exact {
        match &self.0 {
            Repr::Small(n, d) => Exact::integer(n.div_euclid(d.get())),
            Repr::Big(both) => Exact::from_big(both.0.div_floor(&both.1), BigInt::one()),
        }
    }

    /// The least whole number not below it.
    pub fn ceil(&self) -> Exact {
        -&(-self).floor()
    }

    /// The nearest multiple of `step`, a half goes up; `None` if the step is not above zero.
    pub fn rounded_to(&self, step: &Exact) -> Option<Exact> {
        if step.is_negative() {
            return None;
        }
        let half = Exact::ratio(1, 2)?;
        let steps = (&self.divide(step)? + &half).floor();
        Some(&steps * step)
    }

    /// True for zero.
    pub fn is_zero(&self) -> bool {
        matches!(self.0, Repr::Small(0, _))
    }

    /// True below zero.
    pub fn is_negative(&self) -> bool {
        match &self.0 {
            Repr::Small(n, _) => *n < 0,
            Repr::Big(both) => both.0.is_negative(),
        }
    }

    /// True for a whole number.
    pub fn is_integer(&self) -> bool {
        match &self.0 {
            Repr::Small(_, d) => d.get() == 1,
            Repr::Big(both) => both.1.is_one(),
        }
    }

    /// The whole number it is, if it is one and fits.
    pub fn to_i64(&self) -> Option<i64> {
        match self.small() {
            Some((n, 1)) => Some(n),
            Some(_) | None => None,
        }
    }

    /// The decimal that equals it, with as many places as it needs; `None` if no finite decimal
    /// does.
    pub fn to_decimal(&self) -> Option<String> {
        let (numerator, mut rest) = self.big();
        let (two, five) = (BigInt::from(2), BigInt::from(5));
        let mut counts = [0_u32; 2];
        for (prime, count) in [&two, &five].into_iter().zip(counts.iter_mut()) {
            while (&rest % prime).is_zero() {
                rest /= prime;
                *count += 1;
            }
        }
        if !rest.is_one() {
            return None;
        }
        let places = counts.into_iter().max().unwrap_or(0);
        let (_, denominator) = self.big();
        let scaled = (numerator.abs() * BigInt::from(10).pow(places)) / denominator;
        let digits = scaled.to_string();
        let width = places as usize;
        let padded = format!("{digits:0>need$}", need = width + 1);
        let (whole, fraction) = padded.split_at(padded.len() - width);
        let sign = if self.is_negative() { "-" } else { "" };
        Some(if width == 0 {
            format!("{sign}{whole}")
        } else {
            format!("{sign}{whole}.{fraction}")
        })
    }
}

/// The greatest common divisor. One division comes first: it leaves numbers of one size, which is
/// fast where one of the two is small.
fn common_divisor(one: &BigInt, two: &BigInt) -> BigInt {
    let (small, large) = if one.bits() < two.bits() { (one, two) } else { (two, one) };
    if small.is_zero() { large.abs() } else { (large % small).gcd(small) }
}

/// The product of two fractions in lowest terms with denominators above zero.
fn product((a, b): (BigInt, BigInt), (c, d): (BigInt, BigInt)) -> Exact {
    let (one, two) = (common_divisor(&a, &d), common_divisor(&c, &b));
    Exact::coprime((a / &one) * (c / &two), (b / two) * (d / one))
}

impl Add for &Exact {
    type Output = Exact;
    fn add(self, other: &Exact) -> Exact {
        if let (Some((a, b)), Some((c, d))) = (self.small(), other.small()) {
            let products = (
                i128::from(a).checked_mul(i128::from(d)),
                i128::from(c).checked_mul(i128::from(b)),
            );
            if let (Some(left), Some(right)) = products
                && let Some(sum) = left.checked_add(right)
            {
                return Exact::from_wide(sum, i128::from(b) * i128::from(d));
            }
        }
        // Both are in lowest terms: only what the denominators share can be cancelled, which is
        // little to look for if one is small.
        let ((a, b), (c, d)) = (self.big(), other.big());
        let shared = common_divisor(&b, &d);
        if shared.is_one() {
            return Exact::coprime(a * &d + c * &b, b * d);
        }
        let (b, more) = (b / &shared, &d / &shared);
        let sum = a * more + c * &b;
        let divisor = common_divisor(&sum, &shared);
        Exact::coprime(sum / &divisor, b * (d / &divisor))
    }
}

impl Sub for &Exact {
    type Output = Exact;
    fn sub(self, other: &Exact) -> Exact {
        self + &-other
    }
}

impl Mul for &Exact {
    type Output = Exact;
    fn mul(self, other: &Exact) -> Exact {
        if let (Some((a, b)), Some((c, d))) = (self.small(), other.small()) {
            return Exact::from_wide(i128::from(a) * i128::from(c), i128::from(b) * i128::from(d));
        }
        product(self.big(), other.big())
    }
}

impl Neg for &Exact {
    type Output = Exact;
    fn neg(self) -> Exact {
        match &self.0 {
            Repr::Small(n, d) => Exact::from_wide(-i128::from(*n), i128::from(d.get())),
            Repr::Big(both) => Exact::coprime(-both.0.clone(), both.1.clone()),
        }
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Exact {
    fn cmp(&self, other: &Self) -> Ordering {
        if let (Some((a, b)), Some((c, d))) = (self.small(), other.small()) {
            return (i128::from(a) * i128::from(d)).cmp(&(i128::from(c) * i128::from(b)));
        }
        let ((a, b), (c, d)) = (self.big(), other.big());
        (a * d).cmp(&(c * b))
    }
}

/// The plan's form: a decimal where one is exact, else `numerator/denominator`.
impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to_decimal() {
            Some(decimal) => f.write_str(&decimal),
            None => {
                let (n, d) = self.big();
                write!(f, "{n}/{d}")
            }
        }
    }
}

impl fmt::Debug for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
