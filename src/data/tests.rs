//! The short ways of reading say what the long one says, whatever the size of the blocks: the same
//! rows, the same faults at the same places.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use proptest::prelude::*;

use super::batches::Batches;
use super::cells::{Cell, Raw};
use super::collect::{BadRow, ParsedRows, RowCounts, Rules};
use super::header::Wanted;
use super::parquet::Sizes;
use super::parts::Parts;
use super::reader::RowReader;
use super::{csv, json, parquet};
use crate::base::Exact;
use crate::data::columns::{Batch, Cells, Source as _, State};
use crate::data::fault::Fault;
use crate::plan::Plan;
use crate::workspace::{Memory, Workspace};

const CONTRACT: &str = "\
provider A
customer B
service S
severity P1
severity P2
enum E: x | y
source r: spans { n: number  d: duration  e: E  t: text  u: text?  b: data?  m: money EUR?  p: Severity?  k: boolean?  o: date? }
sla X between A and B {
  term from 2026-01-01 for 12 months
  objective O: p95(r where e == x, d) <= 1 s per month
}
";
/// `z` is read by nothing.
const HEADER: &str = "start,z,end,n,d_ms,e,t,u,b,m,p,k,o";
/// How each column of the source is called there.
const COLUMNS: [(usize, &str); 12] = [
    (0, "start"),
    (2, "end"),
    (3, "n"),
    (4, "d_ms"),
    (5, "e"),
    (6, "t"),
    (7, "u"),
    (8, "b"),
    (9, "m"),
    (10, "p"),
    (11, "k"),
    (12, "o"),
];

fn plan() -> Plan {
    let files = Memory::new().with("a.sla", CONTRACT);
    let (checked, plan) = Workspace::new(&files).path("a.sla").plan();
    plan.unwrap_or_else(|| panic!("the contract has errors: {:?}", checked.findings))
}

fn wanted() -> Wanted {
    let plan = plan();
    Wanted::new(&plan, &plan.sources[0], &[]).expect("the source is known")
}

/// A row: its line, and the content of each column.
type Row = (u64, Vec<String>);

/// What came of a file.
#[derive(Clone, PartialEq, Debug)]
struct Came {
    rows: Vec<Row>,
    row_counts: RowCounts,
    fault: Option<String>,
}

fn shown(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Absent => "absent".to_owned(),
        Cell::Instant(value) => format!("instant {value}"),
        Cell::Length(value) => format!("length {value}"),
        Cell::Exact(value) => format!("number {value}"),
        Cell::Money(value, currency) => format!("money {value} {currency}"),
        Cell::Name(name) => format!("name {name}"),
        Cell::Boolean(value) => format!("boolean {value}"),
        Cell::Date(date) => format!("date {date}"),
    }
}

fn in_column(cells: &Cells, row: usize) -> String {
    match cells {
        Cells::Instants(cells) => format!("instant {}", cells[row]),
        Cells::Lengths(cells) => format!("length {}", cells[row]),
        Cells::Decimals { unscaled, places } => {
            format!(
                "number {}",
                Exact::ratio(unscaled[row], 10_i64.pow(u32::from(*places))).expect("a number")
            )
        }
        Cells::Exacts(cells) => format!("number {}", cells[row]),
        Cells::Money { amounts, currencies, dictionary } => {
            format!("money {} {}", amounts[row], dictionary[currencies[row] as usize])
        }
        Cells::Names { codes, dictionary } => format!("name {}", dictionary[codes[row] as usize]),
        Cells::Booleans(cells) => format!("boolean {}", cells[row]),
        Cells::Dates(cells) => format!("date {}", cells[row]),
    }
}

fn rows_of(batch: &Batch, rows: &mut Vec<Row>) {
    for row in 0..batch.length {
        let cells = batch.columns.iter().map(|column| {
            match column.states.as_ref().map_or(State::Here, |states| states[row]) {
                State::Here => in_column(&column.cells, row),
                State::Absent => "absent".to_owned(),
                State::Unsaid => panic!("files say whether a cell is there"),
            }
        });
        rows.push((batch.origin.row(row), cells.collect()));
    }
}

