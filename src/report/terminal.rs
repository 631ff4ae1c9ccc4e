//! A text with the colours that terminals understand, as findings are drawn in.

use std::io::{self, Write};

use codespan_reporting::diagnostic::{LabelStyle, Severity};
use codespan_reporting::term::WriteStyle;

/// A text, and whether it has colours.
pub struct TerminalText {
    bytes: Vec<u8>,
    colour: bool,
}

impl TerminalText {
    /// An empty text.
    pub fn new(colour: bool) -> TerminalText {
        TerminalText { bytes: Vec::new(), colour }
    }

    /// The text; `None` if it is not UTF-8.
    pub fn into_string(self) -> Option<String> {
        String::from_utf8(self.bytes).ok()
    }

    /// What follows looks like this and no more like what stands before it.
    fn style(&mut self, codes: &str) -> io::Result<()> {
        if !self.colour {
            return Ok(());
        }
        self.bytes.extend(b"\x1b[0m");
        self.bytes.extend(codes.bytes());
        Ok(())
    }
}

impl Write for TerminalText {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl WriteStyle for TerminalText {
    fn set_header(&mut self, severity: Severity) -> io::Result<()> {
        self.style(match severity {
            Severity::Bug | Severity::Error => "\x1b[1m\x1b[38;5;9m",
            Severity::Warning => "\x1b[1m\x1b[38;5;11m",
            Severity::Note => "\x1b[1m\x1b[38;5;10m",
            Severity::Help => "\x1b[1m\x1b[38;5;14m",
        })
    }

    fn set_header_message(&mut self) -> io::Result<()> {
        self.style("\x1b[1m")
    }

    fn set_line_number(&mut self) -> io::Result<()> {
        self.style("\x1b[36m")
    }

    fn set_note_bullet(&mut self) -> io::Result<()> {
        self.style("\x1b[36m")
    }

    fn set_source_border(&mut self) -> io::Result<()> {
        self.style("\x1b[36m")
    }

    fn set_label(&mut self, severity: Severity, style: LabelStyle) -> io::Result<()> {
        self.style(match (style, severity) {
            (LabelStyle::Primary, Severity::Bug | Severity::Error) => "\x1b[31m",
            (LabelStyle::Primary, Severity::Warning) => "\x1b[33m",
            (LabelStyle::Primary, Severity::Note) => "\x1b[32m",
            (LabelStyle::Primary, Severity::Help) | (LabelStyle::Secondary, _) => "\x1b[36m",
        })
    }

    fn reset(&mut self) -> io::Result<()> {
        self.style("")
    }
}
