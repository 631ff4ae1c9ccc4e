//! `sla run`: files of data in, verdicts and money out. Figures are computed by hand beside each.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use crate::temp_project::{Ran, TempProject};
use serde_json::Value;

/// March has 31 days: 744 h, 44,640 min. 0.1% of them are 44.64 min.
const API: &str = "\
provider Acme
customer Globex
source outages: spans

sla Api between Acme and Globex {
  term from 2026-01-01 for 12 months
  fee 1_000 EUR per month
  objective Uptime: uptime(outages) >= 99.9% per month
  credit Uptime { below target pay 10%  below 99% pay 25% } of fee
  claim within 30 days after window
}
";

/// Fifty minutes in March: 1 - 50 / 44640 = 4459 / 4464 = 99.8879…%, 10% of 1000 EUR.
const FIFTY: &str = "start,end\n2026-03-10T10:00:00Z,2026-03-10T10:50:00Z\n";
/// Data up to the end of April.
const COMPLETE: [&str; 2] = ["--complete-to", "2026-05-01"];

/// Requests with every kind of column.
const SHOP: &str = "\
provider Acme
customer Globex
customer Initech
service Shop
service TempProject
severity P1
severity P2
enum Region: eu | us
source requests: events { service: Service  customer: Customer  status: number  latency: duration  region: Region  size: data? }
source tickets: spans { id: text  severity: Severity  billed: money EUR? }

sla Shopping between Acme and Globex {
  term from 2026-01-01 for 12 months
  objective Fast of Shop: p95(requests, latency) <= 200 ms per month
  objective Good of Shop: share(requests, status < 500) >= 99% per month
  objective Small of Shop: count(tickets where severity == P1) <= 1 per month
  objective Other of Shop: count(tickets where severity == P2) <= 9 per month
}
";

/// What the command says of a contract.
fn with(contract: &str) -> TempProject {
    TempProject::of("run").write("a.sla", contract)
}

/// The report as a document.
fn json(project: &TempProject, arguments: &[&str]) -> Value {
    let ran = project.run(&[arguments, &["--format", "json"]].concat());
    serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("no report: {}", ran.err))
}

/// What is said of rows of `outages` that cannot be read.
fn refused(content: impl AsRef<[u8]>) -> String {
    let ran = with(API).write("o.csv", content).run(&["a.sla", "--data", "outages=o.csv"]);
    assert_eq!((ran.status, ran.out.as_str()), (2, ""), "{}", ran.err);
    ran.err
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).expect("in memory");
    encoder.finish().expect("in memory")
}

/// Name, verdict and exact value of each window of the first objective.
fn windows(report: &Value) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or("none").to_owned();
    let windows = report["agreements"][0]["objectives"][0]["groups"][0]["windows"]
        .as_array()
        .expect("windows");
    windows
        .iter()
        .map(|it| (text(&it["name"]), text(&it["verdict"]), text(&it["value"]["exact"])))
        .collect()
}

#[test]
fn a_breach_costs_money() {
    let project = with(API).write("o.csv", FIFTY);
    let arguments = [&["a.sla", "--data", "outages=o.csv"], &COMPLETE[..]].concat();
    let report = json(&project, &arguments);
    let is = |name: &str, verdict: &str, value: &str| {
        (name.to_owned(), verdict.to_owned(), value.to_owned())
    };
    let wanted = [
        is("2026-01", "met", "1"),
        is("2026-02", "met", "1"),
        is("2026-03", "breached", "4459/4464"),
        is("2026-04", "met", "1"),
    ];
    assert_eq!(windows(&report), wanted);
    let agreement = &report["agreements"][0];
    let lines = agreement["lines"].as_array().expect("lines");
    assert_eq!(lines.len(), 1);
    assert_eq!(
        (lines[0]["amount"]["exact"].as_str(), lines[0]["amount"]["currency"].as_str()),
        (Some("100"), Some("EUR"))
    );
    assert_eq!(lines[0]["claims"][0]["by"], "2026-04-30", "thirty days after 31 March");
    assert_eq!(agreement["totals"][0]["amount"]["exact"], "100");
    let march = &agreement["objectives"][0]["groups"][0]["windows"][2];
    // 50 of 44.64 min: 50 / 44.64 = 1.12007…, exactly 625 / 558.
    assert_eq!(march["used"], "625/558");
    assert_eq!(
        (&march["worst"][0]["file"], &march["worst"][0]["row"]),
        (&Value::from("o.csv"), &Value::from(2))
    );
    let ran = project.run(&arguments);
    assert_eq!(ran.status, 1, "something is breached");
    for wanted in [
        "BREACHED",
        "100.00 EUR",
        "a.sla:9:19",
        "claim by 2026-04-30",
        "50 min down of 31 days measured",
        "(o.csv:2)",
        "112…%",
    ] {
        assert!(ran.out.contains(wanted), "{wanted}\n{}", ran.out);
    }
    assert!(ran.out.lines().all(|line| line.chars().count() <= 100), "{}", ran.out);
}

/// Ten of April's 30 days are known. All of April allows 0.1% of 43,200 min, 43.2 min; 10 min are
/// used, 33.2 are left. Ten of 14,400 min are 0.0694…% of the time: at this pace 69.4…% of the
/// budget will be used.
#[test]
fn what_is_left_of_the_budget() {
    let project =
        with(API).write("o.csv", "start,end\n2026-04-05T10:00:00Z,2026-04-05T10:10:00Z\n");
    let arguments = ["a.sla", "--data", "outages=o.csv", "--complete-to", "2026-04-11"];
    let report = json(&project, &arguments);
    let windows = &report["agreements"][0]["objectives"][0]["groups"][0]["windows"];
    let april = &windows[3];
    assert_eq!(
        (&april["verdict"], &april["used"]),
        (&Value::from("pending"), &Value::from("25/36")),
        "{april}"
    );
    assert_eq!(april["left"], "1992000000000", "33.2 min");
    // March is over, and used nothing of its 44.64 min.
    assert_eq!(windows[2]["left"], "2678400000000");
    let out = project.run(&arguments).out;
    assert!(
        out.contains("33 min 12 s left; at this pace 69…% of the budget will be used"),
        "{out}"
    );
}

#[test]
fn the_exit_status_tells_how_it_went() {
    let project = with(API).write("o.csv", FIFTY).write("none.csv", "start,end\n");
    assert_eq!(
        project.run(&["a.sla", "--data", "outages=o.csv", "--complete-to", "2026-03-01"]).status,
        0,
        "March is pending"
    );
    assert_eq!(
        project.run(&["a.sla", "--data", "outages=none.csv", "--complete-to", "2026-05-01"]).status,
        0,
        "an empty file is good news"
    );
    assert_eq!(
        project.run(&["a.sla", "--data", "outages=o.csv", "--complete-to", "2026-05-01"]).status,
        1
    );
    assert_eq!(project.run(&["a.sla", "--data", "outages=missing.csv"]).status, 2);
}

