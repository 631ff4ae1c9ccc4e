//! What may be said on the command line, and the help about it.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, CommandFactory as _, Parser, Subcommand, ValueEnum};

use crate::base::Exact;
use crate::data::BadRowLimit;
use crate::data::fault::Fault;
use crate::eval::options::Point;
use crate::report::{Document, Format};
use crate::time::Date;

/// The compiler for service level agreements.
#[derive(Parser, Debug)]
#[command(name = "sla", version, about, long_about = LONG_ABOUT, after_help = AFTER, max_term_width = 100)]
pub struct Arguments {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

const LONG_ABOUT: &str = "The compiler for service level agreements.

A `.sla` file says who provides which service to whom, how good the service must be, how it is measured, and what is due when a promise is broken. \
`sla check` finds what is wrong, unclear or impossible before anyone signs. `sla build` writes a plan that programs evaluate.";

const AFTER: &str = "Examples:
  sla new contract.sla          write a small contract to start from
  sla check contract.sla        check it
  sla check                     check every .sla file below this folder
  sla test                      run the tests in the contracts
  sla explain unknown-name      what a finding means and how to fix it

Exit status of every command:
  0   it found nothing wrong
  1   it found something: errors in contracts, tests that failed, windows that are breached
  2   it could not do its work: wrong use, a file that cannot be read or written, or errors in a contract that is to be run or tested
  70  a fault of the program itself
`sla COMMAND --help` says what each status means for that command.

The file `sla.toml` in the top folder of a project contains the settings of the project.";

/// The command line as it is parsed and explained: options of every command are explained once, by
/// `sla --help`.
pub fn command() -> clap::Command {
    let mut program = Arguments::command();
    program.build();
    let names: Vec<String> =
        program.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    names.into_iter().fold(program, |program, name| {
        program.mut_subcommand(name, |command| {
            let help =
                command.get_after_help().map_or_else(String::new, |help| format!("{help}\n\n"));
            command
                .mut_args(
                    |argument| {
                        if argument.is_global_set() { argument.hide(true) } else { argument }
                    },
                )
                .after_help(format!("{help}{OF_EVERY}"))
        })
    })
}

const OF_EVERY: &str = "`sla --help` explains the options of every command: --format, --color, --deny, --warn, --allow, --quiet.";

/// Options that every command takes.
#[derive(Args, Debug)]
#[command(next_help_heading = "Options of every command")]
pub struct Global {
    /// How findings are shown
    ///
    /// The environment variable SLA_FORMAT says the same; this option wins.
    #[arg(long, global = true, value_name = "FORM", value_parser = format())]
    pub format: Option<Format>,

    /// When to use colours
    ///
    /// auto: on a terminal, unless the environment variable NO_COLOR is set.
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value = "auto")]
    pub color: ColourWhen,

    /// Treat warnings as errors: `--deny warnings` for all, `--deny CODE` for one kind; may be
    /// repeated
    #[arg(long, global = true, value_name = "CODE")]
    pub deny: Vec<String>,

    /// Report findings of this kind as warnings, whatever `sla.toml` says; may be repeated
    #[arg(long, global = true, value_name = "CODE")]
    pub warn: Vec<String>,

    /// Do not report warnings of this kind; may be repeated
    #[arg(long, global = true, value_name = "CODE")]
    pub allow: Vec<String>,

    /// Leave out the summary line
    #[arg(short, long, global = true)]
    pub quiet: bool,
}

/// Reads the name of a form of output; the help lists all of them.
fn format() -> impl TypedValueParser<Value = Format> {
    let value = |format: Format| {
        let mut help = format.about().to_owned();
        if let Some(first) = help.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        if !format.shows(Document::Findings) {
            help = format!("{help}; only of {}", commands_with(format));
        }
        PossibleValue::new(format.name()).help(help)
    };
    PossibleValuesParser::new(Format::all().map(value))
        .map(|name| Format::parse(&name).unwrap_or_default())
}

