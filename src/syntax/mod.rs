//! From text to tree.
//!
//! In: the text of one file. Out: [`Parsed`]: its tree, its comments and blank lines, and findings in the sink. Parsing never
//! fails: any text gives a tree. The grammar in `grammar/` takes nearly everything; lowering says what is wrong with it.
//! pest is used here and nowhere else. This room looks no name up and knows no other file.

pub mod ast;
mod lower;
mod parser;
mod scan;
mod trivia;

use pest::Parser;

use crate::base::{FileId, Span};
use crate::diag::{Code, Finding, Sink};
use lower::Lower;
use parser::{Rule, SlaParser};
use scan::Scan;
pub use trivia::{Comment, CommentKind, Trivia};

/// What became of one text.
#[derive(Clone, Debug, Default)]
pub struct Parsed {
    /// The tree.
    pub file: ast::File,
    /// What a formatter needs besides.
    pub trivia: Trivia,
}

/// How deep brackets and operators may be nested.
pub const DEPTH_LIMIT: usize = 64;

/// Reads one file.
pub fn parse(file: FileId, text: &str, sink: &mut Sink) -> Parsed {
    let scan = Scan::new(text);
    if let Some(at) = scan.too_deep {
        let span = Span::new(file, at, at + 1);
        let message = format!("brackets are nested more than {DEPTH_LIMIT} deep");
        sink.push(Finding::new(Code::NestedTooDeep, span, message).help("name parts of it with `metric`, or take blocks apart"));
        return Parsed { file: ast::File::default(), trivia: scan.trivia };
    }
    let mut own = Sink::new();
    let mut lower = Lower::new(file, text, 0, &scan.trivia);
    let items = match SlaParser::parse(Rule::file, text) {
        Ok(pairs) => lower.file(pairs),
        Err(_) => {
            let span = Span::new(file, 0, 0);
            own.push(Finding::new(Code::NestedTooDeep, span, "the text is nested too deeply to be read"));
            Vec::new()
        }
    };
    own.append(lower.finish());
    sink.append(own);
    Parsed { file: ast::File { items }, trivia: scan.trivia }
}

/// True if the grammar takes the whole text; no tree is made. For benchmarks: what pest alone costs.
pub fn grammar_accepts(text: &str) -> bool {
    SlaParser::parse(Rule::file, text).is_ok()
}
