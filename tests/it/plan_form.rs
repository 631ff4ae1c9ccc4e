//! The form of the plan: its schema, what is read back, and that the reference speaks of all of it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test speaks by failing"
)]

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use sla::plan::{Plan, ReadError, schema, schema_text};

/// A generator that follows the schema, so that no type of the plan can be forgotten.
struct Maker {
    schema: Value,
    state: u64,
}

/// Texts for the patterns of the schema. A new pattern needs a line here.
fn samples(pattern: &str) -> &'static [&'static str] {
    match pattern {
        r"^(0|-?[1-9][0-9]*(/[1-9][0-9]*)?|-?(0|[1-9][0-9]*)\.[0-9]*[1-9])$" => &[
            "0",
            "-3",
            "0.9995",
            "1/7",
            "-22/7",
            "-0.001",
            "123456789012345678901234567890",
            "1/123456789012345678901",
        ],
        r"^.+:[0-9]+:[0-9]+$" => &["a.sla:1:1", "dir/ü b.sla:20:7", "std/web.sla:3:12"],
        r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]*[1-9])?Z$" => {
            &["2026-03-01T09:00:00Z", "2026-12-31T23:59:59.999999999Z"]
        }
        r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]*[1-9])?$" => {
            &["2026-03-01T10:00:00"]
        }
        r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$" => &["2024-02-29", "2026-03-01"],
        r"^([kMGTP]?bit|[kKMGTP]?B|[KMGTP]iB)$" => &["bit", "Mbit", "GB", "KiB"],
        r"^[0-9a-f]{64}$" => &["0000000000000000000000000000000000000000000000000000000000000000"],
        other => panic!("no sample for the pattern {other}"),
    }
}

impl Maker {
    fn below(&mut self, bound: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        (self.state >> 20) as usize % bound
    }

    fn plan(&mut self, size: usize) -> Plan {
        let root = self.schema.clone();
        let made = self.make(&root, size);
        let mut plan: Plan = serde_json::from_value(made.clone())
            .unwrap_or_else(|error| panic!("{error}: {made:#}"));
        plan.seal();
        plan
    }

    fn make(&mut self, schema: &Value, size: usize) -> Value {
        if let Some(name) = schema["$ref"].as_str() {
            let target = self.schema["$defs"][name.rsplit('/').next().unwrap()].clone();
            return self.make(&target, size);
        }
        if let Some(constant) = schema.get("const") {
            return constant.clone();
        }
        for key in ["oneOf", "anyOf"] {
            if let Some(choices) = schema[key].as_array() {
                return self.choose(choices, size);
            }
        }
        if let Some(choices) = schema["enum"].as_array() {
            let at = self.below(choices.len());
            return choices[at].clone();
        }
        match &schema["type"] {
            Value::String(kind) => self.simple(kind, schema, size),
            Value::Array(kinds) => {
                let at = self.below(kinds.len());
                let kind = kinds[at].as_str().unwrap().to_string();
                self.simple(&kind, schema, size)
            }
            other => panic!("a schema without type: {other} in {schema}"),
        }
    }

    /// A small one when little room is left: the variant with the fewest references.
    fn choose(&mut self, choices: &[Value], size: usize) -> Value {
        let at = self.below(choices.len());
        let small = choices.iter().min_by_key(|choice| {
            choice.to_string().matches("$ref").count() + usize::from(choice["type"] != "null")
        });
        let choice = if size == 0 { small.unwrap() } else { &choices[at] };
        self.make(&choice.clone(), size)
    }

