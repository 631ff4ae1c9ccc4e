//! A folder of its own for one test, and the program run in it.

#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A folder of its own for one test.
pub struct TempProject {
    folder: TempDir,
    /// The command of the program that is tried; `None`: arguments begin with it.
    command: Option<&'static str>,
}

/// How the program ended, and what it printed.
pub struct Ran {
    pub status: i32,
    pub out: String,
    pub err: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Ran {
            status: output.status.code().expect("a status"),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }
}

impl TempProject {
    pub fn new() -> Self {
        TempProject { folder: tempfile::tempdir().expect("a folder for the test"), command: None }
    }

    /// One where all arguments are those of a command.
    pub fn of(command: &'static str) -> Self {
        TempProject { command: Some(command), ..TempProject::new() }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder().join(name)
    }

    pub fn write(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        fs::write(path, content).expect("a file");
        self
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("a file")
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sla"));
        command.args(self.command).args(arguments).current_dir(self.folder());
        command.env_remove("SLA_FORMAT").env_remove("NO_COLOR").stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        Ran::from(self.command(arguments).output().expect("the program runs"))
    }

    pub fn run_with_input(&self, arguments: &[&str], input: &[u8]) -> Ran {
        let mut command = self.command(arguments);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        child.stdin.take().expect("its input").write_all(input).expect("written");
        Ran::from(child.wait_with_output().expect("it ends"))
    }

    /// Names in the folder, to see that nothing is left lying about.
    pub fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder()).expect("the folder");
        let mut names: Vec<String> = entries
            .map(|entry| entry.expect("an entry").file_name().into_string().expect("a plain name"))
            .collect();
        names.sort();
        names
    }
}