/// The same rows in every form give the same verdicts.
#[test]
fn all_forms_say_the_same() {
    let two = "start,end\n2026-03-10T10:00:00Z,2026-03-10T10:50:00Z\n2026-04-02T00:00:00Z,2026-04-02T01:00:00Z\n";
    let lines = "{\"start\": \"2026-03-10T10:00:00Z\", \"end\": \"2026-03-10T11:50:00+01:00\"}\n\n{\"end\":\"2026-04-02T01:00:00Z\",\"note\":[1,{}],\"start\":\"2026-04-02T00:00:00Z\"}\n";
    // 2026-03-10T10:00Z is 1773136800 s after 1970: 20522 days and 10 h.
    let epoch = "began_s;over_ms\n1773136800;1773139800000\n1775088000;1775091600000\n";
    let project = with(API)
        .write("o.csv", two)
        .write("o.jsonl", lines)
        .write("o.csv.gz", gzip(two.as_bytes()))
        .write("nameless", zstd::encode_all(lines.as_bytes(), 3).expect("in memory"))
        .write("epoch.csv", epoch)
        .write("bom.csv", format!("\u{feff}{two}").replace('\n', "\r\n"))
        .write("part-1.csv", FIFTY)
        .write("part-2.csv", "end,other,start\n2026-04-02T01:00:00Z,x,2026-04-02T00:00:00Z\n");
    let verdicts = |data: &[&str]| {
        let report = json(&project, &[&["a.sla"], data, &COMPLETE[..]].concat());
        (windows(&report), report["agreements"][0]["totals"].clone())
    };
    let wanted = verdicts(&["--data", "outages=o.csv"]);
    // Two bad months: 60 of 43,200 min in April is 1 - 1 / 720.
    assert_eq!(wanted.0[3].2, "719/720");
    assert_eq!(wanted.1[0]["amount"]["exact"], "200");
    for data in ["o.jsonl", "o.csv.gz", "nameless", "bom.csv", "part-*.csv"] {
        assert_eq!(verdicts(&["--data", &format!("outages={data}")]), wanted, "{data}");
    }
    let mapped = [
        "--data",
        "outages=epoch.csv",
        "--map",
        "outages.start=began_s",
        "--map",
        "outages.end=over_ms",
    ];
    assert_eq!(verdicts(&mapped), wanted);
    let several = ["--data", "outages=part-2.csv", "--data", "outages=part-1.csv"];
    assert_eq!(verdicts(&several), wanted);
    let arguments = [&["a.sla", "--format", "json", "--data", "outages=-"], &COMPLETE[..]].concat();
    for input in [two.as_bytes().to_vec(), lines.as_bytes().to_vec(), gzip(lines.as_bytes())] {
        let ran = project.run_with_input(&arguments, &input);
        let report: Value =
            serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}", ran.err));
        assert_eq!(windows(&report), wanted.0);
    }
}

#[test]
fn faults_say_file_row_and_column() {
    let cases: &[(&[u8], &str)] = &[
        (b"", "`o.csv` is empty: it does not even have a header"),
        (
            b"start,finish\n",
            "o.csv:1: there is no column `end`; if it has another name, pass `--map outages.end=NAME`, or `--map outages.end=` if there is none",
        ),
        (
            b"start,end,end_ms\n",
            "o.csv:1: two columns, `end` and `end_ms`, could be `end`; choose one, such as `--map outages.end=end_ms`",
        ),
        (
            b"start,end\n2026-03-10T10:00:00Z,2026-03-10T09:00:00Z\n",
            "o.csv:2: column `end`: the row ends before it starts",
        ),
        (
            b"start,end\n2026-03-10T10:00:00Z,\n\nsoon,\n",
            "o.csv:4: column `start`: `soon` is not a time; a time is written `2026-03-01T09:00:00Z`",
        ),
        (
            b"start,end\n2026-03-10T10:00:00,\n",
            "o.csv:2: column `start`: `2026-03-10T10:00:00` does not say how far it is from UTC; write `2026-03-10T10:00:00Z`, or name its zone in `--map`, as in `start:Europe/Berlin`",
        ),
        (
            b"start,end\n,\n",
            "o.csv:2: column `start`: the cell is empty, but every row needs a value here",
        ),
        (
            b"start,end\n2026-03-10T10:00:00Z,\n2026-03-10T10:00:00Z,,\n",
            "o.csv:3: the row has 3 columns, and the header has 2 columns",
        ),
        (
            b"start,end\r\n2026-03-10T10:00:00Z,\r\n\"2026-03-10T10:00:00Z,\r\n",
            "o.csv:3: a quotation mark is not closed",
        ),
        (
            b"start,end,note\n2026-03-10T10:00:00Z,,\"a\nb\"\nx,,\n",
            "o.csv:4: column `start`: `x` is not a time; a time is written `2026-03-01T09:00:00Z`",
        ),
        (
            b"start,end\n2026-03-10T10:00:00Z,5\"\n6\",\n",
            "o.csv:2: there is a quotation mark in the middle of a cell, so 2 lines are read as one row",
        ),
        (
            b"start,end\n2026-03-10T10:00:00Z,\xff\n",
            "o.csv:2: column `end`: the cell is not UTF-8 text",
        ),
        (
            b"start,end\n1500-01-01T00:00:00Z,\n",
            "o.csv:2: column `start`: the time is outside the years 1900 to 2099",
        ),
        (b"\xff\xfes\0t\0", "`o.csv` is UTF-16 text; save it as UTF-8"),
        (
            b"start_ms,end\n12.0000001,\n",
            "o.csv:2: column `start_ms`: the time is finer than a nanosecond",
        ),
        (
            b"start_ms,end\n1e400,\n",
            "o.csv:2: column `start_ms`: the time is outside the years 1900 to 2099",
        ),
    ];
    for (content, wanted) in cases {
        assert_eq!(
            refused(content),
            format!("error: {wanted}\n"),
            "{}",
            String::from_utf8_lossy(content)
        );
    }
}

