//! Text from files made safe to show: what would steer a terminal or turn the reading direction
//! becomes a visible stand-in.

use std::borrow::Cow;

/// The stand-in for a character that must not reach a terminal, of the same length in bytes, so
/// that offsets stay right.
fn stand_in(character: char) -> Option<&'static str> {
    match character {
        '\t' | '\n' | '\r' => None,
        '\0'..='\u{1f}' | '\u{7f}' => Some("?"),
        '\u{80}'..='\u{9f}' => Some("¿"),
        '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}' => Some("\u{fffd}"),
        _ => None,
    }
}

/// The text with every such character replaced; most texts come back as they are.
pub fn clean(text: &str) -> Cow<'_, str> {
    if text.chars().all(|character| stand_in(character).is_none()) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match stand_in(character) {
            Some(other) => out.push_str(other),
            None => out.push(character),
        }
    }
    Cow::Owned(out)
}

/// The same for text that must stay on one line.
pub fn one_line(text: &str) -> String {
    clean(text).replace(['\n', '\r', '\t'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_offsets() {
        let wild = "a\u{1b}[31m\u{85}ä\u{202e}b\u{feff}\n";
        let tame = clean(wild);
        assert_eq!(tame, "a?[31m¿ä\u{fffd}b\u{fffd}\n");
        assert_eq!(tame.len(), wild.len());
        assert!(matches!(clean("plain ä\n"), Cow::Borrowed(_)));
        assert_eq!(one_line("a\r\nb"), "a  b");
    }
}
