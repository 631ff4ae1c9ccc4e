//! `sla check`: finds what is wrong in contracts.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::workspace::{Checked, Disk, LARGEST, ReadFault, Root, Workspace, contracts_below, here};

use super::Status;
use super::output::{Output, Stream};

/// Checks files and folders.
pub fn run(paths: &[PathBuf], output: &Output) -> Status {
    let (roots, mut troubled) = roots(paths, output);
    if roots.is_empty() {
        return Status::Trouble;
    }
    let checked = workspace(roots, output).check();
    troubled |= tell_troubles(&checked, output);
    if checked.loaded.roots.is_empty() && checked.findings.is_empty() {
        return Status::Trouble;
    }
    let status = output.findings(&checked, Stream::Out);
    if troubled { Status::Trouble } else { status }
}

/// The root files that paths on the command line stand for, and whether something is wrong with any of these, which has been said.
pub fn roots(paths: &[PathBuf], output: &Output) -> (Vec<Root>, bool) {
    let mut roots = Vec::new();
    let mut troubled = false;
    for path in paths {
        match roots_at(path) {
            Ok(found) => roots.extend(found),
            Err(message) => {
                output.trouble(&message);
                troubled = true;
            }
        }
    }
    (roots, troubled)
}

/// A workspace of root files on the disk.
pub fn workspace(roots: Vec<Root>, output: &Output) -> Workspace<'static> {
    let workspace = Workspace::new(&Disk).levels(output.levels.clone());
    roots.into_iter().fold(workspace, Workspace::root)
}

/// Says which root files cannot be read; true if there are any.
pub fn tell_troubles(checked: &Checked, output: &Output) -> bool {
    for trouble in &checked.loaded.troubles {
        let near = trouble.near.as_ref().map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        output.trouble(&format!("cannot read `{}`: {}{near}", trouble.path.display(), trouble.fault.reason()));
    }
    !checked.loaded.troubles.is_empty()
}

/// The root files a path on the command line stands for.
fn roots_at(path: &Path) -> Result<Vec<Root>, String> {
    if path == Path::new("-") {
        return standard_input().map(|root| vec![root]);
    }
    if !path.is_dir() {
        return Ok(vec![Root::Path(path.to_path_buf())]);
    }
    let found = contracts_below(path).map_err(|fault| format!("cannot search `{}`: {}", path.display(), fault.reason()))?;
    if found.is_empty() {
        return Err(format!("there is no `.sla` file in `{}`; `sla new` writes one to start from", path.display()));
    }
    Ok(found.into_iter().map(Root::Path).collect())
}

/// What stands on standard input, as a root file.
pub fn standard_input() -> Result<Root, String> {
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().take(LARGEST + 1).read_to_end(&mut bytes);
    if let Err(error) = read {
        return Err(format!("cannot read standard input: {}", error.to_string().to_lowercase()));
    }
    if bytes.len() as u64 > LARGEST {
        return Err(format!("cannot read standard input: {}", ReadFault::TooLarge.reason()));
    }
    Ok(Root::Text { name: "<stdin>".to_owned(), folder: here(), bytes })
}