#[test]
fn faults_of_json_lines() {
    let refused = |content: &str| {
        let ran = with(API).write("o.jsonl", content).run(&["a.sla", "--data", "outages=o.jsonl"]);
        assert_eq!(ran.status, 2);
        ran.err
    };
    let starts = "{\"start\": \"2026-03-10T10:00:00Z\"";
    assert!(
        refused(&format!("{starts}}}\n{starts}\n"))
            .starts_with("error: o.jsonl:2: the line is not a JSON object: ")
    );
    assert!(refused("{}\n[]\n").contains("o.jsonl:1: there is no column `start`"));
    assert!(refused("{\"begin\": 1}\n").contains("o.jsonl:1: there is no column `start`"));
    assert!(
        refused("{\"start\": 1}\n").contains(
            "o.jsonl:1: column `start`: `1` is a number; to read it as a time, write what it counts since 1970"
        )
    );
    assert!(
        refused("{\"start\": [1]}\n")
            .contains("column `start`: it is a list, but a single value is needed")
    );
    assert!(
        refused(&format!("{starts}, \"start\": null}}\n")).contains("every row needs a value here")
    );
    assert!(
        refused(&format!("{starts}, \"start_s\": 1}}\n"))
            .contains("column `start_s`: two keys of the row are the same")
    );
}

#[test]
fn parts_of_units_that_have_none() {
    let contract = "provider A\ncustomer B\nunit point whole\nsource marks: events { points: point }\n\
        sla S between A and B { term from 2026-01-01 for 12 months  objective O: sum(marks, points) <= 3 point per month }\n";
    let said = |cell: &str| {
        let rows = format!("at,points\n2026-03-01T00:00:00Z,3\n2026-03-02T00:00:00Z,{cell}\n");
        let project = with(contract).write("r.csv", rows);
        project.run(&["a.sla", "--data", "marks=r.csv", "--complete-to", "2026-04-01"]).err
    };
    assert_eq!(said("2"), "");
    // Digits behind the point that say nothing are no part.
    assert_eq!(said("2.0"), "");
    let fault = "is not a whole number, but this is counted in whole numbers\n";
    assert_eq!(said("2.5"), format!("error: r.csv:3: column `points`: `2.5` {fault}"));
    assert_eq!(said("0.5 point"), format!("error: r.csv:3: column `points`: `0.5` {fault}"));
}

#[test]
fn values_of_every_type() {
    let header = "at,service,customer,status,latency_ms,region,size_bytes\n";
    let row = "2026-03-01T00:00:00Z,Shop,Globex,200,12.5,eu,100\n";
    let tickets = "start,end,id,severity,billed\n";
    let refused = |requests: String| {
        let project = with(SHOP).write("r.csv", requests).write("t.csv", tickets);
        let ran = project.run(&[
            "a.sla",
            "--data",
            "requests=r.csv",
            "--data",
            "tickets=t.csv",
            "--complete-to",
            "2026-04-01",
        ]);
        assert_ne!(ran.status, 70, "{}", ran.err);
        ran.err
    };
    assert_eq!(refused(format!("{header}{row}")), "");
    let with = |from: &str, to: &str| refused(format!("{header}{row}{}", row.replace(from, to)));
    assert_eq!(
        with(",eu,", ",EU,"),
        "error: r.csv:3: column `region`: `EU` is not one of its values; did you mean `eu`?\n"
    );
    assert_eq!(
        with(",eu,", ",mars,"),
        "error: r.csv:3: column `region`: `mars` is not one of its values; it must be `eu` or `us`\n"
    );
    assert_eq!(with(",200,", ",ok,"), "error: r.csv:3: column `status`: `ok` is not a number\n");
    assert_eq!(
        with(",12.5,", ",12 s,"),
        "error: r.csv:3: column `latency_ms`: `12 s` has another unit than its header\n"
    );
    assert_eq!(
        with(",12.5,", ",0.0000001,"),
        "error: r.csv:3: column `latency_ms`: the length is finer than a nanosecond\n"
    );
    assert_eq!(
        refused(
            format!("{header}{row}").replace("latency_ms", "latency").replace("12.5", "12.5 ms")
        ),
        ""
    );
    assert!(
        refused(format!("{header}{row}").replace("latency_ms", "latency"))
            .contains("the number has no unit; a header may end with it, as in `_ms`")
    );
    assert!(
        refused(format!("{header}{row}").replace("latency_ms", "latenci"))
            .contains("there is no column `latency`; if it has another name, pass `--map requests.latency=latenci`")
    );
}

#[test]
fn decimals_are_read_exactly() {
    // Nineteen answers of 0.1 ms and one of 0.3 ms: the mean is (1.9 + 0.3) / 20 = 0.11 ms. In
    // binary floats it is not.
    let contract =
        SHOP.replace("p95(requests, latency) <= 200 ms", "mean(requests, latency) <= 0.11 ms");
    let row = |latency: &str, at: usize| {
        format!("2026-03-01T00:00:{at:02}Z,Shop,Globex,200,{latency},eu,\n")
    };
    let rows: String = (0..19).map(|at| row("0.1", at)).chain([row("0.3", 19)]).collect();
    let project = with(&contract)
        .write("r.csv", format!("at,service,customer,status,latency_ms,region,size_bytes\n{rows}"))
        .write("t.csv", "start,end,id,severity,billed\n");
    let report = json(
        &project,
        &[
            "a.sla",
            "--data",
            "requests=r.csv",
            "--data",
            "tickets=t.csv",
            "--complete-to",
            "2026-04-01",
        ],
    );
    let march = windows(&report).into_iter().find(|(name, ..)| name == "2026-03").expect("March");
    assert_eq!((march.1.as_str(), march.2.as_str()), ("met", "110000"));
}

#[test]
fn rows_that_cannot_be_read_can_be_left_out() {
    let rows = "start,end\n2026-03-10T10:00:00Z,2026-03-10T10:50:00Z\nsoon,\n2026-03-11T10:00:00Z,2026-03-10T10:50:00Z\n1,2,3\n";
    let project = with(API).write("o.csv", rows);
    let arguments =
        [&["a.sla", "--data", "outages=o.csv", "--skip-bad-rows"], &COMPLETE[..]].concat();
    let report = json(&project, &arguments);
    let data = &report["data"][0];
    assert_eq!((&data["rows"], &data["left_out"]), (&Value::from(1), &Value::from(3)));
    let places: Vec<u64> = data["bad_rows"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| row["row"].as_u64().expect("a line"))
        .collect();
    assert_eq!(places, [3, 4, 5]);
    assert_eq!(windows(&report)[2].2, "4459/4464", "the one good row counts");
    let ran = project.run(&arguments);
    assert!(ran.out.contains("3 rows could not be read and were left out"), "{}", ran.out);
    assert!(ran.out.contains("o.csv:3: column `start`: `soon` is not a time"), "{}", ran.out);
}

