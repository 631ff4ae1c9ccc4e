//! Which file sees which: the closure of `use`.

/// For each file, the set of files it sees, itself included.
pub(super) struct Reach {
    words: usize,
    bits: Vec<u64>,
    /// For each file, the files that see it, itself included.
    seen_by: Vec<Vec<usize>>,
}

impl Reach {
    /// Closes the edges; circles are allowed (they are reported elsewhere).
    pub(super) fn new(edges: &[Vec<usize>]) -> Self {
        let words = edges.len().div_ceil(64);
        let mut reach = Reach {
            words,
            bits: vec![0; words * edges.len()],
            seen_by: vec![Vec::new(); edges.len()],
        };
        for from in 0..edges.len() {
            reach.walk(from, edges);
        }
        reach
    }

    fn walk(&mut self, from: usize, edges: &[Vec<usize>]) {
        let mut open = vec![from];
        while let Some(at) = open.pop() {
            if self.sees(from, at) {
                continue;
            }
            if let Some(word) = self.bits.get_mut(from * self.words + at / 64) {
                *word |= 1 << (at % 64);
            }
            if let Some(list) = self.seen_by.get_mut(at) {
                list.push(from);
            }
            open.extend(edges.get(at).into_iter().flatten());
        }
    }

    /// True if `from` sees `to`.
    pub(super) fn sees(&self, from: usize, to: usize) -> bool {
        from != usize::MAX
            && to < self.words * 64
            && self
                .bits
                .get(from * self.words + to / 64)
                .is_some_and(|word| word >> (to % 64) & 1 == 1)
    }

    /// True if some file sees both.
    pub(super) fn together(&self, one: usize, other: usize) -> bool {
        one == other
            || self
                .seen_by
                .get(one)
                .is_some_and(|list| list.iter().any(|from| self.sees(*from, other)))
    }
}