    fn simple(&mut self, kind: &str, schema: &Value, size: usize) -> Value {
        match kind {
            "null" => Value::Null,
            "boolean" => json!(self.below(2) == 0),
            "integer" => {
                let bound = |key: &str, other: i64| schema[key].as_i64().unwrap_or(other);
                let (low, high) = (bound("minimum", -100), bound("maximum", 100));
                json!(low + self.below((high - low + 1) as usize) as i64)
            }
            "string" => match schema["pattern"].as_str() {
                Some(pattern) => {
                    let samples = samples(pattern);
                    json!(samples[self.below(samples.len())])
                }
                None => json!(["", "a", "Größe \"x\"\n", "𝄞\u{1}"][self.below(4)]),
            },
            "array" => {
                let count = if size == 0 { 0 } else { self.below(3) };
                (0..count).map(|_| self.make(&schema["items"], size - 1)).collect()
            }
            "object" => {
                let fields = schema["properties"].as_object().unwrap();
                let made: Map<String, Value> = fields
                    .iter()
                    .map(|(name, field)| (name.clone(), self.make(field, size.saturating_sub(1))))
                    .collect();
                Value::Object(made)
            }
            other => panic!("an unknown type {other}"),
        }
    }
}

fn maker(seed: u64) -> Maker {
    Maker { schema: schema(), state: seed | 1 }
}

/// Paths of all objects inside a value.
fn objects(value: &Value, here: &str, out: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            out.push(here.to_string());
            fields.iter().for_each(|(name, inner)| objects(inner, &format!("{here}/{name}"), out));
        }
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(at, inner)| objects(inner, &format!("{here}/{at}"), out)),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_is_written_is_read_back_byte_for_byte(seed: u64, size in 0_usize..9) {
        let plan = maker(seed).plan(size);
        let text = plan.to_json();
        let again = Plan::read(&text).unwrap();
        prop_assert_eq!(&again, &plan);
        prop_assert_eq!(again.to_json(), text);
    }

    #[test]
    fn what_is_written_fits_the_schema(seed: u64, size in 0_usize..9) {
        let value: Value = serde_json::from_str(&maker(seed).plan(size).to_json()).unwrap();
        let validator = jsonschema::validator_for(&schema()).unwrap();
        prop_assert!(validator.is_valid(&value));
    }

    #[test]
    fn a_field_too_many_or_too_few_is_an_error(seed: u64, size in 0_usize..9, pick: usize, field: usize) {
        let value: Value = serde_json::from_str(&maker(seed).plan(size).to_json()).unwrap();
        let mut paths = Vec::new();
        objects(&value, "", &mut paths);
        let path = &paths[pick % paths.len()];

        let mut more = value.clone();
        more.pointer_mut(path).unwrap().as_object_mut().unwrap().insert("surely_unknown".into(), Value::Null);
        prop_assert!(Plan::read(&more.to_string()).is_err(), "one more field at `{}`", path);

        let mut less = value;
        let fields = less.pointer_mut(path).unwrap().as_object_mut().unwrap();
        let name = fields.keys().nth(field % fields.len()).unwrap().clone();
        fields.shift_remove(&name);
        prop_assert!(Plan::read(&less.to_string()).is_err(), "without `{}` at `{}`", name, path);
    }

    #[test]
    fn places_do_not_enter_the_digest_and_meaning_does(seed: u64, size in 3_usize..9) {
        let plan = maker(seed).plan(size);
        let mut moved: Value = serde_json::from_str(&plan.to_json()).unwrap();
        move_places(&mut moved);
        let mut moved: Plan = serde_json::from_value(moved).unwrap();
        moved.generator.program.push('!');
        moved.files.push("other.sla".into());
        prop_assert_eq!(moved.content_digest(), plan.digest.clone());

        let mut other = plan.clone();
        other.units.push(sla::plan::Unit { name: "case".into(), title: None, whole: false, doc: None, at: sla::plan::Place("a.sla:1:1".into()) });
        prop_assert_ne!(other.content_digest(), plan.digest);
    }
}

fn move_places(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                match inner {
                    Value::String(place) if name == "at" => place.insert_str(0, "elsewhere/"),
                    Value::Array(places) if name == "amended" => {
                        places.push("elsewhere/a.sla:1:1".into())
                    }
                    _ => move_places(inner),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(move_places),
        _ => {}
    }
}

