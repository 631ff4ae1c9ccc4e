//! A list of JSON objects as JSON lines: each item of the list becomes a line.

use std::fmt;
use std::io::{self, Read};

/// How many bytes are looked at at once.
const CHUNK: usize = 64 << 10;

/// Reads a text that is a list in JSON as the lines of its items.
pub struct ListItems<R> {
    from: R,
    /// Bytes that were read, and how many of them have been handed on.
    ready: Vec<u8>,
    taken: usize,
    place: Place,
    /// How many brackets are open inside the item.
    depth: usize,
    in_text: bool,
    is_escaped: bool,
}

/// Where in the list a reader is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Before,
    Inside,
    Behind,
}

/// The text is no list.
#[derive(Debug)]
pub struct NoList(&'static str);

impl fmt::Display for NoList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for NoList {}

impl<R: Read> ListItems<R> {
    /// The items of the list in a text.
    pub fn new(from: R) -> ListItems<R> {
        ListItems {
            from,
            ready: Vec::new(),
            taken: 0,
            place: Place::Before,
            depth: 0,
            in_text: false,
            is_escaped: false,
        }
    }

    /// Takes a byte of the text in.
    fn take(&mut self, byte: u8) -> io::Result<()> {
        match self.place {
            Place::Before if byte == b'[' => self.place = Place::Inside,
            Place::Before | Place::Behind if byte.is_ascii_whitespace() => {}
            Place::Before | Place::Behind => {
                return Err(fault("there is text after the end of the list"));
            }
            Place::Inside if self.in_text => {
                self.ready.push(byte);
                self.in_text = self.is_escaped || byte != b'"';
                self.is_escaped = !self.is_escaped && byte == b'\\';
            }
            Place::Inside => match byte {
                b']' if self.depth == 0 => self.place = Place::Behind,
                b',' if self.depth == 0 => self.ready.push(b'\n'),
                // Lines of the text are none of the items'.
                b'\n' | b'\r' => self.ready.push(b' '),
                _ => {
                    match byte {
                        b'"' => self.in_text = true,
                        b'{' | b'[' => self.depth += 1,
                        b'}' | b']' => self.depth = self.depth.saturating_sub(1),
                        _ => {}
                    }
                    self.ready.push(byte);
                }
            },
        }
        Ok(())
    }

    /// Reads on until there is something to pass on, or the text ends.
    fn more(&mut self) -> io::Result<()> {
        (self.taken, self.ready) = (0, Vec::new());
        let mut chunk = vec![0; CHUNK];
        while self.ready.is_empty() {
            let count = self.from.read(&mut chunk)?;
            if count == 0 {
                return if self.place == Place::Behind {
                    Ok(())
                } else {
                    Err(fault("the list is not closed: `]` is missing at its end"))
                };
            }
            chunk.iter().take(count).try_for_each(|byte| self.take(*byte))?;
        }
        Ok(())
    }
}

fn fault(message: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, NoList(message))
}

impl<R: Read> Read for ListItems<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.taken == self.ready.len() {
            self.more()?;
        }
        let rest = self.ready.get(self.taken..).unwrap_or_default();
        let count = rest.len().min(into.len());
        if let (Some(into), Some(rest)) = (into.get_mut(..count), rest.get(..count)) {
            into.copy_from_slice(rest);
        }
        self.taken += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Result<String, String> {
        let mut out = String::new();
        let read = ListItems::new(text.as_bytes()).read_to_string(&mut out);
        read.map(|_| out).map_err(|error| error.to_string())
    }

    #[test]
    fn items_become_lines() {
        assert_eq!(lines("[{\"a\":1},{\"a\":2}]\n").as_deref(), Ok("{\"a\":1}\n{\"a\":2}"));
        assert_eq!(
            lines("[\n {\"a\": [1, 2],\n  \"b\": \"x,]\\\"\"}\n]").as_deref(),
            Ok("  {\"a\": [1, 2],   \"b\": \"x,]\\\"\"} ")
        );
        assert_eq!(lines("[]").as_deref(), Ok(""));
        for broken in ["[{\"a\":1}", "[{\"a\":1}] x", "[\"", "[{}"] {
            assert!(lines(broken).is_err(), "{broken}");
        }
    }
}