/// The commands whose documents a form can show.
pub fn commands_with(format: Format) -> String {
    let shown = Document::ALL.into_iter().filter(|document| format.shows(*document));
    let names: Vec<String> =
        shown.flat_map(commands_of).map(|command| format!("`sla {command}`")).collect();
    names.join(" and ")
}

/// The commands that print a document.
const fn commands_of(document: Document) -> &'static [&'static str] {
    match document {
        Document::Findings => &["check"],
        Document::Tests => &["test"],
        Document::Figures => &["backing", "budget", "coverage"],
        Document::Report => &["run"],
        Document::Explanation => &["explain"],
    }
}

/// When to use colours.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum ColourWhen {
    /// On a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Schemas of what the program writes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum SchemaName {
    /// The plan that `sla build` writes
    Plan,
    /// The findings of `--format json`
    Findings,
    /// The figures of `sla backing --format json`
    Backing,
    /// The figures of `sla budget --format json`
    Budget,
    /// The answers of `sla coverage --format json`
    Coverage,
    /// The report of `sla run --format json`
    Report,
}

/// Shells that completions exist for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum ShellName {
    /// GNU Bash
    Bash,
    /// Elvish
    Elvish,
    /// fish
    Fish,
    /// PowerShell
    Powershell,
    /// Z shell
    Zsh,
}

/// A date as written.
fn day(text: &str) -> Result<Date, String> {
    Date::parse(text).ok_or_else(|| "a date is written `2026-12-31`".to_owned())
}

/// What `sla run` fails for, beside windows that are breached.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum FailOn {
    /// Windows that have not ended and have used more than their budget
    PendingOverdrawn,
}

/// The options of `sla run`.
#[derive(Args, Debug)]
pub struct RunArguments {
    /// A contract, or a plan that `sla build` wrote; `-` is standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Rows of a source: a file, a pattern of files, or `-` for standard input; may be repeated
    #[arg(long, value_name = "SOURCE=FILE", value_parser = full_pair)]
    pub data: Vec<(String, String)>,
    /// The name of a column in the files, `requests.at=timestamp`; a unit may follow, `:ms`; no
    /// name means that there is no such column
    #[arg(long, value_name = "SOURCE.COLUMN=NAME", value_parser = pair)]
    pub map: Vec<(String, String)>,
    /// Leave out rows that cannot be read; they are counted and listed in the report
    ///
    /// A file that has rows, none of which can be read, is still an error.
    #[arg(long)]
    pub skip_bad_rows: bool,
    /// Like `--skip-bad-rows`, but fail if a source has more bad rows than this: `20`, or `1%` of
    /// its rows
    #[arg(long, value_name = "LIMIT", value_parser = limit)]
    pub max_bad_rows: Option<BadRowLimit>,
    /// Stream events instead of keeping them in memory, if their files have at least this many
    /// bytes; 0 streams all events [default: 8 MB]
    #[arg(long, value_name = "BYTES")]
    pub stream_from: Option<u64>,
    /// Show only windows that end after this date or time
    #[arg(long, value_name = "TIME", value_parser = point)]
    pub from: Option<Point>,
    /// Show only windows that begin before this date or time
    #[arg(long, value_name = "TIME", value_parser = point)]
    pub to: Option<Point>,
    /// The time until which the data is complete, for all sources or for one; by default the time
    /// of the latest row
    #[arg(long, value_name = "[SOURCE=]TIME", value_parser = perhaps_of_source)]
    pub complete_to: Vec<(Option<String>, Point)>,
    /// The time of evaluation; by default the latest time until which a source is complete
    #[arg(long, value_name = "TIME", value_parser = point)]
    pub as_of: Option<Point>,
    /// The value of a fact, `Plan=pro`, or from a date on, `Plan@2026-07-01=pro`; may be repeated
    #[arg(long, value_name = "NAME[@TIME]=VALUE", value_parser = pair)]
    pub fact: Vec<(String, String)>,
    /// Evaluate only agreements with this customer; agreements with `any customer` are evaluated
    /// for this customer; may be repeated
    #[arg(long, value_name = "NAME")]
    pub customer: Vec<String>,
    /// Evaluate only this agreement; may be repeated
    #[arg(long, value_name = "NAME")]
    pub agreement: Vec<String>,
    /// Show only how the verdict of one window is computed from rows: `Api/Uptime/2026-03`
    #[arg(long, value_name = "AGREEMENT/OBJECTIVE/WINDOW")]
    pub explain: Option<String>,
    /// End with status 1 also if a pending window has used more than its budget
    #[arg(long, value_name = "WHAT", value_enum)]
    pub fail_on: Option<FailOn>,
    /// The file for the report; `-` is standard output
    #[arg(short, long = "output", value_name = "OUT")]
    pub out: Option<PathBuf>,
}

