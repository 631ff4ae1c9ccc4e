//! The table of `sla backing`.

use crate::prove::backing::{
    BackedPromise, Backing, BackingDocument, NeedEntry, ServiceEntry, Verdict,
};
use crate::prove::figure::Figure;
use crate::report::form::Figures;
use crate::report::json::json_text;
use crate::report::table::{Column, Row, Table};
use crate::time::display::{length, percent, two_lengths};

const COLUMNS: [Column; 5] = [
    Column::words("service"),
    Column::words("backed by"),
    Column::words("promises"),
    Column::figures("may be down"),
    Column::figures("expected"),
];

impl Figures for BackingDocument {
    fn tables(&self) -> Vec<Table> {
        self.promises.iter().map(table).collect()
    }

    fn nothing(&self) -> &'static str {
        "no agreement promises the uptime of a service that needs others"
    }

    fn json(&self) -> String {
        json_text(self)
    }
}

fn table(promise: &BackedPromise) -> Table {
    let title = format!(
        "{} promises {} of {}: {} {}  ({})",
        promise.agreement,
        promise.objective,
        promise.service,
        percent(&promise.target.0),
        promise.window,
        promise.at
    );
    let mut rows = Vec::new();
    needs(&promise.needs, 0, &mut rows);
    if let Some(tightest) = &promise.tightest {
        let (_, lost) = two_lengths(&tightest.allowed.0, &tightest.lost.0);
        let share = promise.guaranteed.as_ref().map_or_else(String::new, |share| percent(&share.0));
        rows.push(Row::Rule);
        rows.push(Row::Cells(vec![
            format!("in {}", tightest.name),
            String::new(),
            share,
            lost,
            shown(promise.expected.as_ref()),
        ]));
    }
    Table { title, columns: COLUMNS.to_vec(), rows, remarks: vec![remark(promise)] }
}

/// The line below the table: whether the promise is backed.
fn remark(promise: &BackedPromise) -> String {
    let Some(tightest) = &promise.tightest else {
        let why = if promise.shared {
            "redundant services depend on the same service"
        } else {
            "not every service is backed by a promise that can be compared"
        };
        return format!("not known: {why}");
    };
    let (allowed, lost) = two_lengths(&tightest.allowed.0, &tightest.lost.0);
    match promise.verdict {
        Verdict::Above => {
            let over = &tightest.lost.0 - &tightest.allowed.0;
            format!(
                "not backed: {lost} of downtime are possible, but {allowed} are allowed, {} less",
                length(&over)
            )
        }
        Verdict::Backed | Verdict::Unknown => {
            format!("backed: {allowed} of downtime are allowed, and at most {lost} are possible")
        }
    }
}

fn needs(list: &[NeedEntry], depth: usize, rows: &mut Vec<Row>) {
    for need in list {
        let all = need.least >= need.services.len();
        if !all {
            let words = if need.least == 1 {
                "any of".to_owned()
            } else {
                format!("{} of {}", need.least, need.services.len())
            };
            rows.push(Row::Cells(vec![format!("{}{words}", "  ".repeat(depth))]));
        }
        for service in &need.services {
            part(service, if all { depth } else { depth + 1 }, rows);
        }
    }
}

fn part(service: &ServiceEntry, depth: usize, rows: &mut Vec<Row>) {
    let name = format!("{}{}", "  ".repeat(depth), service.service);
    let (by, promised) = match (&service.by, service.backed) {
        (Some(by), _) => (
            format!("{}.{}", by.agreement, by.objective),
            format!("{} {}", percent(&by.target.0), by.window),
        ),
        (None, Backing::Nobody) => ("nobody".to_owned(), String::new()),
        (None, Backing::Own) => ("a promise of the same party".to_owned(), String::new()),
        (None, Backing::Needs) => ("what it needs".to_owned(), String::new()),
        (None, Backing::Incomparable) => ("nothing to compare".to_owned(), String::new()),
        (None, Backing::TooMuch) => ("too many combinations".to_owned(), String::new()),
        (None, Backing::Agreement) => (String::new(), String::new()),
    };
    let lost = service.lost.as_ref().map_or_else(String::new, |lost| length(&lost.0));
    rows.push(Row::Cells(vec![name, by, promised, lost, shown(service.expected.as_ref())]));
    needs(&service.needs, depth + 1, rows);
}

fn shown(share: Option<&Figure>) -> String {
    share.map_or_else(String::new, |share| percent(&share.0))
}
