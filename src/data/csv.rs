//! CSV: a header, then a row a record.
//!
//! A record is one line, or several where a quotation mark is open at the end of one. So a row
//! knows its line, is never larger than may be, and a mark that is never closed is found. Records
//! without quotation marks are split at their delimiters; all others by `csv-core`.

use std::collections::BTreeSet;
use std::io::Read;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use memchr::{memchr, memchr_iter};

use super::blocks::{Blocks, Records};
use super::collect::{Collector, Problem, Rules};
use super::fast::Fast;
use super::header::{Bound, LooseName, Wanted, loose_names};
use super::marks::Marks;
use super::reader::{BYTES_OF_BLOCK, OpenRows, Text};
use super::text::{Block, Lines, TextRows};
use crate::data::fault::{Fault, Outcome};

/// What the header of one CSV file says of its rows.
pub struct Csv {
    name: String,
    rules: Rules,
    delimiter: u8,
    /// How many columns there are.
    width: usize,
    bound: Vec<Bound>,
    fast: Vec<Fast>,
    unread: BTreeSet<String>,
}

/// The rows of a CSV file.
pub fn open(name: &str, text: Text, wanted: &Wanted, rules: &Rules) -> Outcome<OpenRows> {
    Ok(Box::new(rows(name, text, wanted, rules, BYTES_OF_BLOCK)?))
}

/// The same, in blocks of about some size.
pub fn rows(
    name: &str,
    bytes: Box<dyn Read + Send>,
    wanted: &Wanted,
    rules: &Rules,
    size: usize,
) -> Outcome<TextRows<Csv>> {
    let mut blocks = Blocks::new(bytes, Records::Quoted, size);
    let line = 1 + blocks.pass_empty_lines();
    let header =
        blocks.record().map_err(|message| Fault::new(format!("{name}:{line}: {message}")))?;
    let header = header
        .ok_or_else(|| Fault::new(format!("`{name}` is empty: it does not even have a header")))?;
    let lines = lines_in(&header);
    let fault = |message: String| Fault::new(format!("{name}:{line}: {message}"));
    let delimiter = delimiter(&header);
    let mut splitter = Splitter::new(delimiter);
    splitter.split(&header).map_err(|problem| fault(problem.message))?;
    let names = (0..splitter.count).map(|number| {
        let text = std::str::from_utf8(splitter.cell(number).unwrap_or_default());
        text.map(str::to_owned)
            .map_err(|_| fault(format!("the name of column {} is not UTF-8 text", number + 1)))
    });
    let names = names.collect::<Outcome<Vec<String>>>()?;
    let (bound, unread) = wanted.bind(&names).map_err(fault)?;
    let fast = bound.iter().map(|bound| Fast::of(&bound.reader)).collect();
    let unread = unread.into_iter().collect();
    let csv = Csv {
        name: name.to_owned(),
        rules: rules.clone(),
        delimiter,
        width: names.len(),
        bound,
        fast,
        unread,
    };
    Ok(TextRows::new(name, csv, blocks, line - 1 + lines))
}

impl Lines for Csv {
    fn rows(&self, block: &[u8]) -> Block {
        let mut collector = Collector::new(&self.rules, &self.name, &self.fast);
        let mut splitter = Splitter::new(self.delimiter);
        let mut plain = Plain::new(block, self);
        let (mut at, mut line) = (0, 1);
        while at < block.len() && !collector.is_stopped() {
            if let Some(next) = plain.record(at) {
                collector.texts(line, &self.bound, |number| plain.cell(at, number));
                (at, line) = (next, line + 1);
                continue;
            }
            let end = Records::Quoted.end(block, at).unwrap_or(block.len());
            let record = block.get(at..end).unwrap_or_default();
            if !is_blank(record) {
                match splitter.split(record).and_then(|()| self.has_width(splitter.count)) {
                    Ok(()) => collector.texts(line, &self.bound, |number| splitter.cell(number)),
                    Err(problem) => collector.refuse(
                        line,
                        problem.over(1 + lines_in(record.strip_suffix(b"\n").unwrap_or(record))),
                    ),
                }
            }
            line += lines_in(record);
            at = end;
            plain.marks.seek(at);
        }
        Block { parsed_rows: collector.parsed_rows(), lines: line - 1, unread: self.unread.clone() }
    }

    fn loose(&self) -> Vec<LooseName> {
        loose_names(&self.bound)
    }
}

impl Csv {
    fn has_width(&self, count: usize) -> Result<(), Problem> {
        if count == self.width {
            return Ok(());
        }
        let many = |count: usize| format!("{count} column{}", if count == 1 { "" } else { "s" });
        Err(Problem::of_row(format!(
            "the row has {}, and the header has {}",
            many(count),
            many(self.width)
        )))
    }
}

/// Splits records of one line each, without quotation marks and stray carriage returns, with as
/// many cells as there are columns.
struct Plain<'t> {
    text: &'t [u8],
    marks: Marks<'t>,
    width: usize,
    /// True if there is a carriage return anywhere.
    has_returns: bool,
    /// Where the cells of the current record end.
    ends: Vec<usize>,
}

