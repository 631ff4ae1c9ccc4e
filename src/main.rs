//! The command line program `sla`.

fn main() -> std::process::ExitCode {
    sla::command_line()
}
