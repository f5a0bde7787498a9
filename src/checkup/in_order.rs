//! Checks a file from its start to its end, where a reader cannot do parts of it by themselves.

use super::part::Records;
use super::{FileReport, Report};
use crate::kb::KnowledgeBase;
use crate::log::Sequential;

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
