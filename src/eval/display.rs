//! How values look in a report, and where a test shows what came out.

use super::verdicts::Shown;
pub use crate::data::display::{decimal, money, outside, period, quantity};
use crate::plan::Type;
use crate::time::display;

/// A count with its thousands set apart.
pub fn count(number: u64) -> String {
    display::count(i64::try_from(number).unwrap_or(i64::MAX))
}

/// A value of a type.
pub fn value(shown: &Shown, of: &Type) -> String {
    match shown {
        Shown::Quantity { exact, currency: Some(code), .. }
            if !matches!(of, Type::Compound { .. }) =>
        {
            money(&exact.0, code)
        }
        Shown::Quantity { exact, .. } => quantity(&exact.0, of),
        Shown::Text { text } => text.clone(),
        Shown::Endless {} => "without end".to_owned(),
    }
}

/// An amount of money or of something else that is due.
pub fn amount(shown: &Shown) -> String {
    match shown {
        Shown::Quantity { exact, currency: Some(code), .. } => money(&exact.0, code),
        Shown::Quantity { exact, currency: None, .. } => decimal(&exact.0),
        Shown::Text { text } => text.clone(),
        Shown::Endless {} => "without end".to_owned(),
    }
}
