//! Where something was written.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where something was written: `file:line:column`, line and column from 1, the column in
/// characters. The file is named relative to the project's root, or `std/web.sla` for the standard
/// library. Places carry no meaning and do not enter the digest.
#[derive(
    Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct Place(#[schemars(regex(pattern = r"^.+:[0-9]+:[0-9]+$"))] pub String);

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
