//! Plans from source text: each word of the trade, the form of all plans, and that the same input
//! gives the same bytes.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use sla::internals::report::render;
use sla::plan::Plan;
use sla::{Checked, Disk, Format, Memory, Workspace};

/// What most sources below begin with.
const PARTIES: &str =
    "provider Acme \"Acme Ltd\"\ncustomer Globex \"Globex GmbH\"\nsource outages: spans\n";

fn told(checked: &Checked) -> String {
    render(Format::SHORT, false, &checked.findings, checked.sources(), 0)
}

fn plan_of(memory: &Memory, root: &str) -> Plan {
    let (checked, plan) = Workspace::new(memory).path(root).plan();
    plan.unwrap_or_else(|| panic!("no plan:\n{}", told(&checked)))
}

/// The plan of one file, as JSON that was written and read again.
fn build(text: &str) -> Value {
    let plan = plan_of(&Memory::new().with("a.sla", text), "a.sla");
    let json = plan.to_json();
    assert_eq!(Plan::read(&json).map(|plan| plan.to_json()).as_ref(), Ok(&json));
    serde_json::from_str(&json).expect("JSON")
}

/// The same after the usual parties.
fn built(text: &str) -> Value {
    build(&format!("{PARTIES}{text}"))
}

/// Why there is no plan.
fn refused(text: &str) -> String {
    let memory = Memory::new().with("a.sla", format!("{PARTIES}{text}"));
    let (checked, plan) = Workspace::new(&memory).path("a.sla").plan();
    assert!(plan.is_none(), "this was expected to be refused");
    told(&checked)
}

/// A part of a document without places, which carry no meaning.
fn bare(value: &Value, path: &str) -> Value {
    let part = value.pointer(path).unwrap_or_else(|| panic!("there is no `{path}` in {value:#}"));
    without_places(part)
}

fn without_places(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields
                .iter()
                .filter(|(name, _)| !["at", "was", "written"].contains(&name.as_str()));
            Value::Object(kept.map(|(name, value)| (name.clone(), without_places(value))).collect())
        }
        Value::Array(items) => items.iter().map(without_places).collect(),
        other => other.clone(),
    }
}

/// The terms of the first version of an agreement.
fn terms(plan: &Value, agreement: usize) -> Value {
    plan.pointer(&format!("/agreements/{agreement}/versions/0/terms"))
        .unwrap_or_else(|| panic!("no terms in {plan:#}"))
        .clone()
}

fn names(list: &Value) -> Vec<&str> {
    let name = |item: &'_ Value| item.get("id").is_some();
    let list = list.as_array().expect("a list");
    list.iter()
        .map(|item| item[if name(item) { "id" } else { "name" }].as_str().expect("a name"))
        .collect()
}

fn percent(value: &str) -> Value {
    json!({ "op": "literal", "value": { "type": "number", "value": value, "form": "percent" } })
}

fn plain(value: &str) -> Value {
    json!({ "op": "literal", "value": { "type": "number", "value": value, "form": "plain" } })
}

fn seconds(count: i64, unit: &str) -> Value {
    json!({ "op": "literal", "value": { "type": "duration", "nanoseconds": count * 1_000_000_000, "unit": unit } })
}

/// An sla between the usual parties, for the year 2026.
fn agreement(terms: &str) -> String {
    format!(
        "sla Api between Acme and Globex {{\n  term from 2026-01-01 for 12 months\n  fee 1_000 EUR per month\n{terms}\n}}\n"
    )
}

const UPTIME: &str = "  objective Uptime: uptime(outages) >= 99.9% per month\n";

// The document.

#[test]
fn the_example_of_the_reference_is_the_plan_of_its_source() {
    let page = fs::read_to_string(root().join("docs/plan.md")).expect("the reference");
    let block = |opening: &str, at: usize| -> String {
        let start = page
            .match_indices(opening)
            .nth(at)
            .map(|(start, _)| start + opening.len())
            .expect("a block");
        page.get(start..).unwrap_or_default().split("```").next().unwrap_or_default().to_string()
    };
    let memory = Memory::new().with("api.sla", block("```sla\n", 0));
    let plan: Value = serde_json::from_str(&plan_of(&memory, "api.sla").to_json()).expect("JSON");
    let mut shown: Value =
        serde_json::from_str(&block("```json Plan\n", 0)).expect("the example is JSON");
    shown["generator"] = plan["generator"].clone();
    assert_eq!(plan, shown);
}

#[test]
fn a_small_plan_as_it_is_written() {
    let source = "/// Who serves.\nprovider Acme \"Acme Ltd\"\ncustomer Globex\nsource outages: spans\n\
        sla Api between Acme and Globex {\n  term from 2026-01-01 for 12 months\n  zone \"Europe/Berlin\"\n  \
        objective Uptime: uptime(outages) >= 99.9% per month\n}\n";
    let plan = plan_of(&Memory::new().with("a.sla", source), "a.sla").to_json();
    let stable = plan
        .replace(env!("CARGO_PKG_VERSION"), "VERSION")
        .replace(sla::internals::time::zone_data_version(), "ZONES");
    insta::assert_snapshot!(stable);
}

#[test]
fn only_what_agreements_need_is_in_the_plan() {
    let used = "severity P1\nenum Cause: ours | theirs\nsource faults: spans { cause: Cause  waiting: spans of waits by fault  id: text }\n\
        source waits: spans { fault: text }\n";
    let unused = "enum Colour: red | blue\nsource colours: events { colour: Colour }\nfact Plan: free | pro = free\nunit case\n\
        table Rate(Colour): number { red: 1 }\nservice Idle {}\nseverity P9\nmetric Reds = count(colours where colour == red)\n";
    let plan = built(&format!(
        "{used}{unused}{}",
        agreement("  objective Uptime: uptime(faults where cause == ours) >= 99.9% per month\n")
    ));
    // `waits` is needed by the field of `faults`; `P1` and `P9` by nobody.
    assert_eq!(names(&plan["sources"]), ["faults", "waits"]);
    assert_eq!(names(&plan["enums"]), ["Cause"]);
    for empty in ["facts", "units", "tables", "services", "severities"] {
        assert_eq!(plan[empty], json!([]), "{empty}");
    }
}

#[test]
fn plans_do_not_depend_on_the_order_of_files_or_where_they_lie() {
    let parties = "provider Acme\ncustomer Globex\ncustomer Initech\n";
    let sources = "source outages: spans { customer: Customer }\n";
    let one = format!("use \"parties.sla\"\nuse \"sources.sla\"\n{}", agreement(UPTIME));
    let two = one
        .replace("Api", "Shop")
        .replace("Globex", "Initech")
        .replace("use \"parties.sla\"\nuse \"sources.sla\"\n", "");
    let root_text = |uses: &str| format!("{uses}{one}{two}");
    let make = |folder: &str, uses: &str, roots: &[&str]| {
        let memory = Memory::new()
            .with(format!("{folder}all.sla"), root_text(uses))
            .with(format!("{folder}parties.sla"), parties)
            .with(format!("{folder}sources.sla"), sources)
            .with(format!("{folder}other.sla"), "use \"sources.sla\"\nuse \"parties.sla\"\n");
        let workspace = roots.iter().fold(Workspace::new(&memory), |workspace, root| {
            workspace.path(format!("{folder}{root}"))
        });
        let (checked, plan) = workspace.plan();
        plan.unwrap_or_else(|| panic!("{}", told(&checked))).to_json()
    };
    let first = make("", "", &["all.sla"]);
    assert_eq!(make("", "", &["all.sla"]), first, "twice the same");
    assert_eq!(
        make("", "", &["all.sla", "other.sla", "sources.sla"]),
        first,
        "other roots beside it"
    );
    assert_eq!(make("deep/folder/", "", &["all.sla", "other.sla"]), first, "in another folder");
    let plan: Value = serde_json::from_str(&first).expect("JSON");
    assert_eq!(plan["files"], json!(["all.sla", "parties.sla", "sources.sla"]));
    assert_eq!(names(&plan["agreements"]), ["Api", "Shop"]);
    assert_eq!(plan["agreements"][0]["at"], "all.sla:3:1");
    // Both agreements measure the same: one metric.
    assert_eq!(names(&plan["metrics"]), ["Api/Uptime"]);
    assert_eq!(plan["sources"][0]["owner"], json!({ "customer": "customer", "service": null }));
}

