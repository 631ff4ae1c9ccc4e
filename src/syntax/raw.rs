//! Findings about the raw text: characters that cannot be seen, comments of odd kinds, doc comments
//! that belong to nothing.

use std::ops::Range;

use super::scan::{Scan, hidden_runs};
use super::trivia::{Comment, CommentKind, Trivia};
use crate::base::{FileId, Span};
use crate::diag::{Code, FINDING_LIMIT, Finding};

/// What can be said before the text is parsed, and how many more findings of the kind there are
/// than can be shown.
pub(super) fn findings(file: FileId, text: &str, scan: &Scan) -> (Vec<Finding>, usize) {
    let open = scan.open_comment.map(|at| {
        let finding =
            Finding::new(Code::Unclosed, Span::new(file, at, at + 2), "this comment is not closed");
        finding.help("comments begin with `//`")
    });
    let mut hidden = hidden_runs(text).into_iter().map(|(from, to, c)| hidden(file, from, to, c));
    let mut comments =
        scan.trivia.comments.iter().filter_map(|comment| odd_comment(file, text, comment));
    let mut found: Vec<Finding> =
        open.into_iter().chain(hidden.by_ref().take(FINDING_LIMIT)).collect();
    found.extend(comments.by_ref().take(FINDING_LIMIT));
    (found, hidden.count() + comments.count())
}

fn hidden(file: FileId, from: usize, to: usize, c: char) -> Finding {
    let what = match c {
        '\0' => "a NUL byte",
        '\u{AD}' => "a soft hyphen",
        '\u{200B}' | '\u{2060}' | '\u{FEFF}' => "a zero-width space",
        '\u{200C}' | '\u{200D}' => "a joiner",
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' | '\u{61C}' => {
            "a mark that turns the direction of the text"
        }
        _ => "a control character",
    };
    let span = Span::new(file, from, to);
    let finding = Finding::new(
        Code::HiddenCharacter,
        span,
        format!("there is {what} (U+{:04X}) here, which cannot be seen", u32::from(c)),
    );
    finding.suggestion("remove it", span, "")
}

fn odd_comment(file: FileId, text: &str, comment: &Comment) -> Option<Finding> {
    let span = Span::new(file, comment.start as usize, comment.end as usize);
    match comment.kind {
        CommentKind::Line | CommentKind::Doc => None,
        CommentKind::Hash => {
            let mark = Span { end: span.start + 1, ..span };
            let finding = Finding::new(Code::OddSpelling, mark, "comments begin with `//`");
            Some(finding.fix("write `//`", mark, "//"))
        }
        CommentKind::Block => {
            let body = text.get(span.start as usize..span.end as usize).unwrap_or("");
            let inner = body.strip_prefix("/*")?.strip_suffix("*/")?;
            let mark = Span { end: span.start + 2, ..span };
            let finding = Finding::new(
                Code::OddSpelling,
                mark,
                "comments begin with `//` and end at the end of the line",
            );
            // Looks no further than the next character that can be seen: the line may be as long as
            // the file.
            let behind = text
                .get(span.end as usize..)
                .unwrap_or("")
                .trim_start_matches(|c: char| c != '\n' && c.is_whitespace());
            if inner.contains('\n') || !(behind.is_empty() || behind.starts_with('\n')) {
                return Some(finding);
            }
            let wanted = format!("// {}", inner.trim());
            Some(finding.fix(format!("write `{wanted}`"), span, wanted))
        }
    }
}

/// Runs of `///` lines that no declaration, statement, field or row has taken, and how many more
/// there are than can be shown.
pub(super) fn detached_docs(
    file: FileId,
    text: &str,
    trivia: &Trivia,
    used: &[Range<usize>],
) -> (Vec<Finding>, usize) {
    let mut taken = vec![false; trivia.comments.len()];
    for range in used {
        taken.iter_mut().take(range.end).skip(range.start).for_each(|flag| *flag = true);
    }
    let mut found: Vec<Finding> = Vec::new();
    let mut left_out = 0;
    let mut last: Option<u32> = None;
    for (comment, taken) in trivia.comments.iter().zip(taken) {
        if comment.kind != CommentKind::Doc || taken {
            continue;
        }
        let adjoins = last.is_some_and(|end| {
            text.get(end as usize..comment.start as usize).is_some_and(|gap| gap.trim().is_empty())
        });
        last = Some(comment.end);
        if adjoins {
            continue;
        }
        if found.len() == FINDING_LIMIT {
            left_out += 1;
            continue;
        }
        let span = Span::new(file, comment.start as usize, comment.end as usize);
        let finding = Finding::new(Code::DetachedDoc, span, "this doc comment belongs to nothing");
        found.push(
            finding
                .help("a doc comment documents the declaration that begins on the next line; write `//` for a plain comment"),
        );
    }
    (found, left_out)
}
