//! Rows from memory: bytes and Arrow record batches give the report that files give.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::Path;
use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, DurationMicrosecondArray, Float64Array,
    Int64Array, RecordBatch, StringArray, TimestampNanosecondArray,
};
use serde_json::Value;
use sla::internals::time::{Zone, parse_instant};
use sla::plan::Plan;
use sla::{
    BadRowLimit, BadRows, DataFormat, Disk, Exact, Memory, Options, Report, RowBatch, Rows,
    SourceRows, Workspace, evaluate,
};

fn plan_of(contract: &str) -> Plan {
    let (checked, plan) = Workspace::new(&Memory::new()).text("a.sla", contract).plan();
    plan.unwrap_or_else(|| panic!("{}", checked.render(sla::Format::HUMAN)))
}

/// All rows are complete up to the end of April 2026.
fn options() -> Options {
    Options { complete_to: Some("2026-05-01".parse().expect("a date")), ..Options::default() }
}

fn report(plan: &Plan, rows: &Rows) -> Report {
    evaluate(plan, rows, &options()).unwrap_or_else(|error| panic!("{error}"))
}

fn fault(plan: &Plan, rows: &Rows) -> String {
    evaluate(plan, rows, &options()).expect_err("no report").message
}

/// A report without what says from which file, and from which row of it, something comes.
fn without_provenance(report: &Report) -> Value {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                for name in ["file", "files", "row"] {
                    fields.shift_remove(name);
                }
                fields.values_mut().for_each(strip);
            }
            Value::Array(items) => items.iter_mut().for_each(strip),
            _ => {}
        }
    }
    let mut value = serde_json::to_value(report).expect("JSON");
    strip(&mut value);
    value
}

fn nanoseconds(text: &str) -> Option<i64> {
    let read = parse_instant(text)?;
    Some(Zone::UTC.instant_of(read))
}

fn times(cells: &[&str]) -> ArrayRef {
    let times = cells.iter().map(|cell| nanoseconds(cell)).collect::<TimestampNanosecondArray>();
    Arc::new(times.with_timezone("UTC"))
}

/// The batches of a file of CSV without quotes, so many rows in each: times, whole numbers and
/// texts by what all cells of a column are.
fn batches(csv: &str, rows: usize) -> Vec<RecordBatch> {
    let mut lines = csv.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = lines.next().expect("a header");
    let lines: Vec<Vec<&str>> = lines.collect();
    let column = |lines: &[Vec<&str>], at: usize| -> ArrayRef {
        let all = |test: fn(&str) -> bool| {
            let mut cells = csv.lines().skip(1).filter_map(|line| line.split(',').nth(at));
            cells.all(|cell| cell.is_empty() || test(cell))
        };
        let cells: Vec<&str> = lines.iter().filter_map(|line| line.get(at).copied()).collect();
        if all(|cell| nanoseconds(cell).is_some()) {
            times(&cells)
        } else if all(|cell| cell.parse::<i64>().is_ok()) {
            Arc::new(cells.iter().map(|cell| cell.parse().ok()).collect::<Int64Array>())
        } else {
            let cells = cells.iter().map(|cell| (!cell.is_empty()).then_some(*cell));
            Arc::new(cells.collect::<StringArray>())
        }
    };
    let batch = |lines: &[Vec<&str>]| {
        let columns = header.iter().enumerate().map(|(at, name)| (*name, column(lines, at)));
        RecordBatch::try_from_iter_with_nullable(columns.map(|(name, array)| (name, array, true)))
            .expect("a batch")
    };
    lines.chunks(rows).map(batch).collect()
}

#[test]
fn the_data_of_the_example_from_files_bytes_and_batches() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/hosting");
    let (_, plan) = Workspace::new(&Disk).path(folder.join("agreement.sla")).plan();
    let plan = plan.expect("a plan");
    let sources = ["requests", "outages", "tickets", "waits"];
    let path = |source: &str| folder.join(format!("data/{source}.csv")).display().to_string();
    let text = |source: &str| std::fs::read_to_string(path(source)).expect("a file");
    let all = |rows: &dyn Fn(&str) -> SourceRows| {
        let rows = sources.iter().fold(Rows::new(), |all, name| all.source(*name, rows(name)));
        let agreements = vec!["GlobexShop".to_owned()];
        evaluate(&plan, &rows, &Options { agreements, ..options() })
            .unwrap_or_else(|error| panic!("{error}"))
    };
    let of_files = all(&|source| SourceRows::new().files([path(source)]));
    assert!(of_files.counts.met > 0 && of_files.counts.breached > 0, "{:?}", of_files.counts);
    let bytes =
        |source: &str| SourceRows::new().named_bytes(path(source), DataFormat::Csv, text(source));
    assert_eq!(all(&bytes), of_files, "bytes with the names of the files");
    assert_eq!(all(&|source| bytes(source).stream_from(0)), of_files, "streamed bytes");

    let expected = without_provenance(&of_files);
    for rows in [7, 1_000, 100_000] {
        let batches = |source: &str| SourceRows::new().batches(batches(&text(source), rows));
        assert_eq!(without_provenance(&all(&batches)), expected, "batches of {rows} rows");
        let streamed = all(&|source| batches(source).stream_from(0));
        assert_eq!(without_provenance(&streamed), expected, "streamed batches of {rows} rows");
    }
    // A row less is another report.
    let fewer = all(&|source| {
        let mut all = batches(&text(source), 100_000);
        if source == "outages" {
            all = all.iter().map(|batch| batch.slice(0, batch.num_rows() - 1)).collect();
        }
        SourceRows::new().batches(all)
    });
    assert_ne!(without_provenance(&fewer), expected);
}