/// The smallest plan there is.
fn empty() -> Value {
    let mut plan = json!({
        "plan": 1, "digest": "", "generator": { "program": "hand", "zone_data": "2026a" }, "files": [], "zones": [], "parties": [],
        "services": [], "units": [], "enums": [], "severities": [], "facts": [], "tables": [], "calendars": [], "sources": [],
        "metrics": [], "agreements": []
    });
    plan["digest"] = json!("0".repeat(64));
    plan
}

#[test]
fn the_digest_can_be_made_by_anyone() {
    // The text below is the canonical form of an empty plan, written by hand; its hash is what
    // `sha256sum` prints for it.
    let canonical = concat!(
        r#"{"agreements":[],"calendars":[],"enums":[],"facts":[],"metrics":[],"parties":[],"plan":1,"services":[],"#,
        r#""severities":[],"sources":[],"tables":[],"units":[],"zones":[]}"#
    );
    let plan: Plan = serde_json::from_value(empty()).unwrap();
    assert_eq!(canonical.len(), 166);
    assert_eq!(
        plan.content_digest(),
        "4f240c4798faf54e2d98bf357edfcf9d75dd6097e646f906001a6d8b3fd69e86"
    );
}

#[test]
fn a_plan_that_was_tampered_with_is_refused() {
    let plan = empty();
    assert!(matches!(Plan::read(&plan.to_string()), Err(ReadError::OtherDigest { .. })));
}

#[test]
fn another_version_is_named() {
    let mut plan = empty();
    plan["plan"] = json!(2);
    assert_eq!(Plan::read(&plan.to_string()), Err(ReadError::OtherVersion("version `2`".into())));
    assert_eq!(Plan::read("[]"), Err(ReadError::OtherVersion("no version".into())));
    assert!(matches!(Plan::read("{"), Err(ReadError::NotJson(_))));
}

#[test]
fn numbers_have_one_form_only() {
    let number = |text: &str| serde_json::from_value::<sla::plan::Number>(json!(text)).is_ok();
    for good in ["0", "1", "-1", "0.5", "1/3", "-2/3", "1000000000000000000000", "0.0000000001"] {
        assert!(number(good), "{good}");
    }
    for bad in [
        "", "-0", "00", "1.0", "1.50", ".5", "2/4", "1/2", "1/0", "1/-3", "1e3", "1_000", "0.1/3",
        "+1", " 1", "1/3/5",
    ] {
        assert!(!number(bad), "{bad}");
    }
}

#[test]
fn deep_expressions_are_read_or_refused_but_never_crash() {
    let at = json!("a.sla:1:1");
    let nested = |depth: usize| {
        let leaf =
            json!({ "op": "literal", "value": { "type": "boolean", "value": true }, "at": at });
        let expression =
            (0..depth).fold(leaf, |inner, _| json!({ "op": "not", "value": inner, "at": at }));
        let mut plan = empty();
        plan["metrics"] = json!([{
            "id": "m", "name": null, "doc": null, "expression": expression, "of": { "type": "boolean" }, "better": "neither", "at": at
        }]);
        plan.to_string()
    };
    let mut plan: Plan = serde_json::from_str(&nested(100)).unwrap();
    plan.seal();
    assert_eq!(Plan::read(&plan.to_json()).as_ref(), Ok(&plan));
    assert!(matches!(Plan::read(&nested(200)), Err(ReadError::NotJson(_))));
}

#[test]
fn the_published_schema_is_fresh() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/plan.schema.json");
    if std::env::var_os("SLA_UPDATE").is_some() {
        std::fs::write(path, schema_text()).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        kept == schema_text(),
        "schema/plan.schema.json is stale: run this test with SLA_UPDATE=1"
    );
}

const REFERENCE: &str = include_str!("../../docs/plan.md");

