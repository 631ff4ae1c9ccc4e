//! Applies the edits that cannot change what was meant, until there is nothing left to apply.
//!
//! In: root files. Out: each file that would change, as it is and as it would be, and the findings
//! that would be left. Nothing is written here. Only files of the project change, and texts that
//! were given: never the library, nothing outside the root.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{All, Checked, Loaded, LoadedFile, Provider, ReadFault, Root, Workspace};
use crate::base::FileId;
use crate::diag::{Edit, Finding, Fix, Level, Levels};
use crate::lang::codes::Family;
use crate::syntax::ast::Date;

/// How often edits may bring about other findings that have edits of their own.
const ROUNDS: usize = 20;

/// A file that changes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// Where it lies.
    pub path: PathBuf,
    /// Its name for people.
    pub name: String,
    /// Its text as it is.
    pub before: String,
    /// Its text as it would be.
    pub after: String,
}

/// What applying fixes comes to.
pub struct Fixed {
    /// Files that change, in order of their paths.
    pub changes: Vec<Change>,
    /// How many findings were fixed.
    pub fixes: usize,
    /// How many findings were not fixed, because all edits together bring new errors.
    pub taken_back: usize,
    /// The findings that remain.
    pub checked: Checked,
}

/// Files as they would be, in front of those that are.
struct Overlay<'a> {
    beneath: &'a dyn Provider,
    texts: BTreeMap<PathBuf, String>,
}

impl Provider for Overlay<'_> {
    fn resolve(&self, path: &Path) -> Result<PathBuf, ReadFault> {
        self.beneath.resolve(path)
    }

    fn read(&self, path: &Path, ordinary: bool) -> Result<Vec<u8>, ReadFault> {
        let changed = self.beneath.resolve(path).ok().and_then(|real| self.texts.get(&real));
        match changed {
            Some(text) => Ok(text.clone().into_bytes()),
            None => self.beneath.read(path, ordinary),
        }
    }

    fn neighbours(&self, folder: &Path) -> Vec<String> {
        self.beneath.neighbours(folder)
    }
}

impl Overlay<'_> {
    /// A root as it would be.
    fn root(&self, root: &Root) -> Root {
        match root {
            Root::Text { name, folder, bytes } => {
                let changed = self.texts.get(Path::new(name)).map(|text| text.clone().into_bytes());
                Root::Text {
                    name: name.clone(),
                    folder: folder.clone(),
                    bytes: changed.unwrap_or_else(|| bytes.clone()),
                }
            }
            Root::Path(_) => root.clone(),
        }
    }
}

/// The bytes of a file as it is; a text that was given goes by its name.
fn text_at(files: &dyn Provider, roots: &[Root], path: &Path) -> Option<Vec<u8>> {
    let given = roots.iter().find_map(|root| match root {
        Root::Text { name, bytes, .. } if Path::new(name) == path => Some(bytes.clone()),
        Root::Text { .. } | Root::Path(_) => None,
    });
    given.or_else(|| files.read(path, true).ok())
}

/// Mends what can be fixed unasked.
pub fn apply_fixes(
    files: &dyn Provider,
    roots: &[Root],
    levels: &Levels,
    today: Option<Date>,
) -> Fixed {
    let check = |overlay: &Overlay<'_>| {
        let workspace = Workspace::new(overlay).levels(levels.clone()).today(today);
        roots
            .iter()
            .map(|root| overlay.root(root))
            .fold(workspace, Workspace::root)
            .check_all(&|_| ())
            .0
    };
    let mut overlay = Overlay { beneath: files, texts: BTreeMap::new() };
    let mut checked = check(&overlay);
    let mut originals: BTreeMap<PathBuf, (String, String)> = BTreeMap::new();
    let (mut fixes, mut taken_back) = (0, 0);
    for _ in 0..ROUNDS {
        let (texts, applied) =
            one_round(&checked, &|path| text_at(files, roots, path), &mut originals);
        if applied == 0 {
            break;
        }
        let before: Vec<_> =
            texts.keys().map(|path| (path.clone(), overlay.texts.get(path).cloned())).collect();
        overlay.texts.extend(texts);
        let next = check(&overlay);
        if errors(&next) > errors(&checked) {
            // Edits that do harm together are taken back.
            taken_back = applied;
            for (path, text) in before {
                match text {
                    Some(text) => overlay.texts.insert(path, text),
                    None => overlay.texts.remove(&path),
                };
            }
            break;
        }
        fixes += applied;
        checked = next;
    }
    let changes = overlay.texts.into_iter().filter_map(|(path, after)| {
        let (name, before) = originals.remove(&path)?;
        (before != after).then_some(Change { path, name, before, after })
    });
    let changes = changes.collect();
    Fixed { changes, fixes, taken_back, checked: checked.shown() }
}

