//! What stops an evaluation.

use crate::plan::Place;

/// Why there is no report: rows that cannot be read, a source without rows, a fact without a value,
/// a sum of amounts in two currencies, a plan that makes no sense.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// One sentence: lower case, no full stop, back-ticks round names.
    pub message: String,
    /// The clause that was being computed.
    pub at: Option<Place>,
    /// What is missing to go on, where nothing is wrong with plan and data.
    pub(crate) needs: Option<Needs>,
}

/// What an evaluation lacks of rows that are streamed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Needs {
    /// The rows of a source, loaded.
    Rows(usize),
    /// The answers of a scan.
    Answers,
}

/// What came out, or why nothing did.
pub type Outcome<T> = Result<T, Fault>;

impl Fault {
    /// A fault that no clause is to blame for.
    pub(crate) fn new(message: impl Into<String>) -> Fault {
        Fault { message: message.into(), at: None, needs: None }
    }

    /// Rows of a source are looked at one by one, and are not loaded.
    pub(crate) fn not_loaded(source: usize) -> Fault {
        let needs = Some(Needs::Rows(source));
        Fault { needs, ..Fault::new("the rows of a source are not loaded") }
    }

    /// An aggregate of rows has no value before a scan has computed it.
    pub(crate) fn awaited() -> Fault {
        Fault { needs: Some(Needs::Answers), ..Fault::new("an aggregate is not computed yet") }
    }

    /// A fault in a clause.
    pub(crate) fn at(place: &Place, message: impl Into<String>) -> Fault {
        Fault { message: message.into(), at: Some(place.clone()), needs: None }
    }

    /// Names the clause, if none is named yet.
    #[must_use]
    pub(crate) fn within(mut self, place: &Place) -> Fault {
        self.at.get_or_insert_with(|| place.clone());
        self
    }

    /// True if nothing but the answers of a scan is missing.
    pub(crate) fn is_awaited(&self) -> bool {
        self.needs == Some(Needs::Answers)
    }
}

/// Parts of an evaluation that do without each other: those behind one that awaits answers are
/// looked at too, so that one scan answers what all of them ask.
#[derive(Default)]
pub struct Awaiting(bool);

impl Awaiting {
    /// What a part comes to; `None` if it awaits answers, or if one before it does and this one has
    /// a fault. Then all is looked at again, and the first fault is the one that is reported.
    pub(crate) fn note<T>(&mut self, part: Outcome<T>) -> Outcome<Option<T>> {
        match part {
            Ok(value) => Ok(Some(value)),
            Err(fault) if fault.is_awaited() => {
                self.0 = true;
                Ok(None)
            }
            Err(fault) if fault.needs.is_none() && self.0 => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// A fault if some part awaits answers.
    pub(crate) fn end(self) -> Outcome<()> {
        if self.0 { Err(Fault::awaited()) } else { Ok(()) }
    }

    /// What all parts come to.
    pub(crate) fn all<T>(parts: impl IntoIterator<Item = Outcome<T>>) -> Outcome<Vec<T>> {
        let (mut awaiting, mut all) = (Awaiting::default(), Vec::new());
        for part in parts {
            all.extend(awaiting.note(part)?);
        }
        awaiting.end().map(|()| all)
    }
}
