//! `sla explain`: what a finding means and how to fix it.

use std::fmt::Write as _;

use crate::diag::{Code, Level};
use crate::report::family_word;

use super::Status;
use super::output::{Output, no_code};

/// Prints the long text of one code, or a list of all.
pub fn run(code: Option<&str>, output: &Output) -> Status {
    let Some(name) = code else { return output.print(&list()) };
    // People paste what they see: `error[unknown-name]`.
    let name = name.rsplit_once('[').map_or(name, |(_, rest)| rest).trim_end_matches(']');
    match Code::parse(name) {
        Some(code) => output.print(&output.format().explanation(code, output.look(None))),
        None => {
            output.trouble(&no_code(name));
            Status::Trouble
        }
    }
}

/// All codes by subject, one line each.
fn list() -> String {
    let width = Code::ALL.iter().map(|code| code.name().len()).max().unwrap_or(0);
    let mut text = String::new();
    let mut family = None;
    for code in Code::ALL {
        if family.replace(code.family()) != Some(code.family()) {
            let gap = if text.is_empty() { "" } else { "\n" };
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{gap}{}", family_word(code.family()));
        }
        let level = if code.level() == Level::Error { "error" } else { "warning" };
        let _ = writeln!(text, "  {:width$}  {level:7}  {}", code.name(), code.summary());
    }
    text
}
