//! Files of data that are broken, strange, or made to do harm: what is said of them, and that
//! nothing of them is lost in silence.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use std::io::{Cursor, Write as _};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::temp_project::TempProject;
use arrow_array::{ArrayRef, BinaryArray, RecordBatch, StringArray, TimestampMillisecondArray};
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use arrow_schema::ArrowError;
use serde_json::Value;

const API: &str = "\
provider Acme
customer Globex
source outages: spans
source sites: events { site: text  cost: money EUR?  day: date? }

sla Api between Acme and Globex {
  term from 2026-01-01 for 12 months
  objective Uptime: uptime(outages) >= 99.9% per month
  objective Costly: sum(sites where has cost, cost) <= 5 EUR per month
  objective Early: count(sites where has day and day < 2026-02-01) <= 5 per month by site
}
";
const HEADER: &str = "start,end\n";
const ROW: &str = "2026-03-10T10:00:00Z,2026-03-10T10:50:00Z\n";
const SITE: &str = "at,site,cost,day\n";

/// A project with the contract, one outage and no sites.
fn project() -> TempProject {
    TempProject::of("run")
        .write("a.sla", API)
        .write("o.csv", format!("{HEADER}{ROW}"))
        .write("s.csv", SITE)
}

fn arguments<'a>(outages: &'a str, sites: &'a str) -> Vec<&'a str> {
    vec!["a.sla", "--complete-to", "2026-05-01", "--data", outages, "--data", sites]
}

/// What is said of outages that cannot be read.
fn refused(name: &str, content: impl AsRef<[u8]>) -> String {
    let ran =
        project().write(name, content).run(&arguments(&format!("outages={name}"), "sites=s.csv"));
    assert_eq!((ran.status, ran.out.as_str()), (2, ""), "{}", ran.err);
    ran.err.strip_prefix("error: ").unwrap_or(&ran.err).trim_end().to_owned()
}

/// What is said of a site that cannot be read.
fn refused_site(row: &str) -> String {
    let ran = project()
        .write("s.csv", format!("{SITE}{row}\n"))
        .run(&arguments("outages=o.csv", "sites=s.csv"));
    assert_eq!((ran.status, ran.out.as_str()), (2, ""), "{}", ran.err);
    ran.err.strip_prefix("error: s.csv:2: ").unwrap_or(&ran.err).trim_end().to_owned()
}

/// Rows that were read, and rows that were left out.
fn read(project: &TempProject, words: &[&str]) -> (u64, u64) {
    let ran = project.run(&[words, &["--format", "json"]].concat());
    let report: Value =
        serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("no report: {}", ran.err));
    let count = |name: &str| report["data"][0][name].as_u64().expect("a count");
    (count("rows"), count("left_out"))
}

#[test]
fn lines_that_end_in_carriage_returns_alone() {
    let says = "there is a carriage return without a line feed; lines end with a line feed";
    assert_eq!(
        refused("r.csv", format!("{HEADER}{ROW}").replace('\n', "\r")),
        format!("r.csv:1: {says}")
    );
    assert_eq!(
        refused("r.csv", format!("{HEADER}{}", ROW.replace('\n', "\r").repeat(2))),
        format!("r.csv:2: {says}")
    );
}

/// A mark that is closed some lines below takes what stands between: the report says how much that
/// is, also where such rows are left out.
#[test]
fn a_stray_quotation_mark_says_how_many_lines_it_takes() {
    let rows = format!("start,end,note\n{}", "2026-03-10T10:00:00Z,,5\" disk\n".repeat(2));
    let says = "there is a quotation mark in the middle of a cell, so 2 lines are read as one row";
    assert_eq!(refused("r.csv", &rows), format!("r.csv:2: {says}"));
    let open = format!("{HEADER}{ROW}\"{ROW}{ROW}{ROW}");
    assert_eq!(
        refused("r.csv", &open),
        "r.csv:3: a quotation mark is not closed, so 3 lines are read as one row"
    );
    // A file needs one good row beside the bad one, or none of it counts.
    let project = project().write("o.csv", format!("{rows}2026-03-11T10:00:00Z,,disk\n"));
    let words = [arguments("outages=o.csv", "sites=s.csv"), vec!["--skip-bad-rows"]].concat();
    assert_eq!(read(&project, &words), (1, 1));
    assert!(project.run(&words).out.contains(says));
}

