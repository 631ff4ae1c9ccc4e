//! Where files come from: the disk, or memory.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

/// Why a file cannot be had.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ReadFault {
    /// There is none.
    Missing,
    /// It is a folder.
    Folder,
    /// It is neither file nor folder: a device, a pipe, a socket.
    Special,
    /// It is larger than the compiler reads.
    TooLarge,
    /// Something else, in the words of the system.
    Other(String),
}

impl ReadFault {
    /// Why, as the end of a sentence about the file.
    pub fn reason(&self) -> &str {
        match self {
            ReadFault::Missing => "there is no such file",
            ReadFault::Folder => "it is a folder",
            ReadFault::Special => "it is not an ordinary file",
            ReadFault::TooLarge => "it is larger than 64 MB",
            ReadFault::Other(words) => words,
        }
    }
}

/// The largest file that is read, in bytes.
pub const LARGEST: u64 = 64 << 20;

/// Gives bytes for paths. The only door through which the workspace sees files.
pub trait Provider: Sync {
    /// The one true path of a file: absolute, without links. Two paths with the same true path are
    /// the same file.
    fn resolve(&self, path: &Path) -> Result<PathBuf, ReadFault>;

    /// The bytes of a file, 64 MB at most. `ordinary` refuses pipes and devices.
    fn read(&self, path: &Path, ordinary: bool) -> Result<Vec<u8>, ReadFault>;

    /// Names of the `.sla` files in a folder, in alphabetical order, for "did you mean".
    fn neighbours(&self, folder: &Path) -> Vec<String>;
}

/// Files that exist only in memory, by path: for tests, examples and editors.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    files: BTreeMap<PathBuf, Vec<u8>>,
}

impl Memory {
    /// No files.
    pub fn new() -> Self {
        Memory::default()
    }

    /// Adds a file.
    #[must_use]
    pub fn with(mut self, path: impl AsRef<Path>, content: impl Into<Vec<u8>>) -> Self {
        self.files.insert(plain(path.as_ref()), content.into());
        self
    }
}

impl Provider for Memory {
    fn resolve(&self, path: &Path) -> Result<PathBuf, ReadFault> {
        let path = plain(path);
        let folder = || self.files.keys().any(|file| file.parent() == Some(&path));
        if self.files.contains_key(&path) || path.as_os_str().is_empty() || folder() {
            Ok(path)
        } else {
            Err(ReadFault::Missing)
        }
    }

    fn read(&self, path: &Path, _ordinary: bool) -> Result<Vec<u8>, ReadFault> {
        let path = self.resolve(path)?;
        let bytes = self.files.get(&path).ok_or(ReadFault::Folder)?;
        if bytes.len() as u64 > LARGEST { Err(ReadFault::TooLarge) } else { Ok(bytes.clone()) }
    }

    fn neighbours(&self, folder: &Path) -> Vec<String> {
        let folder = plain(folder);
        let beside = self.files.keys().filter(|path| path.parent() == Some(&folder));
        beside
            .filter_map(|path| path.file_name()?.to_str().map(str::to_owned))
            .filter(|name| name.ends_with(".sla"))
            .collect()
    }
}

/// A path with `.` and `..` taken out by words alone; a `..` that leads above its start stays.
pub fn plain(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                let named = matches!(out.components().next_back(), Some(Component::Normal(_)));
                if named {
                    out.pop();
                } else if !out.has_root() {
                    out.push("..");
                }
            }
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => out.push(part),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_paths() {
        for (given, expected) in [
            ("a/./b/../c.sla", "a/c.sla"),
            ("../a", "../a"),
            ("../../a/..", "../.."),
            ("/../a", "/a"),
            ("a/..", ""),
        ] {
            assert_eq!(plain(Path::new(given)), PathBuf::from(expected), "{given}");
        }
    }
}
