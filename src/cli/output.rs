//! Where text goes: standard output and error, in the requested format; files, completely or not at
//! all.

use std::fs;
use std::io::{self, ErrorKind, IsTerminal as _, Write as _};
use std::path::Path;

use crate::base::closest;
use crate::diag::{Code, Finding, Level, Levels};
use crate::report::{Document, Findings, Format, Look, one_line};
use crate::workspace::Checked;

use super::arguments::{ColourWhen, Global};
use super::inputs::InputFiles;
use super::{Status, eprint_line, interrupt};

/// Lines are never wrapped at fewer characters: a terminal may say that it has none.
const NARROWEST: usize = 40;

/// The formats, colours and verbosity of one run.
pub struct Output {
    format: Format,
    colour: ColourWhen,
    quiet: bool,
    /// Levels given on the command line.
    pub levels: Levels,
}

/// One of the two streams.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Error,
}

impl Output {
    /// Reads options and environment; the message says what cannot be understood.
    pub fn new(global: &Global) -> Result<Output, String> {
        Ok(Output {
            format: match global.format {
                Some(format) => format,
                None => format_of_environment()?,
            },
            colour: global.color,
            quiet: global.quiet,
            levels: levels(global)?,
        })
    }

    /// True with `--quiet`: only the requested output is printed.
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// The requested format.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Prints to standard output.
    pub fn print(&self, text: &str) -> Status {
        match write_to(Stream::Out, text) {
            Ok(()) => Status::Clean,
            Err(error) => {
                self.trouble(&format!("cannot write to standard output: {}", words(&error)));
                Status::Trouble
            }
        }
    }

    /// Puts a text into the file of `-o`, or prints it to standard output.
    pub fn deliver(&self, out: Option<&Path>, text: &str) -> Status {
        let Some(path) = file_of(out) else { return self.print(text) };
        match write_file(path, text) {
            Ok(()) => Status::Clean,
            Err(error) => {
                self.trouble(&format!("cannot write `{}`: {}", path.display(), words(&error)));
                Status::Trouble
            }
        }
    }

    /// True if the file of `-o` is one of those that were read, which has then been reported.
    pub fn would_overwrite(&self, out: Option<&Path>, inputs: &InputFiles) -> bool {
        let Some(path) = file_of(out).filter(|path| inputs.contains(path)) else { return false };
        self.trouble(&format!(
            "cannot write `{}`: this command reads that file; choose another name for the output",
            path.display()
        ));
        true
    }

    /// Prints findings to a stream and the summary line to standard error, and says how the run
    /// ended.
    pub fn findings(&self, checked: &Checked, stream: Stream) -> Status {
        let is_safe = |it: &&Finding| it.fix.as_ref().is_some_and(|fix| fix.safe);
        self.show_findings(checked, stream, checked.findings.iter().filter(is_safe).count())
    }

    /// The same for findings that are left after all that can be fixed has been.
    pub fn findings_left(&self, checked: &Checked, stream: Stream) -> Status {
        self.show_findings(checked, stream, 0)
    }

    /// `fixable`: how many of the findings `sla check --fix` would fix.
    fn show_findings(&self, checked: &Checked, stream: Stream, fixable: usize) -> Status {
        let counts = checked.counts();
        let format = self.format.or_human(Document::Findings);
        let text = format.findings(&Findings {
            findings: &checked.findings,
            sources: checked.sources(),
            files: counts.files,
            colour: self.wants_colour(stream),
        });
        if let Err(error) = write_to(stream, &text) {
            self.trouble(&format!("cannot write: {}", words(&error)));
            return Status::Trouble;
        }
        if !self.quiet {
            eprint_line(&counts.sentence());
            if format == Format::HUMAN && io::stderr().is_terminal() {
                hint(&checked.findings, fixable).iter().for_each(|line| eprint_line(line));
            }
        }
        if counts.errors > 0 { Status::Findings } else { Status::Clean }
    }

    /// Says to standard error what went wrong outside the contracts.
    pub fn trouble(&self, message: &str) {
        eprint_line(&format!("error: {}", one_line(message)));
    }

    /// Says something to standard error, unless it is to be quiet.
    pub fn remark(&self, message: &str) {
        if !self.quiet {
            eprint_line(&one_line(message));
        }
    }

