//! What stops an evaluation.

use crate::plan::Place;

/// Why an evaluation cannot go on: a fact that nobody told, a field that is missing, amounts of two
/// currencies that meet, a plan that makes no sense.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// One sentence: lower case, no full stop, back-ticks round names.
    pub message: String,
    /// The clause that was being computed.
    pub at: Option<Place>,
    /// The source whose rows must be held to go on.
    pub rows_of: Option<usize>,
}

/// What came out, or why nothing did.
pub type Outcome<T> = Result<T, Fault>;

impl Fault {
    /// A fault that no clause is to blame for.
    pub fn new(message: impl Into<String>) -> Fault {
        Fault { message: message.into(), at: None, rows_of: None }
    }

    /// Rows of a source are looked at one by one, and are not held.
    pub fn of_rows(source: usize) -> Fault {
        Fault { rows_of: Some(source), ..Fault::new("the rows of a source are not held") }
    }

    /// A fault in a clause.
    pub fn at(place: &Place, message: impl Into<String>) -> Fault {
        Fault { message: message.into(), at: Some(place.clone()), rows_of: None }
    }

    /// Names the clause, if none is named yet.
    #[must_use]
    pub fn within(mut self, place: &Place) -> Fault {
        self.at.get_or_insert_with(|| place.clone());
        self
    }
}
