//! `sla run`: evaluates agreements on files of data.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::Path;

use crate::data::{self, BadRowLimit, BadRows, Rows, SourceRows};
use crate::eval::document::Report;
use crate::eval::files::evaluate;
use crate::eval::options::{FactValue, Options};
use crate::eval::verdicts::Verdict;
use crate::plan::Plan;
use crate::report::{self, Look};
use crate::workspace::Root;

use super::Status;
use super::arguments::{FailOn, RunArguments, point};
use super::build::root;
use super::check::{tell_troubles, workspace};
use super::inputs::InputFiles;
use super::output::{Output, Stream};
use super::progress::Progress;

/// Evaluates a contract or plan, and prints the report.
pub fn run(arguments: &RunArguments, output: &Output) -> Status {
    let read = rows(arguments).and_then(|rows| Ok((rows, options(arguments)?)));
    let (rows, options) = match read {
        Ok(read) => read,
        Err(message) => {
            output.trouble(&message);
            return Status::Trouble;
        }
    };
    let mut inputs = InputFiles::default();
    let Some(plan) = plan(&arguments.file, &mut inputs, output) else { return Status::Trouble };
    // A pattern that no file fits is reported where the files are read.
    arguments
        .data
        .iter()
        .flat_map(|(_, word)| data::inputs(word).unwrap_or_default())
        .for_each(|input| inputs.add_input(&input));
    if output.would_overwrite(arguments.out.as_deref(), &inputs) {
        return Status::Trouble;
    }
    let progress = Progress::start(output);
    let evaluated = evaluate(&plan, &rows, &options);
    drop(progress);
    match evaluated {
        Ok(report) => match text(
            &report,
            &plan,
            arguments.explain.as_deref(),
            output.look(arguments.out.as_deref()),
            output,
        ) {
            Ok(text) => show(&report, &text, arguments, output),
            Err(message) => {
                output.trouble(&message);
                Status::Trouble
            }
        },
        Err(fault) => {
            let place = fault.at.as_ref().map_or_else(String::new, |at| format!("{at}: "));
            output.trouble(&format!("{place}{}", fault.message));
            Status::Trouble
        }
    }
}

/// Which files each source is read from, and how.
fn rows(arguments: &RunArguments) -> Result<Rows, String> {
    let mut sources: BTreeMap<String, SourceRows> = BTreeMap::new();
    for (source, word) in &arguments.data {
        let rows = sources.remove(source).unwrap_or_default().files([word.as_str()]);
        let bad_rows = match &arguments.max_bad_rows {
            Some(limit) => BadRows::Skip(limit.clone()),
            None if arguments.skip_bad_rows => BadRows::Skip(BadRowLimit::None),
            None => BadRows::Refuse,
        };
        let rows = rows.bad_rows(bad_rows);
        let rows = match arguments.stream_from {
            Some(bytes) => rows.stream_from(bytes),
            None => rows,
        };
        sources.insert(source.clone(), rows);
    }
    let inputs = arguments.data.iter().filter(|(_, word)| word == "-").count()
        + usize::from(arguments.file == Path::new("-"));
    if inputs > 1 {
        return Err("standard input can be read only once".to_owned());
    }
    for (column, name) in &arguments.map {
        let (source, field) = column.rsplit_once('.').ok_or_else(|| {
            format!(
                "`--map {column}={name}` must name a source and its column, `requests.at={name}`"
            )
        })?;
        let rows = sources.remove(source).ok_or_else(|| {
            format!("`--map {column}={name}` is about `{source}`, for which no data is given")
        })?;
        sources.insert(source.to_owned(), rows.column(field, name));
    }
    Ok(sources.into_iter().fold(Rows::new(), |all, (name, rows)| all.source(name, rows)))
}

