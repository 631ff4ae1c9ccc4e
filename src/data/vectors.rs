//! Columns of Parquet and Arrow as a whole: from an array to the cells of a column, without looking
//! at each row by itself.
//!
//! An array of the usual type for its column becomes cells at once; any other goes cell by cell.
//! `None` says that some cell cannot be read: which one, and why, is found out row by row.

use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{
    ArrowPrimitiveType, Decimal32Type, Decimal64Type, Decimal128Type, DurationMicrosecondType,
    DurationMillisecondType, DurationNanosecondType, DurationSecondType, Float64Type, Int8Type,
    Int16Type, Int32Type, Int64Type, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type,
};
use arrow_array::{Array, OffsetSizeTrait};
use arrow_schema::{DataType, TimeUnit};
use ecow::EcoString;

use super::arrays::getter;
use super::cells::{Cell, Raw};
use super::fast::{self, Fast};
use super::filling::Filling;
use super::header::Bound;
use crate::data::columns::{Cells, Column, State};
use crate::plan::Type;
use crate::time::{EARLIEST, Instant, LATEST};

/// Floats are taken for decimals of so many places, if they are.
const PLACES_OF_FLOATS: [u8; 6] = [0, 1, 2, 3, 6, 9];
/// Two decimals of at most fifteen digits are never the same float.
const MOST_OF_FLOATS: f64 = 1e15;

/// The cells of a column; `None`: some cell cannot be read.
pub fn column(bound: &Bound, array: Option<&dyn Array>, rows: usize) -> Option<Column> {
    match array {
        Some(array) => at_once(bound, array).or_else(|| one_by_one(bound, Some(array), rows)),
        None => one_by_one(bound, None, rows),
    }
}

fn one_by_one(bound: &Bound, array: Option<&dyn Array>, rows: usize) -> Option<Column> {
    let mut filling = Filling::new(&bound.reader.of, Fast::None);
    let getter = array.map(getter);
    for row in 0..rows {
        let raw = getter.as_ref().map_or(Ok(Raw::Missing), |getter| getter(row));
        filling.push(&bound.reader.read(raw.ok()?).ok()?);
    }
    Some(filling.column())
}

fn at_once(bound: &Bound, array: &dyn Array) -> Option<Column> {
    let reader = &bound.reader;
    if reader.within.is_some() {
        return None;
    }
    let states = match array.nulls().filter(|nulls| nulls.null_count() > 0) {
        Some(_) if !reader.optional => return None,
        Some(nulls) => {
            Some(nulls.iter().map(|here| if here { State::Here } else { State::Absent }).collect())
        }
        None => None,
    };
    let cells = match (Fast::of(reader), array.data_type()) {
        (Fast::Time | Fast::Epoch(_), DataType::Timestamp(unit, _)) => {
            Cells::Instants(instants(timestamps(array, *unit)?, per(*unit))?)
        }
        (Fast::Epoch(unit), _) => Cells::Instants(instants(&whole(unscaled(array)?, unit)?, 1)?),
        (Fast::Length(_) | Fast::None, DataType::Duration(unit))
            if reader.of == (Type::Duration {}) =>
        {
            Cells::Lengths(times(durations(array, *unit)?, per(*unit))?)
        }
        (Fast::Length(unit), _) => Cells::Lengths(whole(unscaled(array)?, unit)?),
        (Fast::Number(factor), _) => {
            let (numbers, places) = unscaled(array)?;
            Cells::Decimals { unscaled: times(numbers, factor)?, places }
        }
        (Fast::Name, DataType::Dictionary(..)) => coded(bound, array)?,
        (Fast::Name, DataType::Utf8) => return texts::<i32>(bound, array),
        (Fast::Name, DataType::LargeUtf8) => return texts::<i64>(bound, array),
        (Fast::None, DataType::Boolean) if reader.of == (Type::Boolean {}) => {
            Cells::Booleans(array.as_boolean_opt()?.values().iter().collect())
        }
        _ => return None,
    };
    Some(Column { cells, states })
}

