//! Whatever a log is: every record is read in all ways there are, and the checkup counts what the reader counts.

#![no_main]

use evtx_checkup::checkup::{self, FileReport};
use evtx_checkup::log::evtx::{CHUNK_SIZE, HEADER_SIZE, Header, Reader, chunk_offset, to_xml};
use evtx_checkup::log::{Record, Sink};
use evtx_checkup_fuzz::{KNOWLEDGE, hand_over};
use libfuzzer_sys::fuzz_target;

/// Reads every record as a detection, a person and the page's tables do.
struct Records<'a> {
    /// The file's chunks.
    bytes: &'a [u8],
    count: u64,
}

impl Sink for Records<'_> {
    fn record(&mut self, record: &Record<'_>) {
        self.count += 1;
        let (event, _) = record.read();
        event.fields.iter().for_each(|field| drop(field.value.to_string()));
        let at = record.offset - HEADER_SIZE;
        let chunk = (at - at % CHUNK_SIZE) as usize;
        let chunk = &self.bytes[chunk..self.bytes.len().min(chunk + CHUNK_SIZE as usize)];
        // What is wrong with a record does not matter here.
        let _ = to_xml(chunk, (at % CHUNK_SIZE) as usize);
    }
}

fuzz_target!(|file: &[u8]| {
    let _ = Header::recognise(file, file.len() as u64);
    let start = &file[..file.len().min(HEADER_SIZE as usize + 512)];
    let report = FileReport::open("fuzz.evtx", file.len() as u64, start);
    let bytes = file.get(HEADER_SIZE as usize..).unwrap_or_default();
    let mut records = Records { bytes, count: 0 };
    let coverage = Reader::default().slice(bytes, chunk_offset(0), &mut records);
    assert_eq!(coverage.records, records.count);
    let mut slack = Records { bytes, count: 0 };
    assert_eq!(Reader::default().carve(bytes, chunk_offset(0), &mut slack).carved, slack.count);
    let report = checkup::slice(&KNOWLEDGE, 0, &report, bytes, chunk_offset(0));
    assert_eq!(report.records(), coverage.records);
    hand_over(&report);
});
