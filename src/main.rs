//! The command line program `sla`.

fn main() -> std::process::ExitCode {
    sla::cli::main()
}
