//! The plan as text: its JSON, its canonical form and digest, and reading it back.

use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::document::{FORMAT, Plan};
use super::value::Type;

/// Fields that say where something was written, or what wrote it, and so do not enter the digest.
const WITHOUT_MEANING: [&str; 7] =
    ["digest", "generator", "files", "at", "was", "written", "amended"];

/// Why a text is not a plan this program can run.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ReadError {
    /// The text is not JSON.
    #[error("the plan is not JSON: {0}")]
    NotJson(String),
    /// It is JSON, but does not say which version of the form it is, or another one.
    #[error("this program reads plans of version {FORMAT}, but this plan has {0}")]
    OtherVersion(String),
    /// A field is unknown, or has a value it cannot have.
    #[error("the plan has a part that is not understood: {0}")]
    NotUnderstood(String),
    /// A field is left out that must be there, or a value is not in its only form.
    #[error("the plan is not in its canonical form at `{0}`")]
    NotExplicit(String),
    /// The digest belongs to another plan.
    #[error(
        "the plan was changed after it was made: its digest is {stated}, that of its content is {found}"
    )]
    OtherDigest {
        /// What the plan says.
        stated: String,
        /// What its content has.
        found: String,
    },
}

impl Plan {
    /// True if values of a type have no parts.
    pub fn is_whole(&self, of: &Type) -> bool {
        matches!(of, Type::Count { unit } if self.units.iter().any(|known| known.whole && known.name == *unit))
    }

    /// Writes the digest of what the plan means into it.
    pub fn seal(&mut self) {
        self.digest = self.content_digest();
    }

    /// SHA-256 of the canonical JSON of what the plan means, in hexadecimal.
    pub fn content_digest(&self) -> String {
        digest_of(&self.to_value())
    }

    /// The document as text, indented, with a line end.
    pub fn to_json(&self) -> String {
        let mut text = format!("{:#}", self.to_value());
        text.push('\n');
        text
    }

    /// Reads a document and holds it against the rules of form and its own digest.
    pub fn read(text: &str) -> Result<Plan, ReadError> {
        let value: Value =
            serde_json::from_str(text).map_err(|error| ReadError::NotJson(error.to_string()))?;
        match value.get("plan") {
            Some(version) if *version == FORMAT => {}
            Some(other) => return Err(ReadError::OtherVersion(format!("version `{other}`"))),
            None => return Err(ReadError::OtherVersion("no version".into())),
        }
        let plan = Plan::deserialize(&value)
            .map_err(|error| ReadError::NotUnderstood(located(text, &error)))?;
        let again = plan.to_value();
        if let Some(path) = difference(&value, &again) {
            return Err(ReadError::NotExplicit(path));
        }
        let found = digest_of(&again);
        if found != plan.digest {
            return Err(ReadError::OtherDigest { stated: plan.digest, found });
        }
        Ok(plan)
    }

    fn to_value(&self) -> Value {
        // Only a map with keys that are no text, or a number JSON cannot hold, makes this fail; the
        // plan has neither.
        serde_json::to_value(self).unwrap_or_default()
    }
}

/// What is wrong, with line and column where reading the text again can tell them.
fn located(text: &str, error: &serde_json::Error) -> String {
    match serde_json::from_str::<Plan>(text) {
        Err(with_place) if with_place.line() > 0 => with_place.to_string(),
        Err(_) | Ok(_) => error.to_string(),
    }
}

/// Path of the first part that is there in one value only, or differs; the order of fields does not
/// matter.
fn difference(left: &Value, right: &Value) -> Option<String> {
    match (left, right) {
        (Value::Object(left), Value::Object(right)) => {
            let stray = left.keys().find(|key| !right.contains_key(*key));
            stray.cloned().or_else(|| {
                right.iter().find_map(|(key, value)| match left.get(key) {
                    None => Some(key.clone()),
                    Some(other) => difference(other, value).map(|rest| join(key, &rest)),
                })
            })
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            left.iter().zip(right).enumerate().find_map(|(index, (left, right))| {
                difference(left, right).map(|rest| join(&index.to_string(), &rest))
            })
        }
        _ => (left != right).then(String::new),
    }
}

fn join(head: &str, rest: &str) -> String {
    if rest.is_empty() { head.to_string() } else { format!("{head}.{rest}") }
}

/// SHA-256 of the canonical form, in hexadecimal; places do not enter it.
pub(crate) fn digest_of(plan: &Value) -> String {
    let mut text = String::new();
    canonical(plan, &mut text);
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The canonical form (RFC 8785) without the fields that have no meaning: no white space, fields by
/// their names. The plan has whole numbers only, and names of plain letters, so that the order of
/// bytes is that of UTF-16 units.
fn canonical(value: &Value, out: &mut String) {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields
                .iter()
                .filter(|(name, _)| !WITHOUT_MEANING.contains(&name.as_str()))
                .collect();
            fields.sort_unstable_by_key(|(name, _)| name.as_str());
            bracketed(out, '{', '}', fields, |(name, value), out| {
                out.push_str(&Value::from(name.as_str()).to_string());
                out.push(':');
                canonical(value, out);
            });
        }
        Value::Array(items) => bracketed(out, '[', ']', items, canonical),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            out.push_str(&value.to_string())
        }
    }
}

fn bracketed<T>(
    out: &mut String,
    open: char,
    close: char,
    items: impl IntoIterator<Item = T>,
    each: impl Fn(T, &mut String),
) {
    out.push(open);
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        each(item, out);
    }
    out.push(close);
}
