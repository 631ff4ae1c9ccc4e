//! How often the files of a source are scanned, and why: one scan answers all that plan and windows
//! ask, and each further one has a reason that only rows can give.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::fmt::Write as _;
use std::path::Path;

use super::super::streaming::Reason::{self, AsOf, Evidence, Extent, Groups, Outside, Ranks, Time};
use super::{Options, Point, evaluate_scanning};
use crate::data::{Rows, SourceRows};
use crate::plan::Plan;
use crate::time::Date;
use crate::workspace::{Disk, Workspace};

/// What the first scan of every source is for.
const PLAN: &[Reason] = &[Reason::Plan];

struct Case {
    folder: tempfile::TempDir,
    plan: Plan,
    options: Options,
}

impl Case {
    /// A contract in a file.
    fn of_file(path: &Path) -> Case {
        let (checked, plan) = Workspace::new(&Disk).path(path.to_str().unwrap()).plan();
        let options = Options {
            complete_to: Some(Point::Date(Date::new(2026, 4, 1).unwrap())),
            ..Options::default()
        };
        let plan = plan.unwrap_or_else(|| panic!("{:?}", checked.findings));
        Case { folder: tempfile::tempdir().unwrap(), plan, options }
    }

    /// Terms of an agreement over the requests of March 2026.
    fn of_terms(terms: &str) -> Case {
        Case::of_agreement("sla Api between Acme and Globex", terms)
    }

    fn of_agreement(head: &str, terms: &str) -> Case {
        let text = format!(
            "provider Acme\ncustomer Globex\ncustomer Initech\nenum Region: eu | us\n\
             source requests: events {{\n  status: number  latency: duration  region: Region\n  \
             host: text  customer: Customer  created: time\n}}\n\
             {head} {{\n  term from 2026-03-01 for 1 month\n  fee 1_000 EUR per month\n{terms}\n}}\n"
        );
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sla");
        std::fs::write(&path, text).unwrap();
        Case { folder, ..Case::of_file(&path) }
    }

    /// Why each scan was made of the requests, which are streamed however few they are.
    fn scans_of(&self, requests: &Path, others: &[(&str, &Path)]) -> Vec<Vec<Reason>> {
        let file = |path: &Path| SourceRows::new().files([path.to_str().unwrap()]).stream_from(0);
        let rows = std::iter::once(&("requests", requests))
            .chain(others)
            .fold(Rows::new(), |rows, (source, path)| rows.source(*source, file(path)));
        let (_, scans) = evaluate_scanning(&self.plan, &rows, &self.options)
            .unwrap_or_else(|fault| panic!("{fault}"));
        scans.into_iter().map(|scan| scan.reasons.into_iter().collect()).collect()
    }

    fn scans(&self, rows: &str) -> Vec<Vec<Reason>> {
        let path = self.folder.path().join("requests.csv");
        std::fs::write(&path, rows).unwrap();
        self.scans_of(&path, &[])
    }
}

/// So many rows of 2 March, a second apart: each tenth failed, latencies are different, hosts are
/// two of each region.
fn rows(count: usize) -> String {
    let mut rows = "at,status,latency_ms,region,host,customer,created\n".to_owned();
    for row in 0..count {
        let (hour, minute, second) = (row / 3_600 % 24, row / 60 % 60, row % 60);
        let status = if row % 10 == 9 { 500 } else { 200 };
        let region = if row % 2 == 0 { "eu" } else { "us" };
        let customer = if row % 3 == 0 { "Initech" } else { "Globex" };
        writeln!(
            rows,
            "2026-03-02T{hour:02}:{minute:02}:{second:02}Z,{status},{row},{region},{region}{},{customer},2026-03-02T00:00:00Z",
            row % 4 / 2
        )
        .unwrap();
    }
    rows
}

#[test]
fn contracts_of_the_benchmark_take_one_scan() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/compare/contracts");
    let rows = rows(1_000).replace(",eu,", ",eu_west,").replace(",us,", ",us_east,");
    for name in ["share", "percentile", "regions", "slots", "runs", "ten"] {
        let case = Case::of_file(&folder.join(name).with_extension("sla"));
        assert_eq!(case.scans(&rows), [PLAN], "{name}");
    }
}

#[test]
fn the_example_of_hosting_takes_one_scan() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/hosting");
    let mut case = Case::of_file(&folder.join("agreement.sla"));
    case.options.agreements = vec!["GlobexShop".to_owned()];
    let data = |name: &str| folder.join("data").join(name).with_extension("csv");
    let (outages, tickets, waits) = (data("outages"), data("tickets"), data("waits"));
    let others = [("outages", &*outages), ("tickets", &*tickets), ("waits", &*waits)];
    assert_eq!(case.scans_of(&data("requests"), &others), [PLAN]);
}

