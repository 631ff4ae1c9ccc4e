//! Sessions on the command line: exit statuses, forms, streams, files.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::Path;
use std::process::Stdio;

use crate::temp_project::{Ran, TempProject};

const CLEAN: &str = "\
provider Acme
customer Globex
source outages: spans

sla Api between Acme and Globex {
  term from 2026-01-01 for 12 months
  objective Uptime: uptime(outages) >= 99.9% per month
}
";

#[test]
fn a_clean_file() {
    let ran = TempProject::new().write("a.sla", CLEAN).run(&["check", "a.sla"]);
    assert_eq!(
        (ran.status, ran.out.as_str(), ran.err.as_str()),
        (0, "", "1 file checked: no findings\n")
    );
}

#[test]
fn quiet_says_nothing_about_a_clean_file() {
    let ran = TempProject::new().write("a.sla", CLEAN).run(&["check", "-q", "a.sla"]);
    assert_eq!((ran.status, ran.out.as_str(), ran.err.as_str()), (0, "", ""));
}

#[test]
fn a_file_that_does_not_exist() {
    let desk = TempProject::new().write("contract.sla", CLEAN);
    let ran = desk.run(&["check", "contarct.sla"]);
    assert_eq!(ran.status, 2);
    assert_eq!(
        ran.err,
        "error: cannot read `contarct.sla`: there is no such file; did you mean `contract.sla`?\n"
    );
    assert_eq!(ran.out, "");
}

#[test]
fn a_missing_file_beside_a_sound_one_is_still_trouble() {
    let ran = TempProject::new().write("a.sla", CLEAN).run(&["check", "a.sla", "b.sla"]);
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("cannot read `b.sla`"), "{}", ran.err);
    assert!(ran.err.ends_with("1 file checked: no findings\n"), "{}", ran.err);
}

#[test]
fn folders_are_searched_in_order() {
    let desk = TempProject::new()
        .write("b/two.sla", "\u{1}")
        .write("a/one.sla", "\u{1}")
        .write(".hidden/x.sla", "\u{1}")
        .write("a/notes.txt", "\u{1}");
    let desk = desk.write("a/three.sla", [0xff]).write("b/four.sla", [0xff]);
    let ran = desk.run(&["check", "--format", "short"]);
    let places: Vec<&str> = ran
        .out
        .lines()
        .filter(|line| line.contains("not-utf8"))
        .filter_map(|line| line.split(':').next())
        .collect();
    assert_eq!(
        places,
        [
            Path::new("a").join("three.sla").to_str().expect("text"),
            Path::new("b").join("four.sla").to_str().expect("text")
        ]
    );
    assert!(
        ran.err.ends_with("4 files checked: ") || ran.err.starts_with("4 files checked: "),
        "{}",
        ran.err
    );
    assert_eq!(ran.status, 1);
}

#[test]
fn a_folder_without_contracts() {
    let ran = TempProject::new().write("notes.txt", "x").run(&["check"]);
    assert_eq!(ran.status, 2);
    assert!(ran.err.starts_with("error: there is no `.sla` file in `.`"), "{}", ran.err);
}

#[test]
fn a_folder_where_a_file_is_needed() {
    let desk = TempProject::new().write("folder/a.sla", CLEAN);
    let ran = desk.run(&["build", "folder"]);
    assert_eq!(ran.status, 2);
    assert_eq!(ran.err, "error: cannot read `folder`: it is a folder\n");
}

#[test]
fn a_used_folder() {
    let text = format!("use \"folder\"\n{CLEAN}");
    let ran = TempProject::new()
        .write("folder/a.sla", CLEAN)
        .write("a.sla", text)
        .run(&["check", "a.sla", "--format", "short"]);
    assert_eq!(ran.status, 1);
    assert_eq!(
        ran.out,
        "a.sla:1:5: error[unreadable-file]: `folder` cannot be read: it is a folder\n"
    );
}

#[test]
fn standard_input() {
    let desk = TempProject::new();
    let ran = desk.run_with_input(&["check", "-"], CLEAN.as_bytes());
    assert_eq!((ran.status, ran.err.as_str()), (0, "1 file checked: no findings\n"));
    let ran =
        desk.run_with_input(&["check", "--format", "short", "-"], b"provider A\n// caf\xe9\n");
    assert_eq!(ran.status, 1);
    assert_eq!(
        ran.out,
        "<stdin>:2:7: error[not-utf8]: the file is not UTF-8 text: byte 0xE9 in line 2 belongs to no character\n"
    );
}

#[test]
fn bytes_that_are_not_utf8() {
    let desk = TempProject::new().write("a.sla", b"// one\n// K\xf6ln\n");
    let ran = desk.run(&["check", "a.sla"]);
    assert_eq!(ran.status, 1);
    let expected = "\
error[not-utf8]: the file is not UTF-8 text: byte 0xF6 in line 2 belongs to no character
  ┌─ a.sla:2:5
  │
2 │ // K\u{fffd}ln
  │     ^
  │
  = help: save the file as UTF-8 in your editor

";
    assert_eq!(ran.out, expected);
    assert_eq!(ran.err, "1 file checked: 1 error\n");
}