/// `20`, or `1%`.
fn limit(text: &str) -> Result<BadRowLimit, String> {
    let wrong = || "a limit is written `20`, or as a share of the rows, `1%`".to_owned();
    match text.strip_suffix('%') {
        None => text.parse().map(BadRowLimit::Rows).map_err(|_| wrong()),
        Some(digits) => {
            let percent = Exact::parse(digits)
                .filter(|percent| !percent.is_negative() && *percent <= Exact::integer(100));
            percent
                .and_then(|percent| percent.divide(&Exact::integer(100)))
                .map(BadRowLimit::Share)
                .ok_or_else(wrong)
        }
    }
}

/// `NAME=VALUE`.
fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text
        .split_once('=')
        .filter(|(name, _)| !name.is_empty())
        .ok_or("it is written `NAME=VALUE`")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// The same, with something behind the sign.
fn full_pair(text: &str) -> Result<(String, String), String> {
    pair(text).and_then(|(name, value)| {
        if value.is_empty() {
            Err(format!("it has no value after `{name}=`"))
        } else {
            Ok((name, value))
        }
    })
}

/// A date or an instant.
pub fn point(text: &str) -> Result<Point, String> {
    text.parse().map_err(|fault: Fault| fault.message)
}

/// A time, perhaps behind `SOURCE=`.
fn perhaps_of_source(text: &str) -> Result<(Option<String>, Point), String> {
    match text.split_once('=') {
        Some((source, time)) => Ok((Some(source.to_owned()), point(time)?)),
        None => Ok((None, point(text)?)),
    }
}

/// What to do.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Find what is wrong in contracts
    #[command(after_help = "Examples:
  sla check                                   every .sla file below this folder
  sla check web.sla shop/                     one file, and every file below a folder
  sla check --format json - < web.sla         from standard input, for programs
  sla check --deny warnings                   as a gate before a merge
  sla check --diff                            what `--fix` would change
  sla check --fix web.sla                     apply the edits with only one possible meaning

Findings go to standard output, the summary line to standard error.

Exit status:
  0  no errors; warnings do not count, unless `--deny` makes them errors
  1  errors; with `--diff` also if `--fix` would change something
  2  a file or folder cannot be read or written")]
    Check {
        /// Files and folders; folders are searched for `.sla` files; `-` is standard input
        #[arg(value_name = "PATH", default_value = ".")]
        paths: Vec<PathBuf>,
        /// Apply the edits that cannot change what was meant; each file is written completely or
        /// not at all
        #[arg(long)]
        fix: bool,
        /// Show what `--fix` would change, as a unified diff on standard output, and write nothing
        #[arg(long)]
        diff: bool,
        /// The date that counts as today, `2026-12-31`; agreements that are over are then reported
        #[arg(long, value_name = "DATE", value_parser = day)]
        today: Option<Date>,
    },

    /// Format contracts
    #[command(after_help = "Examples:
  sla fmt                                     every .sla file below this folder
  sla fmt web.sla shop/                       one file, and every file below a folder
  sla fmt --check                             as a gate before a merge: which files would change
  sla fmt --diff web.sla                      what would change
  sla fmt - < web.sla                         from standard input to standard output, for editors

