//! The reference says what the compiler does: every contract in the documents is compiled, lists
//! are made from the compiler's own tables, and the grammar in the reference has the words of the
//! grammar that is compiled.
//!
//! A block of `sla` in a document is one of five things:
//!
//! - `sla`: a whole file, without findings.
//! - `sla NAME.sla`: a whole file that other blocks of the document may `use` by that name; without
//!   findings.
//! - `sla flawed`: a whole file with findings, which a session beside it shows; `tests/it/docs.rs`
//!   runs that.
//! - `sla around PRELUDE`: a file with a gap, `…`.
//! - `sla in PRELUDE`: a part that fills the gap of that prelude. Its `test` blocks go to the end
//!   of the file instead. The whole is without findings, except that the prelude may declare what
//!   this part does not use.
//!
//! A prelude or a file may also be a comment, which readers do not see: `<!-- sla around PRELUDE …
//! -->`, `<!-- sla NAME.sla … -->`.
//!
//! The `test` blocks of all these files pass.
//!
//! Regions between `<!-- generated: NAME -->` and `<!-- end -->` are written by `SLA_UPDATE=1 cargo
//! test --test it reference::`.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use sla::internals::lang::currencies::CURRENCIES;
use sla::internals::lang::functions::FUNCTIONS;
use sla::internals::lang::library::LIBRARY;
use sla::internals::lang::units::{DATA_UNITS, PeriodUnit, TimeUnit};
use sla::internals::lang::windows::WINDOWS;
use sla::internals::lang::words::{RESERVED, STATEMENTS, TEXT_PLACES, TEXT_WORDS};
use sla::internals::report::render;
use sla::internals::testing;
use sla::internals::workspace::{Analysed, check_with};
use sla::{Code, Format, Level, Memory, Workspace};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The documents, by name. `docs/cli.md` is run as sessions by `tests/it/docs.rs`: its contracts
/// are flawed on purpose.
fn documents() -> Vec<(String, String)> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(root().join("docs"))
        .expect("the documents")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|it| it == "md") && !path.ends_with("cli.md"))
        .collect();
    paths.push(root().join("README.md"));
    paths.sort();
    let read = |path: PathBuf| {
        (path.display().to_string(), std::fs::read_to_string(&path).expect("a document"))
    };
    paths.into_iter().filter(|path| path.exists()).map(read).collect()
}

/// A block of a document: what its fence says, its text, and the line it begins on.
struct Block {
    info: String,
    body: String,
    line: usize,
}

/// Fenced blocks, and comments that begin with `<!-- sla `.
fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        let (info, end) = match (line.strip_prefix("```"), line.strip_prefix("<!-- sla ")) {
            (Some(info), _) => (info.to_owned(), "```"),
            (_, Some(info)) if !info.ends_with("-->") => (format!("hidden {info}"), "-->"),
            _ => continue,
        };
        let body: String = lines
            .by_ref()
            .map(|(_, line)| line)
            .take_while(|line| *line != end)
            .map(|line| format!("{line}\n"))
            .collect();
        blocks.push(Block { info, body, line: at + 1 });
    }
    blocks
}

/// Words behind the three back-ticks of blocks that hold something else.
const OTHERS: &[&str] =
    &["", "console", "csv", "ebnf", "groovy", "json", "rust", "sh", "sql", "text", "toml", "yaml"];

/// A prelude with its gap filled by a part, whose `test` blocks go to the end.
fn filled(prelude: &str, part: &str) -> String {
    let at =
        if part.starts_with("test \"") { Some(0) } else { part.find("\ntest \"").map(|at| at + 1) };
    let (statements, tests) = part.split_at(at.unwrap_or(part.len()));
    prelude.replacen('…', statements, 1) + tests
}

