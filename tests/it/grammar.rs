//! The grammar as a text: in a choice of words, a word that begins another stands behind it.
//! Ordered choice takes the first that fits and does not come back: of `("use" | "uses") ~ !idc`
//! the second is never read.

#![allow(clippy::expect_used, reason = "a grammar that cannot be read is a failure of the test")]

use std::path::Path;

/// The grammar without comments.
fn grammar(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("grammar").join(name);
    let text = std::fs::read_to_string(path).expect("a grammar");
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The alternatives of every choice, each as text: those between brackets of any depth, and those
/// of whole rules.
fn choices(text: &str) -> Vec<Vec<String>> {
    let mut done = Vec::new();
    let mut open: Vec<Vec<String>> = vec![vec![String::new()]];
    let mut signs = text.chars();
    while let Some(sign) = signs.next() {
        let mut add = |sign: char| {
            for choice in &mut open {
                choice.last_mut().expect("an alternative").push(sign);
            }
        };
        match sign {
            '"' | '\'' => {
                add(sign);
                while let Some(next) = signs.next() {
                    add(next);
                    if next == '\\' {
                        signs.next().into_iter().for_each(&mut add);
                    } else if next == sign {
                        break;
                    }
                }
            }
            '(' | '{' => {
                add(sign);
                open.push(vec![String::new()]);
            }
            ')' | '}' => {
                done.extend(open.pop());
                let mut add = |sign: char| {
                    open.iter_mut()
                        .for_each(|choice| choice.last_mut().expect("an alternative").push(sign))
                };
                add(sign);
            }
            '|' => {
                if let Some((choice, outer)) = open.split_last_mut() {
                    outer
                        .iter_mut()
                        .for_each(|choice| choice.last_mut().expect("an alternative").push(sign));
                    choice.push(String::new());
                }
            }
            other => add(other),
        }
    }
    done.retain(|choice| choice.len() > 1);
    done
}

/// The word an alternative is, if it is one word and nothing more.
fn word(alternative: &str) -> Option<&str> {
    let text = alternative.trim().trim_start_matches('^');
    text.strip_prefix('"')?.strip_suffix('"').filter(|word| !word.contains('"'))
}

/// The word an alternative begins with.
fn first_word(alternative: &str) -> Option<&str> {
    alternative.trim().trim_start_matches(['^', '(']).strip_prefix('"')?.split('"').next()
}

/// Words that are never read, each with the one that stands in their way.
fn hidden(text: &str) -> Vec<String> {
    let mut hidden = Vec::new();
    for choice in choices(text) {
        for (at, early) in choice.iter().enumerate().filter_map(|(at, one)| Some((at, word(one)?)))
        {
            let later = choice.iter().skip(at + 1).filter_map(|other| first_word(other));
            hidden.extend(
                later
                    .filter(|late| late.starts_with(early))
                    .map(|late| format!("`{late}` behind `{early}`")),
            );
        }
    }
    hidden
}

#[test]
fn words_stand_longest_first() {
    let mut lists = 0;
    for name in ["words.pest", "literals.pest", "expressions.pest", "entries.pest", "recovery.pest"]
    {
        let text = grammar(name);
        assert_eq!(hidden(&text), Vec::<String>::new(), "{name}");
        lists += choices(&text)
            .iter()
            .filter(|choice| choice.iter().any(|one| word(one).is_some()))
            .count();
    }
    assert!(lists > 50, "only {lists} choices of words were found");
}

#[test]
fn a_word_that_is_never_read_is_seen() {
    assert_eq!(hidden("a = @{ (\"use\" | \"uses\") ~ !idc }"), ["`uses` behind `use`"]);
    assert_eq!(hidden("a = { \"x\" | (\"in\" | b | \"including\") }"), ["`including` behind `in`"]);
    assert_eq!(hidden("a = { \"uses\" | \"use\" | \"|\" | \"||\" ~ b }"), ["`||` behind `|`"]);
    assert!(hidden("a = { \"uses\" | \"use\" ~ b | \"user\" }").is_empty());
}
