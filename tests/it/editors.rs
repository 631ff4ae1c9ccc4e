//! The files of `editors/` that hold word lists are written from the tables in `facts`. With
//! `SLA_UPDATE=1` they are written again.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::{Value, json};
use sla::internals::lang::functions::FUNCTIONS;
use sla::internals::lang::units::{DATA_UNITS, PeriodUnit, TimeUnit};
use sla::internals::lang::words::{CLAUSE_WORDS, LEADERS, RESERVED, TYPE_WORDS};

/// Words that stand for values.
const CONSTANTS: [&str; 3] = ["always", "false", "true"];

fn leaders() -> BTreeSet<&'static str> {
    LEADERS.iter().copied().collect()
}

/// Reserved words and clause words that lead nothing and stand for no value.
fn operators() -> BTreeSet<&'static str> {
    let all = RESERVED.iter().chain(CLAUSE_WORDS).copied();
    all.filter(|word| !LEADERS.contains(word) && !CONSTANTS.contains(word)).collect()
}

fn functions() -> BTreeSet<&'static str> {
    FUNCTIONS.iter().map(|facts| facts.name).collect()
}

fn types() -> BTreeSet<&'static str> {
    TYPE_WORDS.iter().copied().collect()
}

fn units() -> BTreeSet<&'static str> {
    let time = TimeUnit::ALL.into_iter().flat_map(|unit| unit.spellings().iter().copied());
    let periods = PeriodUnit::ALL.into_iter().flat_map(PeriodUnit::spellings);
    let data = DATA_UNITS.iter().map(|unit| unit.name);
    time.chain(periods).chain(data).collect()
}

/// The words as alternatives, the longer before what they begin with.
fn alternatives(words: &BTreeSet<&str>) -> String {
    let mut words: Vec<&str> = words.iter().copied().collect();
    words.sort_by(|a, b| b.len().cmp(&a.len()).then(a.cmp(b)));
    words.join("|").replace(' ', "\\s+")
}

fn whole_words(words: &BTreeSet<&str>) -> String {
    format!("\\b(?:{})\\b", alternatives(words))
}

fn rule(scope: &str, pattern: &str) -> Value {
    json!({ "name": format!("{scope}.sla"), "match": pattern })
}

fn text_mate() -> String {
    let quantity = format!(
        "\\b[0-9][0-9_]*(?:\\.[0-9_]+)?(?:\\s*%|[ \\t]*(?:{}|[A-Z]{{3}})(?:/\\w+)?\\b)?",
        alternatives(&units())
    );
    let grammar = json!({
        "$schema": "https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json",
        "name": "Service level agreement",
        "scopeName": "source.sla",
        "fileTypes": ["sla"],
        "patterns": [
            rule("comment.line.documentation", "///.*$"),
            rule("comment.line.double-slash", "//.*$"),
            {
                "name": "string.quoted.double.sla",
                "begin": "\"",
                "end": "\"|$",
                "patterns": [rule("constant.character.escape", "\\\\.")],
            },
            rule("constant.numeric.date", "\\b[0-9]{4}-(?:Q[1-4]|[0-9]{2}(?:-[0-9]{2}(?:T[0-9:.]+(?:Z|[+-][0-9]{2}:[0-9]{2})?)?)?)\\b"),
            rule("constant.numeric.clock", "\\b[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?\\b"),
            rule("constant.numeric", &quantity),
            rule("variable.other.member", "\\b\\w+(?=\\s*:(?!:))"),
            rule("constant.language", &whole_words(&CONSTANTS.into_iter().collect())),
            rule("entity.name.function", &format!("\\b(?:p[0-9]+(?:\\.[0-9]+)?|{})(?=\\s*\\()", alternatives(&functions()))),
            rule("keyword.other", &whole_words(&leaders())),
            rule("keyword.operator.word", &whole_words(&operators())),
            rule("storage.type", &whole_words(&types())),
            rule("keyword.operator", "<=|>=|==|!=|<|>|\\.\\.|[-+*/=|?]"),
            rule("entity.name.type", "\\b\\p{Lu}\\w*\\b"),
        ],
    });
    format!("{grammar:#}\n")
}

