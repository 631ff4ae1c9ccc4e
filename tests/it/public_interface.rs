//! The public interface of the library stands in `tests/public-interface.txt`: every public item
//! with its signature. A change of it is a change that users notice, so it is seen in a review.
//!
//! `SLA_UPDATE=1 cargo test --test it public_interface::` writes the file anew.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use quote::ToTokens;
use syn::{Attribute, Fields, ImplItem, Item, Signature, UseTree, Visibility};

#[test]
fn the_interface_is_the_one_that_was_reviewed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/public-interface.txt");
    let found = Crate::read().interface();
    if std::env::var_os("SLA_UPDATE").is_some() {
        fs::write(&path, &found).unwrap();
    }
    let stored = fs::read_to_string(&path).unwrap_or_default();
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<BTreeSet<String>>();
    let (old, new) = (lines(&stored), lines(&found));
    assert!(
        stored == found,
        "the public interface changed; if that is meant, run this test with SLA_UPDATE=1\n\
         gone: {:#?}\nnew: {:#?}",
        old.difference(&new).collect::<Vec<_>>(),
        new.difference(&old).collect::<Vec<_>>()
    );
}

#[test]
fn every_public_item_shows_its_signature() {
    let planted = Crate::of(&[
        ("", "mod a; pub use a::b::{One, two as three}; pub mod c { pub use crate::a::Four; }"),
        ("a", "pub mod b; mod d; pub use d::Four; use b::One; impl One { pub fn far(self) {} }"),
        (
            "a::b",
            "#[derive(Clone)] pub struct One { pub x: Vec<u8>, y: u8 }
             impl One { pub fn new(x: &[u8]) -> One { loop {} } fn own(&self) {} }
             impl Drop for One { fn drop(&mut self) {} }
             pub fn two<T: Copy>(x: T) -> T { x }
             pub fn hidden() {}",
        ),
        ("a::d", "pub enum Four { A, B(u8), C { x: u8 } } pub(crate) struct Five;"),
    ]);
    let expected = "\
c::Four: enum { A, B(u8), C { x: u8 } }
sla::One: #[derive(Clone)] struct { pub x: Vec<u8>, .. }
sla::One: impl Drop
sla::One: pub fn far(self)
sla::One: pub fn new(x: &[u8]) -> One
sla::three: pub fn two<T: Copy>(x: T) -> T
";
    assert_eq!(planted.interface(), expected);
}

/// A module, by its path from the root of the crate.
type Module = Vec<String>;

/// All files of the crate, and the modules that stand inside of files.
struct Crate {
    modules: BTreeMap<Module, Vec<Item>>,
}

/// Where an item is defined: its module and its name.
type Definition = (Module, String);

