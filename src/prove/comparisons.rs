//! Counts the comparisons that checks of pairs make, so that tests can bound the work.

use std::cell::Cell;

thread_local! {
    static COMPARISONS: Cell<usize> = const { Cell::new(0) };
}

/// Counts from zero again.
pub fn start() {
    COMPARISONS.set(0);
}

/// Counts a comparison of two expressions or targets.
pub fn count() {
    COMPARISONS.set(COMPARISONS.get() + 1);
}

/// How many there were on this thread.
pub fn made() -> usize {
    COMPARISONS.get()
}
