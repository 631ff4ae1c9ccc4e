//! Names to codes: the few that most columns hold are found again without an allocation.

use std::hash::Hasher as _;

use ecow::EcoString;
use rustc_hash::FxHasher;

/// Places of a table at the beginning.
const FEW: usize = 32;
/// A place that is free.
const FREE: u32 = u32::MAX;

/// The names of a column, each with its number.
#[derive(Debug, Default)]
pub struct Dictionary {
    names: Vec<EcoString>,
    /// Numbers of names, at or behind the place that their hash says; the length is a power of two,
    /// and half of it is free.
    places: Vec<u32>,
}

impl Dictionary {
    /// The number of a name that is known.
    pub fn find(&self, name: &[u8]) -> Option<u32> {
        self.probe(name).ok()
    }

    /// The number of a name.
    pub fn code(&mut self, name: &str) -> u32 {
        if (self.names.len() + 1) * 2 > self.places.len() {
            self.grow();
        }
        match self.probe(name.as_bytes()) {
            Ok(code) => code,
            Err(place) => {
                // A batch has fewer rows than a number can count.
                let code = u32::try_from(self.names.len()).unwrap_or(FREE);
                self.names.push(name.into());
                if let Some(place) = self.places.get_mut(place) {
                    *place = code;
                }
                code
            }
        }
    }

    /// The names by their numbers.
    pub fn into_names(self) -> Vec<EcoString> {
        self.names
    }

    /// The number of a name, or the free place for it.
    fn probe(&self, name: &[u8]) -> Result<u32, usize> {
        let mask = self.places.len().wrapping_sub(1);
        let mut place = hash(name) & mask;
        loop {
            match self.places.get(place) {
                Some(&FREE) | None => return Err(place),
                Some(&code)
                    if self
                        .names
                        .get(code as usize)
                        .is_some_and(|known| known.as_bytes() == name) =>
                {
                    return Ok(code);
                }
                Some(_) => place = (place + 1) & mask,
            }
        }
    }

    fn grow(&mut self) {
        let length = (self.places.len() * 2).max(FEW);
        self.places = vec![FREE; length];
        for (code, name) in (0..).zip(&self.names) {
            if let Err(place) = self.probe(name.as_bytes())
                && let Some(place) = self.places.get_mut(place)
            {
                *place = code;
            }
        }
    }
}

fn hash(name: &[u8]) -> usize {
    let mut hasher = FxHasher::default();
    hasher.write(name);
    // The upper half of the hash is the better mixed one.
    usize::try_from(hasher.finish() >> 20).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_numbered_as_they_come() {
        let mut dictionary = Dictionary::default();
        assert_eq!(dictionary.find(b""), None);
        for round in 0..2 {
            for number in 0..1_000 {
                assert_eq!(dictionary.code(&format!("name {number}")), number, "round {round}");
            }
        }
        assert_eq!(dictionary.find(b"name 999"), Some(999));
        assert_eq!(dictionary.find(b"name 1000"), None);
        assert_eq!(dictionary.into_names().len(), 1_000);
    }
}
