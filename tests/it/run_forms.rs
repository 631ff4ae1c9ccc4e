//! `sla run`: data as other systems write them, rows that cannot be read, and what the report warns
//! of.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use crate::temp_project::TempProject;
use serde_json::Value;

const API: &str = "\
provider Acme
customer Globex
customer Initech
source outages: spans

sla Api between Acme and Globex {
  term from 2026-01-01 for 12 months
  objective Down: downtime(outages) <= 1 h per month
}
";

/// The report on one file of outages.
fn report(file: &str, content: impl AsRef<[u8]>, more: &[&str]) -> Result<Value, String> {
    let data = format!("outages={file}");
    let arguments = ["a.sla", "--data", &data, "--complete-to", "2026-05-01", "--format", "json"];
    // A source with one more column, where the file has it.
    let has_region = content.as_ref().windows(6).any(|part| part == b"region");
    let contract = if has_region {
        API.replace("outages: spans", "outages: spans { region: text? }")
    } else {
        API.to_owned()
    };
    let ran = TempProject::of("run")
        .write("a.sla", contract)
        .write(file, content)
        .run(&[&arguments[..], more].concat());
    if ran.status == 2 {
        Err(ran.err)
    } else {
        Ok(serde_json::from_str(&ran.out).expect("a report"))
    }
}

/// The downtime of March in seconds.
fn march(report: &Value) -> i64 {
    let windows = report["agreements"][0]["objectives"][0]["groups"][0]["windows"]
        .as_array()
        .expect("windows");
    let march = windows.iter().find(|window| window["name"] == "2026-03").expect("March");
    let down: i64 = march["down"].as_str().expect("a number").parse().expect("nanoseconds");
    down / 1_000_000_000
}

#[test]
fn times_as_systems_write_them() {
    // From 10:00 to 10:30 UTC are 1,800 s, in whatever form.
    for (start, end) in [
        ("2026-03-03 10:00:00+00", "2026-03-03 10:30:00+00"),
        ("2026-03-03T10:00:00.000+0000", "2026-03-03T10:30:00.000+0000"),
        ("2026-03-03T12:00:00.000+0200", "2026-03-03T12:30:00.000+0200"),
        ("2026-03-03 10:00:00 UTC", "2026-03-03 10:30:00 UTC"),
    ] {
        let report = report("o.csv", format!("start,end\n{start},{end}\n"), &[]).expect("a report");
        assert_eq!(march(&report), 1_800, "{start}");
    }
    // Berlin is an hour ahead of UTC on 3 March: 11:00 there is 10:00.
    let zone =
        ["--map", "outages.start=start:Europe/Berlin", "--map", "outages.end=end:Europe/Berlin"];
    for text in [
        "start,end\n2026-03-03 11:00,2026-03-03 11:30\n",
        "start,end\n03/Mar/26 11:00 AM,03/Mar/26 11:30 AM\n",
    ] {
        let report = report("o.csv", text, &zone).expect("a report");
        assert_eq!(march(&report), 1_800);
        assert_eq!(report["data"][0]["complete_to"], "2026-05-01T00:00:00Z");
    }
    // From 11:00 in Berlin to 10:30 UTC: half an hour.
    let report = report("o.csv", "start,end\n2026-03-03 11:00,2026-03-03T10:30:00Z\n", &zone[..2])
        .expect("a report");
    assert_eq!(march(&report), 1_800);
}

#[test]
fn local_times_that_do_not_happen_once_are_refused() {
    // On 29 March 2026 the clocks of Berlin go from 02:00 to 03:00; on 25 October from 03:00 to
    // 02:00.
    let zone = ["--map", "outages.start=start:Europe/Berlin"];
    let fault =
        |time: &str| report("o.csv", format!("start,end\n{time},\n"), &zone).expect_err("a fault");
    assert!(
        fault("2026-03-29 02:30").contains("`2026-03-29 02:30` does not exist in Europe/Berlin"),
        "{}",
        fault("2026-03-29 02:30")
    );
    assert!(
        fault("2026-10-25 02:30").contains("`2026-10-25 02:30` occurs twice in Europe/Berlin"),
        "{}",
        fault("2026-10-25 02:30")
    );
}

