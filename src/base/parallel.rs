//! Work in parallel, on threads whose stack is large enough for deep expressions.

use std::sync::OnceLock;

use rayon::prelude::*;

use super::threads_wanted;

/// Stack of a thread, the same on every machine: as deep as a plan may nest, in code that is not
/// optimised.
const STACK: usize = 32 << 20;

/// The largest piece that glibc learns from is one of 32 MiB, what it needs for itself included.
const KEPT: usize = (32 << 20) - (64 << 10);

fn pool() -> Option<&'static rayon::ThreadPool> {
    static POOL: OnceLock<Option<rayon::ThreadPool>> = OnceLock::new();
    POOL.get_or_init(|| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads_wanted().count)
            .stack_size(STACK)
            .build()
            .ok()
    })
    .as_ref()
}

/// How many pieces of work run at the same time.
pub fn count() -> usize {
    pool().map_or(1, rayon::ThreadPool::current_num_threads)
}

/// Large pieces of memory will come and go. The usual allocator of the system hands what is freed
/// back to the system, and fetches it again, unless it has seen as large a piece come and go
/// before.
pub fn keep_memory() {
    drop(std::hint::black_box(Vec::<u8>::with_capacity(KEPT)));
}

/// Applies a function to each item; results come in the order of the items.
pub fn each<T: Sync, R: Send>(items: &[T], f: impl Fn(&T) -> R + Sync + Send) -> Vec<R> {
    if items.len() > 1
        && let Some(pool) = pool()
    {
        return pool.install(|| items.par_iter().map(&f).collect());
    }
    items.iter().map(f).collect()
}

/// The same for items that the function changes.
pub fn each_mut<T: Send, R: Send>(
    items: &mut [T],
    f: impl Fn(&mut T) -> R + Sync + Send,
) -> Vec<R> {
    if items.len() > 1
        && let Some(pool) = pool()
    {
        return pool.install(|| items.par_iter_mut().map(&f).collect());
    }
    items.iter_mut().map(f).collect()
}

/// The same for items that the function takes.
pub fn each_owned<T: Send, R: Send>(items: Vec<T>, f: impl Fn(T) -> R + Sync + Send) -> Vec<R> {
    if items.len() > 1
        && let Some(pool) = pool()
    {
        return pool.install(|| items.into_par_iter().map(&f).collect());
    }
    items.into_iter().map(f).collect()
}

/// Does two things, side by side if there are threads for both.
pub fn both<A: Send, B: Send>(
    one: impl FnOnce() -> A + Send,
    two: impl FnOnce() -> B + Send,
) -> (A, B) {
    match pool() {
        Some(pool) => pool.join(one, two),
        None => (one(), two()),
    }
}

/// The same for pieces of something that others may wait for: a thread that works for `each` does
/// them all itself, for while it waited for others it could take up work that waits for what it is
/// doing.
pub fn each_piece<T: Sync, R: Send>(items: &[T], f: impl Fn(&T) -> R + Sync + Send) -> Vec<R> {
    if rayon::current_thread_index().is_some() {
        items.iter().map(f).collect()
    } else {
        each(items, f)
    }
}

/// Does something on a thread of its own, beside whatever the caller does next; false if there is
/// none. A thread of the pool gets none: while it waited for the other, that one could wait for the
/// pool.
pub fn beside(work: impl FnOnce() + Send + 'static) -> bool {
    rayon::current_thread_index().is_none()
        && std::thread::Builder::new().stack_size(STACK).spawn(work).is_ok()
}