/// Every type of column.
const TYPES: &str = "\
provider Acme
customer Globex
service Shop
severity P1
severity P2
unit case
enum Region: eu | us
source calls: events { service: Service  customer: Customer  number: number  took: duration  region: Region  name: text?  size: data?  price: money EUR?  severity: Severity?  good: boolean?  done: time?  day: date?  items: case? }

sla Api between Acme and Globex {
  term from 2026-01-01 for 12 months
  service Shop
  objective Fast: p95(calls where has good and good == true, took) <= 200 ms per month
  objective Few: count(calls where region == eu and has severity and severity == P1) <= 1 per month
  objective Cheap: sum(calls where has price, price) <= 12.50 EUR per month
  objective Numbers: sum(calls, number) <= 3 per month
  objective Named: share(calls, has name and has done) >= 50% per month
}
";

const CALLS: &str = "\
at,service,customer,number,took,region,name,size,price,severity,good,done,day,items
2026-03-01T10:00:00Z,Shop,Globex,1.5,150 ms,eu,one,12 kB,12.50,P1,true,2026-03-01T11:00:00Z,2026-03-02,3
2026-03-02T10:00:00Z,Shop,Globex,2,250.5 ms,us,,,,,,,,
2026-04-03T10:00:00Z,Shop,Globex,-1,1 s,eu,two,,7.25,P2,false,,2026-04-04,1
";

const CALLS_JSON: &str = r#"{"at":"2026-03-01T10:00:00Z","service":"Shop","customer":"Globex","number":1.5,"took":"150 ms","region":"eu","name":"one","size":"12 kB","price":12.50,"severity":"P1","good":true,"done":"2026-03-01T11:00:00Z","day":"2026-03-02","items":3}
{"at":"2026-03-02T10:00:00Z","service":"Shop","customer":"Globex","number":2,"took":"250.5 ms","region":"us","name":null,"size":null,"price":null,"severity":null,"good":null,"done":null,"day":null,"items":null}
{"at":"2026-04-03T10:00:00Z","service":"Shop","customer":"Globex","number":-1,"took":"1 s","region":"eu","name":"two","size":null,"price":7.25,"severity":"P2","good":false,"done":null,"day":"2026-04-04","items":1}
"#;

/// The same rows with Arrow's own types.
fn calls() -> RecordBatch {
    let texts = |cells: [Option<&str>; 3]| Arc::new(StringArray::from(cells.to_vec())) as ArrayRef;
    let everywhere = |text| texts([Some(text); 3]);
    // Cents; 20,514 and 20,547 days after 1970 are 2 March and 4 April 2026.
    let price = Decimal128Array::from(vec![Some(1_250), None, Some(725)])
        .with_precision_and_scale(10, 2)
        .expect("a decimal");
    let took = DurationMicrosecondArray::from(vec![150_000, 250_500, 1_000_000]);
    let day = Date32Array::from(vec![Some(20_514), None, Some(20_547)]);
    RecordBatch::try_from_iter_with_nullable([
        (
            "at",
            times(&["2026-03-01T10:00:00Z", "2026-03-02T10:00:00Z", "2026-04-03T10:00:00Z"]),
            true,
        ),
        ("service", everywhere("Shop"), true),
        ("customer", everywhere("Globex"), true),
        ("number", Arc::new(Float64Array::from(vec![1.5, 2.0, -1.0])) as ArrayRef, true),
        ("took", Arc::new(took) as ArrayRef, true),
        ("region", texts([Some("eu"), Some("us"), Some("eu")]), true),
        ("name", texts([Some("one"), None, Some("two")]), true),
        ("size", texts([Some("12 kB"), None, None]), true),
        ("price", Arc::new(price) as ArrayRef, true),
        ("severity", texts([Some("P1"), None, Some("P2")]), true),
        (
            "good",
            Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)])) as ArrayRef,
            true,
        ),
        ("done", times(&["2026-03-01T11:00:00Z", "", ""]), true),
        ("day", Arc::new(day) as ArrayRef, true),
        ("items", Arc::new(Int64Array::from(vec![Some(3), None, Some(1)])) as ArrayRef, true),
    ])
    .expect("a batch")
}

