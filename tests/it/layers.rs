//! The layers of the crate hold: nothing imports from a layer above, no two files import from each
//! other, and each library of the outside is used in the modules that are there for it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops where a file cannot be read")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};

/// The layers from bottom to top: a module uses those above it in this list, never those below.
const LAYERS: [&str; 16] = [
    "base",
    "lang",
    "time",
    "diag",
    "syntax",
    "format",
    "names",
    "types",
    "prove",
    "plan",
    "lower",
    "data",
    "eval",
    "testing",
    "report",
    "workspace",
];

/// Layers that need less than everything beneath them.
const NEEDS: [(&str, &[&str]); 4] = [
    ("format", &["base", "diag", "syntax"]),
    ("plan", &["base"]),
    ("data", &["base", "lang", "time", "plan"]),
    ("eval", &["base", "lang", "time", "plan", "data"]),
];

/// Libraries that only some modules use.
const FENCED: [(&str, &[&str]); 9] = [
    ("pest", &["syntax"]),
    ("pest_derive", &["syntax"]),
    ("chrono", &["time"]),
    ("chrono_tz", &["time"]),
    ("clap", &["cli"]),
    ("codespan_reporting", &["report"]),
    ("miette", &["report"]),
    ("parquet", &["data"]),
    ("rayon", &["base"]),
];

/// Files that import from each other all the same, with the reason.
const CIRCLES: [(&[&str], &str); 2] = [
    (
        &["eval::program::expressions", "eval::program::rows"],
        "an expression is computed over rows, and rows are selected by an expression",
    ),
    (&["plan::expression", "plan::rows"], "the same two, in the document"),
];

/// A module, by its path from the root of the crate.
type Module = Vec<String>;

/// What every file of the crate imports.
struct Imports {
    /// Of each module the modules that it names.
    own: BTreeMap<Module, BTreeSet<Module>>,
    /// Of each module the libraries that it names.
    libraries: BTreeMap<Module, BTreeSet<String>>,
}

#[test]
fn no_module_imports_from_a_layer_above() {
    assert_eq!(upward(&Imports::of_the_crate()), Vec::<String>::new());
}

#[test]
fn files_do_not_import_from_each_other() {
    let known: Vec<Vec<String>> =
        CIRCLES.iter().map(|(files, _)| files.iter().map(ToString::to_string).collect()).collect();
    assert_eq!(circles(&Imports::of_the_crate().own), known);
}

#[test]
fn libraries_stay_in_their_modules() {
    assert_eq!(outside_their_fence(&Imports::of_the_crate()), Vec::<String>::new());
}

#[test]
fn what_breaks_a_rule_is_found() {
    let planted = Imports::of(&[
        ("time::zone", "use crate::types::Ty; fn zone() { crate::prove::check() }"),
        ("plan::document", "use crate::syntax::ast;"),
        ("prove::one", "use super::two::Two; use clap::Parser;"),
        ("prove::two", "fn two() -> super::one::One { loop {} }"),
        ("types", ""),
        ("prove", ""),
        ("syntax", ""),
    ]);
    assert_eq!(
        upward(&planted),
        ["plan::document uses syntax", "time::zone uses prove", "time::zone uses types"]
            .map(str::to_owned)
            .to_vec()
    );
    assert_eq!(circles(&planted.own), vec![vec!["prove::one".to_owned(), "prove::two".to_owned()]]);
    assert_eq!(outside_their_fence(&planted), vec!["prove::one uses clap".to_owned()]);
}

fn upward(imports: &Imports) -> Vec<String> {
    let mut found = BTreeSet::new();
    for (module, used) in &imports.own {
        for used in used {
            let (Some(own), Some(other)) = (module.first(), used.first()) else { continue };
            if own != other && !may_use(own, other) {
                found.insert(format!("{} uses {other}", module.join("::")));
            }
        }
    }
    found.into_iter().collect()
}

fn may_use(own: &str, other: &str) -> bool {
    if let Some((_, needs)) = NEEDS.iter().find(|(layer, _)| *layer == own) {
        return needs.contains(&other);
    }
    // The command line is the top layer.
    let level = |layer: &str| LAYERS.iter().position(|it| *it == layer).unwrap_or(LAYERS.len());
    level(other) < level(own)
}

fn outside_their_fence(imports: &Imports) -> Vec<String> {
    let mut found = Vec::new();
    for (module, libraries) in &imports.libraries {
        for (library, homes) in FENCED {
            if libraries.contains(library)
                && !module.first().is_some_and(|own| homes.contains(&own.as_str()))
            {
                found.push(format!("{} uses {library}", module.join("::")));
            }
        }
    }
    found
}

