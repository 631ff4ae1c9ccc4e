//! Findings for programs: our own layout, stated as a JSON schema.

use schemars::{JsonSchema, schema_for};
use serde::Serialize;

use crate::base::{SourceMap, Span};
use crate::diag::{Code, Finding, Level};
use crate::lang::codes::Family;

use super::form::{Findings, Form};
use super::look::Look;
use super::{FindingCounts, explanation, level_word};

pub(super) const FORM: Form = Form {
    name: "json",
    about: "for programs",
    findings: Some(|it| json_text(&document(it.findings, it.sources, it.files))),
    tests: Some(|results| {
        results.as_findings(|Findings { findings, sources, files, .. }| {
            json_text(&document(findings, sources, *files).with_tests(results.counts()))
        })
    }),
    figures: Some(|figures, _| figures.json()),
    report: Some(|report, _| json_text(report)),
    explanation: Some(|code, _| explained(code)),
};

/// All findings of one run.
#[derive(Serialize, JsonSchema, Debug)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Findings of sla")]
pub struct FindingsDocument {
    /// Version of this layout. It rises when something is taken away or changes its meaning; fields
    /// may be added without.
    version: u32,
    /// The findings, by file, place and code.
    findings: Vec<FindingEntry>,
    /// How many there are.
    summary: Summary,
    /// How many tests ended how; only of `sla test`.
    #[serde(skip_serializing_if = "Option::is_none")]
    tests: Option<TestCounts>,
}

/// How many tests ended how.
#[derive(Clone, Copy, Serialize, JsonSchema, Debug)]
#[serde(deny_unknown_fields)]
pub struct TestCounts {
    /// Tests in which everything came out as expected.
    pub passed: usize,
    /// Tests in which something did not.
    pub failed: usize,
    /// Tests that were not run, because the contracts have errors.
    pub not_run: usize,
}

impl FindingsDocument {
    /// The same with what became of tests.
    pub fn with_tests(self, tests: TestCounts) -> FindingsDocument {
        FindingsDocument { tests: Some(tests), ..self }
    }
}

/// How many findings there are.
#[derive(Serialize, JsonSchema, Debug)]
#[serde(deny_unknown_fields)]
struct Summary {
    /// Files read, without the standard library.
    files: usize,
    /// Findings of level `error`.
    errors: usize,
    /// Findings of level `warning`.
    warnings: usize,
}

/// One finding.
#[derive(Serialize, JsonSchema, Debug)]
#[serde(deny_unknown_fields)]
struct FindingEntry {
    /// The stable name of the kind of finding; `sla explain CODE` explains it.
    code: &'static str,
    /// Its level here, after `sla.toml` and the command line.
    level: LevelEntry,
    /// The subject it falls under.
    family: &'static str,
    /// One sentence.
    message: String,
    /// The places it concerns; the first is the one it is about.
    labels: Vec<LabelEntry>,
    /// Facts that explain it.
    notes: Vec<String>,
    /// What to do about it.
    help: Vec<String>,
    /// A change of the text that fixes it, where one is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<FixEntry>,
}

/// The level of a finding.
#[derive(Serialize, JsonSchema, Debug)]
#[serde(rename_all = "lowercase")]
enum LevelEntry {
    /// No plan is built.
    Error,
    /// A plan is built.
    Warning,
}

/// A place and what is said about it.
#[derive(Serialize, JsonSchema, Debug)]
#[serde(deny_unknown_fields)]
struct LabelEntry {
    /// The file's name as shown to people.
    file: String,
    /// Its first character.
    start: PositionEntry,
    /// Just behind its last character.
    end: PositionEntry,
    /// What is to be said about the place; may be empty.
    text: String,
    /// True for the place the finding is about.
    primary: bool,
}

/// A position in a text.
#[derive(Serialize, JsonSchema, Debug)]
#[serde(deny_unknown_fields)]
struct PositionEntry {
    /// Line, from 1.
    line: usize,
    /// Column in characters, from 1.
    column: usize,
    /// Column in UTF-16 code units, from 1.
    utf16_column: usize,
    /// Offset in bytes of the UTF-8 text, from 0.
    offset: usize,
}

/// A change of the text.
#[derive(Serialize, JsonSchema, Debug)]
#[serde(deny_unknown_fields)]
struct FixEntry {
    /// What the change does.
    title: String,
    /// True if it cannot alter what the writer meant.
    safe: bool,
    /// Replacements that do not overlap.
    edits: Vec<EditEntry>,
}

/// One replacement.
#[derive(Serialize, JsonSchema, Debug)]
#[serde(deny_unknown_fields)]
struct EditEntry {
    /// The file's name as shown to people.
    file: String,
    /// The first character replaced.
    start: PositionEntry,
    /// Just behind the last one; equal to `start` where text is put in.
    end: PositionEntry,
    /// The new text.
    text: String,
}

