//! The command line: words in, exit status out. The only module that prints, and the only one that
//! sees clap.
//!
//! What each exit status means is stated in `docs/cli.md`.

mod arguments;
mod build;
mod check;
mod explain;
mod figures;
mod fmt;
mod inputs;
mod interrupt;
mod new;
mod output;
mod progress;
mod run;
mod shell;
mod test;

use std::process::ExitCode;

use clap::FromArgMatches as _;

use arguments::{Arguments, Command, SchemaName, commands_with};
use output::Output;

/// How a command ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Status {
    /// No errors.
    Clean,
    /// Errors were found in the contracts.
    Findings,
    /// Wrong use, or files that cannot be read or written.
    Trouble,
    /// Nothing was found to work on.
    NothingFound,
}

/// Stack of the thread that works, the same on every machine.
const STACK: usize = 32 << 20;
/// The exit status for a fault of the program itself.
const OWN_FAULT: u8 = 70;

/// Runs the program on the arguments of the process.
pub fn main() -> ExitCode {
    std::panic::set_hook(Box::new(own_fault));
    let worker = std::thread::Builder::new().stack_size(STACK).spawn(run);
    let status = worker.ok().and_then(|thread| thread.join().ok());
    match status {
        Some(Status::Clean) => ExitCode::SUCCESS,
        Some(Status::Findings) => ExitCode::from(1),
        Some(Status::Trouble) => ExitCode::from(2),
        Some(Status::NothingFound) => ExitCode::from(3),
        None => ExitCode::from(OWN_FAULT),
    }
}

/// Says kindly that the fault is ours, and ends the program.
fn own_fault(about: &std::panic::PanicHookInfo<'_>) {
    use std::io::Write as _;
    if crate::data::is_guarded() {
        return;
    }
    let place = about
        .location()
        .map_or_else(String::new, |at| format!(" (at {}:{})", at.file(), at.line()));
    let payload = about.payload();
    let message = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let message = message.unwrap_or("no details");
    let text = format!(
        "sla: the program itself has a fault; your files are unchanged, and the fault is not yours\nsla: {message}{place}, version {}\nsla: please report these lines together with the file that caused the fault\n",
        env!("CARGO_PKG_VERSION")
    );
    // Nobody is left to hear about a failure to write.
    let _ = std::io::stderr().write_all(text.as_bytes());
    std::process::exit(i32::from(OWN_FAULT));
}

/// A way to see what becomes of a fault of our own; it is in no release.
#[cfg(debug_assertions)]
#[expect(clippy::panic, reason = "that is what it is for")]
fn provoked_fault() {
    if std::env::var_os("SLA_PROVOKE_FAULT").is_some() {
        panic!("provoked");
    }
}

fn run() -> Status {
    #[cfg(debug_assertions)]
    provoked_fault();
    let parsed = arguments::command()
        .try_get_matches()
        .and_then(|matches| Arguments::from_arg_matches(&matches));
    let arguments = match parsed {
        Ok(arguments) => arguments,
        Err(error) => return unparsed(&error),
    };
    if let Some(message) = crate::base::threads_wanted().unheeded {
        eprint_line(&format!("warning: {}", crate::report::one_line(&message)));
    }
    let output = match Output::new(&arguments.global) {
        Ok(output) => output,
        Err(message) => {
            eprint_line(&format!("error: {message}"));
            return Status::Trouble;
        }
    };
    let format = output.format();
    if !format.shows(arguments.command.document()) {
        output.trouble(&format!(
            "`--format {}` is available for {} only",
            format.name(),
            commands_with(format)
        ));
        return Status::Trouble;
    }
    match arguments.command {
        Command::Run(wish) => run::run(&wish, &output),
        Command::Check { paths, fix, diff, today } => {
            check::run(&paths, &check::Wish { fix, diff, today }, &output)
        }
        Command::Fmt { paths, check, diff, stdin_name } => {
            fmt::run(&paths, &fmt::Options { check, diff, stdin_name }, &output)
        }
        Command::Test { paths, filter, list } => {
            test::run(&paths, &test::Wish { filter: filter.as_deref(), list }, &output)
        }
        Command::Build { file, out } => build::run(&file, out.as_deref(), &output),
        Command::Backing { paths, service } => {
            figures::backing(&paths, service.as_deref(), &output)
        }
        Command::Budget { paths } => figures::budget(&paths, &output),
        Command::Coverage { paths } => figures::coverage(&paths, &output),
        Command::Explain { code } => explain::run(code.as_deref(), &output),
        Command::Schema { name } => {
            match name {
                SchemaName::Findings => output.print(&crate::report::findings_schema()),
                SchemaName::Backing => output
                    .print(&crate::report::schema_of::<crate::prove::backing::BackingDocument>()),
                SchemaName::Budget => output
                    .print(&crate::report::schema_of::<crate::prove::budget::BudgetDocument>()),
                SchemaName::Coverage => output
                    .print(&crate::report::schema_of::<crate::prove::coverage::CoverageDocument>()),
                SchemaName::Report => {
                    output.print(&crate::report::schema_of::<crate::eval::document::Report>())
                }
                SchemaName::Plan => output.print(&crate::plan::schema_text()),
            }
        }
        Command::New { file } => new::run(&file, &output),
        Command::Completions { shell } => shell::completions(shell, &output),
        Command::Man { command } => shell::manual(command.as_deref(), &output),
    }
}

/// Prints what clap has to say: what is wrong with the arguments, or the help or version that was
/// asked for.
fn unparsed(error: &clap::Error) -> Status {
    if error.use_stderr() {
        let _ = error.print();
        return Status::Trouble;
    }
    match error.print().and_then(|()| std::io::Write::flush(&mut std::io::stdout())) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            eprint_line(&format!(
                "error: cannot write to standard output: {}",
                output::words(&error)
            ));
            Status::Trouble
        }
        Ok(()) | Err(_) => Status::Clean,
    }
}

/// A line to standard error; a closed pipe is no trouble.
fn eprint_line(text: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "{text}");
}
