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

/// The `.sla` files below a folder in alphabetical order of their paths. Hidden folders are left out, and those
/// below it whose `sla.toml` says `only_when_named = true`; links to folders are not followed.
pub fn contracts_below(folder: &Path) -> Result<Vec<PathBuf>, ReadFault> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(|error| fault(&error))? {
            let entry = entry.map_err(|error| fault(&error))?;
            let kind = entry.file_type().map_err(|error| fault(&error))?;
            let path = entry.path();
            let hidden = entry.file_name().as_encoded_bytes().first() == Some(&b'.');
            if kind.is_dir() && !hidden && !passed_by(&path) {
                folders.push(path);
            } else if !kind.is_dir() && !hidden && path.extension().is_some_and(|extension| extension == "sla") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn passed_by(folder: &Path) -> bool {
    fs::read_to_string(folder.join(settings::FILE_NAME)).is_ok_and(|text| settings::only_when_named(&text))
}

/// The folder the program was started in.
pub fn here() -> PathBuf {
    std::env::current_dir().unwrap_or_default()
}

fn fault(error: &std::io::Error) -> ReadFault {
    match error.kind() {
        ErrorKind::NotFound => ReadFault::Missing,
        ErrorKind::IsADirectory => ReadFault::Folder,
        ErrorKind::PermissionDenied => ReadFault::Other("it may not be read by you".to_owned()),
        ErrorKind::NotADirectory => ReadFault::Other("a part of its path is not a folder".to_owned()),
        _ => ReadFault::Other(error.to_string().to_lowercase()),
    }
}
