//! Reads files and what they `use`, parses them, and joins them into projects.
//!
//! In: paths or texts of root files and a [`Provider`]. Out: [`Loaded`]. Reading and parsing run in
//! parallel; ids, order and findings do not depend on that.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::base::{FileId, SourceMap, SourceText, Span, closest, is_utf16, parallel};
use crate::diag::{Code, Finding, Sink};
use crate::lang::library::{self, LIBRARY};
use crate::syntax::ast::{self, Declaration, UseTarget};
use crate::syntax::{self, Lost, Parsed};

use super::provider::{Provider, ReadFault, plain};
use super::settings::{self, Settings};

/// A file that the user named.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Root {
    /// A file by its path.
    Path(PathBuf),
    /// A text in memory: standard input, an unsaved editor buffer.
    Text {
        /// The name shown in findings.
        name: String,
        /// The folder that its `use` are relative to.
        folder: PathBuf,
        /// Its bytes.
        bytes: Vec<u8>,
    },
}

/// One file with its tree and what it uses.
#[derive(Debug)]
pub struct LoadedFile {
    /// Its id in the source map.
    pub file: FileId,
    /// Its tree.
    pub ast: ast::File,
    /// What could not be read of it.
    pub lost: Lost,
    /// The files it brings in, each with the place of the `use`.
    pub uses: Vec<(FileId, Span)>,
    /// True for a file of the standard library.
    pub std: bool,
    /// Where it lies, links followed; `None` for the library and for texts that were given.
    pub path: Option<PathBuf>,
    /// True if the file, or something it uses, could not be read or found (reported): names may be
    /// unknown for that reason alone.
    pub incomplete: bool,
    /// Which of the settings hold for it.
    settings: usize,
}

/// A root file that cannot be read at all.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnreadableFile {
    /// The path as given.
    pub path: PathBuf,
    /// Why.
    pub fault: ReadFault,
    /// A file beside it that may have been meant.
    pub near: Option<String>,
}

/// Everything that was read.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The texts.
    pub sources: SourceMap,
    /// The files in order of discovery: roots first, then what they use.
    pub files: Vec<LoadedFile>,
    /// The root files, without repetition.
    pub roots: Vec<FileId>,
    /// Root files that cannot be read.
    pub unreadable: Vec<UnreadableFile>,
    pub(super) settings: Vec<Settings>,
    by_id: HashMap<FileId, usize>,
}

impl Loaded {
    /// The file with this id.
    pub fn file(&self, file: FileId) -> Option<&LoadedFile> {
        self.by_id.get(&file).and_then(|at| self.files.get(*at))
    }

    /// The settings that hold for a file.
    pub fn settings(&self, file: FileId) -> Option<&Settings> {
        self.file(file).and_then(|file| self.settings.get(file.settings))
    }

    /// Every file on the disk that was read: contracts, those they use, and settings.
    pub fn files_read(&self) -> impl Iterator<Item = &Path> {
        let contracts = self.files.iter().filter_map(|file| file.path.as_deref());
        contracts.chain(self.settings.iter().filter_map(|settings| settings.file.as_deref()))
    }
}

/// What makes a file the same file again.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Identity {
    Disk(PathBuf),
    Library(&'static str),
    Text(usize),
}

/// A file to be read in the next wave.
struct Wanted {
    identity: Identity,
    /// The name for people.
    shown: PathBuf,
    /// The folder its `use` are relative to; `None` in the standard library.
    folder: Option<PathBuf>,
    settings: usize,
    /// The place of the `use`, or `None` for a root.
    place: Option<Span>,
    content: Option<Result<Vec<u8>, ReadFault>>,
}

/// A file that has its id and waits for the parser.
struct Read {
    file: FileId,
    text: Arc<str>,
    /// False if the text is not what the bytes say: then only the tree is of use, not what the
    /// parser finds.
    sound: bool,
    wanted: Wanted,
}

/// Below this many bytes, reading and parsing is done before threads would have started.
const WORTH_THREADS: usize = 64 << 10;

