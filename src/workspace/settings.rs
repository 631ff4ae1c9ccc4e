//! `sla.toml`: where a project begins, and the levels of its warnings.
//!
//! In: the text of the nearest `sla.toml` above a root file. Out: [`Settings`], and findings about
//! what it does not know.

use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use crate::base::{FileId, SourceMap, SourceText, Span, closest};
use crate::diag::{Code, Finding, Level, Levels, Sink, unknown_code};

use super::provider::{Provider, ReadFault, plain};

/// The name of the file.
pub const FILE_NAME: &str = "sla.toml";

/// What holds for one project.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Settings {
    /// The folder no `use` may lead out of.
    pub root: PathBuf,
    /// Levels that differ from the table's.
    pub levels: Levels,
    /// The file they were read from; `None` if there is none.
    pub file: Option<PathBuf>,
}

/// True if the text of an `sla.toml` says that its folder is passed by when a folder above it is
/// checked. What cannot be read says nothing: it is reported when a file of the folder is checked.
pub(super) fn only_when_named(text: &str) -> bool {
    let Ok(table) = DeTable::parse(text) else { return false };
    table.get_ref().iter().any(|(key, value)| {
        key.get_ref() == ONLY_WHEN_NAMED && matches!(value.get_ref(), DeValue::Boolean(true))
    })
}

const ONLY_WHEN_NAMED: &str = "only_when_named";

/// Settings of the project that a folder belongs to: those of the nearest `sla.toml` at or above
/// it, else the folder itself is the project.
pub(super) fn find(
    folder: &Path,
    shown: &Path,
    files: &dyn Provider,
    sources: &mut SourceMap,
    sink: &mut Sink,
) -> Settings {
    for (up, above) in folder.ancestors().enumerate() {
        let path = above.join(FILE_NAME);
        match files.read(&path, true) {
            Err(ReadFault::Missing | ReadFault::Folder) => {}
            Err(fault) => {
                let file = sources.add(SourceText::new(path.display().to_string(), ""));
                let message = format!("`{FILE_NAME}` cannot be read: {}", fault.reason());
                sink.push(Finding::new(Code::UnreadableFile, Span::new(file, 0, 0), message));
                return Settings { root: above.to_path_buf(), ..Settings::default() };
            }
            Ok(bytes) => {
                let name = shown_above(shown, up).join(FILE_NAME);
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let file = sources.add(SourceText::new(name.display().to_string(), text.as_str()));
                return Settings { file: Some(path), ..read(file, &text, above, sink) };
            }
        }
    }
    Settings { root: folder.to_path_buf(), ..Settings::default() }
}

/// The name of a folder `up` steps above another, in the words the user has for that one.
fn shown_above(shown: &Path, up: usize) -> PathBuf {
    let steps = std::iter::repeat_n("..", up);
    plain(&steps.fold(shown.to_path_buf(), |path, step| path.join(step)))
}

fn read(file: FileId, text: &str, folder: &Path, sink: &mut Sink) -> Settings {
    let mut settings = Settings { root: folder.to_path_buf(), ..Settings::default() };
    let span = |range: std::ops::Range<usize>| Span::new(file, range.start, range.end);
    let table = match DeTable::parse(text) {
        Ok(table) => table.into_inner(),
        Err(error) => {
            let words = error.message().lines().next().unwrap_or("it is not TOML").to_owned();
            sink.push(Finding::new(
                Code::BadSettings,
                span(error.span().unwrap_or(0..0)),
                format!("`{FILE_NAME}` cannot be read: {words}"),
            ));
            return settings;
        }
    };
    for (key, value) in &table {
        let place = span(key.span());
        match (key.get_ref().as_ref(), value.get_ref()) {
            ("root", DeValue::String(path)) => {
                root(path, span(value.span()), folder, &mut settings, sink)
            }
            ("root", _) => sink.push(wrong(
                span(value.span()),
                "`root` is a text, the path of a folder: `root = \".\"`",
            )),
            ("levels", DeValue::Table(levels)) => {
                for (code, level) in levels {
                    self::level(
                        code.get_ref(),
                        span(code.span()),
                        level.get_ref(),
                        span(level.span()),
                        &mut settings,
                        sink,
                    );
                }
            }
            ("levels", _) => sink.push(wrong(
                span(value.span()),
                "`levels` is a table: `[levels]`, then one line per code",
            )),
            (ONLY_WHEN_NAMED, DeValue::Boolean(_)) => {}
            (ONLY_WHEN_NAMED, _) => {
                sink.push(wrong(span(value.span()), "`only_when_named` is `true` or `false`"))
            }
            (other, _) => sink.push(unknown_key(other, place)),
        }
    }
    settings
}

fn wrong(place: Span, message: &str) -> Finding {
    Finding::new(Code::BadSettings, place, message)
}

fn unknown_key(key: &str, place: Span) -> Finding {
    let finding = Finding::new(Code::BadSettings, place, format!("`{key}` is not a setting"));
    match closest(key, ["root", "levels", ONLY_WHEN_NAMED]) {
        Some(near) => finding.here(format!("did you mean `{near}`?")).suggestion(
            format!("write `{near}`"),
            place,
            near,
        ),
        None => finding.help("the settings are `root`, `only_when_named` and `[levels]`"),
    }
}

/// `root = "."`: a folder at or above the settings' own would widen what `use` may reach, so it is
/// a folder of the project or above it by `..` only.
fn root(path: &str, place: Span, folder: &Path, settings: &mut Settings, sink: &mut Sink) {
    if Path::new(path).is_absolute() {
        sink.push(wrong(place, "`root` is a path relative to the folder of `sla.toml`"));
    } else {
        settings.root = plain(&folder.join(path));
    }
}

fn level(
    name: &str,
    place: Span,
    value: &DeValue<'_>,
    value_place: Span,
    settings: &mut Settings,
    sink: &mut Sink,
) {
    let Some(code) = Code::parse(name) else {
        let mut finding = unknown_code(name, place);
        finding.code = Code::BadSettings;
        sink.push(finding);
        return;
    };
    let level = match value {
        DeValue::String(word) => match word.as_ref() {
            "allow" => Some(Level::Allow),
            "warning" => Some(Level::Warning),
            "error" => Some(Level::Error),
            _ => None,
        },
        _ => None,
    };
    match level {
        None => {
            sink.push(wrong(value_place, "a level is `\"allow\"`, `\"warning\"` or `\"error\"`"))
        }
        Some(level) if level < code.level() && code.level() == Level::Error => {
            sink.push(
                wrong(place, &format!("`{name}` is an error and cannot be lowered"))
                    .here("only warnings have a level to choose"),
            );
        }
        Some(level) => settings.levels.set(code, level),
    }
}
