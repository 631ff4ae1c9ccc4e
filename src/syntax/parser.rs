//! The parser that pest derives from the files in `grammar/`. Nothing outside this module sees it.
#![allow(missing_docs)]

/// The derived parser.
#[derive(pest_derive::Parser)]
#[grammar = "../grammar/words.pest"]
#[grammar = "../grammar/literals.pest"]
#[grammar = "../grammar/expressions.pest"]
#[grammar = "../grammar/entries.pest"]
#[grammar = "../grammar/recovery.pest"]
pub(super) struct SlaParser;
