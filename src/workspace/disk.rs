//! The disk: the only place of the library that reads source files.

use std::fs::{self, File};
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use super::provider::{LARGEST, Provider, ReadFault};
use super::settings;

/// Files of the machine the program runs on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Disk;

impl Provider for Disk {
    fn resolve(&self, path: &Path) -> Result<PathBuf, ReadFault> {
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        fs::canonicalize(path).map_err(|error| fault(&error))
    }

    fn read(&self, path: &Path, ordinary: bool) -> Result<Vec<u8>, ReadFault> {
        let about = fs::metadata(path).map_err(|error| fault(&error))?;
        if about.is_dir() {
            return Err(ReadFault::Folder);
        }
        if ordinary && !about.is_file() {
            return Err(ReadFault::Special);
        }
        if about.len() > LARGEST {
            return Err(ReadFault::TooLarge);
        }
        let file = File::open(path).map_err(|error| fault(&error))?;
        let mut bytes = Vec::with_capacity(usize::try_from(about.len()).unwrap_or(0));
        // A file may grow while it is read: never take in more than is allowed.
        file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| fault(&error))?;
        if bytes.len() as u64 > LARGEST { Err(ReadFault::TooLarge) } else { Ok(bytes) }
    }

    fn neighbours(&self, folder: &Path) -> Vec<String> {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let mut names: Vec<String> = names.filter(|name| name.ends_with(".sla")).collect();
        names.sort();
        names
    }
}

/// What a search for contracts found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Search {
    /// The `.sla` files, in alphabetical order of their paths.
    pub files: Vec<PathBuf>,
    /// Folders that cannot be searched, and why.
    pub unsearched: Vec<(PathBuf, ReadFault)>,
}

/// The `.sla` files below a folder. Hidden folders are left out, and those below it whose
/// `sla.toml` says `only_when_named = true`. Links to folders are not followed, and nothing but
/// ordinary files is taken: a pipe might never end.
pub fn contracts_below(folder: &Path) -> Search {
    let mut search = Search::default();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        if let Err(error) = search_folder(&folder, &mut folders, &mut search.files) {
            search.unsearched.push((folder, fault(&error)));
        }
    }
    search.files.sort();
    search.unsearched.sort_by(|one, other| one.0.cmp(&other.0));
    search
}

/// Adds the folders and contracts of a folder.
fn search_folder(
    folder: &Path,
    folders: &mut Vec<PathBuf>,
    files: &mut Vec<PathBuf>,
) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_name().as_encoded_bytes().first() == Some(&b'.') {
            continue;
        }
        if entry.file_type()?.is_dir() {
            if !passed_by(&path) {
                folders.push(path);
            }
        } else if path.extension().is_some_and(|extension| extension == "sla") {
            // A link that leads nowhere is a contract that cannot be read.
            let is_ordinary = fs::metadata(&path).map_or(true, |about| about.is_file());
            files.extend(is_ordinary.then_some(path));
        }
    }
    Ok(())
}

fn passed_by(folder: &Path) -> bool {
    let text = Disk.read(&folder.join(settings::FILE_NAME), true);
    text.is_ok_and(|bytes| settings::only_when_named(&String::from_utf8_lossy(&bytes)))
}

/// The folder the program was started in.
pub fn here() -> PathBuf {
    std::env::current_dir().unwrap_or_default()
}

fn fault(error: &std::io::Error) -> ReadFault {
    match error.kind() {
        ErrorKind::NotFound => ReadFault::Missing,
        ErrorKind::IsADirectory => ReadFault::Folder,
        ErrorKind::PermissionDenied => {
            ReadFault::Other("you do not have permission to read it".to_owned())
        }
        ErrorKind::NotADirectory => {
            ReadFault::Other("a part of its path is not a folder".to_owned())
        }
        _ => ReadFault::Other(error.to_string().to_lowercase()),
    }
}
