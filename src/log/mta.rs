//! The display text that Event Viewer saves beside an exported log, in one language: `LocaleMetaData\System_1033.MTA`.
//!
//! MS-EVEN6 3.1.1.7 calls the two a localized log and leaves the format open; what is known of it stands in the evtx
//! crate's `docs/mta.md`. Numbers are little-endian, texts UTF-16LE. Behind the header is a table of sections. A section
//! is a chain of pages, and a page has the places of up to 100 entries. `MSG` holds all texts. `EVT` says for each record
//! which text is its message; the record's values are in it already, so there is nothing to put in. `PUB` has for each
//! provider the texts that its levels and tasks are called by.
//!
//! A file is kept as it is, and each question walks through it: few records are looked at. So damage costs only what it
//! hits, and neither memory nor time can grow beyond the file.

use std::ops::Range;

use crate::event::utf16;

/// What a file starts with.
const MAGIC: &[u8] = b"MTAFile\0";
/// Bytes of the header: behind the magic the version, the size of the table of sections, and their count.
const HEADER_SIZE: usize = 24;
/// Bytes of a section in the table without its name: its place and size, and the size of its name.
const SECTION_SIZE: usize = 20;
/// Bytes of a page before its entries: 72 of an index, the places of the next page and of this one, and those of entries.
const PAGE_SIZE: usize = 888;
/// Where a page has the place of the next one; the last page has its own there.
const NEXT_PAGE: usize = 72;
/// Where a page has the places of its entries; those it does not use are 0.
const PLACES: usize = 88;
/// Bytes before an entry's content: its number and its size.
const ENTRY_SIZE: usize = 8;
/// Longer texts are cut to this many bytes, which is all that Windows makes of a message (FormatMessage).
const MAX_TEXT: usize = 1 << 16;
/// The provider whose names count where a record's own has none.
const DEFAULT: &str = "DEFAULT_PUBLISHER";

/// The display text of a log.
#[derive(Debug)]
pub struct DisplayText {
    bytes: Vec<u8>,
    events: Range<usize>,
    messages: Range<usize>,
    publishers: Range<usize>,
}

/// The names of a provider: numbers and the texts they are called by, four bytes each.
struct Publisher<'a> {
    levels: &'a [[u8; 8]],
    tasks: &'a [[u8; 8]],
}

impl DisplayText {
    /// A larger file should not be read. One for 62,000 records with long messages has 59 MB.
    pub const MAX_SIZE: u64 = 256 << 20;

    /// Whether a file that starts with `start` is display text, of the one version that there is.
    pub fn recognise(start: &[u8]) -> bool {
        start.starts_with(MAGIC) && number(start, MAGIC.len()) == Some(1)
    }

    /// Opens a whole file; `None` if it is something else. What a damaged one lacks is not found later.
    pub fn open(bytes: Vec<u8>) -> Option<DisplayText> {
        Self::recognise(&bytes).then_some(())?;
        let section = |name| section(&bytes, name).unwrap_or_default();
        let (events, messages, publishers) = (section("EVT"), section("MSG"), section("PUB"));
        Some(DisplayText { bytes, events, messages, publishers })
    }

    /// The message of a record, by its provider and `System/EventRecordID`, with its values in it.
    ///
    /// A log that was exported from several channels can have a record id twice. Then there is no message: which of two
    /// is the record's, only its place would tell.
    pub fn message(&self, provider: &str, record_id: u64) -> Option<String> {
        // Without the provider, this is the display text of another log.
        self.publisher(provider)?;
        let of_record = |(_, entry): (u32, &[u8])| (wide(entry, 0)? == record_id).then(|| wide(entry, 8))?;
        let mut found = self.entries(&self.events).filter_map(of_record);
        let message = found.next()?;
        if found.any(|other| other != message) {
            return None;
        }
        self.text(message.try_into().ok()?)
    }

    /// What a provider calls a level, such as `Error` for 2.
    pub fn level(&self, provider: &str, level: u16) -> Option<String> {
        self.name(provider, level, |publisher| publisher.levels)
    }

    /// What a provider calls a task, such as `Logon`.
    pub fn task(&self, provider: &str, task: u16) -> Option<String> {
        self.name(provider, task, |publisher| publisher.tasks)
    }