/// Applies a function to each item, on several threads if the work is worth it; results come in the
/// order of the items.
fn each<T: Send, R: Send>(
    items: &mut [T],
    work: usize,
    f: impl Fn(&mut T) -> R + Sync + Send,
) -> Vec<R> {
    if work < WORTH_THREADS {
        items.iter_mut().map(f).collect()
    } else {
        parallel::each_mut(items, f)
    }
}

/// Loads root files and all they use.
pub(super) fn load(roots: Vec<Root>, files: &dyn Provider, sink: &mut Sink) -> Loaded {
    let mut loader = Loader {
        files,
        loaded: Loaded::default(),
        ids: HashMap::new(),
        projects: HashMap::new(),
        links: Vec::new(),
        incomplete: HashSet::new(),
        sink,
    };
    let mut wave: Vec<Wanted> = Vec::new();
    let mut known = HashSet::new();
    for (at, root) in roots.into_iter().enumerate() {
        if let Some(wanted) = loader.root(at, root)
            && known.insert(wanted.identity.clone())
        {
            wave.push(wanted);
        }
    }
    loader.ids.extend(known.into_iter().map(|identity| (identity, None)));
    while !wave.is_empty() {
        wave = loader.wave(wave);
    }
    loader.link();
    loader.loaded
}

struct Loader<'a> {
    files: &'a dyn Provider,
    loaded: Loaded,
    /// Every file met so far; `None` until it is read, and for good if it cannot be.
    ids: HashMap<Identity, Option<FileId>>,
    /// Settings by the folder of a root file.
    projects: HashMap<PathBuf, usize>,
    /// Who uses what, and where that is said.
    links: Vec<(FileId, Span, Identity)>,
    /// Files that lack something.
    incomplete: HashSet<FileId>,
    sink: &'a mut Sink,
}

