//! `sla completions` and `sla man`: what shells and manual readers need.

use clap::CommandFactory as _;
use clap::builder::PossibleValuesParser;
use clap_complete::Shell;

use crate::base::closest;
use crate::diag::Code;

use super::Status;
use super::arguments::{self, Arguments, ShellName};
use super::output::Output;

/// Prints completions.
pub fn completions(shell: ShellName, output: &Output) -> Status {
    let shell = match shell {
        ShellName::Bash => Shell::Bash,
        ShellName::Elvish => Shell::Elvish,
        ShellName::Fish => Shell::Fish,
        ShellName::Powershell => Shell::PowerShell,
        ShellName::Zsh => Shell::Zsh,
    };
    let mut bytes = Vec::new();
    clap_complete::generate(shell, &mut with_codes(Arguments::command()), "sla", &mut bytes);
    output.print(&String::from_utf8_lossy(&bytes))
}

/// The command line with the codes that its arguments can be: a shell offers these, and the program
/// itself says more about others.
fn with_codes(program: clap::Command) -> clap::Command {
    let codes = |also: &'static [&'static str]| {
        let names = Code::ALL.iter().map(|code| code.name()).chain(also.iter().copied());
        PossibleValuesParser::new(names)
    };
    let program = program.mut_arg("deny", |argument| argument.value_parser(codes(&["warnings"])));
    let program = ["warn", "allow"]
        .into_iter()
        .fold(program, |program, name| program.mut_arg(name, |it| it.value_parser(codes(&[]))));
    program.mut_subcommand("explain", |command| {
        command.mut_arg("code", |argument| argument.value_parser(codes(&[])))
    })
}

/// Prints the manual page of the program or of one command.
pub fn manual(command: Option<&str>, output: &Output) -> Status {
    let program = arguments::command();
    let page = match command {
        None => program,
        Some(name) => match program.find_subcommand(name) {
            Some(command) => command.clone(),
            None => {
                let near = closest(name, program.get_subcommands().map(clap::Command::get_name));
                let near =
                    near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
                output.trouble(&format!("there is no command `{name}`{near}"));
                return Status::Trouble;
            }
        },
    };
    let mut bytes = Vec::new();
    if clap_mangen::Man::new(page).render(&mut bytes).is_err() {
        output.trouble("the manual page cannot be made");
        return Status::Trouble;
    }
    output.print(&String::from_utf8_lossy(&bytes))
}