#[test]
fn a_number_is_no_time_but_its_size_is_a_hint() {
    let fault =
        |time: &str| report("o.csv", format!("start,end\n{time},\n"), &[]).expect_err("a fault");
    for (time, unit, word) in
        [("1772532000", "s", "seconds"), ("1772532000000", "ms", "milliseconds")]
    {
        let said = fault(time);
        assert!(
            said.contains(&format!(
                "`{time}` is a number; if it counts {word} since 1970, write `:{unit}`"
            )),
            "{said}"
        );
    }
    // 1772532000 s after 1970 are 2026-03-03 10:00 UTC: 20,515 days are 1,772,496,000 s, and 36,000
    // s are 10 h.
    let text = "start,end\n1772532000,1772533800\n";
    let report =
        report("o.csv", text, &["--map", "outages.start=start:s", "--map", "outages.end=end:s"])
            .expect("a report");
    assert_eq!(march(&report), 1_800);
}

#[test]
fn what_databases_write_for_nothing() {
    // Open from 23:30 on the last of March: half an hour of March.
    for end in [
        "",
        "NULL",
        "null",
        "\\N",
        "infinity",
        "9999-12-31",
        "9999-12-31T23:59:59Z",
        "9999-12-31 00:00:00",
    ] {
        let report =
            report("o.csv", format!("start,end,region\n2026-03-31T23:30:00Z,{end},\\N\n"), &[])
                .expect("a report");
        assert_eq!(march(&report), 1_800, "{end}");
    }
    let said = report("o.csv", "start,end\ninfinity,\n", &[]).expect_err("a fault");
    assert!(said.contains("`infinity` is not a time"), "nothing starts never: {said}");
}

#[test]
fn headers_in_other_letters_and_none() {
    let loose = report("o.csv", " Start ,END\n2026-03-03T10:00:00Z,2026-03-03T10:30:00Z\n", &[])
        .expect("a report");
    assert_eq!(march(&loose), 1_800);
    let names = serde_json::json!([{ "column": " Start ", "read_as": "start" }, { "column": "END", "read_as": "end" }]);
    assert_eq!(loose["data"][0]["loose_names"], names);
    // The very name goes first.
    let both = report(
        "o.csv",
        "Start,start,end,region\n?,2026-03-03T10:00:00Z,2026-03-03T10:30:00Z,\n",
        &[],
    )
    .expect("a report");
    assert_eq!((march(&both), &both["data"][0]["unread"]), (1_800, &serde_json::json!(["Start"])));
    let said =
        report("o.csv", "2026-03-03T10:00:00Z,2026-03-03T10:30:00Z\n", &[]).expect_err("a fault");
    assert_eq!(
        said,
        "error: o.csv:1: the first line contains values, but must contain the names of the columns; add a header before it, such as `start,end`\n"
    );
    let wide: Vec<u8> = "start,end\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(
        report("o.csv", wide, &[]).expect_err("a fault"),
        "error: `o.csv` is UTF-16 text; save it as UTF-8\n"
    );
}