/// What comes of a file that is read in blocks.
fn read(mut rows: impl RowReader) -> Came {
    let mut came = Came { rows: Vec::new(), row_counts: RowCounts::default(), fault: None };
    loop {
        match rows.next() {
            Ok(None) => return came,
            Ok(Some(parsed_rows)) => {
                if let Some(bad) = parsed_rows.fault {
                    came.fault = Some(bad.line());
                    return came;
                }
                came.row_counts.add(parsed_rows.row_counts);
                rows_of(
                    &parsed_rows.batch.into_iter().next().unwrap_or_else(empty),
                    &mut came.rows,
                );
            }
            Err(Fault { message, .. }) => {
                came.fault = Some(message);
                return came;
            }
        }
    }
}

fn empty() -> Batch {
    Batch {
        length: 0,
        columns: Vec::new(),
        origin: crate::data::columns::Origin { name: "f".into(), rows: None, first: 1 },
    }
}

fn read_csv(text: &[u8], skips: bool, size: usize) -> Came {
    let wanted = wanted();
    let rows = csv::rows(
        "f",
        Box::new(std::io::Cursor::new(text.to_vec())),
        &wanted,
        &Rules::new(&wanted, skips),
        size,
    );
    read(rows.expect("a header"))
}

/// The long way, with nothing but `csv-core` and the meaning of a cell: record by record, cell by
/// cell.
fn long_way(text: &[u8], skips: bool) -> Came {
    let wanted = wanted();
    let names: Vec<String> = HEADER.split(',').map(str::to_owned).collect();
    let (bound, _) = wanted.bind(&names).expect("all columns are there");
    let mut came = Came { rows: Vec::new(), row_counts: RowCounts::default(), fault: None };
    let (mut record, mut line, mut first, mut open) = (Vec::new(), 1, 1, false);
    let mut records = Vec::new();
    for (at, byte) in text.iter().enumerate() {
        record.push(*byte);
        open ^= *byte == b'"';
        line += u64::from(*byte == b'\n');
        if (*byte == b'\n' && !open) || at + 1 == text.len() {
            records.push((first, std::mem::take(&mut record)));
            first = line;
        }
    }
    for (number, record) in records
        .into_iter()
        .skip(1)
        .filter(|(_, text)| text.iter().any(|byte| !b"\r\n".contains(byte)))
    {
        let read = csv::cells_of(&record).and_then(|cells| {
            let many =
                |count: usize| format!("{count} column{}", if count == 1 { "" } else { "s" });
            if cells.len() != names.len() {
                return Err((
                    None,
                    format!(
                        "the row has {}, and the header has {}",
                        many(cells.len()),
                        many(names.len())
                    ),
                ));
            }
            let cell = |at: usize| {
                let label = Some(bound[at].label.clone());
                let text = std::str::from_utf8(&cells[COLUMNS[at].0]);
                let text =
                    text.map_err(|_| (label.clone(), "the cell is not UTF-8 text".to_owned()))?;
                let cell = bound[at]
                    .reader
                    .read(Raw::Text(text.to_owned().into()))
                    .map_err(|message| (label, message))?;
                let instant = if let Cell::Instant(instant) = cell { Some(instant) } else { None };
                Ok((shown(&cell), instant))
            };
            (0..COLUMNS.len()).map(cell).collect::<Result<Vec<_>, _>>()
        });
        let read = read.and_then(|cells| match (cells[0].1, cells[1].1) {
            (Some(start), Some(end)) if end < start => {
                Err((Some("end".to_owned()), "the row ends before it starts".to_owned()))
            }
            (start, end) => Ok((cells, (start, end))),
        });
        match read {
            Ok((cells, (start, end))) => {
                came.rows.push((number, cells.into_iter().map(|(shown, _)| shown).collect()));
                came.row_counts.taken += 1;
                came.row_counts.reach.row(start, end);
            }
            Err((column, message)) => {
                let lines = 1 + record
                    .strip_suffix(b"\n")
                    .unwrap_or(&record)
                    .iter()
                    .filter(|byte| **byte == b'\n')
                    .count();
                let over = if column.is_none() && lines > 1 {
                    format!(", so {lines} lines are read as one row")
                } else {
                    String::new()
                };
                let message = message + &over;
                let bad = BadRow { file: "f".to_owned(), row: number, column, message };
                if !skips {
                    came.fault = Some(bad.line());
                    return came;
                }
                came.row_counts.left_out += 1;
                if came.row_counts.bad.len() < 100 {
                    came.row_counts.bad.push(bad);
                }
            }
        }
    }
    came
}