/// Words in back-ticks in the reference.
fn words_of_reference() -> std::collections::BTreeSet<&'static str> {
    let prose = REFERENCE.split("```").step_by(2);
    let code = prose.flat_map(|part| part.split('`').skip(1).step_by(2));
    code.flat_map(|span| span.split([' ', ',', ':', '.', '|', '(', ')', '/']).chain([span]))
        .collect()
}

/// Constants and field names of the schema.
fn vocabulary(value: &Value, out: &mut std::collections::BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            out.extend(fields.get("const").and_then(Value::as_str).map(str::to_string));
            out.extend(
                fields
                    .get("properties")
                    .and_then(Value::as_object)
                    .into_iter()
                    .flat_map(|fields| fields.keys().cloned()),
            );
            fields.values().for_each(|inner| vocabulary(inner, out));
        }
        Value::Array(items) => items.iter().for_each(|inner| vocabulary(inner, out)),
        _ => {}
    }
}

#[test]
fn the_reference_speaks_of_every_word_of_the_schema() {
    let mut words = std::collections::BTreeSet::new();
    vocabulary(&schema(), &mut words);
    let known = words_of_reference();
    let silent: Vec<_> = words.iter().filter(|word| !known.contains(word.as_str())).collect();
    assert!(words.len() > 250, "only {} words found", words.len());
    assert!(silent.is_empty(), "docs/plan.md says nothing of {silent:?}");
}

#[test]
fn examples_of_the_reference_are_what_they_say() {
    let blocks: Vec<_> = REFERENCE
        .split("```json ")
        .skip(1)
        .map(|block| block.split("```").next().unwrap().split_once('\n').unwrap())
        .collect();
    assert!(blocks.len() >= 4);
    for (kind, text) in blocks {
        if kind == "Plan" {
            Plan::read(text).unwrap_or_else(|error| panic!("{error}"));
            continue;
        }
        let mut wanted = schema();
        wanted["$ref"] = json!(format!("#/$defs/{kind}"));
        for key in ["type", "properties", "required", "additionalProperties"] {
            wanted.as_object_mut().unwrap().shift_remove(key);
        }
        let value: Value =
            serde_json::from_str(text).unwrap_or_else(|error| panic!("{kind}: {error}"));
        let errors: Vec<_> = jsonschema::validator_for(&wanted)
            .unwrap()
            .iter_errors(&value)
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{kind}: {errors:?}");
    }
}

/// Titles of the variants of a schema, with how many variants there are.
fn titles(schema: &Value) -> (Vec<String>, usize) {
    let choices = schema["$defs"]
        .as_object()
        .unwrap()
        .values()
        .filter_map(|definition| definition["oneOf"].as_array());
    let variants: Vec<&Value> = choices.flatten().collect();
    (
        variants.iter().filter_map(|variant| Some(variant["title"].as_str()?.to_owned())).collect(),
        variants.len(),
    )
}

#[test]
fn every_variant_has_a_name_of_its_own() {
    let report: Value =
        serde_json::from_str(&sla::internals::report::schema_of::<sla::Report>()).unwrap();
    for schema in [schema(), report] {
        let (titles, variants) = titles(&schema);
        assert_eq!(titles.len(), variants);
        let names: std::collections::BTreeSet<&String> =
            titles.iter().chain(schema["$defs"].as_object().unwrap().keys()).collect();
        assert_eq!(
            names.len(),
            titles.len() + schema["$defs"].as_object().unwrap().len(),
            "two types share a name"
        );
    }
    let (titles, _) = titles(&schema());
    // `PartyKind` has the word `provider`, `Type` the kind `money`, and `Relation` the sign `<=`,
    // which means at most.
    for name in ["PartyKindProvider", "TypeMoney", "RelationAtMost"] {
        assert!(titles.iter().any(|title| title == name), "{name}: {titles:?}");
    }
}