fn ipc_file(batch: &RecordBatch) -> Vec<u8> {
    let mut writer =
        arrow_ipc::writer::FileWriter::try_new(Vec::new(), &batch.schema()).expect("a writer");
    writer.write(batch).expect("written");
    writer.finish().expect("finished");
    writer.into_inner().expect("bytes")
}

fn ipc_stream(batch: &RecordBatch) -> Vec<u8> {
    let mut writer =
        arrow_ipc::writer::StreamWriter::try_new(Vec::new(), &batch.schema()).expect("a writer");
    writer.write(batch).expect("written");
    writer.finish().expect("finished");
    writer.into_inner().expect("bytes")
}

fn parquet(batch: &RecordBatch) -> Vec<u8> {
    let mut writer =
        parquet::arrow::ArrowWriter::try_new(Vec::new(), batch.schema(), None).expect("a writer");
    writer.write(batch).expect("written");
    writer.into_inner().expect("bytes")
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("compressed");
    encoder.finish().expect("compressed")
}

#[test]
fn every_type_of_column_in_every_form() {
    let plan = plan_of(TYPES);
    let of_csv = report(&plan, &Rows::new().bytes("calls", DataFormat::Csv, CALLS));
    let verdicts: Vec<String> = of_csv
        .agreements
        .iter()
        .flat_map(|agreement| &agreement.objectives)
        .map(|objective| {
            let windows = objective.groups.iter().flat_map(|group| &group.windows);
            let words = windows.filter(|it| it.name == "2026-03" || it.name == "2026-04");
            let words: Vec<String> = words.map(|it| format!("{:?}", it.verdict)).collect();
            format!("{} {}", objective.id, words.join(" "))
        })
        .collect();
    // March: the one good call took 150 ms; one call of P1 in eu; 12.50 EUR of 12.50; 1.5 + 2 = 3.5
    // of 3; one of two has name and end. April: no good call; none of P1; 7.25; -1; none of one.
    let expected = [
        "Api/Fast Met NoData",
        "Api/Few Met Met",
        "Api/Cheap Met Met",
        "Api/Numbers Breached Met",
        "Api/Named Met Breached",
    ];
    assert_eq!(verdicts, expected);
    let expected = without_provenance(&of_csv);
    let forms: [(&str, DataFormat, Vec<u8>); 6] = [
        ("JSON lines", DataFormat::JsonLines, CALLS_JSON.into()),
        ("gzip", DataFormat::Csv, gzip(CALLS.as_bytes())),
        ("zstd", DataFormat::Csv, zstd::encode_all(CALLS.as_bytes(), 1).expect("compressed")),
        ("an Arrow file", DataFormat::Arrow, ipc_file(&calls())),
        ("an Arrow stream", DataFormat::Arrow, ipc_stream(&calls())),
        ("Parquet", DataFormat::Parquet, parquet(&calls())),
    ];
    for (name, format, bytes) in forms {
        let found = report(&plan, &Rows::new().bytes("calls", format, bytes));
        assert_eq!(without_provenance(&found), expected, "{name}");
    }
    let found = report(&plan, &Rows::new().batches("calls", [calls()]));
    assert_eq!(without_provenance(&found), expected, "a batch");
    // Batches of one source may differ in their columns, and stand beside bytes.
    let (first, others) = (calls().slice(0, 1), calls().slice(1, 2));
    let turned: Vec<usize> = (0..first.num_columns()).rev().collect();
    let batches = [first.project(&turned).expect("the columns"), others.slice(0, 1)];
    let rows = SourceRows::new().batches(batches);
    let rows = rows.bytes(DataFormat::Arrow, ipc_file(&others.slice(1, 1)));
    let found = report(&plan, &Rows::new().source("calls", rows));
    assert_eq!(without_provenance(&found), expected, "batches and bytes");
}