#[test]
fn lists_and_nested_objects_of_json() {
    let row = "{\"start\": \"2026-03-03T10:00:00Z\",\n \"end\": \"2026-03-03T10:30:00Z\", \"region\": \"a]},{\"}";
    for text in [
        format!("[{row}]"),
        format!("[\n{row},\n {{\"start\":\"2026-04-03T10:00:00Z\",\"end\":null}}\n]\n"),
    ] {
        let report = report("o.json", text, &[]).expect("a report");
        assert_eq!(march(&report), 1_800);
    }
    assert_eq!(report("o.json", "[]", &[]).expect("a report")["data"][0]["rows"], 0);
    assert!(
        report("o.json", format!("[{row}"), &[])
            .expect_err("a fault")
            .contains("the list is not closed")
    );
    assert!(report("o.json", "[{\"start\": 1}, 2]", &[]).is_err());

    let nested = "{\"id\": 7, \"fields\": {\"created\": \"2026-03-03T10:00:00Z\", \"resolved\": {\"at\": \"2026-03-03T10:30:00Z\"}}}\n";
    let map = ["--map", "outages.start=fields.created", "--map", "outages.end=fields.resolved.at"];
    let report_of = report("o.jsonl", nested, &map).expect("a report");
    assert_eq!(
        (march(&report_of), &report_of["data"][0]["unread"]),
        (1_800, &serde_json::json!(["id"]))
    );
    let open = "{\"fields\": {\"created\": \"2026-03-31T23:30:00Z\", \"resolved\": null}}\n";
    assert_eq!(
        march(&report("o.jsonl", open, &map).expect("a report")),
        1_800,
        "what leads nowhere is missing"
    );
    assert!(report("o.jsonl", "{\"fields\": 1}\n", &map).is_err(), "a start may not be missing");
}

#[test]
fn a_file_of_bad_rows_alone_is_an_error() {
    let bad = "start,end\nyesterday,2026-03-03T20:00:00Z\n";
    let said = report("o.csv", bad, &["--skip-bad-rows"]).expect_err("a fault");
    assert!(
        said.starts_with("error: `o.csv` cannot be used, because `sla` cannot read its only row; o.csv:2: column `start`: `yesterday`"),
        "{said}"
    );
    let good = "start,end\n2026-03-03T10:00:00Z,2026-03-03T10:30:00Z\nyesterday,\n";
    let report_of = report("o.csv", good, &["--skip-bad-rows"]).expect("a report");
    assert_eq!(
        (march(&report_of), &report_of["data"][0]["left_out"]),
        (1_800, &serde_json::json!(1))
    );
    assert!(report("o.csv", "start,end\n", &["--skip-bad-rows"]).is_ok(), "no rows are good news");
}

#[test]
fn bad_rows_have_a_limit() {
    // Two of eight rows are bad: 25%.
    let rows: String =
        (1..=6).map(|day| format!("2026-03-0{day}T10:00:00Z,2026-03-0{day}T10:05:00Z\n")).collect();
    let text = format!("start,end\n{rows}x,\ny,\n");
    for limit in ["2", "25%", "25.0%", "100%"] {
        let report = report("o.csv", &text, &["--max-bad-rows", limit]).expect("a report");
        assert_eq!(march(&report), 6 * 300, "{limit}");
    }
    for limit in ["0", "1", "24.9%", "0%"] {
        let said = report("o.csv", &text, &["--max-bad-rows", limit]).expect_err("a fault");
        let expected = format!(
            "error: 2 of 8 rows of `outages` cannot be read, but `--max-bad-rows` allows only {limit}; the first is o.csv:8: "
        );
        assert!(said.starts_with(&expected), "{said}");
    }
    for wrong in ["-1", "1.5", "101%", "%", "many"] {
        let said =
            report("o.csv", &text, &[&format!("--max-bad-rows={wrong}")]).expect_err("a fault");
        assert!(
            said.contains("a limit is written `20`, or as a share of the rows, `1%`"),
            "{wrong}: {said}"
        );
    }
}