impl Loader<'_> {
    fn root(&mut self, at: usize, root: Root) -> Option<Wanted> {
        match root {
            Root::Text { name, folder, bytes } => {
                let folder = self.files.resolve(&folder).unwrap_or(folder);
                let settings = self.settings(&folder, Path::new(""));
                let content = Some(Ok(bytes));
                Some(Wanted {
                    identity: Identity::Text(at),
                    shown: name.into(),
                    folder: Some(folder),
                    settings,
                    place: None,
                    content,
                })
            }
            Root::Path(path) => {
                let content = match self.files.read(&path, false) {
                    Ok(bytes) => Ok(bytes),
                    Err(ReadFault::TooLarge) => Err(ReadFault::TooLarge),
                    Err(fault) => {
                        let near = self.near(&path);
                        self.loaded.unreadable.push(UnreadableFile { path, fault, near });
                        return None;
                    }
                };
                // A pipe has no path of its own; the one given will do.
                let real = self.files.resolve(&path).unwrap_or_else(|_| path.clone());
                let folder = real.parent().map(Path::to_path_buf).unwrap_or_default();
                let settings = self.settings(&folder, path.parent().unwrap_or(Path::new("")));
                let (identity, shown) = (Identity::Disk(real), plain(&path));
                Some(Wanted {
                    identity,
                    shown,
                    folder: Some(folder),
                    settings,
                    place: None,
                    content: Some(content),
                })
            }
        }
    }

    /// A file beside one that does not exist, with a name like it.
    fn near(&self, path: &Path) -> Option<String> {
        let name = path.file_name()?.to_str()?;
        let beside = self.files.neighbours(path.parent().unwrap_or(Path::new("")));
        let forgotten = beside.iter().find(|other| other.strip_suffix(".sla") == Some(name));
        forgotten
            .map(String::as_str)
            .or_else(|| closest(name, beside.iter().map(String::as_str)))
            .map(str::to_owned)
    }

    fn settings(&mut self, folder: &Path, shown: &Path) -> usize {
        if let Some(known) = self.projects.get(folder) {
            return *known;
        }
        let mut settings =
            settings::find(folder, shown, self.files, &mut self.loaded.sources, self.sink);
        settings.root = self.files.resolve(&settings.root).unwrap_or(settings.root);
        let at = self.loaded.settings.len();
        self.loaded.settings.push(settings);
        self.projects.insert(folder.to_path_buf(), at);
        at
    }

    /// Reads and parses the wanted files, and returns those they want.
    fn wave(&mut self, mut wave: Vec<Wanted>) -> Vec<Wanted> {
        let files = self.files;
        let unread = wave.iter().filter(|wanted| wanted.content.is_none()).count();
        // How large they are is not known yet: take them for small files.
        let contents = each(&mut wave, unread * (WORTH_THREADS / 8), |wanted| wanted.fetch(files));
        let mut read: Vec<Read> = Vec::new();
        for (wanted, content) in wave.into_iter().zip(contents) {
            match content {
                Ok(bytes) => read.push(self.admit(wanted, bytes)),
                Err(fault) => self.refuse(&wanted, &fault),
            }
        }
        let bytes = read.iter().map(|read| read.text.len()).sum();
        let parsed = each(&mut read, bytes, |read| {
            let mut sink = Sink::new();
            let parsed = syntax::parse(read.file, &read.text, &mut sink);
            (parsed, sink)
        });
        let mut next = Vec::new();
        for (read, (parsed, sink)) in read.into_iter().zip(parsed) {
            if read.sound {
                self.sink.append(sink);
            } else {
                self.incomplete.insert(read.file);
            }
            self.follow(&read, &parsed.file, &mut next);
            let std = matches!(read.wanted.identity, Identity::Library(_));
            let path = match &read.wanted.identity {
                Identity::Disk(path) => Some(path.clone()),
                Identity::Library(_) | Identity::Text(_) => None,
            };
            let Parsed { file: ast, lost } = parsed;
            let settings = read.wanted.settings;
            let file = LoadedFile {
                file: read.file,
                ast,
                lost,
                uses: Vec::new(),
                std,
                path,
                incomplete: false,
                settings,
            };
            self.loaded.by_id.insert(read.file, self.loaded.files.len());
            self.loaded.files.push(file);
        }
        next
    }

    /// Gives a file its id.
    fn admit(&mut self, wanted: Wanted, bytes: Vec<u8>) -> Read {
        let name = wanted.shown.display().to_string();
        let is_wide = is_utf16(&bytes);
        let (text, fault) = match String::from_utf8(bytes) {
            Ok(text) => (text, None),
            Err(error) => (String::from_utf8_lossy(error.as_bytes()).into_owned(), Some(error)),
        };
        let text = if is_wide { String::new() } else { text };
        let text: Arc<str> = text.into();
        let file = self.loaded.sources.add(SourceText::new(name, Arc::clone(&text)));
        self.ids.insert(wanted.identity.clone(), Some(file));
        if wanted.place.is_none() {
            self.loaded.roots.push(file);
        }
        if is_document(&text) {
            let shown = wanted.shown.display();
            let finding = Finding::new(
                Code::UnreadableFile,
                Span::new(file, 0, 0),
                format!("`{shown}` cannot be read: it is a JSON document"),
            );
            self.sink.push(finding.help("if it is a plan, `sla run` evaluates it"));
            return Read { file, text: "".into(), sound: false, wanted };
        }
        if is_wide {
            let finding = Finding::new(
                Code::NotUtf8,
                Span::new(file, 0, 0),
                "the file is UTF-16 text, and contracts are UTF-8 text",
            );
            self.sink.push(finding.help("save the file as UTF-8 in your editor"));
            return Read { file, text, sound: false, wanted };
        }
        let Some(error) = fault else { return Read { file, text, sound: true, wanted } };
        let at = error.utf8_error().valid_up_to();
        let byte = error.as_bytes().get(at).copied().unwrap_or(0);
        let line = self.loaded.sources.get(file).map_or(1, |source| source.line_of(at) + 1);
        let place = Span::new(file, at, at + '\u{fffd}'.len_utf8());
        let message = format!(
            "the file is not UTF-8 text: byte 0x{byte:02X} in line {line} belongs to no character"
        );
        self.sink.push(
            Finding::new(Code::NotUtf8, place, message)
                .help("save the file as UTF-8 in your editor"),
        );
        // What can be read is still parsed, so that its names are known elsewhere.
        Read { file, text, sound: false, wanted }
    }

    /// Reports a file that cannot be read.
    fn refuse(&mut self, wanted: &Wanted, fault: &ReadFault) {
        let name = wanted.shown.display().to_string();
        let place = match wanted.place {
            Some(place) => place,
            None => {
                let file = self.loaded.sources.add(SourceText::new(name.as_str(), ""));
                Span::new(file, 0, 0)
            }
        };
        let code =
            if *fault == ReadFault::TooLarge { Code::TooLarge } else { Code::UnreadableFile };
        let finding =
            Finding::new(code, place, format!("`{name}` cannot be read: {}", fault.reason()));
        self.sink.push(match fault {
            ReadFault::TooLarge => {
                finding.help("cut it into several files and join them with `use`")
            }
            ReadFault::Folder => finding.help("name a file in it"),
            ReadFault::Missing | ReadFault::Special | ReadFault::Other(_) => finding,
        });
    }

    /// Looks up what a file uses; what is not known yet is wanted next.
    fn follow(&mut self, read: &Read, ast: &ast::File, next: &mut Vec<Wanted>) {
        for item in &ast.items {
            let Some(Declaration::Use(target)) = item.declaration() else { continue };
            let (wanted, place) = match &**target {
                UseTarget::Missing => (None, item.span),
                UseTarget::Library(path) => (self.std_part(read, path), path.span()),
                UseTarget::File(text) => (self.beside(read, text), text.span),
            };
            let Some(wanted) = wanted else {
                self.incomplete.insert(read.file);
                continue;
            };
            self.links.push((read.file, place, wanted.identity.clone()));
            if let Entry::Vacant(entry) = self.ids.entry(wanted.identity.clone()) {
                entry.insert(None);
                next.push(wanted);
            }
        }
    }

    /// `use std.web`
    fn std_part(&mut self, read: &Read, path: &ast::Path) -> Option<Wanted> {
        let name = match path.parts.as_slice() {
            [std, name] if std.text == "std" => Some(name),
            _ => None,
        };
        if let Some(library) = name.and_then(|name| library::find(&name.text)) {
            return Some(Wanted {
                identity: Identity::Library(library.name),
                shown: PathBuf::from(library.file),
                folder: None,
                settings: read.wanted.settings,
                place: Some(path.span()),
                content: Some(Ok(library.text.as_bytes().to_vec())),
            });
        }
        let text = path.text();
        let finding = Finding::new(
            Code::UnknownLibrary,
            path.span(),
            format!("there is no library `{text}`"),
        );
        let last = path.parts.last().map_or("", |name| name.text.as_str());
        let beside = read
            .wanted
            .folder
            .as_ref()
            .map(|folder| self.files.neighbours(folder))
            .unwrap_or_default();
        let file = format!("{text}.sla");
        let near = closest(last, LIBRARY.iter().map(|library| library.name));
        self.sink.push(if beside.contains(&file) {
            finding.here("did you mean the file?").suggestion(
                format!("write `\"{file}\"`"),
                path.span(),
                format!("\"{file}\""),
            )
        } else if let Some(near) = near {
            finding.here(format!("did you mean `std.{near}`?")).suggestion(
                format!("write `std.{near}`"),
                path.span(),
                format!("std.{near}"),
            )
        } else {
            let names = LIBRARY
                .iter()
                .map(|library| format!("`std.{}`", library.name))
                .collect::<Vec<_>>()
                .join(", ");
            finding
                .help(format!("the libraries are {names}; a file of your own is named in quotes"))
        });
        None
    }

    /// `use "parties.sla"`
    fn beside(&mut self, read: &Read, text: &ast::Text) -> Option<Wanted> {
        let target = Path::new(text.value.as_str());
        let shown = plain(&read.wanted.shown.parent().unwrap_or(Path::new("")).join(target));
        let root = self
            .loaded
            .settings
            .get(read.wanted.settings)
            .map(|settings| settings.root.clone())
            .unwrap_or_default();
        let folder = read.wanted.folder.as_ref().filter(|_| {
            target
                .components()
                .all(|part| !matches!(part, Component::Prefix(_) | Component::RootDir))
        });
        let Some(folder) = folder else {
            self.outside(text, "a path in `use` starts at the folder of the file that contains it");
            return None;
        };
        let path = plain(&folder.join(target));
        // In memory a project may have no folder above it: then a path that still climbs leads out.
        if !path.starts_with(&root) || path.starts_with("..") {
            self.outside(text, "this leads above the project's folder");
            return None;
        }
        match self.files.resolve(&path) {
            Ok(real) if !real.starts_with(&root) => {
                self.outside(text, "this is a link that leads out of the project's folder");
                None
            }
            Ok(real) => {
                let folder = real.parent().map(Path::to_path_buf);
                let settings = read.wanted.settings;
                Some(Wanted {
                    identity: Identity::Disk(real),
                    shown,
                    folder,
                    settings,
                    place: Some(text.span),
                    content: None,
                })
            }
            Err(fault) => {
                self.missing(text, &shown, &path, &fault);
                None
            }
        }
    }

    fn missing(&mut self, text: &ast::Text, shown: &Path, path: &Path, fault: &ReadFault) {
        let message = format!("`{}` cannot be read: {}", shown.display(), fault.reason());
        let finding = Finding::new(Code::UnreadableFile, text.span, message);
        let near = self.near(path).map(|near| match text.value.rsplit_once('/') {
            Some((folder, _)) => format!("{folder}/{near}"),
            None => near,
        });
        self.sink.push(match near {
            Some(near) => finding.here(format!("did you mean `{near}`?")).suggestion(
                format!("write `\"{near}\"`"),
                text.span,
                format!("\"{near}\""),
            ),
            None if text.value.contains('\\') => {
                finding.help("write `/` between the folders of a path")
            }
            None => finding.help("the path is relative to the file that contains `use`"),
        });
    }

    fn outside(&mut self, text: &ast::Text, here: &str) {
        let finding = Finding::new(
            Code::OutsideRoot,
            text.span,
            format!("`{}` lies outside the project", text.value),
        )
        .here(here);
        self.sink.push(finding.help(format!(
            "the project is the folder with the nearest `{}`, or, if there is none, the folder of the file that is checked; put an empty `{}` into the folder that contains all its files",
            settings::FILE_NAME,
            settings::FILE_NAME
        )));
    }

    /// Joins files that use each other, now that all have their ids, and passes on who lacks
    /// something.
    fn link(&mut self) {
        for (from, place, to) in std::mem::take(&mut self.links) {
            let Some(user) =
                self.loaded.by_id.get(&from).and_then(|at| self.loaded.files.get_mut(*at))
            else {
                continue;
            };
            match self.ids.get(&to).copied().flatten() {
                Some(used) => user.uses.push((used, place)),
                None => {
                    self.incomplete.insert(from);
                }
            }
        }
        let mut users: HashMap<FileId, Vec<FileId>> = HashMap::new();
        for file in &self.loaded.files {
            file.uses.iter().for_each(|(used, _)| users.entry(*used).or_default().push(file.file));
        }
        let mut todo: Vec<FileId> = self.incomplete.iter().copied().collect();
        while let Some(file) = todo.pop() {
            let above = users.get(&file).into_iter().flatten().copied();
            todo.extend(above.filter(|user| self.incomplete.insert(*user)));
        }
        for file in &mut self.loaded.files {
            file.incomplete = self.incomplete.contains(&file.file);
        }
    }
}

impl Wanted {
    /// The bytes, unless they came along.
    fn fetch(&mut self, files: &dyn Provider) -> Result<Vec<u8>, ReadFault> {
        match (self.content.take(), &self.identity) {
            (Some(content), _) => content,
            (None, Identity::Disk(path)) => files.read(path, true),
            (None, Identity::Library(_) | Identity::Text(_)) => Err(ReadFault::Missing),
        }
    }
}

/// True if a text is an object of JSON, which no contract begins like.
fn is_document(text: &str) -> bool {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim_start();
    text.strip_prefix('{').is_some_and(|rest| rest.trim_start().starts_with(['"', '}']))
}
