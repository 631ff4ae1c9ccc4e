//! The table of `sla coverage`.

use crate::prove::coverage::{AnswerEntry, CoverageDocument, RequirementCoverage, Status};
use crate::report::form::Figures;
use crate::report::json::json_text;
use crate::report::table::{Column, Row, Table};

const COLUMNS: [Column; 4] = [
    Column::words("required"),
    Column::words(""),
    Column::verdicts("answer"),
    Column::words("promised"),
];

impl Figures for CoverageDocument {
    fn tables(&self) -> Vec<Table> {
        let mut tables: Vec<Table> = self.requirements.iter().map(table).collect();
        tables.extend(self.unanswered.iter().map(|name| Table {
            title: format!("no agreement says that it satisfies {name}"),
            columns: Vec::new(),
            rows: Vec::new(),
            remarks: Vec::new(),
        }));
        tables
    }

    fn nothing(&self) -> &'static str {
        "there are no requirements"
    }

    fn json(&self) -> String {
        json_text(self)
    }
}

fn table(requirement: &RequirementCoverage) -> Table {
    let title = format!("{} in {}", requirement.requirement, requirement.agreement);
    let rows = requirement.answers.iter().flat_map(answer).collect();
    let count = |status: Status| {
        requirement.answers.iter().filter(|answer| answer.status == status).count()
    };
    let counts = [
        (count(Status::Met), "met"),
        (count(Status::Short), "short"),
        (count(Status::Waived), "waived"),
        (count(Status::Unclear), "unclear"),
        (count(Status::Open), "open"),
    ];
    let said: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    Table { title, columns: COLUMNS.to_vec(), rows, remarks: vec![said.join(", ")] }
}

fn answer(answer: &AnswerEntry) -> Vec<Row> {
    let name = match &answer.service {
        Some(service) => format!("{} of {service}", answer.objective),
        None => answer.objective.clone(),
    };
    let status = match answer.status {
        Status::Met => "met",
        Status::Short => "short",
        Status::Waived => "waived",
        Status::Unclear => "unclear",
        Status::Open => "open",
    };
    let promised = answer
        .by
        .as_ref()
        .map_or_else(String::new, |by| format!("{}: {}", by.objective, by.promised));
    let mut rows =
        vec![Row::Cells(vec![name, answer.required.clone(), status.to_owned(), promised])];
    rows.extend(answer.why.iter().map(|why| Row::Line(why.clone())));
    rows
}