/// What is wrong with the contracts of one document.
fn faults(name: &str, text: &str) -> String {
    let blocks = blocks(text);
    let mut files = Memory::new();
    let mut preludes: BTreeMap<&str, &str> = BTreeMap::new();
    for block in &blocks {
        let info = block.info.strip_prefix("hidden ").unwrap_or(&block.info);
        if let Some(prelude) =
            info.strip_prefix("sla around ").or_else(|| info.strip_prefix("around "))
        {
            preludes.insert(prelude, &block.body);
        } else if info.ends_with(".sla") {
            files = files.with(info.strip_prefix("sla ").unwrap_or(info), block.body.as_str());
        }
    }
    let mut faults = String::new();
    for block in &blocks {
        let words: Vec<&str> = block.info.split_whitespace().collect();
        let (root, text, part) = match words.as_slice() {
            ["sla", "flawed"] => {
                let memory = files.clone().with("flawed.sla", block.body.as_str());
                if Workspace::new(&memory).path("flawed.sla").check().findings.is_empty() {
                    let _ = writeln!(
                        faults,
                        "{name}:{}: nothing is wrong with this contract",
                        block.line
                    );
                }
                continue;
            }
            ["sla"] => (format!("line_{}.sla", block.line), block.body.clone(), false),
            ["sla" | "hidden", file] if file.ends_with(".sla") => {
                ((*file).to_owned(), block.body.clone(), false)
            }
            ["sla", "in", prelude] => match preludes.get(prelude) {
                Some(around) => {
                    (format!("line_{}.sla", block.line), filled(around, &block.body), true)
                }
                None => {
                    let _ =
                        writeln!(faults, "{name}:{}: there is no prelude `{prelude}`", block.line);
                    continue;
                }
            },
            ["sla" | "hidden", "around", _] => continue,
            words => {
                if !OTHERS.contains(words.first().unwrap_or(&"")) {
                    let _ = writeln!(
                        faults,
                        "{name}:{}: nothing is known of blocks of `{}`",
                        block.line, block.info
                    );
                }
                continue;
            }
        };
        let memory = files.clone().with(&root, text);
        let run = |project: &Analysed<'_, '_, '_>| {
            testing::run(project.model, &project.loaded.sources, project.files, None)
        };
        let (mut checked, tests) = check_with(Workspace::new(&memory).path(root), &run);
        checked.findings.retain(|finding| !(part && finding.code == Code::UnusedDeclaration));
        checked.findings.extend(tests.into_iter().flatten().flat_map(|test| test.findings));
        if !checked.findings.is_empty() || !checked.unreadable().is_empty() {
            let shown = render(Format::HUMAN, false, &checked.findings, checked.sources(), 1);
            let _ = writeln!(faults, "{name}:{}:\n{shown}", block.line);
        }
    }
    faults
}

#[test]
fn contracts_in_the_documents_have_no_findings() {
    let faults: String = documents().iter().map(|(name, text)| faults(name, text)).collect();
    assert!(faults.is_empty(), "\n{faults}");
}

#[test]
fn a_flawed_contract_in_a_document_is_seen() {
    let flawed = "```sla\nprovider Acme\nprovider Acme\n```\n";
    assert!(faults("page", flawed).contains("duplicate-name"));
    let part = "```sla in file\nobjective Uptime\n```\n<!-- sla around file\n…\n-->\n";
    assert!(!faults("page", part).is_empty());
    let test = "```sla in file\ntest \"two\" {\n  given in 2026-03\n  expect Ones value 2\n}\n```\n```sla around file\nsource rows: events\nmetric Ones = count(rows) + 1\n…\n```\n";
    assert!(faults("page", test).contains("failed-test"));
    assert!(faults("page", &test.replace("value 2", "value 1")).is_empty());
    assert!(faults("page", "```sla in nowhere\n```\n").contains("no prelude"));
    assert!(faults("page", "```slab\n```\n").contains("nothing is known"));
}

fn table(head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let head: Vec<String> = head.iter().map(|cell| (*cell).to_owned()).collect();
    let mut out = line(&head) + &format!("|{}\n", " --- |".repeat(head.len()));
    out.extend(rows.into_iter().map(|row| line(&row)));
    out
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

fn list<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    words.into_iter().map(code).collect::<Vec<_>>().join(" ") + "\n"
}

