//! `sla fmt`: contracts in the style of the language.

use std::io::IsTerminal as _;
use std::path::PathBuf;

use crate::base::{FileId, SourceMap, SourceText, parallel};
use crate::diag::Finding;
use crate::format::{Refusal, format};
use crate::report::{Document, Findings, clean, painted_diff, unified_diff};
use crate::workspace::{Disk, Provider as _, Root};

use super::Status;
use super::check::roots;
use super::output::{Output, Stream, words, write_file, write_to};

/// What `sla fmt` is asked for.
pub struct Options {
    /// List what would change, and write nothing.
    pub check: bool,
    /// Show what would change, and write nothing.
    pub diff: bool,
    /// What standard input is called.
    pub stdin_name: Option<String>,
}

/// A contract that was read.
struct Contract {
    file: FileId,
    /// Where it is; `None` for standard input.
    path: Option<PathBuf>,
    text: String,
}

/// Formats files and folders.
pub fn run(paths: &[PathBuf], options: &Options, output: &Output) -> Status {
    let (roots, mut troubled) = roots(paths, output);
    let reads_input = roots.iter().any(|root| matches!(root, Root::Text { .. }));
    if options.stdin_name.is_some() && !reads_input {
        output.trouble("`--stdin-name` names standard input, which is read only with the path `-`");
        return Status::Trouble;
    }
    let mut sources = SourceMap::default();
    let mut contracts = Vec::new();
    for root in roots {
        match read(root, options) {
            Ok((path, name, text)) => {
                let file = sources.add(SourceText::new(name, text.as_str()));
                contracts.push(Contract { file, path, text });
            }
            Err(message) => {
                output.trouble(&message);
                troubled = true;
            }
        }
    }
    let formatted = parallel::each(&contracts, |contract| format(contract.file, &contract.text));
    let (mut changed, mut refused) = (0, 0);
    let mut findings: Vec<Finding> = Vec::new();
    let mut shown = String::new();
    for (contract, formatted) in contracts.iter().zip(formatted) {
        let name = sources.name(contract.file);
        let text = match formatted {
            Ok(text) => text,
            Err(refusal) => {
                refused += 1;
                match refusal {
                    Refusal::Syntax(found) => findings.extend(found),
                    Refusal::Changed(why) => {
                        output.trouble(&format!(
                            "`{name}` is left as it is, because {why}; this is a fault of `sla fmt`: please report it"
                        ));
                        troubled = true;
                    }
                }
                continue;
            }
        };
        let differs = text != contract.text;
        changed += usize::from(differs);
        if options.diff {
            shown += &unified_diff(name, &contract.text, &text);
        } else if options.check {
            shown += &if differs { format!("{name}\n") } else { String::new() };
        } else if let Some(path) = &contract.path {
            if differs && let Err(error) = write_file(path, &text) {
                output.trouble(&format!("cannot write `{name}`: {}", words(&error)));
                (changed, troubled) = (changed - 1, true);
            }
        } else {
            shown += &text;
        }
    }
    troubled |= !print(&shown, options, output);
    if !findings.is_empty() {
        let form = output.format().or_human(Document::Findings);
        let colour = output.wants_colour(Stream::Error);
        let files = contracts.len();
        let text =
            form.findings(&Findings { findings: &findings, sources: &sources, files, colour });
        troubled |= write_to(Stream::Error, &text).is_err();
    }
    let only_shows = options.check || options.diff;
    let is_filter = contracts.iter().all(|contract| contract.path.is_none());
    if !is_filter || only_shows {
        output.remark(&summary(contracts.len(), changed, refused, only_shows));
    }
    match () {
        () if troubled => Status::Trouble,
        () if refused > 0 || only_shows && changed > 0 => Status::Findings,
        () => Status::Clean,
    }
}

/// Prints what goes to standard output; false if that failed.
fn print(shown: &str, options: &Options, output: &Output) -> bool {
    // A patch is exact; a person's terminal is not to be steered by it.
    let text = match options.diff {
        true if std::io::stdout().is_terminal() => painted_diff(&clean(shown), output.look(None)),
        true => painted_diff(shown, output.look(None)),
        false => shown.to_owned(),
    };
    match write_to(Stream::Out, &text) {
        Ok(()) => true,
        Err(error) => {
            output.trouble(&format!("cannot write to standard output: {}", words(&error)));
            false
        }
    }
}

/// Where a file is, what it is called, and its text.
fn read(root: Root, options: &Options) -> Result<(Option<PathBuf>, String, String), String> {
    let (path, name, bytes) = match root {
        Root::Text { name, bytes, .. } => (None, options.stdin_name.clone().unwrap_or(name), bytes),
        Root::Path(path) => {
            let name = path.display().to_string();
            match Disk.read(&path, true) {
                Ok(bytes) => (Some(path), name, bytes),
                Err(fault) => return Err(format!("cannot read `{name}`: {}", fault.reason())),
            }
        }
    };
    match String::from_utf8(bytes) {
        Ok(text) => Ok((path, name, text)),
        Err(_) => Err(format!("cannot format `{name}`: it is not UTF-8 text")),
    }
}

fn summary(files: usize, changed: usize, refused: usize, only_shows: bool) -> String {
    let count = |count: usize| format!("{count} file{}", if count == 1 { "" } else { "s" });
    let verb = if only_shows { "would change" } else { "formatted" };
    let unchanged = files - changed - refused;
    let mut text = format!("{} {verb}, {unchanged} unchanged", count(changed));
    if refused > 0 {
        text += &format!(
            ", {} left as {}",
            count(refused),
            if refused == 1 { "it is" } else { "they are" }
        );
    }
    text
}
