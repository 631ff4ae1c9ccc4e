//! `sla completions` and `sla man`: what shells and manual readers need.

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::base::closest;

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
    clap_complete::generate(shell, &mut Arguments::command(), "sla", &mut bytes);
    output.print(&String::from_utf8_lossy(&bytes))
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
                let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
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
