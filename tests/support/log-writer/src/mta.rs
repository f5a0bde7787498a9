//! The display text of a log (`LocaleMetaData\System_1033.MTA`).

use crate::value::encode_utf16;

/// Bytes of the file header and of a section's description without its name.
const HEADER_SIZE: usize = 24;
const SECTION_SIZE: usize = 20;
/// Bytes of a page before its entries, and how many entries a page has.
const PAGE_SIZE: usize = 888;
const PAGE_ENTRIES: usize = 100;
/// Where a page has the places of its entries.
const PLACES: usize = 88;

/// Writes display text, with the layout that Windows gives it: see `docs/mta.md` of the evtx crate.
///
/// ```
/// let mut mta = log_writer::MtaWriter::new();
/// mta.publisher("Service Control Manager", &[(2, "Error")], &[(0, "None")]);
/// mta.message(17, "The Messenger service terminated.");
/// assert!(mta.finish().starts_with(b"MTAFile\0"));
/// ```
#[derive(Debug, Clone, Default)]
pub struct MtaWriter {
    events: Vec<Vec<u8>>,
    messages: Vec<Vec<u8>>,
    publishers: Vec<Vec<u8>>,
}

impl MtaWriter {
    /// Starts a file.
    #[must_use]
    pub fn new() -> MtaWriter {
        MtaWriter::default()
    }

    /// Adds a provider with what its levels and tasks are called; `DEFAULT_PUBLISHER` has the names that count where a
    /// provider has none.
    pub fn publisher(&mut self, name: &str, levels: &[(u32, &str)], tasks: &[(u32, &str)]) {
        let mut entry = Vec::new();
        // Opcodes and keywords, which nobody asks for, are none.
        for table in [levels, tasks, &[], &[]] {
            dword(table.len(), &mut entry);
            for (value, name) in table {
                entry.extend(value.to_le_bytes());
                dword(self.text(name), &mut entry);
            }
        }
        dword(2 * name.encode_utf16().count(), &mut entry);
        encode_utf16(name, &mut entry);
        self.publishers.push(entry);
    }

    /// Adds the message of the log's next record.
    pub fn message(&mut self, record_id: u64, message: &str) {
        let message = self.text(message) as u64;
        self.events.push([record_id, message].iter().flat_map(|number| number.to_le_bytes()).collect());
    }

    /// Completes the file and gives it.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        let sections = [("EVT", pages(&self.events)), ("MSG", pages(&self.messages)), ("PUB", pages(&self.publishers))];
        let table_size = sections.len() * (SECTION_SIZE + 6);
        let mut file = b"MTAFile\0".to_vec();
        [1, 1, table_size, sections.len()].iter().for_each(|number| dword(*number, &mut file));
        let mut place = HEADER_SIZE + table_size;
        for (name, section) in &sections {
            [place, section.len()].iter().for_each(|number| qword(*number, &mut file));
            dword(6, &mut file);
            encode_utf16(name, &mut file);
            place += section.len();
        }
        file.extend(sections.into_iter().flat_map(|(_, section)| section));
        file
    }

    /// Adds a text and gives its number.
    fn text(&mut self, text: &str) -> usize {
        let mut content = Vec::new();
        if !text.is_empty() {
            encode_utf16(text, &mut content);
            content.extend([0, 0]);
        }
        let mut entry = Vec::new();
        dword(content.len(), &mut entry);
        entry.extend(content);
        self.messages.push(entry);
        self.messages.len() - 1
    }
}

/// A section with these entries.
fn pages(entries: &[Vec<u8>]) -> Vec<u8> {
    if entries.is_empty() {
        return vec![0; PAGE_SIZE];
    }
    let mut section = Vec::new();
    let count = entries.len().div_ceil(PAGE_ENTRIES);
    for (number, entries) in entries.chunks(PAGE_ENTRIES).enumerate() {
        let start = section.len();
        let first = number * PAGE_ENTRIES;
        let (mut places, mut content) = (Vec::new(), Vec::new());
        for (slot, entry) in entries.iter().enumerate() {
            qword(start + PAGE_SIZE + content.len(), &mut places);
            dword(first + slot, &mut content);
            dword(entry.len(), &mut content);
            content.extend(entry);
        }
        let next = if number + 1 == count { start } else { start + PAGE_SIZE + content.len() };
        section.extend([0xff; 4]);
        (0..14).for_each(|_| dword(first + entries.len() - 1, &mut section));
        section.extend([0xff; 4]);
        [number, next, start].iter().for_each(|number| qword(*number, &mut section));
        debug_assert_eq!(section.len(), start + PLACES);
        section.extend(places);
        section.resize(start + PAGE_SIZE, 0);
        section.extend(content);
    }
    section
}

fn dword(number: usize, out: &mut Vec<u8>) {
    out.extend(u32::try_from(number).expect("a file has less than 4 GiB").to_le_bytes());
}

fn qword(number: usize, out: &mut Vec<u8>) {
    out.extend((number as u64).to_le_bytes());
}
