//! Which files the commands read and write: outputs never overwrite inputs, folders are searched
//! with care, statuses say what happened.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::fs;

use crate::temp_project::{Ran, TempProject};

const API: &str = "\
use \"parties.sla\"
source outages: spans

sla Api between Acme and Globex {
  term from 2026-01-01 for 12 months
  fee 1_000 EUR per month
  objective Uptime: uptime(outages) >= 99.9% per month
}
";
const PARTIES: &str = "provider Acme\ncustomer Globex\n";
const OUTAGES: &str = "start,end\n2026-03-10T10:00:00Z,2026-03-10T10:50:00Z\n";

fn project() -> TempProject {
    TempProject::new()
        .write("api.sla", API)
        .write("parties.sla", PARTIES)
        .write("sla.toml", "")
        .write("o.csv", OUTAGES)
}

const RUN: [&str; 6] = ["run", "api.sla", "--data", "outages=o.csv", "--complete-to", "2026-05-01"];

#[test]
fn an_output_never_overwrites_what_was_read() {
    let desk = project().write("sub/keep", "");
    fs::hard_link(desk.path("o.csv"), desk.path("same.csv")).expect("a second name");
    for file in ["api.sla", "parties.sla", "sla.toml", "./parties.sla", "sub/../api.sla"] {
        let before = fs::read(desk.path(file)).expect("a file");
        for command in [&["build", "api.sla"][..], &RUN] {
            let ran = desk.run(&[command, &["-o", file]].concat());
            let expected = format!(
                "error: cannot write `{file}`: this command reads that file; choose another name for the output\n"
            );
            assert!(
                ran.status == 2 && ran.err.ends_with(&expected),
                "{command:?} -o {file}: {}",
                ran.err
            );
            assert_eq!(fs::read(desk.path(file)).expect("a file"), before, "{file}");
        }
    }
    // Data by its own name, by another name of the same file, and through a pattern.
    for (data, file) in [("o.csv", "o.csv"), ("o.csv", "same.csv"), ("o*.csv", "o.csv")] {
        let data = format!("outages={data}");
        let ran = desk.run(&[
            "run",
            "api.sla",
            "--data",
            &data,
            "--complete-to",
            "2026-05-01",
            "-o",
            file,
        ]);
        assert_eq!(ran.status, 2, "{data} {file}: {}", ran.err);
        assert_eq!(desk.read("o.csv"), OUTAGES);
    }
}

#[test]
fn an_output_never_overwrites_the_file_behind_standard_input_or_a_plan() {
    let desk = project();
    let file = fs::File::open(desk.path("o.csv")).expect("a file");
    let arguments =
        ["run", "api.sla", "--data", "outages=-", "--complete-to", "2026-05-01", "-o", "o.csv"];
    let ran = Ran::from(desk.command(&arguments).stdin(file).output().expect("runs"));
    assert_eq!((ran.status, desk.read("o.csv").as_str()), (2, OUTAGES), "{}", ran.err);
    assert_eq!(desk.run(&["build", "api.sla", "-o", "api.json"]).status, 0);
    let plan = desk.read("api.json");
    let ran = desk.run(&[
        "run",
        "api.json",
        "--data",
        "outages=o.csv",
        "--complete-to",
        "2026-05-01",
        "-o",
        "api.json",
    ]);
    assert_eq!((ran.status, desk.read("api.json")), (2, plan), "{}", ran.err);
    // 50 minutes of March's 44,640 are more than 0.1% of them: breached.
    assert_eq!(desk.run(&[&RUN[..], &["-o", "report.txt"]].concat()).status, 1);
    assert_eq!(
        desk.run(&[&RUN[..], &["-o", "report.txt"]].concat()).status,
        1,
        "an output of an earlier run is overwritten"
    );
}

#[cfg(unix)]
#[test]
fn pipes_are_not_opened_when_folders_are_searched() {
    let desk = project();
    let made =
        std::process::Command::new("mkfifo").arg(desk.path("p.sla")).status().expect("mkfifo");
    assert!(made.success());
    let inside = desk.path("sub");
    fs::create_dir(&inside).expect("a folder");
    assert!(
        std::process::Command::new("mkfifo")
            .arg(inside.join("sla.toml"))
            .status()
            .expect("mkfifo")
            .success()
    );
    let ran = desk.run(&["check"]);
    assert_eq!(
        (ran.status, ran.err.as_str()),
        (0, "2 files checked: no findings\n"),
        "{}",
        ran.out
    );
}

