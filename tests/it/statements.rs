//! Nothing is accepted and ignored: every statement, in every block that the table of places
//! allows, changes the plan or the outcome of a test, or is met with a finding at its place. The
//! table drives the test, so a statement without a sample here is a failure.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use serde_json::Value;
use sla::internals::lang::words::{Place, STATEMENTS, TEXT_PLACES, TEXT_WORDS};
use sla::internals::report::render;
use sla::internals::testing;
use sla::internals::workspace::{Analysed, check_with};
use sla::{Format, Memory, Workspace};

/// A contract with every kind of block. `//+ BLOCK` is where a statement is added.
const BASE: &str = r#"provider Acme "Acme Ltd" {
  address "1 Road"
  //+ party
}
provider Vendor
customer Globex "Globex GmbH"
team Ops
team Dev
enum Cause: ours | theirs
fact Calls: number = 1
severity P1 "Down"
calendar Business {
  open mon..fri 09:00..17:00
  //+ calendar
}
maintenance Weekly { open sun 02:00..04:00 }
source outages: spans { cause: Cause }
source tickets: spans { severity: Severity  responded: time? }
service Database
service Cache
service Shop {
  needs Database
  //+ service
}
requirement Needs of Globex {
  objective Up: uptime(outages) >= 90% per month
  //+ requirement
}
package Hosting {
  scope {
    service Shop
    //+ scope
  }
  objective Up: uptime(outages) >= 99% per month
  objective Long: max(outages, length) <= 9 h per month if Calls == 1 missing counts as met
  objective Worked: uptime(outages) >= 98% per month during Business
  fee 1_000 EUR per month
  credit Up pay 10% of fee
  credit Long pay 5% of fee
  //+ package
  tier Gold {
    benefit training "One training"
    //+ tier
  }
  tier Spare { fee 3 EUR per month }
}
sla Api between Acme and Globex {
  package Hosting.Gold
  term from 2026-01-01 for 12 months
  satisfies Needs
  //+ agreement
}
amend Api from 2026-07-01 {
  note "Amended."
  //+ amend
}
test "base" {
  given Api in 2026-03
  expect Up met
  expect Long met
  //+ test
}
//+ file
"#;

/// A statement, and the line of the base in whose stead it, or `instead`, stands.
struct Sample {
    statement: String,
    replaces: Option<(&'static str, &'static str)>,
}

fn block(place: Place) -> &'static str {
    match place {
        Place::File => "file",
        Place::Party => "party",
        Place::Calendar => "calendar",
        Place::Service => "service",
        Place::Package => "package",
        Place::Scope => "scope",
        Place::Tier => "tier",
        Place::Agreement => "agreement",
        Place::Requirement => "requirement",
        Place::Amend => "amend",
        Place::Test => "test",
        Place::Source | Place::Table | Place::Support | Place::Ladder | Place::Rows => {
            panic!("no statements stand {}", place.describe())
        }
    }
}

