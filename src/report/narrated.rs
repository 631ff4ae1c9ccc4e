//! Findings in plain sentences, for screen readers, and as miette diagnostics for programs that use
//! this library.

use std::collections::HashMap;
use std::error::Error;
use std::fmt;

use miette::{
    Diagnostic, LabeledSpan, MietteError, MietteSpanContents, NarratableReportHandler, Severity,
    SourceCode, SourceSpan, SpanContents,
};

use crate::base::{FileId, SourceMap, SourceText, Span};
use crate::diag::{Finding, Level};

use super::clean::{clean, one_line};
use super::form::Form;
use super::human::{advice, has_long_line};
use super::table::{Row, Table};
use super::{explanation, run, short};

pub(super) const FORM: Form = Form {
    name: "narrated",
    about: "in sentences, for screen readers",
    findings: Some(|it| render(it.findings, it.sources)),
    tests: Some(|results| results.as_findings(|it| render(it.findings, it.sources))),
    figures: Some(|figures, _| figures.text(tables)),
    report: Some(|report, _| tables(&run::tables(report))),
    explanation: Some(explanation::text),
};

/// One finding with the texts it speaks of: a [`miette::Diagnostic`] that owns all it needs.
///
/// Labels in the finding's own file are its labels; those in other files hang on it as related
/// diagnostics.
#[derive(Clone, Debug)]
pub struct FindingDiagnostic {
    message: String,
    code: &'static str,
    severity: Severity,
    help: Option<String>,
    labels: Vec<LabeledSpan>,
    source: Option<Text>,
    related: Vec<FindingDiagnostic>,
}

impl FindingDiagnostic {
    /// Joins a finding with its texts.
    pub fn new(finding: &Finding, sources: &SourceMap) -> FindingDiagnostic {
        FindingDiagnostic::with_texts(finding, sources, &mut Texts::new())
    }

    fn with_texts(finding: &Finding, sources: &SourceMap, texts: &mut Texts) -> FindingDiagnostic {
        let home = finding.span().map(|span| span.file);
        let mut others: Vec<FileId> = finding
            .labels
            .iter()
            .map(|label| label.span.file)
            .filter(|file| Some(*file) != home)
            .collect();
        others.dedup();
        let severity = match finding.level {
            Level::Error => Severity::Error,
            Level::Warning => Severity::Warning,
            Level::Allow => Severity::Advice,
        };
        let help = spoken(finding);
        FindingDiagnostic {
            message: one_line(&finding.message),
            code: finding.code.name(),
            severity,
            help: (!help.is_empty()).then_some(help),
            labels: home.map_or(Vec::new(), |file| labels(finding, file)),
            source: home.and_then(|file| Text::new(finding, file, sources, texts)),
            related: others
                .into_iter()
                .map(|file| FindingDiagnostic::elsewhere(finding, file, sources, texts))
                .collect(),
        }
    }

    /// The part of a finding that is in another file.
    fn elsewhere(
        finding: &Finding,
        file: FileId,
        sources: &SourceMap,
        texts: &mut Texts,
    ) -> FindingDiagnostic {
        let message = format!("this concerns {} too", one_line(sources.name(file)));
        let labels = labels(finding, file);
        let source = Text::new(finding, file, sources, texts);
        FindingDiagnostic {
            message,
            code: finding.code.name(),
            severity: Severity::Advice,
            help: None,
            labels,
            source,
            related: Vec::new(),
        }
    }
}

/// The help, which the handler calls so itself.
fn spoken(finding: &Finding) -> String {
    let lines = advice(finding);
    let plain = lines.iter().filter_map(|line| line.strip_prefix("help: "));
    plain.collect::<Vec<_>>().join("\n")
}

fn labels(finding: &Finding, file: FileId) -> Vec<LabeledSpan> {
    let here = finding.labels.iter().filter(|label| label.span.file == file);
    here.map(|label| {
        let text = (!label.text.is_empty()).then(|| one_line(&label.text));
        let range = label.span.start as usize..label.span.end.max(label.span.start) as usize;
        if label.primary {
            LabeledSpan::new_primary_with_span(text, range)
        } else {
            LabeledSpan::new_with_span(text, range)
        }
    })
    .collect()
}

impl fmt::Display for FindingDiagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for FindingDiagnostic {}

impl Diagnostic for FindingDiagnostic {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.code))
    }

    fn severity(&self) -> Option<Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|text| text as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        (!self.related.is_empty()).then(|| {
            Box::new(self.related.iter().map(|report| report as &dyn Diagnostic)) as Box<_>
        })
    }
}

