//! The functions of `parallel`, one thing after another: a build without threads.

/// How many pieces of work run at the same time.
pub const fn count() -> usize {
    1
}

/// Nothing is gained where no thread frees what another fetches.
pub const fn keep_memory() {}

/// Applies a function to each item; results come in the order of the items.
pub fn each<T, R>(items: &[T], f: impl Fn(&T) -> R) -> Vec<R> {
    items.iter().map(f).collect()
}

/// The same for items that the function changes.
pub fn each_mut<T, R>(items: &mut [T], f: impl Fn(&mut T) -> R) -> Vec<R> {
    items.iter_mut().map(f).collect()
}

/// The same for items that the function takes.
pub fn each_owned<T, R>(items: Vec<T>, f: impl Fn(T) -> R) -> Vec<R> {
    items.into_iter().map(f).collect()
}

/// Does two things.
pub fn both<A, B>(one: impl FnOnce() -> A, two: impl FnOnce() -> B) -> (A, B) {
    (one(), two())
}

/// The same as [`each`].
pub fn each_piece<T, R>(items: &[T], f: impl Fn(&T) -> R) -> Vec<R> {
    each(items, f)
}
