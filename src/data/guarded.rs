//! Libraries on bytes that may be broken: their panics and messages become errors of the file.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::cells::short;

/// What there is to say of a file that is no such file, or only a piece of one.
pub const BROKEN: &str = "the file is broken or ends too soon";

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// True while a library reads bytes that may be broken: what it does then is no fault of this
/// program.
pub fn is_guarded() -> bool {
    GUARDED.get()
}

/// Runs a library on bytes that were not checked. These libraries may panic on what is broken;
/// that is an error of the file.
pub fn guarded<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    let before = GUARDED.replace(true);
    let done = catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(before);
    done.unwrap_or_else(|_| Err(BROKEN.to_owned()))
}

/// What a library says is wrong, on one line.
pub fn why(message: &str) -> String {
    let message = message.lines().next().unwrap_or_default();
    let (_, message) = message.split_once(": ").unwrap_or(("", message));
    format!("{BROKEN} ({})", short(message))
}
