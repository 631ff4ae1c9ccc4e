//! Nested text costs the grammar as many rule calls as it is long. A rule that reads the same text
//! twice doubles the calls at each level, and a contract of two hundred bytes would take minutes.
//!
//! The limit of calls belongs to the whole process, so nothing else is tested here.

use std::num::NonZeroUsize;

use sla::FileId;
use sla::internals::diag::Sink;
use sla::internals::syntax::{grammar_accepts, parse};

/// Where the bracketed form stands, what opens a level, what stands innermost, what closes a level.
const FORMS: [(&str, &str, &str, &str, &str); 20] = [
    ("metric M = ", "(", "1", ")", ""),
    ("metric M = ", "(1 + ", "1", ")", ""),
    ("metric M = ", "share(x, ", "1", ")", ""),
    ("metric M = ", "t[a, ", "1", "]", ""),
    ("metric M = ", "each 1 min of x { ", "count()", " }", ""),
    ("metric M = ", "each 1 min { ", "count()", " }", ""),
    ("metric M = ", "each day x { ", "count()", " }", ""),
    ("metric M = ", "f(each 1 ", "1", ")", ""),
    ("metric M = ", "f(each x ", "1", ")", ""),
    ("metric M = ", "f(each 1 min of x { ", "1", " })", ""),
    ("metric M = ", "f(each (", "1", "))", ""),
    ("metric M = ", "each (", "1", ") { 1 }", ""),
    ("metric M = ", "f(last ", "1", ")", ""),
    ("metric M = ", "if (", "true", ") then 1 else 2", ""),
    ("metric M = ", "if true then (", "1", ") else 2", ""),
    ("metric M = ", "not (", "true", ")", ""),
    ("table T(a | b): number { ", "a: (", "1", ")", " }"),
    ("source s: events { ", "a: events { ", "b: text", " }", " }"),
    ("", "sla A { ", "", " }", ""),
    ("", "word { ", "", " }", ""),
];

/// How many rule calls the text needs, to a tenth; the grammar takes every text, so it is refused
/// only for its calls.
fn calls(text: &str) -> usize {
    let within = |limit: usize| {
        pest::set_call_limit(NonZeroUsize::new(limit));
        let taken = grammar_accepts(text);
        pest::set_call_limit(None);
        taken
    };
    let mut limit = text.len();
    while !within(limit) {
        limit += limit / 10 + 1;
        assert!(limit < 2_000 * text.len(), "more than 2000 calls a byte: {text}");
    }
    limit
}

#[test]
fn every_form() {
    nested_text_costs_as_many_calls_as_it_is_long();
    operators_without_brackets_end_too();
}

fn nested_text_costs_as_many_calls_as_it_is_long() {
    for (before, open, inner, close, after) in FORMS {
        for closed in [true, false] {
            let text = |levels: usize| {
                let close = if closed { close.repeat(levels) } else { String::new() };
                format!("{before}{}{inner}{close}{after}", open.repeat(levels))
            };
            let (short, long) = (calls(&text(15)), calls(&text(60)));
            // Four times the levels: four times the calls, and a quarter more for the steps in
            // which they are measured.
            assert!(
                long <= 5 * short,
                "{open}…{close}: {short} calls for 15 levels, {long} for 60"
            );
            let mut sink = Sink::new();
            parse(FileId::new(0), &text(200), &mut sink);
            assert!(
                sink.findings().iter().any(|finding| finding.code.name() == "nested-too-deep"),
                "{open}: 200 levels"
            );
        }
    }
}

fn operators_without_brackets_end_too() {
    for open in ["if ", "if true then ", "not ", "- ", "1 of ", "previous "] {
        let text = |levels: usize| format!("metric M = {}1", open.repeat(levels));
        let (short, long) = (calls(&text(50)), calls(&text(200)));
        assert!(long <= 5 * short, "{open}: {short} calls for 50, {long} for 200");
        parse(FileId::new(0), &text(200), &mut Sink::new());
    }
}