/// Levels of 60% and 80% have the mean 70%; a level above 100% or below zero, and a delay below
/// zero, make no rows.
#[test]
fn values_beyond_the_bounds_of_their_fields_are_bad_rows() {
    let contract = "provider Acme\ncustomer Globex\nsource levels: events { level: number in 0%..100%  delay: duration? >= 0 ms }\n\
                    sla Api between Acme and Globex {\n  term from 2026-03-01 for 1 month\n  \
                    objective Level: mean(levels, level) >= 50% per month\n  \
                    objective Delay: max(levels, delay default 1 s) <= 10 s per month\n}\n";
    let csv = "at,level,delay_ms\n2026-03-01T00:00:00Z,0.6,0\n2026-03-02T00:00:00Z,10,5\n2026-03-03T00:00:00Z,-10%,5\n\
               2026-03-04T00:00:00Z,80%,\n2026-03-05T00:00:00Z,0.5,-1\n";
    let jsonl = "{\"at\":\"2026-03-01T00:00:00Z\",\"level\":0.6,\"delay_ms\":0}\n{\"at\":\"2026-03-02T00:00:00Z\",\"level\":10,\"delay_ms\":5}\n\
                 {\"at\":\"2026-03-03T00:00:00Z\",\"level\":\"-10%\",\"delay_ms\":5}\n\
                 {\"at\":\"2026-03-04T00:00:00Z\",\"level\":\"80%\",\"delay_ms\":null}\n\
                 {\"at\":\"2026-03-05T00:00:00Z\",\"level\":0.5,\"delay_ms\":-1}\n";
    let first = [("l.csv", csv, 3), ("l.jsonl", jsonl, 2)];
    for (name, rows, line) in first {
        let project = with(contract).write(name, rows);
        let data = format!("levels={name}");
        let ran = project.run(&["a.sla", "--data", &data, "--complete-to", "2026-04-01"]);
        let wanted = format!(
            "{name}:{line}: column `level`: `10` (1000%) is out of bounds: the value must be in 0%..100%"
        );
        assert!(ran.status == 2 && ran.err.contains(&wanted), "{wanted}\n{}", ran.err);
        let report = json(
            &project,
            &["a.sla", "--data", &data, "--complete-to", "2026-04-01", "--skip-bad-rows"],
        );
        assert_eq!(
            (&report["data"][0]["rows"], &report["data"][0]["left_out"]),
            (&Value::from(2), &Value::from(3)),
            "{name}"
        );
        let of = |at: usize| {
            report["agreements"][0]["objectives"][at]["groups"][0]["windows"][0]["value"]["exact"]
                .clone()
        };
        // The delays are 0 ms and, of the row without one, 1 s.
        assert_eq!((of(0), of(1)), (Value::from("0.7"), Value::from("1000000000")), "{name}");
        let said = report["data"][0]["bad_rows"].to_string();
        assert!(
            said.contains("`-1` (-1 ms) is out of bounds: the value must be at least 0 s"),
            "{said}"
        );
    }
}

#[test]
fn compressed_data_that_end_too_soon() {
    let rows: String = (0..2_000)
        .map(|at| format!("2026-03-10T10:00:00.{at:09}Z,2026-03-10T10:50:00Z\n"))
        .collect();
    let whole = format!("start,end\n{rows}");
    let zipped = gzip(whole.as_bytes());
    let packed = zstd::encode_all(whole.as_bytes(), 3).expect("in memory");
    for bytes in [&zipped[..zipped.len() / 2], &packed[..packed.len() / 2]] {
        let message = refused(bytes);
        assert!(
            message.contains("o.csv")
                && message.contains("ends in the middle of its compressed data"),
            "{message}"
        );
    }
    let mut broken = zipped.clone();
    let middle = broken.len() / 2;
    broken[middle] ^= 0xff;
    assert!(refused(&broken).contains("o.csv"));
}

#[test]
fn a_gigantic_field_is_refused_and_not_kept() {
    let mut bytes = b"start,end\n\"".to_vec();
    bytes.resize(40 << 20, b'x');
    assert!(
        refused(gzip(&bytes))
            .contains("a row is larger than 16 MB; perhaps a quotation mark is not closed")
    );
    let mut line = b"{\"start\": \"".to_vec();
    line.resize(40 << 20, b'x');
    assert!(refused(gzip(&line)).contains("a row is larger than 16 MB"));
}

#[test]
fn sources_must_be_given_and_known() {
    let project = with(API).write("o.csv", FIFTY);
    let says = |arguments: &[&str], wanted: &str| {
        let ran = project.run(arguments);
        assert_eq!((ran.status, ran.out.as_str()), (2, ""), "{arguments:?}");
        assert_eq!(ran.err, format!("error: {wanted}\n"));
    };
    says(&["a.sla"], "no data is given for `outages`; give it a file: `--data outages=FILE`");
    says(
        &["a.sla", "--data", "outage=o.csv"],
        "the plan has no source `outage`; did you mean `outages`?",
    );
    says(&["a.sla", "--data", "outages=*.txt"], "no file matches `*.txt`");
    says(&["a.sla", "--data", "outages=x.csv"], "cannot read `x.csv`: there is no such file");
    says(
        &["a.sla", "--data", "outages=o.csv", "--data", "outages=./o.csv"],
        "`./o.csv` is given twice for `outages`: its rows would count twice",
    );
    says(
        &["a.sla", "--data", "outages=o.csv", "--map", "outages.begin=start"],
        "the source `outages` has no column `begin`; its columns are `start` or `end`",
    );
    says(
        &["a.sla", "--data", "outages=o.csv", "--map", "outages.start="],
        "`outages.start` may not be missing, so it must be mapped to a column",
    );
    says(
        &["a.sla", "--data", "outages=o.csv", "--agreement", "Apy"],
        "the plan has no agreement `Apy`; did you mean `Api`?",
    );
    says(
        &["a.sla", "--data", "outages=o.csv", "--fact", "x=1"],
        "the plan has no fact `x`; it has none",
    );
    says(
        &["a.sla", "--data", "outages=o.csv", "--from", "2026-04-01", "--to", "2026-04-01"],
        "the report would end before it begins",
    );
}

#[test]
fn an_empty_file_is_good_news_only_if_somebody_says_so() {
    let project = with(API).write("o.csv", "start,end\n");
    let ran = project.run(&["a.sla", "--data", "outages=o.csv"]);
    assert_eq!(ran.status, 2);
    assert_eq!(
        ran.err,
        "error: there are no rows, and the time until which the data is complete is unknown; pass `--complete-to`\n"
    );
    let report = json(&project, &["a.sla", "--data", "outages=o.csv", "--as-of", "2026-03-01"]);
    assert!(
        windows(&report).iter().all(|(_, verdict, _)| verdict == "pending"),
        "{:?}",
        windows(&report)
    );
    let report = json(
        &project,
        &["a.sla", "--data", "outages=o.csv", "--complete-to", "outages=2026-03-01"],
    );
    assert_eq!(windows(&report)[1].1, "met");
}

