//! Findings with the lines they speak of and marks below them, drawn by codespan-reporting.
//!
//! A finding may mark several files. Lines longer than a screen are shown as the part around the
//! mark.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use codespan_reporting::diagnostic as drawn;
use codespan_reporting::files::{Error, Files};
use codespan_reporting::term::{self, Config};

use crate::base::{FileId, SourceMap, SourceText, Span};
use crate::diag::{Finding, Fix, Label, Level};

use super::clean::{clean, one_line};
use super::form::Form;
use super::terminal::TerminalText;
use super::{explanation, run, short, table};

pub(super) const FORM: Form = Form {
    name: "human",
    about: "with the lines of the text",
    findings: Some(|it| render(it.findings, it.sources, it.colour)),
    tests: Some(|results| results.as_findings(|it| render(it.findings, it.sources, it.colour))),
    figures: Some(|figures, look| figures.text(|tables| table::drawn(tables, look))),
    report: Some(|report, look| table::drawn(&run::tables(report), look)),
    explanation: Some(explanation::text),
};

/// Lines with more bytes than this are shown in part.
const LONG_LINE: usize = 600;
/// How much of a long line is shown before and behind the start of a mark, in bytes.
const AROUND: (usize, usize) = (60, 120);

/// All findings, each followed by an empty line; with colour codes if wanted.
pub fn render(findings: &[Finding], sources: &SourceMap, colour: bool) -> String {
    let mut out = String::new();
    let mut texts = HashMap::new();
    for span in findings.iter().flat_map(|finding| finding.labels.iter().map(|label| label.span)) {
        if let Some(source) = sources.get(span.file) {
            texts.entry(span.file).or_insert_with(|| clean(source.text()));
        }
    }
    for finding in findings {
        match draw(finding, sources, &texts, colour) {
            Some(text) => out.push_str(&text),
            None => short::line(&mut out, finding, sources),
        }
    }
    out
}

fn draw(
    finding: &Finding,
    sources: &SourceMap,
    texts: &HashMap<FileId, Cow<'_, str>>,
    colour: bool,
) -> Option<String> {
    let mut view = View { parts: Vec::new() };
    let long = finding.labels.iter().any(|label| {
        sources.get(label.span.file).is_some_and(|source| has_long_line(source, label.span))
    });
    let labels =
        finding.labels.iter().filter_map(|label| view.add(label, sources, texts, long)).collect();
    let diagnostic = drawn::Diagnostic::new(severity(finding.level))
        .with_code(finding.code.name())
        .with_message(one_line(&finding.message))
        .with_labels(labels)
        .with_notes(advice(finding));
    let mut text = TerminalText::new(colour);
    term::emit_to_write_style(&mut text, &Config::default(), &view, &diagnostic).ok()?;
    text.into_string()
}

const fn severity(level: Level) -> drawn::Severity {
    match level {
        Level::Error => drawn::Severity::Error,
        Level::Warning => drawn::Severity::Warning,
        Level::Allow => drawn::Severity::Note,
    }
}

/// Notes, help and what a fix would do, in this order; what has been said already is not said
/// again.
pub fn advice(finding: &Finding) -> Vec<String> {
    let notes = finding.notes.iter().map(|note| format!("note: {}", clean(note)));
    let help = finding.help.iter().map(|help| format!("help: {}", clean(help)));
    let mut lines: Vec<String> = notes.chain(help).collect();
    if let Some(fix) = &finding.fix {
        let line = format!("help: {}", clean(&fix.title));
        if !asked(finding, fix) && !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}

/// True if a label or help asks "did you mean …?" about the very text that the fix would write.
fn asked(finding: &Finding, fix: &Fix) -> bool {
    let written: Vec<&str> = fix
        .edits
        .iter()
        .map(|edit| edit.text.trim_matches('"'))
        .filter(|text| !text.is_empty())
        .collect();
    let said = finding.labels.iter().map(|label| &label.text).chain(&finding.help);
    let mut questions = said.filter(|text| text.starts_with("did you mean"));
    !written.is_empty()
        && questions.any(|question| written.iter().all(|text| question.contains(text)))
}

/// True if a line that would be shown for the span is too long to show whole.
pub fn has_long_line(source: &SourceText, span: Span) -> bool {
    let (first, last) = (source.line_of(span.start as usize), source.line_of(span.end as usize));
    let shown =
        (first..=first + 4).chain(last.saturating_sub(2)..=last).filter(|line| *line <= last);
    shown.map(|line| source.line_text(line).len()).any(|length| length > LONG_LINE)
}

/// A whole file, or the part of one line.
struct Part<'a> {
    file: FileId,
    source: &'a SourceText,
    text: &'a str,
    /// For a part of a line: its text with marks of omission, its zero-based line, and the offset
    /// in the file of the first byte of the text (which may lie before the line by the length of
    /// the mark of omission).
    excerpt: Option<Excerpt>,
}