/// A cell of one of some forms, mostly a usual one, perhaps within quotation marks.
fn cell(
    usual: &'static [&'static str],
    odd: &'static [&'static str],
) -> impl Strategy<Value = String> {
    let form =
        prop_oneof![40 => proptest::sample::select(usual), 1 => proptest::sample::select(odd)];
    (form, 0..12_u8).prop_map(|(text, quoted)| match quoted {
        0 => format!("\"{}\"", text.replace('"', "\"\"")),
        _ => text.to_owned(),
    })
}

const TIMES: [&str; 9] = [
    "2026-03-01T10:00:00Z",
    "2026-03-01T10:00:00.123Z",
    "2026-03-01T11:30:00+01:00",
    "2024-02-29T23:59:59.999999999-23:59",
    "2026-03-29 02:30:00Z",
    "2026-03-01t10:00z",
    "2026-12-31T00:00Z",
    "2026-03-01T10:00:00.1234567890Z",
    "1999-01-01T00:00:00Z",
];
const WRONG_TIMES: [&str; 9] = [
    "",
    "2026-02-29T10:00:00Z",
    "2026-03-01T10:00:00",
    "soon",
    "1500-01-01T00:00:00Z",
    "2026-03-01T24:00:00Z",
    "2026-03-01T10:00:00.Z",
    " 2026-03-01T10:00:00Z",
    "é",
];