    /// The name of a number in a table of the provider or, where that has none, in the one for all.
    fn name(&self, provider: &str, value: u16, table: for<'a> fn(&Publisher<'a>) -> &'a [[u8; 8]]) -> Option<String> {
        // Some Windows writes task 0 as 0x10000.
        let is_meant = |pair: &&[u8; 8]| u16::from_le_bytes([pair[0], pair[1]]) == value;
        let text = |publisher| number(table(&publisher).iter().find(is_meant)?, 4);
        let own = self.publisher(provider)?;
        self.text(text(own).or_else(|| text(self.publisher(DEFAULT)?))?)
    }

    fn publisher(&self, provider: &str) -> Option<Publisher<'_>> {
        self.entries(&self.publishers).find_map(|(_, mut rest)| {
            let mut part = |unit: usize| {
                let size = unit.checked_mul(number(rest, 0)? as usize)?;
                let (part, more) = rest.get(4..)?.split_at_checked(size)?;
                rest = more;
                Some(part)
            };
            // Levels, tasks, opcodes and keywords, and then the provider's name.
            let (levels, tasks, _, _, name) = (part(8)?, part(8)?, part(8)?, part(8)?, part(1)?);
            let publisher = Publisher { levels: levels.as_chunks().0, tasks: tasks.as_chunks().0 };
            text(name).eq_ignore_ascii_case(provider).then_some(publisher)
        })
    }

    /// The text with a number; `None` where there is none, or nothing in it.
    fn text(&self, wanted: u32) -> Option<String> {
        let (_, entry) = self.entries(&self.messages).find(|(number, _)| *number == wanted)?;
        let size = number(entry, 0)? as usize;
        let text = text(entry.get(4..)?.get(..size)?).trim().to_owned();
        (!text.is_empty()).then_some(text)
    }

    /// The entries of a section, with their numbers.
    fn entries(&self, section: &Range<usize>) -> impl Iterator<Item = (u32, &[u8])> {
        let section = self.bytes.get(section.clone()).unwrap_or_default();
        let page = |at: usize| Some((at, section.get(at..)?.get(..PAGE_SIZE)?));
        let next = move |(at, this): &(usize, &[u8])| {
            let next = place(wide(this, NEXT_PAGE)?)?;
            if next == *at { None } else { page(next) }
        };
        // A page has a size of its own, so a longer chain comes back to one.
        let pages = std::iter::successors(page(0), next).take(section.len() / PAGE_SIZE);
        let places = pages.flat_map(|(_, page)| page[PLACES..].as_chunks::<8>().0);
        let entry = move |bytes: &[u8; 8]| {
            let at = place(u64::from_le_bytes(*bytes)).filter(|at| *at > 0)?;
            let entry = section.get(at..)?;
            Some((number(entry, 0)?, entry.get(ENTRY_SIZE..)?.get(..number(entry, 4)? as usize)?))
        };
        // Nor do whole entries share their bytes.
        let mut left = section.len();
        places.filter_map(entry).take_while(move |(_, entry)| {
            let rest = left.checked_sub(ENTRY_SIZE + entry.len());
            left = rest.unwrap_or(0);
            rest.is_some()
        })
    }
}

/// Where a section is, as far as the file has it.
fn section(bytes: &[u8], wanted: &str) -> Option<Range<usize>> {
    let mut at = HEADER_SIZE;
    for _ in 0..number(bytes, HEADER_SIZE - 4)? {
        let row = bytes.get(at..)?;
        let size = number(row, SECTION_SIZE - 4)? as usize;
        let name = row.get(SECTION_SIZE..)?.get(..size)?;
        if text(name) == wanted {
            let start = place(wide(row, 0)?)?;
            let end = start.checked_add(place(wide(row, 8)?)?)?;
            return Some(start.min(bytes.len())..end.min(bytes.len()));
        }
        at += SECTION_SIZE + size;
    }
    None
}

/// A text, up to its NUL.
fn text(bytes: &[u8]) -> String {
    let mut text = utf16(&bytes[..bytes.len().min(MAX_TEXT)]);
    text.truncate(text.find('\0').unwrap_or(text.len()));
    text
}

fn place(place: u64) -> Option<usize> {
    place.try_into().ok()
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(u32::from_le_bytes)
}

fn wide(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().copied().map(u64::from_le_bytes)
}

/// Whether the file at `path` is, by its name and place, display text of the log at `log`: `System.evtx` has
/// `System_1033.MTA` (the number is the language, a LCID) in the folder `LocaleMetaData` beside it, or at its side. A
/// folder may be one in an archive, as in `customer.zip › System.evtx`.
pub fn is_of(path: &str, log: &str) -> bool {
    let (mut folder, name) = split(path);
    let (log_folder, log) = split(log);
    if folder.last().is_some_and(|last| last.eq_ignore_ascii_case("LocaleMetaData")) {
        folder.pop();
    }
    let Some((name, language)) = stem(name).rsplit_once('_') else { return false };
    let is_same = |(a, b): (&&str, &&str)| a.eq_ignore_ascii_case(b);
    language.parse::<u32>().is_ok()
        && name.eq_ignore_ascii_case(stem(log))
        && folder.len() == log_folder.len()
        && folder.iter().zip(&log_folder).all(is_same)
}

/// The folders of a path, and the name at its end.
fn split(path: &str) -> (Vec<&str>, &str) {
    let mut folders: Vec<&str> = path.split(['/', '\\', '›']).map(str::trim).collect();
    let name = folders.pop().unwrap_or_default();
    (folders, name)
}

/// A name without its ending.
fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_text_belongs_to_the_log_beside_it() {
        for (path, log) in [
            ("LocaleMetaData/System_1033.MTA", "System.evtx"),
            ("localemetadata\\system_1031.mta", "System.EVTX"),
            ("pc 1/LocaleMetaData/System_1033.MTA", "pc 1/System.evtx"),
            ("customer.zip › logs/LocaleMetaData/My_Log_1033.MTA", "customer.zip › logs/My_Log.evtx"),
            ("System_1033.MTA", "System.evtx"),
            ("System_1033", "System"),
        ] {
            assert!(is_of(path, log), "{path} is of {log}");
        }
        for (path, log) in [
            ("LocaleMetaData/System_1033.MTA", "Application.evtx"),
            ("pc 1/LocaleMetaData/System_1033.MTA", "pc 2/System.evtx"),
            ("pc 1/LocaleMetaData/System_1033.MTA", "System.evtx"),
            ("LocaleMetaData/System.MTA", "System.evtx"),
            ("LocaleMetaData/System_old.MTA", "System.evtx"),
            ("other.zip › LocaleMetaData/System_1033.MTA", "customer.zip › System.evtx"),
        ] {
            assert!(!is_of(path, log), "{path} is not of {log}");
        }
    }
}
