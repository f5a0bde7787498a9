//! Another look at a file that was checked already: at records that other files have too, and at what it has given up.

use super::in_order::slices;
use super::{Checkup, FileReport, Ids, InOrder, Keys, Report};
use crate::kb::KnowledgeBase;
use crate::log::evtx::HEADER_SIZE;
use crate::log::{Kind, Problem, Reason, Sequential, evt, xml};

/// Puts so many bytes from an offset on in place of what is in the buffer, or says why it cannot.
type Read<'r> = dyn FnMut(u64, u64, &mut Vec<u8>) -> Result<(), String> + 'r;

/// Checks a file again, without the records that files looked at before have too. The report takes the place of the
/// file's first one. `ids` are those of [`overlaps`](super::overlaps), or `None` for all, where files are to be carved.
pub fn again(
    knowledge: &KnowledgeBase,
    number: u32,
    first: &FileReport,
    ids: Option<Ids>,
    keys: &Keys,
    read: &mut Read<'_>,
) -> Report {
    keys.next_file(ids);
    let mut start = Vec::new();
    // What cannot be read now is said below.
    let _ = read(0, first.size.min(Kind::START as u64), &mut start);
    let file = FileReport { kind: first.kind, ..FileReport::open(&*first.name, first.size, &start) };
    let mut report = match file.kind {
        Kind::Evt => leaving_out(keys, knowledge, number, &file, evt::Reader::new(file.size, &file.name)).all(read),
        Kind::Xml => leaving_out(keys, knowledge, number, &file, xml::Reader::new(0)).all(read),
        Kind::Evtx => {
            let mut checkup = Checkup::new(knowledge);
            checkup.leave_out(keys);
            slices(number, &file, HEADER_SIZE, read, |bytes, offset| {
                checkup.open(number, &file);
                checkup.read(bytes, offset);
                checkup.finish()
            })
        }
        _ => return Report { files: [(number, first.clone())].into(), ..Report::default() },
    };
    report.merge(Report { files: [(number, file)].into(), ..Report::default() });
    if let Some(own) = report.files.get_mut(&number) {
        // A record that is left out may have said it.
        own.windows = own.windows.max(first.windows);
        if keys.are_too_many() {
            own.coverage.add(Problem { offset: 0, reason: Reason::TooManyToCompare, lost: 0 });
        }
    }
    report
}

/// Checks the records that a log has given up, without those that are known. The report adds to the file's. All files
/// should have been looked at with [`again`] before, so that their records are known.
pub fn carve(knowledge: &KnowledgeBase, number: u32, first: &FileReport, keys: &Keys, read: &mut Read<'_>) -> Report {
    keys.next_file(None);
    let file = first.unread();
    let mut report = match file.kind {
        Kind::Evtx => {
            let mut checkup = Checkup::new(knowledge);
            checkup.leave_out(keys);
            slices(number, &file, HEADER_SIZE, read, |bytes, offset| {
                checkup.open(number, &file);
                checkup.carve(bytes, offset);
                checkup.finish()
            })
        }
        Kind::Evt => {
            let reader = evt::Reader::new(file.size, &file.name).carve();
            leaving_out(keys, knowledge, number, &file, reader).all(read)
        }
        _ => return Report::default(),
    };
    if let Some(own) = report.files.get_mut(&number) {
        // They count already.
        own.bytes_read = 0;
    }
    report
}

fn leaving_out<'k, R: Sequential>(
    keys: &Keys,
    knowledge: &'k KnowledgeBase,
    number: u32,
    file: &FileReport,
    reader: R,
) -> InOrder<'k, R> {
    let mut checkup = InOrder::new(knowledge, number, file, reader);
    checkup.leave_out(keys);
    checkup
}
