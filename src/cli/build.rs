//! `sla build`: turns a contract into an evaluation plan.

use std::path::Path;

use crate::workspace::Root;

use super::Status;
use super::check::{standard_input, tell_troubles, workspace};
use super::inputs::InputFiles;
use super::output::{Output, Stream};

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
    let Some(plan) = plan else { return Status::Findings };
    let mut inputs = InputFiles::default();
    checked.loaded.files_read().for_each(|path| inputs.add(path));
    if file == Path::new("-") {
        inputs.add_standard_input();
    }
    if output.would_overwrite(out, &inputs) {
        return Status::Trouble;
    }
    output.deliver(out, &plan.to_json())
}

/// What is read for the file of a command line.
pub fn root(file: &Path) -> Result<Root, String> {
    if file == Path::new("-") { standard_input() } else { Ok(Root::Path(file.to_path_buf())) }
}