impl Crate {
    fn read() -> Crate {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut texts = Vec::new();
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    let module = path.strip_prefix(&root).unwrap().with_extension("");
                    let mut parts: Vec<&str> =
                        module.iter().map(|part| part.to_str().unwrap()).collect();
                    if parts == ["main"] {
                        continue;
                    }
                    if matches!(parts.last(), Some(&("mod" | "lib"))) {
                        parts.pop();
                    }
                    texts.push((parts.join("::"), fs::read_to_string(&path).unwrap()));
                }
            }
        }
        let texts: Vec<(&str, &str)> =
            texts.iter().map(|(module, text)| (module.as_str(), text.as_str())).collect();
        Crate::of(&texts)
    }

    fn of(texts: &[(&str, &str)]) -> Crate {
        let mut modules = BTreeMap::new();
        for (module, text) in texts {
            let module = module.split("::").filter(|part| !part.is_empty()).map(str::to_owned);
            let items = syn::parse_file(text).unwrap().items;
            add(&mut modules, module.collect(), items);
        }
        Crate { modules }
    }

    fn items(&self, module: &[String]) -> &[Item] {
        self.modules.get(module).map_or(&[], Vec::as_slice)
    }

    /// The interface, a line for each thing that a user may name.
    fn interface(&self) -> String {
        let mut public = BTreeMap::new();
        self.exported(&Vec::new(), "sla", &mut public);
        let mut lines = BTreeSet::new();
        for (name, definition) in &public {
            self.describe(name, definition, &mut lines);
        }
        lines.into_iter().map(|line| line + "\n").collect()
    }

    /// What a module shows to users, by the name that they use.
    fn exported(&self, module: &Module, name: &str, out: &mut BTreeMap<String, Definition>) {
        for item in self.items(module) {
            match item {
                Item::Use(item) if is_public(&item.vis) && !is_hidden(&item.attrs) => {
                    for (path, own) in leaves(&item.tree, &[]) {
                        let definition = self.resolve(module, &path).unwrap_or_else(|| {
                            panic!("{name}::{own}: {} is not found", path.join("::"))
                        });
                        out.insert(format!("{name}::{own}"), definition);
                    }
                }
                Item::Mod(item) if is_public(&item.vis) && !is_hidden(&item.attrs) => {
                    let own = item.ident.to_string();
                    self.exported(&with(module, &own), &own, out);
                }
                other => {
                    if let Some((own, true)) = named(other) {
                        out.insert(format!("{name}::{own}"), (module.clone(), own));
                    }
                }
            }
        }
    }

    /// Where a path leads from a module.
    fn resolve(&self, module: &Module, path: &[String]) -> Option<Definition> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => self.resolve(&Vec::new(), rest),
            "self" => self.resolve(module, rest),
            "super" => self.resolve(&module.iter().take(module.len() - 1).cloned().collect(), rest),
            _ if !rest.is_empty() => {
                let inner = with(module, first);
                if self.modules.contains_key(&inner) {
                    return self.resolve(&inner, rest);
                }
                // The module may be brought in by a `use`.
                let (known, name) = self.brought_in(module, first)?;
                self.resolve(&with(&known, &name), rest)
            }
            name => {
                let items = self.items(module);
                if items.iter().any(|item| named(item).is_some_and(|(own, _)| own == name)) {
                    return Some((module.clone(), name.to_owned()));
                }
                let word = format!("enum {name} {{");
                let is_made = items
                    .iter()
                    .any(|item| matches!(item, Item::Macro(item) if text(item).contains(&word)));
                if is_made {
                    return Some((module.clone(), name.to_owned()));
                }
                self.brought_in(module, name)
            }
        }
    }

    /// What a `use` of a module calls so.
    fn brought_in(&self, module: &Module, name: &str) -> Option<Definition> {
        let uses = self.items(module).iter().filter_map(|item| match item {
            Item::Use(item) => Some(leaves(&item.tree, &[])),
            _ => None,
        });
        let (path, _) = uses.flatten().find(|(path, own)| own == name && path.len() > 1)?;
        let inner = path.split_last()?;
        self.resolve(module, &path).or_else(|| {
            // A module, and no item of one.
            let (module, name) = (self.module(module, inner.1)?, inner.0.clone());
            self.modules.contains_key(&with(&module, &name)).then_some((module, name))
        })
    }

    fn module(&self, module: &Module, path: &[String]) -> Option<Module> {
        let mut at = module.clone();
        for part in path {
            match part.as_str() {
                "crate" => at.clear(),
                "self" => {}
                "super" => drop(at.pop()),
                part => at.push(part.to_owned()),
            }
        }
        self.modules.contains_key(&at).then_some(at)
    }

    fn describe(&self, name: &str, definition: &Definition, lines: &mut BTreeSet<String>) {
        let (module, own) = definition;
        let item = self
            .items(module)
            .iter()
            .find(|item| named(item).is_some_and(|(known, _)| known == *own));
        let shown = match item {
            None => "made by a macro".to_owned(),
            Some(item) => described(name, item, lines),
        };
        lines.insert(tidy(&format!("{name}: {shown}")));
        for (module, items) in &self.modules {
            for item in items {
                let Item::Impl(item) = item else { continue };
                let syn::Type::Path(of) = &*item.self_ty else { continue };
                let path: Vec<String> =
                    of.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
                if self.resolve(module, &path).as_ref() != Some(definition) || is_test(&item.attrs)
                {
                    continue;
                }
                if let Some((of, _)) = &item.trait_ {
                    lines.insert(tidy(&format!("{name}: impl {}", text(of))));
                    continue;
                }
                for part in &item.items {
                    match part {
                        ImplItem::Fn(function) if is_public(&function.vis) => {
                            let shown = signature(&function.sig);
                            lines.insert(tidy(&format!("{name}: pub {shown}")));
                        }
                        ImplItem::Const(it) if is_public(&it.vis) => {
                            let shown = format!("{name}: const {}: {}", it.ident, text(&it.ty));
                            lines.insert(tidy(&shown));
                        }
                        _ => {}
                    }
                }
            }
        }
    }
}

/// The item itself, without what is implemented for it.
fn described(name: &str, item: &Item, lines: &mut BTreeSet<String>) -> String {
    match item {
        Item::Struct(item) => {
            format!(
                "{}struct{} {}",
                derives(&item.attrs),
                text(&item.generics),
                fields(&item.fields)
            )
        }
        Item::Enum(item) => {
            let variants: Vec<String> = item
                .variants
                .iter()
                .map(|variant| format!("{} {}", variant.ident, all_fields(&variant.fields)))
                .map(|variant| variant.trim_end().replace(" (", "("))
                .collect();
            format!("{}enum {{ {} }}", derives(&item.attrs), variants.join(", "))
        }
        Item::Fn(item) => format!("pub {}", signature(&item.sig)),
        Item::Type(item) => format!("type = {}", text(&item.ty)),
        Item::Const(item) => format!("const: {}", text(&item.ty)),
        Item::Trait(item) => {
            for part in &item.items {
                if let syn::TraitItem::Fn(function) = part {
                    lines.insert(format!("{name}: trait {}", signature(&function.sig)));
                }
            }
            format!("trait: {}", text(&item.supertraits))
        }
        _ => panic!("{name} is of a kind that this test does not know"),
    }
}