fn options(arguments: &RunArguments) -> Result<Options, String> {
    let mut options = Options {
        agreements: arguments.agreement.clone(),
        customers: arguments.customer.clone(),
        as_of: arguments.as_of,
        from: arguments.from,
        to: arguments.to,
        ..Options::default()
    };
    for (source, time) in &arguments.complete_to {
        let twice = match source {
            Some(source) => options.complete_to_of.insert(source.clone(), *time).is_some(),
            None => options.complete_to.replace(*time).is_some(),
        };
        if twice {
            return Err("`--complete-to` gives two times for the same source".to_owned());
        }
    }
    for (name, value) in &arguments.fact {
        let (name, from) = match name.split_once('@') {
            Some((name, from)) => (
                name,
                Some(point(from).map_err(|message| format!("`--fact {name}@{from}`: {message}"))?),
            ),
            None => (name.as_str(), None),
        };
        if options.facts.iter().any(|known| known.name == name && known.from == from) {
            return Err(format!("`--fact` gives two values of `{name}` for the same time"));
        }
        options.facts.push(FactValue { name: name.to_owned(), from, value: value.clone() });
    }
    Ok(options)
}

/// The plan in a file, or that of the contract in it. What is wrong has been said where there is
/// none.
fn plan(file: &Path, inputs: &mut InputFiles, output: &Output) -> Option<Plan> {
    let trouble = |message: String| output.trouble(&message);
    if file == Path::new("-") {
        inputs.add_standard_input();
    } else {
        inputs.add(file);
    }
    let root = match root(file).map_err(trouble).ok()? {
        Root::Text { bytes, .. } if is_plan(&bytes) => return plan_of(&bytes, file, output),
        Root::Path(path) => match read_if_plan(&path) {
            Ok(Some(bytes)) => return plan_of(&bytes, file, output),
            // A contract, or a file that cannot be read, which is said where contracts are.
            Ok(None) | Err(_) => Root::Path(path),
        },
        text @ Root::Text { .. } => text,
    };
    let (checked, plan) = workspace(vec![root], output).plan();
    if tell_troubles(&checked, output) {
        return None;
    }
    if checked.counts().errors > 0 {
        output.findings(&checked, Stream::Error);
    }
    checked.loaded.files_read().for_each(|path| inputs.add(path));
    plan
}

/// True if a text is an object of JSON, which no contract begins like.
fn is_plan(bytes: &[u8]) -> bool {
    without_mark(bytes).trim_ascii_start().starts_with(b"{")
}

/// The same without the mark that some editors put before UTF-8 text.
fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes)
}

fn read_if_plan(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let mut reader = BufReader::new(File::open(path)?);
    if !is_plan(reader.fill_buf()?) {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

fn plan_of(bytes: &[u8], file: &Path, output: &Output) -> Option<Plan> {
    let cannot = |why: &dyn std::fmt::Display| {
        output.trouble(&format!("cannot run `{}`: {why}", file.display()))
    };
    let text = std::str::from_utf8(without_mark(bytes))
        .map_err(|_| cannot(&"the plan is not UTF-8 text"))
        .ok()?;
    Plan::read(text).map_err(|error| cannot(&error)).ok()
}

/// The report in the requested format, or the steps to one verdict.
fn text(
    report: &Report,
    plan: &Plan,
    explained: Option<&str>,
    look: Look,
    output: &Output,
) -> Result<String, String> {
    if let Some(path) = explained {
        return report::run_explained(report, plan, path);
    }
    Ok(output.format().report(report, look))
}

/// True if a window that has not ended has used up its budget.
fn has_overdrawn(report: &Report) -> bool {
    let groups = report.agreements.iter().flat_map(|it| &it.objectives).flat_map(|it| &it.groups);
    let mut windows = groups.flat_map(|group| &group.windows);
    windows.any(|window| {
        window.verdict == Verdict::Pending
            && window.left.as_ref().is_some_and(|left| left.0.is_negative())
    })
}

fn show(report: &Report, text: &str, arguments: &RunArguments, output: &Output) -> Status {
    let out = arguments.out.as_deref();
    let status = output.deliver(out, text);
    if status == Status::Clean && out.is_some() {
        report::run_warnings(report)
            .iter()
            .for_each(|warning| output.remark(&format!("warning: {warning}")));
        output.remark(&report::run_summary(report));
    }
    let overdrawn = arguments.fail_on == Some(FailOn::PendingOverdrawn) && has_overdrawn(report);
    if status == Status::Clean && (report.counts.breached > 0 || overdrawn) {
        Status::Findings
    } else {
        status
    }
}
