//! The long text of a code for people: Markdown as a terminal shows it.

use super::look::{Look, Tone};
use crate::diag::Code;

/// Examples indented instead of fenced. On a terminal also headings without their marks, and lines
/// of at most a hundred characters; text that goes elsewhere keeps the marks of Markdown.
pub fn text(code: Code, look: Look) -> String {
    page(code.explanation(), look)
}

fn page(markdown: &str, look: Look) -> String {
    const WIDEST: usize = 100;
    let is_terminal = look != Look::default();
    let look = Look { width: look.width.map(|width| width.min(WIDEST)), ..look };
    let mut lines: Vec<String> = Vec::new();
    let mut is_example = false;
    for line in markdown.lines() {
        if line.starts_with("```") {
            is_example = !is_example;
        } else if is_example {
            lines.push(if line.is_empty() { String::new() } else { format!("    {line}") });
        } else if let Some(heading) = line.strip_prefix('#').filter(|_| is_terminal) {
            lines.push(look.paint(Tone::Title, heading.trim_start_matches('#').trim_start()));
        } else if line.starts_with('|') {
            lines.push(line.to_owned());
        } else {
            let hang = if line.starts_with("- ") { 2 } else { 0 };
            lines.extend(look.paragraph(0, hang, line));
        }
    }
    lines.push(String::new());
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_shows_headings_and_wraps() {
        let text = "# name\n\nIt is long enough.\n\n```sla bad\nprovider Acme  // whole, however long it is\n```\n\n- one and two\n";
        let plain = "# name\n\nIt is long enough.\n\n    provider Acme  // whole, however long it is\n\n- one and two\n";
        assert_eq!(page(text, Look::default()), plain);
        // 12 characters hold `It is long`, and `- one and` of the item, whose second line stands
        // below its text.
        let shown = "\x1b[1mname\x1b[0m\n\nIt is long\nenough.\n\n    provider Acme  // whole, however long it is\n\n- one and\n  two\n";
        assert_eq!(page(text, Look { colour: true, width: Some(12) }), shown);
    }
}