/// Someone who may read and write everything cannot be kept from it.
#[cfg(unix)]
fn is_root(desk: &TempProject) -> bool {
    fs::read_dir(desk.path("closed")).is_ok()
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_read_is_named_and_the_others_are_checked() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = project().write("closed/x.sla", PARTIES);
    fs::set_permissions(desk.path("closed"), fs::Permissions::from_mode(0o000))
        .expect("permissions");
    if !is_root(&desk) {
        let ran = desk.run(&["check"]);
        assert_eq!(ran.status, 2);
        assert_eq!(
            ran.err,
            "error: cannot search `./closed`: you do not have permission to read it\n2 files checked: no findings\n"
        );
    }
    fs::set_permissions(desk.path("closed"), fs::Permissions::from_mode(0o755))
        .expect("permissions");
}

#[cfg(unix)]
#[test]
fn what_could_not_be_fixed_is_still_reported() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = TempProject::new().write(
        "closed/a.sla",
        format!("{PARTIES}{}", API.replace("use \"parties.sla\"\n", "").replace(">=", "≥")),
    );
    fs::set_permissions(desk.path("closed"), fs::Permissions::from_mode(0o555))
        .expect("permissions");
    let may_write = fs::write(desk.path("closed/probe"), "").is_ok();
    if !may_write {
        let ran = desk.run(&["check", "--fix", "closed", "--format", "short"]);
        assert_eq!(ran.status, 2);
        assert!(
            ran.out.contains("odd-spelling") && ran.err.contains("1 file checked: 1 error"),
            "{}{}",
            ran.out,
            ran.err
        );
    }
    fs::set_permissions(desk.path("closed"), fs::Permissions::from_mode(0o755))
        .expect("permissions");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_reported() {
    let desk = project();
    let full = || fs::OpenOptions::new().write(true).open("/dev/full").expect("the device");
    let output = desk.command(&["--help"]).stdout(full()).output().expect("runs");
    assert_eq!(output.status.code(), Some(2));
    let output =
        desk.command(&["check", "--format", "json"]).stdout(full()).output().expect("runs");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_diff_of_standard_input_and_its_status() {
    let wrong = format!("{PARTIES}{}", API.replace("use \"parties.sla\"\n", "").replace(">=", "≥"));
    let desk = TempProject::new();
    let ran = desk.run_with_input(&["check", "--diff", "-"], wrong.as_bytes());
    assert_eq!(ran.status, 1);
    assert!(ran.out.starts_with("--- <stdin>\n+++ <stdin>\n"), "{}", ran.out);
    assert!(
        ran.out.contains(
            "\n-  objective Uptime: uptime(outages) ≥ 99.9% per month\n+  objective Uptime: uptime(outages) >= 99.9% per month\n"
        ),
        "{}",
        ran.out
    );
    let ran = desk.run_with_input(&["check", "--fix", "-"], wrong.as_bytes());
    assert_eq!(
        (ran.status, ran.err.as_str()),
        (2, "error: `--fix` cannot change standard input; name the file, or use `--diff`\n")
    );
    // A warning alone is no error, but this one would be fixed: an allowance that allows nothing.
    let idle = format!(
        "allow unused-declaration because \"later\"\n{PARTIES}{}",
        API.replace("use \"parties.sla\"\n", "")
    );
    let ran = desk.run_with_input(&["check", "--diff", "-"], idle.as_bytes());
    assert_eq!(
        (ran.status, ran.out.contains("\n-allow unused-declaration")),
        (1, true),
        "{}{}",
        ran.out,
        ran.err
    );
    assert_eq!(desk.run_with_input(&["check", "-"], idle.as_bytes()).status, 0);
    assert_eq!(project().run(&["check", "--diff"]).status, 0);
}

#[test]
fn names_of_files_cannot_steer_the_terminal() {
    let ran = project().run(&["check", "\u{1b}[31mx\u{7}.sla"]);
    assert_eq!(
        (ran.status, ran.err.as_str()),
        (2, "error: cannot read `?[31mx?.sla`: there is no such file\n")
    );
}

#[test]
fn numbers_of_threads_are_bounded() {
    let desk = project();
    let with = |threads: &str| {
        Ran::from(desk.command(&RUN).env("RAYON_NUM_THREADS", threads).output().expect("runs"))
    };
    let ran = with("abc");
    assert_eq!(
        (ran.status, ran.err.as_str()),
        (
            1,
            "warning: RAYON_NUM_THREADS is `abc`, which is not a number of threads; all cores are used\n"
        )
    );
    let ran = with("1000");
    assert_eq!(ran.status, 1);
    assert!(
        ran.err.starts_with("warning: RAYON_NUM_THREADS is 1000; ")
            && ran.err.ends_with(" threads are used at most\n"),
        "{}",
        ran.err
    );
    assert_eq!(with("2").err, "");
}

#[test]
fn help_explains_shared_options_once() {
    let desk = TempProject::new();
    let whole = desk.run(&["--help"]);
    assert!(
        whole.out.contains("--deny") && whole.out.contains("Options of every command"),
        "{}",
        whole.out
    );
    let (check, same) = (desk.run(&["check", "--help"]), desk.run(&["help", "check"]));
    assert_eq!((check.status, same.status, &check.out), (0, 0, &same.out));
    assert!(
        !check.out.contains("--deny <CODE>")
            && check.out.contains("`sla --help` explains the options of every command"),
        "{}",
        check.out
    );
    assert!(desk.run(&["help"]).out.contains("Commands:"));
    assert_eq!(
        project().run(&["check", "--deny", "warnings"]).status,
        0,
        "the options work all the same"
    );
    assert_eq!(project().run(&["--deny", "warnings", "check"]).status, 0);
}

#[test]
fn windows_that_have_used_up_their_budget_can_fail_a_run() {
    // 50 minutes down by 15 March, of 44.64 that March allows: pending, and overdrawn.
    let desk = project();
    let run = |more: &[&str]| {
        desk.run(
            &[&["run", "api.sla", "--data", "outages=o.csv", "--complete-to", "2026-03-15"], more]
                .concat(),
        )
    };
    let ran = run(&[]);
    assert_eq!(ran.status, 0, "{}", ran.out);
    assert!(
        ran.out.contains("the budget is overdrawn by 5 min 21.6 s"),
        "50 min - 44.64 min = 5.36 min: {}",
        ran.out
    );
    assert_eq!(run(&["--fail-on", "pending-overdrawn"]).status, 1);
    let desk = project().write("o.csv", "start,end\n2026-03-10T10:00:00Z,2026-03-10T10:40:00Z\n");
    let within = desk.run(&[
        "run",
        "api.sla",
        "--data",
        "outages=o.csv",
        "--complete-to",
        "2026-03-15",
        "--fail-on",
        "pending-overdrawn",
    ]);
    assert_eq!(within.status, 0, "{}", within.out);
}

#[cfg(unix)]
#[test]
fn a_signal_leaves_no_unfinished_file() {
    use std::os::unix::process::ExitStatusExt as _;
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};
    // The numbers of the signals are those of POSIX; a shell adds 128 to them.
    for (name, number) in [("TERM", 15), ("INT", 2)] {
        let desk = project().write("plan.json", "old");
        let mut command = desk.command(&["build", "api.sla", "-o", "plan.json"]);
        // It waits with the file half written.
        let mut child = command
            .env("SLA_PROVOKE_WAIT", "1")
            .stderr(Stdio::null())
            .spawn()
            .expect("the program runs");
        let started = Instant::now();
        while !desk.names().iter().any(|name| name.ends_with(".part")) {
            assert!(
                started.elapsed() < Duration::from_secs(30),
                "no file is being written: {:?}",
                desk.names()
            );
            std::thread::sleep(Duration::from_millis(5));
        }
        let sent = Command::new("kill")
            .args(["-s", name, &child.id().to_string()])
            .status()
            .expect("a signal is sent");
        assert!(sent.success());
        assert_eq!(child.wait().expect("it ends").signal(), Some(number));
        assert_eq!(desk.names(), ["api.sla", "o.csv", "parties.sla", "plan.json", "sla.toml"]);
        assert_eq!(desk.read("plan.json"), "old");
    }
}
