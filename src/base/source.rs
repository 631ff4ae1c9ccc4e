//! The source map: every text the compiler has read, and where its lines begin.

use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;

use super::Span;

/// Names one file of a [`SourceMap`]. It is never zero, so that a place that may be absent takes no
/// more memory than a place.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(NonZeroU32);

impl FileId {
    /// The id of the file at this position.
    pub fn new(position: usize) -> Self {
        FileId(
            u32::try_from(position)
                .map_or(NonZeroU32::MAX, |position| NonZeroU32::MIN.saturating_add(position)),
        )
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
pub struct SourceText {
    /// The name shown in findings: a path relative to the current directory, `<stdin>`, or
    /// `std/web.sla`.
    pub name: String,
    text: Arc<str>,
    lines: Arc<[u32]>,
    widths: Arc<[Width]>,
}

/// How much of a text lies before some byte.
#[derive(Clone, Copy, Default, Debug)]
struct Width {
    characters: u32,
    utf16: u32,
}

/// A width is kept for every so many bytes, so that a column costs no walk along its line: a whole
/// contract may be one line.
const STRIDE: usize = 512;

impl Width {
    /// Counts characters by their first bytes, so that a text may be cut anywhere.
    fn behind(self, bytes: &[u8]) -> Width {
        let starts = bytes.iter().filter(|byte| !matches!(byte, 0x80..=0xbf)).count();
        let pairs = bytes.iter().filter(|byte| **byte >= 0xf0).count();
        let add =
            |known: u32, more: usize| known.saturating_add(u32::try_from(more).unwrap_or(u32::MAX));
        Width { characters: add(self.characters, starts), utf16: add(self.utf16, starts + pairs) }
    }
}

impl SourceText {
    /// Indexes the lines of `text`. A line ends at `\n`; a `\r` before it belongs to the line end.
    pub fn new(name: impl Into<String>, text: impl Into<Arc<str>>) -> Self {
        let text = text.into();
        let starts = std::iter::once(0)
            .chain(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(at, _)| at + 1));
        let lines = starts.map(|at| u32::try_from(at).unwrap_or(u32::MAX)).collect();
        let widths = text.as_bytes().chunks(STRIDE).scan(Width::default(), |width, chunk| {
            let before = *width;
            *width = width.behind(chunk);
            Some(before)
        });
        let widths = widths.collect();
        SourceText { name: name.into(), text, lines, widths }
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
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

    /// Line and column of a byte offset; an offset inside a character counts as that character's
    /// start.
    pub fn line_column(&self, offset: usize) -> LineColumn {
        let line = self.line_of(offset);
        LineColumn {
            line: line + 1,
            column: 1 + self.width_in_line(line, offset, |width| width.characters),
        }
    }

    /// Column in UTF-16 code units, from 0: what language-server clients count in.
    pub fn column_utf16(&self, offset: usize) -> usize {
        self.width_in_line(self.line_of(offset), offset, |width| width.utf16)
    }

    /// How much of a line lies before an offset.
    fn width_in_line(&self, line: usize, offset: usize, of: fn(Width) -> u32) -> usize {
        let offset = offset.min(self.text.len());
        let offset = (offset.saturating_sub(3)..=offset)
            .rev()
            .find(|at| self.text.is_char_boundary(*at))
            .unwrap_or(0);
        let start = self.line_start(line).unwrap_or(0);
        of(self.width_before(offset)).saturating_sub(of(self.width_before(start))) as usize
    }

    fn width_before(&self, offset: usize) -> Width {
        let (known, rest) = self.nearest(offset);
        known.behind(rest)
    }

    /// The nearest width that is kept, and the bytes between it and the offset.
    fn nearest(&self, offset: usize) -> (Width, &[u8]) {
        let nearest = (offset / STRIDE).min(self.widths.len().saturating_sub(1));
        let known = self.widths.get(nearest).copied().unwrap_or_default();
        (known, self.text.as_bytes().get(nearest * STRIDE..offset).unwrap_or_default())
    }
}

/// All texts of one run, each under its [`FileId`].
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    sources: Vec<SourceText>,
}

impl SourceMap {
    /// Adds a text and returns the id it is known by from now on.
    pub fn add(&mut self, source: SourceText) -> FileId {
        let id = FileId::new(self.sources.len());
        self.sources.push(source);
        id
    }

    /// The text with this id.
    pub fn get(&self, file: FileId) -> Option<&SourceText> {
        self.sources.get(file.position())
    }

    /// The name of a file, or `<unknown>` for an id of another map.
    pub fn name(&self, file: FileId) -> &str {
        self.get(file).map_or("<unknown>", |source| source.name.as_str())
    }

    /// The characters a span covers; empty for a span of another map.
    pub fn text(&self, span: Span) -> &str {
        self.get(span.file)
            .and_then(|source| source.text().get(span.start as usize..span.end as usize))
            .unwrap_or("")
    }

    /// Where a span starts, as people count.
    pub fn line_column(&self, span: Span) -> LineColumn {
        self.get(span.file).map_or(LineColumn { line: 1, column: 1 }, |source| {
            source.line_column(span.start as usize)
        })
    }

    /// `file:line:column` of a span's start.
    pub fn place(&self, span: Span) -> String {
        let LineColumn { line, column } = self.line_column(span);
        format!("{}:{line}:{column}", self.name(span.file))
    }

    /// All files with their ids, in the order they were added.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceText)> {
        self.sources.iter().enumerate().map(|(at, source)| (FileId::new(at), source))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_a_long_line_count_characters_and_utf16_units() {
        // Each of the 400 groups has 1 + 2 + 4 + 3 = 10 bytes, 4 characters and, since the third
        // needs a pair, 5 units of UTF-16.
        let source = SourceText::new("a", format!("first\n{}\nlast", "aé😀€".repeat(400)));
        for group in 0..400 {
            let at = 6 + 10 * group;
            let place = |offset: usize| {
                (
                    source.line_column(offset).line,
                    source.line_column(offset).column,
                    source.column_utf16(offset),
                )
            };
            assert_eq!(place(at), (2, 4 * group + 1, 5 * group));
            assert_eq!(place(at + 3), (2, 4 * group + 3, 5 * group + 2));
            // Inside the third character, then behind it.
            assert_eq!(place(at + 5), (2, 4 * group + 3, 5 * group + 2));
            assert_eq!(place(at + 7), (2, 4 * group + 4, 5 * group + 4));
        }
        // The line begins at 6, has 4000 bytes and one that ends it.
        assert_eq!(source.line_column(4007), LineColumn { line: 3, column: 1 });
        assert_eq!(source.line_column(4009), LineColumn { line: 3, column: 3 });
        // Behind the end is the end: `last` has four characters.
        assert_eq!(source.line_column(9999), LineColumn { line: 3, column: 5 });
        assert_eq!(
            (
                SourceText::new("b", "").line_column(0).column,
                SourceText::new("b", "").column_utf16(0)
            ),
            (1, 0)
        );
    }

    #[test]
    fn a_column_costs_the_same_anywhere_in_a_line() {
        let source = SourceText::new("a", "x;".repeat(100_000));
        assert!((0..=200_000).all(|offset| source.nearest(offset).1.len() <= STRIDE));
    }
}
