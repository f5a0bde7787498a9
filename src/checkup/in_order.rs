//! Checks a file from its start to its end, where a reader cannot do parts of it by themselves.

use std::io::Read;

use super::part::Records;
use super::{FileReport, Keys, Listing, Report, unread_slice};
use crate::kb::KnowledgeBase;
use crate::log::{Problem, Reason, Sequential};

/// Bytes that are read at once.
const SLICE: u64 = 1 << 20;

/// A report is given after so many bytes.
const PART: u64 = 8 << 20;

/// The report of a whole file.
pub fn in_order(
    knowledge: &KnowledgeBase,
    number: u32,
    file: &FileReport,
    reader: impl Sequential,
    bytes: impl Read,
) -> Report {
    let opened = Report::of(number, file.clone());
    std::iter::once(opened).chain(Parts::new(knowledge, number, file, reader, bytes)).collect()
}

/// The reports of the parts of a file. Where its bytes end early or cannot be read, the last one says so.
pub struct Parts<'k, R, B> {
    /// `None` when the file is at its end.
    checkup: Option<InOrder<'k, R>>,
    bytes: B,
    offset: u64,
    buffer: Vec<u8>,
}

impl<'k, R: Sequential, B: Read> Parts<'k, R, B> {
    /// The parts of the file with the given number, with a new reader.
    pub fn new(knowledge: &'k KnowledgeBase, number: u32, file: &FileReport, reader: R, bytes: B) -> Parts<'k, R, B> {
        let checkup = InOrder::new(knowledge, number, file, reader);
        Parts { checkup: Some(checkup), bytes, offset: 0, buffer: Vec::new() }
    }

    /// Leaves out the records that are known already.
    pub fn leaving_out(mut self, keys: &Keys) -> Self {
        self.checkup.iter_mut().for_each(|checkup| checkup.records.leave_out(keys));
        self
    }

    /// Lists the records too.
    pub fn listing(mut self, listing: &Listing) -> Self {
        self.checkup = self.checkup.map(|checkup| checkup.listing(listing));
        self
    }
}

impl<R: Sequential, B: Read> Iterator for Parts<'_, R, B> {
    type Item = Report;

    fn next(&mut self) -> Option<Report> {
        let checkup = self.checkup.as_mut()?;
        let mut report = Report::default();
        let end = self.offset + PART;
        while self.offset < end {
            self.buffer.clear();
            // A buffer that grows while it is filled is copied again and again.
            self.buffer.reserve(SLICE.min(checkup.file.size.saturating_sub(self.offset)) as usize);
            let read = (&mut self.bytes).take(SLICE).read_to_end(&mut self.buffer);
            report.merge(checkup.slice(&self.buffer));
            self.offset += self.buffer.len() as u64;
            let (number, size) = (checkup.number, checkup.file.size);
            let problem = match read {
                Ok(1..) => continue,
                Ok(0) if self.offset < size => Some(format!("{} of {size} bytes came", self.offset)),
                Ok(0) => None,
                Err(error) => Some(error.to_string()),
            };
            if let Some(message) = problem {
                let problem = Problem { offset: self.offset, reason: Reason::Unreadable(message), lost: 0 };
                report.merge(unread_slice(number, &checkup.file, problem));
            }
            report.merge(self.checkup.take()?.finish());
            break;
        }
        Some(report)
    }
}

/// Checks a file whose bytes come in their order.
pub struct InOrder<'k, R> {
    reader: R,
    records: Records<'k>,
    number: u32,
    file: FileReport,
}

impl<'k, R: Sequential> InOrder<'k, R> {
    /// A checkup of the file with the given number, with a new reader.
    pub fn new(knowledge: &'k KnowledgeBase, number: u32, file: &FileReport, reader: R) -> InOrder<'k, R> {
        InOrder { reader, records: Records::new(knowledge), number, file: file.clone() }
    }

    /// Lists the records too.
    pub fn listing(mut self, listing: &Listing) -> Self {
        self.records.list(listing);
        self
    }

    /// The report of the next bytes of the file. A few megabytes at once keep it cheap, and memory bounded.
    pub fn slice(&mut self, bytes: &[u8]) -> Report {
        self.records.open(self.number, &self.file);
        let coverage = self.reader.slice(bytes, &mut self.records);
        self.records.finish(coverage, bytes.len() as u64, |symbol| self.reader.name(symbol))
    }

    /// The report of what is left when there are no more bytes.
    pub fn finish(mut self) -> Report {
        self.records.open(self.number, &self.file);
        let coverage = self.reader.finish(&mut self.records);
        self.records.finish(coverage, 0, |symbol| self.reader.name(symbol))
    }
}