/// What plan and windows ask together takes one scan, on whatever branch of an expression it
/// stands.
#[test]
fn what_is_known_beforehand_takes_one_scan() {
    for terms in [
        "  objective Sum: max(count(requests where status >= 500), count(requests where status == 404)) + count(requests where status == 403) <= 5 per month",
        "  objective Worst: max(requests, latency) <= 500 ms per day",
        "  objective Hosts: distinct(requests, host) >= 1 per month by region",
        "  objective Middle: median(requests, latency) <= 300 ms per week by host",
        // Groups and values of a field are requested together, before they are known.
        "  objective Hosts: mean(each host of requests { share(status < 500) default 100% }) >= 50% per month by region",
        "  objective Hosts: min(each region of requests { mean(each host of requests { share(status < 500) default 100% }) skip }) >= 50% per month",
        "  objective Nested: mean(each day of requests { min(each 4 h of requests { share(status < 500) default 100% }) default 100% }) >= 10% per month",
        // Rows that failed are shown, and how many failed is paid for.
        "  objective Good: share(requests, status < 500) >= 99% per month\n\
         \x20 credit Good pay 1% of fee * count(requests where status >= 500)",
    ] {
        assert_eq!(Case::of_terms(terms).scans(&rows(1_000)), [PLAN], "{terms}");
    }
}

/// In each slot with requests a tenth of them failed: the mean of these slots is 90%. Which slots
/// are bad is known after the first scan, and then the rows in them are shown.
#[test]
fn rows_in_bad_slots_take_a_scan() {
    for terms in [
        "  objective Slots: mean(each 5 min of requests { share(status < 500) skip }) >= 99% per month",
        "  objective Hosts: mean(each host of requests { share(status < 500) default 100% }) >= 99% per month by region\n\
         \x20 credit Hosts { below target pay 10%  below 60% pay 50% } of fee pays each",
    ] {
        assert_eq!(Case::of_terms(terms).scans(&rows(1_000)), [PLAN, &[Evidence]], "{terms}");
    }
}

/// Rows of a part of the time that was taken for all there is change no request.
#[test]
fn rows_before_the_term_take_no_scan_of_their_own() {
    let case = Case::of_terms("  objective Good: share(requests, status < 500) >= 99% per month");
    let early = "2025-01-02T10:00:00Z,200,1,eu,eu0,Globex,2026-03-02T00:00:00Z\n";
    assert_eq!(case.scans(&(rows(100) + early)), [PLAN]);
}

#[test]
fn an_unknown_time_of_evaluation_takes_a_scan() {
    let mut case = Case::of_terms("  objective Good: share(requests, status < 500) >= 99% per day");
    case.options.complete_to = None;
    assert_eq!(case.scans(&rows(1_000)), [&[AsOf], PLAN]);
}

/// A clock over a calendar begins a year before the term, and the calendar is known from then on
/// only when the rows have said so.
#[test]
fn times_before_the_term_take_a_scan() {
    let case = Case::of_agreement(
        "calendar Business {\n  zone \"UTC\"\n  open mon..fri 08:00..18:00\n}\nsla Api between Acme and Globex",
        "  objective Quick: share(requests, elapsed(created, at) during Business <= 10_000 h) >= 99% per month",
    );
    let rows = "at,status,latency_ms,region,host,customer,created\n\
                2026-03-02T10:00:00Z,200,1,eu,eu0,Globex,2025-03-03T10:00:00Z\n";
    assert_eq!(case.scans(rows), [PLAN, &[Extent]]);
}

/// Only 2 March has ten requests, so the objective is not in force on any other day. Which rows
/// count as outside is known only then.
#[test]
fn windows_that_turn_out_not_to_be_in_force_take_a_scan() {
    let case = Case::of_terms(
        "  objective Good: share(requests, status < 500) >= 50% per day if count(requests) >= 10",
    );
    assert_eq!(case.scans(&rows(1_000)), [PLAN, &[Outside]]);
}

#[test]
fn customers_that_the_data_name_take_a_scan() {
    let case = Case::of_agreement(
        "sla Api between Acme and any customer",
        "  objective Good: share(requests, status < 500) >= 99% per month",
    );
    assert_eq!(case.scans(&rows(1_000)), [PLAN, &[Groups]]);
}

#[test]
fn time_that_rows_exclude_takes_a_scan() {
    let case = Case::of_terms(
        "  exclude runs(each 5 min of requests { share(status >= 500) > 50% default false }, lasting 10 min) as absent\n\
         \x20 objective Good: share(requests, status < 500) >= 99% per month",
    );
    assert_eq!(case.scans(&rows(1_000)), [PLAN, &[Time]]);
}

/// The minutes of a month are 44,640 frames, each of which has space for 64 regions: with 16 Mi
/// numbers in all, only the least number of 1,024 is kept of each, and 3,000 latencies that are far
/// from each other are counted in classes.
#[test]
fn a_rank_among_many_numbers_takes_a_scan() {
    let case = Case::of_terms(
        "  objective Fast: max(each 1 min of requests { p95(latency) default 0 s }) <= 6 h per month by region",
    );
    let busy: String = (0..3_000)
        .map(|row| {
            format!("2026-03-02T10:00:00Z,200,{},eu,eu0,Globex,2026-03-02T00:00:00Z\n", row * 7_001)
        })
        .collect();
    assert_eq!(case.scans(&(rows(10) + &busy)), [PLAN, &[Ranks]]);
}
