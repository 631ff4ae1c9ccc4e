//! Values and their types: exact, with the unit they were written in.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::base::Exact;

use super::time::{LocalDate, Moment};

/// An exact number as a string: the shortest decimal (`"0.9995"`, `"-3"`) where one is exact, else
/// a fraction in lowest terms (`"1/7"`). Never a binary float.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Number(pub Exact);

/// A length of time.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Duration {
    /// Its length. A reader whose numbers are binary doubles still reads every whole number of
    /// seconds up to 146 years exactly.
    pub nanoseconds: i64,
    /// The largest unit it was written with; only for printing.
    pub unit: DurationUnit,
}

/// Units a duration can be written in. All are fixed lengths: a `day` is 24 h, a `week` 168 h.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
pub enum DurationUnit {
    /// Nanosecond.
    #[serde(rename = "ns")]
    Nanosecond,
    /// Microsecond.
    #[serde(rename = "us")]
    Microsecond,
    /// Millisecond.
    #[serde(rename = "ms")]
    Millisecond,
    /// Second.
    #[serde(rename = "s")]
    Second,
    /// Minute.
    #[serde(rename = "min")]
    Minute,
    /// Hour.
    #[serde(rename = "h")]
    Hour,
    /// 24 hours.
    #[serde(rename = "day")]
    Day,
    /// 168 hours.
    #[serde(rename = "week")]
    Week,
}

/// A constant that can be paid. It is written like a `Value` of the same kind.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Amount {
    /// An amount of money.
    Money {
        /// In the currency's main unit.
        amount: Number,
        /// ISO 4217 code.
        currency: String,
    },
    /// A count of the user's own things.
    Count {
        /// How many.
        amount: Number,
        /// Name of a unit in `units`.
        unit: String,
    },
}

/// How a number was written and is best printed. It carries no meaning: `0.5` as a percentage is
/// still `0.5`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NumberForm {
    /// `0.5`
    Plain,
    /// `50%`
    Percent,
    /// `1 in 2`
    Odds,
}

/// Units of data, as written.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct DataUnit(
    #[schemars(regex(pattern = r"^([kMGTP]?bit|[kKMGTP]?B|[KMGTP]iB)$"))] pub String,
);

/// A constant.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Value {
    /// A number without dimension; a percentage is one (`99.95%` is `"0.9995"`).
    Number {
        /// The number.
        value: Number,
        /// How it was written.
        form: NumberForm,
    },
    /// A length of time.
    Duration {
        /// Its length.
        nanoseconds: i64,
        /// The unit it was written with.
        unit: DurationUnit,
    },
    /// An amount of money.
    Money {
        /// In the currency's main unit.
        amount: Number,
        /// ISO 4217 code.
        currency: String,
    },
    /// An amount of data.
    Data {
        /// In bits.
        bits: Number,
        /// The unit it was written with.
        unit: DataUnit,
    },
    /// A count of the user's own things: `3 case`.
    Count {
        /// How many.
        amount: Number,
        /// Name of a unit in `units`.
        unit: String,
    },
    /// An amount per length of time: `100/s`, `500 Mbit/s`, `900 EUR/h`. Its value is `amount`
    /// divided by `per`.
    Rate {
        /// A number, data, money or count.
        amount: Box<Value>,
        /// The length it is divided by.
        per: Duration,
    },
    /// A text.
    Text {
        /// What it says.
        value: String,
    },
    /// A truth value.
    Boolean {
        /// True or false.
        value: bool,
    },
    /// A point in time.
    Time {
        /// Which.
        value: Moment,
    },
    /// A date without a time.
    Date {
        /// Which.
        value: LocalDate,
    },
    /// One value of an enum of `enums`.
    Choice {
        /// Name of the enum.
        of: String,
        /// The value.
        value: String,
    },
    /// A severity of `severities`.
    Severity {
        /// Its name.
        value: String,
    },
    /// A service of `services`.
    Service {
        /// Its id.
        value: String,
    },
    /// A party of `parties`.
    Party {
        /// Its id.
        value: String,
    },
}

/// What kind of value something is.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Type {
    /// A number without dimension.
    Number {
        /// How it is best printed.
        form: NumberForm,
    },
    /// A length of time, in nanoseconds.
    Duration {},
    /// Money.
    Money {
        /// ISO 4217 code; `null` if each value brings its own.
        currency: Option<String>,
    },
    /// Data, in bits.
    Data {},
    /// A count of the user's own things.
    Count {
        /// Name of a unit in `units`.
        unit: String,
    },
    /// A product of powers of base units, such as data per time. Never one of the simple types
    /// above.
    Compound {
        /// The factors, each base unit once, in a fixed order; powers are not zero.
        factors: Vec<Factor>,
    },
    /// A text.
    Text {},
    /// True or false.
    Boolean {},
    /// A point in time.
    Time {},
    /// A date.
    Date {},
    /// A value of an enum.
    Choice {
        /// Name of an enum in `enums`.
        of: String,
    },
    /// A severity.
    Severity {},
    /// A service.
    Service {},
    /// A party; as a field, the customer.
    Party {},
}

/// One factor of a compound type.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Factor {
    /// Of what.
    pub base: BaseUnit,
    /// To which power; negative divides.
    pub power: i8,
}

/// What dimensions are made of, and in which unit values are stored.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "base", rename_all = "snake_case", deny_unknown_fields)]
pub enum BaseUnit {
    /// Time, in nanoseconds.
    Duration {},
    /// Data, in bits.
    Data {},
    /// Money, in the main unit of a currency.
    Money {
        /// ISO 4217 code; `null` if each value brings its own.
        currency: Option<String>,
    },
    /// The user's own unit.
    Count {
        /// Name of a unit in `units`.
        unit: String,
    },
}

mod number {
    use super::Number;
    use crate::base::Exact;
    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
    use std::borrow::Cow;

    impl Number {
        /// Reads the plan's form of a number; `None` for any other text, such as one that is not in
        /// lowest terms.
        pub fn parse(text: &str) -> Option<Number> {
            let value = match text.split_once('/') {
                None => Exact::parse(text)?,
                Some((numerator, denominator)) => {
                    Exact::parse(numerator)?.divide(&Exact::parse(denominator)?)?
                }
            };
            (value.to_string() == text).then_some(Number(value))
        }
    }

    impl From<Exact> for Number {
        fn from(value: Exact) -> Self {
            Number(value)
        }
    }

    impl Serialize for Number {
        fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
            to.collect_str(&self.0)
        }
    }

    impl<'de> Deserialize<'de> for Number {
        fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            let text = Cow::<str>::deserialize(from)?;
            Number::parse(&text).ok_or_else(|| {
                Error::custom(format!("`{text}` is not an exact number in its shortest form"))
            })
        }
    }

    impl JsonSchema for Number {
        fn schema_name() -> Cow<'static, str> {
            "Number".into()
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({
                "description": "An exact number: the shortest decimal where one is exact (\"0.9995\"), else a fraction in lowest terms (\"1/7\").",
                "type": "string",
                "pattern": r"^(0|-?[1-9][0-9]*(/[1-9][0-9]*)?|-?(0|[1-9][0-9]*)\.[0-9]*[1-9])$"
            })
        }
    }
}