#[test]
fn a_report_can_be_about_a_part_of_the_time() {
    let project =
        with(API).write("o.csv", "start,end\n2026-02-10T10:00:00Z,2026-02-10T12:00:00Z\n2026-03-10T10:00:00Z,2026-03-10T12:00:00Z\n");
    let report = json(
        &project,
        &[
            "a.sla",
            "--data",
            "outages=o.csv",
            "--complete-to",
            "2026-04-01",
            "--from",
            "2026-03-01",
            "--to",
            "2026-04-01",
        ],
    );
    let names: Vec<String> = windows(&report).into_iter().map(|(name, ..)| name).collect();
    assert_eq!(names, ["2026-03"]);
    assert_eq!(
        report["agreements"][0]["totals"][0]["amount"]["exact"], "100",
        "the credit of February is not in the sum"
    );
    assert_eq!(report["counts"]["breached"], 1);
}

#[test]
fn rows_that_do_not_matter_are_counted() {
    let header = "at,service,customer,status,latency_ms,region,size_bytes\n";
    let rows = "\
2026-03-01T00:00:00Z,Shop,Globex,200,12.5,eu,
2026-03-01T00:00:00Z,Shop,Initech,200,12.5,eu,
2026-03-01T00:00:00Z,Shop,Stranger,200,12.5,eu,
2026-03-01T00:00:00Z,TempProject,Globex,200,12.5,eu,
2025-03-01T00:00:00Z,Shop,Globex,200,12.5,eu,
2027-03-01T00:00:00Z,Shop,Globex,200,12.5,eu,
";
    let tickets = "start,end,id,severity,billed\n2026-03-01T00:00:00Z,,T1,P2,12.50 EUR\n2026-03-01T00:00:00Z,,T1,P2,12.5\n2026-03-01T00:00:00Z,,T2,P2,\n";
    let project = with(SHOP).write("r.csv", format!("{header}{rows}")).write("t.csv", tickets);
    let report = json(
        &project,
        &[
            "a.sla",
            "--data",
            "requests=r.csv",
            "--data",
            "tickets=t.csv",
            "--complete-to",
            "2026-04-01",
            "--as-of",
            "2026-04-01",
        ],
    );
    let of = |source: usize, count: &str| report["data"][source][count].as_u64();
    assert_eq!(
        ["rows", "other_customers", "other_services", "outside"].map(|count| of(0, count)),
        [Some(6), Some(2), Some(1), Some(2)]
    );
    assert_eq!(
        (of(0, "duplicates"), of(1, "duplicates")),
        (None, Some(1)),
        "12.5 is 12.50; two events alike are ordinary"
    );
}

#[test]
fn plans_are_run_too_and_held_against_their_form() {
    let project = with(API).write("o.csv", FIFTY);
    let built = Command::new(env!("CARGO_BIN_EXE_sla"))
        .args(["build", "a.sla"])
        .current_dir(project.folder())
        .output()
        .expect("runs");
    let plan = String::from_utf8(built.stdout).expect("UTF-8");
    let project = project
        .write("a.json", &plan)
        .write("newer.json", plan.replace("\"plan\": 1,", "\"plan\": 2,"))
        .write("edited.json", plan.replace("\"0.999\"", "\"0.99\""))
        .write("strange.json", plan.replace("\"digest\"", "\"digist\""))
        .write("other.json", "{\"a\": 1}")
        .write("broken.json", &plan[..plan.len() / 2]);
    let arguments = |file| [&[file, "--data", "outages=o.csv"], &COMPLETE[..]].concat();
    assert_eq!(json(&project, &arguments("a.json")), json(&project, &arguments("a.sla")));
    let says = |file, wanted: &str| {
        let ran = project.run(&arguments(file));
        assert_eq!((ran.status, ran.out.as_str()), (2, ""));
        assert!(
            ran.err.starts_with(&format!("error: cannot run `{file}`: {wanted}")),
            "{}",
            ran.err
        );
    };
    says("newer.json", "this program reads plans of version 1, but this plan has version `2`");
    says("edited.json", "the plan was changed after it was made");
    says("strange.json", "the plan has a part that is not understood: unknown field `digist`");
    says("other.json", "this program reads plans of version 1, but this plan has no version");
    says("broken.json", "the plan is not JSON");
}

#[test]
fn a_plan_that_makes_no_sense_is_refused() {
    let project = with(API).write("o.csv", FIFTY);
    let built = Command::new(env!("CARGO_BIN_EXE_sla"))
        .args(["build", "a.sla"])
        .current_dir(project.folder())
        .output()
        .expect("runs");
    let text = String::from_utf8(built.stdout).expect("UTF-8");
    // Sealed again after each edit, so that nothing but its sense is wrong with it.
    let mut plan = sla::plan::Plan::read(&text).expect("a plan");
    plan.sources.clear();
    plan.seal();
    let project = project.write("nonsense.json", plan.to_json());
    let ran = project.run(&["nonsense.json", "--data", "outages=o.csv"]);
    assert_eq!((ran.status, ran.out.as_str()), (2, ""));
    assert!(
        ran.err.contains("the plan refers to the source `outages` and does not contain it"),
        "{}",
        ran.err
    );
}

#[test]
fn the_report_fits_its_schema_and_the_schema_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/report.schema.json");
    let printed =
        Command::new(env!("CARGO_BIN_EXE_sla")).args(["schema", "report"]).output().expect("runs");
    let printed = String::from_utf8(printed.stdout).expect("UTF-8");
    if std::env::var_os("SLA_UPDATE").is_some() {
        fs::write(&path, &printed).expect("written");
    }
    assert_eq!(
        printed,
        fs::read_to_string(&path).expect("the schema"),
        "run `sla schema report > schema/report.schema.json`"
    );
    let schema: Value = serde_json::from_str(&printed).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let project = with(API).write("o.csv", FIFTY);
    let report = json(&project, &[&["a.sla", "--data", "outages=o.csv"], &COMPLETE[..]].concat());
    assert!(
        validator.validate(&report).is_ok(),
        "{:?}",
        validator.iter_errors(&report).map(|error| error.to_string()).collect::<Vec<_>>()
    );
    assert!(
        validator.validate(&serde_json::json!({"report": 1})).is_err(),
        "the schema refuses what is none"
    );
}

#[test]
fn the_same_bytes_on_any_number_of_threads() {
    let project = with(API).write("o.csv", FIFTY);
    let arguments =
        [&["a.sla", "--data", "outages=o.csv", "--format", "json"], &COMPLETE[..]].concat();
    let with = |threads: &str| {
        Ran::from(
            project.command(&arguments).env("RAYON_NUM_THREADS", threads).output().expect("runs"),
        )
        .out
    };
    assert_eq!(with("1"), with("4"));
}

