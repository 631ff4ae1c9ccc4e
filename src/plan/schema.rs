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
    tidy(&mut schema);
    schema
}

/// Descriptions become one line, and names of machine integers, which mean nothing outside this program, go.
fn tidy(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if fields.get("type").is_some_and(|kind| kind == "integer") {
                fields.shift_remove("format");
            }
            if let Some(Value::String(text)) = fields.get_mut("description") {
                *text = text.replace('\n', " ");
            }
            fields.values_mut().for_each(tidy);
        }
        Value::Array(items) => items.iter_mut().for_each(tidy),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The schema as the text that is kept beside the program.
pub fn schema_text() -> String {
    let mut text = format!("{:#}", schema());
    text.push('\n');
    text
}
