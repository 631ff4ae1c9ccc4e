//! `sla backing`, `sla coverage`, `sla budget`: what they print, with figures reckoned by hand, and the schemas of their JSON.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

struct Ran {
    status: i32,
    out: String,
    err: String,
}

/// Runs the program in the folder of the package.
fn run(arguments: &[&str]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sla"));
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = command.args(arguments).current_dir(root).env_remove("SLA_FORMAT").env_remove("NO_COLOR").output().expect("it runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Ran { status: output.status.code().expect("a status"), out: text(output.stdout), err: text(output.stderr) }
}

/// Runs the program on one contract.
fn run_on(contract: &str, arguments: &[&str]) -> Ran {
    let desk = tempfile::tempdir().expect("a folder");
    let path = desk.path().join("a.sla");
    fs::write(&path, contract).expect("written");
    let mut all = arguments.to_vec();
    all.push(path.to_str().expect("text"));
    run(&all)
}

fn json_of(ran: &Ran) -> Value {
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    serde_json::from_str(&ran.out).expect("JSON")
}

/// The schema that the program prints is the one kept beside it, and what is printed about every example fits it.
fn fits_its_schema(command: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("schema/{command}.schema.json"));
    let printed = run(&["schema", command]);
    if std::env::var_os("SLA_UPDATE").is_some() {
        fs::write(&path, &printed.out).expect("written");
    }
    let stored = fs::read_to_string(&path).unwrap_or_default();
    assert!(printed.out == stored, "{} is stale: run this test with SLA_UPDATE=1", path.display());
    let validator = jsonschema::validator_for(&serde_json::from_str(&stored).expect("JSON")).expect("a schema");
    for folder in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")).expect("examples") {
        let folder = folder.expect("an entry").path();
        if folder.is_dir() {
            let document = json_of(&run(&[command, "--format", "json", folder.to_str().expect("text")]));
            let errors: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{}: {errors:?}", folder.display());
        }
    }
    assert!(validator.validate(&json!({"version": 1})).is_err(), "the schema refuses what is none");
}

const FLAWED: &str = "sla Api between Nobody and Globex { }\n";

#[test]
fn with_errors_there_are_no_figures() {
    for command in ["backing"] {
        let ran = run_on(FLAWED, &[command, "--format", "short"]);
        assert_eq!((ran.status, ran.out.as_str()), (1, ""), "{command}");
        assert!(ran.err.contains("error[unknown-name]"), "{}", ran.err);
        assert_eq!(run(&[command, "no-such-file.sla"]).status, 2);
    }
}

#[test]
fn figures_of_backing_fit_their_schema() {
    fits_its_schema("backing");
}

#[test]
fn backing_of_the_shop() {
    let document = json_of(&run(&["backing", "--format", "json", "--service", "Shop", "examples/hosting"]));
    let promise = &document["promises"][0];
    assert_eq!(
        (&promise["agreement"], &promise["objective"], &promise["target"]),
        (&json!("GlobexShop"), &json!("Uptime"), &json!("0.9999"))
    );
    assert_eq!(promise["verdict"], "backed");
    // 1 - 0.005% - min(0.005%, 0.1%)
    assert_eq!(promise["guaranteed"], "0.9999");
    // 0.99995 * (1 - 0.00005 * 0.001) = 0.99995 * 0.99999995 = 0.9999499500025, kept to twelve places
    assert_eq!(promise["expected"], "0.999949950003");
    // February has 672 h less four Sundays of 2 h: 664 h, of which 0.01% are 239.04 s.
    let tightest = json!({"name": "February 2026", "measured": (664_i64 * 3_600_000_000_000).to_string(), "allowed": "239040000000", "lost": "239040000000"});
    assert_eq!(promise["tightest"], tightest);
    let needs = promise["needs"].as_array().expect("a list");
    assert_eq!((needs.len(), &needs[1]["least"]), (2, &json!(1)));
    assert_eq!(needs[1]["services"][1]["by"]["agreement"], "Delivery2");
    let none = json_of(&run(&["backing", "--format", "json", "--service", "HelpDesk", "examples/hosting"]));
    assert_eq!(none["promises"], json!([]));
}

#[test]
fn backing_for_people() {
    let ran = run(&["backing", "--service", "Tills", "examples/corporate"]);
    // 0.05% of November, 720 h less 6 h of maintenance, are 21.42 min; 0.1% of 25 shop days of 12 h are 18 min; 21.42 / 18000 = 0.119%.
    let wanted = "\
RetailTills promises TillsUp of Tills: 99.9% per month  (examples/corporate/agreements.sla:77:50)
  service           backed by               promises          may be down  expected
  ─────────────────────────────────────────────────────────────────────────────────
  Hosting           PlatformOla.PlatformUp  99.95% per month  21 min 25 s    99.95%
  ─────────────────────────────────────────────────────────────────────────────────
  in November 2026                          99.881%           21 min 25 s    99.95%
  above what stands below: 21 min 25 s may be lost and 18 min are allowed, 3 min 25 s less
";
    assert_eq!((ran.status, ran.err.as_str(), ran.out.as_str()), (0, "", wanted));
    let ran = run(&["backing", "--format", "narrated", "--service", "Tills", "examples/corporate"]);
    assert!(ran.out.contains("service: Hosting; backed by: PlatformOla.PlatformUp; promises: 99.95% per month"), "{}", ran.out);
    assert!(!ran.out.contains('─'), "{}", ran.out);
}
