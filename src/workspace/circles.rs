//! Files that use each other in a circle.
//!
//! In: who uses whom. Out: one finding for each knot of files that all reach each other, along its
//! shortest circle.

use std::collections::{HashMap, VecDeque};

use crate::base::{FileId, SourceMap, Span};
use crate::diag::{Code, Finding, Sink};

use super::load::Loaded;

/// One `use`: from, to, and its place.
type Step = (FileId, FileId, Span);

/// Reports every knot of circles once.
pub(super) fn report(loaded: &Loaded, sink: &mut Sink) {
    for knot in knots(loaded) {
        let Some(circle) =
            knot.iter().copied().min().and_then(|first| shortest(loaded, &knot, first))
        else {
            continue;
        };
        if let Some(finding) = finding(&circle, &loaded.sources) {
            sink.push(finding);
        }
    }
}

fn finding(circle: &[Step], sources: &SourceMap) -> Option<Finding> {
    let ((from, to, place), rest) = circle.split_first()?;
    let name = |file: &FileId| format!("`{}`", sources.name(*file));
    if from == to {
        return Some(
            Finding::new(Code::CircularUse, *place, format!("{} uses itself", name(from))).fix(
                "remove the line",
                *place,
                "",
            ),
        );
    }
    let path: Vec<String> =
        circle.iter().map(|(from, _, _)| name(from)).chain([name(from)]).collect();
    let message = format!("files use each other in a circle: {}", path.join(" uses "));
    let mut finding = Finding::new(Code::CircularUse, *place, message).here(format!(
        "here {} uses {}",
        name(from),
        name(to)
    ));
    for (from, to, place) in rest {
        finding = finding.also(*place, format!("here {} uses {}", name(from), name(to)));
    }
    Some(finding.help("move what both files need into a third file that uses neither of them"))
}

/// Groups of two or more files that all reach each other, and files that use themselves: Tarjan's
/// algorithm without recursion.
fn knots(loaded: &Loaded) -> Vec<Vec<FileId>> {
    let mut search = Search::default();
    for file in &loaded.files {
        if !search.number.contains_key(&file.file) {
            search.from(loaded, file.file);
        }
    }
    let itself = |file: &FileId| uses(loaded, *file).iter().any(|(used, _)| used == file);
    search.knots.retain(|knot| knot.len() > 1 || knot.iter().any(itself));
    search.knots
}

fn uses(loaded: &Loaded, file: FileId) -> &[(FileId, Span)] {
    loaded.file(file).map_or(&[], |file| file.uses.as_slice())
}

#[derive(Default)]
struct Search {
    /// In which order files were met.
    number: HashMap<FileId, usize>,
    /// The earliest file still open that each one reaches.
    low: HashMap<FileId, usize>,
    open: Vec<FileId>,
    is_open: HashMap<FileId, bool>,
    knots: Vec<Vec<FileId>>,
}

impl Search {
    fn meet(&mut self, file: FileId) {
        let number = self.number.len();
        self.number.insert(file, number);
        self.low.insert(file, number);
        self.open.push(file);
        self.is_open.insert(file, true);
    }

    fn lower(&mut self, file: FileId, to: usize) {
        self.low.entry(file).and_modify(|low| *low = (*low).min(to));
    }

    fn from(&mut self, loaded: &Loaded, first: FileId) {
        self.meet(first);
        let mut way = vec![(first, 0)];
        while let Some((file, next)) = way.last_mut() {
            let file = *file;
            let step = uses(loaded, file).get(*next).map(|(used, _)| *used);
            *next += 1;
            match step {
                Some(used) => match self.number.get(&used).copied() {
                    None => {
                        self.meet(used);
                        way.push((used, 0));
                    }
                    Some(number) if self.is_open.get(&used) == Some(&true) => {
                        self.lower(file, number)
                    }
                    Some(_) => {}
                },
                None => {
                    way.pop();
                    let low = self.low.get(&file).copied().unwrap_or(0);
                    if let Some((above, _)) = way.last() {
                        self.lower(*above, low);
                    }
                    if self.number.get(&file) == Some(&low) {
                        self.close(file);
                    }
                }
            }
        }
    }

    /// All files met since `file` form its knot.
    fn close(&mut self, file: FileId) {
        let at = self.open.iter().rposition(|other| *other == file).unwrap_or(self.open.len());
        let knot = self.open.split_off(at);
        knot.iter().for_each(|file| {
            self.is_open.insert(*file, false);
        });
        self.knots.push(knot);
    }
}

/// The shortest way through a knot from a file back to itself.
fn shortest(loaded: &Loaded, knot: &[FileId], first: FileId) -> Option<Vec<Step>> {
    let inside: HashMap<FileId, ()> = knot.iter().map(|file| (*file, ())).collect();
    let mut came: HashMap<FileId, Step> = HashMap::new();
    let mut todo = VecDeque::from([first]);
    while let Some(file) = todo.pop_front() {
        for (used, place) in uses(loaded, file).iter().filter(|(used, _)| inside.contains_key(used))
        {
            if *used == first {
                let mut way = vec![(file, *used, *place)];
                let mut at = file;
                while at != first {
                    let step = came.get(&at)?;
                    way.push(*step);
                    at = step.0;
                }
                way.reverse();
                return Some(way);
            }
            if !came.contains_key(used) {
                came.insert(*used, (file, *used, *place));
                todo.push_back(*used);
            }
        }
    }
    None
}