/// The nanoseconds of a unit.
fn per(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Second => 1_000_000_000,
        TimeUnit::Millisecond => 1_000_000,
        TimeUnit::Microsecond => 1_000,
        TimeUnit::Nanosecond => 1,
    }
}

fn timestamps(array: &dyn Array, unit: TimeUnit) -> Option<&[i64]> {
    Some(match unit {
        TimeUnit::Second => array.as_primitive_opt::<TimestampSecondType>()?.values(),
        TimeUnit::Millisecond => array.as_primitive_opt::<TimestampMillisecondType>()?.values(),
        TimeUnit::Microsecond => array.as_primitive_opt::<TimestampMicrosecondType>()?.values(),
        TimeUnit::Nanosecond => array.as_primitive_opt::<TimestampNanosecondType>()?.values(),
    })
}

fn durations(array: &dyn Array, unit: TimeUnit) -> Option<Vec<i64>> {
    match unit {
        TimeUnit::Second => plain::<DurationSecondType>(array),
        TimeUnit::Millisecond => plain::<DurationMillisecondType>(array),
        TimeUnit::Microsecond => plain::<DurationMicrosecondType>(array),
        TimeUnit::Nanosecond => plain::<DurationNanosecondType>(array),
    }
}

fn plain<T: ArrowPrimitiveType<Native: Into<i64>>>(array: &dyn Array) -> Option<Vec<i64>> {
    Some(array.as_primitive_opt::<T>()?.values().iter().map(|value| (*value).into()).collect())
}

/// Numbers, each times ten to the power of so many places.
fn unscaled(array: &dyn Array) -> Option<(Vec<i64>, u8)> {
    let whole = |values: Option<Vec<i64>>| values.map(|values| (values, 0));
    let places = |scale: i8| u8::try_from(scale).ok().filter(|places| fast::ten(*places).is_some());
    match array.data_type() {
        DataType::Int8 => whole(plain::<Int8Type>(array)),
        DataType::Int16 => whole(plain::<Int16Type>(array)),
        DataType::Int32 => whole(plain::<Int32Type>(array)),
        DataType::Int64 => whole(plain::<Int64Type>(array)),
        DataType::UInt8 => whole(plain::<UInt8Type>(array)),
        DataType::UInt16 => whole(plain::<UInt16Type>(array)),
        DataType::UInt32 => whole(plain::<UInt32Type>(array)),
        DataType::Decimal32(_, scale) => Some((plain::<Decimal32Type>(array)?, places(*scale)?)),
        DataType::Decimal64(_, scale) => Some((plain::<Decimal64Type>(array)?, places(*scale)?)),
        DataType::Decimal128(_, scale) => {
            let values = array
                .as_primitive_opt::<Decimal128Type>()?
                .values()
                .iter()
                .map(|value| i64::try_from(*value).ok());
            Some((values.collect::<Option<_>>()?, places(*scale)?))
        }
        DataType::Float64 => floats(array.as_primitive_opt::<Float64Type>()?.values()),
        _ => None,
    }
}

/// Floats that are the nearest to decimals of few digits. The shortest decimal that denotes such a
/// float is that one, for no other of so few digits does; and the quotient of two floats that are
/// whole is the float that is nearest to it.
fn floats(values: &[f64]) -> Option<(Vec<i64>, u8)> {
    PLACES_OF_FLOATS.into_iter().find_map(|places| {
        #[expect(clippy::cast_precision_loss, reason = "powers of ten up to the 22nd are floats")]
        let scale = fast::ten(places)? as f64;
        let decimal = |value: &f64| {
            let digits = (value * scale).round();
            #[expect(clippy::cast_possible_truncation, reason = "whole, and less than what fits")]
            let number = digits as i64;
            (digits.abs() < MOST_OF_FLOATS && digits / scale == *value).then_some(number)
        };
        Some((values.iter().map(decimal).collect::<Option<_>>()?, places))
    })
}