/// Adds a module and those inside of it.
fn add(modules: &mut BTreeMap<Module, Vec<Item>>, module: Module, mut items: Vec<Item>) {
    for item in &mut items {
        if let Item::Mod(inner) = item
            && !is_test(&inner.attrs)
            && let Some((_, items)) = inner.content.take()
        {
            add(modules, with(&module, &inner.ident.to_string()), items);
        }
    }
    modules.insert(module, items);
}

fn with(module: &[String], name: &str) -> Module {
    module.iter().cloned().chain([name.to_owned()]).collect()
}

/// The name of an item, and whether it is public.
fn named(item: &Item) -> Option<(String, bool)> {
    let (name, visibility) = match item {
        Item::Struct(item) => (&item.ident, &item.vis),
        Item::Enum(item) => (&item.ident, &item.vis),
        Item::Fn(item) => (&item.sig.ident, &item.vis),
        Item::Type(item) => (&item.ident, &item.vis),
        Item::Trait(item) => (&item.ident, &item.vis),
        Item::Const(item) => (&item.ident, &item.vis),
        _ => return None,
    };
    Some((name.to_string(), is_public(visibility)))
}

/// The paths of a `use`, each with the name that it gets.
fn leaves(tree: &UseTree, before: &[String]) -> Vec<(Vec<String>, String)> {
    match tree {
        UseTree::Path(path) => leaves(&path.tree, &with(before, &path.ident.to_string())),
        UseTree::Name(name) => {
            let name = name.ident.to_string();
            vec![(with(before, &name), name)]
        }
        UseTree::Rename(name) => {
            vec![(with(before, &name.ident.to_string()), name.rename.to_string())]
        }
        UseTree::Group(group) => group.items.iter().flat_map(|tree| leaves(tree, before)).collect(),
        UseTree::Glob(_) => Vec::new(),
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn is_hidden(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|it| text(it).contains("doc (hidden)"))
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|it| text(it).contains("cfg (test)"))
}

/// The traits that users may rely on because they are derived.
fn derives(attributes: &[Attribute]) -> String {
    let derives = attributes.iter().filter(|it| it.path().is_ident("derive"));
    derives.map(|it| text(it) + " ").collect()
}

/// The fields of a struct that users see; `..` stands for others.
fn fields(fields: &Fields) -> String {
    let public: Vec<String> = fields
        .iter()
        .filter(|field| is_public(&field.vis))
        .map(|field| match &field.ident {
            Some(name) => format!("pub {name}: {}", text(&field.ty)),
            None => format!("pub {}", text(&field.ty)),
        })
        .collect();
    let rest = if public.len() < fields.len() { vec!["..".to_owned()] } else { Vec::new() };
    let all: Vec<String> = public.into_iter().chain(rest).collect();
    format!("{{ {} }}", all.join(", "))
}

/// The fields of a variant, all of which users see.
fn all_fields(fields: &Fields) -> String {
    let all: Vec<String> = fields
        .iter()
        .map(|field| match &field.ident {
            Some(name) => format!("{name}: {}", text(&field.ty)),
            None => text(&field.ty),
        })
        .collect();
    match fields {
        Fields::Named(_) => format!("{{ {} }}", all.join(", ")),
        Fields::Unnamed(_) => format!("({})", all.join(", ")),
        Fields::Unit => String::new(),
    }
}

fn signature(signature: &Signature) -> String {
    tidy(&text(signature))
}

fn text(tokens: &impl ToTokens) -> String {
    tokens.to_token_stream().to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Without the spaces that nobody writes.
fn tidy(text: &str) -> String {
    let tight = [
        (" ::", "::"),
        (":: ", "::"),
        (" <", "<"),
        ("< ", "<"),
        (" >", ">"),
        (" (", "("),
        ("( ", "("),
        (" )", ")"),
        (" ,", ","),
        (" :", ":"),
        ("& ", "&"),
        (" ;", ";"),
        ("# [", "#["),
        ("[ ", "["),
        (" ]", "]"),
        ("- >", "->"),
        (",)", ")"),
        ("' ", "'"),
        ("->(", "-> ("),
        ("=(", "= ("),
    ];
    let tidied = tight.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
    tidied.replace("->", " -> ").replace("  ", " ").replace(" -> >", " ->")
}