/// The texts that were made safe to show. Each is made once, for all findings of its file.
type Texts = HashMap<FileId, SourceText>;

/// One text, safe to show, with the index of its lines.
#[derive(Clone, Debug)]
struct Text(SourceText);

impl Text {
    /// `None` where the lines are too long to be read out: the finding then speaks for itself.
    fn new(
        finding: &Finding,
        file: FileId,
        sources: &SourceMap,
        texts: &mut Texts,
    ) -> Option<Text> {
        let source = sources.get(file)?;
        let mut here = finding.labels.iter().filter(|label| label.span.file == file);
        let sound = |span: Span| {
            [span.start, span.end].iter().all(|at| source.text().is_char_boundary(*at as usize))
        };
        if here.any(|label| has_long_line(source, label.span) || !sound(label.span)) {
            return None;
        }
        let cleaned = texts.entry(file).or_insert_with(|| match clean(source.text()) {
            std::borrow::Cow::Borrowed(_) => source.clone(),
            std::borrow::Cow::Owned(text) => SourceText::new(source.name.clone(), text),
        });
        Some(Text(cleaned.clone()))
    }
}

impl SourceCode for Text {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let source = &self.0;
        let end = span.offset() + span.len();
        if end > source.text().len() {
            return Err(MietteError::OutOfBounds);
        }
        let first = source.line_of(span.offset()).saturating_sub(before);
        let last =
            source.line_of(end).saturating_add(after).min(source.line_count().saturating_sub(1));
        let start = source.line_start(first).unwrap_or(0);
        let stop = source.line_start(last + 1).unwrap_or(source.text().len());
        // Without line ends at its end: behind one, the handler takes the last line for the end of
        // the file and hangs later labels on it.
        let shown =
            source.text().get(start..stop).unwrap_or("").trim_end_matches(['\n', '\r']).len();
        let stop = (start + shown).max(end);
        let data = source.text().as_bytes().get(start..stop).ok_or(MietteError::OutOfBounds)?;
        let covered = SourceSpan::from(start..stop);
        Ok(Box::new(MietteSpanContents::new_named(
            one_line(&source.name),
            data,
            covered,
            first,
            0,
            last + 1 - first,
        )))
    }
}

/// All findings, one after another.
pub fn render(findings: &[Finding], sources: &SourceMap) -> String {
    let mut out = String::new();
    let mut texts = Texts::new();
    for finding in findings {
        let mut text = String::new();
        let report = FindingDiagnostic::with_texts(finding, sources, &mut texts);
        if report.source.is_none()
            || NarratableReportHandler::new().render_report(&mut text, &report).is_err()
        {
            text.clear();
            short::line(&mut text, finding, sources);
            advice(finding).iter().for_each(|line| {
                text.push_str(line);
                text.push('\n');
            });
        } else {
            // The handler knows no notes.
            finding.notes.iter().for_each(|note| {
                text.push_str(&format!("diagnostic note: {}\n", clean(note)));
            });
        }
        out.push_str(&text);
        out.push('\n');
    }
    out
}

/// Tables as sentences, with an empty line between two.
fn tables(tables: &[Table]) -> String {
    let texts: Vec<String> = tables.iter().map(told).collect();
    texts.join("\n")
}

fn told(table: &Table) -> String {
    let mut text = format!("{}.\n", one_line(&table.title));
    for row in &table.rows {
        let cells = match row {
            Row::Cells(cells) => cells,
            Row::Group(words) | Row::Line(words) => {
                let words = one_line(words);
                text += &if words.ends_with(':') {
                    format!("{words}\n")
                } else {
                    format!("{words}.\n")
                };
                continue;
            }
            Row::Rule => continue,
        };
        let said = table.columns.iter().zip(cells).filter(|(_, cell)| !cell.trim().is_empty());
        let said: Vec<String> = said
            .map(|(column, cell)| {
                if column.heading.is_empty() {
                    cell.trim().to_owned()
                } else {
                    format!("{}: {}", column.heading, cell.trim())
                }
            })
            .collect();
        text += &format!("{}.\n", one_line(&said.join("; ")));
    }
    for remark in &table.remarks {
        text += &format!("{}.\n", one_line(remark));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::table::tests::table;
    use super::*;

    #[test]
    fn each_row_is_a_sentence() {
        let sentences = "Fruit.\nkind: äpfel; count: 3.\nkind: pears; count: 12.\nkind: all; count: 15.\nenough.\n";
        assert_eq!(tables(&[table()]), sentences);
    }
}