#[test]
fn a_report_is_written_whole_or_not_at_all() {
    let project = with(API)
        .write("o.csv", FIFTY)
        .write("bad.csv", "start,end\nx,\n")
        .write("report.md", "old");
    let to = |data: &str| {
        project.run(
            &[&["a.sla", "--data", data, "--format", "markdown", "-o", "report.md"], &COMPLETE[..]]
                .concat(),
        )
    };
    assert_eq!(to("outages=bad.csv").status, 2);
    assert_eq!(fs::read_to_string(project.path("report.md")).expect("a file"), "old");
    let ran = to("outages=o.csv");
    assert_eq!((ran.status, ran.out.as_str()), (1, ""));
    assert!(ran.err.starts_with("windows: 3 met, 1 breached"), "{}", ran.err);
    let text = fs::read_to_string(project.path("report.md")).expect("a file");
    assert!(
        text.contains("| objective | window | value | target | verdict | budget used | notes |"),
        "{text}"
    );
    assert!(text.contains("100.00 EUR"), "{text}");
}

/// The first command of the README that runs an agreement, and the figures of its data.
#[test]
fn the_main_job_of_the_readme() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).expect("the page");
    let block = readme
        .split("```sh\n")
        .find(|block| block.starts_with("cargo run --release --locked -- run "))
        .expect("the command");
    let command = block.split("\n```").next().expect("its end").replace("\\\n", " ");
    let words: Vec<&str> = command
        .split_whitespace()
        .skip_while(|word| *word != "run")
        .skip(1)
        .skip_while(|word| *word != "run")
        .collect();
    let output = Command::new(env!("CARGO_BIN_EXE_sla"))
        .args(&words)
        .current_dir(root)
        .env_remove("SLA_FORMAT")
        .output()
        .expect("runs");
    let ran = Ran::from(output);
    assert_eq!(ran.status, 1, "one month is breached: {}", ran.err);
    // March: 743 h less 9 h of maintenance are 734 h; 1 - 50 / 44,040 = 0.998864668…; 10% of 2,400
    // EUR; thirty days after 31 March.
    for wanted in [
        "99.886466…%",
        "50 min down of 734 h measured, 9 h excluded",
        "240.00 EUR",
        "0.1 × 2400 EUR",
        "claim by 2026-04-30",
    ] {
        assert!(ran.out.contains(wanted), "{wanted}\n{}", ran.out);
    }
    // February: 664 h; 1 - 3 / 39,840 = 0.99992469…, and 3 of 3.984 min are 75.3%.
    assert!(
        ran.out.lines().any(|line| line.contains("2026-02")
            && line.contains("99.992469…%")
            && line.contains("75…%")),
        "{}",
        ran.out
    );
}

#[test]
fn one_verdict_can_be_explained() {
    let project = with(API).write("o.csv", FIFTY);
    let explain = |path: &str| {
        project.run(
            &[&["a.sla", "--data", "outages=o.csv", "--explain", path], &COMPLETE[..]].concat(),
        )
    };
    let ran = explain("Api/Uptime/2026-03");
    assert_eq!(ran.status, 1);
    for wanted in [
        "Api/Uptime in 2026-03 with Globex: BREACHED",
        "is 1 - 50 min / 31 days = 99.887992…%, exactly 4459/4464",
        "it should be ≥ 99.9% (a.sla:8:3)",
        "due: 100.00 EUR = 0.1 × 1000 EUR",
    ] {
        assert!(ran.out.contains(wanted), "{wanted}\n{}", ran.out);
    }
    let ran = explain("Api/Uptime/2026-13");
    assert_eq!(ran.status, 2);
    assert_eq!(
        ran.err,
        "error: there is no window `2026-13` of `Api/Uptime`; did you mean `2026-03`?\n"
    );
    assert!(
        explain("Api/Uptime/May")
            .err
            .contains("there is no window `May` of `Api/Uptime`; there is `2026-01`, `2026-02`, ")
    );
    assert!(
        explain("Api/Speed/2026-03")
            .err
            .contains("there is no objective `Api/Speed`; there is `Api/Uptime`")
    );
    assert!(
        explain("api/Uptime/2026-03")
            .err
            .contains("there is no agreement `api`; did you mean `Api`?")
    );
}

mod columns_of_files {
    use std::sync::Arc;

    use arrow_array::{
        ArrayRef, Decimal128Array, Float64Array, Int64Array, RecordBatch, StringArray,
        TimestampMillisecondArray,
    };
    use arrow_schema::{DataType, Field, Schema, TimeUnit};

    use super::*;

    const MEASURED: &str = "\
provider Acme
customer Globex
source requests: events { status: number  latency: duration  region: text }

sla Api between Acme and Globex {
  term from 2026-01-01 for 12 months
  objective Mean: mean(requests, latency) <= 0.11 ms per month
}
";

    /// Twenty answers in March, nineteen of 0.1 ms and one of 0.3 ms, their mean 0.11 ms: as floats
    /// and as decimals.
    fn batch(zone: Option<&str>, decimals: bool) -> RecordBatch {
        // 2026-03-01T00:00Z is 20,513 days after 1970.
        let at = TimestampMillisecondArray::from_iter_values(
            (0..20).map(|second| 20_513 * 86_400_000 + second * 1_000),
        );
        let at = match zone {
            Some(zone) => at.with_timezone(zone),
            None => at,
        };
        let latency: ArrayRef = if decimals {
            let tenths =
                Decimal128Array::from_iter_values((0..20).map(|at| if at == 19 { 3 } else { 1 }));
            Arc::new(tenths.with_precision_and_scale(10, 1).expect("fits"))
        } else {
            Arc::new(Float64Array::from_iter_values(
                (0..20).map(|at| if at == 19 { 0.3 } else { 0.1 }),
            ))
        };
        let schema = Schema::new(vec![
            Field::new("latency_ms", latency.data_type().clone(), false),
            Field::new("ignored", DataType::Utf8, false),
            Field::new(
                "at",
                DataType::Timestamp(TimeUnit::Millisecond, zone.map(Into::into)),
                false,
            ),
            Field::new("status", DataType::Int64, false),
            Field::new("region", DataType::Utf8, false),
        ]);
        let words: ArrayRef = Arc::new(StringArray::from(vec!["eu"; 20]));
        let status: ArrayRef = Arc::new(Int64Array::from(vec![200; 20]));
        RecordBatch::try_new(
            Arc::new(schema),
            vec![latency, Arc::clone(&words), Arc::new(at), status, words],
        )
        .expect("fits")
    }