/// The sets of modules that reach each other, each in alphabetical order.
fn circles(imports: &BTreeMap<Module, BTreeSet<Module>>) -> Vec<Vec<String>> {
    let reached: BTreeMap<&Module, BTreeSet<&Module>> =
        imports.keys().map(|module| (module, reached_from(module, imports))).collect();
    let mut found = BTreeSet::new();
    for (module, reached_by_it) in &reached {
        let each_other =
            |other: &&&Module| reached.get(**other).is_some_and(|back| back.contains(*module));
        let circle: Vec<String> =
            reached_by_it.iter().filter(each_other).map(|other| other.join("::")).collect();
        if circle.len() > 1 {
            found.insert(circle);
        }
    }
    found.into_iter().collect()
}

fn reached_from<'i>(
    module: &Module,
    imports: &'i BTreeMap<Module, BTreeSet<Module>>,
) -> BTreeSet<&'i Module> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&Module> = imports.get(module).into_iter().flatten().collect();
    while let Some(next) = open.pop() {
        if reached.insert(next) {
            open.extend(imports.get(next).into_iter().flatten());
        }
    }
    reached
}

impl Imports {
    fn of_the_crate() -> Imports {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut texts = Vec::new();
        for file in files_below(&root) {
            let path = file.strip_prefix(&root).unwrap().with_extension("");
            let mut module: Vec<&str> = path.iter().map(|part| part.to_str().unwrap()).collect();
            if matches!(module.last(), Some(&("mod" | "lib" | "main"))) {
                module.pop();
            }
            texts.push((module.join("::"), fs::read_to_string(&file).unwrap()));
        }
        assert!(texts.len() > 100, "only {} files were found", texts.len());
        let texts: Vec<(&str, &str)> =
            texts.iter().map(|(module, text)| (module.as_str(), text.as_str())).collect();
        Imports::of(&texts)
    }

    fn of(texts: &[(&str, &str)]) -> Imports {
        let modules: Vec<Module> = texts.iter().map(|(module, _)| parts(module)).collect();
        let mut imports = Imports { own: BTreeMap::new(), libraries: BTreeMap::new() };
        for ((name, text), module) in texts.iter().zip(&modules) {
            // The root names the modules so that others may use them, and tests use whatever they
            // test.
            if module.is_empty() || module.last().is_some_and(|last| last == "tests") {
                continue;
            }
            let mut paths = Paths::default();
            paths.visit_file(
                &syn::parse_file(text).unwrap_or_else(|error| panic!("{name}: {error}")),
            );
            let own = imports.own.entry(module.clone()).or_default();
            let libraries = imports.libraries.entry(module.clone()).or_default();
            for path in paths.found {
                match resolved(&path, module) {
                    Some(path) => {
                        own.extend(longest(&path, &modules).filter(|used| used != module))
                    }
                    None => libraries.extend(path.into_iter().next()),
                }
            }
        }
        imports
    }
}

fn parts(module: &str) -> Module {
    module.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// A path from the root of the crate, if it leads there.
fn resolved(path: &[String], module: &[String]) -> Option<Vec<String>> {
    let ups = path.iter().take_while(|part| *part == "super").count();
    match path.first().map(String::as_str) {
        Some("crate") => Some(path.iter().skip(1).cloned().collect()),
        Some("self") => Some(module.iter().chain(path.iter().skip(1)).cloned().collect()),
        Some("super") => Some(
            module
                .iter()
                .take(module.len().saturating_sub(ups))
                .chain(path.iter().skip(ups))
                .cloned()
                .collect(),
        ),
        _ => None,
    }
}

/// The module that a path leads into.
fn longest(path: &[String], modules: &[Module]) -> impl Iterator<Item = Module> {
    (1..=path.len())
        .rev()
        .filter_map(|length| path.get(..length))
        .find(|start| modules.iter().any(|module| module == start))
        .map(<[String]>::to_vec)
        .into_iter()
}

/// Every path of a file, outside of its tests.
#[derive(Default)]
struct Paths {
    found: Vec<Vec<String>>,
}

impl Paths {
    fn tree(&mut self, tree: &syn::UseTree, before: &[String]) {
        let with = |name: &syn::Ident| {
            before.iter().cloned().chain([name.to_string()]).collect::<Vec<String>>()
        };
        match tree {
            syn::UseTree::Path(path) => self.tree(&path.tree, &with(&path.ident)),
            syn::UseTree::Name(name) => self.found.push(with(&name.ident)),
            syn::UseTree::Rename(rename) => self.found.push(with(&rename.ident)),
            syn::UseTree::Glob(_) => self.found.push(before.to_vec()),
            syn::UseTree::Group(group) => {
                group.items.iter().for_each(|item| self.tree(item, before))
            }
        }
    }
}

impl<'s> Visit<'s> for Paths {
    fn visit_item_use(&mut self, item: &'s syn::ItemUse) {
        self.tree(&item.tree, &[]);
    }

    fn visit_path(&mut self, path: &'s syn::Path) {
        self.found.push(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        visit::visit_path(self, path);
    }

    fn visit_item_mod(&mut self, item: &'s syn::ItemMod) {
        if !item.attrs.iter().any(|attribute| attribute.path().is_ident("cfg")) {
            visit::visit_item_mod(self, item);
        }
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_below(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}
