//! Currencies: the active codes of ISO 4217, list one as published on 2026-01-01.

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

const fn currency(code: &'static str, minor_units: u8, name: &'static str) -> Currency {
    Currency { code, minor_units, name }
}

/// All currencies in use, sorted by code. Funds (`CLF`), and codes without a minor unit (metals,
/// bond units, tests, no currency at all), are no money to pay with and left out.
pub const CURRENCIES: &[Currency] = &[
    currency("AED", 2, "UAE Dirham"),
    currency("AFN", 2, "Afghani"),
    currency("ALL", 2, "Lek"),
    currency("AMD", 2, "Armenian Dram"),
    currency("AOA", 2, "Kwanza"),
    currency("ARS", 2, "Argentine Peso"),
    currency("AUD", 2, "Australian Dollar"),
    currency("AWG", 2, "Aruban Florin"),
    currency("AZN", 2, "Azerbaijan Manat"),
    currency("BAM", 2, "Convertible Mark"),
    currency("BBD", 2, "Barbados Dollar"),
    currency("BDT", 2, "Taka"),
    currency("BHD", 3, "Bahraini Dinar"),
    currency("BIF", 0, "Burundi Franc"),
    currency("BMD", 2, "Bermudian Dollar"),
    currency("BND", 2, "Brunei Dollar"),
    currency("BOB", 2, "Boliviano"),
    currency("BRL", 2, "Brazilian Real"),
    currency("BSD", 2, "Bahamian Dollar"),
    currency("BTN", 2, "Ngultrum"),
    currency("BWP", 2, "Pula"),
    currency("BYN", 2, "Belarusian Ruble"),
    currency("BZD", 2, "Belize Dollar"),
    currency("CAD", 2, "Canadian Dollar"),
    currency("CDF", 2, "Congolese Franc"),
    currency("CHF", 2, "Swiss Franc"),
    currency("CLP", 0, "Chilean Peso"),
    currency("CNY", 2, "Yuan Renminbi"),
    currency("COP", 2, "Colombian Peso"),
    currency("CRC", 2, "Costa Rican Colon"),
    currency("CUP", 2, "Cuban Peso"),
    currency("CVE", 2, "Cabo Verde Escudo"),
    currency("CZK", 2, "Czech Koruna"),
    currency("DJF", 0, "Djibouti Franc"),
    currency("DKK", 2, "Danish Krone"),
    currency("DOP", 2, "Dominican Peso"),
    currency("DZD", 2, "Algerian Dinar"),
    currency("EGP", 2, "Egyptian Pound"),
    currency("ERN", 2, "Nakfa"),
    currency("ETB", 2, "Ethiopian Birr"),
    currency("EUR", 2, "Euro"),
    currency("FJD", 2, "Fiji Dollar"),
    currency("FKP", 2, "Falkland Islands Pound"),
    currency("GBP", 2, "Pound Sterling"),
    currency("GEL", 2, "Lari"),
    currency("GHS", 2, "Ghana Cedi"),
    currency("GIP", 2, "Gibraltar Pound"),
    currency("GMD", 2, "Dalasi"),
    currency("GNF", 0, "Guinean Franc"),
    currency("GTQ", 2, "Quetzal"),
    currency("GYD", 2, "Guyana Dollar"),
    currency("HKD", 2, "Hong Kong Dollar"),
    currency("HNL", 2, "Lempira"),
    currency("HTG", 2, "Gourde"),
    currency("HUF", 2, "Forint"),
    currency("IDR", 2, "Rupiah"),
    currency("ILS", 2, "New Israeli Sheqel"),
    currency("INR", 2, "Indian Rupee"),
    currency("IQD", 3, "Iraqi Dinar"),
    currency("IRR", 2, "Iranian Rial"),
    currency("ISK", 0, "Iceland Krona"),
    currency("JMD", 2, "Jamaican Dollar"),
    currency("JOD", 3, "Jordanian Dinar"),
    currency("JPY", 0, "Yen"),
    currency("KES", 2, "Kenyan Shilling"),
    currency("KGS", 2, "Som"),
    currency("KHR", 2, "Riel"),
    currency("KMF", 0, "Comorian Franc"),
    currency("KPW", 2, "North Korean Won"),
    currency("KRW", 0, "Won"),
    currency("KWD", 3, "Kuwaiti Dinar"),
    currency("KYD", 2, "Cayman Islands Dollar"),
    currency("KZT", 2, "Tenge"),
    currency("LAK", 2, "Lao Kip"),
    currency("LBP", 2, "Lebanese Pound"),
    currency("LKR", 2, "Sri Lanka Rupee"),
    currency("LRD", 2, "Liberian Dollar"),
    currency("LSL", 2, "Loti"),
    currency("LYD", 3, "Libyan Dinar"),
    currency("MAD", 2, "Moroccan Dirham"),
    currency("MDL", 2, "Moldovan Leu"),
    currency("MGA", 2, "Malagasy Ariary"),
    currency("MKD", 2, "Denar"),
    currency("MMK", 2, "Kyat"),
    currency("MNT", 2, "Tugrik"),
    currency("MOP", 2, "Pataca"),
    currency("MRU", 2, "Ouguiya"),
    currency("MUR", 2, "Mauritius Rupee"),
    currency("MVR", 2, "Rufiyaa"),
    currency("MWK", 2, "Malawi Kwacha"),
    currency("MXN", 2, "Mexican Peso"),
    currency("MYR", 2, "Malaysian Ringgit"),
    currency("MZN", 2, "Mozambique Metical"),
    currency("NAD", 2, "Namibia Dollar"),
    currency("NGN", 2, "Naira"),
    currency("NIO", 2, "Cordoba Oro"),
    currency("NOK", 2, "Norwegian Krone"),
    currency("NPR", 2, "Nepalese Rupee"),
    currency("NZD", 2, "New Zealand Dollar"),
    currency("OMR", 3, "Rial Omani"),
    currency("PAB", 2, "Balboa"),
    currency("PEN", 2, "Sol"),
    currency("PGK", 2, "Kina"),
    currency("PHP", 2, "Philippine Peso"),
    currency("PKR", 2, "Pakistan Rupee"),
    currency("PLN", 2, "Zloty"),
    currency("PYG", 0, "Guarani"),
    currency("QAR", 2, "Qatari Rial"),
    currency("RON", 2, "Romanian Leu"),
    currency("RSD", 2, "Serbian Dinar"),
    currency("RUB", 2, "Russian Ruble"),
    currency("RWF", 0, "Rwanda Franc"),
    currency("SAR", 2, "Saudi Riyal"),
    currency("SBD", 2, "Solomon Islands Dollar"),
    currency("SCR", 2, "Seychelles Rupee"),
    currency("SDG", 2, "Sudanese Pound"),
    currency("SEK", 2, "Swedish Krona"),
    currency("SGD", 2, "Singapore Dollar"),
    currency("SHP", 2, "Saint Helena Pound"),
    currency("SLE", 2, "Leone"),
    currency("SOS", 2, "Somali Shilling"),
    currency("SRD", 2, "Surinam Dollar"),
    currency("SSP", 2, "South Sudanese Pound"),
    currency("STN", 2, "Dobra"),
    currency("SVC", 2, "El Salvador Colon"),
    currency("SYP", 2, "Syrian Pound"),
    currency("SZL", 2, "Lilangeni"),
    currency("THB", 2, "Baht"),
    currency("TJS", 2, "Somoni"),
    currency("TMT", 2, "Turkmenistan New Manat"),
    currency("TND", 3, "Tunisian Dinar"),
    currency("TOP", 2, "Pa’anga"),
    currency("TRY", 2, "Turkish Lira"),
    currency("TTD", 2, "Trinidad and Tobago Dollar"),
    currency("TWD", 2, "New Taiwan Dollar"),
    currency("TZS", 2, "Tanzanian Shilling"),
    currency("UAH", 2, "Hryvnia"),
    currency("UGX", 0, "Uganda Shilling"),
    currency("USD", 2, "US Dollar"),
    currency("UYU", 2, "Peso Uruguayo"),
    currency("UYW", 4, "Unidad Previsional"),
    currency("UZS", 2, "Uzbekistan Sum"),
    currency("VED", 2, "Bolívar Soberano"),
    currency("VES", 2, "Bolívar Soberano"),
    currency("VND", 0, "Dong"),
    currency("VUV", 0, "Vatu"),
    currency("WST", 2, "Tala"),
    currency("XAD", 2, "Arab Accounting Dinar"),
    currency("XAF", 0, "CFA Franc BEAC"),
    currency("XCD", 2, "East Caribbean Dollar"),
    currency("XCG", 2, "Caribbean Guilder"),
    currency("XOF", 0, "CFA Franc BCEAO"),
    currency("XPF", 0, "CFP Franc"),
    currency("YER", 2, "Yemeni Rial"),
    currency("ZAR", 2, "Rand"),
    currency("ZMW", 2, "Zambian Kwacha"),
    currency("ZWG", 2, "Zimbabwe Gold"),
];

/// The currency with this code.
pub fn find(code: &str) -> Option<&'static Currency> {
    let place = CURRENCIES.binary_search_by_key(&code, |currency| currency.code).ok()?;
    CURRENCIES.get(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_found_whole() {
        assert!(CURRENCIES.windows(2).all(|pair| pair[0].code < pair[1].code));
        assert!(CURRENCIES.iter().all(|currency| find(currency.code) == Some(currency)));
        assert!(CURRENCIES.iter().all(|currency| currency.code.len() == 3
            && currency.code.bytes().all(|byte| byte.is_ascii_uppercase())));
    }

    #[test]
    fn minor_units_of_some() {
        let places = |code| find(code).map(|currency| currency.minor_units);
        assert_eq!(
            ["EUR", "USD", "JPY", "KWD", "ISK"].map(places),
            [Some(2), Some(2), Some(0), Some(3), Some(0)]
        );
        assert_eq!(["XTS", "XAU", "CLF", "eur", "DEM", ""].map(places), [None; 6]);
    }
}