#[test]
fn a_customer_without_an_agreement_is_an_error() {
    let empty = "start,end\n";
    let said =
        |customer: &str| report("o.csv", empty, &["--customer", customer]).expect_err("a fault");
    assert_eq!(
        said("Globbex"),
        "error: `--customer Globbex`: no agreement is with `Globbex`; did you mean `Globex`?\n"
    );
    assert_eq!(
        said("Nope"),
        "error: `--customer Nope`: no agreement is with `Nope`; the agreements are with `Globex`\n"
    );
    assert!(report("o.csv", empty, &["--customer", "Globex"]).is_ok());
    // Two agreements: that of the customer alone is evaluated; one for any customer is evaluated
    // for this one.
    let text = format!(
        "{API}sla Other between Acme and Initech {{ term from 2026-01-01 for 12 months  objective Down: downtime(outages) <= 1 h per month }}\n\
         sla All between Acme and any customer {{ term from 2026-01-01 for 12 months  objective Down: downtime(outages) <= 1 h per month }}\n"
    );
    let project = TempProject::of("run").write("a.sla", text).write("o.csv", empty);
    let ran = project.run(&[
        "a.sla",
        "--data",
        "outages=o.csv",
        "--complete-to",
        "2026-05-01",
        "--format",
        "json",
        "--customer",
        "Initech",
    ]);
    let document: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}", ran.err));
    let shown: Vec<(&str, &str)> = document["agreements"]
        .as_array()
        .expect("agreements")
        .iter()
        .filter_map(|it| Some((it["id"].as_str()?, it["customer"].as_str()?)))
        .collect();
    assert_eq!(shown, [("Other", "Initech"), ("All", "Initech")]);
}

#[test]
fn a_latest_row_that_lies_alone_is_warned_of() {
    let run = |rows: &str, more: &[&str]| {
        let project = TempProject::of("run")
            .write("a.sla", API)
            .write("o.csv", format!("start,end\n{}", rows.replace(",\n", "\n")));
        project.run(&[&["a.sla", "--data", "outages=o.csv"], more].concat())
    };
    let wrong =
        "2026-01-03T10:00:00Z,2026-01-03T10:10:00Z,\n2027-02-03T10:00:00Z,2027-02-03T10:10:00Z,\n";
    let ran = run(wrong, &[]);
    assert!(ran.out.contains("complete to its latest row"), "{}", ran.out);
    let warning = "warning: the latest row of `outages` ends at 2027-02-03T10:10:00Z, but all other rows end by 2026-01-03T10:10:00Z";
    assert!(ran.out.contains(warning), "{}", ran.out);
    assert!(run(wrong, &["-o", "report.txt"]).err.contains(warning));
    // Somebody says it: no row decides.
    assert!(!run(wrong, &["--complete-to", "2026-05-01"]).out.contains("latest row"));
    // A month apart, or no further than the others are from each other: nothing is odd.
    for usual in [
        "2026-01-03T10:00:00Z,2026-01-03T10:10:00Z,\n2026-02-02T10:00:00Z,2026-02-02T10:10:00Z,\n",
        "2026-01-03T10:00:00Z,2026-01-03T10:10:00Z,\n2026-05-03T10:00:00Z,2026-05-03T10:10:00Z,\n2026-08-02T10:00:00Z,2026-08-02T10:10:00Z,\n",
        "2026-01-03T10:00:00Z,2026-01-03T10:10:00Z,\n2027-02-03T10:00:00Z,2027-02-03T10:10:00Z,\n2027-02-03T10:05:00Z,2027-02-03T10:10:00Z,\n",
    ] {
        assert!(!run(usual, &[]).out.contains("warning"), "{usual}");
    }
}

