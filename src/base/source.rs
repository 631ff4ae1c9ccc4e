//! The source map: every text the compiler has read, and where its lines begin.

use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;

use super::Span;

/// Names one file of a [`SourceMap`]. It is never zero, so that a place that may be absent takes no more room than a place.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(NonZeroU32);

impl FileId {
    /// The id of the file at this position.
    pub fn new(position: usize) -> Self {
        FileId(u32::try_from(position).map_or(NonZeroU32::MAX, |position| NonZeroU32::MIN.saturating_add(position)))
    }

    fn position(self) -> usize {
        self.0.get() as usize - 1
    }
}

impl fmt::Debug for FileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileId({})", self.position())
    }
}

/// A place as people count: both from 1; the column counts characters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LineColumn {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// One text with its name and line index.
#[derive(Clone, Debug)]
pub struct Source {
    /// The name shown in findings: a path relative to where the user stands, `<stdin>`, or `std/web.sla`.
    pub name: String,
    text: Arc<str>,
    lines: Arc<[u32]>,
}

impl Source {
    /// Indexes the lines of `text`. A line ends at `\n`; a `\r` before it belongs to the line end.
    pub fn new(name: impl Into<String>, text: impl Into<Arc<str>>) -> Self {
        let text = text.into();
        let starts = std::iter::once(0).chain(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(at, _)| at + 1));
        let lines = starts.map(|at| u32::try_from(at).unwrap_or(u32::MAX)).collect();
        Source { name: name.into(), text, lines }
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// A shared handle to the whole text.
    pub fn shared(&self) -> Arc<str> {
        Arc::clone(&self.text)
    }

    /// How many lines there are; an empty text has one.
    pub fn line_count(&self) -> usize {
        self.lines.len()
    }

    /// Zero-based number of the line that holds the byte at `offset`.
    pub fn line_of(&self, offset: usize) -> usize {
        self.lines.partition_point(|start| *start as usize <= offset).saturating_sub(1)
    }

    /// Byte offset at which a zero-based line starts, if there is such a line.
    pub fn line_start(&self, line: usize) -> Option<usize> {
        self.lines.get(line).map(|at| *at as usize)
    }

    /// The text of a zero-based line without its line end.
    pub fn line_text(&self, line: usize) -> &str {
        let Some(start) = self.line_start(line) else { return "" };
        let end = self.line_start(line + 1).unwrap_or(self.text.len());
        self.text.get(start..end).unwrap_or("").trim_end_matches(['\n', '\r'])
    }

    /// Line and column of a byte offset; an offset inside a character counts as that character's start.
    pub fn line_column(&self, offset: usize) -> LineColumn {
        let line = self.line_of(offset);
        let start = self.line_start(line).unwrap_or(0);
        let whole = self.text.get(start..offset).map(|part| part.chars().count());
        let up_to = || self.text.get(start..).map_or(0, |rest| rest.char_indices().take_while(|(at, _)| start + at < offset).count());
        let column = whole.unwrap_or_else(up_to);
        LineColumn { line: line + 1, column: column + 1 }
    }

    /// Column in UTF-16 code units, from 0: what language-server clients count in.
    pub fn column_utf16(&self, offset: usize) -> usize {
        let start = self.line_start(self.line_of(offset)).unwrap_or(0);
        self.text.get(start..offset).map_or(0, |part| part.chars().map(char::len_utf16).sum())
    }
}

/// All texts of one run, each under its [`FileId`].
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    sources: Vec<Source>,
}

impl SourceMap {
    /// Adds a text and returns the id it is known by from now on.
    pub fn add(&mut self, source: Source) -> FileId {
        let id = FileId::new(self.sources.len());
        self.sources.push(source);
        id
    }

    /// The text with this id.
    pub fn get(&self, file: FileId) -> Option<&Source> {
        self.sources.get(file.position())
    }

    /// The name of a file, or `<unknown>` for an id of another map.
    pub fn name(&self, file: FileId) -> &str {
        self.get(file).map_or("<unknown>", |source| source.name.as_str())
    }

    /// The characters a span covers; empty for a span of another map.
    pub fn text(&self, span: Span) -> &str {
        self.get(span.file).and_then(|source| source.text().get(span.start as usize..span.end as usize)).unwrap_or("")
    }

    /// Where a span starts, as people count.
    pub fn line_column(&self, span: Span) -> LineColumn {
        self.get(span.file).map_or(LineColumn { line: 1, column: 1 }, |source| source.line_column(span.start as usize))
    }

    /// `file:line:column` of a span's start.
    pub fn place(&self, span: Span) -> String {
        let LineColumn { line, column } = self.line_column(span);
        format!("{}:{line}:{column}", self.name(span.file))
    }

    /// All files with their ids, in the order they were added.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &Source)> {
        self.sources.iter().enumerate().map(|(at, source)| (FileId::new(at), source))
    }
}
