//! What an Arrow file says of the lengths of its parts, compared with its real length, before the
//! library believes it.
//!
//! In: the bytes of a file or stream. Out: nothing, or why it cannot be read. The library sets as
//! much memory aside as a compressed part is said to need, and a process that asks for more than
//! there is is ended. It also takes a stream that was cut off between two of its parts for a whole
//! one. Nothing is decompressed here, and no rows are made.

use std::io::{Read, Seek, SeekFrom};

use arrow_ipc::reader::read_footer_length;
use arrow_ipc::{root_as_footer, root_as_message};

use super::guarded::{BROKEN, why};

/// The most bytes that one batch may have without compression.
const LARGEST_BATCH: u64 = 1 << 32;
/// How many times larger than its compressed form a part can be: zstd writes 128 KB of one letter
/// in four bytes, lz4 needs more.
const MOST_TIMES: u64 = 1 << 15;
/// Rows of which no column holds anything, at most.
const MOST_BARE_ROWS: u64 = 1 << 20;
/// How a file ends: with the length of the list of its parts, and its name.
const END: usize = 10;
/// The marker before each message, and before its length.
const MARK: [u8; 4] = [0xff; 4];

/// Looks at a file: its parts are listed at its end.
pub fn of_file(bytes: &mut (impl Read + Seek)) -> Result<(), String> {
    let mut file = Parts::new(bytes)?;
    let end = file.length.checked_sub(END as u64).ok_or_else(broken)?;
    let mark = file.part(end, END as u64)?.try_into().map_err(|_| broken())?;
    let length = read_footer_length(mark).map_err(|error| why(&error.to_string()))? as u64;
    let footer = file.part(end.checked_sub(length).ok_or_else(broken)?, length)?;
    let footer = root_as_footer(&footer).map_err(|_| broken())?;
    for block in footer.dictionaries().into_iter().chain(footer.recordBatches()).flatten() {
        let begin = whole(block.offset())?;
        let message = file.part(begin, whole(block.metaDataLength().into())?)?;
        let body = begin + message.len() as u64;
        let length = whole(block.bodyLength())?;
        let message =
            message.strip_prefix(&MARK).unwrap_or(&message).get(4..).ok_or_else(broken)?;
        file.message(message, body, Some(length))?;
    }
    Ok(())
}

/// Checks a stream: its messages follow each other, with an end mark after the last.
pub fn of_stream(bytes: &mut (impl Read + Seek)) -> Result<(), String> {
    let mut stream = Parts::new(bytes)?;
    let mut at = 0;
    while at < stream.length {
        let head = stream.part(at, 8)?;
        let length = head
            .strip_prefix(&MARK)
            .and_then(|length| length.try_into().ok())
            .map(i32::from_le_bytes)
            .ok_or_else(broken)?;
        if length == 0 {
            return Ok(());
        }
        let message = stream.part(at + 8, whole(length.into())?)?;
        let body = at + 8 + message.len() as u64;
        at = stream.message(&message, body, None)?;
    }
    Err("the stream was cut off: its end mark is missing".to_owned())
}

/// The parts of some bytes.
struct Parts<'b, B> {
    bytes: &'b mut B,
    length: u64,
}

impl<'b, B: Read + Seek> Parts<'b, B> {
    fn new(bytes: &'b mut B) -> Result<Parts<'b, B>, String> {
        let length = bytes.seek(SeekFrom::End(0)).map_err(|error| why(&error.to_string()))?;
        Ok(Parts { bytes, length })
    }

    /// A part that must be there.
    fn part(&mut self, begin: u64, length: u64) -> Result<Vec<u8>, String> {
        if begin.checked_add(length).is_none_or(|end| end > self.length) {
            return Err(broken());
        }
        let mut part = Vec::new();
        let read = self
            .bytes
            .seek(SeekFrom::Start(begin))
            .and_then(|_| self.bytes.take(length).read_to_end(&mut part));
        match read {
            Ok(read) if read as u64 == length => Ok(part),
            Ok(_) => Err(broken()),
            Err(error) => Err(why(&error.to_string())),
        }
    }

    /// Looks at a message and what it says of its body, which begins here and may be said to be so
    /// long. Comes back with where it ends.
    fn message(&mut self, message: &[u8], body: u64, length: Option<u64>) -> Result<u64, String> {
        let message = root_as_message(message).map_err(|_| broken())?;
        let length = length.map_or_else(|| whole(message.bodyLength()), Ok)?;
        let end = body.checked_add(length).filter(|end| *end <= self.length).ok_or_else(broken)?;
        let Some(batch) = message
            .header_as_record_batch()
            .or_else(|| message.header_as_dictionary_batch()?.data())
        else {
            return Ok(end);
        };
        let mut bytes: u64 = 0;
        for buffer in batch.buffers().into_iter().flatten() {
            let (offset, held) = (whole(buffer.offset())?, whole(buffer.length())?);
            if offset.checked_add(held).is_none_or(|end| end > length) {
                return Err(broken());
            }
            let stated = if batch.compression().is_some() && held > 0 {
                self.stated(body + offset, held)?
            } else {
                held
            };
            bytes = bytes.saturating_add(stated);
        }
        if bytes > LARGEST_BATCH {
            return Err(format!("a batch of its rows is larger than {} GB", LARGEST_BATCH >> 30));
        }
        // A row takes a bit at least, or nothing of it is there.
        if whole(batch.length())? > bytes.saturating_mul(8).saturating_add(MOST_BARE_ROWS) {
            return Err(broken());
        }
        Ok(end)
    }

    /// How long a compressed part is said to be without compression.
    fn stated(&mut self, begin: u64, held: u64) -> Result<u64, String> {
        let stated = i64::from_le_bytes(self.part(begin, 8)?.try_into().map_err(|_| broken())?);
        match u64::try_from(stated) {
            Ok(stated) if stated <= held.saturating_mul(MOST_TIMES) => Ok(stated),
            // It says so where compression would have made it longer.
            Err(_) if stated == -1 => Ok(held),
            Ok(_) | Err(_) => Err(broken()),
        }
    }
}

/// A length that is not below zero.
fn whole(length: i64) -> Result<u64, String> {
    u64::try_from(length).map_err(|_| broken())
}

fn broken() -> String {
    BROKEN.to_owned()
}
