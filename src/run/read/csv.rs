//! CSV: a header, then a row a record.
//!
//! A record is one line, or several where a quotation mark is open at the end of one. So a row knows its line, is never larger than may be,
//! and a mark that is never closed is found.

use std::borrow::Cow;
use std::io::{BufRead, Read as _};

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::cells::{Cell, Raw};
use super::collect::{Collector, Problem};
use super::header::{Bound, Wanted};
use super::open::why;
use super::{LARGEST_ROW, ROWS_OF_BATCH, Rows};
use crate::run::fault::{Fault, Outcome};

/// The rows of one CSV file.
pub struct Csv {
    records: Records,
    bound: Vec<Bound>,
    width: usize,
    unread: Vec<String>,
}

/// The records of one CSV file.
struct Records {
    name: String,
    bytes: Box<dyn BufRead>,
    reader: Reader,
    /// The line at which the record in hand begins.
    line: u64,
    /// The first line that was not read yet.
    next: u64,
    text: Vec<u8>,
    /// The cells, one behind the other, and where each ends.
    cells: Vec<u8>,
    ends: Vec<usize>,
    count: usize,
}

impl Csv {
    /// Reads the header.
    pub fn new(name: &str, bytes: Box<dyn BufRead>, wanted: &Wanted) -> Outcome<Csv> {
        let mut records = Records {
            name: name.to_owned(),
            bytes,
            reader: Reader::new(),
            line: 0,
            next: 1,
            text: Vec::new(),
            cells: Vec::new(),
            ends: vec![0; 16],
            count: 0,
        };
        if !records.next_text()? {
            return Err(Fault::new(format!("`{name}` is empty: not even a header stands in it")));
        }
        if let Some(plain) = records.text.strip_prefix(&[0xef, 0xbb, 0xbf]) {
            records.text = plain.to_vec();
        }
        records.reader = ReaderBuilder::new().delimiter(delimiter(&records.text)).build();
        let line = records.line;
        records.split().map_err(|problem| Fault::new(format!("{name}:{line}: {}", problem.message)))?;
        let names = (0..records.count).map(|number| {
            let text = std::str::from_utf8(records.cell(number).unwrap_or_default());
            text.map(str::to_owned).map_err(|_| Fault::new(format!("{name}:{line}: the name of column {} is not UTF-8 text", number + 1)))
        });
        let names = names.collect::<Outcome<Vec<String>>>()?;
        let (bound, unread) = wanted.bind(&names).map_err(|message| Fault::new(format!("{name}:{line}: {message}")))?;
        Ok(Csv { width: names.len(), records, bound, unread })
    }

    /// Cells of the record in hand.
    fn cells(&mut self) -> Result<Vec<Cell<'_>>, Problem> {
        self.records.split()?;
        if self.records.count != self.width {
            let many = |count: usize| format!("{count} column{}", if count == 1 { "" } else { "s" });
            let message = format!("the row has {}, and the header has {}", many(self.records.count), many(self.width));
            return Err(Problem::of_row(message));
        }
        let cell = |bound: &Bound| {
            let raw = match bound.at.and_then(|at| self.records.cell(at)) {
                None => Raw::Missing,
                Some(bytes) => {
                    let text = std::str::from_utf8(bytes).map_err(|_| Problem::of_cell(&bound.label, "the cell is not UTF-8 text"))?;
                    Raw::Text(Cow::Borrowed(text))
                }
            };
            bound.reader.read(raw).map_err(|message| Problem::of_cell(&bound.label, message))
        };
        self.bound.iter().map(cell).collect()
    }
}

impl Rows for Csv {
    fn fill(&mut self, into: &mut Collector) -> Outcome<bool> {
        while into.waiting() < ROWS_OF_BATCH {
            if !self.records.next_text()? {
                return Ok(false);
            }
            let line = self.records.line;
            match self.cells() {
                Ok(cells) => into.row(line, Ok(&cells))?,
                Err(problem) => into.row(line, Err(problem))?,
            }
        }
        Ok(true)
    }

    fn unread(&self) -> Vec<String> {
        self.unread.clone()
    }
}

impl Records {
    /// Takes the text of the next record in hand, without lines that are empty; false at the end.
    fn next_text(&mut self) -> Outcome<bool> {
        loop {
            self.text.clear();
            self.line = self.next;
            let mut open = false;
            loop {
                let begin = self.text.len();
                let fault = |message: String| Fault::new(format!("{}:{}: {message}", self.name, self.line));
                let most = LARGEST_ROW.saturating_sub(begin as u64);
                let count = (&mut self.bytes).take(most).read_until(b'\n', &mut self.text).map_err(|error| fault(why(&error)))?;
                if self.text.len() as u64 >= LARGEST_ROW {
                    let perhaps = if open || self.text.contains(&b'"') { "; perhaps a quotation mark is not closed" } else { "" };
                    return Err(fault(format!("a row is larger than {} MB{perhaps}", LARGEST_ROW >> 20)));
                }
                if count == 0 {
                    break;
                }
                self.next += 1;
                let marks = self.text.get(begin..).unwrap_or_default().iter().filter(|byte| **byte == b'"').count();
                open ^= marks % 2 == 1;
                if !open {
                    break;
                }
            }
            if self.text.is_empty() {
                return Ok(false);
            }
            if self.text.iter().any(|byte| !matches!(byte, b'\r' | b'\n')) {
                return Ok(true);
            }
        }
    }

    /// Splits the record in hand into its cells.
    fn split(&mut self) -> Result<(), Problem> {
        let marks = self.text.iter().filter(|byte| **byte == b'"').count();
        if marks % 2 == 1 {
            return Err(Problem::of_row("a quotation mark is not closed"));
        }
        self.reader.reset();
        self.cells.resize(self.text.len() + 1, 0);
        let (mut read, mut written, mut ends) = (0, 0, 0);
        loop {
            if ends == self.ends.len() {
                self.ends.resize(ends * 2 + 1, 0);
            }
            let input = self.text.get(read..).unwrap_or_default();
            let output = self.cells.get_mut(written..).unwrap_or_default();
            let (result, nin, nout, nends) = self.reader.read_record(input, output, self.ends.get_mut(ends..).unwrap_or_default());
            (read, written, ends) = (read + nin, written + nout, ends + nends);
            match result {
                ReadRecordResult::InputEmpty | ReadRecordResult::OutputEndsFull => {}
                // There is room for every byte of the record.
                ReadRecordResult::OutputFull => return Err(Problem::of_row("the row cannot be split into cells")),
                ReadRecordResult::Record | ReadRecordResult::End => break,
            }
        }
        self.count = ends;
        if self.text.get(read..).unwrap_or_default().iter().any(|byte| !matches!(byte, b'\r' | b'\n')) {
            return Err(Problem::of_row("a quotation mark stands in the middle of a cell"));
        }
        Ok(())
    }

    /// A cell of the record in hand.
    fn cell(&self, number: usize) -> Option<&[u8]> {
        let end = *self.ends.get(..self.count)?.get(number)?;
        let start = number.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        self.cells.get(start..end)
    }
}

/// The mark between columns: where the header has no comma, a semicolon or a tabulator.
fn delimiter(header: &[u8]) -> u8 {
    if header.contains(&b',') {
        return b',';
    }
    [b';', b'\t'].into_iter().find(|mark| header.contains(mark)).unwrap_or(b',')
}
