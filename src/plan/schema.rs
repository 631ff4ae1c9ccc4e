//! The JSON Schema of the plan, made from its types.

use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::document::Plan;

/// The schema of a plan (draft 2020-12). Every field is required, and no other is allowed.
pub fn schema() -> Value {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut schema = generator.into_root_schema_for::<Plan>().to_value();
    if let Value::Object(fields) = &mut schema {
        fields.insert("title".into(), Value::from("Evaluation plan"));
    }
    schema
}
