//! Words and signs that people use out of habit, and that stand behind a statement as text that
//! fits nothing.

use crate::base::{Span, closest};
use crate::diag::{Code, Finding};
use crate::lang::currencies;

/// `10% EUR`: a share with the sign of money.
pub(super) fn money_of_share(text: &str, word: &str, place: Span) -> Option<Finding> {
    currencies::find(word)?;
    let number = text.get(..place.start as usize)?.trim_end().strip_suffix('%')?;
    let digits = number.rsplit(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '_'))).next()?;
    let finding = Finding::new(Code::UnexpectedText, place, format!("`{word}` does not fit here"));
    Some(
        finding.help(format!("a percentage is a share of something, `{digits}% of fee`; an amount of money has no `%`: `{digits} {word}`")),
    )
}

/// Words that begin a condition in prose.
const CONDITIONS: [(&str, &str); 8] = [
    ("when", "if …"),
    ("where", "if …"),
    ("provided", "if …"),
    ("only", "if …"),
    ("precondition", "if …"),
    ("condition", "if …"),
    ("unless", "if not …"),
    ("except", "if not …"),
];

/// A condition in other words, or one of these words misspelt.
pub(super) fn condition(word: &str, place: Span, parts: &[&str]) -> Option<Finding> {
    if !parts.contains(&"if") || parts.contains(&word) {
        return None;
    }
    let own = parts.iter().copied().chain(CONDITIONS.iter().map(|(known, _)| *known));
    let near = closest(word, own)?;
    let (_, form) =
        CONDITIONS.iter().find(|(known, _)| *known == near && !parts.contains(known))?;
    let finding = Finding::new(Code::UnexpectedText, place, format!("`{word}` does not fit here"));
    Some(finding.help(format!("a condition is written `{form}`")))
}
