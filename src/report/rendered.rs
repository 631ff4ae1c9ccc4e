//! Reports render themselves.

use super::{Format, Look, schema_of};
use crate::eval::document::Report;

impl Report {
    /// The report in one of the forms of `sla run --format`, without colour. A form that shows no
    /// reports gives that of [`Format::HUMAN`].
    pub fn render(&self, format: Format) -> String {
        format.report(self, Look::default())
    }

    /// The JSON Schema of the form [`Format::JSON`].
    pub fn schema() -> String {
        schema_of::<Report>()
    }
}
