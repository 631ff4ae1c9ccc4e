//! `sla build`: turns a contract into an evaluation plan.

use std::path::Path;

use crate::workspace::{Checked, Root};

use super::Status;
use super::check::{check, standard_input, tell_troubles};
use super::output::{Output, Stream, words, write_file};

/// HOOK: the plan of a checked contract as text with a line end; `None` while this version cannot build plans.
fn plan(_checked: &Checked) -> Option<String> {
    None
}

const NOT_YET: &str = "this version of the program does not build plans yet";

/// Builds the plan of one contract.
pub fn run(file: &Path, out: Option<&Path>, output: &Output) -> Status {
    let root = match root(file) {
        Ok(root) => root,
        Err(message) => {
            output.trouble(&message);
            return Status::Trouble;
        }
    };
    let checked = check(vec![root], output);
    if tell_troubles(&checked, output) {
        return Status::Trouble;
    }
    let status = output.findings(&checked, Stream::Error);
    if status != Status::Clean {
        return status;
    }
    let Some(text) = plan(&checked) else {
        output.trouble(NOT_YET);
        return Status::Trouble;
    };
    match out {
        None => output.print(&text),
        Some(path) if path == Path::new("-") => output.print(&text),
        Some(path) => match write_file(path, &text) {
            Ok(()) => Status::Clean,
            Err(error) => {
                output.trouble(&format!("cannot write `{}`: {}", path.display(), words(&error)));
                Status::Trouble
            }
        },
    }
}

fn root(file: &Path) -> Result<Root, String> {
    if file == Path::new("-") { standard_input() } else { Ok(Root::Path(file.to_path_buf())) }
}