impl<'t> Plain<'t> {
    fn new(text: &'t [u8], csv: &Csv) -> Plain<'t> {
        let (marks, has_returns) = (Marks::new(text, csv.delimiter), memchr(b'\r', text).is_some());
        Plain { text, marks, width: csv.width, has_returns, ends: Vec::with_capacity(csv.width) }
    }

    /// Takes the current record that begins at a place; where the next one does. `None`: it is no
    /// plain one.
    fn record(&mut self, begin: usize) -> Option<usize> {
        self.ends.clear();
        let next = loop {
            let Some(at) = self.marks.next() else {
                self.ends.push(self.text.len());
                break self.text.len();
            };
            match self.text.get(at) {
                Some(b'"') => return None,
                Some(b'\n') => {
                    self.ends.push(at);
                    break at + 1;
                }
                Some(_) | None if self.ends.len() < self.width => self.ends.push(at),
                Some(_) | None => return None,
            }
        };
        let end = self.ends.last_mut()?;
        if self.has_returns {
            let content = self.text.get(begin..*end)?;
            let content = content.strip_suffix(b"\r").unwrap_or(content);
            *end = begin + content.len();
            if memchr(b'\r', content).is_some() {
                return None;
            }
        }
        (*end > begin && self.ends.len() == self.width).then_some(next)
    }

    /// A cell of the current record.
    fn cell(&self, begin: usize, number: usize) -> Option<&'t [u8]> {
        let start = match number.checked_sub(1) {
            Some(before) => self.ends.get(before)? + 1,
            None => begin,
        };
        self.text.get(start..*self.ends.get(number)?)
    }
}

/// Splits any record.
struct Splitter {
    reader: Reader,
    /// The cells, one behind the other, and where each ends.
    cells: Vec<u8>,
    ends: Vec<usize>,
    count: usize,
}

impl Splitter {
    fn new(delimiter: u8) -> Splitter {
        Splitter {
            reader: ReaderBuilder::new().delimiter(delimiter).build(),
            cells: Vec::new(),
            ends: vec![0; 16],
            count: 0,
        }
    }

    /// Splits a record into its cells.
    fn split(&mut self, text: &[u8]) -> Result<(), Problem> {
        if memchr_iter(b'"', text).count() % 2 == 1 {
            return Err(Problem::of_row("a quotation mark is not closed"));
        }
        self.reader.reset();
        self.cells.resize(text.len() + 1, 0);
        let (mut read, mut written, mut ends) = (0, 0, 0);
        loop {
            if ends == self.ends.len() {
                self.ends.resize(ends * 2 + 1, 0);
            }
            let input = text.get(read..).unwrap_or_default();
            let output = self.cells.get_mut(written..).unwrap_or_default();
            let (result, nin, nout, nends) = self.reader.read_record(
                input,
                output,
                self.ends.get_mut(ends..).unwrap_or_default(),
            );
            (read, written, ends) = (read + nin, written + nout, ends + nends);
            match result {
                ReadRecordResult::InputEmpty | ReadRecordResult::OutputEndsFull => {}
                // The buffer has space for every byte of the record.
                ReadRecordResult::OutputFull => {
                    return Err(Problem::of_row("the row cannot be split into cells"));
                }
                ReadRecordResult::Record | ReadRecordResult::End => break,
            }
        }
        self.count = ends;
        let (taken, rest) = text.split_at_checked(read).unwrap_or((text, &[]));
        if !is_blank(rest) {
            return Err(Problem::of_row(match taken.last() {
                Some(b'\r') => {
                    "there is a carriage return without a line feed; lines end with a line feed"
                }
                Some(_) | None => "there is a quotation mark in the middle of a cell",
            }));
        }
        Ok(())
    }

    /// A cell of the current record.
    fn cell(&self, number: usize) -> Option<&[u8]> {
        let end = *self.ends.get(..self.count)?.get(number)?;
        let start =
            number.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        self.cells.get(start..end)
    }
}

fn is_blank(text: &[u8]) -> bool {
    text.iter().all(|byte| matches!(byte, b'\r' | b'\n'))
}

fn lines_in(text: &[u8]) -> u64 {
    memchr_iter(b'\n', text).count() as u64
}

/// The mark between columns: where the header has no comma outside quotation marks, a semicolon or
/// a tabulator.
fn delimiter(header: &[u8]) -> u8 {
    let outside = header.split(|byte| *byte == b'"').step_by(2);
    [b',', b';', b'\t']
        .into_iter()
        .find(|mark| outside.clone().any(|part| part.contains(mark)))
        .unwrap_or(b',')
}

/// The cells of a record with commas, by `csv-core` alone.
#[cfg(test)]
pub fn cells_of(record: &[u8]) -> Result<Vec<Vec<u8>>, (Option<String>, String)> {
    let mut splitter = Splitter::new(b',');
    splitter.split(record).map_err(|problem| (problem.column, problem.message))?;
    Ok((0..splitter.count)
        .map(|number| splitter.cell(number).unwrap_or_default().to_vec())
        .collect())
}
