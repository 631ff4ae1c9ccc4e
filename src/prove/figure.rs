//! Exact numbers in documents for programs.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

use crate::base::Exact;

/// An exact number as a string: the shortest decimal (`"0.9995"`) where one is exact, else a
/// fraction in lowest terms (`"713/714"`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Figure(pub Exact);

impl Serialize for Figure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl JsonSchema for Figure {
    fn schema_name() -> Cow<'static, str> {
        "Figure".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "An exact number: the shortest decimal where one is exact, else a fraction in lowest terms.",
            "pattern": r"^(0|-?[1-9][0-9]*(/[1-9][0-9]*)?|-?(0|[1-9][0-9]*)\.[0-9]*[1-9])$"
        })
    }
}