    fn parquet(batch: &RecordBatch) -> Vec<u8> {
        let properties = parquet::file::properties::WriterProperties::builder();
        let properties = properties.set_compression(parquet::basic::Compression::SNAPPY).build();
        let mut bytes = Vec::new();
        let mut writer =
            parquet::arrow::ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties))
                .expect("a writer");
        writer.write(batch).expect("written");
        writer.close().expect("closed");
        bytes
    }

    fn arrow_file(batch: &RecordBatch) -> Vec<u8> {
        let mut writer =
            arrow_ipc::writer::FileWriter::try_new(Vec::new(), &batch.schema()).expect("a writer");
        writer.write(batch).expect("written");
        writer.into_inner().expect("closed")
    }

    fn arrow_stream(batch: &RecordBatch) -> Vec<u8> {
        let mut writer = arrow_ipc::writer::StreamWriter::try_new(Vec::new(), &batch.schema())
            .expect("a writer");
        writer.write(batch).expect("written");
        writer.into_inner().expect("closed")
    }

    const ARGUMENTS: [&str; 5] =
        ["a.sla", "--complete-to", "2026-04-01", "--data", "requests=r.bin"];

    #[test]
    fn are_read_exactly() {
        for decimals in [false, true] {
            let batch = batch(Some("UTC"), decimals);
            for bytes in [parquet(&batch), arrow_file(&batch), arrow_stream(&batch)] {
                let report = json(&with(MEASURED).write("r.bin", &bytes), &ARGUMENTS);
                let march = windows(&report)
                    .into_iter()
                    .find(|(name, ..)| name == "2026-03")
                    .expect("March");
                assert_eq!(
                    (march.1.as_str(), march.2.as_str()),
                    ("met", "110000"),
                    "decimals: {decimals}"
                );
                assert_eq!(report["data"][0]["unread"], serde_json::json!(["ignored"]));
            }
            let through = [&ARGUMENTS[..3], &["--format", "json", "--data", "requests=-"]].concat();
            assert_eq!(with(MEASURED).run_with_input(&through, &parquet(&batch)).status, 0);
        }
    }

    #[test]
    fn without_a_zone_are_refused_until_somebody_says_which() {
        let project = with(MEASURED).write("r.bin", parquet(&batch(None, true)));
        let ran = project.run(&ARGUMENTS);
        assert_eq!(ran.status, 2);
        assert!(
            ran.err.contains("the times of column `at` do not say how far they are from UTC"),
            "{}",
            ran.err
        );
        assert_eq!(
            project.run(&[&ARGUMENTS[..], &["--map", "requests.at=at:utc"]].concat()).status,
            0
        );
    }

    #[test]
    fn that_are_cut_off_or_broken_are_errors() {
        let batch = batch(Some("UTC"), false);
        for bytes in [parquet(&batch), arrow_file(&batch), arrow_stream(&batch)] {
            for keep in [8, bytes.len() / 3, bytes.len() / 2, bytes.len() * 9 / 10] {
                let ran = with(MEASURED).write("r.bin", &bytes[..keep]).run(&ARGUMENTS);
                assert_eq!(
                    (ran.status, ran.out.as_str()),
                    (2, ""),
                    "{keep} of {} bytes: {}",
                    bytes.len(),
                    ran.err
                );
                assert!(
                    ran.err.starts_with("error: cannot read `r.bin`: ")
                        && ran.err.lines().count() == 1,
                    "{}",
                    ran.err
                );
            }
        }
    }

    #[test]
    fn of_any_bytes_are_rows_or_errors() {
        let batch = batch(Some("UTC"), false);
        let plan = super::plan_of(MEASURED);
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("r.bin");
        let mut seed = 1_u64;
        for bytes in [parquet(&batch), arrow_file(&batch), arrow_stream(&batch)] {
            for _ in 0..300 {
                let mut bytes = bytes.clone();
                for _ in 0..3 {
                    seed = seed
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1_442_695_040_888_963_407);
                    let at = (seed >> 33) as usize % bytes.len();
                    bytes[at] = (seed >> 24) as u8;
                }
                fs::write(&path, &bytes).expect("written");
                super::rows_or_error(&plan, &path);
            }
        }
    }
}

/// The plan of a contract.
fn plan_of(contract: &str) -> sla::plan::Plan {
    let memory = sla::Memory::new().with("a.sla", contract);
    let (_, plan) = sla::Workspace::new(&memory).path("a.sla").plan();
    plan.expect("a plan")
}

/// Reads a file for the first source of a plan to its end, which must be an end and no panic.
fn rows_or_error(plan: &sla::plan::Plan, path: &Path) {
    use sla::internals::data::Files;
    use sla::internals::data::columns::Source as _;
    use sla::{BadRowLimit, BadRows, SourceRows};
    let rows = SourceRows::new().files([path.to_str().expect("a plain name")]);
    let rows = rows.bad_rows(BadRows::Skip(BadRowLimit::None));
    let Ok(mut files) = Files::new(plan, &plan.sources[0], &rows) else { return };
    while let Ok(Some(batch)) = files.next() {
        assert!(batch.length > 0);
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 60, ..Default::default() })]

    /// Bytes that look like rows, and bytes that look like nothing.
    #[test]
    fn any_bytes_are_rows_or_an_error(
        head in proptest::sample::select(vec!["", "start,end\n", "start_ms;end_ms\n", "{\"start\":", "PAR1", "ARROW1", "\u{1f}", "\u{feff}start,end\n"]),
        text in "[\\PC\n\r\"',;{}:0-9TZ-]{0,200}",
        bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200),
    ) {
        let plan = plan_of(API);
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["a", "a.csv", "a.jsonl"] {
            let path = folder.path().join(name);
            fs::write(&path, [head.as_bytes(), text.as_bytes(), &bytes].concat()).expect("written");
            rows_or_error(&plan, &path);
        }
    }
}

/// A rate is no share: nothing of it is missing to one. Its words are those of the contract, and a
/// row that stands above and below the line is named once.
#[test]
fn rates_are_told_as_they_are_written() {
    let contract = "\
provider Acme
customer Globex
source copies: events { size: data  took: duration }

sla Copying between Acme and Globex {
  term from 2026-01-01 for 12 months
  objective Fast: sum(copies, size) / sum(copies, took) >= 8 Mbit/s per month missing counts as met
  objective Small: sum(copies, size) <= 2 MB per month
}
";
    let project = with(contract).write("c.csv", "at,size_MB,took_s\n2026-03-01T00:00:00Z,2.5,4\n");
    let arguments =
        ["a.sla", "--data", "copies=c.csv", "--complete-to", "2026-04-01", "--from", "2026-03-01"];
    let out = project.run(&arguments).out;
    // 2.5 MB are 20 Mbit; in 4 s that is 5 Mbit/s. 2.5 of 2 MB are 125%.
    for wanted in
        ["5 Mbit/s  ≥ 8 Mbit/s  BREACHED\n", "2.5 MB  ≤ 2 MB      BREACHED         125%\n"]
    {
        assert!(out.contains(wanted), "{wanted}\n{out}");
    }
    let report = json(&project, &arguments);
    let window = &report["agreements"][0]["objectives"][0]["groups"][0]["windows"][0];
    assert_eq!(
        (&window["used"], window["worst"].as_array().map(Vec::len)),
        (&Value::Null, Some(1)),
        "{window}"
    );
}