#[test]
fn headers_that_are_not_what_they_seem() {
    let project = project().write(
        "o.csv",
        format!("start;end;\"a,b\"\n{}", ROW.replace(',', ";").replace('\n', ";\n")),
    );
    assert_eq!(
        read(&project, &arguments("outages=o.csv", "sites=s.csv")),
        (1, 0),
        "a comma in quotation marks parts nothing"
    );
    assert_eq!(refused("r.csv", "start,end,end\n"), "r.csv:1: the column `end` occurs twice");
    assert_eq!(refused("r.csv", "\u{feff}"), "`r.csv` is empty: it does not even have a header");
    assert_eq!(refused("r.csv", "\r\n\n"), "`r.csv` is empty: it does not even have a header");
    let help = "if it has another name, pass `--map outages.start=NAME`";
    assert_eq!(
        refused("r.csv", "start_h,end\n"),
        format!(
            "r.csv:1: there is no column `start`, and in `start_h`, `h` is not a unit of this field; {help}"
        )
    );
}

/// Four million empty lines before the header: each is looked at once.
#[test]
fn empty_lines_before_a_header_take_no_time() {
    let before = Instant::now();
    let project = project().write("o.csv", format!("{}{HEADER}x,\n", "\n".repeat(4_000_000)));
    let ran = project.run(&arguments("outages=o.csv", "sites=s.csv"));
    assert!(
        ran.err.starts_with("error: o.csv:4000002: column `start`: `x` is not a time"),
        "{}",
        ran.err
    );
    assert!(before.elapsed() < Duration::from_secs(20), "{:?}", before.elapsed());
}

#[test]
fn files_of_other_kinds_are_called_by_their_names() {
    let read = "the formats are CSV and JSON (lines or a list), plain or compressed with gzip or zstd, Parquet and Arrow";
    for (first, says) in [
        (&b"PK\x03\x04......"[..], "a ZIP archive, as spreadsheets are"),
        (b"BZh91AY&SY", "compressed by bzip2"),
        (b"\xfd7zXZ\0\0", "compressed by xz"),
        (b"SQLite format 3\0", "an SQLite database"),
        (b"FEA1....", "a Feather file of the first version"),
        (&gzip(&gzip(b"start,end\n")), "compressed twice"),
    ] {
        assert_eq!(refused("r.csv", first), format!("`r.csv` is {says}; {read}"));
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).expect("in memory");
    encoder.finish().expect("in memory")
}

/// gzip in several members, zstd in several frames and with something to be skipped: all of it is
/// read, and a fault after it is reported.
#[test]
fn compressed_text_may_come_in_parts() {
    let (header, row) = (HEADER.as_bytes(), ROW.as_bytes());
    let zstd = |bytes: &[u8]| zstd::encode_all(bytes, 3).expect("in memory");
    // Four bytes that are skipped, behind their mark and their length.
    let skipped = [&[0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0][..], b"part"].concat();
    for parts in [
        [gzip(header), gzip(b""), gzip(row)].concat(),
        [gzip(&header[..5]), gzip(&[&header[5..], row].concat())].concat(),
        [zstd(header), skipped.clone(), zstd(row)].concat(),
        [skipped, zstd(header), zstd(row)].concat(),
    ] {
        assert_eq!(
            read(&project().write("o.csv", parts), &arguments("outages=o.csv", "sites=s.csv")),
            (1, 0)
        );
    }
    let mut broken = gzip(&[header, row].concat());
    let sum = broken.len() - 8;
    broken[sum] ^= 1;
    let says =
        "its compressed data are broken (corrupt gzip stream does not have a matching checksum)";
    assert_eq!(refused("r.csv", broken), format!("r.csv:3: {says}"));
}