/// The statement with a value that nothing else has, on one line.
fn sample(word: &str, place: Place) -> Option<Sample> {
    let in_file = place == Place::File;
    let statement = match word {
        "use" => "use \"other.sla\"",
        "provider" => "provider Extra \"Seventeen\"",
        "customer" => "customer Extra \"Seventeen\"",
        "team" => "team Extra \"Seventeen\"",
        "calendar" => "calendar Extra { open sat 09:00..17:00 }",
        "maintenance" => "maintenance Extra { open sat 09:00..17:00 }",
        "severity" => "severity Extra \"Seventeen\"",
        "unit" => "unit extra \"Seventeen\"",
        "enum" => "enum Extra: seventeen | eighteen",
        "source" => "source extra: events { seventeen: number }",
        "metric" => "metric Extra = max(outages, length) / 17",
        "table" => "table Extra(Cause): number { ours: 17  theirs: 18 }",
        "sla" => {
            "sla Extra between Acme and Globex { package Hosting.Spare  term from 2026-01-01 for 17 months }"
        }
        "ola" => {
            "ola Extra between Ops and Dev { term from 2026-01-01 for 17 months  objective Up: uptime(outages) >= 17% per month }"
        }
        "contract" => {
            "contract Extra between Vendor and Acme { term from 2026-01-01 for 17 months  objective Up: uptime(outages) >= 17% per month }"
        }
        "commitment" => {
            "commitment Extra by Acme { term from 2026-01-01 for 17 months  objective Up: uptime(outages) >= 17% per month }"
        }
        "requirement" => {
            "requirement Extra of Globex { objective Up: uptime(outages) >= 17% per month }"
        }
        "amend" => "amend Api from 2026-10-01 { objective Up >= 99.17% }",
        "test" => "test \"extra\" { given Api in 2026-03  expect Up breached }",
        "fact" if in_file => "fact Extra: number = 17",
        "fact" => "fact Calls = 17",
        "service" if in_file => "service Extra \"Seventeen\"",
        "service" => "service Cache",
        "package" if in_file => {
            let statement =
                "package Extra { objective Up: uptime(outages) >= 17% per month  objective Long: max(outages, length) <= 17 h per month }"
                    .into();
            return Some(Sample {
                statement,
                replaces: Some(("package Hosting.Gold", "package Extra")),
            });
        }
        "package" => "package Hosting.Spare",
        "tier" => {
            let statement = "tier Extra { fee 17 EUR per month }".into();
            return Some(Sample {
                statement,
                replaces: Some(("package Hosting.Gold", "package Hosting.Extra")),
            });
        }
        "scope" => "scope { includes \"Seventeen trainings\" }",
        "includes" => "includes \"Seventeen trainings\"",
        "excludes" => "excludes \"Seventeen trainings\"",
        "objective" => "objective Extra: max(outages, length) <= 17 h per month",
        "support" => "support on tickets per month { P1 respond 17 min }",
        "credit" => "credit Extra for Up pay 17% of fee",
        "bonus" => "bonus Extra for Up on uptime(outages) { above 99.9% pay 17% } of fee",
        "earn back" => "earn back Extra for Up regardless pay 17% of fee if failures(last 12) == 0",
        "fee" => "fee Extra 17 EUR per month",
        "cap credits" => "cap credits 170 EUR per month",
        "credits" => "credits highest of Up, Long",
        "minimum payout" => "minimum payout 17 EUR",
        "exclude" => "exclude Weekly as absent",
        "ignore" => "ignore outages where cause == theirs",
        "claim" => "claim within 17 days",
        "terminate" => "terminate when Up breached 7 in a row",
        "escalate" => "escalate Up after 17 min to \"the head of service\"",
        "term" => {
            let replaces =
                (place != Place::Amend).then_some(("term from 2026-01-01 for 12 months", ""));
            return Some(Sample {
                statement: "term from 2026-01-01 for 17 months".into(),
                replaces,
            });
        }
        "benefit" => "benefit extra \"Seventeen trainings\"",
        "report" => "report every quarter \"Seventeen figures\"",
        "review" => "review every quarter \"Seventeen figures\"",
        "satisfies" => "satisfies Needs",
        "waive" => "waive Needs.Up because \"seventeen\"",
        "relax" => "relax Up because \"seventeen\"",
        "drop" => "drop Worked",
        "first window" => "first window skipped",
        "missing" => "missing counts as breached",
        "zone" => "zone \"Asia/Tokyo\"",
        "hours" => "hours Weekly",
        "needs" => "needs Cache",
        "uses" => "uses \"PostgreSQL 17\"",
        "process" => "process \"Restore\" within 17 min",
        "open" => "open sat 09:17..17:00",
        "closed" => "closed 2026-03-17",
        "given" => "given Api in 2026-08",
        "expect" => "expect Up breached",
        "allow" => "allow unreached-line because \"seventeen\"",
        text if TEXT_WORDS.contains(&text) => {
            return Some(Sample { statement: format!("{text} \"Seventeen.\""), replaces: None });
        }
        _ => return None,
    };
    let replaces = match (word, place) {
        ("package", Place::Agreement) => Some(("package Hosting.Gold", "")),
        ("satisfies", Place::Agreement) => Some(("satisfies Needs", "note \"No requirement.\"")),
        _ => None,
    };
    Some(Sample { statement: statement.into(), replaces })
}