#[test]
fn decimal_commas_are_read_where_the_map_says_so() {
    // 1.234,5 ms are 1,234.5 ms: more than 1,234 ms and no more than 1,234.5 ms.
    let contract = "\
provider Acme
customer Globex
source requests: events { latency: duration  cost: money EUR }
sla Api between Acme and Globex {
  term from 2026-01-01 for 12 months
  objective Exact: max(requests, latency) <= 1_234.5 ms per month
  objective Less: max(requests, latency) <= 1_234 ms per month
  objective Cost: sum(requests, cost) >= 12.75 EUR per month
}
";
    // 12,50 EUR and 0,25 are 12.75 EUR.
    let rows =
        "at;Dauer;Kosten\n2026-03-02T10:00:00Z;1.234,5;12,50 EUR\n2026-03-02T10:00:00Z;7;0,25\n";
    let lines = "{\"at\":\"2026-03-02T10:00:00Z\",\"Dauer\":\"1.234,5\",\"Kosten\":\"12,50 EUR\"}\n\
                 {\"at\":\"2026-03-02T10:00:00Z\",\"Dauer\":7.0,\"Kosten\":0.25}\n";
    let run = |file: &str, content: &str, map: &str| {
        let data = format!("requests={file}");
        let arguments = [
            "a.sla",
            "--data",
            &data,
            "--complete-to",
            "2026-04-01",
            "--from",
            "2026-03-01",
            "--format",
            "short",
        ];
        let map = ["--map", map, "--map", "requests.cost=Kosten:comma"];
        TempProject::of("run")
            .write("a.sla", contract)
            .write(file, content)
            .run(&[&arguments[..], &map].concat())
    };
    for (file, content) in [("r.csv", rows), ("r.jsonl", lines)] {
        let ran = run(file, content, "requests.latency=Dauer:ms:comma");
        let verdict = |name: &str| {
            ran.out.lines().find(|line| line.contains(&format!(": {name} | "))).map(str::to_owned)
        };
        for (name, word) in [("Exact", "met"), ("Less", "BREACHED"), ("Cost", "met")] {
            assert!(
                verdict(name).is_some_and(|line| line.contains(word)),
                "{name}: {}{}",
                ran.out,
                ran.err
            );
        }
    }
    // A point that parts no group of three is no decimal point here.
    let ran = run("r.csv", &rows.replace(";7;", ";1.5;"), "requests.latency=Dauer:ms:comma");
    assert!(
        ran.err.contains("`1.5` has no decimal comma; a number is written `1.234,5` or `1234,5`"),
        "{}",
        ran.err
    );
    // Without the word a comma is no part of a number.
    assert_eq!(run("r.csv", rows, "requests.latency=Dauer:ms").status, 2);
}

#[test]
fn flat_rows_hold_groups_and_nulls() {
    // Two regions in March: one row for each, of which eu, with a comma in its name, has 2 requests
    // and us 1.
    let contract = "\
provider Acme
customer Globex
source requests: events { region: text }
sla Api between Acme and Globex {
  term from 2026-01-01 for 12 months
  objective Few: count(requests) <= 1 per month by region
}
";
    let rows = "at,region\n2026-03-02T10:00:00Z,\"eu, west\"\n2026-03-03T10:00:00Z,\"eu, west\"\n2026-03-02T10:00:00Z,us\n";
    let project = TempProject::of("run").write("a.sla", contract).write("r.csv", rows);
    let run = |form: &str| {
        let arguments = [
            "a.sla",
            "--data",
            "requests=r.csv",
            "--complete-to",
            "2026-04-01",
            "--from",
            "2026-03-01",
            "--format",
            form,
        ];
        project.run(&arguments).out
    };
    let csv = run("csv");
    let wanted = "window,Api,Globex,Few,,\"eu, west\",2026-03,2026-03-01T00:00:00Z,2026-04-01T00:00:00Z,breached,2,,≤ 1,,\n";
    assert!(csv.contains(wanted) && csv.lines().count() == 3, "{csv}");
    let lines: Vec<Value> =
        run("jsonl").lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let us = lines.iter().find(|line| line["group"] == "us").expect("a row");
    assert_eq!(
        (lines.len(), &us["verdict"], &us["value"], &us["credit"]),
        (2, &"met".into(), &"1".into(), &Value::Null)
    );
    // The keys are the columns.
    let keys =
        us.as_object().expect("an object").keys().map(String::as_str).collect::<Vec<_>>().join(",");
    assert_eq!(csv.lines().next(), Some(keys.as_str()));
}