#[test]
fn what_cannot_be_meant_is_an_error() {
    let plan = plan_of(TYPES);
    let csv = || Rows::new().bytes("calls", DataFormat::Csv, CALLS);
    assert_eq!(
        fault(&plan, &csv().batches("calls", [calls()])),
        "the rows of `calls` are given twice"
    );
    assert_eq!(
        fault(&plan, &csv().bytes("cals", DataFormat::Csv, CALLS)),
        "the plan has no source `cals`; did you mean `calls`?"
    );
    assert!(fault(&plan, &Rows::new()).starts_with("no data is given for `calls`"));
    assert!(
        fault(&plan, &Rows::new().source("calls", SourceRows::new()))
            .starts_with("no data is given for `calls`")
    );
    let given = |format, bytes: Vec<u8>| fault(&plan, &Rows::new().bytes("calls", format, bytes));
    assert_eq!(
        given(DataFormat::Csv, ipc_file(&calls())),
        "`<calls>` is given as CSV, and it is Arrow"
    );
    assert_eq!(
        given(DataFormat::Arrow, parquet(&calls())),
        "`<calls>` is given as Arrow, and it is Parquet"
    );
    assert_eq!(
        given(DataFormat::Parquet, CALLS.into()),
        "`<calls>` is given as Parquet, and it is something else"
    );
    // A fault says which of several texts it is in, by its line; of batches, by the row.
    let bad = CALLS.replace("1.5,", "many,");
    let rows = SourceRows::new().bytes(DataFormat::Csv, CALLS).bytes(DataFormat::Csv, bad.clone());
    let found = fault(&plan, &Rows::new().source("calls", rows));
    assert!(found.starts_with("<calls 2>:2: column `number`: "), "{found}");
    // With leave to skip, it is counted: the other rows are there.
    let rows = SourceRows::new().bytes(DataFormat::Csv, bad);
    let rows = rows.bad_rows(BadRows::Skip(BadRowLimit::Rows(1)));
    let found = report(&plan, &Rows::new().source("calls", rows));
    let data = found.data.first().expect("a source");
    assert_eq!((data.rows, data.left_out), (2, 1));
    assert_eq!(data.files, ["<calls>"]);
}

/// Three rows, whose number stands beside them or not.
const THIRDS: &str = "\
provider Acme
customer Globex
source calls: events { part: number  weight: number }

sla Api between Acme and Globex {
  term from 2026-01-01 for 12 months
  objective Whole: sum(calls, part) in 1..1 per month
}
";

fn thirds(parts: &str) -> RecordBatch {
    let at = times(&["2026-03-01T10:00:00Z", "2026-03-02T10:00:00Z", "2026-03-03T10:00:00Z"]);
    let parts = StringArray::from(vec![parts; 3]);
    let weight = Int64Array::from(vec![Some(1), None, Some(1)]);
    RecordBatch::try_from_iter_with_nullable([
        ("at", at, true),
        ("text", Arc::new(parts) as ArrayRef, true),
        ("weight", Arc::new(weight) as ArrayRef, true),
    ])
    .expect("a batch")
}

#[test]
fn columns_beside_a_batch_say_what_arrow_cannot() {
    let plan = plan_of(THIRDS);
    let third = || Exact::ratio(1, 3);
    let unsaid = || vec![false, true, false];
    let of = |batch: RowBatch| Rows::new().batches("calls", [batch]);
    let batch = || RowBatch::from(thirds(""));
    // Three thirds are one, which no decimals are. January, February and April have no rows: 0.
    let found =
        report(&plan, &of(batch().exact("part", vec![third(); 3]).unsaid("weight", unsaid())));
    assert_eq!((found.counts.met, found.counts.breached), (1, 3), "{:?}", found.counts);
    let decimals = vec![Exact::parse("0.3333333333"); 3];
    let found = report(&plan, &of(batch().exact("part", decimals).unsaid("weight", unsaid())));
    assert_eq!((found.counts.met, found.counts.breached), (0, 4), "{:?}", found.counts);
    // Nobody reads the weights, so nothing need be said of them; a null is another thing.
    let found = fault(&plan, &of(batch().exact("part", vec![third(); 3])));
    assert_eq!(
        found,
        "<calls>:2: column `weight`: the cell is empty, but every row needs a value here"
    );
    // Who reads what was not said is told so.
    let weighed = plan_of(&THIRDS.replace("sum(calls, part)", "sum(calls, weight)"));
    let rows = of(batch().exact("part", vec![third(); 3]).unsaid("weight", unsaid()));
    let found = fault(&weighed, &rows);
    assert!(found.contains("weight"), "{found}");
    // Columns that do not fit.
    let found =
        fault(&plan, &of(batch().exact("part", vec![third(); 2]).unsaid("weight", unsaid())));
    assert_eq!(
        found,
        "cannot read `<calls>`: batch 1 has 3 rows, and 2 values beside it for `part`"
    );
    let found = fault(&plan, &of(batch().exact("part", vec![third(); 3]).unsaid("wait", unsaid())));
    assert_eq!(found, "cannot read `<calls>`: the source `calls` has no column `wait`");
}