/// What a contract comes to.
#[derive(PartialEq)]
struct Outcome {
    plan: Option<Value>,
    /// Findings at the line of the statement.
    here: usize,
    /// Titles of tests, and how many findings each has.
    tests: Vec<(String, usize)>,
    /// All findings, for people.
    said: String,
}

fn outcome(text: &str, line: u32) -> Outcome {
    let other = "provider Other\ncustomer Far\nsource alarms: spans\nsla Elsewhere between Other and Far {\n  term from 2026-01-01 for 17 months\n  \
                 objective Up: uptime(alarms) >= 17% per month\n}\n";
    let memory = Memory::new().with("a.sla", text).with("other.sla", other);
    let plan = Workspace::new(&memory)
        .path("a.sla")
        .plan()
        .1
        .map(|plan| without_places(&serde_json::from_str(&plan.to_json()).unwrap()));
    let run = |project: &Analysed<'_, '_, '_>| {
        testing::run(project.model, &project.loaded.sources, project.files, None)
    };
    let (checked, tests) = check_with(Workspace::new(&memory).path("a.sla"), &run);
    let here = checked.findings.iter().filter(|finding| {
        finding.span().is_some_and(|span| {
            let before = text.get(..span.start as usize).unwrap_or(text);
            u32::try_from(before.matches('\n').count()).unwrap() == line
        })
    });
    Outcome {
        plan,
        here: here.count(),
        tests: tests
            .into_iter()
            .flatten()
            .map(|test| (test.title.clone(), test.findings.len()))
            .collect(),
        said: render(Format::SHORT, false, &checked.findings, checked.sources(), 1),
    }
}

fn without_places(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.iter().filter(|(name, _)| {
                !["at", "was", "written", "amended", "digest", "files"].contains(&name.as_str())
            });
            Value::Object(kept.map(|(name, value)| (name.clone(), without_places(value))).collect())
        }
        Value::Array(items) => items.iter().map(without_places).collect(),
        other => other.clone(),
    }
}

#[test]
fn every_statement_has_an_effect_or_is_refused() {
    let base = outcome(BASE, u32::MAX);
    assert!(base.plan.is_some() && base.tests == [("base".to_owned(), 0)], "{}", base.said);
    let texts = TEXT_WORDS.iter().map(|word| (*word, TEXT_PLACES));
    let mut faults = Vec::new();
    for (word, place) in STATEMENTS
        .iter()
        .copied()
        .chain(texts)
        .flat_map(|(word, places)| places.iter().map(move |place| (word, *place)))
    {
        let Some(sample) = sample(word, place) else {
            faults.push(format!("`{word}` has no sample {}", place.describe()));
            continue;
        };
        let mark = format!("//+ {}\n", block(place));
        let mut text = BASE.to_owned();
        if let Some((line, instead)) = sample.replaces {
            assert_eq!(text.matches(line).count(), 1, "`{line}` stands once in the base");
            text = text.replace(line, instead);
        }
        let start = text.find(&mark).unwrap();
        let line = u32::try_from(text.get(..start).unwrap().matches('\n').count()).unwrap();
        let text = text.replace(&mark, &format!("{}\n", sample.statement));
        let changed = outcome(&text, line);
        if changed.here > 0 {
            continue;
        }
        if changed.plan.is_none() {
            faults.push(format!(
                "`{}` {} leaves no plan, and nothing is said at its place:\n{}",
                sample.statement,
                place.describe(),
                changed.said
            ));
        } else if (&changed.plan, &changed.tests) == (&base.plan, &base.tests) {
            faults.push(format!(
                "`{}` {} is accepted and changes nothing",
                sample.statement,
                place.describe()
            ));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
