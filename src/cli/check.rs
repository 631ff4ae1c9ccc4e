//! `sla check`: finds what is wrong in contracts.

use std::io::{IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};

use crate::report::{clean, painted_diff, unified_diff};
use crate::time::Date;
use crate::workspace::{
    Change, Checked, Disk, Fixed, LARGEST, ReadFault, Root, Workspace, apply_fixes,
    contracts_below, here,
};

use super::Status;
use super::output::{Output, Stream, words, write_file, write_to};

/// Arguments of `sla check`, parsed.
pub struct Wish {
    /// Write what can be fixed unasked.
    pub fix: bool,
    /// `--diff`: show the edits instead of applying them.
    pub diff: bool,
    /// The day that counts as today.
    pub today: Option<Date>,
}

/// Checks files and folders.
pub fn run(paths: &[PathBuf], wish: &Wish, output: &Output) -> Status {
    let (roots, mut troubled) = roots(paths, output);
    if roots.is_empty() {
        return Status::Trouble;
    }
    if wish.fix && roots.iter().any(|root| matches!(root, Root::Text { .. })) {
        output.trouble("`--fix` cannot change standard input; name the file, or use `--diff`");
        return Status::Trouble;
    }
    let fixed =
        (wish.fix || wish.diff).then(|| apply_fixes(&Disk, &roots, &output.levels, wish.today));
    if let Some(fixed) = &fixed {
        tell_unfixed(fixed, output);
    }
    let was_fixed = wish.fix && !wish.diff;
    let would_change = wish.diff && fixed.as_ref().is_some_and(|fixed| !fixed.changes.is_empty());
    let (checked, stream) = match fixed {
        None => (workspace(roots, output).today(wish.today).check(), Stream::Out),
        Some(fixed) if wish.diff => {
            troubled |= show(&fixed, output);
            // What is shown is what would change; the findings are those of the files as they are.
            (workspace(roots, output).today(wish.today).check(), Stream::Error)
        }
        // What could not be written is still wrong on the disk.
        Some(fixed) if write(&fixed, output) => {
            troubled = true;
            (workspace(roots, output).today(wish.today).check(), Stream::Out)
        }
        Some(fixed) => (fixed.checked, Stream::Out),
    };
    troubled |= tell_troubles(&checked, output);
    if checked.loaded.roots.is_empty() && checked.findings.is_empty() {
        return Status::Trouble;
    }
    let status = if was_fixed {
        output.findings_left(&checked, stream)
    } else {
        output.findings(&checked, stream)
    };
    match status {
        _ if troubled => Status::Trouble,
        Status::Clean if would_change => Status::Findings,
        status => status,
    }
}

/// Says how many findings have an edit that was taken back, and why.
fn tell_unfixed(fixed: &Fixed, output: &Output) {
    let reason = "the edits would bring new errors";
    match fixed.taken_back {
        0 => {}
        1 => output.remark(&format!("1 finding is not fixed: {reason}")),
        count => output.remark(&format!("{count} findings are not fixed: {reason}")),
    }
}

/// Prints what would change; true if that failed.
fn show(fixed: &Fixed, output: &Output) -> bool {
    let text: String = fixed
        .changes
        .iter()
        .map(|change| unified_diff(&change.name, &change.before, &change.after))
        .collect();
    // A patch is exact; a person's terminal is not to be steered by it.
    let text = if std::io::stdout().is_terminal() { clean(&text) } else { text.into() };
    match write_to(Stream::Out, &painted_diff(&text, output.look(None))) {
        Ok(()) => false,
        Err(error) => {
            output.trouble(&format!("cannot write to standard output: {}", words(&error)));
            true
        }
    }
}

/// Writes what changes; true if some file could not be written.
fn write(fixed: &Fixed, output: &Output) -> bool {
    let mut failed = false;
    let mut written: Vec<&Change> = Vec::new();
    for change in &fixed.changes {
        match write_file(&change.path, &change.after) {
            Ok(()) => written.push(change),
            Err(error) => {
                output.trouble(&format!("cannot write `{}`: {}", change.name, words(&error)));
                failed = true;
            }
        }
    }
    if !written.is_empty() {
        let plural = |count: usize, noun: &str| {
            format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
        };
        output.remark(&format!(
            "{} fixed in {}",
            plural(fixed.fixes, "finding"),
            plural(written.len(), "file")
        ));
    }
    failed
}

/// The root files that paths on the command line stand for, and whether something is wrong with any
/// of these, which has been reported.
pub fn roots(paths: &[PathBuf], output: &Output) -> (Vec<Root>, bool) {
    let mut roots = Vec::new();
    let mut troubled = false;
    for path in paths {
        let (found, troubles) = roots_at(path);
        roots.extend(found);
        troubled |= !troubles.is_empty();
        troubles.iter().for_each(|message| output.trouble(message));
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
    for trouble in &checked.loaded.unreadable {
        let near = trouble
            .near
            .as_ref()
            .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        output.trouble(&format!(
            "cannot read `{}`: {}{near}",
            trouble.path.display(),
            trouble.fault.reason()
        ));
    }
    !checked.loaded.unreadable.is_empty()
}

/// The root files a path on the command line stands for, and what is wrong with it.
fn roots_at(path: &Path) -> (Vec<Root>, Vec<String>) {
    if path == Path::new("-") {
        return match standard_input() {
            Ok(root) => (vec![root], Vec::new()),
            Err(message) => (Vec::new(), vec![message]),
        };
    }
    if !path.is_dir() {
        return (vec![Root::Path(path.to_path_buf())], Vec::new());
    }
    let search = contracts_below(path);
    let cannot = |(folder, fault): &(PathBuf, ReadFault)| {
        format!("cannot search `{}`: {}", folder.display(), fault.reason())
    };
    let mut troubles: Vec<String> = search.unsearched.iter().map(cannot).collect();
    if search.files.is_empty() && troubles.is_empty() {
        troubles.push(format!(
            "there is no `.sla` file in `{}`; `sla new` writes one to start from",
            path.display()
        ));
    }
    (search.files.into_iter().map(Root::Path).collect(), troubles)
}

/// The text of standard input, as a root file.
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
