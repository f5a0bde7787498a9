//! Another look at a file that was checked already: at records that other files have too, and at what it has given up.

use std::io::{self, Read};
use std::iter;

use super::{FileReport, Ids, Keys, Parts, Report};
use crate::kb::KnowledgeBase;
use crate::log::{Kind, Problem, Reason};

/// Checks a whole file again, without the records that files looked at before have too. The reports of its parts together
/// take the place of the file's first one. `ids` are those of [`overlaps`](super::overlaps), or `None` for all, where
/// files are to be carved.
pub fn again<'a>(
    knowledge: &'a KnowledgeBase,
    number: u32,
    first: &'a FileReport,
    ids: Option<Ids>,
    keys: &'a Keys,
    mut bytes: impl Read + 'a,
) -> impl Iterator<Item = Report> + 'a {
    keys.next_file(ids);
    let mut start = Vec::with_capacity(Kind::START);
    // What cannot be read now cannot be read below, where that is said.
    let _ = (&mut bytes).take(Kind::START as u64).read_to_end(&mut start);
    let file = FileReport { kind: first.kind, ..FileReport::open(&*first.name, first.size, &start) };
    let reader = file.kind.reader(file.size, &file.name);
    let parts = reader.map(|reader| {
        Parts::new(knowledge, number, &file, reader, io::Cursor::new(start).chain(bytes)).leaving_out(keys)
    });
    let end = move || {
        // A record that is left out may have said it.
        let (windows, zones) = (first.windows, first.zones.clone());
        let mut file = FileReport { windows, zones, ..first.unread() };
        if keys.are_too_many() {
            file.coverage.add(Problem { offset: 0, reason: Reason::TooManyToCompare, lost: 0 });
        }
        Report::of(number, file)
    };
    iter::once(Report::of(number, file)).chain(parts.into_iter().flatten()).chain(iter::once_with(end))
}

/// Checks the records that a log has given up, without those that are known. The reports add to the file's. All files
/// should have been looked at with [`again`] before, so that their records are known.
pub fn carve<'a>(
    knowledge: &'a KnowledgeBase,
    number: u32,
    first: &FileReport,
    keys: &Keys,
    bytes: impl Read + 'a,
) -> impl Iterator<Item = Report> + 'a {
    keys.next_file(None);
    let file = first.unread();
    let carver = file.kind.carver(file.size, &file.name);
    let parts = carver.map(|carver| Parts::new(knowledge, number, &file, carver, bytes).leaving_out(keys));
    parts.into_iter().flatten().map(move |mut part| {
        // The bytes count already.
        part.files.values_mut().for_each(|file| file.bytes_read = 0);
        part
    })
}
