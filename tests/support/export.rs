//! What Event Viewer exports of a log that a test wrote.

use evtx_checkup::log::evtx::{CHUNK_SIZE, HEADER_SIZE, Reader, to_xml};
use evtx_checkup::log::{Record, Sink};

/// All records of a log as XML.
pub fn export(log: &[u8]) -> String {
    let mut export = Export { log, text: "<Events>".into() };
    Reader::default().slice(&log[HEADER_SIZE as usize..], HEADER_SIZE, &mut export);
    export.text + "</Events>"
}

struct Export<'l> {
    log: &'l [u8],
    text: String,
}

impl Sink for Export<'_> {
    fn record(&mut self, record: &Record<'_>) {
        let at = (record.offset - HEADER_SIZE) % CHUNK_SIZE;
        let chunk = (record.offset - at) as usize;
        self.text += &to_xml(&self.log[chunk..], at as usize).unwrap();
    }
}
