//! Finds the `allow` statements of a file in all its blocks.

use crate::base::{FileId, Span};
use crate::diag::Allowance;
use crate::syntax::ast::{File, Item, Statement};

/// All allowances of a file of `length` bytes, each with the block it covers.
pub(super) fn collect(file: FileId, length: usize, ast: &File) -> Vec<Allowance> {
    let mut found = Vec::new();
    let mut todo: Vec<(&[Item], Span)> = vec![(&ast.items, Span::new(file, 0, length))];
    while let Some((items, scope)) = todo.pop() {
        for item in items {
            if let Some(Statement::Allow(allow)) = item.statement() {
                let code = allow.code.as_ref().map(|code| (code.text.to_string(), code.span));
                found.push(Allowance { code, span: item.span, scope });
            }
            todo.extend(item.kind.blocks().into_iter().map(|items| (items, item.span)));
        }
    }
    found.sort_by_key(|allowance| allowance.span);
    found
}