There is one style and no options. Words, numbers, comments and their order stay as they are; only blanks and line breaks \
change. A file with errors of syntax is left as it is.

Exit status:
  0  done; with `--check` and `--diff`: nothing would change
  1  with `--check` and `--diff`: something would change; or a file has errors of syntax
  2  a file or folder cannot be read or written")]
    Fmt {
        /// Files and folders; folders are searched for `.sla` files; `-` is standard input
        #[arg(value_name = "PATH", default_value = ".")]
        paths: Vec<PathBuf>,
        /// List the files that would change on standard output, and write nothing
        #[arg(long, conflicts_with = "diff")]
        check: bool,
        /// Show what would change, as a unified diff on standard output, and write nothing
        #[arg(long)]
        diff: bool,
        /// What findings and diffs call standard input; only with the path `-`
        #[arg(long, value_name = "NAME")]
        stdin_name: Option<String>,
    },

    /// Run the tests in contracts
    #[command(after_help = "Examples:
  sla test                                    the tests of every .sla file below this folder
  sla test web.sla shop/                      the tests of one file, and of every file below a folder
  sla test --filter holiday                   tests whose title or file name contains `holiday`
  sla test --format junit > tests.xml         for a build server
  sla test --list                             which tests there are

Each test evaluates its agreements on its own rows, with the evaluator that `sla run` uses. An expectation that fails is shown \
at its place in the file, on standard output. The summary line goes to standard error. If a contract has errors, only its own \
tests are not run.

Exit status:
  0  all tests passed
  1  some tests failed
  2  a contract has errors, or a file cannot be read; the other tests were run
  3  no test matches `--filter`")]
    Test {
        /// Files and folders; folders are searched for `.sla` files; `-` is standard input
        #[arg(value_name = "PATH", default_value = ".")]
        paths: Vec<PathBuf>,
        /// Run only tests whose title or file name contains this text
        #[arg(long, value_name = "TEXT")]
        filter: Option<String>,
        /// List the tests with their places, and do not run them
        #[arg(long)]
        list: bool,
    },

    /// Turn a contract into an evaluation plan
    #[command(after_help = "Examples:
  sla build web.sla                           write the plan to standard output
  sla build web.sla -o web.plan.json          write it to a file, completely or not at all

Findings go to standard error. If there are errors, no plan is written, and a file from an earlier run stays as it is.

Exit status:
  0  the plan was written
  1  the contract has errors
  2  a file cannot be read or written")]
    Build {
        /// The contract; `-` is standard input
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The file for the plan; `-` is standard output
        #[arg(short, long = "output", value_name = "OUT")]
        out: Option<PathBuf>,
    },

    /// Evaluate agreements on real data: verdicts and credits
    #[command(after_help = "Examples:
  sla run web.sla --data outages=outages.csv            every window that the data reaches
  sla run web.plan.json --data requests=logs/2026-*.csv.gz --data outages=outages.jsonl
  sla run web.sla --data outages=o.csv --map outages.start=began --map outages.end=ended_ms
  sla run web.sla --data outages=o.csv --complete-to 2026-04-01 --from 2026-03-01
  sla run web.sla --data outages=o.csv --format json -o report.json

The formats are CSV, JSON (lines or a list), Parquet and Arrow. CSV and JSON may be compressed with gzip or zstd. A column is found by its name. A unit may follow the name: \
`latency_ms`, `size_bytes`, `at_ms` (since 1970). Times are RFC 3339, or in the forms of common databases and ticket systems. A date means its \
first instant, in the zone of the agreements.