fn keywords(group: &str, words: &BTreeSet<&str>) -> String {
    let single: Vec<&str> = words.iter().copied().filter(|word| !word.contains(' ')).collect();
    single.chunks(12).map(|words| format!("syn keyword {group} {}\n", words.join(" "))).collect()
}

fn vim() -> String {
    let units: BTreeSet<&str> = units().into_iter().filter(|unit| unit.is_ascii()).collect();
    [
        "\" Vim syntax file\n\" Language: service level agreements (.sla)\n".to_string(),
        "\" Written by `SLA_UPDATE=1 cargo test --test it editors::`.\n\n".to_string(),
        "if exists(\"b:current_syntax\")\n  finish\nendif\n\nsyn case match\n\n".to_string(),
        keywords("slaStatement", &leaders()),
        keywords("slaClause", &operators()),
        keywords("slaType", &types()),
        keywords("slaConstant", &CONSTANTS.into_iter().collect()),
        format!("\nsyn match slaFunction /\\v<(p[0-9]+(\\.[0-9]+)?|{})\\ze\\s*\\(/\n", alternatives(&functions())),
        format!("syn match slaNumber /\\v<[0-9][0-9_]*(\\.[0-9_]+)?(\\s*\\%|[ \\t]*({}|[A-Z]{{3}})(\\/\\w+)?>)?/\n", alternatives(&units)),
        "syn match slaDate /\\v<[0-9]{4}-(Q[1-4]|[0-9]{2}(-[0-9]{2}(T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})?)?)?)>/\n".to_string(),
        "syn match slaClock /\\v<[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?>/\n".to_string(),
        "syn match slaField /\\v<\\w+\\ze\\s*:/\n".to_string(),
        "syn region slaString start=/\"/ skip=/\\\\./ end=/\"/ oneline\n".to_string(),
        "syn match slaComment /\\/\\/.*$/ contains=@Spell\n".to_string(),
        "syn match slaDoc /\\/\\/\\/.*$/ contains=@Spell\n\n".to_string(),
        "hi def link slaStatement Statement\nhi def link slaClause Keyword\nhi def link slaType Type\n".to_string(),
        "hi def link slaConstant Boolean\nhi def link slaFunction Function\nhi def link slaNumber Number\n".to_string(),
        "hi def link slaDate Number\nhi def link slaClock Number\nhi def link slaField Identifier\n".to_string(),
        "hi def link slaString String\nhi def link slaComment Comment\nhi def link slaDoc SpecialComment\n\n".to_string(),
        "let b:current_syntax = \"sla\"\n".to_string(),
    ]
    .concat()
}

fn must_be(file: &str, wanted: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("editors").join(file);
    if std::env::var_os("SLA_UPDATE").is_some() {
        std::fs::write(&path, wanted).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == wanted,
        "editors/{file} is behind the tables: run `SLA_UPDATE=1 cargo test --test it editors::`"
    );
}

#[test]
fn the_text_mate_grammar_has_the_words_of_the_language() {
    must_be("vscode/syntaxes/sla.tmLanguage.json", &text_mate());
}

#[test]
fn the_vim_file_has_the_words_of_the_language() {
    must_be("vim/syntax/sla.vim", &vim());
}

#[test]
fn longer_words_stand_before_what_they_begin_with() {
    let words: BTreeSet<&str> =
        ["use", "uses", "working day", "working days"].into_iter().collect();
    assert_eq!(alternatives(&words), "working\\s+days|working\\s+day|uses|use");
}

#[test]
fn the_other_files_are_json() {
    for file in ["vscode/package.json", "vscode/language-configuration.json"] {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("editors").join(file);
        let text = std::fs::read_to_string(path).unwrap();
        assert!(serde_json::from_str::<Value>(&text).is_ok(), "{file}");
    }
}