fn forms(text: &str) -> String {
    text.split(" | ").map(code).collect::<Vec<_>>().join(", ")
}

fn functions() -> String {
    let rows = FUNCTIONS
        .iter()
        .map(|it| vec![forms(it.usage), it.gives.to_owned(), it.of_nothing.to_owned()]);
    table(&["call", "result", "without rows"], rows)
}

fn windows() -> String {
    table(
        &["`per`", "windows"],
        WINDOWS.iter().map(|it| vec![forms(it.forms), it.means.to_owned()]),
    )
}

fn library() -> String {
    let metrics = |text: &str| {
        let names = text.lines().filter_map(|line| line.strip_prefix("metric "));
        names
            .filter_map(|rest| rest.split(|c: char| !c.is_alphanumeric()).next())
            .map(code)
            .collect::<Vec<_>>()
            .join(" ")
    };
    table(
        &["part", "metrics"],
        LIBRARY.iter().map(|it| vec![format!("`std.{}`", it.name), metrics(it.text)]),
    )
}

fn places() -> String {
    let mut rows: Vec<(&str, String)> = STATEMENTS
        .iter()
        .map(|(word, places)| {
            (*word, places.iter().map(|place| place.describe()).collect::<Vec<_>>().join(", "))
        })
        .collect();
    rows.sort();
    let texts = TEXT_PLACES.iter().map(|place| place.describe()).collect::<Vec<_>>().join(", ");
    let rows = rows.into_iter().map(|(word, places)| vec![code(word), places]);
    table(&["word", "allowed"], rows.chain([vec!["[text terms](#text-terms)".to_owned(), texts]]))
}

fn units() -> String {
    let time = TimeUnit::ALL.iter().map(|unit| {
        vec![unit.spellings().iter().map(|it| code(it)).collect::<Vec<_>>().join(" "), {
            let nanoseconds = unit.nanoseconds();
            ["ns", "s", "h"]
                .iter()
                .zip([1, 1_000_000_000, 3_600_000_000_000])
                .rev()
                .find(|(_, size)| nanoseconds % size == 0)
                .map_or(String::new(), |(name, size)| format!("{} {name}", nanoseconds / size))
        }]
    });
    let data = DATA_UNITS.iter().map(|unit| vec![code(unit.name), format!("{} bit", unit.bits)]);
    let mut out = table(&["unit of time or data", "size"], time.chain(data));
    let mut periods: Vec<String> =
        PeriodUnit::ALL.iter().flat_map(|unit| unit.spellings()).map(code).collect();
    periods.dedup();
    let _ = write!(out, "\nPeriods are counted in {}.\n", periods.join(", "));
    out
}

fn currencies() -> String {
    let mut by: BTreeMap<u8, Vec<&str>> = BTreeMap::new();
    CURRENCIES.iter().for_each(|it| by.entry(it.minor_units).or_default().push(it.code));
    table(
        &["places", "currencies"],
        by.into_iter().map(|(places, codes)| vec![places.to_string(), codes.join(" ")]),
    )
}

fn codes() -> String {
    let rows = Code::ALL.iter().map(|it| {
        let level = if it.level() == Level::Error { "error" } else { "warning" };
        vec![
            format!("{:?}", it.family()).to_lowercase(),
            code(it.name()),
            level.to_owned(),
            it.summary().to_owned(),
        ]
    });
    table(&["subject", "code", "level", "meaning"], rows)
}

/// Makes one list.
type Make = fn() -> String;

const REGIONS: &[(&str, Make)] = &[
    ("functions", functions),
    ("windows", windows),
    ("texts", || list(TEXT_WORDS.iter().copied())),
    ("library", library),
    ("places", places),
    ("reserved", || list(RESERVED.iter().copied())),
    ("units", units),
    ("currencies", currencies),
    ("codes", codes),
];

