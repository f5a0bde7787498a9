//! What a checkup says of a log that a test wrote.

use evtx_checkup::checkup::{self, FileReport, Report};
use evtx_checkup::kb::KnowledgeBase;
use evtx_checkup::log::evtx::HEADER_SIZE;

/// The report of a log that is read in one go. Reports collect into one.
pub fn report(knowledge: &KnowledgeBase, number: u32, name: &str, log: &[u8]) -> Report {
    let file = FileReport::open(name, log.len() as u64, log);
    let read = checkup::slice(knowledge, number, &file, &log[HEADER_SIZE as usize..], HEADER_SIZE);
    [Report::of(number, file), read].into_iter().collect()
}