Exit status:
  0  no window is breached
  1  a window is breached; with `--fail-on pending-overdrawn` also if a pending window has used more than its budget
  2  the contract has errors, or the contract or the data cannot be read")]
    Run(Box<RunArguments>),

    /// Show how promises of uptime are backed
    #[command(after_help = "Examples:
  sla backing shop/                           every promise about a service that needs others
  sla backing --service Shop shop/            the promises about one service
  sla backing --format json shop/ > it.json   for programs; `sla schema backing` prints the layout

For each promise, the table shows the services it needs, the agreements that back them, and the window in which the \
allowed downtime minus the possible downtime is smallest. `may be down` is the worst case: downtimes never overlap if all services are \
needed, and always overlap if any service is enough. `expected` assumes that outages are independent of each other. \
`sla check` warns about a promise that is not backed. This command does not count it as an error.")]
    Backing {
        /// Files and folders; folders are searched for `.sla` files; `-` is standard input
        #[arg(value_name = "PATH", default_value = ".")]
        paths: Vec<PathBuf>,
        /// Only promises about this service
        #[arg(long, value_name = "SERVICE")]
        service: Option<String>,
    },

    /// Show which requirements the agreements meet
    #[command(after_help = "Examples:
  sla coverage shop/                          every requirement that an agreement says it satisfies
  sla coverage --format json shop/ > it.json  for programs; `sla schema coverage` prints the layout

A requirement is met if every measurement that keeps the promise also keeps the requirement. `sla check` warns about \
requirements that are short or open. This command does not count them as errors.")]
    Coverage {
        /// Files and folders; folders are searched for `.sla` files; `-` is standard input
        #[arg(value_name = "PATH", default_value = ".")]
        paths: Vec<PathBuf>,
    },

    /// Show how much downtime, or how many bad rows, objectives allow
    #[command(after_help = "Examples:
  sla budget shop/                            every objective of every agreement below a folder
  sla budget --format json shop/ > it.json    for programs; `sla schema budget` prints the layout

For a promise of uptime, the table shows the shortest and the longest window of the term, with daylight saving, \
opening hours and excluded calendars. For a promise about many rows, it shows how many of a thousand rows may miss the target. \
If a measurement is too coarse for its target, the table says so.")]
    Budget {
        /// Files and folders; folders are searched for `.sla` files; `-` is standard input
        #[arg(value_name = "PATH", default_value = ".")]
        paths: Vec<PathBuf>,
    },

    /// Explain what a finding means and how to fix it
    #[command(after_help = "Examples:
  sla explain                                 a list of all codes
  sla explain unknown-name                    one of them, with examples")]
    Explain {
        /// The code in brackets after `error` or `warning`
        #[arg(value_name = "CODE")]
        code: Option<String>,
    },

    /// Print the JSON schema of a document that the program writes
    Schema {
        /// The document
        #[arg(value_name = "NAME", value_enum)]
        name: SchemaName,
    },

    /// Write a small contract to start from
    New {
        /// The file to write; it must not exist yet
        #[arg(value_name = "FILE", default_value = "contract.sla")]
        file: PathBuf,
    },

    /// Print completions for a shell
    Completions {
        /// The shell
        #[arg(value_name = "SHELL", value_enum)]
        shell: ShellName,
    },

    /// Print the manual page of the program or of one command
    Man {
        /// The command; without it, the program
        #[arg(value_name = "COMMAND")]
        command: Option<String>,
    },
}

impl Command {
    /// What it prints in the form of `--format`. A command that has nothing else to show in it
    /// reports findings.
    pub fn document(&self) -> Document {
        match self {
            Command::Test { .. } => Document::Tests,
            Command::Backing { .. } | Command::Budget { .. } | Command::Coverage { .. } => {
                Document::Figures
            }
            Command::Run(_) => Document::Report,
            Command::Explain { .. } => Document::Explanation,
            Command::Check { .. }
            | Command::Fmt { .. }
            | Command::Build { .. }
            | Command::Schema { .. }
            | Command::New { .. }
            | Command::Completions { .. }
            | Command::Man { .. } => Document::Findings,
        }
    }
}
