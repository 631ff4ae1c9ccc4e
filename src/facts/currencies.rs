//! Currencies (ISO 4217).

/// A currency.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Currency {
    /// ISO 4217 letters.
    pub code: &'static str,
    /// Decimal places of its minor unit.
    pub minor_units: u8,
    /// English name.
    pub name: &'static str,
}

/// All currencies in use.
pub const CURRENCIES: &[Currency] =
    &[Currency { code: "EUR", minor_units: 2, name: "Euro" }, Currency { code: "USD", minor_units: 2, name: "US dollar" }];

/// The currency with this code.
pub fn find(code: &str) -> Option<&'static Currency> {
    CURRENCIES.iter().find(|currency| currency.code == code)
}