#[test]
fn json_is_known_by_its_first_letter_whatever_the_file_is_called() {
    let row = "{\"start\": \"2026-03-10T10:00:00Z\", \"end\": null}\n";
    for (name, text) in [
        ("o.csv", row.to_owned()),
        ("o", format!("\u{feff} {row}")),
        ("o.txt", format!("\n\n{row}")),
    ] {
        let project = project().write(name, text);
        assert_eq!(
            read(&project, &arguments(&format!("outages={name}"), "sites=s.csv")),
            (1, 0),
            "{name}"
        );
    }
    let says = refused("o.jsonl", "{\n  \"start\": \"2026-03-10T10:00:00Z\"\n}\n");
    assert_eq!(
        says,
        "o.jsonl:1: the line is not a JSON object: the line ends inside the object; write each object on one line"
    );
}

/// A key that is spelt otherwise in every line of JSON would be one that is missing: an end that
/// never comes.
#[test]
fn columns_that_no_row_has_are_told() {
    let rows = "{\"start\": \"2026-03-10T10:00:00Z\", \"stop\": \"2026-03-10T10:50:00Z\"}\n";
    let project = project()
        .write("o.jsonl", rows)
        .write("s.csv", format!("{SITE}2026-03-01T00:00:00Z,x,1 EUR,\n2026-03-01T00:00:00Z,x,,\n"));
    let words = arguments("outages=o.jsonl", "sites=s.csv");
    let out = project.run(&words).out;
    assert!(out.contains("not read: stop"), "{out}");
    assert!(
        out.contains("no row has `end`; if it has another name, pass `--map outages.end=NAME`, or `--map outages.end=` if there is none"),
        "{out}"
    );
    assert!(
        out.contains("no row has `day`") && !out.contains("no row has `cost`"),
        "one row has a cost: {out}"
    );
    let out = project.run(&[words, vec!["--map", "outages.end=stop"]].concat()).out;
    assert!(!out.contains("no row has `end`"), "{out}");
    let out = project
        .run(&[arguments("outages=o.jsonl", "sites=s.csv"), vec!["--map", "outages.end="]].concat())
        .out;
    assert!(!out.contains("no row has `end`"), "somebody said so: {out}");
}

#[test]
fn cells_that_are_nearly_right() {
    let row = |cost: &str, day: &str| refused_site(&format!("2026-03-01T00:00:00Z,x,{cost},{day}"));
    assert_eq!(row("5 USD", ""), "column `cost`: `5 USD` is not in EUR");
    assert_eq!(
        row("+-5", ""),
        "column `cost`: `+-5` is not an amount of money; one is written `12.50 EUR`"
    );
    assert_eq!(
        row("", "2026-3-1"),
        "column `day`: `2026-3-1` is not a date; a date is written `2026-12-31`"
    );
    assert_eq!(
        row("", "2026-02-30"),
        "column `day`: `2026-02-30` is not a date; a date is written `2026-12-31`"
    );
    assert_eq!(
        row("", "9999-12-31"),
        "column `day`: the date is not between 1900-01-02 and 2099-12-30"
    );
    let says = refused("r.csv", format!("{HEADER}2026-03-10T10:00:00Z,2100-01-01T00:00:00.1Z\n"));
    assert_eq!(says, "r.csv:2: column `end`: the time is outside the years 1900 to 2099");
    let project = project()
        .write("o.csv", format!("{HEADER}1900-01-01T00:00:00Z,2099-12-31T23:59:59.999Z\n"));
    assert_eq!(
        read(&project, &arguments("outages=o.csv", "sites=s.csv")),
        (1, 0),
        "the first instant there is, and nearly the last"
    );
}

