//! `sla new`: a small contract to start from.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use super::Status;
use super::output::{Output, words};

/// The contract; it passes `sla check` without findings.
pub const CONTRACT: &str = include_str!("new.sla");

/// Writes it, unless the file exists.
pub fn run(file: &Path, output: &Output) -> Status {
    let written = OpenOptions::new().write(true).create_new(true).open(file).and_then(|mut new| {
        let written = new.write_all(CONTRACT.as_bytes()).and_then(|()| new.sync_all());
        if written.is_err() {
            // An incomplete file would prevent another try.
            let _ = fs::remove_file(file);
        }
        written
    });
    match written {
        Ok(()) => {
            output.remark(&format!("wrote `{0}`; now try `sla check {0}`", file.display()));
            Status::Clean
        }
        Err(error) => {
            output.trouble(&format!("cannot write `{}`: {}", file.display(), words(&error)));
            Status::Trouble
        }
    }
}
