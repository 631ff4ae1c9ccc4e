//! `sla build`: turns a contract into an evaluation plan.

use std::path::Path;

use crate::diag::{Finding, sort};
use crate::workspace::{Analysed, Root};

use super::Status;
use super::check::{standard_input, tell_troubles, workspace};
use super::output::{Output, Stream, words, write_file};

/// HOOK: the plan of a project as text with a line end, or why there can be none; `None` while this version cannot build plans. It is asked
/// only about a project without errors, and `analysed.loaded.roots` holds the one root.
fn plan(_analysed: &Analysed<'_, '_, '_>) -> Option<Result<String, Vec<Finding>>> {
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
    let (mut checked, plans) = workspace(vec![root], output).check_with(&|analysed| if analysed.sound { plan(analysed) } else { None });
    if tell_troubles(&checked, output) {
        return Status::Trouble;
    }
    let built = plans.into_iter().flatten().next();
    if let Some(Err(more)) = &built {
        checked.findings.extend(more.iter().cloned());
        sort(&mut checked.findings);
    }
    let status = output.findings(&checked, Stream::Error);
    if status != Status::Clean {
        return status;
    }
    let Some(Ok(text)) = built else {
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
