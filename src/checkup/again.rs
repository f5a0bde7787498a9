//! Another look at a file that was checked already: at records that other files have too, and at what it has given up.

use std::io::Read;

use super::{FileReport, Ids, Keys, Parts, Report};
use crate::kb::KnowledgeBase;
use crate::log::{Kind, Problem, Reason};

/// Checks a whole file again, without the records that files looked at before have too. The report takes the place of
/// the file's first one. `ids` are those of [`overlaps`](super::overlaps), or `None` for all, where files are to be
/// carved.
pub fn again(
    knowledge: &KnowledgeBase,
    number: u32,
    first: &FileReport,
    ids: Option<Ids>,
    keys: &Keys,
    mut bytes: impl Read,
) -> Report {
    keys.next_file(ids);
    let mut start = Vec::new();
    // What cannot be read now cannot be read below, where that is said.
    let _ = (&mut bytes).take(Kind::START as u64).read_to_end(&mut start);
    let file = FileReport { kind: first.kind, ..FileReport::open(&*first.name, first.size, &start) };
    let Some(reader) = file.kind.reader(file.size, &file.name) else {
        return Report { files: [(number, first.clone())].into(), ..Report::default() };
    };
    let parts = Parts::new(knowledge, number, &file, reader, start.chain(bytes)).leaving_out(keys);
    let mut report = Report { files: [(number, file.clone())].into(), ..Report::default() };
    parts.for_each(|part| report.merge(part));
    if let Some(own) = report.files.get_mut(&number) {
        // A record that is left out may have said it.
        own.windows = own.windows.max(first.windows);
        own.zone = own.zone.take().max(first.zone.clone());
        if keys.are_too_many() {
            own.coverage.add(Problem { offset: 0, reason: Reason::TooManyToCompare, lost: 0 });
        }
    }
    report
}

/// Checks the records that a log has given up, without those that are known. The report adds to the file's. All files
/// should have been looked at with [`again`] before, so that their records are known.
pub fn carve(knowledge: &KnowledgeBase, number: u32, first: &FileReport, keys: &Keys, bytes: impl Read) -> Report {
    keys.next_file(None);
    let file = first.unread();
    let Some(reader) = file.kind.carver(file.size, &file.name) else { return Report::default() };
    let mut report = Report::default();
    Parts::new(knowledge, number, &file, reader, bytes).leaving_out(keys).for_each(|part| report.merge(part));
    if let Some(own) = report.files.get_mut(&number) {
        // They count already.
        own.bytes_read = 0;
    }
    report
}
