//! Checks an .evt log. Its records run through the whole file, so one worker reads it from beginning to end.

use super::{Checkup, FileReport, Report};
use crate::kb::KnowledgeBase;
use crate::log::evt::Reader;
use crate::log::{Coverage, Problem, Reason};

/// Bytes of a slice: 8 MiB.
const SLICE: u64 = 8 << 20;

/// Checks a whole .evt log. `read` puts so many bytes from an offset on in place of what is in the buffer, or says why
/// it cannot; the log is read without these bytes then.
pub fn evt(
    knowledge: &KnowledgeBase,
    number: u32,
    file: &FileReport,
    mut read: impl FnMut(u64, u64, &mut Vec<u8>) -> Result<(), String>,
) -> Report {
    let mut checkup = Checkup::new(knowledge, number, file);
    let mut reader = Reader::new(file.size, &file.name);
    let (mut coverage, mut bytes, mut buffer) = (Coverage::default(), 0, Vec::new());
    for offset in (0..file.size).step_by(SLICE as usize) {
        match read(offset, SLICE.min(file.size - offset), &mut buffer) {
            Ok(()) => {
                coverage.merge(reader.slice(&buffer, offset, &mut checkup));
                bytes += buffer.len() as u64;
            }
            Err(message) => coverage.add(Problem { offset, reason: Reason::Unreadable(message), lost: 0 }),
        }
    }
    coverage.merge(reader.finish(&mut checkup));
    checkup.finish(coverage, bytes)
}