/// How many errors there are: of the syntax, of names and types, and in all. An error hides those of
/// later stages, so an edit that leaves fewer of one stage may show more of the next.
fn errors(checked: &All) -> [usize; 3] {
    let count = |families: &[Family]| {
        let errors = checked.findings.iter().filter(|finding| finding.level == Level::Error);
        errors.filter(|it| families.is_empty() || families.contains(&it.code.family())).count()
    };
    [
        count(&[Family::Syntax]),
        count(&[Family::Names, Family::Ownership, Family::Types]),
        count(&[]),
    ]
}

/// The texts after one round of edits, and how many findings they fix; takes down what each file
/// was at first.
fn one_round(
    checked: &All,
    text_at: &dyn Fn(&Path) -> Option<Vec<u8>>,
    originals: &mut BTreeMap<PathBuf, (String, String)>,
) -> (BTreeMap<PathBuf, String>, usize) {
    let mut accepted: BTreeMap<FileId, Vec<&Edit>> = BTreeMap::new();
    let mut applied = 0;
    for fix in checked.findings.iter().filter_map(safe) {
        let file_of = |edit: &Edit| {
            checked.loaded.file(edit.span.file).filter(|file| may_change(&checked.loaded, file))
        };
        let free = fix.edits.iter().all(|edit| {
            file_of(edit).is_some()
                && accepted
                    .get(&edit.span.file)
                    .is_none_or(|others| others.iter().all(|other| apart(edit, other)))
        });
        if free {
            applied += 1;
            fix.edits
                .iter()
                .for_each(|edit| accepted.entry(edit.span.file).or_default().push(edit));
        }
    }
    let mut texts = BTreeMap::new();
    for (file, edits) in accepted {
        let Some(source) = checked.loaded.sources.get(file) else { continue };
        let path = checked
            .loaded
            .file(file)
            .and_then(|file| file.path.clone())
            .unwrap_or_else(|| PathBuf::from(source.name.clone()));
        if !originals.contains_key(&path) {
            // What was read must be what lies there: a text that was fixed on the way in is not
            // written back.
            if text_at(&path).as_deref() != Some(source.text().as_bytes()) {
                continue;
            }
            originals.insert(path.clone(), (source.name.clone(), source.text().to_owned()));
        }
        texts.insert(path, edited(source.text(), edits));
    }
    if texts.is_empty() { (texts, 0) } else { (texts, applied) }
}

fn safe(finding: &Finding) -> Option<&Fix> {
    finding.fix.as_ref().filter(|fix| fix.safe && !fix.edits.is_empty())
}

fn may_change(loaded: &Loaded, file: &LoadedFile) -> bool {
    let inside = |path: &PathBuf| {
        loaded.settings(file.file).is_some_and(|settings| path.starts_with(&settings.root))
    };
    // A text that was given lies nowhere.
    !file.std && file.path.as_ref().is_none_or(inside)
}

/// True if two edits do not meet, not even at an end: their order would matter.
fn apart(one: &Edit, other: &Edit) -> bool {
    one.span.end < other.span.start || other.span.end < one.span.start
}

/// A text after edits that lie apart.
fn edited(text: &str, mut edits: Vec<&Edit>) -> String {
    edits.sort_by_key(|edit| edit.span.start);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        let (start, end) = widened(text, edit);
        let start = start.max(at);
        out.push_str(text.get(at..start).unwrap_or_default());
        out.push_str(&edit.text);
        at = end.max(start);
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

/// If the lines contain nothing but the removed text, the lines are removed too.
fn widened(text: &str, edit: &Edit) -> (usize, usize) {
    let (start, end) = (edit.span.start as usize, edit.span.end as usize);
    let before = text.get(..start).unwrap_or_default();
    let after = text.get(end..).unwrap_or_default();
    let line = before.rfind('\n').map_or(0, |at| at + 1);
    let rest = after.find('\n').map_or(after.len(), |at| at + 1);
    let blank = |part: Option<&str>| part.is_some_and(|part| part.trim().is_empty());
    if edit.text.is_empty()
        && start < end
        && blank(text.get(line..start))
        && blank(after.get(..rest))
    {
        (line, end + rest)
    } else {
        (start, end)
    }
}
