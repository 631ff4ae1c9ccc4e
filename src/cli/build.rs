//! `sla build`: turns a contract into an evaluation plan.

use std::path::Path;

use crate::workspace::Root;

use super::Status;
use super::check::{standard_input, tell_troubles, workspace};
use super::output::{Output, Stream, words, write_file};

/// Builds the plan of one contract.
pub fn run(file: &Path, out: Option<&Path>, output: &Output) -> Status {
    let root = match root(file) {
        Ok(root) => root,
        Err(message) => {
            output.trouble(&message);
            return Status::Trouble;
        }
    };
    let (checked, plan) = workspace(vec![root], output).plan();
    if tell_troubles(&checked, output) {
        return Status::Trouble;
    }
    let status = output.findings(&checked, Stream::Error);
    if status != Status::Clean {
        return status;
    }
    let Some(text) = plan.map(|plan| plan.to_json()) else { return Status::Findings };
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

/// What is read for the file of a command line.
pub fn root(file: &Path) -> Result<Root, String> {
    if file == Path::new("-") { standard_input() } else { Ok(Root::Path(file.to_path_buf())) }
}
