//! Columns of Parquet and Arrow: from an array of one of their types to the content of each of its
//! rows, whatever that is.

use std::borrow::Cow;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type,
    Decimal256Type, DecimalType, DurationMicrosecondType, DurationMillisecondType,
    DurationNanosecondType, DurationSecondType, Float32Type, Float64Type, Int8Type, Int16Type,
    Int32Type, Int64Type, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, new_empty_array};
use arrow_schema::{DataType, TimeUnit};

use super::cells::{Raw, short};
use super::units::number;
use crate::base::Exact;
use crate::time::{DAY, Date};

/// The content of one row of an array; an error says why it cannot be read.
pub type Getter<'a> = Box<dyn Fn(usize) -> Result<Raw<'a>, String> + 'a>;

/// A getter over an array.
pub fn getter(array: &dyn Array) -> Getter<'_> {
    match values(array) {
        Ok(inner) => {
            Box::new(move |row| if array.is_null(row) { Ok(Raw::Missing) } else { inner(row) })
        }
        Err(message) => Box::new(move |_| Err(message.clone())),
    }
}

/// Says that columns of a type are not read, if they are not.
pub fn is_read(of: &DataType) -> Result<(), String> {
    values(new_empty_array(of).as_ref()).map(drop)
}

fn values(array: &dyn Array) -> Result<Getter<'_>, String> {
    Ok(match array.data_type() {
        DataType::Null => Box::new(|_| Ok(Raw::Missing)),
        DataType::Boolean => {
            with(array.as_boolean_opt(), |array, row| Ok(Raw::Boolean(array.value(row))))
        }
        DataType::Int8 => whole::<Int8Type>(array),
        DataType::Int16 => whole::<Int16Type>(array),
        DataType::Int32 => whole::<Int32Type>(array),
        DataType::Int64 => whole::<Int64Type>(array),
        DataType::UInt8 => whole::<UInt8Type>(array),
        DataType::UInt16 => whole::<UInt16Type>(array),
        DataType::UInt32 => whole::<UInt32Type>(array),
        DataType::UInt64 => with(array.as_primitive_opt::<UInt64Type>(), |array, row| {
            digits(&array.value(row).to_string())
        }),
        DataType::Float32 => with(array.as_primitive_opt::<Float32Type>(), |array, row| {
            digits(&array.value(row).to_string())
        }),
        DataType::Float64 => with(array.as_primitive_opt::<Float64Type>(), |array, row| {
            digits(&array.value(row).to_string())
        }),
        DataType::Decimal32(..) => decimal::<Decimal32Type>(array),
        DataType::Decimal64(..) => decimal::<Decimal64Type>(array),
        DataType::Decimal128(..) => decimal::<Decimal128Type>(array),
        DataType::Decimal256(..) => decimal::<Decimal256Type>(array),
        DataType::Utf8 => with(array.as_string_opt::<i32>(), |array, row| text(array.value(row))),
        DataType::LargeUtf8 => {
            with(array.as_string_opt::<i64>(), |array, row| text(array.value(row)))
        }
        DataType::Utf8View => with(array.as_string_view_opt(), |array, row| text(array.value(row))),
        DataType::Date32 => with(array.as_primitive_opt::<Date32Type>(), |array, row| {
            date(i64::from(array.value(row)))
        }),
        DataType::Date64 => with(array.as_primitive_opt::<Date64Type>(), |array, row| {
            date(array.value(row).div_euclid(DAY / 1_000_000))
        }),
        DataType::Timestamp(unit, _) => match unit {
            TimeUnit::Second => counted::<TimestampSecondType>(array, Raw::Instant, 1_000_000_000),
            TimeUnit::Millisecond => {
                counted::<TimestampMillisecondType>(array, Raw::Instant, 1_000_000)
            }
            TimeUnit::Microsecond => {
                counted::<TimestampMicrosecondType>(array, Raw::Instant, 1_000)
            }
            TimeUnit::Nanosecond => counted::<TimestampNanosecondType>(array, Raw::Instant, 1),
        },
        DataType::Duration(unit) => match unit {
            TimeUnit::Second => counted::<DurationSecondType>(array, Raw::Length, 1_000_000_000),
            TimeUnit::Millisecond => {
                counted::<DurationMillisecondType>(array, Raw::Length, 1_000_000)
            }
            TimeUnit::Microsecond => counted::<DurationMicrosecondType>(array, Raw::Length, 1_000),
            TimeUnit::Nanosecond => counted::<DurationNanosecondType>(array, Raw::Length, 1),
        },
        DataType::Dictionary(..) => dictionary(array)?,
        other => {
            return Err(format!(
                "columns of the type `{}` are not supported",
                short(&other.to_string())
            ));
        }
    })
}

/// A getter over an array of a known kind.
fn with<'a, A: ?Sized>(
    array: Option<&'a A>,
    get: impl Fn(&'a A, usize) -> Result<Raw<'a>, String> + 'a,
) -> Getter<'a> {
    match array {
        Some(array) => Box::new(move |row| get(array, row)),
        None => Box::new(|_| Err("the column is not of the type that the file says".to_owned())),
    }
}

fn whole<T: ArrowPrimitiveType<Native: Into<i64>>>(array: &dyn Array) -> Getter<'_> {
    with(array.as_primitive_opt::<T>(), |array, row| {
        Ok(Raw::Number(Exact::integer(array.value(row).into())))
    })
}

fn decimal<T: DecimalType + ArrowPrimitiveType>(array: &dyn Array) -> Getter<'_> {
    with(array.as_primitive_opt::<T>(), |array, row| digits(&array.value_as_string(row)))
}

/// A count of some unit of nanoseconds.
fn counted<T: ArrowPrimitiveType<Native = i64>>(
    array: &dyn Array,
    make: fn(i64) -> Raw<'static>,
    unit: i64,
) -> Getter<'_> {
    with(array.as_primitive_opt::<T>(), move |array, row| {
        array
            .value(row)
            .checked_mul(unit)
            .map(make)
            .ok_or_else(|| "the time is outside the years 1900 to 2099".to_owned())
    })
}

/// Digits as they are printed: of a binary float the shortest that denote it, which is what whoever
/// wrote it has seen.
fn digits(text: &str) -> Result<Raw<'static>, String> {
    number(text)
        .map(Raw::Number)
        .ok_or_else(|| format!("`{text}` is not a number the evaluator can compute with"))
}

fn text(text: &str) -> Result<Raw<'_>, String> {
    Ok(Raw::Text(Cow::Borrowed(text)))
}

fn date(days: i64) -> Result<Raw<'static>, String> {
    Ok(Raw::Date(Date::from_days(days)))
}

fn dictionary(array: &dyn Array) -> Result<Getter<'_>, String> {
    let Some(dictionary) = array.as_any_dictionary_opt() else {
        return Ok(with::<()>(None, |_, _| Ok(Raw::Missing)));
    };
    is_read(dictionary.values().data_type())?;
    if dictionary.values().is_empty() {
        return Ok(Box::new(|_| Ok(Raw::Missing)));
    }
    let keys = dictionary.normalized_keys();
    let value = getter(dictionary.values().as_ref());
    Ok(Box::new(move |row| keys.get(row).map_or(Ok(Raw::Missing), |key| value(*key))))
}
