//! From text to tree.
//!
//! In: the text of one file. Out: [`Parsed`]: its tree, and findings in the sink. Parsing never fails: any text gives a tree. The grammar in `grammar/` takes nearly
//! everything; lowering says what is wrong with it. pest is used here and nowhere else. This module
//! looks no name up and knows no other file.

pub mod ast;
mod blocks;
#[cfg(test)]
mod dump;
mod layout;
mod lost;
mod lower;
mod parser;
mod raw;
mod scan;
#[cfg(test)]
mod tests;
mod trivia;

use pest::Parser;

use crate::base::{FileId, Span, parallel};
use crate::diag::{Code, FINDING_LIMIT, Finding, Sink, keep_first};
use ast::Item;
pub use layout::{Begins, EntryKind, Layout, Token, TokenKind};
pub use lost::Lost;
use lower::{Lower, Lowered};
use parser::{Rule, SlaParser};
use scan::Scan;

/// What became of one text.
#[derive(Clone, Debug, Default)]
pub struct Parsed {
    /// The tree.
    pub file: ast::File,
    /// What could not be read.
    pub lost: Lost,
}

/// How deep brackets and operators may be nested.
pub const DEPTH_LIMIT: usize = 64;

/// Texts larger than this are cut: the pairs of a chunk are dropped before those of the next are
/// made.
const CHUNK: usize = 32 << 10;

/// Reads one file.
pub fn parse(file: FileId, text: &str, sink: &mut Sink) -> Parsed {
    parse_in_chunks(file, text, CHUNK, sink)
}

/// Reads one file in chunks of at least this many bytes; the result does not depend on it.
#[doc(hidden)]
pub fn parse_in_chunks(file: FileId, text: &str, chunk: usize, sink: &mut Sink) -> Parsed {
    let scan = Scan::new(text, chunk);
    let (mut found, left_out) = raw::findings(file, text, &scan);
    sink.leave_out(file, left_out);
    if let Some(at) = scan.too_deep {
        let span = Span::new(file, at, at + 1);
        let message = format!("brackets are nested more than {DEPTH_LIMIT} deep");
        found.push(
            Finding::new(Code::NestedTooDeep, span, message)
                .help("name parts of it with `metric`, or split the block"),
        );
        limit(file, found, sink);
        return Parsed::default();
    }
    let starts: Vec<usize> = std::iter::once(0).chain(scan.cuts.iter().copied()).collect();
    let ends = scan.cuts.iter().copied().chain(std::iter::once(text.len()));
    let chunks: Vec<(usize, usize)> = starts.into_iter().zip(ends).collect();
    let lowered: Vec<(Vec<Item>, Lowered)> = match chunks.as_slice() {
        [(from, to)] => vec![chunk_items(file, text, *from, *to, &scan)],
        several => parallel::each(several, |(from, to)| chunk_items(file, text, *from, *to, &scan)),
    };
    let mut items = Vec::new();
    let mut docs = Vec::new();
    let mut lost = Lost::default();
    for (more, lowered) in lowered {
        sink.leave_out(file, lowered.left_out);
        items.extend(more);
        found.extend(lowered.found);
        docs.extend(lowered.docs);
        lost.append(lowered.lost);
    }
    items.shrink_to_fit();
    let (detached, left_out) = raw::detached_docs(file, text, &scan.trivia, &docs);
    found.extend(detached);
    sink.leave_out(file, left_out);
    let (id, file) = (file, ast::File { items });
    found.extend(blocks::repeated(&file));
    found.extend(blocks::swallowed(&file));
    limit(id, found, sink);
    Parsed { file, lost }
}

fn chunk_items(
    file: FileId,
    text: &str,
    from: usize,
    to: usize,
    scan: &Scan,
) -> (Vec<Item>, Lowered) {
    let mut lower = Lower::new(file, text, from, &scan.trivia, scan.braces.clone());
    let items = match SlaParser::parse(Rule::file, text.get(from..to).unwrap_or("")) {
        Ok(pairs) => lower.file(pairs),
        Err(_) => {
            lower.give_up(Span::new(file, from, from));
            Vec::new()
        }
    };
    (items, lower.finish())
}

/// Hands on as many findings as can be shown, and counts the others: a text of megabytes that is no
/// contract has one for each character.
fn limit(file: FileId, found: Vec<Finding>, sink: &mut Sink) {
    let (kept, dropped) = keep_first(found, FINDING_LIMIT);
    kept.into_iter().for_each(|finding| sink.push(finding));
    sink.leave_out(file, dropped);
}

/// True if the grammar takes the whole text; no tree is made. For benchmarks: what pest alone
/// costs.
#[cfg(feature = "internals")]
pub fn grammar_accepts(text: &str) -> bool {
    SlaParser::parse(Rule::file, text).is_ok()
}
