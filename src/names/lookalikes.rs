//! Different names that look the same, and names that mix scripts invisibly.
//!
//! In: all names that are given in a project. Out: warnings. A name wholly in one script is
//! nobody's fault, unless one that looks the same stands beside it.

use ecow::EcoString;
use rustc_hash::FxHashMap;

use super::{Project, What};
use crate::diag::{Code, Finding, Sink};
use crate::lang::lookalikes::{latin, skeleton};
use crate::syntax::ast::{Declaration, Item, ItemKind, Name, Statement};

impl Project<'_> {
    /// Reports names that look like another one of the same space, or like what they are not.
    pub fn report_lookalikes(&self, sink: &mut Sink) {
        let own = || self.decls.iter().filter(|decl| !decl.of_std);
        space(own().map(|decl| decl.name), sink);
        for decl in own() {
            match decl.what {
                What::Enum(declared) => space(declared.values.iter(), sink),
                What::Source(declared) => {
                    space(declared.fields.iter().map(|field| &field.name), sink)
                }
                What::Package(package) => promises(&package.items, sink),
                What::Agreement(agreement) => promises(&agreement.items, sink),
                _ => {}
            }
        }
    }
}

/// The names of objectives and credits, and of tiers.
fn promises(items: &[Item], sink: &mut Sink) {
    let names = items.iter().filter_map(|item| match &item.kind {
        ItemKind::Statement(Statement::Objective(objective)) => objective.name.as_ref(),
        ItemKind::Statement(Statement::Credit(credit)) => {
            match credit.name.as_ref()?.parts.as_slice() {
                [only] => Some(only),
                _ => None,
            }
        }
        ItemKind::Declaration(Declaration::Tier(tier)) => tier.name.as_ref(),
        _ => None,
    });
    space(names, sink);
    for item in items {
        if let Some(Declaration::Tier(tier)) = item.declaration() {
            promises(&tier.items, sink);
        }
    }
}

/// Names of which each stands for one thing.
fn space<'n>(names: impl Iterator<Item = &'n Name>, sink: &mut Sink) {
    let names: Vec<&Name> = names.collect();
    // Nearly all names are plain.
    if names.iter().all(|name| name.text.is_ascii()) {
        return;
    }
    let mut alike: FxHashMap<String, Vec<&Name>> = FxHashMap::default();
    for name in names {
        alike.entry(skeleton(&name.text)).or_default().push(name);
    }
    for (plain, names) in &alike {
        let Some(first) = names.first() else { continue };
        let mut said = vec![&first.text];
        let mut different: Vec<&Name> = Vec::new();
        for name in names {
            if !said.contains(&&name.text) {
                said.push(&name.text);
                different.push(name);
            }
        }
        if different.is_empty() && is_mixed(&first.text) {
            let finding = Finding::new(
                Code::LookAlike,
                first.span,
                format!("`{}` mixes letters of two scripts that look alike", first.text),
            );
            sink.push(
                described(finding, [&first.text])
                    .help(format!("write it in Latin letters: `{plain}`")),
            );
        }
        for name in different {
            let message =
                format!("`{}` looks like `{}`, but is another name", name.text, first.text);
            let finding = Finding::new(Code::LookAlike, name.span, message)
                .also(first.span, "the other name");
            sink.push(
                described(finding, [&name.text, &first.text])
                    .help("give one of them another name, or write both with the same letters"),
            );
        }
    }
}

/// Says which letter is not what it looks like.
fn described<'n>(finding: Finding, names: impl IntoIterator<Item = &'n EcoString>) -> Finding {
    let strange = names
        .into_iter()
        .flat_map(|name| name.chars())
        .find_map(|letter| Some((letter, latin(letter)?)));
    match strange {
        Some((letter, (plain, script))) => finding.note(format!(
            "`{letter}` (U+{:04X}) is {script}, but looks like `{plain}`",
            u32::from(letter)
        )),
        None => finding,
    }
}

/// True for a name with Latin letters and letters that only look like some.
fn is_mixed(name: &str) -> bool {
    name.chars().any(|letter| letter.is_ascii_alphabetic())
        && name.chars().any(|letter| latin(letter).is_some())
}