    /// How what goes to standard output, or into the file of `-o`, should look: a file gets plain
    /// text.
    pub fn look(&self, out: Option<&Path>) -> Look {
        if file_of(out).is_some() {
            return Look::default();
        }
        let size =
            terminal_size::terminal_size_of(io::stdout()).filter(|_| io::stdout().is_terminal());
        let width = size.map(|(width, _)| usize::from(width.0).max(NARROWEST));
        Look { colour: self.wants_colour(Stream::Out), width }
    }

    /// True if what goes to a stream is to have colours.
    pub fn wants_colour(&self, stream: Stream) -> bool {
        match self.colour {
            ColourWhen::Always => true,
            ColourWhen::Never => false,
            ColourWhen::Auto => {
                let terminal = match stream {
                    Stream::Out => io::stdout().is_terminal(),
                    Stream::Error => io::stderr().is_terminal(),
                };
                let forbidden = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
                let dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
                terminal && !forbidden && !dumb
            }
        }
    }
}

/// What a person can do next about findings: for a terminal, because logs need no advice.
fn hint(findings: &[Finding], fixable: usize) -> Option<String> {
    let code =
        findings.iter().map(|finding| finding.code).find(|code| *code != Code::TooManyFindings)?;
    let explain = format!("`sla explain {}` explains a finding", code.name());
    Some(if fixable == 0 {
        explain
    } else {
        format!("{explain}; `sla check --fix` fixes {fixable} of them")
    })
}

fn format_of_environment() -> Result<Format, String> {
    let Some(value) = std::env::var_os("SLA_FORMAT").filter(|value| !value.is_empty()) else {
        return Ok(Format::default());
    };
    let name = value.to_string_lossy();
    // Holds for every command, so it is one that every command has.
    let general = || Format::all().filter(|format| format.shows(Document::Findings));
    general().find(|format| format.name() == name).ok_or_else(|| {
        let names = general().map(Format::name);
        format!("SLA_FORMAT is `{name}`, but must be {}", crate::base::quoted_list(names))
    })
}

/// Levels by name; if one code is named twice, the more severe level wins.
fn levels(global: &Global) -> Result<Levels, String> {
    let mut levels = Levels::default();
    let options = [
        (&global.allow, Level::Allow, "--allow"),
        (&global.warn, Level::Warning, "--warn"),
        (&global.deny, Level::Error, "--deny"),
    ];
    for (names, level, option) in options {
        for name in names {
            if name == "warnings" && level == Level::Error {
                levels.deny_warnings();
                continue;
            }
            let code =
                Code::parse(name).ok_or_else(|| format!("`{option} {name}`: {}", no_code(name)))?;
            if code.level() == Level::Error && level < Level::Error {
                return Err(format!(
                    "`{option} {name}`: `{name}` is an error, and only warnings have a level to choose"
                ));
            }
            levels.set(code, level);
        }
    }
    Ok(levels)
}

/// Says that a code does not exist, and which may have been meant.
pub fn no_code(name: &str) -> String {
    match closest(name, Code::ALL.iter().map(|code| code.name())) {
        Some(near) => format!("there is no code `{name}`; did you mean `{near}`?"),
        None => format!("there is no code `{name}`; `sla explain` lists all codes"),
    }
}

/// The file of `-o`; `-` is standard output.
fn file_of(out: Option<&Path>) -> Option<&Path> {
    out.filter(|path| *path != Path::new("-"))
}

