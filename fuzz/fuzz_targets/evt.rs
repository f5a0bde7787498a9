//! Whatever a log of Windows NT to Server 2003 is: it is read the same in slices of any size, and each record again.

#![no_main]

use std::sync::LazyLock;

use evtx_checkup::checkup::{self, FileReport};
use evtx_checkup::export;
use evtx_checkup::kb::KnowledgeBase;
use evtx_checkup::log::evt::Reader;
use evtx_checkup::log::{Coverage, Record, Sequential, Sink};
use libfuzzer_sys::fuzz_target;

static KNOWLEDGE: LazyLock<KnowledgeBase> = LazyLock::new(evtx_checkup::built_in);

/// Counts records, and looks at each a second time.
struct Records<'a> {
    file: &'a [u8],
    count: u64,
}

/// Counts the records of a second look.
#[derive(Default)]
struct Again(u64);

impl Sink for Again {
    fn record(&mut self, _record: &Record<'_>) {
        self.0 += 1;
    }
}

impl Sink for Records<'_> {
    fn record(&mut self, record: &Record<'_>) {
        self.count += 1;
        let (event, problem) = record.read();
        assert!(problem.is_none());
        event.fields.iter().for_each(|field| drop(field.value.to_string()));
        let mut again = Again::default();
        let (rest, start) = (&self.file[record.offset as usize..], self.file.get(48..).unwrap_or_default());
        Reader::new(self.file.len() as u64, "System").find(&[rest, start].concat(), record.offset, &mut again);
        assert_eq!(again.0, 1);
    }
}

fuzz_target!(|file: &[u8]| {
    // The first byte says how large the slices are: what a reader keeps between them must not matter.
    let Some((&size, file)) = file.split_first() else { return };
    let report = FileReport::open("System", file.len() as u64, file);
    let (mut reader, mut records, mut coverage) =
        (Reader::new(file.len() as u64, "System"), Records { file, count: 0 }, Coverage::default());
    for slice in file.chunks(1 + 64 * usize::from(size)) {
        coverage.merge(reader.slice(slice, &mut records));
    }
    coverage.merge(reader.finish(&mut records));
    assert_eq!(coverage.records, records.count);
    let (mut reader, mut slack) = (Reader::new(file.len() as u64, "System").carve(), Records { file, count: 0 });
    let mut carved = reader.slice(file, &mut slack);
    carved.merge(reader.finish(&mut slack));
    assert_eq!(carved, Coverage { carved: slack.count, ..Coverage::default() });
    let read = |offset: u64, length: u64, buffer: &mut Vec<u8>| {
        buffer.clear();
        buffer.extend(file.iter().skip(offset as usize).take(length as usize));
        Ok(())
    };
    let whole = checkup::in_order(&KNOWLEDGE, 0, &report, Reader::new(file.len() as u64, "System"), read);
    assert_eq!(whole.records(), coverage.records);
    drop(export::text::report(&whole, &KNOWLEDGE));
});