#[test]
fn lists_are_those_of_the_compiler() {
    let path = root().join("docs/language.md");
    let text = std::fs::read_to_string(&path).expect("the reference");
    let mut fresh = text.clone();
    for (name, make) in REGIONS {
        let start = format!("<!-- generated: {name} -->\n");
        assert_eq!(fresh.matches(&start).count(), 1, "the reference has one list `{name}`");
        let (before, rest) = fresh.split_once(&start).expect("the list");
        let (_, after) = rest
            .split_once("<!-- end -->")
            .unwrap_or_else(|| panic!("the list `{name}` has no end"));
        fresh = format!("{before}{start}{}<!-- end -->{after}", make());
    }
    assert_eq!(fresh.matches("<!-- generated: ").count(), REGIONS.len(), "no list is made by hand");
    if std::env::var_os("SLA_UPDATE").is_some() {
        std::fs::write(&path, fresh).expect("written");
        return;
    }
    assert!(
        fresh == text,
        "docs/language.md is stale: run SLA_UPDATE=1 cargo test --test it reference::"
    );
}

/// Words between double quotes; a quote behind a backslash ends none.
fn quoted(text: &str) -> BTreeSet<String> {
    let text = text.replace("\\\"", "");
    let words = text.split('"').skip(1).step_by(2);
    words
        .filter(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase()))
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_grammar_in_the_reference_has_the_words_of_the_grammar() {
    let text = std::fs::read_to_string(root().join("docs/language.md")).expect("the reference");
    let ours = blocks(&text)
        .iter()
        .filter(|block| block.info == "ebnf")
        .map(|block| quoted(&block.body))
        .next()
        .expect("a grammar");
    let read =
        |name: &str| std::fs::read_to_string(root().join("grammar").join(name)).expect("a grammar");
    let entries = read("entries.pest");
    let mut all = quoted(
        &(entries.clone()
            + &read("expressions.pest")
            + &read("words.pest")
            + &read("literals.pest")),
    );
    // Words that the grammar reads as any word, and that lowering distinguishes.
    for entry in std::fs::read_dir(root().join("src/syntax/lower")).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_file() {
            all.extend(quoted(&std::fs::read_to_string(path).expect("a file")));
        }
    }
    // `std.web` is a path like any other, and `windows` a word with an `s` that may stand behind
    // it.
    all.extend(["std", "windows"].map(str::to_owned));
    let strange: Vec<&String> = ours.difference(&all).collect();
    assert!(strange.is_empty(), "words the compiler does not read: {strange:?}");
    let leading: String = entries.lines().filter(|line| line.starts_with("kw_")).collect();
    // Understood, and not taught.
    let untaught = ["until"];
    let missing: Vec<String> = quoted(&leading)
        .difference(&ours)
        .filter(|word| !untaught.contains(&word.as_str()))
        .cloned()
        .collect();
    assert!(missing.is_empty(), "words the reference does not have: {missing:?}");
}

#[test]
fn windows_are_read() {
    for form in WINDOWS.iter().flat_map(|it| it.forms.split(" | ")) {
        let text = format!(
            "provider Acme customer Globex source CLAIMS: events\nsla A between Acme and Globex {{\n term from 2026-01-01 for 12 months\n objective O: count(CLAIMS) <= 3 per {form}\n}}\n"
        );
        let memory = Memory::new().with("w.sla", text);
        let checked = Workspace::new(&memory).path("w.sla").check();
        assert!(
            checked.findings.is_empty(),
            "{form}:\n{}",
            render(Format::HUMAN, false, &checked.findings, checked.sources(), 1)
        );
    }
}