struct Excerpt {
    text: String,
    line: usize,
    /// Offset in the file of the first byte shown.
    start: usize,
    /// Length of the mark of omission before it.
    mark: usize,
}

/// The files one finding speaks of, in the form the drawing crate asks for.
struct View<'a> {
    parts: Vec<Part<'a>>,
}

impl<'a> View<'a> {
    /// Adds what is needed to draw a label.
    fn add(
        &mut self,
        label: &Label,
        sources: &'a SourceMap,
        texts: &'a HashMap<FileId, Cow<'a, str>>,
        long: bool,
    ) -> Option<drawn::Label<usize>> {
        let source = sources.get(label.span.file)?;
        let text: &'a str = texts.get(&label.span.file)?;
        let range = inside(text, label.span);
        let known = self.parts.iter().position(|part| part.file == label.span.file && !long);
        let (id, range) = match known {
            Some(id) => (id, range),
            None => {
                let cut = long.then(|| cut(source, text, range.clone()));
                let (excerpt, range) =
                    cut.map_or((None, range), |(excerpt, range)| (Some(excerpt), range));
                self.parts.push(Part { file: label.span.file, source, text, excerpt });
                (self.parts.len() - 1, range)
            }
        };
        let style =
            if label.primary { drawn::LabelStyle::Primary } else { drawn::LabelStyle::Secondary };
        Some(drawn::Label::new(style, id, range).with_message(clean(&label.text)))
    }

    fn part(&self, id: usize) -> Result<&Part<'a>, Error> {
        self.parts.get(id).ok_or(Error::FileMissing)
    }
}

/// The span as a range that lies inside the text and on its character boundaries.
fn inside(text: &str, span: Span) -> Range<usize> {
    boundary(text, span.start as usize)..boundary(text, span.end as usize)
}

/// The last character boundary at or before an offset.
fn boundary(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (at.saturating_sub(3)..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// The part of a long line around the start of a range, and the range within that part.
fn cut(source: &SourceText, text: &str, range: Range<usize>) -> (Excerpt, Range<usize>) {
    let line = source.line_of(range.start);
    let first = source.line_start(line).unwrap_or(0);
    let last = first + source.line_text(line).len();
    let from = boundary(text, range.start.saturating_sub(AROUND.0).max(first));
    let to = boundary(text, (range.start + AROUND.1).min(last).max(from));
    let before = if from > first { "…" } else { "" };
    let behind = if to < last { "…" } else { "" };
    let shown = format!("{before}{}{behind}", text.get(from..to).unwrap_or(""));
    let local = |at: usize| (at.clamp(from, to) - from) + before.len();
    let marked = local(range.start)..local(range.end);
    (Excerpt { text: shown, line, start: from, mark: before.len() }, marked)
}

impl<'a> Files<'a> for View<'_> {
    type FileId = usize;
    type Name = String;
    type Source = &'a str;

    fn name(&'a self, id: usize) -> Result<String, Error> {
        self.part(id).map(|part| one_line(&part.source.name))
    }

    fn source(&'a self, id: usize) -> Result<&'a str, Error> {
        self.part(id)
            .map(|part| part.excerpt.as_ref().map_or(part.text, |excerpt| excerpt.text.as_str()))
    }

    fn line_index(&'a self, id: usize, at: usize) -> Result<usize, Error> {
        self.part(id).map(|part| if part.excerpt.is_some() { 0 } else { part.source.line_of(at) })
    }

    fn line_number(&'a self, id: usize, line: usize) -> Result<usize, Error> {
        self.part(id).map(|part| part.excerpt.as_ref().map_or(line, |excerpt| excerpt.line) + 1)
    }

    fn column_number(&'a self, id: usize, _line: usize, at: usize) -> Result<usize, Error> {
        self.part(id).map(|part| {
            let offset = part
                .excerpt
                .as_ref()
                .map_or(at, |excerpt| excerpt.start + at.saturating_sub(excerpt.mark));
            part.source.line_column(offset).column
        })
    }

    fn line_range(&'a self, id: usize, line: usize) -> Result<Range<usize>, Error> {
        let part = self.part(id)?;
        if let Some(excerpt) = &part.excerpt {
            return Ok(0..excerpt.text.len());
        }
        let too_large = || Error::LineTooLarge { given: line, max: part.source.line_count() };
        let start = part.source.line_start(line).ok_or_else(too_large)?;
        Ok(start..part.source.line_start(line + 1).unwrap_or(part.text.len()))
    }
}