/// Each number times a factor.
fn times(mut values: Vec<i64>, factor: i64) -> Option<Vec<i64>> {
    if factor != 1 {
        let most = values.iter().fold(0, |most, value| value.unsigned_abs().max(most));
        i64::try_from(most).ok()?.checked_mul(factor)?;
        values.iter_mut().for_each(|value| *value = value.wrapping_mul(factor));
    }
    Some(values)
}

/// Each number times a factor, if all are whole.
fn whole((values, places): (Vec<i64>, u8), factor: i64) -> Option<Vec<i64>> {
    let scale = fast::ten(places)?;
    if factor % scale == 0 {
        return times(values, factor / scale);
    }
    let mut values = times(values, factor)?;
    if values.iter().any(|value| value % scale != 0) {
        return None;
    }
    values.iter_mut().for_each(|value| *value /= scale);
    Some(values)
}

/// Counts of a unit since 1970.
fn instants(counts: &[i64], unit: i64) -> Option<Vec<Instant>> {
    let (first, last) = counts
        .iter()
        .fold((i64::MAX, i64::MIN), |(first, last), count| (first.min(*count), last.max(*count)));
    if !counts.is_empty()
        && (first.checked_mul(unit)? < EARLIEST || last.checked_mul(unit)? > LATEST)
    {
        return None;
    }
    Some(counts.iter().map(|count| count.wrapping_mul(unit)).collect())
}

fn texts<O: OffsetSizeTrait>(bound: &Bound, array: &dyn Array) -> Option<Column> {
    let mut filling = Filling::new(&bound.reader.of, Fast::Name);
    for text in array.as_string_opt::<O>()? {
        match text {
            Some(text) => filling.text(text.as_bytes(), &bound.reader).ok()?,
            None => filling.push(&bound.reader.read(Raw::Missing).ok()?),
        }
    }
    Some(filling.column())
}

/// Codes as the file contains them.
fn coded(bound: &Bound, array: &dyn Array) -> Option<Cells> {
    let array = array.as_any_dictionary_opt()?;
    let values = array.values();
    if values.null_count() > 0 || values.is_empty() {
        return None;
    }
    let value = getter(values.as_ref());
    let name = |number| match bound.reader.read(value(number).ok()?).ok()? {
        Cell::Name(name) => Some(EcoString::from(name.as_ref())),
        _ => None,
    };
    let dictionary: Arc<[EcoString]> = (0..values.len()).map(name).collect::<Option<_>>()?;
    let codes = array
        .normalized_keys()
        .into_iter()
        .map(|key| u32::try_from(key).ok())
        .collect::<Option<_>>()?;
    Some(Cells::Names { codes, dictionary })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

    use proptest::prelude::*;

    use super::super::units::number;
    use super::*;
    use crate::base::Exact;

    proptest! {
        /// A float means the shortest decimal that denotes it, by its printed digits.
        #[test]
        fn floats_mean_their_shortest_decimals(digits in -2_000_000_000_000_000..2_000_000_000_000_000_i64, places in 0..9_u8, wild in any::<f64>()) {
            let near = format!("{digits}e-{places}").parse::<f64>().expect("a float");
            for value in [near, wild] {
                if let Some((unscaled, places)) = floats(&[value]) {
                    let read = Exact::ratio(unscaled[0], fast::ten(places).expect("few places"));
                    prop_assert_eq!(read, number(&value.to_string()));
                }
            }
        }
    }

    #[test]
    fn floats_of_few_places_are_decimals() {
        assert_eq!(floats(&[12.5, 0.1, -0.3]), Some((vec![125, 1, -3], 1)));
        assert_eq!(floats(&[0.0, -0.0]), Some((vec![0, 0], 0)));
        assert_eq!(floats(&[0.1 + 0.2]), None, "0.30000000000000004 has seventeen places");
        assert_eq!(floats(&[f64::NAN]), None);
        assert_eq!(floats(&[1e300]), None);
    }
}
