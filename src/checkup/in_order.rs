//! Checks a file from its start to its end, where a reader cannot do parts of it by themselves.

use super::part::Records;
use super::{FileReport, Keys, Report, unread_slice};
use crate::kb::KnowledgeBase;
use crate::log::{Problem, Reason, Sequential};

/// Bytes of a slice: 8 MiB.
const SLICE: u64 = 8 << 20;

/// Checks a whole file. `read` puts so many bytes from an offset on in place of what is in the buffer, or says why it
/// cannot; reading ends there.
pub fn in_order(
    knowledge: &KnowledgeBase,
    number: u32,
    file: &FileReport,
    reader: impl Sequential,
    read: impl FnMut(u64, u64, &mut Vec<u8>) -> Result<(), String>,
) -> Report {
    let mut report = InOrder::new(knowledge, number, file, reader).all(read);
    report.merge(Report { files: [(number, file.clone())].into(), ..Report::default() });
    report
}

/// Reads a file from an offset to its end and gives the report of all slices; `check` gives that of one.
pub(super) fn slices(
    number: u32,
    file: &FileReport,
    start: u64,
    mut read: impl FnMut(u64, u64, &mut Vec<u8>) -> Result<(), String>,
    mut check: impl FnMut(&[u8], u64) -> Report,
) -> Report {
    let mut report = Report::default();
    let mut buffer = Vec::new();
    for offset in (start..file.size).step_by(SLICE as usize) {
        match read(offset, SLICE.min(file.size - offset), &mut buffer) {
            Ok(()) => report.merge(check(&buffer, offset)),
            Err(message) => {
                let problem = Problem { offset, reason: Reason::Unreadable(message), lost: 0 };
                report.merge(unread_slice(number, file, problem));
                break;
            }
        }
    }
    report
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

    /// Leaves out the records that are known already.
    pub fn leave_out(&mut self, keys: &Keys) {
        self.records.leave_out(keys);
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

    /// The report of all bytes, but for what the file's header says.
    pub(super) fn all(mut self, read: impl FnMut(u64, u64, &mut Vec<u8>) -> Result<(), String>) -> Report {
        let (number, file) = (self.number, self.file.clone());
        let mut report = slices(number, &file, 0, read, |bytes, _| self.slice(bytes));
        report.merge(self.finish());
        report
    }
}
