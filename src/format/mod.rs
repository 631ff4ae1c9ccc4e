//! The formatter: one style, no options.
//!
//! In: the text of one contract. Out: the same tokens and comments in the same order, with other
//! blanks and line breaks. What is written is never changed: `docs/format.md` has the rules.
//!
//! Every result is checked before it is handed on: it has the same tokens and comments, it parses
//! to the same tree, and formatting it again changes nothing.

mod align;
mod print;
mod same;

use crate::base::FileId;
use crate::diag::{Finding, Level, Sink};
use crate::syntax::{self, Layout, TokenKind};

/// Why a text was not formatted.
#[derive(Debug)]
pub enum Refusal {
    /// It has errors of syntax: what could be misread is not moved.
    Syntax(Vec<Finding>),
    /// The result would not have meant the same. This is a fault of the formatter, and the text
    /// stays as it is.
    Changed(&'static str),
}

/// The text in the style of the language; `file` is what findings refer to.
///
/// # Errors
///
/// Returns a [`Refusal`] where the text has errors of syntax.
pub fn format(file: FileId, text: &str) -> Result<String, Refusal> {
    let mut sink = Sink::new();
    let parsed = syntax::parse(file, text, &mut sink);
    let mut findings = sink.into_findings();
    findings.retain(|finding| finding.level == Level::Error);
    if !findings.is_empty() {
        return Err(Refusal::Syntax(findings));
    }
    let layout = Layout::of(text);
    let formatted = print::print(text, &layout);
    if formatted == text {
        return Ok(formatted);
    }
    let again = Layout::of(&formatted);
    if !same_tokens((text, &layout), (&formatted, &again)) {
        return Err(Refusal::Changed("the words would not be the same"));
    }
    let mut sink = Sink::new();
    let other = syntax::parse(file, &formatted, &mut sink);
    let refused = sink.into_findings().iter().any(|finding| finding.level == Level::Error);
    if refused || !same::trees(&parsed.file, &other.file) {
        return Err(Refusal::Changed("it would not mean the same"));
    }
    if print::print(&formatted, &again) != formatted {
        return Err(Refusal::Changed("formatting it again would change it again"));
    }
    Ok(formatted)
}

/// True if two texts consist of the same tokens and comments. Blanks at the end of a comment do not
/// count.
fn same_tokens(one: (&str, &Layout), other: (&str, &Layout)) -> bool {
    let words = |(text, layout): (&str, &Layout)| {
        let word = |token: &syntax::Token| {
            let word = text.get(token.start..token.end).unwrap_or("").to_owned();
            match token.kind {
                TokenKind::Comment(_) => word.trim_end().to_owned(),
                _ => word,
            }
        };
        layout.tokens.iter().map(word).collect::<Vec<_>>()
    };
    words(one) == words(other)
}