/// Writes a whole text; a reader that stops early is not an error.
pub fn write_to(stream: Stream, text: &str) -> io::Result<()> {
    let result = match stream {
        Stream::Out => {
            let mut out = io::stdout().lock();
            out.write_all(text.as_bytes()).and_then(|()| out.flush())
        }
        Stream::Error => io::stderr().lock().write_all(text.as_bytes()),
    };
    match result {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Puts a text into a file, whole or not at all: it is written beside the file and then takes its
/// place.
pub fn write_file(path: &Path, text: &str) -> io::Result<()> {
    // A link stays a link: what it points to is replaced.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let old = fs::metadata(&path).ok();
    if old.as_ref().is_some_and(|about| about.is_dir()) {
        return Err(io::Error::new(ErrorKind::IsADirectory, "it is a folder"));
    }
    if old.as_ref().is_some_and(|about| !about.is_file()) {
        // A device or pipe cannot be replaced, only written to.
        return fs::OpenOptions::new().write(true).open(&path)?.write_all(text.as_bytes());
    }
    let folder =
        path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    interrupt::watch();
    let mut file = {
        let mut unfinished = interrupt::unfinished();
        let file = beside(folder)?;
        *unfinished = Some(file.path().to_path_buf());
        file
    };
    let filled = fill(&mut file, text, old.as_ref());
    let mut unfinished = interrupt::unfinished();
    let written = match filled {
        Ok(()) => file.persist(&path).map(drop).map_err(|error| error.error),
        Err(error) => {
            // Removes it while no signal can come between.
            drop(file);
            Err(error)
        }
    };
    *unfinished = None;
    written
}

/// Writes the text onto the disk, with the permissions of the file that it will replace.
fn fill(
    file: &mut tempfile::NamedTempFile,
    text: &str,
    old: Option<&fs::Metadata>,
) -> io::Result<()> {
    file.write_all(text.as_bytes())?;
    #[cfg(debug_assertions)]
    provoked_wait();
    file.as_file().sync_all()?;
    old.map_or(Ok(()), |about| file.as_file().set_permissions(about.permissions()))
}

/// Waits in the middle of writing, for a test that sends a signal; it is in no release.
#[cfg(debug_assertions)]
fn provoked_wait() {
    if std::env::var_os("SLA_PROVOKE_WAIT").is_some() {
        std::thread::sleep(std::time::Duration::from_secs(60));
    }
}

/// A file without a name yet, with the permissions any new file would have.
fn beside(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".sla-").suffix(".part");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

/// An error of the system in words fit for the end of a sentence.
pub fn words(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "there is no such file or folder".to_owned(),
        ErrorKind::PermissionDenied => "you do not have permission to write there".to_owned(),
        ErrorKind::IsADirectory => "it is a folder".to_owned(),
        ErrorKind::NotADirectory => "a part of its path is not a folder".to_owned(),
        ErrorKind::AlreadyExists => "it exists already".to_owned(),
        _ => {
            let words = error.to_string().to_lowercase();
            words.split_once(" (os error").map_or(words.as_str(), |(words, _)| words).to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn the_hint_names_a_code_and_counts_what_can_be_fixed() {
        let span = crate::base::Span::new(crate::base::FileId::new(0), 0, 1);
        let finding = |code| Finding::new(code, span, "x");
        assert_eq!(hint(&[], 0), None);
        assert_eq!(hint(&[finding(Code::TooManyFindings)], 0), None);
        assert_eq!(
            hint(&[finding(Code::UnknownName)], 0).as_deref(),
            Some("`sla explain unknown-name` explains a finding")
        );
        let found = [finding(Code::OddSpelling), finding(Code::NoFee)];
        assert_eq!(
            hint(&found, 1).as_deref(),
            Some(
                "`sla explain odd-spelling` explains a finding; `sla check --fix` fixes 1 of them"
            )
        );
    }

    #[test]
    fn a_file_is_written_whole_and_nothing_is_left_over() {
        let desk = tempfile::tempdir().unwrap();
        let path = desk.path().join("plan.json");
        write_file(&path, "first and long").unwrap();
        write_file(&path, "second").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "second");
        assert_eq!(names(desk.path()), ["plan.json"]);
    }

    #[test]
    fn what_cannot_be_written_leaves_nothing() {
        let desk = tempfile::tempdir().unwrap();
        assert_eq!(
            write_file(&desk.path().join("none/plan.json"), "x").unwrap_err().kind(),
            ErrorKind::NotFound
        );
        assert_eq!(write_file(desk.path(), "x").unwrap_err().kind(), ErrorKind::IsADirectory);
        assert!(names(desk.path()).is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn permissions_and_links_stay() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let desk = tempfile::tempdir().unwrap();
        let (plain, new, link) =
            (desk.path().join("plain"), desk.path().join("new"), desk.path().join("link"));
        fs::write(&plain, "old").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        write_file(&new, "x").unwrap();
        assert_eq!(mode(&new), mode(&plain), "as any new file of this user");
        fs::set_permissions(&plain, fs::Permissions::from_mode(0o640)).unwrap();
        symlink("plain", &link).unwrap();
        write_file(&link, "new").unwrap();
        assert_eq!((fs::read_to_string(&plain).unwrap().as_str(), mode(&plain)), ("new", 0o640));
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        write_file(Path::new("/dev/null"), "gone").unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }
}
