//! How text looks on a terminal: its colours, and the width that lines are wrapped at.
//!
//! Text that goes to a file or a pipe is plain, and its lines are as long as they are: programs
//! that search logs need whole lines.

use super::clean::one_line;

/// What the reader's terminal can show. The default is plain text with lines of any length.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Look {
    /// True if colours are wanted.
    pub colour: bool,
    /// Characters in a line; `None`: lines are never wrapped.
    pub width: Option<usize>,
}

/// What a piece of text is, which decides its colour.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tone {
    /// What a table or page is about.
    Title,
    /// The head of a column, and lines that only divide.
    Faint,
    /// A promise that was kept, a line that is put in.
    Good,
    /// A promise that was broken, a line that is taken out.
    Bad,
    /// What is not decided yet, or should be looked at.
    Open,
    /// Where a part of a file begins.
    Place,
}

impl Look {
    /// A text without line ends in the colour of its tone.
    pub fn paint(self, tone: Tone, text: &str) -> String {
        if !self.colour || text.is_empty() {
            return text.to_owned();
        }
        let code = match tone {
            Tone::Title => "1",
            Tone::Faint => "2",
            Tone::Good => "32",
            Tone::Bad => "1;31",
            Tone::Open => "33",
            Tone::Place => "36",
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }

    /// One paragraph behind so many spaces, wrapped between words; further lines stand `hang`
    /// spaces further in.
    pub fn paragraph(self, indent: usize, hang: usize, text: &str) -> Vec<String> {
        let text = one_line(text);
        let Some(width) = self.width else { return vec![format!("{}{text}", " ".repeat(indent))] };
        let mut lines = wrap(&text, width.saturating_sub(indent));
        if lines.len() > 1 {
            let own = text.chars().take_while(|letter| *letter == ' ').count();
            // What fits behind the first line's indentation need not fit behind that of the others.
            let first = lines.remove(0);
            let rest =
                wrap(lines.join(" ").trim_start(), width.saturating_sub(indent + own + hang));
            let rest =
                rest.into_iter().map(|line| format!("{}{line}", " ".repeat(indent + own + hang)));
            return std::iter::once(format!("{}{first}", " ".repeat(indent))).chain(rest).collect();
        }
        lines.iter().map(|line| format!("{}{line}", " ".repeat(indent))).collect()
    }
}

/// A text cut between words into lines of at most so many characters; a word that is longer has a
/// line of its own. Further lines are indented like the first.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    if text.chars().count() <= width {
        return vec![text.to_owned()];
    }
    let body = text.trim_start_matches(' ');
    let indent = " ".repeat(text.len() - body.len());
    let mut lines: Vec<String> = Vec::new();
    let mut line = indent.clone();
    let (mut length, mut is_empty) = (indent.len(), true);
    for word in body.split(' ') {
        let own = word.chars().count();
        if !is_empty && length + 1 + own > width {
            lines.push(std::mem::replace(&mut line, indent.clone()));
            (length, is_empty) = (indent.len(), true);
        }
        if !is_empty {
            line.push(' ');
            length += 1;
        }
        line.push_str(word);
        (length, is_empty) = (length + own, false);
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cut_between_words() {
        // "one two" has 7 characters, "one two three" 13.
        assert_eq!(wrap("one two three", 13), ["one two three"]);
        assert_eq!(wrap("one two three", 12), ["one two", "three"]);
        assert_eq!(wrap("one two three", 3), ["one", "two", "three"]);
        assert_eq!(wrap("  äöü two", 6), ["  äöü", "  two"]);
        assert_eq!(wrap("", 0), [""]);
    }

    #[test]
    fn further_lines_of_a_paragraph_hang() {
        let narrow = Look { colour: false, width: Some(12) };
        // The first line has 2 + 7 characters and could not take ` three`; the second stands 2
        // further in.
        assert_eq!(narrow.paragraph(2, 2, "one two three"), ["  one two", "    three"]);
        assert_eq!(Look::default().paragraph(2, 2, "one two three"), ["  one two three"]);
    }

    #[test]
    fn colours_are_only_there_if_wanted() {
        assert_eq!(Look::default().paint(Tone::Bad, "x"), "x");
        // Bold and red are 1 and 31 in ECMA-48.
        assert_eq!(Look { colour: true, width: None }.paint(Tone::Bad, "x"), "\x1b[1;31mx\x1b[0m");
    }
}
