//! The files that a command has read, so that `-o` overwrites none of them.

use std::fs;
use std::path::Path;
#[cfg(not(unix))]
use std::path::PathBuf;

use crate::data::Input;

/// The files that a command has read.
#[derive(Default)]
pub struct InputFiles(Vec<Identity>);

/// What makes two names the same file: device and inode, which also see through hard links.
#[cfg(unix)]
type Identity = (u64, u64);
/// What makes two names the same file: the path with all links resolved.
#[cfg(not(unix))]
type Identity = PathBuf;

impl InputFiles {
    /// Adds a file.
    pub fn add(&mut self, path: &Path) {
        self.0.extend(identity(path));
    }

    /// Adds a place that rows are read from. Standard input counts as well: the shell may have
    /// opened it from a file.
    pub fn add_input(&mut self, input: &Input) {
        match input {
            Input::File(path) => self.add(path),
            Input::Standard => self.add_standard_input(),
            Input::Bytes { .. } | Input::Batches { .. } => {}
        }
    }

    /// Adds the file behind standard input, if there is one.
    pub fn add_standard_input(&mut self) {
        #[cfg(unix)]
        {
            use std::os::fd::AsFd as _;
            let own = std::io::stdin().as_fd().try_clone_to_owned().map(fs::File::from);
            let about = own.and_then(|file| file.metadata());
            self.0.extend(about.ok().and_then(|about| of(&about)));
        }
    }

    /// True if a file is one of those that were read.
    pub fn contains(&self, path: &Path) -> bool {
        identity(path).is_some_and(|identity| self.0.contains(&identity))
    }
}

/// The identity of a file; `None` if it does not exist, or is a device or pipe, which nothing
/// overwrites.
fn identity(path: &Path) -> Option<Identity> {
    let about = fs::metadata(path).ok()?;
    #[cfg(unix)]
    return of(&about);
    #[cfg(not(unix))]
    return fs::canonicalize(path).ok().filter(|_| about.is_file());
}

#[cfg(unix)]
fn of(about: &fs::Metadata) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt as _;
    about.is_file().then(|| (about.dev(), about.ino()))
}
