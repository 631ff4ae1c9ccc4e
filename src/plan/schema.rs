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
    name_variants(&mut schema);
    schema
}

/// Gives each variant of a choice a title, its type's name and its own word (`TypeMoney`), so that
/// generated types have names rather than numbers.
pub fn name_variants(schema: &mut Value) {
    let Some(Value::Object(definitions)) = schema.get_mut("$defs") else { return };
    let names: Vec<String> = definitions.keys().cloned().collect();
    for (name, definition) in definitions.iter_mut() {
        let Some(Value::Array(variants)) = definition.get_mut("oneOf") else { continue };
        for variant in variants {
            let tags = variant
                .get("properties")
                .and_then(Value::as_object)
                .into_iter()
                .flat_map(|properties| properties.values());
            let word =
                std::iter::once(&*variant).chain(tags).find_map(|it| it.get("const")?.as_str());
            let Some(word) = word else { continue };
            // A sign such as `<=` has no word but its description.
            let described = variant.get("description").and_then(Value::as_str).unwrap_or_default();
            let word = if word.contains(char::is_alphanumeric) { word } else { described };
            let mut title = format!("{name}{}", capitalised(word));
            if names.contains(&title) {
                title.push_str("Variant");
            }
            if let Value::Object(fields) = variant {
                fields.insert("title".into(), Value::from(title));
            }
        }
    }
}

/// `not-in-force` and `not_in_force` as `NotInForce`.
fn capitalised(word: &str) -> String {
    let parts = word.split(|letter: char| !letter.is_alphanumeric());
    let part = |part: &str| {
        let mut letters = part.chars();
        letters
            .next()
            .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    };
    parts.map(part).collect()
}

/// Descriptions become one line, and names of machine integers, which mean nothing outside this
/// program, go.
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