#[test]
fn the_picture_shows_what_is_printed() {
    let folder = root().join("docs/images");
    let picture = std::fs::read_to_string(folder.join("check.svg")).expect("the picture");
    let plain = |line: &str| {
        let text: String =
            line.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text).collect();
        text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    };
    let drawn: Vec<String> =
        picture.lines().filter(|line| line.starts_with("<text")).map(plain).collect();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_sla"));
    let output = command
        .args(["check", "--color", "never", "examples/flawed"])
        .current_dir(root())
        .env_remove("SLA_FORMAT")
        .output();
    let output = output.expect("the program runs");
    let text = String::from_utf8(output.stdout).expect("UTF-8")
        + &String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(drawn.first().map(String::as_str), Some("$ sla check examples/flawed"));
    // Stretches of what is printed, in its order; `…` stands for what is left out between them.
    let mut rest: Vec<&str> = text.lines().collect();
    for stretch in drawn[1..].split(|line| line == "…") {
        let stretch: Vec<&str> =
            stretch.iter().map(String::as_str).skip_while(|line| line.is_empty()).collect();
        if stretch.is_empty() {
            continue;
        }
        let at = rest.windows(stretch.len()).position(|lines| lines == stretch);
        let at = at.unwrap_or_else(|| {
            panic!(
                "docs/images/check.svg is stale, see docs/images/make.py:\n{}",
                stretch.join("\n")
            )
        });
        rest.drain(..at + stretch.len());
    }
    assert!(rest.is_empty(), "the picture ends with the summary");
}

/// The name a heading has in links: lower case, blanks to hyphens, all else but letters, digits,
/// hyphens and `_` left out.
fn anchor(heading: &str) -> String {
    let heading = heading.trim_start_matches('#').trim().to_lowercase();
    heading
        .chars()
        .filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

fn headings(text: &str) -> BTreeSet<String> {
    text.lines().filter(|line| line.starts_with('#')).map(anchor).collect()
}

/// A page with a list of its sections names them all: those of the levels that the list has.
#[test]
fn contents_name_every_section() {
    let mut faults = String::new();
    let mut pages = 0;
    for (name, text) in documents() {
        let mut fenced = false;
        let prose = text.lines().filter(|line| {
            let fence = line.starts_with("```");
            fenced ^= fence;
            !fence && !fenced
        });
        let prose: Vec<&str> = prose.collect();
        let first = prose.iter().position(|line| line.starts_with("## ")).unwrap_or(prose.len());
        let (before, sections) = prose.split_at(first);
        let before = before.join("\n");
        let listed: BTreeSet<&str> =
            before.split("](#").skip(1).filter_map(|rest| rest.split(')').next()).collect();
        // One link is a reference, not a list.
        if listed.len() < 2 {
            continue;
        }
        pages += 1;
        for level in ["## ", "### "] {
            let headings = sections.iter().filter(|line| line.starts_with(level));
            let (there, missing): (Vec<String>, Vec<String>) = headings
                .map(|line| anchor(line))
                .partition(|heading| listed.contains(heading.as_str()));
            if !there.is_empty() {
                for heading in missing {
                    let _ = writeln!(faults, "{name}: the list leaves out `{heading}`");
                }
            }
        }
    }
    assert!(pages >= 5, "the long pages have lists");
    assert!(faults.is_empty(), "\n{faults}");
}

#[test]
fn links_lead_somewhere() {
    let mut faults = String::new();
    let mut count = 0;
    for (name, text) in documents() {
        let folder = Path::new(&name).parent().expect("a folder").to_path_buf();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if target.contains("://") {
                continue;
            }
            count += 1;
            let (file, place) = target.split_once('#').unwrap_or((target, ""));
            let path = if file.is_empty() { PathBuf::from(&name) } else { folder.join(file) };
            let found = if place.is_empty() {
                path.exists()
            } else {
                std::fs::read_to_string(&path).is_ok_and(|text| headings(&text).contains(place))
            };
            if !found {
                let _ = writeln!(faults, "{name}: nothing is at `{target}`");
            }
        }
    }
    assert!(count > 50, "the documents have links");
    assert!(faults.is_empty(), "\n{faults}");
}
