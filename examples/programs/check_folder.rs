//! Checks every contract below a folder, and prints what is found:
//! `cargo run --example check_folder -- examples/flawed`.

use std::path::Path;

use sla::{Disk, Format, Workspace, contracts_below};

fn main() {
    let folder = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    print!("{}", check(Path::new(&folder)));
}

/// The findings of all contracts below a folder, one a line, and how many there are.
pub fn check(folder: &Path) -> String {
    let search = contracts_below(folder);
    let workspace = Workspace::new(&Disk);
    let checked = search.files.into_iter().fold(workspace, Workspace::path).check();
    let mut text = checked.render(Format::SHORT);
    for (folder, fault) in &search.unsearched {
        text += &format!("cannot search {}: {}\n", folder.display(), fault.reason());
    }
    for file in checked.unreadable() {
        text += &format!("cannot read {}: {}\n", file.path.display(), file.fault.reason());
    }
    text + &checked.counts().sentence() + "\n"
}
