//! How many threads work side by side.

/// More threads than this cost more than they bring.
const MOST: usize = 64;

/// How many threads `RAYON_NUM_THREADS` asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ThreadsWanted {
    /// The number to start; 0: as many as there are cores.
    pub count: usize,
    /// What to say if the variable is not heeded.
    pub unheeded: Option<String>,
}

/// Reads `RAYON_NUM_THREADS`, and bounds it: every pool of threads is made with this number.
pub fn threads_wanted() -> ThreadsWanted {
    let wanted = std::env::var_os("RAYON_NUM_THREADS").unwrap_or_default();
    bounded(wanted.to_string_lossy().trim())
}

fn bounded(wanted: &str) -> ThreadsWanted {
    let most = std::thread::available_parallelism().map_or(1, usize::from).max(MOST);
    match wanted.parse::<usize>() {
        Ok(count) if count <= most => ThreadsWanted { count, unheeded: None },
        Ok(count) => ThreadsWanted {
            count: most,
            unheeded: Some(format!(
                "RAYON_NUM_THREADS is {count}; {most} threads are used at most"
            )),
        },
        Err(_) if wanted.is_empty() => ThreadsWanted { count: 0, unheeded: None },
        Err(_) => {
            let message = format!(
                "RAYON_NUM_THREADS is `{wanted}`, which is not a number of threads; all cores are used"
            );
            // As many as there are cores, said outright: rayon would look at the variable again.
            ThreadsWanted {
                count: std::thread::available_parallelism().map_or(1, usize::from),
                unheeded: Some(message),
            }
        }
    }
}