/// A name from the data stays on its line: it cannot write verdicts of its own.
#[test]
fn names_from_the_data_stay_on_one_line() {
    let forged = "x\n  Uptime     2026-04         100%  ≥ 99.9%  met                0%";
    let project = project()
        .write("s.csv", format!("{SITE}2026-03-01T00:00:00Z,\"{forged}\",,\n"))
        .write("o.csv", format!("start,end,\"{forged}\"\n{}", ROW.replace('\n', ",\n")));
    for form in ["human", "short", "narrated"] {
        let ran = project
            .run(&[arguments("outages=o.csv", "sites=s.csv"), vec!["--format", form]].concat());
        assert!(!ran.out.contains(forged), "{}", ran.out);
        assert!(ran.out.contains(&forged.replace('\n', " ")), "{}", ran.out);
    }
}

#[test]
fn columns_that_nothing_reads_are_named_as_far_as_that_helps() {
    let more: String = (10..35).map(|number| format!(",c{number}")).collect();
    let project = project().write(
        "o.csv",
        format!("start,end{more}\n{}", ROW.replace('\n', &format!("{}\n", ",".repeat(25)))),
    );
    let ran = project.run(&arguments("outages=o.csv", "sites=s.csv"));
    assert!(
        ran.out.contains("not read: c10, c11, ") && ran.out.contains(", c29 and 5 more\n"),
        "{}",
        ran.out
    );
}

#[test]
fn times_that_cannot_be_meant() {
    for option in ["--as-of", "--complete-to", "--from", "--to"] {
        for time in ["1899-12-31", "2100-01-01", "9999-12-31T00:00:00Z"] {
            let ran = project()
                .run(&[arguments("outages=o.csv", "sites=s.csv"), vec![option, time]].concat());
            assert_eq!(ran.status, 2, "{option} {time}");
            assert!(ran.err.contains("it is outside the years 1900 to 2099"), "{}", ran.err);
        }
    }
    let ran = project().run(&["a.sla", "--data", "outages="]);
    assert!(ran.status == 2 && ran.err.contains("it has no value after `outages=`"), "{}", ran.err);
}

