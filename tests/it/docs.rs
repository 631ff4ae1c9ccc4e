//! The sessions in the documentation do what the page says.
//!
//! In a page, a block of `console` is a session: lines with `$ sla` are run, what follows is what
//! they print (first standard output, then standard error) and `[status N]` if they do not end with
//! 0. Double quotes hold an argument with blanks together. A block of `sla`, `csv` or `json` behind
//! the words "The file `NAME`:" is a file. One folder serves a page.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::path::Path;
use std::process::Command;

/// The arguments of a line, as a shell reads them that knows blanks and double quotes.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut quoted = false;
    for (index, part) in line.split('"').enumerate() {
        quoted = index % 2 == 1;
        let mut pieces = part.split(if quoted { '"' } else { ' ' });
        let first = pieces.next().unwrap_or_default();
        match words.last_mut() {
            Some(word) => *word += first,
            None => words.push(first.to_owned()),
        }
        words.extend(pieces.map(str::to_owned));
    }
    assert!(!quoted, "a quote is not closed: {line}");
    words.retain(|word: &String| !word.is_empty());
    words
}

fn run(folder: &Path, line: &str) -> String {
    let words = words(line);
    assert_eq!(
        words.first().map(String::as_str),
        Some("sla"),
        "only the program itself is run: {line}"
    );
    let mut command = Command::new(env!("CARGO_BIN_EXE_sla"));
    command.args(&words[1..]).current_dir(folder).env_remove("SLA_FORMAT").env_remove("NO_COLOR");
    let output = command.output().expect("the program runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    let status = output.status.code().expect("a status");
    let status = if status == 0 { String::new() } else { format!("[status {status}]\n") };
    format!("$ {line}\n{}{}{status}", text(output.stdout), text(output.stderr))
}

/// Runs a page; gives what it says and what really happens.
fn page(text: &str) -> (String, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut said, mut happened) = (String::new(), String::new());
    let mut file = None;
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(name) = line.strip_prefix("The file `").and_then(|rest| rest.strip_suffix("`:"))
        {
            file = Some(name);
        }
        let Some(info) = line.strip_prefix("```") else { continue };
        let body: String = lines
            .by_ref()
            .take_while(|line| *line != "```")
            .map(|line| format!("{line}\n"))
            .collect();
        if info == "console" {
            let commands = body.lines().filter_map(|line| line.strip_prefix("$ "));
            happened.extend(commands.map(|line| run(folder.path(), line)));
            said.push_str(&body);
        } else if let ("sla" | "sla flawed" | "csv" | "json", Some(name)) = (info, file.take()) {
            std::fs::write(folder.path().join(name), body).expect("written");
        }
    }
    (said, happened)
}

fn sessions(name: &str, at_least: usize) {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name))
        .expect("the page");
    let (said, happened) = page(&text);
    assert!(said.matches("$ sla").count() >= at_least, "the page has sessions");
    assert_eq!(said, happened);
}

#[test]
fn sessions_on_the_command_line() {
    sessions("docs/cli.md", 5);
}

#[test]
fn sessions_of_the_first_ten_minutes() {
    sessions("README.md", 3);
}

#[test]
fn sessions_of_the_tutorial() {
    sessions("docs/tutorial.md", 1);
}

#[test]
fn sessions_on_data_of_other_systems() {
    sessions("docs/feeding-data.md", 6);
}

#[test]
fn sessions_on_build_servers() {
    sessions("docs/ci.md", 2);
}