/// The findings in the layout for programs.
pub fn document(findings: &[Finding], sources: &SourceMap, files: usize) -> FindingsDocument {
    let counts = FindingCounts::of(findings, files);
    let summary = Summary { files, errors: counts.errors, warnings: counts.warnings };
    let findings = findings.iter().filter_map(|finding| entry(finding, sources)).collect();
    FindingsDocument { version: 1, findings, summary, tests: None }
}

/// The schema of the document as text; ends with a line end.
pub fn findings_schema() -> String {
    json_text(&schema_for!(FindingsDocument))
}

/// The JSON schema of a document, as a text.
pub fn schema_of<D: JsonSchema>() -> String {
    let mut schema = schema_for!(D).to_value();
    one_line(&mut schema);
    crate::plan::name_variants(&mut schema);
    json_text(&schema)
}

/// Descriptions become one line each.
fn one_line(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(fields) => {
            if let Some(serde_json::Value::String(text)) = fields.get_mut("description") {
                *text = text.replace('\n', " ");
            }
            fields.values_mut().for_each(one_line);
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(one_line),
        serde_json::Value::Null
        | serde_json::Value::Bool(_)
        | serde_json::Value::Number(_)
        | serde_json::Value::String(_) => {}
    }
}

/// A document for programs, as a text that ends with a line end.
pub fn json_text(document: &impl Serialize) -> String {
    // Our own structs hold nothing that JSON cannot say: the default is never taken.
    let mut text = serde_json::to_string_pretty(document).unwrap_or_default();
    text.push('\n');
    text
}

/// What a program gets: the long text for reading, and as it is written in Markdown.
#[derive(Serialize)]
struct Explained {
    code: &'static str,
    level: &'static str,
    family: &'static str,
    summary: &'static str,
    text: String,
    markdown: &'static str,
}

/// The long text of a code, with what else is known of it, for programs.
fn explained(code: Code) -> String {
    json_text(&Explained {
        code: code.name(),
        level: level_word(code.level()),
        family: family(code.family()),
        summary: code.summary(),
        text: explanation::text(code, Look::default()),
        markdown: code.explanation(),
    })
}

fn entry(finding: &Finding, sources: &SourceMap) -> Option<FindingEntry> {
    let level = match finding.level {
        Level::Allow => return None,
        Level::Warning => LevelEntry::Warning,
        Level::Error => LevelEntry::Error,
    };
    let labels = finding.labels.iter().map(|label| {
        let (start, end) = positions(sources, label.span);
        LabelEntry {
            file: sources.name(label.span.file).to_owned(),
            start,
            end,
            text: label.text.clone(),
            primary: label.primary,
        }
    });
    let edits = |edits: &[crate::diag::Edit]| {
        let entries = edits.iter().map(|edit| {
            let (start, end) = positions(sources, edit.span);
            EditEntry {
                file: sources.name(edit.span.file).to_owned(),
                start,
                end,
                text: edit.text.clone(),
            }
        });
        entries.collect()
    };
    Some(FindingEntry {
        code: finding.code.name(),
        level,
        family: family(finding.code.family()),
        message: finding.message.clone(),
        labels: labels.collect(),
        notes: finding.notes.clone(),
        help: finding.help.clone(),
        fix: finding.fix.as_ref().map(|fix| FixEntry {
            title: fix.title.clone(),
            safe: fix.safe,
            edits: edits(&fix.edits),
        }),
    })
}

fn positions(sources: &SourceMap, span: Span) -> (PositionEntry, PositionEntry) {
    (position(sources, span), position(sources, span.after()))
}

fn position(sources: &SourceMap, span: Span) -> PositionEntry {
    let offset = span.start as usize;
    let at = sources.line_column(span);
    let utf16 = sources.get(span.file).map_or(0, |source| source.column_utf16(offset));
    PositionEntry { line: at.line, column: at.column, utf16_column: utf16 + 1, offset }
}

/// The word for a family.
pub const fn family(family: Family) -> &'static str {
    match family {
        Family::Reading => "reading",
        Family::Syntax => "syntax",
        Family::Names => "names",
        Family::Ownership => "ownership",
        Family::Types => "types",
        Family::Promises => "promises",
        Family::Dates => "dates",
        Family::Calendars => "calendars",
        Family::Ladders => "ladders",
        Family::Tiers => "tiers",
        Family::Severities => "severities",
        Family::Measurability => "measurability",
        Family::Terms => "terms",
        Family::Backing => "backing",
        Family::Coverage => "coverage",
        Family::Tests => "tests",
        Family::Levels => "levels",
        Family::Settings => "settings",
    }
}
