//! Unified diffs: what changes in a text, line by line.
//!
//! In: a text before and after. Out: the form that `patch` and reviewers read. Only the shortest
//! way from one to the other is shown, where finding it does not take too long.

use std::fmt::Write as _;

use super::look::{Look, Tone};

/// Lines around a change.
const CONTEXT: usize = 3;
/// Most lines that are put in or taken out before the middle is replaced as a whole.
const MOST: usize = 500;

/// One line of a diff.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Line<'t> {
    Same(&'t str),
    Out(&'t str),
    In(&'t str),
}

/// The diff of one file; empty if nothing changes.
pub fn unified(name: &str, before: &str, after: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) =
        (before.split_inclusive('\n').collect(), after.split_inclusive('\n').collect());
    let lines = compare(&old, &new);
    let mut text = String::new();
    let changed: Vec<usize> = (0..)
        .zip(&lines)
        .filter(|(_, line)| !matches!(line, Line::Same(_)))
        .map(|(at, _)| at)
        .collect();
    for hunk in changed.chunk_by(|one, other| other - one <= 2 * CONTEXT) {
        let (Some(first), Some(last)) = (hunk.first(), hunk.last()) else { continue };
        if text.is_empty() {
            let _ = writeln!(text, "--- {name}\n+++ {name}");
        }
        write_hunk(
            &mut text,
            &lines,
            first.saturating_sub(CONTEXT),
            (last + CONTEXT + 1).min(lines.len()),
        );
    }
    text
}

/// A diff in colours: what goes red, what comes green.
pub fn painted(diff: &str, look: Look) -> String {
    let tone = |line: &str| match line.as_bytes() {
        [b'-', b'-', b'-', b' ', ..] | [b'+', b'+', b'+', b' ', ..] => Some(Tone::Title),
        [b'@', b'@', ..] => Some(Tone::Place),
        [b'-', ..] => Some(Tone::Bad),
        [b'+', ..] => Some(Tone::Good),
        _ => None,
    };
    let lines = diff.split_inclusive('\n').map(|line| {
        let (body, end) = line.strip_suffix('\n').map_or((line, ""), |body| (body, "\n"));
        tone(body).map_or_else(|| line.to_owned(), |tone| look.paint(tone, body) + end)
    });
    lines.collect()
}

fn write_hunk(text: &mut String, lines: &[Line<'_>], from: usize, to: usize) {
    let count = |range: &[Line<'_>]| {
        let old = range.iter().filter(|line| !matches!(line, Line::In(_))).count();
        let new = range.iter().filter(|line| !matches!(line, Line::Out(_))).count();
        (old, new)
    };
    let (old_before, new_before) = count(lines.get(..from).unwrap_or_default());
    let shown = lines.get(from..to).unwrap_or_default();
    let (old, new) = count(shown);
    // A side without lines is named by the line before it.
    let start = |before: usize, lines: usize| if lines == 0 { before } else { before + 1 };
    let _ =
        writeln!(text, "@@ -{},{old} +{},{new} @@", start(old_before, old), start(new_before, new));
    for line in shown {
        let (sign, content) = match line {
            Line::Same(content) => (' ', content),
            Line::Out(content) => ('-', content),
            Line::In(content) => ('+', content),
        };
        text.push(sign);
        text.push_str(content);
        if !content.ends_with('\n') {
            text.push_str("\n\\ No newline at end of file\n");
        }
    }
}

/// The lines of both texts in order.
fn compare<'t>(old: &[&'t str], new: &[&'t str]) -> Vec<Line<'t>> {
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (old_rest, new_rest) =
        (old.get(head..).unwrap_or_default(), new.get(head..).unwrap_or_default());
    let tail = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(a, b)| a == b).count();
    let old_middle = old_rest.get(..old_rest.len() - tail).unwrap_or_default();
    let new_middle = new_rest.get(..new_rest.len() - tail).unwrap_or_default();
    let mut lines: Vec<Line<'t>> = old.iter().take(head).map(|line| Line::Same(line)).collect();
    match shortest(old_middle, new_middle) {
        Some(middle) => lines.extend(middle),
        None => {
            lines.extend(old_middle.iter().map(|line| Line::Out(line)));
            lines.extend(new_middle.iter().map(|line| Line::In(line)));
        }
    }
    lines.extend(old_rest.iter().skip(old_rest.len() - tail).map(|line| Line::Same(line)));
    lines
}

/// The shortest way from one to the other (Myers 1986): how far each diagonal is reached with so
/// many changes, and then back.
fn shortest<'t>(old: &[&'t str], new: &[&'t str]) -> Option<Vec<Line<'t>>> {
    let most = (old.len() + new.len()).min(MOST);
    let width = 2 * most + 3;
    let middle = most + 1;
    let mut reached = vec![0_usize; width];
    let mut history: Vec<Vec<usize>> = Vec::new();
    for changes in 0..=most {
        history.push(reached.clone());
        let mut diagonal = middle.checked_sub(changes)?;
        while diagonal <= middle + changes {
            let (left, right) =
                (*reached.get(diagonal.checked_sub(1)?)?, *reached.get(diagonal + 1)?);
            let down =
                diagonal == middle - changes || (diagonal != middle + changes && left < right);
            let mut x = if down { right } else { left + 1 };
            let mut y = (x + middle).checked_sub(diagonal).unwrap_or(usize::MAX);
            while let (Some(a), Some(b)) = (old.get(x), new.get(y))
                && a == b
            {
                (x, y) = (x + 1, y + 1);
            }
            *reached.get_mut(diagonal)? = x;
            if x >= old.len() && y >= new.len() && y != usize::MAX {
                return back(old, new, &history, middle);
            }
            diagonal += 2;
        }
    }
    None
}

fn back<'t>(
    old: &[&'t str],
    new: &[&'t str],
    history: &[Vec<usize>],
    middle: usize,
) -> Option<Vec<Line<'t>>> {
    let (mut x, mut y) = (old.len(), new.len());
    let mut lines = Vec::new();
    for (changes, reached) in history.iter().enumerate().rev() {
        let diagonal = (x + middle).checked_sub(y)?;
        let (left, right) = (*reached.get(diagonal.checked_sub(1)?)?, *reached.get(diagonal + 1)?);
        let down = diagonal == middle - changes || (diagonal != middle + changes && left < right);
        let from_diagonal = if down { diagonal + 1 } else { diagonal - 1 };
        let from_x = *reached.get(from_diagonal)?;
        let from_y = (from_x + middle).checked_sub(from_diagonal);
        let start = (
            if down { from_x } else { from_x + 1 },
            if down { from_y.map(|y| y + 1) } else { from_y },
        );
        let (start_x, start_y) = if changes == 0 { (0, 0) } else { (start.0, start.1?) };
        while x > start_x && y > start_y {
            (x, y) = (x - 1, y - 1);
            lines.push(Line::Same(old.get(x)?));
        }
        if changes > 0 && down {
            y = y.checked_sub(1)?;
            lines.push(Line::In(new.get(y)?));
        } else if changes > 0 {
            x = x.checked_sub(1)?;
            lines.push(Line::Out(old.get(x)?));
        }
    }
    lines.reverse();
    Some(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a diff says, applied by hand: the old lines without those taken out, with those put in.
    fn applied(lines: &[Line<'_>]) -> (String, String) {
        let side = |skip: fn(&Line<'_>) -> bool| {
            lines
                .iter()
                .filter(|line| !skip(line))
                .map(|line| match line {
                    Line::Same(text) | Line::Out(text) | Line::In(text) => *text,
                })
                .collect()
        };
        (side(|line| matches!(line, Line::In(_))), side(|line| matches!(line, Line::Out(_))))
    }

    #[test]
    fn both_texts_are_in_the_diff_and_it_is_as_short_as_can_be() {
        // The letters of Myers' own example, ABCABBA to CBABAC, differ in five places.
        let letters =
            |word: &str| word.chars().map(|letter| format!("{letter}\n")).collect::<String>();
        for (one, other, changes) in [
            ("abcabba", "cbabac", 5),
            ("", "ab", 2),
            ("ab", "", 2),
            ("axb", "ayb", 2),
            ("aaa", "aaaa", 1),
            ("abc", "abc", 0),
        ] {
            let (before, after) = (letters(one), letters(other));
            let (old, new): (Vec<&str>, Vec<&str>) =
                (before.split_inclusive('\n').collect(), after.split_inclusive('\n').collect());
            let lines = compare(&old, &new);
            assert_eq!(applied(&lines), (before.clone(), after.clone()), "{one} {other}");
            assert_eq!(
                lines.iter().filter(|line| !matches!(line, Line::Same(_))).count(),
                changes,
                "{one} {other}"
            );
        }
    }

    #[test]
    fn a_diff_in_colours_is_the_same_text() {
        let diff = unified("a.sla", "1\n2\n", "1\n3\n");
        assert_eq!(painted(&diff, Look::default()), diff);
        let shown = painted(&diff, Look { colour: true, width: None });
        assert!(shown.contains(" 1\n\x1b[1;31m-2\x1b[0m\n\x1b[32m+3\x1b[0m\n"), "{shown}");
    }

    #[test]
    fn hunks_have_three_lines_around_them() {
        let before: String = (1..=20).map(|n| format!("{n}\n")).collect();
        let after = before.replace("5\n6\n", "5\nsix\n").replace("18\n", "");
        let expected = "--- a.sla\n+++ a.sla\n@@ -3,7 +3,7 @@\n 3\n 4\n 5\n-6\n+six\n 7\n 8\n 9\n@@ -15,6 +15,5 @@\n 15\n 16\n 17\n-18\n 19\n 20\n";
        assert_eq!(unified("a.sla", &before, &after), expected);
        assert_eq!(unified("a.sla", &before, &before), "");
        assert_eq!(
            unified("a", "x", "y"),
            "--- a\n+++ a\n@@ -1,1 +1,1 @@\n-x\n\\ No newline at end of file\n+y\n\\ No newline at end of file\n"
        );
    }
}
