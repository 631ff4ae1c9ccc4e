//! Work side by side, on threads with room for deep expressions.

use std::sync::OnceLock;

use rayon::prelude::*;

/// Stack of a thread, the same on every machine: as deep as a plan may nest, in code that is not optimised.
const STACK: usize = 32 << 20;

/// Applies a function to each item; results come in the order of the items.
pub fn each<T: Sync, R: Send>(items: &[T], f: impl Fn(&T) -> R + Sync + Send) -> Vec<R> {
    static POOL: OnceLock<Option<rayon::ThreadPool>> = OnceLock::new();
    if items.len() > 1
        && let Some(pool) = POOL.get_or_init(|| rayon::ThreadPoolBuilder::new().stack_size(STACK).build().ok())
    {
        return pool.install(|| items.par_iter().map(&f).collect());
    }
    items.iter().map(f).collect()
}