/// A large file is scanned and not loaded; its figures are computed here row by row,
/// and the same rows through a pipe, which are loaded, give the same figures.
#[test]
fn large_files_say_what_small_ones_say() {
    const ROWS: u64 = 150_000;
    let contract = SHOP.replace(
        "  objective Small of Shop",
        "  objective Regions of Shop: share(requests, status < 500) >= 98.5% per month by region\n  \
         objective Slow of Shop: downtime(runs(each 5 min of requests { mean(latency) > 950 ms default false }, lasting 5 min)) <= 1 h per month\n  \
         objective Small of Shop",
    );
    // A row is made of its number; they come in no order of time. The last hundred stand before the
    // term.
    let of = |number: u64| {
        let place = number * 7_919 % ROWS;
        let inside = number < ROWS - 100;
        let second = if inside { i64::try_from(place * 17).expect("small") } else { -90 * 86_400 };
        let at = sla::internals::time::format_instant(
            (1_772_323_200 + second) * 1_000_000_000,
            sla::internals::time::Zone::UTC,
        );
        let (service, customer) = (
            ["Shop", "Shop", "Desk"][(number % 3) as usize],
            ["Globex", "Globex", "Globex", "Initech"][(place % 4) as usize],
        );
        let status = if number.is_multiple_of(61) { 503 } else { 200 };
        (
            at,
            service,
            customer,
            status,
            place % 1_000,
            ["eu", "us"][(number % 7 / 4) as usize],
            inside,
        )
    };
    let rows = || (0..ROWS).map(of);
    let mut csv = String::from("at,service,customer,status,latency_ms,region,size,note\n");
    for (at, service, customer, status, latency, region, _) in rows() {
        csv.push_str(&format!(
            "{at},{service},{customer},{status},{latency},{region},,a note that makes it longer\n"
        ));
    }
    assert!(csv.len() > 8 << 20, "{}", csv.len());
    let project =
        with(&contract).write("r.csv", &csv).write("t.csv", "start,end,id,severity,billed\n");
    let arguments = [
        "a.sla",
        "--data",
        "requests=r.csv",
        "--data",
        "tickets=t.csv",
        "--complete-to",
        "2026-04-01",
    ];
    let report = json(&project, &arguments);
    let objective = |name: &str| {
        let all = report["agreements"][0]["objectives"].as_array().expect("objectives");
        all.iter()
            .find(|it| it["id"].as_str().is_some_and(|id| id.ends_with(name)))
            .unwrap_or_else(|| panic!("{name}"))
            .clone()
    };
    let march = |group: &Value| {
        let windows = group["windows"].as_array().expect("windows");
        windows.iter().find(|it| it["name"] == "2026-03").expect("March").clone()
    };
    let fraction = |good: usize, all: usize| {
        let exact = sla::Exact::ratio(good as i64, all as i64).expect("not by zero");
        serde_json::to_value(sla::plan::Number(exact)).expect("a number")
    };
    let is_own =
        |row: &(String, &str, &str, i32, u64, &str, bool)| row.1 == "Shop" && row.2 == "Globex";
    let shop: Vec<_> = rows().filter(|row| is_own(row) && row.6).collect();
    // 95% of them, rounded up, are not above it.
    let mut latencies: Vec<u64> = shop.iter().map(|row| row.4).collect();
    latencies.sort_unstable();
    let rank = (latencies.len() * 95).div_ceil(100);
    assert_eq!(
        march(&objective("Fast")["groups"][0])["value"]["exact"],
        (latencies[rank - 1] * 1_000_000).to_string()
    );
    let good = march(&objective("Good")["groups"][0]);
    assert_eq!(
        good["value"]["exact"],
        fraction(shop.iter().filter(|row| row.3 < 500).count(), shop.len())
    );
    assert_eq!(good["rows"], shop.len());
    assert_eq!(good["bad"], shop.iter().filter(|row| row.3 >= 500).count());
    // The first five of them in time; no two are at the same instant.
    let mut bad: Vec<String> =
        shop.iter().filter(|row| row.3 >= 500).map(|row| row.0.clone()).collect();
    bad.sort_unstable();
    let worst: Vec<&str> = good["worst"]
        .as_array()
        .expect("rows")
        .iter()
        .filter_map(|row| row["from"].as_str())
        .collect();
    assert_eq!(worst, bad[..5]);
    for (region, group) in
        ["eu", "us"].iter().zip(objective("Regions")["groups"].as_array().expect("groups"))
    {
        let of_region: Vec<_> = shop.iter().filter(|row| row.5 == *region).collect();
        assert_eq!(group["group"], serde_json::json!([region]));
        assert_eq!(
            march(group)["value"]["exact"],
            fraction(of_region.iter().filter(|row| row.3 < 500).count(), of_region.len())
        );
    }
    // A slot is slow if the mean of its latencies is above 950.
    let mut slots = std::collections::BTreeMap::<u64, Vec<u64>>::new();
    (0..ROWS - 100).filter(|number| is_own(&of(*number))).for_each(|number| {
        let place = number * 7_919 % ROWS;
        slots.entry(place * 17 / 300).or_default().push(place % 1_000);
    });
    let slow =
        slots.values().filter(|all| all.iter().sum::<u64>() > 950 * all.len() as u64).count();
    assert!(slow > 100, "{slow}");
    assert_eq!(
        march(&objective("Slow")["groups"][0])["value"]["exact"],
        (slow as u64 * 300_000_000_000).to_string()
    );
    let data = &report["data"][0];
    assert_eq!(data["rows"], ROWS);
    assert_eq!(data["other_customers"], rows().filter(|row| row.2 == "Initech").count());
    assert_eq!(
        data["other_services"],
        rows().filter(|row| row.2 == "Globex" && row.1 == "Desk").count()
    );
    assert_eq!(data["outside"], rows().filter(|row| is_own(row) && !row.6).count());
    assert_eq!(data["unread"], serde_json::json!(["note"]));
    let arguments =
        arguments.map(|word| if word == "requests=r.csv" { "requests=-" } else { word });
    let piped =
        project.run_with_input(&[&arguments[..], &["--format", "json"]].concat(), csv.as_bytes());
    let mut piped: Value =
        serde_json::from_str(&piped.out).unwrap_or_else(|_| panic!("no report: {}", piped.err));
    rename(&mut piped, "<stdin>", "r.csv");
    assert_eq!(piped, report);
}

/// A text in a document, otherwise.
fn rename(value: &mut Value, from: &str, to: &str) {
    match value {
        Value::String(text) if text == from => to.clone_into(text),
        Value::Array(all) => all.iter_mut().for_each(|one| rename(one, from, to)),
        Value::Object(all) => all.values_mut().for_each(|one| rename(one, from, to)),
        _ => {}
    }
}