fn row() -> impl Strategy<Value = String> {
    let cells = (
        cell(&TIMES[..7], &TIMES),
        cell(&["", "q", "1", "\u{e9}"], &["a\nb", "a,b", "a\"b"]),
        cell(
            &["", "2027-01-01T00:00:00Z", "2027-01-01T00:00:00.5+00:30"],
            &["2020-01-01T00:00:00Z", "x"],
        ),
        cell(
            &["1", "-2.50", "0", "200", "1e3", "12345678.000000001"],
            &["99999999999999999999.5", "1_0", "+1", "", "NaN", "1e-30"],
        ),
        cell(
            &["12.5", "0", "100", "68.603", "1 ms"],
            &["0.0000001", "1 s", "-3", "9999999999999999", "1e2"],
        ),
        cell(&["x", "y"], &["z", "", "X", " x"]),
        cell(
            &["", "a", "b c", "\u{e9}t\u{e9}", "a longer text than fits in place"],
            &["two\nlines", "a,b", "say \"so\""],
        ),
        cell(&["", "u1", "u2", "7"], &["\r"]),
        cell(&["", "1 kB", "2 MiB"], &["5", "1 m"]),
        cell(&["", "1.50", "2 EUR"], &["2 USD", "free"]),
        cell(&["", "P1", "P2"], &["P3"]),
        (
            cell(&["", "true", "False"], &["yes"]),
            cell(&["", "2026-02-28"], &["2026-02-30", "1.2.2026"]),
        ),
    );
    (cells, 0..60_u8, 0..4_u8).prop_map(|((a, b, c, d, e, f, g, h, i, j, k, (l, m)), odd, end)| {
        let end = if end == 0 { "\r\n" } else { "\n" };
        match odd {
            0 => end.to_owned(),
            1 => format!("{a},{b}{end}"),
            2 => format!("{a},{b},{c},{d},{e},{f},{g},{h},{i},{j},{k},{l},{m},{end}"),
            3 => format!("{a},x\"y\",{c},{d},{e},{f},{g},{h},{i},{j},{k},{l},{m}{end}"),
            4 => format!(
                "{},{b},{c},{d},{e},{f},{g},{h},{i},{j},{k},{l},{m}{end}",
                WRONG_TIMES[a.len() % WRONG_TIMES.len()]
            ),
            _ => format!("{a},{b},{c},{d},{e},{f},{g},{h},{i},{j},{k},{l},{m}{end}"),
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn the_short_ways_say_what_the_long_one_says(rows in proptest::collection::vec(row(), 0..40), cut in 0..40_usize, wild in any::<[u8; 3]>()) {
        let whole = format!("{HEADER}\n{}", rows.concat());
        // Also files that end anywhere, and with bytes that are no text.
        let mut text = whole.into_bytes();
        if cut < 20 {
            text.truncate(text.len().saturating_sub(cut).max(HEADER.len() + 1));
        } else if cut < 25 {
            text.extend(wild);
        }
        for skips in [true, false] {
            let wanted = long_way(&text, skips);
            for size in [1, 7, 64, 1_000, 1 << 20] {
                let came = read_csv(&text, skips, size);
                if skips {
                    prop_assert_eq!(&came, &wanted, "in blocks of {}", size);
                } else {
                    prop_assert_eq!(&came.fault, &wanted.fault, "in blocks of {}", size);
                }
            }
        }
    }
}

/// Enough rows of the usual kind that several threads read blocks of them, and one that is wrong in
/// a known place.
#[test]
fn blocks_are_counted_through() {
    let row = "2026-03-01T10:00:00Z,,,200,12.5,x,t,,,,,,\n";
    let text = |wrong: usize| {
        let rows = (0..5_000)
            .map(|at| if at == wrong { row.replace("200", "ok") } else { row.to_owned() });
        format!("{HEADER}\n{}", rows.collect::<String>())
    };
    for size in [100, 10_000, 1 << 20] {
        let came = read_csv(text(usize::MAX).as_bytes(), false, size);
        assert_eq!((came.fault, came.row_counts.taken), (None, 5_000));
        assert!(
            came.rows.iter().map(|(line, _)| *line).eq(2..5_002),
            "a row is on the line after the one before"
        );
        let came = read_csv(text(4_321).as_bytes(), true, size);
        assert_eq!(
            (came.row_counts.taken, came.row_counts.left_out, came.row_counts.bad[0].row),
            (4_999, 1, 4_323)
        );
        let came = read_csv(text(4_321).as_bytes(), false, size);
        assert_eq!(came.fault.as_deref(), Some("f:4323: column `n`: `ok` is not a number"));
    }
}

/// The same rows as JSON lines, in blocks of any size.
#[test]
fn lines_of_json_are_counted_through() {
    let row = r#"{"start":"2026-03-01T10:00:00Z","n":200,"d_ms":12.5,"e":"x","t":"a","more":1}"#;
    let rows = (0..200).map(|at| if at == 150 { "\n[]\n".to_owned() } else { format!("{row}\n") });
    let text = rows.collect::<String>();
    let wanted = wanted();
    for size in [1, 100, 1 << 20] {
        let lines = json::rows(
            "f",
            Box::new(std::io::Cursor::new(text.clone().into_bytes())),
            &wanted,
            &Rules::new(&wanted, true),
            size,
        );
        let came = read(lines);
        assert_eq!(
            (came.row_counts.taken, came.row_counts.left_out, came.row_counts.bad[0].row),
            (199, 1, 152)
        );
        assert_eq!((came.rows[0].0, came.rows[149].0, came.rows[150].0), (1, 150, 153));
        assert_eq!(came.rows[0].1[2..4], ["number 200".to_owned(), "length 12500000".to_owned()]);
    }
}

/// Rows of Parquet and Arrow: some usual, some that cannot be read.
#[derive(Clone, Debug)]
struct Made {
    start: i64,
    end: Option<i64>,
    number: f64,
    length: i128,
    choice: &'static str,
    text: &'static str,
    other: Option<&'static str>,
    size: Option<i64>,
    flag: Option<bool>,
}

fn made() -> impl Strategy<Value = Made> {
    let start = prop_oneof![300 => 1_772_000_000_000..1_772_100_000_000_i64, 1 => Just(i64::MAX), 1 => Just(-4_000_000_000_000)];
    let end = prop_oneof![200 => 1_772_200_000_000_000..1_772_300_000_000_000_i64, 1 => Just(0)];
    let number = prop_oneof![300 => (0..1_000_000_i32).prop_map(|it| f64::from(it) / 1_000.0), 1 => Just(f64::NAN), 2 => Just(0.1 + 0.2), 1 => Just(1e300)];
    let length = prop_oneof![300 => 0..1_000_000_i128, 1 => Just(i128::from(i64::MAX)), 1 => Just(1_i128 << 90)];
    let choice = prop_oneof![300 => Just("x"), 300 => Just("y"), 1 => Just("z")];
    let text = prop_oneof![
        Just("a"),
        Just("\u{e9}"),
        Just(""),
        Just("something longer than fits in place")
    ];
    let other =
        proptest::option::of(prop_oneof![100 => Just("u1"), 100 => Just("u2"), 1 => Just("")]);
    let size = proptest::option::of(prop_oneof![200 => 0..1_000_000_i64, 1 => Just(i64::MAX)]);
    (
        start,
        proptest::option::of(end),
        number,
        length,
        choice,
        text,
        other,
        size,
        proptest::option::of(any::<bool>()),
    )
        .prop_map(|(start, end, number, length, choice, text, other, size, flag)| Made {
            start,
            end,
            number,
            length,
            choice,
            text,
            other,
            size,
            flag,
        })
}

/// The rows as arrays; names are codes, or texts.
fn arrays(rows: &[Made], coded: bool) -> arrow_array::RecordBatch {
    use arrow_array::types::Int32Type;
    use arrow_array::{
        ArrayRef, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Float64Array,
        Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray, TimestampMillisecondArray,
    };
    use std::sync::Arc;

    fn names<'a>(
        rows: &'a [Made],
        coded: bool,
        name: impl Fn(&'a Made) -> Option<&'a str>,
    ) -> ArrayRef {
        let names = rows.iter().map(name);
        if coded {
            Arc::new(names.collect::<DictionaryArray<Int32Type>>())
        } else {
            Arc::new(names.collect::<StringArray>())
        }
    }
    let starts = TimestampMillisecondArray::from_iter_values(rows.iter().map(|row| row.start))
        .with_timezone("UTC");
    let ends =
        rows.iter().map(|row| row.end).collect::<TimestampMicrosecondArray>().with_timezone("UTC");
    let lengths = Decimal128Array::from_iter_values(rows.iter().map(|row| row.length))
        .with_precision_and_scale(38, 3)
        .expect("a type");
    let columns: Vec<(&str, ArrayRef, bool)> = vec![
        ("start", Arc::new(starts), false),
        ("end", Arc::new(ends), true),
        ("n", Arc::new(Float64Array::from_iter_values(rows.iter().map(|row| row.number))), false),
        ("d_ms", Arc::new(lengths), false),
        ("more", Arc::new(Int64Array::from_iter_values(0..rows.len() as i64)), false),
        ("e", names(rows, coded, |row| Some(row.choice)), false),
        ("t", names(rows, coded, |row| Some(row.text)), false),
        ("u", names(rows, coded, |row| row.other), true),
        ("b_bytes", Arc::new(rows.iter().map(|row| row.size).collect::<Int64Array>()), true),
        ("m", Arc::new(Int64Array::new_null(rows.len())), true),
        ("p", Arc::new(StringArray::new_null(rows.len())), true),
        ("k", Arc::new(rows.iter().map(|row| row.flag).collect::<BooleanArray>()), true),
        ("o", Arc::new(Date32Array::new_null(rows.len())), true),
    ];
    RecordBatch::try_from_iter_with_nullable(columns).expect("a batch")
}

fn came_of(parsed_rows: ParsedRows) -> Came {
    struct Once(Option<ParsedRows>);
    impl RowReader for Once {
        fn next(&mut self) -> crate::data::fault::Outcome<Option<ParsedRows>> {
            Ok(self.0.take())
        }
        fn names(&self) -> crate::data::reader::Names {
            crate::data::reader::Names::default()
        }
    }
    read(Once(Some(parsed_rows)))
}

fn parquet_of(batch: &arrow_array::RecordBatch, rows_of_group: usize) -> Vec<u8> {
    let properties = ::parquet::file::properties::WriterProperties::builder()
        .set_max_row_group_row_count(Some(rows_of_group))
        .build();
    let mut writer =
        ::parquet::arrow::ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties))
            .expect("a writer");
    writer.write(batch).expect("written");
    writer.into_inner().expect("in memory")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn whole_arrays_say_what_their_rows_say(rows in proptest::collection::vec(made(), 1..30), group in 1..12_usize, skips in any::<bool>()) {
        let wanted = wanted();
        let rules = Rules::new(&wanted, skips);
        for coded in [false, true] {
            let batch = arrays(&rows, coded);
            let batches = Batches::new("f", &batch.schema(), &wanted, &rules).expect("all columns are there");
            let projected = batch.project(&batches.read).expect("they are");
            let by_row = came_of(batches.by_row(&projected, 0));
            prop_assert_eq!(&came_of(batches.parsed_rows(&projected, 0)), &by_row);
            let file = parquet_of(&batch, group);
            for sizes in [parquet::USUAL, Sizes { whole: 4, batch: 2 }] {
                let rows = parquet::ParquetRows::new("f", Parts::Bytes(file.clone().into()), &wanted, &rules, sizes).expect("a file");
                let came = read(rows);
                if skips {
                    prop_assert_eq!(&came, &by_row, "in groups of {}", group);
                } else {
                    prop_assert_eq!(&came.fault, &by_row.fault, "in groups of {}", group);
                }
            }
        }
    }
}

/// What a second pass reads must be what the first one read.
#[test]
fn a_file_that_changes_is_not_read_again() {
    let plan = plan();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("r.csv");
    let header = format!("{HEADER}\n");
    let row = "2026-01-01T00:00:00Z,,2026-01-01T01:00:00Z,1,2,x,t,,,,,,\n";
    std::fs::write(&path, format!("{header}{row}")).expect("a file");
    let reading = super::SourceRows::new().files([path.display().to_string()]);
    let mut files =
        super::Files::new(&plan, &plan.sources[0], &reading).expect("the file is there");
    let mut rows = || {
        let mut count = 0;
        while let Some(batch) = files.next().expect("rows") {
            count += batch.length;
        }
        (count, files.told().rows, files.again())
    };
    assert_eq!(rows(), (1, 1, Ok(())));
    // Read again, the same rows come, and what was said of them stays.
    assert_eq!(rows(), (1, 1, Ok(())));
    std::fs::write(&path, format!("{header}{row}{row}")).expect("a file");
    let (_, told, again) = rows();
    assert_eq!(
        (told, again.map_err(|fault| fault.message)),
        (1, Err(format!("`{}` was changed while it was read", path.display())))
    );
}