#[test]
fn plans_of_all_examples_fit_the_schema() {
    let schema: Value = serde_json::from_str(
        &fs::read_to_string(root().join("schema/plan.schema.json")).expect("the schema"),
    )
    .expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let mut files = Vec::new();
    contracts(&root().join("examples"), &mut files);
    // The flawed one has errors, and so no plan.
    files.retain(|file| !file.starts_with(root().join("examples/flawed")));
    contracts(&root().join("std"), &mut files);
    files.sort();
    let mut agreements = 0;
    for file in &files {
        let (checked, plan) = Workspace::new(&Disk).path(file).plan();
        let Some(plan) = plan else { panic!("{}: {}", file.display(), told(&checked)) };
        agreements += plan.agreements.len();
        let text = plan.to_json();
        let value: Value = serde_json::from_str(&text).expect("JSON");
        let wrong: Vec<String> = validator
            .iter_errors(&value)
            .map(|error| format!("{error} at {}", error.instance_path()))
            .collect();
        assert_eq!(wrong, Vec::<String>::new(), "{}", file.display());
        let again = Plan::read(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        assert_eq!(again.to_json(), text, "{}", file.display());
        points_at_parts(&value, &file.display().to_string());
    }
    assert!(files.len() > 80 && agreements > 80, "{} files, {agreements} agreements", files.len());
}

/// Ids in a plan are ids of parts of it.
fn points_at_parts(plan: &Value, file: &str) {
    let known = |list: &str| -> Vec<String> {
        names(&plan[list]).into_iter().map(str::to_string).collect()
    };
    let sources = known("sources");
    let metrics = known("metrics");
    let services = known("services");
    let zones = known("zones");
    let calendars = known("calendars");
    walk(plan, &mut |object| {
        let text = |name: &str| object.get(name).and_then(Value::as_str).map(str::to_string);
        let check = |name: &str, list: &[String]| {
            if let Some(id) = text(name) {
                assert!(
                    list.contains(&id),
                    "{file}: `{name}` names `{id}`, which is not in the plan"
                );
            }
        };
        if matches!(text("op").as_deref(), Some("source" | "linked")) {
            check("source", &sources);
        }
        check("metric", &metrics);
        check("zone", &zones);
        check("calendar", &calendars);
        if object.contains_key("hours_from") {
            check("service", &services);
        }
    });
    for agreement in plan["agreements"].as_array().expect("a list") {
        for version in agreement["versions"].as_array().expect("a list") {
            let terms = &version["terms"];
            let objectives = names(&terms["objectives"]);
            let fees = names(&terms["fees"]);
            let ids = |list: &Value| -> Vec<String> {
                list.as_array()
                    .expect("a list")
                    .iter()
                    .map(|id| id.as_str().unwrap_or("").to_string())
                    .collect()
            };
            walk(terms, &mut |object| {
                if let Some(objective) = object.get("objective").and_then(Value::as_str)
                    && object.contains_key("op")
                {
                    assert!(objectives.contains(&objective), "{file}: {objective}");
                }
                if let Some(list @ Value::Array(_)) = object.get("fees")
                    && object.contains_key("op")
                {
                    assert!(
                        ids(list).iter().all(|fee| fees.contains(&fee.as_str())),
                        "{file}: {list}"
                    );
                }
            });
            for credit in terms["credits"].as_array().expect("a list") {
                assert!(
                    ids(&credit["objectives"]).iter().all(|id| objectives.contains(&id.as_str())),
                    "{file}: {credit}"
                );
            }
        }
    }
}

fn walk(value: &Value, see: &mut impl FnMut(&serde_json::Map<String, Value>)) {
    match value {
        Value::Object(fields) => {
            see(fields);
            fields.values().for_each(|field| walk(field, see));
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, see)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

fn contracts(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            contracts(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "sla") {
            found.push(path);
        }
    }
}

// The words of the trade, one after another.

#[test]
fn packages_scope_terms_and_benefits() {
    let package = "service Shop \"Web shop\" {}\npackage Hosting \"Managed hosting\" {\n  scope {\n    service Shop\n    \
        includes \"Two trainings a year\"\n    excludes \"On-site hardware\"\n  }\n  fee 900 EUR per month\n  warranty \"None.\"\n  \
        benefit discount 5% on \"renewal\"\n  benefit training \"Two days\"\n}\n";
    let plan = built(&format!(
        "{package}sla Web between Acme and Globex {{ package Hosting  term from 2026-01-01 to 2026-06-30, renews 6 months unless notice 30 days }}\n"
    ));
    let terms = terms(&plan, 0);
    assert_eq!(
        bare(&plan, "/agreements/0/versions/0/package"),
        json!({ "package": "Hosting", "title": "Managed hosting", "doc": null, "tiers": [], "follows": false })
    );
    assert_eq!(
        bare(&terms, "/scope"),
        json!({
            "services": [{ "id": "Shop" }],
            "includes": [{ "word": "includes", "name": null, "text": "Two trainings a year" }],
            "excludes": [{ "word": "excludes", "name": null, "text": "On-site hardware" }]
        })
    );
    assert_eq!(
        bare(&terms, "/benefits"),
        json!([
            { "name": "discount", "amount": { "type": "number", "value": "0.05", "form": "percent" }, "text": "renewal" },
            { "name": "training", "amount": null, "text": "Two days" }
        ])
    );
    assert_eq!(
        bare(&terms, "/texts"),
        json!([{ "word": "warranty", "name": null, "text": "None." }])
    );
    // The last day after `to` belongs to the term.
    assert_eq!(plan.pointer("/agreements/0/term/to/instant"), Some(&json!("2026-07-01T00:00:00Z")));
    assert_eq!(bare(&plan, "/agreements/0/term/renews"), json!({ "count": 6, "unit": "month" }));
    assert_eq!(bare(&plan, "/agreements/0/term/notice"), json!({ "count": 30, "unit": "day" }));
    // A term that renews may go on as long as zones are known.
    assert_eq!(plan.pointer("/zones/0/to"), Some(&json!("2100-01-01T00:00:00Z")));
}

#[test]
fn tiers_extend_each_other_and_agreements_tighten_them() {
    let source = "package Hosting {\n  tier Silver {\n    fee 900 EUR per month\n    objective Uptime: uptime(outages) >= 99.5% per month\n  }\n  \
        tier Gold extends Silver {\n    fee 2_400 EUR per month\n    objective Uptime >= 99.95%\n  }\n}\n\
        sla Web between Acme and Globex {\n  package Hosting.Gold\n  term from 2026-01-01 for 12 months\n  objective Uptime >= 99.99% per quarter from feb\n}\n";
    let plan = built(source);
    assert_eq!(
        plan.pointer("/agreements/0/versions/0/package/tiers"),
        Some(&json!(["Gold", "Silver"]))
    );
    let terms = terms(&plan, 0);
    let objective = &terms["objectives"][0];
    assert_eq!(
        bare(objective, "/test"),
        json!({ "test": "compare", "relation": ">=", "target": percent("0.9999") })
    );
    assert_eq!(
        bare(objective, "/window"),
        json!({ "window": "calendar", "unit": "quarter", "first_month": 2, "zone": "UTC" })
    );
    // Line 7 is Silver's, 11 Gold's, 17 the agreement's own; the metric stands in Silver alone.
    let written = |part: &str| {
        objective["written"]
            .as_array()
            .expect("a list")
            .iter()
            .find(|it| it["part"] == part)
            .cloned()
    };
    assert_eq!(
        written("target"),
        Some(
            json!({ "part": "target", "at": "a.sla:17:23", "was": ["a.sla:7:42", "a.sla:11:25"] })
        )
    );
    assert_eq!(written("metric"), Some(json!({ "part": "metric", "at": "a.sla:7:23", "was": [] })));
    assert_eq!(names(&terms["fees"]), ["Web/fee"]);
    assert_eq!(
        bare(&terms, "/fees/0/amount"),
        json!({ "op": "literal", "value": { "type": "money", "amount": "2400", "currency": "EUR" } })
    );
    assert_eq!(terms["fees"][0]["was"], json!(["a.sla:6:5"]));
}

#[test]
fn services_with_hours_needs_technologies_and_processes() {
    let source = "calendar Business { open mon..fri 09:00..17:00 }\n\
        service Database \"Database platform\" {}\nservice CdnA {}\nservice CdnB {}\nservice CdnC {}\n\
        /// What customers buy in.\nservice Shop \"Web shop\" {\n  hours Business\n  needs Database\n  needs any CdnA, CdnB\n  needs 2 of CdnA, CdnB, CdnC\n  \
        uses \"PostgreSQL 17\", \"Kubernetes\"\n  process \"Restore from backup\" within 4 h\n}\n\
        sla Web between Acme and Globex { service Shop  zone \"Europe/Berlin\"  term from 2026-01-01 for 1 year\n  objective Uptime: uptime(outages) >= 99% per month }\n";
    let plan = built(source);
    assert_eq!(names(&plan["services"]), ["Database", "CdnA", "CdnB", "CdnC", "Shop"]);
    let shop = bare(&plan, "/services/4");
    assert_eq!(shop["doc"], "What customers buy in.");
    assert_eq!(shop["hours"], json!({ "op": "open", "calendar": "Business@Europe/Berlin" }));
    assert_eq!(
        shop["needs"],
        json!([
            { "least": 1, "services": ["Database"] },
            { "least": 1, "services": ["CdnA", "CdnB"] },
            { "least": 2, "services": ["CdnA", "CdnB", "CdnC"] }
        ])
    );
    assert_eq!(
        shop["processes"],
        json!([{ "text": "Restore from backup", "within": { "nanoseconds": 14_400_000_000_000_i64, "unit": "h" } }])
    );
    assert_eq!(shop["uses"][1]["text"], "Kubernetes");
    // Objectives carry the hours of their service.
    let terms = terms(&plan, 0);
    assert_eq!(
        bare(&terms, "/objectives/0/hours"),
        json!({ "op": "open", "calendar": "Business@Europe/Berlin" })
    );
    assert_eq!(terms["objectives"][0]["hours_from"], "service");
    assert_eq!(terms["objectives"][0]["service"], "Shop");
    // 8 hours from nine to five.
    assert_eq!(plan["calendars"][0]["working_day"], json!(28_800_000_000_000_i64));
    assert_eq!(
        bare(&plan, "/calendars/0/rules"),
        json!([{ "days": { "days": "weekdays", "weekdays": ["mon", "tue", "wed", "thu", "fri"] }, "open": [{ "from": 32_400, "to": 61_200 }], "title": null }])
    );
}

#[test]
fn requirements_are_met_or_waived() {
    let source = format!(
        "requirement Needs of Globex {{ objective Uptime: uptime(outages) >= 99% per month  objective Long: downtime(outages) <= 1 h per month }}\n{}",
        agreement(&format!(
            "{UPTIME}  satisfies Needs\n  waive Needs.Long because \"agreed in writing\""
        ))
    );
    let plan = built(&source);
    let needs = &plan["agreements"][0];
    assert_eq!((&needs["kind"], &needs["evaluated"]), (&json!("requirement"), &json!("nowhere")));
    assert_eq!((&needs["term"], &needs["provider"]), (&Value::Null, &Value::Null));
    assert_eq!(needs["customer"], json!({ "customer": "party", "id": "Globex" }));
    assert_eq!(needs["versions"][0]["from"], Value::Null);
    let terms = terms(&plan, 1);
    assert_eq!(bare(&terms, "/satisfies"), json!([{ "id": "Needs" }]));
    assert_eq!(
        bare(&terms, "/waivers"),
        json!([{ "requirement": "Needs", "objective": "Needs/Long", "because": "agreed in writing" }])
    );
}

#[test]
fn agreements_of_every_kind() {
    let source = "team Net\nteam Web\nprovider Cdn\n\
        sla Inner between Net and Web { term from 2026-01-01 for 1 year }\n\
        ola Wires between Net and Web { term from 2026-01-01 for 1 year }\n\
        contract Edge between Cdn and Acme { term from 2026-01-01 for 1 year }\n\
        commitment Public by Acme { objective Uptime: uptime(outages) >= 99% per month }\n\
        sla Any between Acme and any customer { term from 2026-01-01 for 1 year }\n";
    let plan = built(source);
    let kinds: Vec<(&str, &str)> = plan["agreements"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| {
            (it["kind"].as_str().unwrap_or(""), it["customer"]["customer"].as_str().unwrap_or(""))
        })
        .collect();
    let expected = [
        ("sla", "party"),
        ("ola", "party"),
        ("contract", "party"),
        ("commitment", "nobody"),
        ("sla", "any"),
    ];
    assert_eq!(kinds, expected);
    assert_eq!(plan["agreements"][2]["provider"], "Cdn");
    assert_eq!(plan["agreements"][3]["term"], Value::Null);
    let parties: Vec<(&str, &str)> = plan["parties"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| (it["id"].as_str().unwrap_or(""), it["kind"].as_str().unwrap_or("")))
        .collect();
    assert_eq!(
        parties,
        [("Acme", "provider"), ("Net", "team"), ("Web", "team"), ("Cdn", "provider")]
    );
}

#[test]
fn agreements_under_others_are_evaluated_in_the_leaves() {
    let source = "customer Initech\n\
        sla Corporate between Acme and any customer { term from 2026-01-01 for 1 year\n  objective Uptime: uptime(outages) >= 99% per month\n  \
        objective All: downtime(outages) <= 9 h per year kept here }\n\
        sla Middle between Acme and Globex under Corporate { objective Uptime >= 99.5% }\n\
        sla Leaf between Acme and Globex under Middle {}\n";
    let plan = built(source);
    let part = |agreement: usize, name: &str| plan["agreements"][agreement][name].clone();
    assert_eq!(
        (part(0, "children"), part(1, "children"), part(2, "children")),
        (json!(["Middle"]), json!(["Leaf"]), json!([]))
    );
    assert_eq!((part(0, "under"), part(2, "under")), (json!([]), json!(["Middle", "Corporate"])));
    assert_eq!(
        (part(0, "evaluated"), part(1, "evaluated"), part(2, "evaluated")),
        (json!("children"), json!("children"), json!("here"))
    );
    assert_eq!(terms(&plan, 0)["objectives"][1]["kept_here"], true);
    let leaf = terms(&plan, 2);
    assert_eq!(leaf["objectives"][0]["id"], "Leaf/Uptime");
    assert_eq!(bare(&leaf, "/objectives/0/test/target"), percent("0.995"));
}

#[test]
fn objectives_with_everything_they_may_say() {
    let source = "enum Region: eu | us\nenum Plan: free | pro\nfact Bought: Plan = free\n\
        source requests: events { region: Region  latency: duration  status: number }\n\
        metric Fast(rows: events { latency: duration }, limit: duration) better higher = share(rows, latency <= limit)\n\
        calendar Business { zone \"America/New_York\"  open mon..fri 09:00..17:00 }\n";
    let objective = "  objective Speed: Fast(requests, 250 ms) >= 99% per contract month during Business by region as r where status < 500\n    \
        if Bought == pro at start from 2026-02-01 missing counts as breached first window full\n  \
        objective Band: mean(requests, status) in 200..299 per rolling 30 days every 1 day\n";
    let plan = built(&format!("{source}{}", agreement(objective)));
    let it = bare(&plan, "/agreements/0/versions/0/terms/objectives/0");
    assert_eq!(it["hours"], json!({ "op": "open", "calendar": "Business" }));
    assert_eq!(it["hours_from"], "objective");
    let choice = |value: &str| json!({ "type": "choice", "of": "Region", "value": value });
    assert_eq!(
        it["groups"],
        json!({
            "keys": [{ "name": "r", "field": "region", "of": { "type": "choice", "of": "Region" }, "sources": ["requests"] }],
            "values": { "groups": "known", "values": [[choice("eu")], [choice("us")]] }
        })
    );
    assert_eq!(it["condition"]["when"], "at_start");
    assert_eq!(
        it["condition"]["condition"]["left"],
        json!({ "op": "fact", "name": "Bought", "of": { "type": "choice", "of": "Plan" } })
    );
    assert_eq!(it["from"]["local"], "2026-02-01T00:00:00");
    assert_eq!((&it["missing"], &it["first_window"]), (&json!("breached"), &json!("full")));
    assert_eq!(it["window"]["anchor"]["instant"], "2026-01-01T00:00:00Z");
    assert_eq!(
        (&it["window"]["window"], &it["window"]["unit"]),
        (&json!("contract"), &json!("month"))
    );
    // The filter is part of the metric, which so is not the declared one.
    let metric = bare(&plan, "/metrics/0");
    assert_eq!(
        (&metric["id"], &metric["name"], &metric["better"]),
        (&json!("Api/Speed"), &json!("Fast"), &json!("higher"))
    );
    let field = |name: &str, of: Value| json!({ "op": "field", "name": name, "of": of, "row": 0 });
    let number = json!({ "type": "number", "form": "plain" });
    let rows = json!({
        "op": "where",
        "rows": { "op": "source", "source": "requests" },
        "condition": { "op": "compare", "relation": "<", "left": field("status", number.clone()), "right": plain("500") }
    });
    let in_time = json!({
        "op": "compare", "relation": "<=",
        "left": field("latency", json!({ "type": "duration" })),
        "right": { "op": "literal", "value": { "type": "duration", "nanoseconds": 250_000_000, "unit": "ms" } }
    });
    assert_eq!(
        metric["expression"],
        json!({ "op": "share", "rows": rows.clone(), "condition": in_time.clone() })
    );
    assert_eq!(it["items"], json!({ "rows": rows, "value": null, "good": in_time }));
    let band = bare(&plan, "/agreements/0/versions/0/terms/objectives/1");
    assert_eq!(
        band["test"],
        json!({ "test": "between", "low": plain("200"), "high": plain("299") })
    );
    assert_eq!(band["better"], "neither");
    assert_eq!(
        (&band["window"]["length"], &band["window"]["every"]),
        (&json!({ "count": 30, "unit": "day" }), &json!({ "count": 1, "unit": "day" }))
    );
}

#[test]
fn calendars_and_maintenance() {
    let source = "calendar Desk \"Opening hours\" {\n  zone \"Europe/Berlin\"\n  open mon..fri 09:00..12:30, 13:00..17:30\n  open fri 22:00..02:00\n  \
        open first sun of month 02:00..04:00\n  open day -1 of month\n  closed every dec 24..dec 26 \"Christmas\"\n  closed 2026-05-01..2026-05-03\n  open sat 15:00..mon 06:00\n}\n\
        maintenance Weekly { open sun 02:00..04:00 }\n";
    let plan = built(&format!(
        "{source}{}",
        agreement(&format!("  hours Desk\n  exclude Weekly as absent\n{UPTIME}"))
    ));
    assert_eq!(names(&plan["calendars"]), ["Desk", "Weekly@UTC"]);
    assert_eq!(plan["calendars"][1]["maintenance"], true);
    let rules = bare(&plan, "/calendars/0/rules");
    let day = |weekday: &str, from: u32, to: u32| json!({ "days": { "days": "weekdays", "weekdays": [weekday] }, "open": [{ "from": from, "to": to }], "title": null });
    assert_eq!(
        rules[0]["open"],
        json!([{ "from": 32_400, "to": 45_000 }, { "from": 46_800, "to": 63_000 }])
    );
    // 22:00 to 02:00 of the next day.
    assert_eq!(rules[1], day("fri", 79_200, 93_600));
    assert_eq!(
        rules[2]["days"],
        json!({ "days": "nth", "ordinal": 1, "weekday": "sun", "month": null })
    );
    assert_eq!(
        rules[3],
        json!({ "days": { "days": "month_day", "day": -1 }, "open": [{ "from": 0, "to": 86_400 }], "title": null })
    );
    assert_eq!(
        rules[4],
        json!({ "days": { "days": "yearly", "from": { "month": 12, "day": 24 }, "to": { "month": 12, "day": 26 } }, "open": [], "title": "Christmas" })
    );
    assert_eq!(
        rules[5]["days"],
        json!({ "days": "dates", "from": "2026-05-01", "to": "2026-05-03" })
    );
    // A stretch of the week is written out day by day.
    let stretch = [day("mon", 0, 21_600), day("sat", 54_000, 86_400), day("sun", 0, 86_400)];
    assert_eq!(rules.as_array().map(|rules| &rules[6..]), Some(&stretch[..]));
    let terms = terms(&plan, 0);
    assert_eq!(
        bare(&terms, "/exclusions/0/time"),
        json!({ "excluded": "time", "time": { "op": "open", "calendar": "Weekly@UTC" } })
    );
    assert_eq!(terms["objectives"][0]["exclusions"], json!(["Api/exclude/1"]));
    assert_eq!(
        (&terms["exclusions"][0]["treat"], &terms["objectives"][0]["hours_from"]),
        (&json!("absent"), &json!("agreement"))
    );
}

#[test]
fn excluded_time_and_ignored_rows() {
    let source = "enum Cause: provider | customer\nsource faults: spans { cause: Cause }\nsource works: spans { announced: time }\n\
        maintenance Weekly { open sun 02:00..04:00 }\n";
    let terms_text = "  exclude works during Weekly as up limit 10 h per year notice 5 days from Uptime\n  exclude time(works) as absent limit 1 per month\n  \
        ignore faults where cause == customer\n  ignore faults during not Weekly from Other\n  \
        objective Uptime: uptime(faults) >= 99.9% per month\n  objective Other: downtime(faults) <= 5 h per month\n";
    let plan = built(&format!("{source}{}", agreement(terms_text)));
    let terms = terms(&plan, 0);
    let open = json!({ "op": "open", "calendar": "Weekly@UTC" });
    assert_eq!(
        bare(&terms, "/exclusions/0"),
        json!({
            "id": "Api/exclude/1",
            "time": {
                "excluded": "spans",
                "rows": { "op": "rows_during", "rows": { "op": "source", "source": "works" }, "time": open.clone() },
                "notice": { "period": { "count": 5, "unit": "day" }, "field": "announced", "zone": "UTC", "calendar": null }
            },
            "treat": "up",
            "limit": {
                "of": { "limit": "time", "most": { "nanoseconds": 36_000_000_000_000_i64, "unit": "h" } },
                "window": { "window": "calendar", "unit": "year", "first_month": 1, "zone": "UTC" }
            }
        })
    );
    // A number of spans needs the spans, not the time they cover.
    assert_eq!(
        bare(&terms, "/exclusions/1/time/rows"),
        json!({ "op": "source", "source": "works" })
    );
    assert_eq!(bare(&terms, "/exclusions/1/limit/of"), json!({ "limit": "spans", "most": 1 }));
    assert_eq!(terms["objectives"][0]["exclusions"], json!(["Api/exclude/1", "Api/exclude/2"]));
    assert_eq!(terms["objectives"][1]["exclusions"], json!(["Api/exclude/2"]));
    assert_eq!(terms["objectives"][0]["ignores"], json!(["Api/ignore/1"]));
    assert_eq!(terms["objectives"][1]["ignores"], json!(["Api/ignore/1", "Api/ignore/2"]));
    let choice = |value: &str| json!({ "op": "literal", "value": { "type": "choice", "of": "Cause", "value": value } });
    assert_eq!(
        bare(&terms, "/ignores/0/condition"),
        json!({
            "op": "compare", "relation": "==",
            "left": { "op": "field", "name": "cause", "of": { "type": "choice", "of": "Cause" }, "row": 0 },
            "right": choice("customer")
        })
    );
    // A row that starts outside: the first nanosecond from its start on lies outside.
    let start = json!({ "op": "row", "part": "start", "of": { "type": "time" }, "row": 0 });
    let nano =
        json!({ "op": "literal", "value": { "type": "duration", "nanoseconds": 1, "unit": "ns" } });
    assert_eq!(
        bare(&terms, "/ignores/1/condition"),
        json!({
            "op": "compare", "relation": ">",
            "left": {
                "op": "elapsed", "from": start.clone(), "to": { "op": "add", "terms": [start, nano] },
                "during": { "op": "complement", "time": open }, "pausing": null
            },
            "right": seconds(0, "s")
        })
    );
}

#[test]
fn support_by_severity() {
    let source = "severity P1 \"Critical\"\nseverity P2\ncalendar Business { open mon..fri 09:00..17:00 }\n\
        source waits: spans { ticket: text }\n\
        source tickets: spans { id: text  severity: Severity  responded: time?  resolved: time?  waiting: spans of waits by ticket }\n";
    let table = "  support on tickets per month during Business pausing waiting for 95% of tickets misses 1 below 20 {\n    \
        P1 respond 1 h during always   resolve 8 h\n    P2 respond by end of 1 working day   resolve 3 working days\n  }\n";
    let plan = built(&format!("{source}{}", agreement(table)));
    let terms = terms(&plan, 0);
    assert_eq!(
        names(&terms["objectives"]),
        ["Api/P1.respond", "Api/P1.resolve", "Api/P2.respond", "Api/P2.resolve"]
    );
    assert_eq!(names(&plan["severities"]), ["P1", "P2"]);
    let first = bare(&terms, "/objectives/0");
    let field = |name: &str, of: &str| json!({ "op": "field", "name": name, "of": { "type": of }, "row": 0 });
    let rows = json!({
        "op": "where", "rows": { "op": "source", "source": "tickets" },
        "condition": {
            "op": "compare", "relation": "==", "left": field("severity", "severity"),
            "right": { "op": "literal", "value": { "type": "severity", "value": "P1" } }
        }
    });
    let pausing = json!({ "op": "covered", "rows": { "op": "linked", "source": "waits", "key": "ticket", "field": "id", "row": 0 } });
    let clock = json!({
        "op": "elapsed", "from": { "op": "row", "part": "start", "of": { "type": "time" }, "row": 0 }, "to": field("responded", "time"),
        "during": { "op": "always" }, "pausing": pausing.clone()
    });
    let good = json!({ "op": "compare", "relation": "<=", "left": clock.clone(), "right": seconds(3600, "h") });
    assert_eq!(first["items"], json!({ "rows": rows, "value": clock, "good": good }));
    assert_eq!(
        first["test"],
        json!({ "test": "compare", "relation": ">=", "target": percent("0.95") })
    );
    assert_eq!(first["small_sample"], json!({ "misses": 1, "below": 20 }));
    assert_eq!(
        first["support"]["limit"],
        json!({ "limit": "within", "length": { "nanoseconds": 3_600_000_000_000_i64, "unit": "h" }, "working_days": null })
    );
    assert_eq!(first["support"]["pausing"], pausing);
    assert_eq!(first["support"]["share"], "0.95");
    // What is not answered yet is not in time.
    let second = bare(&terms, "/objectives/2");
    let after = json!({ "op": "row", "part": "start", "of": { "type": "time" }, "row": 0 });
    assert_eq!(
        second["items"]["good"],
        json!({
            "op": "and",
            "terms": [
                { "op": "present", "value": field("responded", "time") },
                {
                    "op": "compare", "relation": "<=", "left": field("responded", "time"),
                    "right": { "op": "end_of_working_day", "after": after, "days": 1, "calendar": "Business@UTC" }
                }
            ]
        })
    );
    assert_eq!(
        second["support"]["limit"],
        json!({ "limit": "end_of_day", "days": 1, "calendar": "Business@UTC" })
    );
    // Three working days of eight hours.
    let fourth = bare(&terms, "/objectives/3/support/limit");
    assert_eq!(fourth["length"]["nanoseconds"], json!(3 * 8 * 3_600_000_000_000_i64));
    assert_eq!(fourth["working_days"], "3");
}

#[test]
fn ladders_become_disjoint_bands() {
    let bands = |lines: &str, compare: &str| -> Vec<Value> {
        let credit = format!(
            "  objective Uptime: uptime(outages) {compare} per month\n  credit Uptime {{ {lines} }} of fee\n"
        );
        let plan = built(&agreement(&credit));
        let bound = |bound: &Value| {
            if bound.is_null() {
                Value::Null
            } else {
                json!([bound["value"]["value"]["value"], bound["inclusive"]])
            }
        };
        let bands = plan
            .pointer("/agreements/0/versions/0/terms/credits/0/bands")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        bands
            .iter()
            .map(|band| json!([band["line"], bound(&band["from"]), bound(&band["to"])]))
            .collect()
    };
    assert_eq!(
        bands("below target pay 10%  at or below 99% pay 25%  below 95% extend 3 days", ">= 99.9%"),
        [
            json!([0, ["0.99", false], ["0.999", false]]),
            json!([1, ["0.95", true], ["0.99", true]]),
            json!([2, null, ["0.95", false]])
        ]
    );
    assert_eq!(
        bands("above 1% pay 10%  at or above 2% pay 25%", "<= 1%"),
        [json!([0, ["0.01", false], ["0.02", false]]), json!([1, ["0.02", true], null])]
    );
    // Closed bands keep the hole between them.
    assert_eq!(
        bands("in 99.000%..99.899% pay 10%  in 95%..98.999% pay 25%", ">= 99.9%"),
        [
            json!([0, ["0.99", true], ["0.99899", true]]),
            json!([1, ["0.95", true], ["0.98999", true]])
        ]
    );
    assert_eq!(
        bands("outside 30%..60% pay 10%", "in 30%..60%"),
        [json!([0, null, ["0.3", false]]), json!([0, ["0.6", false], null])]
    );
    // A wider range takes over on both sides.
    assert_eq!(
        bands("outside 30%..60% pay 10%  outside 20%..70% pay 25%", "in 30%..60%"),
        [
            json!([0, ["0.2", true], ["0.3", false]]),
            json!([0, ["0.6", false], ["0.7", true]]),
            json!([1, null, ["0.2", false]]),
            json!([1, ["0.7", false], null])
        ]
    );
}

#[test]
fn credits_caps_bonuses_and_what_is_earned_back() {
    let text = "  objective Uptime: uptime(outages) >= 99.9% per month missing counts as breached\n  objective Other: downtime(outages) <= 1 h per month\n  \
        credit Uptime { below target pay 10% plus 5% per started 0.1% from 99% } of fee cap 50% of fee cap 5 EUR per day\n  \
        credit Flat for Uptime, Other pay 15% of fee regardless\n  \
        credit Long for Other on downtime(outages) { over 5 min pay 1 day of fee per full 1 h from zero  at or above 2 h remedy \"A meeting.\" }\n  \
        credit Chronic for Uptime on failures(last 6) { from 2 pay 10%  from 3 pay 20% } of monthly fee\n  \
        bonus Good for Uptime { above 99.99% pay 3% } of fee\n  earn back Kept for Other pay 5% of yearly fee\n  \
        cap credits 100% of fee per quarter\n  credits highest of Uptime, Flat\n  minimum payout more than 1 EUR\n";
    let plan = built(&agreement(text));
    let terms = terms(&plan, 0);
    let expected = [
        "Api/credit/Uptime",
        "Api/credit/Flat",
        "Api/credit/Long",
        "Api/credit/Chronic",
        "Api/bonus/Good",
        "Api/earn_back/Kept",
    ];
    assert_eq!(names(&terms["credits"]), expected);
    let credit = |index: usize| bare(&terms, &format!("/credits/{index}"));
    let fee = json!({ "op": "fees", "fees": ["Api/fee"] });
    let ratio = json!({ "type": "number", "form": "percent" });
    let value = |name: &str, of: &Value| json!({ "op": "value", "objective": format!("Api/{name}"), "of": of });

    let first = credit(0);
    assert_eq!(
        (&first["due"], &first["missing_band"], &first["per"]),
        (&json!("breached"), &json!(0), &json!("window"))
    );
    assert_eq!(
        first["bands"][0]["remedy"],
        json!({
            "remedy": "pay",
            "terms": [
                { "amount": { "op": "multiply", "factors": [percent("0.1"), fee.clone()] }, "step": null },
                {
                    "amount": { "op": "multiply", "factors": [percent("0.05"), fee.clone()] },
                    "step": { "value": value("Uptime", &ratio), "from": percent("0.99"), "toward": "less", "unit": percent("0.001"), "count": "started" }
                }
            ],
            "of": { "type": "money", "currency": "EUR" }
        })
    );
    let day = json!({ "window": "calendar", "unit": "day", "first_month": null, "zone": "UTC" });
    assert_eq!(
        first["caps"],
        json!([
            { "amount": { "op": "multiply", "factors": [percent("0.5"), fee.clone()] }, "per": { "per": "window" } },
            { "amount": { "op": "literal", "value": { "type": "money", "amount": "5", "currency": "EUR" } }, "per": { "per": "every", "window": day } }
        ])
    );

    let flat = credit(1);
    assert_eq!(
        (&flat["due"], &flat["measure"], &flat["of"]),
        (&json!("regardless"), &Value::Null, &Value::Null)
    );
    assert_eq!((&flat["bands"][0]["from"], &flat["bands"][0]["to"]), (&Value::Null, &Value::Null));
    assert_eq!(flat["objectives"], json!(["Api/Uptime", "Api/Other"]));

    let long = credit(2);
    assert_eq!(long["measure"]["op"], "downtime");
    assert_eq!(long["of"], json!({ "type": "duration" }));
    let step = &long["bands"][0]["remedy"]["terms"][0];
    assert_eq!(
        step["amount"],
        json!({ "op": "multiply", "factors": [{ "op": "divide", "left": plain("1"), "right": { "op": "window_days" } }, fee.clone()] })
    );
    assert_eq!(
        (&step["step"]["toward"], &step["step"]["count"]),
        (&json!("greater"), &json!("full"))
    );
    assert_eq!(
        (&step["step"]["from"], &step["step"]["unit"]),
        (&seconds(0, "s"), &seconds(3600, "h"))
    );
    assert_eq!(long["bands"][1]["remedy"], json!({ "remedy": "text", "text": "A meeting." }));
    assert_eq!(long["missing_band"], Value::Null);

    let chronic = credit(3);
    assert_eq!(
        chronic["measure"],
        json!({ "op": "failures", "objective": "Api/Uptime", "last": 6 })
    );
    assert_eq!(chronic["bands"][0]["to"], json!({ "value": plain("3"), "inclusive": false }));
    assert_eq!(
        chronic["bands"][1]["remedy"]["terms"][0]["amount"]["factors"][1],
        json!({ "op": "fee_rate", "fees": ["Api/fee"], "per": "month" })
    );

    // The bands of a bonus decide alone; without bands it is due where nothing was breached.
    assert_eq!(
        (&credit(4)["kind"], &credit(4)["due"], &credit(4)["condition"]),
        (&json!("bonus"), &json!("regardless"), &Value::Null)
    );
    let kept = credit(5);
    assert_eq!((&kept["kind"], &kept["due"]), (&json!("earn_back"), &json!("regardless")));
    assert_eq!(
        kept["condition"],
        json!({
            "condition": {
                "op": "compare", "relation": "==", "left": { "op": "failures", "objective": "Api/Other", "last": 1 }, "right": plain("0")
            },
            "when": "constant"
        })
    );

    assert_eq!(
        bare(&terms, "/stacking"),
        json!([{ "id": "Api/stacking/1", "rule": "highest", "credits": ["Api/credit/Uptime", "Api/credit/Flat"] }])
    );
    assert_eq!(terms["credit_caps"][0]["per"]["window"]["unit"], "quarter");
    let minimum = &terms["minimum_payout"];
    assert_eq!(minimum["amount"], json!({ "type": "money", "amount": "1", "currency": "EUR" }));
    assert_eq!((&minimum["inclusive"], &minimum["carried_over"]), (&json!(false), &json!(false)));
}

/// A cap without a step reaches back from each payment, in the zone of the agreement; those with
/// windows keep them.
#[test]
fn caps_over_trailing_time() {
    let plan = built(&agreement(
        "  objective Uptime: uptime(outages) >= 99% per month\n  credit Uptime pay 10 EUR cap 50 EUR per rolling 90 days cap 20 EUR per month\n  cap credits 100 EUR per rolling 12 months\n",
    ));
    let terms = terms(&plan, 0);
    let trailing = |count: u32, unit: &str| json!({ "per": "trailing", "length": { "count": count, "unit": unit }, "zone": "UTC" });
    assert_eq!(terms["credits"][0]["caps"][0]["per"], trailing(90, "day"));
    assert_eq!(terms["credits"][0]["caps"][1]["per"]["per"], "every");
    assert_eq!(terms["credit_caps"][0]["per"], trailing(12, "month"));
}

#[test]
fn a_credit_for_several_objectives_looks_at_the_one_that_is_breached() {
    let text = "  objective One: uptime(outages) >= 99.9% per month\n  objective Two: uptime(outages) >= 99% per month\n  \
        credit Both for One, Two { below 99% pay 10% } of fee\n";
    let measure =
        bare(&built(&agreement(text)), "/agreements/0/versions/0/terms/credits/0/measure");
    let ratio = json!({ "type": "number", "form": "percent" });
    let value =
        |name: &str| json!({ "op": "value", "objective": format!("Api/{name}"), "of": ratio });
    let breached = |name: &str| json!({ "op": "compare", "relation": ">=", "left": { "op": "failures", "objective": format!("Api/{name}"), "last": 1 }, "right": plain("1") });
    assert_eq!(
        measure,
        json!({
            "op": "if", "condition": breached("One"), "then": value("One"),
            "otherwise": { "op": "if", "condition": breached("Two"), "then": value("Two"), "otherwise": value("One") }
        })
    );
}

#[test]
fn fees_of_every_rhythm() {
    let source =
        "fact Seats: number = 10\nservice Shop {}\nsource charges: events { amount: money EUR }\n";
    let text = "  service Shop\n  fee Setup 500 EUR once from 2026-03-01\n  fee People 21 EUR * Seats per month for Shop\n  fee Daily 70 EUR per day\n  \
        fee Used sum(charges, amount)\n  objective Uptime: uptime(outages) >= 99% per month\n  credit Uptime pay 10% of fee of Shop\n  \
        credit Days for Uptime pay 3 days of previous fee\n";
    let plan = built(&format!("{source}{}", agreement(text)));
    let terms = terms(&plan, 0);
    let fee = |index: usize| bare(&terms, &format!("/fees/{index}"));
    assert_eq!(
        names(&terms["fees"]),
        ["Api/fee", "Api/fee/Setup", "Api/fee/People", "Api/fee/Daily", "Api/fee/Used"]
    );
    assert_eq!(fee(1)["accrual"], json!({ "accrual": "once" }));
    assert_eq!(fee(1)["from"]["instant"], "2026-03-01T00:00:00Z");
    assert_eq!(fee(2)["service"], "Shop");
    assert_eq!(
        fee(2)["amount"]["factors"][1],
        json!({ "op": "fact", "name": "Seats", "of": { "type": "number", "form": "plain" } })
    );
    let days = json!({ "window": "calendar", "unit": "day", "first_month": null, "zone": "UTC" });
    assert_eq!(fee(3)["accrual"], json!({ "accrual": "daily", "per": "day", "period": days }));
    assert_eq!(fee(4)["accrual"], json!({ "accrual": "measured" }));
    let paid =
        |credit: usize| bare(&terms, &format!("/credits/{credit}/bands/0/remedy/terms/0/amount"));
    assert_eq!(paid(0)["factors"][1], json!({ "op": "fees", "fees": ["Api/fee/People"] }));
    let share = json!({ "op": "divide", "left": plain("3"), "right": { "op": "window_days" } });
    let nothing =
        json!({ "op": "literal", "value": { "type": "money", "amount": "0", "currency": "EUR" } });
    // `fee` is all fees over the window.
    let all = ["Api/fee", "Api/fee/Setup", "Api/fee/People", "Api/fee/Daily", "Api/fee/Used"];
    assert_eq!(
        paid(1),
        json!({
            "op": "shift", "windows": -1,
            "value": { "op": "default", "value": { "op": "multiply", "factors": [share, { "op": "fees", "fees": all }] }, "otherwise": nothing }
        })
    );
}

/// Two fees without names are distinguished by their services, and each share is of its own; a
/// group cuts what its credit reads, too.
#[test]
fn fees_of_services_and_groups_of_credits() {
    let source = "enum Region: eu | us\nservice Shop {}\nservice Desk {}\nsource charges: events { amount: money EUR  region: Region }\n\
        source losses: spans { region: Region }\n";
    let text = "  fee 10 EUR per month for Shop\n  fee 20 EUR per month for Desk\n  objective Uptime: uptime(losses) >= 99% per month by region\n  \
        credit Uptime pay 10% of fee of Desk plus 5% of sum(charges, amount) pays each\n";
    let plan = built(&format!("{source}{}", agreement(text)));
    let terms = terms(&plan, 0);
    assert_eq!(names(&terms["fees"]), ["Api/fee", "Api/fee@Shop", "Api/fee@Desk"]);
    let paid = bare(&terms, "/credits/0/bands/0/remedy/terms/0/amount");
    assert_eq!(paid["factors"][1], json!({ "op": "fees", "fees": ["Api/fee@Desk"] }));
    assert_eq!(
        bare(&terms, "/objectives/0/groups/keys/0")["sources"],
        json!(["charges", "losses"])
    );
}

/// `during not` of an objective is the time outside.
#[test]
fn hours_outside_of_a_calendar() {
    let source = "calendar Office { open mon..fri }\nsource losses: spans\n";
    let plan = built(&format!(
        "{source}{}",
        agreement("  objective Uptime: uptime(losses) >= 99% per month during not Office\n")
    ));
    let open = json!({ "op": "open", "calendar": "Office@UTC" });
    assert_eq!(
        bare(&terms(&plan, 0), "/objectives/0/hours"),
        json!({ "op": "complement", "time": open })
    );
}

#[test]
fn claims_terminations_escalations_and_duties() {
    let source = "severity P1\nseverity P2\ncalendar Business { open mon..fri 09:00..17:00 }\n\
        source tickets: spans { severity: Severity  responded: time?  closed: time? }\n";
    let text = format!(
        "{UPTIME}  support on tickets per month {{ P1 respond 1 h  P2 respond 4 h }}\n  claim within 30 days after window\n  \
         claim Notice for Uptime within 5 working days in Business after start \"a ticket number\"\n  claim Late for P1.respond by end of 2nd month after closed\n  \
         terminate when Uptime breached 3 of last 6 notice 30 days within 60 days \"chronic failure\"\n  terminate when Uptime breached 2 in a row or P1.respond breached\n  \
         escalate P1 after 1 h to \"duty manager\", after 4 h to Acme\n  report every month within 5 working days \"uptime\"\n  review every quarter \"together\"\n"
    );
    let plan = built(&format!("{source}{}", agreement(&text)));
    let terms = terms(&plan, 0);
    let claims = bare(&terms, "/claims");
    assert_eq!(names(&claims), ["Api/claim/1", "Api/claim/Notice", "Api/claim/Late"]);
    assert_eq!(claims[0]["objectives"], json!(["Api/Uptime", "Api/P1.respond", "Api/P2.respond"]));
    assert_eq!(
        claims[1],
        json!({
            "id": "Api/claim/Notice", "name": "Notice", "objectives": ["Api/Uptime"],
            "deadline": { "deadline": "within", "period": { "count": 5, "unit": "working_day" } }, "anchor": { "anchor": "start" },
            "calendar": "Business@UTC", "zone": "UTC", "evidence": "a ticket number"
        })
    );
    assert_eq!(
        claims[2]["deadline"],
        json!({ "deadline": "end_of", "period": { "count": 2, "unit": "month" } })
    );
    assert_eq!(claims[2]["anchor"], json!({ "anchor": "field", "name": "closed" }));
    let breached = |name: &str, least: &str, last: u32| json!({ "op": "compare", "relation": ">=", "left": { "op": "failures", "objective": name, "last": last }, "right": plain(least) });
    assert_eq!(
        bare(&terms, "/terminations"),
        json!([
            {
                "id": "Api/terminate/1", "name": null, "title": "chronic failure", "condition": breached("Api/Uptime", "3", 6), "objectives": ["Api/Uptime"],
                "notice": { "count": 30, "unit": "day" }, "within": { "count": 60, "unit": "day" }
            },
            {
                "id": "Api/terminate/2", "name": null, "title": null,
                "condition": { "op": "or", "terms": [breached("Api/Uptime", "2", 2), breached("Api/P1.respond", "1", 1)] },
                "objectives": ["Api/Uptime", "Api/P1.respond"], "notice": null, "within": null
            }
        ])
    );
    assert_eq!(
        bare(&terms, "/escalations"),
        json!([{
            "subject": "P1", "objectives": ["Api/P1.respond"],
            "steps": [
                { "after": { "nanoseconds": 3_600_000_000_000_i64, "unit": "h" }, "party": null, "text": "duty manager" },
                { "after": { "nanoseconds": 14_400_000_000_000_i64, "unit": "h" }, "party": "Acme", "text": null }
            ]
        }])
    );
    // Nobody says whose working days: Monday to Friday.
    assert_eq!(terms["reports"][0]["calendar"], "monday to friday@UTC");
    assert_eq!(
        (&terms["reviews"][0]["every"]["unit"], &terms["reviews"][0]["text"]),
        (&json!("quarter"), &json!("together"))
    );
}

#[test]
fn sources_say_who_measures_and_whose_rows_they_are() {
    let source = "service Shop {}\nunit case\nsource faults: spans { service: Service  customer: Customer  boxes: case? in 0 case..12 case  size: data >= 0 B  speed: rate\n  \
        /// Who did it.\n  cause: ours | theirs } measured by \"two probes a minute\" measured by \"the customer\"\nsource gauge: series { value: duration < 1 s }\n";
    let text = "  service Shop\n  objective Uptime: uptime(faults where cause == ours) >= 99% per month\n  objective Level: mean(gauge) <= 5 s per month\n  \
        objective Boxes: sum(faults where has boxes, boxes) <= 5 case per month\n";
    let plan = built(&format!("{source}{}", agreement(text)));
    let faults = bare(&plan, "/sources/0");
    assert_eq!(faults["measured_by"], json!(["two probes a minute", "the customer"]));
    assert_eq!(faults["owner"], json!({ "customer": "customer", "service": "service" }));
    let within = json!({ "low": { "value": "0", "included": true }, "high": { "value": "12", "included": true } });
    let boxes = json!({ "name": "boxes", "of": { "type": "count", "unit": "case" }, "optional": true, "within": within, "doc": null });
    assert_eq!(faults["fields"][2], boxes);
    assert_eq!(
        faults["fields"][3]["within"],
        json!({ "low": { "value": "0", "included": true }, "high": null })
    );
    // One second has 1,000,000,000 ns.
    let below = json!({ "low": null, "high": { "value": "1000000000", "included": false } });
    assert_eq!(
        bare(&plan, "/sources/1")["rows"],
        json!({ "kind": "series", "of": { "type": "duration" }, "within": below })
    );
    assert_eq!(
        faults["fields"][4]["of"],
        json!({ "type": "compound", "factors": [{ "base": { "base": "duration" }, "power": -1 }] })
    );
    assert_eq!(faults["fields"][5]["of"], json!({ "type": "choice", "of": "ours | theirs" }));
    assert_eq!(faults["fields"][5]["doc"], "Who did it.");
    assert_eq!(
        bare(&plan, "/enums/0"),
        json!({ "name": "ours | theirs", "doc": null, "values": [{ "name": "ours" }, { "name": "theirs" }] })
    );
    // The value of a series is said by its kind, not by a field.
    assert_eq!(plan["sources"][1]["fields"], json!([]));
}

#[test]
fn amendments_are_versions() {
    let source = format!(
        "{}amend Api from 2026-03-15 split windows {{ objective Uptime >= 99.99% }}\namend Api from 2026-07-01 {{ fee 2_000 EUR per month }}\n",
        agreement(UPTIME)
    );
    let plan = built(&source);
    let versions =
        plan.pointer("/agreements/0/versions").and_then(Value::as_array).expect("versions");
    let line: Vec<Value> = versions
        .iter()
        .map(|it| {
            json!([it["from"]["instant"], it["to"]["instant"], it["splits_windows"], it["amended"]])
        })
        .collect();
    assert_eq!(
        line,
        [
            json!(["2026-01-01T00:00:00Z", "2026-03-15T00:00:00Z", false, []]),
            json!(["2026-03-15T00:00:00Z", "2026-07-01T00:00:00Z", true, ["a.sla:10:7"]]),
            json!(["2026-07-01T00:00:00Z", null, false, ["a.sla:11:7"]])
        ]
    );
    let target = |version: usize| {
        without_places(&versions[version]["terms"]["objectives"][0]["test"]["target"])
    };
    assert_eq!(
        (target(0), target(1), target(2)),
        (percent("0.999"), percent("0.9999"), percent("0.9999"))
    );
    let fee =
        |version: usize| versions[version]["terms"]["fees"][0]["amount"]["value"]["amount"].clone();
    assert_eq!((fee(1), fee(2)), (json!("1000"), json!("2000")));
    assert_eq!(versions[2]["terms"]["objectives"][0]["id"], "Api/Uptime");
}

#[test]
fn facts_are_declared_and_told() {
    let source = "fact Plan: free | pro = free\nfact Since: date\n";
    let text = format!(
        "{UPTIME}  fact Plan = pro from 2026-04-01\n  fact Since = 2025-05-05\n  credit Uptime pay 10% of fee if Plan == pro ever\n"
    );
    let plan = built(&format!("{source}{}", agreement(&text)));
    let choice = |value: &str| json!({ "type": "choice", "of": "free | pro", "value": value });
    assert_eq!(
        bare(&plan, "/facts"),
        json!([
            { "name": "Plan", "of": { "type": "choice", "of": "free | pro" }, "default": choice("free"), "doc": null },
            { "name": "Since", "of": { "type": "date" }, "default": null, "doc": null }
        ])
    );
    let given = bare(&plan, "/agreements/0/versions/0/terms/given");
    assert_eq!(
        (&given[0]["value"], &given[0]["from"]["instant"]),
        (&choice("pro"), &json!("2026-04-01T00:00:00Z"))
    );
    assert_eq!(
        (&given[1]["value"], &given[1]["from"]),
        (&json!({ "type": "date", "value": "2025-05-05" }), &Value::Null)
    );
    assert_eq!(
        plan.pointer("/agreements/0/versions/0/terms/credits/0/condition/when"),
        Some(&json!("ever"))
    );
}

#[test]
fn texts_reach_the_plan() {
    let text = format!(
        "{UPTIME}  indemnity \"Up to the fees of a year.\"\n  responsibility customer \"Keeps the contact list current.\"\n  law \"Germany\"\n  \
         relax Uptime because \"agreed\"\n"
    );
    let terms = terms(&built(&agreement(&text)), 0);
    assert_eq!(
        bare(&terms, "/texts"),
        json!([
            { "word": "indemnity", "name": null, "text": "Up to the fees of a year." },
            { "word": "responsibility", "name": "customer", "text": "Keeps the contact list current." },
            { "word": "law", "name": null, "text": "Germany" }
        ])
    );
    assert_eq!(bare(&terms, "/relaxations"), json!([{ "subject": "Uptime", "because": "agreed" }]));
}

// Metrics.

#[test]
fn metrics_are_expanded_and_shared() {
    let source = "source requests: events { status: number }\n\
        /// The S3 way.\nmetric Slots(r: events { status: number }) = mean(each 5 min of r { share(status < 500) default 100% })\n\
        metric Ok = Slots(requests)\n";
    let text = "  objective One: Slots(requests) >= 99.9% per month\n  objective Two: Slots( requests ) >= 99% per month\n  objective Three: Ok >= 95% per month\n";
    let plan = built(&format!("{source}{}", agreement(text)));
    assert_eq!(names(&plan["metrics"]), ["Slots(requests)"]);
    let of = |index: usize| {
        plan.pointer(&format!("/agreements/0/versions/0/terms/objectives/{index}/metric"))
    };
    assert!((0..3).all(|index| of(index) == Some(&json!("Slots(requests)"))));
    let metric = bare(&plan, "/metrics/0");
    assert_eq!(metric["doc"], "The S3 way.");
    let each = &metric["expression"]["rows"];
    assert_eq!(
        each["cut"],
        json!({ "cut": "length", "length": { "nanoseconds": 300_000_000_000_i64, "unit": "min" }, "zone": "UTC" })
    );
    assert_eq!(each["rows"], json!({ "op": "source", "source": "requests" }));
    assert_eq!(each["value"]["rows"], json!({ "op": "slot_rows" }));
    assert_eq!(each["empty"], json!({ "empty": "value", "value": percent("1") }));
    assert_eq!(
        metric["expression"]["value"],
        json!({ "op": "row", "part": "value", "of": { "type": "number", "form": "percent" }, "row": 0 })
    );
}

#[test]
fn a_metric_of_one_row_stands_for_the_worst_row() {
    let source = "source jobs: spans { done: time }\nmetric Wait of jobs = elapsed(start, done)\n";
    let text = "  objective Most: Wait <= 1 h per month\n  credit Most each row pay 5 EUR per started 1 h from target cap 20 EUR each row\n";
    let plan = built(&format!("{source}{}", agreement(text)));
    let wait = json!({
        "op": "elapsed", "from": { "op": "row", "part": "start", "of": { "type": "time" }, "row": 0 },
        "to": { "op": "field", "name": "done", "of": { "type": "time" }, "row": 0 }, "during": { "op": "always" }, "pausing": null
    });
    let jobs = json!({ "op": "source", "source": "jobs" });
    assert_eq!(
        bare(&plan, "/metrics/0/expression"),
        json!({ "op": "maximum", "rows": jobs.clone(), "value": wait.clone() })
    );
    let items = bare(&plan, "/agreements/0/versions/0/terms/objectives/0/items");
    let good = json!({ "op": "compare", "relation": "<=", "left": wait.clone(), "right": seconds(3600, "h") });
    assert_eq!(items, json!({ "rows": jobs, "value": wait, "good": good }));
    let credit = bare(&plan, "/agreements/0/versions/0/terms/credits/0");
    assert_eq!(
        (&credit["per"], &credit["caps"][0]["per"]),
        (&json!("row"), &json!({ "per": "row" }))
    );
    let step = &credit["bands"][0]["remedy"]["terms"][0]["step"];
    assert_eq!(
        (&step["toward"], &step["from"]["op"], &step["value"]["op"]),
        (&json!("greater"), &json!("target"), &json!("value"))
    );
}

#[test]
fn arguments_keep_the_row_they_speak_of() {
    // `limit` is a field of the outer row, `took` one of the inner rows.
    let source = "source parts: spans { order: text  took: duration }\nsource orders: spans { id: text  limit: duration  parts: spans of parts by order }\n\
        metric Late(r: spans { took: duration }, most: duration) = count(r where took > most)\n";
    let text = "  objective Whole: share(orders, Late(parts, limit) == 0) >= 99% per month\n";
    let plan = built(&format!("{source}{}", agreement(text)));
    let field = |name: &str, row: u32| json!({ "op": "field", "name": name, "of": { "type": "duration" }, "row": row });
    assert_eq!(
        bare(&plan, "/metrics/0/expression/condition/left"),
        json!({
            "op": "count",
            "rows": {
                "op": "where", "rows": { "op": "linked", "source": "parts", "key": "order", "field": "id", "row": 0 },
                "condition": { "op": "compare", "relation": ">", "left": field("took", 0), "right": field("limit", 1) }
            }
        })
    );
}

#[test]
fn targets_of_a_table_say_which_groups_there_are() {
    let source = "enum City: fra | ams | lon\ntable Latency(City, City) symmetric: duration { fra, ams: 12 ms  fra, lon: 20 ms }\n\
        source probes: events { from_city: City  to_city: City  took: duration }\n";
    let text = "  objective Trip: mean(probes, took) <= Latency[a, b] per month by from_city as a, to_city as b\n";
    let plan = built(&format!("{source}{}", agreement(text)));
    let groups = bare(&plan, "/agreements/0/versions/0/terms/objectives/0/groups/values");
    let city = |value: &str| json!({ "type": "choice", "of": "City", "value": value });
    let pair = |one: &str, two: &str| json!([city(one), city(two)]);
    let all = [pair("fra", "ams"), pair("ams", "fra"), pair("fra", "lon"), pair("lon", "fra")];
    assert_eq!(groups, json!({ "groups": "known", "values": all }));
    assert_eq!(plan["tables"][0]["rows"].as_array().map(Vec::len), Some(4));
}

#[test]
fn texts_that_key_the_table_of_the_target_are_known_groups() {
    let source = "table Limit(text): duration { \"gold\": 1 s  \"tin\": 4 s }\nsource calls: events { plan: text  took: duration }\n";
    let text = format!(
        "{PARTIES}{source}{}",
        agreement("  objective Fast: p95(calls, took) <= Limit[plan] per month by plan\n")
    );
    let memory = Memory::new().with("a.sla", &*text);
    let codes: Vec<&str> = Workspace::new(&memory)
        .path("a.sla")
        .check()
        .findings
        .iter()
        .map(|finding| finding.code.name())
        .collect();
    assert!(!codes.contains(&"groups-from-data"), "{codes:?}");
    let groups = bare(&build(&text), "/agreements/0/versions/0/terms/objectives/0/groups");
    assert!(
        groups.to_string().contains("\"gold\"") && groups.to_string().contains("\"tin\""),
        "{groups}"
    );
    // Without the table nothing says which there are.
    let other = text.replace("Limit[plan]", "4 s");
    let findings =
        Workspace::new(&Memory::new().with("a.sla", other)).path("a.sla").check().findings;
    assert!(findings.iter().any(|finding| finding.code.name() == "groups-from-data"));
}

#[test]
fn zones_hold_the_changes_of_the_term() {
    let plan = built(&agreement(&format!("  zone \"Europe/Berlin\"\n{UPTIME}")));
    let berlin = &plan["zones"][0];
    assert_eq!(
        (&berlin["name"], &berlin["from"], &berlin["to"]),
        (&json!("Europe/Berlin"), &json!("2024-01-01T00:00:00Z"), &json!("2028-01-01T00:00:00Z"))
    );
    assert_eq!(berlin["offset"], 3600);
    let changes = berlin["transitions"].as_array().expect("a list");
    // Last Sundays of March and October, at one in the morning in UTC: 2024 to 2027.
    assert_eq!(changes.len(), 8);
    assert_eq!(
        changes[4],
        json!({ "instant": "2026-03-29T01:00:00Z", "before": 3600, "after": 7200 })
    );
    assert_eq!(
        changes[5],
        json!({ "instant": "2026-10-25T01:00:00Z", "before": 7200, "after": 3600 })
    );
    assert_eq!(
        plan.pointer("/agreements/0/term/from"),
        Some(
            &json!({ "instant": "2025-12-31T23:00:00Z", "local": "2026-01-01T00:00:00", "zone": "Europe/Berlin" })
        )
    );
}

#[test]
fn the_package_of_an_agreement_outranks_that_of_its_parent() {
    let packages = "package Corporate {\n  fee 100 EUR per month\n  objective Uptime: uptime(outages) >= 99% per month\n}\n\
        package Local {\n  fee 200 EUR per month\n  objective Uptime: uptime(outages) >= 99.9% per month\n}\n";
    let frame = "sla Frame between Acme and Globex {\n  package Corporate\n  term from 2026-01-01 for 12 months\n}\n";
    let child = "sla Site between Acme and Globex under Frame {\n  package Local\n}\n";
    let plan = built(&format!("{packages}{frame}{child}"));
    assert_eq!(plan.pointer("/agreements/1/id"), Some(&json!("Site")));
    let child = without_places(&terms(&plan, 1));
    assert_eq!(child["objectives"][0]["test"]["target"], percent("0.999"));
    assert!(
        child["fees"].to_string().contains("\"200\"")
            && !child["fees"].to_string().contains("\"100\""),
        "{}",
        child["fees"]
    );
}

#[test]
fn what_was_restated_is_told_from_the_oldest() {
    let plan = built(
        "package Hosting {
  tier Silver {
    fee 900 EUR per month
    objective Uptime: uptime(outages) >= 99% per month
    credit Uptime pay 5% of fee
    credit Other for Uptime pay 5% of fee
    cap credits 50% of fee per month
    credits highest of Uptime, Other
    claim within 30 days after window
  }
  tier Gold extends Silver {
    objective Uptime >= 99.5%
    cap credits 60% of fee per month
    credits elect of Uptime, Other
    claim within 40 days after window
  }
}
sla Api between Acme and Globex {
  package Hosting.Gold
  term from 2026-01-01 for 12 months
  objective Uptime >= 99.9%
  cap credits 70% of fee per month
  claim within 50 days after window
}
",
    );
    let terms = terms(&plan, 0);
    // Three lines of parties stand above: Silver's objective is on line 7, Gold's on 15.
    assert_eq!(terms["objectives"][0]["was"], json!(["a.sla:7:5", "a.sla:15:5"]));
    assert_eq!(terms["credit_caps"][0]["at"], json!("a.sla:25:3"));
    assert_eq!(terms["credit_caps"][0]["was"], json!(["a.sla:10:5", "a.sla:16:5"]));
    assert_eq!(terms["stacking"][0]["was"], json!(["a.sla:11:5"]));
    assert_eq!(terms["claims"][0]["was"], json!(["a.sla:12:5", "a.sla:18:5"]));
}

#[test]
fn a_credit_on_each_row_looks_at_the_row() {
    let plan = built(&format!(
        "severity P1\nsource tickets: spans {{ severity: Severity  responded: time? }}\n{}",
        agreement(
            "  objective Uptime: uptime(outages) >= 99% per month
  support on tickets per month { P1 respond 4 h for 95% }
  credit P1.respond each row { over 4 h pay 1%  over 8 h pay 2% } of fee cap 10% of fee
  credit Uptime each row { over 1 h pay 1% } of fee cap 10% of fee
"
        )
    ));
    let credits = terms(&plan, 0)["credits"].clone();
    for at in 0..2 {
        assert_eq!(credits[at]["of"], json!({ "type": "duration" }));
        assert_eq!(credits[at]["measure"]["of"], json!({ "type": "duration" }));
    }
    // The objective is a share; its rows last.
    let text = refused(&format!(
        "severity P1\nsource tickets: spans {{ severity: Severity  responded: time? }}\n{}",
        agreement(
            "  support on tickets per month { P1 respond 4 h for 95% }\n  credit P1.respond each row { below 95% pay 1% } of fee\n"
        )
    ));
    assert!(text.contains("dimension-mismatch"), "{text}");
}

#[test]
fn a_name_of_a_fee_and_a_service_is_the_service_behind_fee_of() {
    let plan = built(&format!(
        "service Database\nservice Shop\n{}",
        agreement(
            "  service Shop, Database
  fee Database 10 EUR per month
  fee Hosting 20 EUR per month for Database
  objective Uptime of Shop: uptime(outages) >= 99% per month
  credit Uptime pay 10% of fee of Database
  credit Second for Uptime pay 10% of Database
"
        )
    ));
    let text = terms(&plan, 0)["credits"].to_string();
    let credits: Vec<String> = terms(&plan, 0)["credits"]
        .as_array()
        .expect("credits")
        .iter()
        .map(Value::to_string)
        .collect();
    assert_eq!(credits.len(), 2, "{text}");
    assert!(credits[0].contains("fee/Hosting") && !credits[0].contains("fee/Database"), "{text}");
    assert!(credits[1].contains("fee/Database") && !credits[1].contains("fee/Hosting"), "{text}");
}

#[test]
fn linked_rows_name_the_field_of_their_key_or_else_id() {
    let key_of = |fields: &str| {
        let plan = built(&format!(
            "source waits: spans {{ ticket: text }}\nsource tickets: spans {{ {fields}  waiting: spans of waits by ticket }}\n{}",
            agreement(
                "  objective Time: p95(tickets, elapsed(start, end default start) pausing waiting) <= 4 h per month\n"
            )
        ));
        let text = plan.to_string();
        let (_, after) = text.split_once("\"op\":\"linked\"").expect("linked rows");
        let (_, field) = after.split_once("\"field\":\"").expect("a field");
        field.split('"').next().map(str::to_owned)
    };
    assert_eq!(key_of("id: text"), Some("id".into()));
    assert_eq!(key_of("id: text  ticket: text"), Some("ticket".into()));
    let text = refused(&format!(
        "source waits: spans {{ ticket: text }}\nsource tickets: spans {{ number: text  waiting: spans of waits by ticket }}\n{}",
        agreement(
            "  objective Time: p95(tickets, elapsed(start, end default start) pausing waiting) <= 4 h per month\n"
        )
    ));
    assert!(text.contains("nothing says which field `ticket` of the linked rows names"), "{text}");
}

#[test]
fn what_no_plan_can_say_is_refused_by_check() {
    let limits = [
        "start + 1 month",
        "(if 1 month == 1 month then start else start)",
        "(if 09:00 == 09:00 then start else start)",
    ];
    for limit in limits {
        let text = format!(
            "{PARTIES}{}",
            agreement(&format!(
                "  objective Late: share(outages, start <= {limit}) >= 99% per month\n"
            ))
        );
        let memory = Memory::new().with("a.sla", text);
        let checked = Workspace::new(&memory).path("a.sla").check();
        let (built, plan) = Workspace::new(&memory).path("a.sla").plan();
        assert!(plan.is_none(), "{limit}");
        assert_eq!(checked.findings.len(), 1, "{limit}: {}", told(&checked));
        assert_eq!(told(&checked), told(&built));
    }
}

#[test]
fn metrics_that_multiply_are_refused_quickly() {
    // Each uses the one before twice: seventeen of them are more than 2^17 parts.
    let mut source = String::from("metric M0 = uptime(outages)\n");
    for level in 1..=17 {
        source.push_str(&format!("metric M{level} = M{0} * M{0}\n", level - 1));
    }
    let text =
        refused(&format!("{source}{}", agreement("  objective Big: M17 >= 99% per month\n")));
    assert!(text.contains("nested-too-deep") && text.contains("50000"), "{text}");
}

#[test]
fn metrics_built_on_each_other_too_deeply_are_refused() {
    let mut source = String::from("metric M0 = uptime(outages)\n");
    for level in 1..=150 {
        source.push_str(&format!("metric M{level} = 1 - M{}\n", level - 1));
    }
    let text =
        refused(&format!("{source}{}", agreement("  objective Deep: M150 >= 99% per month\n")));
    assert!(text.contains("nested-too-deep"), "{text}");
    // Long sums are long, not deep.
    let sum = vec!["uptime(outages)"; 60].join(" + ");
    let plan = built(&agreement(&format!("  objective Sum: {sum} >= 99% per month\n")));
    assert_eq!(
        plan.pointer("/metrics/0/expression/terms").and_then(Value::as_array).map(Vec::len),
        Some(60)
    );
}