#[test]
fn utf16_is_named() {
    let bytes: Vec<u8> =
        [0xfeff].into_iter().chain(CLEAN.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let ran = TempProject::new().write("a.sla", bytes).run(&["check", "a.sla"]);
    assert_eq!(ran.status, 1);
    assert!(
        ran.out.contains("the file is UTF-16 text, and contracts are UTF-8 text"),
        "{}",
        ran.out
    );
    assert_eq!(ran.err, "1 file checked: 1 error\n");
    // The same without the mark: every other byte is empty.
    let bytes: Vec<u8> = CLEAN.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let unmarked = TempProject::new().write("a.sla", bytes).run(&["check", "a.sla"]);
    assert_eq!((unmarked.status, unmarked.out, unmarked.err), (1, ran.out, ran.err));
}

#[test]
fn narrated_has_no_drawings() {
    let desk = TempProject::new().write("a.sla", b"// one\n// K\xf6ln\n");
    let ran = desk.run(&["check", "a.sla", "--format", "narrated"]);
    assert_eq!(ran.status, 1);
    assert!(
        ran.out.starts_with(
            "the file is not UTF-8 text: byte 0xF6 in line 2 belongs to no character\n"
        ),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("label at line 2, column 5"), "{}", ran.out);
    assert!(ran.out.contains("diagnostic help: save the file as UTF-8"), "{}", ran.out);
    assert!(ran.out.contains("diagnostic code: not-utf8"), "{}", ran.out);
    assert!(!ran.out.contains(['│', '┌', '^']), "{}", ran.out);
}

#[test]
fn the_environment_chooses_the_form_and_the_option_wins() {
    let desk = TempProject::new().write("a.sla", [0xff]);
    let with = |value: &str, arguments: &[&str]| {
        Ran::from(desk.command(arguments).env("SLA_FORMAT", value).output().expect("runs"))
    };
    assert!(with("short", &["check"]).out.starts_with("a.sla:1:1: error[not-utf8]: "));
    assert!(with("short", &["check", "--format", "json"]).out.starts_with("{\n"));
    let ran = with("loud", &["check"]);
    assert_eq!(ran.status, 2);
    assert_eq!(
        ran.err,
        "error: SLA_FORMAT is `loud`, but must be `human`, `short`, `narrated` or `json`\n"
    );
}

#[test]
fn colours_only_when_wanted() {
    let desk = TempProject::new().write("a.sla", [0xff]);
    let escape = '\u{1b}';
    assert!(!desk.run(&["check"]).out.contains(escape), "a pipe is no terminal");
    assert!(desk.run(&["check", "--color", "always"]).out.contains(escape));
    let no_color = |arguments: &[&str]| {
        Ran::from(desk.command(arguments).env("NO_COLOR", "1").output().expect("runs"))
    };
    assert!(!no_color(&["check"]).out.contains(escape));
    assert!(
        no_color(&["check", "--color", "always"]).out.contains(escape),
        "what is said on the command line wins"
    );
}

#[test]
fn text_of_a_file_cannot_steer_the_terminal() {
    let desk = TempProject::new().write("a.sla", b"// \x1b[2J\xff\n");
    for format in ["human", "short", "narrated"] {
        assert!(!desk.run(&["check", "--format", format]).out.contains('\u{1b}'), "{format}");
    }
}

#[test]
fn long_lines_are_shown_in_part() {
    let mut bytes = b"// ".to_vec();
    bytes.extend(vec![b'x'; 100_000]);
    bytes.push(0xff);
    bytes.extend(vec![b'y'; 100_000]);
    let desk = TempProject::new().write("a.sla", bytes);
    let ran = desk.run(&["check", "a.sla"]);
    assert!(
        ran.out.contains("a.sla:1:100004"),
        "{}",
        ran.out.chars().take(200).collect::<String>()
    );
    assert!(ran.out.contains("…xxx") && ran.out.contains("yyy…"));
    assert!(ran.out.len() < 1_000, "{}", ran.out.len());
    assert!(desk.run(&["check", "a.sla", "--format", "narrated"]).out.len() < 1_000);
}

#[test]
fn a_closed_pipe_is_no_error() {
    let desk = (0..300)
        .fold(TempProject::new(), |desk, at| desk.write(&format!("{at}.sla"), [b'\n', 0xff]));
    let mut child = desk
        .command(&["check"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("runs");
    drop(child.stdout.take());
    let ran = Ran::from(child.wait_with_output().expect("it ends"));
    assert_eq!(ran.err, "300 files checked: 300 errors\n");
    assert_eq!(ran.status, 1);
}

#[test]
fn circles_are_reported_once_along_their_whole_path() {
    let desk = TempProject::new()
        .write("a.sla", "use \"b.sla\"\n")
        .write("b.sla", "\nuse \"c.sla\"\n")
        .write("c.sla", "use \"a.sla\"\n");
    let ran = desk.run(&["check", "a.sla"]);
    assert_eq!(ran.status, 1);
    assert!(
        ran.out.starts_with("error[circular-use]: files use each other in a circle: `a.sla` uses `b.sla` uses `c.sla` uses `a.sla`\n"),
        "{}",
        ran.out
    );
    for place in ["a.sla:1:5", "b.sla:2:5", "c.sla:1:5"] {
        assert!(ran.out.contains(place), "{place}\n{}", ran.out);
    }
    assert_eq!(ran.err, "3 files checked: 1 error\n");
    let all = desk.run(&["check", ".", "--format", "short"]);
    assert_eq!(all.out.lines().count(), 1, "{}", all.out);
}

#[test]
fn a_file_that_uses_itself() {
    let ran = TempProject::new()
        .write("a.sla", "use \"./a.sla\"\n")
        .run(&["check", "a.sla", "--format", "short"]);
    assert_eq!(ran.out, "a.sla:1:5: error[circular-use]: `a.sla` uses itself\n");
}

#[test]
fn a_file_used_by_several_roots_is_read_and_reported_once() {
    let common = "// K\u{f6}ln\n".chars().map(|c| c as u8).collect::<Vec<u8>>();
    let desk = TempProject::new()
        .write("common.sla", common)
        .write("a.sla", "use \"common.sla\"\n")
        .write("b.sla", "use \"./common.sla\"\n");
    let ran = desk.run(&["check", "a.sla", "b.sla", "a.sla", "--format", "short"]);
    assert_eq!(ran.out.matches("not-utf8").count(), 1, "{}", ran.out);
    assert_eq!(ran.err, "3 files checked: 1 error\n");
}

#[test]
fn use_of_files_that_do_not_exist() {
    let desk = TempProject::new()
        .write("parties.sla", "")
        .write("a.sla", "use \"partys.sla\"\nuse \"parties\"\nuse std.webb\nuse parties\n");
    let ran = desk.run(&["check", "a.sla"]);
    assert_eq!(ran.status, 1);
    assert_eq!(ran.out.matches("did you mean `parties.sla`?").count(), 2, "{}", ran.out);
    assert!(
        ran.out.contains("help: write `\"parties.sla\"`"),
        "where it is not asked already: {}",
        ran.out
    );
    assert!(
        !ran.out.contains("help: write `std.web`"),
        "what is asked is not said again: {}",
        ran.out
    );
    assert!(
        ran.out.contains("error[unknown-library]: there is no library `std.webb`")
            && ran.out.contains("did you mean `std.web`?"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("did you mean the file?"), "{}", ran.out);
}

#[test]
fn use_does_not_leave_the_project() {
    let desk = TempProject::new()
        .write("in/a.sla", "use \"../b.sla\"\n")
        .write("b.sla", "")
        .write("in/c.sla", "use \"/etc/passwd\"\n");
    for file in ["in/a.sla", "in/c.sla"] {
        let ran = desk.run(&["check", file, "--format", "short"]);
        assert!(ran.out.starts_with(&format!("{file}:1:5: error[outside-root]: ")), "{}", ran.out);
        assert_eq!((ran.status, ran.out.lines().count()), (1, 1));
    }
    // The folder with `sla.toml` is the project.
    let desk = desk.write("sla.toml", "");
    assert_eq!(desk.run(&["check", "in/a.sla"]).status, 0);
    let desk = desk.write("in/sla.toml", "");
    assert_eq!(desk.run(&["check", "in/a.sla"]).status, 1, "the nearest one counts");
    let desk = desk.write("in/sla.toml", "root = \"..\"\n");
    assert_eq!(desk.run(&["check", "in/a.sla"]).status, 0);
}

#[test]
fn a_folder_can_ask_to_be_named() {
    let desk = TempProject::new()
        .write("good.sla", "")
        .write("drafts/bad.sla", "nonsense\n")
        .write("drafts/sla.toml", "only_when_named = true\n");
    assert_eq!(desk.run(&["check", "."]).status, 0);
    assert_eq!(desk.run(&["check", "drafts"]).status, 1);
    assert_eq!(desk.run(&["check", "drafts/bad.sla"]).status, 1);
    let desk = desk.write("drafts/sla.toml", "only_when_named = false\n");
    assert_eq!(desk.run(&["check", "."]).status, 1);
}

#[cfg(unix)]
#[test]
fn a_link_does_not_leave_the_project_either() {
    let desk = TempProject::new().write("outside.sla", "").write("in/a.sla", "use \"link.sla\"\n");
    std::os::unix::fs::symlink(desk.path("outside.sla"), desk.path("in/link.sla")).expect("a link");
    let ran = desk.run(&["check", "in/a.sla"]);
    assert_eq!(ran.status, 1);
    assert!(
        ran.out.starts_with("error[outside-root]: `link.sla` lies outside the project"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("a link that leads out"), "{}", ran.out);
    std::os::unix::fs::symlink("a.sla", desk.path("in/same.sla")).expect("a link");
    let desk = desk
        .write("in/b.sla", "use \"same.sla\"\nuse \"d.sla\"\n")
        .write("in/a.sla", "")
        .write("in/d.sla", "use \"a.sla\"\n");
    let ran = desk.run(&["check", "in/b.sla"]);
    assert_eq!(
        ran.err, "3 files checked: no findings\n",
        "a link inside the project is the file it leads to"
    );
}

#[test]
fn settings() {
    let stale = format!("allow shadowed-name because \"old\"\n{CLEAN}");
    let desk = TempProject::new().write("a.sla", stale);
    let status = |desk: &TempProject, more: &[&str]| {
        let ran = desk.run(&[&["check", "a.sla", "--format", "short"], more].concat());
        (
            ran.status,
            ran.out.matches("warning[stale-allowance]").count(),
            ran.out.matches("error[stale-allowance]").count(),
        )
    };
    assert_eq!(status(&desk, &[]), (0, 1, 0), "warnings alone are no failure");
    assert_eq!(status(&desk, &["--deny", "warnings"]), (1, 0, 1));
    assert_eq!(status(&desk, &["--deny", "stale-allowance"]), (1, 0, 1));
    assert_eq!(status(&desk, &["--deny", "shadowed-name"]), (0, 1, 0));
    assert_eq!(status(&desk, &["--allow", "stale-allowance"]), (0, 0, 0));
    assert_eq!(
        status(&desk, &["--allow", "stale-allowance", "--deny", "stale-allowance"]),
        (1, 0, 1),
        "the more severe level wins"
    );
    let desk = desk.write("sla.toml", "[levels]\nstale-allowance = \"error\"\n");
    assert_eq!(status(&desk, &[]), (1, 0, 1));
    assert_eq!(status(&desk, &["--warn", "stale-allowance"]), (0, 1, 0));
    assert_eq!(
        status(&desk, &["--warn", "stale-allowance", "--deny", "warnings"]),
        (0, 1, 0),
        "what is named beats all"
    );
    let desk = desk.write("sla.toml", "[levels]\nstale-allowance = \"allow\"\n");
    assert_eq!(status(&desk, &[]), (0, 0, 0));
    assert_eq!(
        status(&desk, &["--deny", "warnings"]),
        (0, 0, 0),
        "what is not reported is not denied"
    );
}

#[test]
fn settings_that_mean_nothing() {
    let cases = [
        (
            "[levels]\nstale-allowence = \"error\"\n",
            "sla.toml:2:1: error[bad-settings]: there is no code `stale-allowence`\n",
        ),
        (
            "[levels]\nstale-allowance = \"loud\"\n",
            "sla.toml:2:19: error[bad-settings]: a level is `\"allow\"`, `\"warning\"` or `\"error\"`\n",
        ),
        (
            "[levels]\nunknown-name = \"warning\"\n",
            "sla.toml:2:1: error[bad-settings]: `unknown-name` is an error and cannot be lowered\n",
        ),
        (
            "only_when_named = 1\n",
            "sla.toml:1:19: error[bad-settings]: `only_when_named` is `true` or `false`\n",
        ),
        ("rot = \".\"\n", "sla.toml:1:1: error[bad-settings]: `rot` is not a setting\n"),
        (
            "root = 3\n",
            "sla.toml:1:8: error[bad-settings]: `root` is a text, the path of a folder: `root = \".\"`\n",
        ),
    ];
    for (settings, expected) in cases {
        let ran = TempProject::new()
            .write("a.sla", CLEAN)
            .write("sla.toml", settings)
            .run(&["check", "a.sla", "--format", "short"]);
        assert_eq!((ran.status, ran.out.as_str()), (1, expected));
    }
    let ran = TempProject::new()
        .write("a.sla", CLEAN)
        .write("sla.toml", "[levels\n")
        .run(&["check", "a.sla", "--format", "short"]);
    assert!(
        ran.out.starts_with("sla.toml:1:8: error[bad-settings]: `sla.toml` cannot be read: "),
        "{}",
        ran.out
    );
    let ran = TempProject::new()
        .write("in/a.sla", CLEAN)
        .write("sla.toml", "rot = 1\n")
        .run(&["check", "in/a.sla", "--format", "short"]);
    assert!(ran.out.starts_with("sla.toml:1:1: "), "named as seen from here: {}", ran.out);
}

#[test]
fn options_that_mean_nothing() {
    let desk = TempProject::new().write("a.sla", CLEAN);
    let ran = desk.run(&["check", "--deny", "warning"]);
    assert_eq!(ran.status, 2);
    assert!(
        ran.err.starts_with("error: `--deny warning`: there is no code `warning`"),
        "{}",
        ran.err
    );
    let ran = desk.run(&["check", "--allow", "unknown-name"]);
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("only warnings have a level to choose"), "{}", ran.err);
    assert_eq!(desk.run(&["chekc"]).status, 2);
    assert_eq!(desk.run(&[]).status, 2);
    assert_eq!(desk.run(&["check", "--format", "loud"]).status, 2);
}

#[test]
fn forms_that_a_command_does_not_have() {
    let desk = TempProject::new().write("a.sla", CLEAN);
    for (command, format, commands) in [
        ("check", "junit", "`sla test`"),
        ("backing", "junit", "`sla test`"),
        ("test", "csv", "`sla run`"),
        ("coverage", "jsonl", "`sla run`"),
        ("build", "markdown", "`sla run` and `sla explain`"),
        ("explain", "csv", "`sla run`"),
    ] {
        let words = match command {
            "explain" => vec![command, "unknown-name", "--format", format],
            _ => vec![command, "a.sla", "--format", format],
        };
        let ran = desk.run(&words);
        assert_eq!(ran.status, 2, "{words:?}");
        let said = format!("error: `--format {format}` is available for {commands} only\n");
        assert_eq!((ran.out.as_str(), ran.err), ("", said), "{words:?}");
    }
    // The environment speaks to every command, so it takes the forms of all.
    let ran = desk.command(&["check", "a.sla"]).env("SLA_FORMAT", "junit").output().expect("runs");
    assert_eq!(ran.status.code(), Some(2));
    // What is wrong with the contract is for people, whatever the report was to be for.
    let desk = TempProject::new().write("a.sla", "provider A\nprovider A\n");
    let ran = desk.run(&["run", "a.sla", "--format", "csv"]);
    assert!(ran.err.starts_with("error[duplicate-name]"), "{}", ran.err);
}

#[test]
fn help_for_a_newcomer() {
    let desk = TempProject::new();
    let ran = desk.run(&["--help"]);
    assert_eq!(ran.status, 0);
    for part in
        ["sla check contract.sla", "Exit status", "it found nothing wrong", "sla new", "sla.toml"]
    {
        assert!(ran.out.contains(part), "{part}\n{}", ran.out);
    }
    assert!(desk.run(&["check", "--help"]).out.contains("sla check --deny warnings"));
    assert_eq!(desk.run(&["--version"]).out, format!("sla {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn explain() {
    let desk = TempProject::new();
    let ran = desk.run(&["explain"]);
    assert_eq!(ran.status, 0);
    assert!(ran.out.starts_with("reading\n"), "{}", ran.out);
    assert!(ran.out.contains("\n  unknown-name "), "{}", ran.out);
    let one = desk.run(&["explain", "unknown-name"]);
    assert_eq!(one.status, 0);
    assert!(
        one.out.contains("## How to fix it\n") && one.out.contains("\n    customer Globex\n"),
        "{}",
        one.out
    );
    assert!(!one.out.contains("```"), "{}", one.out);
    assert_eq!(desk.run(&["explain", "error[unknown-name]"]).out, one.out, "as it is pasted");
    let ran = desk.run(&["explain", "unknwon-name"]);
    assert_eq!(
        (ran.status, ran.err.as_str()),
        (2, "error: there is no code `unknwon-name`; did you mean `unknown-name`?\n")
    );
}

#[test]
fn a_new_contract_is_clean_and_nothing_is_overwritten() {
    let desk = TempProject::new();
    let ran = desk.run(&["new"]);
    assert_eq!(
        (ran.status, ran.err.as_str()),
        (0, "wrote `contract.sla`; now try `sla check contract.sla`\n")
    );
    let ran = desk.run(&["check", "--deny", "warnings"]);
    assert_eq!(
        (ran.status, ran.out.as_str(), ran.err.as_str()),
        (0, "", "1 file checked: no findings\n")
    );
    let desk = desk.write("contract.sla", "mine");
    let ran = desk.run(&["new"]);
    assert_eq!(
        (ran.status, ran.err.as_str()),
        (2, "error: cannot write `contract.sla`: it exists already\n")
    );
    assert_eq!(desk.read("contract.sla"), "mine");
}

#[test]
fn completions_and_manual() {
    let desk = TempProject::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ran = desk.run(&["completions", shell]);
        assert_eq!(ran.status, 0);
        assert!(ran.out.contains("explain"), "{shell}");
        let values = !["elvish", "powershell"].contains(&shell);
        assert!(!values || ran.out.contains("narrated"), "{shell} completes values too");
    }
    assert!(desk.run(&["man"]).out.contains(".TH sla 1"));
    assert!(desk.run(&["man", "check"]).out.contains(".TH sla-check 1"));
    let ran = desk.run(&["man", "chek"]);
    assert_eq!(
        (ran.status, ran.err.as_str()),
        (2, "error: there is no command `chek`; did you mean `check`?\n")
    );
}

#[test]
fn errors_leave_the_old_plan_alone() {
    let desk = TempProject::new().write("a.sla", [0xff]).write("plan.json", "old");
    let ran = desk.run(&["build", "a.sla", "-o", "plan.json"]);
    assert_eq!((ran.status, ran.out.as_str()), (1, ""));
    assert!(
        ran.err.starts_with("error[not-utf8]"),
        "findings of `build` go to standard error: {}",
        ran.err
    );
    assert_eq!(desk.read("plan.json"), "old");
    assert_eq!(desk.names(), ["a.sla", "plan.json"]);
}

#[test]
fn findings_fit_their_schema_and_the_schema_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/findings.schema.json");
    let desk = TempProject::new();
    let printed = desk.run(&["schema", "findings"]);
    assert_eq!(printed.status, 0);
    let stored = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(printed.out, stored, "run `sla schema findings > schema/findings.schema.json`");

    let schema: serde_json::Value = serde_json::from_str(&stored).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let desk = desk
        .write("a.sla", "// \u{1f600} \u{e9}\nuse std.webb use \"b.sla\"\n")
        .write("b.sla", b"\n\xff")
        .write("c.sla", CLEAN);
    for files in
        [&["check", "--format", "json", "a.sla"][..], &["check", "--format", "json", "c.sla"]]
    {
        let ran = desk.run(files);
        let document: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
        let errors: Vec<String> =
            validator.iter_errors(&document).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
    let document: serde_json::Value =
        serde_json::from_str(&desk.run(&["check", "--format", "json", "a.sla"]).out).expect("JSON");
    let finding = document["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|finding| finding["code"] == "unknown-library")
        .expect("it");
    assert_eq!(finding["level"], "error");
    assert_eq!(finding["family"], "names");
    // The second line starts behind `// `, four bytes, a blank, two bytes and a line end: 3 + 4 + 1
    // + 2 + 1.
    assert_eq!(
        finding["labels"][0]["start"],
        serde_json::json!({"line": 2, "column": 5, "utf16_column": 5, "offset": 15})
    );
    assert_eq!(finding["labels"][0]["end"]["offset"], 23);
    assert_eq!(finding["fix"]["edits"][0]["text"], "std.web");
    assert_eq!(finding["fix"]["safe"], false);
    assert_eq!(document["summary"], serde_json::json!({"files": 2, "errors": 2, "warnings": 0}));
    assert!(
        validator
            .validate(&serde_json::json!({"version": 1, "findings": [{}], "summary": {}}))
            .is_err(),
        "the schema refuses what is none"
    );
}

/// Two files with faults that can only be meant one way, one of them only seen once the others are
/// gone: the allowance is stale.
fn mendable() -> TempProject {
    TempProject::new()
        .write("parties.sla", "provider Acme\ncustomer Globex\nsource outages: spans\ncalendar Office { open Mon–Fri 09:00..17:00 }\n")
        .write(
            "a.sla",
            "use \"parties.sla\"\nsla Api between Acme and Globex {\n  term from 2026-01-01 for 12 months\n  \
             objective Uptime: uptime(outages) ≥ 99.9% month during Office\n  allow unpaid-breach because \"x\"\n}\n",
        )
}

#[test]
fn fix_writes_what_can_only_be_meant_one_way() {
    let desk = mendable();
    let ran = desk.run(&["check", "--fix", "a.sla"]);
    assert_eq!((ran.status, ran.out.as_str()), (0, ""));
    // `≥`, `per`, `Mon–Fri`, and then the allowance.
    assert_eq!(ran.err, "4 findings fixed in 2 files\n2 files checked: no findings\n");
    let expected = "use \"parties.sla\"\nsla Api between Acme and Globex {\n  term from 2026-01-01 for 12 months\n  \
                    objective Uptime: uptime(outages) >= 99.9% per month during Office\n}\n";
    assert_eq!(desk.read("a.sla"), expected);
    assert!(desk.read("parties.sla").ends_with("calendar Office { open mon..fri 09:00..17:00 }\n"));
    assert_eq!(desk.names(), ["a.sla", "parties.sla"]);
    let again = desk.run(&["check", "--fix", "a.sla"]);
    assert_eq!((again.status, again.err.as_str()), (0, "2 files checked: no findings\n"));
}

#[test]
fn diff_writes_nothing() {
    let desk = mendable();
    let before = desk.read("a.sla");
    let ran = desk.run(&["check", "--diff", "--format", "short", "a.sla"]);
    assert_eq!(ran.status, 1, "the files are as they were: their errors count");
    assert!(
        ran.out.starts_with("--- a.sla\n+++ a.sla\n@@ -1,6 +1,5 @@\n use \"parties.sla\"\n"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("\n-  allow unpaid-breach because \"x\"\n"), "{}", ran.out);
    assert!(ran.out.contains("\n+calendar Office { open mon..fri 09:00..17:00 }\n"), "{}", ran.out);
    assert!(ran.err.contains("odd-spelling"), "{}", ran.err);
    assert_eq!(desk.read("a.sla"), before);
    let both = desk.run(&["check", "--fix", "--diff", "a.sla"]);
    assert_eq!((both.out, desk.read("a.sla")), (ran.out, before));
}

#[test]
fn fix_leaves_alone_what_is_only_likely_or_not_its_own() {
    let wrong = "provider Acme\ncustomer Globex\nsource outages: spans\nsla Api between Acme and Globbex {\n  \
                 term from 2026-01-01 for 12 months\n  objective Uptime: uptime(outages) >= 99.9% per month\n}\n";
    let desk = TempProject::new().write("a.sla", wrong);
    let ran = desk.run(&["check", "--fix", "a.sla"]);
    assert_eq!((ran.status, desk.read("a.sla").as_str()), (1, wrong), "a likely name is a guess");
    let ran = desk.run_with_input(&["check", "--fix", "-"], wrong.as_bytes());
    assert_eq!(
        (ran.status, ran.err.as_str()),
        (2, "error: `--fix` cannot change standard input; name the file, or use `--diff`\n")
    );
    let latin = b"provider K\xf6ln \xe2\x80\x9cx\xe2\x80\x9d\n";
    let desk = TempProject::new().write("b.sla", latin);
    desk.run(&["check", "--fix", "b.sla"]);
    assert_eq!(
        fs::read(desk.path("b.sla")).expect("a file"),
        latin,
        "what is not UTF-8 is not written back"
    );
}

/// An edit of the spelling is applied although it brings errors to light that the spelling hid.
#[test]
fn fix_corrects_the_spelling_although_names_are_unknown() {
    let text = |word: &str| {
        format!(
            "provider Acme\ncustomer Globex\nsource outages: spans\nsla Api between Acme and Globex {{\n  \
             term from 2026-01-01 for 12 months\n  objective Uptime: uptime(outages) >= 99.9% per month\n  \
             ignore outages {word} cause == customer\n}}\n"
        )
    };
    let desk = TempProject::new().write("a.sla", text("if"));
    let ran = desk.run(&["check", "--fix", "--format", "short", "a.sla"]);
    // `cause` and `customer` are not declared.
    assert_eq!((ran.status, ran.out.matches("unknown-name").count()), (1, 2), "{}", ran.out);
    assert_eq!(ran.err, "1 finding fixed in 1 file\n1 file checked: 2 errors\n");
    assert_eq!(desk.read("a.sla"), text("where"));
}

/// More errors of the same kind as the one that an edit corrects look like harm: it is taken back.
#[test]
fn fix_says_what_it_does_not_apply_and_why() {
    let text = "provider Acme\ncustomer Globex\nsource outages: spans\nfact A: number = 5\n\
                fact B: number = A\nfact C: number = A\nsla Api between Acme and Globex {\n  \
                term from 2026-01-01 for 12 months\n  \
                objective Uptime: uptime(outages) >= 99.9% per month during outages\n}\n";
    let desk = TempProject::new().write("a.sla", text);
    let ran = desk.run(&["check", "--fix", "--format", "short", "a.sla"]);
    // `time(outages)` is right, and then two facts turn out not to be constants.
    assert_eq!(ran.status, 1, "{}", ran.out);
    assert!(
        ran.err.starts_with("1 finding is not fixed: the edits would bring new errors\n"),
        "{}",
        ran.err
    );
    assert_eq!(desk.read("a.sla"), text);
}

#[test]
fn what_is_over_is_only_said_of_a_day_that_is_given() {
    let desk = TempProject::new().write("a.sla", CLEAN);
    let term = CLEAN.lines().find(|line| line.contains("term from")).expect("a term");
    assert!(
        term.contains("term from 2026-01-01 for 12 months"),
        "the days below are those of this term: {term}"
    );
    assert_eq!(desk.run(&["check", "a.sla"]).out, "");
    assert_eq!(desk.run(&["check", "--today", "2026-12-31", "a.sla"]).out, "");
    let over = desk.run(&["check", "--today", "2027-01-01", "--format", "short", "a.sla"]);
    assert!(
        over.out.contains("warning[term-over]") && over.out.contains("its last day was 2026-12-31"),
        "{}",
        over.out
    );
    assert_eq!(over.status, 0);
    for wrong in ["2026-13-01", "2026-02-30", "today", "26-01-01", "2026-1-1"] {
        let ran = desk.run(&["check", "--today", wrong, "a.sla"]);
        assert!(
            ran.status == 2 && ran.err.contains("a date is written `2026-12-31`"),
            "{wrong}: {}",
            ran.err
        );
    }
}

/// Only programs with checks for developers in them know the way to a fault of their own.
#[cfg(debug_assertions)]
#[test]
fn a_fault_of_the_program_itself_is_told_kindly() {
    let desk = TempProject::new().write("a.sla", CLEAN);
    let ran = Ran::from(
        desk.command(&["check", "a.sla"])
            .env("SLA_PROVOKE_FAULT", "1")
            .output()
            .expect("the program runs"),
    );
    assert_eq!(ran.status, 70);
    assert_eq!(ran.out, "");
    assert!(
        ran.err.contains("the program itself has a fault") && ran.err.contains("provoked"),
        "{}",
        ran.err
    );
    assert!(!ran.err.contains("thread '"), "{}", ran.err);
}

/// Two tests of one contract, of which the second is wrong: 30 min of April's 43,200 are less than
/// 0.1%.
const TESTED: &str = "\
test \"an hour <&> more\" {
  given Api in 2026-04
  outages { 2026-04-03T10:00 for 1 h }
  expect Uptime breached
}
test \"half an hour\" {
  given Api in 2026-04
  outages { 2026-04-03T10:00 for 30 min }
  expect Uptime breached
}
";

#[test]
fn tests_are_run() {
    let desk = TempProject::new().write("a.sla", format!("{CLEAN}{TESTED}")).write("b.sla", CLEAN);
    let ran = desk.run(&["test", "--format", "short"]);
    assert_eq!(ran.status, 1);
    assert_eq!(
        ran.out,
        "a.sla:17:17: error[failed-test]: test \"half an hour\": expected breached, but it is met\n"
    );
    assert_eq!(ran.err, "1 of 2 tests failed\n");
    let ran = desk.run(&["test", "--filter", "hour <&>"]);
    assert_eq!((ran.status, ran.out.as_str(), ran.err.as_str()), (0, "", "1 test passed\n"));
    let ran = desk.run(&["test", "-q", "b.sla"]);
    assert_eq!((ran.status, ran.out.as_str(), ran.err.as_str()), (0, "", ""));
    assert_eq!(desk.run(&["test", "b.sla"]).err, "no tests ran\n");
    let ran = desk.run(&["test", "--format", "json"]);
    assert!(ran.out.contains("\"failed-test\""), "{}", ran.out);
}

#[test]
fn tests_for_build_servers() {
    let desk = TempProject::new().write("a.sla", format!("{CLEAN}{TESTED}"));
    let ran = desk.run(&["test", "--format", "junit"]);
    assert_eq!(ran.status, 1);
    for part in [
        "<testsuites tests=\"2\" failures=\"1\" errors=\"0\">",
        "<testsuite name=\"a.sla\" tests=\"2\" failures=\"1\" errors=\"0\">",
        "<testcase classname=\"a.sla\" name=\"an hour &lt;&amp;&gt; more\"/>",
        "<failure message=\"expected breached, but it is met\">",
    ] {
        assert!(ran.out.contains(part), "{part} is not in:\n{}", ran.out);
    }
    let ran = desk.run(&["check", "--format", "junit"]);
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("`sla test` only"), "{}", ran.err);
}

#[test]
fn tests_of_a_contract_with_errors_are_not_run() {
    let desk = TempProject::new()
        .write("a.sla", format!("{}{TESTED}", CLEAN.replace("outages: spans", "outages: events")));
    let ran = desk.run(&["test", "--format", "short"]);
    assert_eq!(ran.status, 2);
    assert!(ran.out.contains("error[") && !ran.out.contains("failed-test"), "{}", ran.out);
    assert_eq!(ran.err, "no tests ran; 2 tests not run, because the contracts have errors\n");
    assert_eq!(desk.run(&["test", "none.sla"]).status, 2);
}

/// A plan that is taken for a contract: one finding, and not one for each of its lines.
#[test]
fn a_plan_is_no_contract() {
    let desk = TempProject::new()
        .write("a.json", "{\n  \"plan\": 1,\n  \"zones\": []\n}\n")
        .write("bom.json", "\u{feff}{ \"plan\": 2 }");
    for (command, status) in [("check", 1), ("build", 1), ("test", 2)] {
        let ran = desk.run(&[command, "--format", "short", "-q", "a.json"]);
        assert_eq!(ran.status, status, "{command}");
        let said = format!("{}{}", ran.out, ran.err);
        assert_eq!(
            said,
            "a.json:1:1: error[unreadable-file]: `a.json` cannot be read: it is a JSON document\n",
            "{command}"
        );
    }
    let ran = desk.run(&["run", "bom.json"]);
    assert_eq!(
        ran.err,
        "error: cannot run `bom.json`: this program reads plans of version 1, but this plan has version `2`\n"
    );
}

#[test]
fn colours_of_tables_and_diffs() {
    let desk = TempProject::new()
        .write("a.sla", CLEAN)
        .write("o.csv", "start,end\n2026-03-10T10:00:00Z,2026-03-10T10:50:00Z\n");
    let run = [
        "run",
        "a.sla",
        "--data",
        "outages=o.csv",
        "--complete-to",
        "2026-04-01",
        "--from",
        "2026-03-01",
    ];
    let coloured = desk.run(&[&run[..], &["--color", "always"]].concat());
    // 50 min of March are more than 0.1%, which is 44 min 38.4 s. Bold and red are 1 and 31 in
    // ECMA-48.
    assert!(coloured.out.contains("\x1b[1;31mBREACHED\x1b[0m"), "{}", coloured.out);
    let plain = desk.run(&run);
    assert!(!plain.out.contains('\x1b'), "{}", plain.out);
    assert_eq!(
        coloured
            .out
            .replace("\x1b[1;31m", "")
            .replace("\x1b[1m", "")
            .replace("\x1b[2m", "")
            .replace("\x1b[0m", ""),
        plain.out
    );
    desk.run(&[&run[..], &["--color", "always", "-o", "report.txt"]].concat());
    assert_eq!(desk.read("report.txt"), plain.out);
    let budget = desk.run(&["budget", "a.sla", "--color", "always"]);
    assert!(budget.out.starts_with("\x1b[1mApi from 2026-01-01"), "{}", budget.out);
    let desk = desk.write("b.sla", CLEAN.replace(">=", "≥"));
    let diff = desk.run(&["check", "--diff", "b.sla", "--color", "always"]);
    assert!(
        diff.out
            .contains("\x1b[32m+  objective Uptime: uptime(outages) >= 99.9% per month\x1b[0m\n"),
        "{}",
        diff.out
    );
}

#[test]
fn explanations_in_each_form() {
    let desk = TempProject::new();
    let markdown = desk.run(&["explain", "unknown-name", "--format", "markdown"]).out;
    assert!(markdown.starts_with("# unknown-name\n\nA name that is not declared.\n"), "{markdown}");
    assert!(markdown.contains("\n```sla bad\nprovider Acme\n"), "{markdown}");
    let text = desk.run(&["explain", "unknown-name"]).out;
    assert!(text.contains("\n    provider Acme\n") && !text.contains("```"), "{text}");
    let json = desk.run(&["explain", "unknown-name", "--format", "json"]).out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!((&json["code"], &json["level"]), (&"unknown-name".into(), &"error".into()));
    assert_eq!((&json["text"], &json["markdown"]), (&text.into(), &markdown.into()));
    let headings = desk.run(&["explain", "unknown-name", "--color", "always"]).out;
    assert!(headings.starts_with("\x1b[1munknown-name\x1b[0m\n"), "{headings}");
}

#[test]
fn completions_offer_the_codes_of_findings() {
    for shell in ["bash", "fish", "zsh"] {
        let script = TempProject::new().run(&["completions", shell]).out;
        assert!(script.contains("unknown-name"), "{shell}");
    }
}
