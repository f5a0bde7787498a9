//! What is in an archive: the logs, and what should have been one.

use std::io::{self, Read, Seek};

use super::FileReport;
use crate::kb::import;
use crate::log::archive::Archive;
use crate::log::{Kind, Problem, Reason};
use crate::sources;

/// The logs of an archive together may have this many bytes: 64 GiB.
const MAX_BYTES: u64 = 64 << 30;

/// An archive that is in an archive may have this many bytes: 4 GiB.
const MAX_NESTED: u64 = 4 << 30;

/// Bytes that tell a text from a log.
const GLANCE: u64 = 256;

/// What is in an archive.
pub struct Contents<F> {
    /// The logs and their places among the entries, and what is no log or cannot be read and must be spoken of.
    pub files: Vec<(usize, FileReport)>,
    /// The archives in it: their names, what they are, and themselves, unpacked.
    pub archives: Vec<(String, Kind, F)>,
    /// There are articles or rules in it.
    pub has_sources: bool,
}

impl<F> Contents<F> {
    /// Looks into every entry of an archive. `report` is the archive's own. An archive in it is given to `unpack`,
    /// unless this one is in another already.
    pub fn of<R: Read + Seek>(
        archive: &mut Archive<R>,
        report: &FileReport,
        is_nested: bool,
        mut unpack: impl FnMut(&mut dyn Read) -> io::Result<F>,
    ) -> Contents<F> {
        let mut contents = Contents { files: Vec::new(), archives: Vec::new(), has_sources: false };
        let (mut left, mut unread) = (MAX_BYTES, None);
        for place in archive.places() {
            let path = |name: &str| format!("{} › {name}", report.name);
            let mut entry = match archive.entry(place) {
                Ok(entry) if entry.is_folder => continue,
                Ok(entry) => entry,
                Err((name, error)) => {
                    match is_expected(&name) {
                        true => contents.files.push((place, unreadable(path(&name), 0, error))),
                        // It may be anything, so it is spoken of only where there is nothing else.
                        false => drop(unread.get_or_insert(format!("{name}: {error}"))),
                    }
                    continue;
                }
            };
            if sources::is_source(&entry.name) {
                contents.has_sources = true;
                continue;
            }
            let (name, size) = (path(&entry.name), entry.size);
            let mut start = Vec::new();
            if contents.has_sources && sources::is_imported(&entry.name) {
                // Among tens of thousands of articles, a glance tells that a text is no log.
                let glance = (&mut entry).take(GLANCE).read_to_end(&mut start);
                if glance.is_ok() && Kind::of(&start) == Kind::Text {
                    continue;
                }
            }
            // A log whose start cannot be read gives an error again when it is read whole.
            let error = (&mut entry).take((Kind::START - start.len()) as u64).read_to_end(&mut start).err();
            let file = FileReport::open(&name, size, &start);
            if file.kind == Kind::Text && sources::is_imported(&name) {
                contents.has_sources |= import::recognise(&start);
                continue;
            }
            let refuse = |error: &str| unreadable(name.clone(), size, error.to_owned());
            let file = match file.kind {
                kind if kind.is_archive() && is_nested => {
                    refuse("it is the third archive around each other: unpack it first")
                }
                kind if kind.is_archive() => {
                    let mut whole = start.chain(entry).take(MAX_NESTED + 1);
                    match unpack(&mut whole) {
                        Ok(_) if whole.limit() == 0 => {
                            refuse("it is too large for an archive in an archive: unpack it first")
                        }
                        Ok(unpacked) => {
                            contents.archives.push((name, kind, unpacked));
                            continue;
                        }
                        Err(error) => refuse(&error.to_string()),
                    }
                }
                kind if kind.refusal().is_none() => match left.checked_sub(size) {
                    Some(rest) => {
                        left = rest;
                        file
                    }
                    None => refuse(&format!("the logs of the archive have more than {} GiB", MAX_BYTES >> 30)),
                },
                // Display text is looked into when a record of its log is.
                Kind::Mta => file,
                _ if is_expected(&name) => error.map_or(file, |error| refuse(&error.to_string())),
                // What lies beside logs in an archive is not spoken of.
                _ => continue,
            };
            contents.files.push((place, file));
        }
        if archive.is_cut() {
            let error = "the end of the archive is missing; what is before it was read".to_owned();
            contents.files.push((usize::MAX, unreadable(report.name.clone(), report.size, error)));
        } else if contents.files.is_empty() && contents.archives.is_empty() && !contents.has_sources {
            let unread = unread.map(|error| unreadable(report.name.clone(), report.size, error));
            contents.files.push((usize::MAX, unread.unwrap_or_else(|| report.clone())));
        }
        contents
    }
}

/// Whether a file's name is that of a log, so that it must be said when it is none.
pub fn is_expected(name: &str) -> bool {
    sources::has_ending(name, &["evtx", "evt"])
}

/// The report of a file that cannot be read.
pub fn unreadable(name: String, size: u64, error: String) -> FileReport {
    let mut file = FileReport { kind: Kind::Unreadable, ..FileReport::open(name, size, &[]) };
    file.coverage.add(Problem { offset: 0, reason: Reason::Unreadable(error), lost: 0 });
    file
}