#[cfg(unix)]
#[test]
fn a_pipe_may_hold_parts_too() {
    let project = project().write("b.arrow", arrow(&batch(), Kind::File, None));
    let pipe = project.path("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("runs");
    assert!(made.success());
    let bytes = std::fs::read(project.path("b.arrow")).expect("a file");
    let writer = std::thread::spawn(move || std::fs::write(pipe, bytes));
    let mut words = arguments("outages=pipe", "sites=s.csv");
    words.extend(["--map", "outages.end="]);
    assert_eq!(read(&project, &words), (3, 0));
    writer.join().expect("ended").expect("written");
}

#[derive(Clone, Copy)]
enum Kind {
    File,
    Stream,
}

/// Three starts in March.
fn batch() -> RecordBatch {
    // 2026-03-01T00:00Z is 20,513 days after 1970.
    let start = TimestampMillisecondArray::from_iter_values(
        (0..3).map(|second| 20_513 * 86_400_000 + second * 1_000),
    )
    .with_timezone("UTC");
    let note: ArrayRef = Arc::new(StringArray::from(vec!["0123456789".repeat(50); 3]));
    RecordBatch::try_from_iter([("start", Arc::new(start) as ArrayRef), ("note", note)])
        .expect("fits")
}

/// A batch twice in a file or stream of Arrow.
fn arrow(batch: &RecordBatch, kind: Kind, compression: Option<CompressionType>) -> Vec<u8> {
    let options =
        IpcWriteOptions::default().try_with_compression(compression).expect("it is known");
    let mut bytes = Vec::new();
    let wrote: Result<(), ArrowError> = match kind {
        Kind::File => FileWriter::try_new_with_options(&mut bytes, &batch.schema(), options)
            .and_then(|mut writer| {
                writer.write(batch)?;
                writer.finish()
            }),
        Kind::Stream => StreamWriter::try_new_with_options(&mut bytes, &batch.schema(), options)
            .and_then(|mut writer| {
                writer.write(batch)?;
                writer.finish()
            }),
    };
    wrote.expect("in memory");
    bytes
}

/// Reads the starts of an Arrow file, and comes back with what is said.
fn said_of_arrow(bytes: &[u8]) -> String {
    let mut words = arguments("outages=b.arrow", "sites=s.csv");
    words.extend(["--map", "outages.end="]);
    let ran = project().write("b.arrow", bytes).run(&words);
    assert!(
        ran.status == 1 || (ran.status == 2 && ran.out.is_empty()),
        "{} {}",
        ran.status,
        ran.err
    );
    ran.err.strip_prefix("error: cannot read `b.arrow`: ").unwrap_or(&ran.err).trim_end().to_owned()
}

#[test]
fn arrow_may_be_compressed() {
    for kind in [Kind::File, Kind::Stream] {
        for compression in [None, Some(CompressionType::ZSTD), Some(CompressionType::LZ4_FRAME)] {
            assert_eq!(
                said_of_arrow(&arrow(&batch(), kind, compression)),
                "",
                "three open outages are a breach"
            );
        }
    }
}

/// A compressed part says how long it is without compression; whoever believes it asks for that
/// much memory.
#[test]
fn arrow_that_lies_about_its_lengths() {
    for kind in [Kind::File, Kind::Stream] {
        let bytes = arrow(&batch(), kind, Some(CompressionType::ZSTD));
        // Each part that zstd wrote begins with its mark, the eight bytes before which say the
        // length.
        let marks: Vec<usize> = (8..bytes.len())
            .filter(|at| bytes[*at..].starts_with(&[0x28, 0xb5, 0x2f, 0xfd]))
            .collect();
        assert!(!marks.is_empty());
        for stated in [1_u64 << 62, 1 << 40, 1 << 33, u64::MAX - 1] {
            for mark in &marks {
                let mut bytes = bytes.clone();
                bytes[mark - 8..*mark].copy_from_slice(&stated.to_le_bytes());
                assert_eq!(
                    said_of_arrow(&bytes),
                    "the file is broken or ends too soon",
                    "{stated} at {mark}"
                );
            }
        }
    }
}

/// A stream that was cut off between two of its parts looks whole but for the mark of its end.
#[test]
fn arrow_that_was_cut_off() {
    let bytes = arrow(&batch(), Kind::Stream, None);
    assert_eq!(bytes[bytes.len() - 8..], [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0], "the mark");
    assert_eq!(
        said_of_arrow(&bytes[..bytes.len() - 8]),
        "the stream was cut off: its end mark is missing"
    );
    for kind in [Kind::File, Kind::Stream] {
        let bytes = arrow(&batch(), kind, Some(CompressionType::ZSTD));
        for length in (8..bytes.len() - 8).step_by(7) {
            let says = said_of_arrow(&bytes[..length]);
            assert!(
                says.starts_with("the file is broken or ends too soon")
                    || says.starts_with("the stream was cut off"),
                "{length}: {says}"
            );
        }
    }
}

#[test]
fn columns_of_a_type_that_is_not_read() {
    let start: ArrayRef = Arc::new(BinaryArray::from_vec(vec![b"2026-03-01T00:00:00Z"; 3]));
    let batch = RecordBatch::try_from_iter([("start", start)]).expect("fits");
    let bytes = arrow(&batch, Kind::File, None);
    assert_eq!(
        said_of_arrow(&bytes),
        "column `start`: columns of the type `Binary` are not supported"
    );
    let mut writer =
        parquet::arrow::ArrowWriter::try_new(Cursor::new(Vec::new()), batch.schema(), None)
            .expect("a writer");
    writer.write(&batch).expect("written");
    let mut words = arguments("outages=b.parquet", "sites=s.csv");
    words.extend(["--map", "outages.end=", "--skip-bad-rows"]);
    let ran =
        project().write("b.parquet", writer.into_inner().expect("closed").into_inner()).run(&words);
    assert_eq!(
        ran.err,
        "error: cannot read `b.parquet`: column `start`: columns of the type `Binary` are not supported\n",
        "no row of it could be good"
    );
}

/// Three starts, written by pyarrow with `write_page_checksum=True`, without compression: a letter
/// that fell over changes a time, and nothing else.
#[test]
fn parquet_that_brings_checksums_is_held_against_them() {
    let path =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/checksums.parquet");
    let bytes = std::fs::read(path).expect("a fixture");
    let mut words = arguments("outages=c.parquet", "sites=s.csv");
    words.extend(["--map", "outages.end="]);
    assert_eq!(read(&project().write("c.parquet", &bytes), &words), (3, 0));
    // 2026-03-01T00:00:01Z in milliseconds.
    let second = 1_772_323_201_000_i64.to_le_bytes();
    let at = bytes.windows(8).position(|part| part == second).expect("it stands there as it is");
    let mut fallen = bytes.clone();
    fallen[at] ^= 1;
    let ran = project().write("c.parquet", fallen).run(&words);
    assert_eq!((ran.status, ran.out.as_str()), (2, ""));
    assert!(
        ran.err.starts_with("error: cannot read `c.parquet`: the file is broken or ends too soon"),
        "{}",
        ran.err
    );
}

/// The fuzzer of the readers starts from files that they read: else it would meet nothing but the
/// first error.
#[test]
fn the_seeds_of_the_fuzzer_are_rows() {
    use sla::SourceRows;
    use sla::internals::data::Files;
    use sla::internals::data::columns::Source as _;
    let fuzz = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let target = std::fs::read_to_string(fuzz.join("fuzz_targets/rows.rs")).expect("the target");
    let contract = target
        .split("const CONTRACT: &str = \"\\\n")
        .nth(1)
        .and_then(|rest| rest.split("\";").next())
        .expect("its contract");
    let memory = sla::Memory::new().with("a.sla", contract);
    let (_, plan) = sla::Workspace::new(&memory).path("a.sla").plan();
    let plan = plan.expect("the contract of the target is sound");
    let mut seeds = 0;
    for entry in std::fs::read_dir(fuzz.join("seeds/rows")).expect("seeds") {
        let path = entry.expect("a seed").path();
        let name =
            path.file_name().and_then(|name| name.to_str()).expect("a plain name").to_owned();
        let source = plan
            .sources
            .iter()
            .find(|it| it.name == if name.starts_with("spans") { "s" } else { "r" })
            .expect("a source");
        let rows = SourceRows::new().files([path.display().to_string()]);
        let mut files = Files::new(&plan, source, &rows).expect("known columns");
        let mut rows = 0;
        while let Some(batch) = files.next().unwrap_or_else(|fault| panic!("{name}: {fault}")) {
            rows += batch.length;
        }
        assert!(rows > 0, "{name}");
        seeds += 1;
    }
    assert!(seeds > 10);
}

#[test]
fn maps_that_cannot_be_meant() {
    let project = project().write("o.csv", "zeit,bis\n2026-03-01T00:00:00,\n");
    let says = |maps: &[&str], wanted: &str| {
        let maps = maps.iter().flat_map(|map| ["--map", map]).collect();
        let ran = project.run(&[arguments("outages=o.csv", "sites=s.csv"), maps].concat());
        assert_eq!((ran.status, ran.err), (2, format!("error: {wanted}\n")));
    };
    let bis = "outages.end=bis";
    says(
        &["outages.start=zeiten", bis],
        "o.csv:1: there is no column `zeiten`, which `outages.start` is mapped to; did you mean `zeit`?",
    );
    says(
        &["outages.start=zeit:cet", bis],
        "o.csv:1: there is no column `zeit:cet`, which `outages.start` is mapped to; `cet` is not a unit of this field",
    );
    says(
        &["outages.start=:utc", bis],
        "`--map outages.start=:utc` names no column before the unit",
    );
    says(
        &["outages.start=bis", bis],
        "`outages.start` and `outages.end` are both mapped to the column `bis`",
    );
}

#[test]
fn facts_that_cannot_be_meant() {
    let contract =
        API.replace("source outages", "fact Plan: free | pro = free\nsource outages").replace(
            "per month\n  objective Costly",
            "per month if Plan == pro at start\n  objective Costly",
        );
    let project = project().write("a.sla", contract);
    let says = |facts: &[&str], wanted: &str| {
        let facts = facts.iter().flat_map(|fact| ["--fact", fact]).collect();
        let ran = project.run(&[arguments("outages=o.csv", "sites=s.csv"), facts].concat());
        assert_eq!((ran.status, ran.err), (2, format!("error: {wanted}\n")));
    };
    says(
        &["Plan=gold"],
        "`--fact Plan=gold`: `gold` is not one of its values; it must be `free` or `pro`",
    );
    says(&["Plan="], "`--fact Plan=` has no value");
    says(&["Plan=pro", "Plan=free"], "`--fact` gives two values of `Plan` for the same time");
    says(
        &["Plan@2026-03-01=pro", "Plan@2026-03-01=pro"],
        "`--fact` gives two values of `Plan` for the same time",
    );
    let facts = ["--fact", "Plan=pro", "--fact", "Plan@2026-03-01=free"];
    assert_eq!(
        read(&project, &[arguments("outages=o.csv", "sites=s.csv"), facts.to_vec()].concat()),
        (1, 0)
    );
}

/// Tickets that are dated by the day: a hundred thousand that begin and end together are distinguished
/// in no time, and so are windows of many groups.
#[test]
fn many_rows_of_one_instant_and_many_groups() {
    let before = Instant::now();
    let rows: String = (0..100_000)
        .map(|number| format!("2026-03-01T00:00:00Z,2026-03-02T00:00:00Z,T{}\n", number % 99_999))
        .collect();
    let contract = "\
provider Acme
customer Globex
source tickets: spans { id: text }

sla TempProject between Acme and Globex {
  term from 2026-01-01 for 12 months
  objective Few: count(tickets) <= 9 per month
}
";
    let project = TempProject::of("run")
        .write("a.sla", contract)
        .write("t.csv", format!("start,end,id\n{rows}"));
    let ran = project.run(&["a.sla", "--data", "tickets=t.csv", "--complete-to", "2026-04-01"]);
    assert!(
        ran.out.contains("1 row is the same as an earlier one, and counts"),
        "T0 comes twice: {}",
        ran.out
    );
    let rows: String = (0..4_000)
        .map(|number| format!("2026-03-01T00:00:00Z,2026-03-02T00:00:00Z,T{number}\n"))
        .collect();
    let project = project
        .write(
            "a.sla",
            contract
                .replace("count(tickets) <= 9 per month", "uptime(tickets) >= 99% per day by id"),
        )
        .write("t.csv", format!("start,end,id\n{rows}"));
    let ran = project.run(&[
        "a.sla",
        "--data",
        "tickets=t.csv",
        "--complete-to",
        "2026-03-03",
        "--from",
        "2026-03-01",
    ]);
    assert!(ran.out.contains("windows: 4,000 met, 4,000 breached"), "{}", ran.err);
    assert!(before.elapsed() < Duration::from_secs(60), "{:?}", before.elapsed());
}

#[test]
fn rows_that_are_held_are_bounded() {
    use sla::{Disk, Options, Rows, Workspace, evaluate};

    // Three outages, all of which are loaded; spans always are.
    let project = project().write("o.csv", format!("{HEADER}{}", ROW.repeat(3)));
    let plan = Workspace::new(&Disk).path(project.path("a.sla")).plan().1.expect("a plan");
    let file = |name: &str| [project.path(name).display().to_string()];
    let rows = Rows::new().files("outages", file("o.csv")).files("sites", file("s.csv"));
    let options = |most: usize| Options {
        complete_to: Some("2026-05-01T00:00:00Z".parse().expect("a time")),
        most_held: Some(most),
        ..Options::default()
    };
    assert!(evaluate(&plan, &rows, &options(3)).is_ok());
    let fault = evaluate(&plan, &rows, &options(2)).expect_err("too many rows");
    assert_eq!(
        fault.message,
        "`outages` has more than 2 rows, which is the most that one source can have in memory"
    );
}
